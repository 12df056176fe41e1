// SPDX-License-Identifier: MIT
#pragma once

// vLLM serves from a paged cache, with CUDA graphs.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

inline constexpr engine_row vllm{
    .value = engine::vllm,
    .name = "vllm",
    .launch_name = "vllm",
    .assumed = true,
    .memory = {.cache = cache_policy::fraction_of_total,
               .block_tokens = 16,
               .shares_prefixes = true,
               .windows_since = {2025, 6},
               .latent_since = {2025, 2},
               .expanded_head = 256,
               .prefill_chunk = 8192,
               .chunked_since = {2025, 1},
               .profiled_sequences = 256,
               .experts_at_once = true,
               .logit_bytes = 14,
               .checkpoint_cache_since = {2025, 12},
               .casts_fp32 = true,
               .pipeline_by_nccl = true,
               .graph_mebibytes = 512,
               .graphs_since = {2024, 1}},
    .time = {.sequence = &inference_time_constants::sequence,
             .pipeline_send = &inference_time_constants::pipeline_send,
             .early_step = &inference_time_constants::early_step,
             .early_until = {2025, 1},
             .oldest_step = &inference_time_constants::oldest_step,
             .oldest_until = {2024, 9},
             .oldest_expert_layer = &inference_time_constants::oldest_expert_layer,
             .expert_loop_host = &inference_time_constants::expert_loop_host,
             .oldest_graph_tokens = 8192,
             .oldest_eager_layer = &inference_time_constants::oldest_eager_layer,
             .oldest_eager_tensor_layer = &inference_time_constants::oldest_eager_tensor_layer,
             .band_per_mille = 200,
             .kernels = {{every_other, {}, &kernels::marlin},
                         {unquantized, {}, &kernels::gemm},
                         {number_format::fp8, {}, &kernels::fp8_tiles},
                         {number_format::awq_int4, {}, &kernels::awq_fused},
                         {number_format::awq_int4, {2024, 7}, &kernels::marlin}}},
    .sources =
        {.memory = "vLLM documentation: gpu_memory_utilization, max_num_seqs 256, max_num_batched_tokens; the "
                   "profile run samples with fp32 logits, probabilities and their logarithms; CUDA graphs from "
                   "0.2.7 on, 0.36 to 0.65 GiB in its logs; MLA since 0.7.1 (February 2025), before heads of "
                   "192 and 128 padded to 256 (log in #10927); "
                   "a checkpoint's fp8 cache from #29980 on (December 2025)",
         .time = "fitted (2026-11): layer 62 to 69, sequence 39 to 48, the V0 engine's step 1290 to 1590 before 2025, "
                 "more before 0.5.4; Marlin for AWQ and graphs beyond 8192 tokens date between the published "
                 "stacks of 2024-06 and 2024-10"},
};

}  // namespace cardfit::engines
