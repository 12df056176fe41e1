// SPDX-License-Identifier: MIT
#pragma once

// The transformer, as papers and config files describe it, and its lowering to blocks: dense, mixture of experts,
// latent attention (MLA), sliding window, encoder, vision.

#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

enum class norm : unsigned char { rms, layer };
enum class biases : unsigned char { none, qkv, all };
enum class model_kind : unsigned char { decoder, encoder };

/// Mixture of experts. `count` 0: dense.
struct mixture_of_experts {
    std::int64_t count = 0;
    std::int64_t active = 0;
    /// Width of one expert's feed-forward.
    std::int64_t ffn = 0;
    /// Experts that every token visits, and the width of all of them together (0: shared x ffn).
    std::int64_t shared = 0;
    std::int64_t shared_ffn = 0;
    /// Leading layers with a dense feed-forward of the model's own width.
    std::int64_t dense_layers = 0;
    /// A learned gate on the shared experts (Qwen2-MoE), a bias or correction on the router (DeepSeek-V3, gpt-oss).
    bool shared_gate = false;
    bool router_bias = false;
    friend constexpr bool operator==(const mixture_of_experts&, const mixture_of_experts&) = default;
};

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1). `kv_rank` 0: ordinary attention.
struct latent_attention {
    std::int64_t q_rank = 0;
    std::int64_t kv_rank = 0;
    std::int64_t nope_dim = 0;
    std::int64_t rope_dim = 0;
    std::int64_t value_dim = 0;
    friend constexpr bool operator==(const latent_attention&, const latent_attention&) = default;
};

/// Every `global_every`-th layer sees all tokens, the others the last `window`. `window` 0: all see all;
/// `global_every` 0: none does.
struct sliding_window {
    std::int64_t window = 0;
    std::int64_t global_every = 0;
    friend constexpr bool operator==(const sliding_window&, const sliding_window&) = default;
};

/// A transformer. The first block of members is the job file's; zero means the default in the comment.
struct transformer {
    std::int64_t layers = 0;
    std::int64_t hidden = 0;
    std::int64_t heads = 0;
    std::int64_t kv_heads = 0;  ///< default: heads
    std::int64_t head_dim = 0;  ///< default: hidden / heads
    std::int64_t ffn = 0;
    bool ffn_gated = true;
    std::int64_t vocab = 0;
    bool tied_embeddings = false;
    std::int64_t positions = 0;  ///< rows of a learned position embedding
    cardfit::norm norm = norm::rms;
    cardfit::biases biases = biases::none;
    model_kind kind = model_kind::decoder;
    mixture_of_experts experts{};
    cardfit::latent_attention latent_attention{};
    cardfit::sliding_window sliding_window{};
    std::int64_t patch_tokens = 0;  ///< tokens an image; 0: text
    std::int64_t classes = 0;       ///< size of a classification head, which replaces the vocabulary head

    std::int64_t norms_per_layer = 2;    ///< 1: attention and feed-forward read one norm (Falcon-7B, Phi-2); 4: Gemma 2
    bool norm_bias = true;               ///< LayerNorms with a bias (MPT: without)
    bool head_norm = false;              ///< a norm of head_dim on queries and keys (Qwen 3, Gemma 3)
    bool attention_sinks = false;        ///< one learned logit a head (gpt-oss)
    bool head_bias = false;              ///< a bias on the vocabulary head (Phi)
    bool output_bias = false;            ///< a bias on the attention's output matrix besides `biases: qkv`
    bool fused_query_key_value = false;  ///< one matrix in the model's own files (GPT-2, GPT-NeoX, Falcon, MPT, Phi-3)
    std::int64_t patch_size = 16;        ///< pixels a side of an image patch

    friend constexpr bool operator==(const transformer&, const transformer&) = default;
};

/// Everything that is wrong with a model's dimensions; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const transformer& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t million = 1'000'000;
    problem_list found(action);
    const mixture_of_experts& e = m.experts;
    const cardfit::latent_attention& l = m.latent_attention;
    found.ranges(problem{"model.transformer.layers", m.layers, 1, 10'000},
                 problem{"model.transformer.hidden", m.hidden, 1, million},
                 problem{"model.transformer.heads", m.heads, 1, 10'000},
                 problem{"model.transformer.kv_heads", m.kv_heads, 0, m.heads},
                 problem{"model.transformer.head_dim", m.head_dim, 0, 100'000},
                 problem{"model.transformer.ffn", m.ffn, e.count > 0 && e.dense_layers == 0 ? 0 : 1, 10 * million},
                 problem{"model.transformer.vocab", m.vocab, m.patch_tokens > 0 ? 0 : 1, 10 * million},
                 problem{"model.transformer.positions", m.positions, 0, 100 * million},
                 problem{"model.transformer.patch_tokens", m.patch_tokens, 0, million},
                 problem{"model.transformer.classes", m.classes, m.patch_tokens > 0 ? 1 : 0, 10 * million},
                 problem{"model.transformer.patch_size", m.patch_size, 1, 10'000},
                 problem{"model.transformer.norms_per_layer", m.norms_per_layer, 1, 4},
                 problem{"model.transformer.experts.count", e.count, 0, 100'000},
                 problem{"model.transformer.experts.active", e.active, e.count > 0 ? 1 : 0, e.count},
                 problem{"model.transformer.experts.ffn", e.ffn, e.count > 0 ? 1 : 0, 10 * million},
                 problem{"model.transformer.experts.shared", e.shared, 0, 10'000},
                 problem{"model.transformer.experts.shared_ffn", e.shared_ffn, 0, 10 * million},
                 problem{"model.transformer.experts.dense_layers", e.dense_layers, 0, m.layers},
                 problem{"model.transformer.latent_attention.kv_rank", l.kv_rank, 0, million},
                 problem{"model.transformer.latent_attention.q_rank", l.q_rank, 0, million},
                 problem{"model.transformer.latent_attention.nope_dim", l.nope_dim, l.kv_rank > 0 ? 1 : 0, 100'000},
                 problem{"model.transformer.latent_attention.rope_dim", l.rope_dim, 0, 100'000},
                 problem{"model.transformer.latent_attention.value_dim", l.value_dim, l.kv_rank > 0 ? 1 : 0, 100'000},
                 problem{"model.transformer.sliding_window.window", m.sliding_window.window, 0, 1'000 * million},
                 problem{"model.transformer.sliding_window.global_every", m.sliding_window.global_every, 0, 10'000});
    if (!found.empty()) return found;

    const std::int64_t kv_heads = m.kv_heads > 0 ? m.kv_heads : m.heads;
    found.require(condition{m.head_dim > 0 || l.kv_rank > 0 || m.hidden % m.heads == 0, "model.transformer.head_dim",
                            m.head_dim, "a head_dim, or a hidden that is a multiple of heads"},
                  condition{m.heads % kv_heads == 0, "model.transformer.kv_heads", kv_heads, "a divisor of heads"});
    // In doubles, because the exact count may exceed 64 bits. No layer is wider than this in all its matrices together.
    const double h = static_cast<double>(m.hidden);
    const double heads = static_cast<double>(m.heads);
    const double head = static_cast<double>(m.head_dim > 0 ? m.head_dim : m.hidden) +
                        static_cast<double>(l.nope_dim + l.rope_dim + l.value_dim);
    const double widths = static_cast<double>(m.ffn + e.shared_ffn + e.count) +
                          static_cast<double>(e.count + e.shared) * static_cast<double>(e.ffn) + heads * head;
    const double bound = (static_cast<double>(m.layers) * 4 * (widths + h) +
                          2 * static_cast<double>(m.vocab + m.positions + m.classes)) *
                         (h + static_cast<double>(l.q_rank + l.kv_rank));
    found.require(condition{bound < 4e17, "model.transformer.hidden", m.hidden,
                            "dimensions of a model of less than 1e16 parameters"});
    return found;
}

namespace detail {

// Assignments are joined by commas: each statement counts against the compilers' limit on constant evaluation.

/// Widths and matrices of attention. A: query width, K: key width of the KV heads.
constexpr void add_attention(block& b, const transformer& m) {
    const std::int64_t h = m.hidden;
    const std::int64_t kv_heads = m.kv_heads > 0 ? m.kv_heads : m.heads;
    const bool bias = m.biases != biases::none;
    const latent_attention& l = m.latent_attention;
    b.score_heads = m.heads;
    b.width.of[tensor_role::attention_input] = h;
    b.width.of[tensor_role::attention_input_casts] = 3 * h;
    b.width.of[tensor_role::adapter_query_input] = h;
    b.width.of[tensor_role::adapter_key_input] = h;
    b.width.of[tensor_role::adapter_value_input] = h;
    b.width.of[tensor_role::softmax_statistics] = m.heads;
    if (l.kv_rank > 0) {
        const std::int64_t query_width = m.heads * (l.nope_dim + l.rope_dim);
        const std::int64_t value_width = m.heads * l.value_dim;
        if (l.q_rank > 0) {
            b.linears[b.linear_count++] = {.target = target::latent, .split = split::none, .in = h, .out = l.q_rank};
            b.vector_parameters += l.q_rank;
        }
        b.linears[b.linear_count++] = {.target = target::query, .in = l.q_rank > 0 ? l.q_rank : h, .out = query_width};
        b.linears[b.linear_count++] = {
            .target = target::latent, .split = split::none, .in = h, .out = l.kv_rank + l.rope_dim};
        b.vector_parameters += l.kv_rank;
        b.linears[b.linear_count++] = {
            .target = target::key, .in = l.kv_rank, .out = m.heads * (l.nope_dim + l.value_dim)};
        b.linears[b.linear_count++] = {
            .target = target::output, .in = value_width, .out = h, .bias = m.biases == biases::all};
        b.width.of[tensor_role::latent] = l.q_rank + l.kv_rank;
        b.width.of[tensor_role::query] = query_width;
        b.width.of[tensor_role::key] = query_width;
        b.width.of[tensor_role::value] = value_width;
        b.width.of[tensor_role::key_value_expanded] = query_width + value_width;
        b.width.of[tensor_role::attention_output] = value_width;
        b.width.of[tensor_role::adapter_output_input] = value_width;
        b.cache_width = l.kv_rank + l.rope_dim;
        b.cache_splits = false;
        b.latent_width = l.kv_rank;
        return;
    }
    const std::int64_t dim = m.head_dim > 0 ? m.head_dim : h / m.heads;
    const std::int64_t query_width = m.heads * dim;
    const std::int64_t key_width = kv_heads * dim;
    b.linears[b.linear_count++] = {.target = target::query, .in = h, .out = query_width, .bias = bias};
    b.linears[b.linear_count++] = {.target = target::key, .in = h, .out = key_width, .bias = bias};
    b.linears[b.linear_count++] = {.target = target::value, .in = h, .out = key_width, .bias = bias};
    b.linears[b.linear_count++] = {
        .target = target::output, .in = query_width, .out = h, .bias = m.biases == biases::all || m.output_bias};
    b.vector_parameters += (m.head_norm ? 2 * dim : 0) + (m.attention_sinks ? m.heads : 0);
    b.width.of[tensor_role::head_norm_input] = m.head_norm ? query_width + key_width : 0;
    b.width.of[tensor_role::query] = query_width;
    b.width.of[tensor_role::key] = key_width;
    b.width.of[tensor_role::value] = key_width;
    b.width.of[tensor_role::key_value_expanded] = 2 * query_width;
    b.width.of[tensor_role::attention_output] = query_width;
    b.width.of[tensor_role::adapter_output_input] = query_width;
    b.cache_width = 2 * key_width;
    b.sinks = m.attention_sinks;
}

/// A dense feed-forward of width f.
constexpr void add_feed_forward(block& b, const transformer& m, std::int64_t f) {
    const bool bias = m.biases == biases::all;
    b.width.of[tensor_role::feed_forward_input] = m.hidden;
    b.width.of[tensor_role::feed_forward_input_casts] = m.hidden * (m.ffn_gated ? 2 : 1);
    b.width.of[tensor_role::down_output] = m.hidden;
    if (m.ffn_gated) b.linears[b.linear_count++] = {.target = target::gate, .in = m.hidden, .out = f, .bias = bias};
    b.linears[b.linear_count++] = {.target = target::up, .in = m.hidden, .out = f, .bias = bias};
    b.linears[b.linear_count++] = {.target = target::down, .in = f, .out = m.hidden, .bias = bias};
    b.width.of[tensor_role::gate_output] = f;
    b.width.of[tensor_role::up_output] = m.ffn_gated ? f : 0;
    b.width.of[tensor_role::activation_output] = m.ffn_gated ? f : 0;
    b.width.of[tensor_role::feed_forward_hidden] = f;
    b.width.of[tensor_role::adapter_gate_input] = m.ffn_gated ? m.hidden : 0;
    b.width.of[tensor_role::adapter_up_input] = m.hidden;
    b.width.of[tensor_role::adapter_down_input] = f;
}

/// Router, experts, and shared experts (which are an ordinary feed-forward beside them).
constexpr void add_experts(block& b, const transformer& m) {
    const mixture_of_experts& e = m.experts;
    const bool bias = m.biases == biases::all;
    const std::int64_t shared = e.shared_ffn > 0 ? e.shared_ffn : e.shared * e.ffn;
    if (shared > 0) add_feed_forward(b, m, shared);
    b.width.of[tensor_role::feed_forward_input] = m.hidden;
    b.linears[b.linear_count++] = {
        .target = target::router, .split = split::none, .in = m.hidden, .out = e.count, .bias = e.router_bias};
    if (e.shared_gate)
        b.linears[b.linear_count++] = {.target = target::router, .split = split::none, .in = m.hidden, .out = 1};
    const linear into{.target = target::up,
                      .split = split::expert,
                      .in = m.hidden,
                      .out = e.ffn,
                      .copies = e.count,
                      .active = e.active,
                      .bias = bias};
    if (m.ffn_gated)
        b.linears[b.linear_count++] = {.target = target::gate,
                                       .split = split::expert,
                                       .in = m.hidden,
                                       .out = e.ffn,
                                       .copies = e.count,
                                       .active = e.active,
                                       .bias = bias};
    b.linears[b.linear_count++] = into;
    b.linears[b.linear_count++] = {.target = target::down,
                                   .split = split::expert,
                                   .in = e.ffn,
                                   .out = m.hidden,
                                   .copies = e.count,
                                   .active = e.active,
                                   .bias = bias};
    b.width.of[tensor_role::router] = e.count;
    b.width.of[tensor_role::expert_input] = e.active * m.hidden;
    b.width.of[tensor_role::expert_gate_output] = e.active * e.ffn;
    b.width.of[tensor_role::expert_up_output] = m.ffn_gated ? e.active * e.ffn : 0;
    b.width.of[tensor_role::expert_activation_output] = m.ffn_gated ? e.active * e.ffn : 0;
    b.width.of[tensor_role::expert_hidden] = e.active * e.ffn;
    b.width.of[tensor_role::expert_output] = e.active * m.hidden;
}

/// One layer: norms, attention, and a dense or sparse feed-forward.
constexpr void lower_layer(block& b, const transformer& m, bool sparse, std::int64_t window) {
    b.window = window;
    b.causal = m.kind == model_kind::decoder;
    b.width.of[tensor_role::layer_input] = m.hidden;
    b.width.of[m.norm == norm::rms ? tensor_role::rms_norm_input : tensor_role::layer_norm_input] =
        m.norms_per_layer * m.hidden;
    b.width.of[tensor_role::rms_normalized] = m.norm == norm::rms ? m.norms_per_layer * m.hidden : 0;
    b.width.of[tensor_role::dropout_mask] = 2 * m.hidden;
    b.vector_parameters = m.norms_per_layer * m.hidden * (m.norm == norm::layer && m.norm_bias ? 2 : 1);
    add_attention(b, m);
    if (sparse)
        add_experts(b, m);
    else
        add_feed_forward(b, m, m.ffn);
}

/// Pixels a side of the square that so many patches cover; 0 where they cover none.
[[nodiscard]] constexpr std::int64_t image_side(const transformer& m) noexcept {
    std::int64_t side = 1;
    while (side * side < m.patch_tokens) ++side;
    return side * side == m.patch_tokens ? side * m.patch_size : 0;
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

    // Leading dense layers, then the rest; each kind once for layers with a window and once for those without.
    const std::int64_t dense_end = m.experts.count > 0 ? m.experts.dense_layers : m.layers;
    const bool windows = m.sliding_window.window > 0;
    const std::int64_t every =
        windows && m.sliding_window.global_every > 0 ? m.sliding_window.global_every : (windows ? m.layers + 1 : 1);
    for (int kind = 0; kind < 4; ++kind) {
        const bool sparse = kind >= 2;
        const bool global = kind % 2 == 0;
        const layer_range range{sparse ? dense_end : 0, sparse ? m.layers : dense_end, every, global};
        if (range.begin == range.end || (!windows && !global) || range.count(0, m.layers) == 0) continue;
        detail::lower_layer(net.blocks[net.block_kinds], m, sparse, global ? 0 : m.sliding_window.window);
        net.blocks[net.block_kinds++].layers = range;
    }

    const std::int64_t h = m.hidden;
    const std::int64_t norm_width = h * (m.norm == norm::layer && m.norm_bias ? 2 : 1);
    const bool text_encoder = m.kind == model_kind::encoder && m.patch_tokens == 0;
    net.final_norm_width = text_encoder ? 0 : h;
    net.final_norm_is_rms = m.norm == norm::rms;
    net.classes = m.classes;
    if (m.patch_tokens > 0) {
        // ViT (arXiv 2010.11929): a convolution over patches, a class token, positions for both, a linear head.
        net.embedding_parameters = 3 * m.patch_size * m.patch_size * h + h;
        net.position_parameters = h + (m.patch_tokens + 1) * h;
        net.final_parameters = norm_width;
        net.head_parameters = h * m.classes + m.classes;
        net.tokens_per_sample = m.patch_tokens + 1;
        net.image_size = detail::image_side(m);
        net.sample_flops = 2 * (m.patch_tokens * 3 * m.patch_size * m.patch_size * h + h * m.classes);
        return net;
    }
    net.embedding_parameters = m.vocab * h;
    net.position_parameters = m.positions * h;
    net.longest_sequence = m.positions;
    net.tied = m.tied_embeddings;
    net.fused_query_key_value = m.fused_query_key_value;
    if (text_encoder) {
        // BERT (arXiv 1810.04805): two segment embeddings and a norm in front; a pooler behind; the pre-training head
        // is a transform with norm, a vocabulary bias and the next-sentence classifier.
        net.position_parameters += 2 * h + norm_width;
        net.final_parameters = h * h + h;
        if (m.classes == 0) net.final_parameters += h * h + h + norm_width + m.vocab + 2 * h + 2;
    } else {
        net.final_parameters = norm_width;
        if (m.head_bias) net.final_parameters += m.vocab;
    }
    if (m.classes > 0) {
        net.final_parameters += h * m.classes + m.classes;
    } else {
        net.logits = m.vocab;
        net.head_parameters = m.tied_embeddings ? 0 : m.vocab * h;
    }
    return net;
}

/// The same for images of image_size pixels a side: a vision transformer's patches and positions follow the grid (arXiv
/// 2010.11929, section 3.2: positions are interpolated). Throws invalid_input for a text model, and for a size that is
/// no multiple of the patch.
[[nodiscard]] constexpr network lower(const transformer& m, std::int64_t image_size) {
    check(m);
    problem_list found(on_problem::refuse);
    const std::int64_t largest = m.patch_tokens > 0 ? larger(m.patch_size, smaller(100'000, 1000 * m.patch_size)) : 0;
    found.ranges(problem{"training.image_size", image_size, m.patch_tokens > 0 ? m.patch_size : 0, largest});
    if (image_size == 0) return lower(m);
    found.require(condition{image_size % m.patch_size == 0, "training.image_size", image_size,
                            "a multiple of the model's patch_size"});
    transformer resized = m;
    resized.patch_tokens = (image_size / m.patch_size) * (image_size / m.patch_size);
    return lower(resized);
}

}  // namespace cardfit
