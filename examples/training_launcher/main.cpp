// SPDX-License-Identifier: MIT

// A training launcher: reads a model's config.json, finds the cards of this machine (or takes --card and --cards),
// picks the best layout, and prints or runs the command of the launcher that the user names. If no layout fits, it
// refuses and lists the changes that make the job fit.
//
//     training_launcher CONFIG.json --for torchtitan --sequence 8192 --global-batch 64 [--run]
//                       [--card h100-sxm5-80gb --cards 8]

#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/io/launch.hpp>
#include <cardfit/io/nvml.hpp>
#include <cardfit/io/text.hpp>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <fstream>
#include <iostream>

using namespace cardfit;

namespace {

struct options {
    std::string config;
    std::string launcher = "torchtitan";
    std::string card;
    int cards = 0;
    std::int64_t sequence = 4096;
    /// The number of sequences per step. 0 stands for one per card.
    std::int64_t global_batch = 0;
    bool run = false;
};

/// Returns the machine that the options name, or else the NVIDIA cards that the driver reports. Throws input_error if
/// these are of several kinds.
[[nodiscard]] nlohmann::json hardware_of(const options& o) {
    if (!o.card.empty()) return {{"card", o.card}, {"cards", o.cards > 0 ? o.cards : 1}};
    const io::nvml_answer found = io::nvml_cards();
    const std::string instead = "--card and --cards";
    if (found.cards.empty())
        throw io::input_error(
            {io::input_problem{.key = "hardware",
                               .accepted = instead,
                               .message = "no NVIDIA cards found: name the machine with " + instead}});
    for (const io::nvml_card& each : found.cards)
        if (each.name != found.cards[0].name)
            throw io::input_error({io::refused_value("hardware.card", each.name, "cards of one kind, or " + instead)});
    return {{"card", found.cards[0].name}, {"cards", found.cards.size()}};
}

/// Returns the framework whose memory and time rules the launcher's jobs follow.
[[nodiscard]] std::string framework_of(const std::string& launcher) {
    const framework_row* row = framework_of_launcher(launcher);
    return row ? std::string(row->name) : launcher;
}

/// Returns the job that the options describe, data parallel over all cards. Throws input_error if the global batch is
/// not a multiple of the number of cards.
[[nodiscard]] io::job_file job_of(const options& o) {
    const nlohmann::json hardware = hardware_of(o);
    const int cards = hardware["cards"].get<int>();
    const std::int64_t batch = o.global_batch > 0 ? o.global_batch : cards;
    if (batch % cards != 0)
        throw io::input_error(
            {io::refused_value("--global-batch", batch, "a multiple of the cards: " + std::to_string(cards))});
    return io::read_job({{"model", {{"huggingface", o.config}}},
                         {"hardware", hardware},
                         {"training",
                          {{"sequence_length", o.sequence},
                           {"gradient_accumulation", batch / cards},
                           {"loss", "full"},
                           {"framework", framework_of(o.launcher)}}},
                         {"layout", {{"data", cards}}}});
}

/// Prints on standard error that no layout fits, followed by the changes that make the job fit. Returns the exit code.
[[nodiscard]] int refuse(const io::job_file& job) {
    std::cerr << "training_launcher: this job fits no layout of " << job.hardware.cards << " x "
              << job.hardware.card.name << "\n";
    const remedy_report<training> help =
        std::visit([&](const auto& m) { return remedies(m, *job.training, job.hardware, job.layout); }, job.model);
    for (const remedy<training>& each : help.items()) {
        std::cerr << "  this fits: ";
        for (const std::string_view& name : each.items()) std::cerr << (&name == each.names ? "" : " and ") << name;
        std::cerr << " (step time x " << io::fixed(each.slowdown, 2) << ")\n";
    }
    return 1;
}

/// Writes the launcher's files and replaces this process with its command. Returns only if that fails.
[[nodiscard]] int run(const io::launch_plan& launch) {
    for (const io::launch_file& file : launch.files) {
        std::ofstream out(file.name);
        if (!(out << file.text).flush()) {
            std::cerr << "training_launcher: cannot write " << file.name << "\n";
            return 2;
        }
    }
    // The shell expands the variables that differ between nodes.
    const std::string command = "exec " + io::shell_command(launch.command);
    execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    std::cerr << "training_launcher: cannot start " << launch.command[0].text << "\n";
    return 2;
}

/// A job and the launcher that starts it.
struct asked_launch {
    const io::job_file& job;
    const std::string& launcher;
};
/// Returns the files and the command that start a plan. Throws io::input_error if the launcher cannot express it.
[[nodiscard]] io::launch_plan start_of(const asked_launch& asked, const plan& p) {
    io::job_file laid = asked.job;
    laid.training = p.job;
    laid.layout = p.layout;
    return io::launch(laid, asked.launcher);
}

/// Returns the plans that the launcher can express. If it can express none of the plans that fit, returns all plans
/// that fit.
[[nodiscard]] plan_report plans_of(const asked_launch& asked) {
    const auto expressible = [](const plan& p, const void* context) {
        try {
            static_cast<void>(start_of(*static_cast<const asked_launch*>(context), p));
            return true;
        } catch (const io::input_error&) {
            return false;
        }
    };
    const io::job_file& job = asked.job;
    return std::visit(
        [&](const auto& m) {
            const plan_report some = best_plans(m, *job.training, job.hardware, job.layout,
                                                {.accept = expressible, .accept_context = &asked});
            return some.count > 0 ? some : best_plans(m, *job.training, job.hardware, job.layout);
        },
        job.model);
}

/// Finds the best layout, and prints or runs its command. Returns the exit code.
[[nodiscard]] int launch(const options& o) {
    const io::job_file job = job_of(o);
    const plan_report plans = plans_of({job, o.launcher});
    if (plans.count == 0) return refuse(job);
    const plan& p = plans.best();
    const io::launch_plan start = start_of({job, o.launcher}, p);
    std::cerr << "step " << io::in_time(p.time.step) << ", " << io::in_gib(p.device) << " of " << io::in_gib(p.capacity)
              << " per card\n";
    if (o.run) return run(start);
    std::cout << io::shell_script(start);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    options o;
    CLI::App app{"Starts a training job in the fastest layout that fits"};
    app.add_option("config", o.config, "a model's config.json")->required();
    app.add_option("--for", o.launcher, "torchtitan, deepspeed, megatron, accelerate");
    app.add_option("--card", o.card, "card id or printed name; default: this machine's cards");
    app.add_option("--cards", o.cards, "number of cards")->check(CLI::Range(1, 65536));
    app.add_option("--sequence", o.sequence, "tokens per sequence");
    app.add_option("--global-batch", o.global_batch, "sequences per step; default: one per card")
        ->check(CLI::Range(1, 1'000'000));
    app.add_flag("--run", o.run, "start the launcher instead of printing its command");
    CLI11_PARSE(app, argc, argv);
    try {
        return launch(o);
    } catch (const std::exception& e) {
        std::cerr << "training_launcher: " << e.what() << "\n";
        return 2;
    }
}
