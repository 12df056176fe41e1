// SPDX-License-Identifier: MIT
#pragma once

// Seconds of a network's average layer on one card: matrices, attention, element-wise passes, collectives, launches.
// Read from a block's matrices and widths, so that dense, sparse, latent, windowed, recurrent and encoder-decoder
// layers are the same to it.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/kernels/matmul.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/training/time_job.hpp>
#include <cardfit/job/weight_bytes.hpp>

namespace cardfit::detail {

/// Seconds of one layer, unless another unit is named.
struct layer_time {
    double linear = 0, data_gradient = 0, weight_gradient = 0;
    double cast_bytes = 0;
    double attention = 0, attention_backward = 0;
    double context_exchange = 0, context_exchange_backward = 0;
    double elements = 0;         ///< a token, of element-wise operands and results
    double expert_elements = 0;  ///< a token, that permutation moves
    double expert_layers = 0;    ///< share of layers that have experts
    double experts_visited = 0;  ///< experts that a token visits, mean over layers
    double adapter_width = 0;    ///< a token: half of what adapters read and write
    double kernels = 0;
};

/// Matrices that read one tensor run as one.
[[nodiscard]] constexpr bool joins(const linear& first, const linear& next, bool query_joins) noexcept {
    if (first.in != next.in || first.split != next.split) return false;
    if (first.target == target::gate) return next.target == target::up;
    const bool projection = first.target == target::key || (first.target == target::query && query_joins);
    return projection && (next.target == target::key || next.target == target::value);
}

/// Adds `count` products of rows tokens with an inner x columns matrix: forward and both gradients.
constexpr void add_matmul(layer_time& y, const time_job& j, double rows, double columns, double inner, double count) {
    const card_rates& c = j.card;
    const double width = c.narrow ? 1 : c.width;
    rows = most(rows, 1);
    y.linear += count * matmul_seconds(c, c.linear, rows, columns, inner, width);
    y.data_gradient += count * matmul_seconds(c, c.linear, rows, inner, columns, width);
    if (!j.adapted) y.weight_gradient += count * matmul_seconds(c, c.linear, columns, inner, rows, width);
    if (!c.narrow) return;
    // Cast weights are kept over the micro-batches of a step where they only change with it.
    const double weights =
        columns * inner / (j.row.master_weights ? static_cast<double>(j.job.gradient_accumulation) : 1);
    y.cast_bytes += count * (c.block_scaled ? j.constants.step.block_cast : j.constants.step.fp8_cast) *
                    (rows * inner + rows * columns + weights);
}

/// A recurrence: a product for each step of the sequence, which the host and the step before it hold up.
constexpr void add_recurrence(layer_time& y, const time_job& j, const linear& m, double share) {
    const card_rates& c = j.card;
    const double batch = static_cast<double>(j.job.micro_batch);
    const double in = static_cast<double>(m.in);
    const double out = static_cast<double>(m.out);
    const double steps = j.tokens / batch;
    const double forward =
        share * steps *
        most(matmul_seconds(c, c.linear, batch, out, in, c.width), j.constants.step.shortest_recurrence);
    y.linear += forward;
    y.data_gradient += forward;
    if (!j.adapted) y.weight_gradient += share * matmul_seconds(c, c.linear, out, in, j.tokens, c.width);
    y.kernels += share * j.constants.step.kernels_per_recurrence * steps;
}

/// A recurrence whose steps wait for each other (LSTM); a state space runs in parallel chunks, and its state is kept.
[[nodiscard]] constexpr bool runs_stepwise(const block& b) noexcept {
    return b.width.of[tensor_role::recurrent_state] > 0 && b.state_width == 0;
}

/// Cards of a tensor-parallel group that hold other experts: they share its tokens out among themselves.
[[nodiscard]] constexpr double sharing_tokens(const time_job& j) noexcept {
    return least(j.tensor, static_cast<double>(j.l.expert));
}

/// The matrices of one kind of layer, which is `share` of all layers.
constexpr void add_matrices(layer_time& y, const time_job& j, const block& b, double share) {
    const bool stepwise = runs_stepwise(b);
    const double expert_cards = static_cast<double>(j.l.expert);
    const double memory = static_cast<double>(b.memory_positions);
    const double expert_slices = most(j.tensor / expert_cards, 1);
    int queries = 0;
    int recurrences = 0;
    double hidden_cost = j.constants.step.plain_hidden;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        std::int64_t out = m.out;
        queries += m.target == target::query;
        // Cross attention's queries read another tensor than its keys and values, and so do a memory's.
        const bool query_joins = queries == 1 && b.memory_positions == 0;
        bool gated = false;
        bool keys = false;
        while (i + 1 < b.linear_count && joins(m, b.linears[i + 1], query_joins)) {
            ++i;
            out += b.linears[i].out;
            gated = m.target == target::gate;
            keys = m.target == target::key;
        }
        if (stepwise && m.target == target::gate) {
            // A layer's two directions run side by side.
            if (recurrences++ == 0) add_recurrence(y, j, m, share);
            continue;
        }
        // The matrix of relative positions runs once a segment, not once a token.
        if (b.memory_positions > 0 && m.target == target::key && !keys) continue;
        if (m.target == target::gate || m.target == target::up)
            hidden_cost = gated ? j.constants.step.gated_hidden : j.constants.step.plain_hidden;
        const bool rows_divided = m.target == target::output || m.target == target::down;
        const double wide = static_cast<double>(out);
        const double inner = static_cast<double>(m.in);
        if (m.split == split::expert) {
            const double copies = most(static_cast<double>(m.copies) / expert_cards, 1);
            const double routed = j.tokens / sharing_tokens(j) * static_cast<double>(m.active) * expert_cards /
                                  static_cast<double>(m.copies) * static_cast<double>(imbalance_percent(j.job, j.l)) /
                                  100;
            add_matmul(y, j, routed, wide / (rows_divided ? 1 : expert_slices),
                       inner / (rows_divided ? expert_slices : 1), share * copies);
            if (m.target == target::down) {
                y.elements += share * hidden_cost * static_cast<double>(m.active) * inner;
                y.experts_visited += share * static_cast<double>(m.active);
                y.expert_layers += share;
            }
            continue;
        }
        const double cards = m.split == split::tensor ? j.tensor : 1;
        const double rows = j.tokens * (keys && b.memory_positions > 0 ? 1 + memory / j.length : 1);
        add_matmul(y, j, rows, wide / (rows_divided ? 1 : cards), inner / (rows_divided ? cards : 1), share);
        if (m.target == target::down) y.elements += share * hidden_cost * inner / cards;
        if (m.target == target::latent) y.elements += share * j.constants.step.projections * wide;
    }
}

/// Width of one attention head, as the kernels' rates were settled: a latent one counts as hidden / heads.
[[nodiscard]] constexpr double head_width(const block& b, const network& net) noexcept {
    const bool latent = b.width.of[tensor_role::latent] > 0;
    return latent ? static_cast<double>(net.hidden / net.heads)
                  : static_cast<double>(b.width.of[tensor_role::attention_output]) / static_cast<double>(b.score_heads);
}

/// Positions that flash attention computes for a token. Settled on whole windows, so the first tokens' shorter past is
/// not taken off.
[[nodiscard]] constexpr double flash_positions(const block& b, double length) noexcept {
    if (b.window > 0 && static_cast<double>(b.window) < length) return static_cast<double>(b.window);
    return length * (b.causal ? 0.5 : 1) + static_cast<double>(b.memory_positions);
}

/// Attention's core: queries with keys, softmax, probabilities with values.
constexpr void add_attention_time(layer_time& y, const time_job& j, const block& b, double share) {
    const kernel_constants& k = j.constants.kernels;
    if (b.score_heads == 0 || b.width.of[tensor_role::recurrent_state] > 0) return;
    const card_rates& c = j.card;
    const double head = head_width(b, j.net);
    const double wide =
        static_cast<double>(b.width.of[tensor_role::query] + b.width.of[tensor_role::attention_output]) / 2 / j.tensor;
    if (j.flash && c.half_format) {
        const double forward = 4 * flash_positions(b, j.length) * wide * j.tokens / (least(c.flash, 1) * c.half_peak) *
                               (1 + k.flash_start / j.length) * (1 + k.flash_head_start / head) /
                               (1 + k.flash_head_start / k.flash_head);
        y.attention += share * forward;
        y.attention_backward += share * k.flash_backward * forward;
        return;
    }
    const bool odd = static_cast<std::int64_t>(head) % head_multiple != 0 && c.half_format;
    const rate r = odd ? rate{c.fp32.peak, k.fp32_hbm * k.odd_head_share} : c.half;
    const double positions = j.length + static_cast<double>(b.memory_positions);
    const double products =
        4 * positions * wide * j.tokens / (r.share * r.peak) * (1 + k.score_start * k.inner_start / head);
    const double bytes_each =
        j.row.fusion == fusion::eager && c.mixed ? j.constants.step.score_bytes_autocast : c.width;
    const double scores = static_cast<double>(b.score_heads) / j.tensor * positions * j.tokens *
                          (b.memory_positions > 0 ? j.constants.step.shift_copies : 1);
    const double traffic = scores * bytes_each * j.fused.scores *
                           (j.job.dropout ? 1 : j.constants.step.without_score_dropout) / c.bandwidth;
    y.attention += share * (products + j.constants.step.forward_share * traffic);
    y.attention_backward += share * (2 * products + (1 - j.constants.step.forward_share) * traffic);
}

/// Element-wise passes and launches.
constexpr void add_elements(layer_time& y, const time_job& j, const block& b, double share) {
    const std::int64_t(&w)[tensor_role_count] = b.width.of;
    const bool recurrent = w[tensor_role::recurrent_state] > 0;
    const bool memory = b.memory_positions > 0;
    const double h = static_cast<double>(j.net.hidden);
    const double cross = recurrent ? 0 : static_cast<double>(b.cross_width) / 2;
    const double paths = 1 + cross / h + (memory ? j.constants.step.memory_path : 0);
    y.elements += share * (j.constants.step.residual_path + (j.job.dropout ? j.constants.step.dropout : 0)) * paths *
                  h / j.sequence_cards;
    // Of a fused product's result: a lone query needs no splitting, and a second bias makes no second projection.
    const std::int64_t projected = w[tensor_role::query] + w[tensor_role::key] + w[tensor_role::value] -
                                   (memory ? w[tensor_role::query] - w[tensor_role::attention_output] : 0);
    y.elements += share * j.constants.step.projections *
                  (recurrent ? j.constants.step.gates * h : (static_cast<double>(projected) - cross) / j.tensor);
    if (recurrent)
        y.elements += share * j.constants.step.additive_scores * j.length * static_cast<double>(b.score_heads);

    double kinds = recurrent ? j.constants.step.kernels_recurrent : 1;
    bool gated = false;
    bool experts = false;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        gated = gated || b.linears[i].target == target::gate;
        experts = experts || b.linears[i].split == split::expert;
    }
    kinds += runs_stepwise(b) ? 0
                              : j.constants.step.kernels_gated * gated + j.constants.step.kernels_experts * experts +
                                    j.constants.step.kernels_latent * (w[tensor_role::latent] > 0) +
                                    j.constants.step.kernels_second * (cross > 0 || memory);
    y.kernels += share * j.constants.step.kernels_per_layer * kinds * j.kernels.kernels;
}

/// Adapters: what their targets read and write, and their launches.
constexpr void add_adapters(layer_time& y, const time_job& j, const block& b, double share) {
    if (!j.adapted) return;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        if (!j.job.adapter.targets.has(m.target)) continue;
        y.adapter_width += share * static_cast<double>(m.active) * static_cast<double>(m.in + m.out) / 2;
        y.kernels += share * j.constants.step.kernels_per_adapter;
        // DoRA's norms are of whole matrices, once a forward pass.
        if (j.job.adapter.method == adapter_method::dora)
            y.linear += share * static_cast<double>(m.copies) * static_cast<double>(m.in) * static_cast<double>(m.out) /
                        j.tensor * j.constants.step.magnitude_passes * j.card.width / j.card.bandwidth;
    }
}

/// Keys and values of other context ranks come around a ring while attention works on those that are there (Liu et al.,
/// arXiv 2310.01889): only what takes longer than it is seen. Gradients go around too. Estimated.
constexpr void add_context_exchange(layer_time& y, const time_job& j, const block& b, double share, double forward,
                                    double backward) {
    if (j.l.context == 1) return;
    const double ring = collective_seconds(j.hardware, collective::all_gather, j.l.context,
                                           static_cast<double>(j.l.context) * j.tokens * j.card.width *
                                               static_cast<double>(b.cache_width) / (b.cache_splits ? j.tensor : 1),
                                           j.l.tensor, j.constants.links);
    y.context_exchange += most(0, share * ring - forward);
    y.context_exchange_backward += most(0, 2 * share * ring - backward);
}

/// The mean layer of a network on one card.
[[nodiscard]] constexpr layer_time mean_layer(const time_job& j) {
    layer_time y;
    for (std::size_t k = 0; k < j.net.block_kinds; ++k) {
        const block& b = j.net.blocks[k];
        const double share = static_cast<double>(b.layers.count(0, j.net.layers)) / static_cast<double>(j.net.layers);
        add_matrices(y, j, b, share);
        const double forward = y.attention;
        const double backward = y.attention_backward;
        add_attention_time(y, j, b, share);
        add_context_exchange(y, j, b, share, y.attention - forward, y.attention_backward - backward);
        add_elements(y, j, b, share);
        add_adapters(y, j, b, share);
    }
    y.expert_elements = y.experts_visited * j.constants.step.expert_permutation * static_cast<double>(j.net.hidden);
    return y;
}

}  // namespace cardfit::detail
