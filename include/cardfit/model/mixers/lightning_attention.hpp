// SPDX-License-Identifier: MIT
#pragma once

// Lightning attention (Qin et al., arXiv 2401.04658), as MiniMax-01 has it (arXiv 2501.08313, section 2.2;
// transformers, modeling_minimax.py, MiniMaxLightningAttention): linear attention whose heads have a fixed decay, with
// a norm and a gate on its result.

#include <cardfit/model/mixers/state_space.hpp>

namespace cardfit::mechanism {

/// `space.heads` heads, whose queries and keys have `space.state` elements; `space.inner` elements of values.
struct lightning_attention {
    std::int64_t hidden = 0;  ///< elements per token
    state_space space{};      ///< heads, state and values
};

/// One matrix makes queries, keys and values; others the gate and the output. The norm has a weight per element of the
/// values; the decays are no parameters.
constexpr void add_parameters(layer_block& b, const lightning_attention& m) {
    const state_space& s = m.space;
    add_projection(b, m.hidden, 2 * s.heads * s.state + s.inner);
    add_projection(b, m.hidden, s.inner);
    add_projection(b, s.inner, m.hidden);
    b.vector_parameters += s.inner;
}

/// What backward keeps is estimated from the operators: queries, keys and values before and after their activation, the
/// attention's result, which the norm reads, the norm's result, the gate, and the product of the two.
constexpr void add_saved_tensors(layer_block& b, const lightning_attention& m) {
    const state_space& s = m.space;
    add_recurrent_tensors(b, m.hidden, 2 * (2 * s.heads * s.state + s.inner) + 4 * s.inner);
}

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr attention_answers attention_of(const lightning_attention&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const lightning_attention&) noexcept { return {}; }
/// @}

/// Five operations, as Mamba-2 has them: decay, outer product and its sum, product with the queries and its sum;
/// estimated from the recurrence, not counted in the kernel. There is no convolution.
[[nodiscard]] constexpr state_answers state_of(const lightning_attention& m) noexcept {
    return chunked_state(m.hidden, m.space, 0, 5);
}

}  // namespace cardfit::mechanism
