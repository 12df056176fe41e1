// SPDX-License-Identifier: MIT
#pragma once

// Reads files and parses JSON text strictly.

#include <cardfit/io/input_error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// The length of the longest text that is read, in bytes. The index of the largest sharded model takes about 10 MB.
inline constexpr std::size_t longest_file = std::size_t{256} << 20;

/// Returns the whole content of a file. Throws input_error if the file cannot be read or is longer than `longest_file`.
[[nodiscard]] inline std::string read_file(const std::string& path, const std::string& key) {
    std::ifstream file(path, std::ios::binary);
    const bool readable = file && !std::filesystem::is_directory(path);
    std::string text;
    char piece[65'536];
    while (readable && text.size() <= longest_file) {
        file.read(piece, sizeof piece);
        if (file.gcount() <= 0) break;
        text.append(piece, static_cast<std::size_t>(file.gcount()));
    }
    if (!readable || file.bad()) throw input_error({refused_value(key, path, "the path of a file that can be read")});
    if (text.size() > longest_file) throw input_error({refused_value(key, path, "a file of at most 256 MiB")});
    return text;
}

/// What a JSON text is: the key of a job that names it, and its own name in messages (a path, or "job").
struct json_source {
    std::string key = "job";   ///< the key that is refused where the text is no JSON
    std::string name = "job";  ///< what messages call the text
};

namespace detail {

/// Returns the number of keys that a valid JSON text writes: each is followed by a colon, and no other colon is outside
/// of texts.
[[nodiscard]] inline std::size_t keys_written(std::string_view text) {
    std::size_t keys = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (in_text && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            in_text = !in_text;
        else if (text[i] == ':' && !in_text)
            ++keys;
    }
    return keys;
}

/// Returns the number of members of all objects in a value. It does not recurse: a hostile text nests deep.
[[nodiscard]] inline std::size_t members_of(const nlohmann::json& value) {
    std::size_t members = 0;
    std::vector<const nlohmann::json*> open{&value};
    while (!open.empty()) {
        const nlohmann::json& each = *open.back();
        open.pop_back();
        if (each.is_object()) members += each.size();
        for (const nlohmann::json& inner : each)
            if (inner.is_structured()) open.push_back(&inner);
    }
    return members;
}

/// Returns a problem for each key, up to 100, that a JSON text gives twice in one object.
[[nodiscard]] inline std::vector<input_problem> keys_given_twice(std::string_view text) {
    struct scope {
        std::set<std::string> keys;
        std::string last;
    };
    std::vector<scope> open;
    std::vector<input_problem> twice;
    const auto path_of = [&](const std::string& key) {
        std::string path;
        for (std::size_t i = 0; i + 1 < open.size() && i < 8; ++i) path += open[i].last + ".";
        return path + key;
    };
    const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        if (event == nlohmann::json::parse_event_t::object_start) open.emplace_back();
        if (event == nlohmann::json::parse_event_t::object_end) open.pop_back();
        if (event != nlohmann::json::parse_event_t::key) return true;
        open.back().last = parsed.get<std::string>();
        if (!open.back().keys.insert(open.back().last).second && twice.size() < 100)
            twice.push_back({path_of(open.back().last), nlohmann::json(), "each key once",
                             path_of(open.back().last) + " is given twice; accepted: each key once", 0});
        return true;
    };
    const nlohmann::json watched = nlohmann::json::parse(text, watch);
    return twice;
}

}  // namespace detail

/// Parses JSON. A key that occurs twice in one object, which JSON itself leaves open, is refused. Throws input_error
/// with the line and with the name of the source.
[[nodiscard]] inline nlohmann::json parse_json(std::string_view text, const json_source& source = {}) {
    const auto broken = [&](const std::string& why, int line) {
        return input_error({input_problem{source.key, nlohmann::json(), "valid JSON",
                                          source.name + " is not valid JSON: " + why, line}});
    };
    // The parser takes a NUL character for the end of its input.
    const std::size_t nul = text.find('\0');
    if (nul != text.npos)
        throw broken(
            "byte 0 where text should be",
            1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n')));
    try {
        nlohmann::json value = nlohmann::json::parse(text);
        // A value keeps one of two members with the same key.
        if (detail::members_of(value) == detail::keys_written(text)) return value;
        std::vector<input_problem> twice = detail::keys_given_twice(text);
        if (!twice.empty()) throw input_error(std::move(twice));
        return value;
    } catch (const nlohmann::json::parse_error& e) {
        const std::string_view before = text.substr(0, e.byte < text.size() ? e.byte : text.size());
        throw broken(e.what(), 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')));
    } catch (const nlohmann::json::exception& e) {
        throw broken(e.what(), 0);
    }
}

namespace detail {

/// Returns the word at the start of a text that Python's json module writes for a number that JSON does not have, or an
/// empty text.
[[nodiscard]] inline std::string_view python_number(std::string_view text) {
    for (const std::string_view word : {"NaN", "Infinity", "-Infinity"})
        if (text.starts_with(word)) return word;
    return {};
}

/// Returns a JSON text in which the numbers NaN, Infinity and -Infinity are texts of that name. A key that takes a
/// number then refuses them by name, and a key that nobody reads may have them.
[[nodiscard]] inline std::string with_python_numbers_quoted(std::string text) {
    if (text.find("NaN") == text.npos && text.find("Infinity") == text.npos) return text;
    std::string quoted;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view word = in_text ? std::string_view() : python_number(std::string_view(text).substr(i));
        if (!word.empty()) {
            quoted += '"' + std::string(word) + '"';
            i += word.size() - 1;
            continue;
        }
        const bool escaped = in_text && text[i] == '\\' && i + 1 < text.size();
        if (text[i] == '"') in_text = !in_text;
        quoted += text[i];
        if (escaped) quoted += text[++i];
    }
    return quoted;
}

}  // namespace detail

/// Throws input_error for a value that nests more than 64 levels deep: copies of it need the stack.
inline void check_nesting(const nlohmann::json& value, const std::string& key, const std::string& name) {
    constexpr int deepest = 64;
    if (detail::nests_within(value, deepest)) return;
    const std::string accepted = "at most 64 levels of objects and lists";
    throw input_error({input_problem{key, nlohmann::json(), accepted,
                                     name + " nests more than 64 levels deep; accepted: " + accepted, 0}});
}

/// Returns the JSON of a file that Python wrote, such as config.json; `key` is the key of the job that names it.
/// Throws input_error that names the file.
[[nodiscard]] inline nlohmann::json parse_json_file(const std::string& path, const std::string& key) {
    nlohmann::json value = parse_json(detail::with_python_numbers_quoted(read_file(path, key)), {key, path});
    check_nesting(value, key, path);
    return value;
}

}  // namespace cardfit::io
