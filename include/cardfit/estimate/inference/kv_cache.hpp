// SPDX-License-Identifier: MIT
#pragma once

// The KV cache: its bytes per token on a stage, and of so many sequences after so many tokens; and the states of
// recurrent layers.

#include <cardfit/estimate/inference/stage.hpp>
#include <cardfit/job/weight_bytes.hpp>

namespace cardfit {

/// Format of the cache: as told, else the format that computes.
[[nodiscard]] constexpr number_format cache_format(const inference& i) noexcept {
    return i.kv_cache == number_format::by_default ? compute_format_of(i.weights) : i.kv_cache;
}

}  // namespace cardfit

namespace cardfit::detail {

/// State of a recurrent layer of one sequence on this card; its channels or heads are divided.
[[nodiscard]] constexpr std::int64_t state_bytes(const block& b, const engine_memory& row, std::int64_t compute,
                                                 const layout& l) noexcept {
    const std::int64_t state = row.state_bytes > 0 ? row.state_bytes : compute;
    const std::int64_t convolution = row.convolution_state_bytes > 0 ? row.convolution_state_bytes : compute;
    return divide_up(b.state_width * state + b.convolution_state * convolution, l.tensor);
}

/// Keys and values on this card: whole heads are divided, and copied where there are more cards than heads; MLA's
/// latent is on every card, and an engine that expands it makes a layer's keys and values for all tokens.
constexpr void add_cache(inference_stage& s, const serving_inputs& in) {
    const block_layout& format = block_layout_of(cache_format(in.job));
    const bool scaled = format.element_bits < 16 && in.row.cache_scale_bytes > 0;
    const bool windows = in.job.software_date >= in.row.windows_since;
    const std::int64_t heads = larger(in.net.kv_heads, 1);
    const std::int64_t heads_here = divide_up(heads, in.l.tensor);
    if (!is_autoregressive(in.net)) return;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const block& b = in.net.blocks[k];
        const cache_layout kept = cache_of(b, in.row, in.job.software_date);
        const std::int64_t width = kept.splits ? divide_up(kept.width * heads_here, heads) : kept.width;
        const std::int64_t expanded =
            kept.splits || !in.row.expands_latent
                ? 0
                : divide_up(b.width.of[tensor_role::key] + b.width.of[tensor_role::value], in.l.tensor);
        const std::int64_t token = divide_up(width * format.block_bytes, format.block_elements) +
                                   (scaled ? divide_up(width, 32) * in.row.cache_scale_bytes : 0);
        const std::int64_t here = in.content.layers[k] * token;
        if (b.window > 0 && windows) {
            s.window_per_token[k] = here;
            s.window_tokens[k] = b.window;
        } else
            s.cache_per_token += here;
        if (in.content.layers[k] > 0)
            s.growth_per_token = larger(s.growth_per_token, larger(divide_up(token, 2), expanded * in.compute));
        s.cross_per_token +=
            in.content.layers[k] *
            divide_up(divide_up(b.cross_cache_width * heads_here, heads) * format.block_bytes, format.block_elements);
        s.state_sequence += in.content.layers[k] * state_bytes(b, in.row, in.compute, in.l);
    }
}

/// Cache of so many sequences on one stage after so many tokens of prompt and answer. A shared head of the prompt is
/// kept once; `chunk` tokens join a window while they are read; a decoder that reads a source begins with one token of
/// its own and shares nothing. Where `reading`, windows hold all tokens: a growing cache keeps the last ones of a
/// prompt as a view of all its keys and values, which go when the next token joins.
[[nodiscard]] constexpr std::int64_t cache_bytes(const lowered_inference& job, const inference_stage& s,
                                                 std::int64_t batch, std::int64_t prompt, std::int64_t generate,
                                                 bool reading = false) noexcept {
    const std::int64_t tokens = job.is_encoder_decoder ? larger(generate, 1) : prompt + generate;
    const std::int64_t prefix = job.is_encoder_decoder ? 0 : smaller(job.shared_prefix, prompt);
    const std::int64_t  // Whole blocks of the prefix; windows move past it.
        shared = prefix / job.context_parallel / job.block_tokens * job.block_tokens;
    const std::int64_t saved = (batch - 1) * shared * s.cache_per_token;
    const std::int64_t here = divide_up(tokens, job.context_parallel);
    const std::int64_t held = divide_up(here, job.block_tokens) * job.block_tokens;
    std::int64_t sequence = held * s.cache_per_token + s.state_sequence;
    for (std::size_t k = 0; k < max_block_kinds; ++k)
        sequence +=
            (reading ? held
                     : smaller(held, divide_up(s.window_tokens[k] + job.chunk, job.block_tokens) * job.block_tokens)) *
            s.window_per_token[k];
    return batch * (sequence + prompt * s.cross_per_token) - saved;
}

}  // namespace cardfit::detail
