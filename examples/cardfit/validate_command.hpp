// SPDX-License-Identifier: MIT
#pragma once

// validate: estimates against published measurements, by quantity and source.

#include "commands.hpp"
#include "held_out.hpp"

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

namespace tool {

struct validate_options {
    std::string path;
    bool json = false;
    bool each = false;
    /// Each source is estimated without the constants that it settled.
    bool held_out = false;
};

/// Where a row stands among those that differ from it in cards, layout, link, accumulation or precision alone.
struct series_place {
    std::string series;  ///< and what does not vary; "": none
    std::int64_t cards = 0;
    int precision = 0;  ///< fp32, tf32, others
    std::string link;
    friend auto operator<=>(const series_place&, const series_place&) = default;
};

/// One measured row with its estimate.
struct scored_row {
    std::string id;
    std::string source;
    std::string quantity;
    double measured = 0;
    double estimated = 0;
    series_place place{};
    [[nodiscard]] double signed_error() const {
        return measured == 0 ? (estimated == 0 ? 0.0 : 1.0) : estimated / measured - 1;
    }
    [[nodiscard]] double error() const { return std::abs(signed_error()); }
};

/// A published verdict with ours.
struct scored_verdict {
    std::string id;
    bool ran = false;
    cardfit::grade grade{};
};

struct scores {
    std::vector<scored_row> rows;
    std::vector<scored_verdict> verdicts;
    std::map<std::string, int> unanswered;
};

/// "owner/repository" of a source's path.
[[nodiscard]] inline std::string repository_of(const std::string& source) {
    const std::size_t first = source.find('/');
    return first == source.npos ? source : source.substr(0, source.find('/', first + 1));
}

[[nodiscard]] inline double estimated_bytes(const io::answered_job& a, const std::string& meter,
                                            const std::string& scope) {
    const memory_estimate& one = a.report.memory;
    const bool all = scope == "all-cards";
    if (meter == "allocated") return static_cast<double>((all ? a.all_cards.allocated : one.allocated()).number);
    if (meter == "reserved") return static_cast<double>((all ? a.all_cards.reserved : one.reserved()).number);
    return static_cast<double>((all ? a.all_cards.device : one.device()).number);
}

/// A time or rate of the answer. Throws input_error for one that the job has not.
[[nodiscard]] inline double estimated_time(const io::answered_job& a, const std::string& quantity) {
    const nlohmann::ordered_json answer = io::answer_json(a);
    if (answer.contains("time") && answer["time"].contains(quantity)) return answer["time"][quantity].get<double>();
    throw io::input_error({io::input_problem{.key = "measured.quantity",
                                             .value = quantity,
                                             .accepted = "a quantity of the job's answer",
                                             .message = "measured.quantity: " + quantity + " is not there yet",
                                             .not_there_yet = true}});
}

/// Refuses a measurement that is none: an unknown quantity, meter or scope, a value of the wrong kind.
inline void check_measured(const nlohmann::json& measured) {
    using names = std::vector<std::string>;
    const names quantities{
        "memory_bytes",       "fits",         "max_micro_batch", "max_sequence_length",     "tokens_per_second",
        "samples_per_second", "step_seconds", "prefill_seconds", "decode_tokens_per_second"};
    const auto one_of = [&](const char* key, const names& accepted, bool required) {
        if (!measured.contains(key) || measured[key].is_null()) {
            if (required) throw io::input_error({io::missing_key(std::string("measured.") + key, "a name")});
            return;
        }
        const std::string* text = measured[key].get_ptr<const std::string*>();
        if (text && std::find(accepted.begin(), accepted.end(), *text) != accepted.end()) return;
        std::string list;
        for (const std::string& each : accepted) list += (list.empty() ? "" : ", ") + each;
        throw io::input_error({io::refused_value(std::string("measured.") + key, measured[key], list)});
    };
    one_of("quantity", quantities, true);
    one_of("meter", {"allocated", "reserved", "device"}, measured["quantity"] == "memory_bytes");
    one_of("scope", {"fullest-card", "all-cards"}, false);
    const bool verdict = measured["quantity"] == "fits";
    if (verdict ? !measured["value"].is_boolean()
                : !measured["value"].is_number() || measured["value"].get<double>() < 0)
        throw io::input_error({io::refused_value("measured.value", measured["value"],
                                                 verdict ? "true, false" : "a number of 0 or more")});
}

[[nodiscard]] inline series_place place_of(const nlohmann::json& row) {
    if (!row.contains("series") || !row["series"].is_string()) return {};
    nlohmann::json fixed = row["job"];
    const std::string precision = fixed.value("/training/precision"_json_pointer, std::string());
    series_place place{.series = {},
                       .cards = fixed.value("/hardware/cards"_json_pointer, std::int64_t{1}),
                       .precision = precision == "fp32"   ? 0
                                    : precision == "tf32" ? 1
                                                          : 2,
                       .link = fixed.value("/hardware/link"_json_pointer, std::string())};
    for (const char* key : {"cards", "link", "per_node", "network_gbit"}) fixed["hardware"].erase(key);
    fixed.erase("layout");
    if (fixed.contains("training"))
        for (const char* key : {"precision", "gradient_accumulation"}) fixed["training"].erase(key);
    place.series = row["series"].get<std::string>() + row["measured"]["quantity"].get<std::string>() + fixed.dump();
    return place;
}

/// Scores one line. Throws input_error where the row is malformed or its job is not answered yet.
inline void score_line(const std::string& line, scores& s, bool without_source = false) {
    const nlohmann::json row = io::parse_json(line);
    const bool shaped = row.is_object() && row.contains("id") && row["id"].is_string() && row.contains("source") &&
                        row["source"].is_string() && row.contains("job") && row.contains("measured") &&
                        row["measured"].is_object() && row["measured"].contains("quantity") &&
                        row["measured"]["quantity"].is_string() && row["measured"].contains("value");
    if (!shaped)
        throw io::input_error(
            {io::refused_value("row", row, "a measured row: id, source, job, measured with quantity and value")});
    const nlohmann::json& measured = row["measured"];
    check_measured(measured);
    const std::string quantity = measured["quantity"], id = row["id"], source = repository_of(row["source"]);
    const io::job_file job = io::read_job(row["job"]);
    const framework_row rules = held_out(job.training ? row_of(job.training->framework) : framework_row{}, source);
    const io::answered_job a = io::answer(job, without_source && job.training ? &rules : nullptr);
    if (quantity == "fits") {
        s.verdicts.push_back({id, measured["value"].get<bool>(), a.report.grade});
        return;
    }
    double estimated = 0;
    if (quantity == "memory_bytes")
        estimated = estimated_bytes(a, measured.value("meter", "device"), measured.value("scope", "fullest-card"));
    else if (quantity == "max_micro_batch")
        estimated = static_cast<double>(a.max_micro_batch);
    else if (quantity == "max_sequence_length")
        estimated = static_cast<double>(a.max_sequence_length);
    else
        estimated = estimated_time(a, quantity);
    const std::string meter = quantity == "memory_bytes" ? " (" + measured.value("meter", "device") + ")" : "";
    s.rows.push_back({id, source, quantity + meter, measured["value"].get<double>(), estimated, place_of(row)});
}

/// Nearest-rank percentile of sorted values: the smallest that at least `share` of them do not exceed.
[[nodiscard]] inline double percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[(std::max)(rank, std::size_t{1}) - 1];
}
/// The middle value, or the mean of the two in the middle.
[[nodiscard]] inline double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct summary {
    std::size_t n = 0;
    double median_error = 0;
    double percentile_90 = 0;
    double median_signed = 0;
    std::vector<scored_row> worst;
};

[[nodiscard]] inline summary summarize(std::vector<scored_row> rows) {
    std::sort(rows.begin(), rows.end(), [](const scored_row& a, const scored_row& b) { return a.error() > b.error(); });
    std::vector<double> errors, signed_errors;
    for (const scored_row& r : rows) {
        errors.insert(errors.begin(), r.error());
        signed_errors.push_back(r.signed_error());
    }
    summary s{.n = rows.size(),
              .median_error = median(errors),
              .percentile_90 = percentile(errors, 0.9),
              .median_signed = median(signed_errors),
              .worst = {}};
    rows.resize((std::min)(rows.size(), std::size_t{5}));
    s.worst = std::move(rows);
    return s;
}

[[nodiscard]] inline nlohmann::ordered_json summary_json(const summary& s) {
    nlohmann::ordered_json worst = nlohmann::ordered_json::array();
    for (const scored_row& r : s.worst)
        worst.push_back(
            {{"id", r.id}, {"measured", r.measured}, {"estimated", r.estimated}, {"error", r.signed_error()}});
    return {{"n", s.n},
            {"median", s.median_error},
            {"percentile_90", s.percentile_90},
            {"median_signed", s.median_signed},
            {"worst", std::move(worst)}};
}

[[nodiscard]] inline std::string percent(double share) { return io::fixed(100 * share, 1) + " %"; }

struct verdict_counts {
    int ran = 0, out_of_memory = 0, false_fits = 0, false_refusals = 0, tight = 0;
};
[[nodiscard]] inline verdict_counts count_verdicts(const std::vector<scored_verdict>& verdicts) {
    verdict_counts c;
    for (const scored_verdict& v : verdicts) {
        (v.ran ? c.ran : c.out_of_memory) += 1;
        c.false_fits += !v.ran && v.grade == grade::fits;
        c.false_refusals += v.ran && v.grade == grade::does_not_fit;
        c.tight += v.grade == grade::tight;
    }
    return c;
}

/// Ratios within each series to its first row, as rows of a quantity of their own.
[[nodiscard]] inline std::vector<scored_row> ratios(const std::vector<scored_row>& rows) {
    std::map<std::string, std::vector<scored_row>> series;
    for (const scored_row& r : rows)
        if (!r.place.series.empty() && r.measured > 0) series[r.place.series].push_back(r);
    std::vector<scored_row> found;
    for (auto& [name, members] : series) {
        std::stable_sort(members.begin(), members.end(),
                         [](const scored_row& a, const scored_row& b) { return a.place < b.place; });
        const scored_row& first = members[0];
        for (std::size_t i = 1; i < members.size(); ++i)
            found.push_back({members[i].id,
                             first.source,
                             "ratio of " + first.quantity,
                             members[i].measured / first.measured,
                             members[i].estimated / first.estimated,
                             {}});
    }
    return found;
}

/// By quantity, then by source; the mean over sources gives each the same weight.
using grouped_rows = std::map<std::string, std::map<std::string, std::vector<scored_row>>>;

[[nodiscard]] inline nlohmann::ordered_json report_json(const grouped_rows& groups, const scores& s) {
    nlohmann::ordered_json quantities = nlohmann::ordered_json::object();
    for (const auto& [quantity, sources] : groups) {
        double medians = 0, percentiles = 0;
        for (const auto& [source, rows] : sources) {
            const summary one = summarize(rows);
            quantities[quantity]["sources"][source] = summary_json(one);
            medians += one.median_error;
            percentiles += one.percentile_90;
        }
        const double n = static_cast<double>(sources.size());
        quantities[quantity]["mean_over_sources"] = {{"median", medians / n}, {"percentile_90", percentiles / n}};
    }
    const verdict_counts c = count_verdicts(s.verdicts);
    return {{"quantities", quantities},
            {"verdicts",
             {{"ran", c.ran},
              {"out_of_memory", c.out_of_memory},
              {"false_fits", c.false_fits},
              {"false_refusals", c.false_refusals},
              {"tight", c.tight}}},
            {"unanswered", s.unanswered}};
}

[[nodiscard]] inline std::string report_text(const grouped_rows& groups, const scores& s) {
    std::vector<std::vector<std::string>> table{{"quantity", "source", "n", "median", "90 %", "signed", "worst rows"}};
    for (const auto& [quantity, sources] : groups) {
        double medians = 0, percentiles = 0;
        for (const auto& [source, rows] : sources) {
            const summary one = summarize(rows);
            medians += one.median_error;
            percentiles += one.percentile_90;
            std::string worst;
            for (const scored_row& r : one.worst)
                worst += (worst.empty() ? "" : ", ") + r.id + " " + (r.signed_error() > 0 ? "+" : "") +
                         percent(r.signed_error());
            table.push_back({quantity, source, std::to_string(one.n), percent(one.median_error),
                             percent(one.percentile_90), percent(one.median_signed), worst});
        }
        const double n = static_cast<double>(sources.size());
        table.push_back({quantity, "mean over sources", std::to_string(sources.size()), percent(medians / n),
                         percent(percentiles / n), "", ""});
    }
    std::string text = io::aligned(table, 2, "");
    const verdict_counts c = count_verdicts(s.verdicts);
    text += "verdicts: " + std::to_string(c.ran) + " ran, " + std::to_string(c.out_of_memory) + " ran out of memory; " +
            std::to_string(c.false_fits) + " false fits, " + std::to_string(c.false_refusals) + " false refusals, " +
            std::to_string(c.tight) + " tight" +
            (s.verdicts.empty()
                 ? ""
                 : " (" + percent(static_cast<double>(c.tight) / static_cast<double>(s.verdicts.size())) + ")") +
            "\n";
    for (const auto& [reason, count] : s.unanswered)
        text += "not answered: " + std::to_string(count) + " rows: " + reason + "\n";
    return text;
}

/// Every row, as the text prints them.
[[nodiscard]] inline nlohmann::ordered_json rows_json(const scores& s) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const scored_row& r : s.rows)
        all.push_back({{"id", r.id},
                       {"source", r.source},
                       {"quantity", r.quantity},
                       {"measured", r.measured},
                       {"estimated", r.estimated}});
    for (const scored_verdict& v : s.verdicts)
        all.push_back({{"id", v.id},
                       {"quantity", "fits"},
                       {"measured", v.ran},
                       {"grade", io::name_of(io::grade_names, v.grade)}});
    return all;
}

inline int validate(const validate_options& options) {
    std::istringstream in;
    try {
        in.str(read_all(options.path));
    } catch (const io::input_error& e) {
        return report_error(e, options.json);
    }
    scores s;
    int number = 0, malformed = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        try {
            score_line(line, s, options.held_out);
        } catch (const io::input_error& e) {
            const std::string& why = e.problems().empty() ? std::string() : e.problems()[0].message;
            const bool not_yet = !e.problems().empty() && e.problems()[0].not_there_yet;
            malformed += !not_yet;
            if (!not_yet) std::cerr << "cardfit: line " << number << ": " << e.what() << "\n";
            ++s.unanswered[not_yet ? (why.rfind("model is", 0) == 0 ? why.substr(why.find(':') + 2) : why)
                                   : "malformed"];
        } catch (const nlohmann::json::exception& e) {
            ++malformed;
            ++s.unanswered["malformed"];
            std::cerr << "cardfit: line " << number << ": " << e.what() << "\n";
        }
    }
    if (options.each && !options.json) {
        for (const scored_row& r : s.rows)
            std::cout << r.id << " " << r.source << " " << r.quantity << " measured "
                      << io::fixed(r.measured, r.measured < 100 ? 4 : 0) << " estimated "
                      << io::fixed(r.estimated, r.measured < 100 ? 4 : 0) << " " << percent(r.signed_error()) << "\n";
        for (const scored_verdict& v : s.verdicts)
            std::cout << v.id << " " << (v.ran ? "ran" : "out-of-memory") << " graded "
                      << io::name_of(io::grade_names, v.grade) << "\n";
    }
    grouped_rows groups;
    for (const scored_row& r : s.rows) groups[r.quantity][r.source].push_back(r);
    for (const scored_row& r : ratios(s.rows)) groups[r.quantity][r.source].push_back(r);
    nlohmann::ordered_json report = report_json(groups, s);
    if (options.each) report["rows"] = rows_json(s);
    std::cout << (options.json ? io::dump(report, 1) + "\n" : report_text(groups, s));
    return malformed > 0 ? bad_lines : answered;
}

}  // namespace tool
