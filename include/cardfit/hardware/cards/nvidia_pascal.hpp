// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Pascal (2016).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A card of NVIDIA's Pascal generation. `documents` cites what states each figure; `estimated` names the figures that
/// no document states.
/// @{
inline constexpr gpu p100_pcie_16gb{
    .id = "p100-pcie-16gb"sv, .name = "Tesla P100 PCIe 16GB"sv, .architecture = gpu_architecture::nvidia_pascal,
    .release_year = 2016,
    .compute_capability = {6, 0}, .streaming_multiprocessors = 56, .cuda_cores = 3584,
    .base_clock_mhz = 1190, .boost_clock_mhz = 1329,
    .memory = 16_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 1.43,
    .memory_bandwidth = 732_GBps,
    .l2_mb = 4, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 4.7_TFLOPS, .fp32 = 9.3_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .power_connector = "8-pin EPS"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .runtime_total = 16280_MiB,
    .virtual_gpu = documented::yes,
    .documents = nvidia_p100,
    .note =
        "FP16 vector 18.7 TFLOPS (2:1), no tensor cores; a PCIe 8-pin, as TechPowerUp has it, and the slot carry "
        "225 W of 250: a CPU plug, as on the P40"sv,
    .estimated = fields(card_field::vgpu, card_field::power_connector),
    .exempt = rules(physics_rule::fp32),
    .exemption_reason = "NVIDIA's 9.3 and 4.7 TFLOPS are at 1303 MHz, below the boost clock"sv,
};

inline constexpr gpu p100_sxm2_16gb{
    .id = "p100-sxm2-16gb"sv, .name = "Tesla P100 SXM2 16GB"sv, .architecture = gpu_architecture::nvidia_pascal,
    .release_year = 2016,
    .compute_capability = {6, 0}, .streaming_multiprocessors = 56, .cuda_cores = 3584,
    .base_clock_mhz = 1328, .boost_clock_mhz = 1480,
    .memory = 16_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 1.43,
    .memory_bandwidth = 732_GBps,
    .l2_mb = 4, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 5.3_TFLOPS, .fp32 = 10.6_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 1, .nvlink_links = 4,
              .nvlink_bidirectional = 160_GBps, .topology = link_topology::mesh, .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .virtual_gpu = documented::yes,
    .platform = platform::dgx_1,
    .documents = nvidia_p100,
    .note = "FP16 vector 21.2 TFLOPS, no tensor cores; NVIDIA's A100 blog quotes 720 GB/s (703 MHz)"sv,
    .estimated = fields(card_field::vgpu, card_field::cooling),
};

inline constexpr gpu p40{
    .id = "p40"sv, .name = "Tesla P40"sv, .architecture = gpu_architecture::nvidia_pascal, .release_year = 2016,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 30, .cuda_cores = 3840,
    .base_clock_mhz = 1303, .boost_clock_mhz = 1531,
    .memory = 24_GiB, .memory_type = memory_type::gddr5, .memory_bus_bits = 384, .memory_data_rate_gbps = 7.2,
    .memory_bandwidth = 345.6_GBps,
    .l2_mb = 3, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.367_TFLOPS, .fp32 = 11.76_TFLOPS, .int8 = 47_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .power_connector = "8-pin EPS"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .virtual_gpu = documented::yes,
    .documents = nvidia_p40,
    .note = "INT8 = dp4a on CUDA cores (47 TOPS), no tensor cores; no fast FP16 (1:64)"sv,
    .estimated = fields(card_field::vgpu),
};

inline constexpr gpu p4{
    .id = "p4"sv, .name = "Tesla P4"sv, .architecture = gpu_architecture::nvidia_pascal, .release_year = 2016,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 20, .cuda_cores = 2560,
    .base_clock_mhz = 886, .boost_clock_mhz = 1114,
    .memory = 8_GiB, .memory_type = memory_type::gddr5, .memory_bus_bits = 256, .memory_data_rate_gbps = 6,
    .memory_bandwidth = 192_GBps,
    .l2_mb = 2, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 0.17_TFLOPS, .fp32 = 5.5_TFLOPS, .int8 = 22_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 75_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 1,
    .cooling = cooling::passive,
    .virtual_gpu = documented::yes,
    .documents = nvidia_board,
    .note = "dp4a INT8; no tensor cores"sv,
    .estimated = fields(card_field::vgpu, card_field::cooling),
    .exempt = rules(physics_rule::fp64, physics_rule::fp32, physics_rule::int8),
    .exemption_reason = "NVIDIA rates the P4 at 1063 MHz, below the boost clock"sv,
};

inline constexpr gpu titan_xp{
    .id = "titan-xp"sv, .name = "TITAN Xp"sv, .architecture = gpu_architecture::nvidia_pascal, .segment = segment::consumer,
    .release_year = 2017,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 30, .cuda_cores = 3840,
    .base_clock_mhz = 1405, .boost_clock_mhz = 1582,
    .memory = 12_GiB, .memory_type = memory_type::gddr5x, .memory_bus_bits = 384, .memory_data_rate_gbps = 11.4,
    .memory_bandwidth = 547.2_GBps,
    .l2_mb = 3, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3797_TFLOPS, .fp32 = 12.15_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 250_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 1199_USD,
    .virtual_gpu = documented::no,
    .documents = public_database,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu titan_x_pascal{
    .id = "titan-x-pascal"sv, .name = "TITAN X (Pascal)"sv, .architecture = gpu_architecture::nvidia_pascal,
    .segment = segment::consumer,
    .release_year = 2016,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 28, .cuda_cores = 3584,
    .base_clock_mhz = 1417, .boost_clock_mhz = 1531,
    .memory = 12_GiB, .memory_type = memory_type::gddr5x, .memory_bus_bits = 384, .memory_data_rate_gbps = 10.01,
    .memory_bandwidth = 480.4_GBps,
    .l2_mb = 3, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.34_TFLOPS, .fp32 = 10.97_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 250_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .virtual_gpu = documented::no,
    .documents = public_database,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu gtx_1050_ti{
    .id = "gtx-1050-ti"sv, .name = "GeForce GTX 1050 Ti"sv, .architecture = gpu_architecture::nvidia_pascal,
    .segment = segment::consumer,
    .release_year = 2016,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 6, .cuda_cores = 768,
    .base_clock_mhz = 1291, .boost_clock_mhz = 1392,
    .memory = 4_GiB, .memory_type = memory_type::gddr5, .memory_bus_bits = 128, .memory_data_rate_gbps = 7,
    .memory_bandwidth = 112_GBps,
    .l2_mb = 1, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.06681_TFLOPS, .fp32 = 2.138_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 75_W, .power_connector = "none"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .virtual_gpu = documented::no,
    .documents = nvidia_pascal_geforce,
    .note = "no tensor cores, FP16 1:64; peer access over PCIe believed available on Pascal, not verified"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu gtx_1060_6gb{
    .id = "gtx-1060-6gb"sv, .name = "GeForce GTX 1060 6 Gb"sv, .architecture = gpu_architecture::nvidia_pascal,
    .segment = segment::consumer,
    .release_year = 2016,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 10, .cuda_cores = 1280,
    .base_clock_mhz = 1506, .boost_clock_mhz = 1709,
    .memory = 6_GiB, .memory_type = memory_type::gddr5, .memory_bus_bits = 192, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 192_GBps,
    .l2_mb = 1.5, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.1367_TFLOPS, .fp32 = 4.375_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 120_W, .power_connector = "1x 6-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 299_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_pascal_geforce,
    .note =
        "no tensor cores, FP16 1:64; peer access over PCIe believed available on Pascal, not verified; $299 was the "
        "Founders Edition, other boards started at $249"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu gtx_1070{
    .id = "gtx-1070"sv, .name = "GeForce GTX 1070"sv, .architecture = gpu_architecture::nvidia_pascal,
    .segment = segment::consumer,
    .release_year = 2016,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 15, .cuda_cores = 1920,
    .base_clock_mhz = 1506, .boost_clock_mhz = 1683,
    .memory = 8_GiB, .memory_type = memory_type::gddr5, .memory_bus_bits = 256, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 256_GBps,
    .l2_mb = 2, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.202_TFLOPS, .fp32 = 6.463_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 150_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 379_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_pascal_geforce,
    .note = "no tensor cores, FP16 1:64; peer access over PCIe believed available on Pascal, not verified"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu gtx_1070_ti{
    .id = "gtx-1070-ti"sv, .name = "GeForce GTX 1070 Ti"sv, .architecture = gpu_architecture::nvidia_pascal,
    .segment = segment::consumer,
    .release_year = 2017,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 19, .cuda_cores = 2432,
    .base_clock_mhz = 1607, .boost_clock_mhz = 1683,
    .memory = 8_GiB, .memory_type = memory_type::gddr5, .memory_bus_bits = 256, .memory_data_rate_gbps = 8,
    .memory_bandwidth = 256_GBps,
    .l2_mb = 2, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2558_TFLOPS, .fp32 = 8.186_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 180_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 449_USD, .driver_total = 8192_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_pascal_geforce,
    .note = "no tensor cores, FP16 1:64; peer access over PCIe believed available on Pascal, not verified"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu gtx_1080{
    .id = "gtx-1080"sv, .name = "GeForce GTX 1080"sv, .architecture = gpu_architecture::nvidia_pascal,
    .segment = segment::consumer,
    .release_year = 2016,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 20, .cuda_cores = 2560,
    .base_clock_mhz = 1607, .boost_clock_mhz = 1733,
    .memory = 8_GiB, .memory_type = memory_type::gddr5x, .memory_bus_bits = 256, .memory_data_rate_gbps = 10,
    .memory_bandwidth = 320_GBps,
    .l2_mb = 2, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.2773_TFLOPS, .fp32 = 8.873_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 180_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 599_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_pascal_geforce,
    .note = "no tensor cores, FP16 1:64; peer access over PCIe believed available on Pascal, not verified"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};

inline constexpr gpu gtx_1080_ti{
    .id = "gtx-1080-ti"sv, .name = "GeForce GTX 1080 Ti"sv, .architecture = gpu_architecture::nvidia_pascal,
    .segment = segment::consumer,
    .release_year = 2017,
    .compute_capability = {6, 1}, .streaming_multiprocessors = 28, .cuda_cores = 3584,
    .base_clock_mhz = 1481, .boost_clock_mhz = 1582,
    .memory = 11_GiB, .memory_type = memory_type::gddr5x, .memory_bus_bits = 352, .memory_data_rate_gbps = 11,
    .memory_bandwidth = 484_GBps,
    .l2_mb = 2.75, .ecc = ecc_support::none,
    .rates = {.fp64 = 0.3544_TFLOPS, .fp32 = 11.34_TFLOPS, .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none},
    .board_power = 250_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 699_USD, .driver_total = 11264_MiB,
    .virtual_gpu = documented::no,
    .documents = nvidia_pascal_geforce,
    .note = "no tensor cores, FP16 1:64; peer access over PCIe believed available on Pascal, not verified"sv,
    .estimated = fields(card_field::cooling, card_field::launch_price_usd),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_pascal_rows{
    &p100_pcie_16gb, &p100_sxm2_16gb, &p40, &p4, &titan_xp, &titan_x_pascal, &gtx_1050_ti, &gtx_1060_6gb, &gtx_1070,
    &gtx_1070_ti, &gtx_1080, &gtx_1080_ti,
};

}  // namespace cardfit::cards
