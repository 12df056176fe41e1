// SPDX-License-Identifier: MIT
#pragma once

// How long a whole training takes, what energy and money that is, and whether it ends by a deadline. The range of the
// time is the error of the step's estimate.

#include <cardfit/decide/price.hpp>
#include <cardfit/decide/rank.hpp>

namespace cardfit {

/// How sure it is that a run ends in time: even at the upper error bound, by the central estimate, at the lower error
/// bound alone, or not even there.
[[nodiscard]] constexpr sureness ends_within(seconds low, seconds central, seconds high, seconds deadline) noexcept {
    if (high <= deadline) return sureness::yes;
    if (central <= deadline) return sureness::likely;
    return low <= deadline ? sureness::unlikely : sureness::no;
}

/// A training of a number of samples. Everything but the steps is an estimate, as the step's time is.
struct training_run {
    std::int64_t samples = 0;  ///< samples that are trained on
    std::int64_t steps = 0;    ///< optimizer steps
    seconds time{};            ///< of all steps
    seconds time_low{};        ///< at the lower error bound
    seconds time_high{};       ///< at the upper error bound
    joules energy_limit{};  ///< of all cards at their power limit, over `time`; 0: the power of the card is not known
    dollars rent{};         ///< at the price per GPU-hour, over `time`
    dollars rent_low{};     ///< at the lower error bound of the time
    dollars rent_high{};    ///< at the upper error bound of the time
};

/// Returns the run of a number of samples. A last step that is not full takes the time of a full one. `card_hour` is
/// the price of one GPU for an hour; 0: none given. Throws invalid_input for samples out of 1 to 1e15.
[[nodiscard]] constexpr training_run run_of(std::int64_t samples, const training& t, const machine& m, const layout& l,
                                            const time_estimate& step, dollars card_hour = {}) {
    constexpr std::int64_t most = 1'000'000'000'000'000;
    if (samples < 1 || samples > most) throw invalid_input({"samples", samples, 1, most});
    training_run r{.samples = samples, .steps = divide_up(samples, samples_per_step(t, m, l))};
    const auto steps = static_cast<double>(r.steps);
    r.time = step.step * steps;
    r.time_low = step.step_low * steps;
    r.time_high = step.step_high * steps;
    r.rent = rent_for(r.time, m, card_hour);
    r.rent_low = rent_for(r.time_low, m, card_hour);
    r.rent_high = rent_for(r.time_high, m, card_hour);
    if (m.card.board_power.number > 0) r.energy_limit = joules_of(m.card.board_power.number * m.cards * r.time.number);
    return r;
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
        training whole = t;
        whole.micro_batch = batch;
        whole.gradient_accumulation = 1;
        machine larger = m;
        larger.cards = n;
        const ranked_machine r = rank_one(model, whole, larger);
        if (!r.fits || r.throughput <= 0) continue;
        const seconds time = seconds_of(static_cast<double>(divide_up(samples, batch) * batch) / r.throughput);
        if (time <= deadline) return {.cards = n, .time = time};
    }
    return {};
}

}  // namespace cardfit
