// SPDX-License-Identifier: MIT

// Tests that an estimate depends on the layers and not on how they are sorted into kinds: a model whose layers are
// listed as eight kinds, all that a network has room for, needs what it needs as one kind. A layer of as many matrices
// as there is room for is counted to its last one.

#include "../close.hpp"

#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

/// Returns a network whose last kind of layer is listed as often as there is room, each for an equal part of its
/// layers.
constexpr network in_eight_kinds(network net) {
    const std::size_t last = net.block_kinds - 1;
    const std::int64_t parts = static_cast<std::int64_t>(max_block_kinds - last);
    const layer_block whole = net.blocks[last];
    const std::int64_t count = whole.layers.end - whole.layers.begin;
    for (std::int64_t k = 0; k < parts; ++k) {
        layer_block& part = net.blocks[last + static_cast<std::size_t>(k)];
        part = whole;
        part.layers = {.begin = whole.layers.begin + count * k / parts,
                       .end = whole.layers.begin + count * (k + 1) / parts};
    }
    net.block_kinds = max_block_kinds;
    return net;
}

constexpr gpu card = cards::h100_sxm5_80gb;
constexpr network dense = lower(models::llama_3_1_8b);
constexpr network experts = lower(models::mixtral_8x7b);
constexpr network latent = lower(models::deepseek_v2_lite);
constexpr network latent_apart = in_eight_kinds(latent);
constexpr network dense_apart = in_eight_kinds(dense);
constexpr network experts_apart = in_eight_kinds(experts);
static_assert(dense.block_kinds == 1 && experts.block_kinds == 1 && latent.block_kinds == 2);

constexpr bool alike(const memory_estimate& a, const memory_estimate& b) {
    for (const memory_component& each : memory_component_list)
        if (a.components.*each.member != b.components.*each.member) return false;
    return a.device_low == b.device_low && a.device_high == b.device_high;
}

constexpr bool trains_alike(const network& one, const network& eight, const training& t, const machine& m,
                            const layout& l = {}) {
    return alike(memory(one, t, m, l), memory(eight, t, m, l)) &&
           close(step_time(one, t, m, l).step.number, step_time(eight, t, m, l).step.number);
}
constexpr bool serves_alike(const network& one, const network& eight, const inference& i, const machine& m,
                            const layout& l = {}) {
    const inference_time a = time(one, i, m, l);
    const inference_time b = time(eight, i, m, l);
    return alike(memory(one, i, m, l), memory(eight, i, m, l)) && close(a.prefill.number, b.prefill.number) &&
           close(a.inter_token.number, b.inter_token.number);
}

}  // namespace

// Training: whole, sharded, in stages, checkpointed, divided, in 8 bits, of some layers, by preferences.
static_assert(trains_alike(dense, dense_apart, {}, card));
static_assert(trains_alike(dense, dense_apart, {.recompute = recompute::full}, 8 * card,
                           {.data = 8, .sharding = sharding::full}));
static_assert(trains_alike(dense, dense_apart, {.recompute = recompute::selective, .framework = framework::megatron},
                           8 * card, {.data = 2, .tensor = 4, .sharding = sharding::optimizer}));
static_assert(trains_alike(dense, dense_apart, {.precision = precision::fp8_mixed, .framework = framework::megatron},
                           8 * card, {.data = 8, .sharding = sharding::optimizer}));
static_assert(trains_alike(experts, experts_apart, {.gradient_accumulation = 8}, 8 * card,
                           {.data = 4, .pipeline = 2, .expert = 4}));
static_assert(trains_alike(latent, latent_apart, {.framework = framework::torchtitan}, 8 * card,
                           {.data = 8, .expert = 8, .sharding = sharding::full}));
static_assert(trains_alike(dense, dense_apart, {.optimizer = optimizer::adafactor, .attention = attention::eager},
                           card));
static_assert(trains_alike(dense, dense_apart, {.optimizer = optimizer::galore}, card));
static_assert(trains_alike(dense, dense_apart, {.trained_layers = 4, .framework = framework::transformers}, card));
static_assert(trains_alike(dense, dense_apart, {.objective = objective::dpo, .framework = framework::trl}, card));

// With adapters: on a quantized base, with magnitudes, on a base that is sharded.
constexpr training adapted(adapter_method method, number_format base) {
    training t{.framework = framework::peft};
    t.adapter = {.method = method, .rank = 16, .targets = targets(target::query, target::down)};
    t.base_weights = base;
    return t;
}
static_assert(trains_alike(dense, dense_apart, adapted(adapter_method::lora, number_format::nf4), card));
static_assert(trains_alike(dense, dense_apart, adapted(adapter_method::dora, number_format::by_default), card));
static_assert(trains_alike(experts, experts_apart, adapted(adapter_method::lora, number_format::nf4), 8 * card,
                           {.data = 8, .sharding = sharding::full}));

// Inference: on one card, on eight, quantized, by module, with drafts, and partly in host memory.
static_assert(serves_alike(dense, dense_apart, {}, card));
static_assert(serves_alike(dense, dense_apart, {.weights = number_format::awq_int4, .framework = engine::vllm},
                           2 * card, {.data = 1, .pipeline = 2}));
static_assert(serves_alike(experts, experts_apart, {.batch = 8, .framework = engine::vllm}, 8 * card, {.tensor = 8}));
static_assert(serves_alike(latent, latent_apart,
                           {.weights = number_format::fp8,
                            .framework = engine::sglang,
                            .speculation = {.method = drafting::prediction, .tokens = 1, .acceptance = 0.5}},
                           8 * card, {.tensor = 8}));
static_assert(serves_alike(
    latent, latent_apart,
    {.weights = number_format::fp8, .batch = 64, .framework = engine::sglang, .expert_exchange = expert_exchange::sent},
    8 * card, {.data = 8, .expert = 8}));
static_assert(serves_alike(dense, dense_apart,
                           {.weights = number_format::fp8,
                            .modules = {.attention = number_format::bf16, .unquantized_layers = 4},
                            .framework = engine::vllm},
                           card));
static_assert(serves_alike(experts, experts_apart,
                           {.weights = number_format::q4_k_m, .framework = engine::llama_cpp, .cpu_expert_layers = 9},
                           card));
static_assert(serves_alike(dense, dense_apart,
                           {.weights = number_format::q4_k_m, .framework = engine::llama_cpp, .gpu_layers = 13}, card));
static_assert(serves_alike(dense, dense_apart, {.weights = number_format::exl3_4_0, .framework = engine::exllamav3},
                           card));

// ---- Matrices

/// Returns a network of one layer of 1,024 x 1,024 matrices, as many as it has room for.
constexpr network brimful() {
    network net = lower(models::llama_3_2_1b);
    layer_block& b = net.blocks[0];
    while (b.linear_count < max_linears) {
        linear up = b.linears[b.linear_count - 1];
        up.in = 1024;
        up.out = 1024;
        b.add(up);
    }
    return net;
}
constexpr network full = brimful();
static_assert(full.blocks[0].linear_count == max_linears);
constexpr std::int64_t more = 16 * (max_linears - lower(models::llama_3_2_1b).blocks[0].linear_count) * 1024 * 1024;
static_assert(memory(full, inference{}, card).components.weights.number ==
              memory(models::llama_3_2_1b, inference{}, card).components.weights.number + 2 * more);
static_assert(memory(full, training{}, card).components.weights.number ==
              memory(models::llama_3_2_1b, training{}, card).components.weights.number + 4 * more);
static_assert(step_time(full, {}, card).step > step_time(models::llama_3_2_1b, {}, card).step);
static_assert(time(full, inference{}, card).inter_token > time(models::llama_3_2_1b, inference{}, card).inter_token);
