// SPDX-License-Identifier: MIT

// Tests at compile time the best layouts for an inference against a loop over all layouts. decisions_test.cpp tests the
// search for a training job.

#include <cardfit/decide/plan.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr machine eight = 8 * cards::h100_sxm5_80gb;
constexpr inference serve{.batch = 2, .prompt = 1024, .generate = 256, .framework = engine::vllm};
constexpr network large = lower(models::llama_3_1_70b);

constexpr inference_plan_report plans = best_plans(large, serve, eight);

/// The number of layouts that fit, and the highest throughput, from a loop over every number of replicas,
/// tensor-parallel GPUs and pipeline stages.
struct all_layouts {
    std::int64_t fitting = 0;
    double best = 0;
};
constexpr all_layouts exhaustive(const inference& job, const machine& m, std::int64_t sequences) {
    all_layouts all;
    for (int data = 1; data <= m.cards; data *= 2)
        for (int tensor = 1; tensor <= m.cards / data; tensor *= 2) {
            const layout l{.data = data, .tensor = tensor, .pipeline = m.cards / data / tensor};
            inference one = job;
            one.batch = sequences / data;
            if (!fits(large, one, m, l)) continue;
            ++all.fitting;
            const double throughput = time(large, one, m, l).generated.number;
            if (throughput > all.best) all.best = throughput;
        }
    return all;
}
// Without a layout, each of the 8 GPUs is a replica with 2 sequences.
constexpr all_layouts tried = exhaustive(serve, eight, 16);
static_assert(plans.fitting == tried.fitting && static_cast<std::int64_t>(plans.count) == tried.fitting);
static_assert(plans.best().throughput == tried.best);

constexpr bool is_in_order(const inference_plan_report& r) {
    for (std::size_t k = 1; k < r.count; ++k)
        if (r.plans[k].throughput > r.plans[k - 1].throughput) return false;
    return true;
}
constexpr bool each_serves_all(const inference_plan_report& r, std::int64_t sequences) {
    for (const inference_plan& p : r.items()) {
        const layout& l = p.layout;
        if (l.data * l.tensor * l.pipeline != eight.cards || p.job.batch * l.data != sequences) return false;
        if (p.grade != grade::fits || p.device > p.capacity) return false;
    }
    return r.count > 0;
}
static_assert(is_in_order(plans) && each_serves_all(plans, 16));
// 70.6 B parameters of 2 bytes do not fit one card: no plan has 8 replicas.
static_assert(plans.fitting < plans.candidates);
constexpr bool every_model_is_divided(const inference_plan_report& r) {
    for (const inference_plan& p : r.items())
        if (p.layout.data == eight.cards) return false;
    return true;
}
static_assert(every_model_is_divided(plans));

// One user's sequence is not divided among replicas, and tensor parallelism is the fastest way to serve it.
constexpr inference one_user{.prompt = 1024, .generate = 256, .framework = engine::vllm};
constexpr inference_plan_report alone = best_plans(models::llama_3_1_70b, one_user, eight, {.tensor = 8});
static_assert(each_serves_all(alone, 1) && alone.best().layout.tensor == 8);

// llama.cpp divides a model by layers only.
constexpr inference_plan_report by_layers = best_plans(
    models::llama_3_1_8b,
    inference{.weights = number_format::q4_k_m, .prompt = 512, .generate = 128, .framework = engine::llama_cpp}, eight);
constexpr bool has_no_tensor_parallelism(const inference_plan_report& r) {
    for (const inference_plan& p : r.items())
        if (p.layout.tensor != 1) return false;
    return true;
}
static_assert(by_layers.count == 4 && has_no_tensor_parallelism(by_layers));

// A training of only some layers has plans on several cards, none of them a pipeline, in which no framework freezes
// layers.
constexpr plan_report partly_trained =
    best_plans(models::gpt2, {.micro_batch = 2, .sequence_length = 512, .trained_layers = 4}, 4 * eight.card, {},
               {.context = 1, .micro_batches = false});
constexpr bool has_no_pipeline(const plan_report& r) {
    for (const plan& p : r.items())
        if (p.layout.pipeline != 1) return false;
    return r.count > 0;
}
static_assert(has_no_pipeline(partly_trained));

// Nothing fits: 141 GB of weights on two cards of 24 GB.
static_assert(best_plans(large, serve, 2 * cards::rtx_4090).count == 0);
static_assert(best_plans(large, serve, 2 * cards::rtx_4090).candidates > 0);

}  // namespace
