// SPDX-License-Identifier: MIT
#pragma once

// Numbers and sizes as text.

#include <cardfit/print.hpp>
#include <cardfit/units.hpp>

#include <string>

namespace cardfit::io {

using cardfit::detail::fixed;
using cardfit::detail::significant;

/// Returns a size in GiB with two decimals: "58.99 GiB".
[[nodiscard]] inline std::string in_gib(bytes b) { return fixed(in_gibibytes(b), 2) + " GiB"; }

}  // namespace cardfit::io
