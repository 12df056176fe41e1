// SPDX-License-Identifier: MIT
#pragma once

// Time of a convolutional network's micro-step: three implicit matmuls per convolution (forward, and the gradients of
// its input and of its weights), and passes over feature maps.

#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/training/time_job.hpp>
#include <cardfit/job/training_time_rules.hpp>
#include <cardfit/model/convnet_visitor.hpp>

#include <concepts>

namespace cardfit {

/// A model whose convolutions `for_each_convolution(model, image_size, visitor)` visits, found by argument-dependent
/// lookup.
template <class M>
concept convolutional = requires(const M& model) {
    for_each_convolution(model, std::int64_t{}, detail::no_visitor{});
};

}  // namespace cardfit

namespace cardfit::detail {

/// What the convolutions of a network take.
struct convolution_sums {
    double seconds = 0;   ///< forward and backward of a micro-batch
    double elements = 0;  ///< that passes over feature maps move, of one image
    double kernels = 0;   ///< the number of launches
};

/// Copies of a map that attention inside windows makes, in passes over it. Forward: into windows and back (4), a shift
/// and its inverse in every second layer (2), queries, keys and values into heads (6), heads back (2). Backward repeats
/// them.
inline constexpr double window_copies = 28;

/// Returns the bytes that a pass over a feature map moves, relative to batch normalization with its activation.
[[nodiscard]] constexpr double pass_share(elementwise what, const time_job& j) noexcept {
    const step_constants& c = j.constants.step;
    switch (what) {
        case elementwise::frozen_norm:
            return c.frozen_norm_pass;
        case elementwise::layer_norm:
            // Autocast's layer norms read and write fp32, and so does the residual that they belong to.
            return autocasts(j) ? 4 / j.card.width : 1;
        case elementwise::activation:
            return c.activation_pass;
        case elementwise::copy:
            return c.copy_pass;
        case elementwise::window_copy:
            return window_copies / c.normalized_passes;
        case elementwise::scores:
            return score_traffic(j, 1) / (j.card.width * c.normalized_passes);
        case elementwise::batch_norm:
            break;
    }
    return 1;
}

/// Returns true if feature maps have the layout that tensor cores read.
[[nodiscard]] constexpr bool channels_last(const time_job& j) noexcept {
    return j.job.memory_format == memory_format::by_default ? j.row.channels_last
                                                            : j.job.memory_format == memory_format::channels_last;
}

/// Returns true if 16-bit convolutions run in a layout that tensor cores do not read, with kernels that are slow in it.
[[nodiscard]] constexpr bool slow_layout(const time_job& j) noexcept {
    return !channels_last(j) && j.job.software_date < transformed_layouts_since;
}

/// Returns the rate of a convolution, in the memory layout and with the algorithm that cuDNN chooses. Winograd serves
/// 3x3 convolutions of stride 1 in fp32; where tf32 is slower than that, fp32 serves tf32 too. A matrix of a fully
/// connected or transformer layer has the layout and the format of matmuls.
[[nodiscard]] constexpr rate convolution_rate(const time_job& j, bool winograd, bool matrix) noexcept {
    const kernel_constants& k = j.constants.kernels;
    const card_rates& c = j.card;
    if (c.half_format && c.matrix_units)
        return {c.half.peak, c.half.share * k.convolution_16bit * (slow_layout(j) && !matrix ? k.channels_first : 1)};
    const double direct = k.convolution_fp32 * (c.half_format ? c.half.share : c.fp32.share);
    const double fp32 = direct * (winograd && !c.half_format ? k.winograd_saving : 1);
    if (!c.tf32_format && (matrix || !runs_convolutions_in_tf32(j.job, j.hardware.card))) return {c.fp32.peak, fp32};
    return {c.tf32.peak, most(c.tf32.share * k.convolution_tf32, fp32 * c.fp32.peak / c.tf32.peak)};
}

/// What the matmuls of one convolution with a micro-batch compute and move.
struct convolution_matmuls {
    const time_job& j;
    rate reached{};
    double in = 0;    ///< channels
    double out = 0;   ///< channels
    double from = 0;  ///< positions of all images before the convolution
    double to = 0;    ///< positions of all images behind it
    double inner = 0;
    double window_out = 0;  ///< the inner sum of the gradient of the input, per position behind the convolution
    double flops = 0;       ///< of each of the three matmuls
    double size = 0;        ///< bytes of input, result and weights

    /// Returns the seconds of one of the matmuls, rows x columns over `length`. An inner sum of `split_inner` or more
    /// is split over the multiprocessors, so that no wave stays half empty, but takes no less time than one of that
    /// length that is not split.
    [[nodiscard]] constexpr double seconds(double rows, double columns, double length) const noexcept {
        const kernel_constants& k = j.constants.kernels;
        const double sms = j.card.multiprocessors;
        const double tiles = most(rows * columns / k.tile_elements, sms * k.smallest_partial_wave);
        const double whole = (1 + k.convolution_wave * sms / tiles) * (least(length, k.split_inner) + k.inner_start);
        const double split = (1 + k.convolution_wave) * (length + k.inner_start);
        const double time = flops / (reached.share * reached.peak) / length;
        return most(time * (length < k.split_inner ? whole : most(whole, split)), size / j.card.bandwidth);
    }
    [[nodiscard]] constexpr double forward() const noexcept { return seconds(to, out, inner); }
    [[nodiscard]] constexpr double data_gradient() const noexcept { return seconds(from, in, window_out * to / from); }
    [[nodiscard]] constexpr double weight_gradient() const noexcept { return seconds(out, inner, to); }
};

[[nodiscard]] constexpr convolution_matmuls matmuls_of(const convolution_shape& s, const time_job& j) noexcept {
    const double images = static_cast<double>(j.job.micro_batch * s.times);
    const double groups = static_cast<double>(s.groups);
    const double window = static_cast<double>(s.kernel * s.kernel);
    convolution_matmuls m{
        .j = j, .reached = convolution_rate(j, s.kernel == 3 && s.in.positions() == s.out.positions(), s.matrix)};
    m.in = static_cast<double>(s.in.channels);
    m.out = static_cast<double>(s.out.channels);
    m.inner = m.in / groups * window;
    m.from = images * static_cast<double>(s.in.positions());
    m.to = images * static_cast<double>(s.out.positions());
    m.window_out = m.out / groups * window;
    m.flops = 2 * m.to * m.out * m.inner;
    m.size = (m.to * m.out + m.from * m.in + m.out * m.inner) * j.card.width;
    return m;
}

/// Returns the seconds of the forward pass of attention that a walk visits: of a fused kernel in 16 bits, as layers
/// have it (kernels/layer.hpp), or of two matmuls whose scores are written out.
[[nodiscard]] constexpr double attention_seconds(const attention_shape& s, const time_job& j) noexcept {
    const kernel_constants& k = j.constants.kernels;
    const card_rates& c = j.card;
    const double queries = static_cast<double>(j.job.micro_batch * s.times) * static_cast<double>(s.from);
    const double products = 4 * queries * static_cast<double>(s.to) * static_cast<double>(s.width);
    // FlashAttention has heads of up to 256 elements (Dao-AILab/flash-attention, README).
    constexpr std::int64_t longest_head = 256;
    if (j.flash && c.half_format && s.width <= longest_head * s.heads) {
        const double head = static_cast<double>(s.width) / static_cast<double>(s.heads);
        return products / (least(c.flash, 1) * c.half_peak) * (1 + k.flash_start / static_cast<double>(s.to)) *
               (1 + k.flash_head_start / head) / (1 + k.flash_head_start / k.flash_head);
    }
    const double scores = queries * static_cast<double>(s.to) * static_cast<double>(s.heads);
    return products / (c.half.share * c.half.peak) +
           j.constants.step.forward_share * score_traffic(j, scores) / c.bandwidth;
}

/// Accumulates the time of convolutions as a walk visits them.
struct convolution_timer {
    const time_job& j;
    convolution_sums& sums;

    constexpr void convolution(const convolution_shape& s) const noexcept {
        const convolution_matmuls m = matmuls_of(s, j);
        double time = m.forward() + m.data_gradient();
        if (!s.frozen) time += m.weight_gradient();
        // The image needs no gradient.
        sums.seconds += s.needs_gradient ? time : time * 2 / 3;
        sums.kernels +=
            s.matrix ? j.constants.step.kernels_per_convolution / 3 : j.constants.step.kernels_per_convolution;
    }
    constexpr void attention(const attention_shape& s) const noexcept {
        sums.seconds += (1 + j.constants.kernels.flash_backward) * attention_seconds(s, j);
        sums.kernels += 3 * static_cast<double>(s.times);
    }
    constexpr void pass(elementwise what, std::int64_t elements) const noexcept {
        sums.elements += pass_share(what, j) * static_cast<double>(elements);
    }
};

/// Returns a micro-step of a convolutional network.
template <convolutional M>
[[nodiscard]] constexpr step_work convolution_work(const M& model, const time_job& j, const parameter_sums& p) {
    convolution_sums sums;
    for_each_convolution(model, j.job.image_size, convolution_timer{j, sums});
    const double passes = sums.elements * static_cast<double>(j.job.micro_batch) * j.card.width *
                          j.constants.step.normalized_passes / j.card.bandwidth;
    step_work w;
    w.micro = most(sums.seconds + sums.kernels * j.constants.step.kernel_ramp + passes,
                   sums.kernels * j.constants.step.launch);
    w.backward = j.constants.step.backward_share * w.micro;
    // Full checkpointing repeats the forward pass, selective checkpointing its element-wise passes.
    double repeated = 0;
    if (j.job.recompute == recompute::full) repeated = w.micro - w.backward;
    if (j.job.recompute == recompute::selective) repeated = (1 - j.constants.step.backward_share) * passes;
    w.micro += repeated;
    w.backward += repeated;
    w.average = w.micro;
    w.parameters = static_cast<double>(p.dense() + p.frozen);
    w.trained = static_cast<double>(p.dense());
    w.tensors = sums.kernels / 3;
    return w;
}

}  // namespace cardfit::detail
