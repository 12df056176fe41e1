// SPDX-License-Identifier: MIT
#pragma once

// Numbers and sizes as text.

#include <cardfit/units.hpp>

#include <cstdio>
#include <string>

namespace cardfit::io {

/// Returns a number with this many decimals: `fixed(3.14159, 2)` is "3.14".
[[nodiscard]] inline std::string fixed(double value, int digits) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
    return buffer;
}
/// Returns a size in GiB with two decimals: "58.99 GiB".
[[nodiscard]] inline std::string in_gib(bytes b) { return fixed(in_gibibytes(b), 2) + " GiB"; }

}  // namespace cardfit::io
