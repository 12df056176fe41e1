// SPDX-License-Identifier: MIT

// Applies the rules of physics.hpp to every row of the table, and tests the rules themselves.

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/physics.hpp>

using namespace cardfit;

// Every row obeys the rules, or says why it does not. A failure names the row and the rule.
template <std::size_t... Row>
constexpr bool every_row_obeys(std::index_sequence<Row...>) {
    return (obeys_physics<cards::all[Row]> && ...);
}
static_assert(every_row_obeys(std::make_index_sequence<cards::all.size()>{}));

// Every id belongs to one row only.
static_assert(ids_are_unique<cards::all>);

// The rules detect errors: one changed figure breaks one rule.
template <class Change>
constexpr physics_rules after(gpu g, Change change) {
    change(g);
    return unexcused_rules(g);
}
constexpr const gpu& h100 = cards::h100_sxm5_80gb;
static_assert(after(h100, [](gpu&) {}) == physics_rules{});
static_assert(after(h100, [](gpu& g) { g.cuda_cores = 16384; }) == rules(physics_rule::cores));
static_assert(after(h100, [](gpu& g) { g.tensor_cores = 640; }) == rules(physics_rule::tensor_cores));
static_assert(after(h100, [](gpu& g) { g.rates.fp32 = 60_TFLOPS; }) == rules(physics_rule::fp32));
static_assert(after(h100, [](gpu& g) { g.rates.fp64 = 67_TFLOPS; }) == rules(physics_rule::fp64));
static_assert(after(h100, [](gpu& g) { g.rates.bf16 = 1979_TFLOPS; }) ==
              (rules(physics_rule::bf16) | rules(physics_rule::bf16_beside_fp16)));  // the sparse figure
static_assert(after(h100, [](gpu& g) { g.rates.fp8 = 989.4_TFLOPS; }) == rules(physics_rule::fp8));
static_assert(after(h100, [](gpu& g) { g.tensor_clock_mhz = 0; }).has(physics_rule::bf16));  // 1980 MHz would give 1070
static_assert(after(h100, [](gpu& g) { g.memory_bandwidth = 3938_GBps; }) == rules(physics_rule::bandwidth));
static_assert(after(h100, [](gpu& g) { g.links.nvlink_links = 12; }) == rules(physics_rule::links));
static_assert(after(cards::gb10, [](gpu& g) { g.memory_sharing = memory_sharing::none; }) ==
              rules(physics_rule::shared_memory));
static_assert(after(cards::mi300a, [](gpu& g) { g.memory_sharing = memory_sharing::none; }) ==
              rules(physics_rule::shared_memory));
static_assert(after(h100, [](gpu& g) { g.rates.fp4 = 4000_TFLOPS; }) == rules(physics_rule::formats));
static_assert(after(h100, [](gpu& g) { g.compute_capability = {13, 0}; }).has(physics_rule::known_architecture));

// GeForce cards run FP16 with FP32 accumulation at half rate; TITAN RTX, with the same chip, does not.
static_assert(after(cards::rtx_4090, [](gpu& g) { g.rates.fp16 = 330.3_TFLOPS; }) ==
              (rules(physics_rule::fp16) | rules(physics_rule::bf16_beside_fp16)));
static_assert(after(cards::rtx_2080_ti, [](gpu& g) { g.name = "TITAN RTX"; }).has(physics_rule::fp16));

// No architecture before Ampere has BF16, none before Ada and Hopper has FP8, and none before Blackwell has FP4.
template <class Change>
constexpr bool no_such_format(Change change) {
    for (const gpu* card : {&cards::p100_sxm2_16gb, &cards::v100_sxm2_32gb, &cards::t4, &cards::a100_sxm4_80gb,
                            &cards::l40s, &cards::h100_sxm5_80gb})
        if (after(*card, change).has(physics_rule::formats)) return true;
    return false;
}
static_assert(no_such_format([](gpu& g) {
    if (g.compute_capability < compute_capability{8, 0}) g.rates.bf16 = 1_TFLOPS;
}));
static_assert(!no_such_format([](gpu& g) {
    if (g.compute_capability >= compute_capability{8, 0}) g.rates.bf16 = 1_TFLOPS;
}));
static_assert(no_such_format([](gpu& g) {
    if (g.compute_capability < compute_capability{8, 9}) g.rates.fp8 = 1_TFLOPS;
}));
static_assert(!no_such_format([](gpu& g) {
    if (g.compute_capability >= compute_capability{8, 9}) g.rates.fp8 = 1_TFLOPS;
}));
static_assert(no_such_format([](gpu& g) {
    if (g.compute_capability < compute_capability{10, 0}) g.rates.fp4 = 1_TFLOPS;
}));

// An exemption must have a reason, and must be needed.
static_assert(cards::l40.exempt.has(physics_rule::bf16) && !cards::l40.exemption_reason.empty());
static_assert(after(cards::l40, [](gpu& g) { g.exemption_reason = ""; }) == rules(physics_rule::exemption_has_reason));
static_assert(after(cards::l40, [](gpu& g) { g.exempt = g.exempt | rules(physics_rule::links); }) ==
              rules(physics_rule::exemption_is_needed));
