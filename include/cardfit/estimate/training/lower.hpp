// SPDX-License-Identifier: MIT
#pragma once

// Lowers a training job to the stages that the memory estimate asks: what each parameter is stored as, what backward
// keeps, what comes and goes around it.

#include <cardfit/estimate/overheads.hpp>
#include <cardfit/estimate/training/activations.hpp>
#include <cardfit/estimate/training/memory.hpp>
#include <cardfit/estimate/training/model_states.hpp>
#include <cardfit/frameworks/all.hpp>

namespace cardfit {

namespace detail {

/// One stage's bytes. `kinds` are the layers' sums, `content` says which layers it holds.
[[nodiscard]] constexpr stage_load load_of(const network& net, const training& t, const layout& l,
                                           const memory_rules& r, const framework_memory& row,
                                           const parameter_sums (&kinds)[max_block_kinds],
                                           const stage_content& content) {
    stage_inputs in{.net = net, .job = t, .l = l, .rules = r, .row = row, .content = content, .kinds = kinds};
    in.compute = r.compute_width / width_scale;
    in.head = content.head ? divide_up(net.logits * net.hidden, l.tensor) : 0;
    in.quantized = r.adapted && block_layout_of(r.base).element_bits < 16;
    in.ends = embedding_head_parameters(net, l, t.adapter, in.row.adapters, content.embedding, content.head);
    in.sums = in.ends;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        if (content.layers[k] == 0) continue;
        in.sums.add(kinds[k], content.layers[k]);
        in.layers += content.layers[k];
        if (kinds[k].dense() + kinds[k].expert > in.unit.dense() + in.unit.expert) in.unit = kinds[k];
    }
    stage_load s;
    add_model_states(s, in);
    if (r.adapted) add_frozen_base(s, in);
    add_gathered(s, in);
    // Transformer Engine keeps one dummy weight gradient for each distinct matrix shape (from its version 2.3 on).
    if (in.row.matrix_scratch) s.scratch += in.compute * (distinct_shapes(net, l) + in.head);
    add_activations(s, in);
    add_ends(s, in);
    if (t.offload == offload::optimizer || t.offload == offload::full) {
        s.optimizer = 0;
        s.step_temporaries = 0;
    }
    if (t.offload == offload::full) {
        s.weights = 0;
        s.gradients = 0;
        s.gradients_early = 0;
        s.gradients_loss = 0;
        s.slack_loss = 0;
        s.slack_first = 0;
    }
    return s;
}

/// Bounds by which a point whose bytes would exceed 64 bits is refused before anything is multiplied.
constexpr void widen_bounds(lowered_training& job, const stage_load& s) noexcept {
    job.token_bound += static_cast<double>(s.saved_per_token) +
                       static_cast<double>(s.recomputed_per_token + s.embedding_head_per_token + s.logits_per_token +
                                           s.gathered_sequence_per_token) +
                       static_cast<double>(s.layer_per_token);
    job.score_bound += static_cast<double>(s.saved_per_score) + static_cast<double>(s.recomputed_per_score) +
                       static_cast<double>(s.layer_per_score);
    job.fixed_bound += static_cast<double>(s.weights) + static_cast<double>(s.optimizer) +
                       static_cast<double>(s.gathered_backward) +
                       static_cast<double>(s.gradients + s.buckets + s.step_temporaries + s.scratch);
}

/// Adds a stage unless one that is there can never be less full. More distinct stages than there is room for share the
/// last place, which then holds what covers them all.
constexpr void add_stage(lowered_training& lowered, stage_content (&contents)[max_distinct_stages],
                         stage_content content, int stage, const network& net, const training& t, const layout& l,
                         const memory_rules& rules, const framework_memory& row,
                         const parameter_sums (&kinds)[max_block_kinds]) {
    for (std::size_t i = 0; i < lowered.stage_count; ++i)
        if (contents[i].covers(content)) return;
    const std::size_t place = lowered.stage_count < max_distinct_stages ? lowered.stage_count : max_distinct_stages - 1;
    if (lowered.stage_count == max_distinct_stages) {
        const stage_content& last = contents[place];
        for (std::size_t k = 0; k < max_block_kinds; ++k) content.layers[k] = larger(content.layers[k], last.layers[k]);
        content.in_flight = larger(content.in_flight, last.in_flight);
        content.embedding |= last.embedding;
        content.head |= last.head;
    }
    contents[place] = content;
    lowered.stages[place] = load_of(net, t, l, rules, row, kinds, content);
    lowered.stage_index[place] = stage;
    lowered.stage_count = place + 1;
}

/// The network as the fullest expert-parallel rank meets it: more tokens for its experts.
[[nodiscard]] constexpr network imbalanced(network net, std::int64_t percent) noexcept {
    for (block& b : net.blocks)
        for (std::size_t role = tensor_role::expert_input; role <= tensor_role::expert_output; ++role)
            b.width.of[role] = divide_up(b.width.of[role] * percent, 100);
    return net;
}

/// Lowers stages [first, end) of a job that has been checked.
[[nodiscard]] constexpr lowered_training lower_stages(const network& net, const training& t, const machine& m,
                                                      const layout& l, const framework_memory& row, int first,
                                                      int end) {
    const memory_rules rules = lower_rules(t, l, row);
    parameter_sums kinds[max_block_kinds]{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) kinds[k] = layer_parameters(net.blocks[k], l, t.adapter);
    lowered_training lowered;
    stage_content contents[max_distinct_stages]{};
    for (int stage = first; stage < end; ++stage)
        add_stage(lowered, contents, content_of(net, l, t.gradient_accumulation, stage), stage, net, t, l, rules, row,
                  kinds);
    lowered.workspace = workspace_bytes(m.card);
    lowered.context = context_bytes(t.software_date);
    lowered.communication = communication_bytes(l);
    lowered.activation_slack_per_mille = row.activation_slack_per_mille;
    lowered.slack_per_mille = row.slack_per_mille;
    lowered.band_per_mille = row.band_per_mille;
    lowered.capacity = usable_memory(m).number;
    lowered.context_parallel = l.context;
    lowered.tokens_per_sample = net.tokens_per_sample;
    lowered.micro_batch = t.micro_batch;
    lowered.sequence_length = t.sequence_length;
    if (net.longest_sequence > 0) lowered.longest_sequence = net.longest_sequence;
    for (std::size_t i = 0; i < lowered.stage_count; ++i) widen_bounds(lowered, lowered.stages[i]);
    return lowered;
}

}  // namespace detail

/// Lowers a job once; ask it for any micro-batch and sequence length. The machine decides capacity and overheads.
/// Throws invalid_input (a std::invalid_argument) naming the first thing that is wrong with job, layout or machine.
/// `row` is the framework as a table row: the job's own, or one of yours.
[[nodiscard]] constexpr lowered_training lower_job(const network& net, const training& t, const machine& m,
                                                   const layout& given, const framework_memory& row) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(t, net, on_problem::refuse)),
        static_cast<void>(problems(given, m.cards, net, on_problem::refuse));
    if (detail::imbalance_percent(t, given) != 100)
        return detail::lower_stages(detail::imbalanced(net, t.expert_imbalance_percent), t, m, resolved(given, m.cards),
                                    row, 0, given.pipeline);
    return detail::lower_stages(net, t, m, resolved(given, m.cards), row, 0, given.pipeline);
}
[[nodiscard]] constexpr lowered_training lower_job(const network& net, const training& t, const machine& m,
                                                   const layout& l = {}) {
    return lower_job(net, t, m, l, row_of(t.framework).memory);
}

/// What all cards of a job take together, each at its own fullest moment.
/// Throws invalid_input as lower_job does, and std::overflow_error where the sum exceeds 64 bits.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const training& t, const machine& m,
                                                            const layout& given, const framework_memory& row) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(t, net, on_problem::refuse)),
        static_cast<void>(problems(given, m.cards, net, on_problem::refuse));
    const layout l = resolved(given, m.cards);
    memory_of_cards sum;
    for (int stage = 0; stage < l.pipeline; ++stage) {
        const memory_estimate one = memory(detail::lower_stages(net, t, m, l, row, stage, stage + 1));
        const int cards = m.cards / l.pipeline;
        sum.allocated += cards * one.allocated();
        sum.reserved += cards * one.reserved();
        sum.device += cards * one.device();
    }
    return sum;
}
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const training& t, const machine& m,
                                                            const layout& l = {}) {
    return memory_of_all_cards(net, t, m, l, row_of(t.framework).memory);
}

/// The same for any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr lowered_training lower_job(const M& model, const training& t, const machine& m,
                                                   const layout& l = {}) {
    return lower_job(lower_model(model, t.image_size), t, m, l);
}

/// Memory of one job: `memory(models::llama_3_1_8b, job, 8 * cards::a100_sxm4_80gb, {.data = 8})`.
template <class M>
requires architecture<M> || std::same_as<M, network>
[[nodiscard]] constexpr memory_estimate memory(const M& model, const training& t, const machine& m,
                                               const layout& l = {}) {
    return memory(lower_job(model, t, m, l));
}

}  // namespace cardfit
