// SPDX-License-Identifier: MIT
#pragma once

// Seconds until the first token: the prompt's products, its attention, point-wise kernels.

#include <cardfit/estimate/inference/decode.hpp>

namespace cardfit::detail {

/// Seconds until the first token.
[[nodiscard]] constexpr double prompt_seconds(const lowered_inference_time& job, double batch, double prompt) noexcept {
    const serving_load& s = job.prompt_load;
    const engine_time& row = *job.row;
    const matmul_kernel& k = *job.choice->kernel;
    const inference_time_constants& c = *job.constants;
    const double t = s.tensor;
    const double tokens = prompt * batch;
    const double visited = (s.dense + s.expert * s.active) / t;
    double attention = 0;
    for (const attention_load& a : s.attention) {
        const double seen = least(prompt, 2 * a.positions);
        const double pairs = a.layers * a.heads * prompt * seen * batch / 2;
        attention += pairs * (4 * a.head / (c.prompt_attention_efficiency * s.rate) + c.softmax_clocks / s.clocks);
        // A search among all positions runs in 8 bits where the card does; at attention's efficiency, estimated.
        const double scanned = a.layers * prompt * prompt * batch / 2;
        attention += scanned * 2 * a.scan_width / (c.prompt_attention_efficiency * s.rate_fp8);
    }
    const double free16 = c.fp16_accumulate_efficiency * s.rate_fp16;
    const double rate16 = s.gddr && s.board_power > 0 ? least(free16, c.gddr_flops_per_watt * s.board_power) : free16;
    const double rate = s.current && k.prompt_on_current_cards ? c.*k.efficiency * s.rate
                        : k.fp8_rate                           ? c.*k.prompt_efficiency * most(s.rate, s.rate_fp8)
                                                               : c.*k.prompt_efficiency * s.rate;
    const double unpack =
        (k.dequantizes_prompt || row.prompt_piece > 0) && block_layout_of(job.job.weights).element_bits < 16
            ? visited * (s.bytes_per_weight + 2) / s.nominal
            : 0;
    const double pointwise = row.unfused_bytes > 0
                                 ? c.unfused_clocks * row.unfused_bytes / 4 * s.layers * s.hidden * tokens / s.clocks
                                 : c.fused_bytes * s.layers * s.hidden * tokens / s.bandwidth;
    const double products = 2 * visited * tokens / (row.accumulates_fp16 ? rate16 : rate);
    if (row.prompt_piece > 0) {
        // Pieces follow each other through the stages of a layer split: a stage's share of all, and of one whole piece
        // in each of the other stages.
        const double piece = least(row.prompt_piece, prompt);
        const double pieces = whole_up(prompt / piece);
        const double all = products + pointwise + attention + pieces * unpack;
        const double stages = s.pipeline;
        return most(
            step_seconds(job, batch, 0),
            all * (1 + (stages - 1) * piece / prompt) / stages +
                (s.layers * c.*row.layer + (stages - 1) * or_zero(c, row.pipeline_send)) * microsecond * pieces);
    }
    const double logits = 2 * s.head / t * (job.job.full_prompt_logits ? tokens : batch) / rate;
    const double all =
        products + logits + attention + pointwise + unpack + 2 * s.layers * reduce_seconds(s, tokens * s.hidden * 2);
    return most(most(all, or_zero(c, row.shortest_prompt) * microsecond), step_seconds(job, batch, 0));
}

}  // namespace cardfit::detail
