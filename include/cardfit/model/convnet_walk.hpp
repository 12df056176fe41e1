// SPDX-License-Identifier: MIT
#pragma once

// A walk through the operators of a convolutional network with one image. It sums parameters, multiply-adds and saved
// tensors, and finds the peak of backward. convnet_blocks.hpp has the blocks that networks are made of,
// convnet_heads.hpp the heads.

#include <cardfit/model/convnet_stages.hpp>
#include <cardfit/model/convnet_visitor.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit::detail {

/// The sums over the operators walked so far, for one image.
struct walk_sums {
    std::int64_t trained = 0;  ///< weights of trained convolutions, biases included
    std::int64_t frozen = 0;
    std::int64_t vectors = 0;  ///< parameters of norms
    std::int64_t buffers = 0;
    std::int64_t products = 0;  ///< multiply-adds
    by_role<std::int64_t> kept{};
};

/// Walks forward. Backward takes the same way in reverse, so the tensors that are saved when an operator's backward
/// runs are those that had been saved when its forward ran. The gradients of the operator's result and of its input are
/// live beside them, and so are the gradients that wait elsewhere (`waiting`): of the other branch of a residual block,
/// and of feature maps that heads have read. `visitor` is told of every convolution and of every other pass over a
/// feature map.
template <class Visitor = no_visitor>
struct convnet_walk {
    const convnet& net;
    std::int64_t image_side;  ///< the shorter side, in pixels
    feature_map at;
    walk_sums sums{};
    std::int64_t kept = 0;  ///< saved elements; a 64-bit index counts as two
    std::int64_t peak = 0;
    std::int64_t transform_peak = 0;
    std::int64_t transform_weights = 0;
    std::int64_t waiting = 0;
    /// Elements that later operators of a forward pass read: the input of a residual block, the maps of joins and
    /// heads.
    std::int64_t held = 0;
    std::int64_t forward_peak = 0;  ///< elements at the peak of a forward pass
    std::int64_t times = 1;         ///< regions per image that the current head runs on; 1 outside such heads
    bool trains = false;            ///< an earlier operator is trained, so that backward needs the tensors from here on
    bool counted = false;           ///< the current weights have been counted already, on another feature map
    bool at_is_kept = false;
    feature_map features[8]{};
    bool feature_trains[8]{};
    bool feature_kept[8]{};
    /// Elements of the predictions of all feature maps that a loss of several operators reads as one tensor.
    std::int64_t joined = 0;
    std::int64_t outer_regions = 1;
    /// The map that a head of regions made before it pooled; a head inside it reads this map.
    feature_map before_inside{};
    Visitor visitor{};

    constexpr convnet_walk(const convnet& m, std::int64_t height, std::int64_t width, Visitor v = {})
        : net(m), image_side(smaller(height, width)), at{m.channels, height, width}, visitor(v) {}

    /// Saves so many elements per region for backward, if backward needs tensors here.
    constexpr void keep(tensor_role::type role, std::int64_t elements) noexcept {
        if (!trains) return;
        sums.kept.of[role] += times * elements;
        kept += times * elements * (role == tensor_role::pool_index ? 2 : 1);
    }
    /// Saves the input of a matrix or convolution, unless the operator before it has saved it.
    constexpr void keep_input() noexcept {
        if (!at_is_kept) keep(tensor_role::convolution_input, at.elements());
        at_is_kept = trains;
    }
    /// Notes a phase of a forward pass that saves nothing. `work`: the elements of an operator's input, result and
    /// workspace, which are live beside `held`.
    constexpr void forward(std::int64_t work) noexcept { forward_peak = larger(forward_peak, held + times * work); }
    /// Notes a phase of backward. `gradients`, `transforms`, `weights`: the elements of gradients, of Winograd's
    /// transformed inputs and results, and of Winograd's transformed weights.
    constexpr void phase_load(std::int64_t gradients, std::int64_t transforms = 0, std::int64_t weights = 0) noexcept {
        forward(gradients);  // the tensors of an operator's forward are as large as the gradients of its backward
        if (!trains) return;
        const std::int64_t here = kept + waiting + times * gradients;
        const std::int64_t more = here + times * transforms;
        peak = larger(peak, here);
        // The peak is chosen for one image per step; with more images, the transformed weights matter less.
        if (more + weights > transform_peak + transform_weights) {
            transform_peak = more;
            transform_weights = weights;
        }
    }
    /// Returns the positions per side after a convolution or pool. Throws invalid_input if the side is too short for
    /// it.
    [[nodiscard]] constexpr std::int64_t reached(std::int64_t side, const convnet_stage& s, std::int64_t kernel,
                                                 std::int64_t stride) const {
        const std::int64_t padding = s.padding >= 0 ? s.padding : kernel / 2;
        const std::int64_t rest = side + 2 * padding - kernel;
        if (rest < 0)
            throw invalid_input({"training.image_size", image_side, 0, 0, "an image large enough for every layer"});
        return rest / stride + 1;
    }

    /// Throws invalid_input if the multiply-adds of this layer and of all earlier ones, or the saved elements, exceed
    /// 1e17. It computes in doubles, because they could overflow 64 bits.
    constexpr void bound(std::int64_t kernel, std::int64_t in, std::int64_t out, std::int64_t positions) const {
        const double layer = static_cast<double>(kernel * kernel) * static_cast<double>(in) * static_cast<double>(out) *
                             static_cast<double>(positions) * static_cast<double>(times);
        if (layer + static_cast<double>(sums.products) > 1e17 || static_cast<double>(kept) > 1e17)
            throw invalid_input(
                {"model.convnet.stages.width", out, 0, 0, "a network of less than 1e17 products an image"});
    }

    /// Walks a convolution without the norm and the activation after it.
    constexpr void convolve(const convnet_stage& s, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                            std::int64_t groups, bool bias) {
        if (at.channels % groups != 0 || out % groups != 0)
            throw invalid_input({"model.convnet.stages.groups", groups, 0, 0, "a divisor of the channels"});
        const bool trained_before = trains;
        if (!s.frozen) trains = true;
        keep_input();
        const feature_map in = at;
        at = {out, reached(in.height, s, kernel, stride), reached(in.width, s, kernel, stride)};
        bound(kernel, in.channels / groups, out, at.positions());
        const std::int64_t weights = kernel * kernel * (in.channels / groups) * out;
        if (!counted) (s.frozen ? sums.frozen : sums.trained) += weights + (bias ? out : 0);
        sums.products += times * weights * at.positions();
        visitor.convolution({.in = in,
                             .out = at,
                             .kernel = kernel,
                             .groups = groups,
                             .times = times,
                             .frozen = s.frozen,
                             .needs_gradient = trained_before,
                             .matrix = s.kind == stage_kind::fully_connected});
        // F(4x4, 3x3) of Lavin and Gray (arXiv 1509.09308) takes 36 multiplications per channel for a tile of 4 x 4
        // results. cuDNN's non-fused variant stores all transformed inputs, results and weights.
        const bool winograd = kernel == 3 && stride == 1 && groups == 1 && s.dilation == 1;
        const std::int64_t tiles = divide_up(at.height, 4) * divide_up(at.width, 4);
        phase_load(in.elements() + at.elements(), winograd ? 36 * tiles * (in.channels + out) : 0,
                   winograd ? 36 * in.channels * out : 0);
        // Tensor cores read channels last, and cuDNN transposes tensors of PyTorch's own order into its workspace
        // (NVIDIA, Convolutional Layers User's Guide, "Tensor Layouts In Memory").
        if (groups == 1) forward(2 * (in.elements() + at.elements()));
        at_is_kept = false;
    }
    /// Walks the norm of a stage.
    constexpr void normalize(const convnet_stage& s) noexcept {
        if (s.norm == norm_after::none) return;
        visitor.pass(s.norm == norm_after::frozen ? elementwise::frozen_norm : elementwise::batch_norm,
                     times * at.elements());
        if (s.norm == norm_after::frozen) {
            if (!counted) sums.buffers += 4 * at.channels;
            return;
        }
        trains = trains || !s.frozen;
        if (!counted) {
            sums.vectors += 2 * at.channels;
            sums.buffers += 2 * at.channels;
        }
        keep(tensor_role::batch_norm_input, at.elements());
        phase_load(2 * at.elements());
    }
    /// Walks an activation.
    constexpr void activate(cardfit::activation a) noexcept {
        if (a == activation::none) return;
        if (a == activation::smooth) keep(tensor_role::smooth_activation_input, at.elements());
        keep(tensor_role::convolution_input, at.elements());
        phase_load(2 * at.elements());
        at_is_kept = trains;
    }
    /// Walks a convolution, its norm and its activation.
    constexpr void unit(const convnet_stage& s, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                        std::int64_t groups, cardfit::activation a) {
        convolve(s, out, kernel, stride, groups, s.bias);
        normalize(s);
        if (s.norm == norm_after::none && a != activation::none)
            visitor.pass(elementwise::activation, times * at.elements());
        activate(a);
    }
    constexpr void layer_normalize() noexcept {
        visitor.pass(elementwise::batch_norm, times * at.elements());
        if (!counted) sums.vectors += 2 * at.channels;
        trains = true;
        keep(tensor_role::layer_norm_input, at.elements());
        phase_load(2 * at.elements());
        at_is_kept = false;
    }
};

}  // namespace cardfit::detail
