// SPDX-License-Identifier: MIT
#pragma once

// Lowering of a diffusion model's parts to the same `network` as every other model's. One token is one sample: the
// latents of an image, or a prompt.

#include <cardfit/model/diffusion_walk.hpp>

namespace cardfit {

/// The width of the sines that encode a time step (Timesteps(256) in SD3 and Flux).
inline constexpr std::int64_t time_step_width = 256;

/// Returns one text encoder lowered to blocks; one sample is one prompt.
[[nodiscard]] constexpr network lower(const text_encoder& t) {
    const std::int64_t h = t.hidden;
    const std::int64_t a = t.heads * t.head_dim;
    const std::int64_t n = t.tokens;
    const std::int64_t f = t.ffn;
    const bool relative = t.positions == 0;
    network net{.block_kinds = 1, .layers = t.layers, .hidden = 1, .tokens_per_sample = 1};
    layer_block& b = net.blocks[0];
    b.layers = {0, t.layers, 1, true};
    detail::add_alike(b, target::query, h, a, !relative, 3);
    detail::add_alike(b, target::output, a, h, !relative);
    detail::add_alike(b, target::up, h, f, !relative, relative ? 2 : 1);
    detail::add_alike(b, target::down, f, h, !relative);
    b.vector_parameters = relative ? 2 * h : 4 * h;
    // During attention, the residual and its norm are live beside queries, keys, values and the attention result. In
    // the feed-forward they are live beside the results of the first matrix and of the activation (for CLIP, the
    // sigmoid and two element-wise results) and beside the result of the gate. T5 adds its bias to the scores and takes
    // their softmax in fp32 (modeling_t5.py); CLIP uses SDPA by default.
    const std::int64_t attention = n * (2 * h + 4 * a) + (relative ? 5 * t.heads * n * n : 0);
    const std::int64_t feed_forward = n * (2 * h + (relative ? 4 : 3) * f);
    b.counts_forward = true;
    b.forward_width = larger(attention, feed_forward);
    net.embedding_parameters = t.vocab * h;
    net.position_parameters = relative ? t.relative_buckets * t.heads : t.positions * h;
    net.final_parameters = (relative ? h : 2 * h) + h * t.projection;
    return net;
}

namespace detail {

/// What backward needs of a U-Net, by level, and the residual blocks and transformer layers that checkpointing
/// recomputes one by one.
struct unet_modules {
    layer_block of[max_unet_levels]{};
    std::int64_t count[max_unet_levels]{};
};

/// A walk through a U-Net. `skips` has the channels of the skipped feature maps in the order in which they are made.
/// The way up takes them in reverse order, at the same positions.
template <class Visitor = no_visitor>
struct unet_walk {
    const conditional_unet& net;
    network& into;
    unet_modules* modules = nullptr;  ///< what backward needs; null: a pass without backward
    std::int64_t text_tokens = 0;
    forward_walk<Visitor> walk{};
    std::int64_t skips[max_unet_levels * 102]{};
    std::size_t count = 0;
    feature_map sizes[max_unet_levels]{};

    [[nodiscard]] constexpr std::int64_t last() const noexcept { return net.levels - 1; }
    /// Returns the width of a time step's embedding.
    [[nodiscard]] constexpr std::int64_t time() const noexcept { return 4 * net.block_out_channels[0]; }

    /// Stores the current feature map for the way up, where it stays live.
    constexpr void skip() {
        skips[count++] = walk.at.channels;
        walk.held += walk.at.elements();
    }
    /// Continues on a level.
    constexpr void enter(std::int64_t level) {
        walk.into = &into.blocks[level];
        if (modules != nullptr) walk.saves = &modules->of[level];
    }
    /// Walks one residual block of a level, and then `depth` transformer layers.
    constexpr void residual(std::int64_t level, std::int64_t depth) {
        if (modules != nullptr) modules->count[level] += 1 + depth;
        walk.residual(net.block_out_channels[level], time());
        walk.transform(depth, net.heads[level], net.cross_attention_dim, text_tokens);
    }
};

/// Adds the blocks of a U-Net, each of which begins with its convolutions, and the matrices that embed the time step.
constexpr void add_unet_embeddings(network& net, const conditional_unet& u) {
    for (std::int64_t i = 0; i < u.levels; ++i) {
        net.blocks[i].layers = {i, i + 1, 1, true};
        add_alike(net.blocks[i], target::convolution, 0, 1, false);
    }
    const std::int64_t first = u.block_out_channels[0];
    const std::int64_t time = 4 * first;
    add_alike(net.blocks[0], target::up, first, time, true);
    add_alike(net.blocks[0], target::up, time, time, true);
    if (u.added_embedding_dim == 0) return;
    add_alike(net.blocks[0], target::up, u.added_embedding_dim, time, true);
    add_alike(net.blocks[0], target::up, time, time, true);
}

/// Walks the levels from the finest to the coarsest.
template <class Visitor>
constexpr void walk_down(unet_walk<Visitor>& w) {
    w.walk.convolve(w.net.block_out_channels[0], 3);
    w.skip();
    for (std::int64_t i = 0; i < w.net.levels; ++i) {
        w.enter(i);
        w.sizes[i] = w.walk.at;
        for (std::int64_t k = 0; k < w.net.layers_per_block; ++k) {
            w.residual(i, w.net.transformer_layers_per_block[i]);
            w.skip();
        }
        if (i == w.last()) continue;
        w.walk.convolve(w.net.block_out_channels[i], 3, 2);
        w.skip();
    }
}

/// Walks one level on the way up. The level joins its skipped feature maps, which are freed when the level is done.
template <class Visitor>
constexpr void walk_up(unet_walk<Visitor>& w, std::int64_t level) {
    w.enter(level);
    w.walk.at.height = w.sizes[level].height;
    w.walk.at.width = w.sizes[level].width;
    std::int64_t met = 0;
    for (std::int64_t k = 0; k <= w.net.layers_per_block; ++k) {
        --w.count;
        const std::int64_t channels = w.skips[w.count];
        const std::int64_t joined = channels + w.walk.at.channels;
        met += channels * w.walk.at.positions();
        w.walk.phase_load(w.walk.at.elements() + joined * w.walk.at.positions());
        w.walk.at.channels = joined;
        w.residual(level, w.net.transformer_layers_per_block[level]);
    }
    w.walk.held -= met;
    if (level > 0) w.walk.upsample();
}

/// Returns one step of a U-Net lowered to blocks, and fills in what backward needs of it unless `modules` is null.
/// `visitor` is told of every operator.
template <class Visitor = no_visitor>
[[nodiscard]] constexpr network walk_unet(const conditional_unet& u, std::int64_t height, std::int64_t width,
                                          std::int64_t text_tokens, bool eager, unet_modules* modules,
                                          Visitor visitor = {}) {
    network net{.block_kinds = static_cast<std::size_t>(u.levels),
                .layers = u.levels,
                .hidden = 1,
                .tokens_per_sample = 1,
                .data_parallel_only = true};
    add_unet_embeddings(net, u);
    unet_walk<Visitor> w{
        .net = u,
        .into = net,
        .modules = modules,
        .text_tokens = text_tokens,
        .walk = {.into = &net.blocks[0], .at = {u.in_channels, height, width}, .eager = eager, .visitor = visitor}};
    w.enter(0);
    walk_down(w);
    w.residual(w.last(), u.middle_transformer_layers);
    w.residual(w.last(), 0);
    for (std::int64_t i = w.last(); i >= 0; --i) walk_up(w, i);
    w.walk.normalize();
    w.walk.activate();
    w.walk.phase_load(2 * w.walk.at.elements());
    w.walk.convolve(u.out_channels, 3);
    net.blocks[0].counts_forward = true;
    net.blocks[0].forward_width = w.walk.peak;
    return net;
}

}  // namespace detail

/// Returns one step of a U-Net, on latents of height x width positions, lowered to blocks.
[[nodiscard]] constexpr network lower_sized(const conditional_unet& u, std::int64_t height, std::int64_t width,
                                            std::int64_t text_tokens, bool eager = false) {
    return detail::walk_unet(u, height, width, text_tokens, eager, nullptr);
}

namespace detail {

/// Adds a layer with separate weights for image and text, whose image attends to itself once more. Its norm makes nine
/// shifts, scales and gates.
constexpr void add_dual_layer(layer_block& b, const joint_transformer& d) {
    const std::int64_t h = d.heads * d.head_dim;
    add_alike(b, target::query, h, h, true, 9);
    add_alike(b, target::output, h, h, true, 3);
    add_alike(b, target::latent, h, 9 * h, true);
    add_alike(b, target::latent, h, 6 * h, true);
    add_alike(b, target::up, h, 4 * h, true, 2);
    add_alike(b, target::down, 4 * h, h, true, 2);
    b.vector_parameters = d.query_key_norm ? 6 * d.head_dim : 0;
}
/// Adds a layer with separate weights for image and text. The last layer may read the text without writing it.
constexpr void add_joint_layer(layer_block& b, const joint_transformer& d, bool drops_text) {
    const std::int64_t h = d.heads * d.head_dim;
    add_alike(b, target::query, h, h, true, 6);
    add_alike(b, target::output, h, h, true, drops_text ? 1 : 2);
    add_alike(b, target::latent, h, 6 * h, true, drops_text ? 1 : 2);  // shifts, scales and gates, from the time step
    if (drops_text) add_alike(b, target::latent, h, 2 * h, true);
    add_alike(b, target::up, h, 4 * h, true, drops_text ? 1 : 2);
    add_alike(b, target::down, 4 * h, h, true, drops_text ? 1 : 2);
    b.vector_parameters = d.query_key_norm ? 4 * d.head_dim : 0;
}
/// Adds a layer that reads image and text as one sequence, with one set of weights.
constexpr void add_single_layer(layer_block& b, const joint_transformer& d) {
    const std::int64_t h = d.heads * d.head_dim;
    add_alike(b, target::query, h, h, true, 3);
    add_alike(b, target::latent, h, 3 * h, true);
    add_alike(b, target::up, h, 4 * h, true);
    add_alike(b, target::down, 5 * h, h, true);
    b.vector_parameters = d.query_key_norm ? 2 * d.head_dim : 0;
}
/// Adds the matrices that embed patches, text tokens, the time step, the pooled text and the guidance scale, and the
/// last norm and projection.
constexpr void add_transformer_ends(layer_block& b, const joint_transformer& d) {
    const std::int64_t h = d.heads * d.head_dim;
    add_alike(b, target::up, d.in_channels, h, true);
    add_alike(b, target::up, d.joint_attention_dim, h, true);
    add_alike(b, target::up, time_step_width, h, true, d.guidance_embeds ? 2 : 1);
    add_alike(b, target::up, d.pooled_projection_dim, h, true);
    add_alike(b, target::up, h, h, true, d.guidance_embeds ? 3 : 2);
    add_alike(b, target::latent, h, 2 * h, true);
    add_alike(b, target::head, h, d.out_channels, true);
    // The table is stored in 16 bits with the weights, so that each element takes half an fp32 element.
    b.buffers = divide_up(d.stored_positions * h, 2);
}

/// The live elements per token of image and text that rotary embedding adds, in multiples of the model's width. Rotary
/// embedding (apply_rotary_emb in diffusers) makes fp32 copies of the queries: two factors' results and their sum, of
/// two 16-bit elements each, beside the rotated copy.
inline constexpr std::int64_t rotary_copies = 7;

}  // namespace detail

/// Returns one step of a transformer, on latents of height x width positions, lowered to blocks.
[[nodiscard]] constexpr network lower_sized(const joint_transformer& d, std::int64_t height, std::int64_t width,
                                            bool eager = false) {
    const std::int64_t h = d.heads * d.head_dim;
    const std::int64_t joint = d.num_layers;
    const std::int64_t single = d.num_single_layers;
    const std::int64_t n = divide_up(height, d.patch_size) * divide_up(width, d.patch_size) + d.text_tokens;
    network net{.layers = joint + single + 1, .hidden = 1, .tokens_per_sample = 1, .data_parallel_only = true};
    const std::int64_t alike = joint - (d.last_layer_drops_text ? 1 : 0);
    const auto add = [&](std::int64_t begin, std::int64_t end) -> layer_block& {
        layer_block& b = net.blocks[net.block_kinds++];
        b.layers = {begin, end, 1, true};
        return b;
    };
    const std::int64_t dual = smaller(d.dual_layers, alike);
    if (dual > 0) detail::add_dual_layer(add(0, dual), d);
    if (alike > dual) detail::add_joint_layer(add(dual, alike), d, false);
    if (alike < joint) detail::add_joint_layer(add(alike, joint), d, true);
    if (single > 0) detail::add_single_layer(add(joint, joint + single), d);
    detail::add_transformer_ends(add(joint + single, joint + single + 1), d);
    const std::int64_t turned = d.rotary ? detail::rotary_copies : 2;
    const std::int64_t scores = eager ? 2 * d.heads * n * n : 0;
    // A joint layer holds the residual, its norm, and the joined queries, keys and values of image and text; or the
    // residual, its norm, the feed-forward's result and its GELU.
    // A second attention waits with the norm that it reads.
    const std::int64_t waiting = d.dual_layers > 0 ? 1 : 0;
    const std::int64_t joint_widths = larger(2 + 3 + turned + waiting, 2 + 4 + 4);
    // A single layer holds the residual, its norm, the half of the feed-forward, and queries, keys and values; or, with
    // the first three, the attention's result, both results joined, and the layer's result.
    const std::int64_t single_widths = single > 0 ? larger(2 + 4 + 3 + turned, 2 + 4 + 1 + 5 + 1) : 0;
    net.blocks[0].counts_forward = true;
    net.blocks[0].forward_width = larger(joint_widths, single_widths) * h * n + scores;
    return net;
}

namespace detail {

/// Walks the middle of an autoencoder: a residual block on each side of its attention.
template <class Visitor>
constexpr void walk_middle(forward_walk<Visitor>& walk, std::int64_t channels) {
    walk.residual(channels, 0);
    walk.attend_plainly();
    walk.residual(channels, 0);
}

/// Walks the encoder from an image to the moments of its latents.
template <class Visitor>
constexpr void walk_encoder(forward_walk<Visitor>& walk, const autoencoder& v) {
    const std::int64_t last = v.levels - 1;
    walk.convolve(v.block_out_channels[0], 3);
    for (std::int64_t i = 0; i < v.levels; ++i) {
        for (std::int64_t k = 0; k < v.layers_per_block; ++k) walk.residual(v.block_out_channels[i], 0);
        if (i < last) walk.convolve(v.block_out_channels[i], 3, 2);
    }
    walk_middle(walk, v.block_out_channels[last]);
    walk.normalize();
    walk.convolve(2 * v.latent_channels, 3);
    if (v.quant_conv) walk.convolve(2 * v.latent_channels, 1);
}

/// Walks the decoder from latents to an image.
template <class Visitor>
constexpr void walk_decoder(forward_walk<Visitor>& walk, const autoencoder& v) {
    const std::int64_t last = v.levels - 1;
    if (v.quant_conv) walk.convolve(v.latent_channels, 1);
    walk.convolve(v.block_out_channels[last], 3);
    walk_middle(walk, v.block_out_channels[last]);
    for (std::int64_t i = last; i >= 0; --i) {
        for (std::int64_t k = 0; k <= v.layers_per_block; ++k) walk.residual(v.block_out_channels[i], 0);
        if (i > 0) walk.upsample();
    }
    walk.normalize();
    walk.phase_load(2 * walk.at.elements());
    walk.convolve(3, 3);
}

}  // namespace detail

/// Returns the decoding of latents of height x width positions, lowered to blocks. The encoder's weights are included,
/// because they are loaded too.
[[nodiscard]] constexpr network lower_sized(const autoencoder& v, std::int64_t height, std::int64_t width,
                                            bool eager = false) {
    network net{.block_kinds = 1, .layers = 1, .hidden = 1, .tokens_per_sample = 1, .data_parallel_only = true};
    net.blocks[0].layers = {0, 1, 1, true};
    detail::add_alike(net.blocks[0], target::convolution, 0, 1, false);
    detail::forward_walk<> encode{.into = &net.blocks[0], .at = {3, 1, 1}};
    detail::walk_encoder(encode, v);
    detail::forward_walk<> decode{.into = &net.blocks[0], .at = {v.latent_channels, height, width}, .eager = eager};
    detail::walk_decoder(decode, v);
    net.blocks[0].counts_forward = true;
    net.blocks[0].forward_width = decode.peak;
    return net;
}

/// What a part of a pipeline does.
enum class diffusion_role : unsigned char { reads_text, denoises, decodes };

/// One part of a pipeline, and the format of its weights.
struct diffusion_part {
    network net{};                                     ///< the part, lowered
    diffusion_role role = diffusion_role::reads_text;  ///< what the part does in the pipeline
    bool quantizes = false;          ///< the part takes the job's weight format; otherwise it has the compute format
    bool upcasts = false;            ///< the part works in fp32 whatever format the other parts compute in
    std::int64_t fp32_elements = 0;  ///< weights that stay fp32 where the others are fp16
};

/// The largest number of parts, which run in this order: text encoders, the denoiser, the autoencoder.
inline constexpr std::size_t max_diffusion_parts = max_text_encoders + 2;
/// The parts of a pipeline, in the order in which they run.
struct diffusion_parts {
    diffusion_part of[max_diffusion_parts]{};  ///< the parts, in order
    std::size_t count = 0;                     ///< the number of parts
};

/// Returns the parts, lowered to blocks, for an image of width x height pixels. Attention matrices are materialized if
/// `eager` is true. `tile`: pixels per side that are decoded at once; 0: the whole image. Throws invalid_input for a
/// description that makes no model.
[[nodiscard]] constexpr diffusion_parts lower_parts(const diffusion& m, std::int64_t width, std::int64_t height,
                                                    bool eager = false, std::int64_t tile = 0) {
    check(m);
    const std::int64_t shrink = pixels_per_latent(m.vae);
    const std::int64_t w = divide_up(width, shrink);
    const std::int64_t h = divide_up(height, shrink);
    const std::int64_t tile_w = tile > 0 ? smaller(w, divide_up(tile, shrink)) : w;
    const std::int64_t tile_h = tile > 0 ? smaller(h, divide_up(tile, shrink)) : h;
    diffusion_parts parts;
    for (const text_encoder& t : m.text_encoders)
        if (t.layers > 0)
            parts.of[parts.count++] = {.net = lower(t),
                                       .quantizes = t.quantizes,
                                       .fp32_elements = t.fp32_down ? t.layers * t.ffn * t.hidden : 0};
    if (m.unet.levels > 0)
        parts.of[parts.count++] = {.net = lower_sized(m.unet, h, w, m.text_encoders[0].tokens, eager),
                                   .role = diffusion_role::denoises,
                                   .quantizes = true};
    if (m.transformer.num_layers > 0)
        parts.of[parts.count++] = {
            .net = lower_sized(m.transformer, h, w, eager), .role = diffusion_role::denoises, .quantizes = true};
    if (m.vae.levels > 0)
        parts.of[parts.count++] = {.net = lower_sized(m.vae, tile_h, tile_w, eager),
                                   .role = diffusion_role::decodes,
                                   .upcasts = m.vae.force_upcast};
    return parts;
}

/// Returns the exact number of parameters of all parts.
[[nodiscard]] constexpr std::int64_t parameters(const diffusion& m) {
    const diffusion_parts parts = lower_parts(m, m.default_size, m.default_size);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < parts.count; ++i) sum += parameters(parts.of[i].net);
    return sum;
}

}  // namespace cardfit
