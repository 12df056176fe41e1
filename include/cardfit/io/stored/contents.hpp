// SPDX-License-Identifier: MIT
#pragma once

// The weights that a path leads to, without any knowledge of the architecture: a folder, a file of weights, an index
// alone, or the Hub's answer for a model. Headers are read where they are there; otherwise the totals that an index or
// the Hub states.

#include <cardfit/io/stored/folder.hpp>
#include <cardfit/io/stored/gguf_parts.hpp>
#include <cardfit/io/stored/hub_model.hpp>
#include <cardfit/io/stored/parameter_count.hpp>
#include <cardfit/io/stored/weights_index.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace cardfit::io {

/// The weights that a path leads to.
struct stored_contents {
    /// "folder", "gguf", "safetensors", "index" or "hub".
    std::string kind{};
    /// The file, or the key of the Hub's answer, that states the bytes.
    std::string source{};
    /// The tensors; none if only totals are known.
    tensor_file file{};
    /// The names of the tensors if only an index is known.
    std::vector<std::string> names{};
    std::int64_t bytes = 0;  ///< of all tensors
    /// False if `bytes` is an upper bound.
    bool exact = true;
    std::optional<std::int64_t> parameters{};  ///< if the files state it
    /// The config.json in the same folder; empty if there is none.
    std::string config{};
    /// What a reader of the answer should know: a shard that is missing, a file that was left out.
    std::vector<std::string> notes{};
};

namespace detail {

[[nodiscard]] inline std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}
[[nodiscard]] inline std::string beside(const std::string& path, const std::string& name) {
    return (std::filesystem::path(path).parent_path() / name).string();
}
[[nodiscard]] inline bool is_file(const std::string& path) {
    std::error_code failed;
    return std::filesystem::is_regular_file(path, failed) && !failed;
}

/// Fills in the sums over the tensors that were read.
inline void add_tensors(stored_contents& to, tensor_file file, const std::string& source) {
    to.file = std::move(file);
    to.bytes = to.file.tensor_bytes;
    to.parameters = parameters_in(to.file);
    to.source = source;
}

/// Reads an index: the headers of its shards if all of them are there, or else the total that the index states.
inline void add_index(stored_contents& to, const std::string& path) {
    weights_index index = read_weights_index(path);
    const bool safetensors = path.ends_with(".safetensors.index.json");
    const auto missing = static_cast<std::size_t>(std::count_if(
        index.files.begin(), index.files.end(), [&](const std::string& file) { return !is_file(beside(path, file)); }));
    if (safetensors && missing == 0) {
        add_tensors(to, read_safetensors(path), file_name(path));
        return;
    }
    to.bytes = index.total_bytes;
    to.parameters = index.parameters;
    to.names = std::move(index.tensors);
    to.source = file_name(path);
    if (missing > 0 && missing < index.files.size())
        to.notes.push_back(std::to_string(missing) + " of " + std::to_string(index.files.size()) +
                           " files of the index are missing; the bytes are those that the index states");
}

/// Reads the only model among the GGUF files of a folder. Throws input_error if there are several.
inline void add_gguf_of_folder(stored_contents& to, const std::vector<std::string>& files, const std::string& folder) {
    std::set<std::string> models;
    for (const std::string& file : files) {
        const std::optional<part_name> part = part_of_model(file, gguf_extension);
        if (!file_name(file).starts_with("mmproj")) models.insert(part ? path_of_part(*part, 1, gguf_extension) : file);
    }
    if (models.size() != 1)
        refuse_file(std::string(folder_key), folder,
                    "the path of one of the folder's " + std::to_string(models.size()) + " GGUF models");
    add_tensors(to, read_gguf_parts(*models.begin()), file_name(*models.begin()));
}

inline constexpr std::string_view safetensors_extension = ".safetensors";

/// Reads a safetensors file, and all parts of a model if the file is one of them: by their index or, without one, all
/// that their names count. Throws input_error for a part that is missing, because then the bytes are not known.
inline void add_safetensors(stored_contents& to, const std::string& path) {
    const std::optional<part_name> model = part_of_model(path, safetensors_extension);
    if (!model || model->count == 1) return add_tensors(to, read_safetensors(path), file_name(path));
    const std::string index = model->stem + ".safetensors.index.json";
    if (is_file(index)) return add_index(to, index);
    constexpr int most_parts = 10'000;
    const bool counts = model->count >= 1 && model->count <= most_parts;
    if (!counts) refuse_file("safetensors.parts", model->count, "1 to 10000 parts");
    std::vector<std::string> parts;
    for (int part = 1; part <= model->count; ++part) {
        parts.push_back(path_of_part(*model, part, safetensors_extension));
        if (!is_file(parts.back()))
            refuse_file("model.safetensors", path,
                        "one of " + std::to_string(model->count) + " parts that are all there, or their index (" +
                            file_name(index) + "); " + file_name(parts.back()) +
                            " is missing, and without it the bytes of the model are not known");
    }
    add_tensors(to, read_safetensors_parts(parts), file_name(path));
}

/// Returns true if all of these files are parts of one model.
[[nodiscard]] inline bool are_parts_of_one(const std::vector<std::string>& files) {
    const std::optional<part_name> first = part_of_model(files.front(), safetensors_extension);
    return first && std::all_of(files.begin(), files.end(), [&](const std::string& file) {
               const std::optional<part_name> each = part_of_model(file, safetensors_extension);
               return each && each->stem == first->stem && each->count == first->count;
           });
}

/// Reads safetensors files without an index: one file, or all parts of one model.
inline void add_safetensors_of_folder(stored_contents& to, const std::vector<std::string>& files,
                                      const std::string& folder) {
    for (const std::string& file : files)
        if (file_name(file) == "model.safetensors") return add_tensors(to, read_safetensors(file), file_name(file));
    if (files.size() != 1 && !are_parts_of_one(files))
        refuse_file(std::string(folder_key), folder,
                    "a folder with model.safetensors, an index, or one file of weights (it has " +
                        std::to_string(files.size()) + " safetensors files)");
    add_safetensors(to, files.front());
}

inline void add_folder(stored_contents& to, const std::string& path) {
    const model_folder folder = read_folder(path);
    to.config = folder.config;
    if (!folder.index.empty()) return add_index(to, folder.index);
    if (!folder.safetensors.empty()) return add_safetensors_of_folder(to, folder.safetensors, folder.path);
    if (!folder.gguf.empty()) return add_gguf_of_folder(to, folder.gguf, folder.path);
}

inline void add_hub_model(stored_contents& to, const nlohmann::json& value) {
    const hub_model model = read_hub_model(value);
    to.bytes = model.bytes;
    to.exact = model.exact;
    to.parameters = model.parameters;
    to.source = model.source;
    if (!model.exact)
        to.notes.push_back("the bytes are an upper bound: " + model.source + " counts files or packed words");
}

}  // namespace detail

/// Returns true if a path leads to a folder.
[[nodiscard]] inline bool is_model_folder(const std::string& path) {
    std::error_code failed;
    return std::filesystem::is_directory(path, failed) && !failed;
}

/// Reads the weights that a path leads to. `bytes` is 0 for a folder or a config.json without weights. Throws
/// input_error that names the file that is wrong.
[[nodiscard]] inline stored_contents read_contents(const std::string& path) {
    stored_contents read;
    if (is_model_folder(path)) {
        read.kind = "folder";
        detail::add_folder(read, path);
        return read;
    }
    const std::string config = detail::beside(path, "config.json");
    if (detail::is_file(config)) read.config = config;
    if (path.ends_with(".gguf")) {
        read.kind = "gguf";
        read.config.clear();
        detail::add_tensors(read, read_gguf_parts(path), detail::file_name(path));
    } else if (path.ends_with(".safetensors")) {
        read.kind = "safetensors";
        detail::add_safetensors(read, path);
    } else if (is_weights_index(path)) {
        read.kind = "index";
        detail::add_index(read, path);
    } else {
        static_cast<void>(detail::regular_file_size(path, std::string(detail::folder_key)));
        const nlohmann::json value = parse_json_file(path, std::string(detail::folder_key));
        if (!is_hub_model(value))
            detail::refuse_file(std::string(detail::folder_key), path,
                                "a folder, an index, a file of weights, or the JSON that the Hub answers for a model");
        read.kind = "hub";
        detail::add_hub_model(read, value);
    }
    return read;
}

/// Returns the weights in the folder of a config.json, or nothing if there are none or they cannot be read. A file with
/// another name does not describe its folder.
[[nodiscard]] inline std::optional<stored_contents> contents_beside(const std::string& config) {
    if (detail::file_name(config) != "config.json" || !detail::is_file(config)) return {};
    try {
        const std::filesystem::path folder = std::filesystem::path(config).parent_path();
        stored_contents read = read_contents(folder.empty() ? "." : folder.string());
        if (read.bytes > 0) return read;
    } catch (const input_error&) {
        // A folder without weights that can be read states no total.
        return {};
    }
    return {};
}

/// Returns the number of parameters of weights with this config.json: the headers' count, the index's own, or the total
/// of an index over the bytes of one parameter, if the config states a dtype and no quantization. Returns nothing if
/// the files do not tell.
[[nodiscard]] inline std::optional<std::int64_t> parameters_of(const stored_contents& weights,
                                                               const nlohmann::json& config) {
    if (!config.is_object() || weights.parameters) return weights.parameters;
    if (!weights.exact || config.contains("quantization_config")) return {};
    for (const char* key : {"dtype", "torch_dtype"}) {
        const auto at = config.find(key);
        if (at != config.end() && at->is_string()) return weights.bytes / (*at == "float32" ? 4 : 2);
    }
    return {};
}

/// Returns the number of parameters that the files beside a config.json store: the headers' count, the index's own, or
/// the total of an index over the bytes of one parameter, if the config states a dtype and no quantization. Returns
/// nothing if the files do not tell. Towers, multi-token-prediction layers and a tied head that the file repeats count.
[[nodiscard]] inline std::optional<std::int64_t> parameters_beside(const std::string& config,
                                                                   const nlohmann::json& parsed) {
    const std::optional<stored_contents> read = contents_beside(config);
    return read ? parameters_of(*read, parsed) : std::nullopt;
}

}  // namespace cardfit::io
