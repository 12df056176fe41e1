// SPDX-License-Identifier: MIT
#pragma once

// What a training precision means: the formats of activations, weights and gradients, and the rate of a card's matmuls.

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/gpu.hpp>
#include <cardfit/number_format.hpp>
#include <cardfit/problem.hpp>
#include <cardfit/row_table.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace cardfit {

/// `*_mixed`: fp32 weights, or an fp32 master copy, with narrower compute; the others are pure.
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

/// How a precision runs on a card whose tensor cores do not multiply its format.
enum class without_units : unsigned char {
    plain_cores,  ///< the plain cores compute in the format: fp32 everywhere, fp16 since Pascal (capability 6.0)
    as_fp32,      ///< the job runs, in fp32
    emulated,     ///< PyTorch emulates bf16 on cards that are older than it
    refused,      ///< the job does not run
};

/// One training precision.
struct precision_row {
    precision value{};      ///< the precision
    std::string_view name;  ///< the job file's word
    /// Format of activations between matrices, and of gathered or cast weights.
    number_format compute{};
    /// Format in which a matmul reads its operands, and in which its input is saved for the weight gradient.
    number_format matrix{};
    /// Format in which a framework with 16-bit weights and an fp32 master copy reduces gradients; Megatron-LM's
    /// `--bf16` accumulates and reduces them in fp32.
    number_format reduced_gradient{};
    /// True where an optimizer works on fp32 weights although compute is narrower.
    bool mixed = false;
    /// Dense rate of the units that multiply `matrix`.
    flop_per_second peak_rates::*matmul_rate = nullptr;
    cardfit::without_units without_units = without_units::refused;  ///< what a card without such units does
    /// Blocks of `matrix` share a scale.
    bool block_scaled = false;
    /// Matmuls need kernels of the Blackwell generation, whose tensor cores apply the block scales.
    bool blackwell_kernels = false;
    /// The precision with the same compute format and no fp32 weights, where that changes no range: bf16 has fp32's
    /// exponent, fp16 has not.
    counterpart<precision> pure{};
};

namespace detail {

inline constexpr precision_row listed_precisions[]{
    {.value = precision::fp32,
     .name = "fp32",
     .compute = number_format::fp32,
     .matrix = number_format::fp32,
     .reduced_gradient = number_format::fp32,
     .matmul_rate = &peak_rates::fp32,
     .without_units = without_units::plain_cores},
    {.value = precision::tf32,
     .name = "tf32",
     .compute = number_format::fp32,
     .matrix = number_format::fp32,
     .reduced_gradient = number_format::fp32,
     .matmul_rate = &peak_rates::tf32,
     .without_units = without_units::as_fp32},
    {.value = precision::fp16_mixed,
     .name = "fp16-mixed",
     .compute = number_format::fp16,
     .matrix = number_format::fp16,
     .reduced_gradient = number_format::fp16,
     .mixed = true,
     .matmul_rate = &peak_rates::fp16,
     .without_units = without_units::plain_cores},
    {.value = precision::bf16_mixed,
     .name = "bf16-mixed",
     .compute = number_format::bf16,
     .matrix = number_format::bf16,
     .reduced_gradient = number_format::fp32,
     .mixed = true,
     .matmul_rate = &peak_rates::bf16,
     .without_units = without_units::emulated,
     .pure = {true, precision::bf16}},
    {.value = precision::fp16,
     .name = "fp16",
     .compute = number_format::fp16,
     .matrix = number_format::fp16,
     .reduced_gradient = number_format::fp16,
     .matmul_rate = &peak_rates::fp16,
     .without_units = without_units::plain_cores},
    {.value = precision::bf16,
     .name = "bf16",
     .compute = number_format::bf16,
     .matrix = number_format::bf16,
     .reduced_gradient = number_format::bf16,
     .matmul_rate = &peak_rates::bf16,
     .without_units = without_units::emulated},
    {.value = precision::fp8_mixed,
     .name = "fp8-mixed",
     .compute = number_format::bf16,
     .matrix = number_format::fp8,
     .reduced_gradient = number_format::fp32,
     .mixed = true,
     .matmul_rate = &peak_rates::fp8},
    {.value = precision::mxfp8_mixed,
     .name = "mxfp8-mixed",
     .compute = number_format::bf16,
     .matrix = number_format::mxfp8,
     .reduced_gradient = number_format::fp32,
     .mixed = true,
     .matmul_rate = &peak_rates::fp8,
     .block_scaled = true,
     .blackwell_kernels = true},
    {.value = precision::nvfp4_mixed,
     .name = "nvfp4-mixed",
     .compute = number_format::bf16,
     .matrix = number_format::nvfp4,
     .reduced_gradient = number_format::fp32,
     .mixed = true,
     .matmul_rate = &peak_rates::fp4,
     .block_scaled = true},
};
static_assert(one_row_per_enumerator<listed_precisions>,
              "a precision without a row, or with two: add it to listed_precisions");
inline constexpr row_table precision_table = by_enumerator(listed_precisions);

}  // namespace detail

/// Returns the row of a precision.
[[nodiscard]] constexpr const precision_row& row_of(precision p) noexcept {
    return detail::precision_table.of[static_cast<std::size_t>(p)];
}

/// Returns the dense rate at which a card multiplies the matrices of a precision; 0: the card has no units for them.
[[nodiscard]] constexpr flop_per_second matmul_rate(const gpu& card, precision p) noexcept {
    return card.rates.*row_of(p).matmul_rate;
}

/// Returns true if the card computes in the format of the precision's matrices.
[[nodiscard]] constexpr bool computes_in(const gpu& card, precision p) noexcept {
    const precision_row& row = row_of(p);
    if (row.without_units == without_units::plain_cores) return true;
    if (row.blackwell_kernels && !has_blackwell_kernels(card)) return false;
    return matmul_rate(card, p).number > 0;
}

/// Returns true if a job of this precision runs on the card, if need be in another format.
[[nodiscard]] constexpr bool runs_in(const gpu& card, precision p) noexcept {
    switch (row_of(p).without_units) {
        case without_units::plain_cores:
        case without_units::as_fp32:
            return true;
        case without_units::emulated:
            return computes_in(card, p) || emulates_bf16(card);
        case without_units::refused:
            break;
    }
    return computes_in(card, p);
}

namespace detail {

/// Returns true if a document says that the card has no units for a precision that runs on no others.
[[nodiscard]] constexpr bool lacks_units_for(const gpu& card, const precision_row& row) {
    return row.without_units == without_units::refused && has_tensor_cores_for(card, row.matrix) == documented::no;
}

/// Returns the names of the precisions that run on a card of this architecture, as one literal: "fp32, tf32, …".
template <gpu_architecture Architecture>
[[nodiscard]] consteval auto precisions_of() {
    std::array<char, 160> text{};
    std::size_t length = 0;
    for (const precision_row& row : precision_table) {
        if (lacks_units_for(gpu{.architecture = Architecture}, row)) continue;
        for (const char c : std::string_view(length == 0 ? "" : ", ")) text[length++] = c;
        for (const char c : row.name) text[length++] = c;
    }
    return text;
}
template <gpu_architecture Architecture>
inline constexpr std::array<char, 160> precisions_that_run = precisions_of<Architecture>();

/// Returns the precisions that run on the card; one architecture stands for all with the same narrow formats.
[[nodiscard]] constexpr const char* accepted_precisions(const gpu& card) noexcept {
    const gpu_architecture_row row = row_of(architecture_of(card));
    if (row.fp4) return precisions_that_run<gpu_architecture::blackwell>.data();
    if (row.fp8) return precisions_that_run<gpu_architecture::hopper>.data();
    return precisions_that_run<gpu_architecture::ampere>.data();
}

}  // namespace detail

/// Returns what is wrong with training in this precision on this card; empty if nothing is. A card whose rates are not
/// published is not refused: its architecture decides.
[[nodiscard]] constexpr problem_list problems(precision p, const gpu& card, on_problem action = on_problem::keep) {
    problem_list found(action);
    const precision_row& row = row_of(p);
    if (row.without_units == without_units::refused && detail::lacks_units_for(card, row))
        found.not_accepted("training.precision", static_cast<std::int64_t>(p), detail::accepted_precisions(card));
    return found;
}

}  // namespace cardfit
