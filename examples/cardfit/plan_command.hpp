// SPDX-License-Identifier: MIT
#pragma once

// plan: the best parallel layouts of a machine for a training job, ordered from the fastest to the one that needs the
// least memory. A search that takes longer than one second shows its progress, and Ctrl-C stops it with the best
// layouts so far.

#include "launch_command.hpp"
#include "savings_command.hpp"
#include "serving_layout.hpp"

#include <cardfit/decide/plan.hpp>

#include <chrono>

namespace tool {

struct plan_options {
    std::string path;
    hardware_flags hardware;
    /// The launcher whose command is printed. If this is empty, no launch command is printed.
    std::string launcher;
    int top = 8;
    bool tight = false;
    bool json = false;
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

}  // namespace detail

[[nodiscard]] inline std::string layout_text(const plan& p) {
    const layout& l = p.layout;
    std::string text;
    const auto add = [&](const char* name, std::int64_t n) {
        if (n > 1) text += (text.empty() ? "" : " x ") + std::string(name) + " " + std::to_string(n);
    };
    add("data", l.data);
    add("tensor", l.tensor);
    add("pipeline", l.pipeline);
    add("virtual", l.virtual_stages);
    add("context", l.context);
    add("expert", l.expert);
    if (l.sharding != sharding::none && l.sharding_group > 0 && l.sharding_group != l.data * l.context)
        add("groups of", l.sharding_group);
    if (l.sequence_parallel == sequence_parallel::off && l.tensor > 1) text += ", no sequence parallel";
    return text.empty() ? "1 card" : text;
}

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

[[nodiscard]] inline std::string plans_text(const plan_report& r, int top, const machine& m) {
    std::vector<std::vector<std::string>> rows{
        {"layout", "sharding", "micro-batch", "accumulation", "recompute", "step", "MFU", "memory", "grade"}};
    if (prices()) rows[0].push_back("$/1,000 steps");
    for (std::size_t i = 0; i < r.count && i < static_cast<std::size_t>(top); ++i) {
        const plan& p = r.front[i];
        rows.push_back({layout_text(p), std::string(io::name_of(io::sharding_names, p.layout.sharding)),
                        std::to_string(p.job.micro_batch), std::to_string(p.job.gradient_accumulation),
                        std::string(io::name_of(io::recompute_names, p.job.recompute)), io::in_time(p.time.step),
                        io::fixed(100 * p.time.model_flops_utilization, 1) + " %", io::in_gib(p.device),
                        std::string(io::name_of(io::grade_names, p.grade))});
        if (prices()) rows.back().push_back(cost_cell(m, p.time.step));
    }
    return io::aligned(rows, 2, "  ") + prices_text({m});
}

/// Returns the job with the layout of a plan.
[[nodiscard]] inline io::job_file planned(io::job_file job, const plan& p) {
    job.training = p.job;
    job.layout = p.layout;
    return job;
}

/// The job that a launcher must be able to start.
struct launched_job {
    const io::job_file& job;
    const std::string& launcher;
};
[[nodiscard]] inline bool can_launch(const plan& p, const void* context) {
    const launched_job& asked = *static_cast<const launched_job*>(context);
    try {
        static_cast<void>(io::launch(planned(asked.job, p), asked.launcher));
        return true;
    } catch (const io::input_error&) {
        return false;
    }
}

/// Returns the best layouts among those that the launcher can start, or among all layouts if its name is empty.
[[nodiscard]] inline plan_report search(const io::job_file& job, const plan_options& o, const std::string& launcher) {
    const launched_job asked{job, launcher};
    plan_space space{.tight = o.tight, .stop = detail::watch};
    if (!launcher.empty()) {
        space.accept = can_launch;
        space.accept_context = &asked;
    }
    const interrupt_scope interrupts;
    return std::visit(
        [&](const auto& model) { return best_plans(model, *job.training, job.hardware, job.layout, space); },
        job.model);
}

[[nodiscard]] inline nlohmann::ordered_json plans_json(const plan_report& r, int top, const machine& m) {
    nlohmann::ordered_json front = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < r.count && i < static_cast<std::size_t>(top); ++i)
        front.push_back(plan_json(r.front[i], m));
    return {{"plans", std::move(front)}, {"candidates", r.progress.candidates}, {"stopped", r.stopped}};
}

inline int plan(const plan_options& o) {
    asked().plans_layout = true;
    const io::job_file job = training_job(o.path, o.hardware);
    plan_report r = search(job, o, o.launcher);
    // If the launcher can start none of the layouts that fit, the attempt to launch the best of the others reports the
    // reason.
    if (r.count == 0 && !o.launcher.empty()) r = search(job, o, {});
    std::optional<io::launch_plan> start;
    if (!o.launcher.empty() && r.count > 0) start = io::launch(planned(job, r.best()), o.launcher);
    if (o.json) {
        nlohmann::ordered_json all = plans_json(r, o.top, job.hardware);
        if (start) all["launch"] = launch_json(*start);
        output() << io::dump(with_assumed(std::move(all), io::assumed_of(job.hardware)), 1) << "\n";
    } else {
        output() << io::title(job) << "\n"
                 << (r.count > 0 ? plans_text(r, o.top, job.hardware) : std::string("  No layout fits this machine.\n"))
                 << "  " << io::counted(r.progress.candidates, "layout") << " considered"
                 << (r.stopped ? ", stopped early" : "") << "\n"
                 << io::assumed_text(io::assumed_of(job.hardware), style());
        if (start) output() << "\n" << io::shell_script(*start);
    }
    if (r.stopped) return report_stop("layouts");
    return r.count > 0 ? answered : does_not_fit;
}

inline std::function<int()> add_plan(CLI::App& app) {
    const auto o = std::make_shared<plan_options>();
    add_job_file(app, o->path, "a training job");
    app.add_option("--top", o->top, "number of results, from the fastest to the one of the least memory")
        ->check(CLI::Range(1, 32));
    app.add_option("--for", o->launcher,
                   "also print how to start the best layout: torchtitan, deepspeed, megatron, accelerate");
    app.add_flag("--tight", o->tight, "accept layouts that fit by the central estimate only");
    add_replacing_flags(app, o->hardware);
    add_prices_flag(app);
    add_json_flag(app, o->json);
    return [o] { return plan(*o); };
}
inline constexpr command plan_command{
    "plan", "find the best parallel layouts of the job's machine", add_plan, true, false, true, true};

}  // namespace tool
