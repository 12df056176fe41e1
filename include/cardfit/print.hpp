// SPDX-License-Identifier: MIT
#pragma once

// Prints units and enumerators with to_text(x), `stream << x`, and std::format if the standard library has it. This
// header is not part of cardfit.hpp, so that programs that don't print do not pay for streams.

#include <cardfit/units.hpp>

#include <array>
#include <charconv>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <version>

#ifdef __cpp_lib_format
#    include <format>
#endif
#ifndef __cpp_lib_to_chars  // libc++ of Emscripten and of Apple
#    include <locale>
#    include <sstream>
#endif

namespace cardfit {

namespace detail {

/// Whether the digits of a number are decimals or significant digits.
enum class digits_of { decimals, significant };

/// Returns a number as text. Unlike the functions of <cstdio>, this does not follow the locale of the program, whose
/// decimal mark may be a comma.
[[nodiscard]] inline std::string number_text(double value, digits_of kind, int digits) {
#ifdef __cpp_lib_to_chars
    std::array<char, 400> text{};  // the largest double has 309 digits
    const std::chars_format format =
        kind == digits_of::decimals ? std::chars_format::fixed : std::chars_format::general;
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value, format, digits);
    return {text.data(), written.ptr};
#else
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text.precision(digits);
    if (kind == digits_of::decimals) text.setf(std::ios_base::fixed, std::ios_base::floatfield);
    text << value;
    return text.str();
#endif
}

/// Returns a number with this many decimals: `fixed(3.14159, 2)` is "3.14". What rounds to zero has no sign.
[[nodiscard]] inline std::string fixed(double value, int digits) {
    const std::string text = number_text(value, digits_of::decimals, digits);
    const bool is_zero = text.find_first_not_of("-0.") == std::string::npos;
    return is_zero && text[0] == '-' ? text.substr(1) : text;
}

/// Returns a number with at most this many significant digits, without trailing zeros: `significant(0.0010, 3)` is
/// "0.001".
[[nodiscard]] inline std::string significant(double value, int digits) {
    return number_text(value, digits_of::significant, digits);
}

/// A unit in which a number is printed if it is at least `from` base units.
struct printed_unit {
    double from = 0;
    const char* name = "";
};

/// Returns a number with its unit, such as "23.6 GiB", with at least three significant digits unless the value is a
/// whole number. The unit is the first one that the number reaches, or else the last one.
template <std::size_t N>
[[nodiscard]] inline std::string in_units(double number, const printed_unit (&units)[N]) {
    const double size = number < 0 ? -number : number;
    const printed_unit* unit = &units[N - 1];
    for (std::size_t i = N; i > 0; --i)
        if (size >= units[i - 1].from) unit = &units[i - 1];
    const double value = number / unit->from;
    const double shown = size / unit->from;
    const int digits = shown >= 100 || same_number(value, static_cast<double>(static_cast<long long>(value))) ? 0
                       : shown >= 10                                                                          ? 1
                                                                                                              : 2;
    return fixed(value, digits) + " " + unit->name;
}

inline constexpr printed_unit byte_names[]{{1024.0 * 1024 * 1024 * 1024, "TiB"},
                                           {1024.0 * 1024 * 1024, "GiB"},
                                           {1024.0 * 1024, "MiB"},
                                           {1024, "KiB"},
                                           {1, "B"}};
inline constexpr printed_unit second_names[]{{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}};
inline constexpr printed_unit byte_rate_names[]{{1e12, "TB/s"}, {1e9, "GB/s"}, {1e6, "MB/s"}};
inline constexpr printed_unit flop_names[]{{1e15, "PFLOP"}, {1e12, "TFLOP"}, {1e9, "GFLOP"}};
inline constexpr printed_unit flop_rate_names[]{{1e15, "PFLOP/s"}, {1e12, "TFLOP/s"}, {1e9, "GFLOP/s"}};
inline constexpr printed_unit token_names[]{{1, "tokens"}};
inline constexpr printed_unit token_rate_names[]{{1, "tokens/s"}};
inline constexpr printed_unit watt_names[]{{1e3, "kW"}, {1, "W"}};
inline constexpr printed_unit joule_names[]{{1e6, "MJ"}, {1e3, "kJ"}, {1, "J"}};
inline constexpr printed_unit dollar_names[]{{1, "dollars"}};

}  // namespace detail

/// Returns an amount of any unit as text: "23.6 GiB", "1.84 ms", "312 TFLOP/s".
[[nodiscard]] inline std::string to_text(bytes b) {
    return detail::in_units(static_cast<double>(b.number), detail::byte_names);
}
// Doxygen 1.9 takes the amounts of other units for bytes.
/// @cond
[[nodiscard]] inline std::string to_text(seconds t) { return detail::in_units(t.number, detail::second_names); }
[[nodiscard]] inline std::string to_text(bytes_per_second r) {
    return detail::in_units(r.number, detail::byte_rate_names);
}
[[nodiscard]] inline std::string to_text(flop f) { return detail::in_units(f.number, detail::flop_names); }
[[nodiscard]] inline std::string to_text(flop_per_second r) {
    return detail::in_units(r.number, detail::flop_rate_names);
}
[[nodiscard]] inline std::string to_text(tokens t) {
    return detail::in_units(static_cast<double>(t.number), detail::token_names);
}
[[nodiscard]] inline std::string to_text(tokens_per_second r) {
    return detail::in_units(r.number, detail::token_rate_names);
}
[[nodiscard]] inline std::string to_text(watts p) { return detail::in_units(p.number, detail::watt_names); }
[[nodiscard]] inline std::string to_text(joules e) { return detail::in_units(e.number, detail::joule_names); }
[[nodiscard]] inline std::string to_text(dollars d) { return detail::in_units(d.number, detail::dollar_names); }
/// @endcond

/// Returns an enumerator of a column of a table (`form_factor::sxm`) as the word that the table prints.
template <class Enum>
requires std::is_enum_v<Enum> && requires(Enum e) { std::string_view(name_of(e)); }
[[nodiscard]] std::string to_text(Enum e) { return std::string(name_of(e)); }
/// Returns an enumerator that has a row (`precision::bf16_mixed`, `framework::torchtitan`) as the name in its row.
template <class Enum>
requires std::is_enum_v<Enum> && requires(Enum e) { std::string_view(row_of(e).name); }
[[nodiscard]] std::string to_text(Enum e) { return std::string(row_of(e).name); }

/// Everything that `to_text` prints.
template <class T>
concept printable = requires(const T& x) {
    { to_text(x) } -> std::same_as<std::string>;
};

/// Writes `to_text(x)` to the stream.
template <printable T>
std::ostream& operator<<(std::ostream& out, const T& x) {
    return out << to_text(x);
}

}  // namespace cardfit

#ifdef __cpp_lib_format
/// Formats a value as its text: `std::format("{:>12}", usable_memory(card))`.
template <cardfit::printable T>
struct std::formatter<T, char> : std::formatter<std::string, char> {
    auto format(const T& x, std::format_context& context) const {
        return std::formatter<std::string, char>::format(cardfit::to_text(x), context);
    }
};
#endif
