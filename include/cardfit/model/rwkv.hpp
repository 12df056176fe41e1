// SPDX-License-Identifier: MIT
#pragma once

// RWKV, a decoder without attention (generations 4 to 7), and its lowering to blocks. The papers and the sources of the
// shapes are named in mixers/time_mixing.hpp.

#include <cardfit/model/feed_forward/channel_mixing.hpp>
#include <cardfit/model/mixers/time_mixing.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/model/norms.hpp>
#include <cardfit/problem.hpp>

#include <array>

namespace cardfit {

/// A model of one generation. Its norms are LayerNorms with biases, one before each half of a layer, one behind the
/// embedding and one behind the layers.
struct rwkv {
    std::int64_t generation = 7;   ///< 4 to 7
    std::int64_t layers = 0;       ///< hidden layers
    std::int64_t hidden = 0;       ///< hidden size
    std::int64_t width = 0;        ///< channels of the recurrence; default: hidden
    std::int64_t head_dim = 0;     ///< generations 5 to 7
    std::int64_t ffn = 0;          ///< width of the channel mixing
    std::int64_t vocab = 0;        ///< rows of the embedding
    rwkv_ranks ranks{};            ///< of the matrices that depend on the token
    bool tied_embeddings = false;  ///< the output layer shares the embedding's matrix
    friend constexpr bool operator==(const rwkv&, const rwkv&) = default;
};

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const rwkv& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t million = 1'000'000;
    constexpr std::int64_t highest_rank = 100'000;
    problem_list found(action);
    const bool headed = m.generation > mechanism::first_rwkv_generation;
    const bool newest = m.generation == 7;
    const bool finch = m.generation == 6;
    found.ranges(invalid_field{"model.rwkv.generation", m.generation, mechanism::first_rwkv_generation, 7},
                 invalid_field{"model.rwkv.layers", m.layers, 1, 10'000},
                 invalid_field{"model.rwkv.hidden", m.hidden, 1, million},
                 invalid_field{"model.rwkv.width", m.width, 0, million},
                 invalid_field{"model.rwkv.head_dim", m.head_dim, headed ? 1 : 0, headed ? 10'000 : 0},
                 invalid_field{"model.rwkv.ffn", m.ffn, 1, 10 * million},
                 invalid_field{"model.rwkv.vocab", m.vocab, 1, 10 * million},
                 invalid_field{"model.rwkv.ranks.decay", m.ranks.decay, newest || finch ? 1 : 0,
                               newest || finch ? highest_rank : 0},
                 invalid_field{"model.rwkv.ranks.mix", m.ranks.mix, finch ? 1 : 0, finch ? highest_rank : 0},
                 invalid_field{"model.rwkv.ranks.rate", m.ranks.rate, newest ? 1 : 0, newest ? highest_rank : 0},
                 invalid_field{"model.rwkv.ranks.value", m.ranks.value, newest ? 1 : 0, newest ? highest_rank : 0},
                 invalid_field{"model.rwkv.ranks.gate", m.ranks.gate, newest ? 1 : 0, newest ? highest_rank : 0});
    if (!found.empty()) return found;
    const std::int64_t width = m.width > 0 ? m.width : m.hidden;
    found.require(field_condition{!headed || width % m.head_dim == 0, "model.rwkv.head_dim", m.head_dim,
                                  "a divisor of the recurrence's width"});
    return found;
}

namespace detail {

/// Returns the time mixing of a model's layers. The first layer of generation 7 has no share of the first values.
[[nodiscard]] constexpr mechanism::time_mixing time_mixing_of(const rwkv& m, bool first) noexcept {
    mechanism::time_mixing mixing{.generation = m.generation,
                                  .hidden = m.hidden,
                                  .width = m.width > 0 ? m.width : m.hidden,
                                  .head_dim = m.head_dim,
                                  .ranks = m.ranks};
    if (first) mixing.ranks.value = 0;
    return mixing;
}

/// Adds the layers [begin, end) to a network, if there are any.
constexpr void add_rwkv_layers(network& net, const rwkv& m, std::int64_t begin, std::int64_t end) {
    if (begin == end) return;
    layer_block& b = net.blocks[net.block_kinds];
    const mechanism::time_mixing mixing = time_mixing_of(m, begin == 0);
    const mechanism::rwkv_generation& g = generation_of(mixing);
    add_norms(b, mechanism::residual_norms{.hidden = m.hidden, .kind = norm_kind::layer});
    add_mixer(b, mixing);
    add_feed_forward(b, mechanism::channel_mixing{m.hidden, m.ffn, g.channel_mixtures, g.receptance});
    b.layers = {.begin = begin, .end = end};
    ++net.block_kinds;
}

}  // namespace detail

/// Returns a model lowered to blocks. Throws invalid_input (a std::invalid_argument) for dimensions that make no model.
[[nodiscard]] constexpr network lower(const rwkv& m) {
    check(m);
    network net;
    net.layers = m.layers;
    net.hidden = m.hidden;
    const std::int64_t width = m.width > 0 ? m.width : m.hidden;
    net.heads = m.head_dim > 0 ? width / m.head_dim : width;
    net.kv_heads = net.heads;
    net.final_norm_is_rms = false;
    const bool first_differs = m.ranks.value > 0;
    detail::add_rwkv_layers(net, m, 0, first_differs ? 1 : m.layers);
    detail::add_rwkv_layers(net, m, first_differs ? 1 : m.layers, m.layers);
    net.embedding_parameters = m.vocab * m.hidden;
    net.position_parameters = 2 * m.hidden;
    net.head_parameters = m.tied_embeddings ? 0 : m.vocab * m.hidden;
    net.tied = m.tied_embeddings;
    net.logits = m.vocab;
    net.final_parameters = 2 * m.hidden;
    net.final_norm_width = m.hidden;
    return net;
}

namespace models {

/// The ranks of the published models of generation 7 by their hidden size (arXiv 2503.14456). They are recalled; the
/// totals of their checkpoints confirm their sum (tests/model/rwkv.static.cpp).
struct rwkv_size {
    std::int64_t hidden = 0;  ///< hidden size
    rwkv_ranks ranks{};       ///< ranks of that size
};
/// The published sizes of generation 7.
inline constexpr std::array rwkv7_sizes{
    rwkv_size{768, {.decay = 64, .rate = 64, .value = 32, .gate = 128}},
    rwkv_size{1024, {.decay = 64, .rate = 64, .value = 32, .gate = 128}},
    rwkv_size{2048, {.decay = 96, .rate = 96, .value = 64, .gate = 256}},
    rwkv_size{2560, {.decay = 96, .rate = 96, .value = 64, .gate = 320}},
    rwkv_size{4096, {.decay = 128, .rate = 128, .value = 96, .gate = 480}},
};

/// Returns the ranks of the published model of generation 7 that has this hidden size; all 0 if there is none.
[[nodiscard]] constexpr rwkv_ranks rwkv7_ranks(std::int64_t hidden) noexcept {
    for (const rwkv_size& each : rwkv7_sizes)
        if (each.hidden == hidden) return each.ranks;
    return {};
}

/// Returns the ranks of a model of generation 6, which its class sets by the hidden size: modeling_rwkv6.py beside
/// RWKV/v6-Finch-1B6-HF.
[[nodiscard]] constexpr rwkv_ranks rwkv6_ranks(std::int64_t hidden) noexcept {
    return hidden == 4096 ? rwkv_ranks{.decay = 128, .mix = 64} : rwkv_ranks{.decay = 64, .mix = 32};
}

}  // namespace models

}  // namespace cardfit
