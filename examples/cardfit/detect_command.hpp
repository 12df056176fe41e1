// SPDX-License-Identifier: MIT
#pragma once

// detect: the NVIDIA cards of this machine, with their ids in the card table.

#include "commands.hpp"

#include <cardfit/io/card_names.hpp>
#include <cardfit/io/nvml.hpp>

namespace tool {

struct detect_options {
    bool json = false;
    answer_flags answer{};
};

/// Returns a card that was found: the id of its row if name and memory identify one row, or else null and the possible
/// ids.
[[nodiscard]] inline nlohmann::ordered_json detected_json(const io::nvml_card& card) {
    const gpu* row = cardfit::cards::find_by_name(card.name, card.total);
    const auto size = [](bytes b) {
        return b.number > 0 ? nlohmann::ordered_json(b.number) : nlohmann::ordered_json();
    };
    nlohmann::ordered_json found = {{"index", card.index},
                                    {"id", row ? nlohmann::ordered_json(row->id) : nlohmann::ordered_json()},
                                    {"name", card.name},
                                    {"total_bytes", size(card.total)},
                                    {"free_bytes", size(card.free)}};
    if (!row) found["could_be"] = io::ids_near(card.name, card.total);
    return found;
}

[[nodiscard]] inline std::string detected_text(const std::vector<io::nvml_card>& cards, const answer_flags& flags) {
    std::vector<std::vector<std::string>> rows{{"card", "id", "name", "free", "total"}};
    std::string unknown;
    for (const io::nvml_card& card : cards) {
        const gpu* row = cardfit::cards::find_by_name(card.name, card.total);
        const auto size = [](bytes b) { return b.number > 0 ? io::in_gib(b) : std::string("-"); };
        rows.push_back({std::to_string(card.index), row ? std::string(row->id) : "?", card.name, size(card.free),
                        size(card.total)});
        if (!row)
            unknown += "Card " + std::to_string(card.index) +
                       " is not in the card table; accepted: " + io::accepted_cards(card.name, card.total) + "\n";
    }
    const std::string text = printed(io::table_of(std::move(rows), 3, 5), flags, "");
    return flags.csv || flags.markdown ? text : text + unknown;
}

/// Answers the command. A machine with a driver and without a card is an answer. Throws input_error where no driver
/// answers: what the machine has is not known then.
inline int detect(const detect_options& options) {
    const io::nvml_answer found = io::nvml_cards();
    if (found.cards.empty() && !found.problem.empty())
        throw io::input_error({io::input_problem{
            .key = "driver", .accepted = "a machine with an NVIDIA driver", .message = found.problem}});
    if (options.json) {
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        for (const io::nvml_card& card : found.cards) all.push_back(detected_json(card));
        output() << io::dump(all, 2) << "\n";
    } else if (!found.cards.empty()) {
        output() << detected_text(found.cards, options.answer);
    } else {
        output() << "This machine has an NVIDIA driver but no NVIDIA card.\n";
    }
    if (!found.problem.empty()) errors() << "cardfit: " << found.problem << "\n";
    return answered;
}

inline std::function<int()> add_detect(CLI::App& app) {
    const auto o = std::make_shared<detect_options>();
    add_json_flag(app, o->json);
    add_table_flags(app, o->answer);
    return [o] { return detect(*o); };
}
inline constexpr command detect_command{
    .name = "detect",
    .help = "list the NVIDIA cards of this machine as ids of the card table, with free memory",
    .add = add_detect,
    .reads_jobs = false};

}  // namespace tool
