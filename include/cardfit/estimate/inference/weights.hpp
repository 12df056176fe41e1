// SPDX-License-Identifier: MIT
#pragma once

// Weights of a stage in their format: layers, embedding, head and served adapters.

#include <cardfit/engines/all.hpp>
#include <cardfit/estimate/inference/stage.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/job/gguf_mixes.hpp>
#include <cardfit/job/weight_bytes.hpp>

namespace cardfit {

/// True where weights are a llama.cpp file: a mix, or a file of one of its block types.
[[nodiscard]] constexpr bool is_gguf(const inference& i) noexcept {
    return is_gguf(i.weights) || (i.weights == number_format::mxfp4 && row_of(i.framework).memory.reads_gguf);
}

}  // namespace cardfit

namespace cardfit::detail {

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

}  // namespace cardfit::detail
