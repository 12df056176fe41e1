// SPDX-License-Identifier: MIT
#pragma once

// A framework and a job, lowered to the explicit rules that the memory estimate reads: which tensors backward keeps, in
// how many bytes, and what is stored for each parameter.

#include <cardfit/job/framework.hpp>
#include <cardfit/job/layout.hpp>

#include <utility>

namespace cardfit {

/// Bytes of widths and copies are counted in 1/32 byte, so that block formats (mxfp8: 33/32) stay integers.
inline constexpr std::int64_t width_scale = 32;

[[nodiscard]] constexpr std::int64_t scaled_width(number_format format) noexcept {
    const format_layout& layout = layout_of(format);
    return width_scale * layout.block_bytes / layout.block_elements;
}

/// True for tensors that tensor parallelism divides; the others it divides only with sequence parallelism.
inline constexpr by_role<bool> divided_by_tensor = [] {
    by_role<bool> divided{};
    for (const tensor_role::type role : {tensor_role::query, tensor_role::key, tensor_role::value, tensor_role::key_value_expanded,
                                   tensor_role::head_norm_input, tensor_role::attention_output, tensor_role::softmax_statistics,
                                   tensor_role::gate_output, tensor_role::up_output, tensor_role::activation_output, tensor_role::feed_forward_hidden})
        divided.of[role] = true;
    return divided;
}();

/// What one parameter takes, bytes; and what a layer keeps.
struct memory_rules {
    const kept_table* kept = nullptr;  ///< what stays from forward to backward
    const kept_table* live = nullptr;  ///< what one layer holds while its backward runs
    by_role<std::int8_t> needed{};     ///< 0: no trained matrix needs this tensor
    std::int64_t compute_width = 0;    ///< 1/32 byte
    std::int64_t matrix_width = 0;
    std::int64_t checkpoint_width = 0;  ///< of the layer's input under full recomputation; 0: not kept so
    bool dropout = false;
    bool scores = false;
    bool score_dropout = false;
    bool sequence_parallel = false;
    mixed_recipe recipe{};
    std::int64_t state_width = 4;
    std::int64_t logit_bytes = 0;  ///< a vocabulary logit at the loss's peak; tenths where masked
    std::int64_t masked_tenths = 10;
    bool adapted = false;
    number_format base = number_format::bf16;
    bool gradients_stay = false;
};

namespace detail {

[[nodiscard]] constexpr mixed_recipe recipe_of(const training& t, const framework_row& row) noexcept {
    const precision_row& p = row_of(t.precision);
    if (p.mixed) return row.mixed;
    return p.compute == number_format::fp32 ? mixed_recipe{} : row.pure_16bit;
}

/// Which saved tensors exist only for a weight gradient, by the adapter targets that keep them alive.
inline constexpr by_role<std::uint32_t> needed_for = [] {
    by_role<std::uint32_t> by{};
    const std::uint32_t reads_hidden = targets(target::query, target::key, target::value, target::latent).bits;
    const std::uint32_t never = std::uint32_t{1} << 31;
    by.of[tensor_role::attention_input] = reads_hidden;
    by.of[tensor_role::attention_input_casts] = reads_hidden;
    by.of[tensor_role::feed_forward_input] = targets(target::gate, target::up).bits;
    by.of[tensor_role::feed_forward_input_casts] = targets(target::gate, target::up).bits;
    by.of[tensor_role::feed_forward_hidden] = targets(target::down).bits;
    by.of[tensor_role::expert_input] = targets(target::gate, target::up).bits;
    by.of[tensor_role::expert_hidden] = targets(target::down).bits;
    by.of[tensor_role::rms_normalized] = never;
    return by;
}();

template <std::size_t... I>
[[nodiscard]] constexpr by_role<std::int8_t> needed_under(bool adapted, target_set trained, std::index_sequence<I...>) noexcept {
    return {{(!adapted || needed_for.of[I] == 0 || (needed_for.of[I] & trained.bits) != 0 ? std::int8_t{1} : std::int8_t{0})...}};
}

}  // namespace detail

/// The format of the frozen base: as told, else what the job's precision implies.
[[nodiscard]] constexpr number_format base_format(const training& t) noexcept {
    if (t.base_weights != number_format::fp64) return t.base_weights;
    const bool to_compute = t.precision == precision::fp16_mixed || t.precision == precision::bf16_mixed;
    const precision_row& p = row_of(t.precision);
    return to_compute || !p.mixed ? p.compute : number_format::fp32;
}

/// Lowers a job on its framework to rules.
[[nodiscard]] constexpr memory_rules lower_rules(const training& t, const layout& l) noexcept {
    const framework_row& row = row_of(t.framework);
    const precision_row& p = row_of(t.precision);
    const bool fully_sharded = l.sharding == sharding::full;
    memory_rules r;
    r.recipe = detail::recipe_of(t, row);
    // FSDP casts shards as it gathers them: the autocast cache and its separate casts are not there.
    const bool casts = row.mixed.cast_cache > 0 && p.mixed && !fully_sharded;
    if (!casts) r.recipe.cast_cache = 0;
    const kept_table* eager = row.eager == &detail::kept_autocast && !casts ? &detail::kept_eager : row.eager;
    r.live = t.compiled ? row.compiled : eager;
    r.kept = t.recompute == recompute::selective ? row.selective : r.live;
    r.adapted = t.adapter.method != adapter_method::none;
    // Eager attention keeps its matrix instead of a log-sum-exp.
    r.needed = detail::needed_under(r.adapted, t.adapter.targets, std::make_index_sequence<tensor_role_count>{});
    r.needed.of[tensor_role::softmax_statistics] = t.attention == attention::flash;
    r.compute_width = scaled_width(p.compute);
    r.matrix_width = scaled_width(p.matrix);
    r.checkpoint_width = t.recompute == recompute::full ? (casts ? scaled_width(number_format::fp32) : r.compute_width) : 0;
    r.dropout = t.dropout;
    r.scores = t.attention == attention::eager;
    r.score_dropout = r.scores && t.dropout;
    r.sequence_parallel = l.tensor > 1 && (l.sequence_parallel == sequence_parallel::on ||
                                           (l.sequence_parallel == sequence_parallel::by_default && row.sequence_parallel_with_tensor));
    r.state_width = layout_of(t.optimizer_state).block_bytes;
    const loss how = t.loss == loss::by_default ? row.logits.default_loss : t.loss;
    r.logit_bytes = how == loss::chunked ? row.logits.chunked : how == loss::fused ? row.logits.fused : row.logits.full;
    r.masked_tenths = how == loss::masked ? 2 : 10;
    r.base = base_format(t);
    r.gradients_stay = row.gradients_persist || t.gradient_accumulation > 1;
    return r;
}

namespace detail {

[[nodiscard]] constexpr std::int64_t width_of(const kept_copies& k, const memory_rules& r) noexcept {
    return k.compute * r.compute_width + k.matrix * r.matrix_width + k.wide * scaled_width(number_format::fp32) + k.byte * width_scale;
}

/// One expression instead of a loop: compilers count statements against their limit on constant evaluation.
template <bool Divided, std::size_t... I>
[[nodiscard]] constexpr std::int64_t saved_width(const block& b, const kept_table& table, const memory_rules& r, std::index_sequence<I...>) noexcept {
    return ((divided_by_tensor.of[I] == Divided
                 ? b.width.of[I] * r.needed.of[I] *
                       (table.tensors.of[I].compute * r.compute_width + table.tensors.of[I].matrix * r.matrix_width +
                        table.tensors.of[I].wide * 4 * width_scale + table.tensors.of[I].byte * width_scale * r.dropout)
                 : 0) + ...);
}

}  // namespace detail

/// Bytes a token of one layer that `table` keeps, on one of `tensor` cards.
[[nodiscard]] constexpr std::int64_t saved_bytes(const block& b, const kept_table& table, const memory_rules& r, std::int64_t tensor) noexcept {
    constexpr auto roles = std::make_index_sequence<tensor_role_count>{};
    return divide_up(detail::saved_width<true>(b, table, r, roles), width_scale * tensor) +
           divide_up(detail::saved_width<false>(b, table, r, roles), width_scale * (r.sequence_parallel ? tensor : 1));
}

/// Bytes a token and position of one layer's attention matrix.
[[nodiscard]] constexpr std::int64_t score_bytes(const block& b, const kept_table& table, const memory_rules& r, std::int64_t tensor) noexcept {
    const std::int64_t width = r.scores * detail::width_of(table.scores, r) + r.score_dropout * detail::width_of(table.dropped_scores, r);
    return divide_up(b.score_heads * width, width_scale * tensor);
}

}  // namespace cardfit
