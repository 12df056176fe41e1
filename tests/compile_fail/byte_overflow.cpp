// SPDX-License-Identifier: MIT
// A sum that exceeds 64 bits is a compile error.
// expect g++: expression .<throw-expression>. is not a constant expression
// expect clang: subexpression not valid in a constant expression
#include <cardfit/units.hpp>
using namespace cardfit;
#ifdef CARDFIT_FAIL
constexpr bytes sum = gibibytes(8'589'934'591) + gibibytes(1);
#else
constexpr bytes sum = gibibytes(8'589'934'590) + gibibytes(1);
#endif
static_assert(sum > bytes{});
