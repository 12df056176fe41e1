// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Ampere, GeForce (2020).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A GeForce card of NVIDIA's Ampere generation. `documents` cites what states each figure; `estimated` names the
/// figures that no document states.
/// @{
inline constexpr gpu rtx_3050_8gb{
    .id = "rtx-3050-8gb"sv, .name = "GeForce RTX 3050 8GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2022,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 20, .cuda_cores = 2560, .tensor_cores = 80,
    .ray_tracing_cores = 20,
    .base_clock_mhz = 1552, .boost_clock_mhz = 1777,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 224_GBps,
    .l2_mb = 2, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.1422_TFLOPS, .fp32 = 9.098_TFLOPS, .tf32 = 9.098_TFLOPS, .fp16_accumulate_fp16 = 36.39_TFLOPS,
              .fp16 = 18.2_TFLOPS, .bf16 = 18.2_TFLOPS, .int8 = 72.79_TFLOPS, .int4 = 145.6_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 130_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 249_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3060_12gb{
    .id = "rtx-3060-12gb"sv, .name = "GeForce RTX 3060 12GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 28, .cuda_cores = 3584, .tensor_cores = 112,
    .ray_tracing_cores = 28,
    .base_clock_mhz = 1320, .boost_clock_mhz = 1777,
    .memory = 12_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 15,
    .memory_bandwidth = 360_GBps,
    .l2_mb = 3, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.199_TFLOPS, .fp32 = 12.74_TFLOPS, .tf32 = 12.74_TFLOPS, .fp16_accumulate_fp16 = 50.95_TFLOPS,
              .fp16 = 25.48_TFLOPS, .bf16 = 25.48_TFLOPS, .int8 = 101.9_TFLOPS, .int4 = 203.8_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 170_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 329_USD, .driver_total = 12288_MiB, .runtime_total = 11938_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3060_8gb{
    .id = "rtx-3060-8gb"sv, .name = "GeForce RTX 3060 8GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2022,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 28, .cuda_cores = 3584, .tensor_cores = 112,
    .ray_tracing_cores = 28,
    .base_clock_mhz = 1320, .boost_clock_mhz = 1777,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 15,
    .memory_bandwidth = 240_GBps,
    .l2_mb = 3, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.199_TFLOPS, .fp32 = 12.74_TFLOPS, .tf32 = 12.74_TFLOPS, .fp16_accumulate_fp16 = 50.95_TFLOPS,
              .fp16 = 25.48_TFLOPS, .bf16 = 25.48_TFLOPS, .int8 = 101.9_TFLOPS, .int4 = 203.8_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 170_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_3060_ti{
    .id = "rtx-3060-ti"sv, .name = "GeForce RTX 3060 Ti"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2020,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 38, .cuda_cores = 4864, .tensor_cores = 152,
    .ray_tracing_cores = 38,
    .base_clock_mhz = 1410, .boost_clock_mhz = 1665,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2531_TFLOPS, .fp32 = 16.2_TFLOPS, .tf32 = 16.2_TFLOPS, .fp16_accumulate_fp16 = 64.79_TFLOPS,
              .fp16 = 32.39_TFLOPS, .bf16 = 32.39_TFLOPS, .int8 = 129.6_TFLOPS, .int4 = 259.2_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 200_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 399_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3070_ti{
    .id = "rtx-3070-ti"sv, .name = "GeForce RTX 3070 Ti"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 48, .cuda_cores = 6144, .tensor_cores = 192,
    .ray_tracing_cores = 48,
    .base_clock_mhz = 1575, .boost_clock_mhz = 1770,
    .memory = 8_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 256, .memory_data_rate_gbps = 19,
    .memory_bandwidth = 608_GBps,
    .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3398_TFLOPS, .fp32 = 21.75_TFLOPS, .tf32 = 21.75_TFLOPS, .fp16_accumulate_fp16 = 87_TFLOPS,
              .fp16 = 43.5_TFLOPS, .bf16 = 43.5_TFLOPS, .int8 = 174_TFLOPS, .int4 = 348_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 290_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 599_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3080_12gb{
    .id = "rtx-3080-12gb"sv, .name = "GeForce RTX 3080 12GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2022,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 70, .cuda_cores = 8960, .tensor_cores = 280,
    .ray_tracing_cores = 70,
    .base_clock_mhz = 1260, .boost_clock_mhz = 1710,
    .memory = 12_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 384, .memory_data_rate_gbps = 19,
    .memory_bandwidth = 912_GBps,
    .l2_mb = 6, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.4788_TFLOPS, .fp32 = 30.64_TFLOPS, .tf32 = 30.64_TFLOPS, .fp16_accumulate_fp16 = 122.6_TFLOPS,
              .fp16 = 61.29_TFLOPS, .bf16 = 61.29_TFLOPS, .int8 = 245.1_TFLOPS, .int4 = 490.3_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 350_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 799_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3080_ti{
    .id = "rtx-3080-ti"sv, .name = "GeForce RTX 3080 Ti"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 80, .cuda_cores = 10240, .tensor_cores = 320,
    .ray_tracing_cores = 80,
    .base_clock_mhz = 1365, .boost_clock_mhz = 1665,
    .memory = 12_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 384, .memory_data_rate_gbps = 19,
    .memory_bandwidth = 912_GBps,
    .l2_mb = 6, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.5328_TFLOPS, .fp32 = 34.1_TFLOPS, .tf32 = 34.1_TFLOPS, .fp16_accumulate_fp16 = 136.4_TFLOPS,
              .fp16 = 68.2_TFLOPS, .bf16 = 68.2_TFLOPS, .int8 = 272.8_TFLOPS, .int4 = 545.6_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 350_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 1199_USD, .driver_total = 12288_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3070{
    .id = "rtx-3070"sv, .name = "GeForce RTX 3070"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2020,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 46, .cuda_cores = 5888, .tensor_cores = 184,
    .ray_tracing_cores = 46,
    .base_clock_mhz = 1500, .boost_clock_mhz = 1725,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3174_TFLOPS, .fp32 = 20.3_TFLOPS, .tf32 = 20.3_TFLOPS, .fp16_accumulate_fp16 = 81.3_TFLOPS,
              .fp16 = 40.6_TFLOPS, .bf16 = 40.6_TFLOPS, .int8 = 162.6_TFLOPS, .int4 = 325.2_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 220_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 499_USD, .driver_total = 8192_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .note = "Lightning lists the vector rate (20.3)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3080_10gb{
    .id = "rtx-3080-10gb"sv, .name = "GeForce RTX 3080 10GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2020,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 68, .cuda_cores = 8704, .tensor_cores = 272,
    .ray_tracing_cores = 68,
    .base_clock_mhz = 1440, .boost_clock_mhz = 1710,
    .memory = 10_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 320, .memory_data_rate_gbps = 19,
    .memory_bandwidth = 760_GBps,
    .l2_mb = 5, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.4651_TFLOPS, .fp32 = 29.8_TFLOPS, .tf32 = 29.8_TFLOPS, .fp16_accumulate_fp16 = 119_TFLOPS,
              .fp16 = 59.5_TFLOPS, .bf16 = 59.5_TFLOPS, .int8 = 238_TFLOPS, .int4 = 476_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 320_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 699_USD, .driver_total = 10240_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .note = "Lightning lists the vector rate (29.8)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3090{
    .id = "rtx-3090"sv, .name = "GeForce RTX 3090"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2020,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 82, .cuda_cores = 10496, .tensor_cores = 328,
    .ray_tracing_cores = 82,
    .base_clock_mhz = 1395, .boost_clock_mhz = 1695,
    .memory = 24_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 384, .memory_data_rate_gbps = 19.5,
    .memory_bandwidth = 936_GBps,
    .l2_mb = 6, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.556_TFLOPS, .fp32 = 35.6_TFLOPS, .tf32 = 35.6_TFLOPS, .fp16_accumulate_fp16 = 142_TFLOPS,
              .fp16 = 71_TFLOPS, .bf16 = 71_TFLOPS, .int8 = 284_TFLOPS, .int4 = 568_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 4,
              .nvlink_bidirectional = 112.5_GBps, .topology = link_topology::bridge2,
              .peer_access_over_pcie = documented::no},
    .board_power = 350_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .launch_price = 1499_USD, .driver_total = 24576_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .note = "peer access only over NVLink (NCCL issue 1127); Lightning lists the vector rate (35.6)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_3090_ti{
    .id = "rtx-3090-ti"sv, .name = "GeForce RTX 3090 Ti"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::consumer,
    .release_year = 2022,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 84, .cuda_cores = 10752, .tensor_cores = 336,
    .ray_tracing_cores = 84,
    .base_clock_mhz = 1560, .boost_clock_mhz = 1860,
    .memory = 24_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 384, .memory_data_rate_gbps = 21,
    .memory_bandwidth = 1008_GBps,
    .l2_mb = 6, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.625_TFLOPS, .fp32 = 40_TFLOPS, .tf32 = 40_TFLOPS, .fp16_accumulate_fp16 = 160_TFLOPS,
              .fp16 = 79.99_TFLOPS, .bf16 = 79.99_TFLOPS, .int8 = 320_TFLOPS, .int4 = 640_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 4,
              .nvlink_bidirectional = 112.5_GBps, .topology = link_topology::bridge2,
              .peer_access_over_pcie = documented::no},
    .board_power = 450_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .launch_price = 1999_USD, .driver_total = 24564_MiB, .runtime_total = 24114_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ampere_geforce,
    .note = "nvidia-smi prints ECC Off (supported, disabled), N/A on other GeForce"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_ampere_geforce_rows{
    &rtx_3050_8gb, &rtx_3060_12gb, &rtx_3060_8gb, &rtx_3060_ti, &rtx_3070_ti, &rtx_3080_12gb, &rtx_3080_ti, &rtx_3070,
    &rtx_3080_10gb, &rtx_3090, &rtx_3090_ti,
};

}  // namespace cardfit::cards
