// SPDX-License-Identifier: MIT
// The command-line tool cardfit. Each command is in a header beside this file, and has a row in the list below.

#include "batch_command.hpp"
#include "calibrate_command.hpp"
#include "cards_command.hpp"
#include "compare_command.hpp"
#include "commands.hpp"
#include "detect_command.hpp"
#include "fit_command.hpp"
#include "import_command.hpp"
#include "keys_command.hpp"
#include "launch_command.hpp"
#include "machines_command.hpp"
#include "plan_command.hpp"
#include "prices.hpp"
#include "rank_command.hpp"
#include "reference_command.hpp"
#include "scaling_command.hpp"
#include "serve_command.hpp"
#include "typed_flags.hpp"
#include "validate_command.hpp"
#include "weights_command.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr tool::command commands[]{
    tool::estimate_command,  tool::fit_command,    tool::batch_command, tool::savings_command,
    tool::scaling_command,   tool::plan_command,   tool::rank_command,  tool::compare_command,
    tool::launch_command,    tool::serve_command,  tool::cards_command, tool::machines_command,
    tool::detect_command,    tool::models_command, tool::keys_command,  tool::validate_command,
    tool::calibrate_command, tool::import_command, tool::check_command, tool::reference_command,
};

/// Reports a command line that cannot be parsed: the reason on standard error and, with --json, a document on standard
/// output. Returns the exit code.
int refuse_flags(const CLI::ParseError& e, const CLI::App& app, const std::vector<std::string>& given) {
    std::string names;
    bool known = given.empty() || given[0].rfind('-', 0) == 0;
    for (const tool::command& each : commands) {
        names += (names.empty() ? "" : ", ") + std::string(each.name);
        known = known || each.name == given[0];
    }
    const std::string near = known ? tool::flag_like(app, given) : std::string();
    const std::string meant = near.empty() ? std::string() : " (is " + near + " meant?)";
    const std::string why = known ? e.what() + meant : "command is \"" + given[0] + "\"; accepted: " + names;
    const tool::io::input_error error(
        {tool::io::input_problem{.key = "command line",
                                 .value = given,
                                 .accepted = known ? "the options that --help lists" : names,
                                 .message = why}});
    return tool::report_error(error, std::find(given.begin(), given.end(), "--json") != given.end());
}

/// The paths of files that a command reads besides its job; empty for a file that is not given.
struct input_files {
    std::string calibration{};
    std::string cards{};
};

/// Runs a parsed command and returns its exit code. An input that is not accepted is also reported as JSON if the
/// command was asked for JSON.
int answer(const CLI::App& app, const std::function<int()>& run, const input_files& files) {
    const auto asks = [&](const char* flag) {
        const CLI::Option* option = app.get_option_no_throw(flag);
        return option != nullptr && option->count() > 0;
    };
    const bool json = asks("--json") || asks("--vega");
    try {
        if (!files.calibration.empty())
            tool::calibration() = tool::io::read_calibration(tool::io::read_file(files.calibration, "--calibration"));
        if (!files.cards.empty()) tool::own_cards() = tool::io::read_cards_file(files.cards, "--cards-file");
        tool::read_prices_given();
        return run();
    } catch (const tool::io::input_error& e) {
        return tool::report_error(e, json);
    } catch (const cardfit::invalid_input& e) {
        return tool::report_error(tool::io::refused(e), json);
    }
}

int run(int argc, char** argv) {
    CLI::App app{
        "Estimates whether a deep-learning job fits a GPU, how fast it runs, and which card, batch and layout to use.",
        "cardfit"};
    app.require_subcommand(1);
    app.set_version_flag("--version", tool::version());
    const std::vector<std::string> given(argv + 1, argv + argc);
    int code = tool::answered;
    for (const tool::command& each : commands) {
        CLI::App* command = app.add_subcommand(each.name, each.help);
        const std::function<int()> run_command = each.add(*command);
        const auto files = std::make_shared<input_files>();
        if (each.reads_jobs)
            command->add_option("--calibration", files->calibration, "a file that `cardfit calibrate` wrote");
        if (each.reads_jobs && each.reads_machine) tool::add_machine_flags(*command);
        if (each.reads_jobs) tool::add_hub_flags(*command);
        tool::add_output_flags(*command);
        if (each.reads_jobs || each.takes_cards)
            command->add_option("--cards-file", files->cards, "your own cards, as cards --json prints them");
        command->callback([&code, command, run_command, files] { code = answer(*command, run_command, *files); });
    }
    try {
        std::vector<std::string> words = tool::in_own_flags(app, given);
        std::reverse(words.begin(), words.end());  // as CLI11 takes them
        app.parse(std::move(words));
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() != 0) return refuse_flags(e, app, given);
        app.exit(e);
        return tool::answered;
    }
    return code;
}

/// Returns the exit code of a run, whatever exception the run throws.
int guarded_run(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        std::cerr << "cardfit: " << e.what() << "\n";
    }
    return tool::bad_input;
}

}  // namespace

int main(int argc, char** argv) {
    const int code = guarded_run(argc, argv);
    // It is an error if the answer cannot be written.
    if (std::cout.flush()) return code;
    std::cerr << "cardfit: cannot write to standard output\n";
    return tool::bad_input;
}
