// SPDX-License-Identifier: MIT
#pragma once

// Encoder-decoders whose source and target differ in length in training: Whisper's encoder always reads 1500 positions
// (Radford et al., arXiv 2212.04356, section 2.2), and a T5 may read 512 tokens and write 4. What belongs to the source
// is taken out of the layers' answers per target token and told apart: the encoder's layers, and keys, values and
// scores of the cross attention.

#include <cardfit/model/network.hpp>

namespace cardfit {

namespace detail {

/// Returns what of a decoder layer has one row per source token: the keys and values of its cross attention, and the
/// inputs that autocast casts for them. Its score heads are those of the cross attention.
[[nodiscard]] constexpr layer_block source_part(const layer_block& decoder, std::int64_t hidden) {
    const std::int64_t both = decoder.cache.cross_width;
    layer_block part;
    part.width.of[tensor_role::key] = both / 2;
    part.width.of[tensor_role::value] = both / 2;
    part.width.of[tensor_role::key_value_expanded] = both;
    part.width.of[tensor_role::attention_input_casts] = 2 * hidden;
    part.attention.score_heads = decoder.attention.source_heads;
    return part;
}

/// Takes out of a decoder layer what belongs to its source. All layers read the encoder's one result.
constexpr void take_source_out(layer_block& decoder, std::int64_t hidden) {
    decoder.attention.source_heads = decoder.attention.score_heads - decoder.attention.heads;
    decoder.attention.score_heads = decoder.attention.heads;
    const layer_block part = source_part(decoder, hidden);
    for (std::size_t role = 0; role < tensor_role_count; ++role) decoder.width.of[role] -= part.width.of[role];
    decoder.width.of[tensor_role::attention_input] -= hidden;
}

}  // namespace detail

/// Returns an encoder-decoder lowered for a source of so many tokens per sample, whatever the length of the target.
[[nodiscard]] constexpr network with_source(network net, std::int64_t source_length) {
    net.source_length = source_length;
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        if (net.blocks[k].cache.cross_width > 0) detail::take_source_out(net.blocks[k], net.hidden);
    return net;
}

/// Returns the layers of an encoder alone, or those of a decoder, as a network without embedding and head.
[[nodiscard]] constexpr network stack_of(const network& net, bool encoder) {
    network stack = net;
    stack.block_kinds = 0;
    stack.layers = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        if (net.blocks[k].encodes != encoder) continue;
        layer_block& b = stack.blocks[stack.block_kinds++];
        b = net.blocks[k];
        const std::int64_t count = b.layers.count(0, net.layers);
        b.layers = {stack.layers, stack.layers + count, 1, true};
        stack.layers += count;
    }
    if (encoder) stack.source_length = 0;
    return stack;
}

}  // namespace cardfit
