// SPDX-License-Identifier: MIT
#pragma once

// savings: bytes and step time of a job in each precision, against fp32.

#include "batch_command.hpp"

#include <cardfit/decide/savings.hpp>

namespace tool {

struct savings_options {
    std::string path;
    bool json = false;
};

[[nodiscard]] inline std::string reason_text(const precision_saving& s, const gpu& card) {
    switch (s.reason) {
        case saving_reason::baseline:
            return "what the others are held against";
        case saving_reason::no_such_format:
            return std::string(card.name) + " has no unit for it";
        case saving_reason::no_matrix_units:
            return "no matrix units: fewer bytes, hardly less time";
        case saving_reason::same_rate:
            return "multiplied no faster than fp32";
        case saving_reason::link_bound:
            return "the link decides: communication takes longer than computing";
        case saving_reason::optimizer_bound:
            return "the optimizer's step decides";
        case saving_reason::memory_bound:
            return "bytes and launches decide, not products";
        case saving_reason::matrix_units:
            return "matrix units carry the step";
    }
    return {};
}

[[nodiscard]] inline nlohmann::ordered_json saving_json(const precision_saving& s, const gpu& card) {
    nlohmann::ordered_json json = {{"precision", row_of(s.precision).name},
                                   {"supported", s.reason != saving_reason::no_such_format},
                                   {"reason", reason_text(s, card)}};
    if (s.reason == saving_reason::no_such_format) return json;
    json["device_bytes"] = s.memory.device().number;
    json["saved_bytes"] = s.saved.number;
    json["components"] = io::components_json(s.memory.components);
    json["step_seconds"] = s.time.step.number;
    json["speed_up"] = s.speed_up;
    json["breakdown"] = io::breakdown_json(s.time.breakdown);
    return json;
}

/// The job as read, which must be a training. Throws input_error.
[[nodiscard]] inline io::job_file training_job(const std::string& path) {
    io::job_file job = io::read_job(job_json(path));
    if (!job.training)
        throw io::input_error({io::input_problem{
            .key = "inference", .accepted = "training", .message = "inference: this command takes a training job"}});
    if (!publishes_rates(job.hardware.card))
        throw io::input_error({io::refused_value("hardware.card", std::string(job.hardware.card.id),
                                                 "a card whose bandwidth and fp16 or fp32 rate are published")});
    return job;
}

inline int savings(const savings_options& o) {
    try {
        const io::job_file job = training_job(o.path);
        const gpu& card = job.hardware.card;
        const savings_report report = std::visit(
            [&](const auto& model) { return cardfit::savings(model, *job.training, job.hardware, job.layout); },
            job.model);
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        std::vector<std::vector<std::string>> rows{{"precision", "memory", "saved", "step", "speed-up", "because"}};
        for (const precision_saving& s : report.of) {
            all.push_back(saving_json(s, card));
            const bool has = s.reason != saving_reason::no_such_format;
            rows.push_back({std::string(row_of(s.precision).name), has ? io::in_gib(s.memory.device()) : "-",
                            has ? io::in_gib(s.saved) : "-", has ? io::in_time(s.time.step) : "-",
                            has ? io::fixed(s.speed_up, 2) + " x" : "-", reason_text(s, card)});
        }
        if (o.json)
            std::cout << io::dump(all, 1) << "\n";
        else
            std::cout << io::title(job) << "\n" << io::aligned(rows, 1, "  ");
        return answered;
    } catch (const io::input_error& e) {
        return report_error(e, o.json);
    } catch (const invalid_input& e) {
        return report_error(io::refused(e), o.json);
    }
}

}  // namespace tool
