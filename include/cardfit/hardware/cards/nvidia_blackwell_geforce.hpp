// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Blackwell, GeForce (2025).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A GeForce card of NVIDIA's Blackwell generation. `documents` cites what states each figure; `estimated` names the
/// figures that no document states.
/// @{
inline constexpr gpu rtx_5050{
    .id = "rtx-5050"sv, .name = "GeForce RTX 5050"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 20, .cuda_cores = 2560, .tensor_cores = 80,
    .ray_tracing_cores = 20,
    .base_clock_mhz = 2317, .boost_clock_mhz = 2572,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 320_GBps,
    .l2_mb = 24, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2058_TFLOPS, .fp32 = 13.17_TFLOPS, .tf32 = 13.17_TFLOPS, .fp16_accumulate_fp16 = 52.67_TFLOPS,
              .fp16 = 26.34_TFLOPS, .bf16 = 26.34_TFLOPS, .fp8_accumulate_fp16 = 105.3_TFLOPS, .fp8 = 52.67_TFLOPS,
              .fp4 = 210.7_TFLOPS, .int8 = 105.3_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 130_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 249_USD, .driver_total = 8151_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_blackwell_geforce,
    .note = "Wikipedia's row is from before the launch (224 GB/s, $199)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_5060{
    .id = "rtx-5060"sv, .name = "GeForce RTX 5060"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 30, .cuda_cores = 3840, .tensor_cores = 120,
    .ray_tracing_cores = 30,
    .base_clock_mhz = 2280, .boost_clock_mhz = 2497,
    .memory = 8_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 128, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 32, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2996_TFLOPS, .fp32 = 19.18_TFLOPS, .tf32 = 19.18_TFLOPS, .fp16_accumulate_fp16 = 76.71_TFLOPS,
              .fp16 = 38.35_TFLOPS, .bf16 = 38.35_TFLOPS, .fp8_accumulate_fp16 = 153.4_TFLOPS, .fp8 = 76.71_TFLOPS,
              .fp4 = 306.8_TFLOPS, .int8 = 153.4_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 145_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 299_USD, .driver_total = 8151_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_blackwell_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_5060_ti_8gb{
    .id = "rtx-5060-ti-8gb"sv, .name = "GeForce RTX 5060 Ti 8GB"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 36, .cuda_cores = 4608, .tensor_cores = 144,
    .ray_tracing_cores = 36,
    .base_clock_mhz = 2407, .boost_clock_mhz = 2572,
    .memory = 8_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 128, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 32, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3704_TFLOPS, .fp32 = 23.7_TFLOPS, .tf32 = 23.7_TFLOPS, .fp16_accumulate_fp16 = 94.81_TFLOPS,
              .fp16 = 47.41_TFLOPS, .bf16 = 47.41_TFLOPS, .fp8_accumulate_fp16 = 189.6_TFLOPS, .fp8 = 94.81_TFLOPS,
              .fp4 = 379.3_TFLOPS, .int8 = 189.6_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 180_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 379_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_blackwell_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_5060_ti_16gb{
    .id = "rtx-5060-ti-16gb"sv, .name = "GeForce RTX 5060 Ti 16GB"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 36, .cuda_cores = 4608, .tensor_cores = 144,
    .ray_tracing_cores = 36,
    .base_clock_mhz = 2407, .boost_clock_mhz = 2572,
    .memory = 16_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 128, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 32, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3704_TFLOPS, .fp32 = 23.7_TFLOPS, .tf32 = 23.7_TFLOPS, .fp16_accumulate_fp16 = 94.81_TFLOPS,
              .fp16 = 47.41_TFLOPS, .bf16 = 47.41_TFLOPS, .fp8_accumulate_fp16 = 189.6_TFLOPS, .fp8 = 94.81_TFLOPS,
              .fp4 = 379.3_TFLOPS, .int8 = 189.6_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 180_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 429_USD, .driver_total = 16311_MiB, .runtime_total = 15841_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_blackwell_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_5070{
    .id = "rtx-5070"sv, .name = "GeForce RTX 5070"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 48, .cuda_cores = 6144, .tensor_cores = 192,
    .ray_tracing_cores = 48,
    .base_clock_mhz = 2325, .boost_clock_mhz = 2512,
    .memory = 12_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 192, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 672_GBps,
    .l2_mb = 48, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.4823_TFLOPS, .fp32 = 30.87_TFLOPS, .tf32 = 30.87_TFLOPS, .fp16_accumulate_fp16 = 123.5_TFLOPS,
              .fp16 = 61.73_TFLOPS, .bf16 = 61.73_TFLOPS, .fp8_accumulate_fp16 = 246.9_TFLOPS, .fp8 = 123.5_TFLOPS,
              .fp4 = 493.9_TFLOPS, .int8 = 246.9_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 250_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 549_USD, .driver_total = 12227_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_blackwell_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_5070_ti{
    .id = "rtx-5070-ti"sv, .name = "GeForce RTX 5070 Ti"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 70, .cuda_cores = 8960, .tensor_cores = 280,
    .ray_tracing_cores = 70,
    .base_clock_mhz = 2295, .boost_clock_mhz = 2452,
    .memory = 16_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 256, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 896_GBps,
    .l2_mb = 48, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.6866_TFLOPS, .fp32 = 43.94_TFLOPS, .tf32 = 43.94_TFLOPS, .fp16_accumulate_fp16 = 175.8_TFLOPS,
              .fp16 = 87.88_TFLOPS, .bf16 = 87.88_TFLOPS, .fp8_accumulate_fp16 = 351.5_TFLOPS, .fp8 = 175.8_TFLOPS,
              .fp4 = 703_TFLOPS, .int8 = 351.5_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 300_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 749_USD, .driver_total = 16303_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_blackwell_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_5080{
    .id = "rtx-5080"sv, .name = "GeForce RTX 5080"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 84, .cuda_cores = 10752, .tensor_cores = 336,
    .ray_tracing_cores = 84,
    .base_clock_mhz = 2295, .boost_clock_mhz = 2617,
    .memory = 16_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 256, .memory_data_rate_gbps = 30,
    .memory_bandwidth = 960_GBps,
    .l2_mb = 64, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.8793_TFLOPS, .fp32 = 56.28_TFLOPS, .tf32 = 56.28_TFLOPS, .fp16_accumulate_fp16 = 225.1_TFLOPS,
              .fp16 = 112.6_TFLOPS, .bf16 = 112.6_TFLOPS, .fp8_accumulate_fp16 = 450.2_TFLOPS, .fp8 = 225.1_TFLOPS,
              .fp4 = 900.4_TFLOPS, .int8 = 450.2_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 360_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 999_USD, .driver_total = 16303_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_blackwell_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_5090{
    .id = "rtx-5090"sv, .name = "GeForce RTX 5090"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 170, .cuda_cores = 21760, .tensor_cores = 680,
    .ray_tracing_cores = 170,
    .base_clock_mhz = 2017, .boost_clock_mhz = 2407,
    .memory = 32_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 512, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 1792_GBps,
    .l2_mb = 96, .ecc = ecc_support::none,
    .rates = {.fp64 = 1.637_TFLOPS, .fp32 = 104.8_TFLOPS, .tf32 = 104.8_TFLOPS, .fp16_accumulate_fp16 = 419_TFLOPS,
              .fp16 = 209.5_TFLOPS, .bf16 = 209.5_TFLOPS, .fp8_accumulate_fp16 = 838_TFLOPS, .fp8 = 419_TFLOPS,
              .fp4 = 1676_TFLOPS, .int8 = 838_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 575_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 1999_USD, .driver_total = 32607_MiB, .runtime_total = 32113_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_rtx_5090,
    .note =
        "FP4 runs at full rate with FP32 accumulation (1676 dense, 3352 sparse): 4 x FP8; base clock: TechPowerUp "
        "2017, Wikipedia 2010; runtime total 31.36 GiB in nine public logs"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_5090_d{
    .id = "rtx-5090-d"sv, .name = "GeForce RTX 5090 D"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 170, .cuda_cores = 21760, .tensor_cores = 680,
    .ray_tracing_cores = 170,
    .base_clock_mhz = 2017, .boost_clock_mhz = 2407,
    .memory = 32_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 512, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 1792_GBps,
    .l2_mb = 96, .ecc = ecc_support::none,
    .rates = {.fp32 = 104.8_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 575_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .availability = availability::for_export,
    .documents = nvidia_blackwell_geforce,
    .note =
        "for China: NVIDIA caps AI TOPS to 2375 (FP4 sparse, unverified); tensor rates left empty, the formula does "
        "not hold"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_5090_d_v2{
    .id = "rtx-5090-d-v2"sv, .name = "GeForce RTX 5090 D V2"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::consumer, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 170, .cuda_cores = 21760, .tensor_cores = 680,
    .ray_tracing_cores = 170,
    .base_clock_mhz = 2017, .boost_clock_mhz = 2407,
    .memory = 24_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 384, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 1344_GBps,
    .l2_mb = 96, .ecc = ecc_support::none,
    .rates = {.fp32 = 104.8_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 575_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .availability = availability::for_export,
    .documents = nvidia_blackwell_geforce,
    .note = "for China: 24 GB on 384 bits; tensor rates capped: left empty"sv,
    .estimated = fields(card_field::cooling),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_blackwell_geforce_rows{
    &rtx_5050, &rtx_5060, &rtx_5060_ti_8gb, &rtx_5060_ti_16gb, &rtx_5070, &rtx_5070_ti, &rtx_5080, &rtx_5090,
    &rtx_5090_d, &rtx_5090_d_v2,
};

}  // namespace cardfit::cards
