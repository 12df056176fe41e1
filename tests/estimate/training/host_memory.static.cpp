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

// ---- By hand

// 100 bytes offloaded, of which 40 are on NVMe; with 20 of buffers and 5 of batches, 85 are needed of a host's memory.
constexpr host_estimate on_host_of(std::int64_t available) {
    return {.nvme = bytes_of(40),
            .offloaded = bytes_of(100),
            .buffers = bytes_of(20),
            .loading = bytes_of(5),
            .available = bytes_of(available)};
}
static_assert(on_host_of(1).needed() == bytes_of(85) && on_host_of(59).exceeded() && !on_host_of(60).exceeded() &&
              !on_host_of(0).exceeded() && on_host_of(84).scarce() && !on_host_of(85).scarce() &&
              !on_host_of(0).scarce());
static_assert(host_estimate{.offloaded = bytes_of(2), .available = bytes_of(1)}.exceeded() &&
              host_estimate{.offloaded = bytes_of(2), .available = bytes_of(1)}.scarce());
// DeepSpeed's defaults for a billion parameters: four buffers of fp32 for the states; in 16 bits max_in_cpu of a
// billion and five buffers of a hundred million for the weights.
static_assert(detail::nvme_buffers(1'000'000'000, offload::optimizer) == 16'000'000'000 &&
              detail::nvme_buffers(2'000'000'000, offload::optimizer) == 16'000'000'000 &&
              detail::nvme_buffers(500'000'000, offload::optimizer) == 8'000'000'000 &&
              detail::nvme_buffers(500'000'000, offload::full) == 8'000'000'000 + 1'000'000'000 + 1'000'000'000 &&
              detail::nvme_buffers(2'000'000'000, offload::full) == 16'000'000'000 + 2'000'000'000 + 1'000'000'000);
// A sample: 3 x 64 x 64 fp32 pixels; 8 bytes of index, label and mask for each of 10 tokens and 6 of a source; 2 frames
// of 128 fp32 bands for each of 5 positions; and 2 images of 4 tiles of 32 x 32.
static_assert(detail::loaded_sample_bytes(network{.image_size = 64}, {}) == 3 * 4 * 64 * 64 &&
              detail::loaded_sample_bytes(network{.fixed_source_length = 5},
                                          {.sequence_length = 10, .source_length = 6}) == 24 * 16 + 2 * 128 * 4 * 5 &&
              detail::loaded_sample_bytes(network{.tower = {.image_passes = 4, .image_size = 32}},
                                          {.sequence_length = 10, .images = 2}) == 240 + 2 * 4 * 3 * 4 * 32 * 32);
// Three workers that prefetch two batches of 4 samples each, and one that is copied.
static_assert(detail::loaded_bytes(network{.image_size = 64},
                                   {.micro_batch = 4, .data_workers = 3, .prefetch_factor = 2}) ==
                  7 * 4 * 3 * 4 * 64 * 64 &&
              detail::loaded_bytes(network{.image_size = 64}, {.micro_batch = 4, .data_workers = 0}) == 0);
// A checkpoint has states and trained weights, which gradients of 4 bytes count, or all weights.
constexpr stage_load saved_stage{.weights = 70, .gradients = 40, .optimizer = 500};
static_assert(detail::saved_states(saved_stage, {.weight = 2, .gradient = 4}, false) == 520 &&
              detail::saved_states(saved_stage, {.weight = 2, .gradient = 4}, true) == 570);
// What a card leaves on the host: states, weights, and gradients in fp32 beside master weights; or activations.
constexpr std::int64_t left(offload what, const mixed_recipe& recipe) {
    const stage_load whole{
        .weights = 70, .gradients = 40, .optimizer = 500, .saved_per_token = 9, .saved_per_score = 3};
    const stage_load here{.weights = 10, .optimizer = 100, .saved_per_token = 4, .saved_per_score = 1};
    return detail::offloaded_bytes(whole, here, recipe, what, 6, 7);
}
static_assert(left(offload::none, {}) == 0 && left(offload::activations, {}) == 6 * (5 + 7 * 2) &&
              left(offload::full, {.gradient = 2, .master = 4}) == 400 + 60 + 80 &&
              left(offload::full, {.gradient = 2}) == 400 + 60 + 40);
