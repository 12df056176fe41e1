// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA Volta (2017).

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// A card of NVIDIA's Volta generation. `documents` cites what states each figure; `estimated` names the figures that
/// no document states.
/// @{
inline constexpr gpu v100_sxm2_16gb{
    .id = "v100-sxm2-16gb"sv, .name = "Tesla V100 SXM2 16GB"sv, .architecture = gpu_architecture::volta,
    .release_year = 2017,
    .compute_capability = {7, 0}, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 640,
    .base_clock_mhz = 1290, .boost_clock_mhz = 1530,
    .memory = 16_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 1.755,
    .memory_bandwidth = 900_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 7.8_TFLOPS, .fp32 = 15.7_TFLOPS, .fp16_accumulate_fp16 = 125_TFLOPS, .fp16 = 125_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 6,
              .nvlink_bidirectional = 300_GBps, .topology = link_topology::mesh_or_nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .runtime_total = 16130_MiB,
    .virtual_gpu = documented::yes,
    .platform = platform::dgx_1,
    .documents = nvidia_v100,
    .note = "TechPowerUp's row \"V100 SXM2 16 GB\" is wrong (V100S clocks, 1130 GB/s, 250 W); built from the 32 GB row"sv,
    .estimated = fields(card_field::base_clock_mhz, card_field::cooling),
};

inline constexpr gpu v100_pcie_16gb{
    .id = "v100-pcie-16gb"sv, .name = "Tesla V100 PCIe 16GB"sv, .architecture = gpu_architecture::volta,
    .release_year = 2017,
    .compute_capability = {7, 0}, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 640,
    .base_clock_mhz = 1245, .boost_clock_mhz = 1380,
    .memory = 16_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 1.75,
    .memory_bandwidth = 900_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 7_TFLOPS, .fp32 = 14_TFLOPS, .fp16_accumulate_fp16 = 112_TFLOPS, .fp16 = 112_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .power_connector = "1x 8-pin EPS"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .virtual_gpu = documented::yes,
    .documents = nvidia_v100,
    .note = "TechPowerUp: 300 W and 2x 8-pin; NVIDIA: 250 W and one 8-pin CPU connector"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu v100_sxm2_32gb{
    .id = "v100-sxm2-32gb"sv, .name = "Tesla V100 SXM2 32GB"sv, .architecture = gpu_architecture::volta,
    .release_year = 2018,
    .compute_capability = {7, 0}, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 640,
    .base_clock_mhz = 1290, .boost_clock_mhz = 1530,
    .memory = 32_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 1.755,
    .memory_bandwidth = 900_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 7.8_TFLOPS, .fp32 = 15.7_TFLOPS, .fp16_accumulate_fp16 = 125_TFLOPS, .fp16 = 125_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 6,
              .nvlink_bidirectional = 300_GBps, .topology = link_topology::mesh_or_nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 300_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .driver_total = 32768_MiB,
    .virtual_gpu = documented::yes,
    .platform = platform::dgx_1,
    .documents = nvidia_v100,
    .note = "TechPowerUp swaps the power of the PCIe and SXM boards (250 and 300 W in NVIDIA's datasheet)"sv,
    .estimated = fields(card_field::base_clock_mhz, card_field::cooling),
};

inline constexpr gpu v100_sxm3_32gb{
    .id = "v100-sxm3-32gb"sv, .name = "Tesla V100 SXM3 32GB"sv, .architecture = gpu_architecture::volta,
    .release_year = 2018,
    .compute_capability = {7, 0}, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 640,
    .base_clock_mhz = 1380, .boost_clock_mhz = 1597,
    .memory = 32_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 1.916,
    .memory_bandwidth = 981_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 8.18_TFLOPS, .fp32 = 16.35_TFLOPS, .fp16_accumulate_fp16 = 130.8_TFLOPS, .fp16 = 130.8_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 6,
              .nvlink_bidirectional = 300_GBps, .topology = link_topology::mesh_or_nvswitch,
              .peer_access_over_pcie = documented::yes},
    .board_power = 350_W, .form_factor = form_factor::sxm, .cooling = cooling::passive,
    .virtual_gpu = documented::yes,
    .platform = platform::dgx_2,
    .documents = nvidia_v100,
    .note =
        "the DGX-2 module (350 W; 450 W in a DGX-2H); memory and links by NVIDIA's DGX-2 datasheet (512 GB in 16 "
        "cards, NVSwitch)"sv,
    .estimated = fields(card_field::vgpu, card_field::release_year, card_field::base_clock_mhz, card_field::ecc, card_field::tdp_w,
                        card_field::cooling),
};

inline constexpr gpu v100_pcie_32gb{
    .id = "v100-pcie-32gb"sv, .name = "Tesla V100 PCIe 32GB"sv, .architecture = gpu_architecture::volta,
    .release_year = 2018,
    .compute_capability = {7, 0}, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 640,
    .base_clock_mhz = 1230, .boost_clock_mhz = 1380,
    .memory = 32_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 1.75,
    .memory_bandwidth = 900_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 7_TFLOPS, .fp32 = 14_TFLOPS, .fp16_accumulate_fp16 = 112_TFLOPS, .fp16 = 112_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .power_connector = "1x 8-pin EPS"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .virtual_gpu = documented::yes,
    .documents = nvidia_v100,
    .note = "TechPowerUp: 300 W and 2x 8-pin; NVIDIA: 250 W and one 8-pin CPU connector"sv,
    .estimated = fields(card_field::cooling),
};

inline constexpr gpu v100s_pcie_32gb{
    .id = "v100s-pcie-32gb"sv, .name = "Tesla V100S PCIe 32GB"sv, .architecture = gpu_architecture::volta,
    .release_year = 2019,
    .compute_capability = {7, 0}, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 640,
    .base_clock_mhz = 1245, .boost_clock_mhz = 1597,
    .memory = 32_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 2.21,
    .memory_bandwidth = 1134_GBps,
    .l2_mb = 6, .ecc = ecc_support::on_by_default,
    .rates = {.fp64 = 8.2_TFLOPS, .fp32 = 16.4_TFLOPS, .fp16_accumulate_fp16 = 130_TFLOPS, .fp16 = 130_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .power_connector = "2x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::passive,
    .virtual_gpu = documented::yes,
    .documents = nvidia_v100,
    .note = "TechPowerUp's plugs; the V100 PCIe has one CPU 8-pin"sv,
    .estimated = fields(card_field::vgpu, card_field::cooling, card_field::power_connector),
};

inline constexpr gpu quadro_gv100{
    .id = "quadro-gv100"sv, .name = "Quadro GV100"sv, .architecture = gpu_architecture::volta,
    .segment = segment::workstation,
    .release_year = 2018,
    .compute_capability = {7, 0}, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 640,
    .base_clock_mhz = 1132, .boost_clock_mhz = 1627,
    .memory = 32_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 4096, .memory_data_rate_gbps = 1.7,
    .memory_bandwidth = 868.4_GBps,
    .l2_mb = 6, .ecc = ecc_support::supported,
    .rates = {.fp64 = 8.33_TFLOPS, .fp32 = 16.66_TFLOPS, .fp16_accumulate_fp16 = 133.3_TFLOPS, .fp16 = 133.3_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .nvlink_generation = 2, .nvlink_links = 4,
              .nvlink_bidirectional = 200_GBps, .topology = link_topology::bridge2,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .power_connector = "1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::blower,
    .documents = nvidia_gv100,
    .estimated = fields(card_field::ecc, card_field::cooling),
    .exempt = rules(physics_rule::power_connector),
    .exemption_reason =
        "NVIDIA documents one 8-pin plug on this board, which carries more than the 150 W of the PCIe CEM"sv,
};

inline constexpr gpu titan_v{
    .id = "titan-v"sv, .name = "TITAN V"sv, .architecture = gpu_architecture::volta, .segment = segment::consumer,
    .release_year = 2017,
    .compute_capability = {7, 0}, .streaming_multiprocessors = 80, .cuda_cores = 5120, .tensor_cores = 640,
    .base_clock_mhz = 1200, .boost_clock_mhz = 1455,
    .memory = 12_GiB, .memory_type = memory_type::hbm2, .memory_bus_bits = 3072, .memory_data_rate_gbps = 1.7,
    .memory_bandwidth = 652.8_GBps,
    .l2_mb = 4.5, .ecc = ecc_support::none,
    .rates = {.fp64 = 7.45_TFLOPS, .fp32 = 14.9_TFLOPS, .fp16_accumulate_fp16 = 119.2_TFLOPS, .fp16 = 119.2_TFLOPS,
              .structured_sparsity = documented::no},
    .links = {.pcie_generation = 3, .pcie_lanes = 16, .topology = link_topology::none,
              .peer_access_over_pcie = documented::yes},
    .board_power = 250_W, .power_connector = "1x 6-pin + 1x 8-pin"sv, .form_factor = form_factor::pcie, .slot_width = 2,
    .cooling = cooling::active,
    .launch_price = 2999_USD,
    .virtual_gpu = documented::no,
    .documents = nvidia_titan_v,
    .note = "NVIDIA markets 110 tensor TFLOPS, Wikipedia lists 134 at 1455 MHz; peer access over PCIe not verified"sv,
    .estimated = fields(card_field::launch_price_usd, card_field::p2p_over_pcie, card_field::cooling),
};
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array nvidia_volta_rows{
    &v100_sxm2_16gb, &v100_pcie_16gb, &v100_sxm2_32gb, &v100_sxm3_32gb, &v100_pcie_32gb, &v100s_pcie_32gb,
    &quadro_gv100, &titan_v,
};

}  // namespace cardfit::cards
