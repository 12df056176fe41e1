// SPDX-License-Identifier: MIT
#pragma once

// Which layers are on which pipeline stage, and how many micro-batches a stage has in flight.

#include <cardfit/job/layout.hpp>
#include <cardfit/model/network.hpp>

#include <cstddef>
#include <cstdint>

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

/// A lowered job holds at most this many pipeline stages that differ in their memory; further ones share the last
/// place.
inline constexpr std::size_t max_distinct_stages = 8;

/// Pipeline stages by what is on them, with their places in the pipeline.
struct stage_list {
    stage_content content[max_distinct_stages]{};  ///< what each has
    int index[max_distinct_stages]{};              ///< pipeline stage of each, from 0
    std::size_t count = 0;                         ///< the number of distinct stages

    /// Adds a stage, unless one that is there needs at least as much memory in every respect. If there are more
    /// distinct stages than places, the last place covers all the remaining ones.
    constexpr void add(stage_content stage, int place_in_pipeline) noexcept {
        for (std::size_t i = 0; i < count; ++i)
            if (content[i].covers(stage)) return;
        const std::size_t place = count < max_distinct_stages ? count : max_distinct_stages - 1;
        if (count == max_distinct_stages) stage.cover(content[place]);
        content[place] = stage;
        index[place] = place_in_pipeline;
        count = place + 1;
    }
};

/// Returns the stages of a resolved layout that may need the most memory.
[[nodiscard]] constexpr stage_list distinct_stages(const network& net, const layout& l,
                                                   std::int64_t micro_batches) noexcept {
    stage_list stages{.content = {content_of(net, l, micro_batches, 0)}, .count = 1};
    for (int stage = 1; stage < l.pipeline; ++stage) stages.add(content_of(net, l, micro_batches, stage), stage);
    return stages;
}

/// Returns the stages from this one on, as many as a list holds.
[[nodiscard]] constexpr stage_list stages_from(const network& net, const layout& l, std::int64_t micro_batches,
                                               int first) noexcept {
    stage_list stages;
    for (int stage = first; stage < l.pipeline && stages.count < max_distinct_stages; ++stage) {
        stages.content[stages.count] = content_of(net, l, micro_batches, stage);
        stages.index[stages.count] = stage;
        ++stages.count;
    }
    return stages;
}

/// The stages of one network's layouts that were asked for last, of which many layouts have the same.
class recent_stages {
public:
    /// Returns `distinct_stages`. The reference is valid until the next call.
    [[nodiscard]] constexpr const stage_list& of(const network& net, const layout& l, std::int64_t micro_batches) {
        if (depth_ != l.pipeline) count_ = 0;
        depth_ = l.pipeline;
        for (std::size_t i = 0; i < count_ && i < places; ++i)
            if (known_[i].virtual_stages == l.virtual_stages && known_[i].micro_batches == micro_batches)
                return known_[i].stages;
        entry& next = known_[count_ % places];
        next = {l.virtual_stages, micro_batches, distinct_stages(net, l, micro_batches)};
        ++count_;
        return next.stages;
    }

private:
    struct entry {
        std::int64_t virtual_stages = 0;
        std::int64_t micro_batches = 0;
        stage_list stages{};
    };
    static constexpr std::size_t places = 16;
    entry known_[places]{};
    int depth_ = 0;  ///< of the pipelines that are known
    std::size_t count_ = 0;
};

}  // namespace cardfit
