// SPDX-License-Identifier: MIT
// A row of the card table whose figures cannot be: the text names the row and the rule.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::bf16>
// expect g++: error: static assertion failed: cardfit: the card.s row breaks this rule and names no exemption with a reason
// expect clang: error: static_assert failed due to requirement 'holds' "cardfit: the card's row breaks this rule and names no exemption with a reason"
// expect clang: in instantiation of template class 'cardfit::physics_check<&a_card, cardfit::physics_rule::bf16>' requested here
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
    .streaming_multiprocessors = 142,
    .cuda_cores = 18176,
    .tensor_cores = 568,
    .boost_clock_mhz = 2505,
#ifdef CARDFIT_FAIL
    .rates = {.fp32 = 91.1_TFLOPS, .bf16 = 728.5_TFLOPS},  // the sparse rate
#else
    .rates = {.fp32 = 91.1_TFLOPS, .bf16 = 364.2_TFLOPS},
#endif
};
static_assert(obeys_physics<&a_card>);
