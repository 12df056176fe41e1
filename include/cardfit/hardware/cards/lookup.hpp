// SPDX-License-Identifier: MIT
#pragma once

// Cards by id.

#include <cardfit/hardware/cards/all.hpp>

namespace cardfit::cards {

/// The card with this id ("rtx-4090"), or null.
[[nodiscard]] constexpr const gpu* find(std::string_view id) noexcept {
    for (const gpu* card : all)
        if (card->id == id) return card;
    return nullptr;
}

}  // namespace cardfit::cards
