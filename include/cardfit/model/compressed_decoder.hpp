// SPDX-License-Identifier: MIT
#pragma once

// Decoders that attend to compressed entries (DeepSeek-V4), and their lowering to blocks.

#include <cardfit/model/feed_forward/experts.hpp>
#include <cardfit/model/feed_forward/hyper_connections.hpp>
#include <cardfit/model/mixers/compressed_attention.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/model/norms.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// A decoder of at most 128 layers with experts in each. Its norms are RMS norms, one before each half of a layer. The
/// tables by which the first layers' routers look experts up by the word (18 MB in DeepSeek-V4-Flash) are no parameters
/// and are not counted.
struct compressed_decoder {
    std::int64_t layers = 0;            ///< hidden layers
    std::int64_t hidden = 0;            ///< hidden size
    std::int64_t vocab = 0;             ///< rows of the embedding
    bool tied_embeddings = false;       ///< the output layer shares the embedding's matrix
    compressed_attention attention{};   ///< the sizes that all layers share
    layer_set searched{};               ///< layers whose entries an indexer searches
    layer_set pooled{};                 ///< layers that see all their entries; the others have the window alone
    std::int64_t searched_ratio = 0;    ///< positions that one entry of a searched layer stands for
    std::int64_t pooled_ratio = 0;      ///< positions that one entry of a pooled layer stands for
    mixture_of_experts experts{};       ///< the routed and shared experts of each layer
    std::int64_t residual_streams = 0;  ///< hidden states of the residual path
    friend constexpr bool operator==(const compressed_decoder&, const compressed_decoder&) = default;
};

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const compressed_decoder& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t million = 1'000'000;
    constexpr std::int64_t most = 100'000;
    const compressed_attention& a = m.attention;
    const bool searches = m.searched.count(0, max_listed_layers) > 0;
    const bool pools = m.pooled.count(0, max_listed_layers) > 0;
    problem_list found(action);
    found.ranges(invalid_field{"model.compressed.layers", m.layers, 1, max_listed_layers},
                 invalid_field{"model.compressed.hidden", m.hidden, 1, most},
                 invalid_field{"model.compressed.vocab", m.vocab, 1, 10 * million},
                 invalid_field{"model.compressed.heads", a.heads, 1, 10'000},
                 invalid_field{"model.compressed.head_dim", a.head_dim, 1, most},
                 invalid_field{"model.compressed.query_rank", a.query_rank, 1, most},
                 invalid_field{"model.compressed.output_groups", a.output_groups, 1, 10'000},
                 invalid_field{"model.compressed.output_rank", a.output_rank, 1, most},
                 invalid_field{"model.compressed.window", a.window, 1, million},
                 invalid_field{"model.compressed.indexer.heads", a.indexer.heads, searches ? 1 : 0, 10'000},
                 invalid_field{"model.compressed.indexer.head_dim", a.indexer.head_dim, searches ? 1 : 0, most},
                 invalid_field{"model.compressed.indexer.tokens", a.indexer.tokens, searches ? 1 : 0, million},
                 invalid_field{"model.compressed.searched_ratio", m.searched_ratio, searches ? 1 : 0, 10'000},
                 invalid_field{"model.compressed.pooled_ratio", m.pooled_ratio, pools ? 1 : 0, 10'000},
                 invalid_field{"model.compressed.experts.count", m.experts.count, 1, most},
                 invalid_field{"model.compressed.experts.active", m.experts.active, 1, m.experts.count},
                 invalid_field{"model.compressed.experts.ffn", m.experts.ffn, 1, million},
                 invalid_field{"model.compressed.experts.shared", m.experts.shared, 0, 1000},
                 invalid_field{"model.compressed.residual_streams", m.residual_streams, 1, 100});
    if (!found.empty()) return found;
    found.require(field_condition{(m.searched & m.pooled).empty(), "model.compressed.layers", m.layers,
                                  "layers of one kind each"},
                  field_condition{a.heads * a.head_dim % a.output_groups == 0, "model.compressed.output_groups",
                                  a.output_groups, "a divisor of the queries' width"});
    // No model of these dimensions has more parameters than this bound, in which all layers are of the widest kind.
    const double widest =
        static_cast<double>(m.hidden + a.query_rank) *
        (static_cast<double>(a.heads) * static_cast<double>(a.head_dim) +
         static_cast<double>(m.experts.count + m.experts.shared) * 3 * static_cast<double>(m.experts.ffn));
    found.require(field_condition{static_cast<double>(m.layers) * widest < 4e17, "model.compressed.hidden", m.hidden,
                                  "dimensions of a model of less than 1e16 parameters"});
    return found;
}

namespace detail {

/// Adds the layers of one kind to a network, and adds nothing if the model has no such layers.
constexpr void add_compressed_layers(network& net, const compressed_decoder& m, const layer_set& layers,
                                     const mechanism::layer_compression& attention) {
    if (layers.count(0, m.layers) == 0) return;
    layer_block& b = net.blocks[net.block_kinds];
    add_norms(b, mechanism::residual_norms{.hidden = m.hidden});
    add_mixer(b, attention);
    add_feed_forward(b, mechanism::experts{.hidden = m.hidden, .mixture = m.experts});
    mechanism::add_hyper_connections(b, {m.hidden, m.residual_streams});
    b.layers = {.begin = 0, .end = m.layers, .listed = layers};
    ++net.block_kinds;
}

}  // namespace detail

/// Returns a model lowered to blocks. Throws invalid_input (a std::invalid_argument) for dimensions that make no model.
[[nodiscard]] constexpr network lower(const compressed_decoder& m) {
    check(m);
    network net;
    net.layers = m.layers;
    net.hidden = m.hidden;
    net.heads = m.attention.heads;
    net.kv_heads = 1;
    net.experts = m.experts.count;
    const mechanism::layer_compression window{.hidden = m.hidden, .sizes = m.attention};
    mechanism::layer_compression searched = window;
    searched.ratio = m.searched_ratio;
    searched.searched = true;
    mechanism::layer_compression pooled = window;
    pooled.ratio = m.pooled_ratio;
    detail::add_compressed_layers(net, m, ~m.searched & ~m.pooled, window);
    detail::add_compressed_layers(net, m, m.searched, searched);
    detail::add_compressed_layers(net, m, m.pooled, pooled);
    net.embedding_parameters = m.vocab * m.hidden;
    net.head_parameters = m.tied_embeddings ? 0 : m.vocab * m.hidden;
    net.tied = m.tied_embeddings;
    net.logits = m.vocab;
    net.final_parameters =
        m.hidden + mechanism::outer_parameters(mechanism::hyper_connections{m.hidden, m.residual_streams});
    net.final_norm_width = m.hidden;
    return net;
}

}  // namespace cardfit
