// SPDX-License-Identifier: MIT

// Tests that counts are checked at run time too.

#include <cardfit/number_format.hpp>
#include <cardfit/units.hpp>

#include <doctest/doctest.h>

namespace units_test {

using namespace cardfit;

TEST_CASE("byte arithmetic refuses what 64 bits do not hold") {
    const bytes most = bytes_of((std::numeric_limits<std::int64_t>::max)());
    CHECK_THROWS_AS(static_cast<void>(most + bytes_of(1)), std::overflow_error);
    CHECK_THROWS_AS(static_cast<void>(-most - bytes_of(2)), std::overflow_error);
    CHECK_THROWS_AS(static_cast<void>(most * 2), std::overflow_error);
    CHECK_THROWS_AS(static_cast<void>(-most * 2), std::overflow_error);
    CHECK_THROWS_AS(static_cast<void>(-most * -2), std::overflow_error);
    CHECK_THROWS_AS(static_cast<void>(most * -2), std::overflow_error);
    const bytes least = bytes_of((std::numeric_limits<std::int64_t>::min)());
    CHECK_THROWS_AS(static_cast<void>(least * -1), std::overflow_error);
    CHECK_THROWS_AS(static_cast<void>(-least), std::overflow_error);
    CHECK(least * 1 == least);
    CHECK(-most * 1 == -most);
    CHECK(most * 0 == bytes{});
    CHECK(bytes{} * -5 == bytes{});
    CHECK(bytes_of(-3) * -4 == bytes_of(12));
    CHECK_THROWS_AS(static_cast<void>(gibibytes(std::int64_t{1} << 40)), std::overflow_error);
    CHECK_THROWS_AS(static_cast<void>(divide_up(most, 0)), std::domain_error);
    CHECK(divide_up(most, 2) == bytes_of(std::int64_t{1} << 62));
}

TEST_CASE("storage refuses counts that make no sense") {
    CHECK_THROWS_AS(static_cast<void>(storage(number_format::bf16, -1)), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(storage(number_format::q4_k_m, 256)), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(storage(number_format::fp64, (std::numeric_limits<std::int64_t>::max)())),
                    std::overflow_error);
}

}  // namespace units_test
