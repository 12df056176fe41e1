// SPDX-License-Identifier: MIT
#pragma once

// What a token or a step takes in energy, and costs at a price that the user gives. Prices are never built in: they
// move by half within a year.

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/power.hpp>
#include <cardfit/estimate/training/time_estimate.hpp>

namespace cardfit {

/// Energy and money of one unit of work: a generated token, or a training step.
struct unit_price {
    joules energy{};  ///< of all cards, at the wall with the conditions given
    dollars rent{};   ///< all cards at the price of a card and hour
};

/// Seconds of all cards, as energy and money. `load` says how hard they work. Throws invalid_input where the power
/// conditions make no sense, and for a price that is negative.
[[nodiscard]] constexpr unit_price price_of(seconds time, const machine& m, power_load load, dollars card_hour,
                                            power_conditions conditions = {}) {
    if (!(card_hour.number >= 0 && card_hour.number <= 1e9))
        throw invalid_input({"price", as_whole(card_hour.number), 0, 0, "0 to 1e9 dollars a card and hour"});
    conditions.draw = draw_of(load);
    return {.energy = joules_of(wall_power(m, conditions).number * conditions.overhead * time.number),
            .rent = dollars_of(card_hour.number * m.cards * time.number / 3600)};
}

/// How hard cards work at so many sequences at once: ML.ENERGY's H100 and B200 draw their saturated power from some 64
/// sequences on.
[[nodiscard]] constexpr power_load load_of_batch(std::int64_t batch) noexcept {
    return batch < 64 ? power_load::decode : power_load::decode_saturated;
}

/// A generated token of an inference of `batch` sequences at once, prompts included. Throws invalid_input for one that
/// generates none.
[[nodiscard]] constexpr unit_price price_of_token(const inference_time& t, const machine& m, std::int64_t batch,
                                                  dollars card_hour = {}, const power_conditions& conditions = {}) {
    if (t.generated.number <= 0)
        throw invalid_input({"inference.generate", 0, 1, 100'000'000, "an inference that generates tokens"});
    return price_of(seconds_of(1 / t.generated.number), m, load_of_batch(batch), card_hour, conditions);
}

/// One training step.
[[nodiscard]] constexpr unit_price price_of_step(const time_estimate& t, const machine& m, dollars card_hour = {},
                                                 const power_conditions& conditions = {}) {
    return price_of(t.step, m, power_load::training, card_hour, conditions);
}

}  // namespace cardfit
