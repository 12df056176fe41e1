// SPDX-License-Identifier: MIT
#pragma once

namespace tool {

/// Returns the commit that the tool was built from, or an empty text if it was not built in a checkout.
[[nodiscard]] const char* commit();

}  // namespace tool
