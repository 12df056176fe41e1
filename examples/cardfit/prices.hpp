// SPDX-License-Identifier: MIT
#pragma once

// --prices: the user's file of prices, and what commands say of the price of a machine: per hour, for whom, of which
// day and from where.

#include "answer_flags.hpp"
#include "calibration.hpp"
#include "console.hpp"
#include "hardware_flags.hpp"

#include <cardfit/decide/price.hpp>
#include <cardfit/io/answer.hpp>
#include <cardfit/io/prices_file.hpp>
#include <cardfit/io/text.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// The file that --prices names, and what it holds.
struct prices_choice {
    std::string path{};
    std::shared_ptr<const io::price_list> list{};
};

/// Returns the path that --prices names, or an empty text.
[[nodiscard]] inline std::string& prices_path() { return of_this_run<prices_choice>().path; }

/// Returns the prices of the file that the command line names, or null if it names none.
[[nodiscard]] inline std::shared_ptr<const io::price_list>& prices() { return of_this_run<prices_choice>().list; }

inline void add_prices_flag(CLI::App& app) {
    app.add_option("--prices", prices_path(),
                   "a CSV of your prices: machine,usd_per_hour,date,source (examples/prices.csv is a sample)");
}

/// Reads the file that --prices names, if it is given. Throws input_error for a file that is not accepted.
inline void read_prices_given() {
    if (!prices_path().empty()) prices() = io::read_prices_file(prices_path(), "--prices", own_cards().get());
}

/// Returns what a machine costs, or nothing if there is no file or no price for this machine in it.
[[nodiscard]] inline std::optional<io::hourly_rent> rent_of(const machine& m) {
    return prices() ? prices()->find(m) : std::nullopt;
}

/// Returns the price per hour of one GPU of a machine, or 0 if it is not known.
[[nodiscard]] inline dollars card_hour_of(const machine& m) {
    const std::optional<io::hourly_rent> rent = rent_of(m);
    return rent ? dollars_of(rent->per_hour.number / m.cards) : dollars{};
}

/// Returns an amount in US dollars with three digits or more: "$55.04", "$0.526", "$0.00042".
[[nodiscard]] inline std::string in_dollars(double amount) {
    int digits = 2;
    for (double least = 1; amount > 0 && amount < least && digits < 8; least /= 10) ++digits;
    return "$" + io::fixed(amount, digits);
}

/// Returns a price as the file states it, with two digits behind the point or more: "$55.04", "$1.006".
[[nodiscard]] inline std::string stated_dollars(double price) {
    constexpr int most = 6;
    int digits = 2;
    while (digits < most && std::stod(io::fixed(price, digits)) != price) ++digits;
    return "$" + io::fixed(price, digits);
}

[[nodiscard]] inline std::chrono::sys_days today() {
    return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

/// Returns a day as "2026-07-20".
[[nodiscard]] inline std::string day_text(const std::chrono::year_month_day& day) {
    const auto two = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::to_string(static_cast<int>(day.year())) + "-" + two(static_cast<unsigned>(day.month())) + "-" +
           two(static_cast<unsigned>(day.day()));
}

/// Returns the keys of an answer that state a price: for which machine, of which day and from where.
[[nodiscard]] inline nlohmann::ordered_json rent_json(const io::hourly_rent& rent) {
    const io::machine_price& price = *rent.price;
    return {{"usd_per_hour", rent.per_hour.number},
            {"priced_as", price.name},
            {"priced_count", rent.count},
            {"date", day_text(price.date)},
            {"source", price.source},
            {"older_than_a_year", io::is_older_than_a_year(price, today())}};
}

/// Returns a price with its day and source: "p5.48xlarge: $55.04 per hour on 2026-07-20 (AWS)".
[[nodiscard]] inline std::string price_of_text(const io::machine_price& price) {
    return price.name + ": " + stated_dollars(price.usd_per_hour) + " per hour on " + day_text(price.date) + " (" +
           price.source + ")" +
           (io::is_older_than_a_year(price, today()) ? "; this price is more than a year old" : "");
}

/// Returns the sentence about a machine without a price: which machines with its card have one.
[[nodiscard]] inline std::string no_price_text(const machine& m) {
    const std::vector<std::string> others = prices()->names_with(m.card);
    constexpr std::size_t shown = 6;
    std::string text = "no price for " + io::hardware_text(m) + " in " + prices()->file;
    for (std::size_t i = 0; i < others.size() && i < shown; ++i)
        text += (i == 0 ? "; prices with this card: " : ", ") + others[i];
    return text + (others.size() > shown ? ", ..." : "");
}

/// Returns the lines below an answer that state the prices it is made from, each once, and the machines that have none.
/// The text is empty without --prices.
[[nodiscard]] inline std::string prices_text(const std::vector<machine>& machines) {
    if (!prices()) return {};
    std::vector<std::string> lines;
    for (const machine& m : machines) {
        const std::optional<io::hourly_rent> rent = rent_of(m);
        std::string line = rent ? price_of_text(*rent->price) : no_price_text(m);
        if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
    }
    std::string text;
    for (const std::string& line : lines) text += indented("Price: " + line);
    return text;
}

/// Returns the cost of 1,000 steps of this time as a cell of a table, or "-" if the machine has no price.
[[nodiscard]] inline std::string cost_cell(const machine& m, seconds step) {
    const std::optional<io::hourly_rent> rent = rent_of(m);
    return rent && step.number > 0 ? in_dollars(1000 * rent->during(step).number) : "-";
}

/// Adds `price`, the machine's price in the user's file, or null if the file has none. Without --prices, the answer
/// stays as it is. Returns the price.
inline std::optional<io::hourly_rent> add_rent_json(nlohmann::ordered_json& json, const machine& m) {
    const std::optional<io::hourly_rent> rent = rent_of(m);
    if (prices()) json["price"] = rent ? rent_json(*rent) : nlohmann::ordered_json();
    return rent;
}

/// Adds `price` as `add_rent_json` does, with what this time costs as `of`.
inline void add_price_json(nlohmann::ordered_json& json, const machine& m, const std::string& of, seconds time) {
    const std::optional<io::hourly_rent> rent = add_rent_json(json, m);
    if (rent && time.number > 0) json["price"].update({{"of", of}, {"rent_dollars", rent->during(time).number}});
}

/// What the cards cost for a training step, or for a million generated tokens.
struct work_cost {
    const char* of = "";
    /// Of the cards alone; nothing if the power of the card is not known.
    std::optional<joules> energy{};
    dollars rent{};
};

/// Returns the cost of a job at a price per GPU-hour. Returns nothing for a job without a time per step or per
/// generated token.
[[nodiscard]] inline std::optional<work_cost> cost_of(const io::job_file& job, const io::answered_job& a,
                                                      dollars card_hour) {
    const bool generates = a.serving && a.serving->generated.number > 0;
    if (!a.step && !generates) return {};
    constexpr double million = 1e6;
    const machine& m = job.hardware;
    const seconds time = a.step ? a.step->step : seconds_of(million / a.serving->generated.number);
    work_cost cost{.of = a.step ? "step" : "million_tokens", .rent = rent_for(time, m, card_hour)};
    const power_load load = a.step ? power_load::training : load_of_batch(job.inference->batch);
    if (m.card.board_power.number > 0) cost.energy = price_of(time, m, load, card_hour, {.efficiency = 1}).energy;
    return cost;
}

/// Returns the line with energy and cost, or the reason why there is none.
[[nodiscard]] inline std::string cost_text(const std::optional<work_cost>& cost) {
    if (!cost) return "  No cost estimate: it needs the time of a step or of generated tokens.\n";
    const bool steps = std::string_view(cost->of) == "step";
    const double units = steps ? 1e3 : 1;
    const std::string energy = cost->energy
                                   ? io::fixed(units * in_kilowatt_hours(*cost->energy), 3) + " kWh (cards only), "
                                   : std::string("energy not known, ");
    return std::string("  Cost per ") + (steps ? "1,000 steps: " : "1M generated tokens: ") + energy + "$" +
           io::fixed(units * cost->rent.number, 4) + "\n";
}

/// Returns the lines about the cost of a job: at `card_hour` dollars per GPU-hour, or, where that is 0, at the price of
/// the user's file. The text is empty if no price was given.
[[nodiscard]] inline std::string job_cost_text(const io::job_file& job, const io::answered_job& a, double card_hour) {
    if (card_hour > 0) return cost_text(cost_of(job, a, dollars_of(card_hour)));
    const std::optional<io::hourly_rent> rent = rent_of(job.hardware);
    const std::string cost = rent ? cost_text(cost_of(job, a, card_hour_of(job.hardware))) : std::string();
    return cost + prices_text({job.hardware});
}

/// Adds `price` to an answer, as `job_cost_text` says it.
inline void add_job_cost_json(nlohmann::ordered_json& json, const io::job_file& job, const io::answered_job& a,
                              double card_hour) {
    if (card_hour == 0) add_rent_json(json, job.hardware);
    const dollars hour = card_hour > 0 ? dollars_of(card_hour) : card_hour_of(job.hardware);
    const std::optional<work_cost> cost = hour.number > 0 ? cost_of(job, a, hour) : std::nullopt;
    if (!cost) return;
    json["price"].update({{"of", cost->of},
                          {"card_joules", cost->energy ? nlohmann::ordered_json(cost->energy->number) : nullptr},
                          {"rent_dollars", cost->rent.number}});
}

}  // namespace tool
