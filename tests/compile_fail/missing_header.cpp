// SPDX-License-Identifier: MIT
// A function that cardfit.hpp declares and another header defines: the compiler's message says which header to include.
// expect g++: error: static assertion failed: cardfit: include <cardfit/estimate/training/step_time.hpp> to call step_time
// expect g++: error: static assertion failed: cardfit: include <cardfit/decide/compare.hpp> to call compare
// expect clang: "cardfit: include <cardfit/estimate/training/step_time.hpp> to call step_time"
// expect clang: "cardfit: include <cardfit/decide/compare.hpp> to call compare"
#include <cardfit/cardfit.hpp>
#ifndef CARDFIT_FAIL
#    include <cardfit/decide/compare.hpp>
#endif
using namespace cardfit;
constexpr training job{.sequence_length = 512};
[[maybe_unused]] constexpr auto time_of_step = step_time(models::gpt2, job, 2 * cards::rtx_4090, {.data = 2});
[[maybe_unused]] constexpr auto compared = compare(models::gpt2, job, {cards::rtx_4090, cards::a100_sxm4_80gb});
