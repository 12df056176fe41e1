// SPDX-License-Identifier: MIT
#pragma once

// LMDeploy serves with its TurboMind engine.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// cache_max_entry_count: 0.5 at first, 0.8 since 0.2 (January 2024).
inline constexpr default_utilization lmdeploy_utilizations[]{{{}, 0.5}, {{2024, 1}, 0.8}};

inline constexpr engine_row lmdeploy{
    .value = engine::lmdeploy,
    .name = "lmdeploy",
    .aliases = {"turbomind"},
    .refuses_gguf = true,
    .memory = {.cache = cache_policy::fraction_of_free,
               .budget_since = {2023, 12},
               .block_tokens = 64,
               .shares_prefixes = true,
               .prefill_chunk = 8192,
               .utilizations = lmdeploy_utilizations,
               .hidden_copies = 3,
               .experts_at_once = true,
               .logit_bytes = 4,
               .bare_context = true,
               .slack_per_mille = 0},
    .time = {.layer = &inference_time_constants::compiled_layer,
             .kernels = {{every_other, {}, &kernels::marlin}, {unquantized, {}, &kernels::gemm}}},
    .sources = {.memory = "LMDeploy documentation: cache_max_entry_count, cache_block_seq_len 64; before 0.1 (December "
                          "2023) whole sessions",
                .time = "estimated: as tensorrt-llm"},
};

}  // namespace cardfit::engines
