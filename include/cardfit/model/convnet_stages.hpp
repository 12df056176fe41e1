// SPDX-License-Identifier: MIT
#pragma once

// Networks over images, as papers describe them: a list of stages. Detectors also have a feature pyramid, and heads
// that read every position or regions of the image.

#include <cstddef>
#include <cstdint>

namespace cardfit {

/// The kinds of stages.
enum class stage_kind : unsigned char {
    none,
    convolution,          ///< one convolution, one norm and one activation
    max_pool,             ///< `kernel`, `stride`
    average_pool,         ///< `kernel`, `stride`
    fixed_pool,           ///< to `width` x `width` positions, whatever the size of the image
    fully_connected,      ///< over all positions and channels
    basic_residual,       ///< two 3x3 convolutions (He et al., arXiv 1512.03385, figure 5 left)
    bottleneck_residual,  ///< 1x1, 3x3 of `inner` channels, 1x1 (figure 5 right); `groups`: arXiv 1611.05431
    dense,                ///< norm, 1x1 of `inner`, norm, 3x3 of `width`, joined to its input (arXiv 1608.06993)
    transition,           ///< norm, 1x1, average pool of 2x2 (arXiv 1608.06993)
    inverted_bottleneck,  ///< 1x1 to `inner`, depthwise, `squeeze`, 1x1 (arXiv 1801.04381, 1905.02244)
    up_convolution,       ///< transposed convolution, then joined with feature map `joins`, if not 0 (arXiv 1505.04597)
    upsample,             ///< bilinear, `stride` times as many positions per side
    patch_merging,        ///< merges four positions into one of `width` channels (arXiv 2103.14030)
    window_attention,     ///< transformer layer over windows of `kernel` positions per side (arXiv 2103.14030)
    layer_normalization,
    normalization,  ///< batch norm and activation without a convolution (the last stage of arXiv 1608.06993)
};

/// The norm after each convolution of a stage.
enum class norm_after : unsigned char {
    batch,
    frozen,  ///< four constants per channel, for which backward needs nothing (detectron2's FrozenBatchNorm2d)
    none,
};

/// The activation after a convolution. `smooth` stands for SiLU, GELU, hard-swish and ReLU6, whose derivative reads the
/// input; the derivative of ReLU reads the result.
enum class activation : unsigned char { relu, smooth, none };

/// `repeats` blocks of one kind. Only the first block has the stride.
struct convnet_stage {
    stage_kind kind = stage_kind::none;  ///< the kind of block
    std::int64_t width = 0;              ///< channels that the stage makes (that each dense block adds)
    std::int64_t repeats = 1;            ///< blocks of the stage
    /// Channels inside a block (inverted bottleneck: 0 means `expansion` times the block's input).
    std::int64_t inner = 0;
    std::int64_t kernel = 3;     ///< positions per side
    std::int64_t stride = 1;     ///< of the first block
    std::int64_t groups = 1;     ///< groups of the convolution
    std::int64_t expansion = 0;  ///< width inside an inverted bottleneck, by the block's input
    /// Channels of squeeze-and-excitation; if negative, the channels of the block's input divided by -squeeze.
    std::int64_t squeeze = 0;
    std::int64_t heads = 0;                             ///< heads of attention inside windows
    std::int64_t padding = -1;                          ///< -1: half the kernel, rounded down
    std::int64_t dilation = 1;                          ///< distance between the kernel's positions
    norm_after norm = norm_after::batch;                ///< what normalizes a convolution's result
    cardfit::activation activation = activation::relu;  ///< what follows a convolution
    bool bias = false;                                  ///< convolutions have a bias
    bool frozen = false;                                ///< not trained: no gradient, no optimizer state
    bool stride_first = false;  ///< the first 1x1 of a bottleneck has the stride (He et al.), not its 3x3 (torchvision)
    std::int64_t feature = 0;   ///< the result is this feature map, 1 to 7, for pyramid, heads and joins; 0: it is none
    std::int64_t joins = 0;     ///< the feature map that joins the input; 0: none
    friend constexpr bool operator==(const convnet_stage&, const convnet_stage&) = default;
};

/// A feature pyramid (Lin et al., arXiv 1612.03144) over the feature maps first to last, with a 1x1 and a 3x3
/// convolution of `width` channels at each.
struct feature_pyramid {
    std::int64_t width = 0;   ///< 0: the network has no pyramid
    std::int64_t first = 0;   ///< the finest feature map that it reads
    std::int64_t last = 0;    ///< the coarsest feature map that it reads
    std::int64_t pooled = 0;  ///< further levels, each made by taking every second position of the one before
    /// Further levels, each made by a 3x3 of stride 2; the first one reads the last feature map itself.
    std::int64_t convolved = 0;
    friend constexpr bool operator==(const feature_pyramid&, const feature_pyramid&) = default;
};

/// The most stages of a head.
inline constexpr std::size_t max_head_stages = 10;

/// Layers that run at every position of the feature maps first to last with one set of weights for all maps, or in each
/// of `regions` regions per image, which are resampled to `pool` x `pool` positions.
struct convnet_head {
    std::int64_t first = 0;    ///< the first feature map that it reads
    std::int64_t last = 0;     ///< the last feature map that it reads
    std::int64_t regions = 0;  ///< regions per image; 0: every position
    std::int64_t pool = 0;     ///< positions per side of a region
    /// The number of copies of the head's predictions that the loss saves. Focal loss in separate operators (fvcore's
    /// sigmoid_focal_loss, called by detectron2's RetinaNet) saves twelve: predictions as the convolutions made them
    /// and joined over levels, targets, the valid rows of both, p, 1 - p, 1 - target, cross entropy, 1 - p_t, its
    /// power, and alpha_t.
    std::int64_t loss_copies = 1;
    bool adds = false;    ///< the result is added to that of the next head, and this head predicts nothing itself
    bool inside = false;  ///< the head reads what the previous head made in its first `regions` regions
    convnet_stage stages[max_head_stages]{};  ///< its layers, in order
    friend constexpr bool operator==(const convnet_head&, const convnet_head&) = default;
};

/// The most stages of a network.
inline constexpr std::size_t max_convnet_stages = 26;
/// The most heads of a network.
inline constexpr std::size_t max_convnet_heads = 7;

/// A network over images of height x width pixels.
struct convnet {
    std::int64_t height = 224;                   ///< pixels of an image
    std::int64_t width = 224;                    ///< pixels of an image
    std::int64_t channels = 3;                   ///< of an image
    std::int64_t multiple = 1;                   ///< images are padded to a multiple of this many pixels
    convnet_stage stages[max_convnet_stages]{};  ///< the body, in order
    feature_pyramid pyramid{};                   ///< over the feature maps of `stages`
    convnet_head heads[max_convnet_heads]{};     ///< what the network predicts
    std::int64_t constants = 0;                  ///< further parameters: position biases, positions
    friend constexpr bool operator==(const convnet&, const convnet&) = default;
};

}  // namespace cardfit
