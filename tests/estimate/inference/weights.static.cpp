// SPDX-License-Identifier: MIT

// Tests the weights in the formats of serving engines against published file sizes.

#include <cardfit/decide/serve.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}
constexpr std::int64_t weights(const transformer& m, const inference& i, const machine& card, const layout& l = {}) {
    return memory(m, i, card, l).components.weights.number;
}

// From the month on that an engine's row names, the embedding stays in host memory: of LLaMA-2-13B, 32,000 rows of 5120
// elements in 16 bits.
constexpr std::int64_t exllama_weights(int month) {
    const inference job{
        .weights = number_format::gptq_int4, .framework = engine::exllama, .software_date = {2023, month}};
    return memory(models::llama_2_13b, job, cards::rtx_3090).components.weights.number;
}
static_assert(exllama_weights(8) - exllama_weights(9) == 2 * 32'000 * 5120);
static_assert(exllama_weights(9) == exllama_weights(10));

}  // namespace

// Without quantization the weights are the parameters: Llama-2-7B has 13,476,831,232 bytes (safetensors index,
// total_size without the rotary buffers).
static_assert(weights(models::llama_2_7b, {.weights = number_format::fp16}, cards::a100_sxm4_80gb) ==
              2 * 6'738'415'616);
// GPTQ in groups of 128 stores 4 bits per weight, a 16-bit scale and a 4-bit zero point per group, and a 32-bit group
// number per row. Embedding, head and norms remain in 16 bits. TheBloke/Llama-2-7B-GPTQ, gptq-4bit-128g: 3.90 GB.
static_assert(within(static_cast<double>(weights(models::llama_2_7b, {.weights = number_format::gptq_int4},
                                                 cards::rtx_4090)),
                     3.90e9, 0.002));
// AWQ stores the same as GPTQ without the group numbers. TheBloke/Llama-2-7B-AWQ: 3.89 GB.
static_assert(within(static_cast<double>(weights(models::llama_2_7b, {.weights = number_format::awq_int4},
                                                 cards::rtx_4090)),
                     3.89e9, 0.002));
// Phi-3's query, key and value matrices are one tensor, which q4_k_m stores in 5 bits:
// microsoft/Phi-3-mini-4k-instruct-gguf, Phi-3-mini-4k-instruct-q4.gguf: 2.39 GB.
static_assert(within(static_cast<double>(gguf_bytes_by_kind(lower(models::phi_3_mini), number_format::q4_k_m).total()),
                     2.39e9, 0.003));
// Double quantization saves 0.37 bits per parameter (QLoRA, arXiv 2305.14314, section 3).
constexpr double saved_bits =
    8.0 *
    static_cast<double>(weights(models::llama_2_70b, {.weights = number_format::nf4}, cards::a100_sxm4_80gb) -
                        weights(models::llama_2_70b, {.weights = number_format::nf4_dq}, cards::a100_sxm4_80gb)) /
    (68'976'648'192.0 - 2 * 32000 * 8192 - 80 * 2 * 8192 - 8192);
static_assert(within(saved_bits, 0.373, 0.01));

// gpt-oss-20b has 13,761,264,768 bytes (its safetensors index): the experts are in MXFP4; attention, router, embedding
// and head are in 16 bits. Without a fused kernel for attention sinks, the scores of 64 heads, 16384 x 16384 each, do
// not fit beside the weights.
constexpr inference sunk{.weights = number_format::mxfp4, .prompt = 16'384, .generate = 64};
static_assert(weights(models::gpt_oss_20b, sunk, cards::rtx_4090) == 13'761'264'768);
static_assert(fit(models::gpt_oss_20b, sunk, cards::rtx_4090).grade == grade::does_not_fit);

// With more cards than key/value heads, the key and value matrices are replicated: with 8 heads on 16 cards, each card
// has one head, and each card has all norms.
constexpr std::int64_t weights_on(int cards) {
    return weights(models::llama_3_1_70b, {.framework = engine::vllm}, cards * cards::h100_sxm5_80gb,
                   {.tensor = cards});
}
static_assert(2 * weights_on(16) - weights_on(8) == 80 * 2 * std::int64_t{8192} * 128 * 2 + 161 * 8192 * 2);

// A LoRA adapter of rank 64 on all of Llama-3.1-8B's matrices has 167,772,160 parameters (unsloth's and torchtune's
// logs for q, k, v, o, gate, up and down); ten such adapters in 16 bits are loaded beside the base model.
static_assert(weights(models::llama_3_1_8b, {.adapters = 10, .adapter_rank = 64}, cards::a100_sxm4_80gb) -
                  weights(models::llama_3_1_8b, {}, cards::a100_sxm4_80gb) ==
              10 * 2 * std::int64_t{167'772'160});

// EXL3 files of Gemma 3 27B (huggingface.co/WeReCooking/Gemma-3-R1984-27B-EXL3), base conversions with heads of 6 bits:
// GiB on the card, the embedding not among them.
constexpr double exl3_gib(number_format format) {
    const inference job{.weights = format, .prompt = 1, .framework = engine::exllamav3};
    return in_gibibytes(memory(models::gemma_3_27b, job, cards::rtx_5090).components.weights);
}
constexpr bool near(double value, double expected) { return value > 0.99 * expected && value < 1.01 * expected; }
static_assert(near(exl3_gib(number_format::exl3_2_0), 7.0) && near(exl3_gib(number_format::exl3_3_0), 9.9) &&
              near(exl3_gib(number_format::exl3_4_0), 12.9) && near(exl3_gib(number_format::exl3_5_0), 15.9) &&
              near(exl3_gib(number_format::exl3_6_0), 19.0));

// Of the experts of a GGUF file, a card holds its share, as of any other format: a quarter of them over four cards, and
// everything else whole.
constexpr std::int64_t mixtral_on_each_card(int expert) {
    const inference job{.weights = number_format::q8_0, .framework = engine::vllm};
    const layout l{.data = 4, .expert = expert};
    return memory(models::mixtral_8x7b, job, 4 * cards::h200_sxm_141gb, l).components.weights.number;
}
constexpr std::int64_t mixtral_experts = gguf_bytes_by_kind(lower(models::mixtral_8x7b), number_format::q8_0).experts;
static_assert(mixtral_on_each_card(1) - mixtral_on_each_card(4) == mixtral_experts - mixtral_experts / 4);
