// SPDX-License-Identifier: MIT
#pragma once

// Detectors by name: SSD300 of NVIDIA DeepLearningExamples, and the families of detectron2 with its defaults
// (configs/Base-*.yaml, config/defaults.py) for the 80 classes of COCO. Images are the largest that detectron2 trains
// on, 800 x 1333 pixels.

#include <cardfit/model/convnet_zoo.hpp>

namespace cardfit::models {

namespace detail {

/// Returns a 3x3 convolution of a head, which has a bias and no norm.
constexpr convnet_stage head_convolution(std::int64_t width, std::int64_t repeats = 1) {
    return {
        .kind = stage_kind::convolution, .width = width, .repeats = repeats, .norm = norm_after::none, .bias = true};
}
/// Returns the convolution that makes a head's predictions; no activation follows it.
constexpr convnet_stage prediction(std::int64_t width, std::int64_t kernel = 1) {
    return {.kind = stage_kind::convolution,
            .width = width,
            .kernel = kernel,
            .norm = norm_after::none,
            .activation = activation::none,
            .bias = true};
}
/// Returns a hidden fully connected layer of a head.
constexpr convnet_stage hidden(std::int64_t width, std::int64_t repeats = 1) {
    return {.kind = stage_kind::fully_connected,
            .width = width,
            .repeats = repeats,
            .norm = norm_after::none,
            .bias = true};
}
/// Returns the fully connected layer that makes a head's predictions.
constexpr convnet_stage output(std::int64_t width) {
    return {.kind = stage_kind::fully_connected,
            .width = width,
            .norm = norm_after::none,
            .activation = activation::none,
            .bias = true};
}
/// Returns a transposed convolution that doubles the positions per side.
constexpr convnet_stage doubling(std::int64_t width, std::int64_t kernel, cardfit::activation a) {
    return {.kind = stage_kind::up_convolution,
            .width = width,
            .kernel = kernel,
            .stride = 2,
            .norm = norm_after::none,
            .activation = a,
            .bias = true};
}

/// Appends a head to the network.
constexpr void append(convnet& m, const convnet_head& h) {
    std::size_t i = 0;
    while (m.heads[i].first > 0 || m.heads[i].inside) ++i;
    m.heads[i] = h;
}

/// The backbones of detectron2's model zoo. The stem and the first stage are frozen, and the norms are folded to
/// constants. MSRA's ResNets have their stride in the first 1x1 convolution, the ResNeXt has it in the 3x3.
inline constexpr residual_plan frozen_resnet_50{
    .repeats = {3, 4, 6, 3}, .norm = norm_after::frozen, .frozen = 2, .stride_first = true};
inline constexpr residual_plan frozen_resnet_101{
    .repeats = {3, 4, 23, 3}, .norm = norm_after::frozen, .frozen = 2, .stride_first = true};
inline constexpr residual_plan frozen_resnext_101{
    .repeats = {3, 4, 23, 3}, .inner = 256, .groups = 32, .norm = norm_after::frozen, .frozen = 2};

/// What joins the backbone to the heads. C4 uses the first three stages, and the fourth stage runs in the regions. DC5
/// runs the fourth stage with dilation instead of stride. The feature pyramid has 256 channels at strides 4 to 64.
enum class neck : unsigned char { c4, dc5, pyramid };

/// Returns a backbone and its neck, for images of 800 x 1333 pixels.
constexpr convnet detector(residual_plan p, neck n) {
    p.stages = n == neck::c4 ? 3 : 4;
    p.last_stride = n == neck::dc5 ? 1 : 2;
    convnet m = residual_backbone(p);
    m.height = 800;
    m.width = 1333;
    if (n == neck::pyramid) {
        m.multiple = 32;
        m.pyramid = {.width = 256, .first = 2, .last = 5, .pooled = 1};
    }
    return m;
}

/// Adds the region proposal network (arXiv 1506.01497): a 3x3 convolution as wide as the feature map, then one score
/// and four offsets per anchor.
constexpr void add_proposals(convnet& m, neck n) {
    const std::int64_t wide = n == neck::c4 ? 1024 : n == neck::dc5 ? 2048 : 256;
    const std::int64_t anchors = n == neck::pyramid ? 3 : 15;
    append(m, convnet_head{.first = n == neck::c4    ? 4
                                    : n == neck::dc5 ? 5
                                                     : 2,
                           .last = n == neck::c4    ? 4
                                   : n == neck::dc5 ? 5
                                                    : 6,
                           .stages = {head_convolution(wide), prediction(5 * anchors)}});
}
/// Adds the box head. It reads 512 sampled regions per image (ROI_HEADS.BATCH_SIZE_PER_IMAGE) and predicts 80 classes
/// and the background, and four offsets for each class.
constexpr void add_boxes(convnet& m, const residual_plan& p, neck n, std::int64_t classes, std::int64_t offsets) {
    convnet_head h{.first = n == neck::c4    ? 4
                            : n == neck::dc5 ? 5
                                             : 2,
                   .last = n == neck::c4 ? 4 : 5,
                   .regions = 512,
                   .pool = 7};
    if (n == neck::c4) {
        h.pool = 14;
        h.stages[0] = {.kind = stage_kind::bottleneck_residual,
                       .width = 2048,
                       .repeats = 3,
                       .inner = p.inner * 8,
                       .stride = 2,
                       .groups = p.groups,
                       .norm = p.norm,
                       .stride_first = p.stride_first};
        h.stages[1] = means;
        h.stages[2] = output(classes + 1 + 4 * offsets);
    } else {
        h.stages[0] = hidden(1024, 2);
        h.stages[1] = output(classes + 1 + 4 * offsets);
    }
    append(m, h);
}
/// Adds the mask head (arXiv 1703.06870, figure 4). It reads the positive regions, which are at most a quarter of the
/// 512 (ROI_HEADS.POSITIVE_FRACTION).
constexpr void add_masks(convnet& m, neck n) {
    if (n == neck::c4)
        return append(
            m, convnet_head{
                   .regions = 128, .inside = true, .stages = {doubling(256, 2, activation::relu), prediction(80)}});
    append(m, convnet_head{.first = n == neck::dc5 ? 5 : 2,
                           .last = 5,
                           .regions = 128,
                           .pool = 14,
                           .stages = {head_convolution(256, 4), doubling(256, 2, activation::relu), prediction(80)}});
}

/// Returns a backbone with a region proposal network.
constexpr convnet rpn(const residual_plan& p, neck n) {
    convnet m = detector(p, n);
    add_proposals(m, n);
    return m;
}
/// Returns Faster R-CNN.
constexpr convnet faster_rcnn(const residual_plan& p, neck n) {
    convnet m = rpn(p, n);
    add_boxes(m, p, n, 80, 80);
    return m;
}
/// Returns Mask R-CNN.
constexpr convnet mask_rcnn(const residual_plan& p, neck n) {
    convnet m = faster_rcnn(p, n);
    add_masks(m, n);
    return m;
}
/// Returns Fast R-CNN. Its proposals come from a file, so that it has no region proposal network.
constexpr convnet fast_rcnn(const residual_plan& p) {
    convnet m = detector(p, neck::pyramid);
    add_boxes(m, p, neck::pyramid, 80, 80);
    return m;
}
/// Returns Keypoint R-CNN, which finds seventeen keypoints per person: eight 3x3 convolutions of 512 channels, a
/// transposed convolution, and an upsampling to twice the size (arXiv 1703.06870, section 5).
constexpr convnet keypoint_rcnn(const residual_plan& p) {
    convnet m = rpn(p, neck::pyramid);
    add_boxes(m, p, neck::pyramid, 1, 1);
    append(m, convnet_head{.first = 2,
                           .last = 5,
                           .regions = 128,
                           .pool = 14,
                           .stages = {head_convolution(512, 8),
                                      doubling(17, 4, activation::none),
                                      {.kind = stage_kind::upsample, .stride = 2}}});
    return m;
}
/// Returns Cascade Mask R-CNN: three box heads run one after the other, and predict the same offsets for all classes
/// (arXiv 1712.00726).
constexpr convnet cascade_mask_rcnn(const residual_plan& p) {
    convnet m = rpn(p, neck::pyramid);
    for (int i = 0; i < 3; ++i) add_boxes(m, p, neck::pyramid, 80, 1);
    add_masks(m, neck::pyramid);
    return m;
}
/// Returns RetinaNet, the focal-loss detector (arXiv 1708.02002): two towers of four 3x3 convolutions over strides 8 to
/// 128, with nine anchors per position.
constexpr convnet retinanet(const residual_plan& p) {
    convnet m = detector(p, neck::pyramid);
    m.pyramid = {.width = 256, .first = 3, .last = 5, .convolved = 2};
    append(m,
           convnet_head{
               .first = 3, .last = 7, .loss_copies = 12, .stages = {head_convolution(256, 4), prediction(9 * 80, 3)}});
    append(m, convnet_head{.first = 3, .last = 7, .stages = {head_convolution(256, 4), prediction(9 * 4, 3)}});
    return m;
}
/// Returns Panoptic FPN, which is Mask R-CNN with a semantic branch (arXiv 1901.02446, figure 3). The branch brings
/// each level to stride 4, sums the levels, predicts 54 classes, and upsamples them to the image's size.
constexpr convnet panoptic_fpn(const residual_plan& p) {
    convnet m = mask_rcnn(p, neck::pyramid);
    constexpr convnet_stage normed{.kind = stage_kind::convolution, .width = 128};
    constexpr convnet_stage twice{.kind = stage_kind::upsample, .stride = 2};
    append(m, convnet_head{.first = 2, .last = 2, .adds = true, .stages = {normed}});
    append(m, convnet_head{.first = 3, .last = 3, .adds = true, .stages = {normed, twice}});
    append(m, convnet_head{.first = 4, .last = 4, .adds = true, .stages = {normed, twice, normed, twice}});
    append(m, convnet_head{.first = 5,
                           .last = 5,
                           .stages = {normed,
                                      twice,
                                      normed,
                                      twice,
                                      normed,
                                      twice,
                                      prediction(54),
                                      {.kind = stage_kind::upsample, .stride = 4}}});
    return m;
}

/// Returns SSD (arXiv 1512.02325) as NVIDIA DeepLearningExamples builds it: ResNet-50 without its last stage and with
/// the third stage at stride 1, five further feature maps, and 81 classes.
constexpr convnet ssd300() {
    convnet m = residual_backbone({.repeats = {3, 4, 6, 3}, .stages = 3});
    m.height = m.width = 300;
    for (convnet_stage& s : m.stages)
        if (s.feature == 4) {
            s.stride = 1;
            s.feature = 1;
        } else
            s.feature = 0;
    constexpr std::int64_t rows[][3]{{256, 512, 2}, {256, 512, 2}, {128, 256, 2}, {128, 256, 1}, {128, 256, 1}};
    for (std::int64_t i = 0; i < 5; ++i) {
        append(m, {.kind = stage_kind::convolution, .width = rows[i][0], .kernel = 1});
        append(m, {.kind = stage_kind::convolution,
                   .width = rows[i][1],
                   .stride = rows[i][2],
                   .padding = i < 3 ? 1 : 0,
                   .feature = i + 2});
    }
    constexpr std::int64_t boxes[]{4, 6, 6, 6, 4, 4};
    for (std::int64_t i = 0; i < 6; ++i)
        append(m, convnet_head{.first = i + 1, .last = i + 1, .stages = {prediction(85 * boxes[i], 3)}});
    return m;
}

}  // namespace detail

/// A detector over a frozen or trained body, as torchvision and Detectron2 build it.
/// @{
inline constexpr convnet ssd300_resnet50 = detail::ssd300();
inline constexpr convnet faster_rcnn_r50_fpn = detail::faster_rcnn(detail::frozen_resnet_50, detail::neck::pyramid);
inline constexpr convnet mask_rcnn_r50_fpn = detail::mask_rcnn(detail::frozen_resnet_50, detail::neck::pyramid);
inline constexpr convnet keypoint_rcnn_r50_fpn = detail::keypoint_rcnn(detail::frozen_resnet_50);
inline constexpr convnet retinanet_r50_fpn = detail::retinanet(detail::frozen_resnet_50);
/// @}

/// A detector and its name in this library. A function makes the detector, because a table of all of them would be
/// large.
struct detector_entry {
    std::string_view id;  ///< name in the library, as the tool takes it
    convnet (*make)();    ///< returns its shape
};

/// A detector over a frozen or trained body, as torchvision and Detectron2 build it.
/// @{
inline constexpr std::array detectors{
    detector_entry{"ssd300-resnet50", [] { return detail::ssd300(); }},
    detector_entry{"faster-rcnn-r50-c4",
                   [] { return detail::faster_rcnn(detail::frozen_resnet_50, detail::neck::c4); }},
    detector_entry{"faster-rcnn-r50-dc5",
                   [] { return detail::faster_rcnn(detail::frozen_resnet_50, detail::neck::dc5); }},
    detector_entry{"faster-rcnn-r50-fpn",
                   [] { return detail::faster_rcnn(detail::frozen_resnet_50, detail::neck::pyramid); }},
    detector_entry{"faster-rcnn-r101-c4",
                   [] { return detail::faster_rcnn(detail::frozen_resnet_101, detail::neck::c4); }},
    detector_entry{"faster-rcnn-r101-dc5",
                   [] { return detail::faster_rcnn(detail::frozen_resnet_101, detail::neck::dc5); }},
    detector_entry{"faster-rcnn-r101-fpn",
                   [] { return detail::faster_rcnn(detail::frozen_resnet_101, detail::neck::pyramid); }},
    detector_entry{"faster-rcnn-x101-fpn",
                   [] { return detail::faster_rcnn(detail::frozen_resnext_101, detail::neck::pyramid); }},
    detector_entry{"mask-rcnn-r50-c4", [] { return detail::mask_rcnn(detail::frozen_resnet_50, detail::neck::c4); }},
    detector_entry{"mask-rcnn-r50-dc5", [] { return detail::mask_rcnn(detail::frozen_resnet_50, detail::neck::dc5); }},
    detector_entry{"mask-rcnn-r50-fpn",
                   [] { return detail::mask_rcnn(detail::frozen_resnet_50, detail::neck::pyramid); }},
    detector_entry{"mask-rcnn-r101-c4", [] { return detail::mask_rcnn(detail::frozen_resnet_101, detail::neck::c4); }},
    detector_entry{"mask-rcnn-r101-dc5",
                   [] { return detail::mask_rcnn(detail::frozen_resnet_101, detail::neck::dc5); }},
    detector_entry{"mask-rcnn-r101-fpn",
                   [] { return detail::mask_rcnn(detail::frozen_resnet_101, detail::neck::pyramid); }},
    detector_entry{"mask-rcnn-x101-fpn",
                   [] { return detail::mask_rcnn(detail::frozen_resnext_101, detail::neck::pyramid); }},
    detector_entry{"keypoint-rcnn-r50-fpn", [] { return detail::keypoint_rcnn(detail::frozen_resnet_50); }},
    detector_entry{"keypoint-rcnn-r101-fpn", [] { return detail::keypoint_rcnn(detail::frozen_resnet_101); }},
    detector_entry{"keypoint-rcnn-x101-fpn", [] { return detail::keypoint_rcnn(detail::frozen_resnext_101); }},
    detector_entry{"cascade-mask-rcnn-r50-fpn", [] { return detail::cascade_mask_rcnn(detail::frozen_resnet_50); }},
    detector_entry{"cascade-mask-rcnn-r101-fpn", [] { return detail::cascade_mask_rcnn(detail::frozen_resnet_101); }},
    detector_entry{"cascade-mask-rcnn-x101-fpn", [] { return detail::cascade_mask_rcnn(detail::frozen_resnext_101); }},
    detector_entry{"retinanet-r50-fpn", [] { return detail::retinanet(detail::frozen_resnet_50); }},
    detector_entry{"retinanet-r101-fpn", [] { return detail::retinanet(detail::frozen_resnet_101); }},
    detector_entry{"retinanet-x101-fpn", [] { return detail::retinanet(detail::frozen_resnext_101); }},
    detector_entry{"panoptic-fpn-r50", [] { return detail::panoptic_fpn(detail::frozen_resnet_50); }},
    detector_entry{"panoptic-fpn-r101", [] { return detail::panoptic_fpn(detail::frozen_resnet_101); }},
    detector_entry{"panoptic-fpn-x101", [] { return detail::panoptic_fpn(detail::frozen_resnext_101); }},
    detector_entry{"rpn-r50-c4", [] { return detail::rpn(detail::frozen_resnet_50, detail::neck::c4); }},
    detector_entry{"rpn-r50-fpn", [] { return detail::rpn(detail::frozen_resnet_50, detail::neck::pyramid); }},
    detector_entry{"rpn-r101-fpn", [] { return detail::rpn(detail::frozen_resnet_101, detail::neck::pyramid); }},
    detector_entry{"fast-rcnn-r50-fpn", [] { return detail::fast_rcnn(detail::frozen_resnet_50); }},
    detector_entry{"fast-rcnn-r101-fpn", [] { return detail::fast_rcnn(detail::frozen_resnet_101); }},
    detector_entry{"fast-rcnn-x101-fpn", [] { return detail::fast_rcnn(detail::frozen_resnext_101); }},
};
/// @}

}  // namespace cardfit::models
