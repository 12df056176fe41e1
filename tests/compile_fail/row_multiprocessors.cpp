// SPDX-License-Identifier: MIT
// A card row is refused if it states tensor rates without the number of multiprocessors.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::multiprocessors, cardfit::physics_unit::count, cardfit::stated<0>, cardfit::accepted<1, 1024> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect g++: the comparison reduces to .\(0 >= 1\)
// expect clang: failed due to requirement .0L >= 1L
// expect clang: physics_check<&a_card, cardfit::physics_rule::multiprocessors, cardfit::physics_unit::count, cardfit::stated<0>, cardfit::accepted<1, 1024>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .rates = {.bf16 = 364.2_TFLOPS},
#else
    .streaming_multiprocessors = 142,
    .rates = {.bf16 = 364.2_TFLOPS},
#endif
};
static_assert(obeys_physics<&a_card>);
