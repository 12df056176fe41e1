// SPDX-License-Identifier: MIT
#pragma once

// LMDeploy serves with its TurboMind engine.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// Months of LMDeploy's release tags: 0.0.2 (#177), 0.0.3 (#205), 0.6.3 (#2754) and 0.10.2 (#4062) by dates of pull
/// requests, the others recalled.
inline constexpr engine_release lmdeploy_releases[]{
    {version_of(0, 0, 2), {2023, 7}, "first release"},
    {version_of(0, 0, 3), {2023, 8}, ""},
    {version_of(0, 1), {2023, 12}, "paged cache"},
    {version_of(0, 2), {2024, 1}, "cache_max_entry_count 0.8 of the free memory"},
    {version_of(0, 3), {2024, 4}, ""},
    {version_of(0, 4), {2024, 5}, "int8 and int4 cache"},
    {version_of(0, 5), {2024, 7}, ""},
    {version_of(0, 6), {2024, 9}, ""},
    {version_of(0, 6, 3), {2024, 11}, ""},
    {version_of(0, 7), {2025, 1}, ""},
    {version_of(0, 8), {2025, 5}, ""},
    {version_of(0, 9), {2025, 7}, ""},
    {version_of(0, 10), {2025, 9}, ""},
    {version_of(0, 10, 2), {2025, 10}, ""},
};

/// cache_max_entry_count: 0.5 at first, 0.8 since 0.2 (January 2024).
/// The share of memory that the engine fills, by date.
inline constexpr default_utilization lmdeploy_utilizations[]{{{}, 0.5}, {{2024, 1}, 0.8}};

/// The rules of `lmdeploy`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row lmdeploy{
    .value = engine::lmdeploy,
    .name = "lmdeploy",
    .aliases = {"turbomind"},
    .releases = lmdeploy_releases,
    .floors = lmdeploy_floors,
    .refuses_gguf = true,
    .memory = {.narrow_caches = integer_caches,
               .cache = cache_policy::fraction_of_free,
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
