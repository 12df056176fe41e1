// SPDX-License-Identifier: MIT
#pragma once

// The classes of cards that differ in how fast training kernels run on them, and the constants that describe each
// class. The constants themselves, and the losses of matmuls, attention and convolutions that depend on their shapes,
// are in calibration/kernel_constants.hpp.

#include <cardfit/calibration/kernel_constants.hpp>
#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <string_view>

namespace cardfit {

/// One class of cards, identified by vendor, by compute capability or instruction set, and by memory.
struct efficiency_row {
    /// One constant of the class.
    using figure = double kernel_constants::*;

    std::string_view name = "";               ///< name of the class
    cardfit::vendor vendor = vendor::nvidia;  ///< the vendor of the class's cards
    /// The range of compute capabilities, from `from` to below `below`. For other vendors, the first characters of the
    /// instruction set identify the class.
    compute_capability from{};
    compute_capability below{100, 0};                 ///< the first compute capability that is no longer of the class
    std::string_view instruction_set = "";            ///< the first characters of `gpu::instruction_set`; empty: any
    documented stacked_memory = documented::unknown;  ///< HBM: yes, no, or unknown for either
    /// The fraction of the 16-bit peak with fp32 accumulation that large matmuls reach.
    figure matrix = nullptr;
    /// The share of `matrix` that kernels before 2024 reached; null: all of it.
    figure matrix_early = nullptr;
    /// The TFLOP/s (16-bit, dense) that one watt of board power sustains at the boost clock. If a card's peak needs
    /// more power than the board has, its clocks fall with the square root of the available over the required power.
    /// Null: no limit was observed.
    figure teraflops_per_watt = nullptr;
    /// The fraction of the 16-bit peak that flash attention reaches, where only half of a causal mask counts as work:
    /// with kernels before 2024 (FlashAttention 1, Triton), with FlashAttention 2 after that, and with the kernels of
    /// fused stacks (cuDNN, Transformer Engine).
    figure flash_early = &kernel_constants::flash_early;
    figure flash = &kernel_constants::flash;        ///< FlashAttention 2
    figure flash_fused = &kernel_constants::flash;  ///< cuDNN, Transformer Engine
};

/// The classes. The first row that matches a card describes it.
inline constexpr efficiency_row efficiencies[]{
    {.name = "Pascal", .from = {6, 0}, .below = {7, 0}, .matrix = &kernel_constants::matrix_pascal},
    {.name = "Volta", .from = {7, 0}, .below = {7, 3}, .matrix = &kernel_constants::matrix_volta},
    {.name = "Turing",
     .from = {7, 5},
     .below = {8, 0},
     .matrix = &kernel_constants::matrix_turing,
     .teraflops_per_watt = &kernel_constants::teraflops_per_watt_turing},
    {.name = "Ampere HBM",
     .from = {8, 0},
     .below = {8, 9},
     .stacked_memory = documented::yes,
     .matrix = &kernel_constants::matrix_ampere_hbm,
     .teraflops_per_watt = &kernel_constants::teraflops_per_watt_ampere_hbm},
    {.name = "Ampere GDDR",
     .from = {8, 0},
     .below = {8, 9},
     .stacked_memory = documented::no,
     .matrix = &kernel_constants::matrix_ampere_gddr,
     .teraflops_per_watt = &kernel_constants::teraflops_per_watt_ampere_gddr},
    {.name = "Ada Lovelace",
     .from = {8, 9},
     .below = {9, 0},
     .matrix = &kernel_constants::matrix_ada,
     .teraflops_per_watt = &kernel_constants::teraflops_per_watt_ada},
    {.name = "Hopper",
     .from = {9, 0},
     .below = {10, 0},
     .matrix = &kernel_constants::matrix_hopper,
     .matrix_early = &kernel_constants::matrix_early_hopper,
     .teraflops_per_watt = &kernel_constants::teraflops_per_watt_hopper,
     .flash_early = &kernel_constants::flash_early_hopper,
     .flash = &kernel_constants::flash_hopper,
     .flash_fused = &kernel_constants::flash_fused_hopper},
    {.name = "Blackwell",
     .from = {10, 0},
     .below = {12, 0},
     .matrix = &kernel_constants::matrix_blackwell,
     .teraflops_per_watt = &kernel_constants::teraflops_per_watt_blackwell,
     .flash_early = &kernel_constants::flash_blackwell,
     .flash = &kernel_constants::flash_blackwell,
     .flash_fused = &kernel_constants::flash_blackwell},
    {.name = "Blackwell GDDR",
     .from = {12, 0},
     .matrix = &kernel_constants::matrix_blackwell_gddr,
     .teraflops_per_watt = &kernel_constants::teraflops_per_watt_blackwell_gddr},
    {.name = "CDNA 3", .vendor = vendor::amd, .instruction_set = "gfx94", .matrix = &kernel_constants::matrix_cdna3},
    {.name = "AMD", .vendor = vendor::amd, .matrix = &kernel_constants::matrix_amd},
    {.name = "Intel", .vendor = vendor::intel, .matrix = &kernel_constants::matrix_intel},
    {.name = "NVIDIA", .matrix = &kernel_constants::matrix_nvidia},
};

/// Returns true if training kernels were measured on cards of the vendor. None were measured on Apple's GPUs.
[[nodiscard]] constexpr bool trains_at_a_measured_rate(const gpu& card) noexcept {
    return card.vendor != vendor::apple;
}

/// Returns the class of a card, which is the first row that matches it.
[[nodiscard]] constexpr const efficiency_row& efficiency_of(const gpu& card) noexcept {
    const efficiency_row* last = nullptr;
    for (const efficiency_row& row : efficiencies) {
        last = &row;
        if (row.vendor != card.vendor) continue;
        const bool named = row.vendor == vendor::nvidia
                               ? card.compute_capability >= row.from && card.compute_capability < row.below
                               : card.instruction_set.substr(0, row.instruction_set.size()) == row.instruction_set;
        const bool memory = row.stacked_memory == documented::unknown ||
                            (row.stacked_memory == documented::yes) == has_stacked_memory(card);
        if (named && memory) return row;
    }
    return *last;
}

/// Tensor cores support attention heads whose width is a multiple of this number.
inline constexpr std::int64_t head_multiple = 8;

}  // namespace cardfit
