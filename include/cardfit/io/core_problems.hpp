// SPDX-License-Identifier: MIT
#pragma once

// Problems that the core's checks find, in the words of a job file.

#include <cardfit/io/key_value.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/problem.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace cardfit::io {

namespace detail {

/// Returns what a job file calls the value of a core problem: names for enumerations, the number for the rest.
[[nodiscard]] inline nlohmann::json value_in_file(const invalid_field& p) {
    if (p.value == not_a_number) return "NaN";
    const keys::key_facts* key = keys::find(p.field);
    if (!key) return p.value;
    if (key->kind == keys::value_kind::month) return p.value;  // the year alone is checked
    if (key->kind == keys::value_kind::version) return version_text(p.value);
    if (key->kind == keys::value_kind::three_state) return p.value != 0;
    nlohmann::json named = value_json(*key, {.whole = p.value, .real = static_cast<double>(p.value)});
    if (!named.is_null()) return named;
    return key->kind == keys::value_kind::word
               ? nlohmann::json(block_layout_of(static_cast<number_format>(p.value)).name)
               : nlohmann::json(p.value);
}

/// Returns a core problem as one of the job file.
[[nodiscard]] inline input_problem in_file(const invalid_field& p) {
    const nlohmann::json value = value_in_file(p);
    if (p.is_rule) return broken_rule(p.field, value, invalid_input::rule_of(p));
    if (*p.accepted != '\0') return refused_value(p.field, value, p.accepted);
    if (p.low == p.high) return broken_rule(p.field, value, "must be " + std::to_string(p.low));
    return refused_value(p.field, value, integers(p.low, p.high));
}

inline void add_core_problems(const problem_list& list, findings& found) {
    for (const invalid_field& p : list) found.problems.push_back(in_file(p));
}

}  // namespace detail

/// Returns a core error as the input error that names the same field.
[[nodiscard]] inline input_error refused(const invalid_input& e) {
    return input_error({detail::in_file(e.what_is_wrong)});
}

}  // namespace cardfit::io
