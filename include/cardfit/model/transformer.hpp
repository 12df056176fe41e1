// SPDX-License-Identifier: MIT
#pragma once

// The transformer, as papers and config files describe it, and its lowering to blocks: grouped, latent, sparse and
// windowed attention; dense feed-forwards and experts; decoders, text encoders, vision transformers.

#include <cardfit/model/feed_forward/dense.hpp>
#include <cardfit/model/feed_forward/experts.hpp>
#include <cardfit/model/mixers/grouped_attention.hpp>
#include <cardfit/model/mixers/latent_attention.hpp>
#include <cardfit/model/mixers/sliding_window.hpp>
#include <cardfit/model/mixers/sparse_latent_attention.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/model/norms.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// The matrices that have a bias: none, those of queries, keys and values, or all.
enum class biases : unsigned char { none, qkv, all };
/// Whether a token attends to its past (decoder) or to all tokens (encoder).
enum class model_kind : unsigned char { decoder, encoder };

/// A transformer. The first block of members is the job file's; zero means the default in the comment.
struct transformer {
    std::int64_t layers = 0;                       ///< hidden layers
    std::int64_t hidden = 0;                       ///< hidden size
    std::int64_t heads = 0;                        ///< attention heads
    std::int64_t kv_heads = 0;                     ///< default: heads
    std::int64_t head_dim = 0;                     ///< default: hidden / heads
    std::int64_t ffn = 0;                          ///< width of the feed-forward
    bool ffn_gated = true;                         ///< a gate multiplies one half of it by the other
    std::int64_t vocab = 0;                        ///< rows of the embedding
    bool tied_embeddings = false;                  ///< the output layer shares the embedding's matrix
    std::int64_t positions = 0;                    ///< rows of a learned position embedding
    cardfit::norm_kind norm = norm_kind::rms;      ///< LayerNorm or RMSNorm
    cardfit::biases biases = biases::none;         ///< the matrices that have a bias
    model_kind kind = model_kind::decoder;         ///< decoder or encoder
    mixture_of_experts experts{};                  ///< mixture of experts; `count` 0: dense
    cardfit::latent_attention latent_attention{};  ///< compressed KV cache; `kv_rank` 0: none
    cardfit::sparse_attention sparse_attention{};  ///< only with latent attention
    cardfit::sliding_window sliding_window{};      ///< `window` 0: none
    std::int64_t patch_tokens = 0;                 ///< tokens per image; 0: text
    std::int64_t classes = 0;  ///< size of a classification head, which replaces the vocabulary head

    std::int64_t norms_per_layer = 2;    ///< 1: attention and feed-forward read one norm (Falcon-7B, Phi-2); 4: Gemma 2
    bool norm_bias = true;               ///< LayerNorms with a bias (MPT: without)
    bool head_norm = false;              ///< a norm of head_dim on queries and keys (Qwen 3, Gemma 3)
    bool attention_sinks = false;        ///< one learned logit per head (gpt-oss)
    bool attention_softcap = false;      ///< scores pass a tanh before the softmax (Gemma 2)
    bool head_bias = false;              ///< a bias on the vocabulary head (Phi)
    bool output_bias = false;            ///< a bias on the attention's output matrix besides `biases: qkv`
    bool feed_forward_bias = false;      ///< biases in the feed-forward besides `biases: none` and `qkv` (GPT-J)
    bool joint_norm = false;             ///< a norm across all heads of the queries, and one of the keys (OLMo 2)
    bool norm_weights = true;            ///< false: norms without parameters (OLMo)
    bool embedding_norm = false;         ///< a norm behind the embedding (BLOOM)
    bool headless = false;               ///< a body without a vocabulary head, as embedding models are
    bool fused_query_key_value = false;  ///< one matrix in the model's own files (GPT-2, GPT-NeoX, Falcon, MPT, Phi-3)
    /// The model's code in Hugging Face transformers writes its activation out of several operators (`gelu_new` of
    /// GPT-2, GPT-J, GPT-Neo and Phi).
    bool activation_in_steps = false;
    bool wide_norms = false;       ///< RMSNorms multiply by 1 + weight in fp32 (Gemma)
    std::int64_t patch_size = 16;  ///< pixels per side of an image patch

    friend constexpr bool operator==(const transformer&, const transformer&) = default;
};

namespace detail {

/// Returns a number of parameters that no model of these dimensions exceeds.
[[nodiscard]] constexpr double parameter_bound(const transformer& m) noexcept {
    const mixture_of_experts& e = m.experts;
    const cardfit::latent_attention& l = m.latent_attention;
    const cardfit::sparse_attention& s = m.sparse_attention;
    // In doubles, because the exact count may exceed 64 bits. No layer is wider than this in all its matrices together.
    const double h = static_cast<double>(m.hidden);
    const double heads = static_cast<double>(m.heads);
    const double head = static_cast<double>(m.head_dim > 0 ? m.head_dim : m.hidden) +
                        static_cast<double>(l.nope_dim + l.rope_dim + l.value_dim);
    const double widths = static_cast<double>(m.ffn + e.shared_ffn + e.count) +
                          static_cast<double>(e.count + e.shared) * static_cast<double>(e.ffn) + heads * head +
                          static_cast<double>(s.heads + 1) * static_cast<double>(s.head_dim + 1);
    return (static_cast<double>(m.layers) * 4 * (widths + h) +
            2 * static_cast<double>(m.vocab + m.positions + m.classes)) *
           (h + static_cast<double>(l.q_rank + l.kv_rank));
}

}  // namespace detail

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const transformer& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    const mixture_of_experts& e = m.experts;
    const cardfit::latent_attention& l = m.latent_attention;
    const cardfit::sparse_attention& s = m.sparse_attention;
    namespace dimensions = key_ranges::dimensions;
    found.within(ranged{dimensions::layers, m.layers}, ranged{dimensions::hidden, m.hidden},
                 ranged{dimensions::heads, m.heads}, ranged{dimensions::positions, m.positions},
                 ranged{dimensions::patch_size, m.patch_size}, ranged{dimensions::norms_per_layer, m.norms_per_layer},
                 ranged{dimensions::shared_experts, e.shared}, ranged{dimensions::shared_ffn, e.shared_ffn},
                 ranged{dimensions::latent_attention_q_rank, l.q_rank},
                 ranged{dimensions::latent_attention_rope_dim, l.rope_dim},
                 ranged{dimensions::sliding_window_global_every, m.sliding_window.global_every});
    // Optional dimensions, of which 0 means none, and dimensions that bound each other.
    found.ranges(
        invalid_field{dimensions::kv_heads.path, m.kv_heads, 0, m.heads},
        invalid_field{dimensions::head_dim.path, m.head_dim, 0, dimensions::head_dim.high},
        invalid_field{dimensions::ffn.path, m.ffn, e.count > 0 && e.dense_layers == 0 ? 0 : 1, dimensions::ffn.high},
        invalid_field{dimensions::vocab.path, m.vocab, m.patch_tokens > 0 ? 0 : 1, dimensions::vocab.high},
        invalid_field{dimensions::patch_tokens.path, m.patch_tokens, 0, dimensions::patch_tokens.high},
        invalid_field{dimensions::classes.path, m.classes, m.patch_tokens > 0 ? 1 : 0, dimensions::classes.high},
        invalid_field{dimensions::experts.path, e.count, 0, dimensions::experts.high},
        invalid_field{dimensions::active_experts.path, e.active, e.count > 0 ? 1 : 0, e.count},
        invalid_field{dimensions::expert_ffn.path, e.ffn, e.count > 0 ? 1 : 0, dimensions::expert_ffn.high},
        invalid_field{dimensions::dense_layers.path, e.dense_layers, 0, m.layers},
        invalid_field{dimensions::latent_attention_kv_rank.path, l.kv_rank, 0,
                      dimensions::latent_attention_kv_rank.high},
        invalid_field{dimensions::latent_attention_nope_dim.path, l.nope_dim, l.kv_rank > 0 ? 1 : 0,
                      dimensions::latent_attention_nope_dim.high},
        invalid_field{dimensions::latent_attention_value_dim.path, l.value_dim, l.kv_rank > 0 ? 1 : 0,
                      dimensions::latent_attention_value_dim.high},
        invalid_field{dimensions::sparse_attention_heads.path, s.heads, 0, dimensions::sparse_attention_heads.high},
        invalid_field{dimensions::sparse_attention_head_dim.path, s.head_dim, s.heads > 0 ? 1 : 0,
                      dimensions::sparse_attention_head_dim.high},
        invalid_field{dimensions::sparse_attention_tokens.path, s.tokens, s.heads > 0 ? 1 : 0,
                      dimensions::sparse_attention_tokens.high},
        invalid_field{dimensions::sliding_window_window.path, m.sliding_window.window, 0,
                      dimensions::sliding_window_window.high});
    if (!found.empty()) return found;

    const std::int64_t kv_heads = m.kv_heads > 0 ? m.kv_heads : m.heads;
    found.require(
        field_condition{m.head_dim > 0 || l.kv_rank > 0 || m.hidden % m.heads == 0, "model.transformer.head_dim",
                        m.head_dim, "a head_dim, or a hidden that is a multiple of heads"},
        field_condition{m.heads % kv_heads == 0, "model.transformer.kv_heads", kv_heads, "a divisor of heads"},
        field_condition{s.heads == 0 || (l.kv_rank > 0 && l.q_rank > 0), "model.transformer.sparse_attention.heads",
                        s.heads, "0, or latent attention whose queries have a latent"});
    found.require(field_condition{detail::parameter_bound(m) < 4e17, "model.transformer.hidden", m.hidden,
                                  "dimensions of a model of less than 1e16 parameters"});
    return found;
}

namespace detail {

/// Returns the attention of a transformer that has no latent.
[[nodiscard]] constexpr mechanism::grouped_attention grouped_attention_of(const transformer& m,
                                                                          std::int64_t window) noexcept {
    return {.hidden = m.hidden,
            .heads = m.heads,
            .kv_heads = m.kv_heads > 0 ? m.kv_heads : m.heads,
            .head_dim = m.head_dim > 0 ? m.head_dim : m.hidden / m.heads,
            .bias = m.biases != biases::none,
            .output_bias = m.biases == biases::all || m.output_bias,
            .fused = m.fused_query_key_value,
            .head_norm = m.head_norm,
            .joint_norm = m.joint_norm,
            .sinks = m.attention_sinks,
            .softcap = m.attention_softcap,
            .causal = m.kind == model_kind::decoder,
            .window = window};
}

[[nodiscard]] constexpr mechanism::latent_attention latent_attention_of(const transformer& m,
                                                                        std::int64_t window) noexcept {
    return {.hidden = m.hidden,
            .heads = m.heads,
            .ranks = m.latent_attention,
            .output_bias = m.biases == biases::all,
            .causal = m.kind == model_kind::decoder,
            .window = window};
}

[[nodiscard]] constexpr mechanism::dense_feed_forward dense_of(const transformer& m) noexcept {
    return {.hidden = m.hidden,
            .ffn = m.ffn,
            .gated = m.ffn_gated,
            .bias = m.biases == biases::all || m.feed_forward_bias,
            .activation_in_steps = m.activation_in_steps};
}

[[nodiscard]] constexpr mechanism::experts experts_of(const transformer& m) noexcept {
    return {.hidden = m.hidden,
            .mixture = m.experts,
            .gated = m.ffn_gated,
            .bias = m.biases == biases::all || m.feed_forward_bias};
}

[[nodiscard]] constexpr mechanism::residual_norms norms_of(const transformer& m) noexcept {
    return {.hidden = m.hidden,
            .count = m.norms_per_layer,
            .kind = m.norm,
            .bias = m.norm_bias,
            .weights = m.norm_weights,
            .wide = m.wide_norms};
}

/// Lowers one layer: norms, attention that sees `window` positions, and a dense feed-forward or experts.
constexpr void lower_layer(layer_block& b, const transformer& m, bool sparse, std::int64_t window) {
    add_norms(b, norms_of(m));
    b.width.of[tensor_role::dropout_mask] = 2 * m.hidden;
    if (m.sparse_attention.heads > 0)
        add_mixer(b, mechanism::sparse_latent_attention{latent_attention_of(m, window), m.sparse_attention});
    else if (m.latent_attention.kv_rank > 0)
        add_mixer(b, latent_attention_of(m, window));
    else
        add_mixer(b, grouped_attention_of(m, window));
    if (sparse)
        add_feed_forward(b, experts_of(m));
    else
        add_feed_forward(b, dense_of(m));
}

/// Adds the layers of a range, which are of one kind.
constexpr void add_kind(network& net, const transformer& m, bool sparse, const layer_range& layers,
                        std::int64_t window) {
    layer_block& b = net.blocks[net.block_kinds];
    lower_layer(b, m, sparse, window);
    b.layers = layers;
    ++net.block_kinds;
}

/// Adds the layers of [begin, end), whose feed-forwards are dense or experts: those that see all tokens as one kind,
/// and those that have a window as another.
constexpr void add_layers(network& net, const transformer& m, bool sparse, std::int64_t begin, std::int64_t end) {
    if (begin == end) return;
    const sliding_window& w = m.sliding_window;
    if (w.window == 0) return add_kind(net, m, sparse, {begin, end}, all_positions);
    const layer_range global = layers_with_all(w, begin, end);
    const layer_range windowed = layers_with_window(w, begin, end);
    if (global.count(begin, end) > 0) add_kind(net, m, sparse, global, all_positions);
    if (windowed.count(begin, end) > 0) add_kind(net, m, sparse, windowed, w.window);
}

/// Returns the pixels per side of the square that the patches cover; 0 where they cover no square.
[[nodiscard]] constexpr std::int64_t image_side(const transformer& m) noexcept {
    std::int64_t side = 1;
    while (side * side < m.patch_tokens) ++side;
    return side * side == m.patch_tokens ? side * m.patch_size : 0;
}

/// Adds what surrounds the layers of a vision transformer (ViT, arXiv 2010.11929): a convolution over patches, a class
/// token, positions for both, a final norm, a linear head.
constexpr void add_vision_ends(network& net, const transformer& m) {
    const std::int64_t h = m.hidden;
    const std::int64_t patch = 3 * m.patch_size * m.patch_size;
    net.embedding_parameters = patch * h + h;
    net.position_parameters = h + (m.patch_tokens + 1) * h;
    net.final_parameters = vectors_of(norms_of(m));
    net.head_parameters = h * m.classes + m.classes;
    net.tokens_per_sample = m.patch_tokens + 1;
    net.image_size = image_side(m);
    net.sample_flops = 2 * (m.patch_tokens * patch * h + h * m.classes);
    net.final_norm_width = h;
}

/// Adds what surrounds the layers of a text encoder (BERT, arXiv 1810.04805): two segment embeddings and a norm before
/// the layers; a pooler behind them. The pre-training head is a transform with a norm, a vocabulary bias and the
/// next-sentence classifier.
constexpr void add_encoder_ends(network& net, const transformer& m) {
    const std::int64_t h = m.hidden;
    const std::int64_t norm = vectors_of(norms_of(m));
    net.position_parameters += 2 * h + norm;
    net.final_parameters = h * h + h;
    if (m.classes == 0 && !m.headless) net.final_parameters += h * h + h + norm + m.vocab + 2 * h + 2;
}

constexpr void add_decoder_ends(network& net, const transformer& m) {
    net.final_parameters = vectors_of(norms_of(m));
    net.final_norm_width = m.hidden;
    if (m.head_bias) net.final_parameters += m.vocab;
    if (m.embedding_norm) net.position_parameters += vectors_of(norms_of(m));
}

/// Adds embedding, positions, final norm and head of a text model.
constexpr void add_text_ends(network& net, const transformer& m) {
    const std::int64_t h = m.hidden;
    net.embedding_parameters = m.vocab * h;
    net.position_parameters = m.positions * h;
    net.longest_sequence = m.positions;
    net.tied = m.tied_embeddings;
    net.fused_query_key_value = m.fused_query_key_value;
    if (m.kind == model_kind::encoder)
        add_encoder_ends(net, m);
    else
        add_decoder_ends(net, m);
    if (m.classes > 0) {
        // The classifier of a decoder has no bias: transformers, GenericForSequenceClassification.
        net.final_parameters += h * m.classes + (m.kind == model_kind::encoder ? m.classes : 0);
        return;
    }
    if (m.headless) return;
    net.logits = m.vocab;
    net.head_parameters = m.tied_embeddings ? 0 : m.vocab * h;
}

}  // namespace detail

/// Lowers a transformer to blocks. Throws invalid_input (a std::invalid_argument) for dimensions that make no model.
[[nodiscard]] constexpr network lower(const transformer& m) {
    check(m);
    network net;
    net.layers = m.layers;
    net.hidden = m.hidden;
    net.heads = m.heads;
    net.kv_heads = m.latent_attention.kv_rank > 0 || m.kv_heads == 0 ? m.heads : m.kv_heads;
    net.experts = m.experts.count;
    net.classes = m.classes;
    net.final_norm_is_rms = m.norm == norm_kind::rms;
    const std::int64_t dense_end = m.experts.count > 0 ? m.experts.dense_layers : m.layers;
    detail::add_layers(net, m, false, 0, dense_end);
    detail::add_layers(net, m, true, dense_end, m.layers);
    if (m.patch_tokens > 0)
        detail::add_vision_ends(net, m);
    else
        detail::add_text_ends(net, m);
    return net;
}

/// Lowers a vision transformer for images of image_size pixels per side: patches and positions follow the grid (arXiv
/// 2010.11929, section 3.2: positions are interpolated). Throws invalid_input for a text model, and for a size that is
/// no multiple of the patch.
[[nodiscard]] constexpr network lower(const transformer& m, std::int64_t image_size) {
    check(m);
    problem_list found(on_problem::refuse);
    const std::int64_t largest = m.patch_tokens > 0 ? larger(m.patch_size, smaller(100'000, 1000 * m.patch_size)) : 0;
    found.ranges(invalid_field{"training.image_size", image_size, m.patch_tokens > 0 ? m.patch_size : 0, largest});
    if (image_size == 0) return lower(m);
    found.require(field_condition{image_size % m.patch_size == 0, "training.image_size", image_size,
                                  "a multiple of the model's patch_size"});
    transformer resized = m;
    resized.patch_tokens = (image_size / m.patch_size) * (image_size / m.patch_size);
    return lower(resized);
}

}  // namespace cardfit
