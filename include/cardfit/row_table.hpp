// SPDX-License-Identifier: MIT
#pragma once

// Tables with one row per enumerator. A row names its enumerator in the member `value`, so the order of the rows does
// not matter, and an enumerator without a row is a compile error that names it.

#include <cstddef>
#include <string_view>

namespace cardfit {

/// Another enumerator that a row refers to, or none. (std::optional costs every includer its header.)
template <class E>
struct counterpart {
    bool exists = false;
    E value{};
};

/// Where the figures of a row come from: those of memory and those of time.
struct row_sources {
    std::string_view memory;
    std::string_view time;
};

}  // namespace cardfit

namespace cardfit::detail {

/// Whether `Value` is an enumerator of its type: a value that no enumerator has is spelled as a cast,
/// "(cardfit::framework)12", by g++, clang and nvcc.
template <auto Value>
[[nodiscard]] constexpr bool is_enumerator() noexcept {
    // The spelling ends the function's name, before a bracket: letters, digits and underscores, behind a parenthesis
    // where it is a cast. Read from the end, because the evaluator pays for every character.
    const std::string_view function = __PRETTY_FUNCTION__;
    std::size_t at = function.size() - 2;
    while (function[at] != ')' && function[at] != ':' && function[at] != ' ' && function[at] != '=') --at;
    return function[at] != ')';
}

/// Fails to compile for an enumerator that has no row; the compiler prints the enumerator in the template's argument.
template <auto Enumerator>
struct row_exists {
    static constexpr bool value = !is_enumerator<Enumerator>();
    static_assert(value, "this enumerator has no row");
};

template <class Row>
[[nodiscard]] constexpr const Row& row_at(const Row& row) noexcept {
    return row;
}
template <class Row>
[[nodiscard]] constexpr const Row& row_at(const Row* row) noexcept {
    return *row;
}

/// The lowest value that no row of a list has: the number of rows where every enumerator has its row.
template <class Listed, std::size_t N>
[[nodiscard]] constexpr auto first_without_row(const Listed (&listed)[N]) noexcept {
    bool found[N + 1]{};
    for (const Listed& each : listed) {
        const std::size_t index = static_cast<std::size_t>(row_at(each).value);
        if (index < N) found[index] = true;
    }
    std::size_t first = 0;
    while (found[first]) ++first;
    return static_cast<decltype(row_at(listed[0]).value)>(first);
}

/// True where every enumerator has exactly one row. An enumerator without a row is named by the compiler.
template <const auto& Listed>
inline constexpr bool one_row_per_enumerator = row_exists<first_without_row(Listed)>::value&& static_cast<std::size_t>(
                                                   first_without_row(Listed)) == sizeof(Listed) / sizeof(Listed[0]);

/// Rows, or pointers to rows, that are indexed by their enumerator.
template <class Listed, std::size_t N>
struct row_table {
    Listed of[N]{};

    [[nodiscard]] static constexpr std::size_t size() noexcept { return N; }
    [[nodiscard]] constexpr const Listed* begin() const noexcept { return of; }
    [[nodiscard]] constexpr const Listed* end() const noexcept { return of + N; }
};

/// The table of a list of rows in any order.
template <class Listed, std::size_t N>
[[nodiscard]] constexpr row_table<Listed, N> by_enumerator(const Listed (&listed)[N]) noexcept {
    row_table<Listed, N> table;
    for (const Listed& each : listed) {
        const std::size_t index = static_cast<std::size_t>(row_at(each).value);
        if (index < N) table.of[index] = each;
    }
    return table;
}

}  // namespace cardfit::detail
