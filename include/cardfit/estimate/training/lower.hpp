// SPDX-License-Identifier: MIT
#pragma once

// Lowers a training job to the pipeline stages that the memory estimate evaluates: what is stored per parameter, what
// backward needs, and what exists only for a while.

#include <cardfit/estimate/training/check_job.hpp>
#include <cardfit/estimate/overheads.hpp>
#include <cardfit/estimate/training/activations.hpp>
#include <cardfit/estimate/training/memory.hpp>
#include <cardfit/estimate/training/model_states.hpp>
#include <cardfit/estimate/training/objective.hpp>
#include <cardfit/estimate/training/recent_layers.hpp>
#include <cardfit/estimate/training/tower.hpp>
#include <cardfit/estimate/training/trained_layers.hpp>
#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/job/attention_kernels.hpp>
#include <cardfit/model/source_length.hpp>

namespace cardfit {

namespace detail {

/// Half-width of the error band of diffusion models: six peaks measured on an H100 lie within 7 %
/// (tests/estimate/diffusion/time_test.cpp), and Flux LoRA (XLabs-AI/x-flux #12; 512 pixels, texts and latents
/// computed, as its published configuration has it) 11 % below the estimate.
inline constexpr std::int64_t diffusion_training_band = 200;

/// Returns true if the autoencoder makes latents during the training.
[[nodiscard]] constexpr bool makes_latents(const training& t) noexcept {
    return t.conditions == conditions::computed || t.conditions == conditions::texts_cached;
}

/// Removes what offloading moves to host memory.
constexpr void offload_states(stage_load& s, offload to_host) noexcept {
    if (!moves_states(to_host)) return;
    s.optimizer = 0;
    s.step_temporaries = 0;
    if (to_host != offload::full) return;
    s.weights = 0;
    s.gradients = 0;
    s.gradients_early = 0;
    s.gradients_loss = 0;
    s.slack_loss = 0;
    s.slack_first = 0;
}

/// Returns what lowering the stages of a job reads, whichever stages these are.
[[nodiscard]] constexpr job_inputs inputs_of(const network& net, const training& t, const layout& l,
                                             const memory_rules& rules, const framework_memory& row) noexcept {
    job_inputs in{.net = net,
                  .job = t,
                  .l = l,
                  .rules = rules,
                  .row = row,
                  .compute = rules.compute_width / width_scale,
                  .shapes = row.matrix_scratch ? distinct_shapes(net, l) : 0};
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const parameter_sums one = layer_parameters(net.blocks[k], l, t.adapter);
        // The gradient of a magnitude needs both outputs that it scales: the frozen matrix's and the adapter's.
        in.kinds[k] = {.parameters = one,
                       .activations = activations_of_layer(net.blocks[k], net.hidden, rules, l.tensor,
                                                           2 * one.dora_outputs * in.compute),
                       .transient = transient_bytes(net.blocks[k], rules, l.tensor)};
    }
    return in;
}

/// Returns the bytes of one pipeline stage, whose layers are in `content`.
[[nodiscard]] constexpr stage_load lower_stage(const job_inputs& of, const stage_content& content) {
    const memory_rules& r = of.rules;
    const parameter_sums ends =
        embedding_head_parameters(of.net, of.l, of.job.adapter, of.row.adapters, content.embedding, content.head);
    stage_inputs in{.net = of.net,
                    .job = of.job,
                    .l = of.l,
                    .rules = r,
                    .row = of.row,
                    .content = content,
                    .kinds = of.kinds,
                    .sums = content.embedding && of.net.tower.layers > 0 && !of.job.text_only
                                ? with_tower_parameters(ends, of)
                                : ends,
                    .ends = ends,
                    .compute = of.compute,
                    .head = content.head ? divide_up(of.net.logits * of.net.hidden, of.l.tensor) : 0,
                    .quantized = r.adapted && block_layout_of(r.base).element_bits < 16};
    for (std::size_t k = 0; k < in.net.block_kinds; ++k) {
        if (content.layers[k] == 0) continue;
        in.sums.add(in.kinds[k].parameters, content.layers[k]);
        in.layers += content.layers[k];
        if (in.kinds[k].parameters.size() <= in.unit.size()) continue;
        in.unit = in.kinds[k].parameters;
        in.largest_layer = &in.net.blocks[k];
    }
    stage_load s{
        .tower_per_sample = content.embedding && of.job.images > 0 && trains_tower(of) ? tower_activations(in) : 0,
        .source_layer_per_sample = content.embedding && makes_latents(of.job) ? of.net.condition_sample_bytes : 0};
    add_model_states(s, in);
    if (r.adapted) add_frozen_base(s, in);
    add_gathered(s, in);
    // Transformer Engine keeps one dummy weight gradient for each distinct matrix shape (from its version 2.3 on).
    if (in.row.matrix_scratch) s.scratch += in.compute * (of.shapes + in.head);
    add_activations(s, in);
    add_embedding_head_activations(s, in);
    if (in.job.offload != offload::none) offload_states(s, in.job.offload);
    return s;
}

/// Adds the text encoders that are trained beside the denoiser: fully, whose 16-bit weights then are trained ones, or
/// by adapters in fp32.
constexpr void add_trained_texts(stage_load& s, const job_inputs& in) {
    const condition_texts& texts = in.net.texts[static_cast<std::size_t>(in.job.text_encoders)];
    const mixed_recipe& recipe = in.rules.recipe;
    const optimizer_memory& row = row_of(in.job.optimizer).memory;
    const std::int64_t trained = in.rules.adapted ? in.job.adapter.rank * texts.adapter_width : texts.parameters;
    if (!in.rules.adapted) s.weights -= 2 * texts.parameters;
    s.weights += trained * recipe.weight;
    s.gradients += trained * recipe.gradient;
    s.optimizer += state_bytes(row, {.matrix = trained}, in.rules.state_width) + trained * recipe.master;
    // Checkpointing keeps each layer's input alone.
    const bool checkpoints = in.job.recompute == recompute::full;
    const std::int64_t saved = checkpoints ? texts.sample_bytes / saved_by_text_layer * 2 : texts.sample_bytes;
    s.tower_per_sample += saved * (in.rules.compute_width / width_scale) / 2;
}

/// Adds what a diffusion model's training has beside its denoiser: trained text encoders, the moving average of what is
/// trained, and a sample of the class to each sample.
constexpr void add_diffusion_recipe(stage_load& s, const job_inputs& in) {
    if (in.job.text_encoders != trained_texts::none) add_trained_texts(s, in);
    if (in.job.ema) {
        std::int64_t trained = in.rules.adapted ? 0 : parameters(in.net);
        for (std::size_t k = 0; k < in.net.block_kinds && in.rules.adapted; ++k)
            trained += in.kinds[k].parameters.adapter * in.net.blocks[k].layers.count(0, in.net.layers);
        s.optimizer += trained * in.rules.recipe.weight;
    }
    if (in.job.prior_preservation) multiply_sequences(s, 2);
}

/// Raises the bounds by which a point whose bytes would exceed 64 bits is refused before anything is multiplied.
constexpr void raise_bounds(lowered_training& job, const stage_load& s) noexcept {
    job.token_bound += static_cast<double>(s.saved_per_token) +
                       static_cast<double>(s.recomputed_per_token + s.embedding_head_per_token + s.logits_per_token +
                                           s.gathered_sequence_per_token + s.held_per_token) +
                       static_cast<double>(s.tower_per_sample) + static_cast<double>(s.source_layer_per_sample) +
                       static_cast<double>(s.layer_per_token);
    job.score_bound += static_cast<double>(s.saved_per_score) + static_cast<double>(s.recomputed_per_score) +
                       static_cast<double>(s.layer_per_score);
    job.fixed_bound += static_cast<double>(s.weights) + static_cast<double>(s.optimizer) +
                       static_cast<double>(s.gathered_backward) +
                       static_cast<double>(s.gradients + s.buckets + s.step_temporaries + s.scratch);
}

/// Returns true if the trained network is not the model alone: with prediction layers, or experts whose tokens are not
/// the mean. It is one expression, because the compiler counts every step.
[[nodiscard]] constexpr bool changes_network(const training& t) noexcept {
    return t.mtp_layers > 0 || t.expert_imbalance_percent != 100 || t.expert_capacity_factor > 0;
}

/// Returns the network with the prediction layers that the job trains, as the most-loaded expert-parallel rank runs it:
/// with the tokens that its experts take.
[[nodiscard]] constexpr network changed_network(const network& model, const training& t, const layout& l) {
    network net = t.mtp_layers > 0 ? with_prediction_layers(model, t.mtp_layers) : model;
    const std::int64_t percent = imbalance_percent(t, l);
    for (layer_block& b : net.blocks)
        for (std::size_t role = tensor_role::expert_input; role <= tensor_role::expert_output; ++role)
            b.width.of[role] = divide_up(b.width.of[role] * percent, 100);
    return net;
}

/// Returns the band of a job of a kind that has one of its own: the widest that applies, or the framework's.
[[nodiscard]] constexpr std::int64_t band_of(const network& net, const training& t, const layout& l,
                                             const framework_memory& row) noexcept {
    std::int64_t band = row.band_per_mille;
    if (net.experts > 0) band = larger(band, row.experts_band_per_mille);
    if (t.offload == offload::optimizer) band = larger(band, row.offload_band_per_mille);
    if (l.pipeline > 1) band = larger(band, row.pipeline_band_per_mille);
    if (row_of(t.precision).matrix == number_format::nvfp4) band = larger(band, row.fp4_band_per_mille);
    const bool adapted = t.adapter.method != adapter_method::none;
    if (adapted && is_quantized(base_format(t))) band = larger(band, row.quantized_base_band_per_mille);
    if (net.condition_bytes > 0) band = larger(band, diffusion_training_band);
    return band;
}

/// Returns what the caching allocator does with the blocks of a job: forward of a layer under a checkpoint leaves about
/// four fifths of what its backward needs (an H100's traces: 1.9 of 2.2 GiB; peaks of fms-acceleration), experts leave
/// less, since one of them runs at a time. Where FSDP holds the inputs of frozen layers, their gradients break half of
/// a layer's blocks, and the stream that gathers caches half as much again (fms-acceleration on 2 and 4 cards).
[[nodiscard]] constexpr block_cache_rules cached_blocks(const network& net, const layout& l,
                                                        const framework_memory& row,
                                                        const memory_rules& rules) noexcept {
    const bool apart = row.block_streams == block_streams::sharded && l.sharding == sharding::full &&
                       std::int64_t{l.data} * l.context > 1;
    const bool whole = apart && !rules.adapted;
    return {.counted = true,
            .gradients_apart = whole,
            .logit_bytes = rules.logit_bytes,
            .copy_bytes = rules.compute_width == 2 * width_scale ? 2 : 0,
            .forward_layer_percent = net.experts > 0 ? 30 : 80,
            .backward_layer_percent = apart && rules.adapted ? 50 : 0,
            .gathered_percent = whole   ? 100
                                : apart ? 150
                                        : 0};
}

/// Sets how the caching allocator's blocks are counted: one by one, or by percentages before PyTorch 2.0.
constexpr void count_blocks(lowered_training& lowered, const job_inputs& in) noexcept {
    if (in.job.software_date < gradients_freed_since) {
        lowered.activation_slack_per_mille = in.row.early_activation_slack_per_mille;
        lowered.slack_per_mille = in.row.early_slack_per_mille;
    } else {
        lowered.cache = cached_blocks(in.net, in.l, in.row, in.rules);
    }
}

[[nodiscard]] constexpr lowered_training lower_objective(const network& net, const training& t, const machine& m,
                                                         const layout& l, const framework_memory& row,
                                                         const stage_list& stages);
[[nodiscard]] constexpr lowered_training lower_trained_layers(const network& net, const training& t, const machine& m,
                                                              const layout& l, const framework_memory& row);

/// Adapts the tables of saved tensors to what few networks have, since the compiler counts every step of the others:
/// LayerNorms and the activations beside them, experts, written scores, and a bias that only PyTorch's math kernel
/// adds.
constexpr void adapt_to_network(memory_rules& rules, const network& net, const training& t, const framework_memory& row,
                                bool adds_bias) noexcept {
    if (!net.final_norm_is_rms) {
        widen_norms(rules, t, row);
        rules.needed.of[tensor_role::activation_steps] = row.runs_models_of_transformers ? 1 : 0;
    }
    if (net.experts > 0) widen_experts(rules, t, row);
    if (rules.scores) widen_softmax(rules, t, row, softmax_is_wide(net));
    if (adds_bias) run_math_kernel(rules, t);
}

/// Sets the band of a job that is known less well than others, and adds what a diffusion model's training holds.
constexpr void adapt_lowered(lowered_training& lowered, const job_inputs& in) noexcept {
    lowered.band_per_mille = band_of(in.net, in.job, in.l, in.row);
    if (in.net.condition_bytes > 0) add_diffusion_recipe(lowered.stages[0], in);
}

/// Lowers these pipeline stages of a job that has been checked. `recent` are layers of this network; null: none are
/// known.
[[nodiscard]] constexpr lowered_training lower_stages(const network& net, const training& t, const machine& m,
                                                      const layout& l, const framework_memory& row,
                                                      const stage_list& stages, recent_layers* recent = nullptr) {
    if (shares_memory_with_host(m.card) && row_of(t.optimizer).unpaged.exists) {
        // The driver has no other memory to move the states to.
        training resident = t;
        resident.optimizer = row_of(t.optimizer).unpaged.value;
        return lower_stages(net, resident, m, l, row, stages);
    }
    if (t.objective != objective::sft || t.trained_layers != 0)
        return t.objective != objective::sft ? lower_objective(net, t, m, l, row, stages)
                                             : lower_trained_layers(net, t, m, l, row);
    // Few models have such attention: the others are asked no more, because the compiler counts every step.
    const attention_answers& special = net.blocks[0].attention;
    const bool adds_bias = special.mask_bias && runs_math_kernel_for_bias(t, row);
    const bool grouped = special.grouped && !(t.software_date < row.grouped_since);
    if (grouped || special.sinks || special.softcap || special.biased_scores || net.is_encoder_decoder) {
        if (tells_source_apart(net, t))
            return lower_stages(with_source(net, source_length_of(net, t)), t, m, l, row, stages);
        training eager = t;
        eager.attention = attention::eager;
        if (!adds_bias && limit_of_attention(net, t, m.card, row) != nullptr)
            return lower_stages(net, eager, m, l, row, stages);
    }
    memory_rules rules = lower_rules(t, l, row);
    if (net.experts > 0 || !net.final_norm_is_rms || rules.scores || adds_bias)
        adapt_to_network(rules, net, t, row, adds_bias);
    const job_inputs in = recent != nullptr ? recent->inputs(net, t, l, rules, row) : inputs_of(net, t, l, rules, row);
    lowered_training lowered{.stage_count = stages.count,
                             .workspace = workspace_bytes(m.card),
                             .activation_slack_per_mille = row.activation_slack_per_mille,
                             .slack_per_mille = row.slack_per_mille,
                             .band_per_mille = row.band_per_mille,
                             .context = context_bytes(t.software_date),
                             .communication = communication_bytes(l),
                             .capacity = usable_memory(m).number,
                             .context_parallel = l.context,
                             .tokens_per_sample = net.tokens_per_sample,
                             .micro_batch = t.micro_batch,
                             .sequence_length = t.sequence_length};
    if (row.block_streams != block_streams::none && t.software_date < row.segments_expand_since)
        count_blocks(lowered, in);
    if (net.longest_sequence > 0) lowered.longest_sequence = net.longest_sequence;
    for (std::size_t i = 0; i < stages.count; ++i) {
        lowered.stages[i] = lower_stage(in, stages.content[i]);
        lowered.stage_index[i] = stages.index[i];
    }
    if (net.experts > 0 || net.condition_bytes > 0 || t.offload != offload::none ||
        t.precision == precision::nvfp4_mixed || l.pipeline > 1 || rules.adapted)
        adapt_lowered(lowered, in);
    for (std::size_t i = 0; i < lowered.stage_count; ++i) raise_bounds(lowered, lowered.stages[i]);
    return lowered;
}

/// Recomputes the bounds of a lowering whose stages were changed.
constexpr void bound_again(lowered_training& lowered) noexcept {
    lowered.token_bound = 0;
    lowered.score_bound = 0;
    lowered.fixed_bound = static_cast<double>(lowered.engine);
    for (std::size_t i = 0; i < lowered.stage_count; ++i) raise_bounds(lowered, lowered.stages[i]);
}

/// Lowers a job that trains only some layers, on one pipeline stage.
[[nodiscard]] constexpr lowered_training lower_trained_layers(const network& net, const training& t, const machine& m,
                                                              const layout& l, const framework_memory& row) {
    const layer_split split = split_layers(net, t, row);
    const training whole = training_all_layers(t);
    const training frozen = frozen_job(t);
    const bool adapted = t.adapter.method != adapter_method::none;
    const bool embedding = adapted || trains_embedding(net, t);
    const bool head = adapted || trains_head(net, t);
    const part_sharing shared = sharing_of(t, l, row);
    const auto lower_part = [&](const network& part, const training& job) {
        return lower_stages(part, job, m, l, row, distinct_stages(part, l, job.gradient_accumulation)).stages[0];
    };
    const network trained = with_layers(without_ends(net, !embedding, !head), split.trained);
    lowered_training lowered =
        lower_stages(trained, whole, m, l, row, distinct_stages(trained, l, whole.gradient_accumulation));
    stage_load& s = lowered.stages[0];
    if (!head) take_head(s, net, lower_rules(whole, l, row), l, shared);
    network layers = part_alone(without_ends(net, true, true));
    layers.logits = 0;
    if (layers_of(split.relaying) > 0) {
        const network relaying = with_layers(layers, split.relaying);
        stage_load part = lower_part(relaying, frozen);
        training residual = frozen;
        residual.base_weights = number_format::fp32;
        // A trained embedding is fp32 under autocast, and so is the residual path that it begins.
        const bool wide = !adapted && embedding && row_of(t.precision).mixed && row.mixed_bf16.master == 0;
        if (wide) add_residual(part, lower_part(relaying, residual));
        add_frozen_layers(s, part, shared);
    }
    if (layers_of(split.pruned) > 0)
        add_pruned_layers(s, lower_part(with_layers(layers, split.pruned), frozen), shared);
    if (!embedding || !head) {
        const std::int64_t none[max_block_kinds]{};
        network ends = with_layers(part_alone(without_ends(net, embedding, head)), none);
        ends.logits = 0;
        add_frozen_ends(s, lower_part(ends, frozen));
    }
    bound_again(lowered);
    return lowered;
}

/// Lowers a job whose objective is not supervised training.
[[nodiscard]] constexpr lowered_training lower_objective(const network& net, const training& t, const machine& m,
                                                         const layout& l, const framework_memory& row,
                                                         const stage_list& stages) {
    const network trained = trained_network(net, t);
    lowered_training lowered = lower_stages(trained, supervised(t), m, l, row, stages);
    const memory_rules rules = lower_rules(t, l, row);
    const bool shared = t.rollouts == rollout_engine::colocated;
    const double share = t.engine_utilization * static_cast<double>(usable_memory(m).number);
    add_objective(
        lowered,
        {.net = net, .job = t, .l = l, .rules = rules, .engine = shared ? static_cast<std::int64_t>(share) : 0});
    bound_again(lowered);
    return lowered;
}

}  // namespace detail

namespace detail {

/// Lowers a job that has been checked and trains another network than the model's own. `l` is resolved.
[[nodiscard]] constexpr lowered_training lower_changed(const network& net, const training& t, const machine& m,
                                                       const layout& l, const framework_memory& row) {
    const network changed = changed_network(net, t, l);
    return lower_stages(changed, t, m, l, row, distinct_stages(changed, l, t.gradient_accumulation));
}

/// Returns one of the stages of a lowered job, alone.
[[nodiscard]] constexpr lowered_training stage_alone(lowered_training job, std::size_t stage) noexcept {
    job.stages[0] = job.stages[stage];
    job.stage_index[0] = job.stage_index[stage];
    job.stage_count = 1;
    return job;
}

}  // namespace detail

/// Lowers a job once, so that it can be evaluated at any micro-batch and sequence length:
/// `memory(lowered, micro_batch, sequence_length)`. The machine decides capacity and overheads. `row` holds the memory
/// rules of the framework: the job's own, or rules of yours.
/// Throws invalid_input (a std::invalid_argument) that names the first thing that is wrong with job, layout or machine.
[[nodiscard]] constexpr lowered_training lower_job(const network& net, const training& t, const machine& m,
                                                   const layout& given, const framework_memory& row) {
    detail::check_job(net, t, m, given);
    const layout l = resolved(given, m.cards);
    if (detail::changes_network(t)) return detail::lower_changed(net, t, m, l, row);
    return detail::lower_stages(net, t, m, l, row, distinct_stages(net, l, t.gradient_accumulation));
}
/// Lowers a training of a lowered network with its framework's own row. Throws invalid_input for a job, layout or
/// network that is invalid.
[[nodiscard]] constexpr lowered_training lower_job(const network& net, const training& t, const machine& m,
                                                   const layout& l = {}) {
    return lower_job(net, t, m, l, row_of(t).memory);
}

/// Returns the sum over all GPUs of each one's peak memory, in bytes.
/// Throws invalid_input as lower_job does, and std::overflow_error if the sum exceeds 64 bits.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const training& t, const machine& m,
                                                            const layout& given, const framework_memory& row) {
    detail::check_job(net, t, m, given);
    const layout l = resolved(given, m.cards);
    const network trained = detail::changes_network(t) ? detail::changed_network(net, t, l) : net;
    memory_of_cards sum;
    for (int first = 0; first < l.pipeline; first += static_cast<int>(max_distinct_stages)) {
        const lowered_training lowered =
            detail::lower_stages(trained, t, m, l, row, stages_from(trained, l, t.gradient_accumulation, first));
        for (std::size_t i = 0; i < lowered.stage_count; ++i)
            sum.add(memory(detail::stage_alone(lowered, i)), m.cards / l.pipeline);
    }
    return sum;
}
/// Returns the memory of all GPUs together, with the framework's own row. Throws invalid_input as `lower_job` does.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const network& net, const training& t, const machine& m,
                                                            const layout& l = {}) {
    return memory_of_all_cards(net, t, m, l, row_of(t).memory);
}

/// The same for a job that is lowered already.
[[nodiscard]] constexpr memory_of_cards memory_of_all_cards(const lowered_training& lowered, const network& net,
                                                            const training& t, const machine& m, const layout& l) {
    if (l.pipeline > 1) return memory_of_all_cards(net, t, m, l);
    memory_of_cards sum;
    sum.add(memory(lowered), m.cards);
    return sum;
}

/// Lowers a job of any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr lowered_training lower_job(const M& model, const training& t, const machine& m,
                                                   const layout& l = {}) {
    return lower_job(lower_model(model, t.image_size), t, m, l);
}

/// Returns the peak memory of one job, in bytes: `memory(models::llama_3_1_8b, job, 8 * cards::a100_sxm4_80gb, {.data =
/// 8})`.
template <network_model M>
[[nodiscard]] constexpr memory_estimate memory(const M& model, const training& t, const machine& m,
                                               const layout& l = {}) {
    return memory(lower_job(model, t, m, l));
}

}  // namespace cardfit
