// SPDX-License-Identifier: MIT
#pragma once

// A transformer that reads its whole input at once and caches nothing: BERT (arXiv 1810.04805) and its kin, as
// embedding models, rerankers and classifiers are, and the encoders of T5 (arXiv 1910.10683) and wav2vec 2.0 (arXiv
// 2006.11477) on their own.

#include <cardfit/model/sound_front.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// The disentangled attention of DeBERTa (He et al., arXiv 2006.03654, section 3.1): scores between contents and
/// relative positions join those between contents.
struct disentangled_attention {
    std::int64_t rows = 0;             ///< of the table of relative positions, `hidden` wide; 0: ordinary attention
    bool table_norm = false;           ///< a norm of the table
    bool content_to_position = false;  ///< queries multiply the keys of positions
    bool position_to_content = false;  ///< keys multiply the queries of positions
    /// True if each layer has matrices of its own for positions; otherwise those of queries and keys project them.
    bool own_matrices = false;
    bool key_position_bias = true;  ///< false: the position matrix of the keys has no bias (the first DeBERTa)
    friend constexpr bool operator==(const disentangled_attention&, const disentangled_attention&) = default;
};

/// An encoder. The defaults describe BERT without segments, pooler and head. Zero means none, or the default in the
/// comment.
struct encoder {
    std::int64_t layers = 0;                     ///< hidden layers
    std::int64_t hidden = 0;                     ///< hidden size
    std::int64_t heads = 0;                      ///< attention heads
    std::int64_t head_dim = 0;                   ///< default: hidden / heads
    std::int64_t ffn = 0;                        ///< width of the feed-forward
    bool ffn_gated = false;                      ///< a gate multiplies one half of it by the other
    cardfit::norm_kind norm = norm_kind::layer;  ///< LayerNorm or RMSNorm
    bool norm_bias = true;                       ///< norms have a bias
    cardfit::biases biases = biases::all;        ///< the matrices that have a bias
    bool key_bias = true;      ///< false: queries and values have a bias, and keys have none (the first DeBERTa)
    bool output_bias = false;  ///< a bias on the attention's output matrix besides `biases: qkv`
    bool down_bias = false;    ///< a bias on the last matrix of the feed-forward alone, besides `biases: qkv`

    std::int64_t vocab = 0;               ///< 0: it reads sound
    std::int64_t embedding_size = 0;      ///< default: hidden; otherwise a matrix projects the embedding (ELECTRA)
    std::int64_t positions = 0;           ///< rows of a learned position embedding
    std::int64_t unused_positions = 0;    ///< rows of it that no token uses (RoBERTa: 2)
    std::int64_t segments = 0;            ///< rows of a segment embedding
    bool embedding_norm = true;           ///< a norm of the embeddings' sum
    std::int64_t outer_norms = 0;         ///< further norms outside the layers, less those that a layer lacks
    std::int64_t relative_buckets = 0;    ///< rows of a table of relative positions with one bias per head (T5, MPNet)
    bool relative_in_each_layer = false;  ///< each layer has such a table of its own (UMT5)
    /// Code of the model hands its bias to PyTorch's attention as a mask, in versions that call that (T5; MPNet and
    /// WavLM add it to scores of their own).
    bool bias_as_mask = false;
    /// Each layer's query gates the relative positions: a matrix of the head's width to eight, and a constant per head
    /// (WavLM, arXiv 2110.13900, section 3.1).
    bool gates_positions = false;
    disentangled_attention disentangled{};  ///< positions as DeBERTa has them
    /// Positions that a token sees around it, in all layers but every `global_every`-th, from the first on
    /// (ModernBERT); 0: all.
    std::int64_t window = 0;
    std::int64_t global_every = 0;  ///< of the layers that see all; 0: none
    sound_front sound{};            ///< convolutions that read sound in the place of words

    bool pooler = false;           ///< a matrix of hidden x hidden behind the layers, in front of a classifier if any
    bool transform = false;        ///< a matrix to the width of the embedding and a norm, in front of a head
    bool vocabulary_head = false;  ///< logits of masked tokens, with a bias per word
    bool tied_embeddings = true;   ///< that head has the weights of the embedding
    std::int64_t classes = 0;      ///< size of a classifier
    std::int64_t next_sentence_classes = 0;  ///< of a second one, on the pooler (BERT's pre-training)

    friend constexpr bool operator==(const encoder&, const encoder&) = default;
};

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const encoder& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t million = 1'000'000;
    problem_list found(action);
    const bool sound = m.sound.layers > 0;
    const std::int64_t most_layers = m.window > 0 ? max_listed_layers : 1000;
    found.ranges(invalid_field{"model.encoder.layers", m.layers, 1, most_layers},
                 invalid_field{"model.encoder.hidden", m.hidden, 1, 100'000},
                 invalid_field{"model.encoder.heads", m.heads, 1, 10'000},
                 invalid_field{"model.encoder.head_dim", m.head_dim, 0, 100'000},
                 invalid_field{"model.encoder.ffn", m.ffn, 1, million},
                 invalid_field{"model.encoder.vocab", m.vocab, sound ? 0 : 1, sound ? 0 : 10 * million},
                 invalid_field{"model.encoder.embedding_size", m.embedding_size, 0, 100'000},
                 invalid_field{"model.encoder.positions", m.positions, 0, 10 * million},
                 invalid_field{"model.encoder.unused_positions", m.unused_positions, 0, m.positions},
                 invalid_field{"model.encoder.segments", m.segments, 0, million},
                 invalid_field{"model.encoder.outer_norms", m.outer_norms, 0, 4},
                 invalid_field{"model.encoder.relative_buckets", m.relative_buckets, 0, 100'000},
                 invalid_field{"model.encoder.disentangled.rows", m.disentangled.rows, 0, million},
                 invalid_field{"model.encoder.window", m.window, 0, million},
                 invalid_field{"model.encoder.global_every", m.global_every, m.window > 0 ? 1 : 0, 1000},
                 invalid_field{"model.encoder.classes", m.classes, 0, million},
                 invalid_field{"model.encoder.next_sentence_classes", m.next_sentence_classes, 0, million});
    found.append(problems(m.sound, action));
    if (!found.empty()) return found;
    found.require(field_condition{m.head_dim > 0 || m.hidden % m.heads == 0, "model.encoder.head_dim", m.head_dim,
                                  "a head_dim, or a hidden that is a multiple of heads"});
    return found;
}

namespace detail {

/// Returns the transformer whose layers an encoder has.
[[nodiscard]] constexpr transformer layer_of(const encoder& m) noexcept {
    return {.layers = m.layers,
            .hidden = m.hidden,
            .heads = m.heads,
            .head_dim = m.head_dim,
            .ffn = m.ffn,
            .ffn_gated = m.ffn_gated,
            .norm = m.norm,
            .biases = m.biases,
            .kind = model_kind::encoder,
            .norm_bias = m.norm_bias,
            .output_bias = m.output_bias};
}

/// Adds the scores between contents and relative positions to a layer. The table of positions is projected once per
/// pass, whatever the length of the input.
constexpr void add_disentangled_attention(layer_block& b, const encoder& m) {
    const disentangled_attention& d = m.disentangled;
    if (d.rows == 0) return;
    const std::int64_t kinds = (d.content_to_position ? 1 : 0) + (d.position_to_content ? 1 : 0);
    const std::int64_t width = m.head_dim > 0 ? m.heads * m.head_dim : m.hidden;
    constexpr matmul_rows once = matmul_rows::relative_positions;
    if (d.own_matrices && d.content_to_position)
        b.add({.target = target::key, .in = m.hidden, .out = width, .bias = d.key_position_bias, .rows = once});
    if (d.own_matrices && d.position_to_content)
        b.add({.target = target::query, .in = m.hidden, .out = width, .bias = true, .rows = once});
    b.attention.score_heads += kinds * m.heads;
    b.attention.flops += 2 * kinds * d.rows * width;
}

/// Changes a plain layer to that of an encoder: what its matrices have for biases, its relative positions, and its
/// share of what reads sound. It has no cache.
constexpr void finish_layer(layer_block& b, const encoder& m) {
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        if (b.linears[i].target == target::key && !m.key_bias) b.linears[i].bias = false;
        if (b.linears[i].target == target::down && m.down_bias) b.linears[i].bias = true;
    }
    if (m.relative_in_each_layer) b.vector_parameters += m.relative_buckets * m.heads;
    if (m.gates_positions) b.vector_parameters += m.heads + 8 * (m.hidden / m.heads) + 8;
    add_disentangled_attention(b, m);
    const bool biased = m.relative_buckets > 0 || m.disentangled.rows > 0;
    b.attention.biased_scores = biased;
    b.attention.mask_bias = m.bias_as_mask;
    b.attention.flash = !biased;
    if (m.sound.layers > 0) add_sound(b, m.sound, m.layers);
    b.cache = {};
}

/// Adds the layers. Of those with a window, every `global_every`-th sees all tokens, from the first one on.
constexpr void add_encoder_layers(network& net, const encoder& m) {
    const transformer layer = layer_of(m);
    if (m.window == 0) return add_kind(net, layer, false, {0, m.layers}, all_positions);
    layer_range global{0, m.layers};
    layer_range windowed{0, m.layers};
    for (std::int64_t i = 0; i < m.layers; ++i) (i % m.global_every == 0 ? global : windowed).listed.add(i);
    add_kind(net, layer, false, global, all_positions);
    if (!windowed.listed.empty()) add_kind(net, layer, false, windowed, m.window);
}

/// Adds what precedes the layers of an encoder.
constexpr void add_encoder_front(network& net, const encoder& m) {
    const std::int64_t h = m.hidden;
    const std::int64_t e = m.embedding_size > 0 ? m.embedding_size : h;
    const std::int64_t norm = vectors_of(mechanism::residual_norms{.hidden = e, .kind = m.norm, .bias = m.norm_bias});
    net.embedding_parameters = m.vocab * e;
    net.position_parameters = (m.positions + m.segments) * e + (m.embedding_norm ? norm : 0);
    if (e != h) net.position_parameters += e * h + h;
    if (!m.relative_in_each_layer) net.position_parameters += m.relative_buckets * m.heads;
    net.position_parameters += m.disentangled.rows * h + (m.disentangled.table_norm ? 2 * h : 0);
    net.position_parameters += parameters(m.sound, h);
    net.longest_sequence = m.positions - m.unused_positions;
}

/// Adds what follows the layers of an encoder.
constexpr void add_encoder_back(network& net, const encoder& m) {
    const std::int64_t h = m.hidden;
    const std::int64_t e = m.vocabulary_head && m.embedding_size > 0 ? m.embedding_size : h;
    const mechanism::residual_norms outer{.hidden = h, .kind = m.norm, .bias = m.norm_bias};
    const mechanism::residual_norms inner{.hidden = e, .kind = m.norm, .bias = m.norm_bias};
    net.final_parameters = m.outer_norms * vectors_of(outer);
    if (m.pooler) net.final_parameters += h * h + h;
    if (m.transform) net.final_parameters += h * e + (m.biases == biases::all ? e : 0) + vectors_of(inner);
    net.final_parameters += (h + 1) * (m.classes + m.next_sentence_classes);
    net.classes = m.classes;
    if (!m.vocabulary_head) return;
    net.final_parameters += m.vocab;
    net.logits = m.vocab;
    net.tied = m.tied_embeddings;
    net.head_parameters = m.tied_embeddings ? 0 : m.vocab * e;
}

}  // namespace detail

/// Returns an encoder lowered to blocks. Without a vocabulary head it makes no logits. Throws invalid_input for
/// dimensions that make no model.
[[nodiscard]] constexpr network lower(const encoder& m) {
    check(m);
    network net;
    net.layers = m.layers;
    net.hidden = m.hidden;
    net.heads = m.heads;
    net.kv_heads = m.heads;
    net.final_norm_is_rms = m.norm == norm_kind::rms;
    net.final_norm_width = m.outer_norms > 0 ? m.hidden : 0;
    detail::add_encoder_layers(net, m);
    for (std::size_t k = 0; k < net.block_kinds; ++k) detail::finish_layer(net.blocks[k], m);
    detail::add_encoder_front(net, m);
    detail::add_encoder_back(net, m);
    return net;
}

}  // namespace cardfit
