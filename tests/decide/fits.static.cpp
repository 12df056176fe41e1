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

// ---- Grades at their bounds

namespace {

constexpr memory_estimate around(std::int64_t low, std::int64_t high) {
    return {.device_low = bytes::from_number(low), .device_high = bytes::from_number(high)};
}
constexpr grade graded(std::int64_t low, std::int64_t high, std::int64_t capacity) {
    return grade_of(around(low, high), bytes::from_number(capacity));
}

}  // namespace

static_assert(graded(90, 110, 110) == grade::fits && graded(90, 110, 109) == grade::tight &&
              graded(90, 110, 90) == grade::tight && graded(90, 110, 89) == grade::does_not_fit);
static_assert(sureness_of(grade::fits, bytes::from_number(-1)) == sureness::yes &&
              sureness_of(grade::does_not_fit, bytes::from_number(1)) == sureness::no &&
              sureness_of(grade::tight, bytes{}) == sureness::likely &&
              sureness_of(grade::tight, bytes::from_number(-1)) == sureness::unlikely);
static_assert(row_of(sureness::yes).name == "yes" && row_of(sureness::likely).name == "likely" &&
              row_of(sureness::unlikely).name == "unlikely" && row_of(sureness::no).name == "no");

// A host makes a job that takes its memory tight where its buffers have no room, and refuses what is offloaded beyond
// it; it says nothing of other jobs.
constexpr grade on_host(grade before, std::int64_t offloaded, std::int64_t buffers, offload how,
                        std::int64_t workers = 0) {
    const host_estimate host{.offloaded = bytes::from_number(offloaded),
                             .buffers = bytes::from_number(buffers),
                             .available = bytes::from_number(100)};
    return with_host({.grade = before}, {.offload = how, .data_workers = workers}, host).grade;
}
static_assert(on_host(grade::fits, 90, 10, offload::full) == grade::fits &&
              on_host(grade::fits, 90, 11, offload::full) == grade::tight &&
              on_host(grade::tight, 90, 11, offload::full) == grade::tight &&
              on_host(grade::does_not_fit, 90, 11, offload::full) == grade::does_not_fit &&
              on_host(grade::fits, 101, 0, offload::full) == grade::does_not_fit);
static_assert(on_host(grade::fits, 101, 0, offload::none) == grade::fits &&
              on_host(grade::fits, 101, 0, offload::none, 1) == grade::does_not_fit);

// ---- Searches

namespace {

/// Returns the largest number up to `limit` that a search finds of those up to `last`; -1 if it asks beyond the limit.
constexpr std::int64_t found(std::int64_t limit, std::int64_t last) {
    bool beyond = false;
    const std::int64_t n = detail::largest_that_holds(limit, [&](std::int64_t i) {
        beyond = beyond || i > limit || i < 1;
        return i <= last;
    });
    return beyond ? -1 : n;
}
constexpr bool finds_all(std::int64_t limit) {
    for (std::int64_t last = 0; last <= limit + 2; ++last)
        if (found(limit, last) != (last < limit ? last : limit)) return false;
    return true;
}

}  // namespace

static_assert(found(0, 5) == 0 && found(1, 0) == 0 && found(1, 1) == 1);
static_assert(finds_all(1) && finds_all(2) && finds_all(3) && finds_all(7) && finds_all(8) && finds_all(33));

// A search at the upper bound finds what fits for sure, one by the central estimate no less. Images have the tokens
// that they have.
static_assert(largest_micro_batch(lowered, 4096, error_bound::upper) <= batch &&
              fit(lowered, largest_micro_batch(lowered, 4096, error_bound::upper), 4096).grade == grade::fits &&
              fit(lowered, largest_micro_batch(lowered, 4096, error_bound::upper) + 1, 4096).grade != grade::fits);
static_assert(longest_sequence(models::vit_b_16, training{}, cards::a100_sxm4_80gb) == 197 &&
              longest_sequence(models::vit_b_16, training{.micro_batch = 1'000'000}, cards::a100_sxm4_80gb) == 0);
// Memory that is exactly enough fits, and a byte less does not. (Where the allocator's blocks are counted, the card
// bounds them.)
constexpr lowered_training uncounted = [] {
    lowered_training job = lowered;
    job.cache = {};
    return job;
}();
constexpr bool exactly(std::int64_t less) {
    lowered_training job = uncounted;
    job.capacity = memory(uncounted, 1, 4096).device_high.number - less;
    return fits(job, 1, 4096);
}
constexpr bool by_search(std::int64_t less, error_bound how) {
    lowered_training job = uncounted;
    const memory_estimate need = memory(uncounted, 1, 4096);
    job.capacity = (how == error_bound::upper ? need.device_high : need.device()).number - less;
    return detail::holds(job, 1, 4096, how);
}
static_assert(exactly(0) && !exactly(1) && by_search(0, error_bound::upper) && !by_search(1, error_bound::upper) &&
              by_search(0, error_bound::central) && !by_search(1, error_bound::central));
