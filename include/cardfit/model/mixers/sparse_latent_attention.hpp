// SPDX-License-Identifier: MIT
#pragma once

// DeepSeek Sparse Attention, DSA (DeepSeek-V3.2, arXiv 2512.02556, section 2.1): latent attention in which a token
// attends to the top-k positions that a lightning indexer finds. The indexer's heads share one key per token, and it
// scans every position that the causal mask allows.
//
// Shapes: deepseek-ai/DeepSeek-V3.2-Exp, inference/model.py, class Indexer. All its matrices are on every
// tensor-parallel card there and in vLLM (ReplicatedLinear), because every card needs all the positions found.

#include <cardfit/model/mixers/latent_attention.hpp>
#include <cardfit/units.hpp>

namespace cardfit {

/// The indexer of sparse attention. `heads` 0: a token attends to all positions.
struct sparse_attention {
    std::int64_t heads = 0;     ///< heads of the indexer
    std::int64_t head_dim = 0;  ///< elements per head of the indexer
    std::int64_t tokens = 0;    ///< positions that a token attends to: top-k
    friend constexpr bool operator==(const sparse_attention&, const sparse_attention&) = default;
};

namespace mechanism {

/// Latent attention to the positions that an indexer finds.
struct sparse_latent_attention {
    latent_attention latent{};   ///< the attention
    sparse_attention indexer{};  ///< the search
};

/// Index queries from the queries' latent; one index key per token, with a LayerNorm; one weight per index head.
constexpr void add_parameters(layer_block& b, const sparse_latent_attention& a) {
    const sparse_attention& i = a.indexer;
    const std::int64_t h = a.latent.hidden;
    add_parameters(b, a.latent);
    b.add({.target = target::indexer,
           .split = weight_split::none,
           .in = a.latent.ranks.q_rank,
           .out = i.heads * i.head_dim,
           .reads_latent = true});
    b.add({.target = target::indexer, .split = weight_split::none, .in = h, .out = i.head_dim});
    b.add({.target = target::indexer, .split = weight_split::none, .in = h, .out = i.heads});
    b.vector_parameters += 2 * i.head_dim;
}

/// The indexer is trained too, on its own loss: its queries and weights are operands of its scores, and its key is
/// saved before and after the norm, as a latent is. The scores themselves are not counted.
constexpr void add_saved_tensors(layer_block& b, const sparse_latent_attention& a) {
    const sparse_attention& i = a.indexer;
    add_saved_tensors(b, a.latent);
    b.width.of[tensor_role::latent] += i.head_dim;
    b.width.of[tensor_role::replicated_operand] = i.heads * i.head_dim + i.heads;
}

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr attention_answers attention_of(const sparse_latent_attention& a) noexcept {
    attention_answers answers = attention_of(a.latent);
    answers.selected = a.indexer.tokens;
    answers.scan_heads = a.indexer.heads;
    answers.scan_head_width = a.indexer.head_dim;
    return answers;
}

/// The latent in the job's cache format, and the index key in 8 bits with an fp32 scale per 128 elements: 132 bytes in
/// vLLM (DeepseekV32IndexerCache), SGLang (index_k_with_scale_buffer) and TensorRT-LLM (indexer_k_cache_pool).
[[nodiscard]] constexpr cache_answers cache_of(const sparse_latent_attention& a) noexcept {
    cache_answers answers = cache_of(a.latent);
    answers.scan_bytes = a.indexer.head_dim + 4 * divide_up(a.indexer.head_dim, 128);
    return answers;
}
[[nodiscard]] constexpr state_answers state_of(const sparse_latent_attention&) noexcept { return {}; }
/// @}

}  // namespace mechanism

}  // namespace cardfit
