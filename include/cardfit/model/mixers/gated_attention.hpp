// SPDX-License-Identifier: MIT
#pragma once

// Attention whose result is multiplied with a gate as wide as the queries (Qwen3-Next: transformers,
// modeling_qwen3_next.py, Qwen3NextAttention).

#include <cardfit/model/mixers/grouped_attention.hpp>

namespace cardfit::mechanism {

struct gated_attention {
    grouped_attention attention{};
};

[[nodiscard]] constexpr std::int64_t gate_width(const gated_attention& a) noexcept {
    return a.attention.heads * a.attention.head_dim;
}

constexpr void add_parameters(layer_block& b, const gated_attention& a) {
    add_parameters(b, a.attention);
    b.add({.target = target::query, .in = a.attention.hidden, .out = gate_width(a)});
}

/// The gate and its activation are saved as a gated feed-forward's are.
constexpr void add_saved_tensors(layer_block& b, const gated_attention& a) {
    const std::int64_t gate = gate_width(a);
    add_saved_tensors(b, a.attention);
    b.width.of[tensor_role::gate_output] += gate;
    b.width.of[tensor_role::feed_forward_hidden] += gate;
}

[[nodiscard]] constexpr attention_answers attention_of(const gated_attention& a) noexcept {
    return attention_of(a.attention);
}
[[nodiscard]] constexpr cache_answers cache_of(const gated_attention& a) noexcept { return cache_of(a.attention); }
[[nodiscard]] constexpr state_answers state_of(const gated_attention&) noexcept { return {}; }

}  // namespace cardfit::mechanism
