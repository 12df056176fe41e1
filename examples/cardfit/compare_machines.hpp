// SPDX-License-Identifier: MIT
#pragma once

// The machines that `compare` sets side by side: each with the job at the same settings, with the best settings that
// fit it, with its largest sizes, and with what limits it against the fastest one.

#include "batch_command.hpp"
#include "prices.hpp"

#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/rank.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// A machine with the job on it.
struct compared_machine {
    std::string typed{};  ///< as the command line names it
    io::job_file job{};
    nlohmann::json file{};                     ///< the job file of this machine; null where it does not run the job
    compared_card same{};                      ///< at the settings of the job
    std::optional<io::answered_job> answer{};  ///< of the same; nothing where the machine does not run the job
    ranked_machine best{};                     ///< with the micro-batch, recomputation and layout that are fastest
    limit_costs costs{};                       ///< against the fastest machine
    std::string refused{};                     ///< why the machine does not run the job; empty where it does

    [[nodiscard]] sureness verdict() const { return answer ? sureness_of(answer->report) : sureness::no; }
    [[nodiscard]] bool runs_best() const { return best.fits && best.has_time; }
    /// Returns true for a machine that runs the job and has no time to compare; its verdict is that of the job as
    /// given.
    [[nodiscard]] bool is_untimed() const { return answer && !same.has_time && !best.has_time; }
    /// Returns true for a machine that the job fits at the upper error bound: at its best, or as given where it has no
    /// time.
    [[nodiscard]] bool fits() const { return runs_best() || (is_untimed() && verdict() == sureness::yes); }
    /// Returns how often the machine does its work per second at its best; 0 if it does not fit.
    [[nodiscard]] double rate() const { return runs_best() ? best.throughput : 0; }
    [[nodiscard]] const machine& hardware() const { return job.hardware; }
};

/// Machines in the order of the command line, and the fastest of them at its best.
struct compared_machines {
    std::vector<compared_machine> all{};
    comparison same{};  ///< at the settings of the job
    /// The samples that a step of the best settings takes on every machine; 0 for an inference.
    std::int64_t global_batch = 0;
    std::size_t fastest = 0;  ///< `all.size()` if the job fits none

    [[nodiscard]] const io::job_file& job() const { return all[0].job; }
    [[nodiscard]] const compared_machine* winner() const { return fastest < all.size() ? &all[fastest] : nullptr; }
};

/// Returns a job on a machine. Where the machine has another number of cards than the job, the sizes of the layout are
/// those of the machine, because those of the job are not a setting of it.
[[nodiscard]] inline read_question job_on(const nlohmann::json& given, const nlohmann::json& called) {
    nlohmann::json moved = on_hardware(given, called);
    const auto machine = moved["hardware"].find("machine");
    const bool counted = machine != moved["hardware"].end() && machine->is_string() &&
                         io::phrase_of(machine->get<std::string>(), own_cards().get()).count > 0;
    if (counted && moved.contains("layout") && moved["layout"].is_object())
        for (const char* size : {"data", "sharding_group"}) moved["layout"].erase(size);
    return read_asked(moved);
}

/// Returns the settings of the best plan, or those of the job where none fits.
[[nodiscard]] inline training settings_of(const compared_machine& m) {
    return m.runs_best() ? m.best.job : *m.job.training;
}
[[nodiscard]] inline layout layout_of(const compared_machine& m) {
    return m.runs_best() ? m.best.layout : m.job.layout;
}

namespace detail {

/// Returns the comparison of one machine at the settings of its job.
[[nodiscard]] inline comparison compared_alone(const io::job_file& job) {
    const machine one[]{job.hardware};
    if (job.inference)
        return io::with_timed_model(job.model, lower(job.model, job.image_size()), [&](const auto& model) {
            return cardfit::compare(model, *job.inference, one, job.layout);
        });
    return std::visit([&](const auto& model) { return cardfit::compare(model, *job.training, one, job.layout); },
                      job.model);
}

/// Returns the samples of a step at which all machines are compared at their best: those of the job, and at least eight
/// for each card of the largest machine, so that each can choose its micro-batch.
[[nodiscard]] inline std::int64_t common_batch(const std::vector<compared_machine>& all) {
    constexpr std::int64_t least_per_card = 8;
    std::int64_t samples = 1;
    for (const compared_machine& each : all) {
        if (!each.job.training) return 0;
        const std::int64_t own = samples_per_step(*each.job.training, each.job.hardware, each.job.layout);
        samples = (std::max)({samples, own, least_per_card * each.job.hardware.cards});
    }
    return samples;
}

/// Returns the fastest plan of a machine for a training whose steps have `samples`, or one that does not fit.
template <class Model>
[[nodiscard]] ranked_machine fastest_plan(const Model& model, const training& t, const machine& m,
                                          std::int64_t samples) {
    ranked_machine r{.hardware = m, .card_hour = card_hour_of(m)};
    r.has_time = has_step_time(m.card, t.precision) && problems(t, m.card).empty();
    if (!r.has_time) return r;
    const plan_report plans = cardfit::detail::searched(model, in_one_batch(t, samples, m.cards), m, {},
                                                        cardfit::detail::ranked_space, {.fastest_alone = true});
    if (plans.count == 0) return r;
    r.fits = true;
    r.verdict = sureness::yes;
    r.layout = plans.best().layout;
    r.job = plans.best().job;
    r.throughput = plans.best().time.samples_per_second;
    cardfit::detail::add_price(r, power_load::training);
    return r;
}

/// Returns the best that a machine makes of a job whose steps have `samples`.
[[nodiscard]] inline ranked_machine best_on(const io::job_file& job, const machine& m, std::int64_t samples) {
    if (job.training)
        return std::visit([&](const auto& model) { return fastest_plan(model, *job.training, m, samples); }, job.model);
    return served_on(job, m, job.inference->batch * resolved(job.layout, job.hardware.cards).data, card_hour_of(m));
}

/// Returns the throughput of the settings of a compared machine on another machine, whether they fit it or not; 0 if it
/// has no time there.
[[nodiscard]] inline double rate_on(const compared_machine& c, const machine& m) {
    if (c.job.training) {
        const training t = settings_of(c);
        if (!has_step_time(m.card, t.precision)) return 0;
        return std::visit([&](const auto& model) { return step_time(model, t, m, layout_of(c)).samples_per_second; },
                          c.job.model);
    }
    const network net = lower(c.job.model, c.job.image_size());
    return io::with_timed_model(c.job.model, net, [&](const auto& model) {
        const inference& i = *c.job.inference;
        if (!has_inference_time(model, net, i, m.card)) return 0.0;
        const layout l = layout_of(c);
        const inference_time t = time(model, net, i, m, l, constants_of(i));
        return cardfit::detail::throughput_of(t, static_cast<double>(i.batch) * resolved(l, m.cards).data);
    });
}

/// Returns the throughput of a compared machine after it took a limit of another one: with the best settings that then
/// fit, or, for a job that fits it at no settings, with those of the job. 0 for what no estimate accepts.
[[nodiscard]] inline double rate_with(const compared_machine& c, const machine& changed, const machine_limit_row& limit,
                                      std::int64_t samples) {
    try {
        if (!c.runs_best()) return limit.of_memory ? 0 : rate_on(c, changed);
        const ranked_machine best = best_on(c.job, changed, samples);
        return best.fits && best.has_time ? best.throughput : 0;
    } catch (const invalid_input&) {
        return 0;
    }
}

}  // namespace detail

/// Sets what limits each machine against the fastest one.
inline void set_costs(compared_machines& c) {
    const compared_machine* winner = c.winner();
    if (winner == nullptr) return;
    for (compared_machine& each : c.all) {
        if (&each == winner || !each.same.runs) continue;
        try {
            const double own = detail::rate_on(each, each.hardware());
            each.costs = limits_of(each.hardware(), winner->hardware(), own,
                                   [&](const machine& changed, const machine_limit_row& limit) {
                                       return detail::rate_with(each, changed, limit, c.global_batch);
                                   });
        } catch (const invalid_input&) {
            each.costs = limit_costs();
        }
    }
}

/// Lays out an inference on several cards whose file states no layout: as `fit` and `serve` choose it, or, for a model
/// that generates nothing, a copy on each card.
inline void lay_out(io::job_file& job, nlohmann::json& file) {
    if (!job.inference || job.hardware.cards == 1 || file.contains("layout")) return;
    const io::job_file before = job;
    if (choose_layout(asked().keys, file, job).empty())
        job.layout = cardfit::usual_layout(lower(job.model, job.image_size()), *job.inference, job.hardware);
    set_layout(job, before, file);
}

/// Returns the machine that a name of the command line means, with the cards of the job unless it states its own.
[[nodiscard]] inline machine machine_named(const nlohmann::json& given, const std::string& name) {
    const nlohmann::json moved = on_hardware(given, hardware_called(name));
    const nlohmann::json card_alone = {
        {"model", "gpt2"}, {"hardware", moved["hardware"]}, {"inference", {{"weights", "fp32"}}}};
    return read_job(card_alone).hardware;
}

namespace detail {

/// The jobs on all machines. One that a machine refuses is that of another machine, moved onto its hardware.
[[nodiscard]] inline std::vector<compared_machine> jobs_on(const nlohmann::json& given,
                                                           const std::vector<std::string>& names) {
    std::vector<compared_machine> all;
    const compared_machine* accepted = nullptr;
    std::optional<io::input_error> first;
    for (const std::string& name : names) {
        all.push_back({.typed = name});
        try {
            read_question read = job_on(given, hardware_called(name));
            all.back().job = std::move(read.job);
            all.back().file = std::move(read.file);
        } catch (const io::input_error& e) {
            all.back().refused = e.problems().front().message;
            if (!first) first = e;
        }
    }
    for (const compared_machine& each : all)
        if (each.refused.empty() && accepted == nullptr) accepted = &each;
    if (accepted == nullptr) throw *first;
    for (compared_machine& each : all) {
        if (each.refused.empty()) continue;
        each.job = accepted->job;
        each.job.hardware = machine_named(given, each.typed);
    }
    return all;
}

}  // namespace detail

/// Returns the machines of the command line with the job on each of them.
[[nodiscard]] inline compared_machines compared_on(const nlohmann::json& given, const std::vector<std::string>& names) {
    compared_machines c;
    for (compared_machine& each : detail::jobs_on(given, names)) {
        if (!each.refused.empty()) {
            c.same.cards[c.same.count] = {.hardware = each.hardware(), .runs = false};
            cardfit::detail::refuse(c.same.cards[c.same.count++]);
            c.all.push_back(std::move(each));
            continue;
        }
        lay_out(each.job, each.file);
        const comparison alone = detail::compared_alone(each.job);
        c.same.is_training = alone.is_training;
        c.same.is_autoregressive = c.same.is_autoregressive || alone.is_autoregressive;
        c.same.cards[c.same.count++] = alone.cards[0];
        c.all.push_back(std::move(each));
    }
    set_reasons(c.same);
    c.global_batch = detail::common_batch(c.all);
    c.fastest = c.all.size();
    for (std::size_t i = 0; i < c.all.size(); ++i) {
        compared_machine& each = c.all[i];
        each.same = c.same.cards[i];
        if (!each.same.runs) continue;
        each.answer = io::answer(each.job);
        each.best = detail::best_on(each.job, each.hardware(), c.global_batch);
        const bool first = c.fastest == c.all.size();
        if (each.runs_best() && (first || each.rate() > c.all[c.fastest].rate())) c.fastest = i;
    }
    return c;
}

}  // namespace tool
