// SPDX-License-Identifier: MIT

// Tests at compile time that the times of many layouts, asked together, are those of each layout asked alone.

#include <cardfit/estimate/training/step_times.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr machine sixteen{.card = cards::h100_sxm5_80gb, .cards = 16, .per_node = 8};

/// Layouts of 16 cards. The same layer comes back behind other ones, with another pipeline, data parallelism and
/// sharding.
constexpr layout layouts[]{
    {.data = 16},
    {.data = 16, .sharding = sharding::full},
    {.data = 8, .tensor = 2},
    {.data = 4, .tensor = 2, .context = 2, .sharding = sharding::optimizer},
    {.data = 4, .tensor = 2, .pipeline = 2},
    {.data = 2, .tensor = 2, .pipeline = 2, .virtual_stages = 2, .context = 2},
    {.data = 16, .expert = 8},
    {.data = 8, .pipeline = 2, .expert = 4, .sharding = sharding::optimizer},
    {.data = 16, .sharding = sharding::gradients, .sharding_group = 4},
};

constexpr bool same(const time_estimate& a, const time_estimate& b) {
    return a.step == b.step && a.step_low == b.step_low && a.step_high == b.step_high &&
           a.samples_per_second == b.samples_per_second && a.tokens_per_second == b.tokens_per_second &&
           a.model_flops_utilization == b.model_flops_utilization && a.breakdown.compute == b.breakdown.compute &&
           a.breakdown.bubble == b.breakdown.bubble && a.breakdown.optimizer == b.breakdown.optimizer;
}

/// Returns how many of the layouts have another time when they are asked together.
constexpr int differing(const network& net, training t, std::int64_t global_batch) {
    const detail::layer_bounds bounds{.tensor = 2, .context = 2, .expert = 8, .micro_batch = 2};
    detail::step_times times(net, t, sixteen, bounds);
    int count = 0;
    for (const recompute r : {recompute::none, recompute::full, recompute::none}) {
        t.recompute = r;
        for (const layout& l : layouts) {
            if (net.experts == 0 && l.expert > 1) continue;
            // A micro-batch of 3 is beyond the bounds: the job's own.
            for (const std::int64_t micro : {1, 2, 3}) {
                t.micro_batch = micro;
                t.gradient_accumulation = global_batch / (micro * l.data);
                const layout whole = resolved(l, sixteen.cards);
                const time_estimate alone = step_time(net, t, sixteen, l);
                count += !same(times(t, whole), alone) || times.seconds(t, whole) != alone.step.number;
            }
        }
    }
    return count;
}

constexpr network dense = lower(models::llama_3_1_8b);
constexpr network sparse = lower(models::mixtral_8x7b);
constexpr training megatron{.sequence_length = 4096, .framework = framework::megatron};
/// Casts of weights to fp8 are divided among the micro-batches of a step.
constexpr training eight_bits{
    .precision = precision::fp8_mixed, .sequence_length = 4096, .framework = framework::megatron};
/// The length of a padded micro-batch follows its size.
constexpr training padded{.sequence_length = 4096, .typical_length = 512, .padding = padding::longest};

}  // namespace

static_assert(differing(dense, megatron, 96) == 0);
static_assert(differing(sparse, megatron, 96) == 0);
static_assert(differing(dense, eight_bits, 96) == 0);
static_assert(differing(dense, padded, 96) == 0);

// A job of another objective, of more layers or of a source of its own is timed by way of another network.
static_assert(detail::is_timed_directly(dense, megatron));
static_assert(!detail::is_timed_directly(dense, {.objective = objective::dpo}));
static_assert(!detail::is_timed_directly(dense, {.mtp_layers = 1}));
