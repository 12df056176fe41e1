// SPDX-License-Identifier: MIT
#pragma once

// Weights of a pipeline stage in their number format: layers, embedding, head, and the adapters that are served beside
// them.

#include <cardfit/engines/all.hpp>
#include <cardfit/estimate/inference/stage.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/job/gguf_mixes.hpp>
#include <cardfit/job/weight_bytes.hpp>

namespace cardfit {

/// Returns true if the weights are a llama.cpp file: a mix, or a file of one of its block types.
[[nodiscard]] constexpr bool is_gguf(const inference& i) noexcept {
    return is_gguf(i.weights) || (i.weights == number_format::mxfp4 && row_of(i.framework).memory.reads_gguf);
}

/// Returns true if an engine loads weights in this format: llama.cpp those of GGUF files, the others all others.
[[nodiscard]] constexpr bool loads_weights(engine engine, number_format weights) noexcept {
    return row_of(engine).memory.reads_gguf ? is_gguf_file_type(weights) : !is_gguf(weights);
}

}  // namespace cardfit

namespace cardfit::detail {

/// Returns true if convolutions are stored in this format. They are stored in 8 bits or more; bitsandbytes, GPTQ and
/// AWQ replace only torch.nn.Linear.
[[nodiscard]] constexpr bool stores_convolutions(number_format format) noexcept {
    return block_layout_of(format).element_bits >= 8 && !quantized_layout_of(format).grouped;
}

/// Returns true if quantization leaves a matrix in the compute format: routers, convolutions that the format does not
/// store, and everything but experts in a format of experts.
[[nodiscard]] constexpr bool stays_unquantized(const linear& m, const serving_inputs& in) noexcept {
    if (m.target == target::router) return true;
    if (m.target == target::convolution && !stores_convolutions(in.job.weights)) return true;
    return in.net.experts > 0 && m.split != weight_split::expert && quantized_layout_of(in.job.weights).experts_alone;
}

/// Returns the format that stores a matrix of a layer: its module's own, or else that of the weights.
[[nodiscard]] constexpr number_format stored_format(const linear& m, const layer_block& b, const serving_inputs& in) {
    const number_format own = format_of(in.job.modules, module_of(m, b));
    if (own != number_format::by_default) return own;
    return stays_unquantized(m, in) ? compute_format_of(in.job.weights) : in.job.weights;
}

/// Returns a matrix of experts with the rows and columns that the engine's kernels pad it to.
[[nodiscard]] constexpr linear padded(linear m, number_format format, const serving_inputs& in) noexcept {
    const std::int64_t hidden = in.row.mxfp4_hidden_multiple;
    const std::int64_t inner = in.row.mxfp4_inner_multiple;
    if (hidden == 0 || format != number_format::mxfp4 || m.split != weight_split::expert) return m;
    const std::int64_t parts = in.l.expert > 1 ? 1 : in.l.tensor;
    std::int64_t& inner_size = m.target == target::down ? m.in : m.out;
    std::int64_t& hidden_size = m.target == target::down ? m.out : m.in;
    inner_size = parts * inner * divide_up(divide_up(inner_size, parts), inner);
    hidden_size = hidden * divide_up(hidden_size, hidden);
    return m;
}

/// Returns the bytes of one matrix in a format on one GPU, its bias included. Where there are more GPUs than key/value
/// heads, the GPUs hold copies of the heads.
[[nodiscard]] constexpr std::int64_t weight_bytes(const linear& stated, number_format format,
                                                  const serving_inputs& in) {
    const linear m = padded(stated, format, in);
    const std::int64_t bias = m.bias ? m.copies * m.out * in.unquantized : 0;
    const std::int64_t all = checked::add(matrix_bytes(format, m.in, m.out, m.copies, in.job.group), bias);
    const bool by_head = (m.target == target::key || m.target == target::value) && m.split == weight_split::tensor;
    if (!by_head) return divide_up(all, cards_of(m, in.l));
    const std::int64_t heads = larger(in.net.kv_heads, 1);
    return checked::multiply(divide_up(all, heads), divide_up(heads, in.l.tensor));
}

/// The weights of a stage's layers on one GPU.
struct layer_weights {
    std::int64_t bytes = 0;
    std::int64_t query_key_value = 0;  ///< bytes of the query, key and value matrices among them
    std::int64_t largest = 0;          ///< elements of the largest matrix
    std::int64_t adapters = 0;         ///< elements of the served adapters
};

/// Adds one matrix of `layers` equal layers.
constexpr void add_matrix(layer_weights& sum, const linear& m, const layer_block& b, const serving_inputs& in,
                          std::int64_t layers) {
    // The bytes of a llama.cpp file are counted as a whole.
    const std::int64_t one = is_gguf(in.job) ? 0 : weight_bytes(m, stored_format(m, b, in), in);
    const bool off_card = m.split == weight_split::expert && in.first_experts > in.low;
    const std::int64_t here = off_card ? b.layers.count(smaller(in.first_experts, in.high), in.high) : layers;
    const std::int64_t bytes = checked::multiply(here, one);
    sum.bytes = checked::add(sum.bytes, bytes);
    if (m.target == target::query || m.target == target::key || m.target == target::value) sum.query_key_value += bytes;
    if (m.target == target::convolution) return;
    const std::int64_t elements = divide_up(m.in * m.out, m.split == weight_split::tensor ? in.l.tensor : 1);
    sum.largest = larger(sum.largest, elements);
    if (m.target == target::router) return;
    const std::int64_t rows_and_columns = divide_up(m.copies * (m.in + m.out), cards_of(m, in.l));
    const std::int64_t ranks = layers * in.job.adapters * in.job.adapter_rank;
    sum.adapters = checked::add(sum.adapters, checked::multiply(ranks, rows_and_columns));
}

/// Returns the bytes by which one layer grows on one GPU if none of its matrices is quantized.
[[nodiscard]] constexpr std::int64_t bytes_unquantized_beyond(const layer_block& b, const serving_inputs& in) {
    const number_format compute = compute_format_of(in.job.weights);
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        sum += weight_bytes(m, compute, in) - weight_bytes(m, stored_format(m, b, in), in);
    }
    return sum;
}

/// Returns the bytes that layers left unquantized add to a stage. Which of its layers they are is not known, so the
/// stage takes as many as it can of the kind that grows the most.
[[nodiscard]] constexpr std::int64_t bytes_of_unquantized_layers(const serving_inputs& in) {
    std::int64_t left = in.job.modules.unquantized_layers;
    std::int64_t sum = 0;
    bool counted[max_block_kinds]{};
    for (std::size_t round = 0; round < in.net.block_kinds; ++round) {
        std::size_t most = max_block_kinds;
        std::int64_t growth = 0;
        for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
            const std::int64_t grows = counted[k] ? 0 : bytes_unquantized_beyond(in.net.blocks[k], in);
            if (grows <= growth) continue;
            most = k;
            growth = grows;
        }
        if (most == max_block_kinds) break;
        counted[most] = true;
        const std::int64_t layers = smaller(left, in.content.layers[most]);
        sum = checked::add(sum, checked::multiply(layers, growth));
        left -= layers;
    }
    return sum;
}

/// Returns the bytes of all layers on one GPU, as the checkpoint's files store them.
[[nodiscard]] constexpr std::int64_t stored_in_all_layers(const serving_inputs& in) {
    const std::int64_t heads = larger(in.net.kv_heads, 1);
    const std::int64_t key_value =
        divide_up(checked::multiply(in.stored.key_value, divide_up(heads, in.l.tensor)), heads);
    return divide_up(in.stored.matrices, in.l.tensor) + key_value + divide_up(in.stored.experts, expert_cards(in.l)) +
           in.stored.replicated;
}

/// Returns the bytes of the stage's layers on one GPU. A part of the layers takes at most as many times the largest
/// layer as it has layers, and at most all of them; what is outside the layers, such as the final norm, is added.
[[nodiscard]] constexpr std::int64_t stored_layer_bytes(const serving_inputs& in) {
    std::int64_t layers = 0;
    for (const std::int64_t of_kind : in.content.layers) layers += of_kind;
    if (layers == 0) return 0;
    const std::int64_t all = stored_in_all_layers(in);
    const double whole = static_cast<double>(in.stored.in_layers());
    const double mean = whole / static_cast<double>(in.net.layers);
    const double largest = in.stored.largest_layer > 0 ? static_cast<double>(in.stored.largest_layer) : mean;
    const double outside = mean > largest ? (mean - largest) * static_cast<double>(in.net.layers) : 0;
    const double part = (static_cast<double>(layers) * largest + outside) / whole;
    if (layers == in.net.layers || part >= 1) return all;
    return static_cast<std::int64_t>(static_cast<double>(all) * part) + 1;
}

/// Returns the number of layers of a network in [low, high) that have experts.
[[nodiscard]] constexpr std::int64_t expert_layers(const network& net, std::int64_t low, std::int64_t high) noexcept {
    std::int64_t count = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        if (net.blocks[k].feed_forward.experts) count += net.blocks[k].layers.count(low, high);
    return count;
}

/// Returns the bytes of the stage's experts that are in host memory, of weights as files store them.
[[nodiscard]] constexpr std::int64_t stored_experts_off_card(const serving_inputs& in) noexcept {
    const std::int64_t all = expert_layers(in.net, 0, in.net.layers);
    if (all == 0) return 0;
    const std::int64_t off = expert_layers(in.net, in.low, smaller(in.first_experts, in.high));
    return in.stored.experts / expert_cards(in.l) / all * off;
}

[[nodiscard]] constexpr layer_weights weights_of_layers(const serving_inputs& in) {
    layer_weights sum;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const layer_block& b = in.net.blocks[k];
        const std::int64_t layers = in.content.layers[k];
        if (layers == 0) continue;
        const std::int64_t vectors = b.vector_parameters * in.unquantized + 4 * b.buffers;
        sum.bytes = checked::add(sum.bytes, checked::multiply(layers, vectors));
        for (std::int64_t i = 0; i < b.linear_count; ++i) add_matrix(sum, b.linears[i], b, in, layers);
    }
    if (in.job.modules.unquantized_layers > 0) sum.bytes = checked::add(sum.bytes, bytes_of_unquantized_layers(in));
    if (in.stored.known()) {
        sum.bytes = stored_layer_bytes(in);
        sum.largest = larger(sum.largest, divide_up(in.stored.largest_matrix, in.l.tensor));
        // Which matrices make queries is not known without a shape, so all that are no experts bound them.
        if (!in.net.shape_verified) sum.query_key_value = sum.bytes - divide_up(in.stored.experts, expert_cards(in.l));
        if (in.first_experts > in.low) sum.bytes -= stored_experts_off_card(in);
    } else if (is_gguf(in.job)) {
        const gguf_bytes layers = gguf_layer_bytes(in.net, in.job.weights, in.low, in.high);
        std::int64_t experts = layers.experts;
        if (in.first_experts > in.low)
            experts -= gguf_layer_bytes(in.net, in.job.weights, in.low, smaller(in.first_experts, in.high)).experts;
        sum.bytes = divide_up(layers.layers() - layers.experts, in.l.tensor) + divide_up(experts, expert_cards(in.l));
    }
    return sum;
}

/// Returns true if the engine leaves the token embedding in host memory.
[[nodiscard]] constexpr bool leaves_embedding_in_host(const inference& i, const engine_memory& row) noexcept {
    return i.software_date >= row.embedding_in_host_since;
}

/// The bytes of the embedding and of the head before tensor parallelism; a head that shares the embedding's matrix has
/// none.
struct embedding_head_bytes {
    std::int64_t embedding = 0;
    std::int64_t head = 0;
};

/// Returns true if the engine quantizes the head of this job.
[[nodiscard]] constexpr bool quantizes_head(const serving_inputs& in) noexcept {
    const bool quantized = in.compute < 4 && block_layout_of(in.job.weights).element_bits < 16;
    return quantized && in.row.quantized_head && !in.net.tied && in.net.logits > 0;
}

/// Returns the format of the embedding: its own, or else the one that computes.
[[nodiscard]] constexpr number_format embedding_format(const inference& i) noexcept {
    return i.modules.embedding != number_format::by_default ? i.modules.embedding : compute_format_of(i.weights);
}

/// Returns the format of a head that has a matrix of its own.
[[nodiscard]] constexpr number_format head_format(const serving_inputs& in) noexcept {
    if (in.job.modules.head != number_format::by_default) return in.job.modules.head;
    if (is_exllama(in.job.weights)) return exllama_head;
    return quantizes_head(in) ? in.job.weights : compute_format_of(in.job.weights);
}

/// Returns the bytes of a matrix of so many rows of the model's width, of which the last may be cut short.
[[nodiscard]] constexpr std::int64_t table_bytes(number_format format, std::int64_t elements, const network& net,
                                                 std::int64_t group) {
    const bool plain = block_layout_of(format).element_bits >= 16;
    return plain ? storage(format, elements).number
                 : matrix_bytes(format, net.hidden, divide_up(elements, net.hidden), 1, group);
}

/// Returns the bytes of embedding and head: as the file has them, or in 16 bits unless the job names a format or the
/// engine quantizes the head.
[[nodiscard]] constexpr embedding_head_bytes embedding_head_of(const serving_inputs& in) {
    const network& net = in.net;
    const bool once = in.l.pipeline == 1 && !leaves_embedding_in_host(in.job, in.row) && !in.row.unties_table;
    const bool shared = net.tied && once;
    embedding_head_bytes bytes;
    if (in.stored.known()) {
        const bool ties = in.stored.head == 0 && net.logits > 0;
        bytes.embedding = in.stored.embedding;
        bytes.head = ties ? in.stored.embedding : in.stored.head;
        if (ties && once) bytes.head = 0;
        return bytes;
    }
    if (is_gguf(in.job)) {
        const gguf_bytes file = gguf_bytes_by_kind(net, in.job.weights);
        bytes.embedding = file.embedding;
        bytes.head = net.tied ? file.embedding : file.head;
    } else {
        bytes.embedding = table_bytes(embedding_format(in.job), net.embedding_parameters, net, in.job.group);
        // ExLlama's head is quantized, and so a matrix of its own where the model ties it to the embedding.
        const bool own_head = !net.tied || is_exllama(in.job.weights);
        const std::int64_t elements = net.tied ? net.logits * net.hidden : net.head_parameters;
        bytes.head = own_head ? table_bytes(head_format(in), elements, net, in.job.group) : bytes.embedding;
    }
    if (shared) bytes.head = 0;
    return bytes;
}

/// Adds the embedding and the head where the stage has them. Some engines leave the embedding in host memory, which
/// counts where that is the GPU's memory too.
constexpr void add_embedding_head(inference_stage& s, layer_weights& layers, const serving_inputs& in) {
    const network& net = in.net;
    const embedding_head_bytes bytes = embedding_head_of(in);
    // Stored positions are part of the embedding, and the final norm is part of what every card holds.
    const std::int64_t parameter_bytes = in.stored.known() ? 0 : in.unquantized;
    if (in.content.embedding && !in.job.text_only) s.weights += in.stored.tower;
    if (in.content.embedding && (!leaves_embedding_in_host(in.job, in.row) || in.host_takes_from_gpu))
        s.weights += divide_up(bytes.embedding, in.l.tensor) + net.position_parameters * parameter_bytes;
    if (!in.content.head) return;
    s.weights += divide_up(bytes.head, in.l.tensor) + net.final_parameters * parameter_bytes;
    if (!in.stored.known() && !is_gguf(in.job) && !net.tied && is_quantized(head_format(in)))
        layers.largest = larger(layers.largest, divide_up(net.head_parameters, in.l.tensor));
}

}  // namespace cardfit::detail
