// SPDX-License-Identifier: MIT
#pragma once

// Time of pipeline parallelism: the bubble, and the activations sent between stages. How many micro-batches a stage has
// in flight is in estimate/stages.hpp.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/training/time_job.hpp>

namespace cardfit::detail {

/// Returns the seconds per step that a stage waits for the others: (p - 1)/v times the work of the average stage on one
/// micro-batch, for p stages of v chunks (Narayanan et al., arXiv 2104.04473, section 2.2). `sharding` are the seconds
/// of full sharding per micro-step. The schedule's row says which part of that it waits for.
[[nodiscard]] constexpr double bubble_seconds(const time_job& j, const step_work& w, double sharding) noexcept {
    const double share = row_of(j.l.schedule).bubble_thirds / 3.0;
    return share * (j.l.pipeline - 1) / j.l.virtual_stages * (w.average + w.accumulation + sharding);
}

/// Returns the bytes per second between two stages. Some boundaries are inside a node and some between nodes: the
/// slowest one delays the others.
[[nodiscard]] constexpr double bytes_per_second_between_stages(const time_job& j) noexcept {
    const double node = bus_bytes_per_second(j.hardware, 2, link_quality::typical, j.constants.links);
    if (j.hardware.cards <= cards_per_node(j.hardware)) return node;
    return least(network_bytes_per_second(j.hardware, j.constants.links), node);
}

/// Returns the seconds of sending one micro-batch's activations to the next stage and their gradients back, as far as
/// they are not hidden, at so many bytes per second.
[[nodiscard]] constexpr double stage_exchange_seconds(const time_job& j, double bytes_per_second) noexcept {
    if (j.l.pipeline == 1) return 0;
    const double size = 2 * j.tokens * static_cast<double>(j.net.hidden) * j.card.width / j.sequence_cards;
    return j.constants.step.exposed_stage_exchange * j.l.virtual_stages * size / bytes_per_second;
}
[[nodiscard]] constexpr double stage_exchange_seconds(const time_job& j) noexcept {
    return j.l.pipeline == 1 ? 0 : stage_exchange_seconds(j, bytes_per_second_between_stages(j));
}

}  // namespace cardfit::detail
