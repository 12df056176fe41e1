// SPDX-License-Identifier: MIT
#pragma once

// Reads a vision tower from a `vision_config`, or from the config.json of a tower alone, by the rows of `towers.hpp`.

#include <cardfit/io/huggingface/read_rows.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>
#include <cardfit/io/huggingface/towers.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace cardfit::io::detail {

inline constexpr std::array tower_rows{
    sequence_row<tower_family, vision_tower>{&tower_family::layers, &vision_tower::layers, 1, 1000},
    sequence_row<tower_family, vision_tower>{&tower_family::hidden, &vision_tower::hidden, 1, 100'000},
    sequence_row<tower_family, vision_tower>{&tower_family::heads, &vision_tower::heads, 1, 10'000},
    sequence_row<tower_family, vision_tower>{&tower_family::head_dim, &vision_tower::head_dim, 1, 100'000},
    sequence_row<tower_family, vision_tower>{&tower_family::ffn, &vision_tower::ffn, 1, million},
    sequence_row<tower_family, vision_tower>{&tower_family::frames, &vision_tower::frames, 1, 100},
    sequence_row<tower_family, vision_tower>{&tower_family::merge, &vision_tower::merge, 1, 100},
};

/// Returns a number of pixels, which some files state as a square: [448, 448].
[[nodiscard]] inline std::int64_t pixels(config_reader& in, const size_key& key, std::int64_t high) {
    const nlohmann::json* value = in.find(key.name);
    const bool square = value && value->is_array() && value->size() == 2 && value->front() == value->back();
    if (!square) return in.size(key, 1, high);
    if (const auto side = config_reader::integer(value->front(), 1, high)) return *side;
    in.refuse(key.name, integers(1, high) + ", or a list of two equal ones");
    return 0;
}

/// Reads the number of rows of the position embedding.
inline void read_positions(const tower_family& row, config_reader& in, vision_tower& m) {
    switch (row.positions) {
        case position_rule::none:
            return;
        case position_rule::grid: {
            const std::int64_t side = m.patch_size > 0 ? m.image_size / m.patch_size : 0;
            m.positions = side * side + m.class_tokens;
            return;
        }
        case position_rule::key:
            m.positions = in.size({"num_position_embeddings", "", 2304}, 1, million);
            return;
        case position_rule::axes:
            m.positions = 2 * in.size({"position_embedding_size", "", 10'240}, 1, million / 2);
            return;
        case position_rule::initial_grid:
            m.positions = in.size({"init_pos_emb_height", "", 64}, 1, 10'000) *
                          in.size({"init_pos_emb_width", "", 64}, 1, 10'000);
            return;
    }
}

/// Reads the windows of Qwen2.5-VL, in pixels, and the layers that see all patches. They must be every n-th layer.
inline void read_qwen2_5_windows(config_reader& in, vision_tower& m) {
    const std::int64_t window = in.size({"window_size", "", 112}, 1, 100'000);
    if (m.patch_size == 0) return;
    const std::int64_t side = window / m.patch_size;
    m.window = {.window = side * side, .global_every = 8};
    const nlohmann::json* full = in.find("fullatt_block_indexes");
    if (!full) return;
    const bool listed = full->is_array() && !full->empty() && config_reader::integer(full->front(), 0, 1000);
    if (listed) m.window.global_every = full->front().get<std::int64_t>() + 1;
    bool regular = listed && static_cast<std::int64_t>(full->size()) == m.layers / m.window.global_every;
    for (std::size_t i = 0; regular && i < full->size(); ++i)
        regular = (*full)[i] == static_cast<std::int64_t>(i + 1) * m.window.global_every - 1;
    if (!regular) in.refuse("fullatt_block_indexes", "every n-th layer, from 0, such as [7, 15, 23, 31]");
}

/// Reads the norms and biases of InternViT. The code beside the weights of intern_vit_6b has RMSNorms and norms of
/// queries and keys unless the file says otherwise; the class of transformers has LayerNorms and neither.
inline void read_intern(const tower_family& row, config_reader& in, vision_tower& m) {
    const bool remote = row.model_type == "intern_vit_6b";
    const nlohmann::json* norm = in.find("norm_type");
    const std::string name = norm && norm->is_string() ? norm->get<std::string>() : remote ? "rms_norm" : "layer_norm";
    if (name != "rms_norm" && name != "layer_norm") in.refuse("norm_type", "\"rms_norm\" or \"layer_norm\"");
    m.norm = name == "rms_norm" ? norm_kind::rms : norm_kind::layer;
    m.whole_query_norm = in.flag(remote ? "qk_normalization" : "use_qk_norm", remote);
    // Output and feed-forward always have biases, queries, keys and values if the flag says so.
    m.query_bias = in.flag(remote ? "qkv_bias" : "attention_bias", false);
}

/// Reads the tiles of Llama 3.2 Vision, its layers with gates, and the tables of a tile's place for every shape of a
/// grid of tiles, of which one more stands for padding: modeling_mllama.py, MllamaVisionModel.
inline void read_mllama_tiles(config_reader& in, vision_tower& m) {
    constexpr std::int64_t default_shapes = 8;
    const std::int64_t gated = in.size({"num_global_layers", "", 8}, 0, 1000);
    m.max_tiles = in.size({"max_num_tiles", "", 4}, 1, 100);
    const nlohmann::json* shapes = in.find("supported_aspect_ratios");
    const bool listed = shapes && shapes->is_array() && !shapes->empty();
    if (shapes && !shapes->is_null() && !listed) in.refuse("supported_aspect_ratios", "a list of pairs of integers");
    const std::int64_t grids = (listed ? static_cast<std::int64_t>(shapes->size()) : default_shapes) + 1;
    const std::int64_t tile = m.positions;
    m.layers += gated;
    m.positions += grids * m.max_tiles * (tile + 2);
    // Two gates in each of these layers, and one before each table.
    m.scalars = 2 * gated + 3;
}

/// Reads DINOv2's feed-forward and registers: modeling_dinov2.py, Dinov2SwiGLUFFN; modeling_dinov2_with_registers.py.
/// The width of a gated one is two thirds, rounded up to a multiple of 8.
inline void read_dino(config_reader& in, vision_tower& m) {
    constexpr std::int64_t multiple = 8;
    m.ffn = in.size({"mlp_ratio", "", 4}, 1, 100) * m.hidden;
    m.ffn_gated = in.flag("use_swiglu_ffn", false);
    if (m.ffn_gated) m.ffn = divide_up(m.ffn * 2 / 3, multiple) * multiple;
    m.class_tokens += in.size({"num_register_tokens", "", 0}, 0, 1000);
}

/// Reads DINOv3's biases, feed-forward and registers: modeling_dinov3_vit.py. Its ViT-7B has none on queries and
/// values.
inline void read_dino3(config_reader& in, vision_tower& m) {
    m.ffn_gated = in.flag("use_gated_mlp", false);
    m.class_tokens += in.size({"num_register_tokens", "", 0}, 0, 1000);
    m.query_bias = in.flag("query_bias", true);
    m.key_bias = in.flag("key_bias", false);
    if (in.flag("value_bias", true) != m.query_bias) in.refuse("value_bias", "the value of query_bias");
    if (m.key_bias && !m.query_bias) in.refuse("key_bias", "false, where queries have no bias");
}

/// Applies the rule that a class has beyond sizes.
inline void read_special(const tower_family& row, config_reader& in, vision_tower& m) {
    switch (row.special) {
        case tower_rule::none:
            break;
        case tower_rule::kimi_k3: {
            const std::int64_t width = in.size({"qkv_hidden_size", "", 1536}, 1, 100'000);
            if (m.heads > 0 && width % m.heads != 0)
                in.refuse("qkv_hidden_size", "a multiple of vt_num_attention_heads");
            m.head_dim = m.heads > 0 ? width / m.heads : 0;
            break;
        }
        case tower_rule::siglip:
            m.pooling_ffn = in.flag("vision_use_head", true) ? m.ffn : 0;
            break;
        case tower_rule::gemma4:
            // Keys and values have heads of their own, and every layer sees all patches.
            if (in.size({"num_key_value_heads", "", m.heads}, 1, 10'000) != m.heads)
                in.refuse("num_key_value_heads", "num_attention_heads, " + std::to_string(m.heads));
            if (in.size({"global_head_dim", "", m.head_dim}, 1, 100'000) != m.head_dim)
                in.refuse("global_head_dim", "head_dim, " + std::to_string(m.head_dim));
            break;
        case tower_rule::qwen2:
            // The width of the text model, which `join` compares.
            static_cast<void>(in.find("hidden_size"));
            m.ffn = in.size({"mlp_ratio", "", 4}, 1, 100) * m.hidden;
            break;
        case tower_rule::qwen2_5:
            read_qwen2_5_windows(in, m);
            break;
        case tower_rule::intern:
            read_intern(row, in, m);
            break;
        case tower_rule::mllama:
            read_mllama_tiles(in, m);
            break;
        case tower_rule::dino:
            read_dino(in, m);
            break;
        case tower_rule::dino3:
            read_dino3(in, m);
            break;
        case tower_rule::glm4v:
            // The width of the projector's feed-forward, which `join` reads.
            static_cast<void>(in.find("intermediate_size"));
            break;
        case tower_rule::whisper:
            m.sound_bins = in.size({"num_mel_bins", "", 128}, 1, 100'000);
            m.sound_positions = in.size({"max_source_positions", "", 1500}, 1, million);
            m.positions = m.sound_positions;
            break;
    }
}

/// Returns the row of a class of towers, or null if there is none.
[[nodiscard]] inline const tower_family* find_tower(std::string_view model_type) {
    for (const tower_family& row : tower_families)
        if (row.model_type == model_type) return &row;
    return nullptr;
}

/// Returns the tower that an object describes, without a projector.
[[nodiscard]] inline vision_tower read_tower(const tower_family& row, config_reader& in) {
    vision_tower m = row.shape;
    read_rows(tower_rows, row, in, m);
    if (!row.patch.name.empty()) m.patch_size = pixels(in, row.patch, 10'000);
    if (!row.image.name.empty()) m.image_size = pixels(in, row.image, 100'000);
    if (row.shape.grid == image_grid::rows) m.largest_image = m.image_size;
    read_positions(row, in, m);
    read_special(row, in, m);
    for (const fixed_key& key : row.fixed) in.fixed(key);
    // Files of towers repeat these keys of every configuration, and of the text model.
    constexpr std::string_view idle[]{"vocab_size", "tie_word_embeddings", "out_hidden_size"};
    refuse_unread_shapes(in, row.model_type, idle);
    return m;
}

}  // namespace cardfit::io::detail
