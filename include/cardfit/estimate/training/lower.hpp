// SPDX-License-Identifier: MIT
#pragma once

// Lowers a training job to the stages that the memory estimate asks: what each parameter is stored as, what backward
// keeps, what comes and goes around it.

#include <cardfit/estimate/overheads.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/stages.hpp>
#include <cardfit/estimate/training/memory.hpp>
#include <cardfit/job/memory_rules.hpp>

namespace cardfit {

namespace detail {

/// Cards over which data parallelism spreads weights, gradients and optimizer state of a group of so many.
struct shares {
    std::int64_t weight = 1;
    std::int64_t gradient = 1;
    std::int64_t optimizer = 1;
};
[[nodiscard]] constexpr shares shares_of(sharding s, std::int64_t group) noexcept {
    return {.weight = s == sharding::full ? group : 1,
            .gradient = s >= sharding::gradients ? group : 1,
            .optimizer = s >= sharding::optimizer ? group : 1};
}

/// Everything that lowering one stage reads.
struct stage_inputs {
    const network& net;
    const training& job;
    const layout& l;
    const memory_rules& rules;
    const framework_row& row;
    const stage_content& content;
    const parameter_sums (&kinds)[max_block_kinds];  ///< one layer of each kind
    parameter_sums sums{};                           ///< the whole stage
    parameter_sums ends{};                           ///< its embedding and head
    parameter_sums unit{};                           ///< its largest layer: what full sharding gathers at a time

    std::int64_t layers = 0;   ///< that the stage holds
    std::int64_t compute = 0;  ///< bytes of the compute format
    std::int64_t head = 0;     ///< the vocabulary head's matrix, tied or not, on the stage that has it
    bool quantized = false;    ///< a frozen base in fewer than 16 bits
};

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
        r.foreach_temporaries * (states_on_card(row_of(in.job.optimizer)) > 0 ? r.state_width : 0) +
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

/// FSDP's gradients beyond the trained shards: whole ones where accumulating micro-batches don't synchronize, and those
/// of frozen weights that share a flat parameter with trained ones.
[[nodiscard]] constexpr std::int64_t unsharded_gradients(const stage_load& s, const stage_inputs& in) noexcept {
    const std::int64_t per_parameter = in.rules.flat_gradients ? in.compute : in.rules.recipe.gradient;
    const std::int64_t all =
        (in.rules.adapted && !in.rules.flat_gradients ? in.sums.adapter : in.sums.dense() + in.sums.expert) *
        per_parameter;
    const std::int64_t here = in.job.offload == offload::full ? 0 : s.gradients;
    return larger((in.rules.whole_gradients ? all : divide_up(all, in.l.sharding_group)) - here, 0);
}

/// What is there only while a layer needs it: gathered shards, units fetched from the host, autocast's copies.
constexpr void add_gathered(stage_load& s, const stage_inputs& in) noexcept {
    const memory_rules& r = in.rules;
    const std::int64_t unit = (in.unit.dense() + in.unit.expert) * in.compute;
    const std::int64_t root = (in.ends.lookup + in.ends.vector) * in.compute;
    const std::int64_t stage = in.sums.dense() + in.sums.expert;
    const bool sharded = in.l.sharding == sharding::full && in.l.sharding_group > 1;
    if (r.whole_stage) {
        s.gathered_forward = stage * in.compute;
        s.gathered_backward = stage * (in.compute + 4);
    } else if (sharded || in.job.offload == offload::full) {
        const std::int64_t gradients = r.whole_gradients || r.flat_gradients ? unsharded_gradients(s, in) : 0;
        // The layer at work and the next one, where there is a next one; in backward one layer's gradients too.
        const std::int64_t units = smaller(2, in.layers);
        s.gathered_forward = root + units * unit + (r.whole_gradients ? gradients : 0);
        s.gathered_backward = root + (r.adapted ? units : units + 1) * unit + gradients;
    } else if (r.recipe.cast_cache > 0 && (r.widened || !r.adapted || r.base == number_format::fp32)) {
        // Autocast's copies live as long as backward needs them, and are gone when the optimizer steps.
        s.gathered_forward = s.gathered_backward =
            ((r.widened ? 0 : in.sums.matrix + in.sums.expert) + in.head) * r.recipe.cast_cache;
    }
}

/// Gradients of the feed-forward's tensors, which live beside the tensors themselves while a layer's backward runs.
[[nodiscard]] constexpr std::int64_t transient_bytes(const block& b, const memory_rules& r,
                                                     std::int64_t tensor) noexcept {
    const std::int64_t(&w)[tensor_role_count] = b.width.of;
    const std::int64_t dense =
        w[tensor_role::gate_output] + w[tensor_role::up_output] + w[tensor_role::feed_forward_hidden];
    const std::int64_t sparse =
        w[tensor_role::expert_gate_output] + w[tensor_role::expert_up_output] + w[tensor_role::expert_hidden];
    return divide_up((larger(dense, sparse) + b.gradient_width) * r.compute_width, width_scale * tensor) +
           r.convolution_transforms * (b.transform_width > 0) * 4 * b.transform_width;
}

/// Bytes of transformed weights beyond what another moment takes without them, at the job's own micro-batch.
[[nodiscard]] constexpr std::int64_t transformed_weights(const block& b, std::int64_t micro_batch) noexcept {
    return 4 * larger(b.transform_elements + smaller(b.transform_width, 0) * micro_batch, 0);
}

/// What a layer of one kind keeps from forward to backward, and what it holds beyond that while its backward runs.
struct saved_bytes_of {
    std::int64_t token = 0;
    std::int64_t score = 0;
    std::int64_t recomputed_per_token = 0;
    std::int64_t recomputed_per_score = 0;
};
[[nodiscard]] constexpr saved_bytes_of kept_of(const block& b, const network& net, const memory_rules& r,
                                               std::int64_t tensor, std::int64_t scaled) noexcept {
    const std::int64_t live = saved_bytes(b, *r.live, r, tensor) + scaled;
    const std::int64_t recomputed_per_score = r.scores ? score_bytes(b, *r.live, r, tensor) : 0;
    if (r.checkpoint_width > 0) {
        const std::int64_t checkpoint =
            divide_up(larger(net.hidden, b.width.of[tensor_role::layer_input]) * r.checkpoint_width,
                      width_scale * (r.sequence_parallel ? tensor : 1));
        return {smaller(checkpoint, live), 0, live, recomputed_per_score};
    }
    if (!r.selective) return {live, recomputed_per_score, 0, 0};
    const std::int64_t kept = smaller(live, saved_bytes(b, *r.kept, r, tensor) + scaled);
    const std::int64_t saved_per_score = smaller(recomputed_per_score, score_bytes(b, *r.kept, r, tensor));
    return {kept, saved_per_score, live - kept, recomputed_per_score - saved_per_score};
}

/// Activations of the layers, of all micro-batches in flight. Throws invalid_input past 64 bits.
constexpr void add_activations(stage_load& s, const stage_inputs& in) {
    const memory_rules& r = in.rules;
    saved_bytes_of most;
    std::int64_t transient = 0;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        if (in.content.layers[k] == 0) continue;
        // A magnitude's gradient needs both outputs that it scales, the frozen matrix's and the adapter's.
        const saved_bytes_of kept =
            kept_of(in.net.blocks[k], in.net, r, in.l.tensor, 2 * in.kinds[k].magnitudes * in.compute);
        s.saved_per_token += in.content.layers[k] * kept.token;
        s.saved_per_score += in.content.layers[k] * kept.score;
        s.recomputed_per_token = larger(s.recomputed_per_token, kept.recomputed_per_token);
        s.recomputed_per_score = larger(s.recomputed_per_score, kept.recomputed_per_score);
        s.layer_per_token = larger(s.layer_per_token, kept.token + kept.recomputed_per_token);
        s.layer_per_score = larger(s.layer_per_score, kept.score + kept.recomputed_per_score);
        most.token = larger(most.token, kept.token);
        most.score = larger(most.score, kept.score);
        transient = larger(transient, transient_bytes(in.net.blocks[k], r, in.l.tensor));
        s.scratch += in.net.blocks[k].transform_elements > 0 && r.convolution_transforms
                         ? transformed_weights(in.net.blocks[k], in.job.micro_batch)
                         : 0;
    }
    s.recomputed_per_token += transient;
    s.layer_per_token += transient;
    const std::int64_t flight = in.content.in_flight;
    if (in.row.keeps_stage_outputs && in.l.pipeline > 1) s.saved_per_token += in.net.hidden * in.compute;
    if (static_cast<double>(s.saved_per_token + s.saved_per_score) * static_cast<double>(flight) > 2e18)
        throw invalid_input({"training.gradient_accumulation", in.job.gradient_accumulation, 0, 0,
                             "a job of less than 2e18 bytes a card"});
    s.saved_per_token = divide_up(s.saved_per_token * flight, in.l.virtual_stages);
    s.saved_per_score = divide_up(s.saved_per_score * flight, in.l.virtual_stages);
    // Offloading keeps the layer at work and the one on its way.
    if (in.job.offload == offload::activations) {
        s.saved_per_token = smaller(s.saved_per_token, 2 * most.token);
        s.saved_per_score = smaller(s.saved_per_score, 2 * most.score);
    }
}

/// Embedding, final norm, head and loss.
constexpr void add_ends(stage_load& s, const stage_inputs& in) noexcept {
    const memory_rules& r = in.rules;
    const network& net = in.net;
    const std::int64_t cards = width_scale * (r.sequence_parallel ? in.l.tensor : 1);
    const saved_copies& norm =
        r.live->tensors.of[net.final_norm_is_rms ? tensor_role::rms_norm_input : tensor_role::layer_norm_input];
    // Token numbers are 64-bit.
    if (in.content.embedding) s.embedding_head_per_token += divide_up(net.hidden * r.dropout * width_scale, cards) + 8;
    if (in.content.head) {
        s.embedding_head_per_token +=
            divide_up(net.final_norm_width * (norm.compute * r.compute_width + norm.wide * 4 * width_scale) +
                          net.hidden * r.compute_width,
                      cards) +
            8;
        s.logits_per_token = divide_up(net.logits * r.logit_bytes * r.masked_percent, 100 * std::int64_t{in.l.tensor});
    }
    if (in.row.gathers_sequence && r.sequence_parallel) s.gathered_sequence_per_token = net.hidden * in.compute;
}

/// One stage's bytes. `kinds` are the layers' sums, `content` says which layers it holds.
[[nodiscard]] constexpr stage_load load_of(const network& net, const training& t, const layout& l,
                                           const memory_rules& r, const framework_row& row,
                                           const parameter_sums (&kinds)[max_block_kinds],
                                           const stage_content& content) {
    stage_inputs in{.net = net, .job = t, .l = l, .rules = r, .row = row, .content = content, .kinds = kinds};
    in.compute = r.compute_width / width_scale;
    in.head = content.head ? divide_up(net.logits * net.hidden, l.tensor) : 0;
    in.quantized = r.adapted && block_layout_of(r.base).element_bits < 16;
    in.ends = ends_of(net, l, t.adapter, in.row.adapters, content.embedding, content.head);
    in.sums = in.ends;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        if (content.layers[k] == 0) continue;
        in.sums.add(kinds[k], content.layers[k]);
        in.layers += content.layers[k];
        if (kinds[k].dense() + kinds[k].expert > in.unit.dense() + in.unit.expert) in.unit = kinds[k];
    }
    stage_load s;
    add_state(s, in);
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
                         const memory_rules& rules, const framework_row& row,
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
                                                      const layout& l, const framework_row& row, int first, int end) {
    const memory_rules rules = lower_rules(t, l, row);
    parameter_sums kinds[max_block_kinds]{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) kinds[k] = sums_of(net.blocks[k], l, t.adapter);
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
                                                   const layout& given, const framework_row& row) {
    static_cast<void>(problems(m, on_problem::refuse)), static_cast<void>(problems(t, net, on_problem::refuse)),
        static_cast<void>(problems(given, m.cards, net, on_problem::refuse));
    if (detail::imbalance_percent(t, given) != 100)
        return detail::lower_stages(detail::imbalanced(net, t.expert_imbalance_percent), t, m, resolved(given, m.cards),
                                    row, 0, given.pipeline);
    return detail::lower_stages(net, t, m, resolved(given, m.cards), row, 0, given.pipeline);
}
[[nodiscard]] constexpr lowered_training lower_job(const network& net, const training& t, const machine& m,
                                                   const layout& l = {}) {
    return lower_job(net, t, m, l, row_of(t.framework));
}

/// What all cards of a job take together, each at its own fullest moment.
/// Throws invalid_input as lower_job does, and std::overflow_error where the sum exceeds 64 bits.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const training& t, const machine& m,
                                                            const layout& given, const framework_row& row) {
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
    return memory_of_all_cards(net, t, m, l, row_of(t.framework));
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
