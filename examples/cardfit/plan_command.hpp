// SPDX-License-Identifier: MIT
#pragma once

// plan: which layout of a machine to run for a training job, and the front of those that are faster or smaller, ordered
// from the fastest to the one that needs the least memory. A search that takes longer than one second shows its
// progress, and Ctrl-C stops it with the best layouts so far.

#include "alternatives.hpp"
#include "answer_flags.hpp"
#include "launch_command.hpp"
#include "savings_command.hpp"
#include "serving_layout.hpp"

#include <cardfit/decide/plan_threads.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/io/table.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tool {

struct plan_options {
    std::string path;
    hardware_flags hardware;
    /// The launcher whose command is printed. If this is empty, no launch command is printed.
    std::string launcher;
    int top = 8;
    bool tight = false;
    bool json = false;
    answer_flags answer{};
};

namespace detail {

/// The search calls this function from time to time. It shows the progress on a terminal and returns true if the search
/// must stop.
[[nodiscard]] inline bool watch(const plan_progress& p) {
    using clock = std::chrono::steady_clock;
    thread_local clock::time_point shown = clock::now();
    if (clock::now() - shown > std::chrono::seconds(1) && is_terminal(STDERR_FILENO)) {
        shown = clock::now();
        errors() << "\rcardfit: " << p.candidates << " layouts, " << p.fitting << " fit, best step "
                 << io::fixed(p.best_seconds, 3) << " s (Ctrl-C stops and prints the best so far) " << std::flush;
    }
    return is_interrupted();
}

/// Returns how many threads search the layouts of a machine: one where that takes a few milliseconds, or where the
/// caller of a command has threads of its own.
[[nodiscard]] inline std::size_t threads_for(const machine& m) {
    constexpr std::size_t most_threads = 8;
    if (m.cards < 32 || !current_console()->of_process) return 1;
    return (std::min)(most_threads, std::size_t{(std::max)(std::thread::hardware_concurrency(), 1U)});
}

}  // namespace detail

/// Returns how a plan divides the job, in the given words, and what differs from the usual.
[[nodiscard]] inline std::string layout_text(const plan& p, std::string text) {
    const layout& l = p.layout;
    if (l.sharding != sharding::none && l.sharding_group > 0 && l.sharding_group != l.data * l.context)
        text += " x groups of " + std::to_string(l.sharding_group);
    if (l.sequence_parallel == sequence_parallel::off && l.tensor > 1) text += ", no sequence parallel";
    return text;
}

/// Returns how sure it is that a plan fits.
[[nodiscard]] inline sureness verdict_of(const plan& p) { return sureness_of(p.grade, p.capacity - p.device); }

[[nodiscard]] inline nlohmann::ordered_json plan_json(const plan& p, const machine& m) {
    nlohmann::ordered_json json = {{"layout", layout_json(p.layout)},
                                   {"training",
                                    {{"micro_batch", p.job.micro_batch},
                                     {"gradient_accumulation", p.job.gradient_accumulation},
                                     {"recompute", io::name_of(io::recompute_names, p.job.recompute)}}},
                                   {"step_seconds", p.time.step.number},
                                   {"samples_per_second", p.time.samples_per_second},
                                   {"model_flops_utilization", p.time.model_flops_utilization},
                                   {"device_bytes", p.device.number},
                                   {"capacity_bytes", p.capacity.number},
                                   {"grade", io::name_of(io::grade_names, p.grade)},
                                   {"breakdown", io::breakdown_json(p.time.breakdown)}};
    add_price_json(json, m, "step", p.time.step);
    return json;
}

/// Returns true for two plans of one search that are the same.
[[nodiscard]] inline bool is_same(const plan& a, const plan& b) {
    return a.time.step == b.time.step && a.device == b.device && a.job.micro_batch == b.job.micro_batch &&
           a.layout.sharding == b.layout.sharding && ways_of(a.layout) == ways_of(b.layout);
}

/// Returns the plans that an answer shows, at most `top` of the front, fastest first. The one that is recommended is
/// among them, also where a plan of another kind is both as fast and as small. There are none where nothing fits.
[[nodiscard]] inline std::vector<plan> shown_plans(const recommendation& r, int top) {
    if (r.count == 0) return {};
    std::vector<plan> plans(r.found.front, r.found.front + (std::min)(r.found.count, static_cast<std::size_t>(top)));
    if (std::any_of(plans.begin(), plans.end(), [&](const plan& p) { return is_same(p, r.plan); })) return plans;
    const auto slower = [&](const plan& p) { return p.time.step > r.plan.time.step; };
    plans.insert(std::find_if(plans.begin(), plans.end(), slower), r.plan);
    return plans;
}

/// Returns the plans as a table, with a mark before the one that is recommended.
[[nodiscard]] inline io::table plans_table(const recommendation& r, int top, const machine& m) {
    io::table t{.columns = {{"", 0, true},
                            {"layout", 0, true},
                            {"sharding", 0, true},
                            {"micro", 0},
                            {"accum.", 3},
                            {"recompute", 0, true},
                            {"step", 0},
                            {"MFU %", 2},
                            {"GiB", 0},
                            {"answer", 1, true}}};
    if (prices()) t.columns.push_back({"$/1,000 steps", 4});
    for (const plan& p : shown_plans(r, top)) {
        t.rows.push_back({is_same(p, r.plan) ? "*" : "", layout_text(p, layout_words(p.layout)),
                          std::string(io::name_of(io::sharding_names, p.layout.sharding)),
                          std::to_string(p.job.micro_batch), std::to_string(p.job.gradient_accumulation),
                          std::string(io::name_of(io::recompute_names, p.job.recompute)), io::in_time(p.time.step),
                          io::fixed(100 * p.time.model_flops_utilization, 1), io::fixed(in_gibibytes(p.device), 1),
                          std::string(row_of(verdict_of(p)).word)});
        if (prices()) t.rows.back().push_back(cost_cell(m, p.time.step));
    }
    return t;
}

/// Returns a plan in one line: "data 8, sharding full, micro-batch 2, accumulation 1, recompute selective".
[[nodiscard]] inline std::string plan_words(const plan& p) {
    const std::string divided = p.layout.sharding == sharding::none
                                    ? std::string()
                                    : ", sharding " + std::string(io::name_of(io::sharding_names, p.layout.sharding));
    return layout_text(p, ways_of(p.layout)) + divided + ", micro-batch " + std::to_string(p.job.micro_batch) +
           ", accumulation " + std::to_string(p.job.gradient_accumulation) + ", recompute " +
           std::string(io::name_of(io::recompute_names, p.job.recompute));
}

/// Returns what to run, and how fast that is. What is not likely to fit is the best layout, and nothing to run.
[[nodiscard]] inline std::string recommended_text(const plan& p) {
    const double tokens = p.time.tokens_per_second.number;
    const std::string rate = tokens > 0 ? io::with_commas(static_cast<std::int64_t>(tokens)) + " tokens/s"
                                        : io::significant(p.time.samples_per_second, 4) + " samples/s";
    const std::string figures = "step " + io::in_time(p.time.step) + " (" + io::in_time(p.time.step_low) + " to " +
                                io::in_time(p.time.step_high) + "); " + rate + "; MFU " +
                                io::fixed(100 * p.time.model_flops_utilization, 1) + " %; needs " +
                                io::fixed(in_gibibytes(p.device), 1) + " of " + io::in_gib(p.capacity);
    const sureness verdict = verdict_of(p);
    const std::string advice = verdict == sureness::unlikely ? ": the best layout is " : ": run ";
    return verdict_lines(verdict, advice + plan_words(p)) + indented(figures);
}

/// Returns what the table of plans is: which is marked, of how many layouts they are the front.
[[nodiscard]] inline std::string plans_note(const recommendation& r) {
    const time_estimate& fastest = r.found.best().time;
    const double error = 100 * (fastest.step_high.number / fastest.step.number - 1);
    const std::string front =
        r.found.stopped ? "the Pareto front of time and memory so far, of " : "the Pareto front of time and memory of ";
    return indented("* the simplest within the error (±" + io::fixed(error, 0) + " %) of the fastest; " + front +
                    io::counted(r.found.progress.candidates, "layout") + (r.found.stopped ? ", stopped early" : ""));
}

/// More memory than any job needs, for the search of the layout that needs the least.
inline constexpr bytes boundless = bytes_of(std::int64_t{1} << 50U);

/// Where nothing fits: the layout that needs the least memory, and the smallest number of the same card that does.
struct near_miss {
    std::optional<cardfit::plan> smallest{};
    int cards = 0;  ///< 0: none of the numbers tried
};

/// Returns the job with the layout of a plan.
[[nodiscard]] inline io::job_file planned(io::job_file job, const plan& p) {
    job.training = p.job;
    job.layout = p.layout;
    return job;
}

/// The job that a launcher must be able to start; any, if its name is empty. A plan must be at least this sure to fit.
struct launched_job {
    const io::job_file& job;
    const std::string& launcher;
    sureness least = sureness::yes;
};
/// Returns true for a plan that may be reported.
[[nodiscard]] inline bool is_accepted(const plan& p, const void* context) {
    const launched_job& asked = *static_cast<const launched_job*>(context);
    if (verdict_of(p) > asked.least) return false;
    if (asked.launcher.empty()) return true;
    try {
        static_cast<void>(io::launch(planned(asked.job, p), asked.launcher));
        return true;
    } catch (const io::input_error&) {
        return false;
    }
}

/// Returns how sure it is that a recommended plan fits: NO where there is none.
[[nodiscard]] inline sureness verdict_of(const recommendation& r) {
    return r.count > 0 ? verdict_of(r.plan) : sureness::no;
}

/// Returns how sure it is that a job fits a ranked machine.
[[nodiscard]] inline sureness verdict_of(const ranked_machine& r) { return r.verdict; }

/// Returns true for a plan that is at least as sure to fit as the verdict that `least` points to.
[[nodiscard]] inline bool is_as_sure(const plan& p, const void* least) {
    return verdict_of(p) <= *static_cast<const sureness*>(least);
}

/// Returns the surest that a search finds. `search(least)` finds the best plan that is at least so sure to fit; `first`
/// is the verdict that is enough. What fits no layout at the upper error bound mostly fits none, so that is asked next.
template <class Search>
[[nodiscard]] auto surest(Search search, sureness first = sureness::yes) {
    auto found = search(first);
    if (verdict_of(found) != sureness::no) return found;
    auto any = search(sureness::unlikely);
    if (verdict_of(any) != sureness::unlikely) return any;
    auto likely = search(sureness::likely);
    return verdict_of(likely) == sureness::no ? any : likely;
}

/// Returns the plan to run among those that are at least so sure to fit, and that the launcher can start; any can be if
/// its name is empty.
[[nodiscard]] inline recommendation search(const io::job_file& job, const std::string& launcher, sureness least) {
    const launched_job asked{job, launcher, least};
    const plan_space space{
        .tight = least != sureness::yes, .stop = detail::watch, .accept = is_accepted, .accept_context = &asked};
    const interrupt_scope interrupts;
    return std::visit(
        [&](const auto& model) {
            const plan_report found = best_plans_by_threads(model, *job.training, job.hardware, job.layout, space,
                                                            detail::threads_for(job.hardware));
            return recommended_plan(model, *job.training, job.hardware, job.layout, space, found);
        },
        job.model);
}

/// Returns the smallest number of the same card that fits the job, doubled from the machine's own; 0: none of those
/// tried.
[[nodiscard]] inline int cards_enough(const io::job_file& job) {
    constexpr int most = 1024;
    const interrupt_scope interrupts;
    const training whole = in_one_batch(*job.training, samples_per_step(*job.training, job.hardware, job.layout));
    for (int n = 2 * job.hardware.cards; n <= most && joins_others(job.hardware.card); n *= 2) {
        const machine larger = with_cards(job.hardware, n);
        if (std::visit([&](const auto& model) { return rank_one(model, whole, larger).fits; }, job.model)) return n;
    }
    return 0;
}

/// Returns what is nearest to fitting where no layout does.
[[nodiscard]] inline near_miss nearest(const io::job_file& job) {
    near_miss miss;
    const interrupt_scope interrupts;
    io::job_file any_memory = job;
    any_memory.hardware.capacity = boundless;
    const recommendation all = search(any_memory, {}, sureness::yes);
    if (all.count > 0) miss.smallest = all.found.items().back();
    miss.cards = cards_enough(job);
    return miss;
}

/// Returns where the job fits instead: on more cards of the kind, or with other settings.
[[nodiscard]] inline std::string ways_out_text(int enough) {
    const std::string cards = enough > 0
                                  ? "Fits: " + io::counted(enough, "card") +
                                        " of this kind (see: cardfit plan --cards " + std::to_string(enough) + ")"
                                  : "It fits no number of this card up to 1,024";
    return "  " + cards + "\n  Settings and other cards that fit: cardfit fit\n";
}

[[nodiscard]] inline std::string misses_text(const io::job_file& job, const near_miss& miss, const bytes capacity) {
    std::string text = style().bad("NO") + ": no layout of " + io::hardware_text(job.hardware) + " fits\n";
    if (miss.smallest)
        text += indented("Nearest: " + plan_words(*miss.smallest) + " needs " + io::in_gib(miss.smallest->device) +
                         " of " + io::in_gib(capacity) + ", step " + io::in_time(miss.smallest->time.step));
    return text + ways_out_text(miss.cards);
}

/// Returns the job file of a plan.
[[nodiscard]] inline nlohmann::json planned_file(const io::job_file& job, const plan& p) {
    nlohmann::json file = asked().job;
    set_layout(planned(job, p), job, file);
    return file;
}

[[nodiscard]] inline nlohmann::ordered_json plans_json(const io::job_file& job, const recommendation& r, int top) {
    const machine& m = job.hardware;
    nlohmann::ordered_json front = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < r.found.count && i < static_cast<std::size_t>(top); ++i)
        front.push_back(plan_json(r.found.front[i], m));
    nlohmann::ordered_json json = {{"plans", std::move(front)},
                                   {"candidates", r.found.progress.candidates},
                                   {"stopped", r.found.stopped},
                                   {"answer", row_of(verdict_of(r)).name}};
    if (r.count == 0) return json;
    json["recommended"] = plan_json(r.plan, m);
    json["recommended"]["job"] = planned_file(job, r.plan);
    return json;
}

[[nodiscard]] inline nlohmann::ordered_json nearest_json(const io::job_file& job, const near_miss& miss) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    if (miss.smallest) {
        json = plan_json(*miss.smallest, job.hardware);
        json["capacity_bytes"] = usable_memory(job.hardware).number;
        json["grade"] = "does-not-fit";
    }
    json["fits_on_cards"] = miss.cards > 0 ? nlohmann::ordered_json(miss.cards) : nlohmann::ordered_json();
    return json;
}

/// Returns the answer as text, as the flags ask for it.
[[nodiscard]] inline std::string printed_plans(const plan_options& o, const io::job_file& job,
                                               const recommendation& r) {
    if (o.answer.quiet) return quiet_text(verdict_of(r));
    if (o.answer.csv || o.answer.markdown) return printed(plans_table(r, o.top, job.hardware), o.answer, "");
    const std::string title = indented(io::title(job));
    const std::string assumed = assumptions_text(job.assumed);
    if (r.count == 0) return misses_text(job, nearest(job), usable_memory(job.hardware)) + title + assumed;
    const std::string ways_out = verdict_of(r) == sureness::unlikely ? ways_out_text(cards_enough(job)) : std::string();
    return recommended_text(r.plan) + ways_out + title + printed(plans_table(r, o.top, job.hardware), {}, "  ") +
           plans_note(r) + prices_text({job.hardware}) + assumed;
}

inline int plan(const plan_options& o) {
    asked().plans_layout = true;
    const io::job_file job = training_job(o.path, o.hardware);
    const auto found_by = [&](const std::string& launcher) {
        return surest([&](sureness least) { return search(job, launcher, least); },
                      o.tight ? sureness::likely : sureness::yes);
    };
    recommendation r = found_by(o.launcher);
    // If the launcher can start none of the layouts that fit, the attempt to launch the best of the others reports the
    // reason.
    if (r.count == 0 && !o.launcher.empty()) r = found_by({});
    std::optional<io::launch_plan> start;
    if (!o.launcher.empty() && r.count > 0) start = io::launch(planned(job, r.plan), o.launcher);
    if (o.json) {
        nlohmann::ordered_json all = plans_json(job, r, o.top);
        if (r.count == 0) all["nearest"] = nearest_json(job, nearest(job));
        if (start) all["launch"] = launch_json(*start);
        const nlohmann::json file = r.count > 0 ? planned_file(job, r.plan) : asked().job;
        output() << io::dump(with_question(std::move(all), file, job.assumed), 1) << "\n";
    } else {
        output() << printed_plans(o, job, r);
        if (start) output() << "\n" << io::shell_script(*start);
    }
    if (r.count > 0) asked().job = planned_file(job, r.plan);
    if (r.found.stopped) return report_stop("layouts");
    return is_enough(o.answer, verdict_of(r)) ? answered : does_not_fit;
}

inline std::function<int()> add_plan(CLI::App& app) {
    const auto o = std::make_shared<plan_options>();
    add_job_file(app, o->path, "a training job");
    app.add_option("--top", o->top, "number of results, from the fastest to the one of the least memory")
        ->check(between(1, 32));
    app.add_option("--for", o->launcher,
                   "also print how to start the recommended layout: torchtitan, deepspeed, megatron, accelerate");
    app.add_flag(
        "--tight", o->tight,
        "let layouts that fit by the central estimate only compete with those that fit at the upper error bound");
    add_replacing_flags(app, o->hardware);
    add_prices_flag(app);
    add_answer_flags(app, o->answer);
    add_json_flag(app, o->json);
    return [o] { return plan(*o); };
}
inline constexpr command plan_command{
    .name = "plan",
    .help = "find the parallel layout of the job's machine to run, and those that are faster or smaller",
    .add = add_plan,
    .takes_question = true};

}  // namespace tool
