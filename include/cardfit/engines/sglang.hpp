// SPDX-License-Identifier: MIT
#pragma once

// SGLang serves from a radix cache, with CUDA graphs.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// server_args.py, recalled: chunked_prefill_size and cuda_graph_max_bs by memory, and mem_fraction_static from what
/// activations (1.5 MiB per token), graphs (2 MiB per size) and large groups are given; before it, 0.88 to 0.79 by the
/// tensor group.
inline constexpr pass_by_card sglang_passes[]{
    {20, 2048, 8, 8}, {35, 2048, 24, 80}, {60, 4096, 32, 160}, {160, 8192, 256, 512}, {1'000'000, 16'384, 512, 512},
};
inline constexpr computed_utilization sglang_utilization[]{{.since = {2025, 9},
                                                            .base = 512,
                                                            .per_two_tokens = 3,
                                                            .per_recorded_size = 2,
                                                            .per_eight_cards = 1024,
                                                            .least_on_large = 10 * 1024}};

/// 33 ms per token of DeepSeek-V3 in December 2024 (#2643), 8.9 in December 2025 (#15869). The date in between is that
/// of 0.4.4 (March 2025), recalled, whose MLA kernels are FlashInfer's.
inline constexpr dated_figure sglang_latent_layers[]{{{}, &inference_time_constants::early_latent_layer},
                                                     {{2025, 3}, nullptr}};

inline constexpr engine_row sglang{
    .value = engine::sglang,
    .name = "sglang",
    .floors = vllm_floors,
    .disaggregates = true,
    .memory = {.cache = cache_policy::fraction_for_cache,
               .shares_prefixes = true,
               .windows_since = {2025, 6},
               .prefill_chunk = 8192,
               .computed = sglang_utilization,
               .passes = sglang_passes,
               .experts_at_once = true,
               .casts_fp32 = true,
               .pipeline_by_nccl = true,
               .graph_mebibytes = 512,
               .non_torch_mebibytes = 50},
    .time = {.sequence = &inference_time_constants::sequence,
             .pipeline_send = &inference_time_constants::pipeline_send,
             .expert_loop_host = &inference_time_constants::expert_loop_host,
             .latent_layers = sglang_latent_layers,
             .band_per_mille = 200,
             .kernels = {{every_other, {}, &kernels::marlin},
                         {unquantized, {}, &kernels::gemm},
                         {number_format::fp8, {}, &kernels::fp8_tiles}}},
    .sources =
        {.memory =
             "SGLang's server_args.py: mem_fraction_static is of what the CUDA context and NCCL leave, for weights "
             "and cache alone; chunked_prefill_size; graphs as vLLM's",
         .time = "fitted (2026-11): as vLLM's current engine"},
};

}  // namespace cardfit::engines
