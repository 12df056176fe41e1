// SPDX-License-Identifier: MIT
#pragma once

// Attention with a recurrent memory (Transformer-XL, Dai et al., arXiv 1901.02860): a segment attends to itself and to
// the states of `memory` tokens before it, with relative positions.

#include <cardfit/model/mixers/grouped_attention.hpp>

namespace cardfit::mechanism {

/// Heads of hidden / heads each. A query is used twice, once with each of two biases; keys and values of the memory are
/// made again in each segment, which is taken to be as long as its memory.
struct memory_attention {
    std::int64_t hidden = 0;  ///< elements per token
    std::int64_t heads = 0;   ///< attention heads
    std::int64_t memory = 0;  ///< tokens before the segment
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const memory_attention& a) {
    const std::int64_t h = a.hidden;
    constexpr fused_group both = fused_group::cross_key_value;
    constexpr matmul_rows more = matmul_rows::tokens_and_memory;
    b.add({.target = target::query, .in = h, .out = h});
    b.add({.target = target::key, .in = h, .out = h, .fused = both, .rows = more});
    b.add({.target = target::value, .in = h, .out = h, .fused = both, .rows = more});
    b.add({.target = target::output, .in = h, .out = h});
    b.add({.target = target::key, .in = h, .out = h, .rows = matmul_rows::relative_positions});
}

constexpr void add_saved_tensors(layer_block& b, const memory_attention& a) {
    add_saved_tensors(
        b,
        grouped_attention{.hidden = a.hidden, .heads = a.heads, .kv_heads = a.heads, .head_dim = a.hidden / a.heads});
    for (const tensor_role::type role :
         {tensor_role::query, tensor_role::key, tensor_role::value, tensor_role::key_value_expanded})
        b.width.of[role] *= 2;
}

[[nodiscard]] constexpr attention_answers attention_of(const memory_attention& a) noexcept {
    const std::int64_t h = a.hidden;
    const std::int64_t head = h / a.heads;
    return {.scores = score_kind::dot_product,
            .heads = a.heads,
            .head_width = 2 * head,
            .kernel_head_width = head,
            .score_heads = a.heads,
            .self_width = 3 * h,
            .causal = true,
            .memory = a.memory,
            // The second bias makes no second projection of the queries.
            .projected = h + 2 * h + 2 * h,
            .flash = false,
            .shifts_scores = true,
            .prepends_memory = true,
            // Keys and values of the memory, which is as long as the segment.
            .flops = 4 * h * h,
            .second_kernels = true};
}

[[nodiscard]] constexpr cache_answers cache_of(const memory_attention& a) noexcept { return {.width = 2 * a.hidden}; }
[[nodiscard]] constexpr state_answers state_of(const memory_attention&) noexcept { return {}; }
/// @}

}  // namespace cardfit::mechanism
