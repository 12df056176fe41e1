// SPDX-License-Identifier: MIT
// A card row is refused if FP8 is slower than FP16.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::fp8_at_least_fp16, cardfit::physics_unit::gigaflops, cardfit::stated<1000>, cardfit::accepted<364200, 1000000> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect g++: the comparison reduces to .\(1000 >= 364200\)
// expect clang: failed due to requirement .1000L >= 364200L
// expect clang: physics_check<&a_card, cardfit::physics_rule::fp8_at_least_fp16, cardfit::physics_unit::gigaflops, cardfit::stated<1000>, cardfit::accepted<364200, 1000000>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .streaming_multiprocessors = 142,
    .rates = {.fp16 = 364.2_TFLOPS, .fp8 = 1_TFLOPS},
#else
    .streaming_multiprocessors = 142,
    .rates = {.fp16 = 364.2_TFLOPS, .fp8 = 728.5_TFLOPS},
#endif
};
static_assert(obeys_physics<&a_card>);
