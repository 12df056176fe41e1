// SPDX-License-Identifier: MIT
#pragma once

// Time of an inference without a cache: a forward pass of images or of whole sequences, with the kernels of training.

#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/estimate/inference/stage.hpp>
#include <cardfit/estimate/kernels/forward_convolution.hpp>
#include <cardfit/estimate/training/step_time.hpp>

namespace cardfit::detail {

/// Returns the precision whose kernels a forward pass runs. Weights of fewer than 16 bits are unpacked to 16 bits.
[[nodiscard]] constexpr precision precision_of(const inference& i) noexcept {
    if (i.autocast) return precision::fp16_mixed;
    const number_format format = compute_format_of(i);
    if (format == number_format::fp32) return i.weights == number_format::tf32 ? precision::tf32 : precision::fp32;
    if (format == number_format::bf16) return precision::bf16;
    return precision::fp16;
}

/// Returns the training whose forward pass an inference runs.
[[nodiscard]] constexpr training training_of_pass(const inference& i) noexcept {
    return {.precision = precision_of(i),
            .micro_batch = i.batch,
            .sequence_length = i.prompt,
            .image_size = i.image_size,
            .images = i.images,
            .text_only = i.text_only,
            .memory_format = i.memory_format,
            .software_date = i.software_date};
}

/// Returns true for a network that generates no tokens: it has no cache, and its time is that of one pass.
[[nodiscard]] constexpr bool runs_one_pass(const network& net) noexcept {
    return net.tokens_per_sample > 0 || !is_autoregressive(net);
}
/// Returns true if the forward pass of a job has a time on this card: training's kernels are measured on it, and the
/// model's shape is known. A lowered convolutional network no longer has the shapes of its convolutions.
[[nodiscard]] constexpr bool has_pass_time(const gpu& card, const network& net, const inference& i,
                                           bool has_shapes) noexcept {
    if (!runs_one_pass(net) || !net.shape_verified) return false;
    return has_step_time(card, precision_of(i)) && (has_shapes || !of_convolutions(net));
}

/// Returns the seconds of unpacking the weights once, at 5 bytes moved per weight of 8 bits (its own, and a 16-bit
/// copy written and read), or what 4 bits take in training.
[[nodiscard]] constexpr double unpacking_seconds(const time_job& j, number_format weights) noexcept {
    const int bits = block_layout_of(weights).element_bits;
    if (bits >= 16) return 0;
    const double each = bits >= 8 ? 5 : j.constants.step.dequantization;
    return each * static_cast<double>(whole_sums(j).dense()) / j.card.bandwidth;
}

/// Returns the seconds of a forward pass of layers between an embedding and a head, whose time is not counted.
[[nodiscard]] constexpr double forward_seconds(const time_job& j, const forward_constants& c) {
    const layer_time y = mean_layer(j);
    const double share = c.layer_elements + (autocasts(j) ? c.autocast_elements : 0);
    const double moved = share * stacked_passes(j, c) * j.constants.step.forward_share *
                         (y.elements * j.kernels.traffic + y.expert_elements) * j.tokens * j.card.width;
    const double device = y.linear + y.attention + moved / j.card.bandwidth + tensor_collectives(j) +
                          expert_exchange(j, y) + y.kernels * j.constants.step.kernel_ramp;
    return static_cast<double>(j.net.layers) * most(device, y.kernels * j.constants.step.launch);
}

/// Returns the seconds of one forward pass of a job that has a time. `model` is the convolutional model or the network.
template <class M>
[[nodiscard]] constexpr double pass_seconds(const M& model, const network& net, const inference& i, const machine& m,
                                            const layout& given, const inference_time_constants& constants) {
    const training t = training_of_pass(i);
    const training_time_constants& kernels = default_training_time_constants;
    const framework_time& row = row_of(t).time;
    const card_rates card =
        rates_of(m.card, t.precision, t.software_date, fuses_attention(row, t.software_date), kernels.kernels);
    const time_job j = lower_time(net, t, m, resolved(given, m.cards), row, card, kernels);
    double pass = 0;
    if constexpr (convolutional<M>)
        pass = forward_seconds(model, j, constants.forward);
    else
        pass = forward_seconds(j, constants.forward);
    return pass + unpacking_seconds(j, i.weights);
}

}  // namespace cardfit::detail
