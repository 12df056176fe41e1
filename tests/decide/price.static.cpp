// SPDX-License-Identifier: MIT

// Tests the energy per generated token against measurements of the ML.ENERGY leaderboard (ml.energy/leaderboard, vLLM,
// chat), which count the GPUs alone: Llama-3.1-8B on one H100 takes .455 J per token at 8 sequences and .071 J at 691;
// 70B on four H100s takes 3.76 J to .373 J. Its prompts are short chats (300 tokens), and its answers are several
// hundred tokens long.

#include <cardfit/decide/price.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr power_conditions cards_alone{.efficiency = 1};

constexpr double joules_per_token(const transformer& m, std::int64_t batch, const machine& h100, const layout& l) {
    const inference i{
        .batch = batch, .prompt = 300, .generate = 500, .framework = engine::vllm, .software_date = {2025, 10}};
    return price_of_token(time(m, i, h100, l), h100, batch, {}, cards_alone).energy.number;
}
constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

static_assert(within(joules_per_token(models::llama_3_1_8b, 8, cards::h100_sxm5_80gb, {}), 0.455, 0.25));
static_assert(within(joules_per_token(models::llama_3_1_8b, 691, cards::h100_sxm5_80gb, {}), 0.071, 0.35));
static_assert(within(joules_per_token(models::llama_3_1_70b, 8, 4 * cards::h100_sxm5_80gb, {.tensor = 4}), 3.76, 0.35));

// Cost: 3600 seconds of two cards at 2.50 dollars per hour are 5 dollars.
static_assert(price_of(seconds_of(3600), 2 * cards::h100_sxm5_80gb, power_load::training, 2.50_USD).rent == 5_USD);

}  // namespace
