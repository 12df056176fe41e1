// SPDX-License-Identifier: MIT
// Two rows of a table with the same id are refused: the compiler's message names both.
// expect g++: In instantiation of .struct cardfit::same_id<\(& one\), \(& other\)>
// expect g++: error: static assertion failed: cardfit: two rows have the same id
// expect clang: error: static_assert failed due to requirement .differ. "cardfit: two rows have the same id"
// expect clang: same_id<&one, &other>
#include <cardfit/hardware/physics.hpp>

#include <array>
using namespace cardfit;
constexpr gpu one{.id = "a-card"};
#ifdef CARDFIT_FAIL
constexpr gpu other{.id = "a-card"};
#else
constexpr gpu other{.id = "another-card"};
#endif
constexpr std::array table{&one, &other};
static_assert(ids_are_unique<table>);
