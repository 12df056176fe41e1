// SPDX-License-Identifier: MIT
// A printed name that no card of the table has is refused.
// expect g++: no card of the table has this name
// expect g++: RTX 4091
// expect clang: no card of the table has this name
// expect clang: RTX 4091
#include <cardfit/hardware/cards/lookup.hpp>
#ifdef CARDFIT_FAIL
static_assert(cardfit::cards::named<"RTX 4091">.cuda_cores > 0);
#else
static_assert(cardfit::cards::named<"NVIDIA GeForce RTX 4090">.cuda_cores == 16384);
#endif
