// SPDX-License-Identifier: MIT
#pragma once

// Published decoders whose kinds of layer differ in more than a window, with their vision towers. Sources: the
// config.json beside each publisher's weights, and the classes of transformers that it names. The tests compare the
// counts with what the publishers state.

#include <cardfit/model/hybrid.hpp>
#include <cardfit/model/multimodal.hpp>
#include <cardfit/model/varied_decoder.hpp>

#include <array>
#include <string_view>

namespace cardfit {

/// A decoder of varied layers with a vision tower.
using multimodal_varied = multimodal<varied_decoder>;

namespace towers {

/// The vision transformer of Gemma 4 (transformers, modeling_gemma4.py, Gemma4VisionModel): gated feed-forwards, four
/// norms per layer, a table of 10,240 positions for each axis, averages of 3 x 3 patches. The processor scales every
/// image to at most 280 tokens, which for a square one are 16 x 16. `standardizes`: features are shifted and scaled per
/// channel (`standardize` in config.json).
[[nodiscard]] constexpr vision_tower gemma_4(std::int64_t layers, std::int64_t hidden, std::int64_t heads,
                                             std::int64_t ffn, std::int64_t width, bool standardizes = false) noexcept {
    return {.layers = layers,
            .hidden = hidden,
            .heads = heads,
            .ffn = ffn,
            .ffn_gated = true,
            .norm = norm_kind::rms,
            .biases = biases::none,
            .head_norm = true,
            .norms_per_layer = 4,
            .patch_size = 16,
            .patch_bias = false,
            .positions = 2 * 10240,
            .grid = image_grid::dynamic,
            .image_size = 768,
            .smallest_image = 768,
            .largest_image = 768,
            .merge = 3,
            .projectors = {{.in = hidden, .out = width, .bias = false},
                           {.norm = standardizes ? 2 * hidden : 0, .bias = false}}};
}

/// The vision transformer of Llama 4 (transformers, modeling_llama4.py, Llama4VisionModel): tiles of 336 pixels, norms
/// before and behind all layers, two matrices over 2 x 2 patches and one to the text model's width.
[[nodiscard]] constexpr vision_tower llama_4(std::int64_t width) noexcept {
    return {.layers = 34,
            .hidden = 1408,
            .heads = 16,
            .ffn = 5632,
            .outer_norms = 2,
            .patch_bias = false,
            .class_tokens = 1,
            .positions = 577,
            .grid = image_grid::tiles,
            .image_size = 336,
            .merge = 2,
            .max_tiles = 16,
            .projectors = {{.in = 5632, .inner = 4096, .out = 4096, .bias = false},
                           {.in = 4096, .out = width, .bias = false}}};
}

/// The vision transformer of Llama 3.2 Vision (transformers, modeling_mllama.py, MllamaVisionModel): 32 layers and
/// eight with gates, which read four tiles of 560 pixels as one sequence; for each of eight shapes of a grid of tiles,
/// and for padding, a table of positions by tile and two of the tiles' places; one matrix over the features of six
/// layers.
[[nodiscard]] constexpr vision_tower llama_3_2(std::int64_t width) noexcept {
    constexpr std::int64_t tile = 40 * 40 + 1;
    constexpr std::int64_t grids = 9;
    return {.layers = 40,
            .hidden = 1280,
            .heads = 16,
            .ffn = 5120,
            .query_bias = false,
            .output_bias = false,
            .outer_norms = 2,
            .patch_bias = false,
            .class_tokens = 1,
            .positions = tile + grids * 4 * (tile + 2),
            .scalars = 8 * 2 + 3,
            .grid = image_grid::joint_tiles,
            .image_size = 560,
            .max_tiles = 4,
            .projectors = {{.in = 6 * 1280, .out = width}}};
}

}  // namespace towers

namespace models {

// clang-format off

/// Gemma 4: every sixth layer (of E2B every fifth) sees all positions, with heads of 512. Each layer holds a scalar that
/// scales its result.
/// @{
inline constexpr layer_set gemma_4_global = layers_every(6, 5);
inline constexpr layer_set first_24_layers{{0xFF'FFFF}};

inline constexpr multimodal_varied gemma_4_31b{
    .text = {.common = {.layers = 60, .hidden = 5376, .heads = 32, .kv_heads = 16, .head_dim = 256, .ffn = 21504,
                        .vocab = 262144, .tied_embeddings = true, .norms_per_layer = 4, .head_norm = true},
             .variants = {{.layers = ~gemma_4_global, .window = 1024},
                          {.layers = gemma_4_global, .source = key_value_source::keys_as_values, .kv_heads = 4,
                           .head_dim = 512}},
             .held_parameters = 60},
    .vision = towers::gemma_4(27, 1152, 16, 4304, 5376, true)};

/// The dense feed-forward beside the experts is the shared expert. Norms: four, three around the experts, and the
/// router's, whose weight is a scale.
inline constexpr multimodal_varied gemma_4_26b_a4b{
    .text = {.common = {.layers = 30, .hidden = 2816, .heads = 16, .kv_heads = 8, .head_dim = 256, .ffn = 2112,
                        .vocab = 262144, .tied_embeddings = true,
                        .experts = {.count = 128, .active = 8, .ffn = 704, .shared = 1, .shared_ffn = 2112,
                                    .router_bias = true},
                        .norms_per_layer = 4, .head_norm = true},
             .variants = {{.layers = ~gemma_4_global, .window = 1024},
                          {.layers = gemma_4_global, .source = key_value_source::keys_as_values, .kv_heads = 2,
                           .head_dim = 512}},
             .expert_norms = 4, .held_parameters = 30},
    .vision = towers::gemma_4(27, 1152, 16, 4304, 2816, true)};

/// The small models also have a conformer for audio, whose parameters are held and whose work is not modeled
/// (Gemma4AudioModel: 12 layers of 1024; 304,824,608 parameters, and a matrix of 1536 to the text model's width). Which
/// of its matrices have a bias is recalled; the totals of both models' files confirm the sum (varied_decoder.static.cpp).
inline constexpr std::int64_t gemma_4_audio = 304'824'608;
/// A borrowing layer holds matrices for keys and values, and their norm, which it does not use.
[[nodiscard]] constexpr std::int64_t gemma_4_unused(std::int64_t hidden, std::int64_t kv_heads,
                                                    std::int64_t head_dim) noexcept {
    return 2 * hidden * kv_heads * head_dim + head_dim;
}

inline constexpr layer_set gemma_4_e2b_global = layers_every(5, 4);
inline constexpr layer_set first_15_layers{{0x7FFF}};
inline constexpr multimodal_varied gemma_4_e2b{
    .text = {.common = {.layers = 35, .hidden = 1536, .heads = 8, .kv_heads = 1, .head_dim = 256, .ffn = 6144,
                        .vocab = 262144, .tied_embeddings = true, .norms_per_layer = 4, .head_norm = true},
             .variants = {{.layers = first_15_layers & ~gemma_4_e2b_global, .window = 512},
                          {.layers = first_15_layers & gemma_4_e2b_global, .head_dim = 512},
                          {.layers = ~first_15_layers & ~gemma_4_e2b_global, .source = key_value_source::borrowed,
                           .window = 512, .ffn = 12288},
                          {.layers = ~first_15_layers & gemma_4_e2b_global, .source = key_value_source::borrowed,
                           .head_dim = 512, .ffn = 12288}},
             .layer_input = 256, .layer_input_vocab = 262144,
             .held_parameters = gemma_4_audio + 1536 * 1536 + 16 * gemma_4_unused(1536, 1, 256) +
                                4 * gemma_4_unused(1536, 1, 512) + 35},
    .vision = towers::gemma_4(16, 768, 12, 3072, 1536)};

inline constexpr multimodal_varied gemma_4_e4b{
    .text = {.common = {.layers = 42, .hidden = 2560, .heads = 8, .kv_heads = 2, .head_dim = 256, .ffn = 10240,
                        .vocab = 262144, .tied_embeddings = true, .norms_per_layer = 4, .head_norm = true},
             .variants = {{.layers = first_24_layers & ~gemma_4_global, .window = 512},
                          {.layers = first_24_layers & gemma_4_global, .head_dim = 512},
                          {.layers = ~first_24_layers & ~gemma_4_global, .source = key_value_source::borrowed,
                           .window = 512},
                          {.layers = ~first_24_layers & gemma_4_global, .source = key_value_source::borrowed,
                           .head_dim = 512}},
             .layer_input = 256, .layer_input_vocab = 262144,
             .held_parameters = gemma_4_audio + 1536 * 2560 + 15 * gemma_4_unused(2560, 2, 256) +
                                3 * gemma_4_unused(2560, 2, 512) + 42},
    .vision = towers::gemma_4(16, 768, 12, 3072, 2560)};
/// @}

/// Gemma 3n (config.json of google/gemma-3n-E4B-it): every fifth layer sees all positions,
/// the last layers attend to caches of earlier ones and hold matrices that they don't use, per-layer inputs, AltUp, LAuReL.
/// Its towers, a MobileNet for images and a conformer for audio, are held and not modeled: published totals of 7,849,978,192
/// and 5,439,438,272 parameters less the text models' count.
/// @{
inline constexpr std::int64_t gemma_3n_towers = 983'281'504;
inline constexpr std::int64_t gemma_3n_unused = 2 * 2048 * 2 * 256 + 256;
inline constexpr layer_set first_20_layers{{0xF'FFFF}};
[[nodiscard]] constexpr varied_decoder gemma_3n(std::int64_t layers, std::int64_t ffn) noexcept {
    return {.common = {.layers = layers, .hidden = 2048, .heads = 8, .kv_heads = 2, .head_dim = 256, .ffn = ffn,
                       .vocab = 262400, .tied_embeddings = true, .norms_per_layer = 4, .head_norm = true},
            .variants = {{.layers = first_20_layers & ~gemma_4_e2b_global, .window = 512},
                         {.layers = first_20_layers & gemma_4_e2b_global},
                         {.layers = ~first_20_layers & ~gemma_4_e2b_global, .source = key_value_source::borrowed, .window = 512},
                         {.layers = ~first_20_layers & gemma_4_e2b_global, .source = key_value_source::borrowed}},
            .layer_input = 256, .layer_input_vocab = 262144, .updates = {.inputs = 4, .laurel_rank = 64},
            .held_parameters = gemma_3n_towers + (layers - 20) * gemma_3n_unused};
}
inline constexpr varied_decoder gemma_3n_e2b = gemma_3n(30, 8192);
inline constexpr varied_decoder gemma_3n_e4b = gemma_3n(35, 16384);
/// @}

/// Llama 4 (model cards of Scout and Maverick): every fourth layer sees all positions, the others a chunk of 8192; a
/// shared expert beside the routed ones; in Maverick experts in every second layer. Its norms of queries and keys have no
/// weights.
/// @{
inline constexpr layer_set llama_4_global = layers_every(4, 3);
inline constexpr layer_set llama_4_maverick_sparse = layers_every(2, 1);
inline constexpr multimodal_varied llama_4_scout{
    .text = {.common = {.layers = 48, .hidden = 5120, .heads = 40, .kv_heads = 8, .head_dim = 128, .ffn = 16384,
                        .vocab = 202048, .experts = {.count = 16, .active = 1, .ffn = 8192, .shared = 1}},
             .variants = {{.layers = ~llama_4_global, .window = 8192}, {.layers = llama_4_global}}},
    .vision = towers::llama_4(5120)};
inline constexpr multimodal_varied llama_4_maverick{
    .text = {.common = {.layers = 48, .hidden = 5120, .heads = 40, .kv_heads = 8, .head_dim = 128, .ffn = 16384,
                        .vocab = 202048, .experts = {.count = 128, .active = 1, .ffn = 8192, .shared = 1}},
             .variants = {{.layers = llama_4_maverick_sparse & ~llama_4_global, .window = 8192},
                          {.layers = llama_4_maverick_sparse & llama_4_global},
                          {.layers = ~llama_4_maverick_sparse, .window = 8192, .dense = true}}},
    .vision = towers::llama_4(5120)};
/// @}

/// Llama 3.2 Vision (config.json of meta-llama/Llama-3.2-*-Vision-Instruct): Llama 3.1, and one layer in five that attends
/// to images alone. The embedding has eight rows more than the head.
/// @{
inline constexpr layer_set llama_3_2_crossing = layers_every(5, 3);
inline constexpr multimodal_varied llama_3_2_11b_vision{
    .text = {.common = {.layers = 40, .hidden = 4096, .heads = 32, .kv_heads = 8, .ffn = 14336, .vocab = 128256},
             .variants = {{.layers = ~llama_3_2_crossing},
                          {.layers = llama_3_2_crossing, .source = key_value_source::images}},
             .held_parameters = 8 * 4096},
    .vision = towers::llama_3_2(4096)};
inline constexpr multimodal_varied llama_3_2_90b_vision{
    .text = {.common = {.layers = 100, .hidden = 8192, .heads = 64, .kv_heads = 8, .ffn = 28672, .vocab = 128256},
             .variants = {{.layers = ~llama_3_2_crossing},
                          {.layers = llama_3_2_crossing, .source = key_value_source::images}},
             .held_parameters = 8 * 8192},
    .vision = towers::llama_3_2(8192)};
/// @}

// clang-format on

/// A model, its name in this library, and the repository of its published checkpoint on the Hugging Face hub.
struct varied_entry {
    std::string_view id;             ///< name in the library, as the tool takes it
    std::string_view repository;     ///< of the published checkpoint on the Hugging Face hub
    const multimodal_varied* model;  ///< its shape
};
/// The same for a decoder without a tower that is modeled.
struct varied_text_entry {
    std::string_view id;          ///< name in the library, as the tool takes it
    std::string_view repository;  ///< of the published checkpoint on the Hugging Face hub
    const varied_decoder* model;  ///< its shape
};

/// The models of this kind that are known by name.
inline constexpr std::array varied_texts{
    varied_text_entry{"gemma-3n-e2b", "google/gemma-3n-E2B-it", &gemma_3n_e2b},
    varied_text_entry{"gemma-3n-e4b", "google/gemma-3n-E4B-it", &gemma_3n_e4b},
};

/// The models of this kind that are known by name.
inline constexpr std::array varied_decoders{
    varied_entry{"gemma-4-e2b", "google/gemma-4-E2B-it", &gemma_4_e2b},
    varied_entry{"gemma-4-e4b", "google/gemma-4-E4B-it", &gemma_4_e4b},
    varied_entry{"gemma-4-26b-a4b", "google/gemma-4-26B-A4B-it", &gemma_4_26b_a4b},
    varied_entry{"gemma-4-31b", "google/gemma-4-31B-it", &gemma_4_31b},
    varied_entry{"llama-3.2-11b-vision", "meta-llama/Llama-3.2-11B-Vision-Instruct", &llama_3_2_11b_vision},
    varied_entry{"llama-3.2-90b-vision", "meta-llama/Llama-3.2-90B-Vision-Instruct", &llama_3_2_90b_vision},
    varied_entry{"llama-4-scout", "meta-llama/Llama-4-Scout-17B-16E-Instruct", &llama_4_scout},
    varied_entry{"llama-4-maverick", "meta-llama/Llama-4-Maverick-17B-128E-Instruct", &llama_4_maverick},
};

}  // namespace models

}  // namespace cardfit
