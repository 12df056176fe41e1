// SPDX-License-Identifier: MIT
#pragma once

// The flags by which a command line states or changes its job: those of the job's keys, --train and --infer, and
// --save-job. `fit` and `serve` have flags of keys of their own.

#include "console.hpp"
#include "job_flags.hpp"

#include <cardfit/io/diffusion_file.hpp>
#include <cardfit/key_ranges.hpp>

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace tool {

/// What a command line says about its job, and what was found of it.
struct question {
    job_flags keys{};
    bool train = false;
    bool infer = false;
    /// The first of --card and --machine, for commands of other tools, which do not say where they run.
    std::string card{};
    std::string machine{};
    std::string save{};  ///< the path of --save-job; empty if it is not given
    /// The text that named the job, and the job that it means. Standard input is read once.
    std::string text{};
    std::optional<nlohmann::json> base{};
    /// True if the text is a model, and the flags state the rest.
    bool names_model = false;
    /// True for a command for which a JSON file of an unknown kind is a model, not a job.
    bool takes_models_alone = false;
    /// True for a command that finds the layout itself.
    bool plans_layout = false;
    /// The job file that gives the answer of the command; null before it is read.
    nlohmann::json job{};
};

/// Returns the question of the command line.
[[nodiscard]] inline question& asked() { return of_this_run<question>(); }

/// Adds --per-node, --link and --network-gbit to a command that does not have them yet.
inline void add_machine_flags(CLI::App& app) {
    for (const io::listed_key& key : io::listed_keys()) {
        const bool joins = key.facts->path == key_ranges::per_node.path || key.facts->path == "hardware.link" ||
                           key.facts->path == key_ranges::network_gbit.path;
        if (joins && app.get_option_no_throw(std::string(key.facts->flag)) == nullptr)
            add_key_flag(app, key, asked().keys);
    }
}

/// Adds --train, --infer and --save-job to a command that does not have them yet.
inline void add_kind_flags(CLI::App& app) {
    const auto is_free = [&](const char* flag) { return app.get_option_no_throw(flag) == nullptr; };
    if (is_free("--train")) app.add_flag("--train", asked().train, "of a model: a training job (default)");
    if (is_free("--infer")) app.add_flag("--infer", asked().infer, "of a model: an inference job");
    app.add_option("--save-job", asked().save,
                   "write the job file of this question, for all commands to read; - prints it instead of the answer");
}

/// Adds the flags of a job's keys that a command does not have yet. --help of `fit` lists them, that of other commands
/// does not.
inline void add_question_flags(CLI::App& app) {
    for (CLI::Option* added : add_job_flags(app, asked().keys)) added->group("");
}

/// Notes the first card and the first machine that a parsed command line names.
inline void note_hardware(const CLI::App& app) {
    const auto first = [&](const char* flag, std::string& value) {
        const CLI::Option* option = app.get_option_no_throw(flag);
        if (option != nullptr && option->count() > 0) value = option->results().front();
    };
    first("--card", asked().card);
    first("--machine", asked().machine);
}

/// Returns the kind of a job file.
[[nodiscard]] inline job_kind kind_of(const nlohmann::json& job) {
    if (io::asks_for_diffusion(job)) return job_kind::diffusion;
    return job.contains("inference") ? job_kind::inference : job_kind::training;
}

/// Returns true if the sections of a job are objects, so that flags can set their keys.
[[nodiscard]] inline bool takes_flags(const nlohmann::json& job) {
    if (!job.is_object()) return false;
    for (const char* section : {"hardware", "training", "inference", "layout"})
        if (job.contains(section) && !job[section].is_object()) return false;
    return true;
}

/// Returns the job with the flags in place of its keys. What is no job is left for the reader to refuse.
[[nodiscard]] inline nlohmann::json with_flags(nlohmann::json job) {
    if (!asked().keys.given.empty() && takes_flags(job)) apply_flags(asked().keys, kind_of(job), job);
    return job;
}

}  // namespace tool
