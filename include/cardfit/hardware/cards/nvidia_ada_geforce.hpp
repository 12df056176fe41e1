// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Ada Lovelace, GeForce (2022).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A GeForce card of NVIDIA's Ada Lovelace generation. `documents` cites what states each figure; `estimated` names the
/// figures that no document states.
/// @{
inline constexpr gpu rtx_4060{
    .id = "rtx-4060"sv, .name = "GeForce RTX 4060"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 24, .cuda_cores = 3072, .tensor_cores = 96,
    .ray_tracing_cores = 24,
    .base_clock_mhz = 1830, .boost_clock_mhz = 2460,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 17,
    .memory_bandwidth = 272_GBps,
    .l2_mb = 24, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2362_TFLOPS, .fp32 = 15.11_TFLOPS, .tf32 = 15.11_TFLOPS, .fp16_accumulate_fp16 = 60.46_TFLOPS,
              .fp16 = 30.23_TFLOPS, .bf16 = 30.23_TFLOPS, .fp8_accumulate_fp16 = 120.9_TFLOPS, .fp8 = 60.46_TFLOPS,
              .int8 = 120.9_TFLOPS, .int4 = 241.8_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 115_W, .power_connector = "1x 12-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 299_USD, .driver_total = 8188_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .note = "TechPowerUp's 12-pin connector is questionable: most boards have one 8-pin"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4060_ti_8gb{
    .id = "rtx-4060-ti-8gb"sv, .name = "GeForce RTX 4060 Ti 8GB"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer, .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 34, .cuda_cores = 4352, .tensor_cores = 136,
    .ray_tracing_cores = 34,
    .base_clock_mhz = 2310, .boost_clock_mhz = 2535,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 288_GBps,
    .l2_mb = 32, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3448_TFLOPS, .fp32 = 22.06_TFLOPS, .tf32 = 22.06_TFLOPS, .fp16_accumulate_fp16 = 88.26_TFLOPS,
              .fp16 = 44.13_TFLOPS, .bf16 = 44.13_TFLOPS, .fp8_accumulate_fp16 = 176.5_TFLOPS, .fp8 = 88.26_TFLOPS,
              .int8 = 176.5_TFLOPS, .int4 = 353_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 160_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 399_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4060_ti_16gb{
    .id = "rtx-4060-ti-16gb"sv, .name = "GeForce RTX 4060 Ti 16GB"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer, .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 34, .cuda_cores = 4352, .tensor_cores = 136,
    .ray_tracing_cores = 34,
    .base_clock_mhz = 2310, .boost_clock_mhz = 2535,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 288_GBps,
    .l2_mb = 32, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3448_TFLOPS, .fp32 = 22.06_TFLOPS, .tf32 = 22.06_TFLOPS, .fp16_accumulate_fp16 = 88.26_TFLOPS,
              .fp16 = 44.13_TFLOPS, .bf16 = 44.13_TFLOPS, .fp8_accumulate_fp16 = 176.5_TFLOPS, .fp8 = 88.26_TFLOPS,
              .int8 = 176.5_TFLOPS, .int4 = 353_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 165_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 499_USD, .driver_total = 16380_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4070{
    .id = "rtx-4070"sv, .name = "GeForce RTX 4070"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 46, .cuda_cores = 5888, .tensor_cores = 184,
    .ray_tracing_cores = 46,
    .base_clock_mhz = 1920, .boost_clock_mhz = 2475,
    .memory = 12_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 192, .memory_data_rate_gbps = 21,
    .memory_bandwidth = 504_GBps,
    .l2_mb = 36, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.4554_TFLOPS, .fp32 = 29.15_TFLOPS, .tf32 = 29.15_TFLOPS, .fp16_accumulate_fp16 = 116.6_TFLOPS,
              .fp16 = 58.29_TFLOPS, .bf16 = 58.29_TFLOPS, .fp8_accumulate_fp16 = 233.2_TFLOPS, .fp8 = 116.6_TFLOPS,
              .int8 = 233.2_TFLOPS, .int4 = 466.3_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 200_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 599_USD, .driver_total = 12282_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4070_super{
    .id = "rtx-4070-super"sv, .name = "GeForce RTX 4070 SUPER"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer, .release_year = 2024,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 56, .cuda_cores = 7168, .tensor_cores = 224,
    .ray_tracing_cores = 56,
    .base_clock_mhz = 1980, .boost_clock_mhz = 2475,
    .memory = 12_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 192, .memory_data_rate_gbps = 21,
    .memory_bandwidth = 504_GBps,
    .l2_mb = 48, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.5544_TFLOPS, .fp32 = 35.48_TFLOPS, .tf32 = 35.48_TFLOPS, .fp16_accumulate_fp16 = 141.9_TFLOPS,
              .fp16 = 70.96_TFLOPS, .bf16 = 70.96_TFLOPS, .fp8_accumulate_fp16 = 283.9_TFLOPS, .fp8 = 141.9_TFLOPS,
              .int8 = 283.9_TFLOPS, .int4 = 567.7_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 220_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 599_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4070_ti{
    .id = "rtx-4070-ti"sv, .name = "GeForce RTX 4070 Ti"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 60, .cuda_cores = 7680, .tensor_cores = 240,
    .ray_tracing_cores = 60,
    .base_clock_mhz = 2310, .boost_clock_mhz = 2610,
    .memory = 12_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 192, .memory_data_rate_gbps = 21,
    .memory_bandwidth = 504_GBps,
    .l2_mb = 48, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.6264_TFLOPS, .fp32 = 40.09_TFLOPS, .tf32 = 40.09_TFLOPS, .fp16_accumulate_fp16 = 160.4_TFLOPS,
              .fp16 = 80.18_TFLOPS, .bf16 = 80.18_TFLOPS, .fp8_accumulate_fp16 = 320.7_TFLOPS, .fp8 = 160.4_TFLOPS,
              .int8 = 320.7_TFLOPS, .int4 = 641.4_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 285_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 799_USD, .driver_total = 12282_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4070_ti_super{
    .id = "rtx-4070-ti-super"sv, .name = "GeForce RTX 4070 Ti SUPER"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer, .release_year = 2024,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 66, .cuda_cores = 8448, .tensor_cores = 264,
    .ray_tracing_cores = 66,
    .base_clock_mhz = 2340, .boost_clock_mhz = 2610,
    .memory = 16_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 256, .memory_data_rate_gbps = 21,
    .memory_bandwidth = 672_GBps,
    .l2_mb = 48, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.689_TFLOPS, .fp32 = 44.1_TFLOPS, .tf32 = 44.1_TFLOPS, .fp16_accumulate_fp16 = 176.4_TFLOPS,
              .fp16 = 88.2_TFLOPS, .bf16 = 88.2_TFLOPS, .fp8_accumulate_fp16 = 352.8_TFLOPS, .fp8 = 176.4_TFLOPS,
              .int8 = 352.8_TFLOPS, .int4 = 705.6_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 285_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .launch_price = 799_USD, .driver_total = 16376_MiB, .runtime_total = 15974_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4080{
    .id = "rtx-4080"sv, .name = "GeForce RTX 4080"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer,
    .release_year = 2022,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 76, .cuda_cores = 9728, .tensor_cores = 304,
    .ray_tracing_cores = 76,
    .base_clock_mhz = 2205, .boost_clock_mhz = 2505,
    .memory = 16_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 256, .memory_data_rate_gbps = 22.4,
    .memory_bandwidth = 716.8_GBps,
    .l2_mb = 64, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.7615_TFLOPS, .fp32 = 48.7_TFLOPS, .tf32 = 48.74_TFLOPS, .fp16_accumulate_fp16 = 194.9_TFLOPS,
              .fp16 = 97.5_TFLOPS, .bf16 = 97.5_TFLOPS, .fp8_accumulate_fp16 = 389.9_TFLOPS, .fp8 = 194.9_TFLOPS,
              .int8 = 389.9_TFLOPS, .int4 = 779.8_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 320_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .launch_price = 1199_USD, .driver_total = 16376_MiB, .runtime_total = 16049_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .note = "Wikipedia's row is the cancelled 12 GB card; Lightning lists the vector rate (48.7)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4080_super{
    .id = "rtx-4080-super"sv, .name = "GeForce RTX 4080 SUPER"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer, .release_year = 2024,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 80, .cuda_cores = 10240, .tensor_cores = 320,
    .ray_tracing_cores = 80,
    .base_clock_mhz = 2295, .boost_clock_mhz = 2550,
    .memory = 16_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 256, .memory_data_rate_gbps = 23,
    .memory_bandwidth = 736_GBps,
    .l2_mb = 64, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.816_TFLOPS, .fp32 = 52.2_TFLOPS, .tf32 = 52.22_TFLOPS, .fp16_accumulate_fp16 = 208.9_TFLOPS,
              .fp16 = 104.4_TFLOPS, .bf16 = 104.4_TFLOPS, .fp8_accumulate_fp16 = 417.8_TFLOPS, .fp8 = 208.9_TFLOPS,
              .int8 = 417.6_TFLOPS, .int4 = 835.2_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 320_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .launch_price = 999_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_ada_geforce,
    .note = "a modified 32 GB card reports 32760 MiB"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4090{
    .id = "rtx-4090"sv, .name = "GeForce RTX 4090"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer,
    .release_year = 2022,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 128, .cuda_cores = 16384, .tensor_cores = 512,
    .ray_tracing_cores = 128,
    .base_clock_mhz = 2235, .boost_clock_mhz = 2520,
    .memory = 24_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 384, .memory_data_rate_gbps = 21,
    .memory_bandwidth = 1008_GBps,
    .l2_mb = 72, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 1.29_TFLOPS, .fp32 = 82.6_TFLOPS, .tf32 = 82.6_TFLOPS, .fp16_accumulate_fp16 = 330.3_TFLOPS,
              .fp16 = 165.2_TFLOPS, .bf16 = 165.2_TFLOPS, .fp8_accumulate_fp16 = 660.6_TFLOPS, .fp8 = 330.3_TFLOPS,
              .int8 = 660.6_TFLOPS, .int4 = 1321.2_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 450_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .launch_price = 1599_USD, .driver_total = 24564_MiB, .runtime_total = 24207_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_rtx_4090,
    .note =
        "whitepaper v2.02 corrected FP8 with FP32 accumulation from 660.6 to 330.3; Lightning lists the vector rate "
        "(82.6); modified 48 GB cards report 49140 MiB; nvidia-smi prints ECC Off (supported, disabled); runtime "
        "total 23.64 GiB by VGen issue 104, MuseTalk issue 76 and Phidias-Diffusion issue 8; 23.61 to 23.65 in "
        "others"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_4090_d{
    .id = "rtx-4090-d"sv, .name = "GeForce RTX 4090 D"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::consumer,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 114, .cuda_cores = 14592, .tensor_cores = 456,
    .ray_tracing_cores = 114,
    .base_clock_mhz = 2280, .boost_clock_mhz = 2520,
    .memory = 24_GiB, .memory_type = memory_type::gddr6x, .memory_bus_bits = 384, .memory_data_rate_gbps = 21,
    .memory_bandwidth = 1008_GBps,
    .l2_mb = 72, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 1.149_TFLOPS, .fp32 = 73.54_TFLOPS, .tf32 = 73.54_TFLOPS, .fp16_accumulate_fp16 = 294.2_TFLOPS,
              .fp16 = 147.1_TFLOPS, .bf16 = 147.1_TFLOPS, .fp8_accumulate_fp16 = 588.3_TFLOPS, .fp8 = 294.2_TFLOPS,
              .int8 = 588.3_TFLOPS, .int4 = 1177_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 425_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .driver_total = 24564_MiB,
    .virtual_gpu = documented::no,
    .availability = availability::for_export,
    .documents = nvidia_ada_geforce,
    .note = "for China: 114 SMs; nvidia-smi prints ECC Off (supported, disabled), N/A on other GeForce"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_4090_48gb = [] {
    gpu g = rtx_4090;
    g.id = "rtx-4090-48gb";
    g.name = "GeForce RTX 4090 48GB (modified)";
    g.memory = 48_GiB;
    g.driver_total = 49140_MiB;
    g.runtime_total = {};
    g.launch_price = {};
    g.estimated = fields(card_field::cooling);
    g.availability = availability::modified;
    g.note = "a workshop doubles the memory chips of the RTX 4090; modified boards report 49140 MiB";
    g.documents = nvidia_rtx_4090_48gb;
    return g;
/// @}
}();

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_ada_geforce_rows{
    &rtx_4060, &rtx_4060_ti_8gb, &rtx_4060_ti_16gb, &rtx_4070, &rtx_4070_super, &rtx_4070_ti, &rtx_4070_ti_super,
    &rtx_4080, &rtx_4080_super, &rtx_4090, &rtx_4090_d,
    &rtx_4090_48gb,
};

}  // namespace cardfit::cards
