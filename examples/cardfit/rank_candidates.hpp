// SPDX-License-Identifier: MIT
#pragma once

// The machines that `rank` tries: cards in several numbers, MIG slices, named machines, and what of them the options
// leave out.

#include "plan_command.hpp"

#include <cardfit/hardware/cards/mig.hpp>
#include <cardfit/hardware/links.hpp>

#include <map>
#include <string>
#include <vector>

namespace tool {

struct rank_options {
    std::string job;
    hardware_flags hardware;
    std::vector<int> counts{1, 2, 4, 8};
    /// Prices in US dollars per GPU-hour, such as "rtx-4090=0.44".
    std::vector<std::string> prices;
    std::string by = "time";
    /// What the machines may be at most; empty or 0 where nothing is asked.
    std::string segment;
    double budget = 0;         ///< US dollars for all cards, by their prices at launch
    double hourly_budget = 0;  ///< US dollars per hour, by --price or --prices
    double power = 0;          ///< W of all boards
    int slots = 0;             ///< that all boards take
    int top = 12;
    bool slices = false;
    bool json = false;
    answer_flags answer{};
};

/// Returns the prices of --price by card id, in US dollars per GPU-hour. Throws input_error for a text that is not a
/// price.
[[nodiscard]] inline std::map<std::string, double> prices_of(const rank_options& o) {
    std::map<std::string, double> prices;
    for (const std::string& text : o.prices) {
        const std::size_t equals = text.find('=');
        const nlohmann::json value =
            equals == text.npos ? nlohmann::json() : nlohmann::json::parse(text.substr(equals + 1), nullptr, false);
        const gpu* card = equals == text.npos ? nullptr : find_card(text.substr(0, equals));
        if (!card || !value.is_number() || value.get<double>() <= 0 || value.get<double>() > 1e6)
            throw io::input_error(
                {io::refused_value("--price", text, "CARD=DOLLARS per GPU-hour, such as rtx-4090=0.44")});
        prices[std::string(card->id)] = value.get<double>();
    }
    return prices;
}

/// Returns the cards that the command line names. Throws input_error for the name of an unknown card.
[[nodiscard]] inline std::vector<const gpu*> chosen_cards(const rank_options& o) {
    std::vector<const gpu*> chosen;
    for (const std::string& name : o.hardware.cards) {
        if (io::is_meant_as_machine(name, own_cards().get())) continue;
        const gpu* card = find_card(name);
        if (!card) throw io::input_error({io::refused_value("--card", name, accepted_cards(name))});
        chosen.push_back(card);
    }
    if (o.hardware.cards.empty() && o.hardware.machines.empty())
        chosen.assign(known_cards().begin(), known_cards().end());
    return chosen;
}

/// Returns the machine that a name means, with the cards that it has. Throws input_error for an unknown name.
[[nodiscard]] inline machine machine_called(const std::string& key, const std::string& name) {
    std::vector<io::input_problem> problems;
    const std::optional<io::machine_choice> choice = io::read_machine(key, name, problems, {}, own_cards().get());
    if (!choice) throw io::input_error(std::move(problems));
    return choice->take(static_cast<int>(choice->count) * choice->cards_each());
}

/// Returns the machine with what the job states of links and network, where that is known of its cards: rank replaces
/// the job's machine and not what joins the cards.
[[nodiscard]] inline machine joined_as(machine m, const machine& stated) {
    if (m.cards == 1 || !m.name.empty()) return m;
    const card_link usual = link_of(m);
    const bool staged = stated.link == card_link::pcie || stated.link == card_link::pcie_host;
    const bool bridged = stated.link == card_link::nvlink_bridge && links_of(m.card).bridged > 0;
    const bool joined = usual == card_link::nvlink || usual == card_link::nvswitch;
    if ((staged && !joined) || bridged) m.link = stated.link;
    if (stated.per_node > 0 && m.cards % stated.per_node == 0) m.per_node = stated.per_node;
    if (stated.network_gbit > 0) m.network_gbit = stated.network_gbit;
    return m;
}

/// Returns the machines to rank: each card in each number asked for, the MIG slices of these cards if asked for, and
/// the named machines as they are. If none is named, the machines that --prices has are ranked too. Throws input_error
/// for an unknown name.
[[nodiscard]] inline std::vector<machine> candidates(const rank_options& o) {
    const std::vector<const gpu*> chosen = chosen_cards(o);
    std::vector<machine> all;
    for (const gpu* card : chosen)
        for (const int n : o.counts) all.push_back(n * *card);
    for (const std::string& name : o.hardware.cards)
        if (io::is_meant_as_machine(name, own_cards().get())) all.push_back(machine_called("--card", name));
    for (const std::string& name : o.hardware.machines) all.push_back(machine_called("--machine", name));
    const bool any = o.hardware.cards.empty() && o.hardware.machines.empty();
    if (any && prices())
        for (const io::machine_price& each : prices()->prices)
            if (!each.hardware.name.empty()) all.push_back(each.hardware);
    if (o.slices)
        for (const gpu* slice : cardfit::cards::all_mig)
            if (std::any_of(chosen.begin(), chosen.end(), [&](const gpu* c) { return c->id == slice->mig_parent; }))
                all.push_back(*slice);
    return all;
}

/// Why a machine is left out of a ranking, and what the options ask for.
struct candidate_limit {
    const char* why;
    bool (*keeps)(const rank_options&, const machine&, dollars hour);
};
inline constexpr candidate_limit candidate_limits[]{
    {"of another segment", [](const rank_options& o, const machine& m,
                              dollars) { return o.segment.empty() || name_of(m.card.segment) == o.segment; }},
    {"without a price at launch",
     [](const rank_options& o, const machine& m, dollars) { return o.budget <= 0 || m.card.launch_price.number > 0; }},
    {"over --budget", [](const rank_options& o, const machine& m,
                         dollars) { return o.budget <= 0 || m.card.launch_price.number * m.cards <= o.budget; }},
    {"without a price per hour",
     [](const rank_options& o, const machine&, dollars hour) { return o.hourly_budget <= 0 || hour.number > 0; }},
    {"over --hourly-budget",
     [](const rank_options& o, const machine& m, dollars hour) {
         return o.hourly_budget <= 0 || hour.number * m.cards <= o.hourly_budget;
     }},
    {"of unknown power",
     [](const rank_options& o, const machine& m, dollars) { return o.power <= 0 || m.card.board_power.number > 0; }},
    {"over --power", [](const rank_options& o, const machine& m,
                        dollars) { return o.power <= 0 || in_watts(m.card.board_power) * m.cards <= o.power; }},
    {"not in slots, or in an unknown number of them",
     [](const rank_options& o, const machine& m, dollars) { return o.slots <= 0 || m.card.slot_width > 0; }},
    {"over --slots", [](const rank_options& o, const machine& m,
                        dollars) { return o.slots <= 0 || m.card.slot_width * m.cards <= o.slots; }},
};

/// Returns the price per hour of one GPU of a machine: that of --price, or that of the user's file; 0 for a machine
/// that has none. A MIG slice takes its share of its card's price.
[[nodiscard]] inline dollars card_hour_of(const std::map<std::string, double>& stated, const machine& m) {
    const auto price = stated.find(std::string(m.card.mig_parent.empty() ? m.card.id : m.card.mig_parent));
    if (price == stated.end()) return card_hour_of(m);
    const double share = m.card.mig_slices_per_card > 0 ? m.card.mig_slices_per_card : 1;
    return dollars_of(price->second / share);
}

}  // namespace tool
