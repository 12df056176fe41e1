// SPDX-License-Identifier: MIT
#pragma once

// Long short-term memory (Hochreiter and Schmidhuber, 1997), and the additive attention (Bahdanau et al., arXiv
// 1409.0473) between recurrent encoders and decoders.

#include <cardfit/model/block.hpp>

namespace cardfit::mechanism {

/// A layer of `hidden` units that reads `in` elements per token, in one or two directions. As cuDNN has it: gates from
/// the input and from its own past, with two biases; its reserve keeps the four gates, the cell's state and its
/// tangent.
struct long_short_term_memory {
    std::int64_t in = 0;          ///< elements of its input
    std::int64_t hidden = 0;      ///< elements of its state and result, per direction
    std::int64_t directions = 1;  ///< 2: forward and backward over the sequence
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const long_short_term_memory& m) {
    const std::int64_t gates = 4 * m.hidden;
    for (std::int64_t d = 0; d < m.directions; ++d) {
        const bool first = d == 0;
        b.add({.target = target::up,
               .in = m.in,
               .out = gates,
               .bias = true,
               .rows = first ? matmul_rows::all_tokens : matmul_rows::second_direction});
        b.add({.target = target::gate,
               .in = m.hidden,
               .out = gates,
               .bias = true,
               .rows = first ? matmul_rows::time_steps : matmul_rows::second_direction});
    }
}

constexpr void add_saved_tensors(layer_block& b, const long_short_term_memory& m) {
    b.width.of[tensor_role::feed_forward_input] += m.in;
    b.width.of[tensor_role::feed_forward_input_casts] += m.in;
    b.width.of[tensor_role::recurrent_state] += m.directions * 7 * m.hidden;
    b.width.of[tensor_role::dropout_mask] += m.in;
}

[[nodiscard]] constexpr attention_answers attention_of(const long_short_term_memory&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const long_short_term_memory&) noexcept { return {}; }
/// @}

/// The state itself, two vectors per direction, is not counted: generation with an LSTM is not modeled.
[[nodiscard]] constexpr state_answers state_of(const long_short_term_memory& m) noexcept {
    return {.update = state_update::step_by_step, .gate_width = m.hidden};
}

/// Additive attention, normalized, of a recurrent decoder to a source of the same length: two matrices of hidden x
/// hidden, and `hidden` elements for each pair of positions before the scores.
struct additive_attention {
    std::int64_t hidden = 0;  ///< elements per token
};

/// Adds additive attention to a layer. Its parameters are counted with the network's ends, because the attention is
/// there once.
constexpr void add_additive_attention(layer_block& b, const additive_attention& a) {
    const std::int64_t h = a.hidden;
    b.width.of[tensor_role::query] = h;
    b.width.of[tensor_role::attention_output] = h;
    b.attention = {.scores = score_kind::additive,
                   .heads = h,
                   .head_width = 1,
                   .kernel_head_width = 1,
                   .score_heads = h,
                   .other_width = 2 * h,
                   .additive_width = h,
                   .flash = false,
                   .flops = 4 * h * h};
}

/// Parameters of additive attention: two matrices, a vector, a scale and a bias.
[[nodiscard]] constexpr std::int64_t parameters(const additive_attention& a) noexcept {
    return 2 * a.hidden * a.hidden + 2 * a.hidden + 1;
}

}  // namespace cardfit::mechanism
