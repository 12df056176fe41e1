// SPDX-License-Identifier: MIT

// Tests what an inference leaves in host memory, by counts of layers, weights and caches by hand.

#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/estimate/inference/host_memory.hpp>
#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr network llama = lower(models::llama_3_1_8b);
constexpr inference in_llama_cpp(inference i) {
    i.framework = engine::llama_cpp;
    return i;
}
constexpr lowered_inference placed = lower_job(
    llama, in_llama_cpp({.weights = number_format::bf16, .batch = 3, .prompt = 90, .generate = 10, .gpu_layers = 20}),
    {.card = cards::rtx_4090, .host_memory = gibibytes(64)}, {});
constexpr layer_split split = detail::split_of(llama, placed);

// Three sequences of 100 tokens, for each of which llama.cpp takes 256 cells of 2 x 1024 elements of 2 bytes, in 13
// layers.
constexpr std::int64_t cache = 13 * 3 * 256 * 2 * 1024 * 2;
// 13 layers of 218,112,000 weights of 2 bytes and the embedding of 128,256 x 4,096; norms of 2 x 4,096 are fp32 there.
constexpr std::int64_t weights =
    13 * (2 * (std::int64_t{218'112'000} - 8192) + 4 * 8192) + 2 * std::int64_t{128'256} * 4096;

}  // namespace

// llama.cpp since December 2025 counts the head as the first of 20 layers on the card: 19 of 32 layers are there.
static_assert(split.on_card == 19 && split.layers == 32);
static_assert(split.host_cache == bytes_of(cache) && split.host_weights == bytes_of(weights));
static_assert(host_memory(placed, 3, 90, 10).offloaded == bytes_of(cache + weights));
// Twice the sequences have twice the cache, and the same weights.
static_assert(host_memory(placed, 6, 90, 10).offloaded == bytes_of(2 * cache + weights));
static_assert(host_memory(placed, 3, 90, 10).available == gibibytes(64));
// Two replicas have a cache each, and share the weights of one mapped file.
constexpr lowered_inference twice = lower_job(
    llama, in_llama_cpp({.weights = number_format::bf16, .batch = 3, .prompt = 90, .generate = 10, .gpu_layers = 20}),
    {.card = cards::rtx_4090, .cards = 2, .host_memory = gibibytes(64)}, {.data = 2});
static_assert(host_memory(twice, 3, 90, 10).offloaded == bytes_of(2 * cache + weights));
// A job that leaves no layer off the card takes nothing of the host that could be stated.
static_assert(!host_memory(lower_job(llama,
                                     in_llama_cpp({.weights = number_format::bf16, .prompt = 90, .generate = 10}),
                                     cards::rtx_4090, {}),
                           1, 90, 10)
                   .is_known());
