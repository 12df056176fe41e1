// SPDX-License-Identifier: MIT

// Tests convolutional networks and detectors against what their publishers state. "torchvision" stands for num_params
// and GFLOPS (which are multiply-adds) of the pages of its documentation, models/generated/torchvision.models.*.

#include <cardfit/decide/fits.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/model/detector_zoo.hpp>
#include <cardfit/model/flops.hpp>
#include <cardfit/model/transformer.hpp>

using namespace cardfit;

namespace {

/// Returns whether the multiply-adds of one image are within 1 % of the published billions.
constexpr bool multiply_adds(const network& net, double published) {
    const double ratio = forward_flops(net, 1) / 2e9 / published;
    return ratio > 0.99 && ratio < 1.01;
}
constexpr bool matches(const convnet& m, std::int64_t published_parameters, double published_multiply_adds) {
    const network net = lower(m);
    return parameters(net) == published_parameters && multiply_adds(net, published_multiply_adds);
}

/// Returns the elements per image that are saved under a role.
constexpr std::int64_t kept(const network& net, tensor_role::type role) {
    std::int64_t sum = 0;
    for (const layer_block& b : net.blocks) sum += b.width.of[role];
    return sum;
}

}  // namespace

// These figures are torchvision's.
static_assert(matches(models::resnet_18, 11'689'512, 1.81));
static_assert(matches(models::resnet_34, 21'797'672, 3.66));
static_assert(matches(models::resnet_50, 25'557'032, 4.09));
static_assert(matches(models::resnet_101, 44'549'160, 7.80));
static_assert(matches(models::resnet_152, 60'192'808, 11.51));
static_assert(matches(models::resnext_50_32x4d, 25'028'904, 4.23));
static_assert(matches(models::resnext_101_32x8d, 88'791'336, 16.41));
static_assert(matches(models::vgg_11, 132'863'336, 7.61));
static_assert(matches(models::vgg_13, 133'047'848, 11.31));
static_assert(matches(models::vgg_16, 138'357'544, 15.47));
static_assert(matches(models::vgg_19, 143'667'240, 19.63));
static_assert(matches(models::densenet_121, 7'978'856, 2.83));
static_assert(matches(models::densenet_161, 28'681'000, 7.73));
static_assert(matches(models::densenet_169, 14'149'480, 3.36));
static_assert(matches(models::densenet_201, 20'013'928, 4.29));
static_assert(matches(models::mobilenet_v2, 3'504'872, 0.301));
static_assert(matches(models::mobilenet_v3_large, 5'483'032, 0.217));
static_assert(matches(models::efficientnet_b0, 5'288'548, 0.386));
static_assert(matches(models::swin_t, 28'288'354, 4.49));

// U-Net has 23 convolutional layers (arXiv 1505.04597, section 2). The expected value is the sum by hand of their 3x3,
// 2x2 and 1x1 kernels and biases, for one channel in and two classes out.
static_assert(parameters(models::u_net) == [] {
    std::int64_t sum = 64 * 2 + 2;
    for (std::int64_t level = 0, in = 1; level < 5; in = std::int64_t{64} << level, ++level) {
        const std::int64_t width = std::int64_t{64} << level;
        sum += 9 * in * width + width + 9 * width * width + width;
        if (level < 4) sum += 4 * 2 * width * width + width + 9 * 2 * width * width + width + 9 * width * width + width;
    }
    return sum;
}());

// Detectors have 80 classes here and 91 in torchvision. Each class is a score and four offsets (1024 wide, with
// biases), a mask (256 wide), or a score of nine anchors (RetinaNet). torchvision's persons have a box each for person
// and background, and its RetinaNet's sixth level reads 256 channels where detectron2's reads the backbone's 2048.
static_assert(parameters(models::faster_rcnn_r50_fpn) + 10 * 1025 + 44 * 1025 == 41'755'286);
static_assert(parameters(models::mask_rcnn_r50_fpn) + 10 * 1025 + 44 * 1025 + 11 * 257 == 44'401'393);
static_assert(parameters(models::keypoint_rcnn_r50_fpn) + 4 * 1025 == 59'137'258);
static_assert(parameters(models::retinanet_r50_fpn) + 11 * 9 * (9 * 256 + 1) - (2048 - 256) * 9 * 256 == 34'014'999);
// The stem and the first stage are frozen there: 225,344 - 2,048 weights (torchvision's layer1 and conv1, less those of
// their norms) have no gradients, and still count as parameters.
static_assert([] {
    std::int64_t frozen = 0;
    for (const layer_block& b : lower(models::faster_rcnn_r50_fpn).blocks)
        for (const linear& m : b.linears) frozen += m.frozen ? parameters(m) : 0;
    return frozen;
}() == 3 * 64 * 49 + (64 * 64 + 9 * 64 * 64 + 64 * 256 + 64 * 256) + 2 * (256 * 64 + 9 * 64 * 64 + 64 * 256));

// ResNet-50 at 224 pixels saves the outputs of its convolutions (10,608,640 of the 53 convolutions' outputs, and 2,048
// that belong to no other role: arXiv 1512.03385, table 1, summed), those of its 49 ReLUs and one pool, and the image.
constexpr network resnet = lower(models::resnet_50);
static_assert(kept(resnet, tensor_role::batch_norm_input) == 11'113'984);
static_assert(kept(resnet, tensor_role::convolution_input) == 802'816 + 8'805'888 + 200'704 + 3 * 224 * 224 + 2'048);
static_assert(kept(resnet, tensor_role::pool_index) == 64 * 56 * 56);

// Another image size: with four times the pixels, the FLOPs are four times as many, except for the classifier's; the
// parameters do not change.
constexpr network larger_images = lower(models::resnet_50, 448);
static_assert(parameters(larger_images) == parameters(resnet) && larger_images.image_size == 448);
static_assert(forward_flops(larger_images, 1) - 2 * 2'048'000 == 4 * (forward_flops(resnet, 1) - 2 * 2'048'000));
static_assert(resizable<convnet> && resizable<transformer>);
// A detector's size is the square root of its area, at its own aspect ratio, padded to 32 pixels.
static_assert(forward_flops(lower(models::faster_rcnn_r50_fpn, 1033), 1) ==
              forward_flops(models::faster_rcnn_r50_fpn, 1));

// The job's image size affects the estimate.
constexpr training images{.precision = precision::fp32, .optimizer = optimizer::sgd_momentum, .micro_batch = 32};
constexpr training large_images{
    .precision = precision::fp32, .optimizer = optimizer::sgd_momentum, .micro_batch = 32, .image_size = 448};
static_assert(memory(models::resnet_50, images, cards::a100_sxm4_40gb).components.activations * 3 <
              memory(models::resnet_50, large_images, cards::a100_sxm4_40gb).components.activations);
static_assert(fits(models::resnet_50, images, cards::a100_sxm4_40gb));

// The peak of a forward pass is computed by hand from the papers' tables: the input and the output of a convolution,
// both again in cuDNN's layout, and the tensors that wait for a residual or a join.
constexpr std::int64_t forward_width(const network& net) { return net.blocks[net.block_kinds - 1].forward_width; }
// VGG-16 (arXiv 1409.1556, table 1): the peak is in its second convolution, with 64 channels in and out at 224 x 224.
static_assert(forward_width(lower(models::vgg_16)) == 4 * 64 * 224 * 224);
// ResNet-50 (arXiv 1512.03385, table 1): the peak is in the first 1 x 1 convolution of the second stage, which reads
// 256 channels at 56 x 56, which the shortcut still needs, and outputs 128.
static_assert(forward_width(lower(models::resnet_50)) == (256 + 2 * (256 + 128)) * 56 * 56);
// U-Net still needs the output of every level of the way down: the peak is no less than the finest level's, which its
// last join reads twice.
static_assert(forward_width(lower(models::u_net)) > 2 * 64 * models::u_net.height * models::u_net.width);
static_assert(forward_width(lower(models::resnet_50, 448)) == 4 * forward_width(lower(models::resnet_50)));
