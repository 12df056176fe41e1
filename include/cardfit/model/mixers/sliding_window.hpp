// SPDX-License-Identifier: MIT
#pragma once

// Sliding-window attention (Beltagy et al., arXiv 2004.05150): which layers see only the most recent positions.

#include <cardfit/model/block.hpp>

namespace cardfit {

/// Every `global_every`-th layer sees all tokens, the others the most recent `window`. `window` 0: all layers see all
/// tokens; `global_every` 0: none does.
struct sliding_window {
    std::int64_t window = 0;        ///< the most recent positions that a token sees; 0: all
    std::int64_t global_every = 0;  ///< every so many layers, one sees all positions
    friend constexpr bool operator==(const sliding_window&, const sliding_window&) = default;
};

/// Returns the layers of [begin, end) that see all tokens.
[[nodiscard]] constexpr layer_range layers_with_all(const sliding_window& w, std::int64_t begin,
                                                    std::int64_t end) noexcept {
    // The index of no layer is a multiple of more than all layers.
    return {begin, end, w.global_every > 0 ? w.global_every : end + 1};
}
/// Returns the layers of [begin, end) that have the window.
[[nodiscard]] constexpr layer_range layers_with_window(const sliding_window& w, std::int64_t begin,
                                                       std::int64_t end) noexcept {
    layer_range range = layers_with_all(w, begin, end);
    range.multiples = false;
    return range;
}

}  // namespace cardfit
