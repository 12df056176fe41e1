// SPDX-License-Identifier: MIT
#pragma once

// The transformer of a diffusion model on its own (Peebles and Xie, arXiv 2212.09748): one pass is one step of
// denoising, and its tokens are the patches of the latents, with those of the text where both are one sequence. It has
// no cache. Whole pipelines, where they are known, are `diffusion` (diffusion.hpp).

#include <cardfit/model/transformer.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// A denoiser. Its matrices have biases, its norms have no weights but those of queries and keys, and the time step
/// shifts, scales and gates each layer.
struct denoiser {
    /// Layers with matrices of their own for latents and text, which attend as one sequence (Esser et al., arXiv
    /// 2403.03206).
    std::int64_t joint_layers = 0;
    /// Layers that read both with one set of matrices, with attention and feed-forward in parallel (FLUX.1).
    std::int64_t single_layers = 0;
    /// Layers that read the latents alone, and attend to the text by cross attention (Wan, arXiv 2503.20314).
    std::int64_t crossed_layers = 0;
    std::int64_t heads = 0;
    std::int64_t head_dim = 0;
    std::int64_t ffn = 0;
    bool cross_norm = false;       ///< a norm with weights in front of the cross attention
    std::int64_t text_tokens = 0;  ///< of the text that cross attention reads
    /// Parameters outside the layers: patches, text, time step, guidance, the last modulation and projection.
    std::int64_t outer_parameters = 0;

    friend constexpr bool operator==(const denoiser&, const denoiser&) = default;
};

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const denoiser& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(invalid_field{"model.denoiser.joint_layers", m.joint_layers, 0, 1000},
                 invalid_field{"model.denoiser.single_layers", m.single_layers, 0, 1000},
                 invalid_field{"model.denoiser.crossed_layers", m.crossed_layers, 0, 1000},
                 invalid_field{"model.denoiser.heads", m.heads, 1, 1000},
                 invalid_field{"model.denoiser.head_dim", m.head_dim, 1, 1000},
                 invalid_field{"model.denoiser.ffn", m.ffn, 1, 1'000'000},
                 invalid_field{"model.denoiser.text_tokens", m.text_tokens, 0, 100'000},
                 invalid_field{"model.denoiser.outer_parameters", m.outer_parameters, 0, std::int64_t{1} << 50});
    if (!found.empty()) return found;
    const std::int64_t layers = m.joint_layers + m.single_layers + m.crossed_layers;
    found.require(field_condition{layers > 0, "model.denoiser.joint_layers", layers, "a layer of any kind"});
    return found;
}

namespace detail {

[[nodiscard]] constexpr std::int64_t width_of(const denoiser& m) noexcept { return m.heads * m.head_dim; }

/// Returns the matrix that makes `count` shifts, scales and gates of the time step, once per pass.
[[nodiscard]] constexpr linear modulation_of(const denoiser& m, std::int64_t count) noexcept {
    const std::int64_t h = width_of(m);
    return {.target = target::latent, .in = h, .out = count * h, .bias = true, .rows = matmul_rows::relative_positions};
}

/// Adds norms without weights and an attention without mask. `across_heads`: the norms of queries and keys span all
/// heads; otherwise one head.
constexpr void add_attention(layer_block& b, const denoiser& m, std::int64_t norms, bool across_heads) {
    const std::int64_t h = width_of(m);
    mechanism::add_norms(b, {.hidden = h, .count = norms, .kind = norm_kind::layer, .weights = false});
    add_mixer(b, mechanism::grouped_attention{.hidden = h,
                                              .heads = m.heads,
                                              .kv_heads = m.heads,
                                              .head_dim = m.head_dim,
                                              .bias = true,
                                              .output_bias = true,
                                              .head_norm = !across_heads,
                                              .joint_norm = across_heads,
                                              .causal = false});
    b.cache = {};
}

/// Lowers a joint layer. A token is of the latents or of the text, and visits the matrices of one of them.
[[nodiscard]] constexpr layer_block joint_layer_of(const denoiser& m) {
    layer_block b;
    add_attention(b, m, 2, false);
    add_feed_forward(b,
                     mechanism::dense_feed_forward{.hidden = width_of(m), .ffn = m.ffn, .gated = false, .bias = true});
    b.add(modulation_of(m, 6));
    for (std::int64_t i = 0; i < b.linear_count; ++i) b.linears[i].copies = 2;
    b.vector_parameters += 2 * m.head_dim;
    return b;
}

/// Lowers a layer whose attention and feed-forward read one norm, and share the bias of their last matrix.
[[nodiscard]] constexpr layer_block single_layer_of(const denoiser& m) {
    layer_block b;
    add_attention(b, m, 1, false);
    add_feed_forward(b,
                     mechanism::dense_feed_forward{.hidden = width_of(m), .ffn = m.ffn, .gated = false, .bias = true});
    for (std::int64_t i = 0; i < b.linear_count; ++i)
        if (b.linears[i].target == target::down) b.linears[i].bias = false;
    b.add(modulation_of(m, 3));
    return b;
}

/// Lowers a layer with cross attention to a text, whose keys and values take no time beside those of the latents.
[[nodiscard]] constexpr layer_block crossed_layer_of(const denoiser& m) {
    const std::int64_t h = width_of(m);
    constexpr matmul_rows once = matmul_rows::relative_positions;
    layer_block b;
    add_attention(b, m, 3, true);
    add_feed_forward(b, mechanism::dense_feed_forward{.hidden = h, .ffn = m.ffn, .gated = false, .bias = true});
    b.add({.target = target::query, .in = h, .out = h, .bias = true});
    b.add({.target = target::key, .in = h, .out = h, .bias = true, .rows = once});
    b.add({.target = target::value, .in = h, .out = h, .bias = true, .rows = once});
    b.add({.target = target::output, .in = h, .out = h, .bias = true});
    // Norms of queries and keys, the shifts, scales and gates that the time step is added to, and the cross norm.
    b.vector_parameters += 2 * h + 6 * h + (m.cross_norm ? 2 * h : 0);
    b.attention.flops += 4 * m.text_tokens * h;
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
    detail::append_layers(net, m.joint_layers, detail::joint_layer_of(m));
    detail::append_layers(net, m.single_layers, detail::single_layer_of(m));
    detail::append_layers(net, m.crossed_layers, detail::crossed_layer_of(m));
    return net;
}

}  // namespace cardfit
