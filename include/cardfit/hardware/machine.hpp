// SPDX-License-Identifier: MIT
#pragma once

// A machine: identical cards, or a few cards of several models in one node; the link between them, nodes, and the
// network between nodes.

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/gpu.hpp>
#include <cardfit/hardware/usable_memory.hpp>
#include <cardfit/problem.hpp>

#include <stdexcept>
#include <string_view>

namespace cardfit {

/// The link between the cards of a node. `by_default` is the board's own link: see `link_of`.
enum class card_link : unsigned char { by_default, nvswitch, nvlink, nvlink_bridge, pcie, pcie_host };

/// The most cards of one node among which an engine divides layers (GGML_CUDA_MAX_DEVICES in ggml-cuda.h).
inline constexpr int max_cards_of_split = 16;

/// Cards of other models in the same node: the last ones of a machine's `cards`, in this order. Their rows must outlive
/// the machine.
struct other_cards {
    const gpu* of[max_cards_of_split - 1]{};  ///< the other cards' rows
    int count = 0;                            ///< the number of them
};

/// Identical cards in nodes. A card is one device: four of the devices of an MI250 are two modules. By default, nodes
/// and network are those of the machine in which the card is usually sold (hardware/platforms.hpp), and the link is the
/// board's own.
struct machine {
    gpu card{};     ///< the row of each card
    int cards = 1;  ///< cards of the job in all nodes, 1 to 1,000,000
    /// Cards per node, which the link joins; 0: those of the card's platform, or `cards` if there are fewer.
    int per_node = 0;
    card_link link = card_link::by_default;  ///< the link between the cards of a node
    /// Network bandwidth between nodes, Gbit/s per card; 0: that of the card's platform.
    double network_gbit = 0;
    ecc_setting ecc = ecc_setting::by_default;  ///< error correction: as shipped, on or off
    /// Replaces the memory that the runtime hands out on an idle card; 0: `usable_memory` decides.
    bytes capacity{};
    /// Driver, operating system and display of every node.
    host_conditions host{};
    /// Memory of the host of every node; 0: not known.
    bytes host_memory{};
    /// Nominal bandwidth of that memory, GB/s; 0: not known (host_memory_bytes_per_second).
    double host_memory_gb_s = 0;
    /// The named machine that these cards are of (hardware/machines.hpp); empty: none.
    std::string_view name{};
    /// Those of the `cards` that are of other models than `card`, in the same node.
    other_cards others{};
};

constexpr gpu::operator machine() const { return machine{.card = *this}; }

/// `8 * cards::a100_sxm4_80gb` is a machine. Throws std::invalid_argument unless 1 <= count <= 1,000,000.
template <exact_scalar Count>
[[nodiscard]] constexpr machine operator*(Count count, const gpu& card) {
    problem_list found(on_problem::refuse);
    found.within(ranged{key_ranges::cards, static_cast<std::int64_t>(count)});
    return machine{.card = card, .cards = static_cast<int>(count)};
}

/// Returns the machine as one of its cards sees it (from 0): with that card's row. What the machine states of the
/// memory of `card` does not hold for the others.
[[nodiscard]] constexpr machine seen_by_card(machine m, int index) noexcept {
    const int alike = m.cards - m.others.count;
    if (index < alike) return m;
    m.card = *m.others.of[index - alike];
    m.capacity = {};
    m.host.display = {};
    return m;
}

/// The bandwidth of host memory that estimates assume where it is not known, GB/s: two channels of DDR5-5600.
inline constexpr double assumed_host_memory_gb_s = 89.6;

/// Returns the nominal bytes per second of the host's memory, or the assumed ones.
[[nodiscard]] constexpr double host_memory_bytes_per_second(const machine& m) noexcept {
    return 1e9 * (m.host_memory_gb_s > 0 ? m.host_memory_gb_s : assumed_host_memory_gb_s);
}

namespace detail {

/// Adds what is wrong with the GPU's limit: a card whose memory the host does not limit has none, the operating system
/// needs a part, and a capacity would replace it.
constexpr void add_gpu_limit_problems(problem_list& found, const machine& m) {
    const char* const path = key_ranges::gpu_limit_mib.path;
    const std::int64_t limit = m.host.gpu_limit_mebibytes;
    if (!has_gpu_limit(m.card))
        found.breaks_rule(path, limit,
                          shares_memory_with_host(m.card)
                              ? "must be left out, because this GPU takes all of the shared memory that is free; "
                                "hardware.display_bytes states what other programs take"
                              : "must be left out, because the card has memory of its own",
                          0);
    else if (m.capacity.number > 0)
        found.breaks_rule(path, limit, "must be left out where hardware.capacity_bytes states the memory", 0);
    else
        found.ranges(invalid_field{path, limit, 1, in_mebibytes_down(largest_gpu_limit(m.card))});
}

/// Adds the values that are none of their enumeration's, and returns true if there are none. In a constant, the
/// compiler refuses them anyway, and steps of the evaluation are scarce.
constexpr bool has_enumerators(problem_list& found, const machine& m) {
    found.enumerators(enumerated{"hardware.link", m.link}, enumerated{"hardware.ecc", m.ecc},
                      enumerated{"hardware.driver", m.host.driver}, enumerated{"hardware.system", m.host.system});
    return found.empty();
}

}  // namespace detail

/// Everything that is wrong with a machine; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const machine& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.within(ranged{key_ranges::cards, m.cards});
    if (!__builtin_is_constant_evaluated() && !detail::has_enumerators(found, m)) return found;
    // In each of these, 0 stands for "not given".
    found.ranges(
        invalid_field{key_ranges::per_node.path, m.per_node, m.per_node > 0, m.cards},
        invalid_field{key_ranges::capacity_bytes.path, m.capacity.number, 0, key_ranges::capacity_bytes.high},
        invalid_field{key_ranges::display_bytes.path, m.host.display.number, 0, key_ranges::display_bytes.high});
    found.require(field_condition{m.host_memory_gb_s >= 0 && m.host_memory_gb_s <= key_ranges::host_memory_gb_s.high,
                                  key_ranges::host_memory_gb_s.path, as_whole(m.host_memory_gb_s),
                                  "1 to 100000 GB/s, or 0 where it is not known"},
                  field_condition{m.network_gbit >= 0 && m.network_gbit <= key_ranges::network_gbit.high,
                                  key_ranges::network_gbit.path, as_whole(m.network_gbit), "0 (not given) to 1000000"},
                  requirement{m.ecc != ecc_setting::on || has_ecc(m.card), "hardware.ecc", 1,
                              "must be false, because the card has no ECC"});
    if (m.host.gpu_limit_mebibytes != 0) detail::add_gpu_limit_problems(found, m);
    if (m.others.count > 0)
        found.require(field_condition{m.others.count < m.cards && m.cards <= max_cards_of_split, "hardware.other_cards",
                                      m.others.count, "at most 16 cards in all, one of them that of hardware.card"});
    return found;
}

namespace detail {

/// True for several MIG slices. CUDA shows a process one slice, and NCCL joins none of them (NVIDIA/nccl#431), so no
/// job can be divided among them.
[[nodiscard]] constexpr bool are_slices(const machine& m) noexcept { return m.cards > 1 && is_mig_slice(m.card); }

}  // namespace detail

/// Returns the cards per node, with the default of the card's platform filled in.
[[nodiscard]] constexpr int cards_per_node(const machine& m) noexcept {
    if (m.per_node > 0) return m.per_node;
    const int usual = row_of(platform_of(m.card)).per_node;
    return m.cards < usual ? m.cards : usual;
}
/// Returns the cards that one host drives: a node's, or those of a tray where a node is a rack of trays (NVL72).
[[nodiscard]] constexpr int cards_per_host(const machine& m) noexcept {
    const platform_row& usual = row_of(platform_of(m.card));
    const int node = cards_per_node(m);
    return usual.per_host < usual.per_node && node > usual.per_host ? usual.per_host : node;
}
/// Returns the network bandwidth between nodes in Gbit/s per card, with the default of the card's platform filled in.
[[nodiscard]] constexpr double network_gbit_of(const machine& m) noexcept {
    return m.network_gbit > 0 ? m.network_gbit : row_of(platform_of(m.card)).network_gbit;
}
/// Returns the modules that carry the cards, the last of which may be in part another job's.
[[nodiscard]] constexpr int modules_of(const machine& m) noexcept {
    return (m.cards + m.card.devices_per_module - 1) / m.card.devices_per_module;
}

/// The rules of the card (`hardware/usable_memory.hpp`) on this machine.
/// @{
[[nodiscard]] constexpr bool ecc_runs(const machine& m) { return ecc_runs(m.card, m.ecc); }
[[nodiscard]] constexpr bytes driver_total(const machine& m) { return driver_total(m.card, m.ecc, m.host); }
/// @}
/// Returns the bytes of the GPU's total that the operating system takes, although the runtime reports them: those of a
/// shared memory without a limit for the GPU. An engine that takes a fraction of the total counts them.
[[nodiscard]] constexpr bytes reported_but_taken(const machine& m) {
    if (!host_takes_from_gpu(m.card)) return {};
    return operating_system_share(m.capacity.number > 0 ? m.capacity : detail::shared_total(m.card, m.host));
}
/// Returns the machine's `capacity` if it is given, minus the shares of the display and, of a shared memory without a
/// limit for the GPU, of the operating system; otherwise the usable memory of the card, in bytes.
[[nodiscard]] constexpr bytes usable_memory(const machine& m) {
    // The common case first, because it takes few steps: a reading, Linux, ECC as shipped, memory of the card's own.
    if (m.capacity.number <= 0 && m.ecc == ecc_setting::by_default && m.card.runtime_total.number > 0 &&
        m.host.system == host_system::linux_host && m.card.memory_sharing == memory_sharing::none)
        return bytes_of(larger(m.card.runtime_total.number - m.host.display.number, 0));
    if (m.capacity.number <= 0) return usable_memory(m.card, m.ecc, m.host);
    const std::int64_t taken = m.host.display.number + reported_but_taken(m).number;
    return bytes_of(larger(m.capacity.number - taken, 0));
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

/// What stands behind the link of a machine that names none.
enum class link_standing : unsigned char {
    documented,         ///< the card's row states the link
    unknown_bandwidth,  ///< the card has links whose bandwidth no document states, so PCIe is a lower bound
    unknown_peers,      ///< no document says whether the cards reach each other over PCIe, so host memory is assumed
};

/// Returns what stands behind the default link of a machine.
[[nodiscard]] constexpr link_standing link_standing_of(const machine& m) noexcept {
    const card_links& l = m.card.links;
    const card_link link = link_of(m);
    if (link != card_link::pcie && link != card_link::pcie_host) return link_standing::documented;
    const bool joined = l.topology != link_topology::none && row_of(l.topology).bridged == 0;
    const bool has_links = joined && (is_module(m.card) || l.topology != link_topology::unknown);
    if (has_links && l.nvlink_bidirectional.number <= 0) return link_standing::unknown_bandwidth;
    return l.peer_access_over_pcie == documented::unknown ? link_standing::unknown_peers : link_standing::documented;
}

}  // namespace cardfit
