// SPDX-License-Identifier: MIT
#pragma once

// A diffusion model as it is trained: its denoiser, lowered to what a training saves for backward, with the text
// encoders and the autoencoder frozen beside it in 16 bits. A sample is an image of which the autoencoder makes
// latents.

#include <cardfit/model/denoiser.hpp>
#include <cardfit/model/diffusion_parts.hpp>

namespace cardfit {

/// A diffusion model whose denoiser is trained, fully or by adapters.
struct diffusion_trainee {
    /// Its time follows from its operators, which its lowering no longer has (estimate/diffusion/step_time.hpp).
    static constexpr bool has_operators = true;
    diffusion model{};  ///< the pipeline whose denoiser is trained
    friend constexpr bool operator==(const diffusion_trainee&, const diffusion_trainee&) = default;
};

/// Returns everything that is wrong with the model's description; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const diffusion_trainee& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.append(problems(m.model, action));
    found.require(field_condition{m.model.unet.levels > 0 || m.model.transformer.num_layers > 0, "model", 0,
                                  "a diffusion model with a denoiser, which is what is trained"});
    return found;
}

namespace detail {

/// Returns the bytes of the frozen parts: text encoders in 16 bits, and the autoencoder, which stays in fp32 where it
/// overflows otherwise (force_upcast).
[[nodiscard]] constexpr std::int64_t condition_bytes_of(const diffusion& m) {
    std::int64_t bytes = parameters(lower_sized(m.vae, 1, 1)) * (m.vae.force_upcast ? 4 : 2);
    for (const text_encoder& t : m.text_encoders)
        if (t.layers > 0) bytes += 2 * parameters(lower(t));
    return bytes;
}

/// Returns the bytes of the autoencoder, which stays in fp32 where it overflows otherwise (force_upcast).
[[nodiscard]] constexpr std::int64_t latent_bytes_of(const autoencoder& v) {
    return v.levels > 0 ? parameters(lower_sized(v, 1, 1)) * (v.force_upcast ? 4 : 2) : 0;
}

/// Returns the text encoders that a job may train: those of CLIP, or all.
[[nodiscard]] constexpr condition_texts texts_of(const diffusion& m, bool all) {
    condition_texts sum;
    for (const text_encoder& t : m.text_encoders) {
        const bool clip = t.positions > 0;
        if (t.layers == 0 || (!clip && !all)) continue;
        sum.parameters += parameters(lower(t));
        sum.adapter_width += t.layers * 4 * (t.hidden + t.heads * t.head_dim);
        sum.sample_bytes += t.layers * t.tokens * t.hidden * saved_by_text_layer;
    }
    return sum;
}

/// Returns the bytes at the peak of the autoencoder's pass that makes the latents of one image, in the format of its
/// weights. The finest level has the peak: the others have at most half of its elements.
[[nodiscard]] constexpr std::int64_t encoding_bytes(const autoencoder& v, std::int64_t size) {
    layer_block block;
    add_alike(block, target::convolution, 0, 1, false);
    forward_walk<> encode{.into = &block, .at = {3, size, size}};
    encode.convolve(v.block_out_channels[0], 3);
    for (std::int64_t k = 0; k < v.layers_per_block; ++k) encode.residual(v.block_out_channels[0], 0);
    return encode.peak * (v.force_upcast ? 4 : 2);
}

/// Returns the transformer of a pipeline with latents of height x width positions, as `denoiser` lowers it: the
/// embeddings and what else is outside the layers follow from the exact count of parameters.
[[nodiscard]] constexpr network trained_transformer(const joint_transformer& t, std::int64_t height,
                                                    std::int64_t width) {
    denoiser d{.joint_layers = t.num_layers,
               .single_layers = t.num_single_layers,
               .heads = t.heads,
               .head_dim = t.head_dim,
               .ffn = 4 * t.heads * t.head_dim};
    const std::int64_t exact = parameters(lower_sized(t, height, width));
    const std::int64_t layers = parameters(lower(d));
    d.outer_parameters = larger(exact - layers, 0);
    network net = lower(d);
    net.tokens_per_sample = divide_up(height, t.patch_size) * divide_up(width, t.patch_size) + t.text_tokens;
    return net;
}

/// Moves so many copies of a matrix to a matrix of another target.
constexpr void split_target(layer_block& b, std::int64_t index, target other, std::int64_t copies) {
    linear moved = b.linears[index];
    b.linears[index].copies -= copies;
    b.linears[index].active -= copies;
    moved.target = other;
    moved.copies = copies;
    moved.active = copies;
    b.add(moved);
}

/// Tells the targets of adapters apart, which inference counts together: of four matrices of a transformer layer's
/// width two make queries (of both attentions), one keys and one values; of two that read the text one makes keys and
/// one values.
constexpr void tell_targets_apart(layer_block& b) {
    const std::int64_t count = b.linear_count;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t copies = b.linears[i].copies;
        if (b.linears[i].target == target::key) split_target(b, i, target::value, copies / 2);
        if (b.linears[i].target != target::query) continue;
        split_target(b, i, target::key, copies / 4);
        split_target(b, i, target::value, copies / 4);
    }
}

/// Returns the U-Net of a pipeline with latents of height x width positions. The parameters of each level are one
/// layer; its residual blocks and transformer layers are as many further layers of mean activations, which
/// checkpointing recomputes one by one.
[[nodiscard]] constexpr network trained_unet(const conditional_unet& u, std::int64_t height, std::int64_t width,
                                             std::int64_t text_tokens) {
    unet_modules modules;
    network net = walk_unet(u, height, width, text_tokens, false, &modules);
    net.blocks[0].counts_forward = false;
    net.blocks[0].forward_width = 0;
    for (std::int64_t level = 0; level < u.levels; ++level) {
        tell_targets_apart(net.blocks[level]);
        const layer_block& all = modules.of[level];
        const std::int64_t count = larger(modules.count[level], 1);
        layer_block& each = net.blocks[net.block_kinds++];
        each.layers = {net.layers, net.layers + count, 1, true};
        net.layers += count;
        for (std::size_t role = 0; role < tensor_role_count; ++role)
            each.width.of[role] = divide_up(all.width.of[role], count);
        each.attention.score_heads = divide_up(all.attention.score_heads, count);
        each.attention.scores = score_kind::dot_product;
    }
    net.final_norm_is_rms = false;
    return net;
}

}  // namespace detail

/// Returns the trained denoiser lowered to blocks, for images of `image_size` pixels per side; 0 stands for the model's
/// own size. Throws invalid_input for a description that makes no model, and for a size that its latents do not take.
[[nodiscard]] constexpr network lower(const diffusion_trainee& m, std::int64_t image_size = 0) {
    check(m);
    const std::int64_t size = image_size > 0 ? image_size : m.model.default_size;
    problem_list found(on_problem::refuse);
    found.require(requirement{size % size_multiple(m.model) == 0, key_ranges::training_image_size.path, size,
                              "must be a multiple of the latents' patch in pixels", size_multiple(m.model)});
    const std::int64_t latent = size / pixels_per_latent(m.model.vae);
    network net = m.model.unet.levels > 0
                      ? detail::trained_unet(m.model.unet, latent, latent, m.model.text_encoders[0].tokens)
                      : detail::trained_transformer(m.model.transformer, latent, latent);
    net.image_size = size;
    net.condition_bytes = detail::condition_bytes_of(m.model);
    net.latent_bytes = detail::latent_bytes_of(m.model.vae);
    net.texts[1] = detail::texts_of(m.model, false);
    net.texts[2] = detail::texts_of(m.model, true);
    net.condition_sample_bytes = detail::encoding_bytes(m.model.vae, size);
    net.data_parallel_only = m.model.unet.levels > 0;
    return net;
}

}  // namespace cardfit
