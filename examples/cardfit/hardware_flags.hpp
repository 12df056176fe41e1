// SPDX-License-Identifier: MIT
#pragma once

// The hardware that a command line names: cards and machines, one job file's `hardware` for each.

#include "calibration.hpp"
#include "command.hpp"

#include <cardfit/io/machine_names.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tool {

using namespace cardfit;

/// The values of --card and --machine.
struct hardware_flags {
    std::vector<std::string> cards{};
    std::vector<std::string> machines{};
};

/// Adds --card and --machine.
inline void add_hardware_flags(CLI::App& app, hardware_flags& flags, const std::string& card_help) {
    app.add_option("--card", flags.cards, card_help)->delimiter(',');
    app.add_option("--machine", flags.machines,
                   "machine or instance, with a count before it or a link behind it, such as p5.48xlarge, "
                   "2xp4d.24xlarge or 2xrtx-3090:nvlink-bridge; may be given several times (see: cardfit machines)");
}

/// Returns the `hardware` of a job file for a name that may be a card's or a machine's.
[[nodiscard]] inline nlohmann::json hardware_called(const std::string& name) {
    return {{io::is_meant_as_machine(name, own_cards().get()) ? "machine" : "card", name}};
}

/// Returns the `hardware` of a job file for each card and machine of the command line, cards first.
[[nodiscard]] inline std::vector<nlohmann::json> hardware_of(const hardware_flags& flags) {
    std::vector<nlohmann::json> all;
    for (const std::string& name : flags.cards) all.push_back(hardware_called(name));
    for (const std::string& name : flags.machines) all.push_back({{"machine", name}});
    return all;
}

/// Returns the same as `hardware_of`. Throws input_error if the command line names neither a card nor a machine.
[[nodiscard]] inline std::vector<nlohmann::json> required_hardware_of(const hardware_flags& flags) {
    std::vector<nlohmann::json> all = hardware_of(flags);
    if (all.empty())
        throw io::input_error(
            {io::missing_key("--card", "--card ID or --machine NAME (see: cardfit cards, machines)")});
    return all;
}

/// Returns the keys of an answer that name the machine.
[[nodiscard]] inline nlohmann::ordered_json machine_json(const machine& m) {
    return {{"machine", m.name}, {"cards", m.cards}};
}

namespace detail {

/// Returns how many cards the machine of a job's hardware has, or 0 if it names none.
[[nodiscard]] inline std::int64_t cards_of_machine(const nlohmann::json& hardware) {
    if (!hardware.contains("machine") || hardware.contains("cards")) return 0;
    std::vector<io::input_problem> problems;
    const auto choice = io::read_machine("hardware.machine", hardware["machine"], problems, {}, own_cards().get());
    const auto nodes = hardware.find("nodes");
    const bool counted = nodes != hardware.end() && nodes->is_number_integer();
    return choice ? choice->count * choice->cards_each() * (counted ? nodes->get<std::int64_t>() : 1) : 0;
}

}  // namespace detail

/// Returns the job on another card or machine. The number of cards stays that of the job, unless the new machine is
/// named with a count or the job states none. Throws input_error for a job without hardware.
[[nodiscard]] inline nlohmann::json on_hardware(nlohmann::json job, const nlohmann::json& called) {
    if (!job.is_object() || !job.contains("hardware") || !job["hardware"].is_object())
        throw io::input_error({io::missing_key("hardware", "an object with the key card or machine")});
    nlohmann::json& hardware = job["hardware"];
    const std::int64_t cards = detail::cards_of_machine(hardware);
    for (const char* key : {"card", "machine", "nodes"}) hardware.erase(key);
    if (cards > 0) hardware["cards"] = cards;
    if (const auto machine = called.find("machine"); machine != called.end()) {
        // These are facts about the machine that is replaced.
        for (const char* key : {"per_node", "link", "network_gbit"}) hardware.erase(key);
        if (io::phrase_of(machine->get<std::string>(), own_cards().get()).count > 0) hardware.erase("cards");
    }
    hardware.update(called);
    return job;
}

/// Adds --card and --machine to a command that answers for one machine: the job's, or that of a flag.
inline void add_replacing_flags(CLI::App& app, hardware_flags& flags) {
    app.add_option("--card", flags.cards, "use this card instead of the job's")->expected(1);
    app.add_option(
           "--machine", flags.machines,
           "use this machine instead of the job's, such as p5.48xlarge or 2xp4d.24xlarge (see: cardfit machines)")
        ->expected(1);
}

/// Returns the job on the card or the machine of the command line, or as it is if the command line names neither.
/// Throws input_error if it names several.
[[nodiscard]] inline nlohmann::json on_hardware_of(const hardware_flags& flags, nlohmann::json job) {
    const std::vector<nlohmann::json> named = hardware_of(flags);
    if (named.size() > 1) {
        std::vector<std::string> given = flags.cards;
        given.insert(given.end(), flags.machines.begin(), flags.machines.end());
        throw io::input_error({io::refused_value("--machine", given, "one card or one machine for this command")});
    }
    if (named.empty()) return job;
    return on_hardware(std::move(job), named[0]);
}

}  // namespace tool
