// SPDX-License-Identifier: MIT
#pragma once

// Text models that read images, by name, with the dimensions that their publishers' config.json files state. The tests
// compare the counts with the totals of the published checkpoints. Bounds of image sizes are those of the
// preprocessor_config.json beside each. Of both kinds of file, those that are not in tests/io/configs are recalled.

#include <cardfit/model/multimodal.hpp>
#include <cardfit/model/zoo.hpp>

#include <array>
#include <string_view>

namespace cardfit::towers {

/// The vision transformer of Qwen2.5-VL (arXiv 2502.13923, section 2.1; Qwen2_5_VisionTransformerPretrainedModel in
/// transformers): RMSNorms and gated feed-forwards; windows of 112 pixels in all but every eighth layer; a merger of
/// 2 x 2 patches to the width of the text model. `image_size` is this library's choice for a job that names no size.
[[nodiscard]] constexpr vision_tower qwen2_5_vl(std::int64_t ffn, std::int64_t width) noexcept {
    return {.layers = 32,
            .hidden = 1280,
            .heads = 16,
            .ffn = ffn,
            .ffn_gated = true,
            .norm = norm_kind::rms,
            .window = {.window = 64, .global_every = 8},
            .frames = 2,
            .patch_bias = false,
            .grid = image_grid::dynamic,
            .image_size = 1024,
            .smallest_image = 56,
            .largest_image = 3584,
            .merge = 2,
            .projectors = {{.norm = 1280, .in = 5120, .inner = 5120, .out = width}}};
}

/// The vision transformer of Qwen3-VL (arXiv 2511.21631; Qwen3VLVisionModel in transformers): SigLIP 2's shapes with
/// patches of two frames, a merger, and three mergers more (DeepStack) whose features join early layers of the text
/// model.
[[nodiscard]] constexpr vision_tower qwen3_vl(std::int64_t layers, std::int64_t hidden, std::int64_t ffn,
                                              std::int64_t width, std::int64_t deep_mergers) noexcept {
    return {.layers = layers,
            .hidden = hidden,
            .heads = 16,
            .ffn = ffn,
            .patch_size = 16,
            .frames = 2,
            .positions = 2304,
            .grid = image_grid::dynamic,
            .image_size = 1024,
            .smallest_image = 256,
            .largest_image = 4096,
            .merge = 2,
            .projectors = {
                {.norm = 2 * hidden, .in = 4 * hidden, .inner = 4 * hidden, .out = width},
                {.norm = 8 * hidden, .in = 4 * hidden, .inner = 4 * hidden, .out = width, .copies = deep_mergers}}};
}

/// SigLIP So400m (arXiv 2303.15343) as Gemma 3 has it (arXiv 2503.19786, section 2): 896 pixels, averages of 4 x 4
/// patches, a norm, one matrix without bias.
[[nodiscard]] constexpr vision_tower gemma_3(std::int64_t width) noexcept {
    return {.layers = 27,
            .hidden = 1152,
            .heads = 16,
            .ffn = 4304,
            .outer_norms = 1,
            .positions = 4096,
            .image_size = 896,
            .merge = 4,
            .projectors = {{.norm = 1152, .in = 1152, .out = width, .bias = false}}};
}

/// Pixtral's vision transformer (arXiv 2410.07073, section 2.2): RMSNorms, gated feed-forwards, no biases, rotary
/// positions.
inline constexpr vision_tower pixtral{.layers = 24,
                                      .hidden = 1024,
                                      .heads = 16,
                                      .head_dim = 64,
                                      .ffn = 4096,
                                      .ffn_gated = true,
                                      .norm = norm_kind::rms,
                                      .biases = biases::none,
                                      .outer_norms = 1,
                                      .patch_size = 16,
                                      .patch_bias = false,
                                      .grid = image_grid::rows,
                                      .image_size = 1024,
                                      .largest_image = 1024,
                                      .projectors = {{.in = 1024, .inner = 5120, .out = 5120}}};

/// The same in Mistral Small 3.1 and later (config.json of mistralai/Mistral-Small-3.1-24B-Instruct-2503): patches of
/// 14 pixels, of which 2 x 2 are merged behind a norm.
inline constexpr vision_tower mistral_3{.layers = 24,
                                        .hidden = 1024,
                                        .heads = 16,
                                        .head_dim = 64,
                                        .ffn = 4096,
                                        .ffn_gated = true,
                                        .norm = norm_kind::rms,
                                        .biases = biases::none,
                                        .outer_norms = 1,
                                        .patch_bias = false,
                                        .grid = image_grid::rows,
                                        .image_size = 1540,
                                        .largest_image = 1540,
                                        .merge = 2,
                                        .projectors = {{.norm = 1024, .in = 4096, .out = 1024, .bias = false},
                                                       {.in = 1024, .inner = 5120, .out = 5120, .bias = false}}};

/// CLIP ViT-L/14 (arXiv 2103.00020, table 20) at 336 pixels with the two-layer projector of LLaVA 1.5 (arXiv
/// 2310.03744, section 3.2).
inline constexpr vision_tower llava_1_5{.layers = 24,
                                        .hidden = 1024,
                                        .heads = 16,
                                        .ffn = 4096,
                                        .outer_norms = 2,
                                        .patch_bias = false,
                                        .class_tokens = 1,
                                        .positions = 577,
                                        .image_size = 336,
                                        .projectors = {{.in = 1024, .inner = 4096, .out = 4096}}};

/// InternViT-300M (arXiv 2412.05271, section 3) with InternVL's projector: 2 x 2 patches are merged behind a norm.
inline constexpr vision_tower internvl3{.layers = 24,
                                        .hidden = 1024,
                                        .heads = 16,
                                        .ffn = 4096,
                                        .layer_scale = true,
                                        .class_tokens = 1,
                                        .positions = 1025,
                                        .grid = image_grid::tiles,
                                        .image_size = 448,
                                        .merge = 2,
                                        .max_tiles = 12,
                                        .projectors = {{.norm = 8192, .in = 4096, .inner = 3584, .out = 3584}}};

}  // namespace cardfit::towers

namespace cardfit::models {

/// Qwen2.5-VL: the text models are those of Qwen 2.5 (config.json of Qwen/Qwen2.5-VL-*-Instruct).
/// @{
inline constexpr multimodal_transformer qwen2_5_vl_3b{.text = qwen2_5_3b, .vision = towers::qwen2_5_vl(3420, 2048)};
inline constexpr multimodal_transformer qwen2_5_vl_7b{.text = qwen2_5_7b, .vision = towers::qwen2_5_vl(3420, 3584)};
inline constexpr multimodal_transformer qwen2_5_vl_72b{.text = qwen2_5_72b, .vision = towers::qwen2_5_vl(3456, 8192)};
/// @}

/// Qwen3-VL: the text models are those of Qwen 3 (config.json of Qwen/Qwen3-VL-*-Instruct).
/// @{
inline constexpr multimodal_transformer qwen3_vl_2b{.text = qwen3_1_7b,
                                                    .vision = towers::qwen3_vl(24, 1024, 4096, 2048, 3)};
inline constexpr multimodal_transformer qwen3_vl_4b{.text = qwen3_4b,
                                                    .vision = towers::qwen3_vl(24, 1024, 4096, 2560, 3)};
inline constexpr multimodal_transformer qwen3_vl_8b{.text = qwen3_8b,
                                                    .vision = towers::qwen3_vl(27, 1152, 4304, 4096, 3)};
inline constexpr multimodal_transformer qwen3_vl_32b{.text = qwen3_32b,
                                                     .vision = towers::qwen3_vl(27, 1152, 4304, 5120, 3)};
inline constexpr multimodal_transformer qwen3_vl_30b_a3b{.text = qwen3_30b_a3b,
                                                         .vision = towers::qwen3_vl(27, 1152, 4304, 2048, 3)};
inline constexpr multimodal_transformer qwen3_vl_235b_a22b{.text = qwen3_235b_a22b,
                                                           .vision = towers::qwen3_vl(27, 1152, 4304, 4096, 3)};
/// @}

/// Gemma 3 with its tower (config.json of google/gemma-3-*-it); gemma-3-4b and its kin of zoo.hpp are the text models.
/// @{
inline constexpr multimodal_transformer gemma_3_4b_vision{.text = gemma_3_4b, .vision = towers::gemma_3(2560)};
inline constexpr multimodal_transformer gemma_3_12b_vision{.text = gemma_3_12b, .vision = towers::gemma_3(3840)};
inline constexpr multimodal_transformer gemma_3_27b_vision{.text = gemma_3_27b, .vision = towers::gemma_3(5376)};
/// @}

/// Mistral's models that read images (config.json of mistral-community/pixtral-12b and of
/// mistralai/Mistral-Small-3.1-24B-Instruct-2503, whose shape 3.2 has too).
/// @{
inline constexpr multimodal_transformer pixtral_12b{
    .text = {.layers = 40, .hidden = 5120, .heads = 32, .kv_heads = 8, .head_dim = 128, .ffn = 14336, .vocab = 131072},
    .vision = towers::pixtral};
inline constexpr multimodal_transformer mistral_small_3_1_24b{
    .text = {.layers = 40, .hidden = 5120, .heads = 32, .kv_heads = 8, .head_dim = 128, .ffn = 32768, .vocab = 131072},
    .vision = towers::mistral_3};
/// @}

/// LLaVA 1.5 (config.json of llava-hf/llava-1.5-7b-hf): Vicuna with 64 rows more in its vocabulary.
inline constexpr multimodal_transformer llava_1_5_7b{
    .text = {.layers = 32, .hidden = 4096, .heads = 32, .ffn = 11008, .vocab = 32064}, .vision = towers::llava_1_5};

/// InternVL 3 (config.json of OpenGVLab/InternVL3-8B): Qwen 2.5 with another vocabulary.
inline constexpr multimodal_transformer internvl3_8b{.text = {.layers = 28,
                                                              .hidden = 3584,
                                                              .heads = 28,
                                                              .kv_heads = 4,
                                                              .ffn = 18944,
                                                              .vocab = 151674,
                                                              .biases = biases::qkv},
                                                     .vision = towers::internvl3};

/// CLIP ViT-L/14 (arXiv 2103.00020, tables 19 and 20; config.json of openai/clip-vit-large-patch14).
inline constexpr multimodal_transformer clip_vit_l14{
    .text = {.layers = 12,
             .hidden = 768,
             .heads = 12,
             .ffn = 3072,
             .ffn_gated = false,
             .vocab = 49408,
             .positions = 77,
             .norm = norm_kind::layer,
             .biases = biases::all},
    .vision = {.layers = 24,
               .hidden = 1024,
               .heads = 16,
               .ffn = 4096,
               .outer_norms = 2,
               .patch_bias = false,
               .class_tokens = 1,
               .positions = 257,
               .projectors = {{.in = 1024, .out = 768, .bias = false}}},
    .fusion = modality_fusion::contrastive,
    .text_projection = {.in = 768, .out = 768, .bias = false},
    .scalars = 1};

/// A model, its name in this library, and the repository of its published checkpoint on the Hugging Face hub.
struct multimodal_entry {
    std::string_view id;                  ///< name in the library, as the tool takes it
    std::string_view repository;          ///< of the published checkpoint on the Hugging Face hub
    const multimodal_transformer* model;  ///< its shape
};

/// The models of this kind that are known by name.
inline constexpr std::array multimodals{
    multimodal_entry{"qwen2.5-vl-3b", "Qwen/Qwen2.5-VL-3B-Instruct", &qwen2_5_vl_3b},
    multimodal_entry{"qwen2.5-vl-7b", "Qwen/Qwen2.5-VL-7B-Instruct", &qwen2_5_vl_7b},
    multimodal_entry{"qwen2.5-vl-72b", "Qwen/Qwen2.5-VL-72B-Instruct", &qwen2_5_vl_72b},
    multimodal_entry{"qwen3-vl-2b", "Qwen/Qwen3-VL-2B-Instruct", &qwen3_vl_2b},
    multimodal_entry{"qwen3-vl-4b", "Qwen/Qwen3-VL-4B-Instruct", &qwen3_vl_4b},
    multimodal_entry{"qwen3-vl-8b", "Qwen/Qwen3-VL-8B-Instruct", &qwen3_vl_8b},
    multimodal_entry{"qwen3-vl-32b", "Qwen/Qwen3-VL-32B-Instruct", &qwen3_vl_32b},
    multimodal_entry{"qwen3-vl-30b-a3b", "Qwen/Qwen3-VL-30B-A3B-Instruct", &qwen3_vl_30b_a3b},
    multimodal_entry{"qwen3-vl-235b-a22b", "Qwen/Qwen3-VL-235B-A22B-Instruct", &qwen3_vl_235b_a22b},
    multimodal_entry{"gemma-3-4b-vision", "google/gemma-3-4b-it", &gemma_3_4b_vision},
    multimodal_entry{"gemma-3-12b-vision", "google/gemma-3-12b-it", &gemma_3_12b_vision},
    multimodal_entry{"gemma-3-27b-vision", "google/gemma-3-27b-it", &gemma_3_27b_vision},
    multimodal_entry{"pixtral-12b", "mistral-community/pixtral-12b", &pixtral_12b},
    multimodal_entry{"mistral-small-3.1-24b", "mistralai/Mistral-Small-3.1-24B-Instruct-2503", &mistral_small_3_1_24b},
    multimodal_entry{"llava-1.5-7b", "llava-hf/llava-1.5-7b-hf", &llava_1_5_7b},
    multimodal_entry{"internvl3-8b", "OpenGVLab/InternVL3-8B", &internvl3_8b},
    multimodal_entry{"clip-vit-large-patch14", "openai/clip-vit-large-patch14", &clip_vit_l14},
};

}  // namespace cardfit::models
