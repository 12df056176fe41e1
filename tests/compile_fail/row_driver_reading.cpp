// SPDX-License-Identifier: MIT
// A card row is refused if the driver's reading is more memory than the card has.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::driver_reading, cardfit::physics_unit::mebibytes, cardfit::stated<999999>, cardfit::accepted<19660, 25067> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(999999 <= 25067\)
// expect clang: failed due to requirement .999999L <= 25067L
// expect clang: physics_check<&a_card, cardfit::physics_rule::driver_reading, cardfit::physics_unit::mebibytes, cardfit::stated<999999>, cardfit::accepted<19660, 25067>>
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
    .driver_total = 999999_MiB,
#else
    .memory = 24_GiB,
    .memory_type = memory_type::gddr6,
    .memory_bus_bits = 384,
    .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
    .driver_total = 24564_MiB,
#endif
};
static_assert(obeys_physics<&a_card>);
