// SPDX-License-Identifier: MIT
#pragma once

// What stands around the content of a text: spaces, and the mark with which some programs begin a file.

#include <cstddef>
#include <string_view>

namespace cardfit::io {

/// Returns a text without these spaces at its ends; by default, ends of lines are among them.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text, std::string_view spaces = " \t\r\n") noexcept {
    const std::size_t first = text.find_first_not_of(spaces);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

/// Returns a text in UTF-8 without the byte order mark that it may begin with.
[[nodiscard]] constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    return text;
}

}  // namespace cardfit::io
