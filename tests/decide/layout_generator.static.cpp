// SPDX-License-Identifier: MIT
// Tests the layouts that a search tries, which are counted by hand for 4 and 6 cards.

#include <cardfit/decide/layout_generator.hpp>

using namespace cardfit;

namespace {

constexpr int layouts_of(int cards, const layout_bounds& bounds) {
    int count = 0;
    for (layout_generator each(cards, bounds); each.valid(); each.next()) {
        const layout l = each.current();
        if (l.data * l.tensor * l.pipeline * l.context != cards) return -1;
        ++count;
    }
    return count;
}

// Of bounds of one there is one layout, and of none there is none.
static_assert(layouts_of(1, {}) == 1 && layouts_of(4, {}) == 1);
static_assert(layouts_of(4, {.tensor = 0}) == 0 && layouts_of(4, {.pipeline = 0}) == 0);
static_assert(layouts_of(4, {.tensor = 4}) == 3 && layouts_of(4, {.tensor = 2, .pipeline = 2}) == 4);
// The sizes are 1, 2 and 4.
static_assert(layouts_of(4, {.tensor = 64}) == 3);
// The pipelines are of 1, 2, 3 and 6 stages: the number of stages need not be a power of two.
static_assert(layouts_of(6, {.pipeline = 128}) == 4);
// Tensor 1 goes with pipeline 1, 2 and 4; tensor 2 with pipeline 1 and 2; tensor 4 with pipeline 1.
static_assert(layouts_of(4, {.tensor = 4, .pipeline = 4}) == 6);
// Virtual stages 1 and 2 are tried only where there is a pipeline: 1 + 2 + 2.
static_assert(layouts_of(4, {.pipeline = 4, .virtual_stages = 2}) == 5);
// Expert parallelism uses no cards of its own.
static_assert(layouts_of(4, {.context = 2, .expert = 8}) == 2 * 4);

}  // namespace
