// SPDX-License-Identifier: MIT
#pragma once

// The files of a model's folder: a folder that transformers saved, a snapshot in the Hugging Face cache (whose files
// are symbolic links to blobs), or the cache's folder of one repository (models--ORG--NAME with refs and snapshots;
// huggingface_hub, "Understand caching"). Only names and kinds of files are looked at, and only one level deep.

#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/tensor_file.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// The files of a folder that tell what a model is; a path is empty if there is no such file.
struct model_folder {
    std::string path{};                      ///< the folder
    std::string config{};                    ///< config.json
    std::string index{};                     ///< the index of several safetensors files
    std::string quantization{};              ///< quantize_config.json or its like
    std::vector<std::string> safetensors{};  ///< files of weights
    std::vector<std::string> gguf{};         ///< files of weights
};

namespace detail {

inline constexpr std::string_view folder_key = "model.folder";

/// Returns the names of the regular files of a folder, sorted. Links that lead nowhere or in a circle are no files.
/// Throws input_error if the folder cannot be read.
[[nodiscard]] inline std::vector<std::string> file_names(const std::string& folder) {
    constexpr std::size_t most_files = 100'000;
    std::vector<std::string> names;
    std::error_code failed;
    for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
        std::error_code broken;
        if (!std::filesystem::is_regular_file(at->path(), broken) || broken) continue;
        names.push_back(at->path().filename().string());
        if (names.size() > most_files) refuse_file(std::string(folder_key), folder, "a folder of at most 100000 files");
    }
    if (failed) refuse_file(std::string(folder_key), folder, "a folder that can be read");
    std::sort(names.begin(), names.end());
    return names;
}

/// The number of digits of a part's number and of the number of parts.
inline constexpr std::size_t part_digits = 5;

/// A file that is one of several with the weights of a model: NAME-00001-of-00003.
struct part_name {
    std::string stem{};
    int count = 0;
};

/// Returns the name before "-00001-of-00003" and the number of parts, or nothing for a file that is no part.
[[nodiscard]] inline std::optional<part_name> part_of_model(const std::string& path, std::string_view extension) {
    constexpr std::string_view between = "-of-";
    const std::size_t tail = 1 + part_digits + between.size() + part_digits + extension.size();
    if (path.size() <= tail || !path.ends_with(extension)) return {};
    const std::string end = path.substr(path.size() - tail);
    const std::string number = end.substr(1, part_digits);
    const std::string count = end.substr(1 + part_digits + between.size(), part_digits);
    const bool digits = (number + count).find_first_not_of("0123456789") == std::string::npos;
    if (end[0] != '-' || end.substr(1 + part_digits, between.size()) != between || !digits) return {};
    return part_name{path.substr(0, path.size() - tail), std::stoi(count)};
}

[[nodiscard]] inline std::string path_of_part(const part_name& model, int part, std::string_view extension) {
    char tail[32];
    std::snprintf(tail, sizeof tail, "-%05d-of-%05d", part, model.count);
    return model.stem + tail + std::string(extension);
}

/// Returns the commit that a file in `refs` names, without its line ends. Throws input_error under this key if the file
/// cannot be read.
[[nodiscard]] inline std::string commit_of_ref(const std::filesystem::path& ref, const std::string& key) {
    std::string commit = read_file(ref.string(), key);
    while (!commit.empty() && (commit.back() == '\n' || commit.back() == '\r')) commit.pop_back();
    return commit;
}

/// Returns the folder of the snapshot that a repository's folder in the Hugging Face cache uses: that of the revision
/// `main`, or else the only one. Returns the folder itself if it has no snapshots.
[[nodiscard]] inline std::filesystem::path snapshot_of(const std::filesystem::path& folder) {
    std::error_code failed;
    const std::filesystem::path snapshots = folder / "snapshots";
    if (!std::filesystem::is_directory(snapshots, failed)) return folder;
    const std::filesystem::path main = folder / "refs" / "main";
    if (std::filesystem::is_regular_file(main, failed)) {
        const std::string revision = commit_of_ref(main, std::string(folder_key));
        const bool plain = !revision.empty() && revision.size() <= 64 && revision.front() != '.' &&
                           revision.find_first_of("/\\") == revision.npos;
        if (plain && std::filesystem::is_directory(snapshots / revision, failed)) return snapshots / revision;
    }
    std::vector<std::filesystem::path> all;
    for (std::filesystem::directory_iterator at(snapshots, failed), end; !failed && at != end; at.increment(failed))
        if (all.size() < 2) all.push_back(at->path());
    if (all.size() != 1)
        refuse_file(std::string(folder_key), folder.string(), "a folder with one snapshot, or the path of a snapshot");
    return all.front();
}

}  // namespace detail

/// Returns the files of a model's folder. Throws input_error if the folder cannot be read.
[[nodiscard]] inline model_folder read_folder(const std::string& path) {
    const std::filesystem::path folder = detail::snapshot_of(path);
    model_folder read{.path = folder.string()};
    for (const std::string& name : detail::file_names(read.path)) {
        const std::string full = (folder / name).string();
        if (name == "config.json") read.config = full;
        if (name == "hf_quant_config.json") read.quantization = full;
        if (name.ends_with(".gguf")) read.gguf.push_back(full);
        const bool adapter = name.starts_with("adapter_") || name.starts_with("optimizer");
        if (name.ends_with(".safetensors") && !adapter) read.safetensors.push_back(full);
        const bool first_choice = name == "model.safetensors.index.json";
        const bool index = name.ends_with(".safetensors.index.json") || name == "pytorch_model.bin.index.json";
        if (first_choice || (index && read.index.empty())) read.index = full;
    }
    return read;
}

}  // namespace cardfit::io
