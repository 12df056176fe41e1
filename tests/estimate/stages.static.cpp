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

// Qi et al. (arXiv 2401.10241), table 1: ZB-H1 has as many in flight as 1F1B, and the first of p stages has 2p - 1
// under ZB-H2. GPipe (arXiv 1811.06965) saves all micro-batches.
constexpr layout under(pipeline_schedule s) { return {.pipeline = 4, .schedule = s}; }
static_assert(on(under(pipeline_schedule::zero_bubble), 64, 0).in_flight == 4);
static_assert(on(under(pipeline_schedule::zero_bubble_h2), 64, 0).in_flight == 2 * 4 - 1);
static_assert(on(under(pipeline_schedule::zero_bubble_h2), 64, 3).in_flight == 1);
static_assert(on(under(pipeline_schedule::gpipe), 64, 3).in_flight == 64);

// The Llama 3 Herd of Models (arXiv 2407.21783, section 3.3.2): 126 layers, because the first and the last stage have a
// layer less, whose place the embedding and the head take. On 16 ranks with 8 chunks each, each layer is a chunk.
constexpr network herd = lower(models::llama_3_1_405b);
constexpr layout chunks{.data = 1, .tensor = 8, .pipeline = 16, .virtual_stages = 8};
static_assert(problems(chunks, 128, herd).empty());
static_assert(content_of(herd, chunks, 128, 0).layers[0] == 7 && content_of(herd, chunks, 128, 15).layers[0] == 7);
static_assert(content_of(herd, chunks, 128, 1).layers[0] == 8);
constexpr layout too_many{.data = 1, .pipeline = 32, .virtual_stages = 8};
static_assert(!problems(too_many, 32, herd).empty());
static_assert(!problems(layout{.data = 1, .pipeline = 128}, 128, herd).empty());
static_assert(!problems(layout{.data = 1, .pipeline = 4, .virtual_stages = 2, .schedule = pipeline_schedule::gpipe}, 4,
                        herd)
                   .empty());

// A stage covers itself and any stage that has less of everything. A stage that is raised to another one covers both.
constexpr stage_content raised = [] {
    stage_content content = on(four, 8, 3);
    content.cover(on(four, 8, 0));
    return content;
}();
static_assert(on(four, 8, 1).covers(on(four, 8, 2)) && !on(four, 8, 3).covers(on(four, 8, 0)));
static_assert(raised.covers(on(four, 8, 0)) && raised.covers(on(four, 8, 3)));

// Of four stages with eight layers each, the first needs at least as much as the two behind it, and only the last has
// the head.
constexpr stage_list distinct = distinct_stages(llama, four, 8);
static_assert(distinct.count == 2 && distinct.index[0] == 0 && distinct.index[1] == 3);
static_assert(distinct.content[0].in_flight == 4 && distinct.content[1].head);
static_assert(stages_from(llama, four, 8, 1).count == 3 && stages_from(llama, four, 8, 1).content[0].in_flight == 3);
static_assert(stages_from(llama, {.pipeline = 32}, 8, 8).count == 8);

// What was asked for before changes no later answer, however many depths, chunks and micro-batches came between.
constexpr bool recent_are_right() {
    recent_stages recent;
    bool right = true;
    for (int round = 0; round < 2; ++round)
        for (const int depth : {4, 8, 4})
            for (int micro_batches = 1; micro_batches <= 20; ++micro_batches) {
                const layout l{.pipeline = depth, .virtual_stages = 1 + micro_batches % 2};
                const stage_list& got = recent.of(llama, l, micro_batches);
                const stage_list wanted = distinct_stages(llama, l, micro_batches);
                right = right && got.count == wanted.count && got.content[0].in_flight == wanted.content[0].in_flight;
            }
    return right;
}
static_assert(recent_are_right());
