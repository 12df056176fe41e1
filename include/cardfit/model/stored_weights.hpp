// SPDX-License-Identifier: MIT
#pragma once

// The weights of a checkpoint as its files store them: exact bytes, by how parallelism divides them. Where they are
// known, the memory of an inference counts these bytes and not the model's parameters times a format.

#include <cardfit/units.hpp>

#include <cstdint>

namespace cardfit {

/// The bytes of a checkpoint's weights. Scales and zero points count with the matrices that they belong to.
struct stored_weights {
    /// Tables in which tokens and positions are looked up. llama.cpp leaves them in host memory.
    std::int64_t embedding = 0;
    /// The matrix that makes the logits; 0 if it shares the embedding's weights or there is none.
    std::int64_t head = 0;
    /// Matrices of the layers that tensor parallelism divides.
    std::int64_t matrices = 0;
    /// Matrices of keys and values, of which tensor parallelism divides whole heads.
    std::int64_t key_value = 0;
    /// Matrices of experts, which expert parallelism divides.
    std::int64_t experts = 0;
    /// Norms, routers and everything else that every card holds.
    std::int64_t replicated = 0;
    /// Encoders of images and sound. They are counted whole on each card of the first layers, because engines differ.
    std::int64_t tower = 0;
    /// The bytes of the largest layer, by which a part of the layers is bounded; 0 if all layers are alike.
    std::int64_t largest_layer = 0;
    /// The elements of the largest matrix of a layer, which engines dequantize one at a time.
    std::int64_t largest_matrix = 0;

    /// Returns the bytes of the layers.
    [[nodiscard]] constexpr std::int64_t in_layers() const noexcept {
        return matrices + key_value + experts + replicated;
    }
    /// Returns the bytes of all weights.
    [[nodiscard]] constexpr std::int64_t total() const noexcept { return embedding + head + in_layers() + tower; }
    /// Returns true if a checkpoint states the bytes.
    [[nodiscard]] constexpr bool known() const noexcept { return total() > 0; }
    friend constexpr bool operator==(const stored_weights&, const stored_weights&) = default;
};

}  // namespace cardfit
