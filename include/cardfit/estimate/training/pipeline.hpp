// SPDX-License-Identifier: MIT
#pragma once

// Seconds of pipeline parallelism: the bubble, and activations between stages.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/training/time_job.hpp>

namespace cardfit::detail {

/// Activations between pipeline stages, for one micro-batch there and back: the half that is seen.
[[nodiscard]] constexpr double stage_exchange_seconds(const time_job& j) noexcept {
    if (j.l.pipeline == 1) return 0;
    const double size = 2 * j.tokens * static_cast<double>(j.net.hidden) * j.card.width / j.sequence_cards;
    // Some boundaries lie inside a node, some between nodes: the slowest one holds up the others.
    const double node = bus_bytes_per_second(j.hardware, 2, link_quality::typical, j.constants.links);
    const double network = network_bytes_per_second(j.hardware, j.constants.links);
    const bool between_nodes = j.hardware.cards > cards_per_node(j.hardware);
    return j.constants.step.exposed_stage_exchange * j.l.virtual_stages * size /
           (between_nodes ? least(network, node) : node);
}

}  // namespace cardfit::detail
