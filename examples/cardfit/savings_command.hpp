// SPDX-License-Identifier: MIT
#pragma once

// savings: the memory and the step time of a training job in each precision, compared with fp32.

#include "batch_command.hpp"
#include "prices.hpp"

#include <cardfit/decide/savings.hpp>

namespace tool {

struct savings_options {
    std::string path;
    hardware_flags hardware;
    bool json = false;
};

[[nodiscard]] inline std::string reason_text(const precision_saving& s, const gpu& card) {
    switch (s.reason) {
        case saving_reason::baseline:
            return "baseline";
        case saving_reason::no_such_format:
            return "not supported by " + std::string(card.name);
        case saving_reason::no_matrix_units:
            return "no tensor cores: less memory, about the same time";
        case saving_reason::same_rate:
            return "same matmul rate as fp32";
        case saving_reason::link_bound:
            return "bound by communication";
        case saving_reason::optimizer_bound:
            return "bound by the optimizer step";
        case saving_reason::memory_bound:
            return "bound by memory traffic and kernel launches";
        case saving_reason::matrix_units:
            return "bound by tensor cores";
    }
    return {};
}

[[nodiscard]] inline nlohmann::ordered_json saving_json(const precision_saving& s, const machine& m) {
    const gpu& card = m.card;
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
    add_price_json(json, m, "step", s.time.step);
    return json;
}

/// Reads a training job, on the machine of the command line if it names one, for a card whose rates are known. Throws
/// input_error for any other job.
[[nodiscard]] inline io::job_file training_job(const std::string& path, const hardware_flags& hardware) {
    io::job_file job = read_job(on_hardware_of(hardware, job_json(path)));
    if (!job.training)
        throw io::input_error({io::input_problem{
            .key = "inference", .accepted = "training", .message = "inference: this command takes a training job"}});
    if (!publishes_rates(job.hardware.card))
        throw io::input_error({io::refused_value("hardware.card", std::string(job.hardware.card.id),
                                                 "a card whose bandwidth and fp16 or fp32 rate are published")});
    return job;
}

[[nodiscard]] inline std::vector<std::string> saving_row(const precision_saving& s, const machine& m) {
    const std::string name(row_of(s.precision).name);
    const bool runs = s.reason != saving_reason::no_such_format;
    std::vector<std::string> row{name, "-", "-", "-", "-"};
    if (runs)
        row = {name, io::in_gib(s.memory.device()), io::in_gib(s.saved), io::in_time(s.time.step),
               io::fixed(s.speed_up, 2) + "x"};
    if (prices()) row.push_back(runs ? cost_cell(m, s.time.step) : "-");
    row.push_back(reason_text(s, m.card));
    return row;
}

inline int savings(const savings_options& o) {
    const io::job_file job = training_job(o.path, o.hardware);
    const savings_report report = std::visit(
        [&](const auto& model) { return cardfit::savings(model, *job.training, job.hardware, job.layout); }, job.model);
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows{{"precision", "memory", "saved", "step", "speed-up"}};
    if (prices()) rows[0].push_back("$/1,000 steps");
    rows[0].push_back("reason");
    for (const precision_saving& s : report.of) {
        all.push_back(saving_json(s, job.hardware));
        rows.push_back(saving_row(s, job.hardware));
    }
    if (o.json)
        output() << io::dump(all, 1) << "\n";
    else
        output() << io::title(job) << "\n" << io::aligned(rows, 1, "  ") << prices_text({job.hardware});
    return answered;
}

inline std::function<int()> add_savings(CLI::App& app) {
    const auto o = std::make_shared<savings_options>();
    add_job_file(app, o->path, "a training job file");
    add_replacing_flags(app, o->hardware);
    add_prices_flag(app);
    add_json_flag(app, o->json);
    return [o] { return savings(*o); };
}
inline constexpr command savings_command{"savings", "compare memory and step time of each precision with those of fp32",
                                         add_savings};

}  // namespace tool
