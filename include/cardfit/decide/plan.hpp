// SPDX-License-Identifier: MIT
#pragma once

// The best layouts of a machine for a training job, over data x tensor x pipeline x virtual stages x context x expert x
// sharding x recomputation x micro-batch at the job's global batch. The search is exact: it drops a candidate without
// its estimates only if a bound proves that the candidate does not fit, or that a known plan is at least as fast and at
// least as small. For an inference, every layout over data x tensor x pipeline is estimated.

#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/layout_generator.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_times.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct plan_header {};
}  // namespace detail

/// Returns the samples of one step: micro-batch x gradient accumulation x data parallelism.
[[nodiscard]] constexpr std::int64_t samples_per_step(const training& t, const machine& m, const layout& l) noexcept {
    return t.micro_batch * t.gradient_accumulation * resolved(l, m.cards).data;
}

/// One way to run the job.
struct plan {
    training job{};                              ///< with the plan's micro-batch, accumulation and recomputation
    cardfit::layout layout{};                    ///< degrees of parallelism and sharding
    time_estimate time{};                        ///< of one optimizer step
    bytes device{};                              ///< central estimate of the most-loaded GPU
    bytes capacity{};                            ///< what a job can have of the card's memory
    cardfit::grade grade = grade::does_not_fit;  ///< fits or tight
};

/// The search space: powers of two up to each bound, the job's own micro-batch, and every pipeline depth that divides
/// the cards. A member that is false keeps what the job has.
struct plan_space {
    int tensor = 64;            ///< the most cards that share each layer
    int pipeline = 128;         ///< the most pipeline stages
    int virtual_stages = 8;     ///< the most virtual stages per pipeline stage
    int context = 16;           ///< the most cards that share each sequence
    int expert = 64;            ///< the most cards among which experts are divided
    int micro_batch = 64;       ///< the largest micro-batch
    bool sharding = true;       ///< try every sharding up to `most_sharding`
    bool recompute = true;      ///< try every kind of recomputation
    bool micro_batches = true;  ///< try micro-batches of 1, 2, 4 … up to `micro_batch`
    cardfit::sharding most_sharding = cardfit::sharding::full;  ///< the most sharding that is tried
    /// Accept plans of grade `tight` too.
    bool tight = false;
    /// Called now and then; returns true to stop the search with the best plans so far. Null: the search is never
    /// stopped.
    bool (*stop)(const struct plan_progress&) = nullptr;
    /// Returns true for a plan that may be reported: one that a launcher can express. `context` is `accept_context`.
    /// Null: every plan may be.
    bool (*accept)(const plan&, const void* context) = nullptr;
    const void* accept_context = nullptr;  ///< handed to `accept`
};

/// The progress of a search.
struct plan_progress {
    std::int64_t candidates = 0;  ///< layouts and settings that were looked at
    std::int64_t timed = 0;       ///< whose time was estimated
    std::int64_t measured = 0;    ///< whose memory was estimated
    std::int64_t fitting = 0;     ///< that fit
    double best_seconds = 0;      ///< per step, of the best plan so far; 0: none fits yet
};

/// The most plans of a front.
inline constexpr std::size_t max_front = 32;

/// The Pareto front of time and memory, from the fastest plan to the smallest: no other plan is both as fast and as
/// small. It is empty if nothing fits.
struct plan_report {
    plan front[max_front]{};   ///< the plans, the fastest first
    std::size_t count = 0;     ///< the number of plans
    plan_progress progress{};  ///< what the search looked at
    bool stopped = false;      ///< `plan_space::stop` ended the search

    /// Returns the fastest plan. Throws std::out_of_range if no layout fits.
    [[nodiscard]] constexpr const plan& best() const {
        return count > 0 ? front[0] : throw std::out_of_range("cardfit: no layout fits, so there is no best plan");
    }
    /// The plans of the front, fastest first.
    [[nodiscard]] constexpr std::span<const plan> items() const noexcept { return {front, count}; }
};

namespace detail {

/// Returns a lower bound of the bytes per GPU that no recomputation or micro-batch can lower: weights, gradients and
/// optimizer states of the average pipeline stage.
[[nodiscard]] constexpr double state_bound(const network& net, const training& t, const layout& l,
                                           const memory_rules& r) noexcept {
    if (t.offload == offload::full || r.adapted || t.optimizer_in_backward) return 0;
    const shares dense = shares_of(l.sharding, l.sharding_group);
    const shares expert = shares_of(l.sharding, expert_group(l));
    double matrices = static_cast<double>(net.embedding_parameters + net.head_parameters);
    double experts = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const parameter_sums one = layer_parameters(net.blocks[k], {}, {});
        const double layers = static_cast<double>(net.blocks[k].layers.count(0, net.layers));
        matrices += layers * static_cast<double>(one.matrix);
        experts += layers * static_cast<double>(one.expert);
    }
    const optimizer_memory& o = row_of(t.optimizer).memory;
    const double states =
        t.offload == offload::optimizer ? 0 : r.recipe.master + static_cast<double>(states_on_card(o) * r.state_width);
    const auto each = [&](const shares& s) {
        return static_cast<double>(r.recipe.weight) / static_cast<double>(s.weight) +
               static_cast<double>(r.recipe.gradient) / static_cast<double>(s.gradient) +
               states / static_cast<double>(s.optimizer);
    };
    return (matrices / l.tensor * each(dense) + experts / static_cast<double>(expert_cards(l)) * each(expert)) /
           l.pipeline;
}

/// `Model` gives the time: a convolutional or diffusion model itself, the network for any other model.
template <class Model>
struct plan_search {
    const Model& model;
    const network& net;
    const machine& hardware;
    const plan_space& space;
    std::int64_t global_batch = 1;
    bytes capacity{};
    /// The step times of the layouts that the search tries; null for a job whose layouts have less in common.
    step_times* times = nullptr;
    plan_report report{};

    /// A kind of recomputation, and a micro-batch with its number per step.
    struct variant {
        cardfit::recompute recompute{};
        std::int64_t micro_batch = 0;
        std::int64_t gradient_accumulation = 0;
    };
    /// Of each of three kinds, powers of two of an int and the job's own micro-batch.
    variant variants[3 * 32]{};
    std::size_t variant_count = 0;

    recent_stages stages{};

    /// Returns true if a known plan is at least as fast and no larger than the candidate can be.
    [[nodiscard]] constexpr bool beaten(double seconds, double least_bytes) const noexcept {
        for (std::size_t i = 0; i < report.count; ++i)
            if (report.front[i].time.step.number <= seconds &&
                static_cast<double>(report.front[i].device.number) <= least_bytes)
                return true;
        return false;
    }

    /// Inserts a plan into the front, in order of time, and drops the plans that it beats. A full front drops its
    /// slowest plan.
    constexpr void keep(const plan& p) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < report.count; ++i) {
            const bool beats = p.time.step <= report.front[i].time.step && p.device <= report.front[i].device;
            if (!beats) report.front[kept++] = report.front[i];
        }
        report.count = kept;
        std::size_t at = kept;
        while (at > 0 && p.time.step < report.front[at - 1].time.step) --at;
        if (at == max_front) return;
        const std::size_t end = kept < max_front ? kept : max_front - 1;
        for (std::size_t i = end; i > at; --i) report.front[i] = report.front[i - 1];
        report.front[at] = p;
        report.count = end + 1;
        report.progress.best_seconds = report.front[0].time.step.number;
    }

    /// A job that is lowered for one layout and one kind of recomputation, and the number of micro-batches that it was
    /// lowered for: once the pipeline is full, further micro-batches change nothing.
    struct lowered_once {
        lowered_training job{};
        std::int64_t filled = 0;
    };
    [[nodiscard]] static constexpr std::int64_t filling(const training& t, const layout& l) noexcept {
        return smaller(t.gradient_accumulation, std::int64_t{3} * l.pipeline + 1);
    }

    [[nodiscard]] constexpr lowered_training lowered_job(const training& t, const layout& whole) {
        const framework_memory& row = row_of(t).memory;
        if (changes_network(t)) return lower_changed(net, t, hardware, whole, row);
        return lower_stages(net, t, hardware, whole, row, stages.of(net, whole, filling(t, whole)));
    }

    [[nodiscard]] constexpr time_estimate time_of(const training& t, const layout& whole) const {
        return times != nullptr ? (*times)(t, whole) : step_time(model, t, hardware, whole);
    }

    /// Estimates one candidate: its time, and its memory if it may still win. `whole` is its layout, resolved.
    constexpr void consider(const training& t, const layout& l, const layout& whole, double bound,
                            lowered_once& lowered) {
        ++report.progress.candidates;
        ++report.progress.timed;
        const time_estimate time = time_of(t, whole);
        if (beaten(time.step.number, bound)) return;
        ++report.progress.measured;
        // Kernels of convolutions follow the micro-batch.
        if (net.data_parallel_only || lowered.filled != filling(t, l)) {
            lowered.job = lowered_job(t, whole);
            lowered.filled = filling(t, l);
        }
        const memory_estimate m = memory(lowered.job, t.micro_batch, t.sequence_length);
        const grade g = grade_of(m, capacity);
        if (g == grade::does_not_fit || (g == grade::tight && !space.tight)) return;
        ++report.progress.fitting;
        if (beaten(time.step.number, static_cast<double>(m.device().number))) return;
        const plan found{.job = t, .layout = l, .time = time, .device = m.device(), .capacity = capacity, .grade = g};
        if (!space.accept || space.accept(found, space.accept_context)) keep(found);
    }

    /// Returns the micro-batch to try after this one, or 0 after the last: powers of two up to the bound of the search,
    /// and then the job's own if it is none of these.
    [[nodiscard]] constexpr std::int64_t micro_batch_after(std::int64_t micro, std::int64_t asked) const noexcept {
        if (!space.micro_batches || micro == asked_beyond(asked)) return 0;
        return 2 * micro <= space.micro_batch ? 2 * micro : asked_beyond(asked);
    }
    /// Returns the job's micro-batch if it is no power of two up to the bound of the search, else 0.
    [[nodiscard]] constexpr std::int64_t asked_beyond(std::int64_t asked) const noexcept {
        const bool searched = asked <= space.micro_batch && std::has_single_bit(static_cast<std::uint64_t>(asked));
        return searched ? 0 : asked;
    }

    /// Sets the micro-batches and kinds of recomputation that keep the global batch in a layout, however it is sharded.
    constexpr void set_variants(training t, const layout& l) {
        variant_count = 0;
        const recompute asked = t.recompute;
        const std::int64_t asked_micro_batch = t.micro_batch;
        for (const recompute r : {recompute::none, recompute::selective, recompute::full}) {
            if (!space.recompute && r != asked) continue;
            t.recompute = r;
            const std::int64_t smallest = space.micro_batches ? 1 : asked_micro_batch;
            for (std::int64_t micro = smallest; micro > 0; micro = micro_batch_after(micro, asked_micro_batch)) {
                if (global_batch % (micro * l.data) != 0) continue;
                t.micro_batch = micro;
                t.gradient_accumulation = global_batch / (micro * l.data);
                if (!problems(t, net).empty()) continue;
                if (l.virtual_stages > 1 && t.gradient_accumulation % l.pipeline != 0) continue;
                variants[variant_count] = {r, micro, t.gradient_accumulation};
                ++variant_count;
            }
        }
    }

    /// Tries all variants of the job in one layout.
    constexpr void consider_layout(training t, const layout& l) {
        const layout whole = resolved(l, hardware.cards);
        const double bound = state_bound(net, t, whole, lower_rules(t, whole, row_of(t).memory));
        const double low = space.tight ? 1 - row_of(t).memory.band_per_mille / 1000.0 : 1;
        if (bound * low > static_cast<double>(capacity.number)) {
            report.progress.candidates += static_cast<std::int64_t>(variant_count);
            return;
        }
        lowered_once lowered;
        for (std::size_t i = 0; i < variant_count; ++i) {
            const variant& v = variants[i];
            if (v.recompute != t.recompute) lowered.filled = 0;
            t.recompute = v.recompute;
            t.micro_batch = v.micro_batch;
            t.gradient_accumulation = v.gradient_accumulation;
            consider(t, l, whole, bound, lowered);
        }
    }

    constexpr void consider_sharding(const training& t, layout l, const layout& asked) {
        const int ranks = l.data * l.context;
        set_variants(t, l);
        for (const sharding s : {sharding::none, sharding::optimizer, sharding::gradients, sharding::full}) {
            // Without other ranks to share with, all kinds of sharding are the same.
            if (space.sharding ? s != sharding::none && ranks == 1 : s != asked.sharding) continue;
            if (space.sharding && s > space.most_sharding) continue;
            // A sharding group that the job asks for stays if it divides the ranks.
            const bool grouped = s != sharding::none && asked.sharding_group > 0 && ranks % asked.sharding_group == 0;
            l.sharding = s;
            l.sharding_group = grouped ? asked.sharding_group : 0;
            consider_layout(t, l);
        }
    }

    /// Tries every layout that divides the cards, the sequence and the model's heads.
    constexpr void run(const training& t, const layout& asked) {
        const int cards = hardware.cards;
        // No framework freezes layers in a pipeline (check_trained_layers).
        const layout_bounds bounds{.tensor = space.tensor,
                                   .pipeline = t.trained_layers != 0 ? 1 : space.pipeline,
                                   .virtual_stages = space.virtual_stages,
                                   .context = space.context,
                                   .expert = space.expert};
        for (layout_generator each(cards, bounds); each.valid(); each.next()) {
            layout l = each.current();
            l.sequence_parallel = asked.sequence_parallel;
            if (t.sequence_length % l.context != 0 || !problems(l, cards, net).empty()) continue;
            if (!divides_heads(l, net)) continue;
            consider_sharding(t, l, asked);
            if (!space.stop || !space.stop(report.progress)) continue;
            report.stopped = true;
            return;
        }
    }
};

/// Returns the sizes up to which a search changes the time of a layer.
[[nodiscard]] constexpr layer_bounds layers_tried(const plan_space& space, const network& net, int cards) noexcept {
    return {.tensor = smaller(space.tensor, cards),
            .context = smaller(space.context, cards),
            .expert = smaller(space.expert, net.experts),
            .micro_batch = space.micro_batches ? space.micro_batch : 1};
}

template <class Model>
[[nodiscard]] constexpr plan_report searched(const Model& model, const network& net, const training& t,
                                             const machine& m, const layout& given, const plan_space& space) {
    check_job(net, t, m, given);
    plan_search<Model> search{.model = model,
                              .net = net,
                              .hardware = m,
                              .space = space,
                              .global_batch = samples_per_step(t, m, given),
                              .capacity = usable_memory(m)};
    if constexpr (std::same_as<Model, network>) {
        if (is_timed_directly(net, t)) {
            step_times times(net, t, m, layers_tried(space, net, m.cards));
            search.times = &times;
            search.run(t, given);
            return search.report;
        }
    }
    search.run(t, given);
    return search.report;
}

}  // namespace detail

/// Returns the best layouts of the machine for this job, which keeps its global batch (micro-batch x accumulation x
/// data parallelism of the given layout). The result is deterministic. Throws invalid_input as lower_job and step_time
/// do.
[[nodiscard]] constexpr plan_report best_plans(const network& net, const training& t, const machine& m,
                                               const layout& given = {}, const plan_space& space = {}) {
    return detail::searched(net, net, t, m, given, space);
}
/// Returns the best plans of a training, as for a lowered network. Throws invalid_input for a job, layout or model that
/// is invalid.
template <architecture M>
[[nodiscard]] constexpr plan_report best_plans(const M& model, const training& t, const machine& m,
                                               const layout& given = {}, const plan_space& space = {}) {
    const network net = lower_model(model, t.image_size);
    if constexpr (timed_by_operators<M>)
        return detail::searched(model, net, t, m, given, space);
    else
        return detail::searched(net, net, t, m, given, space);
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

}  // namespace detail

/// The plan to run: the fastest plan of the simplest kind that is not slower than the fastest of all by more than the
/// error of the estimate. `found` is the search that it comes from.
struct recommendation {
    cardfit::plan plan{};   ///< the plan to run
    std::size_t count = 0;  ///< 1, or 0 if nothing fits
    plan_report found{};    ///< all plans that were found
};

/// Returns the plan to run among those that best_plans finds. Data parallelism is simpler without sharding than
/// with it; both are simpler than tensor parallelism, which is simpler than a pipeline, which is simpler than other
/// ways. Throws invalid_input as best_plans does.
template <class Model>
[[nodiscard]] constexpr recommendation recommended_plan(const Model& model, const training& t, const machine& m,
                                                        const layout& given = {}, const plan_space& space = {}) {
    recommendation r{.found = best_plans(model, t, m, given, space)};
    if (r.found.count == 0) return r;
    r.count = 1;
    r.plan = r.found.best();
    const seconds slowest = r.plan.time.step_high;
    for (int kind = 0; kind + 1 < detail::layout_kinds; ++kind) {
        const plan_report simple = best_plans(model, t, m, given, detail::up_to_kind(space, kind));
        if (simple.count == 0 || simple.best().time.step > slowest) continue;
        r.plan = simple.best();
        return r;
    }
    return r;
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
