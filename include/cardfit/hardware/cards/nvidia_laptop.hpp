// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA GeForce, laptop GPUs from Ampere on. A maker of laptops sets board power and clocks within a range: the rows
// have the largest power without dynamic boost, and the clock that public tables give for the FP32 rate.

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A GeForce GPU of a laptop. `documents` cites what states each figure; `estimated` names the figures that no document
/// states.
/// @{
inline constexpr gpu rtx_5090_laptop{
    .id = "rtx-5090-laptop"sv, .name = "GeForce RTX 5090 Laptop GPU"sv, .architecture = gpu_architecture::blackwell_2, .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 82, .cuda_cores = 10496, .tensor_cores = 328,
    .ray_tracing_cores = 82, .boost_clock_mhz = 1515,
    .memory = 24_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 256, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 896_GBps, .l2_mb = 64, .ecc = ecc_support::none,
    .rates = {.fp32 = 31.8_TFLOPS, .tf32 = 31.8_TFLOPS, .fp16_accumulate_fp16 = 127.2_TFLOPS, .fp16 = 63.61_TFLOPS,
              .bf16 = 63.61_TFLOPS, .fp8_accumulate_fp16 = 254.4_TFLOPS, .fp8 = 127.2_TFLOPS, .fp4 = 508.8_TFLOPS, .int8 = 254.4_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 175_W, .form_factor = form_factor::laptop, .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_laptop,
    .note = "clocks and board power differ from laptop to laptop"sv,
};

inline constexpr gpu rtx_5080_laptop{
    .id = "rtx-5080-laptop"sv, .name = "GeForce RTX 5080 Laptop GPU"sv, .architecture = gpu_architecture::blackwell_2, .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 60, .cuda_cores = 7680, .tensor_cores = 240,
    .ray_tracing_cores = 60, .boost_clock_mhz = 1500,
    .memory = 16_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 256, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 896_GBps, .l2_mb = 64, .ecc = ecc_support::none,
    .rates = {.fp32 = 23.0_TFLOPS, .tf32 = 23.04_TFLOPS, .fp16_accumulate_fp16 = 92.16_TFLOPS, .fp16 = 46.08_TFLOPS,
              .bf16 = 46.08_TFLOPS, .fp8_accumulate_fp16 = 184.3_TFLOPS, .fp8 = 92.16_TFLOPS, .fp4 = 368.6_TFLOPS, .int8 = 184.3_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 175_W, .form_factor = form_factor::laptop, .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_laptop,
    .note = "clocks and board power differ from laptop to laptop"sv,
};

inline constexpr gpu rtx_5070_ti_laptop{
    .id = "rtx-5070-ti-laptop"sv, .name = "GeForce RTX 5070 Ti Laptop GPU"sv, .architecture = gpu_architecture::blackwell_2, .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 46, .cuda_cores = 5888, .tensor_cores = 184,
    .ray_tracing_cores = 46, .boost_clock_mhz = 1447,
    .memory = 12_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 192, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 672_GBps, .l2_mb = 48, .ecc = ecc_support::none,
    .rates = {.fp32 = 17.0_TFLOPS, .tf32 = 17.04_TFLOPS, .fp16_accumulate_fp16 = 68.16_TFLOPS, .fp16 = 34.08_TFLOPS,
              .bf16 = 34.08_TFLOPS, .fp8_accumulate_fp16 = 136.3_TFLOPS, .fp8 = 68.16_TFLOPS, .fp4 = 272.6_TFLOPS, .int8 = 136.3_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 140_W, .form_factor = form_factor::laptop, .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_laptop,
    .note = "clocks and board power differ from laptop to laptop"sv,
};

inline constexpr gpu rtx_4090_laptop{
    .id = "rtx-4090-laptop"sv, .name = "GeForce RTX 4090 Laptop GPU"sv, .architecture = gpu_architecture::ada_lovelace, .segment = segment::consumer,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 76, .cuda_cores = 9728, .tensor_cores = 304,
    .ray_tracing_cores = 76, .boost_clock_mhz = 1695,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 576_GBps, .l2_mb = 64, .ecc = ecc_support::none,
    .rates = {.fp32 = 33.0_TFLOPS, .tf32 = 32.98_TFLOPS, .fp16_accumulate_fp16 = 131.9_TFLOPS, .fp16 = 65.96_TFLOPS,
              .bf16 = 65.96_TFLOPS, .fp8_accumulate_fp16 = 263.8_TFLOPS, .fp8 = 131.9_TFLOPS, .int8 = 263.8_TFLOPS, .int4 = 527.6_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 150_W, .form_factor = form_factor::laptop, .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_laptop,
    .note = "clocks and board power differ from laptop to laptop"sv,
};

inline constexpr gpu rtx_4080_laptop{
    .id = "rtx-4080-laptop"sv, .name = "GeForce RTX 4080 Laptop GPU"sv, .architecture = gpu_architecture::ada_lovelace, .segment = segment::consumer,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 58, .cuda_cores = 7424, .tensor_cores = 232,
    .ray_tracing_cores = 58, .boost_clock_mhz = 1665,
    .memory = 12_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 432_GBps, .l2_mb = 48, .ecc = ecc_support::none,
    .rates = {.fp32 = 24.7_TFLOPS, .tf32 = 24.72_TFLOPS, .fp16_accumulate_fp16 = 98.89_TFLOPS, .fp16 = 49.44_TFLOPS,
              .bf16 = 49.44_TFLOPS, .fp8_accumulate_fp16 = 197.8_TFLOPS, .fp8 = 98.89_TFLOPS, .int8 = 197.8_TFLOPS, .int4 = 395.6_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 150_W, .form_factor = form_factor::laptop, .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_laptop,
    .note = "clocks and board power differ from laptop to laptop"sv,
};

inline constexpr gpu rtx_3070_ti_laptop{
    .id = "rtx-3070-ti-laptop"sv, .name = "GeForce RTX 3070 Ti Laptop GPU"sv, .architecture = gpu_architecture::ampere, .segment = segment::consumer,
    .release_year = 2022,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 46, .cuda_cores = 5888, .tensor_cores = 184,
    .ray_tracing_cores = 46, .boost_clock_mhz = 1410,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps, .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp32 = 16.6_TFLOPS, .tf32 = 16.6_TFLOPS, .fp16_accumulate_fp16 = 66.42_TFLOPS, .fp16 = 33.21_TFLOPS,
              .bf16 = 33.21_TFLOPS, .int8 = 132.8_TFLOPS, .int4 = 265.7_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 125_W, .form_factor = form_factor::laptop, .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_laptop,
    .note = "clocks and board power differ from laptop to laptop"sv,
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_laptop_rows{
    &rtx_5090_laptop, &rtx_5080_laptop, &rtx_5070_ti_laptop, &rtx_4090_laptop, &rtx_4080_laptop, &rtx_3070_ti_laptop,
};

}  // namespace cardfit::cards
