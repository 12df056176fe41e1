// SPDX-License-Identifier: MIT
#pragma once

// Time mixing, the recurrence of RWKV in its generations: 4 (Peng et al., arXiv 2305.13048), 5 and 6 (Eagle and Finch,
// arXiv 2404.05892), and 7 (Goose, arXiv 2503.14456). A token is mixed with the one before it, channel by channel, and
// each mixture goes through a matrix of its own. Generation 4 carries three numbers per channel; the later ones carry a
// matrix per head.
//
// Sources: transformers, modeling_rwkv.py; modeling_rwkv5.py and modeling_rwkv6.py beside RWKV/rwkv-5-world-3b and
// RWKV/v6-Finch-1B6-HF; fla/layers/rwkv7.py of github.com/fla-org/flash-linear-attention.

#include <cardfit/model/mixers/state_space.hpp>

#include <array>

namespace cardfit {

/// Ranks of the matrices that make what depends on the token in generations 6 and 7; 0: none.
struct rwkv_ranks {
    std::int64_t decay = 0;  ///< of the decay
    std::int64_t mix = 0;    ///< generation 6: for each of the five mixtures
    std::int64_t rate = 0;   ///< generation 7: of the in-context learning rate
    std::int64_t value = 0;  ///< generation 7: of the share of the first layer's values, which that layer lacks
    std::int64_t gate = 0;   ///< generation 7
    friend constexpr bool operator==(const rwkv_ranks&, const rwkv_ranks&) = default;
};

namespace mechanism {

/// What the layers of a generation have.
struct rwkv_generation {
    std::int64_t matrices = 0;          ///< receptance, key, value, output and, in generations 5 and 6, a gate
    std::int64_t mixtures = 0;          ///< vectors that mix a token with the one before it
    std::int64_t vectors = 0;           ///< other vectors: decay, bonus, the norm of each head
    std::int64_t operations = 0;        ///< FLOPs per token and element of the state
    std::int64_t channel_mixtures = 0;  ///< such vectors of the feed-forward
    bool receptance = false;            ///< the feed-forward's result has a gate of its own
};

/// The first generation with a row.
inline constexpr std::int64_t first_rwkv_generation = 4;
/// Operations are counted in the recurrence, not in the kernel: of a matrix per head, decay, outer product and its sum,
/// product with the receptance and its sum; in generation 7, two products more, of the delta rule. Generation 4 has ten
/// per channel and three numbers per channel.
inline constexpr std::array rwkv_generations{
    rwkv_generation{4, 3, 2, 4, 2, true},
    rwkv_generation{5, 4, 4, 5, 2, true},
    rwkv_generation{5, 6, 4, 5, 2, true},
    rwkv_generation{4, 6, 5, 9, 1, false},
};

/// Time mixing of a layer `hidden` wide whose recurrence has `width` channels in heads of `head_dim`.
struct time_mixing {
    std::int64_t generation = 7;  ///< 4 to 7
    std::int64_t hidden = 0;      ///< elements per token
    std::int64_t width = 0;       ///< channels of the recurrence
    std::int64_t head_dim = 0;    ///< channels per head
    rwkv_ranks ranks{};           ///< of the matrices that depend on the token
};

/// Returns the row of its generation.
[[nodiscard]] constexpr const rwkv_generation& generation_of(const time_mixing& m) noexcept {
    return rwkv_generations[static_cast<std::size_t>(m.generation - first_rwkv_generation)];
}

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const time_mixing& m) {
    const rwkv_generation& g = generation_of(m);
    const rwkv_ranks& r = m.ranks;
    for (std::int64_t i = 1; i < g.matrices; ++i) add_projection(b, m.hidden, m.width);
    add_projection(b, m.width, m.hidden);
    const bool newest = m.generation == 7;
    add_low_rank(b, m.hidden, r.decay, m.width, newest);
    add_low_rank(b, m.hidden, r.rate, m.width, true);
    add_low_rank(b, m.hidden, r.value, m.width, true);
    add_low_rank(b, m.hidden, r.gate, m.width, false);
    // Generation 6 makes the first matrices of its five mixtures as one, and the second ones as one.
    add_low_rank(b, m.hidden, 5 * r.mix, m.hidden, false);
    b.vector_parameters += g.mixtures * m.hidden + g.vectors * m.width;
}

/// What backward keeps is estimated from the operators: the mixtures that the matrices read, their results, the
/// recurrence's result before and after its norm and gate, and the results of the low ranks.
constexpr void add_saved_tensors(layer_block& b, const time_mixing& m) {
    const rwkv_generation& g = generation_of(m);
    const rwkv_ranks& r = m.ranks;
    const std::int64_t low = r.decay + r.rate + r.value + r.gate + 5 * r.mix;
    add_recurrent_tensors(b, m.hidden, g.mixtures * m.hidden + (g.matrices + g.vectors + 3) * m.width + low);
}

[[nodiscard]] constexpr attention_answers attention_of(const time_mixing&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const time_mixing&) noexcept { return {}; }
/// @}

/// The state, and the last token that both halves of a layer mix with the next.
[[nodiscard]] constexpr state_answers state_of(const time_mixing& m) noexcept {
    constexpr std::int64_t numbers = 3;
    const std::int64_t width = m.width * (m.generation == first_rwkv_generation ? numbers : m.head_dim);
    return {.update = state_update::in_chunks,
            .width = width,
            .convolution = 2 * m.hidden,
            .gate_width = m.hidden,
            .flops = generation_of(m).operations * width};
}

}  // namespace mechanism

}  // namespace cardfit
