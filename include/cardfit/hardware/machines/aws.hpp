// SPDX-License-Identifier: MIT
#pragma once

// GPU instances of AWS. Host memory, vCPUs, local disks and bandwidth are those that EC2 reports, as karpenter lists
// them; bandwidth is the baseline, and small instances may burst above it.

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

/// An instance type of AWS, and the list of them.
/// @{
inline constexpr named_machine p3_2xlarge{.name = "p3.2xlarge"sv, .seller = "AWS"sv, .card = cards::v100_sxm2_16gb, .network_gbit = 2.5, .host_memory = 61_GiB, .vcpus = 8, .diskless = true, .documents = {&documents::karpenter_1_12, &documents::ml_engineering}};
inline constexpr named_machine p3_8xlarge{.name = "p3.8xlarge"sv, .seller = "AWS"sv, .card = cards::v100_sxm2_16gb, .cards = 4, .link = card_link::nvlink, .network_gbit = 10.0 / 4, .host_memory = 244_GiB, .vcpus = 32, .diskless = true, .documents = {&documents::karpenter_1_12, &documents::ml_engineering}};
inline constexpr named_machine p3_16xlarge{.name = "p3.16xlarge"sv, .seller = "AWS"sv, .card = cards::v100_sxm2_16gb, .cards = 8, .link = card_link::nvlink, .network_gbit = 25.0 / 8, .host_memory = 488_GiB, .vcpus = 64, .diskless = true, .documents = {&documents::karpenter_1_12, &documents::ml_engineering}};
inline constexpr named_machine g4dn_xlarge{.name = "g4dn.xlarge"sv, .seller = "AWS"sv, .card = cards::t4, .network_gbit = 5.0, .host_memory = 16_GiB, .vcpus = 4, .local_disk = 125_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g4dn_2xlarge{.name = "g4dn.2xlarge"sv, .seller = "AWS"sv, .card = cards::t4, .network_gbit = 10.0, .host_memory = 32_GiB, .vcpus = 8, .local_disk = 225_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g4dn_4xlarge{.name = "g4dn.4xlarge"sv, .seller = "AWS"sv, .card = cards::t4, .network_gbit = 20.0, .host_memory = 64_GiB, .vcpus = 16, .local_disk = 225_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g4dn_8xlarge{.name = "g4dn.8xlarge"sv, .seller = "AWS"sv, .card = cards::t4, .network_gbit = 50.0, .host_memory = 128_GiB, .vcpus = 32, .local_disk = 900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g4dn_12xlarge{.name = "g4dn.12xlarge"sv, .seller = "AWS"sv, .card = cards::t4, .cards = 4, .network_gbit = 50.0 / 4, .host_memory = 192_GiB, .vcpus = 48, .local_disk = 900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g4dn_16xlarge{.name = "g4dn.16xlarge"sv, .seller = "AWS"sv, .card = cards::t4, .network_gbit = 50.0, .host_memory = 256_GiB, .vcpus = 64, .local_disk = 900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g4dn_metal{.name = "g4dn.metal"sv, .seller = "AWS"sv, .card = cards::t4, .cards = 8, .network_gbit = 100.0 / 8, .host_memory = 384_GiB, .vcpus = 96, .local_disk = 1800_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g5_xlarge{.name = "g5.xlarge"sv, .seller = "AWS"sv, .card = cards::a10g, .network_gbit = 2.5, .host_memory = 16_GiB, .vcpus = 4, .local_disk = 250_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g5_2xlarge{.name = "g5.2xlarge"sv, .seller = "AWS"sv, .card = cards::a10g, .network_gbit = 5.0, .host_memory = 32_GiB, .vcpus = 8, .local_disk = 450_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g5_4xlarge{.name = "g5.4xlarge"sv, .seller = "AWS"sv, .card = cards::a10g, .network_gbit = 10.0, .host_memory = 64_GiB, .vcpus = 16, .local_disk = 600_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g5_8xlarge{.name = "g5.8xlarge"sv, .seller = "AWS"sv, .card = cards::a10g, .network_gbit = 25.0, .host_memory = 128_GiB, .vcpus = 32, .local_disk = 900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g5_12xlarge{.name = "g5.12xlarge"sv, .seller = "AWS"sv, .card = cards::a10g, .cards = 4, .link = card_link::pcie_host, .network_gbit = 40.0 / 4, .host_memory = 192_GiB, .vcpus = 48, .local_disk = 3800_GB, .note = "The cards have no peer access to each other. One report trained 1.6 times as long on g5.48xlarge without NCCL_TOPO_FILE=g5.48xl-topo.xml."sv, .documents = {&documents::karpenter, &documents::trtllm_1034, &documents::nccl_1298}};
inline constexpr named_machine g5_16xlarge{.name = "g5.16xlarge"sv, .seller = "AWS"sv, .card = cards::a10g, .network_gbit = 25.0, .host_memory = 256_GiB, .vcpus = 64, .local_disk = 1900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g5_24xlarge{.name = "g5.24xlarge"sv, .seller = "AWS"sv, .card = cards::a10g, .cards = 4, .link = card_link::pcie_host, .network_gbit = 50.0 / 4, .host_memory = 384_GiB, .vcpus = 96, .local_disk = 3800_GB, .note = "The cards have no peer access to each other. One report trained 1.6 times as long on g5.48xlarge without NCCL_TOPO_FILE=g5.48xl-topo.xml."sv, .documents = {&documents::karpenter, &documents::trtllm_1034, &documents::nccl_1298}};
inline constexpr named_machine g5_48xlarge{.name = "g5.48xlarge"sv, .seller = "AWS"sv, .card = cards::a10g, .cards = 8, .link = card_link::pcie_host, .network_gbit = 100.0 / 8, .host_memory = 768_GiB, .vcpus = 192, .local_disk = 7600_GB, .note = "The cards have no peer access to each other. One report trained 1.6 times as long on g5.48xlarge without NCCL_TOPO_FILE=g5.48xl-topo.xml."sv, .documents = {&documents::karpenter, &documents::trtllm_1034, &documents::nccl_1298}};
inline constexpr named_machine g6_xlarge{.name = "g6.xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .network_gbit = 2.5, .host_memory = 16_GiB, .vcpus = 4, .local_disk = 250_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6_2xlarge{.name = "g6.2xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .network_gbit = 5.0, .host_memory = 32_GiB, .vcpus = 8, .local_disk = 450_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6_4xlarge{.name = "g6.4xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .network_gbit = 10.0, .host_memory = 64_GiB, .vcpus = 16, .local_disk = 600_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6_8xlarge{.name = "g6.8xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .network_gbit = 25.0, .host_memory = 128_GiB, .vcpus = 32, .local_disk = 900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6_12xlarge{.name = "g6.12xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .cards = 4, .link = card_link::pcie_host, .network_gbit = 40.0 / 4, .host_memory = 192_GiB, .vcpus = 48, .local_disk = 3760_GB, .note = "The cards have no peer access to each other."sv, .documents = {&documents::karpenter, &documents::llm_d_181}};
inline constexpr named_machine g6_16xlarge{.name = "g6.16xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .network_gbit = 25.0, .host_memory = 256_GiB, .vcpus = 64, .local_disk = 1880_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6_24xlarge{.name = "g6.24xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .cards = 4, .link = card_link::pcie_host, .network_gbit = 50.0 / 4, .host_memory = 384_GiB, .vcpus = 96, .local_disk = 3760_GB, .note = "The cards have no peer access to each other."sv, .documents = {&documents::karpenter, &documents::llm_d_181}};
inline constexpr named_machine g6_48xlarge{.name = "g6.48xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .cards = 8, .link = card_link::pcie_host, .network_gbit = 100.0 / 8, .host_memory = 768_GiB, .vcpus = 192, .local_disk = 7520_GB, .note = "The cards have no peer access to each other."sv, .documents = {&documents::karpenter, &documents::llm_d_181}};
inline constexpr named_machine g6e_xlarge{.name = "g6e.xlarge"sv, .seller = "AWS"sv, .card = cards::l40s, .network_gbit = 2.5, .host_memory = 32_GiB, .vcpus = 4, .local_disk = 250_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6e_2xlarge{.name = "g6e.2xlarge"sv, .seller = "AWS"sv, .card = cards::l40s, .network_gbit = 5.0, .host_memory = 64_GiB, .vcpus = 8, .local_disk = 450_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6e_4xlarge{.name = "g6e.4xlarge"sv, .seller = "AWS"sv, .card = cards::l40s, .network_gbit = 20.0, .host_memory = 128_GiB, .vcpus = 16, .local_disk = 600_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6e_8xlarge{.name = "g6e.8xlarge"sv, .seller = "AWS"sv, .card = cards::l40s, .network_gbit = 25.0, .host_memory = 256_GiB, .vcpus = 32, .local_disk = 900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6e_12xlarge{.name = "g6e.12xlarge"sv, .seller = "AWS"sv, .card = cards::l40s, .cards = 4, .network_gbit = 100.0 / 4, .host_memory = 384_GiB, .vcpus = 48, .local_disk = 3800_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6e_16xlarge{.name = "g6e.16xlarge"sv, .seller = "AWS"sv, .card = cards::l40s, .network_gbit = 35.0, .host_memory = 512_GiB, .vcpus = 64, .local_disk = 1900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6e_24xlarge{.name = "g6e.24xlarge"sv, .seller = "AWS"sv, .card = cards::l40s, .cards = 4, .network_gbit = 200.0 / 4, .host_memory = 768_GiB, .vcpus = 96, .local_disk = 3800_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g6e_48xlarge{.name = "g6e.48xlarge"sv, .seller = "AWS"sv, .card = cards::l40s, .cards = 8, .network_gbit = 400.0 / 8, .host_memory = 1536_GiB, .vcpus = 192, .local_disk = 7600_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7_2xlarge{.name = "g7.2xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_4500_blackwell_server, .network_gbit = 60.0, .host_memory = 32_GiB, .vcpus = 8, .local_disk = 440_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7_4xlarge{.name = "g7.4xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_4500_blackwell_server, .network_gbit = 60.0, .host_memory = 64_GiB, .vcpus = 16, .local_disk = 875_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7_8xlarge{.name = "g7.8xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_4500_blackwell_server, .network_gbit = 80.0, .host_memory = 128_GiB, .vcpus = 32, .local_disk = 930_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7_12xlarge{.name = "g7.12xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_4500_blackwell_server, .cards = 2, .network_gbit = 175.0 / 2, .host_memory = 192_GiB, .vcpus = 48, .local_disk = 1900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7_24xlarge{.name = "g7.24xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_4500_blackwell_server, .cards = 4, .network_gbit = 350.0 / 4, .host_memory = 384_GiB, .vcpus = 96, .local_disk = 3800_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7_48xlarge{.name = "g7.48xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_4500_blackwell_server, .cards = 8, .network_gbit = 700.0 / 8, .host_memory = 768_GiB, .vcpus = 192, .local_disk = 7600_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7e_2xlarge{.name = "g7e.2xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_6000_blackwell_server, .network_gbit = 50.0, .host_memory = 64_GiB, .vcpus = 8, .local_disk = 1900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7e_4xlarge{.name = "g7e.4xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_6000_blackwell_server, .network_gbit = 50.0, .host_memory = 128_GiB, .vcpus = 16, .local_disk = 1900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7e_8xlarge{.name = "g7e.8xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_6000_blackwell_server, .network_gbit = 100.0, .host_memory = 256_GiB, .vcpus = 32, .local_disk = 1900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7e_12xlarge{.name = "g7e.12xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_6000_blackwell_server, .cards = 2, .network_gbit = 400.0 / 2, .host_memory = 512_GiB, .vcpus = 48, .local_disk = 3800_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7e_24xlarge{.name = "g7e.24xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_6000_blackwell_server, .cards = 4, .network_gbit = 800.0 / 4, .host_memory = 1024_GiB, .vcpus = 96, .local_disk = 7600_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine g7e_48xlarge{.name = "g7e.48xlarge"sv, .seller = "AWS"sv, .card = cards::rtx_pro_6000_blackwell_server, .cards = 8, .network_gbit = 1600.0 / 8, .host_memory = 2048_GiB, .vcpus = 192, .local_disk = 15200_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine gr6_4xlarge{.name = "gr6.4xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .network_gbit = 10.0, .host_memory = 128_GiB, .vcpus = 16, .local_disk = 600_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine gr6_8xlarge{.name = "gr6.8xlarge"sv, .seller = "AWS"sv, .card = cards::l4, .network_gbit = 25.0, .host_memory = 256_GiB, .vcpus = 32, .local_disk = 900_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine p3dn_24xlarge{.name = "p3dn.24xlarge"sv, .seller = "AWS"sv, .card = cards::v100_sxm2_32gb, .cards = 8, .link = card_link::nvlink, .network_gbit = 100.0 / 8, .host_memory = 768_GiB, .vcpus = 96, .local_disk = 1800_GB, .documents = {&documents::karpenter, &documents::ml_engineering}};
inline constexpr named_machine p4d_24xlarge{.name = "p4d.24xlarge"sv, .seller = "AWS"sv, .card = cards::a100_sxm4_40gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 400.0 / 8, .host_memory = 1152_GiB, .vcpus = 96, .local_disk = 8000_GB, .documents = {&documents::karpenter, &documents::ml_engineering}};
inline constexpr named_machine p4de_24xlarge{.name = "p4de.24xlarge"sv, .seller = "AWS"sv, .card = cards::a100_sxm4_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 400.0 / 8, .host_memory = 1152_GiB, .vcpus = 96, .local_disk = 8000_GB, .documents = {&documents::karpenter, &documents::ml_engineering}};
inline constexpr named_machine p5_4xlarge{.name = "p5.4xlarge"sv, .seller = "AWS"sv, .card = cards::h100_sxm5_80gb, .network_gbit = 100.0, .host_memory = 256_GiB, .vcpus = 16, .local_disk = 3800_GB, .documents = {&documents::karpenter}};
inline constexpr named_machine p5_48xlarge{.name = "p5.48xlarge"sv, .seller = "AWS"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 3200.0 / 8, .host_memory = 2048_GiB, .vcpus = 192, .local_disk = 30400_GB, .documents = {&documents::karpenter, &documents::ml_engineering}};
inline constexpr named_machine p5e_48xlarge{.name = "p5e.48xlarge"sv, .seller = "AWS"sv, .card = cards::h200_sxm_141gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 3200.0 / 8, .host_memory = 2048_GiB, .vcpus = 192, .local_disk = 30400_GB, .documents = {&documents::karpenter, &documents::ml_engineering}};
inline constexpr named_machine p5en_48xlarge{.name = "p5en.48xlarge"sv, .seller = "AWS"sv, .card = cards::h200_sxm_141gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 3200.0 / 8, .host_memory = 2048_GiB, .vcpus = 192, .local_disk = 30400_GB, .documents = {&documents::karpenter, &documents::ml_engineering}};
inline constexpr named_machine p6_b200_48xlarge{.name = "p6-b200.48xlarge"sv, .seller = "AWS"sv, .card = cards::b200_sxm_180gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 3200.0 / 8, .host_memory = 2048_GiB, .vcpus = 192, .local_disk = 30400_GB, .documents = {&documents::karpenter, &documents::ml_engineering}};
inline constexpr named_machine p6_b300_48xlarge{.name = "p6-b300.48xlarge"sv, .seller = "AWS"sv, .card = cards::b300_sxm_288gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 6400.0 / 8, .host_memory = 4096_GiB, .vcpus = 192, .local_disk = 30400_GB, .documents = {&documents::karpenter, &documents::ml_engineering}};
inline constexpr named_machine p6e_gb200_36xlarge{.name = "p6e-gb200.36xlarge"sv, .seller = "AWS"sv, .card = cards::gb200, .cards = 4, .link = card_link::nvswitch, .network_gbit = 3200.0 / 4, .nvlink_domain = 72, .host_memory = 960_GiB, .vcpus = 144, .note = "18 instances are one NVLink domain (an UltraServer of 72)."sv, .documents = {&documents::p6e_ultraserver, &documents::p6_comparison}};

inline constexpr std::array aws_rows{
    &p3_2xlarge, &p3_8xlarge, &p3_16xlarge, &g4dn_xlarge, &g4dn_2xlarge, &g4dn_4xlarge, &g4dn_8xlarge, &g4dn_12xlarge,
    &g4dn_16xlarge, &g4dn_metal, &g5_xlarge, &g5_2xlarge, &g5_4xlarge, &g5_8xlarge, &g5_12xlarge, &g5_16xlarge,
    &g5_24xlarge, &g5_48xlarge, &g6_xlarge, &g6_2xlarge, &g6_4xlarge, &g6_8xlarge, &g6_12xlarge, &g6_16xlarge,
    &g6_24xlarge, &g6_48xlarge, &g6e_xlarge, &g6e_2xlarge, &g6e_4xlarge, &g6e_8xlarge, &g6e_12xlarge, &g6e_16xlarge,
    &g6e_24xlarge, &g6e_48xlarge, &g7_2xlarge, &g7_4xlarge, &g7_8xlarge, &g7_12xlarge, &g7_24xlarge, &g7_48xlarge,
    &g7e_2xlarge, &g7e_4xlarge, &g7e_8xlarge, &g7e_12xlarge, &g7e_24xlarge, &g7e_48xlarge, &gr6_4xlarge, &gr6_8xlarge,
    &p3dn_24xlarge, &p4d_24xlarge, &p4de_24xlarge, &p5_4xlarge, &p5_48xlarge, &p5e_48xlarge, &p5en_48xlarge,
    &p6_b200_48xlarge, &p6_b300_48xlarge, &p6e_gb200_36xlarge};
/// @}

}  // namespace cardfit::machines
// clang-format on
