// SPDX-License-Identifier: MIT
#pragma once

// AMD Radeon and Ryzen AI.

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A Radeon card, or the GPU of a Ryzen AI processor. `documents` cites what states each figure; `estimated` names the
/// figures that no document states.
/// @{
inline constexpr gpu rx_6800{
    .id = "rx-6800"sv, .name = "Radeon RX 6800"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_2,
    .segment = segment::consumer, .release_year = 2020,
    .instruction_set = "gfx1030"sv, .streaming_multiprocessors = 60, .cuda_cores = 3840, .ray_tracing_cores = 60,
    .base_clock_mhz = 1700, .boost_clock_mhz = 2105,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 512_GBps,
    .l2_mb = 4,
    .rates = {.fp32 = 16.17_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 250_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note = "no matrix units; FP16 packed vector = 2x fp32; 128 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_6800_xt{
    .id = "rx-6800-xt"sv, .name = "Radeon RX 6800 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_2,
    .segment = segment::consumer, .release_year = 2020,
    .instruction_set = "gfx1030"sv, .streaming_multiprocessors = 72, .cuda_cores = 4608, .ray_tracing_cores = 72,
    .base_clock_mhz = 1825, .boost_clock_mhz = 2250,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 512_GBps,
    .l2_mb = 4,
    .rates = {.fp32 = 20.74_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 300_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note = "no matrix units; FP16 packed vector = 2x fp32; 128 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_6900_xt{
    .id = "rx-6900-xt"sv, .name = "Radeon RX 6900 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_2,
    .segment = segment::consumer, .release_year = 2020,
    .instruction_set = "gfx1030"sv, .streaming_multiprocessors = 80, .cuda_cores = 5120, .ray_tracing_cores = 80,
    .base_clock_mhz = 1825, .boost_clock_mhz = 2250,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 512_GBps,
    .l2_mb = 4,
    .rates = {.fp32 = 23.04_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 300_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .driver_total = 16368_MiB,
    .documents = amd_radeon,
    .note = "no matrix units; FP16 packed vector = 2x fp32; 128 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_6950_xt{
    .id = "rx-6950-xt"sv, .name = "Radeon RX 6950 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_2,
    .segment = segment::consumer, .release_year = 2022,
    .instruction_set = "gfx1030"sv, .streaming_multiprocessors = 80, .cuda_cores = 5120, .ray_tracing_cores = 80,
    .base_clock_mhz = 1860, .boost_clock_mhz = 2310,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 576_GBps,
    .l2_mb = 4,
    .rates = {.fp32 = 23.65_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 335_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note = "no matrix units; FP16 packed vector = 2x fp32; 128 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_7800_xt{
    .id = "rx-7800-xt"sv, .name = "Radeon RX 7800 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_3,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "gfx1101"sv, .streaming_multiprocessors = 60, .cuda_cores = 3840, .tensor_cores = 120,
    .ray_tracing_cores = 60,
    .base_clock_mhz = 1295, .boost_clock_mhz = 2430,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 19.5,
    .memory_bandwidth = 624_GBps,
    .l2_mb = 4,
    .rates = {.fp32 = 37.32_TFLOPS, .fp16_accumulate_fp16 = 74.65_TFLOPS, .fp16 = 74.65_TFLOPS, .bf16 = 74.65_TFLOPS,
              .int8 = 74.65_TFLOPS, .int4 = 149.3_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 263_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note = "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 64 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_7900_gre{
    .id = "rx-7900-gre"sv, .name = "Radeon RX 7900 GRE"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_3,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "gfx1100"sv, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 160,
    .ray_tracing_cores = 80,
    .base_clock_mhz = 1287, .boost_clock_mhz = 2245,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 576_GBps,
    .l2_mb = 6,
    .rates = {.fp32 = 45.98_TFLOPS, .fp16_accumulate_fp16 = 91.96_TFLOPS, .fp16 = 91.96_TFLOPS, .bf16 = 91.96_TFLOPS,
              .int8 = 91.96_TFLOPS, .int4 = 183.9_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 260_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note = "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 64 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_7900_xt{
    .id = "rx-7900-xt"sv, .name = "Radeon RX 7900 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_3,
    .segment = segment::consumer, .release_year = 2022,
    .instruction_set = "gfx1100"sv, .streaming_multiprocessors = 84, .cuda_cores = 5376, .tensor_cores = 168,
    .ray_tracing_cores = 84,
    .base_clock_mhz = 1387, .boost_clock_mhz = 2400,
    .memory = 20_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 320, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 800_GBps,
    .l2_mb = 6,
    .rates = {.fp32 = 51.61_TFLOPS, .fp16_accumulate_fp16 = 103.2_TFLOPS, .fp16 = 103.2_TFLOPS, .bf16 = 103.2_TFLOPS,
              .int8 = 103.2_TFLOPS, .int4 = 206.4_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 315_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note = "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 80 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_7900_xtx{
    .id = "rx-7900-xtx"sv, .name = "Radeon RX 7900 XTX"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_3,
    .segment = segment::consumer, .release_year = 2022,
    .instruction_set = "gfx1100"sv, .streaming_multiprocessors = 96, .cuda_cores = 6144, .tensor_cores = 192,
    .ray_tracing_cores = 96,
    .base_clock_mhz = 1929, .boost_clock_mhz = 2500,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
    .l2_mb = 6,
    .rates = {.fp32 = 61.44_TFLOPS, .fp16_accumulate_fp16 = 122.9_TFLOPS, .fp16 = 122.9_TFLOPS, .bf16 = 122.9_TFLOPS,
              .int8 = 122.9_TFLOPS, .int4 = 245.8_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 355_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .driver_total = 24560_MiB,
    .documents = amd_radeon,
    .note = "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 96 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_9060_xt_16gb{
    .id = "rx-9060-xt-16gb"sv, .name = "Radeon RX 9060 XT 16GB"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::rdna_4,
    .segment = segment::consumer, .release_year = 2025,
    .instruction_set = "gfx1200"sv, .streaming_multiprocessors = 32, .cuda_cores = 2048, .tensor_cores = 64,
    .ray_tracing_cores = 32,
    .base_clock_mhz = 1700, .boost_clock_mhz = 3130,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 320_GBps,
    .l2_mb = 4,
    .rates = {.fp32 = 25.64_TFLOPS, .fp16_accumulate_fp16 = 102.6_TFLOPS, .fp16 = 102.6_TFLOPS, .bf16 = 102.6_TFLOPS,
              .fp8 = 205.1_TFLOPS, .int8 = 205.1_TFLOPS, .int4 = 410.3_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 160_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note =
        "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 32 MB Infinity Cache; "
        "bandwidth: AMD prints 320 GB/s at 20 Gbps, TechPowerUp 322.3"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_9070{
    .id = "rx-9070"sv, .name = "Radeon RX 9070"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_4,
    .segment = segment::consumer, .release_year = 2025,
    .instruction_set = "gfx1201"sv, .streaming_multiprocessors = 56, .cuda_cores = 3584, .tensor_cores = 112,
    .ray_tracing_cores = 56,
    .base_clock_mhz = 1330, .boost_clock_mhz = 2520,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 640_GBps,
    .l2_mb = 8,
    .rates = {.fp32 = 36.13_TFLOPS, .fp16_accumulate_fp16 = 144.5_TFLOPS, .fp16 = 144.5_TFLOPS, .bf16 = 144.5_TFLOPS,
              .fp8 = 289_TFLOPS, .int8 = 289_TFLOPS, .int4 = 578_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 220_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note =
        "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 64 MB Infinity Cache; "
        "bandwidth: AMD prints 640 GB/s at 20 Gbps, TechPowerUp 644.6"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rx_9070_xt{
    .id = "rx-9070-xt"sv, .name = "Radeon RX 9070 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_4,
    .segment = segment::consumer, .release_year = 2025,
    .instruction_set = "gfx1201"sv, .streaming_multiprocessors = 64, .cuda_cores = 4096, .tensor_cores = 128,
    .ray_tracing_cores = 64,
    .base_clock_mhz = 1660, .boost_clock_mhz = 2970,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 640_GBps,
    .l2_mb = 8,
    .rates = {.fp32 = 48.66_TFLOPS, .fp16_accumulate_fp16 = 194.6_TFLOPS, .fp16 = 194.6_TFLOPS, .bf16 = 194.6_TFLOPS,
              .fp8 = 389.3_TFLOPS, .int8 = 389.3_TFLOPS, .int4 = 778.6_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 304_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .documents = amd_radeon,
    .note =
        "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 64 MB Infinity Cache; "
        "bandwidth: AMD prints 640 GB/s at 20 Gbps, TechPowerUp 644.6"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu radeon_pro_w6800{
    .id = "radeon-pro-w6800"sv, .name = "Radeon PRO W6800"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::rdna_2,
    .segment = segment::workstation, .release_year = 2021,
    .instruction_set = "gfx1030"sv, .streaming_multiprocessors = 60, .cuda_cores = 3840, .ray_tracing_cores = 60,
    .base_clock_mhz = 1575, .boost_clock_mhz = 2322,
    .memory = 32_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 512_GBps,
    .l2_mb = 4, .ecc = ecc_support::supported,
    .rates = {.fp32 = 17.83_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 250_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = amd_radeon,
    .note = "no matrix units"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu radeon_pro_w7800_32gb{
    .id = "radeon-pro-w7800-32gb"sv, .name = "Radeon PRO W7800 32GB"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::rdna_3,
    .segment = segment::workstation, .release_year = 2023,
    .instruction_set = "gfx1100"sv, .streaming_multiprocessors = 70, .cuda_cores = 4480, .tensor_cores = 140,
    .ray_tracing_cores = 70,
    .base_clock_mhz = 1895, .boost_clock_mhz = 2525,
    .memory = 32_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 576_GBps,
    .l2_mb = 6, .ecc = ecc_support::supported,
    .rates = {.fp32 = 45.25_TFLOPS, .fp16_accumulate_fp16 = 90.5_TFLOPS, .fp16 = 90.5_TFLOPS, .bf16 = 90.5_TFLOPS,
              .int8 = 90.5_TFLOPS, .int4 = 181_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 260_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = amd_radeon,
    .note = "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 64 MB Infinity Cache"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu radeon_pro_w7800_48gb{
    .id = "radeon-pro-w7800-48gb"sv, .name = "Radeon PRO W7800 48GB"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::rdna_3,
    .segment = segment::workstation, .release_year = 2023,
    .instruction_set = "gfx1100"sv, .streaming_multiprocessors = 70, .cuda_cores = 4480, .tensor_cores = 140,
    .ray_tracing_cores = 70,
    .base_clock_mhz = 1895, .boost_clock_mhz = 2525,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 864_GBps,
    .l2_mb = 6, .ecc = ecc_support::supported,
    .rates = {.fp32 = 45.25_TFLOPS, .fp16_accumulate_fp16 = 90.5_TFLOPS, .fp16 = 90.5_TFLOPS, .bf16 = 90.5_TFLOPS,
              .int8 = 90.5_TFLOPS, .int4 = 181_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 281_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = amd_radeon,
    .note = "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 96 MB Infinity Cache"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu radeon_pro_w7900{
    .id = "radeon-pro-w7900"sv, .name = "Radeon PRO W7900"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::rdna_3,
    .segment = segment::workstation, .release_year = 2023,
    .instruction_set = "gfx1100"sv, .streaming_multiprocessors = 96, .cuda_cores = 6144, .tensor_cores = 192,
    .ray_tracing_cores = 96,
    .base_clock_mhz = 1855, .boost_clock_mhz = 2495,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 864_GBps,
    .l2_mb = 6, .ecc = ecc_support::supported,
    .rates = {.fp32 = 61.32_TFLOPS, .fp16_accumulate_fp16 = 122.6_TFLOPS, .fp16 = 122.6_TFLOPS, .bf16 = 122.6_TFLOPS,
              .int8 = 122.6_TFLOPS, .int4 = 245.3_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 295_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 3,
    .cooling = cooling::blower,
    .documents = amd_radeon,
    .note = "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 96 MB Infinity Cache"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu radeon_ai_pro_r9700{
    .id = "radeon-ai-pro-r9700"sv, .name = "Radeon AI PRO R9700"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::rdna_4,
    .segment = segment::workstation, .release_year = 2025,
    .instruction_set = "gfx1201"sv, .streaming_multiprocessors = 64, .cuda_cores = 4096, .tensor_cores = 128,
    .ray_tracing_cores = 64,
    .base_clock_mhz = 1660, .boost_clock_mhz = 2920,
    .memory = 32_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 640_GBps,
    .l2_mb = 8, .ecc = ecc_support::supported,
    .rates = {.fp32 = 47.84_TFLOPS, .fp16_accumulate_fp16 = 191.4_TFLOPS, .fp16 = 191.4_TFLOPS, .bf16 = 191.4_TFLOPS,
              .fp8 = 382.7_TFLOPS, .int8 = 382.7_TFLOPS, .int4 = 765.5_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 300_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = amd_radeon,
    .note =
        "FP32 counts dual issue (256 FLOP a clock and CU; ROCm and clpeak often show half); 64 MB Infinity Cache; "
        "bandwidth: AMD prints 640 GB/s at 20 Gbps, TechPowerUp 644.6"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu ryzen_ai_max_395{
    .id = "ryzen-ai-max-395"sv, .name = "Ryzen AI Max+ 395 (Strix Halo iGPU)"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::rdna_3_5, .segment = segment::embedded, .release_year = 2025,
    .instruction_set = "gfx1151"sv, .streaming_multiprocessors = 40, .cuda_cores = 2560,
    .boost_clock_mhz = 2900,
    .memory = 128_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::gtt, .memory_bus_bits = 256, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 256_GBps,
    .rates = {.fp32 = 29.7_TFLOPS, .fp16_accumulate_fp16 = 59.4_TFLOPS, .fp16 = 59.4_TFLOPS, .bf16 = 59.4_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none},
    .board_power = 120_W, .cooling = cooling::active,
    .launch_price = 1500_USD,
    .runtime_total = 63969_MiB,
    .documents = amd_ryzen,
    .note =
        "unified memory; 62.47 GiB as shipped; 96 GiB by ttm.pages_limit or the BIOS carve-out (noamsto/nix-amd-ai issue "
        "42), 120 with more tuning"sv,
    .estimated = fields(card_field::tdp_w, card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rx_6700_xt{
    .id = "rx-6700-xt"sv, .name = "Radeon RX 6700 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_2,
    .segment = segment::consumer, .release_year = 2021,
    .instruction_set = "gfx1031"sv, .streaming_multiprocessors = 40, .cuda_cores = 2560,
    .ray_tracing_cores = 40, .boost_clock_mhz = 2581,
    .memory = 12_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 384_GBps,
    .rates = {.fp32 = 13.21_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 230_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie,
    .documents = amd_radeon_table,
};

inline constexpr gpu rx_7600_xt{
    .id = "rx-7600-xt"sv, .name = "Radeon RX 7600 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_3,
    .segment = segment::consumer, .release_year = 2024,
    .instruction_set = "gfx1102"sv, .streaming_multiprocessors = 32, .cuda_cores = 2048, .tensor_cores = 64,
    .ray_tracing_cores = 32, .boost_clock_mhz = 2755,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 288_GBps,
    .rates = {.fp32 = 22.57_TFLOPS, .fp16_accumulate_fp16 = 45.14_TFLOPS, .fp16 = 45.14_TFLOPS, .bf16 = 45.14_TFLOPS,
              .int8 = 45.14_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none},
    .board_power = 190_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie,
    .documents = amd_radeon_table,
};

inline constexpr gpu rx_7700_xt{
    .id = "rx-7700-xt"sv, .name = "Radeon RX 7700 XT"sv, .vendor = vendor::amd, .architecture = gpu_architecture::rdna_3,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "gfx1101"sv, .streaming_multiprocessors = 54, .cuda_cores = 3456, .tensor_cores = 108,
    .ray_tracing_cores = 54, .boost_clock_mhz = 2544,
    .memory = 12_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 432_GBps,
    .rates = {.fp32 = 35.17_TFLOPS, .fp16_accumulate_fp16 = 70.34_TFLOPS, .fp16 = 70.34_TFLOPS, .bf16 = 70.34_TFLOPS,
              .int8 = 70.34_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 245_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie,
    .documents = amd_radeon_table,
};

inline constexpr gpu radeon_890m{
    .id = "radeon-890m"sv, .name = "Radeon 890M (Strix Point iGPU)"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::rdna_3_5, .segment = segment::embedded, .release_year = 2024,
    .instruction_set = "gfx1150"sv, .streaming_multiprocessors = 16, .cuda_cores = 1024,
    .boost_clock_mhz = 2900,
    .memory = 32_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::gtt, .memory_bus_bits = 128, .memory_data_rate_gbps = 7.5,
    .memory_bandwidth = 120_GBps,
    .rates = {.fp32 = 11.88_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none},
    .form_factor = form_factor::laptop,
    .runtime_total = 16384_MiB,
    .documents = amd_radeon_table,
    .note =
        "of 32 GB that host and GPU share; by default ROCm gives the GPU half of the system's memory (as on Strix Halo: "
        "62.5 of 128 GiB)"sv,
    .estimated = fields(card_field::usable_mib_torch),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array amd_radeon_rows{
    &rx_6800, &rx_6800_xt, &rx_6900_xt, &rx_6950_xt, &rx_7800_xt, &rx_7900_gre, &rx_7900_xt, &rx_7900_xtx,
    &rx_9060_xt_16gb, &rx_9070, &rx_9070_xt, &radeon_pro_w6800, &radeon_pro_w7800_32gb, &radeon_pro_w7800_48gb,
    &radeon_pro_w7900, &radeon_ai_pro_r9700, &ryzen_ai_max_395,
    &rx_6700_xt,
    &rx_7600_xt,
    &rx_7700_xt,
    &radeon_890m,
};

}  // namespace cardfit::cards
