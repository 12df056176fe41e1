// SPDX-License-Identifier: MIT
#pragma once

// Prints a plan as a table and as JSON.

#include "plan.hpp"

#include <cardfit/io/text.hpp>

#include <ostream>

namespace planner {

/// Returns the nodes of a place, such as "0" or "0-1".
[[nodiscard]] inline std::string nodes_text(const node_range& at) {
    const std::string first = std::to_string(at.first);
    return at.count == 1 ? first : first + "-" + std::to_string(at.first + at.count - 1);
}

/// Returns one assigned job as JSON. Its `answer` is the library's answer to the job file that the plan starts.
[[nodiscard]] inline nlohmann::ordered_json assigned_json(const planning& p, int machine, const place& at) {
    const nlohmann::json file = p.file_of(at.job, machine);
    const io::job_file job = io::read_job(file);
    return {{"name", p.jobs[at.job].name},
            {"cards", p.way_of(at.job, machine).cards},
            {"first_node", at.nodes.first},
            {"nodes", at.nodes.count},
            {"job", file},
            {"answer", io::answer_json(job, io::answer(job))}};
}

[[nodiscard]] inline nlohmann::ordered_json machine_json(const planning& p, const bookings& b, int machine) {
    const fleet_machine& m = p.machine_at(machine);
    nlohmann::ordered_json jobs = nlohmann::ordered_json::array();
    int used = 0;
    for (const place& at : places_on(p, b, machine)) {
        jobs.push_back(assigned_json(p, machine, at));
        used += p.way_of(at.job, machine).cards;
    }
    return {{"name", m.name},
            {"card", m.hardware.card.id},
            {"cards", m.hardware.cards},
            {"per_node", cardfit::cards_per_node(m.hardware)},
            {"cards_used", used},
            {"dollars_per_hour", m.dollars_per_hour},
            {"jobs", std::move(jobs)}};
}

namespace detail {

/// Writes a member of the document that is an array, one element at a time: a plan of a large fleet is large as text
/// and many times larger as JSON values.
class array_writer {
public:
    array_writer(std::ostream& out, const char* name) : out_(out) { out_ << " \"" << name << "\": ["; }

    void write(const nlohmann::ordered_json& element) {
        out_ << (empty_ ? "\n  " : ",\n  ");
        empty_ = false;
        for (const char c : io::dump(element, 1)) {
            out_ << c;
            if (c == '\n') out_ << "  ";
        }
    }
    void finish() { out_ << (empty_ ? "],\n" : "\n ],\n"); }

private:
    std::ostream& out_;
    bool empty_ = true;
};

}  // namespace detail

/// Writes the plan as JSON: the machines in use, the jobs without a machine and the reasons, the idle machines, and the
/// total cost per hour.
inline void write_plan_json(std::ostream& out, const planning& p, const bookings& b) {
    out << "{\n";
    detail::array_writer machines(out, "machines");
    for (int m = 0; m < p.machines(); ++m)
        if (b.jobs_on(m) > 0) machines.write(machine_json(p, b, m));
    machines.finish();
    detail::array_writer unplaced(out, "unplaced");
    for (const std::size_t job : b.sorted_jobs(nowhere))
        unplaced.write({{"name", p.jobs[job].name}, {"line", p.jobs[job].line}, {"reason", reason(p, job)}});
    unplaced.finish();
    detail::array_writer idle(out, "idle");
    for (int m = 0; m < p.machines(); ++m)
        if (b.jobs_on(m) == 0) idle.write(p.machine_at(m).name);
    idle.finish();
    const nlohmann::ordered_json dollars = static_cast<double>(b.cost().price) / 1e5;
    out << " \"dollars_per_hour\": " << io::dump(dollars) << "\n}\n";
}

[[nodiscard]] inline std::vector<std::string> assigned_row(const planning& p, int machine, const place& at) {
    const cardfit::fit_report report = fit_of(io::read_job(p.file_of(at.job, machine)));
    const fleet_machine& m = p.machine_at(machine);
    return {m.name,
            p.jobs[at.job].name,
            std::to_string(p.way_of(at.job, machine).cards) + " x " + std::string(m.hardware.card.id),
            nodes_text(at.nodes),
            io::in_gib(report.memory.device()),
            io::in_gib(report.capacity),
            std::string(io::name_of(io::grade_names, report.grade))};
}

[[nodiscard]] inline std::string plan_text(const planning& p, const bookings& b) {
    std::vector<std::vector<std::string>> rows{{"machine", "job", "cards", "node", "needs", "has", "grade"}};
    for (int m = 0; m < p.machines(); ++m)
        for (const place& at : places_on(p, b, m)) rows.push_back(assigned_row(p, m, at));
    std::string text = rows.size() > 1 ? io::aligned(rows, 3, "") : std::string();
    for (const std::size_t job : b.sorted_jobs(nowhere))
        text += "no machine for " + p.jobs[job].name + ": " + reason(p, job) + "\n";
    const plan_cost& cost = b.cost();
    return text + std::to_string(p.jobs.size() - cost.unplaced) + " of " + std::to_string(p.jobs.size()) + " jobs on " +
           std::to_string(cost.machines) + " of " + std::to_string(p.fleet.size()) + " machines, " +
           std::to_string(cost.cards) + " cards, " + io::fixed(static_cast<double>(cost.price) / 1e5, 2) +
           " dollars per hour\n";
}

}  // namespace planner
