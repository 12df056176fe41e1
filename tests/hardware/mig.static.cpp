// SPDX-License-Identifier: MIT

// Tests MIG slices against NVIDIA's Multi-Instance GPU User Guide and listings of nvidia-smi mig -lgip and -lgipp.

#include <cardfit/decide/fits.hpp>
#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/hardware/partition.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

// A slice is a card: it has 42 of 108 SMs with 64 FP32 and 4 tensor cores each; half of 2039 GB/s, of 40 MB of L2 and
// of a 5120-bit bus; 312 * 42 / 108 TFLOPS; and 39.25 GiB as listed.
constexpr gpu half = cards::a100_sxm4_80gb_mig_3g_40gb;
static_assert(half.id == "a100-sxm4-80gb-mig-3g-40gb" && half.name == "A100 SXM4 80GB MIG 3g.40gb");
static_assert(half.mig_parent == "a100-sxm4-80gb" && half.mig_slices_per_card == 2 && half.mig_instances == 0);
static_assert(half.streaming_multiprocessors == 42 && half.cuda_cores == 2688 && half.tensor_cores == 168);
static_assert(half.memory == 40_GiB && usable_memory(half) == 40192_MiB && half.memory_bus_bits == 2560);
static_assert(half.memory_bandwidth == 1019.5_GBps && half.l2_mb == 20);
static_assert(within(in_teraflops(half.rates.bf16), 121.333, 1e-5) &&
              within(in_teraflops(half.rates.fp32), 7.58333, 1e-5));
static_assert(half.rates.fp8.number == 0 && half.rates.structured_sparsity == documented::yes);
static_assert(half.compute_capability == cards::a100_sxm4_80gb.compute_capability && half.boost_clock_mhz == 1410);
static_assert(half.links.nvlink_bidirectional.number == 0 && half.links.peer_access_over_pcie == documented::no);
static_assert(link_of(2 * half) == card_link::pcie_host && half.board_power.number == 0 &&
              half.launch_price.number == 0);

// A figure that follows from a rule is marked as estimated; a figure from a listing or from the guide is not.
static_assert(half.estimated.has(card_field::bf16_dense) && half.estimated.has(card_field::memory_bandwidth_gb_s));
static_assert(!half.estimated.has(card_field::sm_count) && !half.estimated.has(card_field::usable_mib_smi));
static_assert(half.estimated.has(card_field::usable_mib_torch) && !half.estimated.has(card_field::p2p_over_pcie));
static_assert(cards::h20_96gb_mig_1g_12gb.estimated.has(card_field::sm_count));
static_assert(cards::gb300_mig_3g_139gb.estimated.has(card_field::usable_mib_smi));
static_assert(!cards::h100_sxm5_80gb_mig_7g_80gb.estimated.has(card_field::bf16_dense));  // all 132 SMs
static_assert(cards::a100_sxm4_40gb_mig_7g_40gb.streaming_multiprocessors == 98);         // of 108

// These are from listings, in SMs and MiB (GiB * 1024).
static_assert(usable_memory(cards::a100_pcie_40gb_mig_1g_5gb) == 4864_MiB &&
              usable_memory(cards::a30_mig_1g_6gb) == 5952_MiB);
static_assert(usable_memory(cards::a100_sxm4_80gb_mig_1g_10gb) == 9856_MiB);
static_assert(usable_memory(cards::a100_sxm4_80gb_mig_1g_20gb) == 19968_MiB &&
              cards::a100_sxm4_80gb_mig_1g_20gb.l2_mb == 5);
static_assert(cards::h100_sxm5_80gb_mig_3g_40gb.streaming_multiprocessors == 60);
static_assert(cards::h100_pcie_80gb_mig_3g_40gb.streaming_multiprocessors == 46);  // of 114, driver 570.169
static_assert(cards::h100_nvl_94gb_mig_1g_24gb.streaming_multiprocessors == 26);
static_assert(usable_memory(cards::h200_sxm_141gb_mig_3g_71gb) == 71168_MiB);
static_assert(cards::rtx_pro_6000_blackwell_server_mig_2g_48gb.streaming_multiprocessors == 94);
static_assert(usable_memory(cards::rtx_pro_6000_blackwell_mig_1g_24gb_no_me) == 23680_MiB);
static_assert(cards::b200_sxm_180gb_mig_2g_45gb.streaming_multiprocessors == 36);
static_assert(usable_memory(cards::gb200_mig_2g_47gb) == 46592_MiB &&
              cards::gb200_mig_7g_186gb.streaming_multiprocessors == 152);
// A 4g slice has 4 of 7 shares of 152 multiprocessors, in whole pairs.
static_assert(cards::gb200_mig_4g_93gb.rates.bf16 == cards::gb200.rates.bf16 * (86.0 / 152));

// Where no listing is known, a slice has less memory than its share of the parent, never more.
static_assert(usable_memory(cards::h20_96gb_mig_3g_48gb) < bytes_of(driver_total(cards::h20_96gb).number / 2));
static_assert(within(in_gibibytes(usable_memory(cards::h20_96gb_mig_3g_48gb)), 97871.0 / 1024 / 2 * 0.97, 1e-6));
static_assert(within(in_gibibytes(usable_memory(cards::h20_96gb_mig_1g_12gb)), 97871.0 / 1024 / 8 * 0.86, 1e-6));

// With unified memory, Jetson Thor's slices divide the SMs and share the rest.
static_assert(cards::jetson_thor_t5000_mig_1g_0gb.streaming_multiprocessors == 6);
static_assert(cards::jetson_thor_t5000_mig_1g_0gb.memory == 128_GiB);
static_assert(usable_memory(cards::jetson_thor_t5000_mig_2g_0gb) == usable_memory(cards::jetson_thor_t5000));
static_assert(cards::jetson_thor_t5000_mig_2g_0gb.memory_bandwidth == cards::jetson_thor_t5000.memory_bandwidth);

// Every slice is found by its id, which consists of its parent's id and the profile's; a board's profiles are its
// slices.
constexpr bool is_slice_of(const gpu& g, const gpu& parent) {
    int named = 0;
    for (const mig_profile& p : mig::board_of(g))
        named += g.id.substr(parent.id.size() + 1) == p.id && g.name.ends_with(p.name) &&
                 g.mig_slices_per_card == p.instances;
    return named == 1 && g.id.starts_with(parent.id) && parent.mig_instances > 0;
}
constexpr bool slices_are_whole() {
    int profiles = 0;
    for (const mig::board& b : mig::boards) profiles += b.count;
    if (profiles != static_cast<int>(cards::all_mig.size())) return false;
    for (const gpu* g : cards::all_mig) {
        const gpu* parent = cards::find(g->mig_parent);
        if (cards::find(g->id) != g || parent == nullptr || !is_slice_of(*g, *parent)) return false;
        if (g->memory.number <= 0 || g->memory_bandwidth.number <= 0 || g->memory > parent->memory) return false;
        if (usable_memory(*g) > driver_total(*parent)) return false;
        const int sm = g->streaming_multiprocessors;
        const int whole = parent->streaming_multiprocessors;
        if (whole > 0 && (sm < 1 || sm > whole)) return false;
    }
    return true;
}
static_assert(cards::all_mig.size() == 157 && slices_are_whole());
static_assert(cards::find("a100-sxm4-80gb-mig-3g-40gb") == &cards::a100_sxm4_80gb_mig_3g_40gb);
static_assert(cards::find("rtx-pro-6000-blackwell-mig-1g-24gb-me-all") != nullptr);
static_assert(cards::find("a100-sxm4-80gb-mig-3g-41gb") == nullptr);

// When all slices of a board are in use, they have no more SMs or memory together than the board.
constexpr bool slices_add_up() {
    for (const mig::board& b : mig::boards)
        for (const mig_profile& p : b) {
            const gpu& parent = *cards::find(b.card);
            const int whole = parent.streaming_multiprocessors;
            if (whole > 0 && p.instances * p.sm > whole) return false;
            if (parent.driver_total.number > 0 && mebibytes(p.mib) * p.instances > parent.driver_total) return false;
        }
    return true;
}
static_assert(slices_add_up());

// A slice is estimated as any card is, and is not a substitute for its parent.
static_assert(fits(models::gpt2, {.sequence_length = 1024}, cards::a100_sxm4_80gb_mig_3g_40gb));
static_assert(!fits(models::llama_3_1_8b, {.sequence_length = 1024}, cards::a100_sxm4_80gb_mig_3g_40gb));
static_assert(largest_micro_batch(models::gpt2, {.sequence_length = 1024}, cards::a100_sxm4_80gb_mig_1g_10gb) <
              largest_micro_batch(models::gpt2, {.sequence_length = 1024}, cards::a100_sxm4_80gb_mig_3g_40gb));

// The possible starts are those that nvidia-smi mig -lgipp prints for A100 and H100 (guide, "Getting Started with
// MIG"), with one bit per start.
constexpr unsigned starts(const mig_profile& p) {
    unsigned bits = 0;
    for (int slice = 0; slice < 8; ++slice) bits |= static_cast<unsigned>(may_start(p, slice)) << slice;
    return bits;
}
static_assert(starts(mig::a100_80gb[0]) == 0b1111111);                            // 1g {0,1,2,3,4,5,6}:1
static_assert(starts(mig::a100_80gb[1]) == 0b1111111);                            // 1g+me, the same
static_assert(starts(mig::a100_80gb[2]) == 0b1010101);                            // 1g.20gb {0,2,4,6}:2
static_assert(starts(mig::a100_80gb[3]) == 0b0010101);                            // 2g {0,2,4}:2
static_assert(starts(mig::a100_80gb[4]) == 0b0010001);                            // 3g {0,4}:4
static_assert(starts(mig::a100_80gb[5]) == 1 && starts(mig::a100_80gb[6]) == 1);  // 4g {0}:4, 7g {0}:8
static_assert(starts(mig::a30[0]) == 0b1111 && starts(mig::a30[1]) == 0b0101 && starts(mig::a30[2]) == 1);

// These combinations are in the guide's table of A100 configurations, or are ruled out by it.
template <class... Kind>
constexpr bool a100(const Kind&... kinds) {
    return partition(cards::a100_sxm4_80gb, kinds...).possible;
}
static_assert(a100("7g.80gb") && a100("4g.40gb", "3g.40gb") && a100("3g.40gb", "3g.40gb"));
static_assert(a100("1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb"));
static_assert(a100("2g.20gb", "2g.20gb", "2g.20gb", "1g.10gb") && a100("4g.40gb", "2g.20gb", "1g.10gb"));
static_assert(a100("2g.20gb", "2g.20gb", "3g.40gb") && a100("3g.40gb", "2g.20gb", "2g.20gb"));  // 3g at 4
static_assert(a100("1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb", "3g.40gb") &&
              a100("1g.20gb", "1g.20gb", "1g.20gb", "1g.20gb"));
static_assert(!a100("4g.40gb", "4g.40gb") && !a100("7g.80gb", "1g.10gb"));
static_assert(!a100("3g.40gb", "3g.40gb", "1g.10gb"));             // compute is left, memory is not
static_assert(!a100("2g.20gb", "2g.20gb", "2g.20gb", "2g.20gb"));  // memory is left, compute is not
static_assert(!a100("4g.40gb", "2g.20gb", "2g.20gb") && !a100("3g.40gb", "4g.40gb", "1g.10gb"));
static_assert(!a100("1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb"));
static_assert(a100("1g.10gb+me", "1g.10gb", "2g.20gb") && !a100("1g.10gb+me", "1g.10gb+me"));  // a single 1g with media

// Slices may be passed in place of their profiles; the starts are in the order of the arguments.
static_assert(partition(cards::a100_sxm4_80gb, cards::a100_sxm4_80gb_mig_4g_40gb, "3g.40gb"));
static_assert(partition(cards::a100_sxm4_80gb, "2g.20gb", "2g.20gb", "3g.40gb").start[2] == 4);
static_assert(partition(cards::h100_sxm5_80gb, "3g.40gb", "1g.20gb", "1g.20gb") &&
              partition(cards::b200_sxm_180gb, "4g.90gb", "3g.90gb"));

// An A30 has four slices, and the boards of the RTX PRO 5000 have two. The RTX PRO 6000 has media engines (4 decoders,
// 1 optical-flow engine): profiles with -me have none of them, and profiles with +me.all have all.
static_assert(partition(cards::a30, "2g.12gb", "1g.6gb", "1g.6gb") && partition(cards::a30, "2g.12gb", "2g.12gb"));
static_assert(!partition(cards::a30, "4g.24gb", "1g.6gb") && !partition(cards::a30, "1g.6gb+me", "2g.12gb+me"));
constexpr const gpu& pro = cards::rtx_pro_6000_blackwell_server;
static_assert(partition(pro, "1g.24gb", "1g.24gb+gfx", "2g.48gb") && !partition(pro, "2g.48gb", "2g.48gb", "1g.24gb"));
static_assert(partition(pro, "2g.48gb+me.all", "2g.48gb-me") && !partition(pro, "2g.48gb+me.all", "2g.48gb"));
static_assert(partition(cards::rtx_pro_5000_blackwell_48gb, "1g.24gb", "1g.24gb"));
static_assert(!partition(cards::rtx_pro_5000_blackwell_48gb, "2g.48gb", "1g.24gb"));
static_assert(partition(cards::jetson_thor_t5000, "2g.0gb", "1g.0gb") &&
              !partition(cards::jetson_thor_t5000, "1g.0gb", "1g.0gb"));

// A card without MIG, another board's profile and another board's slice have no answer.
template <auto Ask>
concept answers = requires {
    typename std::bool_constant<(Ask(), true)>;
};
static_assert(answers<[] { return partition(cards::a30, "1g.6gb").possible; }>);
static_assert(!answers<[] { return partition(cards::rtx_4090, "1g.6gb").possible; }>);
static_assert(!answers<[] { return partition(cards::a30, "1g.5gb").possible; }>);
static_assert(!answers<[] { return partition(cards::a100_sxm4_80gb, cards::a100_pcie_80gb_mig_3g_40gb).possible; }>);
