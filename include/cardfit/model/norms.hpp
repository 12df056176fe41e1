// SPDX-License-Identifier: MIT
#pragma once

// Norms on the residual path of a layer, and the dropout behind its two halves.

#include <cardfit/model/block.hpp>

namespace cardfit {

enum class norm : unsigned char { rms, layer };

namespace mechanism {

/// Norms of a layer whose residual path is `hidden` wide.
struct residual_norms {
    std::int64_t hidden = 0;
    std::int64_t count = 2;
    cardfit::norm kind = norm::rms;
    bool bias = true;  ///< LayerNorms with a bias
};

/// Elements of weights and biases of one norm.
[[nodiscard]] constexpr std::int64_t vectors_of(const residual_norms& n) noexcept {
    return n.kind == norm::layer && n.bias ? 2 * n.hidden : n.hidden;
}

/// Adds the norms' parameters and what they and full recomputation save.
constexpr void add_norms(block& b, const residual_norms& n) {
    const bool rms = n.kind == norm::rms;
    const std::int64_t read = n.count * n.hidden;
    b.vector_parameters += n.count * vectors_of(n);
    b.width.of[tensor_role::layer_input] = n.hidden;
    b.width.of[rms ? tensor_role::rms_norm_input : tensor_role::layer_norm_input] += read;
    b.width.of[tensor_role::rms_normalized] += rms ? read : 0;
}

}  // namespace mechanism

}  // namespace cardfit
