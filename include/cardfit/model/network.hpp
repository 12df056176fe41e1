// SPDX-License-Identifier: MIT
#pragma once

// What every architecture lowers to: a few kinds of block, each a list of matrices and the widths of the tensors that a
// forward pass makes. Estimators read this and never ask what kind of model it is.

#include <cardfit/units.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace cardfit {

/// What a matrix does: names LoRA targets, and tells which tensor it reads.
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
    convolution,  ///< visited at each position: its FLOPs are the block's `convolution_flops`
    recurrence,   ///< projections of a state-space or linear-attention layer
};

/// How parallelism divides a matrix: `tensor` over the tensor-parallel cards, `expert` over the cards that share the
/// experts, `none` not at all.
enum class split : unsigned char { tensor, expert, none };

/// `copies` matrices of in x out (experts: many), of which a token visits `active`; each with a bias of `out` if told.
struct linear {
    cardfit::target target{};
    cardfit::split split = split::tensor;
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t copies = 1;
    std::int64_t active = 1;
    bool bias = false;
    bool frozen = false;  ///< a weight of the model that is never trained: no gradient, no optimizer state
};

/// Tensors that a layer's forward pass makes, by what is done with them. Widths are elements a token. Unscoped inside a
/// namespace, so that a role indexes a plain array: an operator[] would be a call, and estimates are made by the
/// thousand inside the compiler.
namespace tensor_role {
enum type : unsigned char {
    layer_input,               ///< what full recomputation keeps
    rms_norm_input,            ///< inputs of RMSNorms on the residual path
    rms_normalized,            ///< RMSNorm results before the weight, which only a trained weight needs
    layer_norm_input,          ///< inputs of LayerNorms on the residual path
    attention_input,           ///< what query, key and value read
    attention_input_casts,     ///< the same where each of the three casts its own copy
    feed_forward_input,        ///< what gate and up (or the first feed-forward matrix) read
    feed_forward_input_casts,  ///< the same where each matrix casts its own copy
    query,                     ///< queries, after rotary embedding
    key,                       ///< keys of the KV heads
    value,                     ///< values of the KV heads
    key_value_expanded,        ///< keys and values repeated to all heads
    head_norm_input,           ///< inputs of norms on queries and keys
    latent,                    ///< MLA's compressed queries, keys and values
    attention_output,          ///< what the output matrix reads
    softmax_statistics,        ///< one log-sum-exp a head
    gate_output,               ///< input of the activation function
    up_output,                 ///< the linear half of a gated feed-forward
    activation_output,         ///< output of the activation function, where a product follows it
    feed_forward_hidden,       ///< what down (or the second feed-forward matrix) reads
    down_output,               ///< what down writes
    dropout_mask,              ///< elements under residual dropout
    router,                    ///< router logits
    expert_input,              ///< tokens gathered for their experts
    expert_gate_output,
    expert_up_output,
    expert_activation_output,
    expert_hidden,
    expert_output,        ///< experts' outputs before they are scattered back
    adapter_query_input,  ///< dropped-out copies that adapters read, one a target
    adapter_key_input,
    adapter_value_input,
    adapter_output_input,
    adapter_gate_input,
    adapter_up_input,
    adapter_down_input,
    convolution_input,        ///< what convolutions, pools and classifiers read: activations' results, mostly
    batch_norm_input,         ///< what batch norms read: convolutions' results
    smooth_activation_input,  ///< inputs of activations whose derivative needs them (SiLU, GELU; ReLU's does not)
    pool_index,               ///< where a max pool found its maxima: 64-bit numbers
    loss_input,               ///< predictions, at each position or region, that the loss keeps in fp32
    cross_score,              ///< attention matrices of fixed width: windows, a source sentence
    recurrent_state,          ///< gates and states that a recurrent layer keeps of each step
    count,
};
}  // namespace tensor_role
inline constexpr std::size_t tensor_role_count = tensor_role::count;

/// One value a role.
template <class T>
struct by_role {
    T of[tensor_role_count]{};
};

/// Most layers of a model whose kinds follow no simple rule.
inline constexpr std::int64_t max_listed_layers = 128;

/// Layers by index, from 0: what a pattern without a simple rule is written as.
struct layer_set {
    std::uint64_t words[2]{};

    [[nodiscard]] constexpr bool has(std::int64_t i) const noexcept { return (words[i / 64] >> (i % 64) & 1u) != 0; }
    constexpr void add(std::int64_t i) noexcept { words[i / 64] |= std::uint64_t{1} << (i % 64); }
    [[nodiscard]] constexpr bool empty() const noexcept { return (words[0] | words[1]) == 0; }
    /// Members among [low, high), which is cut to [0, 128).
    [[nodiscard]] constexpr std::int64_t count(std::int64_t low, std::int64_t high) const noexcept {
        return below(high) - below(smaller(low, high));
    }
    friend constexpr layer_set operator&(const layer_set& a, const layer_set& b) noexcept {
        return {{a.words[0] & b.words[0], a.words[1] & b.words[1]}};
    }
    friend constexpr layer_set operator~(const layer_set& a) noexcept { return {{~a.words[0], ~a.words[1]}}; }
    friend constexpr bool operator==(const layer_set&, const layer_set&) = default;

    /// Members below `end`.
    [[nodiscard]] constexpr std::int64_t below(std::int64_t end) const noexcept {
        std::int64_t sum = 0;
        for (std::int64_t w = 0; w < 2; ++w) {
            const std::int64_t bits = smaller(larger(end - 64 * w, 0), 64);
            const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
            sum += std::popcount(words[w] & mask);
        }
        return sum;
    }
};

/// How many of a network's layers are of one kind: those in [begin, end) whose 1-based index is (or is not) a multiple
/// of `every`; or those that are listed, if any are.
struct layer_range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t every = 1;
    bool multiples = true;
    layer_set listed{};

    /// Layers of this kind among layers [low, high).
    [[nodiscard]] constexpr std::int64_t count(std::int64_t low, std::int64_t high) const noexcept {
        const std::int64_t from = larger(low, begin);
        const std::int64_t to = larger(smaller(high, end), from);
        const std::int64_t hits = to / every - from / every;
        return (listed.words[0] | listed.words[1]) != 0 ? listed.count(low, high) : multiples ? hits : to - from - hits;
    }
};

inline constexpr std::size_t max_linears = 14;
inline constexpr std::size_t max_block_kinds = 4;

/// One kind of layer.
struct block {
    layer_range layers{};
    linear linears[max_linears]{};
    std::int64_t linear_count = 0;
    /// Parameters of norms, gates and sinks: copied to every tensor-parallel card.
    std::int64_t vector_parameters = 0;
    /// Tensors of width elements a token.
    by_role<std::int64_t> width{};
    /// Elements of the attention matrix for one token and one position.
    std::int64_t score_heads = 0;
    /// Tokens of its past that a token sees; 0: all.
    std::int64_t window = 0;
    /// Widths of keys and values that a cache keeps a token, and whether tensor parallelism divides them.
    std::int64_t cache_width = 0;
    bool cache_splits = true;
    /// MLA's latent without its rotary part: what values are made of. 0: none.
    std::int64_t latent_width = 0;
    /// Attention has a learned logit a head that is no position's (gpt-oss).
    bool sinks = false;
    /// State of a recurrent layer, elements a sequence whatever its length: what the recurrence carries, and the last
    /// inputs of its short convolution.
    std::int64_t state_width = 0;
    std::int64_t convolution_state = 0;
    /// Widths of keys and values that cross attention keeps a source token.
    std::int64_t cross_cache_width = 0;
    /// A layer of the encoder: it reads the source, once.
    bool encodes = false;
    /// Whether a token attends to its past alone: half of the attention matrix.
    bool causal = false;
    /// Of queries and of what the output matrix reads: elements a token that attend to another sequence of the same
    /// length (a source sentence), all of it; and positions before the sequence that a token also sees (a recurrent
    /// memory).
    std::int64_t cross_width = 0;
    std::int64_t memory_positions = 0;
    /// Multiplications and additions a token, forward: of convolutions; of products that no matrix of `linears` makes
    /// and that do not grow with the sequence (windows of an image).
    std::int64_t convolution_flops = 0;
    /// Running statistics: fp32, never trained, no parameters.
    std::int64_t buffers = 0;
    /// Gradients, elements a token, that at the fullest moment of backward stand beside what is kept. With cuDNN's
    /// Winograd transforms another moment may be the fullest: fp32 elements a token beyond (or, negative, below) the
    /// former, and transformed weights, whatever the number of tokens (see convnet_walk.hpp).
    std::int64_t gradient_width = 0;
    std::int64_t transform_width = 0;
    std::int64_t transform_elements = 0;
    /// Elements a token that live at the fullest moment of a forward pass that keeps nothing for backward; 0: follows
    /// from `width`, as a transformer's layers do.
    std::int64_t forward_width = 0;
};

/// A whole model: blocks between an embedding and a head.
struct network {
    block blocks[max_block_kinds]{};
    std::size_t block_kinds = 0;
    std::int64_t layers = 0;
    std::int64_t hidden = 0;
    /// The matrix that tokens are looked up in, divided by tensor parallelism; and the rest of the embedding, copied.
    std::int64_t embedding_parameters = 0;
    std::int64_t position_parameters = 0;
    /// The matrix that makes the logits (0 where it shares the embedding's weights), and what else stands at the end.
    std::int64_t head_parameters = 0;
    std::int64_t final_parameters = 0;
    bool tied = false;
    bool fused_query_key_value = false;  ///< one matrix in the model's own files
    /// Logits a token; 0: no vocabulary logits (a classification head).
    std::int64_t logits = 0;
    std::int64_t classes = 0;
    /// Final norm: elements a token.
    std::int64_t final_norm_width = 0;
    bool final_norm_is_rms = true;
    /// Longest sequence that the positions allow; 0: any.
    std::int64_t longest_sequence = 0;
    /// An encoder-decoder: a prompt is a source, which the encoder reads, and the sequence begins behind it. The
    /// longest source that the positions allow; 0: any.
    bool is_encoder_decoder = false;
    std::int64_t max_source_length = 0;
    /// Tokens of one sample where the model fixes them (images); 0: the job's sequence length.
    std::int64_t tokens_per_sample = 0;
    /// Side, in pixels, of the images that it was lowered for; 0: no images.
    std::int64_t image_size = 0;
    /// A network that only data parallelism divides (convolutional, recurrent).
    bool data_parallel_only = false;
    /// Multiplications and additions a sample, forward, outside blocks and vocabulary head: patches, a classifier.
    std::int64_t sample_flops = 0;
    std::int64_t heads = 1;
    std::int64_t kv_heads = 1;
    std::int64_t experts = 0;
    /// Logits that every token makes where an adaptive softmax makes the rest for few (arXiv 1609.04309); 0: all.
    std::int64_t frequent_logits = 0;
    /// Positions computed for a hundred that are asked for: sentences are padded to the longest of their batch.
    std::int64_t padded_percent = 100;
    /// Sequences of a sample whose tokens a published rate counts: a source and a target, 2.
    std::int64_t counted_sequences = 1;
};

/// A model is anything that lowers to a network: `network lower(const M&)`, found by argument-dependent lookup.
template <class M>
concept architecture = requires(const M& model) {
    { lower(model) } -> std::same_as<network>;
};

/// A model that also lowers for images of another size: `network lower(const M&, image_size)`, pixels a side.
template <class M>
concept resizable = architecture<M> && requires(const M& model, std::int64_t image_size) {
    { lower(model, image_size) } -> std::same_as<network>;
};

/// A network is its own lowering.
[[nodiscard]] constexpr const network& lower_model(const network& net, std::int64_t = 0) noexcept { return net; }
/// A model's lowering for images of this size; 0: its own size. A model that has none lowers as it is, and the job's
/// check then refuses the size.
template <architecture M>
[[nodiscard]] constexpr network lower_model(const M& model, std::int64_t image_size = 0) {
    if constexpr (resizable<M>)
        return image_size == 0 ? lower(model) : lower(model, image_size);
    else
        return lower(model);
}

/// Weights of one matrix, biases included: all copies, or those that a token visits.
[[nodiscard]] constexpr std::int64_t parameters(const linear& m) noexcept {
    return m.copies * (m.in * m.out + (m.bias ? m.out : 0));
}
[[nodiscard]] constexpr std::int64_t active_parameters(const linear& m) noexcept {
    return m.active * (m.in * m.out + (m.bias ? m.out : 0));
}

/// Parameters of one layer of this kind.
[[nodiscard]] constexpr std::int64_t parameters(const block& b) noexcept {
    std::int64_t sum = b.vector_parameters;
    for (std::int64_t i = 0; i < b.linear_count; ++i) sum += parameters(b.linears[i]);
    return sum;
}
[[nodiscard]] constexpr std::int64_t active_parameters(const block& b) noexcept {
    std::int64_t sum = b.vector_parameters;
    for (std::int64_t i = 0; i < b.linear_count; ++i) sum += active_parameters(b.linears[i]);
    return sum;
}

/// Parameters of the whole network, exactly.
[[nodiscard]] constexpr std::int64_t parameters(const network& net) noexcept {
    std::int64_t sum = net.embedding_parameters + net.position_parameters + net.head_parameters + net.final_parameters;
    for (std::size_t i = 0; i < net.block_kinds; ++i)
        sum += net.blocks[i].layers.count(0, net.layers) * parameters(net.blocks[i]);
    return sum;
}

/// Parameters that one token visits (experts: the active ones), embeddings and head included.
[[nodiscard]] constexpr std::int64_t active_parameters(const network& net) noexcept {
    std::int64_t sum = net.embedding_parameters + net.position_parameters + net.head_parameters + net.final_parameters;
    for (std::size_t i = 0; i < net.block_kinds; ++i)
        sum += net.blocks[i].layers.count(0, net.layers) * active_parameters(net.blocks[i]);
    return sum;
}

/// Parameters of any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr std::int64_t parameters(const M& model) {
    return parameters(lower(model));
}
template <architecture M>
[[nodiscard]] constexpr std::int64_t active_parameters(const M& model) {
    return active_parameters(lower(model));
}

}  // namespace cardfit
