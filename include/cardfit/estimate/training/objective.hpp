// SPDX-License-Identifier: MIT
#pragma once

// Preference, reward, reinforcement and distillation training as sums of lowerings: a supervised training of the same
// network, with more sequences per sample, models beside it, and an engine that shares the card.

#include <cardfit/estimate/arithmetic.hpp>
#include <cardfit/estimate/training/sharding.hpp>
#include <cardfit/hardware/usable_memory.hpp>
#include <cardfit/job/objective.hpp>

namespace cardfit::detail {

/// Returns the job as its models are trained: by supervised training.
[[nodiscard]] constexpr training supervised(training t) noexcept {
    t.objective = objective::sft;
    t.reference = reference_model::by_default;
    t.frozen_parameters = 0;
    t.rollouts = rollout_engine::trainer;
    t.engine_sleeps = false;
    t.negatives = 0;
    t.gradient_cache = 0;
    t.generations = 0;
    t.completion_length = 0;
    return t;
}

/// Returns a network with a head of one output in the place of the vocabulary's.
[[nodiscard]] constexpr network with_scalar_head(network net) noexcept {
    net.logits = 0;
    net.frequent_logits = 0;
    net.head_parameters = 0;
    net.tied = false;
    net.final_parameters += net.hidden;
    net.classes = 1;
    return net;
}

/// Returns the network whose training a job of this objective is.
[[nodiscard]] constexpr network trained_network(const network& net, const training& t) noexcept {
    return row_of(t.objective).vocabulary || net.logits == 0 ? net : with_scalar_head(net);
}

/// Returns the sequences per sample that have a gradient.
[[nodiscard]] constexpr std::int64_t sequences_of(const training& t) noexcept {
    return row_of(t.objective).sequences + t.negatives;
}

/// Returns true if a job asks a frozen reference model.
[[nodiscard]] constexpr bool asks_reference(const training& t) noexcept {
    return t.reference == reference_model::on ||
           (t.reference == reference_model::by_default && row_of(t.objective).reference);
}

/// Returns the frozen models of the job's own size that the card holds beside it. The reference of an adapter is the
/// base without it.
[[nodiscard]] constexpr std::int64_t frozen_copies(const training& t) noexcept {
    const bool reference = asks_reference(t) && t.adapter.method == adapter_method::none;
    return (reference ? 1 : 0) + (t.frozen_parameters > 0 ? 0 : row_of(t.objective).scoring_copies);
}

/// Returns the bytes of a frozen copy of the network on one pipeline stage, sharded as the trained weights are.
[[nodiscard]] constexpr std::int64_t copy_bytes(const network& net, const layout& l, std::int64_t width, int stage) {
    const stage_content content = content_of(net, l, 1, stage);
    parameter_sums sums = embedding_head_parameters(net, l, {}, {}, content.embedding, content.head);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        sums.add(layer_parameters(net.blocks[k], l, {}), content.layers[k]);
    return divide_up((sums.dense() + sums.frozen) * width, shares_of(l.sharding, l.sharding_group).weight) +
           divide_up(sums.expert * width, shares_of(l.sharding, expert_group(l)).weight) + 4 * sums.buffers;
}

/// Multiplies what a stage holds per sample by the sequences of a sample that have a gradient.
constexpr void multiply_sequences(stage_load& s, std::int64_t sequences) noexcept {
    for (std::int64_t stage_load::*each :
         {&stage_load::saved_per_token, &stage_load::saved_per_score, &stage_load::recomputed_per_token,
          &stage_load::recomputed_per_score, &stage_load::layer_per_token, &stage_load::layer_per_score,
          &stage_load::embedding_head_per_token, &stage_load::logits_per_token, &stage_load::late_logits_per_token,
          &stage_load::gathered_sequence_per_token, &stage_load::held_per_token, &stage_load::tower_per_sample,
          &stage_load::source_layer_per_sample})
        s.*each *= sequences;
}

/// Multiplies the states and saved activations of a stage by the models that are trained together. One model's layer
/// runs at a time, and one model has logits.
constexpr void multiply_models(stage_load& s, std::int64_t models) noexcept {
    for (std::int64_t stage_load::*each :
         {&stage_load::weights, &stage_load::gradients, &stage_load::gradients_early, &stage_load::gradients_loss,
          &stage_load::slack_loss, &stage_load::slack_first, &stage_load::optimizer, &stage_load::step_temporaries,
          &stage_load::saved_per_token, &stage_load::saved_per_score, &stage_load::held_per_token,
          &stage_load::embedding_head_per_token, &stage_load::tower_per_sample})
        s.*each *= models;
}

/// What a job's objective adds to each of its stages.
struct objective_load {
    const network& net;
    const training& job;
    const layout& l;
    const memory_rules& rules;
    std::int64_t engine = 0;  ///< bytes of an engine that shares the card
};

/// Returns the bytes of the models that a stage holds frozen beside the trained ones.
[[nodiscard]] constexpr std::int64_t frozen_bytes(const objective_load& of, int stage) {
    const std::int64_t width = of.rules.recipe.weight;
    const std::int64_t copies = frozen_copies(of.job);
    const std::int64_t own = copies > 0 ? copies * copy_bytes(of.net, of.l, width, stage) : 0;
    const std::int64_t cards =
        std::int64_t{of.l.tensor} * of.l.pipeline * shares_of(of.l.sharding, of.l.sharding_group).weight;
    return own + divide_up(of.job.frozen_parameters * width, cards);
}

/// Returns the bytes of a stage's keys and values of all sequences of a step, which the trainer generates at once.
[[nodiscard]] constexpr std::int64_t generated_cache(const objective_load& of, int stage) {
    const stage_content content = content_of(of.net, of.l, 1, stage);
    double width = 0;
    for (std::size_t k = 0; k < of.net.block_kinds; ++k)
        width += static_cast<double>(content.layers[k] * of.net.blocks[k].cache.width);
    const double tokens = static_cast<double>(of.job.micro_batch) * static_cast<double>(of.job.gradient_accumulation) *
                          static_cast<double>(of.job.sequence_length);
    return static_cast<std::int64_t>(least(tokens * width * 2 / of.l.tensor, 1e17));
}

/// Returns the tokens of a sequence that are generated, or at most are.
[[nodiscard]] constexpr std::int64_t generated_length(const training& t) noexcept {
    return t.completion_length > 0 ? t.completion_length : t.sequence_length;
}

/// Returns the bytes of the logits of all generated tokens of a step, where the trainer keeps them.
[[nodiscard]] constexpr std::int64_t generated_logits(const objective_load& of) {
    const double tokens = static_cast<double>(of.job.micro_batch) * static_cast<double>(of.job.gradient_accumulation) *
                          static_cast<double>(generated_length(of.job));
    const double each = static_cast<double>(of.net.logits * row_of(of.job.objective).generated_logit_bytes);
    return static_cast<std::int64_t>(least(tokens * each / of.l.tensor, 1e17));
}

/// Adds what the rollouts hold between two steps, when gradients and activations are gone. It counts as temporaries of
/// the step. A sleeping engine is awake then. Without an engine, the trainer generates, and full sharding gathers all
/// trained models for that, a value model among them (TRL's ds3_gather_for_generation over its wrapper of policy and
/// value).
constexpr void add_rollouts(stage_load& s, const objective_load& of, int stage) {
    std::int64_t awake = of.job.engine_sleeps ? of.engine : 0;
    if (of.job.rollouts == rollout_engine::trainer) {
        const bool gathers = of.l.sharding == sharding::full && of.l.sharding_group > 1;
        const layout whole{.tensor = of.l.tensor, .pipeline = of.l.pipeline, .expert = of.l.expert};
        const std::int64_t models = row_of(of.job.objective).trained_copies;
        awake = generated_cache(of, stage) + generated_logits(of) +
                (gathers ? models * copy_bytes(of.net, whole, 2, stage) : 0);
    }
    s.step_temporaries = larger(s.step_temporaries, awake - s.gradients);
}

/// Adds the embeddings of all sequences of a sample and their gradients, in fp32 (GradCache keeps both), and what the
/// loss concatenates of them.
constexpr void add_cached_embeddings(stage_load& s, const objective_load& of) noexcept {
    s.tower_per_sample += 3 * 4 * of.net.hidden * sequences_of(of.job);
}

/// Adds a job's objective to its lowering as a supervised training of `trained_network`.
constexpr void add_objective(lowered_training& lowered, const objective_load& of) {
    const objective_row& row = row_of(of.job.objective);
    const bool whole_logits = of.rules.logit_bytes >= 6;
    for (std::size_t i = 0; i < lowered.stage_count; ++i) {
        stage_load& s = lowered.stages[i];
        if (whole_logits && s.logits_per_token > 0 && (asks_reference(of.job) || row.needs_frozen))
            s.logits_per_token += divide_up(of.net.logits * row.logit_bytes_beside, of.l.tensor);
        if (row.completion_logits && of.job.completion_length > 0) {
            s.logits_per_token = divide_up(s.logits_per_token * of.job.completion_length, of.job.sequence_length);
            s.late_logits_per_token = s.late_logits_per_token * of.job.completion_length / of.job.sequence_length;
        }
        // A gradient cache embeds one chunk at a time: of queries, of matches, or of negatives.
        if (of.job.gradient_cache == 0) multiply_sequences(s, sequences_of(of.job));
        if (of.job.gradient_cache > 0) add_cached_embeddings(s, of);
        multiply_models(s, row.trained_copies);
        if (row.generates) add_rollouts(s, of, lowered.stage_index[i]);
        if (of.job.offload != offload::full) s.weights += frozen_bytes(of, lowered.stage_index[i]);
    }
    lowered.band_per_mille = larger(lowered.band_per_mille, std::int64_t{row.band_per_mille});
    lowered.samples_at_once = of.job.gradient_cache;
    if (row.generates && !of.job.engine_sleeps) lowered.engine = of.engine;
}

}  // namespace cardfit::detail
