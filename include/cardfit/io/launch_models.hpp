// SPDX-License-Identifier: MIT
#pragma once

// What other tools call the zoo's models. The repository at the Hugging Face hub is in the zoo's own rows.

#include <cardfit/io/context_lengths.hpp>
#include <cardfit/io/launch_frame.hpp>

#include <algorithm>

namespace cardfit::io::detail {

/// A zoo model by the name and flavor that torchtitan has for it (torchtitan 0.2: torchtitan/models/*/__init__.py).
struct titan_model {
    std::string_view id;
    std::string_view name;
    std::string_view flavor;
};
inline constexpr titan_model titan_models[]{
    {"llama-3-8b", "llama3", "8B"},
    {"llama-3-70b", "llama3", "70B"},
    {"llama-3.1-8b", "llama3", "8B"},
    {"llama-3.1-70b", "llama3", "70B"},
    {"llama-3.1-405b", "llama3", "405B"},
    {"qwen3-0.6b", "qwen3", "0.6B"},
    {"qwen3-1.7b", "qwen3", "1.7B"},
    {"qwen3-4b", "qwen3", "4B"},
    {"qwen3-8b", "qwen3", "8B"},
    {"qwen3-14b", "qwen3", "14B"},
    {"qwen3-32b", "qwen3", "32B"},
    {"qwen3-30b-a3b", "qwen3", "30B-A3B"},
    {"qwen3-235b-a22b", "qwen3", "235B-A22B"},
    {"deepseek-v2", "deepseek_v3", "236B"},
    {"deepseek-v2-lite", "deepseek_v3", "16B"},
    {"deepseek-v3", "deepseek_v3", "671B"},
};

/// Returns torchtitan's name of a published model; null where torchtitan has none.
[[nodiscard]] inline const titan_model* titan_model_of(const published_model& model) {
    for (const titan_model& row : titan_models)
        if (row.id == model.id) return &row;
    return nullptr;
}

/// Returns a path as a program takes it for a path, also if it begins as a flag does.
[[nodiscard]] inline std::string path_word(const std::string& path) {
    return path.starts_with('-') ? "./" + path : path;
}

/// Returns what a tool of the Hugging Face world loads: the folder of the job's config.json or weights, else the hub's
/// repository. Refuses a model that is dimensions alone.
[[nodiscard]] inline std::string hub_model(const launch_request& r) {
    const std::string& name = r.job.model_name;
    if (!r.job.repository.empty()) return r.job.repository;
    if (is_model_folder(name)) return path_word(name);
    if (name.ends_with(".json") || name.ends_with(".safetensors")) {
        const std::size_t slash = name.rfind('/');
        return slash == name.npos ? "." : path_word(name.substr(0, (std::max)(slash, std::size_t{1})));
    }
    if (const std::optional<published_model> known = find_published(name, r.job.model))
        return std::string(known->repository);
    r.require(false, "model", name, "a zoo id with a repository at the hub, or a path to a config.json or a folder");
    return "";
}

/// Returns the repository of a job's draft at the hub, or its name where the zoo has none.
[[nodiscard]] inline std::string hub_draft(const launch_request& r) {
    const std::optional<any_model> model = find_model(r.job.draft_name);
    const std::optional<published_model> known = model ? find_published(r.job.draft_name, *model) : std::nullopt;
    return known ? std::string(known->repository) : r.job.draft_name;
}

/// What a launcher writes for the head that EAGLE needs, which no job names.
inline constexpr std::string_view eagle_checkpoint = "EAGLE-HEAD-OF-THE-MODEL";

/// Returns the checkpoint of what proposes tokens; empty for n-grams and for a layer of the model itself.
[[nodiscard]] inline std::string draft_checkpoint(const launch_request& r) {
    const drafting method = r.job.inference->speculation.method;
    if (method == drafting::draft_model) return hub_draft(r);
    return method == drafting::eagle || method == drafting::eagle3 ? std::string(eagle_checkpoint) : "";
}

/// Returns the notes that speculative decoding needs.
[[nodiscard]] inline std::vector<std::string> draft_notes(const launch_request& r) {
    if (draft_checkpoint(r) != eagle_checkpoint) return {};
    return {"replace " + std::string(eagle_checkpoint) +
            " by the checkpoint of an EAGLE head that is trained for the "
            "model"};
}

/// Returns the positions that a job's model is made for; 0 if they are not known.
[[nodiscard]] inline std::int64_t positions_of(const launch_request& r) {
    if (const auto* m = std::get_if<transformer>(&r.job.model); m && m->positions > 0) return m->positions;
    const std::optional<published_model> known = find_published(r.job.model_name, r.job.model);
    return known ? context_length_of(known->id) : 0;
}

}  // namespace cardfit::io::detail
