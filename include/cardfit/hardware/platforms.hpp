// SPDX-License-Identifier: MIT
#pragma once

// The machines in which cards are sold. They decide what a job that names only its cards gets: how many cards the
// direct links join, how many of them one host drives, and the network of each card. A named machine of
// hardware/machines.hpp, or the job's own keys, replace all three.

#include <cardfit/row_table.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

/// The machine in which a card is usually sold. `by_kind`: the card's row names none, and its segment and form factor
/// decide (`platform_of` in capabilities.hpp).
enum class platform : unsigned char {
    by_kind,
    pcie_server,
    workstation,
    computer,
    dgx_1,
    dgx_2,
    dgx_a100,
    dgx_h100,
    dgx_b200,
    dgx_b300,
    gh200_quad,
    gb200_nvl72,
    gb300_nvl72,
    dgx_spark,
    g6e,
    g7e,
    frontier,
    el_capitan,
    mi300x_platform,
    aurora,
    gaudi_2_server,
    gaudi_3_server,
};

/// What is assumed of a platform's machines.
struct platform_row {
    platform value{};            ///< the platform
    std::string_view name = "";  ///< its name in answers
    int per_node = 8;            ///< devices that the cards' own link joins
    int per_host = 8;            ///< devices that one operating system drives; less than `per_node` in a rack of trays
    double network_gbit = 0;     ///< Gbit/s per device and direction between nodes
    bool estimated = false;  ///< no document names the network: the figure is a low one, so that times are upper bounds
    std::string_view source = "";  ///< the document behind the figures
};

// One platform a row.
// clang-format off
/// The platforms; `by_kind` stands for none.
inline constexpr platform_row platform_rows[]{
    {platform::by_kind, "", 8, 8, 0, true, ""},
    {platform::pcie_server, "a server of PCIe cards", 8, 8, 12.5, true,
     "AWS g4dn.metal, g5.48xlarge and g6.48xlarge: 8 cards, 100 Gbit/s; others have more"},
    {platform::workstation, "a workstation", 8, 8, 2.5, true,
     "estimated: four cards share one port of 10 Gbit/s Ethernet"},
    {platform::computer, "a computer of its own", 1, 1, 10, true,
     "10 Gbit/s Ethernet as on Jetson AGX Orin and Mac Studio; laptops have less"},
    {platform::dgx_1, "DGX-1", 8, 8, 50, false,
     "NVIDIA DGX-1 with V100 system architecture whitepaper: four EDR ports of 100 Gbit/s for eight cards"},
    {platform::dgx_2, "DGX-2", 16, 16, 50, false,
     "NVIDIA DGX-2 datasheet: eight EDR ports of 100 Gbit/s for sixteen cards"},
    {platform::dgx_a100, "DGX A100", 8, 8, 200, false,
     "NVIDIA DGX A100 datasheet: eight HDR ports of 200 Gbit/s for eight cards"},
    {platform::dgx_h100, "DGX H100", 8, 8, 400, false,
     "NVIDIA DGX H100 and DGX H200 datasheets: eight NDR ports of 400 Gbit/s for eight cards"},
    {platform::dgx_b200, "DGX B200", 8, 8, 400, false,
     "NVIDIA DGX B200 datasheet: eight ports of 400 Gbit/s; AWS p6-b200.48xlarge: 3200 Gbit/s for eight cards"},
    {platform::dgx_b300, "DGX B300", 8, 8, 800, false,
     "AWS p6-b300.48xlarge: 6400 Gbit/s for eight cards"},
    {platform::gh200_quad, "a node of four GH200", 4, 4, 200, false,
     "JSC, JUPITER configuration: four GH200, 150 GB/s one way between each two (a ring has all links, as behind a "
     "switch), four NDR200 ports; https://apps.fz-juelich.de/jsc/hps/jupiter/configuration.html"},
    {platform::gb200_nvl72, "GB200 NVL72", 72, 4, 400, false,
     "NVIDIA GB200 NVL72: a domain of 72 in trays of four; Google a4x: 1600 Gbit/s for four"},
    {platform::gb300_nvl72, "GB300 NVL72", 72, 4, 800, false,
     "NVIDIA GB300 NVL72: a domain of 72 in trays of four; Google a4x-max: 3200 Gbit/s for four"},
    {platform::dgx_spark, "DGX Spark", 1, 1, 200, false,
     "NVIDIA DGX Spark product page: ConnectX-7 with 200 Gbit/s"},
    {platform::g6e, "AWS g6e.48xlarge", 8, 8, 50, false, "AWS: 400 Gbit/s for eight cards"},
    {platform::g7e, "AWS g7e.48xlarge", 8, 8, 200, false, "AWS: 1600 Gbit/s for eight cards"},
    {platform::frontier, "a node of four MI250 or MI250X", 8, 8, 100, false,
     "OLCF, Frontier User Guide: eight devices and four 200 Gbit/s Slingshot ports a node"},
    {platform::el_capitan, "a node of four MI300A", 4, 4, 200, true,
     "LLNL, hardware of the El Capitan systems: four MI300A a node; network estimated as one Slingshot port each"},
    {platform::mi300x_platform, "AMD Instinct platform", 8, 8, 400, false,
     "Azure ND MI300X v5: eight NDR ports of 400 Gbit/s for eight cards"},
    {platform::aurora, "a node of Aurora", 12, 12, 133, false,
     "ALCF, Aurora machine overview: six Max 1550 of two devices and eight Slingshot-11 ports (200 Gbit/s) a node"},
    {platform::gaudi_2_server, "HLS-Gaudi 2", 8, 8, 300, false,
     "docs.habana.ai: three of 24 ports of 100 Gbit/s leave the node"},
    {platform::gaudi_3_server, "HLS-Gaudi 3", 8, 8, 600, false,
     "docs.habana.ai: three of 24 ports of 200 Gbit/s leave the node, 75 GB/s each way"},
};
// clang-format on
static_assert(detail::one_row_per_enumerator<platform_rows>);

/// Returns what is assumed of a platform's machines.
[[nodiscard]] constexpr const platform_row& row_of(platform p) noexcept {
    return platform_rows[static_cast<std::size_t>(p)];
}

}  // namespace cardfit
