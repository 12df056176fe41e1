// SPDX-License-Identifier: MIT

// Tests the time of a forward pass without a cache against hand counts on a card of round numbers: one multiply-add,
// and one byte, per second.

#include "../../close.hpp"
#include "../round_job.hpp"

#include <cardfit/estimate/inference/pass_time.hpp>

using namespace cardfit;
using namespace round_job;

namespace {

constexpr forward_constants shares{.layer_elements = 0.5, .autocast_elements = 0.25, .stacked_passes = 3};

/// Two layers of width 16 with queries and results of 2 heads of 8, a gated feed-forward of 32 and one expert of 16 x
/// 8, visited by every token; what is not stated takes no time.
constexpr bench two_layers() {
    bench t;
    t.net = network{.block_kinds = 1, .layers = 2, .hidden = 16, .heads = 2, .kv_heads = 2, .experts = 1};
    layer_block& b = t.net.blocks[0];
    b.layers.end = 2;
    b.add({.target = target::query, .in = 16, .out = 16});
    b.add({.target = target::output, .in = 16, .out = 16});
    b.add({.target = target::up, .in = 16, .out = 32});
    b.add({.target = target::down, .split = weight_split::expert, .in = 16, .out = 8, .copies = 1, .active = 1});
    b.attention = {
        .scores = score_kind::dot_product, .heads = 2, .head_width = 8, .kernel_head_width = 8, .self_width = 32};
    b.feed_forward.experts = true;
    b.width.of[tensor_role::query] = 16;
    b.width.of[tensor_role::attention_output] = 16;
    b.width.of[tensor_role::expert_input] = 16;
    b.width.of[tensor_role::expert_hidden] = 8;
    t.constants.step.kernel_ramp = 0;
    t.constants.step.launch = 0;
    return t;
}
template <class Change>
constexpr double pass_of(Change change) {
    bench t = two_layers();
    change(t);
    return detail::forward_seconds(t.lowered(), shares);
}
template <class Change>
constexpr detail::layer_time layer_of(Change change) {
    bench t = two_layers();
    change(t);
    return t.layer();
}
constexpr auto as_it_is = [](bench&) {};
constexpr auto slow_memory = [](bench& t) { t.card.bandwidth = 64; };

}  // namespace

// Matmuls and attention of both layers; bytes cost nothing on a card of so much bandwidth.
constexpr detail::layer_time y = layer_of(as_it_is);
static_assert(y.linear >= 32 * (256 + 256 + 512));
static_assert(y.attention > 0);
static_assert(y.elements > 0);
static_assert(y.expert_elements > 0);
static_assert(close(pass_of(as_it_is), 2 * (y.linear + y.attention)));
// Half of a quarter of training's passes, over 32 tokens of 2 bytes, at 64 bytes per second. Compiled kernels make a
// part of those between matmuls, and all of those of experts.
constexpr double matmuls = 2 * (layer_of(slow_memory).linear + layer_of(slow_memory).attention);
static_assert(close(pass_of(slow_memory), matmuls + 2 * 0.5 * 0.25 * (y.elements + y.expert_elements)));
static_assert(close(pass_of([](bench& t) {
                        slow_memory(t);
                        t.traffic = 0.5;
                    }),
                    matmuls + 2 * 0.5 * 0.25 * (0.5 * y.elements + y.expert_elements)));
// Stacked memory makes more of them, and so does autocast without fused kernels.
static_assert(close(pass_of([](bench& t) {
                        slow_memory(t);
                        t.hardware.card.memory_type = memory_type::hbm3;
                    }),
                    matmuls + 2 * 3 * 0.5 * 0.25 * (y.elements + y.expert_elements)));
constexpr auto autocast = [](bench& t) {
    t.card.mixed = true;
    t.row.fusion = fusion::eager;
};
static_assert(close(pass_of([](bench& t) {
                        autocast(t);
                        t.card.bandwidth = 64e12;
                    }) + 2 * 0.75 * 0.25 * layer_of(autocast).elements +
                        2 * 0.75 * 0.25 * layer_of(autocast).expert_elements,
                    pass_of([](bench& t) {
                        autocast(t);
                        slow_memory(t);
                    }) -
                        2 * (layer_of([](bench& t) {
                                 autocast(t);
                                 slow_memory(t);
                             }).linear -
                             layer_of(autocast).linear) -
                        2 * (layer_of([](bench& t) {
                                 autocast(t);
                                 slow_memory(t);
                             }).attention -
                             layer_of(autocast).attention)));
// Each kernel begins slowly, and the host launches no more of them per second than it does.
static_assert(close(pass_of([](bench& t) { t.constants.step.kernel_ramp = 1000; }),
                    2 * (y.linear + y.attention + 1000 * y.kernels)));
static_assert(close(pass_of([](bench& t) { t.constants.step.launch = 1e6; }), 2 * 1e6 * y.kernels));

// Weights are unpacked once: 5 bytes for each of 2 x 1152 weights of 8 bits, at 64 bytes per second; what training
// takes for each of 4 bits; nothing for 16.
constexpr double unpacked(number_format weights) {
    bench t = two_layers();
    slow_memory(t);
    t.net.blocks[0].linears[3].split = weight_split::tensor;
    t.constants.step.dequantization = 7;
    return detail::unpacking_seconds(t.lowered(), weights);
}
static_assert(close(unpacked(number_format::fp8), 5 * 2 * 1152 / 64.0) &&
              close(unpacked(number_format::int8), 5 * 2 * 1152 / 64.0) &&
              close(unpacked(number_format::nf4), 7 * 2 * 1152 / 64.0) && unpacked(number_format::bf16) == 0 &&
              unpacked(number_format::fp16) == 0 && unpacked(number_format::fp32) == 0);
