// SPDX-License-Identifier: MIT
#pragma once

// The stages of convolutional networks that make feature maps for later readers, and the readers: joins, a feature
// pyramid, and heads.

#include <cardfit/model/convnet_blocks.hpp>

namespace cardfit::detail {

/// Returns true if a later join or the pyramid reads this feature map.
template <class Visitor>
[[nodiscard]] constexpr bool is_read_by_pyramid_or_join(const convnet_walk<Visitor>& w, std::int64_t feature) noexcept {
    if (w.net.pyramid.width > 0) return feature >= w.net.pyramid.first && feature < w.net.pyramid.last;
    for (const convnet_stage& s : w.net.stages)
        if (s.joins == feature) return true;
    return false;
}

/// Returns true if a head reads this feature map.
template <class Visitor>
[[nodiscard]] constexpr bool is_read_by_a_head(const convnet_walk<Visitor>& w, std::int64_t feature) noexcept {
    for (const convnet_head& h : w.net.heads)
        if (h.first > 0 && feature >= h.first && feature <= h.last) return true;
    return false;
}

/// Returns the elements of the feature maps that the heads from `from` on read. Their gradients stay live while the
/// backward passes of earlier heads run.
template <class Visitor>
[[nodiscard]] constexpr std::int64_t elements_read_by_heads(const convnet_walk<Visitor>& w, std::size_t from) noexcept {
    std::int64_t sum = 0;
    for (int f = 1; f < 8; ++f) {
        bool read = false;
        for (std::size_t h = from; h < max_convnet_heads; ++h)
            read = read || (w.net.heads[h].first > 0 && !w.net.heads[h].inside && f >= w.net.heads[h].first &&
                            f <= w.net.heads[h].last);
        sum += read ? w.features[f].elements() : 0;
    }
    return sum;
}

/// Runs a stage and, if its result is a feature map, stores the result for its readers.
template <class Visitor>
constexpr void run_stage(convnet_walk<Visitor>& w, const convnet_stage& s) {
    for (std::int64_t i = 0; i < s.repeats; ++i) run_once(w, s, i == 0 ? s.stride : 1);
    if (s.feature > 0) {
        w.features[s.feature] = w.at;
        w.feature_trains[s.feature] = w.trains;
        w.feature_kept[s.feature] = w.at_is_kept;
        // The gradient that a pyramid, a head or a join returns to this map stays live while the backward passes of
        // later stages run.
        if (w.trains && is_read_by_pyramid_or_join(w, s.feature)) w.waiting += w.at.elements();
        if (is_read_by_pyramid_or_join(w, s.feature) || is_read_by_a_head(w, s.feature)) w.held += w.at.elements();
    }
}

/// Returns the elements of the gradients of the trained feature maps that are finer than this one.
template <class Visitor>
[[nodiscard]] constexpr std::int64_t finer_gradients(const convnet_walk<Visitor>& w, std::int64_t feature) noexcept {
    std::int64_t sum = 0;
    for (std::int64_t f = w.net.pyramid.first; f < feature; ++f)
        sum += w.feature_trains[f] ? w.features[f].elements() : 0;
    return sum;
}

/// Builds the feature pyramid (Lin et al., arXiv 1612.03144).
template <class Visitor>
constexpr void build_pyramid(convnet_walk<Visitor>& w) {
    const feature_pyramid& p = w.net.pyramid;
    const convnet_stage lateral{.norm = norm_after::none, .bias = true};
    const feature_map top = w.features[p.last];
    const std::int64_t above = p.last + p.pooled + p.convolved;
    if (p.width == 0) return;
    std::int64_t made = 0;
    for (std::int64_t f = p.last; f >= p.first; --f) {
        const std::int64_t before = made + finer_gradients(w, f);
        w.waiting = before;
        w.at = w.features[f];
        w.at_is_kept = w.feature_kept[f];
        w.convolve(lateral, p.width, 1, 1, 1, true);
        w.waiting = before;
        w.convolve(lateral, p.width, 3, 1, 1, true);
        w.features[f] = w.at;
        w.feature_kept[f] = false;
        made += w.at.elements();
    }
    w.at = p.convolved > 0 ? top : w.features[p.last];
    w.at_is_kept = p.convolved > 0;
    for (std::int64_t f = p.last + 1; f <= above && f < 8; ++f) {
        w.waiting = made;
        if (p.convolved > 0)
            w.convolve(lateral, p.width, 3, 2, 1, true);
        else
            pool(w, {.kind = stage_kind::average_pool, .kernel = 1, .stride = 2, .padding = 0});
        w.features[f] = w.at;
        w.feature_kept[f] = false;
        made += w.at.elements();
    }
    w.waiting = 0;
}

/// Runs the stages of a head on the current feature map, and then its loss.
template <class Visitor>
constexpr void run_head_stages(convnet_walk<Visitor>& w, const convnet_head& h) {
    for (const convnet_stage& s : h.stages) {
        if (s.kind == stage_kind::fixed_pool) w.before_inside = w.at;
        for (std::int64_t i = 0; i < s.repeats; ++i) run_once(w, s, i == 0 ? s.stride : 1);
    }
    if (!h.adds) w.keep(tensor_role::loss_input, h.loss_copies * w.at.elements());
    w.joined += h.loss_copies > 1 ? w.at.elements() : 0;
    w.phase_load(2 * w.at.elements());
}

/// Sets the input of a head of regions: regions of a feature map, or those that another head has chosen.
template <class Visitor>
constexpr void pool_regions(convnet_walk<Visitor>& w, const convnet_head& h, std::size_t index) {
    if (h.inside) {
        // The gradient of choosing regions has the size of all regions, and is zero except for the chosen ones. It is
        // added to the gradient of the mean over positions, and the sum is a third tensor of that size.
        w.times = w.outer_regions;
        w.phase_load(3 * w.before_inside.elements());
        w.at = w.before_inside;
    } else {
        const std::int64_t channels = w.features[h.first].channels;
        w.phase_load(h.regions * channels * h.pool * h.pool + elements_read_by_heads(w, index));
        w.at = {channels, h.pool, h.pool};
        w.outer_regions = h.regions;
    }
    w.at_is_kept = false;  // the chosen regions are copied
    w.times = h.regions;
}

/// Runs a head on its regions, or on each of its feature maps with the same weights.
template <class Visitor>
constexpr void run_head(convnet_walk<Visitor>& w, const convnet_head& h, std::size_t index) {
    w.waiting = elements_read_by_heads(w, index + 1);
    w.counted = false;
    if (h.regions > 0) {
        pool_regions(w, h, index);
        run_head_stages(w, h);
    } else {
        for (std::int64_t f = h.first; f <= h.last; ++f) {
            w.at = w.features[f];
            w.at_is_kept = w.feature_kept[f];
            w.keep_input();
            w.feature_kept[f] = true;
            run_head_stages(w, h);
            w.counted = true;
        }
    }
    w.times = 1;
    w.counted = false;
}

/// Builds the feature pyramid, then runs every head.
template <class Visitor>
constexpr void run_pyramid_and_heads(convnet_walk<Visitor>& w) {
    w.waiting = 0;
    build_pyramid(w);
    for (std::size_t h = 0; h < max_convnet_heads; ++h)
        if (w.net.heads[h].first > 0 || w.net.heads[h].inside) run_head(w, w.net.heads[h], h);
    // The loss that reads all predictions at once has the gradients of a multiplication and of its two factors, and a
    // sum of two gradients, at the same time.
    w.phase_load(4 * w.joined);
}

}  // namespace cardfit::detail
