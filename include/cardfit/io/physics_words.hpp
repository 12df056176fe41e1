// SPDX-License-Identifier: MIT
#pragma once

// The rules of physics.hpp in words: the name of each rule, the figure that it checks, and what the figure follows
// from.

#include <cardfit/hardware/physics.hpp>
#include <cardfit/row_table.hpp>

#include <string_view>
#include <vector>

namespace cardfit::io {

/// A rule in words. `operands` are the columns that the rule reads besides the figure.
struct rule_words {
    physics_rule value{};           ///< the rule
    std::string_view word = "";     ///< its name in files
    card_field figure{};            ///< the column that the rule checks
    std::string_view follows = "";  ///< what the figure follows from, in words
    card_fields operands{};         ///< the columns that it reads
};

namespace detail {

inline constexpr std::string_view rate_follows = "multiprocessors x operations per clock of the architecture x clock";
inline constexpr card_fields clocked =
    fields(card_field::architecture, card_field::compute_capability, card_field::segment, card_field::sm_count,
           card_field::boost_clock_mhz, card_field::tensor_clock_mhz);
inline constexpr card_fields counted_units =
    fields(card_field::architecture, card_field::compute_capability, card_field::sm_count);

}  // namespace detail

/// One row for each rule.
inline constexpr rule_words rules_in_words[]{
    {physics_rule::known_architecture, "known_architecture", card_field::architecture,
     "an architecture of the table; NVIDIA's is found by its compute_capability",
     fields(card_field::vendor, card_field::compute_capability)},
    {physics_rule::multiprocessors,
     "multiprocessors",
     card_field::sm_count,
     "a card with tensor rates states how many multiprocessors it has",
     {}},
    {physics_rule::cores, "cores", card_field::cuda_cores, "multiprocessors x cores of each", detail::counted_units},
    {physics_rule::tensor_cores, "tensor_cores", card_field::tensor_cores, "multiprocessors x tensor cores of each",
     detail::counted_units},
    {physics_rule::ray_tracing_cores, "ray_tracing_cores", card_field::rt_cores,
     "multiprocessors x ray tracing cores of each", detail::counted_units},
    {physics_rule::fp64, "fp64", card_field::fp64_tflops, detail::rate_follows, detail::clocked},
    {physics_rule::fp64_tensor, "fp64_tensor", card_field::fp64_tensor, detail::rate_follows, detail::clocked},
    {physics_rule::fp32, "fp32", card_field::fp32_tflops, detail::rate_follows, detail::clocked},
    {physics_rule::tf32, "tf32", card_field::tf32_dense, detail::rate_follows, detail::clocked},
    {physics_rule::fp16_accumulate_fp16, "fp16_accumulate_fp16", card_field::fp16_tensor_acc16_dense,
     detail::rate_follows, detail::clocked},
    {physics_rule::fp16, "fp16", card_field::fp16_tensor_acc32_dense, detail::rate_follows, detail::clocked},
    {physics_rule::bf16, "bf16", card_field::bf16_dense, detail::rate_follows, detail::clocked},
    {physics_rule::fp8_accumulate_fp16, "fp8_accumulate_fp16", card_field::fp8_acc16_dense, detail::rate_follows,
     detail::clocked},
    {physics_rule::fp8, "fp8", card_field::fp8_dense, detail::rate_follows, detail::clocked},
    {physics_rule::fp6, "fp6", card_field::fp6_dense, detail::rate_follows, detail::clocked},
    {physics_rule::fp4, "fp4", card_field::fp4_dense, detail::rate_follows, detail::clocked},
    {physics_rule::int8, "int8", card_field::int8_dense, detail::rate_follows, detail::clocked},
    {physics_rule::int4, "int4", card_field::int4_dense, detail::rate_follows, detail::clocked},
    {physics_rule::formats, "formats", card_field::architecture,
     "the number of rates of formats that the architecture has no unit for",
     fields(card_field::tf32_dense, card_field::bf16_dense, card_field::fp8_dense, card_field::fp6_dense,
            card_field::fp4_dense, card_field::int8_dense, card_field::int4_dense)},
    {physics_rule::bf16_beside_fp16, "bf16_beside_fp16", card_field::bf16_dense,
     "the FP16 rate with FP32 accumulation x the architecture's ratio", fields(card_field::fp16_tensor_acc32_dense)},
    {physics_rule::fp8_at_least_fp16, "fp8_at_least_fp16", card_field::fp8_dense, "at least the FP16 rate",
     fields(card_field::fp16_tensor_acc32_dense)},
    {physics_rule::fp4_at_least_fp8, "fp4_at_least_fp8", card_field::fp4_dense, "at least the FP8 rate",
     fields(card_field::fp8_dense)},
    {physics_rule::bandwidth, "bandwidth", card_field::memory_bandwidth_gb_s, "bus width x data rate / 8",
     fields(card_field::memory_bus_bits, card_field::memory_data_rate_gbps)},
    {physics_rule::capacity, "capacity", card_field::memory_gb, "what chips of this type provide on this bus",
     fields(card_field::memory_type, card_field::memory_bus_bits)},
    {physics_rule::driver_reading, "driver_reading", card_field::usable_mib_smi, "80 to 102 % of the capacity",
     fields(card_field::memory_gb)},
    {physics_rule::runtime_reading, "runtime_reading", card_field::usable_mib_torch, "at most the driver's reading",
     fields(card_field::usable_mib_smi)},
    {physics_rule::pcie, "pcie", card_field::pcie_gen, "a generation from 1 to 6, and 1, 2, 4, 8 or 16 lanes",
     fields(card_field::pcie_lanes)},
    {physics_rule::links, "links", card_field::nvlink_total_bidir_gb_s, "links x the rate of one, both ways",
     fields(card_field::nvlink_links, card_field::architecture)},
    {physics_rule::module_links, "module_links", card_field::nvlink_total_bidir_gb_s,
     "a module states the bandwidth of its links", fields(card_field::form_factor)},
    {physics_rule::power_connector, "power_connector", card_field::tdp_w, "what the plugs and the slot carry",
     fields(card_field::power_connector, card_field::form_factor)},
    {physics_rule::shared_memory, "shared_memory", card_field::memory_sharing,
     "a card whose memory is a processor's states how GPU and host share it: whole, gtt or wired",
     fields(card_field::memory_type, card_field::form_factor, card_field::vendor)},
    {physics_rule::id, "id", card_field::name, "the id consists of lower-case words and numbers joined by hyphens", {}},
    {physics_rule::exemption_has_reason,
     "exemption_has_reason",
     card_field::name,
     "a card with exempt rules states the reason as exemption",
     {}},
    {physics_rule::exemption_is_needed,
     "exemption_is_needed",
     card_field::name,
     "a rule is exempt only if the card breaks it",
     {}},
};
static_assert(cardfit::detail::one_row_per_enumerator<rules_in_words>);

/// Returns the rule in words.
[[nodiscard]] constexpr rule_words words_of(physics_rule rule) noexcept {
    for (const rule_words& row : rules_in_words)
        if (row.value == rule) return row;
    return {};
}

/// Returns the words of all rules of a set.
[[nodiscard]] inline std::vector<std::string_view> names_of(physics_rules set) {
    std::vector<std::string_view> names;
    for (const rule_words& row : rules_in_words)
        if (set.has(row.value)) names.push_back(row.word);
    return names;
}

}  // namespace cardfit::io
