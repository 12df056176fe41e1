// SPDX-License-Identifier: MIT
#pragma once

// Text Generation Inference serves from a paged cache, with CUDA graphs.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

inline constexpr engine_row tgi{
    .value = engine::tgi,
    .name = "tgi",
    .aliases = {"text-generation-inference"},
    .floors = vllm_floors,
    .refuses_gguf = true,
    .memory = {.cache = cache_policy::fraction_of_free,
               .block_tokens = 16,
               .shares_prefixes = true,
               .prefill_chunk = 4096,
               .experts_at_once = true,
               .casts_fp32 = true,
               .pipeline_by_nccl = true,
               .graph_mebibytes = 512},
    .time = {.sequence = &inference_time_constants::sequence,
             .kernels = {{every_other, {}, &kernels::marlin},
                         {unquantized, {}, &kernels::gemm},
                         {number_format::fp8, {}, &kernels::fp8_tiles}}},
    .sources = {.memory =
                    "TGI's launcher documentation: cuda-memory-fraction 1.0, max-batch-prefill-tokens 4096; a warm-up "
                    "pass of that many tokens, and the cache takes 0.9 of what it leaves free "
                    "(TGI_WIGGLE_ROOM); graphs as vLLM's",
                .time = "estimated: as vLLM's"},
};

}  // namespace cardfit::engines
