// SPDX-License-Identifier: MIT
#pragma once

// LitGPT trains and fine-tunes on Lightning Fabric, with FSDP1.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `litgpt`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row litgpt{
    .value = framework::litgpt,
    .name = "litgpt",
    .aliases = {"lightning"},
    .memory = {.eager = &saved_tables::litgpt,
               .autocast = &saved_tables::autocast,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::every_second_matmul,
               .mixed_fp16 = mixed_recipes::autocast,
               .mixed_bf16 = mixed_recipes::autocast,
               .adapters = {.fused_query_key_value = true, .quantized_head = true, .quantized_input_copies = 2},
               .unsharded_accumulation = true,
               .flat_gradients = true,
               .band_per_mille = 110,
               .foreach_temporaries = 1},
    .time = {.fusion = fusion::partial},
    .sources = {.memory = "Lightning Fabric precision and FSDP strategy documentation; litgpt lora.py",
                .time = "litgpt: fused RMSNorm, cross-entropy"},
};

}  // namespace cardfit::frameworks
