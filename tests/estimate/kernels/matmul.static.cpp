// SPDX-License-Identifier: MIT

// Tests matmuls against measured achievable FLOP/s, and the efficiency classes of cards.

#include <cardfit/estimate/kernels/matmul.hpp>
#include <cardfit/hardware/cards/all.hpp>

using namespace cardfit;

// No matmul is faster than the peak (NVIDIA's A100 and H100 datasheets) or than its memory traffic allows; large ones
// reach the share of the peak that MAMF measures (stas00/ml-engineering: 271 of 312 and 795 of 989 TFLOP/s at the best
// shape).
constexpr double large_matmul(const gpu& card) {
    const detail::card_rates r = detail::rates_of(card, precision::bf16_mixed, latest_software_date, false);
    constexpr double n = 8192;
    return 2 * n * n * n / detail::matmul_seconds(r, r.linear, n, n, n, 2) / 1e12;
}
static_assert(large_matmul(cards::a100_sxm4_80gb) < 271 && large_matmul(cards::a100_sxm4_80gb) > 0.8 * 271);
static_assert(large_matmul(cards::h100_sxm5_80gb) < 795 && large_matmul(cards::h100_sxm5_80gb) > 0.8 * 795);

// Classes are told apart by memory type where an architecture has both, and by compute capability otherwise.
static_assert(efficiency_of(cards::a100_sxm4_80gb).name == "Ampere HBM");
static_assert(efficiency_of(cards::rtx_3090).name == "Ampere GDDR");
static_assert(efficiency_of(cards::gb300).name == "Blackwell");
static_assert(efficiency_of(gpu{.vendor = vendor::intel}).name == "Intel");

// ---- By hand

// 256 x 256 results of an inner sum of 64, on a card of 4 FLOP/s of which matmuls reach half: 2 x 256 x 256 x 64 / 2
// seconds. With tiles of 128 x 128 there are 4; a last wave of 8 multiprocessors that costs 1/4 adds 1/4 x 8 / 4, and a
// start of 64 doubles all.
constexpr kernel_constants round_numbers{.inner_start = 64,
                                         .last_wave = 0.25,
                                         .tile_elements = 128.0 * 128.0,
                                         .smallest_partial_wave = 0.25,
                                         .cuda_core_wave = 0.5,
                                         .cuda_core_start = 0.25,
                                         .cuda_core_rate = 0.5};
constexpr double by_hand(detail::rate r, double rows, double columns, bool matrix_units = true,
                         double multiprocessors = 8) {
    const detail::card_rates card{.fp32 = {1, 1},
                                  .half_peak = 4,
                                  .matrix_units = matrix_units,
                                  .bandwidth = 1e18,
                                  .multiprocessors = multiprocessors,
                                  .constants = &round_numbers};
    return detail::matmul_seconds(card, r, rows, columns, 64, 2) / (rows * columns * 64);
}
static_assert(by_hand({4, 0.5}, 256, 256) == (1 + 0.5) * 2);
// No share is above 1. Of few tiles, a quarter of a wave counts at least.
static_assert(by_hand({4, 2}, 256, 256) == (1 + 0.5) * 2 / 2 && by_hand({4, 0.5}, 64, 64) == (1 + 1) * 2);
static_assert(by_hand({4, 0.5}, 256, 256, true, 32) == (1 + 1) * 2 && by_hand({4, 0.5}, 256, 512) == (1 + 0.25) * 2);
// CUDA cores, whose rate is below half of the tensor cores' or is that of fp32, lose half of that in the last wave, and
// start sooner: by the ratio of the rates beside tensor cores, and a quarter without.
static_assert(by_hand({1, 0.5}, 256, 256) == 4 * (1 + 0.25) * (1 + 0.25));
static_assert(by_hand({1, 0.5}, 256, 256, false) == 4 * (1 + 0.25) * (1 + 0.25));
static_assert(by_hand({0.5, 0.5}, 256, 256) == 8 * (1 + 0.25) * (1 + 0.125));
static_assert(by_hand({0.5, 0.5}, 256, 256, false) == 8 * (1 + 0.25) * (1 + 0.25));
static_assert(by_hand({2, 0.5}, 256, 256) == 2 * (1 + 0.5) * 2);

// At any rate, 2 x 3 results of an inner sum of 5 move 10 + 15 + 6 elements.
static_assert([] {
    const detail::card_rates card{.half_peak = 4, .bandwidth = 0.5, .multiprocessors = 8, .constants = &round_numbers};
    return detail::matmul_seconds(card, {1e30, 1}, 2, 3, 5, 4) == 31 * 4 * 2;
}());

// ---- Rates of a card

/// 8 and 2 TFLOP/s in 16 bits and fp32, 4 in tf32 and 16 in 8 bits, 1 TB/s: a Hopper with HBM of round numbers.
constexpr gpu round_card{.vendor = vendor::nvidia,
                         .compute_capability = {9, 0},
                         .streaming_multiprocessors = 10,
                         .memory_type = memory_type::hbm3,
                         .memory_bandwidth = bytes_per_second::from_number(1e12),
                         .rates = {.fp32 = flop_per_second::from_number(2e12),
                                   .tf32 = flop_per_second::from_number(4e12),
                                   .fp16 = flop_per_second::from_number(8e12),
                                   .bf16 = flop_per_second::from_number(9e12),
                                   .fp8 = flop_per_second::from_number(16e12)},
                         .board_power = watts_of(100)};
constexpr kernel_constants round_shares{.matrix_hopper = 0.5,
                                        .matrix_early_hopper = 0.5,
                                        .teraflops_per_watt_hopper = 1,
                                        .flash_early_hopper = 0.125,
                                        .flash_hopper = 0.25,
                                        .flash_fused_hopper = 0.75,
                                        .bandwidth_hbm = 0.5,
                                        .bandwidth_gddr = 0.25,
                                        .fp32_hbm = 0.75,
                                        .fp32_gddr = 0.5,
                                        .tf32_of_matrix = 0.5,
                                        .fp8_of_matrix = 0.5,
                                        .unknown_multiprocessors = 77,
                                        .unknown_board_power = 2};
template <class Change>
constexpr detail::card_rates rates(precision p, software_date date, bool fused, Change change) {
    gpu card = round_card;
    change(card);
    return detail::rates_of(card, p, date, fused, round_shares);
}
constexpr detail::card_rates rates(precision p, software_date date = mature_kernels_since, bool fused = false) {
    return rates(p, date, fused, [](gpu&) {});
}
constexpr bool is(const detail::rate& r, double peak, double share) { return r.peak == peak && r.share == share; }

constexpr detail::card_rates in_bf16 = rates(precision::bf16_mixed);
static_assert(is(in_bf16.linear, 9e12, 0.5) && is(in_bf16.half, 9e12, 0.5) && is(in_bf16.fp32, 2e12, 0.75));
static_assert(is(in_bf16.tf32, 4e12, 0.5) && in_bf16.half_peak == 9e12 && in_bf16.bandwidth == 0.5e12);
static_assert(in_bf16.width == 2 && in_bf16.matrix_units && in_bf16.half_format && in_bf16.mixed);
static_assert(!in_bf16.narrow && !in_bf16.block_scaled && !in_bf16.tf32_format && in_bf16.multiprocessors == 10);
static_assert(in_bf16.flash == 0.25 && rates(precision::bf16_mixed, {2023, 12}).flash == 0.125 &&
              rates(precision::bf16_mixed, mature_kernels_since, true).flash == 0.75);
// Kernels of before 2024 reach half of the class's share.
static_assert(is(rates(precision::bf16_mixed, {2023, 12}).linear, 9e12, 0.25) &&
              is(rates(precision::bf16_mixed, {2023, 12}).tf32, 4e12, 0.25));
static_assert(is(rates(precision::fp16_mixed).linear, 8e12, 0.5) && !rates(precision::bf16).mixed);
constexpr detail::card_rates in_fp32 = rates(precision::fp32);
static_assert(is(in_fp32.linear, 2e12, 0.75) && is(in_fp32.half, 2e12, 0.75) && in_fp32.width == 4);
static_assert(!in_fp32.half_format && !in_fp32.tf32_format && !in_fp32.mixed && in_fp32.half_peak == 8e12);
constexpr detail::card_rates in_tf32 = rates(precision::tf32);
static_assert(is(in_tf32.linear, 4e12, 0.5) && is(in_tf32.half, 4e12, 0.5) && in_tf32.tf32_format &&
              in_tf32.width == 4);
constexpr detail::card_rates in_fp8 = rates(precision::fp8_mixed);
static_assert(is(in_fp8.linear, 16e12, 0.25) && is(in_fp8.half, 9e12, 0.5) && in_fp8.narrow && in_fp8.width == 2);
// A board of a quarter of the watts that its peak needs at 1 TFLOP/s per watt has half of the clock; a board whose
// power is not known has 2 W here. A card whose number of multiprocessors is not known has 77.
constexpr auto quarter_power = [](gpu& card) { card.board_power = watts_of(2.25); };
static_assert(is(rates(precision::bf16_mixed, mature_kernels_since, false, quarter_power).linear, 9e12, 0.25));
constexpr auto unknown_power = [](gpu& card) {
    card.board_power = {};
    card.rates.bf16 = flop_per_second::from_number(8e12);
    card.streaming_multiprocessors = 0;
};
static_assert(is(rates(precision::bf16_mixed, mature_kernels_since, false, unknown_power).linear, 8e12, 0.25));
static_assert(rates(precision::bf16_mixed, mature_kernels_since, false, unknown_power).multiprocessors == 77);
constexpr auto with_gddr = [](gpu& card) { card.memory_type = memory_type::gddr6; };
constexpr detail::card_rates on_gddr = rates(precision::bf16_mixed, mature_kernels_since, false, with_gddr);
static_assert(on_gddr.bandwidth == 0.25e12 && is(on_gddr.fp32, 2e12, 0.5));

// ---- What a step's time needs

template <class Change>
constexpr bool misses(precision p, card_field field, Change change) {
    gpu card = round_card;
    change(card);
    return missing_for_step(card, p) == field && !has_step_time(card, p);
}
static_assert(has_step_time(round_card, precision::bf16_mixed) && !missing_for_step(round_card, precision::fp8_mixed));
static_assert(misses(precision::fp32, card_field::memory_bandwidth_gb_s, [](gpu& c) { c.memory_bandwidth = {}; }));
static_assert(misses(precision::bf16_mixed, card_field::fp32_tflops, [](gpu& c) { c.rates.fp32 = {}; }));
// Nobody trained on Apple's GPUs, and a card without fp8 does not run it.
static_assert(!has_step_time(
    gpu{.vendor = vendor::apple, .memory_bandwidth = round_card.memory_bandwidth, .rates = round_card.rates},
    precision::fp32));
static_assert(!has_step_time(cards::v100_sxm2_16gb, precision::fp8_mixed));
