// SPDX-License-Identifier: MIT
#pragma once

// A second embedding that joins the residual path of every layer (per-layer embeddings of Gemma 3n and Gemma 4:
// transformers, modeling_gemma4.py, Gemma4TextDecoderLayer and project_per_layer_inputs). A gate takes the hidden state
// to the width of the embedding, their product returns through a second matrix and a norm. The layer's share of the
// matrix that adds the first hidden state to the embeddings is counted here too.

#include <cardfit/model/norms.hpp>

namespace cardfit::mechanism {

/// A second embedding that joins the residual path of a layer.
struct layer_input {
    std::int64_t hidden = 0;  ///< elements per token
    std::int64_t width = 0;   ///< of the embedding, per layer
};

/// Adds a per-layer input to a layer. Engines copy its three matrices to every tensor-parallel card.
constexpr void add_layer_input(layer_block& b, const layer_input& f) {
    constexpr weight_split copied = weight_split::none;
    b.add({.target = target::latent, .split = copied, .in = f.hidden, .out = f.width});
    b.add({.target = target::latent, .split = copied, .in = f.hidden, .out = f.width});
    b.add({.target = target::latent, .split = copied, .in = f.width, .out = f.hidden});
    add_norms(b, {.hidden = f.hidden, .count = 1});
    b.width.of[tensor_role::feed_forward_input_casts] += f.hidden;
    b.width.of[tensor_role::gate_output] += f.width;
    b.width.of[tensor_role::feed_forward_hidden] += 2 * f.width;
}

}  // namespace cardfit::mechanism
