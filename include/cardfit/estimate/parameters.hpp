// SPDX-License-Identifier: MIT
#pragma once

// Parameters on one GPU, by how parallelism divides them and by who reads them; data-parallel sharding comes later
// (training/sharding.hpp).

#include <cardfit/frameworks/row.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/network.hpp>

namespace cardfit::detail {

/// Parameter counts of one layer, of the embedding and head, or of a whole pipeline stage.
struct parameter_sums {
    std::int64_t matrix = 0;  ///< in matrices that every token visits
    std::int64_t expert = 0;  ///< in the matrices of experts
    std::int64_t vector = 0;  ///< in norms and position embeddings
    /// In the embedding and the head: a quantized base leaves them in 16 bits, and Muon leaves them to AdamW.
    std::int64_t embedding_head = 0;
    std::int64_t rows_and_columns = 0;         ///< summed over all matrices but those of experts
    std::int64_t expert_rows_and_columns = 0;  ///< summed over the matrices of experts
    std::int64_t adapter = 0;                  ///< in adapters, which are trained beside a frozen base
    std::int64_t adapter_rows_and_columns = 0;
    std::int64_t dora_outputs = 0;  ///< outputs per token that DoRA scales by a trained magnitude
    /// In embeddings and heads that are trained as whole copies beside their frozen originals (peft's modules_to_save).
    std::int64_t modules_to_save = 0;
    std::int64_t frozen = 0;   ///< in weights of the model itself that are never trained
    std::int64_t buffers = 0;  ///< running statistics, in fp32

    constexpr void add(const parameter_sums& o, std::int64_t times) noexcept {
        matrix += times * o.matrix;
        expert += times * o.expert;
        vector += times * o.vector;
        embedding_head += times * o.embedding_head;
        rows_and_columns += times * o.rows_and_columns;
        expert_rows_and_columns += times * o.expert_rows_and_columns;
        adapter += times * o.adapter;
        adapter_rows_and_columns += times * o.adapter_rows_and_columns;
        dora_outputs += times * o.dora_outputs;
        modules_to_save += times * o.modules_to_save;
        frozen += times * o.frozen;
        buffers += times * o.buffers;
    }
    [[nodiscard]] constexpr std::int64_t dense() const noexcept { return matrix + vector + embedding_head; }
    [[nodiscard]] constexpr std::int64_t size() const noexcept { return matrix + vector + embedding_head + expert; }
};

/// Returns the number of GPUs that divide the experts: the expert-parallel size, or the tensor-parallel size if that is
/// larger.
[[nodiscard]] constexpr std::int64_t expert_cards(const layout& l) noexcept {
    return l.expert > l.tensor ? l.expert : l.tensor;
}

/// Returns the number of GPUs that divide a matrix.
[[nodiscard]] constexpr std::int64_t cards_of(const linear& m, const layout& l) noexcept {
    return m.split == weight_split::tensor ? l.tensor : m.split == weight_split::expert ? expert_cards(l) : 1;
}

/// Returns the number of GPUs that hold the same experts and shard their states among themselves.
[[nodiscard]] constexpr std::int64_t expert_group(const layout& l) noexcept {
    return larger(std::int64_t{l.sharding_group} * l.tensor / expert_cards(l), std::int64_t{1});
}

/// Returns the tokens of the most-loaded expert-parallel rank in percent of the mean: 100 where every rank holds all
/// experts. No expert takes more tokens than its capacity, and a padded one takes as many whatever the router does.
[[nodiscard]] constexpr std::int64_t imbalance_percent(const training& t, const layout& l) noexcept {
    const std::int64_t routed = l.expert > 1 ? t.expert_imbalance_percent : 100;
    if (!(t.expert_capacity_factor > 0)) return routed;
    const std::int64_t capacity = static_cast<std::int64_t>(100 * t.expert_capacity_factor + 0.5);
    return t.pad_to_capacity ? capacity : smaller(routed, capacity);
}

/// Adds what an adapter trains beside one matrix, of which one GPU has `rows_and_columns`.
constexpr void add_adapter(parameter_sums& sums, const linear& m, const adapter& a, std::int64_t cards,
                           std::int64_t rows_and_columns) noexcept {
    const std::int64_t magnitudes = a.method == adapter_method::dora ? m.out : 0;
    sums.adapter += a.rank * rows_and_columns + divide_up(m.copies * magnitudes, cards);
    sums.dora_outputs += divide_up(m.active * magnitudes, cards);
    sums.adapter_rows_and_columns += rows_and_columns + 2 * a.rank;
}

/// Returns the parameters of one layer of this kind on one GPU.
[[nodiscard]] constexpr parameter_sums layer_parameters(const layer_block& b, const layout& l,
                                                        const adapter& a) noexcept {
    const std::int64_t by_experts = expert_cards(l);
    parameter_sums sums{.vector = b.vector_parameters, .buffers = b.buffers};
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        const std::int64_t cards = m.split == weight_split::tensor   ? l.tensor
                                   : m.split == weight_split::expert ? by_experts
                                                                     : 1;
        const std::int64_t elements = (m.copies * (m.in * m.out + (m.bias ? m.out : 0)) + cards - 1) / cards;
        const std::int64_t rows_and_columns = (m.copies * (m.in + m.out) + cards - 1) / cards;
        if (m.split == weight_split::expert) {
            sums.expert += elements;
            sums.expert_rows_and_columns += m.frozen ? 0 : rows_and_columns;
        } else if (m.frozen) {
            sums.frozen += elements;
        } else {
            sums.matrix += elements;
            sums.rows_and_columns += rows_and_columns;
        }
        if (a.rank > 0 && a.targets.has(m.target)) add_adapter(sums, m, a, cards, rows_and_columns);
    }
    return sums;
}

/// Returns the parameters of the embedding and of the head on one GPU, where a stage has them. Tied weights on one
/// stage count once.
[[nodiscard]] constexpr parameter_sums embedding_head_parameters(const network& net, const layout& l, const adapter& a,
                                                                 const adapter_recipe& recipe, bool embedding,
                                                                 bool head) noexcept {
    const std::int64_t h = net.hidden;
    const std::int64_t table = divide_up(net.embedding_parameters, l.tensor);
    const std::int64_t output = divide_up(net.tied ? net.embedding_parameters : net.head_parameters, l.tensor);
    const bool shared = net.tied && l.pipeline == 1;
    // Prediction layers look up tokens on the stage of the head.
    const bool looks_up = embedding || (head && !net.tied && net.prediction_layers > 0);
    const std::int64_t matrices = (looks_up ? table : 0) + (head && !shared ? output : 0);
    parameter_sums sums{.vector = (embedding ? net.position_parameters : 0) + (head ? net.final_parameters : 0),
                        .embedding_head = matrices,
                        .rows_and_columns = matrices / h + h};
    if (a.targets.bits == 0) return sums;
    const bool adapts_embedding = embedding && a.targets.has(target::embeddings);
    const bool adapts_head = head && a.targets.has(target::head);
    if (!adapts_embedding && !adapts_head) return sums;
    const std::int64_t adapted_head = adapts_head && !(shared && adapts_embedding) ? output : 0;
    const std::int64_t adapted = (adapts_embedding ? table : 0) + adapted_head;
    if (recipe.whole_embeddings) {
        sums.adapter = adapted;
        sums.adapter_rows_and_columns = adapted / h + h;
        sums.modules_to_save = adapted;
    } else {
        const std::int64_t embedding_sides = adapts_embedding ? table / h + h : 0;
        const std::int64_t head_sides = adapts_head ? output / h + h : 0;
        sums.adapter = a.rank * (embedding_sides + head_sides);
        sums.adapter_rows_and_columns = adapted / h + 2 * (h + a.rank);
    }
    return sums;
}

/// Returns the parameters of a tower on one GPU, as those of a stage that trains all of them.
[[nodiscard]] constexpr parameter_sums tower_sums(const network& net, const layout& l) noexcept {
    parameter_sums sums{.vector = net.tower.outer_parameters};
    for (std::size_t k = net.block_kinds; k < net.block_kinds + net.tower.block_kinds; ++k)
        sums.add(layer_parameters(net.blocks[k], l, {}), net.blocks[k].layers.count(0, net.tower.layers));
    return sums;
}

/// Returns the elements of the largest matrix of a layer on one GPU. One expert's matrix counts undivided.
[[nodiscard]] constexpr std::int64_t largest_matrix(const layer_block& b, const layout& l) noexcept {
    std::int64_t largest = 0;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        const std::int64_t cards = m.split == weight_split::tensor ? l.tensor : 1;
        largest = larger(largest, divide_up(m.in * m.out, cards));
    }
    return largest;
}

/// Returns true if a layer has a matrix of the same shape and target.
[[nodiscard]] constexpr bool has_shape(const layer_block& b, const linear& m) noexcept {
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& o = b.linears[i];
        if (o.in == m.in && o.out == m.out && o.target == m.target) return true;
    }
    return false;
}

/// Returns the elements of one matrix of each distinct shape, summed, on one GPU.
[[nodiscard]] constexpr std::int64_t distinct_shapes(const network& net, const layout& l) noexcept {
    std::int64_t elements = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i) {
            const linear& m = net.blocks[k].linears[i];
            bool seen = m.target == target::router;
            for (std::size_t other = 0; other < k && !seen; ++other) seen = has_shape(net.blocks[other], m);
            elements += seen ? 0 : divide_up(m.in * m.out, m.split == weight_split::tensor ? l.tensor : 1);
        }
    }
    return elements;
}

}  // namespace cardfit::detail
