// SPDX-License-Identifier: MIT
// An exemption from a rule is refused without a reason.
// expect g++: In instantiation of .struct cardfit::exemption_check<\(& a_card\), cardfit::physics_rule::exemption_has_reason>
// expect g++: error: static assertion failed: cardfit: the card.s row is exempt from a rule without a reason, or without need
// expect clang: error: static_assert failed due to requirement .holds. "cardfit: the card's row is exempt from a rule without a reason, or without need"
// expect clang: exemption_check<&a_card, cardfit::physics_rule::exemption_has_reason>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
    .streaming_multiprocessors = 142,
    .cuda_cores = 16384,
    .exempt = rules(physics_rule::cores),
#ifndef CARDFIT_FAIL
    .exemption_reason = "as marketed",
#endif
};
static_assert(obeys_physics<&a_card>);
