// SPDX-License-Identifier: MIT
#pragma once

// Some of the table's rows, in an order: what a query of the table or a search by name returns.

#include <cardfit/hardware/cards/all.hpp>

#include <array>
#include <cstddef>

namespace cardfit::cards {

/// Some of the table's rows, in an order. The list has the table's size, so that a query can be a constant.
struct card_list {
    std::array<const gpu*, all.size()> rows{};  ///< the cards of the list, then null pointers
    std::size_t count = 0;                      ///< the number of cards

    /// The number of cards in the list.
    /// @{
    [[nodiscard]] constexpr std::size_t size() const noexcept { return count; }
    [[nodiscard]] constexpr bool empty() const noexcept { return count == 0; }
    /// @}
    /// Returns the card at position `i`. Throws std::out_of_range for a position past the table's size.
    [[nodiscard]] constexpr const gpu& operator[](std::size_t i) const { return *rows.at(i); }
    /// The cards in the list's order.
    /// @{
    [[nodiscard]] constexpr const gpu* const* begin() const noexcept { return rows.data(); }
    [[nodiscard]] constexpr const gpu* const* end() const noexcept { return rows.data() + count; }
    /// @}
    /// Appends a card.
    constexpr void push_back(const gpu* card) {
        rows.at(count) = card;
        ++count;
    }
    /// Returns true if the list has a card with the same id.
    [[nodiscard]] constexpr bool has(const gpu& card) const noexcept {
        for (const gpu* each : *this)
            if (each->id == card.id) return true;
        return false;
    }
};

}  // namespace cardfit::cards
