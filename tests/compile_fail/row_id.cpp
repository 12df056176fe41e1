// SPDX-License-Identifier: MIT
// A card row is refused if its id is not a valid id.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::id, cardfit::physics_unit::count, cardfit::stated<0>, cardfit::accepted<6, 6> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect g++: the comparison reduces to .\(0 >= 6\)
// expect clang: failed due to requirement .0L >= 6L
// expect clang: physics_check<&a_card, cardfit::physics_rule::id, cardfit::physics_unit::count, cardfit::stated<0>, cardfit::accepted<6, 6>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
#ifdef CARDFIT_FAIL
    .id = "A card",
#else
    .id = "a-card",
#endif
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
};
static_assert(obeys_physics<&a_card>);
