// SPDX-License-Identifier: MIT
#pragma once

// rank: the fastest, the most efficient or the cheapest machines that a job fits on. Every card (or the cards named) is
// tried in several numbers, and MIG slices are tried if asked for.

#include "rank_candidates.hpp"

#include <cardfit/decide/rank.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// Returns the training of a job with the global batch of the job's own machine, in one micro-batch for each of so many
/// cards. rank_one divides that of one card itself.
[[nodiscard]] inline training in_one_batch(const io::job_file& job, int cards = 1) {
    return in_one_batch(*job.training, samples_per_step(*job.training, job.hardware, job.layout), cards);
}

/// Sets how sure it is that a training fits a machine on which it has no time: in the surest of its data-parallel
/// layouts, with its samples in one micro-batch or one by one. Of equals, the first has the least sharding.
inline void set_untimed_training(const io::job_file& job, ranked_machine& r) {
    const training whole = in_one_batch(job, r.hardware.cards);
    training single = whole;
    std::swap(single.micro_batch, single.gradient_accumulation);
    const network net = lower(job.model, job.image_size());
    for (const training& t : {whole, single}) {
        for (const sharding s : {sharding::none, sharding::optimizer, sharding::gradients, sharding::full}) {
            const layout l{.data = r.hardware.cards, .sharding = s};
            if (!problems(l, r.hardware.cards, net).empty() || (l.data == 1 && s != sharding::none)) continue;
            const sureness verdict = sureness_of(fit(net, t, r.hardware, l));
            if (verdict >= r.verdict) continue;
            r.verdict = verdict;
            r.layout = l;
            r.job = t;
        }
    }
}

/// Sets how sure it is that a job fits a machine on which it has no time. A machine that does not run the job, and a
/// job that no estimate accepts on it, stay at NO.
inline void set_untimed(const io::job_file& job, ranked_machine& r) {
    try {
        if (job.training && problems(*job.training, r.hardware.card).empty()) set_untimed_training(job, r);
        if (!job.inference || !engine_runs(*job.inference, r.hardware.card)) return;
        const network net = lower(job.model, job.image_size());
        if (problems(r.layout, r.hardware.cards, net).empty())
            r.verdict = sureness_of(fit(net, r.serving, r.hardware, r.layout));
    } catch (const invalid_input&) {
        r.verdict = sureness::no;
    }
}

/// Returns true for a machine that the job fits, and that has no time to rank it by.
[[nodiscard]] inline bool is_untimed(const ranked_machine& r) { return !r.has_time && r.verdict != sureness::no; }

/// Returns the best that one machine makes of the job: of the surest plans, the one that is recommended. `space` has
/// the layouts of a training.
[[nodiscard]] inline ranked_machine timed_on(const io::job_file& job, const machine& m, dollars hour,
                                             const plan_space& space) {
    const auto search = [&](sureness least) {
        plan_space of_verdict = space;
        of_verdict.tight = least != sureness::yes;
        of_verdict.accept = is_as_sure;
        of_verdict.accept_context = &least;
        return std::visit([&](const auto& model) { return rank_one(model, in_one_batch(job), m, hour, of_verdict); },
                          job.model);
    };
    if (job.training) return surest(search);
    const std::int64_t users = states_batch(asked().job) ? job.inference->batch : 0;
    return served_on(job, m, users, hour, space.tensor > cardfit::detail::ranked_space.tensor);
}

/// Returns the same, and for a machine without a time how sure it is that the job fits.
[[nodiscard]] inline ranked_machine ranked_on(const io::job_file& job, const machine& m, dollars hour,
                                              const plan_space& space) {
    ranked_machine r = timed_on(job, m, hour, space);
    if (!r.has_time) set_untimed(job, r);
    return r;
}

/// The machines that were tried, best first. If Ctrl-C stopped the search, they are fewer than the candidates.
struct ranking_report {
    std::vector<ranked_machine> ranked;
    std::size_t candidates = 0;
    std::size_t left_out[std::size(candidate_limits)]{};  ///< by the options, per limit

    [[nodiscard]] bool stopped() const { return ranked.size() < candidates; }
};

/// Throws input_error if machines are to be ranked by rent and none has a price.
inline void check_prices(const rank_options& o, const std::vector<machine>& machines,
                         const std::map<std::string, double>& stated) {
    if (o.by != "rent" && o.hourly_budget <= 0) return;
    for (const machine& m : machines)
        if (card_hour_of(stated, m).number > 0) return;
    const std::string key = o.by == "rent" ? "--by" : "--hourly-budget";
    const nlohmann::json value = o.by == "rent" ? nlohmann::json(o.by) : nlohmann::json(o.hourly_budget);
    throw io::input_error({io::broken_rule(key, value,
                                           "no machine has a price; give --price CARD=DOLLARS per GPU-hour, or a "
                                           "file of prices with --prices")});
}

/// Returns the machines that the options do not leave out, and counts the others.
[[nodiscard]] inline std::vector<machine> kept_machines(const rank_options& o, const std::vector<machine>& all,
                                                        const std::map<std::string, double>& stated,
                                                        ranking_report& report) {
    std::vector<machine> kept;
    for (const machine& m : all) {
        const auto* broken =
            std::find_if(std::begin(candidate_limits), std::end(candidate_limits),
                         [&](const candidate_limit& each) { return !each.keeps(o, m, card_hour_of(stated, m)); });
        if (broken == std::end(candidate_limits))
            kept.push_back(m);
        else
            ++report.left_out[broken - std::begin(candidate_limits)];
    }
    return kept;
}

/// The most machines whose layouts are searched as `plan` does; of more, those of few ways are tried.
inline constexpr std::size_t most_planned = 32;

[[nodiscard]] inline ranking_report ranking(const rank_options& o, const io::job_file& job) {
    const std::map<std::string, double> stated = prices_of(o);
    ranking_report report;
    const std::vector<machine> all = candidates(o);
    check_prices(o, all, stated);
    const std::vector<machine> machines = kept_machines(o, all, stated, report);
    report.candidates = machines.size();
    const plan_space space = machines.size() <= most_planned ? plan_space{} : cardfit::detail::ranked_space;
    for (const machine& m : machines) {
        report.ranked.push_back(ranked_on(job, joined_as(m, job.hardware), card_hour_of(stated, m), space));
        if (is_interrupted()) break;
    }
    rank(report.ranked, o.by == "energy" ? rank_by::energy : o.by == "rent" ? rank_by::rent : rank_by::time);
    // Machines that the job fits, but that have no time, stand behind those that have one.
    const auto untimed = std::partition_point(report.ranked.begin(), report.ranked.end(), [](const ranked_machine& r) {
        return r.has_time && r.verdict != sureness::no;
    });
    std::stable_sort(untimed, report.ranked.end(), [](const ranked_machine& a, const ranked_machine& b) {
        return (is_untimed(a) ? a.verdict : sureness::no) < (is_untimed(b) ? b.verdict : sureness::no);
    });
    return report;
}

/// Returns the machines of the ranking on which the job fits, at most `most` of them; those without a time come last.
[[nodiscard]] inline std::vector<ranked_machine> best_of(const std::vector<ranked_machine>& all, int most) {
    std::vector<ranked_machine> best;
    for (const ranked_machine& r : all) {
        if (verdict_of(r) == sureness::no || best.size() == static_cast<std::size_t>(most)) break;
        best.push_back(r);
    }
    return best;
}

/// Returns how sure it is that the job fits the best machine: NO where it fits none.
[[nodiscard]] inline sureness verdict_of(const std::vector<ranked_machine>& best) {
    return best.empty() ? sureness::no : verdict_of(best.front());
}

/// Returns true if the price of a ranked machine is that of the user's file, and not that of --price.
[[nodiscard]] inline bool is_priced_by_file(const ranked_machine& r) {
    return r.card_hour.number > 0 && rent_of(r.hardware) && r.card_hour == card_hour_of(r.hardware);
}

/// Returns the lines with the prices of the user's file that the ranking is made from.
[[nodiscard]] inline std::string ranked_prices_text(const std::vector<ranked_machine>& best) {
    std::vector<machine> machines;
    for (const ranked_machine& r : best)
        if (is_priced_by_file(r)) machines.push_back(r.hardware);
    return prices_text(machines);
}

/// Returns the job file of the job on a ranked machine, as the ranking lays it out.
[[nodiscard]] inline nlohmann::json ranked_file(const io::job_file& job, const ranked_machine& r) {
    nlohmann::json file = asked().job;
    const bool named = !r.hardware.name.empty();
    nlohmann::json hardware{
        {named ? "machine" : "card", named ? std::string(r.hardware.name) : std::string(r.hardware.card.id)},
        {"cards", r.hardware.cards}};
    for (const char* key : {"link", "per_node", "network_gbit"})
        if (!named && file["hardware"].contains(key)) hardware[key] = file["hardware"][key];
    if (r.hardware.link == card_link::by_default) hardware.erase("link");
    if (r.hardware.per_node == 0) hardware.erase("per_node");
    file["hardware"] = hardware;
    io::job_file on = job;
    on.hardware = r.hardware;
    on.layout = r.layout;
    if (on.training) on.training = r.job;
    if (on.inference) on.inference = r.serving;
    set_layout(on, job, file);
    return file;
}

/// Returns why the job has no time on a ranked machine.
[[nodiscard]] inline std::string why_untimed(io::job_file job, const ranked_machine& r) {
    job.hardware = r.hardware;
    return io::why_no_time(job);
}

[[nodiscard]] inline nlohmann::ordered_json ranking_json(const io::job_file& job,
                                                         const std::vector<ranked_machine>& best, bool stopped) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const ranked_machine& r : best) {
        nlohmann::ordered_json row = {{"card", r.hardware.card.id},
                                      {"cards", r.hardware.cards},
                                      {"per_second", r.throughput},
                                      {"card_joules", r.energy.number},
                                      {"rent_dollars", r.rent.number}};
        if (r.rent.number <= 0) row["rent_dollars"] = nullptr;
        if (!r.has_time) {
            row["per_second"] = nullptr;
            row["card_joules"] = nullptr;
            row["no_time"] = why_untimed(job, r);
        }
        if (!r.hardware.name.empty()) row["machine"] = r.hardware.name;
        if (is_priced_by_file(r)) row["price"] = rent_json(*rent_of(r.hardware));
        if (stopped) row["stopped"] = true;
        row["answer"] = row_of(verdict_of(r)).name;
        row["layout"] = layout_json(resolved(r.layout, r.hardware.cards));
        rows.push_back(with_question(std::move(row), ranked_file(job, r), io::assumed_of(r.hardware)));
    }
    return rows;
}

/// Returns what the throughput of a ranking counts.
[[nodiscard]] inline std::string ranked_unit(const io::job_file& job) {
    if (job.training) return "sample";
    const network net = lower(job.model, job.image_size());
    return cardfit::detail::runs_one_pass(net) ? io::detail::pass_unit(net) : "token";
}

/// Returns the layout of a ranked machine in words: "data 8, full".
[[nodiscard]] inline std::string ranked_layout(const ranked_machine& r) {
    const std::string ways = ways_of(resolved(r.layout, r.hardware.cards));
    return r.layout.sharding == sharding::none
               ? ways
               : ways + ", " + std::string(io::name_of(io::sharding_names, r.layout.sharding));
}

[[nodiscard]] inline io::table ranking_table(const std::vector<ranked_machine>& best, const std::string& unit) {
    io::table t{.columns = {{"machine", 0, true}, {"layout", 0, true}, {unit + "s/s", 0}, {"J/" + unit, 2}}};
    const bool priced =
        std::any_of(best.begin(), best.end(), [](const ranked_machine& r) { return r.rent.number > 0; });
    if (priced) t.columns.push_back({"$/1M " + unit + "s", 1});
    t.columns.push_back({"answer", 0, true});
    for (const ranked_machine& r : best) {
        t.rows.push_back({io::hardware_text(r.hardware), ranked_layout(r),
                          r.has_time ? io::significant(r.throughput, 4) : "-",
                          r.energy.number > 0 ? io::significant(r.energy.number, 3) : "-"});
        if (priced) t.rows.back().push_back(r.rent.number > 0 ? io::fixed(1e6 * r.rent.number, 2) : "-");
        t.rows.back().push_back(std::string(row_of(verdict_of(r)).word));
    }
    return t;
}

/// Returns "82 machines", or "82 of 944 machines" if the search was stopped.
[[nodiscard]] inline std::string tried_text(const ranking_report& all) {
    const std::string of_all = all.stopped() ? std::to_string(all.ranked.size()) + " of " : std::string();
    return of_all + io::counted(static_cast<std::int64_t>(all.candidates), "machine");
}

/// Returns the first line of a ranking: the best machine, and by what.
[[nodiscard]] inline std::string best_text(const rank_options& o, const ranked_machine& r, const std::string& unit) {
    const std::string word = o.by == "energy" ? "most efficient" : o.by == "rent" ? "cheapest" : "fastest";
    std::string figure = io::significant(r.throughput, 4) + " " + unit + "s/s";
    if (o.by == "energy") figure += ", " + io::significant(r.energy.number, 3) + " J per " + unit;
    if (o.by == "rent") figure += ", $" + io::fixed(1e6 * r.rent.number, 2) + " per 1M " + unit + "s";
    return verdict_lines(
        verdict_of(r), ": " + word + " on " + io::hardware_text(r.hardware) + ", " + ranked_layout(r) + ": " + figure);
}

/// Returns how many machines the ranking is of, and why others are not in it.
[[nodiscard]] inline std::string left_out_text(const rank_options& o, const ranking_report& all) {
    const auto count = [&](auto is_so) { return std::count_if(all.ranked.begin(), all.ranked.end(), is_so); };
    const auto untimed = count(is_untimed);
    const auto timeless = count([](const ranked_machine& r) { return !r.has_time && r.verdict == sureness::no; });
    const auto small = count([](const ranked_machine& r) { return r.has_time && r.verdict == sureness::no; });
    std::string text = "By " + o.by + ", of " + tried_text(all);
    if (small > 0) text += "; " + std::to_string(small) + " too small";
    if (timeless > 0) text += "; " + std::to_string(timeless) + " without the format or a known rate";
    if (untimed > 0) text += "; " + std::to_string(untimed) + " in a time that is not known";
    std::string limits;
    for (std::size_t i = 0; i < std::size(candidate_limits); ++i)
        if (all.left_out[i] > 0)
            limits += (limits.empty() ? "; not tried: " : ", ") + std::to_string(all.left_out[i]) + " " +
                      candidate_limits[i].why;
    text += limits;
    return indented(text);
}

/// The machine that lacks the least memory, where none has enough, and what the job needs on it.
struct nearest_machine {
    machine hardware{};
    bytes needed{};
};

/// Returns what a training or an inference needs on a machine, in its smallest layout; nothing if it does not run
/// there.
[[nodiscard]] inline std::optional<bytes> least_need(const io::job_file& job, machine m) {
    if (!job.training) {
        const network net = lower(job.model, job.image_size());
        std::optional<bytes> least;
        const auto add = [&](const layout& l) {
            inference i = *job.inference;
            i.batch = divide_up(i.batch, std::int64_t{resolved(l, m.cards).data});
            const bytes need = fit(net, i, m, l).memory.device();
            if (!least || need < *least) least = need;
        };
        if (is_autoregressive(net))
            for_each_serving_layout(net, *job.inference, m, add);
        else
            add(usual_layout(net, *job.inference, m));
        return least;
    }
    const training t = in_one_batch(job, m.cards);
    m.capacity = boundless;
    const plan_report all = std::visit(
        [&](const auto& model) { return best_plans(model, t, m, {}, cardfit::detail::ranked_space); }, job.model);
    if (all.count == 0) return {};
    return all.items().back().device;
}

[[nodiscard]] inline std::optional<nearest_machine> nearest_of(const io::job_file& job, const ranking_report& all) {
    std::optional<nearest_machine> nearest;
    const auto lack = [](const nearest_machine& n) { return n.needed - usable_memory(n.hardware); };
    for (const ranked_machine& r : all.ranked) {
        if (!r.has_time || r.verdict != sureness::no || is_interrupted()) continue;
        const std::optional<bytes> need = least_need(job, r.hardware);
        if (!need) continue;
        const nearest_machine each{r.hardware, *need};
        if (!nearest || lack(each) < lack(*nearest)) nearest = each;
    }
    return nearest;
}

/// Returns the answer as JSON where the job fits none of the machines: the nearest of them, if the job runs on any.
[[nodiscard]] inline nlohmann::ordered_json none_json(const io::job_file& job, const ranking_report& all) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    const std::optional<nearest_machine> nearest = nearest_of(job, all);
    if (!nearest) return rows;
    const machine& m = nearest->hardware;
    nlohmann::ordered_json row = {{"card", m.card.id},
                                  {"cards", m.cards},
                                  {"needed_bytes", nearest->needed.number},
                                  {"capacity_bytes", usable_memory(m).number},
                                  {"answer", row_of(sureness::no).name}};
    if (!m.name.empty()) row["machine"] = m.name;
    rows.push_back(with_question(std::move(row), nullptr, io::assumed_of(m)));
    return rows;
}

/// Returns the answer where the job fits none of the machines: the nearest of them.
[[nodiscard]] inline std::string none_text(const io::job_file& job, const ranking_report& all) {
    std::string text =
        style().bad("NO") + ": " +
        (all.candidates == 1 ? "the job does not fit" : "the job fits none of " + tried_text(all) + " tried") + "\n";
    if (const std::optional<nearest_machine> nearest = nearest_of(job, all))
        text += indented("Nearest: " + io::hardware_text(nearest->hardware) + ", where it needs " +
                         io::in_gib(nearest->needed) + " of " + io::in_gib(usable_memory(nearest->hardware)) +
                         " in its smallest layout, by the central estimate");
    return text + "  Settings that fit: cardfit fit\n";
}

/// Returns the first lines of a ranking of machines that the job fits, where none has a time: how many fit it as surely
/// as the first, and why that has no time.
[[nodiscard]] inline std::string untimed_text(const io::job_file& job, const ranking_report& all) {
    const ranked_machine& first = all.ranked.front();
    const auto n = std::count_if(all.ranked.begin(), all.ranked.end(),
                                 [&](const ranked_machine& r) { return verdict_of(r) == verdict_of(first); });
    return verdict_lines(verdict_of(first), ": the job fits " + std::to_string(n) + " of " + tried_text(all) +
                                                " tried, in times that are not known") +
           indented("No time on " + io::hardware_text(first.hardware) + ": " + why_untimed(job, first));
}

/// Returns the answer as text, as the flags ask for it.
[[nodiscard]] inline std::string printed_ranking(const rank_options& o, const io::job_file& job,
                                                 const ranking_report& all, const std::vector<ranked_machine>& best) {
    const std::string unit = ranked_unit(job);
    if (o.answer.quiet) return quiet_text(verdict_of(best));
    if (o.answer.csv || o.answer.markdown) return printed(ranking_table(best, unit), o.answer, "");
    const std::string title = indented(io::model_title(job) + ": " + io::work_title(job));
    if (best.empty()) return none_text(job, all) + title + left_out_text(o, all);
    io::table t = ranking_table(best, unit);
    const bool sure =
        std::all_of(best.begin(), best.end(), [](const ranked_machine& r) { return verdict_of(r) == sureness::yes; });
    if (sure) io::remove_column(t, "answer");
    return (best[0].has_time ? best_text(o, best[0], unit) : untimed_text(job, all)) + title +
           printed(std::move(t), {}, "  ") + left_out_text(o, all) + ranked_prices_text(best);
}

/// Returns the job that is ranked. A model is read for the first card that is named: the ranking replaces the machine.
[[nodiscard]] inline io::job_file ranked_job(const rank_options& o) {
    asked().plans_layout = true;
    nlohmann::json job = job_json(o.job);
    const bool stated = !takes_flags(job) || job.value("hardware", nlohmann::json::object()).contains("card") ||
                        job.value("hardware", nlohmann::json::object()).contains("machine");
    if (!stated) {
        const std::vector<nlohmann::json> named = hardware_of(o.hardware);
        job["hardware"].update(named.empty() ? nlohmann::json{{"card", "h100-sxm5-80gb"}} : named.front());
    }
    return read_asked(job).job;
}

inline int rank(const rank_options& o) {
    const io::job_file job = ranked_job(o);
    const interrupt_scope interrupts;
    const ranking_report all = ranking(o, job);
    const std::vector<ranked_machine> best = best_of(all.ranked, o.top);
    const auto json = [&] { return best.empty() ? none_json(job, all) : ranking_json(job, best, all.stopped()); };
    output() << (o.json ? io::dump(json(), 1) + "\n" : printed_ranking(o, job, all, best));
    if (all.stopped()) return report_stop("machines");
    return is_enough(o.answer, verdict_of(best)) ? answered : does_not_fit;
}

inline std::function<int()> add_rank(CLI::App& app) {
    const auto o = std::make_shared<rank_options>();
    add_job_file(app, o->job);
    add_hardware_flags(app, o->hardware, "only this card; may be given several times");
    app.add_option("--count", o->counts, "cards per machine; default: 1, 2, 4 and 8")->check(between(1, 1024));
    app.add_option("--price", o->prices, "CARD=DOLLARS, in US dollars per GPU-hour; may be given several times");
    add_prices_flag(app);
    app.add_option("--by", o->by, "sort by time, energy or rent")->check(one_of({"time", "energy", "rent"}));
    app.add_option("--segment", o->segment, "only cards of this segment: datacenter, workstation, consumer or embedded")
        ->check(one_of({"datacenter", "workstation", "consumer", "embedded"}));
    app.add_option("--budget", o->budget, "US dollars that all cards of a machine may cost, by their prices at launch")
        ->check(between(1.0, 1e12));
    app.add_option("--hourly-budget", o->hourly_budget,
                   "US dollars per hour that a machine may cost, by --price or --prices")
        ->check(between(1e-6, 1e9));
    app.add_option("--power", o->power, "W that the boards of a machine may draw, by their power limits")
        ->check(between(1.0, 1e9));
    app.add_option("--slots", o->slots, "slots that the boards of a machine may take")->check(between(1, 1'000'000));
    app.add_option("--top", o->top, "number of results")->check(between(1, 1000));
    app.add_flag("--mig", o->slices, "include MIG slices");
    add_answer_flags(app, o->answer);
    add_json_flag(app, o->json);
    return [o] { return rank(*o); };
}
inline constexpr command rank_command{.name = "rank",
                                      .help = "find the fastest, most efficient or cheapest machines that fit a job",
                                      .add = add_rank,
                                      .takes_question = true};

}  // namespace tool
