// SPDX-License-Identifier: MIT
#pragma once

// Functions, calls and their arguments in a Python text, as text: which argument a value belongs to counts, where
// `python_settings.hpp` takes every keyword of a file. Nothing is run.

#include <cardfit/io/import/table.hpp>
#include <cardfit/io/text_edges.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

/// An argument of a call: `name` is empty for one by position, and `value` is its text.
struct python_argument {
    std::string_view name{};   ///< empty: by position
    std::string_view value{};  ///< as it is written
};

namespace detail {

/// Returns the place behind what begins here: a text in quotes, a comment, or one character.
[[nodiscard]] inline std::size_t behind_python_piece(std::string_view text, std::size_t at) {
    if (text[at] == '#') return (std::min)(text.find('\n', at), text.size());
    if (text[at] != '\'' && text[at] != '"') return at + 1;
    const bool triple = text.size() - at > 2 && text[at + 1] == text[at] && text[at + 2] == text[at];
    const std::string_view end = text.substr(at, triple ? 3 : 1);
    for (std::size_t i = at + end.size(); i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text.substr(i, end.size()) == end)
            return i + end.size();
    }
    return text.size();
}

/// Returns what a character adds to the depth of brackets.
[[nodiscard]] constexpr int bracket_depth(char c) {
    if (c == '(' || c == '[' || c == '{') return 1;
    return c == ')' || c == ']' || c == '}' ? -1 : 0;
}

/// Returns true for a character of a name with points in it: of a module, or of a member's member.
[[nodiscard]] constexpr bool is_dotted_character(char c) { return c == '.' || is_name_character(c); }

/// Returns an argument of a call, or a statement that sets a variable or a member, by its text.
[[nodiscard]] inline python_argument argument_of(std::string_view text) {
    text = trimmed(text);
    while (text.starts_with('#')) text = trimmed(text.substr((std::min)(text.find('\n'), text.size())));
    std::size_t name = 0;
    while (name < text.size() && is_dotted_character(text[name])) ++name;
    const std::size_t equals = text.find_first_not_of(' ', name);
    const bool named = name > 0 && equals != text.npos && text[equals] == '=' && text.substr(equals, 2) != "==";
    if (!named) return {.value = text};
    return {.name = text.substr(0, name), .value = trimmed(text.substr(equals + 1))};
}

}  // namespace detail

/// Returns the arguments of the first call of this name in a text; nothing if there is none.
[[nodiscard]] inline std::vector<python_argument> arguments_of_call(std::string_view text, std::string_view called) {
    std::vector<python_argument> all;
    std::size_t at = 0;
    while (at < text.size() &&
           !(text.substr(at).starts_with(called) && text.substr(at + called.size()).starts_with('(')))
        at = detail::behind_python_piece(text, at);
    if (at >= text.size()) return all;
    at += called.size() + 1;
    std::size_t start = at;
    for (int depth = 0; at < text.size(); at = detail::behind_python_piece(text, at)) {
        const char c = text[at];
        const bool ends = depth == 0 && (c == ')' || c == ',');
        depth += detail::bracket_depth(c);
        if (!ends) continue;
        if (const python_argument each = detail::argument_of(text.substr(start, at - start)); !each.value.empty())
            all.push_back(each);
        start = at + 1;
        if (c == ')') break;
    }
    return all;
}

/// Returns the body of a function of this name: the lines below its head, up to the next that is neither indented nor a
/// comment; empty if there is none.
[[nodiscard]] inline std::string_view body_of_function(std::string_view text, std::string_view name) {
    for (std::size_t at = text.find("def "); at != text.npos; at = text.find("def ", at + 1)) {
        const std::string_view head = text.substr(at + 4);
        const bool begins_line = at == 0 || text[at - 1] == '\n';
        if (!begins_line || !head.starts_with(name) || !head.substr(name.size()).starts_with('(')) continue;
        const std::size_t start = (std::min)(head.find('\n'), head.size());
        std::size_t end = start;
        while (end < head.size()) {
            const std::string_view rest = head.substr(end + 1);
            if (!rest.empty() && std::string_view(" \t\r\n#").find(rest[0]) == rest.npos) break;
            end = (std::min)(head.find('\n', end + 1), head.size());
        }
        return head.substr(start, end - start);
    }
    return {};
}

}  // namespace cardfit::io::imports
