// SPDX-License-Identifier: MIT
#pragma once

// The generation of the samples of a reinforcement training's step, as the inference that it is.

#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/job/objective.hpp>
#include <cardfit/job/training.hpp>

#include <optional>

namespace cardfit {

/// What one data-parallel rank generates in a step, and how long it takes.
struct rollout_estimate {
    std::int64_t sequences = 0;  ///< per rank and step
    std::int64_t at_once = 0;    ///< of them, as many as the engine's cache holds
    std::int64_t prompts = 0;    ///< per step of all ranks; 0: the job does not state completions per prompt
    seconds time{};              ///< of all sequences of a step
    double band = 0;             ///< half-width of the time's band, as a fraction
};

namespace detail {

/// Returns the inference that generates a job's samples: by the trainer itself (transformers' generate), or by vLLM on
/// a fraction of the same cards. The weights have the training's compute format.
[[nodiscard]] constexpr inference rollout_job(const training& t) noexcept {
    const bool by_trainer = t.rollouts == rollout_engine::trainer;
    inference i{.weights = row_of(t.precision).compute,
                .batch = t.micro_batch * t.gradient_accumulation,
                .prompt = t.sequence_length - t.completion_length,
                .generate = t.completion_length,
                .framework = by_trainer ? engine::transformers : engine::vllm};
    if (!by_trainer) i.memory_utilization = t.engine_utilization;
    i.software_date = t.software_date;
    return i;
}

}  // namespace detail

/// Returns what generating a step's samples takes on the cards of a training: as many sequences at once as the engine's
/// share of them holds. Nothing where the job generates none, does not state how long they are, generates them on other
/// cards or in pipeline stages, where the card's rates are not published, or where the engine's share does not hold the
/// model. Throws invalid_input as lower_job does.
[[nodiscard]] constexpr std::optional<rollout_estimate> rollouts(const network& net, const training& t,
                                                                 const machine& m, const layout& given) {
    const layout l = resolved(given, m.cards);
    const bool here = row_of(t.objective).generates && t.rollouts != rollout_engine::apart && l.pipeline == 1;
    if (!here || t.completion_length == 0) return {};
    inference i = detail::rollout_job(t);
    if (!has_inference_time(m.card, net, i.weights)) return {};
    const machine rank = l.tensor * m.card;
    const layout ranks{.tensor = l.tensor};
    rollout_estimate e{.sequences = i.batch, .at_once = i.batch};
    if (t.rollouts == rollout_engine::colocated)
        e.at_once = smaller(i.batch, largest_batch(lower_job(net, i, rank, ranks)));
    if (e.at_once == 0) return {};
    if (t.generations > 0) e.prompts = e.sequences * l.data / t.generations;
    i.batch = e.at_once;
    const inference_time once = time(net, i, rank, ranks);
    const double rounds = static_cast<double>(divide_up(e.sequences, e.at_once));
    e.time = seconds_of(rounds * (once.prefill.number + static_cast<double>(i.generate) * once.inter_token.number));
    e.band = once.band;
    return e;
}

}  // namespace cardfit
