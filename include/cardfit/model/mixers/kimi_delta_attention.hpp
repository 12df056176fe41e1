// SPDX-License-Identifier: MIT
#pragma once

// Kimi Delta Attention, KDA (arXiv 2510.26692): linear attention with a delta rule whose decay is one number per
// channel of a key. Shapes: transformers, modeling_kimi_linear.py; in Kimi K3, the gate of the result is a matrix of
// full rank.

#include <cardfit/model/mixers/state_space.hpp>

namespace cardfit::mechanism {

/// `space.heads` heads, whose queries, keys and values have `space.state` elements.
struct kimi_delta_attention {
    std::int64_t hidden = 0;  ///< elements per token
    state_space space{};      ///< heads, state and convolution
};

/// One matrix makes queries, keys and values, as engines join them; two of a low rank make the decay and, unless it is
/// of full rank, the gate. A number per head scales the rule, and another the decay, which has a bias per channel.
constexpr void add_parameters(layer_block& b, const kimi_delta_attention& m) {
    const state_space& s = m.space;
    add_projection(b, m.hidden, 3 * s.inner);
    add_low_rank(b, m.hidden, s.state, s.inner);
    if (s.full_rank_gate)
        add_projection(b, m.hidden, s.inner);
    else
        add_low_rank(b, m.hidden, s.state, s.inner);
    add_projection(b, m.hidden, s.heads);
    add_projection(b, s.inner, m.hidden);
    b.vector_parameters += 3 * s.inner * s.kernel + s.inner + s.heads + s.state;
}

/// What backward keeps is estimated from the operators of the chunked kernel, as for gated_delta_net, with a decay per
/// channel.
constexpr void add_saved_tensors(layer_block& b, const kimi_delta_attention& m) {
    constexpr std::int64_t chunk = 64;
    const state_space& s = m.space;
    add_recurrent_tensors(b, m.hidden, 6 * s.inner + 3 * s.inner + (1 + chunk) * s.heads);
}

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr attention_answers attention_of(const kimi_delta_attention&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const kimi_delta_attention&) noexcept { return {}; }

[[nodiscard]] constexpr state_answers state_of(const kimi_delta_attention& m) noexcept {
    return delta_rule_state(m.hidden, m.space, 3 * m.space.inner);
}
/// @}

}  // namespace cardfit::mechanism
