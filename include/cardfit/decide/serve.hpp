// SPDX-License-Identifier: MIT
#pragma once

// Serving a model: whether it fits, for how many users at once, how long their contexts may be, in which weight format,
// and how many layers go on the GPU if not all of them do.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/inference/lower.hpp>

namespace cardfit {

/// Returns the fit of a lowered inference for `batch` sequences of `prompt` and `generate` tokens: the memory that they
/// need, and what the engine may take of the GPU. A job is at most `tight` where the engine's graphs find no room
/// beside its share, and does not fit where the engine does not start, or where it places more in host memory than the
/// hosts are known to have. Throws invalid_input if one of them is out of range.
[[nodiscard]] constexpr fit_report fit(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                       std::int64_t generate) {
    const memory_estimate estimate = memory(job, batch, prompt, generate);
    fit_report report = report_of(estimate, budget(job, estimate));
    if (report.grade == grade::fits && overfills(job, estimate)) report.grade = grade::tight;
    if (is_placed(job.job)) report.host = host_memory(job, batch, prompt, generate);
    if (!starts(job) || report.host.exceeded()) report.grade = grade::does_not_fit;
    return report;
}
/// Returns the fit of the job with its own batch and lengths.
[[nodiscard]] constexpr fit_report fit(const lowered_inference& job) {
    return fit(job, job.job.batch, job.job.prompt, job.job.generate);
}
/// Returns the fit of an inference. Throws invalid_input for a job, layout or model that is invalid.
template <network_model M>
[[nodiscard]] constexpr fit_report fit(const M& model, const inference& i, const machine& m, const layout& l = {}) {
    return fit(lower_job(model, i, m, l));
}
/// Returns true if the inference fits what the engine may take even at the upper error bound.
template <network_model M>
[[nodiscard]] constexpr bool fits(const M& model, const inference& i, const machine& m, const layout& l = {}) {
    return fit(lower_job(model, i, m, l)).grade == grade::fits;
}

/// Returns the fit of one card (from 0) of a machine whose cards hold layers one after the other. Throws invalid_input
/// as lower_job does.
[[nodiscard]] constexpr fit_report fit_of_card(const network& net, const inference& i, const machine& m,
                                               const layout& given, int card) {
    detail::check_job(net, i, m, given);
    return fit(detail::lower_stages(net, as_released(i), m, resolved(given, m.cards), card, card + 1));
}

namespace detail {

[[nodiscard]] constexpr bool holds(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                   std::int64_t generate, error_bound how) {
    if (!starts(job) || !within_reach(job, batch, prompt, generate)) return false;
    const fit_report report = fit(job, batch, prompt, generate);
    if (how == error_bound::upper) return report.grade == grade::fits;
    return report.headroom >= bytes{} && !report.host.exceeded();
}

}  // namespace detail

/// Returns the largest number of concurrent sequences (users at that context) whose estimate is within what the engine
/// may take; 0 if not even 1 is.
[[nodiscard]] constexpr std::int64_t largest_batch(const lowered_inference& job,
                                                   error_bound how = error_bound::central) {
    // Each sequence of a unified cache has a token of it.
    const std::int64_t most = job.job.unified_cache ? job.job.prompt + job.job.generate : 10'000'000;
    return detail::largest_that_holds(
        most, [&](std::int64_t n) { return detail::holds(job, n, job.job.prompt, job.job.generate, how); });
}
/// Returns the longest context for the job's batch: prompt, its images' tokens and generated tokens together. The job's
/// generated tokens stay as they are if the context is longer. 0 if not even 1 token fits. For a model with a fixed
/// number of tokens per sample (images), it is that number.
[[nodiscard]] constexpr std::int64_t longest_context(const lowered_inference& job,
                                                     error_bound how = error_bound::central) {
    if (job.tokens_per_sample > 0)
        return detail::holds(job, job.job.batch, job.tokens_per_sample, 0, how) ? job.tokens_per_sample : 0;
    const std::int64_t longest =
        job.is_encoder_decoder ? detail::longest_prompt(job) + job.job.generate : job.longest_sequence;
    const std::int64_t text = detail::largest_that_holds(longest - job.image_tokens, [&](std::int64_t n) {
        const std::int64_t generate = smaller(job.job.generate, n - 1);
        return detail::holds(job, job.job.batch, n - generate, generate, how);
    });
    return text > 0 ? text + job.image_tokens : 0;
}

/// The same for a model, a job, a machine and a layout. Throws invalid_input as lower_job does.
template <network_model M>
[[nodiscard]] constexpr std::int64_t largest_batch(const M& model, const inference& i, const machine& m,
                                                   const layout& l = {}, error_bound how = error_bound::central) {
    return largest_batch(lower_job(model, i, m, l), how);
}
/// Returns the longest context, as for a lowered inference. Throws invalid_input for a job, layout or model that is
/// invalid.
template <network_model M>
[[nodiscard]] constexpr std::int64_t longest_context(const M& model, const inference& i, const machine& m,
                                                     const layout& l = {}, error_bound how = error_bound::central) {
    return longest_context(lower_job(model, i, m, l), how);
}
/// Returns the longest context, under the name that training and inference share.
template <network_model M>
[[nodiscard]] constexpr std::int64_t longest_length(const M& model, const inference& i, const machine& m,
                                                    const layout& l = {}, error_bound how = error_bound::central) {
    return longest_context(model, i, m, l, how);
}

/// Returns the fit of a main model and a draft model on the same GPUs (speculative decoding). Each model holds its
/// weights and its KV cache; activations count once, at the larger size, because the models take turns. Both run in one
/// process: one CUDA context, and one budget, the main model's. Throws invalid_input as `memory` does.
[[nodiscard]] constexpr fit_report fit_with_draft(const lowered_inference& main, const lowered_inference& draft) {
    memory_estimate both = memory(main);
    both.components = shared_components(both.components, memory(draft).components);
    both = with_band(both, main.band_per_mille);
    return report_of(both, budget(main, both));
}

/// Returns true if the engine can leave layers in host memory that is not the GPU's. On a card that shares its memory
/// with the host, a layer takes the same bytes on either side.
[[nodiscard]] constexpr bool leaves_layers_in_host(const inference& i, const machine& m) {
    return row_of(i.framework).memory.splits_layers && !shares_memory_with_host(m.card);
}

/// How the layers of a model that does not fit are divided between GPUs and host memory (llama.cpp's -ngl).
struct layer_split {
    std::int64_t on_card = 0;  ///< of `layers`, on all GPUs together
    std::int64_t layers = 0;   ///< layers of the model, the head as one more
    bytes host_weights{};      ///< layers, embedding and head that stay in host memory
    bytes host_cache{};        ///< KV cache of the layers that stay in host memory
    /// Layers on each GPU, the head as one more of the last one's.
    card_shares shares{};

    /// Returns what stays in host memory.
    [[nodiscard]] constexpr bytes in_host() const noexcept { return host_weights + host_cache; }
};

namespace detail {

/// Returns one card (from 0) of a machine as a machine of its own.
[[nodiscard]] constexpr machine alone(const machine& m, int card) noexcept {
    machine one = seen_by_card(m, card);
    one.cards = 1;
    one.per_node = 0;
    one.link = card_link::by_default;
    one.others = {};
    return one;
}
/// Returns the job without shares of cards.
[[nodiscard]] constexpr inference unshared(inference i) noexcept {
    i.tensor_split = {};
    return i;
}

/// Returns the lowered inference of one GPU that holds the layers [low, high).
[[nodiscard]] constexpr lowered_inference part_of(const lowered_inference& whole, const network& net,
                                                  const inference& i, std::int64_t low, std::int64_t high) {
    // The embedding is on the GPU of the first layer, unless the engine leaves it in host memory.
    stage_content content{.embedding = low == 0 && high > low, .head = high == net.layers && high > low};
    for (std::size_t k = 0; k < net.block_kinds; ++k) content.layers[k] = net.blocks[k].layers.count(low, high);
    lowered_inference part = whole;
    part.stages[0] = lower_stage({.net = net,
                                  .job = i,
                                  .l = layout{.data = 1, .sharding_group = 1},
                                  .row = row_of(i).memory,
                                  .trial = whole.trial,
                                  .content = content,
                                  .stored = stored_of(net, i),
                                  .compute = block_layout_of(compute_format_of(i.weights)).block_bytes,
                                  .unquantized = block_layout_of(compute_format_of(i.weights)).block_bytes,
                                  .low = low,
                                  .high = high});
    return part;
}

}  // namespace detail

/// Returns the largest number of layers that the machine's GPUs hold together with their KV cache; the rest stays in
/// host memory, unless host and GPU share one: then the GPUs hold either all layers or none. Each GPU holds consecutive
/// layers: the last layers go to the last GPU first, and the head goes with them. Throws invalid_input as lower_job
/// does.
[[nodiscard]] constexpr layer_split layers_on_cards(const network& net, const inference& i, const machine& m,
                                                    error_bound how = error_bound::central) {
    lowered_inference whole = lower_job(net, detail::unshared(i), detail::alone(m, m.cards - 1));
    layer_split split{.layers = net.layers};
    std::int64_t end = net.layers;
    for (int card = m.cards - 1; card >= 0 && end > 0; --card) {
        if (m.others.count > 0) whole = lower_job(net, detail::unshared(i), detail::alone(m, card));
        const std::int64_t n = detail::largest_that_holds(end, [&](std::int64_t k) {
            return detail::holds(detail::part_of(whole, net, i, end - k, end), i.batch, i.prompt, i.generate, how);
        });
        if (n == 0) break;
        split.on_card += n;
        end -= n;
        if (m.cards <= max_cards_of_split) split.shares.of[card] = static_cast<double>(n + (end + n == net.layers));
    }
    split.shares.count = m.cards <= max_cards_of_split ? m.cards : 0;
    const bool keeps_embedding = detail::leaves_embedding_in_host(i, row_of(i.framework).memory);
    // A tied table that serves as embedding and head is one where both are in host memory.
    const bool head_is_embedding = keeps_embedding && net.tied && end == net.layers;
    const std::int64_t embedding =
        stored_of(net, i).known() ? stored_of(net, i).embedding
        : is_gguf(i)              ? gguf_bytes_by_kind(net, i.weights).embedding
                     : detail::table_bytes(detail::embedding_format(i), net.embedding_parameters, net, i.group);
    split.host_weights = bytes_of(keeps_embedding && !head_is_embedding ? embedding : 0);
    if (end == 0) return split;
    if (shares_memory_with_host(m.card)) return {.layers = net.layers};
    const lowered_inference rest = detail::part_of(whole, net, i, 0, end);
    split.host_weights += bytes_of(rest.stages[0].weights);
    split.host_cache = bytes_of(detail::cache_bytes(rest, rest.stages[0], i.batch, i.prompt, i.generate));
    return split;
}

/// Weight formats from the highest precision to the lowest: those of GGUF files, and those of the other engines.
inline constexpr number_format gguf_by_quality[]{
    number_format::bf16,   number_format::q8_0,   number_format::q6_k,   number_format::q5_k_m, number_format::q5_k_s,
    number_format::q4_k_m, number_format::q4_k_s, number_format::iq4_xs, number_format::q3_k_l, number_format::q3_k_m,
    number_format::q3_k_s, number_format::q2_k,   number_format::iq2_xs, number_format::iq1_m};
/// Formats of weights of engines other than llama.cpp, from the best quality on.
inline constexpr number_format formats_by_quality[]{number_format::bf16, number_format::fp8, number_format::gptq_int8,
                                                    number_format::awq_int4, number_format::nf4_dq};

/// The weight format of the highest precision in which the job still has the grade `fits` on this machine; `accepted`
/// is false if there is none. Only formats that the engine reads are tried: GGUF formats for llama.cpp, the others for
/// the other engines.
struct format_choice {
    number_format format{};  ///< the format of weights
    bool accepted = false;   ///< whether a format fits
    bytes needed{};          ///< central estimate of the most-loaded GPU
};
/// Returns the format of the highest precision that fits, or one with `accepted` false. Throws invalid_input for a job,
/// layout or model that is invalid.
[[nodiscard]] constexpr format_choice best_weights(const network& net, const inference& i, const machine& m,
                                                   const layout& l = {}) {
    const auto first_that_fits = [&](const auto& formats) {
        for (const number_format f : formats) {
            const inference in_format = with_weights(i, f);
            if (!engine_runs(in_format, m.card)) continue;
            const lowered_inference job = lower_job(net, in_format, m, l);
            if (fit(job).grade == grade::fits) return format_choice{f, true, memory(job).device()};
        }
        return format_choice{};
    };
    return row_of(i.framework).memory.reads_gguf ? first_that_fits(gguf_by_quality)
                                                 : first_that_fits(formats_by_quality);
}

}  // namespace cardfit
