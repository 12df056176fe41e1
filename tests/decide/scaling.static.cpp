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
