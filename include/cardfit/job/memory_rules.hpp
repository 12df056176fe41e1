// SPDX-License-Identifier: MIT
#pragma once

// A training job on a framework, lowered to the explicit rules that the memory estimate reads: which tensors are saved
// for backward, in how many bytes, and what is stored per parameter.

#include <cardfit/frameworks/row.hpp>
#include <cardfit/job/layout.hpp>

#include <cstdint>
#include <utility>

namespace cardfit {

/// Widths of tensors are counted in units of 1/32 byte, so that block formats (mxfp8: 33/32 bytes) stay integers.
inline constexpr std::int64_t width_scale = 32;

/// Returns the width of one element in units of 1/32 byte; 0 for a format without a single block layout.
[[nodiscard]] constexpr std::int64_t scaled_width(number_format format) noexcept {
    const block_layout& layout = block_layout_of(format);
    return layout.block_elements == 0 ? 0 : width_scale * layout.block_bytes / layout.block_elements;
}

/// True for tensors that tensor parallelism divides; it divides the others only with sequence parallelism.
inline constexpr by_role<bool> divided_by_tensor = [] {
    by_role<bool> divided{};
    for (const tensor_role::type role :
         {tensor_role::query, tensor_role::key, tensor_role::value, tensor_role::key_value_expanded,
          tensor_role::head_norm_input, tensor_role::attention_output, tensor_role::softmax_statistics,
          tensor_role::gate_output, tensor_role::up_output, tensor_role::activation_output,
          tensor_role::activation_steps, tensor_role::feed_forward_hidden})
        divided.of[role] = true;
    return divided;
}();

/// What the memory estimate of a training job asks of its framework. Widths are units of 1/32 byte.
struct memory_rules {
    const saved_table* kept = nullptr;  ///< tensors that are saved from forward to backward
    const saved_table* live = nullptr;  ///< tensors that exist while one layer's backward runs
    /// What layers that stay in 16 bits save, and the percent of all layers that they are; null: as the others.
    const saved_table* kept_wide = nullptr;
    std::int64_t wide_percent = 0;       ///< 0: `kept_wide` is not read
    bool selective = false;              ///< `kept` saves less than `live`; the rest is recomputed
    std::int64_t compute_width = 0;      ///< of an element in the compute format
    std::int64_t matrix_width = 0;       ///< of an element in the format that matmuls read
    std::int64_t checkpoint_width = 0;   ///< of an element of the layer input that full recomputation saves; 0: no such
    bool dropout = false;                ///< the model's dropout saves masks
    bool adapter_dropout = false;        ///< the adapters' dropout saves masks and copies
    bool scores = false;                 ///< attention writes its matrix out
    bool score_dropout = false;          ///< dropout on the attention matrix
    bool biased_scores_alone = false;    ///< attention without a bias for each pair of positions writes no matrix
    bool sequence_parallel = false;      ///< tensor parallelism divides what it otherwise copies
    mixed_recipe recipe{};               ///< bytes per parameter
    std::int64_t state_width = 4;        ///< bytes per element of the optimizer's parameter-sized states
    std::int64_t logit_bytes = 0;        ///< per logit at the loss's peak
    std::int64_t masked_percent = 100;   ///< percent of the positions that have logits (BERT pre-training: 15)
    std::int64_t early_logit_bytes = 0;  ///< of them, at the end of forward, where that is earlier
    /// Bytes per element of the head that its weight gradient takes at the peak of the loss.
    std::int64_t head_gradient_bytes = 0;
    bool adapted = false;                      ///< adapters are trained over a frozen base
    number_format base = number_format::bf16;  ///< format of the frozen base
    bool wide_experts = false;     ///< experts run in fp32 under autocast, which makes no copies of their weights
    bool widened = false;          ///< what a quantized base does not quantize is fp32, and is cast under autocast
    bool inputs_stay = false;      ///< the checkpointed layer inputs and their gradients stay until backward ends
    bool gradients_stay = false;   ///< gradients stay from step to step, or accumulate
    int foreach_temporaries = 0;   ///< temporaries of the size of all parameters in the optimizer's step
    bool whole_gradients = false;  ///< sharded training accumulates unsharded gradients
    bool flat_gradients = false;   ///< frozen weights have gradients too
    bool second_output = false;    ///< attention's output is saved twice
    bool convolution_transforms = false;  ///< cuDNN allocates workspace for Winograd transforms
    std::int64_t narrow_copies = 0;       ///< copies of matrices in the format that matmuls read, besides the weights
    bool whole_stage = false;             ///< a pipeline stage stays gathered, with unsharded fp32 gradients
    by_role<std::int8_t> needed{};        ///< copies of each tensor that backward needs; 0: none

    friend constexpr bool operator==(const memory_rules&, const memory_rules&) = default;
};

/// Returns the format of the optimizer's states: the job's, or what the framework makes. torch.optim makes them in the
/// format of the parameters.
[[nodiscard]] constexpr number_format state_format(const training& t, const framework_memory& row) noexcept {
    const bool follows = row.states_follow_parameters && !row_of(t.precision).mixed;
    return t.optimizer_state != number_format::by_default ? t.optimizer_state
           : follows                                      ? row_of(t.precision).compute
                                                          : number_format::fp32;
}

namespace detail {

/// Returns whether a switch is on, where the framework has it so by default.
[[nodiscard]] constexpr bool is_on(framework_switch s, bool by_default) noexcept {
    return s == framework_switch::by_default ? by_default : s == framework_switch::on;
}

// ---- Which tensors backward needs

/// Who reads a tensor in backward.
struct need {
    std::uint32_t of_targets = 0;  ///< weight gradients of these targets alone; 0: every backward pass
    bool only_adapters = false;    ///< the tensor is a copy made for adapters
};

/// Stands for a target that no adapter has: a weight per channel, of a norm or of LayerScale, alone reads the tensor.
inline constexpr std::uint32_t norm_weight = std::uint32_t{1} << 31;

inline constexpr by_role<need> needs = [] {
    by_role<need> by{};
    const std::uint32_t reads_hidden = targets(target::query, target::key, target::value, target::latent).bits;
    by.of[tensor_role::attention_input] = {reads_hidden};
    by.of[tensor_role::attention_input_casts] = {reads_hidden};
    by.of[tensor_role::feed_forward_input] = {targets(target::gate, target::up).bits};
    by.of[tensor_role::feed_forward_input_casts] = {targets(target::gate, target::up).bits};
    by.of[tensor_role::feed_forward_hidden] = {targets(target::down).bits};
    by.of[tensor_role::expert_input] = {targets(target::gate, target::up).bits};
    by.of[tensor_role::expert_hidden] = {targets(target::down).bits};
    by.of[tensor_role::rms_normalized] = {norm_weight};
    by.of[tensor_role::rms_normalized_wide] = {norm_weight};
    by.of[tensor_role::scaled_by_channel] = {norm_weight};
    by.of[tensor_role::adapter_query_input] = {targets(target::query).bits, true};
    by.of[tensor_role::adapter_key_input] = {targets(target::key).bits, true};
    by.of[tensor_role::adapter_value_input] = {targets(target::value).bits, true};
    by.of[tensor_role::adapter_output_input] = {targets(target::output).bits, true};
    by.of[tensor_role::adapter_gate_input] = {targets(target::gate).bits, true};
    by.of[tensor_role::adapter_up_input] = {targets(target::up).bits, true};
    by.of[tensor_role::adapter_down_input] = {targets(target::down).bits, true};
    return by;
}();

/// A fully trained model needs every tensor but the copies made for adapters.
inline constexpr by_role<std::int8_t> needed_by_all_weights = [] {
    by_role<std::int8_t> needed{};
    for (std::size_t role = 0; role < tensor_role_count; ++role) needed.of[role] = needs.of[role].only_adapters ? 0 : 1;
    return needed;
}();

/// Returns the targets whose adapters read an input of their own: a fused matrix reads one input for queries, keys and
/// values.
[[nodiscard]] constexpr std::uint32_t own_inputs(target_set set, bool fused) noexcept {
    const std::uint32_t three = targets(target::query, target::key, target::value).bits;
    return fused && (set.bits & three) != 0 ? (set.bits & ~three) | targets(target::query).bits : set.bits;
}

/// Returns the copies of one tensor that a frozen base with adapters on the targets `trained` needs. Adapters read
/// copies of their own where these are dropped out or cast, otherwise the tensors themselves; a quantized matrix may
/// save its input anyway.
[[nodiscard]] constexpr std::int8_t needed_by_adapters(const need& tensor, const adapter_recipe& recipe,
                                                       std::uint32_t trained, bool quantized) noexcept {
    const bool read_by_adapter = (tensor.of_targets & trained) != 0;
    const bool own_copy = recipe.dropout || recipe.casts_inputs;
    if (tensor.only_adapters) return own_copy && read_by_adapter ? 1 : 0;
    if (tensor.of_targets == 0) return 1;
    if (!own_copy && read_by_adapter) return 1;
    if (tensor.of_targets == norm_weight) return 0;
    return quantized ? static_cast<std::int8_t>(recipe.quantized_input_copies) : std::int8_t{0};
}

constexpr void add_needed_tensors(memory_rules& r, const training& t, const framework_memory& row) noexcept {
    r.needed = needed_by_all_weights;
    if (r.adapted) {
        adapter_recipe recipe = row.adapters;
        recipe.dropout = is_on(t.adapter.dropout, recipe.dropout);
        recipe.casts_inputs = recipe.casts_inputs && row_of(t.precision).mixed;
        r.adapter_dropout = recipe.dropout;
        const std::uint32_t trained = own_inputs(t.adapter.targets, row.adapters.fused_query_key_value);
        const bool quantized = block_layout_of(r.base).element_bits < 16;
        for (std::size_t role = 0; role < tensor_role_count; ++role)
            r.needed.of[role] = needed_by_adapters(needs.of[role], recipe, trained, quantized);
    }
    // Eager attention saves its matrix instead of a log-sum-exp.
    r.needed.of[tensor_role::softmax_statistics] = t.attention == attention::eager ? 0 : 1;
}

// ---- Rules by topic

[[nodiscard]] constexpr mixed_recipe recipe_of(const precision_row& p, const framework_memory& row) noexcept {
    if (p.mixed) return p.compute == number_format::fp16 ? row.mixed_fp16 : row.mixed_bf16;
    return p.compute == number_format::fp32 ? row.full_precision : row.pure_16bit;
}

/// Returns true if peft prepares the base for training on few bits: what is not quantized becomes fp32. FSDP needs one
/// format in a flat parameter, so a fully sharded base is not prepared.
[[nodiscard]] constexpr bool widens_base(const training& t, number_format base, const layout& l,
                                         const adapter_recipe& recipe) noexcept {
    if (!is_bitsandbytes(base) || l.sharding == sharding::full) return false;
    return is_on(t.adapter.kbit_preparation, recipe.widens_quantized_base && t.software_date < recipe.widens_until);
}

/// Sets the format of gradients beside fp32 master weights. A rank's share of narrower ones is copied to fp32 while the
/// optimizer steps; the recipe knows what else is copied of gradients as wide as its own.
constexpr void set_gradients(memory_rules& r, number_format format) noexcept {
    const int width = static_cast<int>(block_layout_of(format).block_bytes);
    if (width == r.recipe.gradient) return;
    r.recipe.gradient = width;
    r.recipe.step_gradient = r.recipe.gradient < 4 ? 4 : 0;
}

/// Adds the formats of a base that peft prepared, and what autocast casts.
constexpr void add_base(memory_rules& r, const training& t, const layout& l, const framework_memory& row) noexcept {
    r.widened = widens_base(t, r.base, l, row.adapters);
    if (r.widened) r.recipe = row.mixed_bf16;
    // Of a frozen base in 16 bits or fewer, autocast has nothing to cast, and the residual path has the format of the
    // embedding.
    else if (block_layout_of(r.base).element_bits <= 16)
        r.recipe.cast_cache = 0;
    r.inputs_stay = row.adapters.reshard_hooks_hold_inputs && l.sharding == sharding::full &&
                    t.recompute == recompute::full && t.software_date < row.adapters.reentrant_until;
}

/// Returns a variant of a table; the table itself if it has no such variant.
[[nodiscard]] constexpr const saved_table* variant(const saved_table* table,
                                                   const saved_table* saved_variants::*which) noexcept {
    const saved_table* other = table->variants.*which;
    return other == nullptr ? table : other;
}

/// The variants of a table by the kernels that run.
inline constexpr const saved_table* saved_variants::*variants_of_kernels[]{
    nullptr, nullptr, &saved_variants::liger_norms, &saved_variants::liger_activations, &saved_variants::liger};

/// Replaces the table of the layer that runs by that of the fused kernels that a job states, or that its fused loss
/// brings.
constexpr void replace_kernels(memory_rules& r, const training& t, const framework_memory& row) noexcept {
    const bool by_default = t.fused_kernels == fused_kernels::by_default;
    const bool with_loss = by_default && t.loss == loss::fused && row.fused_loss_brings_kernels;
    const fused_kernels run = with_loss ? fused_kernels::all : t.fused_kernels;
    if (run > fused_kernels::none) r.live = variant(r.live, variants_of_kernels[static_cast<std::size_t>(run)]);
}

/// Adds the tables of saved tensors, and the width of a layer's checkpointed input.
constexpr void add_saved_tensors(memory_rules& r, const training& t, const framework_memory& row) noexcept {
    const bool casts = r.recipe.cast_cache > 0;
    r.live = t.compiled ? row.compiled : casts ? row.autocast : row.eager;
    if (row.has_fused_kernels) replace_kernels(r, t, row);
    if (t.attention != attention::eager && !(t.software_date < row.grouped_since))
        r.live = variant(r.live, &saved_variants::unrepeated);
    r.kept = r.selective ? row.selective : r.live;
    if (r.selective && t.precision == precision::nvfp4_mixed && row.selective_fp4 != nullptr) {
        r.kept = row.selective_fp4;
        r.kept_wide = row.selective;
        r.wide_percent = row.wide_layers_under_fp4;
    }
    if (t.recompute == recompute::full)
        r.checkpoint_width = casts ? scaled_width(number_format::fp32) : r.compute_width;
}

/// Replaces the table of the layer that runs by a variant of it, and what is saved with it.
constexpr void replace_table(memory_rules& r, const saved_table* saved_variants::*which) noexcept {
    r.live = variant(r.live, which);
    if (!r.selective) r.kept = r.live;
}

/// Sets the table of a network of LayerNorms or GroupNorms under adapters: autocast computes these in fp32, whatever
/// the format of the frozen weights (PyTorch documentation, torch.amp, operators that autocast to float32).
constexpr void widen_norms(memory_rules& r, const training& t, const framework_memory& row) noexcept {
    if (!r.adapted || !row_of(t.precision).mixed || row.autocast == row.eager) return;
    replace_table(r, &saved_variants::wide_norms);
}

/// Sets the table of attention that writes its scores in 16 bits, where the softmax runs in fp32: autocast does so
/// (PyTorch documentation, torch.amp), and `model_does` so the model's own code.
constexpr void widen_softmax(memory_rules& r, const training& t, const framework_memory& row,
                             bool model_does) noexcept {
    const bool autocast = row_of(t.precision).mixed && row.autocast != row.eager;
    if (block_layout_of(row_of(t.precision).compute).element_bits != 16 || !(autocast || model_does)) return;
    replace_table(r, &saved_variants::wide_softmax);
}

/// Sets the table of attention whose bias PyTorch's math kernel adds: attention without one stays flash.
constexpr void run_math_kernel(memory_rules& r, const training& t) noexcept {
    r.scores = true;
    r.score_dropout = t.dropout;
    r.biased_scores_alone = true;
    replace_table(r, &saved_variants::math_kernel);
}

/// Sets the table of experts that run in fp32, where autocast does not reach the operator that multiplies them.
constexpr void widen_experts(memory_rules& r, const training& t, const framework_memory& row) noexcept {
    if (r.recipe.cast_cache == 0 || t.compiled || t.software_date < row.grouped_experts_since) return;
    r.wide_experts = true;
    replace_table(r, &saved_variants::wide_experts);
}

/// Returns true if tensor parallelism divides the tensors between its matrices along the sequence.
[[nodiscard]] constexpr bool splits_sequence(const layout& l, const framework_memory& row) noexcept {
    return l.tensor > 1 &&
           (l.sequence_parallel == sequence_parallel::on ||
            (l.sequence_parallel == sequence_parallel::by_default && row.sequence_parallel_with_tensor));
}

/// Returns how the framework computes the loss: as the job states, or else by its default at the job's date.
[[nodiscard]] constexpr loss loss_of(const training& t, const logits_recipe& logits) noexcept {
    if (t.loss != loss::by_default) return t.loss;
    return t.software_date >= logits.default_since ? logits.default_loss : loss::full;
}

/// Returns the bytes per logit where all logits of a token are written.
[[nodiscard]] constexpr int full_logit_bytes(const training& t, const layout& l, const logits_recipe& logits) noexcept {
    const int shifted = t.software_date >= logits.kept_since ? logits.full : logits.replaced;
    const int eager = t.software_date >= logits.unshifted_since ? logits.unshifted : shifted;
    if (t.compiled && t.software_date >= logits.compiled_since)
        return logits.compiled < eager ? logits.compiled : eager;
    return l.tensor > 1 ? logits.tensor_parallel : eager;
}

constexpr void add_logits(memory_rules& r, const training& t, const layout& l, const framework_memory& row) noexcept {
    const logits_recipe& logits = row.logits;
    const loss how = loss_of(t, logits);
    const int full = full_logit_bytes(t, l, logits);
    const bool in_pieces = how == loss::chunked || how == loss::fused;
    r.logit_bytes = how == loss::chunked        ? logits.chunked
                    : how == loss::fused        ? logits.fused
                    : how == loss::fused_kernel ? logits.fused_kernel
                                                : full;
    r.masked_percent = how == loss::masked ? 15 : 100;
    // Where the loss itself takes little, its peak is when the head's weight gradient is made and the logits still
    // exist.
    const int usual = t.software_date >= logits.unshifted_since ? logits.unshifted : logits.full;
    if (!row.gradients_persist && !r.adapted && (in_pieces ? r.logit_bytes : full) < usual)
        r.head_gradient_bytes = how == loss::fused && logits.fused_head_gradient > 0 ? logits.fused_head_gradient
                                                                                     : r.compute_width / width_scale;
    // Checkpoints keep no copies that autocast made, so that these live until forward ends.
    const bool unshifted = r.logit_bytes == logits.unshifted && t.software_date >= logits.unshifted_since;
    r.early_logit_bytes = unshifted && r.checkpoint_width > 0 ? logits.unshifted_forward : r.logit_bytes;
}

}  // namespace detail

/// Lowers a job on a framework to rules.
[[nodiscard]] constexpr memory_rules lower_rules(const training& t, const layout& l,
                                                 const framework_memory& row) noexcept {
    const precision_row& p = row_of(t.precision);
    const bool adapted = t.adapter.method != adapter_method::none;
    const bool accumulates = t.gradient_accumulation > 1;
    const bool fully_sharded = l.sharding == sharding::full;
    memory_rules r{.selective = t.recompute == recompute::selective,
                   .compute_width = scaled_width(p.compute),
                   .matrix_width = scaled_width(p.matrix),
                   .dropout = t.dropout,
                   .scores = t.attention == attention::eager,
                   .score_dropout = t.attention == attention::eager && t.dropout,
                   .sequence_parallel = detail::splits_sequence(l, row),
                   .recipe = detail::recipe_of(p, row),
                   .state_width = block_layout_of(state_format(t, row)).block_bytes,
                   .adapted = adapted,
                   .base = base_format(t),
                   .gradients_stay = row.gradients_persist || accumulates || t.software_date < gradients_freed_since,
                   .foreach_temporaries = t.software_date < foreach_since ? 0 : row.foreach_temporaries,
                   .whole_gradients = row.unsharded_accumulation && fully_sharded && accumulates,
                   .flat_gradients = row.flat_gradients && fully_sharded && adapted,
                   .second_output = row.second_output_under_context && l.context > 1,
                   .convolution_transforms = row.convolution_transforms && p.matmul_rate == &peak_rates::fp32,
                   .narrow_copies = block_layout_of(p.matrix).element_bits < 16 ? row.cached_narrow_copies : 0,
                   .whole_stage = row.gathers_stage_under_pipeline && fully_sharded && l.pipeline > 1};
    // FSDP casts shards as it gathers them, so there is neither an autocast cache nor its separate casts.
    if (fully_sharded) r.recipe.cast_cache = 0;
    if (t.gradients != number_format::by_default && r.recipe.master > 0) detail::set_gradients(r, t.gradients);
    if (adapted) detail::add_base(r, t, l, row);
    detail::add_saved_tensors(r, t, row);
    detail::add_needed_tensors(r, t, row);
    detail::add_logits(r, t, l, row);
    return r;
}

namespace detail {

/// Returns the width of all saved copies of one element of a tensor.
[[nodiscard]] constexpr std::int64_t width_of(const saved_copies& k, const memory_rules& r) noexcept {
    return k.compute * r.compute_width + k.matrix * r.matrix_width + k.wide * 4 * width_scale +
           (k.byte + k.mask) * width_scale;
}

/// Returns the width per token of the tensors that tensor parallelism divides, or of the others. It is one expression
/// instead of a loop, because compilers count statements against their limit on constant evaluation.
template <bool Divided, std::size_t... Role>
[[nodiscard]] constexpr std::int64_t saved_width(const layer_block& b, const saved_table& table, const memory_rules& r,
                                                 std::index_sequence<Role...>) noexcept {
    return ((divided_by_tensor.of[Role] == Divided
                 ? b.width.of[Role] * r.needed.of[Role] *
                       (table.tensors.of[Role].compute * r.compute_width +
                        table.tensors.of[Role].matrix * r.matrix_width + table.tensors.of[Role].wide * 4 * width_scale +
                        (table.tensors.of[Role].byte * (needs.of[Role].only_adapters ? r.adapter_dropout : r.dropout) +
                         table.tensors.of[Role].mask) *
                            width_scale)
                 : 0) +
            ...);
}

}  // namespace detail

/// Returns the bytes per token that one layer saves according to a table, on one of `tensor` tensor-parallel cards.
[[nodiscard]] constexpr std::int64_t saved_bytes(const layer_block& b, const saved_table& table, const memory_rules& r,
                                                 std::int64_t tensor) noexcept {
    using roles = std::make_index_sequence<tensor_role_count>;
    const std::int64_t twice = r.second_output ? b.width.of[tensor_role::attention_output] * r.compute_width : 0;
    return divide_up(detail::saved_width<true>(b, table, r, roles{}) + twice, width_scale * tensor) +
           divide_up(detail::saved_width<false>(b, table, r, roles{}),
                     width_scale * (r.sequence_parallel ? tensor : 1));
}

/// Returns the bytes per token and position of one layer's attention matrix, on one of `tensor` tensor-parallel cards.
[[nodiscard]] constexpr std::int64_t score_bytes(const layer_block& b, const saved_table& table, const memory_rules& r,
                                                 std::int64_t tensor) noexcept {
    if (r.biased_scores_alone && !b.attention.biased_scores) return 0;
    const std::int64_t width = r.scores * detail::width_of(table.scores, r) +
                               r.score_dropout * detail::width_of(table.dropped_scores, r) +
                               (r.scores && b.attention.softcap) * detail::width_of(table.capped_scores, r);
    return divide_up(b.attention.score_heads * width, width_scale * tensor);
}

}  // namespace cardfit
