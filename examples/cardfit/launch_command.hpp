// SPDX-License-Identifier: MIT
#pragma once

// launch: turns a job into the command and the files of the launcher or server that runs it.

#include "commands.hpp"
#include "hardware_flags.hpp"

#include <cardfit/io/import/tools/programs.hpp>
#include <cardfit/io/launch.hpp>
#include <cardfit/io/launch_kubernetes.hpp>

namespace tool {

struct launch_options {
    std::string path;
    hardware_flags hardware;
    std::string launcher;
    std::string version;
    bool slurm = false;
    bool kubernetes = false;
    bool force = false;
    bool json = false;
    answer_flags answer{};
};

/// Returns the month of a launcher's version, which is a month itself or a release that import knows.
[[nodiscard]] inline std::string month_of_version(const std::string& launcher, const std::string& version) {
    if (io::detail::parse_month(version)) return version;
    std::string accepted = "a month such as 2026-05";
    std::vector<const io::imports::tool*> tools(std::begin(io::imports::tools), std::end(io::imports::tools));
    tools.insert(tools.end(), {&io::imports::accelerate_tool, &io::imports::deepspeed_tool});
    for (const io::imports::tool* each : tools) {
        if (each->name != launcher) continue;
        const int month = io::imports::month_of_release(each->releases, version);
        if (month > 0) return io::month_text(month);
        for (const io::imports::release& known : each->releases) accepted += ", " + std::string(known.version);
    }
    throw io::input_error({io::refused_value("--tool-version", version, accepted)});
}

/// Returns the job at the month of the launcher's version, where one is given: the estimate and the command are of the
/// same month.
[[nodiscard]] inline nlohmann::json at_version(nlohmann::json job, const launch_options& o) {
    if (o.version.empty()) return job;
    for (const char* section : {"training", "inference"})
        if (job.contains(section) && job[section].is_object())
            job[section]["software_date"] = month_of_version(o.launcher, o.version);
    return job;
}

/// Returns a plan as JSON: the words of its command, and the places of those whose variables the shell expands.
[[nodiscard]] inline nlohmann::ordered_json launch_json(const io::launch_plan& plan) {
    const auto texts = [](const std::vector<io::launch_word>& words) {
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        for (const io::launch_word& word : words) all.push_back(word.text);
        return all;
    };
    nlohmann::ordered_json expands = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < plan.command.size(); ++i)
        if (plan.command[i].expands) expands.push_back(i);
    nlohmann::ordered_json files = nlohmann::ordered_json::object();
    for (const io::launch_file& file : plan.files) files[file.name] = file.text;
    nlohmann::ordered_json json = {{"command", texts(plan.command)}, {"expands", std::move(expands)}};
    if (!plan.command_elsewhere.empty()) json["command_elsewhere"] = texts(plan.command_elsewhere);
    json.update({{"files", std::move(files)}, {"notes", plan.notes}});
    return json;
}

/// Returns the verdict of a job in one line.
[[nodiscard]] inline std::string launch_verdict(const io::answered_job& a) {
    std::string text = io::verdict_text(a, {});
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

/// Says that a job that does not fit as surely as --require asks is not launched. Returns the exit code.
[[nodiscard]] inline int refuse_launch(const launch_options& o, const read_question& read, const io::answered_job& a) {
    const std::string text = launch_verdict(a) + "; --force prints the command all the same";
    if (o.json)
        output() << io::dump(with_question({{"verdict", io::answer_json(a)["verdict"]}, {"refused", text}}, read.file,
                                           read.job.assumed),
                             2)
                 << "\n";
    else
        errors() << "cardfit: " << text << "\n";
    return does_not_fit;
}

/// Returns a plan as the options ask for it: JSON, a batch script, a manifest, or a script.
[[nodiscard]] inline std::string printed_plan(const launch_options& o, const read_question& read,
                                              const io::answered_job& a, const io::launch_plan& plan) {
    const machine& hardware = read.job.hardware;
    const int per_node = cards_per_host(hardware);
    if (o.json) {
        nlohmann::ordered_json json = launch_json(plan);
        json["verdict"] = io::answer_json(a)["verdict"];
        return io::dump(with_question(std::move(json), read.file, read.job.assumed), 2) + "\n";
    }
    if (o.slurm) return io::slurm_script(plan, hardware.cards / per_node, per_node);
    return o.kubernetes ? io::kubernetes_manifest(plan, hardware) : io::shell_script(plan);
}

/// Returns the answer to a job as its plan runs it: by DeepSpeed's rules where DeepSpeed divides it, if they know it.
[[nodiscard]] inline io::answered_job answer_of_plan(const io::job_file& job, io::launch_plan& plan) {
    const bool other = plan.by_deepspeed && job.training->framework != framework::deepspeed;
    if (!other) return io::answer(job);
    io::job_file divided = job;
    divided.training->framework = framework::deepspeed;
    try {
        io::answered_job answer = io::answer(divided);
        plan.notes.insert(plan.notes.begin(),
                          "DeepSpeed divides this job: the estimate is by training.framework deepspeed");
        return answer;
    } catch (const io::input_error&) {
        return io::answer(job);
    }
}

/// Prints the command of a job that fits, or is tight, with its verdict before it.
inline int launch(const launch_options& o) {
    const read_question read =
        read_asked(at_version(on_hardware_of(o.hardware, base_job(o.path, asked().train, asked().infer)), o));
    const io::job_file& job = read.job;
    io::launch_plan plan = io::launch(job, o.launcher);
    const io::answered_job a = answer_of_plan(job, plan);
    if (!is_enough(o.answer, sureness_of(a.report)) && !o.force) return refuse_launch(o, read, a);
    if (!o.json) plan.notes.insert(plan.notes.begin(), launch_verdict(a));
    output() << printed_plan(o, read, a, plan);
    return answered;
}

/// Returns the names of the launchers, with commas between.
[[nodiscard]] inline std::string launcher_list() {
    std::string names;
    for (const std::string_view name : io::launcher_names()) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

inline std::function<int()> add_launch(CLI::App& app) {
    const auto o = std::make_shared<launch_options>();
    add_job_file(app, o->path);
    add_replacing_flags(app, o->hardware);
    app.add_option("--for", o->launcher, launcher_list())->required();
    app.add_option("--tool-version", o->version, "version or month of the launcher, such as 2026-05; else the job's");
    CLI::Option* slurm = app.add_flag("--slurm", o->slurm, "print a batch script for sbatch");
    app.add_flag("--kubernetes", o->kubernetes, "print a manifest of a Job for kubectl apply -f -")->excludes(slurm);
    app.add_flag("--force", o->force, "print the command of a job that does not fit, too");
    add_require_flag(app, o->answer);
    add_json_flag(app, o->json);
    return [o] { return launch(*o); };
}
inline constexpr command launch_command{.name = "launch",
                                        .help = "print a job as the command and files of the tool that runs it",
                                        .add = add_launch,
                                        .takes_question = true};

}  // namespace tool
