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
// Nothing below 0 has a root or a logarithm; powers of two and of four, and their neighbors.
static_assert(detail::square_root_of(-4) == 0 && detail::square_root_of(1) == 1 && detail::square_root_of(4) == 2 &&
              detail::square_root_of(0.25) == 0.5 && within(detail::square_root_of(3.9), 1.9748417658131499, 1e-15) &&
              within(detail::square_root_of(1e300), 1e150, 1e-15));
static_assert(detail::binary_logarithm(0) == 0 && detail::binary_logarithm(-2) == 0 &&
              detail::binary_logarithm(1) == 0 && detail::binary_logarithm(2) == 1 &&
              detail::binary_logarithm(0.5) == -1 && detail::binary_logarithm(4) == 2);
static_assert(within(detail::binary_logarithm(3), 1.584962500721156, 1e-11) &&
              within(detail::binary_logarithm(2.5), 1.3219280948873624, 1e-11) &&
              within(-detail::binary_logarithm(0.9), 0.15200309344504997, 1e-10));
static_assert(detail::whole_up(0) == 0 && detail::whole_up(0.001) == 1 && detail::whole_up(3.999) == 4);
static_assert(detail::power(1, 1000) == 1 && detail::power(0.5, 1) == 0.5 && detail::power(0.5, 2) == 0.25 &&
              detail::power(0.5, 6) == 1.0 / 64 && detail::power(0.25, 5) == 1.0 / 1024);
static_assert(detail::most(1, 2) == 2 && detail::most(2, 1) == 2 && detail::least(1, 2) == 1 &&
              detail::least(2, 1) == 1);
