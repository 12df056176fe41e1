// SPDX-License-Identifier: MIT
#pragma once

// Queries of the table, also at compile time: which cards have a given memory size, number format or NVLink, and in
// which order.
//
//     constexpr auto wanted = cards::query({.min_memory = 24_GiB, .format = number_format::bf16, .nvlink = true});
//     constexpr auto fastest = cards::sorted(wanted, &gpu::memory_bandwidth);
//     constexpr auto mine = cards::where([](const gpu& g) { return g.board_power <= 300_W; }, wanted);

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/cards/card_list.hpp>
#include <cardfit/number_format.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>

namespace cardfit::cards {

using cardfit::matrix_rate;

/// The requirements on a card. A requirement that is left out admits every card.
struct requirements {
    /// The smallest marketed capacity of the board.
    bytes min_memory{};
    std::optional<number_format> format{};      ///< tensor cores multiply it at a stated rate
    bool nvlink = false;                        ///< the card has NVLink
    std::optional<cardfit::vendor> vendor{};    ///< the card's maker
    std::optional<cardfit::segment> segment{};  ///< the market that the card is sold to
};

/// Returns true if a card meets the requirements. Only NVIDIA's links count as NVLink, not the links of other vendors'
/// modules.
[[nodiscard]] constexpr bool meets(const gpu& card, const requirements& wanted) {
    if (card.memory < wanted.min_memory) return false;
    if (wanted.format && matrix_rate(card, *wanted.format).number <= 0) return false;
    if (wanted.nvlink && (card.vendor != vendor::nvidia || card.links.nvlink_bidirectional.number <= 0)) return false;
    if (wanted.vendor && card.vendor != *wanted.vendor) return false;
    return !wanted.segment || card.segment == *wanted.segment;
}

namespace detail {

/// Returns what a key, which is a member of the card's row or a function of the row, is for a card. (std::invoke does
/// the same, from a header as dear as the card table.)
template <class Key>
[[nodiscard]] constexpr auto key_of(const Key& key, const gpu& card) {
    if constexpr (std::is_member_object_pointer_v<Key>)
        return card.*key;
    else if constexpr (std::is_member_function_pointer_v<Key>)
        return (card.*key)();
    else
        return key(card);
}

}  // namespace detail

/// Returns the whole table as a list.
[[nodiscard]] constexpr card_list every() noexcept { return {all, all.size()}; }

/// Returns the cards of `from` for which a predicate over `const gpu&` holds, in the order of `from`.
template <class Predicate>
[[nodiscard]] constexpr card_list where(Predicate predicate, const card_list& from = every()) {
    card_list chosen;
    for (const gpu* card : from)
        if (detail::key_of(predicate, *card)) chosen.push_back(card);
    return chosen;
}

/// Returns the cards of `from` that meet the requirements, in the order of `from`.
[[nodiscard]] constexpr card_list query(const requirements& wanted, const card_list& from = every()) {
    return where([&](const gpu& card) { return meets(card, wanted); }, from);
}

/// Returns the list sorted by a key, which is a member (`&gpu::memory_bandwidth`) or a function of `const gpu&`:
/// largest first, or smallest first with `ascending`. Cards with equal keys stay in their order.
template <class Key>
[[nodiscard]] constexpr card_list sorted(card_list list, Key key, bool ascending = false) {
    const card_list given = list;
    std::array<std::size_t, all.size()> order{};
    for (std::size_t i = 0; i < given.count; ++i) order[i] = i;
    std::sort(order.data(), order.data() + given.count, [&](std::size_t a, std::size_t b) {
        const gpu& first = *given.rows[ascending ? a : b];
        const gpu& second = *given.rows[ascending ? b : a];
        if (detail::key_of(key, first) < detail::key_of(key, second)) return true;
        if (detail::key_of(key, second) < detail::key_of(key, first)) return false;
        return a < b;
    });
    for (std::size_t i = 0; i < given.count; ++i) list.rows[i] = given.rows[order[i]];
    return list;
}

}  // namespace cardfit::cards
