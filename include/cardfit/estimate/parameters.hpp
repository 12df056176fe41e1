// SPDX-License-Identifier: MIT
#pragma once

// Parameters on one card, by how parallelism divides them, before data-parallel sharding.

#include <cardfit/frameworks/row.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/network.hpp>

namespace cardfit::detail {

/// Parameters of one layer of one kind, of the ends, or of a stage.
struct parameter_sums {
    std::int64_t matrix = 0;  ///< in matrices that every token visits
    std::int64_t expert = 0;  ///< in experts' matrices
    std::int64_t vector = 0;  ///< norms and embeddings of positions
    std::int64_t lookup = 0;  ///< embedding and head: a quantized base leaves them alone, Muon gives them to AdamW
    std::int64_t edges = 0;   ///< rows and columns of all matrices but experts
    std::int64_t expert_edges = 0;
    std::int64_t adapter = 0;  ///< trained beside a frozen base
    std::int64_t adapter_edges = 0;
    std::int64_t magnitudes = 0;  ///< outputs of one token that have a trained magnitude (DoRA)
    std::int64_t retrained = 0;   ///< frozen originals of embeddings and heads that are trained whole
    std::int64_t largest = 0;     ///< the largest single matrix
    std::int64_t frozen = 0;      ///< weights of the model itself that are never trained
    std::int64_t buffers = 0;     ///< fp32 running statistics

    constexpr void add(const parameter_sums& o, std::int64_t times) noexcept {
        matrix += times * o.matrix;
        expert += times * o.expert;
        vector += times * o.vector;
        lookup += times * o.lookup;
        edges += times * o.edges;
        expert_edges += times * o.expert_edges;
        adapter += times * o.adapter;
        adapter_edges += times * o.adapter_edges;
        magnitudes += times * o.magnitudes;
        retrained += times * o.retrained;
        frozen += times * o.frozen;
        buffers += times * o.buffers;
        largest = o.largest > largest ? o.largest : largest;
    }
    [[nodiscard]] constexpr std::int64_t dense() const noexcept { return matrix + vector + lookup; }
};

/// Cards over which experts are spread: the expert-parallel size, or the tensor-parallel one where that is larger.
[[nodiscard]] constexpr std::int64_t expert_cards(const layout& l) noexcept {
    return l.expert > l.tensor ? l.expert : l.tensor;
}

/// Cards that hold copies of the same expert and share its state.
[[nodiscard]] constexpr std::int64_t expert_group(const layout& l) noexcept {
    return larger(std::int64_t{l.sharding_group} * l.tensor / expert_cards(l), std::int64_t{1});
}

/// Percent of the mean's tokens that the fullest rank's experts get: there is no fullest where ranks hold all experts.
[[nodiscard]] constexpr std::int64_t imbalance_percent(const training& t, const layout& l) noexcept {
    return l.expert > 1 ? t.expert_imbalance_percent : 100;
}

/// One layer of this kind on one card.
[[nodiscard]] constexpr parameter_sums sums_of(const block& b, const layout& l, const adapter& a) noexcept {
    parameter_sums sums;
    sums.vector = b.vector_parameters;
    sums.buffers = b.buffers;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        const bool expert = m.split == split::expert;
        const std::int64_t cards = m.split == split::tensor ? l.tensor : expert ? expert_cards(l) : 1;
        const std::int64_t one = (m.copies * (m.in * m.out + (m.bias ? m.out : 0)) + cards - 1) / cards;
        const std::int64_t sides = (m.copies * (m.in + m.out) + cards - 1) / cards;
        const std::int64_t rank = (a.targets.bits >> static_cast<unsigned>(m.target) & 1u) * a.rank;
        const std::int64_t outputs = a.method == adapter_method::dora && rank > 0 ? m.out : 0;
        (expert ? sums.expert : m.frozen ? sums.frozen : sums.matrix) += one;
        (expert ? sums.expert_edges : sums.edges) += m.frozen ? 0 : sides;
        sums.largest = larger(sums.largest, expert ? m.in * m.out : (m.in * m.out + cards - 1) / cards);
        sums.adapter += rank * sides + (m.copies * outputs + cards - 1) / cards;
        sums.magnitudes += (m.active * outputs + cards - 1) / cards;
        sums.adapter_edges += rank > 0 ? sides + 2 * rank : 0;
    }
    return sums;
}

/// What stands before the first layer and behind the last, where a stage has them. Tied weights on one stage stand
/// once.
[[nodiscard]] constexpr parameter_sums ends_of(const network& net, const layout& l, const adapter& a,
                                               const adapter_recipe& recipe, bool embedding, bool head) noexcept {
    const std::int64_t h = net.hidden;
    const std::int64_t table = divide_up(net.embedding_parameters, l.tensor);
    const std::int64_t output = divide_up(net.tied ? net.embedding_parameters : net.head_parameters, l.tensor);
    const bool shares = net.tied && l.pipeline == 1;
    parameter_sums sums;
    sums.lookup = (embedding ? table : 0) + (head && !shares ? output : 0);
    sums.vector = (embedding ? net.position_parameters : 0) + (head ? net.final_parameters : 0);
    sums.edges = sums.lookup / h + h;
    const bool on_embedding = a.targets.has(target::embeddings) && embedding;
    const bool on_head = a.targets.has(target::head) && head;
    if (!on_embedding && !on_head) return sums;
    const std::int64_t whole = (on_embedding ? table : 0) + (on_head && !(shares && on_embedding) ? output : 0);
    const std::int64_t pairs = a.rank * ((on_embedding ? table / h + h : 0) + (on_head ? output / h + h : 0));
    sums.adapter = recipe.whole_embeddings ? whole : pairs;
    sums.adapter_edges = recipe.whole_embeddings ? whole / h + h : whole / h + 2 * (h + a.rank);
    sums.retrained = recipe.whole_embeddings ? whole : 0;
    return sums;
}

/// Elements of one matrix of each distinct shape.
[[nodiscard]] constexpr std::int64_t distinct_shapes(const network& net, const layout& l) noexcept {
    std::int64_t elements = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i) {
            const linear& m = net.blocks[k].linears[i];
            bool seen = m.target == target::router;
            for (std::size_t other = 0; other < k; ++other)
                for (const linear& o : net.blocks[other].linears)
                    seen = seen || (o.in == m.in && o.out == m.out && o.target == m.target);
            elements += seen ? 0 : divide_up(m.in * m.out, m.split == split::tensor ? l.tensor : 1);
        }
    }
    return elements;
}

}  // namespace cardfit::detail
