// SPDX-License-Identifier: MIT
#pragma once

// Time of the optimizer's step.

#include <cardfit/estimate/training/data_parallel.hpp>
#include <cardfit/job/memory_rules.hpp>

namespace cardfit::detail {

/// Returns the bytes of weights that a step fetches from host memory beyond what `offloaded_bytes` counts for the first
/// micro-batch. Trained weights return their gradients each time.
[[nodiscard]] constexpr double fetched_bytes(const time_job& j, const step_work& w) noexcept {
    if (j.job.offload != offload::full) return 0;
    const double micro_batches = static_cast<double>(j.job.gradient_accumulation);
    const double fetches = j.constants.step.fetches_per_micro_batch;
    const double trained = (micro_batches - 1) * w.trained * (fetches + 1) * j.card.width;
    if (!j.adapted) return trained;
    const double base_width = static_cast<double>(storage(base_format(j.job), 1'000'000).number) / 1e6;
    return trained + micro_batches * fetches * w.parameters * base_width;
}

/// Returns the number of parameters that one GPU steps: its shard.
[[nodiscard]] constexpr double stepped_per_card(const time_job& j, const step_work& w, std::int64_t group) noexcept {
    const double shards = static_cast<double>(group);
    const double expert_shards = group > 1 ? static_cast<double>(expert_replicas(j, group)) : 1;
    return (w.trained - w.trained_experts) / shards + w.trained_experts / expert_shards;
}

/// Returns the seconds of the optimizer's step on one GPU's share of the states: memory traffic, or the launches of a
/// loop over tensors, and copies to and from host memory. `optimizer_in_backward` moves the same bytes.
[[nodiscard]] constexpr double optimizer_seconds(const time_job& j, const step_work& w) noexcept {
    const std::int64_t group = j.l.sharding == sharding::none ? 1 : j.l.sharding_group;
    const double shards = static_cast<double>(group);
    const optimizer_time& row = row_of(j.job.optimizer).time;
    const bool loop = j.row.steps_tensor_by_tensor && row.plain && !j.card.half_format && j.net.classes > 0;
    const bool fused = (j.row.fused_optimizer || j.job.compiled) && !loop;
    const double traffic = stepped_per_card(j, w, group) * (fused ? row.fused : row.looped) / j.card.bandwidth;
    const double launches = loop ? w.tensors * j.constants.step.tensor_step : 0;
    const double copied =
        w.trained / shards * offloaded_bytes(j.job.offload, j.constants.step) + fetched_bytes(j, w) / shards;
    return most(traffic, launches) + copied / host_bytes_per_second(j);
}

}  // namespace cardfit::detail
