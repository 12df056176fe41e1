// SPDX-License-Identifier: MIT
#pragma once

// The block layout of every number format that a job may name: the number of bytes of a block of elements, scales
// included. The bytes of n weights are therefore exact integers in every format.

#include <cardfit/row_table.hpp>
#include <cardfit/units.hpp>

#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace cardfit {

/// Storage formats of weights, activations, states and caches.
enum class number_format : unsigned char {
    by_default,  ///< the job names no format, so the format of the arithmetic is used; not a format itself
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
    gptq_int2,
    gptq_int3,
    w4a16,
    w8a16,
    w8a8,
    hqq_int4,
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
    exl2_2_4,
    exl2_2_5,
    exl2_3_0,
    exl2_3_5,
    exl2_4_0,
    exl2_4_25,
    exl2_4_65,
    exl2_5_0,
    exl2_6_0,
    exl2_8_0,
    exl3_2_0,
    exl3_2_5,
    exl3_3_0,
    exl3_3_5,
    exl3_4_0,
    exl3_5_0,
    exl3_6_0,
    exl3_8_0,
};

/// How a format stores its elements.
enum class format_kind : unsigned char {
    plain,         ///< each element is stored by itself
    block_scaled,  ///< the elements of a block share a scale: OCP microscaling and NVFP4
    bitsandbytes,  ///< the matrices of layers are quantized, and everything else is not
    grouped,       ///< GPTQ and AWQ: groups of rows share a scale and a zero point
    ggml_block,    ///< a block type of ggml; the weights are in a GGUF file
    exllama,       ///< files of ExLlamaV2 and V3: bits per weight by matrix, of which the name states the mean
    ggml_mix,      ///< a llama.cpp file type with tensors of several block types; the weights are in a GGUF file
};

/// What a format is used to store.
enum class format_use : unsigned char {
    compute,            ///< no weights: formats of arithmetic, and blocks that ggml only multiplies with
    weights,            ///< weights
    weights_and_cache,  ///< weights, and the keys and values of a cache
};

/// A format and the layout of its elements.
struct block_layout {
    number_format value{};                  ///< the format
    std::string_view name;                  ///< the format's name in the job file
    std::int64_t block_elements = 1;        ///< the number of elements per block; 0 if there is no single block layout
    std::int64_t block_bytes = 0;           ///< the bytes per block, scales and zero points included
    int element_bits = 0;                   ///< the significant bits per element, without scales
    format_kind kind = format_kind::plain;  ///< how its values are stored
    format_use use = format_use::weights;   ///< whether weights, activations or caches may have it
    std::string_view source;                ///< the document that describes the layout
};

namespace detail {

inline constexpr std::string_view ieee = "IEEE 754-2019; width of the format";
inline constexpr std::string_view ocp = "OCP Microscaling Formats v1.0: 32 elements share an 8-bit scale";
inline constexpr std::string_view gguf = "ggml block structs (ggml-common.h)";
inline constexpr std::string_view gptq =
    "AutoGPTQ/AutoAWQ: a group of 128 shares a 16-bit scale and a packed zero point";
inline constexpr std::string_view compressed =
    "compressed-tensors, pack-quantized: packed integers, a 16-bit scale per group of 128, and no zero points";
inline constexpr std::string_view qlora =
    "QLoRA (arXiv 2305.14314), section 3: blocks of 64, fp32 or doubly quantized scales";
inline constexpr std::string_view exl2 =
    "exllamav2, doc/convert.md: -b states the mean bits per weight of the layers, scales included";
inline constexpr std::string_view exl3 = "exllamav3, doc/convert.md: -b states the mean bits per weight of the layers";
inline constexpr std::string_view mix = "llama.cpp file mix: tensors of several block types";

inline constexpr block_layout listed_formats[]{
    {number_format::by_default, "default", 0, 0, 0, format_kind::plain, format_use::compute,
     "stands for the format that computes"},
    {number_format::fp64, "fp64", 1, 8, 64, format_kind::plain, format_use::compute, ieee},
    {number_format::fp32, "fp32", 1, 4, 32, format_kind::plain, format_use::weights_and_cache, ieee},
    {number_format::tf32, "tf32", 1, 4, 19, format_kind::plain, format_use::compute,
     "NVIDIA A100 whitepaper: 19 significant bits, stored as fp32"},
    {number_format::fp16, "fp16", 1, 2, 16, format_kind::plain, format_use::weights_and_cache, ieee},
    {number_format::bf16, "bf16", 1, 2, 16, format_kind::plain, format_use::weights_and_cache,
     "bfloat16: fp32's upper half"},
    {number_format::fp8, "fp8", 1, 1, 8, format_kind::plain, format_use::weights_and_cache,
     "OCP 8-bit floating point v1.0; per-tensor scales are not counted"},
    {number_format::mxfp8, "mxfp8", 32, 33, 8, format_kind::block_scaled, format_use::weights, ocp},
    {number_format::nvfp4, "nvfp4", 16, 9, 4, format_kind::block_scaled, format_use::weights,
     "NVIDIA NVFP4: 16 elements share an fp8 scale; the per-tensor fp32 scale is not counted"},
    {number_format::mxfp4, "mxfp4", 32, 17, 4, format_kind::block_scaled, format_use::weights, ocp},
    {number_format::int8, "int8", 1, 1, 8, format_kind::bitsandbytes, format_use::weights_and_cache,
     "LLM.int8 (arXiv 2208.07339): 8 bits; row scales are counted by matrix"},
    {number_format::int4, "int4", 2, 1, 4, format_kind::plain, format_use::weights_and_cache, "two to a byte"},
    {number_format::nf4, "nf4", 64, 36, 4, format_kind::bitsandbytes, format_use::weights, qlora},
    {number_format::nf4_dq, "nf4-dq", 16384, 8452, 4, format_kind::bitsandbytes, format_use::weights, qlora},
    {number_format::gptq_int8, "gptq-int8", 128, 131, 8, format_kind::grouped, format_use::weights, gptq},
    {number_format::gptq_int4, "gptq-int4", 256, 133, 4, format_kind::grouped, format_use::weights, gptq},
    {number_format::awq_int4, "awq-int4", 256, 133, 4, format_kind::grouped, format_use::weights, gptq},
    {number_format::gptq_int2, "gptq-int2", 512, 137, 2, format_kind::grouped, format_use::weights, gptq},
    {number_format::gptq_int3, "gptq-int3", 1024, 403, 3, format_kind::grouped, format_use::weights, gptq},
    {number_format::w4a16, "w4a16", 128, 66, 4, format_kind::grouped, format_use::weights, compressed},
    {number_format::w8a16, "w8a16", 128, 130, 8, format_kind::grouped, format_use::weights, compressed},
    {number_format::w8a8, "w8a8", 1, 1, 8, format_kind::plain, format_use::weights,
     "compressed-tensors, int-quantized: 8-bit integers; a scale per output is counted by matrix"},
    {number_format::hqq_int4, "hqq-int4", 64, 36, 4, format_kind::grouped, format_use::weights,
     "HQQ and torchao's int4 weight-only: a group of 64 shares a 16-bit scale and a 16-bit zero point"},
    {number_format::q4_0, "q4_0", 32, 18, 4, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::q4_1, "q4_1", 32, 20, 4, format_kind::ggml_block, format_use::weights_and_cache, gguf},
    {number_format::q5_0, "q5_0", 32, 22, 5, format_kind::ggml_block, format_use::weights_and_cache, gguf},
    {number_format::q5_1, "q5_1", 32, 24, 5, format_kind::ggml_block, format_use::weights_and_cache, gguf},
    {number_format::q8_0, "q8_0", 32, 34, 8, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::q8_1, "q8_1", 32, 36, 8, format_kind::ggml_block, format_use::compute, gguf},
    {number_format::q2_k, "q2_k", 256, 84, 2, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::q3_k, "q3_k", 256, 110, 3, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::q4_k, "q4_k", 256, 144, 4, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::q5_k, "q5_k", 256, 176, 5, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::q6_k, "q6_k", 256, 210, 6, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::q8_k, "q8_k", 256, 292, 8, format_kind::ggml_block, format_use::compute, gguf},
    {number_format::iq1_s, "iq1_s", 256, 50, 1, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::iq1_m, "iq1_m", 256, 56, 1, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::iq2_xxs, "iq2_xxs", 256, 66, 2, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::iq2_xs, "iq2_xs", 256, 74, 2, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::iq2_s, "iq2_s", 256, 82, 2, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::iq3_xxs, "iq3_xxs", 256, 98, 3, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::iq3_s, "iq3_s", 256, 110, 3, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::iq4_nl, "iq4_nl", 32, 18, 4, format_kind::ggml_block, format_use::weights_and_cache, gguf},
    {number_format::iq4_xs, "iq4_xs", 256, 136, 4, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::tq1_0, "tq1_0", 256, 54, 1, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::tq2_0, "tq2_0", 256, 66, 2, format_kind::ggml_block, format_use::weights, gguf},
    {number_format::q3_k_s, "q3_k_s", 0, 0, 3, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::q3_k_m, "q3_k_m", 0, 0, 3, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::q3_k_l, "q3_k_l", 0, 0, 3, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::q4_k_s, "q4_k_s", 0, 0, 4, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::q4_k_m, "q4_k_m", 0, 0, 4, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::q5_k_s, "q5_k_s", 0, 0, 5, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::q5_k_m, "q5_k_m", 0, 0, 5, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::q2_k_s, "q2_k_s", 0, 0, 2, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::iq2_m, "iq2_m", 0, 0, 2, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::iq3_xs, "iq3_xs", 0, 0, 3, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::iq3_m, "iq3_m", 0, 0, 3, format_kind::ggml_mix, format_use::weights, mix},
    {number_format::exl2_2_4, "exl2-2.4", 160, 48, 2, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_2_5, "exl2-2.5", 160, 50, 2, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_3_0, "exl2-3.0", 160, 60, 3, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_3_5, "exl2-3.5", 160, 70, 3, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_4_0, "exl2-4.0", 160, 80, 4, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_4_25, "exl2-4.25", 160, 85, 4, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_4_65, "exl2-4.65", 160, 93, 4, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_5_0, "exl2-5.0", 160, 100, 5, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_6_0, "exl2-6.0", 160, 120, 6, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl2_8_0, "exl2-8.0", 160, 160, 8, format_kind::exllama, format_use::weights, exl2},
    {number_format::exl3_2_0, "exl3-2.0", 160, 40, 2, format_kind::exllama, format_use::weights, exl3},
    {number_format::exl3_2_5, "exl3-2.5", 160, 50, 2, format_kind::exllama, format_use::weights, exl3},
    {number_format::exl3_3_0, "exl3-3.0", 160, 60, 3, format_kind::exllama, format_use::weights, exl3},
    {number_format::exl3_3_5, "exl3-3.5", 160, 70, 3, format_kind::exllama, format_use::weights, exl3},
    {number_format::exl3_4_0, "exl3-4.0", 160, 80, 4, format_kind::exllama, format_use::weights, exl3},
    {number_format::exl3_5_0, "exl3-5.0", 160, 100, 5, format_kind::exllama, format_use::weights, exl3},
    {number_format::exl3_6_0, "exl3-6.0", 160, 120, 6, format_kind::exllama, format_use::weights, exl3},
    {number_format::exl3_8_0, "exl3-8.0", 160, 160, 8, format_kind::exllama, format_use::weights, exl3},
};
static_assert(one_row_per_enumerator<listed_formats>,
              "a number format without a row, or with two: add it to listed_formats");
inline constexpr row_table format_table = by_enumerator(listed_formats);

}  // namespace detail

/// Returns the block layout of a format.
[[nodiscard]] constexpr const block_layout& block_layout_of(number_format format) noexcept {
    return detail::format_table.of[static_cast<std::size_t>(format)];
}

/// Returns true for the mix of a GGUF file, which has no block layout of its own.
[[nodiscard]] constexpr bool is_file_mix(number_format format) noexcept {
    return block_layout_of(format).kind == format_kind::ggml_mix;
}

/// Returns true for formats whose weights are in a GGUF file.
[[nodiscard]] constexpr bool is_gguf(number_format format) noexcept {
    const format_kind kind = block_layout_of(format).kind;
    return kind == format_kind::ggml_block || kind == format_kind::ggml_mix;
}

/// Returns true for the formats of ExLlama's own files, whose heads have `exllama_head`, the default of its converters.
[[nodiscard]] constexpr bool is_exllama(number_format format) noexcept {
    return block_layout_of(format).kind == format_kind::exllama;
}
/// The format of the output layer in EXL3 files.
inline constexpr number_format exllama_head = number_format::exl3_6_0;

/// Returns true for the formats of bitsandbytes.
[[nodiscard]] constexpr bool is_bitsandbytes(number_format format) noexcept {
    return block_layout_of(format).kind == format_kind::bitsandbytes;
}

/// Returns true for formats in which weights are stored.
[[nodiscard]] constexpr bool stores_weights(number_format format) noexcept {
    return block_layout_of(format).use != format_use::compute;
}

/// Returns true for formats in which a cache is stored, and for `number_format::by_default`.
[[nodiscard]] constexpr bool stores_cache(number_format format) noexcept {
    return format == number_format::by_default || block_layout_of(format).use == format_use::weights_and_cache;
}

/// Returns the bytes of `elements` contiguous elements, rounded up to whole blocks. Throws std::invalid_argument for a
/// negative count, a file mix or `by_default`, and std::overflow_error past 64 bits.
[[nodiscard]] constexpr bytes storage(number_format format, std::int64_t elements) {
    const block_layout& layout = block_layout_of(format);
    if (elements < 0) throw std::invalid_argument("cardfit: storage: elements must be 0 or more");
    if (layout.block_elements == 0)
        throw std::invalid_argument(
            "cardfit: storage: the format has no single block layout; of a GGUF file mix, ask for one of its block "
            "types");
    return bytes_of(checked::multiply(divide_up(elements, layout.block_elements), layout.block_bytes));
}

/// Returns the mean number of bits per element, scales included (4.5 for q4_0), or 0 if there is no single block
/// layout.
[[nodiscard]] constexpr double bits_per_element(number_format format) noexcept {
    const block_layout& layout = block_layout_of(format);
    return layout.block_elements == 0
               ? 0.0
               : 8.0 * static_cast<double>(layout.block_bytes) / static_cast<double>(layout.block_elements);
}

}  // namespace cardfit
