// SPDX-License-Identifier: MIT
#pragma once

// batch: which micro-batches (for inference, batches) and which lengths of a sequence fit, and how fast they run: the
// largest sizes that are safe and those that are likely to fit, and a grid of both.

#include "batch_grid.hpp"
#include "commands.hpp"
#include "hardware_flags.hpp"
#include "remedies_text.hpp"

namespace tool {

struct batch_options {
    std::string path;
    hardware_flags hardware;
    bool json = false;
    answer_flags answer{};
};

/// The answer on one machine.
struct batch_row {
    io::job_file job;
    io::answered_job answer;
    batch_grid grid;
    nlohmann::json file;  ///< the job file that has this answer

    /// Returns how sure it is that the smallest batch fits at the job's length.
    [[nodiscard]] sureness verdict() const {
        const grid_cell* smallest = grid.find(1, length_of(job));
        return smallest == nullptr ? sureness_of(answer.report) : smallest->verdict;
    }
};

[[nodiscard]] inline nlohmann::ordered_json batch_json(const batch_row& r) {
    nlohmann::ordered_json json = {{"card", r.job.hardware.card.id}, {"cards", r.job.hardware.cards}};
    if (!r.job.hardware.name.empty()) json.update(machine_json(r.job.hardware));
    json.update({{"capacity_bytes", r.answer.report.capacity.number},
                 {"max_micro_batch", r.answer.max_micro_batch},
                 {"max_sequence_length", r.answer.max_sequence_length},
                 {"safe_micro_batch", r.answer.safe_micro_batch},
                 {"safe_sequence_length", r.answer.safe_sequence_length},
                 {"answer", row_of(r.verdict()).name},
                 {"grid", grid_json(r.job, r.grid)}});
    return with_question(std::move(json), r.file, r.job.assumed);
}

[[nodiscard]] inline std::string size_text(std::int64_t size) {
    return size >= io::no_limit ? "any" : io::with_commas(size);
}

/// Returns the largest sizes that are safe and that are likely to fit, in words: "up to 4, likely up to 7".
[[nodiscard]] inline std::string sizes_text(std::int64_t safe, std::int64_t likely, const std::string& unit) {
    if (likely == 0) return "none";
    if (safe == 0) return "likely up to " + size_text(likely) + unit + ", none at the upper error bound";
    const std::string text = "up to " + size_text(safe) + unit;
    return safe == likely ? text : text + ", likely up to " + size_text(likely);
}

/// Returns the batches that fit at the job's length, in words: "at 2,048 tokens, micro-batch up to 4, likely up to 7".
[[nodiscard]] inline std::string batches_of(const batch_row& r) {
    const std::int64_t length = length_of(r.job);
    return (length > 0 ? "at " + io::with_commas(length) + " tokens, " : std::string()) + batch_word(r.job) + " " +
           sizes_text(r.answer.safe_micro_batch, r.answer.max_micro_batch, "");
}

/// Returns the lengths that fit at the job's batch, in words: "at micro-batch 1, length up to 4,096 tokens (the model's
/// positions)".
[[nodiscard]] inline std::string lengths_of(const batch_row& r) {
    const std::int64_t longest = usable_length(r.job, r.answer.max_sequence_length);
    const std::int64_t safe = usable_length(r.job, r.answer.safe_sequence_length);
    const bool capped = longest < r.answer.max_sequence_length;
    return "at " + batch_word(r.job) + " " + io::with_commas(batch_of(r.job)) + ", length " +
           sizes_text(safe, longest, " tokens") + (capped ? " (the model's positions)" : "");
}

[[nodiscard]] inline std::string limits_of(const batch_row& r) {
    return batches_of(r) + (has_lengths(r.job) ? "; " + lengths_of(r) : std::string());
}

/// Returns the first line of an answer on one machine.
[[nodiscard]] inline std::string batch_verdict(const batch_row& r) {
    return verdict_lines(r.verdict(), ": " + limits_of(r));
}

/// Returns which batch runs fastest at the job's length, and by how much it does so.
[[nodiscard]] inline std::string fastest_text(const batch_row& r) {
    const grid_cell* fastest = fastest_of(r.grid, length_of(r.job));
    if (fastest == nullptr) return {};
    const grid_cell* one = r.grid.find(1, fastest->length);
    std::string text = "Fastest of the safe ones";
    if (fastest->length > 0) text += " at " + io::with_commas(fastest->length) + " tokens";
    text += ": " + batch_word(r.job) + " " + io::with_commas(fastest->batch) + ", " + whole_rate(fastest->rate) + " " +
            rate_unit(r.job);
    if (one != nullptr && one->rate > 0 && fastest->batch > 1)
        text += ", " + io::fixed(fastest->rate / one->rate, 2) + "x that of 1";
    return indented(text);
}

/// Returns what makes a job fit of which nothing fits at the upper error bound.
[[nodiscard]] inline std::string batch_ways(const batch_row& r) {
    if (r.verdict() == sureness::yes) return {};
    std::string text;
    const io::job_file smallest = resized(r.job, 1, length_of(r.job));
    with_remedies(smallest, [&](const auto& sure) { text = remedies_text(smallest, sure); });
    return text;
}

[[nodiscard]] inline std::string batch_text(const batch_row& r) {
    return batch_verdict(r) + indented(io::title(r.job)) + batch_ways(r) + fastest_text(r) +
           io::table_text(grid_table(r.job, r.grid), "  ") + grid_legend(r.job, r.grid) +
           assumptions_text(r.job.assumed);
}

/// Returns the table of several machines.
[[nodiscard]] inline io::table machines_table(const std::vector<batch_row>& rows) {
    const bool lengths = has_lengths(rows[0].job);
    io::table t{.columns = {{"machine", 0, true}, {"answer", 0, true}, {"safe batch"}, {"likely"}}};
    if (lengths) {
        t.columns.push_back({"safe length"});
        t.columns.push_back({"likely length"});
    }
    t.columns.push_back({"usable GiB", 1});
    for (const batch_row& r : rows) {
        std::vector<std::string> cells{io::hardware_text(r.job.hardware), std::string(row_of(r.verdict()).word),
                                       size_text(r.answer.safe_micro_batch), size_text(r.answer.max_micro_batch)};
        if (lengths) {
            cells.push_back(size_text(usable_length(r.job, r.answer.safe_sequence_length)));
            cells.push_back(size_text(usable_length(r.job, r.answer.max_sequence_length)));
        }
        cells.push_back(io::fixed(in_gibibytes(r.answer.report.capacity), 1));
        t.rows.push_back(std::move(cells));
    }
    return t;
}

/// Returns the answer on several machines: the one with the largest batch first, then a row for each.
[[nodiscard]] inline std::string batches_text(const std::vector<batch_row>& rows) {
    const batch_row* best = &rows[0];
    for (const batch_row& r : rows) {
        const bool surer = r.verdict() < best->verdict();
        const bool larger = r.answer.safe_micro_batch > best->answer.safe_micro_batch;
        if (surer || (r.verdict() == best->verdict() && larger)) best = &r;
    }
    const std::string most = ": most on " + io::hardware_text(best->job.hardware) + ": " + limits_of(*best);
    const io::job_file& job = rows[0].job;
    return verdict_lines(best->verdict(), most) + indented(io::model_title(job) + ": " + io::work_title(job)) +
           printed(machines_table(rows), {}, "  ") + "  A grid of sizes: one machine at a time, or --csv, --json.\n" +
           assumptions_text(job.assumed);
}

/// Returns every cell of every grid as a row, for programs.
[[nodiscard]] inline io::table cells_table(const std::vector<batch_row>& rows) {
    const io::job_file& job = rows[0].job;
    io::table t{
        .columns = {
            {"machine", 0, true}, {batch_word(job)}, {"tokens"}, {"answer", 0, true}, {"needs GiB"}, {rate_unit(job)}}};
    for (const batch_row& r : rows)
        for (const grid_cell& cell : r.grid.cells)
            t.rows.push_back({io::hardware_text(r.job.hardware), std::to_string(cell.batch),
                              cell.length > 0 ? std::to_string(cell.length) : "-",
                              std::string(row_of(cell.verdict).word), io::fixed(in_gibibytes(cell.needed), 2),
                              cell.rate > 0 ? io::significant(cell.rate, 4) : "-"});
    return t;
}

/// Returns the answer as the flags ask for it.
[[nodiscard]] inline std::string printed_batches(const batch_options& o, const std::vector<batch_row>& rows) {
    std::string text;
    if (o.answer.quiet) {
        for (const batch_row& r : rows) text += quiet_text(r.verdict());
        return text;
    }
    if (o.answer.csv || o.answer.markdown) return printed(cells_table(rows), o.answer, "");
    return rows.size() == 1 ? batch_text(rows[0]) : batches_text(rows);
}

/// Answers the command. The exit code is 1 if a batch of one does not fit on any of the machines as surely as
/// --require asks for.
inline int batch(const batch_options& o) {
    const nlohmann::json given = job_json(o.path);
    std::vector<nlohmann::json> jobs;
    for (const nlohmann::json& called : hardware_of(o.hardware)) jobs.push_back(on_hardware(given, called));
    const bool one = jobs.size() < 2;
    if (jobs.empty()) jobs.push_back(given);
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    std::vector<batch_row> rows;
    int code = does_not_fit;
    for (const nlohmann::json& each : jobs) {
        read_question read = read_asked(each);
        io::answered_job answer = io::answer(read.job);
        batch_grid grid = grid_of(read.job);
        rows.push_back({std::move(read.job), std::move(answer), std::move(grid), std::move(read.file)});
        if (is_enough(o.answer, rows.back().verdict())) code = answered;
        if (o.json) all.push_back(batch_json(rows.back()));
    }
    output() << (o.json ? io::dump(one ? all[0] : all, 1) + "\n" : printed_batches(o, rows));
    return code;
}

inline std::function<int()> add_batch(CLI::App& app) {
    const auto o = std::make_shared<batch_options>();
    add_job_file(app, o->path);
    add_hardware_flags(app, o->hardware, "use this card instead of the job's; may be given several times");
    add_answer_flags(app, o->answer);
    add_json_flag(app, o->json);
    return [o] { return batch(*o); };
}
inline constexpr command batch_command{
    .name = "batch",
    .help = "find the micro-batches and sequence lengths that fit, with the throughput of each",
    .add = add_batch,
    .takes_question = true};

}  // namespace tool
