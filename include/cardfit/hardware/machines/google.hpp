// SPDX-License-Identifier: MIT
#pragma once

// GPU machine types of Google Cloud. Memory is given in GB (10^9 bytes at least). `network_gbit` counts the interfaces
// that carry traffic between GPUs, where the documents tell them apart from the others.

#include <cardfit/hardware/cards/nvidia_ada.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/machines/documents.hpp>
#include <cardfit/hardware/machines/row.hpp>

// One machine a line.
// clang-format off
namespace cardfit::machines {

/// A machine type of Google Cloud, and the list of them.
/// @{
inline constexpr named_machine a2_highgpu_1g{.name = "a2-highgpu-1g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_40gb, .network_gbit = 24.0, .host_memory = 85_GB, .vcpus = 12, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a2_highgpu_2g{.name = "a2-highgpu-2g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_40gb, .cards = 2, .link = card_link::nvswitch, .network_gbit = 32.0 / 2, .host_memory = 170_GB, .vcpus = 24, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a2_highgpu_4g{.name = "a2-highgpu-4g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_40gb, .cards = 4, .link = card_link::nvswitch, .network_gbit = 50.0 / 4, .host_memory = 340_GB, .vcpus = 48, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a2_highgpu_8g{.name = "a2-highgpu-8g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_40gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 100.0 / 8, .host_memory = 680_GB, .vcpus = 96, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a2_megagpu_16g{.name = "a2-megagpu-16g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_40gb, .cards = 16, .link = card_link::nvswitch, .network_gbit = 100.0 / 16, .host_memory = 1360_GB, .vcpus = 96, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a2_ultragpu_1g{.name = "a2-ultragpu-1g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_80gb, .network_gbit = 24.0, .host_memory = 170_GB, .vcpus = 12, .local_disk = 375_GiB, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a2_ultragpu_2g{.name = "a2-ultragpu-2g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_80gb, .cards = 2, .link = card_link::nvswitch, .network_gbit = 32.0 / 2, .host_memory = 340_GB, .vcpus = 24, .local_disk = 750_GiB, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a2_ultragpu_4g{.name = "a2-ultragpu-4g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_80gb, .cards = 4, .link = card_link::nvswitch, .network_gbit = 50.0 / 4, .host_memory = 680_GB, .vcpus = 48, .local_disk = 1500_GiB, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a2_ultragpu_8g{.name = "a2-ultragpu-8g"sv, .seller = "Google"sv, .card = cards::a100_sxm4_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 100.0 / 8, .host_memory = 1360_GB, .vcpus = 96, .local_disk = 3000_GiB, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a3_highgpu_1g{.name = "a3-highgpu-1g"sv, .seller = "Google"sv, .card = cards::h100_sxm5_80gb, .network_gbit = 25.0, .host_memory = 234_GB, .vcpus = 26, .local_disk = 750_GiB, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a3_highgpu_2g{.name = "a3-highgpu-2g"sv, .seller = "Google"sv, .card = cards::h100_sxm5_80gb, .cards = 2, .link = card_link::nvswitch, .network_gbit = 50.0 / 2, .host_memory = 468_GB, .vcpus = 52, .local_disk = 1500_GiB, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a3_highgpu_4g{.name = "a3-highgpu-4g"sv, .seller = "Google"sv, .card = cards::h100_sxm5_80gb, .cards = 4, .link = card_link::nvswitch, .network_gbit = 100.0 / 4, .host_memory = 936_GB, .vcpus = 104, .local_disk = 3000_GiB, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a3_highgpu_8g{.name = "a3-highgpu-8g"sv, .seller = "Google"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 800.0 / 8, .host_memory = 1872_GB, .vcpus = 208, .local_disk = 6000_GiB, .note = "1000 Gbit/s in all, of which four interfaces with 800 carry GPU traffic (GPUDirect-TCPX)."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a3_edgegpu_8g{.name = "a3-edgegpu-8g"sv, .seller = "Google"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 400.0 / 8, .host_memory = 1872_GB, .vcpus = 208, .local_disk = 6000_GiB, .note = "600 Gbit/s in asia-south1 and northamerica-northeast2."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a3_megagpu_8g{.name = "a3-megagpu-8g"sv, .seller = "Google"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 1600.0 / 8, .host_memory = 1872_GB, .vcpus = 208, .local_disk = 6000_GiB, .note = "1800 Gbit/s in all, of which eight interfaces with 1600 carry GPU traffic (GPUDirect-TCPXO)."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a3_ultragpu_8g{.name = "a3-ultragpu-8g"sv, .seller = "Google"sv, .card = cards::h200_sxm_141gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 3200.0 / 8, .host_memory = 2952_GB, .vcpus = 224, .local_disk = 12000_GiB, .note = "3600 Gbit/s in all, of which 3200 carry GPU traffic (RDMA over Ethernet)."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a4_highgpu_8g{.name = "a4-highgpu-8g"sv, .seller = "Google"sv, .card = cards::b200_sxm_180gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 3200.0 / 8, .host_memory = 3968_GB, .vcpus = 224, .local_disk = 12000_GiB, .note = "3600 Gbit/s in all, of which 3200 carry GPU traffic (RDMA over Ethernet)."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a4x_highgpu_4g{.name = "a4x-highgpu-4g"sv, .seller = "Google"sv, .card = cards::gb200, .cards = 4, .link = card_link::nvswitch, .network_gbit = 1600.0 / 4, .nvlink_domain = 72, .host_memory = 884_GB, .vcpus = 140, .local_disk = 12000_GiB, .note = "2000 Gbit/s in all, of which 1600 carry GPU traffic; part of an NVL72 rack."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine a4x_maxgpu_4g_metal{.name = "a4x-maxgpu-4g-metal"sv, .alias = "a4x-maxgpu-4g"sv, .seller = "Google"sv, .card = cards::gb300, .cards = 4, .link = card_link::nvswitch, .network_gbit = 3200.0 / 4, .nvlink_domain = 72, .host_memory = 960_GB, .vcpus = 144, .local_disk = 12000_GiB, .note = "3600 Gbit/s in all, of which 3200 carry GPU traffic; part of an NVL72 rack."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g2_standard_4{.name = "g2-standard-4"sv, .seller = "Google"sv, .card = cards::l4, .network_gbit = 10.0, .host_memory = 16_GB, .vcpus = 4, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g2_standard_8{.name = "g2-standard-8"sv, .seller = "Google"sv, .card = cards::l4, .network_gbit = 16.0, .host_memory = 32_GB, .vcpus = 8, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g2_standard_12{.name = "g2-standard-12"sv, .seller = "Google"sv, .card = cards::l4, .network_gbit = 16.0, .host_memory = 48_GB, .vcpus = 12, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g2_standard_16{.name = "g2-standard-16"sv, .seller = "Google"sv, .card = cards::l4, .network_gbit = 32.0, .host_memory = 64_GB, .vcpus = 16, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g2_standard_24{.name = "g2-standard-24"sv, .seller = "Google"sv, .card = cards::l4, .cards = 2, .network_gbit = 32.0 / 2, .host_memory = 96_GB, .vcpus = 24, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g2_standard_32{.name = "g2-standard-32"sv, .seller = "Google"sv, .card = cards::l4, .network_gbit = 32.0, .host_memory = 128_GB, .vcpus = 32, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g2_standard_48{.name = "g2-standard-48"sv, .seller = "Google"sv, .card = cards::l4, .cards = 4, .network_gbit = 50.0 / 4, .host_memory = 192_GB, .vcpus = 48, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g2_standard_96{.name = "g2-standard-96"sv, .seller = "Google"sv, .card = cards::l4, .cards = 8, .network_gbit = 100.0 / 8, .host_memory = 384_GB, .vcpus = 96, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g4_standard_48{.name = "g4-standard-48"sv, .seller = "Google"sv, .card = cards::rtx_pro_6000_blackwell_server, .network_gbit = 50.0, .host_memory = 180_GB, .vcpus = 48, .diskless = true, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g4_standard_96{.name = "g4-standard-96"sv, .seller = "Google"sv, .card = cards::rtx_pro_6000_blackwell_server, .cards = 2, .link = card_link::pcie, .network_gbit = 100.0 / 2, .host_memory = 360_GB, .vcpus = 96, .diskless = true, .note = "The cards have peer access to each other."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g4_standard_192{.name = "g4-standard-192"sv, .seller = "Google"sv, .card = cards::rtx_pro_6000_blackwell_server, .cards = 4, .link = card_link::pcie, .network_gbit = 200.0 / 4, .host_memory = 720_GB, .vcpus = 192, .diskless = true, .note = "The cards have peer access to each other."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};
inline constexpr named_machine g4_standard_384{.name = "g4-standard-384"sv, .seller = "Google"sv, .card = cards::rtx_pro_6000_blackwell_server, .cards = 8, .link = card_link::pcie, .network_gbit = 400.0 / 8, .host_memory = 1440_GB, .vcpus = 384, .diskless = true, .note = "The cards have peer access to each other."sv, .documents = {&documents::gcp_gpus, &documents::gcp_network}};

inline constexpr std::array google_rows{
    &a2_highgpu_1g, &a2_highgpu_2g, &a2_highgpu_4g, &a2_highgpu_8g, &a2_megagpu_16g, &a2_ultragpu_1g, &a2_ultragpu_2g,
    &a2_ultragpu_4g, &a2_ultragpu_8g, &a3_highgpu_1g, &a3_highgpu_2g, &a3_highgpu_4g, &a3_highgpu_8g, &a3_edgegpu_8g,
    &a3_megagpu_8g, &a3_ultragpu_8g, &a4_highgpu_8g, &a4x_highgpu_4g, &a4x_maxgpu_4g_metal, &g2_standard_4,
    &g2_standard_8, &g2_standard_12, &g2_standard_16, &g2_standard_24, &g2_standard_32, &g2_standard_48,
    &g2_standard_96, &g4_standard_48, &g4_standard_96, &g4_standard_192, &g4_standard_384};
/// @}

}  // namespace cardfit::machines
// clang-format on
