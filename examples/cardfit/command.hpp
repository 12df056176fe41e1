// SPDX-License-Identifier: MIT
#pragma once

// A command of the tool as a row: its name, its help, its options and the function that answers it. The list of
// commands is in main.cpp.

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace tool {

/// A command. `add` adds its options to the parser and returns the function that answers the command after the options
/// are parsed. That function returns the exit code. It throws io::input_error or invalid_input for invalid input.
struct command {
    const char* name;
    const char* help;
    std::function<int()> (*add)(CLI::App&);
    bool reads_jobs = true;       ///< the command accepts --calibration and --cards-file
    bool takes_cards = false;     ///< the command reads no jobs, and accepts --cards-file
    bool reads_machine = true;    ///< the command accepts flags for the machine of its job (question_flags.hpp)
    bool takes_question = false;  ///< the command accepts a model and the flags of its job (question_flags.hpp)
};

/// Returns the check of a flag whose value is a number from `least` to `most`. CLI11's own lets NaN pass.
[[nodiscard]] inline CLI::Validator between(double least, double most) {
    std::ostringstream words;
    words << std::setprecision(15) << "from " << least << " to " << most;
    const auto problem = [=, range = words.str()](std::string& text) {
        double value = 0;
        const bool accepted = CLI::detail::lexical_cast(text, value) && value >= least && value <= most;
        return accepted ? std::string() : text + " is not accepted; accepted: a number " + range;
    };
    return {problem, words.str()};
}

/// Returns the check of a flag whose value is one of these words, which the help of the flag names.
[[nodiscard]] inline CLI::Validator one_of(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    const auto problem = [=](std::string& text) {
        const bool accepted = std::find(words.begin(), words.end(), text) != words.end();
        return accepted ? std::string() : "\"" + text + "\" is not accepted; accepted: " + list;
    };
    return {problem, ""};
}

inline void add_json_flag(CLI::App& app, bool& json) { app.add_flag("--json", json, "print one JSON document"); }

/// Adds the job of a command: a model with flags, a job file, or the settings of another tool.
inline void add_job_file(CLI::App& app, std::string& path, const std::string& kind = "a job") {
    app.add_option("job", path,
                   kind +
                       ": a model with the flags of fit (see: cardfit fit --help), a job file, the settings of "
                       "another tool as import reads them, or - for a job file on standard input")
        ->required();
}

}  // namespace tool
