// SPDX-License-Identifier: MIT
#pragma once

// A model whose bytes are known and whose architecture is not: a checkpoint of a family that cardfit does not read, or
// whose description does not agree with its tensors. Its weights are exact, its cache follows from what every decoder
// states (layers, key/value heads and their width, windows, latents, recurrent states), and its activations are
// bounded. Its time is not estimated, and it is not trained.

#include <cardfit/model/network.hpp>

namespace cardfit {

/// So many layers that cache the same.
struct stored_layers {
    std::int64_t layers = 0;  ///< layers of this kind
    /// Elements that the cache stores per token in one layer.
    std::int64_t cache_width = 0;
    /// The most recent tokens that a layer caches; 0: all.
    std::int64_t window = 0;
    /// Elements of recurrent state per sequence in one layer.
    std::int64_t state_width = 0;
    /// The part of `cache_width` that engines stored twice before they knew latents (MLA); 0: there is no latent.
    std::int64_t latent_values = 0;
    friend constexpr bool operator==(const stored_layers&, const stored_layers&) = default;
};

/// What a checkpoint tells about a model of unknown architecture. Bounds are upper bounds.
struct stored_model {
    stored_weights weights{};     ///< bytes and parameters of the tensors
    std::int64_t parameters = 0;  ///< 0: unknown
    std::int64_t hidden = 0;      ///< hidden size
    std::int64_t heads = 0;       ///< attention heads; 0: unknown
    std::int64_t kv_heads = 0;    ///< KV heads; 0: unknown
    /// Elements per token of the queries of all heads.
    std::int64_t query_width = 0;
    /// Elements per token of the widest feed-forward, of all experts that a token visits.
    std::int64_t ffn = 0;
    std::int64_t vocab = 0;    ///< rows of the embedding
    std::int64_t experts = 0;  ///< routed experts per layer
    /// The kinds of layer. They count in this order, whatever their order in the model.
    stored_layers kinds[max_block_kinds]{};
    friend constexpr bool operator==(const stored_model&, const stored_model&) = default;
};

/// Returns the number of layers of all kinds.
[[nodiscard]] constexpr std::int64_t layers_of(const stored_model& m) noexcept {
    std::int64_t sum = 0;
    for (const stored_layers& kind : m.kinds) sum += kind.layers;
    return sum;
}

/// Returns everything that is wrong with a stored model; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const stored_model& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t most_bytes = std::int64_t{1} << 60;
    constexpr std::int64_t million = 1'000'000;
    problem_list found(action);
    found.ranges(invalid_field{"model.weights", m.weights.total(), 1, most_bytes},
                 invalid_field{"model.hidden", m.hidden, 1, million}, invalid_field{"model.heads", m.heads, 1, 10'000},
                 invalid_field{"model.kv_heads", m.kv_heads, 1, 10'000},
                 invalid_field{"model.query_width", m.query_width, 0, 10 * million},
                 invalid_field{"model.ffn", m.ffn, 0, 10 * million},
                 invalid_field{"model.vocab", m.vocab, 0, 10 * million},
                 invalid_field{"model.layers", layers_of(m), 1, 10'000});
    for (const stored_layers& kind : m.kinds)
        found.ranges(invalid_field{"model.cache_width", kind.cache_width, 0, 10 * million},
                     invalid_field{"model.window", kind.window, 0, 100 * million},
                     invalid_field{"model.state_width", kind.state_width, 0, 1000 * million});
    return found;
}

namespace detail {

/// Returns the block of layers of one kind, which are the layers [begin, begin + kind.layers).
[[nodiscard]] constexpr layer_block stored_block(const stored_model& m, const stored_layers& kind, std::int64_t begin) {
    layer_block b;
    b.layers = {.begin = begin, .end = begin + kind.layers};
    b.attention.scores = score_kind::dot_product;
    b.attention.heads = m.heads;
    b.attention.head_width = m.query_width / larger(m.heads, 1);
    b.attention.score_heads = m.heads;
    b.attention.causal = true;
    if (kind.window > 0) b.attention.window = kind.window;
    b.cache.width = kind.cache_width;
    b.cache.by_head = kind.latent_values == 0;
    b.cache.compressed = kind.latent_values > 0;
    b.cache.value_width = kind.latent_values;
    b.cache.expanded_width = kind.latent_values > 0 ? 2 * m.query_width : 0;
    b.cache.expanded_heads = kind.latent_values > 0 ? 2 * m.heads : 0;
    b.state.update = kind.state_width > 0 ? state_update::in_chunks : state_update::none;
    b.state.width = kind.state_width;
    b.width.of[tensor_role::query] = m.query_width;
    b.width.of[tensor_role::key] = larger(kind.cache_width / 2, kind.latent_values > 0 ? m.query_width : 0);
    b.width.of[tensor_role::value] = b.width.of[tensor_role::key];
    b.width.of[tensor_role::gate_output] = m.ffn;
    b.width.of[tensor_role::up_output] = m.ffn;
    b.width.of[tensor_role::feed_forward_hidden] = m.ffn;
    return b;
}

}  // namespace detail

/// Returns the network of a model whose shape is not verified: its weights are the stored bytes. Throws invalid_input.
[[nodiscard]] constexpr network lower(const stored_model& m) {
    check(m);
    network net;
    net.shape_verified = false;
    net.stored = m.weights;
    net.hidden = m.hidden;
    net.heads = m.heads;
    net.kv_heads = m.kv_heads;
    net.logits = m.vocab;
    net.experts = m.experts;
    net.tied = m.weights.head == 0;
    net.final_parameters = m.parameters;
    for (const stored_layers& kind : m.kinds) {
        if (kind.layers == 0) continue;
        net.blocks[net.block_kinds] = detail::stored_block(m, kind, net.layers);
        ++net.block_kinds;
        net.layers += kind.layers;
    }
    return net;
}

}  // namespace cardfit
