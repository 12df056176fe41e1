// SPDX-License-Identifier: MIT
#pragma once

// How much of their nameplate bandwidth links give to collectives, as numbers that a caller may vary. The default
// values are the fitted ones. The standing, range and source of every member are in calibration/describe_training.hpp.

namespace cardfit {

/// Efficiencies and latencies of links. "Pair" is the bandwidth between two cards, "several" among three and more.
struct link_constants {
    /// Fraction of the nameplate bandwidth, per card and direction.
    /// @{
    double nvswitch = 0.649;
    double nvlink_mesh = 0.145;
    double nvlink_bridge = 0.843;
    double pcie_pair = 0.478;  ///< of every generation
    double pcie_several = 0.63;
    double pcie_3_several = 0.18;
    /// @}
    /// Bytes per second where host memory carries the traffic.
    /// @{
    double pcie_host_pair = 9.3e9;
    double pcie_host_several = 4.66e9;
    /// Factor on `pcie_3_several` and `pcie_host_several` where bridges join the cards in pairs: every other hop of a
    /// ring then crosses a bridge, so a path that all hops share could give up to twice.
    double bridged_pairs = 1.5;
    /// Fraction of a mesh's bandwidth per doubling of the cards: two cards get half of the bisection.
    double mesh_share_per_doubling = 0.5;
    /// Fraction of a network card's bandwidth that collectives between nodes get.
    double network_share = 0.883;
    double network_latency = 20e-6;   ///< seconds that a message between nodes takes to start
    double node_latency_share = 0.2;  ///< latency inside a node, relative to `network_latency`
    double host_copy_share = 0.6;     ///< fraction of a slot's bandwidth that copies to and from the host get
    double unknown_slot = 31.5e9;     ///< bytes per second and direction of an unknown slot: generation 4, 16 lanes
    /// @}

    friend constexpr bool operator==(const link_constants&, const link_constants&) = default;
};

/// The constants that collectives use by default.
inline constexpr link_constants default_link_constants{};

}  // namespace cardfit
