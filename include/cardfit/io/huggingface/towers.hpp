// SPDX-License-Identifier: MIT
#pragma once

// The keys that each class of vision towers has in config.json for its dimensions, the defaults of its configuration
// class, and what all towers of the class have in common. There is one row per class; `read_tower.hpp` reads files by
// these rows.
//
// Source of every row: configuration_<family>.py and modeling_<family>.py of github.com/huggingface/transformers
// (4.5x); for intern_vit_6b, moonvit and kimi_k25, the remote code beside the weights of OpenGVLab/InternVL3-8B,
// moonshotai/Kimi-VL-A3B-Instruct and moonshotai/Kimi-K2.5. Sizes of images that no config.json states are those of the
// preprocessor_config.json beside the weights.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/model/varied_zoo.hpp>
#include <cardfit/model/vision_tower.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cardfit::io::detail {

/// How many rows the learned position embedding has.
enum class position_rule : unsigned char {
    none,         ///< rotary positions
    grid,         ///< one per patch of an image of the own size, and one per class token
    key,          ///< `num_position_embeddings`
    axes,         ///< `position_embedding_size` for each of the two axes
    initial_grid  ///< `init_pos_emb_height` times `init_pos_emb_width`
};

/// A rule of a class beyond sizes. Each one is a function of the reader.
enum class tower_rule : unsigned char {
    none,
    kimi_k3,
    siglip,
    gemma4,
    qwen2,
    qwen2_5,
    intern,
    dino,
    dino3,
    mllama,
    glm4v,
    whisper
};

/// The row of a class of towers.
struct tower_family {
    std::string_view model_type = "";
    size_key layers{"num_hidden_layers"};
    size_key hidden{"hidden_size"};
    size_key heads{"num_attention_heads"};
    size_key head_dim{};
    size_key ffn{"intermediate_size"};
    size_key patch{"patch_size"};
    size_key image{"image_size"};
    size_key frames{};
    size_key merge{};
    position_rule positions = position_rule::none;
    tower_rule special = tower_rule::none;
    vision_tower shape{};
    std::array<fixed_key, 4> fixed{};
};

/// Returns the row of Qwen3-VL's tower (Qwen3VLVisionConfig), which the later Qwen models share.
[[nodiscard]] constexpr tower_family qwen3_tower(std::string_view model_type) {
    return {.model_type = model_type,
            .layers = {"depth", "", 27},
            .hidden = {"hidden_size", "", 1152},
            .heads = {"num_heads", "", 16},
            .ffn = {"intermediate_size", "", 4304},
            .patch = {"patch_size", "", 16},
            .image = {},
            .frames = {"temporal_patch_size", "", 2},
            .merge = {"spatial_merge_size", "", 2},
            .positions = position_rule::key,
            .shape = {.grid = image_grid::dynamic, .image_size = 1024, .smallest_image = 256, .largest_image = 4096},
            .fixed = {{{"in_channels", "3", "images of other than three channels"}}}};
}

/// Returns the row of a SigLIP of Idefics 3 or of SmolVLM: without a pooling head.
[[nodiscard]] constexpr tower_family idefics_tower(std::string_view model_type) {
    return {.model_type = model_type,
            .layers = {"num_hidden_layers", "", 12},
            .hidden = {"hidden_size", "", 1152},
            .heads = {"num_attention_heads", "", 16},
            .ffn = {"intermediate_size", "", 3072},
            .patch = {"patch_size", "", 32},
            .image = {"image_size", "", 224},
            .positions = position_rule::grid,
            .shape = {.outer_norms = 1},
            .fixed = {{{"num_channels", "3", "images of other than three channels"}}}};
}

/// Returns the row of GLM-4.1V's tower (Glm4vVisionConfig), which 4.5V and 4.6V share. Its norms stand behind the
/// patches and behind all layers.
[[nodiscard]] constexpr tower_family glm4v_tower(std::string_view model_type) {
    return {.model_type = model_type,
            .layers = {"depth", "", 24},
            .hidden = {"hidden_size", "", 1536},
            .heads = {"num_heads", "", 12},
            .ffn = {"out_hidden_size", "", 4096},
            .patch = {"patch_size", "", 14},
            .image = {"image_size", "", 336},
            .frames = {"temporal_patch_size", "", 2},
            .merge = {"spatial_merge_size", "", 2},
            .positions = position_rule::grid,
            .special = tower_rule::glm4v,
            .shape = {.ffn_gated = true,
                      .norm = norm_kind::rms,
                      .biases = biases::none,
                      .outer_norms = 2,
                      .grid = image_grid::dynamic,
                      .smallest_image = 112},
            .fixed = {{{"attention_bias", "false", "biases in attention"},
                       {"in_channels", "3", "images of other than three channels"}}}};
}

/// Returns the row of an encoder of Whisper that reads sound for a text model: clips of 30 seconds, or 3,000 frames.
[[nodiscard]] constexpr tower_family whisper_tower(std::string_view model_type) {
    return {.model_type = model_type,
            .layers = {"encoder_layers", "num_hidden_layers", 32},
            .hidden = {"d_model", "hidden_size", 1280},
            .heads = {"encoder_attention_heads", "num_attention_heads", 20},
            .ffn = {"encoder_ffn_dim", "intermediate_size", 5120},
            .patch = {},
            .image = {},
            .special = tower_rule::whisper,
            .shape = {.key_bias = false, .outer_norms = 1, .grid = image_grid::clip}};
}

inline constexpr std::array tower_families{
    tower_family{.model_type = "clip_vision_model",
                 .layers = {"num_hidden_layers", "", 12},
                 .hidden = {"hidden_size", "", 768},
                 .heads = {"num_attention_heads", "", 12},
                 .ffn = {"intermediate_size", "", 3072},
                 .patch = {"patch_size", "", 32},
                 .image = {"image_size", "", 224},
                 .positions = position_rule::grid,
                 .shape = {.outer_norms = 2, .patch_bias = false, .class_tokens = 1},
                 .fixed = {{{"num_channels", "3", "images of other than three channels"}}}},
    tower_family{.model_type = "siglip_vision_model",
                 .layers = {"num_hidden_layers", "", 12},
                 .hidden = {"hidden_size", "", 768},
                 .heads = {"num_attention_heads", "", 12},
                 .ffn = {"intermediate_size", "", 3072},
                 .patch = {"patch_size", "", 16},
                 .image = {"image_size", "", 224},
                 .positions = position_rule::grid,
                 .special = tower_rule::siglip,
                 .shape = {.outer_norms = 1},
                 .fixed = {{{"num_channels", "3", "images of other than three channels"}}}},
    tower_family{.model_type = "gemma4_vision",
                 .layers = {"num_hidden_layers", "", 16},
                 .hidden = {"hidden_size", "", 768},
                 .heads = {"num_attention_heads", "", 12},
                 .head_dim = {"head_dim", "", 64},
                 .ffn = {"intermediate_size", "", 3072},
                 .patch = {"patch_size", "", 16},
                 .image = {},
                 .merge = {"pooling_kernel_size", "", 3},
                 .positions = position_rule::axes,
                 .special = tower_rule::gemma4,
                 .shape = towers::gemma_4(16, 768, 12, 3072, 0),
                 .fixed = {{{"attention_bias", "false", "biases in attention"}}}},
    // The defaults are not the class's, which no published model has, but those of Scout and Maverick.
    tower_family{.model_type = "llama4_vision_model",
                 .layers = {"num_hidden_layers", "", 34},
                 .hidden = {"hidden_size", "", 1408},
                 .heads = {"num_attention_heads", "", 16},
                 .ffn = {"intermediate_size", "", 5632},
                 .patch = {"patch_size", "", 14},
                 .image = {"image_size", "", 336},
                 .positions = position_rule::grid,
                 .shape = towers::llama_4(0),
                 .fixed = {{{"num_channels", "3", "images of other than three channels"}}}},
    tower_family{.model_type = "dinov2",
                 .layers = {"num_hidden_layers", "", 12},
                 .hidden = {"hidden_size", "", 768},
                 .heads = {"num_attention_heads", "", 12},
                 .ffn = {},
                 .patch = {"patch_size", "", 14},
                 .image = {"image_size", "", 224},
                 .positions = position_rule::grid,
                 .special = tower_rule::dino,
                 .shape = {.layer_scale = true, .outer_norms = 1, .class_tokens = 1, .mask_tokens = 1},
                 .fixed = {{{"qkv_bias", "true", "attention without biases"},
                            {"num_channels", "3", "images of other than three channels"}}}},
    // Layers with gates stand behind those of num_hidden_layers. Positions of a tile are one table, and its place among
    // the tiles three: MllamaPrecomputedPositionEmbedding and MllamaPrecomputedAspectRatioEmbedding.
    tower_family{.model_type = "mllama_vision_model",
                 .layers = {"num_hidden_layers", "", 32},
                 .hidden = {"hidden_size", "", 1280},
                 .heads = {"attention_heads", "", 16},
                 .ffn = {"intermediate_size", "", 5120},
                 .patch = {"patch_size", "", 14},
                 .image = {"image_size", "", 448},
                 .positions = position_rule::grid,
                 .special = tower_rule::mllama,
                 .shape = {.query_bias = false,
                           .output_bias = false,
                           .outer_norms = 2,
                           .patch_bias = false,
                           .class_tokens = 1,
                           .grid = image_grid::joint_tiles},
                 .fixed = {{{"num_channels", "3", "images of other than three channels"}}}},
    // Registers are tokens beside the class token that have no positions.
    tower_family{.model_type = "dinov2_with_registers",
                 .layers = {"num_hidden_layers", "", 12},
                 .hidden = {"hidden_size", "", 768},
                 .heads = {"num_attention_heads", "", 12},
                 .ffn = {},
                 .patch = {"patch_size", "", 16},
                 .image = {"image_size", "", 224},
                 .positions = position_rule::grid,
                 .special = tower_rule::dino,
                 .shape = {.layer_scale = true, .outer_norms = 1, .class_tokens = 1, .mask_tokens = 1},
                 .fixed = {{{"qkv_bias", "true", "attention without biases"},
                            {"num_channels", "3", "images of other than three channels"}}}},
    tower_family{.model_type = "dinov3_vit",
                 .layers = {"num_hidden_layers", "", 12},
                 .hidden = {"hidden_size", "", 384},
                 .heads = {"num_attention_heads", "", 6},
                 .ffn = {"intermediate_size", "", 1536},
                 .patch = {"patch_size", "", 16},
                 .image = {"image_size", "", 224},
                 .special = tower_rule::dino3,
                 .shape = {.layer_scale = true, .outer_norms = 1, .class_tokens = 1, .mask_tokens = 1},
                 .fixed = {{{"proj_bias", "true", "attention without biases"},
                            {"mlp_bias", "true", "feed-forwards without biases"},
                            {"num_channels", "3", "images of other than three channels"}}}},
    glm4v_tower("glm4v"),
    glm4v_tower("glm4v_moe"),
    whisper_tower("qwen2_audio_encoder"),
    whisper_tower("voxtral_encoder"),
    idefics_tower("idefics3_vision"),
    idefics_tower("smolvlm_vision"),
    // SigLIP for images of 448, with sizes that the code states (vision_siglip_navit.py); averages of 2 x 2 patches.
    tower_family{.model_type = "phi4mm",
                 .layers = {"num_hidden_layers", "", 27},
                 .hidden = {"hidden_size", "", 1152},
                 .heads = {"num_attention_heads", "", 16},
                 .ffn = {"intermediate_size", "", 4304},
                 .patch = {"patch_size", "", 14},
                 .image = {"image_size", "", 448},
                 .positions = position_rule::grid,
                 .special = tower_rule::siglip,
                 .shape = {.outer_norms = 1, .grid = image_grid::crops, .merge = 2, .max_tiles = 36}},
    tower_family{.model_type = "pixtral",
                 .layers = {"num_hidden_layers", "", 24},
                 .hidden = {"hidden_size", "", 1024},
                 .heads = {"num_attention_heads", "", 16},
                 .head_dim = {"head_dim", "", derived, derived},
                 .ffn = {"intermediate_size", "", 4096},
                 .patch = {"patch_size", "", 16},
                 .image = {"image_size", "", 1024},
                 .shape = {.ffn_gated = true,
                           .norm = norm_kind::rms,
                           .biases = biases::none,
                           .outer_norms = 1,
                           .patch_bias = false,
                           .grid = image_grid::rows},
                 .fixed = {{{"num_channels", "3", "images of other than three channels"}}}},
    tower_family{.model_type = "qwen2_vl",
                 .layers = {"depth", "", 32},
                 .hidden = {"embed_dim", "", 1280},
                 .heads = {"num_heads", "", 16},
                 .ffn = {},
                 .patch = {"patch_size", "", 14},
                 .image = {},
                 .frames = {"temporal_patch_size", "", 2},
                 .merge = {"spatial_merge_size", "", 2},
                 .special = tower_rule::qwen2,
                 .shape = {.patch_bias = false,
                           .grid = image_grid::dynamic,
                           .image_size = 1024,
                           .smallest_image = 56,
                           .largest_image = 3584},
                 .fixed = {{{"in_channels", "3", "images of other than three channels"},
                            {"in_chans", "3", "images of other than three channels"}}}},
    tower_family{.model_type = "qwen2_5_vl",
                 .layers = {"depth", "", 32},
                 .hidden = {"hidden_size"},
                 .heads = {"num_heads", "", 16},
                 .ffn = {"intermediate_size", "", 3420},
                 .patch = {"patch_size", "", 14},
                 .image = {},
                 .frames = {"temporal_patch_size", "", 2},
                 .merge = {"spatial_merge_size", "", 2},
                 .special = tower_rule::qwen2_5,
                 .shape = {.ffn_gated = true,
                           .norm = norm_kind::rms,
                           .patch_bias = false,
                           .grid = image_grid::dynamic,
                           .image_size = 1024,
                           .smallest_image = 56,
                           .largest_image = 3584},
                 .fixed = {{{"in_channels", "3", "images of other than three channels"},
                            {"in_chans", "3", "images of other than three channels"}}}},
    qwen3_tower("qwen3_vl"),
    qwen3_tower("qwen3_vl_moe"),
    qwen3_tower("qwen3_5"),
    qwen3_tower("qwen3_5_moe"),
    tower_family{.model_type = "intern_vit_6b",
                 .patch = {"patch_size", "", 14},
                 .image = {"image_size", "", 448},
                 .positions = position_rule::grid,
                 .special = tower_rule::intern,
                 .shape = {.layer_scale = true, .class_tokens = 1, .grid = image_grid::tiles, .max_tiles = 12},
                 .fixed = {{{"num_channels", "3", "images of other than three channels"}}}},
    tower_family{.model_type = "internvl_vision",
                 .layers = {"num_hidden_layers", "", 24},
                 .hidden = {"hidden_size", "", 1024},
                 .heads = {"num_attention_heads", "", 16},
                 .ffn = {"intermediate_size", "", 4096},
                 .patch = {"patch_size", "", 14},
                 .image = {"image_size", "", 448},
                 .positions = position_rule::grid,
                 .special = tower_rule::intern,
                 .shape = {.layer_scale = true, .class_tokens = 1, .grid = image_grid::tiles, .max_tiles = 12},
                 .fixed = {{{"num_channels", "3", "images of other than three channels"},
                            {"use_mask_token", "false", "mask tokens"},
                            {"use_absolute_position_embeddings", "true", "towers without positions"}}}},
    tower_family{
        .model_type = "moonvit",
        .layers = {"num_hidden_layers", "", 27},
        .hidden = {"hidden_size", "", 1152},
        .heads = {"num_attention_heads", "", 16},
        .ffn = {"intermediate_size", "", 4304},
        .patch = {"patch_size", "", 14},
        .image = {},
        .positions = position_rule::initial_grid,
        .shape = {.outer_norms = 1, .grid = image_grid::dynamic, .image_size = 896, .largest_image = 896, .merge = 2}},
    // The tower of moonshotai/Kimi-K3: heads wider than the hidden size, no biases, one embedding for all positions.
    tower_family{.model_type = "kimi_k3",
                 .layers = {"vt_num_hidden_layers", "", 27},
                 .hidden = {"vt_hidden_size", "", 1024},
                 .heads = {"vt_num_attention_heads", "", 12},
                 .ffn = {"vt_intermediate_size", "", 4096},
                 .patch = {"patch_size", "", 14},
                 .image = {},
                 .positions = position_rule::initial_grid,
                 .special = tower_rule::kimi_k3,
                 .shape = {.norm = norm_kind::rms,
                           .biases = biases::none,
                           .outer_norms = 1,
                           .patch_bias = false,
                           .grid = image_grid::dynamic,
                           .image_size = 896,
                           .largest_image = 1792,
                           .merge = 2},
                 .fixed = {{{"attn_bias", "false", "biases of the attention"},
                            {"linear_bias", "false", "biases of the feed-forward"},
                            {"patch_embed_proj_bias", "false", "a bias of the patches"},
                            {"norm_type", "\"rmsnorm\"", "other norms"}}}},
    tower_family{
        .model_type = "kimi_k25",
        .layers = {"vt_num_hidden_layers", "", 27},
        .hidden = {"vt_hidden_size", "", 1152},
        .heads = {"vt_num_attention_heads", "", 16},
        .ffn = {"vt_intermediate_size", "", 4304},
        .patch = {"patch_size", "", 14},
        .image = {},
        .positions = position_rule::initial_grid,
        .shape = {.outer_norms = 1, .grid = image_grid::dynamic, .image_size = 896, .largest_image = 1792, .merge = 2}},
};

}  // namespace cardfit::io::detail
