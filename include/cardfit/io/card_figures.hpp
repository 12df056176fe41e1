// SPDX-License-Identifier: MIT
#pragma once

// One figure of a card's row in readable form, with its unit.

#include <cardfit/io/cards_table.hpp>

#include <string>

namespace cardfit::io {

/// Returns the support for error-correcting code (ECC) memory in words.
[[nodiscard]] inline std::string ecc_text(ecc_support support) {
    switch (support) {
        case ecc_support::unknown:
            return "not known";
        case ecc_support::none:
            return "none";
        case ecc_support::supported:
            return "optional";
        case ecc_support::off_by_default:
            return "optional, off as shipped";
        case ecc_support::on_by_default:
            return "on as shipped";
    }
    return {};
}

namespace detail {

/// Returns the figure with its unit, such as "80 GiB", or "not known", or "none" if the card does not have it.
[[nodiscard]] inline std::string figure_text(const gpu& g, const card_column& column) {
    const nlohmann::ordered_json value = value_of(g, column);
    if (value.is_null()) return "not known";
    if (value.is_boolean()) return "none";
    if (column.value == card_field::ecc) return ecc_text(g.ecc);
    if (value == "y") return "yes";
    if (value == "n") return "no";
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    return column.unit.empty() || text == "none" ? text : text + " " + std::string(column.unit);
}

}  // namespace detail

/// Returns one figure of a row in readable form: "80 GiB", "yes", "not known" or "none".
[[nodiscard]] inline std::string figure_text(const gpu& g, card_field field) {
    for (const card_column& column : card_columns)
        if (column.value == field) return detail::figure_text(g, column);
    return {};
}

}  // namespace cardfit::io
