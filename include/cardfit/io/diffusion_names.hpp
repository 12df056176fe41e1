// SPDX-License-Identifier: MIT
#pragma once

// Diffusion models by the names that a job file gives them: zoo ids, repositories, and folders that diffusers saved.

#include <cardfit/io/diffusers.hpp>
#include <cardfit/io/model_names.hpp>
#include <cardfit/io/read_model.hpp>
#include <cardfit/model/diffusion_training.hpp>
#include <cardfit/model/diffusion_zoo.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// Returns the diffusion model with this zoo id, or with this name of its repository, in any spelling; null if there is
/// none. A path that exists is no name.
[[nodiscard]] inline const diffusion* find_diffusion(std::string_view name) {
    for (const models::diffusion_entry& entry : models::diffusions)
        if (entry.id == name) return entry.model;
    if (is_zoo_id(name)) return nullptr;
    if (detail::leads_to_file(std::string(name))) return nullptr;
    const std::vector<std::string> words = detail::shape_words(phrase_of_model(name).name);
    for (const models::diffusion_entry& entry : models::diffusions)
        if (detail::is_same_name(words, detail::name_of_repository(entry.repository))) return entry.model;
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
[[nodiscard]] inline std::string diffusers_path_of(json_view model) {
    if (!model.is_object() || model.size() != 1) return {};
    const std::optional<json_view> folder = model.find("folder");
    const std::optional<json_view> named = folder ? folder : model.find("huggingface");
    if (!named || !named->is_string()) return {};
    const std::string path(*named->text());
    return is_diffusers_path(path) ? path : std::string();
}
/// Returns the diffusion model that a training names, or nothing if it names another model. Throws input_error for a
/// folder that cannot be read.
[[nodiscard]] inline std::optional<diffusion_trainee> find_trainee(json_view model) {
    if (const std::string path = diffusers_path_of(model); !path.empty())
        return diffusion_trainee{read_diffusers(path)};
    const diffusion* listed = model.is_string() ? find_diffusion(*model.text()) : nullptr;
    if (listed == nullptr) return {};
    return diffusion_trainee{*listed};
}

}  // namespace cardfit::io
