// SPDX-License-Identifier: MIT

// Tests the parts of a step and of a prompt against hand counts, for a load of round numbers on a card of one byte, one
// multiply-add and ten clocks per second.

#include "../../close.hpp"

#include <cardfit/estimate/inference/prefill.hpp>

using namespace cardfit;
using detail::attention_load;
using detail::serving_load;

namespace {

constexpr double million = 1e6;

/// Constants of whole seconds: those of kernels and hosts are in microseconds.
constexpr inference_time_constants round_constants{.gemm_efficiency = 1,
                                                   .gemm_overlap_lost = 0.5,
                                                   .vector_bytes_per_clock = 0.25,
                                                   .marlin_efficiency = 0.5,
                                                   .marlin_layer = 3 * million,
                                                   .dequantizing_weights_per_clock = 0.01,
                                                   .awq_weights_per_clock = 0.02,
                                                   .prompt_efficiency = 0.5,
                                                   .awq_prompt_efficiency = 0.25,
                                                   .fp16_accumulate_efficiency = 0.5,
                                                   .gddr_flops_per_watt = 2,
                                                   .tiled_flops_per_clock = 4,
                                                   .tiled_expert_share = 0.5,
                                                   .paged_share = 0.5,
                                                   .unsplit_clocks = 0.5,
                                                   .scored_share = 0.25,
                                                   .scored_head_clocks = 40,
                                                   .flash_vector_clocks = 3,
                                                   .flash_latent_clocks = 5,
                                                   .concatenated_clocks = 2,
                                                   .repeated_clocks = 3,
                                                   .prompt_attention_efficiency = 0.5,
                                                   .softmax_clocks = 30,
                                                   .unfused_clocks = 100,
                                                   .scored_prompt_clocks = 50,
                                                   .flash_prompt_clocks = 2,
                                                   .fused_bytes = 7,
                                                   .layer = 11 * million,
                                                   .native_step = 13 * million,
                                                   .expert_layer = 17 * million,
                                                   .latent_layer = 19 * million,
                                                   .sent_hidden = 0.5,
                                                   .sequence = 23 * million,
                                                   .pipeline_send = 29 * million,
                                                   .shortest_prompt = 31 * million,
                                                   .early_step = 37 * million,
                                                   .oldest_step = 41 * million,
                                                   .oldest_expert_layer = 43 * million,
                                                   .oldest_eager_layer = 47 * million,
                                                   .oldest_eager_tensor_layer = 53 * million,
                                                   .graphless_layer = 59 * million,
                                                   .expert_loop_host = 61 * million,
                                                   .host_switch = 67 * million,
                                                   .host_16bit = 71 * million,
                                                   .cache_passes = 6,
                                                   .older_host = 3,
                                                   .spread_hooks = 73 * million,
                                                   .host_overlap_lost = 0.25};
using constants = inference_time_constants;

/// Two layers of 500 dense weights and 2 x 8 cached elements of 2 bytes, and a head of 100 weights.
constexpr serving_load round_load{
    .attention = {{.layers = 2, .heads = 4, .kv_heads = 2, .head = 8, .cache = 32, .positions = 1000}},
    .layers = 2,
    .hidden = 16,
    .dense = 1000,
    .head = 100,
    .bytes_per_weight = 2,
    .bytes_per_dense_weight = 2,
    .bytes_per_head_weight = 4,
    .bandwidth = 1,
    .nominal = 2,
    .rate = 2,
    .rate_fp16 = 8,
    .rate_fp8 = 4,
    .clocks = 10,
    .clock = 5,
    .multiprocessors = 2,
    .reduction = {.first = 2 * million, .each = 3 * million, .bus = 4},
    .per_node = 2,
    .network = 8,
    .network_latency = 5};

/// What a lowered inference refers to.
struct server {
    serving_load load = round_load;
    serving_load prompt_load = round_load;
    serving_load draft_load{};
    detail::host_load host{};
    inference job{};
    engine_time row{.layer = &constants::layer, .expert_layer = nullptr, .oldest_expert_layer = nullptr};
    matmul_kernel kernel{.efficiency = &constants::gemm_efficiency};
    kernel_choice choice{};
    attention_kernel attention{};
    cache_reading reading = cache_reading::split;
    inference_time_constants c = round_constants;

    template <class Ask>
    [[nodiscard]] constexpr double ask(Ask question) const {
        kernel_choice chosen = choice;
        chosen.kernel = &kernel;
        const lowered_inference_time lowered{.load = load,
                                             .prompt_load = prompt_load,
                                             .draft_load = draft_load,
                                             .host = host,
                                             .job = job,
                                             .row = &row,
                                             .choice = &chosen,
                                             .kernel = attention,
                                             .reading = reading,
                                             .layer = row.layer,
                                             .constants = &c};
        return question(lowered);
    }
};
template <class Change, class Ask>
constexpr double of(Change change, Ask question) {
    server s;
    change(s);
    return s.ask(question);
}
constexpr auto nothing = [](server&) {};

}  // namespace

// ---- Matmuls of a step

template <class Change>
constexpr double matmuls(double batch, Change change) {
    return of(change, [=](const lowered_inference_time& job) { return detail::matmuls_seconds(job, batch); });
}
// 2000 bytes of layers and 400 of the head; 1100 multiply-adds per token. Half of the shorter of both is not hidden if
// the kernel says so.
static_assert(matmuls(1, nothing) == 2400 && matmuls(4, nothing) == 4400);
constexpr auto lossy = [](server& s) { s.kernel.overlap_lost = &constants::gemm_overlap_lost; };
static_assert(matmuls(1, lossy) == 2400 + 550 && matmuls(4, lossy) == 4400 + 1200);
// A tile of 3 rows computes 3 tokens of each; two cards halve all of it.
static_assert(matmuls(1, [](server& s) { s.kernel.rows = 3; }) == 3300);
static_assert(matmuls(1, [](server& s) { s.load.tensor = 2; }) == 1200);
static_assert(matmuls(4, [](server& s) {
                  s.load.tensor = 2;
                  s.kernel.rows = 6;
              }) == 3300);
// Half of the rate, or the rate of 8 bits.
static_assert(matmuls(4, [](server& s) { s.kernel.efficiency = &constants::marlin_efficiency; }) == 8800);
static_assert(matmuls(8, [](server& s) { s.kernel.fp8_rate = true; }) == 4400);
// A kernel that unpacks a hundredth of a weight, or an eighth of one at a quarter byte, per clock: 1100 weights.
static_assert(matmuls(1, [](server& s) { s.kernel.weights_per_clock = &constants::dequantizing_weights_per_clock; }) ==
              11'000);
static_assert(matmuls(1, [](server& s) {
                  s.kernel.bytes_per_clock = &constants::vector_bytes_per_clock;
                  s.load.clocks = 1;
              }) == 8800);

// 8 experts of 50 weights, of which a token visits 2: one token visits a quarter of them, two 7/16.
constexpr auto experts = [](server& s) {
    for (serving_load* load : {&s.load, &s.prompt_load}) {
        load->expert = 50;
        load->experts = 8;
        load->active = 2;
        load->expert_layers = 1;
        load->bytes_per_weight = 1;
    }
};
static_assert(matmuls(1, experts) == 2400 + 100 && matmuls(2, experts) == 2400 + 175);
static_assert(matmuls(8, experts) == 8 * 1200);
// Two cards share the experts of a data-parallel token each: 7/16 of 8 experts, half of them on each.
static_assert(matmuls(1, [](server& s) {
                  experts(s);
                  s.load.expert_cards = 2;
              }) == 2400 + 175.0 / 2);
// The busiest of two ranks visits more than the mean: mean + sqrt(2 mean (1 - share) ln 2).
static_assert([] {
    serving_load s = round_load;
    s.experts = 8;
    s.active = 2;
    s.expert_ranks = 2;
    const double mean = 4 * 0.25;
    const double busiest = mean + detail::square_root_of(2 * mean * 0.75 * 0.693147180559945);
    return close(detail::busiest_rank(s, 0.25), busiest / mean) && detail::busiest_rank(s, 1) == 1 &&
           detail::busiest_rank(s, 0) == 1 && close(detail::busiest_rank(s, 0.8), 4 / 3.2);
}());

// Quantized layers run in a kernel of their own, and a 16-bit head after them, each with a tile.
constexpr auto quantized = [](server& s) { s.job.weights = number_format::awq_int4; };
static_assert(matmuls(1, quantized) == 2000 + 400);
static_assert(matmuls(1, [](server& s) {
                  quantized(s);
                  s.row.quantized_head = true;
                  s.kernel.overlap_lost = &constants::gemm_overlap_lost;
              }) == 2400 + 550);
static_assert(matmuls(1, [](server& s) {
                  quantized(s);
                  s.kernel.rows = 4;
                  s.kernel.head_rows = 8;
              }) == 4000 + 800);
static_assert(matmuls(1, [](server& s) {
                  quantized(s);
                  s.load.tensor = 2;
                  s.kernel.rows = 4;
                  s.kernel.head_rows = 8;
              }) == 2000 + 400);
static_assert(matmuls(6, [](server& s) {
                  quantized(s);
                  s.kernel.rows = 4;
                  s.kernel.head_rows = 5;
              }) == 6000 + 600);
static_assert(matmuls(1, [](server& s) {
                  quantized(s);
                  experts(s);
                  s.kernel.weights_per_clock = &constants::dequantizing_weights_per_clock;
              }) == 11'000 + 400);

// The kernel of quantized experts may be another one, of a fiftieth of a weight per clock.
constexpr matmul_kernel slow_experts{.weights_per_clock = &constants::awq_weights_per_clock};
constexpr dated_kernel expert_kernels[]{{{}, &slow_experts}};
constexpr double with_own_kernel(number_format weights, bool has_experts) {
    return matmuls(1, [=](server& s) {
        if (has_experts) experts(s);
        s.job.weights = weights;
        s.load.tensor = 2;
        s.load.expert_cards = 2;
        s.row.expert_kernels = expert_kernels;
        s.kernel.weights_per_clock = &constants::dequantizing_weights_per_clock;
    });
}
// Two cards have half of the dense weights each, and half of the quarter of the experts that a token visits.
static_assert(with_own_kernel(number_format::gptq_int4, true) == 5000 + 250 + 200);
static_assert(with_own_kernel(number_format::gptq_int4, false) == 5000 + 200);
static_assert(matmuls(1, [](server& s) {
                  s.load.rate = 1e9;
                  s.load.bandwidth = 4;
              }) == 600);
static_assert(matmuls(1, [](server& s) {
                  s.load.tensor = 2;
                  s.kernel.weights_per_clock = &constants::dequantizing_weights_per_clock;
              }) == 5500);

// ---- Attention of a step

template <class Change>
constexpr double attending(double batch, double context, Change change, double source = 0) {
    return of(change, [=](const lowered_inference_time& job) {
        return detail::attention_seconds(job, batch, context, source);
    });
}
// 2 layers x 32 bytes per token at half of 2 bytes per second; no more positions than attention sees.
static_assert(attending(1, 10, nothing) == 640 && attending(3, 10, nothing) == 1920);
static_assert(attending(1, 2000, nothing) == 64'000);
// Four heads that share one of keys run in tiles of 64 rows: 4 x 8 x 64 FLOPs per token and key head at 2 per second.
static_assert(attending(1, 10, [](server& s) {
                  s.load.attention[0].kv_heads = 1;
                  s.load.attention[0].cache = 16;
              }) == 2 * 10 * 4 * 8 * 64 / 2.0);
static_assert(attending(1, 10, [](server& s) { s.load.attention[0].heads = 7; }) == 640);
static_assert(attending(1, 10, [](server& s) {
                  s.load.attention[0].kv_heads = 1;
                  s.load.attention[0].heads = 100;
              }) == 2 * 10 * 4 * 8 * 100 / 2.0);
static_assert(attending(3, 10, [](server& s) {
                  s.load.attention[0].kv_heads = 1;
                  s.load.nominal = 1e9;
                  s.c.gemm_efficiency = 0.5;
              }) == 3 * 2 * 10 * 4 * 8 * 64);
static_assert(attending(1, 10, [](server& s) { s.load.nominal = 4; }) == 320 && attending(3, 10, [](server& s) {
                                                                                    s.load.nominal = 4;
                                                                                    s.load.state = 5;
                                                                                    s.load.attention[0].scanned = 6;
                                                                                }) == 960 + 15 + 3 * 2 * 6 * 10 / 2.0);
// A layer without heads, or no layer, has no attention.
static_assert(attending(1, 10, [](server& s) { s.load.attention[0].heads = 0; }) == 0 &&
              attending(1, 10, [](server& s) { s.load.attention[0].layers = 0; }) == 0);
// States are read and written; keys and values of another sequence are read; a search reads all positions.
static_assert(attending(3, 0, [](server& s) { s.load.state = 5; }) == 30 &&
              attending(
                  3, 0, [](server& s) { s.load.cross = 7; }, 2) == 42);
static_assert(attending(3, 2000, [](server& s) { s.load.attention[0].scanned = 1; }) == 3 * 64'000 + 3 * 2 * 2000);
// Concatenated caches: 2 clocks per element of 2 key heads and 3 per element of 4 heads of 8, or 6 passes.
static_assert(attending(3, 10, [](server& s) { s.reading = cache_reading::copied; }) ==
              3 * 2 * 10 * 8 * (2 * 2 + 3 * 4) / 10.0);
static_assert(attending(3, 10, [](server& s) {
                  s.reading = cache_reading::copied;
                  s.choice.cache_passes = &constants::cache_passes;
                  s.load.bandwidth = 4;
              }) == 3 * 2 * 32 * 10 * 6 / 4.0);
// One block per head: half a clock per element at 5 clocks per second, in waves of two blocks on 2 multiprocessors.
constexpr auto unsplit = [](server& s) {
    s.reading = cache_reading::unsplit;
    s.load.attention[0].cache = 1;
};
static_assert(attending(1, 10, unsplit) == 20 && attending(3, 10, unsplit) == 60);
static_assert(close(attending(5, 10,
                              [](server& s) {
                                  unsplit(s);
                                  s.load.attention[0].head = 16;
                              }),
                    2 * 10 * 16 * 0.5 / 5 * 5));
// Listed kernels: a quarter of 2 bytes per second, and 40 clocks per head, or 3 per element, of 10 per second.
constexpr auto listed = [](server& s) {
    s.reading = cache_reading::listed;
    s.attention.share = &constants::scored_share;
    s.attention.head_clocks = &constants::scored_head_clocks;
};
static_assert(attending(3, 10, listed) == 3 * 2 * 10 * (64 + 16));
static_assert(attending(3, 10, [](server& s) {
                  listed(s);
                  s.attention.overlaps = true;
              }) == 3 * 2 * 10 * 64);
static_assert(close(attending(1, 10,
                              [](server& s) {
                                  s.reading = cache_reading::listed;
                                  s.attention.element_clocks = &constants::flash_vector_clocks;
                              }),
                    2 * 10 * (32 + 4 * 8 * 3 / 10.0)));
static_assert(close(attending(1, 10,
                              [](server& s) {
                                  s.reading = cache_reading::listed;
                                  s.load.attention[0].latent = true;
                                  s.attention.element_clocks = &constants::flash_vector_clocks;
                                  s.attention.latent_clocks = &constants::flash_latent_clocks;
                              }),
                    2 * 10 * (32 + 4 * 8 * 5 / 10.0)));
static_assert(close(attending(1, 10,
                              [](server& s) {
                                  s.reading = cache_reading::listed;
                                  s.attention.element_clocks = &constants::flash_vector_clocks;
                                  s.attention.latent_clocks = &constants::flash_latent_clocks;
                              }),
                    2 * 10 * (32 + 4 * 8 * 3 / 10.0)));

// ---- Collectives

// Among the 2 cards of a node: 2 + 3 x 2 seconds, and 2 x 1/2 of 64 bytes at 4 per second. Among 8 of 4 nodes, between
// them 2 x 3/4 of each card's half at 8 per second, and 2 x 2 latencies of 5.
static_assert(detail::reduce_seconds(round_load, 1, 64) == 0 && detail::reduce_seconds(round_load, 2, 64) == 8 + 16);
static_assert(detail::reduce_seconds(round_load, 8, 64) == 8 + 16 + 2 * 0.75 * 32 / 8 + 2 * 5 * 2);
template <class Change>
constexpr double exchanged(double tokens, Change change) {
    serving_load s = round_load;
    change(s);
    return detail::exchanged_seconds(s, tokens);
}
// Two all-reduces per layer of 16 x 2 bytes per token.
static_assert(exchanged(4, [](serving_load&) {}) == 0);
static_assert(exchanged(4, [](serving_load& s) {
                  s.tensor = 2;
                  s.expert_cards = 2;
              }) == 2 * 2 * (8 + 32));
// Where data-parallel ranks share the experts, one more among all of them, of the tokens of all.
static_assert(exchanged(4, [](serving_load& s) {
                  s.tensor = 1;
                  s.expert_cards = 2;
              }) == 2 * (8 + 64));
static_assert(exchanged(4, [](serving_load& s) {
                  s.tensor = 2;
                  s.expert_cards = 4;
                  s.per_node = 4;
              }) == 2 * (2 * (8 + 32) + (2 + 3 * 4) + 2 * 3 * 256.0 / 4 / 4));
// Sent tokens: 3 copies of 5 bytes at 1 per second to neighbors, and of 10 bytes back, with 7 seconds each; or over the
// network, if that takes longer.
constexpr detail::expert_traffic parcels{.dispatched = 5, .combined = 10, .inside = 1, .network = 2, .latency = 7};
static_assert(exchanged(4, [](serving_load& s) {
                  s.tensor = 2;
                  s.expert_cards = 4;
                  s.expert_layers = 3;
                  s.sends_tokens = true;
                  s.traffic = parcels;
                  s.copies = {.inside = 3};
              }) == 2 * 2 * (8 + 32) + 3 * (7 + 3 * 2 * 5 + 7 + 3 * 2 * 10));
static_assert(detail::sending_seconds(parcels, {.inside = 3, .between = 10}, 2, 5) == 7 + 10 * 2 * 5 / 2.0 &&
              detail::sending_seconds(parcels, {.inside = 8, .between = 10}, 2, 5) == 7 + 8 * 2 * 5);
static_assert(detail::sending_seconds({.inside = 2, .network = 1}, {.inside = 8}, 2, 5) == 40);
static_assert(detail::overlapped_seconds(10, 4, 0.5) == 12 && detail::overlapped_seconds(4, 10, 0.5) == 12);
// A token visits 3 of the experts on 8 ranks, 4 to a node: 3/8 of the experts on each neighbor, 4 of the ranks beyond.
constexpr detail::expert_traffic eight_ranks{.ranks = 8, .per_node = 4, .active = 3};
static_assert(eight_ranks.nodes() == 2 && detail::expert_traffic{.ranks = 2, .per_node = 4}.nodes() == 1);
static_assert(detail::copies_of_step(eight_ranks).inside == 3 * 3.0 / 8 &&
              detail::copies_of_step(eight_ranks).between == 3 * 4.0 / 8);
// Once to the other node if one of three experts is there: 2 x (1 - 1/8) nodes of which half is another.
static_assert(close(detail::copies_of_prompt(eight_ranks).between, 2 * 0.875 * 0.5) &&
              close(detail::copies_of_prompt(eight_ranks).inside, 8 * (1 - 343.0 / 512) * 3 / 4));
// Two pairs of buffers with a place for 3 tokens at each of 2 experts, of 256 elements of 16 bits and a scale per 128.
static_assert(detail::exchange_buffers(3, 256, 2) == 4 * 2 * 3 * (512 + 8));

// ---- Overheads

template <class Change>
constexpr double overhead(double batch, Change change) {
    return of(change, [=](const lowered_inference_time& job) { return detail::overhead_seconds(job, batch); });
}
// Two layers of 11 seconds; what a kernel adds to a layer; what an engine adds to a step and to a sequence.
static_assert(close(overhead(3, nothing), 22));
static_assert(close(overhead(3, [](server& s) { s.kernel.layer = &constants::marlin_layer; }), 2 * 14));
static_assert(close(overhead(3,
                             [](server& s) {
                                 s.row.step = &constants::native_step;
                                 s.row.sequence = &constants::sequence;
                             }),
                    22 + 13 + 3 * 23));
static_assert(close(overhead(3,
                             [](server& s) {
                                 s.row.sequence = &constants::sequence;
                                 s.row.schedules_ahead_since = s.job.software_date;
                             }),
                    22));
static_assert(close(overhead(3,
                             [](server& s) {
                                 s.load.pipeline = 3;
                                 s.row.pipeline_send = &constants::pipeline_send;
                             }),
                    22 + 2 * 29));
constexpr dated_figure latents[]{{{}, &constants::latent_layer}};
static_assert(close(overhead(3,
                             [](server& s) {
                                 s.load.latent_layers = 2;
                                 s.load.delta_layers = 1;
                                 s.row.latent_layers = latents;
                             }),
                    22 + 2 * 19));
static_assert(close(overhead(3,
                             [](server& s) {
                                 s.load.latent_layers = 2;
                                 s.load.delta_layers = 1;
                                 s.row.delta_layers = latents;
                             }),
                    22 + 19));
constexpr double dated(software_date date) {
    return overhead(3, [=](server& s) {
        experts(s);
        s.job.software_date = date;
        s.row.expert_layer = &constants::expert_layer;
        s.row.oldest_expert_layer = &constants::oldest_expert_layer;
        s.row.early_step = &constants::early_step;
        s.row.early_until = {2025, 1};
        s.row.oldest_step = &constants::oldest_step;
        s.row.oldest_until = {2024, 8};
    });
}
static_assert(close(dated({2025, 1}), 2 * (11 + 17)) && close(dated({2024, 12}), 2 * (11 + 17) + 37) &&
              close(dated({2024, 8}), 2 * (11 + 17) + 37) && close(dated({2024, 7}), 2 * (11 + 43) + 37 + 41));
static_assert(close(overhead(1, [](server& s) { s.row.expert_layer = &constants::expert_layer; }), 22));

// Python launches kernels at 71 seconds a layer, three times that in old slots, 73 more with hooks between cards; a
// quarter of the shorter of host and device is not hidden, or the host waits.
template <class Change>
constexpr double eager(double device, Change change) {
    return of(
        [=](server& s) {
            s.choice.host_layer = &constants::host_16bit;
            change(s);
        },
        [=](const lowered_inference_time& job) { return detail::eager_seconds(job, device); });
}
static_assert(close(eager(100, nothing), 142 + 25) && close(eager(200, nothing), 200 + 35.5));
static_assert(close(eager(100, [](server& s) { s.load.old_slot = true; }), 3 * 142 + 25));
static_assert(close(eager(100, [](server& s) { s.load.pipeline = 2; }), 2 * 144 + 25));
static_assert(close(eager(100, [](server& s) { s.choice.synchronizes = true; }), 242));

// Without recorded graphs, 59 seconds a layer; the oldest engines had graphs up to 100 tokens, beyond which the host
// takes 47 and, under tensor parallelism, 53.
constexpr dated_figure graphless[]{{{}, &constants::graphless_layer}};
template <class Change>
constexpr double beyond(double context, Change change) {
    return of(
        [=](server& s) {
            s.row.graphless_layers = graphless;
            s.row.oldest_until = {2024, 8};
            s.row.oldest_graph_tokens = 100;
            s.row.oldest_eager_layer = &constants::oldest_eager_layer;
            s.row.oldest_eager_tensor_layer = &constants::oldest_eager_tensor_layer;
            change(s);
        },
        [=](const lowered_inference_time& job) { return detail::beyond_graphs_seconds(job, context); });
}
constexpr auto old = [](server& s) { s.job.software_date = {2024, 7}; };
static_assert(beyond(101, nothing) == 0 && beyond(100, old) == 0 && close(beyond(101, old), 2 * 47));
static_assert(beyond(101, [](server& s) { s.job.software_date = {2024, 8}; }) == 0);
static_assert(beyond(101, [](server& s) {
                  old(s);
                  s.row.oldest_graph_tokens = 0;
              }) == 0);
static_assert(close(beyond(101,
                           [](server& s) {
                               old(s);
                               s.load.tensor = 2;
                           }),
                    2 * (47 + 53)));
static_assert(close(beyond(1, [](server& s) { s.job.graphs = false; }), 2 * 59));

// The host reads 300 bytes of layers, a quarter of 8 experts of 20, and 2 bytes per cached token, at 10 per second; two
// layers switch between card and host.
constexpr auto hosted = [](server& s) {
    experts(s);
    s.host = {.dense = 300, .expert = 20, .cache = 2, .switches = 2, .rate = 10, .copy = 5};
};
template <class Change>
constexpr double host(double tokens, double cached, Change change) {
    return of(change, [=](const lowered_inference_time& job) { return detail::host_seconds(job, tokens, cached); });
}
static_assert(host(1, 5, nothing) == 0 && close(host(1, 5, hosted), (300 + 40 + 10) / 10.0 + 2 * 67));
static_assert(close(host(1, 0, [](server& s) { s.host = {.expert = 20, .rate = 10}; }), 0) &&
              close(host(1, 0, [](server& s) { s.host = {.dense = 20, .rate = 10}; }), 2));

// ---- A pass

template <class Change>
constexpr double passing(double batch, double tokens, Change change) {
    return of(change,
              [=](const lowered_inference_time& job) { return detail::pass_seconds(job, batch, 10, 0, tokens); });
}
// 2400 seconds of weights, 640 of a cache of 10 tokens, 22 of layers.
static_assert(close(passing(1, 1, nothing), 2400 + 640 + 22) && close(passing(1, 8, nothing), 8800 + 640 + 22));
static_assert(close(passing(2, 2, nothing), 4400 + 1280 + 22));
static_assert(close(passing(1, 1, hosted), 2500 + 640 + 22 + (300 + 40 + 20) / 10.0 + 2 * 67));
static_assert(close(passing(1, 1,
                            [](server& s) {
                                s.row.launches = kernel_launch::eager;
                                s.choice.host_layer = &constants::host_16bit;
                            }),
                    3062 + 142.0 / 4));
static_assert(close(passing(1000, 1,
                            [](server& s) {
                                s.row.sequence = &constants::sequence;
                                s.row.schedules_ahead_since = s.job.software_date;
                                s.load.rate = 1e6;
                                s.load.nominal = 1e9;
                            }),
                    23'000));
static_assert(close(passing(1, 1,
                            [](server& s) {
                                s.job.graphs = false;
                                s.row.graphless_layers = graphless;
                                s.load.layers = 100;
                            }),
                    5900));
// Two halves of a batch of 4 in turn: each reads the weights and computes 22 seconds of layers; half of the exchange,
// which is the shorter, is hidden.
static_assert(close(passing(4, 1,
                            [](server& s) {
                                s.job.two_batches = true;
                                s.load.tensor = 2;
                                s.load.expert_cards = 2;
                            }),
                    2 * (1200 + 1280 + 22 + 0.5 * 2 * 2 * (8 + 16))));
// A host that loops over experts waits 61 seconds a layer for them, or the work.
static_assert(close(passing(1, 1,
                            [](server& s) {
                                experts(s);
                                s.job.weights = number_format::gptq_int4;
                                s.row.expert_loop_host = &constants::expert_loop_host;
                                s.load.layers = 1000;
                            }),
                    61'000 + 2500 + 640));

// The host does not wait since all experts run in one kernel, nor in formats and models without them.
constexpr double looping(number_format weights, bool has_experts, software_date fused_since) {
    return passing(1, 1, [=](server& s) {
        if (has_experts) experts(s);
        s.job.weights = weights;
        s.job.software_date = {2025, 6};
        s.row.experts_fused_since = fused_since;
        s.row.expert_loop_host = &constants::expert_loop_host;
    });
}
static_assert(close(looping(number_format::gptq_int4, true, {2025, 7}), 2500 + 640 + 22 + 2500 + 640));
static_assert(close(looping(number_format::gptq_int4, true, {2025, 6}), 2500 + 640 + 22) &&
              close(looping(number_format::gptq_int4, false, {2025, 7}), 2400 + 640 + 22) &&
              close(looping(number_format::bf16, true, {2025, 7}), 2500 + 640 + 22));
// Two cards exchange what 3 tokens of each of 2 sequences make.
static_assert(close(passing(2, 3,
                            [](server& s) {
                                s.load.tensor = 2;
                                s.load.expert_cards = 2;
                            }),
                    3300 + 1280 + 22 + 2 * 2 * (8 + 48)));
static_assert(close(passing(4, 3,
                            [](server& s) {
                                s.job.two_batches = true;
                                s.load.tensor = 2;
                                s.load.expert_cards = 2;
                            }),
                    2 * (3300 + 1280 + 22 + 0.5 * 2 * 2 * (8 + 48))));
// The host reads the experts that 2 tokens visit, 7/16 of 8.
static_assert(close(passing(1, 2, hosted), 2575 + 640 + 22 + (300 + 70 + 20) / 10.0 + 2 * 67));

// ---- Speculation

/// A draft of one layer of 100 weights and a cache of 4 bytes, without a head.
constexpr auto drafts = [](server& s) {
    s.job.speculation = {.method = drafting::eagle, .tokens = 2, .acceptance = 0.5};
    s.draft_load = round_load;
    s.draft_load.attention[0].layers = 1;
    s.draft_load.attention[0].cache = 4;
    s.draft_load.layers = 1;
    s.draft_load.dense = 100;
    s.draft_load.head = 0;
};
constexpr auto step = [](const lowered_inference_time& job) { return detail::step_seconds(job, 1, 10); };
constexpr auto draft = [](const lowered_inference_time& job) { return detail::draft_seconds(job, 1, 10); };
constexpr auto share = [](const lowered_inference_time& job) { return detail::draft_share(job); };
// Two passes of the draft, 200 + 40 + 11 seconds each, and one of the model over 3 tokens: 1 + 1/2 + 1/4 tokens.
static_assert(close(of(drafts, draft), 251));
static_assert(close(of(drafts, step), (3300 + 640 + 22 + 2 * 251) / 1.75));
static_assert(close(of(
                        [](server& s) {
                            drafts(s);
                            s.job.speculation.method = drafting::ngram;
                        },
                        step),
                    (3300 + 640 + 22) / 1.75));
static_assert(close(of(nothing, step), 3062));
static_assert(close(of(
                        [](server& s) {
                            drafts(s);
                            s.draft_load.tensor = 2;
                            s.draft_load.expert_cards = 2;
                        },
                        draft),
                    100 + 40 + 11 + 2 * (8 + 8)));
static_assert(close(of(
                        [](server& s) {
                            drafts(s);
                            s.row.launches = kernel_launch::eager;
                            s.choice.host_layer = &constants::host_16bit;
                        },
                        draft),
                    251 + 71.0 / 4));
static_assert(of(
                  [](server& s) {
                      drafts(s);
                      s.job.speculation.method = drafting::ngram;
                  },
                  share) == 0 &&
              of(
                  [](server& s) {
                      drafts(s);
                      s.job.speculation.method = drafting::none;
                  },
                  share) == 0);
static_assert(tokens_per_pass(0.5, 0) == 1 && tokens_per_pass(0.5, 2) == 1.75);
static_assert(close(of(drafts, share), 0.1));
static_assert(close(of(
                        [](server& s) {
                            drafts(s);
                            experts(s);
                            s.draft_load.expert = 20;
                            s.draft_load.active = 3;
                        },
                        share),
                    160.0 / 1100));

// ---- Prompts

template <class Change>
constexpr double prompt_of(double batch, double prompt, Change change) {
    return of(change, [=](const lowered_inference_time& job) { return detail::prompt_seconds(job, batch, prompt); });
}
template <class Change>
constexpr double attention_of(double batch, double prompt, Change change) {
    return of(change,
              [=](const lowered_inference_time& job) { return detail::prompt_attention_seconds(job, batch, prompt); });
}
// 2 layers x 4 heads x half of 10 x 10 pairs: 4 x 8 FLOPs at 1 per second, and 30 of 10 clocks.
static_assert(close(attention_of(1, 10, nothing), 400 * (32 + 3)) &&
              close(attention_of(3, 10, nothing), 1200 * (32 + 3)));
static_assert(close(attention_of(1, 10, [](server& s) { s.prompt_load.attention[0].positions = 2; }), 160 * (32 + 3)));
// A search of a width of 6 among all positions, 2 FLOPs each at half of the rate of 8 bits.
static_assert(close(attention_of(3, 10, [](server& s) { s.prompt_load.attention[0].scan_width = 6; }),
                    1200 * (32 + 3) + 3 * 2 * 50 * 12 / 2.0));
// Listed kernels see each piece up to its end: (10 + 5)/2 positions, at 50 clocks per head and 2 per element.
static_assert(close(attention_of(3, 10,
                                 [](server& s) {
                                     s.reading = cache_reading::listed;
                                     s.row.prompt_piece = 5;
                                     s.attention.prompt_head_clocks = &constants::scored_prompt_clocks;
                                     s.attention.prompt_clocks = &constants::flash_prompt_clocks;
                                 }),
                    3 * 2 * 4 * 10 * 7.5 * (50 + 16) / 10));
static_assert(close(attention_of(1, 10,
                                 [](server& s) {
                                     s.reading = cache_reading::listed;
                                     s.row.prompt_piece = 5;
                                     s.prompt_load.attention[0].positions = 2;
                                     s.attention.prompt_head_clocks = &constants::scored_prompt_clocks;
                                 }),
                    2 * 4 * 10 * 4.5 * 50 / 10));
constexpr auto piece = [](const lowered_inference_time& job) { return detail::piece_of(job, 10); };
static_assert(of(nothing, piece) == 10 && of([](server& s) { s.row.prompt_piece = 4; }, piece) == 4 &&
              of([](server& s) { s.row.prompt_piece = 40; }, piece) == 10);
static_assert(of(
                  [](server& s) {
                      s.row.prompt_piece = 4;
                      s.job.max_batched_tokens = 1;
                  },
                  piece) == 1);

// Rates: half of 2 FLOP/s; of the rate of 8 bits, or between both where a quarter of the visited weights has 16 bits.
constexpr auto rate = [](const lowered_inference_time& job) { return detail::prompt_layer_rate(job); };
static_assert(of(nothing, rate) == 1 && of([](server& s) { s.kernel.fp8_rate = true; }, rate) == 2);
static_assert(close(of(
                        [](server& s) {
                            s.kernel.fp8_rate = true;
                            s.prompt_load.unquantized = 0.5;
                            s.prompt_load.expert = 500;
                            s.prompt_load.active = 2;
                        },
                        rate),
                    0.5 / (0.75 / 4 + 0.25 / 2)));
static_assert(of([](server& s) { s.kernel.prompt_on_current_cards = true; }, rate) == 1);
static_assert(of(
                  [](server& s) {
                      s.kernel.prompt_on_current_cards = true;
                      s.kernel.efficiency = &constants::marlin_efficiency;
                      s.kernel.prompt_efficiency = &constants::awq_prompt_efficiency;
                      s.prompt_load.current = true;
                  },
                  rate) == 1);
static_assert(of(
                  [](server& s) {
                      s.kernel.efficiency = &constants::marlin_efficiency;
                      s.kernel.prompt_efficiency = &constants::awq_prompt_efficiency;
                      s.prompt_load.current = true;
                  },
                  rate) == 0.5);
// Accumulated in fp16: half of 8 FLOP/s, of which a GDDR board sustains 2 per watt.
constexpr double accumulated(bool gddr, double watts_) {
    return of(
        [=](server& s) {
            s.row.accumulates_fp16 = true;
            s.prompt_load.gddr = gddr;
            s.prompt_load.board_power = watts_;
        },
        rate);
}
static_assert(accumulated(false, 1) == 4 && accumulated(true, 1) == 2 && accumulated(true, 0) == 4 &&
              accumulated(true, 100) == 4);
// Integer units: 4 FLOP per clock, where the card has them and the kernel uses them.
constexpr auto integers = [](server& s) {
    s.kernel.prompt_flops_per_clock = &constants::tiled_flops_per_clock;
    s.prompt_load.multiplies_integers = true;
};
static_assert(of(integers, rate) == 40 &&
              of([](server& s) { s.kernel.prompt_flops_per_clock = &constants::tiled_flops_per_clock; }, rate) == 1);

// 1000 dense weights and 2 of 8 experts of 50: 1100 multiply-adds per token. Tiles of 3 tokens are added to each of
// the experts that a piece visits, at half of the rate.
constexpr double flops(double prompt, double tokens, int tile, int tensor, int chunk) {
    return of(
        [=](server& s) {
            experts(s);
            s.kernel.expert_tile = tile;
            s.kernel.expert_share = &constants::tiled_expert_share;
            s.prompt_load.tensor = tensor;
            s.row.prompt_piece = chunk;
        },
        [=](const lowered_inference_time& job) { return detail::prompt_layer_flops(job, prompt, tokens); });
}
static_assert(flops(10, 10, 0, 1, 0) == 2 * 11'000 && flops(10, 10, 0, 2, 0) == 11'000);
static_assert(close(flops(2, 4, 3, 1, 1), 2 * (4000 + 50 * (8 + 2 * 2 * 2 * 3) / 0.5)));
static_assert(close(flops(2, 2, 3, 1, 2), 2 * (2000 + 50 * (4 + 3.5 * 3) / 0.5)));

// Unpacking 100 weights reads a byte or two and writes 2 of each, at 2 per second; where the kernel does so, or prompts
// come in pieces, and not for weights in 16 bits or integer units.
template <class Change>
constexpr double unpacked(Change change) {
    return of(
        [=](server& s) {
            s.job.weights = number_format::awq_int4;
            s.kernel.dequantizes_prompt = true;
            change(s);
        },
        [](const lowered_inference_time& job) { return detail::dequantize_seconds(job, 100); });
}
static_assert(unpacked(nothing) == 200 && unpacked([](server& s) { s.prompt_load.bytes_per_weight = 1; }) == 150);
static_assert(unpacked([](server& s) { s.kernel.dequantizes_prompt = false; }) == 0);
static_assert(unpacked([](server& s) {
                  s.kernel.dequantizes_prompt = false;
                  s.row.prompt_piece = 1;
              }) == 200);
static_assert(unpacked(integers) == 0 && unpacked([](server& s) { s.job.weights = number_format::bf16; }) == 0);

// Fused kernels move 7 bytes per element of the residual, of 2 layers of 16; others take 100 clocks for 4 bytes.
constexpr auto pointwise = [](const lowered_inference_time& job) { return detail::pointwise_seconds(job, 10); };
static_assert(of([](server& s) { s.prompt_load.bandwidth = 4; }, pointwise) == 7 * 2 * 16 * 10 / 4.0 &&
              of([](server& s) { s.row.unfused_bytes = 2; }, pointwise) == 50 * 2 * 16 * 10 / 10.0);

// A whole prompt of 10 tokens: 2 x 10'000 FLOPs of layers, 200 of the head for its last token, attention and elements.
constexpr double attention10 = 400 * 35;
constexpr double elements10 = 7 * 2 * 16 * 10;
static_assert(close(prompt_of(1, 10, nothing), 20'000 + 200 + attention10 + elements10));
static_assert(close(prompt_of(3, 10, nothing), 3 * (20'000 + 200 + attention10 + elements10)));
static_assert(close(prompt_of(1, 10, [](server& s) { s.job.full_prompt_logits = true; }),
                    20'000 + 2000 + attention10 + elements10));
static_assert(close(prompt_of(1, 10,
                              [](server& s) {
                                  s.job.weights = number_format::awq_int4;
                                  s.kernel.dequantizes_prompt = true;
                              }),
                    20'000 + 200 + attention10 + elements10 + 1000 * 4 / 2.0));
// Two cards: half of the matmuls, and all-reduces of 320 bytes; half of them is hidden by two halves of the prompt.
constexpr auto two_cards = [](server& s) {
    s.load.tensor = 2;
    s.load.expert_cards = 2;
    s.prompt_load.tensor = 2;
    s.prompt_load.expert_cards = 2;
};
constexpr double reduced10 = 2 * 2 * (8 + 80);
static_assert(close(prompt_of(1, 10, two_cards), 10'000 + 100 + attention10 + elements10 + reduced10));
static_assert(close(prompt_of(1, 10,
                              [](server& s) {
                                  two_cards(s);
                                  s.job.two_batches = true;
                              }),
                    10'000 + 100 + attention10 + elements10 + reduced10 / 2));
// With experts on two cards, half of 1100 weights is unpacked on each.
static_assert(close(prompt_of(1, 10,
                              [](server& s) {
                                  experts(s);
                                  s.prompt_load.tensor = 2;
                                  s.prompt_load.bytes_per_weight = 2;
                                  s.job.weights = number_format::awq_int4;
                                  s.kernel.dequantizes_prompt = true;
                              }),
                    11'000 + 100 + attention10 + elements10 + reduced10 + 550 * 4 / 2.0));
// No prompt is shorter than a step, or than its engine's shortest.
static_assert(close(prompt_of(1, 1, [](server& s) { s.prompt_load.rate = 1e9; }), 2400 + 22));
static_assert(close(prompt_of(1, 1,
                              [](server& s) {
                                  s.prompt_load.rate = 1e9;
                                  s.c.shortest_prompt = 5000 * million;
                                  s.row.shortest_prompt = &constants::shortest_prompt;
                              }),
                    5000));

// In three chunks of at most 4 tokens: each has 22 seconds of layers, and unpacks the weights. A pipeline of 2 stages
// works on half of it, with one chunk more in the other half.
constexpr double chunks(int stages, double slowest, bool copies = false) {
    return of(
        [=](server& s) {
            s.row.prompt_piece = 4;
            s.row.pipeline_send = &constants::pipeline_send;
            s.prompt_load.pipeline = stages;
            s.prompt_load.slowest_stage = slowest;
            if (copies) s.host = {.dense = 50, .rate = 10, .copy = 5};
        },
        [](const lowered_inference_time& job) { return detail::chunked_seconds(job, 10, 1000, 100); });
}
static_assert(close(chunks(1, 0), 1300 + 66) && close(chunks(2, 0), 1300 * (0.5 + 0.5 * 0.4) + 66 + 3 * 29));
static_assert(close(chunks(2, 0.75), 1300 * (0.75 + 0.25 * 0.4) + 66 + 3 * 29));
static_assert(close(chunks(1, 0, true), 1300 + 3 * 5 + 66));
// From 32 tokens on, the card copies what the host has: 300 bytes and 8 experts of 20 at 5 per second.
constexpr double host_chunk(double tokens) {
    return of(hosted, [=](const lowered_inference_time& job) { return detail::host_chunk_seconds(job, tokens); });
}
static_assert(close(host_chunk(32), 460.0 / 5) && close(host_chunk(1), 34 + 134));
static_assert(close(prompt_of(1, 10, [](server& s) { s.row.prompt_piece = 5; }),
                    20'000 + elements10 + attention10 + 2 * 22));

// A tower's 600 FLOPs per sequence at 2 per second, on two cards.
static_assert(detail::tower_seconds(
                  [] {
                      lowered_inference_time job{.tower_flops = 600};
                      job.prompt_load = round_load;
                      job.prompt_load.tensor = 2;
                      job.constants = &round_constants;
                      return job;
                  }(),
                  3) == 450);

// ---- Bounds

// Two nodes of two cards: 2 + 2 x 3 seconds and 2 x 1/2 x 8/4 bytes inside, 2 x 1/2 x 8/2/8 and two latencies between.
static_assert(close(detail::reduce_seconds(round_load, 4, 8), 8 + 2 + 0.5 + 10));
// One expert, visited by every token, is visited; a model without experts visits none.
static_assert(detail::visited_experts(serving_load{.experts = 1, .active = 1}, 1) == 1 &&
              detail::visited_experts(serving_load{.active = 1}, 1) == 0);
// A merged head's weights are unpacked with those of the layers, however slowly: 1100 at a hundredth of 10 per second.
static_assert(close(matmuls(1,
                            [](server& s) {
                                s.load.head = 1000;
                                s.load.bytes_per_head_weight = 0;
                                s.kernel.weights_per_clock = &constants::dequantizing_weights_per_clock;
                            }),
                    20'000));
// Four heads of queries on one of keys: tiles of 64 rows, of heads of 16.
static_assert(close(attending(1, 10,
                              [](server& s) {
                                  s.load.attention[0].kv_heads = 1;
                                  s.load.attention[0].head = 16;
                              }),
                    2 * 10 * 4 * 16 * 64 / 2.0));
// One layer of one head attends.
static_assert(attending(1, 10, [](server& s) {
                  s.load.attention[0].layers = 1;
                  s.load.attention[0].heads = 1;
                  s.load.attention[0].kv_heads = 1;
              }) == 320);
// A model of one expert a layer has its seconds, its kernel and its host's loop.
constexpr auto one_expert = [](server& s) {
    experts(s);
    s.load.experts = 1;
    s.load.active = 1;
};
static_assert(close(overhead(1,
                             [](server& s) {
                                 one_expert(s);
                                 s.row.expert_layer = &constants::expert_layer;
                             }),
                    2 * (11 + 17)));
static_assert(close(overhead(1, [](server& s) { s.row.expert_layer = &constants::expert_layer; }), 22));
static_assert(close(matmuls(1,
                            [](server& s) {
                                one_expert(s);
                                s.job.weights = number_format::gptq_int4;
                                s.row.expert_kernels = expert_kernels;
                            }),
                    2000 + 250 + 400));
static_assert(close(passing(1, 1,
                            [](server& s) {
                                one_expert(s);
                                s.job.weights = number_format::gptq_int4;
                                s.row.experts_fused_since = no_software_yet;
                                s.row.expert_loop_host = &constants::expert_loop_host;
                            }),
                    2450 + 640 + 22 + 2450 + 640));
// The oldest engines' graphs may have been of one token.
static_assert(close(beyond(2,
                           [](server& s) {
                               old(s);
                               s.row.oldest_graph_tokens = 1;
                           }),
                    2 * 47));
// A draft does not attend to the source, and a step whose source is not stated has none.
static_assert(close(of(
                        [](server& s) {
                            drafts(s);
                            s.draft_load.cross = 1000;
                        },
                        draft),
                    251));
static_assert(close(of([](server& s) { s.load.cross = 1000; }, step), 3062));

// One expert is computed in tiles, as several are: 10 tokens and one tile of 16 of its 50 weights, beside 1000 others.
static_assert(close(of(
                        [](server& s) {
                            one_expert(s);
                            s.prompt_load.experts = 1;
                            s.prompt_load.active = 1;
                            s.kernel.expert_tile = 16;
                            s.kernel.expert_share = &constants::tiled_expert_share;
                        },
                        [](const lowered_inference_time& job) { return detail::prompt_layer_flops(job, 10, 10); }),
                    2 * (1000 * 10 + 50 * (10 + 16) / 0.5)));
