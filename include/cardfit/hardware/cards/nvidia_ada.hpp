// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Ada Lovelace, data center and workstation (2022).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A data center or workstation card of NVIDIA's Ada Lovelace generation. `documents` cites what states each figure;
/// `estimated` names the figures that no document states.
/// @{
inline constexpr gpu l4{
    .id = "l4"sv, .name = "L4"sv, .architecture = gpu_architecture::ada_lovelace, .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 58, .cuda_cores = 7424, .tensor_cores = 232,
    .ray_tracing_cores = 58,
    .base_clock_mhz = 795, .boost_clock_mhz = 2040,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 12.5,
    .memory_bandwidth = 300_GBps,
    .l2_mb = 48, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.4733_TFLOPS, .fp32 = 30.3_TFLOPS, .tf32 = 60_TFLOPS, .fp16_accumulate_fp16 = 121_TFLOPS,
              .fp16 = 121_TFLOPS, .bf16 = 121_TFLOPS, .fp8_accumulate_fp16 = 242.5_TFLOPS, .fp8 = 242.5_TFLOPS,
              .int8 = 242.5_TFLOPS, .int4 = 485_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 72_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 1,
    .cooling = cooling::passive,
    .driver_total = 23034_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_board,
    .note =
        "TechPowerUp, Wikipedia and NVIDIA's sheet print 60 SMs and 240 tensor cores; 7424 cores are 58 SMs, and 58 "
        "x 1024 x 2.04 GHz = 121.2; INT4 from Lightning; AWS g6 machines refuse peer access (llm-d-infra issue 181)"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu l20{
    .id = "l20"sv, .name = "L20"sv, .architecture = gpu_architecture::ada_lovelace, .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 92, .cuda_cores = 11776, .tensor_cores = 368,
    .ray_tracing_cores = 92,
    .base_clock_mhz = 1440, .boost_clock_mhz = 2520,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 864_GBps,
    .l2_mb = 96, .ecc = ecc_support::on_by_default,
    .rates = {.fp32 = 59.8_TFLOPS, .tf32 = 59.8_TFLOPS, .fp16_accumulate_fp16 = 119.5_TFLOPS, .fp16 = 119.5_TFLOPS,
              .bf16 = 119.5_TFLOPS, .fp8_accumulate_fp16 = 239_TFLOPS, .fp8 = 239_TFLOPS, .int8 = 239_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 275_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .driver_total = 46068_MiB,
    .virtual_gpu = documented::yes,
    .availability = availability::for_export,
    .documents = public_database,
    .note =
        "for China; tensor rate is half of full-rate Ada, as on the L40; Hugging Face lists FP32 59.35; nvidia-smi "
        "shows 46068 MiB in eight logs, so ECC is on"sv,
    .estimated = fields(card_field::tf32_dense, card_field::fp16_tensor_acc16_dense,
                        card_field::fp16_tensor_acc32_dense, card_field::bf16_dense, card_field::fp8_acc16_dense,
                        card_field::fp8_dense, card_field::int8_dense, card_field::nvlink_topology,
                        card_field::cooling),
    .exempt = rules(physics_rule::tf32, physics_rule::fp16_accumulate_fp16, physics_rule::fp16, physics_rule::bf16,
        physics_rule::fp8_accumulate_fp16, physics_rule::fp8, physics_rule::int8),
    .exemption_reason = "half of Ada's tensor rate, as the L40"sv,
};

inline constexpr gpu l40{
    .id = "l40"sv, .name = "L40"sv, .architecture = gpu_architecture::ada_lovelace, .release_year = 2022,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 142, .cuda_cores = 18176, .tensor_cores = 568,
    .ray_tracing_cores = 142,
    .base_clock_mhz = 735, .boost_clock_mhz = 2490,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 864_GBps,
    .l2_mb = 96, .ecc = ecc_support::on_by_default,
    .rates = {.fp32 = 90.5_TFLOPS, .tf32 = 90.5_TFLOPS, .fp16_accumulate_fp16 = 181.05_TFLOPS, .fp16 = 181.05_TFLOPS,
              .bf16 = 181.05_TFLOPS, .fp8_accumulate_fp16 = 362_TFLOPS, .fp8 = 362_TFLOPS, .int8 = 362_TFLOPS,
              .int4 = 724_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .virtual_gpu = documented::yes,
    .documents = nvidia_board,
    .note = "half the tensor rate of the L40S; Wikipedia lists 362.1 FP16 dense, which is the sparse figure"sv,
    .estimated = fields(card_field::cooling),
    .exempt = rules(physics_rule::tf32, physics_rule::fp16_accumulate_fp16, physics_rule::fp16, physics_rule::bf16,
        physics_rule::fp8_accumulate_fp16, physics_rule::fp8, physics_rule::int8, physics_rule::int4),
    .exemption_reason = "NVIDIA lists the L40 at half of Ada's tensor rate"sv,
};

inline constexpr gpu l40s{
    .id = "l40s"sv, .name = "L40S"sv, .architecture = gpu_architecture::ada_lovelace, .release_year = 2022,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 142, .cuda_cores = 18176, .tensor_cores = 568,
    .ray_tracing_cores = 142,
    .base_clock_mhz = 1110, .boost_clock_mhz = 2520,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 864_GBps,
    .l2_mb = 96, .ecc = ecc_support::on_by_default,
    .rates = {.fp32 = 91.6_TFLOPS, .tf32 = 183_TFLOPS, .fp16_accumulate_fp16 = 362.05_TFLOPS, .fp16 = 362.05_TFLOPS,
              .bf16 = 362.05_TFLOPS, .fp8_accumulate_fp16 = 733_TFLOPS, .fp8 = 733_TFLOPS, .int8 = 733_TFLOPS,
              .int4 = 733_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 350_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .driver_total = 46068_MiB, .runtime_total = 45589_MiB,
    .virtual_gpu = documented::yes,
    .platform = platform::g6e,
    .documents = nvidia_board,
    .note =
        "TechPowerUp: 300 W and L2 48 MB; NVIDIA: 350 W. The datasheet prints INT4 = INT8 = 733, Lightning's L40 "
        "has INT4 = 2 x INT8: unresolved; L2 is that of the L40, the same chip"sv,
    .estimated = fields(card_field::cooling),
    .exempt = rules(physics_rule::int4),
    .exemption_reason = "the datasheet prints INT4 = INT8 = 733"sv,
};

inline constexpr gpu rtx_6000_ada{
    .id = "rtx-6000-ada"sv, .name = "RTX 6000 Ada"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::workstation,
    .release_year = 2022,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 142, .cuda_cores = 18176, .tensor_cores = 568,
    .ray_tracing_cores = 142,
    .base_clock_mhz = 915, .boost_clock_mhz = 2505,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
    .l2_mb = 96, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 1.423_TFLOPS, .fp32 = 91.1_TFLOPS, .tf32 = 182.1_TFLOPS, .fp16_accumulate_fp16 = 364.25_TFLOPS,
              .fp16 = 364.25_TFLOPS, .bf16 = 364.25_TFLOPS, .fp8_accumulate_fp16 = 728.5_TFLOPS, .fp8 = 728.5_TFLOPS,
              .int8 = 728.5_TFLOPS, .int4 = 1457_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .launch_price = 6799_USD, .driver_total = 49140_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_rtx_ada,
    .note = "the datasheet's \"Tensor 1457\" is FP8 sparse"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_5880_ada{
    .id = "rtx-5880-ada"sv, .name = "RTX 5880 Ada"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::workstation,
    .release_year = 2024,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 110, .cuda_cores = 14080, .tensor_cores = 440,
    .ray_tracing_cores = 110,
    .base_clock_mhz = 975, .boost_clock_mhz = 2460,
    .memory = 48_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 384, .memory_data_rate_gbps = 20,
    .memory_bandwidth = 960_GBps,
    .l2_mb = 96, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.082_TFLOPS, .fp32 = 69.27_TFLOPS, .tf32 = 138.5_TFLOPS, .fp16_accumulate_fp16 = 277.1_TFLOPS,
              .fp16 = 277.1_TFLOPS, .bf16 = 277.1_TFLOPS, .fp8_accumulate_fp16 = 554.2_TFLOPS, .fp8 = 554.2_TFLOPS,
              .int8 = 554.2_TFLOPS, .int4 = 1108_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 285_W, .form_factor = form_factor::pcie, .slot_width = 2, .cooling = cooling::blower,
    .launch_price = 6000_USD, .driver_total = 46068_MiB,
    .virtual_gpu = documented::yes,
    .availability = availability::for_export,
    .documents = nvidia_rtx_ada,
    .note = "export SKU"sv,
    .estimated = fields(card_field::vgpu, card_field::cooling),
};

inline constexpr gpu rtx_5000_ada{
    .id = "rtx-5000-ada"sv, .name = "RTX 5000 Ada"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::workstation,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 100, .cuda_cores = 12800, .tensor_cores = 400,
    .ray_tracing_cores = 100,
    .base_clock_mhz = 1155, .boost_clock_mhz = 2550,
    .memory = 32_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 256, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 576_GBps,
    .l2_mb = 72, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.02_TFLOPS, .fp32 = 65.3_TFLOPS, .tf32 = 130.6_TFLOPS, .fp16_accumulate_fp16 = 261.1_TFLOPS,
              .fp16 = 261.1_TFLOPS, .bf16 = 261.1_TFLOPS, .fp8_accumulate_fp16 = 522.2_TFLOPS, .fp8 = 522.2_TFLOPS,
              .int8 = 522.2_TFLOPS, .int4 = 1044_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .launch_price = 4000_USD, .driver_total = 32760_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_rtx_ada,
    .estimated = fields(card_field::vgpu, card_field::cooling),
};

inline constexpr gpu rtx_4500_ada{
    .id = "rtx-4500-ada"sv, .name = "RTX 4500 Ada"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::workstation,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 60, .cuda_cores = 7680, .tensor_cores = 240,
    .ray_tracing_cores = 60,
    .base_clock_mhz = 2070, .boost_clock_mhz = 2580,
    .memory = 24_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 192, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 432_GBps,
    .l2_mb = 48, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.6192_TFLOPS, .fp32 = 39.6_TFLOPS, .tf32 = 79.26_TFLOPS, .fp16_accumulate_fp16 = 158.5_TFLOPS,
              .fp16 = 158.5_TFLOPS, .bf16 = 158.5_TFLOPS, .fp8_accumulate_fp16 = 317_TFLOPS, .fp8 = 317_TFLOPS,
              .int8 = 317_TFLOPS, .int4 = 634.1_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 210_W, .form_factor = form_factor::pcie, .slot_width = 2, .cooling = cooling::blower,
    .launch_price = 2250_USD,
    .documents = nvidia_rtx_ada,
    .estimated = fields(card_field::l2_mb, card_field::cooling),
};

inline constexpr gpu rtx_4000_ada{
    .id = "rtx-4000-ada"sv, .name = "RTX 4000 Ada"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::workstation,
    .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 48, .cuda_cores = 6144, .tensor_cores = 192,
    .ray_tracing_cores = 48,
    .base_clock_mhz = 1500, .boost_clock_mhz = 2175, .tensor_clock_mhz = 1666,
    .memory = 20_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 160, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 360_GBps,
    .l2_mb = 48, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.4176_TFLOPS, .fp32 = 26.7_TFLOPS, .tf32 = 41_TFLOPS, .fp16_accumulate_fp16 = 81.9_TFLOPS,
              .fp16 = 81.9_TFLOPS, .bf16 = 81.9_TFLOPS, .fp8_accumulate_fp16 = 163.8_TFLOPS, .fp8 = 163.8_TFLOPS,
              .int8 = 163.8_TFLOPS, .int4 = 327.6_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 130_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 1,
    .cooling = cooling::blower,
    .launch_price = 1250_USD, .driver_total = 20475_MiB,
    .documents = nvidia_rtx_ada,
    .note =
        "tensor rates by NVIDIA's datasheet: 327.6 TFLOPS (FP8 sparse) are 81.9 dense FP16, at 1666 MHz, though "
        "FP32 is stated at 2175 MHz"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_4000_sff_ada{
    .id = "rtx-4000-sff-ada"sv, .name = "RTX 4000 SFF Ada"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::workstation, .release_year = 2023,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 48, .cuda_cores = 6144, .tensor_cores = 192,
    .ray_tracing_cores = 48,
    .base_clock_mhz = 720, .boost_clock_mhz = 1560,
    .memory = 20_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 160, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 280_GBps,
    .l2_mb = 48, .ecc = ecc_support::off_by_default,
    .rates = {.fp64 = 0.2995_TFLOPS, .fp32 = 19.2_TFLOPS, .tf32 = 38.34_TFLOPS, .fp16_accumulate_fp16 = 76.7_TFLOPS,
              .fp16 = 76.7_TFLOPS, .bf16 = 76.7_TFLOPS, .fp8_accumulate_fp16 = 153.4_TFLOPS, .fp8 = 153.4_TFLOPS,
              .int8 = 153.4_TFLOPS, .int4 = 306.7_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 70_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .launch_price = 1250_USD, .driver_total = 20475_MiB,
    .documents = nvidia_rtx_ada,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_2000_ada{
    .id = "rtx-2000-ada"sv, .name = "RTX 2000 Ada"sv, .architecture = gpu_architecture::ada_lovelace,
    .segment = segment::workstation,
    .release_year = 2024,
    .compute_capability = {8, 9}, .streaming_multiprocessors = 22, .cuda_cores = 2816, .tensor_cores = 88,
    .ray_tracing_cores = 22,
    .base_clock_mhz = 1620, .boost_clock_mhz = 2130,
    .memory = 16_GiB, .memory_type = memory_type::gddr6, .memory_bus_bits = 128, .memory_data_rate_gbps = 14,
    .memory_bandwidth = 224_GBps,
    .l2_mb = 12, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.1874_TFLOPS, .fp32 = 12_TFLOPS, .tf32 = 23.99_TFLOPS, .fp16_accumulate_fp16 = 48_TFLOPS,
              .fp16 = 48_TFLOPS, .bf16 = 48_TFLOPS, .fp8_accumulate_fp16 = 96_TFLOPS, .fp8 = 96_TFLOPS,
              .int8 = 95.97_TFLOPS, .int4 = 191.9_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 4, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 70_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .launch_price = 650_USD,
    .documents = nvidia_rtx_ada,
    .note = "bandwidth: TechPowerUp 256 (16 Gbps), NVIDIA and Wikipedia 224"sv,
    .estimated = fields(card_field::cooling),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_ada_rows{
    &l4, &l20, &l40, &l40s, &rtx_6000_ada, &rtx_5880_ada, &rtx_5000_ada, &rtx_4500_ada, &rtx_4000_ada,
    &rtx_4000_sff_ada, &rtx_2000_ada,
};

}  // namespace cardfit::cards
