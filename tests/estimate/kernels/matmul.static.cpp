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
