// SPDX-License-Identifier: MIT
#pragma once

// Numbers and sizes as text.

#include <cardfit/print.hpp>
#include <cardfit/units.hpp>

#include <cstdint>
#include <string>

namespace cardfit::io {

using cardfit::detail::fixed;

/// Returns a number to read: with at most this many significant digits, but all digits before the point, and without an
/// exponent: `significant(12345, 3)` is "12345", `significant(1e-6, 3)` is "0.000001".
[[nodiscard]] inline std::string significant(double value, int digits) {
    std::string text = cardfit::detail::significant(value, digits);
    const std::size_t exponent = text.find('e');
    if (exponent == std::string::npos) return text;
    const int power = std::stoi(text.substr(exponent + 1));
    if (power > 0) return fixed(value, 0);
    const std::string small = fixed(value, digits - 1 - power);
    return small.substr(0, small.find_last_not_of('0') + 1);
}

/// Returns a size in GiB with two decimals: "58.99 GiB".
[[nodiscard]] inline std::string in_gib(bytes b) { return fixed(in_gibibytes(b), 2) + " GiB"; }

/// Returns a count with commas between thousands: "131,072".
[[nodiscard]] inline std::string with_commas(std::int64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

/// Returns a share in percent without decimals: "66 %".
[[nodiscard]] inline std::string in_percent(double share) { return fixed(100 * share, 0) + " %"; }

}  // namespace cardfit::io
