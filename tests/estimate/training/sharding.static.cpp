// SPDX-License-Identifier: MIT

// Tests what full sharding gathers: no unit twice, and unsharded gradients where micro-batches accumulate.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr transformer one_layer{.layers = 1,
                                .hidden = 12288,
                                .heads = 96,
                                .ffn = 4 * 12288,
                                .ffn_gated = false,
                                .vocab = 51200,
                                .norm = norm_kind::layer,
                                .biases = biases::all};
constexpr training megatron{.precision = precision::fp16_mixed,
                            .micro_batch = 1,
                            .sequence_length = 2048,
                            .attention = attention::eager,
                            .dropout = true,
                            .framework = framework::megatron};

// Offloaded weights are fetched to the card one unit at a time: a layer of Llama 3.1 405B has 3.2 B parameters, and two
// layers are present at once.
constexpr training offloaded{
    .precision = precision::bf16, .sequence_length = 1, .recompute = recompute::full, .offload = offload::full};
static_assert(memory(models::llama_3_1_405b, offloaded, cards::h100_sxm5_80gb).components.gathered >
              gigabytes(2 * 2 * 3));

// Nothing is gathered twice: a model of one layer has one unit in forward, and in backward that unit with its
// gradients.
constexpr stage_load one_unit =
    lower_job(one_layer, megatron, 8 * cards::h100_sxm5_80gb, {.data = 8, .sharding = sharding::full}).stages[0];
static_assert(one_unit.gathered_forward == 2 * parameters(one_layer));
static_assert(one_unit.gathered_backward < 2 * one_unit.gathered_forward);

// FSDP stores whole gradients while it accumulates micro-batches without synchronizing (litgpt), whether they are
// offloaded or not.
constexpr std::int64_t whole_gradients(offload what) {
    const stage_load load = lower_job(models::llama_3_1_8b,
                                      training{.precision = precision::bf16,
                                               .gradient_accumulation = 8,
                                               .sequence_length = 1,
                                               .offload = what,
                                               .framework = framework::litgpt},
                                      2 * cards::h100_sxm5_80gb, {.data = 2, .sharding = sharding::full})
                                .stages[0];
    return load.gathered_backward + load.gradients;
}
static_assert(whole_gradients(offload::full) >= 2 * parameters(models::llama_3_1_8b));
static_assert(whole_gradients(offload::full) == whole_gradients(offload::none));
