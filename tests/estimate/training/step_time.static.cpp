// SPDX-License-Identifier: MIT

// Time estimates against published figures: rates of training runs, collectives' bus bandwidth, peak rates.

#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_ada.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_turing.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/model/detector_zoo.hpp>
#include <cardfit/model/translation_zoo.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

// ---- Arithmetic

static_assert(within(detail::square_root_of(2), 1.4142135623730951, 1e-15));
static_assert(within(detail::square_root_of(1e-30), 1e-15, 1e-15) && detail::square_root_of(0) == 0);
static_assert(detail::binary_logarithm(1024) == 10 && detail::binary_logarithm(0.25) == -2);
static_assert(within(detail::binary_logarithm(10), 3.321928094887362, 1e-11));

// ---- Collectives

// aiconfigurator's nccl tables, 512 MiB, fp16: GB/s of bus bandwidth. What runs of training get is less, and NVLink
// SHARP more than a ring's links carry: the class's band holds both.
constexpr double gigabytes_per_second(const machine& m, int cards, link_quality q) {
    return bus_bytes_per_second(m, cards, q) / 1e9;
}
constexpr bool holds(const machine& m, int cards, double measured) {
    return measured >= gigabytes_per_second(m, cards, link_quality::low) &&
           measured <= gigabytes_per_second(m, cards, link_quality::high);
}
// Bridges in pairs take hops off shared paths, and never bring a ring to what a pair alone gets.
constexpr machine bridged{.card = cards::quadro_rtx_8000, .cards = 8, .link = card_link::nvlink_bridge};
constexpr machine unbridged{.card = cards::quadro_rtx_8000, .cards = 8, .link = card_link::pcie};
static_assert(bus_bytes_per_second(bridged, 8) > bus_bytes_per_second(unbridged, 8) &&
              bus_bytes_per_second(bridged, 8) <= 2 * bus_bytes_per_second(unbridged, 8) &&
              bus_bytes_per_second(bridged, 8) < bus_bytes_per_second(unbridged, 2));
static_assert(holds(8 * cards::a100_sxm4_80gb, 2, 193.0) && holds(8 * cards::a100_sxm4_80gb, 8, 222.3));
static_assert(holds(8 * cards::h100_sxm5_80gb, 2, 336) && holds(8 * cards::h100_sxm5_80gb, 8, 481));
static_assert(holds(8 * cards::b200_sxm_180gb, 4, 633.7) && holds(8 * cards::b200_sxm_180gb, 8, 704.0));
static_assert(holds({.card = cards::l40s, .cards = 2, .link = card_link::pcie}, 2, 20.1));
static_assert(holds({.card = cards::l40s, .cards = 8, .link = card_link::pcie}, 8, 1.4));

// The formula on the measured bandwidth: 2 (n - 1) / n of the buffer. 512 MiB over eight A100: 4.2 ms.
constexpr double all_reduce =
    collective_seconds(8 * cards::a100_sxm4_80gb, collective::all_reduce, 8, 512.0 * (1 << 20));
static_assert(within(all_reduce, 2 * 7.0 / 8 * 512 * (1 << 20) / 194.7e9, 0.02));
static_assert(within(all_reduce, 2 * 7.0 / 8 * 512 * (1 << 20) / 222.3e9, 0.16));
// A gather is half of it, and a reduction over nodes costs its share of the network.
constexpr machine four_nodes{.card = cards::h100_sxm5_80gb, .cards = 32, .network_gbit = 400};
static_assert(within(collective_seconds(four_nodes, collective::all_gather, 8, 1e9) * 2,
                     collective_seconds(four_nodes, collective::all_reduce, 8, 1e9), 1e-12));
static_assert(collective_seconds(four_nodes, collective::all_reduce, 32, 1e9) >
              collective_seconds(four_nodes, collective::all_reduce, 8, 1e9) + 2 * 3.0 / 4 * 1e9 / 8 / 50e9);
static_assert(collective_seconds(four_nodes, collective::all_reduce, 1, 1e9) == 0);

// ---- Kernels

// No product beats the peak (NVIDIA's A100 and H100 datasheets) or its bytes; large ones get MAMF's share of it
// (stas00/ml-engineering: 271 of 312, 795 of 989 TFLOP/s at the best shape).
constexpr double large_matmul(const gpu& card) {
    const detail::card_rates r = detail::rates_of(card, precision::bf16_mixed, latest_software_date, false);
    constexpr double n = 8192;
    return 2 * n * n * n / detail::matmul_seconds(r, r.linear, n, n, n, 2) / 1e12;
}
static_assert(large_matmul(cards::a100_sxm4_80gb) < 271 && large_matmul(cards::a100_sxm4_80gb) > 0.8 * 271);
static_assert(large_matmul(cards::h100_sxm5_80gb) < 795 && large_matmul(cards::h100_sxm5_80gb) > 0.8 * 795);

// Classes: by memory where the architecture has both, by compute capability else.
static_assert(efficiency_of(cards::a100_sxm4_80gb).name == "Ampere HBM");
static_assert(efficiency_of(cards::rtx_3090).name == "Ampere GDDR");
static_assert(efficiency_of(cards::gb300).name == "Blackwell");
static_assert(efficiency_of(gpu{.vendor = vendor::intel}).name == "Intel");

// ---- Published runs

// torchtitan, Llama 3.1 8B on eight H100 (96 GB, 500 W), December 2024: 5762 tokens/s a card, compiled 6667, with fp8
// 8532.
constexpr double titan(precision p, bool compiled) {
    const training job{.precision = p,
                       .micro_batch = 2,
                       .sequence_length = 8192,
                       .recompute = recompute::selective,
                       .compiled = compiled,
                       .framework = framework::torchtitan,
                       .software_date = {2024, 12}};
    return step_time(models::llama_3_1_8b, job, 8 * cards::h100_sxm5_96gb, {.sharding = sharding::full})
        .tokens_per_second.number;
}
static_assert(within(titan(precision::bf16_mixed, false), 46096, 0.21));
static_assert(within(titan(precision::bf16_mixed, true), 53336, 0.21));
static_assert(within(titan(precision::fp8_mixed, true), 68256, 0.21));

// NVIDIA DeepLearningExamples, ResNet-50 in fp32 on a V100 16 GB, October 2020: 384 images/s.
constexpr time_estimate resnet = step_time(models::resnet_50,
                                           {.precision = precision::fp32,
                                            .optimizer = optimizer::sgd_momentum,
                                            .micro_batch = 96,
                                            .framework = framework::dle,
                                            .software_date = {2020, 10}},
                                           cards::v100_sxm2_16gb);
static_assert(within(resnet.samples_per_second, 384, 0.29) && resnet.tokens_per_second.number == 0);

// ---- What an estimate says

constexpr time_estimate step = step_time(models::llama_3_1_8b, {.recompute = recompute::full},
                                         16 * cards::a100_sxm4_80gb, {.pipeline = 2, .sharding = sharding::full});
static_assert(step.breakdown.total() == step.step && step.step_low < step.step && step.step < step.step_high);
static_assert(step.breakdown.bubble.number > 0 && step.breakdown.data_communication.number > 0);
static_assert(step.model_flops_utilization > 0.02 && step.model_flops_utilization < 0.7);
// A rate of a translator counts both sentences.
constexpr time_estimate gnmt =
    step_time(models::gnmt, {.micro_batch = 128, .sequence_length = 26, .framework = framework::dle}, cards::rtx_3090);
static_assert(within(gnmt.tokens_per_second.number, gnmt.samples_per_second * 52, 1e-12));
// The largest of them all within the compilers' default limits.
static_assert(step_time(models::ssd300_resnet50, {.micro_batch = 8, .framework = framework::dle}, cards::a100_sxm4_80gb)
                  .step.number > 0);
static_assert(step_time(models::mask_rcnn_r50_fpn, {.framework = framework::detectron2}, 8 * cards::v100_sxm2_16gb)
                  .step.number > 0);
static_assert(step_time(models::resnet_152, {.micro_batch = 8}, cards::a100_sxm4_80gb).step.number > 0);
