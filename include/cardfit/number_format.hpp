// SPDX-License-Identifier: MIT
#pragma once

// Every number format a job file may name, as a block layout: how many bytes a block of so many elements takes, scales
// included. Bytes of n weights in any format are therefore exact, in integers.

#include <cardfit/units.hpp>

#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace cardfit {

/// Storage formats of weights, activations, states and caches. The names are the job file's.
enum class number_format : unsigned char {
    fp64,
    fp32,
    tf32,
    fp16,
    bf16,
    fp8,
    mxfp8,
    nvfp4,
    mxfp4,
    int8,
    int4,
    nf4,
    nf4_dq,
    gptq_int8,
    gptq_int4,
    awq_int4,
    q4_0,
    q4_1,
    q5_0,
    q5_1,
    q8_0,
    q8_1,
    q2_k,
    q3_k,
    q4_k,
    q5_k,
    q6_k,
    q8_k,
    iq1_s,
    iq1_m,
    iq2_xxs,
    iq2_xs,
    iq2_s,
    iq3_xxs,
    iq3_s,
    iq4_nl,
    iq4_xs,
    tq1_0,
    tq2_0,
    q3_k_s,
    q3_k_m,
    q3_k_l,
    q4_k_s,
    q4_k_m,
    q5_k_s,
    q5_k_m,
    q2_k_s,
    iq2_m,
    iq3_xs,
    iq3_m,
};

/// How a format lays out its elements.
struct block_layout {
    std::string_view name = "";
    /// Elements that share one block; 0 for a GGUF file mix, whose tensors differ.
    std::int64_t block_elements = 1;
    /// Bytes of one block, scales and zero points included.
    std::int64_t block_bytes = 0;
    /// Significant bits of one element, without scales.
    int element_bits = 0;
    /// Where the layout is written down.
    std::string_view source = "";
};

namespace detail {

inline constexpr std::string_view ieee = "IEEE 754-2019; width of the format";
inline constexpr std::string_view ocp = "OCP Microscaling Formats v1.0: 32 elements share an 8-bit scale";
inline constexpr std::string_view gguf = "ggml block structs (ggml-common.h)";
inline constexpr std::string_view gptq =
    "AutoGPTQ/AutoAWQ: a group of 128 shares a 16-bit scale and a packed zero point";
inline constexpr std::string_view qlora =
    "QLoRA (arXiv 2305.14314), section 3: blocks of 64, fp32 or doubly quantized scales";
inline constexpr std::string_view mix = "llama.cpp file mix: tensors of several block types";

inline constexpr block_layout block_layouts[]{
    {"fp64", 1, 8, 64, ieee},
    {"fp32", 1, 4, 32, ieee},
    {"tf32", 1, 4, 19, "NVIDIA A100 whitepaper: 19 significant bits, stored as fp32"},
    {"fp16", 1, 2, 16, ieee},
    {"bf16", 1, 2, 16, "bfloat16: fp32's upper half"},
    {"fp8", 1, 1, 8, "OCP 8-bit floating point v1.0; per-tensor scales are not counted"},
    {"mxfp8", 32, 33, 8, ocp},
    {"nvfp4", 16, 9, 4, "NVIDIA NVFP4: 16 elements share an fp8 scale; the per-tensor fp32 scale is not counted"},
    {"mxfp4", 32, 17, 4, ocp},
    {"int8", 1, 1, 8, "LLM.int8 (arXiv 2208.07339): 8 bits; row scales are counted by matrix"},
    {"int4", 2, 1, 4, "two to a byte"},
    {"nf4", 64, 36, 4, qlora},
    {"nf4-dq", 16384, 8452, 4, qlora},
    {"gptq-int8", 128, 131, 8, gptq},
    {"gptq-int4", 256, 133, 4, gptq},
    {"awq-int4", 256, 133, 4, gptq},
    {"q4_0", 32, 18, 4, gguf},
    {"q4_1", 32, 20, 4, gguf},
    {"q5_0", 32, 22, 5, gguf},
    {"q5_1", 32, 24, 5, gguf},
    {"q8_0", 32, 34, 8, gguf},
    {"q8_1", 32, 36, 8, gguf},
    {"q2_k", 256, 84, 2, gguf},
    {"q3_k", 256, 110, 3, gguf},
    {"q4_k", 256, 144, 4, gguf},
    {"q5_k", 256, 176, 5, gguf},
    {"q6_k", 256, 210, 6, gguf},
    {"q8_k", 256, 292, 8, gguf},
    {"iq1_s", 256, 50, 1, gguf},
    {"iq1_m", 256, 56, 1, gguf},
    {"iq2_xxs", 256, 66, 2, gguf},
    {"iq2_xs", 256, 74, 2, gguf},
    {"iq2_s", 256, 82, 2, gguf},
    {"iq3_xxs", 256, 98, 3, gguf},
    {"iq3_s", 256, 110, 3, gguf},
    {"iq4_nl", 32, 18, 4, gguf},
    {"iq4_xs", 256, 136, 4, gguf},
    {"tq1_0", 256, 54, 1, gguf},
    {"tq2_0", 256, 66, 2, gguf},
    {"q3_k_s", 0, 0, 3, mix},
    {"q3_k_m", 0, 0, 3, mix},
    {"q3_k_l", 0, 0, 3, mix},
    {"q4_k_s", 0, 0, 4, mix},
    {"q4_k_m", 0, 0, 4, mix},
    {"q5_k_s", 0, 0, 5, mix},
    {"q5_k_m", 0, 0, 5, mix},
    {"q2_k_s", 0, 0, 2, mix},
    {"iq2_m", 0, 0, 2, mix},
    {"iq3_xs", 0, 0, 3, mix},
    {"iq3_m", 0, 0, 3, mix},
};

}  // namespace detail

/// The format's block layout.
[[nodiscard]] constexpr const block_layout& block_layout_of(number_format format) noexcept {
    return detail::block_layouts[static_cast<std::size_t>(format)];
}

/// True for a GGUF file mix, which has no block layout of its own.
[[nodiscard]] constexpr bool is_file_mix(number_format format) noexcept {
    return block_layout_of(format).block_elements == 0;
}

/// True for the formats of bitsandbytes, which quantizes a layer's matrices and leaves everything else alone.
[[nodiscard]] constexpr bool is_bitsandbytes(number_format format) noexcept {
    return format == number_format::nf4 || format == number_format::nf4_dq || format == number_format::int8;
}

/// Bytes that `elements` contiguous elements take, rounded up to whole blocks.
/// Throws std::invalid_argument for a negative count or a file mix, std::overflow_error past 64 bits.
[[nodiscard]] constexpr bytes storage(number_format format, std::int64_t elements) {
    const block_layout& layout = block_layout_of(format);
    if (elements < 0) throw std::invalid_argument("cardfit: storage: elements must be 0 or more");
    if (layout.block_elements == 0)
        throw std::invalid_argument(
            "cardfit: storage: a GGUF file mix has no single block layout; ask for one of its block types");
    return bytes_of(checked::multiply(divide_up(elements, layout.block_elements), layout.block_bytes));
}

/// Mean bits an element takes, scales included (4.5 for q4_0). 0 for a file mix.
[[nodiscard]] constexpr double bits_per_element(number_format format) noexcept {
    const block_layout& layout = block_layout_of(format);
    return layout.block_elements == 0
               ? 0.0
               : 8.0 * static_cast<double>(layout.block_bytes) / static_cast<double>(layout.block_elements);
}

}  // namespace cardfit
