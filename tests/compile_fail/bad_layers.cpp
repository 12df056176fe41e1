// SPDX-License-Identifier: MIT
// An impossible model names the field that is wrong.
// expect g++: throw-expression
// expect g++: \.layers|transformer\{-1
// expect clang: out_of_range\(&"model\.transformer\.layers"\[0\], -1, 1, 10000\)
#include <cardfit/cardfit.hpp>
using namespace cardfit;
#ifdef CARDFIT_FAIL
constexpr std::int64_t layers = -1;
#else
constexpr std::int64_t layers = 1;
#endif
static_assert(parameters(transformer{.layers = layers, .hidden = 8, .heads = 1, .ffn = 8, .vocab = 8}) > 0);
