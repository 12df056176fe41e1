// SPDX-License-Identifier: MIT
#pragma once

// Prices that a user states in a CSV file, one machine or card a line:
//
//     machine,usd_per_hour,date,source
//     p5.48xlarge,55.04,2026-07-20,"AWS, on demand, us-east-1"
//     rtx-4090,0.44,2026-11-01,my contract
//
// The price is that of everything the name means: all eight cards of a p5.48xlarge, two machines for 2xp5.48xlarge, one
// card for rtx-4090. Empty lines and lines that start with # are skipped. No prices are built in: they change by half
// within a year.

#include <cardfit/io/input_error.hpp>
#include <cardfit/io/machine_names.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/tensor_file.hpp>
#include <cardfit/io/text_edges.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// One line of a file of prices.
struct machine_price {
    /// As the file writes it.
    std::string name{};
    /// What the price is for: its cards, and the named machine that they are of.
    machine hardware{};
    /// The link that the name states; `by_default`: none.
    card_link link = card_link::by_default;
    double usd_per_hour = 0;             ///< US dollars per hour
    std::chrono::year_month_day date{};  ///< the day of the price
    std::string source{};                ///< who asks it, or where it was read
    int line = 0;                        ///< line of the file, from 1
};

/// What a machine costs: `count` times what one line of the file is for.
struct hourly_rent {
    const machine_price* price = nullptr;  ///< the line of the file
    std::int64_t count = 1;                ///< machines of the line
    /// For all cards.
    dollars per_hour{};

    /// Returns the rent of all cards for this time.
    [[nodiscard]] dollars during(seconds time) const { return dollars_of(per_hour.number * time.number / 3600); }
};

/// Returns true for a price that is more than a year old on this day.
[[nodiscard]] inline bool is_older_than_a_year(const machine_price& price, std::chrono::sys_days today) {
    constexpr std::chrono::days year{365};
    return today - std::chrono::sys_days(price.date) > year;
}

/// The prices of a file, in the order of its lines.
struct price_list {
    std::string file{};                   ///< name of the file
    std::vector<machine_price> prices{};  ///< in the order of its lines

    /// Returns the lowest rent of a machine, or nothing if no line is for such a machine. A named machine is rented
    /// whole: four cards of a p5.48xlarge cost as much as eight. Cards that are of no named machine take the price of
    /// their card, and a MIG slice takes its share of the card's price.
    [[nodiscard]] std::optional<hourly_rent> find(const machine& m) const;

    /// Returns the names of the lines for machines with this card, whatever machine it is.
    [[nodiscard]] std::vector<std::string> names_with(const gpu& card) const;
};

namespace detail {

/// Returns the id of the card whose price counts: for a MIG slice, the card that is divided.
[[nodiscard]] inline std::string_view priced_card(const gpu& card) {
    return card.mig_parent.empty() ? card.id : card.mig_parent;
}

/// Returns true if the line's price is for such machines, whatever their number.
[[nodiscard]] inline bool is_price_of(const machine_price& price, const machine& m) {
    if (price.hardware.card.id != priced_card(m.card) || price.hardware.name != m.name) return false;
    return price.link == card_link::by_default || price.link == link_of(m);
}

/// Returns the rent of a machine at a line's price.
[[nodiscard]] inline hourly_rent rent_at(const machine_price& price, const machine& m) {
    if (!m.card.mig_parent.empty()) {
        const int slices = (std::max)(1, static_cast<int>(m.card.mig_slices_per_card));
        const double share = static_cast<double>(m.cards) / (static_cast<double>(price.hardware.cards) * slices);
        return {.price = &price, .count = 1, .per_hour = dollars_of(price.usd_per_hour * share)};
    }
    const std::int64_t count = (m.cards + price.hardware.cards - 1) / price.hardware.cards;
    return {.price = &price, .count = count, .per_hour = dollars_of(price.usd_per_hour * static_cast<double>(count))};
}

inline constexpr std::size_t longest_prices = std::size_t{4} << 20;
inline constexpr std::size_t most_prices = 10'000;
inline constexpr std::size_t most_price_problems = 50;
inline constexpr std::size_t longest_price_name = 200;
inline constexpr std::size_t longest_price_source = 500;
inline constexpr std::string_view price_blanks = " \t";
inline constexpr std::string_view price_header = "machine,usd_per_hour,date,source";

/// Takes a quoted field from the start of a line: two quotes stand for one. Returns false if the quote does not close.
[[nodiscard]] inline bool take_quoted(std::string_view& line, std::string& field) {
    std::size_t at = 1;
    for (; at < line.size(); ++at) {
        if (line[at] == '"') {
            const bool doubled = at + 1 < line.size() && line[at + 1] == '"';
            if (!doubled) break;
            ++at;
        }
        field += line[at];
    }
    if (at >= line.size()) return false;
    line.remove_prefix(at + 1);
    return true;
}

/// Returns the fields of a line of comma-separated values, without the spaces around them; nothing if a quote does not
/// close, or if text follows a closing quote.
[[nodiscard]] inline std::optional<std::vector<std::string>> csv_fields(std::string_view line) {
    std::vector<std::string> fields;
    while (true) {
        line = line.substr((std::min)(line.find_first_not_of(price_blanks), line.size()));
        std::string field;
        const bool quoted = line.starts_with('"');
        if (quoted && !take_quoted(line, field)) return {};
        const std::size_t comma = line.find(',');
        const std::string_view rest = trimmed(line.substr(0, comma), price_blanks);
        if (quoted && !rest.empty()) return {};
        if (!quoted) field = std::string(rest);
        fields.push_back(std::move(field));
        if (comma == line.npos) return fields;
        line.remove_prefix(comma + 1);
    }
}

/// Returns the day that a text such as "2026-07-20" names, or nothing.
[[nodiscard]] inline std::optional<std::chrono::year_month_day> day_of(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00";
    if (text.size() != shape.size()) return {};
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '0' ? !digit : text[i] != shape[i]) return {};
    }
    const auto number = [&](std::size_t from, std::size_t size) {
        return std::stoi(std::string(text.substr(from, size)));
    };
    const std::chrono::year_month_day day{std::chrono::year{number(0, 4)},
                                          std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                          std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    constexpr int earliest = 2000;
    if (!day.ok() || static_cast<int>(day.year()) < earliest) return {};
    return day;
}

/// Returns true for a text of at most `longest` bytes of UTF-8 without control characters, which a terminal would obey.
[[nodiscard]] inline bool is_plain_field(std::string_view text, std::size_t longest) {
    if (text.size() > longest || !is_utf8(text)) return false;
    return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

/// Reads the lines of a file of prices.
class price_reader {
public:
    price_reader(std::string file, std::string key, const card_set* own)
        : key_(std::move(key)), own_(own), list_(std::make_shared<price_list>()) {
        list_->file = std::move(file);
    }

    /// Reads a text. Throws input_error with the problems of its lines, until there are 50.
    [[nodiscard]] std::shared_ptr<const price_list> read(std::string_view text) {
        text = without_byte_order_mark(text);
        while (!text.empty() && problems_.size() < most_price_problems) {
            ++line_;
            const std::size_t end = (std::min)(text.find('\n'), text.size());
            read_line(text.substr(0, end));
            text.remove_prefix((std::min)(end + 1, text.size()));
        }
        if (problems_.empty() && list_->prices.empty()) {
            const std::string found = has_header_ ? "no prices" : "no header";
            problems_.push_back(refused_value(key_, list_->file + ": " + found, accepted_file()));
        }
        if (!problems_.empty()) throw input_error(std::move(problems_));
        return list_;
    }

private:
    [[nodiscard]] static std::string accepted_file() {
        return "the header " + std::string(price_header) + ", then one machine a line";
    }

    /// Adds the problem of a value of this line.
    void refuse(const std::string& column, const nlohmann::json& value, const std::string& accepted) {
        const std::string where =
            list_->file + ", line " + std::to_string(line_) + (column.empty() ? "" : ", " + column);
        problems_.push_back(refused_value(where, value, accepted));
        problems_.back().line = line_;
    }

    void read_line(std::string_view line) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::string_view content = trimmed(line, price_blanks);
        if (content.empty() || content.starts_with('#')) return;
        const std::optional<std::vector<std::string>> fields = csv_fields(line);
        if (!has_header_) {
            read_header(fields, content);
            return;
        }
        constexpr std::size_t columns = 4;
        if (!fields || fields->size() != columns) {
            refuse("", std::string(content),
                   "four fields, " + std::string(price_header) +
                       ", with quotes around a field that has a comma (\"AWS, on demand\")");
            return;
        }
        read_price(*fields);
    }

    /// Reads the first line. Without the header, nothing else of the file can be read.
    void read_header(const std::optional<std::vector<std::string>>& fields, std::string_view content) {
        has_header_ = true;
        std::string found;
        for (const std::string& field : fields.value_or(std::vector<std::string>()))
            found += (found.empty() ? "" : ",") + field;
        if (found == price_header) return;
        refuse("", std::string(content), accepted_file());
        throw input_error(std::move(problems_));
    }

    void read_price(const std::vector<std::string>& fields) {
        if (list_->prices.size() == most_prices) {
            refuse("", fields[0], "at most " + std::to_string(most_prices) + " prices in one file");
            throw input_error(std::move(problems_));
        }
        const std::size_t before = problems_.size();
        machine_price price{.name = fields[0], .source = fields[3], .line = line_};
        read_hardware(price);
        const nlohmann::json number = nlohmann::json::parse(fields[1], nullptr, false);
        constexpr double most = 1e6;
        price.usd_per_hour = number.is_number() ? number.get<double>() : 0;
        if (!(price.usd_per_hour > 0) || !(price.usd_per_hour <= most))
            refuse("usd_per_hour", fields[1], "a number of US dollars above 0, at most 1000000, such as 2.5");
        const std::optional<std::chrono::year_month_day> day = day_of(fields[2]);
        if (day) price.date = *day;
        if (!day) refuse("date", fields[2], "the day of the price, such as 2026-07-20");
        if (price.source.empty() || !is_plain_field(price.source, longest_price_source))
            refuse("source", price.source,
                   "where the price is from: a text of at most " + std::to_string(longest_price_source) +
                       " bytes of UTF-8 without control characters");
        if (problems_.size() > before || is_duplicate(price)) return;
        list_->prices.push_back(std::move(price));
    }

    /// Reads the machine's name.
    void read_hardware(machine_price& price) {
        if (price.name.empty() || !is_plain_field(price.name, longest_price_name)) {
            refuse("machine", price.name,
                   "a machine or card, in at most 200 bytes of text (see: cardfit machines, cards)");
            return;
        }
        const std::string where = list_->file + ", line " + std::to_string(line_) + ", machine";
        const std::size_t before = problems_.size();
        const std::optional<machine_choice> choice = read_machine(where, price.name, problems_, {}, own_);
        for (std::size_t i = before; i < problems_.size(); ++i) problems_[i].line = line_;
        if (!choice) return;
        price.hardware = choice->take(static_cast<int>(choice->count * choice->cards_each()));
        price.link = choice->link;
    }

    /// Returns true, and adds the problem, if an earlier line has the price of the same machine.
    [[nodiscard]] bool is_duplicate(const machine_price& price) {
        for (const machine_price& other : list_->prices) {
            const machine& m = price.hardware;
            const bool same = other.hardware.card.id == m.card.id && other.hardware.name == m.name &&
                              other.hardware.cards == m.cards && other.link == price.link;
            if (!same) continue;
            refuse("machine", price.name,
                   "one price a machine; line " + std::to_string(other.line) + " has the price of " + other.name);
            return true;
        }
        return false;
    }

    std::string key_;
    const card_set* own_;
    std::shared_ptr<price_list> list_;
    std::vector<input_problem> problems_{};
    int line_ = 0;
    bool has_header_ = false;
};

}  // namespace detail

inline std::optional<hourly_rent> price_list::find(const machine& m) const {
    std::optional<hourly_rent> lowest;
    for (const machine_price& price : prices) {
        if (!detail::is_price_of(price, m)) continue;
        const hourly_rent rent = detail::rent_at(price, m);
        if (!lowest || rent.per_hour < lowest->per_hour) lowest = rent;
    }
    return lowest;
}

inline std::vector<std::string> price_list::names_with(const gpu& card) const {
    std::vector<std::string> names;
    for (const machine_price& price : prices)
        if (price.hardware.card.id == detail::priced_card(card)) names.push_back(price.name);
    return names;
}

/// Reads the text of a file of prices. `file` and `key` name the file in errors, and `own` holds the cards of the
/// user's own file, or is null. Throws input_error with the line, the column, the value and what is accepted.
[[nodiscard]] inline std::shared_ptr<const price_list> read_prices(std::string_view text, const std::string& file,
                                                                   const std::string& key,
                                                                   const card_set* own = nullptr) {
    if (text.size() > detail::longest_prices) throw input_error({refused_value(key, file, "a file of at most 4 MiB")});
    return detail::price_reader(file, key, own).read(text);
}

/// Reads a file of prices. Throws input_error as `read_prices` does, and for a file that cannot be read.
[[nodiscard]] inline std::shared_ptr<const price_list> read_prices_file(const std::string& path, const std::string& key,
                                                                        const card_set* own = nullptr) {
    return read_prices(read_file(path, key), path, key, own);
}

}  // namespace cardfit::io
