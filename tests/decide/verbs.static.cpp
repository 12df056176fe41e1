// SPDX-License-Identifier: MIT
// Every function takes (model, job, machine, layout), for training and inference alike, and any model: one of the zoo,
// or a lowered network.

#include <cardfit/cardfit.hpp>
#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/diffusion_fits.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/scaling.hpp>
#include <cardfit/model/diffusion_zoo.hpp>

using namespace cardfit;

namespace {

constexpr transformer small = models::gpt2;
constexpr network lowered = lower(models::gpt2);
constexpr training train{.precision = precision::bf16, .sequence_length = 512};
constexpr inference serve{.weights = number_format::bf16, .prompt = 256, .generate = 32};
constexpr machine two = 2 * cards::a100_sxm4_80gb;
constexpr layout over_two{.data = 2};

template <class M, class Job>
constexpr bool answers_every_verb(const M& model, const Job& job) {
    const bool memory_agrees =
        memory(model, job, two, over_two).device() == fit(model, job, two, over_two).memory.device();
    const bool fits_agree = fits(model, job, two, over_two) == (fit(model, job, two, over_two).grade == grade::fits);
    const bool judged = judge(model, job, two, over_two).needed_MiB > 0;
    const bool sizes = largest_batch(model, job, two, over_two) > 1 && longest_length(model, job, two, over_two) > 1;
    static_cast<void>(time(model, job, two, over_two));
    return memory_agrees && fits_agree && judged && sizes;
}
static_assert(answers_every_verb(small, train) && answers_every_verb(lowered, train));
static_assert(answers_every_verb(small, serve) && answers_every_verb(lowered, serve));

template <class M, class Job>
constexpr bool answers_every_decision(const M& model, const Job& job) {
    const bool scales = scaling(model, job, two, layout{.data = 1}).has_nvlink;
    const bool saves = !savings(model, job, two, over_two).items().empty();
    const bool plans = best_plans(model, job, two, over_two).count > 0;
    return scales && saves && plans;
}
static_assert(answers_every_decision(small, train));
static_assert(answers_every_decision(lowered, train));
static_assert(answers_every_decision(small, serve));
static_assert(answers_every_decision(lowered, serve));

// The old names call the same functions.
static_assert(largest_batch(small, train, two) == largest_micro_batch(small, train, two));
static_assert(longest_length(small, train, two) == longest_sequence(small, train, two));
static_assert(longest_length(small, serve, two) == longest_context(small, serve, two));
static_assert(time(small, train, two).step == step_time(small, train, two).step);

static_assert(require_fit<judge(models::gpt2, train, cards::rtx_4090)>);
static_assert(require_fit<judge(models::gpt2, serve, 2 * cards::rtx_4090, {.tensor = 2})>);
static_assert(judge(models::stable_diffusion_3_medium, diffusion_job{}, cards::a100_sxm4_80gb).needed_MiB > 0);

constexpr gpu shelf[]{cards::a100_sxm4_80gb, cards::rtx_4090};
static_assert(compare(small, serve, shelf).items().size() == 2 && compare(lowered, serve, shelf).count == 2);
static_assert(rank(small, serve, shelf).items()[0].throughput >= rank(small, serve, shelf).items()[1].throughput);

// What limits a machine is found by what it would gain: for a job whose throughput is bandwidth times cards, an RTX
// 4090 (1008 GB/s) lacks the 2039 GB/s of an A100 SXM 80 GB first and then its second card, and nothing else.
constexpr bool finds_limits() {
    const auto streams = [](const machine& m, const machine_limit_row&) {
        return m.card.memory_bandwidth.number * m.cards;
    };
    const machine one = cards::rtx_4090;
    const limit_costs costs = limits_of(one, 2 * cards::a100_sxm4_80gb, one.card.memory_bandwidth.number, streams);
    return costs.count == 2 && costs.of[0].limit == machine_limit::bandwidth && costs.of[0].factor > 2.02 &&
           costs.of[0].factor < 2.03 && costs.of[1].limit == machine_limit::cards && costs.of[1].factor == 2 &&
           limits_of(one, one, one.card.memory_bandwidth.number, streams).count == 0;
}
static_assert(finds_limits());

}  // namespace
