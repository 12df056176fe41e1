// SPDX-License-Identifier: MIT
#pragma once

// Lowers an inference job to the stages that the memory estimate asks: weights in their format, cache, what a forward
// pass holds beside them.

#include <cardfit/estimate/inference/memory.hpp>
#include <cardfit/estimate/overheads.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/stages.hpp>
#include <cardfit/job/gguf_mixes.hpp>
#include <cardfit/job/weight_bytes.hpp>

namespace cardfit {

/// Format of the cache: as told, else the format that computes.
[[nodiscard]] constexpr number_format cache_format(const inference& i) noexcept {
    return i.kv_cache == number_format::fp64 ? compute_format_of(i.weights) : i.kv_cache;
}

/// True where weights are a llama.cpp file: a mix, or a file of one of its block types.
[[nodiscard]] constexpr bool is_gguf(number_format format) noexcept { return format >= number_format::q4_0; }
[[nodiscard]] constexpr bool is_gguf(const inference& i) noexcept {
    return is_gguf(i.weights) || (i.weights == number_format::mxfp4 && row_of(i.framework).reads_gguf);
}

namespace detail {

/// Everything that lowering one stage reads.
struct serving_inputs {
    const network& net;
    const inference& job;
    const layout& l;
    const engine_row& row;
    const stage_content& content;
    std::int64_t compute = 2;
    std::int64_t low = 0;  ///< layers [low, high) are here
    std::int64_t high = 0;
};

[[nodiscard]] constexpr std::int64_t cards_of(const linear& m, const layout& l) noexcept {
    return m.split == split::tensor ? l.tensor : m.split == split::expert ? expert_cards(l) : 1;
}

/// Convolutions are stored in the job's format down to 8 bits; four-bit and grouped formats are of matrices alone
/// (bitsandbytes, GPTQ and AWQ replace torch.nn.Linear).
[[nodiscard]] constexpr bool stores_convolutions(number_format format) noexcept {
    return block_layout_of(format).element_bits >= 8 && !layout_beside(format).grouped;
}

/// One matrix in the job's format. Routers and what is wider than the format's own computation stay as they are. Cards
/// beyond the key and value heads hold copies of them.
[[nodiscard]] constexpr std::int64_t weight_bytes(const linear& m, const serving_inputs& in) {
    const bool beside_experts = in.net.experts > 0 && m.split != split::expert;
    const bool stays = m.target == target::router ||
                       (m.target == target::convolution && !stores_convolutions(in.job.weights)) ||
                       (beside_experts && layout_beside(in.job.weights).experts_alone);
    const bool by_head = (m.target == target::key || m.target == target::value) && m.split == split::tensor;
    const number_format format = stays ? compute_format_of(in.job.weights) : in.job.weights;
    const std::int64_t all = checked::add(matrix_bytes(format, m.in, m.out, m.copies, in.job.group),
                                          m.bias ? m.copies * m.out * in.compute : 0);
    const std::int64_t heads = larger(in.net.kv_heads, 1);
    return by_head ? checked::multiply(divide_up(all, heads), divide_up(heads, in.l.tensor))
                   : divide_up(all, cards_of(m, in.l));
}

/// Weights of the layers on a stage, and the largest matrix among them, in elements.
struct layer_weights {
    std::int64_t bytes = 0;
    std::int64_t largest = 0;
    std::int64_t query_key_value = 0;
    std::int64_t adapters = 0;
};
[[nodiscard]] constexpr layer_weights layers_of(const serving_inputs& in) {
    layer_weights sum;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const block& b = in.net.blocks[k];
        const std::int64_t layers = in.content.layers[k];
        if (layers == 0) continue;
        sum.bytes =
            checked::add(sum.bytes, checked::multiply(layers, b.vector_parameters * in.compute + 4 * b.buffers));
        for (std::int64_t i = 0; i < b.linear_count; ++i) {
            const linear& m = b.linears[i];
            const std::int64_t all = checked::multiply(layers, is_gguf(in.job) ? 0 : weight_bytes(m, in));
            const bool fused = m.target == target::query || m.target == target::key || m.target == target::value;
            sum.bytes = checked::add(sum.bytes, all);
            sum.query_key_value += fused ? all : 0;
            sum.largest =
                m.target == target::convolution
                    ? sum.largest
                    : larger(sum.largest, divide_up(m.in * m.out, m.split == split::tensor ? in.l.tensor : 1));
            if (m.target != target::router && m.target != target::convolution)
                sum.adapters = checked::add(sum.adapters,
                                            checked::multiply(layers * in.job.adapters * in.job.adapter_rank,
                                                              divide_up(m.copies * (m.in + m.out), cards_of(m, in.l))));
        }
    }
    if (is_gguf(in.job))
        sum.bytes = divide_up(gguf_layer_bytes(in.net, in.job.weights, in.low, in.high).layers(), in.l.tensor);
    return sum;
}

/// Embedding and head, in 16 bits (or as the file has them), where the stage holds them.
constexpr void add_ends(inference_stage& s, layer_weights& layers, const serving_inputs& in) {
    const network& net = in.net;
    const bool quantized = in.compute < 4 && block_layout_of(in.job.weights).element_bits < 16;
    const bool shares = net.tied && in.l.pipeline == 1 && !in.row.reads_gguf;
    const std::int64_t table = net.embedding_parameters;
    const std::int64_t head = net.tied ? table : net.head_parameters;
    std::int64_t lookup = table * in.compute;
    std::int64_t output = shares ? 0 : head * in.compute;
    if (is_gguf(in.job)) {
        const gguf_bytes file = gguf_bytes_by_kind(net, in.job.weights);
        lookup = file.embedding;
        output = shares ? 0 : net.tied ? file.embedding : file.head;
    } else if (quantized && in.row.quantized_head && !net.tied && net.logits > 0) {
        output = matrix_bytes(in.job.weights, net.hidden, net.logits, 1, in.job.group);
        if (in.content.head) layers.largest = larger(layers.largest, divide_up(head, in.l.tensor));
    }
    if (in.content.embedding && !in.row.reads_gguf)
        s.weights += divide_up(lookup, in.l.tensor) + net.position_parameters * in.compute;
    if (in.content.head) s.weights += divide_up(output, in.l.tensor) + net.final_parameters * in.compute;
}

/// State of a recurrent layer of one sequence on this card; its channels or heads are divided.
[[nodiscard]] constexpr std::int64_t state_bytes(const block& b, const engine_row& row, std::int64_t compute,
                                                 const layout& l) noexcept {
    const std::int64_t state = row.state_bytes > 0 ? row.state_bytes : compute;
    const std::int64_t convolution = row.convolution_state_bytes > 0 ? row.convolution_state_bytes : compute;
    return divide_up(b.state_width * state + b.convolution_state * convolution, l.tensor);
}

/// Keys and values on this card: whole heads are divided, and copied where there are more cards than heads; MLA's
/// latent is on every card, and an engine that expands it makes a layer's keys and values for all tokens.
constexpr void add_cache(inference_stage& s, const serving_inputs& in) {
    const block_layout& format = block_layout_of(cache_format(in.job));
    const bool scaled = format.element_bits < 16 && in.row.cache_scale_bytes > 0;
    const bool windows = in.job.software_date >= in.row.windows_since;
    const std::int64_t heads = larger(in.net.kv_heads, 1);
    const std::int64_t heads_here = divide_up(heads, in.l.tensor);
    if (!is_autoregressive(in.net)) return;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const block& b = in.net.blocks[k];
        const cache_layout kept = cache_of(b, in.row, in.job.software_date);
        const std::int64_t width = kept.splits ? divide_up(kept.width * heads_here, heads) : kept.width;
        const std::int64_t expanded =
            kept.splits || !in.row.expands_latent
                ? 0
                : divide_up(b.width.of[tensor_role::key] + b.width.of[tensor_role::value], in.l.tensor);
        const std::int64_t token = divide_up(width * format.block_bytes, format.block_elements) +
                                   (scaled ? divide_up(width, 32) * in.row.cache_scale_bytes : 0);
        const std::int64_t here = in.content.layers[k] * token;
        if (b.window > 0 && windows) {
            s.window_per_token[k] = here;
            s.window_tokens[k] = b.window;
        } else
            s.cache_per_token += here;
        if (in.content.layers[k] > 0)
            s.growth_per_token = larger(s.growth_per_token, larger(divide_up(token, 2), expanded * in.compute));
        s.cross_per_token +=
            in.content.layers[k] *
            divide_up(divide_up(b.cross_cache_width * heads_here, heads) * format.block_bytes, format.block_elements);
        s.state_sequence += in.content.layers[k] * state_bytes(b, in.row, in.compute, in.l);
    }
}

/// What one forward pass holds a token while a layer runs: the residual's tensors, and the widest of attention,
/// feed-forward and experts.
constexpr void add_live(inference_stage& s, const serving_inputs& in) {
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        if (in.content.layers[k] == 0) continue;
        const block& b = in.net.blocks[k];
        const std::int64_t(&w)[tensor_role_count] = b.width.of;
        const std::int64_t dense =
            w[tensor_role::gate_output] + w[tensor_role::up_output] + w[tensor_role::feed_forward_hidden];
        const std::int64_t sparse = w[tensor_role::expert_gate_output] + w[tensor_role::expert_up_output] +
                                    w[tensor_role::expert_hidden] + w[tensor_role::expert_input];
        const std::int64_t experts = in.row.experts_at_once ? sparse : divide_up(sparse, larger(in.net.experts, 1));
        const std::int64_t residual = in.row.hidden_copies * in.net.hidden;
        const std::int64_t wide = divide_up(larger(dense, experts), in.l.tensor);
        const std::int64_t attention =
            divide_up(larger(2 * (w[tensor_role::query] + w[tensor_role::key]) + w[tensor_role::value],
                             w[tensor_role::recurrent_state]),
                      in.l.tensor);
        const std::int64_t by_row = in.job.software_date < in.row.scores_until ? in.row.score_bytes : 0;
        const std::int64_t scores = b.sinks ? larger(in.row.sink_score_bytes, by_row) : by_row;
        const std::int64_t mask = b.score_heads > 0 ? in.row.mask_bytes : 0;
        s.feed_forward_per_token =
            larger(s.feed_forward_per_token, (b.forward_width > 0 ? b.forward_width : residual + wide) * in.compute);
        s.attention_per_token = larger(s.attention_per_token, (residual + attention) * in.compute);
        s.score = larger(s.score, mask + divide_up(b.score_heads * scores, in.l.tensor));
        if (in.row.static_buffers) s.buffers_per_token = larger(s.buffers_per_token, wide * in.compute);
    }
    // Logits return to the card that got the tokens.
    if (in.row.returns_logits && in.content.embedding && !in.content.head) s.logit_row = 4 * in.net.logits;
    if (!in.content.head) return;
    s.hidden_per_token = in.row.hidden_copies * in.net.hidden * in.compute;
    s.logit_row = in.compute == 4 ? divide_up(in.net.logits * 4, in.l.tensor)
                                  : divide_up(in.net.logits * in.row.logit_bytes, in.l.tensor);
}

[[nodiscard]] constexpr inference_stage stage_of(const serving_inputs& in) {
    inference_stage s;
    layer_weights layers = layers_of(in);
    s.weights = checked::add(layers.bytes, checked::multiply(layers.adapters, in.compute));
    add_ends(s, layers, in);
    add_cache(s, in);
    add_live(s, in);
    const bool quantized = block_layout_of(in.job.weights).element_bits < 16;
    const bool grouped = layout_beside(in.job.weights).group_index;
    // Sines and cosines a layer: 2 x positions x the width of a head. Learned positions need none, nor
    // do the relative ones of encoder-decoders.
    if (in.job.software_date < in.row.rotary_shared_since && in.net.longest_sequence == 0 && !in.net.is_encoder_decoder)
        for (std::size_t k = 0; k < in.net.block_kinds; ++k)
            s.weights += in.content.layers[k] * 2 * rotary_positions * in.compute *
                         (in.net.blocks[k].width.of[tensor_role::query] / in.net.heads);
    if (in.row.fuses_query_key_value && !in.net.fused_query_key_value) s.load = layers.query_key_value;
    if (quantized) s.load += layers.largest * in.row.quantizing_bytes;
    if ((grouped && in.row.keeps_dequantized) || is_bitsandbytes(in.job.weights))
        s.scratch = layers.largest * in.compute;
    return s;
}

/// Raises every amount of a stage to the other's.
constexpr void cover(inference_stage& s, const inference_stage& other) noexcept {
    using stage = inference_stage;
    for (std::int64_t stage::*amount : {&stage::weights, &stage::load, &stage::scratch, &stage::cache_per_token,
                                        &stage::state_sequence, &stage::cross_per_token, &stage::growth_per_token,
                                        &stage::feed_forward_per_token, &stage::attention_per_token, &stage::score,
                                        &stage::buffers_per_token, &stage::hidden_per_token, &stage::logit_row})
        s.*amount = larger(s.*amount, other.*amount);
    for (std::size_t k = 0; k < max_block_kinds; ++k) {
        s.window_per_token[k] = larger(s.window_per_token[k], other.window_per_token[k]);
        s.window_tokens[k] = larger(s.window_tokens[k], other.window_tokens[k]);
    }
}

/// Lowers stages [first, end) of a job that has been checked.
[[nodiscard]] constexpr lowered_inference lower_stages(const network& net, const inference& i, const machine& m,
                                                       const layout& l, int first, int end) {
    const engine_row& row = row_of(i.framework);
    lowered_inference job;
    stage_content contents[max_distinct_stages]{};
    std::int64_t layer = 0;
    for (int stage = 0; stage < end; ++stage) {
        const stage_content content = content_of(net, l, 1, stage);
        std::int64_t here = 0;
        for (const std::int64_t of_kind : content.layers) here += of_kind;
        const std::int64_t low = layer;
        layer += here;
        bool covered = stage < first;
        for (std::size_t k = 0; k < job.stage_count && !is_gguf(i); ++k)
            covered = covered || contents[k].covers(content);
        if (covered) continue;
        const inference_stage made = stage_of({.net = net,
                                               .job = i,
                                               .l = l,
                                               .row = row,
                                               .content = content,
                                               .compute = block_layout_of(compute_format_of(i.weights)).block_bytes,
                                               .low = low,
                                               .high = layer});
        // More distinct stages than there is room for share the last place, which then holds as much as any of them.
        if (job.stage_count == max_distinct_stages) {
            cover(job.stages[max_distinct_stages - 1], made);
            continue;
        }
        contents[job.stage_count] = content;
        job.stages[job.stage_count] = made;
        job.stage_index[job.stage_count++] = stage;
    }
    job.job = detail::as_read_by(net, i);
    // Engines fill their budgets with cache, and cut prompts into pieces, where there is a cache.
    job.cache = !is_autoregressive(net)               ? cache_policy::grows
                : i.software_date >= row.budget_since ? row.cache
                                                      : cache_policy::whole_context;
    job.block_tokens = row.block_tokens;
    job.chunk = is_autoregressive(net) && !net.is_encoder_decoder && i.software_date >= row.chunked_since
                    ? row.prefill_chunk
                    : 0;
    job.shared_prefix = row.shares_prefixes ? i.shared_prefix : 0;
    job.profiled_sequences = row.profiled_sequences;
    job.caches_while_decoding = job.cache == cache_policy::grows && i.software_date < row.cache_in_place_since ? 2 : 1;
    job.graphs = i.software_date >= row.graphs_since ? row.graph_mebibytes * bytes_per_mebibyte : 0;
    job.workspace = workspace_bytes(m.card);
    job.context = row.bare_context ? 256 * bytes_per_mebibyte : context_bytes(i.software_date);
    job.communication = communication_bytes({.tensor = l.tensor,
                                             .pipeline = row.pipeline_by_nccl ? l.pipeline : 1,
                                             .context = l.context,
                                             .expert = l.expert});
    job.reserves_context = row.reserves_context;
    job.slack_per_mille = row.slack_per_mille;
    job.band_per_mille = row.band_per_mille;
    job.capacity = usable_memory(m).number;
    job.context_parallel = l.context;
    job.tokens_per_sample = net.tokens_per_sample;
    if (net.longest_sequence > 0) job.longest_sequence = net.longest_sequence;
    job.is_encoder_decoder = net.is_encoder_decoder;
    if (net.max_source_length > 0) job.max_source_length = net.max_source_length;
    for (std::size_t k = 0; k < job.stage_count; ++k) {
        const inference_stage& s = job.stages[k];
        double windows = 0;
        for (const std::int64_t w : s.window_per_token) windows += static_cast<double>(w);
        job.token_bound += 2 * (static_cast<double>(s.cache_per_token) + windows) +
                           2 * static_cast<double>(s.state_sequence) + static_cast<double>(s.cross_per_token) +
                           static_cast<double>(s.growth_per_token + s.feed_forward_per_token + s.attention_per_token +
                                               s.buffers_per_token + s.hidden_per_token + s.logit_row);
        job.score_bound += static_cast<double>(s.score);
        job.fixed_bound += static_cast<double>(s.weights) + static_cast<double>(s.load + s.scratch) +
                           static_cast<double>(job.profiled_sequences) * static_cast<double>(s.logit_row);
    }
    return job;
}

}  // namespace detail

/// Lowers an inference once; ask it for any batch, prompt and number of generated tokens.
/// Throws invalid_input (a std::invalid_argument) naming the first thing that is wrong with job, layout or machine.
[[nodiscard]] constexpr lowered_inference lower_job(const network& net, const inference& i, const machine& m,
                                                    const layout& given = {}) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(i, net, on_problem::refuse)),
        static_cast<void>(problems(given, m.cards, net, on_problem::refuse));
    return detail::lower_stages(net, i, m, resolved(given, m.cards), 0, given.pipeline);
}

/// What all cards take together, each at its own fullest moment, budgets filled.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const inference& i, const machine& m,
                                                            const layout& given = {}) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(i, net, on_problem::refuse)),
        static_cast<void>(problems(given, m.cards, net, on_problem::refuse));
    const layout l = resolved(given, m.cards);
    memory_of_cards sum;
    for (int stage = 0; stage < l.pipeline; ++stage) {
        const memory_estimate one = occupied(detail::lower_stages(net, i, m, l, stage, stage + 1));
        const int cards = m.cards / l.pipeline;
        sum.allocated += cards * one.allocated();
        sum.reserved += cards * one.reserved();
        sum.device += cards * one.device();
    }
    return sum;
}

/// The same for any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr lowered_inference lower_job(const M& model, const inference& i, const machine& m,
                                                    const layout& l = {}) {
    return lower_job(lower_model(model, i.image_size), i, m, l);
}
template <class M>
requires architecture<M> || std::same_as<M, network>
[[nodiscard]] constexpr memory_estimate memory(const M& model, const inference& i, const machine& m,
                                               const layout& l = {}) {
    return memory(lower_job(model, i, m, l));
}

}  // namespace cardfit
