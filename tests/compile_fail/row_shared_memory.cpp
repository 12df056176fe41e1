// SPDX-License-Identifier: MIT
// A card row with a processor's memory is refused if it does not state how GPU and host share that memory.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::shared_memory, cardfit::physics_unit::count, cardfit::stated<0>, cardfit::accepted<1, 1> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect clang: failed due to requirement .0L >= 1L
// expect clang: physics_check<&a_card, cardfit::physics_rule::shared_memory, cardfit::physics_unit::count, cardfit::stated<0>, cardfit::accepted<1, 1>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ampere,
    .compute_capability = {8, 7},
    .memory = 64_GiB,
#ifdef CARDFIT_FAIL
    .memory_type = memory_type::lpddr5,
#else
    .memory_type = memory_type::lpddr5,
    .memory_sharing = memory_sharing::whole,
#endif
};
static_assert(obeys_physics<&a_card>);
