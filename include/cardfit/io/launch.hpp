// SPDX-License-Identifier: MIT
#pragma once

// A job as the command and the files of the tool that runs it. What a tool cannot express is an error that names the
// key, so that no plan loses a setting on the way.

#include <cardfit/engines/all.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/io/launch_accelerate.hpp>
#include <cardfit/io/launch_deepspeed.hpp>
#include <cardfit/io/launch_engines.hpp>
#include <cardfit/io/launch_megatron.hpp>
#include <cardfit/io/launch_serving.hpp>
#include <cardfit/io/launch_torchtitan.hpp>
#include <cardfit/io/launch_tuners.hpp>

namespace cardfit::io {

namespace detail {

inline constexpr std::string_view torchtitan_frameworks[]{frameworks::torchtitan.name};
inline constexpr std::string_view megatron_frameworks[]{frameworks::megatron.name};
inline constexpr std::string_view trainer_frameworks[]{frameworks::transformers.name, frameworks::trl.name,
                                                       frameworks::peft.name, frameworks::deepspeed.name};
inline constexpr std::string_view axolotl_frameworks[]{frameworks::axolotl.name};
inline constexpr std::string_view llama_factory_frameworks[]{frameworks::llama_factory.name};
inline constexpr std::string_view vllm_engines[]{engines::vllm.name};
inline constexpr std::string_view llama_cpp_engines[]{engines::llama_cpp.name};
inline constexpr std::string_view sglang_engines[]{engines::sglang.name};
inline constexpr std::string_view trtllm_engines[]{engines::tensorrt_llm.name};
inline constexpr std::string_view lmdeploy_engines[]{engines::lmdeploy.name};
inline constexpr std::string_view tgi_engines[]{engines::tgi.name};

inline constexpr launcher_row launchers[]{
    {.name = "torchtitan", .plan = &launch_torchtitan, .expresses = torchtitan_keys, .runs = torchtitan_frameworks},
    {.name = "deepspeed",
     .plan = &launch_deepspeed,
     .expresses = deepspeed_keys,
     .runs = trainer_frameworks,
     .reasons = deepspeed_reasons},
    {.name = "megatron", .plan = &launch_megatron, .expresses = megatron_keys, .runs = megatron_frameworks},
    {.name = "accelerate",
     .plan = &launch_accelerate,
     .expresses = accelerate_keys,
     .runs = trainer_frameworks,
     .reasons = accelerate_reasons},
    {.name = "axolotl",
     .plan = &launch_axolotl,
     .expresses = tuner_keys,
     .runs = axolotl_frameworks,
     .reasons = tuner_reasons},
    {.name = "llama-factory",
     .plan = &launch_llama_factory,
     .expresses = tuner_keys,
     .runs = llama_factory_frameworks,
     .reasons = tuner_reasons},
    {.name = "vllm",
     .trains = false,
     .plan = &launch_vllm,
     .expresses = vllm_keys,
     .runs = vllm_engines,
     .reasons = serving_reasons},
    {.name = "llama.cpp",
     .trains = false,
     .plan = &launch_llama_cpp,
     .expresses = llama_cpp_keys,
     .runs = llama_cpp_engines,
     .reasons = serving_reasons},
    {.name = "sglang",
     .trains = false,
     .plan = &launch_sglang,
     .expresses = engine_keys,
     .runs = sglang_engines,
     .reasons = engine_reasons},
    {.name = "tensorrt-llm",
     .trains = false,
     .plan = &launch_trtllm,
     .expresses = engine_keys,
     .runs = trtllm_engines,
     .reasons = engine_reasons},
    {.name = "lmdeploy",
     .trains = false,
     .plan = &launch_lmdeploy,
     .expresses = engine_keys,
     .runs = lmdeploy_engines,
     .reasons = engine_reasons},
    {.name = "tgi",
     .trains = false,
     .plan = &launch_tgi,
     .expresses = engine_keys,
     .runs = tgi_engines,
     .reasons = engine_reasons},
};

/// True where every launch name of a table's rows is a launcher's name.
template <class Table>
[[nodiscard]] constexpr bool launch_names_are_launchers(const Table& table, bool trains) {
    for (const auto* row : table) {
        bool found = row->launch_name.empty();
        for (const launcher_row& each : launchers)
            found = found || (each.trains == trains && each.name == row->launch_name);
        if (!found) return false;
    }
    return true;
}
static_assert(launch_names_are_launchers(cardfit::detail::framework_table, true));
static_assert(launch_names_are_launchers(cardfit::detail::engine_table, false));

/// The launcher of this name. Throws input_error where there is none.
[[nodiscard]] inline const launcher_row& launcher_named(std::string_view name) {
    std::string accepted;
    for (const launcher_row& each : launchers) {
        if (each.name == name) return each;
        accepted += (accepted.empty() ? "" : ", ") + std::string(each.name);
    }
    throw input_error({refused_value("launcher", std::string(name), accepted)});
}

}  // namespace detail

/// Returns the names of the launchers.
[[nodiscard]] inline std::vector<std::string_view> launcher_names() {
    std::vector<std::string_view> names;
    for (const detail::launcher_row& row : detail::launchers) names.push_back(row.name);
    return names;
}

/// Returns the command and the files that start a job. Throws input_error with every key that the launcher cannot
/// express, with `launcher` where there is no such launcher, and where the cards are no whole number of nodes.
[[nodiscard]] inline launch_plan launch(const job_file& job, std::string_view launcher) {
    const detail::launcher_row& row = detail::launcher_named(launcher);
    if (row.trains != job.training.has_value())
        throw input_error({missing_key(row.trains ? "training" : "inference",
                                       "a job of " + std::string(row.trains ? "training" : "inference") + ", which " +
                                           std::string(launcher) + " runs")});
    std::vector<input_problem> problems;
    const int per_node = cards_per_host(job.hardware);
    const detail::launch_request r{.job = job,
                                   .layout = resolved(job.layout, job.hardware.cards),
                                   .nodes = job.hardware.cards / per_node,
                                   .per_node = per_node,
                                   .launcher = launcher,
                                   .problems = &problems};
    r.require(r.nodes * per_node == job.hardware.cards, "hardware.per_node", per_node,
              "a divisor of hardware.cards (" + std::to_string(job.hardware.cards) + ")");
    launch_plan plan = row.plan(r);
    detail::check_keys(r, row, plan);
    if (!problems.empty()) throw input_error(std::move(problems));
    return plan;
}

}  // namespace cardfit::io
