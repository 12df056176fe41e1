// SPDX-License-Identifier: MIT
#pragma once

// Models whose layers carry a state of fixed size instead of a cache that grows, and their lowering to blocks:
// state-space models (Mamba, Mamba-2), linear attention (gated delta rule, lightning attention), short convolutions,
// and mixtures of these with attention layers or with attention in the same layers.

#include <cardfit/model/feed_forward/latent_experts.hpp>
#include <cardfit/model/feed_forward/residual_attention.hpp>
#include <cardfit/model/mixers/gated_attention.hpp>
#include <cardfit/model/mixers/gated_linear_recurrence.hpp>
#include <cardfit/model/mixers/kimi_delta_attention.hpp>
#include <cardfit/model/mixers/lightning_attention.hpp>
#include <cardfit/model/mixers/linear_attention.hpp>
#include <cardfit/model/mixers/parallel_heads.hpp>
#include <cardfit/model/mixers/shared_block.hpp>
#include <cardfit/model/mixers/short_convolution.hpp>
#include <cardfit/model/mixers/state_space.hpp>
#include <cardfit/model/transformer.hpp>

namespace cardfit {

/// The set of all layers of a model.
inline constexpr layer_set all_layers{{~std::uint64_t{0}, ~std::uint64_t{0}}};

/// Returns the layers offset, offset + period, and so on, counted from 0, as model configs write them.
[[nodiscard]] constexpr layer_set layers_every(std::int64_t period, std::int64_t offset) noexcept {
    layer_set set;
    for (std::int64_t i = offset; i >= 0 && period > 0 && i < max_listed_layers; i += period) set.add(i);
    return set;
}

/// Returns the positions of one letter in a pattern of layers, such as "M-M-M-M*-" for Nemotron-H.
template <std::size_t N>
[[nodiscard]] constexpr layer_set layers_of(const char (&pattern)[N], char letter) noexcept {
    static_assert(N <= max_listed_layers + 1);
    layer_set set;
    for (std::size_t i = 0; i + 1 < N; ++i)
        if (pattern[i] == letter) set.add(static_cast<std::int64_t>(i));
    return set;
}

/// A decoder of recurrent and attention layers, with at most 128 layers. It has RMS norms, one before each half of a
/// layer.
struct hybrid {
    std::int64_t layers = 0;       ///< hidden layers
    std::int64_t hidden = 0;       ///< hidden size
    std::int64_t vocab = 0;        ///< rows of the embedding
    bool tied_embeddings = false;  ///< the output layer shares the embedding's matrix
    state_space state{};           ///< the recurrence of the layers that do not attend

    layer_set attention{};     ///< layers that attend; the others carry a state
    layer_set mixerless{};     ///< layers that neither attend nor carry a state, and have only a feed-forward
    layer_set feed_forward{};  ///< layers that have a feed-forward
    layer_set sparse{};        ///< layers whose feed-forward consists of experts

    std::int64_t heads = 0;       ///< attention heads
    std::int64_t kv_heads = 0;    ///< default: heads
    std::int64_t head_dim = 0;    ///< default: hidden / heads
    bool head_norm = false;       ///< norms of each head's query and key
    bool parallel_state = false;  ///< layers that attend carry a Mamba-2 state too (Falcon-H1)
    bool attention_gate = false;  ///< a gate as wide as the queries multiplies the attention result (Qwen3-Next)

    std::int64_t ffn = 0;                          ///< width of the feed-forward
    bool ffn_gated = true;                         ///< a gate multiplies one half of it by the other
    mixture_of_experts experts{};                  ///< mixture of experts of the layers in `sparse`
    cardfit::latent_attention latent_attention{};  ///< of the layers that attend (Kimi Linear)
    std::int64_t expert_latent = 0;   ///< width of the latent that the experts read; 0: they read the hidden state
    bool expert_latent_norm = false;  ///< a norm of that latent behind the experts (Kimi K3)
    std::int64_t window = 0;          ///< the most recent positions that layers which attend see; 0: all
    bool output_bias = false;         ///< a bias on the attention's output matrix
    bool feed_forward_bias = false;   ///< biases in the feed-forward
    cardfit::shared_blocks shared{};  ///< in front of recurrent layers (Zamba2)
    std::int64_t residual_block = 0;  ///< layers of a block of attention residuals (Kimi K3); 0: plain residuals
    friend constexpr bool operator==(const hybrid&, const hybrid&) = default;
};

namespace detail {

/// Returns the model's state space with its defaults filled in: an inner width of 2 x hidden, a rank of hidden / 16.
[[nodiscard]] constexpr state_space resolved(const hybrid& m) noexcept {
    state_space s = m.state;
    if (s.inner == 0) s.inner = 2 * m.hidden;
    if (s.dt_rank == 0) s.dt_rank = (m.hidden + 15) / 16;
    return s;
}

/// What mixes the tokens of a layer, and the feed-forward that follows it. A kind of layer is a pair of the two.
enum class layer_mixer : unsigned char { recurrence, attention, none };
enum class layer_feed_forward : unsigned char { none, dense, experts };
inline constexpr layer_mixer all_mixers[]{layer_mixer::recurrence, layer_mixer::attention, layer_mixer::none};
inline constexpr layer_feed_forward all_feed_forwards[]{layer_feed_forward::none, layer_feed_forward::dense,
                                                        layer_feed_forward::experts};

/// Returns the layers that have this mixer.
[[nodiscard]] constexpr layer_set layers_with(const hybrid& m, layer_mixer mixer) noexcept {
    if (mixer == layer_mixer::none) return m.mixerless;
    return (mixer == layer_mixer::attention ? m.attention : ~m.attention) & ~m.mixerless;
}
/// Returns the layers that have this feed-forward.
[[nodiscard]] constexpr layer_set layers_with(const hybrid& m, layer_feed_forward f) noexcept {
    if (f == layer_feed_forward::none) return ~m.feed_forward;
    return m.feed_forward & (f == layer_feed_forward::experts ? m.sparse : ~m.sparse);
}
/// Returns the layers that have both this mixer and this feed-forward.
[[nodiscard]] constexpr layer_set layers_of_kind(const hybrid& m, layer_mixer mixer, layer_feed_forward f) noexcept {
    return layers_with(m, mixer) & layers_with(m, f);
}
/// Returns the number of layers that have both this mixer and this feed-forward.
[[nodiscard]] constexpr std::int64_t count_of_kind(const hybrid& m, layer_mixer mixer, layer_feed_forward f) noexcept {
    return layers_of_kind(m, mixer, f).count(0, m.layers);
}

/// Returns the transformer that has the attention and the feed-forward of a hybrid's layers.
[[nodiscard]] constexpr transformer attending(const hybrid& m) noexcept {
    return {.layers = m.layers,
            .hidden = m.hidden,
            .heads = m.heads > 0 ? m.heads : 1,
            .kv_heads = m.kv_heads,
            .head_dim = m.head_dim,
            .ffn = m.ffn > 0 ? m.ffn : 1,
            .ffn_gated = m.ffn_gated,
            .vocab = m.vocab,
            .tied_embeddings = m.tied_embeddings,
            .experts = m.experts,
            .latent_attention = m.latent_attention,
            .head_norm = m.head_norm,
            .output_bias = m.output_bias,
            .feed_forward_bias = m.feed_forward_bias};
}

/// How many kinds of layer a hybrid has, and how many layers have a dense and a sparse feed-forward.
struct counted_kinds {
    std::int64_t kinds = 0;
    std::int64_t dense = 0;
    std::int64_t sparse = 0;
};
[[nodiscard]] constexpr counted_kinds count_kinds(const hybrid& m) noexcept {
    counted_kinds counted;
    for (const layer_mixer mixer : all_mixers) {
        for (const layer_feed_forward f : all_feed_forwards) counted.kinds += count_of_kind(m, mixer, f) > 0 ? 1 : 0;
        counted.dense += count_of_kind(m, mixer, layer_feed_forward::dense);
        counted.sparse += count_of_kind(m, mixer, layer_feed_forward::experts);
    }
    return counted;
}

}  // namespace detail

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const hybrid& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t million = 1'000'000;
    problem_list found(action);
    const state_space& s = m.state;
    const bool headed = has_heads(s.kind);
    const bool shares = m.shared.blocks > 0;
    const bool convolves = s.kind == recurrence::short_convolution;
    found.ranges(invalid_field{"model.hybrid.layers", m.layers, 1, max_listed_layers},
                 invalid_field{"model.hybrid.hidden", m.hidden, 1, million},
                 invalid_field{"model.hybrid.vocab", m.vocab, 1, 10 * million},
                 invalid_field{"model.hybrid.heads", m.heads, m.attention.empty() ? 0 : 1, 10'000},
                 invalid_field{"model.hybrid.ffn", m.ffn, 0, 10 * million},
                 invalid_field{"model.hybrid.expert_latent", m.expert_latent, 0, million},
                 invalid_field{"model.hybrid.window", m.window, 0, 1000 * million},
                 invalid_field{"model.hybrid.shared.blocks", m.shared.blocks, 0, max_listed_layers},
                 invalid_field{"model.hybrid.shared.heads", m.shared.heads, shares ? 1 : 0, 10'000},
                 invalid_field{"model.hybrid.shared.head_dim", m.shared.head_dim, shares ? 1 : 0, 100'000},
                 invalid_field{"model.hybrid.shared.ffn", m.shared.ffn, shares ? 1 : 0, 10 * million},
                 invalid_field{"model.hybrid.shared.adapter_rank", m.shared.adapter_rank, 0, million},
                 invalid_field{"model.hybrid.residual_block", m.residual_block, 0, max_listed_layers},
                 invalid_field{"model.hybrid.state.inner", s.inner, 0, 10 * million},
                 invalid_field{"model.hybrid.state.state", s.state, convolves ? 0 : 1, 100'000},
                 invalid_field{"model.hybrid.state.kernel", s.kernel, 1, 1000},
                 invalid_field{"model.hybrid.state.groups", s.groups,
                               headed && s.kind != recurrence::gated_linear ? 1 : 0, headed ? 10'000 : 0},
                 invalid_field{"model.hybrid.state.heads", s.heads, headed ? 1 : 0, headed ? 100'000 : 0},
                 invalid_field{"model.hybrid.state.dt_rank", s.dt_rank, 0, million});
    if (!found.empty()) return found;
    const detail::counted_kinds counted = detail::count_kinds(m);
    found.require(
        field_condition{counted.kinds <= static_cast<std::int64_t>(max_block_kinds), "model.hybrid.layers",
                        counted.kinds, "layers of at most 8 kinds"},
        field_condition{counted.dense == 0 || m.ffn > 0, "model.hybrid.ffn", m.ffn,
                        "the width of the dense feed-forward"},
        field_condition{counted.sparse == 0 || m.experts.count > 0, "model.hybrid.experts.count", m.experts.count,
                        "experts for the sparse layers"},
        field_condition{!m.parallel_state || s.kind == recurrence::mamba2, "model.hybrid.parallel_state", 1,
                        "a Mamba-2 state beside attention"},
        field_condition{s.kind != recurrence::gated_linear || detail::resolved(m).inner % s.heads == 0,
                        "model.hybrid.state.heads", s.heads, "a divisor of the recurrence's width"},
        field_condition{!shares || (m.attention.empty() && m.mixerless.empty() && m.feed_forward.empty()),
                        "model.hybrid.shared.blocks", m.shared.blocks, "shared blocks beside recurrent layers alone"},
        field_condition{!shares || m.shared.layers.count(0, m.layers) >= m.shared.blocks, "model.hybrid.shared.blocks",
                        m.shared.blocks, "at most as many as there are layers with such a block"});
    if (!found.empty()) return found;
    // The checks of a transformer cover heads, experts and the bound on the parameters.
    for (const invalid_field& p : problems(detail::attending(m))) found.add(p);
    return found;
}

namespace detail {

/// Adds the recurrent mixer of a layer to a block.
constexpr void add_recurrence(layer_block& b, const hybrid& m) {
    const state_space space = resolved(m);
    switch (space.kind) {
        case recurrence::mamba:
            return add_mixer(b, mechanism::mamba{m.hidden, space});
        case recurrence::mamba2:
            return add_mixer(b, mechanism::mamba2{m.hidden, space});
        case recurrence::gated_delta_net:
            return add_mixer(b, mechanism::gated_delta_net{m.hidden, space});
        case recurrence::lightning:
            return add_mixer(b, mechanism::lightning_attention{m.hidden, space});
        case recurrence::gated_linear:
            return add_mixer(b, mechanism::gated_linear_recurrence{m.hidden, space});
        case recurrence::kimi_delta:
            return add_mixer(b, mechanism::kimi_delta_attention{m.hidden, space});
        case recurrence::short_convolution:
            return add_mixer(b, mechanism::short_convolution{m.hidden, space});
    }
}

/// Adds the attention of a layer to a block.
constexpr void add_attention(layer_block& b, const hybrid& m) {
    if (m.latent_attention.kv_rank > 0) {
        const mechanism::latent_attention latent = latent_attention_of(attending(m), all_positions);
        return m.attention_gate ? add_mixer(b, mechanism::gated_attention{latent}) : add_mixer(b, latent);
    }
    const std::int64_t window = m.window > 0 ? m.window : all_positions;
    const mechanism::grouped_attention attention = grouped_attention_of(attending(m), window);
    if (m.parallel_state)
        add_mixer(b, mechanism::parallel_heads{attention, {m.hidden, resolved(m)}});
    else if (m.attention_gate)
        add_mixer(b, mechanism::gated_attention{attention});
    else
        add_mixer(b, attention);
}

/// Returns the attention residuals of a model that has them.
[[nodiscard]] constexpr mechanism::residual_attention residuals_of(const hybrid& m) noexcept {
    return {.hidden = m.hidden, .block = m.residual_block, .layers = m.layers};
}

/// Adds the experts of a layer to a block.
constexpr void add_experts(layer_block& b, const hybrid& m) {
    const mechanism::experts experts = experts_of(attending(m));
    if (m.expert_latent > 0)
        add_feed_forward(b, mechanism::latent_experts{experts, m.expert_latent, m.expert_latent_norm});
    else
        add_feed_forward(b, experts);
}

/// Lowers one layer of a kind into a block.
constexpr void lower_kind(layer_block& b, const hybrid& m, layer_mixer mixer, layer_feed_forward f) {
    const std::int64_t norms = (mixer == layer_mixer::none ? 0 : 1) + (f == layer_feed_forward::none ? 0 : 1);
    add_norms(b, mechanism::residual_norms{.hidden = m.hidden, .count = norms});
    if (f == layer_feed_forward::dense) add_feed_forward(b, dense_of(attending(m)));
    if (f == layer_feed_forward::experts) add_experts(b, m);
    if (mixer == layer_mixer::recurrence) add_recurrence(b, m);
    if (mixer == layer_mixer::attention) add_attention(b, m);
    if (m.residual_block > 0) add_residual_attention(b, residuals_of(m));
}

/// Adds the layers of one kind to a network, and adds nothing if the model has no such layers.
constexpr void add_kind(network& net, const hybrid& m, layer_mixer mixer, layer_feed_forward f) {
    if (count_of_kind(m, mixer, f) == 0) return;
    layer_block& b = net.blocks[net.block_kinds];
    lower_kind(b, m, mixer, f);
    b.layers = {.begin = 0, .end = m.layers, .listed = layers_of_kind(m, mixer, f)};
    ++net.block_kinds;
}

/// Returns the first layers of a set, as many as `count`.
[[nodiscard]] constexpr layer_set first_of(const layer_set& set, std::int64_t count) noexcept {
    layer_set first;
    for (std::int64_t i = 0; i < max_listed_layers && count > 0; ++i) {
        if (!set.has(i)) continue;
        first.add(i);
        --count;
    }
    return first;
}

/// Adds recurrent layers with a shared block in front, and adds nothing if there are none.
constexpr void add_sharing_layers(network& net, const hybrid& m, const layer_set& layers, bool holds) {
    if (layers.count(0, m.layers) == 0) return;
    layer_block& b = net.blocks[net.block_kinds];
    lower_kind(b, m, layer_mixer::recurrence, layer_feed_forward::none);
    add_shared_block(b, mechanism::shared_block{m.hidden, m.shared, holds});
    b.layers = {.begin = 0, .end = m.layers, .listed = layers};
    ++net.block_kinds;
}

/// Adds the layers of a model with shared blocks: those without one, those that hold the weights of one, and those that
/// use them again.
constexpr void add_shared_layers(network& net, const hybrid& m) {
    const layer_set holders = first_of(m.shared.layers, m.shared.blocks);
    hybrid plain = m;
    plain.mixerless = m.shared.layers;
    add_kind(net, plain, layer_mixer::recurrence, layer_feed_forward::none);
    add_sharing_layers(net, m, holders, true);
    add_sharing_layers(net, m, m.shared.layers & ~holders, false);
}

}  // namespace detail

/// Returns a hybrid lowered to blocks. Throws invalid_input (a std::invalid_argument) for dimensions that make no
/// model.
[[nodiscard]] constexpr network lower(const hybrid& m) {
    check(m);
    network net;
    net.layers = m.layers;
    net.hidden = m.hidden;
    // In a model without attention, tensor parallelism divides the recurrence's heads or its channels.
    const state_space s = detail::resolved(m);
    net.heads = !m.attention.empty() ? m.heads : has_heads(s.kind) ? s.heads : s.inner;
    net.kv_heads = !m.attention.empty() && m.kv_heads > 0 ? m.kv_heads : net.heads;
    net.experts = m.experts.count;
    if (m.shared.blocks > 0) {
        net.heads = m.shared.heads;
        net.kv_heads = m.shared.heads;
        detail::add_shared_layers(net, m);
    } else {
        for (const detail::layer_mixer mixer : detail::all_mixers)
            for (const detail::layer_feed_forward f : detail::all_feed_forwards) detail::add_kind(net, m, mixer, f);
    }
    net.embedding_parameters = m.vocab * m.hidden;
    net.head_parameters = m.tied_embeddings ? 0 : m.vocab * m.hidden;
    net.tied = m.tied_embeddings;
    net.logits = m.vocab;
    net.final_parameters = m.hidden;
    if (m.residual_block > 0) net.final_parameters += outer_parameters(detail::residuals_of(m));
    net.final_norm_width = m.hidden;
    return net;
}

}  // namespace cardfit
