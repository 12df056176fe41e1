// SPDX-License-Identifier: MIT
#pragma once

// All commands of the tool, and how a command line runs one of them. Each command is in a header beside this file, and
// has a row in the list below. run.cpp is the one file that includes this header.

#include "batch_command.hpp"
#include "calibrate_command.hpp"
#include "cards_command.hpp"
#include "compare_command.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "detect_command.hpp"
#include "estimate_command.hpp"
#include "fit_command.hpp"
#include "help_text.hpp"
#include "import_command.hpp"
#include "keys_command.hpp"
#include "launch_command.hpp"
#include "machines_command.hpp"
#include "plan_command.hpp"
#include "prices.hpp"
#include "rank_command.hpp"
#include "reference_command.hpp"
#include "report_command.hpp"
#include "scaling_command.hpp"
#include "serve_command.hpp"
#include "typed_flags.hpp"
#include "validate_command.hpp"
#include "weights_command.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

inline constexpr command commands[]{
    estimate_command, fit_command,       batch_command,  savings_command,  scaling_command,   plan_command,
    rank_command,     compare_command,   launch_command, serve_command,    cards_command,     machines_command,
    detect_command,   models_command,    keys_command,   validate_command, calibrate_command, import_command,
    check_command,    reference_command, report_command,
};

/// Returns the command of a name, or null if there is none.
[[nodiscard]] inline const command* find_command(std::string_view name) {
    for (const command& each : commands)
        if (each.name == name) return &each;
    return nullptr;
}

/// Returns the names of all commands, with commas between.
[[nodiscard]] inline std::string command_names() {
    std::string names;
    for (const command& each : commands) names += (names.empty() ? "" : ", ") + std::string(each.name);
    return names;
}

/// Reports a command line that cannot be parsed: the reason on standard error and, with --json, a document on standard
/// output. Returns the exit code.
[[nodiscard]] inline int refuse_flags(const CLI::ParseError& e, const CLI::App& app,
                                      const std::vector<std::string>& given) {
    const std::string names = command_names();
    const bool known = given.empty() || given[0].starts_with("-") || find_command(given[0]) != nullptr;
    const std::string near = known ? flag_like(app, given) : std::string();
    const std::string meant = near.empty() ? std::string() : " (is " + near + " meant?)";
    const std::string why = known ? e.what() + meant : "command is \"" + given[0] + "\"; accepted: " + names;
    const io::input_error error({io::input_problem{.key = "command line",
                                                   .value = given,
                                                   .accepted = known ? "the options that --help lists" : names,
                                                   .message = why}});
    return report_error(error, std::find(given.begin(), given.end(), "--json") != given.end());
}

/// The paths of files that a command reads besides its job; empty for a file that is not given.
struct input_files {
    std::string calibration{};
    std::string cards{};
};

/// Runs a command, whose answer is not printed if --save-job prints the job in its place.
[[nodiscard]] inline int run_unseen(const std::function<int()>& run) {
    if (asked().save != "-") return run();
    std::ostringstream unseen;
    std::streambuf* const shown = output().rdbuf(unseen.rdbuf());
    try {
        const int code = run();
        output().rdbuf(shown);
        return code;
    } catch (...) {
        output().rdbuf(shown);
        throw;
    }
}

/// Runs a parsed command and returns its exit code. An input that is not accepted is also reported as JSON if the
/// command was asked for JSON.
[[nodiscard]] inline int answer(const CLI::App& app, const std::function<int()>& run, const input_files& files) {
    const auto asks = [&](const char* flag) {
        const CLI::Option* option = app.get_option_no_throw(flag);
        return option != nullptr && option->count() > 0;
    };
    const bool json = asks("--json") || asks("--vega");
    try {
        if (!files.calibration.empty())
            calibration() = io::read_calibration(io::read_file(files.calibration, "--calibration"));
        if (!files.cards.empty()) own_cards() = io::read_cards_file(files.cards, "--cards-file");
        read_prices_given();
        note_hardware(app);
        const int code = run_unseen(run);
        save_job();
        return code;
    } catch (const io::input_error& e) {
        return report_error(e, json);
    } catch (const cardfit::invalid_input& e) {
        return report_error(io::refused(e), json);
    }
}

/// Adds a command with its own flags and those that all commands share. Its exit code goes to `code`. The flags of all
/// keys of a job are made for the one command that is asked.
inline void add_command(CLI::App& app, const command& each, bool is_asked, int& code) {
    CLI::App* command = app.add_subcommand(each.name, each.help);
    const std::function<int()> run_command = each.add(*command);
    const auto files = std::make_shared<input_files>();
    if (each.reads_jobs)
        command->add_option("--calibration", files->calibration, "a file that `cardfit calibrate` wrote");
    if (each.takes_question) add_kind_flags(*command);
    if (each.reads_jobs && each.reads_machine) add_machine_flags(*command);
    if (each.takes_question && is_asked) add_question_flags(*command);
    if (each.reads_jobs) add_hub_flags(*command);
    add_output_flags(*command);
    if (each.reads_jobs || each.takes_cards)
        command->add_option("--cards-file", files->cards, "your own cards, as cards --json prints them");
    // A flag takes the one word behind it, so that the job may stand between flags.
    for (CLI::Option* option : command->get_options())
        if (!option->get_positional()) option->allow_extra_args(false);
    command->callback([&code, command, run_command, files] { code = answer(*command, run_command, *files); });
}

/// Adds the commands of a command line. Flags take time to add, so only the command that runs has its own; the
/// reference prints those of all.
inline void add_commands(CLI::App& app, const std::vector<std::string>& given, int& code) {
    app.require_subcommand(1);
    app.formatter(std::make_shared<help_formatter>());
    app.get_formatter()->label("FLOAT", "N");
    app.get_formatter()->label("INT", "N");
    app.get_formatter()->label("UINT", "N");
    app.set_version_flag("--version", version());
    const bool of_all = given.empty() || given[0].starts_with("-") || given[0] == reference_command.name;
    for (const command& each : commands) {
        const bool is_asked = !given.empty() && given[0] == each.name;
        if (of_all || is_asked)
            add_command(app, each, is_asked, code);
        else
            app.add_subcommand(each.name, each.help);
    }
}

/// Returns the names of the flags of a command line, up to the command of another tool behind "--".
[[nodiscard]] inline std::set<std::string, std::less<>> flags_among(const std::vector<std::string>& given) {
    std::set<std::string, std::less<>> names;
    for (const std::string& word : given) {
        if (word == "--") break;
        if (word.size() > 1 && word.starts_with("-")) names.insert(word.substr(0, word.find('=')));
    }
    return names;
}

/// Runs a command line whose flags are all named as the command names them, and returns the exit code. Returns nothing
/// for any other: help, another tool's flag, a misspelt one or one that is refused needs a command with all its flags.
[[nodiscard]] inline std::optional<int> run_with_named_flags(const std::vector<std::string>& given) {
    const std::set<std::string, std::less<>> names = flags_among(given);
    if (given.empty() || given[0] == reference_command.name || names.contains("-h") || names.contains("--help"))
        return {};
    needed_flags().named = names;
    CLI::App app;
    int code = answered;
    add_commands(app, given, code);
    const CLI::App* command = detail::command_of(app, given);
    const auto is_known = [&](const std::string& name) { return detail::has_flag(*command, name); };
    if (command == nullptr || !std::all_of(names.begin(), names.end(), is_known)) return {};
    try {
        app.parse(std::vector<std::string>(given.rbegin(), given.rend()));  // in reverse, as CLI11 takes them
    } catch (const CLI::ParseError&) {
        return {};
    }
    return code;
}

/// Runs the command line without its first word, the program, and returns the exit code.
[[nodiscard]] inline int run_words(const std::vector<std::string>& given) {
    if (const std::optional<int> done = run_with_named_flags(given)) return *done;
    // What the flags chose so far is chosen again.
    detail::current_console()->choices.clear();
    CLI::App app{
        "Estimates whether a deep-learning job fits a GPU, how fast it runs, and which card, batch and layout to use.",
        "cardfit"};
    int code = answered;
    add_commands(app, given, code);
    try {
        std::vector<std::string> words = in_own_flags(app, given);
        std::reverse(words.begin(), words.end());  // as CLI11 takes them
        app.parse(std::move(words));
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() != 0) return refuse_flags(e, app, given);
        app.exit(e, output(), errors());
        return answered;
    }
    return code;
}

}  // namespace tool
