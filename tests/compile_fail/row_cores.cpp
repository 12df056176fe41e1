// SPDX-License-Identifier: MIT
// A card row is refused if its number of cores does not match its multiprocessors.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::cores, cardfit::physics_unit::count, cardfit::stated<16384>, cardfit::accepted<18176, 18176> >
// expect g++: error: static assertion failed: cardfit: the card.s row states less than this rule accepts
// expect g++: the comparison reduces to .\(16384 >= 18176\)
// expect clang: failed due to requirement .16384L >= 18176L
// expect clang: physics_check<&a_card, cardfit::physics_rule::cores, cardfit::physics_unit::count, cardfit::stated<16384>, cardfit::accepted<18176, 18176>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .streaming_multiprocessors = 142,
    .cuda_cores = 16384,
    .boost_clock_mhz = 2505,
#else
    .streaming_multiprocessors = 142,
    .cuda_cores = 18176,
    .boost_clock_mhz = 2505,
#endif
};
static_assert(obeys_physics<&a_card>);
