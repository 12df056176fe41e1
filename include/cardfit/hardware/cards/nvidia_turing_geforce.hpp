// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Turing, GeForce and TITAN (2018).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A GeForce or TITAN card of NVIDIA's Turing generation. `documents` cites what states each figure; `estimated` names
/// the figures that no document states.
/// @{
inline constexpr gpu titan_rtx{
    .id = "titan-rtx"sv, .name = "TITAN RTX"sv, .architecture = gpu_architecture::turing, .segment = segment::consumer,
    .release_year = 2018,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 72, .cuda_cores = 4608, .tensor_cores = 576,
    .ray_tracing_cores = 72,
    .base_clock_mhz = 1350, .boost_clock_mhz = 1770,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 672_GBps,
    .l2_mb = 6, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.5098_TFLOPS, .fp32 = 16.3_TFLOPS, .fp16_accumulate_fp16 = 130.5_TFLOPS, .fp16 = 130.5_TFLOPS,
              .int8 = 261_TFLOPS, .int4 = 522_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 2,
              .nvlink_bidirectional = 100_GBps, .topology = link_topology::bridge2, .peer_access_over_pcie = documented::no},
    .board_power = 280_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 2499_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_titan_rtx,
    .note = "full rate with FP32 accumulation, unlike GeForce; Lightning lists FP16 32.6, the vector rate"sv,
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu gtx_1650{
    .id = "gtx-1650"sv, .name = "GeForce GTX 1650"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 14, .cuda_cores = 896,
    .base_clock_mhz = 1485, .boost_clock_mhz = 1665,
    .memory = 4_GiB, .memory_type = memory_type::gddr5, .memory_bus_bits = 128, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 128_GBps,
    .l2_mb = 1, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.09325_TFLOPS, .fp32 = 2.984_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 75_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 149_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "no tensor cores (FP16 at twice FP32 on units of its own)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu gtx_1650_super{
    .id = "gtx-1650-super"sv, .name = "GeForce GTX 1650 Super"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 20, .cuda_cores = 1280,
    .base_clock_mhz = 1530, .boost_clock_mhz = 1725,
    .memory = 4_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 12,
    .memory_bandwidth = 192_GBps,
    .l2_mb = 1, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.138_TFLOPS, .fp32 = 4.416_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 100_W, .power_connector = "1x 6-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 159_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "no tensor cores (FP16 at twice FP32 on units of its own)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu gtx_1660{
    .id = "gtx-1660"sv, .name = "GeForce GTX 1660"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 22, .cuda_cores = 1408,
    .base_clock_mhz = 1530, .boost_clock_mhz = 1785,
    .memory = 6_GiB, .memory_type = memory_type::gddr5, .memory_bus_bits = 192, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 192_GBps,
    .l2_mb = 1.5, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.1571_TFLOPS, .fp32 = 5.027_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 120_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 219_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "no tensor cores (FP16 at twice FP32 on units of its own)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu gtx_1660_super{
    .id = "gtx-1660-super"sv, .name = "GeForce GTX 1660 Super"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 22, .cuda_cores = 1408,
    .base_clock_mhz = 1530, .boost_clock_mhz = 1785,
    .memory = 6_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 336_GBps,
    .l2_mb = 1.5, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.1571_TFLOPS, .fp32 = 5.027_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 125_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 229_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "no tensor cores (FP16 at twice FP32 on units of its own)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu gtx_1660_ti{
    .id = "gtx-1660-ti"sv, .name = "GeForce GTX 1660 Ti"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 24, .cuda_cores = 1536,
    .base_clock_mhz = 1500, .boost_clock_mhz = 1770,
    .memory = 6_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 12,
    .memory_bandwidth = 288_GBps,
    .l2_mb = 1.5, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.1699_TFLOPS, .fp32 = 5.437_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 120_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 279_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "no tensor cores (FP16 at twice FP32 on units of its own)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_2060{
    .id = "rtx-2060"sv, .name = "GeForce RTX 2060"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 30, .cuda_cores = 1920, .tensor_cores = 240,
    .ray_tracing_cores = 30,
    .base_clock_mhz = 1365, .boost_clock_mhz = 1680,
    .memory = 6_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 336_GBps,
    .l2_mb = 3, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2016_TFLOPS, .fp32 = 6.451_TFLOPS, .fp16_accumulate_fp16 = 51.61_TFLOPS, .fp16 = 25.8_TFLOPS,
              .int8 = 103.2_TFLOPS, .int4 = 206.4_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 160_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 349_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "reference clocks; FE boosts higher"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_2060_12gb{
    .id = "rtx-2060-12gb"sv, .name = "GeForce RTX 2060 12GB"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2021,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 34, .cuda_cores = 2176, .tensor_cores = 272,
    .ray_tracing_cores = 34,
    .base_clock_mhz = 1470, .boost_clock_mhz = 1650,
    .memory = 12_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 336_GBps,
    .l2_mb = 3, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2244_TFLOPS, .fp32 = 7.181_TFLOPS, .fp16_accumulate_fp16 = 57.45_TFLOPS, .fp16 = 28.72_TFLOPS,
              .int8 = 114.9_TFLOPS, .int4 = 229.8_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 184_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "reference clocks; FE boosts higher"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_2060_super{
    .id = "rtx-2060-super"sv, .name = "GeForce RTX 2060 SUPER"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 34, .cuda_cores = 2176, .tensor_cores = 272,
    .ray_tracing_cores = 34,
    .base_clock_mhz = 1470, .boost_clock_mhz = 1650,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2244_TFLOPS, .fp32 = 7.181_TFLOPS, .fp16_accumulate_fp16 = 57.45_TFLOPS, .fp16 = 28.72_TFLOPS,
              .int8 = 114.9_TFLOPS, .int4 = 229.8_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 175_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 399_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "reference clocks; FE boosts higher"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_2070{
    .id = "rtx-2070"sv, .name = "GeForce RTX 2070"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2018,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 36, .cuda_cores = 2304, .tensor_cores = 288,
    .ray_tracing_cores = 36,
    .base_clock_mhz = 1410, .boost_clock_mhz = 1620,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2333_TFLOPS, .fp32 = 7.465_TFLOPS, .fp16_accumulate_fp16 = 59.72_TFLOPS, .fp16 = 29.86_TFLOPS,
              .int8 = 119.4_TFLOPS, .int4 = 238.9_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 175_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 499_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "reference clocks; FE boosts higher"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_2070_super{
    .id = "rtx-2070-super"sv, .name = "GeForce RTX 2070 SUPER"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 40, .cuda_cores = 2560, .tensor_cores = 320,
    .ray_tracing_cores = 40,
    .base_clock_mhz = 1605, .boost_clock_mhz = 1770,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2832_TFLOPS, .fp32 = 9.062_TFLOPS, .fp16_accumulate_fp16 = 72.5_TFLOPS, .fp16 = 36.25_TFLOPS,
              .int8 = 145_TFLOPS, .int4 = 290_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 1,
              .nvlink_bidirectional = 50_GBps, .topology = link_topology::bridge2, .peer_access_over_pcie = documented::no},
    .board_power = 215_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 499_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "reference clocks; FE boosts higher"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_2080{
    .id = "rtx-2080"sv, .name = "GeForce RTX 2080"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2018,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 46, .cuda_cores = 2944, .tensor_cores = 368,
    .ray_tracing_cores = 46,
    .base_clock_mhz = 1515, .boost_clock_mhz = 1710,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3146_TFLOPS, .fp32 = 10.07_TFLOPS, .fp16_accumulate_fp16 = 80.55_TFLOPS, .fp16 = 40.27_TFLOPS,
              .int8 = 161.1_TFLOPS, .int4 = 322.2_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 1,
              .nvlink_bidirectional = 50_GBps, .topology = link_topology::bridge2, .peer_access_over_pcie = documented::no},
    .board_power = 215_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 699_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "reference clocks; FE boosts higher"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_2080_super{
    .id = "rtx-2080-super"sv, .name = "GeForce RTX 2080 SUPER"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2019,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 48, .cuda_cores = 3072, .tensor_cores = 384,
    .ray_tracing_cores = 48,
    .base_clock_mhz = 1650, .boost_clock_mhz = 1815,
    .memory = 8_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 15.5,
    .memory_bandwidth = 496_GBps,
    .l2_mb = 4, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3485_TFLOPS, .fp32 = 11.15_TFLOPS, .fp16_accumulate_fp16 = 89.21_TFLOPS, .fp16 = 44.61_TFLOPS,
              .int8 = 178.4_TFLOPS, .int4 = 356.8_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 1,
              .nvlink_bidirectional = 50_GBps, .topology = link_topology::bridge2, .peer_access_over_pcie = documented::no},
    .board_power = 250_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 699_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note = "reference clocks; FE boosts higher"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_2080_ti{
    .id = "rtx-2080-ti"sv, .name = "GeForce RTX 2080 Ti"sv, .architecture = gpu_architecture::turing,
    .segment = segment::consumer,
    .release_year = 2018,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 68, .cuda_cores = 4352, .tensor_cores = 544,
    .ray_tracing_cores = 68,
    .base_clock_mhz = 1350, .boost_clock_mhz = 1545,
    .memory = 11_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 352, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 616_GBps,
    .l2_mb = 5.5, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.4202_TFLOPS, .fp32 = 13.4_TFLOPS, .fp16_accumulate_fp16 = 107.6_TFLOPS, .fp16 = 53.8_TFLOPS,
              .int8 = 215.2_TFLOPS, .int4 = 430.3_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 2,
              .nvlink_bidirectional = 100_GBps, .topology = link_topology::bridge2, .peer_access_over_pcie = documented::no},
    .board_power = 250_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 999_USD, .driver_total = 11264_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_turing_geforce,
    .note =
        "reference 1545 MHz; the Founders Edition at 1635: 14.2, 113.8, 56.9, 227.7 and 455.4; peer access only "
        "over NVLink; Lightning lists the vector rate (28.5)"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_2080_ti_22gb = [] {
    gpu g = rtx_2080_ti;
    g.id = "rtx-2080-ti-22gb";
    g.name = "GeForce RTX 2080 Ti 22GB (modified)";
    g.memory = 22_GiB;
    g.driver_total = {};
    g.runtime_total = {};
    g.launch_price = {};
    g.estimated = fields(card_field::cooling);
    g.availability = availability::modified;
    g.note = "a workshop doubles the memory chips of the RTX 2080 Ti";
    return g;
/// @}
}();

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_turing_geforce_rows{
    &titan_rtx, &gtx_1650, &gtx_1650_super, &gtx_1660, &gtx_1660_super, &gtx_1660_ti, &rtx_2060, &rtx_2060_12gb,
    &rtx_2060_super, &rtx_2070, &rtx_2070_super, &rtx_2080, &rtx_2080_super, &rtx_2080_ti,
    &rtx_2080_ti_22gb,
};

}  // namespace cardfit::cards
