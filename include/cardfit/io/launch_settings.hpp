// SPDX-License-Identifier: MIT
#pragma once

// A job in the settings of another tool, by the tables that `import` reads that tool with: one row serves both
// directions. A launcher adds which of the tool's settings it writes, and phrases for values that take another word, or
// several settings.

#include <cardfit/io/import/account.hpp>
#include <cardfit/io/launch_frame.hpp>

#include <algorithm>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::detail {

/// A setting of a tool with its value, as a document has it.
struct written_setting {
    std::string name{};
    nlohmann::ordered_json value{};
    /// The flag has no value on a command line; it is written if the value is true.
    bool is_switch = false;
};

/// How a tool says a value of a fact, where its row does not tell. A fact that has a phrase has no other values than
/// its phrases'.
struct phrase {
    std::string_view fact;
    std::string_view value;
    /// NAME=VALUE, with spaces between; empty for a value that needs no setting.
    std::string_view settings;
};

/// A tool as a target of launch.
struct settings_target {
    const imports::tool* of = nullptr;
    /// The settings that are written, with spaces between, from the tool's own list of options.
    std::string_view names{};
    std::span<const phrase> phrases{};
};

/// Returns a text as a value of a document: true, 4, or the text itself.
[[nodiscard]] inline nlohmann::ordered_json plain_value(std::string_view text) {
    if (text == "true" || text == "false") return text == "true";
    if (const auto whole = imports::integer_of(text); whole && text.find_first_not_of("-0123456789") == text.npos)
        return *whole;
    return std::string(text);
}

/// Writes the settings of a tool that give facts their values. What the tool cannot say is refused by the job's key.
class setting_writer {
public:
    setting_writer(const launch_request& r, const settings_target& target, const software_date& date)
        : request_(r), target_(target), month_(month_number(date)) {}

    /// Gives a fact a value. `usual` is what a command without the setting means; the tool's own default, if it has
    /// one, counts more. `key` is the job's key.
    void say(std::string_view fact, const std::string& value, std::string_view usual, std::string_view key) {
        if (say_phrase(fact, value) || say_row(fact, value)) return;
        const std::string_view standing = standing_of(fact, usual);
        request_.require(value == standing, std::string(key), value,
                         std::string(standing) + sayable_phrases(fact, standing) + " (" +
                             std::string(request_.launcher) + " has no setting for another value)");
    }
    template <std::integral Number>
    void say(std::string_view fact, Number value, std::string_view usual, std::string_view key) {
        if constexpr (std::is_same_v<Number, bool>)
            say(fact, std::string(value ? "true" : "false"), usual, key);
        else
            say(fact, std::to_string(value), usual, key);
    }
    /// Writes a setting as it is.
    void write(std::string_view name, nlohmann::ordered_json value) {
        settings_.push_back({std::string(name), std::move(value)});
    }
    /// Returns true if the tool has a setting for a value.
    [[nodiscard]] bool can_say(std::string_view fact, std::string_view value) const {
        for (const phrase& each : target_.phrases)
            if (each.fact == fact && each.value == value) return true;
        return !has_phrase(fact) && setting_of(fact, value);
    }
    [[nodiscard]] const std::vector<written_setting>& settings() const { return settings_; }

private:
    [[nodiscard]] bool has_phrase(std::string_view fact) const {
        return std::any_of(target_.phrases.begin(), target_.phrases.end(),
                           [&](const phrase& each) { return each.fact == fact; });
    }

    [[nodiscard]] bool say_phrase(std::string_view fact, std::string_view value) {
        for (const phrase& each : target_.phrases) {
            if (each.fact != fact || each.value != value) continue;
            imports::for_each_named(each.settings, [&](std::string_view name, std::string_view text) {
                const imports::row* row = imports::find_row(*target_.of, name);
                const bool list = row && row->how == imports::reading::list;
                settings_.push_back({std::string(name), list ? list_of(text) : plain_value(text), is_switch(name)});
            });
            return true;
        }
        return false;
    }

    [[nodiscard]] std::string sayable_phrases(std::string_view fact, std::string_view standing) const {
        std::string values;
        for (const phrase& each : target_.phrases)
            if (each.fact == fact && each.value != standing)
                values += (values.empty() && standing.empty() ? "" : ", ") + std::string(each.value);
        return values;
    }

    /// Returns what a command means that does not state a fact.
    [[nodiscard]] std::string_view standing_of(std::string_view fact, std::string_view usual) const {
        for (const imports::standing& each : target_.of->defaults)
            if (each.ours == fact && each.stands_in(month_)) return each.value;
        return usual;
    }

    /// Returns true for a name that takes no value on a command line: a truth, or a word that may be left out.
    [[nodiscard]] bool is_switch(std::string_view name) const {
        const imports::row* row = imports::find_row(*target_.of, name);
        if (!row) return imports::lists(target_.of->switches, name);
        if (row->how == imports::reading::truth) return true;
        return std::any_of(row->values.begin(), row->values.end(),
                           [](const imports::value_pair& each) { return each.theirs.empty(); });
    }

    [[nodiscard]] bool say_row(std::string_view fact, std::string_view value) {
        if (has_phrase(fact)) return false;
        std::optional<written_setting> setting = setting_of(fact, value);
        if (!setting) return false;
        settings_.push_back(std::move(*setting));
        return true;
    }

    /// Returns the first setting, of those that the launcher writes, that gives a fact a value.
    [[nodiscard]] std::optional<written_setting> setting_of(std::string_view fact, std::string_view value) const {
        std::optional<written_setting> found;
        imports::for_each_word(target_.names, [&](std::string_view name) {
            const imports::row* row = found ? nullptr : imports::find_row(*target_.of, name);
            if (!row || row->ours != fact) return;
            if (auto theirs = value_in(*row, value))
                found = written_setting{std::string(name), std::move(*theirs), is_switch(name)};
        });
        return found;
    }

    /// Returns a value as a row's setting has it; nothing if the row has no word for it.
    [[nodiscard]] static std::optional<nlohmann::ordered_json> value_in(const imports::row& row,
                                                                        std::string_view value) {
        if (row.how == imports::reading::negation) return value != "true";
        if (row.how == imports::reading::list) return list_of(value);
        if (row.how == imports::reading::number) return imports::number_of(value).value_or(0);
        if (row.values.empty()) return plain_value(value);
        for (const imports::value_pair& pair : row.values)
            if (pair.ours == value && !pair.theirs.empty() && pair.lost.empty()) return plain_value(pair.theirs);
        return {};
    }

    [[nodiscard]] static nlohmann::ordered_json list_of(std::string_view value) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const std::string& word : imports::detail::words_of_list({std::string(value)})) list.push_back(word);
        return list;
    }

    const launch_request& request_;
    const settings_target& target_;
    int month_ = 0;
    std::vector<written_setting> settings_{};
};

/// Returns a value as a word of a command line.
[[nodiscard]] inline std::string flag_value(const nlohmann::ordered_json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Adds settings to a command line, as the tool spells its flags.
inline void add_settings(flag_list& f, const imports::tool& t, const std::vector<written_setting>& settings) {
    for (const written_setting& each : settings) {
        std::string name = each.name;
        if (t.written == imports::spelling::hyphens) std::replace(name.begin(), name.end(), '_', '-');
        name = "--" + name;
        if (each.is_switch) {
            f.add_if(each.value == true, name);
            continue;
        }
        if (!each.value.is_array()) {
            f.add(name, std::string_view(flag_value(each.value)));
            continue;
        }
        f.add(name);
        for (const auto& word : each.value) f.add(flag_value(word));
    }
}

/// Returns settings as a document; a dot in a name opens an object.
[[nodiscard]] inline nlohmann::ordered_json settings_document(const std::vector<written_setting>& settings) {
    nlohmann::ordered_json document = nlohmann::ordered_json::object();
    for (const written_setting& each : settings) {
        const std::size_t dot = each.name.find('.');
        if (dot == each.name.npos)
            document[each.name] = each.value;
        else
            document[each.name.substr(0, dot)][each.name.substr(dot + 1)] = each.value;
    }
    return document;
}

}  // namespace cardfit::io::detail
