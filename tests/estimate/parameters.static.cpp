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

// ---- By hand

namespace {

constexpr linear of_shape(target t, weight_split split, std::int64_t in, std::int64_t out) {
    return {.target = t, .split = split, .in = in, .out = out, .copies = split == weight_split::expert ? 4 : 1};
}
constexpr layer_block by_hand() {
    layer_block b{.vector_parameters = 3};
    b.add(of_shape(target::query, weight_split::tensor, 16, 32));
    b.add(of_shape(target::router, weight_split::none, 16, 4));
    b.add(of_shape(target::up, weight_split::expert, 16, 8));
    return b;
}
constexpr network ends{.layers = 1,
                       .hidden = 16,
                       .embedding_parameters = 320,
                       .position_parameters = 7,
                       .head_parameters = 320,
                       .final_parameters = 16};
constexpr detail::parameter_sums ends_with(const network& net, target_set of, bool whole, bool embedding, bool head,
                                           const layout& l = {}) {
    const adapter a{.method = adapter_method::lora, .rank = 2, .targets = of};
    return detail::embedding_head_parameters(net, l, a, {.whole_embeddings = whole}, embedding, head);
}

}  // namespace

// Two cards have half of a divided matrix, the whole router, and half of the experts.
constexpr detail::parameter_sums halves = detail::layer_parameters(by_hand(), {.tensor = 2}, {});
static_assert(halves.matrix == 256 + 64 && halves.expert == 256 && halves.vector == 3 &&
              halves.rows_and_columns == 24 + 20 && halves.expert_rows_and_columns == 48);
static_assert(detail::layer_parameters(by_hand(), {.expert = 4}, {}).expert == 128 &&
              detail::expert_cards({.tensor = 2, .expert = 4}) == 4 &&
              detail::expert_cards({.tensor = 4, .expert = 2}) == 4 &&
              detail::expert_group({.tensor = 2, .expert = 4, .sharding_group = 8}) == 4 &&
              detail::expert_group({.expert = 4, .sharding_group = 2}) == 1);
static_assert(detail::cards_of(by_hand().linears[0], {.tensor = 2, .expert = 4}) == 2 &&
              detail::cards_of(by_hand().linears[1], {.tensor = 2, .expert = 4}) == 1 &&
              detail::cards_of(by_hand().linears[2], {.tensor = 2, .expert = 4}) == 4);
// The largest matrix of a card: half of a divided one, and one whole expert's or undivided one.
static_assert(detail::largest_matrix(by_hand(), {}) == 512 && detail::largest_matrix(by_hand(), {.tensor = 2}) == 256 &&
              detail::largest_matrix(by_hand(), {.tensor = 8}) == 128);
// DoRA adds a magnitude per output; of experts one token sees two.
constexpr detail::parameter_sums magnitudes = [] {
    layer_block b = by_hand();
    b.linears[2].active = 2;
    return detail::layer_parameters(
        b, {}, {.method = adapter_method::dora, .rank = 2, .targets = targets(target::query, target::up)});
}();
static_assert(magnitudes.adapter == 2 * 48 + 32 + 2 * 4 * 24 + 4 * 8 && magnitudes.dora_outputs == 32 + 16 &&
              magnitudes.adapter_rows_and_columns == 48 + 4 + 96 + 4);
// Of an adapted embedding of 20 x 16 and head: 36 rows and columns each at rank 2, or whole copies of both.
constexpr target_set both_ends = targets(target::embeddings, target::head);
static_assert(ends_with(ends, both_ends, false, true, true).adapter == 2 * 2 * 36 &&
              ends_with(ends, targets(target::head), false, true, true).adapter == 2 * 36 &&
              ends_with(ends, targets(target::embeddings), false, false, true).adapter == 0 &&
              ends_with(ends, targets(target::query), false, true, true).adapter == 0);
static_assert(ends_with(ends, both_ends, true, true, true).adapter == 640 &&
              ends_with(ends, both_ends, true, true, true).modules_to_save == 640 &&
              ends_with(ends, both_ends, true, true, true).adapter_rows_and_columns == 40 + 16 &&
              ends_with(ends, targets(target::head), true, true, true).modules_to_save == 320 &&
              ends_with(ends, both_ends, false, true, true).adapter_rows_and_columns == 40 + 2 * 18);
static_assert(ends_with(ends, {}, false, true, true).vector == 23 &&
              ends_with(ends, {}, false, true, true).embedding_head == 640 &&
              ends_with(ends, {}, false, false, true).embedding_head == 320 &&
              ends_with(ends, {}, false, false, true).vector == 16 &&
              ends_with(ends, {}, false, true, true, {.tensor = 2}).embedding_head == 320 &&
              ends_with(ends, {}, false, true, true).rows_and_columns == 40 + 16);
// A tied table is one matrix on one stage, and one on each of the first and the last.
constexpr network tied_ends = [] {
    network net = ends;
    net.tied = true;
    net.head_parameters = 0;
    return net;
}();
static_assert(ends_with(tied_ends, {}, false, true, true).embedding_head == 320 &&
              ends_with(tied_ends, {}, false, false, true, {.pipeline = 2}).embedding_head == 320 &&
              ends_with(tied_ends, both_ends, true, true, true).adapter == 320);
// Prediction layers look up tokens on the stage of the head.
constexpr network predicting_ends = [] {
    network net = ends;
    net.prediction_layers = 1;
    return net;
}();
static_assert(ends_with(predicting_ends, {}, false, false, true).embedding_head == 640 &&
              ends_with(predicting_ends, {}, false, true, false).embedding_head == 320);
// The most-loaded rank has the router's imbalance, no more than a capacity, or all of a padded one.
constexpr std::int64_t imbalance(double capacity, bool pads, int cards) {
    return detail::imbalance_percent(
        {.expert_imbalance_percent = 150, .expert_capacity_factor = capacity, .pad_to_capacity = pads},
        {.expert = cards});
}
static_assert(imbalance(0, false, 2) == 150 && imbalance(0, false, 1) == 100 && imbalance(1.25, false, 2) == 125 &&
              imbalance(2, false, 2) == 150 && imbalance(2, true, 2) == 200 && imbalance(1.25, false, 1) == 100);
