// SPDX-License-Identifier: MIT
#pragma once

// Tables with one row per enumerator. A row names its enumerator in the member `value`, so the order of the rows does
// not matter. An enumerator without a row is a compile error that names the enumerator.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardfit {

/// Another enumerator that a row refers to, or none. (std::optional would make every includer pay for its header.)
template <class E>
struct counterpart {
    bool exists = false;  ///< false: the text is no row's name
    E value{};            ///< the row's enumerator
};

/// The sources of the figures of a row: those for memory and those for time. They are plain pointers, because the
/// compiler counts the characters of a string_view one by one, in every file that includes the row.
struct row_sources {
    const char* memory = "";  ///< where the figures of memory come from
    const char* time = "";    ///< where the figures of time come from
};

}  // namespace cardfit

namespace cardfit::detail {

/// Returns true if `Value` is an enumerator of its type. For all other values, g++, clang and nvcc spell the template
/// argument as a cast: "(cardfit::framework)12".
template <auto Value>
[[nodiscard]] constexpr bool is_enumerator() noexcept {
    // The function's name ends with the spelling of the value and a bracket. An enumerator is spelled with letters,
    // digits and underscores; a cast has a parenthesis before them. The name is read from its end, because every
    // character costs a step of the constant evaluation.
    const std::string_view function = __PRETTY_FUNCTION__;
    std::size_t at = function.size() - 2;
    while (function[at] != ')' && function[at] != ':' && function[at] != ' ' && function[at] != '=') --at;
    return function[at] != ')';
}

/// Returns the highest value of an enumeration whose enumerators count from 0, of which `Value` is one and `Beyond`
/// none. The range is halved, because every value that is asked costs each includer an instance of a template.
template <class E, std::int64_t Value, std::int64_t Beyond>
[[nodiscard]] constexpr std::int64_t highest_between() noexcept {
    constexpr std::int64_t middle = (Value + Beyond) / 2;
    if constexpr (middle == Value)
        return Value;
    else if constexpr (is_enumerator<static_cast<E>(middle)>())
        return highest_between<E, middle, Beyond>();
    else
        return highest_between<E, Value, middle>();
}
/// Returns the highest value of an enumeration of at most 256 enumerators that count from 0.
template <class E, std::int64_t Beyond = 4>
[[nodiscard]] constexpr std::int64_t highest_value() noexcept {
    if constexpr (Beyond >= 256)
        return highest_between<E, 0, 256>();
    else if constexpr (is_enumerator<static_cast<E>(Beyond)>())
        return highest_value<E, 4 * Beyond>();
    else
        return highest_between<E, 0, Beyond>();
}
/// The highest value of an enumeration. A value beyond it, which only a cast can make, has no row in any table.
template <class E>
inline constexpr std::int64_t highest_of = highest_value<E>();

/// Fails to compile for an enumerator that has no row. The compiler prints the enumerator as the template's argument.
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

/// Returns the lowest value that no row of a list has. If every enumerator has a row, this is the number of rows.
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

/// True if every enumerator has exactly one row. The compiler names an enumerator that has no row.
template <const auto& Listed>
inline constexpr bool one_row_per_enumerator = row_exists<first_without_row(Listed)>::value&& static_cast<std::size_t>(
                                                   first_without_row(Listed)) == sizeof(Listed) / sizeof(Listed[0]);

/// Rows, or pointers to rows, indexed by their enumerator.
template <class Listed, std::size_t N>
struct row_table {
    Listed of[N]{};

    [[nodiscard]] static constexpr std::size_t size() noexcept { return N; }
    [[nodiscard]] constexpr const Listed* begin() const noexcept { return of; }
    [[nodiscard]] constexpr const Listed* end() const noexcept { return of + N; }
};

/// Returns the table of a list of rows that may be in any order.
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
