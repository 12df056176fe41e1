// SPDX-License-Identifier: MIT
#pragma once

// LitGPT generates with eager PyTorch and a static cache.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// The rules of `litgpt`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row litgpt{
    .value = engine::litgpt,
    .name = "litgpt",
    .floors = pytorch_floors,
    .refuses_gguf = true,
    .memory = {.cache = cache_policy::whole_context,
               .divides_experts = false,
               .quantizing_bytes = 4,
               .quantized_head = true,
               .band_per_mille = 50},
    .time = {.launches = kernel_launch::eager,
             .expert_layer = nullptr,
             .kernels = {{every_other, {}, &kernels::dequantizing, &inference_time_constants::host_quantized},
                         {unquantized, {}, &kernels::gemm, &inference_time_constants::host_16bit}}},
    .sources = {.memory = "litgpt generate: bitsandbytes quantizes each matrix on the card, from its 16-bit copy there",
                .time = "estimated: as transformers, with a cache in place"},
};

}  // namespace cardfit::engines
