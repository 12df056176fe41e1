// SPDX-License-Identifier: MIT
#pragma once

// Intel Arc, Data Center GPU and Gaudi.

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A card of Intel's Arc, Data Center GPU or Gaudi family. `documents` cites what states each figure; `estimated` names
/// the figures that no document states.
/// @{
inline constexpr gpu arc_a770_16gb{
    .id = "arc-a770-16gb"sv, .name = "Arc A770 16GB"sv, .vendor = vendor::intel, .architecture = gpu_architecture::xe_hpg,
    .segment = segment::consumer, .release_year = 2022,
    .instruction_set = "Xe-HPG"sv, .streaming_multiprocessors = 32, .cuda_cores = 4096, .tensor_cores = 512,
    .ray_tracing_cores = 32,
    .base_clock_mhz = 2100, .boost_clock_mhz = 2400,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 17.5,
    .memory_bandwidth = 560_GBps,
    .l2_mb = 16,
    .rates = {.fp32 = 19.7_TFLOPS, .fp16_accumulate_fp16 = 137.6_TFLOPS, .fp16 = 137.6_TFLOPS, .bf16 = 137.6_TFLOPS,
              .int8 = 275.2_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 225_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = intel_product,
    .note =
        "TechPowerUp lists 512 GB/s, the 8 GB card; the 16 GB card has 17.5 Gbps; Hugging Face's 39.32 is the FP16 "
        "vector rate at 2.4 GHz"sv,
    .estimated = fields(card_field::cooling),
    .exempt = rules(physics_rule::fp16_accumulate_fp16, physics_rule::fp16, physics_rule::bf16, physics_rule::int8),
    .exemption_reason = "Intel's XMX rates are at the 2.1 GHz graphics clock, not at the 2.4 GHz boost"sv,
};

inline constexpr gpu arc_b580{
    .id = "arc-b580"sv, .name = "Arc B580"sv, .vendor = vendor::intel, .architecture = gpu_architecture::xe2_hpg,
    .segment = segment::consumer, .release_year = 2024,
    .instruction_set = "Xe2-HPG"sv, .streaming_multiprocessors = 20, .cuda_cores = 2560, .tensor_cores = 160,
    .ray_tracing_cores = 20,
    .base_clock_mhz = 2670, .boost_clock_mhz = 2670,
    .memory = 12_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 19,
    .memory_bandwidth = 456_GBps,
    .l2_mb = 18,
    .rates = {.fp32 = 13.67_TFLOPS, .fp16_accumulate_fp16 = 116.5_TFLOPS, .fp16 = 116.5_TFLOPS, .bf16 = 116.5_TFLOPS,
              .int8 = 233_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none},
    .board_power = 190_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = intel_product,
    .note = "Hugging Face's 27.34 is the FP16 vector rate; 16-bit rates are half of Intel's 233 TOPS in INT8"sv,
    .estimated = fields(card_field::cooling),
    .exempt = rules(physics_rule::fp16_accumulate_fp16, physics_rule::fp16, physics_rule::bf16, physics_rule::int8),
    .exemption_reason = "Intel's XMX rates are at 2.85 GHz, above the listed clock"sv,
};

inline constexpr gpu arc_pro_b60{
    .id = "arc-pro-b60"sv, .name = "Arc Pro B60 24GB"sv, .vendor = vendor::intel, .architecture = gpu_architecture::xe2_hpg,
    .segment = segment::workstation, .release_year = 2025,
    .instruction_set = "Xe2-HPG"sv, .streaming_multiprocessors = 20, .cuda_cores = 2560, .tensor_cores = 160, .ray_tracing_cores = 20,
    .base_clock_mhz = 2000, .boost_clock_mhz = 2400,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 19,
    .memory_bandwidth = 456_GBps,
    .l2_mb = 18, .ecc = ecc_support::supported,
    .rates = {.fp32 = 12.28_TFLOPS, .fp16_accumulate_fp16 = 98.3_TFLOPS, .fp16 = 98.3_TFLOPS, .bf16 = 98.3_TFLOPS,
              .int8 = 197_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none},
    .board_power = 200_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = intel_product,
    .note = "PCIe 5.0 x8; plug by hmc-tech.com; L2 and XMX engines are those of the B580, the same chip"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu data_center_gpu_flex_170{
    .id = "data-center-gpu-flex-170"sv, .name = "Data Center GPU Flex 170"sv, .vendor = vendor::intel,
    .architecture = gpu_architecture::xe_hpg, .release_year = 2022,
    .instruction_set = "Xe-HPG"sv, .streaming_multiprocessors = 32, .cuda_cores = 4096, .ray_tracing_cores = 32,
    .base_clock_mhz = 1950, .boost_clock_mhz = 2050,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 512_GBps,
    .l2_mb = 16, .ecc = ecc_support::supported,
    .rates = {.int8 = 250_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 150_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .documents = intel_product,
    .note = "INT8: other tables list 256"sv,
    .estimated = fields(card_field::ecc, card_field::int8_dense, card_field::cooling),
    .exempt = rules(physics_rule::int8),
    .exemption_reason = "the stated 250 TOPS mean 1.91 GHz, below the boost clock"sv,
};

inline constexpr gpu data_center_gpu_max_1100{
    .id = "data-center-gpu-max-1100"sv, .name = "Data Center GPU Max 1100"sv, .vendor = vendor::intel,
    .architecture = gpu_architecture::xe_hpc, .release_year = 2023,
    .instruction_set = "Xe-HPC"sv, .streaming_multiprocessors = 56, .cuda_cores = 7168, .ray_tracing_cores = 56,
    .base_clock_mhz = 1000, .boost_clock_mhz = 1550,
    .memory = 48_GiB, .memory_type = memory_type::hbm2e, .memory_bandwidth = 1228.8_GBps,
    .l2_mb = 204, .ecc = ecc_support::supported,
    .rates = {.fp64 = 22.2_TFLOPS, .fp32 = 22.2_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::xe_link_bridge},
    .board_power = 300_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .documents = intel_max,
    .note = "XMX rates not confirmed: left empty"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu data_center_gpu_max_1550{
    .id = "data-center-gpu-max-1550"sv, .name = "Data Center GPU Max 1550 (one of 2 stacks)"sv, .vendor = vendor::intel,
    .architecture = gpu_architecture::xe_hpc, .release_year = 2023,
    .instruction_set = "Xe-HPC"sv, .streaming_multiprocessors = 64, .cuda_cores = 8192, .ray_tracing_cores = 64,
    .base_clock_mhz = 900, .boost_clock_mhz = 1600,
    .memory = 64_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 4096, .memory_data_rate_gbps = 3.2,
    .memory_bandwidth = 1638.4_GBps,
    .l2_mb = 204, .ecc = ecc_support::supported,
    .rates = {.fp64 = 26.2_TFLOPS, .fp32 = 26.2_TFLOPS, .tf32 = 209.5_TFLOPS, .fp16_accumulate_fp16 = 419.5_TFLOPS,
              .fp16 = 419.5_TFLOPS, .bf16 = 419.5_TFLOPS, .int8 = 839_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::xe_link},
    .board_power = 300_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .devices_per_module = 2,
    .platform = platform::aurora,
    .documents = intel_max,
    .note =
        "module of 2 stacks (tiles), 128 GB, 600 W, 839 TFLOPS; this row is one of the two, which Intel's "
        "optimization guide calls the most common mode (\"each stack as a device\"). Both share one slot"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
    .exempt = rules(physics_rule::module_links),
    .exemption_reason = "no document with the total of its Xe Links was found"sv,
};

inline constexpr gpu gaudi2{
    .id = "gaudi2"sv, .name = "Gaudi 2"sv, .vendor = vendor::intel, .architecture = gpu_architecture::gaudi,
    .release_year = 2022,
    .memory = 96_GiB, .memory_type = memory_type::hbm2e, .memory_bandwidth = 2450_GBps,
    .ecc = ecc_support::supported,
    .rates = {.bf16 = 432_TFLOPS, .fp8 = 865_TFLOPS, .structured_sparsity = documented::no},
    .links = {.nvlink_bidirectional = 525_GBps, .topology = link_topology::roce_24_100},
    .board_power = 600_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .platform = platform::gaudi_2_server,
    .documents = intel_gaudi2,
    .note =
        "bandwidth: 2.45 or 2.46 (Stas Bekman) TB/s; docs.habana.ai: 21 of 24 ports join the cards of a node, 3 "
        "leave it"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
    .exempt = rules(physics_rule::multiprocessors),
    .exemption_reason = "Gaudi has matrix engines and tensor processor cores, no multiprocessors"sv,
};

inline constexpr gpu gaudi3{
    .id = "gaudi3"sv, .name = "Gaudi 3"sv, .vendor = vendor::intel, .architecture = gpu_architecture::gaudi,
    .release_year = 2024,
    .memory = 128_GiB, .memory_type = memory_type::hbm2e, .memory_bandwidth = 3700_GBps,
    .l2_mb = 96, .ecc = ecc_support::supported,
    .rates = {.tf32 = 459_TFLOPS, .fp16_accumulate_fp16 = 459_TFLOPS, .fp16 = 459_TFLOPS, .bf16 = 1677_TFLOPS,
              .fp8 = 1677_TFLOPS, .structured_sparsity = documented::no},
    .links = {.nvlink_bidirectional = 1050_GBps, .topology = link_topology::roce_24_200},
    .board_power = 900_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .platform = platform::gaudi_3_server,
    .documents = intel_gaudi3,
    .note =
        "the white paper's 1835 TFLOPS assume 1750 MHz, shipped 1600 MHz give 1677 (Stas Bekman); FP16 runs at 459; "
        "docs.habana.ai: 21 of 24 ports join the cards of a node, 3 leave it (75 GB/s one way)"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
    .exempt = rules(physics_rule::multiprocessors, physics_rule::bf16_beside_fp16),
    .exemption_reason =
        "Gaudi has matrix engines and tensor processor cores, no multiprocessors; only BF16 and FP8 are accelerated"sv,
};

inline constexpr gpu arc_pro_b50{
    .id = "arc-pro-b50"sv, .name = "Arc Pro B50 16GB"sv, .vendor = vendor::intel, .architecture = gpu_architecture::xe2_hpg,
    .segment = segment::workstation, .release_year = 2025,
    .instruction_set = "Xe2-HPG"sv, .streaming_multiprocessors = 16, .cuda_cores = 2048, .tensor_cores = 128,
    .ray_tracing_cores = 16, .base_clock_mhz = 1700, .boost_clock_mhz = 2600,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 224_GBps,
    .rates = {.fp32 = 10.65_TFLOPS, .fp16_accumulate_fp16 = 85.2_TFLOPS, .fp16 = 85.2_TFLOPS, .bf16 = 85.2_TFLOPS,
              .int8 = 170.4_TFLOPS, .int4 = 340.8_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none},
    .board_power = 70_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .launch_price = 349_USD,
    .documents = intel_arc_pro,
    .note = "hmc-tech.com lists FP64 2.66 TFLOPS, which no other table has"sv,
};

inline constexpr gpu arc_pro_b70{
    .id = "arc-pro-b70"sv, .name = "Arc Pro B70 32GB"sv, .vendor = vendor::intel, .architecture = gpu_architecture::xe2_hpg,
    .segment = segment::workstation, .release_year = 2026,
    .instruction_set = "Xe2-HPG"sv, .streaming_multiprocessors = 32, .cuda_cores = 4096, .tensor_cores = 256,
    .ray_tracing_cores = 32, .boost_clock_mhz = 2800,
    .memory = 32_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 19,
    .memory_bandwidth = 608_GBps,
    .ecc = ecc_support::supported,
    .rates = {.fp32 = 22.9_TFLOPS, .fp16_accumulate_fp16 = 183.5_TFLOPS, .fp16 = 183.5_TFLOPS, .bf16 = 183.5_TFLOPS,
              .int8 = 367_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 230_W, .form_factor = form_factor::pcie,
    .launch_price = 949_USD,
    .documents = intel_arc_pro_b70,
    .note = "Intel's 367 TOPS (INT8) on 256 XMX engines mean 2.8 GHz; 16-bit rates are half of it"sv,
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array intel_rows{
    &arc_a770_16gb, &arc_b580, &arc_pro_b60, &data_center_gpu_flex_170, &data_center_gpu_max_1100,
    &data_center_gpu_max_1550, &gaudi2, &gaudi3,
    &arc_pro_b50,
    &arc_pro_b70,
};

}  // namespace cardfit::cards
