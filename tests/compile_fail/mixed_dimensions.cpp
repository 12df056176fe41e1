// SPDX-License-Identifier: MIT
// Bytes and seconds cannot be added.
// expect g++: no match for .operator\+.
// expect clang: invalid operands to binary expression
#include <cardfit/units.hpp>
using namespace cardfit;
#ifdef CARDFIT_FAIL
constexpr auto sum = 80_GiB + seconds_of(1);
#else
constexpr auto sum = 80_GiB + 1_MiB;
#endif
static_assert(sum > 80_GiB);
