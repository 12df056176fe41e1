// SPDX-License-Identifier: MIT
#pragma once

// Seconds of a training step, for any architecture, machine and layout. A header beside cardfit.hpp: a program that
// asks for memory alone does not pay for it.

#include <cardfit/estimate/kernels/convolution.hpp>
#include <cardfit/estimate/training/time_estimate.hpp>
#include <cardfit/model/flops.hpp>

namespace cardfit {

namespace detail {

/// A job as the estimate reads it. `l` is resolved; everything has been checked.
[[nodiscard]] constexpr time_job lower_time(const network& net, const training& t, const machine& m, const layout& l,
                                            const training_time_row& row, const card_rates& card) noexcept {
    bool elsewhere = false;
    bool windows = false;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        elsewhere = elsewhere || net.blocks[k].cross_width > 0 || net.blocks[k].memory_positions > 0;
        windows = windows || net.blocks[k].window > 0;
    }
    // Another sequence, or positions that come into the scores: no flash kernel takes them.
    const bool flash = t.attention == attention::flash && !elsewhere && !(t.software_date < flash_since) &&
                       !(windows && row.windows_fused_late && t.software_date < windows_fused_since);
    const bool with_tensor = l.sequence_parallel == sequence_parallel::by_default
                                 ? row_of(t.framework).sequence_parallel_with_tensor
                                 : l.sequence_parallel == sequence_parallel::on;
    const double length = static_cast<double>(net.tokens_per_sample > 0 ? net.tokens_per_sample : t.sequence_length);
    return {.net = net,
            .job = t,
            .hardware = m,
            .l = l,
            .row = row,
            .card = card,
            .length = length,
            .tokens =
                static_cast<double>(t.micro_batch) * length / l.context * static_cast<double>(net.padded_percent) / 100,
            .tensor = static_cast<double>(l.tensor),
            .sequence_cards = with_tensor ? static_cast<double>(l.tensor) : 1,
            .flash = flash,
            .adapted = t.adapter.method != adapter_method::none,
            .fused = row_of(row.fusion),
            .kernels = row_of(t.compiled ? fusion::compiled : row.fusion)};
}

/// Parameters of all layers and both ends, divided by tensor and expert parallelism.
[[nodiscard]] constexpr parameter_sums whole_sums(const time_job& j) noexcept {
    parameter_sums sums;
    layout one_stage = j.l;
    one_stage.pipeline = 1;
    for (std::size_t k = 0; k < j.net.block_kinds; ++k)
        sums.add(sums_of(j.net.blocks[k], j.l, j.job.adapter), j.net.blocks[k].layers.count(0, j.net.layers));
    sums.add(ends_of(j.net, one_stage, j.job.adapter, row_of(j.job.framework).adapters, true, true), 1);
    return sums;
}

/// Forward and backward of the mean layer, with its communication.
struct layer_pass {
    double forward = 0;
    double backward = 0;
    double communication = 0;  ///< of both
};

/// All-reduces after attention and feed-forward (Shoeybi et al., arXiv 1909.08053), one way, less what is hidden.
[[nodiscard]] constexpr double tensor_collectives(const time_job& j) noexcept {
    if (j.l.tensor == 1) return 0;
    const bool late = j.row.hides_tensor_collectives && !(j.job.software_date < overlap_since) && j.sequence_cards > 1;
    const double size = j.tokens * static_cast<double>(j.net.hidden) * j.card.width;
    return 2 * collective_seconds(j.hardware, collective::all_reduce, j.l.tensor, size) *
           (1 - (late ? step_cost::hidden_tensor_late : step_cost::hidden_tensor));
}

/// Tokens to their experts and back, one way through the layer, less what is hidden. A token crosses to a node once,
/// whatever experts it visits there. That a tensor-parallel group's cards each send all of the group's tokens is what
/// three rows of one source say (Megatron-Bridge, H100, tensor 2 and expert 32); with sequence parallelism it should be
/// a share, which would be 25 % faster than they were.
[[nodiscard]] constexpr double expert_exchange(const time_job& j, const layer_time& y) noexcept {
    if (j.l.expert == 1 || !(y.experts_visited > 0)) return 0;
    const std::int64_t in_node = smaller(j.l.expert, cards_per_node(j.hardware));
    const double cards = static_cast<double>(j.l.expert);
    const double near = static_cast<double>(in_node);
    const double nodes = cards / near;
    const double token = j.tokens * static_cast<double>(j.net.hidden) * j.card.width *
                         static_cast<double>(imbalance_percent(j.job, j.l)) / 100;
    double time = 0;
    if (in_node > 1)
        time += y.experts_visited * token * (near - 1) / cards /
                bus_bytes_per_second(j.hardware, static_cast<int>(in_node));
    if (nodes > 1)
        time += token * y.expert_layers * least(y.experts_visited / y.expert_layers, nodes) * (nodes - 1) / nodes /
                network_bytes_per_second(j.hardware);
    return step_cost::exposed_all_to_all * 2 * time;
}

/// The mean layer's passes, launches aside.
[[nodiscard]] constexpr layer_pass pass_of(const time_job& j, const layer_time& y, const parameter_sums& p) {
    const training& t = j.job;
    const double bandwidth = j.card.bandwidth;
    const double cast = y.cast_bytes / bandwidth;
    const double elements = (y.elements * j.kernels.traffic + y.expert_elements) * j.tokens * j.card.width / bandwidth;
    const double collectives = tensor_collectives(j) + expert_exchange(j, y);
    layer_pass r;
    r.forward = y.linear + step_cost::cast_forward * cast + y.attention + step_cost::forward_share * elements +
                collectives + y.context_exchange;
    r.backward = y.data_gradient + y.weight_gradient + (1 - step_cost::cast_forward) * cast + y.attention_backward +
                 (1 - step_cost::forward_share) * elements + collectives + y.context_exchange_backward;
    r.communication = 2 * collectives + y.context_exchange + y.context_exchange_backward;
    const double adapters = y.adapter_width * j.tokens * step_cost::adapter_bytes / bandwidth / j.tensor;
    r.forward += adapters;
    r.backward += 2 * adapters;
    if (t.recompute == recompute::full) {
        r.backward += r.forward;
        r.communication += collectives + y.context_exchange;
    } else if (t.recompute == recompute::selective)
        // Megatron's kind repeats attention's core; the other keeps every second product.
        r.backward += j.row.fusion == fusion::full ? y.attention : 0.5 * y.linear + step_cost::forward_share * elements;
    if (j.adapted && block_layout_of(t.base_weights).element_bits < 16) {
        const double once =
            static_cast<double>(p.dense()) / static_cast<double>(j.net.layers) * step_cost::dequantization / bandwidth;
        r.forward += once;
        r.backward += once * (t.recompute == recompute::full ? 2 : 1);
    }
    if (t.offload == offload::activations) {
        const double size = j.tokens * static_cast<double>(j.net.hidden) * j.card.width *
                            (t.recompute == recompute::full ? 1 : step_cost::offloaded_activations);
        const double copy = size / (host_copy_share * slot_bytes_per_second(j.hardware.card));
        r.forward += most(0, copy - r.forward);
        r.backward += most(0, copy - r.backward);
    }
    return r;
}

/// Logits that every token makes.
[[nodiscard]] constexpr std::int64_t vocabulary_logits_per_token(const network& net) noexcept {
    return net.frequent_logits > 0 ? net.frequent_logits : net.logits;
}

/// The vocabulary head and its loss, forward and backward.
[[nodiscard]] constexpr double head_seconds(const time_job& j) noexcept {
    const std::int64_t logits = vocabulary_logits_per_token(j.net);
    if (logits == 0) return 0;
    const double rows = j.tokens * (j.job.loss == loss::masked ? step_cost::masked_positions : 1);
    const double columns = static_cast<double>(logits) / j.tensor;
    const bool frozen = j.adapted && !j.job.adapter.targets.has(target::head);
    return matmul_seconds(j.card, j.card.half, rows, columns, static_cast<double>(j.net.hidden), j.card.width) *
               (frozen ? 2 : 3) +
           rows * columns * step_cost::logit_bytes / j.card.bandwidth;
}

/// Casts of weights and sums of gradients, seconds a micro-step.
[[nodiscard]] constexpr double accumulation_seconds(const time_job& j, double trained) noexcept {
    const double shards = j.l.sharding == sharding::full ? static_cast<double>(j.l.sharding_group) : 1;
    const double each = !j.card.half_format                     ? step_cost::full_accumulation
                        : j.row.master_weights || !j.card.mixed ? step_cost::fused_accumulation
                                                                : step_cost::autocast / shards;
    return each * trained / j.card.bandwidth;
}

/// A micro-step of layers between an embedding and a head.
[[nodiscard]] constexpr step_work layered_work(const time_job& j, const parameter_sums& p) {
    const layer_time y = mean_layer(j);
    const layer_pass pass = pass_of(j, y, p);
    const double passes = step_cost::passes + (j.job.recompute == recompute::full ? 1 : 0);
    const double host = y.kernels * passes * step_cost::launch;
    const double layer = most(pass.forward + pass.backward + y.kernels * passes * step_cost::kernel_ramp, host);
    // Where layers don't divide by the stages, embedding and head count as a layer each.
    const double layers = static_cast<double>(j.net.layers);
    const double stages = static_cast<double>(j.l.pipeline);
    const bool even = j.net.layers % j.l.pipeline == 0;
    const double here = even ? layers / stages : (layers + 2) / stages;
    const double last = even ? here : here - 1;
    const double head = head_seconds(j);
    step_work w;
    w.micro = most(layer * here, layer * last + head);
    w.average = (layer * layers + head) / stages;
    w.tensor_communication = pass.communication * (layer * here < layer * last + head ? last : here);
    // While the host holds the card up, it does so in backward too.
    w.backward = most(pass.backward, host * 2 / 3) * here;
    w.parameters = static_cast<double>(p.dense() + p.expert) / stages;
    w.trained = j.adapted ? static_cast<double>(p.adapter) / stages : w.parameters;
    w.trained_experts = j.adapted ? 0 : static_cast<double>(p.expert) / stages;
    w.accumulation = accumulation_seconds(j, w.trained);
    for (std::size_t k = 0; k < j.net.block_kinds; ++k) {
        const block& b = j.net.blocks[k];
        double tensors = static_cast<double>(b.width.of[tensor_role::rms_norm_input] +
                                             2 * b.width.of[tensor_role::layer_norm_input]) /
                         static_cast<double>(j.net.hidden);
        for (std::int64_t i = 0; i < b.linear_count; ++i) tensors += b.linears[i].bias ? 2 : 1;
        w.tensors += tensors * static_cast<double>(b.layers.count(0, j.net.layers));
    }
    return w;
}

/// Model FLOPs of one sample, forward and backward. Under an adapter frozen weights have no gradient; a masked loss has
/// few logits.
[[nodiscard]] constexpr double step_flops(const time_job& j) noexcept {
    const double unmasked = j.job.loss == loss::masked ? 1 - step_cost::masked_positions : 0;
    const double head =
        2 * static_cast<double>(j.net.hidden) * static_cast<double>(vocabulary_logits_per_token(j.net)) * j.length;
    const double forward = forward_flops(j.net, j.job.sequence_length) - unmasked * head;
    return forward * (j.adapted ? 2 : 3);
}

/// Rates and band around a breakdown.
[[nodiscard]] constexpr time_estimate estimate_of(const time_job& j, const time_breakdown& b) {
    time_estimate e{.step = b.total(), .breakdown = b};
    const double band = static_cast<double>(j.row.band_per_mille) / 1000;
    e.step_low = e.step * (1 - band);
    e.step_high = e.step * (1 + band);
    const double samples =
        static_cast<double>(j.job.micro_batch * j.job.gradient_accumulation) * static_cast<double>(j.l.data);
    e.samples_per_second = samples / e.step.number;
    if (j.net.tokens_per_sample == 0)
        e.tokens_per_second = tokens_per_second::from_number(e.samples_per_second * j.length *
                                                             static_cast<double>(j.net.counted_sequences));
    // Winograd makes fewer products than the model's mathematics has: fp32 networks of 3x3 may pass the peak on paper.
    e.model_flops_utilization =
        least(1, e.samples_per_second * step_flops(j) / (static_cast<double>(j.hardware.cards) * j.card.linear.peak));
    return e;
}

/// Throws invalid_input for the first thing that is wrong.
constexpr void check_time(const network& net, const training& t, const machine& m, const layout& l) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(t, net, on_problem::refuse)),
        static_cast<void>(problems(l, m.cards, net, on_problem::refuse));
}

/// True for a lowering whose convolutions have lost their shapes.
[[nodiscard]] constexpr bool of_convolutions(const network& net) noexcept {
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i)
            if (net.blocks[k].linears[i].target == target::convolution) return true;
    return false;
}

}  // namespace detail

/// Time of one training step of a network: see `step_time` below. Throws invalid_input for what is wrong with job,
/// layout or machine, for a card without memory bandwidth or fp32 rate, and for the lowering of a convolutional model,
/// which no longer has its convolutions' shapes: give the model itself.
[[nodiscard]] constexpr time_estimate step_time(const network& net, const training& t, const machine& m,
                                                const layout& l = {}) {
    detail::check_time(net, t, m, l);
    if (detail::of_convolutions(net))
        throw invalid_input({"model", 0, 0, 0, "the convolutional model itself, not its lowering"});
    const training_time_row& row = time_row_of(t.framework);
    const detail::card_rates card = detail::rates_of(m.card, t.precision, t.software_date, row.fusion == fusion::full);
    const detail::time_job j = detail::lower_time(net, t, m, resolved(l, m.cards), row, card);
    return detail::estimate_of(j, detail::assemble(j, detail::layered_work(j, detail::whole_sums(j))));
}

/// Time of one training step of any model, with its band and where it goes:
/// `step_time(models::llama_3_1_8b, job, 8 * cards::h100_sxm5_80gb, {.data = 8, .sharding = sharding::full})`.
/// Throws invalid_input (a std::invalid_argument) naming the first thing that is wrong.
/// Source: settled on 771 published rates of 17 sources, 2026-11: hardware/efficiency.hpp,
/// hardware/link_efficiency.hpp, job/training_time_rules.hpp.
template <architecture M>
[[nodiscard]] constexpr time_estimate step_time(const M& model, const training& t, const machine& m,
                                                const layout& l = {}) {
    const network net = lower_model(model, t.image_size);
    if constexpr (convolutional<M>) {
        detail::check_time(net, t, m, l);
        const training_time_row& row = time_row_of(t.framework);
        const detail::card_rates card =
            detail::rates_of(m.card, t.precision, t.software_date, row.fusion == fusion::full);
        const detail::time_job j = detail::lower_time(net, t, m, resolved(l, m.cards), row, card);
        return detail::estimate_of(j, detail::assemble(j, detail::convolution_work(model, j, detail::whole_sums(j))));
    } else {
        return step_time(net, t, m, l);
    }
}

}  // namespace cardfit
