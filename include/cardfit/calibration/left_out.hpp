// SPDX-License-Identifier: MIT
#pragma once

// The values that the constants would have without one source: refits on the rows of all other sources, computed once
// by `refit --write-left-out` (tests/calibration) and stored in left_out_data.hpp.

#include <cardfit/calibration/describe_memory.hpp>
#include <cardfit/calibration/fitted.hpp>
#include <cardfit/calibration/left_out_row.hpp>
#include <cardfit/calibration/left_out_data.hpp>

namespace cardfit {

namespace detail {

template <std::size_t N, std::size_t Rows>
[[nodiscard]] constexpr const left_out_times<N>* left_out_row_of(const left_out_times<N> (&table)[Rows],
                                                                 std::string_view source) noexcept {
    for (const left_out_times<N>& row : table)
        if (row.source == source) return &row;
    return nullptr;
}

/// Replaces the fitted constants by the values of a row.
template <class Constants, std::size_t N>
constexpr void place_values(Constants& constants, const left_out_times<N>* row) {
    if (row == nullptr) return;
    std::size_t i = 0;
    for_each_fitted(constants, [&](std::string_view, const auto&, double& value) {
        value = row->values[i].value;
        ++i;
    });
}

/// Calls `visit(name, constants)` with every constant that the row leaves undecided raised by 20 %, and then lowered as
/// much, one at a time.
template <class Constants, std::size_t N, class Visit>
constexpr void for_each_undecided(Constants& constants, const left_out_times<N>* row, Visit visit) {
    if (row == nullptr) return;
    std::size_t i = 0;
    for_each_fitted(constants, [&](std::string_view, const auto& description, double& value) {
        const double held = value;
        const bool decided = row->values[i].decided;
        ++i;
        if (decided) return;
        value = held * 1.2;
        visit(description.name, constants);
        value = held / 1.2;
        visit(description.name, constants);
        value = held;
    });
}

}  // namespace detail

/// Returns the constants of a training step's time without a source; the default ones if they were not fitted on that
/// source.
[[nodiscard]] constexpr training_time_constants training_constants_without(std::string_view source) {
    training_time_constants constants;
    detail::place_values(constants, detail::left_out_row_of(left_out_training, source));
    return constants;
}

/// Returns the same for the time of an inference.
[[nodiscard]] constexpr inference_time_constants inference_constants_without(std::string_view source) {
    inference_time_constants constants;
    detail::place_values(constants, detail::left_out_row_of(left_out_inference, source));
    return constants;
}

/// Calls `visit(name, constants)` with each constant that only this source decides raised and lowered by 20 %, to see
/// whether an estimate depends on one of them and so cannot be made without the source.
template <class Visit>
constexpr void for_each_undecided(training_time_constants& constants, std::string_view source, Visit visit) {
    detail::for_each_undecided(constants, detail::left_out_row_of(left_out_training, source), visit);
}
/// The same for an inference's time.
template <class Visit>
constexpr void for_each_undecided(inference_time_constants& constants, std::string_view source, Visit visit) {
    detail::for_each_undecided(constants, detail::left_out_row_of(left_out_inference, source), visit);
}

/// Returns the memory rules of a framework without a source; the framework's own if the source has none of its peaks. A
/// number that no other source decides has the table's value for that case, and a mechanism that no other source
/// decides is off.
[[nodiscard]] constexpr framework_memory memory_without(std::string_view source, framework f) {
    framework_memory rules = row_of(f).memory;
    for (const left_out_memory& row : left_out_memories) {
        if (row.source != source || row.framework != f) continue;
        for (std::size_t i = 0; i < memory_number_count; ++i)
            if (memory_numbers[i].belongs_to(f)) memory_numbers[i].set(rules, row.numbers[i]);
        for (std::size_t i = 0; i < memory_mechanism_count; ++i)
            if (memory_mechanisms[i].framework == f && !row.mechanisms[i]) memory_mechanisms[i].remove(rules);
    }
    return rules;
}

}  // namespace cardfit
