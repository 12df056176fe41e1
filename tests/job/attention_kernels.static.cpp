// SPDX-License-Identifier: MIT

// Which attention runs where flash kernels do not know a model's attention.

#include <cardfit/decide/fits.hpp>
#include <cardfit/hardware/cards/amd_instinct.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_turing.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/encoder_zoo.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

// NVIDIA-NeMo/Speech#14712: gpt-oss-20b in NeMo on 8 B200 ran out of memory with 16,384 tokens, a pipeline of 2 and
// experts over 2 ranks, in September 2025. Transformer Engine 2.8 brought sinks a month later.
constexpr training gpt_oss{
    .gradient_accumulation = 8, .sequence_length = 16384, .framework = framework::megatron, .software_date = {2025, 9}};
constexpr layout two_stages{.data = 4, .pipeline = 2, .expert = 2, .sharding = sharding::optimizer};
constexpr grade grade_in(software_date date) {
    training t = gpt_oss;
    t.software_date = date;
    return fit(models::gpt_oss_20b, t, 8 * cards::b200_sxm_180gb, two_stages).grade;
}
static_assert(grade_in({2025, 9}) == grade::does_not_fit);
static_assert(grade_in({2025, 10}) == grade::fits);

constexpr network sinks = lower(models::gpt_oss_20b);
constexpr const attention_limit* limit(const network& net, const training& t, const gpu& card = cards::a100_sxm4_80gb) {
    return limit_of_attention(net, t, card, row_of(t.framework).memory);
}
// huggingface/transformers#43120: scaled dot product attention does not know sinks; FlexAttention does.
static_assert(limit(sinks, {.framework = framework::transformers})->name == "attention sinks");
static_assert(limit(sinks, {.attention = attention::flex, .framework = framework::transformers}) == nullptr);
static_assert(limit(sinks, {.framework = framework::torchtitan}) == nullptr);
static_assert(limit(lower(models::t5_xxl_encoder), {})->has == &attention_answers::biased_scores);
static_assert(limit(lower(models::llama_3_1_8b), {}) == nullptr);
// huggingface/transformers#31887: FlashAttention 2.6 (July 2024) caps scores; PyTorch's kernels and Megatron's do not.
constexpr network capped = lower(models::gemma_2_9b);
static_assert(limit(capped, {.framework = framework::transformers}) == nullptr);
static_assert(limit(capped, {.framework = framework::transformers, .software_date = {2024, 6}})->name ==
              "soft-capped scores");
static_assert(limit(capped, {.framework = framework::torchtune})->name == "soft-capped scores");
static_assert(limit(capped, {.attention = attention::flex, .framework = framework::torchtune}) == nullptr);
static_assert(limit(lower(models::gemma_3_12b), {.framework = framework::torchtune}) == nullptr);

// huggingface/transformers#39412 (July 2025) hands grouped keys and values to PyTorch as they are. No fused kernel
// takes them in fp32, nor before Ampere (#48633); scores of 4 bytes were measured on an H100 (measured_h100.jsonl,
// h014a).
constexpr network grouped = lower(models::llama_3_2_1b);
constexpr training in_fp32{.precision = precision::fp32, .sequence_length = 2048, .framework = framework::transformers};
constexpr training in_16_bits{.sequence_length = 2048, .framework = framework::transformers};
static_assert(limit(grouped, in_fp32) == &grouped_limit);
static_assert(limit(grouped, in_16_bits) == nullptr && limit(grouped, in_16_bits, cards::t4) == &grouped_limit);
static_assert(limit(lower(models::gpt2), in_fp32) == nullptr);
constexpr bool limited(training t, framework f, software_date date) {
    t.framework = f;
    t.software_date = date;
    return limit(grouped, t) != nullptr;
}
static_assert(limited(in_fp32, framework::transformers, {2025, 7}) &&
              !limited(in_fp32, framework::transformers, {2025, 6}));
static_assert(limited(in_fp32, framework::trl, {2026, 1}) && !limited(in_fp32, framework::unsloth, {2026, 1}));
static_assert(!limited(in_fp32, framework::torchtitan, {2026, 1}));
// 16 layers of 32 heads x 2 samples x 2048^2 scores in fp32 are 17.2 GB more than without them.
constexpr bytes allocated_at(software_date date) {
    training t = in_fp32;
    t.micro_batch = 2;
    t.recompute = recompute::none;
    t.software_date = date;
    return memory(models::llama_3_2_1b, t, cards::h100_sxm5_80gb).allocated();
}
static_assert(allocated_at({2025, 7}) - allocated_at({2025, 6}) > bytes_of(17'000'000'000));

// FlashAttention-2 runs on Ampere and newer cards, with heads of at most 256; in its place PyTorch's memory-efficient
// kernel does. Until 2.5.5, its backward took Gemma's heads of 256 on A100 and H100 alone.
constexpr bool refused(const network& net, const gpu& on, software_date date = latest_software_date) {
    return refusal_of_flash(net, {.software_date = date}, on) != nullptr;
}
constexpr network llama = lower(models::llama_3_1_8b);
constexpr network wide_heads = lower(models::gemma_7b);
static_assert(refused(llama, cards::t4) && refused(llama, cards::v100_sxm2_32gb));
static_assert(!refused(llama, cards::rtx_3090) && !refused(llama, cards::h100_sxm5_80gb));
static_assert(!refused(llama, cards::rtx_5090) && !refused(llama, cards::mi300x));
static_assert(refused(wide_heads, cards::rtx_3090, {2024, 1}) && !refused(wide_heads, cards::rtx_3090));
static_assert(!refused(wide_heads, cards::a100_sxm4_80gb, {2024, 1}));
static_assert(!refused(lower(models::t5_xxl_encoder), cards::rtx_3090));

// FlexAttention writes no scores either.
constexpr bytes needed(attention how) {
    return memory(models::gpt_oss_20b, {.sequence_length = 4096, .attention = how, .framework = framework::torchtitan},
                  8 * cards::h100_sxm5_80gb, {.data = 8, .sharding = sharding::full})
        .device();
}
static_assert(needed(attention::flex) == needed(attention::flash));
static_assert(needed(attention::flex) < needed(attention::eager));

// Eager attention of Llama in bf16 keeps the softmax's result in fp32 and a copy of it in 16 bits (transformers,
// models/llama, eager_attention_forward): 47,151,427,072 bytes were measured with 16 layers of 32 heads x 2 samples x
// 2048^2 scores (measured_h100.jsonl, h065a). BERT's softmax keeps the format of its scores.
constexpr std::int64_t eager_score_bytes(const network& net, precision p) {
    const training t{.precision = p, .attention = attention::eager, .framework = framework::transformers};
    const framework_memory& row = row_of(t.framework).memory;
    memory_rules rules = lower_rules(t, {}, row);
    detail::widen_softmax(rules, t, row, softmax_is_wide(net));
    return score_bytes(net.blocks[0], *rules.kept, rules, 1) / net.blocks[0].attention.score_heads;
}
static_assert(eager_score_bytes(grouped, precision::bf16) == 6 && eager_score_bytes(grouped, precision::fp32) == 4);
static_assert(eager_score_bytes(lower(models::bert_base), precision::bf16) == 2);
static_assert(eager_score_bytes(lower(models::bert_base), precision::bf16_mixed) == 6);
static_assert(softmax_is_wide(lower(models::t5_xxl_encoder)) && !softmax_is_wide(lower(models::gpt2)));

// The tanh of soft-capped scores is one more copy in 16 bits (Gemma 2; 26 of 64 MiB listed on an H200,
// measured_h200.jsonl, k15).
static_assert(eager_score_bytes(lower(models::gemma_2_2b), precision::bf16_mixed) == 6 + 2);

// T5 hands its bias to PyTorch's attention since huggingface/transformers#47014 (July 2026). No fused kernel takes it,
// so the math kernel runs in fp32: the softmax's result, what dropout makes of it and a mask are 9 bytes per score of
// both stacks' own attention, whose queries, keys and values have 4 bytes instead of 2; before, all scores had 7 bytes.
// In each of 12 + 12 layers of 12 heads, queries, keys and values are 768 wide. The encoder reads 512 tokens and the
// decoder 128. Queries, keys and values of the cross attention are counted alike, though they stay in 16 bits.
constexpr network t5 = lower(models::t5_base);
static_assert(t5.blocks[0].attention.mask_bias && t5.blocks[1].attention.mask_bias);
static_assert(lower(models::t5_xxl_encoder).blocks[0].attention.mask_bias);
static_assert(!lower(models::deberta_v3_base).blocks[0].attention.mask_bias);
static_assert(!lower(models::all_mpnet_base_v2).blocks[0].attention.mask_bias);
static_assert(!lower(models::whisper_small).blocks[0].attention.biased_scores);
constexpr std::int64_t activations_at(software_date date) {
    const training t{.micro_batch = 16,
                     .sequence_length = 128,
                     .source_length = 512,
                     .dropout = true,
                     .framework = framework::transformers,
                     .software_date = date};
    return memory(t5, t, cards::h200_sxm_141gb).components.activations.number;
}
constexpr std::int64_t own_scores = 16 * 12 * std::int64_t{12} * (512 * 512 + 128 * 128);
constexpr std::int64_t cross_scores = 16 * 12 * std::int64_t{12} * 128 * 512;
constexpr std::int64_t widened = 16 * 12 * std::int64_t{768} * (3 * 512 + 4 * 128 + 2 * 512);
constexpr std::int64_t more = 2 * own_scores - 7 * cross_scores + 2 * widened;
constexpr std::int64_t estimated = activations_at({2026, 7}) - activations_at({2026, 6});
static_assert(estimated > more * 98 / 100 && estimated < more * 102 / 100);

// MPNet adds its bias to scores of its own: transformers 5.17 ran no attention of PyTorch's for it on an H200, whose
// forward pass left 4742 MiB with 16 sequences of 384 tokens under autocast, the 16-bit copies of the weights among
// them.
constexpr memory_estimate mpnet = memory(models::all_mpnet_base_v2,
                                         {.micro_batch = 16,
                                          .sequence_length = 384,
                                          .dropout = true,
                                          .framework = framework::transformers,
                                          .software_date = {2026, 11}},
                                         cards::h200_sxm_141gb);
constexpr std::int64_t mpnet_saved = (mpnet.components.activations + mpnet.components.gathered).number >> 20;
static_assert(mpnet_saved > 4742 * 97 / 100 && mpnet_saved < 4742 * 103 / 100);
