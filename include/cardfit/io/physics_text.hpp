// SPDX-License-Identifier: MIT
#pragma once

// A broken rule of physics.hpp as a problem of a file: the rule, the stated number, what the rule accepts, and the
// columns that the rule reads.

#include <cardfit/hardware/physics.hpp>
#include <cardfit/io/card_figures.hpp>
#include <cardfit/io/input_error.hpp>
#include <cardfit/io/physics_words.hpp>

#include <string>
#include <string_view>

namespace cardfit::io {

namespace detail {

/// How the numbers of a rule are printed: divided into the unit of the table's column.
struct printed_unit {
    std::int64_t divisor = 1;
    std::string_view word = "";
};

[[nodiscard]] inline printed_unit unit_of(physics_unit unit, card_field figure) {
    switch (unit) {
        case physics_unit::count:
            return {};
        case physics_unit::gigaflops:
            return {1000, " TFLOP/s"};
        case physics_unit::megabytes_per_second:
            return {1000, " GB/s"};
        case physics_unit::mebibytes:
            return figure == card_field::memory_gb ? printed_unit{1024, " GiB"} : printed_unit{1, " MiB"};
        case physics_unit::board_watts:
            return {1, " W"};
    }
    return {};
}

/// Returns a number of a rule in the unit of the table.
[[nodiscard]] inline nlohmann::json number_in(printed_unit unit, std::int64_t number) {
    if (number % unit.divisor == 0) return number / unit.divisor;
    return static_cast<double>(number) / static_cast<double>(unit.divisor);
}

/// Returns "; memory_bus_bits 256 bit, memory_data_rate_gbps 20 Gbit/s per pin": the columns that a rule reads.
[[nodiscard]] inline std::string operands_text(const gpu& g, const rule_words& rule) {
    std::string text;
    for (const card_column& column : card_columns) {
        if (!rule.operands.has(column.value)) continue;
        const std::string figure = figure_text(g, column);
        if (figure == "not known" || figure == "none") continue;
        text += (text.empty() ? "; " : ", ") + std::string(column.key) + " " + figure;
    }
    return text;
}

}  // namespace detail

namespace detail {

/// Returns the figure that a rule checks as a key of the file: "my-card.memory_bandwidth_gb_s".
[[nodiscard]] inline std::string key_of_rule(const gpu& g, physics_rule rule) {
    if (rule == physics_rule::id) return std::string(g.id) + ".id";
    if (rule > physics_rule::id) return std::string(g.id) + ".exempt";
    return std::string(g.id) + "." + std::string(key_of(io::words_of(rule).figure));
}

/// Returns the problem of a rule that has no numbers, or whose figure is not known.
[[nodiscard]] inline input_problem broken_without_numbers(const gpu& g, physics_rule rule) {
    const rule_words words = io::words_of(rule);
    const std::string accepted = std::string(words.follows) + " (rule " + std::string(words.word) + ")";
    if (rule == physics_rule::id) return refused_value(key_of_rule(g, rule), g.id, accepted);
    if (rule > physics_rule::id) return refused_value(key_of_rule(g, rule), names_of(g.exempt), accepted);
    return refused_value(key_of_rule(g, rule), nullptr, accepted);
}

}  // namespace detail

/// Returns the problem of a card that breaks a rule: "ID.memory_bandwidth_gb_s is 768 GB/s; accepted: 633.6 to 646.401
/// GB/s (rule bandwidth: bus width x data rate / 8; memory_bus_bits 256 bit, memory_data_rate_gbps 20 Gbit/s per pin)".
[[nodiscard]] inline input_problem broken_by(const gpu& g, physics_rule rule) {
    const rule_check found = check(g, rule);
    if (rule >= physics_rule::id || found.stated == 0) return detail::broken_without_numbers(g, rule);
    const rule_words words = words_of(rule);
    const std::string key = detail::key_of_rule(g, rule);
    const detail::printed_unit unit = detail::unit_of(found.unit, words.figure);
    const nlohmann::json value = detail::number_in(unit, found.stated);
    const std::string most = detail::number_in(unit, found.most).dump();
    std::string accepted =
        found.least == found.most ? most : detail::number_in(unit, found.least).dump() + " to " + most;
    accepted += std::string(unit.word) + " (rule " + std::string(words.word) + ": " + std::string(words.follows) +
                detail::operands_text(g, words) + ")";
    return {key, value, accepted, key + " is " + value.dump() + std::string(unit.word) + "; accepted: " + accepted};
}

}  // namespace cardfit::io
