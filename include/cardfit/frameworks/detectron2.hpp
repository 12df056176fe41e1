// SPDX-License-Identifier: MIT
#pragma once

// Detectron2 trains detectors in plain PyTorch.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `detectron2`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row detectron2{
    .value = framework::detectron2,
    .name = "detectron2",
    .aliases = {"detectron"},
    .memory = {.eager = &saved_tables::eager,
               .autocast = &saved_tables::autocast,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::every_second_matmul,
               .mixed_fp16 = mixed_recipes::autocast,
               .mixed_bf16 = mixed_recipes::autocast,
               .bucket_gradient_copies = 1,
               .band_per_mille = 110,
               .convolution_transforms = true},
    .time = {},
    .sources =
        {.memory = "detectron2: plain PyTorch; torch.backends.cudnn.benchmark is off (CUDNN_BENCHMARK of its defaults)",
         .time = "detectron2: plain PyTorch; no training rates are published"},
};

}  // namespace cardfit::frameworks
