// SPDX-License-Identifier: MIT
#pragma once

// Time of a micro-step: forward and backward of the layers, of the embedding and of the head, with the collectives
// inside them.

#include <cardfit/estimate/kernels/layer.hpp>
#include <cardfit/estimate/training/trained_layers.hpp>
#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/job/memory_rules.hpp>
#include <cardfit/model/source_length.hpp>

namespace cardfit::detail {

/// The seconds of forward and backward of the average layer.
struct layer_pass {
    double forward = 0;
    double backward = 0;
    double communication = 0;  ///< the part of both that communicates
};

/// Returns the seconds of the all-reduces after attention and feed-forward (Shoeybi et al., arXiv 1909.08053) in
/// forward, as far as they are not hidden; backward has as many.
[[nodiscard]] constexpr double tensor_collectives(const time_job& j) noexcept {
    if (j.l.tensor == 1) return 0;
    const bool late = j.row.hides_tensor_collectives && !(j.job.software_date < overlap_since) && j.sequence_cards > 1;
    const double hidden = late ? j.constants.step.hidden_tensor_late : j.constants.step.hidden_tensor;
    return 2 * collective_seconds(j, collective::all_reduce, j.l.tensor, residual_bytes(j)) * (1 - hidden);
}

/// Returns the seconds of the all-to-alls that bring a layer's tokens to their experts and back in forward, as far as
/// they are not hidden. A token crosses to a node once, however many experts it visits there. That each GPU of a
/// tensor-parallel group sends all of the group's tokens follows from three rows of one source (Megatron-Bridge, H100,
/// tensor 2 and expert 32); with sequence parallelism it should be a share, with which the estimate would be 25 %
/// faster than those rows.
[[nodiscard]] constexpr double expert_exchange(const time_job& j, const layer_time& y) noexcept {
    if (j.l.expert == 1 || !(y.experts_visited > 0)) return 0;
    const std::int64_t in_node = smaller(j.l.expert, cards_per_node(j.hardware));
    const double cards = static_cast<double>(j.l.expert);
    const double neighbors = static_cast<double>(in_node);
    const double nodes = cards / neighbors;
    const double sent = residual_bytes(j) * static_cast<double>(imbalance_percent(j.job, j.l)) / 100;
    double time = 0;
    if (in_node > 1)
        time += y.experts_visited * sent * (neighbors - 1) / cards /
                bus_bytes_per_second(j.hardware, static_cast<int>(in_node), link_quality::typical, j.constants.links);
    if (nodes > 1)
        time += sent * y.expert_layers * least(y.experts_visited / y.expert_layers, nodes) * (nodes - 1) / nodes /
                network_bytes_per_second(j.hardware, j.constants.links);
    return j.constants.step.exposed_all_to_all * 2 * time;
}

/// Adds what activation checkpointing repeats in backward. Selective checkpointing repeats attention's core in
/// Megatron; in other frameworks it repeats every second matmul.
constexpr void add_recompute(layer_pass& r, const time_job& j, const layer_time& y, double elements,
                             double collectives) noexcept {
    if (j.job.recompute == recompute::full) {
        r.backward += r.forward;
        r.communication += collectives + y.context_exchange;
    }
    if (j.job.recompute == recompute::selective)
        r.backward +=
            j.row.fusion == fusion::full ? y.attention : 0.5 * y.linear + j.constants.step.forward_share * elements;
}

/// Adds the dequantization of a frozen base in fewer than 16 bits.
constexpr void add_dequantization(layer_pass& r, const time_job& j, const parameter_sums& p) noexcept {
    if (!j.adapted || block_layout_of(base_format(j.job)).element_bits >= 16) return;
    const double once = static_cast<double>(p.dense()) / static_cast<double>(j.net.layers) *
                        j.constants.step.dequantization / j.card.bandwidth;
    r.forward += once;
    r.backward += once * (j.job.recompute == recompute::full ? 2 : 1);
}

/// Adds the copies of offloaded activations to host memory and back, as far as compute does not hide them.
constexpr void add_activation_copies(layer_pass& r, const time_job& j) noexcept {
    if (j.job.offload != offload::activations) return;
    const double copies = j.job.recompute == recompute::full ? 1 : j.constants.step.offloaded_activations;
    const double copy = residual_bytes(j) * copies / host_bytes_per_second(j);
    r.forward += most(0, copy - r.forward);
    r.backward += most(0, copy - r.backward);
}

/// Returns the passes of the average layer, without launches.
[[nodiscard]] constexpr layer_pass pass_of(const time_job& j, const layer_time& y, const parameter_sums& p) {
    const step_constants& c = j.constants.step;
    const double bandwidth = j.card.bandwidth;
    const double cast = y.cast_bytes / bandwidth;
    const double elements = (y.elements * j.kernels.traffic + y.expert_elements) * j.tokens * j.card.width / bandwidth;
    const double collectives = tensor_collectives(j) + expert_exchange(j, y);
    layer_pass r;
    r.forward =
        y.linear + c.cast_forward * cast + y.attention + c.forward_share * elements + collectives + y.context_exchange;
    r.backward = y.data_gradient + y.weight_gradient + (1 - c.cast_forward) * cast + y.attention_backward +
                 (1 - c.forward_share) * elements + collectives + y.context_exchange_backward;
    r.communication = 2 * collectives + y.context_exchange + y.context_exchange_backward;
    const double adapters = y.adapter_width * j.tokens * c.adapter_bytes / bandwidth / j.tensor;
    r.forward += adapters;
    r.backward += 2 * adapters;
    add_recompute(r, j, y, elements, collectives);
    add_dequantization(r, j, p);
    add_activation_copies(r, j);
    return r;
}

/// Returns the number of logits per token that every token computes, those of prediction layers included.
[[nodiscard]] constexpr std::int64_t vocabulary_logits_per_token(const network& net) noexcept {
    return (net.frequent_logits > 0 ? net.frequent_logits : net.logits) * (1 + net.prediction_layers);
}

/// Returns the seconds of the vocabulary head and its loss, forward and backward.
[[nodiscard]] constexpr double head_seconds(const time_job& j) noexcept {
    const std::int64_t logits = vocabulary_logits_per_token(j.net);
    if (logits == 0) return 0;
    const double rows = j.tokens * (j.job.loss == loss::masked ? j.constants.step.masked_positions : 1);
    const double columns = static_cast<double>(logits) / j.tensor;
    const bool beside_layers = j.job.trained_layers > 0 && !trains_head(j.net, j.job);
    const bool frozen = j.adapted ? !j.job.adapter.targets.has(target::head) : beside_layers;
    const double matmul =
        matmul_seconds(j.card, j.card.half, rows, columns, static_cast<double>(j.net.hidden), j.card.width);
    return matmul * (frozen ? 2 : 3) + rows * columns * j.constants.step.logit_bytes / j.card.bandwidth;
}

/// Returns the seconds per micro-step of casting weights and summing gradients.
[[nodiscard]] constexpr double accumulation_seconds(const time_job& j, double trained) noexcept {
    const double shards = j.l.sharding == sharding::full ? static_cast<double>(j.l.sharding_group) : 1;
    double bytes_per_parameter = j.constants.step.full_accumulation;
    if (j.card.half_format && (j.row.master_weights || !j.card.mixed))
        bytes_per_parameter = j.constants.step.fused_accumulation;
    else if (j.card.half_format)
        bytes_per_parameter = j.constants.step.autocast / shards;
    return bytes_per_parameter * trained / j.card.bandwidth;
}

/// Returns the number of tensors that an optimizer steps: matrices, biases, and the weights of norms.
[[nodiscard]] constexpr double trained_tensors(const network& net) noexcept {
    double sum = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const std::int64_t norms =
            b.width.of[tensor_role::rms_norm_input] + 2 * b.width.of[tensor_role::layer_norm_input];
        double tensors = static_cast<double>(norms) / static_cast<double>(net.hidden);
        for (std::int64_t i = 0; i < b.linear_count; ++i) tensors += b.linears[i].bias ? 2 : 1;
        sum += tensors * static_cast<double>(b.layers.count(0, net.layers));
    }
    return sum;
}

/// Returns true if the job trains the tower of its model.
[[nodiscard]] constexpr bool trains_tower(const time_job& j) noexcept {
    return j.net.tower.layers > 0 && !j.job.text_only && !j.job.frozen_tower && !j.adapted;
}

/// Returns the seconds of a vision tower, forward and backward, over the images of a micro-batch; a frozen one has no
/// backward.
[[nodiscard]] constexpr double tower_seconds(const time_job& j) {
    if (j.job.images == 0 || j.net.tower.layers == 0) return 0;
    const network tower = tower_of(j.net);
    const tower_answers& t = j.net.tower;
    const double passes = static_cast<double>(j.job.micro_batch * j.job.images * t.image_passes);
    const double patches = static_cast<double>(t.pass_patches);
    time_job alone = part_of(j, tower, patches, passes * patches);
    alone.sequence_cards = 1;
    layer_time y = mean_layer(alone);
    // Adapters stand beside the text model alone.
    y.adapter_width = 0;
    const layer_pass pass = pass_of(alone, y, {});
    const bool trained = trains_tower(j);
    const double launches = j.constants.step.passes + (trained && j.job.recompute == recompute::full ? 1 : 0);
    const double layer = pass.forward + (trained ? pass.backward : 0) +
                         y.kernels * (trained ? launches : 1) * j.constants.step.kernel_ramp;
    const double outer = passes * static_cast<double>(t.pass_flops) * (trained ? 3 : 1) / j.card.linear.peak;
    return layer * static_cast<double>(t.layers) + outer;
}

/// The seconds of a network's average layer in a micro-step.
struct layer_seconds {
    double both = 0;           ///< forward and backward, launches included
    double backward = 0;       ///< of which is backward: if the host limits the GPU, it does so in backward too
    double communication = 0;  ///< the part of `both` that communicates
};

[[nodiscard]] constexpr layer_seconds seconds_of_layer(const time_job& j, const parameter_sums& p) {
    const step_constants& c = j.constants.step;
    const layer_time y = mean_layer(j);
    const layer_pass pass = pass_of(j, y, p);
    const double passes = c.passes + (j.job.recompute == recompute::full ? 1 : 0);
    const double host = (y.kernels + y.host_launches) * passes * c.launch;
    return {.both = most(pass.forward + pass.backward + y.kernels * passes * c.kernel_ramp, host),
            .backward = most(pass.backward, host * 2 / 3),
            .communication = pass.communication};
}

/// Returns the share of all dense parameters that so many of the layers have, in the mean.
[[nodiscard]] constexpr parameter_sums share_of(parameter_sums p, std::int64_t layers, std::int64_t all) noexcept {
    for (std::int64_t parameter_sums::*each :
         {&parameter_sums::matrix, &parameter_sums::vector, &parameter_sums::embedding_head})
        p.*each = p.*each * layers / all;
    return p;
}

/// Returns the seconds of the average layer of one stack of an encoder-decoder, as its share of all layers' average.
/// The encoder reads the source, the decoder the target.
[[nodiscard]] constexpr layer_seconds seconds_of_stack(const time_job& j, const parameter_sums& p, bool encoder) {
    const network stack = stack_of(j.net, encoder);
    const double length = encoder ? static_cast<double>(j.net.source_length) : j.length;
    const time_job alone = part_of(j, stack, length, j.tokens / j.length * length);
    const double part = static_cast<double>(stack.layers) / static_cast<double>(j.net.layers);
    const layer_seconds one = seconds_of_layer(alone, share_of(p, stack.layers, j.net.layers));
    return {.both = part * one.both, .backward = part * one.backward, .communication = part * one.communication};
}

/// Returns the seconds of forward alone of a network's average layer.
[[nodiscard]] constexpr layer_seconds forward_seconds_of_layer(const time_job& j, const parameter_sums& p) {
    const step_constants& c = j.constants.step;
    const layer_time y = mean_layer(j);
    const layer_pass pass = pass_of(j, y, p);
    return {.both = most(pass.forward + y.kernels * c.kernel_ramp, y.kernels * c.launch),
            .communication = pass.communication / 2};
}

/// Adds `counts` layers of a network of `j.net.layers`, as their share of all layers' average.
constexpr void add_layers(layer_seconds& sum, const time_job& j, const training& job, bool adapted,
                          const std::int64_t (&counts)[max_block_kinds], const parameter_sums& p, bool has_backward) {
    const std::int64_t layers = layers_of(counts);
    if (layers == 0) return;
    network part = with_layers(j.net, counts);
    part.layers = layers;
    const parameter_sums share = share_of(p, layers, j.net.layers);
    const time_job alone = part_of(j, part, job, j.length, j.tokens, adapted);
    const layer_seconds one = has_backward ? seconds_of_layer(alone, share) : forward_seconds_of_layer(alone, share);
    const double weight = static_cast<double>(layers) / static_cast<double>(j.net.layers);
    sum.both += weight * one.both;
    sum.backward += weight * one.backward;
    sum.communication += weight * one.communication;
}

/// Returns the seconds of the average layer of a job that trains only some of them.
[[nodiscard]] constexpr layer_seconds seconds_of_trained_layers(const time_job& j, const parameter_sums& p) {
    const layer_split split = split_layers(j.net, j.job, row_of(j.job).memory);
    const training frozen = frozen_job(j.job);
    layer_seconds sum;
    add_layers(sum, j, j.job, j.adapted, split.trained, p, true);
    add_layers(sum, j, frozen, true, split.relaying, p, true);
    add_layers(sum, j, frozen, true, split.pruned, p, false);
    return sum;
}

/// Returns the seconds of the average layer; where source and target differ in length, of both stacks together.
[[nodiscard]] constexpr layer_seconds mean_layer_seconds(const time_job& j, const parameter_sums& p) {
    if (j.job.trained_layers > 0) return seconds_of_trained_layers(j, p);
    if (j.net.source_length == 0) return seconds_of_layer(j, p);
    const layer_seconds encoder = seconds_of_stack(j, p, true);
    const layer_seconds decoder = seconds_of_stack(j, p, false);
    return {.both = encoder.both + decoder.both,
            .backward = encoder.backward + decoder.backward,
            .communication = encoder.communication + decoder.communication};
}

/// Replaces the trained parameters of a job that trains only some layers.
constexpr void set_trained_layers(step_work& w, const time_job& j) {
    const layer_split split = split_layers(j.net, j.job, row_of(j.job).memory);
    const adapter_recipe& recipe = row_of(j.job).memory.adapters;
    parameter_sums sums;
    for (std::size_t k = 0; k < j.net.block_kinds; ++k)
        sums.add(layer_parameters(j.net.blocks[k], j.l, j.job.adapter), split.trained[k]);
    const bool embedding = j.adapted || trains_embedding(j.net, j.job);
    const bool head = j.adapted || trains_head(j.net, j.job);
    sums.add(embedding_head_parameters(j.net, j.l, j.job.adapter, recipe, embedding, head), 1);
    w.trained = static_cast<double>(j.adapted ? sums.adapter : sums.dense() + sums.expert);
    w.trained_experts = j.adapted ? 0 : static_cast<double>(sums.expert);
    w.accumulation = accumulation_seconds(j, w.trained);
    w.tensors = trained_tensors(with_layers(j.net, split.trained));
}

/// What a micro-step's parts take, which is the same however pipeline, data parallelism and sharding divide them.
struct micro_seconds {
    layer_seconds mean{};  ///< of the average layer
    double head = 0;       ///< seconds
    double tower = 0;
    double tensors = 0;  ///< the number that the optimizer steps
};
[[nodiscard]] constexpr micro_seconds micro_seconds_of(const time_job& j, const parameter_sums& p) {
    return {.mean = mean_layer_seconds(j, p),
            .head = head_seconds(j),
            .tower = tower_seconds(j),
            .tensors = trained_tensors(j.net)};
}

/// Returns a micro-step of layers between an embedding and a head, whose parts take these seconds.
[[nodiscard]] constexpr step_work layered_work(const time_job& j, const parameter_sums& p, const micro_seconds& parts) {
    const layer_seconds& mean = parts.mean;
    const double layer = mean.both;
    // Where the stages do not divide the layers, the embedding and the head count as a layer each, and so do prediction
    // layers, which are on the last stage.
    const double layers = static_cast<double>(j.net.layers);
    const double predicting = static_cast<double>(j.net.prediction_layers);
    const double stages = static_cast<double>(j.l.pipeline);
    const bool even = (j.net.layers - j.net.prediction_layers) % j.l.pipeline == 0;
    const double here = even ? (layers - predicting) / stages : (layers + 2) / stages;
    const double last = even ? here + predicting : here - 1;
    const double head = parts.head;
    const double tower = parts.tower;
    step_work w;
    // The tower is on the first stage, the head on the last.
    w.micro = stages > 1 ? most(layer * here + tower, layer * last + head) : layer * last + head + tower;
    w.average = (layer * layers + head + tower) / stages;
    w.tensor_communication = mean.communication * (layer * here < layer * last + head ? last : here);
    w.backward = mean.backward * here;
    w.parameters = static_cast<double>(p.dense() + p.expert) / stages;
    w.trained = j.adapted ? static_cast<double>(p.adapter) / stages : w.parameters;
    w.trained_experts = j.adapted ? 0 : static_cast<double>(p.expert) / stages;
    w.accumulation = accumulation_seconds(j, w.trained);
    w.tensors = parts.tensors;
    if (j.job.trained_layers > 0) set_trained_layers(w, j);
    return w;
}
[[nodiscard]] constexpr step_work layered_work(const time_job& j, const parameter_sums& p) {
    return layered_work(j, p, micro_seconds_of(j, p));
}

}  // namespace cardfit::detail
