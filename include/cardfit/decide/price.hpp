// SPDX-License-Identifier: MIT
#pragma once

// Energy and cost of a token or of a step, at a price that the user gives. No prices are built in: they change by half
// within a year.

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/power.hpp>
#include <cardfit/estimate/training/time_estimate.hpp>

namespace cardfit {

/// Energy and cost of one unit of work: a generated token, or a training step.
struct unit_price {
    joules energy{};  ///< of all GPUs, at the wall under the given conditions
    dollars rent{};   ///< of all GPUs, at the given price per GPU-hour
};

/// Returns the rent of all GPUs of a machine for this time, at a price per GPU-hour.
[[nodiscard]] constexpr dollars rent_for(seconds time, const machine& m, dollars card_hour) noexcept {
    return dollars_of(card_hour.number * m.cards * time.number / 3600);
}

/// Returns the energy and the cost of all GPUs for this time. `load` is the workload, which decides the power draw;
/// `card_hour` is the price per GPU-hour. Throws invalid_input if the power conditions are invalid, and for a
/// negative price.
[[nodiscard]] constexpr unit_price price_of(seconds time, const machine& m, power_load load, dollars card_hour,
                                            power_conditions conditions = {}) {
    if (!(card_hour.number >= 0 && card_hour.number <= 1e9))
        throw invalid_input({"price", as_whole(card_hour.number), 0, 0, "0 to 1e9 dollars a card and hour"});
    conditions.draw = draw_of(load);
    return {.energy = joules_of(wall_power(m, conditions).number * conditions.overhead * time.number),
            .rent = rent_for(time, m, card_hour)};
}

/// Returns the workload of decoding with this batch: the H100 and B200 of ML.ENERGY reach their saturated power at
/// about 64 sequences.
[[nodiscard]] constexpr power_load load_of_batch(std::int64_t batch) noexcept {
    return batch < 64 ? power_load::decode : power_load::decode_saturated;
}

/// Returns energy and cost per generated token of an inference with a batch of `batch` sequences, prefill included.
/// Throws invalid_input for an inference that generates none.
[[nodiscard]] constexpr unit_price price_of_token(const inference_time& t, const machine& m, std::int64_t batch,
                                                  dollars card_hour = {}, const power_conditions& conditions = {}) {
    if (t.generated.number <= 0)
        throw invalid_input({"inference.generate", 0, 1, 100'000'000, "an inference that generates tokens"});
    return price_of(seconds_of(1 / t.generated.number), m, load_of_batch(batch), card_hour, conditions);
}

/// Returns energy and cost per training step.
[[nodiscard]] constexpr unit_price price_of_step(const time_estimate& t, const machine& m, dollars card_hour = {},
                                                 const power_conditions& conditions = {}) {
    return price_of(t.step, m, power_load::training, card_hour, conditions);
}

}  // namespace cardfit
