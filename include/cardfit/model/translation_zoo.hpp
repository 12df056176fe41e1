// SPDX-License-Identifier: MIT
#pragma once

// Sequence models of training benchmarks: the first encoder-decoder transformer, GNMT, Transformer-XL. A sample is a
// pair of a source and a target sentence, or one segment of text; a token of a pair is one of each sentence.

#include <cardfit/model/encoder_decoder.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/problem.hpp>

#include <string_view>

namespace cardfit {

/// Recurrent encoder-decoder with attention (Wu et al., arXiv 1609.08144, as NVIDIA DeepLearningExamples' GNMT v2 has
/// it): the first encoder layer runs both ways; the attention's context joins the input of each decoder layer after the
/// first.
struct recurrent_translator {
    std::int64_t layers = 0;  ///< of encoder and decoder each
    std::int64_t hidden = 0;
    std::int64_t vocab = 0;
    friend constexpr bool operator==(const recurrent_translator&, const recurrent_translator&) = default;
};

/// Transformer-XL (Dai et al., arXiv 1901.02860): a segment attends to itself and to the states of `memory` tokens
/// before it, with relative positions; an adaptive softmax of three tail clusters tied to the embedding.
struct recurrent_memory_transformer {
    std::int64_t layers = 0;
    std::int64_t hidden = 0;
    std::int64_t heads = 0;
    std::int64_t ffn = 0;
    std::int64_t vocab = 0;
    std::int64_t shortlist = 0;  ///< words of the softmax's head
    std::int64_t clusters = 3;
    std::int64_t memory = 0;
    friend constexpr bool operator==(const recurrent_memory_transformer&,
                                     const recurrent_memory_transformer&) = default;
};

[[nodiscard]] constexpr problem_list problems(const recurrent_translator& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(problem{"model.recurrent_translator.layers", m.layers, 2, 1000},
                 problem{"model.recurrent_translator.hidden", m.hidden, 1, 100'000},
                 problem{"model.recurrent_translator.vocab", m.vocab, 1, 10'000'000});
    return found;
}
[[nodiscard]] constexpr problem_list problems(const recurrent_memory_transformer& m,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(problem{"model.recurrent_memory_transformer.layers", m.layers, 1, 1000},
                 problem{"model.recurrent_memory_transformer.hidden", m.hidden, 1, 100'000},
                 problem{"model.recurrent_memory_transformer.heads", m.heads, 1, 10'000},
                 problem{"model.recurrent_memory_transformer.ffn", m.ffn, 1, 1'000'000},
                 problem{"model.recurrent_memory_transformer.vocab", m.vocab, 1, 10'000'000},
                 problem{"model.recurrent_memory_transformer.shortlist", m.shortlist, 1, m.vocab},
                 problem{"model.recurrent_memory_transformer.clusters", m.clusters, 0, 100},
                 problem{"model.recurrent_memory_transformer.memory", m.memory, 0, 1'000'000});
    return found;
}

namespace detail {

constexpr void add_matrix(block& b, target t, std::int64_t in, std::int64_t out, bool bias) {
    b.linears[b.linear_count++] = {.target = t, .in = in, .out = out, .bias = bias};
}

/// A long short-term memory layer of `hidden`: gates from input and from its own past, two biases, as cuDNN has it. Its
/// reserve keeps the four gates, the cell's state and its tangent.
constexpr void add_recurrent(block& b, std::int64_t in, std::int64_t hidden, std::int64_t directions = 1) {
    for (std::int64_t d = 0; d < directions; ++d) {
        add_matrix(b, target::up, in, 4 * hidden, true);
        add_matrix(b, target::gate, hidden, 4 * hidden, true);
    }
    b.width.of[tensor_role::feed_forward_input] += in;
    b.width.of[tensor_role::feed_forward_input_casts] += in;
    b.width.of[tensor_role::recurrent_state] += directions * 7 * hidden;
    b.width.of[tensor_role::dropout_mask] += in;
}

}  // namespace detail

/// Throws invalid_input for dimensions that make no model. The recurrence is divided by data alone.
[[nodiscard]] constexpr network lower(const recurrent_translator& m) {
    check(m);
    const std::int64_t h = m.hidden;
    network net{.block_kinds = 4, .layers = 2 * m.layers, .hidden = h, .data_parallel_only = true};
    block(&b)[max_block_kinds] = net.blocks;
    b[0].layers = {0, 1, 1, true};
    detail::add_recurrent(b[0], h, h, 2);
    b[1].layers = {1, 2, 1, true};
    detail::add_recurrent(b[1], 2 * h, h);
    // Further encoder layers and the decoder's first are alike.
    b[2].layers = {2, m.layers + 1, 1, true};
    detail::add_recurrent(b[2], h, h);
    b[3].layers = {m.layers + 1, 2 * m.layers, 1, true};
    detail::add_recurrent(b[3], 2 * h, h);
    // Additive attention (arXiv 1409.0473), normalized: two matrices, a vector, a scale and a bias; before its scores
    // stand h elements for each pair of positions. It is counted with the first layer, as that is there once.
    b[0].score_heads = h;
    b[0].cross_width = 2 * h;
    b[0].convolution_flops = 4 * h * h;
    b[0].width.of[tensor_role::query] = b[0].width.of[tensor_role::attention_output] = h;
    net.final_parameters = 2 * h * h + 2 * h + 1 + m.vocab;
    net.embedding_parameters = m.vocab * h;
    net.head_parameters = m.vocab * h;
    net.logits = m.vocab;
    net.heads = net.kv_heads = 1;
    // NVIDIA DeepLearningExamples count tokens of both sentences; a third of padding is what their rates allow.
    net.counted_sequences = 2;
    net.padded_percent = 135;
    return net;
}

/// Throws invalid_input for dimensions that make no model.
[[nodiscard]] constexpr network lower(const recurrent_memory_transformer& m) {
    check(m);
    const std::int64_t h = m.hidden;
    network net = lower(transformer{.layers = m.layers,
                                    .hidden = h,
                                    .heads = m.heads,
                                    .ffn = m.ffn,
                                    .ffn_gated = false,
                                    .vocab = m.vocab,
                                    .tied_embeddings = true,
                                    .norm = norm::layer});
    block& b = net.blocks[0];
    // Biases of the feed-forward alone; a matrix for relative positions, and two biases for each query.
    b.vector_parameters += m.ffn + h;
    detail::add_matrix(b, target::key, h, h, false);
    // Queries stand with each of the two biases; keys and values of the memory are made again in each segment, which is
    // taken to be as long as its memory.
    b.width.of[tensor_role::query] *= 2;
    b.width.of[tensor_role::key] *= 2;
    b.width.of[tensor_role::value] *= 2;
    b.width.of[tensor_role::key_value_expanded] *= 2;
    b.memory_positions = m.memory;
    b.convolution_flops = 4 * h * h;
    net.final_parameters = 2 * h + m.vocab + m.clusters * (h + 1);
    net.final_norm_width = 0;
    net.frequent_logits = m.shortlist;
    return net;
}

namespace models {

/// Table 3 of arXiv 1706.03762, "big"; the vocabulary of NVIDIA DeepLearningExamples (33,708 sub-words, padded to
/// eight).
inline constexpr encoder_decoder transformer_big{
    .encoder_layers = 6, .decoder_layers = 6, .hidden = 1024, .heads = 16, .ffn = 4096, .vocab = 33712};
/// NVIDIA DeepLearningExamples, GNMT v2: four layers of 1024, WMT16's sub-words.
inline constexpr recurrent_translator gnmt{.layers = 4, .hidden = 1024, .vocab = 31800};
/// NVIDIA DeepLearningExamples, Transformer-XL base on WikiText-103.
inline constexpr recurrent_memory_transformer transformer_xl_base{
    .layers = 16, .hidden = 512, .heads = 8, .ffn = 2048, .vocab = 267735, .shortlist = 20000, .memory = 192};

inline constexpr std::string_view transformer_big_id = "transformer-big";
inline constexpr std::string_view gnmt_id = "gnmt";
inline constexpr std::string_view transformer_xl_base_id = "transformer-xl-base";

}  // namespace models

}  // namespace cardfit
