// SPDX-License-Identifier: MIT
#pragma once

// Which paths lead to a checkpoint.

#include <cardfit/io/stored/checkpoint.hpp>

namespace cardfit::io {

/// Returns true if the extension of a path is that of a file of weights or of an index of such files.
[[nodiscard]] inline bool is_weights_file(std::string_view path) {
    return path.ends_with(".gguf") || path.ends_with(".safetensors") || is_weights_index(path);
}

/// Returns true if a path leads to a checkpoint: a file of weights, an index, or a folder.
[[nodiscard]] inline bool is_checkpoint(const std::string& path) {
    return is_weights_file(path) || is_model_folder(path);
}

}  // namespace cardfit::io
