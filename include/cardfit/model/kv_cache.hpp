// SPDX-License-Identifier: MIT
#pragma once

// Key/value cache and recurrent state of a whole model, before any parallelism: what papers and model cards state.

#include <cardfit/model/network.hpp>
#include <cardfit/number_format.hpp>

namespace cardfit {

/// Bytes of cache that one more token of one sequence takes, while it is inside every window. 0 for a model without a
/// cache. Throws std::invalid_argument for a GGUF file mix.
[[nodiscard]] constexpr bytes kv_cache_per_token(const network& net, number_format format = number_format::bf16) {
    bytes sum{};
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        sum += storage(format, net.blocks[k].layers.count(0, net.layers) * net.blocks[k].cache_width);
    return sum;
}

/// Bytes of cache of one sequence of `length` tokens where layers with a window keep no more than it.
[[nodiscard]] constexpr bytes kv_cache(const network& net, std::int64_t length,
                                       number_format format = number_format::bf16) {
    bytes sum{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const block& b = net.blocks[k];
        const std::int64_t held = b.window > 0 ? smaller(length, b.window) : length;
        sum += storage(format, checked::multiply(held, b.layers.count(0, net.layers) * b.cache_width));
    }
    return sum;
}

/// Bytes that recurrent layers keep of one sequence, whatever its length: the recurrence's state, and the last inputs
/// of its convolution. llama.cpp keeps both in fp32; mamba_ssm, transformers and vLLM's default in the compute format.
[[nodiscard]] constexpr bytes recurrent_state(const network& net, number_format format = number_format::bf16,
                                              number_format convolution_format = number_format::bf16) {
    bytes sum{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const std::int64_t layers = net.blocks[k].layers.count(0, net.layers);
        sum += storage(format, layers * net.blocks[k].state_width) +
               storage(convolution_format, layers * net.blocks[k].convolution_state);
    }
    return sum;
}

/// Bytes of keys and values that an encoder-decoder's cross attention keeps of a source of `length` tokens.
[[nodiscard]] constexpr bytes cross_cache(const network& net, std::int64_t length,
                                          number_format format = number_format::bf16) {
    bytes sum{};
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        sum += storage(format, checked::multiply(length, net.blocks[k].layers.count(0, net.layers) *
                                                             net.blocks[k].cross_cache_width));
    return sum;
}

/// The same for any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr bytes recurrent_state(const M& model, number_format format = number_format::bf16,
                                              number_format convolution_format = number_format::bf16) {
    return recurrent_state(lower(model), format, convolution_format);
}
template <architecture M>
[[nodiscard]] constexpr bytes cross_cache(const M& model, std::int64_t length,
                                          number_format format = number_format::bf16) {
    return cross_cache(lower(model), length, format);
}
template <architecture M>
[[nodiscard]] constexpr bytes kv_cache_per_token(const M& model, number_format format = number_format::bf16) {
    return kv_cache_per_token(lower(model), format);
}
template <architecture M>
[[nodiscard]] constexpr bytes kv_cache(const M& model, std::int64_t length,
                                       number_format format = number_format::bf16) {
    return kv_cache(lower(model), length, format);
}

}  // namespace cardfit
