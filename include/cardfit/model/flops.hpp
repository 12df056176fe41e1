// SPDX-License-Identifier: MIT
#pragma once

// FLOPs of a model: what its mathematics takes, whatever a framework recomputes. A multiply-add is two.

#include <cardfit/model/network.hpp>

namespace cardfit {

namespace detail {

/// Positions that a token sees, on average over a sequence: all, half of them under a causal mask (Narayanan et al.,
/// arXiv 2104.04473, count them whole; PaLM, arXiv 2204.02311, and this library half), and no more than a window.
[[nodiscard]] constexpr double seen_positions(const block& b, double length) noexcept {
    const double window = static_cast<double>(b.window);
    const double memory = static_cast<double>(b.memory_positions);
    if (b.window == 0 || window >= length) return memory + (b.causal ? length / 2 : length);
    return b.causal ? window - window * window / (2 * length) : window;
}

/// FLOPs a token of one layer.
[[nodiscard]] constexpr double layer_flops(const block& b, double length) noexcept {
    double matrices = 0;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        if (m.target != target::convolution)
            matrices += static_cast<double>(m.active) * static_cast<double>(m.in) * static_cast<double>(m.out);
    }
    // Queries with keys, and probabilities with values, which are as wide as what the output matrix reads.
    const std::int64_t own = b.width.of[tensor_role::query] + b.width.of[tensor_role::attention_output] - b.cross_width;
    const double products = b.score_heads > 0 ? static_cast<double>(own) * seen_positions(b, length) : 0;
    return 2 * (matrices + products + static_cast<double>(b.cross_width) * length) +
           static_cast<double>(b.convolution_flops);
}

}  // namespace detail

/// FLOPs of one sample's forward pass: matrices, attention (a causal one counted half), convolutions, the head;
/// embedding lookups, norms and activations are nothing. `sequence_length`: tokens a sample, unless the model fixes
/// them (images).
[[nodiscard]] constexpr double forward_flops(const network& net, std::int64_t sequence_length) noexcept {
    const double length = static_cast<double>(net.tokens_per_sample > 0 ? net.tokens_per_sample : sequence_length);
    const std::int64_t logits = net.frequent_logits > 0 ? net.frequent_logits : net.logits;
    double token = 2.0 * static_cast<double>(net.hidden) * static_cast<double>(logits);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        token +=
            static_cast<double>(net.blocks[k].layers.count(0, net.layers)) * detail::layer_flops(net.blocks[k], length);
    return length * token + static_cast<double>(net.sample_flops);
}
template <architecture M>
[[nodiscard]] constexpr double forward_flops(const M& model, std::int64_t sequence_length) {
    return forward_flops(lower(model), sequence_length);
}

/// FLOPs of one sample's forward and backward pass: three times the forward pass, because each product has a gradient
/// for each of its factors (Narayanan et al., arXiv 2104.04473, appendix). Recomputation is not counted.
[[nodiscard]] constexpr double training_flops(const network& net, std::int64_t sequence_length) noexcept {
    return 3 * forward_flops(net, sequence_length);
}
template <architecture M>
[[nodiscard]] constexpr double training_flops(const M& model, std::int64_t sequence_length) {
    return training_flops(lower(model), sequence_length);
}

}  // namespace cardfit
