// SPDX-License-Identifier: MIT
#pragma once

// Prints a plan as a table and as JSON.

#include "plan.hpp"

#include <cardfit/io/text.hpp>

namespace planner {

/// Returns the nodes of a place, such as "0" or "0-1".
[[nodiscard]] inline std::string nodes_text(const place& at) {
    const std::string first = std::to_string(at.first_node);
    return at.nodes == 1 ? first : first + "-" + std::to_string(at.first_node + at.nodes - 1);
}

/// Returns one assigned job as JSON. Its `answer` is the library's answer to the job file that the plan starts.
[[nodiscard]] inline nlohmann::ordered_json assigned_json(const planning& p, int machine, const place& at) {
    const way& w = *p.way_of(at.job, machine);
    const io::job_file job = io::read_job(w.job);
    return {{"name", p.jobs[at.job].name}, {"cards", w.cards}, {"first_node", at.first_node},
            {"nodes", at.nodes},           {"job", w.job},     {"answer", io::answer_json(job, io::answer(job))}};
}

[[nodiscard]] inline nlohmann::ordered_json machine_json(const planning& p, const assignment& a, int machine) {
    const fleet_machine& m = p.fleet[static_cast<std::size_t>(machine)];
    nlohmann::ordered_json jobs = nlohmann::ordered_json::array();
    int used = 0;
    for (const place& at : places_on(p, a, machine)) {
        jobs.push_back(assigned_json(p, machine, at));
        used += p.way_of(at.job, machine)->cards;
    }
    return {{"name", m.name},
            {"card", m.hardware.card.id},
            {"cards", m.hardware.cards},
            {"per_node", cardfit::cards_per_node(m.hardware)},
            {"cards_used", used},
            {"dollars_per_hour", m.dollars_per_hour},
            {"jobs", std::move(jobs)}};
}

/// Returns the plan as JSON: the machines in use, the jobs without a machine and the reasons, the idle machines, and
/// the total cost per hour.
[[nodiscard]] inline nlohmann::ordered_json plan_json(const planning& p, const assignment& a) {
    nlohmann::ordered_json machines = nlohmann::ordered_json::array();
    nlohmann::ordered_json unplaced = nlohmann::ordered_json::array();
    nlohmann::ordered_json idle = nlohmann::ordered_json::array();
    for (int m = 0; m < static_cast<int>(p.fleet.size()); ++m)
        if (jobs_on(a, m).empty())
            idle.push_back(p.fleet[static_cast<std::size_t>(m)].name);
        else
            machines.push_back(machine_json(p, a, m));
    for (const std::size_t job : jobs_on(a, nowhere))
        unplaced.push_back({{"name", p.jobs[job].name}, {"line", p.jobs[job].line}, {"reason", reason(p, job)}});
    return {{"machines", std::move(machines)},
            {"unplaced", std::move(unplaced)},
            {"idle", std::move(idle)},
            {"dollars_per_hour", static_cast<double>(cost_of(p, a).price) / 1e5}};
}

[[nodiscard]] inline std::vector<std::string> assigned_row(const planning& p, int machine, const place& at) {
    const way& w = *p.way_of(at.job, machine);
    const fleet_machine& m = p.fleet[static_cast<std::size_t>(machine)];
    return {m.name,
            p.jobs[at.job].name,
            std::to_string(w.cards) + " x " + std::string(m.hardware.card.id),
            nodes_text(at),
            io::in_gib(w.report.memory.device()),
            io::in_gib(w.report.capacity),
            std::string(io::name_of(io::grade_names, w.report.grade))};
}

[[nodiscard]] inline std::string plan_text(const planning& p, const assignment& a) {
    std::vector<std::vector<std::string>> rows{{"machine", "job", "cards", "node", "needs", "has", "grade"}};
    for (int m = 0; m < static_cast<int>(p.fleet.size()); ++m)
        for (const place& at : places_on(p, a, m)) rows.push_back(assigned_row(p, m, at));
    std::string text = rows.size() > 1 ? io::aligned(rows, 3, "") : std::string();
    for (const std::size_t job : jobs_on(a, nowhere))
        text += "no machine for " + p.jobs[job].name + ": " + reason(p, job) + "\n";
    const plan_cost cost = cost_of(p, a);
    return text + std::to_string(p.jobs.size() - cost.unplaced) + " of " + std::to_string(p.jobs.size()) + " jobs on " +
           std::to_string(cost.machines) + " of " + std::to_string(p.fleet.size()) + " machines, " +
           std::to_string(cost.cards) + " cards, " + io::fixed(static_cast<double>(cost.price) / 1e5, 2) +
           " dollars per hour\n";
}

}  // namespace planner
