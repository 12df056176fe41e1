// SPDX-License-Identifier: MIT
#pragma once

// DeepSpeed-Inference generates with fused kernels in a workspace of fixed size.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// The rules of `deepspeed`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row deepspeed{
    .value = engine::deepspeed,
    .name = "deepspeed",
    .aliases = {"deepspeed-inference"},
    .refuses_gguf = true,
    .memory = {.cache = cache_policy::whole_context, .hidden_copies = 3, .experts_at_once = true},
    .time = {.kernels = {{every_other, {}, &kernels::dequantizing}, {unquantized, {}, &kernels::gemm}}},
    .sources = {.memory = "DeepSpeed-Inference: workspace for max_out_tokens",
                .time = "estimated: as vLLM's current engine"},
};

}  // namespace cardfit::engines
