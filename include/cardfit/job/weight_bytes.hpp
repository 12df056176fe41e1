// SPDX-License-Identifier: MIT
#pragma once

// The bytes of one weight matrix in any storage format, scales, zero points and indices included.

#include <cardfit/model/network.hpp>
#include <cardfit/number_format.hpp>

namespace cardfit {

/// What a format stores for a matrix of `in` rows and `out` columns besides the block layout of its elements.
struct quantized_layout {
    number_format format{};        ///< the format of the weights
    int element_bits = 0;          ///< elements are packed at this width; 0: as the block layout states
    bool grouped = false;          ///< groups of rows (the job's `group`) share a 16-bit scale and a zero point
    int zero_point_bits = 0;       ///< bits of a group's zero point; 0: symmetric, without one
    bool group_index = false;      ///< a 32-bit group number per row (GPTQ's g_idx)
    int column_bytes = 0;          ///< bytes per column (LLM.int8's row scales, fp32)
    int scale_block = 0;           ///< side of the square blocks that share an fp32 scale; 0: none
    int matrix_bytes = 0;          ///< bytes per matrix (NVFP4's second scale)
    bool experts_alone = false;    ///< a model with experts stores only the experts in this format
    bool loops_experts = false;    ///< engines with a loop over experts run it one expert after the other
    std::string_view source = "";  ///< the program or file layout that stores it so
};

namespace detail {

inline constexpr quantized_layout quantized_layouts[]{
    {.format = number_format::gptq_int4,
     .element_bits = 4,
     .grouped = true,
     .zero_point_bits = 4,
     .group_index = true,
     .loops_experts = true,
     .source = "AutoGPTQ: qweight, qzeros packed in 32-bit words, fp16 scales, 32-bit g_idx"},
    {.format = number_format::gptq_int8,
     .element_bits = 8,
     .grouped = true,
     .zero_point_bits = 8,
     .group_index = true,
     .loops_experts = true,
     .source = "AutoGPTQ: as int4"},
    {.format = number_format::awq_int4,
     .element_bits = 4,
     .grouped = true,
     .zero_point_bits = 4,
     .loops_experts = true,
     .source = "AutoAWQ: qweight, qzeros packed in 32-bit words, fp16 scales"},
    {.format = number_format::gptq_int2,
     .element_bits = 2,
     .grouped = true,
     .zero_point_bits = 2,
     .group_index = true,
     .loops_experts = true,
     .source = "AutoGPTQ: as int4"},
    {.format = number_format::gptq_int3,
     .element_bits = 3,
     .grouped = true,
     .zero_point_bits = 3,
     .group_index = true,
     .loops_experts = true,
     .source = "AutoGPTQ: as int4; 32 elements in three 32-bit words"},
    {.format = number_format::w4a16,
     .element_bits = 4,
     .grouped = true,
     .source = "compressed-tensors, pack-quantized: weight_packed in 32-bit words, 16-bit weight_scale"},
    {.format = number_format::w8a16,
     .element_bits = 8,
     .grouped = true,
     .source = "compressed-tensors, pack-quantized: as W4A16"},
    {.format = number_format::w8a8,
     .element_bits = 8,
     .column_bytes = 4,
     .source = "vLLM, compressed_tensors_w8a8_int8.py: an fp32 weight_scale per output"},
    {.format = number_format::hqq_int4,
     .element_bits = 4,
     .grouped = true,
     .zero_point_bits = 16,
     .source = "HQQ (quantize.py) and torchao's int4 weight-only: 16-bit scale and zero point"},
    {.format = number_format::int8,
     .element_bits = 8,
     .column_bytes = 4,
     .source = "LLM.int8 (arXiv 2208.07339): an fp32 scale per row"},
    {.format = number_format::fp8,
     .element_bits = 8,
     .scale_block = 128,
     .source =
         "DeepSeek-V3 (arXiv 2412.19437), section 3.3: an fp32 scale per block of 128 x 128; Qwen3's fp8 files too"},
    {.format = number_format::nvfp4,
     .element_bits = 0,
     .matrix_bytes = 4,
     .source = "NVFP4: an fp8 scale per block of 16, an fp32 scale per tensor"},
    {.format = number_format::mxfp4,
     .experts_alone = true,
     .source = "gpt-oss: modules_to_not_convert names attention, router, embedding and head"},
};

/// Returns what a format stores besides its block layout; all zero for most formats.
[[nodiscard]] constexpr quantized_layout quantized_layout_of(number_format format) noexcept {
    for (const quantized_layout& q : quantized_layouts)
        if (q.format == format) return q;
    return {};
}

/// Returns the bytes of scales, zero points and indices of one matrix.
[[nodiscard]] constexpr std::int64_t scale_bytes(const quantized_layout& q, std::int64_t in, std::int64_t out,
                                                 std::int64_t group) noexcept {
    std::int64_t sum = q.column_bytes * out + q.matrix_bytes;
    if (q.grouped) {
        const std::int64_t groups = divide_up(in, smaller(group, in)) * out;
        sum += 2 * groups + divide_up(groups * q.zero_point_bits, 8);
    }
    if (q.group_index) sum += 4 * in;
    if (q.scale_block > 0) sum += 4 * divide_up(in, q.scale_block) * divide_up(out, q.scale_block);
    return sum;
}

}  // namespace detail

/// Returns the bytes of `copies` matrices of in x out elements each, in a format that is not a GGUF file mix, with
/// groups of `group` rows. Throws std::invalid_argument for a file mix, and std::overflow_error past 64 bits.
[[nodiscard]] constexpr std::int64_t matrix_bytes(number_format format, std::int64_t in, std::int64_t out,
                                                  std::int64_t copies, std::int64_t group) {
    const quantized_layout q = detail::quantized_layout_of(format);
    const std::int64_t elements = checked::multiply(in, out);
    const std::int64_t packed = q.element_bits > 0 ? divide_up(checked::multiply(elements, q.element_bits), 8)
                                                   : storage(format, elements).number;
    return checked::multiply(copies, packed + detail::scale_bytes(q, in, out, group));
}

/// Returns true for a format in which groups of rows share a scale, whose size a job may choose.
[[nodiscard]] constexpr bool has_groups(number_format format) noexcept {
    return detail::quantized_layout_of(format).grouped;
}

/// Returns the format that computes with these weights: fp32 for fp32 and tf32 weights, bf16 for bf16 weights, and fp16
/// for all others.
[[nodiscard]] constexpr number_format compute_format_of(number_format weights) noexcept {
    return weights == number_format::fp32 || weights == number_format::tf32 ? number_format::fp32
           : weights == number_format::bf16                                 ? number_format::bf16
                                                                            : number_format::fp16;
}

}  // namespace cardfit
