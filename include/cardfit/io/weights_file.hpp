// SPDX-License-Identifier: MIT
#pragma once

// Opens a file of weights by the extension of its name, and finds the model in it.

#include <cardfit/io/gguf.hpp>
#include <cardfit/io/safetensors.hpp>

namespace cardfit::io {

/// Returns true if the extension of a path is that of a file of weights.
[[nodiscard]] inline bool is_weights_file(std::string_view path) {
    return path.ends_with(".gguf") || path.ends_with(".safetensors") || path.ends_with(".safetensors.index.json");
}

/// Reads a GGUF file, a safetensors file or a safetensors index, as its extension says. Throws input_error.
[[nodiscard]] inline tensor_file read_weights_file(const std::string& path) {
    return path.ends_with(".gguf") ? read_gguf(path) : read_safetensors(path);
}

namespace detail {

/// Returns the file that a job's {"gguf": PATH} or {"safetensors": PATH} names. Throws input_error, also if the file
/// has no model.
[[nodiscard]] inline tensor_file file_with_model(const std::string& kind, const nlohmann::json& path) {
    const std::string key = "model." + kind;
    const std::string* name = path.get_ptr<const std::string*>();
    if (!name) refuse_file(key, path, "the path of a " + kind + " file");
    tensor_file file = kind == "gguf" ? read_gguf(*name) : read_safetensors(*name);
    if (!file.model)
        refuse_file(key, path, "a file with a transformer that cardfit expresses (" + file.why_no_model + ")");
    return file;
}

}  // namespace detail
}  // namespace cardfit::io
