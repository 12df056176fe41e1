// SPDX-License-Identifier: MIT

// Tests that cards are found by the names that tools print.

#include <cardfit/hardware/cards/lookup.hpp>

using namespace cardfit;

constexpr bool finds(std::string_view printed, const gpu& card, bytes memory = {}) {
    return cards::find_by_name(printed, memory) == &card;
}

static_assert(finds("a100-sxm4-80gb", cards::a100_sxm4_80gb) && finds("NVIDIA A100-SXM4-80GB", cards::a100_sxm4_80gb));
static_assert(finds("GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)",
                    cards::a100_sxm4_40gb));
static_assert(finds("NVIDIA A100 80GB PCIe", cards::a100_pcie_80gb) && finds("A100-PCIE-40GB", cards::a100_pcie_40gb));
static_assert(finds("NVIDIA GeForce RTX 4090", cards::rtx_4090) && finds("rtx 4090", cards::rtx_4090) &&
              finds("NVIDIA GeForce RTX 4090 D", cards::rtx_4090_d));
static_assert(finds("Tesla V100-SXM2-32GB", cards::v100_sxm2_32gb) &&
              finds("Tesla V100-SXM3-32GB", cards::v100_sxm3_32gb));
static_assert(finds("NVIDIA H100 80GB HBM3", cards::h100_sxm5_80gb) &&
              finds("NVIDIA H100 PCIe", cards::h100_pcie_80gb) && finds("NVIDIA H100 NVL", cards::h100_nvl_94gb));
static_assert(finds("NVIDIA RTX 6000 Ada Generation", cards::rtx_6000_ada) &&
              finds("Quadro RTX 6000", cards::quadro_rtx_6000) && finds("TITAN X (Pascal)", cards::titan_x_pascal));
static_assert(finds("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", cards::rtx_pro_6000_blackwell_max_q));
static_assert(finds("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", cards::rtx_pro_6000_blackwell));
static_assert(finds("NVIDIA RTX PRO 6000 Blackwell Server Edition", cards::rtx_pro_6000_blackwell_server));
static_assert(finds("NVIDIA GeForce GTX 1060 6GB", cards::gtx_1060_6gb) &&
              finds("Intel(R) Arc(TM) B580 Graphics", cards::arc_b580));
static_assert(finds("AMD Instinct MI300X", cards::mi300x) && finds("NVIDIA GH200 144G HBM3e", cards::gh200_144gb));

// Where a name is ambiguous, the memory tells the cards apart.
static_assert(finds("NVIDIA GeForce RTX 3080", cards::rtx_3080_10gb, 10240_MiB) &&
              finds("NVIDIA GeForce RTX 3080", cards::rtx_3080_12gb, 12288_MiB));
static_assert(finds("NVIDIA RTX A2000", cards::rtx_a2000_6gb, 6138_MiB) &&
              finds("NVIDIA RTX A2000 12GB", cards::rtx_a2000_12gb));
static_assert(finds("NVIDIA RTX PRO 5000 Blackwell", cards::rtx_pro_5000_blackwell_48gb) &&
              finds("NVIDIA RTX PRO 5000 72GB Blackwell", cards::rtx_pro_5000_blackwell_72gb));
static_assert(finds("Orin", cards::jetson_agx_orin_64gb, 61 * 1024_MiB));
static_assert(cards::find_all_by_name("NVIDIA GeForce RTX 3080").size() == 2 &&
              !cards::find_by_name("NVIDIA GeForce RTX 3080"));

// A name does not match a different part of the same family.
static_assert(finds("NVIDIA GeForce RTX 4090 Laptop GPU", cards::rtx_4090_laptop) &&
              cards::find_all_by_name("NVIDIA GeForce RTX 4070 Laptop GPU").empty() &&
              cards::find_all_by_name("RTX 4080 SUPER 32GB MOD").empty());
// A modified board prints the name of the original board, and its own memory.
static_assert(finds("NVIDIA GeForce RTX 4090", cards::rtx_4090_48gb, 49140_MiB) &&
              finds("NVIDIA GeForce RTX 4090", cards::rtx_4090, 24564_MiB));
static_assert(finds("Apple M4 Max 128GB", cards::apple_m4_max_128gb) &&
              cards::find_all_by_name("Apple M3 Ultra").size() == 3 && cards::find_all_by_name("Apple M6").empty());
static_assert(cards::find_all_by_name("RTX 4091").empty() && cards::find_all_by_name("NVIDIA").empty() &&
              cards::find_all_by_name("").empty());
static_assert(finds("NVIDIA H20", cards::h20_141gb, 143771_MiB) && finds("NVIDIA H20", cards::h20_96gb, 97871_MiB));

// What people call a card: without vendor and product line, in any case, with words joined.
static_assert(finds("4090", cards::rtx_4090) && finds("RTX4090", cards::rtx_4090) &&
              finds("4090d", cards::rtx_4090_d) && finds("4090 laptop", cards::rtx_4090_laptop));
static_assert(finds("a6000", cards::rtx_a6000) && finds("7900xtx", cards::rx_7900_xtx) &&
              finds("4080super", cards::rtx_4080_super) && finds("b580", cards::arc_b580));
static_assert(finds("1080ti", cards::gtx_1080_ti) && finds("w7900", cards::radeon_pro_w7900) &&
              finds("6000 ada", cards::rtx_6000_ada) && finds("mi300x", cards::mi300x));
static_assert(finds("m3 ultra 512gb", cards::apple_m3_ultra_512gb) &&
              finds("M3Ultra512GB", cards::apple_m3_ultra_512gb) &&
              finds("m4 max", cards::apple_m4_max_128gb, 128 * 1024_MiB));
static_assert(finds("dgx spark", cards::gb10) && finds("DGX-Spark", cards::gb10) &&
              finds("strix halo", cards::ryzen_ai_max_395) &&
              finds("AMD Radeon 8060S Graphics", cards::ryzen_ai_max_395));

// A name that several cards share lists them; nothing is guessed.
static_assert(cards::find_all_by_name("h100").size() == 3 && cards::find_all_by_name("m3 ultra").size() == 3 &&
              cards::find_all_by_name("3060").size() == 2);

// A part that the table lacks is no other part: neither the RTX 5070 Laptop GPU, nor the Quadro P4000, nor the Radeon
// RX 580, nor "RTX 6000", which three generations share.
static_assert(cards::find_all_by_name("5070 laptop").empty() && cards::find_all_by_name("P4000").empty() &&
              cards::find_all_by_name("rx 580").empty() && cards::find_all_by_name("RTX 6000").empty() &&
              cards::find_all_by_name("rtx 6800").empty());

// A long text is not truncated to a card's name.
static_assert(
    cards::find_all_by_name("RTX 4090 4090 4090 4090 4090 4090 4090 4090 4090 4090 4090 4090 4090 4090 4090 no")
        .empty());

static_assert(&cards::named<"NVIDIA RTX A6000"> == &cards::rtx_a6000);

// On a slice, torch.cuda.get_device_name() prints the card's name and the profile (NVIDIA's MIG user guide, device
// names; Harvard's FASRC documentation prints "NVIDIA A100-SXM4-40GB MIG 3g.20gb").
static_assert(finds("NVIDIA A100-SXM4-80GB MIG 3g.40gb", cards::a100_sxm4_80gb_mig_3g_40gb));
static_assert(finds("NVIDIA A100-SXM4-40GB MIG 3g.20gb", cards::a100_sxm4_40gb_mig_3g_20gb));
static_assert(finds("NVIDIA H100 80GB HBM3 MIG 1g.10gb+me", cards::h100_sxm5_80gb_mig_1g_10gb_me));
static_assert(!cards::find_by_name("NVIDIA A100-SXM4-80GB MIG 9g.40gb") &&
              !cards::find_by_name("GeForce RTX 4090 MIG 1g.5gb"));
static_assert(finds("NVIDIA A100-SXM4-80GB", cards::a100_sxm4_80gb));

// The exact name of a row finds that row, including parentheses (cards_csv_test.cpp tests all of them).
static_assert(finds("GH200 (96GB HBM3)", cards::gh200_96gb) && finds("GH200 (144GB HBM3e)", cards::gh200_144gb));
static_assert(finds("NVIDIA GH200 96GB HBM3", cards::gh200_96gb));
