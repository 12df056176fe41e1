// SPDX-License-Identifier: MIT
// A card row is refused if its bandwidth does not follow from bus width and data rate.
// expect g++: In instantiation of .struct cardfit::physics_check<\(& a_card\), cardfit::physics_rule::bandwidth, cardfit::physics_unit::megabytes_per_second, cardfit::stated<9999000>, cardfit::accepted<950400, 969601> >
// expect g++: error: static assertion failed: cardfit: the card.s row states more than this rule accepts
// expect g++: the comparison reduces to .\(9999000 <= 969601\)
// expect clang: failed due to requirement .9999000L <= 969601L
// expect clang: physics_check<&a_card, cardfit::physics_rule::bandwidth, cardfit::physics_unit::megabytes_per_second, cardfit::stated<9999000>, cardfit::accepted<950400, 969601>>
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
    .memory_bandwidth = 9999_GBps,
#else
    .memory = 24_GiB,
    .memory_type = memory_type::gddr6,
    .memory_bus_bits = 384,
    .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
#endif
};
static_assert(obeys_physics<&a_card>);
