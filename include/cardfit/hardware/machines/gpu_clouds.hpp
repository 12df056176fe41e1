// SPDX-License-Identifier: MIT
#pragma once

// Shapes of Lambda, CoreWeave and RunPod. They publish cards, host and disks; the network between instances only where
// a row has it.

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

/// An instance type of a cloud that rents GPUs, and the list of them.
/// @{
inline constexpr named_machine gpu_8x_v100{.name = "gpu_8x_v100"sv, .seller = "Lambda"sv, .card = cards::v100_sxm2_16gb, .cards = 8, .link = card_link::nvlink, .host_memory = 448_GiB, .vcpus = 92, .estimated = "SXM2 modules with NVLink: recalled"sv, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_1x_rtx6000{.name = "gpu_1x_rtx6000"sv, .seller = "Lambda"sv, .card = cards::quadro_rtx_6000, .host_memory = 46_GiB, .vcpus = 14, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_1x_a10{.name = "gpu_1x_a10"sv, .seller = "Lambda"sv, .card = cards::a10, .host_memory = 200_GiB, .vcpus = 30, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_1x_a6000{.name = "gpu_1x_a6000"sv, .seller = "Lambda"sv, .card = cards::rtx_a6000, .host_memory = 100_GiB, .vcpus = 14, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_2x_a6000{.name = "gpu_2x_a6000"sv, .seller = "Lambda"sv, .card = cards::rtx_a6000, .cards = 2, .host_memory = 200_GiB, .vcpus = 28, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_4x_a6000{.name = "gpu_4x_a6000"sv, .seller = "Lambda"sv, .card = cards::rtx_a6000, .cards = 4, .host_memory = 400_GiB, .vcpus = 56, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_1x_a100{.name = "gpu_1x_a100"sv, .seller = "Lambda"sv, .card = cards::a100_pcie_40gb, .host_memory = 200_GiB, .vcpus = 30, .estimated = "PCIe boards: Lambda names its modules sxm4"sv, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_2x_a100{.name = "gpu_2x_a100"sv, .seller = "Lambda"sv, .card = cards::a100_pcie_40gb, .cards = 2, .host_memory = 400_GiB, .vcpus = 60, .estimated = "PCIe boards: Lambda names its modules sxm4"sv, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_4x_a100{.name = "gpu_4x_a100"sv, .seller = "Lambda"sv, .card = cards::a100_pcie_40gb, .cards = 4, .host_memory = 800_GiB, .vcpus = 120, .estimated = "PCIe boards: Lambda names its modules sxm4"sv, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_1x_a100_sxm4{.name = "gpu_1x_a100_sxm4"sv, .seller = "Lambda"sv, .card = cards::a100_sxm4_40gb, .host_memory = 200_GiB, .vcpus = 30, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_8x_a100_80gb_sxm4{.name = "gpu_8x_a100_80gb_sxm4"sv, .seller = "Lambda"sv, .card = cards::a100_sxm4_80gb, .cards = 8, .link = card_link::nvswitch, .host_memory = 1800_GiB, .vcpus = 240, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_1x_h100_pcie{.name = "gpu_1x_h100_pcie"sv, .seller = "Lambda"sv, .card = cards::h100_pcie_80gb, .host_memory = 200_GiB, .vcpus = 26, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_1x_h100_sxm5{.name = "gpu_1x_h100_sxm5"sv, .seller = "Lambda"sv, .card = cards::h100_sxm5_80gb, .host_memory = 225_GiB, .vcpus = 26, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_2x_h100_sxm5{.name = "gpu_2x_h100_sxm5"sv, .seller = "Lambda"sv, .card = cards::h100_sxm5_80gb, .cards = 2, .link = card_link::nvswitch, .host_memory = 450_GiB, .vcpus = 52, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_4x_h100_sxm5{.name = "gpu_4x_h100_sxm5"sv, .seller = "Lambda"sv, .card = cards::h100_sxm5_80gb, .cards = 4, .link = card_link::nvswitch, .host_memory = 900_GiB, .vcpus = 104, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_8x_h100_sxm5{.name = "gpu_8x_h100_sxm5"sv, .alias = "gpu_8x_h100_sxm5gdr"sv, .seller = "Lambda"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .host_memory = 1800_GiB, .vcpus = 208, .local_disk = 24780_GiB, .documents = {&documents::skypilot_lambda, &documents::lambda_api}};
inline constexpr named_machine gpu_1x_gh200{.name = "gpu_1x_gh200"sv, .seller = "Lambda"sv, .card = cards::gh200_96gb, .host_memory = 432_GiB, .vcpus = 64, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_1x_b200_sxm6{.name = "gpu_1x_b200_sxm6"sv, .seller = "Lambda"sv, .card = cards::b200_sxm_180gb, .host_memory = 360_GiB, .vcpus = 26, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_2x_b200_sxm6{.name = "gpu_2x_b200_sxm6"sv, .seller = "Lambda"sv, .card = cards::b200_sxm_180gb, .cards = 2, .link = card_link::nvswitch, .host_memory = 720_GiB, .vcpus = 52, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gpu_8x_b200_sxm6{.name = "gpu_8x_b200_sxm6"sv, .seller = "Lambda"sv, .card = cards::b200_sxm_180gb, .cards = 8, .link = card_link::nvswitch, .host_memory = 2900_GiB, .vcpus = 208, .documents = {&documents::skypilot_lambda}};
inline constexpr named_machine gd_8xh100ib_i128{.name = "gd-8xh100ib-i128"sv, .alias = "coreweave-hgx-h100"sv, .seller = "CoreWeave"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .vcpus = 128, .note = "The i of the name is 128 vCPUs, and ib is InfiniBand, whose rate the documents read do not state."sv, .documents = {&documents::coreweave_plans}};
inline constexpr named_machine gd_8xh200ib_i128{.name = "gd-8xh200ib-i128"sv, .alias = "coreweave-hgx-h200"sv, .seller = "CoreWeave"sv, .card = cards::h200_sxm_141gb, .cards = 8, .link = card_link::nvswitch, .vcpus = 128, .note = "The i of the name is 128 vCPUs, and ib is InfiniBand, whose rate the documents read do not state."sv, .documents = {&documents::coreweave_plans}};
inline constexpr named_machine coreweave_hgx_b200{.name = "coreweave-hgx-b200"sv, .seller = "CoreWeave"sv, .card = cards::b200_sxm_180gb, .cards = 8, .link = card_link::nvswitch, .host_memory = 2048_GB, .vcpus = 128, .documents = {&documents::coreweave_plans}};
inline constexpr named_machine gb200_4x{.name = "gb200-4x"sv, .alias = "coreweave-gb200-nvl72"sv, .seller = "CoreWeave"sv, .card = cards::gb200, .cards = 4, .link = card_link::nvswitch, .nvlink_domain = 72, .host_memory = 960_GB, .vcpus = 144, .local_disk = 30720_GB, .note = "Rented in racks of 18 nodes: 18xgb200-4x."sv, .documents = {&documents::coreweave_plans, &documents::coreweave_gb200}};
inline constexpr named_machine coreweave_a100{.name = "coreweave-a100"sv, .seller = "CoreWeave"sv, .card = cards::a100_sxm4_80gb, .cards = 8, .link = card_link::nvswitch, .estimated = "SXM4 modules: CoreWeave lists eight cards of 80 GB"sv, .documents = {&documents::coreweave_plans}};
inline constexpr named_machine coreweave_l40s{.name = "coreweave-l40s"sv, .seller = "CoreWeave"sv, .card = cards::l40s, .cards = 8, .documents = {&documents::coreweave_plans}};
inline constexpr named_machine coreweave_l40{.name = "coreweave-l40"sv, .alias = "gd-8xl40-i128"sv, .seller = "CoreWeave"sv, .card = cards::l40, .cards = 8, .documents = {&documents::coreweave_plans}};
inline constexpr named_machine coreweave_rtx_pro_6000{.name = "coreweave-rtx-pro-6000"sv, .seller = "CoreWeave"sv, .card = cards::rtx_pro_6000_blackwell_server, .cards = 8, .documents = {&documents::coreweave_plans}};
inline constexpr named_machine coreweave_gh200{.name = "coreweave-gh200"sv, .seller = "CoreWeave"sv, .card = cards::gh200_96gb, .documents = {&documents::coreweave_plans}};
inline constexpr named_machine runpod_1x_a100_80gb{.name = "runpod-1x-a100-80gb"sv, .alias = "1x_A100-80GB_SECURE"sv, .seller = "RunPod"sv, .card = cards::a100_pcie_80gb, .host_memory = 117_GiB, .vcpus = 8, .documents = {&documents::skypilot_runpod}};
inline constexpr named_machine runpod_2x_a100_80gb{.name = "runpod-2x-a100-80gb"sv, .alias = "2x_A100-80GB_SECURE"sv, .seller = "RunPod"sv, .card = cards::a100_pcie_80gb, .cards = 2, .host_memory = 234_GiB, .vcpus = 16, .documents = {&documents::skypilot_runpod}};

inline constexpr std::array gpu_cloud_rows{
    &gpu_8x_v100, &gpu_1x_rtx6000, &gpu_1x_a10, &gpu_1x_a6000, &gpu_2x_a6000, &gpu_4x_a6000, &gpu_1x_a100,
    &gpu_2x_a100, &gpu_4x_a100, &gpu_1x_a100_sxm4, &gpu_8x_a100_80gb_sxm4, &gpu_1x_h100_pcie, &gpu_1x_h100_sxm5,
    &gpu_2x_h100_sxm5, &gpu_4x_h100_sxm5, &gpu_8x_h100_sxm5, &gpu_1x_gh200, &gpu_1x_b200_sxm6, &gpu_2x_b200_sxm6,
    &gpu_8x_b200_sxm6, &gd_8xh100ib_i128, &gd_8xh200ib_i128, &coreweave_hgx_b200, &gb200_4x, &coreweave_a100,
    &coreweave_l40s, &coreweave_l40, &coreweave_rtx_pro_6000, &coreweave_gh200, &runpod_1x_a100_80gb,
    &runpod_2x_a100_80gb};
/// @}

}  // namespace cardfit::machines
// clang-format on
