// SPDX-License-Identifier: MIT

// Tests decisions about serving: layers split between the card and host memory, a draft model, and the highest
// precision that fits.

#include <cardfit/decide/serve.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

// How many layers of a 70B model fit on a card of 24 GB in q4_k_m (42.5 GB in 80 layers) with a context of 8k tokens:
// about half of them.
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

// A draft model shares the card with the main model: the weights of both and the KV caches of both are allocated.
constexpr lowered_inference big =
    lower_job(models::llama_3_1_70b, inference{.weights = number_format::awq_int4}, cards::a100_sxm4_80gb);
constexpr lowered_inference small_one =
    lower_job(models::llama_3_2_1b, inference{.weights = number_format::awq_int4}, cards::a100_sxm4_80gb);
constexpr fit_report both = fit_with_draft(big, small_one);
static_assert(both.memory.components.weights == memory(big).components.weights + memory(small_one).components.weights);
static_assert(both.memory.device() > memory(big).device() &&
              both.memory.device() < memory(big).device() + memory(small_one).device());

// Mixtral-8x7B (46.7 B parameters) is too large for 24 GB at 4 bits per weight, and fits at 3 or fewer.
constexpr format_choice mixtral = best_weights(
    lower(models::mixtral_8x7b), {.prompt = 2048, .generate = 512, .framework = engine::llama_cpp}, cards::rtx_4090);
static_assert(mixtral.accepted && bits_per_element(number_format::q4_0) > 4 &&
              (mixtral.format == number_format::q3_k_m || mixtral.format == number_format::q3_k_s ||
               mixtral.format == number_format::q3_k_l || mixtral.format == number_format::q2_k));
