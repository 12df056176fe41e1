// SPDX-License-Identifier: MIT
#pragma once

// Values of job keys as JSON and as text: parsed strictly by what the key's row accepts, and written back.

#include <cardfit/io/figures.hpp>
#include <cardfit/io/input_error.hpp>
#include <cardfit/io/json_view.hpp>
#include <cardfit/io/names.hpp>
#include <cardfit/job/keys.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace cardfit::io {

/// Returns the shortest usual text of a number: "0.001", "1000000".
[[nodiscard]] inline std::string decimal(double value) {
    constexpr int digits = 15;  // as many as every decimal text keeps in a double
    return cardfit::detail::significant(value, digits);
}

/// Returns 202412 for December 2024, as tables of releases have months.
[[nodiscard]] constexpr int month_number(const software_date& date) {
    return static_cast<int>(keys::detail::value_of(date).whole);
}

/// Returns "2024-12" for 202412.
[[nodiscard]] inline std::string month_text(std::int64_t year_and_month) {
    const std::string month = std::to_string(year_and_month % 100);
    return std::to_string(year_and_month / 100) + (month.size() < 2 ? "-0" : "-") + month;
}

/// Returns "vllm 0.11.0" or "0.11.0"; nothing for a version that is not stated.
[[nodiscard]] inline std::string version_text(std::int64_t whole) {
    const std::int64_t number = whole % keys::detail::version_digits;
    const std::int64_t named = whole / keys::detail::version_digits;
    if (number == 0) return {};
    const std::string parts = std::to_string(number / 1'000'000) + "." + std::to_string(number / 1'000 % 1'000) + "." +
                              std::to_string(number % 1'000);
    return named == 0 ? parts
                      : std::string(name_of(engine_names, static_cast<engine>(named - 1))).append(" ").append(parts);
}

/// Returns what a key accepts, in words: "an integer from 1 to 8", "flash, eager".
[[nodiscard]] inline std::string accepted_text(const keys::key_facts& key) {
    switch (key.kind) {
        case keys::value_kind::integer:
            return integers(key.range.low, key.range.high);
        case keys::value_kind::number:
            return "a number from " + decimal(key.interval.low) + " to " + decimal(key.interval.high);
        case keys::value_kind::boolean:
        case keys::value_kind::three_state:
            return "true, false";
        case keys::value_kind::word:
            return listed(key.words);
        case keys::value_kind::words:
            return "a list of at least one of " + listed(key.words);
        case keys::value_kind::month:
            return "a month from \"" + std::to_string(key_ranges::first_year) + "-01\" to \"" +
                   std::to_string(key_ranges::last_year) + "-12\"";
        case keys::value_kind::version:
            return "a version: \"0.11.0\", \"vllm 0.11.0\", \"b6325\"";
        case keys::value_kind::card:
            return "a card's id (see: cardfit cards)";
        case keys::value_kind::model:
            return "the name of a model (see: cardfit models)";
        case keys::value_kind::machine:
            return "a machine's name (see: cardfit machines), or a card's id with a count";
        case keys::value_kind::cards:
            return "a list of 1 to " + std::to_string(max_cards_of_split - 1) + " cards' ids (see: cardfit cards)";
        case keys::value_kind::shares:
            return "a list of 1 to " + std::to_string(max_cards_of_split) +
                   " numbers from 0 to 1000000, one for each card";
    }
    return {};
}

namespace detail {

/// The values of a key that is true, false or not given, as its enumerator orders them.
enum class three_states : std::int64_t { not_given, no, yes };

[[nodiscard]] inline std::optional<keys::key_value> parse_integer(const keys::key_facts& key, json_view value) {
    const std::optional<std::int64_t> number = value.whole();
    if (!number || *number < key.range.low || *number > key.range.high) return {};
    return keys::key_value{.whole = *number};
}

[[nodiscard]] inline std::optional<keys::key_value> parse_number(const keys::key_facts& key, json_view value) {
    const std::optional<double> number = value.number();
    const bool inside = number && *number >= key.interval.low && *number <= key.interval.high;
    return inside ? std::optional(keys::key_value{.real = *number}) : std::nullopt;
}

[[nodiscard]] inline std::optional<keys::key_value> parse_word(const keys::key_facts& key, json_view value) {
    const std::optional<std::string_view> text = value.text();
    for (const keys::word& each : key.words)
        if (text && *text == each.name) return keys::key_value{.whole = each.value};
    return {};
}

/// "2024-12"
[[nodiscard]] inline std::optional<keys::key_value> parse_month(std::optional<std::string_view> text) {
    if (!text || text->size() != 7 || (*text)[4] != '-') return {};
    std::int64_t digits = 0;
    for (const std::size_t at : {0U, 1U, 2U, 3U, 5U, 6U}) {
        const char c = (*text)[at];
        if (c < '0' || c > '9') return {};
        digits = digits * 10 + (c - '0');
    }
    const std::int64_t year = digits / 100;
    const std::int64_t month = digits % 100;
    if (year < key_ranges::first_year || year > key_ranges::last_year || month < 1 || month > 12) return {};
    return keys::key_value{.whole = digits};
}

/// Returns the number of "0.11.0", "v0.11.0" or "b6325". What follows the digits ("0.6.4.post1", "0.7.0rc1") is left
/// out.
[[nodiscard]] inline std::optional<std::int64_t> parse_version_number(std::string_view text) {
    if (!text.empty() && (text.front() == 'v' || text.front() == 'b')) text.remove_prefix(1);
    if (text.empty() || text.front() < '0' || text.front() > '9') return {};
    std::int64_t parts[3] = {0, 0, 0};
    std::size_t part = 0;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit && c != '.') break;
        if (!digit) ++part;
        if (part == 3) break;
        if (digit) parts[part] = parts[part] * 10 + (c - '0');
        if (parts[part] > (part == 0 ? 99'999 : 999)) return {};
    }
    const std::int64_t number = version_of(parts[0], parts[1], parts[2]).number;
    return number > 0 ? std::optional(number) : std::nullopt;
}

/// "vllm 0.11.0"
[[nodiscard]] inline std::optional<keys::key_value> parse_version(std::optional<std::string_view> text) {
    if (!text) return {};
    const std::size_t space = text->find(' ');
    const std::string_view number = space == text->npos ? *text : text->substr(space + 1);
    const std::optional<std::int64_t> parsed = parse_version_number(number);
    if (!parsed) return {};
    if (space == text->npos) return keys::key_value{.whole = *parsed};
    const auto named = value_named(engine_names, text->substr(0, space));
    if (!named) return {};
    return keys::key_value{.whole = (1 + static_cast<std::int64_t>(*named)) * keys::detail::version_digits + *parsed};
}

/// The value of a key with one value; nothing where the key does not accept it.
[[nodiscard]] inline std::optional<keys::key_value> parse_single(const keys::key_facts& key, json_view value) {
    switch (key.kind) {
        case keys::value_kind::integer:
            return parse_integer(key, value);
        case keys::value_kind::number:
            return parse_number(key, value);
        case keys::value_kind::boolean:
            if (!value.boolean()) return {};
            return keys::key_value{.whole = *value.boolean()};
        case keys::value_kind::three_state:
            if (!value.boolean()) return {};
            return keys::key_value{
                .whole = static_cast<std::int64_t>(*value.boolean() ? three_states::yes : three_states::no)};
        case keys::value_kind::month:
            return parse_month(value.text());
        case keys::value_kind::version:
            return parse_version(value.text());
        case keys::value_kind::word:
        case keys::value_kind::words:
        case keys::value_kind::card:
        case keys::value_kind::model:
        case keys::value_kind::machine:
        case keys::value_kind::cards:
        case keys::value_kind::shares:
            return parse_word(key, value);
    }
    return {};
}

}  // namespace detail

/// Returns the value of a key as the job file states it. Where the key does not accept it, a problem is added for each
/// part that is refused, under the name `path`.
[[nodiscard]] inline keys::key_value parse_value(const keys::key_facts& key, const std::string& path, json_view value,
                                                 std::vector<input_problem>& problems) {
    const bool is_list = key.kind == keys::value_kind::words;
    if (is_list && (!value.is_array() || value.size() == 0)) {
        problems.push_back(refused_value(path, value.shown(), accepted_text(key)));
        return {};
    }
    if (!is_list) {
        const std::optional<keys::key_value> parsed = detail::parse_single(key, value);
        if (!parsed) problems.push_back(refused_value(path, value.shown(), accepted_text(key)));
        return parsed.value_or(keys::key_value{});
    }
    keys::key_value set{};
    value.for_each([&](std::string_view, json_view each) {
        const std::optional<keys::key_value> parsed = detail::parse_single(key, each);
        if (parsed)
            set.whole |= std::int64_t{1} << parsed->whole;
        else if (problems.size() <= most_problems)
            problems.push_back(refused_value(path, each.shown(), accepted_text(key)));
    });
    return set;
}

/// Returns a member's value as the job file states it; null where no such value can stand in a file, because it means
/// that the key is not given.
[[nodiscard]] inline nlohmann::json value_json(const keys::key_facts& key, keys::key_value value) {
    switch (key.kind) {
        case keys::value_kind::number:
            return value.real;
        case keys::value_kind::boolean:
            return value.whole != 0;
        case keys::value_kind::three_state:
            if (value.whole == static_cast<std::int64_t>(detail::three_states::not_given)) return nullptr;
            return value.whole == static_cast<std::int64_t>(detail::three_states::yes);
        case keys::value_kind::word:
            for (const keys::word& each : key.words)
                if (each.value == value.whole) return each.name;
            return nullptr;
        case keys::value_kind::words: {
            nlohmann::json names = nlohmann::json::array();
            for (const keys::word& each : key.words)
                if ((value.whole >> each.value & 1) != 0 && !each.alias) names.push_back(each.name);
            return names;
        }
        case keys::value_kind::month:
            return month_text(value.whole);
        case keys::value_kind::version:
            if (value.whole % keys::detail::version_digits == 0) return nullptr;
            return version_text(value.whole);
        case keys::value_kind::integer:
        case keys::value_kind::card:
        case keys::value_kind::model:
        case keys::value_kind::machine:
        case keys::value_kind::cards:
        case keys::value_kind::shares:
            break;
    }
    return value.whole;
}

/// Returns a JSON value as people read it: words without quotes.
[[nodiscard]] inline std::string plain_text(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_float()) return decimal(value.get<double>());
    return value.dump();
}

/// Returns what the absence of a key means: its row's words, else the default of its member in `defaults`.
template <class Section>
[[nodiscard]] std::string default_text(const keys::key<Section>& key, const Section& defaults = {}) {
    if (!key.facts.absent.empty()) return std::string(key.facts.absent);
    if (key.member.get == nullptr) return {};
    const keys::key_value value = key.member.get(defaults);
    // What most keys have needs no tree.
    if (key.facts.kind == keys::value_kind::integer) return std::to_string(value.whole);
    if (key.facts.kind == keys::value_kind::word)
        for (const keys::word& each : key.facts.words)
            if (each.value == value.whole) return std::string(each.name);
    return plain_text(value_json(key.facts, value));
}

}  // namespace cardfit::io
