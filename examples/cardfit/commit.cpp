// SPDX-License-Identifier: MIT
// The commit is in a source of its own, so that only this source is compiled again after a commit.

#ifndef CARDFIT_COMMIT
#    define CARDFIT_COMMIT ""
#endif

namespace tool {

const char* commit();
const char* commit() { return CARDFIT_COMMIT; }

}  // namespace tool
