// SPDX-License-Identifier: MIT
// The commit is in a source of its own, so that only this source is compiled again after a commit.

#include "commit.hpp"

#ifndef CARDFIT_COMMIT
#    define CARDFIT_COMMIT ""
#endif

const char* tool::commit() { return CARDFIT_COMMIT; }
