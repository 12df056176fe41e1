// SPDX-License-Identifier: MIT
#pragma once

// Counts with their nouns. The choice between singular and plural is made here alone.

#include <cstdint>
#include <string>

namespace cardfit::io {

/// Returns a count with its noun: "1 card", "8 cards". The plural ends in "s" unless another one is given.
[[nodiscard]] inline std::string counted(std::int64_t count, const std::string& noun, const std::string& plural = {}) {
    if (count == 1) return "1 " + noun;
    return std::to_string(count) + " " + (plural.empty() ? noun + "s" : plural);
}

}  // namespace cardfit::io
