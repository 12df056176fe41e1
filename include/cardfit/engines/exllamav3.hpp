// SPDX-License-Identifier: MIT
#pragma once

// ExLlamaV3 runs EXL3 files on kernels of its own (turboderp-org/exllamav3; TabbyAPI serves with it).

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// The rules of `exllamav3`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row exllamav3{
    .value = engine::exllamav3,
    .name = "exllamav3",
    .aliases = {"tabbyapi"},
    .refuses_gguf = true,
    .own = {number_format::exl3_2_0, number_format::exl3_8_0},
    .memory = {.narrow_caches = integer_caches,
               .cache = cache_policy::whole_context,
               .block_tokens = 256,
               .shares_prefixes = true,
               .prefill_chunk = 2048,
               .hidden_copies = 3,
               .experts_at_once = true,
               .divides_experts = false,
               .embedding_in_host_since = {}},
    .time = {.launches = kernel_launch::native,
             .accumulates_fp16 = true,
             .expert_layer = &inference_time_constants::native_expert_layer,
             .kernels = {{every_other, {}, &kernels::exllamav2}, {unquantized, {}, &kernels::gemm}}},
    .sources = {.memory = "exllamav3: the cache is allocated whole, in pages of 256 tokens (PAGE_SIZE in constants.py, "
                          "recalled), the embedding on the CPU; the rest is estimated as exllama's",
                .time = "estimated: as exllama, and experts' routing as in llama.cpp's loop, which is C++ too"},
};

}  // namespace cardfit::engines
