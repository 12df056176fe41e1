// SPDX-License-Identifier: MIT
#pragma once

// Time to the first token (TTFT): the matmuls of the prompt, its attention and its element-wise kernels.

#include <cardfit/estimate/inference/decode.hpp>

namespace cardfit::detail {

/// Returns the tokens of one pass of a prompt.
[[nodiscard]] constexpr double piece_of(const lowered_inference_time& job, double prompt) noexcept {
    const std::int64_t stated = job.job.max_batched_tokens;
    const double piece = stated > 0 ? static_cast<double>(stated) : job.row->prompt_piece;
    return piece > 0 ? least(piece, prompt) : prompt;
}

/// Returns the seconds of the listed kernels over the prompt: each piece attends to all positions up to its own end.
[[nodiscard]] constexpr double listed_prompt_seconds(const lowered_inference_time& job, const attention_load& a,
                                                     double batch, double prompt) noexcept {
    const serving_load& s = job.prompt_load;
    const inference_time_constants& c = *job.constants;
    const double seen = least(prompt, 2 * a.positions) + piece_of(job, prompt);
    const double pairs = a.layers * a.heads * prompt * seen * batch / 2;
    const double per_head = or_zero(c, job.kernel.prompt_head_clocks) + a.head * or_zero(c, job.kernel.prompt_clocks);
    return pairs * per_head / s.clocks;
}

/// Returns the seconds of attention over the prompt on one GPU: its matmuls and its softmax, for causal pairs of token
/// and position. A search among all positions runs in 8 bits where the card does; its efficiency is that of attention,
/// which is estimated.
[[nodiscard]] constexpr double prompt_attention_seconds(const lowered_inference_time& job, double batch,
                                                        double prompt) noexcept {
    const serving_load& s = job.prompt_load;
    const inference_time_constants& c = *job.constants;
    double sum = 0;
    for (const attention_load& a : s.attention) {
        if (job.reading == cache_reading::listed) {
            sum += listed_prompt_seconds(job, a, batch, prompt);
            continue;
        }
        const double seen = least(prompt, 2 * a.positions);
        const double pairs = a.layers * a.heads * prompt * seen * batch / 2;
        sum += pairs * (4 * a.head / (c.prompt_attention_efficiency * s.rate) + c.softmax_clocks / s.clocks);
        const double scanned = a.layers * prompt * prompt * batch / 2;
        sum += scanned * 2 * a.scan_width / (c.prompt_attention_efficiency * s.rate_fp8);
    }
    return sum;
}

/// Returns the FLOP/s of the prompt's matmuls with fp32 accumulation.
[[nodiscard]] constexpr double prompt_rate(const lowered_inference_time& job) noexcept {
    const serving_load& s = job.prompt_load;
    const matmul_kernel& k = *job.choice->kernel;
    const inference_time_constants& c = *job.constants;
    if (s.current && k.prompt_on_current_cards) return c.*k.efficiency * s.rate;
    if (k.fp8_rate) {
        // Modules that are left in 16 bits run at the 16-bit rate: times add up, so rates add as reciprocals.
        const double visited = s.dense + s.expert * s.active;
        const double slow = visited > 0 ? s.unquantized * s.dense / visited : 0;
        const double fast = most(s.rate, s.rate_fp8);
        const double rate = slow > 0 ? 1 / ((1 - slow) / fast + slow / s.rate) : fast;
        return c.*k.prompt_efficiency * rate;
    }
    return c.*k.prompt_efficiency * s.rate;
}

/// Returns the FLOP/s of the prompt's matmuls with fp16 accumulation, which board power limits on cards with GDDR.
[[nodiscard]] constexpr double prompt_rate_fp16(const lowered_inference_time& job) noexcept {
    const serving_load& s = job.prompt_load;
    const double rate = job.constants->fp16_accumulate_efficiency * s.rate_fp16;
    if (!s.gddr || !(s.board_power > 0)) return rate;
    return least(rate, job.constants->gddr_flops_per_watt * s.board_power);
}

/// Returns true if integer units multiply the quantized weights of a prompt themselves. llama.cpp's kernels for that
/// are CUDA's, for cards that have such units; on others its prompts are unpacked.
[[nodiscard]] constexpr bool multiplies_integers(const lowered_inference_time& job) noexcept {
    return job.choice->kernel->prompt_flops_per_clock != nullptr && job.prompt_load.multiplies_integers;
}

/// Returns the FLOP/s of the prompt's matmuls in the layers.
[[nodiscard]] constexpr double prompt_layer_rate(const lowered_inference_time& job) noexcept {
    const time_figure per_clock = job.choice->kernel->prompt_flops_per_clock;
    if (multiplies_integers(job)) return job.constants->*per_clock * job.prompt_load.clocks;
    return job.row->accumulates_fp16 ? prompt_rate_fp16(job) : prompt_rate(job);
}

/// Returns the FLOPs of the layers' matmuls over `tokens` tokens of prompts on one GPU. Kernels that compute an
/// expert's tokens in tiles compute whole tiles of every expert that a piece of the prompt visits.
[[nodiscard]] constexpr double prompt_layer_flops(const lowered_inference_time& job, double prompt,
                                                  double tokens) noexcept {
    const serving_load& s = job.prompt_load;
    const matmul_kernel& k = *job.choice->kernel;
    double expert_tokens = s.active * tokens;
    if (k.expert_tile > 0 && s.experts > 0) {
        const double piece = piece_of(job, prompt);
        const double visited = s.experts * visited_experts(s, piece);
        expert_tokens += whole_up(prompt / piece) * tokens / prompt * visited * k.expert_tile;
        expert_tokens /= job.constants->*k.expert_share;
    }
    return 2 * (s.dense * tokens + s.expert * expert_tokens) / s.tensor;
}

/// Returns the seconds of unpacking `weights` elements to 16 bits once.
[[nodiscard]] constexpr double dequantize_seconds(const lowered_inference_time& job, double weights) noexcept {
    const serving_load& s = job.prompt_load;
    const matmul_kernel& k = *job.choice->kernel;
    const bool unpacks = k.dequantizes_prompt || job.row->prompt_piece > 0;
    if (!unpacks || multiplies_integers(job) || block_layout_of(job.job.weights).element_bits >= 16) return 0;
    return weights * (s.bytes_per_weight + 2) / s.nominal;
}

/// Returns the seconds of element-wise kernels over the prompt's `tokens`.
[[nodiscard]] constexpr double pointwise_seconds(const lowered_inference_time& job, double tokens) noexcept {
    const serving_load& s = job.prompt_load;
    const inference_time_constants& c = *job.constants;
    const int unfused = job.row->unfused_bytes;
    if (unfused > 0)
        return c.*job.choice->kernel->prompt_unfused_clocks * unfused / 4 * s.layers * s.hidden * tokens / s.clocks;
    return c.fused_bytes * s.layers * s.hidden * tokens / s.bandwidth;
}

/// Tokens of a micro-batch from which on the card copies weights out of host memory instead of leaving them to the host
/// (GGML_OP_OFFLOAD_MIN_BATCH, ggml-cuda.cu).
inline constexpr double least_copied_batch = 32;

/// Returns the seconds that a micro-batch of `tokens` takes for weights in host memory. What the host's attention takes
/// over a prompt is not measured and not counted.
[[nodiscard]] constexpr double host_chunk_seconds(const lowered_inference_time& job, double tokens) noexcept {
    const host_load& h = job.host;
    if (h.empty()) return 0;
    if (tokens < least_copied_batch) return host_seconds(job, tokens, 0);
    return (h.dense + h.expert * job.load.experts) / h.copy;
}

/// Returns the seconds of a prompt that is read in chunks, which follow each other through the pipeline stages: a
/// stage's share of all the work, that of the slowest one, and one whole chunk in each of the other stages. `work` are
/// the seconds of the prompt but for unpacking weights, which each chunk repeats.
[[nodiscard]] constexpr double chunked_seconds(const lowered_inference_time& job, double prompt, double work,
                                               double unpack) noexcept {
    const serving_load& s = job.prompt_load;
    const inference_time_constants& c = *job.constants;
    const double chunk = piece_of(job, prompt);
    const double chunks = whole_up(prompt / chunk);
    const double all = work + chunks * (unpack + host_chunk_seconds(job, chunk));
    const double stages = s.pipeline;
    const double overhead =
        (s.layers * c.*job.layer + (stages - 1) * or_zero(c, job.row->pipeline_send)) * microsecond * chunks;
    const double slowest = s.slowest_stage > 0 ? s.slowest_stage : 1 / stages;
    return all * (slowest + (1 - slowest) * chunk / prompt) + overhead;
}

/// Returns the work of a draft's layers on the prompt, as a share of the model's.
[[nodiscard]] constexpr double draft_share(const lowered_inference_time& job) noexcept {
    const drafting method = job.job.speculation.method;
    if (method == drafting::none || method == drafting::ngram) return 0;
    const serving_load& model = job.prompt_load;
    const serving_load& draft = job.draft_load;
    return (draft.dense + draft.expert * draft.active) / (model.dense + model.expert * model.active);
}

/// Returns the seconds until the first token of a batch.
[[nodiscard]] constexpr double prompt_seconds(const lowered_inference_time& job, double batch, double prompt) noexcept {
    const serving_load& s = job.prompt_load;
    const engine_time& row = *job.row;
    const double t = s.tensor;
    const double tokens = prompt * batch;
    const double visited = (s.dense + s.expert * s.active) / t;
    const double rate = prompt_rate(job);
    const double attention = prompt_attention_seconds(job, batch, prompt);
    const double unpack = dequantize_seconds(job, visited);
    const double pointwise = pointwise_seconds(job, tokens);
    const double matmuls = prompt_layer_flops(job, prompt, tokens) / prompt_layer_rate(job);
    const double step = pass_seconds(job, batch, 0, 0, 1);
    if (row.prompt_piece > 0) return most(step, chunked_seconds(job, prompt, matmuls + pointwise + attention, unpack));
    const double logits = 2 * s.head / t * (job.job.full_prompt_logits ? tokens : batch) / rate;
    const double computes = matmuls + logits + attention + pointwise + unpack;
    const double exchange = exchanged_seconds(s, tokens);
    // Two halves of a prompt's tokens take turns, as in a step.
    const double hidden = job.job.two_batches ? job.constants->sent_hidden : 0;
    const double all = overlapped_seconds(computes, exchange, hidden);
    return most(most(all, or_zero(*job.constants, row.shortest_prompt) * microsecond), step);
}

/// Returns the seconds of a vision tower over the images of a batch. Its matmuls run in 16 bits, at the efficiency of a
/// prompt's, which is estimated: no published row has a tower's time alone.
[[nodiscard]] constexpr double tower_seconds(const lowered_inference_time& job, double batch) noexcept {
    const serving_load& s = job.prompt_load;
    if (!(job.tower_flops > 0)) return 0;
    return batch * job.tower_flops / (job.constants->gemm_efficiency * s.rate * s.tensor);
}

}  // namespace cardfit::detail
