// SPDX-License-Identifier: MIT
// A card row is refused if a rate does not follow from multiprocessors and clock: here, the sparse figure.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::bf16, cardfit::physics_unit::gigaflops, cardfit::stated<728500>, cardfit::accepted<356962, 371532> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(728500 <= 371532\)
// expect clang: failed due to requirement .728500L <= 371532L
// expect clang: physics_check<&a_card, cardfit::physics_rule::bf16, cardfit::physics_unit::gigaflops, cardfit::stated<728500>, cardfit::accepted<356962, 371532>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
    .streaming_multiprocessors = 142,
    .cuda_cores = 18176,
    .boost_clock_mhz = 2505,
#ifdef CARDFIT_FAIL
    .rates = {.fp32 = 91.1_TFLOPS, .bf16 = 728.5_TFLOPS},
#else
    .rates = {.fp32 = 91.1_TFLOPS, .bf16 = 364.2_TFLOPS},
#endif
};
static_assert(obeys_physics<&a_card>);
