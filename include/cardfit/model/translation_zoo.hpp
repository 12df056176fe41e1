// SPDX-License-Identifier: MIT
#pragma once

// Sequence models of training benchmarks: the first encoder-decoder transformer, GNMT, and Transformer-XL. One sample
// is a pair of a source and a target sentence, or one segment of text. One token of a pair stands for one token of each
// sentence.

#include <cardfit/model/encoder_decoder.hpp>
#include <cardfit/model/mixers/memory_attention.hpp>
#include <cardfit/model/mixers/recurrence.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/problem.hpp>

#include <string_view>

namespace cardfit {

/// A recurrent encoder-decoder with attention (Wu et al., arXiv 1609.08144), as NVIDIA DeepLearningExamples' GNMT v2
/// builds it. The first encoder layer runs in both directions, and the context of the attention joins the input of each
/// decoder layer after the first.
struct recurrent_translator {
    std::int64_t layers = 0;  ///< layers of the encoder, and as many of the decoder
    std::int64_t hidden = 0;  ///< hidden size
    std::int64_t vocab = 0;   ///< rows of the embedding
    friend constexpr bool operator==(const recurrent_translator&, const recurrent_translator&) = default;
};

/// Transformer-XL (Dai et al., arXiv 1901.02860). A segment attends to itself and to the states of the `memory` tokens
/// before it, with relative positions. The adaptive softmax has three tail clusters and is tied to the embedding.
struct recurrent_memory_transformer {
    std::int64_t layers = 0;     ///< hidden layers
    std::int64_t hidden = 0;     ///< hidden size
    std::int64_t heads = 0;      ///< attention heads
    std::int64_t ffn = 0;        ///< width of the feed-forward
    std::int64_t vocab = 0;      ///< rows of the embedding
    std::int64_t shortlist = 0;  ///< words in the head of the softmax
    std::int64_t clusters = 3;   ///< tail clusters of the softmax
    std::int64_t memory = 0;     ///< tokens before the segment that it attends to
    friend constexpr bool operator==(const recurrent_memory_transformer&,
                                     const recurrent_memory_transformer&) = default;
};

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const recurrent_translator& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(invalid_field{"model.recurrent_translator.layers", m.layers, 2, 1000},
                 invalid_field{"model.recurrent_translator.hidden", m.hidden, 1, 100'000},
                 invalid_field{"model.recurrent_translator.vocab", m.vocab, 1, 10'000'000});
    return found;
}
/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const recurrent_memory_transformer& m,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(invalid_field{"model.recurrent_memory_transformer.layers", m.layers, 1, 1000},
                 invalid_field{"model.recurrent_memory_transformer.hidden", m.hidden, 1, 100'000},
                 invalid_field{"model.recurrent_memory_transformer.heads", m.heads, 1, 10'000},
                 invalid_field{"model.recurrent_memory_transformer.ffn", m.ffn, 1, 1'000'000},
                 invalid_field{"model.recurrent_memory_transformer.vocab", m.vocab, 1, 10'000'000},
                 invalid_field{"model.recurrent_memory_transformer.shortlist", m.shortlist, 1, m.vocab},
                 invalid_field{"model.recurrent_memory_transformer.clusters", m.clusters, 0, 100},
                 invalid_field{"model.recurrent_memory_transformer.memory", m.memory, 0, 1'000'000});
    return found;
}

namespace detail {

/// Returns the feed-forward of a Transformer-XL layer, without biases. The biases of its matrices are the only ones in
/// the model, and the published parameter count lists them beside the matrices.
[[nodiscard]] constexpr mechanism::dense_feed_forward dense_of(const recurrent_memory_transformer& m) noexcept {
    return {.hidden = m.hidden, .ffn = m.ffn, .gated = false};
}

/// Adds one kind of recurrent layer to the network, for layers [begin, end).
constexpr void add_recurrent_layers(network& net, std::int64_t begin, std::int64_t end,
                                    const mechanism::long_short_term_memory& m) {
    layer_block& b = net.blocks[net.block_kinds];
    add_mixer(b, m);
    b.layers = {begin, end, 1, true};
    ++net.block_kinds;
}

}  // namespace detail

/// Returns GNMT lowered to blocks. Only data parallelism divides the recurrence. Throws invalid_input for dimensions
/// that make no model.
[[nodiscard]] constexpr network lower(const recurrent_translator& m) {
    check(m);
    const std::int64_t h = m.hidden;
    network net{.layers = 2 * m.layers, .hidden = h, .data_parallel_only = true};
    detail::add_recurrent_layers(net, 0, 1, {.in = h, .hidden = h, .directions = 2});
    detail::add_recurrent_layers(net, 1, 2, {.in = 2 * h, .hidden = h});
    // The remaining encoder layers and the first decoder layer have the same shape.
    detail::add_recurrent_layers(net, 2, m.layers + 1, {.in = h, .hidden = h});
    detail::add_recurrent_layers(net, m.layers + 1, 2 * m.layers, {.in = 2 * h, .hidden = h});
    // The attention is counted with the first layer, because each of them occurs once.
    const mechanism::additive_attention attention{.hidden = h};
    add_additive_attention(net.blocks[0], attention);
    net.final_parameters = parameters(attention) + m.vocab;
    net.embedding_parameters = m.vocab * h;
    net.head_parameters = m.vocab * h;
    net.logits = m.vocab;
    // NVIDIA DeepLearningExamples count the tokens of both sentences; their rates are consistent with a third of
    // padding.
    net.counted_sequences = 2;
    net.padded_percent = 135;
    return net;
}

/// Returns Transformer-XL lowered to blocks. Throws invalid_input for dimensions that make no model.
[[nodiscard]] constexpr network lower(const recurrent_memory_transformer& m) {
    check(m);
    const std::int64_t h = m.hidden;
    const transformer shell{.layers = m.layers,
                            .hidden = h,
                            .heads = m.heads,
                            .ffn = m.ffn,
                            .ffn_gated = false,
                            .vocab = m.vocab,
                            .tied_embeddings = true,
                            .norm = norm_kind::layer};
    network net = lower(shell);
    layer_block b;
    b.layers = net.blocks[0].layers;
    add_norms(b, detail::norms_of(shell));
    b.width.of[tensor_role::dropout_mask] = 2 * h;
    add_mixer(b, mechanism::memory_attention{.hidden = h, .heads = m.heads, .memory = m.memory});
    add_feed_forward(b, detail::dense_of(m));
    // Only the feed-forward has biases.
    b.vector_parameters += m.ffn + h;
    net.blocks[0] = b;
    net.final_parameters = 2 * h + m.vocab + m.clusters * (h + 1);
    net.final_norm_width = 0;
    net.frequent_logits = m.shortlist;
    return net;
}

namespace models {

/// The "big" model of arXiv 1706.03762, table 3, with the vocabulary of NVIDIA DeepLearningExamples (33,708 sub-words,
/// padded to a multiple of eight).
inline constexpr encoder_decoder transformer_big{
    .encoder_layers = 6, .decoder_layers = 6, .hidden = 1024, .heads = 16, .ffn = 4096, .vocab = 33712};
/// GNMT v2 of NVIDIA DeepLearningExamples: four layers of 1024, with the sub-words of WMT16.
inline constexpr recurrent_translator gnmt{.layers = 4, .hidden = 1024, .vocab = 31800};
/// Transformer-XL base of NVIDIA DeepLearningExamples, for WikiText-103.
inline constexpr recurrent_memory_transformer transformer_xl_base{
    .layers = 16, .hidden = 512, .heads = 8, .ffn = 2048, .vocab = 267735, .shortlist = 20000, .memory = 192};

/// Name of the model in the library.
/// @{
inline constexpr std::string_view transformer_big_id = "transformer-big";
inline constexpr std::string_view gnmt_id = "gnmt";
inline constexpr std::string_view transformer_xl_base_id = "transformer-xl-base";
/// @}

}  // namespace models

}  // namespace cardfit
