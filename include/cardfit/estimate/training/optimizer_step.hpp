// SPDX-License-Identifier: MIT
#pragma once

// Seconds of the optimizer's step.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/training/data_parallel.hpp>
#include <cardfit/job/memory_rules.hpp>

namespace cardfit::detail {

/// Bytes of weights that come from host memory in a step, beyond what `offloaded_bytes` counts of a first micro-batch;
/// trained ones send their gradients back each time.
[[nodiscard]] constexpr double fetched_bytes(const time_job& j, const step_work& w) noexcept {
    if (j.job.offload != offload::full) return 0;
    const double micro_batches = static_cast<double>(j.job.gradient_accumulation);
    const double frozen = static_cast<double>(storage(base_format(j.job), 1'000'000).number) / 1e6;
    return (micro_batches - 1) * w.trained * (j.constants.step.fetches_per_micro_batch + 1) * j.card.width +
           (j.adapted ? micro_batches * j.constants.step.fetches_per_micro_batch * w.parameters * frozen : 0);
}

/// The optimizer's step on this card's share of the state. `optimizer_in_backward` moves the same bytes.
[[nodiscard]] constexpr double optimizer_seconds(const time_job& j, const step_work& w) noexcept {
    const std::int64_t group = j.l.sharding == sharding::none ? 1 : j.l.sharding_group;
    const double shards = static_cast<double>(group);
    const double expert_shards = group > 1 ? static_cast<double>(expert_replicas(j, group)) : 1;
    const double stepped = (w.trained - w.trained_experts) / shards + w.trained_experts / expert_shards;
    const optimizer_time& row = row_of(j.job.optimizer).time;
    const bool loop = j.row.steps_tensor_by_tensor && row.plain && !j.card.half_format && j.net.classes > 0;
    const bool fused = (j.row.fused_optimizer || j.job.compiled) && !loop;
    const double card = stepped * (fused ? row.fused : row.looped) / j.card.bandwidth;
    const double host =
        (w.trained / shards * offloaded_bytes(j.job.offload, j.constants.step) + fetched_bytes(j, w) / shards) /
        (j.constants.links.host_copy_share * slot_bytes_per_second(j.hardware.card, j.constants.links));
    return most(card, loop ? w.tensors * j.constants.step.tensor_step : 0) + host;
}

}  // namespace cardfit::detail
