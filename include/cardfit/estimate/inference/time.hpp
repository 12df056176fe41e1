// SPDX-License-Identifier: MIT
#pragma once

// How long an inference takes: prefill, and the time between two tokens with a cache of any length. A job is lowered
// once to what it reads and computes; prompt, batch and context are then a handful of operations.

#include <cardfit/estimate/arithmetic.hpp>
#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/job/inference_time_rules.hpp>

namespace cardfit {

/// Time of an inference. Rates count the whole job: all replicas.
struct inference_time {
    seconds prefill{};      ///< time to the first token of one batch
    seconds inter_token{};  ///< between two tokens of a sequence, mean over the growing cache
    tokens_per_second decode{};
    tokens_per_second generated{};  ///< generated tokens over prefill plus decode
    /// Half-width of the band around each, from measured errors.
    double band = 0;
};

/// What a cards' switch, mesh or slot takes for the small all-reduce of a step: (first + each x cards) microseconds,
/// and bytes over `bus`. Source: NCCL 2.27 tables of aiconfigurator, 2 to 8 cards.
struct all_reduce_latency {
    compute_capability since{};
    double first = 0;
    double each = 0;
    double bus = 0;  ///< bytes a second
};
inline constexpr all_reduce_latency all_reduce_latencies[]{
    {{0, 0}, 5.6, 2.0, 20e9},    // PCIe, L40S pair
    {{8, 0}, 5.6, 2.0, 230e9},   // NVSwitch, A100
    {{9, 0}, 3.6, 1.5, 365e9},   // H100
    {{10, 0}, 5.0, 2.5, 700e9},  // B200
};

/// Share of a card's bandwidth that streaming kernels reach, by memory. 2026-11: HBM2 .76 to .78, HBM3 .90 +- .04,
/// GDDR behind 32 MB of L2 or more .94 to .96, other GDDR .86, and .95 of it where ECC runs inside the data's memory.
[[nodiscard]] constexpr double streaming_share(const gpu& card, bool ecc) noexcept {
    switch (card.memory_type) {
        case memory_type::hbm2:
        case memory_type::hbm2e:
            return 0.77;
        case memory_type::hbm3:
        case memory_type::hbm3e:
            return 0.90;
        default:
            return card.l2_mb >= 32 ? 0.95 : ecc && ecc_takes_memory(card.memory_type) ? 0.86 * 0.95 : 0.86;
    }
}

namespace detail {

inline constexpr double microsecond = 1e-6;

/// Attention of one kind of layer.
struct attention_load {
    double layers = 0;
    double heads = 0;     ///< on this card
    double kv_heads = 0;  ///< on this card
    double head = 0;      ///< width of one
    double cache = 0;     ///< bytes a token of one layer
    double window = 0;    ///< 0: all tokens
};

/// A job in numbers. Parameters are on one card; bytes and FLOPs follow.
struct serving_load {
    attention_load attention[max_block_kinds]{};
    double state = 0;  ///< bytes that recurrent layers carry of a sequence: read and written each step
    double cross = 0;  ///< bytes of cross attention's keys and values a source token
    double layers = 0;
    double hidden = 0;
    double dense = 0;   ///< parameters in matrices that every token visits
    double expert = 0;  ///< of one expert of every layer
    double experts = 0;
    double active = 0;
    double head = 0;
    double bytes_per_weight = 0;
    double bytes_per_dense_weight = 0;  ///< where experts are stored otherwise
    double bytes_per_head_weight = 0;
    double bandwidth = 0;  ///< bytes a second that streaming reaches
    double nominal = 0;    ///< bytes a second
    double rate = 0;       ///< fp16 products, fp32 accumulation
    double rate_fp16 = 0;  ///< fp16 accumulation
    double rate_fp8 = 0;
    double clocks = 0;  ///< multiprocessors x clock
    double clock = 0;
    double multiprocessors = 0;
    double board_power = 0;
    bool gddr = false;
    bool old_slot = false;  ///< PCIe before generation 5: slower hosts too
    bool current = false;   ///< compute capability 9 and later
    int tensor = 1;
    int pipeline = 1;
    double replicas = 1;
    all_reduce_latency reduction{};
    double nodes = 1;    ///< that a tensor-parallel group spans
    double network = 0;  ///< bytes a second of a card between them
};

/// n / d rounded up to a whole number, for the counts of blocks and pieces here.
[[nodiscard]] constexpr double whole_up(double ratio) noexcept {
    const double cut = static_cast<double>(static_cast<std::int64_t>(least(ratio, 1e15)));
    return cut < ratio ? cut + 1 : cut;
}
/// share^n for 0 <= share <= 1, by squaring.
[[nodiscard]] constexpr double power(double share, std::int64_t n) noexcept {
    double result = 1;
    for (; n > 0; n /= 2, share *= share) result *= n % 2 == 1 ? share : 1;
    return result;
}

/// Layers that take part in a step or, `reading`, in the prompt. Of an encoder-decoder the encoder reads, and the keys
/// and values of cross attention are made then.
constexpr void add_parameters(serving_load& s, const network& net, const inference& i, const layout& l, bool reading) {
    const number_format cache = cache_format(i);
    const std::int64_t compute = block_layout_of(compute_format_of(i.weights)).block_bytes;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const block& b = net.blocks[k];
        const double layers = static_cast<double>(b.layers.count(0, net.layers));
        const double made_once =
            net.is_encoder_decoder ? layers * static_cast<double>(net.hidden * b.cross_cache_width) : 0;
        if (net.is_encoder_decoder && b.encodes != reading) {
            s.dense += reading ? made_once : 0;
            continue;
        }
        s.dense -= made_once;
        double experts = 0;
        for (std::int64_t m = 0; m < b.linear_count; ++m) {
            const linear& one = b.linears[m];
            const double elements = static_cast<double>(one.in) * static_cast<double>(one.out);
            if (one.split == split::expert) {
                s.expert += layers * elements;
                experts = static_cast<double>(one.copies);
                s.active = static_cast<double>(one.active);
            } else
                s.dense += layers * elements * static_cast<double>(one.copies);
        }
        s.experts = most(s.experts, experts);
        const double tensor = static_cast<double>(l.tensor);
        const double heads = static_cast<double>(b.score_heads) / (b.cross_cache_width > 0 ? 2 : 1);
        const double queries = static_cast<double>(b.width.of[tensor_role::query]) / (b.cross_cache_width > 0 ? 2 : 1);
        const double kv_heads = static_cast<double>(net.kv_heads);
        // Whole heads are divided, and copied where there are more cards than heads.
        const double kv_heads_here = most(1, whole_up(kv_heads / tensor));
        const double divided = b.cache_splits ? kv_heads / kv_heads_here : 1;
        const cache_layout kept = cache_of(b, row_of(i.framework), i.software_date);
        s.attention[k] = {.layers = layers,
                          .heads = heads / tensor,
                          .kv_heads = kv_heads_here,
                          .head = heads > 0 ? queries / heads : 0,
                          .cache = static_cast<double>(storage(cache, kept.width).number) /
                                   (kept.splits ? kv_heads / kv_heads_here : 1),
                          .window = static_cast<double>(b.window)};
        s.cross += layers * static_cast<double>(storage(cache, b.cross_cache_width).number) / divided;
        s.state += layers * static_cast<double>(state_bytes(b, row_of(i.framework), compute, l));
        s.layers += layers;
    }
    s.hidden = static_cast<double>(net.hidden);
    s.head = static_cast<double>(net.logits) * static_cast<double>(net.hidden);
}

/// `weights`: parameters in matrices of all layers, in a step or not.
constexpr void add_formats(serving_load& s, const network& net, const inference& i, bool quantized_head,
                           double weights) {
    const double compute = static_cast<double>(block_layout_of(compute_format_of(i.weights)).block_bytes);
    s.bytes_per_head_weight = compute;
    if (is_gguf(i)) {
        const gguf_bytes file = gguf_bytes_by_kind(net, i.weights);
        const double layers = static_cast<double>(file.layers() - file.vectors);
        const double head = static_cast<double>(file.head > 0 ? file.head : file.embedding);
        s.bytes_per_dense_weight = s.bytes_per_weight = weights > 0 ? layers / weights : 0;
        if (s.head > 0) s.bytes_per_head_weight = head / s.head;
        return;
    }
    // Scales and zero points follow from one square matrix of the model's width.
    s.bytes_per_weight =
        static_cast<double>(matrix_bytes(i.weights, net.hidden, net.hidden, 1, i.group)) / (s.hidden * s.hidden);
    s.bytes_per_dense_weight = s.experts > 0 && layout_beside(i.weights).experts_alone ? compute : s.bytes_per_weight;
    if (quantized_head) s.bytes_per_head_weight = s.bytes_per_weight;
}

constexpr void add_machine(serving_load& s, const machine& m, const layout& l) {
    const gpu& card = m.card;
    const bool vector_only = card.rates.fp16.number <= 0;
    s.nominal = card.memory_bandwidth.number;
    s.bandwidth = s.nominal * streaming_share(card, ecc_runs(m));
    s.rate = vector_only ? card.rates.fp32.number : card.rates.fp16.number;
    s.rate_fp16 = most(card.rates.fp16_accumulate_fp16.number, s.rate);
    s.rate_fp8 = most(card.rates.fp8.number, s.rate);  // 128 fp32 lanes a multiprocessor, two operations a clock: for
                                                       // boards whose units or clock nobody published.
    s.clocks = card.streaming_multiprocessors > 0 && card.boost_clock_mhz > 0
                   ? card.streaming_multiprocessors * card.boost_clock_mhz * 1e6
                   : most(card.rates.fp32.number, s.rate / 16) / 256;
    s.multiprocessors = card.streaming_multiprocessors > 0 ? card.streaming_multiprocessors : 128;
    s.clock = s.clocks / s.multiprocessors;
    s.board_power = card.board_power.number;
    s.gddr = card.memory_type != memory_type::hbm2 && card.memory_type != memory_type::hbm2e &&
             card.memory_type != memory_type::hbm3 && card.memory_type != memory_type::hbm3e;
    s.old_slot = card.links.pcie_generation > 0 && card.links.pcie_generation < 5;
    s.current = card.compute_capability >= compute_capability{9, 0};
    s.tensor = l.tensor;
    s.pipeline = l.pipeline;
    s.replicas = l.data;
    s.reduction = all_reduce_latencies[0];
    s.nodes = whole_up(static_cast<double>(l.tensor) / static_cast<double>(cards_per_node(m)));
    s.network = network_bytes_per_second(m);
    const card_link link = link_of(m);
    if (link != card_link::nvswitch && link != card_link::nvlink) return;
    for (const all_reduce_latency& r : all_reduce_latencies)
        if (card.compute_capability >= r.since) s.reduction = r;
}

}  // namespace detail

/// An inference lowered for one model, machine and layout: ask it for any batch, prompt and context.
struct lowered_inference_time {
    detail::serving_load load{};         ///< of a step
    detail::serving_load prompt_load{};  ///< of the prompt: another for an encoder-decoder
    bool is_encoder_decoder = false;
    inference job{};
    const engine_time_row* row = nullptr;
    const kernel_choice* choice = nullptr;
    std::int64_t longest_sequence = 0;
};

namespace detail {

[[nodiscard]] constexpr double reduce_seconds(const serving_load& s, double bytes) noexcept {
    if (s.tensor <= 1) return 0;
    const double n = s.tensor / s.nodes;
    const double between = s.nodes > 1 ? 2 * (s.nodes - 1) / s.nodes * bytes / n / s.network +
                                             2 * network_latency * binary_logarithm(s.nodes)
                                       : 0;
    return (s.reduction.first + s.reduction.each * n) * microsecond + 2 * (n - 1) / n * bytes / s.reduction.bus +
           between;
}

/// Seconds to read and multiply all weights once for `batch` tokens.
[[nodiscard]] constexpr double matmuls_seconds(const lowered_inference_time& job, double batch) noexcept {
    const serving_load& s = job.load;
    const matmul_kernel& k = *job.choice->kernel;
    const double t = s.tensor;
    const double share = s.experts > 0 ? s.active / s.experts : 0;
    const double met = 1 - power(1 - share, static_cast<std::int64_t>(batch));
    const double  // share of the experts that a batch meets
        experts = s.expert * s.experts * met;
    const double read = s.dense + experts;
    const double bytes = (s.dense * s.bytes_per_dense_weight + experts * s.bytes_per_weight) / t;
    const double head_bytes = s.head * s.bytes_per_head_weight / t;
    const double visited = s.dense + s.expert * s.active;
    const double rate = k.efficiency * (k.fp8_rate ? s.rate_fp8 : s.rate);
    const double weights_per_clock =
        k.bytes_per_clock > 0 ? k.bytes_per_clock / s.bytes_per_weight : k.weights_per_clock;
    const bool merged = job.row->quantized_head || block_layout_of(job.job.weights).element_bits >= 16;
    if (merged) {
        const double stream = (bytes + head_bytes) / s.bandwidth;
        const double compute = 2 * (visited + s.head) / t * batch / rate;
        const double padded = k.rows > 1 ? 2 * (s.dense + s.head) / t * k.rows / rate : 0;
        const double clocks = weights_per_clock > 0 ? (read + s.head) / t / (weights_per_clock * s.clocks) : 0;
        return most(most(stream, compute), most(padded, clocks)) + k.overlap_lost * least(stream, compute);
    }
    const double compute = 2 * visited / t * most(k.rows, batch) / rate;
    const double clocks = weights_per_clock > 0 ? read / t / (weights_per_clock * s.clocks) : 0;
    const double head =
        most(head_bytes / s.bandwidth, 2 * s.head / t * most(k.head_rows, batch) / (kernels::gemm.efficiency * s.rate));
    return most(bytes / s.bandwidth, most(compute, clocks)) + head;
}

// Attention in decode, 2026-11: paged and split kernels reach .85 of the bandwidth; one block a head takes .53 clocks a
// cache element (.48 to .61); concatenating and repeating takes 4.45 and 1.0 multiprocessor clocks an element of the KV
// heads and of all heads (the sum is settled, the split is not).
inline constexpr double paged_share = 0.85;
inline constexpr double unsplit_clocks = 0.53;
inline constexpr double concatenated_clocks = 4.45;
inline constexpr double repeated_clocks = 1.0;

/// Attention over `context` tokens and `source` tokens of another sequence, and the states of recurrent layers.
[[nodiscard]] constexpr double attention_seconds(const lowered_inference_time& job, double batch, double context,
                                                 double source) noexcept {
    const serving_load& s = job.load;
    double sum = batch * (2 * s.state + source * s.cross) / (paged_share * s.nominal);
    for (const attention_load& a : s.attention) {
        if (a.layers <= 0 || a.heads <= 0) continue;
        const double tokens = a.window > 0 ? least(context, a.window) : context;
        const double stream = a.layers * a.cache * tokens * batch / (paged_share * s.nominal);
        switch (job.row->attention) {
            case cache_reading::copied:
                if (job.choice->cache_passes > 0) {
                    sum += a.layers * a.cache * tokens * batch * job.choice->cache_passes / s.bandwidth;
                    break;
                }
                sum += a.layers * tokens * batch * a.head *
                       (concatenated_clocks * a.kv_heads + repeated_clocks * a.heads) / s.clocks;
                break;
            case cache_reading::unsplit:
                sum += most(stream, a.layers * tokens * a.head * unsplit_clocks / s.clock *
                                        whole_up(batch * a.heads / (2 * s.multiprocessors)));
                break;
            case cache_reading::split: {
                // Four or more query heads a key head go to the tensor cores, in padded tiles.
                const double group = a.heads / a.kv_heads;
                const double padded = group >= 4 ? a.layers * a.kv_heads * tokens * batch * 4 * a.head *
                                                       most(tile_rows, group) / (kernels::gemm.efficiency * s.rate)
                                                 : 0;
                sum += most(stream, padded);
                break;
            }
        }
    }
    return sum;
}

/// Device time of a step beside bytes and FLOPs, and the engine's own.
[[nodiscard]] constexpr double overhead_seconds(const lowered_inference_time& job, double batch) noexcept {
    const serving_load& s = job.load;
    const engine_time_row& row = *job.row;
    const software_date& date = job.job.software_date;
    const bool oldest = date < row.oldest_until;
    const double layer =
        row.layer + job.choice->kernel->layer +
        (s.experts > 0 && row.launches == kernel_launch::graph ? (oldest ? row.oldest_expert_layer : row.expert_layer)
                                                               : 0);
    const double step = row.step + (date < row.early_until ? row.early_step : 0) + (oldest ? row.oldest_step : 0);
    return (s.layers * layer + step + batch * row.sequence + (s.pipeline - 1) * row.pipeline_send) * microsecond +
           2 * s.layers * reduce_seconds(s, batch * s.hidden * 2);
}

/// Hosts of boards in slots before PCIe 5 launch 1.46 times slower (1.43 to 1.49, one host of each kind); a model that
/// accelerate spreads over several cards runs hooks of 277 microseconds a layer; host and device overlap but for .11 of
/// the shorter. 2026-11.
inline constexpr double older_host = 1.46;
inline constexpr double spread_hooks = 277;
inline constexpr double host_overlap_lost = 0.11;

[[nodiscard]] constexpr double eager_seconds(const lowered_inference_time& job, double device) noexcept {
    const serving_load& s = job.load;
    const double layer = job.choice->host_layer + (s.pipeline > 1 ? spread_hooks : 0);
    const double host = s.layers * layer * (s.old_slot ? older_host : 1) * microsecond;
    if (job.choice->synchronizes) return host + device;
    return most(host, device) + host_overlap_lost * least(host, device);
}

/// Seconds between two tokens with `context` tokens in the cache, and `source` in cross attention's.
[[nodiscard]] constexpr double step_seconds(const lowered_inference_time& job, double batch, double context,
                                            double source = 0) noexcept {
    const serving_load& s = job.load;
    const engine_time_row& row = *job.row;
    const double work = matmuls_seconds(job, batch) + attention_seconds(job, batch, context, source);
    const double device = work + overhead_seconds(job, batch);
    if (row.launches == kernel_launch::eager) return eager_seconds(job, device);
    double step = device;
    const bool looped = s.experts > 0 && layout_beside(job.job.weights).grouped && row.expert_loop_host > 0;
    if (looped) step = most(step, s.layers * row.expert_loop_host * microsecond) + work;
    const bool beyond_graphs = job.job.software_date < row.oldest_until && row.oldest_graph_tokens > 0 &&
                               context > static_cast<double>(row.oldest_graph_tokens);
    if (beyond_graphs)
        step = most(step, s.layers * (row.oldest_eager_layer + (s.tensor > 1 ? row.oldest_eager_tensor_layer : 0)) *
                              microsecond);
    return step;
}

// Prompts, 2026-11: attention's products at .90 of the peak and .23 multiprocessor clocks (.19 to .28) a causal pair
// for its softmax; fp16-accumulating products at .62 of that peak (.55 to .63), on GDDR cards no more than .45 TFLOP/s
// a watt of the board's power (.40 to .46); point-wise kernels one by one 108 clocks (90 to 111) an element of the
// residual at four bytes; fused ones 26 bytes an element, which no row settles.
inline constexpr double prompt_attention_efficiency = 0.90;
inline constexpr double softmax_clocks = 0.23;
inline constexpr double fp16_accumulate_efficiency = 0.62;
inline constexpr double gddr_flops_per_watt = 0.45e12;
inline constexpr double unfused_clocks = 108;
inline constexpr double fused_bytes = 26;

/// Seconds until the first token.
[[nodiscard]] constexpr double prompt_seconds(const lowered_inference_time& job, double batch, double prompt) noexcept {
    const serving_load& s = job.prompt_load;
    const engine_time_row& row = *job.row;
    const matmul_kernel& k = *job.choice->kernel;
    const double t = s.tensor;
    const double tokens = prompt * batch;
    const double visited = (s.dense + s.expert * s.active) / t;
    double attention = 0;
    for (const attention_load& a : s.attention) {
        const double seen = a.window > 0 ? least(prompt, 2 * a.window) : prompt;
        const double pairs = a.layers * a.heads * prompt * seen * batch / 2;
        attention += pairs * (4 * a.head / (prompt_attention_efficiency * s.rate) + softmax_clocks / s.clocks);
    }
    const double free16 = fp16_accumulate_efficiency * s.rate_fp16;
    const double rate16 = s.gddr && s.board_power > 0 ? least(free16, gddr_flops_per_watt * s.board_power) : free16;
    const double rate = s.current && k.prompt_on_current_cards ? k.efficiency * s.rate
                        : k.fp8_rate                           ? k.prompt_efficiency * most(s.rate, s.rate_fp8)
                                                               : k.prompt_efficiency * s.rate;
    const double unpack =
        (k.dequantizes_prompt || row.prompt_piece > 0) && block_layout_of(job.job.weights).element_bits < 16
            ? visited * (s.bytes_per_weight + 2) / s.nominal
            : 0;
    const double pointwise = row.unfused_bytes > 0
                                 ? unfused_clocks * row.unfused_bytes / 4 * s.layers * s.hidden * tokens / s.clocks
                                 : fused_bytes * s.layers * s.hidden * tokens / s.bandwidth;
    const double products = 2 * visited * tokens / (row.accumulates_fp16 ? rate16 : rate);
    if (row.prompt_piece > 0) {
        // Pieces follow each other through the stages of a layer split: a stage's share of all, and of one whole piece
        // in each of the other stages.
        const double piece = least(row.prompt_piece, prompt);
        const double pieces = whole_up(prompt / piece);
        const double all = products + pointwise + attention + pieces * unpack;
        const double stages = s.pipeline;
        return most(step_seconds(job, batch, 0),
                    all * (1 + (stages - 1) * piece / prompt) / stages +
                        (s.layers * row.layer + (stages - 1) * row.pipeline_send) * microsecond * pieces);
    }
    const double logits = 2 * s.head / t * (job.job.full_prompt_logits ? tokens : batch) / rate;
    const double all =
        products + logits + attention + pointwise + unpack + 2 * s.layers * reduce_seconds(s, tokens * s.hidden * 2);
    return most(most(all, row.shortest_prompt * microsecond), step_seconds(job, batch, 0));
}

}  // namespace detail

/// True for cards whose bandwidth and fp16 or fp32 rate are published: the others have no time.
[[nodiscard]] constexpr bool publishes_rates(const gpu& card) noexcept {
    return card.memory_bandwidth.number > 0 && (card.rates.fp16.number > 0 || card.rates.fp32.number > 0);
}

/// True where an inference of this network has a time on this card: rates of convolutions are not measured, and no time
/// is better than a wrong one.
[[nodiscard]] constexpr bool has_inference_time(const gpu& card, const network& net) noexcept {
    return publishes_rates(card) && !(net.data_parallel_only && net.image_size > 0);
}

/// Lowers an inference's time once. Throws invalid_input as lower_job does.
[[nodiscard]] constexpr lowered_inference_time lower_time(const network& net, const inference& i, const machine& m,
                                                          const layout& given = {}) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(i, net, on_problem::refuse)),
        static_cast<void>(problems(given, m.cards, net, on_problem::refuse));
    if (!has_inference_time(m.card, net))
        throw invalid_input({"hardware.card", 0, 0, 0,
                             "a card whose bandwidth and rates are published, and a model without convolutions"});
    const layout l = resolved(given, m.cards);
    lowered_inference_time job{.job = detail::as_read_by(net, i), .row = &time_row_of(i.framework)};
    job.choice = &kernel_of(*job.row, i.weights, i.software_date);
    detail::add_parameters(job.load, net, i, l, false);
    detail::add_parameters(job.prompt_load, net, i, l, true);
    job.is_encoder_decoder = net.is_encoder_decoder;
    const double weights =
        job.load.dense + job.load.expert * job.load.experts + (job.is_encoder_decoder ? job.prompt_load.dense : 0);
    for (detail::serving_load* load : {&job.load, &job.prompt_load}) {
        detail::add_formats(*load, net, i, job.row->quantized_head, weights);
        detail::add_machine(*load, m, l);
    }
    job.longest_sequence = net.longest_sequence;
    return job;
}

/// Time of a lowered inference for `batch` sequences a replica of `prompt` and `generate` tokens each. Throws
/// invalid_input where one is out of range.
[[nodiscard]] constexpr inference_time time(const lowered_inference_time& job, std::int64_t batch, std::int64_t prompt,
                                            std::int64_t generate) {
    constexpr std::int64_t any = 100'000'000;
    const std::int64_t longest = job.longest_sequence > 0 ? job.longest_sequence : any;
    problem_list found(on_problem::refuse);
    found.ranges(
        problem{"inference.batch", batch, 1, 10'000'000},
        problem{"inference.prompt", prompt, 1, job.is_encoder_decoder ? any : longest},
        problem{"inference.generate", generate, 0, job.is_encoder_decoder ? longest : larger(longest - prompt, 0)});
    const double b = static_cast<double>(batch);
    const double s = static_cast<double>(prompt);
    const double g = static_cast<double>(generate);
    const double prefill = detail::prompt_seconds(job, b, s);
    // Mean over the growing cache, by Simpson's rule: the step is nearly linear in the context.
    const double begun = job.is_encoder_decoder ? 0 : s;
    const double source = s - begun;
    const double step =
        (detail::step_seconds(job, b, begun, source) + 4 * detail::step_seconds(job, b, begun + g / 2, source) +
         detail::step_seconds(job, b, begun + g, source)) /
        6;
    inference_time t{.prefill = seconds_of(prefill), .band = job.row->band_per_mille / 1000.0};
    if (generate == 0) return t;
    t.inter_token = seconds_of(step);
    t.decode = cardfit::tokens_per_second::from_number(job.load.replicas * b / step);
    t.generated = cardfit::tokens_per_second::from_number(job.load.replicas * b * g / (prefill + g * step));
    return t;
}

/// Time of one inference: `time(models::llama_3_1_8b, inference{...}, cards::rtx_4090)`.
template <class M>
requires architecture<M> || std::same_as<M, network>
[[nodiscard]] constexpr inference_time time(const M& model, const inference& i, const machine& m,
                                            const layout& l = {}) {
    const lowered_inference_time job = lower_time(lower_model(model, i.image_size), i, m, l);
    return time(job, job.job.batch, job.job.prompt, job.job.generate);
}

}  // namespace cardfit
