// SPDX-License-Identifier: MIT
#pragma once

// Time of data parallelism: the all-gathers and reduce-scatters of full sharding, and the reduction of gradients over
// replicas, as far as compute does not hide them.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/training/time_job.hpp>

namespace cardfit::detail {

/// Returns the bytes per reduced gradient. Without a master copy, mixed precision has fp32 weights and fp32 gradients.
[[nodiscard]] constexpr double gradient_bytes(const time_job& j) noexcept {
    if (j.card.mixed && !j.row.master_weights) return 4;
    if (j.job.gradients != number_format::by_default)
        return static_cast<double>(block_layout_of(j.job.gradients).block_bytes);
    return static_cast<double>(block_layout_of(row_of(j.job.precision).reduced_gradient).block_bytes);
}

/// Returns the number of GPUs that hold the same experts, where `group` data-parallel GPUs hold the same of everything
/// else.
[[nodiscard]] constexpr std::int64_t expert_replicas(const time_job& j, std::int64_t group) noexcept {
    return larger(group * j.l.tensor / j.l.expert, 1);
}

/// Returns the seconds of full sharding (FSDP, ZeRO-3) per micro-step, hidden or not: the all-gathers of weights and
/// reduce-scatters of gradients.
[[nodiscard]] constexpr double sharding_communication(const time_job& j, const step_work& w) noexcept {
    const std::int64_t group = j.l.sharding_group;
    if (j.l.sharding != sharding::full || group <= 1) return 0;
    const double gradient = j.card.mixed && !j.row.master_weights ? 4 : j.card.width;
    const double gather = collective_seconds(j, collective::all_gather, group, w.parameters * j.card.width, j.l.tensor);
    const double scatter = collective_seconds(j, collective::reduce_scatter, group, w.trained * gradient, j.l.tensor);
    // Weights are gathered twice: for forward and for backward.
    return 2 * gather + scatter;
}

/// Returns the seconds of full sharding per micro-step: the communication that compute does not hide, and what hiding
/// the rest costs.
[[nodiscard]] constexpr double sharding_seconds(const time_job& j, const step_work& w, double communication) noexcept {
    const double window = j.constants.step.gather_window * w.micro;
    return most(0, communication - window) + j.constants.step.hidden_cost * least(communication, window);
}
[[nodiscard]] constexpr double sharding_seconds(const time_job& j, const step_work& w) noexcept {
    return sharding_seconds(j, w, sharding_communication(j, w));
}

/// Returns the seconds of one collective over the gradients or weights that `cards` GPUs hold in common; experts have
/// fewer replicas.
[[nodiscard]] constexpr double over_replicas(const time_job& j, const step_work& w, collective what, std::int64_t cards,
                                             double bytes_each, std::int64_t inner) noexcept {
    const double shared = (w.trained - w.trained_experts) * bytes_each;
    const double dense = collective_seconds(j, what, cards, shared, inner);
    if (!(w.trained_experts > 0)) return dense;
    return dense + collective_seconds(j, what, expert_replicas(j, cards), w.trained_experts * bytes_each, j.l.expert);
}

/// Returns the seconds of hybrid sharding per step, hidden or not: each shard's gradients are all-reduced over the
/// groups.
[[nodiscard]] constexpr double hybrid_communication(const time_job& j, const step_work& w,
                                                    std::int64_t replicas) noexcept {
    const std::int64_t group = j.l.sharding_group;
    if (group == replicas) return 0;
    const double bytes_each = gradient_bytes(j) / static_cast<double>(group);
    return over_replicas(j, w, collective::all_reduce, replicas / group, bytes_each, j.l.tensor * group);
}

/// Returns the seconds per step of reducing gradients over data-parallel replicas, hidden or not.
[[nodiscard]] constexpr double reduction_communication(const time_job& j, const step_work& w) noexcept {
    const std::int64_t replicas = std::int64_t{j.l.data} * j.l.context;
    if (replicas <= 1) return 0;
    if (j.l.sharding == sharding::full) return hybrid_communication(j, w, replicas);
    const double bytes_each = gradient_bytes(j);
    if (j.l.sharding == sharding::none)
        return over_replicas(j, w, collective::all_reduce, replicas, bytes_each, j.l.tensor);
    return over_replicas(j, w, collective::reduce_scatter, replicas, bytes_each, j.l.tensor) +
           over_replicas(j, w, collective::all_gather, replicas, j.card.width, j.l.tensor);
}

/// Returns the seconds per step of reducing gradients: the communication that backward does not hide, and copies into
/// buckets.
[[nodiscard]] constexpr double reduction_seconds(const time_job& j, const step_work& w, double communication) noexcept {
    const bool hybrid = j.l.sharding == sharding::full;
    const bool early = j.job.software_date < overlap_since && !hybrid;
    const double window = early && j.row.reduction == gradient_reduction::late ? 0 : j.constants.step.bucket_window;
    const double exposed = most(0, communication - window * w.backward);
    if (!early || std::int64_t{j.l.data} * j.l.context <= 1) return exposed;
    return exposed + w.trained * gradient_bytes(j) * j.constants.step.flattening / j.card.bandwidth;
}
[[nodiscard]] constexpr double reduction_seconds(const time_job& j, const step_work& w) noexcept {
    return reduction_seconds(j, w, reduction_communication(j, w));
}

}  // namespace cardfit::detail
