// SPDX-License-Identifier: MIT
#pragma once

// An inference lowered to numbers for the time estimates: what a step and a prompt read and compute, and the rates of
// the machine.

#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/estimate/arithmetic.hpp>
#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/inference/exchange.hpp>
#include <cardfit/estimate/inference/kv_cache.hpp>
#include <cardfit/estimate/inference/speculation.hpp>
#include <cardfit/estimate/inference/weights.hpp>
#include <cardfit/job/inference_time_rules.hpp>

namespace cardfit {

/// The time of the small all-reduces of a step over a switch, a mesh or a slot: (first + each x cards) microseconds,
/// plus bytes over `bus`. Source: NCCL 2.27 tables of aiconfigurator, 2 to 8 cards.
struct all_reduce_latency {
    compute_capability since{};  ///< compute capability of the first cards of the line
    double first = 0;            ///< microseconds of the first link
    double each = 0;             ///< microseconds of each further card
    double bus = 0;              ///< bytes per second
};
/// The lines, by generation.
inline constexpr all_reduce_latency all_reduce_latencies[]{
    {{0, 0}, 5.6, 2.0, 20e9},    // older than A100
    {{8, 0}, 5.6, 2.0, 230e9},   // NVSwitch, A100
    {{9, 0}, 3.6, 1.5, 365e9},   // H100
    {{10, 0}, 5.0, 2.5, 700e9},  // B200
};

/// The same over PCIe, with the bandwidth of an L40S pair. Engines leave more than two cards to NCCL (vLLM,
/// custom_all_reduce.py), whose ring takes 2 microseconds and 2(n - 1) hops of 2.85: a pair of L40S 7.7
/// (aiconfigurator), four V100 behind a switch 19.4 (haohervchb/sglang-V100 pull request 2), eight RTX 4090 42.1,
/// through host memory (NVIDIA/nccl issue 1530).
inline constexpr all_reduce_latency all_reduce_over_pcie{{}, -3.7, 5.7, 20e9};

/// Returns the fraction of a card's nameplate bandwidth that streaming kernels reach, by its kind of memory.
[[nodiscard]] constexpr double streaming_share(
    const gpu& card, bool ecc, const inference_time_constants& c = default_inference_time_constants) noexcept {
    const memory_type type = card.memory_type;
    if (type == memory_type::hbm2 || type == memory_type::hbm2e) return c.streaming_hbm2;
    if (type == memory_type::hbm3 || type == memory_type::hbm3e) return c.streaming_hbm3;
    if (card.l2_mb >= 32) return c.streaming_large_l2;
    return ecc && ecc_takes_memory(card.memory_type) ? c.streaming_gddr * c.streaming_ecc : c.streaming_gddr;
}

namespace detail {

inline constexpr double microsecond = 1e-6;

/// The attention of all layers of one kind, on one GPU.
struct attention_load {
    double layers = 0;
    double heads = 0;
    double kv_heads = 0;
    double head = 0;        ///< width of one head
    double cache = 0;       ///< bytes per token of one layer that attention reads
    double positions = 0;   ///< that a token attends to at most
    double scanned = 0;     ///< bytes per token of one layer that a search among all positions reads
    double scan_width = 0;  ///< multiply-adds of that search per position
    bool latent = false;    ///< one key, of a latent, for all heads
};

/// An inference in numbers, on one GPU before tensor parallelism where nothing else is said.
struct serving_load {
    attention_load attention[max_block_kinds]{};
    double state = 0;  ///< bytes of recurrent states per sequence, which each step reads and writes
    double cross = 0;  ///< bytes of cross attention's keys and values per source token
    double layers = 0;
    double expert_layers = 0;
    double latent_layers = 0;  ///< that attend to a latent (MLA)
    double delta_layers = 0;   ///< whose state the delta rule corrects
    double hidden = 0;
    double dense = 0;    ///< parameters in matrices that every token visits
    double expert = 0;   ///< parameters of one expert of every layer
    double experts = 0;  ///< per layer
    double active = 0;   ///< experts that a token visits per layer
    double head = 0;     ///< parameters of the vocabulary head
    double bytes_per_weight = 0;
    double bytes_per_dense_weight = 0;  ///< differs where experts have a format of their own
    double bytes_per_head_weight = 0;
    double unquantized = 0;  ///< share of the dense weights that modules keep in 16 bits beside a quantized format
    double bandwidth = 0;    ///< bytes per second that streaming kernels reach
    double nominal = 0;      ///< bytes per second of the datasheet
    double rate = 0;         ///< FLOP/s of fp16 with fp32 accumulation
    double rate_fp16 = 0;    ///< FLOP/s of fp16 with fp16 accumulation
    double rate_fp8 = 0;
    double clocks = 0;  ///< multiprocessors x clock
    double clock = 0;
    double multiprocessors = 0;
    double board_power = 0;
    bool gddr = false;
    bool multiplies_integers = false;  ///< by units of int8 that CUDA reaches
    bool old_slot = false;             ///< PCIe before generation 5, where hosts are slower too
    bool current = false;              ///< compute capability 9 and later
    int tensor = 1;
    int pipeline = 1;
    double slowest_stage = 0;  ///< part of a prompt's time on the slowest stage; 0: all stages take equal time
    double replicas = 1;
    double expert_cards = 1;  ///< that divide the experts
    double expert_ranks = 1;  ///< among which whole experts are distributed (expert parallelism)
    all_reduce_latency reduction{};
    double per_node = 1;
    double network = 0;  ///< bytes per second of one GPU between nodes
    double network_latency = 0;
    expert_traffic traffic{};  ///< where tokens are sent to the ranks of their experts
    token_copies copies{};     ///< that the kernels of a step send, or those of prompts
    bool sends_tokens = false;
};

/// Adds the matrices of `layers` layers of one kind: those that every token visits, and one expert's.
constexpr void add_matrices(serving_load& s, const layer_block& b, double layers) {
    double experts = 0;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        const double elements = static_cast<double>(m.in) * static_cast<double>(m.out);
        if (m.split == weight_split::expert) {
            s.expert += layers * elements;
            experts = static_cast<double>(m.copies);
            s.active = static_cast<double>(m.active);
        } else {
            // A matrix whose weights another layer holds (no copy, and active) is read and multiplied all the same.
            s.dense += layers * elements * static_cast<double>(m.active);
        }
    }
    s.experts = most(s.experts, experts);
    if (experts > 0) s.expert_layers += layers;
}

/// Adds the attention, the cache and the states of `layers` layers of one kind on one GPU.
constexpr void add_mixer_load(serving_load& s, attention_load& load, const layer_block& b, double layers,
                              const network& net, const inference& i, const layout& l) {
    const engine_memory& row = row_of(i).memory;
    const number_format format = cache_format(i);
    const std::int64_t compute = block_layout_of(compute_format_of(i.weights)).block_bytes;
    const attention_answers& a = b.attention;
    const double tensor = static_cast<double>(l.tensor);
    const double kv_heads = static_cast<double>(net.kv_heads);
    // Tensor parallelism divides whole heads, and copies them where there are more GPUs than heads.
    const double kv_heads_here = most(1, whole_up(kv_heads / tensor));
    const double divided = kv_heads / kv_heads_here;
    const cache_layout kept = cache_of(b, row, i.software_date);
    load.layers = layers;
    load.heads = static_cast<double>(a.heads) / tensor;
    load.kv_heads = kv_heads_here;
    load.head = static_cast<double>(a.head_width);
    load.cache = static_cast<double>(cached_bytes(i, kept.width + b.cache.borrowed_width, kept.splits, 0)) /
                 (kept.splits ? divided : 1);
    load.positions = static_cast<double>(a.most_positions());
    load.scanned = static_cast<double>(b.cache.scan_bytes);
    load.scan_width = static_cast<double>(a.scan_heads * a.scan_head_width);
    const double source = static_cast<double>(storage(format, b.cache.cross_width).number);
    if (b.cache.compressed) s.latent_layers += layers;
    if (b.state.delta_rule) s.delta_layers += layers;
    load.latent = b.cache.compressed && i.software_date >= row.latent_since;
    s.cross += layers * source / (b.cache.by_head ? divided : 1);
    s.state += layers * static_cast<double>(state_bytes(b, row, compute, l));
}

/// Adds the layers that take part in a step or, `reading`, in the prompt. Of an encoder-decoder the encoder reads the
/// prompt, and the keys and values of cross attention are made then.
constexpr void add_parameters(serving_load& s, const network& net, const inference& i, const layout& l, bool reading) {
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const double layers = static_cast<double>(b.layers.count(0, net.layers));
        const double made_once = layers * static_cast<double>(net.hidden * b.cache.cross_width);
        if (net.is_encoder_decoder && b.encodes != reading) {
            s.dense += reading ? made_once : 0;
            continue;
        }
        s.dense -= made_once;
        add_matrices(s, b, layers);
        add_mixer_load(s, s.attention[k], b, layers, net, i, l);
        s.layers += layers;
    }
    s.hidden = static_cast<double>(net.hidden);
    s.head = static_cast<double>(net.logits) * static_cast<double>(net.hidden);
}

/// Returns the bytes per weight of a format; scales and zero points follow from one square matrix of the model's width.
[[nodiscard]] constexpr double bytes_per_weight_in(number_format format, const network& net, const inference& i) {
    const double width = static_cast<double>(net.hidden);
    return static_cast<double>(matrix_bytes(format, net.hidden, net.hidden, 1, i.group)) / (width * width);
}

/// Returns the format that stores the matrices of experts.
[[nodiscard]] constexpr number_format expert_format(const inference& i) noexcept {
    return i.modules.experts != number_format::by_default ? i.modules.experts : i.weights;
}

/// The matrices that every token visits, where modules have formats of their own.
struct dense_modules {
    double bytes_per_weight = 0;
    double unquantized = 0;  ///< share of the weights with a format of their own of 16 bits or more
};

/// Returns the dense matrices of a network by module. `usual` are the bytes per weight of a matrix whose module has no
/// format of its own.
[[nodiscard]] constexpr dense_modules dense_modules_of(const network& net, const inference& i, double usual) {
    double elements = 0;
    double sum = 0;
    double unquantized = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const double layers = static_cast<double>(b.layers.count(0, net.layers));
        for (std::int64_t n = 0; n < b.linear_count; ++n) {
            const linear& m = b.linears[n];
            if (m.split == weight_split::expert) continue;
            const number_format own = format_of(i.modules, module_of(m, b));
            const double bytes = own == number_format::by_default ? usual : bytes_per_weight_in(own, net, i);
            const double of_matrix =
                layers * static_cast<double>(m.copies) * static_cast<double>(m.in) * static_cast<double>(m.out);
            elements += of_matrix;
            sum += of_matrix * bytes;
            if (own != number_format::by_default && !is_quantized(own)) unquantized += of_matrix;
        }
    }
    if (!(elements > 0)) return {.bytes_per_weight = usual};
    return {.bytes_per_weight = sum / elements, .unquantized = unquantized / elements};
}

/// Replaces the bytes per weight where modules have formats of their own, and counts the layers left unquantized.
constexpr void add_module_formats(serving_load& s, const network& net, const inference& i) {
    const double compute = static_cast<double>(block_layout_of(compute_format_of(i.weights)).block_bytes);
    const double left = static_cast<double>(i.modules.unquantized_layers) / static_cast<double>(net.layers);
    const auto with_layers = [&](double bytes) { return bytes + left * (compute - bytes); };
    const dense_modules dense = dense_modules_of(net, i, s.bytes_per_dense_weight);
    s.bytes_per_dense_weight = with_layers(dense.bytes_per_weight);
    s.unquantized = dense.unquantized + left * (1 - dense.unquantized);
    s.bytes_per_weight =
        s.experts > 0 ? with_layers(bytes_per_weight_in(expert_format(i), net, i)) : s.bytes_per_dense_weight;
    if (i.modules.head != number_format::by_default)
        s.bytes_per_head_weight = bytes_per_weight_in(i.modules.head, net, i);
}

/// Adds the bytes per weight. `weights` are the parameters in matrices of all layers, whether they take part in a step
/// or not.
constexpr void add_formats(serving_load& s, const network& net, const inference& i, bool quantized_head,
                           double weights) {
    const double compute = static_cast<double>(block_layout_of(compute_format_of(i.weights)).block_bytes);
    s.bytes_per_head_weight = compute;
    if (is_gguf(i)) {
        const gguf_bytes file = gguf_bytes_by_kind(net, i.weights);
        const double layers = static_cast<double>(file.layers() - file.vectors);
        const double head = static_cast<double>(file.head > 0 ? file.head : file.embedding);
        s.bytes_per_weight = weights > 0 ? layers / weights : 0;
        s.bytes_per_dense_weight = s.bytes_per_weight;
        if (s.head > 0) s.bytes_per_head_weight = head / s.head;
        return;
    }
    s.bytes_per_weight = bytes_per_weight_in(i.weights, net, i);
    s.bytes_per_dense_weight =
        s.experts > 0 && quantized_layout_of(i.weights).experts_alone ? compute : s.bytes_per_weight;
    if (quantized_head) s.bytes_per_head_weight = s.bytes_per_weight;
    if (is_exllama(i.weights)) s.bytes_per_head_weight = bits_per_element(exllama_head) / 8;
    if (differ_by_module(i.modules)) add_module_formats(s, net, i);
}

/// Returns multiprocessors x clock. For boards whose multiprocessors or clock are not published, it follows from 128
/// fp32 lanes per multiprocessor and two operations per clock.
[[nodiscard]] constexpr double clocks_of(const gpu& card, double rate) noexcept {
    if (card.streaming_multiprocessors > 0 && card.boost_clock_mhz > 0)
        return card.streaming_multiprocessors * card.boost_clock_mhz * 1e6;
    return most(card.rates.fp32.number, rate / 16) / 256;
}

/// Returns the microseconds of the smallest all-reduce among so many GPUs.
[[nodiscard]] constexpr double latency_of(const all_reduce_latency& r, std::int64_t cards) noexcept {
    return r.first + r.each * static_cast<double>(cards);
}

/// Returns the all-reduce of a step among so many GPUs of a node, by their link. Modules that NVSwitch joins keep the
/// latency of their generation over PCIe where it is longer, because it is that of their kernels: a link is never
/// faster than NVLink. Host memory and bridges change the bandwidth alone.
[[nodiscard]] constexpr all_reduce_latency reduction_of(const machine& m, std::int64_t cards) noexcept {
    const card_link link = link_of(m);
    all_reduce_latency own = all_reduce_latencies[0];
    for (const all_reduce_latency& r : all_reduce_latencies)
        if (m.card.compute_capability >= r.since) own = r;
    if (link == card_link::nvswitch || link == card_link::nvlink) return own;
    all_reduce_latency reduction = all_reduce_over_pcie;
    if (link_class_of(m, cards) != link_class::pcie) reduction.bus = bus_bytes_per_second(m, static_cast<int>(cards));
    if (!is_module(m.card) || latency_of(own, cards) <= latency_of(reduction, cards)) return reduction;
    reduction.first = own.first;
    reduction.each = own.each;
    return reduction;
}

/// Returns the rate at which the card multiplies 16-bit matrices, FLOP/s: in the compute format where it has a unit for
/// it, else in the other 16-bit format, else on its vector units. `missing_for_inference` refuses cards whose rate is
/// not known.
[[nodiscard]] constexpr double half_rate_of(const gpu& card, number_format compute) noexcept {
    const peak_rates& r = card.rates;
    const bool in_bf16 = r.bf16.number > 0 && (compute == number_format::bf16 || !(r.fp16.number > 0));
    if (in_bf16) return r.bf16.number;
    return r.fp16.number > 0 ? r.fp16.number : r.fp32.number;
}

/// Adds the rates of the machine, and how the layout divides the work.
constexpr void add_machine(serving_load& s, const machine& m, const layout& l, number_format compute,
                           const inference_time_constants& c) {
    const gpu& card = m.card;
    s.nominal = card.memory_bandwidth.number;
    s.bandwidth = s.nominal * streaming_share(card, ecc_runs(m), c);
    s.rate = half_rate_of(card, compute);
    s.rate_fp16 = most(card.rates.fp16_accumulate_fp16.number, s.rate);
    s.rate_fp8 = most(card.rates.fp8.number, s.rate);
    s.clocks = clocks_of(card, s.rate);
    s.multiprocessors = card.streaming_multiprocessors > 0 ? card.streaming_multiprocessors : 128;
    s.clock = s.clocks / s.multiprocessors;
    s.board_power = card.board_power.number;
    s.multiplies_integers = card.vendor == vendor::nvidia && card.rates.int8.number > 0;
    s.gddr = !has_stacked_memory(card);
    s.old_slot = card.links.pcie_generation > 0 && card.links.pcie_generation < 5;
    s.current = has_hopper_kernels(card);
    s.tensor = l.tensor;
    s.pipeline = l.pipeline;
    s.replicas = l.data;
    s.expert_cards = static_cast<double>(s.experts > 0 ? expert_cards(l) : l.tensor);
    s.expert_ranks = static_cast<double>(s.experts > 0 ? l.expert : 1);
    s.reduction = reduction_of(m, static_cast<std::int64_t>(s.expert_cards));
    s.per_node = static_cast<double>(cards_per_node(m));
    s.network = network_bytes_per_second(m, c.links);
    s.network_latency = c.links.network_latency;
}

/// Adds how tokens are sent to the ranks of their experts. The dispatch of a model in 8 bits is in fp8 with a scale per
/// 128 elements, all else in 16 bits.
constexpr void add_traffic(serving_load& s, const inference& i, const machine& m, const inference_time_constants& c) {
    s.sends_tokens = i.expert_exchange == expert_exchange::sent && s.expert_cards > s.tensor;
    if (!s.sends_tokens) return;
    const bool in_eight_bits = i.weights == number_format::fp8;
    const double in_node = least(s.per_node, s.expert_cards);
    s.traffic = {.ranks = s.expert_cards,
                 .per_node = in_node,
                 .active = s.active,
                 .dispatched = s.hidden * (in_eight_bits ? 1 + 4.0 / 128 : 2),
                 .combined = s.hidden * 2,
                 .inside = bus_bytes_per_second(m, static_cast<int>(in_node), link_quality::typical, c.links),
                 .network = s.network,
                 .latency = c.sent_latency * microsecond};
}

/// Replaces the rates of a load by those of cards that take turns, each for its part of the layers: times add up, so
/// rates add as reciprocals. The slowest stage of a prompt is that of the longest time at the cards' clocks.
constexpr void take_turns(serving_load& s, const card_shares& parts, const machine& m, const layout& l,
                          number_format compute, const inference_time_constants& c) {
    using load = serving_load;
    constexpr double load::*rates[]{&load::bandwidth, &load::nominal, &load::rate, &load::rate_fp16,
                                    &load::rate_fp8,  &load::clocks,  &load::clock};
    load sum = s;
    for (double load::*rate : rates) sum.*rate = 0;
    double slowest = 0;
    for (int card = 0; card < parts.count; ++card) {
        load of_card = s;
        add_machine(of_card, seen_by_card(m, card), l, compute, c);
        for (double load::*rate : rates) sum.*rate += parts.of[card] / of_card.*rate;
        slowest = most(slowest, parts.of[card] / of_card.clocks);
        sum.multiplies_integers = sum.multiplies_integers && of_card.multiplies_integers;
    }
    sum.slowest_stage = slowest / sum.clocks;
    for (double load::*rate : rates) sum.*rate = 1 / sum.*rate;
    s = sum;
}

/// Returns the load of one pass of a draft: that of the model with the draft's matrices, head and cache in place of its
/// own.
[[nodiscard]] constexpr serving_load draft_load(const serving_load& model, const network& net, const inference& i) {
    serving_load load = model;
    const double tensor = model.tensor;
    for (attention_load& a : load.attention) a = {};
    load.state = 0;
    load.cross = 0;
    load.pipeline = 1;
    if (i.speculation.method == drafting::prediction) {
        const layer_block& b = last_layer(net);
        const linear joins = joint_matrix(net);
        load.dense = static_cast<double>(joins.in * joins.out);
        load.expert = 0;
        load.expert_layers = 0;
        add_matrices(load, b, 1);
        add_mixer_load(load, load.attention[0], b, 1, net, i, {.tensor = model.tensor});
        load.layers = 1;
        load.latent_layers = model.latent_layers > 0 ? 1 : 0;
        load.delta_layers = 0;
        return load;
    }
    const draft_model draft = draft_beside(net, i.speculation);
    const double compute = static_cast<double>(block_layout_of(compute_format_of(i.weights)).block_bytes);
    load.layers = static_cast<double>(draft.layers);
    load.latent_layers = 0;
    load.delta_layers = 0;
    load.hidden = static_cast<double>(draft.hidden);
    load.dense = static_cast<double>(draft.matrices);
    load.expert = 0;
    load.experts = 0;
    load.expert_cards = tensor;
    load.expert_ranks = 1;
    load.sends_tokens = false;
    load.head = static_cast<double>(draft.head);
    load.bytes_per_dense_weight = compute;
    load.bytes_per_weight = compute;
    load.bytes_per_head_weight = compute;
    if (draft.layers == 0) return load;
    const double cache = static_cast<double>(storage(cache_format(i), draft.cache_width).number);
    load.attention[0] = {.layers = load.layers,
                         .heads = 1,
                         .kv_heads = 1,
                         .cache = cache / load.layers / tensor,
                         .positions = static_cast<double>(all_positions)};
    return load;
}

/// What a step reads in host memory, of layers and experts that the cards do not hold: bytes, and bytes per second.
struct host_load {
    double dense = 0;     ///< matrices that every token visits, and the head
    double expert = 0;    ///< one expert of every layer whose experts are there
    double cache = 0;     ///< per token of a sequence
    double switches = 0;  ///< layers on a card whose experts are on the host
    double rate = 0;      ///< at which the host's kernels read
    double copy = 0;      ///< at which a card copies weights for a prompt
    [[nodiscard]] constexpr bool empty() const noexcept { return !(dense > 0 || expert > 0); }
};

/// Moves the layers and experts that are not on the cards from a step's load to the host's.
constexpr void move_to_host(serving_load& s, host_load& host, const network& net, const placement& p) {
    serving_load layers;
    serving_load experts;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        if (b.feed_forward.experts)
            host.switches += static_cast<double>(b.layers.count(p.first_layer, p.first_experts));
        const double off_card = static_cast<double>(b.layers.count(0, p.first_layer));
        add_matrices(layers, b, off_card);
        add_matrices(experts, b, static_cast<double>(b.layers.count(0, p.first_experts)));
        host.cache += off_card * s.attention[k].cache;
        s.attention[k].layers -= off_card;
    }
    const double head = p.head ? 0 : s.head;
    host.dense = layers.dense * s.bytes_per_dense_weight + head * s.bytes_per_head_weight;
    host.expert = experts.expert * s.bytes_per_weight;
    s.dense -= layers.dense;
    s.expert -= experts.expert;
    s.head -= head;
}

/// Fills in the rates of the host's memory and of the link to it. The replicas of one host read its memory at the same
/// time.
constexpr void add_host_rates(host_load& host, const machine& m, double replicas,
                              const inference_time_constants& c) noexcept {
    const double hosts = static_cast<double>(divide_up(m.cards, cards_per_host(m)));
    host.rate = c.host_read_share * host_memory_bytes_per_second(m) / most(1, replicas / hosts);
    host.copy = c.links.host_copy_share * host_link_bytes_per_second(m.card, c.links);
}

}  // namespace detail

/// An inference whose time is lowered for one model, machine and layout. Only the batch, the prompt and the generated
/// tokens are open: `time(job, batch, prompt, generate)`.
struct lowered_inference_time {
    detail::serving_load load{};                          ///< of a step
    detail::serving_load prompt_load{};                   ///< of the prompt; it differs for an encoder-decoder
    detail::serving_load draft_load{};                    ///< of one pass of a draft, where the job has one
    detail::host_load host{};                             ///< of a step, and of each micro-batch of a prompt
    bool is_encoder_decoder = false;                      ///< the prompt is a source
    std::int64_t fixed_source_length = 0;                 ///< tokens of any source; 0: those of the prompt
    inference job{};                                      ///< the job
    const engine_time* row = nullptr;                     ///< of the engine
    const kernel_choice* choice = nullptr;                ///< the kernel of the weights' format
    attention_kernel kernel{};                            ///< where `reading` is `listed`
    cache_reading reading{};                              ///< how attention reads the cache
    time_figure layer = nullptr;                          ///< device time per layer besides bytes
    const inference_time_constants* constants = nullptr;  ///< the caller's, or the default ones
    std::int64_t longest_sequence = 0;                    ///< tokens
    std::int64_t image_tokens = 0;  ///< tokens of all images of a sequence, which join the prompt's
    std::int64_t crossed = 0;       ///< features of all images of a sequence, to which cross attention attends
    double tower_flops = 0;         ///< FLOPs of the vision tower over all images of a sequence
};

}  // namespace cardfit
