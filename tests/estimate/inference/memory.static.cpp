// SPDX-License-Identifier: MIT

// Memory of inference against published figures. Where two figures of one source are compared, the source is named.

#include <cardfit/decide/serve.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}
constexpr std::int64_t cache(const transformer& m, const inference& i, const machine& card, const layout& l = {}) {
    return memory(m, i, card, l).components.kv_cache.number;
}
constexpr std::int64_t weights(const transformer& m, const inference& i, const machine& card, const layout& l = {}) {
    return memory(m, i, card, l).components.weights.number;
}

}  // namespace

// vLLM 0.2.4 on an A100 80GB at utilization 0.9 with 4096 tokens: 7,351 blocks of 16 tokens for Llama-2-7B in fp16.
constexpr lowered_inference served = lower_job(
    models::llama_2_7b,
    inference{.weights = number_format::fp16, .prompt = 4095, .framework = engine::vllm, .software_date = {2023, 12}},
    cards::a100_sxm4_80gb);
static_assert(within(static_cast<double>(occupied(served).components.kv_cache.number) / (16 * 524'288.0), 7351, 0.02));

// Without quantization the weights are the parameters: Llama-2-7B 13,476,831,232 bytes (safetensors index, total_size
// less the rotary buffers).
static_assert(weights(models::llama_2_7b, {.weights = number_format::fp16}, cards::a100_sxm4_80gb) ==
              2 * 6'738'415'616);
// GPTQ in groups of 128: 4 bits, and for each group a 16-bit scale and a 4-bit zero point; a 32-bit group number a row.
// Embedding, head and norms stay in 16 bits. TheBloke/Llama-2-7B-GPTQ, gptq-4bit-128g: 3.90 GB.
static_assert(within(static_cast<double>(weights(models::llama_2_7b, {.weights = number_format::gptq_int4},
                                                 cards::rtx_4090)),
                     3.90e9, 0.002));
// AWQ: as GPTQ without group numbers. TheBloke/Llama-2-7B-AWQ: 3.89 GB.
static_assert(within(static_cast<double>(weights(models::llama_2_7b, {.weights = number_format::awq_int4},
                                                 cards::rtx_4090)),
                     3.89e9, 0.002));
// Phi-3's query, key and value are one tensor, which q4_k_m stores in 5 bits: microsoft/Phi-3-mini-4k-instruct-gguf,
// Phi-3-mini-4k-instruct-q4.gguf: 2.39 GB.
static_assert(within(static_cast<double>(gguf_bytes_by_kind(lower(models::phi_3_mini), number_format::q4_k_m).total()),
                     2.39e9, 0.003));
// Double quantization saves 0.37 bits a parameter (QLoRA, arXiv 2305.14314, section 3).
constexpr double saved_bits =
    8.0 *
    static_cast<double>(weights(models::llama_2_70b, {.weights = number_format::nf4}, cards::a100_sxm4_80gb) -
                        weights(models::llama_2_70b, {.weights = number_format::nf4_dq}, cards::a100_sxm4_80gb)) /
    (68'976'648'192.0 - 2 * 32000 * 8192 - 80 * 2 * 8192 - 8192);
static_assert(within(saved_bits, 0.373, 0.01));

// The cache is divided by tensor parallelism down to one head, and then copied; MLA's latent is on every card.
constexpr inference long_prompt{.prompt = 4096, .generate = 1, .framework = engine::gpt_fast};
static_assert(cache(models::llama_2_70b, long_prompt, 8 * cards::h100_sxm5_80gb, {.tensor = 8}) * 8 ==
              cache(models::llama_2_70b, long_prompt, cards::h100_sxm5_80gb));
static_assert(cache(models::llama_2_70b, long_prompt, 16 * cards::h100_sxm5_80gb, {.tensor = 16}) ==
              cache(models::llama_2_70b, long_prompt, 8 * cards::h100_sxm5_80gb, {.tensor = 8}));
static_assert(cache(models::deepseek_v3, long_prompt, 16 * cards::h100_sxm5_80gb, {.tensor = 16}) ==
              cache(models::deepseek_v3, long_prompt, cards::h100_sxm5_80gb));

// Before engines kept MLA's latent they kept keys and values of all heads. vLLM's log in its pull request 10927
// (December 2024): 35.42 GiB in 5373 blocks of 16 tokens of DeepSeek-V2-Lite, heads padded to 256; llama.cpp's as they
// are, 192 and 128 wide; latents of 512 and 64 since, under llama.cpp once more as values until January 2026.
constexpr std::int64_t latent_cache(engine engine, software_date date) {
    return cache(models::deepseek_v2_lite, {.prompt = 4096, .generate = 0, .framework = engine, .software_date = date},
                 cards::h100_sxm5_80gb) /
           4096;
}
static_assert(within(static_cast<double>(latent_cache(engine::vllm, {2024, 12})), 35.42 * 1'073'741'824 / 5373 / 16,
                     0.001));
static_assert(latent_cache(engine::vllm, {2025, 2}) == 31'104);
static_assert(latent_cache(engine::llama_cpp, {2025, 1}) == 27 * 16 * (192 + 128) * 2);
static_assert(latent_cache(engine::llama_cpp, {2025, 6}) == 27 * (576 + 512) * 2);
static_assert(latent_cache(engine::llama_cpp, {2026, 3}) == 31'104);
static_assert(latent_cache(engine::transformers, {2026, 1}) == 27 * 16 * (192 + 128) * 2);
static_assert(latent_cache(engine::transformers, {2026, 11}) == 31'104);

// llama.cpp without flash attention: a compute buffer of 8480 MiB for 131072 tokens of Llama-3.1-8B (its logs); with it
// the mask remains.
constexpr std::int64_t compute_buffer(software_date date) {
    const memory_components c = memory(models::llama_3_1_8b,
                                       inference{.weights = number_format::q4_k_m,
                                                 .prompt = 131'008,
                                                 .generate = 64,
                                                 .framework = engine::llama_cpp,
                                                 .software_date = date},
                                       cards::rtx_4090)
                                    .components;
    return (c.activations + c.logits).number;
}
static_assert(within(static_cast<double>(compute_buffer({2024, 8})), 8480.0 * 1'048'576, 0.02));
// Eight sequences in one cache of the same size have the same buffer.
constexpr inference eight{.weights = number_format::q4_k_m,
                          .batch = 8,
                          .prompt = 16'320,
                          .generate = 64,
                          .framework = engine::llama_cpp,
                          .software_date = {2024, 8}};
static_assert(
    within(static_cast<double>(memory(models::llama_3_1_8b, eight, cards::rtx_4090).components.activations.number +
                               memory(models::llama_3_1_8b, eight, cards::rtx_4090).components.logits.number),
           8480.0 * 1'048'576, 0.02));
static_assert(compute_buffer({2025, 12}) < 512 * std::int64_t{1'048'576});

// Keys and values that transformers makes of a latent are divided with the heads.
constexpr std::int64_t expanded_on(int cards) {
    return memory(models::deepseek_v2_lite, inference{.batch = 8, .prompt = 1, .generate = 30'000},
                  cards * cards::h100_sxm5_80gb, {.tensor = cards})
        .components.temporaries.number;
}
static_assert(expanded_on(1) == 8 * 30'001 * std::int64_t{16 * (192 + 128) * 2} &&
              expanded_on(8) * 8 == expanded_on(1));

// gpt-oss-20b: 13,761,264,768 bytes (its safetensors index): experts in MXFP4, attention, router, embedding and head in
// 16 bits. Without a fused kernel for sinks, 64 heads of 16384 x 16384 scores do not fit beside it.
constexpr inference sunk{.weights = number_format::mxfp4, .prompt = 16'384, .generate = 64};
static_assert(weights(models::gpt_oss_20b, sunk, cards::rtx_4090) == 13'761'264'768);
static_assert(fit(models::gpt_oss_20b, sunk, cards::rtx_4090).grade == grade::does_not_fit);

// A growing cache holds all keys and values of a prompt until the next token, whatever the window.
static_assert(fit(models::gemma_3_27b, inference{.prompt = 60'000, .generate = 64}, cards::h100_sxm5_80gb).grade ==
              grade::does_not_fit);

// Key and value matrices are copied to cards beyond the heads: of 8 heads on 16 cards each card holds one, and each
// card all norms.
constexpr std::int64_t weights_on(int cards) {
    return weights(models::llama_3_1_70b, {.framework = engine::vllm}, cards * cards::h100_sxm5_80gb,
                   {.tensor = cards});
}
static_assert(2 * weights_on(16) - weights_on(8) == 80 * 2 * std::int64_t{8192} * 128 * 2 + 161 * 8192 * 2);

// A window bounds the cache: Mistral-7B keeps 4096 tokens and the tokens being read (llama.cpp, 512), here padded to
// 256.
constexpr inference windowed{
    .weights = number_format::q4_k_m, .prompt = 30'000, .generate = 2000, .framework = engine::llama_cpp};
static_assert(cache(models::mistral_7b, windowed, cards::rtx_4090) == (4096 + 512) * std::int64_t{131'072});

// Sequences that share a prefix keep its blocks once, under an engine that shares blocks.
constexpr std::int64_t shared_cache(engine engine, std::int64_t prefix) {
    inference i{.batch = 10, .prompt = 2048, .generate = 16, .framework = engine, .shared_prefix = prefix};
    return cache(models::llama_3_1_8b, i, cards::a100_sxm4_80gb);
}
static_assert(shared_cache(engine::vllm, 0) - shared_cache(engine::vllm, 1000) == 9 * 992 * std::int64_t{131'072});
static_assert(shared_cache(engine::gpt_fast, 1000) == shared_cache(engine::gpt_fast, 0));

// A LoRA adapter of rank 64 on all of Llama-3.1-8B's matrices has 167,772,160 parameters (unsloth's and torchtune's
// logs for q, k, v, o, gate, up and down); ten of them in 16 bits stand beside the base.
static_assert(weights(models::llama_3_1_8b, {.adapters = 10, .adapter_rank = 64}, cards::a100_sxm4_80gb) -
                  weights(models::llama_3_1_8b, {}, cards::a100_sxm4_80gb) ==
              10 * 2 * std::int64_t{167'772'160});

// Eight-bit caches of llama.cpp: 34 bytes for 32 elements.
constexpr std::int64_t half = cache(models::llama_3_1_8b, windowed, cards::rtx_4090);
constexpr std::int64_t eighth = [] {
    inference i = windowed;
    i.kv_cache = number_format::int8;
    return cache(models::llama_3_1_8b, i, cards::rtx_4090);
}();
static_assert(eighth * 64 == half * 34);

// How many layers of a 70B a card of 24 GB takes in q4_k_m (42.5 GB in 80 layers) with 8k tokens of context: about
// half.
constexpr layer_split split70 = layers_on_cards(
    lower(models::llama_3_1_70b),
    {.weights = number_format::q4_k_m, .prompt = 7168, .generate = 1024, .framework = engine::llama_cpp},
    cards::rtx_4090);
static_assert(split70.layers == 80 && split70.on_card > 35 && split70.on_card < 48);
constexpr layer_split on_two = layers_on_cards(
    lower(models::llama_3_1_70b),
    {.weights = number_format::q4_k_m, .prompt = 7168, .generate = 1024, .framework = engine::llama_cpp},
    2 * cards::rtx_4090);
static_assert(on_two.on_card == 80 && on_two.host_cache == bytes{});
static_assert(split70.host_weights > gibibytes(15) && split70.host_weights < gibibytes(25));

// A draft model stands beside the main one: both weights and both caches.
constexpr lowered_inference big =
    lower_job(models::llama_3_1_70b, inference{.weights = number_format::awq_int4}, cards::a100_sxm4_80gb);
constexpr lowered_inference small_one =
    lower_job(models::llama_3_2_1b, inference{.weights = number_format::awq_int4}, cards::a100_sxm4_80gb);
constexpr fit_report both = fit_with_draft(big, small_one);
static_assert(both.memory.components.weights == memory(big).components.weights + memory(small_one).components.weights);
static_assert(both.memory.device() > memory(big).device() &&
              both.memory.device() < memory(big).device() + memory(small_one).device());

// Mixtral-8x7B (46.7 B parameters) is too large for 24 GB with 4 bits a weight, and fits with 3 or fewer.
constexpr format_choice mixtral = best_weights(
    lower(models::mixtral_8x7b), {.prompt = 2048, .generate = 512, .framework = engine::llama_cpp}, cards::rtx_4090);
static_assert(mixtral.accepted && bits_per_element(number_format::q4_0) > 4 &&
              (mixtral.format == number_format::q3_k_m || mixtral.format == number_format::q3_k_s ||
               mixtral.format == number_format::q3_k_l || mixtral.format == number_format::q2_k));

// Thousands of points of one lowered job in one constant.
constexpr bool many_points = [] {
    std::int64_t last = 0;
    for (std::int64_t n = 1; n <= 5000; ++n) {
        const std::int64_t now = memory(served, 1 + n % 64, n, 1).components.kv_cache.number;
        if (now <= 0 || last < 0) return false;
        last = now;
    }
    return true;
}();
static_assert(many_points);
