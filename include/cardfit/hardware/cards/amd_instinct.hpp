// SPDX-License-Identifier: MIT
#pragma once

// AMD Instinct.

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A card or module of the AMD Instinct family. `documents` cites what states each figure; `estimated` names the
/// figures that no document states.
/// @{
inline constexpr gpu mi50_16gb{
    .id = "mi50-16gb"sv, .name = "Radeon Instinct MI50 16GB"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::gcn_5_1,
    .release_year = 2018,
    .instruction_set = "gfx906"sv, .streaming_multiprocessors = 60, .cuda_cores = 3840,
    .base_clock_mhz = 1200, .boost_clock_mhz = 1725,
    .memory = 16_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 2,
    .memory_bandwidth = 1024_GBps,
    .l2_mb = 4, .ecc = ecc_support::supported,
    .rates = {.fp64 = 6.6_TFLOPS, .fp32 = 13.3_TFLOPS, .int8 = 53_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::infinity_fabric_pair,
              .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .documents = amd_instinct,
    .note =
        "no matrix cores, FP16 vector 26.5; boost: TechPowerUp 1746, Wikipedia 1725, which gives AMD's 13.3, 6.6 "
        "and 53"sv,
    .estimated = fields(card_field::cooling, card_field::ecc, card_field::nvlink_topology),
};

inline constexpr gpu mi50_32gb{
    .id = "mi50-32gb"sv, .name = "Radeon Instinct MI50 32GB"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::gcn_5_1,
    .release_year = 2018,
    .instruction_set = "gfx906"sv, .streaming_multiprocessors = 60, .cuda_cores = 3840,
    .boost_clock_mhz = 1725,
    .memory = 32_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 2,
    .memory_bandwidth = 1024_GBps,
    .l2_mb = 4, .ecc = ecc_support::supported,
    .rates = {.fp64 = 6.6_TFLOPS, .fp32 = 13.3_TFLOPS, .int8 = 53_TFLOPS, .structured_sparsity = documented::no},
    .links = {.peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .form_factor = form_factor::pcie, .cooling = cooling::passive,
    .documents = amd_instinct,
    .note = "board power as the 16 GB card"sv,
    .estimated = fields(card_field::cooling, card_field::ecc, card_field::release_year, card_field::tdp_w),
};

inline constexpr gpu mi60{
    .id = "mi60"sv, .name = "Radeon Instinct MI60"sv, .vendor = vendor::amd, .architecture = gpu_architecture::gcn_5_1,
    .release_year = 2018,
    .instruction_set = "gfx906"sv, .streaming_multiprocessors = 64, .cuda_cores = 4096,
    .base_clock_mhz = 1200, .boost_clock_mhz = 1800,
    .memory = 32_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 2,
    .memory_bandwidth = 1024_GBps,
    .l2_mb = 4, .ecc = ecc_support::supported,
    .rates = {.fp64 = 7.4_TFLOPS, .fp32 = 14.7_TFLOPS, .int8 = 59_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .documents = amd_instinct,
    .note = "FP16 vector 29.5"sv,
    .estimated = fields(card_field::cooling, card_field::ecc),
};

inline constexpr gpu mi100{
    .id = "mi100"sv, .name = "Instinct MI100"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna,
    .release_year = 2020,
    .instruction_set = "gfx908"sv, .streaming_multiprocessors = 120, .cuda_cores = 7680, .tensor_cores = 480,
    .base_clock_mhz = 1000, .boost_clock_mhz = 1502,
    .memory = 32_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 2.4,
    .memory_bandwidth = 1228.8_GBps,
    .l2_mb = 8, .ecc = ecc_support::supported,
    .rates = {.fp64 = 11.5_TFLOPS, .fp32 = 23.1_TFLOPS, .fp16_accumulate_fp16 = 184.6_TFLOPS, .fp16 = 184.6_TFLOPS,
              .bf16 = 92.3_TFLOPS, .int8 = 184.6_TFLOPS, .int4 = 184.6_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_links = 3, .nvlink_bidirectional = 276_GBps,
              .topology = link_topology::infinity_fabric_276, .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .documents = amd_instinct,
    .note = "FP32 matrix 46.1; BF16 is half of FP16; INT8: llm-analysis 369 is wrong"sv,
    .estimated = fields(card_field::cooling, card_field::ecc),
};

inline constexpr gpu mi210{
    .id = "mi210"sv, .name = "Instinct MI210"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna2,
    .release_year = 2021,
    .instruction_set = "gfx90a"sv, .streaming_multiprocessors = 104, .cuda_cores = 6656, .tensor_cores = 416,
    .base_clock_mhz = 1000, .boost_clock_mhz = 1700,
    .memory = 64_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 4096, .memory_data_rate_gbps = 3.2,
    .memory_bandwidth = 1638.4_GBps,
    .l2_mb = 8, .ecc = ecc_support::supported,
    .rates = {.fp64 = 22.6_TFLOPS, .fp64_tensor = 45.3_TFLOPS, .fp32 = 22.6_TFLOPS, .fp16_accumulate_fp16 = 181_TFLOPS,
              .fp16 = 181_TFLOPS, .bf16 = 181_TFLOPS, .int8 = 181_TFLOPS, .int4 = 181_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_links = 3, .nvlink_bidirectional = 300_GBps,
              .topology = link_topology::infinity_fabric_300, .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .documents = amd_instinct,
    .note = "L2: TechPowerUp 16 MB, ROCm's specifications 8"sv,
    .estimated = fields(card_field::cooling, card_field::ecc, card_field::power_connector),
    .exempt = rules(physics_rule::power_connector),
    .exemption_reason = "tables list one 8-pin plug; a CPU plug (EPS) would carry it, a PCIe plug does not"sv,
};

inline constexpr gpu mi250{
    .id = "mi250"sv, .name = "Instinct MI250 (one of 2 GCDs)"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::cdna2,
    .release_year = 2021,
    .instruction_set = "gfx90a"sv, .streaming_multiprocessors = 104, .cuda_cores = 6656, .tensor_cores = 416,
    .base_clock_mhz = 1000, .boost_clock_mhz = 1700,
    .memory = 64_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 4096, .memory_data_rate_gbps = 3.2,
    .memory_bandwidth = 1638.4_GBps,
    .l2_mb = 8, .ecc = ecc_support::supported,
    .rates = {.fp64 = 22.65_TFLOPS, .fp64_tensor = 45.25_TFLOPS, .fp32 = 22.65_TFLOPS,
              .fp16_accumulate_fp16 = 181.05_TFLOPS, .fp16 = 181.05_TFLOPS, .bf16 = 181.05_TFLOPS,
              .int8 = 181.05_TFLOPS, .int4 = 181.05_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_links = 3, .nvlink_bidirectional = 300_GBps,
              .topology = link_topology::infinity_fabric_300,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .devices_per_module = 2, .module_bidirectional = 400_GBps,
    .platform = platform::frontier,
    .documents = amd_instinct_mi250,
    .note =
        "module of 2 devices, 128 GB, 500 W (560 W peak), 362.1 TFLOPS; this row is one of the two, as ROCm shows "
        "them. Six links leave the module by the launch table (50 GB/s one way each), three from each device; four "
        "join the two devices"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu mi250x{
    .id = "mi250x"sv, .name = "Instinct MI250X (one of 2 GCDs)"sv, .vendor = vendor::amd,
    .architecture = gpu_architecture::cdna2,
    .release_year = 2021,
    .instruction_set = "gfx90a"sv, .streaming_multiprocessors = 110, .cuda_cores = 7040, .tensor_cores = 440,
    .base_clock_mhz = 1000, .boost_clock_mhz = 1700,
    .memory = 64_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 4096, .memory_data_rate_gbps = 3.2,
    .memory_bandwidth = 1638.4_GBps,
    .l2_mb = 8, .ecc = ecc_support::supported,
    .rates = {.fp64 = 23.95_TFLOPS, .fp64_tensor = 47.85_TFLOPS, .fp32 = 23.95_TFLOPS,
              .fp16_accumulate_fp16 = 191.5_TFLOPS, .fp16 = 191.5_TFLOPS, .bf16 = 191.5_TFLOPS,
              .int8 = 191.5_TFLOPS, .int4 = 191.5_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_links = 4, .nvlink_bidirectional = 400_GBps,
              .topology = link_topology::infinity_fabric_400, .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .driver_total = 65520_MiB,
    .devices_per_module = 2, .module_bidirectional = 400_GBps,
    .platform = platform::frontier,
    .documents = amd_instinct_mi250x,
    .note =
        "module of 2 devices, 128 GB, 500 W (560 W peak), 383 TFLOPS; this row is one of the two, as ROCm shows "
        "them. Eight links leave the module, four from each device; 200 GB/s one way join the two devices, 50 to 100 "
        "those of two modules (Frontier User Guide)"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu mi300a{
    .id = "mi300a"sv, .name = "Instinct MI300A (APU)"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna3,
    .release_year = 2023,
    .instruction_set = "gfx942"sv, .streaming_multiprocessors = 228, .cuda_cores = 14592, .tensor_cores = 912,
    .boost_clock_mhz = 2100,
    .memory = 128_GiB, .memory_type = memory_type::hbm3, .memory_sharing = memory_sharing::gtt, .memory_bus_bits = 8192, .memory_data_rate_gbps = 5.2,
    .memory_bandwidth = 5300_GBps,
    .l2_mb = 24, .ecc = ecc_support::supported,
    .rates = {.fp64 = 61.3_TFLOPS, .fp64_tensor = 122.6_TFLOPS, .fp32 = 122.6_TFLOPS, .tf32 = 490.3_TFLOPS,
              .fp16_accumulate_fp16 = 980.6_TFLOPS, .fp16 = 980.6_TFLOPS, .bf16 = 980.6_TFLOPS, .fp8 = 1961.2_TFLOPS,
              .int8 = 1961.2_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_links = 6, .nvlink_bidirectional = 768_GBps,
              .topology = link_topology::infinity_fabric_mesh_4, .peer_access_over_pcie = documented::yes},
    .board_power = 550_W, .form_factor = form_factor::sh5_socket, .cooling = cooling::passive,
    .runtime_total = 96_GiB,
    .platform = platform::el_capitan,
    .documents = amd_mi300a,
    .note =
        "TechPowerUp's row copies the MI300X (192 GB, 304 CUs); 760 W peak; memory shared with the CPU; usable_mib_torch overruled by mi300a-guide: HIP allocates "
        "96 of 128 GiB as shipped, and the pages limit of the amdttm module raises it; two links of "
        "128 GB/s both ways join each pair of a node's four (LLNL)"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu mi300x{
    .id = "mi300x"sv, .name = "Instinct MI300X"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna3,
    .release_year = 2023,
    .instruction_set = "gfx942"sv, .streaming_multiprocessors = 304, .cuda_cores = 19456, .tensor_cores = 1216,
    .base_clock_mhz = 1000, .boost_clock_mhz = 2100,
    .memory = 192_GiB, .memory_type = memory_type::hbm3, .memory_bus_bits = 8192, .memory_data_rate_gbps = 5.2,
    .memory_bandwidth = 5300_GBps,
    .l2_mb = 32, .ecc = ecc_support::supported,
    .rates = {.fp64 = 81.7_TFLOPS, .fp64_tensor = 163.4_TFLOPS, .fp32 = 163.4_TFLOPS, .tf32 = 653.7_TFLOPS,
              .fp16_accumulate_fp16 = 1307.4_TFLOPS, .fp16 = 1307.4_TFLOPS, .bf16 = 1307.4_TFLOPS, .fp8 = 2614.9_TFLOPS,
              .int8 = 2614.9_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_links = 7, .nvlink_bidirectional = 896_GBps,
              .topology = link_topology::infinity_fabric_mesh_8, .peer_access_over_pcie = documented::yes},
    .board_power = 750_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .driver_total = 196592_MiB,
    .platform = platform::mi300x_platform,
    .documents = amd_instinct,
    .note = "TechPowerUp: 10300 GB/s, FP32 81.7 and L2 16 MB are wrong; 256 MB Infinity Cache"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu mi308x{
    .id = "mi308x"sv, .name = "Instinct MI308X"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna3,
    .release_year = 2024,
    .instruction_set = "gfx942"sv, .streaming_multiprocessors = 80, .cuda_cores = 5120,
    .memory = 192_GiB, .memory_type = memory_type::hbm3, .memory_bus_bits = 8192, .memory_data_rate_gbps = 5.2,
    .memory_bandwidth = 5300_GBps,
    .ecc = ecc_support::supported,
    .rates = {.structured_sparsity = documented::yes},
    .links = {.nvlink_links = 7, .nvlink_bidirectional = 896_GBps,
              .topology = link_topology::infinity_fabric_mesh_8, .peer_access_over_pcie = documented::yes},
    .board_power = 650_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .availability = availability::for_export,
    .platform = platform::mi300x_platform,
    .documents = amd_mi308x,
    .note =
        "for export: 80 CUs by two ROCm logs, TechPowerUp's row copies the MI300X; 650 W cap in a log; matrix rates "
        "left empty; its slot is not documented"sv,
    .estimated = fields(card_field::release_year, card_field::memory_type, card_field::memory_bus_bits,
                        card_field::memory_data_rate_gbps, card_field::memory_bandwidth_gb_s, card_field::ecc,
                        card_field::nvlink_total_bidir_gb_s, card_field::nvlink_links, card_field::nvlink_topology,
                        card_field::form_factor, card_field::cooling),
};

inline constexpr gpu mi325x{
    .id = "mi325x"sv, .name = "Instinct MI325X"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna3,
    .release_year = 2024,
    .instruction_set = "gfx942"sv, .streaming_multiprocessors = 304, .cuda_cores = 19456, .tensor_cores = 1216,
    .base_clock_mhz = 1000, .boost_clock_mhz = 2100,
    .memory = 256_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_data_rate_gbps = 6,
    .memory_bandwidth = 6000_GBps,
    .l2_mb = 32, .ecc = ecc_support::supported,
    .rates = {.fp64 = 81.7_TFLOPS, .fp64_tensor = 163.4_TFLOPS, .fp32 = 163.4_TFLOPS, .tf32 = 653.7_TFLOPS,
              .fp16_accumulate_fp16 = 1307.4_TFLOPS, .fp16 = 1307.4_TFLOPS, .bf16 = 1307.4_TFLOPS, .fp8 = 2614.9_TFLOPS,
              .int8 = 2614.9_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_links = 7, .nvlink_bidirectional = 896_GBps,
              .topology = link_topology::infinity_fabric_mesh_8, .peer_access_over_pcie = documented::yes},
    .board_power = 1000_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .platform = platform::mi300x_platform,
    .documents = amd_instinct,
    .note = "TechPowerUp: 288 GB and 10300 GB/s are wrong (256, 6000)"sv,
    .estimated = fields(card_field::cooling, card_field::ecc, card_field::memory_data_rate_gbps),
    .exempt = rules(physics_rule::bandwidth),
    .exemption_reason = "AMD rounds 6.144 TB/s to 6.0"sv,
};

inline constexpr gpu mi350x{
    .id = "mi350x"sv, .name = "Instinct MI350X"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna4,
    .release_year = 2025,
    .instruction_set = "gfx950"sv, .streaming_multiprocessors = 256, .cuda_cores = 16384, .tensor_cores = 1024,
    .base_clock_mhz = 1000, .boost_clock_mhz = 2200,
    .memory = 288_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 8000_GBps,
    .l2_mb = 32, .ecc = ecc_support::supported,
    .rates = {.fp64 = 72.1_TFLOPS, .fp64_tensor = 72.1_TFLOPS, .fp32 = 144.2_TFLOPS, .fp16_accumulate_fp16 = 2306.9_TFLOPS, .fp16 = 2306.9_TFLOPS,
              .bf16 = 2306.9_TFLOPS, .fp8 = 4613.7_TFLOPS, .fp6 = 9227.5_TFLOPS, .fp4 = 9227.5_TFLOPS, .int8 = 4613.7_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_links = 7, .nvlink_bidirectional = 1075_GBps,
              .topology = link_topology::infinity_fabric_mesh_8, .peer_access_over_pcie = documented::yes},
    .board_power = 1000_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .driver_total = 294896_MiB,
    .platform = platform::mi300x_platform,
    .documents = amd_instinct_mi35x,
    .note =
        "the MI355X at 2.2 GHz; L2: TechPowerUp 16 MB, ROCm's specifications 32; FP64 matrix: 128 operations a "
        "clock and CU"sv,
    .estimated = fields(card_field::memory_data_rate_gbps, card_field::cooling),
    .exempt = rules(physics_rule::bandwidth),
    .exemption_reason = "AMD rounds 8.192 TB/s to 8.0"sv,
};

inline constexpr gpu mi355x{
    .id = "mi355x"sv, .name = "Instinct MI355X"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna4,
    .release_year = 2025,
    .instruction_set = "gfx950"sv, .streaming_multiprocessors = 256, .cuda_cores = 16384, .tensor_cores = 1024,
    .base_clock_mhz = 1000, .boost_clock_mhz = 2400,
    .memory = 288_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 8000_GBps,
    .l2_mb = 32, .ecc = ecc_support::supported,
    .rates = {.fp64 = 78.6_TFLOPS, .fp64_tensor = 78.6_TFLOPS, .fp32 = 157.3_TFLOPS, .fp16_accumulate_fp16 = 2516.6_TFLOPS, .fp16 = 2516.6_TFLOPS,
              .bf16 = 2516.6_TFLOPS, .fp8 = 5033.2_TFLOPS, .fp6 = 10066_TFLOPS, .fp4 = 10066_TFLOPS, .int8 = 5033.2_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_links = 7, .nvlink_bidirectional = 1075_GBps,
              .topology = link_topology::infinity_fabric_mesh_8, .peer_access_over_pcie = documented::yes},
    .board_power = 1400_W, .form_factor = form_factor::oam, .cooling = cooling::passive,
    .driver_total = 294896_MiB,
    .platform = platform::mi300x_platform,
    .documents = amd_instinct_mi35x,
    .note =
        "liquid cooled, 1400 W; 10.1 PFLOPS FP8 is the sparse figure (some tables list 5.0 BF16); FP6 as FP4; FP64 "
        "matrix is half of MI300X; FP64 matrix: 128 operations a clock and CU"sv,
    .estimated = fields(card_field::memory_data_rate_gbps, card_field::cooling),
    .exempt = rules(physics_rule::bandwidth),
    .exemption_reason = "AMD rounds 8.192 TB/s to 8.0"sv,
};

inline constexpr gpu mi350p{
    .id = "mi350p"sv, .name = "Instinct MI350P"sv, .vendor = vendor::amd, .architecture = gpu_architecture::cdna4,
    .release_year = 2026,
    .streaming_multiprocessors = 128, .cuda_cores = 8192, .tensor_cores = 512,
    .boost_clock_mhz = 2200,
    .memory = 144_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 4096, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 4000_GBps,
    .rates = {.fp64 = 36.04_TFLOPS, .fp64_tensor = 36.04_TFLOPS, .fp32 = 72.1_TFLOPS, .fp16_accumulate_fp16 = 1153.4_TFLOPS, .fp16 = 1153.4_TFLOPS,
              .bf16 = 1153.4_TFLOPS, .fp8 = 2306.9_TFLOPS, .fp6 = 4613.7_TFLOPS, .fp4 = 4613.7_TFLOPS, .int8 = 2306.9_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 600_W, .form_factor = form_factor::pcie, .slot_width = 2,
    .documents = amd_mi350p,
    .note =
        "half of an MI350X on a PCIe card; board power can be set to 450 W; rates other than FP8 follow from 128 "
        "compute units and 2.2 GHz; plug, cooling, ECC and peer access were not in the page read"sv,
    .estimated = fields(card_field::release_year),
    .exempt = rules(physics_rule::bandwidth),
    .exemption_reason = "AMD rounds 4.096 TB/s to 4"sv,
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array amd_instinct_rows{
    &mi50_16gb, &mi50_32gb, &mi60, &mi100, &mi210, &mi250, &mi250x, &mi300a, &mi300x, &mi308x, &mi325x, &mi350x,
    &mi355x, &mi350p,
};

}  // namespace cardfit::cards
