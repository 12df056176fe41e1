// SPDX-License-Identifier: MIT
// A number without a unit is no amount.
// expect g++: conversion from .int. to non-scalar type
// expect clang: no viable conversion from 'int' to
#include <cardfit/units.hpp>
#ifdef CARDFIT_FAIL
constexpr cardfit::bytes none = 0;
#else
constexpr cardfit::bytes none = cardfit::bytes_of(0);
#endif
static_assert(none == cardfit::bytes{});
