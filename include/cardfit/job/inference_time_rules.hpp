// SPDX-License-Identifier: MIT
#pragma once

// How an engine runs a step, as data: who launches the kernels, which kernel multiplies which format, how the cache is
// read. Times are microseconds. "2026-11" in a comment: settled on the published rows of tests/published/speed.jsonl at
// that date; the range behind it is what it moves when whole groups of rows are left out.

#include <cardfit/calibration/inference_time_constants.hpp>
#include <cardfit/job/inference.hpp>

namespace cardfit {

/// Who launches a layer's kernels: `eager` Python, beside the device; `graph` a recorded graph; `compiled` fused code;
/// `native` a C++ loop.
enum class kernel_launch : unsigned char { eager, graph, compiled, native };
/// How attention reads the cache: `split` over many blocks (flash decoding, paged); `unsplit`, one block a head;
/// `copied`, concatenated and repeated for all heads every step.
enum class cache_reading : unsigned char { split, unsplit, copied };

/// How the matmuls of one weight format run with few tokens. Their time is the longest of: bytes over bandwidth; FLOPs
/// of at least `rows` tokens over `efficiency` of the peak; weights over `weights_per_clock` per multiprocessor.
/// Figures are constants that several kernels may share.
struct matmul_kernel {
    using figure = double inference_time_constants::*;

    figure efficiency = &inference_time_constants::gemm_efficiency;  ///< of the fp16 rate (fp32 accumulation)
    int rows = 1;                                                    ///< tokens that the smallest tile holds
    bool fp8_rate = false;                                           ///< `efficiency` is of the fp8 rate instead
    figure weights_per_clock = nullptr;                              ///< null: no bound
    figure bytes_per_clock = nullptr;                                ///< the same in bytes
    figure overlap_lost = nullptr;    ///< fraction of the shorter of bytes and FLOPs that is not hidden; null: 0
    int head_rows = 0;                ///< rows of the 16-bit head's tile; 0: as many as there are tokens
    figure layer = nullptr;           ///< microseconds per layer beside the matmuls; null: 0
    bool dequantizes_prompt = false;  ///< unpacks the weights to 16 bits for long prompts
    figure prompt_efficiency = &inference_time_constants::prompt_efficiency;  ///< of a prompt's matmuls
    bool prompt_on_current_cards = false;  ///< `efficiency` instead, on compute capability 9 and later
    std::string_view source = "";
};

/// Tensor-core tiles of 16-bit matmuls hold 64 rows on Hopper and later; padded tiles explain decode on cards with few
/// multiprocessors (H20), and change nothing on the others.
inline constexpr int tile_rows = 64;

namespace kernels {
inline constexpr matmul_kernel gemm{
    .rows = tile_rows, .overlap_lost = &inference_time_constants::gemm_overlap_lost, .source = "cuBLAS"};
inline constexpr matmul_kernel generated{.overlap_lost = &inference_time_constants::gemm_overlap_lost,
                                         .source = "torch.compile's matrix-vector kernels"};
inline constexpr matmul_kernel vector_native{.bytes_per_clock = &inference_time_constants::vector_bytes_per_clock,
                                             .source = "llama.cpp's matrix-vector kernels"};
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
inline constexpr matmul_kernel awq_fused{.weights_per_clock = &inference_time_constants::awq_weights_per_clock,
                                         .head_rows = tile_rows,
                                         .prompt_efficiency = &inference_time_constants::awq_prompt_efficiency,
                                         .source = "AWQ's fused kernel"};
inline constexpr matmul_kernel awq_alone{.weights_per_clock = &inference_time_constants::dequantizing_weights_per_clock,
                                         .prompt_efficiency = &inference_time_constants::awq_prompt_efficiency,
                                         .source = "AutoAWQ's own modules"};
inline constexpr matmul_kernel int8_generated{.weights_per_clock = &inference_time_constants::int8_weights_per_clock,
                                              .source = "gpt-fast's int8 kernel"};
inline constexpr matmul_kernel int4_tiny{.weights_per_clock = &inference_time_constants::int4_weights_per_clock,
                                         .source = "gpt-fast's int4 kernel"};
}  // namespace kernels

/// Which kernel multiplies a format under an engine from a date on; and what Python's launches take a layer there.
struct kernel_choice {
    number_format format{};  ///< fp16 stands for every 16-bit format, fp64 for every other that is not named
    software_date since{};
    const matmul_kernel* kernel = nullptr;
    double host_layer = 0;      ///< microseconds of host time a layer, eager engines
    bool synchronizes = false;  ///< the host waits for the device after every product
    double cache_passes = 0;  ///< how often attention moves the cache's bytes, where not as the engine's other formats
};
inline constexpr std::size_t max_kernel_choices = 14;

/// One engine's time.
struct engine_time_row {
    std::string_view name;
    kernel_launch launches = kernel_launch::graph;
    cache_reading attention = cache_reading::split;
    bool quantized_head = false;
    bool accumulates_fp16 = false;  ///< prompts' products accumulate in fp16
    int prompt_piece = 0;           ///< tokens a pass; 0: whole prompts
    int unfused_bytes = 0;          ///< bytes an element where point-wise kernels run one by one in a prompt; 0: fused
    double layer = 66;              ///< device time a layer beside bytes: small kernels, launch gaps
    double step = 0;
    double sequence = 0;       ///< a sequence and step
    double pipeline_send = 0;  ///< a pipeline hop
    double early_step = 0;     ///< a step more before `early_until`
    software_date early_until{};
    double oldest_step = 0;  ///< and more before `oldest_until`
    software_date oldest_until{};
    double expert_layer = 34;  ///< a layer with experts
    double oldest_expert_layer = 34;
    double expert_loop_host = 0;           ///< host time a layer where GPTQ experts run one by one
    std::int64_t oldest_graph_tokens = 0;  ///< graphs were recorded up to so many tokens before `oldest_until`; 0: any
    double oldest_eager_layer = 0;         ///< host time a layer beyond them
    double oldest_eager_tensor_layer = 0;  ///< and more under tensor parallelism
    double shortest_prompt = 0;            ///< no prompt takes less
    int band_per_mille = 350;
    kernel_choice kernels[max_kernel_choices]{};
    std::string_view source;
};

namespace detail {

inline constexpr engine_time_row engine_time_rows[]{
    {.name = "transformers",
     .launches = kernel_launch::eager,
     .attention = cache_reading::copied,
     .pipeline_send = 198,
     .band_per_mille = 200,
     .kernels = {{number_format::fp64, {}, &kernels::dequantizing, 542},
                 {number_format::fp16, {}, &kernels::gemm, 505},
                 {number_format::fp16, {2024, 4}, &kernels::gemm, 574},
                 {number_format::gptq_int8, {}, &kernels::dequantizing, 505},
                 {number_format::gptq_int8, {2024, 4}, &kernels::dequantizing, 755},
                 {number_format::gptq_int8, {2025, 1}, &kernels::dequantizing, 1354, false, 10},
                 {number_format::gptq_int4, {}, &kernels::dequantizing, 384},
                 {number_format::gptq_int4, {2024, 4}, &kernels::dequantizing, 542},
                 {number_format::gptq_int4, {2025, 1}, &kernels::dequantizing, 542, false, 10},
                 {number_format::awq_int4, {}, &kernels::awq_fused, 384},
                 {number_format::awq_int4, {2024, 4}, &kernels::awq_fused, 729},
                 {number_format::awq_int4, {2025, 1}, &kernels::awq_fused, 542, false, 10},
                 {number_format::fp8, {}, &kernels::dequantizing, 1345, true}},
     .source =
         "host time a layer, 2026-11: 562 to 586 on one PCIe 5 host, other hosts within 30 %; 16-bit, GPTQ, AWQ and "
         "fp8 rows of 2023 to 2025; ten passes of an fp16 cache in 2025 fit badly (H20, +-30 %)"},
    {.name = "vllm",
     .sequence = 43,
     .pipeline_send = 198,
     .early_step = 1340,
     .early_until = {2025, 1},
     .oldest_step = 465,
     .oldest_until = {2024, 9},
     .oldest_expert_layer = 693,
     .expert_loop_host = 681,
     .oldest_graph_tokens = 8192,
     .oldest_eager_layer = 407,
     .oldest_eager_tensor_layer = 144,
     .band_per_mille = 200,
     .kernels = {{number_format::fp64, {}, &kernels::marlin},
                 {number_format::fp16, {}, &kernels::gemm},
                 {number_format::fp8, {}, &kernels::fp8_tiles},
                 {number_format::awq_int4, {}, &kernels::awq_fused},
                 {number_format::awq_int4, {2024, 7}, &kernels::marlin}},
     .source =
         "2026-11: layer 62 to 69, sequence 39 to 48, V0 engine's step 1290 to 1590 before 2025, more before 0.5.4; "
         "Marlin for AWQ and graphs beyond 8192 tokens date between the published stacks of 2024-06 and 2024-10"},
    {.name = "sglang",
     .sequence = 43,
     .pipeline_send = 198,
     .expert_loop_host = 681,
     .band_per_mille = 200,
     .kernels = {{number_format::fp64, {}, &kernels::marlin},
                 {number_format::fp16, {}, &kernels::gemm},
                 {number_format::fp8, {}, &kernels::fp8_tiles}},
     .source = "2026-11: as vLLM's current engine"},
    {.name = "llama.cpp",
     .launches = kernel_launch::native,
     .attention = cache_reading::unsplit,
     .quantized_head = true,
     .accumulates_fp16 = true,
     .prompt_piece = 512,
     .unfused_bytes = 4,
     .layer = 82,
     .pipeline_send = 198,
     .band_per_mille = 150,
     .kernels = {{number_format::fp64, {}, &kernels::vector_native},
                 {number_format::fp16, {}, &kernels::vector_native}},
     .source = "2026-11: layer 79 to 85, hop 167 to 224"},
    {.name = "tensorrt-llm",
     .layer = 29,
     .kernels = {{number_format::fp64, {}, &kernels::marlin},
                 {number_format::fp16, {}, &kernels::gemm},
                 {number_format::fp8, {}, &kernels::fp8_tiles}},
     .source = "estimated: fused layers as gpt-fast's"},
    {.name = "lmdeploy",
     .layer = 29,
     .kernels = {{number_format::fp64, {}, &kernels::marlin}, {number_format::fp16, {}, &kernels::gemm}},
     .source = "estimated: as tensorrt-llm"},
    {.name = "exllama",
     .launches = kernel_launch::native,
     .attention = cache_reading::unsplit,
     .accumulates_fp16 = true,
     .band_per_mille = 200,
     .kernels = {{number_format::fp64, {}, &kernels::dequantizing_alone}, {number_format::fp16, {}, &kernels::gemm}},
     .source = "2026-11"},
    {.name = "gpt-fast",
     .launches = kernel_launch::compiled,
     .quantized_head = true,
     .layer = 29,
     .step = 120,
     .band_per_mille = 150,
     .kernels = {{number_format::fp64, {}, &kernels::int4_tiny},
                 {number_format::fp16, {}, &kernels::generated},
                 {number_format::int8, {}, &kernels::int8_generated}},
     .source = "2026-11: layer 26 to 31, step 75 to 274"},
    {.name = "deepspeed",
     .kernels = {{number_format::fp64, {}, &kernels::dequantizing}, {number_format::fp16, {}, &kernels::gemm}},
     .source = "estimated: as vLLM's current engine"},
    {.name = "litgpt",
     .launches = kernel_launch::eager,
     .kernels = {{number_format::fp64, {}, &kernels::dequantizing, 542},
                 {number_format::fp16, {}, &kernels::gemm, 574}},
     .source = "estimated: as transformers, with a cache in place"},
    {.name = "autoawq",
     .launches = kernel_launch::native,
     .attention = cache_reading::unsplit,
     .unfused_bytes = 2,
     .shortest_prompt = 58'000,
     .band_per_mille = 200,
     .kernels = {{number_format::fp64, {}, &kernels::awq_alone}, {number_format::fp16, {}, &kernels::gemm}},
     .source = "2026-11: shortest prompt 56 to 59 ms"},
};

}  // namespace detail

[[nodiscard]] constexpr const engine_time_row& time_row_of(engine f) noexcept {
    return detail::engine_time_rows[static_cast<std::size_t>(f)];
}

/// The kernel that multiplies this format under the engine at this date: the last one named for it, else the engine's
/// kernel for formats that are not named.
[[nodiscard]] constexpr const kernel_choice& kernel_of(const engine_time_row& row, number_format format,
                                                       const software_date& date) noexcept {
    const bool plain = format == number_format::fp16 || format == number_format::bf16 || format == number_format::fp32;
    const number_format key = plain ? number_format::fp16 : format;
    const kernel_choice* found = &row.kernels[0];
    for (const kernel_choice& c : row.kernels)
        if (c.kernel && c.format == key && date >= c.since) found = &c;
    return *found;
}

}  // namespace cardfit
