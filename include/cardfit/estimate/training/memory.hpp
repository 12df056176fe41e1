// SPDX-License-Identifier: MIT
#pragma once

// Peak memory of a training job: the largest total over the phases of a step, on the most-loaded pipeline stage.
//
// A job is lowered once to a few stages with fixed bytes and bytes per token; evaluating a micro-batch and a sequence
// length is then a handful of multiplications.

#include <cardfit/estimate/training/stage.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

namespace detail {

/// The bytes of one stage in one phase of a step.
struct phase_load {
    std::int64_t gradients = 0;
    std::int64_t activations = 0;
    std::int64_t logits = 0;
    std::int64_t gathered = 0;
    std::int64_t temporaries = 0;
    std::int64_t slack = 0;  ///< held by the caching allocator beyond the tensors
    std::int64_t total = 0;  ///< of all the above and of weights, optimizer states, buckets and workspace
    memory_phase when{};
};

/// A point of a lowered job on one stage: `tokens` per micro-batch on this GPU, each of which attends to `length`
/// positions.
struct stage_point {
    const lowered_training& job;
    const stage_load& stage;
    std::int64_t tokens = 0;
    std::int64_t length = 0;
    std::int64_t saved = 0;  ///< activations that backward needs, when forward has reached the head
    std::int64_t tower = 0;  ///< the part of `saved` that a vision tower or encoder has, which backward reaches last
    std::int64_t layer = 0;  ///< what the last layer of backward holds
    std::int64_t source_layer = 0;  ///< what the encoder's layer whose backward runs holds beyond that
};

/// Returns the phase with the allocator's slack, which may decide which phase has the peak, and its total filled in.
[[nodiscard]] constexpr phase_load with_total(const stage_point& at, phase_load load) noexcept {
    const std::int64_t others = at.stage.weights + at.stage.optimizer + at.stage.buckets + at.job.workspace +
                                load.gradients + load.logits + load.gathered + load.temporaries;
    load.slack += load.activations / 1000 * at.job.activation_slack_per_mille + others / 1000 * at.job.slack_per_mille;
    load.total = others + load.activations + load.slack;
    return load;
}

/// Returns the bytes of the loss: all activations are saved, and the logits exist. Of what forward gathered, the part
/// that goes when forward ends counts as far as it exceeds the logits that come after it.
[[nodiscard]] constexpr phase_load loss_peak(const stage_point& at) noexcept {
    const std::int64_t beside_early = at.stage.gathered_forward - at.tokens * at.stage.late_logits_per_token;
    return with_total(at, {.gradients = at.stage.gradients_loss,
                           .activations = at.saved,
                           .logits = at.tokens * at.stage.logits_per_token,
                           .gathered = beside_early > at.stage.gathered_head ? beside_early : at.stage.gathered_head,
                           .temporaries = at.stage.scratch,
                           .slack = at.stage.slack_loss,
                           .when = memory_phase::loss});
}

/// Returns the bytes of the first layer of backward: all activations are saved, and one layer is recomputed.
[[nodiscard]] constexpr phase_load backward_start_peak(const stage_point& at) noexcept {
    const std::int64_t recomputed =
        at.tokens * (at.stage.recomputed_per_token + at.length * at.stage.recomputed_per_score);
    return with_total(at, {.gradients = at.stage.gradients_early,
                           .activations = at.saved + recomputed,
                           .gathered = at.stage.gathered_backward,
                           .temporaries = at.stage.scratch,
                           .slack = at.stage.slack_first,
                           .when = memory_phase::backward});
}

/// Returns the bytes of the last layer of backward: one layer's activations are left, and all gradients exist.
[[nodiscard]] constexpr phase_load backward_end_peak(const stage_point& at) noexcept {
    return with_total(at, {.gradients = at.stage.gradients,
                           .activations = (at.layer > at.source_layer ? at.layer : at.source_layer) + at.tower,
                           .gathered = at.stage.gathered_backward - at.stage.gathered_ahead,
                           .temporaries = at.stage.scratch,
                           .when = memory_phase::backward});
}

/// Returns the bytes of the optimizer's step: no activations are left, and the optimizer's temporaries exist.
[[nodiscard]] constexpr phase_load step_peak(const stage_point& at) noexcept {
    return with_total(
        at, {.gradients = at.stage.gradients, .temporaries = at.stage.step_temporaries, .when = memory_phase::step});
}

/// Returns the phase with the larger total; the earlier one if they are equal.
[[nodiscard]] constexpr const phase_load& larger_phase(const phase_load& earlier, const phase_load& later) noexcept {
    return later.total > earlier.total ? later : earlier;
}

/// Returns a point of a lowered job on one of its stages.
[[nodiscard]] constexpr stage_point point_of(const lowered_training& job, const stage_load& s, std::int64_t samples,
                                             std::int64_t tokens, std::int64_t length) noexcept {
    return {.job = job,
            .stage = s,
            .tokens = tokens,
            .length = length,
            .saved = tokens * (s.saved_per_token + s.embedding_head_per_token + length * s.saved_per_score +
                               s.gathered_sequence_per_token) +
                     samples * s.tower_per_sample,
            .tower = samples * s.tower_per_sample,
            .layer = tokens * (s.layer_per_token + length * s.layer_per_score + s.gathered_sequence_per_token +
                               s.held_per_token),
            .source_layer = samples * s.source_layer_per_sample};
}

/// The phases of a step at a point.
struct step_phases {
    phase_load loss{};
    phase_load first{};  ///< layer of backward
    phase_load last{};   ///< layer of backward
    phase_load step{};

    /// Returns the activations of one layer that the first layer of backward holds beside the saved ones.
    [[nodiscard]] constexpr std::int64_t layer() const noexcept {
        return larger(first.activations - loss.activations, 0);
    }
};

/// The bytes that the caching allocator holds at a point, and the part of them that the job cannot run without: when
/// memory runs short, the allocator returns the blocks that nothing lives in.
struct held_bytes {
    std::int64_t held = 0;
    std::int64_t needed = 0;
};

/// The tensors that pass through a step and leave blocks behind.
struct passing_bytes {
    std::int64_t activations = 0;  ///< saved, and a layer's that forward or backward leaves
    std::int64_t logit_block = 0;  ///< all logits of a point once, in fp32
    std::int64_t logit_copy = 0;   ///< the same in 16 bits
    std::int64_t logit_blocks = 0;

    [[nodiscard]] constexpr std::int64_t logits() const noexcept { return logit_blocks * logit_block + logit_copy; }
};

/// Returns what passes through the forward and the loss of a step.
[[nodiscard]] constexpr passing_bytes passing_of(const block_cache_rules& cache, const step_phases& phases) noexcept {
    const phase_load& loss = phases.loss;
    passing_bytes passing{.activations = loss.activations + phases.layer() / 100 * cache.forward_layer_percent};
    if (loss.logits == 0 || cache.logit_bytes == 0) return passing;
    const std::int64_t byte_of_each = loss.logits / cache.logit_bytes;
    passing.logit_block = smaller(4, cache.logit_bytes) * byte_of_each;
    passing.logit_copy = cache.logit_bytes < 4 ? 0 : cache.copy_bytes * byte_of_each;
    passing.logit_blocks = larger(cache.logit_bytes / 4, 1);
    return passing;
}

/// Returns the bytes of the logits' blocks in which the optimizer's states are born at the first step, and which never
/// hold logits again. Gradients and states fill the blocks of saved activations and of 16-bit logits first, since the
/// smallest block that holds a tensor is taken. Half of the gradients' blocks are whole again when these are freed, and
/// the last block is broken halfway: both are means.
[[nodiscard]] constexpr std::int64_t broken_blocks(const passing_bytes& passing, std::int64_t saved,
                                                   const stage_load& stage) noexcept {
    if (stage.optimizer == 0) return 0;
    const std::int64_t born = stage.optimizer + stage.gradients / 2 + passing.logit_block / 2;
    const std::int64_t beyond = born - saved - passing.logit_copy;
    return larger(smaller(beyond, passing.logit_blocks * passing.logit_block), 0);
}

/// Returns the bytes that tensors hold in a phase.
[[nodiscard]] constexpr std::int64_t tensors_of(const phase_load& load) noexcept { return load.total - load.slack; }

/// Returns what the allocator would hold at a point if the card had memory enough.
[[nodiscard]] constexpr std::int64_t cached_bytes(const stage_point& at, const step_phases& phases,
                                                  const passing_bytes& passing) noexcept {
    const block_cache_rules& cache = at.job.cache;
    const phase_load& loss = phases.loss;
    const std::int64_t step = tensors_of(phases.step);
    const std::int64_t from_gathering = at.stage.gathered_backward / 100 * cache.gathered_percent;
    // Nothing that passes through forward finds room in the blocks of gradients, states and their temporaries.
    if (cache.gradients_apart) return step + phases.first.activations + passing.logits() + from_gathering;
    // The first step has no states until it ends; the second one needs the logits' broken blocks again.
    const std::int64_t first_loss =
        tensors_of(loss) - loss.activations - loss.logits - at.stage.optimizer + passing.activations + passing.logits();
    const std::int64_t second = larger(first_loss + broken_blocks(passing, loss.activations, at.stage),
                                       step + broken_blocks(passing, 0, at.stage));
    const std::int64_t end = tensors_of(phases.last) + phases.layer() / 100 * cache.backward_layer_percent;
    return larger(larger(second, end), tensors_of(phases.first)) + from_gathering;
}

/// Returns what the allocator holds at a point of a job whose blocks are counted, of which `outside` bytes of the card
/// are not left to it.
[[nodiscard]] constexpr held_bytes held_by_blocks(const stage_point& at, const step_phases& phases,
                                                  const phase_load& peak, std::int64_t outside) noexcept {
    const phase_load& loss = phases.loss;
    const passing_bytes passing = passing_of(at.job.cache, phases);
    const std::int64_t broken = broken_blocks(passing, loss.activations, at.stage);
    // What is left of a broken block beside the states cannot be returned.
    const std::int64_t in_blocks = larger(at.stage.optimizer - loss.activations - passing.logit_copy, 0);
    const std::int64_t needed = larger(peak.total, loss.total + larger(broken - in_blocks, 0));
    const std::int64_t cached = cached_bytes(at, phases, passing);
    const std::int64_t unused = passing.activations / 1000 * at.job.activation_slack_per_mille +
                                larger(cached - passing.activations, 0) / 1000 * at.job.slack_per_mille;
    return {.held = larger(needed, smaller(cached + unused, at.job.capacity - outside)), .needed = needed};
}

/// The peak of one stage.
struct stage_peak {
    phase_load load{};
    held_bytes held{};
};

/// Returns the peak of a point over the phases of a step.
[[nodiscard]] constexpr stage_peak peak_of(const stage_point& at) noexcept {
    const step_phases phases{loss_peak(at), backward_start_peak(at), backward_end_peak(at), step_peak(at)};
    const phase_load& load =
        larger_phase(larger_phase(phases.loss, phases.first), larger_phase(phases.last, phases.step));
    if (!at.job.cache.counted) return {.load = load, .held = {.held = load.total, .needed = load.total}};
    const std::int64_t outside = at.job.context + at.job.communication + at.job.engine;
    return {.load = load, .held = held_by_blocks(at, phases, load, outside)};
}

/// Returns the upper end of the error band: of what the card is estimated to show, but no more than the card has,
/// unless what is needed may be more.
[[nodiscard]] constexpr bytes upper_bound(const lowered_training& job, std::int64_t device,
                                          std::int64_t needed) noexcept {
    const bytes shown = band_high(device, job.band_per_mille);
    if (needed == device || shown.number <= job.capacity) return shown;
    const bytes most_needed = band_high(needed, job.band_per_mille);
    return most_needed.number > job.capacity ? most_needed : bytes_of(job.capacity);
}

/// Returns true if a point is in range and its bytes fit 64 bits. One expression, because the compiler evaluates it for
/// every point.
[[nodiscard]] constexpr bool within_reach(const lowered_training& job, std::int64_t micro_batch,
                                          std::int64_t sequence_length) noexcept {
    const double length = static_cast<double>(job.tokens_per_sample > 0 ? job.tokens_per_sample : sequence_length);
    return job.stage_count > 0 && job.context_parallel >= 1 && micro_batch >= 1 && micro_batch <= 1'000'000 &&
           sequence_length >= 1 && sequence_length <= job.longest_sequence &&
           job.fixed_bound + static_cast<double>(micro_batch) * length * (job.token_bound + length * job.score_bound) <
               2e18;
}

}  // namespace detail

/// Returns everything that is wrong with evaluating a lowered job at this point; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const lowered_training& job, std::int64_t micro_batch,
                                              std::int64_t sequence_length, on_problem action = on_problem::keep) {
    problem_list found(action);
    if (detail::within_reach(job, micro_batch, sequence_length)) return found;
    found.ranges(invalid_field{"training.micro_batch", micro_batch, 1, 1'000'000},
                 invalid_field{"training.sequence_length", sequence_length, 1, job.longest_sequence});
    if (job.stage_count == 0) found.not_accepted("job", 0, "a job that lower_job returned");
    if (found.empty()) found.not_accepted("training.micro_batch", micro_batch, "a job of less than 2e18 bytes a card");
    return found;
}

/// Returns the peak memory of a lowered job, in bytes, at this micro-batch and sequence length (in tokens). A model
/// with a fixed number of tokens per sample ignores the sequence length. Throws invalid_input if either is out of range
/// or the bytes do not fit 64 bits.
[[nodiscard]] constexpr memory_estimate memory(const lowered_training& job, std::int64_t micro_batch,
                                               std::int64_t sequence_length) {
    if (!detail::within_reach(job, micro_batch, sequence_length)) check(job, micro_batch, sequence_length);
    const std::int64_t length = job.tokens_per_sample > 0 ? job.tokens_per_sample : sequence_length;
    const std::int64_t token_count =
        (job.samples_at_once == 0 ? micro_batch : smaller(micro_batch, job.samples_at_once)) *
        ((length + job.context_parallel - 1) / job.context_parallel);
    detail::stage_peak most = detail::peak_of(detail::point_of(job, job.stages[0], micro_batch, token_count, length));
    std::size_t most_loaded = 0;
    for (std::size_t i = 1; i < job.stage_count; ++i) {
        const detail::stage_peak here =
            detail::peak_of(detail::point_of(job, job.stages[i], micro_batch, token_count, length));
        if (here.held.held > most.held.held) {
            most = here;
            most_loaded = i;
        }
    }
    const stage_load& stage = job.stages[most_loaded];
    const detail::phase_load& peak = most.load;
    const std::int64_t outside = job.context + job.communication + job.engine;
    const std::int64_t device = most.held.held + outside;
    return {.components = {.weights = bytes(stage.weights, base_units),
                           .gradients = bytes(peak.gradients, base_units),
                           .optimizer = bytes(stage.optimizer, base_units),
                           .activations = bytes(peak.activations, base_units),
                           .logits = bytes(peak.logits, base_units),
                           .gathered = bytes(peak.gathered, base_units),
                           .buckets = bytes(stage.buckets, base_units),
                           .kv_cache = bytes(job.engine, base_units),
                           .temporaries = bytes(peak.temporaries, base_units),
                           .workspace = bytes(job.workspace, base_units),
                           .fragmentation = bytes(most.held.held - peak.total + peak.slack, base_units),
                           .context = bytes(job.context, base_units),
                           .communication = bytes(job.communication, base_units)},
            .device_low = band_low(device, job.band_per_mille),
            .device_high = job.cache.counted ? detail::upper_bound(job, device, most.held.needed + outside)
                                             : band_high(device, job.band_per_mille),
            .peak_phase = peak.when,
            .peak_stage = job.stage_index[most_loaded]};
}

/// Returns the peak memory of a lowered job at the job's own micro-batch and sequence length.
[[nodiscard]] constexpr memory_estimate memory(const lowered_training& job) {
    return memory(job, job.micro_batch, job.sequence_length);
}

}  // namespace cardfit
