// SPDX-License-Identifier: MIT
// A card row is refused if FP16 and BF16 have different rates.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::bf16_beside_fp16, cardfit::physics_unit::gigaflops, cardfit::stated<9000>, cardfit::accepted<98000, 102001> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect g++: the comparison reduces to .\(9000 >= 98000\)
// expect clang: failed due to requirement .9000L >= 98000L
// expect clang: physics_check<&a_card, cardfit::physics_rule::bf16_beside_fp16, cardfit::physics_unit::gigaflops, cardfit::stated<9000>, cardfit::accepted<98000, 102001>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .streaming_multiprocessors = 142,
    .rates = {.fp16 = 100_TFLOPS, .bf16 = 9_TFLOPS},
#else
    .streaming_multiprocessors = 142,
    .rates = {.fp16 = 100_TFLOPS, .bf16 = 100_TFLOPS},
#endif
};
static_assert(obeys_physics<&a_card>);
