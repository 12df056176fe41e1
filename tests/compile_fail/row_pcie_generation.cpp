// SPDX-License-Identifier: MIT
// A card row is refused if it states a PCIe generation that does not exist.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::pcie, cardfit::physics_unit::count, cardfit::stated<9>, cardfit::accepted<1, 6> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(9 <= 6\)
// expect clang: failed due to requirement .9L <= 6L
// expect clang: physics_check<&a_card, cardfit::physics_rule::pcie, cardfit::physics_unit::count, cardfit::stated<9>, cardfit::accepted<1, 6>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .links = {.pcie_generation = 9, .pcie_lanes = 16},
#else
    .links = {.pcie_generation = 4, .pcie_lanes = 16},
#endif
};
static_assert(obeys_physics<&a_card>);
