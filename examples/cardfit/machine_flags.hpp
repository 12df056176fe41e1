// SPDX-License-Identifier: MIT
#pragma once

// --per-node, --link and --network-gbit: how the cards of a job are joined, for every command that reads a job file.
// The flags replace what the file says. `fit` and `serve` build their jobs from flags and have them among others.

#include "console.hpp"
#include "job_flags.hpp"

#include <cardfit/key_ranges.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>

namespace tool {

/// Returns the flags of the command line for the job's machine.
[[nodiscard]] inline job_flags& machine_flags() { return of_this_run<job_flags>(); }

/// Adds the flags of the machine that a command does not have yet.
inline void add_machine_flags(CLI::App& app) {
    for (const io::listed_key& key : io::listed_keys()) {
        const bool joins = key.facts->path == key_ranges::per_node.path || key.facts->path == "hardware.link" ||
                           key.facts->path == key_ranges::network_gbit.path;
        if (joins && app.get_option_no_throw(std::string(key.facts->flag)) == nullptr)
            add_key_flag(app, key, machine_flags());
    }
}

/// Returns the job with the flags in place of its keys. A job without hardware is left for the reader to refuse.
[[nodiscard]] inline nlohmann::json with_machine_flags(nlohmann::json job) {
    if (!job.is_object() || !job.contains("hardware") || !job["hardware"].is_object()) return job;
    for (const given_flag& given : machine_flags().given) {
        const keys::key_facts* key = detail::key_of(given.flag, {keys::section::hardware});
        job["hardware"][std::string(key->path.substr(key->path.find('.') + 1))] = given.value;
    }
    return job;
}

}  // namespace tool
