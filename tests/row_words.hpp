// SPDX-License-Identifier: MIT
#pragma once

// Checks that apply to the tables of frameworks and of engines alike: words that users type, sources, and bands.

#include <cstddef>
#include <iterator>
#include <string_view>

template <class Row>
[[nodiscard]] constexpr std::size_t alias_count(const Row& row) {
    // The code asks for the size of each alias in place, because g++ 12 cannot copy an element that no initializer
    // named.
    std::size_t count = 0;
    while (count < std::size(row.aliases) && row.aliases[count].size() > 0) ++count;
    return count;
}

template <class Row>
[[nodiscard]] constexpr bool has_word(const Row& row, std::string_view word) {
    bool has = row.name == word;
    for (std::size_t i = 0; i < alias_count(row); ++i) has = has || row.aliases[i] == word;
    return has;
}

/// Returns whether another row of a table has the row's name or one of its aliases.
template <class Table, class Row>
[[nodiscard]] constexpr bool shares_a_word(const Table& table, const Row& row) {
    for (const Row* other : table) {
        if (other == &row) continue;
        if (has_word(*other, row.name)) return true;
        for (std::size_t i = 0; i < alias_count(row); ++i)
            if (has_word(*other, row.aliases[i])) return true;
    }
    return false;
}

template <class Table>
[[nodiscard]] constexpr bool words_are_distinct(const Table& table) {
    for (const auto* row : table)
        if (shares_a_word(table, *row)) return false;
    return true;
}

template <class Table>
[[nodiscard]] constexpr bool all_have_sources_and_bands(const Table& table) {
    for (const auto* row : table) {
        if (*row->sources.memory == '\0' || *row->sources.time == '\0') return false;
        if (row->memory.band_per_mille < 50 || row->time.band_per_mille < 100) return false;
    }
    return true;
}
