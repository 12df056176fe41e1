// SPDX-License-Identifier: MIT
#pragma once

// Time of a convolutional network's forward pass without backward: one matmul per convolution, and passes over feature
// maps. A norm then has its statistics already.

#include <cardfit/calibration/forward_constants.hpp>
#include <cardfit/estimate/kernels/convolution.hpp>

namespace cardfit::detail {

/// What the operators of a forward pass take.
struct forward_sums {
    double seconds = 0;     ///< of convolutions
    double elements = 0;    ///< that passes over feature maps move, of one image
    double transposed = 0;  ///< elements of inputs and results that are transposed, of one image
    double kernels = 0;     ///< the number of launches
    // What is launched beside others: convolutions, matrices, attentions.
    double convolutions = 0;
    double matrices = 0;
    double attentions = 0;
};

/// Returns what element-wise passes take on the card's memory, relative to GDDR, whose cards have the larger caches.
[[nodiscard]] constexpr double stacked_passes(const time_job& j, const forward_constants& c) noexcept {
    return has_stacked_memory(j.hardware.card) ? c.stacked_passes : 1;
}

/// Returns the passes that a forward pass makes over a feature map.
[[nodiscard]] constexpr double forward_passes(elementwise what, const time_job& j,
                                              const forward_constants& c) noexcept {
    switch (what) {
        case elementwise::activation:
            return c.normalized_passes * c.activation_pass;
        case elementwise::copy:
            return c.normalized_passes * c.copy_pass;
        case elementwise::window_copy:
            return window_copies / 2;
        case elementwise::scores:
            return j.constants.step.forward_share * score_traffic(j, 1) / j.card.width;
        case elementwise::batch_norm:
        case elementwise::frozen_norm:
        case elementwise::layer_norm:
            break;
    }
    return c.normalized_passes * pass_share(what, j);
}

/// Accumulates the time of a forward pass as a walk visits its operators.
struct forward_timer {
    const time_job& j;
    forward_sums& sums;
    const forward_constants& constants;

    constexpr void convolution(const convolution_shape& s) const noexcept {
        const double times = static_cast<double>(s.times);
        sums.seconds += (s.matrix ? 1 : constants.convolution) * matmuls_of(s, j).forward();
        sums.kernels += j.constants.step.kernels_per_convolution / 3;
        (s.matrix ? sums.matrices : sums.convolutions) += times;
        const bool transposes = j.card.half_format && j.card.matrix_units && s.groups == 1 && !s.matrix;
        if (transposes && !channels_last(j))
            sums.transposed += times * static_cast<double>(s.in.elements() + s.out.elements());
    }
    constexpr void attention(const attention_shape& s) const noexcept {
        sums.seconds += attention_seconds(s, j);
        sums.kernels += static_cast<double>(s.times);
        sums.attentions += static_cast<double>(s.times);
    }
    constexpr void pass(elementwise what, std::int64_t elements) const noexcept {
        sums.elements += forward_passes(what, j, constants) * static_cast<double>(elements);
    }
};

/// Returns the seconds of what a forward pass with the images of a micro-batch takes.
[[nodiscard]] constexpr double summed_seconds(const forward_sums& sums, const time_job& j, const forward_constants& c) {
    const double moved = sums.elements + c.transposed_passes * sums.transposed;
    const double passes =
        moved * static_cast<double>(j.job.micro_batch) * j.card.width * stacked_passes(j, c) / j.card.bandwidth;
    const double device = sums.seconds + sums.kernels * j.constants.step.kernel_ramp + passes;
    return most(device, sums.kernels * c.host_kernel);
}

/// Returns the seconds of a forward pass of a convolutional network with the images of a micro-batch.
template <convolutional M>
[[nodiscard]] constexpr double forward_seconds(const M& model, const time_job& j, const forward_constants& c) {
    forward_sums sums;
    for_each_convolution(model, j.job.image_size, forward_timer{j, sums, c});
    return summed_seconds(sums, j, c);
}

}  // namespace cardfit::detail
