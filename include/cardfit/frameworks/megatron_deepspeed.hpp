// SPDX-License-Identifier: MIT
#pragma once

// Megatron-DeepSpeed trained BLOOM: Megatron's kernels with ZeRO-1.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `megatron-deepspeed`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row megatron_deepspeed{
    .value = framework::megatron_deepspeed,
    .name = "megatron-deepspeed",
    .aliases = {"bigscience"},
    .memory = {.eager = &saved_tables::fused_kernels,
               .autocast = &saved_tables::fused_kernels,
               .compiled = &saved_tables::fused_kernels,
               .selective = &saved_tables::without_scores,
               .mixed_fp16 = mixed_recipes::zero,
               .mixed_bf16 = mixed_recipes::zero_bf16_accumulated,
               .states_follow_parameters = false,
               .logits = {.full = 6, .compiled = 6, .tensor_parallel = 6, .fused = 2},
               .gradients_persist = true,
               .keeps_stage_outputs = true,
               .bucket_elements = 1'000'000'000,
               .block_streams = block_streams::none,
               .activation_slack_per_mille = 90,
               .slack_per_mille = 90,
               .band_per_mille = 100,
               .pipeline_band_per_mille = 220},
    .time = {.fusion = fusion::full,
             .reduction = gradient_reduction::late,
             .master_weights = true,
             .hides_tensor_collectives = true,
             .windows_fused_late = true,
             .band_per_mille = 220},
    .sources = {.memory = "Megatron-DeepSpeed: ZeRO-1 with Megatron's kernels; DeepSpeed BF16_Optimizer; pipelines "
                          "took up to 22 % more than is counted (bigscience's chronicles), from no known cause",
                .time = "BigScience's Megatron-DeepSpeed"},
};

}  // namespace cardfit::frameworks
