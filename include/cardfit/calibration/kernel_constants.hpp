// SPDX-License-Identifier: MIT
#pragma once

// How much of a card's peak rates training kernels reach, as numbers that a caller may vary. The default values are the
// fitted ones. The standing, range and source of every member are in calibration/describe_training.hpp.

namespace cardfit {

/// Efficiencies of matmuls, attention and convolutions in training.
struct kernel_constants {
    /// Fraction of the 16-bit peak (fp32 accumulation) that large matmuls reach, by class of card.
    /// @{
    double matrix_pascal = 0.85;
    double matrix_volta = 0.63;
    double matrix_turing = 0.733;
    double matrix_ampere_hbm = 0.766;
    double matrix_ampere_gddr = 0.964;
    double matrix_ada = 0.81;
    double matrix_hopper = 0.773;
    double matrix_blackwell = 0.695;
    double matrix_blackwell_gddr = 0.80;
    double matrix_cdna3 = 0.447;
    double matrix_amd = 0.45;
    double matrix_intel = 0.6;
    double matrix_nvidia = 0.7;  ///< NVIDIA cards of no class above
    /// What kernels before 2024 reached of `matrix_hopper`.
    double matrix_early_hopper = 0.881;
    /// @}

    /// Dense 16-bit TFLOP/s that one watt of board power sustains at the boost clock, by class of card.
    /// @{
    double teraflops_per_watt_turing = 0.215;
    double teraflops_per_watt_ampere_hbm = 0.848;
    double teraflops_per_watt_ampere_gddr = 0.467;
    double teraflops_per_watt_ada = 0.76;
    double teraflops_per_watt_hopper = 1.4;
    double teraflops_per_watt_blackwell = 1.64;
    double teraflops_per_watt_blackwell_gddr = 0.84;
    /// @}

    /// Fraction of the 16-bit peak that flash attention reaches: kernels before 2024, FlashAttention 2, fused stacks.
    /// @{
    double flash_early = 0.353;
    double flash = 0.577;
    double flash_early_hopper = 0.173;
    double flash_hopper = 0.205;
    double flash_fused_hopper = 0.478;
    double flash_blackwell = 0.522;
    /// @}

    /// Fraction of the nameplate memory bandwidth that kernels reach.
    /// @{
    double bandwidth_hbm = 0.76;
    double bandwidth_gddr = 0.78;
    /// @}

    /// Matmuls in other formats: fp32 on CUDA cores; tf32, fp8 and fp4 relative to the class's 16-bit fraction.
    /// @{
    double fp32_hbm = 0.95;
    double fp32_gddr = 0.897;
    double tf32_of_matrix = 0.991;
    double fp8_of_matrix = 0.868;
    double fp4_of_matrix = 0.659;
    /// @}

    // Shapes of matmuls.
    double inner_start = 50;               ///< inner length at which a matmul takes twice its time
    double last_wave = 0.25;               ///< cost of a last wave of tiles that is half empty
    double tile_elements = 128.0 * 128.0;  ///< result elements of one tile
    double smallest_partial_wave = 0.25;   ///< smallest fraction of busy multiprocessors that still costs more
    double cuda_core_wave = 0.5;           ///< `last_wave` of CUDA cores, relative to tensor cores
    double cuda_core_start = 0.1;          ///< `inner_start` of CUDA cores where the card has no tensor cores
    double cuda_core_rate = 0.3;           ///< rates below this fraction of the 16-bit peak are CUDA cores'
    double odd_head_share = 0.5;           ///< of the fp32 rate, for heads whose width is no multiple of eight
    double unknown_multiprocessors = 148;  ///< of a card whose number is unknown
    double unknown_board_power = 1000;     ///< watts of a card whose board power is unknown

    // Attention.
    double flash_start = 139;        ///< tokens at which flash attention takes twice its time
    double flash_head_start = 13.9;  ///< head width at which it takes twice its time
    double flash_head = 128;         ///< head width that the fractions above refer to
    double flash_backward = 2.5;     ///< matmuls of backward relative to forward
    double score_start = 2;          ///< `inner_start` of unfused attention's batched matmuls, relative to a matmul's

    /// Convolutions: fractions of the rates above by format, algorithms, and shapes.
    /// @{
    double convolution_16bit = 0.889;
    double convolution_tf32 = 0.705;
    double convolution_fp32 = 0.977;
    double channels_first = 0.379;    ///< 16-bit convolutions that are not in the channels-last layout
    double winograd_saving = 2.12;    ///< FLOPs saved by Winograd's algorithm on 3x3 convolutions of stride 1
    double convolution_wave = 0.378;  ///< `last_wave` of convolutions
    double split_inner = 4096;        ///< inner length from which cuDNN splits the sum
    /// @}

    friend constexpr bool operator==(const kernel_constants&, const kernel_constants&) = default;
};

/// The constants that training kernels use by default.
inline constexpr kernel_constants default_kernel_constants{};

}  // namespace cardfit
