// SPDX-License-Identifier: MIT
#pragma once

// The card table as JSON: one key a column, in the table's order.

#include <cardfit/hardware/gpu.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <string_view>

namespace cardfit::io {

/// The columns' keys, in the order of `card_field`.
inline constexpr std::array<std::string_view, 49> card_columns{"name",
                                                               "vendor",
                                                               "architecture",
                                                               "segment",
                                                               "release_year",
                                                               "compute_capability",
                                                               "sm_count",
                                                               "cuda_cores",
                                                               "tensor_cores",
                                                               "rt_cores",
                                                               "base_clock_mhz",
                                                               "boost_clock_mhz",
                                                               "tensor_clock_mhz",
                                                               "memory_gb",
                                                               "memory_type",
                                                               "memory_bus_bits",
                                                               "memory_data_rate_gbps",
                                                               "memory_bandwidth_gb_s",
                                                               "l2_mb",
                                                               "ecc",
                                                               "fp64_tflops",
                                                               "fp64_tensor",
                                                               "fp32_tflops",
                                                               "tf32_dense",
                                                               "fp16_tensor_acc16_dense",
                                                               "fp16_tensor_acc32_dense",
                                                               "bf16_dense",
                                                               "fp8_acc16_dense",
                                                               "fp8_dense",
                                                               "fp4_dense",
                                                               "int8_dense",
                                                               "int4_dense",
                                                               "structured_sparsity",
                                                               "pcie_gen",
                                                               "pcie_lanes",
                                                               "nvlink_gen",
                                                               "nvlink_total_bidir_gb_s",
                                                               "nvlink_links",
                                                               "nvlink_topology",
                                                               "p2p_over_pcie",
                                                               "tdp_w",
                                                               "power_connector",
                                                               "form_factor",
                                                               "slot_width",
                                                               "cooling",
                                                               "mig_max_instances",
                                                               "launch_price_usd",
                                                               "usable_mib_smi",
                                                               "usable_mib_torch"};

namespace detail {

/// Zero and empty mean that nobody published it: null.
[[nodiscard]] inline nlohmann::ordered_json number_or_null(double value) {
    if (value == 0) return nullptr;
    if (value == static_cast<double>(static_cast<std::int64_t>(value))) return static_cast<std::int64_t>(value);
    return value;
}
/// A rate in the table's unit, rounded to the digits that a datasheet may have.
[[nodiscard]] inline nlohmann::ordered_json scaled(double value, double unit) {
    const double digits = 1e6;
    return number_or_null(static_cast<double>(static_cast<std::int64_t>(value / unit * digits + 0.5)) / digits);
}
[[nodiscard]] inline nlohmann::ordered_json text_or_null(std::string_view text) {
    return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}
[[nodiscard]] inline nlohmann::ordered_json yes_or_no(known k) {
    return k == known::unknown ? nlohmann::ordered_json() : nlohmann::ordered_json(k == known::yes ? "y" : "n");
}

inline constexpr std::array<std::string_view, 3> vendor_words{"NVIDIA", "AMD", "Intel"};
inline constexpr std::array<std::string_view, 4> segment_words{"datacenter", "workstation", "consumer", "embedded"};
inline constexpr std::array<std::string_view, 11> memory_words{"GDDR5", "GDDR5X", "GDDR6", "GDDR6X", "GDDR7",  "HBM2",
                                                               "HBM2e", "HBM3",   "HBM3e", "LPDDR5", "LPDDR5X"};
inline constexpr std::array<std::string_view, 4> ecc_words{"n", "y", "y-off", "y-on"};
inline constexpr std::array<std::string_view, 4> cooling_words{"", "passive", "active", "blower"};

template <class Words, class E>
[[nodiscard]] std::string_view word(const Words& words, E value) {
    return words[static_cast<std::size_t>(value)];
}

}  // namespace detail

/// A card's row: `id`, every column, and under `estimated` the keys that no document backs.
[[nodiscard]] inline nlohmann::ordered_json card_json(const gpu& g) {
    using namespace detail;
    const auto tera = [](flop_per_second r) { return scaled(r.number, 1e12); };
    const auto giga = [](bytes_per_second r) { return scaled(r.number, 1e9); };
    const auto mebi = [](bytes b) { return number_or_null(static_cast<double>(b.number / bytes_per_mebibyte)); };
    const bool cuda = g.compute_capability.major > 0;
    const peak_rates& r = g.rates;
    const card_links& l = g.links;
    const std::array<nlohmann::ordered_json, card_columns.size()> values{
        g.name,
        word(vendor_words, g.vendor),
        g.architecture,
        word(segment_words, g.segment),
        g.release_year,
        cuda ? nlohmann::ordered_json(std::to_string(g.compute_capability.major) + "." +
                                      std::to_string(g.compute_capability.minor))
             : text_or_null(g.instruction_set),
        number_or_null(g.streaming_multiprocessors),
        number_or_null(g.cuda_cores),
        number_or_null(g.tensor_cores),
        number_or_null(g.ray_tracing_cores),
        number_or_null(g.base_clock_mhz),
        number_or_null(g.boost_clock_mhz),
        number_or_null(g.tensor_clock_mhz),
        number_or_null(static_cast<double>(g.memory.number / bytes_per_gibibyte)),
        word(memory_words, g.memory_type),
        number_or_null(g.memory_bus_bits),
        number_or_null(g.memory_data_rate_gbps),
        giga(g.memory_bandwidth),
        number_or_null(g.l2_mb),
        word(ecc_words, g.ecc),
        tera(r.fp64),
        tera(r.fp64_tensor),
        tera(r.fp32),
        tera(r.tf32),
        tera(r.fp16_accumulate_fp16),
        tera(r.fp16),
        tera(r.bf16),
        tera(r.fp8_accumulate_fp16),
        tera(r.fp8),
        tera(r.fp4),
        tera(r.int8),
        tera(r.int4),
        yes_or_no(r.structured_sparsity),
        number_or_null(l.pcie_generation),
        number_or_null(l.pcie_lanes),
        number_or_null(l.nvlink_generation),
        giga(l.nvlink_bidirectional),
        number_or_null(l.nvlink_links),
        text_or_null(l.topology),
        yes_or_no(l.peer_access_over_pcie),
        number_or_null(g.board_power.number),
        text_or_null(g.power_connector),
        text_or_null(g.form_factor),
        number_or_null(g.slots),
        text_or_null(word(cooling_words, g.cooling)),
        number_or_null(g.mig_instances),
        number_or_null(g.launch_price.number),
        mebi(g.driver_total),
        mebi(g.runtime_total)};
    nlohmann::ordered_json row = {{"id", g.id}};
    nlohmann::ordered_json estimated = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < card_columns.size(); ++i) {
        row[std::string(card_columns[i])] = values[i];
        if (g.estimated.has(static_cast<card_field>(i))) estimated.push_back(card_columns[i]);
    }
    row["estimated"] = std::move(estimated);
    row["source"] = g.source;
    return row;
}

}  // namespace cardfit::io
