// SPDX-License-Identifier: MIT
#pragma once

// SGLang serves from a radix cache, with CUDA graphs.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

inline constexpr engine_row sglang{
    .value = engine::sglang,
    .name = "sglang",
    .memory = {.cache = cache_policy::fraction_of_total,
               .shares_prefixes = true,
               .windows_since = {2025, 6},
               .prefill_chunk = 8192,
               .experts_at_once = true,
               .casts_fp32 = true,
               .pipeline_by_nccl = true,
               .graph_mebibytes = 512},
    .time = {.sequence = &inference_time_constants::sequence,
             .pipeline_send = &inference_time_constants::pipeline_send,
             .expert_loop_host = &inference_time_constants::expert_loop_host,
             .band_per_mille = 200,
             .kernels = {{every_other, {}, &kernels::marlin},
                         {unquantized, {}, &kernels::gemm},
                         {number_format::fp8, {}, &kernels::fp8_tiles}}},
    .sources = {.memory = "SGLang documentation: mem_fraction_static, chunked_prefill_size; graphs as vLLM's",
                .time = "fitted (2026-11): as vLLM's current engine"},
};

}  // namespace cardfit::engines
