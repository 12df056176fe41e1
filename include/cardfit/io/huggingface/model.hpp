// SPDX-License-Identifier: MIT
#pragma once

// Reads a model of any kind from the `config.json` beside its weights on the Hugging Face hub: each kind says which
// `model_type` it reads.

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/huggingface/general.hpp>
#include <cardfit/io/huggingface/original.hpp>
#include <cardfit/io/huggingface/read_compressed.hpp>
#include <cardfit/io/huggingface/read_decoder.hpp>
#include <cardfit/io/huggingface/read_denoiser.hpp>
#include <cardfit/io/huggingface/read_encoder.hpp>
#include <cardfit/io/huggingface/read_encoder_decoder.hpp>
#include <cardfit/io/huggingface/read_hybrid.hpp>
#include <cardfit/io/huggingface/read_multimodal.hpp>
#include <cardfit/io/huggingface/read_musicgen.hpp>
#include <cardfit/io/huggingface/read_rwkv.hpp>
#include <cardfit/io/huggingface/read_varied.hpp>
#include <cardfit/io/huggingface/read_vision.hpp>
#include <cardfit/io/huggingface/text_part.hpp>
#include <cardfit/io/names.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

namespace detail {

/// Returns the row of a table of families that has this model_type, or null if none has it.
template <class Rows>
[[nodiscard]] const auto* row_of_type(const Rows& rows, std::string_view model_type) {
    for (const auto& row : rows)
        if (row.model_type == model_type) return &row;
    return static_cast<decltype(&rows.front())>(nullptr);
}

/// A kind of model: whether it reads files of a `model_type`, and how; and the types that it reads.
struct model_reader {
    bool (*accepts)(std::string_view model_type);
    any_model (*read)(const nlohmann::json& config, std::string_view model_type, const std::string& path);
    void (*list)(std::vector<std::string_view>& types);
};

/// Adds the types of a table of families to a list.
template <class Rows>
void list_types(const Rows& rows, std::vector<std::string_view>& types) {
    for (const auto& row : rows) types.push_back(row.model_type);
}

inline constexpr model_reader model_readers[]{
    {[](std::string_view type) { return row_of_type(multimodal_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_multimodal_config(*row_of_type(multimodal_families, type), config, path);
     },
     [](std::vector<std::string_view>& types) { list_types(multimodal_families, types); }},
    {[](std::string_view type) { return row_of_type(families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_decoder_config(*row_of_type(families, type), config, path);
     },
     [](std::vector<std::string_view>& types) { list_types(families, types); }},
    {[](std::string_view type) { return row_of_type(hybrid_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_hybrid_config(*row_of_type(hybrid_families, type), config, path);
     },
     [](std::vector<std::string_view>& types) { list_types(hybrid_families, types); }},
    {[](std::string_view type) { return row_of_type(compressed_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_compressed_config(*row_of_type(compressed_families, type), config, path);
     },
     [](std::vector<std::string_view>& types) { list_types(compressed_families, types); }},
    {[](std::string_view type) { return row_of_type(rwkv_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_rwkv_config(*row_of_type(rwkv_families, type), config, path);
     },
     [](std::vector<std::string_view>& types) { list_types(rwkv_families, types); }},
    {[](std::string_view type) { return row_of_type(varied_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_varied_config(*row_of_type(varied_families, type), config, path);
     },
     [](std::vector<std::string_view>& types) { list_types(varied_families, types); }},
    {[](std::string_view type) { return row_of_type(encoder_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_encoder_config(*row_of_type(encoder_families, type), config, path);
     },
     [](std::vector<std::string_view>& types) { list_types(encoder_families, types); }},
    {[](std::string_view type) { return row_of_type(encoder_decoder_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         if (const encoder_family* alone = lone_encoder_of(config, type))
             return read_encoder_config(*alone, config, path);
         return read_encoder_decoder_config(*row_of_type(encoder_decoder_families, type), config, path);
     },
     [](std::vector<std::string_view>& types) { list_types(encoder_decoder_families, types); }},
    {[](std::string_view type) { return type == "musicgen"; },
     [](const nlohmann::json& config, std::string_view, const std::string& path) -> any_model {
         return read_musicgen_config(config, path);
     },
     [](std::vector<std::string_view>& types) { types.push_back("musicgen"); }},
    {[](std::string_view type) {
         return type == timm_type ||
                std::find(std::begin(vision_types), std::end(vision_types), type) != std::end(vision_types);
     },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_vision_config(config, type, path);
     },
     [](std::vector<std::string_view>& types) {
         for (const std::string_view type : vision_types) types.push_back(type);
     }},
};

/// Returns the kind of model that reads files of this model_type, or null if none does.
[[nodiscard]] inline const model_reader* reader_of(std::string_view model_type) {
    for (const model_reader& kind : model_readers)
        if (kind.accepts(model_type)) return &kind;
    return nullptr;
}

}  // namespace detail

/// Returns every model_type that can be read, in the order of the names.
[[nodiscard]] inline std::vector<std::string_view> huggingface_types() {
    std::vector<std::string_view> types;
    for (const detail::model_reader& kind : detail::model_readers) kind.list(types);
    std::sort(types.begin(), types.end());
    types.erase(std::unique(types.begin(), types.end()), types.end());
    return types;
}

namespace detail {

/// Returns the dimensions of a decoder, as a job file states them.
[[nodiscard]] inline nlohmann::ordered_json dimensions_of(const transformer& m) {
    nlohmann::ordered_json json = {{"layers", m.layers}, {"hidden", m.hidden}, {"heads", m.heads}};
    if (m.kv_heads > 0) json["kv_heads"] = m.kv_heads;
    if (m.head_dim > 0) json["head_dim"] = m.head_dim;
    json["ffn"] = m.ffn > 0 ? m.ffn : m.experts.ffn;
    json["vocab"] = m.vocab;
    if (m.tied_embeddings) json["tied_embeddings"] = true;
    if (m.experts.count > 0)
        json["experts"] = {{"count", m.experts.count}, {"active", m.experts.active}, {"ffn", m.experts.ffn}};
    if (m.experts.shared > 0) json["experts"]["shared"] = m.experts.shared;
    if (m.experts.shared_ffn > 0) json["experts"]["shared_ffn"] = m.experts.shared_ffn;
    if (m.experts.dense_layers > 0) json["experts"]["dense_layers"] = m.experts.dense_layers;
    if (m.latent_attention.kv_rank > 0)
        json["latent_attention"] = {{"q_rank", m.latent_attention.q_rank},
                                    {"kv_rank", m.latent_attention.kv_rank},
                                    {"nope_dim", m.latent_attention.nope_dim},
                                    {"rope_dim", m.latent_attention.rope_dim},
                                    {"value_dim", m.latent_attention.value_dim}};
    return json;
}

/// Returns what is said of a model_type that no reader accepts: the closest types, and the ways that stay open.
[[nodiscard]] inline std::string accepted_types(const nlohmann::json& config, std::string_view type) {
    std::string accepted = "the model_type of a family that cardfit reads";
    const std::vector<std::string_view> nearest = closest(type, huggingface_types(), 2);
    if (!type.empty())
        accepted += ", such as \"" + std::string(nearest[0]) + "\" or \"" + std::string(nearest[1]) + "\"";
    const nlohmann::json part = text_part(config);
    const bool readable = part.is_object() && part.contains("model_type") && part["model_type"].is_string() &&
                          reader_of(part["model_type"].get<std::string>());
    if (readable) accepted += "; its text part alone: {\"huggingface\": the object of its text_config}";
    accepted += "; " + ways_forward();
    const std::vector<transformer> shapes = general_shapes(part.is_object() ? part : config);
    if (!shapes.empty())
        accepted += ": if its layers are a plain decoder's, its sizes are {\"transformer\": " +
                    dimensions_of(shapes.front()).dump() + "}";
    return accepted;
}

}  // namespace detail

namespace detail {

/// Returns the model_type that a file's class has, where the file repeats that of its text part (mlc-llm's presets of
/// Ministral 3 do): the family with a tower that `architectures` names. Otherwise the type as it stands.
[[nodiscard]] inline std::string type_of_class(const nlohmann::json& config, const std::string& type) {
    const auto part = config.find("text_config");
    const auto classes = config.find("architectures");
    const bool repeated = part != config.end() && part->is_object() && part->contains("model_type") &&
                          (*part)["model_type"] == type && config.contains("vision_config");
    if (!repeated || classes == config.end() || !classes->is_array() || classes->empty()) return type;
    if (!classes->front().is_string()) return type;
    const class_name named = class_parts(classes->front().get<std::string>());
    for (const multimodal_family& row : multimodal_families)
        if (folded(named.stem) == folded(row.model_type)) return std::string(row.model_type);
    return type;
}

/// Returns the model of a config.json by the row of its family, or throws input_error.
[[nodiscard]] inline any_model read_config_json(const nlohmann::json& config, const std::string& path) {
    if (is_diffusers_config(config)) return read_denoiser_config(config, path);
    const auto at = config.find("model_type");
    std::string type = at != config.end() && at->is_string() ? at->get<std::string>() : "";
    if (at == config.end() && config.contains("architecture")) type = timm_type;
    type = type_of_class(config, type);
    if (const model_reader* kind = reader_of(type)) return kind->read(config, type, path);
    const std::string key = path + ".model_type";
    const std::string accepted = accepted_types(config, type);
    throw input_error({at == config.end() ? missing_key(key, accepted) : refused_value(key, *at, accepted)});
}

}  // namespace detail

/// Returns the model that a parsed Hugging Face `config.json` describes, or a `params.json` or `mlc-chat-config.json`.
/// The supported families are the rows of `dense_decoders.hpp`, `sparse_decoders.hpp`, `hybrids.hpp`, `encoders.hpp`
/// and `encoder_decoders.hpp`. Absent keys are handled as in read_huggingface_config. Throws input_error with all
/// problems, whose keys have the prefix `model.huggingface.`.
[[nodiscard]] inline any_model read_huggingface_model(const nlohmann::json& config) {
    const std::string path = "model.huggingface";
    if (!config.is_object()) throw input_error({refused_value(path, config, "an object, as in a config.json")});
    if (detail::is_mlc_config(config))
        return detail::read_config_json(detail::config_of_mlc(config), path + ".model_config");
    if (detail::is_params_json(config)) return detail::read_params_json(config, path);
    return detail::read_config_json(config, path);
}

}  // namespace cardfit::io
