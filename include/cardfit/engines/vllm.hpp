// SPDX-License-Identifier: MIT
#pragma once

// vLLM serves from a paged cache, with CUDA graphs.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// Months of vLLM's release tags (github.com/vllm-project/vllm/releases); those before 0.20 are
/// recalled, and those of 0.21 and of 0.23 to 0.26 inferred from the dates of pull requests and logs.
inline constexpr engine_release vllm_releases[]{
    {version_of(0, 1), {2023, 6}, "first release"},
    {version_of(0, 2), {2023, 9}, "max_num_batched_tokens follows the model's length"},
    {version_of(0, 2, 7), {2024, 1}, "CUDA graphs"},
    {version_of(0, 3), {2024, 1}, ""},
    {version_of(0, 4), {2024, 3}, ""},
    {version_of(0, 4, 2), {2024, 5}, ""},
    {version_of(0, 4, 3), {2024, 6}, ""},
    {version_of(0, 5, 1), {2024, 7}, "Marlin for AWQ (0.5.2)"},
    {version_of(0, 5, 4), {2024, 8}, "contexts beyond 32768 tokens are prefilled in chunks of 512 (#6666)"},
    {version_of(0, 6), {2024, 9}, ""},
    {version_of(0, 6, 3), {2024, 10}, ""},
    {version_of(0, 6, 4), {2024, 11}, "the allocator's cache no longer counts as used (#9352)"},
    {version_of(0, 6, 5), {2024, 12}, "chunks of 2048 tokens (#10544)"},
    {version_of(0, 7), {2025, 1}, "V1 on request"},
    {version_of(0, 7, 1), {2025, 2}, "MLA's latent in the cache"},
    {version_of(0, 8), {2025, 3}, "V1: chunked prefill, 1024 sequences at once, graphs of up to 512 sequences"},
    {version_of(0, 8, 4), {2025, 4}, "256 sequences at once but on cards of 70 GiB and more (#16158)"},
    {version_of(0, 9), {2025, 5}, ""},
    {version_of(0, 9, 1), {2025, 6}, "windows in the cache"},
    {version_of(0, 10), {2025, 7}, ""},
    {version_of(0, 10, 1), {2025, 8}, "gpt-oss"},
    {version_of(0, 10, 2), {2025, 9}, ""},
    {version_of(0, 11), {2025, 10}, "whole graphs for decoding beside the piecewise ones"},
    {version_of(0, 11, 1), {2025, 11}, ""},
    {version_of(0, 12), {2025, 12}, "a checkpoint's fp8 cache (#29980)"},
    {version_of(0, 14), {2026, 1}, ""},
    {version_of(0, 16), {2026, 2}, ""},
    {version_of(0, 17), {2026, 3}, ""},
    {version_of(0, 20), {2026, 4}, "gpu_memory_utilization 0.92 (#38284)"},
    {version_of(0, 21), {2026, 5}, "graphs count within gpu_memory_utilization (#30515 by default)"},
    {version_of(0, 23), {2026, 6}, ""},
    {version_of(0, 25), {2026, 7}, ""},
    {version_of(0, 26), {2026, 8}, ""},
};

/// V0 profiles one pass of max(max-model-len, 2048) tokens and 256 sequences. Bytes per logit of the sorted vocabulary:
/// 38.6 to 41.2 in four logs (0.10.2 on L40S, H100, 2 x 4090; 39.6 in #11544 on A40); 26.9 and 28.7 in two of 2026.
/// In V0's passes of 512 tokens nothing was sampled (0.06 GiB of activations in #10517); in those of 2048 the first
/// rank samples (#13061, 0.7.2: 81,536 tokens of cache; 0.19 GiB of activations on the second rank). The cached 500 per
/// mille are an estimate between one log of 0.4.3 (#5248) and runs that completed.
inline constexpr trial_run vllm_trials[]{
    {.tokens = 2048,
     .large_tokens = 2048,
     .sequences = 256,
     .large_sequences = 256,
     .whole_sequence = true,
     .logit_bytes = 40,
     .cached_per_mille = 500},
    {.since = {2024, 8},
     .tokens = 2048,
     .large_tokens = 2048,
     .sequences = 256,
     .large_sequences = 256,
     .whole_sequence = true,
     .cut_beyond = 32'768,
     .cut_tokens = 512,
     .logit_bytes = 40,
     .cached_per_mille = 500},
    {.since = {2024, 11},
     .tokens = 2048,
     .large_tokens = 2048,
     .sequences = 256,
     .large_sequences = 256,
     .whole_sequence = true,
     .cut_beyond = 32'768,
     .cut_tokens = 512,
     .logit_bytes = 40},
    {.since = {2024, 12},
     .tokens = 2048,
     .large_tokens = 2048,
     .sequences = 256,
     .large_sequences = 256,
     .whole_sequence = true,
     .cut_beyond = 32'768,
     .cut_tokens = 2048,
     .cut_samples = true,
     .logit_bytes = 40},
    {.since = {2025, 3},
     .tokens = 2048,
     .large_tokens = 8192,
     .sequences = 1024,
     .large_sequences = 1024,
     .logit_bytes = 40},
    {.since = {2025, 4},
     .tokens = 2048,
     .large_tokens = 8192,
     .sequences = 256,
     .large_sequences = 1024,
     .logit_bytes = 40},
    {.since = {2026, 2},
     .tokens = 2048,
     .large_tokens = 8192,
     .sequences = 256,
     .large_sequences = 1024,
     .logit_bytes = 28},
};

/// Logs: 0.36 to 0.65 GiB of dense models of 32 layers in V0 (35 sizes); V1: 3.45 GiB of 94 layers with experts at 67
/// sizes (0.10.2 on L40S), 0.48 GiB of 28 and 0.72 GiB of 36 dense layers at 86 sizes (2026). V0's layers with experts
/// are estimated as V1's.
inline constexpr graph_rule vllm_graphs[]{
    {.since = {2024, 1}, .largest = 256, .dense_kibibytes = 400, .expert_kibibytes = 600},
    {.since = {2025, 3}, .largest = 512, .dense_kibibytes = 256, .expert_kibibytes = 600},
    {.since = {2025, 10}, .largest = 512, .whole_decode = true, .dense_kibibytes = 220, .expert_kibibytes = 600},
    {.since = {2026, 5},
     .largest = 512,
     .whole_decode = true,
     .dense_kibibytes = 220,
     .expert_kibibytes = 600,
     .in_share = true},
};

/// The share of memory that the engine fills, by date.
inline constexpr default_utilization vllm_utilizations[]{{{}, 0.9}, {{2026, 4}, 0.92}};

/// GPTQ and AWQ experts: one kernel since #13236 (0.7.3), Marlin's since #14447 (0.8.5, April 2025).
inline constexpr dated_kernel vllm_expert_kernels[]{{{2025, 2}, &kernels::wna16_experts}, {{2025, 5}, nullptr}};
/// Clocks of layers with a latent cache, by date.
inline constexpr dated_figure vllm_latent_layers[]{{{2025, 2}, &inference_time_constants::latent_layer}};

/// The rules of `vllm`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row vllm{
    .value = engine::vllm,
    .name = "vllm",
    .launch_name = "vllm",
    .assumed = true,
    .releases = vllm_releases,
    .floors = vllm_floors,
    // Documentation, "GPU" under installation (0.31): on Apple silicon by the plug-in vLLM-Metal alone.
    .lacks_apple = true,
    .disaggregates = true,
    .memory = {.narrow_caches = fp8_and_integer_caches,
               .cache = cache_policy::fraction_of_total,
               .block_tokens = 16,
               .shares_prefixes = true,
               .windows_since = {2025, 6},
               .latent_since = {2025, 2},
               .expanded_head = 256,
               .trials = vllm_trials,
               .utilizations = vllm_utilizations,
               .experts_at_once = true,
               .gathers_experts = true,
               .checkpoint_cache_since = {2025, 12},
               // 0.9.0 of V1; seen in 0.9.1 and 0.9.2 (vllm-project/vllm#20305, ovg-project/kvcached#29). V0 started
               // 16 RTX 3090 at 0.99 (#14447).
               .asks_for_share_since = {2025, 5},
               // 0.9 for DeepEP's kernels, recalled; DBO by #23693 of September 2025. VLLM_MOE_DP_CHUNK_SIZE, recalled.
               .sends_tokens_since = {2025, 5},
               .two_batches_since = {2025, 9},
               .sent_tokens = 256,
               // Marlin: n a multiple of 256, k of 128 (quantization/mxfp4.py; 65.97 GiB of gpt-oss-120b in #23278).
               .mxfp4_hidden_multiple = 256,
               .mxfp4_inner_multiple = 128,
               .casts_fp32 = true,
               .pipeline_by_nccl = true,
               .graphs = vllm_graphs,
               .non_torch_mebibytes = 100,
               .slack_per_mille = 0},
    .time = {.sequence = &inference_time_constants::sequence,
             .pipeline_send = &inference_time_constants::pipeline_send,
             .early_step = &inference_time_constants::early_step,
             .early_until = {2025, 1},
             .oldest_step = &inference_time_constants::oldest_step,
             .oldest_until = {2024, 9},
             .oldest_expert_layer = &inference_time_constants::oldest_expert_layer,
             .expert_loop_host = &inference_time_constants::expert_loop_host,
             .experts_fused_since = {2025, 2},
             .expert_kernels = vllm_expert_kernels,
             .latent_layers = vllm_latent_layers,
             .schedules_ahead_since = {2026, 1},
             .oldest_graph_tokens = 8192,
             .oldest_eager_layer = &inference_time_constants::oldest_eager_layer,
             .oldest_eager_tensor_layer = &inference_time_constants::oldest_eager_tensor_layer,
             .graphless_layers = pytorch_graphless_layers,
             .band_per_mille = 200,
             .kernels = {{every_other, {}, &kernels::marlin},
                         {unquantized, {}, &kernels::gemm},
                         {number_format::fp8, {}, &kernels::fp8_tiles},
                         {number_format::awq_int4, {}, &kernels::awq_fused},
                         {number_format::awq_int4, {2024, 7}, &kernels::marlin}}},
    .sources =
        {.memory =
             "vLLM's engine/arg_utils.py: max_num_seqs and max_num_batched_tokens by card, gpu_memory_utilization; "
             "its profile run, whose sampler sorts the whole vocabulary; outside the allocator 0.06 to 0.35 "
             "GiB in its logs, 1.79 with NVLink; MLA since 0.7.1 (February 2025), before heads of "
             "192 and 128 padded to 256 (log in #10927); "
             "a checkpoint's fp8 cache from #29980 on (December 2025)",
         .time = "fitted (2026-11): layer 62 to 69, sequence 39 to 48, the V0 engine's step 1290 to 1590 before 2025, "
                 "more before 0.5.4; Marlin for AWQ and graphs beyond 8192 tokens date between the published "
                 "stacks of 2024-06 and 2024-10; GPTQ and AWQ experts in one kernel by default since #13236 (February "
                 "2025), Marlin's since #14447 (April 2025); asynchronous scheduling by default since 0.14.0 (January "
                 "2026)"},
};

}  // namespace cardfit::engines
