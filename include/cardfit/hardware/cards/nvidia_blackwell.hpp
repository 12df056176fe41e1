// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Blackwell, data center and workstation (2024).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

namespace cardfit::cards {

inline constexpr gpu b100{
    .id = "b100", .name = "B100 SXM 192GB", .architecture = "Blackwell", .release_year = 2024, .compute_capability = {10, 0},
    .memory = 192_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_bandwidth = 8000_GBps, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 30_TFLOPS, .fp64_tensor = 30_TFLOPS, .fp32 = 60_TFLOPS, .tf32 = 900_TFLOPS, .fp16_accumulate_fp16 = 1750_TFLOPS, .fp16 = 1750_TFLOPS, .bf16 = 1750_TFLOPS, .fp8_accumulate_fp16 = 3500_TFLOPS, .fp8 = 3500_TFLOPS, .fp4 = 7000_TFLOPS, .int8 = 3500_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 5, .nvlink_links = 18, .nvlink_bidirectional = 1800_GBps, .topology = "nvswitch", .peer_access_over_pcie = known::yes},
    .board_power = 700_W, .form_factor = "SXM", .cooling = cooling::passive, .mig_instances = 7,
    .source = public_database,
    .note = "announced 2024, barely shipped; all recalled from the Blackwell brief (half of the sparse figures)",
    .estimated = fields(card_field::release_year, card_field::memory_gb, card_field::memory_type, card_field::memory_bus_bits, card_field::memory_bandwidth_gb_s, card_field::fp64_tflops, card_field::fp64_tensor, card_field::fp32_tflops, card_field::tf32_dense, card_field::fp16_tensor_acc16_dense, card_field::fp16_tensor_acc32_dense, card_field::bf16_dense, card_field::fp8_acc16_dense, card_field::fp8_dense, card_field::fp4_dense, card_field::int8_dense, card_field::tdp_w, card_field::pcie_gen, card_field::pcie_lanes, card_field::form_factor, card_field::compute_capability, card_field::architecture, card_field::ecc, card_field::p2p_over_pcie, card_field::mig_max_instances, card_field::nvlink_gen, card_field::nvlink_total_bidir_gb_s, card_field::nvlink_links, card_field::nvlink_topology, card_field::cooling),
};

inline constexpr gpu b200_sxm_180gb{
    .id = "b200-sxm-180gb", .name = "B200 SXM (HGX/DGX) 180GB", .architecture = "Blackwell", .release_year = 2024, .compute_capability = {10, 0},
    .streaming_multiprocessors = 148, .cuda_cores = 18944, .tensor_cores = 592, .boost_clock_mhz = 1965, .tensor_clock_mhz = 1830,
    .memory = 180_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_data_rate_gbps = 7.99, .memory_bandwidth = 7700_GBps, .l2_mb = 126, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 37_TFLOPS, .fp64_tensor = 37_TFLOPS, .fp32 = 75_TFLOPS, .tf32 = 1125_TFLOPS, .fp16_accumulate_fp16 = 2250_TFLOPS, .fp16 = 2250_TFLOPS, .bf16 = 2250_TFLOPS, .fp8_accumulate_fp16 = 4500_TFLOPS, .fp8 = 4500_TFLOPS, .fp4 = 9000_TFLOPS, .int8 = 4500_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .nvlink_generation = 5, .nvlink_links = 18, .nvlink_bidirectional = 1800_GBps, .topology = "nvswitch", .peer_access_over_pcie = known::yes},
    .board_power = 1000_W, .form_factor = "SXM", .cooling = cooling::passive, .mig_instances = 7, .launch_price = 40000_USD, .driver_total = 183359_MiB, .runtime_total = 182642_MiB,
    .source = public_database,
    .note = "BW: datasheet/aiconfigurator 7.7, DGX page & stas 8.0 (nvidia-smi mem clock 3996 MHz -> 8.18). fp32 75 (HGX) vs 80 (GB200, stas). 192 GB physical / 180 exposed. PCIe: aiconfigurator gen6, catalogue gen5",
    .estimated = fields(card_field::form_factor, card_field::ecc, card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu gb200{
    .id = "gb200", .name = "GB200 (per GPU) 186GB", .architecture = "Blackwell", .release_year = 2024, .compute_capability = {10, 0},
    .memory = 186_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_bandwidth = 8000_GBps, .l2_mb = 126, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 40_TFLOPS, .fp64_tensor = 40_TFLOPS, .fp32 = 80_TFLOPS, .tf32 = 1250_TFLOPS, .fp16_accumulate_fp16 = 2500_TFLOPS, .fp16 = 2500_TFLOPS, .bf16 = 2500_TFLOPS, .fp8_accumulate_fp16 = 5000_TFLOPS, .fp8 = 5000_TFLOPS, .fp4 = 10000_TFLOPS, .int8 = 5000_TFLOPS, .structured_sparsity = known::yes},
    .links = {.nvlink_generation = 5, .nvlink_links = 18, .nvlink_bidirectional = 1800_GBps, .topology = "nvswitch", .peer_access_over_pcie = known::yes},
    .board_power = 1200_W, .form_factor = "superchip", .cooling = cooling::passive, .mig_instances = 7, .driver_total = 189471_MiB,
    .source = public_database,
    .note = "SM count 148-152 not confirmed: left empty; nvidia-smi cap 1200 W",
    .estimated = fields(card_field::fp64_tflops, card_field::fp64_tensor, card_field::form_factor, card_field::ecc, card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu b300_sxm_288gb{
    .id = "b300-sxm-288gb", .name = "B300 SXM (HGX/DGX) 288GB", .architecture = "Blackwell Ultra", .release_year = 2025, .compute_capability = {10, 3},
    .streaming_multiprocessors = 148, .cuda_cores = 18944, .tensor_cores = 592, .boost_clock_mhz = 2032,
    .memory = 288_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_bandwidth = 7750_GBps, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 1.2_TFLOPS, .fp64_tensor = 1.2_TFLOPS, .fp32 = 75_TFLOPS, .tf32 = 1125_TFLOPS, .fp16_accumulate_fp16 = 2250_TFLOPS, .fp16 = 2250_TFLOPS, .bf16 = 2250_TFLOPS, .fp8_accumulate_fp16 = 4500_TFLOPS, .fp8 = 4500_TFLOPS, .fp4 = 14000_TFLOPS, .int8 = 153.5_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 6, .pcie_lanes = 16, .nvlink_generation = 5, .nvlink_links = 18, .nvlink_bidirectional = 1800_GBps, .topology = "nvswitch", .peer_access_over_pcie = known::yes},
    .board_power = 1100_W, .form_factor = "SXM", .cooling = cooling::passive, .mig_instances = 7, .driver_total = 275040_MiB,
    .source = public_database,
    .note = "FP4 dense: aiconfigurator 14000, stas 12600 (fp4) /15000 (nvfp4); INT8 cut to 153.5 dense (stas wrongly 4500); BW 7.75 (62/8) vs 8.0; TDP 1100 (nvidia-smi) vs TPU/WIKI 1400 (=GB300); usable ~269 GiB; JAX lists 158 SM",
    .estimated = fields(card_field::fp64_tflops, card_field::fp64_tensor, card_field::form_factor, card_field::ecc, card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu gb300{
    .id = "gb300", .name = "GB300 (per GPU) 288GB", .architecture = "Blackwell Ultra", .release_year = 2025, .compute_capability = {10, 3},
    .memory = 288_GiB, .memory_type = memory_type::hbm3e, .memory_bus_bits = 8192, .memory_bandwidth = 8000_GBps, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 1.3_TFLOPS, .fp64_tensor = 1.3_TFLOPS, .fp32 = 80_TFLOPS, .tf32 = 1250_TFLOPS, .fp16_accumulate_fp16 = 2500_TFLOPS, .fp16 = 2500_TFLOPS, .bf16 = 2500_TFLOPS, .fp8_accumulate_fp16 = 5000_TFLOPS, .fp8 = 5000_TFLOPS, .fp4 = 15000_TFLOPS, .int8 = 165_TFLOPS, .structured_sparsity = known::yes},
    .links = {.nvlink_generation = 5, .nvlink_links = 18, .nvlink_bidirectional = 1800_GBps, .topology = "nvswitch", .peer_access_over_pcie = known::yes},
    .board_power = 1400_W, .form_factor = "superchip", .cooling = cooling::passive, .mig_instances = 7, .driver_total = 284208_MiB,
    .source = public_database,
    .note = "SM count not confirmed; INT8 165 dense (stas 5000 wrong per Blackwell Ultra datasheet)",
    .estimated = fields(card_field::fp64_tflops, card_field::fp64_tensor, card_field::form_factor, card_field::ecc, card_field::p2p_over_pcie, card_field::cooling),
};

inline constexpr gpu rtx_pro_6000_blackwell{
    .id = "rtx-pro-6000-blackwell", .name = "RTX PRO 6000 Blackwell Workstation", .architecture = "Blackwell 2.0", .segment = segment::workstation, .release_year = 2025, .compute_capability = {12, 0},
    .streaming_multiprocessors = 188, .cuda_cores = 24064, .tensor_cores = 752, .ray_tracing_cores = 188, .base_clock_mhz = 1590, .boost_clock_mhz = 2617,
    .memory = 96_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 512, .memory_data_rate_gbps = 28, .memory_bandwidth = 1792_GBps, .l2_mb = 128, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.968_TFLOPS, .fp32 = 126_TFLOPS, .tf32 = 251.9_TFLOPS, .fp16_accumulate_fp16 = 503.8_TFLOPS, .fp16 = 503.8_TFLOPS, .bf16 = 503.8_TFLOPS, .fp8_accumulate_fp16 = 1008_TFLOPS, .fp8 = 1008_TFLOPS, .fp4 = 2015_TFLOPS, .int8 = 1008_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 600_W, .power_connector = "1x 16-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::active, .mig_instances = 4, .launch_price = 8565_USD, .driver_total = 97887_MiB,
    .source = public_database,
    .note = "600 W; full-rate FP32 accumulate (measured BF16 368-391 TF > half-rate 252)",
    .estimated = fields(card_field::form_factor, card_field::mig_max_instances, card_field::cooling, card_field::ecc, card_field::p2p_over_pcie, card_field::nvlink_topology),
};

inline constexpr gpu rtx_pro_6000_blackwell_max_q{
    .id = "rtx-pro-6000-blackwell-max-q", .name = "RTX PRO 6000 Blackwell Max-Q", .architecture = "Blackwell 2.0", .segment = segment::workstation, .release_year = 2025, .compute_capability = {12, 0},
    .streaming_multiprocessors = 188, .cuda_cores = 24064, .tensor_cores = 752, .ray_tracing_cores = 188, .base_clock_mhz = 1035, .boost_clock_mhz = 2280,
    .memory = 96_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 512, .memory_data_rate_gbps = 28, .memory_bandwidth = 1792_GBps, .l2_mb = 128, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.715_TFLOPS, .fp32 = 109.7_TFLOPS, .tf32 = 219.5_TFLOPS, .fp16_accumulate_fp16 = 438.9_TFLOPS, .fp16 = 438.9_TFLOPS, .bf16 = 438.9_TFLOPS, .fp8_accumulate_fp16 = 877.9_TFLOPS, .fp8 = 877.9_TFLOPS, .fp4 = 1756_TFLOPS, .int8 = 877.9_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 300_W, .power_connector = "1x 16-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower, .mig_instances = 4, .launch_price = 8565_USD, .driver_total = 97887_MiB,
    .source = public_database,
    .note = "TPU boost 2280 / WIKI 2288; HF fp32 116 vs 110",
    .estimated = fields(card_field::form_factor, card_field::mig_max_instances, card_field::cooling, card_field::ecc, card_field::p2p_over_pcie, card_field::nvlink_topology),
};

inline constexpr gpu rtx_pro_6000_blackwell_server{
    .id = "rtx-pro-6000-blackwell-server", .name = "RTX PRO 6000 Blackwell Server", .architecture = "Blackwell 2.0", .release_year = 2025, .compute_capability = {12, 0},
    .streaming_multiprocessors = 188, .cuda_cores = 24064, .tensor_cores = 752, .ray_tracing_cores = 188, .base_clock_mhz = 1590, .boost_clock_mhz = 2617,
    .memory = 96_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 512, .memory_data_rate_gbps = 28, .memory_bandwidth = 1597_GBps, .l2_mb = 128, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 1.968_TFLOPS, .fp32 = 120_TFLOPS, .tf32 = 251.9_TFLOPS, .fp16_accumulate_fp16 = 503.8_TFLOPS, .fp16 = 503.8_TFLOPS, .bf16 = 503.8_TFLOPS, .fp8_accumulate_fp16 = 1008_TFLOPS, .fp8 = 1008_TFLOPS, .fp4 = 2015_TFLOPS, .int8 = 1008_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 600_W, .power_connector = "1x 16-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::passive, .mig_instances = 4, .driver_total = 97887_MiB, .runtime_total = 97250_MiB,
    .source = public_database,
    .note = "NVIDIA page: 1597 GB/s and 120 TF fp32 (TPU copies WS: 1790, 2617 MHz); measured BF16 417 TF; derived tensor values use TPU boost 2617 = upper bound",
    .estimated = fields(card_field::form_factor, card_field::cooling, card_field::ecc, card_field::p2p_over_pcie, card_field::nvlink_topology),
};

inline constexpr gpu rtx_pro_5000_blackwell_48gb{
    .id = "rtx-pro-5000-blackwell-48gb", .name = "RTX PRO 5000 Blackwell", .architecture = "Blackwell 2.0", .segment = segment::workstation, .release_year = 2025, .compute_capability = {12, 0},
    .streaming_multiprocessors = 110, .cuda_cores = 14080, .tensor_cores = 440, .ray_tracing_cores = 110, .base_clock_mhz = 1740, .boost_clock_mhz = 2377,
    .memory = 48_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 384, .memory_data_rate_gbps = 28, .memory_bandwidth = 1344_GBps, .l2_mb = 96, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.046_TFLOPS, .fp32 = 66.94_TFLOPS, .tf32 = 133.9_TFLOPS, .fp16_accumulate_fp16 = 267.7_TFLOPS, .fp16 = 267.7_TFLOPS, .bf16 = 267.7_TFLOPS, .fp8_accumulate_fp16 = 535.5_TFLOPS, .fp8 = 535.5_TFLOPS, .fp4 = 1071_TFLOPS, .int8 = 535.5_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 300_W, .power_connector = "1x 16-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower, .mig_instances = 2, .launch_price = 4569_USD, .driver_total = 48935_MiB,
    .source = public_database,
    .note = "boost: TPU differs from WIKI (2617 placeholder for 4000/4500/5000): see conflicts.md; tensor values derived",
    .estimated = fields(card_field::form_factor, card_field::cooling, card_field::ecc, card_field::p2p_over_pcie, card_field::nvlink_topology),
};

inline constexpr gpu rtx_pro_4500_blackwell{
    .id = "rtx-pro-4500-blackwell", .name = "RTX PRO 4500 Blackwell", .architecture = "Blackwell 2.0", .segment = segment::workstation, .release_year = 2025, .compute_capability = {12, 0},
    .streaming_multiprocessors = 82, .cuda_cores = 10496, .tensor_cores = 328, .ray_tracing_cores = 82, .base_clock_mhz = 1635, .boost_clock_mhz = 2407,
    .memory = 32_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 256, .memory_data_rate_gbps = 28, .memory_bandwidth = 896_GBps, .l2_mb = 64, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.7895_TFLOPS, .fp32 = 50.53_TFLOPS, .tf32 = 101.1_TFLOPS, .fp16_accumulate_fp16 = 202.1_TFLOPS, .fp16 = 202.1_TFLOPS, .bf16 = 202.1_TFLOPS, .fp8_accumulate_fp16 = 404.2_TFLOPS, .fp8 = 404.2_TFLOPS, .fp4 = 808.4_TFLOPS, .int8 = 404.2_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 200_W, .power_connector = "1x 16-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower, .mig_instances = 2, .launch_price = 2623_USD, .driver_total = 32623_MiB,
    .source = public_database,
    .note = "boost: TPU differs from WIKI (2617 placeholder for 4000/4500/5000): see conflicts.md; tensor values derived",
    .estimated = fields(card_field::form_factor, card_field::cooling, card_field::ecc, card_field::p2p_over_pcie, card_field::nvlink_topology),
};

inline constexpr gpu rtx_pro_4000_blackwell{
    .id = "rtx-pro-4000-blackwell", .name = "RTX PRO 4000 Blackwell", .architecture = "Blackwell 2.0", .segment = segment::workstation, .release_year = 2025, .compute_capability = {12, 0},
    .streaming_multiprocessors = 70, .cuda_cores = 8960, .tensor_cores = 280, .ray_tracing_cores = 70, .base_clock_mhz = 1230, .boost_clock_mhz = 2055,
    .memory = 24_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 192, .memory_data_rate_gbps = 28, .memory_bandwidth = 672_GBps, .l2_mb = 48, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.5754_TFLOPS, .fp32 = 36.83_TFLOPS, .tf32 = 73.65_TFLOPS, .fp16_accumulate_fp16 = 147.3_TFLOPS, .fp16 = 147.3_TFLOPS, .bf16 = 147.3_TFLOPS, .fp8_accumulate_fp16 = 294.6_TFLOPS, .fp8 = 294.6_TFLOPS, .fp4 = 589.2_TFLOPS, .int8 = 294.6_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 140_W, .power_connector = "1x 16-pin", .form_factor = "PCIe", .slots = 1, .cooling = cooling::blower, .launch_price = 1546_USD, .driver_total = 24467_MiB,
    .source = public_database,
    .note = "boost: TPU differs from WIKI (2617 placeholder for 4000/4500/5000): see conflicts.md; tensor values derived",
    .estimated = fields(card_field::form_factor, card_field::cooling, card_field::ecc, card_field::p2p_over_pcie, card_field::nvlink_topology),
};

inline constexpr gpu rtx_pro_2000_blackwell{
    .id = "rtx-pro-2000-blackwell", .name = "RTX PRO 2000 Blackwell", .architecture = "Blackwell 2.0", .segment = segment::workstation, .release_year = 2025, .compute_capability = {12, 0},
    .streaming_multiprocessors = 34, .cuda_cores = 4352, .tensor_cores = 136, .ray_tracing_cores = 34, .base_clock_mhz = 982, .boost_clock_mhz = 1957,
    .memory = 16_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 128, .memory_data_rate_gbps = 18, .memory_bandwidth = 288_GBps, .l2_mb = 32, .ecc = ecc_support::supported,
    .rates = {.fp64 = 0.2662_TFLOPS, .fp32 = 17.03_TFLOPS, .tf32 = 34.07_TFLOPS, .fp16_accumulate_fp16 = 68.13_TFLOPS, .fp16 = 68.13_TFLOPS, .bf16 = 68.13_TFLOPS, .fp8_accumulate_fp16 = 136.3_TFLOPS, .fp8 = 136.3_TFLOPS, .fp4 = 272.5_TFLOPS, .int8 = 136.3_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 8, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 70_W, .power_connector = "none", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower,
    .source = public_database,
    .note = "boost: TPU differs from WIKI (2617 placeholder for 4000/4500/5000): see conflicts.md; tensor values derived",
    .estimated = fields(card_field::form_factor, card_field::cooling, card_field::ecc, card_field::p2p_over_pcie, card_field::nvlink_topology),
};

inline constexpr gpu rtx_pro_5000_blackwell_72gb{
    .id = "rtx-pro-5000-blackwell-72gb", .name = "RTX PRO 5000 Blackwell 72GB", .architecture = "Blackwell 2.0", .segment = segment::workstation, .release_year = 2025, .compute_capability = {12, 0},
    .streaming_multiprocessors = 110, .cuda_cores = 14080, .tensor_cores = 440, .ray_tracing_cores = 110, .base_clock_mhz = 1740, .boost_clock_mhz = 2377,
    .memory = 72_GiB, .memory_type = memory_type::gddr7, .memory_bus_bits = 384, .memory_data_rate_gbps = 28, .memory_bandwidth = 1344_GBps, .l2_mb = 96, .ecc = ecc_support::supported,
    .rates = {.fp64 = 1.046_TFLOPS, .fp32 = 66.94_TFLOPS, .tf32 = 133.9_TFLOPS, .fp16_accumulate_fp16 = 267.7_TFLOPS, .fp16 = 267.7_TFLOPS, .bf16 = 267.7_TFLOPS, .fp8_accumulate_fp16 = 535.5_TFLOPS, .fp8 = 535.5_TFLOPS, .fp4 = 1071_TFLOPS, .int8 = 535.5_TFLOPS, .structured_sparsity = known::yes},
    .links = {.pcie_generation = 5, .pcie_lanes = 16, .topology = "none", .peer_access_over_pcie = known::yes},
    .board_power = 300_W, .power_connector = "1x 16-pin", .form_factor = "PCIe", .slots = 2, .cooling = cooling::blower,
    .source = public_database,
    .note = "MIG limits for the 72 GB SKU not confirmed",
    .estimated = fields(card_field::form_factor, card_field::cooling, card_field::ecc, card_field::p2p_over_pcie, card_field::nvlink_topology),
};

}  // namespace cardfit::cards
