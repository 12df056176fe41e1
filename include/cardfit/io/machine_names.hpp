// SPDX-License-Identifier: MIT
#pragma once

// Reads the names of machines as people write them: a machine or a card, with a count before it and a link behind it
// ("p5.48xlarge", "2xp4d.24xlarge", "8xh100-sxm5-80gb", "2xrtx-3090:nvlink-bridge").

#include <cardfit/hardware/machines/lookup.hpp>
#include <cardfit/io/card_names.hpp>
#include <cardfit/io/figures.hpp>
#include <cardfit/io/object_reader.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// The parts of a machine's name as people write it.
struct machine_phrase {
    /// Number of machines or cards; 0: none is written.
    std::int64_t count = 0;
    /// The name of a machine or of a card.
    std::string name{};
    /// The word behind the colon; empty: there is none.
    std::string link{};
};

/// What a phrase means: cards of a named machine (`row`) or of no machine in particular.
struct machine_choice {
    const gpu* card = nullptr;               ///< the card
    const named_machine* row = nullptr;      ///< the machine; null: none in particular
    std::int64_t count = 1;                  ///< cards
    card_link link = card_link::by_default;  ///< the link that the phrase states

    /// Returns the number of cards of one counted thing: the machine's, or 1.
    [[nodiscard]] int cards_each() const { return row != nullptr ? row->cards : 1; }
    /// Returns this machine with `cards` cards in all.
    [[nodiscard]] machine take(int cards) const {
        machine taken = row != nullptr ? row->take(cards) : cards * *card;
        if (link != card_link::by_default) taken.link = link;
        return taken;
    }
};

namespace detail {

/// Returns the size of the sign that stands between a count and a name ("8x", "8 x", "8*"), spaces included; 0 if there
/// is none.
[[nodiscard]] inline std::size_t times_size(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && text[at] == ' ') ++at;
    const std::string_view sign = text.substr(at);
    constexpr std::string_view multiplication = "\xC3\x97";
    std::size_t size = 0;
    if (sign.starts_with('x') || sign.starts_with('X') || sign.starts_with('*')) size = 1;
    if (sign.starts_with(multiplication)) size = multiplication.size();
    if (size == 0) return 0;
    at += size;
    while (at < text.size() && text[at] == ' ') ++at;
    return at < text.size() ? at : 0;
}

[[nodiscard]] inline bool names_hardware(std::string_view name, const card_set* own) {
    return machines::find(name) != nullptr || !find_cards(name, {}, own).empty();
}

}  // namespace detail

/// Returns the parts of a name. A text that names a machine or a card as a whole has one part, whatever it looks like.
[[nodiscard]] inline machine_phrase phrase_of(std::string_view text, const card_set* own = nullptr) {
    if (detail::names_hardware(text, own)) return {.name = std::string(text)};
    machine_phrase phrase;
    std::size_t digits = 0;
    constexpr std::size_t most_digits = 9;
    while (digits < text.size() && digits < most_digits && text[digits] >= '0' && text[digits] <= '9') ++digits;
    const std::size_t times = digits > 0 ? detail::times_size(text.substr(digits)) : 0;
    if (times > 0) {
        phrase.count = std::stoll(std::string(text.substr(0, digits)));
        text.remove_prefix(digits + times);
    }
    const std::size_t colon = text.rfind(':');
    if (colon != text.npos && !detail::names_hardware(text, own)) {
        phrase.link = std::string(text.substr(colon + 1));
        text = text.substr(0, colon);
    }
    phrase.name = std::string(text);
    return phrase;
}

namespace detail {

/// Returns the edits between a text, or its form as an id, and a name.
[[nodiscard]] inline std::size_t distance_to(std::string_view text, std::string_view name) {
    const std::string_view head = text.substr(0, 100);  // a hostile name may be a megabyte long
    return (std::min)(edit_distance(head, name), edit_distance(as_id(head), name));
}

/// Returns true for a text that is closer to a card's id than to any machine's name: a card has all of its words, or is
/// spelled more similarly than a machine that does not begin with the text.
[[nodiscard]] inline bool is_closer_to_card(std::string_view text, std::string_view machine, const card_set* own) {
    const cards::detail::words said = cards::detail::telling_words(text);
    const auto has_words = [&](const gpu& card) { return has_all_words(said, card); };
    if (!ids_where(table_with(own), 1, has_words).empty()) return true;
    if (machines::detail::match(machine, text).begins) return false;
    const std::vector<std::string_view> nearest = ids_near(text, {}, own);
    return !nearest.empty() && distance_to(text, nearest[0]) <= distance_to(text, machine);
}

}  // namespace detail

/// Returns the names of the `count` machines closest to a text, the closest first: of those that begin with it, if
/// there are any.
[[nodiscard]] inline std::vector<std::string_view> machines_near(std::string_view text, std::size_t count) {
    std::vector<std::string_view> names;
    for (const named_machine* each : machines::all)
        if (machines::detail::match(each->name, text).begins) names.push_back(each->name);
    if (names.empty())
        for (const named_machine* each : machines::all) names.push_back(each->name);
    return closest(text, std::move(names), count);
}

/// Returns what is accepted for the name of a machine: the closest machines, or the closest cards if they are closer.
[[nodiscard]] inline std::string accepted_machines(std::string_view name, const card_set* own = nullptr) {
    const std::vector<std::string_view> nearest = machines_near(name, 3);
    if (detail::is_closer_to_card(name, nearest[0], own)) return accepted_cards(name, {}, own);
    std::string text = "a machine such as";
    const char* between = " ";
    for (const std::string_view each : nearest) {
        text += between + std::string(each);
        between = ", ";
    }
    return text + " (see: cardfit machines)";
}

/// Returns the problem of a name that no machine has, with the reason where it is known: an accelerator that is not a
/// GPU, or a share of a card.
[[nodiscard]] inline input_problem unknown_machine(const std::string& key, std::string_view text, std::string_view name,
                                                   const card_set* own = nullptr) {
    const std::string_view why = machines::why_refused(name);
    if (why.empty()) return refused_value(key, std::string(text), accepted_machines(name, own));
    const std::string accepted = "a machine of GPUs or of unified memory (see: cardfit machines)";
    return detail::problem_with(key, std::string(text), accepted, [&](const std::string& shown) {
        return key + " is " + shown + ", which " + std::string(why) + "; accepted: " + accepted;
    });
}

/// Returns what a phrase means. Where it means nothing, a problem under the name `key` is added.
[[nodiscard]] inline std::optional<machine_choice> read_machine(const std::string& key, const nlohmann::json& value,
                                                                std::vector<input_problem>& problems,
                                                                bytes capacity = {}, const card_set* own = nullptr) {
    const std::string* text = value.get_ptr<const std::string*>();
    if (text == nullptr) {
        problems.push_back(refused_value(key, value, "a machine's name such as p5.48xlarge (see: cardfit machines)"));
        return {};
    }
    const machine_phrase phrase = phrase_of(*text, own);
    machine_choice choice{.row = machines::find(phrase.name), .count = phrase.count > 0 ? phrase.count : 1};
    choice.card = choice.row != nullptr ? &choice.row->card : find_card(phrase.name, capacity, own);
    const std::size_t before = problems.size();
    const bool shared = choice.card == nullptr && !find_cards(phrase.name, capacity, own).empty();
    if (shared)
        problems.push_back(refused_value(key, *text, accepted_cards(phrase.name, capacity, own)));
    else if (choice.card == nullptr)
        problems.push_back(unknown_machine(key, *text, phrase.name, own));
    const bool counted = *text == phrase.name || phrase.count > 0 || !phrase.link.empty();
    if (!counted || choice.count * choice.cards_each() > key_ranges::cards.high)
        problems.push_back(refused_value(key, *text, "a count that makes 1 to 1000000 cards"));
    if (!phrase.link.empty()) {
        const std::optional<card_link> link = value_named(link_names, phrase.link);
        if (link)
            choice.link = *link;
        else
            problems.push_back(refused_value(key, *text, "after the colon one of " + listed(link_names)));
    }
    return problems.size() == before ? std::optional(choice) : std::nullopt;
}

/// Returns how many of its named machine a machine is made of, the last of which may be in part: " (p4d.24xlarge)",
/// " (2 x p4d.24xlarge)". The text is empty for a machine without a name.
[[nodiscard]] inline std::string machine_name_text(const machine& m) {
    const named_machine* row = machines::find(m.name);
    if (row == nullptr) return {};
    const std::string name(m.name);
    if (m.cards == row->cards) return " (" + name + ")";
    if (m.cards % row->cards == 0) return " (" + std::to_string(m.cards / row->cards) + " x " + name + ")";
    return " (of " + std::to_string((m.cards + row->cards - 1) / row->cards) + " x " + name + ")";
}

/// Returns how a need for host memory compares with what the hosts of the machine have: " of the hosts' 768 GiB",
/// ", more than the hosts' 16 GiB"; empty where the machine's hosts are not known.
[[nodiscard]] inline std::string host_memory_text(const machine& m, bytes needed) {
    if (m.host_memory.number <= 0) return {};
    const int node = cards_per_node(m);
    const bytes hosts = m.host_memory * ((m.cards + node - 1) / node);
    const std::string owner = m.cards > node ? "hosts' " : "host's ";
    return (needed > hosts ? ", more than the " : " of the ") + owner + in_gib(hosts);
}

/// Returns true for a text that is meant as a machine rather than as a card: one that names a machine, or that has a
/// count or a link, or that is closer to a machine's name than to a card's.
[[nodiscard]] inline bool is_meant_as_machine(std::string_view text, const card_set* own = nullptr) {
    if (!find_cards(text, {}, own).empty()) return false;
    const machine_phrase phrase = phrase_of(text, own);
    if (phrase.count > 0 || machines::find(phrase.name) != nullptr || !machines::why_refused(phrase.name).empty())
        return true;
    if (value_named(link_names, phrase.link)) return true;
    return !detail::is_closer_to_card(text, machines_near(text, 1)[0], own);
}

}  // namespace cardfit::io
