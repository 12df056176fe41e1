// SPDX-License-Identifier: MIT
#pragma once

// Norms on the residual path of a layer, and the dropout behind its two halves.

#include <cardfit/model/block.hpp>

namespace cardfit {

/// RMSNorm (arXiv 1910.07467) or LayerNorm (arXiv 1607.06450).
enum class norm_kind : unsigned char { rms, layer };

namespace models {
/// For rows of models: `models::norm::rms`.
using norm = norm_kind;
}  // namespace models

namespace mechanism {

/// Norms of a layer whose residual path is `hidden` wide.
struct residual_norms {
    std::int64_t hidden = 0;                   ///< elements per token
    std::int64_t count = 2;                    ///< norms per layer
    cardfit::norm_kind kind = norm_kind::rms;  ///< LayerNorm or RMSNorm
    bool bias = true;                          ///< LayerNorms with a bias
    bool weights = true;                       ///< false: norms without parameters (OLMo)
    bool wide = false;                         ///< RMSNorms whose result is multiplied by the weight in fp32 (Gemma)
};

/// Elements of weights and biases of one norm.
[[nodiscard]] constexpr std::int64_t vectors_of(const residual_norms& n) noexcept {
    return !n.weights ? 0 : n.kind == norm_kind::layer && n.bias ? 2 * n.hidden : n.hidden;
}

/// Adds the norms' parameters and what they and full recomputation save.
constexpr void add_norms(layer_block& b, const residual_norms& n) {
    const bool rms = n.kind == norm_kind::rms;
    const std::int64_t read = n.count * n.hidden;
    b.vector_parameters += n.count * vectors_of(n);
    b.width.of[tensor_role::layer_input] = n.hidden;
    b.width.of[rms ? tensor_role::rms_norm_input : tensor_role::layer_norm_input] += read;
    b.width.of[n.wide ? tensor_role::rms_normalized_wide : tensor_role::rms_normalized] += rms ? read : 0;
}

}  // namespace mechanism

}  // namespace cardfit
