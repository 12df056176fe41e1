// SPDX-License-Identifier: MIT
#pragma once

// A vision tower in an inference: its weights beside the embedding, in the compute format whatever the text model's
// weights are in, and the activations of its pass over an image. Tensor parallelism divides its matrices (vLLM,
// SGLang); llama.cpp holds it whole, in a file of its own.

#include <cardfit/estimate/inference/activations.hpp>

namespace cardfit::detail {

/// Returns the bytes of a tower's weights on one of `tensor` GPUs.
[[nodiscard]] constexpr std::int64_t tower_weights(const network& net, std::int64_t tensor,
                                                   std::int64_t compute) noexcept {
    std::int64_t elements = net.tower.outer_parameters;
    for (std::size_t k = net.block_kinds; k < net.block_kinds + net.tower.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        std::int64_t layer = b.vector_parameters;
        for (std::int64_t i = 0; i < b.linear_count; ++i) layer += divide_up(parameters(b.linears[i]), tensor);
        elements += b.layers.count(0, net.tower.layers) * layer;
    }
    return elements * compute;
}

/// Returns the bytes of activations of one pass: of its widest layer, attention's matrix included where the engine
/// writes it.
[[nodiscard]] constexpr std::int64_t pass_activations(const serving_inputs& in) noexcept {
    const network& net = in.net;
    const std::int64_t residual = in.row.hidden_copies * net.tower.hidden;
    std::int64_t widest = 0;
    for (std::size_t k = net.block_kinds; k < net.block_kinds + net.tower.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const std::int64_t scores = net.tower.pass_patches * attention_matrix_bytes(b, in);
        const std::int64_t attention = (residual + attention_width(b, in.l)) * in.compute + scores;
        widest = larger(widest, larger(attention, (residual + feed_forward_width(b, in)) * in.compute));
    }
    return net.tower.pass_patches * widest;
}

/// Adds a tower to the stage that has the embedding.
constexpr void add_tower(inference_stage& s, const serving_inputs& in) noexcept {
    const tower_answers& t = in.net.tower;
    if (t.layers == 0 || in.job.text_only) return;
    // Stored bytes count a tower's already.
    if (!in.stored.known()) s.weights += tower_weights(in.net, in.row.reads_gguf ? 1 : in.l.tensor, in.compute);
    s.image_activations = t.image_passes * pass_activations(in);
    s.image_features = (t.image_tokens + t.crossed) * in.net.hidden * in.compute;
}

}  // namespace cardfit::detail
