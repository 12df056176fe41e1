// SPDX-License-Identifier: MIT
#pragma once

// TensorRT-LLM serves compiled engines from a paged cache.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// TensorRT-LLM's release notes list these versions; their months are recalled.
inline constexpr engine_release tensorrt_llm_releases[]{
    {version_of(0, 5), {2023, 10}, "first release"},
    {version_of(0, 6), {2023, 12}, ""},
    {version_of(0, 7), {2024, 1}, ""},
    {version_of(0, 8), {2024, 2}, ""},
    {version_of(0, 9), {2024, 4}, ""},
    {version_of(0, 10), {2024, 6}, "windows in the cache"},
    {version_of(0, 11), {2024, 7}, ""},
    {version_of(0, 12), {2024, 8}, "max_batch_size 2048 and max_num_tokens 8192"},
    {version_of(0, 13), {2024, 10}, ""},
    {version_of(0, 14), {2024, 11}, ""},
    {version_of(0, 16), {2024, 12}, ""},
    {version_of(0, 17), {2025, 2}, "PyTorch engine on request"},
    {version_of(0, 18), {2025, 3}, ""},
    {version_of(0, 19), {2025, 5}, ""},
    {version_of(0, 20), {2025, 6}, ""},
    {version_of(0, 21), {2025, 7}, ""},
    {version_of(1, 0), {2025, 9}, "the PyTorch engine by default"},
    {version_of(1, 1), {2025, 12}, ""},
};

/// max_batch_size 2048 and max_num_tokens 8192 by default since 0.12 (recalled). Bytes per logit of that many
/// sequences: decoder 5.76 GB, runtime buffers 2.66 GB and 16-bit logits of a vocabulary of 151,936
/// (NVIDIA/TensorRT-LLM#1188). The PyTorch engine that is the default since 1.0 has no such decoder; its 8 bytes are
/// estimated.
inline constexpr trial_run tensorrt_llm_trials[]{
    {.since = {2024, 8},
     .tokens = 8192,
     .large_tokens = 8192,
     .sequences = 2048,
     .large_sequences = 2048,
     .logit_bytes = 29},
    {.since = {2025, 9},
     .tokens = 8192,
     .large_tokens = 8192,
     .sequences = 2048,
     .large_sequences = 2048,
     .logit_bytes = 8},
};

/// The rules of `tensorrt-llm`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row tensorrt_llm{
    .value = engine::tensorrt_llm,
    .name = "tensorrt-llm",
    .aliases = {"trt-llm", "tensorrt", "trtllm"},
    .releases = tensorrt_llm_releases,
    .floors = tensorrt_llm_floors,
    .refuses_gguf = true,
    .disaggregates = true,
    .memory = {.narrow_caches = fp8_caches,
               .cache = cache_policy::fraction_of_free,
               .block_tokens = 32,
               .shares_prefixes = true,
               .windows_since = {2024, 6},
               .prefill_chunk = 8192,
               .trials = tensorrt_llm_trials,
               .hidden_copies = 3,
               // One execution context memory beside decoder and runtime buffers, until the PyTorch engine.
               .static_buffers_until = {2025, 9},
               .experts_at_once = true,
               .logit_bytes = 4,
               .unties_table = true,
               .pipeline_by_nccl = true,
               .slack_per_mille = 0},
    .time = {.layer = &inference_time_constants::compiled_layer,
             .kernels = {{every_other, {}, &kernels::marlin},
                         {unquantized, {}, &kernels::gemm},
                         {number_format::fp8, {}, &kernels::fp8_tiles}}},
    .sources =
        {.memory =
             "TensorRT-LLM documentation: kv_cache_free_gpu_mem_fraction, max_num_tokens 8192, tokens_per_block 32",
         .time = "estimated: fused layers as gpt-fast's"},
};

}  // namespace cardfit::engines
