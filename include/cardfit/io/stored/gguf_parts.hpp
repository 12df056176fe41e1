// SPDX-License-Identifier: MIT
#pragma once

// A GGUF model that is split into several files: NAME-00001-of-00003.gguf and so on. The first part has the metadata of
// the model; each part states `split.no`, `split.count` and `split.tensors.count` (llama.cpp, tools/gguf-split).

#include <cardfit/io/gguf.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

/// The number of digits of a part's number and of the number of parts.
inline constexpr std::size_t part_digits = 5;

/// Returns the name before "-00001-of-00003.gguf" and the number of parts, or nothing for a file that is no part.
[[nodiscard]] inline std::optional<std::pair<std::string, int>> part_name(const std::string& path) {
    const std::size_t tail = 1 + part_digits + 4 + part_digits + 5;  // "-00001-of-00003.gguf"
    if (path.size() <= tail || !path.ends_with(".gguf")) return {};
    const std::string end = path.substr(path.size() - tail);
    const std::string number = end.substr(1, part_digits);
    const std::string count = end.substr(1 + part_digits + 4, part_digits);
    const bool digits = (number + count).find_first_not_of("0123456789") == std::string::npos;
    if (end[0] != '-' || end.substr(1 + part_digits, 4) != "-of-" || !digits) return {};
    return std::pair(path.substr(0, path.size() - tail), std::stoi(count));
}

[[nodiscard]] inline std::string path_of_part(const std::string& stem, int part, int count) {
    char tail[32];
    std::snprintf(tail, sizeof tail, "-%05d-of-%05d.gguf", part, count);
    return stem + tail;
}

/// Throws input_error unless the metadata of a part states its number and the number of parts that its name states.
inline void check_part(const tensor_file& file, const std::string& path, int part, int count) {
    const auto states = [&](const char* key, int value) {
        const auto at = file.metadata.find(key);
        return at == file.metadata.end() || at->second == value;
    };
    if (!states("split.no", part - 1) || !states("split.count", count))
        refuse_file("gguf.split.no", path, "the part and the number of parts that the name states");
}

}  // namespace detail

/// Reads a GGUF file, and all parts of a model if the file is one of them. Throws input_error, also for a part that is
/// missing.
[[nodiscard]] inline tensor_file read_gguf_parts(const std::string& path) {
    constexpr int most_parts = 10'000;
    const auto name = detail::part_name(path);
    if (!name) return read_gguf(path);
    const int count = name->second;
    if (count < 1 || count > most_parts) detail::refuse_file("gguf.split.count", count, "1 to 10000 parts");
    tensor_file all;
    for (int part = 1; part <= count; ++part) {
        const std::string one = detail::path_of_part(name->first, part, count);
        tensor_file file = read_gguf(one);
        detail::check_part(file, one, part, count);
        if (part == 1)
            all = std::move(file);
        else
            for (stored_tensor& t : file.tensors) all.tensors.push_back(std::move(t));
    }
    std::set<std::string_view> names;
    for (const stored_tensor& t : all.tensors)
        if (!names.insert(t.name).second) detail::refuse_file("gguf.tensors.name", t.name, "each name once");
    const auto tensors = all.metadata.find("split.tensors.count");
    if (tensors != all.metadata.end() && tensors->second != all.tensors.size())
        detail::refuse_file("gguf.split.tensors.count", tensors->second,
                            "the number of tensors of all parts, " + std::to_string(all.tensors.size()));
    detail::check_sums(all, "gguf");
    all.tensor_bytes = 0;
    all.elements = 0;
    detail::add_sums(all);
    all.model.reset();
    all.why_no_model.clear();
    detail::add_gguf_model(all.metadata, all);
    return all;
}

}  // namespace cardfit::io
