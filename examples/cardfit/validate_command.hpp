// SPDX-License-Identifier: MIT
#pragma once

// validate: compares estimates with published measurements, by quantity and source.

#include "commands.hpp"

#include <cardfit/validate/leave_one_out.hpp>
#include <cardfit/validate/summary.hpp>

#include <fstream>
#include <map>
#include <sstream>

namespace tool {

namespace validation = cardfit::validation;

struct validate_options {
    std::string path;
    bool json = false;
    bool each = false;
    /// True if each source is estimated with the constants that the rows of all other sources give.
    bool leave_out = false;
    answer_flags answer{};
};

/// The scores of a file, and the rows that have no score.
struct scored_file {
    validation::scores scores{};
    /// The number of rows without an estimate, by reason.
    std::map<std::string, int> unanswered{};
    int malformed = 0;
};

[[nodiscard]] inline std::string percent(double share) { return io::fixed(100 * share, 1) + " %"; }

[[nodiscard]] inline nlohmann::ordered_json summary_json(const validation::summary& s) {
    nlohmann::ordered_json worst = nlohmann::ordered_json::array();
    for (const validation::scored_row& r : s.worst)
        worst.push_back(
            {{"id", r.id}, {"measured", r.measured}, {"estimated", r.estimated}, {"error", r.signed_error()}});
    return {{"n", s.n},
            {"median", s.median_error},
            {"percentile_90", s.percentile_90},
            {"median_signed", s.median_signed},
            {"worst", std::move(worst)}};
}

[[nodiscard]] inline nlohmann::ordered_json report_json(const validation::grouped_rows& groups, const scored_file& f) {
    nlohmann::ordered_json quantities = nlohmann::ordered_json::object();
    for (const auto& [quantity, by_source] : groups) {
        const validation::quantity_summary all = validation::summarize(by_source);
        for (const auto& [source, one] : all.sources) quantities[quantity]["sources"][source] = summary_json(one);
        quantities[quantity]["mean_over_sources"] = {{"median", all.mean_median},
                                                     {"percentile_90", all.mean_percentile_90}};
    }
    const validation::verdict_counts c = validation::count_verdicts(f.scores.verdicts);
    return {{"quantities", quantities},
            {"verdicts",
             {{"ran", c.ran},
              {"out_of_memory", c.out_of_memory},
              {"false_fits", c.false_fits},
              {"false_refusals", c.false_refusals},
              {"tight", c.tight}}},
            {"unanswered", f.unanswered}};
}

/// Returns the rows with the largest errors as text: "megatron-13 +4.1 %, megatron-2 -3.0 %".
[[nodiscard]] inline std::string worst_text(const validation::summary& s) {
    std::string text;
    for (const validation::scored_row& r : s.worst)
        text += (text.empty() ? "" : ", ") + r.id + " " + (r.signed_error() > 0 ? "+" : "") + percent(r.signed_error());
    return text;
}

[[nodiscard]] inline std::vector<std::vector<std::string>> errors_rows(const validation::grouped_rows& groups) {
    std::vector<std::vector<std::string>> table{{"quantity", "source", "n", "median", "90 %", "signed", "worst rows"}};
    for (const auto& [quantity, by_source] : groups) {
        const validation::quantity_summary all = validation::summarize(by_source);
        for (const auto& [source, one] : all.sources)
            table.push_back({quantity, source, std::to_string(one.n), percent(one.median_error),
                             percent(one.percentile_90), percent(one.median_signed), worst_text(one)});
        table.push_back({quantity, "mean over sources", std::to_string(all.sources.size()), percent(all.mean_median),
                         percent(all.mean_percentile_90), "", ""});
    }
    return table;
}

[[nodiscard]] inline std::string verdicts_text(const std::vector<validation::scored_verdict>& verdicts) {
    if (verdicts.empty()) return {};
    const validation::verdict_counts c = validation::count_verdicts(verdicts);
    std::string text = "Verdicts: " + std::to_string(c.ran) + " ran, " + std::to_string(c.out_of_memory) +
                       " ran out of memory; " + io::counted(c.false_fits, "false fit") + ", " +
                       io::counted(c.false_refusals, "false refusal") + ", " + std::to_string(c.tight) + " tight";
    return text + " (" + percent(static_cast<double>(c.tight) / static_cast<double>(verdicts.size())) + ")\n";
}

[[nodiscard]] inline std::string report_text(const validation::grouped_rows& groups, const scored_file& f) {
    std::string text = io::aligned(errors_rows(groups), 2, "") + verdicts_text(f.scores.verdicts);
    for (const auto& [reason, count] : f.unanswered)
        text += "No estimate for " + io::counted(count, "row") + ": " + reason + "\n";
    return text;
}

/// Returns every row, with the same content as the text.
[[nodiscard]] inline nlohmann::ordered_json rows_json(const validation::scores& s) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const validation::scored_row& r : s.rows)
        all.push_back({{"id", r.id},
                       {"source", r.source},
                       {"quantity", r.quantity},
                       {"measured", r.measured},
                       {"estimated", r.estimated}});
    for (const validation::scored_verdict& v : s.verdicts)
        if (!v.of_memory)
            all.push_back({{"id", v.id},
                           {"quantity", "fits"},
                           {"measured", v.ran},
                           {"grade", io::name_of(io::grade_names, v.grade)}});
    return all;
}

[[nodiscard]] inline std::string rows_text(const validation::scores& s) {
    std::string text;
    for (const validation::scored_row& r : s.rows) {
        const int digits = r.measured < 100 ? 4 : 0;
        text += r.id + " " + r.source + " " + r.quantity + " measured " + io::fixed(r.measured, digits) +
                " estimated " + io::fixed(r.estimated, digits) + " " + percent(r.signed_error()) + "\n";
    }
    for (const validation::scored_verdict& v : s.verdicts)
        if (!v.of_memory || (v.ran && v.grade == grade::does_not_fit))
            text += v.id + " " + (v.ran ? "ran" : "out-of-memory") + " graded " +
                    std::string(io::name_of(io::grade_names, v.grade)) + "\n";
    return text;
}

/// Scores one line. Throws input_error if the line is malformed or its job is not supported.
inline void score_line(const std::string& line, const validate_options& options, validation::scores& s) {
    validation::measured_row row = validation::read_measured_row(line, own_cards().get());
    if (options.leave_out) return validation::score_without_source(row, s);
    if (calibration()) io::apply(*calibration(), row.job);
    validation::score(row, s);
}

/// Returns the reason why a row has no estimate, without the name of its model. The text is empty for a malformed row.
[[nodiscard]] inline std::string unanswered_reason(const io::input_error& e) {
    if (e.problems().empty() || !e.problems()[0].not_there_yet) return {};
    const std::string& why = e.problems()[0].message;
    return why.rfind("model is", 0) == 0 ? why.substr(why.find(':') + 2) : why;
}

/// Scores every line of a file. Malformed lines are reported on standard error.
[[nodiscard]] inline scored_file score_lines(std::istream& in, const validate_options& options) {
    scored_file f;
    const auto add_score = [&](int, const std::string& line) { score_line(line, options, f.scores); };
    const auto add_unanswered = [&](int number, const io::input_error& e) {
        const std::string reason = unanswered_reason(e);
        ++f.unanswered[reason.empty() ? "malformed" : reason];
        if (!reason.empty()) return;
        ++f.malformed;
        errors() << "cardfit: line " << number << ": " << e.what() << "\n";
    };
    for_each_line(in, add_score, add_unanswered);
    return f;
}

inline int validate(const validate_options& options) {
    std::istringstream in(read_all(options.path));
    const scored_file f = score_lines(in, options);
    const validation::grouped_rows groups = validation::group(f.scores.rows);
    if (options.json) {
        nlohmann::ordered_json report = report_json(groups, f);
        if (options.each) report["rows"] = rows_json(f.scores);
        output() << io::dump(report, 1) << "\n";
    } else if (options.answer.csv || options.answer.markdown) {
        output() << printed(io::table_of(errors_rows(groups), 2, 7), options.answer, "");
    } else {
        output() << (options.each ? rows_text(f.scores) : "") << report_text(groups, f);
    }
    return f.malformed > 0 ? bad_lines : answered;
}

inline std::function<int()> add_validate(CLI::App& app) {
    const auto o = std::make_shared<validate_options>();
    app.add_option("file", o->path, "measured rows (JSONL), or - for standard input")->required();
    add_json_flag(app, o->json);
    add_table_flags(app, o->answer);
    app.add_flag("--rows", o->each, "print each row's estimate and error");
    app.add_flag("--leave-one-source-out", o->leave_out,
                 "estimate each source without the constants that were fitted to it");
    return [o] { return validate(*o); };
}
inline constexpr command validate_command{.name = "validate",
                                          .help = "compare estimates with published measurements",
                                          .add = add_validate,
                                          .reads_machine = false};

}  // namespace tool
