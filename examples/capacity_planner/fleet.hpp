// SPDX-License-Identifier: MIT
#pragma once

// Reads the fleet from a CSV file with one machine per line. All problems are reported at once, each with its line.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/io/card_names.hpp>
#include <cardfit/io/input_error.hpp>
#include <cardfit/io/names.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace planner {

namespace io = cardfit::io;

/// One line of the fleet: nodes of identical cards, which are rented as a whole.
struct fleet_machine {
    std::string name{};
    cardfit::machine hardware{};
    double dollars_per_hour = 0;
    int line = 0;
};

inline constexpr std::array<std::string_view, 6> fleet_columns{"name",     "card", "cards",
                                                               "per_node", "link", "dollars_per_hour"};

/// The cells of a CSV line (RFC 4180). A cell in quotation marks may contain commas and doubled quotation marks.
/// `closed` is false if a closing quotation mark is missing.
struct csv_cells {
    std::vector<std::string> cells{};
    bool closed = true;
};

[[nodiscard]] inline csv_cells cells_of(std::string_view line) {
    csv_cells r{.cells = {""}};
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const bool twice = quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"';
        if (twice)
            r.cells.back() += line[i++];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            r.cells.emplace_back();
        else
            r.cells.back() += line[i];
    }
    r.closed = !quoted;
    for (std::string& cell : r.cells) {
        cell.erase(0, cell.find_first_not_of(" \t"));
        cell.erase(cell.find_last_not_of(" \t") + 1);
    }
    return r;
}

/// Reads the machines and collects all problems.
class fleet_reader {
public:
    [[nodiscard]] std::vector<fleet_machine> read(std::string_view text) {
        for (int number = 1; !text.empty(); ++number) {
            const std::size_t end = text.find('\n');
            std::string_view line = text.substr(0, end);
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (line.find_first_not_of(" \t") == line.npos || line.starts_with('#')) continue;
            line_ = number;
            columns_.empty() ? read_header(line) : read_machine(line);
        }
        if (columns_.empty() && problems_.empty())
            problems_.push_back(io::missing_key("fleet", "a header: " + header()));
        if (problems_.empty() && machines_.empty())
            problems_.push_back(io::missing_key("fleet", "at least one machine"));
        if (!problems_.empty()) throw io::input_error(std::move(problems_));
        return std::move(machines_);
    }

private:
    [[nodiscard]] static std::string header() {
        std::string text;
        for (const std::string_view name : fleet_columns) text += (text.empty() ? "" : ",") + std::string(name);
        return text;
    }

    void refuse(const std::string& key, const std::string& value, const std::string& accepted) {
        problems_.push_back(io::refused_value(key, value, accepted));
        problems_.back().line = line_;
    }

    /// Reads the header, which names the columns. Without a valid header, no line can be read.
    void read_header(std::string_view line) {
        const std::vector<std::string> names = cells_of(line).cells;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const bool known = std::find(fleet_columns.begin(), fleet_columns.end(), names[i]) != fleet_columns.end();
            if (!known || !columns_.emplace(names[i], i).second)
                refuse("header", names[i], "each of " + header() + " once, in any order");
        }
        for (const std::string_view name : fleet_columns)
            if (!columns_.contains(name)) refuse("header", std::string(line), "a column " + std::string(name));
        if (!problems_.empty()) throw io::input_error(std::move(problems_));
    }

    void read_machine(std::string_view line) {
        csv_cells row = cells_of(line);
        if (!row.closed) return refuse("line", std::string(line), "quotation marks that close on the same line");
        if (row.cells.size() != columns_.size())
            return refuse("line", std::string(line), std::to_string(columns_.size()) + " cells: " + header());
        const auto cell = [&](std::string_view name) -> const std::string& {
            return row.cells[columns_.find(name)->second];
        };
        const std::size_t before = problems_.size();
        fleet_machine m{.name = cell("name"), .line = line_};
        if (m.name.empty()) refuse("name", m.name, "a name");
        if (const auto [at, fresh] = lines_.emplace(m.name, line_); !fresh)
            refuse("name", m.name,
                   "a name that no other machine has; line " + std::to_string(at->second) + " has this one");
        if (const cardfit::gpu* card = cardfit::cards::find_by_name(cell("card")))
            m.hardware.card = *card;
        else
            refuse("card", cell("card"), io::accepted_cards(cell("card")));
        m.hardware.cards = count("cards", cell("cards"), 1, 100'000);
        m.hardware.per_node =
            cell("per_node").empty() ? 0 : count("per_node", cell("per_node"), 1, (std::max)(m.hardware.cards, 1));
        read_link(cell("link"), m.hardware);
        m.dollars_per_hour = price(cell("dollars_per_hour"));
        if (problems_.size() == before && m.hardware.cards % cardfit::cards_per_node(m.hardware) != 0)
            refuse("cards", cell("cards"), "whole nodes of " + std::to_string(cardfit::cards_per_node(m.hardware)));
        machines_.push_back(std::move(m));
    }

    void read_link(const std::string& text, cardfit::machine& m) {
        if (text.empty()) return;
        for (const auto& n : io::link_names)
            if (n.name == text) m.link = n.value;
        const bool bridged = m.link == cardfit::card_link::nvswitch || m.link == cardfit::card_link::nvlink ||
                             m.link == cardfit::card_link::nvlink_bridge;
        if (m.link == cardfit::card_link::by_default)
            refuse("link", text, io::listed(io::link_names) + ", or nothing for the link of the board");
        else if (bridged && !m.card.id.empty() && m.card.links.nvlink_bidirectional.number == 0)
            refuse("link", text, "pcie, pcie-host (" + std::string(m.card.id) + " has no NVLink)");
    }

    [[nodiscard]] int count(const char* key, const std::string& text, int low, int high) {
        int number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size() || number < low || number > high) {
            refuse(key, text, "an integer from " + std::to_string(low) + " to " + std::to_string(high));
            number = 0;
        }
        return number;
    }

    [[nodiscard]] double price(const std::string& text) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size() || !(number >= 0 && number <= 1e6)) {
            refuse("dollars_per_hour", text, "a number from 0 to 1000000, for the whole machine");
            number = 0;
        }
        return number;
    }

    std::map<std::string, std::size_t, std::less<>> columns_{};
    std::map<std::string, int> lines_{};
    std::vector<fleet_machine> machines_{};
    std::vector<io::input_problem> problems_{};
    int line_ = 0;
};

/// Returns the machines of a fleet file. Throws io::input_error with all problems, each with its line.
[[nodiscard]] inline std::vector<fleet_machine> read_fleet(std::string_view text) { return fleet_reader().read(text); }

}  // namespace planner
