// SPDX-License-Identifier: MIT
#pragma once

// Reads the section `hardware` of a job file: a card by its id, its name or its columns, or a named machine.

#include <cardfit/hardware/links.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/io/card_names.hpp>
#include <cardfit/io/cards_file.hpp>
#include <cardfit/io/key_reader.hpp>
#include <cardfit/io/machine_defaults.hpp>
#include <cardfit/io/machine_names.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace cardfit::io::detail {

/// Refuses a link that the card does not have.
inline void check_link(const machine& m, findings& found) {
    const bool bridged =
        m.link == card_link::nvswitch || m.link == card_link::nvlink || m.link == card_link::nvlink_bridge;
    if (m.card.id.empty() || !bridged) return;
    const std::string card(m.card.id);
    const link_facts facts = links_of(m.card);
    const auto refuse = [&](const std::string& accepted) {
        found.problems.push_back(refused_value("hardware.link", name_of(link_names, m.link), accepted));
    };
    if (m.card.links.nvlink_bidirectional == bytes_per_second{})
        refuse("pcie, pcie-host (" + card + " has no NVLink)");
    else if (m.link == card_link::nvswitch && !facts.switched)
        refuse("another link (" + card + " has no NVSwitch)");
    else if (m.link == card_link::nvlink_bridge && facts.bridged == 0)
        refuse("another link (" + card + " takes no bridge)");
}

/// The user's cards: those that the caller read from a file, or null, and the card that the job itself states.
struct cards_of_job {
    const card_set* own = nullptr;
    std::shared_ptr<const card_set> stated{};
};

/// Reads a card that the job states itself, with the columns of a file of cards.
inline void read_stated_card(json_view columns, machine& m, cards_of_job& known, findings& found) {
    try {
        known.stated = read_cards(columns.shown(), "hardware.card", known.own);
        m.card = *known.stated->own().front();
    } catch (const input_error& e) {
        found.problems.insert(found.problems.end(), e.problems().begin(), e.problems().end());
    }
}

/// Finds the card by its id or name; a capacity tells cards of one name apart.
inline void read_card(json_view id, machine& m, cards_of_job& known, findings& found) {
    if (id.is_object()) return read_stated_card(id, m, known, found);
    const std::string_view name = id.text().value_or(std::string_view());
    if (const gpu* card = find_card(name, m.capacity, known.own))
        m.card = *card;
    else
        found.problems.push_back(
            refused_value("hardware.card", id.shown(), accepted_cards(name, m.capacity, known.own)));
}

/// Reads the cards of other models, which are as many more cards of the machine.
inline void read_other_cards(json_view hardware, machine& m, const card_set* own, findings& found) {
    const std::optional<json_view> stated = hardware.find("other_cards");
    if (!stated) return;
    const std::string key = "hardware.other_cards";
    const bool fits = stated->is_array() && stated->size() > 0 && stated->size() < max_cards_of_split;
    if (!fits) return found.problems.push_back(refused_value(key, stated->shown(), accepted_text(*keys::find(key))));
    stated->for_each([&](std::string_view, json_view each) {
        const std::string_view name = each.text().value_or(std::string_view());
        const gpu* card = find_card(name, {}, own);
        if (card == nullptr)
            found.problems.push_back(refused_value(key, each.shown(), accepted_cards(name, {}, own)));
        else
            m.others.of[m.others.count++] = card;
    });
    m.cards += m.others.count;
}

/// Returns the number that a key of `hardware` states, or nothing where it is absent or refused, which its section's
/// reader reports.
[[nodiscard]] inline std::optional<int> stated_number(json_view hardware, const char* name, const key_range& range) {
    const std::optional<json_view> stated = hardware.find(name);
    const std::optional<std::int64_t> number = stated ? stated->whole() : std::nullopt;
    const bool inside = number && *number >= range.low && *number <= range.high;
    return inside ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

/// Refuses keys that say what the machine says too, in another way.
inline void check_machine_keys(json_view hardware, const machine_choice& choice, findings& found) {
    const std::string card(choice.card->id);
    if (hardware.contains("card"))
        found.problems.push_back(refused_value("hardware.card", hardware["card"].shown(),
                                               "no card beside hardware.machine, which has " + card));
    if (hardware.contains("nodes") && hardware.contains("cards"))
        found.problems.push_back(
            refused_value("hardware.nodes", hardware["nodes"].shown(), "either hardware.nodes or hardware.cards"));
}

/// Reads `hardware.machine` with `nodes` or `cards`, which say how many.
inline void read_named_machine(json_view hardware, machine& m, const card_set* own, findings& found) {
    const std::optional<machine_choice> choice =
        read_machine("hardware.machine", hardware["machine"].shown(), found.problems, m.capacity, own);
    if (!choice) return;
    check_machine_keys(hardware, *choice, found);
    const std::int64_t nodes = stated_number(hardware, "nodes", key_ranges::nodes).value_or(1);
    if (hardware.contains("nodes"))
        static_cast<void>(
            parse_value(*keys::find("hardware.nodes"), "hardware.nodes", hardware["nodes"], found.problems));
    const std::int64_t all = choice->count * choice->cards_each() * nodes;
    if (all > key_ranges::cards.high)
        found.problems.push_back(refused_value("hardware.nodes", nodes, "a number that makes at most 1000000 cards"));
    const int cards = static_cast<int>((std::min)(all, key_ranges::cards.high));
    m = choice->take(stated_number(hardware, "cards", key_ranges::cards).value_or(cards));
}

/// Refuses hardware that names neither a card nor a machine, and nodes of no machine.
inline void check_card_keys(json_view hardware, findings& found) {
    if (!hardware.contains("card"))
        found.problems.push_back(missing_key("hardware.card", accepted_text(keys::hardware_keys[0].facts)));
    const std::size_t before = found.problems.size();
    if (const auto nodes = hardware.find("nodes"); nodes && found.problems.size() == before)
        found.problems.push_back(refused_value("hardware.nodes", nodes->shown(),
                                               "no value without hardware.machine: hardware.cards and "
                                               "hardware.per_node say how many cards there are"));
}

inline void read_hardware(const std::optional<json_view>& value, machine& m, cards_of_job& known, findings& found) {
    if (!value) return found.problems.push_back(missing_key("hardware", "an object with the key card or machine"));
    const bool by_name = value->contains("machine");
    if (by_name) read_named_machine(*value, m, known.own, found);
    read_section(*value, "hardware", keys::hardware_keys, m, found);
    if (!value->is_object()) return;
    // The machine says how many cards there are: nothing was assumed.
    if (by_name) std::erase_if(found.assumed, [](const assumption& a) { return a.key == key_ranges::cards.path; });
    if (!by_name) check_card_keys(*value, found);
    if (!by_name && value->contains("card")) read_card((*value)["card"], m, known, found);
    read_other_cards(*value, m, known.own, found);
    if (!m.card.id.empty() && m.ecc == ecc_setting::on && !has_ecc(m.card))
        found.problems.push_back(
            refused_value("hardware.ecc", true, "false (" + std::string(m.card.id) + " has no ECC)"));
    check_link(m, found);
    if (found.problems.empty()) note_machine_defaults(m, found);
}

}  // namespace cardfit::io::detail
