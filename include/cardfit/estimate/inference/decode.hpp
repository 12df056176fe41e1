// SPDX-License-Identifier: MIT
#pragma once

// Seconds between two tokens: weights, attention over the cache, collectives, launches.

#include <cardfit/estimate/inference/serving_load.hpp>

namespace cardfit::detail {

/// The constant that a kernel or an engine names; 0 where it names none.
[[nodiscard]] constexpr double or_zero(const inference_time_constants& c, time_figure figure) noexcept {
    return figure ? c.*figure : 0;
}

/// Seconds of one all-reduce of a tensor-parallel group.
[[nodiscard]] constexpr double reduce_seconds(const serving_load& s, double bytes) noexcept {
    if (s.tensor <= 1) return 0;
    const double n = s.tensor / s.nodes;
    const double between = s.nodes > 1 ? 2 * (s.nodes - 1) / s.nodes * bytes / n / s.network +
                                             2 * s.network_latency * binary_logarithm(s.nodes)
                                       : 0;
    return (s.reduction.first + s.reduction.each * n) * microsecond + 2 * (n - 1) / n * bytes / s.reduction.bus +
           between;
}

/// Seconds to read and multiply all weights once for `batch` tokens.
[[nodiscard]] constexpr double matmuls_seconds(const lowered_inference_time& job, double batch) noexcept {
    const serving_load& s = job.load;
    const matmul_kernel& k = *job.choice->kernel;
    const inference_time_constants& c = *job.constants;
    const double t = s.tensor;
    const double share = s.experts > 0 ? s.active / s.experts : 0;
    const double met = 1 - power(1 - share, static_cast<std::int64_t>(batch));
    // The experts that a batch meets.
    const double experts = s.expert * s.experts * met;
    const double read = s.dense + experts;
    const double bytes = (s.dense * s.bytes_per_dense_weight + experts * s.bytes_per_weight) / t;
    const double head_bytes = s.head * s.bytes_per_head_weight / t;
    const double visited = s.dense + s.expert * s.active;
    const double rate = c.*k.efficiency * (k.fp8_rate ? s.rate_fp8 : s.rate);
    const double weights_per_clock =
        k.bytes_per_clock ? c.*k.bytes_per_clock / s.bytes_per_weight : or_zero(c, k.weights_per_clock);
    const bool merged = job.row->quantized_head || block_layout_of(job.job.weights).element_bits >= 16;
    if (merged) {
        const double stream = (bytes + head_bytes) / s.bandwidth;
        const double compute = 2 * (visited + s.head) / t * batch / rate;
        const double padded = k.rows > 1 ? 2 * (s.dense + s.head) / t * k.rows / rate : 0;
        const double clocks = weights_per_clock > 0 ? (read + s.head) / t / (weights_per_clock * s.clocks) : 0;
        return most(most(stream, compute), most(padded, clocks)) + or_zero(c, k.overlap_lost) * least(stream, compute);
    }
    const double compute = 2 * visited / t * most(k.rows, batch) / rate;
    const double clocks = weights_per_clock > 0 ? read / t / (weights_per_clock * s.clocks) : 0;
    const double head =
        most(head_bytes / s.bandwidth, 2 * s.head / t * most(k.head_rows, batch) / (c.gemm_efficiency * s.rate));
    return most(bytes / s.bandwidth, most(compute, clocks)) + head;
}

/// Attention over `context` tokens and `source` tokens of another sequence, and the states of recurrent layers.
[[nodiscard]] constexpr double attention_seconds(const lowered_inference_time& job, double batch, double context,
                                                 double source) noexcept {
    const serving_load& s = job.load;
    const inference_time_constants& c = *job.constants;
    double sum = batch * (2 * s.state + source * s.cross) / (c.paged_share * s.nominal);
    for (const attention_load& a : s.attention) {
        if (a.layers <= 0 || a.heads <= 0) continue;
        const double tokens = least(context, a.positions);
        sum += a.layers * a.scanned * context * batch / (c.paged_share * s.nominal);
        const double stream = a.layers * a.cache * tokens * batch / (c.paged_share * s.nominal);
        switch (job.row->attention) {
            case cache_reading::copied:
                if (job.choice->cache_passes) {
                    sum += a.layers * a.cache * tokens * batch * c.*job.choice->cache_passes / s.bandwidth;
                    break;
                }
                sum += a.layers * tokens * batch * a.head *
                       (c.concatenated_clocks * a.kv_heads + c.repeated_clocks * a.heads) / s.clocks;
                break;
            case cache_reading::unsplit:
                sum += most(stream, a.layers * tokens * a.head * c.unsplit_clocks / s.clock *
                                        whole_up(batch * a.heads / (2 * s.multiprocessors)));
                break;
            case cache_reading::split: {
                // Four or more query heads a key head go to the tensor cores, in padded tiles.
                const double group = a.heads / a.kv_heads;
                const double padded = group >= 4 ? a.layers * a.kv_heads * tokens * batch * 4 * a.head *
                                                       most(tile_rows, group) / (c.gemm_efficiency * s.rate)
                                                 : 0;
                sum += most(stream, padded);
                break;
            }
        }
    }
    return sum;
}

/// Device time of a step beside bytes and FLOPs, and the engine's own.
[[nodiscard]] constexpr double overhead_seconds(const lowered_inference_time& job, double batch) noexcept {
    const serving_load& s = job.load;
    const inference_time_constants& c = *job.constants;
    const engine_time& row = *job.row;
    const software_date& date = job.job.software_date;
    const bool oldest = date < row.oldest_until;
    const double layer = c.*row.layer + or_zero(c, job.choice->kernel->layer) +
                         (s.experts > 0 && row.launches == kernel_launch::graph
                              ? c.*(oldest ? row.oldest_expert_layer : row.expert_layer)
                              : 0);
    const double step = or_zero(c, row.step) + (date < row.early_until ? or_zero(c, row.early_step) : 0) +
                        (oldest ? or_zero(c, row.oldest_step) : 0);
    return (s.layers * layer + step + batch * or_zero(c, row.sequence) +
            (s.pipeline - 1) * or_zero(c, row.pipeline_send)) *
               microsecond +
           2 * s.layers * reduce_seconds(s, batch * s.hidden * 2);
}

/// A step under an engine whose kernels Python launches: host and device overlap, unless the host waits each time.
[[nodiscard]] constexpr double eager_seconds(const lowered_inference_time& job, double device) noexcept {
    const serving_load& s = job.load;
    const inference_time_constants& c = *job.constants;
    const double layer = or_zero(c, job.choice->host_layer) + (s.pipeline > 1 ? c.spread_hooks : 0);
    const double host = s.layers * layer * (s.old_slot ? c.older_host : 1) * microsecond;
    if (job.choice->synchronizes) return host + device;
    return most(host, device) + c.host_overlap_lost * least(host, device);
}

/// Seconds between two tokens with `context` tokens in the cache, and `source` in cross attention's.
[[nodiscard]] constexpr double step_seconds(const lowered_inference_time& job, double batch, double context,
                                            double source = 0) noexcept {
    const serving_load& s = job.load;
    const engine_time& row = *job.row;
    const inference_time_constants& c = *job.constants;
    const double work = matmuls_seconds(job, batch) + attention_seconds(job, batch, context, source);
    const double device = work + overhead_seconds(job, batch);
    if (row.launches == kernel_launch::eager) return eager_seconds(job, device);
    double step = device;
    const bool looped = s.experts > 0 && quantized_layout_of(job.job.weights).grouped && row.expert_loop_host;
    if (looped) step = most(step, s.layers * c.*row.expert_loop_host * microsecond) + work;
    const bool beyond_graphs = job.job.software_date < row.oldest_until && row.oldest_graph_tokens > 0 &&
                               context > static_cast<double>(row.oldest_graph_tokens);
    if (beyond_graphs)
        step = most(step, s.layers *
                              (or_zero(c, row.oldest_eager_layer) +
                               (s.tensor > 1 ? or_zero(c, row.oldest_eager_tensor_layer) : 0)) *
                              microsecond);
    return step;
}

}  // namespace cardfit::detail
