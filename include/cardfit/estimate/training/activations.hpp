// SPDX-License-Identifier: MIT
#pragma once

// Activation memory: of a layer, of a pipeline stage, and of the embedding, the head and the loss. Which tensors are
// saved, and in how many bytes, is in the framework's table of saved tensors (job/saved_tensors.hpp) as lowered by
// job/memory_rules.hpp.

#include <cardfit/estimate/training/stage.hpp>
#include <cardfit/model/source_length.hpp>

namespace cardfit::detail {

/// Returns the bytes per token of what exists beside a layer's saved tensors only while its backward runs: gradients of
/// the feed-forward's tensors, and cuDNN's Winograd transforms.
[[nodiscard]] constexpr std::int64_t transient_bytes(const layer_block& b, const memory_rules& r,
                                                     std::int64_t tensor) noexcept {
    const std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t dense =
        w[tensor_role::gate_output] + w[tensor_role::up_output] + w[tensor_role::feed_forward_hidden];
    const std::int64_t sparse =
        w[tensor_role::expert_gate_output] + w[tensor_role::expert_up_output] + w[tensor_role::expert_hidden];
    const std::int64_t gradients =
        divide_up((larger(dense, sparse) + b.convolution.gradient_width) * r.compute_width, width_scale * tensor);
    return gradients + (r.convolution_transforms ? 4 * larger(b.convolution.transform_width, 0) : 0);
}

/// Returns the bytes of transformed weights beyond what another phase holds without them, at the job's own micro-batch.
[[nodiscard]] constexpr std::int64_t transformed_weights(const layer_block& b, std::int64_t micro_batch) noexcept {
    const convolution_answers& c = b.convolution;
    return 4 * larger(c.transform_elements + smaller(c.transform_width, 0) * micro_batch, 0);
}

/// Returns the bytes per token that the mean layer saves under selective recomputation.
[[nodiscard]] constexpr std::int64_t kept_bytes(const layer_block& b, const memory_rules& r,
                                                std::int64_t tensor) noexcept {
    const std::int64_t kept = saved_bytes(b, *r.kept, r, tensor);
    if (r.kept_wide == nullptr) return kept;
    const std::int64_t wide = saved_bytes(b, *r.kept_wide, r, tensor);
    return kept + divide_up((wide - kept) * r.wide_percent, std::int64_t{100});
}

/// Returns the activation memory of one layer, whose residual is `hidden` wide, on one of `tensor` GPUs.
/// `dora_per_token` is what DoRA saves in addition. Full activation checkpointing saves the layer's input, selective
/// checkpointing the framework's own list.
[[nodiscard]] constexpr layer_activations activations_of_layer(const layer_block& b, std::int64_t hidden,
                                                               const memory_rules& r, std::int64_t tensor,
                                                               std::int64_t dora_per_token) noexcept {
    const std::int64_t live_per_token = saved_bytes(b, *r.live, r, tensor) + dora_per_token;
    const std::int64_t live_per_score = r.scores ? score_bytes(b, *r.live, r, tensor) : 0;
    if (r.checkpoint_width > 0) {
        const std::int64_t input = larger(hidden, b.width.of[tensor_role::layer_input]) * r.checkpoint_width;
        const std::int64_t checkpoint = divide_up(input, width_scale * (r.sequence_parallel ? tensor : 1));
        return {.saved_per_token = smaller(checkpoint, live_per_token),
                .recomputed_per_token = live_per_token,
                .recomputed_per_score = live_per_score};
    }
    if (!r.selective) return {.saved_per_token = live_per_token, .saved_per_score = live_per_score};
    const std::int64_t saved_per_token = smaller(live_per_token, kept_bytes(b, r, tensor) + dora_per_token);
    const std::int64_t saved_per_score = smaller(live_per_score, score_bytes(b, *r.kept, r, tensor));
    return {.saved_per_token = saved_per_token,
            .saved_per_score = saved_per_score,
            .recomputed_per_token = live_per_token - saved_per_token,
            .recomputed_per_score = live_per_score - saved_per_score};
}

/// Adds `layers` times the saved activations of one sample that belong to a source, of all micro-batches in flight.
/// Throws invalid_input past 64 bits.
constexpr void add_source(stage_load& s, std::int64_t saved, std::int64_t layers, const stage_inputs& in) {
    const std::int64_t flight = in.content.in_flight;
    if (static_cast<double>(saved) * static_cast<double>(layers) * static_cast<double>(flight) > 2e17)
        throw invalid_input(
            {"training.source_length", in.net.source_length, 0, 0, "a job of less than 2e17 bytes a card"});
    const std::int64_t all = divide_up(saved * layers * flight, in.l.virtual_stages);
    s.tower_per_sample += in.job.offload == offload::activations ? smaller(all, 2 * saved) : all;
}

/// Moves what of `layers` equal layers belongs to a source of its own length out of their activations per target token:
/// all of an encoder's, and the keys, values and scores of cross attention. Throws invalid_input past 64 bits.
constexpr void take_source_apart(stage_load& s, layer_activations& layer, const layer_block& b, const stage_inputs& in,
                                 std::int64_t layers) {
    const std::int64_t length = in.net.source_length;
    const std::int64_t here = divide_up(length, in.l.context);
    if (static_cast<double>(here) *
            (static_cast<double>(layer.saved_per_token + layer.recomputed_per_token) +
             static_cast<double>(length) * static_cast<double>(layer.saved_per_score + layer.recomputed_per_score)) >
        1e17)
        throw invalid_input({"training.source_length", length, 0, 0, "a source of less than 1e17 bytes"});
    if (b.encodes) {
        add_source(s, here * (layer.saved_per_token + length * layer.saved_per_score), layers, in);
        if (in.content.embedding) add_source(s, here * in.net.source_front_width * in.compute, 1, in);
        s.source_layer_per_sample = larger(s.source_layer_per_sample,
                                           here * (layer.recomputed_per_token + length * layer.recomputed_per_score));
        layer = {};
        return;
    }
    const layer_activations cross = activations_of_layer(source_part(b, in.net.hidden), 0, in.rules, in.l.tensor, 0);
    add_source(s, here * cross.saved_per_token, layers, in);
    // The encoder's result is one tensor, which all layers read; keys and values of one recomputed layer exist beside
    // it.
    add_source(s, here * (cross.recomputed_per_token + in.net.hidden * in.compute), 1, in);
    layer.saved_per_token += length * cross.saved_per_score;
    layer.recomputed_per_token += length * cross.recomputed_per_score;
}

/// Multiplies a stage's saved activations by the micro-batches in flight. Throws invalid_input past 64 bits.
constexpr void multiply_by_flight(stage_load& s, const stage_inputs& in) {
    const std::int64_t flight = in.content.in_flight;
    if (static_cast<double>(s.saved_per_token + s.saved_per_score) * static_cast<double>(flight) > 2e18)
        throw invalid_input({"training.gradient_accumulation", in.job.gradient_accumulation, 0, 0,
                             "a job of less than 2e18 bytes a card"});
    s.saved_per_token = divide_up(s.saved_per_token * flight, in.l.virtual_stages);
    s.saved_per_score = divide_up(s.saved_per_score * flight, in.l.virtual_stages);
}

/// Adds the activation memory of a stage's layers, of all micro-batches in flight. Throws invalid_input past 64 bits.
constexpr void add_activations(stage_load& s, const stage_inputs& in) {
    const memory_rules& r = in.rules;
    std::int64_t largest_per_token = 0;
    std::int64_t largest_per_score = 0;
    std::int64_t transient = 0;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const layer_block& b = in.net.blocks[k];
        const std::int64_t layers = in.content.layers[k];
        if (layers == 0) continue;
        layer_activations layer = in.kinds[k].activations;
        if (in.net.source_length > 0) take_source_apart(s, layer, b, in, layers);
        s.saved_per_token += layers * layer.saved_per_token;
        s.saved_per_score += layers * layer.saved_per_score;
        s.recomputed_per_token = larger(s.recomputed_per_token, layer.recomputed_per_token);
        s.recomputed_per_score = larger(s.recomputed_per_score, layer.recomputed_per_score);
        s.layer_per_token = larger(s.layer_per_token, layer.saved_per_token + layer.recomputed_per_token);
        s.layer_per_score = larger(s.layer_per_score, layer.saved_per_score + layer.recomputed_per_score);
        largest_per_token = larger(largest_per_token, layer.saved_per_token);
        largest_per_score = larger(largest_per_score, layer.saved_per_score);
        transient = larger(transient, in.kinds[k].transient);
        if (r.convolution_transforms) s.scratch += transformed_weights(b, in.job.micro_batch);
    }
    s.recomputed_per_token += transient;
    s.layer_per_token += transient;
    if (in.row.keeps_stage_outputs && in.l.pipeline > 1) s.saved_per_token += in.net.hidden * in.compute;
    multiply_by_flight(s, in);
    // Of all layers but the one that backward reaches last, the input and its gradient.
    if (r.inputs_stay) s.held_per_token = 2 * (s.saved_per_token - largest_per_token);
    // Offloading holds the layer that runs and the one that is being copied.
    if (in.job.offload == offload::activations || (in.row.checkpoints_on_host && r.checkpoint_width > 0)) {
        s.saved_per_token = smaller(s.saved_per_token, 2 * largest_per_token);
        s.saved_per_score = smaller(s.saved_per_score, 2 * largest_per_score);
    }
}

/// Adds what the losses of prediction layers leave until the model's own loss, which is computed last: of each, the
/// head's input, and of the logits one fp32 tensor (a softmax), or what a fused kernel left in their place.
constexpr void add_predictions(stage_load& s, const stage_inputs& in, std::int64_t head_input) noexcept {
    const cardfit::loss how = loss_of(in.job, in.row.logits);
    const std::int64_t left = how == loss::chunked ? 0 : how == loss::fused ? in.rules.logit_bytes : 4;
    s.embedding_head_per_token += in.net.prediction_layers * head_input;
    s.logits_per_token += in.net.prediction_layers * divide_up(in.net.logits * left, std::int64_t{in.l.tensor});
}

/// Adds the activation memory of the embedding, the final norm, the head and the loss.
constexpr void add_embedding_head_activations(stage_load& s, const stage_inputs& in) noexcept {
    const memory_rules& r = in.rules;
    const network& net = in.net;
    const std::int64_t cards = width_scale * (r.sequence_parallel ? in.l.tensor : 1);
    const std::int64_t bytes_per_token_index = 8;
    if (in.content.embedding) {
        const std::int64_t dropout_mask = net.hidden * r.dropout * width_scale;
        s.embedding_head_per_token += divide_up(dropout_mask, cards) + bytes_per_token_index;
    }
    if (in.content.head) {
        const saved_copies& norm =
            r.live->tensors.of[net.final_norm_is_rms ? tensor_role::rms_norm_input : tensor_role::layer_norm_input];
        const std::int64_t norm_input =
            net.final_norm_width * (norm.compute * r.compute_width + norm.wide * 4 * width_scale);
        const std::int64_t head_input = net.hidden * r.compute_width;
        s.embedding_head_per_token += divide_up(norm_input + head_input, cards) + bytes_per_token_index;
        s.logits_per_token = divide_up(net.logits * r.logit_bytes * r.masked_percent, 100 * std::int64_t{in.l.tensor});
        s.late_logits_per_token = s.logits_per_token * (r.logit_bytes - r.early_logit_bytes) / larger(r.logit_bytes, 1);
        if (net.prediction_layers > 0) add_predictions(s, in, divide_up(head_input, cards));
    }
    if (in.row.gathers_sequence && r.sequence_parallel) s.gathered_sequence_per_token = net.hidden * in.compute;
}

}  // namespace cardfit::detail
