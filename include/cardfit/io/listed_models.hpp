// SPDX-License-Identifier: MIT
#pragma once

// Published models that the zoo does not have, as the keys of their config.json. They are read as any config.json is.
// Files that are in tests/io/configs are those files; the others are recalled, and stand here only where they make as
// many parameters as the checkpoint has (tests/io/model_names_test.cpp compares the counts of the repositories'
// safetensors that hf_models.json of AlexsJones/llmfit lists, commit a3e0eb2, or those of the publishers' model cards).

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/listed_decoders.hpp>
#include <cardfit/io/listed_mixtures.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/published_weights.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace cardfit::io {

/// All listed models.
inline constexpr auto listed_models = [] {
    std::array<listed_model, std::size(listed_decoders) + std::size(listed_mixtures)> all{};
    const auto end = std::copy(std::begin(listed_decoders), std::end(listed_decoders), all.begin());
    std::copy(std::begin(listed_mixtures), std::end(listed_mixtures), end);
    return all;
}();

/// Returns the listed model with this id, or null.
[[nodiscard]] inline const listed_model* find_listed(std::string_view id) {
    for (const listed_model& each : listed_models)
        if (each.id == id) return &each;
    return nullptr;
}

/// Returns the config.json of a listed model.
[[nodiscard]] inline nlohmann::json config_of(const listed_model& listed) {
    return parse_json(std::string(listed.config), {"model", std::string(listed.id)});
}

/// Returns the model with this id, of the zoo or listed, or nothing.
[[nodiscard]] inline std::optional<any_model> find_named(std::string_view id) {
    if (const listed_model* listed = find_listed(id)) return read_huggingface_model(config_of(*listed));
    return find_model(id);
}

/// Returns how the checkpoint of the model with this id stores its weights, as the zoo or its config.json states it.
[[nodiscard]] inline published_weights published_of_named(std::string_view id, const any_model& model) {
    if (const listed_model* listed = find_listed(id)) return read_published_weights(config_of(*listed), model);
    return {.formats = published_formats_of(id)};
}

}  // namespace cardfit::io
