// SPDX-License-Identifier: MIT
#pragma once

// What is known about a constant: where its value comes from, how far it may move, and which source says so. Estimators
// read structures of plain numbers. The tables that describe those structures are beside them, and a member without a
// description does not compile.

#include <cstddef>
#include <span>
#include <string_view>

namespace cardfit {

/// Where a constant's value comes from.
enum class standing : unsigned char {
    documented,  ///< a datasheet, paper, log or the source code of the software states it
    counted,     ///< it follows from the mechanism by counting accesses
    fitted,      ///< it is the value that published measurements give; tests/calibration refits it
    assumed,     ///< set from measurements of something similar, or estimated: no published row decides it
};

/// The values that a constant's rows allow.
struct constant_range {
    double low = 0;   ///< the least value
    double high = 0;  ///< the greatest value; 0: no range
    /// False if no range was computed.
    [[nodiscard]] constexpr bool known() const noexcept { return high > 0; }
    friend constexpr bool operator==(const constant_range&, const constant_range&) = default;
};

/// The description of one member of a structure of constants.
template <class Constants>
struct constant {
    std::string_view name = "";                      ///< name in calibration files
    double Constants::*member = nullptr;             ///< the constant's member
    cardfit::standing standing = standing::assumed;  ///< where its value comes from
    constant_range range{};                          ///< the values that its rows allow
    std::string_view source = "";                    ///< the measurement, document or count behind it
};

namespace detail {

/// True if the table describes `Count` different members, each with a name and a source, and every known range holds
/// the default value.
template <std::size_t Count, class Constants, std::size_t N>
[[nodiscard]] constexpr bool describes_all(const constant<Constants> (&table)[N]) {
    if (N != Count) return false;
    const Constants defaults{};
    for (std::size_t i = 0; i < N; ++i) {
        const constant<Constants>& one = table[i];
        if (one.member == nullptr || one.name.empty() || one.source.empty()) return false;
        const double value = defaults.*one.member;
        if (one.range.known() && (value < one.range.low || value > one.range.high)) return false;
        for (std::size_t k = 0; k < i; ++k)
            if (table[k].member == one.member || table[k].name == one.name) return false;
    }
    return true;
}

}  // namespace detail

/// The number of doubles in a structure that has only doubles.
template <class Constants>
inline constexpr std::size_t members_of = sizeof(Constants) / sizeof(double);

}  // namespace cardfit
