// SPDX-License-Identifier: MIT
#pragma once

// Platforms of AMD, Mac Studio, and pairs of cards that an NVLink bridge joins.

#include <cardfit/hardware/cards/amd_instinct.hpp>
#include <cardfit/hardware/cards/apple.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/machines/documents.hpp>
#include <cardfit/hardware/machines/row.hpp>

// One machine a line.
// clang-format off
namespace cardfit::machines {

/// A computer or platform that is sold with its cards, and the list of them.
/// @{
inline constexpr named_machine mi300x_platform{.name = "mi300x-platform"sv, .seller = "AMD"sv, .card = cards::mi300x, .cards = 8, .link = card_link::nvlink, .note = "8 modules, each linked to the seven others. The server maker chooses host and network."sv, .documents = {&documents::amd_platform}};
inline constexpr named_machine mi325x_platform{.name = "mi325x-platform"sv, .seller = "AMD"sv, .card = cards::mi325x, .cards = 8, .link = card_link::nvlink, .note = "8 modules, each linked to the seven others. The server maker chooses host and network."sv, .documents = {&documents::mi325x_page}};
inline constexpr named_machine mi350x_platform{.name = "mi350x-platform"sv, .seller = "AMD"sv, .card = cards::mi350x, .cards = 8, .link = card_link::nvlink, .note = "8 modules, each linked to the seven others. The server maker chooses host and network."sv, .documents = {&documents::mi350_press}};
inline constexpr named_machine mi355x_platform{.name = "mi355x-platform"sv, .seller = "AMD"sv, .card = cards::mi355x, .cards = 8, .link = card_link::nvlink, .note = "8 modules, each linked to the seven others. The server maker chooses host and network."sv, .documents = {&documents::mi350_press}};
inline constexpr named_machine rtx_a6000_bridge_pair{.name = "rtx-a6000-bridge-pair"sv, .seller = "NVIDIA"sv, .card = cards::rtx_a6000, .cards = 2, .link = card_link::nvlink_bridge, .note = "2 cards that an NVLink bridge joins."sv, .documents = {&documents::card_datasheets}};
inline constexpr named_machine rtx_3090_bridge_pair{.name = "rtx-3090-bridge-pair"sv, .seller = "NVIDIA"sv, .card = cards::rtx_3090, .cards = 2, .link = card_link::nvlink_bridge, .note = "2 cards that an NVLink bridge joins."sv, .documents = {&documents::card_datasheets}};
inline constexpr named_machine a100_pcie_bridge_pair{.name = "a100-pcie-bridge-pair"sv, .seller = "NVIDIA"sv, .card = cards::a100_pcie_80gb, .cards = 2, .link = card_link::nvlink_bridge, .note = "2 cards that an NVLink bridge joins."sv, .documents = {&documents::card_datasheets}};
inline constexpr named_machine h100_nvl_pair{.name = "h100-nvl-pair"sv, .seller = "NVIDIA"sv, .card = cards::h100_nvl_94gb, .cards = 2, .link = card_link::nvlink_bridge, .note = "2 cards that an NVLink bridge joins."sv, .documents = {&documents::card_datasheets}};
inline constexpr named_machine mac_studio_m1_max_32gb{.name = "mac-studio-m1-max-32gb"sv, .seller = "Apple"sv, .card = cards::apple_m1_max_32gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m1_max_64gb{.name = "mac-studio-m1-max-64gb"sv, .seller = "Apple"sv, .card = cards::apple_m1_max_64gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m1_ultra_64gb{.name = "mac-studio-m1-ultra-64gb"sv, .seller = "Apple"sv, .card = cards::apple_m1_ultra_64gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m1_ultra_128gb{.name = "mac-studio-m1-ultra-128gb"sv, .seller = "Apple"sv, .card = cards::apple_m1_ultra_128gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m2_max_32gb{.name = "mac-studio-m2-max-32gb"sv, .seller = "Apple"sv, .card = cards::apple_m2_max_32gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m2_max_64gb{.name = "mac-studio-m2-max-64gb"sv, .seller = "Apple"sv, .card = cards::apple_m2_max_64gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m2_max_96gb{.name = "mac-studio-m2-max-96gb"sv, .seller = "Apple"sv, .card = cards::apple_m2_max_96gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m2_ultra_64gb{.name = "mac-studio-m2-ultra-64gb"sv, .seller = "Apple"sv, .card = cards::apple_m2_ultra_64gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m2_ultra_128gb{.name = "mac-studio-m2-ultra-128gb"sv, .seller = "Apple"sv, .card = cards::apple_m2_ultra_128gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m2_ultra_192gb{.name = "mac-studio-m2-ultra-192gb"sv, .seller = "Apple"sv, .card = cards::apple_m2_ultra_192gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m3_ultra_96gb{.name = "mac-studio-m3-ultra-96gb"sv, .seller = "Apple"sv, .card = cards::apple_m3_ultra_96gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m3_ultra_256gb{.name = "mac-studio-m3-ultra-256gb"sv, .seller = "Apple"sv, .card = cards::apple_m3_ultra_256gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m3_ultra_512gb{.name = "mac-studio-m3-ultra-512gb"sv, .seller = "Apple"sv, .card = cards::apple_m3_ultra_512gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m4_max_48gb{.name = "mac-studio-m4-max-48gb"sv, .seller = "Apple"sv, .card = cards::apple_m4_max_48gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m4_max_64gb{.name = "mac-studio-m4-max-64gb"sv, .seller = "Apple"sv, .card = cards::apple_m4_max_64gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};
inline constexpr named_machine mac_studio_m4_max_128gb{.name = "mac-studio-m4-max-128gb"sv, .seller = "Apple"sv, .card = cards::apple_m4_max_128gb, .note = "CPU and GPU share the memory."sv, .documents = {&documents::apple_specs}};

inline constexpr std::array workstation_rows{
    &mi300x_platform, &mi325x_platform, &mi350x_platform, &mi355x_platform, &rtx_a6000_bridge_pair,
    &rtx_3090_bridge_pair, &a100_pcie_bridge_pair, &h100_nvl_pair, &mac_studio_m1_max_32gb, &mac_studio_m1_max_64gb,
    &mac_studio_m1_ultra_64gb, &mac_studio_m1_ultra_128gb, &mac_studio_m2_max_32gb, &mac_studio_m2_max_64gb,
    &mac_studio_m2_max_96gb, &mac_studio_m2_ultra_64gb, &mac_studio_m2_ultra_128gb, &mac_studio_m2_ultra_192gb,
    &mac_studio_m3_ultra_96gb, &mac_studio_m3_ultra_256gb, &mac_studio_m3_ultra_512gb, &mac_studio_m4_max_48gb,
    &mac_studio_m4_max_64gb, &mac_studio_m4_max_128gb};
/// @}

}  // namespace cardfit::machines
// clang-format on
