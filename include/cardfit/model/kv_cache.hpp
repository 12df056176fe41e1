// SPDX-License-Identifier: MIT
#pragma once

// The KV cache and the recurrent state of a whole model, before any parallelism, as papers and model cards state them.

#include <cardfit/model/network.hpp>
#include <cardfit/number_format.hpp>

namespace cardfit {

namespace detail {

/// Returns the bytes that a cache of this format stores for `tokens` tokens, where each token counts once per layer of
/// this kind.
[[nodiscard]] constexpr bytes cached(const layer_block& b, number_format format, std::int64_t tokens) {
    return storage(format, checked::multiply(tokens, b.cache.width)) +
           bytes_of(checked::multiply(tokens, b.cache.scan_bytes));
}

}  // namespace detail

/// Returns the bytes of KV cache that one more token of one sequence takes while it is inside every window; 0 for a
/// model without a cache. Throws std::invalid_argument for a GGUF file mix.
[[nodiscard]] constexpr bytes kv_cache_per_token(const network& net, number_format format = number_format::bf16) {
    bytes sum{};
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        sum += detail::cached(net.blocks[k], format, net.blocks[k].layers.count(0, net.layers));
    return sum;
}

/// Returns the bytes of KV cache of one sequence of `length` tokens. A layer with a window caches at most that many
/// tokens.
[[nodiscard]] constexpr bytes kv_cache(const network& net, std::int64_t length,
                                       number_format format = number_format::bf16) {
    bytes sum{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const std::int64_t cached_tokens =
            checked::multiply(smaller(length, b.attention.window), b.layers.count(0, net.layers));
        sum += detail::cached(b, format, cached_tokens);
    }
    return sum;
}

/// Returns the bytes that the recurrent layers store for one sequence of any length: the state of the recurrence, and
/// the last inputs of its convolution. llama.cpp stores both in fp32. mamba_ssm, transformers and vLLM's default store
/// both in the compute format.
[[nodiscard]] constexpr bytes recurrent_state(const network& net, number_format format = number_format::bf16,
                                              number_format convolution_format = number_format::bf16) {
    bytes sum{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const std::int64_t layers = b.layers.count(0, net.layers);
        sum += storage(format, layers * b.state.width);
        sum += storage(convolution_format, layers * b.state.convolution);
    }
    return sum;
}

/// Returns the bytes of keys and values that an encoder-decoder's cross attention stores for a source of `length`
/// tokens.
[[nodiscard]] constexpr bytes cross_cache(const network& net, std::int64_t length,
                                          number_format format = number_format::bf16) {
    bytes sum{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const std::int64_t elements = b.layers.count(0, net.layers) * b.cache.cross_width;
        sum += storage(format, checked::multiply(length, elements));
    }
    return sum;
}

/// These overloads return the same for any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr bytes recurrent_state(const M& model, number_format format = number_format::bf16,
                                              number_format convolution_format = number_format::bf16) {
    return recurrent_state(lower(model), format, convolution_format);
}
/// The same of a model, which is lowered first.
/// @{
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
/// @}

}  // namespace cardfit
