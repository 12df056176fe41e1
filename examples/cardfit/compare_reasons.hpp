// SPDX-License-Identifier: MIT
#pragma once

// The sentences of `compare`: which machine is fastest, why the others are not, and when one of them is the better
// choice. All are derived: a reason is the limit of the faster machine that would make the slower one faster, and a
// machine wins where one of the measures below is best on it.

#include "compare_table.hpp"

namespace tool {

/// Returns a machine in words: the card's name, or several cards with their machine.
[[nodiscard]] inline std::string compared_name(const machine& m) {
    if (m.cards == 1 && m.name.empty()) return std::string(m.card.name);
    const bool stated = m.link != card_link::by_default && m.cards > 1;
    return io::hardware_text(m) + (stated ? ", " + std::string(io::name_of(io::link_names, m.link)) : std::string());
}

/// Returns the half-width of the error band of the times, as a fraction; that of the winner.
[[nodiscard]] inline double band_of(const compared_machines& c) {
    const compared_machine* winner = c.winner();
    if (winner == nullptr || !winner->answer) return 0;
    const io::answered_job& a = *winner->answer;
    if (a.serving) return a.serving->band;
    return a.step && a.step->step.number > 0 ? a.step->step_high.number / a.step->step.number - 1 : 0;
}

/// Returns true if two throughputs differ by no more than the error of the estimates.
[[nodiscard]] inline bool are_equal(double a, double b, double band) {
    return a > 0 && b > 0 && (std::max)(a, b) / (std::min)(a, b) <= 1 + band;
}

[[nodiscard]] inline std::string times_text(double factor) { return io::fixed(factor, factor < 10 ? 2 : 1) + "x"; }

/// Returns the surest verdict of the machines: yes where one runs the job at its best.
[[nodiscard]] inline sureness verdict_of(const compared_machines& c) {
    sureness best = c.winner() != nullptr ? sureness::yes : sureness::no;
    for (const compared_machine& each : c.all) best = (std::min)(best, each.verdict());
    return best;
}

/// Returns the first line where no machine is known to be the fastest: those that the job fits as surely as any, if
/// they have no time, or else that it fits none.
[[nodiscard]] inline std::string no_winner_text(const compared_machines& c) {
    std::string names;
    bool any_time = false;
    for (const compared_machine& each : c.all) {
        any_time = any_time || !each.is_untimed();
        if (!each.is_untimed() || each.verdict() == sureness::no || each.verdict() != verdict_of(c)) continue;
        names += (names.empty() ? "" : ", ") + compared_name(each.hardware());
    }
    if (names.empty()) return "the job fits none of them at the upper error bound, at any settings that were tried";
    return "the job fits " + names + " in a time that is not known" +
           (any_time ? "; it fits none of the others at the upper error bound" : "");
}

/// Returns the first line: the fastest machine, and by how much it is so.
[[nodiscard]] inline std::string compared_verdict(const compared_machines& c) {
    const compared_machine* winner = c.winner();
    std::string text = ": ";
    if (winner == nullptr)
        text += no_winner_text(c);
    else
        text += compared_name(winner->hardware()) + " is the fastest";
    const char* between = ", ";
    for (const compared_machine& each : c.all) {
        if (winner == nullptr || &each == winner) continue;
        if (!each.runs_best()) continue;
        text += between + times_text(winner->rate() / each.rate()) + " " + compared_name(each.hardware());
    }
    if (winner != nullptr && c.all.size() > 1)
        text += c.global_batch > 0 ? " (each at its best, global batch " + io::with_commas(c.global_batch) + ")"
                                   : std::string(" (each with its best layout)");
    return verdict_lines(verdict_of(c), text);
}

/// Returns a limit of a machine and of the faster one: "memory bandwidth (768 of 2039 GB/s)".
[[nodiscard]] inline std::string limit_text(const io::job_file& job, machine_limit limit, const machine& m,
                                            const machine& other) {
    const auto of = [](double own, double others, const std::string& unit) {
        return " (" + io::fixed(own, 0) + " of " + io::fixed(others, 0) + " " + unit + ")";
    };
    std::string name(row_of(limit).name);
    switch (limit) {
        case machine_limit::matmul_rate: {
            const peak_rates& rates = m.card.rates;
            const double own = matmul_rate(job, m.card);
            const bool halves =
                rates.fp16_accumulate_fp16.number > 1.9 * rates.fp16.number && own * 1e12 == rates.fp16.number;
            const std::string full = io::fixed(rates.fp16_accumulate_fp16.number / 1e12, 0);
            return matmul_format(job) + " " + name +
                   of(own, matmul_rate(job, other.card),
                      "TFLOP/s" + (halves ? "; " + full + " only with fp16 accumulation" : std::string()));
        }
        case machine_limit::bandwidth:
            return name + of(m.card.memory_bandwidth.number / 1e9, other.card.memory_bandwidth.number / 1e9, "GB/s");
        case machine_limit::power:
            return name + of(m.card.board_power.number, other.card.board_power.number, "W");
        case machine_limit::link:
            return name + " (" + std::string(io::name_of(io::link_names, link_of(m))) + io::detail::link_basis(m) +
                   ", not " + std::string(io::name_of(io::link_names, link_of(other))) + ")";
        case machine_limit::memory:
            return name + of(in_gibibytes(usable_memory(m)), in_gibibytes(usable_memory(other)), "GiB");
        case machine_limit::cards:
            return name + " (" + std::to_string(m.cards) + " of " + std::to_string(other.cards) + ")";
    }
    return name;
}

/// Returns why a machine without a time is not compared: whether the job fits it as given, and what the time lacks.
[[nodiscard]] inline std::string why_untimed(const compared_machine& each) {
    static constexpr const char* words[]{"fits", "likely fits", "may fit", "does not fit as given"};
    return std::string(words[static_cast<std::size_t>(each.verdict())]) + " (it needs " +
           need_of_usable(each.same.fit) + " GiB), but its time is not known: " + io::why_no_time(each.job);
}

/// Returns why a machine is not the fastest, in at most two reasons, as a line.
[[nodiscard]] inline std::string why_not(const compared_machines& c, const compared_machine& each) {
    const compared_machine* winner = c.winner();
    std::string text = compared_name(each.hardware()) + ": ";
    if (!each.refused.empty()) return text + each.refused;
    if (!each.same.runs) return text + "it does not run this job in its format";
    if (each.is_untimed()) return text + why_untimed(each);
    std::size_t most = 2;
    if (!each.runs_best()) {
        text += "does not fit at the upper error bound, at any settings that were tried (as given, it needs " +
                need_of_usable(each.same.fit) + " GiB)";
        most = 1;
    }
    if (winner == nullptr) return text;
    const std::span<const limit_cost> costs = each.costs.items();
    for (std::size_t i = 0; i < costs.size() && i < most; ++i)
        text += (i > 0 || !each.runs_best() ? "; " : "") +
                limit_text(c.job(), costs[i].limit, each.hardware(), winner->hardware()) + " costs " +
                times_text(costs[i].factor);
    if (costs.empty() && each.runs_best())
        text += are_equal(each.rate(), winner->rate(), band_of(c))
                    ? "equal within the error"
                    : "slower by its generation, more than by any figure";
    return text;
}

/// A measure by which machines are chosen, the larger the better; 0 where a machine has none, or where the figure
/// behind it is not known.
struct choice_measure {
    const char* name;
    double (*of)(const compared_machine&);
    bool needs_figure = false;  ///< a price, or the power of the card
};

[[nodiscard]] inline double per_launch_dollar(const compared_machine& m) {
    const double price = m.hardware().card.launch_price.number * m.hardware().cards;
    return price > 0 ? m.rate() / price : 0;
}
[[nodiscard]] inline double per_rented_dollar(const compared_machine& m) {
    const std::optional<io::hourly_rent> rent = rent_of(m.hardware());
    return rent && rent->per_hour.number > 0 ? m.rate() * 3600 / rent->per_hour.number : 0;
}
inline constexpr choice_measure choice_measures[]{
    {"speed at its best", [](const compared_machine& m) { return m.rate(); }},
    {"speed at the same settings",
     [](const compared_machine& m) {
         return m.verdict() == sureness::yes && m.same.has_time ? m.same.throughput : 0.0;
     }},
    {"work per rented dollar", per_rented_dollar, true},
    {"work per dollar of launch price", per_launch_dollar, true},
    {"work per joule",
     [](const compared_machine& m) {
         return m.runs_best() && m.best.energy.number > 0 ? 1 / m.best.energy.number : 0.0;
     },
     true},
    {"largest batch",
     [](const compared_machine& m) { return m.answer ? static_cast<double>(m.answer->safe_micro_batch) : 0.0; }},
    {"longest sequence",
     [](const compared_machine& m) {
         return m.answer ? static_cast<double>(usable_length(m.job, m.answer->safe_sequence_length)) : 0.0;
     }},
};

/// Returns how far a machine leads by a measure: "2.44x", "alone", "2.44x; not known of A100 SXM4 80GB"; empty if it
/// does not lead.
[[nodiscard]] inline std::string lead_of(const compared_machines& c, const compared_machine& m,
                                         const choice_measure& measure) {
    constexpr double least_lead = 1.05;
    const double own = measure.of(m);
    double second = 0;
    std::string unknown;
    for (const compared_machine& other : c.all) {
        if (&other == &m) continue;
        second = (std::max)(second, measure.of(other));
        if (measure.needs_figure && other.runs_best() && measure.of(other) <= 0)
            unknown += (unknown.empty() ? "not known of " : ", ") + compared_name(other.hardware());
    }
    if (own <= 0 || own < least_lead * second || (second <= 0 && !unknown.empty())) return {};
    return (second > 0 ? times_text(own / second) : std::string("alone")) + (unknown.empty() ? "" : "; " + unknown);
}

/// Returns what a machine is the best at, with its lead over the second: "work per dollar of launch price (2.44x)".
[[nodiscard]] inline std::string wins_of(const compared_machines& c, const compared_machine& m) {
    std::string text;
    for (const choice_measure& measure : choice_measures) {
        const std::string lead = lead_of(c, m, measure);
        if (!lead.empty()) text += (text.empty() ? "" : ", ") + std::string(measure.name) + " (" + lead + ")";
    }
    return text;
}

/// Returns the pairs of machines whose speeds differ by no more than the error, as a line.
[[nodiscard]] inline std::string equals_text(const compared_machines& c) {
    const double band = band_of(c);
    std::string text;
    const auto add = [&](const char* how, auto rate) {
        for (std::size_t i = 0; i < c.all.size(); ++i)
            for (std::size_t k = i + 1; k < c.all.size(); ++k)
                if (are_equal(rate(c.all[i]), rate(c.all[k]), band))
                    text += (text.empty() ? "" : "; ") + compared_name(c.all[i].hardware()) + " and " +
                            compared_name(c.all[k].hardware()) + " " + how;
    };
    add("at the same settings", [](const compared_machine& m) {
        return m.same.has_time && m.verdict() != sureness::no ? m.same.throughput : 0.0;
    });
    add("at their best", [](const compared_machine& m) { return m.rate(); });
    if (text.empty()) return {};
    return indented("Equal within the error (±" + io::in_percent(band) + "): " + text);
}

/// Returns the reasons for and against each machine.
[[nodiscard]] inline std::string reasons_text(const compared_machines& c) {
    std::string text;
    for (const compared_machine& each : c.all)
        if (&each != c.winner()) text += indented("Why not " + why_not(c, each));
    for (const compared_machine& each : c.all) {
        const std::string wins = c.all.size() > 1 ? wins_of(c, each) : std::string();
        if (!wins.empty()) text += indented(compared_name(each.hardware()) + " wins at: " + wins);
    }
    return text + equals_text(c);
}

}  // namespace tool
