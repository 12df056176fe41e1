// SPDX-License-Identifier: MIT
// A machine's capacity that is written without a unit does not compile either.
// expect g++: use of deleted function .cardfit::amount<Unit, Rep>::amount\(Number\)
// expect g++: // write the unit: 24_GiB
// expect clang: invokes a deleted function
// expect clang: // write the unit: 24_GiB
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/machine.hpp>
using namespace cardfit;
#ifdef CARDFIT_FAIL
constexpr machine mine{.card = cards::rtx_4090, .capacity = 24};
#else
constexpr machine mine{.card = cards::rtx_4090, .capacity = 24_GiB};
#endif
static_assert(mine.capacity > bytes{});
