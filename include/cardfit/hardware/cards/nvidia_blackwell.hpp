// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Blackwell, data center and workstation (2024).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A data center or workstation card of NVIDIA's Blackwell generation. `documents` cites what states each figure;
/// `estimated` names the figures that no document states.
/// @{
inline constexpr gpu b100{
    .id = "b100"sv, .name = "B100 SXM 192GB"sv, .architecture = gpu_architecture::blackwell, .release_year = 2024,
    .compute_capability = {10, 0},
    .memory = 192_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_bandwidth = 8000_GBps,
    .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 30_TFLOPS, .fp64_tensor = 30_TFLOPS, .fp32 = 60_TFLOPS, .tf32 = 900_TFLOPS,
              .fp16_accumulate_fp16 = 1750_TFLOPS, .fp16 = 1750_TFLOPS, .bf16 = 1750_TFLOPS,
              .fp8_accumulate_fp16 = 3500_TFLOPS, .fp8 = 3500_TFLOPS, .fp6 = 3500_TFLOPS, .fp4 = 7000_TFLOPS, .int8 = 3500_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.nvlink_generation = 5, .nvlink_links = 18,
              .nvlink_bidirectional = 1800_GBps, .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 700_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .mig_instances = 7,
    .availability = availability::barely_shipped,
    .platform = platform::dgx_b200,
    .documents = nvidia_b100,
    .note = "announced 2024, barely shipped; dense rates are half of the printed sparse ones"sv,
    .estimated = fields(card_field::compute_capability, card_field::memory_bus_bits, card_field::ecc,
                        card_field::fp32_tflops, card_field::cooling, card_field::mig_max_instances),
    .exempt = rules(physics_rule::multiprocessors),
    .exemption_reason = "NVIDIA published no count, and no board was read"sv,
};

inline constexpr gpu b200_sxm_180gb{
    .id = "b200-sxm-180gb"sv, .name = "B200 SXM (HGX/DGX) 180GB"sv, .architecture = gpu_architecture::blackwell,
    .release_year = 2024,
    .compute_capability = {10, 0}, .streaming_multiprocessors = 148, .cuda_cores = 18944, .tensor_cores = 592,
    .boost_clock_mhz = 1965, .tensor_clock_mhz = 1830,
    .memory = 180_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_data_rate_gbps = 7.99,
    .memory_bandwidth = 7700_GBps,
    .l2_mb = 126, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 37_TFLOPS, .fp64_tensor = 37_TFLOPS, .fp32 = 75_TFLOPS, .tf32 = 1125_TFLOPS,
              .fp16_accumulate_fp16 = 2250_TFLOPS, .fp16 = 2250_TFLOPS, .bf16 = 2250_TFLOPS,
              .fp8_accumulate_fp16 = 4500_TFLOPS, .fp8 = 4500_TFLOPS, .fp6 = 4500_TFLOPS, .fp4 = 9000_TFLOPS, .int8 = 4500_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 5, .nvlink_links = 18,
              .nvlink_bidirectional = 1800_GBps, .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 1000_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .mig_instances = 7, .launch_price = 40000_USD, .driver_total = 183359_MiB, .runtime_total = 182642_MiB,
    .virtual_gpu = documented::yes,
    .platform = platform::dgx_b200,
    .documents = nvidia_b200,
    .note =
        "bandwidth: 7.7 TB/s (HGX datasheet, aiconfigurator), 8.0 (DGX page, Stas Bekman), pins 8.18; 180 GB of "
        "192; FP32 75 (HGX) or 80 (GB200); PCIe 5 or 6 (aiconfigurator); TechPowerUp lists one die"sv,
    .estimated = fields(card_field::cooling),
    .exempt = rules(physics_rule::bandwidth),
    .exemption_reason = "the HGX datasheet's 7.7 TB/s is below the pins' 8.18"sv,
};

inline constexpr gpu gb200{
    .id = "gb200"sv, .name = "GB200 (per GPU) 186GB"sv, .architecture = gpu_architecture::blackwell, .release_year = 2024,
    .compute_capability = {10, 0}, .streaming_multiprocessors = 152, .cuda_cores = 19456, .tensor_cores = 608,
    .memory = 186_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_bandwidth = 8000_GBps,
    .l2_mb = 126, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 40_TFLOPS, .fp64_tensor = 40_TFLOPS, .fp32 = 80_TFLOPS, .tf32 = 1250_TFLOPS,
              .fp16_accumulate_fp16 = 2500_TFLOPS, .fp16 = 2500_TFLOPS, .bf16 = 2500_TFLOPS,
              .fp8_accumulate_fp16 = 5000_TFLOPS, .fp8 = 5000_TFLOPS, .fp6 = 5000_TFLOPS, .fp4 = 10000_TFLOPS, .int8 = 5000_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.nvlink_generation = 5, .nvlink_links = 18, .nvlink_bidirectional = 1800_GBps,
              .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes, .host_bidirectional = 450_GBps},
    .board_power = 1200_W, .form_factor = form_factor::superchip, .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 189471_MiB,
    .devices_per_module = 2,
    .platform = platform::gb200_nvl72,
    .documents = nvidia_gb200,
    .note =
        "152 multiprocessors by the tests of FastVideo; nvidia-smi limit 1200 W; FP64 40 is the NVL72 datasheet's, "
        "Blackwell's technical brief prints 45; C2C: a Grace CPU has 900 GB/s both ways, of which each of its two GPUs has half"sv,
    .estimated = fields(card_field::host_link_bidir_gb_s, card_field::cooling),
};

inline constexpr gpu b300_sxm_288gb{
    .id = "b300-sxm-288gb"sv, .name = "B300 SXM (HGX/DGX) 288GB"sv, .architecture = gpu_architecture::blackwell_ultra,
    .release_year = 2025,
    .compute_capability = {10, 3}, .streaming_multiprocessors = 148, .cuda_cores = 18944, .tensor_cores = 592,
    .boost_clock_mhz = 2032,
    .memory = 288_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_bandwidth = 7750_GBps,
    .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 1.25_TFLOPS, .fp64_tensor = 1.25_TFLOPS, .fp32 = 75_TFLOPS, .tf32 = 1125_TFLOPS,
              .fp16_accumulate_fp16 = 2250_TFLOPS, .fp16 = 2250_TFLOPS, .bf16 = 2250_TFLOPS,
              .fp8_accumulate_fp16 = 4500_TFLOPS, .fp8 = 4500_TFLOPS, .fp6 = 4500_TFLOPS, .fp4 = 14000_TFLOPS, .int8 = 153.5_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 6, .pcie_lanes = 16, .nvlink_generation = 5, .nvlink_links = 18,
              .nvlink_bidirectional = 1800_GBps, .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 1100_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 275040_MiB, .runtime_total = 274115_MiB,
    .virtual_gpu = documented::yes,
    .platform = platform::dgx_b300,
    .documents = nvidia_b300,
    .note =
        "FP4 dense: aiconfigurator 14000, Stas Bekman 12600 (FP4) and 15000 (NVFP4); INT8 cut to 153.5 (Bekman: "
        "4500); bandwidth 7.75 or 8.0 TB/s; 1100 W (nvidia-smi) against 1400 (TechPowerUp); 269 GiB usable; JAX "
        "lists 158 SMs; FP64 1.25 is an eighth of the 10 TFLOPS that a public notebook reads in the HGX datasheet"sv,
    .estimated = fields(card_field::fp64_tensor, card_field::cooling),
    .exempt = rules(physics_rule::fp64, physics_rule::fp64_tensor, physics_rule::fp6, physics_rule::fp32, physics_rule::tf32, physics_rule::fp16_accumulate_fp16, physics_rule::fp16,
        physics_rule::bf16, physics_rule::fp8_accumulate_fp16, physics_rule::fp8, physics_rule::fp4,
        physics_rule::int8),
    .exemption_reason =
        "NVIDIA's peaks are at about 1856 MHz, not at the 2032 MHz boost; NVFP4 is raised to three times FP8"sv,
};

inline constexpr gpu gb300{
    .id = "gb300"sv, .name = "GB300 (per GPU) 288GB"sv, .architecture = gpu_architecture::blackwell_ultra,
    .release_year = 2025,
    .compute_capability = {10, 3}, .streaming_multiprocessors = 152, .cuda_cores = 19456, .tensor_cores = 608,
    .memory = 288_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_bandwidth = 8000_GBps,
    .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 1.3_TFLOPS, .fp64_tensor = 1.3_TFLOPS, .fp32 = 80_TFLOPS, .tf32 = 1250_TFLOPS,
              .fp16_accumulate_fp16 = 2500_TFLOPS, .fp16 = 2500_TFLOPS, .bf16 = 2500_TFLOPS,
              .fp8_accumulate_fp16 = 5000_TFLOPS, .fp8 = 5000_TFLOPS, .fp6 = 5000_TFLOPS, .fp4 = 15000_TFLOPS, .int8 = 165_TFLOPS,
              .structured_sparsity = documented::yes},
    .links = {.nvlink_generation = 5, .nvlink_links = 18, .nvlink_bidirectional = 1800_GBps,
              .topology = link_topology::nvswitch,
              .peer_access_over_pcie = documented::yes, .host_bidirectional = 450_GBps},
    .board_power = 1400_W, .form_factor = form_factor::superchip, .cooling = cooling::passive,
    .mig_instances = 7, .driver_total = 284208_MiB,
    .devices_per_module = 2,
    .platform = platform::gb300_nvl72,
    .documents = nvidia_gb300,
    .note =
        "152 multiprocessors by a comment in public kernel code (B300: 148); INT8 165 dense by the datasheet, Stas "
        "Bekman's 5000 is wrong; FP4: 15000 (NVFP4); C2C: a Grace CPU has 900 GB/s both ways, of which each of its two GPUs has half"sv,
    .estimated = fields(card_field::host_link_bidir_gb_s, card_field::fp64_tflops, card_field::fp64_tensor, card_field::cooling, card_field::sm_count),
};

inline constexpr gpu rtx_pro_6000_blackwell{
    .id = "rtx-pro-6000-blackwell"sv, .name = "RTX PRO 6000 Blackwell Workstation"sv,
    .architecture = gpu_architecture::blackwell_2,
    .segment = segment::workstation, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 188, .cuda_cores = 24064, .tensor_cores = 752,
    .ray_tracing_cores = 188,
    .base_clock_mhz = 1590, .boost_clock_mhz = 2617,
    .memory = 96_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 512, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 1792_GBps,
    .l2_mb = 128, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.968_TFLOPS, .fp32 = 126_TFLOPS, .tf32 = 251.9_TFLOPS, .fp16_accumulate_fp16 = 503.8_TFLOPS,
              .fp16 = 503.8_TFLOPS, .bf16 = 503.8_TFLOPS, .fp8_accumulate_fp16 = 1008_TFLOPS, .fp8 = 1008_TFLOPS,
              .fp4 = 2015_TFLOPS, .int8 = 1008_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 600_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .mig_instances = 4, .launch_price = 8565_USD, .driver_total = 97887_MiB, .runtime_total = 97249_MiB,
    .documents = nvidia_rtx_pro,
    .note =
        "full rate with FP32 accumulation: 368 to 391 TFLOPS BF16 measured, more than the 252 that hmc-tech.com "
        "lists"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_pro_6000_blackwell_max_q{
    .id = "rtx-pro-6000-blackwell-max-q"sv, .name = "RTX PRO 6000 Blackwell Max-Q"sv,
    .architecture = gpu_architecture::blackwell_2,
    .segment = segment::workstation, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 188, .cuda_cores = 24064, .tensor_cores = 752,
    .ray_tracing_cores = 188,
    .base_clock_mhz = 1035, .boost_clock_mhz = 2280,
    .memory = 96_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 512, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 1792_GBps,
    .l2_mb = 128, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.715_TFLOPS, .fp32 = 109.7_TFLOPS, .tf32 = 219.5_TFLOPS, .fp16_accumulate_fp16 = 438.9_TFLOPS,
              .fp16 = 438.9_TFLOPS, .bf16 = 438.9_TFLOPS, .fp8_accumulate_fp16 = 877.9_TFLOPS, .fp8 = 877.9_TFLOPS,
              .fp4 = 1756_TFLOPS, .int8 = 877.9_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .mig_instances = 4, .launch_price = 8565_USD, .driver_total = 97887_MiB, .runtime_total = 97249_MiB,
    .documents = nvidia_rtx_pro,
    .note = "boost: TechPowerUp 2280, Wikipedia 2288 MHz; FP32: Hugging Face 116, NVIDIA 110"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_pro_6000_blackwell_server{
    .id = "rtx-pro-6000-blackwell-server"sv, .name = "RTX PRO 6000 Blackwell Server"sv,
    .architecture = gpu_architecture::blackwell_2,
    .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 188, .cuda_cores = 24064, .tensor_cores = 752,
    .ray_tracing_cores = 188,
    .base_clock_mhz = 1590, .boost_clock_mhz = 2617, .tensor_clock_mhz = 2430,
    .memory = 96_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 512, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 1597_GBps,
    .l2_mb = 128, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 1.968_TFLOPS, .fp32 = 120_TFLOPS, .tf32 = 233.9_TFLOPS, .fp16_accumulate_fp16 = 467.8_TFLOPS,
              .fp16 = 467.8_TFLOPS, .bf16 = 467.8_TFLOPS, .fp8_accumulate_fp16 = 935.6_TFLOPS, .fp8 = 935.6_TFLOPS,
              .fp4 = 1871_TFLOPS, .int8 = 935.6_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 600_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .mig_instances = 4, .driver_total = 97887_MiB, .runtime_total = 97250_MiB,
    .virtual_gpu = documented::yes,
    .platform = platform::g7e,
    .documents = nvidia_rtx_pro_server,
    .note =
        "TechPowerUp copies the workstation card (1790 GB/s, 2617 MHz, 126 TFLOPS); NVIDIA's 120 TFLOPS mean 2493 "
        "MHz; 417 TFLOPS BF16 measured; tensor rates are aiconfigurator's, at 2430 MHz, the largest clock of real "
        "nodes"sv,
    .estimated = fields(card_field::cooling),
    .exempt = rules(physics_rule::fp32, physics_rule::bandwidth),
    .exemption_reason =
        "NVIDIA's 120 TFLOPS and 1597 GB/s are below the workstation card's clocks, which the row has from "
        "TechPowerUp"sv,
};

inline constexpr gpu rtx_pro_5000_blackwell_48gb{
    .id = "rtx-pro-5000-blackwell-48gb"sv, .name = "RTX PRO 5000 Blackwell"sv,
    .architecture = gpu_architecture::blackwell_2,
    .segment = segment::workstation, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 110, .cuda_cores = 14080, .tensor_cores = 440,
    .ray_tracing_cores = 110,
    .base_clock_mhz = 1740, .boost_clock_mhz = 2377, .tensor_clock_mhz = 2290,
    .memory = 48_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 384, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 1344_GBps,
    .l2_mb = 96, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.046_TFLOPS, .fp32 = 66.94_TFLOPS, .tf32 = 129_TFLOPS, .fp16_accumulate_fp16 = 258_TFLOPS,
              .fp16 = 258_TFLOPS, .bf16 = 258_TFLOPS, .fp8_accumulate_fp16 = 516_TFLOPS, .fp8 = 516_TFLOPS,
              .fp4 = 1032_TFLOPS, .int8 = 516_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .mig_instances = 2, .launch_price = 4569_USD, .driver_total = 48935_MiB,
    .documents = nvidia_rtx_pro,
    .note =
        "boost by TechPowerUp; Wikipedia copies the RTX PRO 6000's clocks; tensor rates follow from NVIDIA's 2064 "
        "AI TOPS (FP4 sparse): 1032 dense mean 2290 MHz"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_pro_4500_blackwell{
    .id = "rtx-pro-4500-blackwell"sv, .name = "RTX PRO 4500 Blackwell"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::workstation, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 82, .cuda_cores = 10496, .tensor_cores = 328,
    .ray_tracing_cores = 82,
    .base_clock_mhz = 1635, .boost_clock_mhz = 2407, .tensor_clock_mhz = 2511,
    .memory = 32_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 256, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 896_GBps,
    .l2_mb = 64, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.7895_TFLOPS, .fp32 = 50.53_TFLOPS, .tf32 = 105.4_TFLOPS, .fp16_accumulate_fp16 = 210.9_TFLOPS,
              .fp16 = 210.9_TFLOPS, .bf16 = 210.9_TFLOPS, .fp8_accumulate_fp16 = 421.8_TFLOPS, .fp8 = 421.8_TFLOPS,
              .fp4 = 843.5_TFLOPS, .int8 = 421.8_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 200_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .mig_instances = 2, .launch_price = 2623_USD, .driver_total = 32623_MiB,
    .documents = nvidia_rtx_pro,
    .note =
        "boost by TechPowerUp; Wikipedia copies the RTX PRO 6000's clocks; tensor rates follow from NVIDIA's 1687 "
        "AI TOPS (FP4 sparse): 843.5 dense mean 2511 MHz"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu rtx_pro_4000_blackwell{
    .id = "rtx-pro-4000-blackwell"sv, .name = "RTX PRO 4000 Blackwell"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::workstation, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 70, .cuda_cores = 8960, .tensor_cores = 280,
    .ray_tracing_cores = 70,
    .base_clock_mhz = 1230, .boost_clock_mhz = 2055,
    .memory = 24_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 192, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 672_GBps,
    .l2_mb = 48, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.5754_TFLOPS, .fp32 = 36.83_TFLOPS, .tf32 = 73.65_TFLOPS, .fp16_accumulate_fp16 = 147.3_TFLOPS,
              .fp16 = 147.3_TFLOPS, .bf16 = 147.3_TFLOPS, .fp8_accumulate_fp16 = 294.6_TFLOPS, .fp8 = 294.6_TFLOPS,
              .fp4 = 589.2_TFLOPS, .int8 = 294.6_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 140_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 1,
    .cooling = cooling::blower,
    .launch_price = 1546_USD, .driver_total = 24467_MiB,
    .documents = nvidia_rtx_pro,
    .note = "boost by TechPowerUp; Wikipedia copies the RTX PRO 6000's clocks; tensor rates by formula, +-10 %"sv,
    .estimated = fields(card_field::tf32_dense, card_field::fp16_tensor_acc16_dense,
                        card_field::fp16_tensor_acc32_dense, card_field::bf16_dense, card_field::fp8_acc16_dense,
                        card_field::fp8_dense, card_field::fp4_dense, card_field::int8_dense, card_field::cooling),
};

inline constexpr gpu rtx_pro_2000_blackwell{
    .id = "rtx-pro-2000-blackwell"sv, .name = "RTX PRO 2000 Blackwell"sv, .architecture = gpu_architecture::blackwell_2,
    .segment = segment::workstation, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 34, .cuda_cores = 4352, .tensor_cores = 136,
    .ray_tracing_cores = 34,
    .base_clock_mhz = 982, .boost_clock_mhz = 1957,
    .memory = 16_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 128, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 288_GBps,
    .l2_mb = 32, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.2662_TFLOPS, .fp32 = 17.03_TFLOPS, .tf32 = 34.07_TFLOPS, .fp16_accumulate_fp16 = 68.13_TFLOPS,
              .fp16 = 68.13_TFLOPS, .bf16 = 68.13_TFLOPS, .fp8_accumulate_fp16 = 136.3_TFLOPS, .fp8 = 136.3_TFLOPS,
              .fp4 = 272.5_TFLOPS, .int8 = 136.3_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 70_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = nvidia_rtx_pro,
    .note = "boost by TechPowerUp; Wikipedia copies the RTX PRO 6000's clocks; tensor rates by formula, +-10 %"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu rtx_pro_5000_blackwell_72gb{
    .id = "rtx-pro-5000-blackwell-72gb"sv, .name = "RTX PRO 5000 Blackwell 72GB"sv,
    .architecture = gpu_architecture::blackwell_2,
    .segment = segment::workstation, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 110, .cuda_cores = 14080, .tensor_cores = 440,
    .ray_tracing_cores = 110,
    .base_clock_mhz = 1740, .boost_clock_mhz = 2377, .tensor_clock_mhz = 2290,
    .memory = 72_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 384, .memory_data_rate_gbps = 28,
    .memory_bandwidth = 1344_GBps,
    .l2_mb = 96, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.046_TFLOPS, .fp32 = 66.94_TFLOPS, .tf32 = 129_TFLOPS, .fp16_accumulate_fp16 = 258_TFLOPS,
              .fp16 = 258_TFLOPS, .bf16 = 258_TFLOPS, .fp8_accumulate_fp16 = 516_TFLOPS, .fp8 = 516_TFLOPS,
              .fp4 = 1032_TFLOPS, .int8 = 516_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .power_connector = "1x 16-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = nvidia_rtx_pro,
    .note =
        "tensor rates follow from NVIDIA's 2064 AI TOPS (FP4 sparse): 1032 dense mean 2290 MHz; MIG limits of the "
        "72 GB card not confirmed"sv,
    .estimated = fields(card_field::ecc, card_field::cooling),
};

inline constexpr gpu rtx_pro_4000_blackwell_sff{
    .id = "rtx-pro-4000-blackwell-sff"sv, .name = "RTX PRO 4000 Blackwell SFF"sv,
    .architecture = gpu_architecture::blackwell_2, .segment = segment::workstation, .release_year = 2025,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 70, .cuda_cores = 8960, .tensor_cores = 280,
    .ray_tracing_cores = 70, .base_clock_mhz = 790, .boost_clock_mhz = 1337,
    .memory = 24_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 192, .memory_data_rate_gbps = 18,
    .memory_bandwidth = 432_GBps,
    .l2_mb = 48, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.37_TFLOPS, .fp32 = 23.96_TFLOPS, .tf32 = 47.92_TFLOPS, .fp16_accumulate_fp16 = 95.84_TFLOPS,
              .fp16 = 95.84_TFLOPS, .bf16 = 95.84_TFLOPS, .fp8_accumulate_fp16 = 191.67_TFLOPS, .fp8 = 191.67_TFLOPS,
              .fp4 = 383.35_TFLOPS, .int8 = 191.67_TFLOPS, .structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 70_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .documents = nvidia_rtx_pro_sff,
};

inline constexpr gpu rtx_pro_4500_blackwell_server{
    .id = "rtx-pro-4500-blackwell-server"sv, .name = "RTX PRO 4500 Blackwell Server"sv,
    .architecture = gpu_architecture::blackwell_2, .release_year = 2026,
    .compute_capability = {12, 0}, .streaming_multiprocessors = 82, .cuda_cores = 10496, .tensor_cores = 328,
    .ray_tracing_cores = 82,
    .memory = 32_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 256, .memory_bandwidth = 800_GBps,
    .ecc = ecc_support::supported,
    .rates = {.structured_sparsity = documented::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 165_W, .form_factor = form_factor::pcie, .slot_width = 1, .cooling = cooling::passive,
    .mig_instances = 2,
    .virtual_gpu = documented::yes,
    .documents = nvidia_rtx_pro_4500_server,
    .note = "figures of a system builder's benchmark; no document states a rate or the clock"sv,
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_blackwell_rows{
    &b100, &b200_sxm_180gb, &gb200, &b300_sxm_288gb, &gb300, &rtx_pro_6000_blackwell, &rtx_pro_6000_blackwell_max_q,
    &rtx_pro_6000_blackwell_server, &rtx_pro_5000_blackwell_48gb, &rtx_pro_4500_blackwell, &rtx_pro_4000_blackwell,
    &rtx_pro_2000_blackwell, &rtx_pro_5000_blackwell_72gb,
    &rtx_pro_4000_blackwell_sff,
    &rtx_pro_4500_blackwell_server,
};

}  // namespace cardfit::cards
