// SPDX-License-Identifier: MIT
// A layout whose product is not the number of cards is refused.
// expect g++: throw-expression
// expect g++: layout\{3, 1, 1
// expect clang: breaks_rule\(&"layout\.data"\[0\], 3, &"data x tensor x pipeline x context must equal hardware\.cards"\[0\], 8\)
#include <cardfit/cardfit.hpp>
using namespace cardfit;
#ifdef CARDFIT_FAIL
constexpr int data = 3;
#else
constexpr int data = 8;
#endif
static_assert(
    memory(models::gpt2, training{.sequence_length = 1024}, 8 * cards::a100_sxm4_80gb, {.data = data}).device().number >
    0);
