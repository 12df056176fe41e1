// SPDX-License-Identifier: MIT
#pragma once

// Arithmetic for the time estimates: std::sqrt and std::log2 are not constexpr in clang. The same code runs at run
// time, so that a static_assert and a program get the same bits.

#include <cstdint>

namespace cardfit::detail {

[[nodiscard]] constexpr double most(double a, double b) noexcept { return a < b ? b : a; }
[[nodiscard]] constexpr double least(double a, double b) noexcept { return b < a ? b : a; }

/// Returns a ratio rounded up to a whole number, for counts of blocks, chunks and layers.
[[nodiscard]] constexpr double whole_up(double ratio) noexcept {
    const double cut = static_cast<double>(static_cast<std::int64_t>(least(ratio, 1e15)));
    return cut < ratio ? cut + 1 : cut;
}

/// Returns share^n for 0 <= share <= 1, by squaring.
[[nodiscard]] constexpr double power(double share, std::int64_t n) noexcept {
    double result = 1;
    for (; n > 0; n /= 2, share *= share) result *= n % 2 == 1 ? share : 1;
    return result;
}

/// Returns the square root of x by Newton's method, to the last digits of a double; 0 for x <= 0.
[[nodiscard]] constexpr double square_root_of(double x) noexcept {
    if (!(x > 0)) return 0;
    // Scaled into [1, 4), where the initial guess is within 25 %, six iterations exceed the 53 bits of a double.
    double scale = 1;
    while (x >= 4) {
        x /= 4;
        scale *= 2;
    }
    while (x < 1) {
        x *= 4;
        scale /= 2;
    }
    double root = (1 + x) / 2;
    for (int i = 0; i < 6; ++i) root = (root + x / root) / 2;
    return root * scale;
}

/// Returns the binary logarithm of x to within 2^-40; 0 for x <= 0. Halving gives the whole part, and each squaring one
/// more bit.
[[nodiscard]] constexpr double binary_logarithm(double x) noexcept {
    if (!(x > 0)) return 0;
    double whole = 0;
    while (x >= 2) {
        x /= 2;
        whole += 1;
    }
    while (x < 1) {
        x *= 2;
        whole -= 1;
    }
    double bit = 0.5;
    for (int i = 0; i < 40 && x > 1; ++i, bit /= 2) {
        x *= x;
        if (x >= 2) {
            x /= 2;
            whole += bit;
        }
    }
    return whole;
}

/// Returns the natural logarithm of x to within 2^-40; 0 for x <= 0.
[[nodiscard]] constexpr double natural_logarithm(double x) noexcept { return binary_logarithm(x) * 0.693147180559945; }

}  // namespace cardfit::detail
