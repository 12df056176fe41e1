// SPDX-License-Identifier: MIT
#pragma once

// Multi-head latent attention, MLA (DeepSeek-V2, arXiv 2405.04434, section 2.1): queries, keys and values are made from
// narrow latents, and a cache holds the keys' and values' latent beside one rotary key that all heads share.

#include <cardfit/model/block.hpp>

namespace cardfit {

/// Widths of multi-head latent attention. `kv_rank` 0: ordinary attention.
struct latent_attention {
    std::int64_t q_rank = 0;     ///< 0: queries are made without a latent
    std::int64_t kv_rank = 0;    ///< elements of the latent of keys and values; 0: no latent
    std::int64_t nope_dim = 0;   ///< elements of a head's query and key without rotation
    std::int64_t rope_dim = 0;   ///< elements with rotation, which heads share in the key
    std::int64_t value_dim = 0;  ///< elements of a head's value
    friend constexpr bool operator==(const latent_attention&, const latent_attention&) = default;
};

namespace mechanism {

/// Multi-head latent attention (MLA) of a layer.
struct latent_attention {
    std::int64_t hidden = 0;              ///< elements per token
    std::int64_t heads = 0;               ///< attention heads
    cardfit::latent_attention ranks{};    ///< sizes of latents and heads
    bool output_bias = false;             ///< the output's matrix has a bias
    bool causal = true;                   ///< a token attends to its past alone
    std::int64_t window = all_positions;  ///< the most recent positions that a token sees
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr std::int64_t query_width(const latent_attention& a) noexcept {
    return a.heads * (a.ranks.nope_dim + a.ranks.rope_dim);
}
[[nodiscard]] constexpr std::int64_t value_width(const latent_attention& a) noexcept {
    return a.heads * a.ranks.value_dim;
}

constexpr void add_parameters(layer_block& b, const latent_attention& a) {
    const cardfit::latent_attention& r = a.ranks;
    const std::int64_t h = a.hidden;
    const bool compressed = r.q_rank > 0;
    if (compressed) b.add({.target = target::latent, .split = weight_split::none, .in = h, .out = r.q_rank});
    b.add(
        {.target = target::query, .in = compressed ? r.q_rank : h, .out = query_width(a), .reads_latent = compressed});
    b.add({.target = target::latent, .split = weight_split::none, .in = h, .out = r.kv_rank + r.rope_dim});
    b.add({.target = target::key, .in = r.kv_rank, .out = a.heads * (r.nope_dim + r.value_dim), .reads_latent = true});
    b.add({.target = target::output, .in = value_width(a), .out = h, .bias = a.output_bias});
    // One norm on each latent.
    b.vector_parameters += r.q_rank + r.kv_rank;
}

constexpr void add_saved_tensors(layer_block& b, const latent_attention& a) {
    std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t q = query_width(a);
    const std::int64_t v = value_width(a);
    w[tensor_role::attention_input] = a.hidden;
    w[tensor_role::attention_input_casts] = 3 * a.hidden;
    w[tensor_role::adapter_query_input] = a.hidden;
    w[tensor_role::adapter_key_input] = a.hidden;
    w[tensor_role::adapter_value_input] = a.hidden;
    w[tensor_role::adapter_output_input] = v;
    w[tensor_role::latent] = a.ranks.q_rank + a.ranks.kv_rank;
    w[tensor_role::query] = q;
    w[tensor_role::key] = q;
    w[tensor_role::value] = v;
    w[tensor_role::key_value_expanded] = q + v;
    w[tensor_role::attention_output] = v;
    w[tensor_role::softmax_statistics] = a.heads;
}

[[nodiscard]] constexpr attention_answers attention_of(const latent_attention& a) noexcept {
    const std::int64_t q = query_width(a);
    const std::int64_t v = value_width(a);
    return {.scores = score_kind::dot_product,
            .heads = a.heads,
            .head_width = a.ranks.nope_dim + a.ranks.rope_dim,
            // A kernel multiplies heads of the query's width, then heads of the value's.
            .kernel_head_width = (a.ranks.nope_dim + a.ranks.rope_dim + a.ranks.value_dim) / 2,
            .score_heads = a.heads,
            .self_width = q + v,
            .causal = a.causal,
            .window = a.window,
            .projected = 2 * q + v,
            .latent_kernels = true};
}

[[nodiscard]] constexpr cache_answers cache_of(const latent_attention& a) noexcept {
    return {.width = a.ranks.kv_rank + a.ranks.rope_dim,
            .by_head = false,
            .compressed = true,
            .expanded_width = query_width(a) + value_width(a),
            .expanded_heads = 2 * a.heads,
            .value_width = a.ranks.kv_rank};
}
[[nodiscard]] constexpr state_answers state_of(const latent_attention&) noexcept { return {}; }
/// @}

}  // namespace mechanism

}  // namespace cardfit
