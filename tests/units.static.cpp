// SPDX-License-Identifier: MIT

// Tests amounts: factories, readers, arithmetic, and that the pitfalls of Boost's quantity do not exist.

#include <cardfit/units.hpp>

#include <boost/units/quantity.hpp>
#include <boost/units/systems/information/byte.hpp>
#include <boost/units/systems/si/power.hpp>
#include <boost/units/systems/si/time.hpp>

using namespace cardfit;

// Factories and readers are inverse to each other.
static_assert(gibibytes(80) == 80_GiB && 80_GiB == bytes_of(85'899'345'920));
static_assert(in_gibibytes(gibibytes(80)) == 80.0);
static_assert(in_gigabytes(24_GB) == 24.0);
static_assert(2039_GBps == gigabytes_per_second(2039));
static_assert(in_mebibytes_up(bytes_of(1)) == 1 && in_mebibytes_down(bytes_of(1)) == 0);
static_assert(in_mebibytes_up(-bytes_of(1)) == 0 && in_mebibytes_down(-bytes_of(1)) == -1);

// The dimensions of results follow from arithmetic.
static_assert(watts_of(450) * seconds_of(2) == joules_of(900));
static_assert(in_seconds(gigabytes(2039) / 2039_GBps) == 1.0);
static_assert(std::is_same_v<decltype(flop_of(1) / seconds_of(1)), flop_per_second>);
static_assert(std::is_same_v<decltype(tokens_of(1) / seconds_of(1)), tokens_per_second>);
static_assert(std::is_same_v<decltype(1_GiB / 1_MiB), double> && 1_GiB / 1_MiB == 1024.0);
static_assert(divide_up(bytes_of(10), 3) == bytes_of(4));

template <class A, class B>
concept addable = requires(A a, B b) {
    a + b;
};
template <class A, class B>
concept comparable = requires(A a, B b) {
    a < b;
};
template <class A, class B>
concept scalable = requires(A a, B b) {
    a* b;
};
static_assert(addable<bytes, bytes> && !addable<bytes, seconds> && !addable<bytes, int> && !addable<watts, joules>);
static_assert(comparable<bytes, bytes> && !comparable<bytes, tokens> && !comparable<bytes, std::int64_t>);

// A bare quantity has these pitfalls: narrowing between number types, a literal zero, scaling by an exact type only, no
// ordering, no use as a template argument, and no trivial copy.
static_assert(!std::is_convertible_v<amount<dimensions::byte_unit, double>, bytes> &&
              !std::is_convertible_v<bytes, amount<dimensions::byte_unit, double>>);
static_assert(!std::is_convertible_v<int, bytes> && !std::is_constructible_v<bytes, int> &&
              !std::is_constructible_v<bytes, double>);
static_assert(scalable<bytes, int> && scalable<bytes, long long> && scalable<watts, int> && scalable<watts, float>);
static_assert(!scalable<bytes, double> && !scalable<bytes, bool>);
static_assert((1_GiB <=> 2_GiB) < 0);
static_assert(std::is_trivially_copyable_v<bytes> && sizeof(bytes) == 8);
template <bytes B>
struct as_argument {
    static constexpr bytes value = B;
};
static_assert(as_argument<24_GiB>::value == 24_GiB);

// Boost quantities of other code convert both ways, in any system with the same base units.
constexpr seconds from_si = boost::units::quantity<boost::units::si::time>(3.0 * boost::units::si::seconds);
static_assert(from_si == seconds_of(3));
constexpr watts board = boost::units::quantity<boost::units::si::power>(450.0 * boost::units::si::watts);
static_assert(board == 450_W);
using their_bytes = boost::units::quantity<boost::units::information::hu::byte::info, std::int64_t>;
constexpr their_bytes theirs = 80_GiB;
static_assert(theirs.value() == 85'899'345'920 && bytes(theirs) == 80_GiB);
static_assert(!std::is_convertible_v<boost::units::quantity<boost::units::si::power>, seconds>);
