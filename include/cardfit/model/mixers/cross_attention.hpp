// SPDX-License-Identifier: MIT
#pragma once

// A second attention of a decoder layer, to what the encoder made of a source (Vaswani et al., arXiv 1706.03762,
// section 3.2.3). Source and target have one length, unless source_length.hpp tells them apart; a decoder caches keys
// and values of the source once.

#include <cardfit/model/norms.hpp>

namespace cardfit::mechanism {

/// A second attention of a decoder layer, to a source.
struct cross_attention {
    std::int64_t hidden = 0;                     ///< elements per token
    std::int64_t heads = 0;                      ///< attention heads
    std::int64_t head_dim = 0;                   ///< elements per head
    bool bias = false;                           ///< matrices have a bias
    cardfit::norm_kind norm = norm_kind::layer;  ///< the norm in front
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr std::int64_t query_width(const cross_attention& a) noexcept { return a.heads * a.head_dim; }

constexpr void add_parameters(layer_block& b, const cross_attention& a) {
    const std::int64_t h = a.hidden;
    const std::int64_t q = query_width(a);
    constexpr fused_group source = fused_group::cross_key_value;
    b.add({.target = target::query, .in = h, .out = q, .bias = a.bias});
    b.add({.target = target::key, .in = h, .out = q, .bias = a.bias, .fused = source});
    b.add({.target = target::value, .in = h, .out = q, .bias = a.bias, .fused = source});
    b.add({.target = target::output, .in = q, .out = h, .bias = a.bias});
}

constexpr void add_saved_tensors(layer_block& b, const cross_attention& a) {
    std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t q = query_width(a);
    w[tensor_role::attention_input] += 2 * a.hidden;
    w[tensor_role::attention_input_casts] += 3 * a.hidden;
    w[tensor_role::query] += q;
    w[tensor_role::key] += q;
    w[tensor_role::value] += q;
    w[tensor_role::key_value_expanded] += 2 * q;
    w[tensor_role::attention_output] += q;
    w[tensor_role::dropout_mask] += a.hidden;
    w[tensor_role::softmax_statistics] += a.heads;
}
/// @}

/// Adds a cross attention to a layer that has its own attention: a norm, a second set of scores, and a cache of the
/// source.
constexpr void add_cross_attention(layer_block& b, const cross_attention& a) {
    const std::int64_t q = query_width(a);
    add_parameters(b, a);
    add_saved_tensors(b, a);
    add_norms(b, {.hidden = a.hidden, .count = 1, .kind = a.norm});
    b.attention.score_heads += a.heads;
    b.attention.other_width = 2 * q;
    // Its lone query matrix's result needs no splitting.
    b.attention.projected += 2 * q;
    b.attention.second_query_width = q;
    b.attention.second_kernels = true;
    b.attention.flash = false;
    b.cache.cross_width = 2 * q;
}

}  // namespace cardfit::mechanism
