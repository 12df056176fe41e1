// SPDX-License-Identifier: MIT
// A card row is refused if it states a number of PCIe lanes that no slot has.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::pcie, cardfit::physics_unit::count, cardfit::stated<3>, cardfit::accepted<4, 4> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect g++: the comparison reduces to .\(3 >= 4\)
// expect clang: failed due to requirement .3L >= 4L
// expect clang: physics_check<&a_card, cardfit::physics_rule::pcie, cardfit::physics_unit::count, cardfit::stated<3>, cardfit::accepted<4, 4>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .links = {.pcie_generation = 4, .pcie_lanes = 3},
#else
    .links = {.pcie_generation = 4, .pcie_lanes = 4},
#endif
};
static_assert(obeys_physics<&a_card>);
