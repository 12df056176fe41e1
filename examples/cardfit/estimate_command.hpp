// SPDX-License-Identifier: MIT
#pragma once

// estimate: memory and time of one job, or of a stream of jobs, one per line.

#include "commands.hpp"
#include "fit_table.hpp"

namespace tool {

[[nodiscard]] inline int code_of(const answer_flags& flags, const io::answered_job& a) {
    return is_enough(flags, sureness_of(a.report)) ? answered : does_not_fit;
}

struct estimate_options {
    std::string path;
    bool json = false;
    bool stream = false;
    bool online = false;
    hardware_flags hardware{};
    answer_flags answer{};
};

/// Returns the answer to a job, with its cost if --prices has the price of its machine.
[[nodiscard]] inline nlohmann::ordered_json priced_json(const io::job_file& job, const io::answered_job& a) {
    nlohmann::ordered_json json = io::answer_json(job, a);
    add_job_cost_json(json, job, a, 0);
    return json;
}

/// Returns the answer to a job of a diffusion model, with the price of its machine if --prices has it.
[[nodiscard]] inline nlohmann::ordered_json priced_json(const io::diffusion_file& file, const io::answered_job& a) {
    nlohmann::ordered_json json = io::answer_json(file, a);
    add_rent_json(json, file.hardware);
    return json;
}

/// Returns the same with how sure it is that the job fits.
template <class Job>
[[nodiscard]] nlohmann::ordered_json judged_json(const Job& job, const io::answered_job& a) {
    nlohmann::ordered_json json = priced_json(job, a);
    json["verdict"]["answer"] = row_of(sureness_of(a.report)).name;
    return json;
}

/// Returns the answer to a job as a line of JSON.
[[nodiscard]] inline std::string answer_line(const io::job_file& job) {
    const io::answered_job answer = io::answer(job);
    // Only a price is added to the document, which therefore needs no tree without one.
    return prices() ? io::dump(priced_json(job, answer)) : io::answer_line(job, answer);
}

/// Returns the answer to one line of a stream. The line is a job of any kind of model.
[[nodiscard]] inline std::string answer_line(const std::string& line, const hardware_flags& hardware) {
    const bool as_it_is = hardware.cards.empty() && hardware.machines.empty() && asked().keys.given.empty();
    io::job_file plain;
    if (as_it_is && tool::read_plain_job(line, plain)) return answer_line(plain);
    const nlohmann::json job = with_flags(on_hardware_of(hardware, io::job_of_text(line)));
    if (io::asks_for_diffusion(job)) {
        const io::diffusion_file file = read_diffusion(job);
        return io::dump(priced_json(file, io::answer(file)));
    }
    return answer_line(read_job(job));
}

/// Prints one answer per line, in order. For a bad line, it prints an error object instead. What is answered is printed
/// before the program waits for more lines.
inline int estimate_stream(std::istream& in, const hardware_flags& hardware) {
    int code = answered;
    line_writer answers(output());
    const auto print_answer = [&](int, const std::string& line) { answers.write(answer_line(line, hardware)); };
    const auto print_error = [&](int number, const io::input_error& e) {
        answers.write(io::dump(io::error_json(e, number)));
        code = bad_lines;
    };
    for_each_line(in, print_answer, print_error, [&answers] { answers.flush(); });
    return code;
}

inline int estimate_stream(const estimate_options& o) {
    const std::string accepted = "--jsonl alone, whose answers are JSON";
    refuse_table(o.answer, "prints the table of one job", accepted);
    if (o.answer.quiet) refuse_flag("--quiet", "--quiet prints the verdict of one job", accepted);
    if (o.path.empty() || o.path == "-") return estimate_stream(input(), o.hardware);
    std::ifstream lines = lines_of(o.path);
    return estimate_stream(lines, o.hardware);
}

/// Prints the answer to a job of a diffusion model. Returns the exit code of its grade.
inline int estimate_diffusion(const estimate_options& options, const nlohmann::json& job) {
    if (!options.json)
        refuse_table(options.answer, "has no columns for the images of a diffusion model", "--json, or neither");
    const io::diffusion_file file = read_diffusion(job);
    note_job(job);
    const io::answered_job a = io::answer(file);
    if (options.json)
        output() << io::dump(with_question(judged_json(file, a), asked().job, file.assumed), 2) << "\n";
    else if (options.answer.quiet)
        output() << quiet_text(sureness_of(a.report));
    else
        output() << io::answer_text(file, a, style()) << prices_text({file.hardware}) << assumptions_text(file.assumed);
    return code_of(options.answer, a);
}

inline int estimate(const estimate_options& options) {
    hub_choice().of_stream = options.stream && !options.online;
    if (options.stream) return estimate_stream(options);
    if (options.path.empty())
        throw io::input_error({io::missing_key("job", "a job file, or - for standard input, or --jsonl")});
    const nlohmann::json given = on_hardware_of(options.hardware, base_job(options.path, asked().train, asked().infer));
    if (io::asks_for_diffusion(given)) return estimate_diffusion(options, with_flags(given));
    const io::job_file job = read_asked(given).job;
    const io::answered_job a = io::answer(job);
    if (options.json)
        output() << io::dump(with_question(judged_json(job, a), asked().job, job.assumed), 2) << "\n";
    else if (options.answer.quiet)
        output() << quiet_text(sureness_of(a.report));
    else if (options.answer.csv || options.answer.markdown)
        output() << printed(answers_table({{.job = job, .answer = a}}), options.answer, "");
    else
        output() << io::answer_text(job, a, style()) << job_cost_text(job, a, 0) << assumptions_text(job.assumed);
    return code_of(options.answer, a);
}

inline std::function<int()> add_estimate(CLI::App& app) {
    const auto o = std::make_shared<estimate_options>();
    app.add_option(
        "job", o->path,
        "a job: a model with the flags of fit, a job file, settings of another tool, or - for standard input");
    add_replacing_flags(app, o->hardware);
    add_answer_flags(app, o->answer);
    add_json_flag(app, o->json);
    app.add_flag("--jsonl", o->stream,
                 "read jobs or measured rows from standard input, one per line, and print one answer per line");
    add_prices_flag(app);
    app.add_flag("--online", o->online, "with --jsonl: ask the Hub for models that are not known");
    return [o] { return estimate(*o); };
}
inline constexpr command estimate_command{.name = "estimate",
                                          .help = "estimate memory and time of one job file or a stream of jobs",
                                          .add = add_estimate,
                                          .takes_question = true};

}  // namespace tool
