// SPDX-License-Identifier: MIT
#pragma once

// What a collective gets of a link, a card and one way, by the link's class; of a network card; and how long a message
// takes to start. Shares of the nameplate rate, settled together with hardware/efficiency.hpp on 771 published training
// rates of 17 sources (2026-11) unless the source says otherwise.

#include <cardfit/hardware/links.hpp>
#include <cardfit/hardware/machine.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

/// Links as collectives meet them. PCIe of generation 3 stands apart: there most boxes share an uplink.
enum class link_class : unsigned char { nvswitch, nvlink_mesh, nvlink_bridge, pcie, pcie_3, pcie_host };

/// One class. A share of the nameplate rate, or bytes per second where host memory is what carries.
struct link_efficiency_row {
    std::string_view name = "";
    double pair = 0;        ///< share between two cards
    double several = 0;     ///< share among three and more
    double pair_bytes = 0;  ///< bytes/s instead of a share; 0: the share counts
    double several_bytes = 0;
    /// Times the rate among several where bridges join the cards in pairs: every other hop of a ring then crosses a
    /// bridge, so a path that all hops share could give up to twice. Set to what Lambda's eight-card boxes gained.
    double bridged_pairs = 1;
    /// Measured rates of the same class over the typical one: what a box may be built like.
    double low = 1;
    double high = 1;
    std::string_view source = "";
};

inline constexpr link_efficiency_row link_efficiencies[]{
    {.name = "nvswitch",
     .pair = 0.649,
     .several = 0.649,
     .low = 0.8,
     .high = 1.7,
     .source = "tensor-parallel and sharded runs on A100 to GB300; nccl-tests alone reach .74 to .8, where the switch "
               "adds up 1.07"},
    {.name = "nvlink-mesh",
     .pair = 0.145,
     .several = 0.145,
     .low = 0.6,
     .high = 4,
     .source = "NVIDIA DeepLearningExamples on DGX-1: replicated training on V100; nccl-tests reach .8"},
    {.name = "nvlink-bridge",
     .pair = 0.843,
     .several = 0.843,
     .low = 0.85,
     .high = 1.1,
     .source = "mli/transformers-benchmarks: 44 to 47 GB/s over a 3090 Ti pair"},
    {.name = "pcie",
     .pair = 0.478,
     .several = 0.63,
     .low = 0.07,
     .high = 1.4,
     .source = "Lambda's boxes; aiconfigurator's L40S tables: 20 of 31.5 GB/s behind one switch, 1.4 across sockets"},
    {.name = "pcie-3",
     .pair = 0.478,
     .several = 0.18,
     .bridged_pairs = 1.5,
     .low = 0.4,
     .high = 2.5,
     .source = "Lambda's eight-card boxes of Turing: uplinks shared"},
    {.name = "pcie-host",
     .pair_bytes = 9.3e9,
     .several_bytes = 4.66e9,
     .bridged_pairs = 1.5,
     .low = 0.2,
     .high = 1.6,
     .source = "Lambda and mli boxes of GeForce boards: processors copy, whatever the slot; 1.5 to 25 GB/s seen"},
};

[[nodiscard]] constexpr const link_efficiency_row& row_of(link_class c) noexcept {
    return link_efficiencies[static_cast<std::size_t>(c)];
}

/// Share of a network card's rate that a collective between nodes gets: BigScience, Megatron and Megatron-Bridge runs
/// (2022 to 2026-06). nccl-tests on 50 GB/s cards reach .73.
inline constexpr double network_share = 0.883;
/// Seconds that a message between nodes takes to start, and the share of it that one takes inside a node; set, from
/// NCCL's latency tables (20 and 4 microseconds).
inline constexpr double network_latency = 20e-6;
inline constexpr double node_latency_share = 0.2;
/// What a mesh of direct links leaves of itself to two cards: half its bisection, growing with the cards' logarithm.
inline constexpr double mesh_share_per_doubling = 0.5;
/// Share of a slot's rate that copies to and from host memory get; estimated (pinned buffers reach .8, pageable .3).
inline constexpr double host_copy_share = 0.6;
/// A slot of an unknown kind, bytes/s one way: generation 4, sixteen lanes.
inline constexpr double unknown_slot = 31.5e9;

/// Bytes/s a card that a network has where nobody told, by compute capability: what the first systems around a
/// generation shipped with. Estimated.
struct network_default_row {
    int compute_capability_major = 0;
    bool volta_only = false;
    double bytes_per_second = 0;
    std::string_view source = "";
};
inline constexpr network_default_row network_defaults[]{
    {8, false, 25e9, "DGX A100: HDR InfiniBand, 200 Gbit/s a card"},
    {7, true, 12.5e9, "DGX-1: EDR InfiniBand, 100 Gbit/s for two cards, and DGX-2"},
    {0, false, 50e9, "DGX H100 and later: NDR InfiniBand, 400 Gbit/s a card"},
};

}  // namespace cardfit
