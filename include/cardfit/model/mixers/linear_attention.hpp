// SPDX-License-Identifier: MIT
#pragma once

// Linear attention with a gated delta rule (Yang et al., arXiv 2412.06464), as Qwen3-Next has it: transformers,
// modeling_qwen3_next.py, Qwen3NextGatedDeltaNet.

#include <cardfit/model/mixers/state_space.hpp>

namespace cardfit::mechanism {

/// `space.groups` key heads of `space.state` elements, `space.heads` value heads.
struct gated_delta_net {
    std::int64_t hidden = 0;  ///< elements per token
    state_space space{};      ///< heads, state and convolution
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const gated_delta_net& m) {
    const state_space& s = m.space;
    const std::int64_t convolved = convolved_width(s);
    add_projection(b, m.hidden, convolved + s.inner);
    add_projection(b, m.hidden, 2 * s.heads);
    add_projection(b, s.inner, m.hidden);
    b.vector_parameters += convolved * (s.kernel + (s.convolution_bias ? 1 : 0)) + 2 * s.heads + s.inner / s.heads;
}

/// What backward keeps is estimated from the operators of the chunked kernel: the convolution's input and output, the
/// gate, the rule's output, step and decay, and one row per head of a chunk's 64 x 64 matrix.
constexpr void add_saved_tensors(layer_block& b, const gated_delta_net& m) {
    constexpr std::int64_t chunk = 64;
    const state_space& s = m.space;
    add_recurrent_tensors(b, m.hidden, 2 * convolved_width(s) + 2 * s.inner + (2 + chunk) * s.heads);
}

[[nodiscard]] constexpr attention_answers attention_of(const gated_delta_net&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const gated_delta_net&) noexcept { return {}; }

[[nodiscard]] constexpr state_answers state_of(const gated_delta_net& m) noexcept {
    return delta_rule_state(m.hidden, m.space, convolved_width(m.space));
}
/// @}

}  // namespace cardfit::mechanism
