// SPDX-License-Identifier: MIT
#pragma once

// Time of a training step, for any architecture, machine and layout. cardfit.hpp does not include this header, so that
// a program that estimates memory alone does not pay for it.

#include <cardfit/estimate/training/check_job.hpp>
#include <cardfit/estimate/kernels/convolution.hpp>
#include <cardfit/estimate/training/micro_step.hpp>
#include <cardfit/estimate/training/objective.hpp>
#include <cardfit/estimate/training/step_assembly.hpp>
#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/model/flops.hpp>

namespace cardfit {

/// True for a model whose time follows from its own operators, which its lowering no longer has.
template <class M>
inline constexpr bool timed_by_operators = convolutional<M> || requires {
    M::has_operators;
};

namespace detail {
/// Says that this header is included (declared.hpp).
struct step_time_header {};
}  // namespace detail

namespace detail {

/// Returns true if flash attention runs. No flash kernel takes positions that enter the scores; some frameworks'
/// kernels took keys of another sequence, or windows, only from a later date on.
[[nodiscard]] constexpr bool uses_flash(const network& net, const training& t, const framework_time& row) noexcept {
    if (t.attention == attention::eager || t.software_date < flash_since) return false;
    bool windows = false;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const attention_answers& a = net.blocks[k].attention;
        const bool cross = a.other_width > 0 && !a.biased_scores && !(t.software_date < row.flash_sources_since);
        if (!a.flash && !cross) return false;
        windows = windows || a.window != all_positions;
    }
    return !(windows && row.windows_fused_late && t.software_date < windows_fused_since);
}

/// Returns true if sequence parallelism divides the residual inside the tensor-parallel group.
[[nodiscard]] constexpr bool divides_sequence(const training& t, const layout& l) noexcept {
    if (l.sequence_parallel == sequence_parallel::by_default) return row_of(t).memory.sequence_parallel_with_tensor;
    return l.sequence_parallel == sequence_parallel::on;
}

/// Lowers a job that has been checked to what the estimate reads. `l` is resolved.
[[nodiscard]] constexpr time_job lower_time(const network& net, const training& t, const machine& m, const layout& l,
                                            const framework_time& row, const card_rates& card,
                                            const training_time_constants& constants) noexcept {
    const double length = static_cast<double>(net.tokens_per_sample > 0 ? net.tokens_per_sample : t.sequence_length);
    return {.net = net,
            .job = t,
            .hardware = m,
            .l = l,
            .row = row,
            .card = card,
            .constants = constants,
            .length = length,
            .tokens =
                static_cast<double>(t.micro_batch) * length / l.context * static_cast<double>(net.padded_percent) / 100,
            .tensor = static_cast<double>(l.tensor),
            .sequence_cards = divides_sequence(t, l) ? static_cast<double>(l.tensor) : 1,
            .flash = uses_flash(net, t, row),
            .adapted = t.adapter.method != adapter_method::none,
            .fused = cost_of(row.fusion, constants.step),
            .kernels = cost_of(t.compiled ? fusion::compiled : row.fusion, constants.step)};
}

/// Returns the parameters of all layers, of the embedding, of the head and of a trained tower, divided by tensor and
/// expert parallelism.
[[nodiscard]] constexpr parameter_sums whole_sums(const time_job& j) noexcept {
    parameter_sums sums;
    const adapter& a = j.job.adapter;
    layout one_stage = j.l;
    one_stage.pipeline = 1;
    for (std::size_t k = 0; k < j.net.block_kinds; ++k)
        sums.add(layer_parameters(j.net.blocks[k], j.l, a), j.net.blocks[k].layers.count(0, j.net.layers));
    const adapter_recipe& recipe = row_of(j.job).memory.adapters;
    sums.add(embedding_head_parameters(j.net, one_stage, a, recipe, true, true), 1);
    if (trains_tower(j)) sums.add(tower_sums(j.net, j.l), 1);
    return sums;
}

/// Returns the passes that a step's model FLOPs are of: forward, and gradients of inputs and of weights. Of frozen
/// layers, some have a gradient of their inputs.
[[nodiscard]] constexpr double counted_passes(const time_job& j) noexcept {
    const double all = j.adapted ? 2 : 3;
    if (j.job.trained_layers == 0) return all;
    const layer_split split = split_layers(j.net, j.job, row_of(j.job).memory);
    const double layers = static_cast<double>(j.net.layers);
    return 1 + (all - 1) * static_cast<double>(layers_of(split.trained)) / layers +
           static_cast<double>(layers_of(split.relaying)) / layers;
}

/// Returns the model FLOPs of one sample, forward and backward. Frozen weights under an adapter have no gradient, and a
/// masked loss computes logits of few positions.
[[nodiscard]] constexpr double step_flops(const time_job& j) noexcept {
    const double unmasked = j.job.loss == loss::masked ? 1 - j.constants.step.masked_positions : 0;
    const double head =
        2 * static_cast<double>(j.net.hidden) * static_cast<double>(vocabulary_logits_per_token(j.net)) * j.length;
    const double forward = forward_flops(j.net, j.job.sequence_length) - unmasked * head;
    const double tower = static_cast<double>(j.job.images) * image_flops(j.net);
    return forward * counted_passes(j) + tower * (trains_tower(j) ? 3 : 1);
}

/// Returns the estimate with its rates and its error band. `sample_flops` are the model FLOPs of one sample.
[[nodiscard]] constexpr time_estimate estimate_of(const time_job& j, const time_breakdown& b, double sample_flops) {
    time_estimate e{.step = b.total(), .breakdown = b};
    const double band = static_cast<double>(j.row.band_per_mille) / 1000;
    e.step_low = e.step * (1 - band);
    e.step_high = e.step * (1 + band);
    const double samples =
        static_cast<double>(j.job.micro_batch * j.job.gradient_accumulation) * static_cast<double>(j.l.data);
    e.samples_per_second = samples / e.step.number;
    // Padding is no token.
    const double counted = j.job.padding == padding::none ? j.length : static_cast<double>(j.job.typical_length);
    if (j.net.tokens_per_sample == 0)
        e.tokens_per_second = tokens_per_second::from_number(e.samples_per_second * counted *
                                                             static_cast<double>(j.net.counted_sequences));
    // Winograd multiplies less than the model's FLOPs say: fp32 networks of 3x3 convolutions may exceed the peak on
    // paper.
    e.model_flops_utilization =
        least(1, e.samples_per_second * sample_flops / (static_cast<double>(j.hardware.cards) * j.card.linear.peak));
    return e;
}
[[nodiscard]] constexpr time_estimate estimate_of(const time_job& j, const time_breakdown& b) {
    return estimate_of(j, b, step_flops(j));
}

/// Returns true for the lowering of a convolutional model, which no longer has the shapes of its convolutions.
[[nodiscard]] constexpr bool of_convolutions(const network& net) noexcept {
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i)
            if (net.blocks[k].linears[i].target == target::convolution) return true;
    return false;
}

/// Returns the time of a step of another objective from that of the supervised training of its sequences: each further
/// forward pass takes its share of a micro-step (a third of it where backward takes twice the forward, a fourth with
/// full recomputation: estimated), and each further trained model as long as the first. Generating the samples of a
/// step is not counted.
[[nodiscard]] constexpr time_estimate with_objective(time_estimate e, const network& net, const training& t) {
    const objective_row& row = row_of(t.objective);
    const double passes = (t.adapter.method == adapter_method::none ? 3.0 : 2.0) + (t.recompute == recompute::full);
    const double reference = asks_reference(t) ? row.reference_forwards : 0;
    const double frozen = static_cast<double>(t.frozen_parameters) / static_cast<double>(parameters(net));
    // A gradient cache embeds every sequence once more, without a gradient.
    const double cached = t.gradient_cache > 0 ? 1 : 0;
    const double sequences = static_cast<double>(sequences_of(t));
    const double others = (reference + row.other_forwards) / sequences + frozen + cached;
    const double longer = row.trained_copies + others / passes;
    const double before = e.step.number;
    time_breakdown& b = e.breakdown;
    for (seconds time_breakdown::*part : {&time_breakdown::compute, &time_breakdown::tensor_communication,
                                          &time_breakdown::data_communication, &time_breakdown::bubble})
        b.*part = seconds_of((b.*part).number * longer);
    b.optimizer = seconds_of(b.optimizer.number * row.trained_copies);
    e.step = b.total();
    const double ratio = e.step.number / before;
    e.step_low = seconds_of(e.step_low.number * ratio);
    e.step_high = seconds_of(e.step_high.number * ratio);
    e.samples_per_second /= ratio * sequences;
    e.tokens_per_second = tokens_per_second::from_number(e.tokens_per_second.number / ratio);
    e.model_flops_utilization *= row.trained_copies / ratio;
    return e;
}

}  // namespace detail

/// Returns the time of one training step of a network; see `step_time` of a model below.
/// Throws invalid_input for what is wrong with job, layout or machine, for a card whose memory bandwidth or fp32 rate
/// is unknown, and for the lowering of a convolutional model, which no longer has the shapes of its convolutions: pass
/// the model itself.
[[nodiscard]] constexpr time_estimate step_time(const network& net, const training& t, const machine& m,
                                                const layout& l, const training_time_constants& constants) {
    detail::check_job(net, t, m, l);
    if (t.objective != objective::sft) {
        training sequences = detail::supervised(t);
        sequences.micro_batch *= detail::sequences_of(t);
        return detail::with_objective(step_time(detail::trained_network(net, t), sequences, m, l, constants), net, t);
    }
    if (t.mtp_layers > net.prediction_layers)
        return step_time(with_prediction_layers(net, t.mtp_layers), t, m, l, constants);
    if (detail::tells_source_apart(net, t))
        return step_time(with_source(net, detail::source_length_of(net, t)), t, m, l, constants);
    if (detail::of_convolutions(net))
        throw invalid_input({"model", 0, 0, 0, "the convolutional model itself, not its lowering"});
    training timed = t;
    timed.sequence_length = timed_length(t);
    const framework_time& row = row_of(t).time;
    const detail::card_rates card = detail::rates_of(m.card, t.precision, t.software_date,
                                                     fuses_attention(row, t.software_date), constants.kernels);
    const detail::time_job j = detail::lower_time(net, timed, m, resolved(l, m.cards), row, card, constants);
    return detail::estimate_of(j, detail::assemble(j, detail::layered_work(j, detail::whole_sums(j))));
}

/// Returns the time of one training step of any model, with its error band and its parts:
/// `step_time(models::llama_3_1_8b, job, 8 * cards::h100_sxm5_80gb, {.data = 8, .sharding = sharding::full})`.
/// Throws invalid_input (a std::invalid_argument) that names the first thing that is wrong.
/// Source: constants fitted to 771 published rates of 17 sources, 2026-11: calibration/describe_training.hpp.
template <architecture M>
[[nodiscard]] constexpr time_estimate step_time(const M& model, const training& t, const machine& m, const layout& l,
                                                const training_time_constants& constants) {
    const network net = lower_model(model, t.image_size);
    if constexpr (convolutional<M>) {
        detail::check_job(net, t, m, l);
        const framework_time& row = row_of(t).time;
        const detail::card_rates card = detail::rates_of(m.card, t.precision, t.software_date,
                                                         fuses_attention(row, t.software_date), constants.kernels);
        const detail::time_job j = detail::lower_time(net, t, m, resolved(l, m.cards), row, card, constants);
        return detail::estimate_of(j, detail::assemble(j, detail::convolution_work(model, j, detail::whole_sums(j))));
    } else {
        return step_time(net, t, m, l, constants);
    }
}

/// Returns the time of one training step with the constants that the job uses: its calibration's, or else the defaults.
template <network_model M>
[[nodiscard]] constexpr time_estimate step_time(const M& model, const training& t, const machine& m,
                                                const layout& l = {}) {
    return step_time(model, t, m, l, constants_of(t));
}

/// Returns the time of one step, under the name that training and inference share.
template <network_model M>
[[nodiscard]] constexpr time_estimate time(const M& model, const training& t, const machine& m, const layout& l = {}) {
    return step_time(model, t, m, l);
}

}  // namespace cardfit
