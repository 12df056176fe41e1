// SPDX-License-Identifier: MIT
#pragma once

// Finds the minimum of a function of one variable: a coarse scan, then a golden-section search around the best point.
// The search needs no derivative, always terminates, and is deterministic.

#include <cmath>

namespace cardfit::validation {

/// A point and the value of the function at that point.
struct line_point {
    double at = 0;     ///< where the function was asked
    double value = 0;  ///< its value there
};

/// Returns the best point found on [low, high], or `start` if no point is better.
template <class Function>
[[nodiscard]] line_point minimize_on_line(Function&& f, double low, double high, line_point start) {
    constexpr int scanned = 16;
    constexpr int narrowed = 30;
    constexpr double golden = 0.6180339887498949;
    line_point best = start;
    const auto consider = [&](double at) {
        const double value = f(at);
        if (value < best.value) best = {at, value};
        return value;
    };
    for (int i = 0; i <= scanned; ++i) consider(low + (high - low) * i / scanned);
    const double width = (high - low) / scanned;
    double left = std::fmax(low, best.at - width);
    double right = std::fmin(high, best.at + width);
    double inner_left = right - golden * (right - left);
    double inner_right = left + golden * (right - left);
    double value_left = consider(inner_left);
    double value_right = consider(inner_right);
    for (int i = 0; i < narrowed; ++i) {
        if (value_left < value_right) {
            right = inner_right;
            inner_right = inner_left;
            value_right = value_left;
            inner_left = right - golden * (right - left);
            value_left = consider(inner_left);
        } else {
            left = inner_left;
            inner_left = inner_right;
            value_left = value_right;
            inner_right = left + golden * (right - left);
            value_right = consider(inner_right);
        }
    }
    return best;
}

}  // namespace cardfit::validation
