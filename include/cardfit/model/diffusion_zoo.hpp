// SPDX-License-Identifier: MIT
#pragma once

// Diffusion models by name, as the config.json files of their Hugging Face repositories describe them.

#include <cardfit/model/diffusion.hpp>

namespace cardfit::models {

/// The text model of openai/clip-vit-large-patch14. It has 123,060,480 parameters without its projection.
inline constexpr text_encoder clip_l{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .vocab = 49408, .positions = 77};
/// The same text model with its projection, as SD 3 loads it.
inline constexpr text_encoder clip_l_projected{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .vocab = 49408, .positions = 77, .projection = 768};
/// The text model of laion/CLIP-ViT-bigG-14-laion2B-39B-b160k with its projection. It has 694,659,840 parameters.
inline constexpr text_encoder openclip_big_g{
    .layers = 32, .hidden = 1280, .heads = 20, .ffn = 5120, .vocab = 49408, .positions = 77, .projection = 1280};
/// Returns the encoder of google/t5-v1_1-xxl, which has 4,762,310,656 parameters. `tokens`: the length to which the
/// pipeline pads a prompt.
[[nodiscard]] constexpr text_encoder t5_xxl(std::int64_t tokens) noexcept {
    return {.layers = 24,
            .hidden = 4096,
            .heads = 64,
            .ffn = 10240,
            .vocab = 32128,
            .tokens = tokens,
            .fp32_down = true,
            .quantizes = true};
}

/// stable-diffusion-v1-5/stable-diffusion-v1-5. Sources: its unet/config.json (whose attention_head_dim of 8 is the
/// number of heads) and vae/config.json.
inline constexpr diffusion stable_diffusion_1_5{.text_encoders = {clip_l},
                                                .unet = {.levels = 4,
                                                         .block_out_channels = {320, 640, 1280, 1280},
                                                         .transformer_layers_per_block = {1, 1, 1, 0},
                                                         .middle_transformer_layers = 1,
                                                         .heads = {8, 8, 8, 8},
                                                         .cross_attention_dim = 768}};

/// stabilityai/stable-diffusion-xl-base-1.0 (Podell et al., arXiv 2307.01952). The config of its autoencoder sets
/// force_upcast.
inline constexpr diffusion sd_xl{.text_encoders = {clip_l, openclip_big_g},
                                 .unet = {.levels = 3,
                                          .block_out_channels = {320, 640, 1280},
                                          .transformer_layers_per_block = {0, 2, 10},
                                          .middle_transformer_layers = 10,
                                          .heads = {5, 10, 20},
                                          .cross_attention_dim = 2048,
                                          .added_embedding_dim = 2816},
                                 .vae = {.sample_size = 1024, .force_upcast = true},
                                 .default_size = 1024};

/// stabilityai/stable-diffusion-3-medium-diffusers (Esser et al., arXiv 2403.03206). The text has 77 tokens from CLIP
/// and 256 from T5 (the default of max_sequence_length). The pipeline does not read the autoencoder's force_upcast.
inline constexpr diffusion stable_diffusion_3_medium{
    .text_encoders = {clip_l_projected, openclip_big_g, t5_xxl(256)},
    .transformer = {.num_layers = 24,
                    .heads = 24,
                    .head_dim = 64,
                    .in_channels = 16 * 2 * 2,
                    .out_channels = 16 * 2 * 2,
                    .pooled_projection_dim = 2048,
                    .text_tokens = 77 + 256,
                    .stored_positions = 192 * 192,
                    .last_layer_drops_text = true},
    .vae = {.latent_channels = 16, .sample_size = 1024, .quant_conv = false},
    .default_size = 1024,
    .default_steps = 28};

/// stabilityai/stable-diffusion-3.5-large. It is SD 3 with a larger width, and with norms on queries and keys.
inline constexpr diffusion stable_diffusion_3_5_large{
    .text_encoders = {clip_l_projected, openclip_big_g, t5_xxl(256)},
    .transformer = {.num_layers = 38,
                    .heads = 38,
                    .head_dim = 64,
                    .in_channels = 16 * 2 * 2,
                    .out_channels = 16 * 2 * 2,
                    .pooled_projection_dim = 2048,
                    .text_tokens = 77 + 256,
                    .stored_positions = 192 * 192,
                    .query_key_norm = true,
                    .last_layer_drops_text = true},
    .vae = {.latent_channels = 16, .sample_size = 1024, .quant_conv = false},
    .default_size = 1024,
    .default_steps = 28};

/// stabilityai/stable-diffusion-3.5-medium. In its first 13 layers the image also attends to itself alone.
inline constexpr diffusion stable_diffusion_3_5_medium{
    .text_encoders = {clip_l_projected, openclip_big_g, t5_xxl(256)},
    .transformer = {.num_layers = 24,
                    .dual_layers = 13,
                    .heads = 24,
                    .head_dim = 64,
                    .in_channels = 16 * 2 * 2,
                    .out_channels = 16 * 2 * 2,
                    .pooled_projection_dim = 2048,
                    .text_tokens = 77 + 256,
                    .stored_positions = 384 * 384,
                    .query_key_norm = true,
                    .last_layer_drops_text = true},
    .vae = {.latent_channels = 16, .sample_size = 1024, .quant_conv = false},
    .default_size = 1024,
    .default_steps = 28};

/// black-forest-labs/FLUX.1-dev. Its latents are packed in patches of two by two, and the guidance scale is an input.
inline constexpr diffusion flux_1_dev{.text_encoders = {clip_l, t5_xxl(512)},
                                      .transformer = {.num_layers = 19,
                                                      .num_single_layers = 38,
                                                      .heads = 24,
                                                      .head_dim = 128,
                                                      .in_channels = 64,
                                                      .out_channels = 64,
                                                      .pooled_projection_dim = 768,
                                                      .text_tokens = 512,
                                                      .guidance_embeds = true,
                                                      .query_key_norm = true,
                                                      .rotary = true},
                                      .vae = {.latent_channels = 16, .sample_size = 1024, .quant_conv = false},
                                      .default_size = 1024,
                                      .default_steps = 28};

/// Returns FLUX.1-schnell (black-forest-labs/FLUX.1-schnell): it has no guidance scale, and takes four steps, as its
/// model card has it.
/// @{
[[nodiscard]] constexpr diffusion without_guidance(diffusion m) noexcept {
    m.transformer.guidance_embeds = false;
    m.default_steps = 4;
    return m;
}
inline constexpr diffusion flux_1_schnell = without_guidance(flux_1_dev);
/// @}

/// stabilityai/stable-diffusion-2-1: the text model of laion/CLIP-ViT-H-14-laion2B-s32B-b79K without its last layer.
inline constexpr diffusion stable_diffusion_2_1{
    .text_encoders = {{.layers = 23, .hidden = 1024, .heads = 16, .ffn = 4096, .vocab = 49408, .positions = 77}},
    .unet = {.levels = 4,
             .block_out_channels = {320, 640, 1280, 1280},
             .transformer_layers_per_block = {1, 1, 1, 0},
             .middle_transformer_layers = 1,
             .heads = {5, 10, 20, 20},
             .cross_attention_dim = 1024},
    .vae = {.sample_size = 768},
    .default_size = 768};

/// A model, its name in this library, and its repository on the Hugging Face hub.
struct diffusion_entry {
    std::string_view id;          ///< name in the library, as the tool takes it
    std::string_view repository;  ///< of the published checkpoint on the Hugging Face hub
    const diffusion* model;       ///< its shape
};
/// The diffusion models that are known by name.
inline constexpr diffusion_entry diffusions[]{
    {"sd-1.5", "stable-diffusion-v1-5/stable-diffusion-v1-5", &stable_diffusion_1_5},
    {"sd-2.1", "stabilityai/stable-diffusion-2-1", &stable_diffusion_2_1},
    {"sd-xl", "stabilityai/stable-diffusion-xl-base-1.0", &sd_xl},
    {"sd-3-medium", "stabilityai/stable-diffusion-3-medium-diffusers", &stable_diffusion_3_medium},
    {"sd-3.5-medium", "stabilityai/stable-diffusion-3.5-medium", &stable_diffusion_3_5_medium},
    {"sd-3.5-large", "stabilityai/stable-diffusion-3.5-large", &stable_diffusion_3_5_large},
    {"flux.1-dev", "black-forest-labs/FLUX.1-dev", &flux_1_dev},
    {"flux.1-schnell", "black-forest-labs/FLUX.1-schnell", &flux_1_schnell},
};

}  // namespace cardfit::models
