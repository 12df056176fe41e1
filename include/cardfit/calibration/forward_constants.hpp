// SPDX-License-Identifier: MIT
#pragma once

// Every number that the time of a forward pass without cache depends on (networks of images, encoders, denoisers),
// besides the constants of kernels that it shares with training, with the standing, range and source of each.

#include <cardfit/calibration/constant.hpp>

namespace cardfit {

/// Costs of a forward pass without backward. PyTorch runs its kernels one by one.
struct forward_constants {
    double convolution = 0.94;        ///< time of a convolution, relative to its forward pass in training
    double normalized_passes = 3.85;  ///< over what is normalized: norm, activation, and residual sums
    double activation_pass = 0.5;     ///< passes of an activation alone, relative to a norm's with its activation
    double copy_pass = 3.18;          ///< passes of a copy, relative to the same
    double transposed_passes = 0.93;  ///< over inputs and results that are transposed for tensor cores
    double layer_elements = 0.25;     ///< element-wise work of a layer, relative to its forward pass in training
    double autocast_elements = 0.17;  ///< added to it under autocast: norms in fp32, and casts
    double stacked_passes = 1.7;      ///< of passes over feature maps and layers on HBM, relative to GDDR
    double host_kernel = 27e-6;       ///< host seconds per kernel of a convolutional network's modules
    double pipeline_kernel = 38e-6;   ///< host seconds per kernel of a diffusion pipeline's modules
    double checkpoint = 3.5e-3;       ///< host seconds per unit that torch.utils.checkpoint recomputes
    friend constexpr bool operator==(const forward_constants&, const forward_constants&) = default;
};

/// The constants that estimates use by default.
inline constexpr forward_constants default_forward_constants{};

/// The description of every constant of `forward_constants`.
inline constexpr constant<forward_constants> forward_descriptions[]{
    {"convolution",
     &forward_constants::convolution,
     standing::fitted,
     {0.8, 1.1},
     "half of timm's inference rows of RTX 3090, 4090 and 5090 (tests/published/images.jsonl)"},
    {"normalized_passes", &forward_constants::normalized_passes, standing::fitted, {3, 5}, "the same rows"},
    {"activation_pass", &forward_constants::activation_pass, standing::fitted, {0.3, 1}, "VGG among the same rows"},
    {"copy_pass", &forward_constants::copy_pass, standing::fitted, {2, 5}, "DenseNet among the same rows"},
    {"transposed_passes",
     &forward_constants::transposed_passes,
     standing::fitted,
     {0.3, 1.5},
     "the same rows: NCHW beside NHWC"},
    {"layer_elements", &forward_constants::layer_elements, standing::fitted, {0.1, 0.5}, "ViT in fp16 on an H100"},
    {"autocast_elements",
     &forward_constants::autocast_elements,
     standing::fitted,
     {0.05, 0.4},
     "ViT among timm's rows, and under autocast on an H100"},
    {"stacked_passes",
     &forward_constants::stacked_passes,
     standing::fitted,
     {1, 2.5},
     "ResNet-50 and ViT measured on an H100 (tests/estimate/inference/time_test.cpp)"},
    {"host_kernel", &forward_constants::host_kernel, standing::fitted, {10e-6, 60e-6}, "one ResNet-50 on an H100"},
    {"pipeline_kernel",
     &forward_constants::pipeline_kernel,
     standing::fitted,
     {20e-6, 60e-6},
     "SD 1.5 on an A100 (fal-ai/stable-diffusion-benchmarks), SDXL on an H100 (stabilityai, model card of its "
     "TensorRT)"},
    {"checkpoint",
     &forward_constants::checkpoint,
     standing::fitted,
     {2e-3, 7e-3},
     "SDXL, SD 1.5 and FLUX.1 with and without checkpointing on an H100"},
};
static_assert(detail::describes_all<members_of<forward_constants>>(forward_descriptions),
              "every member of forward_constants has one description, and its value lies in its range");

}  // namespace cardfit
