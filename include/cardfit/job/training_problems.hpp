// SPDX-License-Identifier: MIT
#pragma once

// What is wrong with a training job, for a network and for a card.

#include <cardfit/hardware/shared_memory.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/model/prediction_layers.hpp>
#include <cardfit/problem.hpp>

#include <cstdint>

namespace cardfit {

namespace detail {

/// Returns the targets that the matrices of a network have, embedding and head included, as bits.
[[nodiscard]] constexpr std::uint32_t adaptable(const network& net) noexcept {
    std::uint32_t bits = (net.embedding_parameters > 0 ? targets(target::embeddings).bits : 0u) |
                         (net.logits > 0 ? targets(target::head).bits : 0u);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i)
            bits |= targets(net.blocks[k].linears[i].target).bits;
    return bits & ~targets(target::router, target::latent, target::convolution, target::indexer).bits;
}

/// Returns a bound that no adapter of this rank exceeds with its parameters: a double, because the exact count may
/// exceed 64 bits.
[[nodiscard]] constexpr double adapter_bound(const network& net, std::int64_t rank) noexcept {
    double sides = 2.0 * static_cast<double>(net.hidden) + static_cast<double>(net.logits);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i) {
            const linear& m = net.blocks[k].linears[i];
            sides +=
                static_cast<double>(net.layers) * static_cast<double>(m.copies) * static_cast<double>(m.in + m.out);
        }
    return sides * static_cast<double>(rank);
}

/// Adds what is wrong with a job's images and with what it asks of the model's vision tower.
constexpr void check_tower(problem_list& found, const training& t, const network& net) {
    found.require(
        requirement{t.images * net.tower.image_tokens <= t.sequence_length, key_ranges::training_images.path, t.images,
                    "must have no more tokens together than training.sequence_length", t.sequence_length},
        requirement{!t.text_only || (net.tower.layers > 0 && t.images == 0), "training.text_only", 1,
                    "must be false for a model without a vision tower, and with training.images"},
        requirement{t.images <= 0 || net.tower.layers > 0, key_ranges::training_images.path, t.images,
                    "must be 0 for a model without a vision tower"},
        requirement{!t.frozen_tower || net.tower.layers > 0, "training.frozen_tower", 1,
                    "must be false for a model without a vision tower"});
}

/// Adds what is wrong with a job's length of the source.
constexpr void check_source(problem_list& found, const training& t, const network& net) {
    const std::int64_t longest =
        net.max_source_length > 0 ? net.max_source_length : key_ranges::training_source_length.high;
    found.ranges(invalid_field{key_ranges::training_source_length.path, t.source_length, 0, longest});
    found.require(requirement{net.is_encoder_decoder, key_ranges::training_source_length.path, t.source_length,
                              "must be absent for a model that is no encoder-decoder"},
                  requirement{net.fixed_source_length == 0 || t.source_length == net.fixed_source_length,
                              key_ranges::training_source_length.path, t.source_length,
                              "must be what the model's encoder always reads", net.fixed_source_length});
}

/// Adds what does not go together with a job's objective.
constexpr void check_objective(problem_list& found, const training& t, const network& net) {
    const objective_row& row = row_of(t.objective);
    const std::int64_t which = static_cast<std::int64_t>(t.objective);
    const bool colocated = t.rollouts == rollout_engine::colocated;
    found.ranges(
        invalid_field{key_ranges::generations.path, t.generations, 0, row.generates ? key_ranges::generations.high : 0},
        invalid_field{key_ranges::negatives.path, t.negatives, 0, row.contrasts ? key_ranges::negatives.high : 0},
        invalid_field{key_ranges::gradient_cache.path, t.gradient_cache, 0, row.contrasts ? t.micro_batch : 0},
        invalid_field{key_ranges::completion_length.path, t.completion_length, 0,
                      row.generates ? t.sequence_length - 1 : 0});
    found.ranges(invalid_field{key_ranges::frozen_parameters.path, t.frozen_parameters, 0,
                               row.takes_frozen ? key_ranges::frozen_parameters.high : 0});
    found.require(
        requirement{t.objective == objective::sft || net.logits > 0 || (!row.vocabulary && net.tokens_per_sample == 0),
                    "training.objective", which,
                    "must be sft for a model without vocabulary logits, or for one that reads text an objective that "
                    "needs none (embedding, classification, reward)"},
        requirement{!row.generates || is_autoregressive(net), "training.objective", which,
                    "must generate no samples (ppo, grpo) for a model that generates no tokens"},
        requirement{!row.needs_frozen || t.frozen_parameters > 0, key_ranges::frozen_parameters.path,
                    t.frozen_parameters, "must be the parameters of the teacher with training.objective distillation"},
        requirement{t.reference != reference_model::on || row.reference_forwards > 0, "training.reference", 1,
                    "must be absent or false for an objective that asks no reference model"},
        requirement{t.rollouts == rollout_engine::trainer || row.generates, "training.rollouts",
                    static_cast<std::int64_t>(t.rollouts),
                    "needs an objective that generates its samples: ppo or grpo"},
        requirement{!t.engine_sleeps || colocated, "training.engine_sleeps", 1,
                    "needs training.rollouts colocated: another engine takes no memory of these cards"},
        requirement{t.loss != loss::masked || t.objective == objective::sft, "training.objective", which,
                    "must be sft with training.loss masked"});
    found.require(field_condition{t.engine_utilization > 0 && t.engine_utilization < 1,
                                  key_ranges::engine_utilization.path, static_cast<std::int64_t>(t.engine_utilization),
                                  "more than 0, less than 1"});
}

/// Adds what is wrong with the layers that a job trains.
constexpr void check_trained_layers(problem_list& found, const training& t, const network& net) {
    const bool some = t.trained_layers > 0;
    const bool adapted = t.adapter.method != adapter_method::none;
    found.ranges(invalid_field{key_ranges::trained_layers.path, t.trained_layers, 0, net.layers});
    found.require(
        requirement{!some || !(net.is_encoder_decoder || net.convolutional), key_ranges::trained_layers.path,
                    t.trained_layers,
                    "must be absent for an encoder-decoder or a convolutional model, whose layers are not in one row"},
        requirement{some || t.trained_layer_choice == layer_choice::last, "training.trained_layer_choice",
                    static_cast<std::int64_t>(t.trained_layer_choice), "needs training.trained_layers"},
        requirement{(some && !adapted) || t.trained_ends == trained_ends::by_default, "training.trained_ends",
                    static_cast<std::int64_t>(t.trained_ends),
                    adapted ? "must be absent with training.adapter, whose targets name the embeddings and the head"
                            : "needs training.trained_layers"},
        requirement{!some || adapted || t.base_weights == number_format::by_default ||
                        block_layout_of(t.base_weights).element_bits >= 16,
                    "training.base_weights", static_cast<std::int64_t>(t.base_weights),
                    "must have 16 bits or more with training.trained_layers, unless adapters are trained"});
}

/// Adds what is wrong with the capacity of a job's experts, with its layers of multi-token prediction, and with its
/// data loader.
constexpr void check_changes(problem_list& found, const training& t, const network& net) {
    constexpr key_interval factor = key_ranges::expert_capacity_factor;
    const bool bounded = t.expert_capacity_factor >= factor.low && t.expert_capacity_factor <= factor.high;
    const std::int64_t shown = bounded ? static_cast<std::int64_t>(t.expert_capacity_factor) : 0;
    found.within(ranged{key_ranges::data_workers, t.data_workers},
                 ranged{key_ranges::prefetch_factor, t.prefetch_factor});
    found.ranges(invalid_field{key_ranges::mtp_layers.path, t.mtp_layers, 0, key_ranges::mtp_layers.high});
    found.require(
        field_condition{same_number(t.expert_capacity_factor, 0.0) || bounded, factor.path, shown,
                        "0.01 to 100, or 0 for no bound"},
        requirement{same_number(t.expert_capacity_factor, 0.0) || net.experts > 0, factor.path, shown,
                    "must be absent for a model without experts"},
        requirement{!t.pad_to_capacity || bounded, "training.pad_to_capacity", 1,
                    "needs training.expert_capacity_factor"},
        requirement{t.mtp_layers == 0 || t.objective == objective::sft, key_ranges::mtp_layers.path, t.mtp_layers,
                    "must be 0 with an objective other than sft"},
        requirement{t.mtp_layers == 0 || t.trained_layers == 0, key_ranges::mtp_layers.path, t.mtp_layers,
                    "must be 0 with training.trained_layers"},
        requirement{t.mtp_layers == net.prediction_layers || takes_prediction_layers(net), key_ranges::mtp_layers.path,
                    t.mtp_layers,
                    "must be 0 for a model that does not predict the next token, or whose last layer has no attention "
                    "or no room for one more matrix"});
}

/// Adds what is wrong with the parts of a diffusion model beside its denoiser.
constexpr void check_conditions(problem_list& found, const training& t, const network& net) {
    const bool parts = net.condition_bytes > 0;
    const bool trains_texts = t.text_encoders != trained_texts::none;
    const bool has_texts = t.conditions == conditions::computed || t.conditions == conditions::latents_cached;
    found.require(
        requirement{t.conditions == conditions::computed || parts, "training.conditions",
                    static_cast<std::int64_t>(t.conditions),
                    "must be computed for a model without text encoders and autoencoder beside it"},
        requirement{!trains_texts || has_texts, "training.conditions", static_cast<std::int64_t>(t.conditions),
                    "must be computed or latents-cached where text encoders are trained"},
        requirement{!trains_texts || net.texts[static_cast<std::size_t>(t.text_encoders)].parameters > 0,
                    "training.text_encoders", static_cast<std::int64_t>(t.text_encoders),
                    "must be none for a model without such text encoders beside it"},
        requirement{!t.prior_preservation || parts, "training.prior_preservation", 1,
                    "must be false for a model that is no diffusion model"},
        requirement{!t.ema || parts, "training.ema", 1, "must be false for a model that is no diffusion model"});
}

/// Adds what is wrong with a job's objective, its images and its source.
constexpr void check_inputs(problem_list& found, const training& t, const network& net) {
    check_objective(found, t, net);
    check_changes(found, t, net);
    if (t.memory_format != memory_format::by_default && net.tokens_per_sample == 0)
        found.breaks_rule("training.memory_format", static_cast<std::int64_t>(t.memory_format),
                          "must be left out for a model that reads no images", 0);
    check_tower(found, t, net);
    check_trained_layers(found, t, net);
    if (t.source_length != 0) check_source(found, t, net);
    check_conditions(found, t, net);
}

/// Adds what is wrong with a job's adapter and the base under it.
constexpr void check_adapter(problem_list& found, const training& t, const network& net) {
    found.require(
        field_condition{stores_modules(t.base_modules), "training.base_modules", 0,
                        "formats of single matrices, which GGUF formats are not"},
        field_condition{t.base_modules.unquantized_layers >= 0 && t.base_modules.unquantized_layers <= net.layers,
                        "training.base_modules.unquantized_layers", t.base_modules.unquantized_layers,
                        "0 to the model's layers"});
    // An objective without logits of the vocabulary has a head of its own in place of the model's.
    const std::uint32_t replaced = row_of(t.objective).vocabulary ? 0u : targets(target::head).bits;
    const std::uint32_t possible = adaptable(net) & ~replaced;
    found.require(
        field_condition{t.adapter.targets.bits != 0, "training.adapter.targets", 0,
                        "at least one of q, k, v, o, gate, up, down, embeddings, head"},
        field_condition{(t.adapter.targets.bits & ~possible) == 0, "training.adapter.targets", t.adapter.targets.bits,
                        "targets of the model's matrices; head and embeddings where it has them"},
        requirement{
            !reads_shapes(row_of(t.optimizer).memory), "training.optimizer", static_cast<std::int64_t>(t.optimizer),
            "must not be one that projects or preconditions whole matrices (galore, apollo, soap, shampoo) with "
            "training.adapter, whose matrices are narrow already"},
        requirement{adapter_bound(net, t.adapter.rank) < 1e16, "training.adapter.rank", t.adapter.rank,
                    "must train fewer than 1e16 parameters"});
}

/// Adds the values that are none of their enumeration's, and returns true if there are none. In a constant, the
/// compiler refuses them anyway, and steps of the evaluation are scarce.
constexpr bool has_enumerators(problem_list& found, const training& t) {
    found.enumerators(
        enumerated{"training.objective", t.objective}, enumerated{"training.reference", t.reference},
        enumerated{"training.rollouts", t.rollouts}, enumerated{"training.precision", t.precision},
        enumerated{"training.optimizer", t.optimizer}, enumerated{"training.optimizer_state", t.optimizer_state},
        enumerated{"training.conditions", t.conditions}, enumerated{"training.text_encoders", t.text_encoders},
        enumerated{"training.recompute", t.recompute}, enumerated{"training.attention", t.attention},
        enumerated{"training.memory_format", t.memory_format}, enumerated{"training.adapter.method", t.adapter.method},
        enumerated{"training.base_weights", t.base_weights}, enumerated{"training.offload", t.offload},
        enumerated{"training.offload_device", t.offload_device}, enumerated{"training.loss", t.loss},
        enumerated{"training.fused_kernels", t.fused_kernels}, enumerated{"training.gradients", t.gradients},
        enumerated{"training.framework", t.framework}, enumerated{"training.padding", t.padding},
        enumerated{"training.text_encoders", t.text_encoders},
        enumerated{"training.trained_layer_choice", t.trained_layer_choice},
        enumerated{"training.trained_ends", t.trained_ends});
    for (const module_row& row : module_table)
        found.enumerators(enumerated{"training.base_modules", t.base_modules.*row.format});
    return found.empty();
}

/// Returns true for a job with keys that few jobs have, whose rules the others are not asked.
[[nodiscard]] constexpr bool asks_more(const training& t) noexcept {
    return t.images != 0 || t.text_only || t.frozen_tower || t.source_length != 0 ||
           t.conditions != conditions::computed || t.text_encoders != trained_texts::none || t.prior_preservation ||
           t.ema || t.objective != objective::sft || t.reference != reference_model::by_default ||
           t.frozen_parameters != 0 || t.rollouts != rollout_engine::trainer || t.engine_sleeps || t.generations != 0 ||
           t.completion_length != 0 || t.negatives != 0 || t.gradient_cache != 0 || !(t.engine_utilization > 0) ||
           t.engine_utilization >= 1 || t.memory_format != memory_format::by_default || t.trained_layers != 0 ||
           t.trained_layer_choice != layer_choice::last || t.trained_ends != trained_ends::by_default ||
           t.mtp_layers != 0 || !(t.expert_capacity_factor <= 0) || t.expert_capacity_factor < 0 || t.pad_to_capacity ||
           t.data_workers != 0 || t.prefetch_factor != 2;
}

}  // namespace detail

/// Returns everything that is wrong with a job for this network; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const training& t, const network& net,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    if (!__builtin_is_constant_evaluated() && !detail::has_enumerators(found, t)) return found;
    const bool adapted = t.adapter.method != adapter_method::none;
    const std::int64_t base = static_cast<std::int64_t>(t.base_weights);
    const std::int64_t longest = net.longest_sequence > 0 ? net.longest_sequence : key_ranges::sequence_length.high;
    const std::int64_t largest_image =
        net.tokens_per_sample > 0 || net.tower.layers > 0 ? key_ranges::training_image_size.high : 0;
    found.within(ranged{key_ranges::micro_batch, t.micro_batch},
                 ranged{key_ranges::gradient_accumulation, t.gradient_accumulation});
    found.ranges(
        invalid_field{key_ranges::sequence_length.path, t.sequence_length, key_ranges::sequence_length.low, longest},
        invalid_field{key_ranges::training_image_size.path, t.image_size, 0, largest_image},
        invalid_field{key_ranges::training_images.path, t.images, 0, key_ranges::training_images.high},
        invalid_field{key_ranges::typical_length.path, t.typical_length, 0, t.sequence_length},
        invalid_field{key_ranges::optimizer_rank.path, t.optimizer_rank, 0, key_ranges::optimizer_rank.high},
        invalid_field{"training.software_date (month)", t.software_date.month, 1, 12},
        invalid_field{"training.software_date", t.software_date.year, key_ranges::first_year, key_ranges::last_year},
        invalid_field{key_ranges::expert_imbalance_percent.path, t.expert_imbalance_percent, 100,
                      net.experts > 0 ? key_ranges::expert_imbalance_percent.high : 100},
        invalid_field{key_ranges::adapter_rank.path, t.adapter.rank, adapted ? key_ranges::adapter_rank.low : 0,
                      adapted ? key_ranges::adapter_rank.high : 0});
    found.require(
        field_condition{t.optimizer_state == number_format::by_default || t.optimizer_state == number_format::fp32 ||
                            t.optimizer_state == number_format::bf16,
                        "training.optimizer_state", static_cast<std::int64_t>(t.optimizer_state), "fp32, bf16"},
        field_condition{net.shape_verified, "model", 0,
                        "a model whose shape is known: a zoo id, a config.json that is read, or dimensions"},
        requirement{
            !t.optimizer_in_backward || t.gradient_accumulation <= 1, "training.gradient_accumulation",
            t.gradient_accumulation,
            "must be 1 with training.optimizer_in_backward, which frees each gradient as soon as it is applied"},
        requirement{t.optimizer_rank == 0 || row_of(t.optimizer).memory.default_rank > 0,
                    key_ranges::optimizer_rank.path, t.optimizer_rank,
                    "needs a training.optimizer that projects gradients, such as galore or apollo"},
        requirement{t.base_weights == number_format::by_default || adapted || t.trained_layers > 0,
                    "training.base_weights", base,
                    "needs training.adapter or training.trained_layers: without them nothing is frozen"},
        requirement{!is_file_mix(t.base_weights) && t.base_weights != number_format::tf32, "training.base_weights",
                    base, "must be a single format, not a GGUF file mix"},
        requirement{adapted || !differ_by_module(t.base_modules), "training.base_modules", 0,
                    "needs training.adapter: without one there is no frozen base"},
        requirement{t.padding == padding::none || t.typical_length > 0, "training.padding",
                    static_cast<std::int64_t>(t.padding),
                    "needs training.typical_length: without one, no sequence is "
                    "shorter than another"},
        requirement{t.image_size == 0 || largest_image == 0 || t.image_size == net.image_size + net.tower.image_size,
                    "training.image_size", t.image_size, "must be the size that the network was lowered for",
                    net.image_size + net.tower.image_size});
    if (detail::asks_more(t)) detail::check_inputs(found, t, net);
    if (adapted) detail::check_adapter(found, t, net);
    return found;
}

/// Returns what is wrong with a job on this card: a precision for which it has no units, or offloading where GPU and
/// host share one memory; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const training& t, const gpu& card,
                                              on_problem action = on_problem::keep) {
    problem_list found = problems(t.precision, card, action);
    if (t.offload != offload::none && shares_memory_with_host(card))
        found.breaks_rule("training.offload", static_cast<std::int64_t>(t.offload), host_memory_rule(card), 0);
    return found;
}

}  // namespace cardfit
