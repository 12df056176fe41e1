// SPDX-License-Identifier: MIT
#pragma once

// The feed-forward of a transformer layer: two matrices around an activation, or three where one of the halves is gated
// by the other (Shazeer, arXiv 2002.05202).

#include <cardfit/model/block.hpp>

namespace cardfit::mechanism {

/// The feed-forward of a transformer layer.
struct dense_feed_forward {
    std::int64_t hidden = 0;           ///< elements per token
    std::int64_t ffn = 0;              ///< width between the matrices; of a gated one, of each half
    bool gated = true;                 ///< a third matrix gates one half by the other
    bool bias = false;                 ///< matrices have a bias
    bool activation_in_steps = false;  ///< see transformer::activation_in_steps
};

/// Tensors that a GELU of tanh keeps beside its input and its result, where each operator is one: the input's power,
/// tanh's result, and that and one.
inline constexpr std::int64_t tensors_of_gelu_steps = 3;

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const dense_feed_forward& f) {
    const fused_group both = f.gated ? fused_group::gate_up : fused_group::none;
    if (f.gated) b.add({.target = target::gate, .in = f.hidden, .out = f.ffn, .bias = f.bias, .fused = both});
    b.add({.target = target::up, .in = f.hidden, .out = f.ffn, .bias = f.bias, .fused = both});
    b.add({.target = target::down, .in = f.ffn, .out = f.hidden, .bias = f.bias});
}

constexpr void add_saved_tensors(layer_block& b, const dense_feed_forward& f) {
    std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t linear_half = f.gated ? f.ffn : 0;
    w[tensor_role::feed_forward_input] = f.hidden;
    w[tensor_role::feed_forward_input_casts] = f.hidden * (f.gated ? 2 : 1);
    w[tensor_role::gate_output] += f.ffn;
    w[tensor_role::up_output] = linear_half;
    // Only an activation without a second half is written in steps, and only a gated one keeps its result.
    w[f.activation_in_steps ? tensor_role::activation_steps : tensor_role::activation_output] =
        f.activation_in_steps ? tensors_of_gelu_steps * f.ffn : linear_half;
    w[tensor_role::feed_forward_hidden] += f.ffn;
    w[tensor_role::down_output] = f.hidden;
    w[tensor_role::adapter_gate_input] = f.gated ? f.hidden : 0;
    w[tensor_role::adapter_up_input] = f.hidden;
    w[tensor_role::adapter_down_input] = f.ffn;
}

[[nodiscard]] constexpr feed_forward_answers feed_forward_of(const dense_feed_forward& f) noexcept {
    return {.gated = f.gated};
}
/// @}

}  // namespace cardfit::mechanism
