// SPDX-License-Identifier: MIT
// A card row is refused if FP4 is slower than FP8.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::fp4_at_least_fp8, cardfit::physics_unit::gigaflops, cardfit::stated<400000>, cardfit::accepted<728500, 400000000> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect g++: the comparison reduces to .\(400000 >= 728500\)
// expect clang: failed due to requirement .400000L >= 728500L
// expect clang: physics_check<&a_card, cardfit::physics_rule::fp4_at_least_fp8, cardfit::physics_unit::gigaflops, cardfit::stated<400000>, cardfit::accepted<728500, 400000000>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::blackwell_2,
    .compute_capability = {12, 0},
#ifdef CARDFIT_FAIL
    .streaming_multiprocessors = 188,
    .rates = {.fp8 = 728.5_TFLOPS, .fp4 = 400_TFLOPS},
#else
    .streaming_multiprocessors = 188,
    .rates = {.fp8 = 728.5_TFLOPS, .fp4 = 1457_TFLOPS},
#endif
};
static_assert(obeys_physics<&a_card>);
