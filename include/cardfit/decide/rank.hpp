// SPDX-License-Identifier: MIT
#pragma once

// Machines ranked for one job by time, energy or rent: the fastest and the cheapest that fit.

#include <cardfit/decide/machine_range.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/price.hpp>
#include <cardfit/decide/serve.hpp>

#include <algorithm>
#include <optional>
#include <span>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct rank_header {};
}  // namespace detail

/// The quantity that a ranking minimizes.
enum class rank_by : unsigned char { time, energy, rent };

/// The best way to run the job on one machine. The unit of work is a sample (training), a generated token (inference),
/// or a sequence (an encoder).
struct ranked_machine {
    machine hardware{};               ///< the machine as it was given
    dollars card_hour{};              ///< the user's price per GPU-hour; 0: none given
    bool fits = false;                ///< even at the upper error bound
    sureness verdict = sureness::no;  ///< how sure it is that the job fits
    bool has_time = false;            ///< false for a job or card without a known time
    cardfit::layout layout{};         ///< of the best plan
    training job{};                   ///< training only: micro-batch, accumulation and recomputation of the best plan
    inference serving{};              ///< inference only: that of one replica
    double throughput = 0;            ///< per second: samples, generated tokens, or sequences
    joules energy{};                  ///< of all GPUs, per unit of work
    dollars rent{};                   ///< per unit of work
};

namespace detail {

/// The search space on each machine: the layouts of few GPUs.
inline constexpr plan_space ranked_space{
    .tensor = 8, .pipeline = 8, .virtual_stages = 1, .context = 1, .expert = 8, .micro_batch = 64};

constexpr void add_price(ranked_machine& r, power_load load) {
    const seconds unit = seconds_of(1 / r.throughput);
    r.rent = rent_for(unit, r.hardware, r.card_hour);
    if (r.hardware.card.board_power.number > 0)
        r.energy = price_of(unit, r.hardware, load, {}, {.efficiency = 1}).energy;
}

[[nodiscard]] constexpr bool ranks_before(const ranked_machine& a, const ranked_machine& b, rank_by by) noexcept {
    const sureness surest = a.has_time ? a.verdict : sureness::no;
    const sureness other = b.has_time ? b.verdict : sureness::no;
    if (surest != other) return surest < other;
    if (surest == sureness::no) return false;
    const double x = by == rank_by::time ? -a.throughput : by == rank_by::energy ? a.energy.number : a.rent.number;
    const double y = by == rank_by::time ? -b.throughput : by == rank_by::energy ? b.energy.number : b.rent.number;
    // A machine without the figure ranks behind those with it.
    const bool without_x = same_number(x, 0.0);
    const bool without_y = same_number(y, 0.0);
    if (without_x != without_y) return without_y;
    return same_number(x, y) ? a.hardware.cards < b.hardware.cards : x < y;
}

}  // namespace detail

/// Returns the plan that is recommended for one machine and a training job, which keeps its global batch (micro-batch
/// times accumulation of `t`). A plan that is not sure to fit is found only in a space that accepts tight ones. Throws
/// invalid_input as best_plans does.
template <network_model M>
[[nodiscard]] constexpr ranked_machine rank_one(const M& model, training t, const machine& m, dollars card_hour = {},
                                                const plan_space& space = detail::ranked_space) {
    ranked_machine r{.hardware = m, .card_hour = card_hour};
    r.has_time = has_step_time(m.card, t.precision) && problems(t, m.card).empty();
    if (!r.has_time) return r;
    // The global batch does not depend on the machine.
    t = in_one_batch(t, t.micro_batch * t.gradient_accumulation, m.cards);
    const std::optional<plan> best = plan_to_run(model, t, m, {}, space);
    if (!best) return r;
    r.verdict = sureness_of(best->grade, best->capacity - best->device);
    r.fits = r.verdict == sureness::yes;
    r.layout = best->layout;
    r.job = best->job;
    r.throughput = best->time.samples_per_second;
    detail::add_price(r, power_load::training);
    return r;
}

/// Returns the usual layout of an inference: tensor parallel over the GPUs of a machine, pipeline parallel under an
/// engine that splits by layers, or a copy on each GPU where the model generates nothing (images, encoders).
[[nodiscard]] constexpr layout usual_layout(const network& net, const inference& i, const machine& m) {
    if (net.data_parallel_only || detail::runs_one_pass(net)) return {.data = m.cards};
    return row_of(i.framework).memory.splits_layers ? layout{.pipeline = m.cards} : layout{.tensor = m.cards};
}

/// Returns the answer of one machine for an inference under a layout, whose replicas each have the batch of `i`. Throws
/// invalid_input as lower_job and lower_time do.
template <network_model M>
[[nodiscard]] constexpr ranked_machine rank_one(const M& model, const inference& i, const machine& m, const layout& l,
                                                dollars card_hour = {}) {
    const network net = lower_model(model, i.image_size);
    ranked_machine r{.hardware = m, .card_hour = card_hour, .layout = l, .serving = i};
    r.has_time =
        has_inference_time(model, net, i, m.card) && engine_runs(i, m.card) && problems(r.layout, m.cards, net).empty();
    if (!r.has_time) return r;
    r.verdict = sureness_of(fit(net, i, m, r.layout));
    r.fits = r.verdict == sureness::yes;
    const inference_time t = time(model, net, i, m, r.layout, constants_of(i));
    r.throughput = detail::throughput_of(t, static_cast<double>(i.batch) * resolved(r.layout, m.cards).data);
    detail::add_price(r, load_of_batch(i.batch));
    return r;
}

/// Returns the same under the usual layout.
template <network_model M>
[[nodiscard]] constexpr ranked_machine rank_one(const M& model, const inference& i, const machine& m,
                                                dollars card_hour = {}) {
    return rank_one(model, i, m, usual_layout(lower_model(model, i.image_size), i, m), card_hour);
}

/// Sorts the machines: those that fit most surely first, and of those the best first. A ranking by rent needs prices;
/// machines without a price come last.
constexpr void rank(std::span<ranked_machine> machines, rank_by by) {
    std::sort(machines.begin(), machines.end(),
              [by](const ranked_machine& a, const ranked_machine& b) { return detail::ranks_before(a, b, by); });
}

/// The most machines of a ranking.
inline constexpr std::size_t max_ranked = 64;

/// Ranked machines, best first.
struct ranking {
    ranked_machine machines[max_ranked]{};  ///< best first
    std::size_t count = 0;                  ///< the number of machines

    /// The ranked machines, best first.
    [[nodiscard]] constexpr std::span<const ranked_machine> items() const noexcept { return {machines, count}; }
};

/// Ranks any range of machines, cards or pointers to cards for a job, best first, all at the same price per GPU-hour.
/// Throws invalid_input for more than 64 machines, and as `rank_one` does.
template <network_model M, class Job, machine_range Machines>
[[nodiscard]] constexpr ranking rank(const M& model, const Job& job, const Machines& machines,
                                     rank_by by = rank_by::time, dollars card_hour = {}) {
    ranking r;
    for (const auto& each : machines) {
        if (r.count == max_ranked)
            throw invalid_input({"machines", static_cast<std::int64_t>(std::size(machines)), 1, max_ranked});
        r.machines[r.count] = rank_one(model, job, as_machine(each), card_hour);
        ++r.count;
    }
    rank(std::span<ranked_machine>(r.machines, r.count), by);
    return r;
}

}  // namespace cardfit
