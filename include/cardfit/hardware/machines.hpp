// SPDX-License-Identifier: MIT
#pragma once

// Machines by name. Network figures are those of the compute fabric, in Gbit/s per card; 0 where the machine's name
// does not determine them.

#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/hardware/cards/amd_instinct.hpp>
#include <cardfit/hardware/machine.hpp>

#include <stdexcept>

namespace cardfit::machines {

/// NVIDIA DGX-1 with V100 cards of 32 GB (the first version had 16 GB): 8 SXM2 cards in a hybrid cube mesh, 4 EDR ports
/// of 100 Gbit/s. Source: NVIDIA DGX-1 with V100 system architecture whitepaper.
inline constexpr machine dgx1_v100{
    .card = cards::v100_sxm2_32gb, .cards = 8, .per_node = 8, .link = card_link::nvlink, .network_gbit = 50};
inline constexpr machine dgx1_v100_16gb{
    .card = cards::v100_sxm2_16gb, .cards = 8, .per_node = 8, .link = card_link::nvlink, .network_gbit = 50};
/// NVIDIA DGX-2: 16 SXM3 cards behind NVSwitch with 512 GB in total, 8 EDR ports of 100 Gbit/s. Source: NVIDIA DGX-2
/// datasheet.
inline constexpr machine dgx2_v100{
    .card = cards::v100_sxm3_32gb, .cards = 16, .per_node = 16, .link = card_link::nvswitch, .network_gbit = 50};

/// NVIDIA DGX A100 with 640 GB and with 320 GB: 8 cards behind NVSwitch, 8 compute ports of 200 Gbit/s. Source: NVIDIA
/// DGX A100 datasheet.
inline constexpr machine dgx_a100{
    .card = cards::a100_sxm4_80gb, .cards = 8, .per_node = 8, .link = card_link::nvswitch, .network_gbit = 200};
inline constexpr machine dgx_a100_40gb{
    .card = cards::a100_sxm4_40gb, .cards = 8, .per_node = 8, .link = card_link::nvswitch, .network_gbit = 200};
/// NVIDIA DGX H100: 8 cards behind NVSwitch, 8 compute ports of 400 Gbit/s. Source: NVIDIA DGX H100 datasheet.
inline constexpr machine dgx_h100{
    .card = cards::h100_sxm5_80gb, .cards = 8, .per_node = 8, .link = card_link::nvswitch, .network_gbit = 400};

/// NVIDIA HGX boards: 8 cards behind NVSwitch. The server maker chooses the network. Source: NVIDIA HGX platform
/// datasheet.
inline constexpr machine hgx_h100{
    .card = cards::h100_sxm5_80gb, .cards = 8, .per_node = 8, .link = card_link::nvswitch};
inline constexpr machine hgx_h200{
    .card = cards::h200_sxm_141gb, .cards = 8, .per_node = 8, .link = card_link::nvswitch};
inline constexpr machine hgx_b200{
    .card = cards::b200_sxm_180gb, .cards = 8, .per_node = 8, .link = card_link::nvswitch};

/// AMD Instinct MI300X platform: 8 modules, each linked to the seven others. Source: AMD Instinct MI300X platform data
/// sheet.
inline constexpr machine mi300x_platform{.card = cards::mi300x, .cards = 8, .per_node = 8, .link = card_link::nvlink};

/// Two cards joined by an NVLink bridge. Sources: the cards' datasheets.
inline constexpr machine rtx_a6000_bridge_pair{
    .card = cards::rtx_a6000, .cards = 2, .per_node = 2, .link = card_link::nvlink_bridge};
inline constexpr machine rtx_3090_bridge_pair{
    .card = cards::rtx_3090, .cards = 2, .per_node = 2, .link = card_link::nvlink_bridge};
inline constexpr machine a100_pcie_bridge_pair{
    .card = cards::a100_pcie_80gb, .cards = 2, .per_node = 2, .link = card_link::nvlink_bridge};
inline constexpr machine h100_nvl_pair{
    .card = cards::h100_nvl_94gb, .cards = 2, .per_node = 2, .link = card_link::nvlink_bridge};

/// These functions return a workstation of `count` cards whose traffic is staged through host memory, because NVIDIA's
/// stock drivers refuse GeForce cards peer access over PCIe. They throw std::invalid_argument unless 1 <= count <= 16.
[[nodiscard]] constexpr machine rtx_4090_workstation(int count) {
    if (count < 1 || count > 16) throw std::invalid_argument("cardfit: a workstation has 1 to 16 cards");
    return {.card = cards::rtx_4090, .cards = count, .per_node = count, .link = card_link::pcie_host};
}
[[nodiscard]] constexpr machine rtx_3090_workstation(int count) {
    if (count < 1 || count > 16) throw std::invalid_argument("cardfit: a workstation has 1 to 16 cards");
    return {.card = cards::rtx_3090, .cards = count, .per_node = count, .link = card_link::pcie_host};
}

}  // namespace cardfit::machines
