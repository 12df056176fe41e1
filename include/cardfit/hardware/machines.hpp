// SPDX-License-Identifier: MIT
#pragma once

// Machines and cloud instances by name: `machines::p5_48xlarge`, `2 * machines::dgx_h100`,
// `machines::find("a3-highgpu-8g")`. The rows are in the folder of this name; a row converts to the `machine` that
// every estimate takes.

#include <cardfit/hardware/machines/lookup.hpp>

#include <stdexcept>

namespace cardfit::machines {

/// These functions return a workstation of `count` cards whose traffic is staged through host memory, because NVIDIA's
/// stock drivers refuse GeForce cards peer access over PCIe. They throw std::invalid_argument unless 1 <= count <= 16.
[[nodiscard]] constexpr machine rtx_4090_workstation(int count) {
    if (count < 1 || count > 16) throw std::invalid_argument("cardfit: a workstation has 1 to 16 cards");
    return {.card = cards::rtx_4090, .cards = count, .per_node = count, .link = card_link::pcie_host};
}
/// The same of RTX 3090 cards.
[[nodiscard]] constexpr machine rtx_3090_workstation(int count) {
    if (count < 1 || count > 16) throw std::invalid_argument("cardfit: a workstation has 1 to 16 cards");
    return {.card = cards::rtx_3090, .cards = count, .per_node = count, .link = card_link::pcie_host};
}

}  // namespace cardfit::machines
