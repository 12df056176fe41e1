// SPDX-License-Identifier: MIT
#pragma once

// Multi-token prediction (DeepSeek-V3, arXiv 2412.19437, section 2.2) as it is trained: behind the model's layers stand
// further ones, each of which joins the hidden states before it with the embeddings of the next tokens, and makes
// logits with the model's own head. Sizes are those of Megatron-Core (core/transformer/multi_token_prediction.py):
// two norms, a matrix from twice the hidden size, a layer such as the model's last one, and a norm before the head.

#include <cardfit/model/network.hpp>

namespace cardfit {

namespace detail {

/// The norms of a prediction layer beside those of the layer itself: of the hidden state and the embedding that it
/// joins, and of its output.
inline constexpr std::int64_t joint_norms = 3;

/// Returns the matrix that joins hidden states with embeddings before a prediction layer.
[[nodiscard]] constexpr linear joint_matrix(const network& net) noexcept {
    return {.target = target::latent, .in = 2 * net.hidden, .out = net.hidden};
}

/// Returns the parameters of the norms around that matrix and behind the layer.
[[nodiscard]] constexpr std::int64_t joint_vectors(const network& net) noexcept {
    return joint_norms * net.hidden * (net.final_norm_is_rms ? 1 : 2);
}

/// Adds to a layer what joins hidden states and embeddings before it, and the norm behind it.
constexpr void add_joint(layer_block& b, const network& net) {
    const std::int64_t h = net.hidden;
    const bool rms = net.final_norm_is_rms;
    b.vector_parameters += joint_vectors(net);
    b.width.of[rms ? tensor_role::rms_norm_input : tensor_role::layer_norm_input] += joint_norms * h;
    b.width.of[tensor_role::rms_normalized] += rms ? joint_norms * h : 0;
    b.add(joint_matrix(net));
    b.width.of[tensor_role::attention_input] += 2 * h;
    b.width.of[tensor_role::attention_input_casts] += 2 * h;
    // A checkpoint saves both inputs.
    b.width.of[tensor_role::layer_input] = 2 * h;
}

}  // namespace detail

/// Returns true if prediction layers can stand behind a network: it makes logits of its past, its last layer attends,
/// and there is room for one more kind of layer and one more matrix in it.
[[nodiscard]] constexpr bool takes_prediction_layers(const network& net) noexcept {
    if (net.logits == 0 || net.is_encoder_decoder || net.data_parallel_only) return false;
    const layer_block& last = detail::last_layer(net);
    if (last.attention.scores == score_kind::none || !last.attention.causal) return false;
    return net.block_kinds + net.tower.block_kinds < max_block_kinds && last.linear_count < max_linears;
}

/// Returns the network with so many prediction layers, of a network that takes them. They count among its layers; a
/// pipeline has them on its last stage.
[[nodiscard]] constexpr network with_prediction_layers(network net, std::int64_t count) {
    layer_block predicting = detail::last_layer(net);
    detail::add_joint(predicting, net);
    predicting.layers = {net.layers, net.layers + count, 1, true};
    // The tower's kinds stand behind those of the network.
    for (std::size_t k = net.block_kinds + net.tower.block_kinds; k > net.block_kinds; --k)
        net.blocks[k] = net.blocks[k - 1];
    net.blocks[net.block_kinds] = predicting;
    ++net.block_kinds;
    net.layers += count;
    net.prediction_layers = count;
    return net;
}

}  // namespace cardfit
