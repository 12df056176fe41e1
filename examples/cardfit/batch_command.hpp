// SPDX-License-Identifier: MIT
#pragma once

// batch: the largest micro-batch (for inference, the largest batch) and the longest sequence length that fit, per card.

#include "commands.hpp"
#include "hardware_flags.hpp"

namespace tool {

struct batch_options {
    std::string path;
    hardware_flags hardware;
    bool json = false;
};

/// Returns the job that a file holds, or the `job` of a measured row. Throws input_error if the file holds neither.
[[nodiscard]] inline nlohmann::json job_json(const std::string& path) {
    // The value is not const, so that it can be moved: copying a value that nests a million levels deep needs a stack
    // of that depth.
    nlohmann::json job = io::job_of_text(read_all(path));
    if (!io::detail::nests_within(job, 64))
        throw io::input_error({io::refused_value("job", job, "keys of a job file")});
    if (io::asks_for_diffusion(job))
        throw io::input_error({io::refused_value(
            "model", job["model"], "a language or vision model; for diffusion models use estimate or fit")});
    return job;
}

/// One line of the answer: the card of the job, with the largest batch and the longest sequence length that fit.
struct batch_row {
    io::job_file job;
    io::answered_job answer;
};

[[nodiscard]] inline nlohmann::ordered_json batch_json(const batch_row& r) {
    nlohmann::ordered_json json = {{"card", r.job.hardware.card.id}, {"cards", r.job.hardware.cards}};
    if (!r.job.hardware.name.empty()) json.update(machine_json(r.job.hardware));
    json.update({{"capacity_bytes", r.answer.report.capacity.number},
                 {"max_micro_batch", r.answer.max_micro_batch},
                 {"max_sequence_length", r.answer.max_sequence_length},
                 {"safe_micro_batch", r.answer.safe_micro_batch},
                 {"safe_sequence_length", r.answer.safe_sequence_length}});
    return json;
}

/// Returns a size, with the one that fits even at the upper error bound where that is smaller.
[[nodiscard]] inline std::string with_safe(const std::string& largest, const std::string& safe) {
    return largest == safe ? largest : largest + " (safe " + safe + ")";
}

[[nodiscard]] inline std::string batch_text(const std::vector<batch_row>& rows) {
    const bool training = rows[0].job.training.has_value();
    std::vector<std::vector<std::string>> table{{"card", "cards", training ? "largest micro-batch" : "largest batch",
                                                 training ? "longest sequence" : "longest context", "usable memory"}};
    for (const batch_row& r : rows)
        table.push_back(
            {std::string(r.job.hardware.card.name) + io::machine_name_text(r.job.hardware),
             std::to_string(r.job.hardware.cards),
             with_safe(std::to_string(r.answer.max_micro_batch), std::to_string(r.answer.safe_micro_batch)),
             with_safe(io::in_tokens(r.answer.max_sequence_length), io::in_tokens(r.answer.safe_sequence_length)),
             io::in_gib(r.answer.report.capacity)});
    return io::aligned(table, 1, "");
}

/// Answers the command. The exit code is 1 only if a batch of one does not fit on any of the cards.
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
        io::job_file job = read_job(each);
        const io::answered_job answer = io::answer(job);
        if (answer.max_micro_batch > 0) code = answered;
        rows.push_back({std::move(job), answer});
        all.push_back(batch_json(rows.back()));
    }
    std::cout << (o.json ? io::dump(one ? all[0] : all, 1) + "\n" : batch_text(rows));
    return code;
}

inline std::function<int()> add_batch(CLI::App& app) {
    const auto o = std::make_shared<batch_options>();
    add_job_file(app, o->path);
    add_hardware_flags(app, o->hardware, "use this card instead of the job's; may be given several times");
    add_json_flag(app, o->json);
    return [o] { return batch(*o); };
}
inline constexpr command batch_command{
    "batch", "find the largest micro-batch and the longest sequence that fit, for each card", add_batch};

}  // namespace tool
