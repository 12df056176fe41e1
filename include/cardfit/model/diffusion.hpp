// SPDX-License-Identifier: MIT
#pragma once

// Diffusion models as diffusers' config.json files describe them. A model consists of parts that are loaded together:
// text encoders read the prompt, a denoiser runs once per step on the latents, and an autoencoder makes the image.

#include <cardfit/problem.hpp>
#include <cardfit/units.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardfit {

/// A text encoder. That of CLIP (Radford et al., arXiv 2103.00020) has learned positions, biases and LayerNorms. That
/// of T5 v1.1 (Raffel et al., arXiv 1910.10683) has a gated feed-forward, RMSNorms, no biases and one table of relative
/// positions.
struct text_encoder {
    std::int64_t layers = 0;     ///< 0: the pipeline has no such encoder
    std::int64_t hidden = 0;     ///< hidden size
    std::int64_t heads = 0;      ///< attention heads
    std::int64_t head_dim = 64;  ///< elements per head
    std::int64_t ffn = 0;        ///< width of the feed-forward
    std::int64_t vocab = 0;      ///< rows of the embedding
    /// Rows of learned positions; 0: relative positions and the other traits of T5.
    std::int64_t positions = 0;
    std::int64_t relative_buckets = 32;  ///< used where positions are relative
    std::int64_t projection = 0;         ///< width to which the last token is projected; 0: no projection
    std::int64_t tokens = 77;            ///< tokens per prompt, padding included
    /// If true and the encoder is loaded in fp16, the second matrices of the feed-forwards stay fp32
    /// (_keep_in_fp32_modules of T5 in transformers).
    bool fp32_down = false;
    bool quantizes = false;  ///< the encoder takes the job's weight format; small encoders stay in 16 bits
    friend constexpr bool operator==(const text_encoder&, const text_encoder&) = default;
};

/// The most levels of a U-Net or an autoencoder.
inline constexpr std::size_t max_unet_levels = 4;

/// UNet2DConditionModel (Rombach et al., arXiv 2112.10752; Podell et al., arXiv 2307.01952). Levels are listed from the
/// finest one; each level has half as many positions per side as the one before.
struct conditional_unet {
    std::int64_t levels = 0;                             ///< 0: this pipeline has no U-Net
    std::int64_t in_channels = 4;                        ///< channels of the latent
    std::int64_t out_channels = 4;                       ///< channels of the prediction
    std::int64_t block_out_channels[max_unet_levels]{};  ///< channels of each level
    std::int64_t layers_per_block = 2;                   ///< residual blocks of a level (one more on the way up)
    /// Transformer layers after each residual block of a level; 0: the level has none. The middle block has as many as
    /// the last level, or `middle_transformer_layers`.
    std::int64_t transformer_layers_per_block[max_unet_levels]{};
    std::int64_t middle_transformer_layers = 1;  ///< transformer layers of the middle block
    std::int64_t heads[max_unet_levels]{};       ///< attention heads of each level
    std::int64_t cross_attention_dim = 768;      ///< width of the text that cross attention reads
    std::int64_t added_embedding_dim = 0;  ///< projection_class_embeddings_input_dim; 0: there is no added embedding
    friend constexpr bool operator==(const conditional_unet&, const conditional_unet&) = default;
};

/// A transformer over patches of the latents that are joined with the tokens of the text: SD3Transformer2DModel (Esser
/// et al., arXiv 2403.03206) and FluxTransformer2DModel.
struct joint_transformer {
    /// Layers with separate weights for image and text; 0: this pipeline has no such transformer.
    std::int64_t num_layers = 0;
    /// Of these, the first ones in which the image also attends to itself alone (SD 3.5 Medium).
    std::int64_t dual_layers = 0;
    /// Layers that read both as one sequence, with attention and feed-forward in parallel.
    std::int64_t num_single_layers = 0;
    std::int64_t heads = 0;                   ///< attention heads
    std::int64_t head_dim = 0;                ///< elements per head
    std::int64_t in_channels = 0;             ///< channels per patch
    std::int64_t out_channels = 0;            ///< channels per patch
    std::int64_t patch_size = 2;              ///< latent positions per side
    std::int64_t joint_attention_dim = 4096;  ///< width of the text encoder's states
    std::int64_t pooled_projection_dim = 0;   ///< width of the pooled text; 0: it is not read
    std::int64_t text_tokens = 0;             ///< tokens of the prompt
    std::int64_t stored_positions = 0;        ///< rows of a sine table that is stored with the weights and not trained
    /// The guidance scale is an input, so that no second, unconditional pass is needed.
    bool guidance_embeds = false;
    bool query_key_norm = false;         ///< RMSNorm on the heads of queries and keys
    bool rotary = false;                 ///< rotary positions
    bool last_layer_drops_text = false;  ///< context_pre_only
    friend constexpr bool operator==(const joint_transformer&, const joint_transformer&) = default;
};

/// AutoencoderKL (arXiv 2112.10752). The decoder doubles the positions per side between levels.
struct autoencoder {
    std::int64_t levels = 4;                                               ///< 0: it is not among the parts
    std::int64_t latent_channels = 4;                                      ///< channels of the latent
    std::int64_t block_out_channels[max_unet_levels]{128, 256, 512, 512};  ///< channels of each level, the finest first
    std::int64_t layers_per_block = 2;                                     ///< residual blocks of a level
    std::int64_t sample_size = 512;                                        ///< pixels per side of one tile
    bool quant_conv = true;     ///< 1 x 1 convolutions between latents and moments
    bool force_upcast = false;  ///< the decoder computes in fp32 whatever format the other parts compute in
    friend constexpr bool operator==(const autoencoder&, const autoencoder&) = default;
};

/// The most text encoders of a pipeline.
inline constexpr std::size_t max_text_encoders = 3;

/// A diffusion model. It has a U-Net or a transformer as its denoiser, or is one part alone: a U-Net or an autoencoder.
struct diffusion {
    text_encoder text_encoders[max_text_encoders]{};  ///< in the order in which they run
    conditional_unet unet{};                          ///< the denoiser, or no levels
    joint_transformer transformer{};                  ///< the denoiser, or no layers
    autoencoder vae{};                                ///< decodes latents to pixels
    std::int64_t default_size = 512;                  ///< pixels per side
    std::int64_t default_steps = 50;                  ///< num_inference_steps of the model's pipeline in diffusers
    friend constexpr bool operator==(const diffusion&, const diffusion&) = default;
};

/// Returns the number of pixels per side that one latent position represents.
[[nodiscard]] constexpr std::int64_t pixels_per_latent(const autoencoder& vae) noexcept {
    // A U-Net alone stands before an autoencoder of four levels.
    const std::int64_t levels = vae.levels > 0 ? smaller(vae.levels, max_unet_levels) : 4;
    return std::int64_t{1} << (levels - 1);
}

/// Returns the number of pixels that height and width must be a multiple of, which follows from the autoencoder and the
/// patches. A U-Net handles odd sizes itself (diffusers refuses sizes that are not a multiple of 8).
[[nodiscard]] constexpr std::int64_t size_multiple(const diffusion& m) noexcept {
    return pixels_per_latent(m.vae) * (m.transformer.num_layers > 0 ? larger(m.transformer.patch_size, 1) : 1);
}

/// Returns everything that is wrong with a pipeline's description; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const diffusion& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    for (const text_encoder& t : m.text_encoders) {
        if (t.layers == 0) continue;
        found.ranges(invalid_field{"model.diffusion.text_encoders.layers", t.layers, 1, 1000},
                     invalid_field{"model.diffusion.text_encoders.hidden", t.hidden, 1, 100'000},
                     invalid_field{"model.diffusion.text_encoders.heads", t.heads, 1, 1000},
                     invalid_field{"model.diffusion.text_encoders.head_dim", t.head_dim, 1, 10'000},
                     invalid_field{"model.diffusion.text_encoders.ffn", t.ffn, 1, 1'000'000},
                     invalid_field{"model.diffusion.text_encoders.vocab", t.vocab, 1, 10'000'000},
                     invalid_field{"model.diffusion.text_encoders.tokens", t.tokens, 1, 10'000});
    }
    const conditional_unet& u = m.unet;
    const joint_transformer& d = m.transformer;
    const autoencoder& v = m.vae;
    found.ranges(invalid_field{"model.diffusion.unet.levels", u.levels, 0, max_unet_levels},
                 invalid_field{"model.diffusion.transformer.num_layers", d.num_layers, 0, 1000},
                 invalid_field{"model.diffusion.transformer.num_single_layers", d.num_single_layers, 0, 1000},
                 invalid_field{"model.diffusion.transformer.dual_layers", d.dual_layers, 0, larger(d.num_layers, 0)},
                 invalid_field{"model.diffusion.vae.levels", v.levels, 0, max_unet_levels},
                 invalid_field{"model.diffusion.vae.latent_channels", v.latent_channels, 1, 1024},
                 invalid_field{"model.diffusion.vae.layers_per_block", v.layers_per_block, 1, 100},
                 invalid_field{"model.diffusion.vae.sample_size", v.sample_size, 8, 16'384},
                 invalid_field{"model.diffusion.default_size", m.default_size, 8, 16'384},
                 invalid_field{"model.diffusion.default_steps", m.default_steps, 1, 1000});
    if (!found.empty()) return found;
    const bool denoises = u.levels > 0 || d.num_layers > 0;
    const bool both = u.levels > 0 && d.num_layers > 0;
    found.require(field_condition{!both && (denoises || (v.levels > 0 && m.text_encoders[0].layers == 0)),
                                  "model.diffusion.unet.levels", u.levels,
                                  "either a U-Net or a transformer, or an autoencoder alone"});
    for (std::int64_t i = 0; i < u.levels; ++i)
        found.ranges(invalid_field{"model.diffusion.unet.block_out_channels", u.block_out_channels[i], 1, 100'000},
                     invalid_field{"model.diffusion.unet.heads", u.heads[i], 1, 1000},
                     invalid_field{"model.diffusion.unet.transformer_layers_per_block",
                                   u.transformer_layers_per_block[i], 0, 100});
    for (std::int64_t i = 0; i < v.levels; ++i)
        found.ranges(invalid_field{"model.diffusion.vae.block_out_channels", v.block_out_channels[i], 1, 100'000});
    if (u.levels > 0)
        found.ranges(invalid_field{"model.diffusion.unet.layers_per_block", u.layers_per_block, 1, 100},
                     invalid_field{"model.diffusion.unet.cross_attention_dim", u.cross_attention_dim, 1, 100'000});
    if (d.num_layers > 0)
        found.ranges(
            invalid_field{"model.diffusion.transformer.heads", d.heads, 1, 1000},
            invalid_field{"model.diffusion.transformer.head_dim", d.head_dim, 1, 10'000},
            invalid_field{"model.diffusion.transformer.in_channels", d.in_channels, 1, 10'000},
            invalid_field{"model.diffusion.transformer.patch_size", d.patch_size, 1, 64},
            invalid_field{"model.diffusion.transformer.pooled_projection_dim", d.pooled_projection_dim, 1, 100'000},
            invalid_field{"model.diffusion.transformer.text_tokens", d.text_tokens, 1, 10'000});
    return found;
}

}  // namespace cardfit
