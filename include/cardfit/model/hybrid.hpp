// SPDX-License-Identifier: MIT
#pragma once

// Models whose layers carry a state of fixed size instead of a cache that grows: state spaces (Mamba, Mamba-2), linear
// attention with a gated delta rule, and their mixtures with attention layers; and their lowering to blocks.

#include <cardfit/model/transformer.hpp>

namespace cardfit {

/// What a recurrent layer computes.
enum class recurrence : unsigned char {
    mamba,            ///< selective state space, a state a channel (Gu and Dao, arXiv 2312.00752, section 3)
    mamba2,           ///< one decay a head (Dao and Gu, arXiv 2405.21060, section 7)
    gated_delta_net,  ///< linear attention with a delta rule (Yang et al., arXiv 2412.06464), as Qwen3-Next has it
};

/// The recurrent layers. Zero means the default in the comment.
struct state_space {
    recurrence kind = recurrence::mamba;
    std::int64_t inner = 0;    ///< width of the recurrence; default: 2 x hidden
    std::int64_t state = 0;    ///< elements a channel carries: the state size, or the width of a key head
    std::int64_t kernel = 4;   ///< of the short convolution
    std::int64_t groups = 0;   ///< Mamba-2: groups of B and C; delta rule: key heads
    std::int64_t heads = 0;    ///< Mamba-2: heads; delta rule: value heads
    std::int64_t dt_rank = 0;  ///< Mamba: rank of the step's projection; default: hidden / 16, rounded up
    bool convolution_bias = true;
    bool inner_norms = false;  ///< Mamba: norms with weights on step, B and C (Jamba)
    friend constexpr bool operator==(const state_space&, const state_space&) = default;
};

/// Every layer of a model.
inline constexpr layer_set all_layers{{~std::uint64_t{0}, ~std::uint64_t{0}}};

/// Layers offset, offset + period, ... (from 0), as configs write them.
[[nodiscard]] constexpr layer_set layers_every(std::int64_t period, std::int64_t offset) noexcept {
    layer_set set;
    for (std::int64_t i = offset; i >= 0 && period > 0 && i < max_listed_layers; i += period) set.add(i);
    return set;
}

/// The places of one letter in a pattern of layers, as Nemotron-H's "M-M-M-M*-".
template <std::size_t N>
[[nodiscard]] constexpr layer_set layers_of(const char (&pattern)[N], char letter) noexcept {
    static_assert(N <= max_listed_layers + 1);
    layer_set set;
    for (std::size_t i = 0; i + 1 < N; ++i)
        if (pattern[i] == letter) set.add(static_cast<std::int64_t>(i));
    return set;
}

/// A decoder of recurrent and attention layers, no more than 128. Norms are RMS, one before each half of a layer.
struct hybrid {
    std::int64_t layers = 0;
    std::int64_t hidden = 0;
    std::int64_t vocab = 0;
    bool tied_embeddings = false;
    state_space state{};

    layer_set attention{};     ///< layers that attend; the others carry a state
    layer_set mixerless{};     ///< layers that do neither: a feed-forward alone
    layer_set feed_forward{};  ///< layers that have a feed-forward
    layer_set sparse{};        ///< layers whose feed-forward are experts

    std::int64_t heads = 0;
    std::int64_t kv_heads = 0;  ///< default: heads
    std::int64_t head_dim = 0;  ///< default: hidden / heads
    bool head_norm = false;
    bool attention_gate = false;  ///< a gate as wide as the queries on what attention makes (Qwen3-Next)

    std::int64_t ffn = 0;
    bool ffn_gated = true;
    mixture_of_experts experts{};
    friend constexpr bool operator==(const hybrid&, const hybrid&) = default;
};

namespace detail {

[[nodiscard]] constexpr state_space resolved(const hybrid& m) noexcept {
    state_space s = m.state;
    if (s.inner == 0) s.inner = 2 * m.hidden;
    if (s.dt_rank == 0) s.dt_rank = (m.hidden + 15) / 16;
    return s;
}

/// Layers of one kind: what mixes tokens (0: a state, 1: attention, 2: nothing) and what follows (0: nothing, 1: a
/// dense feed-forward, 2: experts).
inline constexpr int mixers = 3;
inline constexpr int followers = 3;
[[nodiscard]] constexpr layer_set layers_of_kind(const hybrid& m, int mixer, int follower) noexcept {
    const layer_set mixes[mixers]{~m.attention & ~m.mixerless, m.attention & ~m.mixerless, m.mixerless};
    const layer_set follows[followers]{~m.feed_forward, m.feed_forward & ~m.sparse, m.feed_forward & m.sparse};
    return mixes[mixer] & follows[follower];
}
[[nodiscard]] constexpr std::int64_t count_of_kind(const hybrid& m, int mixer, int follower) noexcept {
    return layers_of_kind(m, mixer, follower).count(0, m.layers);
}

/// The transformer whose attention and feed-forward the hybrid's layers have.
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
            .head_norm = m.head_norm};
}

}  // namespace detail

/// Everything that is wrong with a model's dimensions; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const hybrid& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t million = 1'000'000;
    problem_list found(action);
    const state_space& s = m.state;
    const bool headed = s.kind != recurrence::mamba;
    found.ranges(problem{"model.hybrid.layers", m.layers, 1, max_listed_layers},
                 problem{"model.hybrid.hidden", m.hidden, 1, million},
                 problem{"model.hybrid.vocab", m.vocab, 1, 10 * million},
                 problem{"model.hybrid.heads", m.heads, m.attention.empty() ? 0 : 1, 10'000},
                 problem{"model.hybrid.ffn", m.ffn, 0, 10 * million},
                 problem{"model.hybrid.state.inner", s.inner, 0, 10 * million},
                 problem{"model.hybrid.state.state", s.state, 1, 100'000},
                 problem{"model.hybrid.state.kernel", s.kernel, 1, 1000},
                 problem{"model.hybrid.state.groups", s.groups, headed ? 1 : 0, headed ? 10'000 : 0},
                 problem{"model.hybrid.state.heads", s.heads, headed ? 1 : 0, headed ? 100'000 : 0},
                 problem{"model.hybrid.state.dt_rank", s.dt_rank, 0, million});
    if (!found.empty()) return found;
    std::int64_t kinds = 0;
    std::int64_t dense = 0;
    std::int64_t sparse = 0;
    for (int mixer = 0; mixer < detail::mixers; ++mixer) {
        for (int follower = 0; follower < detail::followers; ++follower)
            kinds += detail::count_of_kind(m, mixer, follower) > 0 ? 1 : 0;
        dense += detail::count_of_kind(m, mixer, 1);
        sparse += detail::count_of_kind(m, mixer, 2);
    }
    found.require(condition{kinds <= static_cast<std::int64_t>(max_block_kinds), "model.hybrid.layers", kinds,
                            "layers of at most 4 kinds"},
                  condition{dense == 0 || m.ffn > 0, "model.hybrid.ffn", m.ffn, "the width of the dense feed-forward"},
                  condition{sparse == 0 || m.experts.count > 0, "model.hybrid.experts.count", m.experts.count,
                            "experts for the sparse layers"});
    if (!found.empty()) return found;
    // The rest is a transformer's: heads, experts, and the bound on the parameters.
    for (const problem& p : problems(detail::attending(m))) found.add(p);
    return found;
}

namespace detail {

constexpr void add_projection(block& b, std::int64_t in, std::int64_t out, bool bias = false) {
    b.linears[b.linear_count++] = {.target = target::recurrence, .in = in, .out = out, .bias = bias};
}

/// mamba_ssm/modules/mamba_simple.py. Backward of the fused kernel (mamba_inner_fn, checkpoint_lvl 1) keeps both halves
/// of in_proj's output, x_proj's output and the scan's output; convolution and step are computed again, and the scan's
/// own checkpoints (one a 2048 tokens) are nothing.
constexpr void add_mamba(block& b, std::int64_t h, const state_space& s) {
    const std::int64_t e = s.inner;
    const std::int64_t parameters_per_token = s.dt_rank + 2 * s.state;
    add_projection(b, h, 2 * e);
    add_projection(b, e, parameters_per_token);
    add_projection(b, s.dt_rank, e, true);
    add_projection(b, e, h);
    b.vector_parameters +=
        e * s.kernel + (s.convolution_bias ? e : 0) + e * s.state + e + (s.inner_norms ? parameters_per_token : 0);
    b.width.of[tensor_role::recurrent_state] = 3 * e + parameters_per_token;
    b.convolution_state = (s.kernel - 1) * e;
}

/// mamba_ssm/modules/mamba2.py. Backward of mamba_split_conv1d_scan_combined keeps in_proj's output and the scan's.
constexpr void add_mamba2(block& b, std::int64_t h, const state_space& s) {
    const std::int64_t e = s.inner;
    const std::int64_t convolved = e + 2 * s.groups * s.state;
    const std::int64_t projected = e + convolved + s.heads;
    add_projection(b, h, projected);
    add_projection(b, e, h);
    b.vector_parameters += convolved * (s.kernel + (s.convolution_bias ? 1 : 0)) + 3 * s.heads + e;
    b.width.of[tensor_role::recurrent_state] = projected + e;
    b.convolution_state = (s.kernel - 1) * convolved;
}

/// transformers' modeling_qwen3_next.py, Qwen3NextGatedDeltaNet. What backward keeps is estimated from the operators of
/// its chunked kernel: the convolution's input and output, the gate, the rule's output, step and decay, and one row of
/// the 64 x 64 matrix of a chunk a head.
constexpr void add_gated_delta_net(block& b, std::int64_t h, const state_space& s) {
    constexpr std::int64_t chunk = 64;
    const std::int64_t e = s.inner;
    const std::int64_t convolved = e + 2 * s.groups * s.state;
    add_projection(b, h, convolved + e);
    add_projection(b, h, 2 * s.heads);
    add_projection(b, e, h);
    b.vector_parameters += convolved * (s.kernel + (s.convolution_bias ? 1 : 0)) + 2 * s.heads + e / s.heads;
    b.width.of[tensor_role::recurrent_state] = 2 * convolved + 2 * e + (2 + chunk) * s.heads;
    b.convolution_state = (s.kernel - 1) * convolved;
}

/// One kind of recurrence: how it lowers, and multiplications and additions a token and element of the state.
struct recurrence_row {
    void (*lower)(block&, std::int64_t, const state_space&) = nullptr;
    std::int64_t operations = 0;
};
inline constexpr recurrence_row recurrence_rows[]{
    // Nine: the selective scan's count in state-spaces/mamba issue 110, as VMamba's flops_selective_scan_fn has it.
    {add_mamba, 9},
    // Decay, outer product and its sum, product with C and its sum; estimated from the recurrence, not the kernel.
    {add_mamba2, 5},
    // The same, and what the delta rule reads from the state first; estimated likewise.
    {add_gated_delta_net, 7},
};

/// A recurrent mixer. Its state is one matrix: channels x state.
constexpr void add_recurrence(block& b, std::int64_t h, const state_space& s) {
    const recurrence_row& row = recurrence_rows[static_cast<std::size_t>(s.kind)];
    row.lower(b, h, s);
    b.width.of[tensor_role::attention_input] = h;
    b.width.of[tensor_role::attention_input_casts] = h;
    b.state_width = s.inner * s.state;
    b.convolution_flops =
        row.operations * b.state_width + 2 * s.kernel * (b.convolution_state / larger(s.kernel - 1, 1));
}

constexpr void add_gated_attention(block& b, const hybrid& m) {
    add_attention(b, attending(m));
    b.causal = true;
    if (!m.attention_gate) return;
    const std::int64_t width = b.width.of[tensor_role::query];
    b.linears[b.linear_count++] = {.target = target::query, .in = m.hidden, .out = width};
    b.width.of[tensor_role::gate_output] += width;
    b.width.of[tensor_role::feed_forward_hidden] += width;
}

constexpr void lower_kind(block& b, const hybrid& m, int mixer, int follower) {
    const std::int64_t norms = (mixer == 2 ? 0 : 1) + (follower == 0 ? 0 : 1);
    b.width.of[tensor_role::layer_input] = m.hidden;
    b.width.of[tensor_role::rms_norm_input] = b.width.of[tensor_role::rms_normalized] = norms * m.hidden;
    b.vector_parameters = norms * m.hidden;
    if (follower == 1) add_feed_forward(b, attending(m), m.ffn);
    if (follower == 2) add_experts(b, attending(m));
    if (mixer == 0) add_recurrence(b, m.hidden, resolved(m));
    if (mixer == 1) add_gated_attention(b, m);
}

}  // namespace detail

/// Lowers a hybrid to blocks. Throws invalid_input (a std::invalid_argument) for dimensions that make no model.
[[nodiscard]] constexpr network lower(const hybrid& m) {
    check(m);
    network net;
    net.layers = m.layers;
    net.hidden = m.hidden;
    // Where nothing attends, tensor parallelism divides the recurrence's heads, or its channels.
    const state_space s = detail::resolved(m);
    net.heads = !m.attention.empty() ? m.heads : s.kind == recurrence::mamba ? s.inner : s.heads;
    net.kv_heads = !m.attention.empty() && m.kv_heads > 0 ? m.kv_heads : net.heads;
    net.experts = m.experts.count;
    for (int mixer = 0; mixer < detail::mixers; ++mixer)
        for (int follower = 0; follower < detail::followers; ++follower) {
            if (detail::count_of_kind(m, mixer, follower) == 0) continue;
            block& b = net.blocks[net.block_kinds++];
            detail::lower_kind(b, m, mixer, follower);
            b.layers = {.begin = 0, .end = m.layers, .listed = detail::layers_of_kind(m, mixer, follower)};
        }
    net.embedding_parameters = m.vocab * m.hidden;
    net.head_parameters = m.tied_embeddings ? 0 : m.vocab * m.hidden;
    net.tied = m.tied_embeddings;
    net.logits = m.vocab;
    net.final_parameters = net.final_norm_width = m.hidden;
    return net;
}

}  // namespace cardfit
