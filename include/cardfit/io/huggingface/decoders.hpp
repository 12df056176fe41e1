// SPDX-License-Identifier: MIT
#pragma once

// All families of transformers whose config.json can be read.

#include <cardfit/io/huggingface/dense_decoders.hpp>
#include <cardfit/io/huggingface/sparse_decoders.hpp>

#include <algorithm>

namespace cardfit::io::detail {

/// The rows of all families.
inline constexpr auto families = [] {
    std::array<family, dense_decoders.size() + sparse_decoders.size()> all{};
    std::copy(dense_decoders.begin(), dense_decoders.end(), all.begin());
    std::copy(sparse_decoders.begin(), sparse_decoders.end(), all.begin() + dense_decoders.size());
    return all;
}();

}  // namespace cardfit::io::detail
