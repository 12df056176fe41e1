// SPDX-License-Identifier: MIT
#pragma once

// Runs a command, by the words of a command line or by a request. The program, the C interface and the page in a
// browser run commands in this one way. The commands themselves are compiled once for all of them, in run.cpp, because
// that takes longer and more memory than anything else here.

#include "console.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// The exit codes that every command uses. `stopped` is what a shell reports of a program that Ctrl-C ended.
enum exit_code { answered = 0, does_not_fit = 1, bad_input = 2, bad_lines = 3, stopped = 130 };

/// The answer to a request: the document that the command prints, and its exit code.
struct request_answer {
    nlohmann::ordered_json document;
    int code = answered;
};

/// Runs a command line with these streams and returns the exit code, whatever exception the command throws.
[[nodiscard]] int run_command(const std::vector<std::string>& words, console& streams);

/// Returns the answer to a request: what its command prints with --json, or {"text": …} for a command that has no such
/// flag. For a request that is not accepted, the document is {"error": …, "problems": …} and the exit code is 2. The
/// keys of a request are:
///   command    the command (needed)
///   job        the job file that the command reads, as an object or as its text
///   input      the text that the command reads from standard input, where that is no job
///   arguments  the words of the command line that are not flags, such as the names of cards
///   any other  a flag by its name, with _ or -: true for a flag without a value, a list for one that is given often
/// `line` is the number of the request in a stream, or 0. Throws std::bad_alloc only.
[[nodiscard]] request_answer answer_request(std::string_view text, int line = 0);

}  // namespace tool
