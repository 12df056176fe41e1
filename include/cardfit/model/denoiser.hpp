// SPDX-License-Identifier: MIT
#pragma once

// The transformer of a diffusion model on its own (Peebles and Xie, arXiv 2212.09748): one pass is one step of
// denoising, and its tokens are the patches of the latents, with those of the text where both are one sequence. It has
// no cache. Whole pipelines, where they are known, are `diffusion` (diffusion.hpp).

#include <cardfit/model/transformer.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// A denoiser. Its norms have no weights but those of queries and keys, and of plain layers. The time step shifts,
/// scales and gates each layer.
struct denoiser {
    /// Layers with matrices of their own for latents and text, which attend as one sequence (Esser et al., arXiv
    /// 2403.03206).
    std::int64_t joint_layers = 0;
    /// Of these, the first ones whose latents have a second attention, to themselves alone (SD 3.5 Medium).
    std::int64_t dual_layers = 0;
    /// True if the last of them gives only the latents on: the text has no output matrix and no feed-forward there.
    bool last_drops_text = false;
    /// Layers that read both with one set of matrices, with attention and feed-forward in parallel (FLUX.1).
    std::int64_t single_layers = 0;
    /// Layers that read the latents alone, and attend to the text by cross attention (Wan, arXiv 2503.20314).
    std::int64_t crossed_layers = 0;
    /// Layers that read both with one set of matrices, attention before the feed-forward, with a norm before and behind
    /// each (Z-Image, arXiv 2511.22699): first `time_free_layers` that the time step does not change.
    std::int64_t plain_layers = 0;
    std::int64_t time_free_layers = 0;  ///< of `plain_layers`, the first ones
    std::int64_t heads = 0;             ///< attention heads
    std::int64_t head_dim = 0;          ///< elements per head
    std::int64_t ffn = 0;               ///< width of the feed-forward
    bool bias = true;                   ///< on the matrices of attention and feed-forward
    bool gated = false;                 ///< the feed-forward is gated
    bool head_norm = true;              ///< norms of each head's query and key in joint, single and plain layers
    bool shared_modulation = false;     ///< one matrix for all layers of a kind makes shifts, scales and gates (FLUX.2)
    std::int64_t time_width = 0;        ///< of the time step that plain layers read; default: heads x head_dim
    bool cross_norm = false;            ///< a norm with weights in front of the cross attention
    std::int64_t text_tokens = 0;       ///< of the text that cross attention reads
    std::int64_t image_width = 0;       ///< of features of an image that cross attention reads beside the text; 0: none
    std::int64_t image_tokens = 0;      ///< features of one image
    /// Parameters outside the layers: patches, text, time step, guidance, the last modulation and projection.
    std::int64_t outer_parameters = 0;

    friend constexpr bool operator==(const denoiser&, const denoiser&) = default;
};

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const denoiser& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(invalid_field{"model.denoiser.joint_layers", m.joint_layers, 0, 1000},
                 invalid_field{"model.denoiser.single_layers", m.single_layers, 0, 1000},
                 invalid_field{"model.denoiser.dual_layers", m.dual_layers, 0, m.joint_layers},
                 invalid_field{"model.denoiser.crossed_layers", m.crossed_layers, 0, 1000},
                 invalid_field{"model.denoiser.plain_layers", m.plain_layers, 0, 1000},
                 invalid_field{"model.denoiser.time_free_layers", m.time_free_layers, 0, 1000},
                 invalid_field{"model.denoiser.heads", m.heads, 1, 1000},
                 invalid_field{"model.denoiser.head_dim", m.head_dim, 1, 1000},
                 invalid_field{"model.denoiser.ffn", m.ffn, 1, 1'000'000},
                 invalid_field{"model.denoiser.time_width", m.time_width, 0, 100'000},
                 invalid_field{"model.denoiser.text_tokens", m.text_tokens, 0, 100'000},
                 invalid_field{"model.denoiser.image_width", m.image_width, 0, 100'000},
                 invalid_field{"model.denoiser.image_tokens", m.image_tokens, 0, 100'000},
                 invalid_field{"model.denoiser.outer_parameters", m.outer_parameters, 0, std::int64_t{1} << 50});
    if (!found.empty()) return found;
    const std::int64_t layers =
        m.joint_layers + m.single_layers + m.crossed_layers + m.plain_layers + m.time_free_layers;
    found.require(field_condition{layers > 0, "model.denoiser.joint_layers", layers, "a layer of any kind"});
    return found;
}

namespace detail {

[[nodiscard]] constexpr std::int64_t width_of(const denoiser& m) noexcept { return m.heads * m.head_dim; }

/// Norms of queries and keys.
enum class query_norms : unsigned char { none, of_each_head, across_heads };

/// Returns the norms of a joint, single or plain layer's queries and keys.
[[nodiscard]] constexpr query_norms head_norms_of(const denoiser& m) noexcept {
    return m.head_norm ? query_norms::of_each_head : query_norms::none;
}

/// Adds an attention without mask, and norms.
constexpr void add_attention(layer_block& b, const denoiser& m, const mechanism::residual_norms& norms,
                             query_norms kind) {
    const std::int64_t h = width_of(m);
    add_norms(b, norms);
    add_mixer(b, mechanism::grouped_attention{.hidden = h,
                                              .heads = m.heads,
                                              .kv_heads = m.heads,
                                              .head_dim = m.head_dim,
                                              .bias = m.bias,
                                              .output_bias = m.bias,
                                              .head_norm = kind == query_norms::of_each_head,
                                              .joint_norm = kind == query_norms::across_heads,
                                              .causal = false});
    b.cache = {};
}
/// Returns so many norms without weights.
[[nodiscard]] constexpr mechanism::residual_norms bare_norms(const denoiser& m, std::int64_t count) noexcept {
    return {.hidden = width_of(m), .count = count, .kind = norm_kind::layer, .weights = false};
}
/// Returns the feed-forward of every layer.
[[nodiscard]] constexpr mechanism::dense_feed_forward latent_feed_forward(const denoiser& m) noexcept {
    return {.hidden = width_of(m), .ffn = m.ffn, .gated = m.gated, .bias = m.bias};
}

/// Adds the matrix that makes `count` shifts, scales and gates of the time step, once per pass.
constexpr void add_modulation(layer_block& b, const denoiser& m, std::int64_t count) {
    const std::int64_t h = width_of(m);
    constexpr matmul_rows once = matmul_rows::relative_positions;
    if (!m.shared_modulation) b.add({.target = target::latent, .in = h, .out = count * h, .bias = true, .rows = once});
}

/// What the text has in a joint layer, and the latents beside it.
struct joint_kind {
    bool dual = false;        ///< a second attention of the latents
    bool drops_text = false;  ///< the text goes no further
};

/// Lowers a joint layer. A token is of the latents or of the text, and visits the matrices of one of them.
[[nodiscard]] constexpr layer_block joint_layer_of(const denoiser& m, const joint_kind& kind) {
    const std::int64_t h = width_of(m);
    layer_block b;
    add_attention(b, m, bare_norms(m, 2), head_norms_of(m));
    add_feed_forward(b, latent_feed_forward(m));
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const target does = b.linears[i].target;
        const bool reads = does == target::query || does == target::key || does == target::value;
        b.linears[i].copies = reads || !kind.drops_text ? 2 : 1;
    }
    // Nine for the latents of a dual layer, two for a text that ends. A token's own are those of one of the two.
    add_modulation(b, m, kind.dual ? 9 : 6);
    const std::int64_t before = b.linear_count;
    add_modulation(b, m, kind.drops_text ? 2 : 6);
    for (std::int64_t i = before; i < b.linear_count; ++i) b.linears[i].active = 0;
    b.vector_parameters += m.head_norm ? 2 * m.head_dim : 0;
    if (!kind.dual) return b;
    b.add({.target = target::query, .in = h, .out = h, .bias = m.bias});
    b.add({.target = target::key, .in = h, .out = h, .bias = m.bias});
    b.add({.target = target::value, .in = h, .out = h, .bias = m.bias});
    b.add({.target = target::output, .in = h, .out = h, .bias = m.bias});
    b.vector_parameters += m.head_norm ? 2 * m.head_dim : 0;
    b.attention.score_heads += m.heads;
    b.attention.self_width += 2 * h;
    return b;
}

/// Lowers a layer whose attention and feed-forward read one norm, and share the bias of their last matrix.
[[nodiscard]] constexpr layer_block single_layer_of(const denoiser& m) {
    layer_block b;
    add_attention(b, m, bare_norms(m, 1), head_norms_of(m));
    add_feed_forward(b, latent_feed_forward(m));
    drop_biases(b, target::down);
    add_modulation(b, m, 3);
    return b;
}

/// Lowers a layer with cross attention to a text, and to an image where there is one, whose keys and values take no
/// time beside those of the latents.
[[nodiscard]] constexpr layer_block crossed_layer_of(const denoiser& m) {
    const std::int64_t h = width_of(m);
    constexpr matmul_rows once = matmul_rows::relative_positions;
    layer_block b;
    add_attention(b, m, bare_norms(m, 3), query_norms::across_heads);
    add_feed_forward(b, latent_feed_forward(m));
    b.add({.target = target::query, .in = h, .out = h, .bias = true});
    b.add({.target = target::key, .in = h, .out = h, .bias = true, .rows = once});
    b.add({.target = target::value, .in = h, .out = h, .bias = true, .rows = once});
    b.add({.target = target::output, .in = h, .out = h, .bias = true});
    // Norms of queries and keys, the shifts, scales and gates that the time step is added to, and the cross norm.
    b.vector_parameters += 2 * h + 6 * h + (m.cross_norm ? 2 * h : 0);
    b.attention.flops += 4 * (m.text_tokens + m.image_tokens) * h;
    if (m.image_width == 0) return b;
    b.add({.target = target::key, .in = m.image_width, .out = h, .bias = true, .rows = once});
    b.add({.target = target::value, .in = m.image_width, .out = h, .bias = true, .rows = once});
    b.vector_parameters += h;
    return b;
}

/// Lowers a layer whose norms have weights. The time step, if it changes the layer, scales and gates both halves.
[[nodiscard]] constexpr layer_block plain_layer_of(const denoiser& m, bool changes_with_time) {
    const std::int64_t h = width_of(m);
    constexpr matmul_rows once = matmul_rows::relative_positions;
    layer_block b;
    add_attention(b, m, {.hidden = h, .count = 4, .kind = norm_kind::rms}, head_norms_of(m));
    add_feed_forward(b, latent_feed_forward(m));
    const std::int64_t time = m.time_width > 0 ? m.time_width : h;
    if (changes_with_time) b.add({.target = target::latent, .in = time, .out = 4 * h, .bias = true, .rows = once});
    return b;
}

/// Adds so many layers of a kind.
constexpr void append_layers(network& net, std::int64_t count, layer_block b) {
    if (count == 0) return;
    b.layers = {net.layers, net.layers + count};
    net.blocks[net.block_kinds] = b;
    ++net.block_kinds;
    net.layers += count;
}

}  // namespace detail

/// Returns a denoiser lowered to blocks. Throws invalid_input for dimensions that make no model.
[[nodiscard]] constexpr network lower(const denoiser& m) {
    check(m);
    network net;
    net.hidden = detail::width_of(m);
    net.heads = m.heads;
    net.kv_heads = m.heads;
    net.final_norm_is_rms = false;
    net.final_norm_width = net.hidden;
    net.final_parameters = m.outer_parameters;
    const std::int64_t ending = m.last_drops_text && m.joint_layers > m.dual_layers ? 1 : 0;
    detail::append_layers(net, m.dual_layers, detail::joint_layer_of(m, {.dual = true}));
    detail::append_layers(net, m.joint_layers - m.dual_layers - ending, detail::joint_layer_of(m, {}));
    detail::append_layers(net, ending, detail::joint_layer_of(m, {.drops_text = true}));
    detail::append_layers(net, m.single_layers, detail::single_layer_of(m));
    detail::append_layers(net, m.crossed_layers, detail::crossed_layer_of(m));
    detail::append_layers(net, m.time_free_layers, detail::plain_layer_of(m, false));
    detail::append_layers(net, m.plain_layers, detail::plain_layer_of(m, true));
    return net;
}

}  // namespace cardfit
