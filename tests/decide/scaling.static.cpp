// SPDX-License-Identifier: MIT

// Tests at compile time how an inference scales over GPUs, by invariants of tensor parallelism and of pipeline stages.
// savings.static.cpp tests the curves of a training job.

#include <cardfit/decide/scaling.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr inference serve{.batch = 4, .prompt = 512, .generate = 128, .framework = engine::vllm};

// 8.03 B parameters fit one card of 80 GB, and 8 divides the 32 heads.
constexpr inference_scaling_report eight = scaling(models::llama_3_1_8b, serve, 8 * cards::a100_sxm4_80gb);
constexpr bool doubles(const inference_scaling_curve& c) {
    int cards = 1;
    for (const inference_scaling_point& p : c.items()) {
        if (p.cards != cards || p.layout.tensor != cards || !p.fits) return false;
        cards *= 2;
    }
    return c.count == 4;
}
static_assert(eight.has_nvlink && eight.nvlink.link == card_link::nvswitch && eight.pcie.link == card_link::pcie);
static_assert(doubles(eight.nvlink) && doubles(eight.pcie));

// NVLink never loses against PCIe on A100. One GPU exchanges nothing, so its times are the same.
constexpr bool nvlink_leads(const inference_scaling_report& r) {
    for (std::size_t k = 0; k < r.nvlink.count; ++k) {
        const inference_scaling_point& with = r.nvlink.points[k];
        const inference_scaling_point& without = r.pcie.points[k];
        if (with.time.prefill > without.time.prefill || with.time.inter_token > without.time.inter_token) return false;
        if (with.throughput < without.throughput) return false;
    }
    return r.nvlink.points[0].time.inter_token == r.pcie.points[0].time.inter_token;
}
static_assert(nvlink_leads(eight));

// n GPUs divide the bytes and FLOPs of one by n, and add all-reduces: the efficiency is 1 at the baseline, at most 1
// after it, and falls.
constexpr bool efficiency_falls(const inference_scaling_curve& c) {
    for (std::size_t k = c.baseline + 1; k < c.count; ++k)
        if (c.points[k].efficiency > c.points[k - 1].efficiency) return false;
    return c.points[c.baseline].efficiency == 1 && c.points[c.baseline].speed_up == 1;
}
static_assert(efficiency_falls(eight.nvlink) && efficiency_falls(eight.pcie));

// Tensor parallelism divides the matrices and copies the norms, which are less than 1 % of the weights.
constexpr bool divides_weights() {
    const std::int64_t whole = memory(models::llama_3_1_8b, serve, cards::a100_sxm4_80gb).components.weights.number;
    for (const inference_scaling_point& p : eight.pcie.items()) {
        const machine m = p.cards * cards::a100_sxm4_80gb;
        const std::int64_t all = p.cards * memory(models::llama_3_1_8b, serve, m, p.layout).components.weights.number;
        if (all < whole || all - whole > whole / 100) return false;
    }
    return true;
}
static_assert(divides_weights());

// 70.6 B parameters of 2 bytes do not fit one card of 80 GB: the baseline is the first number of cards that they fit.
constexpr inference_scaling_report large = scaling(models::llama_3_1_70b, serve, 8 * cards::a100_sxm4_80gb);
static_assert(large.nvlink.count == 4 && large.nvlink.baseline > 0 && !large.nvlink.points[0].fits);
static_assert(large.nvlink.points[0].efficiency == 0 && large.nvlink.points[large.nvlink.baseline].fits);
static_assert(efficiency_falls(large.nvlink));

// 8 does not divide GPT-2's 12 heads, so the curve stops at 4 of 8 GPUs. 6 divides them: the last point has all 6 GPUs.
constexpr inference_scaling_report twelve_heads = scaling(models::gpt2, serve, 8 * cards::a100_sxm4_80gb);
static_assert(twelve_heads.pcie.count == 3 && twelve_heads.pcie.points[2].cards == 4);
constexpr inference_scaling_report six = scaling(models::gpt2, serve, 6 * cards::a100_sxm4_80gb);
static_assert(six.pcie.count == 4 && six.pcie.points[3].cards == 6);

// Replicas that the layout asks for stay, and their throughput adds up.
constexpr inference_scaling_report twice = scaling(models::llama_3_1_8b, serve, 8 * cards::a100_sxm4_80gb, {.data = 2});
static_assert(twice.nvlink.count == 3 && twice.nvlink.points[0].cards == 2 && twice.nvlink.points[2].cards == 8);
constexpr double of_two = twice.nvlink.points[1].throughput / eight.nvlink.points[1].throughput;
static_assert(of_two > 2 - 1e-9 && of_two < 2 + 1e-9);

// llama.cpp splits by layers: a token passes one stage after the other, and so comes no faster.
constexpr inference_scaling_report stages =
    scaling(models::llama_3_1_8b,
            inference{.weights = number_format::q4_k_m, .prompt = 512, .generate = 128, .framework = engine::llama_cpp},
            4 * cards::rtx_4090);
static_assert(!stages.has_nvlink && stages.nvlink.items().empty() && stages.pcie.link == card_link::pcie_host);
static_assert(stages.pcie.count == 3 && stages.pcie.points[2].layout.pipeline == 4);
static_assert(stages.pcie.points[1].time.inter_token >= stages.pcie.points[0].time.inter_token &&
              stages.pcie.points[2].time.inter_token >= stages.pcie.points[1].time.inter_token);

// An encoder generates nothing: its throughput is in sequences.
constexpr inference_scaling_report encoder =
    scaling(models::bert_large, inference{.batch = 32, .prompt = 384}, 2 * cards::a100_sxm4_80gb);
static_assert(encoder.pcie.points[0].time.inter_token == seconds{} && encoder.pcie.points[0].throughput > 0);

// The knee is the last point before the efficiency falls under one half, although a later one may be above it again.
constexpr bool finds_the_knee() {
    scaling_curve c{.count = 5};
    const double efficiencies[]{1, 0.9, 0.6, 0.4, 0.55};
    for (std::size_t i = 0; i < c.count; ++i) {
        c.points[i].cards = 1 << i;
        c.points[i].efficiency = efficiencies[i];
    }
    return c.knee().cards == 4 && c.knee(0.95).cards == 1 && c.knee(0.3).cards == 16;
}
static_assert(finds_the_knee());

}  // namespace

// ---- By hand

// Points at 1, 2, 4 ... replicas, and at all of them instead of one that is less than twice the last.
static_assert(detail::next_replicas(1, 8) == 2 && detail::next_replicas(4, 8) == 8 &&
              detail::next_replicas(4, 6) == 6 && detail::next_replicas(4, 7) == 7 &&
              detail::next_replicas(8, 8) == 16 && detail::next_replicas(2, 5) == 4);
// Of a batch of 8 x 3 samples, a rank of 3 accumulates one micro-batch, one of 5 has 5 samples; 1 of 48 has one.
constexpr training shared(int replicas) {
    return detail::shared_out({.micro_batch = 8, .gradient_accumulation = 3}, replicas);
}
static_assert(shared(1).micro_batch == 8 && shared(1).gradient_accumulation == 3 && shared(3).micro_batch == 8 &&
              shared(3).gradient_accumulation == 1 && shared(2).micro_batch == 8 &&
              shared(2).gradient_accumulation == 2);
static_assert(shared(5).micro_batch == 5 && shared(5).gradient_accumulation == 1 && shared(48).micro_batch == 1);
// Experts on 8 cards need 8 data-parallel ranks, or 4 beside two of a context, or 2 beside four of tensor parallelism.
static_assert(detail::fewest_ranks({.expert = 8}) == 8 && detail::fewest_ranks({.context = 2, .expert = 8}) == 4 &&
              detail::fewest_ranks({.tensor = 4, .expert = 8}) == 2 && detail::fewest_ranks({.tensor = 8}) == 1 &&
              detail::fewest_ranks({.tensor = 3, .expert = 2}) == 2);
static_assert(detail::cards_per_rank({.data = 7, .tensor = 2, .pipeline = 3, .context = 5}) == 30);
static_assert(detail::over_ranks({.data = 8, .sharding_group = 4}, 6).sharding_group == 0 &&
              detail::over_ranks({.data = 8, .sharding_group = 4}, 12).sharding_group == 4 &&
              detail::over_ranks({.data = 8, .context = 2, .sharding_group = 4}, 6).sharding_group == 4 &&
              detail::over_ranks({.data = 8}, 6).data == 6);
// 12 samples in 4 seconds are 3 per second, half of what the estimate counted.
constexpr time_estimate recounted = detail::with_samples({.step = seconds_of(4),
                                                          .tokens_per_second = tokens_per_second::from_number(600),
                                                          .samples_per_second = 6,
                                                          .model_flops_utilization = 0.5},
                                                         12);
static_assert(recounted.samples_per_second == 3 && recounted.tokens_per_second.number == 300 &&
              recounted.model_flops_utilization == 0.25 && recounted.step == seconds_of(4));
static_assert(detail::with_cards({.cards = 8, .per_node = 8}, 4, card_link::pcie).per_node == 4 &&
              detail::with_cards({.cards = 8, .per_node = 2}, 4, card_link::pcie).per_node == 2 &&
              detail::with_cards({.cards = 8}, 4, card_link::pcie).cards == 4 &&
              detail::with_cards({.cards = 8}, 4, card_link::pcie).link == card_link::pcie);
// The knee is the last point before the first one of less than half.
constexpr scaling_curve bent = [] {
    scaling_curve c{.count = 4};
    const double of_ideal[]{1, 0.5, 0.4, 0.9};
    for (std::size_t k = 0; k < 4; ++k) c.points[k] = {.cards = 1 << k, .efficiency = of_ideal[k]};
    return c;
}();
static_assert(bent.knee().cards == 2 && bent.knee(0.6).cards == 1 && bent.knee(0.3).cards == 8 &&
              bent.items().size() == 4);
// H100 modules stand behind NVSwitch, a V100 in a mesh, an RTX 3090 has a bridge, and an RTX 4090 has none of them.
static_assert(nvlink_of(cards::h100_sxm5_80gb) == card_link::nvswitch &&
              nvlink_of(cards::rtx_3090) == card_link::nvlink_bridge &&
              nvlink_of(cards::rtx_4090) == card_link::by_default);
static_assert(pcie_of(gpu{.links = {.peer_access_over_pcie = documented::yes}}) == card_link::pcie &&
              pcie_of(gpu{.links = {.peer_access_over_pcie = documented::no}}) == card_link::pcie_host &&
              pcie_of(gpu{}) == card_link::pcie_host);
static_assert(detail::cards_of({.data = 2, .tensor = 3, .pipeline = 5, .context = 7}) == 210 &&
              detail::largest_degree({.data = 2, .tensor = 2, .context = 3}, {.cards = 50}) == 4);
static_assert(detail::divided({}, {.framework = engine::vllm}, 4) == layout{.tensor = 4} &&
              detail::divided({}, {.framework = engine::llama_cpp}, 4) == layout{.pipeline = 4});

// A strong curve of a small network: of 4 samples there are points at 1, 2 and 4 ranks, of weak ones at 1, 2, 4 and 6.
// Its efficiency is its speed-up over the ranks, and beyond its limit a step takes longer.
constexpr network tiny = lower(models::gpt2);
constexpr scaling_report of_gpt2 =
    scaling(tiny, {.micro_batch = 2, .gradient_accumulation = 2, .sequence_length = 256}, 6 * cards::rtx_3090);
constexpr bool steps_double(const scaling_curve& c, std::initializer_list<int> expected) {
    if (c.count != expected.size()) return false;
    std::size_t k = 0;
    for (const int cards : expected) {
        const scaling_point& p = c.points[k++];
        if (p.cards != cards || p.efficiency != p.speed_up / cards) return false;
        if (p.speed_up != p.time.samples_per_second / c.points[0].time.samples_per_second) return false;
        if (p.exposed_communication != p.time.breakdown.data_communication + p.time.breakdown.tensor_communication)
            return false;
    }
    return true;
}
static_assert(steps_double(of_gpt2.strong_pcie, {1, 2, 4}) && steps_double(of_gpt2.weak_pcie, {1, 2, 4, 6}) &&
              steps_double(of_gpt2.weak_nvlink, {1, 2, 4, 6}));
constexpr bool limit_is_first_loss(const scaling_curve& c) {
    int limit = 0;
    for (std::size_t k = 1; k < c.count && limit == 0; ++k)
        if (c.points[k].time.step > c.points[k - 1].time.step) limit = c.points[k - 1].cards;
    return c.scaling_limit == limit;
}
static_assert(limit_is_first_loss(of_gpt2.strong_pcie) && limit_is_first_loss(of_gpt2.strong_nvlink) &&
              of_gpt2.weak_pcie.scaling_limit == 0);
// All ranks of a strong curve share 4 samples.
static_assert([] {
    for (const scaling_point& p : of_gpt2.strong_pcie.items()) {
        const double samples = p.time.samples_per_second * p.time.step.number;
        if (samples < 3.999999 || samples > 4.000001) return false;
    }
    return true;
}());
