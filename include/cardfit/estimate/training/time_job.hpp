// SPDX-License-Identifier: MIT
#pragma once

// What the estimators of a step's time read of a job, and what a micro-step passes on to the step.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/kernels/matmul.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/frameworks/row.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/network.hpp>

namespace cardfit::detail {

/// A training job, lowered once to what the time estimate reads.
struct time_job {
    const network& net;
    const training& job;
    const machine& hardware;
    layout l;  ///< resolved
    const framework_time& row;
    const card_rates& card;
    const training_time_constants& constants;
    double length = 0;          ///< tokens per sample
    double tokens = 0;          ///< positions of a micro-batch on one GPU, padding included
    double tensor = 1;          ///< the tensor-parallel size
    double sequence_cards = 1;  ///< GPUs that divide the residual's activations
    bool flash = false;         ///< flash attention runs
    bool adapted = false;       ///< adapters are trained beside a frozen base
    fusion_cost fused{};        ///< element-wise passes and launches, by framework
    fusion_cost kernels{};      ///< the same, compiled if the job is
};

/// Returns the job of a part of the network alone, which is trained as `job` says. Part and job must outlive the
/// result.
[[nodiscard]] constexpr time_job part_of(const time_job& j, const network& part, const training& job, double length,
                                         double tokens, bool adapted) noexcept {
    return {.net = part,
            .job = job,
            .hardware = j.hardware,
            .l = j.l,
            .row = j.row,
            .card = j.card,
            .constants = j.constants,
            .length = length,
            .tokens = tokens,
            .tensor = j.tensor,
            .sequence_cards = j.sequence_cards,
            .flash = j.flash,
            .adapted = adapted,
            .fused = j.fused,
            .kernels = j.kernels};
}

/// Returns the job of a part of the network alone, whose samples have `length` tokens and whose micro-batch has
/// `tokens` positions on one GPU. The part must outlive the result.
[[nodiscard]] constexpr time_job part_of(const time_job& j, const network& part, double length,
                                         double tokens) noexcept {
    return part_of(j, part, j.job, length, tokens, j.adapted);
}

/// The seconds of a micro-step, and the parameters on one GPU before sharding.
struct step_work {
    double micro = 0;                 ///< on the slowest stage
    double average = 0;               ///< on the average stage
    double backward = 0;              ///< the part of backward behind which gradient reduction hides
    double tensor_communication = 0;  ///< the part of `micro` that communicates
    double accumulation = 0;          ///< casts of weights and sums of gradients
    double parameters = 0;
    double trained = 0;
    double trained_experts = 0;  ///< the part of `trained` that is in experts
    double tensors = 0;          ///< the number of tensors that the optimizer steps
};

/// Returns the seconds of a collective among this job's GPUs; see collectives.hpp.
[[nodiscard]] constexpr double collective_seconds(const time_job& j, collective what, std::int64_t cards, double size,
                                                  std::int64_t inner = 1) noexcept {
    return cardfit::collective_seconds(j.hardware, what, cards, size, inner, j.constants.links);
}

/// Returns true if autocast computes in fp32 what its list of fp32 operators names, softmax and norms among it.
[[nodiscard]] constexpr bool autocasts(const time_job& j) noexcept {
    return j.row.fusion == fusion::eager && j.card.mixed;
}

/// Returns the bytes that attention moves, forward and backward, for a number of scores that it writes out.
[[nodiscard]] constexpr double score_traffic(const time_job& j, double scores) noexcept {
    const step_constants& c = j.constants.step;
    const double bytes_each = autocasts(j) ? c.score_bytes_autocast : j.card.width;
    return scores * bytes_each * j.fused.scores * (j.job.dropout ? 1 : c.without_score_dropout);
}

/// Returns the bytes of the residual's activations of one micro-batch.
[[nodiscard]] constexpr double residual_bytes(const time_job& j) noexcept {
    return j.tokens * static_cast<double>(j.net.hidden) * j.card.width;
}

/// Returns the bytes per second between this job's GPU and host memory.
[[nodiscard]] constexpr double host_bytes_per_second(const time_job& j) noexcept {
    return j.constants.links.host_copy_share * host_link_bytes_per_second(j.hardware.card, j.constants.links);
}

}  // namespace cardfit::detail
