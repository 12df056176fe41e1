// SPDX-License-Identifier: MIT

// Tests card rows against datasheets, and the machines that are made of cards.

#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/hardware/machine.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

// The first cards of the table follow the NVIDIA A100 datasheet, the RTX A6000 datasheet, the Ada whitepaper's appendix
// A and the H100 whitepaper.
static_assert(cards::a100_sxm4_80gb.memory == 80_GiB && cards::a100_sxm4_80gb.memory_bandwidth == 2039_GBps);
static_assert(cards::a100_sxm4_80gb.rates.bf16 == 312_TFLOPS && cards::a100_sxm4_80gb.board_power == 400_W);
static_assert(cards::a100_pcie_80gb.memory_bandwidth == 1935_GBps &&
              cards::a100_pcie_40gb.memory_bandwidth == 1555_GBps);
static_assert(cards::rtx_a6000.memory == 48_GiB && cards::rtx_a6000.memory_bandwidth == 768_GBps &&
              cards::rtx_a6000.board_power == 300_W);
static_assert(cards::rtx_4090.cuda_cores == 16384 && cards::rtx_4090.memory == 24_GiB &&
              cards::rtx_4090.board_power == 450_W);
static_assert(cards::rtx_4090.memory_bandwidth == 1008_GBps && cards::rtx_4090.rates.fp16 == 165.2_TFLOPS);
static_assert(cards::rtx_4090.links.nvlink_links == 0 && cards::rtx_4090.links.peer_access_over_pcie == documented::no);
static_assert(cards::h100_sxm5_80gb.rates.fp8 == 1978.9_TFLOPS &&
              cards::h100_sxm5_80gb.links.nvlink_bidirectional == 900_GBps);

// Every row has the figures that decisions need, is found by its id, and has a unique id.
constexpr bool rows_are_whole() {
    for (std::size_t i = 0; i < cards::all.size(); ++i) {
        const gpu& g = *cards::all[i];
        if (g.id.empty() || g.name.empty() || g.architecture == gpu_architecture::unknown || g.documents.empty() ||
            g.release_year < 2010)
            return false;
        if (g.memory.number <= 0 || g.memory_bandwidth.number <= 0 || cards::find(g.id) != &g) return false;
        if (g.vendor == vendor::nvidia && g.compute_capability < compute_capability{6, 0}) return false;
    }
    return true;
}
static_assert(rows_are_whole());
static_assert(cards::find("rtx-4091") == nullptr);

// These are nvidia-smi and cudaMemGetInfo totals in MiB, as read on real boards.
constexpr double mib(bytes b) { return static_cast<double>(b.number) / static_cast<double>(bytes_per_mebibyte); }
static_assert(within(mib(usable_memory(cards::a100_pcie_40gb)), 40326, 0.001));
static_assert(within(mib(usable_memory(cards::rtx_a6000)), 48676, 0.001));
static_assert(within(mib(usable_memory(cards::h100_sxm5_80gb)), 81089, 0.001));
static_assert(within(mib(usable_memory(cards::a100_sxm4_80gb)), 81251,
                     0.01));  // older drivers print the total less the reserve
static_assert(within(mib(driver_total(machine{.card = cards::rtx_a6000, .ecc = ecc_setting::on})), 46068, 0.001));
static_assert(within(mib(driver_total(machine{.card = cards::a10, .ecc = ecc_setting::off})), 24564, 0.001));
static_assert(driver_total(machine{.card = cards::a100_sxm4_80gb, .ecc = ecc_setting::off}) == 81920_MiB);
static_assert(usable_memory(machine{.card = cards::rtx_4090, .capacity = 20_GiB}) == 20_GiB);

// Machines.
constexpr machine eight = 8 * cards::a100_sxm4_80gb;
static_assert(eight.cards == 8 && cards_per_node(eight) == 8 && cards_per_node(16 * cards::a100_sxm4_80gb) == 8 &&
              cards_per_node(2 * cards::rtx_4090) == 2);
static_assert(link_of(eight) == card_link::nvswitch && link_of(8 * cards::v100_sxm2_32gb) == card_link::nvlink);
static_assert(link_of(8 * cards::mi300x) == card_link::nvlink && link_of(2 * cards::rtx_a6000) == card_link::pcie);
static_assert(link_of(2 * cards::rtx_4090) == card_link::pcie_host &&
              link_of(2 * cards::a100_pcie_80gb) == card_link::pcie);
