// SPDX-License-Identifier: MIT
#pragma once

// Channel mixing, the feed-forward of RWKV (Peng et al., arXiv 2305.13048): two matrices around a squared rectifier,
// whose input is mixed with that of the token before. Up to generation 6, a third matrix, the receptance, gates the
// result.

#include <cardfit/model/feed_forward/dense.hpp>

namespace cardfit::mechanism {

/// The feed-forward of RWKV.
struct channel_mixing {
    std::int64_t hidden = 0;    ///< elements per token
    std::int64_t ffn = 0;       ///< width between the matrices
    std::int64_t mixtures = 0;  ///< vectors that mix a token with the one before it
    bool receptance = false;    ///< a third matrix gates the result
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr dense_feed_forward matrices_of(const channel_mixing& f) noexcept {
    return {.hidden = f.hidden, .ffn = f.ffn, .gated = false};
}

constexpr void add_parameters(layer_block& b, const channel_mixing& f) {
    add_parameters(b, matrices_of(f));
    if (f.receptance) b.add({.target = target::gate, .in = f.hidden, .out = f.hidden});
    b.vector_parameters += f.mixtures * f.hidden;
}

/// Backward keeps the mixtures that the matrices read and, of the receptance, its result and what it gates.
constexpr void add_saved_tensors(layer_block& b, const channel_mixing& f) {
    add_saved_tensors(b, matrices_of(f));
    const std::int64_t gated = f.receptance ? 2 : 0;
    b.width.of[tensor_role::feed_forward_input] += (f.mixtures + gated) * f.hidden;
}

[[nodiscard]] constexpr feed_forward_answers feed_forward_of(const channel_mixing&) noexcept { return {}; }
/// @}

}  // namespace cardfit::mechanism
