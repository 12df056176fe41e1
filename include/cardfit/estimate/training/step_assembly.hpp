// SPDX-License-Identifier: MIT
#pragma once

// From a micro-step to a step: gradient accumulation, sharding, pipeline, gradient reduction, optimizer. The same for
// every architecture.

#include <cardfit/estimate/kernels/layer.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/training/time_estimate.hpp>
#include <cardfit/job/memory_rules.hpp>

namespace cardfit::detail {

/// What a micro-step takes, seconds, and the parameters of one card before sharding.
struct step_work {
    double micro = 0;                 ///< on the slowest stage
    double average = 0;               ///< on the average stage
    double backward = 0;              ///< that hides gradient reduction
    double tensor_communication = 0;  ///< of `micro`
    double accumulation = 0;          ///< parameters' casts, gradients' sums
    double parameters = 0;
    double trained = 0;
    double trained_experts = 0;  ///< of `trained`
    double tensors = 0;          ///< that an optimizer steps
};

/// Bytes of a gradient on the wire.
[[nodiscard]] constexpr double gradient_bytes(const time_job& j) noexcept {
    const bool pure = j.card.half_format && !j.card.mixed;
    return pure || (j.row.master_weights && j.job.precision == precision::fp16_mixed) ? 2 : 4;
}

/// Cards that hold the same experts; `group` data-parallel ones hold the same of everything else.
[[nodiscard]] constexpr std::int64_t expert_replicas(const time_job& j, std::int64_t group) noexcept {
    return larger(group * j.l.tensor / j.l.expert, 1);
}

/// Gathers of weights and scatters of gradients under full sharding, in each micro-step: what compute does not hide,
/// and what hiding costs it.
[[nodiscard]] constexpr double sharding_seconds(const time_job& j, const step_work& w) noexcept {
    const std::int64_t group = j.l.sharding_group;
    if (j.l.sharding != sharding::full || group <= 1) return 0;
    const double gradient = j.card.mixed && !j.row.master_weights ? 4 : j.card.width;
    const double wire =
        2 * collective_seconds(j.hardware, collective::all_gather, group, w.parameters * j.card.width, j.l.tensor) +
        collective_seconds(j.hardware, collective::reduce_scatter, group, w.trained * gradient, j.l.tensor);
    const double window = step_cost::gather_window * w.micro;
    return most(0, wire - window) + step_cost::hidden_cost * least(wire, window);
}

/// One collective over the gradients or weights of everything that `cards` cards hold alike.
[[nodiscard]] constexpr double over_replicas(const time_job& j, const step_work& w, collective what, std::int64_t cards,
                                             double bytes_each, std::int64_t inner) noexcept {
    const double shared = w.trained - w.trained_experts;
    return collective_seconds(j.hardware, what, cards, shared * bytes_each, inner) +
           (w.trained_experts > 0 ? collective_seconds(j.hardware, what, expert_replicas(j, cards),
                                                       w.trained_experts * bytes_each, j.l.expert)
                                  : 0);
}

/// Reduction of gradients over data-parallel replicas, once a step: what backward does not hide, and copies.
[[nodiscard]] constexpr double reduction_seconds(const time_job& j, const step_work& w) noexcept {
    const std::int64_t replicas = std::int64_t{j.l.data} * j.l.context;
    const std::int64_t group = j.l.sharding_group;
    if (replicas <= 1) return 0;
    const double bytes_each = gradient_bytes(j);
    if (j.l.sharding == sharding::full) {
        // Hybrid sharding: each shard is reduced over the groups.
        if (group == replicas) return 0;
        const double wire = over_replicas(j, w, collective::all_reduce, replicas / group,
                                          bytes_each / static_cast<double>(group), j.l.tensor * group);
        return most(0, wire - step_cost::bucket_window * w.backward);
    }
    double wire = 0;
    if (j.l.sharding == sharding::none)
        wire = over_replicas(j, w, collective::all_reduce, replicas, bytes_each, j.l.tensor);
    else
        wire = over_replicas(j, w, collective::reduce_scatter, replicas, bytes_each, j.l.tensor) +
               over_replicas(j, w, collective::all_gather, replicas, j.card.width, j.l.tensor);
    const bool early = j.job.software_date < overlap_since;
    const double window = early && j.row.reduction == gradient_reduction::late ? 0 : step_cost::bucket_window;
    return most(0, wire - window * w.backward) +
           (early ? w.trained * bytes_each * step_cost::flattening / j.card.bandwidth : 0);
}

/// Bytes of weights that come from host memory in a step, beyond what `offloaded_bytes` counts of a first micro-batch;
/// trained ones send their gradients back each time.
[[nodiscard]] constexpr double fetched_bytes(const time_job& j, const step_work& w) noexcept {
    if (j.job.offload != offload::full) return 0;
    const double micro_batches = static_cast<double>(j.job.gradient_accumulation);
    const double frozen = static_cast<double>(storage(base_format(j.job), 1'000'000).number) / 1e6;
    return (micro_batches - 1) * w.trained * (fetches_per_micro_batch + 1) * j.card.width +
           (j.adapted ? micro_batches * fetches_per_micro_batch * w.parameters * frozen : 0);
}

/// The optimizer's step on this card's share of the state. `optimizer_in_backward` moves the same bytes.
[[nodiscard]] constexpr double optimizer_seconds(const time_job& j, const step_work& w) noexcept {
    const std::int64_t group = j.l.sharding == sharding::none ? 1 : j.l.sharding_group;
    const double shards = static_cast<double>(group);
    const double expert_shards = group > 1 ? static_cast<double>(expert_replicas(j, group)) : 1;
    const double stepped = (w.trained - w.trained_experts) / shards + w.trained_experts / expert_shards;
    const optimizer_time_row& row = time_row_of(j.job.optimizer);
    const bool loop = j.row.steps_tensor_by_tensor && row.plain && !j.card.half_format && j.net.classes > 0;
    const bool fused = (j.row.fused_optimizer || j.job.compiled) && !loop;
    const double card = stepped * (fused ? row.fused : row.looped) / j.card.bandwidth;
    const double host = (w.trained / shards * offloaded_bytes(j.job.offload) + fetched_bytes(j, w) / shards) /
                        (host_copy_share * slot_bytes_per_second(j.hardware.card));
    return most(card, loop ? w.tensors * step_cost::tensor_step : 0) + host;
}

/// Activations between pipeline stages, for one micro-batch there and back: the half that is seen.
[[nodiscard]] constexpr double stage_exchange_seconds(const time_job& j) noexcept {
    if (j.l.pipeline == 1) return 0;
    const double size = 2 * j.tokens * static_cast<double>(j.net.hidden) * j.card.width / j.sequence_cards;
    // Some boundaries lie inside a node, some between nodes: the slowest one holds up the others.
    const double node = bus_bytes_per_second(j.hardware, 2);
    const double network = network_bytes_per_second(j.hardware);
    const bool between_nodes = j.hardware.cards > cards_per_node(j.hardware);
    return step_cost::exposed_stage_exchange * j.l.virtual_stages * size /
           (between_nodes ? least(network, node) : node);
}

/// step = [a (micro + sharding + exchange) + (p - 1)/v (average stage + sharding)] (1 + jitter log2 cards)
///        + reduction + optimizer + host's overhead, for a micro-batches and p stages of v chunks (Narayanan et al.,
/// arXiv 2104.04473, section 2.2).
[[nodiscard]] constexpr time_breakdown assemble(const time_job& j, const step_work& w) {
    const double accumulation = static_cast<double>(j.job.gradient_accumulation);
    const double sharding = sharding_seconds(j, w);
    const double exchange = stage_exchange_seconds(j);
    const double bubble =
        static_cast<double>(j.l.pipeline - 1) / j.l.virtual_stages * (w.average + w.accumulation + sharding);
    const double work = accumulation * (w.micro + w.accumulation + sharding + exchange) + bubble;
    const double tensor = accumulation * (w.tensor_communication + exchange);
    const double data = accumulation * sharding;
    const double jitter = step_cost::stragglers * binary_logarithm(static_cast<double>(j.hardware.cards));
    return {.compute = seconds_of(most(work * (1 + jitter) - bubble - tensor - data, 0) + step_cost::step_overhead),
            .tensor_communication = seconds_of(tensor),
            .data_communication = seconds_of(data + reduction_seconds(j, w)),
            .bubble = seconds_of(bubble),
            .optimizer = seconds_of(optimizer_seconds(j, w))};
}

}  // namespace cardfit::detail
