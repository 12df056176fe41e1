// SPDX-License-Identifier: MIT
#pragma once

// Models in the local cache of the Hugging Face Hub: $HF_HUB_CACHE, $HF_HOME/hub or ~/.cache/huggingface/hub, with a
// folder models--OWNER--NAME per repository (huggingface_hub, "Environment variables" and "Understand caching").

#include <cardfit/io/model_names.hpp>
#include <cardfit/io/stored/folder.hpp>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace cardfit::io {

/// The folder that was fetched for a model, and where it comes from.
struct fetched_model {
    std::string folder{};  ///< where the files are
    std::string from{};    ///< owner/name or address
};
/// Fetches what a repository tells about its model. An empty function: no one is asked.
using model_fetcher = std::function<fetched_model(const model_phrase&)>;

namespace detail {

/// Returns the value of an environment variable; empty if it is not set.
[[nodiscard]] inline std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// Returns the folder of caches of the user: $XDG_CACHE_HOME or ~/.cache.
[[nodiscard]] inline std::filesystem::path user_cache() {
    if (const std::string cache = environment("XDG_CACHE_HOME"); !cache.empty()) return cache;
    const std::string home = environment("HOME");
    return home.empty() ? std::filesystem::path() : std::filesystem::path(home) / ".cache";
}

/// Returns the folder in which Hugging Face's tools keep their files.
[[nodiscard]] inline std::filesystem::path huggingface_home() {
    if (const std::string home = environment("HF_HOME"); !home.empty()) return home;
    const std::filesystem::path cache = user_cache();
    return cache.empty() ? cache : cache / "huggingface";
}

[[nodiscard]] inline std::filesystem::path hub_cache() {
    for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
        if (const std::string cache = environment(name); !cache.empty()) return cache;
    const std::filesystem::path home = huggingface_home();
    return home.empty() ? home : home / "hub";
}

/// Returns true for a part of a path that leads into its folder and no further.
[[nodiscard]] inline bool is_plain_name(const std::string& name) {
    constexpr std::string_view accepted = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return !name.empty() && name.size() <= 128 && name.front() != '.' && name.find_first_not_of(accepted) == name.npos;
}

/// Returns the snapshot of a revision, which is a commit or a name in refs.
[[nodiscard]] inline std::filesystem::path snapshot_of_revision(const std::filesystem::path& folder,
                                                                const std::string& revision) {
    std::error_code failed;
    if (!is_plain_name(revision)) return {};
    if (std::filesystem::is_directory(folder / "snapshots" / revision, failed)) return folder / "snapshots" / revision;
    const std::filesystem::path name = folder / "refs" / revision;
    if (!std::filesystem::is_regular_file(name, failed)) return {};
    const std::string commit = commit_of_ref(name, "model");
    if (!is_plain_name(commit)) return {};
    const std::filesystem::path snapshot = folder / "snapshots" / commit;
    return std::filesystem::is_directory(snapshot, failed) ? snapshot : std::filesystem::path();
}

/// Returns true if a snapshot has a config.json or weights. One of a tokenizer alone tells nothing about the model.
[[nodiscard]] inline bool describes_model(const std::string& path) {
    const model_folder folder = read_folder(path);
    return !folder.config.empty() || !folder.index.empty() || !folder.safetensors.empty() || !folder.gguf.empty();
}

}  // namespace detail

/// Returns the folder of a repository's snapshot in the local cache, or nothing if it is not there. Where the name has
/// no revision, it is that of `main`, or else the only one. Throws input_error for a folder that cannot be read.
[[nodiscard]] inline std::optional<std::string> find_in_hub_cache(const model_phrase& phrase) {
    const std::filesystem::path cache = detail::hub_cache();
    const bool plain =
        detail::is_plain_name(phrase.name) && (phrase.owner.empty() || detail::is_plain_name(phrase.owner));
    if (cache.empty() || !plain) return {};
    const std::string owner = phrase.owner.empty() ? "" : phrase.owner + "--";
    const std::filesystem::path folder = cache / ("models--" + owner + phrase.name);
    std::error_code failed;
    if (!std::filesystem::is_directory(folder / "snapshots", failed)) return {};
    const std::filesystem::path snapshot =
        phrase.revision.empty() ? detail::snapshot_of(folder) : detail::snapshot_of_revision(folder, phrase.revision);
    if (snapshot.empty() || !detail::describes_model(snapshot.string())) return {};
    return snapshot.string();
}

}  // namespace cardfit::io
