// SPDX-License-Identifier: MIT
// Layouts that a search tries: counted by hand for 4 and 6 cards.

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

static_assert(layouts_of(4, {}) == 1);
// 1, 2, 4.
static_assert(layouts_of(4, {.tensor = 64}) == 3);
// Pipelines of 1, 2, 3, 6: a pipeline need not be a power of two.
static_assert(layouts_of(6, {.pipeline = 128}) == 4);
// Tensor 1 x pipeline 1, 2, 4; tensor 2 x pipeline 1, 2; tensor 4.
static_assert(layouts_of(4, {.tensor = 4, .pipeline = 4}) == 6);
// Virtual stages 1, 2 only where there is a pipeline: 1 + 2 + 2.
static_assert(layouts_of(4, {.pipeline = 4, .virtual_stages = 2}) == 5);
// Experts divide no cards of their own.
static_assert(layouts_of(4, {.context = 2, .expert = 8}) == 2 * 4);

}  // namespace
