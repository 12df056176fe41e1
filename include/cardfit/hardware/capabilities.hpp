// SPDX-License-Identifier: MIT
#pragma once

// What a card can do, by name. Compute capabilities, architectures and form factors are compared here and nowhere else,
// so that an estimator asks the question that it has and a new generation is judged in one place.

#include <cardfit/hardware/architecture_rates.hpp>
#include <cardfit/hardware/gpu.hpp>
#include <cardfit/number_format.hpp>

#include <stdexcept>

namespace cardfit {

/// The architecture of an NVIDIA compute capability; `unknown` for one before 6.0 and for 0.0.
[[nodiscard]] constexpr gpu_architecture architecture_of(compute_capability c) noexcept {
    if (c >= compute_capability{12, 0}) return gpu_architecture::blackwell_2;
    if (c == compute_capability{10, 3}) return gpu_architecture::blackwell_ultra;
    if (c >= compute_capability{10, 0}) return gpu_architecture::blackwell;
    if (c >= compute_capability{9, 0}) return gpu_architecture::hopper;
    if (c >= compute_capability{8, 9}) return gpu_architecture::ada_lovelace;
    if (c >= compute_capability{8, 0}) return gpu_architecture::ampere;
    if (c >= compute_capability{7, 5}) return gpu_architecture::turing;
    if (c >= compute_capability{7, 0}) return gpu_architecture::volta;
    return c >= compute_capability{6, 0} ? gpu_architecture::nvidia_pascal : gpu_architecture::unknown;
}

/// The architecture of a card: the row's own, or that of its compute capability where the row names none.
[[nodiscard]] constexpr gpu_architecture architecture_of(const gpu& card) noexcept {
    return card.architecture == gpu_architecture::unknown ? architecture_of(card.compute_capability)
                                                          : card.architecture;
}

/// True where the board is a module or processor of a baseboard and not an add-in card.
[[nodiscard]] constexpr bool is_module(const gpu& card) noexcept {
    return card.form_factor == form_factor::sxm || card.form_factor == form_factor::oam ||
           card.form_factor == form_factor::superchip || card.form_factor == form_factor::sh5_socket;
}
/// True where the GPU and its host use the same memory (Jetson, GB10, Ryzen AI Max, MI300A, Apple), as the row says.
[[nodiscard]] constexpr bool shares_memory_with_host(const gpu& card) noexcept {
    return card.memory_sharing != memory_sharing::none;
}
/// True for memory that is soldered next to a processor, which the processor uses too.
[[nodiscard]] constexpr bool has_processor_memory(const gpu& card) noexcept {
    return card.memory_type == memory_type::lpddr4x || card.memory_type == memory_type::lpddr5 ||
           card.memory_type == memory_type::lpddr5x;
}
/// Returns the machine in which the card is usually sold: the row's own, or else that of its kind.
[[nodiscard]] constexpr platform platform_of(const gpu& card) noexcept {
    if (card.platform != platform::by_kind) return card.platform;
    if (card.segment == segment::datacenter) return platform::pcie_server;
    const bool alone = card.form_factor == form_factor::laptop || shares_memory_with_host(card);
    return alone ? platform::computer : platform::workstation;
}
/// True for memory in stacks (HBM).
[[nodiscard]] constexpr bool has_stacked_memory(const gpu& card) noexcept {
    return card.memory_type == memory_type::hbm2 || card.memory_type == memory_type::hbm2e ||
           card.memory_type == memory_type::hbm3 || card.memory_type == memory_type::hbm3e;
}

/// True where a document says that the card can correct memory errors.
[[nodiscard]] constexpr bool has_ecc(const gpu& card) noexcept {
    return card.ecc != ecc_support::none && card.ecc != ecc_support::unknown;
}
/// True for a slice that MIG cut from a card.
[[nodiscard]] constexpr bool is_mig_slice(const gpu& card) noexcept { return !card.mig_parent.empty(); }
/// True where MIG can partition the card.
[[nodiscard]] constexpr bool has_mig(const gpu& card) noexcept { return card.mig_instances > 0; }

/// True where tensor cores multiply the format at a rate that the row states. `has_unit` tells "no unit" from "no
/// document states the rate".
[[nodiscard]] constexpr bool has_tf32(const gpu& card) noexcept { return card.rates.tf32.number > 0; }
/// Returns true if the card's row states a rate for tensor cores in this format.
/// @{
[[nodiscard]] constexpr bool has_bf16(const gpu& card) noexcept { return card.rates.bf16.number > 0; }
[[nodiscard]] constexpr bool has_fp8(const gpu& card) noexcept { return card.rates.fp8.number > 0; }
[[nodiscard]] constexpr bool has_fp4(const gpu& card) noexcept { return card.rates.fp4.number > 0; }
/// @}

/// True for cards on which PyTorch emulates bf16 on the plain cores: NVIDIA before Ampere, and any other vendor's.
[[nodiscard]] constexpr bool emulates_bf16(const gpu& card) noexcept {
    return !has_bf16(card) && card.compute_capability < compute_capability{8, 0};
}
/// True for kernels of the Hopper generation and later: the tensor memory accelerator (TMA), and what libraries enable
/// together with it.
[[nodiscard]] constexpr bool has_hopper_kernels(const gpu& card) noexcept {
    return card.compute_capability >= compute_capability{9, 0};
}
/// True for kernels of NVIDIA's Blackwell generation and later.
[[nodiscard]] constexpr bool has_blackwell_kernels(const gpu& card) noexcept {
    return card.compute_capability >= compute_capability{10, 0};
}
/// True where the tensor cores apply the block scales of the MX formats (OCP Microscaling).
[[nodiscard]] constexpr bool has_block_scaling(const gpu& card) noexcept { return row_of(architecture_of(card)).fp4; }
/// True for the vendor whose tensor cores take NVFP4.
[[nodiscard]] constexpr bool is_nvidia(const gpu& card) noexcept { return card.vendor == vendor::nvidia; }
/// True for GA102, whose NVLink of the third generation has a rate of its own.
[[nodiscard]] constexpr bool is_ga102(const gpu& card) noexcept {
    return card.compute_capability == compute_capability{8, 6};
}
/// True where the modules of a node are joined by direct links and not by a switch: V100 and earlier, and other
/// vendors' modules.
[[nodiscard]] constexpr bool joins_modules_directly(const gpu& card) noexcept {
    return card.vendor != vendor::nvidia || card.compute_capability < compute_capability{8, 0};
}

/// True for every card.
[[nodiscard]] constexpr bool is_any(const gpu&) noexcept { return true; }

/// The rate at which a format's matrices are multiplied: the tensor core's, and `otherwise` where the row states none.
struct matrix_unit {
    number_format format{};                    ///< of both factors
    flop_per_second peak_rates::*rate{};       ///< its column of a card's row
    flop_per_second peak_rates::*otherwise{};  ///< null where no other unit multiplies the format
    bool (*is_there)(const gpu&) = is_any;     ///< which of the cards whose rows state the rate have the unit
};
/// A row for each format that a unit multiplies.
inline constexpr matrix_unit units_of_formats[]{
    {number_format::fp64, &peak_rates::fp64_tensor, &peak_rates::fp64},
    {number_format::fp32, &peak_rates::fp32},
    {number_format::tf32, &peak_rates::tf32},
    {number_format::fp16, &peak_rates::fp16, &peak_rates::fp16_accumulate_fp16},
    {number_format::bf16, &peak_rates::bf16},
    {number_format::fp8, &peak_rates::fp8, &peak_rates::fp8_accumulate_fp16},
    {number_format::mxfp8, &peak_rates::fp8, nullptr, has_block_scaling},
    {number_format::nvfp4, &peak_rates::fp4, nullptr, is_nvidia},
    {number_format::mxfp4, &peak_rates::fp4},
    {number_format::int8, &peak_rates::int8},
    {number_format::int4, &peak_rates::int4},
};

/// The dense peak of the unit that multiplies matrices of a format: the tensor core's, or for fp64 and fp32 the vector
/// unit's where there is no tensor core. Block-scaled 8-bit and 4-bit formats run at the fp8 and fp4 rates where the
/// card has block scaling. Zero: the card has no such unit, or no document states its rate. Throws
/// std::invalid_argument for formats that weights are only stored in (nf4, GGUF types …).
[[nodiscard]] constexpr flop_per_second matrix_rate(const gpu& card, number_format format) {
    for (const matrix_unit& unit : units_of_formats) {
        if (unit.format != format) continue;
        if (!unit.is_there(card)) return {};
        const flop_per_second rate = card.rates.*unit.rate;
        return rate.number > 0 || unit.otherwise == nullptr ? rate : card.rates.*unit.otherwise;
    }
    throw std::invalid_argument(
        "cardfit: no unit multiplies this format; accepted: fp64, fp32, tf32, fp16, bf16, fp8, mxfp8, nvfp4, "
        "mxfp4, int8, int4");
}

/// Whether the card has tensor cores for a format. `no` takes a document: a row may lack a rate that nobody published
/// (GB10's fp8), and then the architecture decides.
[[nodiscard]] constexpr documented has_tensor_cores_for(const gpu& card, number_format format) {
    if (matrix_rate(card, format).number > 0) return documented::yes;
    const gpu_architecture architecture = architecture_of(card);
    if (architecture == gpu_architecture::unknown) return documented::unknown;
    const gpu_architecture_row row = row_of(architecture);
    if (format == number_format::fp8) return row.fp8 ? documented::yes : documented::no;
    if (format == number_format::mxfp8 || format == number_format::mxfp4 || format == number_format::nvfp4)
        return row.fp4 ? documented::yes : documented::no;
    return documented::unknown;
}

}  // namespace cardfit
