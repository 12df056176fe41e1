// SPDX-License-Identifier: MIT
#pragma once

// What a checkpoint of unknown architecture tells about its shape: sizes that every decoder states, and layers that
// cache alike. Each reader (gguf_shape.hpp, config_shape.hpp, tensor_shape.hpp) fills in these bounds from its source.

#include <cardfit/model/stored_model.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace cardfit::io {

/// Bounds of a shape, or the reason why one that matters is not known.
struct shape_bounds {
    stored_model model{};
    /// What is not known, as the end of "… does not tell ": empty if the bounds are complete.
    std::string unknown{};
};

namespace detail {

/// Adds so many layers that cache alike. Layers of equal content share a kind; beyond the kinds that a model has room
/// for, a kind takes the larger of each bound.
inline void add_layers(stored_model& m, const stored_layers& more) {
    if (more.layers <= 0) return;
    for (stored_layers& kind : m.kinds) {
        stored_layers same = more;
        same.layers = kind.layers;
        if (kind.layers > 0 && !(kind == same)) continue;
        const std::int64_t layers = kind.layers + more.layers;
        kind = more;
        kind.layers = layers;
        return;
    }
    stored_layers& last = m.kinds[max_block_kinds - 1];
    last.layers += more.layers;
    last.cache_width = larger(last.cache_width, more.cache_width);
    last.window = last.window == 0 || more.window == 0 ? 0 : larger(last.window, more.window);
    last.state_width = larger(last.state_width, more.state_width);
    last.latent_values = larger(last.latent_values, more.latent_values);
}

/// Returns a x b for sizes of a model, or a size that every check refuses.
[[nodiscard]] inline std::int64_t sizes_product(std::int64_t a, std::int64_t b) {
    constexpr std::int64_t refused = std::int64_t{1} << 60;
    if (a < 0 || b < 0 || (b != 0 && a > refused / b)) return refused;
    return a * b;
}

}  // namespace detail

}  // namespace cardfit::io
