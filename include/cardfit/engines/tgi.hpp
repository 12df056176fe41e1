// SPDX-License-Identifier: MIT
#pragma once

// Text Generation Inference serves from a paged cache, with CUDA graphs.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// Months of TGI's release tags, recalled.
inline constexpr engine_release tgi_releases[]{
    {version_of(0, 8), {2023, 5}, ""},
    {version_of(0, 9), {2023, 7}, "paged cache"},
    {version_of(1, 0), {2023, 7}, ""},
    {version_of(1, 1), {2023, 9}, ""},
    {version_of(1, 3), {2023, 12}, ""},
    {version_of(1, 4), {2024, 1}, ""},
    {version_of(2, 0), {2024, 4}, "CUDA graphs"},
    {version_of(2, 2), {2024, 7}, ""},
    {version_of(2, 3), {2024, 9}, "prefix caching"},
    {version_of(2, 4), {2024, 10}, ""},
    {version_of(3, 0), {2024, 12}, "chunked prefill"},
    {version_of(3, 1), {2025, 1}, ""},
    {version_of(3, 2), {2025, 3}, ""},
    {version_of(3, 3), {2025, 5}, ""},
};

/// The rules of `tgi`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row tgi{
    .value = engine::tgi,
    .name = "tgi",
    .aliases = {"text-generation-inference"},
    .releases = tgi_releases,
    .floors = vllm_floors,
    .refuses_gguf = true,
    .memory = {.narrow_caches = fp8_caches,
               .cache = cache_policy::fraction_of_free,
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
