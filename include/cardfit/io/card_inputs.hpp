// SPDX-License-Identifier: MIT
#pragma once

// How each column of the card table is read: the inverse of the columns of cards_table.hpp. A number is given in the
// unit of the table, and a word as the table prints it, in upper or lower case.

#include <cardfit/hardware/card_terms.hpp>
#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/hardware/connectors.hpp>
#include <cardfit/io/cards_table.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cardfit::io {

/// How one column is read. A column is either a number, with the largest one that is accepted, or a text. `text`
/// returns false for a word that the column does not have; an empty text stands for a figure that is not known. `words`
/// lists the words of a column that has a fixed set of them.
struct card_input {
    card_field value{};                              ///< the column
    void (*number)(gpu&, double) = nullptr;          ///< sets a number; null: the column is a text
    double most = 0;                                 ///< the largest number that is accepted
    bool whole = false;                              ///< whole numbers alone
    bool (*text)(gpu&, std::string_view) = nullptr;  ///< sets a text; null: the column is a number
    std::string (*words)() = nullptr;                ///< lists the words; null: any text
};

namespace detail {

/// Sets an enumerator by its word. Returns false if no row has the word.
template <const auto& Rows, class Enum>
[[nodiscard]] bool set_word(Enum& target, std::string_view word) {
    for (const auto& row : Rows) {
        if (!cards::detail::same(row.word, word)) continue;
        target = row.value;
        return true;
    }
    return false;
}
/// Returns the words of an enumeration, separated by commas.
template <const auto& Rows>
[[nodiscard]] std::string words_of_rows() {
    std::string text;
    for (const auto& row : Rows)
        if (!row.word.empty()) text += (text.empty() ? "" : ", ") + std::string(row.word);
    return text;
}

template <auto Member>
void set_count(gpu& g, double value) {
    g.*Member = static_cast<int>(value);
}
template <auto Member>
void set_number(gpu& g, double value) {
    g.*Member = value;
}
template <auto Member>
void set_mebibytes(gpu& g, double value) {
    g.*Member = mebibytes(static_cast<std::int64_t>(value));
}
template <auto Link>
void set_link_count(gpu& g, double value) {
    g.links.*Link = static_cast<int>(value);
}
template <auto Rate>
void set_rate(gpu& g, double value) {
    g.rates.*Rate = teraflops(value);
}
template <auto Member>
[[nodiscard]] bool set_text(gpu& g, std::string_view text) {
    g.*Member = text;
    return true;
}

/// Sets the compute capability of an NVIDIA card ("8.9"), or the instruction set of another vendor's card.
[[nodiscard]] inline bool set_capability(gpu& g, std::string_view text) {
    g.compute_capability = {};
    g.instruction_set = "";
    if (text.empty()) return true;
    if (g.vendor != vendor::nvidia) {
        g.instruction_set = text;
        return true;
    }
    const std::size_t dot = text.find('.');
    const bool parts = dot != text.npos && dot > 0 && dot <= 2 && text.size() == dot + 2;
    if (!parts || text.find_first_not_of("0123456789.") != text.npos) return false;
    g.compute_capability = {cards::detail::number_of(text.substr(0, dot)), text[dot + 1] - '0'};
    return true;
}

/// Sets the plugs, in the words of datasheets. Returns false for plugs that connectors.hpp does not know.
[[nodiscard]] inline bool set_plugs(gpu& g, std::string_view text) {
    g.power_connector = text;
    if (text.empty()) return true;
    const gpu board{.power_connector = text, .form_factor = form_factor::pcie};
    try {
        static_cast<void>(connectors_of(board));
    } catch (const invalid_input&) {
        return false;
    }
    return true;
}

inline constexpr double most_count = 1e6;
inline constexpr double most_rate = 1e6;  ///< TFLOP/s, GB/s, MHz, W

}  // namespace detail

/// Every column. `vendor` precedes `compute_capability`, because the vendor decides what the latter is.
// clang-format off
inline constexpr card_input card_inputs[]{
    {.value = card_field::name, .text = detail::set_text<&gpu::name>},
    {.value = card_field::vendor, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::vendor_words>(g.vendor, w); }, .words = detail::words_of_rows<cardfit::detail::vendor_words>},
    {.value = card_field::architecture, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::gpu_architecture_rows>(g.architecture, w); }, .words = detail::words_of_rows<cardfit::detail::gpu_architecture_rows>},
    {.value = card_field::segment, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::segment_words>(g.segment, w); }, .words = detail::words_of_rows<cardfit::detail::segment_words>},
    {.value = card_field::release_year, .number = detail::set_count<&gpu::release_year>, .most = 9999, .whole = true},
    {.value = card_field::compute_capability, .text = detail::set_capability},
    {.value = card_field::sm_count, .number = detail::set_count<&gpu::streaming_multiprocessors>, .most = detail::most_count, .whole = true},
    {.value = card_field::cuda_cores, .number = detail::set_count<&gpu::cuda_cores>, .most = detail::most_count, .whole = true},
    {.value = card_field::tensor_cores, .number = detail::set_count<&gpu::tensor_cores>, .most = detail::most_count, .whole = true},
    {.value = card_field::rt_cores, .number = detail::set_count<&gpu::ray_tracing_cores>, .most = detail::most_count, .whole = true},
    {.value = card_field::base_clock_mhz, .number = detail::set_number<&gpu::base_clock_mhz>, .most = detail::most_rate},
    {.value = card_field::boost_clock_mhz, .number = detail::set_number<&gpu::boost_clock_mhz>, .most = detail::most_rate},
    {.value = card_field::tensor_clock_mhz, .number = detail::set_number<&gpu::tensor_clock_mhz>, .most = detail::most_rate},
    {.value = card_field::memory_gb, .number = [](gpu& g, double gib) { g.memory = mebibytes(static_cast<std::int64_t>(gib * 1024)); }, .most = detail::most_count},
    {.value = card_field::memory_type, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::memory_type_words>(g.memory_type, w); }, .words = detail::words_of_rows<cardfit::detail::memory_type_words>},
    {.value = card_field::memory_bus_bits, .number = detail::set_count<&gpu::memory_bus_bits>, .most = detail::most_count, .whole = true},
    {.value = card_field::memory_data_rate_gbps, .number = detail::set_number<&gpu::memory_data_rate_gbps>, .most = detail::most_rate},
    {.value = card_field::memory_bandwidth_gb_s, .number = [](gpu& g, double n) { g.memory_bandwidth = gigabytes_per_second(n); }, .most = detail::most_rate},
    {.value = card_field::l2_mb, .number = detail::set_number<&gpu::l2_mb>, .most = detail::most_rate},
    {.value = card_field::ecc, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::ecc_words>(g.ecc, w); }, .words = detail::words_of_rows<cardfit::detail::ecc_words>},
    {.value = card_field::fp64_tflops, .number = detail::set_rate<&peak_rates::fp64>, .most = detail::most_rate},
    {.value = card_field::fp64_tensor, .number = detail::set_rate<&peak_rates::fp64_tensor>, .most = detail::most_rate},
    {.value = card_field::fp32_tflops, .number = detail::set_rate<&peak_rates::fp32>, .most = detail::most_rate},
    {.value = card_field::tf32_dense, .number = detail::set_rate<&peak_rates::tf32>, .most = detail::most_rate},
    {.value = card_field::fp16_tensor_acc16_dense, .number = detail::set_rate<&peak_rates::fp16_accumulate_fp16>, .most = detail::most_rate},
    {.value = card_field::fp16_tensor_acc32_dense, .number = detail::set_rate<&peak_rates::fp16>, .most = detail::most_rate},
    {.value = card_field::bf16_dense, .number = detail::set_rate<&peak_rates::bf16>, .most = detail::most_rate},
    {.value = card_field::fp8_acc16_dense, .number = detail::set_rate<&peak_rates::fp8_accumulate_fp16>, .most = detail::most_rate},
    {.value = card_field::fp8_dense, .number = detail::set_rate<&peak_rates::fp8>, .most = detail::most_rate},
    {.value = card_field::fp6_dense, .number = detail::set_rate<&peak_rates::fp6>, .most = detail::most_rate},
    {.value = card_field::fp4_dense, .number = detail::set_rate<&peak_rates::fp4>, .most = detail::most_rate},
    {.value = card_field::int8_dense, .number = detail::set_rate<&peak_rates::int8>, .most = detail::most_rate},
    {.value = card_field::int4_dense, .number = detail::set_rate<&peak_rates::int4>, .most = detail::most_rate},
    {.value = card_field::structured_sparsity, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::known_words>(g.rates.structured_sparsity, w); }, .words = detail::words_of_rows<cardfit::detail::known_words>},
    {.value = card_field::pcie_gen, .number = detail::set_link_count<&card_links::pcie_generation>, .most = detail::most_count, .whole = true},
    {.value = card_field::pcie_lanes, .number = detail::set_link_count<&card_links::pcie_lanes>, .most = detail::most_count, .whole = true},
    {.value = card_field::nvlink_gen, .number = detail::set_link_count<&card_links::nvlink_generation>, .most = detail::most_count, .whole = true},
    {.value = card_field::nvlink_total_bidir_gb_s, .number = [](gpu& g, double n) { g.links.nvlink_bidirectional = gigabytes_per_second(n); }, .most = detail::most_rate},
    {.value = card_field::nvlink_links, .number = detail::set_link_count<&card_links::nvlink_links>, .most = detail::most_count, .whole = true},
    {.value = card_field::nvlink_topology, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::link_topology_rows>(g.links.topology, w); }, .words = detail::words_of_rows<cardfit::detail::link_topology_rows>},
    {.value = card_field::p2p_over_pcie, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::known_words>(g.links.peer_access_over_pcie, w); }, .words = detail::words_of_rows<cardfit::detail::known_words>},
    {.value = card_field::tdp_w, .number = [](gpu& g, double n) { g.board_power = watts_of(n); }, .most = detail::most_rate},
    {.value = card_field::power_connector, .text = detail::set_plugs},
    {.value = card_field::form_factor, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::form_factor_words>(g.form_factor, w); }, .words = detail::words_of_rows<cardfit::detail::form_factor_words>},
    {.value = card_field::slot_width, .number = detail::set_count<&gpu::slot_width>, .most = 100, .whole = true},
    {.value = card_field::cooling, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::cooling_words>(g.cooling, w); }, .words = detail::words_of_rows<cardfit::detail::cooling_words>},
    {.value = card_field::mig_max_instances, .number = detail::set_count<&gpu::mig_instances>, .most = 100, .whole = true},
    {.value = card_field::launch_price_usd, .number = [](gpu& g, double n) { g.launch_price = dollars_of(n); }, .most = 1e7},
    {.value = card_field::usable_mib_smi, .number = detail::set_mebibytes<&gpu::driver_total>, .most = 1e9, .whole = true},
    {.value = card_field::usable_mib_torch, .number = detail::set_mebibytes<&gpu::runtime_total>, .most = 1e9, .whole = true},
    {.value = card_field::vgpu, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::known_words>(g.virtual_gpu, w); }, .words = detail::words_of_rows<cardfit::detail::known_words>},
    {.value = card_field::availability, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::availability_words>(g.availability, w); }, .words = detail::words_of_rows<cardfit::detail::availability_words>},
    {.value = card_field::devices_per_module, .number = [](gpu& g, double n) { g.devices_per_module = n > 0 ? static_cast<int>(n) : 1; }, .most = 64, .whole = true},
    {.value = card_field::module_bidir_gb_s, .number = [](gpu& g, double n) { g.module_bidirectional = gigabytes_per_second(n); }, .most = detail::most_rate},
    {.value = card_field::memory_sharing, .text = [](gpu& g, std::string_view w) { return detail::set_word<cardfit::detail::memory_sharing_words>(g.memory_sharing, w); }, .words = detail::words_of_rows<cardfit::detail::memory_sharing_words>},
    {.value = card_field::host_link_bidir_gb_s, .number = [](gpu& g, double n) { g.links.host_bidirectional = gigabytes_per_second(n); }, .most = detail::most_rate},
};
// clang-format on
static_assert(cardfit::detail::one_row_per_enumerator<card_inputs>);

}  // namespace cardfit::io
