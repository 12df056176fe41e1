// SPDX-License-Identifier: MIT
#pragma once

// Time of a network's average layer on one GPU: matmuls, attention, element-wise passes, collectives and launches. It
// reads a block's answers (model/block.hpp), so that every mechanism is the same to it.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/kernels/matmul.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/training/time_job.hpp>
#include <cardfit/job/weight_bytes.hpp>

namespace cardfit::detail {

/// The time of the average layer, in seconds where no other unit is named.
struct layer_time {
    double linear = 0;           ///< the matmuls of forward
    double data_gradient = 0;    ///< the matmuls of the inputs' gradients
    double weight_gradient = 0;  ///< the matmuls of the weights' gradients
    double cast_bytes = 0;       ///< bytes that casts to fewer bits move
    double attention = 0;
    double attention_backward = 0;
    double context_exchange = 0;
    double context_exchange_backward = 0;
    double elements = 0;         ///< operands and results of element-wise kernels per token
    double expert_elements = 0;  ///< elements per token that the permutation to experts moves
    double expert_layers = 0;    ///< the fraction of layers that have experts
    double experts_visited = 0;  ///< experts that a token visits, the mean over layers
    double adapter_width = 0;    ///< half of the elements per token that adapters read and write
    double kernels = 0;          ///< the number of launches of one pass
    double host_launches = 0;    ///< of which the host alone waits: short kernels behind each other
};

/// Returns true if an earlier matrix of the layer is in the same fused group, and so counts this one.
[[nodiscard]] constexpr bool is_counted(const layer_block& b, std::int64_t index) noexcept {
    const fused_group group = b.linears[index].fused;
    if (group == fused_group::none) return false;
    for (std::int64_t i = 0; i < index; ++i)
        if (b.linears[i].fused == group) return true;
    return false;
}

/// Returns the columns of the matmul that a matrix and the later ones of its fused group run as.
[[nodiscard]] constexpr std::int64_t fused_columns(const layer_block& b, std::int64_t index) noexcept {
    const linear& first = b.linears[index];
    std::int64_t columns = first.out;
    if (first.fused == fused_group::none) return columns;
    for (std::int64_t i = index + 1; i < b.linear_count; ++i)
        if (b.linears[i].fused == first.fused) columns += b.linears[i].out;
    return columns;
}

/// Adds `count` matmuls of `rows` tokens with an inner x columns matrix: forward and both gradients.
constexpr void add_matmul(layer_time& y, const time_job& j, double rows, double columns, double inner, double count) {
    const card_rates& c = j.card;
    const double width = c.narrow ? 1 : c.width;
    rows = most(rows, 1);
    y.linear += count * matmul_seconds(c, c.linear, rows, columns, inner, width);
    y.data_gradient += count * matmul_seconds(c, c.linear, rows, inner, columns, width);
    if (!j.adapted) y.weight_gradient += count * matmul_seconds(c, c.linear, columns, inner, rows, width);
    if (!c.narrow) return;
    // Where weights change only with a step, their cast serves all of its micro-batches.
    const double weights =
        columns * inner / (j.row.master_weights ? static_cast<double>(j.job.gradient_accumulation) : 1);
    y.cast_bytes += count * (c.block_scaled ? j.constants.step.block_cast : j.constants.step.fp8_cast) *
                    (rows * inner + rows * columns + weights);
}

/// Adds a recurrence: one matmul per step of the sequence, which waits for the host and for the step before.
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

/// Returns the cards of a tensor-parallel group that hold different experts: they divide its tokens among themselves.
[[nodiscard]] constexpr double sharing_tokens(const time_job& j) noexcept {
    return least(j.tensor, static_cast<double>(j.l.expert));
}

/// Returns true for matrices whose rows tensor parallelism divides; of the others it divides the columns.
[[nodiscard]] constexpr bool divides_rows(const linear& m) noexcept {
    return m.target == target::output || m.target == target::down;
}

/// Returns the elements that the activation reads and writes per element of the feed-forward's width.
[[nodiscard]] constexpr double hidden_elements(const time_job& j, const layer_block& b) noexcept {
    return b.feed_forward.gated ? j.constants.step.gated_hidden : j.constants.step.plain_hidden;
}

/// Adds the matmuls of the experts on one card with the tokens that are routed to them.
constexpr void add_expert_matmul(layer_time& y, const time_job& j, const layer_block& b, const linear& m,
                                 double columns, double share) {
    const double cards = static_cast<double>(j.l.expert);
    const double slices = most(j.tensor / cards, 1);
    const double inner = static_cast<double>(m.in);
    const double active = static_cast<double>(m.active);
    const double copies = most(static_cast<double>(m.copies) / cards, 1);
    const double routed = j.tokens / sharing_tokens(j) * active * cards / static_cast<double>(m.copies) *
                          static_cast<double>(imbalance_percent(j.job, j.l)) / 100;
    const bool by_rows = divides_rows(m);
    add_matmul(y, j, routed, columns / (by_rows ? 1 : slices), inner / (by_rows ? slices : 1), share * copies);
    if (m.target != target::down) return;
    // Transformer Engine casts the operands of a grouped matmul expert by expert (pytorch/module/grouped_linear.py).
    if (j.card.narrow && j.row.fusion == fusion::full)
        y.host_launches += share * copies * j.constants.step.launches_per_expert_cast;
    y.elements += share * hidden_elements(j, b) * active * inner;
    y.experts_visited += share * active;
    y.expert_layers += share;
}

/// Adds a matmul with every token, and the element-wise passes over what it reads or writes.
constexpr void add_token_matmul(layer_time& y, const time_job& j, const layer_block& b, const linear& m, double columns,
                                double share) {
    const bool with_memory = m.rows == matmul_rows::tokens_and_memory;
    const bool of_source = m.fused == fused_group::cross_key_value && j.net.source_length > 0;
    const double rows = of_source
                            ? j.tokens / j.length * static_cast<double>(j.net.source_length)
                            : j.tokens * (with_memory ? 1 + static_cast<double>(b.attention.memory) / j.length : 1);
    const double inner = static_cast<double>(m.in);
    const double cards = m.split == weight_split::tensor ? j.tensor : 1;
    const bool by_rows = divides_rows(m);
    add_matmul(y, j, rows, columns / (by_rows ? 1 : cards), inner / (by_rows ? cards : 1), share);
    if (m.target == target::down) y.elements += share * hidden_elements(j, b) * inner / cards;
    if (m.target == target::latent) y.elements += share * j.constants.step.projections * columns;
}

/// Adds the matrices of one kind of layer, which is `share` of all layers.
constexpr void add_matrices(layer_time& y, const time_job& j, const layer_block& b, double share) {
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        if (is_counted(b, i)) continue;
        const linear& m = b.linears[i];
        const double columns = static_cast<double>(fused_columns(b, i));
        switch (m.rows) {
            case matmul_rows::second_direction:
            case matmul_rows::relative_positions:
                break;
            case matmul_rows::time_steps:
                add_recurrence(y, j, m, share);
                break;
            case matmul_rows::all_tokens:
            case matmul_rows::tokens_and_memory:
                if (m.split == weight_split::expert)
                    add_expert_matmul(y, j, b, m, columns, share);
                else
                    add_token_matmul(y, j, b, m, columns, share);
                break;
        }
    }
}

/// Returns the positions that flash attention computes per token. The constant is fitted on whole windows, so the
/// shorter past of the first tokens is not subtracted.
[[nodiscard]] constexpr double flash_positions(const attention_answers& a, double length) noexcept {
    const double bound = static_cast<double>(a.most_positions());
    if (bound < length) return bound;
    return length * (a.causal ? 0.5 : 1) + static_cast<double>(a.memory);
}

/// Returns the same as the mean over the heads, some of which may attend to every position of a source.
[[nodiscard]] constexpr double mean_flash_positions(const time_job& j, const attention_answers& a) noexcept {
    const double own = flash_positions(a, j.length);
    if (a.other_width == 0) return own;
    const double source = j.net.source_length > 0 ? static_cast<double>(j.net.source_length) : j.length;
    const double all = static_cast<double>(a.score_heads + a.source_heads);
    const double heads = static_cast<double>(a.heads);
    return (heads * own + (all - heads) * source) / all;
}

/// Returns the seconds of the forward pass of a search among all positions: its FLOPs, at the rate of large matmuls.
/// The rate is estimated.
[[nodiscard]] constexpr double scan_seconds(const time_job& j, const attention_answers& a) noexcept {
    const double products = static_cast<double>(a.scan_heads * a.scan_head_width);
    const double positions = j.length * (a.causal ? 0.5 : 1);
    return 2 * positions * products * j.tokens / (j.card.half.share * j.card.half.peak);
}

/// Adds flash attention, whose scores never leave the multiprocessors.
constexpr void add_flash_attention(layer_time& y, const time_job& j, const attention_answers& a, double wide,
                                   double share) {
    const kernel_constants& k = j.constants.kernels;
    const card_rates& c = j.card;
    const double head = static_cast<double>(a.kernel_head_width);
    const double forward = 4 * mean_flash_positions(j, a) * wide * j.tokens / (least(c.flash, 1) * c.half_peak) *
                           (1 + k.flash_start / j.length) * (1 + k.flash_head_start / head) /
                           (1 + k.flash_head_start / k.flash_head);
    y.attention += share * forward;
    y.attention_backward += share * k.flash_backward * forward;
}

/// Returns the positions that eager attention computes per token, the mean over the heads: those of the sequence, with
/// remembered ones, and those of a source of its own length.
[[nodiscard]] constexpr double eager_positions(const time_job& j, const attention_answers& a) noexcept {
    const double own = j.length + static_cast<double>(a.memory);
    if (a.source_heads == 0) return own;
    const double heads = static_cast<double>(a.score_heads);
    const double source_heads = static_cast<double>(a.source_heads);
    return (heads * own + source_heads * static_cast<double>(j.net.source_length)) / (heads + source_heads);
}

/// Adds eager attention, whose scores are written to memory for every position.
constexpr void add_eager_attention(layer_time& y, const time_job& j, const attention_answers& a, double wide,
                                   double share) {
    const kernel_constants& k = j.constants.kernels;
    const card_rates& c = j.card;
    const bool odd = a.kernel_head_width % head_multiple != 0 && c.half_format;
    const rate r = odd ? rate{c.fp32.peak, k.fp32_hbm * k.odd_head_share} : c.half;
    const double head = static_cast<double>(a.kernel_head_width);
    const double positions = eager_positions(j, a);
    const double products =
        4 * positions * wide * j.tokens / (r.share * r.peak) * (1 + k.score_start * k.inner_start / head);
    const double scores = static_cast<double>(a.score_heads + a.source_heads) / j.tensor * positions * j.tokens *
                          (a.shifts_scores ? j.constants.step.shift_copies : 1);
    const double traffic = score_traffic(j, scores) / c.bandwidth;
    y.attention += share * (products + j.constants.step.forward_share * traffic);
    y.attention_backward += share * (2 * products + (1 - j.constants.step.forward_share) * traffic);
}

/// Adds the core of attention: queries with keys, softmax, probabilities with values; and the search before it.
constexpr void add_attention_time(layer_time& y, const time_job& j, const layer_block& b, double share) {
    const attention_answers& a = b.attention;
    if (a.scores != score_kind::dot_product) return;
    const double wide =
        static_cast<double>(b.width.of[tensor_role::query] + b.width.of[tensor_role::attention_output]) / 2 / j.tensor;
    if (j.flash && j.card.half_format)
        add_flash_attention(y, j, a, wide, share);
    else
        add_eager_attention(y, j, a, wide, share);
    const double scan = scan_seconds(j, a);
    y.attention += share * scan;
    y.attention_backward += share * j.constants.kernels.flash_backward * scan;
}

/// Returns the residual paths of a layer, in units of the hidden width: a second attention has one of its own.
[[nodiscard]] constexpr double residual_paths(const time_job& j, const attention_answers& a) noexcept {
    return 1 + static_cast<double>(a.second_query_width) / static_cast<double>(j.net.hidden) +
           (a.prepends_memory ? j.constants.step.memory_path : 0);
}

/// Returns the number of kernels of a layer, in units of a plain dense layer's.
[[nodiscard]] constexpr double kernels_of(const time_job& j, const layer_block& b) noexcept {
    const double mixer = b.state.update == state_update::none ? 1 : j.constants.step.kernels_recurrent;
    return mixer + (j.constants.step.kernels_gated * b.feed_forward.gated +
                    j.constants.step.kernels_experts * b.feed_forward.experts +
                    j.constants.step.kernels_latent * b.attention.latent_kernels +
                    j.constants.step.kernels_second * b.attention.second_kernels);
}

/// Adds element-wise passes and launches.
constexpr void add_elements(layer_time& y, const time_job& j, const layer_block& b, double share) {
    const attention_answers& a = b.attention;
    const double h = static_cast<double>(j.net.hidden);
    const double each = j.constants.step.residual_path + (j.job.dropout ? j.constants.step.dropout : 0);
    y.elements += share * each * residual_paths(j, a) * h / j.sequence_cards;
    const double gates = j.constants.step.gates * static_cast<double>(b.state.gate_width);
    y.elements += share * j.constants.step.projections * (gates + static_cast<double>(a.projected) / j.tensor);
    y.elements += share * j.constants.step.additive_scores * j.length * static_cast<double>(a.additive_width);
    y.kernels += share * j.constants.step.kernels_per_layer * kernels_of(j, b) * j.kernels.kernels;
}

/// Adds what the targets of adapters read and write, and their launches.
constexpr void add_adapters(layer_time& y, const time_job& j, const layer_block& b, double share) {
    if (!j.adapted) return;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        if (!j.job.adapter.targets.has(m.target)) continue;
        y.adapter_width += share * static_cast<double>(m.active) * static_cast<double>(m.in + m.out) / 2;
        y.kernels += share * j.constants.step.kernels_per_adapter;
        // DoRA's norms are of whole matrices, once per forward pass.
        if (j.job.adapter.method == adapter_method::dora)
            y.linear += share * static_cast<double>(m.copies) * static_cast<double>(m.in) * static_cast<double>(m.out) /
                        j.tensor * j.constants.step.magnitude_passes * j.card.width / j.card.bandwidth;
    }
}

/// Adds the exchange of context parallelism: keys and values of other ranks travel around a ring while attention works
/// on those that have arrived (Liu et al., arXiv 2310.01889), and only the time beyond attention's is exposed.
/// Gradients travel too. The time is estimated.
constexpr void add_context_exchange(layer_time& y, const time_job& j, const layer_block& b, double share,
                                    double forward, double backward) {
    if (j.l.context == 1) return;
    const double ring = collective_seconds(j.hardware, collective::all_gather, j.l.context,
                                           static_cast<double>(j.l.context) * j.tokens * j.card.width *
                                               static_cast<double>(b.cache.width) / (b.cache.by_head ? j.tensor : 1),
                                           j.l.tensor, j.constants.links);
    y.context_exchange += most(0, share * ring - forward);
    y.context_exchange_backward += most(0, 2 * share * ring - backward);
}

/// Returns the time of the mean layer of a network on one card.
[[nodiscard]] constexpr layer_time mean_layer(const time_job& j) {
    layer_time y;
    for (std::size_t k = 0; k < j.net.block_kinds; ++k) {
        const layer_block& b = j.net.blocks[k];
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
