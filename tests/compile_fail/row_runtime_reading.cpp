// SPDX-License-Identifier: MIT
// A card row is refused if the runtime's reading is more memory than the driver's.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::runtime_reading, cardfit::physics_unit::mebibytes, cardfit::stated<24570>, cardfit::accepted<0, 24564> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(24570 <= 24564\)
// expect clang: failed due to requirement .24570L <= 24564L
// expect clang: physics_check<&a_card, cardfit::physics_rule::runtime_reading, cardfit::physics_unit::mebibytes, cardfit::stated<24570>, cardfit::accepted<0, 24564>>
#include <cardfit/hardware/physics.hpp>
using namespace cardfit;
constexpr gpu a_card{
    .id = "a-card",
    .name = "A card",
    .architecture = gpu_architecture::ada_lovelace,
    .compute_capability = {8, 9},
#ifdef CARDFIT_FAIL
    .memory = 24_GiB,
    .memory_type = memory_type::gddr6,
    .memory_bus_bits = 384,
    .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
    .driver_total = 24564_MiB,
    .runtime_total = 24570_MiB,
#else
    .memory = 24_GiB,
    .memory_type = memory_type::gddr6,
    .memory_bus_bits = 384,
    .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
    .driver_total = 24564_MiB,
    .runtime_total = 24207_MiB,
#endif
};
static_assert(obeys_physics<&a_card>);
