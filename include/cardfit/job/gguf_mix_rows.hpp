// SPDX-License-Identifier: MIT
#pragma once

// Which block type each tensor of a GGUF file has, as a table: one row per file type, and the exceptions for models of
// some shapes.
//
// Source of every row: llama.cpp, src/llama-quant.cpp, llama_tensor_get_type and llama_model_quantize_impl (commit
// 5a44f27e). Not modeled: the exceptions of the Falcon architecture; the two halves into which newer converters cut
// DeepSeek's attn_kv_b; and that a shared expert makes the i-quants below 3 bits count feed-forward layers twice.

#include <cardfit/model/network.hpp>
#include <cardfit/number_format.hpp>
#include <cardfit/problem.hpp>

#include <cstdint>

namespace cardfit::detail::mixes {

/// The layers that a rule applies to; n is the number of all layers, and fractions are rounded down.
enum class layer_zone : unsigned char {
    all,
    first_two,
    first_four,
    first_sixteenth,  ///< i < n/16
    first_eighth,     ///< i < n/8
    middle,           ///< n/8 <= i < 7n/8
    more_bits,        ///< the first and the last eighth, and every third layer between them
};

/// Whether a rule applies with an importance matrix, without one, or always.
enum class matrix_rule : unsigned char { always, with, without };

/// Stands for the base type of the mix.
inline constexpr number_format base_type = number_format::by_default;

/// One type inside a zone of layers, and another outside it.
struct zoned {
    number_format inside = base_type;
    layer_zone zone = layer_zone::all;
    number_format outside = base_type;
    matrix_rule when = matrix_rule::always;
};

/// The types of one file mix. Tensors that a row does not name have the base type.
struct mix_row {
    number_format mix{};
    number_format base{};
    number_format embedding = base_type;
    number_format head = number_format::q6_k;
    zoned value{};
    number_format grouped_value = base_type;  ///< the value matrix where at least 4 query heads share a KV head
    number_format query_and_key = base_type;
    zoned gate_and_up{};
    zoned down{};
    number_format output = base_type;                          ///< attention's output
    number_format fused = base_type;                           ///< query, key and value in one tensor
    number_format output_of_eight = base_type;                 ///< attention's output in a model of exactly 8 experts
    layer_zone down_zone_of_eight = layer_zone::first_eighth;  ///< the zone of `down` in a model of exactly 8 experts
    number_format experts = base_type;
    bool below_three_bits = false;  ///< the i-quants below 3 bits: expert_rules and layer_rules differ
    bool matrix = false;            ///< usually quantized with an importance matrix
};

// clang-format off
using enum number_format;
using enum layer_zone;
inline constexpr mix_row mix_rows[]{
    {.mix = fp32, .base = fp32, .head = base_type},
    {.mix = fp16, .base = fp16, .head = base_type},
    {.mix = bf16, .base = bf16, .head = base_type},
    {.mix = q8_0, .base = q8_0, .head = q8_0},
    {.mix = q4_0, .base = q4_0, .down = {q4_1, first_eighth, base_type, matrix_rule::with}},
    {.mix = q4_1, .base = q4_1},
    {.mix = q5_0, .base = q5_0, .down = {q5_1, first_eighth, base_type, matrix_rule::with}},
    {.mix = q5_1, .base = q5_1},
    {.mix = q2_k, .base = q2_k, .value = {q3_k}, .grouped_value = q4_k, .down = {q3_k}, .output = q3_k,
     .output_of_eight = q5_k, .down_zone_of_eight = all},
    {.mix = q2_k_s, .base = q2_k, .grouped_value = q4_k, .down = {q4_k, first_eighth}},
    {.mix = q3_k_s, .base = q3_k, .output_of_eight = q5_k},
    {.mix = q3_k_m, .base = q3_k, .value = {q5_k, first_two, q4_k}, .down = {q5_k, first_sixteenth, q4_k},
     .output = q4_k, .fused = q4_k, .output_of_eight = q5_k, .down_zone_of_eight = first_sixteenth},
    {.mix = q3_k_l, .base = q3_k, .value = {q5_k}, .down = {q5_k}, .output = q5_k, .fused = q4_k,
     .down_zone_of_eight = all},
    {.mix = q4_k_s, .base = q4_k, .value = {q5_k, first_four}, .down = {q5_k, first_eighth}, .output_of_eight = q5_k},
    {.mix = q4_k_m, .base = q4_k, .value = {q6_k, more_bits}, .down = {q6_k, more_bits}, .fused = q5_k,
     .output_of_eight = q5_k, .down_zone_of_eight = more_bits},
    {.mix = q5_k_s, .base = q5_k},
    {.mix = q5_k_m, .base = q5_k, .value = {q6_k, more_bits}, .down = {q6_k, more_bits}, .fused = q6_k,
     .down_zone_of_eight = more_bits},
    {.mix = q6_k, .base = q6_k},
    {.mix = iq1_s, .base = iq1_s, .embedding = q2_k, .head = q5_k, .value = {q2_k}, .grouped_value = q4_k,
     .down = {q2_k, first_eighth}, .output = iq2_xxs, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq1_m, .base = iq1_m, .embedding = q2_k, .head = q5_k, .value = {q2_k}, .grouped_value = q4_k,
     .down = {q2_k, first_eighth}, .output = iq2_xxs, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq2_xxs, .base = iq2_xxs, .embedding = q2_k, .head = q5_k, .value = {q2_k}, .grouped_value = q4_k,
     .down = {q2_k, first_eighth}, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq2_xs, .base = iq2_xs, .embedding = q2_k, .head = q5_k, .value = {q2_k}, .grouped_value = q4_k,
     .down = {q2_k, first_eighth}, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq2_s, .base = iq2_xs, .embedding = iq3_s, .head = q5_k, .value = {iq3_s}, .grouped_value = q4_k,
     .down = {iq3_s, first_eighth}, .output = iq3_s, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq2_m, .base = iq2_s, .embedding = iq3_s, .head = q5_k, .value = {iq3_s}, .grouped_value = q4_k,
     .down = {iq3_s, first_eighth}, .output = iq3_s, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq3_xxs, .base = iq3_xxs, .embedding = iq3_s, .head = q5_k,
     .value = {iq3_s, all, base_type, matrix_rule::without}, .grouped_value = q4_k, .query_and_key = iq2_s,
     .down = {q4_k, first_eighth, q3_k, matrix_rule::without}, .output = iq3_s, .output_of_eight = q5_k, .matrix = true},
    {.mix = iq3_xs, .base = iq3_s, .grouped_value = q4_k, .query_and_key = iq3_xxs, .gate_and_up = {iq3_xxs, middle},
     .output_of_eight = q5_k},
    {.mix = iq3_s, .base = iq3_s, .grouped_value = q4_k, .output_of_eight = q5_k},
    {.mix = iq3_m, .base = iq3_s, .value = {q4_k}, .down = {q4_k, first_eighth}, .output = q4_k, .fused = q4_k,
     .output_of_eight = q5_k, .down_zone_of_eight = more_bits},
    {.mix = iq4_nl, .base = iq4_nl, .grouped_value = q5_k,
     .down = {q5_k, first_eighth, base_type, matrix_rule::without}, .output_of_eight = q5_k},
    {.mix = iq4_xs, .base = iq4_xs, .grouped_value = q5_k,
     .down = {q5_k, first_eighth, base_type, matrix_rule::without}, .output_of_eight = q5_k},
    {.mix = tq1_0, .base = tq1_0, .embedding = q4_k},
    {.mix = tq2_0, .base = tq2_0, .embedding = q4_k},
    {.mix = mxfp4, .base = q8_0, .head = q8_0, .experts = mxfp4},
};

/// The mixes that llama-quantize understands by bare names (tools/quantize/quantize.cpp).
struct mix_alias { number_format name{}, mix{}; };
inline constexpr mix_alias mix_aliases[]{{q3_k, q3_k_m}, {q4_k, q4_k_m}, {q5_k, q5_k_m}};

/// The type that replaces another one where a matrix row does not hold whole blocks.
struct fallback { number_format type{}, instead{}; };
inline constexpr fallback fallbacks[]{
    {tq1_0, q4_0},    {tq2_0, q4_0},     {q2_k, iq4_nl},  {q3_k, iq4_nl},  {iq1_s, iq4_nl},
    {iq1_m, iq4_nl},  {iq2_xxs, iq4_nl}, {iq2_xs, iq4_nl}, {iq2_s, iq4_nl}, {iq3_xxs, iq4_nl},
    {iq3_s, iq4_nl},  {iq4_xs, iq4_nl},  {q4_k, q5_0},    {q5_k, q5_1},    {q6_k, q8_0},
};

/// The type of a matrix in a model of exactly so many experts, whatever the mix.
struct expert_rule { std::int64_t experts = 0; target matrix{}; bool below_three_bits = false; number_format type{}; };
inline constexpr expert_rule expert_rules[]{
    {8, target::value, false, q8_0}, {8, target::key, false, q8_0}, {8, target::key, true, q4_k},
};

/// The type that replaces another one in a model of exactly so many layers with shared KV heads, from 3 bits on: the
/// value matrix of a 70B (80 layers) is 8 times smaller than its query matrix.
struct layer_rule { std::int64_t layers = 0; target matrix{}; number_format type{}, instead{}; };
inline constexpr layer_rule layer_rules[]{{80, target::value, q3_k, q5_k}, {80, target::value, q4_k, q5_k}};
// clang-format on

/// Returns the file type that an alias stands for; any other format as it is.
[[nodiscard]] constexpr number_format resolved_alias(number_format file) noexcept {
    for (const mix_alias& alias : mix_aliases)
        if (alias.name == file) return alias.mix;
    return file;
}

/// Returns the row of a file type; null for a format that is not a file type.
[[nodiscard]] constexpr const mix_row* find_mix(number_format file) noexcept {
    const number_format mix = resolved_alias(file);
    for (const mix_row& row : mix_rows)
        if (row.mix == mix) return &row;
    return nullptr;
}

/// Returns true for a file type. It compares no address with null, which g++ 12 does not take for a constant under
/// -fsanitize=undefined (GCC bug 71962).
[[nodiscard]] constexpr bool has_mix(number_format file) noexcept {
    const number_format mix = resolved_alias(file);
    for (const mix_row& row : mix_rows)
        if (row.mix == mix) return true;
    return false;
}

[[nodiscard]] constexpr bool all_gguf_weights_have_a_row() noexcept {
    for (const block_layout& format : cardfit::detail::format_table)
        if (is_gguf(format.value) && stores_weights(format.value) && !has_mix(format.value)) return false;
    return true;
}
static_assert(all_gguf_weights_have_a_row(), "a GGUF format without a row in mix_rows");

/// Returns the row of a file type. Throws invalid_input for a format that is not a file type.
[[nodiscard]] constexpr const mix_row& row_of_mix(number_format file) {
    if (const mix_row* row = find_mix(file)) return *row;
    throw invalid_input({"inference.weights", static_cast<std::int64_t>(file), 0, 0, "a file type of llama.cpp"});
}

}  // namespace cardfit::detail::mixes
