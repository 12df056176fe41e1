// SPDX-License-Identifier: MIT
#pragma once

// The answers of fit as tables: one row a card with verdict, memory, speed and limits, and the memory by component with
// one column a card.

#include "batch_grid.hpp"
#include "commands.hpp"
#include "remedies_text.hpp"
#include "serving_layout.hpp"

#include <cardfit/io/table.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace tool {

/// The answer on one kind of card, with the line about a layout that was chosen.
struct fit_answer {
    io::job_file job{};
    io::answered_job answer{};
    std::string layout_line{};
    nlohmann::json file{};  ///< the job file that has this answer

    [[nodiscard]] sureness verdict() const { return sureness_of(answer.report); }
};

/// Returns the cards of an answer as a table names them: the card alone, or several of it.
[[nodiscard]] inline std::string cards_text(const machine& m) {
    if (!m.name.empty() || m.others.count > 0) return io::hardware_text(m);
    return (m.cards > 1 ? std::to_string(m.cards) + " x " : std::string()) + io::name_and_file(m.card);
}

[[nodiscard]] inline std::string gib_cell(bytes b) { return io::fixed(in_gibibytes(b), 1); }

/// Returns what an answer says about time as cells: the time of a step, of a pass, or to the first token and per output
/// token; and the throughput.
[[nodiscard]] inline std::vector<std::string> time_cells(const fit_answer& a) {
    const auto rate = [](double per_second) { return io::fixed(per_second, per_second < 100 ? 1 : 0); };
    if (a.answer.step) {
        const time_estimate& t = *a.answer.step;
        return {io::in_time(t.step), rate(rate_of(a.answer)), io::fixed(100 * t.model_flops_utilization, 0)};
    }
    if (!a.answer.serving) return {"-", "-", "-"};
    const inference_time& t = *a.answer.serving;
    return {io::in_time(t.prefill), rate(rate_of(a.answer)),
            t.inter_token.number > 0 ? io::in_time(t.inter_token) : "-"};
}

/// Returns the names of the columns of time, for the kind of job of the answers.
[[nodiscard]] inline std::vector<io::table_column> time_columns(const io::job_file& job) {
    if (job.inference) return {{"TTFT", 3}, {rate_unit(job), 1}, {"TPOT", 2}};
    const network net = lower(job.model, job.image_size());
    return {{"step", 1}, {net.convolutional ? "samples/s" : "tokens/s", 2}, {"MFU %", 6}};
}

/// Returns the table of the answers, one row a card.
[[nodiscard]] inline io::table answers_table(const std::vector<fit_answer>& answers) {
    const bool trains = answers[0].job.training.has_value();
    io::table t{
        .columns = {{"card", 0, true}, {"answer", 0, true}, {"needs GiB", 0}, {"usable", 0}, {"90 % range", 4}}};
    for (const io::table_column& column : time_columns(answers[0].job)) t.columns.push_back(column);
    t.columns.push_back({trains ? "safe batch" : "safe seqs", 5});
    t.columns.push_back({trains ? "safe length" : "safe context", 3});
    for (const fit_answer& each : answers) {
        const io::answered_job& a = each.answer;
        std::vector<std::string> row{
            cards_text(each.job.hardware), std::string(row_of(each.verdict()).word),
            gib_cell(a.report.capacity - a.report.headroom), gib_cell(a.report.capacity),
            gib_cell(each.answer.need().device_low) + "-" + gib_cell(each.answer.need().device_high)};
        for (const std::string& cell : time_cells(each)) row.push_back(cell);
        const std::int64_t longest = usable_length(each.job, a.safe_sequence_length);
        row.push_back(a.safe_micro_batch > 0 ? std::to_string(a.safe_micro_batch) : "-");
        row.push_back(longest > 0 ? io::in_tokens(longest) : "-");
        t.rows.push_back(std::move(row));
    }
    return t;
}

/// Returns the memory by component, one column a card. Components that no card has are left out.
[[nodiscard]] inline io::table components_table(const std::vector<fit_answer>& answers) {
    io::table t{.columns = {{"GiB at the peak", 0, true}}};
    for (const fit_answer& each : answers) t.columns.push_back({cards_text(each.job.hardware), 1});
    for (const memory_component& component : memory_component_list) {
        std::vector<std::string> row{component.name};
        bool counts = false;
        for (const fit_answer& each : answers) {
            const bytes size = each.answer.report.memory.components.*component.member;
            counts = counts || in_gibibytes(size) >= 0.05;
            row.push_back(gib_cell(size));
        }
        if (counts) t.rows.push_back(std::move(row));
    }
    return t;
}

/// Returns true if every card has the same memory by component, to the digits of a table.
[[nodiscard]] inline bool are_alike(const io::table& components) {
    for (const std::vector<std::string>& row : components.rows)
        if (std::any_of(row.begin() + 2, row.end(), [&](const std::string& cell) { return cell != row[1]; }))
            return false;
    return true;
}

/// Returns the memory by component as text: bars where all cards have the same, or else a column a card.
[[nodiscard]] inline std::string components_text(const std::vector<fit_answer>& answers) {
    io::table t = components_table(answers);
    if (!are_alike(t)) return printed(std::move(t), {}, "  ");
    const double whole = in_gibibytes(answers[0].answer.report.memory.device());
    io::table bars{.columns = {t.columns[0], {"each card", 0}, {"", 0, true}}};
    for (const std::vector<std::string>& row : t.rows)
        bars.rows.push_back({row[0], row[1], io::bar(std::stod(row[1]) / whole, 40)});
    return io::table_text(bars, "  ");
}

/// Returns what each card needs, where that is the same on all: " (each needs 154.6 GiB, 90 % range 131.4 to 177.7)".
[[nodiscard]] inline std::string common_need_text(const std::vector<fit_answer>& answers) {
    const auto need = [](const fit_answer& each) {
        return gib_cell(each.answer.need().device()) + " GiB, 90 % range " + gib_cell(each.answer.need().device_low) +
               " to " + gib_cell(each.answer.need().device_high);
    };
    const std::string first = need(answers[0]);
    for (const fit_answer& each : answers)
        if (need(each) != first) return {};
    return " (each needs " + first + ")";
}

/// Returns the first line of several answers: which cards have which verdict, and what they need.
[[nodiscard]] inline std::string verdicts_text(const std::vector<fit_answer>& answers) {
    std::string text;
    for (const sureness_row& word : sureness_rows) {
        std::string names;
        for (const fit_answer& each : answers)
            if (each.verdict() == word.value) names += (names.empty() ? "" : ", ") + cards_text(each.job.hardware);
        if (!names.empty()) text += (text.empty() ? "" : "; ") + std::string(word.word) + ": " + names;
    }
    const std::string lines = io::wrapped(text + common_need_text(answers), output_width());
    const std::size_t colon = lines.find(':');
    sureness best = sureness::no;
    for (const fit_answer& each : answers) best = (std::min)(best, each.verdict());
    return style().as(best, lines.substr(0, colon)) + lines.substr(colon) + "\n";
}

}  // namespace tool
