// SPDX-License-Identifier: MIT
#pragma once

// Attention and a state space side by side in one layer (Falcon-H1: arXiv 2507.22448, section 2; transformers,
// modeling_falcon_h1.py, FalconH1DecoderLayer): both read the layer's one normalized input, and their results are
// added. The layer has a cache that grows and a state that does not.

#include <cardfit/model/mixers/grouped_attention.hpp>
#include <cardfit/model/mixers/state_space.hpp>

namespace cardfit::mechanism {

/// Attention and a state space side by side in one layer.
struct parallel_heads {
    grouped_attention attention{};  ///< the attention
    mamba2 recurrence{};            ///< the state space
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const parallel_heads& m) {
    add_parameters(b, m.attention);
    add_parameters(b, m.recurrence);
}

constexpr void add_saved_tensors(layer_block& b, const parallel_heads& m) {
    add_saved_tensors(b, m.recurrence);
    add_saved_tensors(b, m.attention);
    // The state space casts a copy of the input beside those of queries, keys and values.
    b.width.of[tensor_role::attention_input_casts] += m.recurrence.hidden;
}

[[nodiscard]] constexpr attention_answers attention_of(const parallel_heads& m) noexcept {
    return attention_of(m.attention);
}
[[nodiscard]] constexpr cache_answers cache_of(const parallel_heads& m) noexcept { return cache_of(m.attention); }
[[nodiscard]] constexpr state_answers state_of(const parallel_heads& m) noexcept { return state_of(m.recurrence); }
/// @}

}  // namespace cardfit::mechanism
