// SPDX-License-Identifier: MIT
#pragma once

// Activation memory of a forward pass.

#include <cardfit/estimate/inference/stage.hpp>

namespace cardfit::detail {

/// What one forward pass holds a token while a layer runs: the residual's tensors, and the widest of attention,
/// feed-forward and experts.
constexpr void add_live(inference_stage& s, const serving_inputs& in) {
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        if (in.content.layers[k] == 0) continue;
        const block& b = in.net.blocks[k];
        const std::int64_t(&w)[tensor_role_count] = b.width.of;
        const std::int64_t dense =
            w[tensor_role::gate_output] + w[tensor_role::up_output] + w[tensor_role::feed_forward_hidden];
        const std::int64_t sparse = w[tensor_role::expert_gate_output] + w[tensor_role::expert_up_output] +
                                    w[tensor_role::expert_hidden] + w[tensor_role::expert_input];
        const std::int64_t experts = in.row.experts_at_once ? sparse : divide_up(sparse, larger(in.net.experts, 1));
        const std::int64_t residual = in.row.hidden_copies * in.net.hidden;
        const std::int64_t wide = divide_up(larger(dense, experts), in.l.tensor);
        const std::int64_t attention =
            divide_up(larger(2 * (w[tensor_role::query] + w[tensor_role::key]) + w[tensor_role::value],
                             w[tensor_role::recurrent_state]),
                      in.l.tensor);
        const std::int64_t by_row = in.job.software_date < in.row.scores_until ? in.row.score_bytes : 0;
        const std::int64_t scores = b.sinks ? larger(in.row.sink_score_bytes, by_row) : by_row;
        const std::int64_t mask = b.score_heads > 0 ? in.row.mask_bytes : 0;
        s.feed_forward_per_token =
            larger(s.feed_forward_per_token, (b.forward_width > 0 ? b.forward_width : residual + wide) * in.compute);
        s.attention_per_token = larger(s.attention_per_token, (residual + attention) * in.compute);
        s.score = larger(s.score, mask + divide_up(b.score_heads * scores, in.l.tensor));
        if (in.row.static_buffers) s.buffers_per_token = larger(s.buffers_per_token, wide * in.compute);
    }
    // Logits return to the card that got the tokens.
    if (in.row.returns_logits && in.content.embedding && !in.content.head) s.logit_row = 4 * in.net.logits;
    if (!in.content.head) return;
    s.hidden_per_token = in.row.hidden_copies * in.net.hidden * in.compute;
    s.logit_row = in.compute == 4 ? divide_up(in.net.logits * 4, in.l.tensor)
                                  : divide_up(in.net.logits * in.row.logit_bytes, in.l.tensor);
}

}  // namespace cardfit::detail
