// SPDX-License-Identifier: MIT
#pragma once

// A gated short convolution (LFM2: transformers, modeling_lfm2.py, Lfm2ShortConv): one matrix makes two gates and the
// input of a causal convolution over a few tokens, channel by channel. What is carried are the convolution's last
// inputs.

#include <cardfit/model/mixers/state_space.hpp>

namespace cardfit::mechanism {

/// `space.kernel` tokens and `space.convolution_bias`, which the matrices share; the other members are not used.
struct short_convolution {
    std::int64_t hidden = 0;  ///< elements per token
    state_space space{};      ///< `kernel` and `convolution_bias`
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const short_convolution& m) {
    const bool bias = m.space.convolution_bias;
    add_projection(b, m.hidden, 3 * m.hidden, bias);
    add_projection(b, m.hidden, m.hidden, bias);
    b.vector_parameters += m.hidden * (m.space.kernel + (bias ? 1 : 0));
}

/// Backward keeps the gates and the input, their product, the convolution's result and what the output matrix reads.
constexpr void add_saved_tensors(layer_block& b, const short_convolution& m) {
    add_recurrent_tensors(b, m.hidden, 6 * m.hidden);
}

[[nodiscard]] constexpr attention_answers attention_of(const short_convolution&) noexcept { return {}; }
[[nodiscard]] constexpr cache_answers cache_of(const short_convolution&) noexcept { return {}; }
/// @}

/// Two products with gates beside the convolution's multiply-adds.
[[nodiscard]] constexpr state_answers state_of(const short_convolution& m) noexcept {
    return {.update = state_update::in_chunks,
            .convolution = (m.space.kernel - 1) * m.hidden,
            .gate_width = m.hidden,
            .flops = (2 * m.space.kernel + 2) * m.hidden};
}

}  // namespace cardfit::mechanism
