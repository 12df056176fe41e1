// SPDX-License-Identifier: MIT
#pragma once

// The account of a command: every setting is taken, harmless, something that the job cannot say, or not known. Nothing
// is left out without a word.

#include <cardfit/io/import/facts.hpp>
#include <cardfit/io/typed_words.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io::imports {

/// A setting with what became of it.
struct accounted {
    std::string written{};  ///< as the command has it
    std::string value{};    ///< its value, as text
    std::string from{};     ///< command line, environment or file
    /// The key that it sets, the consequence of leaving it out, or the setting that may be meant.
    std::string detail{};
    effect consequence = effect::either;  ///< of leaving it out: memory, time or either
};

/// What became of all settings of a command.
struct account {
    std::vector<accounted> taken{};         ///< that the job has
    std::vector<accounted> harmless{};      ///< that change neither memory nor time
    std::vector<accounted> lost{};          ///< that the job cannot say
    std::vector<accounted> unknown{};       ///< that no table of the tool has
    std::vector<accounted> defaults{};      ///< the tool's own defaults that the job has
    std::vector<std::string> notes{};       ///< for people
    std::vector<input_problem> problems{};  ///< why there is no job
};

/// Returns what a consequence means for the answer.
[[nodiscard]] inline std::string_view effect_text(effect e) {
    switch (e) {
        case effect::more_memory:
            return "the run needs more memory than the answer says";
        case effect::less_memory:
            return "the run needs less memory than the answer says";
        case effect::either:
            return "the run may need more or less memory than the answer says";
        case effect::time_only:
            return "only the time differs";
    }
    return {};
}

namespace detail {

/// Returns what a row says about a value; null if it says nothing.
[[nodiscard]] inline const value_pair* find_value(const row& r, std::string_view value) {
    const std::string plain = io::detail::compared_word(value);
    for (const value_pair& each : r.values)
        if (plain == io::detail::compared_word(each.theirs)) return &each;
    return nullptr;
}

/// Returns the value of this project for a word of a tool: by the row's own values, or else by the words and aliases of
/// the job's key. Nothing if it has none.
[[nodiscard]] inline std::optional<std::string> word_of(const row& r, const std::string& value) {
    if (const value_pair* named = find_value(r, value)) return std::string(named->ours);
    const keys::key_facts* key = keys::find(r.ours);
    if (!key) return r.values.empty() ? std::optional(value) : std::nullopt;
    const std::string plain = io::detail::compared_word(value);
    for (const keys::word& each : key->words)
        if (plain == io::detail::compared_word(each.name))
            for (const keys::word& own : key->words)
                if (own.value == each.value && !own.alias) return std::string(own.name);
    return {};
}

/// Returns true for a text that is a regular expression over names.
[[nodiscard]] inline bool is_pattern(std::string_view text) {
    return text.find_first_of("|\\^$?") != text.npos || text.find(".*") != text.npos;
}

/// Returns the words of a list, which may be written with spaces, commas, brackets and quotes. A regular expression is
/// one word.
[[nodiscard]] inline std::vector<std::string> words_of_list(const std::vector<std::string>& values) {
    if (values.size() == 1 && is_pattern(values[0])) return values;
    std::vector<std::string> words;
    for (const std::string& value : values) {
        std::string word;
        for (const char c : value + " ") {
            const bool separates = std::string_view(" ,[]()'\"\t\n").find(c) != std::string_view::npos;
            if (!separates) word += c;
            if (separates && !word.empty()) words.push_back(std::exchange(word, {}));
        }
    }
    return words;
}

/// Returns what a row calls a value, or else the value itself.
[[nodiscard]] inline std::string named_value(const row& r, const std::string& value) {
    const value_pair* named = find_value(r, value);
    return named ? std::string(named->ours) : value;
}

/// What is accepted for a kind of value.
[[nodiscard]] inline std::string_view accepted_reading(reading how) {
    switch (how) {
        case reading::integer:
            return "a whole number";
        case reading::number:
            return "a number";
        case reading::truth:
        case reading::negation:
            return "true, false";
        case reading::text:
        case reading::word:
        case reading::list:
            break;
    }
    return "a value";
}

/// Returns the values of a fact that a row's setting means; nothing if the row cannot read it.
[[nodiscard]] inline std::optional<std::vector<std::string>> values_of(const row& r, const setting& s) {
    const std::string value = s.text();
    switch (r.how) {
        case reading::text:
            return std::vector{named_value(r, value)};
        case reading::integer:
            if (const auto whole = integer_of(value)) return std::vector{std::to_string(*whole)};
            return {};
        case reading::number:
            if (number_of(value)) return std::vector{value};
            return {};
        case reading::truth:
            if (s.values.empty()) return std::vector<std::string>{"true"};
            if (value == "auto") return std::vector<std::string>{"auto"};
            if (const auto truth = truth_of(value)) return std::vector<std::string>{*truth ? "true" : "false"};
            return {};
        case reading::negation:
            if (s.values.empty()) return std::vector<std::string>{"false"};
            if (const auto truth = truth_of(value)) return std::vector<std::string>{*truth ? "false" : "true"};
            return {};
        case reading::word:
            if (const auto word = word_of(r, value)) return std::vector{*word};
            return {};
        case reading::list:
            return words_of_list(s.values);
    }
    return {};
}

[[nodiscard]] inline accounted entry_of(const setting& s, std::string detail, effect consequence = effect::either) {
    return {.written = s.written,
            .value = s.text(),
            .from = s.from,
            .detail = std::move(detail),
            .consequence = consequence};
}

/// Returns the setting of a tool whose name is close to one that is not known; empty if none is.
[[nodiscard]] inline std::string suggestion_for(const tool& t, const std::string& name) {
    std::vector<std::string_view> names;
    for (const std::span<const row> rows : t.rows)
        for (const row& each : rows) for_each_word(each.theirs, [&](std::string_view n) { names.push_back(n); });
    for (const std::string_view list : {t.harmless, t.harmless_too[0], t.harmless_too[1]})
        for_each_word(list, [&](std::string_view n) {
            if (!n.ends_with('*')) names.push_back(n);
        });
    return std::string(name_meant(name, std::move(names)));
}

}  // namespace detail

/// Accounts for a setting that is in no row of the tool: harmless, or not known.
inline void account_for_other(const tool& t, const setting& s, account& into) {
    const bool negates = s.name.starts_with("no_") && s.values.empty();
    if (is_harmless_for(t, s.name) || (negates && is_harmless_for(t, std::string_view(s.name).substr(3)))) {
        into.harmless.push_back(detail::entry_of(s, ""));
        return;
    }
    into.unknown.push_back(detail::entry_of(s, detail::suggestion_for(t, s.name)));
}

/// Accounts for a setting that has a row.
inline void account_for(const row& r, const setting& s, rank standing, facts& known, account& into) {
    const bool standard = lists(r.harmless_at, s.values.empty() ? "true" : s.text());
    const bool sayable = !r.ours.empty() && is_fact(r.ours);
    if (standard && !sayable) return into.harmless.push_back(detail::entry_of(s, ""));
    if (!sayable) return into.lost.push_back(detail::entry_of(s, std::string(r.lost), r.consequence));
    // How many cards a running shell counts, others say: the batch system, or --cards.
    // The tokenizer's file says no more than its type, or it is asked for.
    const bool left_open =
        r.ours.starts_with("cards.") || r.ours == "gpt.tokenizer_model" || r.ours == "gpt.vocab_file";
    if (is_open_value(s.text()) && left_open)
        return into.harmless.push_back(detail::entry_of(s, "only the running shell knows it"));
    if (is_open_value(s.text())) {
        into.problems.push_back(refused_value(s.written, s.text(), "a value that the command or its files state"));
        return;
    }
    const auto values = detail::values_of(r, s);
    if (!values && standard) return into.harmless.push_back(detail::entry_of(s, ""));
    if (!values && r.how == reading::word) {
        const std::string lost = std::string(r.ours) + " has no word for this value";
        return into.lost.push_back(detail::entry_of(s, lost, r.consequence));
    }
    if (!values) {
        into.problems.push_back(refused_value(s.written, s.text(), std::string(detail::accepted_reading(r.how))));
        return;
    }
    into.taken.push_back(detail::entry_of(s, std::string(r.ours)));
    const value_pair* named = detail::find_value(r, s.text());
    if (named && !named->lost.empty())
        into.lost.push_back(detail::entry_of(s, std::string(named->lost), r.consequence));
    known.set(r.ours, fact{.values = *values, .written = s.written, .from = s.from, .standing = standing});
}

/// Accounts for every setting of a list by the table of a tool.
inline void account_for_all(const tool& t, const std::vector<setting>& settings, rank standing, facts& known,
                            account& into) {
    for (const setting& s : settings) {
        const row* found = find_row(t, s.name);
        if (const row* negated = find_negated_row(t, s.name)) {
            setting off = s;
            off.name.erase(0, 3);
            off.values = {"false"};
            account_for(*negated, off, standing, known, into);
        } else if (found) {
            account_for(*found, s, standing, known, into);
        } else {
            account_for_other(t, s, into);
        }
    }
}

/// Takes a default of the tool's for a fact that nobody stated, if it stood in a month, and lists it.
inline void add_default(const standing& d, const tool& t, int month, facts& known, account& into) {
    if (known.has(d.ours) || !d.stands_in(month) || !is_fact(d.ours)) return;
    known.set(d.ours, std::string(d.value), std::string(t.name), rank::tool_default);
    into.defaults.push_back({.written = std::string(d.ours),
                             .value = std::string(d.value),
                             .from = std::string(t.name),
                             .detail = std::string(d.why)});
}

/// Fills in the tool's own values for facts that nobody stated, as they stood in a month.
inline void add_defaults(const tool& t, int month, facts& known, account& into) {
    for (const standing& each : t.defaults) add_default(each, t, month, known, into);
}

}  // namespace cardfit::io::imports
