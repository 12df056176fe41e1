// SPDX-License-Identifier: MIT
#pragma once

// What a job assumes of its machine where it names several cards and leaves out how they are joined: the nodes, the
// link and the network, each with what it follows from.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/io/names.hpp>
#include <cardfit/io/object_reader.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace cardfit::io {

namespace detail {

/// Returns what the default link of a machine follows from where that is no document; otherwise the empty text.
[[nodiscard]] inline std::string link_basis(const machine& m) {
    switch (link_standing_of(m)) {
        case link_standing::documented:
            break;
        case link_standing::unknown_bandwidth:
            return " (a lower bound: no document states the bandwidth of its " +
                   (m.card.links.topology == link_topology::unknown ? std::string("links")
                                                                    : std::string(name_of(m.card.links.topology))) +
                   ")";
        case link_standing::unknown_peers:
            return " (no document says whether the cards have peer access)";
    }
    return {};
}

/// Adds the nodes, the link and the network that a job of several cards leaves out. Jobs of one card use none of them,
/// and jobs of one node no network.
inline void note_machine_defaults(const machine& m, findings& found) {
    if (m.cards < 2) return;
    const platform_row& usual = row_of(platform_of(m.card));
    const std::string name(usual.name);
    const int node = cards_per_node(m);
    if (m.per_node == 0)
        found.assumed.push_back({std::string(key_ranges::per_node.path), std::to_string(node) + " (" + name + ")"});
    if (m.link == card_link::by_default && node > 1)
        found.assumed.push_back({"hardware.link", std::string(name_of(link_names, link_of(m))) + link_basis(m)});
    if (m.network_gbit > 0 || m.cards <= node) return;
    const std::string basis = (usual.estimated ? "a low estimate for " : "") + name;
    const int whole = static_cast<int>(usual.network_gbit);
    const std::string gbit =
        usual.network_gbit > whole ? nlohmann::json(usual.network_gbit).dump() : std::to_string(whole);
    found.assumed.push_back({std::string(key_ranges::network_gbit.path), gbit + " (" + basis + ")"});
}

}  // namespace detail

/// Returns what a card is a part of: "one of 2 devices of a module"; the empty text for a card of its own.
[[nodiscard]] inline std::string module_text(const gpu& card) {
    if (card.devices_per_module == 1) return {};
    return "one of " + std::to_string(card.devices_per_module) + " devices of a " +
           (is_module(card) ? "module" : "board");
}

/// Returns how many modules the cards of a machine are: "Each card is one of 2 devices of a module: 4 cards are 2
/// modules."; the empty text for cards of their own.
[[nodiscard]] inline std::string module_text(const machine& m) {
    if (m.card.devices_per_module == 1) return {};
    const int modules = modules_of(m);
    const std::string kind = is_module(m.card) ? "module" : "board";
    return "Each card is " + module_text(m.card) + ": " + std::to_string(m.cards) +
           (m.cards == 1 ? " card takes " : " cards take ") + std::to_string(modules) + " " + kind +
           (modules == 1 ? "." : "s.");
}

/// Returns the nodes, the link and the network that a machine assumes.
[[nodiscard]] inline std::vector<assumption> assumed_of(const machine& m) {
    findings found;
    detail::note_machine_defaults(m, found);
    return std::move(found.assumed);
}

/// Returns those of the assumptions that follow from the card, so that they differ between the cards of one question.
[[nodiscard]] inline std::vector<assumption> of_card(const std::vector<assumption>& assumed) {
    std::vector<assumption> found;
    for (const assumption& each : assumed)
        if (each.key == key_ranges::per_node.path || each.key == "hardware.link" ||
            each.key == key_ranges::network_gbit.path)
            found.push_back(each);
    return found;
}

/// Returns what an answer assumes, by key.
[[nodiscard]] inline nlohmann::ordered_json assumed_json(const std::vector<assumption>& assumed) {
    nlohmann::ordered_json json = object_with_room(assumed.size());
    for (const assumption& each : assumed) json[each.key] = each.value;
    return json;
}

}  // namespace cardfit::io
