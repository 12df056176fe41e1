// SPDX-License-Identifier: MIT
#pragma once

// The matmul kernels that serving engines run, as data.

#include <cardfit/calibration/inference_time_constants.hpp>

#include <string_view>

namespace cardfit {

/// A constant that a kernel's or an engine's row names.
using time_figure = double inference_time_constants::*;

/// How the matmuls of one weight format run with few tokens. Their time is the longest of: bytes over bandwidth; FLOPs
/// of at least `rows` tokens over `efficiency` of the peak; weights over `weights_per_clock` per multiprocessor.
/// Figures are constants that several kernels may share.
struct matmul_kernel {
    time_figure efficiency = &inference_time_constants::gemm_efficiency;  ///< of the fp16 rate (fp32 accumulation)
    int rows = 1;                                                         ///< tokens that the smallest tile holds
    bool fp8_rate = false;                                                ///< `efficiency` is of the fp8 rate instead
    time_figure weights_per_clock = nullptr;                              ///< null: no bound
    time_figure bytes_per_clock = nullptr;                                ///< the same in bytes
    time_figure overlap_lost = nullptr;  ///< fraction of the shorter of bytes and FLOPs that is not hidden; null: 0
    int head_rows = 0;                   ///< rows of the 16-bit head's tile; 0: as many as there are tokens
    time_figure layer = nullptr;         ///< microseconds per layer besides the matmuls; null: 0
    bool dequantizes_prompt = false;     ///< unpacks the weights to 16 bits for long prompts
    time_figure prompt_efficiency = &inference_time_constants::prompt_efficiency;  ///< of a prompt's matmuls
    /// FLOPs per clock of a multiprocessor in a prompt whose kernel multiplies the quantized weights themselves, by
    /// integer units; null: the prompt's weights are unpacked or its rate is that of a format.
    time_figure prompt_flops_per_clock = nullptr;
    int expert_tile = 0;                 ///< tokens of a prompt that are added to those of each expert; 0: none
    time_figure expert_share = nullptr;  ///< of the rate, where experts are multiplied so
    time_figure prompt_unfused_clocks = &inference_time_constants::unfused_clocks;  ///< beside a prompt's matmuls
    bool prompt_on_current_cards = false;  ///< on compute capability 9 and later, `efficiency` applies to prompts too
    std::string_view source = "";          ///< the measurement that the row rests on
};

/// Rows of a tensor-core tile of 16-bit matmuls on Hopper and later. Padded tiles explain decode on cards with few
/// multiprocessors (H20), and make no difference on others.
inline constexpr int tile_rows = 64;

namespace kernels {
/// A kernel that multiplies quantized weights, with the constants of its time and where they come from.
/// @{
inline constexpr matmul_kernel gemm{
    .rows = tile_rows, .overlap_lost = &inference_time_constants::gemm_overlap_lost, .source = "cuBLAS"};
inline constexpr matmul_kernel generated{.overlap_lost = &inference_time_constants::gemm_overlap_lost,
                                         .source = "torch.compile's matrix-vector kernels"};
inline constexpr matmul_kernel vector_native{.bytes_per_clock = &inference_time_constants::vector_bytes_per_clock,
                                             .prompt_unfused_clocks = &inference_time_constants::native_unfused_clocks,
                                             .source = "llama.cpp's matrix-vector kernels"};
inline constexpr matmul_kernel vector_tiled_early{
    .bytes_per_clock = &inference_time_constants::vector_bytes_per_clock,
    .prompt_flops_per_clock = &inference_time_constants::early_tiled_flops_per_clock,
    .expert_tile = 85,
    .expert_share = &inference_time_constants::tiled_expert_share,
    .prompt_unfused_clocks = &inference_time_constants::tiled_unfused_clocks,
    .source = "the same, and MMQ on int8 tensor cores for prompts (ggml-org/llama.cpp#7676)"};
inline constexpr matmul_kernel vector_tiled{.bytes_per_clock = &inference_time_constants::vector_bytes_per_clock,
                                            .prompt_flops_per_clock = &inference_time_constants::tiled_flops_per_clock,
                                            .expert_tile = 85,
                                            .expert_share = &inference_time_constants::tiled_expert_share,
                                            .prompt_unfused_clocks = &inference_time_constants::tiled_unfused_clocks,
                                            .source = "the same with stream-k decomposition (#8018)"};
inline constexpr matmul_kernel marlin{.efficiency = &inference_time_constants::marlin_efficiency,
                                      .rows = 16,
                                      .head_rows = tile_rows,
                                      .layer = &inference_time_constants::marlin_layer,
                                      .dequantizes_prompt = true,
                                      .prompt_on_current_cards = true,
                                      .source = "Marlin on mma.sync"};
inline constexpr matmul_kernel fp8_tiles{.efficiency = &inference_time_constants::fp8_efficiency,
                                         .rows = 32,
                                         .fp8_rate = true,
                                         .head_rows = tile_rows,
                                         .source = "block-scaled fp8"};
inline constexpr matmul_kernel dequantizing{
    .weights_per_clock = &inference_time_constants::dequantizing_weights_per_clock,
    .head_rows = tile_rows,
    .dequantizes_prompt = true,
    .source = "exllama's kernels, also in transformers"};
inline constexpr matmul_kernel dequantizing_alone{
    .weights_per_clock = &inference_time_constants::dequantizing_weights_per_clock,
    .dequantizes_prompt = true,
    .source = "the same kernels in engines of their own"};
inline constexpr matmul_kernel exllamav2{.dequantizes_prompt = true,
                                         .source = "exllamav2's and V3's matrix-vector kernels, which wait for memory"};
inline constexpr matmul_kernel awq_fused{.weights_per_clock = &inference_time_constants::awq_weights_per_clock,
                                         .head_rows = tile_rows,
                                         .prompt_efficiency = &inference_time_constants::awq_prompt_efficiency,
                                         .source = "AWQ's fused kernel"};
inline constexpr matmul_kernel wna16_experts{.weights_per_clock = &inference_time_constants::wna16_weights_per_clock,
                                             .source = "vLLM's first fused kernels of GPTQ and AWQ experts (#13321)"};
inline constexpr matmul_kernel awq_alone{.weights_per_clock = &inference_time_constants::dequantizing_weights_per_clock,
                                         .prompt_efficiency = &inference_time_constants::awq_prompt_efficiency,
                                         .source = "AutoAWQ's own modules"};
inline constexpr matmul_kernel int8_generated{.weights_per_clock = &inference_time_constants::int8_weights_per_clock,
                                              .source = "gpt-fast's int8 kernel"};
inline constexpr matmul_kernel int4_tiny{.weights_per_clock = &inference_time_constants::int4_weights_per_clock,
                                         .source = "gpt-fast's int4 kernel"};
/// @}
}  // namespace kernels

}  // namespace cardfit
