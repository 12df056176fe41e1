// SPDX-License-Identifier: MIT

// Tests queries of the card table at compile time.

#include <cardfit/hardware/cards/query.hpp>

using namespace cardfit;

// The query is "cards with at least 24 GiB, bf16 and NVLink".
constexpr cards::card_list wanted = cards::query({.min_memory = 24_GiB, .format = number_format::bf16, .nvlink = true});
static_assert(wanted.has(cards::a100_sxm4_80gb) && wanted.has(cards::rtx_3090) && wanted.has(cards::rtx_a6000) &&
              wanted.has(cards::h100_sxm5_80gb));
static_assert(!wanted.has(cards::rtx_4090) && !wanted.has(cards::v100_sxm2_32gb) && !wanted.has(cards::mi300x) &&
              !wanted.has(cards::rtx_2080_ti));

constexpr cards::card_list fastest = cards::sorted(wanted, &gpu::memory_bandwidth);
static_assert(fastest.size() == wanted.size());
static_assert(fastest[0].memory_bandwidth >= fastest[1].memory_bandwidth &&
              fastest[fastest.size() - 1].memory_bandwidth <= fastest[fastest.size() - 2].memory_bandwidth);
constexpr cards::card_list frugal =
    cards::sorted(cards::where([](const gpu& g) { return g.board_power <= 300_W; }, wanted), &gpu::board_power, true);
static_assert(!frugal.empty() && frugal[0].board_power <= frugal[frugal.size() - 1].board_power &&
              frugal.has(cards::rtx_a6000));

constexpr cards::card_list consumer =
    cards::query({.min_memory = 24_GiB, .vendor = vendor::nvidia, .segment = segment::consumer});
static_assert(consumer.has(cards::rtx_4090) && consumer.has(cards::rtx_5090) && !consumer.has(cards::rtx_a6000) &&
              !consumer.has(cards::rtx_4080));

// Cards with equal keys stay in the table's order.
static_assert(cards::sorted(cards::every(), [](const gpu&) { return 0; }).rows == cards::all);

static_assert(cards::query({.format = number_format::fp8}).has(cards::rtx_4090) &&
              !cards::query({.format = number_format::fp8}).has(cards::rtx_3090));
static_assert(cards::matrix_rate(cards::h100_sxm5_80gb, number_format::nvfp4).number == 0 &&
              cards::matrix_rate(cards::b200_sxm_180gb, number_format::nvfp4).number > 0);
static_assert(cards::matrix_rate(cards::h100_sxm5_80gb, number_format::mxfp8).number == 0 &&
              cards::matrix_rate(cards::a100_sxm4_80gb, number_format::tf32) == 156_TFLOPS);

// The whole table is sorted in one constant.
constexpr cards::card_list by_memory = cards::sorted(cards::every(), &gpu::memory);
constexpr bool falls() {
    for (std::size_t i = 1; i < by_memory.size(); ++i)
        if (by_memory[i - 1].memory < by_memory[i].memory) return false;
    return by_memory.size() == cards::all.size();
}
static_assert(falls());
