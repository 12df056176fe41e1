// SPDX-License-Identifier: MIT
#pragma once

// Numbers and sizes as text.

#include <cardfit/print.hpp>
#include <cardfit/units.hpp>

#include <cstdint>
#include <string>

namespace cardfit::io {

using cardfit::detail::fixed;
using cardfit::detail::significant;

/// Returns a size in GiB with two decimals: "58.99 GiB".
[[nodiscard]] inline std::string in_gib(bytes b) { return fixed(in_gibibytes(b), 2) + " GiB"; }

/// Returns a count with commas between thousands: "131,072".
[[nodiscard]] inline std::string with_commas(std::int64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

/// Returns a share in percent without decimals: "66 %".
[[nodiscard]] inline std::string in_percent(double share) { return fixed(100 * share, 0) + " %"; }

}  // namespace cardfit::io
