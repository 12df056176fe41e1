// SPDX-License-Identifier: MIT

// Tests collectives against measured bus bandwidths and the formulas of ring algorithms.

#include "../close.hpp"

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
// A part of a byte is something, and no bytes are nothing.
static_assert(collective_seconds(four_nodes, collective::all_reduce, 2, 0.5) > 0 &&
              collective_seconds(four_nodes, collective::all_reduce, 2, 0) == 0);
static_assert(collective_seconds(four_nodes, collective::all_reduce, 1, 1e9) == 0);

// ---- By hand

namespace {

/// Links of round numbers: a latency of 1 second between nodes and a quarter of that inside one.
constexpr link_constants round_links{.nvswitch = 0.5,
                                     .nvlink_mesh = 0.25,
                                     .nvlink_bridge = 0.75,
                                     .pcie_pair = 0.5,
                                     .pcie_several = 0.25,
                                     .pcie_3_several = 0.125,
                                     .pcie_host_pair = 4e9,
                                     .pcie_host_several = 2e9,
                                     .bridged_pairs = 1.5,
                                     .mesh_share_per_doubling = 0.5,
                                     .network_share = 0.5,
                                     .network_latency = 1,
                                     .node_latency_share = 0.25,
                                     .unknown_slot = 10};
/// A card with 100 bytes per second of NVLink in each direction, and no slot that is known.
constexpr gpu linked{.links = {.nvlink_bidirectional = bytes_per_second::from_number(200)}};
constexpr machine joined(card_link link, int cards = 8, int per_node = 8, const gpu& card = linked) {
    return {.card = card, .cards = cards, .per_node = per_node, .link = link, .network_gbit = 8e-7};
}
constexpr double bus(card_link link, int cards, const gpu& card = linked) {
    return bus_bytes_per_second(joined(link, 8, 8, card), cards, link_quality::typical, round_links);
}

}  // namespace

// Half of NVLink's 100 bytes per second behind a switch; in a mesh a quarter, of which two cards get half, three 0.79
// and four all; over a bridge three quarters between two.
static_assert(bus(card_link::nvswitch, 2) == 50 && bus(card_link::nvswitch, 8) == 50);
static_assert(bus(card_link::nvlink, 2) == 12.5 && bus(card_link::nvlink, 1) == 12.5 &&
              bus(card_link::nvlink, 4) == 25 && bus(card_link::nvlink, 8) == 25 &&
              close(bus(card_link::nvlink, 3), 25 * 0.5 * 1.5849625007211563));
static_assert(bus(card_link::nvlink_bridge, 2) == 75);
// Through host memory as many bytes as the slot takes, at most; a known slot of generation 3 or 4 by its class.
static_assert(bus(card_link::pcie_host, 2) == 10 && bus(card_link::pcie_host, 4) == 10);
constexpr gpu slotted(int generation, documented peers = documented::no) {
    return {.links = {.pcie_generation = generation, .pcie_lanes = 16, .peer_access_over_pcie = peers}};
}
constexpr double slot(int generation) { return pcie_per_direction(generation, 16).number; }
static_assert(bus(card_link::pcie_host, 2, slotted(4)) == 4e9 && bus(card_link::pcie_host, 3, slotted(4)) == 2e9);
static_assert(bus(card_link::pcie, 2, slotted(4)) == slot(4) * 0.5 &&
              bus(card_link::pcie, 3, slotted(4)) == slot(4) * 0.25 &&
              bus(card_link::pcie, 2, slotted(3)) == slot(3) * 0.5 &&
              bus(card_link::pcie, 3, slotted(3)) == slot(3) * 0.125);
// A link that the card does not have: over PCIe between peers, and through host memory otherwise.
static_assert(bus(card_link::nvswitch, 2, slotted(4)) == 4e9 && bus(card_link::nvlink, 2, slotted(4)) == 4e9 &&
              bus(card_link::nvlink_bridge, 2, slotted(4)) == 4e9 &&
              bus(card_link::nvswitch, 2, slotted(4, documented::yes)) == slot(4) * 0.5);
// Bridges between pairs relieve the path of more than two cards, if they are bridges of the card.
constexpr gpu with_bridge(int generation, double nvlink) {
    gpu card = slotted(generation);
    card.links.nvlink_bidirectional = bytes_per_second::from_number(nvlink);
    return card;
}
static_assert(bus(card_link::nvlink_bridge, 4, with_bridge(4, 200)) == 3e9 &&
              bus(card_link::nvlink_bridge, 4, with_bridge(4, 0)) == 2e9 &&
              bus(card_link::pcie_host, 4, with_bridge(4, 200)) == 2e9);
// Devices of one module have links of their own: 300 bytes per second in each direction among two of them.
constexpr gpu of_module = [] {
    gpu card = linked;
    card.devices_per_module = 2;
    card.module_bidirectional = bytes_per_second::from_number(600);
    return card;
}();
static_assert(bus(card_link::nvlink, 2, of_module) == 300 * 0.75 && bus(card_link::nvlink, 4, of_module) == 25);
static_assert(bus_bytes_per_second(joined(card_link::nvlink, 8, 8, of_module), 2, link_quality::typical, round_links,
                                   2) == 12.5);
// The ends of a class's measured range.
static_assert(bus_bytes_per_second(joined(card_link::nvswitch), 2, link_quality::low, round_links) ==
                  50 * row_of(link_class::nvswitch).low &&
              bus_bytes_per_second(joined(card_link::nvswitch), 2, link_quality::high, round_links) ==
                  50 * row_of(link_class::nvswitch).high);
static_assert(detail::slot_bytes_per_second(linked, round_links) == 10 &&
              detail::slot_bytes_per_second(gpu{.links = {.pcie_generation = 4}}, round_links) == 10 &&
              detail::slot_bytes_per_second(gpu{.links = {.pcie_lanes = 16}}, round_links) == 10 &&
              detail::slot_bytes_per_second(slotted(1), round_links) == slot(1));
static_assert(detail::host_link_bytes_per_second(linked, round_links) == 10 &&
              detail::host_link_bytes_per_second(
                  gpu{.links = {.host_bidirectional = bytes_per_second::from_number(30)}}, round_links) == 15);
static_assert(close(network_bytes_per_second(joined(card_link::nvswitch), round_links), 50));

// Of 800 bytes at 50 per second, each of 4 cards of a node passes 3/4 on in 3 hops of a quarter second, an all-reduce
// twice; among 4 nodes each card's part follows in 2 hops of a second.
constexpr double collected(collective what, std::int64_t n, int per_node, std::int64_t inner = 1) {
    return collective_seconds(joined(card_link::nvswitch, 64, per_node), what, n, 800, inner, round_links);
}
static_assert(close(collected(collective::all_gather, 4, 4), 0.75 * 16 + 3 * 0.25) &&
              close(collected(collective::reduce_scatter, 4, 4), 0.75 * 16 + 3 * 0.25) &&
              close(collected(collective::all_reduce, 4, 4), 2 * (0.75 * 16 + 3 * 0.25)) &&
              close(collected(collective::all_to_all, 4, 4), 0.75 * 16 + 3 * 0.25));
static_assert(close(collected(collective::all_gather, 16, 4), 0.75 * 16 + 3 * 0.25 + 0.75 * 4 + 2) &&
              close(collected(collective::all_reduce, 16, 4), 2 * (0.75 * 16 + 3 * 0.25 + 0.75 * 4 + 2)) &&
              close(collected(collective::all_gather, 4, 1), 0.75 * 16 + 2) &&
              close(collected(collective::all_gather, 2, 1), 0.5 * 16 + 1));
static_assert(close(collected(collective::all_to_all, 16, 4), 3.0 / 16 * 16 + 0.75 * 16 + 2) &&
              close(collected(collective::all_to_all, 4, 1), 0.75 * 16 + 2));
static_assert(close(collected(collective::point_to_point, 2, 4), 16 + 0.25) &&
              close(collected(collective::point_to_point, 2, 1), 16 + 1));
// Groups of 4 fill a node of 8, so that 2 of the other group are in it and 2 are not.
static_assert(close(collected(collective::all_gather, 4, 8, 4), 0.5 * 16 + 0.25 + 0.5 * 8 + 1) &&
              close(collected(collective::all_gather, 4, 8, 16), 0.75 * 16 + 2));
static_assert(collected(collective::all_reduce, 1, 4) == 0 &&
              collective_seconds(joined(card_link::nvswitch), collective::all_reduce, 4, 0, 1, round_links) == 0);
