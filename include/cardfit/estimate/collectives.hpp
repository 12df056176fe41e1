// SPDX-License-Identifier: MIT
#pragma once

// Time of collectives by bytes and number of GPUs, inside a node and between nodes. A collective is hierarchical: the
// GPUs of a node reduce among themselves, then each one's share goes between nodes.

#include <cardfit/estimate/arithmetic.hpp>
#include <cardfit/hardware/link_efficiency.hpp>

namespace cardfit {

/// Which end of the measured range of a link class to assume.
enum class link_quality : unsigned char { typical, low, high };

namespace detail {

/// Returns the bytes per second of the card's PCIe slot in one direction; those of a generation 4 slot if its row has
/// no slot.
[[nodiscard]] constexpr double slot_bytes_per_second(const gpu& card,
                                                     const link_constants& links = default_link_constants) noexcept {
    const int generation = card.links.pcie_generation;
    const int lanes = card.links.pcie_lanes;
    if (generation == 0 || lanes == 0) return links.unknown_slot;
    return pcie_per_direction(generation, lanes).number;
}

/// Returns the nameplate bytes per second between the card and host memory in one direction: those of NVLink-C2C if the
/// card has it, and otherwise those of its slot. Copies get `host_copy_share` of either: nvbandwidth reads 346 GB/s to
/// a GH200 and about 15 % less from it (NVIDIA/nvbandwidth issue 23), which are 0.77 and 0.67 of 450.
[[nodiscard]] constexpr double host_link_bytes_per_second(
    const gpu& card, const link_constants& links = default_link_constants) noexcept {
    const double direct = host_link_per_direction(card).number;
    return direct > 0 ? direct : slot_bytes_per_second(card, links);
}

/// Returns the class of the link among so many cards of a node that lie side by side. Some modules have links of their
/// own between their devices, and an NVLink bridge joins two cards. Traffic among more of them goes over PCIe, as it
/// does if the job names a link that the card does not have.
[[nodiscard]] constexpr link_class link_class_of(const machine& m, std::int64_t cards,
                                                 const link_constants& links = default_link_constants) noexcept {
    const card_link link = link_of(m);
    const bool direct = m.card.links.nvlink_bidirectional.number > 0;
    const bool inside = cards <= m.card.devices_per_module && m.card.module_bidirectional.number > 0;
    if (inside && link == card_link::nvlink) return link_class::in_module;
    if (direct && link == card_link::nvswitch) return link_class::nvswitch;
    if (direct && link == card_link::nvlink) return link_class::nvlink_mesh;
    if (direct && link == card_link::nvlink_bridge && cards <= 2) return link_class::nvlink_bridge;
    const bool peers = link == card_link::pcie || m.card.links.peer_access_over_pcie == documented::yes;
    if (link == card_link::pcie_host || !peers) return link_class::pcie_host;
    return slot_bytes_per_second(m.card, links) > 20e9 ? link_class::pcie : link_class::pcie_3;
}

}  // namespace detail

/// Returns the bytes per second, in one direction, that each of `cards` cards of one node gets in a ring collective:
/// the "bus bandwidth" of nccl-tests. One card counts as two. The cards are `spacing` apart: those of a group that has
/// only every second card share no bridge and no module. The measurements are in hardware/link_efficiency.hpp.
[[nodiscard]] constexpr double bus_bytes_per_second(const machine& m, int cards,
                                                    link_quality quality = link_quality::typical,
                                                    const link_constants& links = default_link_constants,
                                                    std::int64_t spacing = 1) noexcept {
    const std::int64_t span = cards * spacing;
    const link_class which = detail::link_class_of(m, span, links);
    const link_efficiency_row& row = row_of(which);
    const double figure = links.*(cards <= 2 ? row.pair : row.several);
    const double nvlink = direct_per_direction(m.card, span).number;
    const bool switched = which <= link_class::in_module;
    const double slot = detail::slot_bytes_per_second(m.card, links);
    const double wire = switched ? nvlink : slot;
    double rate = row.in_bytes ? detail::least(figure, slot) : figure * wire;
    if (!switched && cards > 2 && link_of(m) == card_link::nvlink_bridge && nvlink > 0)
        rate *= row.shares_paths ? links.bridged_pairs : 1;
    if (which == link_class::nvlink_mesh)
        rate *= detail::least(1, links.mesh_share_per_doubling * detail::binary_logarithm(cards < 2 ? 2 : cards));
    if (quality == link_quality::low) return rate * row.low;
    if (quality == link_quality::high) return rate * row.high;
    return rate;
}

/// Returns the bytes per second, in one direction, that each card gets between nodes: the job's network, or else that
/// of the card's platform.
[[nodiscard]] constexpr double network_bytes_per_second(const machine& m,
                                                        const link_constants& links = default_link_constants) noexcept {
    return links.network_share * network_gbit_of(m) * 1e9 / 8;
}

/// The kinds of collective. Their size is that of the whole buffer (of the gathered one for all-gather and
/// reduce-scatter).
enum class collective : unsigned char { all_reduce, all_gather, reduce_scatter, all_to_all, point_to_point };

namespace detail {

/// A collective over n cards: `cards` of each node take part, on `nodes` nodes.
struct collective_group {
    std::int64_t in_node = 1;
    std::int64_t spacing = 1;  ///< cards from one of the group to the next
    double cards = 1;
    double nodes = 1;
    double total = 1;
};

/// Returns the bytes per second of a collective inside a node.
[[nodiscard]] constexpr double node_bytes_per_second(const machine& m, const collective_group& g,
                                                     const link_constants& links) noexcept {
    return bus_bytes_per_second(m, static_cast<int>(g.in_node), link_quality::typical, links, g.spacing);
}

/// Returns the seconds of an all-to-all between nodes. There is no reduction: each card sends the data of other cards
/// directly.
[[nodiscard]] constexpr double all_to_all_seconds(const machine& m, const collective_group& g, double size,
                                                  const link_constants& links) noexcept {
    const double inside = g.in_node > 1 ? (g.cards - 1) / g.total * size / node_bytes_per_second(m, g, links) : 0;
    return inside + (g.nodes - 1) / g.nodes * size / network_bytes_per_second(m, links) +
           links.network_latency * binary_logarithm(g.nodes);
}

/// Returns the seconds of a ring inside each node and then between nodes, each pass of which moves (n - 1)/n of the
/// buffer. An all-reduce has two passes.
[[nodiscard]] constexpr double ring_seconds(const machine& m, const collective_group& g, double size, double passes,
                                            const link_constants& links) noexcept {
    double time = 0;
    if (g.in_node > 1)
        time = passes * (g.cards - 1) / g.cards * size / node_bytes_per_second(m, g, links) +
               passes * (g.cards - 1) * (links.network_latency * links.node_latency_share);
    if (g.nodes > 1)
        time += passes * (g.nodes - 1) / g.nodes * size / g.cards / network_bytes_per_second(m, links) +
                passes * links.network_latency * binary_logarithm(g.nodes);
    return time;
}

}  // namespace detail

/// Returns the seconds of a collective of `size` bytes over n cards. `inner` is the size of the groups that fill a node
/// before this one, so that cards of this group are `inner` cards apart. An all-reduce moves 2(n-1)/n of the buffer per
/// card, all-gather, reduce-scatter and all-to-all (n-1)/n, and point-to-point all of it (Thakur, Rabenseifner, Gropp,
/// IJHPCA 2005; the ring in nccl-tests' PERFORMANCE.md). Returns 0 for one card or no bytes.
[[nodiscard]] constexpr double collective_seconds(const machine& m, collective what, std::int64_t n, double size,
                                                  std::int64_t inner = 1,
                                                  const link_constants& links = default_link_constants) noexcept {
    if (n <= 1 || !(size > 0)) return 0;
    const std::int64_t per_node = larger(cards_per_node(m) / inner, 1);
    const std::int64_t in_node = smaller(n, per_node);
    const double cards = static_cast<double>(in_node);
    const detail::collective_group group{.in_node = in_node,
                                         .spacing = inner,
                                         .cards = cards,
                                         .nodes = static_cast<double>(n) / cards,
                                         .total = static_cast<double>(n)};
    if (what == collective::point_to_point && in_node > 1)
        return size / bus_bytes_per_second(m, 2, link_quality::typical, links, inner) +
               links.network_latency * links.node_latency_share;
    if (what == collective::point_to_point) return size / network_bytes_per_second(m, links) + links.network_latency;
    if (what == collective::all_to_all && group.nodes > 1) return detail::all_to_all_seconds(m, group, size, links);
    return detail::ring_seconds(m, group, size, what == collective::all_reduce ? 2 : 1, links);
}

}  // namespace cardfit
