// SPDX-License-Identifier: MIT
#pragma once

// Every card of the table, by family, with the oldest family first.

#include <cardfit/hardware/cards/nvidia_pascal.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/hardware/cards/nvidia_turing.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_ada.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_turing_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_laptop.hpp>
#include <cardfit/hardware/cards/nvidia_embedded.hpp>
#include <cardfit/hardware/cards/amd_instinct.hpp>
#include <cardfit/hardware/cards/amd_radeon.hpp>
#include <cardfit/hardware/cards/intel.hpp>
#include <cardfit/hardware/cards/apple.hpp>

#include <array>
#include <cstddef>

namespace cardfit::cards {

namespace detail {

/// Returns several lists joined into one.
template <std::size_t... Sizes>
[[nodiscard]] constexpr auto joined(const std::array<const gpu*, Sizes>&... lists) noexcept {
    std::array<const gpu*, (Sizes + ...)> all{};
    std::size_t next = 0;
    const auto append = [&](const auto& list) {
        for (const gpu* card : list) {
            all[next] = card;
            ++next;
        }
    };
    (append(lists), ...);
    return all;
}

}  // namespace detail

/// The whole table, by address, so that a program that names one card contains one card.
inline constexpr std::array all =
    detail::joined(nvidia_pascal_rows, nvidia_volta_rows, nvidia_turing_rows, nvidia_ampere_rows, nvidia_ada_rows,
                   nvidia_hopper_rows, nvidia_blackwell_rows, nvidia_turing_geforce_rows, nvidia_ampere_geforce_rows,
                   nvidia_ada_geforce_rows, nvidia_blackwell_geforce_rows, nvidia_laptop_rows, nvidia_embedded_rows,
                   amd_instinct_rows, amd_radeon_rows, intel_rows, apple_rows);

}  // namespace cardfit::cards
