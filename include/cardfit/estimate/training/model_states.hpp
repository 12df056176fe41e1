// SPDX-License-Identifier: MIT
#pragma once

// Model states of a stage after sharding (weights, gradients and optimizer states, as ZeRO calls them together), and
// the frozen base under an adapter.

#include <cardfit/estimate/training/sharding.hpp>

namespace cardfit::detail {

/// The parameters that the optimizer steps, on one GPU before sharding, and the GPUs that shard their states.
struct trained_parameters {
    std::int64_t dense = 0;
    std::int64_t expert = 0;
    shares dense_shares{};
    shares expert_shares{};
};

/// Returns the parameters of the adapters on a stage's experts, whose states only the ranks with the same experts
/// share.
[[nodiscard]] constexpr std::int64_t expert_adapters(const stage_inputs& in) noexcept {
    const std::int64_t cards = expert_cards(in.l);
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const layer_block& b = in.net.blocks[k];
        for (std::int64_t i = 0; i < b.linear_count; ++i) {
            const linear& m = b.linears[i];
            if (m.split != weight_split::expert || !in.job.adapter.targets.has(m.target)) continue;
            parameter_sums one;
            add_adapter(one, m, in.job.adapter, cards, divide_up(m.copies * (m.in + m.out), cards));
            sum += in.content.layers[k] * one.adapter;
        }
    }
    return sum;
}

[[nodiscard]] constexpr trained_parameters trained_on(const stage_inputs& in) noexcept {
    const std::int64_t adapters = in.rules.adapted && in.net.experts > 0 ? expert_adapters(in) : 0;
    return {.dense = in.rules.adapted ? in.sums.adapter - adapters : in.sums.dense(),
            .expert = in.rules.adapted ? adapters : in.sums.expert,
            .dense_shares = shares_of(in.l.sharding, in.l.sharding_group),
            .expert_shares = shares_of(in.l.sharding, expert_group(in.l))};
}

/// Returns the bytes of the frozen parts that prepare samples on the card.
[[nodiscard]] constexpr std::int64_t condition_bytes_of(const network& net, const training& t) noexcept {
    switch (t.conditions) {
        case conditions::computed:
            return net.condition_bytes;
        case conditions::cached:
            return 0;
        case conditions::latents_cached:
            return net.condition_bytes - net.latent_bytes;
        case conditions::texts_cached:
            break;
    }
    return net.latent_bytes;
}

/// Returns the bytes of trained weights, of weights that are never trained, of buffers, and of the narrow copies of
/// matrices that a framework keeps beside them. Master weights count as optimizer states.
[[nodiscard]] constexpr std::int64_t weight_bytes(const stage_inputs& in, const trained_parameters& trained) noexcept {
    const memory_rules& r = in.rules;
    const std::int64_t weights =
        divide_up((trained.dense + in.sums.frozen) * r.recipe.weight, trained.dense_shares.weight) +
        divide_up(trained.expert * r.recipe.weight, trained.expert_shares.weight) + 4 * in.sums.buffers +
        (in.content.embedding ? condition_bytes_of(in.net, in.job) : 0);
    if (r.narrow_copies == 0) return weights;
    const std::int64_t dense = divide_up(in.sums.matrix, width_scale) * r.matrix_width;
    const std::int64_t expert = divide_up(in.sums.expert, width_scale) * r.matrix_width;
    return weights + r.narrow_copies * (divide_up(dense, trained.dense_shares.weight) +
                                        divide_up(expert, trained.expert_shares.weight));
}

/// Returns the hidden matrices of a stage, or their experts, as an optimizer steps them whose states depend on their
/// shapes: parameters, or elements of the projected gradients; elements of projections and of square matrices.
[[nodiscard]] constexpr stepped_parameters shaped_matrices(const stage_inputs& in, bool experts) noexcept {
    const optimizer_memory& row = row_of(in.job.optimizer).memory;
    const std::int64_t rank = in.job.optimizer_rank > 0 ? in.job.optimizer_rank : row.default_rank;
    stepped_parameters sum;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const layer_block& b = in.net.blocks[k];
        for (std::int64_t i = 0; i < b.linear_count; ++i) {
            const linear& m = b.linears[i];
            if (m.frozen || (m.split == weight_split::expert) != experts) continue;
            const std::int64_t cards = cards_of(m, in.l);
            const std::int64_t copies = in.content.layers[k] * m.copies;
            const std::int64_t shorter = smaller(m.in, m.out);
            const std::int64_t longer = larger(m.in, m.out);
            const std::int64_t kept_rank = smaller(rank, shorter);
            sum.matrix += divide_up(copies * (rank > 0 ? kept_rank * longer : m.in * m.out), cards);
            sum.vector += divide_up(copies * (m.bias ? m.out : 0), cards);
            sum.projector += divide_up(copies * kept_rank * shorter, cards);
            const std::int64_t square_of_in = m.in > row.largest_side ? 0 : m.in * m.in;
            const std::int64_t square_of_out = m.out > row.largest_side ? 0 : m.out * m.out;
            sum.squares += divide_up(copies * (square_of_in + square_of_out), cards);
        }
    }
    return sum;
}

/// Returns what the optimizer steps of a stage, or of its experts. The rows and columns of adapters all count among the
/// dense ones.
[[nodiscard]] constexpr stepped_parameters stepped_on(const stage_inputs& in, const trained_parameters& trained,
                                                      bool experts) noexcept {
    const parameter_sums& p = in.sums;
    if (reads_shapes(row_of(in.job.optimizer).memory)) {
        stepped_parameters shaped = shaped_matrices(in, experts);
        shaped.lookup = experts ? 0 : p.embedding_head;
        shaped.vector += experts ? 0 : p.vector;
        return shaped;
    }
    if (experts) return {.matrix = trained.expert, .edges = in.rules.adapted ? 0 : p.expert_rows_and_columns};
    if (in.rules.adapted) return {.matrix = trained.dense, .edges = p.adapter_rows_and_columns};
    return {.matrix = p.matrix, .lookup = p.embedding_head, .vector = p.vector, .edges = p.rows_and_columns};
}

/// Returns the bytes of optimizer states, master weights included.
[[nodiscard]] constexpr std::int64_t optimizer_bytes(const stage_inputs& in, const trained_parameters& trained) {
    const memory_rules& r = in.rules;
    const optimizer_memory& row = row_of(in.job.optimizer).memory;
    const std::int64_t bytes =
        divide_up(state_bytes(row, stepped_on(in, trained, false), r.state_width) + trained.dense * r.recipe.master,
                  trained.dense_shares.optimizer);
    if (trained.expert == 0) return bytes;
    return bytes +
           divide_up(state_bytes(row, stepped_on(in, trained, true), r.state_width) + trained.expert * r.recipe.master,
                     trained.expert_shares.optimizer);
}

/// Returns the bytes of an optimizer's temporaries for the largest matrix of a stage.
[[nodiscard]] constexpr std::int64_t matrix_temporaries(const stage_inputs& in,
                                                        const trained_parameters& trained) noexcept {
    const optimizer_memory& row = row_of(in.job.optimizer).memory;
    const bool narrow = in.rules.recipe.weight < 4 && in.rules.recipe.master == 0;
    const std::int64_t ends = in.content.embedding ? divide_up(in.net.embedding_parameters, in.l.tensor) : in.head;
    const std::int64_t layer = in.largest_layer != nullptr ? largest_matrix(*in.largest_layer, in.l) : 0;
    const std::int64_t largest = smaller(larger(ends, layer), trained.dense + trained.expert);
    return divide_up(largest * (row.matrix_temporaries + (narrow ? row.matrix_copies : 0)),
                     trained.dense_shares.optimizer);
}

/// Adds gradients, the optimizer's temporaries, and which gradients exist in which phase.
constexpr void add_gradients(stage_load& s, const stage_inputs& in, const trained_parameters& trained) noexcept {
    const memory_rules& r = in.rules;
    const bool states_on_gpu = steps_all_on_card(row_of(in.job.optimizer).memory);
    const std::int64_t bytes_while_stepping =
        r.foreach_temporaries * (states_on_gpu ? r.state_width : 0) + r.recipe.step_gradient;
    s.gradients = divide_up(trained.dense * r.recipe.gradient, trained.dense_shares.gradient) +
                  divide_up(trained.expert * r.recipe.gradient, trained.expert_shares.gradient);
    s.step_temporaries = divide_up(trained.dense * bytes_while_stepping, trained.dense_shares.optimizer) +
                         divide_up(trained.expert * bytes_while_stepping, trained.expert_shares.optimizer);
    if (in.row.stepped_elements > 0 && in.l.sharding == sharding::full)
        s.step_temporaries = smaller(s.step_temporaries, in.row.stepped_elements * bytes_while_stepping);
    if (row_of(in.job.optimizer).memory.matrix_temporaries > 0) s.step_temporaries += matrix_temporaries(in, trained);
    if (in.job.optimizer_in_backward) {
        // A gradient is freed as soon as it is applied: one layer's exist at a time.
        const std::int64_t unit = larger(in.unit.dense() + in.unit.expert, in.ends.embedding_head) * r.recipe.gradient;
        s.gradients = smaller(s.gradients, unit);
        s.step_temporaries = smaller(s.step_temporaries, unit);
    }
    s.gradients_early = r.gradients_stay && !in.job.optimizer_in_backward ? s.gradients : 0;
    s.gradients_loss = s.gradients_early + in.head * r.head_gradient_bytes;
    if (in.row.keeps_freed_gradients) {
        s.slack_loss = larger(s.gradients - s.gradients_loss, 0);
        s.slack_first = s.gradients - s.gradients_early;
    }
}

/// Returns the bytes of communication buckets. ZeRO allocates its buckets even where there is only one rank.
[[nodiscard]] constexpr std::int64_t bucket_bytes(const stage_load& s, const stage_inputs& in,
                                                  const trained_parameters& trained) noexcept {
    const bool replicated = std::int64_t{in.l.data} * in.l.context > 1;
    if (!replicated && in.l.sharding == sharding::none) return 0;
    const bool reduces_gradients = replicated && in.l.sharding != sharding::full;
    const std::int64_t gradient_copies = reduces_gradients ? in.row.bucket_gradient_copies * s.gradients : 0;
    return gradient_copies + smaller(in.row.bucket_elements, trained.dense + trained.expert) * in.compute;
}

/// Adds weights, gradients, optimizer states and communication buckets after sharding.
constexpr void add_model_states(stage_load& s, const stage_inputs& in) {
    const trained_parameters trained = trained_on(in);
    s.weights = weight_bytes(in, trained);
    s.optimizer = optimizer_bytes(in, trained);
    add_gradients(s, in, trained);
    s.buckets = bucket_bytes(s, in, trained);
}

/// The bytes that formats by module add to a frozen base (or, negative, save), before sharding.
struct base_module_bytes {
    std::int64_t dense = 0;
    std::int64_t expert = 0;
};

/// Adds what one matrix of `layers` equal layers adds, `unquantized` of which are left in 16 bits.
constexpr void add_base_matrix(base_module_bytes& sum, const linear& m, const layer_block& b, const stage_inputs& in,
                               std::int64_t layers, std::int64_t unquantized) {
    const number_format own = format_of(in.job.base_modules, module_of(m, b));
    const number_format format = own == number_format::by_default ? in.rules.base : own;
    const std::int64_t elements = divide_up(parameters(m), cards_of(m, in.l));
    const std::int64_t base = storage(in.rules.base, elements).number;
    const std::int64_t more = (layers - unquantized) * (storage(format, elements).number - base) +
                              unquantized * (elements * in.compute - base);
    (m.split == weight_split::expert ? sum.expert : sum.dense) += more;
}

/// Returns what formats by module add to the layers of a stage. Layers left unquantized are taken from every kind.
[[nodiscard]] constexpr base_module_bytes base_modules_of(const stage_inputs& in) {
    base_module_bytes sum;
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        const layer_block& b = in.net.blocks[k];
        const std::int64_t layers = in.content.layers[k];
        const std::int64_t unquantized = smaller(layers, in.job.base_modules.unquantized_layers);
        for (std::int64_t i = 0; i < b.linear_count; ++i)
            add_base_matrix(sum, b.linears[i], b, in, layers, unquantized);
    }
    return sum;
}

/// Returns what a format of their own adds to an embedding and a head of so many bytes in the base.
[[nodiscard]] constexpr std::int64_t embedding_head_modules(const stage_inputs& in, std::int64_t plain,
                                                            std::int64_t head_elements, std::int64_t head_bytes) {
    const module_formats& modules = in.job.base_modules;
    std::int64_t sum = 0;
    if (in.content.embedding && modules.embedding != number_format::by_default) {
        const std::int64_t elements = divide_up(in.net.embedding_parameters, in.l.tensor);
        sum += storage(modules.embedding, elements).number - elements * plain;
    }
    if (head_elements > 0 && modules.head != number_format::by_default)
        sum += storage(modules.head, head_elements).number - head_bytes;
    return sum;
}

/// Adds the frozen base under an adapter: layers in the base's own format; embeddings, norms and the originals of
/// modules that are trained whole in 16 bits.
constexpr void add_frozen_base(stage_load& s, const stage_inputs& in) {
    const parameter_sums& p = in.sums;
    const shares dense = shares_of(in.l.sharding, in.l.sharding_group);
    const shares expert = shares_of(in.l.sharding, expert_group(in.l));
    const bool quantized_head = in.quantized && in.row.adapters.quantized_head;
    const std::int64_t head =
        quantized_head && !in.net.tied && in.content.head ? divide_up(in.net.head_parameters, in.l.tensor) : 0;
    std::int64_t plain = block_layout_of(in.rules.base).block_bytes;
    if (in.quantized) plain = in.compute;
    if (in.rules.widened) plain = in.rules.recipe.weight;
    const std::int64_t unquantized = p.vector + p.embedding_head - head + p.modules_to_save;
    base_module_bytes more;
    if (differ_by_module(in.job.base_modules)) {
        more = base_modules_of(in);
        const std::int64_t elements =
            in.net.tied || !in.content.head ? 0 : divide_up(in.net.head_parameters, in.l.tensor);
        const std::int64_t bytes = head > 0 ? storage(in.rules.base, head).number : elements * plain;
        more.dense += embedding_head_modules(in, plain, elements, bytes);
    }
    const std::int64_t base = storage(in.rules.base, p.matrix + head).number + unquantized * plain;
    s.weights += divide_up(base + more.dense, dense.weight) +
                 divide_up(storage(in.rules.base, p.expert).number + more.expert, expert.weight);
    // DoRA takes the norm of each adapted matrix: the product of the adapter's matrices and its sum with the base are
    // materialized.
    const std::int64_t largest = in.largest_layer != nullptr ? largest_matrix(*in.largest_layer, in.l) : 0;
    if (p.dora_outputs > 0) s.scratch += 2 * largest * in.compute;
    if (in.quantized) s.scratch += larger(largest, quantized_head ? in.head : 0) * in.compute;
}

}  // namespace cardfit::detail
