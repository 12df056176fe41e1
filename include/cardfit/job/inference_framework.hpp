// SPDX-License-Identifier: MIT
#pragma once

// What an inference engine holds beside weights, as data: one row an engine.

#include <cardfit/job/inference.hpp>

namespace cardfit {

/// When and how much cache is allocated: as tokens come; for the whole context before the first; or what a share of the
/// card, or of what weights and activations leave of it, has room for.
enum class cache_policy : unsigned char { grows, whole_context, fraction_of_total, fraction_of_free };

/// Positions of a rotary table where the model does not tell: what configs of 2024 state most often.
inline constexpr std::int64_t rotary_positions = 32'768;

/// One engine. Everything an estimator needs to know about it.
struct engine_row {
    std::string_view name;
    cache_policy cache = cache_policy::grows;
    /// `cache` from here on, the whole context before.
    software_date budget_since{};
    /// Tokens a sequence's cache is rounded up to.
    std::int64_t block_tokens = 1;
    /// Blocks of a prefix that several sequences share are kept once.
    bool shares_prefixes = false;
    /// A cache as a new tuple every step: old and new stand beside each other until the step ends.
    software_date cache_in_place_since{};
    /// Layers with a window keep no more than it, from here on; before, all tokens.
    software_date windows_since{9999, 1};
    /// MLA's latent is what the cache keeps, from here on; before, the keys and values made of it, by head, each padded
    /// to `expanded_head` elements (0: as they are).
    software_date latent_since{};
    std::int64_t expanded_head = 0;
    /// Until then a latent was kept twice, as keys and as values.
    software_date latent_values_until{};
    /// A layer's keys and values are made of the whole cached latent before it attends.
    bool expands_latent = false;
    /// Bytes of scales that an int8 or int4 cache stores for 32 elements.
    int cache_scale_bytes = 0;
    /// Bytes an element of a recurrent layer's state, and of its convolution's; 0: the compute format.
    int state_bytes = 0;
    int convolution_state_bytes = 0;
    /// Tokens that one forward pass takes at most, from `chunked_since` on; 0: whole prompts.
    std::int64_t prefill_chunk = 0;
    software_date chunked_since{};
    /// Sequences whose logits the engine's trial run makes, whatever the batch.
    std::int64_t profiled_sequences = 0;
    /// Residual-wide tensors that live while a layer's feed-forward runs.
    int hidden_copies = 4;
    /// Buffers of the feed-forward are allocated once and stay while attention runs.
    bool static_buffers = false;
    /// Rotary sines and cosines are kept by every layer, in the compute format, before this date, for
    /// `rotary_positions`.
    software_date rotary_shared_since{};
    /// All tokens of all experts at once; else one expert after the other.
    bool experts_at_once = false;
    /// Bytes a head, token and position where the prompt's attention matrix is made, until `scores_until`; 0: flash.
    int score_bytes = 0;
    software_date scores_until{9999, 1};
    /// The same where attention has sinks, which the engine's flash kernels do not take.
    int sink_score_bytes = 0;
    /// Bytes a token and position of the mask, whatever the heads.
    int mask_bytes = 0;
    /// Buffers are reserved before the first token, for the contexts of all sequences: one cache holds them.
    bool reserves_context = false;
    /// Bytes a logit: 16 bits, and an fp32 copy.
    int logit_bytes = 6;
    /// fp32 logits return to the card of the first layers (accelerate's hook on a model that device_map spreads).
    bool returns_logits = false;
    /// Query, key and value matrices stand beside their concatenation until the model is loaded.
    bool fuses_query_key_value = false;
    /// Bytes an element of the matrix that is being quantized on the card; 0: weights come quantized.
    int quantizing_bytes = 0;
    /// A quantized model's head is quantized too.
    bool quantized_head = false;
    /// A buffer for one dequantized matrix that stays (exllama's kernels).
    bool keeps_dequantized = false;
    /// Weights come in llama.cpp's files, and the token embedding stays in host memory.
    bool reads_gguf = false;
    /// Several cards hold layers in turn, and what does not fit may stay in host memory; else they divide matrices.
    bool splits_layers = false;
    /// Pipeline stages speak through NCCL.
    bool pipeline_by_nccl = false;
    /// A CUDA context with none of PyTorch's kernels: 256 MiB (InvokeAI issue 9413, RTX 3090).
    bool bare_context = false;
    /// CUDA graphs' private pool, from `graphs_since` on.
    std::int64_t graph_mebibytes = 0;
    software_date graphs_since{};
    /// What the caching allocator takes beyond what tensors hold.
    int slack_per_mille = 10;
    /// Half-width of the band, as framework_row's; 100 (the mean over the measured engines, rounded up) where nobody
    /// published.
    int band_per_mille = 100;
    std::string_view source;
};

namespace detail {

inline constexpr engine_row engine_rows[]{
    {.name = "transformers",
     .cache_in_place_since = {2024, 1},
     .windows_since = {2025, 9},
     .latent_since = {2026, 9},
     .expands_latent = true,
     .rotary_shared_since = {2024, 9},
     .sink_score_bytes = 6,
     .returns_logits = true,
     .keeps_dequantized = true,
     .splits_layers = true,
     .band_per_mille = 110,
     .source =
         "transformers: DynamicCache from 4.36 (December 2023) on, sliding layers in it from 4.56 on; MLA's latent in "
         "it since #47761 (between August and September 2026, #48761); no fused attention with sinks "
         "(GptOssPreTrainedModel), so scores, their concatenation with the sinks and the softmax in 16 bits; eager "
         "modules keep residual, its sum with attention, the normed input and the embedding's output beside gate, "
         "up and their product; exllama kernels for GPTQ; rotary tables in every layer before 4.45 (September 2024)"},
    {.name = "vllm",
     .cache = cache_policy::fraction_of_total,
     .block_tokens = 16,
     .shares_prefixes = true,
     .windows_since = {2025, 6},
     .latent_since = {2025, 2},
     .expanded_head = 256,
     .prefill_chunk = 8192,
     .chunked_since = {2025, 1},
     .profiled_sequences = 256,
     .experts_at_once = true,
     .logit_bytes = 14,
     .pipeline_by_nccl = true,
     .graph_mebibytes = 512,
     .graphs_since = {2024, 1},
     .source =
         "vLLM documentation: gpu_memory_utilization, max_num_seqs 256, max_num_batched_tokens; the profile run "
         "samples with fp32 logits, probabilities and their logarithms; CUDA graphs from 0.2.7 on, 0.36 to 0.65 GiB "
         "in its logs; MLA since 0.7.1 (February 2025), before heads of 192 and 128 padded to 256 (log in #10927)"},
    {.name = "sglang",
     .cache = cache_policy::fraction_of_total,
     .shares_prefixes = true,
     .windows_since = {2025, 6},
     .prefill_chunk = 8192,
     .experts_at_once = true,
     .pipeline_by_nccl = true,
     .graph_mebibytes = 512,
     .source = "SGLang documentation: mem_fraction_static, chunked_prefill_size; graphs as vLLM's"},
    {.name = "llama.cpp",
     .cache = cache_policy::whole_context,
     .block_tokens = 256,
     .windows_since = {2025, 5},
     .latent_since = {2025, 5},
     .latent_values_until = {2026, 2},
     .cache_scale_bytes = 2,
     .state_bytes = 4,
     .convolution_state_bytes = 4,
     .prefill_chunk = 512,
     .profiled_sequences = 512,
     .hidden_copies = 3,
     .experts_at_once = true,
     .score_bytes = 4,
     .scores_until = {2025, 9},
     .mask_bytes = 2,
     .reserves_context = true,
     .logit_bytes = 4,
     .reads_gguf = true,
     .splits_layers = true,
     .bare_context = true,
     .slack_per_mille = 0,
     .source = "llama.cpp: context padded to 256, -ub 512, compute buffer reserved for a whole micro-batch with logits "
               "for each token, a mask of 16 bits and, before flash attention became the default (August 2025), fp32 "
               "scores over the whole context (8480 MiB at 131072 tokens of Llama-3.1-8B); MLA's latent since #12801 "
               "(April 2025), kept once since #19067 (January 2026); q8_0 and q4_0 caches; recurrent state in fp32"},
    {.name = "tensorrt-llm",
     .cache = cache_policy::fraction_of_free,
     .block_tokens = 32,
     .shares_prefixes = true,
     .windows_since = {2024, 6},
     .prefill_chunk = 8192,
     .hidden_copies = 3,
     .experts_at_once = true,
     .logit_bytes = 4,
     .pipeline_by_nccl = true,
     .bare_context = true,
     .slack_per_mille = 0,
     .source = "TensorRT-LLM documentation: kv_cache_free_gpu_mem_fraction, max_num_tokens 8192, tokens_per_block 32"},
    {.name = "lmdeploy",
     .cache = cache_policy::fraction_of_free,
     .budget_since = {2023, 12},
     .block_tokens = 64,
     .shares_prefixes = true,
     .prefill_chunk = 8192,
     .hidden_copies = 3,
     .experts_at_once = true,
     .logit_bytes = 4,
     .bare_context = true,
     .slack_per_mille = 0,
     .source =
         "LMDeploy documentation: cache_max_entry_count, cache_block_seq_len 64; before 0.1 (December 2023) whole "
         "sessions"},
    {.name = "exllama",
     .cache = cache_policy::whole_context,
     .prefill_chunk = 2048,
     .hidden_copies = 3,
     .static_buffers = true,
     .score_bytes = 2,
     .keeps_dequantized = true,
     .band_per_mille = 50,
     .source = "exllama: whole cache, temporary state, feed-forward and dequantization buffers allocated once"},
    {.name = "gpt-fast",
     .cache = cache_policy::whole_context,
     .block_tokens = 8,
     .logit_bytes = 2,
     .source = "gpt-fast: setup_caches rounds the length up to 8"},
    {.name = "deepspeed",
     .cache = cache_policy::whole_context,
     .hidden_copies = 3,
     .experts_at_once = true,
     .source = "DeepSpeed-Inference: workspace for max_out_tokens"},
    {.name = "litgpt",
     .cache = cache_policy::whole_context,
     .quantizing_bytes = 4,
     .quantized_head = true,
     .band_per_mille = 50,
     .source = "litgpt generate: bitsandbytes quantizes each matrix on the card, from its 16-bit copy there"},
    {.name = "autoawq",
     .cache = cache_policy::whole_context,
     .score_bytes = 10,
     .fuses_query_key_value = true,
     .band_per_mille = 170,
     .source =
         "AutoAWQ: fused modules concatenate query, key and value; prompts' scores in 16 bits, in fp32, and their "
         "softmax in fp32"},
};

}  // namespace detail

[[nodiscard]] constexpr const engine_row& row_of(engine f) noexcept {
    return detail::engine_rows[static_cast<std::size_t>(f)];
}

/// What a cache keeps of a layer, elements a token, and whether tensor parallelism divides it.
struct cache_layout {
    std::int64_t width = 0;
    bool splits = true;
};

/// Keys and values by head, or MLA's latent where the engine keeps that.
[[nodiscard]] constexpr cache_layout cache_of(const block& b, const engine_row& row, software_date date) noexcept {
    const std::int64_t made = b.width.of[tensor_role::key] + b.width.of[tensor_role::value];
    if (b.latent_width == 0) return {b.cache_width, b.cache_splits};
    if (date < row.latent_since) return {row.expanded_head > 0 ? 2 * b.score_heads * row.expanded_head : made, true};
    return {b.cache_width + (date < row.latent_values_until ? b.latent_width : 0), false};
}

}  // namespace cardfit
