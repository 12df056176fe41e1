// SPDX-License-Identifier: MIT
#pragma once

// SGLang serves from a radix cache, with CUDA graphs.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// Months of SGLang's release tags: 0.4.1 (#2582), 0.5.0 to 0.5.2 (#8959, #9558, #10050), 0.5.7 (before
/// SemiAnalysisAI/InferenceX#870) and 0.5.19 (llm-d/llm-d#2526) by dates of pull requests, the others recalled.
inline constexpr engine_release sglang_releases[]{
    {version_of(0, 1), {2024, 1}, "first release"},
    {version_of(0, 2), {2024, 7}, ""},
    {version_of(0, 3), {2024, 9}, ""},
    {version_of(0, 4), {2024, 12}, ""},
    {version_of(0, 4, 1), {2024, 12}, "DeepSeek-V3"},
    {version_of(0, 4, 2), {2025, 1}, ""},
    {version_of(0, 4, 3), {2025, 2}, ""},
    {version_of(0, 4, 4), {2025, 3}, "MLA in fused kernels"},
    {version_of(0, 4, 6), {2025, 4}, ""},
    {version_of(0, 4, 7), {2025, 6}, "windows in the cache"},
    {version_of(0, 4, 9), {2025, 7}, ""},
    {version_of(0, 5), {2025, 8}, ""},
    {version_of(0, 5, 2), {2025, 9}, "mem_fraction_static from what activations and graphs take"},
    {version_of(0, 5, 3), {2025, 10}, ""},
    {version_of(0, 5, 5), {2025, 11}, ""},
    {version_of(0, 5, 6), {2025, 12}, ""},
    {version_of(0, 5, 7), {2026, 1}, ""},
    {version_of(0, 5, 19), {2026, 9}, ""},
};

/// server_args.py, recalled: chunked_prefill_size and cuda_graph_max_bs by memory, and mem_fraction_static from what
/// activations (1.5 MiB per token), graphs (2 MiB per size) and large groups are given; before it, 0.88 to 0.79 by the
/// tensor group.
inline constexpr pass_by_card sglang_passes[]{
    {20, 2048, 8, 8}, {35, 2048, 24, 80}, {60, 4096, 32, 160}, {160, 8192, 256, 512}, {1'000'000, 16'384, 512, 512},
};
/// What SGLang leaves free of the memory, by date.
inline constexpr computed_utilization sglang_utilization[]{{.since = {2025, 9},
                                                            .base = 512,
                                                            .per_two_tokens = 3,
                                                            .per_recorded_size = 2,
                                                            .per_eight_cards = 1024,
                                                            .least_on_large = 10 * 1024}};

/// 33 ms per token of DeepSeek-V3 in December 2024 (#2643), 8.9 in December 2025 (#15869). The date in between is that
/// of 0.4.4 (March 2025), recalled, whose MLA kernels are FlashInfer's.
inline constexpr dated_figure sglang_latent_layers[]{{{}, &inference_time_constants::early_latent_layer},
                                                     {{2025, 3}, nullptr}};

/// The rules of `sglang`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row sglang{
    .value = engine::sglang,
    .name = "sglang",
    .launch_name = "sglang",
    .releases = sglang_releases,
    .floors = vllm_floors,
    .disaggregates = true,
    .memory = {.narrow_caches = fp8_caches,
               .cache = cache_policy::fraction_for_cache,
               .shares_prefixes = true,
               .windows_since = {2025, 6},
               .prefill_chunk = 8192,
               .computed = sglang_utilization,
               .passes = sglang_passes,
               .experts_at_once = true,
               // Both stand in the report of May 2025 on 96 H100 (lmsys.org/blog/2025-05-05-large-scale-ep); that
               // DeepEP came in March 2025, and SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK, are recalled.
               .sends_tokens_since = {2025, 3},
               .two_batches_since = {2025, 5},
               .sent_tokens = 128,
               .casts_fp32 = true,
               .pipeline_by_nccl = true,
               .graph_mebibytes = 512,
               .non_torch_mebibytes = 50},
    .time = {.sequence = &inference_time_constants::sequence,
             .pipeline_send = &inference_time_constants::pipeline_send,
             .expert_loop_host = &inference_time_constants::expert_loop_host,
             .latent_layers = sglang_latent_layers,
             .oldest_eager_tensor_layer = &inference_time_constants::oldest_eager_tensor_layer,
             .graphless_layers = pytorch_graphless_layers,
             .band_per_mille = 200,
             .kernels = {{every_other, {}, &kernels::marlin},
                         {unquantized, {}, &kernels::gemm},
                         {number_format::fp8, {}, &kernels::fp8_tiles}}},
    .sources =
        {.memory =
             "SGLang's server_args.py: mem_fraction_static is of what the CUDA context and NCCL leave, for weights "
             "and cache alone; chunked_prefill_size; graphs as vLLM's",
         .time = "fitted (2026-11): as vLLM's current engine"},
};

}  // namespace cardfit::engines
