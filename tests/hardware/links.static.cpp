// SPDX-License-Identifier: MIT

// Tests links and machines against datasheets.

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/links.hpp>
#include <cardfit/hardware/machines.hpp>

using namespace cardfit;

constexpr bool near(bytes_per_second rate, double gigabytes, double share = 0.001) {
    const double value = in_gigabytes_per_second(rate);
    return value >= gigabytes * (1 - share) && value <= gigabytes * (1 + share);
}

// The expected values are PCI-SIG's rates on 16 lanes.
static_assert(near(pcie_per_direction(1, 16), 4.0) && near(pcie_per_direction(2, 16), 8.0) &&
              near(pcie_per_direction(3, 16), 15.754));
static_assert(near(pcie_per_direction(4, 16), 31.508) && near(pcie_per_direction(5, 16), 63.015) &&
              near(pcie_per_direction(6, 16), 121.0));
static_assert(near(pcie_per_direction(cards::rtx_4060), 15.754) &&
              near(pcie_per_direction(cards::h100_sxm5_80gb), 63.015) &&
              pcie_per_direction(cards::gh200_96gb).number == 0);

// Whitepapers and datasheets state these bandwidths as the sum of both directions: P100 160, V100 300, A100 600, A800
// 400, H100 900, B200 1800, GA102 112.5.
static_assert(near(nvlink_per_direction(cards::p100_sxm2_16gb), 80) &&
              near(nvlink_per_direction(cards::v100_sxm2_32gb), 150));
static_assert(near(nvlink_per_direction(cards::a100_sxm4_80gb), 300) &&
              near(nvlink_per_direction(cards::a800_sxm4_80gb), 200));
static_assert(near(nvlink_per_direction(cards::h100_sxm5_80gb), 450) &&
              near(nvlink_per_direction(cards::h100_nvl_94gb), 300));
static_assert(near(nvlink_per_direction(cards::b200_sxm_180gb), 900) &&
              near(nvlink_per_direction(cards::rtx_a6000), 56.25) &&
              near(nvlink_per_direction(cards::rtx_3090), 56.25));
static_assert(nvlink_per_direction(cards::rtx_4090).number == 0 && near(nvlink_per_direction(cards::mi300x), 448));

// NVLink-C2C has 900 GB/s both ways between a Grace CPU and its GPU (GH200 datasheet), which the two GPUs of a Grace
// CPU share on GB200 and GB300. The host of every other card is behind its slot or has the same memory.
static_assert(near(host_link_per_direction(cards::gh200_96gb), 450) &&
              near(host_link_per_direction(cards::gh200_144gb), 450) &&
              near(host_link_per_direction(cards::gb200) * 2, 450) &&
              near(host_link_per_direction(cards::gb300) * 2, 450));
static_assert([] {
    for (const gpu* card : cards::all)
        if ((host_link_per_direction(*card).number > 0) != (card->form_factor == form_factor::superchip)) return false;
    return true;
}());

// In every NVIDIA row, the number of links times the rate of the generation is half of the printed total.
constexpr bool links_add_up() {
    for (const gpu* card : cards::all) {
        if (card->vendor != vendor::nvidia || card->links.nvlink_links == 0) continue;
        if (!near(nvlink_per_link(*card) * card->links.nvlink_links,
                  in_gigabytes_per_second(nvlink_per_direction(*card))))
            return false;
    }
    return true;
}
static_assert(links_add_up());

static_assert(links_of(cards::a100_sxm4_80gb).switched && links_of(cards::v100_sxm2_32gb).mesh &&
              links_of(cards::mi300x).mesh);
static_assert(links_of(cards::rtx_a6000).bridged == 2 && links_of(cards::h200_nvl_141gb).bridged == 4 &&
              links_of(cards::rtx_4090).bridged == 0);

// Named machines have these cards and links.
static_assert(machines::dgx_a100.cards == 8 && machines::dgx_a100.card.memory * 8 == 640_GiB &&
              machines::dgx_a100_40gb.card.memory * 8 == 320_GiB);
static_assert(machines::dgx_a100.network_gbit == 200 && machines::dgx_h100.network_gbit == 400 &&
              machines::dgx1_v100.network_gbit == 50);
static_assert(machines::dgx2_v100.cards == 16 && cards_per_node(machines::dgx2_v100) == 16 &&
              machines::dgx2_v100.card.memory * 16 == 512_GiB);
static_assert(link_of(machines::dgx_h100) == card_link::nvswitch &&
              link_of(machines::dgx2_v100) == card_link::nvswitch && link_of(machines::dgx1_v100) == card_link::nvlink);
static_assert(link_of(machines::hgx_b200) == card_link::nvswitch &&
              link_of(machines::mi300x_platform) == card_link::nvlink && machines::hgx_h200.network_gbit == 0);
static_assert(link_of(machines::rtx_a6000_bridge_pair) == card_link::nvlink_bridge &&
              machines::rtx_3090_bridge_pair.cards == 2);
static_assert(link_of(machines::rtx_4090_workstation(2)) == card_link::pcie_host &&
              machines::rtx_3090_workstation(4).cards == 4);
