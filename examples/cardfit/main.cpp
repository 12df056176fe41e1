// SPDX-License-Identifier: MIT
// The cardfit command line. Each command is a header beside this file.

#include "batch_command.hpp"
#include "cards_command.hpp"
#include "compare_command.hpp"
#include "commands.hpp"
#include "detect_command.hpp"
#include "fit_command.hpp"
#include "launch_command.hpp"
#include "plan_command.hpp"
#include "rank_command.hpp"
#include "scaling_command.hpp"
#include "serve_command.hpp"
#include "validate_command.hpp"
#include "weights_command.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

namespace {

/// A command line that cannot be read: the reason on stderr, and with --json the document on stdout.
int refuse_flags(const CLI::App& app, const CLI::ParseError& e, int argc, char** argv) {
    const std::vector<std::string> given(argv + 1, argv + argc);
    std::string why = e.what();
    std::string commands;
    bool known = given.empty() || given[0].rfind('-', 0) == 0;
    for (const CLI::App* each : app.get_subcommands({})) {
        commands += (commands.empty() ? "" : ", ") + each->get_name();
        known = known || each->get_name() == given[0];
    }
    if (!known) why = "command is \"" + given[0] + "\"; accepted: " + commands;
    const tool::io::input_error error(
        {tool::io::input_problem{.key = "command line",
                                 .value = given,
                                 .accepted = !known ? commands : "the flags and values that --help names",
                                 .message = why}});
    return tool::report_error(error, std::find(given.begin(), given.end(), "--json") != given.end());
}

int run(int argc, char** argv) {
    CLI::App app{"Does a deep-learning job belong on a card? Memory, batch size and layout, with numbers.", "cardfit"};
    app.require_subcommand(1);
    app.set_version_flag("--version", tool::version());
    int code = tool::answered;

    tool::estimate_options estimate;
    CLI::App* estimate_command = app.add_subcommand("estimate", "answer one job file, or a stream of them");
    estimate_command->add_option("job", estimate.path, "a job file, or - for standard input");
    estimate_command->add_flag("--json", estimate.json, "print one JSON document");
    estimate_command->add_flag("--jsonl", estimate.stream,
                               "read jobs or measured rows from standard input, one a line, and answer each on a line");
    estimate_command->callback([&] { code = tool::estimate(estimate); });

    tool::fit_options fit;
    CLI::App* fit_command = app.add_subcommand("fit", "answer a job given by flags, for one or several cards");
    tool::add_fit_flags(*fit_command, fit);
    fit_command->callback([&] { code = tool::fit(fit); });

    tool::batch_options batch;
    CLI::App* batch_command = app.add_subcommand("batch", "largest micro-batch and longest sequence, card by card");
    batch_command->add_option("job", batch.path, "a job file, or - for standard input")->required();
    batch_command->add_option("--card", batch.cards, "on this card instead of the job's; may be given several times");
    batch_command->add_flag("--json", batch.json, "print one JSON document");
    batch_command->callback([&] { code = tool::batch(batch); });

    tool::savings_options savings;
    CLI::App* savings_command = app.add_subcommand("savings", "bytes and step time in each precision, against fp32");
    savings_command->add_option("job", savings.path, "a job file of a training, or - for standard input")->required();
    savings_command->add_flag("--json", savings.json, "print one JSON document");
    savings_command->callback([&] { code = tool::savings(savings); });

    tool::scaling_options scaling;
    CLI::App* scaling_command =
        app.add_subcommand("scaling", "step time for 1, 2, 4 ... cards, with NVLink and without");
    scaling_command->add_option("job", scaling.path, "a job file of a training, or - for standard input")->required();
    scaling_command->add_option("--cards", scaling.cards, "up to so many cards; default: the job's")
        ->check(CLI::Range(1, 8192));
    scaling_command->add_flag("--json", scaling.json, "print one JSON document");
    scaling_command->add_flag("--vega", scaling.vega, "print a Vega-Lite document of both curves");
    scaling_command->callback([&] { code = tool::scaling(scaling); });

    tool::plan_options plan;
    CLI::App* plan_command = app.add_subcommand("plan", "the best layouts of the job's machine");
    plan_command->add_option("job", plan.path, "a job file of a training, or - for standard input")->required();
    plan_command->add_option("--top", plan.top, "show so many, from the fastest to the smallest")
        ->check(CLI::Range(1, 32));
    plan_command->add_option("--for", plan.launcher,
                             "and how to start the best: torchtitan, deepspeed, megatron, accelerate");
    plan_command->add_flag("--tight", plan.tight, "take plans that only the central estimate fits");
    plan_command->add_flag("--json", plan.json, "print one JSON document");
    plan_command->callback([&] { code = tool::plan(plan); });

    tool::rank_options rank;
    CLI::App* rank_command = app.add_subcommand("rank", "machines for a job: the fastest, or the cheapest, that fit");
    rank_command->add_option("job", rank.job, "a job file, or - for standard input")->required();
    rank_command->add_option("--card", rank.cards, "only this card; may be given several times");
    rank_command->add_option("--count", rank.counts, "cards a machine; default 1, 2, 4 and 8")
        ->check(CLI::Range(1, 1024));
    rank_command->add_option("--price", rank.prices, "CARD=DOLLARS a card and hour; may be given several times");
    rank_command->add_option("--by", rank.by, "time, energy or rent")->check(CLI::IsMember({"time", "energy", "rent"}));
    rank_command->add_option("--top", rank.top, "show so many")->check(CLI::Range(1, 1000));
    rank_command->add_flag("--mig", rank.slices, "MIG slices too");
    rank_command->add_flag("--json", rank.json, "print one JSON document");
    rank_command->callback([&] { code = tool::rank(rank); });

    tool::compare_options compare;
    CLI::App* compare_command =
        app.add_subcommand("compare", "cards side by side for a job, and the reasons that decide");
    compare_command->add_option("cards", compare.cards, "card ids, or names as nvidia-smi prints them")->required();
    compare_command->add_option("--job", compare.job, "a job file, or - for standard input")->required();
    compare_command->add_flag("--json", compare.json, "print one JSON document");
    compare_command->callback([&] { code = tool::compare(compare); });

    tool::launch_options launch;
    CLI::App* launch_command = app.add_subcommand("launch", "a job as the command and files of the tool that runs it");
    launch_command->add_option("job", launch.path, "a job file, or - for standard input")->required();
    launch_command->add_option("--for", launch.launcher, "torchtitan, deepspeed, megatron, accelerate, vllm, llama.cpp")
        ->required();
    launch_command->add_flag("--json", launch.json, "print one JSON document");
    launch_command->callback([&] { code = tool::launch(launch); });

    tool::serve_options serve;
    CLI::App* serve_command =
        app.add_subcommand("serve", "a line a card: format, layers on the cards, context and users of a served model");
    serve_command->add_option("model", serve.model, "a zoo id, a config.json, a .gguf or .safetensors file")
        ->required();
    serve_command->add_option("--card", serve.cards, "card id or printed name; may be given several times")->required();
    serve_command->add_option("--cards", serve.count, "how many cards")->check(CLI::Range(1, 1024));
    serve_command->add_option("--weights", serve.weights, "format of the weights; default: the most bits that fit");
    serve_command->add_option("--engine", serve.engine, "default: llama.cpp for its files, else vllm");
    serve_command
        ->add_option("--context", serve.context, "tokens of a user's context; default 8192, or the model's positions")
        ->check(CLI::Range(1, 100'000'000));
    serve_command->add_flag("--json", serve.json, "print one JSON document");
    serve_command->callback([&] { code = tool::serve(serve); });

    tool::cards_options cards;
    CLI::App* cards_command = app.add_subcommand("cards", "the card table, or the rows asked for");
    cards_command->add_option("ids", cards.ids, "card ids, or names as nvidia-smi prints them");
    cards_command->add_option("--min-memory", cards.min_memory_gib, "at least so many GiB");
    cards_command->add_option("--format", cards.format, "has a unit for matrices of this format: bf16, fp8, ...");
    cards_command->add_flag("--nvlink", cards.nvlink, "has NVLink");
    cards_command->add_option("--vendor", cards.vendor, "nvidia, amd, intel");
    cards_command->add_option("--segment", cards.segment, "datacenter, workstation, consumer, embedded");
    cards_command->add_option("--sort", cards.sort, "by this key of the JSON rows, largest first");
    cards_command->add_flag("--ascending", cards.ascending, "smallest first");
    cards_command->add_flag("--json", cards.json, "print one JSON document");
    cards_command->callback([&] { code = tool::cards(cards); });

    tool::detect_options detect;
    CLI::App* detect_command =
        app.add_subcommand("detect", "the cards of this machine (NVML), as table ids with free memory");
    detect_command->add_flag("--json", detect.json, "print one JSON document");
    detect_command->callback([&] { code = tool::detect(detect); });

    tool::table_options models;
    CLI::App* models_command =
        app.add_subcommand("models", "the model zoo, or the models and files of weights asked for");
    models_command->add_option("ids", models.ids, "zoo ids, or .gguf and .safetensors files");
    models_command->add_flag("--json", models.json, "print one JSON document");
    models_command->callback([&] { code = tool::models_or_files(models); });

    tool::validate_options validate;
    CLI::App* validate_command = app.add_subcommand("validate", "estimates against published measurements");
    validate_command->add_option("file", validate.path, "measured rows (JSONL), or - for standard input")->required();
    validate_command->add_flag("--json", validate.json, "print one JSON document");
    validate_command->add_flag("--rows", validate.each, "print each row's estimate and error");
    validate_command->add_flag("--leave-one-source-out", validate.held_out,
                               "estimate each source without the constants that it settled");
    validate_command->callback([&] { code = tool::validate(validate); });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() != 0) return refuse_flags(app, e, argc, argv);
        app.exit(e);
        return tool::answered;
    }
    return code;
}

/// The exit code of a run, whatever it throws.
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
    // A full disk must not pass for an answer.
    if (std::cout.flush()) return code;
    std::cerr << "cardfit: cannot write to standard output\n";
    return tool::bad_input;
}
