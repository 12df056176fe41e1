// SPDX-License-Identifier: MIT

// Tests the parameters on one card against those of the whole model.

#include <cardfit/estimate/parameters.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr std::int64_t on_one_card(const network& net, const layout& l) {
    detail::parameter_sums sums = detail::embedding_head_parameters(net, l, {}, {}, true, true);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        sums.add(detail::layer_parameters(net.blocks[k], l, {}), net.blocks[k].layers.count(0, net.layers));
    return sums.dense() + sums.expert;
}
constexpr network llama = lower(models::llama_3_1_8b);
constexpr network mixtral = lower(models::mixtral_8x7b);

// Llama-3.1-8B has 8,030,261,248 parameters (its safetensors index); its 65 norms of 4096 are not divided by tensor
// parallelism.
static_assert(on_one_card(llama, {}) == 8'030'261'248);
static_assert(on_one_card(llama, {.tensor = 8}) == (8'030'261'248 - 65 * 4096) / 8 + 65 * 4096);
// Mixtral-8x7B has 46,702,792,704 parameters (its safetensors index), of which expert parallelism divides eight experts
// of 3 x 4096 x 14336 in each of 32 layers.
static_assert(on_one_card(mixtral, {}) == 46'702'792'704);
static_assert(on_one_card(mixtral, {}) - on_one_card(mixtral, {.data = 8, .expert = 8}) ==
              7 * 32 * std::int64_t{3} * 4096 * 14336);

// LoRA of rank 8 on query and value of Llama-2-7B trains 4,194,304 parameters (litgpt).
constexpr detail::parameter_sums adapted = detail::layer_parameters(
    lower(models::llama_2_7b).blocks[0], {},
    {.method = adapter_method::lora, .rank = 8, .targets = targets(target::query, target::value)});
static_assert(32 * adapted.adapter == 4'194'304 && adapted.dora_outputs == 0);
