// SPDX-License-Identifier: MIT
#pragma once

// The classes of links that collectives distinguish, and the constants that describe each class. The constants
// themselves are in calibration/link_constants.hpp.

#include <cardfit/calibration/link_constants.hpp>
#include <cardfit/hardware/links.hpp>
#include <cardfit/hardware/machine.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

/// The classes of links between cards. PCIe of generation 3 is a class of its own, because the cards of most such
/// machines share an uplink.
enum class link_class : unsigned char { nvswitch, nvlink_mesh, nvlink_bridge, in_module, pcie, pcie_3, pcie_host };

/// One class of links.
struct link_efficiency_row {
    /// One constant of the class: a fraction of the nameplate bandwidth, or bytes per second.
    using figure = double link_constants::*;

    std::string_view name = "";  ///< name of the class
    figure pair = nullptr;       ///< between two cards
    figure several = nullptr;    ///< among three and more
    bool in_bytes = false;       ///< the figures are in bytes per second, because host memory carries the traffic
    bool shares_paths = false;   ///< bridges between pairs of cards relieve the link (`link_constants::bridged_pairs`)
    /// The range of the class's measured rates relative to the typical one, which covers the ways in which machines are
    /// built.
    double low = 1;
    double high = 1;               ///< the fastest measured rate by the typical one
    std::string_view source = "";  ///< the measurement that the class rests on
};

/// The classes, in the order of `link_class`.
inline constexpr link_efficiency_row link_efficiencies[]{
    {.name = "nvswitch",
     .pair = &link_constants::nvswitch,
     .several = &link_constants::nvswitch,
     .low = 0.8,
     .high = 1.7,
     .source = "nccl-tests reach .74 to .8, where the switch adds up 1.07"},
    {.name = "nvlink-mesh",
     .pair = &link_constants::nvlink_mesh,
     .several = &link_constants::nvlink_mesh,
     .low = 0.6,
     .high = 4,
     .source = "nccl-tests reach .8"},
    {.name = "nvlink-bridge",
     .pair = &link_constants::nvlink_bridge,
     .several = &link_constants::nvlink_bridge,
     .low = 0.85,
     .high = 1.1,
     .source = "mli/transformers-benchmarks: 44 to 47 GB/s over a 3090 Ti pair"},
    {.name = "in-module",
     .pair = &link_constants::nvlink_bridge,
     .several = &link_constants::nvlink_bridge,
     .low = 0.5,
     .high = 1.2,
     .source = "estimated as a bridge, which also joins two devices with all of its links"},
    {.name = "pcie",
     .pair = &link_constants::pcie_pair,
     .several = &link_constants::pcie_several,
     .low = 0.07,
     .high = 1.4,
     .source = "aiconfigurator's L40S tables: 20 of 31.5 GB/s behind one switch, 1.4 across sockets"},
    {.name = "pcie-3",
     .pair = &link_constants::pcie_pair,
     .several = &link_constants::pcie_3_several,
     .shares_paths = true,
     .low = 0.4,
     .high = 2.5,
     .source = "Lambda's eight-card boxes of Turing: uplinks are shared"},
    {.name = "pcie-host",
     .pair = &link_constants::pcie_host_pair,
     .several = &link_constants::pcie_host_several,
     .in_bytes = true,
     .shares_paths = true,
     .low = 0.2,
     .high = 1.6,
     .source = "processors copy, whatever the slot; 1.5 to 25 GB/s were seen"},
};

/// Returns the row of a class of links.
[[nodiscard]] constexpr const link_efficiency_row& row_of(link_class c) noexcept {
    return link_efficiencies[static_cast<std::size_t>(c)];
}

}  // namespace cardfit
