// SPDX-License-Identifier: MIT
#pragma once

// A job as the command and the files of the tool that runs it. What a tool cannot express is an error that names the
// field, so that no plan loses a setting on the way.

#include <cardfit/io/launch_accelerate.hpp>
#include <cardfit/io/launch_deepspeed.hpp>
#include <cardfit/io/launch_megatron.hpp>
#include <cardfit/io/launch_serving.hpp>
#include <cardfit/io/launch_torchtitan.hpp>

namespace cardfit::io {

namespace detail {

/// A launcher by name, with the section of the job that it runs.
struct launcher_row {
    std::string_view name;
    bool trains = true;
    launch_plan (*plan)(const launch_request&) = nullptr;
};
inline constexpr launcher_row launchers[]{
    {"torchtitan", true, &launch_torchtitan},
    {"deepspeed", true, &launch_deepspeed},
    {"megatron", true, &launch_megatron},
    {"accelerate", true, &launch_accelerate},
    {"vllm", false, &launch_vllm},
    {"llama.cpp", false, &launch_llama_cpp},
};

}  // namespace detail

/// Names of the launchers.
[[nodiscard]] inline std::vector<std::string_view> launcher_names() {
    std::vector<std::string_view> names;
    for (const detail::launcher_row& row : detail::launchers) names.push_back(row.name);
    return names;
}

/// The job for a launcher. Throws input_error with every field that the launcher cannot express, with `launcher` where
/// there is no such one, and where the cards are no whole nodes.
[[nodiscard]] inline launch_plan launch(const job_file& job, std::string_view launcher) {
    const detail::launcher_row* row = nullptr;
    std::string accepted;
    for (const detail::launcher_row& each : detail::launchers) {
        if (each.name == launcher) row = &each;
        accepted += (accepted.empty() ? "" : ", ") + std::string(each.name);
    }
    if (!row) throw input_error({refused_value("launcher", std::string(launcher), accepted)});
    if (row->trains != job.training.has_value())
        throw input_error({missing_key(row->trains ? "training" : "inference",
                                       std::string(launcher) + (row->trains ? " trains" : " serves"))});
    std::vector<input_problem> problems;
    const int per_node = cards_per_node(job.hardware);
    const detail::launch_request r{.job = job,
                                   .layout = resolved(job.layout, job.hardware.cards),
                                   .nodes = job.hardware.cards / per_node,
                                   .per_node = per_node,
                                   .launcher = launcher,
                                   .problems = &problems};
    r.require(r.nodes * per_node == job.hardware.cards, "hardware.per_node", per_node, "a divisor of hardware.cards");
    launch_plan plan = row->plan(r);
    if (!problems.empty()) throw input_error(std::move(problems));
    return plan;
}

}  // namespace cardfit::io
