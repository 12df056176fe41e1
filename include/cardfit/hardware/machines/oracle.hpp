// SPDX-License-Identifier: MIT
#pragma once

// GPU shapes of Oracle Cloud. Cores are OCPUs; `network_gbit` is the RDMA network of bare-metal shapes that have one.

#include <cardfit/hardware/cards/amd_instinct.hpp>
#include <cardfit/hardware/cards/nvidia_ada.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/hardware/machines/documents.hpp>
#include <cardfit/hardware/machines/row.hpp>

// One machine a line.
// clang-format off
namespace cardfit::machines {

/// A shape of Oracle Cloud, and the list of them.
/// @{
inline constexpr named_machine vm_gpu3_1{.name = "VM.GPU3.1"sv, .seller = "Oracle"sv, .card = cards::v100_sxm2_16gb, .network_gbit = 4.0, .host_memory = 90_GB, .cpu_cores = 6, .diskless = true, .estimated = "SXM2 module: recalled"sv, .documents = {&documents::oci_shapes}};
inline constexpr named_machine vm_gpu3_2{.name = "VM.GPU3.2"sv, .seller = "Oracle"sv, .card = cards::v100_sxm2_16gb, .cards = 2, .link = card_link::nvlink, .network_gbit = 8.0 / 2, .host_memory = 180_GB, .cpu_cores = 12, .diskless = true, .estimated = "SXM2 modules with NVLink: recalled"sv, .documents = {&documents::oci_shapes}};
inline constexpr named_machine vm_gpu3_4{.name = "VM.GPU3.4"sv, .seller = "Oracle"sv, .card = cards::v100_sxm2_16gb, .cards = 4, .link = card_link::nvlink, .network_gbit = 24.6 / 4, .host_memory = 360_GB, .cpu_cores = 24, .diskless = true, .estimated = "SXM2 modules with NVLink: recalled"sv, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu3_8{.name = "BM.GPU3.8"sv, .seller = "Oracle"sv, .card = cards::v100_sxm2_16gb, .cards = 8, .link = card_link::nvlink, .network_gbit = 2 * 25.0 / 8, .host_memory = 768_GB, .cpu_cores = 52, .diskless = true, .estimated = "SXM2 modules with NVLink: recalled"sv, .documents = {&documents::oci_shapes}};
inline constexpr named_machine vm_gpu_a10_1{.name = "VM.GPU.A10.1"sv, .seller = "Oracle"sv, .card = cards::a10, .network_gbit = 24.0, .host_memory = 240_GB, .cpu_cores = 15, .diskless = true, .documents = {&documents::oci_shapes}};
inline constexpr named_machine vm_gpu_a10_2{.name = "VM.GPU.A10.2"sv, .seller = "Oracle"sv, .card = cards::a10, .cards = 2, .network_gbit = 48.0 / 2, .host_memory = 480_GB, .cpu_cores = 30, .diskless = true, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu_a10_4{.name = "BM.GPU.A10.4"sv, .seller = "Oracle"sv, .card = cards::a10, .cards = 4, .network_gbit = 2 * 50.0 / 4, .host_memory = 1024_GB, .cpu_cores = 64, .local_disk = 7680_GB, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu4_8{.name = "BM.GPU4.8"sv, .seller = "Oracle"sv, .card = cards::a100_sxm4_40gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 200.0 / 8, .host_memory = 2048_GB, .cpu_cores = 64, .local_disk = 27200_GB, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu_a100_v2_8{.name = "BM.GPU.A100-v2.8"sv, .seller = "Oracle"sv, .card = cards::a100_sxm4_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 16 * 100.0 / 8, .host_memory = 2048_GB, .cpu_cores = 128, .local_disk = 27200_GB, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu_h100_8{.name = "BM.GPU.H100.8"sv, .seller = "Oracle"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 2 * 200.0 / 8, .host_memory = 2048_GB, .cpu_cores = 112, .local_disk = 61440_GB, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu_h200_8{.name = "BM.GPU.H200.8"sv, .seller = "Oracle"sv, .card = cards::h200_sxm_141gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 400.0 / 8, .host_memory = 3072_GB, .cpu_cores = 112, .local_disk = 30720_GB, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu_mi300x_8{.name = "BM.GPU.MI300X.8"sv, .seller = "Oracle"sv, .card = cards::mi300x, .cards = 8, .link = card_link::nvlink, .network_gbit = 8 * 400.0 / 8, .host_memory = 2048_GB, .cpu_cores = 112, .local_disk = 30720_GB, .note = "The page writes 8 x 3.84 GB of NVMe, which stands for TB."sv, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu_l40s_4{.name = "BM.GPU.L40S.4"sv, .alias = "BM.GPU.L40S-NC.4"sv, .seller = "Oracle"sv, .card = cards::l40s, .cards = 4, .network_gbit = 800.0 / 4, .host_memory = 1024_GB, .cpu_cores = 112, .local_disk = 7680_GB, .documents = {&documents::oci_shapes}};
inline constexpr named_machine bm_gpu_b200_8{.name = "BM.GPU.B200.8"sv, .seller = "Oracle"sv, .card = cards::b200_sxm_180gb, .cards = 8, .link = card_link::nvswitch, .host_memory = 4096_GB, .vcpus = 256, .documents = {&documents::skypilot_oci}};
inline constexpr named_machine bm_gpu_b300_8{.name = "BM.GPU.B300.8"sv, .seller = "Oracle"sv, .card = cards::b300_sxm_288gb, .cards = 8, .link = card_link::nvswitch, .host_memory = 4096_GB, .vcpus = 256, .documents = {&documents::skypilot_oci}};
inline constexpr named_machine bm_gpu_gb200_4{.name = "BM.GPU.GB200.4"sv, .seller = "Oracle"sv, .card = cards::gb200, .cards = 4, .link = card_link::nvswitch, .nvlink_domain = 72, .host_memory = 960_GB, .vcpus = 144, .documents = {&documents::skypilot_oci}};
inline constexpr named_machine bm_gpu_gb300_4{.name = "BM.GPU.GB300.4"sv, .seller = "Oracle"sv, .card = cards::gb300, .cards = 4, .link = card_link::nvswitch, .nvlink_domain = 72, .host_memory = 960_GB, .vcpus = 144, .documents = {&documents::skypilot_oci}};
inline constexpr named_machine bm_gpu_mi355x_8{.name = "BM.GPU.MI355X.8"sv, .seller = "Oracle"sv, .card = cards::mi355x, .cards = 8, .link = card_link::nvlink, .host_memory = 3072_GB, .vcpus = 256, .documents = {&documents::skypilot_oci}};
inline constexpr named_machine bm_gpu_rtxpro_8{.name = "BM.GPU.RTXPRO.8"sv, .seller = "Oracle"sv, .card = cards::rtx_pro_6000_blackwell_server, .cards = 8, .host_memory = 3072_GB, .vcpus = 288, .documents = {&documents::skypilot_oci}};

inline constexpr std::array oracle_rows{
    &vm_gpu3_1, &vm_gpu3_2, &vm_gpu3_4, &bm_gpu3_8, &vm_gpu_a10_1, &vm_gpu_a10_2, &bm_gpu_a10_4, &bm_gpu4_8,
    &bm_gpu_a100_v2_8, &bm_gpu_h100_8, &bm_gpu_h200_8, &bm_gpu_mi300x_8, &bm_gpu_l40s_4, &bm_gpu_b200_8,
    &bm_gpu_b300_8, &bm_gpu_gb200_4, &bm_gpu_gb300_4, &bm_gpu_mi355x_8, &bm_gpu_rtxpro_8};
/// @}

}  // namespace cardfit::machines
// clang-format on
