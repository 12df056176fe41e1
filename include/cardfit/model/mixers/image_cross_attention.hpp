// SPDX-License-Identifier: MIT
#pragma once

// Cross attention of a text model to what a vision tower makes of images (Flamingo, arXiv 2204.14198, section 3.1.2;
// Llama 3, arXiv 2407.21783, section 7.3): a layer of it has no attention to the text. Keys and values are made once
// per image and cached, whatever the length of the text; two learned gates scale what attention and feed-forward add.

#include <cardfit/model/mixers/grouped_attention.hpp>

namespace cardfit::mechanism {

/// Attention of a text model's layer to images.
struct image_cross_attention {
    grouped_attention attention{};  ///< its shape
};

/// What this mechanism states of itself; the namespace `mechanism` says what each function returns or adds.
/// @{
constexpr void add_parameters(layer_block& b, const image_cross_attention& t) {
    const grouped_attention& a = t.attention;
    const std::int64_t q = a.heads * a.head_dim;
    const std::int64_t k = a.kv_heads * a.head_dim;
    constexpr matmul_rows once = matmul_rows::relative_positions;
    constexpr fused_group images = fused_group::cross_key_value;
    constexpr std::int64_t gates = 2;
    b.add({.target = target::query, .in = a.hidden, .out = q, .bias = a.bias});
    b.add({.target = target::key, .in = a.hidden, .out = k, .bias = a.bias, .fused = images, .rows = once});
    b.add({.target = target::value, .in = a.hidden, .out = k, .bias = a.bias, .fused = images, .rows = once});
    b.add({.target = target::output, .in = q, .out = a.hidden, .bias = a.output_bias});
    // A norm of each head's query and one of its key, and the gates.
    b.vector_parameters += 2 * a.head_dim + gates;
}

/// Keys and values of the images count as if the images had as many positions as the text.
constexpr void add_saved_tensors(layer_block& b, const image_cross_attention& t) { add_saved_tensors(b, t.attention); }

/// The scores with the images' positions are added where the tower is known, which says how many there are
/// (multimodal.hpp). The matrices of the scores are never written: their kernel is a flash kernel.
[[nodiscard]] constexpr attention_answers attention_of(const image_cross_attention& t) noexcept {
    const std::int64_t q = t.attention.heads * t.attention.head_dim;
    return {.head_width = t.attention.head_dim, .projected = q};
}
[[nodiscard]] constexpr cache_answers cache_of(const image_cross_attention& t) noexcept {
    return {.cross_width = 2 * t.attention.kv_heads * t.attention.head_dim};
}
[[nodiscard]] constexpr state_answers state_of(const image_cross_attention&) noexcept { return {}; }
/// @}

}  // namespace cardfit::mechanism
