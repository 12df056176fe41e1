// SPDX-License-Identifier: MIT
#pragma once

// The JSON that the Hugging Face Hub answers for a model (GET /api/models/ORG/NAME): `safetensors.parameters` counts
// the stored elements by dtype, and `siblings` names the files, with their sizes if they were asked for (?blobs=true).
// The Hub's OpenAPI description (huggingface.co/.well-known/openapi.json) names both.

#include <cardfit/io/stored/weights_index.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace cardfit::io {

/// What the Hub states about the weights of a model.
struct hub_model {
    std::string name{};      ///< owner/name
    std::int64_t bytes = 0;  ///< of all tensors
    /// False if the bytes are an upper bound: dtypes that pack several weights may be counted by weights.
    bool exact = true;
    std::optional<std::int64_t> parameters{};  ///< if the Hub states it
    /// The file or the key that states the bytes.
    std::string source{};
};

/// Returns true if a JSON value is the Hub's answer for a model.
[[nodiscard]] inline bool is_hub_model(const nlohmann::json& value) {
    if (!value.is_object() || value.contains("model_type")) return false;
    const bool named = value.contains("modelId") || value.contains("id");
    return named && (value.contains("safetensors") || value.contains("siblings"));
}

namespace detail {

/// Returns true if the elements of this dtype may be packed weights, of which the Hub counts several per element.
[[nodiscard]] inline bool may_be_packed(std::string_view dtype) {
    return dtype == "I32" || dtype == "U32" || dtype == "U8" || dtype == "I8" || dtype == "I64";
}

/// Adds the bytes of the counts by dtype. Throws input_error for a dtype that safetensors does not have.
inline void add_dtype_counts(const nlohmann::json& counts, hub_model& model) {
    constexpr std::int64_t most = std::int64_t{1} << 60;
    const std::string key = "safetensors.parameters";
    if (!counts.is_object() || counts.empty()) refuse_file(key, counts, "an object of counts by dtype");
    std::int64_t elements = 0;
    for (const auto& [dtype, value] : counts.items()) {
        const auto* type = std::find_if(safetensors_types.begin(), safetensors_types.end(),
                                        [&, name = &dtype](const safetensors_type& t) { return t.name == *name; });
        if (type == safetensors_types.end())
            refuse_file(key + "." + dtype, value, "a dtype of safetensors, such as \"BF16\"");
        const std::int64_t count = stated_total(value, key + "." + dtype);
        const std::optional<std::int64_t> bits = product(count, type->bits);
        const std::int64_t bytes = bits ? *bits / 8 + (*bits % 8 != 0) : most + 1;
        if (bytes > most - model.bytes) refuse_file(key + "." + dtype, value, "less than 2^60 bytes together");
        model.bytes += bytes;
        elements += count;
        if (may_be_packed(dtype)) model.exact = false;
    }
    if (model.exact) model.parameters = elements;
    model.source = "safetensors.parameters of the Hub";
}

/// Returns true if a file of a repository is one of the shards that transformers loads.
[[nodiscard]] inline bool is_model_shard(std::string_view name) {
    return name.starts_with("model") && name.ends_with(".safetensors") && name.find('/') == name.npos;
}

/// Adds the sizes of the files that transformers loads, if all of them have one. A header adds little to a file's
/// tensors, so the sum is an upper bound that is close.
inline void add_file_sizes(const nlohmann::json& siblings, hub_model& model) {
    constexpr std::int64_t most = std::int64_t{1} << 60;
    std::int64_t sum = 0;
    for (const nlohmann::json& file : siblings) {
        const auto name = file.is_object() ? file.find("rfilename") : file.end();
        if (!file.is_object() || name == file.end() || !name->is_string()) continue;
        if (!is_model_shard(name->get_ref<const std::string&>())) continue;
        const auto size = file.find("size");
        if (size == file.end()) return;
        const std::int64_t bytes = stated_total(*size, "siblings.size");
        if (bytes > most - sum) refuse_file("siblings.size", *size, "less than 2^60 bytes together");
        sum += bytes;
    }
    if (sum == 0) return;
    model.bytes = sum;
    model.exact = false;
    model.source = "siblings of the Hub";
}

}  // namespace detail

/// Reads the Hub's answer for a model. Throws input_error if it states no weights.
[[nodiscard]] inline hub_model read_hub_model(const nlohmann::json& value) {
    hub_model model;
    for (const char* key : {"modelId", "id"})
        if (const auto at = value.find(key); at != value.end() && at->is_string()) model.name = at->get<std::string>();
    const auto tensors = value.find("safetensors");
    const auto siblings = value.find("siblings");
    if (tensors != value.end() && tensors->is_object() && tensors->contains("parameters"))
        detail::add_dtype_counts((*tensors)["parameters"], model);
    // Counts of packed dtypes are ambiguous, and sizes of files are not.
    if (!model.exact || model.bytes == 0)
        if (siblings != value.end() && siblings->is_array()) detail::add_file_sizes(*siblings, model);
    if (model.bytes == 0)
        throw input_error({missing_key("safetensors.parameters",
                                       "counts by dtype, or siblings with sizes (ask the Hub with ?blobs=true)")});
    return model;
}

}  // namespace cardfit::io
