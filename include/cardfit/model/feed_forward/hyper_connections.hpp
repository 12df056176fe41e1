// SPDX-License-Identifier: MIT
#pragma once

// Hyper-connections (Zhu et al., arXiv 2409.19606), constrained to a manifold as DeepSeek-V4 has them (mHC, arXiv
// 2512.24880): the residual path is several hidden states wide. Before each half of a layer, weights that depend on the
// token make its input from them; behind it, others mix them and add its result. Shapes: transformers,
// modeling_deepseek_v4.py, DeepseekV4HyperConnection.

#include <cardfit/model/norms.hpp>

namespace cardfit::mechanism {

/// The connections around both halves of a layer.
struct hyper_connections {
    std::int64_t hidden = 0;   ///< elements per token of one stream
    std::int64_t streams = 0;  ///< hidden states of the residual path
};

/// Weights that a token has at one half of a layer: into it, out of it, and between the streams.
[[nodiscard]] constexpr std::int64_t mixing_weights(const hyper_connections& c) noexcept {
    return (2 + c.streams) * c.streams;
}

/// Adds both halves' connections to a layer whose mixer and feed-forward are there. Every tensor-parallel card has the
/// matrices. Backward keeps the streams before each half; that is estimated from the operators.
constexpr void add_hyper_connections(layer_block& b, const hyper_connections& c) {
    const std::int64_t states = c.streams * c.hidden;
    const std::int64_t weights = mixing_weights(c);
    b.add({.target = target::latent, .split = weight_split::none, .in = states, .out = 2 * weights});
    // A base per weight, and three scales.
    b.vector_parameters += 2 * (weights + 3);
    b.width.of[tensor_role::layer_input] = states;
    b.width.of[tensor_role::replicated_operand] += 2 * states;
    b.attention.flops += 2 * 2 * (c.streams + 2) * states;
}

/// Returns the parameters behind the layers, which make one hidden state of all.
[[nodiscard]] constexpr std::int64_t outer_parameters(const hyper_connections& c) noexcept {
    return c.streams * c.streams * c.hidden + c.streams + 1;
}

}  // namespace cardfit::mechanism
