// SPDX-License-Identifier: MIT
#pragma once

// A GGUF model that is split into several files: NAME-00001-of-00003.gguf and so on. The first part has the metadata of
// the model; each part states `split.no`, `split.count` and `split.tensors.count` (llama.cpp, tools/gguf-split).

#include <cardfit/io/gguf.hpp>
#include <cardfit/io/stored/folder.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

inline constexpr std::string_view gguf_extension = ".gguf";

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
    const std::optional<detail::part_name> name = detail::part_of_model(path, detail::gguf_extension);
    if (!name) return read_gguf(path);
    const int count = name->count;
    if (count < 1 || count > most_parts) detail::refuse_file("gguf.split.count", count, "1 to 10000 parts");
    tensor_file all;
    for (int part = 1; part <= count; ++part) {
        const std::string one = detail::path_of_part(*name, part, detail::gguf_extension);
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
