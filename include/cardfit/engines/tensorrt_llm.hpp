// SPDX-License-Identifier: MIT
#pragma once

// TensorRT-LLM serves compiled engines from a paged cache.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

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

inline constexpr engine_row tensorrt_llm{
    .value = engine::tensorrt_llm,
    .name = "tensorrt-llm",
    .aliases = {"trt-llm", "tensorrt", "trtllm"},
    .refuses_gguf = true,
    .disaggregates = true,
    .memory = {.cache = cache_policy::fraction_of_free,
               .block_tokens = 32,
               .shares_prefixes = true,
               .windows_since = {2024, 6},
               .prefill_chunk = 8192,
               .trials = tensorrt_llm_trials,
               .hidden_copies = 3,
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
