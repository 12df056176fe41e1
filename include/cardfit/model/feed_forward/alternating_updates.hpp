// SPDX-License-Identifier: MIT
#pragma once

// Alternating updates (AltUp; Baykal et al., arXiv 2301.13310) and a learned augmented residual layer (LAuReL; Menghani
// et al., arXiv 2411.07501), as Gemma 3n has both: transformers, modeling_gemma3n.py, Gemma3nTextAltUp and
// Gemma3nTextLaurelBlock. The residual path is several hidden states wide: a layer works on one of them, predicts the
// others before and corrects them behind. Beside attention, two matrices of a low rank add to its result.

#include <cardfit/model/norms.hpp>

namespace cardfit {

/// `inputs` 0: the residual path is one hidden state.
struct alternating_updates {
    std::int64_t inputs = 0;       ///< hidden states of the residual path
    std::int64_t laurel_rank = 0;  ///< rank of the matrices beside attention
    friend constexpr bool operator==(const alternating_updates&, const alternating_updates&) = default;
};

namespace mechanism {

/// Adds alternating updates to a layer whose mixer and feed-forward are there. Engines copy the matrices to every
/// tensor-parallel card. Backward keeps the predicted and the corrected states; that is estimated from the operators.
constexpr void add_alternating_updates(layer_block& b, std::int64_t hidden, const alternating_updates& u) {
    constexpr weight_split copied = weight_split::none;
    const std::int64_t states = u.inputs * hidden;
    const std::int64_t coefficients = u.inputs * u.inputs;
    b.add({.target = target::latent, .split = copied, .in = hidden, .out = u.laurel_rank});
    b.add({.target = target::latent, .split = copied, .in = u.laurel_rank, .out = hidden});
    b.add({.target = target::latent, .split = copied, .in = hidden, .out = u.inputs});
    add_norms(b, {.hidden = hidden, .count = 2});
    // The coefficients of corrections and predictions, and a scale of the corrected state.
    b.vector_parameters += coefficients + coefficients * u.inputs + hidden;
    b.width.of[tensor_role::layer_input] = states;
    b.width.of[tensor_role::replicated_operand] += 2 * states;
    b.attention.flops += 2 * coefficients * hidden + 2 * states;
}

/// Returns the parameters around the layers: a matrix into and one out of each state but the first. They make 4 x
/// hidden^2 FLOPs per token and state, which are not counted (0.6 % of Gemma 3n E4B's).
[[nodiscard]] constexpr std::int64_t outer_parameters(const alternating_updates& u, std::int64_t hidden) noexcept {
    return u.inputs > 0 ? 2 * (u.inputs - 1) * hidden * hidden : 0;
}

}  // namespace mechanism

}  // namespace cardfit
