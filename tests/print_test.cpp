// SPDX-License-Identifier: MIT
// Tests units and enumerators as text: values of datasheets, in the units in which they are usually stated.

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/io/figures.hpp>
#include <cardfit/job/precision.hpp>
#include <cardfit/print.hpp>

#include <doctest/doctest.h>

#include <sstream>

namespace print_test {

using namespace cardfit;

namespace {

template <class T>
std::string streamed(const T& x) {
    std::ostringstream out;
    out << x;
    return out.str();
}

}  // namespace

TEST_CASE("units print in the unit that people say") {
    CHECK(to_text(80_GiB) == "80 GiB");
    CHECK(to_text(mebibytes(24564)) == "24.0 GiB");
    CHECK(to_text(-512_MiB) == "-512 MiB");
    CHECK(to_text(bytes_of(0)) == "0 B");
    CHECK(to_text(3350_GBps) == "3.35 TB/s");
    CHECK(to_text(312_TFLOPS) == "312 TFLOP/s");
    CHECK(to_text(seconds_of(0.00184)) == "1.84 ms");
    CHECK(to_text(seconds_of(75)) == "75 s");
    CHECK(to_text(700_W) == "700 W");
    CHECK(streamed(cards::h100_sxm5_80gb.rates.bf16) == "989 TFLOP/s");
}

TEST_CASE("enumerators print their names") {
    CHECK(streamed(form_factor::sxm) == "SXM");
    CHECK(streamed(cards::h100_sxm5_80gb.architecture) == "Hopper");
    CHECK(streamed(precision::bf16_mixed) == "bf16-mixed");
}

TEST_CASE("numbers to read have no exponent, and zero has no sign") {
    CHECK(io::significant(0.98649, 3) == "0.986");
    CHECK(io::significant(1027.4, 3) == "1027");
    CHECK(io::significant(-25493.2, 4) == "-25493");
    CHECK(io::significant(1.054e-6, 3) == "0.00000105");
    CHECK(io::significant(1e-6, 3) == "0.000001");
    CHECK(io::significant(0, 3) == "0");
    CHECK(io::fixed(-0.04, 1) == "0.0");
    CHECK(io::fixed(-0.4, 0) == "0");
    CHECK(io::fixed(-0.06, 1) == "-0.1");
}

#ifdef __cpp_lib_format
TEST_CASE("std::format takes them") { CHECK(std::format("{:>8}", 80_GiB) == "  80 GiB"); }
#endif

}  // namespace print_test
