// SPDX-License-Identifier: MIT
#pragma once

// Attention residuals in blocks (AttnRes; Kimi K3, arXiv 2607.24653, section 2.2): the input of each half of a layer is
// a mixture of the sums of earlier blocks of layers and of the running one, whose weights are scores of a learned
// vector and their norms. Shapes: transformers, modeling_kimi_linear.py.

#include <cardfit/model/norms.hpp>
#include <cardfit/units.hpp>

namespace cardfit::mechanism {

/// Attention residuals of a layer.
struct residual_attention {
    std::int64_t hidden = 0;  ///< elements per token
    std::int64_t block = 0;   ///< layers of a block
    std::int64_t layers = 0;  ///< of the model
};

/// Returns how many sums the last layers choose from: one per block that is begun, and the embedding.
[[nodiscard]] constexpr std::int64_t most_sums(const residual_attention& a) noexcept {
    return divide_up(a.layers, a.block) + 1;
}

/// Adds both halves' mixtures to a layer: a norm and a vector each. The sums that stand beside a layer's own tensors
/// are counted at their largest number, and so is the work: scores and the mixture are two multiply-adds per element.
constexpr void add_residual_attention(layer_block& b, const residual_attention& a) {
    const std::int64_t read = most_sums(a) * a.hidden;
    b.vector_parameters += 2 * 2 * a.hidden;
    b.width.of[tensor_role::replicated_operand] += 2 * read;
    b.attention.flops += 2 * 4 * read;
}

/// Returns the parameters of the mixture behind the layers.
[[nodiscard]] constexpr std::int64_t outer_parameters(const residual_attention& a) noexcept { return 2 * a.hidden; }

}  // namespace cardfit::mechanism
