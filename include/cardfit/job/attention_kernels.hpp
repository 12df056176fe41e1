// SPDX-License-Identifier: MIT
#pragma once

// Which attention a job runs: kernels that never write the matrix of scores do not know every kind of attention, and
// some know it only from a date on. What a framework's kernels know since when is in its row. Where FlashAttention
// refuses a card or a head, PyTorch's memory-efficient kernel runs, which writes no scores either.

#include <cardfit/frameworks/row.hpp>
#include <cardfit/hardware/gpu.hpp>
#include <cardfit/model/network.hpp>

#include <string_view>

namespace cardfit {

/// A kind of attention that flash kernels had to be taught.
struct attention_limit {
    bool attention_answers::*has = nullptr;                  ///< whether a layer's attention is of the kind
    software_date framework_memory::*known_since = nullptr;  ///< null: no date alone decides it
    std::string_view name;                                   ///< what notes call it
};

/// The kinds of attention that flash kernels learned later.
inline constexpr attention_limit attention_limits[]{
    {&attention_answers::sinks, &framework_memory::sinks_since, "attention sinks"},
    {&attention_answers::softcap, &framework_memory::softcap_since, "soft-capped scores"},
    {&attention_answers::biased_scores, &framework_memory::biased_scores_since, "a bias for each pair of positions"},
};

/// Grouped keys and values that a framework hands to PyTorch as they are.
inline constexpr attention_limit grouped_limit{
    .has = &attention_answers::grouped,
    .name = "PyTorch's fused kernels take grouped keys and values in 16 bits alone, on cards from Ampere on"};

/// Returns true if PyTorch's attention falls back to its math kernel because keys and values are grouped.
[[nodiscard]] constexpr bool falls_back_when_grouped(const network& net, const training& t, const gpu& card,
                                                     const framework_memory& row) noexcept {
    if (!net.blocks[0].attention.grouped || t.software_date < row.grouped_since) return false;
    const bool wide = t.precision == precision::fp32 || t.precision == precision::tf32;
    return card.vendor == vendor::nvidia && (wide || card.compute_capability < compute_capability{8, 0});
}

/// Returns true if PyTorch's math kernel runs for a bias that a model hands to it as a mask.
[[nodiscard]] constexpr bool runs_math_kernel_for_bias(const training& t, const framework_memory& row) noexcept {
    return t.attention == attention::flash && !(t.software_date < row.mask_bias_since);
}

/// Returns what a model's attention has that the flash kernels of a framework do not know at the job's date, or on this
/// card in this precision; null if the job's attention runs as it says. A model's layers are alike in this, so the
/// first kind tells.
[[nodiscard]] constexpr const attention_limit* limit_of_attention(const network& net, const training& t,
                                                                  const gpu& card,
                                                                  const framework_memory& row) noexcept {
    if (t.attention != attention::flash) return nullptr;
    if (falls_back_when_grouped(net, t, card, row)) return &grouped_limit;
    for (const attention_limit& limit : attention_limits)
        if (net.blocks[0].attention.*limit.has && t.software_date < row.*limit.known_since) return &limit;
    return nullptr;
}

/// Returns true if a model's own eager attention computes the softmax in fp32 and casts its result. In Hugging Face
/// transformers models of RMSNorms do (models/llama, mistral, qwen2, gemma, t5: `softmax(..., dtype=torch.float32)` or
/// `.float()`), and most decoders of LayerNorms without learned positions (phi, stablelm, cohere, starcoder2, mpt,
/// bloom; not gpt_neox and falcon, which count as the others do); models with learned positions do not (bert, gpt2,
/// vit, whisper). 6 bytes per score were measured of Llama (tests/published/measured_h100.jsonl, h065a).
[[nodiscard]] constexpr bool softmax_is_wide(const network& net) noexcept {
    const bool learned_positions = net.longest_sequence > 0 || net.tokens_per_sample > 0;
    return net.final_norm_is_rms || (net.blocks[0].attention.causal && !learned_positions);
}

/// What FlashAttention-2 refuses, so that PyTorch runs its memory-efficient kernel in its place: NVIDIA cards below a
/// compute capability, or between two, and heads wider than this.
struct flash_refusal {
    compute_capability from{};              ///< the first compute capability that is refused
    compute_capability below{};             ///< the first one that is no longer refused
    std::int64_t wider_than = 0;            ///< elements per head; 0: any width
    software_date until = no_software_yet;  ///< the month of the release that takes it
    std::string_view name;                  ///< what notes call it
    std::string_view source;                ///< the release notes or source file
};

/// What flash kernels refuse.
inline constexpr flash_refusal flash_refusals[]{
    {.below = {8, 0},
     .name = "FlashAttention-2 needs compute capability 8.0",
     .source = "Dao-AILab/flash-attention, README: Ampere, Ada or Hopper GPUs"},
    {.below = {100, 0},
     .wider_than = 256,
     .name = "FlashAttention-2 takes heads of at most 256 elements",
     .source = "Dao-AILab/flash-attention, README; #2427 (heads of 512 in Gemma 4)"},
    {.from = {8, 6},
     .below = {9, 0},
     .wider_than = 192,
     .until = {2024, 2},
     .name = "FlashAttention-2's backward took heads of more than 192 elements on A100 and H100 alone",
     .source = "Dao-AILab/flash-attention#579, and google/gemma-7b, discussion 18; until its version 2.5.5 (recalled)"},
};

/// Returns the widest head of a network's attention; 0 if it has none, or one that no such kernel takes.
[[nodiscard]] constexpr std::int64_t widest_head(const network& net) noexcept {
    std::int64_t widest = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const attention_answers& a = net.blocks[k].attention;
        if (a.scores == score_kind::additive || !a.flash) return 0;
        widest = larger(widest, a.head_width);
    }
    return widest;
}

/// PyTorch 2.0 brought scaled dot product attention with its memory-efficient kernel.
inline constexpr software_date efficient_kernel_since{2023, 3};

/// Returns why FlashAttention-2 does not run a job's flash attention on this card; null if it does, if another vendor
/// made the card, if the network has no such attention, or before PyTorch had another kernel.
[[nodiscard]] constexpr const flash_refusal* refusal_of_flash(const network& net, const training& t,
                                                              const gpu& card) noexcept {
    const compute_capability capability = card.compute_capability;
    const std::int64_t head = widest_head(net);
    const bool asks = t.attention == attention::flash && head > 0 && !(t.software_date < efficient_kernel_since);
    if (card.vendor != vendor::nvidia || capability.major == 0 || !asks) return nullptr;
    for (const flash_refusal& each : flash_refusals) {
        const bool on_card = !(capability < each.from) && capability < each.below;
        if (on_card && head > each.wider_than && t.software_date < each.until) return &each;
    }
    return nullptr;
}

}  // namespace cardfit
