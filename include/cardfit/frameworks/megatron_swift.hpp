// SPDX-License-Identifier: MIT
#pragma once

// Megatron-SWIFT of ModelScope runs Megatron-Core with defaults of its own.

#include <cardfit/frameworks/megatron.hpp>

namespace cardfit::frameworks {

namespace detail {

/// Megatron's rules with the loss that ms-swift sets by default: `cross_entropy_loss_fusion` true, implementation
/// `native`.
[[nodiscard]] constexpr framework_memory swift_memory() {
    framework_memory memory = megatron.memory;
    memory.logits.default_loss = loss::fused_kernel;
    memory.logits.default_since = {2025, 1};
    // Its packed sequences have no padding (`thd`), for which Transformer Engine knows sinks since 2.12 (NVIDIA/
    // TransformerEngine#2483, 2568).
    memory.sinks_since = {2026, 2};
    // Dense jobs are within 7 %. Experts take 14 to 20 % more than is counted (moe.sh, mcore.sh of its examples). Part
    // of it are tensors of experts that full recomputation does not release before backward ends (NVIDIA/
    // Megatron-LM#3221, verl-project/verl#5251: inputs and their gradients); the rest has no known cause. The optimizer
    // on the host takes 12 % more (72b_offload.sh), from no known cause either.
    memory.band_per_mille = 80;
    memory.experts_band_per_mille = 250;
    memory.offload_band_per_mille = 150;
    return memory;
}

}  // namespace detail

/// The rules of `megatron-swift`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row megatron_swift{
    .value = framework::megatron_swift,
    .name = "megatron-swift",
    .aliases = {"mcore-swift", "swift-megatron"},
    .memory = detail::swift_memory(),
    .time = megatron.time,
    .sources = {.memory = "modelscope/ms-swift: swift/megatron/arguments/megatron_args.py, docs Megatron-SWIFT "
                          "(command-line parameters)",
                .time = "as Megatron-LM's"},
};

}  // namespace cardfit::frameworks
