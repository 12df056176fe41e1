// SPDX-License-Identifier: MIT
#pragma once

// Link bandwidth per direction: PCIe by generation and lanes, NVLink by generation and links. Datasheets state NVLink
// as the sum of both directions. The share that a collective reaches is measured, and belongs to the estimators.

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <stdexcept>

namespace cardfit {

/// One PCI Express lane, per direction: its raw rate, and the share that remains after encoding.
struct pcie_lane {
    int generation = 0;            ///< PCI Express generation
    double gigatransfers = 0;      ///< GT/s of one lane
    double encoding = 0;           ///< bits of data by bits on the wire
    std::string_view source = "";  ///< the specification that states them
};

/// The generations of PCI Express that cards have.
inline constexpr pcie_lane pcie_lanes[]{
    {1, 2.5, 8.0 / 10, "PCI Express Base 1.1: 8b/10b"},
    {2, 5, 8.0 / 10, "PCI Express Base 2.0: 8b/10b"},
    {3, 8, 128.0 / 130, "PCI Express Base 3.0: 128b/130b"},
    {4, 16, 128.0 / 130, "PCI Express Base 4.0: 128b/130b"},
    {5, 32, 128.0 / 130, "PCI Express Base 5.0: 128b/130b"},
    {6, 64, 242.0 / 256, "PCI Express Base 6.0: 242 of a flit's 256 bytes are free of CRC and FEC"},
};

/// Returns the bandwidth per direction of `lanes` lanes of a PCIe generation after encoding: 15.75, 31.5 and 63.0 GB/s
/// for 16 lanes of generation 3, 4 and 5. Packet headers take another 5 to 15 %, which is measured and not included
/// here. Throws std::invalid_argument unless 1 <= generation <= 6 and 1 <= lanes <= 32.
[[nodiscard]] constexpr bytes_per_second pcie_per_direction(int generation, int lanes) {
    if (lanes < 1 || lanes > 32) throw std::invalid_argument("cardfit: pcie lanes must be 1 to 32");
    for (const pcie_lane& lane : pcie_lanes)
        if (lane.generation == generation) return gigabytes_per_second(lane.gigatransfers * lane.encoding / 8 * lanes);
    throw std::invalid_argument("cardfit: pcie generation must be 1 to 6");
}

/// Returns the bandwidth per direction of the card's slot; 0 if the card has none (superchips, and rows of MIG slices
/// that name no slot).
[[nodiscard]] constexpr bytes_per_second pcie_per_direction(const gpu& card) {
    if (card.links.pcie_generation == 0 || card.links.pcie_lanes == 0) return {};
    return pcie_per_direction(card.links.pcie_generation, card.links.pcie_lanes);
}

/// The bandwidth of one NVLink per direction, by generation.
struct nvlink_rate {
    int generation = 0;                ///< NVLink generation
    bytes_per_second per_direction{};  ///< bandwidth of one link
    std::string_view source = "";      ///< the document that states it
};

/// The generations of NVLink that cards have.
inline constexpr nvlink_rate nvlink_rates[]{
    {1, 20_GBps, "NVIDIA Tesla P100 whitepaper: 4 links, 160 GB/s both ways"},
    {2, 25_GBps, "NVIDIA Tesla V100 whitepaper: 6 links, 300 GB/s both ways"},
    {3, 25_GBps, "NVIDIA A100 whitepaper: 12 links, 600 GB/s both ways"},
    {4, 25_GBps, "NVIDIA H100 whitepaper: 18 links, 900 GB/s both ways"},
    {5, 50_GBps, "NVIDIA Blackwell architecture brief: 18 links, 1800 GB/s both ways"},
};
/// The bandwidth per direction of one third-generation NVLink on GA102, which has 4 links with a total of 112.5 GB/s in
/// both directions (NVIDIA Ampere GA102 whitepaper).
inline constexpr bytes_per_second nvlink_ga102_per_direction = 14.0625_GBps;

/// Returns the bandwidth per direction of one NVLink of the card; 0 for a card without NVLink.
[[nodiscard]] constexpr bytes_per_second nvlink_per_link(const gpu& card) noexcept {
    if (card.links.nvlink_generation == 0) return {};
    if (card.links.nvlink_generation == 3 && is_ga102(card)) return nvlink_ga102_per_direction;
    for (const nvlink_rate& rate : nvlink_rates)
        if (rate.generation == card.links.nvlink_generation) return rate.per_direction;
    return {};
}

/// Returns the bandwidth per direction of all NVLinks of the card (on other vendors' modules, of Infinity Fabric and
/// similar links), which is half the total that datasheets state; 0 for a card without such links. On PCIe boards it
/// reaches only the one or three neighbors that a bridge joins.
[[nodiscard]] constexpr bytes_per_second nvlink_per_direction(const gpu& card) noexcept {
    return card.links.nvlink_bidirectional / 2;
}

/// Returns the bandwidth per direction of the direct links among so many cards in a row: that of the links inside a
/// module for the devices of one, where a document states it, and that of the card's other links for more.
[[nodiscard]] constexpr bytes_per_second direct_per_direction(const gpu& card, std::int64_t cards) noexcept {
    const bool inside = cards <= card.devices_per_module && card.module_bidirectional.number > 0;
    return inside ? card.module_bidirectional / 2 : nvlink_per_direction(card);
}

/// Returns the bandwidth per direction of the link to the host's memory if it is not the slot: NVLink-C2C, half of the
/// total that datasheets state; 0 for a card whose host is behind its slot.
[[nodiscard]] constexpr bytes_per_second host_link_per_direction(const gpu& card) noexcept {
    return card.links.host_bidirectional / 2;
}

/// The ways in which the direct links of a card can be joined, from its topology.
struct link_facts {
    bool switched = false;  ///< a switch can join the cards of a node
    bool mesh = false;      ///< links can join each pair of cards
    /// The largest number of cards that one bridge joins; 0: there is no bridge.
    int bridged = 0;
};

/// Returns the ways in which the card's direct links can be joined.
[[nodiscard]] constexpr link_facts links_of(const gpu& card) noexcept {
    const link_topology_row row = row_of(card.links.topology);
    return {.switched = row.switched, .mesh = row.mesh, .bridged = row.bridged};
}

}  // namespace cardfit
