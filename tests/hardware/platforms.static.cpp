// SPDX-License-Identifier: MIT

// Tests modules of several devices, and what a machine that names only its cards gets: nodes, links and networks.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/power.hpp>
#include <cardfit/hardware/cards/all.hpp>

using namespace cardfit;

constexpr bool near(double value, double expected, double share = 0.005) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

// A device of a module has its own memory, rates, links and power. MI250 and MI250X: 1.6 TB/s, 64 GB and 104 or 110
// compute units per device (ROCm documentation, Frontier User Guide); pytorch/torchtitan counts 191.5 TFLOPS.
constexpr bool is_device(const gpu& card, double tflops, double bandwidth, bytes memory) {
    return near(in_teraflops(card.rates.bf16), tflops) &&
           near(in_gigabytes_per_second(card.memory_bandwidth), bandwidth) && card.memory == memory &&
           card.devices_per_module == 2;
}
static_assert(is_device(cards::mi250x, 191.5, 1638.4, 64_GiB) && is_device(cards::mi250, 181, 1638.4, 64_GiB));
static_assert(is_device(cards::data_center_gpu_max_1550, 419.5, 1638.4, 64_GiB));
static_assert(cards::mi250x.board_power == 250_W && cards::mi250x.streaming_multiprocessors == 110);
static_assert(in_mebibytes_down(usable_memory(cards::mi250x)) == 65520);
// A module is that many cards: --card mi250 --cards 4 are two modules, and five devices need three.
static_assert(modules_of(4 * cards::mi250) == 2 && modules_of(5 * cards::mi250) == 3);
static_assert(modules_of(8 * cards::a16) == 2 && modules_of(72 * cards::gb200) == 36);
static_assert(modules_of(8 * cards::h100_sxm5_80gb) == 8);
// Every row whose name says that it is one of several devices counts them, and no other row has links inside a module.
static_assert([] {
    for (const gpu* card : cards::all) {
        const bool named = card->name.find("(one of ") != card->name.npos;
        if (named && card->devices_per_module == 1) return false;
        if (card->devices_per_module == 1 && card->module_bidirectional.number > 0) return false;
    }
    return true;
}());

// Inside an MI250, 200 GB/s one way join the two devices; three links of 50 GB/s lead from each to other modules.
static_assert(near(in_gigabytes_per_second(direct_per_direction(cards::mi250, 2)), 200));
static_assert(near(in_gigabytes_per_second(direct_per_direction(cards::mi250, 4)), 150));
static_assert(bus_bytes_per_second(2 * cards::mi250, 2) > 2 * bus_bytes_per_second(8 * cards::mi250, 8));
// Two devices that are two apart are in two modules.
static_assert(bus_bytes_per_second(8 * cards::mi250, 2, link_quality::typical, default_link_constants, 2) <
              bus_bytes_per_second(8 * cards::mi250, 2) / 2);

// MI300A: two links of 128 GB/s both ways to each of three peers (LLNL), and not PCIe. Max 1550: no document states the
// bandwidth of its Xe Links, so what stands for it is called a bound.
static_assert(link_of(4 * cards::mi300a) == card_link::nvlink && cards_per_node(8 * cards::mi300a) == 4);
static_assert(near(in_gigabytes_per_second(nvlink_per_direction(cards::mi300a)), 384));
static_assert(link_standing_of(2 * cards::data_center_gpu_max_1550) == link_standing::unknown_bandwidth);
static_assert(link_standing_of(8 * cards::h100_sxm5_80gb) == link_standing::documented &&
              link_standing_of(2 * cards::rtx_4090) == link_standing::documented &&
              link_standing_of(2 * cards::rtx_a6000) == link_standing::documented);
// Where PCIe or host memory stands for something that no document states, its standing says so.
static_assert([] {
    for (const gpu* card : cards::all) {
        const card_link link = link_of(2 * *card);
        const link_standing standing = link_standing_of(2 * *card);
        const bool peers_known = card->links.peer_access_over_pcie != documented::unknown;
        if (link == card_link::pcie_host && !peers_known && standing == link_standing::documented) return false;
        if (is_module(*card) && link >= card_link::pcie && standing == link_standing::documented) return false;
    }
    return true;
}());

// Networks, Gbit/s per card: DGX-1 and DGX-2 have 100 for two cards, DGX A100 200, DGX H100 400; AWS g6.48xlarge has
// 100 for eight L4; three ports of 200 leave a node from each Gaudi 3, and of 100 from each Gaudi 2; DGX Spark has 200.
constexpr double network(const gpu& card) { return network_gbit_of(128 * card); }
static_assert(network(cards::v100_sxm2_32gb) == 50 && network(cards::v100_sxm3_32gb) == 50);
static_assert(network(cards::a100_sxm4_80gb) == 200 && network(cards::h100_sxm5_80gb) == 400);
static_assert(network(cards::l4) == 12.5 && network(cards::t4) == 12.5 && network(cards::a10g) == 12.5);
static_assert(network(cards::l40s) == 50 && network(cards::b300_sxm_288gb) == 800);
static_assert(network(cards::gaudi3) == 600 && network(cards::gaudi2) == 300 && network(cards::gb10) == 200);
static_assert(network(cards::mi250x) == 100 && network(cards::rtx_4090) < network(cards::l4));
static_assert(network_gbit_of({.card = cards::l4, .cards = 16, .network_gbit = 25}) == 25);
// A module names its platform, a network that no document states is marked estimated, and every row has a source.
static_assert([] {
    for (const gpu* card : cards::all) {
        const platform_row& usual = row_of(platform_of(*card));
        if (is_module(*card) && card->platform == platform::by_kind) return false;
        if (usual.network_gbit <= 0 || usual.source.empty() || usual.per_host > usual.per_node) return false;
    }
    return true;
}());

// Nodes: NVLink joins 72 cards of an NVL72 rack, whose trays of four have a host each; 16 cards of a DGX-2; four GH200.
static_assert(cards_per_node(144 * cards::gb200) == 72 && cards_per_host(144 * cards::gb200) == 4);
static_assert(cards_per_node(16 * cards::v100_sxm3_32gb) == 16 && cards_per_node(8 * cards::gh200_96gb) == 4);
static_assert(cards_per_node(2 * cards::gb10) == 1 && cards_per_node(2 * cards::apple_m1_max_64gb) == 1);
static_assert(cards_per_node(16 * cards::rtx_4090) == 8 && cards_per_host(16 * cards::rtx_4090) == 8);
static_assert(cards_per_host({.card = cards::gb200, .cards = 8, .per_node = 2}) == 2);
static_assert(wall_power(72 * cards::gb200, {.host = 1000_W}) - wall_power(72 * cards::gb200, {.host = 0_W}) >=
              18 * 1000_W);
