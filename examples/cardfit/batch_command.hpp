// SPDX-License-Identifier: MIT
#pragma once

// batch: the largest micro-batch (of an inference: most sequences at once) and the longest sequence, card by card.

#include "commands.hpp"

namespace tool {

struct batch_options {
    std::string path;
    std::vector<std::string> cards;
    bool json = false;
};

/// The job of a file, or the `job` of a measured row. Throws input_error.
[[nodiscard]] inline nlohmann::json job_json(const std::string& path) {
    // Not const, so that it is moved: copies of what nests a million deep need as much of the stack.
    nlohmann::json job = io::job_of_text(read_all(path));
    if (!io::detail::nests_within(job, 64))
        throw io::input_error({io::refused_value("job", job, "keys of a job file")});
    if (io::asks_for_diffusion(job))
        throw io::input_error({io::refused_value(
            "model", job["model"], "a model of tokens or images (estimate and fit take diffusion models)")});
    return job;
}

/// The same job on another card. Throws input_error for a job without hardware.
[[nodiscard]] inline nlohmann::json on_card(nlohmann::json job, const std::string& card) {
    if (!job.is_object() || !job.contains("hardware") || !job["hardware"].is_object())
        throw io::input_error({io::missing_key("hardware", "an object with the key card")});
    job["hardware"]["card"] = card;
    return job;
}

inline int batch(const batch_options& o) {
    try {
        const nlohmann::json given = job_json(o.path);
        std::vector<nlohmann::json> jobs;
        for (const std::string& card : o.cards) jobs.push_back(on_card(given, card));
        if (jobs.empty()) jobs.push_back(given);
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        std::vector<std::vector<std::string>> rows;
        int code = does_not_fit;
        for (const nlohmann::json& each : jobs) {
            const io::job_file job = io::read_job(each);
            const io::answered_job a = io::answer(job);
            if (rows.empty())
                rows.push_back({"card", "cards", job.training ? "largest micro-batch" : "most sequences",
                                job.training ? "longest sequence" : "longest context", "available"});
            all.push_back({{"card", job.hardware.card.id},
                           {"cards", job.hardware.cards},
                           {"capacity_bytes", a.report.capacity.number},
                           {"max_micro_batch", a.max_micro_batch},
                           {"max_sequence_length", a.max_sequence_length}});
            rows.push_back({std::string(job.hardware.card.name), std::to_string(job.hardware.cards),
                            std::to_string(a.max_micro_batch), io::in_tokens(a.max_sequence_length),
                            io::in_gib(a.report.capacity)});
            if (a.max_micro_batch > 0) code = answered;
        }
        std::cout << (o.json ? io::dump(o.cards.size() < 2 ? all[0] : all, 1) + "\n" : io::aligned(rows, 1, ""));
        return code;
    } catch (const io::input_error& e) {
        return report_error(e, o.json);
    }
}

}  // namespace tool
