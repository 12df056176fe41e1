// SPDX-License-Identifier: MIT
#pragma once

// Attention whose result is multiplied with a gate as wide as that result: over the heads of Qwen3-Next (transformers,
// modeling_qwen3_next.py, Qwen3NextAttention), or over the latent attention of Kimi K3 (modeling_kimi_linear.py).

#include <cardfit/model/mixers/grouped_attention.hpp>
#include <cardfit/model/mixers/latent_attention.hpp>

namespace cardfit::mechanism {

/// `Attention` is grouped_attention or latent_attention.
template <class Attention>
struct gated_attention {
    Attention attention{};  ///< the attention whose result the gate multiplies
};
template <class Attention>
gated_attention(Attention) -> gated_attention<Attention>;  ///< Deduces the attention.

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr std::int64_t result_width(const grouped_attention& a) noexcept { return a.heads * a.head_dim; }
[[nodiscard]] constexpr std::int64_t result_width(const latent_attention& a) noexcept { return value_width(a); }

template <class Attention>
constexpr void add_parameters(layer_block& b, const gated_attention<Attention>& a) {
    add_parameters(b, a.attention);
    // The type is named because nvcc 13 puts parentheses around braces that depend on a template's parameter.
    b.add(linear{.target = target::query, .in = a.attention.hidden, .out = result_width(a.attention)});
}

/// The gate and its activation are saved as a gated feed-forward's are.
template <class Attention>
constexpr void add_saved_tensors(layer_block& b, const gated_attention<Attention>& a) {
    const std::int64_t gate = result_width(a.attention);
    add_saved_tensors(b, a.attention);
    b.width.of[tensor_role::gate_output] += gate;
    b.width.of[tensor_role::feed_forward_hidden] += gate;
}

template <class Attention>
[[nodiscard]] constexpr attention_answers attention_of(const gated_attention<Attention>& a) noexcept {
    return attention_of(a.attention);
}
template <class Attention>
[[nodiscard]] constexpr cache_answers cache_of(const gated_attention<Attention>& a) noexcept {
    return cache_of(a.attention);
}
template <class Attention>
[[nodiscard]] constexpr state_answers state_of(const gated_attention<Attention>&) noexcept {
    return {};
}
/// @}

}  // namespace cardfit::mechanism
