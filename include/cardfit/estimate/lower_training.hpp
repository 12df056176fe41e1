// SPDX-License-Identifier: MIT
#pragma once

// Lowers a training job to the stages that the memory estimate asks: parameters by how parallelism divides them, what
// each is stored as, what backward keeps.

#include <cardfit/estimate/memory.hpp>
#include <cardfit/estimate/stages.hpp>
#include <cardfit/job/memory_rules.hpp>

namespace cardfit {

namespace detail {

/// Parameters of one layer of one kind, or of a stage, on one card before data-parallel sharding.
struct parameter_sums {
    std::int64_t matrix = 0;    ///< in matrices of every token
    std::int64_t expert = 0;    ///< in experts' matrices
    std::int64_t vector = 0;    ///< norms, biases' owners, embeddings of positions
    std::int64_t edges = 0;     ///< rows and columns of all matrices
    std::int64_t adapter = 0;   ///< trainable beside a frozen base
    std::int64_t largest = 0;   ///< the largest single matrix
    std::int64_t lookup = 0;    ///< embedding and head: matrices that stay in the compute format when the base is quantised
    std::int64_t retrained = 0; ///< frozen originals of embeddings and heads that are trained whole

    constexpr void add(const parameter_sums& o, std::int64_t times) noexcept {
        matrix += times * o.matrix, expert += times * o.expert, vector += times * o.vector, edges += times * o.edges,
            adapter += times * o.adapter, largest = larger(largest, times > 0 ? o.largest : 0), lookup += times * o.lookup,
            retrained += times * o.retrained;
    }
    [[nodiscard]] constexpr std::int64_t dense() const noexcept { return matrix + vector + lookup; }
};

/// Cards over which experts are spread: the expert-parallel size, or the tensor-parallel one where that is larger.
[[nodiscard]] constexpr std::int64_t expert_cards(const layout& l) noexcept { return larger(l.expert, l.tensor); }

/// Cards that hold copies of the same expert and share its state.
[[nodiscard]] constexpr std::int64_t expert_group(const layout& l) noexcept {
    return larger(std::int64_t{l.sharding_group} * l.tensor / expert_cards(l), std::int64_t{1});
}

[[nodiscard]] constexpr parameter_sums sums_of(const block& b, const layout& l, const adapter& a) noexcept {
    parameter_sums sums;
    sums.vector = b.vector_parameters;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        const std::int64_t cards = m.split == split::tensor ? l.tensor : m.split == split::expert ? expert_cards(l) : 1;
        const std::int64_t one = (m.copies * (m.in * m.out + (m.bias ? m.out : 0)) + cards - 1) / cards;
        (m.split == split::expert ? sums.expert : sums.matrix) += one, sums.edges += m.copies * (m.in + m.out),
            sums.largest = one > sums.largest * m.copies ? one / m.copies : sums.largest,
            sums.adapter += (a.targets.bits >> static_cast<unsigned>(m.target) & 1u) * a.rank * m.copies * (m.in + m.out);
    }
    return sums;
}

/// Transformer Engine keeps one dummy weight gradient for each distinct matrix shape (from its version 2.3 on).
[[nodiscard]] constexpr std::int64_t distinct_shapes(const network& net, const layout& l) noexcept {
    std::int64_t elements = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i) {
            const linear& m = net.blocks[k].linears[i];
            bool seen = m.target == target::router;
            for (std::size_t other = 0; other < k; ++other)
                for (const linear& o : net.blocks[other].linears) seen = seen || (o.in == m.in && o.out == m.out && o.target == m.target);
            elements += seen ? 0 : divide_up(m.in * m.out, m.split == split::tensor ? l.tensor : 1);
        }
    }
    return elements;
}

[[nodiscard]] constexpr parameter_sums ends_of(const network& net, const layout& l, const training& t, const framework_row& row,
                                               bool embedding, bool head) noexcept {
    parameter_sums sums;
    const bool shares = net.tied && l.pipeline == 1;
    const std::int64_t table = divide_up(net.embedding_parameters, l.tensor);
    const std::int64_t output = divide_up(net.tied ? net.embedding_parameters : net.head_parameters, l.tensor);
    const std::int64_t head_here = head && !shares ? output : 0;
    sums.lookup = (embedding ? table : 0) + head_here;
    sums.vector = (embedding ? net.position_parameters : 0) + (head ? net.final_parameters : 0);
    sums.edges = sums.lookup / net.hidden + net.hidden;
    const std::int64_t trained = (t.adapter.targets.has(target::embeddings) && embedding ? table : 0) +
                                 (t.adapter.targets.has(target::head) ? head_here : 0);
    sums.adapter = row.adapters.whole_embeddings ? trained : t.adapter.rank * (trained / net.hidden + (trained > 0 ? net.hidden : 0));
    sums.retrained = row.adapters.whole_embeddings ? trained : 0;
    return sums;
}

/// Gradients of the feed-forward's tensors, which live beside the tensors themselves while a layer's backward runs.
[[nodiscard]] constexpr std::int64_t transient_bytes(const block& b, const memory_rules& r, std::int64_t tensor) noexcept {
    const std::int64_t (&w)[tensor_role_count] = b.width.of;
    const std::int64_t dense = w[tensor_role::gate_output] + w[tensor_role::up_output] + w[tensor_role::feed_forward_hidden];
    const std::int64_t sparse = w[tensor_role::expert_gate_output] + w[tensor_role::expert_up_output] + w[tensor_role::expert_hidden];
    return divide_up(larger(dense, sparse) * r.compute_width, width_scale * tensor);
}

/// Cards over which data parallelism spreads weights, gradients and optimizer state of a group of so many.
struct shares {
    std::int64_t weight = 1;
    std::int64_t gradient = 1;
    std::int64_t optimizer = 1;
};
[[nodiscard]] constexpr shares shares_of(sharding s, std::int64_t group) noexcept {
    return {.weight = s == sharding::full ? group : 1, .gradient = s >= sharding::gradients ? group : 1,
            .optimizer = s >= sharding::optimizer ? group : 1};
}

/// Bounds by which a point whose bytes would exceed 64 bits is refused before anything is multiplied.
constexpr void widen_bounds(lowered_training& job, const stage_load& s) noexcept {
    job.token_bound += static_cast<double>(s.kept_token) + static_cast<double>(s.live_token + s.edge_token + s.logit_token + s.sequence_token),
        job.score_bound += static_cast<double>(s.kept_score) + static_cast<double>(s.live_score),
        job.fixed_bound += static_cast<double>(s.weights) + static_cast<double>(s.optimizer) + static_cast<double>(s.gathered_backward) +
                           static_cast<double>(s.gradients + s.buckets + s.step_temporaries + s.scratch);
}

}  // namespace detail

/// One stage's bytes. `content` says which layers it holds.
[[nodiscard]] constexpr stage_load load_of(const network& net, const training& t, const layout& l, const memory_rules& r,
                                           const detail::parameter_sums (&kinds)[max_block_kinds], const stage_content& content) {
    const framework_row& row = row_of(t.framework);
    const optimizer_row& optimizer = row_of(t.optimizer);
    const detail::parameter_sums ends = detail::ends_of(net, l, t, row, content.embedding, content.head);
    detail::parameter_sums sums = ends;
    detail::parameter_sums unit;  // the largest layer: what full sharding gathers at a time
    const std::int64_t sequence_cards = r.sequence_parallel ? l.tensor : 1;
    std::int64_t live_token = 0, live_score = 0, kept_token = 0, kept_score = 0, transient = 0, largest_kept = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        if (content.layers[k] == 0) continue;
        const block& b = net.blocks[k];
        sums.add(kinds[k], content.layers[k]);
        if (kinds[k].dense() + kinds[k].expert > unit.dense() + unit.expert) unit = kinds[k];
        const std::int64_t live = saved_bytes(b, *r.live, r, l.tensor), live_scores = r.scores ? score_bytes(b, *r.live, r, l.tensor) : 0;
        std::int64_t kept = live, kept_scores = live_scores;
        if (r.checkpoint_width > 0) kept = divide_up(net.hidden * r.checkpoint_width, width_scale * sequence_cards), kept_scores = 0;
        else if (r.kept != r.live)
            kept = smaller(kept, saved_bytes(b, *r.kept, r, l.tensor)), kept_scores = smaller(kept_scores, score_bytes(b, *r.kept, r, l.tensor));
        if (r.checkpoint_width > 0 || r.kept != r.live)
            live_token = larger(live_token, live), live_score = larger(live_score, live_scores);
        kept_token += content.layers[k] * kept, kept_score += content.layers[k] * kept_scores, largest_kept = larger(largest_kept, kept);
        transient = larger(transient, detail::transient_bytes(b, r, l.tensor));
    }

    const std::int64_t compute = r.compute_width / width_scale, trained = r.adapted ? sums.adapter : sums.dense(),
                       trained_expert = r.adapted ? 0 : sums.expert, matrix_trained = r.adapted ? sums.adapter : sums.matrix + sums.lookup;
    const detail::shares dense = detail::shares_of(l.sharding, l.sharding_group);
    const detail::shares expert = detail::shares_of(l.sharding, detail::expert_group(l));

    stage_load s;
    s.weights = divide_up(trained * r.recipe.weight, dense.weight) + divide_up(trained_expert * r.recipe.weight, expert.weight);
    const bool quantized = layout_of(r.base).element_bits < 16;
    if (r.adapted) {
        const std::int64_t head = quantized && row.adapters.quantized_head && content.head && !net.tied ? divide_up(net.head_parameters, l.tensor) : 0;
        const std::int64_t plain = quantized ? compute : layout_of(r.base).block_bytes;
        s.weights += divide_up(storage(r.base, sums.matrix + sums.expert + head).number + (sums.vector + sums.lookup - head + sums.retrained) * plain, dense.weight);
    }
    s.gradients = divide_up(trained * r.recipe.gradient, dense.gradient) + divide_up(trained_expert * r.recipe.gradient, expert.gradient);
    s.optimizer = divide_up(state_bytes(t.optimizer, matrix_trained, trained - matrix_trained, sums.edges, r.state_width) + trained * r.recipe.master, dense.optimizer);
    if (trained_expert > 0)
        s.optimizer += divide_up(state_bytes(t.optimizer, trained_expert, 0, 0, r.state_width) + trained_expert * r.recipe.master, expert.optimizer);

    const std::int64_t unit_bytes = (unit.dense() + unit.expert) * compute, root_bytes = (ends.lookup + ends.vector) * compute;
    const bool sharded = l.sharding == sharding::full && l.sharding_group > 1;
    // Autocast's copies live as long as backward needs them, and are gone when the optimizer steps.
    const std::int64_t casts = r.adapted && r.base != number_format::fp32 ? 0 : (sums.matrix + sums.expert + (content.head ? ends.lookup : 0)) * r.recipe.cast_cache;
    s.gathered_forward = sharded ? root_bytes + 2 * unit_bytes : casts;
    s.gathered_backward = sharded ? root_bytes + (r.adapted ? 2 : 3) * unit_bytes : casts;
    if (r.whole_stage) {
        const std::int64_t stage = (sums.dense() + sums.expert);
        s.gathered_forward = stage * compute, s.gathered_backward = stage * (compute + 4);
    }
    const bool several = std::int64_t{l.data} * l.context > 1;
    s.buckets = several ? (l.sharding != sharding::full ? row.bucket_gradient_copies * s.gradients : 0) +
                              smaller(row.bucket_elements, trained + trained_expert) * compute
                        : 0;
    const std::int64_t step_width = r.foreach_temporaries * (optimizer.matrix_states > 0 ? r.state_width : 0) + r.recipe.step_gradient;
    const std::int64_t unit_gradients = larger(unit.dense() + unit.expert, ends.lookup) * r.recipe.gradient;
    s.step_temporaries = divide_up(trained * step_width, dense.optimizer) + divide_up(trained_expert * step_width, expert.optimizer);
    if (t.optimizer_in_backward) s.step_temporaries = smaller(s.step_temporaries, unit_gradients);
    if (t.optimizer_in_backward) s.gradients = smaller(s.gradients, unit_gradients);
    s.gradients_early = r.gradients_stay && !t.optimizer_in_backward ? s.gradients : 0;
    s.gradients_loss = s.gradients_early + (r.head_gradient_at_loss && content.head ? divide_up(net.logits * net.hidden, l.tensor) * compute : 0);
    if (row.matrix_scratch) s.scratch = compute * (detail::distinct_shapes(net, l) + (content.head ? divide_up(net.logits * net.hidden, l.tensor) : 0));
    if (r.adapted && quantized) {
        const std::int64_t head = row.adapters.quantized_head && content.head ? divide_up(net.logits * net.hidden, l.tensor) : 0;
        s.scratch += larger(unit.largest, head) * compute;
    }

    const std::int64_t flight = content.in_flight;
    s.kept_token = divide_up(kept_token * flight, l.virtual_stages);
    s.kept_score = divide_up(kept_score * flight, l.virtual_stages);
    s.live_token = live_token + transient;
    s.live_score = live_score;
    const kept_copies& norm = r.live->tensors.of[net.final_norm_is_rms ? tensor_role::rms_norm_input : tensor_role::layer_norm_input];
    const std::int64_t head_width = net.final_norm_width * (norm.compute * r.compute_width + norm.wide * 4 * width_scale) + net.hidden * r.compute_width;
    s.edge_token = (content.embedding ? divide_up(net.hidden * r.dropout * width_scale, width_scale * sequence_cards) + 8 : 0) +
                   (content.head ? divide_up(head_width, width_scale * sequence_cards) + 8 : 0);
    s.logit_token = content.head ? divide_up(net.logits * r.logit_bytes * r.masked_tenths, 10 * std::int64_t{l.tensor}) : 0;
    s.sequence_token = row.gathers_sequence && r.sequence_parallel ? net.hidden * compute : 0;

    if (t.offload == offload::optimizer || t.offload == offload::full) s.optimizer = 0, s.step_temporaries = 0;
    if (t.offload == offload::full) s.weights = 0, s.gradients = 0, s.gradients_early = 0;
    if (t.offload == offload::activations) s.kept_token = smaller(s.kept_token, 2 * largest_kept);
    return s;
}

namespace detail {

/// Lowers stages [first, end) of a job that has been checked.
[[nodiscard]] constexpr lowered_training lower_stages(const network& net, const training& t, const machine& m, const layout& l, int first, int end) {
    const memory_rules rules = lower_rules(t, l);
    parameter_sums kinds[max_block_kinds]{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) kinds[k] = sums_of(net.blocks[k], l, t.adapter);

    lowered_training lowered;
    stage_content contents[max_distinct_stages]{};
    for (int stage = first; stage < end; ++stage) {
        stage_content content = content_of(net, l, t.gradient_accumulation, stage);
        bool covered = false;
        for (std::size_t i = 0; i < lowered.stage_count; ++i) covered = covered || contents[i].covers(content);
        if (covered) continue;
        // More distinct stages than there is room for: the last place holds what covers them all.
        const std::size_t place = lowered.stage_count < max_distinct_stages ? lowered.stage_count : max_distinct_stages - 1;
        if (lowered.stage_count == max_distinct_stages) {
            const stage_content& last = contents[place];
            for (std::size_t k = 0; k < max_block_kinds; ++k) content.layers[k] = larger(content.layers[k], last.layers[k]);
            content.in_flight = larger(content.in_flight, last.in_flight), content.embedding |= last.embedding, content.head |= last.head;
        }
        contents[place] = content;
        lowered.stages[place] = load_of(net, t, l, rules, kinds, content);
        lowered.stage_index[place] = stage;
        lowered.stage_count = place + 1;
    }
    lowered.workspace = workspace_bytes(m.card), lowered.activation_slack_per_mille = row_of(t.framework).activation_slack_per_mille, lowered.slack_per_mille = row_of(t.framework).slack_per_mille,
    lowered.context = context_bytes(t.software_date), lowered.communication = communication_bytes(l),
    lowered.capacity = usable_memory(m).number, lowered.context_parallel = l.context, lowered.tokens_a_sample = net.tokens_a_sample,
    lowered.micro_batch = t.micro_batch, lowered.sequence_length = t.sequence_length;
    if (net.longest_sequence > 0) lowered.longest_sequence = net.longest_sequence;
    for (std::size_t i = 0; i < lowered.stage_count; ++i) widen_bounds(lowered, lowered.stages[i]);
    return lowered;
}

}  // namespace detail

/// Lowers a job once; ask it for any micro-batch and sequence length. The machine decides capacity and overheads.
/// Throws invalid_input (a std::invalid_argument) naming the first thing that is wrong with job, layout or machine.
[[nodiscard]] constexpr lowered_training lower_job(const network& net, const training& t, const machine& m, const layout& given = {}) {
    static_cast<void>(problems(t, net, on_problem::refuse));
    static_cast<void>(problems(given, m.cards, net.layers, on_problem::refuse));
    return detail::lower_stages(net, t, m, resolved(given, m.cards), 0, given.pipeline);
}

/// What all cards of a job take together, each at its own fullest moment.
struct memory_of_cards {
    bytes allocated{};
    bytes reserved{};
    bytes device{};
};
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const training& t, const machine& m, const layout& given = {}) {
    static_cast<void>(problems(t, net, on_problem::refuse));
    static_cast<void>(problems(given, m.cards, net.layers, on_problem::refuse));
    const layout l = resolved(given, m.cards);
    memory_of_cards sum;
    for (int stage = 0; stage < l.pipeline; ++stage) {
        const memory_estimate one = memory(detail::lower_stages(net, t, m, l, stage, stage + 1));
        const int cards = m.cards / l.pipeline;
        sum.allocated += cards * one.allocated(), sum.reserved += cards * one.reserved(), sum.device += cards * one.device();
    }
    return sum;
}

/// The same for any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr lowered_training lower_job(const M& model, const training& t, const machine& m, const layout& l = {}) {
    return lower_job(lower(model), t, m, l);
}

/// Memory of one job: `memory(models::llama_3_1_8b, job, 8 * cards::a100_sxm4_80gb, {.data = 8})`.
template <class M>
    requires architecture<M> || std::same_as<M, network>
[[nodiscard]] constexpr memory_estimate memory(const M& model, const training& t, const machine& m, const layout& l = {}) {
    return memory(lower_job(model, t, m, l));
}

}  // namespace cardfit
