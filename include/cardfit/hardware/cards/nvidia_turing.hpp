// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Turing, data center and workstation (2018).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A data center or workstation card of NVIDIA's Turing generation. `documents` cites what states each figure;
/// `estimated` names the figures that no document states.
/// @{
inline constexpr gpu t4{
    .id = "t4"sv, .name = "Tesla T4"sv, .architecture = gpu_architecture::turing, .release_year = 2018,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 40, .cuda_cores = 2560, .tensor_cores = 320,
    .ray_tracing_cores = 40,
    .base_clock_mhz = 585, .boost_clock_mhz = 1590,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 10,
    .memory_bandwidth = 320_GBps,
    .l2_mb = 4, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.2544_TFLOPS, .fp32 = 8.1_TFLOPS, .fp16_accumulate_fp16 = 65_TFLOPS, .fp16 = 65_TFLOPS,
              .int8 = 130_TFLOPS, .int4 = 260_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 70_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 1,
    .cooling = cooling::passive,
    .driver_total = 15360_MiB, .runtime_total = 15095_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_board,
    .note = "the datasheet prints \"300+ GB/s\", the product brief 320; tensor rate = 40 x 1024 x 1.59 GHz = 65.1"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu quadro_rtx_8000{
    .id = "quadro-rtx-8000"sv, .name = "Quadro RTX 8000"sv, .architecture = gpu_architecture::turing,
    .segment = segment::workstation,
    .release_year = 2018,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 72, .cuda_cores = 4608, .tensor_cores = 576,
    .ray_tracing_cores = 72,
    .base_clock_mhz = 1395, .boost_clock_mhz = 1770,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 672_GBps,
    .l2_mb = 6, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.5098_TFLOPS, .fp32 = 16.3_TFLOPS, .fp16_accumulate_fp16 = 130.5_TFLOPS, .fp16 = 130.5_TFLOPS,
              .int8 = 261_TFLOPS, .int4 = 522_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 2,
              .nvlink_bidirectional = 100_GBps, .topology = link_topology::bridge2,
              .peer_access_over_pcie = documented::yes},
    .board_power = 260_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .driver_total = 49140_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_quadro_rtx,
    .note = "NVIDIA prints 260 W graphics card power and 295 W total board power"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu quadro_rtx_6000{
    .id = "quadro-rtx-6000"sv, .name = "Quadro RTX 6000"sv, .architecture = gpu_architecture::turing,
    .segment = segment::workstation,
    .release_year = 2018,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 72, .cuda_cores = 4608, .tensor_cores = 576,
    .ray_tracing_cores = 72,
    .base_clock_mhz = 1440, .boost_clock_mhz = 1770,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 672_GBps,
    .l2_mb = 6, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.5098_TFLOPS, .fp32 = 16.3_TFLOPS, .fp16_accumulate_fp16 = 130.5_TFLOPS, .fp16 = 130.5_TFLOPS,
              .int8 = 261_TFLOPS, .int4 = 522_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 2,
              .nvlink_bidirectional = 100_GBps, .topology = link_topology::bridge2,
              .peer_access_over_pcie = documented::yes},
    .board_power = 260_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .virtual_gpu = documented::yes,
    .documents = nvidia_quadro_rtx,
    .note = "NVIDIA prints 260 W graphics card power and 295 W total board power"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu quadro_rtx_5000{
    .id = "quadro-rtx-5000"sv, .name = "Quadro RTX 5000"sv, .architecture = gpu_architecture::turing,
    .segment = segment::workstation,
    .release_year = 2018,
    .compute_capability = {7, 5}, .streaming_multiprocessors = 48, .cuda_cores = 3072, .tensor_cores = 384,
    .ray_tracing_cores = 48,
    .base_clock_mhz = 1620, .boost_clock_mhz = 1815,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 4, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.3485_TFLOPS, .fp32 = 11.2_TFLOPS, .fp16_accumulate_fp16 = 89.2_TFLOPS, .fp16 = 89.2_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 1,
              .nvlink_bidirectional = 50_GBps, .topology = link_topology::bridge2, .peer_access_over_pcie = documented::yes},
    .board_power = 230_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = nvidia_quadro_rtx,
    .estimated = fields(card_field::cooling),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_turing_rows{
    &t4, &quadro_rtx_8000, &quadro_rtx_6000, &quadro_rtx_5000,
};

}  // namespace cardfit::cards
