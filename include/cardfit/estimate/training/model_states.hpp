// SPDX-License-Identifier: MIT
#pragma once

// Weights, gradients and optimizer states of a stage, after sharding, and the frozen base under an adapter.

#include <cardfit/estimate/training/sharding.hpp>

namespace cardfit::detail {

/// Weights, gradients and optimizer state after sharding.
constexpr void add_state(stage_load& s, const stage_inputs& in) {
    const memory_rules& r = in.rules;
    const parameter_sums& p = in.sums;
    const shares dense = shares_of(in.l.sharding, in.l.sharding_group);
    const shares expert = shares_of(in.l.sharding, expert_group(in.l));
    const std::int64_t trained = r.adapted ? p.adapter : p.dense();
    const std::int64_t trained_expert = r.adapted ? 0 : p.expert;
    s.weights = divide_up((trained + p.frozen) * r.recipe.weight, dense.weight) +
                divide_up(trained_expert * r.recipe.weight, expert.weight) + 4 * p.buffers +
                r.narrow_copies * (divide_up(divide_up(p.matrix, width_scale) * r.matrix_width, dense.weight) +
                                   divide_up(divide_up(p.expert, width_scale) * r.matrix_width, expert.weight));
    s.gradients = divide_up(trained * r.recipe.gradient, dense.gradient) +
                  divide_up(trained_expert * r.recipe.gradient, expert.gradient);
    s.optimizer = divide_up(
        (r.adapted ? state_bytes(in.job.optimizer, {.matrix = p.adapter, .edges = p.adapter_edges}, r.state_width)
                   : state_bytes(in.job.optimizer, {p.matrix, p.lookup, p.vector, p.edges}, r.state_width)) +
            trained * r.recipe.master,
        dense.optimizer);
    if (trained_expert > 0)
        s.optimizer +=
            divide_up(state_bytes(in.job.optimizer, {.matrix = p.expert, .edges = p.expert_edges}, r.state_width) +
                          p.expert * r.recipe.master,
                      expert.optimizer);

    const std::int64_t step_width =
        r.foreach_temporaries * (states_on_card(row_of(in.job.optimizer).memory) > 0 ? r.state_width : 0) +
        r.recipe.step_gradient;
    s.step_temporaries =
        divide_up(trained * step_width, dense.optimizer) + divide_up(trained_expert * step_width, expert.optimizer);
    if (in.job.optimizer_in_backward) {
        const std::int64_t unit = larger(in.unit.dense() + in.unit.expert, in.ends.lookup) * r.recipe.gradient;
        s.gradients = smaller(s.gradients, unit);
        s.step_temporaries = smaller(s.step_temporaries, unit);
    }
    s.gradients_early = r.gradients_stay && !in.job.optimizer_in_backward ? s.gradients : 0;
    s.gradients_loss = s.gradients_early + (r.head_gradient_at_loss ? in.head * in.compute : 0);
    if (in.row.keeps_freed_gradients) {
        s.slack_loss = larger(s.gradients - s.gradients_loss, 0);
        s.slack_first = s.gradients - s.gradients_early;
    }
    // ZeRO's communication buckets are allocated whether or not there is anybody to talk to.
    const bool several = std::int64_t{in.l.data} * in.l.context > 1 || in.l.sharding != sharding::none;
    if (several)
        s.buckets = (in.l.sharding != sharding::full && std::int64_t{in.l.data} * in.l.context > 1
                         ? in.row.bucket_gradient_copies * s.gradients
                         : 0) +
                    smaller(in.row.bucket_elements, trained + trained_expert) * in.compute;
}

/// The frozen base under an adapter: layers in its own format, embeddings, norms and retrained originals in 16 bits.
constexpr void add_frozen_base(stage_load& s, const stage_inputs& in) {
    const shares dense = shares_of(in.l.sharding, in.l.sharding_group);
    const shares expert = shares_of(in.l.sharding, expert_group(in.l));
    const bool quantized_head = in.quantized && in.row.adapters.quantized_head;
    const std::int64_t head =
        quantized_head && !in.net.tied && in.content.head ? divide_up(in.net.head_parameters, in.l.tensor) : 0;
    const std::int64_t plain = in.rules.widened ? in.rules.recipe.weight
                               : in.quantized   ? in.compute
                                                : block_layout_of(in.rules.base).block_bytes;
    s.weights += divide_up(storage(in.rules.base, in.sums.matrix + head).number +
                               (in.sums.vector + in.sums.lookup - head + in.sums.retrained) * plain,
                           dense.weight) +
                 divide_up(storage(in.rules.base, in.sums.expert).number, expert.weight);
    // DoRA takes the norm of each adapted matrix: the adapter's product and its sum with the base stand whole.
    if (in.sums.magnitudes > 0) s.scratch += 2 * in.unit.largest * in.compute;
    if (in.quantized) s.scratch += larger(in.unit.largest, quantized_head ? in.head : 0) * in.compute;
}

}  // namespace cardfit::detail
