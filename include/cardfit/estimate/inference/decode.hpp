// SPDX-License-Identifier: MIT
#pragma once

// Time per output token (TPOT): reading and multiplying the weights, attention over the KV cache, collectives,
// launches.

#include <cardfit/estimate/inference/serving_load.hpp>

namespace cardfit::detail {

/// Returns the constant that a kernel or an engine names; 0 if it names none.
[[nodiscard]] constexpr double or_zero(const inference_time_constants& c, time_figure figure) noexcept {
    return figure ? c.*figure : 0;
}

/// Returns the seconds of one all-reduce among so many GPUs.
[[nodiscard]] constexpr double reduce_seconds(const serving_load& s, double cards, double bytes) noexcept {
    if (cards <= 1) return 0;
    const double nodes = whole_up(cards / s.per_node);
    const double n = cards / nodes;
    const double between =
        nodes > 1 ? 2 * (nodes - 1) / nodes * bytes / n / s.network + 2 * s.network_latency * binary_logarithm(nodes)
                  : 0;
    return (s.reduction.first + s.reduction.each * n) * microsecond + 2 * (n - 1) / n * bytes / s.reduction.bus +
           between;
}

/// A matmul, or several that run as one, with few tokens: what one GPU reads and computes.
struct weight_pass {
    double bytes = 0;
    double flops = 0;
    double padded_flops = 0;  ///< of the smallest tile that the kernel computes
    double weights = 0;       ///< elements that are read
};

/// The three bounds of a weight pass, in seconds: memory bandwidth, FLOPs, and the rate at which a kernel unpacks
/// weights.
struct roofline {
    double stream = 0;
    double compute = 0;
    double padded = 0;
    double clocks = 0;

    [[nodiscard]] constexpr double longest() const noexcept {
        return most(most(stream, compute), most(padded, clocks));
    }
};

/// Returns the bounds of a weight pass at `rate` FLOP/s and `weights_per_clock` (0: no bound).
[[nodiscard]] constexpr roofline roofline_of(const serving_load& s, const weight_pass& p, double rate,
                                             double weights_per_clock) noexcept {
    return {.stream = p.bytes / s.bandwidth,
            .compute = p.flops / rate,
            .padded = p.padded_flops / rate,
            .clocks = weights_per_clock > 0 ? p.weights / (weights_per_clock * s.clocks) : 0};
}

/// Returns the part of all experts that a batch visits, if routing is uniform.
[[nodiscard]] constexpr double visited_experts(const serving_load& s, double batch) noexcept {
    const double share = s.experts > 0 ? s.active / s.experts : 0;
    return 1 - power(1 - share, static_cast<std::int64_t>(batch));
}

/// Returns how many times as many experts the busiest expert-parallel rank visits as the mean rank, where a layer's
/// tokens visit this part of all experts at random: the mean and the expected deviation of the largest of n normal
/// variables, sqrt(2 ln n) of the binomial one, but no more experts than a rank has.
[[nodiscard]] constexpr double busiest_rank(const serving_load& s, double visited) noexcept {
    if (s.expert_ranks <= 1 || !(visited > 0)) return 1;
    const double all = s.experts / s.expert_ranks;
    const double mean = all * visited;
    const double deviation = square_root_of(2 * mean * (1 - visited) * natural_logarithm(s.expert_ranks));
    return least(all, mean + deviation) / mean;
}

/// Returns the tokens per step whose experts one group of GPUs computes: those of all data-parallel ranks that share
/// the experts.
[[nodiscard]] constexpr double expert_tokens(const serving_load& s, double batch) noexcept {
    return batch * s.expert_cards / s.tensor;
}

/// Returns the kernel of quantized experts where it is not that of the other matrices; null if it is.
[[nodiscard]] constexpr const matmul_kernel* expert_kernel(const lowered_inference_time& job) noexcept {
    const bool quantized = job.load.experts > 0 && quantized_layout_of(expert_format(job.job)).loops_experts;
    return quantized ? last_begun(job.row->expert_kernels, job.job.software_date).kernel : nullptr;
}

/// Returns the seconds of reading and multiplying all weights once for `batch` tokens. A head in the layers' format
/// runs in the layers' kernel; a 16-bit head beside quantized layers runs in a kernel of its own.
[[nodiscard]] constexpr double matmuls_seconds(const lowered_inference_time& job, double batch) noexcept {
    const serving_load& s = job.load;
    const matmul_kernel& k = *job.choice->kernel;
    const inference_time_constants& c = *job.constants;
    const double t = s.tensor;
    const double share = visited_experts(s, expert_tokens(s, batch));
    // What one GPU reads of the experts: the busiest one where whole experts are distributed.
    const double experts = s.expert * s.experts * share * busiest_rank(s, share) / s.expert_cards;
    const double visited = s.dense + s.expert * s.active;
    const double rate = c.*k.efficiency * (k.fp8_rate ? s.rate_fp8 : s.rate);
    const double weights_per_clock =
        k.bytes_per_clock ? c.*k.bytes_per_clock / s.bytes_per_weight : or_zero(c, k.weights_per_clock);
    const weight_pass expert_pass{.bytes = experts * s.bytes_per_weight, .weights = experts};
    const double dense_bytes = s.dense * s.bytes_per_dense_weight / t;
    const double head_bytes = s.head * s.bytes_per_head_weight / t;
    const bool merged = job.row->quantized_head || block_layout_of(job.job.weights).element_bits >= 16;
    if (merged) {
        const double tile = k.rows > 1 ? 2 * (s.dense + s.head) / t * k.rows : 0;
        const weight_pass all{.bytes = dense_bytes + head_bytes + expert_pass.bytes,
                              .flops = 2 * (visited + s.head) / t * batch,
                              .padded_flops = tile,
                              .weights = (s.dense + s.head) / t + experts};
        const roofline bounds = roofline_of(s, all, rate, weights_per_clock);
        return bounds.longest() + or_zero(c, k.overlap_lost) * least(bounds.stream, bounds.compute);
    }
    const matmul_kernel* own = expert_kernel(job);
    const double here = own ? 0 : 1;
    const weight_pass layers{.bytes = dense_bytes + here * expert_pass.bytes,
                             .flops = 2 * (own ? s.dense : visited) / t * most(k.rows, batch),
                             .weights = s.dense / t + here * experts};
    const weight_pass head{.bytes = head_bytes, .flops = 2 * s.head / t * most(k.head_rows, batch)};
    const double apart = own ? roofline_of(s, expert_pass, rate, or_zero(c, own->weights_per_clock)).longest() : 0;
    return roofline_of(s, layers, rate, weights_per_clock).longest() + apart +
           roofline_of(s, head, c.gemm_efficiency * s.rate, 0).longest();
}

/// Returns the seconds in which kernels that concatenate the cache read it (transformers before its static cache).
[[nodiscard]] constexpr double copied_seconds(const lowered_inference_time& job, const attention_load& a, double batch,
                                              double tokens) noexcept {
    const serving_load& s = job.load;
    const inference_time_constants& c = *job.constants;
    if (job.choice->cache_passes)
        return a.layers * a.cache * tokens * batch * c.*job.choice->cache_passes / s.bandwidth;
    return a.layers * tokens * batch * a.head * (c.concatenated_clocks * a.kv_heads + c.repeated_clocks * a.heads) /
           s.clocks;
}

/// Returns the seconds of kernels that give each head one thread block.
[[nodiscard]] constexpr double unsplit_seconds(const lowered_inference_time& job, const attention_load& a, double batch,
                                               double tokens) noexcept {
    const serving_load& s = job.load;
    return a.layers * tokens * a.head * job.constants->unsplit_clocks / s.clock *
           whole_up(batch * a.heads / (2 * s.multiprocessors));
}

/// Returns the seconds of the kernels that an engine lists.
[[nodiscard]] constexpr double listed_seconds(const lowered_inference_time& job, const attention_load& a, double batch,
                                              double tokens) noexcept {
    const serving_load& s = job.load;
    const inference_time_constants& c = *job.constants;
    const attention_kernel& k = job.kernel;
    const double stream = a.cache / (k.share ? c.*k.share * s.nominal : s.bandwidth);
    const bool shares_key = a.latent && k.latent_clocks != nullptr;
    const double per_head =
        or_zero(c, k.head_clocks) + a.head * or_zero(c, shares_key ? k.latent_clocks : k.element_clocks);
    const double clocks = a.heads * per_head / s.clocks;
    return a.layers * tokens * batch * (k.overlaps ? most(stream, clocks) : stream + clocks);
}

/// Returns the seconds of the tensor cores in kernels that split a sequence. Four or more query heads per key head go
/// to the tensor cores, in padded tiles.
[[nodiscard]] constexpr double split_seconds(const lowered_inference_time& job, const attention_load& a, double batch,
                                             double tokens) noexcept {
    const double group = a.heads / a.kv_heads;
    if (!(group >= 4)) return 0;
    return a.layers * a.kv_heads * tokens * batch * 4 * a.head * most(tile_rows, group) /
           (job.constants->gemm_efficiency * job.load.rate);
}

/// Returns the seconds of attention over `context` tokens and over `source` tokens of another sequence, and of reading
/// and writing the states of recurrent layers.
[[nodiscard]] constexpr double attention_seconds(const lowered_inference_time& job, double batch, double context,
                                                 double source) noexcept {
    const serving_load& s = job.load;
    const double bandwidth = job.constants->paged_share * s.nominal;
    double sum = batch * (2 * s.state + source * s.cross) / bandwidth;
    for (const attention_load& a : s.attention) {
        if (a.layers <= 0 || a.heads <= 0) continue;
        const double tokens = least(context, a.positions);
        sum += a.layers * a.scanned * context * batch / bandwidth;
        const double stream = a.layers * a.cache * tokens * batch / bandwidth;
        switch (job.reading) {
            case cache_reading::copied:
                sum += copied_seconds(job, a, batch, tokens);
                break;
            case cache_reading::unsplit:
                sum += most(stream, unsplit_seconds(job, a, batch, tokens));
                break;
            case cache_reading::listed:
                sum += listed_seconds(job, a, batch, tokens);
                break;
            case cache_reading::split:
                sum += most(stream, split_seconds(job, a, batch, tokens));
                break;
        }
    }
    return sum;
}

/// Returns the seconds of the collectives of one layer for `tokens` tokens: two all-reduces of the tensor-parallel
/// group; where data-parallel ranks share the experts, an all-gather and a reduce-scatter of the tokens of all ranks.
[[nodiscard]] constexpr double collective_seconds(const serving_load& s, double tokens) noexcept {
    const double bytes = tokens * s.hidden * 2;
    const double reduces = 2 * reduce_seconds(s, s.tensor, bytes);
    if (s.expert_cards <= s.tensor) return reduces;
    return reduces + reduce_seconds(s, s.expert_cards, bytes * s.expert_cards / s.tensor);
}

/// Returns the seconds of the collectives of all layers for `tokens` tokens of a replica, of a step or of prompts.
/// Where tokens are sent to the ranks of their experts, each tensor-parallel GPU sends its share.
[[nodiscard]] constexpr double exchanged_seconds(const serving_load& s, double tokens) noexcept {
    if (!s.sends_tokens) return s.layers * collective_seconds(s, tokens);
    return s.layers * 2 * reduce_seconds(s, s.tensor, tokens * s.hidden * 2) +
           s.expert_layers * exchange_seconds(s.traffic, s.copies, tokens / s.tensor);
}

/// Returns true if the host schedules the next step while the device runs this one.
[[nodiscard]] constexpr bool schedules_ahead(const lowered_inference_time& job) noexcept {
    return job.job.software_date >= job.row->schedules_ahead_since;
}

/// Returns the seconds of a step on the GPU and in the engine beyond bytes, FLOPs and collectives. An engine that
/// schedules ahead adds no host time per sequence.
[[nodiscard]] constexpr double overhead_seconds(const lowered_inference_time& job, double batch) noexcept {
    const serving_load& s = job.load;
    const inference_time_constants& c = *job.constants;
    const engine_time& row = *job.row;
    const software_date& date = job.job.software_date;
    const bool oldest = date < row.oldest_until;
    const double expert_layer = s.experts > 0 ? or_zero(c, oldest ? row.oldest_expert_layer : row.expert_layer) : 0;
    const double layer = c.*job.layer + or_zero(c, job.choice->kernel->layer) + expert_layer;
    const double step = or_zero(c, row.step) + (date < row.early_until ? or_zero(c, row.early_step) : 0) +
                        (oldest ? or_zero(c, row.oldest_step) : 0);
    const double scheduling = schedules_ahead(job) ? 0 : batch * or_zero(c, row.sequence);
    const double latent = s.latent_layers * or_zero(c, last_begun(row.latent_layers, date).figure);
    const double delta = s.delta_layers * or_zero(c, last_begun(row.delta_layers, date).figure);
    const double microseconds =
        s.layers * layer + latent + delta + step + scheduling + (s.pipeline - 1) * or_zero(c, row.pipeline_send);
    return microseconds * microsecond;
}

/// Returns the seconds of a step under an engine whose kernels Python launches: host and GPU overlap, unless the host
/// waits for each kernel.
[[nodiscard]] constexpr double eager_seconds(const lowered_inference_time& job, double device) noexcept {
    const serving_load& s = job.load;
    const inference_time_constants& c = *job.constants;
    const double layer = or_zero(c, job.choice->host_layer) + (s.pipeline > 1 ? c.spread_hooks : 0);
    const double host = s.layers * layer * (s.old_slot ? c.older_host : 1) * microsecond;
    if (job.choice->synchronizes) return host + device;
    return most(host, device) + c.host_overlap_lost * least(host, device);
}

/// Returns the host's seconds of a step that no recorded graph covers: of a job that records none, and of the oldest
/// engines beyond the contexts of their graphs; 0 for other steps.
[[nodiscard]] constexpr double beyond_graphs_seconds(const lowered_inference_time& job, double context) noexcept {
    const engine_time& row = *job.row;
    const inference_time_constants& c = *job.constants;
    const software_date& date = job.job.software_date;
    const bool beyond = date < row.oldest_until && row.oldest_graph_tokens > 0 &&
                        context > static_cast<double>(row.oldest_graph_tokens);
    if (job.job.graphs && !beyond) return 0;
    const time_figure layer = job.job.graphs ? row.oldest_eager_layer : last_begun(row.graphless_layers, date).figure;
    const double tensor_layer = job.load.tensor > 1 ? or_zero(c, row.oldest_eager_tensor_layer) : 0;
    return job.load.layers * (or_zero(c, layer) + tensor_layer) * microsecond;
}

/// Returns true if the host runs one expert after the other.
[[nodiscard]] constexpr bool loops_over_experts(const lowered_inference_time& job) noexcept {
    return job.row->expert_loop_host && job.load.experts > 0 && job.job.software_date < job.row->experts_fused_since &&
           quantized_layout_of(expert_format(job.job)).loops_experts;
}

/// Returns the seconds in which the host reads what a pass over `tokens` tokens needs of its memory: weights of the
/// layers and experts that it computes, and the cache of so many tokens. Cards and host take turns.
[[nodiscard]] constexpr double host_seconds(const lowered_inference_time& job, double tokens, double cached) noexcept {
    const host_load& h = job.host;
    if (h.empty()) return 0;
    const double experts = h.expert * job.load.experts * visited_experts(job.load, tokens);
    return (h.dense + experts + h.cache * cached) / h.rate + h.switches * job.constants->host_switch * microsecond;
}

/// Returns the seconds of a pass that runs as two halves of its batch: one computes while the tokens of the other are
/// exchanged. Each half reads all weights that it visits.
[[nodiscard]] constexpr double two_batches_seconds(const lowered_inference_time& job, double batch, double context,
                                                   double source, double tokens) noexcept {
    const double half = batch / 2;
    const double computes = matmuls_seconds(job, half * tokens) + attention_seconds(job, half, context, source) +
                            overhead_seconds(job, half);
    const double exchange = exchanged_seconds(job.load, half * tokens);
    return 2 * overlapped_seconds(computes, exchange, job.constants->sent_hidden);
}

/// Returns the seconds of one pass over `tokens` tokens of each sequence, with `context` tokens in the cache, and
/// `source` tokens in the cache of cross attention. Several tokens of a sequence read its cache once.
[[nodiscard]] constexpr double pass_seconds(const lowered_inference_time& job, double batch, double context,
                                            double source, double tokens) noexcept {
    const serving_load& s = job.load;
    const engine_time& row = *job.row;
    const double work = matmuls_seconds(job, batch * tokens) + attention_seconds(job, batch, context, source);
    const double device = job.job.two_batches
                              ? two_batches_seconds(job, batch, context, source, tokens)
                              : work + (overhead_seconds(job, batch) + exchanged_seconds(s, batch * tokens)) +
                                    host_seconds(job, batch * tokens, batch * context);
    if (row.launches == kernel_launch::eager) return eager_seconds(job, device);
    double step = device;
    // A step lasts at least as long as the host needs to schedule the next one.
    if (schedules_ahead(job)) step = most(step, batch * or_zero(*job.constants, row.sequence) * microsecond);
    if (loops_over_experts(job))
        step = most(step, s.layers * job.constants->*row.expert_loop_host * microsecond) + work;
    return most(step, beyond_graphs_seconds(job, context));
}

/// Returns the seconds of one pass of the draft: its matmuls, its cache, its kernels and its all-reduces. The engine
/// schedules the passes of model and draft as one.
[[nodiscard]] constexpr double draft_seconds(const lowered_inference_time& job, double batch, double context) noexcept {
    lowered_inference_time draft = job;
    draft.load = job.draft_load;
    const serving_load& s = draft.load;
    const double kernels = s.layers * job.constants->*job.layer * microsecond;
    const double device = matmuls_seconds(draft, batch) + attention_seconds(draft, batch, context, 0) + kernels +
                          exchanged_seconds(s, batch);
    return job.row->launches == kernel_launch::eager ? eager_seconds(draft, device) : device;
}

/// Returns the mean seconds between two tokens with `context` tokens in the cache, and `source` tokens in the cache of
/// cross attention. Under speculative decoding, the draft proposes one token after the other, and one pass of the model
/// checks all of them.
[[nodiscard]] constexpr double step_seconds(const lowered_inference_time& job, double batch, double context,
                                            double source = 0) noexcept {
    const speculation& how = job.job.speculation;
    if (how.method == drafting::none) return pass_seconds(job, batch, context, source, 1);
    const double drafted = static_cast<double>(how.tokens);
    const double check = pass_seconds(job, batch, context, source, 1 + drafted);
    const double draft = how.method == drafting::ngram ? 0 : drafted * draft_seconds(job, batch, context);
    return (check + draft) / tokens_per_pass(how.acceptance, how.tokens);
}

}  // namespace cardfit::detail
