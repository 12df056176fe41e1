// SPDX-License-Identifier: MIT
#pragma once

// The KV cache and the states of recurrent layers: bytes per token on a pipeline stage, and bytes of a batch of
// sequences after so many tokens. What a paper calls the KV cache of a model, without engine and layout, is in
// model/kv_cache.hpp.

#include <cardfit/estimate/inference/stage.hpp>
#include <cardfit/job/weight_bytes.hpp>

namespace cardfit {

/// Returns the number format of the KV cache: the job's, or else the format that computes.
[[nodiscard]] constexpr number_format cache_format(const inference& i) noexcept {
    return i.kv_cache == number_format::by_default ? compute_format_of(i.weights) : i.kv_cache;
}

}  // namespace cardfit

namespace cardfit::detail {

/// Returns the bytes of `width` cached elements of a token; keys and values by head are halves of it. `scale_bytes` are
/// those per 32 elements that the engine adds to a quantized format without scales of its own.
[[nodiscard]] constexpr std::int64_t cached_bytes(const inference& i, std::int64_t width, bool by_head,
                                                  int scale_bytes) {
    const auto bytes_in = [&](number_format format, std::int64_t elements) {
        const block_layout& layout = block_layout_of(format);
        const bool scaled = layout.element_bits < 16 && layout.kind != format_kind::ggml_block;
        const std::int64_t scales = scaled && scale_bytes > 0 ? divide_up(elements, 32) * scale_bytes : 0;
        return divide_up(elements * layout.block_bytes, layout.block_elements) + scales;
    };
    if (i.value_cache == number_format::by_default || !by_head) return bytes_in(cache_format(i), width);
    return bytes_in(cache_format(i), width - width / 2) + bytes_in(i.value_cache, width / 2);
}

/// Returns the bytes of state that one recurrent layer has per sequence on one GPU. Tensor parallelism divides its
/// channels or heads, if it has such.
[[nodiscard]] constexpr std::int64_t state_bytes(const layer_block& b, const engine_memory& row, std::int64_t compute,
                                                 const layout& l) noexcept {
    const std::int64_t state = row.state_bytes > 0 ? row.state_bytes : compute;
    const std::int64_t convolution = row.convolution_state_bytes > 0 ? row.convolution_state_bytes : compute;
    return divide_up(b.state.width * state + b.state.convolution * convolution, b.state.copied ? 1 : l.tensor);
}

/// Returns the elements of a layer's cache on one GPU, of which the network has `width`: tensor parallelism divides
/// whole key/value heads, and copies them where there are more GPUs than heads.
[[nodiscard]] constexpr std::int64_t divided_by_heads(std::int64_t width, const serving_inputs& in) noexcept {
    const std::int64_t heads = larger(in.net.kv_heads, 1);
    return divide_up(width * divide_up(heads, in.l.tensor), heads);
}

/// Returns the bytes per token that one layer caches on one GPU, scales of a quantized cache included.
/// MLA's latent is whole on every GPU.
[[nodiscard]] constexpr std::int64_t layer_cache_bytes(const cache_layout& cached, const serving_inputs& in) {
    const std::int64_t width = cached.splits ? divided_by_heads(cached.width, in) : cached.width;
    return cached_bytes(in.job, width, cached.splits, in.row.cache_scale_bytes);
}

/// Returns the bytes per source token of one layer's cross attention on one GPU.
[[nodiscard]] constexpr std::int64_t cross_cache_bytes(const layer_block& b, const serving_inputs& in) {
    const block_layout& format = block_layout_of(cache_format(in.job));
    return divide_up(divided_by_heads(b.cache.cross_width, in) * format.block_bytes, format.block_elements);
}

/// Returns the bytes per token of the keys and values that an engine expands from one layer's cached latent.
[[nodiscard]] constexpr std::int64_t expanded_bytes(const layer_block& b, const cache_layout& cached,
                                                    const serving_inputs& in) noexcept {
    if (cached.splits || !in.row.expands_latent) return 0;
    return divide_up(b.cache.expanded_width, in.l.tensor) * in.compute;
}

/// Adds the KV cache and the recurrent states of a stage's layers.
constexpr void add_cache(inference_stage& s, const serving_inputs& in) {
    if (!is_autoregressive(in.net)) return;
    const bool caches_windows = in.job.software_date >= in.row.windows_since;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const layer_block& b = in.net.blocks[k];
        const std::int64_t layers = in.content.layers[k];
        if (layers == 0) continue;
        const cache_layout cached = cache_of(b, in.row, in.job.software_date);
        const std::int64_t per_token = layer_cache_bytes(cached, in) + b.cache.scan_bytes;
        if (caches_windows && b.attention.window != all_positions) {
            s.window_per_token[k] = layers * per_token;
            s.window_tokens[k] = b.attention.window;
        } else {
            s.cache_per_token += layers * per_token;
        }
        // A cache that grows copies one layer's keys, then its values.
        const std::int64_t growth = larger(divide_up(per_token, 2), expanded_bytes(b, cached, in));
        s.growth_per_token = larger(s.growth_per_token, growth);
        s.cross_per_token += layers * cross_cache_bytes(b, in);
        s.state_sequence += layers * state_bytes(b, in.row, in.compute, in.l);
    }
}

/// Returns `tokens` rounded up to whole blocks of the engine's cache.
[[nodiscard]] constexpr std::int64_t whole_blocks(const lowered_inference& job, std::int64_t tokens) noexcept {
    return divide_up(tokens, job.block_tokens) * job.block_tokens;
}

/// How many tokens a layer with an attention window caches. While a growing cache reads the prompt, the window is a
/// view of the keys and values of the whole prompt, which are freed when the next token joins.
enum class windows_hold : unsigned char { the_window, the_whole_prompt };

/// Returns the bytes of cache of `batch` sequences on one stage after `prompt` and `generate` tokens. A prefix that the
/// sequences share is cached once, in whole blocks; windows move past it. While the prompt is read, a chunk of it joins
/// the window. The decoder of an encoder-decoder starts with one token of its own and shares no prefix. Cross attention
/// caches the source or the features of images. A unified cache has the tokens of all sequences, and a state and a
/// window of each (llama_kv_cache_iswa in llama-kv-cache-iswa.cpp).
[[nodiscard]] constexpr std::int64_t cache_bytes(const lowered_inference& job, const inference_stage& s,
                                                 std::int64_t batch, std::int64_t prompt, std::int64_t generate,
                                                 windows_hold windows = windows_hold::the_window) noexcept {
    const std::int64_t tokens = job.is_encoder_decoder ? larger(generate, 1) : prompt + generate;
    const std::int64_t cached = whole_blocks(job, divide_up(tokens, job.context_parallel));
    const std::int64_t source = job.is_encoder_decoder ? prompt : job.crossed;
    const std::int64_t prefix = job.is_encoder_decoder ? 0 : smaller(job.shared_prefix, prompt);
    const std::int64_t shared = prefix / job.context_parallel / job.block_tokens * job.block_tokens;
    const std::int64_t windows_in_cache = job.job.unified_cache ? batch : 1;
    std::int64_t sequence = cached * s.cache_per_token + s.state_sequence;
    for (std::size_t k = 0; k < max_block_kinds; ++k) {
        if (s.window_per_token[k] == 0) continue;
        const std::int64_t window =
            smaller(cached, whole_blocks(job, windows_in_cache * s.window_tokens[k] + job.chunk));
        sequence += (windows == windows_hold::the_whole_prompt ? cached : window) * s.window_per_token[k];
    }
    if (job.job.unified_cache) return sequence + (batch - 1) * s.state_sequence + batch * source * s.cross_per_token;
    return batch * (sequence + source * s.cross_per_token) - (batch - 1) * shared * s.cache_per_token;
}

}  // namespace cardfit::detail
