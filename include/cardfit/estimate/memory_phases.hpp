// SPDX-License-Identifier: MIT
#pragma once

// The memory of each phase of a step or of an inference, so that a reader sees when the peak is and which change
// acts on it. The peak itself is the estimate's (memory.hpp); both are made from the same loads.

#include <cardfit/estimate/inference/memory.hpp>
#include <cardfit/estimate/training/memory.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace cardfit {

/// What the GPUs of one pipeline stage hold in one phase of a job, by component: the tensors at its peak, and as
/// `fragmentation` what the allocator holds beyond them. Blocks that other phases left are part of the peak alone, and
/// what lives outside the allocator (CUDA graphs, the CUDA context, buffers of communication) is 0 here.
struct phase_memory {
    const char* name = "";           ///< name in answers
    memory_phase when{};             ///< the phase
    int stage = 0;                   ///< counted from 0
    memory_components components{};  ///< what exists at its peak

    /// Returns the sum of what PyTorch counts as allocated.
    [[nodiscard]] constexpr bytes allocated() const { return components.allocated(); }
    /// Returns that sum and what the allocator caches.
    [[nodiscard]] constexpr bytes reserved() const { return components.reserved(); }
};

/// The phases of a job, in the order in which they come, stage by stage. A stage that needs no more than another one in
/// any respect is not listed.
struct memory_phase_list {
    static constexpr std::size_t per_stage = 5;                       ///< The most phases of one pipeline stage.
    std::array<phase_memory, per_stage * max_distinct_stages> all{};  ///< the phases; the first `count` are set
    std::size_t count = 0;                                            ///< the number of phases

    /// Adds a phase behind the others.
    constexpr void add(const phase_memory& phase) {
        all[count] = phase;
        ++count;
    }
    /// The phases in their order.
    /// @{
    [[nodiscard]] constexpr const phase_memory* begin() const noexcept { return all.data(); }
    [[nodiscard]] constexpr const phase_memory* end() const noexcept { return all.data() + count; }
    /// @}
};

namespace detail {

[[nodiscard]] constexpr phase_memory named_phase(const char* name, int stage, const stage_point& at,
                                                 const phase_load& load) {
    return {.name = name,
            .when = load.when,
            .stage = stage,
            .components = {.weights = bytes_of(at.stage.weights),
                           .gradients = bytes_of(load.gradients),
                           .optimizer = bytes_of(at.stage.optimizer),
                           .activations = bytes_of(load.activations),
                           .logits = bytes_of(load.logits),
                           .gathered = bytes_of(load.gathered),
                           .buckets = bytes_of(at.stage.buckets),
                           .kv_cache = bytes_of(at.job.engine),
                           .temporaries = bytes_of(load.temporaries),
                           .workspace = bytes_of(at.job.workspace),
                           .fragmentation = bytes_of(load.slack)}};
}

[[nodiscard]] constexpr phase_memory named_phase(const char* name, const lowered_inference& job, std::size_t stage,
                                                 const inference_phase_load& load) {
    memory_components held = estimate_of(job, stage, load).components;
    held.graphs = {};
    held.context = {};
    held.communication = {};
    return {.name = name, .when = load.when, .stage = job.stage_index[stage], .components = held};
}

/// Returns the job's own point on a stage. `memory` states the same by itself, because a call more per estimate exceeds
/// the compilers' limit of a thousand estimates.
[[nodiscard]] constexpr stage_point point_of(const lowered_training& job, const stage_load& s) noexcept {
    const std::int64_t length = job.tokens_per_sample > 0 ? job.tokens_per_sample : job.sequence_length;
    const std::int64_t samples =
        job.samples_at_once == 0 ? job.micro_batch : smaller(job.micro_batch, job.samples_at_once);
    return point_of(job, s, job.micro_batch, samples * divide_up(length, job.context_parallel), length);
}

}  // namespace detail

/// Returns what is held when the loss is computed, in the first and in the last layer of backward, and in the
/// optimizer's step, in bytes, for each pipeline stage. Throws invalid_input as `memory`.
[[nodiscard]] constexpr memory_phase_list memory_by_phase(const lowered_training& job) {
    if (!detail::within_reach(job, job.micro_batch, job.sequence_length))
        check(job, job.micro_batch, job.sequence_length);
    memory_phase_list found;
    for (std::size_t i = 0; i < job.stage_count; ++i) {
        const detail::stage_point at = detail::point_of(job, job.stages[i]);
        const int stage = job.stage_index[i];
        found.add(detail::named_phase("loss", stage, at, detail::loss_peak(at)));
        found.add(detail::named_phase("first layer of backward", stage, at, detail::backward_start_peak(at)));
        found.add(detail::named_phase("last layer of backward", stage, at, detail::backward_end_peak(at)));
        found.add(detail::named_phase("optimizer step", stage, at, detail::step_peak(at)));
    }
    return found;
}

/// Returns what is held while the weights are loaded, in the vision tower, in the layers and at the head of
/// prefill, and when the last token is generated, in bytes, for each pipeline stage. Of an engine that fills the card
/// with cache, this is what the job needs. Throws invalid_input as `memory`.
[[nodiscard]] constexpr memory_phase_list memory_by_phase(const lowered_inference& job) {
    const bool of_images = job.tokens_per_sample > 0;
    const std::int64_t prompt = of_images ? job.tokens_per_sample : job.job.prompt;
    const std::int64_t generate = of_images ? 0 : job.job.generate;
    if (!detail::within_reach(job, job.job.batch, prompt, generate)) check(job, job.job.batch, prompt, generate);
    memory_phase_list found;
    for (std::size_t i = 0; i < job.stage_count; ++i) {
        const detail::inference_point at = detail::point_of(job, job.stages[i], job.job.batch, prompt, generate);
        found.add(detail::named_phase("load", job, i, detail::load_peak(at)));
        if (job.images > 0) found.add(detail::named_phase("vision tower", job, i, detail::tower_peak(at)));
        found.add(detail::named_phase("layers of prefill", job, i, detail::prefill_peak(at)));
        found.add(detail::named_phase("head of prefill", job, i, detail::head_peak(at)));
        if (generate > 0) found.add(detail::named_phase("decode", job, i, detail::decode_peak(at)));
    }
    return found;
}

}  // namespace cardfit
