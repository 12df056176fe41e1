// SPDX-License-Identifier: MIT
#pragma once

// --samples, --tokens, --epochs and --deadline: how long a whole training takes, or an inference of many
// requests, and what it costs.

#include "answer_flags.hpp"
#include "prices.hpp"

#include <cardfit/decide/whole_run.hpp>
#include <cardfit/io/figures.hpp>

#include <CLI/CLI.hpp>

#include <cmath>
#include <optional>
#include <string>

namespace tool {

using namespace cardfit;

/// How much is to be trained or answered, and by when; 0 where it is not given.
struct run_flags {
    double samples = 0;
    double tokens = 0;
    double epochs = 1;
    double deadline_hours = 0;

    [[nodiscard]] bool asked() const { return samples > 0 || tokens > 0; }
    [[nodiscard]] bool is_stated() const { return asked() || epochs != 1 || deadline_hours > 0; }
};

namespace detail {

/// Returns the hours of a text such as "36", "36h", "90min" or "3d"; a bare number is of hours. Throws ValidationError
/// for another text.
[[nodiscard]] inline double hours_of_text(const std::string& text) {
    struct unit {
        const char* name;
        double hours;
    };
    static constexpr unit units[]{{"min", 1.0 / 60}, {"h", 1}, {"d", 24}};
    std::string number = text;
    double hours = 1;
    for (const unit& each : units)
        if (text.ends_with(each.name)) {
            number = text.substr(0, text.size() - std::string(each.name).size());
            hours = each.hours;
        }
    const nlohmann::json value = nlohmann::json::parse(number, nullptr, false);
    const double total = value.is_number() ? value.get<double>() * hours : 0;
    if (!(total > 0 && total <= 1e6))
        throw CLI::ValidationError("--deadline", text + " is not a time; accepted: such as 36h, 90min or 3d");
    return total;
}

}  // namespace detail

/// Adds the flags of a run.
inline void add_run_flags(CLI::App& app, run_flags& flags) {
    constexpr double most = 1e15;
    CLI::Option* samples = app.add_option("--samples", flags.samples,
                                          "samples to train on, or requests to answer: adds hours, energy and cost of "
                                          "the whole run")
                               ->check(between(1.0, most));
    app.add_option("--tokens", flags.tokens, "the same in tokens: those of a training step, or generated ones")
        ->check(between(1.0, most))
        ->excludes(samples);
    app.add_option("--epochs", flags.epochs,
                   "of a training: times that the samples or tokens are trained on; default: 1")
        ->check(between(1e-3, 1e6));
    app.add_option_function<std::string>(
           "--deadline", [&flags](const std::string& text) { flags.deadline_hours = detail::hours_of_text(text); },
           "time that the run may take, such as 36h, 90min or 3d: adds whether it is kept, and how many cards keep it")
        ->type_name("TIME");
}

/// Throws input_error for flags of a run that does not say how much is trained or answered, and for epochs of an
/// inference.
inline void check_run(const run_flags& flags, const io::job_file& job) {
    if (!flags.asked() && flags.is_stated())
        throw io::input_error({io::missing_key("--samples", "--samples N or --tokens N, for --epochs and --deadline")});
    if (flags.asked() && flags.epochs != 1 && job.inference)
        throw io::input_error({io::refused_value("--epochs", flags.epochs,
                                                 "no value for an inference: --samples N is the number of requests")});
}

/// The run of a job, and what keeps its deadline.
struct job_run {
    std::string no_time{};  ///< why the run has no time; empty where it has one
    whole_run run{};
    std::int64_t generated = 0;  ///< tokens that the requests of an inference generate
    std::optional<sureness> in_time{};
    cards_in_time cards{};
};

namespace detail {

/// Returns the tokens of a sample as the run counts them: those of a training's sample, or those that a request
/// generates; 0 where there are none.
[[nodiscard]] inline double tokens_per_sample(const io::job_file& job, const io::answered_job& a) {
    if (a.step)
        return a.step->samples_per_second > 0 ? a.step->tokens_per_second.number / a.step->samples_per_second : 0;
    return a.serving->generated.number > 0 ? static_cast<double>(job.inference->generate) : 0;
}

/// Returns how many samples the flags ask for. Throws input_error for tokens of a job that has none.
[[nodiscard]] inline std::int64_t samples_of(const run_flags& flags, double per_sample) {
    constexpr double most = 1e15;
    if (flags.tokens > 0 && per_sample <= 0)
        throw io::input_error(
            {io::refused_value("--tokens", flags.tokens, "--samples, for a model or job without tokens")});
    const double samples = std::ceil(flags.epochs * (flags.tokens > 0 ? flags.tokens / per_sample : flags.samples));
    return static_cast<std::int64_t>((std::min)((std::max)(samples, 1.0), most));
}

[[nodiscard]] inline whole_run run_of_samples(std::int64_t samples, const io::job_file& job, const io::answered_job& a,
                                              dollars hour) {
    if (a.step) return run_of(samples, *job.training, job.hardware, job.layout, *a.step, hour);
    return run_of(samples, *job.inference, job.hardware, job.layout, *a.serving, hour);
}

[[nodiscard]] inline cards_in_time cards_in_time_of(std::int64_t samples, const io::job_file& job,
                                                    const io::answered_job& a, seconds deadline) {
    if (!a.step) return cards_by(*job.inference, job.hardware, job.layout, *a.serving, samples, deadline);
    return std::visit(
        [&](const auto& model) { return cards_by(model, *job.training, job.hardware, job.layout, samples, deadline); },
        job.model);
}

}  // namespace detail

/// Returns the run of a job, or nothing where none is asked for. Throws input_error for tokens of a model that has
/// none.
[[nodiscard]] inline std::optional<job_run> run_of_job(const run_flags& flags, const io::job_file& job,
                                                       const io::answered_job& a, double card_hour) {
    check_run(flags, job);
    if (!flags.asked()) return {};
    if (!a.step && !a.serving) return job_run{.no_time = io::why_no_time(job)};
    const double per_sample = detail::tokens_per_sample(job, a);
    const std::int64_t samples = detail::samples_of(flags, per_sample);
    const dollars hour = card_hour > 0 ? dollars_of(card_hour) : card_hour_of(job.hardware);
    job_run found{.run = detail::run_of_samples(samples, job, a, hour)};
    if (job.inference && per_sample > 0) found.generated = samples * job.inference->generate;
    if (flags.deadline_hours <= 0) return found;
    const seconds deadline = seconds_of(3600 * flags.deadline_hours);
    found.in_time = ends_within(found.run.time_low, found.run.time, found.run.time_high, deadline);
    if (*found.in_time > sureness::likely) found.cards = detail::cards_in_time_of(samples, job, a, deadline);
    return found;
}

/// Returns a time of a run: "20.3 s", "35 min", "3.09 h", "12.5 days".
[[nodiscard]] inline std::string in_hours(seconds time) {
    const double hours = time.number / 3600;
    if (time.number < 60) return io::short_time(time);
    if (hours < 1) return io::significant(60 * hours, 3) + " min";
    return hours < 48 ? io::significant(hours, 3) + " h" : io::significant(hours / 24, 3) + " days";
}

/// Returns the energy of a run: "0.986 kWh", and below a hundredth of that in joules.
[[nodiscard]] inline std::string energy_text(joules energy) {
    const double hours = in_kilowatt_hours(energy);
    return hours < 0.01 ? io::significant(energy.number, 3) + " J" : io::significant(hours, 3) + " kWh";
}

/// Returns what a run does, and in how many steps: "10,000 samples: 2,500 steps", "1,000 requests of 256 generated
/// tokens: 63 batches".
[[nodiscard]] inline std::string run_title(const job_run& found, const io::job_file& job) {
    const auto counted = [](std::int64_t n, const std::string& one, const std::string& many) {
        return io::with_commas(n) + " " + (n == 1 ? one : many);
    };
    const whole_run& r = found.run;
    if (job.training) return counted(r.samples, "sample", "samples") + ": " + counted(r.steps, "step", "steps");
    return counted(r.samples, "request", "requests") +
           (found.generated > 0 ? " of " + counted(job.inference->generate, "generated token", "generated tokens")
                                : std::string()) +
           ": " + counted(r.steps, "batch", "batches");
}

/// Returns what keeps a deadline that the job does not keep.
[[nodiscard]] inline std::string in_time_with(const job_run& found, const io::job_file& job) {
    const std::string same = job.training ? "the same global batch" : "more replicas";
    if (found.cards.cards > job.hardware.cards)
        return io::counted(found.cards.cards, "card") + " take " + in_hours(found.cards.time) + " with " + same;
    if (found.cards.cards > 0) return "another layout takes " + in_hours(found.cards.time) + " (see: cardfit plan)";
    return "no number of these cards up to 1024 keeps it with " + same;
}

/// Returns the lines about a run: "  10,000 samples: 10,000 steps, 2.19 h (1.8 h to 2.59 h), …".
[[nodiscard]] inline std::string run_text(const std::optional<job_run>& found, const io::job_file& job) {
    if (!found) return {};
    if (!found->no_time.empty()) return indented("No time of the run: " + found->no_time);
    const whole_run& r = found->run;
    std::string text = run_title(*found, job) + ", " + in_hours(r.time) + " (" + in_hours(r.time_low) + " to " +
                       in_hours(r.time_high) + ")";
    text += r.energy_limit.number > 0 ? ", at most " + energy_text(r.energy_limit) + " (the cards at their power limit)"
                                      : std::string(", energy not known");
    if (r.rent.number > 0)
        text += ", " + in_dollars(r.rent.number) + " (" + in_dollars(r.rent_low.number) + " to " +
                in_dollars(r.rent_high.number) + ")";
    std::string lines = indented(text);
    if (!found->in_time) return lines;
    static constexpr const char* words[]{"in time, even at the upper error bound", "in time by the central estimate",
                                         "in time at the lower error bound alone", "not in time"};
    std::string deadline = "Deadline: " + std::string(words[static_cast<std::size_t>(*found->in_time)]);
    if (*found->in_time > sureness::likely) deadline += "; " + in_time_with(*found, job);
    return lines + indented(deadline);
}

/// Adds `run` to an answer.
inline void add_run_json(nlohmann::ordered_json& json, const std::optional<job_run>& found) {
    if (!found) return;
    if (!found->no_time.empty()) {
        json["run"] = {{"seconds", nullptr}, {"why", found->no_time}};
        return;
    }
    const whole_run& r = found->run;
    nlohmann::ordered_json run = {{"samples", r.samples},
                                  {"steps", r.steps},
                                  {"seconds", r.time.number},
                                  {"seconds_low", r.time_low.number},
                                  {"seconds_high", r.time_high.number}};
    if (found->generated > 0) run["generated_tokens"] = found->generated;
    if (r.energy_limit.number > 0) run["card_joules_limit"] = r.energy_limit.number;
    if (r.rent.number > 0)
        run.update({{"rent_dollars", r.rent.number},
                    {"rent_dollars_low", r.rent_low.number},
                    {"rent_dollars_high", r.rent_high.number}});
    if (found->in_time) run["in_time"] = row_of(*found->in_time).name;
    if (found->cards.cards > 0)
        run["in_time_with"] = {{"cards", found->cards.cards}, {"seconds", found->cards.time.number}};
    json["run"] = std::move(run);
}

}  // namespace tool
