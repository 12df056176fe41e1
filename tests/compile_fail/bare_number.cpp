// SPDX-License-Identifier: MIT
// A number without a unit does not convert to an amount: the compiler's message names the ways to write one.
// expect g++: use of deleted function .cardfit::amount<Unit, Rep>::amount\(Number\)
// expect g++: amount\(Number\) = delete;  // write the unit: 24_GiB, gibibytes\(n\), bytes_of\(n\)
// expect clang: conversion function from 'int' to .*bytes.* invokes a deleted function
// expect clang: amount\(Number\) = delete;  // write the unit: 24_GiB, gibibytes\(n\), bytes_of\(n\)
#include <cardfit/units.hpp>
#ifdef CARDFIT_FAIL
constexpr cardfit::bytes none = 24;
#else
constexpr cardfit::bytes none = cardfit::bytes_of(24);
#endif
static_assert(none > cardfit::bytes{});
