// SPDX-License-Identifier: MIT
#pragma once

// What one multiprocessor of each architecture contains and what it computes per clock, and therefore which formats it
// has no unit for. The table answers two questions: whether a rate that a row leaves out does not exist or is not
// known, and whether the rates that the row states are possible (physics.hpp).

#include <cardfit/hardware/gpu.hpp>

#include <array>

namespace cardfit {

/// In `architecture_rates`, the value of an entry that is not checked, because it is not published or differs between
/// chips.
inline constexpr int unchecked = -1;

/// The product lines whose rates differ from the rest of their architecture's.
enum class product_line : unsigned char { any, geforce, geforce_gtx };

/// Returns the product line of a card: NVIDIA's consumer cards are GeForce cards, except those named TITAN.
[[nodiscard]] constexpr product_line product_line_of(const gpu& g) noexcept {
    if (g.segment != segment::consumer || g.vendor != vendor::nvidia) return product_line::any;
    if (g.name.starts_with("TITAN")) return product_line::any;
    return g.name.starts_with("GeForce GTX") ? product_line::geforce_gtx : product_line::geforce;
}

/// What one multiprocessor (AMD: compute unit, Intel: Xe core, Apple: GPU core) contains and computes. Rates are dense
/// FLOP (or integer operations) per clock, and a fused multiply-add counts as two; 0: the architecture does not have
/// the format. The line of a card is found by its compute capability for NVIDIA, and by its architecture's name for
/// other vendors. Of several lines, the first one whose product line is the card's applies, so a product line with
/// other rates precedes the rest of its architecture.
struct architecture_rates {
    compute_capability capability{};        ///< NVIDIA's cards are found by it; 0.0 for other vendors
    gpu_architecture architecture{};        ///< other vendors' cards are found by it
    product_line line = product_line::any;  ///< the product line that the rates are of, or `any`
    int cores = 0;                          ///< FP32 units (CUDA cores, stream processors) per SM
    int tensor_cores = 0;                   ///< per SM; 0: none
    int ray_tracing_cores = 0;              ///< per SM; 0: none
    int fp64 = 0;                           ///< FP64 operations per SM and clock, as are all rates below
    int fp64_tensor = 0;                    ///< FP64 on tensor cores
    int fp32 = 0;                           ///< FP32 on the FP32 units
    int tf32 = 0;                           ///< TF32 on tensor cores
    int fp16_accumulate_fp16 = 0;           ///< FP16 on tensor cores, sums in FP16
    int fp16 = 0;                           ///< FP16 on tensor cores, sums in FP32
    int bf16 = 0;                           ///< BF16 on tensor cores
    int fp8_accumulate_fp16 = 0;            ///< FP8 on tensor cores, sums in FP16
    int fp8 = 0;                            ///< FP8 on tensor cores, sums in FP32
    int fp6 = 0;                            ///< FP6 on tensor cores
    int fp4 = 0;                            ///< FP4 on tensor cores
    int int8 = 0;                           ///< INT8 on tensor cores
    int int4 = 0;                           ///< INT4 on tensor cores
    double link_gb_s = 0;                   ///< both directions of one NVLink or Infinity Fabric link
};

/// The formats that each architecture has no unit for, and the rates of its units. Sources: NVIDIA's P100, V100,
/// Turing, A100, GA102, Ada, H100 and RTX Blackwell whitepapers; AMD's CDNA and RDNA whitepapers; Intel's Xe-HPG and
/// Xe-HPC presentations (Hot Chips 33). No document states the rates of 10.0, 10.3 and 11.0, which are estimated from
/// the datasheets' totals, nor those of Xe2-HPG, which are estimated from the B60's.
// clang-format off
inline constexpr std::array architecture_table{
    // Pascal: INT8 is dp4a on the CUDA cores of 6.1.
    architecture_rates{.capability = {6, 0}, .cores = 64, .fp64 = 64, .fp32 = 128, .link_gb_s = 40},
    architecture_rates{.capability = {6, 1}, .cores = 128, .fp64 = 8, .fp32 = 256, .int8 = 1024},
    // Volta and Turing: GTX 16 cards have no tensor cores, and GeForce RTX cards run FP16 with FP32 accumulation at
    // half the rate.
    architecture_rates{.capability = {7, 0}, .cores = 64, .tensor_cores = 8, .fp64 = 64, .fp32 = 128,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .int8 = unchecked, .link_gb_s = 50},
    architecture_rates{.capability = {7, 5}, .line = product_line::geforce_gtx, .cores = 64, .fp64 = 4, .fp32 = 128},
    architecture_rates{.capability = {7, 5}, .line = product_line::geforce, .cores = 64, .tensor_cores = 8, .ray_tracing_cores = 1, .fp64 = 4, .fp32 = 128,
        .fp16_accumulate_fp16 = 1024, .fp16 = 512, .int8 = 2048, .int4 = 4096, .link_gb_s = 50},
    architecture_rates{.capability = {7, 5}, .cores = 64, .tensor_cores = 8, .ray_tracing_cores = 1, .fp64 = 4, .fp32 = 128,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .int8 = 2048, .int4 = 4096, .link_gb_s = 50},
    // Ampere is the first architecture with BF16 and TF32.
    architecture_rates{.capability = {8, 0}, .cores = 64, .tensor_cores = 4, .fp64 = 64, .fp64_tensor = 128,
        .fp32 = 128, .tf32 = 1024, .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .int8 = 4096, .int4 = 8192,
        .link_gb_s = 50},
    architecture_rates{.capability = {8, 6}, .line = product_line::geforce, .cores = 128, .tensor_cores = 4, .ray_tracing_cores = 1, .fp64 = 4,
        .fp32 = 256, .tf32 = 256, .fp16_accumulate_fp16 = 1024, .fp16 = 512, .bf16 = 512, .int8 = 2048, .int4 = 4096,
        .link_gb_s = 28.125},
    architecture_rates{.capability = {8, 6}, .cores = 128, .tensor_cores = 4, .ray_tracing_cores = 1, .fp64 = 4, .fp32 = 256, .tf32 = 512,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .int8 = 2048, .int4 = 4096, .link_gb_s = 28.125},
    architecture_rates{.capability = {8, 7}, .cores = 128, .tensor_cores = 4, .fp64 = unchecked, .fp32 = 256,
        .tf32 = 1024, .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .int8 = 4096, .int4 = 8192},
    // Ada and Hopper are the first architectures with FP8.
    architecture_rates{.capability = {8, 9}, .line = product_line::geforce, .cores = 128, .tensor_cores = 4, .ray_tracing_cores = 1, .fp64 = 4,
        .fp32 = 256, .tf32 = 256, .fp16_accumulate_fp16 = 1024, .fp16 = 512, .bf16 = 512, .fp8_accumulate_fp16 = 2048,
        .fp8 = 1024, .int8 = 2048, .int4 = 4096},
    architecture_rates{.capability = {8, 9}, .cores = 128, .tensor_cores = 4, .ray_tracing_cores = 1, .fp64 = 4, .fp32 = 256, .tf32 = 512,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .fp8_accumulate_fp16 = 2048, .fp8 = 2048,
        .int8 = 2048, .int4 = 4096},
    architecture_rates{.capability = {9, 0}, .cores = 128, .tensor_cores = 4, .fp64 = 128, .fp64_tensor = 256,
        .fp32 = 256, .tf32 = 2048, .fp16_accumulate_fp16 = 4096, .fp16 = 4096, .bf16 = 4096,
        .fp8_accumulate_fp16 = 8192, .fp8 = 8192, .int8 = 8192, .link_gb_s = 50},
    // Blackwell is the first architecture with FP4. 10.3 (Ultra) has more FP4 in exchange for FP64 and INT8.
    architecture_rates{.capability = {10, 0}, .cores = 128, .tensor_cores = 4, .fp64 = 128, .fp64_tensor = 128,
        .fp32 = 256, .tf32 = 4096, .fp16_accumulate_fp16 = 8192, .fp16 = 8192, .bf16 = 8192,
        .fp8_accumulate_fp16 = 16384, .fp8 = 16384, .fp6 = 16384, .fp4 = 32768, .int8 = 16384, .link_gb_s = 100},
    architecture_rates{.capability = {10, 3}, .cores = 128, .tensor_cores = 4, .fp64 = 4, .fp64_tensor = 4, .fp32 = 256,
        .tf32 = 4096, .fp16_accumulate_fp16 = 8192, .fp16 = 8192, .bf16 = 8192, .fp8_accumulate_fp16 = 16384,
        .fp8 = 16384, .fp6 = 16384, .fp4 = 49152, .int8 = 560, .link_gb_s = 100},
    architecture_rates{.capability = {11, 0}, .cores = 128, .tensor_cores = 4, .fp64 = unchecked,
        .fp64_tensor = unchecked, .fp32 = 256, .tf32 = 4096, .fp16_accumulate_fp16 = 8192, .fp16 = 8192, .bf16 = 8192,
        .fp8_accumulate_fp16 = 16384, .fp8 = 16384, .fp6 = 16384, .fp4 = 32768, .int8 = 16384},
    architecture_rates{.capability = {12, 0}, .line = product_line::geforce, .cores = 128, .tensor_cores = 4, .ray_tracing_cores = 1, .fp64 = 4,
        .fp32 = 256, .tf32 = 256, .fp16_accumulate_fp16 = 1024, .fp16 = 512, .bf16 = 512, .fp8_accumulate_fp16 = 2048,
        .fp8 = 1024, .fp6 = unchecked, .fp4 = 4096, .int8 = 2048},
    architecture_rates{.capability = {12, 0}, .cores = 128, .tensor_cores = 4, .ray_tracing_cores = 1, .fp64 = 4, .fp32 = 256, .tf32 = 512,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .fp8_accumulate_fp16 = 2048, .fp8 = 2048, .fp6 = unchecked, .fp4 = 4096,
        .int8 = 2048},
    architecture_rates{.capability = {12, 1}, .cores = 128, .tensor_cores = 4, .ray_tracing_cores = 1, .fp64 = 4, .fp32 = 256,
        .tf32 = 512, .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024,
        .fp8_accumulate_fp16 = 2048, .fp8 = 2048, .fp6 = unchecked, .fp4 = 4096, .int8 = 2048},
    // AMD: the FP32 rates of RDNA 3 and CDNA 3 count dual issue (CDNA 3: packed instructions), which is 4 per core and
    // clock.
    architecture_rates{.architecture = gpu_architecture::gcn_5_1, .cores = 64, .fp64 = 64, .fp32 = 128, .int8 = 512},
    architecture_rates{.architecture = gpu_architecture::cdna, .cores = 64, .tensor_cores = 4, .fp64 = 64, .fp32 = 128,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 512, .int8 = 1024, .int4 = 1024, .link_gb_s = 92},
    architecture_rates{.architecture = gpu_architecture::cdna2, .cores = 64, .tensor_cores = 4, .fp64 = 128,
        .fp64_tensor = 256,
        .fp32 = 128, .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .int8 = 1024, .int4 = 1024,
        .link_gb_s = 100},
    architecture_rates{.architecture = gpu_architecture::cdna3, .cores = 64, .tensor_cores = 4, .fp64 = 128,
        .fp64_tensor = 256,
        .fp32 = 256, .tf32 = 1024, .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .fp8 = 4096, .int8 = 4096,
        .link_gb_s = 128},
    architecture_rates{.architecture = gpu_architecture::cdna4, .cores = 64, .tensor_cores = 4, .fp64 = 128,
        .fp64_tensor = 128,
        .fp32 = 256, .fp16_accumulate_fp16 = 4096, .fp16 = 4096, .bf16 = 4096, .fp8 = 8192, .fp6 = 16384, .fp4 = 16384, .int8 = 8192,
        .link_gb_s = 153.6},
    architecture_rates{.architecture = gpu_architecture::rdna_2, .cores = 64, .ray_tracing_cores = 1, .fp64 = unchecked, .fp32 = 128,
        .int8 = unchecked,
        .int4 = unchecked},
    architecture_rates{.architecture = gpu_architecture::rdna_3, .cores = 64, .tensor_cores = 2, .ray_tracing_cores = 1, .fp64 = unchecked,
        .fp32 = 256,
        .fp16_accumulate_fp16 = 512, .fp16 = 512, .bf16 = 512, .int8 = 512, .int4 = 1024},
    architecture_rates{.architecture = gpu_architecture::rdna_3_5, .cores = 64, .tensor_cores = 2, .ray_tracing_cores = 1, .fp64 = unchecked,
        .fp32 = 256,
        .fp16_accumulate_fp16 = 512, .fp16 = 512, .bf16 = 512, .int8 = 512, .int4 = 1024},
    architecture_rates{.architecture = gpu_architecture::rdna_4, .cores = 64, .tensor_cores = 2, .ray_tracing_cores = 1, .fp64 = unchecked,
        .fp32 = 256,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .fp8 = 2048, .int8 = 2048, .int4 = 4096},
    // Intel: only totals are published for Gaudi.
    architecture_rates{.architecture = gpu_architecture::xe_hpg, .cores = 128, .tensor_cores = 16, .ray_tracing_cores = 1, .fp64 = unchecked,
        .fp32 = 256,
        .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .int8 = 4096, .int4 = 8192},
    architecture_rates{.architecture = gpu_architecture::xe2_hpg, .cores = 128, .tensor_cores = 8, .ray_tracing_cores = 1, .fp64 = unchecked,
        .fp32 = 256,
        .tf32 = unchecked, .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .int8 = 4096, .int4 = 8192},
    architecture_rates{.architecture = gpu_architecture::xe_hpc, .cores = 128, .tensor_cores = 8, .ray_tracing_cores = 1, .fp64 = 256,
        .fp32 = 256,
        .tf32 = 2048, .fp16_accumulate_fp16 = 4096, .fp16 = 4096, .bf16 = 4096, .int8 = 8192},
    architecture_rates{.architecture = gpu_architecture::gaudi, .cores = unchecked,
        .tensor_cores = unchecked, .fp64 = unchecked, .fp32 = unchecked, .tf32 = unchecked, .fp16_accumulate_fp16 = unchecked,
        .fp16 = unchecked,
        .bf16 = unchecked, .fp8 = unchecked, .int8 = unchecked},
    // Apple: before M5 the GPU has no matrix unit, so 16-bit matmuls run on the vector units at the fp32 rate.
    architecture_rates{.architecture = gpu_architecture::apple_m, .cores = 128, .fp32 = 256, .int8 = unchecked},
    architecture_rates{.architecture = gpu_architecture::apple_m3, .cores = 128, .ray_tracing_cores = 1, .fp32 = 256,
        .int8 = unchecked},
    architecture_rates{.architecture = gpu_architecture::apple_m5, .cores = 128, .tensor_cores = 1,
        .ray_tracing_cores = 1, .fp32 = 256, .tf32 = unchecked, .fp16_accumulate_fp16 = unchecked, .fp16 = unchecked,
        .bf16 = unchecked, .int8 = unchecked},
};
// clang-format on

/// Returns the line of `architecture_table` for this card, or null if there is none.
[[nodiscard]] constexpr const architecture_rates* rates_of_architecture(const gpu& g) noexcept {
    for (const architecture_rates& line : architecture_table) {
        const bool same = g.vendor == vendor::nvidia
                              ? line.capability.major > 0 && line.capability == g.compute_capability
                              : line.capability.major == 0 && line.architecture == g.architecture;
        if (same && (line.line == product_line::any || line.line == product_line_of(g))) return &line;
    }
    return nullptr;
}

/// A column of rates, the member of a row that has it, and the entry of `architecture_rates` that it follows from.
struct rate_of_unit {
    card_field column{};                           ///< the column of the card table
    flop_per_second peak_rates::*rate = nullptr;   ///< the member of `gpu::rates`
    int architecture_rates::*per_clock = nullptr;  ///< the operations per SM and clock behind it
};
/// Every column of rates.
inline constexpr rate_of_unit rates_of_units[]{
    {card_field::fp64_tflops, &peak_rates::fp64, &architecture_rates::fp64},
    {card_field::fp64_tensor, &peak_rates::fp64_tensor, &architecture_rates::fp64_tensor},
    {card_field::fp32_tflops, &peak_rates::fp32, &architecture_rates::fp32},
    {card_field::tf32_dense, &peak_rates::tf32, &architecture_rates::tf32},
    {card_field::fp16_tensor_acc16_dense, &peak_rates::fp16_accumulate_fp16, &architecture_rates::fp16_accumulate_fp16},
    {card_field::fp16_tensor_acc32_dense, &peak_rates::fp16, &architecture_rates::fp16},
    {card_field::bf16_dense, &peak_rates::bf16, &architecture_rates::bf16},
    {card_field::fp8_acc16_dense, &peak_rates::fp8_accumulate_fp16, &architecture_rates::fp8_accumulate_fp16},
    {card_field::fp8_dense, &peak_rates::fp8, &architecture_rates::fp8},
    {card_field::fp6_dense, &peak_rates::fp6, &architecture_rates::fp6},
    {card_field::fp4_dense, &peak_rates::fp4, &architecture_rates::fp4},
    {card_field::int8_dense, &peak_rates::int8, &architecture_rates::int8},
    {card_field::int4_dense, &peak_rates::int4, &architecture_rates::int4},
};

/// Returns the column of a rate.
[[nodiscard]] constexpr card_field column_of(flop_per_second peak_rates::*rate) noexcept {
    for (const rate_of_unit& each : rates_of_units)
        if (each.rate == rate) return each.column;
    return card_field::name;
}

/// Returns whether the card has a unit for the format of a rate: yes if its row states the rate, no if its architecture
/// has no such unit, and unknown if neither says.
[[nodiscard]] constexpr documented has_unit(const gpu& card, flop_per_second peak_rates::*rate) noexcept {
    if ((card.rates.*rate).number > 0) return documented::yes;
    const architecture_rates* line = rates_of_architecture(card);
    if (line == nullptr) return documented::unknown;
    for (const rate_of_unit& each : rates_of_units)
        if (each.rate == rate) return line->*each.per_clock == 0 ? documented::no : documented::unknown;
    return documented::unknown;
}

}  // namespace cardfit
