// SPDX-License-Identifier: MIT
#pragma once

// The card table as JSON, with one key per column, in the order of the table. A figure that no document states is null.
// A feature that a card does not have is false, or, in a column of words, the word "none" or "n".

#include <cardfit/hardware/standing.hpp>
#include <cardfit/io/physics_words.hpp>
#include <cardfit/row_table.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace cardfit::io {

/// A column of the card table: its key, its unit, and a function that reads its value from a card's row. The value is
/// null if the row states none.
struct card_column {
    card_field value{};                                    ///< the column
    std::string_view key = "";                             ///< its name in JSON and CSV
    nlohmann::ordered_json (*read)(const gpu&) = nullptr;  ///< reads it of a row; null: not known
    std::string_view unit = "";                            ///< of a number; empty: none
    bool words = false;                                    ///< a feature that the card lacks is written as "none"
};

namespace detail {

/// Returns null for 0, which means that the row states no number, and otherwise the number.
[[nodiscard]] inline nlohmann::ordered_json number_or_null(double value) {
    if (same_number(value, 0.0)) return nullptr;
    const std::int64_t whole = static_cast<std::int64_t>(value);
    if (same_number(value, static_cast<double>(whole))) return whole;
    return value;
}
/// Returns a rate in the unit of the table, rounded to the number of digits that a datasheet may have.
[[nodiscard]] inline nlohmann::ordered_json scaled(double value, double unit) {
    const double digits = 1e6;
    return number_or_null(static_cast<double>(static_cast<std::int64_t>(value / unit * digits + 0.5)) / digits);
}
/// Returns the text, or null for an empty text.
[[nodiscard]] inline nlohmann::ordered_json text_or_null(std::string_view text) {
    return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}
/// Returns a size in whole MiB, rounded down, or null for 0.
[[nodiscard]] inline nlohmann::ordered_json mebibytes_or_null(bytes size) {
    const std::int64_t whole = size.number / bytes_per_mebibyte;
    return number_or_null(static_cast<double>(whole));
}
/// Returns the compute capability of an NVIDIA card ("9.0"), or the instruction set of another vendor's card.
[[nodiscard]] inline nlohmann::ordered_json capability_or_null(const gpu& g) {
    if (g.compute_capability.major == 0) return text_or_null(g.instruction_set);
    return std::to_string(g.compute_capability.major) + "." + std::to_string(g.compute_capability.minor);
}

// Readers of a column, one for each kind of member that holds its value.
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

/// Every column, in the order of the table. A column that has no row here is a compile error that names the column.
inline constexpr card_column card_columns[]{
    {card_field::name, "name", detail::text_in<&gpu::name>},
    {card_field::vendor, "vendor", detail::word_in<&gpu::vendor>},
    {card_field::architecture, "architecture", detail::word_in<&gpu::architecture>, "", true},
    {card_field::segment, "segment", detail::word_in<&gpu::segment>},
    {card_field::release_year, "release_year", detail::number_in<&gpu::release_year>},
    {card_field::compute_capability, "compute_capability", detail::capability_or_null, "", true},
    {card_field::sm_count, "sm_count", detail::number_in<&gpu::streaming_multiprocessors>},
    {card_field::cuda_cores, "cuda_cores", detail::number_in<&gpu::cuda_cores>},
    {card_field::tensor_cores, "tensor_cores", detail::number_in<&gpu::tensor_cores>},
    {card_field::rt_cores, "rt_cores", detail::number_in<&gpu::ray_tracing_cores>},
    {card_field::base_clock_mhz, "base_clock_mhz", detail::number_in<&gpu::base_clock_mhz>, "MHz"},
    {card_field::boost_clock_mhz, "boost_clock_mhz", detail::number_in<&gpu::boost_clock_mhz>, "MHz"},
    {card_field::tensor_clock_mhz, "tensor_clock_mhz", detail::number_in<&gpu::tensor_clock_mhz>, "MHz"},
    {card_field::memory_gb, "memory_gb",
     [](const gpu& g) {
         return detail::number_or_null(static_cast<double>(g.memory.number) / static_cast<double>(bytes_per_gibibyte));
     },
     "GiB"},
    {card_field::memory_type, "memory_type", detail::word_in<&gpu::memory_type>, "", true},
    {card_field::memory_bus_bits, "memory_bus_bits", detail::number_in<&gpu::memory_bus_bits>, "bit"},
    {card_field::memory_data_rate_gbps, "memory_data_rate_gbps", detail::number_in<&gpu::memory_data_rate_gbps>,
     "Gbit/s per pin"},
    {card_field::memory_bandwidth_gb_s, "memory_bandwidth_gb_s",
     [](const gpu& g) { return detail::scaled(g.memory_bandwidth.number, 1e9); }, "GB/s"},
    {card_field::l2_mb, "l2_mb", detail::number_in<&gpu::l2_mb>, "MB"},
    {card_field::ecc, "ecc", detail::word_in<&gpu::ecc>, "", true},
    {card_field::fp64_tflops, "fp64_tflops", detail::teraflops_in<&peak_rates::fp64>, "TFLOP/s"},
    {card_field::fp64_tensor, "fp64_tensor", detail::teraflops_in<&peak_rates::fp64_tensor>, "TFLOP/s"},
    {card_field::fp32_tflops, "fp32_tflops", detail::teraflops_in<&peak_rates::fp32>, "TFLOP/s"},
    {card_field::tf32_dense, "tf32_dense", detail::teraflops_in<&peak_rates::tf32>, "TFLOP/s"},
    {card_field::fp16_tensor_acc16_dense, "fp16_tensor_acc16_dense",
     detail::teraflops_in<&peak_rates::fp16_accumulate_fp16>, "TFLOP/s"},
    {card_field::fp16_tensor_acc32_dense, "fp16_tensor_acc32_dense", detail::teraflops_in<&peak_rates::fp16>,
     "TFLOP/s"},
    {card_field::bf16_dense, "bf16_dense", detail::teraflops_in<&peak_rates::bf16>, "TFLOP/s"},
    {card_field::fp8_acc16_dense, "fp8_acc16_dense", detail::teraflops_in<&peak_rates::fp8_accumulate_fp16>, "TFLOP/s"},
    {card_field::fp8_dense, "fp8_dense", detail::teraflops_in<&peak_rates::fp8>, "TFLOP/s"},
    {card_field::fp6_dense, "fp6_dense", detail::teraflops_in<&peak_rates::fp6>, "TFLOP/s"},
    {card_field::fp4_dense, "fp4_dense", detail::teraflops_in<&peak_rates::fp4>, "TFLOP/s"},
    {card_field::int8_dense, "int8_dense", detail::teraflops_in<&peak_rates::int8>, "TOP/s"},
    {card_field::int4_dense, "int4_dense", detail::teraflops_in<&peak_rates::int4>, "TOP/s"},
    {card_field::structured_sparsity, "structured_sparsity",
     [](const gpu& g) { return detail::text_or_null(name_of(g.rates.structured_sparsity)); }, "", true},
    {card_field::pcie_gen, "pcie_gen", detail::link_number_in<&card_links::pcie_generation>},
    {card_field::pcie_lanes, "pcie_lanes", detail::link_number_in<&card_links::pcie_lanes>},
    {card_field::nvlink_gen, "nvlink_gen", detail::link_number_in<&card_links::nvlink_generation>},
    {card_field::nvlink_total_bidir_gb_s, "nvlink_total_bidir_gb_s",
     [](const gpu& g) { return detail::scaled(g.links.nvlink_bidirectional.number, 1e9); }, "GB/s both ways"},
    {card_field::nvlink_links, "nvlink_links", detail::link_number_in<&card_links::nvlink_links>},
    {card_field::nvlink_topology, "nvlink_topology",
     [](const gpu& g) { return detail::text_or_null(name_of(g.links.topology)); }, "", true},
    {card_field::p2p_over_pcie, "p2p_over_pcie",
     [](const gpu& g) { return detail::text_or_null(name_of(g.links.peer_access_over_pcie)); }, "", true},
    {card_field::tdp_w, "tdp_w", [](const gpu& g) { return detail::number_or_null(g.board_power.number); }, "W"},
    {card_field::power_connector, "power_connector", detail::text_in<&gpu::power_connector>, "", true},
    {card_field::form_factor, "form_factor", detail::word_in<&gpu::form_factor>, "", true},
    {card_field::slot_width, "slot_width", detail::number_in<&gpu::slot_width>, "slots"},
    {card_field::cooling, "cooling", detail::word_in<&gpu::cooling>, "", true},
    {card_field::mig_max_instances, "mig_max_instances", detail::number_in<&gpu::mig_instances>},
    {card_field::launch_price_usd, "launch_price_usd",
     [](const gpu& g) { return detail::number_or_null(g.launch_price.number); }, "USD"},
    {card_field::usable_mib_smi, "usable_mib_smi", detail::mebibytes_in<&gpu::driver_total>, "MiB"},
    {card_field::usable_mib_torch, "usable_mib_torch", detail::mebibytes_in<&gpu::runtime_total>, "MiB"},
    {card_field::vgpu, "vgpu", detail::word_in<&gpu::virtual_gpu>, "", true},
    {card_field::availability, "availability", detail::word_in<&gpu::availability>, "", true},
    {card_field::devices_per_module, "devices_per_module", detail::number_in<&gpu::devices_per_module>},
    {card_field::module_bidir_gb_s, "module_bidir_gb_s",
     [](const gpu& g) { return detail::scaled(g.module_bidirectional.number, 1e9); }, "GB/s both ways"},
    {card_field::memory_sharing, "memory_sharing", detail::word_in<&gpu::memory_sharing>, "", true},
    {card_field::host_link_bidir_gb_s, "host_link_bidir_gb_s",
     [](const gpu& g) { return detail::scaled(g.links.host_bidirectional.number, 1e9); }, "GB/s both ways"},
};
static_assert(cardfit::detail::one_row_per_enumerator<card_columns>);

/// Returns the key of a column.
[[nodiscard]] constexpr std::string_view key_of(card_field field) noexcept {
    for (const card_column& column : card_columns)
        if (column.value == field) return column.key;
    return "";
}

/// Returns the titles of the documents behind a row.
namespace detail {
[[nodiscard]] inline std::string source_text(const gpu& g) {
    std::string text;
    for (const citation& each : g.documents) text += (text.empty() ? "" : "; ") + std::string(each.from->title);
    return text;
}
}  // namespace detail

/// Returns the value of a column: null if no document states it, and false or "none" if the card does not have the
/// feature.
[[nodiscard]] inline nlohmann::ordered_json value_of(const gpu& g, const card_column& column) {
    nlohmann::ordered_json value = column.read(g);
    if (!value.is_null() || !has_none(g, column.value)) return value;
    return column.words ? nlohmann::ordered_json("none") : nlohmann::ordered_json(false);
}

/// Returns the row of a card: its `id`, every column, the keys without a document (`estimated`), how many of them an
/// estimator reads by kind (`estimated_that_decide`), the documents, the note, the machine in which it is sold where
/// its kind does not tell, and the rules that the row is exempt from with the reason.
[[nodiscard]] inline nlohmann::ordered_json card_json(const gpu& g) {
    nlohmann::ordered_json row = {{"id", g.id}};
    nlohmann::ordered_json estimated = nlohmann::ordered_json::array();
    for (const card_column& column : card_columns) {
        row[std::string(column.key)] = value_of(g, column);
        if (g.estimated.has(column.value)) estimated.push_back(column.key);
    }
    row["estimated"] = std::move(estimated);
    const estimated_figures counts = estimated_figures_of(g);
    nlohmann::ordered_json touched = nlohmann::ordered_json::object();
    for (const figure_kind kind : {figure_kind::rates, figure_kind::memory, figure_kind::links, figure_kind::power})
        touched[std::string(name_of(kind))] = counts.of[static_cast<std::size_t>(kind)];
    row["estimated_that_decide"] = std::move(touched);
    row["source"] = detail::source_text(g);
    row["note"] = detail::text_or_null(g.note);
    row["platform"] = detail::text_or_null(row_of(g.platform).name);
    row["exempt"] = names_of(g.exempt);
    row["exemption"] = detail::text_or_null(g.exemption_reason);
    return row;
}

}  // namespace cardfit::io
