// SPDX-License-Identifier: MIT
#pragma once

// Cards and MIG slices by id.

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/cards/mig.hpp>

namespace cardfit::cards {

/// The card ("rtx-4090") or MIG slice ("a100-sxm4-80gb-mig-3g-40gb") with this id, or null.
[[nodiscard]] constexpr const gpu* find(std::string_view id) noexcept {
    for (const gpu* card : all)
        if (card->id == id) return card;
    for (const gpu* slice : all_mig)
        if (slice->id == id) return slice;
    return nullptr;
}

}  // namespace cardfit::cards
