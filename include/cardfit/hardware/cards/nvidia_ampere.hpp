// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Ampere, data center and workstation (2020).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

inline constexpr gpu a100_pcie_40gb{
    .id = "a100-pcie-40gb", .name = "A100 PCIe 40GB", .architecture = "Ampere", .release_year = 2020,
    .compute_capability = {8, 0}, .streaming_multiprocessors = 108, .cuda_cores = 6912, .tensor_cores = 432,
    .base_clock_mhz = 765, .boost_clock_mhz = 1410,
    .memory = 40_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 5120, .memory_data_rate_gbps = 2.43,
    .memory_bandwidth = 1555_GBps,
    .l2_mb = 40, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 9.7_TFLOPS, .fp64_tensor = 19.5_TFLOPS, .fp32 = 19.5_TFLOPS, .tf32 = 156_TFLOPS,
              .fp16_accumulate_fp16 = 312_TFLOPS, .fp16 = 312_TFLOPS, .bf16 = 312_TFLOPS, .int8 = 624_TFLOPS,
              .int4 = 1248_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 12,
              .nvlink_bidirectional = 600_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 250_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 2,
    .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 40960_MiB, .runtime_total = 40326_MiB,
    .source = nvidia_a100_40gb,
    .note = "TechPowerUp: HBM2e and 1560 GB/s; 40 GB boards have HBM2; NVLink only over a two-card bridge",
    .estimated = fields(card_field::p2p_over_pcie),
};

inline constexpr gpu a100_sxm4_40gb{
    .id = "a100-sxm4-40gb", .name = "A100 SXM4 40GB", .architecture = "Ampere", .release_year = 2020,
    .compute_capability = {8, 0}, .streaming_multiprocessors = 108, .cuda_cores = 6912, .tensor_cores = 432,
    .base_clock_mhz = 1095, .boost_clock_mhz = 1410,
    .memory = 40_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 5120, .memory_data_rate_gbps = 2.43,
    .memory_bandwidth = 1555_GBps,
    .l2_mb = 40, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 9.7_TFLOPS, .fp64_tensor = 19.5_TFLOPS, .fp32 = 19.5_TFLOPS, .tf32 = 156_TFLOPS,
              .fp16_accumulate_fp16 = 312_TFLOPS, .fp16 = 312_TFLOPS, .bf16 = 312_TFLOPS, .int8 = 624_TFLOPS,
              .int4 = 1248_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 12,
              .nvlink_bidirectional = 600_GBps, .topology = "nvswitch", .peer_access_over_pcie = known::yes},
    .board_power = 400_W, .form_factor = "SXM", .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 40960_MiB,
    .source = nvidia_a100_40gb,
    .note = "TechPowerUp: HBM2e and 1560 GB/s; 40 GB boards have HBM2",
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu a100_pcie_80gb{
    .id = "a100-pcie-80gb", .name = "A100 PCIe 80GB", .architecture = "Ampere", .release_year = 2021,
    .compute_capability = {8, 0}, .streaming_multiprocessors = 108, .cuda_cores = 6912, .tensor_cores = 432,
    .base_clock_mhz = 1065, .boost_clock_mhz = 1410,
    .memory = 80_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 5120, .memory_data_rate_gbps = 3.02,
    .memory_bandwidth = 1935_GBps,
    .l2_mb = 40, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 9.7_TFLOPS, .fp64_tensor = 19.5_TFLOPS, .fp32 = 19.5_TFLOPS, .tf32 = 156_TFLOPS,
              .fp16_accumulate_fp16 = 312_TFLOPS, .fp16 = 312_TFLOPS, .bf16 = 312_TFLOPS, .int8 = 624_TFLOPS,
              .int4 = 1248_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 12,
              .nvlink_bidirectional = 600_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 300_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 2,
    .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 81920_MiB,
    .source =
        "NVIDIA A100 80GB datasheet (2021) and PCIe product brief; peer access: nccl issue 841; device queries "
        "(usable memory, ECC); TechPowerUp for clocks",
    .note = "TechPowerUp: L2 80 MB (device query and whitepaper: 40) and 1940 GB/s; NVLink only over a two-card bridge",
};

inline constexpr gpu a100_sxm4_80gb{
    .id = "a100-sxm4-80gb", .name = "A100 SXM4 80GB", .architecture = "Ampere", .release_year = 2020,
    .compute_capability = {8, 0}, .streaming_multiprocessors = 108, .cuda_cores = 6912, .tensor_cores = 432,
    .base_clock_mhz = 1275, .boost_clock_mhz = 1410,
    .memory = 80_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 5120, .memory_data_rate_gbps = 3.19,
    .memory_bandwidth = 2039_GBps,
    .l2_mb = 40, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 9.7_TFLOPS, .fp64_tensor = 19.5_TFLOPS, .fp32 = 19.5_TFLOPS, .tf32 = 156_TFLOPS,
              .fp16_accumulate_fp16 = 312_TFLOPS, .fp16 = 312_TFLOPS, .bf16 = 312_TFLOPS, .int8 = 624_TFLOPS,
              .int4 = 1248_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 12,
              .nvlink_bidirectional = 600_GBps, .topology = "nvswitch", .peer_access_over_pcie = known::yes},
    .board_power = 400_W, .form_factor = "SXM", .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 81920_MiB,
    .source = nvidia_a100_80gb,
    .note = "ML Engineering (Stas Bekman) rounds to 2.0 TB/s, TechPowerUp to 2040",
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu a800_pcie_40gb{
    .id = "a800-pcie-40gb", .name = "A800 PCIe 40GB", .architecture = "Ampere", .release_year = 2022,
    .compute_capability = {8, 0}, .streaming_multiprocessors = 108, .cuda_cores = 6912, .tensor_cores = 432,
    .base_clock_mhz = 765, .boost_clock_mhz = 1410,
    .memory = 40_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 5120, .memory_data_rate_gbps = 2.43,
    .memory_bandwidth = 1555_GBps,
    .l2_mb = 40, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 9.7_TFLOPS, .fp64_tensor = 19.5_TFLOPS, .fp32 = 19.5_TFLOPS, .tf32 = 156_TFLOPS,
              .fp16_accumulate_fp16 = 312_TFLOPS, .fp16 = 312_TFLOPS, .bf16 = 312_TFLOPS, .int8 = 624_TFLOPS,
              .int4 = 1248_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 8,
              .nvlink_bidirectional = 400_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 250_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 2,
    .cooling = cooling::passive,
    .mig_instances = 7,
    .source = public_database,
    .note = "A100 with NVLink cut to 400 GB/s (8 links); TechPowerUp: HBM2e and 1560 GB/s, 40 GB boards have HBM2",
    .estimated = fields(card_field::ecc, card_field::nvlink_total_bidir_gb_s, card_field::nvlink_links,
                        card_field::p2p_over_pcie, card_field::form_factor, card_field::cooling),
};

inline constexpr gpu a800_pcie_80gb{
    .id = "a800-pcie-80gb", .name = "A800 PCIe 80GB", .architecture = "Ampere", .release_year = 2022,
    .compute_capability = {8, 0}, .streaming_multiprocessors = 108, .cuda_cores = 6912, .tensor_cores = 432,
    .base_clock_mhz = 1065, .boost_clock_mhz = 1410,
    .memory = 80_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 5120, .memory_data_rate_gbps = 3.02,
    .memory_bandwidth = 1935_GBps,
    .l2_mb = 40, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 9.7_TFLOPS, .fp64_tensor = 19.5_TFLOPS, .fp32 = 19.5_TFLOPS, .tf32 = 156_TFLOPS,
              .fp16_accumulate_fp16 = 312_TFLOPS, .fp16 = 312_TFLOPS, .bf16 = 312_TFLOPS, .int8 = 624_TFLOPS,
              .int4 = 1248_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 8,
              .nvlink_bidirectional = 400_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 300_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 2,
    .cooling = cooling::passive,
    .mig_instances = 7,
    .source = public_database,
    .note = "A100 with NVLink cut to 400 GB/s (8 links); TechPowerUp: L2 80 MB (40) and 250 W (300)",
    .estimated = fields(card_field::ecc, card_field::nvlink_total_bidir_gb_s, card_field::nvlink_links,
                        card_field::p2p_over_pcie, card_field::form_factor, card_field::cooling),
};

inline constexpr gpu a800_sxm4_80gb{
    .id = "a800-sxm4-80gb", .name = "A800 SXM4 80GB", .architecture = "Ampere", .release_year = 2022,
    .compute_capability = {8, 0}, .streaming_multiprocessors = 108, .cuda_cores = 6912, .tensor_cores = 432,
    .base_clock_mhz = 1155, .boost_clock_mhz = 1410,
    .memory = 80_GiB, .memory_type = memory_type::hbm2e, .memory_bus_bits = 5120, .memory_data_rate_gbps = 3.19,
    .memory_bandwidth = 2039_GBps,
    .l2_mb = 40, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 9.7_TFLOPS, .fp64_tensor = 19.5_TFLOPS, .fp32 = 19.5_TFLOPS, .tf32 = 156_TFLOPS,
              .fp16_accumulate_fp16 = 312_TFLOPS, .fp16 = 312_TFLOPS, .bf16 = 312_TFLOPS, .int8 = 624_TFLOPS,
              .int4 = 1248_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 8,
              .nvlink_bidirectional = 400_GBps, .topology = "nvswitch", .peer_access_over_pcie = known::yes},
    .board_power = 400_W, .form_factor = "SXM", .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 81920_MiB,
    .source = public_database,
    .note = "A100 with NVLink cut to 400 GB/s (8 links)",
    .estimated = fields(card_field::nvlink_total_bidir_gb_s, card_field::nvlink_links, card_field::p2p_over_pcie,
                        card_field::form_factor, card_field::cooling),
};

inline constexpr gpu a30{
    .id = "a30", .name = "A30", .architecture = "Ampere", .release_year = 2021,
    .compute_capability = {8, 0}, .streaming_multiprocessors = 56, .cuda_cores = 3584, .tensor_cores = 224,
    .base_clock_mhz = 930, .boost_clock_mhz = 1440,
    .memory = 24_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 3072, .memory_data_rate_gbps = 2.43,
    .memory_bandwidth = 933_GBps,
    .l2_mb = 24, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 5.2_TFLOPS, .fp64_tensor = 10.3_TFLOPS, .fp32 = 10.3_TFLOPS, .tf32 = 82_TFLOPS,
              .fp16_accumulate_fp16 = 165_TFLOPS, .fp16 = 165_TFLOPS, .bf16 = 165_TFLOPS, .int8 = 330_TFLOPS,
              .int4 = 661_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 4,
              .nvlink_bidirectional = 200_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 165_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 2,
    .cooling = cooling::passive,
    .mig_instances = 4,
    .source = nvidia_board,
    .note = "TechPowerUp: HBM2e; NVIDIA: HBM2",
    .estimated = fields(card_field::cooling, card_field::p2p_over_pcie),
};

inline constexpr gpu a2{
    .id = "a2", .name = "A2", .architecture = "Ampere", .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 10, .cuda_cores = 1280, .tensor_cores = 40,
    .ray_tracing_cores = 10,
    .base_clock_mhz = 1440, .boost_clock_mhz = 1770,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 12.5,
    .memory_bandwidth = 200_GBps,
    .l2_mb = 2, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.0708_TFLOPS, .fp32 = 4.5_TFLOPS, .tf32 = 9_TFLOPS, .fp16_accumulate_fp16 = 18_TFLOPS,
              .fp16 = 18_TFLOPS, .bf16 = 18_TFLOPS, .int8 = 36_TFLOPS, .int4 = 72_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 60_W, .power_connector = "none", .form_factor = "PCIe", .slots = 1, .cooling = cooling::passive,
    .driver_total = 15356_MiB,
    .source = nvidia_board,
    .note = "TDP configurable 40-60 W",
    .estimated = fields(card_field::cooling, card_field::p2p_over_pcie),
};

inline constexpr gpu a10{
    .id = "a10", .name = "A10", .architecture = "Ampere", .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 72, .cuda_cores = 9216, .tensor_cores = 288,
    .ray_tracing_cores = 72,
    .base_clock_mhz = 885, .boost_clock_mhz = 1695,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 12.5,
    .memory_bandwidth = 600_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.4882_TFLOPS, .fp32 = 31.2_TFLOPS, .tf32 = 62.5_TFLOPS, .fp16_accumulate_fp16 = 125_TFLOPS,
              .fp16 = 125_TFLOPS, .bf16 = 125_TFLOPS, .int8 = 250_TFLOPS, .int4 = 500_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 150_W, .power_connector = "1x 8-pin", .form_factor = "PCIe", .slots = 1, .cooling = cooling::passive,
    .driver_total = 23028_MiB,
    .source = nvidia_board,
    .note =
        "the datasheet's 125 TFLOPS are 72 x 1024 x 1.695 GHz; TechPowerUp's FP64 at 1:32 is wrong (GA10x: 1:64); "
        "llm-analysis' 28 GB card does not exist",
    .estimated = fields(card_field::cooling, card_field::p2p_over_pcie),
};

inline constexpr gpu a10g{
    .id = "a10g", .name = "A10G (AWS)", .architecture = "Ampere", .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 80, .cuda_cores = 10240, .tensor_cores = 320,
    .ray_tracing_cores = 80,
    .base_clock_mhz = 1320, .boost_clock_mhz = 1710,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 12.5,
    .memory_bandwidth = 600_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp32 = 35_TFLOPS, .tf32 = 35_TFLOPS, .fp16 = 70_TFLOPS, .bf16 = 70_TFLOPS, .int8 = 140_TFLOPS,
              .int4 = 280_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 300_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 1,
    .cooling = cooling::passive,
    .driver_total = 23028_MiB, .runtime_total = 22587_MiB,
    .source =
        "device queries (PyTorch: 80 SMs; nvidia-smi: 300 W, ECC); the table of llm-analysis (70 TFLOPS); device "
        "queries (usable memory, ECC); the rest: TechPowerUp GPU database",
    .note =
        "PyTorch reports 80 SMs (TechPowerUp: 72) and nvidia-smi a 300 W limit (TechPowerUp: 150); Lightning lists "
        "the A10's 125 TFLOPS; llm-analysis 70, which is 80 x 512 x 1.71 GHz",
    .estimated = fields(card_field::tf32_dense, card_field::bf16_dense, card_field::nvlink_topology,
                        card_field::p2p_over_pcie, card_field::form_factor, card_field::cooling),
    .exempt = rules(physics_rule::tf32, physics_rule::fp16, physics_rule::bf16, physics_rule::int8, physics_rule::int4),
    .exemption_reason = "half the tensor rate of the A10: 512 FLOP a clock and SM (FP32 accumulation), as on GeForce",
};

inline constexpr gpu a16{
    .id = "a16", .name = "A16 (one of 4 GPUs)", .architecture = "Ampere", .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 10, .cuda_cores = 1280, .tensor_cores = 40,
    .ray_tracing_cores = 10,
    .base_clock_mhz = 1312, .boost_clock_mhz = 1755,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 12.5,
    .memory_bandwidth = 200_GBps,
    .l2_mb = 2, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.0702_TFLOPS, .fp32 = 4.5_TFLOPS, .tf32 = 9_TFLOPS, .fp16_accumulate_fp16 = 17.9_TFLOPS,
              .fp16 = 17.9_TFLOPS, .bf16 = 17.9_TFLOPS, .int8 = 35.9_TFLOPS, .int4 = 71.8_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 62.5_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 2,
    .cooling = cooling::passive,
    .driver_total = 15356_MiB,
    .source = nvidia_board,
    .note =
        "board of 4 GPUs, 64 GB, 250 W; this row is one of the four. Boost 1755 MHz (TechPowerUp) gives the "
        "datasheet's 4.5, 9.0 and 17.9 TFLOPS, Wikipedia's 1695 does not",
    .estimated = fields(card_field::cooling, card_field::p2p_over_pcie),
};

inline constexpr gpu a40{
    .id = "a40", .name = "A40", .architecture = "Ampere", .release_year = 2020,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 84, .cuda_cores = 10752, .tensor_cores = 336,
    .ray_tracing_cores = 84,
    .base_clock_mhz = 1305, .boost_clock_mhz = 1740,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 14.5,
    .memory_bandwidth = 696_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.5846_TFLOPS, .fp32 = 37.4_TFLOPS, .tf32 = 74.8_TFLOPS, .fp16_accumulate_fp16 = 149.7_TFLOPS,
              .fp16 = 149.7_TFLOPS, .bf16 = 149.7_TFLOPS, .int8 = 299.3_TFLOPS, .int4 = 598.7_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 4,
              .nvlink_bidirectional = 112.5_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 300_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 2,
    .cooling = cooling::passive,
    .driver_total = 46068_MiB, .runtime_total = 45416_MiB,
    .source =
        "NVIDIA A40 datasheet, product brief PB-09976 and GA102 whitepaper v2; device queries (usable memory, ECC); "
        "the rest: TechPowerUp GPU database",
    .estimated = fields(card_field::p2p_over_pcie),
};

inline constexpr gpu rtx_a6000{
    .id = "rtx-a6000", .name = "RTX A6000", .architecture = "Ampere", .segment = segment::workstation,
    .release_year = 2020,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 84, .cuda_cores = 10752, .tensor_cores = 336,
    .ray_tracing_cores = 84,
    .base_clock_mhz = 1410, .boost_clock_mhz = 1800,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 768_GBps,
    .l2_mb = 6, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.6048_TFLOPS, .fp32 = 38.7_TFLOPS, .tf32 = 77.4_TFLOPS, .fp16_accumulate_fp16 = 154.8_TFLOPS,
              .fp16 = 154.8_TFLOPS, .bf16 = 154.8_TFLOPS, .int8 = 309.7_TFLOPS, .int4 = 619.3_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 4,
              .nvlink_bidirectional = 112.5_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 300_W, .power_connector = "8-pin EPS", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower,
    .launch_price = 4649_USD, .driver_total = 49140_MiB, .runtime_total = 48676_MiB,
    .source =
        "NVIDIA RTX A6000 datasheet and GA102 whitepaper v2; device queries (usable memory, ECC); TechPowerUp for "
        "clocks",
    .note = "Lightning lists BF16 38.7, the vector rate",
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_a5500{
    .id = "rtx-a5500", .name = "RTX A5500", .architecture = "Ampere", .segment = segment::workstation,
    .release_year = 2022,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 80, .cuda_cores = 10240, .tensor_cores = 320,
    .ray_tracing_cores = 80,
    .base_clock_mhz = 1080, .boost_clock_mhz = 1665,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 768_GBps,
    .l2_mb = 6, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.5328_TFLOPS, .fp32 = 34.1_TFLOPS, .tf32 = 68.2_TFLOPS, .fp16_accumulate_fp16 = 136.4_TFLOPS,
              .fp16 = 136.4_TFLOPS, .bf16 = 136.4_TFLOPS, .int8 = 272.8_TFLOPS, .int4 = 545.6_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 4,
              .nvlink_bidirectional = 112.5_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 230_W, .power_connector = "1x 8-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower,
    .driver_total = 24564_MiB,
    .source = nvidia_rtx_a,
    .note = "tensor rate = 80 x 1024 x 1.665 GHz",
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu rtx_a5000{
    .id = "rtx-a5000", .name = "RTX A5000", .architecture = "Ampere", .segment = segment::workstation,
    .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 64, .cuda_cores = 8192, .tensor_cores = 256,
    .ray_tracing_cores = 64,
    .base_clock_mhz = 1170, .boost_clock_mhz = 1695,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 768_GBps,
    .l2_mb = 6, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.4339_TFLOPS, .fp32 = 27.8_TFLOPS, .tf32 = 55.54_TFLOPS, .fp16_accumulate_fp16 = 111.1_TFLOPS,
              .fp16 = 111.1_TFLOPS, .bf16 = 111.1_TFLOPS, .int8 = 222.2_TFLOPS, .int4 = 444.3_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 4,
              .nvlink_bidirectional = 112.5_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 230_W, .power_connector = "1x 8-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower,
    .launch_price = 2250_USD, .driver_total = 24564_MiB, .runtime_total = 24138_MiB,
    .source = nvidia_rtx_a,
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_a4500{
    .id = "rtx-a4500", .name = "RTX A4500", .architecture = "Ampere", .segment = segment::workstation,
    .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 56, .cuda_cores = 7168, .tensor_cores = 224,
    .ray_tracing_cores = 56,
    .base_clock_mhz = 1050, .boost_clock_mhz = 1650,
    .memory = 20_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 320, .memory_data_rate_gbps = 16,
    .memory_bandwidth = 640_GBps,
    .l2_mb = 6, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.3696_TFLOPS, .fp32 = 23.7_TFLOPS, .tf32 = 47.31_TFLOPS, .fp16_accumulate_fp16 = 94.6_TFLOPS,
              .fp16 = 94.6_TFLOPS, .bf16 = 94.6_TFLOPS, .int8 = 189.2_TFLOPS, .int4 = 378.5_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .nvlink_generation = 3, .nvlink_links = 4,
              .nvlink_bidirectional = 112.5_GBps, .topology = "bridge2", .peer_access_over_pcie = known::yes},
    .board_power = 200_W, .power_connector = "1x 8-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower,
    .driver_total = 20470_MiB,
    .source = nvidia_rtx_a,
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu rtx_a4000{
    .id = "rtx-a4000", .name = "RTX A4000", .architecture = "Ampere", .segment = segment::workstation,
    .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 48, .cuda_cores = 6144, .tensor_cores = 192,
    .ray_tracing_cores = 48,
    .base_clock_mhz = 735, .boost_clock_mhz = 1560,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 448_GBps,
    .l2_mb = 4, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.2995_TFLOPS, .fp32 = 19.2_TFLOPS, .tf32 = 38.34_TFLOPS, .fp16_accumulate_fp16 = 76.7_TFLOPS,
              .fp16 = 76.7_TFLOPS, .bf16 = 76.7_TFLOPS, .int8 = 153.4_TFLOPS, .int4 = 306.7_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 140_W, .power_connector = "1x 6-pin", .form_factor = "PCIe", .slots = 1, .cooling = cooling::blower,
    .launch_price = 1000_USD, .driver_total = 16376_MiB,
    .source = nvidia_rtx_a,
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_a2000_6gb{
    .id = "rtx-a2000-6gb", .name = "RTX A2000 6GB", .architecture = "Ampere", .segment = segment::workstation,
    .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 26, .cuda_cores = 3328, .tensor_cores = 104,
    .ray_tracing_cores = 26,
    .base_clock_mhz = 562, .boost_clock_mhz = 1200,
    .memory = 6_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 12,
    .memory_bandwidth = 288_GBps,
    .l2_mb = 3, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.1248_TFLOPS, .fp32 = 8_TFLOPS, .tf32 = 15.97_TFLOPS, .fp16_accumulate_fp16 = 32_TFLOPS,
              .fp16 = 32_TFLOPS, .bf16 = 32_TFLOPS, .int8 = 63.9_TFLOPS, .int4 = 127.8_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 70_W, .power_connector = "none", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower,
    .launch_price = 450_USD, .driver_total = 6138_MiB,
    .source = nvidia_rtx_a,
    .note = "tensor rate = 26 x 1024 x 1.2 GHz = 31.9",
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu rtx_a2000_12gb{
    .id = "rtx-a2000-12gb", .name = "RTX A2000 12GB", .architecture = "Ampere", .segment = segment::workstation,
    .release_year = 2021,
    .compute_capability = {8, 6}, .streaming_multiprocessors = 26, .cuda_cores = 3328, .tensor_cores = 104,
    .ray_tracing_cores = 26,
    .base_clock_mhz = 562, .boost_clock_mhz = 1200,
    .memory = 12_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 12,
    .memory_bandwidth = 288_GBps,
    .l2_mb = 3, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.1248_TFLOPS, .fp32 = 8_TFLOPS, .tf32 = 15.97_TFLOPS, .fp16_accumulate_fp16 = 32_TFLOPS,
              .fp16 = 32_TFLOPS, .bf16 = 32_TFLOPS, .int8 = 63.9_TFLOPS, .int4 = 127.8_TFLOPS,
              .structured_sparsity = known::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 70_W, .power_connector = "none", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower,
    .launch_price = 450_USD, .driver_total = 12282_MiB,
    .source = nvidia_rtx_a,
    .estimated = fields(card_field::p2p_over_pcie, card_field::cooling, card_field::launch_price_usd),
};

}  // namespace cardfit::cards
