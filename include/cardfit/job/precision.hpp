// SPDX-License-Identifier: MIT
#pragma once

// What a training precision means in bytes: the format that compute runs in, what weights are stored in, and what a
// quantized matrix multiplication keeps of its input.

#include <cardfit/number_format.hpp>

#include <string_view>

namespace cardfit {

/// `*_mixed`: fp32 weights or master copy with narrower compute; the others are pure.
enum class precision : unsigned char {
    fp32,
    tf32,
    fp16_mixed,
    bf16_mixed,
    fp16,
    bf16,
    fp8_mixed,
    mxfp8_mixed,
    nvfp4_mixed
};

struct precision_row {
    precision value{};
    std::string_view name = "";
    /// Format of activations between matrices, and of gathered or cast weights.
    number_format compute{};
    /// Format in which a matrix multiplication reads its operands, and keeps its input for the weight gradient.
    number_format matrix{};
    /// True where an optimizer works on fp32 weights although compute is narrower.
    bool mixed = false;
};

namespace detail {

inline constexpr precision_row listed_precisions[]{
    {precision::fp32, "fp32", number_format::fp32, number_format::fp32, false},
    {precision::tf32, "tf32", number_format::fp32, number_format::fp32, false},
    {precision::fp16_mixed, "fp16-mixed", number_format::fp16, number_format::fp16, true},
    {precision::bf16_mixed, "bf16-mixed", number_format::bf16, number_format::bf16, true},
    {precision::fp16, "fp16", number_format::fp16, number_format::fp16, false},
    {precision::bf16, "bf16", number_format::bf16, number_format::bf16, false},
    {precision::fp8_mixed, "fp8-mixed", number_format::bf16, number_format::fp8, true},
    {precision::mxfp8_mixed, "mxfp8-mixed", number_format::bf16, number_format::mxfp8, true},
    {precision::nvfp4_mixed, "nvfp4-mixed", number_format::bf16, number_format::nvfp4, true},
};
static_assert(one_row_per_enumerator<listed_precisions>,
              "a precision without a row, or with two: add it to listed_precisions");
inline constexpr row_table precision_table = by_enumerator(listed_precisions);

}  // namespace detail

[[nodiscard]] constexpr const precision_row& row_of(precision p) noexcept {
    return detail::precision_table.of[static_cast<std::size_t>(p)];
}

}  // namespace cardfit
