// SPDX-License-Identifier: MIT
#pragma once

// Serving a model: does it fit, for how many users at once, how long may their contexts be, in which format of the
// weights, and how many layers go on the card where not all do.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/lower_inference.hpp>

namespace cardfit {

/// The fit of a lowered inference for `batch` sequences of `prompt` and `generate` tokens: what they need against what
/// the engine may take. Throws invalid_input where one is out of range.
[[nodiscard]] constexpr fit_report fit(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                       std::int64_t generate) {
    const memory_estimate estimate = memory(job, batch, prompt, generate);
    const bytes capacity = budget(job);
    return {.memory = estimate,
            .capacity = capacity,
            .headroom = capacity - estimate.device(),
            .grade = grade_of(estimate, capacity)};
}
[[nodiscard]] constexpr fit_report fit(const lowered_inference& job) {
    return fit(job, job.job.batch, job.job.prompt, job.job.generate);
}
/// The fit of one inference. Throws invalid_input for a job, layout or model that makes no sense.
template <class M>
requires architecture<M> || std::same_as<M, network>
[[nodiscard]] constexpr fit_report fit(const M& model, const inference& i, const machine& m, const layout& l = {}) {
    return fit(lower_job(model, i, m, l));
}
/// True where the inference fits for sure: the high end of the band is within what the engine may take.
template <class M>
requires architecture<M> || std::same_as<M, network>
[[nodiscard]] constexpr bool fits(const M& model, const inference& i, const machine& m, const layout& l = {}) {
    return fit(lower_job(model, i, m, l)).grade == grade::fits;
}

namespace detail {

[[nodiscard]] constexpr bool holds_centrally(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                             std::int64_t generate) {
    return within_reach(job, batch, prompt, generate) &&
           memory(job, batch, prompt, generate).device().number <= budget(job).number;
}

}  // namespace detail

/// Most sequences at once (users at that context) whose central estimate is within what the engine may take; 0 where
/// not even 1 is.
[[nodiscard]] constexpr std::int64_t largest_batch(const lowered_inference& job) {
    return detail::largest_that_holds(
        10'000'000, [&](std::int64_t n) { return detail::holds_centrally(job, n, job.job.prompt, job.job.generate); });
}
/// Longest context, prompt and generated tokens together, for the job's batch; the job's generated tokens stay as they
/// are where the context is longer. 0 where not even 1 token is. A model with a fixed number of tokens a sample
/// (images) answers that number.
[[nodiscard]] constexpr std::int64_t longest_context(const lowered_inference& job) {
    if (job.tokens_a_sample > 0)
        return detail::holds_centrally(job, job.job.batch, job.tokens_a_sample, 0) ? job.tokens_a_sample : 0;
    const std::int64_t longest =
        job.reads_source ? detail::longest_prompt(job) + job.job.generate : job.longest_sequence;
    return detail::largest_that_holds(longest, [&](std::int64_t n) {
        const std::int64_t generate = smaller(job.job.generate, n - 1);
        return detail::holds_centrally(job, job.job.batch, n - generate, generate);
    });
}

/// How a model is shared between a card and host memory where it does not fit: llama.cpp's -ngl.
struct layer_split {
    std::int64_t on_card = 0;  ///< of `layers`; the head goes to the card with the last
    std::int64_t layers = 0;
    bytes host_weights{};  ///< layers, embedding and head that stay in host memory
    bytes host_cache{};
};

/// Most layers of a job that one card holds with their cache, the rest staying in host memory. The last layers go to
/// the card first, and the head with them. Throws invalid_input as lower_job does, and for a job on more than one card.
[[nodiscard]] constexpr layer_split layers_on_card(const network& net, const inference& i, const machine& m) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(i, net, on_problem::refuse));
    problem_list found(on_problem::refuse);
    found.ranges(problem{"hardware.cards", m.cards, 1, 1});
    const lowered_inference whole = lower_job(net, i, m);
    const auto with_layers = [&](std::int64_t n) {
        stage_content content{.head = n > 0};
        for (std::size_t k = 0; k < net.block_kinds; ++k)
            content.layers[k] = net.blocks[k].layers.count(net.layers - n, net.layers);
        lowered_inference part = whole;
        part.stages[0] = detail::stage_of({.net = net,
                                           .job = i,
                                           .l = layout{.data = 1, .sharding_group = 1},
                                           .row = row_of(i.framework),
                                           .content = content,
                                           .compute = layout_of(compute_format_of(i.weights)).block_bytes,
                                           .low = net.layers - n,
                                           .high = net.layers});
        return part;
    };
    const std::int64_t n = detail::largest_that_holds(net.layers, [&](std::int64_t k) {
        return detail::holds_centrally(with_layers(k), i.batch, i.prompt, i.generate);
    });
    const lowered_inference here = with_layers(n);
    const auto cache = [&](const lowered_inference& job) {
        return detail::cache_bytes(job, job.stages[0], i.batch, i.prompt, i.generate);
    };
    const std::int64_t embedding =
        row_of(i.framework).embedding_on_host
            ? (is_gguf(i.weights) ? gguf_bytes_by_kind(net, i.weights).embedding
                                  : net.embedding_parameters * layout_of(compute_format_of(i.weights)).block_bytes)
            : 0;
    return {.on_card = n,
            .layers = net.layers,
            .host_weights = bytes_of(whole.stages[0].weights - here.stages[0].weights + embedding),
            .host_cache = bytes_of(cache(whole) - cache(here))};
}

/// Formats of weights from the most bits to the fewest, for one engine.
inline constexpr number_format gguf_by_quality[]{
    number_format::bf16,   number_format::q8_0,   number_format::q6_k,   number_format::q5_k_m, number_format::q5_k_s,
    number_format::q4_k_m, number_format::q4_k_s, number_format::iq4_xs, number_format::q3_k_l, number_format::q3_k_m,
    number_format::q3_k_s, number_format::q2_k,   number_format::iq2_xs, number_format::iq1_m};
inline constexpr number_format formats_by_quality[]{number_format::bf16, number_format::fp8, number_format::gptq_int8,
                                                    number_format::awq_int4, number_format::nf4_dq};

/// The format with the most bits in which the job still fits for sure (grade `fits`) on this machine; `accepted` false
/// where none does. Only what the engine reads is tried: llama.cpp its files, the others the rest.
struct format_choice {
    number_format format{};
    bool accepted = false;
    bytes needed{};
};
[[nodiscard]] constexpr format_choice best_weights(const network& net, inference i, const machine& m,
                                                   const layout& l = {}) {
    const auto first_that_fits = [&](const auto& formats) {
        for (const number_format f : formats) {
            i.weights = f;
            const lowered_inference job = lower_job(net, i, m, l);
            if (fit(job).grade == grade::fits) return format_choice{f, true, memory(job).device()};
        }
        return format_choice{};
    };
    return row_of(i.framework).embedding_on_host ? first_that_fits(gguf_by_quality)
                                                 : first_that_fits(formats_by_quality);
}

}  // namespace cardfit
