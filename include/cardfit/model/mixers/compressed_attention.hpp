// SPDX-License-Identifier: MIT
#pragma once

// Attention over compressed entries (DeepSeek-V4: sections 2.3.1 and 2.3.2 of its report; shapes: transformers,
// modeling_deepseek_v4.py). All heads share one vector per position, which is key and value. A token sees the most
// recent positions as they are, and before them one entry per `ratio` positions: all entries (heavily compressed
// attention), or those that an indexer finds among them (compressed sparse attention). Without a ratio, a layer has the
// window alone. The output goes through one matrix per group of heads and then a common one.

#include <cardfit/model/mixers/sparse_latent_attention.hpp>

namespace cardfit {

/// Sizes that all layers share.
struct compressed_attention {
    std::int64_t heads = 0;          ///< attention heads
    std::int64_t head_dim = 0;       ///< elements per head
    std::int64_t query_rank = 0;     ///< elements of the queries' latent
    std::int64_t output_groups = 0;  ///< groups whose results go to the output apart
    std::int64_t output_rank = 0;    ///< of each group
    std::int64_t window = 0;         ///< the most recent positions that a token sees beside entries
    sparse_attention indexer{};      ///< its `tokens` are entries
    friend constexpr bool operator==(const compressed_attention&, const compressed_attention&) = default;
};

namespace mechanism {

/// The attention of one kind of layer. `ratio` 0: the window alone; `searched`: with the indexer, whose entries, like
/// the others of such a layer, are made of two overlapping runs of positions.
struct layer_compression {
    std::int64_t hidden = 0;                ///< elements per token
    cardfit::compressed_attention sizes{};  ///< what all layers share
    std::int64_t ratio = 0;                 ///< positions that one entry stands for
    bool searched = false;                  ///< an indexer searches the entries
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
[[nodiscard]] constexpr std::int64_t query_width(const layer_compression& a) noexcept {
    return a.sizes.heads * a.sizes.head_dim;
}
/// Elements per position from which entries `width` wide are made: a value and the logit of its weight, for each of the
/// runs that an entry is made of.
[[nodiscard]] constexpr std::int64_t pooled_width(const layer_compression& a, std::int64_t width) noexcept {
    return (a.searched ? 4 : 2) * width;
}

/// Adds what makes entries of `width` elements: a matrix (engines join those of values and weights), a bias per
/// position of a run, and a norm. `more` are other results of the same input. Every card holds all entries.
constexpr void add_pooling(layer_block& b, const layer_compression& a, target role, std::int64_t width,
                           std::int64_t more) {
    b.add({.target = role, .split = weight_split::none, .in = a.hidden, .out = pooled_width(a, width) + more});
    b.vector_parameters += a.ratio * pooled_width(a, width) / 2 + width;
}

constexpr void add_parameters(layer_block& b, const layer_compression& a) {
    const cardfit::compressed_attention& s = a.sizes;
    const std::int64_t grouped = s.output_groups * s.output_rank;
    constexpr weight_split copied = weight_split::none;
    b.add({.target = target::latent, .split = copied, .in = a.hidden, .out = s.query_rank});
    b.add({.target = target::query, .in = s.query_rank, .out = query_width(a), .reads_latent = true});
    b.add({.target = target::key, .split = copied, .in = a.hidden, .out = s.head_dim});
    b.add({.target = target::output, .in = query_width(a) / s.output_groups, .out = grouped});
    b.add({.target = target::output, .in = grouped, .out = a.hidden});
    b.vector_parameters += s.query_rank + s.head_dim + s.heads;
    if (a.ratio > 0) add_pooling(b, a, target::latent, s.head_dim, 0);
    if (!a.searched) return;
    add_pooling(b, a, target::indexer, s.indexer.head_dim, s.indexer.heads);
    b.add({.target = target::indexer,
           .split = copied,
           .in = s.query_rank,
           .out = s.indexer.heads * s.indexer.head_dim,
           .reads_latent = true});
}
/// @}

/// What backward keeps is estimated from the operators, as for latent attention: the shared vector stands for keys and
/// values; entries, and what they are made of, are saved too.
constexpr void add_saved_tensors(layer_block& b, const layer_compression& a) {
    const cardfit::compressed_attention& s = a.sizes;
    std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t q = query_width(a);
    const std::int64_t pooled = a.ratio > 0 ? pooled_width(a, s.head_dim) : 0;
    const std::int64_t indexed = a.searched ? pooled_width(a, s.indexer.head_dim) : 0;
    w[tensor_role::attention_input] = a.hidden;
    w[tensor_role::attention_input_casts] = 3 * a.hidden;
    w[tensor_role::latent] = s.query_rank + s.head_dim + pooled + indexed;
    w[tensor_role::query] = q;
    w[tensor_role::key] = s.head_dim;
    w[tensor_role::value] = s.head_dim;
    w[tensor_role::key_value_expanded] = 2 * s.head_dim;
    w[tensor_role::attention_output] = q + s.output_groups * s.output_rank;
    w[tensor_role::softmax_statistics] = s.heads;
    w[tensor_role::adapter_output_input] = q;
    if (a.searched) w[tensor_role::replicated_operand] = s.indexer.heads * (s.indexer.head_dim + 1);
}

/// Widths per position are those of entries over the positions that an entry stands for. The products with the window
/// don't grow with the sequence: they are counted for a full window.
[[nodiscard]] constexpr attention_answers attention_of(const layer_compression& a) noexcept {
    const cardfit::compressed_attention& s = a.sizes;
    const std::int64_t both = 2 * query_width(a);
    attention_answers answers{.scores = score_kind::dot_product,
                              .heads = s.heads,
                              .head_width = s.head_dim,
                              .kernel_head_width = s.head_dim,
                              .score_heads = s.heads,
                              .self_width = a.ratio > 0 ? divide_up(both, a.ratio) : both,
                              .causal = true,
                              .projected = query_width(a) + 2 * s.head_dim,
                              .sinks = true,
                              .latent_kernels = true};
    if (a.ratio == 0) {
        answers.window = s.window;
        return answers;
    }
    answers.flops = 2 * both * s.window;
    if (!a.searched) return answers;
    answers.selected = a.ratio * s.indexer.tokens;
    answers.scan_heads = s.indexer.heads;
    answers.scan_head_width = divide_up(s.indexer.head_dim, a.ratio);
    return answers;
}

/// One shared vector per position of a window, or one entry per `ratio` positions, in the job's cache format; keys of
/// the indexer as DeepSeek-V3.2's. All cards hold all of them.
[[nodiscard]] constexpr cache_answers cache_of(const layer_compression& a) noexcept {
    const std::int64_t entries = larger(a.ratio, 1);
    const std::int64_t key = a.sizes.indexer.head_dim;
    return {.width = divide_up(a.sizes.head_dim, entries),
            .by_head = false,
            .scan_bytes = a.searched ? divide_up(key + 4 * divide_up(key, 128), entries) : 0};
}

/// Layers with entries keep the window as a buffer of fixed size, and what the next entries are made of.
[[nodiscard]] constexpr state_answers state_of(const layer_compression& a) noexcept {
    if (a.ratio == 0) return {};
    const cardfit::compressed_attention& s = a.sizes;
    const std::int64_t runs = a.searched ? 2 : 1;
    const std::int64_t pooled = pooled_width(a, s.head_dim) + (a.searched ? pooled_width(a, s.indexer.head_dim) : 0);
    return {.width = runs * a.ratio * pooled, .convolution = s.window * s.head_dim, .copied = true};
}

}  // namespace mechanism

}  // namespace cardfit
