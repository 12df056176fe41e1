// SPDX-License-Identifier: MIT
#pragma once

// Activation memory of a forward pass.

#include <cardfit/estimate/inference/stage.hpp>

namespace cardfit::detail {

/// Returns the elements per token of this GPU that experts hold where one buffer serves their input and their outputs,
/// and where data-parallel ranks share the experts: each then reads the tokens of all ranks, up to a limit, and the
/// hidden states of all ranks exist before and after.
[[nodiscard]] constexpr std::int64_t gathered_experts_width(const layer_block& b, const serving_inputs& in) noexcept {
    const std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t one =
        larger(w[tensor_role::expert_gate_output] + w[tensor_role::expert_up_output], w[tensor_role::expert_input]) +
        w[tensor_role::expert_hidden];
    if (in.l.expert <= 1 || in.l.data <= 1) return divide_up(one, in.l.tensor);
    constexpr std::int64_t most_tokens = 32'768;
    const std::int64_t tokens = larger(in.trial.tokens, 1);
    const std::int64_t ranks = larger(smaller(in.l.data, most_tokens / tokens), 1);
    return divide_up(ranks * one, in.l.tensor) + 2 * in.l.data * in.net.hidden;
}

/// Returns the elements per token of the widest feed-forward of a layer on one GPU, dense or of experts.
[[nodiscard]] constexpr std::int64_t feed_forward_width(const layer_block& b, const serving_inputs& in) noexcept {
    const std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t dense =
        w[tensor_role::gate_output] + w[tensor_role::up_output] + w[tensor_role::feed_forward_hidden];
    const std::int64_t all_experts = w[tensor_role::expert_gate_output] + w[tensor_role::expert_up_output] +
                                     w[tensor_role::expert_hidden] + w[tensor_role::expert_input];
    const bool grouped = !(in.job.software_date < in.row.grouped_experts_since);
    const std::int64_t at_once = grouped ? larger(all_experts, 4 * w[tensor_role::expert_input]) : all_experts;
    const std::int64_t experts =
        grouped || in.row.experts_at_once ? at_once : divide_up(at_once, larger(in.net.experts, 1));
    if (in.row.gathers_experts && all_experts > 0)
        return larger(divide_up(dense, in.l.tensor), gathered_experts_width(b, in));
    return divide_up(larger(dense, experts), in.l.tensor);
}

/// Returns the elements per token of a layer's attention, or of its recurrence, on one GPU.
[[nodiscard]] constexpr std::int64_t attention_width(const layer_block& b, const layout& l) noexcept {
    const std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t attention = 2 * (w[tensor_role::query] + w[tensor_role::key]) + w[tensor_role::value];
    return divide_up(larger(attention, w[tensor_role::recurrent_state]), l.tensor);
}

/// Returns the bytes per token and position of a layer's attention matrix and mask on one GPU; 0 under flash attention.
[[nodiscard]] constexpr std::int64_t attention_matrix_bytes(const layer_block& b, const serving_inputs& in) noexcept {
    const std::int64_t eager = writes_scores(in.job, in.row) ? in.row.score_bytes : 0;
    const std::int64_t special = b.attention.biased_scores ? in.row.biased_score_bytes
                                 : b.attention.sinks       ? in.row.sink_score_bytes
                                                           : 0;
    const std::int64_t bytes_per_score = larger(special, eager);
    const std::int64_t mask = b.attention.scores != score_kind::none ? in.row.mask_bytes : 0;
    return mask + divide_up(b.attention.score_heads * bytes_per_score, in.l.tensor);
}

/// Adds what one forward pass holds per token while a layer runs (the residual's tensors, and the widest of attention,
/// feed-forward and experts) and when the head runs.
constexpr void add_activations(inference_stage& s, const serving_inputs& in) {
    const std::int64_t residual = in.row.hidden_copies * in.net.hidden;
    if (in.net.is_encoder_decoder) s.source_per_token = in.net.hidden * in.compute;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        if (in.content.layers[k] == 0) continue;
        const layer_block& b = in.net.blocks[k];
        const std::int64_t wide = feed_forward_width(b, in);
        const std::int64_t forward = b.counts_forward ? b.forward_width : residual + wide;
        const std::int64_t attention = residual + attention_width(b, in.l);
        s.feed_forward_per_token = larger(s.feed_forward_per_token, forward * in.compute);
        s.attention_per_token = larger(s.attention_per_token, attention * in.compute);
        // The prompt of an encoder-decoder is the encoder's source.
        if (!in.net.is_encoder_decoder || b.encodes) s.score = larger(s.score, attention_matrix_bytes(b, in));
        if (in.job.software_date < in.row.static_buffers_until)
            s.buffers_per_token = larger(s.buffers_per_token, wide * in.compute);
    }
    if (in.content.head) {
        const std::int64_t logit_bytes = in.compute == 4 ? 4 : in.row.logit_bytes;
        s.hidden_per_token = residual * in.compute;
        s.logit_row = divide_up(in.net.logits * logit_bytes, in.l.tensor);
        // The GPU that samples holds the whole vocabulary.
        if (in.trial.tokens > 0) s.logit_row = in.net.logits * in.trial.logit_bytes;
    } else if (in.row.returns_logits && in.content.embedding) {
        // Logits return to the GPU that received the tokens.
        s.logit_row = 4 * in.net.logits;
    }
}

}  // namespace cardfit::detail
