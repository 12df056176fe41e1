// SPDX-License-Identifier: MIT
#pragma once

// The real-gated linear recurrent unit, RG-LRU (De et al., arXiv 2402.19427, section 2.4), as RecurrentGemma has it:
// transformers, modeling_recurrent_gemma.py, RecurrentGemmaRecurrentBlock. One number per channel is carried; gates are
// block-diagonal matrices, one block per head.

#include <cardfit/model/mixers/state_space.hpp>

namespace cardfit::mechanism {

/// `space.inner` channels in `space.heads` blocks.
struct gated_linear_recurrence {
    std::int64_t hidden = 0;  ///< elements per token
    state_space space{};      ///< channels, heads and convolution
};

/// Two matrices make the recurrence's input and the gate of its result, one leads back; two block-diagonal ones make
/// the gates of the input and of the decay. All have biases, and each channel a decay of its own.
constexpr void add_parameters(layer_block& b, const gated_linear_recurrence& m) {
    const state_space& s = m.space;
    add_projection(b, m.hidden, s.inner, true);
    add_projection(b, m.hidden, s.inner, true);
    add_projection(b, s.inner, m.hidden, true);
    add_projection(b, s.inner / s.heads, s.inner, true);
    add_projection(b, s.inner / s.heads, s.inner, true);
    b.vector_parameters += s.inner * (s.kernel + 1) + s.inner;
}

/// What backward keeps is estimated from the operators: both matrices' results and the activation of one, the
/// convolution's, both gates, the decay, and the recurrence's result before and after its gate.
constexpr void add_saved_tensors(layer_block& b, const gated_linear_recurrence& m) {
    add_recurrent_tensors(b, m.hidden, 9 * m.space.inner);
}

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr attention_answers attention_of(const gated_linear_recurrence&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const gated_linear_recurrence&) noexcept { return {}; }
/// @}

/// Eight operations per channel (decay from its gate, normalized input, product and sum), estimated from the
/// recurrence.
[[nodiscard]] constexpr state_answers state_of(const gated_linear_recurrence& m) noexcept {
    return chunked_state(m.hidden, m.space, m.space.inner, 8);
}

}  // namespace cardfit::mechanism
