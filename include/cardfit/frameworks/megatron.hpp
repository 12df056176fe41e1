// SPDX-License-Identifier: MIT
#pragma once

// Megatron-LM and Megatron-Core train with Transformer Engine's fused kernels.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

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
               .logits = {.full = 6,
                          .compiled = 6,
                          .tensor_parallel = 6,
                          .fused = 2,
                          .default_loss = loss::fused,
                          .default_since = {2024, 1}},
               .gradients_persist = true,
               .sequence_parallel_with_tensor = true,
               .gathers_sequence = true,
               .second_output_under_context = true,
               .cached_narrow_copies = 2,
               .matrix_scratch = true,
               .activation_slack_per_mille = 53,
               .slack_per_mille = 53,
               .band_per_mille = 50},
    .time = {.fusion = fusion::full,
             .reduction = gradient_reduction::late,
             .master_weights = true,
             .hides_tensor_collectives = true,
             .windows_fused_late = true,
             .band_per_mille = 250},
    .sources = {.memory = "Megatron-LM docs: distributed optimizer; Korthikanti et al., arXiv 2205.05198; Transformer "
                          "Engine keeps each fp8 weight and its transpose between micro-batches (its pull request 244)",
                .time = "Megatron-LM: fused kernels, fused gradient accumulation, --tp-comm-overlap"},
};

}  // namespace cardfit::frameworks
