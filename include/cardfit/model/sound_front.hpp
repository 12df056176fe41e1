// SPDX-License-Identifier: MIT
#pragma once

// What makes tokens of sound in wav2vec 2.0 (Baevski et al., arXiv 2006.11477, section 2) and HuBERT (arXiv
// 2106.07447): convolutions over samples, whose features a matrix projects to the width of a transformer, and a grouped
// convolution over tokens in the place of positions. Whisper reads frequencies, with two convolutions.

#include <cardfit/model/block.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// The most convolutions in front of a model.
inline constexpr std::int64_t max_sound_layers = 8;

/// The front of a model that reads sound. Zero layers: it reads words.
struct sound_front {
    std::int64_t layers = 0;                    ///< convolutions
    std::int64_t channels[max_sound_layers]{};  ///< channels that each makes
    std::int64_t kernels[max_sound_layers]{};   ///< samples that each spans
    std::int64_t strides[max_sound_layers]{};   ///< samples between two positions
    bool bias = false;                          ///< convolutions have a bias
    bool norm_in_each_layer = false;            ///< false: the first convolution alone has one
    std::int64_t position_kernel = 128;         ///< tokens that the convolution in the place of positions spans
    std::int64_t position_groups = 16;          ///< groups of that convolution
    friend constexpr bool operator==(const sound_front&, const sound_front&) = default;
};

/// Returns everything that is wrong with the front's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const sound_front& s, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(invalid_field{"model.sound.layers", s.layers, 0, max_sound_layers});
    if (!found.empty() || s.layers == 0) return found;
    for (std::int64_t i = 0; i < s.layers; ++i)
        found.ranges(invalid_field{"model.sound.channels", s.channels[i], 1, 100'000},
                     invalid_field{"model.sound.kernels", s.kernels[i], 1, 10'000},
                     invalid_field{"model.sound.strides", s.strides[i], 1, 1000});
    found.ranges(invalid_field{"model.sound.position_kernel", s.position_kernel, 1, 10'000},
                 invalid_field{"model.sound.position_groups", s.position_groups, 1, 10'000});
    return found;
}

/// Returns the parameters of a front, whose tokens are `hidden` wide: convolutions and their norms, the norm of the
/// features and their projection, the convolution over tokens with the lengths of its weight norm, and the token that
/// stands for masked ones.
[[nodiscard]] constexpr std::int64_t parameters(const sound_front& s, std::int64_t hidden) noexcept {
    if (s.layers == 0) return 0;
    std::int64_t sum = 0;
    std::int64_t in = 1;
    for (std::int64_t i = 0; i < s.layers; ++i) {
        const std::int64_t out = s.channels[i];
        sum += in * out * s.kernels[i] + (s.bias ? out : 0);
        if (i == 0 || s.norm_in_each_layer) sum += 2 * out;
        in = out;
    }
    sum += 2 * in + in * hidden + hidden;
    sum += hidden * (hidden / s.position_groups) * s.position_kernel + hidden + s.position_kernel;
    return sum + hidden;
}

namespace detail {

/// Adds to a layer its even share of what a front saves and computes: the front is no layer of its own, because its
/// convolutions run at other rates than tokens. `layers`: those of the model.
constexpr void add_sound(layer_block& b, const sound_front& s, std::int64_t layers) {
    const std::int64_t hidden = b.width.of[tensor_role::layer_input];
    std::int64_t rate = 1;  // positions per token
    for (std::int64_t i = 0; i < s.layers; ++i) rate *= s.strides[i];
    std::int64_t in = 1;
    std::int64_t widest = 0;
    std::int64_t saved_inputs = hidden;
    std::int64_t saved_results = hidden;
    std::int64_t normalized = in;
    std::int64_t flops = 2 * hidden * (hidden / s.position_groups) * s.position_kernel;
    for (std::int64_t i = 0; i < s.layers; ++i) {
        const std::int64_t out = s.channels[i];
        saved_inputs += in * rate;
        rate /= s.strides[i];
        saved_results += out * rate;
        if (i == 0 || s.norm_in_each_layer) normalized += out * rate;
        flops += 2 * in * out * s.kernels[i] * rate;
        // A convolution's result, that of its norm, and that of its activation.
        widest = larger(widest, 3 * out * rate);
        in = out;
    }
    flops += 2 * in * hidden;
    std::int64_t(&w)[tensor_role_count] = b.width.of;
    w[tensor_role::convolution_input] += divide_up(saved_inputs, layers);
    w[tensor_role::smooth_activation_input] += divide_up(saved_results, layers);
    w[tensor_role::layer_norm_input] += divide_up(normalized, layers);
    b.attention.flops += divide_up(flops, layers);
    // The residual and its copies beside the feed-forward, as estimate/inference/activations.hpp has them.
    constexpr std::int64_t residual_copies = 6;
    const std::int64_t layer = residual_copies * hidden + w[tensor_role::gate_output] + w[tensor_role::up_output] +
                               w[tensor_role::feed_forward_hidden];
    b.counts_forward = true;
    b.forward_width = larger(widest, layer);
}

/// The weights in front of a stack's layers, biases included, and their FLOPs in one pass over its positions.
struct stack_front {
    std::int64_t parameters = 0;
    std::int64_t flops = 0;
};

/// Returns Whisper's two convolutions over three frames each, of `bins` frequencies. The second one halves the number
/// of frames to the number of positions (arXiv 2212.04356, section 2.2).
[[nodiscard]] constexpr stack_front audio_front(std::int64_t bins, std::int64_t hidden,
                                                std::int64_t positions) noexcept {
    const std::int64_t first = 3 * bins * hidden;
    const std::int64_t second = 3 * hidden * hidden;
    return {.parameters = first + second + 2 * hidden, .flops = 2 * positions * (2 * first + second)};
}

}  // namespace detail

}  // namespace cardfit
