// SPDX-License-Identifier: MIT
#pragma once

// Reads a model of any kind from the `config.json` beside its weights on the Hugging Face hub: each kind says which
// `model_type` it reads.

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/huggingface/read_decoder.hpp>
#include <cardfit/io/huggingface/read_encoder_decoder.hpp>
#include <cardfit/io/huggingface/read_hybrid.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace cardfit::io {

namespace detail {

/// Returns the row of a table of families that has this model_type, or null if none has it.
template <class Rows>
[[nodiscard]] const auto* row_of_type(const Rows& rows, std::string_view model_type) {
    for (const auto& row : rows)
        if (row.model_type == model_type) return &row;
    return static_cast<decltype(&rows.front())>(nullptr);
}

template <class Rows>
void list_types(const Rows& rows, std::string& list) {
    for (const auto& row : rows) list += (list.empty() ? "one of \"" : ", \"") + std::string(row.model_type) + "\"";
}

/// A kind of model: whether it reads files of a `model_type`, and how; and the types that it reads.
struct model_reader {
    bool (*accepts)(std::string_view model_type);
    any_model (*read)(const nlohmann::json& config, std::string_view model_type, const std::string& path);
    void (*list)(std::string& types);
};
inline constexpr model_reader model_readers[]{
    {[](std::string_view type) { return row_of_type(families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view, const std::string&) -> any_model {
         return read_huggingface_config(config);
     },
     [](std::string& types) { list_types(families, types); }},
    {[](std::string_view type) { return row_of_type(hybrid_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_hybrid_config(*row_of_type(hybrid_families, type), config, path);
     },
     [](std::string& types) { list_types(hybrid_families, types); }},
    {[](std::string_view type) { return row_of_type(encoder_decoder_families, type) != nullptr; },
     [](const nlohmann::json& config, std::string_view type, const std::string& path) -> any_model {
         return read_encoder_decoder_config(*row_of_type(encoder_decoder_families, type), config, path);
     },
     [](std::string& types) { list_types(encoder_decoder_families, types); }},
};

}  // namespace detail

/// Returns the model that a parsed Hugging Face `config.json` describes. The supported families are the rows of
/// `decoders.hpp`, `hybrids.hpp` and `encoder_decoders.hpp`. Absent keys are handled as in read_huggingface_config.
/// Throws input_error with all problems, whose keys have the prefix `model.huggingface.`.
[[nodiscard]] inline any_model read_huggingface_model(const nlohmann::json& config) {
    const std::string path = "model.huggingface";
    if (!config.is_object()) throw input_error({refused_value(path, config, "an object, as in a config.json")});
    const auto at = config.find("model_type");
    const std::string type = at != config.end() && at->is_string() ? at->get<std::string>() : "";
    std::string accepted;
    for (const detail::model_reader& kind : detail::model_readers) {
        if (kind.accepts(type)) return kind.read(config, type, path);
        kind.list(accepted);
    }
    const std::string key = path + ".model_type";
    throw input_error({at == config.end() ? missing_key(key, accepted) : refused_value(key, *at, accepted)});
}

}  // namespace cardfit::io
