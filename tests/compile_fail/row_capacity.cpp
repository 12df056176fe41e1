// SPDX-License-Identifier: MIT
// A card row is refused if it states more memory than chips of this type can provide on this bus.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::capacity, cardfit::physics_unit::mebibytes, cardfit::stated<327680>, cardfit::accepted<12288, 49152> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(327680 <= 49152\)
// expect clang: failed due to requirement .327680L <= 49152L
// expect clang: physics_check<&a_card, cardfit::physics_rule::capacity, cardfit::physics_unit::mebibytes, cardfit::stated<327680>, cardfit::accepted<12288, 49152>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .memory = 320_GiB,
    .memory_type = memory_type::gddr6,
    .memory_bus_bits = 384,
    .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
#else
    .memory = 24_GiB,
    .memory_type = memory_type::gddr6,
    .memory_bus_bits = 384,
    .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
#endif
};
static_assert(obeys_physics<&a_card>);
