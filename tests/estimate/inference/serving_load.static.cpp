// SPDX-License-Identifier: MIT

// Tests the small all-reduces of a decode step by the link of the cards.

#include <cardfit/estimate/inference/serving_load.hpp>
#include <cardfit/hardware/cards/all.hpp>

using namespace cardfit;

constexpr double microseconds(const machine& m, int cards) {
    const auto r = detail::reduction_of(m, cards);
    return r.first + r.each * cards;
}
constexpr bool near(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}
constexpr machine over(const gpu& card, card_link link) { return {.card = card, .cards = 8, .link = link}; }

// aiconfigurator's tables of NCCL, all-reduces of 512 bytes among 2, 4 and 8 cards: A100 10.0, 14.5 and 22.6 us, H100
// 6.2, 9.5 and 15.6, B200 10.3, 15.1 and 25.1, a pair of L40S over PCIe 7.7.
static_assert(near(microseconds(8 * cards::a100_sxm4_80gb, 2), 10.0, 0.1) &&
              near(microseconds(8 * cards::a100_sxm4_80gb, 8), 22.6, 0.1));
static_assert(near(microseconds(8 * cards::h100_sxm5_80gb, 2), 6.2, 0.1) &&
              near(microseconds(8 * cards::h100_sxm5_80gb, 8), 15.6, 0.1));
static_assert(near(microseconds(8 * cards::b200_sxm_180gb, 2), 10.3, 0.1) &&
              near(microseconds(8 * cards::b200_sxm_180gb, 8), 25.1, 0.1));

// Over PCIe: four V100 behind one switch, 19.4 us for 4 KiB in a CUDA graph (haohervchb/sglang-V100 pull request 2),
// and eight RTX 4090 without peer access, 42.1 us for 8 bytes (NVIDIA/nccl issue 1530).
static_assert(near(microseconds(over(cards::l40s, card_link::pcie), 2), 7.7, 0.05));
static_assert(near(microseconds(over(cards::v100_pcie_16gb, card_link::pcie), 4), 19.4, 0.05));
static_assert(near(microseconds(over(cards::rtx_4090, card_link::pcie_host), 8), 42.1, 0.05));
// Traffic through host memory has less bandwidth than traffic between peers.
static_assert(detail::reduction_of(over(cards::l40s, card_link::pcie_host), 8).bus <
              detail::reduction_of(over(cards::l40s, card_link::pcie), 8).bus);

// No module has quicker all-reduces over PCIe than over the links that join it, where those are known.
static_assert([] {
    for (const gpu* card : cards::all) {
        if (!is_module(*card) || link_of(8 * *card) == card_link::pcie_host) continue;
        for (const int n : {2, 4, 8}) {
            const machine direct = 8 * *card;
            const machine pcie = over(*card, card_link::pcie);
            if (microseconds(pcie, n) < microseconds(direct, n)) return false;
            if (detail::reduction_of(pcie, n).bus > detail::reduction_of(direct, n).bus) return false;
        }
    }
    return true;
}());

// A bridge carries 44 to 47 GB/s of a pair's collectives (mli/transformers-benchmarks), more than the PCIe slot. Among
// four cards, every other hop of a ring crosses a bridge, which at most doubles what host memory carries.
static_assert(near(detail::reduction_of(over(cards::rtx_3090_ti, card_link::nvlink_bridge), 2).bus, 46e9, 0.05));
static_assert([] {
    const double bridged = detail::reduction_of(over(cards::rtx_3090_ti, card_link::nvlink_bridge), 4).bus;
    const double host = detail::reduction_of(over(cards::rtx_3090_ti, card_link::pcie_host), 4).bus;
    return bridged >= host && bridged <= 2 * host;
}());
