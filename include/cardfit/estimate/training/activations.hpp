// SPDX-License-Identifier: MIT
#pragma once

// Activation memory of a layer, of a stage, and of the embedding, head and loss.

#include <cardfit/estimate/training/stage.hpp>

namespace cardfit::detail {

/// Gradients of the feed-forward's tensors, which live beside the tensors themselves while a layer's backward runs.
[[nodiscard]] constexpr std::int64_t transient_bytes(const block& b, const memory_rules& r,
                                                     std::int64_t tensor) noexcept {
    const std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t dense =
        w[tensor_role::gate_output] + w[tensor_role::up_output] + w[tensor_role::feed_forward_hidden];
    const std::int64_t sparse =
        w[tensor_role::expert_gate_output] + w[tensor_role::expert_up_output] + w[tensor_role::expert_hidden];
    return divide_up((larger(dense, sparse) + b.gradient_width) * r.compute_width, width_scale * tensor) +
           r.convolution_transforms * (b.transform_width > 0) * 4 * b.transform_width;
}

/// Bytes of transformed weights beyond what another moment takes without them, at the job's own micro-batch.
[[nodiscard]] constexpr std::int64_t transformed_weights(const block& b, std::int64_t micro_batch) noexcept {
    return 4 * larger(b.transform_elements + smaller(b.transform_width, 0) * micro_batch, 0);
}

/// What a layer of one kind keeps from forward to backward, and what it holds beyond that while its backward runs.
struct saved_bytes_of {
    std::int64_t token = 0;
    std::int64_t score = 0;
    std::int64_t recomputed_per_token = 0;
    std::int64_t recomputed_per_score = 0;
};
[[nodiscard]] constexpr saved_bytes_of kept_of(const block& b, const network& net, const memory_rules& r,
                                               std::int64_t tensor, std::int64_t scaled) noexcept {
    const std::int64_t live = saved_bytes(b, *r.live, r, tensor) + scaled;
    const std::int64_t recomputed_per_score = r.scores ? score_bytes(b, *r.live, r, tensor) : 0;
    if (r.checkpoint_width > 0) {
        const std::int64_t checkpoint =
            divide_up(larger(net.hidden, b.width.of[tensor_role::layer_input]) * r.checkpoint_width,
                      width_scale * (r.sequence_parallel ? tensor : 1));
        return {smaller(checkpoint, live), 0, live, recomputed_per_score};
    }
    if (!r.selective) return {live, recomputed_per_score, 0, 0};
    const std::int64_t kept = smaller(live, saved_bytes(b, *r.kept, r, tensor) + scaled);
    const std::int64_t saved_per_score = smaller(recomputed_per_score, score_bytes(b, *r.kept, r, tensor));
    return {kept, saved_per_score, live - kept, recomputed_per_score - saved_per_score};
}

/// Activations of the layers, of all micro-batches in flight. Throws invalid_input past 64 bits.
constexpr void add_activations(stage_load& s, const stage_inputs& in) {
    const memory_rules& r = in.rules;
    saved_bytes_of most;
    std::int64_t transient = 0;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        if (in.content.layers[k] == 0) continue;
        // A magnitude's gradient needs both outputs that it scales, the frozen matrix's and the adapter's.
        const saved_bytes_of kept =
            kept_of(in.net.blocks[k], in.net, r, in.l.tensor, 2 * in.kinds[k].dora_outputs * in.compute);
        s.saved_per_token += in.content.layers[k] * kept.token;
        s.saved_per_score += in.content.layers[k] * kept.score;
        s.recomputed_per_token = larger(s.recomputed_per_token, kept.recomputed_per_token);
        s.recomputed_per_score = larger(s.recomputed_per_score, kept.recomputed_per_score);
        s.layer_per_token = larger(s.layer_per_token, kept.token + kept.recomputed_per_token);
        s.layer_per_score = larger(s.layer_per_score, kept.score + kept.recomputed_per_score);
        most.token = larger(most.token, kept.token);
        most.score = larger(most.score, kept.score);
        transient = larger(transient, transient_bytes(in.net.blocks[k], r, in.l.tensor));
        s.scratch += in.net.blocks[k].transform_elements > 0 && r.convolution_transforms
                         ? transformed_weights(in.net.blocks[k], in.job.micro_batch)
                         : 0;
    }
    s.recomputed_per_token += transient;
    s.layer_per_token += transient;
    const std::int64_t flight = in.content.in_flight;
    if (in.row.keeps_stage_outputs && in.l.pipeline > 1) s.saved_per_token += in.net.hidden * in.compute;
    if (static_cast<double>(s.saved_per_token + s.saved_per_score) * static_cast<double>(flight) > 2e18)
        throw invalid_input({"training.gradient_accumulation", in.job.gradient_accumulation, 0, 0,
                             "a job of less than 2e18 bytes a card"});
    s.saved_per_token = divide_up(s.saved_per_token * flight, in.l.virtual_stages);
    s.saved_per_score = divide_up(s.saved_per_score * flight, in.l.virtual_stages);
    // Offloading keeps the layer at work and the one on its way.
    if (in.job.offload == offload::activations) {
        s.saved_per_token = smaller(s.saved_per_token, 2 * most.token);
        s.saved_per_score = smaller(s.saved_per_score, 2 * most.score);
    }
}

/// Embedding, final norm, head and loss.
constexpr void add_ends(stage_load& s, const stage_inputs& in) noexcept {
    const memory_rules& r = in.rules;
    const network& net = in.net;
    const std::int64_t cards = width_scale * (r.sequence_parallel ? in.l.tensor : 1);
    const saved_copies& norm =
        r.live->tensors.of[net.final_norm_is_rms ? tensor_role::rms_norm_input : tensor_role::layer_norm_input];
    // Token numbers are 64-bit.
    if (in.content.embedding) s.embedding_head_per_token += divide_up(net.hidden * r.dropout * width_scale, cards) + 8;
    if (in.content.head) {
        s.embedding_head_per_token +=
            divide_up(net.final_norm_width * (norm.compute * r.compute_width + norm.wide * 4 * width_scale) +
                          net.hidden * r.compute_width,
                      cards) +
            8;
        s.logits_per_token = divide_up(net.logits * r.logit_bytes * r.masked_percent, 100 * std::int64_t{in.l.tensor});
    }
    if (in.row.gathers_sequence && r.sequence_parallel) s.gathered_sequence_per_token = net.hidden * in.compute;
}

}  // namespace cardfit::detail
