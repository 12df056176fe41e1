// SPDX-License-Identifier: MIT
#pragma once

// Megatron-LM and Megatron-Core train with Transformer Engine's fused kernels.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// Bytes per logit. Megatron-LM's own loss (`--cross-entropy-loss-fusion` is off by default) makes an fp32 copy of the
/// 16-bit logits, which becomes the softmax and then the gradient (core/tensor_parallel/cross_entropy.py). `fused` is
/// `--cross-entropy-fusion-impl te`: Transformer Engine overwrites the 16-bit logits with their gradient.
/// `fused_kernel` is `native`: compiled functions do not work in place, so that a second fp32 tensor exists beside the
/// softmax in forward and in backward (core/fusions/fused_cross_entropy.py; linkedin/Liger-Kernel#1260 measures 1.5
/// times the unfused path with the logits themselves counted: 12 against 8).
inline constexpr logits_recipe megatron_logits{
    .full = 6, .compiled = 6, .tensor_parallel = 6, .fused = 2, .fused_kernel = 10};

/// The rules of `megatron`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row megatron{
    .value = framework::megatron,
    .name = "megatron",
    .aliases = {"megatron-lm", "megatron-core", "mcore"},
    .launch_name = "megatron",
    .memory = {.eager = &saved_tables::fused_kernels,
               .autocast = &saved_tables::fused_kernels,
               .compiled = &saved_tables::fused_kernels,
               .selective = &saved_tables::without_scores,
               .mixed_fp16 = mixed_recipes::megatron,
               .mixed_bf16 = mixed_recipes::megatron,
               .states_follow_parameters = false,
               .logits = megatron_logits,
               .sinks_since = {2025, 10},
               .gradients_persist = true,
               .sequence_parallel_with_tensor = true,
               .gathers_sequence = true,
               .second_output_under_context = true,
               .cached_narrow_copies = 2,
               .matrix_scratch = true,
               .block_streams = block_streams::none,
               .activation_slack_per_mille = 53,
               .slack_per_mille = 53,
               .band_per_mille = 50,
               // No peak of NVFP4 is published. Transformer Engine saves inputs by columns alone (pytorch/module/
               // linear.py), and keeps weights by rows and by columns.
               .fp4_band_per_mille = 150},
    .time = {.fusion = fusion::full,
             .reduction = gradient_reduction::late,
             .master_weights = true,
             .hides_tensor_collectives = true,
             .windows_fused_late = true,
             .band_per_mille = 230},
    .sources = {.memory =
                    "Megatron-LM docs: distributed optimizer; Korthikanti et al., arXiv 2205.05198; Transformer "
                    "Engine keeps each fp8 weight and its transpose between micro-batches (its pull request 244); it "
                    "knows attention sinks since version 2.8 (pull request 2148)",
                .time = "Megatron-LM: fused kernels, fused gradient accumulation, --tp-comm-overlap"},
};

}  // namespace cardfit::frameworks
