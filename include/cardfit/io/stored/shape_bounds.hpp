// SPDX-License-Identifier: MIT
#pragma once

// What a checkpoint of unknown architecture tells about its shape: sizes that every decoder states, and layers that
// cache alike. Each reader (gguf_shape.hpp, config_shape.hpp, tensor_shape.hpp) fills in these bounds from its source.

#include <cardfit/model/stored_model.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

namespace cardfit::io {

/// Bounds of a shape, or the reason why one that matters is not known.
struct shape_bounds {
    stored_model model{};  ///< the bounds
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

/// A size that every check refuses, for products of sizes that are larger.
inline constexpr std::int64_t refused_size = std::int64_t{1} << 60;

/// Returns a x b for sizes of a model, or a size that every check refuses.
[[nodiscard]] inline std::int64_t sizes_product(std::int64_t a, std::int64_t b) {
    if (a < 0 || b < 0 || (b != 0 && a > refused_size / b)) return refused_size;
    return a * b;
}

/// Returns the elements that all layers cache of one token, at most `refused_size`.
[[nodiscard]] inline std::int64_t cache_width(const stored_model& m) {
    std::int64_t sum = 0;
    for (const stored_layers& kind : m.kinds)
        sum = smaller(sum + sizes_product(kind.layers, kind.cache_width), refused_size);
    return sum;
}

/// Makes bounds large enough for what the tensors of a file show. Where the bounds have recurrent states or latents,
/// the matrices of keys and values do not tell what is cached.
inline void widen(stored_model& m, const stored_model& shown) {
    m.hidden = larger(m.hidden, shown.hidden);
    m.vocab = larger(m.vocab, shown.vocab);
    m.ffn = larger(m.ffn, shown.ffn);
    m.query_width = larger(m.query_width, shown.query_width);
    const bool keys_are_cached = std::all_of(std::begin(m.kinds), std::end(m.kinds), [](const stored_layers& kind) {
        return kind.state_width == 0 && kind.latent_values == 0;
    });
    if (keys_are_cached && cache_width(shown) > cache_width(m))
        std::copy(std::begin(shown.kinds), std::end(shown.kinds), std::begin(m.kinds));
}

}  // namespace detail

}  // namespace cardfit::io
