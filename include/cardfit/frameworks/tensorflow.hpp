// SPDX-License-Identifier: MIT
#pragma once

// TensorFlow 1 runs graphs of separate operators, as in google-research/bert.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `tensorflow`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row tensorflow{
    .value = framework::tensorflow,
    .name = "tensorflow",
    .aliases = {"tf"},
    .memory = {.eager = &saved_tables::tensorflow,
               .autocast = &saved_tables::tensorflow,
               .compiled = &saved_tables::tensorflow,
               .selective = &saved_tables::tensorflow,
               .mixed_fp16 = mixed_recipes::autocast,
               .mixed_bf16 = mixed_recipes::autocast,
               .states_follow_parameters = false,
               .full_precision = {.weight = 4, .gradient = 8},
               .gradients_persist = true,
               .block_streams = block_streams::none,
               .activation_slack_per_mille = 30,
               .slack_per_mille = 30},
    .time = {.fusion = fusion::partial, .channels_last = true},
    .sources = {.memory = "google-research/bert: modeling.py, optimization.py on TensorFlow 1.11",
                .time = "TensorFlow: Grappler; no training rates are published"},
};

}  // namespace cardfit::frameworks
