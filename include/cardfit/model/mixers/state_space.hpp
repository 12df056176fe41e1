// SPDX-License-Identifier: MIT
#pragma once

// State-space layers: Mamba (Gu and Dao, arXiv 2312.00752) and Mamba-2 (Dao and Gu, arXiv 2405.21060). Instead of a
// cache that grows, a sequence carries a state of fixed size, one matrix of channels x state.

#include <cardfit/model/block.hpp>

namespace cardfit {

/// What a recurrent layer computes.
enum class recurrence : unsigned char {
    mamba,              ///< selective state space, one state per channel (arXiv 2312.00752, section 3)
    mamba2,             ///< one decay per head (arXiv 2405.21060, section 7)
    gated_delta_net,    ///< linear attention with a delta rule: mixers/linear_attention.hpp
    lightning,          ///< linear attention with a decay per head: mixers/lightning_attention.hpp
    gated_linear,       ///< one number per channel: mixers/gated_linear_recurrence.hpp
    short_convolution,  ///< a convolution alone: mixers/short_convolution.hpp
    kimi_delta,         ///< linear attention with a delta rule, a decay per channel: mixers/kimi_delta_attention.hpp
};

/// Returns true if a recurrence has heads, which tensor parallelism divides; the others have channels.
[[nodiscard]] constexpr bool has_heads(recurrence kind) noexcept {
    return kind != recurrence::mamba && kind != recurrence::short_convolution;
}

/// The recurrent layers of a model. Zero means the default in the comment.
struct state_space {
    recurrence kind = recurrence::mamba;  ///< the kind of recurrence
    std::int64_t inner = 0;               ///< width of the recurrence; default: 2 x hidden
    std::int64_t state = 0;        ///< elements that a channel carries: the state size, or the width of a key head
    std::int64_t kernel = 4;       ///< of the short convolution
    std::int64_t groups = 0;       ///< Mamba-2: groups of B and C; delta rule: key heads
    std::int64_t heads = 0;        ///< Mamba-2: heads; delta rule: value heads
    std::int64_t dt_rank = 0;      ///< Mamba: rank of the step's projection; default: hidden / 16, rounded up
    bool convolution_bias = true;  ///< the short convolution has a bias
    bool inner_norms = false;      ///< Mamba: norms with weights on step, B and C (Jamba)
    bool gate_norm = true;         ///< Mamba-2: a norm of the gated result (Falcon-H1: without)
    bool full_rank_gate = false;   ///< Kimi's delta rule: a gate that one matrix makes (Kimi K3)
    friend constexpr bool operator==(const state_space&, const state_space&) = default;
};

namespace mechanism {

/// A recurrent mixer of a layer `hidden` wide; `space` has no member at its default of zero.
struct mamba {
    std::int64_t hidden = 0;  ///< elements per token
    state_space space{};      ///< its shape
};
/// A Mamba-2 mixer of a layer (arXiv 2405.21060).
struct mamba2 {
    std::int64_t hidden = 0;  ///< elements per token
    state_space space{};      ///< its shape
};

/// Adds a matrix of in x out weights to the recurrence.
constexpr void add_projection(layer_block& b, std::int64_t in, std::int64_t out, bool bias = false) {
    b.add({.target = target::recurrence, .in = in, .out = out, .bias = bias});
}

/// Adds two matrices of a low rank, if there are any. Every tensor-parallel card has the first.
constexpr void add_low_rank(layer_block& b, std::int64_t in, std::int64_t rank, std::int64_t out, bool bias = false) {
    if (rank == 0) return;
    b.add({.target = target::recurrence, .split = weight_split::none, .in = in, .out = rank});
    add_projection(b, rank, out, bias);
}

/// Saved tensors of every recurrent mixer: its input, and `state` elements per token of the recurrence.
constexpr void add_recurrent_tensors(layer_block& b, std::int64_t hidden, std::int64_t state) {
    b.width.of[tensor_role::attention_input] = hidden;
    b.width.of[tensor_role::attention_input_casts] = hidden;
    b.width.of[tensor_role::recurrent_state] = state;
}

/// The state of a recurrence whose short convolution has `convolved` channels, and which takes `operations` FLOPs per
/// element of the state and token.
[[nodiscard]] constexpr state_answers chunked_state(std::int64_t hidden, const state_space& s, std::int64_t convolved,
                                                    std::int64_t operations) noexcept {
    const std::int64_t width = s.inner * s.state;
    const std::int64_t convolution = s.kernel > 1 ? 2 * s.kernel * convolved : 0;
    return {.update = state_update::in_chunks,
            .width = width,
            .convolution = (s.kernel - 1) * convolved,
            .gate_width = hidden,
            .flops = operations * width + convolution};
}

/// The state of a recurrence whose tokens correct it (delta rule). Seven operations: Mamba-2's five, and what the rule
/// reads from the state first; estimated likewise.
[[nodiscard]] constexpr state_answers delta_rule_state(std::int64_t hidden, const state_space& s,
                                                       std::int64_t convolved) noexcept {
    state_answers state = chunked_state(hidden, s, convolved, 7);
    state.delta_rule = true;
    return state;
}

// ---- Mamba: mamba_ssm/modules/mamba_simple.py

/// Elements per token of step, B and C.
[[nodiscard]] constexpr std::int64_t selection_width(const mamba& m) noexcept {
    return m.space.dt_rank + 2 * m.space.state;
}

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const mamba& m) {
    const state_space& s = m.space;
    const std::int64_t e = s.inner;
    add_projection(b, m.hidden, 2 * e);
    add_projection(b, e, selection_width(m));
    add_projection(b, s.dt_rank, e, true);
    add_projection(b, e, m.hidden);
    const std::int64_t convolution = e * s.kernel + (s.convolution_bias ? e : 0);
    const std::int64_t decay_and_skip = e * s.state + e;
    b.vector_parameters += convolution + decay_and_skip + (s.inner_norms ? selection_width(m) : 0);
}

/// Backward of the fused kernel (mamba_inner_fn, checkpoint_lvl 1) keeps both halves of in_proj's output, x_proj's
/// output and the scan's output; convolution and step are computed again, and the scan's own checkpoints (one per 2,048
/// tokens) are negligible.
constexpr void add_saved_tensors(layer_block& b, const mamba& m) {
    add_recurrent_tensors(b, m.hidden, 3 * m.space.inner + selection_width(m));
}

[[nodiscard]] constexpr attention_answers attention_of(const mamba&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const mamba&) noexcept { return {}; }
/// @}

/// Nine operations: the selective scan's count in state-spaces/mamba issue 110, as VMamba's flops_selective_scan_fn has
/// it.
[[nodiscard]] constexpr state_answers state_of(const mamba& m) noexcept {
    return chunked_state(m.hidden, m.space, m.space.inner, 9);
}

// ---- Mamba-2: mamba_ssm/modules/mamba2.py

/// Channels of the short convolution: the recurrence's input, B and C.
[[nodiscard]] constexpr std::int64_t convolved_width(const state_space& s) noexcept {
    return s.inner + 2 * s.groups * s.state;
}
/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr std::int64_t projected_width(const mamba2& m) noexcept {
    return m.space.inner + convolved_width(m.space) + m.space.heads;
}

constexpr void add_parameters(layer_block& b, const mamba2& m) {
    const state_space& s = m.space;
    add_projection(b, m.hidden, projected_width(m));
    add_projection(b, s.inner, m.hidden);
    b.vector_parameters +=
        convolved_width(s) * (s.kernel + (s.convolution_bias ? 1 : 0)) + 3 * s.heads + (s.gate_norm ? s.inner : 0);
}

/// Backward of mamba_split_conv1d_scan_combined keeps in_proj's output and the scan's.
constexpr void add_saved_tensors(layer_block& b, const mamba2& m) {
    add_recurrent_tensors(b, m.hidden, projected_width(m) + m.space.inner);
}

[[nodiscard]] constexpr attention_answers attention_of(const mamba2&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const mamba2&) noexcept { return {}; }
/// @}

/// Five operations: decay, outer product and its sum, product with C and its sum; estimated from the recurrence, not
/// counted in the kernel.
[[nodiscard]] constexpr state_answers state_of(const mamba2& m) noexcept {
    return chunked_state(m.hidden, m.space, convolved_width(m.space), 5);
}

}  // namespace mechanism

}  // namespace cardfit
