// SPDX-License-Identifier: MIT

// Tests the constexpr square roots and logarithms against known values.

#include <cardfit/estimate/arithmetic.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

static_assert(within(detail::square_root_of(2), 1.4142135623730951, 1e-15));
static_assert(within(detail::square_root_of(1e-30), 1e-15, 1e-15) && detail::square_root_of(0) == 0);
static_assert(detail::binary_logarithm(1024) == 10 && detail::binary_logarithm(0.25) == -2);
static_assert(within(detail::binary_logarithm(10), 3.321928094887362, 1e-11));
static_assert(within(detail::natural_logarithm(10), 2.302585092994046, 1e-11));
static_assert(detail::whole_up(2) == 2 && detail::whole_up(2.25) == 3);
static_assert(detail::power(0.5, 0) == 1 && detail::power(0.5, 3) == 0.125 && detail::power(0, 8) == 0);
