// SPDX-License-Identifier: MIT
#pragma once

// Seconds of data parallelism: gathers and scatters of full sharding, and the reduction of gradients.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/training/time_job.hpp>

namespace cardfit::detail {

/// Bytes per gradient on the wire. Without a master copy, mixed precision has fp32 weights, and gradients like them.
[[nodiscard]] constexpr double gradient_bytes(const time_job& j) noexcept {
    if (j.card.mixed && !j.row.master_weights) return 4;
    return static_cast<double>(block_layout_of(row_of(j.job.precision).reduced_gradient).block_bytes);
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
    const double wire = 2 * collective_seconds(j.hardware, collective::all_gather, group, w.parameters * j.card.width,
                                               j.l.tensor, j.constants.links) +
                        collective_seconds(j.hardware, collective::reduce_scatter, group, w.trained * gradient,
                                           j.l.tensor, j.constants.links);
    const double window = j.constants.step.gather_window * w.micro;
    return most(0, wire - window) + j.constants.step.hidden_cost * least(wire, window);
}

/// One collective over the gradients or weights of everything that `cards` cards hold alike.
[[nodiscard]] constexpr double over_replicas(const time_job& j, const step_work& w, collective what, std::int64_t cards,
                                             double bytes_each, std::int64_t inner) noexcept {
    const double shared = w.trained - w.trained_experts;
    return collective_seconds(j.hardware, what, cards, shared * bytes_each, inner, j.constants.links) +
           (w.trained_experts > 0 ? collective_seconds(j.hardware, what, expert_replicas(j, cards),
                                                       w.trained_experts * bytes_each, j.l.expert, j.constants.links)
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
        return most(0, wire - j.constants.step.bucket_window * w.backward);
    }
    double wire = 0;
    if (j.l.sharding == sharding::none)
        wire = over_replicas(j, w, collective::all_reduce, replicas, bytes_each, j.l.tensor);
    else
        wire = over_replicas(j, w, collective::reduce_scatter, replicas, bytes_each, j.l.tensor) +
               over_replicas(j, w, collective::all_gather, replicas, j.card.width, j.l.tensor);
    const bool early = j.job.software_date < overlap_since;
    const double window = early && j.row.reduction == gradient_reduction::late ? 0 : j.constants.step.bucket_window;
    return most(0, wire - window * w.backward) +
           (early ? w.trained * bytes_each * j.constants.step.flattening / j.card.bandwidth : 0);
}

}  // namespace cardfit::detail
