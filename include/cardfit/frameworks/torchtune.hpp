// SPDX-License-Identifier: MIT
#pragma once

// torchtune fine-tunes with recipes on FSDP2.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `torchtune`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row torchtune{
    .value = framework::torchtune,
    .name = "torchtune",
    .aliases = {"tune"},
    .memory = {.eager = &saved_tables::eager,
               .autocast = &saved_tables::eager,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::every_second_matmul,
               .mixed_fp16 = mixed_recipes::fsdp,
               .mixed_bf16 = mixed_recipes::fsdp,
               .logits = {.chunked = 2},
               .adapters = {.dropout = false},
               .band_per_mille = 160,
               .foreach_temporaries = 1},
    .time = {.band_per_mille = 160},
    .sources = {.memory = "torchtune documentation: memory optimization overview", .time = "torchtune's recipes"},
};

}  // namespace cardfit::frameworks
