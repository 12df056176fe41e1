// SPDX-License-Identifier: MIT
#pragma once

// Fits memory: the numbers and mechanisms in the frameworks' rows, on published peaks, by a coordinate search. They are
// few, integral, and independent from framework to framework, so trying all values of one after the other is exact.

#include "fit.hpp"

#include <cardfit/calibration/left_out_row.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace calibration {

/// The values of all numbers and mechanisms.
struct memory_values {
    int numbers[memory_number_count]{};
    bool mechanisms[memory_mechanism_count]{};

    [[nodiscard]] framework_memory rules_of(framework f) const {
        framework_memory rules = row_of(f).memory;
        for (std::size_t i = 0; i < memory_number_count; ++i)
            if (memory_numbers[i].belongs_to(f)) memory_numbers[i].set(rules, numbers[i]);
        for (std::size_t i = 0; i < memory_mechanism_count; ++i)
            if (memory_mechanisms[i].framework == f && !mechanisms[i]) memory_mechanisms[i].remove(rules);
        return rules;
    }
};

/// Returns the values that the frameworks' rows have.
[[nodiscard]] inline memory_values stored_memory() {
    memory_values values;
    for (std::size_t i = 0; i < memory_number_count; ++i) values.numbers[i] = memory_numbers[i].stored();
    for (bool& each : values.mechanisms) each = true;
    return values;
}

/// Returns the values where nothing is known: the numbers that the table has for that case, and no mechanism.
[[nodiscard]] inline memory_values undecided_memory() {
    memory_values values;
    for (std::size_t i = 0; i < memory_number_count; ++i) values.numbers[i] = memory_numbers[i].undecided;
    return values;
}

[[nodiscard]] inline double objective(const std::vector<const lowered_row*>& rows, const memory_values& values) {
    error_sums sums;
    for (const lowered_row* row : rows) {
        auto& [error, count] = sums[row->measured.source];
        error += log_error(*row, values.rules_of(row->measured.job.training->framework));
        count += 1;
    }
    return weighted_mean(sums);
}

/// Returns the rows of the framework that a number or mechanism belongs to, from all sources but one.
template <class Belongs>
[[nodiscard]] std::vector<const lowered_row*> rows_of(const std::vector<lowered_row>& rows, const std::string& left_out,
                                                      Belongs belongs) {
    std::vector<const lowered_row*> chosen;
    for (const lowered_row& row : rows)
        if (row.measured.source != left_out && belongs(row.measured.job.training->framework)) chosen.push_back(&row);
    return chosen;
}

/// Fits one number: the value with the smallest objective and, among several, the one nearest to the current value.
inline void fit_number(const std::vector<const lowered_row*>& rows, std::size_t i, memory_values& values) {
    const memory_number& number = memory_numbers[i];
    int best = values.numbers[i];
    double least_error = objective(rows, values);
    for (int value = 0; value <= number.highest; value += number.step) {
        values.numbers[i] = value;
        const double error = objective(rows, values);
        if (error < least_error - 1e-9) {
            best = value;
            least_error = error;
        }
    }
    values.numbers[i] = best;
}

/// Fits the mechanisms of one framework together with the numbers that are its own. All combinations are tried, because
/// one mechanism may stand in for another. Among equally good combinations the one with the fewest mechanisms is
/// chosen, because it is tried first.
inline void fit_framework(const std::vector<lowered_row>& rows, const std::string& left_out, framework f,
                          memory_values& values) {
    const std::vector<const lowered_row*> chosen = rows_of(rows, left_out, [=](framework each) { return each == f; });
    std::vector<std::size_t> mechanisms;
    for (std::size_t i = 0; i < memory_mechanism_count; ++i)
        if (memory_mechanisms[i].framework == f) mechanisms.push_back(i);
    memory_values best = values;
    double least_error = INFINITY;
    for (unsigned subset = 0; subset < 1u << mechanisms.size(); ++subset) {
        memory_values tried = values;
        for (std::size_t k = 0; k < mechanisms.size(); ++k) tried.mechanisms[mechanisms[k]] = (subset >> k & 1u) != 0;
        for (std::size_t i = 0; i < memory_number_count; ++i) {
            const bool own = memory_numbers[i].belongs_to(f) && memory_numbers[i].framework_count == 1;
            if (own && memory_numbers[i].standing == standing::fitted) fit_number(chosen, i, tried);
        }
        const double error = objective(chosen, tried);
        if (error > least_error - 1e-9) continue;
        best = tried;
        least_error = error;
    }
    values = best;
}

/// Fits everything on the rows of all sources but one (with an empty name, of all sources), starting where nothing is
/// known.
[[nodiscard]] inline memory_values fit_memory(const std::vector<lowered_row>& rows, const std::string& left_out) {
    constexpr int sweeps = 3;
    memory_values values = undecided_memory();
    for (std::size_t i = 0; i < memory_number_count; ++i)
        if (memory_numbers[i].standing != standing::fitted) values.numbers[i] = memory_numbers[i].stored();
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        for (const framework_row* row : cardfit::detail::framework_table)
            fit_framework(rows, left_out, row->value, values);
        for (std::size_t i = 0; i < memory_number_count; ++i) {
            if (memory_numbers[i].framework_count == 1) continue;
            const auto belongs = [&](framework f) { return memory_numbers[i].belongs_to(f); };
            fit_number(rows_of(rows, left_out, belongs), i, values);
        }
    }
    return values;
}

}  // namespace calibration
