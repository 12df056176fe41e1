// SPDX-License-Identifier: MIT
#pragma once

// One card's row in readable form: a page of its figures with their units, and a table of the source of each figure.

#include <cardfit/hardware/usable_memory.hpp>
#include <cardfit/io/card_figures.hpp>
#include <cardfit/io/text.hpp>

#include <string>
#include <vector>

namespace cardfit::io {

namespace detail {

/// Returns the short id of the document that states a figure; empty if no document does.
[[nodiscard]] inline std::string_view document_of(const gpu& g, card_field column) {
    const document* from = g.documents.of(column);
    return standing_of(g, column) == figure_standing::documented && from != nullptr ? from->id : "";
}

/// Returns the number of estimated figures that an estimator reads, by kind, and the number of the others: "2 rates, 1
/// links; 3 others".
[[nodiscard]] inline std::string estimated_text(const gpu& g) {
    const estimated_figures found = estimated_figures_of(g);
    std::string text;
    for (const figure_kind kind : {figure_kind::rates, figure_kind::memory, figure_kind::links, figure_kind::power}) {
        const int count = found.of[static_cast<std::size_t>(kind)];
        if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name_of(kind));
    }
    if (found.other() > 0) text += (text.empty() ? "" : "; ") + counted(found.other(), "other");
    return text.empty() ? "none" : text;
}

/// The width of pages of reference, in characters.
inline constexpr std::size_t page_width = 80;

/// Returns the text as a paragraph under a heading, with lines broken at spaces. An empty text gives an empty result.
[[nodiscard]] inline std::string paragraph(const std::string& heading, std::string_view text) {
    return text.empty() ? std::string() : heading + ":\n" + wrapped(text, page_width, "  ") + "\n";
}

/// Returns the machine in which a card is usually sold, with its nodes and network: "DGX A100 (8 cards per node, 200
/// Gbit/s per card)".
[[nodiscard]] inline std::string platform_text(const gpu& g) {
    const platform_row& usual = row_of(platform_of(g));
    return std::string(usual.name) + " (" + counted(usual.per_node, "card") + " per node, " +
           fixed(usual.network_gbit, usual.network_gbit < 100 ? 1 : 0) + " Gbit/s per card" +
           (usual.estimated ? ", estimated)" : ")");
}

/// Returns a document as lines: its short id, its title, what it is cited for, and when it was read.
[[nodiscard]] inline std::string citation_text(const document& from) {
    std::string text = std::string(from.id) + ": " + from.title;
    for (const char* part : {from.revision, from.where})
        if (*part != '\0') text += ", " + std::string(part);
    if (*from.read != '\0') text += " (read " + std::string(from.read) + ")";
    return wrapped(text, page_width, "    ", "  ") + "\n";
}

/// Returns the note of a row and the reason for its exemption from a rule of the table, as paragraphs.
[[nodiscard]] inline std::string remarks_text(const gpu& g) {
    return paragraph("note", g.note) + paragraph("exempt from a rule of the table", g.exemption_reason);
}

}  // namespace detail

/// Returns the page of a row: every figure with its unit, the memory that a job can use, and the note.
[[nodiscard]] inline std::string card_page(const gpu& g) {
    std::vector<std::vector<std::string>> rows;
    for (const card_column& column : card_columns) {
        if (column.value == card_field::name) continue;
        const bool estimated = standing_of(g, column.value) == figure_standing::estimated;
        rows.push_back({std::string(column.key), detail::figure_text(g, column) + (estimated ? " (estimated)" : "")});
    }
    rows.push_back({"usable by a job", in_gib(usable_memory(g))});
    rows.push_back({"usual machine", detail::platform_text(g)});
    rows.push_back({"estimated figures", detail::estimated_text(g)});
    const std::string part = module_text(g);
    return std::string(g.name) + " (" + std::string(g.id) + ")" + (part.empty() ? "" : ", " + part) + "\n" +
           facts_text(rows, detail::page_width) + detail::remarks_text(g) + "documents: cardfit cards " +
           std::string(g.id) + " --sources\n";
}

/// Returns the row as JSON with what is behind it: `figures` has the unit, the standing and the document of each
/// column, and `documents` the documents themselves. A part of a document that is not recorded is null.
[[nodiscard]] inline nlohmann::ordered_json sources_json(const gpu& g) {
    nlohmann::ordered_json row = card_json(g);
    nlohmann::ordered_json figures = nlohmann::ordered_json::object();
    for (const card_column& column : card_columns) {
        figures[std::string(column.key)] = {{"unit", detail::text_or_null(column.unit)},
                                            {"standing", name_of(standing_of(g, column.value))},
                                            {"document", detail::text_or_null(detail::document_of(g, column.value))}};
    }
    nlohmann::ordered_json documents = nlohmann::ordered_json::array();
    for (const citation& each : g.documents) {
        const document& from = *each.from;
        documents.push_back({{"id", from.id},
                             {"title", from.title},
                             {"revision", detail::text_or_null(from.revision)},
                             {"where", detail::text_or_null(from.where)},
                             {"read", detail::text_or_null(from.read)}});
    }
    row["figures"] = std::move(figures);
    row["documents"] = std::move(documents);
    return row;
}

/// Returns the table of sources of a row: the standing of each figure and its document, followed by the list of
/// documents.
[[nodiscard]] inline std::string sources_text(const gpu& g) {
    std::vector<std::vector<std::string>> rows{{"figure", "value", "standing", "document"}};
    for (const card_column& column : card_columns) {
        const std::string_view document = detail::document_of(g, column.value);
        rows.push_back({std::string(column.key), detail::figure_text(g, column),
                        std::string(name_of(standing_of(g, column.value))),
                        std::string(document.empty() ? "-" : document)});
    }
    std::string text = std::string(g.name) + " (" + std::string(g.id) + ")\n" + aligned(rows, 4, "  ") +
                       detail::remarks_text(g) + "documents:\n";
    for (const citation& each : g.documents) text += detail::citation_text(*each.from);
    return text;
}

}  // namespace cardfit::io
