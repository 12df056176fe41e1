// SPDX-License-Identifier: MIT
#pragma once

// The minimum of a function of one number: a coarse scan, then a golden-section search around the best point. It needs
// no derivative, always ends, and gives the same answer for the same function.

#include <cmath>

namespace cardfit::validation {

/// A point with the function's value there.
struct line_point {
    double at = 0;
    double value = 0;
};

/// Returns the best point found on [low, high]; `start` is what it has to beat.
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
