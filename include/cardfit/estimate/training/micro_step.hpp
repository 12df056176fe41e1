// SPDX-License-Identifier: MIT
#pragma once

// Seconds of a micro-step: forward and backward of the layers between an embedding and a head, with the collectives
// inside them.

#include <cardfit/estimate/kernels/layer.hpp>
#include <cardfit/job/memory_rules.hpp>

namespace cardfit::detail {

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
    return 2 * collective_seconds(j.hardware, collective::all_reduce, j.l.tensor, size, 1, j.constants.links) *
           (1 - (late ? j.constants.step.hidden_tensor_late : j.constants.step.hidden_tensor));
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
                bus_bytes_per_second(j.hardware, static_cast<int>(in_node), link_quality::typical, j.constants.links);
    if (nodes > 1)
        time += token * y.expert_layers * least(y.experts_visited / y.expert_layers, nodes) * (nodes - 1) / nodes /
                network_bytes_per_second(j.hardware, j.constants.links);
    return j.constants.step.exposed_all_to_all * 2 * time;
}

/// The mean layer's passes, launches aside.
[[nodiscard]] constexpr layer_pass pass_of(const time_job& j, const layer_time& y, const parameter_sums& p) {
    const training& t = j.job;
    const double bandwidth = j.card.bandwidth;
    const double cast = y.cast_bytes / bandwidth;
    const double elements = (y.elements * j.kernels.traffic + y.expert_elements) * j.tokens * j.card.width / bandwidth;
    const double collectives = tensor_collectives(j) + expert_exchange(j, y);
    layer_pass r;
    r.forward = y.linear + j.constants.step.cast_forward * cast + y.attention +
                j.constants.step.forward_share * elements + collectives + y.context_exchange;
    r.backward = y.data_gradient + y.weight_gradient + (1 - j.constants.step.cast_forward) * cast +
                 y.attention_backward + (1 - j.constants.step.forward_share) * elements + collectives +
                 y.context_exchange_backward;
    r.communication = 2 * collectives + y.context_exchange + y.context_exchange_backward;
    const double adapters = y.adapter_width * j.tokens * j.constants.step.adapter_bytes / bandwidth / j.tensor;
    r.forward += adapters;
    r.backward += 2 * adapters;
    if (t.recompute == recompute::full) {
        r.backward += r.forward;
        r.communication += collectives + y.context_exchange;
    } else if (t.recompute == recompute::selective)
        // Megatron's kind repeats attention's core; the other keeps every second product.
        r.backward +=
            j.row.fusion == fusion::full ? y.attention : 0.5 * y.linear + j.constants.step.forward_share * elements;
    if (j.adapted && block_layout_of(base_format(t)).element_bits < 16) {
        const double once = static_cast<double>(p.dense()) / static_cast<double>(j.net.layers) *
                            j.constants.step.dequantization / bandwidth;
        r.forward += once;
        r.backward += once * (t.recompute == recompute::full ? 2 : 1);
    }
    if (t.offload == offload::activations) {
        const double size = j.tokens * static_cast<double>(j.net.hidden) * j.card.width *
                            (t.recompute == recompute::full ? 1 : j.constants.step.offloaded_activations);
        const double copy =
            size / (j.constants.links.host_copy_share * slot_bytes_per_second(j.hardware.card, j.constants.links));
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
    const double rows = j.tokens * (j.job.loss == loss::masked ? j.constants.step.masked_positions : 1);
    const double columns = static_cast<double>(logits) / j.tensor;
    const bool frozen = j.adapted && !j.job.adapter.targets.has(target::head);
    return matmul_seconds(j.card, j.card.half, rows, columns, static_cast<double>(j.net.hidden), j.card.width) *
               (frozen ? 2 : 3) +
           rows * columns * j.constants.step.logit_bytes / j.card.bandwidth;
}

/// Casts of weights and sums of gradients, seconds a micro-step.
[[nodiscard]] constexpr double accumulation_seconds(const time_job& j, double trained) noexcept {
    const double shards = j.l.sharding == sharding::full ? static_cast<double>(j.l.sharding_group) : 1;
    const double each = !j.card.half_format                     ? j.constants.step.full_accumulation
                        : j.row.master_weights || !j.card.mixed ? j.constants.step.fused_accumulation
                                                                : j.constants.step.autocast / shards;
    return each * trained / j.card.bandwidth;
}

/// A micro-step of layers between an embedding and a head.
[[nodiscard]] constexpr step_work layered_work(const time_job& j, const parameter_sums& p) {
    const layer_time y = mean_layer(j);
    const layer_pass pass = pass_of(j, y, p);
    const double passes = j.constants.step.passes + (j.job.recompute == recompute::full ? 1 : 0);
    const double host = y.kernels * passes * j.constants.step.launch;
    const double layer = most(pass.forward + pass.backward + y.kernels * passes * j.constants.step.kernel_ramp, host);
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

}  // namespace cardfit::detail
