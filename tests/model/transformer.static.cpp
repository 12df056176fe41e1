// SPDX-License-Identifier: MIT

// Tests the lowering of transformers: kinds of layers, pipeline stages, and a user's own architecture.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

// DeepSeek-V3 has three dense layers, then 58 with experts. In Gemma 3, one layer in six attends to all positions.
constexpr network v3 = lower(models::deepseek_v3);
static_assert(v3.block_kinds == 2 && v3.blocks[0].layers.count(0, 61) == 3 && v3.blocks[1].layers.count(0, 61) == 58);
constexpr network gemma = lower(models::gemma_3_27b);
static_assert(gemma.block_kinds == 2 && gemma.blocks[0].layers.count(0, 62) == 10 &&
              gemma.blocks[1].layers.count(0, 62) == 52);
static_assert(gemma.blocks[0].attention.window == all_positions && gemma.blocks[1].attention.window == 1024);

// Pipeline stages: with 126 layers on 8 stages, the embedding and the head count as a layer each (Llama 3.1 405B, arXiv
// 2407.21783, section 3.3.2); with 70 layers on 12 stages, likewise (BLOOM).
constexpr network llama_405b = lower(models::llama_3_1_405b);
constexpr layout eight_stages{.pipeline = 8};
constexpr std::int64_t layers_of(const network& net, const layout& l, std::int64_t stage) {
    return content_of(net, l, 64, stage).layers[0];
}
static_assert(layers_of(llama_405b, eight_stages, 0) == 15 && layers_of(llama_405b, eight_stages, 1) == 16 &&
              layers_of(llama_405b, eight_stages, 7) == 15);
constexpr std::int64_t all_layers(const network& net, const layout& l) {
    std::int64_t sum = 0;
    for (int stage = 0; stage < l.pipeline; ++stage) sum += layers_of(net, l, stage);
    return sum;
}
static_assert(all_layers(llama_405b, eight_stages) == 126 && all_layers(llama_405b, {.pipeline = 5}) == 126);
static_assert(all_layers(llama_405b, {.pipeline = 7, .virtual_stages = 3}) == 126 &&
              all_layers(llama_405b, {.pipeline = 126}) == 126);

// In flight are min(m, p - i) micro-batches under 1F1B, and 2(p - i - 1) + (v - 1)p + 1 chunks under interleaved 1F1B.
static_assert(chunks_in_flight(eight_stages, 64, 0) == 8 && chunks_in_flight(eight_stages, 64, 7) == 1 &&
              chunks_in_flight(eight_stages, 3, 0) == 3);
static_assert(chunks_in_flight({.pipeline = 8, .virtual_stages = 2}, 64, 0) == 14 + 8 + 1);

// A user's own architecture is supported by a function that lowers it to a network.
namespace mine {
struct two_matrices {
    std::int64_t width;
};
constexpr network lower(const two_matrices& m) {
    network net{.block_kinds = 1, .layers = 2, .hidden = m.width};
    net.blocks[0] = layer_block{.layers = {0, 2, 1, true}};
    net.blocks[0].add({.target = target::up, .in = m.width, .out = 4 * m.width});
    net.blocks[0].width.of[tensor_role::feed_forward_input] = m.width;
    return net;
}
}  // namespace mine
static_assert(architecture<mine::two_matrices> && architecture<transformer> && !architecture<int>);
static_assert(parameters(mine::two_matrices{8}) == 2 * 8 * 32);
static_assert(memory(mine::two_matrices{8}, training{}, cards::a100_sxm4_80gb).device().number > 0);

// Members that shape a small model, by hand: the attention has 64 + 32 + 32 + 64 weights, the feed-forward 3 x 8 x 16,
// two norms and the final one have 8 each, and the embedding and the head have 10 x 8 each.
constexpr transformer small{.layers = 1, .hidden = 8, .heads = 2, .kv_heads = 1, .ffn = 16, .vocab = 10};
constexpr std::int64_t small_parameters = 192 + 384 + 3 * 8 + 2 * 80;
static_assert(parameters(small) == small_parameters);
constexpr transformer with(void (*change)(transformer&)) {
    transformer m = small;
    change(m);
    return m;
}
// One norm of 2 x 4 elements on the queries, and one of 4 on the keys (OLMo 2).
static_assert(parameters(with([](transformer& m) { m.joint_norm = true; })) == small_parameters + 8 + 4);
static_assert(parameters(with([](transformer& m) { m.norm_weights = false; })) == small_parameters - 3 * 8);
// Biases of 16, 16 and 8 elements (GPT-J has two of them, without the gate).
static_assert(parameters(with([](transformer& m) { m.feed_forward_bias = true; })) == small_parameters + 16 + 16 + 8);
static_assert(parameters(with([](transformer& m) { m.embedding_norm = true; })) == small_parameters + 8);
static_assert(parameters(with([](transformer& m) { m.headless = true; })) == small_parameters - 80);
static_assert(lower(with([](transformer& m) { m.headless = true; })).logits == 0);
// A decoder's classifier has no bias.
static_assert(parameters(with([](transformer& m) { m.classes = 2; })) == small_parameters - 80 + 2 * 8);

// Totals of bigscience/bloom-560m (hf_models.json of AlexsJones/llmfit, commit 4d3ab0e) and of EleutherAI/gpt-neo-1.3B
// (recalled).
static_assert(parameters(transformer{.layers = 24,
                                     .hidden = 1024,
                                     .heads = 16,
                                     .ffn = 4096,
                                     .ffn_gated = false,
                                     .vocab = 250'880,
                                     .tied_embeddings = true,
                                     .norm = norm_kind::layer,
                                     .biases = biases::all,
                                     .embedding_norm = true}) == 559'214'592);
static_assert(parameters(transformer{.layers = 24,
                                     .hidden = 2048,
                                     .heads = 16,
                                     .ffn = 8192,
                                     .ffn_gated = false,
                                     .vocab = 50'257,
                                     .tied_embeddings = true,
                                     .positions = 2048,
                                     .norm = norm_kind::layer,
                                     .output_bias = true,
                                     .feed_forward_bias = true}) == 1'315'575'808);
