// SPDX-License-Identifier: MIT
#pragma once

// fit: answers a job that is given by flags, or by a file with flags in place of its keys. The flags are turned into a
// job file, so that the same code reads, checks and refuses both.

#include "alternatives.hpp"
#include "bridge.hpp"
#include "bytes_answer.hpp"
#include "commands.hpp"
#include "fit_table.hpp"
#include "hardware_flags.hpp"
#include "job_flags.hpp"
#include "phases.hpp"
#include "prices.hpp"
#include "question.hpp"
#include "remedies_text.hpp"
#include "run_text.hpp"

#include <cardfit/io/weights_file.hpp>

namespace tool {

struct fit_options {
    std::string model;
    hardware_flags hardware;
    /// The price in US dollars per GPU-hour. With 0, no cost is computed.
    double price = 0;
    run_flags run{};
    bool train = false;
    bool infer = false;
    bool json = false;
    answer_flags answer{};
    /// The keys of the job file that the command line gives as flags.
    job_flags flags{};
};

inline void add_fit_flags(CLI::App& app, fit_options& o) {
    app.add_option("model,--model", o.model,
                   "a job file, settings of another tool, or a model: a zoo id (see: cardfit models), a name at the "
                   "Hub or at Ollama, a config.json, a checkpoint (a "
                   "folder, an index, a .gguf or .safetensors file, or the JSON that the Hub answers for a model), or "
                   "{\"transformer\": {…}}")
        ->required();
    add_hardware_flags(
        app, o.hardware,
        "card id or printed name; several with commas between, or given several times (see: cardfit cards)");
    app.add_flag("--train", o.train, "a training job (default)");
    app.add_flag("--infer", o.infer, "an inference job");
    app.add_flag("--json", o.json, "print one JSON document");
    app.add_option("--price", o.price, "US dollars per GPU-hour: adds the energy and cost of a step or token")
        ->check([](const std::string& text) {
            const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
            const bool price = value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 1e6;
            return price ? std::string() : text + " is not a price; accepted: 0 to 1000000 dollars";
        });
    add_prices_flag(app);
    add_run_flags(app, o.run);
    add_answer_flags(app, o.answer);
    add_job_flags(app, o.flags);
}

/// Returns the job file that the flags describe, on this hardware, or on the job's own where that is null. The reader
/// of a diffusion model's job refuses the keys that such models lack.
[[nodiscard]] inline nlohmann::json job_of(const fit_options& o, const nlohmann::json& hardware) {
    nlohmann::json job = base_job(o.model, o.train, o.infer);
    if (!hardware.is_null()) job = on_hardware(std::move(job), hardware);
    if (takes_flags(job)) apply_flags(o.flags, kind_of(job), job);
    return job;
}

/// Returns the hardware of each answer: what the command line names, or null for that of the job file. Throws
/// input_error for a model without either.
[[nodiscard]] inline std::vector<nlohmann::json> hardware_asked(const hardware_flags& flags) {
    const bool of_file = !asked().names_model && flags.cards.empty() && flags.machines.empty();
    return of_file ? std::vector<nlohmann::json>{nullptr} : required_hardware_of(flags);
}

/// The answers to one command line, one per card.
struct fit_answers {
    /// The exit code of the best answer, so that 1 means that the job fits on none of the cards.
    int code = does_not_fit;
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    std::string text{};
};

inline int print(const fit_answers& all, bool json) {
    if (json)
        output() << io::dump(all.json.size() == 1 ? all.json[0] : all.json, 2) << "\n";
    else
        output() << all.text;
    return all.code;
}

/// Returns the exit code of a verdict.
[[nodiscard]] inline int code_of(const fit_options& o, sureness verdict) {
    return is_enough(o.answer, verdict) ? answered : does_not_fit;
}

/// Answers a job of a diffusion model.
inline int fit_diffusion(const fit_options& o) {
    if (o.flags.find("--lora") || o.price > 0 || o.run.is_stated())
        refuse_flag("model", o.model + " is a diffusion model",
                    "--infer without --lora, --price, --samples, --tokens, --epochs and --deadline");
    if (!o.json) refuse_table(o.answer, "has no columns for the images of a diffusion model", "--json, or neither");
    fit_answers all;
    const std::vector<nlohmann::json> hardware = hardware_asked(o.hardware);
    for (const nlohmann::json& called : hardware) {
        const nlohmann::json job = job_of(o, called);
        const io::diffusion_file file = read_diffusion(job);
        note_job(job);
        const io::answered_job a = io::answer(file);
        all.code = (std::min)(all.code, code_of(o, sureness_of(a.report)));
        nlohmann::ordered_json each = {{"card", file.hardware.card.id}};
        each.update(io::answer_json(file, a));
        each["verdict"]["answer"] = row_of(sureness_of(a.report)).name;
        add_rent_json(each, file.hardware);
        const bool fits_not = a.report.grade == grade::does_not_fit;
        if (o.json && fits_not) each["alternatives"] = alternatives_json(diffusion_ways(job));
        all.json.push_back(with_question(std::move(each), job, file.assumed));
        if (o.answer.quiet) {
            all.text += quiet_text(sureness_of(a.report));
            continue;
        }
        all.text += io::answer_text(file, a, style(), fits_not ? diffusion_alternatives(file, job) : std::string());
        all.text += prices_text({file.hardware});
        if (&called == &hardware.back()) all.text += assumptions_text(file.assumed);
    }
    return print(all, o.json);
}

[[nodiscard]] inline nlohmann::ordered_json fit_json(const fit_options& o, const fit_answer& each) {
    const io::job_file& job = each.job;
    const io::answered_job& a = each.answer;
    nlohmann::ordered_json json = {{"card", job.hardware.card.id}};
    if (!job.hardware.name.empty()) json.update(machine_json(job.hardware));
    json.update(io::answer_json(job, a));
    json["peak_stage"] = a.need().peak_stage;
    json["phases"] = phases_json(job);
    json["verdict"]["answer"] = row_of(each.verdict()).name;
    if (job.hardware.cards > 1) json["layout"] = layout_json(resolved(job.layout, job.hardware.cards));
    if (const std::optional<bridge_offer> offer = bridge_of(job, a))
        json["nvlink_bridge"] = {{"seconds", offer->seconds}, {"faster", offer->faster}};
    if (a.report.grade != grade::fits)
        with_remedies(job, [&](const auto& r) { json["remedies"] = remedies_json(job, r); });
    if (a.report.grade == grade::does_not_fit) json["alternatives"] = alternatives_json(alternatives_of(each));
    if (a.report.grade == grade::fits) json["smallest_slice"] = alternatives_json(smallest_slice(each));
    add_job_cost_json(json, job, a, o.price);
    add_run_json(json, run_of_job(o.run, job, a, o.price));
    return with_question(std::move(json), each.file, job.assumed);
}

/// Returns what to do about a job that does not fit at the upper error bound, and where else it fits.
[[nodiscard]] inline std::string ways_text(const fit_answer& each) {
    const grade g = each.answer.report.grade;
    if (g == grade::fits) return {};
    const std::size_t most = output_choice().verbose ? max_remedies : 4;
    std::string text;
    with_remedies(each.job, [&](const auto& sure) {
        const auto likely = likely_remedies(each.job, each.answer, sure);
        if (likely.count > 0) text += remedies_text(each.job, likely, 2, "Likely to fit, within the estimate, add:");
        text += remedies_text(each.job, sure, likely.count > 0 ? most - 2 : most);
    });
    if (g == grade::tight) return text;
    return text + alternatives_text(alternatives_of(each), tried_text(each.job));
}

/// Returns the answer on one kind of card.
[[nodiscard]] inline std::string fit_text(const fit_options& o, const fit_answer& each) {
    const io::job_file& job = each.job;
    const std::string slice = each.answer.report.grade == grade::fits ? smallest_slice_text(each) : std::string();
    return io::answer_text(job, each.answer, style(), each.layout_line + ways_text(each)) +
           bridge_text(job, each.answer) + job_cost_text(job, each.answer, o.price) +
           run_text(run_of_job(o.run, job, each.answer, o.price), job) + slice;
}

/// Returns the one way to make a job fit that stands for others where several cards are answered.
template <class Job>
[[nodiscard]] std::string first_way(const io::job_file& job, const remedy_report<Job>& r) {
    const std::vector<remedy<Job>> shown = shown_remedies(r, 1);
    if (shown.empty()) return {};
    const remedy<Job>& best = shown.front();
    return typed_text(flags_of(job, best)) + " (" + facts_text(job, best) + ")";
}

/// Returns a line about one of several cards, after its name.
[[nodiscard]] inline std::string of_card_line(const fit_answer& each, const std::string& text) {
    if (text.empty()) return {};
    return indented(cards_text(each.job.hardware) + ": " + text);
}

/// Returns what is to be said about one of several cards below their table.
[[nodiscard]] inline std::string notes_of_card(const fit_options& o, const fit_answer& each) {
    std::string run = run_text(run_of_job(o.run, each.job, each.answer, o.price), each.job);
    std::replace(run.begin(), run.end(), '\n', ' ');
    const std::string lines[]{bridge_text(each.job, each.answer), job_cost_text(each.job, each.answer, o.price), run,
                              each.answer.report.grade == grade::fits ? smallest_slice_text(each) : std::string(),
                              each.layout_line};
    std::string text;
    for (const std::string& line : lines)
        if (!line.empty()) text += of_card_line(each, line.substr(line.find_first_not_of(' ')));
    return text;
}

/// Returns the answers on several kinds of card: the verdicts, one row a card, what makes the job fit, and the memory
/// by component.
[[nodiscard]] inline std::string fits_text(const fit_options& o, const std::vector<fit_answer>& answers) {
    const io::job_file& job = answers[0].job;
    std::string text = verdicts_text(answers) + io::detail::unverified_text(job, style()) +
                       indented(io::model_title(job) + ": " + io::work_title(job)) +
                       printed(answers_table(answers), {}, "  ");
    std::string ways;
    for (const fit_answer& each : answers) {
        if (each.answer.report.grade == grade::fits) continue;
        std::string way;
        with_remedies(each.job, [&](const auto& sure) {
            const auto likely = likely_remedies(each.job, each.answer, sure);
            way = likely.count > 0 ? "likely with " + first_way(each.job, likely) : first_way(each.job, sure);
        });
        ways += of_card_line(each, way.empty() ? "no set of up to 5 changes makes it fit" : way);
    }
    if (!ways.empty()) text += "  To make it fit, add (more ways: one --card at a time):\n" + ways;
    for (const fit_answer& each : answers) text += notes_of_card(o, each);
    return text + components_text(answers);
}

/// Returns what the answers assume: all that the last one does, and what the others assume of their own cards.
[[nodiscard]] inline std::vector<io::assumption> assumed_of(const std::vector<fit_answer>& answers) {
    std::vector<io::assumption> all;
    const auto add = [&](const std::vector<io::assumption>& some) {
        for (const io::assumption& each : some)
            if (std::none_of(all.begin(), all.end(), [&](const io::assumption& known) {
                    return known.key == each.key && known.value == each.value;
                }))
                all.push_back(each);
    };
    for (const fit_answer& each : answers)
        add(&each == &answers.back() ? each.job.assumed : io::of_card(each.job.assumed));
    return all;
}

/// Returns the answers as text, as the flags ask for it.
[[nodiscard]] inline std::string printed_text(const fit_options& o, const std::vector<fit_answer>& answers) {
    std::string text;
    if (o.answer.quiet) {
        for (const fit_answer& each : answers) text += quiet_text(each.verdict());
        return text;
    }
    if (o.answer.csv || o.answer.markdown) return printed(answers_table(answers), o.answer, "");
    text = answers.size() == 1 ? fit_text(o, answers[0]) : fits_text(o, answers);
    return text + assumptions_text(assumed_of(answers));
}

/// Answers a job on each kind of card.
inline int fit_on(const fit_options& o, const std::vector<nlohmann::json>& hardware) {
    fit_answers all;
    std::vector<fit_answer> answers;
    for (const nlohmann::json& called : hardware) {
        read_question read = read_asked(job_of(o, called), o.flags);
        io::answered_job answer = io::answer(read.job);
        fit_answer each{.job = std::move(read.job),
                        .answer = std::move(answer),
                        .layout_line = std::move(read.layout_line),
                        .file = std::move(read.file)};
        all.code = (std::min)(all.code, code_of(o, each.verdict()));
        if (o.json) all.json.push_back(fit_json(o, each));
        answers.push_back(std::move(each));
    }
    if (!o.json) all.text = printed_text(o, answers);
    return print(all, o.json);
}

inline int fit(const fit_options& o) {
    asked().takes_models_alone = true;
    const nlohmann::json base = base_job(o.model, o.train, o.infer);
    if (io::asks_for_diffusion(base)) return fit_diffusion(o);
    const std::vector<nlohmann::json> hardware = hardware_asked(o.hardware);
    try {
        return fit_on(o, hardware);
    } catch (const io::input_error& e) {
        const std::optional<io::checkpoint> bytes = o.infer ? bytes_alone(o.model, e) : std::nullopt;
        if (!bytes) throw;
        std::vector<nlohmann::json> machines;
        for (const nlohmann::json& called : hardware) machines.push_back(job_of(o, called)["hardware"]);
        return fit_bytes(o.model, *bytes, machines, o.json);
    }
}

inline std::function<int()> add_fit(CLI::App& app) {
    const auto o = std::make_shared<fit_options>();
    add_fit_flags(app, *o);
    return [o] { return fit(*o); };
}
inline constexpr command fit_command{.name = "fit",
                                     .help = "estimate a job given by flags, on one or several kinds of card",
                                     .add = add_fit,
                                     .takes_question = true};

}  // namespace tool
