// SPDX-License-Identifier: MIT

// Tests decisions at compile time.

#include <cardfit/cardfit.hpp>

using namespace cardfit;

constexpr training finetune{
    .precision = precision::bf16_mixed,
    .optimizer = optimizer::adamw,
    .micro_batch = 1,
    .sequence_length = 4096,
    .recompute = recompute::full,
};

// The main job: full fine-tuning of Llama-3.1-8B fits on a single card of none of the three types; eight A100s share
// it.
static_assert(fit(models::llama_3_1_8b, finetune, cards::rtx_4090).grade == grade::does_not_fit);
static_assert(fit(models::llama_3_1_8b, finetune, cards::rtx_a6000).grade == grade::does_not_fit);
static_assert(fit(models::llama_3_1_8b, finetune, cards::a100_sxm4_80gb).grade == grade::does_not_fit);
static_assert(fits(models::llama_3_1_8b, finetune, 8 * cards::a100_sxm4_80gb, {.data = 8, .sharding = sharding::full}));
static_assert(require_fit<judge(models::llama_3_1_8b, finetune, 8 * cards::a100_sxm4_80gb,
                                {.data = 8, .sharding = sharding::full})>);

// LoRA on query and value with a bf16 base is refused by none of them.
constexpr training lora{
    .precision = precision::bf16,
    .sequence_length = 2048,
    .recompute = recompute::full,
    .adapter = {.method = adapter_method::lora, .rank = 8, .targets = targets(target::query, target::value)}};
static_assert(fit(models::llama_3_1_8b, lora, cards::rtx_4090).grade != grade::does_not_fit);
static_assert(fit(models::llama_3_1_8b, lora, cards::rtx_a6000).grade == grade::fits &&
              fit(models::llama_3_1_8b, lora, cards::a100_sxm4_80gb).grade == grade::fits);

// Weights are counted tensor by tensor. Where they alone exceed the memory, no error of the engine's buffers makes the
// job fit: Llama-3.1-70B in fp8 with embedding and head in 16 bits takes 68.45e9 + 2 x 2.10e9 bytes, 67.7 GiB, and
// Strix Halo as shipped hands out 62.47 GiB.
static_assert(fit(models::llama_3_1_70b, inference{.weights = number_format::fp8}, cards::ryzen_ai_max_395).grade ==
              grade::does_not_fit);

// The largest micro-batch or sequence fits and one more does not. It is 0 where not even one fits, and the model's
// positions bound the sequence.
constexpr lowered_training lowered =
    lower_job(models::llama_3_1_8b, finetune, 8 * cards::a100_sxm4_80gb, {.data = 8, .sharding = sharding::full});
constexpr std::int64_t batch = largest_micro_batch(lowered, 4096), length = longest_sequence(lowered, 1);
constexpr bool holds(std::int64_t micro_batch, std::int64_t sequence) {
    return fit(lowered, micro_batch, sequence).headroom >= bytes{};
}
static_assert(batch > 1 && holds(batch, 4096) && !holds(batch + 1, 4096));
static_assert(length > 4096 && holds(1, length) && !holds(1, length + 1));
static_assert(largest_micro_batch(models::llama_3_1_8b, finetune, cards::rtx_4090) == 0);
static_assert(longest_sequence(models::gpt2, training{.sequence_length = 1024}, cards::a100_sxm4_80gb) == 1024);

static_assert(judge(models::llama_3_1_8b, finetune, cards::rtx_4090).available_MiB <
              judge(models::llama_3_1_8b, finetune, cards::rtx_4090).needed_MiB);

// What nobody computed says no.
static_assert(fit_report{}.grade == grade::does_not_fit);
