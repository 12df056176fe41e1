// SPDX-License-Identifier: MIT
#pragma once

// How long a whole training takes, or an inference of many requests, what energy and money that is, and whether it ends
// by a deadline. The range of the time is the error of the step's estimate.

#include <cardfit/decide/price.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/estimate/inference/time.hpp>

namespace cardfit {

/// How sure it is that a run ends in time: even at the upper error bound, by the central estimate, at the lower error
/// bound alone, or not even there.
[[nodiscard]] constexpr sureness ends_within(seconds low, seconds central, seconds high, seconds deadline) noexcept {
    if (high <= deadline) return sureness::yes;
    if (central <= deadline) return sureness::likely;
    return low <= deadline ? sureness::unlikely : sureness::no;
}

/// A training of a number of samples, or an inference of a number of requests. Everything but the steps is an estimate,
/// as the step's time is.
struct whole_run {
    std::int64_t samples = 0;  ///< samples that are trained on, or requests that are answered
    std::int64_t steps = 0;    ///< optimizer steps, or batches of requests on all replicas, one after another
    seconds time{};            ///< of all steps
    seconds time_low{};        ///< at the lower error bound
    seconds time_high{};       ///< at the upper error bound
    joules energy_limit{};  ///< of all cards at their power limit, over `time`; 0: the power of the card is not known
    dollars rent{};         ///< at the price per GPU-hour, over `time`
    dollars rent_low{};     ///< at the lower error bound of the time
    dollars rent_high{};    ///< at the upper error bound of the time
};

namespace detail {

/// The time of a step and its error bounds, and how many samples it takes.
struct run_step {
    std::int64_t samples = 0;  ///< of one step
    seconds time{};            ///< by the central estimate
    seconds low{};             ///< at the lower error bound
    seconds high{};            ///< at the upper error bound
};

/// Returns the step of an inference: one batch on all replicas, from its prompts to its last token.
[[nodiscard]] constexpr run_step step_of(const inference& i, const machine& m, const layout& l,
                                         const inference_time& t) {
    const std::int64_t requests = i.batch * resolved(l, m.cards).data;
    const seconds time = t.generated.number > 0
                             ? seconds_of(static_cast<double>(requests * i.generate) / t.generated.number)
                             : t.prefill;
    return {requests, time, time * (1 - t.band), time * (1 + t.band)};
}

/// Returns the run of as many full steps as the samples take. Throws invalid_input for samples out of 1 to 1e15.
[[nodiscard]] constexpr whole_run run_of_steps(std::int64_t samples, const run_step& step, const machine& m,
                                               dollars card_hour) {
    constexpr std::int64_t most = 1'000'000'000'000'000;
    if (samples < 1 || samples > most) throw invalid_input({"samples", samples, 1, most});
    whole_run r{.samples = samples, .steps = divide_up(samples, step.samples)};
    const auto steps = static_cast<double>(r.steps);
    r.time = step.time * steps;
    r.time_low = step.low * steps;
    r.time_high = step.high * steps;
    r.rent = rent_for(r.time, m, card_hour);
    r.rent_low = rent_for(r.time_low, m, card_hour);
    r.rent_high = rent_for(r.time_high, m, card_hour);
    if (m.card.board_power.number > 0) r.energy_limit = joules_of(m.card.board_power.number * m.cards * r.time.number);
    return r;
}

}  // namespace detail

/// Returns the training of a number of samples. A last step that is not full takes the time of a full one. `card_hour`
/// is the price of one GPU for an hour; 0: none given. Throws invalid_input for samples out of 1 to 1e15.
[[nodiscard]] constexpr whole_run run_of(std::int64_t samples, const training& t, const machine& m, const layout& l,
                                         const time_estimate& step, dollars card_hour = {}) {
    return detail::run_of_steps(samples, {samples_per_step(t, m, l), step.step, step.step_low, step.step_high}, m,
                                card_hour);
}

/// Returns the inference of a number of requests in the batches of the job, one after another. Arguments and errors are
/// those of a training's run.
[[nodiscard]] constexpr whole_run run_of(std::int64_t requests, const inference& i, const machine& m, const layout& l,
                                         const inference_time& t, dollars card_hour = {}) {
    return detail::run_of_steps(requests, detail::step_of(i, m, l, t), m, card_hour);
}

/// A number of cards that ends a run by a deadline.
struct cards_in_time {
    int cards = 0;   ///< 0: none of the numbers tried
    seconds time{};  ///< of the run on these cards
};

/// Returns the smallest number of the same card, doubled from the machine's own up to `most`, that ends the run by the
/// deadline by the central estimate, with the global batch of the job, in the layout that rank_one recommends. Nodes
/// stay as large as the machine states. Throws invalid_input as best_plans does.
template <network_model M>
[[nodiscard]] constexpr cards_in_time cards_by(const M& model, const training& t, const machine& m, const layout& l,
                                               std::int64_t samples, seconds deadline, int most = 1024) {
    const std::int64_t batch = samples_per_step(t, m, l);
    for (int n = m.cards; n <= most && n <= batch; n *= 2) {
        machine larger = m;
        larger.cards = n;
        const ranked_machine r = rank_one(model, in_one_batch(t, batch), larger);
        if (!r.fits || r.throughput <= 0) continue;
        const seconds time = seconds_of(static_cast<double>(divide_up(samples, batch) * batch) / r.throughput);
        if (time <= deadline) return {.cards = n, .time = time};
    }
    return {};
}

/// Returns the smallest number of the same card, doubled from the machine's own up to `most`, that answers the requests
/// by the deadline by the central estimate, with more replicas of the job's layout.
[[nodiscard]] constexpr cards_in_time cards_by(const inference& i, const machine& m, const layout& l,
                                               const inference_time& t, std::int64_t requests, seconds deadline,
                                               int most = 1024) {
    const detail::run_step step = detail::step_of(i, m, l, t);
    for (int n = 1; n * m.cards <= most; n *= 2) {
        const seconds time = step.time * static_cast<double>(divide_up(requests, n * step.samples));
        if (time <= deadline) return {.cards = n * m.cards, .time = time};
    }
    return {};
}

}  // namespace cardfit
