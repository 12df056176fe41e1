// SPDX-License-Identifier: MIT

// Tests where llama.cpp places layers: by its source (llama-model.cpp, load_tensors) and by sums over cards and host.

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/hybrid_zoo.hpp>
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

namespace {

/// Returns the layers of one card under llama.cpp, which divides layers by shares.
constexpr detail::placed_stage on_card(const network& net, int cards, int card, const card_shares& shares = {}) {
    return detail::shared_stage_of(net, {.pipeline = cards}, {}, shares, card);
}
constexpr std::int64_t layers_of(const detail::placed_stage& stage) { return stage.high - stage.low; }

constexpr network r1 = lower_model(models::deepseek_v3);
constexpr network llama = lower_model(models::llama_3_1_8b);

}  // namespace

// ikawrakow/ik_llama.cpp#239: DeepSeek-R1 on 16 RTX 3090. CUDA0 to CUDA6 and CUDA8 to CUDA12 have a KV buffer of 36
// MiB, CUDA7 one of 27: 4 and 3 layers of 9 MiB. The head is the 62nd layer.
static_assert(layers_of(on_card(r1, 16, 0)) == 4 && layers_of(on_card(r1, 16, 6)) == 4);
static_assert(layers_of(on_card(r1, 16, 7)) == 3);
static_assert(layers_of(on_card(r1, 16, 8)) == 4 && layers_of(on_card(r1, 16, 12)) == 4);
static_assert(layers_of(on_card(r1, 16, 15)) == 2 && on_card(r1, 16, 15).content.head &&
              on_card(r1, 16, 15).high == 61);
// -ts 3,1 (docs/multi-gpu.md, recipe 2): of 33 layers with the head, those whose index over 33 is below 3/4.
static_assert(layers_of(on_card(llama, 2, 0, {{3, 1}, 2})) == 25 && layers_of(on_card(llama, 2, 1, {{3, 1}, 2})) == 7);
// A card without a share holds nothing, and the head is on the last card that holds something.
static_assert(layers_of(on_card(llama, 3, 1, {{1, 0, 1}, 3})) == 0);
static_assert(on_card(llama, 2, 0, {{1, 0}, 2}).content.head && !on_card(llama, 2, 1, {{1, 0}, 2}).content.head);

namespace {

// CohereForAI/c4ai-command-r-v01, config.json.
constexpr transformer command_r{.layers = 40,
                                .hidden = 8192,
                                .heads = 64,
                                .ffn = 22528,
                                .vocab = 256000,
                                .tied_embeddings = true,
                                .norms_per_layer = 1};
constexpr inference q4_k_s{.weights = number_format::q4_k_s,
                           .prompt = 4000,
                           .generate = 96,
                           .framework = engine::llama_cpp,
                           .tensor_split = {{12, 29}, 2},
                           .software_date = {2024, 3}};
constexpr machine two_kinds{
    .card = cards::rtx_4070_ti, .cards = 2, .others = {.of = {&cards::rtx_3090_ti}, .count = 1}};
constexpr network command = lower_model(command_r);
constexpr memory_components of_card(int card) {
    return memory(detail::lower_stages(command, q4_k_s, two_kinds, {.data = 1, .pipeline = 2}, card, card + 1))
        .components;
}
constexpr double mebibytes(bytes b) { return static_cast<double>(b.number) / 1048576; }
constexpr bool near(double a, double b, double share) { return a > b * (1 - share) && a < b * (1 + share); }

}  // namespace

// ggml-org/llama.cpp#6122: Command-R 35B on a 4070 Ti and a 3090 Ti: model buffers of 5434.38 and 13989.53 MiB, KV
// buffers of 1536 and 3584.
static_assert(mebibytes(of_card(0).kv_cache) == 1536 && mebibytes(of_card(1).kv_cache) == 3584);
static_assert(near(mebibytes(of_card(0).weights), 5434.38, 0.01) &&
              near(mebibytes(of_card(1).weights), 13989.53, 0.01));
// The verdict is about the card with the least room, although the other one holds more.
static_assert(memory(lower_job(command, q4_k_s, two_kinds, {.pipeline = 2})).peak_stage == 0);
static_assert(budget(lower_job(command, q4_k_s, two_kinds, {.pipeline = 2}),
                     memory(lower_job(command, q4_k_s, two_kinds, {.pipeline = 2}))) ==
              usable_memory(cards::rtx_4070_ti));
// Without stated shares, those of the memory: 12 and 24 GiB of 41 layers.
static_assert(layers_of(detail::shared_stage_of(
                  command, {.pipeline = 2}, {},
                  detail::shares_of({.framework = engine::llama_cpp, .software_date = {2024, 3}}, two_kinds), 0)) ==
              14);

namespace {

constexpr machine turing_and_pascal{
    .card = cards::quadro_rtx_8000, .cards = 2, .others = {.of = {&cards::p40}, .count = 1}};
constexpr double with_shares(const card_shares& shares, const machine& m) {
    inference i{.weights = number_format::q4_k_m,
                .kv_cache = number_format::int4,
                .prompt = 1200,
                .generate = 300,
                .framework = engine::llama_cpp,
                .tensor_split = shares,
                .software_date = {2026, 2}};
    return time(models::qwen3_next_80b_a3b, i, m, {.pipeline = 2}).inter_token.number;
}

}  // namespace

// peuqui.github.io/AIfred-Intelligence, Benchmark_Tensor_Split: an RTX 8000 and a P40, -ts 11,1 generates 15 % faster
// than -ts 2,1 (33.4 and 29.0 tokens/s of Qwen3-Next-80B-A3B). The direction is held, not the size: a layer of the
// delta rule takes 0.59 ms on the RTX 8000 and 0.97 ms on the P40 by these two rates, and its kernels are counted alike
// on both cards.
static_assert(with_shares({{2, 1}, 2}, turing_and_pascal) / with_shares({{11, 1}, 2}, turing_and_pascal) > 1.05);
static_assert(with_shares({{2, 1}, 2}, turing_and_pascal) / with_shares({{11, 1}, 2}, turing_and_pascal) < 1.15);
// Shares of equal cards do not change what a token takes.
static_assert(near(with_shares({{1, 1}, 2}, 2 * cards::rtx_3090), with_shares({{2, 1}, 2}, 2 * cards::rtx_3090), 1e-9));

// ---- Stages

namespace {

constexpr network ten_layers = [] {
    network net{.block_kinds = 2, .layers = 10, .hidden = 8};
    net.blocks[0].layers = {.end = 4};
    net.blocks[1].layers = {.begin = 4, .end = 10};
    return net;
}();
constexpr bool holds(const detail::placed_stage& s, std::int64_t low, std::int64_t high, std::int64_t first_kind,
                     bool embedding, bool head) {
    return s.low == low && s.high == high && s.content.layers[0] == first_kind &&
           s.content.layers[1] == high - low - first_kind && s.content.embedding == embedding && s.content.head == head;
}
constexpr detail::placed_stage placed_on(int stages, const placement& p, int stage, std::int64_t low = 0) {
    return detail::placed_stage_of(ten_layers, {.pipeline = stages}, p, stage, low);
}
constexpr detail::placed_stage shared_on(int stages, const placement& p, int stage, const card_shares& shares = {}) {
    return detail::shared_stage_of(ten_layers, {.pipeline = stages}, p, shares, stage);
}
constexpr placement three_out{.first_layer = 3, .first_experts = 3};
constexpr placement no_head{.first_layer = 3, .first_experts = 3, .head = false};

}  // namespace

// All layers on one card, or halves of them; seven of ten on one card, or on two.
static_assert(holds(placed_on(1, {}, 0), 0, 10, 4, true, true) && holds(placed_on(2, {}, 0), 0, 5, 4, true, false) &&
              holds(placed_on(2, {}, 1, 5), 5, 10, 0, false, true));
static_assert(placed_on(1, three_out, 0).low == 3 && placed_on(1, three_out, 0).high == 10 &&
              placed_on(1, three_out, 0).content.layers[0] == 1 && placed_on(1, three_out, 0).content.layers[1] == 6 &&
              placed_on(1, three_out, 0).content.head && !placed_on(1, no_head, 0).content.head);
static_assert(placed_on(2, three_out, 0).low == 3 &&
              placed_on(2, three_out, 0).high == placed_on(2, three_out, 1).low &&
              placed_on(2, three_out, 1).high == 10 && placed_on(2, three_out, 0).high >= 6 &&
              placed_on(2, three_out, 0).high <= 7);
static_assert(placed_on(1, {.first_layer = 1}, 0).low == 1 && placed_on(1, {.first_layer = 1}, 0).high == 10);
// By shares: eleven places with the head on two cards are six and five; eight from the fourth layer on are four each.
static_assert(holds(shared_on(2, {}, 0), 0, 6, 4, true, false) && holds(shared_on(2, {}, 1), 6, 10, 0, false, true));
static_assert(holds(shared_on(2, three_out, 0), 3, 7, 1, true, false) &&
              holds(shared_on(2, three_out, 1), 7, 10, 0, false, true));
static_assert(holds(shared_on(2, no_head, 0), 3, 7, 1, true, false) &&
              holds(shared_on(2, no_head, 1), 7, 10, 0, false, false));
// Three quarters of eleven places are those below 8.25.
static_assert(holds(shared_on(2, {}, 0, {.of = {3, 1}, .count = 2}), 0, 9, 4, true, false) &&
              holds(shared_on(2, {}, 1, {.of = {3, 1}, .count = 2}), 9, 10, 0, false, true));
static_assert(detail::first_slot({}, 4, 3, 10) == 8 &&
              detail::first_slot({.of = {1, 0, 1}, .count = 3}, 3, 2, 10) == 5 &&
              detail::first_slot({.of = {1, 1}, .count = 2}, 2, 2, 10) == 10);

// The parts of the layers that cards hold sum up to one, whatever is in host memory.
constexpr card_shares parts(const placement& p, card_shares shares = {}) {
    return detail::parts_of(ten_layers, {.tensor_split = shares}, 2 * cards::rtx_4090, {.pipeline = 2}, p);
}
static_assert(parts({}).count == 2 && parts({}).of[0] == 0.6 && parts({}).of[1] == 0.4);
static_assert(parts(three_out).of[0] == 4.0 / 7 && parts(three_out).of[1] == 3.0 / 7);
static_assert(parts({.first_layer = 10, .head = false}).of[0] == 0 && parts({.first_layer = 9}).of[0] == 1);
// Shares are the job's, or the cards' memory where these differ, or equal.
constexpr machine unequal{.card = cards::rtx_4090, .cards = 2, .others = {.of = {&cards::rtx_3060_12gb}, .count = 1}};
static_assert(detail::shares_of({.tensor_split = {.of = {1}, .count = 1}}, unequal).count == 1 &&
              detail::shares_of({}, 2 * cards::rtx_4090).count == 0);
constexpr card_shares by_memory = detail::shares_of({}, unequal);
static_assert(by_memory.count == 2 && by_memory.of[0] == static_cast<double>(usable_memory(cards::rtx_4090).number) &&
              by_memory.of[1] == static_cast<double>(usable_memory(cards::rtx_3060_12gb).number));
// The head is placed first from the month on that follows ggml-org/llama.cpp#18148 of December 2025.
static_assert(placed(58, {2026, 1}).first_layer == 7 && placed(58, {2025, 12}).first_layer == 6);
