// SPDX-License-Identifier: MIT
#pragma once

// One kind of layer, as the estimators read it: answers, and nothing about what made them.
//
// A layer is a mixer (attention in its kinds, a state space, a recurrence, or none), a feed-forward (dense, gated,
// experts, or none) and norms. Each of these mechanisms is one header in mixers/ or feed_forward/: an aggregate with
// the mechanism's dimensions, and one function for each question that an estimator asks.
//
// | question                           | a mixer answers                    | a feed-forward answers             |
// | ---------------------------------- | ---------------------------------- | ---------------------------------- |
// | which matrices and vectors         | add_parameters(layer_block&, m)    | add_parameters(layer_block&, f)    |
// | which tensors a forward pass makes | add_saved_tensors(layer_block&, m) | add_saved_tensors(layer_block&, f) |
// | matmuls, positions seen, kernels   | attention_of(m)                    | feed_forward_of(f)                 |
// | what a cache keeps per token       | cache_of(m)                        |                                    |
// | what is carried per sequence       | state_of(m)                        |                                    |
//
// `add_mixer` and `add_feed_forward` ask them all; a mechanism that forgets a question does not compile. What they
// leave in a `layer_block` are explicit answers: FLOPs, memory, time and file sizes are loops over blocks that read
// those answers. No estimator looks at a member to find out which mechanism made it.
//
// A new mechanism is thus one header here, one member of the model aggregate that has it (transformer.hpp, hybrid.hpp),
// and a row in a zoo. Convolutional networks have no such layers: a walk through their operators (convnet_walk.hpp)
// fills the block's widths and its `convolution_answers`.

#include <cardfit/model/layer_range.hpp>
#include <cardfit/model/linear.hpp>
#include <cardfit/model/tensor_roles.hpp>
#include <cardfit/problem.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace cardfit {

/// The largest number of matrices of one layer. DeepSeek-V3.2's sparse layers have 15; a gate on the shared experts
/// would be the 16th.
inline constexpr std::int64_t max_linears = 16;
/// The largest number of kinds of layer in one network. Llama-3.3-Nemotron-Super has 8. Every estimate pays for the
/// places that a network has: with 16 of them, it takes a third longer. The 15 kinds of Llama-3.1-Nemotron-Ultra are
/// therefore merged into 8 where its file is read (io/huggingface/read_block_configs.hpp).
inline constexpr std::size_t max_block_kinds = 8;

/// Stands for "every position of the sequence" where an attention names a bound.
inline constexpr std::int64_t all_positions = (std::numeric_limits<std::int64_t>::max)();

/// How scores are made: not at all; as products of queries and keys; or by adding them (Bahdanau et al., arXiv
/// 1409.0473), whose products are counted in `flops`.
enum class score_kind : unsigned char { none, dot_product, additive };

/// What attention multiplies, which positions a token sees, and what runs beside the matmuls. A layer without attention
/// has the defaults.
struct attention_answers {
    score_kind scores = score_kind::none;  ///< what attention multiplies

    /// Heads of the attention over the sequence itself, and the width of one head's query.
    std::int64_t heads = 0;
    std::int64_t head_width = 0;  ///< elements
    /// Width of a head that training kernels are as fast as (see calibration/kernel_constants.hpp).
    std::int64_t kernel_head_width = 0;
    /// Attention matrices of all attentions of the layer: elements for one token and one position.
    std::int64_t score_heads = 0;
    /// Attention matrices over a source whose length is not the target's (source_length.hpp): not in `score_heads`.
    std::int64_t source_heads = 0;
    /// Multiply-adds per token and position seen: queries with keys, and probabilities with values.
    std::int64_t self_width = 0;
    /// The same with every position of another sequence of the same length (a source sentence).
    std::int64_t other_width = 0;

    /// True if a token attends to its past alone: half of the attention matrix.
    bool causal = false;
    /// The most recent positions that a token sees; those that it attends to after a search among all (top-k);
    /// and positions before the sequence that it also sees (a recurrent memory).
    std::int64_t window = all_positions;
    std::int64_t selected = all_positions;  ///< all, where there is no search
    std::int64_t memory = 0;                ///< 0: none
    /// The search: heads on every card, and the width of a head. It scans every position that the mask allows.
    std::int64_t scan_heads = 0;
    std::int64_t scan_head_width = 0;  ///< elements

    /// Elements per token of projections' results that are split, rotated and gathered by kernels of their own.
    std::int64_t projected = 0;
    /// Query width of a second attention, which has a residual path of its own.
    std::int64_t second_query_width = 0;
    /// Elements per token and position before additive scores.
    std::int64_t additive_width = 0;
    /// True if flash kernels take it: no other sequence, no positions inside the scores.
    bool flash = true;
    /// True if attention has a learned logit per head that belongs to no position (gpt-oss).
    bool sinks = false;
    /// True if several heads of queries share one head of keys and values.
    bool grouped = false;
    /// True if scores pass a tanh before the softmax (Gemma 2).
    bool softcap = false;
    /// True if every pair of positions has a bias of its own, so that the scores stand in memory (T5, DeBERTa).
    bool biased_scores = false;
    /// True if a model's code hands that bias to PyTorch's attention as a mask (T5; not MPNet, WavLM and DeBERTa, whose
    /// code makes scores of its own).
    bool mask_bias = false;
    /// True if relative positions are added by shifting copies of the scores (Transformer-XL).
    bool shifts_scores = false;
    /// True if a memory is concatenated with the layer's input.
    bool prepends_memory = false;
    /// FLOPs per token, forward, of products that no matrix of `linears` makes and that do not grow with the sequence.
    std::int64_t flops = 0;
    /// Kernels beside those of a plain attention: of compression to a latent; of a second attention or a memory.
    bool latent_kernels = false;
    bool second_kernels = false;  ///< of a second attention or a memory

    /// The most positions that a token attends to.
    [[nodiscard]] constexpr std::int64_t most_positions() const noexcept {
        return window < selected ? window : selected;
    }
};

/// What a cache keeps of one token.
struct cache_answers {
    /// Elements in the job's cache format.
    std::int64_t width = 0;
    /// True if tensor parallelism divides them by KV heads; false if every card holds all of them.
    bool by_head = true;
    /// Bytes beside them of what a search among all positions reads, whatever the job's cache format, on every card.
    std::int64_t scan_bytes = 0;
    /// Elements of keys and values that cross attention keeps per source token.
    std::int64_t cross_width = 0;
    /// Elements that attention reads of another layer's cache.
    std::int64_t borrowed_width = 0;

    /// True if `width` is a latent, of which keys and values by head are made. Engines that cannot attend to a latent
    /// keep those instead: `expanded_width` elements of `expanded_heads` heads. `value_width` is what an engine keeps
    /// twice that stores a latent's values apart from its keys.
    bool compressed = false;
    std::int64_t expanded_width = 0;  ///< elements per token
    std::int64_t expanded_heads = 0;  ///< heads that share them
    std::int64_t value_width = 0;     ///< elements per token
};

/// How a recurrent layer advances its state: there is none; in parallel chunks of the sequence (state spaces, linear
/// attention); or step by step, each waiting for the one before (LSTM).
enum class state_update : unsigned char { none, in_chunks, step_by_step };

/// What a layer carries from token to token, whatever the length of the sequence.
struct state_answers {
    state_update update = state_update::none;  ///< how the state advances from token to token
    /// Elements per sequence: the recurrence's state, and the last inputs of its short convolution.
    std::int64_t width = 0;
    std::int64_t convolution = 0;  ///< elements
    /// Elements per token whose gates run element by element, in the place of attention's projections.
    std::int64_t gate_width = 0;
    /// FLOPs per token, forward, of the scan and its short convolution.
    std::int64_t flops = 0;
    /// True if every tensor-parallel card holds all of it.
    bool copied = false;
    /// True if a token corrects what the state holds for its key (delta rule): several products that wait for one
    /// another.
    bool delta_rule = false;
};

/// What kernels a feed-forward has beside a plain one's.
struct feed_forward_answers {
    bool gated = false;    ///< a gate multiplies one half by the other
    bool experts = false;  ///< a router sends tokens to some of many feed-forwards
};

/// What a walk through convolutions found, per image.
struct convolution_answers {
    /// FLOPs per token, forward, of convolutions and attention inside windows.
    std::int64_t flops = 0;
    /// Gradients, in elements per token, that stand beside the saved tensors at the peak of backward.
    std::int64_t gradient_width = 0;
    /// cuDNN's Winograd transforms may make another phase the peak: fp32 elements per token beyond (or, negative,
    /// below) the former, and elements of transformed weights, whatever the number of tokens (see convnet_walk.hpp).
    std::int64_t transform_width = 0;
    std::int64_t transform_elements = 0;  ///< elements
};

/// One kind of layer.
struct layer_block {
    layer_range layers{};           ///< the layers of this kind
    linear linears[max_linears]{};  ///< the matrices of one layer
    std::int64_t linear_count = 0;  ///< the number of `linears`
    /// Parameters of norms, gates and sinks: copied to every tensor-parallel card.
    std::int64_t vector_parameters = 0;
    /// Running statistics: fp32, never trained, no parameters.
    std::int64_t buffers = 0;
    /// Tensors that a forward pass makes, in elements per token.
    by_role<std::int64_t> width{};

    attention_answers attention{};        ///< what attention computes
    cache_answers cache{};                ///< what a token leaves in the KV cache
    state_answers state{};                ///< what is carried from token to token
    feed_forward_answers feed_forward{};  ///< kernels of the feed-forward
    convolution_answers convolution{};    ///< of convolutions

    /// True for a layer of an encoder, which reads the source once.
    bool encodes = false;
    /// True if `forward_width` states how many elements per token live at the peak of a forward pass that saves nothing
    /// for backward; otherwise that follows from `width`, as it does for a transformer's layers.
    bool counts_forward = false;
    std::int64_t forward_width = 0;  ///< elements per token

    /// Adds a matrix. Throws invalid_input (in a constant: a compile error) where the layer has no room for it.
    constexpr void add(const linear& m) {
        linears[linear_count < max_linears ? linear_count++
                                           : throw invalid_input({"model.linears", max_linears + 1, 0, max_linears})] =
            m;
    }
};

/// Takes the biases of a target's matrices from a layer.
constexpr void drop_biases(layer_block& b, target of) noexcept {
    for (std::int64_t i = 0; i < b.linear_count; ++i)
        if (b.linears[i].target == of) b.linears[i].bias = false;
}

/// A mechanism that answers every question about mixing tokens.
template <class M>
concept mixing_mechanism = requires(layer_block& b, const M& m) {
    add_parameters(b, m);
    add_saved_tensors(b, m);
    { attention_of(m) } -> std::same_as<attention_answers>;
    { cache_of(m) } -> std::same_as<cache_answers>;
    { state_of(m) } -> std::same_as<state_answers>;
};

/// Adds a mixer's answers to a layer.
template <mixing_mechanism M>
constexpr void add_mixer(layer_block& b, const M& m) {
    add_parameters(b, m);
    add_saved_tensors(b, m);
    b.attention = attention_of(m);
    b.cache = cache_of(m);
    b.state = state_of(m);
}

/// A mechanism that answers every question about a feed-forward.
template <class F>
concept feed_forward_mechanism = requires(layer_block& b, const F& f) {
    add_parameters(b, f);
    add_saved_tensors(b, f);
    { feed_forward_of(f) } -> std::same_as<feed_forward_answers>;
};

/// Adds a feed-forward's answers to a layer.
template <feed_forward_mechanism F>
constexpr void add_feed_forward(layer_block& b, const F& f) {
    add_parameters(b, f);
    add_saved_tensors(b, f);
    b.feed_forward = feed_forward_of(f);
}

/// Returns the parameters of one layer of this kind.
[[nodiscard]] constexpr std::int64_t parameters(const layer_block& b) noexcept {
    std::int64_t sum = b.vector_parameters;
    for (std::int64_t i = 0; i < b.linear_count; ++i) sum += parameters(b.linears[i]);
    return sum;
}
/// Returns the parameters of one layer of this kind that one token visits.
[[nodiscard]] constexpr std::int64_t active_parameters(const layer_block& b) noexcept {
    std::int64_t sum = b.vector_parameters;
    for (std::int64_t i = 0; i < b.linear_count; ++i) sum += active_parameters(b.linears[i]);
    return sum;
}

}  // namespace cardfit
