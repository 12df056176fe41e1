// SPDX-License-Identifier: MIT
#pragma once

// Multi-head attention (Vaswani et al., arXiv 1706.03762) and grouped-query attention (Ainslie et al., arXiv
// 2305.13245), in which several query heads share a key and a value head.

#include <cardfit/model/block.hpp>

namespace cardfit::mechanism {

/// Attention whose query heads share key and value heads.
struct grouped_attention {
    std::int64_t hidden = 0;    ///< elements per token
    std::int64_t heads = 0;     ///< query heads
    std::int64_t kv_heads = 0;  ///< key and value heads
    std::int64_t head_dim = 0;  ///< elements per head
    bool bias = false;          ///< on queries, keys and values
    bool output_bias = false;   ///< on the output matrix
    bool fused = false;         ///< one matrix makes queries, keys and values
    bool head_norm = false;     ///< a norm of head_dim on queries and keys (Qwen 3)
    bool joint_norm = false;    ///< a norm across all heads of the queries, and one across those of the keys (OLMo 2)
    bool sinks = false;         ///< one learned logit per head (gpt-oss)
    bool softcap = false;       ///< scores pass a tanh before the softmax (Gemma 2)
    bool causal = true;         ///< a token attends to its past alone
    std::int64_t window = all_positions;  ///< the most recent positions that a token sees
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const grouped_attention& a) {
    const std::int64_t h = a.hidden;
    const std::int64_t q = a.heads * a.head_dim;
    const std::int64_t k = a.kv_heads * a.head_dim;
    constexpr fused_group three = fused_group::query_key_value;
    b.add({.target = target::query, .in = h, .out = q, .bias = a.bias, .fused = three});
    b.add({.target = target::key, .in = h, .out = k, .bias = a.bias, .fused = three});
    b.add({.target = target::value, .in = h, .out = k, .bias = a.bias, .fused = three});
    b.add({.target = target::output, .in = q, .out = h, .bias = a.output_bias});
    b.vector_parameters += (a.head_norm ? 2 * a.head_dim : 0) + (a.joint_norm ? q + k : 0) + (a.sinks ? a.heads : 0);
}

constexpr void add_saved_tensors(layer_block& b, const grouped_attention& a) {
    std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t q = a.heads * a.head_dim;
    const std::int64_t k = a.kv_heads * a.head_dim;
    w[tensor_role::attention_input] = a.hidden;
    w[tensor_role::attention_input_casts] = a.fused ? a.hidden : 3 * a.hidden;
    w[tensor_role::adapter_query_input] = a.hidden;
    w[tensor_role::adapter_key_input] = a.hidden;
    w[tensor_role::adapter_value_input] = a.hidden;
    w[tensor_role::adapter_output_input] = q;
    w[tensor_role::head_norm_input] = a.head_norm || a.joint_norm ? q + k : 0;
    w[tensor_role::query] = q;
    w[tensor_role::key] = k;
    w[tensor_role::value] = k;
    w[tensor_role::key_value_expanded] = 2 * q;
    w[tensor_role::attention_output] = q;
    w[tensor_role::softmax_statistics] = a.heads;
}

[[nodiscard]] constexpr attention_answers attention_of(const grouped_attention& a) noexcept {
    return {.scores = score_kind::dot_product,
            .heads = a.heads,
            .head_width = a.head_dim,
            .kernel_head_width = a.head_dim,
            .score_heads = a.heads,
            .self_width = 2 * a.heads * a.head_dim,
            .causal = a.causal,
            .window = a.window,
            .projected = (a.heads + 2 * a.kv_heads) * a.head_dim,
            .sinks = a.sinks,
            .grouped = a.kv_heads < a.heads,
            .softcap = a.softcap};
}

[[nodiscard]] constexpr cache_answers cache_of(const grouped_attention& a) noexcept {
    return {.width = 2 * a.kv_heads * a.head_dim};
}
[[nodiscard]] constexpr state_answers state_of(const grouped_attention&) noexcept { return {}; }
/// @}

}  // namespace cardfit::mechanism
