// SPDX-License-Identifier: MIT
#pragma once

// compare: machines side by side for one job, at the same settings and each at its best, with the reasons that decide
// for and against each of them; without a job, for a suite of six jobs.

#include "compare_suite.hpp"
#include "serving_layout.hpp"

namespace tool {

struct compare_options {
    std::vector<std::string> cards;
    std::string job;
    bool facts = false;
    bool json = false;
    answer_flags answer{};
};

/// Returns the link that carries the communication, such as "communication over pcie-host (no peer access: through host
/// memory)".
[[nodiscard]] inline std::string link_text(const machine& m) {
    const card_link link = link_of(m);
    const std::string basis = io::detail::link_basis(m);
    const bool through_host = link == card_link::pcie_host && basis.empty();
    return "communication over " + std::string(io::name_of(io::link_names, link)) + basis +
           (through_host ? " (no peer access: through host memory)" : "");
}

[[nodiscard]] inline std::string reason_text(const compared_card& c, const compared_work& work) {
    const std::string lost = " +" + io::in_time(c.seconds_lost) + " per " + work.unit;
    switch (c.reason) {
        case deciding_reason::wins:
            return "fits; fastest";
        case deciding_reason::capacity:
            return "does not fit: needs " + io::in_gib(c.bytes_short) + " more than its " + io::in_gib(c.fit.capacity);
        case deciding_reason::unsure:
            return "may not fit: the upper error bound exceeds its memory by " + io::in_gib(c.bytes_short);
        case deciding_reason::compute:
            return "compute" + lost;
        case deciding_reason::bandwidth:
            return "memory bandwidth (" + io::fixed(c.hardware.card.memory_bandwidth.number / 1e9, 0) + " GB/s)" + lost;
        case deciding_reason::link:
            return link_text(c.hardware) + lost;
        case deciding_reason::optimizer:
            return "optimizer step" + lost;
        case deciding_reason::host:
            return "limited by engine overhead, not bandwidth:" + lost;
        case deciding_reason::no_time:
            return "no time estimate: it lacks the number format, or its rates are not published";
    }
    return {};
}

/// Returns the keys of a machine at its best: settings, throughput, energy and what limits it.
[[nodiscard]] inline nlohmann::ordered_json best_json(const compared_machine& m) {
    nlohmann::ordered_json best = {{"fits", m.fits()}};
    if (m.is_untimed()) best["no_time"] = io::why_no_time(m.job);
    if (m.runs_best()) {
        best["per_second"] = m.rate();
        best["layout"] = layout_json(m.best.layout);
        if (m.best.energy.number > 0) best["card_joules_per_unit"] = m.best.energy.number;
        if (m.job.training)
            best["training"] = {{"micro_batch", m.best.job.micro_batch},
                                {"gradient_accumulation", m.best.job.gradient_accumulation},
                                {"recompute", io::name_of(io::recompute_names, m.best.job.recompute)}};
    }
    nlohmann::ordered_json costs = nlohmann::ordered_json::array();
    for (const limit_cost& each : m.costs.items())
        costs.push_back({{"limit", row_of(each.limit).name}, {"factor", each.factor}});
    best["limits"] = std::move(costs);
    return best;
}

[[nodiscard]] inline nlohmann::ordered_json compared_json(const compared_machine& m, const comparison& c, bool facts) {
    static constexpr const char* reasons[] = {"wins", "capacity",  "unsure", "compute", "bandwidth",
                                              "link", "optimizer", "host",   "no-time"};
    const compared_work work = work_of(c, m.job);
    const compared_card& each = m.same;
    const bool refused = !m.refused.empty();
    nlohmann::ordered_json one = {{"card", each.hardware.card.id},
                                  {"grade", io::name_of(io::grade_names, each.fit.grade)},
                                  {"answer", row_of(m.verdict()).name},
                                  {"reason", refused ? "refused" : reasons[static_cast<std::size_t>(each.reason)]},
                                  {"text", refused          ? m.refused
                                           : m.is_untimed() ? why_untimed(m)
                                                            : reason_text(each, work)}};
    // What a job takes of a machine that does not run it is not known.
    if (each.runs)
        one.update({{"capacity_bytes", each.fit.capacity.number}, {"headroom_bytes", each.fit.headroom.number}});
    if (!each.hardware.name.empty()) one.update(machine_json(each.hardware));
    one["named"] = m.typed;
    if (!each.runs) one["runs"] = false;
    if (refused) one["refused"] = m.refused;
    if (each.has_time) one.update({{"seconds", each.time.number}, {"per_second", each.throughput}});
    if (each.has_time && each.slower > 0 && each.fit.grade != grade::does_not_fit) one["slower"] = each.slower;
    if (each.energy.number > 0) one["card_joules"] = each.energy.number;
    if (m.answer)
        one.update({{"safe_micro_batch", m.answer->safe_micro_batch},
                    {"safe_sequence_length", m.answer->safe_sequence_length}});
    if (each.runs) one["best"] = best_json(m);
    if (facts) one["facts"] = facts_json(m);
    const double price = each.hardware.card.launch_price.number * each.hardware.cards;
    if (price > 0) one["launch_dollars"] = price;
    add_price_json(one, each.hardware, costed_work_of(c, m.job).of, time_of_work(each, m.job.training.has_value()));
    return with_question(std::move(one), m.file, m.file.is_null() ? io::assumed_of(m.hardware()) : m.job.assumed);
}

[[nodiscard]] inline nlohmann::ordered_json comparison_json(const compared_machines& c, bool facts) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const compared_machine& each : c.all) all.push_back(compared_json(each, c.same, facts));
    const bool won = c.same.winner < c.same.count;
    nlohmann::ordered_json json = {
        {"winner", won ? nlohmann::ordered_json(c.same.cards[c.same.winner].hardware.card.id) : nullptr},
        {"fastest_at_best", c.winner() != nullptr ? nlohmann::ordered_json(c.winner()->typed) : nullptr}};
    if (c.global_batch > 0) json["global_batch_at_best"] = c.global_batch;
    json["cards"] = std::move(all);
    json["version"] = version();
    return json;
}

/// Returns the whole answer as text: the fastest, what was asked, the reasons, the table.
[[nodiscard]] inline std::string comparison_text(const compared_machines& c, bool facts) {
    const io::job_file& job = c.job();
    std::vector<machine> machines;
    for (const compared_machine& each : c.all) machines.push_back(each.hardware());
    return compared_verdict(c) + indented(io::model_title(job) + ": " + io::work_title(job)) + reasons_text(c) +
           folded_text(machines_table(c, properties_of(c, facts))) +
           "  In brackets: would be so if it fit. best: the fastest settings that fit.\n" + prices_text(machines) +
           assumptions_text(job.assumed);
}

/// Throws input_error for what the command line says of a job that it does not name: the jobs of the suite are fixed.
inline void refuse_job_flags() {
    const question& q = asked();
    const auto is_of_machine = [](const given_flag& given) {
        return std::any_of(io::listed_keys().begin(), io::listed_keys().end(), [&](const io::listed_key& key) {
            return key.facts->flag == given.flag && key.facts->path.starts_with("hardware.");
        });
    };
    const auto other = std::find_if_not(q.keys.given.begin(), q.keys.given.end(), is_of_machine);
    const std::string flag = other != q.keys.given.end() ? other->flag
                             : q.train                   ? "--train"
                             : q.infer                   ? "--infer"
                             : !q.save.empty()           ? "--save-job"
                                                         : "";
    if (!flag.empty())
        refuse_flag(flag, flag + " is of a job, and none is given", "--job FILE or --model NAME with it");
}

[[nodiscard]] inline int compare_suite(const compare_options& o) {
    refuse_job_flags();
    const suite_answers s = suite_on(o.cards);
    const sureness verdict = count_of(s, suite_winner(s)).fits > 0 ? sureness::yes : sureness::no;
    if (o.json)
        output() << io::dump(suite_json(s, o.facts), 1) << "\n";
    else if (o.answer.quiet)
        output() << quiet_text(verdict);
    else if (o.answer.csv || o.answer.markdown)
        output() << printed(whole_suite_table(s, o.facts), o.answer, "");
    else
        output() << suite_text(s, o.facts);
    return is_enough(o.answer, verdict, sureness::unlikely) ? answered : does_not_fit;
}

/// Answers the command. The exit code is 1 if the job fits none of the machines as surely as --require asks for.
inline int compare(const compare_options& o) {
    if (o.cards.empty() || o.cards.size() > max_compared)
        throw io::input_error({io::refused_value("cards", o.cards.size(), "1 to 16 cards")});
    if (o.job.empty()) return compare_suite(o);
    compared_machines c = compared_on(job_json(o.job), o.cards);
    const bool explains = o.json || !(o.answer.quiet || o.answer.csv || o.answer.markdown);
    if (explains) set_costs(c);
    const sureness verdict = verdict_of(c);
    if (o.json)
        output() << io::dump(comparison_json(c, o.facts), 1) << "\n";
    else if (o.answer.quiet)
        output() << quiet_text(verdict);
    else if (o.answer.csv || o.answer.markdown)
        output() << printed(machines_table(c, properties_of(c, o.facts)), o.answer, "");
    else
        output() << comparison_text(c, o.facts);
    return is_enough(o.answer, verdict, sureness::unlikely) ? answered : does_not_fit;
}

inline std::function<int()> add_compare(CLI::App& app) {
    const auto o = std::make_shared<compare_options>();
    app.add_option("cards", o->cards,
                   "card ids, names as nvidia-smi prints them, or machines such as 2xrtx-3090:nvlink-bridge")
        ->required();
    app.add_option("--job,--model", o->job,
                   "a job file, - for standard input, or a model with flags as fit has them; default: a suite of six "
                   "jobs");
    app.add_flag("--facts", o->facts, "also print MIG, ECC, accumulators, FP64, links, slots, plugs and vGPU");
    add_prices_flag(app);
    add_answer_flags(app, o->answer, "possible");
    add_json_flag(app, o->json);
    return [o] { return compare(*o); };
}
inline constexpr command compare_command{
    .name = "compare",
    .help = "compare machines for a job, or for a suite of jobs, with the reasons for and against each",
    .add = add_compare,
    .takes_question = true};

}  // namespace tool
