// SPDX-License-Identifier: MIT
// A card row is refused if its plugs and slot cannot carry the board power.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::power_connector, cardfit::physics_unit::board_watts, cardfit::stated<600>, cardfit::accepted<0, 75> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(600 <= 75\)
// expect clang: failed due to requirement .600L <= 75L
// expect clang: physics_check<&a_card, cardfit::physics_rule::power_connector, cardfit::physics_unit::board_watts, cardfit::stated<600>, cardfit::accepted<0, 75>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .board_power = 600_W,
    .power_connector = "none",
    .form_factor = form_factor::pcie,
#else
    .board_power = 600_W,
    .power_connector = "1x 16-pin",
    .form_factor = form_factor::pcie,
#endif
};
static_assert(obeys_physics<&a_card>);
