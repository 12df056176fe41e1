// SPDX-License-Identifier: MIT
#pragma once

// What kernels get of a card: shares of its peak rates, by class of card, and how matrices, attention and convolutions
// lose some of them by their shapes. Settled together on 771 published training rates of 17 sources (2026-11), unless a
// constant's line says otherwise; "set" means taken from elsewhere and not settled there, "estimated" that nobody
// published what would settle it.

#include <cardfit/hardware/gpu.hpp>

#include <string_view>

namespace cardfit {

/// One class of cards, told by vendor, compute capability or instruction set, and memory.
struct efficiency_row {
    std::string_view name = "";
    cardfit::vendor vendor = vendor::nvidia;
    /// Compute capability, from this to below that; for other vendors how the instruction set begins.
    compute_capability from{};
    compute_capability below{100, 0};
    std::string_view instruction_set = "";
    known stacked_memory = known::unknown;  ///< HBM: yes, no, either
    /// Best share of the 16-bit peak with fp32 accumulation, and what 2023's kernels and earlier got of it.
    double matrix = 0;
    double matrix_early = 1;
    /// TFLOP/s (16 bit, dense) that a watt of board power feeds at the boost clock; beyond, clocks fall as the root of
    /// what is missing. 0: no limit seen.
    double teraflops_per_watt = 0;
    /// Share of the 16-bit peak that flash attention gets, a causal mask's half not counted: kernels before 2024
    /// (FlashAttention 1, Triton), FlashAttention 2 after, and those of fused stacks (cuDNN, Transformer Engine).
    double flash_early = 0.353;
    double flash = 0.577;
    double flash_fused = 0.577;
    std::string_view source = "";
};

inline constexpr efficiency_row efficiencies[]{
    {.name = "Pascal", .from = {6, 0}, .below = {7, 0}, .matrix = 0.85, .source = "set: no matrix units; no rows"},
    {.name = "Volta",
     .from = {7, 0},
     .below = {7, 3},
     .matrix = 0.63,
     .source = "NVIDIA DeepLearningExamples, DeepSpeed, Lambda, Megatron-LM (which alone would want .70)"},
    {.name = "Turing",
     .from = {7, 5},
     .below = {8, 0},
     .matrix = 0.733,
     .teraflops_per_watt = 0.215,
     .source = "Lambda alone; power: Quadro RTX 8000 against RTX 2080 Ti"},
    {.name = "Ampere HBM",
     .from = {8, 0},
     .below = {8, 9},
     .stacked_memory = known::yes,
     .matrix = 0.766,
     .teraflops_per_watt = 0.848,
     .source = "llm-foundry, Megatron, Qwen: 3 %; power: A100 PCIe against SXM"},
    {.name = "Ampere GDDR",
     .from = {8, 0},
     .below = {8, 9},
     .stacked_memory = known::no,
     .matrix = 0.964,
     .teraflops_per_watt = 0.467,
     .source = "Lambda, mli; power: A10 and RTX A4000"},
    {.name = "Ada Lovelace",
     .from = {8, 9},
     .below = {9, 0},
     .matrix = 0.81,
     .teraflops_per_watt = 0.76,
     .source = "Lambda and one RTX 4090 row; power: RTX 6000 Ada"},
    {.name = "Hopper",
     .from = {9, 0},
     .below = {10, 0},
     .matrix = 0.773,
     .matrix_early = 0.881,
     .teraflops_per_watt = 1.4,
     .flash_early = 0.173,
     .flash = 0.205,
     .flash_fused = 0.478,
     .source = "llm-foundry, torchtitan, torchao, Megatron: 5 %; power: H100 at 500 and 700 W"},
    {.name = "Blackwell",
     .from = {10, 0},
     .below = {12, 0},
     .matrix = 0.695,
     .teraflops_per_watt = 1.64,
     .flash_early = 0.522,
     .flash = 0.522,
     .flash_fused = 0.522,
     .source = "Megatron-Bridge, torchtitan: 6 % (attention 30 %); power: GB300 against GB200"},
    {.name = "Blackwell GDDR", .from = {12, 0}, .matrix = 0.80, .source = "set: GEMM tables of RTX PRO 6000; no rows"},
    {.name = "CDNA 3", .vendor = vendor::amd, .instruction_set = "gfx94", .matrix = 0.447, .source = "torchao, 2 rows"},
    {.name = "AMD", .vendor = vendor::amd, .matrix = 0.45, .source = "estimated: as CDNA 3; no rows"},
    {.name = "Intel", .vendor = vendor::intel, .matrix = 0.6, .source = "estimated: no rows"},
    {.name = "NVIDIA", .matrix = 0.7, .source = "estimated: for capabilities of no row above"},
};

/// HBM or not.
[[nodiscard]] constexpr bool stacked(memory_type m) noexcept {
    return m == memory_type::hbm2 || m == memory_type::hbm2e || m == memory_type::hbm3 || m == memory_type::hbm3e;
}

/// The class of a card: the first row that it answers to.
[[nodiscard]] constexpr const efficiency_row& efficiency_of(const gpu& card) noexcept {
    const efficiency_row* last = nullptr;
    for (const efficiency_row& row : efficiencies) {
        last = &row;
        if (row.vendor != card.vendor) continue;
        const bool named = row.vendor == vendor::nvidia
                               ? card.compute_capability >= row.from && card.compute_capability < row.below
                               : card.instruction_set.substr(0, row.instruction_set.size()) == row.instruction_set;
        const bool memory =
            row.stacked_memory == known::unknown || (row.stacked_memory == known::yes) == stacked(card.memory_type);
        if (named && memory) return row;
    }
    return *last;
}

/// Shares and shapes that hold for every class.
namespace kernel_efficiency {

// Memory: share of the nameplate bandwidth; set (STREAM-like kernels), and degenerate with element-wise traffic.
inline constexpr double bandwidth_hbm = 0.76;
inline constexpr double bandwidth_gddr = 0.78;

// Matrices. fp32 on CUDA cores (the first at its bound); tf32, fp8 and fp4 relative to the class's 16-bit share.
inline constexpr double fp32_hbm = 0.95;
inline constexpr double fp32_gddr = 0.897;
inline constexpr double tf32_of_matrix = 0.991;
inline constexpr double fp8_of_matrix = 0.868;  ///< llm-foundry, torchtitan, torchao, Megatron-Bridge: 5 %
inline constexpr double fp4_of_matrix = 0.659;  ///< 5 rows: 20 %
/// Inner length at which a product takes twice its time, and what a last, half-empty wave of 128 x 128 tiles costs.
/// Set: the 3090 Ti's ramp of 26, 71, 81 TFLOP/s at 512, 2048, 8192.
inline constexpr double inner_start = 50;
inline constexpr double last_wave = 0.25;
inline constexpr double tile_elements = 128.0 * 128.0;
inline constexpr double fullest_loss = 0.25;  ///< a quarter of the multiprocessors at work is the worst that counts
/// CUDA cores: smaller tiles, and a slower loop hides its start. Below this share of the 16-bit peak a rate is theirs.
inline constexpr double cuda_core_wave = 0.5;
inline constexpr double cuda_core_start = 0.1;  ///< where there are no matrix units to compare with
inline constexpr double cuda_core_rate = 0.3;
/// Attention whose heads are no multiple of eight wide: tensor cores refuse, and fp32 units get so much of their
/// share. Big-science's 13824/128 and 14400/80 runs, to 6 %.
inline constexpr double odd_head_share = 0.5;
inline constexpr std::int64_t head_multiple = 8;

// Flash attention: tokens and head width at which it takes twice its time, and the width of the shares above.
inline constexpr double flash_start = 139;
inline constexpr double flash_head_start = 13.9;
inline constexpr double flash_head = 128;
inline constexpr double flash_backward = 2.5;  ///< five products against two (Dao, arXiv 2307.08691, section 3.1)
/// Batched products of unfused attention start slower by twice the matrices' inner length.
inline constexpr double score_start = 2;

// Convolutions: shares of the rates above, by format; not channels-last in 16 bits (6 rows); Winograd's saving on 3x3
// of stride 1 (at most 2.25: Lavin and Gray, arXiv 1509.09308); the last wave; the sum's length that cuDNN splits.
inline constexpr double convolution_16bit = 0.889;
inline constexpr double convolution_tf32 = 0.705;
inline constexpr double convolution_fp32 = 0.977;
inline constexpr double channels_first = 0.379;
inline constexpr double winograd_saving = 2.12;
inline constexpr double convolution_wave = 0.378;
inline constexpr double split_inner = 4096;

/// What a card of unknown multiprocessors or board power is taken for.
inline constexpr double unknown_multiprocessors = 148;
inline constexpr double unknown_board_power = 1000;

}  // namespace kernel_efficiency

}  // namespace cardfit
