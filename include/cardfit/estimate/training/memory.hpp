// SPDX-License-Identifier: MIT
#pragma once

// How much memory a training job takes: a timeline of phases on each pipeline stage, of which the fullest counts.
//
// A job is lowered once to a few stages with bytes that are fixed and bytes that grow with tokens; any (micro-batch,
// sequence length) is then a handful of multiplications.

#include <cardfit/estimate/training/stage.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

namespace detail {

/// Bytes of one stage at its fullest moment.
struct phase_load {
    std::int64_t gradients = 0;
    std::int64_t activations = 0;
    std::int64_t logits = 0;
    std::int64_t gathered = 0;
    std::int64_t temporaries = 0;
    std::int64_t slack = 0;  ///< what the allocator takes beyond all that
    std::int64_t total = 0;  ///< slack, weights, optimizer and buckets included
    phase when{};
};

/// The fullest of four moments for so many tokens a micro-batch, each attending to `length` positions: the loss, the
/// first and the last layer of backward, the optimizer's step. What the allocator takes beyond is part of the
/// comparison. Few statements: planners ask in the compiler.
[[nodiscard]] constexpr phase_load peak_over_phases(const lowered_training& job, const stage_load& s,
                                                    std::int64_t token_count, std::int64_t length) noexcept {
    const std::int64_t stays = s.weights + s.optimizer + s.buckets + job.workspace;
    const std::int64_t a = job.activation_slack_per_mille;
    const std::int64_t r = job.slack_per_mille;
    const std::int64_t sequence = token_count * s.gathered_sequence_per_token;
    const std::int64_t kept =
        token_count * (s.saved_per_token + s.embedding_head_per_token + length * s.saved_per_score);
    const std::int64_t at_head = kept + sequence;
    const std::int64_t begun = at_head + token_count * (s.recomputed_per_token + length * s.recomputed_per_score);
    const std::int64_t layer = sequence + token_count * (s.layer_per_token + length * s.layer_per_score);
    const std::int64_t logits = token_count * s.logits_per_token;
    const std::int64_t rest_loss = stays + s.gradients_loss + logits + s.gathered_forward + s.scratch;
    const std::int64_t rest_first = stays + s.gradients_early + s.gathered_backward + s.scratch;
    const std::int64_t rest_last = stays + s.gradients + s.gathered_backward + s.scratch;
    const std::int64_t rest_step = stays + s.gradients + s.step_temporaries;
    const std::int64_t slack_loss = s.slack_loss + at_head / 1000 * a + rest_loss / 1000 * r;
    const std::int64_t slack_first = s.slack_first + begun / 1000 * a + rest_first / 1000 * r;
    const std::int64_t slack_last = layer / 1000 * a + rest_last / 1000 * r;
    const std::int64_t slack_step = rest_step / 1000 * r;
    const std::int64_t loss = rest_loss + at_head + slack_loss;
    const std::int64_t first = rest_first + begun + slack_first;
    const std::int64_t last = rest_last + layer + slack_last;
    const std::int64_t step = rest_step + slack_step;
    if (loss >= first && loss >= last && loss >= step)
        return {s.gradients_loss, at_head, logits, s.gathered_forward, s.scratch, slack_loss, loss, phase::loss};
    if (first >= last && first >= step)
        return {s.gradients_early, begun, 0, s.gathered_backward, s.scratch, slack_first, first, phase::backward};
    if (last >= step) return {s.gradients, layer, 0, s.gathered_backward, s.scratch, slack_last, last, phase::backward};
    return {s.gradients, 0, 0, 0, s.step_temporaries, slack_step, step, phase::step};
}

/// Whether a point is in range and its bytes fit 64 bits, in one expression.
[[nodiscard]] constexpr bool within_reach(const lowered_training& job, std::int64_t micro_batch,
                                          std::int64_t sequence_length) noexcept {
    const double length = static_cast<double>(job.tokens_per_sample > 0 ? job.tokens_per_sample : sequence_length);
    return job.context_parallel >= 1 && micro_batch >= 1 && micro_batch <= 1'000'000 && sequence_length >= 1 &&
           sequence_length <= job.longest_sequence &&
           job.fixed_bound + static_cast<double>(micro_batch) * length * (job.token_bound + length * job.score_bound) <
               2e18;
}

}  // namespace detail

/// Everything that is wrong with asking a lowered job for this point; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const lowered_training& job, std::int64_t micro_batch,
                                              std::int64_t sequence_length, on_problem action = on_problem::keep) {
    problem_list found(action);
    if (detail::within_reach(job, micro_batch, sequence_length)) return found;
    found.ranges(problem{"training.micro_batch", micro_batch, 1, 1'000'000},
                 problem{"training.sequence_length", sequence_length, 1, job.longest_sequence});
    if (found.empty()) found.add({"training.micro_batch", micro_batch, 0, 0, "a job of less than 2e18 bytes a card"});
    return found;
}

/// Memory of a lowered job at (micro_batch, sequence_length).
/// Throws invalid_input where either is out of range or the bytes would not fit 64 bits.
[[nodiscard]] constexpr memory_estimate memory(const lowered_training& job, std::int64_t micro_batch,
                                               std::int64_t sequence_length) {
    if (!detail::within_reach(job, micro_batch, sequence_length))
        static_cast<void>(problems(job, micro_batch, sequence_length, on_problem::refuse));
    const std::int64_t length = job.tokens_per_sample > 0 ? job.tokens_per_sample : sequence_length;
    const std::int64_t token_count = micro_batch * ((length + job.context_parallel - 1) / job.context_parallel);
    detail::phase_load peak = detail::peak_over_phases(job, job.stages[0], token_count, length);
    std::size_t fullest = 0;
    for (std::size_t i = 1; i < job.stage_count; ++i) {
        const detail::phase_load here = detail::peak_over_phases(job, job.stages[i], token_count, length);
        if (here.total > peak.total) {
            peak = here;
            fullest = i;
        }
    }
    const stage_load& stage = job.stages[fullest];
    const std::int64_t device = peak.total + job.context + job.communication;
    return {.components = {.weights = bytes(stage.weights, base_units),
                           .gradients = bytes(peak.gradients, base_units),
                           .optimizer = bytes(stage.optimizer, base_units),
                           .activations = bytes(peak.activations, base_units),
                           .logits = bytes(peak.logits, base_units),
                           .gathered = bytes(peak.gathered, base_units),
                           .buckets = bytes(stage.buckets, base_units),
                           .temporaries = bytes(peak.temporaries, base_units),
                           .workspace = bytes(job.workspace, base_units),
                           .fragmentation = bytes(peak.slack, base_units),
                           .context = bytes(job.context, base_units),
                           .communication = bytes(job.communication, base_units)},
            .device_low = band_low(device, job.band_per_mille),
            .device_high = band_high(device, job.band_per_mille),
            .peak_phase = peak.when,
            .peak_stage = job.stage_index[fullest]};
}

/// Memory of a lowered job at the job's own micro-batch and sequence length.
[[nodiscard]] constexpr memory_estimate memory(const lowered_training& job) {
    return memory(job, job.micro_batch, job.sequence_length);
}

}  // namespace cardfit
