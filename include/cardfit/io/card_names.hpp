// SPDX-License-Identifier: MIT
#pragma once

// Finds the card that a user's spelling of its name means, and lists what is accepted if there is none.

#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/io/input_error.hpp>
#include <cardfit/io/names.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

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

/// Returns the ids to suggest for a name that does not identify one card: the cards that share the name, or else the
/// three closest ids.
[[nodiscard]] inline std::vector<std::string_view> ids_near(std::string_view name, bytes memory = {}) {
    std::vector<std::string_view> ids;
    for (const gpu* card : cards::find_all_by_name(name, memory)) ids.push_back(card->id);
    if (!ids.empty()) return ids;
    for (const gpu* card : cards::all) ids.push_back(card->id);
    const std::string id = as_id(name);
    return closest(id.empty() ? name : std::string_view(id), ids, 3);
}

/// Returns what is accepted for a card's name: "a card's id such as rtx-4090, rtx-3090 (see: cardfit cards)", or the
/// ids of the cards that share the name.
[[nodiscard]] inline std::string accepted_cards(std::string_view name, bytes memory = {}) {
    const bool shared = cards::find_all_by_name(name, memory).size() > 1;
    std::string text = shared ? "one of the cards of that name:" : "a card's id or printed name such as";
    const char* between = " ";
    for (const std::string_view id : ids_near(name, memory)) {
        text += between + std::string(id);
        between = ", ";
    }
    return text + " (see: cardfit cards)";
}

/// Returns the card that a name identifies; see `cards::find_by_name`. Throws input_error with what is accepted.
[[nodiscard]] inline const gpu& card_named(std::string_view name, std::string_view key, bytes memory = {}) {
    if (const gpu* card = cards::find_by_name(name, memory)) return *card;
    throw input_error({refused_value(std::string(key), std::string(name), accepted_cards(name, memory))});
}

}  // namespace cardfit::io
