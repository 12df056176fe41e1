// SPDX-License-Identifier: MIT
#pragma once

// import and check: read the command, the script or the files of another tool as a job, and answer it.

#include "calibration.hpp"
#include "commands.hpp"
#include "fit_command.hpp"
#include "remedies_text.hpp"

#include <cardfit/io/import/account_text.hpp>
#include <cardfit/io/import/settings_for.hpp>

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace tool {

struct import_flags {
    std::vector<std::string> words;
    std::string card;
    std::string machine;
    std::string model;
    std::string as;
    std::string version;
    std::string require = "tight";
    std::int64_t cards = 0;
    std::int64_t sequence_length = 0;
    bool json = false;
    bool quiet = false;
};

inline void add_import_flags(CLI::App& app, import_flags& o) {
    app.add_option("--card", o.card, "the card that the command runs on: no command says it");
    app.add_option("--machine", o.machine, "the machine or instance that the command runs on (see: cardfit machines)");
    app.add_option("--cards", o.cards, "number of cards in all, where the command does not say")
        ->check(between(1, 1'000'000));
    app.add_option("--model", o.model, "the model instead of the command's: a name, a path or {\"transformer\": {…}}");
    app.add_option("--as", o.as,
                   "the tool by whose settings the command is read (" + io::imports::detail::names_of_tools() + ")");
    app.add_option("--tool-version", o.version, "version or month of the tool, such as 2025-07; else the newest known");
    app.add_option("--seq", o.sequence_length, "sequence length in tokens, where the command does not say")
        ->check(between(1, 100'000'000));
    add_json_flag(app, o.json);
    app.add_option("command", o.words,
                   "a file of settings or a script; or -- and the command line, which is read and never run")
        ->required();
}

/// Returns the words of a command. One word that names no file and has several inside is a command line in quotes.
[[nodiscard]] inline std::vector<std::string> words_of(const std::vector<std::string>& given) {
    std::error_code ignored;
    const bool in_quotes =
        given.size() == 1 && given[0].find(' ') != std::string::npos && !std::filesystem::exists(given[0], ignored);
    return in_quotes ? std::vector<std::string>{"sh", "-c", given[0]} : given;
}

/// Returns the job that the command means.
[[nodiscard]] inline io::imports::imported import_of(const import_flags& o) {
    io::imports::import_options options{.card = o.card,
                                        .machine = o.machine,
                                        .cards = o.cards,
                                        .tool = o.as,
                                        .version = o.version,
                                        .sequence_length = o.sequence_length,
                                        .own_cards = own_cards().get()};
    if (!o.model.empty()) options.model = stated_model(o.model).value_or(nlohmann::json(o.model));
    return io::imports::import_command(words_of(o.words), options);
}

/// Prints the job file on standard output and the account on standard error, or both as one JSON document.
inline int import_job(const import_flags& o) {
    const io::imports::imported command = import_of(o);
    if (o.json) {
        nlohmann::ordered_json json = {{"job", command.job}};
        json.update(io::imports::account_json(command));
        output() << io::dump(json, 2) << "\n";
        return answered;
    }
    output() << io::dump(command.job, 2) << "\n" << std::flush;
    errors() << io::imports::account_text(command);
    return answered;
}

/// Returns the verdict in one line. What is not counted and needs more memory takes back a "fits".
[[nodiscard]] inline std::string check_verdict(const io::imports::imported& command, const io::answered_job& a) {
    const std::string text = io::verdict_text(a, style());
    const bool open = a.report.grade == grade::fits && io::imports::may_need_more(command.accounts);
    return open ? text + ", without what the job cannot say" : text;
}

/// Returns how sure it is that the command fits. What is not counted and needs more memory takes back a "fits".
[[nodiscard]] inline sureness checked(const io::imports::imported& command, const io::answered_job& a) {
    const bool open = a.report.grade == grade::fits && io::imports::may_need_more(command.accounts);
    return open ? sureness::likely : sureness_of(a.report);
}

/// Prints the answer to a job with the account of its command.
template <class Job>
int print_check(const import_flags& o, const io::imports::imported& command, const Job& job, const io::answered_job& a,
                const std::string& remedies) {
    if (o.json) {
        nlohmann::ordered_json json = io::answer_json(job, a);
        json["verdict"]["answer"] = row_of(checked(command, a)).name;
        json["command"] = io::imports::account_json(command);
        output() << io::dump(with_question(std::move(json), nlohmann::json(command.job), job.assumed), 2) << "\n";
    } else if (o.quiet) {
        output() << quiet_text(checked(command, a));
    } else {
        output() << check_verdict(command, a) << "\n"
                 << io::answer_body(job, a, style(), remedies) << io::imports::account_text(command)
                 << assumptions_text(job.assumed);
    }
    return is_enough({.require = o.require}, checked(command, a)) ? answered : does_not_fit;
}

/// Returns the changes that make a job fit, those first that the command's own settings make.
template <class Job>
[[nodiscard]] std::string settings_text(const io::imports::imported& command, const io::job_file& job,
                                        const remedy_report<Job>& report, const Job& before) {
    const layout laid = resolved(job.layout, job.hardware.cards);
    std::vector<std::vector<std::string>> rows;
    for (const remedy<Job>& each : report.items()) {
        const std::string settings = io::imports::settings_for(*command.program, before, laid, each.job, each.layout);
        if (!settings.empty()) rows.push_back({settings, io::in_gib(each.device), speed_text(each.slowdown)});
    }
    if (rows.empty()) return {};
    return "  Settings of " + command.tool_name + " that make it fit:\n" + io::aligned(rows, 1, "    ");
}

/// Returns the longest sequence that fits, as the command's own setting, for a job that does not.
[[nodiscard]] inline std::string shorter_text(const io::imports::imported& command, const io::job_file& job,
                                              const io::answered_job& a) {
    const std::int64_t asked =
        job.training ? job.training->sequence_length : job.inference->prompt + job.inference->generate;
    if (a.max_sequence_length < 1 || a.max_sequence_length >= asked) return {};
    const io::imports::tool& by = *command.program;
    const std::string longest = std::to_string(a.max_sequence_length);
    const auto setting = job.training ? io::imports::detail::setting_of_fact(by, "training.sequence_length", longest)
                                      : io::imports::setting_of_length(by, a.max_sequence_length, job.inference->batch);
    return setting ? "  The longest that fits by the central estimate: " + *setting + "\n" : std::string();
}

/// Returns the changes that make a job fit.
[[nodiscard]] inline std::string check_remedies(const io::imports::imported& command, const io::job_file& job,
                                                const io::answered_job& a) {
    if (a.report.grade == grade::fits) return {};
    std::string text = shorter_text(command, job, a);
    with_remedies(job, [&](const auto& r) {
        if constexpr (std::is_same_v<std::decay_t<decltype(r)>, remedy_report<training>>)
            text += settings_text(command, job, r, *job.training);
        else
            text += settings_text(command, job, r, *job.inference);
        text += remedies_text(job, r);
    });
    return text;
}

inline int check_job(const import_flags& o) {
    const io::imports::imported command = import_of(o);
    const nlohmann::json given = with_flags(nlohmann::json(command.job));
    if (io::asks_for_diffusion(given)) {
        const io::diffusion_file file = read_diffusion(given);
        return print_check(o, command, file, io::answer(file), "");
    }
    const io::job_file job = read_job(given);
    const io::answered_job a = io::answer(job);
    return print_check(o, command, job, a, check_remedies(command, job, a));
}

inline std::function<int()> add_import(CLI::App& app) {
    const auto o = std::make_shared<import_flags>();
    add_import_flags(app, *o);
    return [o] { return import_job(*o); };
}
inline constexpr command import_command{"import", "print the job that the command of another tool means", add_import};

inline std::function<int()> add_check(CLI::App& app) {
    const auto o = std::make_shared<import_flags>();
    add_import_flags(app, *o);
    app.add_option("--require", o->require,
                   "the least sure verdict with exit code 0: fits (YES), likely (LIKELY) or possible (UNLIKELY), which "
                   "is tight; "
                   "default: possible")
        ->check(one_of({"fits", "likely", "possible", "tight"}));
    app.add_flag("-q,--quiet", o->quiet, "print the verdict alone, in one word");
    return [o] { return check_job(*o); };
}
inline constexpr command check_command{"check", "answer whether the command of another tool fits", add_check};

}  // namespace tool
