// SPDX-License-Identifier: MIT
#pragma once

// GPU sizes of Azure. The size tables state the bandwidth of the front end (24 or 80 Gbit/s for the ND series); the
// InfiniBand of the GPUs is in the text of the series.

#include <cardfit/hardware/cards/amd_instinct.hpp>
#include <cardfit/hardware/cards/nvidia_ada.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_turing.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/hardware/machines/documents.hpp>
#include <cardfit/hardware/machines/row.hpp>

// One machine a line.
// clang-format off
namespace cardfit::machines {

/// A virtual machine size of Azure, and the list of them.
/// @{
inline constexpr named_machine nc6s_v3{.name = "NC6s_v3"sv, .seller = "Azure"sv, .card = cards::v100_pcie_16gb, .host_memory = 112_GB, .vcpus = 6, .local_disk = 736_GiB, .estimated = "PCIe boards: recalled"sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc12s_v3{.name = "NC12s_v3"sv, .seller = "Azure"sv, .card = cards::v100_pcie_16gb, .cards = 2, .host_memory = 224_GB, .vcpus = 12, .local_disk = 1474_GiB, .estimated = "PCIe boards: recalled"sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc24s_v3{.name = "NC24s_v3"sv, .seller = "Azure"sv, .card = cards::v100_pcie_16gb, .cards = 4, .host_memory = 448_GB, .vcpus = 24, .local_disk = 2948_GiB, .estimated = "PCIe boards: recalled"sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc24rs_v3{.name = "NC24rs_v3"sv, .seller = "Azure"sv, .card = cards::v100_pcie_16gb, .cards = 4, .host_memory = 448_GB, .vcpus = 24, .local_disk = 2948_GiB, .estimated = "PCIe boards: recalled"sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nd40rs_v2{.name = "ND40rs_v2"sv, .seller = "Azure"sv, .card = cards::v100_sxm2_32gb, .cards = 8, .link = card_link::nvlink, .network_gbit = 100.0 / 8, .host_memory = 672_GB, .vcpus = 40, .local_disk = 2948_GiB, .estimated = "one InfiniBand EDR port of 100 Gbit/s, NVLink: recalled"sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc4as_t4_v3{.name = "NC4as_T4_v3"sv, .seller = "Azure"sv, .card = cards::t4, .network_gbit = 8.0, .host_memory = 28_GiB, .vcpus = 4, .local_disk = 176_GiB, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc8as_t4_v3{.name = "NC8as_T4_v3"sv, .seller = "Azure"sv, .card = cards::t4, .network_gbit = 8.0, .host_memory = 56_GiB, .vcpus = 8, .local_disk = 352_GiB, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc16as_t4_v3{.name = "NC16as_T4_v3"sv, .seller = "Azure"sv, .card = cards::t4, .network_gbit = 8.0, .host_memory = 110_GiB, .vcpus = 16, .local_disk = 352_GiB, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc64as_t4_v3{.name = "NC64as_T4_v3"sv, .seller = "Azure"sv, .card = cards::t4, .cards = 4, .network_gbit = 32.0 / 4, .host_memory = 440_GiB, .vcpus = 64, .local_disk = 2816_GiB, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc24ads_a100_v4{.name = "NC24ads_A100_v4"sv, .seller = "Azure"sv, .card = cards::a100_pcie_80gb, .network_gbit = 20.0, .host_memory = 220_GB, .vcpus = 24, .local_disk = 64_GiB, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc48ads_a100_v4{.name = "NC48ads_A100_v4"sv, .seller = "Azure"sv, .card = cards::a100_pcie_80gb, .cards = 2, .network_gbit = 40.0 / 2, .host_memory = 440_GB, .vcpus = 48, .local_disk = 128_GiB, .note = "The cards may be joined in pairs by a bridge, which the documents read do not say: add --link nvlink-bridge where nvidia-smi topo -m shows NV links."sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc96ads_a100_v4{.name = "NC96ads_A100_v4"sv, .seller = "Azure"sv, .card = cards::a100_pcie_80gb, .cards = 4, .network_gbit = 80.0 / 4, .host_memory = 880_GB, .vcpus = 96, .local_disk = 256_GiB, .note = "In one report, the four GPUs of an Azure VM have no peer access to each other. The cards may be joined in pairs by a bridge, which the documents read do not say: add --link nvlink-bridge where nvidia-smi topo -m shows NV links."sv, .documents = {&documents::azure_sizes, &documents::nccl_1214}};
inline constexpr named_machine nc40ads_h100_v5{.name = "NC40ads_H100_v5"sv, .seller = "Azure"sv, .card = cards::h100_nvl_94gb, .network_gbit = 40.0, .host_memory = 320_GB, .vcpus = 40, .local_disk = 3576_GiB, .note = "The card is the H100 NVL of 94 GB, not one of 80 GB."sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nc80adis_h100_v5{.name = "NC80adis_H100_v5"sv, .seller = "Azure"sv, .card = cards::h100_nvl_94gb, .cards = 2, .network_gbit = 80.0 / 2, .host_memory = 640_GB, .vcpus = 80, .local_disk = 7152_GiB, .note = "The cards are H100 NVL of 94 GB, not of 80 GB. The cards may be joined in pairs by a bridge, which the documents read do not say: add --link nvlink-bridge where nvidia-smi topo -m shows NV links."sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nv36ads_a10_v5{.name = "NV36ads_A10_v5"sv, .seller = "Azure"sv, .card = cards::a10, .network_gbit = 40.0, .host_memory = 440_GiB, .vcpus = 36, .local_disk = 1440_GiB, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nv36adms_a10_v5{.name = "NV36adms_A10_v5"sv, .seller = "Azure"sv, .card = cards::a10, .network_gbit = 80.0, .host_memory = 880_GiB, .vcpus = 36, .local_disk = 2880_GiB, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nv72ads_a10_v5{.name = "NV72ads_A10_v5"sv, .seller = "Azure"sv, .card = cards::a10, .cards = 2, .network_gbit = 80.0 / 2, .host_memory = 880_GiB, .vcpus = 72, .local_disk = 2880_GiB, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nd96asr_v4{.name = "ND96asr_v4"sv, .alias = "ND96asr_A100_v4"sv, .seller = "Azure"sv, .card = cards::a100_sxm4_40gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 200.0 / 8, .host_memory = 900_GiB, .vcpus = 96, .local_disk = 6000_GiB, .note = "A 200 Gbit/s InfiniBand HDR port per GPU. The size table's 24 Gbit/s are the front end."sv, .documents = {&documents::azure_sizes, &documents::azure_nd_a100}};
inline constexpr named_machine nd96amsr_a100_v4{.name = "ND96amsr_A100_v4"sv, .seller = "Azure"sv, .card = cards::a100_sxm4_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 200.0 / 8, .host_memory = 1900_GB, .vcpus = 96, .local_disk = 6400_GiB, .note = "A 200 Gbit/s InfiniBand HDR port per GPU. The size table's 24 Gbit/s are the front end."sv, .estimated = "200 Gbit/s: as in the series with 40 GB cards"sv, .documents = {&documents::azure_sizes, &documents::azure_nd_a100}};
inline constexpr named_machine nd96isr_h100_v5{.name = "ND96isr_H100_v5"sv, .seller = "Azure"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 400.0 / 8, .host_memory = 1900_GB, .vcpus = 96, .local_disk = 28672_GiB, .note = "A 400 Gbit/s InfiniBand port per GPU. The size table's 80 Gbit/s are the front end."sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nd96isr_h200_v5{.name = "ND96isr_H200_v5"sv, .seller = "Azure"sv, .card = cards::h200_sxm_141gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 400.0 / 8, .host_memory = 1850_GB, .vcpus = 96, .local_disk = 28672_GiB, .note = "A 400 Gbit/s InfiniBand port per GPU. The size table's 80 Gbit/s are the front end."sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nd96isr_mi300x_v5{.name = "ND96isr_MI300X_v5"sv, .seller = "Azure"sv, .card = cards::mi300x, .cards = 8, .link = card_link::nvlink, .network_gbit = 8 * 400.0 / 8, .host_memory = 1850_GB, .vcpus = 96, .local_disk = 28672_GiB, .note = "A 400 Gbit/s InfiniBand port per GPU. The size table's 80 Gbit/s are the front end."sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nd128isr_ndr_gb200_v6{.name = "ND128isr_NDR_GB200_v6"sv, .seller = "Azure"sv, .card = cards::gb200, .cards = 4, .link = card_link::nvswitch, .network_gbit = 4 * 400.0 / 4, .nvlink_domain = 72, .host_memory = 900_GiB, .vcpus = 128, .local_disk = 16000_GB, .note = "Part of an NVLink domain of up to 72 GPUs; a 400 Gbit/s port per GPU. The size table has the headings of scale-up and scale-out exchanged."sv, .documents = {&documents::azure_sizes}};
inline constexpr named_machine nd128isr_gb300_v6{.name = "ND128isr_GB300_v6"sv, .alias = "ND128isrG5_GB300_v6"sv, .seller = "Azure"sv, .card = cards::gb300, .cards = 4, .link = card_link::nvswitch, .network_gbit = 4 * 800.0 / 4, .nvlink_domain = 72, .host_memory = 864_GiB, .vcpus = 128, .local_disk = 16000_GB, .note = "Part of an NVLink domain of up to 72 GPUs; an 800 Gbit/s port per GPU."sv, .documents = {&documents::azure_sizes}};

inline constexpr std::array azure_rows{
    &nc6s_v3, &nc12s_v3, &nc24s_v3, &nc24rs_v3, &nd40rs_v2, &nc4as_t4_v3, &nc8as_t4_v3, &nc16as_t4_v3, &nc64as_t4_v3,
    &nc24ads_a100_v4, &nc48ads_a100_v4, &nc96ads_a100_v4, &nc40ads_h100_v5, &nc80adis_h100_v5, &nv36ads_a10_v5,
    &nv36adms_a10_v5, &nv72ads_a10_v5, &nd96asr_v4, &nd96amsr_a100_v4, &nd96isr_h100_v5, &nd96isr_h200_v5,
    &nd96isr_mi300x_v5, &nd128isr_ndr_gb200_v6, &nd128isr_gb300_v6};
/// @}

}  // namespace cardfit::machines
// clang-format on
