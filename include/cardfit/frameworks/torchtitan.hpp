// SPDX-License-Identifier: MIT
#pragma once

// torchtitan trains with FSDP2, tensor, pipeline and context parallelism of PyTorch.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `torchtitan`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row torchtitan{
    .value = framework::torchtitan,
    .name = "torchtitan",
    .aliases = {"titan"},
    .launch_name = "torchtitan",
    .memory = {.eager = &saved_tables::eager,
               .autocast = &saved_tables::eager,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::every_second_matmul,
               .selective_fp4 = &saved_tables::unlisted_matmuls,
               .wide_layers_under_fp4 = 15,
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
               .segments_expand_since = {2024, 11},
               .activation_slack_per_mille = 10,
               .slack_per_mille = 10,
               .keeps_freed_gradients = true,
               .band_per_mille = 220},
    .time = {.band_per_mille = 210},
    .sources =
        {.memory =
             "pytorch/torchtitan: docs (FSDP2, activation checkpointing); commit a5e57e4a9 (22 October 2024) sets "
             "expandable segments in its launch script; pull request 1033 compiles the "
             "loss (April 2025); 2937 runs head and loss on an eighth of the tokens at a time (27 April 2026); 1754: "
             "attention sinks run on FlexAttention; torchao's NVFP4 linears are no operators that selective "
             "checkpointing "
             "saves (distributed/activation_checkpoint.py), and its recipe leaves the last 15 % of the layers in "
             "bf16 (components/quantization/nvfp4.md); pipelines of 405B took 8 to 21 % more than is counted, 7 GiB "
             "of which between 4 x 8192 and 1 x 32768 tokens that are alike here, from no known cause",
         .time = "pytorch/torchtitan: FSDP2"},
};

}  // namespace cardfit::frameworks
