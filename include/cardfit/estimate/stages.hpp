// SPDX-License-Identifier: MIT
#pragma once

// Which layers are on which pipeline stage, and how many micro-batches a stage has in flight.

#include <cardfit/job/layout.hpp>
#include <cardfit/model/network.hpp>

namespace cardfit {

/// The number of layers of each kind on one stage, whether it has the embedding and the head, and the micro-batches in
/// flight, counted in virtual stages.
struct stage_content {
    std::int64_t layers[max_block_kinds]{};  ///< of each kind of block
    bool embedding = false;                  ///< the stage holds the embedding
    bool head = false;                       ///< the stage holds the output layer
    std::int64_t in_flight = 1;              ///< micro-batches, in virtual stages

    /// Returns true if a GPU with `other` never needs more memory than one with this content.
    [[nodiscard]] constexpr bool covers(const stage_content& other) const noexcept {
        bool layers_cover = true;
        for (std::size_t k = 0; k < max_block_kinds; ++k) layers_cover = layers_cover && layers[k] >= other.layers[k];
        return layers_cover && in_flight >= other.in_flight && embedding >= other.embedding && head >= other.head;
    }
    /// Raises this content so that it covers `other` too.
    constexpr void cover(const stage_content& other) noexcept {
        for (std::size_t k = 0; k < max_block_kinds; ++k) layers[k] = larger(layers[k], other.layers[k]);
        in_flight = larger(in_flight, other.in_flight);
        embedding = embedding || other.embedding;
        head = head || other.head;
    }
};

namespace detail {

/// Returns the index of the first layer of chunk c. Chunks are equal where their number divides the layers; elsewhere
/// the embedding, the head and `predicting` layers behind the others count as a layer each, and the first chunks take
/// the remainder.
[[nodiscard]] constexpr std::int64_t first_layer(std::int64_t layers, std::int64_t chunks, std::int64_t c,
                                                 std::int64_t predicting = 0) noexcept {
    if (layers % chunks == 0) return layers / chunks * c;
    const std::int64_t units = layers + 2 + predicting;
    const std::int64_t unit = units / chunks * c + (c < units % chunks ? c : units % chunks);
    return c == 0 ? 0 : smaller(unit - 1, layers);
}

}  // namespace detail

/// Returns the micro-batches in flight on stage i (from 0), counted in virtual stages: min(m, p - i) for 1F1B, and as
/// many as the schedule's row says for others; for an interleaved schedule, 2(p - i - 1) + (v - 1)p of the warm-up and
/// one of the steady state, at most m v (Narayanan et al., arXiv 2104.04473; SimuMax).
[[nodiscard]] constexpr std::int64_t chunks_in_flight(const layout& l, std::int64_t micro_batches,
                                                      std::int64_t stage) noexcept {
    if (l.pipeline == 1) return 1;
    const schedule_row& schedule = row_of(l.schedule);
    const std::int64_t p = l.pipeline;
    const std::int64_t v = l.virtual_stages;
    const std::int64_t warm_up = schedule.warm_up * (p - stage) - (schedule.warm_up - 1);
    if (v == 1) return schedule.saves_all ? micro_batches : smaller(micro_batches, warm_up);
    return smaller(micro_batches * v, 2 * (p - stage - 1) + (v - 1) * p + 1);
}

/// Returns the content of stage i (from 0) of a resolved layout. Prediction layers are on the last stage.
[[nodiscard]] constexpr stage_content content_of(const network& net, const layout& l, std::int64_t micro_batches,
                                                 std::int64_t stage) noexcept {
    stage_content content{.embedding = stage == 0,
                          .head = stage + 1 == l.pipeline,
                          .in_flight = chunks_in_flight(l, micro_batches, stage)};
    const std::int64_t chunks = std::int64_t{l.pipeline} * l.virtual_stages;
    for (std::int64_t c = stage; c < chunks; c += l.pipeline) {
        const std::int64_t low =
            detail::first_layer(net.layers - net.prediction_layers, chunks, c, net.prediction_layers);
        const std::int64_t high =
            detail::first_layer(net.layers - net.prediction_layers, chunks, c + 1, net.prediction_layers);
        const std::int64_t end = c + 1 == chunks ? net.layers : high;
        for (std::size_t k = 0; k < net.block_kinds; ++k) content.layers[k] += net.blocks[k].layers.count(low, end);
    }
    return content;
}

}  // namespace cardfit
