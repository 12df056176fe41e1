// SPDX-License-Identifier: MIT
#pragma once

// TensorRT-LLM serves compiled engines from a paged cache.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

inline constexpr engine_row tensorrt_llm{
    .value = engine::tensorrt_llm,
    .name = "tensorrt-llm",
    .aliases = {"trt-llm", "tensorrt", "trtllm"},
    .memory = {.cache = cache_policy::fraction_of_free,
               .block_tokens = 32,
               .shares_prefixes = true,
               .windows_since = {2024, 6},
               .prefill_chunk = 8192,
               .hidden_copies = 3,
               .experts_at_once = true,
               .logit_bytes = 4,
               .pipeline_by_nccl = true,
               .bare_context = true,
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
