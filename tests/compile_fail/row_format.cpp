// SPDX-License-Identifier: MIT
// A card row is refused if it states a rate for a format that the architecture has no units for.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::formats, cardfit::physics_unit::count, cardfit::stated<1>, cardfit::accepted<0, 0> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(1 <= 0\)
// expect clang: failed due to requirement .1L <= 0L
// expect clang: physics_check<&a_card, cardfit::physics_rule::formats, cardfit::physics_unit::count, cardfit::stated<1>, cardfit::accepted<0, 0>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .streaming_multiprocessors = 142,
    .rates = {.fp8 = 728.5_TFLOPS, .fp4 = 1457_TFLOPS},
#else
    .streaming_multiprocessors = 142,
    .rates = {.fp8 = 728.5_TFLOPS},
#endif
};
static_assert(obeys_physics<&a_card>);
