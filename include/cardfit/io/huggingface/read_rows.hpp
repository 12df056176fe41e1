// SPDX-License-Identifier: MIT
#pragma once

// Reads the sizes of a model by the table of its kind, and reports under the file's path what the checks of its
// description find.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/problem.hpp>

namespace cardfit::io::detail {

/// A size: its key in the row of a family, the member that it is stored in, and its bounds.
template <class Family, class Target>
struct sequence_row {
    size_key Family::*key;
    std::int64_t Target::*value;
    std::int64_t low;
    std::int64_t high;
};

template <class Rows, class Family, class Target>
void read_rows(const Rows& rows, const Family& family, config_reader& in, Target& to) {
    for (const auto& row : rows)
        if (!(family.*row.key).name.empty()) to.*row.value = in.size(family.*row.key, row.low, row.high);
}

/// Adds the problems that the checks of a description find, under the path of the config. The fields don't have keys of
/// the same name.
template <class M>
void add_problems(config_reader& in, const M& m, std::string_view prefix) {
    for (const invalid_field& p : problems(m)) {
        std::string_view field = p.field;
        const std::string_view words = p.accepted;
        if (field.substr(0, prefix.size()) == prefix) field.remove_prefix(prefix.size());
        in.refuse(field, p.value, words.empty() ? integers(p.low, p.high) : std::string(words));
    }
}

}  // namespace cardfit::io::detail
