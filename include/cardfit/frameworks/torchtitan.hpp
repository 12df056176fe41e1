// SPDX-License-Identifier: MIT
#pragma once

// torchtitan trains with FSDP2, tensor, pipeline and context parallelism of PyTorch.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

inline constexpr framework_row torchtitan{
    .value = framework::torchtitan,
    .name = "torchtitan",
    .aliases = {"titan"},
    .launch_name = "torchtitan",
    .memory = {.eager = &saved_tables::eager,
               .autocast = &saved_tables::eager,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::every_second_matmul,
               .mixed_fp16 = mixed_recipes::fsdp,
               .mixed_bf16 = mixed_recipes::fsdp,
               .logits = {.compiled = 4,
                          .compiled_since = {2025, 4},
                          .tensor_parallel = 22,
                          .chunked = 2,
                          .default_loss = loss::chunked,
                          .default_since = {2026, 5}},
               .sinks_since = {2025, 10},
               .sequence_parallel_with_tensor = true,
               .gathers_stage_under_pipeline = true,
               .activation_slack_per_mille = 10,
               .slack_per_mille = 10,
               .keeps_freed_gradients = true,
               .band_per_mille = 220,
               .fp4_band_per_mille = 600},
    .time = {.band_per_mille = 210},
    .sources =
        {.memory =
             "pytorch/torchtitan: docs (FSDP2, activation checkpointing); pull request 1033 compiles the "
             "loss (April 2025); 2937 runs head and loss on an eighth of the tokens at a time (27 April 2026); 1754: "
             "attention sinks run on FlexAttention; NVFP4 matmuls are one opaque operator, of which selective "
             "checkpointing saves less than is counted: the estimate is 58 % over the one published peak",
         .time = "pytorch/torchtitan: FSDP2"},
};

}  // namespace cardfit::frameworks
