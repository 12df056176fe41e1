// SPDX-License-Identifier: MIT
#pragma once

// AutoAWQ runs AWQ weights with fused modules.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// The rules of `autoawq`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row autoawq{
    .value = engine::autoawq,
    .name = "autoawq",
    .aliases = {"awq"},
    .floors = autoawq_floors,
    .refuses_gguf = true,
    .memory = {.cache = cache_policy::whole_context,
               .divides_experts = false,
               .score_bytes = 10,
               .fuses_query_key_value = true,
               .band_per_mille = 170},
    .time = {.launches = kernel_launch::native,
             .attention = cache_reading::unsplit,
             .scored_attention = cache_reading::unsplit,
             .unfused_bytes = 2,
             .expert_layer = nullptr,
             .shortest_prompt = &inference_time_constants::shortest_prompt,
             .band_per_mille = 200,
             .kernels = {{every_other, {}, &kernels::awq_alone}, {unquantized, {}, &kernels::gemm}}},
    .sources = {.memory = "AutoAWQ: fused modules concatenate query, key and value; prompts' scores in 16 bits, in "
                          "fp32, and their softmax in fp32",
                .time = "fitted (2026-11): shortest prompt 56 to 59 ms"},
};

}  // namespace cardfit::engines
