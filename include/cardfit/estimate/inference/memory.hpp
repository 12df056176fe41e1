// SPDX-License-Identifier: MIT
#pragma once

// Peak memory of an inference: the largest total over loading, prefill and decode, on the most-loaded pipeline stage.
//
// A job is lowered once; evaluating a batch, a prompt and a number of generated tokens is then a handful of
// multiplications.

#include <cardfit/estimate/inference/kv_cache.hpp>
#include <cardfit/estimate/inference/stage.hpp>

namespace cardfit {

namespace detail {

/// The bytes of one stage in one phase of an inference.
struct inference_phase_load {
    std::int64_t cache = 0;
    std::int64_t activations = 0;
    std::int64_t logits = 0;
    std::int64_t temporaries = 0;
    std::int64_t total = 0;  ///< of all the above and of weights and workspace
    memory_phase when{};
};

/// A point of a lowered inference on one stage.
struct inference_point {
    const lowered_inference& job;
    const inference_stage& stage;
    std::int64_t batch = 0;
    std::int64_t prompt = 0;  ///< tokens of its images included
    std::int64_t generate = 0;
    std::int64_t image_features = 0;  ///< bytes of the tower's outputs that wait for the prompt
    std::int64_t full_cache = 0;      ///< bytes of cache after the last token
    std::int64_t prompt_cache = 0;    ///< bytes of cache during prefill
    std::int64_t positions = 0;       ///< that a token of the prompt may attend to
    std::int64_t tokens = 0;          ///< in one forward pass of prefill, on this GPU
    std::int64_t decoded = 0;         ///< sequences in one step of decoding
    std::int64_t sampled = 0;         ///< sequences whose logits exist at once
};

/// Replaces what a point's own passes hold by what the engine's trial run held, whatever the sequences are.
constexpr void hold_trial_run(inference_point& at) noexcept {
    const trial_pass& trial = at.job.trial;
    const std::int64_t length = at.prompt + at.generate;
    const bool cut = trial.cut_beyond > 0 && length > trial.cut_beyond;
    const std::int64_t whole = trial.whole_sequence ? larger(trial.tokens, length) : trial.tokens;
    at.tokens = divide_up(cut ? trial.cut_tokens : whole, at.job.context_parallel);
    at.decoded = smaller(at.batch, trial.sequences);
    at.sampled = cut && !trial.cut_samples ? 0 : trial.sequences;
}

[[nodiscard]] constexpr inference_point point_of(const lowered_inference& job, const inference_stage& s,
                                                 std::int64_t batch, std::int64_t prompt,
                                                 std::int64_t generate) noexcept {
    inference_point at{
        .job = job, .stage = s, .batch = batch, .prompt = prompt + job.image_tokens, .generate = generate};
    if (job.images > 0) at.image_features = batch * job.images * s.image_features;
    at.full_cache = cache_bytes(job, s, batch, at.prompt, generate);
    at.prompt_cache = at.full_cache;
    if (job.cache == cache_policy::grows)
        // An encoder has read its source before the decoder caches anything.
        at.prompt_cache =
            job.is_encoder_decoder ? 0 : cache_bytes(job, s, batch, at.prompt, 0, windows_hold::the_whole_prompt);
    const std::int64_t caches = job.job.unified_cache ? 1 : batch;
    at.positions = job.reserves_context ? caches * (at.prompt + generate) : at.prompt;
    const std::int64_t positions_here = divide_up(at.positions, job.context_parallel);
    at.tokens = job.reserves_context ? positions_here : positions_here * batch;
    if (job.chunk > 0) at.tokens = smaller(at.tokens, job.chunk);
    at.decoded = batch;
    at.sampled = larger(batch, job.profiled_sequences);
    if (job.trial.tokens > 0) hold_trial_run(at);
    return at;
}

/// Returns the phase with its total filled in.
[[nodiscard]] constexpr inference_phase_load with_total(const inference_point& at, inference_phase_load load) noexcept {
    load.total = at.stage.weights + at.job.workspace + load.cache + load.activations + load.logits + load.temporaries;
    return load;
}

/// Returns the bytes of loading: the weights, and what exists beside them until they are loaded.
[[nodiscard]] constexpr inference_phase_load load_peak(const inference_point& at) noexcept {
    return with_total(at, {.temporaries = at.stage.load, .when = memory_phase::load});
}

/// Returns the bytes of the vision tower's pass before prefill. An engine that cuts prompts into chunks reads as many
/// images at once as have the tokens of one chunk, and at least one (vLLM's encoder budget); others read all images of
/// the batch. A cache that grows is empty then.
[[nodiscard]] constexpr inference_phase_load tower_peak(const inference_point& at) noexcept {
    const std::int64_t images = at.batch * at.job.images;
    const std::int64_t of_one = larger(at.job.image_tokens / at.job.images, 1);
    const std::int64_t at_once = at.job.chunk > 0 ? smaller(images, larger(at.job.chunk / of_one, 1)) : images;
    return with_total(at, {.cache = at.job.cache == cache_policy::grows ? 0 : at.prompt_cache,
                           .activations = at_once * at.stage.image_activations + images * at.stage.image_features,
                           .when = memory_phase::prefill});
}

/// Returns the bytes of prefill inside the layers: the larger of attention, with its scores, and feed-forward.
[[nodiscard]] constexpr inference_phase_load prefill_peak(const inference_point& at) noexcept {
    const std::int64_t attention = at.stage.attention_per_token + at.positions * at.stage.score;
    const std::int64_t widest = larger(at.stage.feed_forward_per_token, attention);
    return with_total(at, {.cache = at.prompt_cache,
                           .activations = at.tokens * (widest + at.stage.buffers_per_token) + at.image_features,
                           .temporaries = at.stage.scratch,
                           .when = memory_phase::prefill});
}

/// Returns the bytes of prefill at the head: hidden states, and the logits of the last or of all tokens.
[[nodiscard]] constexpr inference_phase_load head_peak(const inference_point& at) noexcept {
    const std::int64_t requested = at.job.job.full_prompt_logits ? at.tokens : 0;
    return with_total(at, {.cache = at.prompt_cache,
                           .activations = at.tokens * (at.stage.hidden_per_token + at.stage.buffers_per_token),
                           .logits = larger(requested, at.sampled) * at.stage.logit_row,
                           .temporaries = at.stage.scratch,
                           .when = memory_phase::prefill});
}

/// Returns the bytes of decoding the last token. A growing cache coexists with its copy, whole or of one layer.
[[nodiscard]] constexpr inference_phase_load decode_peak(const inference_point& at) noexcept {
    if (at.generate == 0) return {};
    std::int64_t copies = at.full_cache * (at.job.caches_while_decoding - 1);
    if (at.job.cache == cache_policy::grows) {
        const std::int64_t tokens = at.job.is_encoder_decoder ? at.generate : at.prompt + at.generate;
        copies += at.batch * tokens * at.stage.growth_per_token;
    }
    return with_total(at, {.cache = at.full_cache,
                           .activations = at.decoded * at.stage.feed_forward_per_token +
                                          at.tokens * (at.stage.buffers_per_token + at.stage.source_per_token),
                           .logits = at.sampled * at.stage.logit_row,
                           .temporaries = at.stage.scratch + copies,
                           .when = memory_phase::decode});
}

/// Returns the phase with the larger total; the earlier one if they are equal.
[[nodiscard]] constexpr const inference_phase_load& larger_phase(const inference_phase_load& earlier,
                                                                 const inference_phase_load& later) noexcept {
    return later.total > earlier.total ? later : earlier;
}

/// Returns the peak over the phases on one stage.
[[nodiscard]] constexpr inference_phase_load peak_over_phases(const lowered_inference& job, const inference_stage& s,
                                                              std::int64_t batch, std::int64_t prompt,
                                                              std::int64_t generate) noexcept {
    const inference_point at = point_of(job, s, batch, prompt, generate);
    const inference_phase_load text =
        larger_phase(larger_phase(load_peak(at), prefill_peak(at)), larger_phase(head_peak(at), decode_peak(at)));
    return job.images > 0 ? larger_phase(tower_peak(at), text) : text;
}

/// Returns the largest number of tokens that a prompt may have.
[[nodiscard]] constexpr std::int64_t longest_prompt(const lowered_inference& job) noexcept {
    return job.is_encoder_decoder ? job.max_source_length : job.longest_sequence;
}

/// Returns true if a point is in range and its bytes fit 64 bits.
[[nodiscard]] constexpr bool within_reach(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                          std::int64_t generate) noexcept {
    // The last block of a sequence's cache is allocated whole.
    const double tokens = static_cast<double>(prompt) + static_cast<double>(job.image_tokens) +
                          static_cast<double>(generate) + static_cast<double>(job.block_tokens);
    return job.stage_count > 0 && batch >= 1 && batch <= 10'000'000 && prompt >= 1 && generate >= 0 &&
           prompt <= longest_prompt(job) - job.image_tokens &&
           generate <= job.longest_sequence - (job.is_encoder_decoder ? 0 : prompt + job.image_tokens) &&
           job.fixed_bound + static_cast<double>(batch) * tokens * (job.token_bound + tokens * job.score_bound) < 2e18;
}

/// Returns this fraction of `bytes`, rounded down.
[[nodiscard]] constexpr std::int64_t fraction_of(std::int64_t bytes, double fraction) noexcept {
    return static_cast<std::int64_t>(static_cast<double>(bytes) * fraction);
}

/// Returns the bytes that the engine needs for a phase to fit. An engine that gives the cache a fraction of the free
/// memory needs more than the cache itself.
[[nodiscard]] constexpr double required_bytes(const lowered_inference& job, const inference_phase_load& m) noexcept {
    const double cache = static_cast<double>(m.cache);
    const double total = static_cast<double>(m.total);
    return job.cache == cache_policy::fraction_of_free ? total - cache + cache / job.job.memory_utilization : total;
}

}  // namespace detail

/// Returns everything that is wrong with evaluating a lowered inference at this point; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                              std::int64_t generate, on_problem action = on_problem::keep) {
    problem_list found(action);
    if (detail::within_reach(job, batch, prompt, generate)) return found;
    if (job.stage_count == 0) found.not_accepted("job", 0, "a job that lower_job returned");
    found.ranges(
        invalid_field{"inference.batch", batch, 1, 10'000'000},
        invalid_field{"inference.prompt", prompt, 1, larger(detail::longest_prompt(job) - job.image_tokens, 0)},
        invalid_field{"inference.generate", generate, 0,
                      job.is_encoder_decoder ? job.longest_sequence
                                             : larger(job.longest_sequence - prompt - job.image_tokens, 0)});
    if (found.empty()) found.not_accepted("inference.batch", batch, "a job of less than 2e18 bytes a card");
    return found;
}

namespace detail {

/// Returns the estimate for one stage in this phase.
[[nodiscard]] constexpr memory_estimate estimate_of(const lowered_inference& job, std::size_t stage,
                                                    const inference_phase_load& peak) {
    const std::int64_t slack =
        peak.total / 1000 * job.slack_per_mille + (peak.activations + peak.logits) / 1000 * job.trial.cached_per_mille;
    const std::int64_t device = peak.total + slack + job.graphs + job.context + job.communication;
    const std::int64_t weights = job.stages[stage].weights;
    return {.components = {.weights = bytes_of(weights),
                           .activations = bytes_of(peak.activations),
                           .logits = bytes_of(peak.logits),
                           .kv_cache = bytes_of(peak.cache),
                           .temporaries = bytes_of(peak.temporaries),
                           .workspace = bytes_of(job.workspace),
                           .fragmentation = bytes_of(slack),
                           .graphs = bytes_of(job.graphs),
                           .context = bytes_of(job.context),
                           .communication = bytes_of(job.communication)},
            .device_low = band_low(device, job.band_per_mille, weights),
            .device_high = band_high(device, job.band_per_mille),
            .peak_phase = peak.when,
            .peak_stage = job.stage_index[stage]};
}

}  // namespace detail

/// Returns the peak memory, in bytes, that a lowered inference needs for `batch` sequences of `prompt` and `generate`
/// tokens each. For images only `batch` counts.
/// Throws invalid_input if one is out of range or the bytes do not fit 64 bits.
[[nodiscard]] constexpr memory_estimate memory(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                               std::int64_t generate) {
    // The network decides how many tokens an image has.
    if (job.tokens_per_sample > 0) {
        prompt = job.tokens_per_sample;
        generate = 0;
    }
    if (!detail::within_reach(job, batch, prompt, generate)) check(job, batch, prompt, generate);
    if (job.fixed_source_length > 0) prompt = job.fixed_source_length;
    detail::inference_phase_load peak;
    double most = 0;
    std::size_t most_loaded = 0;
    for (std::size_t i = 0; i < job.stage_count; ++i) {
        const detail::inference_phase_load here = detail::peak_over_phases(job, job.stages[i], batch, prompt, generate);
        const double required = detail::required_bytes(job, here) + static_cast<double>(job.stages[i].missing);
        if (required > most) {
            peak = here;
            most = required;
            most_loaded = i;
        }
    }
    return detail::estimate_of(job, most_loaded, peak);
}

/// Returns the peak memory of a lowered inference at the job's own batch and lengths.
[[nodiscard]] constexpr memory_estimate memory(const lowered_inference& job) {
    return memory(job, job.job.batch, job.job.prompt, job.job.generate);
}

namespace detail {

/// Returns the usable bytes of the GPU that has a pipeline stage.
[[nodiscard]] constexpr std::int64_t capacity_of_stage(const lowered_inference& job, int stage) noexcept {
    for (std::size_t i = 0; i < job.stage_count; ++i)
        if (job.stage_index[i] == stage) return job.capacity - job.stages[i].missing;
    return job.capacity;
}

/// Returns `memory_utilization` of the memory that the runtime reports.
[[nodiscard]] constexpr std::int64_t asked_share_of(const lowered_inference& job) noexcept {
    return fraction_of(job.capacity + job.system, job.job.memory_utilization);
}

/// Returns the bytes that the CUDA context and a KV connector take beside an engine's share.
[[nodiscard]] constexpr std::int64_t taken_beside(const lowered_inference& job) noexcept {
    return job.context + job.job.connector_mib * bytes_per_mebibyte;
}

/// Returns the share of a GPU that `memory_utilization` names: of its memory, or of what the CUDA context and NCCL
/// leave where weights and cache alone fill the share.
[[nodiscard]] constexpr std::int64_t share_of(const lowered_inference& job) noexcept {
    const std::int64_t outside = job.context + job.communication;
    if (job.cache == cache_policy::fraction_for_cache)
        return outside + fraction_of(larger(job.capacity - outside, 0), job.job.memory_utilization);
    return smaller(asked_share_of(job), job.capacity);
}

}  // namespace detail

/// Returns the bytes of one GPU that an engine may use for a job of this need: all usable memory; or a fraction of it
/// (`memory_utilization`) and what the engine takes beside that share; or all but what an engine leaves free that gives
/// its cache a fraction of the free memory.
[[nodiscard]] constexpr bytes budget(const lowered_inference& job, const memory_estimate& need) {
    if (job.cache == cache_policy::fraction_of_total) return bytes_of(detail::share_of(job) + job.beside_share);
    if (job.cache == cache_policy::fraction_for_cache) {
        const memory_components& c = need.components;
        const std::int64_t beside = (c.activations + c.logits + c.temporaries + c.fragmentation + c.graphs).number;
        return bytes_of(smaller(detail::share_of(job) + beside, job.capacity));
    }
    if (job.cache != cache_policy::fraction_of_free) return bytes_of(detail::capacity_of_stage(job, need.peak_stage));
    const std::int64_t free = job.capacity - need.device().number + need.components.kv_cache.number;
    if (free <= 0) return bytes_of(job.capacity);
    return bytes_of(job.capacity - (free - detail::fraction_of(free, job.job.memory_utilization)));
}

/// Returns the largest fraction of a GPU's memory for which an engine starts, in hundredths: one that takes a fraction
/// of the whole asks, before it loads anything, for as much free memory. The CUDA context, a display and an operating
/// system that shares the memory have taken theirs by then (vllm-project/vllm#20305, pytorch/pytorch#175666).
[[nodiscard]] constexpr double largest_utilization(const lowered_inference& job) noexcept {
    const double free = static_cast<double>(larger(job.capacity - detail::taken_beside(job), 0));
    const double total = static_cast<double>(larger(job.capacity + job.system, 1));
    return static_cast<double>(static_cast<int>(100 * free / total)) / 100;
}
/// Returns false for an engine that finds less free memory than the share that it is told to take, and does not start,
/// and for one whose share leaves no room for the buffers of a KV connector.
[[nodiscard]] constexpr bool starts(const lowered_inference& job) noexcept {
    const bool connects = job.job.connector_mib > 0 && job.cache == cache_policy::fraction_of_total;
    if (!job.asks_for_share && !connects) return true;
    return detail::asked_share_of(job) <= job.capacity - detail::taken_beside(job);
}

/// Returns true if an engine that fills its share with cache leaves too little beside it for the CUDA context and the
/// graphs that it records next, when nothing but weights and cache stands in the share: the engine may run out of
/// memory although the job itself needs less.
[[nodiscard]] constexpr bool overfills(const lowered_inference& job, const memory_estimate& need) noexcept {
    if (job.cache != cache_policy::fraction_of_total || job.graphs == 0) return false;
    const memory_components& c = need.components;
    const std::int64_t idle = c.activations.number + c.logits.number;
    return detail::share_of(job) + job.beside_share - idle > job.capacity;
}

/// Returns what the most-loaded GPU shows once an engine has filled its budget with cache, and the need itself for
/// engines without a budget. Throws invalid_input as `memory`.
[[nodiscard]] constexpr memory_estimate occupied(const lowered_inference& job) {
    memory_estimate shown = memory(job);
    if (!fills_share(job.cache)) return shown;
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
