// SPDX-License-Identifier: MIT
// The row of a module is refused without the total bandwidth of its links.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::module_links, cardfit::physics_unit::megabytes_per_second, cardfit::stated<0>, cardfit::accepted<1, 1> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect g++: the comparison reduces to .\(0 >= 1\)
// expect clang: failed due to requirement .0L >= 1L
// expect clang: physics_check<&a_card, cardfit::physics_rule::module_links, cardfit::physics_unit::megabytes_per_second, cardfit::stated<0>, cardfit::accepted<1, 1>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .form_factor = form_factor::sxm,
#else
    .links = {.nvlink_bidirectional = 900_GBps},
    .form_factor = form_factor::sxm,
#endif
};
static_assert(obeys_physics<&a_card>);
