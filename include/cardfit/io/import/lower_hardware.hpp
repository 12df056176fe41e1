// SPDX-License-Identifier: MIT
#pragma once

// The hardware of a command: how many cards its launcher starts, and on how many machines. Which card it is, no command
// says.

#include <cardfit/hardware/links.hpp>
#include <cardfit/io/import/request.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>

namespace cardfit::io::imports {

/// The cards of a command; 0 for what is not known.
struct card_count {
    std::int64_t total = 0;     ///< of all nodes
    std::int64_t nodes = 0;     ///< machines
    std::int64_t per_node = 0;  ///< in each node
};

namespace detail {

/// Returns the number in "gpu:8", "gpu:a100:8" or "8"; 0 if there is none.
[[nodiscard]] inline std::int64_t last_number(const std::string& text) {
    const std::size_t colon = text.find_last_of(':');
    return integer_of(colon == text.npos ? text : text.substr(colon + 1)).value_or(0);
}

/// Returns the number of devices in "0,1,2,3".
[[nodiscard]] inline std::int64_t devices_in(const std::string& text) {
    return static_cast<std::int64_t>(words_of_list({text}).size());
}

[[nodiscard]] inline std::int64_t cards_per_node_of(const facts& known) {
    for (const std::string_view fact : {"cards.processes_each", "cards.per_node"})
        if (known.integer(fact, 0) > 0) return known.integer(fact, 0);
    if (known.has("slurm.gres") && last_number(known.text("slurm.gres")) > 0)
        return last_number(known.text("slurm.gres"));
    if (known.has("deepspeed.include")) {
        const std::string text = known.text("deepspeed.include");
        return devices_in(text.substr(text.find(':') + 1));
    }
    if (known.has("accelerate.gpus") && known.text("accelerate.gpus") != "all")
        return devices_in(known.text("accelerate.gpus"));
    if (known.has("cards.visible")) return devices_in(known.text("cards.visible"));
    const std::string docker = known.text("docker.gpus");
    if (docker.find("device=") != docker.npos) return devices_in(docker.substr(docker.find("device=") + 7));
    return integer_of(docker).value_or(0);
}

}  // namespace detail

/// Returns a product, or 10^12 where it is larger.
[[nodiscard]] inline std::int64_t bounded_product(std::initializer_list<std::int64_t> factors) {
    constexpr std::int64_t largest = 1'000'000'000'000;
    std::int64_t product = 1;
    for (const std::int64_t factor : factors) {
        if (factor <= 0) continue;
        if (product > largest / factor) return largest;
        product *= factor;
    }
    return product;
}

/// Returns the cards that a launcher starts.
[[nodiscard]] inline card_count count_cards(const facts& known) {
    card_count c{.nodes = known.integer("cards.nodes", 0), .per_node = detail::cards_per_node_of(known)};
    if (c.nodes == 0 && known.has("nodes.range")) c.nodes = detail::last_number(known.text("nodes.range"));
    for (const std::string_view fact : {"cards.total", "cards.processes"})
        if (c.total == 0) c.total = known.integer(fact, 0);
    if (c.total == 0 && c.per_node > 0) c.total = c.per_node * (std::max)(c.nodes, std::int64_t{1});
    return c;
}

/// Returns the number of cards: of the option, or else of the launcher, or else `implied` by the layout, or else 1,
/// which is said. Refuses an option that contradicts the launcher.
[[nodiscard]] inline card_count resolve_cards(request& r, std::int64_t implied) {
    card_count c = count_cards(r.known);
    std::int64_t of_machine = 0;
    if (!r.options.machine.empty()) {
        std::vector<input_problem> found;
        const auto choice = read_machine("--machine", r.options.machine, found, {}, r.options.own_cards);
        for (input_problem& p : found) r.refuse(std::move(p));
        if (choice) of_machine = choice->count * choice->cards_each();
    }
    if (r.options.cards > 0 && c.total > 0 && r.options.cards != c.total)
        r.refuse(refused_value("--cards", r.options.cards, std::to_string(c.total) + ", which the command starts"));
    if (c.total == 0) c.total = r.options.cards;
    if (c.total == 0) c.total = implied;
    if (c.total == 0) c.total = of_machine;
    constexpr std::int64_t most = 1'000'000;
    if (c.total > most || c.total < 0) {
        r.refuse(refused_value("hardware.cards", c.total, integers(1, most)));
        c.total = 1;
    }
    if (c.total > 0) return c;
    c.total = 1;
    r.assume("hardware.cards", "1", "the command does not say how many; --cards N");
    return c;
}

/// Returns true for a card of NVIDIA that has no bf16.
[[nodiscard]] inline bool is_before_ampere(const request& r) {
    const gpu* card = r.options.card.empty() ? nullptr : find_card(r.options.card, {}, r.options.own_cards);
    return card && card->vendor == cardfit::vendor::nvidia && card->compute_capability < compute_capability{8, 0};
}

/// Returns the number of cards as far as it is known yet, without a word about it.
[[nodiscard]] inline std::int64_t resolve_cards_quietly(const request& r) {
    const std::int64_t started = count_cards(r.known).total;
    return (std::max)(started > 0 ? started : r.options.cards, std::int64_t{1});
}

namespace detail {

/// Returns the value of a fact as a key of the job has it.
[[nodiscard]] inline nlohmann::ordered_json value_of_key(const keys::key_facts& key, const std::string& text) {
    const keys::value_kind kind = key.kind;
    if (kind == keys::value_kind::integer) return integer_of(text).value_or(0);
    if (kind == keys::value_kind::number) return number_of(text).value_or(0);
    if (kind == keys::value_kind::boolean || kind == keys::value_kind::three_state)
        return truth_of(text).value_or(false);
    return text;
}

}  // namespace detail

/// Adds the keys of a section that a tool states as they are and that no lowering adds. `lowered` are those that one
/// does.
inline void add_stated_keys(const request& r, std::string_view section, std::string_view lowered,
                            nlohmann::ordered_json& into) {
    for (const auto& [path, value] : r.known.all()) {
        if (!path.starts_with(section) || !is_job_key(path) || value.values.empty()) continue;
        const std::string name = path.substr(section.size());
        const bool nested = name.find('.') != name.npos;
        if (nested || lists(lowered, name) || into.contains(name)) continue;
        into[name] = detail::value_of_key(*keys::find(path), value.values.front());
    }
}

/// Returns the hardware of the job. Refuses a command without a card.
[[nodiscard]] inline nlohmann::ordered_json hardware_json(request& r, const card_count& c) {
    nlohmann::ordered_json hardware = nlohmann::ordered_json::object();
    if (!r.options.machine.empty()) {
        hardware["machine"] = r.options.machine;
        if (c.total > 0) hardware["cards"] = c.total;
        return hardware;
    }
    if (r.options.card.empty()) {
        r.refuse(missing_key("hardware.card", "--card ID or --machine NAME: no command says on which card it runs"));
        return hardware;
    }
    const gpu* card = find_card(r.options.card, {}, r.options.own_cards);
    if (!card) {
        r.refuse(refused_value("--card", r.options.card, accepted_cards(r.options.card, {}, r.options.own_cards)));
        return hardware;
    }
    hardware["card"] = std::string(card->id);
    if (c.total > 1) hardware["cards"] = c.total;
    if (c.nodes <= 1 || c.total % c.nodes != 0) return hardware;
    machine m{.card = *card, .cards = static_cast<int>(c.total)};
    if (cards_per_node(m) != c.total / c.nodes) hardware["per_node"] = c.total / c.nodes;
    return hardware;
}

}  // namespace cardfit::io::imports
