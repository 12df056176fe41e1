// SPDX-License-Identifier: MIT
#pragma once

// Grouped-query attention whose values are the keys before their norm and rotation, so that one matrix makes both (the
// layers of Gemma 4 that see all positions: transformers, modeling_gemma4.py, Gemma4TextAttention).

#include <cardfit/model/mixers/grouped_attention.hpp>

namespace cardfit::mechanism {

/// Attention whose values are its keys before norm and rotation.
struct tied_value_attention {
    grouped_attention attention{};  ///< its shape
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const tied_value_attention& t) {
    const grouped_attention& a = t.attention;
    const std::int64_t q = a.heads * a.head_dim;
    const std::int64_t k = a.kv_heads * a.head_dim;
    constexpr fused_group both = fused_group::query_key_value;
    b.add({.target = target::query, .in = a.hidden, .out = q, .bias = a.bias, .fused = both});
    b.add({.target = target::key, .in = a.hidden, .out = k, .bias = a.bias, .fused = both});
    b.add({.target = target::output, .in = q, .out = a.hidden, .bias = a.output_bias});
    b.vector_parameters += a.head_norm ? 2 * a.head_dim : 0;
}

/// Keys are rotated and values are not, so backward and the cache keep both.
constexpr void add_saved_tensors(layer_block& b, const tied_value_attention& t) { add_saved_tensors(b, t.attention); }

[[nodiscard]] constexpr attention_answers attention_of(const tied_value_attention& t) noexcept {
    attention_answers answers = attention_of(t.attention);
    answers.projected = (t.attention.heads + t.attention.kv_heads) * t.attention.head_dim;
    return answers;
}
[[nodiscard]] constexpr cache_answers cache_of(const tied_value_attention& t) noexcept { return cache_of(t.attention); }
[[nodiscard]] constexpr state_answers state_of(const tied_value_attention&) noexcept { return {}; }
/// @}

}  // namespace cardfit::mechanism
