// SPDX-License-Identifier: MIT
#pragma once

// A framework and a job, lowered to the explicit rules that the memory estimate reads: which tensors backward keeps, in
// how many bytes, and what is stored for each parameter.

#include <cardfit/frameworks/row.hpp>
#include <cardfit/job/layout.hpp>

#include <utility>

namespace cardfit {

/// Bytes of widths and copies are counted in 1/32 byte, so that block formats (mxfp8: 33/32) stay integers.
inline constexpr std::int64_t width_scale = 32;

[[nodiscard]] constexpr std::int64_t scaled_width(number_format format) noexcept {
    const block_layout& layout = block_layout_of(format);
    return layout.block_elements == 0 ? 0 : width_scale * layout.block_bytes / layout.block_elements;
}

/// True for tensors that tensor parallelism divides; the others it divides only with sequence parallelism.
inline constexpr by_role<bool> divided_by_tensor = [] {
    by_role<bool> divided{};
    for (const tensor_role::type role :
         {tensor_role::query, tensor_role::key, tensor_role::value, tensor_role::key_value_expanded,
          tensor_role::head_norm_input, tensor_role::attention_output, tensor_role::softmax_statistics,
          tensor_role::gate_output, tensor_role::up_output, tensor_role::activation_output,
          tensor_role::feed_forward_hidden})
        divided.of[role] = true;
    return divided;
}();

/// What one parameter takes, bytes; and what a layer keeps.
struct memory_rules {
    const saved_table* kept = nullptr;  ///< what stays from forward to backward
    const saved_table* live = nullptr;  ///< what one layer holds while its backward runs
    bool selective = false;             ///< `kept` is not `live`: what is missing is recomputed
    by_role<std::int8_t> needed{};      ///< 0: no trained matrix needs this tensor
    std::int64_t compute_width = 0;     ///< 1/32 byte
    std::int64_t matrix_width = 0;
    std::int64_t checkpoint_width = 0;  ///< of the layer's input under full recomputation; 0: not kept so
    bool dropout = false;
    bool scores = false;
    bool score_dropout = false;
    bool sequence_parallel = false;
    mixed_recipe recipe{};
    std::int64_t state_width = 4;
    std::int64_t logit_bytes = 0;       ///< a vocabulary logit at the loss's peak
    std::int64_t masked_percent = 100;  ///< positions that have logits (BERT pre-training: 15 %)
    bool head_gradient_at_loss = false;
    bool adapted = false;
    number_format base = number_format::bf16;
    bool widened = false;  ///< what a quantized base leaves in plain numbers is fp32, and cast under autocast
    bool gradients_stay = false;
    int foreach_temporaries = 0;
    bool whole_gradients = false;         ///< sharded training accumulates unsharded gradients
    bool flat_gradients = false;          ///< frozen weights have gradients too
    bool second_output = false;           ///< attention's output is kept twice
    bool convolution_transforms = false;  ///< cuDNN takes room for Winograd transforms
    std::int64_t narrow_copies = 0;       ///< of matrices in the products' narrow format, beside the weights
    bool whole_stage = false;             ///< a pipeline stage stays gathered, with unsharded fp32 gradients
};

namespace detail {

[[nodiscard]] constexpr mixed_recipe recipe_of(const training& t, const framework_memory& row) noexcept {
    const precision_row& p = row_of(t.precision);
    if (p.mixed) return p.compute == number_format::fp16 ? row.mixed_fp16 : row.mixed_bf16;
    return p.compute == number_format::fp32 ? row.full_precision : row.pure_16bit;
}

/// A tensor that exists only for a weight gradient, or for an adapter.
struct need {
    std::uint32_t of_targets = 0;  ///< an adapter on one of these reads it; 0: backward needs it whatever is trained
    bool only_adapters = false;    ///< a copy made for adapters
};

/// A target that no adapter has: what only a trained norm's weight needs.
inline constexpr std::uint32_t nobody = std::uint32_t{1} << 31;

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
    by.of[tensor_role::rms_normalized] = {nobody};
    by.of[tensor_role::adapter_query_input] = {targets(target::query).bits, true};
    by.of[tensor_role::adapter_key_input] = {targets(target::key).bits, true};
    by.of[tensor_role::adapter_value_input] = {targets(target::value).bits, true};
    by.of[tensor_role::adapter_output_input] = {targets(target::output).bits, true};
    by.of[tensor_role::adapter_gate_input] = {targets(target::gate).bits, true};
    by.of[tensor_role::adapter_up_input] = {targets(target::up).bits, true};
    by.of[tensor_role::adapter_down_input] = {targets(target::down).bits, true};
    return by;
}();

/// Which tensors backward keeps: of a fully trained model all but adapters' copies; of a frozen base what no weight
/// gradient alone needs, and what the adapters read: their own dropped-out copies, or the tensors themselves.
template <std::size_t... I>
[[nodiscard]] constexpr by_role<std::int8_t> needed_under(bool adapted, bool dropout, std::uint32_t trained,
                                                          std::int8_t frozen_copies,
                                                          std::index_sequence<I...>) noexcept {
    return {{static_cast<std::int8_t>(needs.of[I].only_adapters
                                          ? adapted && dropout && (needs.of[I].of_targets & trained) != 0
                                      : !adapted || needs.of[I].of_targets == 0             ? 1
                                      : !dropout && (needs.of[I].of_targets & trained) != 0 ? 1
                                      : (needs.of[I].of_targets & nobody) != 0              ? 0
                                                                                            : frozen_copies)...}};
}

/// The targets that have an input of their own: a fused matrix reads one input for queries, keys and values.
[[nodiscard]] constexpr std::uint32_t own_inputs(target_set set, bool fused) noexcept {
    const std::uint32_t three = targets(target::query, target::key, target::value).bits;
    return fused && (set.bits & three) != 0 ? (set.bits & ~three) | targets(target::query).bits : set.bits;
}

}  // namespace detail

/// Lowers a job on a framework to rules.
[[nodiscard]] constexpr memory_rules lower_rules(const training& t, const layout& l,
                                                 const framework_memory& row) noexcept {
    const precision_row& p = row_of(t.precision);
    const bool fully_sharded = l.sharding == sharding::full;
    memory_rules r;
    r.adapted = t.adapter.method != adapter_method::none;
    r.base = base_format(t);
    r.widened = r.adapted && row.adapters.widens_quantized_base && is_bitsandbytes(r.base);
    r.recipe = r.widened ? row.mixed_bf16 : detail::recipe_of(t, row);
    // FSDP casts shards as it gathers them: the autocast cache and its separate casts are not there.
    const bool casts = r.recipe.cast_cache > 0 && !fully_sharded;
    if (!casts) r.recipe.cast_cache = 0;
    r.live = t.compiled ? row.compiled : casts ? row.autocast : row.eager;
    r.selective = t.recompute == recompute::selective;
    r.kept = r.selective ? row.selective : r.live;
    const bool quantized = r.adapted && block_layout_of(r.base).element_bits < 16;
    // Eager attention keeps its matrix instead of a log-sum-exp.
    r.needed = detail::needed_under(r.adapted, row.adapters.dropout,
                                    detail::own_inputs(t.adapter.targets, row.adapters.fused_query_key_value),
                                    static_cast<std::int8_t>(quantized ? row.adapters.quantized_input_copies : 0),
                                    std::make_index_sequence<tensor_role_count>{});
    r.needed.of[tensor_role::softmax_statistics] = t.attention == attention::flash;
    r.compute_width = scaled_width(p.compute);
    r.matrix_width = scaled_width(p.matrix);
    r.checkpoint_width =
        t.recompute == recompute::full ? (casts ? scaled_width(number_format::fp32) : r.compute_width) : 0;
    r.dropout = t.dropout;
    r.scores = t.attention == attention::eager;
    r.score_dropout = r.scores && t.dropout;
    r.sequence_parallel =
        l.tensor > 1 && (l.sequence_parallel == sequence_parallel::on ||
                         (l.sequence_parallel == sequence_parallel::by_default && row.sequence_parallel_with_tensor));
    r.state_width = block_layout_of(t.optimizer_state).block_bytes;
    const logits_recipe& logits = row.logits;
    const loss how = t.loss != loss::by_default                ? t.loss
                     : t.software_date >= logits.default_since ? logits.default_loss
                                                               : loss::full;
    const bool compiled = t.compiled && t.software_date >= logits.compiled_since;
    const int plain = t.software_date >= logits.kept_since ? logits.full : logits.replaced;
    const int whole = compiled       ? logits.compiled < plain ? logits.compiled : plain
                      : l.tensor > 1 ? logits.tensor_parallel
                                     : plain;
    r.logit_bytes = how == loss::chunked ? logits.chunked : how == loss::fused ? logits.fused : whole;
    // Where the loss itself needs little, its peak is when the head's weight gradient is made, logits still there.
    r.head_gradient_at_loss =
        !row.gradients_persist && !r.adapted && (how == loss::chunked || how == loss::fused || whole < logits.full);
    r.masked_percent = how == loss::masked ? 15 : 100;
    r.gradients_stay = row.gradients_persist || t.gradient_accumulation > 1 || t.software_date < gradients_freed_since;
    r.foreach_temporaries = t.software_date < foreach_since ? 0 : row.foreach_temporaries;
    r.whole_gradients = row.unsharded_accumulation && fully_sharded && t.gradient_accumulation > 1;
    r.flat_gradients = row.flat_gradients && fully_sharded && r.adapted;
    r.second_output = row.second_output_under_context && l.context > 1;
    r.convolution_transforms = row.convolution_transforms && p.matmul_rate == &peak_rates::fp32;
    r.narrow_copies = block_layout_of(p.matrix).element_bits < 16 ? row.cached_narrow_copies : 0;
    r.whole_stage = row.gathers_stage_under_pipeline && fully_sharded && l.pipeline > 1;
    return r;
}

namespace detail {

[[nodiscard]] constexpr std::int64_t width_of(const saved_copies& k, const memory_rules& r) noexcept {
    return k.compute * r.compute_width + k.matrix * r.matrix_width + k.wide * 4 * width_scale +
           (k.byte + k.mask) * width_scale;
}

/// One expression instead of a loop: compilers count statements against their limit on constant evaluation.
template <bool Divided, std::size_t... I>
[[nodiscard]] constexpr std::int64_t saved_width(const block& b, const saved_table& table, const memory_rules& r,
                                                 std::index_sequence<I...>) noexcept {
    return ((divided_by_tensor.of[I] == Divided
                 ? b.width.of[I] * r.needed.of[I] *
                       (table.tensors.of[I].compute * r.compute_width + table.tensors.of[I].matrix * r.matrix_width +
                        table.tensors.of[I].wide * 4 * width_scale +
                        (table.tensors.of[I].byte * r.dropout + table.tensors.of[I].mask) * width_scale)
                 : 0) +
            ...);
}

}  // namespace detail

/// Bytes a token of one layer that `table` keeps, on one of `tensor` cards.
[[nodiscard]] constexpr std::int64_t saved_bytes(const block& b, const saved_table& table, const memory_rules& r,
                                                 std::int64_t tensor) noexcept {
    constexpr auto roles = std::make_index_sequence<tensor_role_count>{};
    const std::int64_t twice = r.second_output ? b.width.of[tensor_role::attention_output] * r.compute_width : 0;
    return divide_up(detail::saved_width<true>(b, table, r, roles) + twice, width_scale * tensor) +
           divide_up(detail::saved_width<false>(b, table, r, roles), width_scale * (r.sequence_parallel ? tensor : 1));
}

/// Bytes a token and position of one layer's attention matrix.
[[nodiscard]] constexpr std::int64_t score_bytes(const block& b, const saved_table& table, const memory_rules& r,
                                                 std::int64_t tensor) noexcept {
    const std::int64_t width =
        r.scores * detail::width_of(table.scores, r) + r.score_dropout * detail::width_of(table.dropped_scores, r);
    return divide_up(b.attention.score_heads * width, width_scale * tensor);
}

}  // namespace cardfit
