// SPDX-License-Identifier: MIT
#pragma once

// PyTorch without a library on top: DistributedDataParallel, torch.amp and torch.optim.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `pytorch`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row pytorch{
    .value = framework::pytorch,
    .name = "pytorch",
    .aliases = {"torch"},
    .memory = {.eager = &saved_tables::eager,
               .autocast = &saved_tables::autocast,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::every_second_matmul,
               .mixed_fp16 = mixed_recipes::autocast,
               .mixed_bf16 = mixed_recipes::autocast,
               .logits = {.compiled = 8},
               .bucket_gradient_copies = 1,
               .convolution_transforms = true,
               .foreach_temporaries = 1},
    .time = {.band_per_mille = 180},
    .sources = {.memory =
                    "PyTorch documentation: torch.amp, DistributedDataParallel, torch.optim (foreach); a compiled "
                    "loss saves 16-bit logits and has an fp32 copy and a 16-bit gradient (karpathy/nanochat#443: "
                    "a bf16 buffer of the logits' shape)",
                .time = "PyTorch documentation: DistributedDataParallel, fused AdamW"},
};

}  // namespace cardfit::frameworks
