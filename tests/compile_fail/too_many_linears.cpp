// SPDX-License-Identifier: MIT
// A layer with more matrices than a block has room for does not compile.
// expect g++: throw-expression
// expect clang: subexpression not valid in a constant expression
// expect clang: model\.linears
#include <cardfit/model/block.hpp>
using namespace cardfit;
#ifdef CARDFIT_FAIL
constexpr std::int64_t count = max_linears + 1;
#else
constexpr std::int64_t count = max_linears;
#endif
constexpr std::int64_t filled() {
    layer_block b;
    for (std::int64_t i = 0; i < count; ++i) b.add({.target = target::up, .in = 8, .out = 8});
    return b.linear_count;
}
static_assert(filled() == count);
