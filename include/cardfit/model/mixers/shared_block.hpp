// SPDX-License-Identifier: MIT
#pragma once

// A transformer block in front of some recurrent layers, whose weights a few such layers share in turn (Zamba2, arXiv
// 2411.15242; transformers, modeling_zamba2.py, Zamba2HybridLayer). It reads the hidden state beside the embedding;
// each layer has a matrix of its own behind it, and matrices of a low rank beside the shared ones.

#include <cardfit/model/feed_forward/dense.hpp>
#include <cardfit/model/mixers/grouped_attention.hpp>
#include <cardfit/model/norms.hpp>

namespace cardfit {

/// The shared blocks of a model. `blocks` 0: there are none.
struct shared_blocks {
    layer_set layers{};                  ///< the layers that use a shared block
    std::int64_t blocks = 0;             ///< whose weights the layers use in turn
    std::int64_t heads = 0;              ///< attention heads
    std::int64_t head_dim = 0;           ///< elements per head
    std::int64_t ffn = 0;                ///< width of the feed-forward
    std::int64_t adapter_rank = 0;       ///< rank of the adapters of each use
    bool feed_forward_adapters = false;  ///< adapters on the feed-forward
    bool attention_adapters = false;     ///< adapters on queries, keys and values
    friend constexpr bool operator==(const shared_blocks&, const shared_blocks&) = default;
};

namespace mechanism {

/// The block in front of one layer. `holds` is false for a layer whose weights an earlier one holds: the matrices then
/// count as work and not as parameters.
struct shared_block {
    std::int64_t hidden = 0;         ///< elements per token
    cardfit::shared_blocks shape{};  ///< the blocks of the model
    bool holds = true;               ///< the layer holds the weights; others use them
};

/// Returns the block's attention, which reads the layer's input beside the embedding.
[[nodiscard]] constexpr grouped_attention attention_in(const shared_block& s) noexcept {
    return {.hidden = 2 * s.hidden, .heads = s.shape.heads, .kv_heads = s.shape.heads, .head_dim = s.shape.head_dim};
}

/// Adds the two matrices of an adapter of this rank.
constexpr void add_adapter(layer_block& b, std::int64_t in, std::int64_t rank, std::int64_t out) {
    b.add({.target = target::latent, .split = weight_split::none, .in = in, .out = rank});
    b.add({.target = target::latent, .in = rank, .out = out});
}

/// Adds what the block's attention and feed-forward answer beside their parameters, to the recurrence's own tensors.
constexpr void add_block_answers(layer_block& b, const grouped_attention& attention, const dense_feed_forward& dense) {
    const std::int64_t input = b.width.of[tensor_role::attention_input];
    add_saved_tensors(b, attention);
    add_saved_tensors(b, dense);
    b.width.of[tensor_role::attention_input] += input;
    b.feed_forward = feed_forward_of(dense);
    b.attention = attention_of(attention);
    b.cache = cache_of(attention);
}

/// Adds the block to a layer whose recurrence is there.
constexpr void add_shared_block(layer_block& b, const shared_block& s) {
    const grouped_attention attention = attention_in(s);
    const dense_feed_forward dense{.hidden = s.hidden, .ffn = s.shape.ffn};
    const std::int64_t first = b.linear_count;
    const std::int64_t own_vectors = b.vector_parameters;
    add_parameters(b, attention);
    // The output matrix leads from the heads to the hidden state, which is half as wide as the input.
    b.linears[b.linear_count - 1].out = s.hidden;
    add_parameters(b, dense);
    add_norms(b, {.hidden = 2 * s.hidden, .count = 1});
    add_norms(b, {.hidden = s.hidden, .count = 1});
    for (std::int64_t i = first; !s.holds && i < b.linear_count; ++i) b.linears[i].copies = 0;
    if (!s.holds) b.vector_parameters = own_vectors;
    b.add({.target = target::latent, .split = weight_split::none, .in = s.hidden, .out = s.hidden});
    const std::int64_t rank = s.shape.adapter_rank;
    if (s.shape.feed_forward_adapters) add_adapter(b, s.hidden, rank, 2 * s.shape.ffn);
    // Queries, keys and values each have adapters, whose second matrices read a third of the rank's elements.
    if (!s.shape.attention_adapters) return add_block_answers(b, attention, dense);
    add_adapter(b, 2 * s.hidden, 3 * rank, 3 * s.shape.heads * s.shape.head_dim);
    b.linears[b.linear_count - 1].in = rank;
    add_block_answers(b, attention, dense);
}
}  // namespace mechanism

}  // namespace cardfit
