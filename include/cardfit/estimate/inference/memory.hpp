// SPDX-License-Identifier: MIT
#pragma once

// How much memory an inference takes: loading, prefill, decode on each pipeline stage, of which the fullest counts. A
// job is lowered once; any (batch, prompt, generated tokens) is then a handful of multiplications.

#include <cardfit/estimate/inference/kv_cache.hpp>
#include <cardfit/estimate/inference/stage.hpp>

namespace cardfit {

namespace detail {

/// The fullest of four moments: loading, prefill inside the layers and at the head, the last token.
struct inference_phase_load {
    std::int64_t cache = 0;
    std::int64_t activations = 0;
    std::int64_t logits = 0;
    std::int64_t temporaries = 0;
    std::int64_t total = 0;  ///< weights and workspace included
    phase when{};
};
[[nodiscard]] constexpr inference_phase_load peak_over_phases(const lowered_inference& job, const inference_stage& s,
                                                              std::int64_t batch, std::int64_t prompt,
                                                              std::int64_t generate) noexcept {
    const std::int64_t stays = s.weights + job.workspace;
    const std::int64_t whole = cache_bytes(job, s, batch, prompt, generate);
    const std::int64_t begun = job.cache == cache_policy::grows ? cache_bytes(job, s, batch, prompt, 0, true) : whole;
    const std::int64_t positions = job.reserves_context ? batch * (prompt + generate) : prompt;
    const std::int64_t share = divide_up(positions, job.context_parallel) * (job.reserves_context ? 1 : batch);
    const std::int64_t tokens = job.chunk > 0 ? smaller(share, job.chunk) : share;
    const std::int64_t rows = larger(job.job.full_prompt_logits ? tokens : batch, job.profiled_sequences);
    const std::int64_t load = stays + s.load;
    const std::int64_t buffers = tokens * s.buffers_per_token;
    const std::int64_t inside = begun + s.scratch + buffers +
                                tokens * larger(s.feed_forward_per_token, s.attention_per_token + positions * s.score);
    const std::int64_t head = begun + tokens * s.hidden_per_token + rows * s.logit_row + s.scratch + buffers;
    const std::int64_t grown =
        whole * job.caches_while_decoding +
        (job.cache == cache_policy::grows
             ? batch * (job.is_encoder_decoder ? generate : prompt + generate) * s.growth_per_token
             : 0);
    const std::int64_t last = larger(batch, job.profiled_sequences) * s.logit_row;
    const std::int64_t decode =
        generate > 0 ? grown + batch * s.feed_forward_per_token + last + s.scratch + buffers : 0;
    if (s.load >= inside && s.load >= head && s.load >= decode) return {0, 0, 0, s.load, load, phase::load};
    if (inside >= head && inside >= decode)
        return {begun, inside - begun - s.scratch, 0, s.scratch, stays + inside, phase::prefill};
    if (head >= decode)
        return {begun,         tokens * s.hidden_per_token + buffers, rows * s.logit_row, s.scratch, stays + head,
                phase::prefill};
    return {whole,        batch * s.feed_forward_per_token + buffers, last, s.scratch + grown - whole, stays + decode,
            phase::decode};
}

[[nodiscard]] constexpr std::int64_t longest_prompt(const lowered_inference& job) noexcept {
    return job.is_encoder_decoder ? job.max_source_length : job.longest_sequence;
}

[[nodiscard]] constexpr bool within_reach(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                          std::int64_t generate) noexcept {
    // A sequence's last block of cache is whole.
    const double tokens =
        static_cast<double>(prompt) + static_cast<double>(generate) + static_cast<double>(job.block_tokens);
    return batch >= 1 && batch <= 10'000'000 && prompt >= 1 && generate >= 0 && prompt <= longest_prompt(job) &&
           generate <= job.longest_sequence - (job.is_encoder_decoder ? 0 : prompt) &&
           job.fixed_bound + static_cast<double>(batch) * tokens * (job.token_bound + tokens * job.score_bound) < 2e18;
}

/// Cards' and engines' shares are doubles.
[[nodiscard]] constexpr std::int64_t share_of(std::int64_t bytes, double share) noexcept {
    return static_cast<std::int64_t>(static_cast<double>(bytes) * share);
}

/// How full a stage is: engines that give the cache a share of what is left need more room than the cache itself.
[[nodiscard]] constexpr double fullness(const lowered_inference& job, const inference_phase_load& m) noexcept {
    const double cache = static_cast<double>(m.cache);
    const double total = static_cast<double>(m.total);
    return job.cache == cache_policy::fraction_of_free ? total - cache + cache / job.job.memory_utilization : total;
}

}  // namespace detail

/// Everything that is wrong with asking a lowered inference for this point; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                              std::int64_t generate, on_problem action = on_problem::keep) {
    problem_list found(action);
    if (detail::within_reach(job, batch, prompt, generate)) return found;
    found.ranges(problem{"inference.batch", batch, 1, 10'000'000},
                 problem{"inference.prompt", prompt, 1, detail::longest_prompt(job)},
                 problem{"inference.generate", generate, 0,
                         job.is_encoder_decoder ? job.longest_sequence : larger(job.longest_sequence - prompt, 0)});
    if (found.empty()) found.add({"inference.batch", batch, 0, 0, "a job of less than 2e18 bytes a card"});
    return found;
}

namespace detail {

/// One stage's card at its fullest moment.
[[nodiscard]] constexpr memory_estimate estimate_of(const lowered_inference& job, std::size_t stage,
                                                    const inference_phase_load& peak) {
    const std::int64_t slack = peak.total / 1000 * job.slack_per_mille;
    const std::int64_t device = peak.total + slack + job.graphs + job.context + job.communication;
    return {.components = {.weights = bytes_of(job.stages[stage].weights),
                           .activations = bytes_of(peak.activations),
                           .logits = bytes_of(peak.logits),
                           .kv_cache = bytes_of(peak.cache),
                           .temporaries = bytes_of(peak.temporaries),
                           .workspace = bytes_of(job.workspace),
                           .fragmentation = bytes_of(slack + job.graphs),
                           .context = bytes_of(job.context),
                           .communication = bytes_of(job.communication)},
            .device_low = band_low(device, job.band_per_mille),
            .device_high = band_high(device, job.band_per_mille),
            .peak_phase = peak.when,
            .peak_stage = job.stage_index[stage]};
}

}  // namespace detail

/// Memory that a lowered inference needs for `batch` sequences of `prompt` and `generate` tokens each; of images,
/// `batch` alone counts.
/// Throws invalid_input where one is out of range or the bytes would not fit 64 bits.
[[nodiscard]] constexpr memory_estimate memory(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                               std::int64_t generate) {
    // Images have the tokens that the network gives them.
    if (job.tokens_per_sample > 0) {
        prompt = job.tokens_per_sample;
        generate = 0;
    }
    if (!detail::within_reach(job, batch, prompt, generate))
        static_cast<void>(problems(job, batch, prompt, generate, on_problem::refuse));
    detail::inference_phase_load peak;
    std::size_t fullest = 0;
    for (std::size_t i = 0; i < job.stage_count; ++i) {
        const detail::inference_phase_load here = detail::peak_over_phases(job, job.stages[i], batch, prompt, generate);
        if (detail::fullness(job, here) > detail::fullness(job, peak)) {
            peak = here;
            fullest = i;
        }
    }
    return detail::estimate_of(job, fullest, peak);
}

/// Memory of a lowered inference at the job's own batch and lengths.
[[nodiscard]] constexpr memory_estimate memory(const lowered_inference& job) {
    return memory(job, job.job.batch, job.job.prompt, job.job.generate);
}

/// What a job of this need may take of the card: all of it, an engine's share, or all but what an engine that gives its
/// cache a share of the rest leaves free.
[[nodiscard]] constexpr bytes budget(const lowered_inference& job, const memory_estimate& need) {
    if (job.cache == cache_policy::fraction_of_total)
        return bytes_of(detail::share_of(job.capacity, job.job.memory_utilization) + job.graphs);
    if (job.cache != cache_policy::fraction_of_free) return bytes_of(job.capacity);
    const std::int64_t rest = job.capacity - need.device().number + need.components.kv_cache.number;
    return bytes_of(job.capacity - (rest > 0 ? rest - detail::share_of(rest, job.job.memory_utilization) : 0));
}

/// What the fullest card shows once an engine has filled its budget with cache; the need itself for engines without
/// one. Throws invalid_input as `memory`.
[[nodiscard]] constexpr memory_estimate occupied(const lowered_inference& job) {
    memory_estimate shown = memory(job);
    if (job.cache != cache_policy::fraction_of_total && job.cache != cache_policy::fraction_of_free) return shown;
    for (std::size_t i = 0; i < job.stage_count; ++i) {
        const inference& j = job.job;
        memory_estimate m =
            detail::estimate_of(job, i, detail::peak_over_phases(job, job.stages[i], j.batch, j.prompt, j.generate));
        const bytes left = budget(job, m) - m.device();
        if (left > bytes{}) m.components.kv_cache += left;
        m = with_band(m, job.band_per_mille);
        if (i == 0 || m.device() > shown.device()) shown = m;
    }
    return shown;
}

}  // namespace cardfit
