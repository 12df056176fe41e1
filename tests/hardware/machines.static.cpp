// SPDX-License-Identifier: MIT

// Tests the table of named machines: figures of documents, domains, counts, names.

#include <cardfit/hardware/links.hpp>
#include <cardfit/hardware/machines.hpp>

using namespace cardfit;

namespace {

/// Every row names itself, its seller and a document, and its figures are ones that a machine can have.
constexpr bool sound(const named_machine& row) {
    const bool named = !row.name.empty() && !row.seller.empty() && row.documents[0] != nullptr;
    const bool counted = row.cards >= 1 && row.cards <= 72 && row.vcpus >= 0 && row.cpu_cores >= 0;
    const bool domain =
        row.nvlink_domain == 0 || (row.nvlink_domain >= row.cards && row.nvlink_domain % row.cards == 0);
    const bool disk = !row.diskless || row.local_disk.number == 0;
    // The fastest network of the table is 800 Gbit/s per card.
    const bool network = row.network_gbit >= 0 && row.network_gbit <= 800;
    const bool bridged = row.link != card_link::nvlink_bridge || links_of(row.card).bridged >= row.cards;
    const bool linked = (row.link != card_link::nvlink && row.link != card_link::nvswitch) ||
                        row.card.links.nvlink_bidirectional.number > 0;
    return named && counted && domain && disk && network && bridged && linked && problems(row.take(row.cards)).empty();
}
constexpr bool all_sound() {
    for (const named_machine* row : machines::all)
        if (!sound(*row)) return false;
    return true;
}
static_assert(all_sound());

/// Case and punctuation of a name do not matter. machines_test.cpp looks up every name.
static_assert(machines::find("P5.48XLarge") == &machines::p5_48xlarge);
static_assert(machines::find("Standard_ND96isr_H100_v5") == &machines::nd96isr_h100_v5);
static_assert(machines::find("ml.p4d.24xlarge") == &machines::p4d_24xlarge);
static_assert(machines::find("bm.gpu4.8") == &machines::bm_gpu4_8);
static_assert(machines::find("DGX A100") == &machines::dgx_a100);
static_assert(machines::find("p5.48") == nullptr && machines::find("") == nullptr && machines::find("--") == nullptr);

/// Accelerators that are no GPUs are known as such, and machines of GPUs are not taken for them.
static_assert(machines::why_refused("trn2.48xlarge") == "has AWS Trainium chips, which are not GPUs");
static_assert(machines::why_refused("inf2.xlarge") == "has AWS Inferentia chips, which are not GPUs");
static_assert(machines::why_refused("ct5lp-hightpu-8t") == "is a Google TPU, which is not a GPU");
static_assert(machines::why_refused("TPU v5e") == "is a Google TPU, which is not a GPU");
static_assert(!machines::why_refused("Standard_NV6ads_A10_v5").empty() && !machines::why_refused("g6f.large").empty());
// EC2 (karpenter-provider-aws): 400 Gbit/s and 1,179,648 MiB for p4d.24xlarge; 3,200 Gbit/s and 192 vCPUs for
// p5.48xlarge.
static_assert(machines::p4d_24xlarge.cards == 8 && machines::p4d_24xlarge.network_gbit == 50 &&
              machines::p4d_24xlarge.host_memory == 1'179'648_MiB &&
              machines::p4d_24xlarge.card.id == "a100-sxm4-40gb");
static_assert(machines::p5_48xlarge.network_gbit == 400 && machines::p5_48xlarge.vcpus == 192);
static_assert(machines::p6_b300_48xlarge.network_gbit == 800 && machines::p6_b200_48xlarge.network_gbit == 400);
static_assert(machines::g6e_12xlarge.network_gbit == 25 && machines::g6e_48xlarge.network_gbit == 50);
// llm-d-infra, pull request 181, and TensorRT-LLM, issue 1034: no peer access on g6 and g5.
static_assert(link_of(machines::g6_48xlarge) == card_link::pcie_host);
static_assert(link_of(machines::g5_48xlarge) == card_link::pcie_host);
// Google: 100 Gbit/s for all cards of A2; 800 and 1600 for those of A3 High and Mega.
static_assert(machines::a2_highgpu_8g.network_gbit == 12.5 && machines::a2_megagpu_16g.network_gbit == 6.25);
static_assert(machines::a3_highgpu_8g.network_gbit == 100 && machines::a3_megagpu_8g.network_gbit == 200);
// Azure: a 200 Gbit/s port per A100 and a 400 Gbit/s port per H100, not the front end's 24 and 80.
static_assert(machines::nd96asr_v4.network_gbit == 200 && machines::nd96isr_h100_v5.network_gbit == 400);
static_assert(machines::nc80adis_h100_v5.card.id == "h100-nvl-94gb" && machines::nc80adis_h100_v5.cards == 2);
// Oracle: 16 x 100 Gbit/s for BM.GPU.A100-v2.8.
static_assert(machines::bm_gpu_a100_v2_8.network_gbit == 200 && machines::bm_gpu_h100_8.network_gbit == 400);

/// An NVL72 rack is one node of 72 cards; trays of four fill it, and a 19th begins a second node.
static_assert(machines::gb200_nvl72.cards == 72 && cards_per_node(machines::gb200_nvl72) == 72);
static_assert(cards_per_node(machines::p6e_gb200_36xlarge) == 4);
static_assert((18 * machines::p6e_gb200_36xlarge).cards == 72 &&
              cards_per_node(18 * machines::p6e_gb200_36xlarge) == 72);
static_assert((36 * machines::p6e_gb200_36xlarge).cards == 144 &&
              cards_per_node(36 * machines::p6e_gb200_36xlarge) == 72);
static_assert((18 * machines::p6e_gb200_36xlarge).host_memory == 18 * 960_GiB);

/// Two instances are two nodes; fewer cards than one instance has leave it one node with the same host.
static_assert((2 * machines::p4d_24xlarge).cards == 16 && cards_per_node(2 * machines::p4d_24xlarge) == 8);
static_assert((2 * machines::p4d_24xlarge).host_memory == machines::p4d_24xlarge.host_memory);
static_assert(machines::p4d_24xlarge.take(4).cards == 4 && cards_per_node(machines::p4d_24xlarge.take(4)) == 4 &&
              machines::p4d_24xlarge.take(4).host_memory == 1'179'648_MiB);
static_assert((2 * machines::dgx_spark).cards == 2 && cards_per_node(2 * machines::dgx_spark) == 1 &&
              (2 * machines::dgx_spark).network_gbit == 200);

}  // namespace
