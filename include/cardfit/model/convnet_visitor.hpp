// SPDX-License-Identifier: MIT
#pragma once

// What a walk through a convolutional network reports to its visitor: the shape of each convolution, and the other
// passes over feature maps.

#include <cstdint>
#include <initializer_list>

namespace cardfit {

/// Returns the integer nearest to the square root of `square`. It uses Newton's method, because std::sqrt is not
/// constexpr.
[[nodiscard]] constexpr std::int64_t square_root(std::int64_t square) noexcept {
    if (square < 1) return 0;
    std::int64_t root = square;
    for (std::int64_t next = square / 2 + 1; next < root; next = (root + square / root) / 2) root = next;
    return square - root * root > root ? root + 1 : root;
}

}  // namespace cardfit

namespace cardfit::detail {

/// The shape of a feature map of one image.
struct feature_map {
    std::int64_t channels = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
    [[nodiscard]] constexpr std::int64_t positions() const noexcept { return height * width; }
    [[nodiscard]] constexpr std::int64_t elements() const noexcept { return channels * height * width; }
};

/// One convolution: `groups` groups, each with a kernel of in.channels / groups x kernel x kernel, which runs `times`
/// times per image.
struct convolution_shape {
    feature_map in;
    feature_map out;
    std::int64_t kernel = 1;
    std::int64_t groups = 1;
    std::int64_t times = 1;
    bool frozen = false;         ///< the weights have no gradient
    bool needs_gradient = true;  ///< the input has a gradient, because an earlier operator is trained
    bool matrix = false;         ///< runs at one position: a fully connected layer, or a matrix of a transformer layer
};
/// A pass over a feature map, or over an attention matrix, that is not a convolution.
enum class elementwise : unsigned char { batch_norm, frozen_norm, layer_norm, activation, copy, scores, window_copy };

/// Attention whose scores a fused kernel may keep to itself: `from` queries of `heads` heads attend to `to` positions,
/// `times` times per image. Its projections are matrices of their own.
struct attention_shape {
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::int64_t heads = 1;
    std::int64_t width = 0;  ///< of all heads together
    std::int64_t times = 1;
};

/// A visitor that ignores every event.
struct no_visitor {
    constexpr void convolution(const convolution_shape&) const noexcept {}
    constexpr void attention(const attention_shape&) const noexcept {}
    constexpr void pass(elementwise, std::int64_t) const noexcept {}
};

/// Reports a transformer layer over windows: four matrices, the matmuls of queries with keys and of probabilities with
/// values, two norms, an activation, a softmax, and the copies that divide the map into windows (one into windows, one
/// back, a shift and its inverse in every second layer) and queries, keys and values into heads.
template <class Visitor>
constexpr void tell_window_attention(const Visitor& visitor, const feature_map& in, std::int64_t window,
                                     std::int64_t heads, std::int64_t times) {
    const std::int64_t c = in.channels;
    const auto as_wide_as = [&](std::int64_t channels) { return feature_map{channels, in.height, in.width}; };
    for (const std::int64_t out : {3 * c, c, 4 * c})
        visitor.convolution({.in = in, .out = as_wide_as(out), .times = times, .matrix = true});
    visitor.convolution({.in = as_wide_as(4 * c), .out = in, .times = times, .matrix = true});
    visitor.convolution({.in = as_wide_as(window), .out = as_wide_as(2 * c), .times = times});
    visitor.pass(elementwise::layer_norm, times * 2 * in.elements());
    visitor.pass(elementwise::activation, times * in.positions() * 4 * c);
    visitor.pass(elementwise::scores, times * in.positions() * window * heads);
    visitor.pass(elementwise::window_copy, times * in.elements());
}

}  // namespace cardfit::detail
