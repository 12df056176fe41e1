// SPDX-License-Identifier: MIT

// Tests at compile time that jobs which share their layers with those lowered before need what each needs alone.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr machine sixteen{.card = cards::h100_sxm5_80gb, .cards = 16, .per_node = 8};

/// Layouts of 16 cards, which divide the layers in nine ways: one more than are remembered.
constexpr layout layouts[]{
    {.data = 16},
    {.data = 8, .tensor = 2},
    {.data = 8, .tensor = 2, .sharding = sharding::full},
    {.data = 4, .tensor = 2, .context = 2, .sharding = sharding::full},
    {.data = 16, .expert = 8},
    {.data = 16, .expert = 4, .sharding = sharding::optimizer},
    {.data = 16, .expert = 2},
    {.data = 4, .tensor = 4},
    {.data = 4, .tensor = 4, .expert = 8},
    {.data = 2, .tensor = 8},
    {.data = 1, .tensor = 16},
    {.data = 8, .pipeline = 2, .expert = 8},
    {.data = 8, .tensor = 2, .sequence_parallel = sequence_parallel::off},
    {.data = 16},
};

/// Returns how many of the jobs have another peak when their layers are remembered.
constexpr int differing(const network& net, training t) {
    detail::recent_layers recent;
    int count = 0;
    for (const recompute r : {recompute::none, recompute::selective, recompute::full, recompute::none})
        for (const layout& given : layouts) {
            if (net.experts == 0 && given.expert > 1) continue;
            t.recompute = r;
            const layout l = resolved(given, sixteen.cards);
            const lowered_training shared = detail::lower_stages(
                net, t, sixteen, l, row_of(t).memory, distinct_stages(net, l, t.gradient_accumulation), &recent);
            count += memory(shared).components != memory(lower_job(net, t, sixteen, given)).components;
        }
    return count;
}

constexpr network dense = lower(models::llama_3_1_8b);
constexpr network sparse = lower(models::mixtral_8x7b);

}  // namespace

static_assert(differing(dense, {.sequence_length = 4096, .framework = framework::megatron}) == 0);
static_assert(differing(sparse, {.sequence_length = 4096, .framework = framework::megatron}) == 0);
static_assert(differing(sparse, {.gradient_accumulation = 4, .sequence_length = 4096}) == 0);
