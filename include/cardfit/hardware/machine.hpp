// SPDX-License-Identifier: MIT
#pragma once

// Cards, the link between them, nodes and the network between nodes; and how much memory a job may have on one card.

#include <cardfit/hardware/gpu.hpp>

#include <algorithm>
#include <stdexcept>

namespace cardfit {

/// What joins the cards of a node. `by_default` follows the board: see `link_of`.
enum class card_link : unsigned char { by_default, nvswitch, nvlink, nvlink_bridge, pcie, pcie_host };
/// Whether error correction runs: as the card ships, or as told.
enum class ecc_setting : unsigned char { by_default, off, on };

/// Identical cards, in nodes. Defaults: 8 cards a node (or all, if fewer), the board's own link.
struct machine {
    gpu card{};
    int cards = 1;
    /// Cards a node; 0: 8, or `cards` if fewer.
    int per_node = 0;
    card_link link = card_link::by_default;
    /// Network between nodes, Gbit/s a card; 0: not told.
    double network_gbit = 0;
    ecc_setting ecc = ecc_setting::by_default;
    /// Overrides what the runtime can hand out on an idle card; 0: `usable_memory`'s own rule.
    bytes capacity{};
};

constexpr gpu::operator machine() const { return machine{.card = *this}; }

/// `8 * cards::a100_sxm4_80gb` is a machine. Throws std::invalid_argument unless 1 <= count <= 1,000,000.
[[nodiscard]] constexpr machine operator*(int count, const gpu& card) {
    if (count < 1 || count > 1'000'000) throw std::invalid_argument("cardfit: hardware.cards must be 1 to 1000000");
    return machine{.card = card, .cards = count};
}

/// Cards a node, with the default filled in.
[[nodiscard]] constexpr int cards_per_node(const machine& m) noexcept { return m.per_node > 0 ? m.per_node : (std::min)(m.cards, 8); }

/// Whether ECC runs on this machine's cards.
[[nodiscard]] constexpr bool ecc_runs(const machine& m) noexcept {
    return m.ecc == ecc_setting::by_default ? m.card.ecc == ecc_support::on_by_default : m.ecc == ecc_setting::on;
}

/// True where ECC lives in the data's own memory and takes 1/16 of it: GDDR6 and its kin. HBM and GDDR7 carry it beside.
/// Source: nvidia-smi totals with ECC on and off (A10 24564 to 23028 MiB, A6000 49140 to 46068, T4 16384 to 15360).
[[nodiscard]] constexpr bool ecc_takes_memory(memory_type type) noexcept {
    return type == memory_type::gddr5 || type == memory_type::gddr5x || type == memory_type::gddr6 || type == memory_type::gddr6x;
}

/// What nvidia-smi prints as the card's total, ECC as asked. Where no reading is known: 99.5 % of the marketed capacity,
/// the smallest share that current boards print (GDDR7 and Hopper), less 1/16 where ECC runs inside the data's memory.
[[nodiscard]] constexpr bytes driver_total(const machine& m) {
    const bool shipped_on = m.card.ecc == ecc_support::on_by_default;
    const bool shares = ecc_takes_memory(m.card.memory_type);
    std::int64_t total = m.card.driver_total.number;
    if (total == 0) total = m.card.memory.number / 1000 * 995 / 16 * (shares && shipped_on ? 15 : 16);
    if (shares && ecc_runs(m) && !shipped_on) total = total / 16 * 15;
    if (shares && !ecc_runs(m) && shipped_on) total = total / 15 * 16;
    return bytes_of(total);
}

/// What the CUDA runtime reports as total on an idle card (cudaMemGetInfo): the figure that decides whether a job fits.
/// A reading where there is one; else the driver's total less its reserve of 380 MiB + 1.9 MiB for each GiB, which lies
/// within 1 % of the card on all 18 boards with both readings (265 MiB on a T4 to 717 MiB on a B200). A MIG slice's reading
/// is what nvidia-smi lists for its profile, with nothing taken off (see `mig_slice`).
[[nodiscard]] constexpr bytes usable_memory(const machine& m) {
    if (m.capacity.number > 0) return m.capacity;
    const bytes total = driver_total(m);
    const bool as_shipped = total == m.card.driver_total || m.card.driver_total.number == 0;
    if (m.card.runtime_total.number > 0 && as_shipped) return m.card.runtime_total;
    const std::int64_t reserve = 380 * bytes_per_mebibyte + total.number / bytes_per_gibibyte * (bytes_per_mebibyte * 19 / 10);
    return bytes_of((std::max)(total.number - reserve, std::int64_t{0}));
}

/// The link with the board's default filled in: a switch on SXM-type boards from Volta on (direct links on V100 and on
/// AMD's modules), PCIe with peer access where the board has it, through the host where not. Never a bridge unless named.
[[nodiscard]] constexpr card_link link_of(const machine& m) noexcept {
    if (m.link != card_link::by_default) return m.link;
    const bool module = m.card.form_factor == "SXM" || m.card.form_factor == "OAM" || m.card.form_factor == "superchip";
    if (module && m.card.links.nvlink_bidirectional.number > 0) {
        const bool direct = m.card.vendor != vendor::nvidia || m.card.compute_capability < compute_capability{8, 0};
        return direct ? card_link::nvlink : card_link::nvswitch;
    }
    return m.card.links.peer_access_over_pcie == known::yes ? card_link::pcie : card_link::pcie_host;
}

}  // namespace cardfit
