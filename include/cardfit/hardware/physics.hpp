// SPDX-License-Identifier: MIT
#pragma once

// What a card's figures must obey: units x rate per unit and clock x clock, bus x data rate, links x rate per link, and
// which formats an architecture has. The rules are a table by architecture; no rule knows a card. Not part of
// cardfit.hpp: include it to check a row of your own, `static_assert(obeys_physics<&my_card>)`.

#include <cardfit/hardware/gpu.hpp>

#include <array>
#include <utility>

namespace cardfit {

/// In `architecture_rates`: nobody published it, or it differs from chip to chip, so that it is not checked.
inline constexpr int unchecked = -1;

/// What one multiprocessor (AMD: compute unit, Intel: Xe core) holds and does. Rates are dense FLOP (or integer
/// operations) a clock, a fused multiply-add counting two; 0: the architecture does not have the format. For NVIDIA the
/// compute capability finds the line, for others the architecture's name; the first line whose `names` starts the
/// card's name is taken, so that a product line with other rates stands before the rest of its architecture.
struct architecture_rates {
    compute_capability capability{};
    gpu_architecture architecture{};
    std::string_view names{};
    int cores = 0;
    int tensor_cores = 0;
    int fp64 = 0;
    int fp64_tensor = 0;
    int fp32 = 0;
    int tf32 = 0;
    int fp16_accumulate_fp16 = 0;
    int fp16 = 0;
    int bf16 = 0;
    int fp8_accumulate_fp16 = 0;
    int fp8 = 0;
    int fp4 = 0;
    int int8 = 0;
    int int4 = 0;
    double link_gb_s = 0;  ///< both directions of one NVLink or Infinity Fabric link
};

/// Sources: NVIDIA's P100, V100, Turing, A100, GA102, Ada, H100 and RTX Blackwell whitepapers; AMD's CDNA and RDNA
/// whitepapers; Intel's Xe-HPG and Xe-HPC presentations (Hot Chips 33). Estimated, because no document states them: the
/// rates of 10.0, 10.3 and 11.0, read off the datasheets' totals, and of Xe2-HPG, read off the B60's.
// clang-format off
inline constexpr std::array architecture_table{
    // Pascal: INT8 is dp4a on the CUDA cores of 6.1.
    architecture_rates{.capability = {6, 0}, .cores = 64, .fp64 = 64, .fp32 = 128, .link_gb_s = 40},
    architecture_rates{.capability = {6, 1}, .cores = 128, .fp64 = 8, .fp32 = 256, .int8 = 1024},
    // Volta, Turing. GTX 16 has no tensor cores; GeForce RTX halves FP16 with FP32 accumulation.
    architecture_rates{.capability = {7, 0}, .cores = 64, .tensor_cores = 8, .fp64 = 64, .fp32 = 128,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .int8 = unchecked, .link_gb_s = 50},
    architecture_rates{.capability = {7, 5}, .names = "GeForce GTX", .cores = 64, .fp64 = 4, .fp32 = 128},
    architecture_rates{.capability = {7, 5}, .names = "GeForce", .cores = 64, .tensor_cores = 8, .fp64 = 4, .fp32 = 128,
        .fp16_accumulate_fp16 = 1024, .fp16 = 512, .int8 = 2048, .int4 = 4096, .link_gb_s = 50},
    architecture_rates{.capability = {7, 5}, .cores = 64, .tensor_cores = 8, .fp64 = 4, .fp32 = 128,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .int8 = 2048, .int4 = 4096, .link_gb_s = 50},
    // Ampere: the first BF16 and TF32.
    architecture_rates{.capability = {8, 0}, .cores = 64, .tensor_cores = 4, .fp64 = 64, .fp64_tensor = 128,
        .fp32 = 128, .tf32 = 1024, .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .int8 = 4096, .int4 = 8192,
        .link_gb_s = 50},
    architecture_rates{.capability = {8, 6}, .names = "GeForce", .cores = 128, .tensor_cores = 4, .fp64 = 4,
        .fp32 = 256, .tf32 = 256, .fp16_accumulate_fp16 = 1024, .fp16 = 512, .bf16 = 512, .int8 = 2048, .int4 = 4096,
        .link_gb_s = 28.125},
    architecture_rates{.capability = {8, 6}, .cores = 128, .tensor_cores = 4, .fp64 = 4, .fp32 = 256, .tf32 = 512,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .int8 = 2048, .int4 = 4096, .link_gb_s = 28.125},
    architecture_rates{.capability = {8, 7}, .cores = 128, .tensor_cores = 4, .fp64 = unchecked, .fp32 = 256,
        .tf32 = 1024, .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .int8 = 4096, .int4 = 8192},
    // Ada and Hopper: the first FP8.
    architecture_rates{.capability = {8, 9}, .names = "GeForce", .cores = 128, .tensor_cores = 4, .fp64 = 4,
        .fp32 = 256, .tf32 = 256, .fp16_accumulate_fp16 = 1024, .fp16 = 512, .bf16 = 512, .fp8_accumulate_fp16 = 2048,
        .fp8 = 1024, .int8 = 2048, .int4 = 4096},
    architecture_rates{.capability = {8, 9}, .cores = 128, .tensor_cores = 4, .fp64 = 4, .fp32 = 256, .tf32 = 512,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .fp8_accumulate_fp16 = 2048, .fp8 = 2048,
        .int8 = 2048, .int4 = 4096},
    architecture_rates{.capability = {9, 0}, .cores = 128, .tensor_cores = 4, .fp64 = 128, .fp64_tensor = 256,
        .fp32 = 256, .tf32 = 2048, .fp16_accumulate_fp16 = 4096, .fp16 = 4096, .bf16 = 4096,
        .fp8_accumulate_fp16 = 8192, .fp8 = 8192, .int8 = 8192, .link_gb_s = 50},
    // Blackwell: the first FP4. 10.3 (Ultra) trades FP64 and INT8 for it.
    architecture_rates{.capability = {10, 0}, .cores = 128, .tensor_cores = 4, .fp64 = 128, .fp64_tensor = 128,
        .fp32 = 256, .tf32 = 4096, .fp16_accumulate_fp16 = 8192, .fp16 = 8192, .bf16 = 8192,
        .fp8_accumulate_fp16 = 16384, .fp8 = 16384, .fp4 = 32768, .int8 = 16384, .link_gb_s = 100},
    architecture_rates{.capability = {10, 3}, .cores = 128, .tensor_cores = 4, .fp64 = 4, .fp64_tensor = 4, .fp32 = 256,
        .tf32 = 4096, .fp16_accumulate_fp16 = 8192, .fp16 = 8192, .bf16 = 8192, .fp8_accumulate_fp16 = 16384,
        .fp8 = 16384, .fp4 = 49152, .int8 = 560, .link_gb_s = 100},
    architecture_rates{.capability = {11, 0}, .cores = 128, .tensor_cores = 4, .fp64 = unchecked,
        .fp64_tensor = unchecked, .fp32 = 256, .tf32 = 4096, .fp16_accumulate_fp16 = 8192, .fp16 = 8192, .bf16 = 8192,
        .fp8_accumulate_fp16 = 16384, .fp8 = 16384, .fp4 = 32768, .int8 = 16384},
    architecture_rates{.capability = {12, 0}, .names = "GeForce", .cores = 128, .tensor_cores = 4, .fp64 = 4,
        .fp32 = 256, .tf32 = 256, .fp16_accumulate_fp16 = 1024, .fp16 = 512, .bf16 = 512, .fp8_accumulate_fp16 = 2048,
        .fp8 = 1024, .fp4 = 4096, .int8 = 2048},
    architecture_rates{.capability = {12, 0}, .cores = 128, .tensor_cores = 4, .fp64 = 4, .fp32 = 256, .tf32 = 512,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .fp8_accumulate_fp16 = 2048, .fp8 = 2048, .fp4 = 4096,
        .int8 = 2048},
    architecture_rates{.capability = {12, 1}, .cores = 128, .tensor_cores = 4, .fp64 = 4, .fp32 = 256,
        .tf32 = unchecked, .fp16_accumulate_fp16 = unchecked, .fp16 = unchecked, .bf16 = unchecked,
        .fp8_accumulate_fp16 = 2048, .fp8 = unchecked, .fp4 = 4096, .int8 = 2048},
    // AMD. RDNA 3 and CDNA 3 count dual issue (CDNA 3: packed) FP32: 4 a core and clock.
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
        .fp32 = 256, .fp16_accumulate_fp16 = 4096, .fp16 = 4096, .bf16 = 4096, .fp8 = 8192, .fp4 = 16384, .int8 = 8192,
        .link_gb_s = 153.6},
    architecture_rates{.architecture = gpu_architecture::rdna_2, .cores = 64, .fp64 = unchecked, .fp32 = 128,
        .int8 = unchecked,
        .int4 = unchecked},
    architecture_rates{.architecture = gpu_architecture::rdna_3, .cores = 64, .tensor_cores = 2, .fp64 = unchecked,
        .fp32 = 256,
        .fp16_accumulate_fp16 = 512, .fp16 = 512, .bf16 = 512, .int8 = 512, .int4 = 1024},
    architecture_rates{.architecture = gpu_architecture::rdna_3_5, .cores = 64, .tensor_cores = 2, .fp64 = unchecked,
        .fp32 = 256,
        .fp16_accumulate_fp16 = 512, .fp16 = 512, .bf16 = 512, .int8 = 512, .int4 = 1024},
    architecture_rates{.architecture = gpu_architecture::rdna_4, .cores = 64, .tensor_cores = 2, .fp64 = unchecked,
        .fp32 = 256,
        .fp16_accumulate_fp16 = 1024, .fp16 = 1024, .bf16 = 1024, .fp8 = 2048, .int8 = 2048, .int4 = 4096},
    // Intel. Gaudi publishes totals only.
    architecture_rates{.architecture = gpu_architecture::xe_hpg, .cores = 128, .tensor_cores = 16, .fp64 = unchecked,
        .fp32 = 256,
        .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .int8 = 4096, .int4 = 8192},
    architecture_rates{.architecture = gpu_architecture::xe2_hpg, .cores = 128, .tensor_cores = 8, .fp64 = unchecked,
        .fp32 = 256,
        .tf32 = unchecked, .fp16_accumulate_fp16 = 2048, .fp16 = 2048, .bf16 = 2048, .int8 = 4096, .int4 = 8192},
    architecture_rates{.architecture = gpu_architecture::xe_hpc, .cores = 128, .tensor_cores = 8, .fp64 = 256,
        .fp32 = 256,
        .tf32 = 2048, .fp16_accumulate_fp16 = 4096, .fp16 = 4096, .bf16 = 4096, .int8 = 8192},
    architecture_rates{.architecture = gpu_architecture::gaudi, .tf32 = unchecked, .fp16_accumulate_fp16 = unchecked,
        .fp16 = unchecked,
        .bf16 = unchecked, .fp8 = unchecked, .int8 = unchecked},
};
// clang-format on

/// A printed peak may round this far from units x rate x clock; a bandwidth half as far.
inline constexpr double rate_tolerance = 0.02;
inline constexpr double bandwidth_tolerance = 0.01;

/// The line of `architecture_table` for this card, or null.
[[nodiscard]] constexpr const architecture_rates* rates_of_architecture(const gpu& g) noexcept {
    for (const architecture_rates& line : architecture_table) {
        const bool same = g.vendor == vendor::nvidia
                              ? line.capability.major > 0 && line.capability == g.compute_capability
                              : line.capability.major == 0 && line.architecture == g.architecture;
        if (same && g.name.starts_with(line.names)) return &line;
    }
    return nullptr;
}

/// The rules that this row's published figures break, exempt or not. What a row leaves empty breaks nothing.
[[nodiscard]] constexpr physics_rules broken_rules(const gpu& g) noexcept {
    const architecture_rates* line = rates_of_architecture(g);
    if (line == nullptr) return rules(physics_rule::known_architecture);
    physics_rules broken;
    const auto within = [](double value, double expected, double share) {
        return value >= expected * (1 - share) && value <= expected * (1 + share);
    };

    const int units = g.streaming_multiprocessors;
    const auto count = [&](physics_rule rule, int value, int per_unit) {
        if (value > 0 && units > 0 && value != units * per_unit) broken = broken | rules(rule);
    };
    count(physics_rule::cores, g.cuda_cores, line->cores);
    count(physics_rule::tensor_cores, g.tensor_cores, line->tensor_cores);

    const double tensor_clock_mhz = g.tensor_clock_mhz > 0 ? g.tensor_clock_mhz : g.boost_clock_mhz;
    const auto rate = [&](physics_rule rule, flop_per_second value, int per_unit, double clock_mhz) {
        if (value.number == 0 || per_unit == unchecked) return;
        if (per_unit == 0) broken = broken | rules(physics_rule::formats);
        const double peak = 1e6 * clock_mhz * units * per_unit;
        if (peak > 0 && !within(value.number, peak, rate_tolerance)) broken = broken | rules(rule);
    };
    const peak_rates& r = g.rates;
    rate(physics_rule::fp64, r.fp64, line->fp64, g.boost_clock_mhz);
    rate(physics_rule::fp64_tensor, r.fp64_tensor, line->fp64_tensor, g.boost_clock_mhz);
    rate(physics_rule::fp32, r.fp32, line->fp32, g.boost_clock_mhz);
    rate(physics_rule::tf32, r.tf32, line->tf32, tensor_clock_mhz);
    rate(physics_rule::fp16_accumulate_fp16, r.fp16_accumulate_fp16, line->fp16_accumulate_fp16, tensor_clock_mhz);
    rate(physics_rule::fp16, r.fp16, line->fp16, tensor_clock_mhz);
    rate(physics_rule::bf16, r.bf16, line->bf16, tensor_clock_mhz);
    rate(physics_rule::fp8_accumulate_fp16, r.fp8_accumulate_fp16, line->fp8_accumulate_fp16, tensor_clock_mhz);
    rate(physics_rule::fp8, r.fp8, line->fp8, tensor_clock_mhz);
    rate(physics_rule::fp4, r.fp4, line->fp4, tensor_clock_mhz);
    rate(physics_rule::int8, r.int8, line->int8, tensor_clock_mhz);
    rate(physics_rule::int4, r.int4, line->int4, tensor_clock_mhz);

    const double pins_gb_s = g.memory_bus_bits * g.memory_data_rate_gbps / 8;
    if (pins_gb_s > 0 && !within(g.memory_bandwidth.number, 1e9 * pins_gb_s, bandwidth_tolerance))
        broken = broken | rules(physics_rule::bandwidth);
    const card_links& l = g.links;
    if (l.nvlink_links > 0 && l.nvlink_bidirectional.number > 0 &&
        !within(l.nvlink_bidirectional.number, 1e9 * l.nvlink_links * line->link_gb_s, 0.001))
        broken = broken | rules(physics_rule::links);
    return broken;
}

/// What is wrong with the row: rules broken without exemption, exemptions without a reason or without need.
[[nodiscard]] constexpr physics_rules unexcused_rules(const gpu& g) noexcept {
    const physics_rules broken = broken_rules(g);
    physics_rules wrong{broken.bits & ~g.exempt.bits};
    if (g.exempt.bits != 0 && g.exemption_reason.empty()) wrong = wrong | rules(physics_rule::exemption_has_reason);
    if ((g.exempt.bits & ~broken.bits) != 0) wrong = wrong | rules(physics_rule::exemption_is_needed);
    return wrong;
}

/// Named in the compiler's message: the row and the rule that it breaks.
template <const gpu* Row, physics_rule Rule>
struct physics_check {
    static constexpr bool holds = !unexcused_rules(*Row).has(Rule);
    static_assert(holds, "cardfit: the card's row breaks this rule and names no exemption with a reason");
};

/// Whether a card obeys every rule of its architecture or says why not; otherwise a compile error names row and rule.
/// `Row` points to a named object: `static_assert(obeys_physics<&cards::rtx_4090>)`.
template <const gpu* Row>
inline constexpr bool obeys_physics = [] {
    if constexpr (unexcused_rules(*Row).bits == 0)
        return true;
    else
        return []<std::size_t... Rule>(std::index_sequence<Rule...>) {
            return (physics_check<Row, static_cast<physics_rule>(Rule)>::holds && ...);
        }
    (std::make_index_sequence<static_cast<std::size_t>(physics_rule_count)>{});
}();

}  // namespace cardfit
