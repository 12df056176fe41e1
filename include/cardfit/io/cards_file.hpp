// SPDX-License-Identifier: MIT
#pragma once

// Cards that a user states in a JSON file, with the columns that `cardfit cards --json` prints: a list of cards, or one
// card. Every card obeys the rules of physics.hpp, as the rows of the table do, or states an exemption with its reason.
//
//     [{"id": "my-4090", "name": "My RTX 4090", "like": "rtx-4090", "memory_gb": 48, "memory_data_rate_gbps": 20,
//       "memory_bandwidth_gb_s": 960}]
//
// `like` names a card whose figures stand for the columns that the file does not give. `null` is a figure that is not
// known, and `false` or "none" a feature that the card does not have.

#include <cardfit/io/card_inputs.hpp>
#include <cardfit/io/card_names.hpp>
#include <cardfit/io/card_set.hpp>
#include <cardfit/io/input_error.hpp>
#include <cardfit/io/names.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/physics_text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

inline constexpr std::size_t most_cards = 1000;
inline constexpr std::size_t longest_card_name = 100;
inline constexpr std::size_t longest_remark = 4000;

/// What is read of one card: the row, the columns that the file gives, and those that it says the card does not have.
struct card_in_file {
    gpu row{};
    card_fields given{};
    card_fields absent{};
    std::string key{};
    std::string source{};
    /// The id of the card that `like` names, with `has_base`.
    std::string_view base_id{};
    bool has_base = false;
};

/// Returns true for a text of at most `longest` bytes without control characters, which a terminal would obey.
[[nodiscard]] inline bool is_plain(const nlohmann::json& value, std::size_t longest) {
    const std::string* text = value.get_ptr<const std::string*>();
    if (text == nullptr || text->size() > longest) return false;
    return std::none_of(text->begin(), text->end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

[[nodiscard]] inline std::string plain_accepted(std::size_t longest) {
    return "a text of at most " + std::to_string(longest) + " bytes without control characters";
}

/// Returns what a column accepts, in words.
[[nodiscard]] inline std::string accepted_of(const card_input& in) {
    if (in.words) return "one of " + in.words();
    if (in.value == card_field::compute_capability) return "NVIDIA: a text such as \"8.9\"; other vendors: a name";
    if (in.value == card_field::power_connector)
        return "plugs such as \"2x 8-pin\", \"1x 16-pin\", \"8-pin EPS\", or \"none\"";
    if (in.text) return plain_accepted(longest_card_name);
    const std::string most = nlohmann::json(static_cast<std::int64_t>(in.most)).dump();
    return std::string(in.whole ? "a whole number" : "a number") + " above 0, at most " + most +
           "; null if it is not known, false if the card has none";
}

[[nodiscard]] inline bool set_number(gpu& row, const card_input& in, const nlohmann::json& value) {
    if (!value.is_number()) return false;
    const double number = value.get<double>();
    if (!(number > 0) || !(number <= in.most) || (in.whole && !same_number(number, std::floor(number)))) return false;
    in.number(row, number);
    return true;
}

/// Sets a column to "not known". Returns false for a column that every card has.
[[nodiscard]] inline bool forget_column(gpu& row, const card_input& in) {
    if (in.text) return in.text(row, "");
    in.number(row, 0);
    return in.value != card_field::memory_gb;
}

/// Returns true for a value that says that the card has no such thing.
[[nodiscard]] inline bool says_none(const nlohmann::json& value) { return value == false || value == "none"; }

/// Reads one column. Returns false if the column does not accept the value.
[[nodiscard]] inline bool read_column(card_in_file& card, const card_input& in, const nlohmann::json& value,
                                      card_set& all) {
    card.given = card.given | fields(in.value);
    if (value.is_null()) return forget_column(card.row, in);
    if (in.number && set_number(card.row, in, value)) return true;
    if (in.text && is_plain(value, longest_card_name) && !value.get_ref<const std::string&>().empty() &&
        in.text(card.row, all.store(value.get<std::string>())))
        return true;
    if (!says_none(value) || !forget_column(card.row, in)) return false;
    card.absent = card.absent | fields(in.value);
    return true;
}

/// Reads a text that is not a column: the note, the source, the reason of an exemption.
inline std::string_view read_remark(const card_in_file& card, const nlohmann::json& object, const char* key,
                                    card_set& all, std::vector<input_problem>& problems) {
    const auto at = object.find(key);
    if (at == object.end() || at->is_null()) return {};
    if (is_plain(*at, longest_remark)) return all.store(at->get<std::string>());
    problems.push_back(refused_value(card.key + "." + key, *at, plain_accepted(longest_remark)));
    return {};
}

/// Reads a list of names, and calls `add` for each. A name for which `add` returns false is a problem.
template <class Add>
void read_list(const std::string& key, const nlohmann::json& object, const char* name, const std::string& accepted,
               std::vector<input_problem>& problems, Add add) {
    const auto at = object.find(name);
    if (at == object.end()) return;
    if (!at->is_array()) return problems.push_back(refused_value(key + "." + name, *at, "a list of " + accepted));
    for (const nlohmann::json& each : *at) {
        const std::string* word = each.get_ptr<const std::string*>();
        if (word != nullptr && add(*word)) continue;
        problems.push_back(refused_value(key + "." + name, each, accepted));
        if (problems.size() >= most_problems) return;
    }
}

/// Reads the columns that the file marks as estimated. A given column that is not marked is what the user states.
inline void read_estimated(card_in_file& card, const nlohmann::json& object, std::vector<input_problem>& problems) {
    card_fields& estimated = card.row.estimated;
    estimated.bits &= ~card.given.bits;
    read_list(card.key, object, "estimated", "columns of cards --json", problems, [&](const std::string& word) {
        for (const card_column& column : card_columns) {
            if (column.key != word) continue;
            estimated = estimated | fields(column.value);
            return true;
        }
        return false;
    });
}

/// Reads the rules that the card is exempt from, and the reason.
inline void read_exemption(card_in_file& card, const nlohmann::json& object, card_set& all,
                           std::vector<input_problem>& problems) {
    const bool given = object.contains("exempt");
    if (!given && card.has_base) {
        // A change may repair what the base is exempt from.
        card.row.exempt.bits &= broken_rules(card.row).bits;
    } else {
        card.row.exempt = {};
        std::string accepted = "rules:";
        for (const rule_words& rule : rules_in_words) accepted += " " + std::string(rule.word);
        read_list(card.key, object, "exempt", accepted, problems, [&](const std::string& word) {
            for (const rule_words& rule : rules_in_words) {
                if (rule.word != word) continue;
                card.row.exempt = card.row.exempt | rules(rule.value);
                return true;
            }
            return false;
        });
    }
    const std::string_view reason = read_remark(card, object, "exemption", all, problems);
    if (!reason.empty() || !card.has_base) card.row.exemption_reason = reason;
    if (card.row.exempt.bits == 0) card.row.exemption_reason = "";
}

/// Returns the keys of a card that are not columns. The last three follow from the columns, so they are not read.
[[nodiscard]] inline std::vector<std::string_view> card_keys() {
    std::vector<std::string_view> keys{"id", "like", "estimated", "exempt", "exemption", "note", "source", "platform"};
    for (const card_column& column : card_columns) keys.push_back(column.key);
    keys.push_back("estimated_that_decide");
    keys.push_back("figures");
    keys.push_back("documents");
    return keys;
}

/// Adds a problem for every key that a card does not have, with the closest keys that it has.
inline void refuse_unknown_keys(const card_in_file& card, const nlohmann::json& object,
                                std::vector<input_problem>& problems) {
    const std::vector<std::string_view> known = card_keys();
    for (const auto& [key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        std::string accepted = "a key of cards --json such as";
        for (const std::string_view each : closest(key, known, 3)) accepted += " " + std::string(each);
        const std::string path = card.key + "." + key.substr(0, longest_card_name);
        problems.push_back({path, nlohmann::json(), accepted, path + " is not a known key; accepted: " + accepted});
        if (problems.size() >= most_problems) return;
    }
}

/// Finds the card that `like` names, among the file's earlier cards, the cards of `known` and the table, and starts
/// from its figures.
inline void read_base(card_in_file& card, const nlohmann::json& object, const card_set& all, const card_set* known,
                      std::vector<input_problem>& problems) {
    const auto at = object.find("like");
    if (at == object.end()) return;
    const std::string name = at->is_string() ? at->get<std::string>() : std::string();
    const gpu* base = all.find_own(name);
    if (base == nullptr) base = find_card(name, {}, known);
    if (base == nullptr)
        return problems.push_back(refused_value(card.key + ".like", *at,
                                                "the id of a card of the table (see: cardfit "
                                                "cards) or of an earlier card of the file"));
    card.row = *base;
    card.has_base = true;
    card.base_id = base->id;
    // What tools print as the total is a reading of the base's memory, not of another capacity.
    if (!object.contains("memory_gb")) return;
    card.row.driver_total = {};
    card.row.runtime_total = {};
}

/// Reads the id. Returns false if there is none.
[[nodiscard]] inline bool read_id(card_in_file& card, const nlohmann::json& object, card_set& all,
                                  std::vector<input_problem>& problems) {
    const auto at = object.find("id");
    const std::string accepted = "a short name of the card, in lower-case words and numbers joined by hyphens";
    if (at == object.end()) {
        problems.push_back(missing_key(card.key + ".id", accepted));
        return false;
    }
    if (!is_plain(*at, longest_card_name) || at->get_ref<const std::string&>().empty()) {
        problems.push_back(refused_value(card.key + ".id", *at, accepted));
        return false;
    }
    card.key = at->get<std::string>();
    if (all.find_own(card.key) != nullptr) {
        problems.push_back(refused_value(card.key + ".id", *at, "an id that no other card of the file has"));
        return false;
    }
    return true;
}

/// Adds a problem for each column that a card without a base must have.
inline void require_columns(const card_in_file& card, std::vector<input_problem>& problems) {
    using enum card_field;
    if (card.has_base) return;
    for (const card_field field : {vendor, architecture, segment, memory_gb, memory_type, memory_bandwidth_gb_s}) {
        if (card.given.has(field)) continue;
        for (const card_input& in : card_inputs)
            if (in.value == field)
                problems.push_back(missing_key(card.key + "." + std::string(key_of(field)),
                                               accepted_of(in) + "; or \"like\" with a similar card's id"));
    }
}

/// Checks what only the whole row tells: features that the card is said not to have, and the rules of physics.hpp.
inline void check_row(const card_in_file& card, std::vector<input_problem>& problems) {
    for (const card_column& column : card_columns) {
        if (!card.absent.has(column.value) || has_none(card.row, column.value)) continue;
        problems.push_back(refused_value(card.key + "." + std::string(column.key), false,
                                         "the figure, or null if it is not known: cards of this kind may have one"));
    }
    const physics_rules wrong = unexcused_rules(card.row);
    for (int i = 0; i < physics_rule_count; ++i)
        if (wrong.has(static_cast<physics_rule>(i)))
            problems.push_back(broken_by(card.row, static_cast<physics_rule>(i)));
}

/// Reads the machine in which the card is usually sold.
inline void read_platform(card_in_file& card, const nlohmann::json& object, std::vector<input_problem>& problems) {
    const auto at = object.find("platform");
    if (at == object.end()) return;
    card.row.platform = platform::by_kind;
    if (at->is_null()) return;
    std::string accepted = "null, or one of";
    for (const platform_row& row : platform_rows) {
        if (row.value == platform::by_kind) continue;
        if (*at == row.name) card.row.platform = row.value;
        accepted += (accepted.ends_with("of") ? " " : ", ") + std::string(row.name);
    }
    if (card.row.platform == platform::by_kind)
        problems.push_back(refused_value(card.key + ".platform", *at, accepted));
}

/// Reads every column that the object has.
inline void read_columns(card_in_file& card, const nlohmann::json& object, card_set& all,
                         std::vector<input_problem>& problems) {
    for (const card_input& in : card_inputs) {
        const std::string key(key_of(in.value));
        const auto at = object.find(key);
        if (at == object.end() || read_column(card, in, *at, all)) continue;
        problems.push_back(refused_value(card.key + "." + key, *at, accepted_of(in)));
    }
}

/// Sets the name, the note and the source of a card.
inline void read_remarks(card_in_file& card, const nlohmann::json& object, card_set& all,
                         std::vector<input_problem>& problems) {
    const gpu base = card.row;
    if (!object.contains("name")) card.row.name = card.row.id;
    const std::string_view note = read_remark(card, object, "note", all, problems);
    if (!note.empty() || !card.has_base) card.row.note = note;
    card.source = std::string(read_remark(card, object, "source", all, problems));
    if (card.has_base && note.empty()) {
        const std::string like = "the figures that the file does not give are those of " + std::string(card.base_id) +
                                 (base.note.empty() ? "" : "; ") + std::string(base.note);
        card.row.note = all.store(like);
    }
}

/// Reads one card and adds it, or adds its problems.
inline void read_card_of_file(const nlohmann::json& object, std::string key, card_set& all, const card_set* known,
                              std::vector<input_problem>& problems) {
    if (!object.is_object()) return problems.push_back(refused_value(key, object, "an object with a card's columns"));
    const std::size_t before = problems.size();
    card_in_file card{.key = std::move(key)};
    if (!read_id(card, object, all, problems)) return;
    refuse_unknown_keys(card, object, problems);
    read_base(card, object, all, known, problems);
    card.row.id = all.store(card.key);
    read_columns(card, object, all, problems);
    read_platform(card, object, problems);
    if (problems.size() > before) return;
    require_columns(card, problems);
    read_remarks(card, object, all, problems);
    read_estimated(card, object, problems);
    read_exemption(card, object, all, problems);
    if (problems.size() > before) return;
    check_row(card, problems);
    if (problems.size() == before) all.add(card.row, card.given, card.source);
}

}  // namespace detail

/// Reads the cards that a JSON value states: a list of cards, or one card. `file` is the name of the file, for the
/// cards' source; `known` are further cards that `like` may name, or null. Throws input_error with the problems of the
/// cards, until there are 50.
[[nodiscard]] inline std::shared_ptr<const card_set> read_cards(const nlohmann::json& value, const std::string& file,
                                                                const card_set* known = nullptr) {
    const std::string accepted = "a card, or a list of 1 to " + std::to_string(detail::most_cards) +
                                 " cards, with the keys that cardfit cards --json prints";
    const bool list = value.is_array();
    if ((!list && !value.is_object()) || value.empty() || (list && value.size() > detail::most_cards)) {
        const nlohmann::json found = list ? nlohmann::json(value.size()) : value;
        throw input_error({refused_value(list ? "number of cards" : "cards", found, accepted)});
    }
    const auto all = std::make_shared<card_set>(file);
    std::vector<input_problem> problems;
    if (!list) detail::read_card_of_file(value, "card", *all, known, problems);
    for (std::size_t i = 0; list && i < value.size() && problems.size() < most_problems; ++i)
        detail::read_card_of_file(value[i], "cards[" + std::to_string(i) + "]", *all, known, problems);
    if (!problems.empty()) throw input_error(std::move(problems));
    all->finish();
    return all;
}

/// Reads a file of cards. `key` names the file in errors. Throws input_error.
[[nodiscard]] inline std::shared_ptr<const card_set> read_cards_file(const std::string& path, const std::string& key) {
    constexpr std::size_t longest = std::size_t{16} << 20;
    const std::string text = read_file(path, key);
    if (text.size() > longest) throw input_error({refused_value(key, path, "a file of at most 16 MiB")});
    return read_cards(parse_json(text, {.key = key, .name = path}), path);
}

}  // namespace cardfit::io
