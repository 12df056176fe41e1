// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Jetson and DGX Spark.

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// The GPU of a Jetson module or of DGX Spark, with the memory that it shares with its host. `documents` cites what
/// states each figure; `estimated` names the figures that no document states.
/// @{
inline constexpr gpu jetson_agx_orin_64gb{
    .id = "jetson-agx-orin-64gb"sv, .name = "Jetson AGX Orin 64GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::embedded, .release_year = 2022,
    .compute_capability = {8, 7}, .streaming_multiprocessors = 16, .cuda_cores = 2048, .tensor_cores = 64,
    .base_clock_mhz = 1300, .boost_clock_mhz = 1300,
    .memory = 64_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::whole, .memory_bus_bits = 256, .memory_data_rate_gbps = 6.4,
    .memory_bandwidth = 204.8_GBps,
    .l2_mb = 4,
    .rates = {.fp32 = 5.325_TFLOPS, .tf32 = 21.3_TFLOPS, .fp16_accumulate_fp16 = 42.6_TFLOPS, .fp16 = 42.6_TFLOPS,
              .bf16 = 42.6_TFLOPS, .int8 = 85.2_TFLOPS, .int4 = 170.4_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 4, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 60_W, .form_factor = form_factor::module, .cooling = cooling::active,
    .launch_price = 2000_USD,
    .runtime_total = 62873_MiB,
    .documents = nvidia_jetson,
    .note =
        "memory shared with the CPU; usable_mib_torch overruled by ollama-3406; 275 TOPS are INT8 sparse, GPU 170 and DLA 105: GPU dense 85; Hugging Face's "
        "FP16 10.65 is the vector rate; TechPowerUp L2 6 MB"sv,
    .estimated = fields(card_field::l2_mb, card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu jetson_agx_orin_32gb{
    .id = "jetson-agx-orin-32gb"sv, .name = "Jetson AGX Orin 32GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::embedded, .release_year = 2022,
    .compute_capability = {8, 7}, .streaming_multiprocessors = 14, .cuda_cores = 1792, .tensor_cores = 56,
    .base_clock_mhz = 930, .boost_clock_mhz = 930,
    .memory = 32_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::whole, .memory_bus_bits = 256, .memory_data_rate_gbps = 6.4,
    .memory_bandwidth = 204.8_GBps,
    .l2_mb = 4,
    .rates = {.fp32 = 3.333_TFLOPS, .tf32 = 13.33_TFLOPS, .fp16_accumulate_fp16 = 26.66_TFLOPS, .fp16 = 26.66_TFLOPS,
              .bf16 = 26.66_TFLOPS, .int8 = 53.33_TFLOPS, .int4 = 106.7_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 4, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 40_W, .form_factor = form_factor::module, .cooling = cooling::active,
    .launch_price = 999_USD,
    .documents = nvidia_jetson,
    .note = "memory shared with the CPU; 200 TOPS are INT8 sparse and include the DLA"sv,
    .estimated = fields(card_field::l2_mb, card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu jetson_thor_t5000{
    .id = "jetson-thor-t5000"sv, .name = "Jetson AGX Thor (T5000)"sv, .architecture = gpu_architecture::blackwell,
    .segment = segment::embedded, .release_year = 2025,
    .compute_capability = {11, 0}, .streaming_multiprocessors = 20, .cuda_cores = 2560, .tensor_cores = 80,
    .boost_clock_mhz = 1575,
    .memory = 128_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::whole, .memory_bus_bits = 256, .memory_data_rate_gbps = 8.533,
    .memory_bandwidth = 273_GBps,
    .l2_mb = 32,
    .rates = {.tf32 = 129_TFLOPS, .fp16_accumulate_fp16 = 258_TFLOPS, .fp16 = 258_TFLOPS, .bf16 = 258_TFLOPS, .fp8 = 517_TFLOPS, .fp4 = 1035_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .board_power = 130_W, .form_factor = form_factor::module,
    .mig_instances = 2,
    .documents = nvidia_thor,
    .note =
        "marketed 2070 TFLOPS are FP4 sparse, 1035 dense; compute capability 11.0 since CUDA 13, 10.1 before; a "
        "device query shows 20 multiprocessors, 80 tensor cores (96 is the full chip) and L2 of 32 MiB; 16-bit "
        "rates are half of FP8 517"sv,
};

inline constexpr gpu gb10{
    .id = "gb10"sv, .name = "GB10 (DGX Spark)"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::embedded,
    .release_year = 2025,
    .compute_capability = {12, 1}, .streaming_multiprocessors = 48, .cuda_cores = 6144, .tensor_cores = 192,
    .ray_tracing_cores = 48,
    .base_clock_mhz = 1665, .boost_clock_mhz = 2418,
    .memory = 128_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::whole, .memory_bus_bits = 256, .memory_data_rate_gbps = 8.533,
    .memory_bandwidth = 273_GBps,
    .l2_mb = 24,
    .rates = {.fp64 = 0.4643_TFLOPS, .fp32 = 29.71_TFLOPS, .tf32 = 59.4_TFLOPS, .fp16_accumulate_fp16 = 118.8_TFLOPS, .fp16 = 118.8_TFLOPS, .bf16 = 118.8_TFLOPS, .fp8_accumulate_fp16 = 237.7_TFLOPS, .fp8 = 237.7_TFLOPS, .fp4 = 500_TFLOPS, .int8 = 237.7_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::no},
    .board_power = 140_W, .form_factor = form_factor::system, .cooling = cooling::active,
    .launch_price = 3999_USD,
    .runtime_total = 124549_MiB,
    .platform = platform::dgx_spark,
    .documents = nvidia_spark,
    .note =
        "marketed 1 PFLOP is FP4 sparse, 500 dense; full rate with FP32 accumulation: NVIDIA developer forum 359960 "
        "measures 188 TFLOPS in FP8, above the 119 of half rate; runtime totals 121.63 to 121.69 GiB, 119.6 to "
        "119.7 on other images; L2: TechPowerUp 50 MB; unified memory, nvidia-smi prints Not Supported"sv,
    .estimated = fields(card_field::launch_price_usd, card_field::l2_mb, card_field::cooling),
    .exempt = rules(physics_rule::fp4),
    .exemption_reason = "the marketed 1 PFLOP (sparse) is rounded up from 475 dense"sv,
};

inline constexpr gpu jetson_orin_nx_16gb{
    .id = "jetson-orin-nx-16gb"sv, .name = "Jetson Orin NX 16GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::embedded, .release_year = 2023,
    .compute_capability = {8, 7}, .streaming_multiprocessors = 8, .cuda_cores = 1024, .tensor_cores = 32,
    .memory = 16_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::whole, .memory_bus_bits = 128, .memory_bandwidth = 102.4_GBps,
    .rates = {.structured_sparsity = documented::yes},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .board_power = 25_W, .form_factor = form_factor::module,
    .documents = nvidia_jetson_small,
    .note = "memory shared with the CPU; clocks differ by power mode (and by the Super mode of 2024): rates left empty"sv,
};

inline constexpr gpu jetson_orin_nx_8gb{
    .id = "jetson-orin-nx-8gb"sv, .name = "Jetson Orin NX 8GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::embedded, .release_year = 2023,
    .compute_capability = {8, 7}, .streaming_multiprocessors = 8, .cuda_cores = 1024, .tensor_cores = 32,
    .memory = 8_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::whole, .memory_bus_bits = 128, .memory_bandwidth = 102.4_GBps,
    .rates = {.structured_sparsity = documented::yes},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .board_power = 20_W, .form_factor = form_factor::module,
    .documents = nvidia_jetson_small,
    .note = "memory shared with the CPU; clocks differ by power mode (and by the Super mode of 2024): rates left empty"sv,
};

inline constexpr gpu jetson_orin_nano_8gb{
    .id = "jetson-orin-nano-8gb"sv, .name = "Jetson Orin Nano 8GB"sv, .architecture = gpu_architecture::ampere,
    .segment = segment::embedded, .release_year = 2023,
    .compute_capability = {8, 7}, .streaming_multiprocessors = 8, .cuda_cores = 1024, .tensor_cores = 32,
    .boost_clock_mhz = 625,
    .memory = 8_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::whole, .memory_bus_bits = 128, .memory_bandwidth = 68_GBps,
    .rates = {.fp32 = 1.28_TFLOPS, .tf32 = 5.12_TFLOPS, .fp16_accumulate_fp16 = 10.24_TFLOPS, .fp16 = 10.24_TFLOPS,
              .bf16 = 10.24_TFLOPS, .int8 = 20.48_TFLOPS, .int4 = 40.96_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .board_power = 15_W, .form_factor = form_factor::module,
    .documents = nvidia_jetson_small,
    .note = 
        "memory shared with the CPU; rates at the data sheet's 625 MHz (15 W, 40 TOPS INT8 sparse); the Super mode of "
        "2024 (25 W) has 1020 MHz and 102 GB/s"sv,
};

inline constexpr gpu jetson_thor_t4000{
    .id = "jetson-thor-t4000"sv, .name = "Jetson Thor T4000"sv, .architecture = gpu_architecture::blackwell,
    .segment = segment::embedded, .release_year = 2026,
    .compute_capability = {11, 0}, .streaming_multiprocessors = 12, .cuda_cores = 1536,
    .memory = 64_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::whole, .memory_bus_bits = 256, .memory_bandwidth = 273_GBps,
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::module,
    .documents = nvidia_thor_t4000,
    .note = "memory shared with the CPU; NVIDIA's page of the module was not read: memory and multiprocessors are recalled"sv,
    .estimated = fields(card_field::sm_count, card_field::memory_gb, card_field::memory_bandwidth_gb_s),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_embedded_rows{
    &jetson_agx_orin_64gb, &jetson_agx_orin_32gb, &jetson_thor_t5000, &gb10,
    &jetson_orin_nx_16gb,
    &jetson_orin_nx_8gb,
    &jetson_orin_nano_8gb,
    &jetson_thor_t4000,
};

}  // namespace cardfit::cards
