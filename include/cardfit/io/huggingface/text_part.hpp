// SPDX-License-Identifier: MIT
#pragma once

// The text model inside the config.json of a multimodal model.

#include <cardfit/io/input_error.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace cardfit::io::detail {

/// Returns the object of the text model inside the config.json of a multimodal model, or null if there is none. Where
/// the object does not say whether the embeddings are tied, what the file itself says holds.
[[nodiscard]] inline nlohmann::json text_part(const nlohmann::json& config) {
    constexpr int deepest = 64;
    for (const char* key : {"text_config", "llm_config", "language_config", "thinker_config"}) {
        const auto at = config.find(key);
        if (at == config.end() || !at->is_object() || !nests_within(*at, deepest)) continue;
        nlohmann::json part =
            key == std::string("thinker_config") && at->contains("text_config") ? (*at)["text_config"] : *at;
        if (part.is_object() && config.contains("tie_word_embeddings") && !part.contains("tie_word_embeddings"))
            part["tie_word_embeddings"] = config["tie_word_embeddings"];
        return part;
    }
    return nullptr;
}

}  // namespace cardfit::io::detail
