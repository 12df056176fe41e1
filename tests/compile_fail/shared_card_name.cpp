// SPDX-License-Identifier: MIT
// A printed name that several cards of the table share is refused.
// expect g++: several cards have this name
// expect clang: several cards have this name
#include <cardfit/hardware/cards/lookup.hpp>
#ifdef CARDFIT_FAIL
static_assert(cardfit::cards::named<"RTX 3080">.cuda_cores > 0);
#else
static_assert(cardfit::cards::named<"RTX 3080 12GB">.cuda_cores == 8960);
#endif
