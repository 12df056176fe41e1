// SPDX-License-Identifier: MIT
#pragma once

// A mixture of experts (Shazeer et al., arXiv 1701.06538; DeepSeekMoE, arXiv 2401.06066): a router sends each token to
// a few of many feed-forwards; shared experts, which every token visits, are an ordinary feed-forward beside them.

#include <cardfit/model/feed_forward/dense.hpp>

namespace cardfit {

/// Mixture of experts. `count` 0: dense.
struct mixture_of_experts {
    std::int64_t count = 0;   ///< routed experts of a layer
    std::int64_t active = 0;  ///< experts that a token visits: top-k
    /// Width of one expert's feed-forward.
    std::int64_t ffn = 0;
    /// Experts that every token visits, and the width of all of them together (0: shared x ffn).
    std::int64_t shared = 0;
    std::int64_t shared_ffn = 0;  ///< of all shared experts
    /// Leading layers with a dense feed-forward of the model's own width.
    std::int64_t dense_layers = 0;
    /// A learned gate on the shared experts (Qwen2-MoE), a bias or correction on the router (DeepSeek-V3, gpt-oss).
    bool shared_gate = false;
    bool router_bias = false;  ///< of the router
    friend constexpr bool operator==(const mixture_of_experts&, const mixture_of_experts&) = default;
};

namespace mechanism {

/// A router and its experts in a layer.
struct experts {
    std::int64_t hidden = 0;       ///< elements per token
    mixture_of_experts mixture{};  ///< number and width of the experts
    bool gated = true;             ///< a third matrix gates one half by the other
    bool bias = false;             ///< matrices have a bias
};

/// The shared experts: one feed-forward of their common width, which is 0 where there are none.
[[nodiscard]] constexpr dense_feed_forward shared_of(const experts& f) noexcept {
    const mixture_of_experts& e = f.mixture;
    return {.hidden = f.hidden,
            .ffn = e.shared_ffn > 0 ? e.shared_ffn : e.shared * e.ffn,
            .gated = f.gated,
            .bias = f.bias};
}

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const experts& f) {
    const mixture_of_experts& e = f.mixture;
    const dense_feed_forward shared = shared_of(f);
    if (shared.ffn > 0) add_parameters(b, shared);
    b.add(
        {.target = target::router, .split = weight_split::none, .in = f.hidden, .out = e.count, .bias = e.router_bias});
    if (e.shared_gate) b.add({.target = target::router, .split = weight_split::none, .in = f.hidden, .out = 1});
    const linear into{.target = target::up,
                      .split = weight_split::expert,
                      .in = f.hidden,
                      .out = e.ffn,
                      .copies = e.count,
                      .active = e.active,
                      .bias = f.bias,
                      .fused = f.gated ? fused_group::expert_gate_up : fused_group::none};
    if (f.gated) {
        linear gate = into;
        gate.target = target::gate;
        b.add(gate);
    }
    b.add(into);
    b.add({.target = target::down,
           .split = weight_split::expert,
           .in = e.ffn,
           .out = f.hidden,
           .copies = e.count,
           .active = e.active,
           .bias = f.bias});
}

constexpr void add_saved_tensors(layer_block& b, const experts& f) {
    const mixture_of_experts& e = f.mixture;
    std::int64_t(&w)[tensor_role_count] = b.width.of;
    const dense_feed_forward shared = shared_of(f);
    const std::int64_t visited = e.active * e.ffn;
    const std::int64_t linear_half = f.gated ? visited : 0;
    if (shared.ffn > 0) add_saved_tensors(b, shared);
    w[tensor_role::feed_forward_input] = f.hidden;
    w[tensor_role::router] = e.count;
    w[tensor_role::expert_input] = e.active * f.hidden;
    w[tensor_role::expert_gate_output] = visited;
    w[tensor_role::expert_up_output] = linear_half;
    w[tensor_role::expert_activation_output] = linear_half;
    w[tensor_role::expert_hidden] = visited;
    w[tensor_role::expert_output] = e.active * f.hidden;
    w[tensor_role::adapter_gate_input] += f.gated ? e.active * f.hidden : 0;
    w[tensor_role::adapter_up_input] += e.active * f.hidden;
    w[tensor_role::adapter_down_input] += visited;
}

[[nodiscard]] constexpr feed_forward_answers feed_forward_of(const experts& f) noexcept {
    return {.gated = f.gated, .experts = true};
}
/// @}

}  // namespace mechanism

}  // namespace cardfit
