// SPDX-License-Identifier: MIT
#pragma once

// The best layouts of a machine for a training job, over data x tensor x pipeline x virtual stages x context x expert x
// sharding x recomputation x micro-batch at the job's global batch. The search is exact: it drops a candidate without
// its estimates only if a bound proves that the candidate does not fit, or that a known plan is at least as fast and at
// least as small. For an inference, every layout over data x tensor x pipeline is estimated.

#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/decide/layout_generator.hpp>
#include <cardfit/decide/plan_search.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct plan_header {};
}  // namespace detail

/// Returns the best layouts of the machine for this job, which keeps its global batch (micro-batch x accumulation x
/// data parallelism of the given layout). The result is deterministic. Throws invalid_input as lower_job and step_time
/// do, and for a model that is invalid.
template <network_model M>
[[nodiscard]] constexpr plan_report best_plans(const M& model, const training& t, const machine& m,
                                               const layout& given = {}, const plan_space& space = {}) {
    return detail::searched(model, t, m, given, space);
}

namespace detail {

/// The kinds of layouts, from the simplest: data parallelism, then with sharding, then with tensor parallelism, then
/// with a pipeline, then all ways.
inline constexpr int layout_kinds = 5;

/// Returns the part of a search space with the layouts up to a kind.
[[nodiscard]] constexpr plan_space up_to_kind(plan_space space, int kind) noexcept {
    if (kind < 4) {
        space.virtual_stages = 1;
        space.context = 1;
        space.expert = 1;
    }
    if (kind < 3) space.pipeline = 1;
    if (kind < 2) space.tensor = 1;
    if (kind < 1) space.most_sharding = sharding::none;
    return space;
}

/// Returns the plan to run, of which `fastest` is the fastest: the fastest of the simplest kind that is not slower by
/// more than the error of the estimate.
template <network_model M>
[[nodiscard]] constexpr plan simplest_plan(const M& model, const training& t, const machine& m, const layout& given,
                                           const plan_space& space, const plan& fastest) {
    const plan_goal goal{.fastest_alone = true, .slowest = fastest.time.step_high.number};
    for (int kind = 0; kind + 1 < layout_kinds; ++kind) {
        const plan_report simple = searched(model, t, m, given, up_to_kind(space, kind), goal);
        if (simple.count > 0) return simple.best();
    }
    return fastest;
}

}  // namespace detail

/// The plan to run: the fastest plan of the simplest kind that is not slower than the fastest of all by more than the
/// error of the estimate. `found` is the search that it comes from.
struct recommendation {
    cardfit::plan plan{};   ///< the plan to run
    std::size_t count = 0;  ///< 1, or 0 if nothing fits
    plan_report found{};    ///< all plans that were found
};

/// Returns the plan to run, where the plans of the search are found already. Throws invalid_input as best_plans does.
template <network_model M>
[[nodiscard]] constexpr recommendation recommended_plan(const M& model, const training& t, const machine& m,
                                                        const layout& given, const plan_space& space,
                                                        const plan_report& found) {
    recommendation r{.found = found};
    if (r.found.count == 0) return r;
    r.count = 1;
    r.plan = detail::simplest_plan(model, t, m, given, space, r.found.best());
    return r;
}
/// Returns the plan to run among those that best_plans finds. Data parallelism is simpler without sharding than
/// with it; both are simpler than tensor parallelism, which is simpler than a pipeline, which is simpler than other
/// ways. Throws invalid_input as best_plans does.
template <network_model M>
[[nodiscard]] constexpr recommendation recommended_plan(const M& model, const training& t, const machine& m,
                                                        const layout& given = {}, const plan_space& space = {}) {
    return recommended_plan(model, t, m, given, space, best_plans(model, t, m, given, space));
}

/// Returns the plan of `recommended_plan` alone, or nothing if none fits: what is slower and smaller is not looked for,
/// which takes a third of the time. Throws invalid_input as best_plans does.
template <network_model M>
[[nodiscard]] constexpr std::optional<plan> plan_to_run(const M& model, const training& t, const machine& m,
                                                        const layout& given = {}, const plan_space& space = {}) {
    const plan_report fastest = detail::searched(model, t, m, given, space, {.fastest_alone = true});
    if (fastest.count == 0) return {};
    return detail::simplest_plan(model, t, m, given, space, fastest.best());
}

/// One way to serve the job.
struct inference_plan {
    inference job{};           ///< with the batch of one replica
    cardfit::layout layout{};  ///< degrees of parallelism
    inference_time time{};     ///< of prompt and tokens
    double throughput = 0;     ///< per second: generated tokens, or sequences where nothing is generated
    bytes device{};            ///< central estimate of the most-loaded GPU
    bytes capacity{};          ///< what a job can have of the card's memory
    cardfit::grade grade = grade::does_not_fit;  ///< fits or tight
};

/// The layouts that fit, the highest throughput first; of equal throughput, the smallest first. Empty if nothing fits.
struct inference_plan_report {
    inference_plan plans[max_front]{};  ///< the best, if more than these fit
    std::size_t count = 0;              ///< the number of plans
    std::int64_t candidates = 0;        ///< layouts that were looked at
    std::int64_t fitting = 0;           ///< that fit

    /// Returns the plan with the highest throughput. Throws std::out_of_range if no layout fits.
    [[nodiscard]] constexpr const inference_plan& best() const {
        return count > 0 ? plans[0] : throw std::out_of_range("cardfit: no layout fits, so there is no best plan");
    }
    /// The plans, highest throughput first.
    [[nodiscard]] constexpr std::span<const inference_plan> items() const noexcept { return {plans, count}; }
};

namespace detail {

/// Returns true if `a` has the higher throughput, or at the same throughput needs less memory.
[[nodiscard]] constexpr bool serves_better(const inference_plan& a, const inference_plan& b) noexcept {
    return same_number(a.throughput, b.throughput) ? a.device < b.device : a.throughput > b.throughput;
}

/// Inserts a plan in order. A full report drops its last plan.
constexpr void keep(inference_plan_report& report, const inference_plan& p) noexcept {
    std::size_t at = report.count;
    while (at > 0 && serves_better(p, report.plans[at - 1])) --at;
    if (at == max_front) return;
    if (report.count < max_front) ++report.count;
    for (std::size_t k = report.count - 1; k > at; --k) report.plans[k] = report.plans[k - 1];
    report.plans[at] = p;
}

/// Returns the bounds of the ways in which an engine divides a model: consecutive layers, or matrices and, where its
/// stages communicate through NCCL, layers too.
[[nodiscard]] constexpr layout_bounds bounds_of(const engine_memory& row, const plan_space& space) noexcept {
    return {.tensor = row.splits_layers ? 1 : space.tensor,
            .pipeline = row.splits_layers || row.pipeline_by_nccl ? space.pipeline : 1};
}

}  // namespace detail

/// Returns the layouts of the machine that fit an inference, over data x tensor x pipeline as its engine divides
/// models. The job keeps its sequences (the batch x data parallelism of the given layout; by default, one replica per
/// GPU), so a layout is tried if its replicas divide them. Of `space` the bounds `tensor` and `pipeline`, and `tight`,
/// apply; other ways of the given layout are not tried. Throws invalid_input as lower_job and lower_time do.
template <network_model M>
[[nodiscard]] constexpr inference_plan_report best_plans(const M& model, const inference& i, const machine& m,
                                                         const layout& given = {}, const plan_space& space = {}) {
    const network net = lower_model(model, i.image_size);
    detail::check_job(net, i, m, given);
    const std::int64_t sequences = i.batch * resolved(given, m.cards).data;
    inference_plan_report report;
    for (layout_generator each(m.cards, detail::bounds_of(row_of(i).memory, space)); each.valid(); each.next()) {
        inference_plan p{.job = i, .layout = each.current()};
        if (sequences % p.layout.data != 0 || !problems(p.layout, m.cards, net).empty()) continue;
        p.job.batch = sequences / p.layout.data;
        if (!problems(p.job, net).empty()) continue;
        ++report.candidates;
        const fit_report f = fit(net, p.job, m, p.layout);
        p.grade = f.grade;
        if (p.grade != grade::fits && !(space.tight && p.grade == grade::tight)) continue;
        ++report.fitting;
        p.device = f.memory.device();
        p.capacity = f.capacity;
        p.time = time(model, net, p.job, m, p.layout, constants_of(p.job));
        p.throughput = detail::throughput_of(p.time, static_cast<double>(sequences));
        detail::keep(report, p);
    }
    return report;
}

}  // namespace cardfit
