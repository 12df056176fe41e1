// SPDX-License-Identifier: MIT
#pragma once

// The table of choices of `serve`: the best layout of each engine and format, best first.

#include "serve_choices.hpp"

#include <array>

namespace tool {

using io::short_time;
using io::with_commas;

/// Returns how the layers or matrices are divided: "TP2 x DP4", "EP8", "PP2", "39 of 80", "1 card".
[[nodiscard]] inline std::string serving_layout_text(const serving_choice& c, const machine& m) {
    if (c.place == serving_place::host_too && c.job.cpu_expert_layers > 0)
        return "experts " + std::to_string(c.split.layers - c.job.cpu_expert_layers) + "/" +
               std::to_string(c.split.layers) + " + host";
    if (c.place == serving_place::host_too)
        return std::to_string(c.split.on_card) + "/" + std::to_string(c.split.layers) + " + host";
    if (c.is_disaggregated()) {
        const auto group = [](const char* name, const phase_replicas& each) {
            return std::string(name) + std::to_string(each.count) + "x" + layout_words(each.layout);
        };
        return group("P", c.phases.prefill) + " " + group("D", c.phases.decode);
    }
    if (c.place == serving_place::uneven_cards) return "PP" + std::to_string(m.cards) + " uneven";
    return layout_words(c.layout);
}

[[nodiscard]] inline std::string format_name(const io::job_file& job, const serving_choice& c) {
    return job.stored.shape_verified ? std::string(block_layout_of(c.job.weights).name) : "as stored";
}

/// Returns the class of a choice's format. Of a checkpoint that is published quantized, the published format is what
/// the others are compared with.
[[nodiscard]] inline std::string quality_text(const io::job_file& job, const serving_choice& c) {
    const bool published = c.own_format && job.published.quantized();
    return published || !job.stored.shape_verified ? "own" : std::string(name_of(quality_of(c.job.weights)));
}

/// Returns the price of a million tokens at the rate of a choice, in dollars; nothing without a price or a time.
[[nodiscard]] inline std::optional<double> dollars_per_million(const io::job_file& job, const serving_choice& c) {
    const std::optional<io::hourly_rent> rent = rent_of(job.hardware);
    if (!rent || !c.has_time || !(c.rate.number > 0)) return {};
    return rent->per_hour.number / 3600 / c.rate.number * 1e6;
}

[[nodiscard]] inline double bits_per_weight(const served& s, const job_choice& c) {
    const double count = static_cast<double>(parameters(s.net));
    return count > 0 ? 8 * static_cast<double>(c.file.number) / count : 0;
}

/// Returns the choices that the table shows: of each engine and format the best layout, and of the best format every
/// layout that no other beats; the best ones, if `most` are fewer.
[[nodiscard]] inline std::vector<job_choice> shown_choices(const served& s, std::size_t most) {
    std::vector<job_choice> shown;
    for (const job_choice& c : s.choices) {
        const bool of_best = are_of_one_format(c, s.best());
        const bool first = std::none_of(shown.begin(), shown.end(),
                                        [&](const job_choice& each) { return are_of_one_format(c, each); });
        const bool beaten = std::any_of(s.choices.begin(), s.choices.end(), [&](const job_choice& each) {
            return are_of_one_format(c, each) && is_beaten_by(c.choice, each.choice);
        });
        if ((first || (of_best && !beaten)) && shown.size() < most) shown.push_back(c);
    }
    return shown;
}

/// Returns the mark of a choice in the table: how sure it is.
[[nodiscard]] inline std::string mark_of(const serving_choice& c, bool best) {
    if (best && c.verdict != serving_verdict::no) return "*";
    if (c.place == serving_place::host_too) return "+";
    return std::string(row_of(c.verdict).mark);
}

/// Returns true for a choice that runs, whose times mean something.
[[nodiscard]] inline bool runs(const serving_choice& c) {
    return c.has_time && (c.users > 0 || c.verdict != serving_verdict::no || c.place == serving_place::host_too);
}

[[nodiscard]] inline std::string rate_text(tokens_per_second rate) {
    if (rate.number < 100) return io::fixed(rate.number, 1);
    return with_commas(static_cast<std::int64_t>(rate.number + 0.5));
}

[[nodiscard]] inline std::vector<std::string> choice_cells(const served& s, const job_choice& c, bool best) {
    const io::job_file& job = s.jobs[c.job];
    const serving_choice& each = c.choice;
    const bool timed = runs(each);
    const bool sized = each.place != serving_place::host_too || is_placed(each.job);
    const std::optional<double> price = dollars_per_million(job, each);
    const double bits = bits_per_weight(s, c);
    return {mark_of(each, best),
            format_name(job, each),
            quality_text(job, each),
            bits > 0 ? io::fixed(bits, 1) : "-",
            io::fixed(in_gibibytes(c.file), 1),
            std::string(io::name_of(io::engine_names, each.job.framework)),
            serving_layout_text(each, job.hardware),
            sized ? io::fixed(in_gibibytes(each.needed), 1) : "-",
            each.longest >= io::no_limit ? "any"
            : each.longest > 0           ? with_commas(each.longest)
                                         : "-",
            each.users > 0 ? with_commas(each.users) : "-",
            timed ? short_time(each.first_token) : "-",
            timed ? short_time(each.per_token) : "-",
            timed ? rate_text(each.rate) : "-",
            timed && s.wish.asks_for_rate() ? io::fixed(each.goodput.requests_per_second, 2) : "-",
            timed && price ? in_dollars(*price) : "-",
            std::string(row_of(each.verdict).name)};
}

/// Returns the table of choices. In 80 columns it keeps what a user compares first.
[[nodiscard]] inline io::table choices_table(const served& s, std::size_t most) {
    io::table t{.columns = {{"", 0, true},
                            {"format", 0, true},
                            {"quality", 0, true},
                            {"bits", 6},
                            {"file GiB", 5},
                            {"engine", 0, true},
                            {"layout", 0, true},
                            {"GiB/card", 3},
                            {"max ctx", 1},
                            {"users", 0},
                            {"TTFT", 4},
                            {"TPOT", 0},
                            {"tok/s", 0},
                            {"req/s", 0},
                            {"$/M tok", 2},
                            {"verdict", 7, true}}};
    for (const job_choice& c : shown_choices(s, most)) t.rows.push_back(choice_cells(s, c, t.rows.empty()));
    return t;
}

/// Returns the line that says what the marks of a table mean.
[[nodiscard]] inline std::string marks_text(const io::table& t) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> marks{{{"*", "best"},
                                                                                  {"~", "likely"},
                                                                                  {"?", "unlikely"},
                                                                                  {"+", "partly in host memory"},
                                                                                  {"-", "does not keep the wish"}}};
    std::string text;
    for (const auto& each : marks) {
        const bool used =
            std::any_of(t.rows.begin(), t.rows.end(), [&](const auto& row) { return row[0] == each.first; });
        if (used) text += (text.empty() ? "  " : "   ") + std::string(each.first) + " " + std::string(each.second);
    }
    return text.empty() ? text : text + "\n";
}

/// Returns the table as a terminal shows it, without the columns in which all choices are alike.
[[nodiscard]] inline std::string choices_text(const serve_options& o, const served& s) {
    io::table t = choices_table(s, static_cast<std::size_t>(o.top));
    if (!prices()) io::remove_column(t, "$/M tok");
    if (!s.wish.asks_for_rate()) io::remove_column(t, "req/s");
    for (const char* alike : {"engine", "layout", "quality"})
        if (t.rows.size() > 1 && io::is_alike(t, alike)) io::remove_column(t, alike);
    return printed(t, o.answer, "  ") + marks_text(t);
}

}  // namespace tool
