// SPDX-License-Identifier: MIT
#pragma once

// Finds the card that a user's spelling of its name means, among the user's own cards and those of the table, and lists
// what is accepted if there is none.

#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/io/card_set.hpp>
#include <cardfit/io/input_error.hpp>
#include <cardfit/io/names.hpp>

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// Returns every card that a name can mean: the card of `own` or of the table with this id, or else the cards of both
/// that have the name. A card of `own` takes the place of the table's card of the same id. See
/// `cards::find_all_by_name`.
[[nodiscard]] inline cards::card_list find_cards(std::string_view name, bytes memory, const card_set* own) {
    if (own == nullptr) return cards::find_all_by_name(name, memory);
    cards::card_list found;
    if (const gpu* card = own->find_own(name)) found.push_back(card);
    if (!found.empty() || cards::find(name) != nullptr || cards::detail::profile_start(name) != name.npos)
        return found.empty() ? cards::find_all_by_name(name, memory) : found;
    return cards::detail::boards_called(own->all(), name, memory);
}

/// Returns the one card that a name means, or null if it means none or several.
[[nodiscard]] inline const gpu* find_card(std::string_view name, bytes memory = {}, const card_set* own = nullptr) {
    const cards::card_list found = find_cards(name, memory, own);
    return found.size() == 1 ? &found[0] : nullptr;
}

/// Returns the name in the form of an id: lower case, words joined by one hyphen, without the vendor's name. For
/// example, "NVIDIA GeForce RTX 4091" becomes "rtx-4091".
[[nodiscard]] inline std::string as_id(std::string_view name) {
    const cards::detail::words words = cards::detail::words_of(name);
    std::string id;
    for (std::size_t i = 0; i < words.count; ++i) {
        if (cards::detail::says_nothing(words.at[i].text)) continue;
        if (!id.empty()) id += '-';
        for (const char c : words.at[i].text) id += cards::detail::lower(c);
    }
    return id;
}

namespace detail {

/// Returns the letters and digits of a name in lower case, without vendors and product lines: "NVIDIA GeForce RTX 4090"
/// becomes "4090".
[[nodiscard]] inline std::string squeezed(std::string_view name) {
    static constexpr std::string_view lines[]{"rtx", "gtx", "rx", "arc", "apple"};
    const cards::detail::words words = cards::detail::telling_words(name);
    std::string text;
    for (std::size_t i = 0; i < words.count; ++i) {
        const std::string_view word = words.at[i].text;
        if (std::any_of(std::begin(lines), std::end(lines), [&](auto each) { return cards::detail::same(each, word); }))
            continue;
        for (const char c : word) text += cards::detail::lower(c);
    }
    return text;
}

/// Returns true if every telling word of a name is a word of the card's name.
[[nodiscard]] inline bool has_all_words(const cards::detail::words& said, const gpu& card) {
    const cards::detail::words own = cards::detail::words_of(card.name);
    for (std::size_t i = 0; i < said.count; ++i)
        if (!own.has(said.at[i])) return false;
    return said.count > 0;
}

/// Returns the ids of the cards for which a condition holds, at most `most` of them.
template <class Holds>
[[nodiscard]] std::vector<std::string_view> ids_where(std::span<const gpu* const> table, std::size_t most,
                                                      Holds holds) {
    std::vector<std::string_view> ids;
    for (const gpu* card : table)
        if (ids.size() < most && holds(*card)) ids.push_back(card->id);
    return ids;
}

/// Returns the ids of the three cards whose names are spelled most similarly.
[[nodiscard]] inline std::vector<std::string_view> ids_spelled_like(std::string_view name,
                                                                    std::span<const gpu* const> table) {
    const std::string text = squeezed(name).substr(0, 100);  // a hostile name may be a megabyte long
    std::vector<std::pair<std::size_t, std::string_view>> ranked;
    for (const gpu* card : table) ranked.emplace_back(edit_distance(text, squeezed(card->id)), card->id);
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string_view> ids;
    for (std::size_t i = 0; i < 3; ++i) ids.push_back(ranked[i].second);
    return ids;
}

/// Returns the cards that names are looked up in.
[[nodiscard]] inline std::span<const gpu* const> table_with(const card_set* own) {
    if (own != nullptr) return own->all();
    return cards::all;
}

}  // namespace detail

/// Returns the ids to suggest for a name that does not identify one card: the cards that share the name, or else up to
/// eight that have all of its words, or else up to eight whose names contain it, or else the three most similarly
/// spelled.
[[nodiscard]] inline std::vector<std::string_view> ids_near(std::string_view name, bytes memory = {},
                                                            const card_set* own = nullptr) {
    constexpr std::size_t most = 8;
    std::vector<std::string_view> ids;
    for (const gpu* card : find_cards(name, memory, own)) ids.push_back(card->id);
    if (!ids.empty()) return ids;
    const std::span<const gpu* const> table = detail::table_with(own);
    const cards::detail::words said = cards::detail::telling_words(name);
    ids = detail::ids_where(table, most, [&](const gpu& card) { return detail::has_all_words(said, card); });
    if (!ids.empty()) return ids;
    const std::string text = detail::squeezed(name);
    const auto contains = [&](const gpu& card) { return detail::squeezed(card.name).find(text) != text.npos; };
    if (text.size() > 1) ids = detail::ids_where(table, most, contains);
    return ids.empty() ? detail::ids_spelled_like(name, table) : ids;
}

/// Returns what is accepted for a card's name: "a card's id such as rtx-4090, rtx-3090 (see: cardfit cards)", or the
/// ids of the cards that share the name.
[[nodiscard]] inline std::string accepted_cards(std::string_view name, bytes memory = {},
                                                const card_set* own = nullptr) {
    const bool shared = find_cards(name, memory, own).size() > 1;
    std::string text = shared ? "one of the cards of that name:" : "a card's id or printed name such as";
    const char* between = " ";
    for (const std::string_view id : ids_near(name, memory, own)) {
        text += between + std::string(id);
        between = ", ";
    }
    return text + " (see: cardfit cards)";
}

/// Returns the card that a name identifies; see `find_card`. Throws input_error with what is accepted.
[[nodiscard]] inline const gpu& card_named(std::string_view name, std::string_view key, bytes memory = {},
                                           const card_set* own = nullptr) {
    if (const gpu* card = find_card(name, memory, own)) return *card;
    throw input_error({refused_value(std::string(key), std::string(name), accepted_cards(name, memory, own))});
}

}  // namespace cardfit::io
