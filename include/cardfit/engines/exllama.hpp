// SPDX-License-Identifier: MIT
#pragma once

// ExLlama runs GPTQ weights on kernels and a loop of its own.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// The rules of `exllama`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row exllama{
    .value = engine::exllama,
    .name = "exllama",
    .aliases = {"exllamav2"},
    .refuses_gguf = true,
    .own = {number_format::exl2_2_4, number_format::exl2_8_0},
    .memory = {.narrow_caches = integer_caches,
               .cache = cache_policy::whole_context,
               .prefill_chunk = 2048,
               .hidden_copies = 3,
               .static_buffers_until = no_software_yet,
               .divides_experts = false,
               .score_bytes = 2,
               .scores_until = {2023, 9},
               .keeps_dequantized = true,
               .embedding_in_host_since = {2023, 9},
               .band_per_mille = 50},
    .time = {.launches = kernel_launch::native,
             .attention = cache_reading::unsplit,
             .scored_attention = cache_reading::unsplit,
             .accumulates_fp16 = true,
             .expert_layer = nullptr,
             .band_per_mille = 200,
             .kernels = {{every_other, {}, &kernels::dequantizing_alone},
                         {every_other, {2023, 9}, &kernels::exllamav2},
                         {unquantized, {}, &kernels::gemm}}},
    .sources = {.memory = "exllama: whole cache, temporary state, feed-forward and dequantization buffers allocated "
                          "once; exllamav2 (September 2023): the embedding on the CPU, attention by flash-attn",
                .time = "fitted (2026-11); exllamav2 by its README's table"},
};

}  // namespace cardfit::engines
