// SPDX-License-Identifier: MIT

// Tests collectives against measured bus bandwidths and the formulas of ring algorithms.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/hardware/cards/all.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

// Bus bandwidth in GB/s from aiconfigurator's NCCL tables, for 512 MiB in fp16. Training runs reach less, and NVLink
// SHARP reaches more than the links of a ring carry: the band of the link class includes both.
constexpr double gigabytes_per_second(const machine& m, int cards, link_quality q) {
    return bus_bytes_per_second(m, cards, q) / 1e9;
}
constexpr bool holds(const machine& m, int cards, double measured) {
    return measured >= gigabytes_per_second(m, cards, link_quality::low) &&
           measured <= gigabytes_per_second(m, cards, link_quality::high);
}
// NVLink bridges between pairs take hops off the shared paths, and never make a ring faster than a pair alone.
constexpr machine bridged{.card = cards::quadro_rtx_8000, .cards = 8, .link = card_link::nvlink_bridge};
constexpr machine unbridged{.card = cards::quadro_rtx_8000, .cards = 8, .link = card_link::pcie};
static_assert(bus_bytes_per_second(bridged, 8) > bus_bytes_per_second(unbridged, 8) &&
              bus_bytes_per_second(bridged, 8) <= 2 * bus_bytes_per_second(unbridged, 8) &&
              bus_bytes_per_second(bridged, 8) < bus_bytes_per_second(unbridged, 2));
static_assert(holds(8 * cards::a100_sxm4_80gb, 2, 193.0) && holds(8 * cards::a100_sxm4_80gb, 8, 222.3));
static_assert(holds(8 * cards::h100_sxm5_80gb, 2, 336) && holds(8 * cards::h100_sxm5_80gb, 8, 481));
static_assert(holds(8 * cards::b200_sxm_180gb, 4, 633.7) && holds(8 * cards::b200_sxm_180gb, 8, 704.0));
static_assert(holds({.card = cards::l40s, .cards = 2, .link = card_link::pcie}, 2, 20.1));
static_assert(holds({.card = cards::l40s, .cards = 8, .link = card_link::pcie}, 8, 1.4));

// The ring formula on the measured bandwidth moves 2 (n - 1) / n of the buffer: 512 MiB over eight A100s take 4.2 ms.
constexpr double all_reduce =
    collective_seconds(8 * cards::a100_sxm4_80gb, collective::all_reduce, 8, 512.0 * (1 << 20));
static_assert(within(all_reduce, 2 * 7.0 / 8 * 512 * (1 << 20) / 194.7e9, 0.02));
static_assert(within(all_reduce, 2 * 7.0 / 8 * 512 * (1 << 20) / 222.3e9, 0.16));
// An all-gather takes half of that, and a reduction across nodes also takes its share of the network.
constexpr machine four_nodes{.card = cards::h100_sxm5_80gb, .cards = 32, .network_gbit = 400};
static_assert(within(collective_seconds(four_nodes, collective::all_gather, 8, 1e9) * 2,
                     collective_seconds(four_nodes, collective::all_reduce, 8, 1e9), 1e-12));
static_assert(collective_seconds(four_nodes, collective::all_reduce, 32, 1e9) >
              collective_seconds(four_nodes, collective::all_reduce, 8, 1e9) + 2 * 3.0 / 4 * 1e9 / 8 / 50e9);
static_assert(collective_seconds(four_nodes, collective::all_reduce, 1, 1e9) == 0);
