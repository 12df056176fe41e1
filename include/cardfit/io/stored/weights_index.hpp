// SPDX-License-Identifier: MIT
#pragma once

// The index of a sharded checkpoint, `model.safetensors.index.json` or `pytorch_model.bin.index.json`, without its
// shards: `metadata.total_size` states the bytes of all tensors, and `weight_map` names the tensors and their files
// (transformers, src/transformers/modeling_utils.py, save_pretrained).

#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/safetensors.hpp>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace cardfit::io {

/// What an index states.
struct weights_index {
    std::int64_t total_bytes = 0;  ///< as its metadata have it; 0: not stated
    /// The number of parameters, which newer indices state.
    std::optional<std::int64_t> parameters{};
    std::vector<std::string> tensors{};  ///< the names of all tensors
    /// The names of the files, each once.
    std::vector<std::string> files{};
};

/// Returns true if a path has the name of an index.
[[nodiscard]] inline bool is_weights_index(std::string_view path) {
    return path.ends_with(".safetensors.index.json") || path.ends_with(".bin.index.json");
}

namespace detail {

/// Returns a number of bytes or parameters. Some indices state it as 1.5e10. Throws input_error for anything else.
[[nodiscard]] inline std::int64_t stated_total(const nlohmann::json& value, const std::string& key) {
    constexpr std::int64_t most = std::int64_t{1} << 60;
    constexpr double most_exact = 9007199254740992;  // 2^53
    if (value.is_number_unsigned() && value.get<std::uint64_t>() <= static_cast<std::uint64_t>(most))
        return value.get<std::int64_t>();
    if (value.is_number_float()) {
        const double number = value.get<double>();
        if (number >= 0 && number <= most_exact && same_number(std::floor(number), number))
            return static_cast<std::int64_t>(number);
    }
    refuse_file(key, value, "a whole number from 0 to 2^60");
}

/// Returns the names of the files of a weight map, each once. Throws input_error for a name that leads out of the
/// folder of the index.
[[nodiscard]] inline std::vector<std::string> index_files(const nlohmann::json& map) {
    std::set<std::string> files;
    for (const auto& [tensor, file] : map.items()) {
        const std::string* name = file.get_ptr<const std::string*>();
        const bool plain = name && !name->empty() && name->front() != '.' &&
                           name->find_first_of("/\\:") == std::string::npos && name->find('\0') == std::string::npos;
        if (!plain) refuse_file("index.weight_map." + tensor, file, "the name of a file beside the index");
        files.insert(*name);
    }
    return {files.begin(), files.end()};
}

}  // namespace detail

/// Reads a parsed index. Throws input_error.
[[nodiscard]] inline weights_index read_weights_index(const nlohmann::json& index) {
    constexpr std::size_t most_tensors = 1'000'000;
    if (!index.is_object()) detail::refuse_file("index", index, "an object with the keys metadata and weight_map");
    const auto metadata = index.find("metadata");
    const auto map = index.find("weight_map");
    if (metadata == index.end() || !metadata->is_object() || !metadata->contains("total_size"))
        throw input_error({missing_key("index.metadata.total_size", "the bytes of all tensors")});
    if (map == index.end() || !map->is_object() || map->empty())
        throw input_error({missing_key("index.weight_map", "an object that names each tensor's file")});
    if (map->size() > most_tensors) detail::refuse_file("index.weight_map", map->size(), "at most 1000000 tensors");
    weights_index read;
    read.total_bytes = detail::stated_total((*metadata)["total_size"], "index.metadata.total_size");
    if (const auto count = metadata->find("total_parameters"); count != metadata->end() && count->is_number())
        read.parameters = detail::stated_total(*count, "index.metadata.total_parameters");
    for (const auto& [tensor, file] : map->items()) read.tensors.push_back(tensor);
    read.files = detail::index_files(*map);
    return read;
}

/// Reads the index at a path. Throws input_error that names the file.
[[nodiscard]] inline weights_index read_weights_index(const std::string& path) {
    static_cast<void>(detail::regular_file_size(path, "model.folder"));
    const nlohmann::json index = parse_json_file(path, "model.folder");
    try {
        return read_weights_index(index);
    } catch (const input_error& e) {
        throw detail::in_file_named(path, e);
    }
}

}  // namespace cardfit::io
