// SPDX-License-Identifier: MIT
#pragma once

// The weight matrices of a layer: their shapes, what they do, how parallelism divides them, and which of them run as
// one matmul.

#include <cstdint>

namespace cardfit {

/// What a matrix does. Names the targets of LoRA, and tells which tensor the matrix reads.
enum class target : unsigned char {
    query,
    key,
    value,
    output,
    gate,
    up,
    down,
    embeddings,
    head,
    router,
    latent,
    convolution,  ///< applied at each position: its FLOPs are the block's `convolution.flops`
    recurrence,   ///< projections of a state-space or linear-attention layer
    indexer,      ///< projections of the search of a sparse attention
};

/// How parallelism divides a matrix: `tensor` over the tensor-parallel cards, `expert` over the cards that share the
/// experts, `none` not at all.
enum class weight_split : unsigned char { tensor, expert, none };

/// Matrices of one layer that read the same tensor and run as one matmul. The lowering says so; the order of the
/// matrices says nothing.
enum class fused_group : unsigned char {
    none,  ///< a matmul of its own
    query_key_value,
    cross_key_value,  ///< keys and values that read another tensor than the queries: a source, a memory
    gate_up,
    expert_gate_up,
};

/// Which rows a matrix is multiplied with in one forward pass.
enum class matmul_rows : unsigned char {
    all_tokens,          ///< the tokens of the sequence (of an expert: those that are routed to it)
    tokens_and_memory,   ///< the tokens, and the remembered positions before them (Transformer-XL's keys and values)
    relative_positions,  ///< once per segment: too few rows to count (Transformer-XL)
    time_steps,          ///< one time step after the other, each waiting for the one before (LSTM)
    second_direction,    ///< runs beside the first direction of a bidirectional LSTM, and takes no time of its own
};

/// `copies` matrices of in x out weights (experts: many), of which a token visits `active`; each has a bias of `out`
/// elements if `bias` is set. Weights that an earlier layer holds have 0 copies and are active.
struct linear {
    cardfit::target target{};  ///< the module that it belongs to, which adapters and formats name
    cardfit::weight_split split = weight_split::tensor;  ///< what tensor parallelism divides
    std::int64_t in = 0;                                 ///< elements of its input per token
    std::int64_t out = 0;                                ///< elements of its result per token
    std::int64_t copies = 1;                             ///< matrices, as experts have them
    std::int64_t active = 1;                             ///< matrices that one token visits
    bool bias = false;                                   ///< a bias of `out` elements per matrix
    bool frozen = false;  ///< a weight of the model that is never trained: no gradient, no optimizer state
    fused_group fused = fused_group::none;       ///< matrices that engines join into one matmul
    matmul_rows rows = matmul_rows::all_tokens;  ///< the tokens that it multiplies
    /// Its input is a compressed tensor (MLA's latents): model files then have a name of their own for it.
    bool reads_latent = false;
};

/// Returns the number of weights and biases of all copies of a matrix.
[[nodiscard]] constexpr std::int64_t parameters(const linear& m) noexcept {
    return m.copies * (m.in * m.out + (m.bias ? m.out : 0));
}
/// Returns the number of weights and biases of the copies that one token visits.
[[nodiscard]] constexpr std::int64_t active_parameters(const linear& m) noexcept {
    return m.active * (m.in * m.out + (m.bias ? m.out : 0));
}

}  // namespace cardfit
