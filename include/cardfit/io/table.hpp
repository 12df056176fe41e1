// SPDX-License-Identifier: MIT
#pragma once

// Tables for people and for programs: aligned text that drops its least important columns until it is no wider than
// asked, CSV, and Markdown.

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// Returns a text as lines of at most `width` characters, broken at spaces. The first line starts with `first`, and all
/// others with `indent`.
[[nodiscard]] inline std::string wrapped(std::string_view text, std::size_t width, const std::string& indent,
                                         const std::string& first) {
    std::string lines = first;
    std::size_t start = first.size();
    std::size_t column = start;
    std::istringstream words{std::string(text)};
    for (std::string word; words >> word; column += word.size()) {
        const bool is_first = column == start;
        const bool breaks = !is_first && column + 1 + word.size() > width;
        if (breaks) {
            lines += "\n" + indent;
            start = indent.size();
            column = start;
        } else if (!is_first) {
            lines += " ";
            ++column;
        }
        lines += word;
    }
    return lines;
}
/// Returns the same with all lines indented alike.
[[nodiscard]] inline std::string wrapped(std::string_view text, std::size_t width, const std::string& indent = "") {
    return wrapped(text, width, indent, indent);
}

/// A column of a table. Columns with a higher `dropped` number leave the text first; 0 stays however narrow it is.
struct table_column {
    std::string name{};  ///< the heading
    int dropped = 0;     ///< 0: the column always stays
    bool left = false;   ///< aligned left, as words are
};

/// A table. Each row has a cell for each column.
struct table {
    std::vector<table_column> columns{};           ///< in order
    std::vector<std::vector<std::string>> rows{};  ///< a text for each column
};

namespace detail {

/// Returns the width of a cell in characters: bars and units are UTF-8, and colors are escape codes, which take no
/// room.
[[nodiscard]] inline std::size_t characters_of(const std::string& cell) {
    std::size_t width = 0;
    bool escapes = false;
    for (const char c : cell) {
        escapes = escapes || c == '\033';
        const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (!escapes && !continues) ++width;
        if (c == 'm') escapes = false;
    }
    return width;
}

/// Widens columns to the cells of a row, which may have fewer cells than others.
inline void widen(std::vector<std::size_t>& widths, const std::vector<std::string>& cells) {
    if (widths.size() < cells.size()) widths.resize(cells.size());
    for (std::size_t k = 0; k < cells.size(); ++k) widths[k] = (std::max)(widths[k], characters_of(cells[k]));
}

[[nodiscard]] inline std::vector<std::string> column_names(const table& t) {
    std::vector<std::string> names;
    for (const table_column& column : t.columns) names.push_back(column.name);
    return names;
}

[[nodiscard]] inline std::vector<std::size_t> widths_of(const table& t) {
    std::vector<std::size_t> widths;
    widen(widths, column_names(t));
    for (const std::vector<std::string>& row : t.rows) widen(widths, row);
    return widths;
}

inline constexpr std::size_t between_columns = 2;

[[nodiscard]] inline std::size_t line_width(const std::vector<std::size_t>& widths) {
    std::size_t sum = 0;
    for (const std::size_t width : widths) sum += width + between_columns;
    return sum > 0 ? sum - between_columns : 0;
}

inline void remove_column(table& t, std::size_t k) {
    const auto at = static_cast<std::ptrdiff_t>(k);
    t.columns.erase(t.columns.begin() + at);
    for (std::vector<std::string>& row : t.rows) row.erase(row.begin() + at);
}

/// Returns the column that leaves first, or the number of columns if none may.
[[nodiscard]] inline std::size_t least_important(const table& t) {
    std::size_t found = t.columns.size();
    for (std::size_t k = 0; k < t.columns.size(); ++k) {
        const bool sooner = found == t.columns.size() || t.columns[k].dropped >= t.columns[found].dropped;
        if (t.columns[k].dropped > 0 && sooner) found = k;
    }
    return found;
}

[[nodiscard]] inline std::string padded(const std::string& cell, std::size_t width, bool left) {
    const std::string padding(width - characters_of(cell), ' ');
    return left ? cell + padding : padding + cell;
}

/// Returns cells as a line of columns of these widths. `is_left` says which columns are aligned left.
template <class IsLeft>
[[nodiscard]] std::string aligned_line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                                       const std::string& indent, IsLeft is_left) {
    std::string line = indent;
    for (std::size_t k = 0; k < cells.size(); ++k)
        line += std::string(k > 0 ? between_columns : 0, ' ') + padded(cells[k], widths[k], is_left(k));
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

/// Returns a cell of a CSV file, quoted where RFC 4180 asks for it.
[[nodiscard]] inline std::string csv_cell(const std::string& cell) {
    if (cell.find_first_of(",\"\r\n") == cell.npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

[[nodiscard]] inline std::string markdown_cell(const std::string& cell) {
    std::string escaped;
    for (const char c : cell) escaped += c == '|' ? std::string("\\|") : std::string(1, c == '\n' ? ' ' : c);
    return escaped;
}

[[nodiscard]] inline std::string markdown_line(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const std::string& cell : cells) line += " " + markdown_cell(cell) + " |";
    return line + "\n";
}

}  // namespace detail

/// Returns true if all cells of a column are alike, and for a table without that column.
[[nodiscard]] inline bool is_alike(const table& t, const std::string& column) {
    for (std::size_t k = 0; k < t.columns.size(); ++k)
        if (t.columns[k].name == column)
            return std::all_of(t.rows.begin(), t.rows.end(),
                               [&](const std::vector<std::string>& row) { return row[k] == t.rows.front()[k]; });
    return true;
}

/// Removes a column by its name, if the table has it.
inline void remove_column(table& t, const std::string& column) {
    for (std::size_t k = 0; k < t.columns.size(); ++k)
        if (t.columns[k].name == column) return detail::remove_column(t, k);
}

/// Removes the least important columns until a line, `indent` included, is no wider than `width` characters. Returns
/// the names of the columns that were removed, in the order of the table.
inline std::vector<std::string> narrow(table& t, std::size_t width, std::size_t indent = 0) {
    const std::vector<std::string> before = detail::column_names(t);
    while (indent + detail::line_width(detail::widths_of(t)) > width) {
        const std::size_t least = detail::least_important(t);
        if (least == t.columns.size()) break;
        detail::remove_column(t, least);
    }
    const std::vector<std::string> after = detail::column_names(t);
    std::vector<std::string> removed;
    for (const std::string& name : before)
        if (std::find(after.begin(), after.end(), name) == after.end()) removed.push_back(name);
    return removed;
}

/// Returns the table as lines of aligned cells, the names of its columns first. Every line starts with `indent`.
[[nodiscard]] inline std::string table_text(const table& t, const std::string& indent = "") {
    const std::vector<std::size_t> widths = detail::widths_of(t);
    const auto is_left = [&t](std::size_t k) { return t.columns[k].left; };
    std::string text = detail::aligned_line(detail::column_names(t), widths, indent, is_left);
    for (const std::vector<std::string>& row : t.rows) text += detail::aligned_line(row, widths, indent, is_left);
    return text;
}

/// Returns facts, each with its name and its text, as two columns of at most `width` characters in all.
[[nodiscard]] inline std::string facts_text(const std::vector<std::vector<std::string>>& facts, std::size_t width) {
    constexpr std::size_t indent = 2;
    std::size_t names = 0;
    for (const std::vector<std::string>& fact : facts) names = (std::max)(names, fact[0].size());
    const std::string margin(indent + names + detail::between_columns, ' ');
    std::string text;
    for (const std::vector<std::string>& fact : facts) {
        std::string first = std::string(indent, ' ') + fact[0];
        first.resize(margin.size(), ' ');
        text += wrapped(fact[1], width, margin, first) + "\n";
    }
    return text;
}

/// Returns the rows as columns that are as wide as their widest cell. The first `left` columns are aligned left, all
/// others right.
[[nodiscard]] inline std::string aligned(const std::vector<std::vector<std::string>>& rows, std::size_t left,
                                         const std::string& indent) {
    std::vector<std::size_t> widths;
    for (const std::vector<std::string>& row : rows) detail::widen(widths, row);
    std::string text;
    for (const std::vector<std::string>& row : rows)
        text += detail::aligned_line(row, widths, indent, [left](std::size_t k) { return k < left; });
    return text;
}

/// Returns rows as a table, the first of which has the names of the columns. The first `left` columns are aligned left,
/// and the first `kept` stay however narrow the text is; of the others the last one leaves it first.
[[nodiscard]] inline table table_of(std::vector<std::vector<std::string>> rows, std::size_t left, std::size_t kept) {
    table t;
    for (std::size_t k = 0; k < rows.front().size(); ++k)
        t.columns.push_back({rows.front()[k], k < kept ? 0 : static_cast<int>(k - kept + 1), k < left});
    rows.erase(rows.begin());
    t.rows = std::move(rows);
    return t;
}

/// Returns the table as CSV (RFC 4180, with line feeds alone), the names of its columns first.
[[nodiscard]] inline std::string table_csv(const table& t) {
    std::vector<std::vector<std::string>> lines = t.rows;
    lines.insert(lines.begin(), detail::column_names(t));
    std::string text;
    for (const std::vector<std::string>& cells : lines) {
        for (std::size_t k = 0; k < cells.size(); ++k) text += (k > 0 ? "," : "") + detail::csv_cell(cells[k]);
        text += "\n";
    }
    return text;
}

/// Returns the table as Markdown.
[[nodiscard]] inline std::string table_markdown(const table& t) {
    std::string text = detail::markdown_line(detail::column_names(t)) + "|";
    for (const table_column& column : t.columns) text += column.left ? " --- |" : " ---: |";
    text += "\n";
    for (const std::vector<std::string>& row : t.rows) text += detail::markdown_line(row);
    return text;
}

}  // namespace cardfit::io
