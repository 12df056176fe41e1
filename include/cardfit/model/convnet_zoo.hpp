// SPDX-License-Identifier: MIT
#pragma once

// Convolutional networks by name, with the dimensions of their papers as torchvision builds them. No parameter count is
// written down here: each one follows from the description, and the tests compare it with torchvision's documentation.

#include <cardfit/model/convnet.hpp>

#include <array>
#include <string_view>

namespace cardfit::models {

namespace detail {

/// Appends a stage to the network.
constexpr void append(convnet& m, const convnet_stage& s) {
    std::size_t i = 0;
    while (m.stages[i].kind != stage_kind::none) ++i;
    m.stages[i] = s;
}

inline constexpr convnet_stage classifier{.kind = stage_kind::fully_connected,
                                          .width = 1000,
                                          .norm = norm_after::none,
                                          .activation = activation::none,
                                          .bias = true};
inline constexpr convnet_stage means{.kind = stage_kind::fixed_pool, .width = 1};

/// The choices that the four stages of a residual network share.
struct residual_plan {
    stage_kind kind = stage_kind::bottleneck_residual;
    std::int64_t repeats[4]{};
    std::int64_t inner = 64;  ///< channels inside the first stage's blocks; each later stage doubles them
    std::int64_t groups = 1;
    norm_after norm = norm_after::batch;
    std::int64_t frozen = 0;  ///< the number of leading stages that are not trained, the stem included
    bool stride_first = false;
    std::int64_t last_stride = 2;
    std::int64_t stages = 4;
};
/// Returns the stem and the stages of a residual network (arXiv 1512.03385, table 1). The stages' results are feature
/// maps 2 to 5.
constexpr convnet residual_backbone(const residual_plan& p) {
    convnet m;
    append(m, {.kind = stage_kind::convolution,
               .width = 64,
               .kernel = 7,
               .stride = 2,
               .norm = p.norm,
               .frozen = p.frozen > 0});
    append(m, {.kind = stage_kind::max_pool, .kernel = 3, .stride = 2});
    const std::int64_t first = p.kind == stage_kind::basic_residual ? 64 : 256;
    for (std::int64_t i = 0; i < p.stages; ++i)
        append(m, {.kind = p.kind,
                   .width = first << i,
                   .repeats = p.repeats[i],
                   .inner = p.inner << i,
                   .stride = i == 0   ? 1
                             : i == 3 ? p.last_stride
                                      : 2,
                   .groups = p.groups,
                   .dilation = i == 3 && p.last_stride == 1 ? 2 : 1,
                   .norm = p.norm,
                   .frozen = p.frozen > i + 1,
                   .stride_first = p.stride_first,
                   .feature = i + 2});
    return m;
}
/// Returns a residual network with an average pool and a classifier of 1000 classes.
constexpr convnet residual_classifier(const residual_plan& p) {
    convnet m = residual_backbone(p);
    append(m, means);
    append(m, classifier);
    return m;
}

/// Returns a VGG network (arXiv 1409.1556, table 1). The arguments are the numbers of 3x3 convolutions in its five
/// stages.
constexpr convnet vgg(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t e) {
    convnet m;
    const std::int64_t repeats[]{a, b, c, d, e};
    const std::int64_t widths[]{64, 128, 256, 512, 512};
    for (int i = 0; i < 5; ++i) {
        append(m, {.kind = stage_kind::convolution,
                   .width = widths[i],
                   .repeats = repeats[i],
                   .norm = norm_after::none,
                   .bias = true});
        append(m, {.kind = stage_kind::max_pool, .kernel = 2, .stride = 2, .padding = 0});
    }
    append(m, {.kind = stage_kind::fixed_pool, .width = 7});
    for (int i = 0; i < 2; ++i)
        append(m, {.kind = stage_kind::fully_connected, .width = 4096, .norm = norm_after::none, .bias = true});
    append(m, classifier);
    return m;
}

/// Returns a DenseNet (arXiv 1608.06993, table 1). The DenseNet-161 of the authors' repository has a growth rate of 48.
constexpr convnet densenet(std::int64_t growth, std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
    convnet m;
    std::int64_t channels = 2 * growth;
    append(m, {.kind = stage_kind::convolution, .width = channels, .kernel = 7, .stride = 2});
    append(m, {.kind = stage_kind::max_pool, .kernel = 3, .stride = 2});
    const std::int64_t repeats[]{a, b, c, d};
    for (int i = 0; i < 4; ++i) {
        append(m, {.kind = stage_kind::dense, .width = growth, .repeats = repeats[i], .inner = 4 * growth});
        channels += repeats[i] * growth;
        if (i == 3) break;
        channels /= 2;
        append(m, {.kind = stage_kind::transition, .width = channels});
    }
    append(m, {.kind = stage_kind::normalization});
    append(m, means);
    append(m, classifier);
    return m;
}

/// Returns MobileNetV2.
constexpr convnet mobilenet_v2() {
    // The columns of arXiv 1801.04381, table 2: expansion, width, repeats, stride.
    constexpr std::int64_t rows[][4]{{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                     {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    convnet m;
    // ReLU6 (hardtanh_) saves its input as smooth activations do: 5,249,477,632 bytes were measured
    // (tests/published/measured_h100.jsonl, h092a).
    append(m, {.kind = stage_kind::convolution, .width = 32, .stride = 2, .activation = activation::smooth});
    for (const auto& r : rows)
        append(m, {.kind = stage_kind::inverted_bottleneck,
                   .width = r[1],
                   .repeats = r[2],
                   .stride = r[3],
                   .expansion = r[0],
                   .activation = activation::smooth});
    append(m, {.kind = stage_kind::convolution, .width = 1280, .kernel = 1, .activation = activation::smooth});
    append(m, means);
    append(m, classifier);
    return m;
}

/// Returns MobileNetV3-Large.
constexpr convnet mobilenet_v3_large() {
    // The columns of arXiv 1905.02244, table 1: kernel, expanded width, width, squeeze, hard-swish, stride. The squeeze
    // widths are torchvision's, which rounds a quarter of the expanded width to a multiple of eight.
    constexpr std::int64_t rows[][6]{{3, 16, 16, 0, 0, 1},     {3, 64, 24, 0, 0, 2},     {3, 72, 24, 0, 0, 1},
                                     {5, 72, 40, 24, 0, 2},    {5, 120, 40, 32, 0, 1},   {5, 120, 40, 32, 0, 1},
                                     {3, 240, 80, 0, 1, 2},    {3, 200, 80, 0, 1, 1},    {3, 184, 80, 0, 1, 1},
                                     {3, 184, 80, 0, 1, 1},    {3, 480, 112, 120, 1, 1}, {3, 672, 112, 168, 1, 1},
                                     {5, 672, 160, 168, 1, 2}, {5, 960, 160, 240, 1, 1}, {5, 960, 160, 240, 1, 1}};
    convnet m;
    append(m, {.kind = stage_kind::convolution, .width = 16, .stride = 2, .activation = activation::smooth});
    for (const auto& r : rows)
        append(m, {.kind = stage_kind::inverted_bottleneck,
                   .width = r[2],
                   .inner = r[1],
                   .kernel = r[0],
                   .stride = r[5],
                   .squeeze = r[3],
                   .activation = r[4] ? activation::smooth : activation::relu});
    append(m, {.kind = stage_kind::convolution, .width = 960, .kernel = 1, .activation = activation::smooth});
    append(m, means);
    append(m, {.kind = stage_kind::fully_connected,
               .width = 1280,
               .norm = norm_after::none,
               .activation = activation::smooth,
               .bias = true});
    append(m, classifier);
    return m;
}

/// Returns EfficientNet-B0.
constexpr convnet efficientnet_b0() {
    // The columns of arXiv 1905.11946, table 1: expansion, kernel, stride, width, repeats.
    constexpr std::int64_t rows[][5]{{1, 3, 1, 16, 1},  {6, 3, 2, 24, 2},  {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3},
                                     {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4}, {6, 3, 1, 320, 1}};
    convnet m;
    append(m, {.kind = stage_kind::convolution, .width = 32, .stride = 2, .activation = activation::smooth});
    for (const auto& r : rows)
        append(m, {.kind = stage_kind::inverted_bottleneck,
                   .width = r[3],
                   .repeats = r[4],
                   .kernel = r[1],
                   .stride = r[2],
                   .expansion = r[0],
                   .squeeze = -4,
                   .activation = activation::smooth});
    append(m, {.kind = stage_kind::convolution, .width = 1280, .kernel = 1, .activation = activation::smooth});
    append(m, means);
    append(m, classifier);
    return m;
}

/// Returns U-Net (arXiv 1505.04597, figure 1). Its 3x3 convolutions are unpadded and have biases; it maps 572 x 572
/// pixels of one channel to 388 x 388 pixels of two classes.
constexpr convnet u_net() {
    convnet m{.height = 572, .width = 572, .channels = 1};
    for (std::int64_t i = 0; i < 5; ++i) {
        append(m, {.kind = stage_kind::convolution,
                   .width = 64 << i,
                   .repeats = 2,
                   .padding = 0,
                   .norm = norm_after::none,
                   .bias = true,
                   .feature = i < 4 ? i + 1 : 0});
        if (i < 4) append(m, {.kind = stage_kind::max_pool, .kernel = 2, .stride = 2, .padding = 0});
    }
    for (std::int64_t i = 3; i >= 0; --i) {
        append(m, {.kind = stage_kind::up_convolution,
                   .width = 64 << i,
                   .kernel = 2,
                   .stride = 2,
                   .norm = norm_after::none,
                   .activation = activation::none,
                   .bias = true,
                   .joins = i + 1});
        append(m, {.kind = stage_kind::convolution,
                   .width = 64 << i,
                   .repeats = 2,
                   .padding = 0,
                   .norm = norm_after::none,
                   .bias = true});
    }
    append(m, {.kind = stage_kind::convolution,
               .width = 2,
               .kernel = 1,
               .norm = norm_after::none,
               .activation = activation::none,
               .bias = true});
    return m;
}

/// Returns a Swin Transformer (arXiv 2103.14030, section 3.3) with four stages and windows of 7 x 7 positions.
constexpr convnet swin(std::int64_t width, std::int64_t third, std::int64_t heads) {
    convnet m;
    append(m, {.kind = stage_kind::convolution,
               .width = width,
               .kernel = 4,
               .stride = 4,
               .padding = 0,
               .norm = norm_after::none,
               .activation = activation::none,
               .bias = true});
    append(m, {.kind = stage_kind::layer_normalization});
    for (std::int64_t i = 0; i < 4; ++i) {
        append(m, {.kind = stage_kind::window_attention,
                   .width = width << i,
                   .repeats = i == 2 ? third : 2,
                   .kernel = 7,
                   .heads = heads << i});
        if (i < 3) append(m, {.kind = stage_kind::patch_merging, .width = width << (i + 1)});
    }
    append(m, {.kind = stage_kind::layer_normalization});
    append(m, means);
    append(m, classifier);
    return m;
}

}  // namespace detail

/// The residual networks have the stride in the 3x3 convolution, as torchvision and NVIDIA's "v1.5" do.
/// @{
inline constexpr convnet resnet_18 =
    detail::residual_classifier({.kind = stage_kind::basic_residual, .repeats = {2, 2, 2, 2}});
inline constexpr convnet resnet_34 =
    detail::residual_classifier({.kind = stage_kind::basic_residual, .repeats = {3, 4, 6, 3}});
inline constexpr convnet resnet_50 = detail::residual_classifier({.repeats = {3, 4, 6, 3}});
inline constexpr convnet resnet_101 = detail::residual_classifier({.repeats = {3, 4, 23, 3}});
inline constexpr convnet resnet_152 = detail::residual_classifier({.repeats = {3, 8, 36, 3}});
inline constexpr convnet resnext_50_32x4d =
    detail::residual_classifier({.repeats = {3, 4, 6, 3}, .inner = 128, .groups = 32});
inline constexpr convnet resnext_101_32x8d =
    detail::residual_classifier({.repeats = {3, 4, 23, 3}, .inner = 256, .groups = 32});
inline constexpr convnet vgg_11 = detail::vgg(1, 1, 2, 2, 2);
inline constexpr convnet vgg_13 = detail::vgg(2, 2, 2, 2, 2);
inline constexpr convnet vgg_16 = detail::vgg(2, 2, 3, 3, 3);
inline constexpr convnet vgg_19 = detail::vgg(2, 2, 4, 4, 4);
inline constexpr convnet densenet_121 = detail::densenet(32, 6, 12, 24, 16);
inline constexpr convnet densenet_161 = detail::densenet(48, 6, 12, 36, 24);
inline constexpr convnet densenet_169 = detail::densenet(32, 6, 12, 32, 32);
inline constexpr convnet densenet_201 = detail::densenet(32, 6, 12, 48, 32);
inline constexpr convnet mobilenet_v2 = detail::mobilenet_v2();
inline constexpr convnet mobilenet_v3_large = detail::mobilenet_v3_large();
inline constexpr convnet efficientnet_b0 = detail::efficientnet_b0();
inline constexpr convnet u_net = detail::u_net();
inline constexpr convnet swin_t = detail::swin(96, 6, 3);
/// @}

/// A network and its name in this library.
struct convnet_entry {
    std::string_view id;   ///< name in the library, as the tool takes it
    const convnet* model;  ///< its shape
};

/// A network of torchvision or of NVIDIA's DeepLearningExamples.
/// @{
inline constexpr std::array convnets{
    convnet_entry{"resnet-18", &resnet_18},
    convnet_entry{"resnet-34", &resnet_34},
    convnet_entry{"resnet-50", &resnet_50},
    convnet_entry{"resnet-101", &resnet_101},
    convnet_entry{"resnet-152", &resnet_152},
    convnet_entry{"resnext-50-32x4d", &resnext_50_32x4d},
    convnet_entry{"resnext-101-32x8d", &resnext_101_32x8d},
    convnet_entry{"vgg-11", &vgg_11},
    convnet_entry{"vgg-13", &vgg_13},
    convnet_entry{"vgg-16", &vgg_16},
    convnet_entry{"vgg-19", &vgg_19},
    convnet_entry{"densenet-121", &densenet_121},
    convnet_entry{"densenet-161", &densenet_161},
    convnet_entry{"densenet-169", &densenet_169},
    convnet_entry{"densenet-201", &densenet_201},
    convnet_entry{"mobilenet-v2", &mobilenet_v2},
    convnet_entry{"mobilenet-v3-large", &mobilenet_v3_large},
    convnet_entry{"efficientnet-b0", &efficientnet_b0},
    convnet_entry{"u-net", &u_net},
    convnet_entry{"swin-t", &swin_t},
};
/// @}

}  // namespace cardfit::models
