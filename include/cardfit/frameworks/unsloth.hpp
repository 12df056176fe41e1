// SPDX-License-Identifier: MIT
#pragma once

// Unsloth patches models of the Hugging Face Trainer with kernels of its own.

#include <cardfit/frameworks/transformers.hpp>

namespace cardfit::frameworks {

namespace detail {

/// Returns what Unsloth changes. Its kernels save 16-bit inputs; gated feed-forwards recompute their product; adapters
/// have no dropout by default and read the inputs that exist; checkpoints lie in host memory; the loss never writes its
/// logits.
[[nodiscard]] constexpr framework_memory unsloth_memory() {
    framework_memory memory = transformers.memory;
    memory.eager = &saved_tables::unsloth;
    memory.autocast = &saved_tables::unsloth;
    memory.grouped_since = no_software_yet;  // its attention repeats keys and values, or runs xformers (recalled)
    memory.adapters.dropout = false;
    memory.adapters.casts_inputs = false;
    memory.logits.fused_head_gradient = 0;
    memory.has_fused_kernels = false;
    memory.adapters.widens_quantized_base = false;
    memory.checkpoints_on_host = true;
    memory.logits.replaced = 8;
    memory.logits.default_loss = loss::fused;
    memory.logits.default_since = {2024, 12};
    return memory;
}

}  // namespace detail

/// The rules of `unsloth`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row unsloth{
    .value = framework::unsloth,
    .name = "unsloth",
    .memory = detail::unsloth_memory(),
    .time = transformers.time,
    .sources = {.memory =
                    "unslothai/unsloth: kernels/ (RMSNorm, RoPE, SwiGLU and LoRA fused), models/_utils.py (offloaded "
                    "checkpoints; cut cross-entropy since 2024.12); which kernels and since when is recalled",
                .time = "as the Hugging Face Trainer's, on which it runs"},
};

}  // namespace cardfit::frameworks
