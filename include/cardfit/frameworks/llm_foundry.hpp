// SPDX-License-Identifier: MIT
#pragma once

// LLM Foundry of MosaicML trains with Composer on FSDP.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `llm-foundry`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row llm_foundry{
    .value = framework::llm_foundry,
    .name = "llm-foundry",
    .aliases = {"llmfoundry", "mosaicml", "composer"},
    .memory = {.eager = &saved_tables::eager,
               .autocast = &saved_tables::eager,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::every_second_matmul,
               .mixed_fp16 = mixed_recipes::fsdp,
               .mixed_bf16 = mixed_recipes::fsdp,
               // The fused loss is of 16-bit logits and their gradient in every layout and piece.
               .logits = {.full = 4, .compiled = 4, .tensor_parallel = 4, .chunked = 4, .fused_kernel = 4},
               .block_streams = block_streams::none,
               .activation_slack_per_mille = 50,
               .slack_per_mille = 30,
               .band_per_mille = 80},
    .time = {.fusion = fusion::partial, .band_per_mille = 100},
    .sources = {.memory = "Composer FSDP documentation: mixed_precision PURE; llm-foundry: fused_crossentropy of "
                          "flash-attn on 16-bit logits",
                .time = "MosaicML llm-foundry: low-precision LayerNorm, FusedCrossEntropy"},
};

}  // namespace cardfit::frameworks
