// SPDX-License-Identifier: MIT
#pragma once

// A machine: identical cards, the link between them, nodes, and the network between nodes.

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/gpu.hpp>
#include <cardfit/hardware/usable_memory.hpp>
#include <cardfit/problem.hpp>

#include <algorithm>
#include <stdexcept>

namespace cardfit {

/// The link between the cards of a node. `by_default` is the board's own link: see `link_of`.
enum class card_link : unsigned char { by_default, nvswitch, nvlink, nvlink_bridge, pcie, pcie_host };

/// Identical cards in nodes. By default a node has 8 cards (or all, if there are fewer) and the board's own link.
struct machine {
    gpu card{};
    int cards = 1;
    /// Cards per node; 0: 8, or `cards` if there are fewer.
    int per_node = 0;
    card_link link = card_link::by_default;
    /// Network bandwidth between nodes, Gbit/s per card; 0: not given.
    double network_gbit = 0;
    ecc_setting ecc = ecc_setting::by_default;
    /// Replaces the memory that the runtime hands out on an idle card; 0: `usable_memory` decides.
    bytes capacity{};
    /// Driver, operating system and display of every node.
    host_conditions host{};
    /// Memory of the host of every node; 0: not known.
    bytes host_memory{};
};

constexpr gpu::operator machine() const { return machine{.card = *this}; }

/// `8 * cards::a100_sxm4_80gb` is a machine. Throws std::invalid_argument unless 1 <= count <= 1,000,000.
template <exact_scalar Count>
[[nodiscard]] constexpr machine operator*(Count count, const gpu& card) {
    problem_list found(on_problem::refuse);
    found.within(ranged{key_ranges::cards, static_cast<std::int64_t>(count)});
    return machine{.card = card, .cards = static_cast<int>(count)};
}

/// Everything that is wrong with a machine; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const machine& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.within(ranged{key_ranges::cards, m.cards});
    // In each of these, 0 stands for "not given".
    found.ranges(invalid_field{key_ranges::per_node.path, m.per_node, m.per_node > 0, m.cards},
                 invalid_field{key_ranges::capacity_bytes.path, m.capacity.number, 0, key_ranges::capacity_bytes.high});
    found.require(field_condition{m.network_gbit >= 0 && m.network_gbit <= key_ranges::network_gbit.high,
                                  key_ranges::network_gbit.path, static_cast<std::int64_t>(m.network_gbit),
                                  "0 (not given) to 1000000"},
                  requirement{m.ecc != ecc_setting::on || has_ecc(m.card), "hardware.ecc", 1,
                              "must be false, because the card has no ECC"});
    return found;
}

/// Returns the cards per node, with the default filled in.
[[nodiscard]] constexpr int cards_per_node(const machine& m) noexcept {
    return m.per_node > 0 ? m.per_node : (std::min)(m.cards, 8);
}

/// The rules of the card (`hardware/usable_memory.hpp`) on this machine.
[[nodiscard]] constexpr bool ecc_runs(const machine& m) { return ecc_runs(m.card, m.ecc); }
[[nodiscard]] constexpr bytes driver_total(const machine& m) { return driver_total(m.card, m.ecc, m.host); }
/// Returns the machine's `capacity` if it is given, minus the display's share; otherwise the usable memory of the card,
/// in bytes.
[[nodiscard]] constexpr bytes usable_memory(const machine& m) {
    // The common case first, because it takes few steps: a reading, Linux, ECC as shipped, no display.
    if (m.capacity.number <= 0 && m.ecc == ecc_setting::by_default && m.card.runtime_total.number > 0 &&
        m.host.system == host_system::linux_host)
        return bytes_of(larger(m.card.runtime_total.number - m.host.display.number, 0));
    if (m.capacity.number <= 0) return usable_memory(m.card, m.ecc, m.host);
    return bytes_of((std::max)(m.capacity.number - m.host.display.number, std::int64_t{0}));
}

/// Returns the link between the cards, with the default of the board filled in: NVSwitch for NVIDIA's modules from A100
/// on, direct links for V100 and for AMD's modules, PCIe with peer access for boards that have it, and PCIe through
/// host memory for the others. A bridge is never assumed.
[[nodiscard]] constexpr card_link link_of(const machine& m) noexcept {
    if (m.link != card_link::by_default) return m.link;
    if (is_module(m.card) && m.card.links.nvlink_bidirectional.number > 0)
        return joins_modules_directly(m.card) ? card_link::nvlink : card_link::nvswitch;
    return m.card.links.peer_access_over_pcie == documented::yes ? card_link::pcie : card_link::pcie_host;
}

}  // namespace cardfit
