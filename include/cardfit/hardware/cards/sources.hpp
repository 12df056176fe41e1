// SPDX-License-Identifier: MIT
#pragma once

// Sources that many rows share. A figure that follows from stated ones by the rules of physics.hpp (a rate from units
// and clock, a data rate from bus and bandwidth) needs no source of its own. A figure in a row's `estimated` is what a
// public table lists or what the card's family has, and none of the row's sources states it; where more is known, the
// note says it. Device queries are printed lines of nvidia-smi, PyTorch or ROCm, found in public logs.

#include <string_view>

namespace cardfit::cards {

inline constexpr std::string_view public_database =
    "TechPowerUp GPU database, cross-checked against a second public table where one had the figure; device "
    "queries (usable memory, ECC)";
inline constexpr std::string_view nvidia_p100 =
    "NVIDIA Tesla P100 datasheet, P100 PCIe product brief PB-08248 and Pascal whitepaper; device queries "
    "(usable memory, ECC); the rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_pascal_geforce =
    "NVIDIA GeForce 10 product pages and launch announcements (NVLink); device queries (usable "
    "memory, ECC); the rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_v100 =
    "NVIDIA V100 datasheet, V100 PCIe product brief PB-08744 and V100 whitepaper; device queries (usable "
    "memory, ECC); the rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_quadro_rtx =
    "NVIDIA Quadro RTX datasheets and Turing whitepaper; device queries (usable memory, ECC); the rest: "
    "TechPowerUp GPU database";
inline constexpr std::string_view nvidia_turing_geforce =
    "NVIDIA Turing whitepaper; GeForce 16 and 20 product pages and launch announcements ("
    "NVLink); peer access: tensorflow issue 24677, nccl-tests issue 117; device queries (usable memory, ECC); "
    "the rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_a100_40gb =
    "NVIDIA A100 datasheet (2020), A100 PCIe product brief PB-10137 and A100 whitepaper v1.0; device queries "
    "(usable memory, ECC); TechPowerUp for base clock";
inline constexpr std::string_view nvidia_a100_80gb =
    "NVIDIA A100 80GB datasheet (2021) and PCIe product brief; device queries (usable memory, ECC); TechPowerUp "
    "for clocks";
inline constexpr std::string_view nvidia_rtx_a =
    "NVIDIA's datasheet of the card and GA102 whitepaper v2; device queries (usable memory, ECC); the rest: "
    "TechPowerUp GPU database";
inline constexpr std::string_view nvidia_ampere_geforce =
    "NVIDIA GA102 whitepaper v2; GeForce 30 product pages and launch announcements (NVLink); "
    "peer access: nccl issue 1127; device queries (usable memory, ECC); the rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_rtx_ada =
    "NVIDIA's datasheet of the card and Ada whitepaper v2.02; device queries (usable memory, ECC); the rest: "
    "TechPowerUp GPU database";
inline constexpr std::string_view nvidia_ada_geforce =
    "NVIDIA Ada whitepaper v2.02; GeForce 40 product pages and launch announcements (NVLink); "
    "peer access: tinygrad/open-gpu-kernel-modules issue 28; device queries (usable memory, ECC); the rest: "
    "TechPowerUp GPU database";
inline constexpr std::string_view nvidia_rtx_pro =
    "NVIDIA's datasheet of the card and RTX Blackwell whitepaper v1.1; MIG user guide, supported GPUs; device "
    "queries (usable memory, ECC); the rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_blackwell_geforce =
    "NVIDIA RTX Blackwell whitepaper v1.1; GeForce 50 product pages and launch announcements ("
    "NVLink); peer access: tinygrad/open-gpu-kernel-modules issue 29; device queries (usable memory, ECC); the "
    "rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_board =
    "NVIDIA's datasheet and product brief of the board (form factor, power, ECC, peak rates); device "
    "queries (usable memory, ECC); the rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_h200 =
    "NVIDIA H200 datasheet; H100 whitepaper v1.04 (same GPU); device query (PyTorch) for L2; device queries "
    "(usable memory, ECC); the rest: TechPowerUp GPU database";
inline constexpr std::string_view nvidia_jetson =
    "NVIDIA Jetson AGX Orin module data sheet; device queries (usable memory, ECC); the rest: TechPowerUp GPU "
    "database";
inline constexpr std::string_view amd_instinct =
    "AMD's data sheet of the accelerator; ROCm documentation, GPU hardware specifications (architecture, "
    "target, CUs, L2); device queries (usable memory); the rest: TechPowerUp GPU database";
inline constexpr std::string_view amd_radeon =
    "AMD's product page of the card; ROCm documentation, GPU hardware specifications (architecture, target, "
    "CUs, L2); device queries (usable memory); the rest: TechPowerUp GPU database";
inline constexpr std::string_view intel_product =
    "Intel's product specifications (ARK) and product brief; device queries (usable memory); the rest: "
    "TechPowerUp GPU database";

}  // namespace cardfit::cards
