// SPDX-License-Identifier: MIT

// Tests host memory and the size of checkpoints against published figures and estimators.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/training/host_memory.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}
constexpr double per_parameter(bytes b, const network& net, std::int64_t cards = 1) {
    return static_cast<double>(b.number) / static_cast<double>(parameters(net) * cards);
}

// DeepSpeed's estimate_zero3_model_states_mem_needs: 16 bytes per parameter on the hosts with the optimizer offloaded,
// 18 with the parameters offloaded too, and half as much again for buffers.
constexpr network llama = lower(models::llama_3_1_8b);
constexpr host_estimate zero3(offload o, const machine& m) {
    return host_memory(llama, training{.sequence_length = 4096, .offload = o, .framework = framework::deepspeed}, m,
                       {.data = m.cards, .sharding = sharding::full}, row_of(framework::deepspeed).memory);
}
constexpr machine node = 8 * cards::a100_sxm4_80gb;
static_assert(within(per_parameter(zero3(offload::optimizer, node).offloaded, llama), 16, 1e-6));
static_assert(within(per_parameter(zero3(offload::full, node).offloaded, llama), 18, 1e-6));
static_assert(within(per_parameter(zero3(offload::full, node).needed(), llama), 27, 1e-6));
// Each of two hosts holds half of it.
static_assert(within(per_parameter(zero3(offload::full, 16 * cards::a100_sxm4_80gb).offloaded, llama), 9, 1e-6));
// FSDP holds fp32 shards: weights, gradients and two moments.
constexpr host_estimate fsdp = host_memory(
    models::llama_3_1_8b, {.sequence_length = 4096, .offload = offload::full, .framework = framework::torchtune}, node,
    {.data = 8, .sharding = sharding::full});
static_assert(within(per_parameter(fsdp.offloaded, llama), 16, 1e-6) && fsdp.buffers == bytes{});

// BLOOM's model card (bigscience/bloom): bf16 weights of 329 GB, a full checkpoint with optimizer states of 2.3 TB,
// both in units of 1024: 14 bytes per parameter. It was trained with a tensor-parallel size of 4 and 12 stages.
constexpr transformer bloom{.layers = 70,
                            .hidden = 14336,
                            .heads = 112,
                            .ffn = 4 * 14336,
                            .ffn_gated = false,
                            .vocab = 250880,
                            .tied_embeddings = true,
                            .norm = norm_kind::layer,
                            .biases = biases::all,
                            .embedding_norm = true};
constexpr host_estimate saved =
    host_memory(bloom, {.sequence_length = 2048, .framework = framework::megatron_deepspeed},
                384 * cards::a100_sxm4_80gb, {.data = 8, .tensor = 4, .pipeline = 12, .sharding = sharding::optimizer});
static_assert(within(static_cast<double>(saved.checkpoint.number), 2.3 * 1024 * 1024 * 1024 * 1024, 0.03));
static_assert(saved.offloaded == bytes{} && saved.needed() == bytes{});
// An adapter's checkpoint has the adapter alone.
static_assert(host_memory(models::llama_3_1_8b,
                          {.sequence_length = 4096,
                           .adapter = {adapter_method::lora, 16, targets(target::query, target::value)}},
                          node, {.data = 8})
                  .checkpoint < gibibytes(1));

// A host that is known to have less than what is offloaded makes a job impossible; an unknown one does not.
constexpr training offloaded{.sequence_length = 4096, .offload = offload::full, .framework = framework::torchtune};
constexpr machine with_host(bytes memory) {
    machine m = node;
    m.host_memory = memory;
    return m;
}
constexpr layout shards{.data = 8, .sharding = sharding::full};
static_assert(fits(models::llama_3_1_8b, offloaded, with_host(gibibytes(256)), shards));
static_assert(!fits(models::llama_3_1_8b, offloaded, with_host(gibibytes(100)), shards));
static_assert(fits(models::llama_3_1_8b, offloaded, node, shards));
static_assert(fit(models::llama_3_1_8b, offloaded, with_host(gibibytes(100)), shards).grade == grade::does_not_fit);

// ZeRO-Infinity (arXiv 2104.07857): the states are on NVMe, and the host's memory has DeepSpeed's buffers: of each
// rank's billion parameters 4 fp32 buffers for states, 2 bytes per parameter, and 5 x 1e8 16-bit elements.
constexpr training infinity = [] {
    training t{.sequence_length = 4096, .offload = offload::full, .framework = framework::deepspeed};
    t.offload_device = offload_device::nvme;
    return t;
}();
constexpr host_estimate on_nvme = host_memory(models::llama_3_1_8b, infinity, with_host(gibibytes(192)), shards);
static_assert(within(per_parameter(on_nvme.nvme, llama), 18, 1e-6));
static_assert(within(static_cast<double>(on_nvme.needed().number), 8 * (1e9 * (16 + 2) + 1e9), 0.01));
static_assert(!on_nvme.exceeded());

// Offloaded activations are what the card no longer holds.
constexpr training long_sequence{
    .sequence_length = 65536, .recompute = recompute::full, .framework = framework::torchtune};
constexpr training checkpoints_on_host = [] {
    training t = long_sequence;
    t.offload = offload::activations;
    return t;
}();
static_assert(host_memory(models::llama_3_1_8b, checkpoints_on_host, cards::h100_sxm5_80gb).offloaded ==
              bytes_of(30 * std::int64_t{65536} * 4096 * 2));

// Data loaders: PyTorch's prefetch 2 batches for each worker (torch.utils.data documentation), and one is being copied.
// Each of 8 processes then has 17 batches of 256 images of 224 x 224 pixels in fp32.
constexpr training images(std::int64_t workers) { return {.micro_batch = 256, .data_workers = workers}; }
constexpr std::int64_t seventeen_batches = std::int64_t{17} * 256 * 3 * 224 * 224 * 4;
constexpr host_estimate loading = host_memory(models::vit_b_16, images(8), with_host(gibibytes(64)), {.data = 8});
static_assert(loading.loading.number == 8 * seventeen_batches && loading.needed() == loading.loading);
static_assert(host_memory(models::vit_b_16, images(0), node, {.data = 8}).loading == bytes{});
// A host with less than that is too small for a fit, and grades a job as tight.
static_assert(fit(models::vit_b_16, images(8), with_host(gibibytes(64)), {.data = 8}).grade == grade::fits);
static_assert(fit(models::vit_b_16, images(8), with_host(gibibytes(16)), {.data = 8}).grade == grade::tight);
static_assert(!fits(models::vit_b_16, images(8), with_host(gibibytes(16)), {.data = 8}));
// A token is three 64-bit integers: index, label, mask.
static_assert(host_memory(llama, {.micro_batch = 4, .sequence_length = 4096, .data_workers = 1, .prefetch_factor = 4},
                          cards::h100_sxm5_80gb, {}, row_of(framework::pytorch).memory)
                  .loading == bytes_of(5 * 4 * 4096 * 24));
