// SPDX-License-Identifier: MIT
#pragma once

// Time of an inference: time to the first token (prefill), and time per output token with a cache of any length. A job
// is lowered once to what it reads and computes; evaluating a batch, a prompt and a context is then a handful of
// operations.

#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/estimate/inference/check_job.hpp>
#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/estimate/inference/pass_time.hpp>
#include <cardfit/estimate/inference/prefill.hpp>
#include <cardfit/model/flops.hpp>

#include <optional>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct inference_time_header {};
}  // namespace detail

/// The time of an inference. Rates are those of the whole job, all replicas together.
struct inference_time {
    seconds prefill{};              ///< time to the first token (TTFT) of one batch
    seconds inter_token{};          ///< time per output token (TPOT), the mean over the growing cache
    tokens_per_second decode{};     ///< generated tokens per second of decode, on all replicas
    tokens_per_second generated{};  ///< generated tokens over prefill plus decode
    /// Images, or sequences, per second where nothing is generated; 0 elsewhere.
    double samples_per_second = 0;
    /// Half-width of the error band around each, as a fraction, from measured errors.
    double band = 0;
};

namespace detail {

/// Returns the seconds that a user of the job waits for: the time per output token, or that of a whole pass where
/// nothing is generated.
[[nodiscard]] constexpr seconds token_or_pass(const inference_time& t) noexcept {
    return t.inter_token.number > 0 ? t.inter_token : t.prefill;
}
/// Returns the throughput per second: generated tokens, or `sequences` (those of all replicas) per pass where nothing
/// is generated.
[[nodiscard]] constexpr double throughput_of(const inference_time& t, double sequences) noexcept {
    return t.generated.number > 0 ? t.generated.number : sequences / t.prefill.number;
}

}  // namespace detail

/// Returns the column whose figure an inference's time needs and no document states; nothing where all of them are
/// known. The vector rate serves only cards that have no unit for 16-bit matrices.
[[nodiscard]] constexpr std::optional<card_field> missing_for_inference(
    const gpu& card, number_format weights = number_format::bf16) noexcept {
    if (!(card.memory_bandwidth.number > 0)) return card_field::memory_bandwidth_gb_s;
    const bool narrow = weights == number_format::fp8 || weights == number_format::mxfp8;
    if (narrow && has_unit(card, &peak_rates::fp8) == documented::unknown) return card_field::fp8_dense;
    if (card.rates.fp16.number > 0 || card.rates.bf16.number > 0) return {};
    if (has_unit(card, &peak_rates::fp16) == documented::unknown) return card_field::fp16_tensor_acc32_dense;
    if (!(card.rates.fp32.number > 0)) return card_field::fp32_tflops;
    return {};
}

/// Returns true for cards whose bandwidth and 16-bit rate (fp32 rate, without units for 16 bits) are published.
[[nodiscard]] constexpr bool publishes_rates(const gpu& card) noexcept { return !missing_for_inference(card); }

/// Returns true if an inference of this network has a time on this card. A lowered convolutional network no longer has
/// the shapes of its convolutions, and nothing is known of a shape that is not verified: no time is better than a wrong
/// one.
[[nodiscard]] constexpr bool has_inference_time(const gpu& card, const network& net,
                                                number_format weights = number_format::bf16) noexcept {
    return !missing_for_inference(card, weights) && !net.convolutional && net.shape_verified;
}
/// The same on a machine: on each of its cards.
[[nodiscard]] constexpr bool has_inference_time(const machine& m, const network& net,
                                                number_format weights = number_format::bf16) noexcept {
    bool has = has_inference_time(m.card, net, weights);
    for (int i = 0; i < m.others.count; ++i) has = has && has_inference_time(*m.others.of[i], net, weights);
    return has;
}
/// Returns true if an inference of this model, whose lowering is `net`, has a time on this machine.
template <network_model M>
[[nodiscard]] constexpr bool has_inference_time(const M&, const network& net, const inference& i,
                                                const machine& m) noexcept {
    if constexpr (convolutional<M>)
        return detail::has_pass_time(m.card, net, i, true);
    else
        return has_inference_time(m, net, i.weights);
}

/// Lowers the time of an inference once, with constants that must outlive the result. Throws invalid_input as lower_job
/// does, and where the job has no time.
[[nodiscard]] constexpr lowered_inference_time lower_time(const network& net, const inference& asked, const machine& m,
                                                          const layout& given,
                                                          const inference_time_constants& constants) {
    detail::check_job(net, asked, m, given);
    const inference i = as_released(asked);
    if (!has_inference_time(m, net, i.weights))
        throw invalid_input(
            {"hardware.card", 0, 0, 0,
             "a card whose bandwidth and rates are published, and a model of verified shape without convolutions"});
    const layout l = resolved(given, m.cards);
    lowered_inference_time job{.job = detail::as_read_by(net, i), .row = &row_of(i).time, .constants = &constants};
    job.choice = &kernel_of(*job.row, i.weights, i.software_date);
    const bool scores = writes_scores(i, row_of(i).memory);
    job.reading = scores ? job.row->scored_attention : job.row->attention;
    job.kernel = detail::last_begun(scores ? job.row->scored_kernels : job.row->flash_kernels, i.software_date);
    const dated_figure layer = detail::last_begun(job.row->layers, i.software_date);
    job.layer = layer.figure ? layer.figure : job.row->layer;
    detail::add_parameters(job.load, net, i, l, false);
    detail::add_parameters(job.prompt_load, net, i, l, true);
    job.is_encoder_decoder = net.is_encoder_decoder;
    job.fixed_source_length = net.fixed_source_length;
    const double weights =
        job.load.dense + job.load.expert * job.load.experts + (job.is_encoder_decoder ? job.prompt_load.dense : 0);
    for (detail::serving_load* load : {&job.load, &job.prompt_load}) {
        detail::add_formats(*load, net, i, job.row->quantized_head, weights);
        detail::add_machine(*load, m, l, compute_format_of(i.weights), constants);
        detail::add_traffic(*load, i, m, constants);
    }
    job.load.copies = detail::copies_of_step(job.load.traffic);
    job.prompt_load.copies = detail::copies_of_prompt(job.prompt_load.traffic);
    if (i.speculation.method != drafting::none) job.draft_load = detail::draft_load(job.load, net, i);
    const placement place = placement_of(net.layers, i, row_of(i).memory);
    if (m.others.count > 0 || i.tensor_split.count > 0) {
        const card_shares parts = detail::parts_of(net, i, m, l, place);
        for (detail::serving_load* load : {&job.load, &job.prompt_load})
            detail::take_turns(*load, parts, m, l, compute_format_of(i.weights), constants);
    }
    if (place != placement{}) {
        detail::move_to_host(job.load, job.host, net, place);
        detail::add_host_rates(job.host, m, job.load.replicas, constants);
    }
    job.longest_sequence = net.longest_sequence;
    job.image_tokens = i.images * net.tower.image_tokens;
    job.crossed = i.images * net.tower.crossed;
    job.tower_flops = static_cast<double>(i.images) * image_flops(net);
    return job;
}
/// The same with the constants that the job uses: its calibration's, or else the defaults.
[[nodiscard]] constexpr lowered_inference_time lower_time(const network& net, const inference& i, const machine& m,
                                                          const layout& given = {}) {
    return lower_time(net, i, m, given, constants_of(i));
}

/// Returns the time of a lowered inference for `batch` sequences per replica of `prompt` and `generate` tokens each.
/// Throws invalid_input if one is out of range.
[[nodiscard]] constexpr inference_time time(const lowered_inference_time& job, std::int64_t batch, std::int64_t prompt,
                                            std::int64_t generate) {
    constexpr std::int64_t any = 100'000'000;
    const std::int64_t longest = job.longest_sequence > 0 ? job.longest_sequence : any;
    problem_list found(on_problem::refuse);
    found.ranges(
        invalid_field{"inference.batch", batch, 1, 10'000'000},
        invalid_field{"inference.prompt", prompt, 1, job.is_encoder_decoder ? any : longest - job.image_tokens},
        invalid_field{"inference.generate", generate, 0,
                      job.is_encoder_decoder ? longest : larger(longest - prompt - job.image_tokens, 0)});
    if (job.fixed_source_length > 0) prompt = job.fixed_source_length;
    const double b = static_cast<double>(batch);
    // The sequences of a unified cache have equal parts of it.
    const double sharing = job.job.unified_cache ? b : 1;
    const double s = static_cast<double>(prompt + job.image_tokens) / sharing;
    const double g = static_cast<double>(generate) / sharing;
    const double prefill =
        detail::tower_seconds(job, b) + (1 + detail::draft_share(job)) * detail::prompt_seconds(job, b, s);
    // The mean over the growing cache, by Simpson's rule: a step is nearly linear in the context.
    const double begun = job.is_encoder_decoder ? 0 : s;
    const double source = s - begun + static_cast<double>(job.crossed);
    const double step =
        (detail::step_seconds(job, b, begun, source) + 4 * detail::step_seconds(job, b, begun + g / 2, source) +
         detail::step_seconds(job, b, begun + g, source)) /
        6;
    inference_time t{.prefill = seconds_of(prefill), .band = job.row->band_per_mille / 1000.0};
    if (generate == 0) {
        t.samples_per_second = job.load.replicas * b / prefill;
        return t;
    }
    t.inter_token = seconds_of(step);
    t.decode = cardfit::tokens_per_second::from_number(job.load.replicas * b / step);
    t.generated = cardfit::tokens_per_second::from_number(job.load.replicas * b * g / (prefill + g * step));
    return t;
}

namespace detail {

/// Returns the time of a forward pass without a cache.
template <class M>
[[nodiscard]] constexpr inference_time pass_time(const M& model, const network& net, const inference& i,
                                                 const machine& m, const layout& l,
                                                 const inference_time_constants& constants) {
    const double pass = pass_seconds(model, net, i, m, l, constants);
    const double images = static_cast<double>(i.batch) * resolved(l, m.cards).data;
    return {.prefill = seconds_of(pass),
            .samples_per_second = images / pass,
            .band = row_of(i).time.band_per_mille / 1000.0};
}

}  // namespace detail

/// Returns the time of one inference of a model whose lowering is `net`. A network of images or an encoder whose card
/// trains at measured rates is timed by its forward pass. Throws invalid_input as lower_time does.
template <network_model M>
[[nodiscard]] constexpr inference_time time(const M& model, const network& net, const inference& asked,
                                            const machine& m, const layout& l,
                                            const inference_time_constants& constants) {
    if (detail::runs_one_pass(net)) {
        detail::check_job(net, asked, m, l);
        const inference i = detail::as_read_by(net, as_released(asked));
        if (detail::has_pass_time(m.card, net, i, convolutional<M>))
            return detail::pass_time(model, net, i, m, l, constants);
    }
    const lowered_inference_time job = lower_time(net, asked, m, l, constants);
    return time(job, job.job.batch, job.job.prompt, job.job.generate);
}

/// Returns the time of one inference: `time(models::llama_3_1_8b, inference{...}, cards::rtx_4090)`.
template <network_model M>
[[nodiscard]] constexpr inference_time time(const M& model, const inference& i, const machine& m, const layout& l,
                                            const inference_time_constants& constants) {
    return time(model, lower_model(model, i.image_size), i, m, l, constants);
}
/// The same with the constants that the job uses: its calibration's, or else the defaults.
template <network_model M>
[[nodiscard]] constexpr inference_time time(const M& model, const inference& i, const machine& m,
                                            const layout& l = {}) {
    return time(model, i, m, l, constants_of(i));
}

}  // namespace cardfit
