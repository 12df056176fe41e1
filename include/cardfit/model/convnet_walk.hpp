// SPDX-License-Identifier: MIT
#pragma once

// One image's way through a convolutional network: parameters, products, tensors that backward keeps, and the moment of
// backward at which most is there.

#include <cardfit/model/convnet_stages.hpp>
#include <cardfit/model/convnet_visitor.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit::detail {

/// Sums over what has been walked, of one image.
struct walk_sums {
    std::int64_t trained = 0;  ///< weights of convolutions, biases included
    std::int64_t frozen = 0;
    std::int64_t vectors = 0;  ///< of norms
    std::int64_t buffers = 0;
    std::int64_t products = 0;  ///< multiply-adds
    by_role<std::int64_t> kept{};
};

/// Walks forward. Backward goes the same way back, so that what is kept when an operator's backward runs is what had
/// been kept when its forward ran; beside it stand the gradients of its result and of its input, and those that wait
/// elsewhere
/// (`waiting`): of a residual's other branch, of feature maps that heads have read. `visitor` hears of every
/// convolution and of passes over feature maps.
template <class Visitor = no_visitor>
struct convnet_walk {
    const convnet& net;
    std::int64_t image_side;  ///< the shorter
    feature_map at;
    walk_sums sums{};
    std::int64_t kept = 0;  ///< elements; a 64-bit index counts as two
    std::int64_t peak = 0;
    std::int64_t transform_peak = 0;
    std::int64_t transform_weights = 0;
    std::int64_t waiting = 0;
    std::int64_t held = 0;          ///< of a forward pass alone: a residual's input, what joins and heads read later
    std::int64_t forward_peak = 0;  ///< elements at its fullest moment
    std::int64_t times = 1;         ///< regions
    bool trains = false;            ///< something in front of here is trained: from here on backward keeps tensors
    bool counted = false;           ///< these weights have been counted, on another feature map
    bool at_is_kept = false;
    feature_map features[8]{};
    bool feature_trains[8]{};
    bool feature_kept[8]{};
    Visitor visitor{};

    constexpr convnet_walk(const convnet& m, std::int64_t height, std::int64_t width, Visitor v = {})
        : net(m), image_side(smaller(height, width)), at{m.channels, height, width}, visitor(v) {}

    constexpr void keep(tensor_role::type role, std::int64_t elements) noexcept {
        if (!trains) return;
        sums.kept.of[role] += times * elements;
        kept += times * elements * (role == tensor_role::pool_index ? 2 : 1);
    }
    /// A matrix or convolution keeps what it reads, unless the operator before it has.
    constexpr void keep_input() noexcept {
        if (!at_is_kept) keep(tensor_role::convolution_input, at.elements());
        at_is_kept = trains;
    }
    /// A moment of a forward pass that keeps nothing: an operator's input, result and workspace beside what is held.
    constexpr void forward(std::int64_t work) noexcept { forward_peak = larger(forward_peak, held + times * work); }
    /// A moment of backward with so many elements of gradients at work, and of Winograd's transforms.
    constexpr void phase_load(std::int64_t gradients, std::int64_t transforms = 0, std::int64_t weights = 0) noexcept {
        forward(gradients);  // an operator's forward has the same tensors as its backward has gradients
        if (!trains) return;
        const std::int64_t here = kept + waiting + times * gradients;
        const std::int64_t more = here + times * transforms;
        peak = larger(peak, here);
        // The largest for one image a step; with more images the transformed weights matter less.
        if (more + weights > transform_peak + transform_weights) {
            transform_peak = more;
            transform_weights = weights;
        }
    }
    [[nodiscard]] constexpr std::int64_t reached(std::int64_t side, const convnet_stage& s, std::int64_t kernel,
                                                 std::int64_t stride) const {
        const std::int64_t padding = s.padding >= 0 ? s.padding : kernel / 2;
        const std::int64_t rest = side + 2 * padding - kernel;
        if (rest < 0)
            throw invalid_input({"training.image_size", image_side, 0, 0, "an image large enough for every layer"});
        return rest / stride + 1;
    }

    /// Refuses, in doubles, what would not fit 64 bits: a layer's products, and all so far.
    constexpr void bound(std::int64_t kernel, std::int64_t in, std::int64_t out, std::int64_t positions) const {
        const double layer = static_cast<double>(kernel * kernel) * static_cast<double>(in) * static_cast<double>(out) *
                             static_cast<double>(positions) * static_cast<double>(times);
        if (layer + static_cast<double>(sums.products) > 1e17 || static_cast<double>(kept) > 1e17)
            throw invalid_input(
                {"model.convnet.stages.width", out, 0, 0, "a network of less than 1e17 products an image"});
    }

    /// A convolution without what follows it.
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
        // F(4x4, 3x3) of Lavin and Gray (arXiv 1509.09308): a tile of 4 x 4 results is 36 products a channel; cuDNN's
        // non-fused kind holds all transformed inputs, results and weights.
        const bool winograd = kernel == 3 && stride == 1 && groups == 1 && s.dilation == 1;
        const std::int64_t tiles = divide_up(at.height, 4) * divide_up(at.width, 4);
        phase_load(in.elements() + at.elements(), winograd ? 36 * tiles * (in.channels + out) : 0,
                   winograd ? 36 * in.channels * out : 0);
        // Tensor cores read channels last; cuDNN transposes tensors of PyTorch's own order into its workspace (NVIDIA,
        // Convolutional Layers User's Guide, "Tensor Layouts In Memory").
        if (groups == 1) forward(2 * (in.elements() + at.elements()));
        at_is_kept = false;
    }
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
    constexpr void activate(cardfit::activation a) noexcept {
        if (a == activation::none) return;
        if (a == activation::smooth) keep(tensor_role::smooth_activation_input, at.elements());
        keep(tensor_role::convolution_input, at.elements());
        phase_load(2 * at.elements());
        at_is_kept = trains;
    }
    constexpr void unit(const convnet_stage& s, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                        std::int64_t groups, cardfit::activation a) {
        convolve(s, out, kernel, stride, groups, s.bias);
        normalize(s);
        if (s.norm == norm_after::none && a != activation::none)
            visitor.pass(elementwise::activation, times * at.elements());
        activate(a);
    }

    /// A sum with the block's input, which a convolution fits where the shapes differ.
    constexpr void residual(const convnet_stage& s, std::int64_t stride, bool bottleneck) {
        const feature_map in = at;
        const bool in_kept = at_is_kept;
        const bool fits = in.channels == s.width && stride == 1;
        const std::int64_t first = s.stride_first ? stride : 1;
        const std::int64_t before = waiting;
        const std::int64_t held_before = held;
        if (trains || !s.frozen) waiting += times * in.elements();
        held += times * in.elements();
        if (bottleneck) {
            unit(s, s.inner, 1, first, 1, s.activation);
            unit(s, s.inner, 3, stride / first, s.groups, s.activation);
            unit(s, s.width, 1, 1, 1, activation::none);
        } else {
            unit(s, s.width, 3, stride, 1, s.activation);
            unit(s, s.width, 3, 1, 1, activation::none);
        }
        waiting = before;
        if (!fits) {
            const feature_map out = at;
            at = in;
            at_is_kept = in_kept || trains;
            if (trains) waiting += times * out.elements();
            // The shortcut reads the input that is held, and so counts it once.
            held = held_before + times * out.elements();
            unit(s, s.width, 1, stride, 1, activation::none);
            waiting = before;
        }
        held = held_before;
        activate(s.activation);
    }
    constexpr void dense(const convnet_stage& s) {
        const feature_map in = at;
        const std::int64_t before = waiting;
        const std::int64_t held_before = held;
        waiting += times * in.elements();
        held += times * in.elements();
        normalize(s);
        activate(s.activation);
        unit(s, s.inner, 1, 1, 1, s.activation);
        convolve(s, s.width, 3, 1, 1, false);
        visitor.pass(elementwise::copy, times * at.elements());
        waiting = before;
        held = held_before;
        at = {in.channels + s.width, in.height, in.width};
        at_is_kept = false;
        forward(2 * at.elements());  // joining copies both
    }
    constexpr void inverted_bottleneck(const convnet_stage& s, std::int64_t stride) {
        const feature_map in = at;
        const std::int64_t wide = s.inner > 0 ? s.inner : s.expansion * in.channels;
        const std::int64_t before = waiting;
        const std::int64_t held_before = held;
        const std::int64_t squeeze = s.squeeze < 0 ? larger(in.channels / -s.squeeze, 1) : s.squeeze;
        const bool adds = stride == 1 && in.channels == s.width;
        if (adds) {
            waiting += times * in.elements();
            held += times * in.elements();
        }
        if (wide != in.channels) unit(s, wide, 1, 1, 1, s.activation);
        unit(s, wide, s.kernel, stride, wide, s.activation);
        if (squeeze > 0) {
            // Two small matrices on the channels' means; the product keeps both factors, and its result is the next
            // input.
            if (!counted) sums.trained += 2 * squeeze * wide + squeeze + wide;
            sums.products += times * 2 * squeeze * wide;
            keep(tensor_role::convolution_input, 2 * (squeeze + wide) + at.elements());
            phase_load(2 * at.elements());
        }
        unit(s, s.width, 1, 1, 1, activation::none);
        waiting = before;
        held = held_before;
    }
    /// Transposed convolution: each position makes stride x stride.
    constexpr void up_convolve(const convnet_stage& s) {
        trains = trains || !s.frozen;
        keep_input();
        const feature_map in = at;
        at = {s.width, in.height * s.stride, in.width * s.stride};
        bound(s.kernel, in.channels, s.width, at.positions());
        const std::int64_t weights = s.kernel * s.kernel * in.channels * s.width;
        if (!counted) (s.frozen ? sums.frozen : sums.trained) += weights + (s.bias ? s.width : 0);
        sums.products += times * weights * in.positions();
        // Its products are those of the convolution that goes the other way.
        visitor.convolution({.in = at, .out = in, .kernel = s.kernel, .times = times, .frozen = s.frozen});
        phase_load(in.elements() + at.elements());
        at_is_kept = false;
        normalize(s);
        activate(s.activation);
        if (s.joins > 0) {
            // Joining copies both; what the activation kept is read by nobody else, but stays as its result.
            at = {at.channels + features[s.joins].channels, at.height, at.width};
            at_is_kept = false;
            forward(2 * at.elements() - features[s.joins].elements());  // the joined map is held
        }
    }
    constexpr void layer_normalize() noexcept {
        visitor.pass(elementwise::batch_norm, times * at.elements());
        if (!counted) sums.vectors += 2 * at.channels;
        trains = true;
        keep(tensor_role::layer_norm_input, at.elements());
        phase_load(2 * at.elements());
        at_is_kept = false;
    }
    /// A transformer layer (Liu et al., arXiv 2103.14030): attention inside windows with a bias for each offset, then a
    /// feed-forward of four times the width.
    constexpr void attend(const convnet_stage& s) {
        const feature_map in = at;
        const std::int64_t c = in.channels;
        const std::int64_t n = in.positions();
        const std::int64_t window = s.kernel * s.kernel;
        const std::int64_t offsets = 2 * s.kernel - 1;
        bound(s.kernel, 12 * c, c, n);
        if (!counted) {
            sums.trained += 12 * c * c + 9 * c;
            sums.vectors += 4 * c + offsets * offsets * s.heads;
        }
        trains = true;
        sums.products += times * n * (12 * c * c + 2 * window * c);
        tell_window_attention(visitor, in, window, s.heads, times);
        keep(tensor_role::layer_norm_input, 2 * n * c);
        keep(tensor_role::convolution_input, 2 * n * c + 3 * n * c + n * c + 4 * n * c);
        keep(tensor_role::cross_score, n * window * s.heads);
        keep(tensor_role::smooth_activation_input, 4 * n * c);
        phase_load(8 * n * c);
        at_is_kept = false;
    }

    constexpr void pool(const convnet_stage& s) {
        const feature_map in = at;
        if (s.kind == stage_kind::fixed_pool)
            at.height = at.width = s.width;
        else
            at.height = reached(in.height, s, s.kernel, s.stride), at.width = reached(in.width, s, s.kernel, s.stride);
        if (s.kind == stage_kind::max_pool) keep_input(), keep(tensor_role::pool_index, at.elements());
        phase_load(in.elements() + at.elements());
        at_is_kept = false;
    }

    constexpr void once(const convnet_stage& s, std::int64_t stride) {
        bound(1, at.channels, 1, at.positions());
        switch (s.kind) {
            case stage_kind::none:
                return;
            case stage_kind::convolution:
                return unit(s, s.width, s.kernel, stride, s.groups, s.activation);
            case stage_kind::max_pool:
            case stage_kind::average_pool:
            case stage_kind::fixed_pool:
                return pool(s);
            case stage_kind::fully_connected:
                at = {at.elements(), 1, 1};
                return unit(s, s.width, 1, 1, 1, s.activation);
            case stage_kind::basic_residual:
                return residual(s, stride, false);
            case stage_kind::bottleneck_residual:
                return residual(s, stride, true);
            case stage_kind::dense:
                return dense(s);
            case stage_kind::transition:
                normalize(s);
                activate(s.activation);
                convolve(s, s.width, 1, 1, 1, false);
                visitor.pass(elementwise::copy, times * at.elements());
                keep_input();  // average pooling holds on to what it reads
                at = {at.channels, at.height / 2, at.width / 2};
                at_is_kept = false;
                return;
            case stage_kind::inverted_bottleneck:
                return inverted_bottleneck(s, stride);
            case stage_kind::up_convolution:
                return up_convolve(s);
            case stage_kind::upsample:
                at.height *= s.stride;
                at.width *= s.stride;
                at_is_kept = false;
                return phase_load(2 * at.elements());
            case stage_kind::patch_merging:
                at = {4 * at.channels, divide_up(at.height, 2), divide_up(at.width, 2)};
                layer_normalize();
                return convolve(s, s.width, 1, 1, 1, false);
            case stage_kind::window_attention:
                return attend(s);
            case stage_kind::layer_normalization:
                return layer_normalize();
            case stage_kind::normalization:
                normalize(s);
                return activate(s.activation);
        }
    }
    constexpr void stage(const convnet_stage& s) {
        for (std::int64_t i = 0; i < s.repeats; ++i) once(s, i == 0 ? s.stride : 1);
        if (s.feature > 0) {
            features[s.feature] = at;
            feature_trains[s.feature] = trains;
            feature_kept[s.feature] = at_is_kept;
            // The gradient that a pyramid, a head or a join gives it waits while later stages run backward.
            if (trains && read_elsewhere(s.feature)) waiting += at.elements();
            if (read_elsewhere(s.feature) || read_by_a_head(s.feature)) held += at.elements();
        }
    }
    [[nodiscard]] constexpr bool read_elsewhere(std::int64_t feature) const noexcept {
        if (net.pyramid.width > 0) return feature >= net.pyramid.first && feature < net.pyramid.last;
        for (const convnet_stage& s : net.stages)
            if (s.joins == feature) return true;
        return false;
    }

    [[nodiscard]] constexpr bool read_by_a_head(std::int64_t feature) const noexcept {
        for (const convnet_head& h : net.heads)
            if (h.first > 0 && feature >= h.first && feature <= h.last) return true;
        return false;
    }

    /// Elements of the feature maps that heads from `from` on read: their gradients wait while earlier heads run
    /// backward.
    [[nodiscard]] constexpr std::int64_t read_by_heads(std::size_t from) const noexcept {
        std::int64_t sum = 0;
        for (int f = 1; f < 8; ++f) {
            bool read = false;
            for (std::size_t h = from; h < max_convnet_heads; ++h)
                read = read || (net.heads[h].first > 0 && !net.heads[h].inside && f >= net.heads[h].first &&
                                f <= net.heads[h].last);
            sum += read ? features[f].elements() : 0;
        }
        return sum;
    }

    constexpr void build_pyramid() {
        const feature_pyramid& p = net.pyramid;
        const convnet_stage lateral{.norm = norm_after::none, .bias = true};
        const feature_map top = features[p.last];
        const std::int64_t above = p.last + p.pooled + p.convolved;
        if (p.width == 0) return;
        std::int64_t made = 0;
        for (std::int64_t f = p.last; f >= p.first; --f) {
            const std::int64_t before = waiting = made + below(f);
            at = features[f];
            at_is_kept = feature_kept[f];
            convolve(lateral, p.width, 1, 1, 1, true);
            waiting = before;
            convolve(lateral, p.width, 3, 1, 1, true);
            features[f] = at;
            feature_kept[f] = false;
            made += at.elements();
        }
        at = p.convolved > 0 ? top : features[p.last];
        at_is_kept = p.convolved > 0;
        for (std::int64_t f = p.last + 1; f <= above && f < 8; ++f) {
            waiting = made;
            if (p.convolved > 0)
                convolve(lateral, p.width, 3, 2, 1, true);
            else
                pool({.kind = stage_kind::average_pool, .kernel = 1, .stride = 2, .padding = 0});
            features[f] = at;
            feature_kept[f] = false;
            made += at.elements();
        }
        waiting = 0;
    }
    /// Gradients of trained feature maps finer than this one.
    [[nodiscard]] constexpr std::int64_t below(std::int64_t feature) const noexcept {
        std::int64_t sum = 0;
        for (std::int64_t f = net.pyramid.first; f < feature; ++f)
            sum += feature_trains[f] ? features[f].elements() : 0;
        return sum;
    }

    constexpr void run_head(const convnet_head& h, std::size_t index) {
        waiting = read_by_heads(index + 1);
        counted = false;
        if (h.regions > 0) {
            if (!h.inside) {
                phase_load(h.regions * features[h.first].channels * h.pool * h.pool + read_by_heads(index));
                at = {features[h.first].channels, h.pool, h.pool};
                at_is_kept = false;
            } else {
                // Choosing regions has a gradient as large as all of them, zeros but for the chosen; it meets the one
                // of the mean over positions, and their sum is made beside both.
                times = outer_regions, phase_load(3 * before_inside.elements());
                at = before_inside;
                at_is_kept = false;  // chosen regions are copied
            }
            times = h.regions;
            if (!h.inside) outer_regions = h.regions;
            run_stages(h);
        } else {
            for (std::int64_t f = h.first; f <= h.last; ++f) {
                at = features[f];
                at_is_kept = feature_kept[f];
                keep_input();
                feature_kept[f] = true;
                run_stages(h);
                counted = true;
            }
        }
        times = 1;
        counted = false;
    }
    std::int64_t joined = 0;  ///< predictions of all feature maps that a loss of several operators reads as one tensor
    std::int64_t outer_regions = 1;
    feature_map before_inside{};  ///< what a head of regions made before it pooled: a head inside it reads that
    constexpr void run_stages(const convnet_head& h) {
        for (const convnet_stage& s : h.stages) {
            if (s.kind == stage_kind::fixed_pool) before_inside = at;
            for (std::int64_t i = 0; i < s.repeats; ++i) once(s, i == 0 ? s.stride : 1);
        }
        if (!h.adds) keep(tensor_role::loss_input, h.loss_copies * at.elements());
        joined += h.loss_copies > 1 ? at.elements() : 0;
        phase_load(2 * at.elements());
    }
    constexpr void heads_and_pyramid() {
        waiting = 0;
        build_pyramid();
        for (std::size_t h = 0; h < max_convnet_heads; ++h)
            if (net.heads[h].first > 0 || net.heads[h].inside) run_head(net.heads[h], h);
        // Such a loss has the gradients of a product and of its factors, and a sum of two, at once.
        phase_load(4 * joined);
    }
};

}  // namespace cardfit::detail
