// SPDX-License-Identifier: MIT
#pragma once

// Bytes of one weight matrix in any storage format, with all that the format stores beside the elements.

#include <cardfit/model/network.hpp>
#include <cardfit/number_format.hpp>

namespace cardfit {

/// What a format stores beside a matrix of `in` rows and `out` columns, where blocks alone don't say it.
struct quantized_layout {
    number_format format{};
    int element_bits = 0;
    /// Rows of a column that share a 16-bit scale and a packed zero point; the job's group size.
    bool grouped = false;
    /// A 32-bit group number for each row (GPTQ's g_idx).
    bool group_index = false;
    /// Bytes a column (LLM.int8's row scales, fp32).
    int column_bytes = 0;
    /// Side of the square blocks that share an fp32 scale; 0: none.
    int scale_block = 0;
    /// Bytes a matrix (NVFP4's second scale).
    int matrix_bytes = 0;
    /// Of a model with experts only they are stored so.
    bool experts_alone = false;
    std::string_view source = "";
};

namespace detail {

inline constexpr quantized_layout quantized_layouts[]{
    {.format = number_format::gptq_int4,
     .element_bits = 4,
     .grouped = true,
     .group_index = true,
     .source = "AutoGPTQ: qweight, qzeros packed in 32-bit words, fp16 scales, 32-bit g_idx"},
    {.format = number_format::gptq_int8,
     .element_bits = 8,
     .grouped = true,
     .group_index = true,
     .source = "AutoGPTQ: as int4"},
    {.format = number_format::awq_int4,
     .element_bits = 4,
     .grouped = true,
     .source = "AutoAWQ: qweight, qzeros packed in 32-bit words, fp16 scales"},
    {.format = number_format::int8,
     .element_bits = 8,
     .column_bytes = 4,
     .source = "LLM.int8 (arXiv 2208.07339): an fp32 scale a row"},
    {.format = number_format::fp8,
     .element_bits = 8,
     .scale_block = 128,
     .source =
         "DeepSeek-V3 (arXiv 2412.19437), section 3.3: an fp32 scale a block of 128 x 128; Qwen3's fp8 files too"},
    {.format = number_format::nvfp4,
     .element_bits = 0,
     .matrix_bytes = 4,
     .source = "NVFP4: an fp8 scale a block of 16, an fp32 scale a tensor"},
    {.format = number_format::mxfp4,
     .experts_alone = true,
     .source = "gpt-oss: modules_to_not_convert names attention, router, embedding and head"},
};

[[nodiscard]] constexpr quantized_layout layout_beside(number_format format) noexcept {
    for (const quantized_layout& q : quantized_layouts)
        if (q.format == format) return q;
    return {};
}

}  // namespace detail

/// Bytes of `copies` matrices of in x out elements each, in a format that is no GGUF file mix, with groups of `group`.
/// Throws std::invalid_argument for a file mix, std::overflow_error past 64 bits.
[[nodiscard]] constexpr std::int64_t matrix_bytes(number_format format, std::int64_t in, std::int64_t out,
                                                  std::int64_t copies, std::int64_t group) {
    const quantized_layout q = detail::layout_beside(format);
    const std::int64_t elements = checked::multiply(in, out);
    const std::int64_t groups = q.grouped ? divide_up(in, smaller(group, in)) * out : 0;
    const std::int64_t plain = q.element_bits > 0 ? divide_up(checked::multiply(elements, q.element_bits), 8)
                                                  : storage(format, elements).number;
    const std::int64_t scales =
        q.scale_block > 0 ? 4 * divide_up(in, q.scale_block) * divide_up(out, q.scale_block) : 0;
    const std::int64_t beside = 2 * groups + divide_up(groups * q.element_bits, 8) + (q.group_index ? 4 * in : 0) +
                                q.column_bytes * out + scales + q.matrix_bytes;
    return checked::multiply(copies, plain + beside);
}

/// The format that computes with these weights: fp32 for itself, else 16 bits.
[[nodiscard]] constexpr number_format compute_format_of(number_format weights) noexcept {
    return weights == number_format::fp32 || weights == number_format::tf32 ? number_format::fp32
           : weights == number_format::bf16                                 ? number_format::bf16
                                                                            : number_format::fp16;
}

}  // namespace cardfit
