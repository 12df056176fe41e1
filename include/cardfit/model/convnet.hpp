// SPDX-License-Identifier: MIT
#pragma once

// Lowering of networks over images to the same `network` as every other model's. One token is one image.

#include <cardfit/model/convnet_heads.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

namespace detail {

/// Returns true if this kind of stage reads `width`.
[[nodiscard]] constexpr bool makes_channels(stage_kind k) noexcept {
    return k != stage_kind::max_pool && k != stage_kind::average_pool && k != stage_kind::upsample &&
           k != stage_kind::layer_normalization && k != stage_kind::normalization;
}

}  // namespace detail

/// Returns everything that is wrong with a network's description; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const convnet& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(invalid_field{"model.convnet.height", m.height, 1, 100'000},
                 invalid_field{"model.convnet.width", m.width, 1, 100'000},
                 invalid_field{"model.convnet.channels", m.channels, 1, 10'000},
                 invalid_field{"model.convnet.multiple", m.multiple, 1, 1024},
                 invalid_field{"model.convnet.pyramid.width", m.pyramid.width, 0, 100'000},
                 invalid_field{"model.convnet.pyramid.first", m.pyramid.first, 0, 7},
                 invalid_field{"model.convnet.pyramid.last", m.pyramid.last, 0, 7});
    const auto check = [&](const convnet_stage& s) {
        if (s.kind == stage_kind::none) return;
        found.ranges(
            invalid_field{"model.convnet.stages.width", s.width, detail::makes_channels(s.kind) ? 1 : 0, 100'000},
            invalid_field{"model.convnet.stages.repeats", s.repeats, 1, 1000},
            invalid_field{"model.convnet.stages.inner", s.inner,
                          s.kind == stage_kind::bottleneck_residual || s.kind == stage_kind::dense ? 1 : 0, 100'000},
            invalid_field{"model.convnet.stages.kernel", s.kernel, 1, 100},
            invalid_field{"model.convnet.stages.padding", s.padding, -1, 100},
            invalid_field{"model.convnet.stages.expansion", s.expansion, 0, 1000},
            invalid_field{"model.convnet.stages.squeeze", s.squeeze, -1000, 100'000},
            invalid_field{"model.convnet.stages.stride", s.stride, 1, 100},
            invalid_field{"model.convnet.stages.groups", s.groups, 1, 1'000'000},
            invalid_field{"model.convnet.stages.feature", s.feature, 0, 7},
            invalid_field{"model.convnet.stages.joins", s.joins, 0, 7});
    };
    for (const convnet_stage& s : m.stages) check(s);
    for (const convnet_head& h : m.heads) {
        found.ranges(invalid_field{"model.convnet.heads.first", h.first, 0, 7},
                     invalid_field{"model.convnet.heads.last", h.last, 0, 7},
                     invalid_field{"model.convnet.heads.regions", h.regions, 0, 100'000},
                     invalid_field{"model.convnet.heads.loss_copies", h.loss_copies, 0, 100},
                     invalid_field{"model.convnet.heads.pool", h.pool, 0, 100});
        for (const convnet_stage& s : h.stages) check(s);
    }
    if (found.empty())
        found.require(
            field_condition{m.stages[0].kind != stage_kind::none, "model.convnet.stages", 0, "at least one stage"});
    return found;
}

namespace detail {

/// The sides of an image in pixels.
struct image_sides {
    std::int64_t height = 0;
    std::int64_t width = 0;
};
/// Returns the sides, in pixels, of an image with the area of image_size x image_size pixels and the network's own
/// aspect ratio. For an image_size of 0 they are those of the network's own image.
[[nodiscard]] constexpr image_sides sides_of(const convnet& m, std::int64_t image_size) noexcept {
    if (image_size == 0) return {m.height, m.width};
    return {larger(square_root(image_size * image_size * m.height / m.width), 1),
            larger(square_root(image_size * image_size * m.width / m.height), 1)};
}

/// Returns what a walk has summed since `before` as a block of one layer.
[[nodiscard]] constexpr layer_block block_of(const walk_sums& now, const walk_sums& before, std::int64_t index,
                                             std::int64_t layer_input) {
    layer_block b{.layers = {index, index + 1, 1, true}};
    const std::int64_t trained = now.trained - before.trained;
    const std::int64_t frozen = now.frozen - before.frozen;
    if (trained > 0) b.add({.target = target::convolution, .split = weight_split::none, .in = trained, .out = 1});
    if (frozen > 0)
        b.add({.target = target::convolution, .split = weight_split::none, .in = frozen, .out = 1, .frozen = true});
    b.vector_parameters = now.vectors - before.vectors;
    b.buffers = now.buffers - before.buffers;
    b.convolution.flops = 2 * (now.products - before.products);
    for (std::size_t role = 0; role < tensor_role_count; ++role)
        b.width.of[role] = now.kept.of[role] - before.kept.of[role];
    b.width.of[tensor_role::layer_input] = layer_input;
    return b;
}

}  // namespace detail

/// Returns a network lowered to blocks for images of height x width pixels, before padding. Each block is a quarter of
/// the stages, and the last block also has the heads. Throws invalid_input for a description that makes no network, and
/// for an image that is too small for it.
[[nodiscard]] constexpr network lower_sized(const convnet& m, std::int64_t height, std::int64_t width) {
    check(m);
    constexpr std::size_t quarters = 4;
    std::size_t count = 0;
    while (count < max_convnet_stages && m.stages[count].kind != stage_kind::none) ++count;
    network net{.hidden = 1,
                .tokens_per_sample = 1,
                .image_size = square_root(m.height * m.width),
                .data_parallel_only = true,
                .convolutional = true};
    detail::convnet_walk<> walk(m, divide_up(height, m.multiple) * m.multiple,
                                divide_up(width, m.multiple) * m.multiple);
    detail::walk_sums before;
    std::int64_t layer_input = walk.at.elements();
    for (std::size_t i = 0; i < count; ++i) {
        run_stage(walk, m.stages[i]);
        const bool last = i + 1 == count;
        if (last) run_pyramid_and_heads(walk);
        if (!last && (i + 1) * quarters / count == i * quarters / count) continue;
        net.blocks[net.block_kinds] = detail::block_of(walk.sums, before, net.layers, layer_input);
        ++net.block_kinds;
        ++net.layers;
        before = walk.sums;
        layer_input = walk.at.elements();
    }
    layer_block& end = net.blocks[net.block_kinds - 1];
    convolution_answers& peaks = end.convolution;
    peaks.gradient_width = larger(walk.peak - walk.kept, 0);
    peaks.transform_width = walk.transform_peak - walk.kept - peaks.gradient_width;
    peaks.transform_elements = walk.transform_weights;
    // The peak of a forward pass is that of the whole network, whichever block it falls in.
    end.counts_forward = true;
    end.forward_width = walk.forward_peak;
    net.final_parameters = m.constants;
    return net;
}

/// Calls `visitor` for every convolution of a forward pass and for every other pass over a feature map, for one image
/// of image_size pixels per side (0: the network's own size). The calls are `convolution(const
/// detail::convolution_shape&)` and `pass(detail::elementwise, elements)`. Throws invalid_input as `lower` does.
template <class Visitor>
constexpr void for_each_convolution(const convnet& m, std::int64_t image_size, Visitor visitor) {
    check(m);
    const detail::image_sides sides = detail::sides_of(m, image_size);
    detail::convnet_walk<Visitor> walk(m, divide_up(sides.height, m.multiple) * m.multiple,
                                       divide_up(sides.width, m.multiple) * m.multiple, visitor);
    for (std::size_t i = 0; i < max_convnet_stages && m.stages[i].kind != stage_kind::none; ++i)
        run_stage(walk, m.stages[i]);
    run_pyramid_and_heads(walk);
}

/// Returns a network lowered to blocks at its own image size. Throws as `lower_sized` does.
[[nodiscard]] constexpr network lower(const convnet& m) { return lower_sized(m, m.height, m.width); }

/// Returns a network lowered to blocks for images of image_size pixels per side (0: the network's own size). A network
/// whose own images are not square gets images of the same area in its own aspect ratio. Throws invalid_input as
/// `lower_sized` does, and unless 0 <= image_size <= 16384.
[[nodiscard]] constexpr network lower(const convnet& m, std::int64_t image_size) {
    problem_list found(on_problem::refuse);
    found.ranges(invalid_field{"training.image_size", image_size, 0, 16'384});
    if (image_size == 0) return lower(m);
    check(m);
    const detail::image_sides sides = detail::sides_of(m, image_size);
    network net = lower_sized(m, sides.height, sides.width);
    net.image_size = image_size;
    return net;
}

}  // namespace cardfit
