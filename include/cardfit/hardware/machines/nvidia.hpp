// SPDX-License-Identifier: MIT
#pragma once

// Systems of NVIDIA: DGX servers, NVL72 racks, DGX Station and Spark, and HGX boards, whose server maker chooses host
// and network.

#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_embedded.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/hardware/machines/documents.hpp>
#include <cardfit/hardware/machines/row.hpp>

// One machine a line.
// clang-format off
namespace cardfit::machines {

/// A system of NVIDIA's, and the list of them.
/// @{
inline constexpr named_machine dgx1_v100{.name = "dgx-1"sv, .alias = "dgx-1-v100-32gb"sv, .seller = "NVIDIA"sv, .card = cards::v100_sxm2_32gb, .cards = 8, .link = card_link::nvlink, .network_gbit = 4 * 100.0 / 8, .host_memory = 512_GB, .cpu_cores = 40, .local_disk = 7680_GB, .note = "8 cards in a hybrid cube mesh, 4 EDR ports of 100 Gbit/s. The first version had 16 GB cards: dgx-1-16gb."sv, .estimated = "host memory, cores and disks: recalled from the whitepaper"sv, .documents = {&documents::dgx1_whitepaper}};
inline constexpr named_machine dgx1_v100_16gb{.name = "dgx-1-16gb"sv, .alias = "dgx-1-v100-16gb"sv, .seller = "NVIDIA"sv, .card = cards::v100_sxm2_16gb, .cards = 8, .link = card_link::nvlink, .network_gbit = 4 * 100.0 / 8, .host_memory = 512_GB, .cpu_cores = 40, .local_disk = 7680_GB, .estimated = "host memory, cores and disks: recalled from the whitepaper"sv, .documents = {&documents::dgx1_whitepaper}};
inline constexpr named_machine dgx2_v100{.name = "dgx-2"sv, .seller = "NVIDIA"sv, .card = cards::v100_sxm3_32gb, .cards = 16, .link = card_link::nvswitch, .network_gbit = 8 * 100.0 / 16, .host_memory = 1500_GB, .local_disk = 30000_GB, .note = "16 cards with 512 GB in total behind NVSwitch, 8 EDR ports of 100 Gbit/s."sv, .documents = {&documents::dgx2_datasheet, &documents::dgx2_press}};
inline constexpr named_machine dgx_a100{.name = "dgx-a100"sv, .alias = "dgx-a100-80gb"sv, .seller = "NVIDIA"sv, .card = cards::a100_sxm4_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 200.0 / 8, .host_memory = 2000_GB, .cpu_cores = 128, .local_disk = 30000_GB, .note = "The version of 640 GB; dgx-a100-40gb has 320 GB."sv, .documents = {&documents::dgx_a100_datasheet, &documents::dgx_a100_launch}};
inline constexpr named_machine dgx_a100_40gb{.name = "dgx-a100-40gb"sv, .alias = "dgx-a100-320gb"sv, .seller = "NVIDIA"sv, .card = cards::a100_sxm4_40gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 200.0 / 8, .host_memory = 1000_GB, .cpu_cores = 128, .local_disk = 15000_GB, .documents = {&documents::dgx_a100_datasheet, &documents::dgx_a100_launch}};
inline constexpr named_machine dgx_station_a100{.name = "dgx-station-a100"sv, .seller = "NVIDIA"sv, .card = cards::a100_sxm4_80gb, .cards = 4, .link = card_link::nvlink, .host_memory = 512_GB, .cpu_cores = 64, .note = "4 cards, each linked to the three others. There is a version of 40 GB cards."sv, .estimated = "host memory and cores: recalled from the datasheet"sv, .documents = {&documents::dgx_station_a100}};
inline constexpr named_machine dgx_h100{.name = "dgx-h100"sv, .seller = "NVIDIA"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 400.0 / 8, .host_memory = 2000_GB, .cpu_cores = 112, .local_disk = 30720_GB, .documents = {&documents::dgx_h100_datasheet, &documents::dgx_basepod}};
inline constexpr named_machine dgx_h200{.name = "dgx-h200"sv, .seller = "NVIDIA"sv, .card = cards::h200_sxm_141gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 400.0 / 8, .host_memory = 2000_GB, .cpu_cores = 112, .local_disk = 30720_GB, .documents = {&documents::dgx_basepod}};
inline constexpr named_machine dgx_b200{.name = "dgx-b200"sv, .seller = "NVIDIA"sv, .card = cards::b200_sxm_180gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 400.0 / 8, .host_memory = 2000_GB, .cpu_cores = 112, .local_disk = 30720_GB, .note = "Host memory can be doubled to 4 TB."sv, .documents = {&documents::dgx_b200_guide}};
inline constexpr named_machine dgx_b300{.name = "dgx-b300"sv, .seller = "NVIDIA"sv, .card = cards::b300_sxm_288gb, .cards = 8, .link = card_link::nvswitch, .network_gbit = 8 * 800.0 / 8, .documents = {&documents::dgx_b300_guide}};
inline constexpr named_machine gb200_nvl72{.name = "gb200-nvl72"sv, .alias = "dgx-gb200"sv, .seller = "NVIDIA"sv, .card = cards::gb200, .cards = 72, .link = card_link::nvswitch, .network_gbit = 4 * 400.0 / 4, .nvlink_domain = 72, .host_memory = 17280_GB, .cpu_cores = 2592, .note = "18 trays of 4 GPUs and 2 Grace CPUs in one NVLink domain, a ConnectX-7 port of 400 Gbit/s per GPU."sv, .estimated = "host memory: 480 GB per Grace CPU, as trays at AWS, CoreWeave and OCI have (960 GB per tray)"sv, .documents = {&documents::dgx_gb200_guide, &documents::coreweave_plans}};
inline constexpr named_machine gb300_nvl72{.name = "gb300-nvl72"sv, .alias = "dgx-gb300"sv, .seller = "NVIDIA"sv, .card = cards::gb300, .cards = 72, .link = card_link::nvswitch, .network_gbit = 4 * 800.0 / 4, .nvlink_domain = 72, .host_memory = 17280_GB, .cpu_cores = 2592, .note = "18 trays of 4 GPUs and 2 Grace CPUs in one NVLink domain, a ConnectX-8 of 800 Gbit/s per GPU."sv, .estimated = "host memory: 480 GB per Grace CPU, as trays at AWS, CoreWeave and OCI have (960 GB per tray); 800 Gbit/s: the rate of a ConnectX-8"sv, .documents = {&documents::nvl72_reference, &documents::azure_sizes}};
inline constexpr named_machine gb200_tray{.name = "gb200-tray"sv, .seller = "NVIDIA"sv, .card = cards::gb200, .cards = 4, .link = card_link::nvswitch, .network_gbit = 4 * 400.0 / 4, .nvlink_domain = 72, .host_memory = 960_GB, .cpu_cores = 144, .note = "A compute tray of an NVL72 rack; 18 of them are one NVLink domain."sv, .estimated = "host memory: 480 GB per Grace CPU, as trays at AWS, CoreWeave and OCI have"sv, .documents = {&documents::dgx_gb200_guide, &documents::coreweave_plans}};
inline constexpr named_machine gb300_tray{.name = "gb300-tray"sv, .seller = "NVIDIA"sv, .card = cards::gb300, .cards = 4, .link = card_link::nvswitch, .network_gbit = 4 * 800.0 / 4, .nvlink_domain = 72, .host_memory = 960_GB, .cpu_cores = 144, .note = "A compute tray of an NVL72 rack; 18 of them are one NVLink domain."sv, .estimated = "host memory: 480 GB per Grace CPU; 800 Gbit/s: the rate of a ConnectX-8"sv, .documents = {&documents::nvl72_reference, &documents::gcp_gpus}};
inline constexpr named_machine dgx_spark{.name = "dgx-spark"sv, .alias = "gb10-spark"sv, .seller = "NVIDIA"sv, .card = cards::gb10, .network_gbit = 200.0, .cpu_cores = 20, .note = "CPU and GPU share 128 GB. Two of them are linked by their 200 Gbit/s ports: 2xdgx-spark."sv, .estimated = "cores: recalled from the product page"sv, .documents = {&documents::spark_nim}};
inline constexpr named_machine hgx_a100_40gb{.name = "hgx-a100-40gb"sv, .seller = "NVIDIA"sv, .card = cards::a100_sxm4_40gb, .cards = 8, .link = card_link::nvswitch, .note = "The server maker chooses host and network."sv, .documents = {&documents::hgx_datasheet}};
inline constexpr named_machine hgx_a100{.name = "hgx-a100"sv, .seller = "NVIDIA"sv, .card = cards::a100_sxm4_80gb, .cards = 8, .link = card_link::nvswitch, .note = "The server maker chooses host and network."sv, .documents = {&documents::hgx_datasheet}};
inline constexpr named_machine hgx_h100{.name = "hgx-h100"sv, .seller = "NVIDIA"sv, .card = cards::h100_sxm5_80gb, .cards = 8, .link = card_link::nvswitch, .note = "The server maker chooses host and network."sv, .documents = {&documents::hgx_datasheet}};
inline constexpr named_machine hgx_h200{.name = "hgx-h200"sv, .seller = "NVIDIA"sv, .card = cards::h200_sxm_141gb, .cards = 8, .link = card_link::nvswitch, .note = "The server maker chooses host and network."sv, .documents = {&documents::hgx_datasheet}};
inline constexpr named_machine hgx_h20{.name = "hgx-h20"sv, .seller = "NVIDIA"sv, .card = cards::h20_96gb, .cards = 8, .link = card_link::nvswitch, .note = "The server maker chooses host and network."sv, .documents = {&documents::hgx_datasheet}};
inline constexpr named_machine hgx_b200{.name = "hgx-b200"sv, .seller = "NVIDIA"sv, .card = cards::b200_sxm_180gb, .cards = 8, .link = card_link::nvswitch, .note = "The server maker chooses host and network."sv, .documents = {&documents::hgx_datasheet}};
inline constexpr named_machine hgx_b300{.name = "hgx-b300"sv, .seller = "NVIDIA"sv, .card = cards::b300_sxm_288gb, .cards = 8, .link = card_link::nvswitch, .note = "The server maker chooses host and network."sv, .documents = {&documents::hgx_datasheet}};

inline constexpr std::array nvidia_rows{
    &dgx1_v100, &dgx1_v100_16gb, &dgx2_v100, &dgx_a100, &dgx_a100_40gb, &dgx_station_a100, &dgx_h100, &dgx_h200,
    &dgx_b200, &dgx_b300, &gb200_nvl72, &gb300_nvl72, &gb200_tray, &gb300_tray, &dgx_spark, &hgx_a100_40gb, &hgx_a100,
    &hgx_h100, &hgx_h200, &hgx_h20, &hgx_b200, &hgx_b300};
/// @}

}  // namespace cardfit::machines
// clang-format on
