// SPDX-License-Identifier: MIT

// Tests the small all-reduces of a decode step by the link of the cards.

#include "../../close.hpp"

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

// Modules older than A100, and modules that a slot joins, whose kernels take as long as over the switch: an A100's
// 5.6 + 2 x cards microseconds are longer than a slot's 2 x 5.7 - 3.7 among two cards, and shorter among four.
static_assert(close(microseconds(8 * cards::v100_sxm2_32gb, 4), 5.6 + 2 * 4) &&
              detail::reduction_of(8 * cards::v100_sxm2_32gb, 4).bus == 20e9);
static_assert(close(microseconds(over(cards::a100_sxm4_80gb, card_link::pcie), 2), 5.6 + 2 * 2) &&
              close(microseconds(over(cards::a100_sxm4_80gb, card_link::pcie), 4), 5.7 * 4 - 3.7) &&
              detail::reduction_of(over(cards::a100_sxm4_80gb, card_link::pcie), 2).bus == 20e9);

// Bandwidths of the small all-reduces of a node, by generation (aiconfigurator's tables): A100, H100, B200.
static_assert(detail::reduction_of(8 * cards::a100_sxm4_80gb, 8).bus == 230e9 &&
              detail::reduction_of(8 * cards::h100_sxm5_80gb, 8).bus == 365e9 &&
              detail::reduction_of(8 * cards::b200_sxm_180gb, 8).bus == 700e9);

// A bridge carries 44 to 47 GB/s of a pair's collectives (mli/transformers-benchmarks), more than the PCIe slot. Among
// four cards, every other hop of a ring crosses a bridge, which at most doubles what host memory carries.
static_assert(near(detail::reduction_of(over(cards::rtx_3090_ti, card_link::nvlink_bridge), 2).bus, 46e9, 0.05));
static_assert([] {
    const double bridged = detail::reduction_of(over(cards::rtx_3090_ti, card_link::nvlink_bridge), 4).bus;
    const double host = detail::reduction_of(over(cards::rtx_3090_ti, card_link::pcie_host), 4).bus;
    return bridged >= host && bridged <= 2 * host;
}());

// ---- What a step reads and computes, by hand

namespace {

/// 3 layers of width 16: queries and results of 4 heads, 2 heads of keys and values, and 4 experts of 16 x 8 of which 2
/// are visited in the last two of them; 10 logits.
constexpr network small() {
    network net{.block_kinds = 2, .layers = 3, .hidden = 16, .logits = 10, .heads = 4, .kv_heads = 2, .experts = 4};
    for (int k = 0; k < 2; ++k) {
        layer_block& b = net.blocks[k];
        b.layers = k == 0 ? layer_range{.end = 1} : layer_range{.begin = 1, .end = 3};
        b.add({.target = target::query, .in = 16, .out = 16});
        b.add({.target = target::key, .in = 16, .out = 8});
        b.add({.target = target::value, .in = 16, .out = 8});
        b.add({.target = target::output, .in = 16, .out = 16});
        b.attention = {.heads = 4, .head_width = 4, .causal = true, .scan_heads = 3, .scan_head_width = 5};
        b.cache = {.width = 16, .scan_bytes = 7};
    }
    network with_experts = net;
    with_experts.blocks[1].feed_forward.experts = true;
    with_experts.blocks[1].add(
        {.target = target::up, .split = weight_split::expert, .in = 16, .out = 8, .copies = 4, .active = 2});
    return with_experts;
}
template <class Change>
constexpr detail::serving_load load_with(Change change, bool reading = false) {
    network net = small();
    inference i{};
    layout l{.data = 1};
    change(net, i, l);
    detail::serving_load s;
    detail::add_parameters(s, net, i, l, reading);
    return s;
}
constexpr auto as_it_is = [](network&, inference&, layout&) {};

}  // namespace

constexpr detail::serving_load plain = load_with(as_it_is);
static_assert(plain.dense == 3 * 768 && plain.expert == 2 * 128 && plain.experts == 4 && plain.active == 2 &&
              plain.expert_layers == 2 && plain.layers == 3 && plain.hidden == 16 && plain.head == 160);
static_assert(plain.attention[0].layers == 1 && plain.attention[1].layers == 2 && plain.attention[1].heads == 4 &&
              plain.attention[1].kv_heads == 2 && plain.attention[1].head == 4 && plain.attention[1].cache == 32 &&
              plain.attention[1].scanned == 7 && plain.attention[1].scan_width == 15 && !plain.attention[1].latent);
static_assert(plain.state == 0 && plain.cross == 0 && plain.latent_layers == 0 && plain.delta_layers == 0);
// Two cards have a head of keys and values each, four a copy of one of two.
constexpr detail::serving_load over_four = load_with([](network&, inference&, layout& l) { l.tensor = 4; });
static_assert(over_four.attention[0].heads == 1 && over_four.attention[0].kv_heads == 1 &&
              over_four.attention[0].cache == 16 && over_four.dense == plain.dense);
// A latent, a corrected state, and a source whose 6 elements of keys and values are made once.
constexpr detail::serving_load special = load_with([](network& net, inference&, layout&) {
    net.blocks[0].cache = {.width = 5, .by_head = false, .cross_width = 6, .compressed = true};
    net.blocks[0].state = {.update = state_update::in_chunks, .width = 9, .delta_rule = true};
    net.blocks[0].attention.window = 77;
});
static_assert(special.latent_layers == 1 && special.attention[0].latent && special.delta_layers == 1 &&
              special.state == 18 && special.cross == 12 && special.attention[0].cache == 10 &&
              special.attention[0].positions == 77 && special.dense == 3 * 768 - 16 * 6);
// Two cards halve the keys and values of a source that are kept by head; heads that no card divides stay whole.
static_assert(load_with([](network& net, inference&, layout& l) {
                  net.blocks[0].cache.cross_width = 6;
                  l.tensor = 2;
              }).cross == 6);
// A layer that borrows another one's cache reads that one's elements beside its own.
static_assert(
    load_with([](network& net, inference&, layout&) { net.blocks[0].cache.borrowed_width = 4; }).attention[0].cache ==
    2 * (16 + 4));
// One expert is as good as several.
constexpr detail::serving_load one_expert = load_with([](network& net, inference&, layout&) {
    net.blocks[1].linears[4].copies = 1;
    net.blocks[1].linears[4].active = 1;
});
static_assert(one_expert.expert_layers == 2 && one_expert.experts == 1 && one_expert.active == 1);
// Engines attend to a latent from the month of their release that does.
constexpr bool latent_in(software_date date) {
    network net = small();
    net.blocks[0].cache = {.width = 5, .by_head = false, .compressed = true};
    detail::serving_load s;
    detail::add_parameters(s, net, {.framework = engine::vllm, .software_date = date}, {.data = 1}, false);
    return s.attention[0].latent;
}
static_assert(latent_in({2025, 2}) && !latent_in({2025, 1}));
// An int8 cache of vLLM's has no scales in what attention reads: 16 bytes for 16 elements.
static_assert(load_with([](network&, inference& i, layout&) { i.kv_cache = number_format::int8; }).attention[0].cache ==
              16);

// Of an encoder-decoder, the encoder's layers read the prompt, and make the keys and values of cross attention.
constexpr auto translating = [](network& net, inference&, layout&) {
    net.is_encoder_decoder = true;
    net.blocks[0].encodes = true;
    net.blocks[1].cache.cross_width = 6;
};
static_assert(load_with(translating).layers == 2 && load_with(translating).dense == 2 * (768 - 96) &&
              load_with(translating, true).layers == 1 && load_with(translating, true).dense == 768 + 2 * 96);

// ---- Bytes per weight

namespace {
template <class Change>
constexpr detail::serving_load formats_with(Change change, bool quantized_head = false) {
    network net = small();
    inference i{};
    change(net, i);
    detail::serving_load s;
    detail::add_parameters(s, net, i, {.data = 1}, false);
    detail::add_formats(s, net, i, quantized_head, 3 * 768 + 2 * 4 * 128);
    return s;
}
constexpr auto in_fp8 = [](network& net, inference& i) {
    net.hidden = 128;
    i.weights = number_format::fp8;
};
}  // namespace
static_assert(formats_with([](network&, inference&) {}).bytes_per_weight == 2 &&
              formats_with([](network&, inference&) {}).bytes_per_dense_weight == 2 &&
              formats_with([](network&, inference&) {}).bytes_per_head_weight == 2);
// A byte and a scale of 4 bytes per 128 x 128; the head in 16 bits, unless the engine quantizes it.
constexpr double fp8_weight = 1 + 4.0 / (128 * 128);
static_assert(formats_with(in_fp8).bytes_per_weight == fp8_weight && formats_with(in_fp8).bytes_per_head_weight == 2 &&
              formats_with(in_fp8, true).bytes_per_head_weight == fp8_weight);
// Formats of experts alone leave the dense weights in 16 bits.
constexpr detail::serving_load experts_alone =
    formats_with([](network&, inference& i) { i.weights = number_format::mxfp4; });
static_assert(experts_alone.bytes_per_dense_weight == 2 && experts_alone.bytes_per_weight < 0.6);
// Modules: queries in 16 bits beside a base in 8 are a third of 768 weights; one layer of 3 is left in 16 bits.
constexpr auto attention_in_16 = [](network& net, inference& i) {
    in_fp8(net, i);
    i.modules.attention = number_format::bf16;
};
static_assert(formats_with(attention_in_16).unquantized == 1 &&
              formats_with(attention_in_16).bytes_per_dense_weight == 2 &&
              formats_with(attention_in_16).bytes_per_weight == fp8_weight);
constexpr detail::serving_load one_left = formats_with([](network& net, inference& i) {
    in_fp8(net, i);
    i.modules.unquantized_layers = 1;
});
static_assert(close(one_left.bytes_per_dense_weight, fp8_weight + (2 - fp8_weight) / 3) &&
              close(one_left.unquantized, 1.0 / 3) &&
              close(one_left.bytes_per_weight, fp8_weight + (2 - fp8_weight) / 3));
static_assert(formats_with([](network& net, inference& i) {
                  in_fp8(net, i);
                  i.modules.head = number_format::fp8;
              }).bytes_per_head_weight == fp8_weight);

// Modules that differ, over layers of which one is left in 16 bits: queries and the rest of attention are all dense
// weights of `small`; with feed-forward matrices of 768 weights in the first layer beside them, three quarters are.
constexpr auto with_feed_forward = [](network& net, inference& i) {
    in_fp8(net, i);
    net.blocks[0].add({.target = target::up, .in = 16, .out = 48});
};
constexpr detail::dense_modules modules_of(number_format attention, number_format feed_forward) {
    network net = small();
    inference i{};
    with_feed_forward(net, i);
    i.modules.attention = attention;
    i.modules.feed_forward = feed_forward;
    return detail::dense_modules_of(net, i, 7);
}
static_assert(close(modules_of(number_format::bf16, number_format::by_default).bytes_per_weight, (3 * 2 + 7) / 4.0) &&
              modules_of(number_format::bf16, number_format::by_default).unquantized == 0.75);
static_assert(close(modules_of(number_format::by_default, number_format::bf16).bytes_per_weight, (3 * 7 + 2) / 4.0) &&
              modules_of(number_format::by_default, number_format::bf16).unquantized == 0.25);
static_assert(close(modules_of(number_format::by_default, number_format::fp8).bytes_per_weight,
                    (3 * 7 + fp8_weight) / 4.0) &&
              modules_of(number_format::by_default, number_format::fp8).unquantized == 0);
// A network without a dense weight has the bytes of its format.
static_assert(detail::dense_modules_of(network{.hidden = 1}, {}, 7).bytes_per_weight == 7 &&
              detail::dense_modules_of(network{.hidden = 1}, {}, 7).unquantized == 0);
// Three quarters in 16 bits, and a third of the remaining quarter, of layers that are left so.
constexpr detail::serving_load both = formats_with([](network& net, inference& i) {
    with_feed_forward(net, i);
    i.modules.attention = number_format::bf16;
    i.modules.unquantized_layers = 1;
});
static_assert(close(both.unquantized, 0.75 + 0.25 / 3) &&
              close(both.bytes_per_dense_weight, (3 * 2 + fp8_weight) / 4 * 2 / 3 + 2.0 / 3));
// Experts have their own format; a model without experts has none of theirs.
constexpr auto experts_in_16 = [](network& net, inference& i) {
    in_fp8(net, i);
    i.modules.experts = number_format::bf16;
};
static_assert(formats_with(experts_in_16).bytes_per_weight == 2 &&
              formats_with(experts_in_16).bytes_per_dense_weight == fp8_weight);
static_assert(formats_with([](network& net, inference& i) {
                  experts_in_16(net, i);
                  net.blocks[1].linears[4].copies = 1;
              }).bytes_per_weight == 2);
static_assert(formats_with([](network& net, inference& i) {
                  experts_in_16(net, i);
                  net.blocks[1].linear_count = 4;
              }).bytes_per_weight == fp8_weight);
static_assert(formats_with([](network& net, inference& i) {
                  i.weights = number_format::mxfp4;
                  net.blocks[1].linears[4].copies = 1;
              }).bytes_per_dense_weight == 2);
static_assert(formats_with([](network& net, inference& i) {
                  i.weights = number_format::mxfp4;
                  net.blocks[1].linear_count = 4;
              }).bytes_per_dense_weight < 0.6);
// ExLlama's heads have 6 bits. GGUF's q8_0 has 34 bytes per 32 weights, in layers and head.
static_assert(formats_with([](network& net, inference& i) {
                  net.hidden = 128;
                  i.weights = number_format::exl3_4_0;
              }).bytes_per_head_weight == 0.75);
constexpr detail::serving_load gguf = formats_with([](network& net, inference& i) {
    net.hidden = 32;
    net.head_parameters = 320;
    i.weights = number_format::q8_0;
});
static_assert(close(gguf.bytes_per_head_weight, 34.0 / 32) && gguf.bytes_per_weight == gguf.bytes_per_dense_weight);

// ---- Rates of the machine

namespace {
/// 8, 6, 2 and 16 FLOP/s in fp16, bf16, fp32 and fp8, 100 bytes per second of HBM3, 10 multiprocessors of 2 MHz.
constexpr gpu round_card{.vendor = vendor::nvidia,
                         .compute_capability = {8, 0},
                         .streaming_multiprocessors = 10,
                         .boost_clock_mhz = 2,
                         .memory_type = memory_type::hbm3,
                         .memory_bandwidth = bytes_per_second::from_number(100),
                         .rates = {.fp32 = flop_per_second::from_number(2),
                                   .fp16_accumulate_fp16 = flop_per_second::from_number(12),
                                   .fp16 = flop_per_second::from_number(8),
                                   .bf16 = flop_per_second::from_number(6),
                                   .fp8 = flop_per_second::from_number(16)},
                         .links = {.pcie_generation = 4, .pcie_lanes = 16},
                         .board_power = watts_of(5)};
constexpr inference_time_constants shares{.streaming_hbm2 = 0.25,
                                          .streaming_hbm3 = 0.5,
                                          .streaming_large_l2 = 0.75,
                                          .streaming_gddr = 0.125,
                                          .streaming_ecc = 0.5};
template <class Change>
constexpr detail::serving_load on(Change change, layout l = {.data = 1}, number_format compute = number_format::fp16) {
    machine m{.card = round_card, .cards = 8, .per_node = 4, .network_gbit = 80};
    detail::serving_load s{.experts = 4};
    change(m, s);
    detail::add_machine(s, m, l, compute, shares);
    return s;
}
constexpr auto unchanged = [](machine&, detail::serving_load&) {};
}  // namespace
constexpr detail::serving_load rates = on(unchanged);
static_assert(rates.nominal == 100 && rates.bandwidth == 50 && rates.rate == 8 && rates.rate_fp16 == 12 &&
              rates.rate_fp8 == 16 && rates.clocks == 20e6 && rates.multiprocessors == 10 && rates.clock == 2e6 &&
              rates.board_power == 5 && !rates.gddr && rates.old_slot && !rates.current && !rates.multiplies_integers);
static_assert(rates.per_node == 4 && rates.network == 1e10 * default_link_constants.network_share &&
              rates.network_latency == default_link_constants.network_latency);
static_assert(on(unchanged, {.data = 1}, number_format::bf16).rate == 6);
constexpr detail::serving_load divided = on(unchanged, {.data = 3, .tensor = 2, .pipeline = 5, .expert = 4});
static_assert(divided.tensor == 2 && divided.pipeline == 5 && divided.replicas == 3 && divided.expert_cards == 4 &&
              divided.expert_ranks == 4);
constexpr detail::serving_load dense_alone =
    on([](machine&, detail::serving_load& s) { s.experts = 0; }, {.data = 1, .tensor = 2, .expert = 4});
static_assert(dense_alone.expert_cards == 2 && dense_alone.expert_ranks == 1);
// In the other 16-bit format, or on the vector units, where a card has no unit for the one that computes.
template <class Change>
constexpr double half_rate(number_format compute, Change change) {
    gpu card = round_card;
    change(card.rates);
    return detail::half_rate_of(card, compute);
}
static_assert(half_rate(number_format::bf16, [](peak_rates& r) { r.bf16 = {}; }) == 8 &&
              half_rate(number_format::fp16, [](peak_rates& r) { r.fp16 = {}; }) == 6 &&
              half_rate(number_format::fp16, [](peak_rates& r) {
                  r.fp16 = {};
                  r.bf16 = {};
              }) == 2);
// Unknown multiprocessors are 128, and clocks follow from the fp32 rate, or from a sixteenth of the 16-bit one.
constexpr detail::serving_load unknown_clock =
    on([](machine& m, detail::serving_load&) { m.card.streaming_multiprocessors = 0; });
static_assert(unknown_clock.multiprocessors == 128 && unknown_clock.clocks == 2.0 / 256 &&
              unknown_clock.clock == 2.0 / 256 / 128);
static_assert(detail::clocks_of(gpu{.streaming_multiprocessors = 10}, 64) == 4.0 / 256);
// One multiprocessor of 1 MHz, rates of one operation per second, and a slot of the first generation are known.
static_assert(detail::clocks_of({.streaming_multiprocessors = 1, .boost_clock_mhz = 1}, 64) == 1e6);
static_assert(half_rate(number_format::bf16, [](peak_rates& r) { r.bf16 = flop_per_second::from_number(1); }) == 1 &&
              half_rate(number_format::bf16,
                        [](peak_rates& r) {
                            r.bf16 = {};
                            r.fp16 = flop_per_second::from_number(1);
                        }) == 1 &&
              half_rate(number_format::fp16, [](peak_rates& r) { r.fp16 = flop_per_second::from_number(1); }) == 1);
constexpr detail::serving_load of_ones = on(
    [](machine& m, detail::serving_load& s) {
        m.card.streaming_multiprocessors = 1;
        m.card.rates.int8 = flop_per_second::from_number(1);
        m.card.links.pcie_generation = 1;
        s.experts = 1;
    },
    {.data = 1, .tensor = 2, .expert = 4});
static_assert(of_ones.multiprocessors == 1 && of_ones.clocks == 2e6 && of_ones.multiplies_integers &&
              of_ones.old_slot && of_ones.expert_cards == 4 && of_ones.expert_ranks == 4);
// Units of int8 count where CUDA reaches them.
static_assert(!on([](machine& m, detail::serving_load&) {
                   m.card.rates.int8 = m.card.rates.fp8;
                   m.card.vendor = vendor::amd;
               }).multiplies_integers);
// The share of the nameplate bandwidth, by memory: HBM2 and HBM3, GDDR behind a large cache, with ECC and without.
constexpr double streamed(memory_type type, double l2, bool ecc) {
    return streaming_share({.memory_type = type, .l2_mb = l2}, ecc, shares);
}
static_assert(streamed(memory_type::hbm2, 64, true) == 0.25 && streamed(memory_type::hbm2e, 0, true) == 0.25 &&
              streamed(memory_type::hbm3e, 0, true) == 0.5 && streamed(memory_type::gddr6, 32, true) == 0.75 &&
              streamed(memory_type::gddr6, 31, true) == 0.0625 && streamed(memory_type::gddr6, 0, false) == 0.125);
static_assert(!on([](machine& m, detail::serving_load&) { m.card.links.pcie_generation = 5; }).old_slot &&
              !on([](machine& m, detail::serving_load&) { m.card.links.pcie_generation = 0; }).old_slot &&
              on([](machine& m, detail::serving_load&) { m.card.rates.int8 = m.card.rates.fp8; }).multiplies_integers);

// ---- Cards that take turns, tokens that are sent, drafts, and the host

// A quarter of the layers on a card of half the rates: the times of both add up, and its stage is the slowest.
constexpr gpu slower = [] {
    gpu card = round_card;
    card.memory_bandwidth = bytes_per_second::from_number(50);
    card.rates.fp16 = flop_per_second::from_number(4);
    card.boost_clock_mhz = 0.5;
    card.rates.int8 = card.rates.fp8;
    return card;
}();
constexpr detail::serving_load turns = [] {
    machine m{.card = round_card, .cards = 2, .others = {.of = {&slower}, .count = 1}};
    m.card.rates.int8 = m.card.rates.fp8;
    detail::serving_load s;
    detail::add_machine(s, m, {.data = 1, .pipeline = 2}, number_format::fp16, shares);
    detail::take_turns(s, {.of = {0.75, 0.25}, .count = 2}, m, {.data = 1, .pipeline = 2}, number_format::fp16, shares);
    return s;
}();
static_assert(close(turns.bandwidth, 1 / (0.75 / 50 + 0.25 / 25)) && close(turns.nominal, 80) &&
              close(turns.rate, 1 / (0.75 / 8 + 0.25 / 4)) && close(turns.clocks, 1 / (0.75 / 20e6 + 0.25 / 5e6)) &&
              close(turns.slowest_stage, (0.25 / 5) / (0.75 / 20 + 0.25 / 5)) && turns.multiplies_integers);

constexpr detail::serving_load sending(number_format weights, int experts_on) {
    detail::serving_load s{.hidden = 256, .active = 3, .tensor = 1, .expert_cards = static_cast<double>(experts_on)};
    s.per_node = 4;
    s.network = 9;
    machine m{.card = {.links = {.nvlink_bidirectional = bytes_per_second::from_number(2e9)}},
              .cards = 8,
              .per_node = 4,
              .link = card_link::nvswitch};
    detail::add_traffic(s, {.weights = weights, .expert_exchange = expert_exchange::sent}, m,
                        default_inference_time_constants);
    return s;
}
static_assert(!sending(number_format::fp8, 1).sends_tokens && sending(number_format::fp8, 8).sends_tokens);
static_assert(!sending(number_format::bf16, 1).sends_tokens);
constexpr detail::expert_traffic eight_bits = sending(number_format::fp8, 8).traffic;
static_assert(eight_bits.ranks == 8 && eight_bits.per_node == 4 && eight_bits.active == 3 &&
              eight_bits.dispatched == 256 + 2 * 4 && eight_bits.combined == 512 && eight_bits.network == 9 &&
              eight_bits.inside == 1e9 * default_link_constants.nvswitch &&
              close(eight_bits.latency, default_inference_time_constants.sent_latency * 1e-6));
static_assert(sending(number_format::bf16, 8).traffic.dispatched == 512 &&
              sending(number_format::bf16, 2).traffic.per_node == 2);

// A draft of 2 layers of 100 weights, a cache of 8 elements and a head of 30, on two cards.
constexpr detail::serving_load draft_of(drafting method) {
    inference i{.speculation = {.method = method,
                                .draft = {.layers = 2, .hidden = 4, .matrices = 200, .head = 30, .cache_width = 8}}};
    detail::serving_load model = plain;
    model.state = 5;
    model.cross = 6;
    model.pipeline = 3;
    model.tensor = 2;
    model.latent_layers = 3;
    model.delta_layers = 3;
    model.sends_tokens = true;
    return detail::draft_load(model, small(), i);
}
constexpr detail::serving_load beside = draft_of(drafting::draft_model);
static_assert(beside.layers == 2 && beside.hidden == 4 && beside.dense == 200 && beside.expert == 0 &&
              beside.experts == 0 && beside.expert_cards == 2 && beside.expert_ranks == 1 && !beside.sends_tokens &&
              beside.head == 30 && beside.bytes_per_weight == 2 && beside.bytes_per_dense_weight == 2 &&
              beside.bytes_per_head_weight == 2);
static_assert(beside.state == 0 && beside.cross == 0 && beside.pipeline == 1 && beside.latent_layers == 0 &&
              beside.delta_layers == 0);
static_assert(beside.attention[0].layers == 2 && beside.attention[0].heads == 1 && beside.attention[0].kv_heads == 1 &&
              beside.attention[0].cache == 16.0 / 2 / 2 && beside.attention[1].layers == 0);
// A prediction layer is one as the last, behind a matrix of 32 x 16 that joins embedding and hidden state.
constexpr detail::serving_load predicting = draft_of(drafting::prediction);
static_assert(predicting.layers == 1 && predicting.dense == 768 + 512 && predicting.expert == 128 &&
              predicting.expert_layers == 1 && predicting.latent_layers == 1 && predicting.delta_layers == 0 &&
              predicting.attention[0].layers == 1 && predicting.attention[0].cache == 16 && predicting.pipeline == 1);

// A draft of one layer attends, one of none (n-grams) does not. A prediction layer attends to a latent where the
// model's layers do, however few.
constexpr detail::serving_load with_draft(draft_model draft) {
    return detail::draft_load(plain, small(), {.speculation = {.method = drafting::draft_model, .draft = draft}});
}
static_assert(with_draft({.layers = 1, .hidden = 4, .matrices = 200, .cache_width = 8}).attention[0].layers == 1 &&
              with_draft({.hidden = 4}).attention[0].layers == 0);
constexpr detail::serving_load predicting_beside(double latent) {
    detail::serving_load model = plain;
    model.latent_layers = latent;
    return detail::draft_load(model, small(), {.speculation = {.method = drafting::prediction}});
}
static_assert(predicting_beside(1).latent_layers == 1 && predicting_beside(0).latent_layers == 0);

// One card of two without units of int8 leaves none to both.
constexpr detail::serving_load mixed_units = [] {
    gpu without = slower;
    without.rates.int8 = {};
    machine m{.card = round_card, .cards = 2, .others = {.of = {&without}, .count = 1}};
    m.card.rates.int8 = m.card.rates.fp8;
    detail::serving_load s;
    detail::add_machine(s, m, {.data = 1, .pipeline = 2}, number_format::fp16, shares);
    detail::take_turns(s, {.of = {0.75, 0.25}, .count = 2}, m, {.data = 1, .pipeline = 2}, number_format::fp16, shares);
    return s;
}();
static_assert(!mixed_units.multiplies_integers);

// The first layer and the experts of the second are in host memory; the head, too, or not.
constexpr detail::host_load placed(bool head, detail::serving_load& s) {
    detail::host_load host;
    s.bytes_per_dense_weight = 2;
    s.bytes_per_weight = 1;
    s.bytes_per_head_weight = 3;
    detail::move_to_host(s, host, small(), {.first_layer = 1, .first_experts = 2, .head = head});
    return host;
}
static_assert([] {
    detail::serving_load s = plain;
    const detail::host_load host = placed(true, s);
    return host.dense == 768 * 2 && host.expert == 128 && host.cache == 32 && host.switches == 1 &&
           s.dense == 2 * 768 && s.expert == 128 && s.head == 160 && s.attention[0].layers == 0 &&
           s.attention[1].layers == 2 && !host.empty();
}());
static_assert([] {
    detail::serving_load s = plain;
    const detail::host_load host = placed(false, s);
    return host.dense == 768 * 2 + 160 * 3 && s.head == 0;
}());
// Replicas of one host read its memory at the same time; those of a host each have all of it.
constexpr double host_rate(int cards, int per_node, double replicas) {
    detail::host_load host;
    detail::add_host_rates(host, {.card = cards::rtx_4090, .cards = cards, .per_node = per_node}, replicas,
                           default_inference_time_constants);
    return host.rate;
}
static_assert(close(host_rate(4, 4, 4), host_rate(4, 4, 1) / 4) && host_rate(4, 1, 4) == host_rate(1, 1, 1) &&
              host_rate(4, 1, 1) == host_rate(1, 1, 1));
// Experts of half a byte per weight in the first layer are on the host with it.
static_assert([] {
    network net = small();
    net.blocks[0].add(net.blocks[1].linears[4]);
    detail::serving_load s = plain;
    s.bytes_per_weight = 0.5;
    detail::host_load host;
    detail::move_to_host(s, host, net, {.first_layer = 1, .first_experts = 1, .head = true});
    return host.expert == 64;
}());
static_assert(detail::host_load{}.empty() && !detail::host_load{.expert = 1}.empty() &&
              !detail::host_load{.dense = 1}.empty());
static_assert([] {
    detail::host_load host;
    detail::add_host_rates(host, {.card = round_card, .host_memory_gb_s = 100}, 1, default_inference_time_constants);
    const double slot = pcie_per_direction(4, 16).number;
    return close(host.rate, 1e11 * default_inference_time_constants.host_read_share) &&
           close(host.copy, slot * default_link_constants.host_copy_share);
}());
