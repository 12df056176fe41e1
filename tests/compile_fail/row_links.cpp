// SPDX-License-Identifier: MIT
// A card row is refused if the number of links and the rate of each do not give the stated total.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::links, cardfit::physics_unit::megabytes_per_second, cardfit::stated<900000>, cardfit::accepted<599400, 600600> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(900000 <= 600600\)
// expect clang: failed due to requirement .900000L <= 600600L
// expect clang: physics_check<&a_card, cardfit::physics_rule::links, cardfit::physics_unit::megabytes_per_second, cardfit::stated<900000>, cardfit::accepted<599400, 600600>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ampere,
    .compute_capability = {8, 0},
#ifdef CARDFIT_FAIL
    .links = {.nvlink_generation = 3, .nvlink_links = 12, .nvlink_bidirectional = 900_GBps},
#else
    .links = {.nvlink_generation = 3, .nvlink_links = 12, .nvlink_bidirectional = 600_GBps},
#endif
};
static_assert(obeys_physics<&a_card>);
