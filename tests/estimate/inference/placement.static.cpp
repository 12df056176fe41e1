// SPDX-License-Identifier: MIT

// Tests where llama.cpp places layers: by its source (llama-model.cpp, load_tensors) and by sums over cards and host.

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr placement placed(std::int64_t on_cards, software_date date, std::int64_t experts = 0) {
    return placement_of(
        64,
        {.framework = engine::llama_cpp, .gpu_layers = on_cards, .cpu_expert_layers = experts, .software_date = date},
        engines::llama_cpp.memory);
}

constexpr software_date early{2025, 6};
constexpr software_date late{2026, 6};

}  // namespace

// i_gpu_start = max(n_layer + 1 - n_gpu_layers, 0) with the head in the last slot; before, max(n_layer - n_gpu_layers,
// 0).
static_assert(placed(99, late) == placement{});
static_assert(placed(58, late) == placement{.first_layer = 7, .first_experts = 7});
static_assert(placed(48, late).first_layer == 17);
static_assert(placed(0, late) == placement{.first_layer = 64, .first_experts = 64, .head = false});
static_assert(placed(58, early) == placement{.first_layer = 6, .first_experts = 6, .head = false});
static_assert(placed(64, early) == placement{.head = false});
static_assert(placed(65, early) == placement{});
static_assert(placed(99, late, 3) == placement{.first_experts = 3});
static_assert(placed(58, late, 100).first_experts == 64);

namespace {

constexpr inference partial(std::int64_t on_cards, std::int64_t experts = 0) {
    return {.weights = number_format::q4_k_m,
            .prompt = 512,
            .generate = 128,
            .framework = engine::llama_cpp,
            .gpu_layers = on_cards,
            .cpu_expert_layers = experts};
}
template <class Model>
constexpr std::int64_t weights_on_card(const Model& model, const inference& i, const machine& m, const layout& l = {}) {
    return memory(model, i, m, l).components.weights.number;
}

}  // namespace

// Without layers and head, nothing of the model is on the card; one slot is the head, with the final norm in 16 bits.
static_assert(weights_on_card(models::llama_3_1_8b, partial(0), cards::rtx_4090) == 0);
static_assert(memory(models::llama_3_1_8b, partial(0), cards::rtx_4090).components.kv_cache.number == 0);
static_assert(weights_on_card(models::llama_3_1_8b, partial(1), cards::rtx_4090) ==
              gguf_bytes_by_kind(lower_model(models::llama_3_1_8b), number_format::q4_k_m).head + 2 * 4096);
// Half of the layers have half of the cache.
static_assert(2 * memory(models::llama_3_1_8b, partial(17), cards::rtx_4090).components.kv_cache ==
              memory(models::llama_3_1_8b, partial(99), cards::rtx_4090).components.kv_cache);
// Two cards divide the layers that are not in host memory.
static_assert(weights_on_card(models::llama_3_1_70b, partial(41), 2 * cards::rtx_4090, {.pipeline = 2}) <
              weights_on_card(models::llama_3_1_70b, partial(41), cards::rtx_a6000));
// Experts of all layers in host memory leave the card everything else.
static_assert(weights_on_card(models::qwen3_30b_a3b, partial(99), cards::rtx_4090) -
                  weights_on_card(models::qwen3_30b_a3b, partial(99, 48), cards::rtx_4090) ==
              gguf_bytes_by_kind(lower_model(models::qwen3_30b_a3b), number_format::q4_k_m).experts);

namespace {

template <class Model>
constexpr double step(const Model& model, const inference& i, const machine& m) {
    return time(model, i, m).inter_token.number;
}

}  // namespace

// The more layers the host reads, the slower; a faster host helps, and only then.
static_assert(step(models::llama_3_1_8b, partial(20), cards::rtx_4090) >
              step(models::llama_3_1_8b, partial(30), cards::rtx_4090));
static_assert(step(models::llama_3_1_8b, partial(20), {.card = cards::rtx_4090, .host_memory_gb_s = 200}) <
              step(models::llama_3_1_8b, partial(20), cards::rtx_4090));
static_assert(step(models::llama_3_1_8b, partial(99), {.card = cards::rtx_4090, .host_memory_gb_s = 200}) ==
              step(models::llama_3_1_8b, partial(99), cards::rtx_4090));
