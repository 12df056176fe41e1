// SPDX-License-Identifier: MIT
#pragma once

// Diffusion models by the names that a job file gives them: zoo ids, and folders that diffusers saved.

#include <cardfit/io/diffusers.hpp>
#include <cardfit/model/diffusion_training.hpp>
#include <cardfit/model/diffusion_zoo.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// Returns the diffusion model with this zoo id, or null if there is none.
[[nodiscard]] inline const diffusion* find_diffusion(std::string_view id) {
    for (const models::diffusion_entry& entry : models::diffusions)
        if (entry.id == id) return entry.model;
    return nullptr;
}
/// Returns the zoo ids of all diffusion models.
[[nodiscard]] inline std::vector<std::string_view> diffusion_ids() {
    std::vector<std::string_view> ids;
    for (const models::diffusion_entry& entry : models::diffusions) ids.push_back(entry.id);
    return ids;
}
/// Returns the path that a job names as its model, {"folder": …} or {"huggingface": …}, if diffusers saved what is
/// there; otherwise an empty text.
[[nodiscard]] inline std::string diffusers_path_of(const nlohmann::json& model) {
    if (!model.is_object() || model.size() != 1) return {};
    const auto named = model.begin();
    if ((named.key() != "folder" && named.key() != "huggingface") || !named->is_string()) return {};
    const std::string path = named->get<std::string>();
    return is_diffusers_path(path) ? path : std::string();
}
/// Returns the diffusion model that a training names, or nothing if it names another model. Throws input_error for a
/// folder that cannot be read.
[[nodiscard]] inline std::optional<diffusion_trainee> find_trainee(const nlohmann::json& model) {
    if (const std::string path = diffusers_path_of(model); !path.empty())
        return diffusion_trainee{read_diffusers(path)};
    const diffusion* listed = model.is_string() ? find_diffusion(model.get<std::string>()) : nullptr;
    if (listed == nullptr) return {};
    return diffusion_trainee{*listed};
}

}  // namespace cardfit::io
