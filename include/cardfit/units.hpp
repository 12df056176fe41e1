// SPDX-License-Identifier: MIT
#pragma once

// The only header that includes Boost.Units. Dimensions and conversions are those of Boost; the number type that
// carries them is defined here.
//
// boost::units::quantity converts silently between number types, can be made from a literal 0, multiplies only by its
// exact number type, has no <=> and is neither structural nor trivially copyable. `amount` closes those gaps, checks
// integer arithmetic, and converts to and from any boost::units::quantity of the same dimension. Who converts has such
// a quantity, and so includes boost/units/quantity.hpp; others don't pay for that header and the <algorithm> that it
// needs.

#if defined(__cplusplus) && __cplusplus < 202002L && !defined(_MSVC_LANG)
#    error "cardfit needs C++20: compile with -std=c++20 or later"
#    include <no_further_errors>  // A header that does not exist ends the compilation.
#endif
#if !defined(__cpp_exceptions)
#    error "cardfit reports invalid input by exceptions: compile without -fno-exceptions"
#    include <no_further_errors>
#endif

#include <boost/units/base_dimension.hpp>
#include <boost/units/base_unit.hpp>
#include <boost/units/base_units/information/byte.hpp>
#include <boost/units/base_units/si/kilogram.hpp>
#include <boost/units/base_units/si/meter.hpp>
#include <boost/units/base_units/si/second.hpp>
#include <boost/units/make_system.hpp>
#include <boost/units/physical_dimensions/energy.hpp>
#include <boost/units/physical_dimensions/power.hpp>
#include <boost/units/unit.hpp>
#include <boost/units/units_fwd.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace cardfit {

namespace dimensions {

struct operation_base : boost::units::base_dimension<operation_base, 7001> {};
struct token_base : boost::units::base_dimension<token_base, 7002> {};
struct money_base : boost::units::base_dimension<money_base, 7003> {};

struct flop : boost::units::base_unit<flop, operation_base::dimension_type, 7001> {};
struct token : boost::units::base_unit<token, token_base::dimension_type, 7002> {};
struct dollar : boost::units::base_unit<dollar, money_base::dimension_type, 7003> {};

using system = boost::units::make_system<boost::units::information::byte_base_unit, boost::units::si::second_base_unit,
                                         boost::units::si::meter_base_unit, boost::units::si::kilogram_base_unit, flop,
                                         token, dollar>::type;

template <class Dimension>
using unit = boost::units::unit<Dimension, system>;

using byte_unit = unit<boost::units::information_dimension>;
using second_unit = unit<boost::units::time_dimension>;
using flop_unit = unit<operation_base::dimension_type>;
using token_unit = unit<token_base::dimension_type>;
using dollar_unit = unit<money_base::dimension_type>;
using watt_unit = unit<boost::units::power_dimension>;
using joule_unit = unit<boost::units::energy_dimension>;

/// The unit of the product of two amounts.
template <class A, class B>
using product = typename boost::units::multiply_typeof_helper<A, B>::type;
/// The unit of the ratio of two amounts.
template <class A, class B>
using ratio = typename boost::units::divide_typeof_helper<A, B>::type;

template <class Unit>
inline constexpr bool dimensionless = std::is_same_v<Unit, unit<boost::units::dimensionless_type>>;

}  // namespace dimensions

/// A number type that an amount may store: exact 64-bit counts, or double for rates and everything that is measured.
template <class Rep>
concept amount_number = std::same_as<Rep, std::int64_t> || std::same_as<Rep, double>;

/// Integers by which a count may be scaled without loss.
template <class T>
concept exact_scalar =
    std::integral<T> && !std::same_as<T, bool> && (std::signed_integral<T> || sizeof(T) < sizeof(std::int64_t));

/// A number without a unit.
template <class T>
concept bare_number = std::is_arithmetic_v<T>;

namespace checked {

/// The bounds of a count.
/// @{
inline constexpr std::int64_t most = (std::numeric_limits<std::int64_t>::max)();
inline constexpr std::int64_t least = (std::numeric_limits<std::int64_t>::min)();
/// @}

/// Returns a + b. Throws std::overflow_error past 64 bits; in a constant expression, this is a compile error. Compiler
/// built-ins are not used, because nvcc evaluates none of them in constant expressions.
[[nodiscard]] constexpr std::int64_t add(std::int64_t a, std::int64_t b) {
    if (b > 0 ? a > most - b : a < least - b) throw std::overflow_error("cardfit: a count exceeds 64 bits in a sum");
    return a + b;
}

/// Returns a - b. Throws std::overflow_error past 64 bits.
[[nodiscard]] constexpr std::int64_t subtract(std::int64_t a, std::int64_t b) {
    if (b < 0 ? a > most + b : a < least + b)
        throw std::overflow_error("cardfit: a count exceeds 64 bits in a difference");
    return a - b;
}

/// Returns a * b. Throws std::overflow_error past 64 bits.
[[nodiscard]] constexpr std::int64_t multiply(std::int64_t a, std::int64_t b) {
    const bool too_much =
        a > 0 ? (b > 0 ? a > most / b : b < least / a) : (b > 0 ? a < least / b : a != 0 && b < most / a);
    if (too_much) throw std::overflow_error("cardfit: a count exceeds 64 bits in a product");
    return a * b;
}

}  // namespace checked

/// Returns n / d rounded up, for n >= 0 and d > 0. Memory that a job needs is rounded up, so that no share is too
/// small.
[[nodiscard]] constexpr std::int64_t divide_up(std::int64_t n, std::int64_t d) noexcept { return n / d + (n % d != 0); }

/// A tag that states that a bare number is in the system's own unit. It is no structure, because copying one takes two
/// steps of a constant evaluation.
enum class base_units_t : unsigned char {};
/// Selects constructors that take a number of base units.
inline constexpr base_units_t base_units{};

/// Returns true if two numbers are the same, without a tolerance; NaN is the same as none. What is compared so was
/// stated and copied, not computed, or is compared with the zero that stands for no number. Compilers that warn of
/// comparisons by == (-Wfloat-equal) can't tell that.
template <class Number>
[[nodiscard]] constexpr bool same_number(Number a, Number b) noexcept {
    return a <= b && a >= b;
}

/// Returns a double as an integer for a message: the fraction is dropped, NaN gives the least integer (`not_a_number`
/// of problem.hpp), and the result is limited to 64 bits.
[[nodiscard]] constexpr std::int64_t as_whole(double value) noexcept {
    constexpr double most = 9e18;
    if (!(value > -most)) return same_number(value, value) ? -static_cast<std::int64_t>(most) : checked::least;
    return static_cast<std::int64_t>(value < most ? value : most);
}

/// Return the larger and the smaller of two counts. std::max would take twice as many steps of a constant evaluation.
[[nodiscard]] constexpr std::int64_t larger(std::int64_t a, std::int64_t b) noexcept { return a < b ? b : a; }
/// Returns the smaller number. (`std::min` takes references, which costs constant evaluation.)
[[nodiscard]] constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) noexcept { return b < a ? b : a; }

/// A number with a unit: `bytes`, `seconds`, `bytes_per_second` … The type is structural, trivially copyable and
/// totally ordered. Operations on 64-bit counts throw std::overflow_error on overflow and std::domain_error on division
/// by zero.
template <class Unit, amount_number Rep>
class amount {
public:
    /// The unit, as Boost.Units names it.
    using unit_type = Unit;
    /// The type of the number: 64-bit integers or `double`.
    using number_type = Rep;
    /// The Boost.Units quantity of the same unit and number.
    using boost_quantity = boost::units::quantity<Unit, Rep>;

    /// The bare number in the system's own unit (byte, second, FLOP, token, dollar, watt, joule). It is public only so
    /// that an amount can be a template argument. Read it with a function such as `in_gibibytes` where one exists.
    Rep number{};

    constexpr amount() = default;

    /// Makes an amount from a bare number. The tag makes sure that the unit is not forgotten.
    constexpr amount(Rep n, base_units_t) : number(n) {}
    /// Returns `n` base units (bytes, seconds, FLOPs, dollars).
    [[nodiscard]] static constexpr amount from_number(Rep n) { return amount(n, base_units); }

    /// A bare number has no unit, so this constructor is deleted. Both g++ and clang print its line in the error.
    template <bare_number Number>
    amount(Number) = delete;  // write the unit: 24_GiB, gibibytes(n), bytes_of(n), seconds_of(x), 300_W, 19.5_TFLOPS

    /// Converts from a Boost quantity of the same dimension and number type, in any system that Boost converts
    /// implicitly.
    template <class OtherUnit>
    requires std::is_convertible_v<boost::units::quantity<OtherUnit, Rep>, boost_quantity>
    constexpr amount(const boost::units::quantity<OtherUnit, Rep>& other) : number(boost_quantity(other).value()) {}

    /// Converts to a Boost quantity of the same dimension and number type, in any system that Boost converts
    /// implicitly.
    template <class OtherUnit>
    requires std::is_convertible_v<boost_quantity, boost::units::quantity<OtherUnit, Rep>>
    constexpr operator boost::units::quantity<OtherUnit, Rep>() const { return boost_quantity::from_value(number); }

    friend constexpr auto operator<=>(const amount&, const amount&) = default;
    // A comparison of numbers by == warns under -Wfloat-equal, so it is written.
    friend constexpr bool operator==(const amount& a, const amount& b) { return same_number(a.number, b.number); }

    /// Sums and differences. Integers throw `std::overflow_error` beyond 64 bits; a constant expression does not
    /// compile.
    /// @{
    [[nodiscard]] friend constexpr amount operator+(amount a, amount b) {
        if constexpr (std::same_as<Rep, double>)
            return from_number(a.number + b.number);
        else
            return from_number(checked::add(a.number, b.number));
    }
    [[nodiscard]] friend constexpr amount operator-(amount a, amount b) {
        if constexpr (std::same_as<Rep, double>)
            return from_number(a.number - b.number);
        else
            return from_number(checked::subtract(a.number, b.number));
    }
    [[nodiscard]] friend constexpr amount operator-(amount a) { return amount{} - a; }
    constexpr amount& operator+=(amount other) { return *this = *this + other; }
    constexpr amount& operator-=(amount other) { return *this = *this - other; }
    /// @}

    /// Scales an amount. A count can be scaled by integers only, a measured amount by any number.
    template <class Scalar>
    requires(exact_scalar<Scalar> || (std::same_as<Rep, double> && std::floating_point<Scalar>))
        [[nodiscard]] friend constexpr amount
        operator*(amount a, Scalar scale) {
        if constexpr (std::same_as<Rep, double>)
            return from_number(a.number * static_cast<double>(scale));
        else
            return from_number(checked::multiply(a.number, static_cast<std::int64_t>(scale)));
    }
    /// Returns the amount times a number; integers throw `std::overflow_error` beyond 64 bits.
    template <class Scalar>
    requires(exact_scalar<Scalar> || (std::same_as<Rep, double> && std::floating_point<Scalar>))
        [[nodiscard]] friend constexpr amount
        operator*(Scalar scale, amount a) {
        return a * scale;
    }
    /// Divides a measured amount by a number. Counts are divided by `divide_up`, which states that the result is
    /// rounded up.
    template <class Scalar>
    requires(std::same_as<Rep, double> && (exact_scalar<Scalar> || std::floating_point<Scalar>))
        [[nodiscard]] friend constexpr amount
        operator/(amount a, Scalar divisor) {
        return from_number(a.number / static_cast<double>(divisor));
    }
};

/// Returns the needed bytes (or any other count) divided by `parts`, rounded up. Throws std::domain_error unless parts
/// > 0.
template <class Unit>
[[nodiscard]] constexpr amount<Unit, std::int64_t> divide_up(amount<Unit, std::int64_t> whole, std::int64_t parts) {
    if (parts <= 0) throw std::domain_error("cardfit: divide_up needs parts > 0");
    return amount<Unit, std::int64_t>::from_number(divide_up(whole.number, parts));
}

/// Returns the same amount as a double. The conversion is explicit because counts past 2^53 lose their last digits.
template <class Unit>
[[nodiscard]] constexpr amount<Unit, double> measured(amount<Unit, std::int64_t> a) {
    return amount<Unit, double>::from_number(static_cast<double>(a.number));
}

/// Products and ratios of amounts of different dimensions are doubles. The ratio of two amounts of the same dimension
/// is a plain number.
template <class U1, class R1, class U2, class R2>
[[nodiscard]] constexpr auto operator*(amount<U1, R1> a, amount<U2, R2> b) {
    using unit = dimensions::product<U1, U2>;
    const double product = static_cast<double>(a.number) * static_cast<double>(b.number);
    if constexpr (dimensions::dimensionless<unit>)
        return product;
    else
        return amount<unit, double>::from_number(product);
}
/// Returns the quotient of two amounts, in the unit of the quotient.
template <class U1, class R1, class U2, class R2>
[[nodiscard]] constexpr auto operator/(amount<U1, R1> a, amount<U2, R2> b) {
    using unit = dimensions::ratio<U1, U2>;
    const double ratio = static_cast<double>(a.number) / static_cast<double>(b.number);
    if constexpr (dimensions::dimensionless<unit>)
        return ratio;
    else
        return amount<unit, double>::from_number(ratio);
}

/// Amounts of one unit each: integers for bytes and tokens, `double` for the rest. FLOPs count a multiplication and an
/// addition as two.
/// @{
using bytes = amount<dimensions::byte_unit, std::int64_t>;
using tokens = amount<dimensions::token_unit, std::int64_t>;
using flop = amount<dimensions::flop_unit, double>;
using seconds = amount<dimensions::second_unit, double>;
using watts = amount<dimensions::watt_unit, double>;
using joules = amount<dimensions::joule_unit, double>;
using dollars = amount<dimensions::dollar_unit, double>;
using bytes_per_second = amount<dimensions::ratio<dimensions::byte_unit, dimensions::second_unit>, double>;
using flop_per_second = amount<dimensions::ratio<dimensions::flop_unit, dimensions::second_unit>, double>;
using tokens_per_second = amount<dimensions::ratio<dimensions::token_unit, dimensions::second_unit>, double>;
/// @}

/// Bytes of one binary unit.
/// @{
inline constexpr std::int64_t bytes_per_kibibyte = std::int64_t{1} << 10;
inline constexpr std::int64_t bytes_per_mebibyte = std::int64_t{1} << 20;
inline constexpr std::int64_t bytes_per_gibibyte = std::int64_t{1} << 30;
/// @}

/// These factories make amounts from a whole number of units. They throw std::overflow_error past 64 bits.
/// @{
[[nodiscard]] constexpr bytes bytes_of(std::int64_t n) { return bytes(n, base_units); }
[[nodiscard]] constexpr bytes kibibytes(std::int64_t n) {
    return bytes::from_number(checked::multiply(n, bytes_per_kibibyte));
}
[[nodiscard]] constexpr bytes mebibytes(std::int64_t n) {
    return bytes::from_number(checked::multiply(n, bytes_per_mebibyte));
}
[[nodiscard]] constexpr bytes gibibytes(std::int64_t n) {
    return bytes::from_number(checked::multiply(n, bytes_per_gibibyte));
}
[[nodiscard]] constexpr bytes gigabytes(std::int64_t n) {
    return bytes::from_number(checked::multiply(n, 1'000'000'000));
}
[[nodiscard]] constexpr bytes_per_second gigabytes_per_second(double n) {
    return bytes_per_second::from_number(n * 1e9);
}
[[nodiscard]] constexpr flop_per_second teraflops(double n) { return flop_per_second::from_number(n * 1e12); }
[[nodiscard]] constexpr tokens tokens_of(std::int64_t n) { return tokens::from_number(n); }
[[nodiscard]] constexpr flop flop_of(double n) { return flop::from_number(n); }
[[nodiscard]] constexpr seconds seconds_of(double n) { return seconds::from_number(n); }
[[nodiscard]] constexpr watts watts_of(double n) { return watts::from_number(n); }
[[nodiscard]] constexpr joules joules_of(double n) { return joules::from_number(n); }
[[nodiscard]] constexpr dollars dollars_of(double n) { return dollars::from_number(n); }
/// @}

/// Counts are whole, so these overloads are deleted: they would drop a fraction without a warning.
template <std::floating_point F>
bytes bytes_of(F) = delete;
template <std::floating_point F>
bytes kibibytes(F) = delete;
template <std::floating_point F>
bytes mebibytes(F) = delete;
template <std::floating_point F>
bytes gibibytes(F) = delete;
template <std::floating_point F>
bytes gigabytes(F) = delete;
template <std::floating_point F>
tokens tokens_of(F) = delete;

/// These functions read an amount in a unit. Whole mebibytes are rounded up (`needed`) or down (`available`), as the
/// name says; the others are exact to a double.
/// @{
[[nodiscard]] constexpr double in_gibibytes(bytes b) {
    return static_cast<double>(b.number) / static_cast<double>(bytes_per_gibibyte);
}
[[nodiscard]] constexpr double in_gigabytes(bytes b) { return static_cast<double>(b.number) / 1e9; }
[[nodiscard]] constexpr std::int64_t in_mebibytes_up(bytes b) {
    return b.number / bytes_per_mebibyte + (b.number % bytes_per_mebibyte > 0);
}
[[nodiscard]] constexpr std::int64_t in_mebibytes_down(bytes b) {
    return b.number / bytes_per_mebibyte - (b.number % bytes_per_mebibyte < 0);
}
[[nodiscard]] constexpr double in_gigabytes_per_second(bytes_per_second r) { return r.number / 1e9; }
[[nodiscard]] constexpr double in_teraflops(flop_per_second r) { return r.number / 1e12; }
[[nodiscard]] constexpr double in_seconds(seconds t) { return t.number; }
[[nodiscard]] constexpr double in_watts(watts p) { return p.number; }
[[nodiscard]] constexpr double in_dollars(dollars d) { return d.number; }
/// @}

inline namespace literals {

namespace literal_detail {

/// Returns n units, at compile time only. A literal that does not fit 64 signed bits is refused. The literals below
/// don't call the factories, because a table of thousands of figures is evaluated in every translation unit that
/// includes it.
[[nodiscard]] consteval std::int64_t count(unsigned long long n, std::int64_t unit) {
    if (n > static_cast<unsigned long long>(checked::most / unit))
        throw std::overflow_error("cardfit: a literal exceeds 64 bits");
    return static_cast<std::int64_t>(n) * unit;
}

}  // namespace literal_detail

/// Literals, as in `80_GB`, `312_TFLOPS`: they compile only where the number fits the amount.
/// @{
consteval bytes operator""_B(unsigned long long n) { return bytes::from_number(literal_detail::count(n, 1)); }
consteval bytes operator""_KiB(unsigned long long n) {
    return bytes::from_number(literal_detail::count(n, bytes_per_kibibyte));
}
consteval bytes operator""_MiB(unsigned long long n) {
    return bytes::from_number(literal_detail::count(n, bytes_per_mebibyte));
}
consteval bytes operator""_GiB(unsigned long long n) {
    return bytes::from_number(literal_detail::count(n, bytes_per_gibibyte));
}
consteval bytes operator""_GB(unsigned long long n) {
    return bytes::from_number(literal_detail::count(n, 1'000'000'000));
}
consteval bytes_per_second operator""_GBps(unsigned long long n) {
    return bytes_per_second::from_number(static_cast<double>(n) * 1e9);
}
consteval bytes_per_second operator""_GBps(long double n) {
    return bytes_per_second::from_number(static_cast<double>(n) * 1e9);
}
consteval flop_per_second operator""_TFLOPS(unsigned long long n) {
    return flop_per_second::from_number(static_cast<double>(n) * 1e12);
}
consteval flop_per_second operator""_TFLOPS(long double n) {
    return flop_per_second::from_number(static_cast<double>(n) * 1e12);
}
consteval watts operator""_W(unsigned long long n) { return watts::from_number(static_cast<double>(n)); }
consteval watts operator""_W(long double n) { return watts::from_number(static_cast<double>(n)); }
consteval dollars operator""_USD(unsigned long long n) { return dollars::from_number(static_cast<double>(n)); }
consteval dollars operator""_USD(long double n) { return dollars::from_number(static_cast<double>(n)); }
/// @}

}  // namespace literals

}  // namespace cardfit
