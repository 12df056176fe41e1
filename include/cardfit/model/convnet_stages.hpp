// SPDX-License-Identifier: MIT
#pragma once

// Networks over images, as papers describe them: a list of stages; detectors also have a feature pyramid, and heads at
// positions or in regions.

#include <cstddef>
#include <cstdint>

namespace cardfit {

enum class stage_kind : unsigned char {
    none,
    convolution,          ///< one convolution, norm, activation
    max_pool,             ///< `kernel`, `stride`
    average_pool,         ///< `kernel`, `stride`
    fixed_pool,           ///< to `width` x `width` positions, whatever the image
    fully_connected,      ///< of all positions and channels
    basic_residual,       ///< two 3x3 (He et al., arXiv 1512.03385, figure 5 left)
    bottleneck_residual,  ///< 1x1, 3x3 of `inner` channels, 1x1 (figure 5 right); `groups`: arXiv 1611.05431
    dense,                ///< norm, 1x1 of `inner`, norm, 3x3 of `width`, joined to its input (arXiv 1608.06993)
    transition,           ///< norm, 1x1, average pool of two (arXiv 1608.06993)
    inverted_bottleneck,  ///< 1x1 to `inner`, depthwise, `squeeze`, 1x1 (arXiv 1801.04381, 1905.02244)
    up_convolution,       ///< transposed convolution, then joined with feature map `joins`, if not 0 (arXiv 1505.04597)
    upsample,             ///< bilinear, `stride` times as many positions per side
    patch_merging,        ///< four positions to one of `width` channels (arXiv 2103.14030)
    window_attention,     ///< transformer layer over windows of `kernel` positions per side (arXiv 2103.14030)
    layer_normalization,
    normalization,  ///< batch norm and activation alone (the end of arXiv 1608.06993)
};

enum class norm_after : unsigned char {
    batch,
    frozen,  ///< four constants per channel: backward needs nothing (detectron2's FrozenBatchNorm2d)
    none,
};

/// `smooth`: SiLU, GELU, hard-swish, whose derivative reads their input; ReLU's reads its result.
enum class activation : unsigned char { relu, smooth, none };

/// `repeats` blocks of one kind, of which the first has the stride.
struct convnet_stage {
    stage_kind kind = stage_kind::none;
    std::int64_t width = 0;  ///< channels that it makes (dense: adds)
    std::int64_t repeats = 1;
    std::int64_t inner = 0;  ///< channels inside a block (inverted bottleneck: 0 for `expansion` times its input)
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t groups = 1;
    std::int64_t expansion = 0;
    std::int64_t squeeze = 0;  ///< channels of squeeze-and-excitation; below 0: the block's input divided by -squeeze
    std::int64_t heads = 0;
    std::int64_t padding = -1;  ///< -1: half the kernel
    std::int64_t dilation = 1;
    norm_after norm = norm_after::batch;
    cardfit::activation activation = activation::relu;
    bool bias = false;
    bool frozen = false;
    bool stride_first = false;  ///< a bottleneck's first 1x1 has the stride (He et al.), not its 3x3 (torchvision)
    std::int64_t feature = 0;   ///< its result is this feature map, 1 to 7, for pyramid, heads and joins; 0: none
    std::int64_t joins = 0;
    friend constexpr bool operator==(const convnet_stage&, const convnet_stage&) = default;
};

/// Feature pyramid (Lin et al., arXiv 1612.03144) over feature maps first to last: 1x1 and 3x3 of `width` at each.
struct feature_pyramid {
    std::int64_t width = 0;  ///< 0: none
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t pooled = 0;     ///< levels above made by taking every second position
    std::int64_t convolved = 0;  ///< levels above made by 3x3 of stride 2, the first from the last feature map itself
    friend constexpr bool operator==(const feature_pyramid&, const feature_pyramid&) = default;
};

inline constexpr std::size_t max_head_stages = 10;

/// Layers at every position of feature maps first to last, with one set of weights for all; or in each of `regions`
/// regions of an image, cut out to `pool` x `pool`.
struct convnet_head {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t regions = 0;
    std::int64_t pool = 0;
    /// Copies of its predictions that the loss saves. Focal loss in whole operators (fvcore's sigmoid_focal_loss,
    /// called by detectron2's RetinaNet) saves twelve: predictions as the convolutions made them and joined over
    /// levels, targets, the valid rows of both, p, 1 - p, 1 - target, cross entropy, 1 - p_t, its power, alpha_t.
    std::int64_t loss_copies = 1;
    bool adds = false;    ///< its result is added to that of the next head: it predicts nothing itself
    bool inside = false;  ///< reads what the previous head made in its first `regions` regions
    convnet_stage stages[max_head_stages]{};
    friend constexpr bool operator==(const convnet_head&, const convnet_head&) = default;
};

inline constexpr std::size_t max_convnet_stages = 26;
inline constexpr std::size_t max_convnet_heads = 7;

struct convnet {
    std::int64_t height = 224;
    std::int64_t width = 224;
    std::int64_t channels = 3;
    std::int64_t multiple = 1;  ///< images are padded to a multiple of this many pixels
    convnet_stage stages[max_convnet_stages]{};
    feature_pyramid pyramid{};
    convnet_head heads[max_convnet_heads]{};
    std::int64_t constants = 0;  ///< parameters besides: position biases, positions
    friend constexpr bool operator==(const convnet&, const convnet&) = default;
};

}  // namespace cardfit
