// SPDX-License-Identifier: MIT
#pragma once

// The memory of each phase of a job, as fit states it in JSON.

#include <cardfit/estimate/memory_phases.hpp>
#include <cardfit/io/job_file.hpp>
#include <cardfit/io/names.hpp>

#include <nlohmann/json.hpp>

namespace tool {

using namespace cardfit;

/// Returns what a job holds in each phase.
[[nodiscard]] inline memory_phase_list phases_of(const io::job_file& job) {
    const network net = lower(job.model, job.image_size());
    if (job.training) return memory_by_phase(lower_job(net, *job.training, job.hardware, job.layout));
    return memory_by_phase(lower_job(net, *job.inference, job.hardware, job.layout));
}

/// Returns the components of a phase that hold anything.
[[nodiscard]] inline nlohmann::ordered_json held_json(const memory_components& c) {
    nlohmann::ordered_json held = nlohmann::ordered_json::object();
    for (const memory_component& component : memory_component_list)
        if ((c.*component.member).number > 0) held[component.name] = (c.*component.member).number;
    return held;
}

/// Returns `phases`: in order, what is held in each phase of each pipeline stage.
[[nodiscard]] inline nlohmann::ordered_json phases_json(const io::job_file& job) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const phase_memory& each : phases_of(job))
        all.push_back({{"stage", each.stage},
                       {"phase", io::name_of(io::phase_names, each.when)},
                       {"at", each.name},
                       {"allocated_bytes", each.allocated().number},
                       {"reserved_bytes", each.reserved().number},
                       {"components", held_json(each.components)}});
    return all;
}

}  // namespace tool
