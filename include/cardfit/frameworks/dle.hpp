// SPDX-License-Identifier: MIT
#pragma once

// NVIDIA DeepLearningExamples train with apex and fused optimizers.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `dle`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row dle{
    .value = framework::dle,
    .name = "dle",
    .aliases = {"deeplearningexamples", "apex"},
    .memory = {.eager = &saved_tables::eager,
               .autocast = &saved_tables::eager,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::without_scores,
               .mixed_fp16 = mixed_recipes::apex_o2,
               .mixed_bf16 = mixed_recipes::apex_o2,
               .states_follow_parameters = false,
               .bucket_gradient_copies = 1,
               .block_streams = block_streams::none,
               .activation_slack_per_mille = 50,
               .slack_per_mille = 30,
               .band_per_mille = 80},
    .time = {.fusion = fusion::partial,
             .reduction = gradient_reduction::late,
             .master_weights = true,
             .steps_tensor_by_tensor = true,
             .channels_last = true,
             .hides_tensor_collectives = true,
             .windows_fused_late = true,
             .band_per_mille = 290},
    .sources = {.memory = "NVIDIA DeepLearningExamples: apex amp O2, fused optimizers",
                .time = "NVIDIA DeepLearningExamples: apex; Lambda's runs of them"},
};

}  // namespace cardfit::frameworks
