// SPDX-License-Identifier: MIT
#pragma once

// Number formats by module. A quantized checkpoint rarely stores the whole model in one format: the experts may be in 4
// bits, attention in 8, and router, embedding and head in 16. A job states one format for all weights, and here the
// formats of the modules that differ from it. The types of a GGUF file by tensor are those of its file type
// (job/gguf_mixes.hpp).

#include <cardfit/model/block.hpp>
#include <cardfit/number_format.hpp>
#include <cardfit/row_table.hpp>

#include <cstdint>
#include <string_view>

namespace cardfit {

/// The modules of a model that checkpoints store in formats of their own.
enum class module_kind : unsigned char {
    attention,       ///< projections of attention of any kind, latents included
    recurrence,      ///< projections of state-space and linear-attention layers
    feed_forward,    ///< feed-forwards without experts: of dense models, and the leading dense layers of others
    experts,         ///< the matrices of all routed experts
    shared_experts,  ///< the experts that every token visits
    router,          ///< the matrix that scores the experts, and the gate on shared experts
    embedding,
    head,
};

/// The formats of the modules of a model. `number_format::by_default`: the module is stored as the format of the
/// weights stores it, which leaves the router in 16 bits, and the embedding and the head too unless the engine
/// quantizes the head.
struct module_formats {
    number_format attention = number_format::by_default;       ///< queries, keys, values and output
    number_format recurrence = number_format::by_default;      ///< state spaces, linear attention
    number_format feed_forward = number_format::by_default;    ///< dense feed-forward
    number_format experts = number_format::by_default;         ///< routed experts
    number_format shared_experts = number_format::by_default;  ///< experts that every token visits
    number_format router = number_format::by_default;          ///< the matrix that chooses experts
    number_format embedding = number_format::by_default;       ///< the matrix in which tokens are looked up
    number_format head = number_format::by_default;            ///< the matrix that makes the logits
    /// Layers whose matrices all stay in the format that computes, whatever their modules' formats (the first and the
    /// last one, say). Where the model has several kinds of layer, they count as those that take the most memory.
    std::int64_t unquantized_layers = 0;
    friend constexpr bool operator==(const module_formats&, const module_formats&) = default;
};

/// A module, its name in job files and answers, and its member.
struct module_row {
    module_kind value{};                    ///< the module
    std::string_view name;                  ///< its name, as in `inference.modules`
    number_format module_formats::*format;  ///< its member
};

namespace detail {

inline constexpr module_row listed_modules[]{
    {module_kind::attention, "attention", &module_formats::attention},
    {module_kind::recurrence, "recurrence", &module_formats::recurrence},
    {module_kind::feed_forward, "feed_forward", &module_formats::feed_forward},
    {module_kind::experts, "experts", &module_formats::experts},
    {module_kind::shared_experts, "shared_experts", &module_formats::shared_experts},
    {module_kind::router, "router", &module_formats::router},
    {module_kind::embedding, "embedding", &module_formats::embedding},
    {module_kind::head, "head", &module_formats::head},
};
static_assert(one_row_per_enumerator<listed_modules>, "a module without a row, or with two: add it to listed_modules");
inline constexpr row_table module_table = by_enumerator(listed_modules);

}  // namespace detail

/// Returns the format of a module; `number_format::by_default` where it has none of its own.
[[nodiscard]] constexpr number_format format_of(const module_formats& formats, module_kind kind) noexcept {
    return formats.*detail::module_table.of[static_cast<std::size_t>(kind)].format;
}

/// Returns true if any module has a format of its own, or any layer is left unquantized.
[[nodiscard]] constexpr bool differ_by_module(const module_formats& formats) noexcept {
    return formats != module_formats{};
}

/// Returns the module that a matrix of a layer belongs to.
[[nodiscard]] constexpr module_kind module_of(const linear& m, const layer_block& b) noexcept {
    if (m.target == target::router) return module_kind::router;
    if (m.split == weight_split::expert) return module_kind::experts;
    if (m.target == target::recurrence || m.target == target::convolution) return module_kind::recurrence;
    if (m.target == target::gate || m.target == target::up || m.target == target::down)
        return b.feed_forward.experts ? module_kind::shared_experts : module_kind::feed_forward;
    return module_kind::attention;
}

/// How a published checkpoint stores a model: the formats of its weights, and that of the KV cache where the checkpoint
/// fixes it. `weights` is `number_format::by_default` where nothing is known.
struct published_formats {
    number_format weights = number_format::by_default;  ///< the format of most matrices
    /// Rows that share a scale, where the format has groups.
    std::int64_t group = 128;
    module_formats modules{};                            ///< the modules that have another one
    number_format kv_cache = number_format::by_default;  ///< the format of the KV cache that the files ask for
    friend constexpr bool operator==(const published_formats&, const published_formats&) = default;
};

/// Returns true for formats of fewer than 16 bits.
[[nodiscard]] constexpr bool is_quantized(number_format format) noexcept {
    return format != number_format::by_default && block_layout_of(format).element_bits < 16;
}

namespace detail {

/// Returns true if every module has no format of its own, or one that a matrix is stored in by itself.
[[nodiscard]] constexpr bool stores_modules(const module_formats& formats) noexcept {
    for (const module_row& row : module_table) {
        const number_format format = formats.*row.format;
        const bool stored = stores_weights(format) && !is_gguf(format);
        if (format != number_format::by_default && !stored) return false;
    }
    return true;
}

}  // namespace detail

}  // namespace cardfit
