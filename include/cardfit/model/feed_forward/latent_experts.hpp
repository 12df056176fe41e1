// SPDX-License-Identifier: MIT
#pragma once

// Experts that read and make a latent narrower than the hidden state (LatentMoE; Elango et al., arXiv 2601.18089), as
// Nemotron 3 Super and Kimi K3 have them: one matrix makes the latent, one leads back. The router and the shared
// experts read the hidden state. Shapes: modeling_nemotron_h.py beside nvidia's weights; transformers,
// modeling_kimi_linear.py.

#include <cardfit/model/feed_forward/experts.hpp>

namespace cardfit::mechanism {

/// Experts that read and make a latent.
struct latent_experts {
    mechanism::experts common{};  ///< the experts; `hidden` is the layer's
    std::int64_t latent = 0;      ///< elements per token of the latent
    bool norm = false;            ///< a norm of the latent behind the experts (Kimi K3)
};

/// Every tensor-parallel card has the matrices around the experts, because all experts read the latent.
constexpr void add_parameters(layer_block& b, const latent_experts& f) {
    constexpr weight_split copied = weight_split::none;
    const std::int64_t hidden = f.common.hidden;
    add_parameters(b, f.common);
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        linear& m = b.linears[i];
        if (m.split != weight_split::expert) continue;
        (m.target == target::down ? m.out : m.in) = f.latent;
    }
    b.add({.target = target::latent, .split = copied, .in = hidden, .out = f.latent});
    b.add({.target = target::latent, .split = copied, .in = f.latent, .out = hidden});
    if (f.norm) b.vector_parameters += f.latent;
}

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_saved_tensors(layer_block& b, const latent_experts& f) {
    const std::int64_t active = f.common.mixture.active;
    add_saved_tensors(b, f.common);
    b.width.of[tensor_role::expert_input] = active * f.latent;
    b.width.of[tensor_role::expert_output] = active * f.latent;
    b.width.of[tensor_role::latent] += 2 * f.latent;
}

[[nodiscard]] constexpr feed_forward_answers feed_forward_of(const latent_experts& f) noexcept {
    return feed_forward_of(f.common);
}
/// @}

}  // namespace cardfit::mechanism
