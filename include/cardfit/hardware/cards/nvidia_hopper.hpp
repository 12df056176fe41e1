// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Hopper (2022).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A card or module of NVIDIA's Hopper generation. `documents` cites what states each figure; `estimated` names the
/// figures that no document states.
/// @{
inline constexpr gpu h100_pcie_80gb{
    .id = "h100-pcie-80gb"sv, .name = "H100 PCIe 80GB"sv, .architecture = gpu_architecture::hopper, .release_year = 2022,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 114, .cuda_cores = 14592, .tensor_cores = 456,
    .base_clock_mhz = 1095, .boost_clock_mhz = 1755, .tensor_clock_mhz = 1620,
    .memory = 80_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 5120, .memory_data_rate_gbps = 3.19,
    .memory_bandwidth = 2039_GBps,
    .l2_mb = 50, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 25.6_TFLOPS, .fp64_tensor = 51.2_TFLOPS, .fp32 = 51.2_TFLOPS, .tf32 = 378_TFLOPS,
              .fp16_accumulate_fp16 = 756_TFLOPS, .fp16 = 756_TFLOPS, .bf16 = 756_TFLOPS,
              .fp8_accumulate_fp16 = 1513_TFLOPS, .fp8 = 1513_TFLOPS, .int8 = 1513_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 12,
              .nvlink_bidirectional = 600_GBps, .topology = link_topology::bridge2,
              .peer_access_over_pcie = documented::yes},
    .board_power = 350_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 81559_MiB, .runtime_total = 81008_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_h100_pcie,
    .note = "the datasheet rounds the bandwidth to 2 TB/s; tensor peaks at 1620 MHz, FP32 and FP64 at 1755 MHz"sv,
};

inline constexpr gpu h100_sxm5_80gb{
    .id = "h100-sxm5-80gb"sv, .name = "H100 SXM5 80GB"sv, .architecture = gpu_architecture::hopper, .release_year = 2022,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 132, .cuda_cores = 16896, .tensor_cores = 528,
    .base_clock_mhz = 1590, .boost_clock_mhz = 1980, .tensor_clock_mhz = 1830,
    .memory = 80_GiB, .memory_type = memory_type::hbm3, .memory_bus_bits = 5120, .memory_data_rate_gbps = 5.23,
    .memory_bandwidth = 3350_GBps,
    .l2_mb = 50, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 33.5_TFLOPS, .fp64_tensor = 66.9_TFLOPS, .fp32 = 66.9_TFLOPS, .tf32 = 494.7_TFLOPS,
              .fp16_accumulate_fp16 = 989.4_TFLOPS, .fp16 = 989.4_TFLOPS, .bf16 = 989.4_TFLOPS,
              .fp8_accumulate_fp16 = 1978.9_TFLOPS, .fp8 = 1978.9_TFLOPS, .int8 = 1978.9_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 18,
              .nvlink_bidirectional = 900_GBps, .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 700_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 81559_MiB, .runtime_total = 81089_MiB,
    .virtual_gpu = documented::yes,
    .platform = platform::dgx_h100,
    .documents = nvidia_h100_sxm,
    .note =
        "tensor peaks at 1830 MHz, FP32 and FP64 at 1980 MHz; ai-infra-index mixes sparse and tensor figures (fp16 "
        "1979, fp32 989, fp64 67); calculon rounds to 1000 and 3072 GB/s"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu h100_sxm5_96gb{
    .id = "h100-sxm5-96gb"sv, .name = "H100 SXM5 96GB HBM2e"sv, .architecture = gpu_architecture::hopper,
    .release_year = 2022,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 132, .cuda_cores = 16896, .tensor_cores = 528,
    .base_clock_mhz = 1590, .boost_clock_mhz = 1980, .tensor_clock_mhz = 1830,
    .memory = 96_GiB, .memory_type = memory_type::hbm2e, .memory_bandwidth = 2400_GBps,
    .l2_mb = 50, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 33.5_TFLOPS, .fp64_tensor = 66.9_TFLOPS, .fp32 = 66.9_TFLOPS, .tf32 = 494.7_TFLOPS,
              .fp16_accumulate_fp16 = 989.4_TFLOPS, .fp16 = 989.4_TFLOPS, .bf16 = 989.4_TFLOPS,
              .fp8_accumulate_fp16 = 1978.9_TFLOPS, .fp8 = 1978.9_TFLOPS, .int8 = 1978.9_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 18,
              .nvlink_bidirectional = 900_GBps, .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 500_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .platform = platform::dgx_h100,
    .documents = nvidia_h100_96gb,
    .note =
        "the 500 W, 2.4 TB/s part that published torchtitan tables name; peak rates as the 80 GB part's 700 W "
        "allow; torchtitan says that this part's lie between SXM and NVL and are not known"sv,
    .estimated = fields(card_field::boost_clock_mhz, card_field::tensor_clock_mhz, card_field::fp64_tflops,
                        card_field::fp64_tensor, card_field::fp32_tflops, card_field::tf32_dense,
                        card_field::fp16_tensor_acc16_dense, card_field::fp16_tensor_acc32_dense,
                        card_field::bf16_dense, card_field::fp8_acc16_dense, card_field::fp8_dense,
                        card_field::int8_dense),
};

inline constexpr gpu h100_nvl_94gb{
    .id = "h100-nvl-94gb"sv, .name = "H100 NVL 94GB (per GPU)"sv, .architecture = gpu_architecture::hopper,
    .release_year = 2023,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 132, .cuda_cores = 16896, .tensor_cores = 528,
    .base_clock_mhz = 1080, .boost_clock_mhz = 1785, .tensor_clock_mhz = 1545,
    .memory = 94_GiB, .memory_type = memory_type::hbm3, .memory_bus_bits = 6016, .memory_data_rate_gbps = 5.23,
    .memory_bandwidth = 3938_GBps,
    .l2_mb = 50, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 30_TFLOPS, .fp64_tensor = 60_TFLOPS, .fp32 = 60_TFLOPS, .tf32 = 417.5_TFLOPS,
              .fp16_accumulate_fp16 = 835.5_TFLOPS, .fp16 = 835.5_TFLOPS, .bf16 = 835.5_TFLOPS,
              .fp8_accumulate_fp16 = 1670.5_TFLOPS, .fp8 = 1670.5_TFLOPS, .int8 = 1670.5_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 12,
              .nvlink_bidirectional = 600_GBps, .topology = link_topology::bridge2,
              .peer_access_over_pcie = documented::yes},
    .board_power = 400_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 95830_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_h100_nvl,
    .note =
        "the datasheet prints 3.9 TB/s; older pages print the pair (188 GB, 7.8 TB/s, 3958 sparse); TechPowerUp's "
        "\"8-pin EPS\" is wrong"sv,
};

inline constexpr gpu h200_sxm_141gb{
    .id = "h200-sxm-141gb"sv, .name = "H200 SXM 141GB"sv, .architecture = gpu_architecture::hopper, .release_year = 2024,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 132, .cuda_cores = 16896, .tensor_cores = 528,
    .base_clock_mhz = 1500, .boost_clock_mhz = 1980, .tensor_clock_mhz = 1830,
    .memory = 141_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 6144, .memory_data_rate_gbps = 6.25,
    .memory_bandwidth = 4800_GBps,
    .l2_mb = 60, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 33.5_TFLOPS, .fp64_tensor = 66.9_TFLOPS, .fp32 = 66.9_TFLOPS, .tf32 = 494.7_TFLOPS,
              .fp16_accumulate_fp16 = 989.4_TFLOPS, .fp16 = 989.4_TFLOPS, .bf16 = 989.4_TFLOPS,
              .fp8_accumulate_fp16 = 1978.9_TFLOPS, .fp8 = 1978.9_TFLOPS, .int8 = 1978.9_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 18,
              .nvlink_bidirectional = 900_GBps, .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 700_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 143771_MiB, .runtime_total = 143156_MiB,
    .virtual_gpu = documented::yes,
    .platform = platform::dgx_h100,
    .documents = nvidia_h200,
    .note =
        "L2: PyTorch reports 60 MB, TechPowerUp 50; bandwidth: TechPowerUp 4890, Wikipedia 3360 (the H100's), "
        "NVIDIA 4800"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu h200_nvl_141gb{
    .id = "h200-nvl-141gb"sv, .name = "H200 NVL 141GB"sv, .architecture = gpu_architecture::hopper, .release_year = 2024,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 132, .cuda_cores = 16896, .tensor_cores = 528,
    .base_clock_mhz = 1365, .boost_clock_mhz = 1785, .tensor_clock_mhz = 1545,
    .memory = 141_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 6144, .memory_data_rate_gbps = 6.25,
    .memory_bandwidth = 4800_GBps,
    .l2_mb = 60, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 30_TFLOPS, .fp64_tensor = 60_TFLOPS, .fp32 = 60_TFLOPS, .tf32 = 417.5_TFLOPS,
              .fp16_accumulate_fp16 = 835.5_TFLOPS, .fp16 = 835.5_TFLOPS, .bf16 = 835.5_TFLOPS,
              .fp8_accumulate_fp16 = 1670.5_TFLOPS, .fp8 = 1670.5_TFLOPS, .int8 = 1670.5_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 18,
              .nvlink_bidirectional = 900_GBps, .topology = link_topology::bridge2_or_4,
              .peer_access_over_pcie = documented::yes},
    .board_power = 600_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 143771_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_h200,
    .note = "L2: PyTorch reports 60 MB, TechPowerUp 50; BF16: Lightning lists 840"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu h20_96gb{
    .id = "h20-96gb"sv, .name = "H20 96GB"sv, .architecture = gpu_architecture::hopper, .release_year = 2023,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 78, .cuda_cores = 9984, .tensor_cores = 312,
    .boost_clock_mhz = 1980,
    .memory = 96_GiB, .memory_type = memory_type::hbm3, .memory_bus_bits = 6144, .memory_data_rate_gbps = 5.23,
    .memory_bandwidth = 4000_GBps,
    .l2_mb = 60, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 1_TFLOPS, .fp32 = 44_TFLOPS, .tf32 = 74_TFLOPS, .fp16_accumulate_fp16 = 148_TFLOPS,
              .fp16 = 148_TFLOPS, .bf16 = 148_TFLOPS, .fp8_accumulate_fp16 = 296_TFLOPS, .fp8 = 296_TFLOPS,
              .int8 = 296_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 18,
              .nvlink_bidirectional = 900_GBps, .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 400_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .mig_instances = 7, .launch_price = 13500_USD, .driver_total = 97871_MiB, .runtime_total = 97285_MiB,
    .virtual_gpu = documented::yes,
    .availability = availability::for_export,
    .platform = platform::dgx_h100,
    .documents = nvidia_h20,
    .note =
        "for export: tensor rates are capped; nvidia-smi shows a 500 W limit on one unit; a 141 GB H20 exists; BF16 "
        "148 as torchtitan has it from the press; the other tensor rates follow from it by the ratios of the "
        "architecture; secondary tables agree on the rest"sv,
    .estimated = fields(card_field::release_year, card_field::boost_clock_mhz, card_field::memory_type,
                        card_field::memory_bus_bits, card_field::memory_data_rate_gbps,
                        card_field::memory_bandwidth_gb_s, card_field::l2_mb, card_field::fp64_tflops,
                        card_field::fp32_tflops, card_field::pcie_gen, card_field::pcie_lanes, card_field::nvlink_gen,
                        card_field::nvlink_total_bidir_gb_s, card_field::nvlink_links, card_field::nvlink_topology,
                        card_field::form_factor, card_field::cooling),
    .exempt = rules(physics_rule::fp64, physics_rule::fp32, physics_rule::tf32, physics_rule::fp16_accumulate_fp16,
        physics_rule::fp16, physics_rule::bf16, physics_rule::fp8_accumulate_fp16, physics_rule::fp8,
        physics_rule::int8),
    .exemption_reason =
        "cut for export: FP64 and tensor rates are capped, and FP32 is stated above the formula; the clock is not "
        "published"sv,
};

inline constexpr gpu h800_pcie_80gb{
    .id = "h800-pcie-80gb"sv, .name = "H800 PCIe 80GB"sv, .architecture = gpu_architecture::hopper, .release_year = 2023,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 114, .cuda_cores = 14592, .tensor_cores = 456,
    .base_clock_mhz = 1095, .boost_clock_mhz = 1755, .tensor_clock_mhz = 1620,
    .memory = 80_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 5120, .memory_data_rate_gbps = 3.19,
    .memory_bandwidth = 2039_GBps,
    .l2_mb = 50, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.8_TFLOPS, .fp64_tensor = 0.8_TFLOPS, .fp32 = 51_TFLOPS, .tf32 = 378_TFLOPS,
              .fp16_accumulate_fp16 = 756_TFLOPS, .fp16 = 756_TFLOPS, .bf16 = 756_TFLOPS,
              .fp8_accumulate_fp16 = 1513_TFLOPS, .fp8 = 1513_TFLOPS, .int8 = 1513_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 8,
              .nvlink_bidirectional = 400_GBps, .topology = link_topology::bridge2,
              .peer_access_over_pcie = documented::yes},
    .board_power = 350_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .mig_instances = 7,
    .virtual_gpu = documented::yes,
    .availability = availability::for_export,
    .documents = nvidia_h800,
    .note =
        "for export: an H100 PCIe with NVLink cut to 400 GB/s and FP64 cut; NVLink: DeepEP measures about 160 GB/s "
        "one way of 200"sv,
    .estimated = fields(card_field::tensor_clock_mhz, card_field::l2_mb, card_field::ecc, card_field::fp64_tflops,
                        card_field::fp64_tensor, card_field::tf32_dense, card_field::fp16_tensor_acc16_dense,
                        card_field::fp16_tensor_acc32_dense, card_field::bf16_dense, card_field::fp8_acc16_dense,
                        card_field::fp8_dense, card_field::int8_dense, card_field::cooling,
                        card_field::mig_max_instances),
    .exempt = rules(physics_rule::fp64, physics_rule::fp64_tensor),
    .exemption_reason = "cut for export: FP64"sv,
};

inline constexpr gpu h800_sxm5_80gb{
    .id = "h800-sxm5-80gb"sv, .name = "H800 SXM5 80GB"sv, .architecture = gpu_architecture::hopper, .release_year = 2023,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 132, .cuda_cores = 16896, .tensor_cores = 528,
    .base_clock_mhz = 1095, .boost_clock_mhz = 1980, .tensor_clock_mhz = 1830,
    .memory = 80_GiB, .memory_type = memory_type::hbm3, .memory_bus_bits = 5120, .memory_data_rate_gbps = 5.23,
    .memory_bandwidth = 3350_GBps,
    .l2_mb = 50, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 1_TFLOPS, .fp64_tensor = 1_TFLOPS, .fp32 = 66.9_TFLOPS, .tf32 = 494.7_TFLOPS,
              .fp16_accumulate_fp16 = 989.4_TFLOPS, .fp16 = 989.4_TFLOPS, .bf16 = 989.4_TFLOPS,
              .fp8_accumulate_fp16 = 1978.9_TFLOPS, .fp8 = 1978.9_TFLOPS, .int8 = 1978.9_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 4, .nvlink_links = 8,
              .nvlink_bidirectional = 400_GBps, .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 700_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 81559_MiB,
    .virtual_gpu = documented::yes,
    .availability = availability::for_export,
    .platform = platform::dgx_h100,
    .documents = nvidia_h800_sxm,
    .note =
        "TechPowerUp, Wikipedia and Hugging Face list 1755 MHz (59.3 FP32), copied from the PCIe board; FlashMLA's "
        "authors: 989 TFLOPS dense, 3.35 TB/s; NVLink: DeepEP measures about 160 GB/s one way of 200; BF16 989 by "
        "FlashMLA issue 75, the other tensor rates follow"sv,
    .estimated = fields(card_field::tensor_clock_mhz, card_field::l2_mb, card_field::fp64_tflops,
                        card_field::fp64_tensor, card_field::cooling, card_field::mig_max_instances),
    .exempt = rules(physics_rule::fp64, physics_rule::fp64_tensor),
    .exemption_reason = "cut for export: FP64"sv,
};

inline constexpr gpu gh200_96gb{
    .id = "gh200-96gb"sv, .name = "GH200 (96GB HBM3)"sv, .architecture = gpu_architecture::hopper, .release_year = 2023,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 132, .cuda_cores = 16896, .tensor_cores = 528,
    .boost_clock_mhz = 1980, .tensor_clock_mhz = 1830,
    .memory = 96_GiB, .memory_type = memory_type::hbm3, .memory_bus_bits = 6144, .memory_bandwidth = 4000_GBps,
    .l2_mb = 60, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 33.5_TFLOPS, .fp64_tensor = 66.9_TFLOPS, .fp32 = 66.9_TFLOPS, .tf32 = 494.7_TFLOPS,
              .fp16_accumulate_fp16 = 989.4_TFLOPS, .fp16 = 989.4_TFLOPS, .bf16 = 989.4_TFLOPS,
              .fp8_accumulate_fp16 = 1978.9_TFLOPS, .fp8 = 1978.9_TFLOPS, .int8 = 1978.9_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.nvlink_generation = 4, .nvlink_links = 18, .nvlink_bidirectional = 900_GBps,
              .topology = link_topology::nvswitch_and_c2c, .peer_access_over_pcie = documented::yes,
              .host_bidirectional = 900_GBps},
    .board_power = 900_W, .form_factor = form_factor::superchip, .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 97871_MiB,
    .platform = platform::gh200_quad,
    .documents = nvidia_gh200,
    .note =
        "the module (CPU and GPU) takes 450 to 1000 W, nvidia-smi limit 900 W; \"480GB/120GB\" in the printed name "
        "is the CPU's memory; L2 as the H200, the same chip with six stacks; board power is the limit that "
        "nvidia-smi prints"sv,
    .estimated = fields(card_field::memory_bus_bits, card_field::l2_mb, card_field::cooling),
};

inline constexpr gpu gh200_144gb{
    .id = "gh200-144gb"sv, .name = "GH200 (144GB HBM3e)"sv, .architecture = gpu_architecture::hopper, .release_year = 2024,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 132, .cuda_cores = 16896, .tensor_cores = 528,
    .boost_clock_mhz = 1980, .tensor_clock_mhz = 1830,
    .memory = 144_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 6144, .memory_bandwidth = 4900_GBps,
    .l2_mb = 60, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 33.5_TFLOPS, .fp64_tensor = 66.9_TFLOPS, .fp32 = 66.9_TFLOPS, .tf32 = 494.7_TFLOPS,
              .fp16_accumulate_fp16 = 989.4_TFLOPS, .fp16 = 989.4_TFLOPS, .bf16 = 989.4_TFLOPS,
              .fp8_accumulate_fp16 = 1978.9_TFLOPS, .fp8 = 1978.9_TFLOPS, .int8 = 1978.9_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.nvlink_generation = 4, .nvlink_links = 18, .nvlink_bidirectional = 900_GBps,
              .topology = link_topology::nvswitch_and_c2c, .peer_access_over_pcie = documented::yes,
              .host_bidirectional = 900_GBps},
    .board_power = 900_W, .form_factor = form_factor::superchip, .cooling = cooling::passive,
    .mig_instances = 7,
    .platform = platform::gh200_quad,
    .documents = nvidia_gh200,
    .note =
        "ML Engineering (Stas Bekman) lists 141 GB and 4.8 TB/s; NVIDIA 144 GB and 4.9 TB/s; L2 as the H200, the "
        "same chip with six stacks; board power is the limit that nvidia-smi prints"sv,
    .estimated = fields(card_field::memory_bus_bits, card_field::l2_mb, card_field::ecc, card_field::cooling),
};

inline constexpr gpu h20_141gb{
    .id = "h20-141gb"sv, .name = "H20 141GB"sv, .architecture = gpu_architecture::hopper, .release_year = 2024,
    .compute_capability = {9, 0}, .streaming_multiprocessors = 78, .cuda_cores = 9984, .tensor_cores = 312,
    .memory = 141_GiB, .memory_type = memory_type::hbm3e, .memory_bandwidth = 4800_GBps,
    .ecc = ecc_support::on_by_default,
    .rates = {.fp32 = 44_TFLOPS, .tf32 = 74_TFLOPS, .fp16_accumulate_fp16 = 148_TFLOPS, .fp16 = 148_TFLOPS,
              .bf16 = 148_TFLOPS, .fp8_accumulate_fp16 = 296_TFLOPS, .fp8 = 296_TFLOPS, .int8 = 296_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.nvlink_generation = 4, .nvlink_links = 18, .nvlink_bidirectional = 900_GBps,
              .topology = link_topology::nvswitch, .peer_access_over_pcie = documented::yes},
    .form_factor = form_factor::sxm,
    .driver_total = 143771_MiB,
    .availability = availability::for_export,
    .platform = platform::dgx_h100,
    .documents = nvidia_h20,
    .note = "the H20 with the H200's memory, whose bandwidth it is taken to have; rates and links as the 96 GB card"sv,
    .estimated = fields(card_field::memory_bandwidth_gb_s, card_field::nvlink_total_bidir_gb_s, card_field::fp32_tflops),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_hopper_rows{
    &h100_pcie_80gb, &h100_sxm5_80gb, &h100_sxm5_96gb, &h100_nvl_94gb, &h200_sxm_141gb, &h200_nvl_141gb, &h20_96gb,
    &h800_pcie_80gb, &h800_sxm5_80gb, &gh200_96gb, &gh200_144gb,
    &h20_141gb,
};

}  // namespace cardfit::cards
