// SPDX-License-Identifier: MIT
#pragma once

// The FLOPs that a model's mathematics needs, without anything that a framework recomputes. One multiply-add counts as
// two FLOPs.

#include <cardfit/model/network.hpp>

namespace cardfit {

namespace detail {

/// Returns the number of positions that a token attends to, averaged over a sequence: all of them, or half of them
/// under a causal mask, and at most `most`. Narayanan et al. (arXiv 2104.04473) count all positions under a causal
/// mask; PaLM (arXiv 2204.02311) and this library count half.
[[nodiscard]] constexpr double seen_positions(const attention_answers& a, std::int64_t most, double length) noexcept {
    const double bound = static_cast<double>(most);
    if (bound >= length) return static_cast<double>(a.memory) + (a.causal ? length / 2 : length);
    return a.causal ? bound - bound * bound / (2 * length) : bound;
}

/// Returns the multiply-adds per token of attention: those with the positions that a token attends to, and those of the
/// search among all positions that it may attend to.
[[nodiscard]] constexpr double attention_products(const attention_answers& a, double length) noexcept {
    const double scanned = static_cast<double>(a.scan_heads * a.scan_head_width);
    return static_cast<double>(a.self_width) * seen_positions(a, a.most_positions(), length) +
           scanned * seen_positions(a, a.window, length);
}

/// Returns the FLOPs per token of one layer.
[[nodiscard]] constexpr double layer_flops(const layer_block& b, double length) noexcept {
    double matrices = 0;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        if (m.target != target::convolution)
            matrices += static_cast<double>(m.active) * static_cast<double>(m.in) * static_cast<double>(m.out);
    }
    const double attention = attention_products(b.attention, length);
    const double other = static_cast<double>(b.attention.other_width) * length;
    return 2 * (matrices + attention + other) +
           static_cast<double>(b.attention.flops + b.state.flops + b.convolution.flops);
}

/// Returns the FLOPs of one sample's layers where source and target have lengths of their own: the encoder reads the
/// source, keys and values of the cross attention are made of it, and the target attends to all of it.
[[nodiscard]] constexpr double sourced_layers_flops(const network& net, double target) noexcept {
    const double source = static_cast<double>(net.source_length);
    double sum = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const double own = b.encodes ? source : target;
        // `layer_flops` counts the cross attention with as many positions as tokens, and its keys and values per token.
        const double cross = 2 * static_cast<double>(b.attention.other_width) * (source - own) * own;
        const double keys_and_values = 2 * static_cast<double>(net.hidden * b.cache.cross_width) * (source - own);
        sum +=
            static_cast<double>(b.layers.count(0, net.layers)) * (own * layer_flops(b, own) + cross + keys_and_values);
    }
    return sum;
}

}  // namespace detail

/// Returns the FLOPs of one sample's forward pass: matrices, attention (causal attention counts half), convolutions and
/// the output head. Embedding lookups, norms and activations count nothing. `sequence_length`: tokens per sample, which
/// is ignored if the model fixes them (images). A tower in front of the model is not counted: see image_flops.
[[nodiscard]] constexpr double forward_flops(const network& net, std::int64_t sequence_length) noexcept {
    const double length = static_cast<double>(net.tokens_per_sample > 0 ? net.tokens_per_sample : sequence_length);
    const std::int64_t logits = net.frequent_logits > 0 ? net.frequent_logits : net.logits;
    double token = 2.0 * static_cast<double>(net.hidden) * static_cast<double>(logits * (1 + net.prediction_layers));
    if (net.source_length > 0)
        return length * token + detail::sourced_layers_flops(net, length) + static_cast<double>(net.sample_flops);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        token +=
            static_cast<double>(net.blocks[k].layers.count(0, net.layers)) * detail::layer_flops(net.blocks[k], length);
    return length * token + static_cast<double>(net.sample_flops);
}
/// The same of a model, which is lowered first.
/// @{
template <architecture M>
[[nodiscard]] constexpr double forward_flops(const M& model, std::int64_t sequence_length) {
    return forward_flops(lower(model), sequence_length);
}

/// Returns the FLOPs of a tower's forward pass over one image; 0 if there is no tower.
[[nodiscard]] constexpr double image_flops(const network& net) {
    if (net.tower.layers == 0) return 0;
    return static_cast<double>(net.tower.image_passes) * forward_flops(tower_of(net), 1);
}

/// Returns the FLOPs of one sample's forward and backward pass. They are three times those of the forward pass, because
/// each matmul has one gradient for each of its two factors (Narayanan et al., arXiv 2104.04473, appendix).
/// Recomputation is not counted.
[[nodiscard]] constexpr double training_flops(const network& net, std::int64_t sequence_length) noexcept {
    return 3 * forward_flops(net, sequence_length);
}
template <architecture M>
[[nodiscard]] constexpr double training_flops(const M& model, std::int64_t sequence_length) {
    return training_flops(lower(model), sequence_length);
}
/// @}

}  // namespace cardfit
