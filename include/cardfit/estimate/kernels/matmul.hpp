// SPDX-License-Identifier: MIT
#pragma once

// Rates of one card in one precision, and the time of one matmul on it: that of its FLOPs, with what small shapes lose,
// or that of its memory traffic, whichever is longer.

#include <cardfit/estimate/arithmetic.hpp>
#include <cardfit/hardware/efficiency.hpp>
#include <cardfit/job/precision.hpp>
#include <cardfit/job/training_time_rules.hpp>
#include <cardfit/problem.hpp>

#include <optional>

namespace cardfit {

/// Returns the column whose figure a training step's time needs and no document states; nothing if all of them are
/// known. A card that has a unit for the format is never timed by its vector rate.
[[nodiscard]] constexpr std::optional<card_field> missing_for_step(const gpu& card, precision p) noexcept {
    if (!(card.memory_bandwidth.number > 0)) return card_field::memory_bandwidth_gb_s;
    if (!(card.rates.fp32.number > 0)) return card_field::fp32_tflops;
    const precision_row& row = row_of(p);
    if (has_unit(card, row.matmul_rate) == documented::unknown) return column_of(row.matmul_rate);
    // Head and attention run in the compute format, whatever the matrices' format is.
    if (row.compute == number_format::fp32) return {};
    const auto half = row.compute == number_format::bf16 ? &peak_rates::bf16 : &peak_rates::fp16;
    if (has_unit(card, half) == documented::unknown) return column_of(half);
    return {};
}

/// Returns true if a step's time can be estimated: the figures that it needs are known, and the card runs the
/// precision.
[[nodiscard]] constexpr bool has_step_time(const gpu& card, precision p) noexcept {
    return runs_in(card, p) && trains_at_a_measured_rate(card) && !missing_for_step(card, p);
}

}  // namespace cardfit

namespace cardfit::detail {

/// A peak, in FLOP/s, and the share of it that large matmuls reach.
struct rate {
    double peak = 0;
    double share = 0;
};

/// What the training time estimates read of a card, for one precision.
struct card_rates {
    rate linear{};  ///< of matmuls with weights, in the precision's matrix format
    rate half{};    ///< of head, attention and convolutions, in 16 bits or the precision's own wider format
    rate fp32{};    ///< of CUDA cores
    rate tf32{};
    double half_peak = 0;  ///< of 16 bits with fp32 accumulation; of fp32 where there are no tensor cores
    bool matrix_units = false;
    double bandwidth = 0;  ///< bytes per second that kernels reach
    double multiprocessors = 0;
    double flash = 0;          ///< the share of `half_peak` that flash attention reaches
    bool half_format = false;  ///< the compute format has 16 bits
    bool tf32_format = false;
    bool mixed = false;         ///< the weights are fp32
    bool narrow = false;        ///< matmuls with weights run in 8 bits or fewer
    bool block_scaled = false;  ///< matmuls with weights have scales per block
    double width = 4;           ///< bytes per element of the compute format
    const kernel_constants* constants = nullptr;
};

[[nodiscard]] constexpr double or_else(double value, double other) noexcept { return value > 0 ? value : other; }

/// Returns the share of the 16-bit peak that a card's class reaches at this date. Clocks fall where board power limits
/// them.
[[nodiscard]] constexpr double matrix_share(const gpu& card, const efficiency_row& row, double half_peak,
                                            software_date date, const kernel_constants& k) noexcept {
    const bool slower = date < mature_kernels_since && row.matrix_early;
    double share = k.*row.matrix * (slower ? k.*row.matrix_early : 1);
    if (row.teraflops_per_watt && card.rates.fp16.number > 0) {
        const double asked = half_peak / 1e12 / (k.*row.teraflops_per_watt);
        const double has = or_else(card.board_power.number, k.unknown_board_power);
        if (asked > has) share *= square_root_of(has / asked);
    }
    return least(share, 1);
}

/// Returns the rates of a card that has a step time in this precision. Throws invalid_input for other cards.
[[nodiscard]] constexpr card_rates rates_of(const gpu& card, precision p, software_date date, bool fused_kernels,
                                            const kernel_constants& k = default_kernel_constants) {
    if (!has_step_time(card, p))
        throw invalid_input({"training.precision", static_cast<std::int64_t>(p), 0, 0,
                             "a precision that the card computes in, of a card whose bandwidth and rates are known"});
    const efficiency_row& row = efficiency_of(card);
    const bool hbm = has_stacked_memory(card);
    const precision_row& format = row_of(p);
    card_rates r;
    r.constants = &k;
    const double half = format.compute == number_format::bf16 ? card.rates.bf16.number : card.rates.fp16.number;
    r.matrix_units = half > 0;
    r.bandwidth = card.memory_bandwidth.number * (hbm ? k.bandwidth_hbm : k.bandwidth_gddr);
    r.multiprocessors = or_else(card.streaming_multiprocessors, k.unknown_multiprocessors);
    r.fp32 = {card.rates.fp32.number, hbm ? k.fp32_hbm : k.fp32_gddr};
    r.half_peak = or_else(half, r.fp32.peak);
    const double share = matrix_share(card, row, r.half_peak, date, k);
    r.tf32 = {or_else(card.rates.tf32.number, r.fp32.peak), k.tf32_of_matrix * share / (k.*row.matrix)};
    r.half_format = format.compute != number_format::fp32;
    r.tf32_format = format.matmul_rate == &peak_rates::tf32 && has_tf32(card);
    r.mixed = format.mixed;
    r.block_scaled = format.block_scaled;
    r.narrow = block_layout_of(format.matrix).element_bits < 16;
    r.width = r.half_format ? 2 : 4;
    r.flash = k.*(date < mature_kernels_since ? row.flash_early : fused_kernels ? row.flash_fused : row.flash);
    if (r.half_format)
        r.half = {r.half_peak, r.matrix_units ? share : k.fp32_hbm};
    else
        r.half = r.tf32_format ? r.tf32 : r.fp32;
    r.linear = r.half;
    if (r.narrow) {
        const double of_matrix = format.matmul_rate == &peak_rates::fp4 ? k.fp4_of_matrix : k.fp8_of_matrix;
        r.linear = {matmul_rate(card, p).number, r.half.share * of_matrix};
    }
    return r;
}

/// Returns the seconds of a matmul rows x inner x columns with `width` bytes per element: 2 m n k / (e P), and more
/// where tiles do not fill the last wave and where the inner sum is short, but no less than its bytes take. Which
/// constants were fitted and which were set is in calibration/describe_training.hpp.
[[nodiscard]] constexpr double matmul_seconds(const card_rates& c, const rate& r, double rows, double columns,
                                              double inner, double width) noexcept {
    const kernel_constants& k = *c.constants;
    const bool cuda_cores = r.peak < k.cuda_core_rate * c.half_peak || same_number(r.peak, c.fp32.peak);
    const double wave = k.last_wave * (cuda_cores ? k.cuda_core_wave : 1);
    const double start = k.inner_start * (!cuda_cores ? 1 : c.matrix_units ? r.peak / c.half_peak : k.cuda_core_start);
    const double tiles = most(rows * columns / k.tile_elements, c.multiprocessors * k.smallest_partial_wave);
    const double compute = 2 * rows * columns * inner / (least(r.share, 1) * r.peak) *
                           (1 + wave * c.multiprocessors / tiles) * (1 + start / inner);
    return most(compute, (rows * inner + inner * columns + rows * columns) * width / c.bandwidth);
}

}  // namespace cardfit::detail
