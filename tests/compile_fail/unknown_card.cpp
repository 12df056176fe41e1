// SPDX-License-Identifier: MIT
// A card that is not in the table does not compile.
// expect g++: .rtx_4091. is not a member of .cardfit::cards.
// expect clang: no member named 'rtx_4091' in namespace 'cardfit::cards'
#include <cardfit/cardfit.hpp>
#ifdef CARDFIT_FAIL
static_assert(cardfit::cards::rtx_4091.cuda_cores > 0);
#else
static_assert(cardfit::cards::rtx_4090.cuda_cores == 16384);
#endif
