// SPDX-License-Identifier: MIT

// Tests the layers and the micro-batches in flight per pipeline stage.

#include <cardfit/estimate/stages.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr network llama = lower(models::llama_3_1_8b);
constexpr stage_content on(const layout& l, std::int64_t micro_batches, int stage) {
    return content_of(llama, l, micro_batches, stage);
}

// 1F1B (Narayanan et al., arXiv 2104.04473): stage i of p has p - i micro-batches in flight, if there are that many.
constexpr layout four{.pipeline = 4};
static_assert(on(four, 8, 0).in_flight == 4 && on(four, 8, 3).in_flight == 1 && on(four, 2, 0).in_flight == 2);
// Interleaved 1F1B: the first stage has 2(p - 1) + (v - 1)p + 1 chunks in flight, and at most all of them.
constexpr layout interleaved{.pipeline = 4, .virtual_stages = 2};
static_assert(on(interleaved, 64, 0).in_flight == 2 * 3 + 4 + 1 && on(interleaved, 1, 0).in_flight == 2);

// 32 layers on four stages are eight per stage. On three stages, the embedding and the head count as a layer each,
// which gives about 11, 12 and 9.
static_assert(on(four, 1, 0).layers[0] == 8 && on(four, 1, 3).layers[0] == 8);
constexpr layout three{.pipeline = 3};
static_assert(on(three, 1, 0).layers[0] + on(three, 1, 1).layers[0] + on(three, 1, 2).layers[0] == 32);
static_assert(on(three, 1, 1).layers[0] > on(three, 1, 2).layers[0]);
static_assert(on(four, 1, 0).embedding && !on(four, 1, 0).head && on(four, 1, 3).head && !on(four, 1, 3).embedding);

// A stage covers itself and any stage that has less of everything. A stage that is raised to another one covers both.
constexpr stage_content raised = [] {
    stage_content content = on(four, 8, 3);
    content.cover(on(four, 8, 0));
    return content;
}();
static_assert(on(four, 8, 1).covers(on(four, 8, 2)) && !on(four, 8, 3).covers(on(four, 8, 0)));
static_assert(raised.covers(on(four, 8, 0)) && raised.covers(on(four, 8, 3)));
