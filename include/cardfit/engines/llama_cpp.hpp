// SPDX-License-Identifier: MIT
#pragma once

// llama.cpp runs GGUF files on ggml's kernels.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// Device time of a layer beside bytes by date: CUDA graphs since ggml-org/llama.cpp#6766 (May 2024, in releases of
/// June); norms, adds and matrix-vector products fused since #14366 to #16715 (June to October 2025).
inline constexpr dated_figure llama_cpp_layers[]{
    {{}, &inference_time_constants::native_layer},
    {{2024, 6}, &inference_time_constants::native_graph_layer},
    {{2025, 8}, &inference_time_constants::native_fused_layer},
};

/// MLA's absorbed matmuls, concatenations, norms and shared experts as kernels of their own.
inline constexpr dated_figure llama_cpp_latent_layers[]{{{}, &inference_time_constants::native_latent_layer}};

/// The delta rule (Qwen3-Next, ggml-org/llama.cpp#16095, November 2025): the last of its kernels came to CUDA in
/// December (recalled); #19375 (merged in the middle of February 2026) left out most copies; GATED_DELTA_NET (#19504,
/// March) is one kernel.
inline constexpr dated_figure llama_cpp_delta_layers[]{
    {{}, &inference_time_constants::early_delta_layer},
    {{2026, 1}, &inference_time_constants::copied_delta_layer},
    {{2026, 3}, &inference_time_constants::plain_delta_layer},
    {{2026, 4}, &inference_time_constants::fused_delta_layer},
};

/// Kernels that write the scores: two matrix-vector products and a softmax; the products stream the cache since
/// mul_mat_vec_f (ggml-org/llama.cpp#14969 to #15131, August 2025).
inline constexpr attention_kernel llama_cpp_scored[]{
    {.share = &inference_time_constants::scored_share,
     .head_clocks = &inference_time_constants::scored_head_clocks,
     .prompt_head_clocks = &inference_time_constants::scored_prompt_clocks},
    {.since = {2025, 8},
     .head_clocks = &inference_time_constants::scored_head_clocks,
     .prompt_head_clocks = &inference_time_constants::scored_prompt_clocks},
};

/// Flash kernels: one for vectors, which each query head runs, rewritten in #16208 (September 2025), and one on tensor
/// cores, in which the heads of a group share what they read (fattn.cu). Both are bound by the cache's bytes, but for
/// small caches with many query heads.
inline constexpr attention_kernel llama_cpp_flash[]{
    {.element_clocks = &inference_time_constants::early_vector_clocks,
     .overlaps = true,
     .prompt_clocks = &inference_time_constants::flash_prompt_clocks},
    {.since = {2025, 10},
     .element_clocks = &inference_time_constants::flash_vector_clocks,
     .latent_clocks = &inference_time_constants::flash_latent_clocks,
     .overlaps = true,
     .prompt_clocks = &inference_time_constants::flash_prompt_clocks},
};

/// The context of llama-server (common/common.h): the model's own since January 2025, 4096 before.
inline constexpr default_context llama_cpp_contexts[]{{.tokens = 4096}, {.since = {2025, 1}, .tokens = 0}};

/// Its slots, which divide the context among them: one, and since ggml-org/llama.cpp#16736 (November 2025) four that
/// share one cache, unless `--parallel` states them (#17997).
inline constexpr default_slots llama_cpp_slots[]{{.at_once = 1}, {.since = {2025, 11}, .at_once = 4, .unified = true}};

/// The rules of `llama.cpp`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row llama_cpp{
    .value = engine::llama_cpp,
    .name = "llama.cpp",
    .aliases = {"llamacpp", "llama-cpp", "llama-server", "gguf"},
    .launch_name = "llama.cpp",
    .assumed = true,
    .memory = {.narrow_caches = integer_caches,
               .cache = cache_policy::whole_context,
               .block_tokens = 256,
               .windows_since = {2025, 5},
               .latent_since = {2025, 5},
               .latent_values_until = {2026, 2},
               .cache_scale_bytes = 2,
               .state_bytes = 4,
               .convolution_state_bytes = 4,
               .prefill_chunk = 512,
               .profiled_sequences = 512,
               .hidden_copies = 3,
               .experts_at_once = true,
               .divides_experts = false,
               .score_bytes = 4,
               .scores_until = {2025, 9},
               .flash_since = {2024, 5},
               .mask_bytes = 2,
               .reserves_context = true,
               .logit_bytes = 4,
               .reads_gguf = true,
               .embedding_in_host_since = {},
               .splits_layers = true,
               .splits_by_share = true,
               .places_layers = true,
               .head_placed_first_since = {2026, 1},
               .contexts = llama_cpp_contexts,
               .own_slots = llama_cpp_slots,
               .unified_since = {2025, 7},
               .bare_context = true,
               .slack_per_mille = 0},
    .time = {.launches = kernel_launch::native,
             .attention = cache_reading::listed,
             .scored_attention = cache_reading::listed,
             .flash_kernels = llama_cpp_flash,
             .scored_kernels = llama_cpp_scored,
             .quantized_head = true,
             .accumulates_fp16 = true,
             .prompt_piece = 512,
             .unfused_bytes = 4,
             .layers = llama_cpp_layers,
             .step = &inference_time_constants::native_step,
             .pipeline_send = &inference_time_constants::pipeline_send,
             .expert_layer = &inference_time_constants::native_expert_layer,
             .latent_layers = llama_cpp_latent_layers,
             .delta_layers = llama_cpp_delta_layers,
             .band_per_mille = 150,
             .kernels = {{every_other, {}, &kernels::vector_native},
                         {every_other, {2024, 6}, &kernels::vector_tiled_early},
                         {every_other, {2025, 1}, &kernels::vector_tiled},
                         {unquantized, {}, &kernels::vector_native}}},
    .sources =
        {.memory =
             "llama.cpp: context padded to 256, -ub 512, compute buffer reserved for a whole micro-batch with logits "
             "for each token, a mask of 16 bits and, before flash attention became the default (August 2025), fp32 "
             "scores over the whole context (8480 MiB at 131072 tokens of Llama-3.1-8B); MLA's latent since #12801 "
             "(April 2025), stored once since #19067 (January 2026); q8_0 and q4_0 caches; recurrent state in fp32",
         .time = "fitted (2026-11): layer 79 to 85, pipeline send 167 to 224"},
};

}  // namespace cardfit::engines
