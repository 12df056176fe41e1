// SPDX-License-Identifier: MIT
#pragma once

// The card table as JSON: one key for each column, in the table's order.

#include <cardfit/hardware/gpu.hpp>
#include <cardfit/row_table.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace cardfit::io {

/// A column of the card table: its key, and its value in a card's row. Null stands for a figure that is not published.
struct card_column {
    card_field value{};
    std::string_view key = "";
    nlohmann::ordered_json (*read)(const gpu&) = nullptr;
};

namespace detail {

/// Returns null for zero, which stands for a figure that is not published.
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
[[nodiscard]] inline nlohmann::ordered_json mebibytes_or_null(bytes size) {
    const std::int64_t whole = size.number / bytes_per_mebibyte;
    return number_or_null(static_cast<double>(whole));
}
/// "9.0" for a compute capability, the instruction set of other vendors' cards.
[[nodiscard]] inline nlohmann::ordered_json capability_or_null(const gpu& g) {
    if (g.compute_capability.major == 0) return text_or_null(g.instruction_set);
    return std::to_string(g.compute_capability.major) + "." + std::to_string(g.compute_capability.minor);
}

// Readers of a column: by the kind of member that holds it.
template <auto Member>
[[nodiscard]] nlohmann::ordered_json number_in(const gpu& g) {
    return number_or_null(g.*Member);
}
template <auto Member>
[[nodiscard]] nlohmann::ordered_json word_in(const gpu& g) {
    return text_or_null(name_of(g.*Member));
}
template <auto Member>
[[nodiscard]] nlohmann::ordered_json text_in(const gpu& g) {
    return text_or_null(g.*Member);
}
template <auto Member>
[[nodiscard]] nlohmann::ordered_json mebibytes_in(const gpu& g) {
    return mebibytes_or_null(g.*Member);
}
template <auto Rate>
[[nodiscard]] nlohmann::ordered_json teraflops_in(const gpu& g) {
    return scaled((g.rates.*Rate).number, 1e12);
}
template <auto Link>
[[nodiscard]] nlohmann::ordered_json link_number_in(const gpu& g) {
    return number_or_null(g.links.*Link);
}

}  // namespace detail

/// Every column, in the table's order. A column without a row here is a compile error that names it.
inline constexpr card_column card_columns[]{
    {card_field::name, "name", detail::text_in<&gpu::name>},
    {card_field::vendor, "vendor", detail::word_in<&gpu::vendor>},
    {card_field::architecture, "architecture", detail::word_in<&gpu::architecture>},
    {card_field::segment, "segment", detail::word_in<&gpu::segment>},
    {card_field::release_year, "release_year", [](const gpu& g) { return nlohmann::ordered_json(g.release_year); }},
    {card_field::compute_capability, "compute_capability", detail::capability_or_null},
    {card_field::sm_count, "sm_count", detail::number_in<&gpu::streaming_multiprocessors>},
    {card_field::cuda_cores, "cuda_cores", detail::number_in<&gpu::cuda_cores>},
    {card_field::tensor_cores, "tensor_cores", detail::number_in<&gpu::tensor_cores>},
    {card_field::rt_cores, "rt_cores", detail::number_in<&gpu::ray_tracing_cores>},
    {card_field::base_clock_mhz, "base_clock_mhz", detail::number_in<&gpu::base_clock_mhz>},
    {card_field::boost_clock_mhz, "boost_clock_mhz", detail::number_in<&gpu::boost_clock_mhz>},
    {card_field::tensor_clock_mhz, "tensor_clock_mhz", detail::number_in<&gpu::tensor_clock_mhz>},
    {card_field::memory_gb, "memory_gb",
     [](const gpu& g) {
         const std::int64_t whole = g.memory.number / bytes_per_gibibyte;
         return detail::number_or_null(static_cast<double>(whole));
     }},
    {card_field::memory_type, "memory_type", detail::word_in<&gpu::memory_type>},
    {card_field::memory_bus_bits, "memory_bus_bits", detail::number_in<&gpu::memory_bus_bits>},
    {card_field::memory_data_rate_gbps, "memory_data_rate_gbps", detail::number_in<&gpu::memory_data_rate_gbps>},
    {card_field::memory_bandwidth_gb_s, "memory_bandwidth_gb_s",
     [](const gpu& g) { return detail::scaled(g.memory_bandwidth.number, 1e9); }},
    {card_field::l2_mb, "l2_mb", detail::number_in<&gpu::l2_mb>},
    {card_field::ecc, "ecc", detail::word_in<&gpu::ecc>},
    {card_field::fp64_tflops, "fp64_tflops", detail::teraflops_in<&peak_rates::fp64>},
    {card_field::fp64_tensor, "fp64_tensor", detail::teraflops_in<&peak_rates::fp64_tensor>},
    {card_field::fp32_tflops, "fp32_tflops", detail::teraflops_in<&peak_rates::fp32>},
    {card_field::tf32_dense, "tf32_dense", detail::teraflops_in<&peak_rates::tf32>},
    {card_field::fp16_tensor_acc16_dense, "fp16_tensor_acc16_dense",
     detail::teraflops_in<&peak_rates::fp16_accumulate_fp16>},
    {card_field::fp16_tensor_acc32_dense, "fp16_tensor_acc32_dense", detail::teraflops_in<&peak_rates::fp16>},
    {card_field::bf16_dense, "bf16_dense", detail::teraflops_in<&peak_rates::bf16>},
    {card_field::fp8_acc16_dense, "fp8_acc16_dense", detail::teraflops_in<&peak_rates::fp8_accumulate_fp16>},
    {card_field::fp8_dense, "fp8_dense", detail::teraflops_in<&peak_rates::fp8>},
    {card_field::fp4_dense, "fp4_dense", detail::teraflops_in<&peak_rates::fp4>},
    {card_field::int8_dense, "int8_dense", detail::teraflops_in<&peak_rates::int8>},
    {card_field::int4_dense, "int4_dense", detail::teraflops_in<&peak_rates::int4>},
    {card_field::structured_sparsity, "structured_sparsity",
     [](const gpu& g) { return detail::text_or_null(name_of(g.rates.structured_sparsity)); }},
    {card_field::pcie_gen, "pcie_gen", detail::link_number_in<&card_links::pcie_generation>},
    {card_field::pcie_lanes, "pcie_lanes", detail::link_number_in<&card_links::pcie_lanes>},
    {card_field::nvlink_gen, "nvlink_gen", detail::link_number_in<&card_links::nvlink_generation>},
    {card_field::nvlink_total_bidir_gb_s, "nvlink_total_bidir_gb_s",
     [](const gpu& g) { return detail::scaled(g.links.nvlink_bidirectional.number, 1e9); }},
    {card_field::nvlink_links, "nvlink_links", detail::link_number_in<&card_links::nvlink_links>},
    {card_field::nvlink_topology, "nvlink_topology",
     [](const gpu& g) { return detail::text_or_null(name_of(g.links.topology)); }},
    {card_field::p2p_over_pcie, "p2p_over_pcie",
     [](const gpu& g) { return detail::text_or_null(name_of(g.links.peer_access_over_pcie)); }},
    {card_field::tdp_w, "tdp_w", [](const gpu& g) { return detail::number_or_null(g.board_power.number); }},
    {card_field::power_connector, "power_connector", detail::text_in<&gpu::power_connector>},
    {card_field::form_factor, "form_factor", detail::word_in<&gpu::form_factor>},
    {card_field::slot_width, "slot_width", detail::number_in<&gpu::slots>},
    {card_field::cooling, "cooling", detail::word_in<&gpu::cooling>},
    {card_field::mig_max_instances, "mig_max_instances", detail::number_in<&gpu::mig_instances>},
    {card_field::launch_price_usd, "launch_price_usd",
     [](const gpu& g) { return detail::number_or_null(g.launch_price.number); }},
    {card_field::usable_mib_smi, "usable_mib_smi", detail::mebibytes_in<&gpu::driver_total>},
    {card_field::usable_mib_torch, "usable_mib_torch", detail::mebibytes_in<&gpu::runtime_total>},
};
static_assert(cardfit::detail::one_row_per_enumerator<card_columns>);

/// The key of a column.
[[nodiscard]] constexpr std::string_view key_of(card_field field) noexcept {
    for (const card_column& column : card_columns)
        if (column.value == field) return column.key;
    return "";
}

/// Returns a card's row: `id`, every column, and under `estimated` the keys that no vendor document states.
[[nodiscard]] inline nlohmann::ordered_json card_json(const gpu& g) {
    nlohmann::ordered_json row = {{"id", g.id}};
    nlohmann::ordered_json estimated = nlohmann::ordered_json::array();
    for (const card_column& column : card_columns) {
        row[std::string(column.key)] = column.read(g);
        if (g.estimated.has(column.value)) estimated.push_back(column.key);
    }
    row["estimated"] = std::move(estimated);
    row["source"] = g.source;
    return row;
}

}  // namespace cardfit::io
