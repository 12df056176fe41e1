// SPDX-License-Identifier: MIT
#pragma once

// What backs a figure of a card's row: a document, an estimate, a rule that says that cards of its kind have none, or
// nothing at all. A row leaves out both a column that its card does not have and one that is not known, and these are
// different answers.

#include <cardfit/hardware/capabilities.hpp>

namespace cardfit {

/// What backs a column of a row.
enum class figure_standing : unsigned char {
    documented,  ///< a document of the row states it, or it follows from stated figures by a rule of physics.hpp
    estimated,   ///< the row has it, and no document states it; the note says where it comes from
    none,        ///< the card has no such thing
    unknown,     ///< no document was found
};

/// Returns the enumerator's name.
[[nodiscard]] constexpr std::string_view name_of(figure_standing s) noexcept {
    switch (s) {
        case figure_standing::documented:
            return "documented";
        case figure_standing::estimated:
            return "estimated";
        case figure_standing::none:
            return "none";
        case figure_standing::unknown:
            break;
    }
    return "unknown";
}

/// The part of an estimate that a column affects, where an estimator reads it; columns of kind `other` affect no
/// decision.
enum class figure_kind : unsigned char { rates, memory, links, power, other };

/// Returns the enumerator's name.
[[nodiscard]] constexpr std::string_view name_of(figure_kind k) noexcept {
    constexpr std::string_view names[]{"rates", "memory", "links", "power", "other"};
    return names[static_cast<std::size_t>(k)];
}

namespace detail {

inline constexpr card_fields rate_columns =
    fields(card_field::compute_capability, card_field::sm_count, card_field::boost_clock_mhz, card_field::fp32_tflops,
           card_field::tf32_dense, card_field::fp16_tensor_acc16_dense, card_field::fp16_tensor_acc32_dense,
           card_field::bf16_dense, card_field::fp8_dense, card_field::fp4_dense);
inline constexpr card_fields memory_columns =
    fields(card_field::memory_gb, card_field::memory_type, card_field::memory_bus_bits,
           card_field::memory_bandwidth_gb_s, card_field::l2_mb, card_field::ecc, card_field::usable_mib_smi,
           card_field::usable_mib_torch, card_field::memory_sharing);
inline constexpr card_fields link_columns =
    fields(card_field::pcie_gen, card_field::pcie_lanes, card_field::nvlink_total_bidir_gb_s,
           card_field::nvlink_topology, card_field::p2p_over_pcie, card_field::form_factor,
           card_field::devices_per_module, card_field::module_bidir_gb_s, card_field::host_link_bidir_gb_s);
inline constexpr card_fields power_columns = fields(card_field::tdp_w, card_field::power_connector);

[[nodiscard]] constexpr bool states_rate(const gpu& g, card_field column) noexcept {
    for (const rate_of_unit& each : rates_of_units)
        if (each.column == column) return (g.rates.*each.rate).number > 0;
    return false;
}

[[nodiscard]] constexpr bool states_link(const card_links& l, card_field column) noexcept {
    if (column == card_field::pcie_gen) return l.pcie_generation > 0;
    if (column == card_field::pcie_lanes) return l.pcie_lanes > 0;
    if (column == card_field::nvlink_gen) return l.nvlink_generation > 0;
    if (column == card_field::nvlink_total_bidir_gb_s) return l.nvlink_bidirectional.number > 0;
    if (column == card_field::nvlink_links) return l.nvlink_links > 0;
    if (column == card_field::nvlink_topology)
        return l.topology != link_topology::unknown && l.topology != link_topology::none;
    return l.peer_access_over_pcie != documented::unknown;
}

[[nodiscard]] constexpr bool states_memory(const gpu& g, card_field column) noexcept {
    if (column == card_field::memory_bus_bits) return g.memory_bus_bits > 0;
    if (column == card_field::memory_data_rate_gbps) return g.memory_data_rate_gbps > 0;
    if (column == card_field::memory_bandwidth_gb_s) return g.memory_bandwidth.number > 0;
    if (column == card_field::l2_mb) return g.l2_mb > 0;
    if (column == card_field::ecc) return has_ecc(g);
    if (column == card_field::usable_mib_smi) return g.driver_total.number > 0;
    if (column == card_field::usable_mib_torch) return g.runtime_total.number > 0;
    return g.memory.number > 0;
}

[[nodiscard]] constexpr bool states_board(const gpu& g, card_field column) noexcept {
    if (column == card_field::architecture) return g.architecture != gpu_architecture::unknown;
    if (column == card_field::release_year) return g.release_year > 0;
    if (column == card_field::compute_capability) return g.compute_capability.major > 0 || !g.instruction_set.empty();
    if (column == card_field::sm_count) return g.streaming_multiprocessors > 0;
    if (column == card_field::cuda_cores) return g.cuda_cores > 0;
    if (column == card_field::tensor_cores) return g.tensor_cores > 0;
    if (column == card_field::rt_cores) return g.ray_tracing_cores > 0;
    if (column == card_field::base_clock_mhz) return g.base_clock_mhz > 0;
    if (column == card_field::boost_clock_mhz) return g.boost_clock_mhz > 0;
    if (column == card_field::tensor_clock_mhz) return g.tensor_clock_mhz > 0;
    if (column == card_field::structured_sparsity) return g.rates.structured_sparsity != documented::unknown;
    if (column == card_field::tdp_w) return g.board_power.number > 0;
    if (column == card_field::power_connector) return !g.power_connector.empty() && g.power_connector != "none";
    if (column == card_field::form_factor) return g.form_factor != form_factor::unknown;
    if (column == card_field::slot_width) return g.slot_width > 0;
    if (column == card_field::cooling) return g.cooling != cooling::unknown;
    if (column == card_field::mig_max_instances) return g.mig_instances > 0;
    if (column == card_field::launch_price_usd) return g.launch_price.number > 0;
    if (column == card_field::vgpu) return g.virtual_gpu != documented::unknown;
    if (column == card_field::module_bidir_gb_s) return g.module_bidirectional.number > 0;
    if (column == card_field::memory_sharing) return shares_memory_with_host(g);
    if (column == card_field::host_link_bidir_gb_s) return g.links.host_bidirectional.number > 0;
    return true;
}

/// Returns true if the row itself states a value for the column.
[[nodiscard]] constexpr bool states(const gpu& g, card_field column) noexcept {
    if (column >= card_field::fp64_tflops && column <= card_field::int4_dense) return states_rate(g, column);
    if (column >= card_field::pcie_gen && column <= card_field::p2p_over_pcie) return states_link(g.links, column);
    const bool memory = (column >= card_field::memory_gb && column <= card_field::ecc) ||
                        column == card_field::usable_mib_smi || column == card_field::usable_mib_torch;
    return memory ? states_memory(g, column) : states_board(g, column);
}

/// Returns true if the column is a rate of a format that the card has no unit for.
[[nodiscard]] constexpr bool has_no_rate(const gpu& g, card_field column) noexcept {
    for (const rate_of_unit& each : rates_of_units)
        if (each.column == column) return has_unit(g, each.rate) == documented::no;
    return false;
}

/// Returns true if the architecture has no such cores in a multiprocessor.
[[nodiscard]] constexpr bool has_no_cores(const gpu& g, int architecture_rates::*cores) noexcept {
    const architecture_rates* line = rates_of_architecture(g);
    return line != nullptr && line->*cores == 0;
}

/// Returns true if the card cannot have MIG: other vendors' cards, MIG slices themselves, GeForce cards, and
/// architectures of which NVIDIA's MIG user guide lists no card.
[[nodiscard]] constexpr bool has_no_mig(const gpu& g) noexcept {
    if (g.vendor != vendor::nvidia || is_mig_slice(g) || g.segment == segment::consumer) return true;
    const compute_capability c = g.compute_capability;
    return c < compute_capability{8, 0} || (c > compute_capability{8, 0} && c < compute_capability{9, 0});
}

}  // namespace detail

/// Returns true if cards of this kind have no such thing: a format without a unit, NVLink on a card that has none, a
/// plug or a slot on a board that has neither, and a separate tensor clock where the boost clock applies.
[[nodiscard]] constexpr bool has_none(const gpu& g, card_field column) noexcept {
    if (detail::states(g, column)) return false;
    const bool slot_card = g.form_factor == form_factor::pcie || g.form_factor == form_factor::unknown;
    if (column == card_field::tensor_cores) return detail::has_no_cores(g, &architecture_rates::tensor_cores);
    if (column == card_field::rt_cores) return detail::has_no_cores(g, &architecture_rates::ray_tracing_cores);
    if (column == card_field::tensor_clock_mhz) return g.boost_clock_mhz > 0;
    if (column == card_field::ecc) return g.ecc == ecc_support::none;
    if (column == card_field::nvlink_gen) return g.vendor != vendor::nvidia || g.links.topology == link_topology::none;
    if (column == card_field::nvlink_total_bidir_gb_s || column == card_field::nvlink_links ||
        column == card_field::nvlink_topology)
        return g.links.topology == link_topology::none;
    if (column == card_field::power_connector) return g.power_connector == "none" || !slot_card || is_mig_slice(g);
    if (column == card_field::slot_width) return !slot_card || is_mig_slice(g);
    if (column == card_field::pcie_gen || column == card_field::pcie_lanes) return g.vendor == vendor::apple;
    if (column == card_field::mig_max_instances) return detail::has_no_mig(g);
    if (column == card_field::module_bidir_gb_s) return g.devices_per_module == 1;
    if (column == card_field::memory_sharing) return true;
    if (column == card_field::host_link_bidir_gb_s) return g.form_factor != form_factor::superchip;
    return detail::has_no_rate(g, column);
}

/// Returns what backs a column of a row.
[[nodiscard]] constexpr figure_standing standing_of(const gpu& g, card_field column) noexcept {
    if (has_none(g, column)) return g.estimated.has(column) ? figure_standing::estimated : figure_standing::none;
    if (!detail::states(g, column)) return figure_standing::unknown;
    return g.estimated.has(column) ? figure_standing::estimated : figure_standing::documented;
}

/// Returns true if no estimator reads this column of this card: ECC that takes no memory or is not on as shipped, peer
/// access over PCIe on a module whose links join the cards of a node, the topology of links without a total, the bus
/// width beside a reading of the memory (the bus width serves the rule that replaces a missing reading), and an L2 size
/// far from the 32 MB that the estimators compare with.
[[nodiscard]] constexpr bool is_not_read(const gpu& g, card_field column) noexcept {
    if (column == card_field::ecc)
        return g.memory_type < memory_type::gddr5 || g.memory_type > memory_type::gddr6x ||
               g.ecc != ecc_support::on_by_default;
    if (column == card_field::p2p_over_pcie) return is_module(g) && g.links.nvlink_bidirectional.number > 0;
    if (column == card_field::nvlink_topology) return g.links.nvlink_bidirectional == bytes_per_second{};
    if (column == card_field::memory_bus_bits) return g.driver_total.number > 0 || g.vendor != vendor::nvidia;
    if (column == card_field::l2_mb) return g.l2_mb <= 16 || g.l2_mb >= 48;
    return false;
}

/// Returns what a column of this card is about; `other` if no estimator reads it.
[[nodiscard]] constexpr figure_kind kind_of(const gpu& g, card_field column) noexcept {
    if (is_not_read(g, column)) return figure_kind::other;
    if (detail::rate_columns.has(column)) return figure_kind::rates;
    if (detail::memory_columns.has(column)) return figure_kind::memory;
    if (detail::link_columns.has(column)) return figure_kind::links;
    return detail::power_columns.has(column) ? figure_kind::power : figure_kind::other;
}

/// The number of estimated figures of a row, by kind.
struct estimated_figures {
    int of[5]{};  ///< figures of each `estimate_kind`

    /// Returns the number of estimated figures that an estimator reads.
    [[nodiscard]] constexpr int touching() const noexcept { return of[0] + of[1] + of[2] + of[3]; }
    /// Returns the number of estimated figures that no estimator reads.
    [[nodiscard]] constexpr int other() const noexcept { return of[4]; }
};

/// Returns the number of estimated figures of a row, by kind.
[[nodiscard]] constexpr estimated_figures estimated_figures_of(const gpu& g) noexcept {
    estimated_figures found;
    for (unsigned i = 0; i < card_field_count; ++i) {
        const card_field column = static_cast<card_field>(i);
        if (g.estimated.has(column)) ++found.of[static_cast<std::size_t>(kind_of(g, column))];
    }
    return found;
}

}  // namespace cardfit
