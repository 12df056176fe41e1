// SPDX-License-Identifier: MIT

// Tests the KV cache against published figures.

#include <cardfit/estimate/inference/lower.hpp>
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

}  // namespace

// Tensor parallelism divides the cache down to one head per card, and replicates heads beyond that; MLA's latent is
// replicated on every card.
constexpr inference long_prompt{.prompt = 4096, .generate = 1, .framework = engine::gpt_fast};
static_assert(cache(models::llama_2_70b, long_prompt, 8 * cards::h100_sxm5_80gb, {.tensor = 8}) * 8 ==
              cache(models::llama_2_70b, long_prompt, cards::h100_sxm5_80gb));
static_assert(cache(models::llama_2_70b, long_prompt, 16 * cards::h100_sxm5_80gb, {.tensor = 16}) ==
              cache(models::llama_2_70b, long_prompt, 8 * cards::h100_sxm5_80gb, {.tensor = 8}));
static_assert(cache(models::deepseek_v3, long_prompt, 16 * cards::h100_sxm5_80gb, {.tensor = 16}) ==
              cache(models::deepseek_v3, long_prompt, cards::h100_sxm5_80gb));

// Before engines cached MLA's latent, they cached the keys and values of all heads. vLLM's log in its pull request
// 10927 (December 2024) shows 35.42 GiB in 5373 blocks of 16 tokens of DeepSeek-V2-Lite, with heads padded to 256.
// llama.cpp stored the heads unpadded, 192 and 128 wide. Since then both cache latents of 512 and 64 elements;
// llama.cpp stored the latent a second time, as values, until January 2026.
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

// llama.cpp's block types: 64, 34 and 18 MiB of Llama-3.2-1B's cache at 2048 tokens in f16, q8_0 and q4_0
// (tetherto/qvac#1276); 20, 22 and 24 bytes per 32 elements in q4_1, q5_0 and q5_1 (ggml-common.h). Keys and values may
// differ.
constexpr std::int64_t mebibytes(number_format keys, number_format values = number_format::by_default) {
    return cache(models::llama_3_2_1b,
                 {.weights = number_format::q4_0,
                  .kv_cache = keys,
                  .value_cache = values,
                  .prompt = 2047,
                  .generate = 1,
                  .framework = engine::llama_cpp},
                 cards::rtx_4090) /
           1'048'576;
}
static_assert(mebibytes(number_format::fp16) == 64);
static_assert(mebibytes(number_format::int8) == 34);
static_assert(mebibytes(number_format::int4) == 18);
static_assert(mebibytes(number_format::q4_1) == 20);
static_assert(mebibytes(number_format::q5_0) == 22);
static_assert(mebibytes(number_format::q5_1) == 24);
static_assert(mebibytes(number_format::iq4_nl) == 18);
static_assert(mebibytes(number_format::int8, number_format::int4) == (34 + 18) / 2);

// The keys and values that transformers expands from a latent are divided like the heads.
constexpr std::int64_t expanded_on(int cards) {
    return memory(models::deepseek_v2_lite, inference{.batch = 8, .prompt = 1, .generate = 30'000},
                  cards * cards::h100_sxm5_80gb, {.tensor = cards})
        .components.temporaries.number;
}
static_assert(expanded_on(1) == 8 * 30'001 * std::int64_t{16 * (192 + 128) * 2} &&
              expanded_on(8) * 8 == expanded_on(1));

// An attention window bounds the cache: Mistral-7B caches 4096 tokens and the tokens of the batch being read (512 under
// llama.cpp), here padded to a multiple of 256.
constexpr inference windowed{
    .weights = number_format::q4_k_m, .prompt = 30'000, .generate = 2000, .framework = engine::llama_cpp};
static_assert(cache(models::mistral_7b, windowed, cards::rtx_4090) == (4096 + 512) * std::int64_t{131'072});

// Sequences that share a prefix store its blocks once, under an engine that shares blocks.
constexpr std::int64_t shared_cache(engine engine, std::int64_t prefix) {
    inference i{.batch = 10, .prompt = 2048, .generate = 16, .framework = engine, .shared_prefix = prefix};
    return cache(models::llama_3_1_8b, i, cards::a100_sxm4_80gb);
}
static_assert(shared_cache(engine::vllm, 0) - shared_cache(engine::vllm, 1000) == 9 * 992 * std::int64_t{131'072});
static_assert(shared_cache(engine::gpt_fast, 1000) == shared_cache(engine::gpt_fast, 0));

// An eight-bit cache of llama.cpp takes 34 bytes per 32 elements.
constexpr std::int64_t half = cache(models::llama_3_1_8b, windowed, cards::rtx_4090);
constexpr std::int64_t eighth = [] {
    inference i = windowed;
    i.kv_cache = number_format::int8;
    return cache(models::llama_3_1_8b, i, cards::rtx_4090);
}();
static_assert(eighth * 64 == half * 34);

// A unified cache holds the tokens of all sequences: four slots take as much as one (ggml-org/llama.cpp#16736: -c is
// shared among all slots). A window has room for each of them: 4 x 1024 and the 512 tokens that are read, in Gemma 3.
constexpr inference slots(std::int64_t batch, bool unified) {
    return {.weights = number_format::q4_k_m,
            .batch = batch,
            .prompt = 16'000,
            .generate = 384,
            .framework = engine::llama_cpp,
            .unified_cache = unified};
}
static_assert(cache(models::llama_3_1_8b, slots(4, true), cards::rtx_4090) ==
              cache(models::llama_3_1_8b, slots(1, false), cards::rtx_4090));
static_assert(cache(models::llama_3_1_8b, slots(4, false), cards::rtx_4090) ==
              4 * cache(models::llama_3_1_8b, slots(4, true), cards::rtx_4090));
// 8 layers of 48 cache everything, 40 a window, 8 heads of 256 each.
static_assert(cache(models::gemma_3_12b, slots(4, true), cards::rtx_4090) ==
              (8 * 16'384 + 40 * (4 * 1024 + 512)) * std::int64_t{2 * 8 * 256 * 2});
static_assert(problems(slots(4, true), lower_model(models::llama_3_1_8b)).empty());
static_assert(!engine_problems({.framework = engine::vllm, .unified_cache = true}).empty());
