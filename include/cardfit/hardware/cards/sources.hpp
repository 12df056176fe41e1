// SPDX-License-Identifier: MIT
#pragma once

// Sources that many rows share.

#include <string_view>

namespace cardfit::cards {

/// Rows whose own datasheet has not been read yet: taken from a public database and cross-checked where a second table
/// had the figure; what only one table or a rule gave stands in the row's `estimated`.
inline constexpr std::string_view public_database =
    "TechPowerUp GPU database, cross-checked against a second public table where one had the figure";

}  // namespace cardfit::cards
