// SPDX-License-Identifier: MIT
#pragma once

// Reads TOML by toml++ into a tree of JSON values. This is the only header that needs toml++.

#include <cardfit/io/import/setting.hpp>
#include <cardfit/io/import/table.hpp>
#include <cardfit/io/tensor_file.hpp>
#include <cardfit/io/text_edges.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>

namespace cardfit::io::imports {

namespace detail {

/// Returns a text in ASCII: bytes of other characters, and %, as % and two hexadecimal digits. toml++ 3.3 asks of a
/// character beyond ASCII whether it is a space, and its answer for most is undefined behavior.
[[nodiscard]] inline std::string in_ascii(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string ascii;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte < 0x80 && c != '%';
        if (plain)
            ascii += c;
        else
            ascii += {'%', digits[byte >> 4U], digits[byte & 0xFU]};
    }
    return ascii;
}

/// Returns the text of which `in_ascii` made this.
[[nodiscard]] inline std::string from_ascii(std::string_view ascii) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
    std::string text;
    for (std::size_t i = 0; i < ascii.size(); ++i) {
        const bool written = ascii[i] == '%' && i + 2 < ascii.size();
        text += written ? static_cast<char>(digit(ascii[i + 1]) * 16 + digit(ascii[i + 2])) : ascii[i];
        if (written) i += 2;
    }
    // An escape of TOML may have written a % of its own.
    return io::detail::is_utf8(text) ? text : std::string(ascii);
}

/// Returns a node of TOML as JSON; dates become text.
[[nodiscard]] inline nlohmann::json json_of_toml(const toml::node& node, const std::string& name, int depth) {
    if (depth == 0) refuse_document(name, "it nests more than 64 levels deep", "at most 64 levels");
    if (const toml::table* table = node.as_table()) {
        nlohmann::json object = nlohmann::json::object();
        for (const auto& [key, value] : *table) object[from_ascii(key.str())] = json_of_toml(value, name, depth - 1);
        return object;
    }
    if (const toml::array* array = node.as_array()) {
        nlohmann::json list = nlohmann::json::array();
        for (const toml::node& value : *array) list.push_back(json_of_toml(value, name, depth - 1));
        return list;
    }
    if (const auto* text = node.as_string()) return from_ascii(text->get());
    if (const auto* whole = node.as_integer()) return whole->get();
    if (const auto* real = node.as_floating_point()) return real->get();
    if (const auto* truth = node.as_boolean()) return truth->get();
    return "a date";
}

/// Throws input_error for a key of more parts than a tree may have levels: toml++ takes the stack for each.
inline void check_dotted_keys(const std::string& text, const std::string& name) {
    int dots = 0;
    for (const char c : text) {
        if (c == '\n') dots = 0;
        if (c == '.') ++dots;
        if (dots > 1000) refuse_document(name, "a line has more than 1,000 dots", "keys of at most 64 parts");
    }
}

/// Returns the end of the string that starts at a place of a text.
[[nodiscard]] inline std::size_t end_of_toml_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    const bool triple = text.substr(at, 3) == std::string(3, quote);
    const std::string end(triple ? 3 : 1, quote);
    for (at += end.size(); at < text.size(); ++at) {
        const bool escapes = quote == '"' && text[at] == '\\';
        if (escapes) ++at;
        if (escapes) continue;
        if (!triple && text[at] == '\n') return at;
        if (text.substr(at, end.size()) != end) continue;
        at += end.size();
        // Up to two quotes may stand before the three that end it.
        for (int more = 0; triple && more < 2 && at < text.size() && text[at] == quote; ++more) ++at;
        return at;
    }
    return text.size();
}

/// Returns true if a key, or the end of the header, follows the brackets of a table's header.
[[nodiscard]] inline bool names_table(std::string_view text, std::size_t bracket) {
    const std::size_t after = bracket + (text.substr(bracket, 2) == "[[" ? 2 : 1);
    const std::size_t key = text.find_first_not_of(" \t", after);
    if (key == text.npos) return false;
    return is_name_character(text[key]) || std::string_view("-\"']").find(text[key]) != std::string_view::npos;
}

/// Throws input_error for a table's header that no key follows: toml++ 3.3 takes for granted that one does.
inline void check_table_headers(std::string_view text, const std::string& name) {
    int depth = 0;
    int line = 1;
    bool starts = true;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        std::size_t next = at + 1;
        if (c == '"' || c == '\'') next = end_of_toml_string(text, at);
        if (c == '#') next = (std::min)(text.find('\n', at), text.size());
        if (starts && c == '[' && !names_table(text, at))
            throw input_error({input_problem{
                .key = name,
                .accepted = "valid TOML",
                .message = name + " is not valid TOML: a table without a name (line " + std::to_string(line) + ")",
                .line = line}});
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') depth = (std::max)(depth - 1, 0);
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '#';
        starts = c == '\n' ? depth == 0 : starts && blank;
        const std::string_view passed = text.substr(at, next - at);
        line += static_cast<int>(std::count(passed.begin(), passed.end(), '\n'));
        at = next;
    }
}

}  // namespace detail

/// Returns the tree of a TOML text. Throws input_error with the line of what is not TOML.
[[nodiscard]] inline nlohmann::json read_toml(const std::string& text, const std::string& name) {
    if (text.size() > longest_document) refuse_document(name, "it is too long", "a file of at most 1 MiB");
    if (!io::detail::is_utf8(text)) refuse_document(name, "it is not UTF-8", "a file in UTF-8");
    detail::check_dotted_keys(text, name);
    const std::string ascii = detail::in_ascii(without_byte_order_mark(text));
    detail::check_table_headers(ascii, name);
    try {
        const toml::table table = toml::parse(ascii, name);
        return detail::json_of_toml(table, name, deepest_node);
    } catch (const toml::parse_error& e) {
        const int line = static_cast<int>(e.source().begin.line);
        throw input_error({input_problem{.key = name,
                                         .accepted = "valid TOML",
                                         .message = name + " is not valid TOML: " + std::string(e.description()) +
                                                    " (line " + std::to_string(line) + ")",
                                         .line = line}});
    }
}

}  // namespace cardfit::io::imports
