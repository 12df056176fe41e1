// SPDX-License-Identifier: MIT
#pragma once

// Lowers an inference job to the stages that the memory estimate asks: weights in their format, cache, what a forward
// pass holds beside them.

#include <cardfit/engines/all.hpp>
#include <cardfit/estimate/inference/activations.hpp>
#include <cardfit/estimate/inference/memory.hpp>
#include <cardfit/estimate/inference/weights.hpp>
#include <cardfit/estimate/overheads.hpp>

namespace cardfit {

namespace detail {

[[nodiscard]] constexpr inference_stage stage_of(const serving_inputs& in) {
    inference_stage s;
    layer_weights layers = layers_of(in);
    s.weights = checked::add(layers.bytes, checked::multiply(layers.adapters, in.compute));
    add_ends(s, layers, in);
    add_cache(s, in);
    add_live(s, in);
    const bool quantized = block_layout_of(in.job.weights).element_bits < 16;
    const bool grouped = layout_beside(in.job.weights).group_index;
    // Sines and cosines a layer: 2 x positions x the width of a head. Learned positions need none, nor
    // do the relative ones of encoder-decoders.
    if (in.job.software_date < in.row.rotary_shared_since && in.net.longest_sequence == 0 && !in.net.is_encoder_decoder)
        for (std::size_t k = 0; k < in.net.block_kinds; ++k)
            s.weights += in.content.layers[k] * 2 * rotary_positions * in.compute *
                         (in.net.blocks[k].width.of[tensor_role::query] / in.net.heads);
    if (in.row.fuses_query_key_value && !in.net.fused_query_key_value) s.load = layers.query_key_value;
    if (quantized) s.load += layers.largest * in.row.quantizing_bytes;
    if ((grouped && in.row.keeps_dequantized) || is_bitsandbytes(in.job.weights))
        s.scratch = layers.largest * in.compute;
    return s;
}

/// Raises every amount of a stage to the other's.
constexpr void cover(inference_stage& s, const inference_stage& other) noexcept {
    using stage = inference_stage;
    for (std::int64_t stage::*amount : {&stage::weights, &stage::load, &stage::scratch, &stage::cache_per_token,
                                        &stage::state_sequence, &stage::cross_per_token, &stage::growth_per_token,
                                        &stage::feed_forward_per_token, &stage::attention_per_token, &stage::score,
                                        &stage::buffers_per_token, &stage::hidden_per_token, &stage::logit_row})
        s.*amount = larger(s.*amount, other.*amount);
    for (std::size_t k = 0; k < max_block_kinds; ++k) {
        s.window_per_token[k] = larger(s.window_per_token[k], other.window_per_token[k]);
        s.window_tokens[k] = larger(s.window_tokens[k], other.window_tokens[k]);
    }
}

/// Lowers stages [first, end) of a job that has been checked.
[[nodiscard]] constexpr lowered_inference lower_stages(const network& net, const inference& i, const machine& m,
                                                       const layout& l, int first, int end) {
    const engine_memory& row = row_of(i.framework).memory;
    lowered_inference job;
    stage_content contents[max_distinct_stages]{};
    std::int64_t layer = 0;
    for (int stage = 0; stage < end; ++stage) {
        const stage_content content = content_of(net, l, 1, stage);
        std::int64_t here = 0;
        for (const std::int64_t of_kind : content.layers) here += of_kind;
        const std::int64_t low = layer;
        layer += here;
        bool covered = stage < first;
        for (std::size_t k = 0; k < job.stage_count && !is_gguf(i); ++k)
            covered = covered || contents[k].covers(content);
        if (covered) continue;
        const inference_stage made = stage_of({.net = net,
                                               .job = i,
                                               .l = l,
                                               .row = row,
                                               .content = content,
                                               .compute = block_layout_of(compute_format_of(i.weights)).block_bytes,
                                               .low = low,
                                               .high = layer});
        // More distinct stages than there is room for share the last place, which then holds as much as any of them.
        if (job.stage_count == max_distinct_stages) {
            cover(job.stages[max_distinct_stages - 1], made);
            continue;
        }
        contents[job.stage_count] = content;
        job.stages[job.stage_count] = made;
        job.stage_index[job.stage_count++] = stage;
    }
    job.job = detail::as_read_by(net, i);
    // Engines fill their budgets with cache, and cut prompts into pieces, where there is a cache.
    job.cache = !is_autoregressive(net)               ? cache_policy::grows
                : i.software_date >= row.budget_since ? row.cache
                                                      : cache_policy::whole_context;
    job.block_tokens = row.block_tokens;
    job.chunk = is_autoregressive(net) && !net.is_encoder_decoder && i.software_date >= row.chunked_since
                    ? row.prefill_chunk
                    : 0;
    job.shared_prefix = row.shares_prefixes ? i.shared_prefix : 0;
    job.profiled_sequences = row.profiled_sequences;
    job.caches_while_decoding = job.cache == cache_policy::grows && i.software_date < row.cache_in_place_since ? 2 : 1;
    job.graphs = i.software_date >= row.graphs_since ? row.graph_mebibytes * bytes_per_mebibyte : 0;
    job.workspace = workspace_bytes(m.card);
    job.context = row.bare_context ? 256 * bytes_per_mebibyte : context_bytes(i.software_date);
    job.communication = communication_bytes({.tensor = l.tensor,
                                             .pipeline = row.pipeline_by_nccl ? l.pipeline : 1,
                                             .context = l.context,
                                             .expert = l.expert});
    job.reserves_context = row.reserves_context;
    job.slack_per_mille = row.slack_per_mille;
    job.band_per_mille = row.band_per_mille;
    job.capacity = usable_memory(m).number;
    job.context_parallel = l.context;
    job.tokens_per_sample = net.tokens_per_sample;
    if (net.longest_sequence > 0) job.longest_sequence = net.longest_sequence;
    job.is_encoder_decoder = net.is_encoder_decoder;
    if (net.max_source_length > 0) job.max_source_length = net.max_source_length;
    for (std::size_t k = 0; k < job.stage_count; ++k) {
        const inference_stage& s = job.stages[k];
        double windows = 0;
        for (const std::int64_t w : s.window_per_token) windows += static_cast<double>(w);
        job.token_bound += 2 * (static_cast<double>(s.cache_per_token) + windows) +
                           2 * static_cast<double>(s.state_sequence) + static_cast<double>(s.cross_per_token) +
                           static_cast<double>(s.growth_per_token + s.feed_forward_per_token + s.attention_per_token +
                                               s.buffers_per_token + s.hidden_per_token + s.logit_row);
        job.score_bound += static_cast<double>(s.score);
        job.fixed_bound += static_cast<double>(s.weights) + static_cast<double>(s.load + s.scratch) +
                           static_cast<double>(job.profiled_sequences) * static_cast<double>(s.logit_row);
    }
    return job;
}

}  // namespace detail

/// Lowers an inference once; ask it for any batch, prompt and number of generated tokens.
/// Throws invalid_input (a std::invalid_argument) naming the first thing that is wrong with job, layout or machine.
[[nodiscard]] constexpr lowered_inference lower_job(const network& net, const inference& i, const machine& m,
                                                    const layout& given = {}) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(i, net, on_problem::refuse)),
        static_cast<void>(problems(given, m.cards, net, on_problem::refuse));
    return detail::lower_stages(net, i, m, resolved(given, m.cards), 0, given.pipeline);
}

/// What all cards take together, each at its own fullest moment, budgets filled.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const inference& i, const machine& m,
                                                            const layout& given = {}) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(i, net, on_problem::refuse)),
        static_cast<void>(problems(given, m.cards, net, on_problem::refuse));
    const layout l = resolved(given, m.cards);
    memory_of_cards sum;
    for (int stage = 0; stage < l.pipeline; ++stage) {
        const memory_estimate one = occupied(detail::lower_stages(net, i, m, l, stage, stage + 1));
        const int cards = m.cards / l.pipeline;
        sum.allocated += cards * one.allocated();
        sum.reserved += cards * one.reserved();
        sum.device += cards * one.device();
    }
    return sum;
}

/// The same for any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr lowered_inference lower_job(const M& model, const inference& i, const machine& m,
                                                    const layout& l = {}) {
    return lower_job(lower_model(model, i.image_size), i, m, l);
}
template <class M>
requires architecture<M> || std::same_as<M, network>
[[nodiscard]] constexpr memory_estimate memory(const M& model, const inference& i, const machine& m,
                                               const layout& l = {}) {
    return memory(lower_job(model, i, m, l));
}

}  // namespace cardfit
