// SPDX-License-Identifier: MIT
#pragma once

// Reads a text model with its vision tower by the rows of `multimodals.hpp`. The text model is read as the config.json
// of a text model would be; the tower by the row of its class.

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/huggingface/multimodals.hpp>
#include <cardfit/io/huggingface/read_phi4_parts.hpp>
#include <cardfit/io/huggingface/read_varied.hpp>
#include <cardfit/model/multimodal.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cardfit::io {

[[nodiscard]] inline any_model read_huggingface_model(const nlohmann::json& config);

namespace detail {

/// Returns the width of the text model's layers.
[[nodiscard]] inline std::int64_t text_width(const any_model& text) {
    if (const transformer* m = std::get_if<transformer>(&text)) return m->hidden;
    if (const hybrid* m = std::get_if<hybrid>(&text)) return m->hidden;
    if (const varied_decoder* m = std::get_if<varied_decoder>(&text)) return m->common.hidden;
    return 0;
}

/// Returns the elements of a norm's weights and biases of this width.
[[nodiscard]] constexpr std::int64_t norm_elements(norm_kind kind, std::int64_t width) noexcept {
    return kind == norm_kind::layer ? 2 * width : width;
}

/// Adds a problem if a tower states another width of the text model than the text model does.
inline void check_width(config_reader& vision, std::string_view key, std::int64_t width) {
    if (vision.find(key) && vision.size({key}, 1, million) != width)
        vision.refuse(key, "the hidden_size of the text model, " + std::to_string(width));
}

/// Joins by a norm of each patch, and two matrices over `merge` x `merge` patches.
inline void join_by_merger(vision_tower& m, std::int64_t width) {
    const std::int64_t merged = m.hidden * m.merge * m.merge;
    m.projectors[0] = {.norm = norm_elements(m.norm, m.hidden), .in = merged, .inner = merged, .out = width};
}

/// Adds the mergers of Qwen3-VL whose features join early layers of the text model. Their norms are as wide as the
/// merged patches.
inline void join_deep_mergers(config_reader& vision, vision_tower& m, std::int64_t width) {
    const nlohmann::json* layers = vision.find("deepstack_visual_indexes");
    const std::int64_t merged = m.hidden * m.merge * m.merge;
    if (layers && !layers->is_array()) return vision.refuse("deepstack_visual_indexes", "a list of layers");
    const std::int64_t count = layers ? static_cast<std::int64_t>(layers->size()) : 3;
    if (count == 0) return;
    m.projectors[1] = {.norm = 2 * merged, .in = merged, .inner = merged, .out = width, .copies = count};
}

/// Joins by averages of patches to a fixed number of tokens, a norm and a matrix.
inline void join_gemma3(config_reader& outer, vision_tower& m, std::int64_t width) {
    const std::int64_t tokens = outer.size({"mm_tokens_per_image", "", 256}, 1, million);
    const std::int64_t side = m.image_size / larger(m.patch_size, 1);
    m.merge = 1;
    while (m.merge < side && (side / m.merge) * (side / m.merge) > tokens) ++m.merge;
    if ((side / m.merge) * (side / m.merge) != tokens)
        outer.refuse("mm_tokens_per_image", "the square of a divisor of the patches per side, " + std::to_string(side));
    m.projectors[0] = {.norm = m.hidden, .in = m.hidden, .out = width, .bias = false};
}

/// Joins by two matrices over merged patches, without biases, and a third one (Llama4VisionPixelShuffleMLP and
/// Llama4MultiModalProjector).
inline void join_llama4(config_reader& vision, vision_tower& m, std::int64_t width) {
    const nlohmann::json* ratio = vision.find("pixel_shuffle_ratio");
    if (ratio && *ratio != 0.5) return vision.refuse("pixel_shuffle_ratio", "0.5 (2 x 2 patches per token)");
    const std::int64_t inner = vision.size({"projector_input_dim", "", 4096}, 1, 100'000);
    const std::int64_t out = vision.size({"projector_output_dim", "", 4096}, 1, 100'000);
    const std::int64_t merged = m.hidden * m.merge * m.merge;
    m.projectors[0] = {.in = merged, .inner = inner, .out = out, .bias = false};
    m.projectors[1] = {.in = out, .out = width, .bias = false};
}

/// Joins by two matrices. LLaVA leaves class tokens out of the text unless the file selects all features.
inline void join_llava(config_reader& outer, vision_tower& m, std::int64_t width) {
    const bool bias = outer.flag("multimodal_projector_bias", true);
    m.projectors[0] = {.in = m.hidden, .inner = width, .out = width, .bias = bias};
    const nlohmann::json* layer = outer.find("vision_feature_layer");
    if (layer && !layer->is_null() && !layer->is_number_integer())
        outer.refuse("vision_feature_layer", "one layer (features of several layers are not supported)");
}

/// Joins as LLaVA, with a learned token that ends each row of patches. Of a square image, the grid of 2 x 2 tiles and
/// the whole image are read; the tokens that end rows are not counted.
inline void join_llava_next(config_reader& outer, vision_tower& m, std::int64_t width) {
    join_llava(outer, m, width);
    m.projectors[1] = {.norm = width, .bias = false};
    m.grid = image_grid::fixed_tiles;
    m.max_tiles = 4;
}

/// Joins by a norm, a matrix over merged patches, and two matrices.
inline void join_mistral3(config_reader& outer, vision_tower& m, std::int64_t width) {
    m.merge = outer.size({"spatial_merge_size", "", 2}, 1, 100);
    const bool bias = outer.flag("multimodal_projector_bias", false);
    m.projectors[0] = {.norm = m.hidden, .in = m.hidden * m.merge * m.merge, .out = m.hidden, .bias = false};
    m.projectors[1] = {.in = m.hidden, .inner = width, .out = width, .bias = bias};
}

/// Joins by a norm and two matrices over merged patches; `downsample_ratio` is 1 over the patches per side of a token.
inline void join_internvl(config_reader& outer, vision_tower& m, std::int64_t width) {
    const nlohmann::json* ratio = outer.find("downsample_ratio");
    const double share = ratio && ratio->is_number() ? ratio->get<double>() : 0.5;
    const bool whole = same_number(share, 1.0);
    const bool half = same_number(share, 0.5);
    if ((ratio && !ratio->is_number()) || (!whole && !half && !same_number(share, 0.25)))
        return outer.refuse("downsample_ratio", "1, 0.5 or 0.25");
    m.merge = whole ? 1 : half ? 2 : 4;
    m.max_tiles = outer.size({"max_dynamic_patch", "", 12}, 1, 100);
    if (!outer.flag("dynamic_image_size", true)) m.grid = image_grid::fixed;
    const std::int64_t merged = m.hidden * m.merge * m.merge;
    m.projectors[0] = {.norm = 2 * merged, .in = merged, .inner = width, .out = width};
}

/// Joins by one matrix over merged patches. The processor cuts an image into 4 x 4 tiles and adds the whole image.
inline void join_idefics3(config_reader& outer, vision_tower& m, std::int64_t width) {
    m.merge = outer.size({"scale_factor", "", 2}, 1, 100);
    m.grid = image_grid::fixed_tiles;
    m.max_tiles = 16;
    m.projectors[0] = {.in = m.hidden * m.merge * m.merge, .out = width, .bias = false};
}

/// Joins by one matrix over merged patches, then a matrix, a norm and a gated feed-forward of three matrices, which
/// count as one (Glm4vVisionPatchMerger).
inline void join_glm4v(config_reader& vision, vision_tower& m, std::int64_t width) {
    const std::int64_t inner = vision.size({"intermediate_size", "", 13'696}, 1, million);
    m.projectors[0] = {.in = m.hidden * m.merge * m.merge, .out = width};
    m.projectors[1] = {.norm = 2 * width, .in = width, .out = width + 3 * inner, .bias = false};
}

/// Joins by one matrix over the features of the last layer and of those listed.
inline void join_mllama(config_reader& vision, vision_tower& m, std::int64_t width) {
    const nlohmann::json* kept = vision.find("intermediate_layers_indices");
    if (kept && !kept->is_array()) return vision.refuse("intermediate_layers_indices", "a list of layers");
    const std::int64_t layers = kept ? static_cast<std::int64_t>(kept->size()) : 5;
    const std::int64_t features = vision.size({"vision_output_dim", "", 7680}, 1, million);
    if (features != (layers + 1) * m.hidden)
        vision.refuse("vision_output_dim", "hidden_size times the layers whose features are kept, " +
                                               std::to_string((layers + 1) * m.hidden));
    m.projectors[0] = {.in = features, .out = width};
}

/// Sets what makes tokens of the text model from a tower's features.
inline void join(const multimodal_family& row, config_reader& outer, config_reader& vision, vision_tower& m,
                 std::int64_t width) {
    switch (row.join) {
        case join_rule::qwen2:
            check_width(vision, row.model_type == "qwen2_vl" ? "hidden_size" : "out_hidden_size", width);
            return join_by_merger(m, width);
        case join_rule::kimi:
            return join_by_merger(m, width);
        case join_rule::kimi_k3:
            join_by_merger(m, width);
            m.projectors[0].norm = width;
            m.projectors[0].bias = false;
            return;
        case join_rule::qwen3:
            check_width(vision, "out_hidden_size", width);
            join_by_merger(m, width);
            return join_deep_mergers(vision, m, width);
        case join_rule::gemma4:
            m.projectors[0] = {.in = m.hidden, .out = width, .bias = false};
            m.projectors[1] = {.norm = vision.flag("standardize", false) ? 2 * m.hidden : 0, .bias = false};
            return;
        case join_rule::gemma3:
            return join_gemma3(outer, m, width);
        case join_rule::llama4:
            return join_llama4(vision, m, width);
        case join_rule::llava:
            return join_llava(outer, m, width);
        case join_rule::llava_next:
            return join_llava_next(outer, m, width);
        case join_rule::mistral3:
            return join_mistral3(outer, m, width);
        case join_rule::internvl:
            return join_internvl(outer, m, width);
        case join_rule::idefics3:
            return join_idefics3(outer, m, width);
        case join_rule::glm4v:
            check_width(vision, "out_hidden_size", width);
            return join_glm4v(vision, m, width);
        case join_rule::qwen2_audio:
            m.merge = 2;
            m.projectors[0] = {.in = m.hidden, .out = width};
            return;
        case join_rule::voxtral:
            m.merge = 4;
            m.projectors[0] = {.in = 4 * m.hidden, .inner = width, .out = width, .bias = false};
            return;
        case join_rule::mllama:
            return join_mllama(vision, m, width);
        case join_rule::paligemma:
            m.projectors[0] = {.in = m.hidden, .out = width};
            return;
        case join_rule::phi4:
            m.projectors[0] = {.in = m.hidden, .inner = width, .out = width};
            m.projectors[1] = {.norm = 2 * m.hidden, .bias = false};
            return;
    }
}

/// Returns the config.json that the text model alone would have.
[[nodiscard]] inline nlohmann::json text_config_of(const multimodal_family& row, const nlohmann::json& config) {
    const bool flat = row.text_within.empty() && !config.contains("text_config");
    const std::string within = row.text_within.empty() ? "text_config" : std::string(row.text_within);
    nlohmann::json text = flat ? config : config.value(within, nlohmann::json::object());
    if (flat) {
        text.erase(std::string(row.vision_within));
        text["model_type"] = std::string(row.text_type);
    }
    text.erase("architectures");
    if (row.one_text_type || !text.contains("model_type")) text["model_type"] = std::string(row.text_type);
    const nlohmann::json text_defaults = nlohmann::json::parse(row.text_defaults);
    for (const auto& [key, value] : text_defaults.items())
        if (!text.contains(key)) text[key] = value;
    const char* ties = "tie_word_embeddings";
    if (!text.contains(ties)) text[ties] = config.contains(ties) ? config[ties] : nlohmann::json(row.tied);
    return text;
}

/// Reads the text model; its problems are named under its place in the file.
[[nodiscard]] inline any_model read_text_part(const multimodal_family& row, const nlohmann::json& config,
                                              const std::string& path) {
    const bool flat = row.text_within.empty() && !config.contains("text_config");
    const std::string within = row.text_within.empty() ? "text_config" : std::string(row.text_within);
    const auto part = config.find(within);
    if (!flat && part != config.end() && !part->is_object())
        throw input_error({refused_value(path + "." + within, *part, "an object")});
    try {
        return read_huggingface_model(text_config_of(row, config));
    } catch (const input_error& e) {
        if (flat) throw;
        std::vector<input_problem> moved = e.problems();
        for (input_problem& p : moved) {
            if (!p.key.starts_with(path + ".")) continue;
            const std::string key = path + "." + within + p.key.substr(path.size());
            if (p.message.starts_with(p.key)) p.message = key + p.message.substr(p.key.size());
            p.key = key;
        }
        throw input_error(std::move(moved));
    }
}

/// Returns the row of the tower's class; a problem and null where there is none.
[[nodiscard]] inline const tower_family* tower_row_of(const multimodal_family& row, config_reader& vision) {
    const nlohmann::json* type = row.one_vision_type ? nullptr : vision.find("model_type");
    const std::string name = type && type->is_string() ? type->get<std::string>() : std::string(row.vision_type);
    const tower_family* found = find_tower(name);
    if (!found)
        vision.refuse("model_type", "a class of vision towers such as \"" + std::string(row.vision_type) + "\"");
    return found;
}

/// Refuses a tower of sound, which the model would lack.
inline void refuse_sound_tower(config_reader& outer) {
    const nlohmann::json* tower = outer.find("audio_config");
    if (tower && !is_neutral({"audio_config"}, *tower))
        outer.refuse("audio_config", "no such key, because towers of sound are not counted; " + ways_forward());
}

/// Returns the model with its tower; the text alone where the file has no tower.
[[nodiscard]] inline any_model read_multimodal_config(const multimodal_family& row, const nlohmann::json& config,
                                                      const std::string& path) {
    any_model text = read_text_part(row, config, path);
    std::vector<input_problem> found;
    config_reader outer(config, path, found);
    const nlohmann::json* object = outer.find(row.vision_within);
    static const nlohmann::json defaults = nlohmann::json::object();
    if (object && !object->is_object()) outer.refuse(row.vision_within, "an object");
    config_reader vision(object && object->is_object() ? *object : defaults, outer.full(row.vision_within), found);
    vision_tower tower;
    if (const tower_family* of = found.empty() ? tower_row_of(row, vision) : nullptr) {
        tower = read_tower(*of, vision);
        join(row, outer, vision, tower, text_width(text));
    }
    if (row.join != join_rule::gemma4 && row.vision_within != "audio_config") refuse_sound_tower(outer);
    if (found.empty()) add_problems(vision, tower, "model.vision.");
    if (!found.empty()) throw input_error(std::move(found));
    if (const transformer* m = std::get_if<transformer>(&text)) return multimodal_transformer{*m, tower};
    if (const hybrid* m = std::get_if<hybrid>(&text)) return multimodal_hybrid{*m, tower};
    if (varied_decoder* m = std::get_if<varied_decoder>(&text)) {
        if (row.join == join_rule::gemma4) m->held_parameters += gemma4_audio_parameters(outer, m->common.hidden);
        if (row.join == join_rule::phi4) m->held_parameters = phi4_held_parameters(config, path, m->common);
        return multimodal_varied{*m, tower};
    }
    throw input_error({refused_value(path + "." + std::string(row.text_within), config, "a decoder of text")});
}

}  // namespace detail

}  // namespace cardfit::io

// The reader of every kind, declared above: it includes this header, and a text model is read by it.
#include <cardfit/io/huggingface/model.hpp>
