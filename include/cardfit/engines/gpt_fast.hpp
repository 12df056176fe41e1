// SPDX-License-Identifier: MIT
#pragma once

// gpt-fast generates with compiled PyTorch.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// The rules of `gpt-fast`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row gpt_fast{
    .value = engine::gpt_fast,
    .name = "gpt-fast",
    .aliases = {"gptfast"},
    .refuses_gguf = true,
    .memory = {.cache = cache_policy::whole_context, .block_tokens = 8, .divides_experts = false, .logit_bytes = 2},
    .time = {.launches = kernel_launch::compiled,
             .quantized_head = true,
             .layer = &inference_time_constants::compiled_layer,
             .step = &inference_time_constants::compiled_step,
             .expert_layer = nullptr,
             .band_per_mille = 150,
             .kernels = {{every_other, {}, &kernels::int4_tiny},
                         {unquantized, {}, &kernels::generated},
                         {number_format::int8, {}, &kernels::int8_generated}}},
    .sources = {.memory = "gpt-fast: setup_caches rounds the length up to 8",
                .time = "fitted (2026-11): layer 26 to 31, step 75 to 274"},
};

}  // namespace cardfit::engines
