// SPDX-License-Identifier: MIT
#pragma once

// The plugs that power a card, and the power that the plugs and the slot can carry.

#include <cardfit/hardware/gpu.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// The number of plugs of each kind on a card.
struct power_connectors {
    int pcie_16pin = 0;  ///< 12VHPWR, 12V-2x6
    int pcie_12pin = 0;  ///< NVIDIA's connector of 2020
    int pcie_8pin = 0;   ///< PCI Express plugs of 8 pins, 150 W each
    int pcie_6pin = 0;   ///< PCI Express plugs of 6 pins, 75 W each
    int eps_8pin = 0;    ///< CPU plugs of 8 pins, as data center boards have them

    /// Returns the number of plugs of all kinds.
    [[nodiscard]] constexpr int count() const noexcept {
        return pcie_16pin + pcie_12pin + pcie_8pin + pcie_6pin + eps_8pin;
    }
    friend constexpr bool operator==(const power_connectors&, const power_connectors&) = default;
    /// Returns the plugs of `n` such cards.
    friend constexpr power_connectors operator*(int n, const power_connectors& c) noexcept {
        return {n * c.pcie_16pin, n * c.pcie_12pin, n * c.pcie_8pin, n * c.pcie_6pin, n * c.eps_8pin};
    }
};

/// Returns the plugs that `gpu::power_connector` names ("1x 6-pin + 1x 8-pin", "8-pin EPS"); none for the text "none"
/// and for boards that are powered through a socket. Throws invalid_input for a text that names no plug known here, and
/// for a PCIe board without a text (no document states its plugs, or it is a MIG slice).
[[nodiscard]] constexpr power_connectors connectors_of(const gpu& card) {
    power_connectors found;
    std::string_view rest = card.power_connector;
    if (rest == "none") return found;
    if (rest.empty() && card.form_factor == form_factor::pcie)
        throw invalid_input({"hardware.card.power_connector", 0, 0, 0, "a card whose plugs are published"});
    while (!rest.empty()) {
        const std::size_t plus = rest.find(" + ");
        std::string_view plug = rest.substr(0, plus);
        rest = plus == rest.npos ? std::string_view() : rest.substr(plus + 3);
        int plugs = 1;
        if (plug.size() > 3 && plug[1] == 'x' && plug[0] >= '1' && plug[0] <= '9') {
            plugs = plug[0] - '0';
            plug.remove_prefix(3);
        }
        if (plug == "16-pin")
            found.pcie_16pin += plugs;
        else if (plug == "12-pin")
            found.pcie_12pin += plugs;
        else if (plug == "8-pin")
            found.pcie_8pin += plugs;
        else if (plug == "6-pin")
            found.pcie_6pin += plugs;
        else if (plug == "8-pin EPS")
            found.eps_8pin += plugs;
        else
            throw invalid_input({"hardware.card.power_connector", 0, 0, 0, "plugs of 16, 12, 8, 6 pins or 8-pin EPS"});
    }
    return found;
}

/// Returns the power that the plugs can carry: 600 W per 16-pin, 150 W per 8-pin, 75 W per 6-pin plug (PCIe CEM 5.0);
/// 300 W per EPS 8-pin plug (Exxact, "PCIe 8-pin vs EPS-12V"); 300 W per 12-pin plug, which NVIDIA's adapter feeds from
/// two 8-pin plugs (estimated).
[[nodiscard]] constexpr watts rating_of(const power_connectors& c) noexcept {
    const int pcie = 600 * c.pcie_16pin + 300 * c.pcie_12pin + 150 * c.pcie_8pin + 75 * c.pcie_6pin;
    return watts_of(pcie + 300 * c.eps_8pin);
}

/// The power that a PCIe slot of 16 lanes supplies beside the plugs: 75 W (PCIe CEM), of which 66 W are at 12 V.
inline constexpr watts pcie_slot_power = watts_of(75);

}  // namespace cardfit
