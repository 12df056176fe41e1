// SPDX-License-Identifier: MIT
#pragma once

// The blocks of convolutional networks, as walks through them: residual, dense and inverted bottleneck blocks,
// transposed convolutions, attention inside windows, and pooling.

#include <cardfit/model/convnet_walk.hpp>

namespace cardfit::detail {

/// Walks a residual block (He et al., arXiv 1512.03385). Its result is added to its input, which a 1x1 convolution
/// adapts where the shapes differ.
template <class Visitor>
constexpr void residual_block(convnet_walk<Visitor>& w, const convnet_stage& s, std::int64_t stride, bool bottleneck) {
    const feature_map in = w.at;
    const bool in_kept = w.at_is_kept;
    const bool fits = in.channels == s.width && stride == 1;
    const std::int64_t first = s.stride_first ? stride : 1;
    const std::int64_t before = w.waiting;
    const std::int64_t held_before = w.held;
    if (w.trains || !s.frozen) w.waiting += w.times * in.elements();
    w.held += w.times * in.elements();
    if (bottleneck) {
        w.unit(s, s.inner, 1, first, 1, s.activation);
        w.unit(s, s.inner, 3, stride / first, s.groups, s.activation);
        w.unit(s, s.width, 1, 1, 1, activation::none);
    } else {
        w.unit(s, s.width, 3, stride, 1, s.activation);
        w.unit(s, s.width, 3, 1, 1, activation::none);
    }
    w.waiting = before;
    if (!fits) {
        const feature_map out = w.at;
        w.at = in;
        w.at_is_kept = in_kept || w.trains;
        if (w.trains) w.waiting += w.times * out.elements();
        // The shortcut reads the input that is held, so the input counts once.
        w.held = held_before + w.times * out.elements();
        w.unit(s, s.width, 1, stride, 1, activation::none);
        w.waiting = before;
    }
    w.held = held_before;
    w.activate(s.activation);
}

/// Walks a DenseNet layer (Huang et al., arXiv 1608.06993), whose result is joined with its input.
template <class Visitor>
constexpr void dense_block(convnet_walk<Visitor>& w, const convnet_stage& s) {
    const feature_map in = w.at;
    const std::int64_t before = w.waiting;
    const std::int64_t held_before = w.held;
    w.waiting += w.times * in.elements();
    w.held += w.times * in.elements();
    w.normalize(s);
    w.activate(s.activation);
    w.unit(s, s.inner, 1, 1, 1, s.activation);
    w.convolve(s, s.width, 3, 1, 1, false);
    w.visitor.pass(elementwise::copy, w.times * w.at.elements());
    w.waiting = before;
    w.held = held_before;
    w.at = {in.channels + s.width, in.height, in.width};
    w.at_is_kept = false;
    w.forward(2 * w.at.elements());  // joining copies both tensors
}

/// Walks an inverted bottleneck (Sandler et al., arXiv 1801.04381), with squeeze-and-excitation where the stage has it.
template <class Visitor>
constexpr void inverted_bottleneck_block(convnet_walk<Visitor>& w, const convnet_stage& s, std::int64_t stride) {
    const feature_map in = w.at;
    const std::int64_t wide = s.inner > 0 ? s.inner : s.expansion * in.channels;
    const std::int64_t before = w.waiting;
    const std::int64_t held_before = w.held;
    const std::int64_t squeeze = s.squeeze < 0 ? larger(in.channels / -s.squeeze, 1) : s.squeeze;
    const bool adds = stride == 1 && in.channels == s.width;
    if (adds) {
        w.waiting += w.times * in.elements();
        w.held += w.times * in.elements();
    }
    if (wide != in.channels) w.unit(s, wide, 1, 1, 1, s.activation);
    w.unit(s, wide, s.kernel, stride, wide, s.activation);
    if (squeeze > 0) {
        // Squeeze-and-excitation has two small matrices on the means of the channels. Its multiplication saves both
        // factors, and its result is the next input.
        if (!w.counted) w.sums.trained += 2 * squeeze * wide + squeeze + wide;
        w.sums.products += w.times * 2 * squeeze * wide;
        w.keep(tensor_role::convolution_input, 2 * (squeeze + wide) + w.at.elements());
        w.phase_load(2 * w.at.elements());
    }
    w.unit(s, s.width, 1, 1, 1, activation::none);
    w.waiting = before;
    w.held = held_before;
}

/// Walks a transposed convolution, which makes stride x stride positions of each position.
template <class Visitor>
constexpr void up_convolution(convnet_walk<Visitor>& w, const convnet_stage& s) {
    w.trains = w.trains || !s.frozen;
    w.keep_input();
    const feature_map in = w.at;
    w.at = {s.width, in.height * s.stride, in.width * s.stride};
    w.bound(s.kernel, in.channels, s.width, w.at.positions());
    const std::int64_t weights = s.kernel * s.kernel * in.channels * s.width;
    if (!w.counted) (s.frozen ? w.sums.frozen : w.sums.trained) += weights + (s.bias ? s.width : 0);
    w.sums.products += w.times * weights * in.positions();
    // It has the same multiply-adds as the convolution in the opposite direction.
    w.visitor.convolution({.in = w.at, .out = in, .kernel = s.kernel, .times = w.times, .frozen = s.frozen});
    w.phase_load(in.elements() + w.at.elements());
    w.at_is_kept = false;
    w.normalize(s);
    w.activate(s.activation);
    if (s.joins > 0) {
        // Joining copies both tensors. No other operator reads what the activation saved, but it stays live as the
        // activation's result.
        w.at = {w.at.channels + w.features[s.joins].channels, w.at.height, w.at.width};
        w.at_is_kept = false;
        w.forward(2 * w.at.elements() - w.features[s.joins].elements());  // the joined map is held already
    }
}

/// Walks a transformer layer (Liu et al., arXiv 2103.14030): attention inside windows with one bias per offset, then a
/// feed-forward of four times the width.
template <class Visitor>
constexpr void window_attention(convnet_walk<Visitor>& w, const convnet_stage& s) {
    const feature_map in = w.at;
    const std::int64_t c = in.channels;
    const std::int64_t n = in.positions();
    const std::int64_t window = s.kernel * s.kernel;
    const std::int64_t offsets = 2 * s.kernel - 1;
    w.bound(s.kernel, 12 * c, c, n);
    if (!w.counted) {
        w.sums.trained += 12 * c * c + 9 * c;
        w.sums.vectors += 4 * c + offsets * offsets * s.heads;
    }
    w.trains = true;
    w.sums.products += w.times * n * (12 * c * c + 2 * window * c);
    tell_window_attention(w.visitor, in, window, s.heads, w.times);
    w.keep(tensor_role::layer_norm_input, 2 * n * c);
    w.keep(tensor_role::convolution_input, 2 * n * c + 3 * n * c + n * c + 4 * n * c);
    w.keep(tensor_role::cross_score, n * window * s.heads);
    w.keep(tensor_role::smooth_activation_input, 4 * n * c);
    w.phase_load(8 * n * c);
    w.at_is_kept = false;
}

/// Walks a pooling layer.
template <class Visitor>
constexpr void pool(convnet_walk<Visitor>& w, const convnet_stage& s) {
    const feature_map in = w.at;
    const bool fixed = s.kind == stage_kind::fixed_pool;
    w.at.height = fixed ? s.width : w.reached(in.height, s, s.kernel, s.stride);
    w.at.width = fixed ? s.width : w.reached(in.width, s, s.kernel, s.stride);
    if (s.kind == stage_kind::max_pool) {
        w.keep_input();
        w.keep(tensor_role::pool_index, w.at.elements());
    }
    w.phase_load(in.elements() + w.at.elements());
    w.at_is_kept = false;
}

/// Walks what lies between two dense blocks: a batch norm, an activation, a 1x1 convolution and an average pool.
template <class Visitor>
constexpr void transition(convnet_walk<Visitor>& w, const convnet_stage& s) {
    w.normalize(s);
    w.activate(s.activation);
    w.convolve(s, s.width, 1, 1, 1, false);
    w.visitor.pass(elementwise::copy, w.times * w.at.elements());
    w.keep_input();  // average pooling saves what it reads
    w.at = {w.at.channels, w.at.height / 2, w.at.width / 2};
    w.at_is_kept = false;
}

/// Walks one repetition of a stage.
template <class Visitor>
constexpr void run_once(convnet_walk<Visitor>& w, const convnet_stage& s, std::int64_t stride) {
    w.bound(1, w.at.channels, 1, w.at.positions());
    switch (s.kind) {
        case stage_kind::none:
            return;
        case stage_kind::convolution:
            return w.unit(s, s.width, s.kernel, stride, s.groups, s.activation);
        case stage_kind::max_pool:
        case stage_kind::average_pool:
        case stage_kind::fixed_pool:
            return pool(w, s);
        case stage_kind::fully_connected:
            w.at = {w.at.elements(), 1, 1};
            return w.unit(s, s.width, 1, 1, 1, s.activation);
        case stage_kind::basic_residual:
            return residual_block(w, s, stride, false);
        case stage_kind::bottleneck_residual:
            return residual_block(w, s, stride, true);
        case stage_kind::dense:
            return dense_block(w, s);
        case stage_kind::transition:
            return transition(w, s);
        case stage_kind::inverted_bottleneck:
            return inverted_bottleneck_block(w, s, stride);
        case stage_kind::up_convolution:
            return up_convolution(w, s);
        case stage_kind::upsample:
            w.at.height *= s.stride;
            w.at.width *= s.stride;
            w.at_is_kept = false;
            return w.phase_load(2 * w.at.elements());
        case stage_kind::patch_merging:
            w.at = {4 * w.at.channels, divide_up(w.at.height, 2), divide_up(w.at.width, 2)};
            w.layer_normalize();
            return w.convolve(s, s.width, 1, 1, 1, false);
        case stage_kind::window_attention:
            return window_attention(w, s);
        case stage_kind::layer_normalization:
            return w.layer_normalize();
        case stage_kind::normalization:
            w.normalize(s);
            return w.activate(s.activation);
    }
}

}  // namespace cardfit::detail
