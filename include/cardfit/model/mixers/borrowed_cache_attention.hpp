// SPDX-License-Identifier: MIT
#pragma once

// Attention to the keys and values of an earlier layer (Brandon et al., arXiv 2405.12981; the last layers of Gemma 3n
// and of the small Gemma 4: transformers, num_kv_shared_layers). The layer makes queries alone and caches nothing, and
// reads the other layer's cache once more.

#include <cardfit/model/mixers/grouped_attention.hpp>

namespace cardfit::mechanism {

/// Attention to the keys and values of an earlier layer.
struct borrowed_cache_attention {
    grouped_attention attention{};  ///< the shape of both layers' attention
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const borrowed_cache_attention& t) {
    const grouped_attention& a = t.attention;
    const std::int64_t q = a.heads * a.head_dim;
    b.add({.target = target::query, .in = a.hidden, .out = q, .bias = a.bias});
    b.add({.target = target::output, .in = q, .out = a.hidden, .bias = a.output_bias});
    b.vector_parameters += a.head_norm ? a.head_dim : 0;
}

/// The keys and values that backward needs are those that the other layer saves.
constexpr void add_saved_tensors(layer_block& b, const borrowed_cache_attention& t) {
    const grouped_attention& a = t.attention;
    std::int64_t(&w)[tensor_role_count] = b.width.of;
    add_saved_tensors(b, a);
    w[tensor_role::attention_input_casts] = a.hidden;
    w[tensor_role::adapter_key_input] = 0;
    w[tensor_role::adapter_value_input] = 0;
    w[tensor_role::head_norm_input] = a.head_norm ? a.heads * a.head_dim : 0;
    w[tensor_role::key] = 0;
    w[tensor_role::value] = 0;
}

[[nodiscard]] constexpr attention_answers attention_of(const borrowed_cache_attention& t) noexcept {
    attention_answers answers = attention_of(t.attention);
    answers.projected = t.attention.heads * t.attention.head_dim;
    return answers;
}
[[nodiscard]] constexpr cache_answers cache_of(const borrowed_cache_attention& t) noexcept {
    return {.borrowed_width = 2 * t.attention.kv_heads * t.attention.head_dim};
}
[[nodiscard]] constexpr state_answers state_of(const borrowed_cache_attention&) noexcept { return {}; }
/// @}

}  // namespace cardfit::mechanism
