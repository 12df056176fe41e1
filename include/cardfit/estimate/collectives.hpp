// SPDX-License-Identifier: MIT
#pragma once

// Collectives: seconds for bytes over so many cards, inside a node and between nodes. A collective fills nodes first:
// cards of a node reduce among themselves, then one share of each goes between nodes.

#include <cardfit/estimate/arithmetic.hpp>
#include <cardfit/hardware/link_efficiency.hpp>

namespace cardfit {

/// How fast a link of that class may be: the low, typical and high ends of what was measured on it.
enum class link_quality : unsigned char { typical, low, high };

namespace detail {

/// The slot of the card, one way; a generation 4 slot where the card's row tells none.
[[nodiscard]] constexpr double slot_bytes_per_second(const gpu& card,
                                                     const link_constants& links = default_link_constants) noexcept {
    const int generation = card.links.pcie_generation;
    const int lanes = card.links.pcie_lanes;
    if (generation == 0 || lanes == 0) return links.unknown_slot;
    return pcie_per_direction(generation, lanes).number;
}

/// The class of the link among so many cards of a node. A bridge joins two; beyond, and where a link is named that the
/// card does not have, traffic goes over PCIe.
[[nodiscard]] constexpr link_class link_class_of(const machine& m, std::int64_t cards,
                                                 const link_constants& links = default_link_constants) noexcept {
    const card_link link = link_of(m);
    const bool direct = m.card.links.nvlink_bidirectional.number > 0;
    if (direct && link == card_link::nvswitch) return link_class::nvswitch;
    if (direct && link == card_link::nvlink) return link_class::nvlink_mesh;
    if (direct && link == card_link::nvlink_bridge && cards <= 2) return link_class::nvlink_bridge;
    const bool peers = link == card_link::pcie || m.card.links.peer_access_over_pcie == known::yes;
    if (link == card_link::pcie_host || !peers) return link_class::pcie_host;
    return slot_bytes_per_second(m.card, links) > 20e9 ? link_class::pcie : link_class::pcie_3;
}

}  // namespace detail

/// Bytes a second, one way, that each of `cards` cards of one node gets in a ring collective: "bus bandwidth" as
/// nccl-tests prints it. 1 card counts as 2. See hardware/link_efficiency.hpp for what it rests on.
[[nodiscard]] constexpr double bus_bytes_per_second(const machine& m, int cards,
                                                    link_quality quality = link_quality::typical,
                                                    const link_constants& links = default_link_constants) noexcept {
    const link_class which = detail::link_class_of(m, cards, links);
    const link_efficiency_row& row = row_of(which);
    const double figure = links.*(cards <= 2 ? row.pair : row.several);
    const double nvlink = nvlink_per_direction(m.card).number;
    const bool switched = which <= link_class::nvlink_bridge;
    const double slot = detail::slot_bytes_per_second(m.card, links);
    const double wire = switched ? nvlink : slot;
    double rate = row.in_bytes ? detail::least(figure, slot) : figure * wire;
    if (!switched && cards > 2 && link_of(m) == card_link::nvlink_bridge && nvlink > 0)
        rate *= row.shares_paths ? links.bridged_pairs : 1;
    if (which == link_class::nvlink_mesh)
        rate *= detail::least(1, links.mesh_share_per_doubling * detail::binary_logarithm(cards < 2 ? 2 : cards));
    return rate * (quality == link_quality::low ? row.low : quality == link_quality::high ? row.high : 1);
}

/// Bytes a second, one way, that a card gets between nodes.
[[nodiscard]] constexpr double network_bytes_per_second(const machine& m,
                                                        const link_constants& links = default_link_constants) noexcept {
    if (m.network_gbit > 0) return links.network_share * m.network_gbit * 1e9 / 8;
    const compute_capability capability = m.card.compute_capability;
    for (const network_default_row& row : network_defaults) {
        const bool fits =
            row.volta_only ? capability >= compute_capability{7, 0} && capability < compute_capability{7, 3}
                           : capability.major == row.compute_capability_major && capability != compute_capability{8, 9};
        if (fits || row.compute_capability_major == 0) return links.network_share * row.bytes_per_second;
    }
    return 0;
}

/// What a collective does; its bytes are of the whole buffer (all-gather, reduce-scatter: the gathered one).
enum class collective : unsigned char { all_reduce, all_gather, reduce_scatter, all_to_all, point_to_point };

/// Seconds of a collective over n cards, of which each stands `inner` cards apart (inner: the size of the groups that
/// fill a node before this one). All-reduce 2(n-1)/n of the buffer a card, gather, scatter and all-to-all (n-1)/n,
/// point-to-point all of it (Thakur, Rabenseifner, Gropp, IJHPCA 2005; the ring in nccl-tests' PERFORMANCE.md).
[[nodiscard]] constexpr double collective_seconds(const machine& m, collective what, std::int64_t n, double size,
                                                  std::int64_t inner = 1,
                                                  const link_constants& links = default_link_constants) noexcept {
    if (n <= 1 || !(size > 0)) return 0;
    const std::int64_t node = larger(cards_per_node(m) / inner, 1);
    const std::int64_t g = smaller(n, node);
    const double cards = static_cast<double>(g);
    const double nodes = static_cast<double>(n) / cards;
    const double latency = links.network_latency * links.node_latency_share;
    if (what == collective::point_to_point)
        return g > 1 ? size / bus_bytes_per_second(m, 2, link_quality::typical, links) + latency
                     : size / network_bytes_per_second(m, links) + links.network_latency;
    // Between nodes an all-to-all has nothing to add up: each card sends what belongs elsewhere.
    if (what == collective::all_to_all && nodes > 1)
        return (g > 1 ? (cards - 1) / static_cast<double>(n) * size /
                            bus_bytes_per_second(m, static_cast<int>(g), link_quality::typical, links)
                      : 0) +
               (nodes - 1) / nodes * size / network_bytes_per_second(m, links) +
               links.network_latency * detail::binary_logarithm(nodes);
    const double factor = what == collective::all_reduce ? 2 : 1;
    double time = g > 1 ? factor * (cards - 1) / cards * size /
                                  bus_bytes_per_second(m, static_cast<int>(g), link_quality::typical, links) +
                              factor * (cards - 1) * latency
                        : 0;
    if (nodes > 1)
        time += factor * (nodes - 1) / nodes * size / cards / network_bytes_per_second(m, links) +
                factor * links.network_latency * detail::binary_logarithm(nodes);
    return time;
}

}  // namespace cardfit
