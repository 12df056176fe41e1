// SPDX-License-Identifier: MIT
#pragma once

// Lowers an inference to the pipeline stages that the memory estimate evaluates: weights in their format, the KV cache,
// and what a forward pass holds beside them.

#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/estimate/inference/check_job.hpp>
#include <cardfit/estimate/inference/activations.hpp>
#include <cardfit/estimate/inference/exchange.hpp>
#include <cardfit/estimate/inference/host_memory.hpp>
#include <cardfit/estimate/inference/memory.hpp>
#include <cardfit/estimate/inference/speculation.hpp>
#include <cardfit/estimate/inference/tower.hpp>
#include <cardfit/estimate/inference/weights.hpp>
#include <cardfit/estimate/overheads.hpp>

namespace cardfit {

namespace detail {

/// Returns the bytes of the rotary embedding's sines and cosines that each layer of a stage holds: 2 x positions x the
/// width of a head. Learned positions need none, nor do the relative ones of encoder-decoders.
[[nodiscard]] constexpr std::int64_t rotary_bytes(const serving_inputs& in) noexcept {
    const bool in_each_layer = in.job.software_date < in.row.rotary_shared_since;
    if (!in_each_layer || in.net.longest_sequence != 0 || in.net.is_encoder_decoder) return 0;
    std::int64_t bytes = 0;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const std::int64_t head = in.net.blocks[k].width.of[tensor_role::query] / in.net.heads;
        bytes += in.content.layers[k] * 2 * rotary_positions * in.compute * head;
    }
    return bytes;
}

/// Returns the bytes of the CUDA graphs that an engine records for a stage's layers.
[[nodiscard]] constexpr std::int64_t graphs_of(const serving_inputs& in) noexcept {
    if (!in.job.graphs) return 0;
    if (in.row.graphs.empty()) return in.row.graph_mebibytes * bytes_per_mebibyte;
    std::int64_t dense = 0;
    std::int64_t with_experts = 0;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k)
        (in.net.blocks[k].feed_forward.experts ? with_experts : dense) += in.content.layers[k];
    return graph_bytes(last_begun(in.row.graphs, in.job.software_date), in.trial.sequences, dense, with_experts);
}

/// Returns the bytes of one pipeline stage.
[[nodiscard]] constexpr inference_stage lower_stage(const serving_inputs& in) {
    inference_stage s;
    layer_weights layers = weights_of_layers(in);
    s.weights = checked::add(layers.bytes, checked::multiply(layers.adapters, in.compute));
    add_embedding_head(s, layers, in);
    add_cache(s, in);
    add_draft(s, in);
    add_activations(s, in);
    if (in.content.embedding) add_tower(s, in);
    s.weights += rotary_bytes(in);
    const bool quantized = block_layout_of(in.job.weights).element_bits < 16;
    const bool grouped = quantized_layout_of(in.job.weights).group_index;
    if (in.row.fuses_query_key_value && !in.net.fused_query_key_value) s.load = layers.query_key_value;
    if (quantized) s.load += layers.largest * in.row.quantizing_bytes;
    if ((grouped && in.row.keeps_dequantized) || is_bitsandbytes(in.job.weights))
        s.scratch = layers.largest * in.compute;
    // Autocast keeps the 16-bit copies of matrices beside them.
    if (in.job.autocast) s.scratch += layers.bytes / 2;
    s.graphs = graphs_of(in);
    return s;
}

/// Raises every amount of a stage to at least that of `other`.
constexpr void cover(inference_stage& s, const inference_stage& other) noexcept {
    using stage = inference_stage;
    for (std::int64_t stage::*amount :
         {&stage::weights, &stage::load, &stage::scratch, &stage::cache_per_token, &stage::state_sequence,
          &stage::cross_per_token, &stage::growth_per_token, &stage::feed_forward_per_token,
          &stage::attention_per_token, &stage::score, &stage::buffers_per_token, &stage::hidden_per_token,
          &stage::logit_row, &stage::image_activations, &stage::image_features, &stage::graphs, &stage::missing})
        s.*amount = larger(s.*amount, other.*amount);
    for (std::size_t k = 0; k < max_block_kinds; ++k) {
        s.window_per_token[k] = larger(s.window_per_token[k], other.window_per_token[k]);
        s.window_tokens[k] = larger(s.window_tokens[k], other.window_tokens[k]);
    }
}

/// Adds the pipeline stages [first, end) that differ in their memory. If there are more of them than places, the last
/// place holds a stage that covers all the remaining ones. The layers of a llama.cpp file differ by their index, so
/// none of its stages covers another.
constexpr void add_stages(lowered_inference& job, const network& net, const inference& i, const layout& l,
                          const engine_memory& row, const machine& m, int first, int end) {
    stage_content contents[max_distinct_stages]{};
    const placement place = placement_of(net.layers, i, row);
    const bool by_share = row.splits_by_share && l.pipeline > 1;
    const card_shares shares = by_share ? shares_of(i, m) : card_shares{};
    std::int64_t layer = 0;
    for (int stage = 0; stage < end; ++stage) {
        const placed_stage placed =
            by_share ? shared_stage_of(net, l, place, shares, stage) : placed_stage_of(net, l, place, stage, layer);
        const stage_content& content = placed.content;
        layer = placed.high;
        bool covered = stage < first;
        const bool same_files = !is_gguf(i) || stored_of(net, i).known();
        const bool alike = same_files && i.cpu_expert_layers == 0 && m.others.count == 0;
        for (std::size_t k = 0; k < job.stage_count && alike; ++k) covered = covered || contents[k].covers(content);
        if (covered) continue;
        inference_stage made = lower_stage({.net = net,
                                            .job = i,
                                            .l = l,
                                            .row = row,
                                            .trial = job.trial,
                                            .content = content,
                                            .stored = stored_of(net, i),
                                            .compute = block_layout_of(compute_format_of(i)).block_bytes,
                                            .unquantized = block_layout_of(compute_format_of(i.weights)).block_bytes,
                                            .low = placed.low,
                                            .high = placed.high,
                                            .first_experts = place.first_experts,
                                            .host_takes_from_gpu = host_takes_from_gpu(m.card)});
        if (m.others.count > 0) made.missing = job.capacity - usable_memory(seen_by_card(m, stage)).number;
        if (job.stage_count == max_distinct_stages) {
            cover(job.stages[max_distinct_stages - 1], made);
            continue;
        }
        contents[job.stage_count] = content;
        job.stages[job.stage_count] = made;
        job.stage_index[job.stage_count] = stage;
        ++job.stage_count;
    }
}

/// Returns how an engine allocates the cache of this job: without a KV cache there is no budget to fill.
[[nodiscard]] constexpr cache_policy cache_policy_of(const network& net, const inference& i,
                                                     const engine_memory& row) noexcept {
    if (!is_autoregressive(net)) return cache_policy::grows;
    return i.software_date >= row.budget_since ? row.cache : cache_policy::whole_context;
}

/// Fills in how the engine allocates its cache and cuts prompts into chunks.
constexpr void add_cache_rules(lowered_inference& job, const network& net, const inference& i, const engine_memory& row,
                               const machine& m) noexcept {
    const bool chunked = is_autoregressive(net) && !net.is_encoder_decoder && i.software_date >= row.chunked_since;
    job.cache = cache_policy_of(net, i, row);
    job.block_tokens = row.block_tokens;
    job.chunk = chunked ? row.prefill_chunk : 0;
    if (chunked && !row.passes.empty()) job.chunk = pass_on(row, m).tokens;
    job.shared_prefix = row.shares_prefixes ? i.shared_prefix : 0;
    job.profiled_sequences = row.profiled_sequences;
    if (chunked && i.max_batched_tokens > 0) job.chunk = i.max_batched_tokens;
    if (job.trial.tokens > 0) job.chunk = job.trial.whole_sequence ? 0 : job.trial.tokens;
    job.caches_while_decoding = job.cache == cache_policy::grows && i.software_date < row.cache_in_place_since ? 2 : 1;
    job.reserves_context = row.reserves_context;
}

/// The half-width, in per mille, of the error band of a model whose shape is not verified: bounds of its activations
/// are up to this much above what a known shape needs (tests/model/stored_model.static.cpp compares them).
inline constexpr std::int64_t unverified_band = 250;

/// Fills in what the engine holds beside tensors.
constexpr void add_engine_overheads(lowered_inference& job, const network& net, const inference& i, const machine& m,
                                    const layout& l, const engine_memory& row) noexcept {
    for (std::size_t k = 0; k < job.stage_count; ++k) job.graphs = larger(job.graphs, job.stages[k].graphs);
    job.workspace = workspace_bytes(m.card);
    job.context = row.bare_context ? 256 * bytes_per_mebibyte : context_bytes(i.software_date);
    job.communication = communication_bytes({.tensor = l.tensor,
                                             .pipeline = row.pipeline_by_nccl ? l.pipeline : 1,
                                             .context = l.context,
                                             .expert = l.expert});
    if (row.non_torch_mebibytes > 0) {
        job.communication = row.non_torch_mebibytes * bytes_per_mebibyte + serving_communicators(m, l);
        job.beside_share = job.context;
    }
    if (i.expert_exchange == expert_exchange::sent && l.data > 1 && l.expert > 1)
        job.communication += exchange_buffers(row.sent_tokens, net.hidden, net.experts);
    job.communication += i.connector_mib * bytes_per_mebibyte;
    job.beside_share += i.connector_mib * bytes_per_mebibyte;
    if (!last_begun(row.graphs, i.software_date).in_share) job.beside_share += job.graphs;
    job.slack_per_mille = row.slack_per_mille;
    job.band_per_mille = net.shape_verified ? row.band_per_mille : larger(row.band_per_mille, unverified_band);
}

/// Raises the bounds by which a point whose bytes would exceed 64 bits is refused before anything is multiplied.
constexpr void raise_bounds(lowered_inference& job, const inference_stage& s) noexcept {
    double windows = 0;
    for (const std::int64_t w : s.window_per_token) windows += static_cast<double>(w);
    job.token_bound +=
        2 * (static_cast<double>(s.cache_per_token) + windows) + 2 * static_cast<double>(s.state_sequence) +
        static_cast<double>(s.cross_per_token) +
        static_cast<double>(s.growth_per_token + s.feed_forward_per_token + s.attention_per_token +
                            s.buffers_per_token + s.hidden_per_token + s.source_per_token + s.logit_row) +
        static_cast<double>(job.images) * static_cast<double>(s.image_activations + s.image_features);
    job.score_bound += static_cast<double>(s.score);
    const double per_token = static_cast<double>(s.feed_forward_per_token + s.attention_per_token +
                                                 s.buffers_per_token + s.hidden_per_token);
    job.fixed_bound +=
        static_cast<double>(s.weights) + static_cast<double>(s.load + s.scratch) +
        static_cast<double>(larger(job.profiled_sequences, job.trial.sequences)) * static_cast<double>(s.logit_row) +
        static_cast<double>(larger(job.trial.tokens, job.trial.cut_tokens)) * per_token;
}

/// Returns the usable bytes of the card that has the most.
[[nodiscard]] constexpr std::int64_t largest_usable_memory(const machine& m) {
    std::int64_t largest = usable_memory(m).number;
    for (int card = m.cards - m.others.count; card < m.cards; ++card)
        largest = larger(largest, usable_memory(seen_by_card(m, card)).number);
    return largest;
}

/// Lowers the pipeline stages [first, end) of a job that has been checked.
[[nodiscard]] constexpr lowered_inference lower_stages(const network& net, const inference& i, const machine& m,
                                                       const layout& l, int first, int end) {
    const engine_memory& row = row_of(i).memory;
    lowered_inference job;
    job.capacity = largest_usable_memory(m);
    if (is_autoregressive(net) && !net.is_encoder_decoder) job.trial = trial_of(i, row, m);
    add_stages(job, net, i, l, row, m, first, end);
    if (is_placed(i)) add_host_part(job, net, i, row, m, l);
    job.job = as_read_by(net, i);
    if (same_number(i.memory_utilization, engines_utilization))
        job.job.memory_utilization = computed_utilization_of(row, i, m, l);
    add_cache_rules(job, net, i, row, m);
    add_engine_overheads(job, net, i, m, l, row);
    job.system = reported_but_taken(m).number + m.host.display.number;
    job.asks_for_share = i.software_date >= row.asks_for_share_since;
    job.context_parallel = l.context;
    job.tokens_per_sample = net.tokens_per_sample;
    job.images = i.images;
    job.image_tokens = i.images * net.tower.image_tokens;
    job.crossed = i.images * net.tower.crossed;
    job.is_encoder_decoder = net.is_encoder_decoder;
    if (net.longest_sequence > 0) job.longest_sequence = net.longest_sequence;
    if (net.max_source_length > 0) job.max_source_length = net.max_source_length;
    job.fixed_source_length = net.fixed_source_length;
    for (std::size_t k = 0; k < job.stage_count; ++k) raise_bounds(job, job.stages[k]);
    return job;
}

}  // namespace detail

/// Lowers an inference once, so that it can be evaluated at any batch, prompt and number of generated tokens:
/// `memory(lowered, batch, prompt, generate)`.
/// Throws invalid_input (a std::invalid_argument) that names the first thing that is wrong with job, layout or machine.
[[nodiscard]] constexpr lowered_inference lower_job(const network& net, const inference& i, const machine& m,
                                                    const layout& given = {}) {
    detail::check_job(net, i, m, given);
    return detail::lower_stages(net, as_released(i), m, resolved(given, m.cards), 0, given.pipeline);
}

/// Returns the sum over all GPUs of what each one shows at its peak, in bytes, with the engines' budgets filled.
/// Throws invalid_input as lower_job does, and std::overflow_error if the sum exceeds 64 bits.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const inference& i, const machine& m,
                                                            const layout& given = {}) {
    detail::check_job(net, i, m, given);
    const layout l = resolved(given, m.cards);
    const inference released = as_released(i);
    memory_of_cards sum;
    for (int stage = 0; stage < l.pipeline; ++stage)
        sum.add(occupied(detail::lower_stages(net, released, m, l, stage, stage + 1)), m.cards / l.pipeline);
    return sum;
}

/// The same for a job that is lowered already.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const lowered_inference& lowered, const network& net,
                                                            const inference& i, const machine& m, const layout& l) {
    if (l.pipeline > 1) return memory_of_all_cards(net, i, m, l);
    memory_of_cards sum;
    sum.add(occupied(lowered), m.cards);
    return sum;
}

/// Lowers an inference of any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr lowered_inference lower_job(const M& model, const inference& i, const machine& m,
                                                    const layout& l = {}) {
    return lower_job(lower_model(model, i.image_size), i, m, l);
}
/// Returns the peak memory of one inference, in bytes: `memory(models::llama_3_1_8b, inference{...}, cards::rtx_4090)`.
template <network_model M>
[[nodiscard]] constexpr memory_estimate memory(const M& model, const inference& i, const machine& m,
                                               const layout& l = {}) {
    return memory(lower_job(model, i, m, l));
}

}  // namespace cardfit
