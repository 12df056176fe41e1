// SPDX-License-Identifier: MIT
#pragma once

// The search for plans: every candidate that may fit is timed, and the memory of those that no known plan beats is
// estimated. What candidates have in common is estimated once.

#include <cardfit/decide/layout_generator.hpp>
#include <cardfit/decide/plan_front.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/estimate/training/step_times.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace cardfit::detail {

/// The parameters of all layers, divided by nothing, and of embedding and head.
struct whole_parameters {
    double matrices = 0;  ///< embedding and head among them
    double experts = 0;
};
[[nodiscard]] constexpr whole_parameters whole_parameters_of(const network& net) noexcept {
    whole_parameters sum{.matrices = static_cast<double>(net.embedding_parameters + net.head_parameters)};
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const parameter_sums one = layer_parameters(net.blocks[k], {}, {});
        const double layers = static_cast<double>(net.blocks[k].layers.count(0, net.layers));
        sum.matrices += layers * static_cast<double>(one.matrix);
        sum.experts += layers * static_cast<double>(one.expert);
    }
    return sum;
}

/// Returns a lower bound of the bytes per GPU that no recomputation or micro-batch can lower: weights, gradients and
/// optimizer states of the average pipeline stage.
[[nodiscard]] constexpr double state_bound(const whole_parameters& whole, const training& t, const layout& l,
                                           const memory_rules& r) noexcept {
    if (t.offload == offload::full || r.adapted || t.optimizer_in_backward) return 0;
    const shares dense = shares_of(l.sharding, l.sharding_group);
    const shares expert = shares_of(l.sharding, expert_group(l));
    const optimizer_memory& o = row_of(t.optimizer).memory;
    const double states =
        t.offload == offload::optimizer ? 0 : r.recipe.master + static_cast<double>(states_on_card(o) * r.state_width);
    const auto each = [&](const shares& s) {
        return static_cast<double>(r.recipe.weight) / static_cast<double>(s.weight) +
               static_cast<double>(r.recipe.gradient) / static_cast<double>(s.gradient) +
               states / static_cast<double>(s.optimizer);
    };
    return (whole.matrices / l.tensor * each(dense) +
            whole.experts / static_cast<double>(expert_cards(l)) * each(expert)) /
           l.pipeline;
}

/// A kind of recomputation, and a micro-batch with its number per step.
struct plan_variant {
    cardfit::recompute recompute{};
    std::int64_t micro_batch = 0;
    std::int64_t gradient_accumulation = 0;
};
/// The most variants: of each of three kinds, powers of two of an int and the job's own micro-batch.
inline constexpr std::size_t max_variants = 3 * 32;

/// A plan of the front while it is searched: what it takes to make the plan.
struct known_plan {
    double seconds = 0;  ///< per step
    std::int64_t device = 0;
    layout given{};
    plan_variant variant{};
    cardfit::grade grade = grade::does_not_fit;
};

/// The front while it is searched, from the fastest plan to the smallest. It has room for more plans than a report,
/// because those found later may beat some of them.
class known_front {
public:
    /// Returns true if a plan is at least as fast and no larger than a candidate can be. Of the plans that are as fast,
    /// the slowest is the smallest.
    [[nodiscard]] constexpr bool beats(double seconds, double least_bytes) const noexcept {
        for (std::size_t i = count_; i > 0; --i)
            if (plans_[i - 1].seconds <= seconds) return static_cast<double>(plans_[i - 1].device) <= least_bytes;
        return false;
    }
    /// Adds a plan that no other one beats, and drops those that it beats; if the front is full, the slowest.
    constexpr void add(const known_plan& p) noexcept {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            const bool beaten = p.seconds <= plans_[i].seconds && p.device <= plans_[i].device;
            if (!beaten) plans_[kept++] = plans_[i];
        }
        std::size_t at = kept;
        while (at > 0 && p.seconds < plans_[at - 1].seconds) --at;
        count_ = kept;
        if (at == places) return;
        const std::size_t end = kept < places ? kept : places - 1;
        for (std::size_t i = end; i > at; --i) plans_[i] = plans_[i - 1];
        plans_[at] = p;
        count_ = end + 1;
    }
    /// The plans, fastest first.
    [[nodiscard]] constexpr std::span<const known_plan> items() const noexcept { return {plans_, count_}; }

private:
    static constexpr std::size_t places = 4 * max_front;
    known_plan plans_[places]{};
    std::size_t count_ = 0;
};

/// Returns the micro-batches of a step for which a job is lowered: once a pipeline is full, further ones change
/// nothing.
[[nodiscard]] constexpr std::int64_t filling(const training& t, const layout& l) noexcept {
    return smaller(t.gradient_accumulation, std::int64_t{3} * l.pipeline + 1);
}

/// A job that is lowered for one layout and one kind of recomputation, and the number of micro-batches that it was
/// lowered for.
struct lowered_once {
    lowered_training job{};
    std::int64_t filled = 0;  ///< 0: not lowered yet
};

/// What a search looks for: the front of time and memory, or the fastest plan alone, if it is no slower than a limit.
struct plan_goal {
    bool fastest_alone = false;
    double slowest = (std::numeric_limits<double>::max)();  ///< seconds per step
};

/// One of several parts of a search, which together try every layout. Layouts of the same tensor, pipeline and context
/// parallelism are in one part, and those that follow are in the next.
struct search_part {
    std::int64_t index = 0;
    std::int64_t count = 1;
};

/// Returns true if a layout is tried before another one.
[[nodiscard]] constexpr bool is_tried_before(const layout& a, const layout& b) noexcept {
    for (const auto size :
         {&layout::tensor, &layout::pipeline, &layout::context, &layout::virtual_stages, &layout::expert})
        if (a.*size != b.*size) return a.*size < b.*size;
    return false;
}

/// `Model` gives the time: a convolutional or diffusion model itself, the network for any other model.
template <class Model>
class plan_search {
public:
    /// `times` are the step times of the layouts that the search tries; null for a job whose layouts have less in
    /// common. What is referred to must outlive the search.
    constexpr plan_search(const Model& model, const network& net, const machine& m, const plan_space& space,
                          const plan_goal& goal, std::int64_t global_batch, step_times* times)
        : model_(model),
          net_(net),
          hardware_(m),
          space_(space),
          goal_(goal),
          global_batch_(global_batch),
          capacity_(usable_memory(m)),
          times_(times),
          parameters_(whole_parameters_of(net)) {}

    /// Tries every layout of a part that divides the cards, the sequence and the model's heads, and returns the best
    /// plans. `stop`, asked now and then with the progress, returns true to end the search.
    template <class Stop>
    [[nodiscard]] constexpr plan_report run(const training& t, const layout& asked, const search_part& part,
                                            const Stop& stop) {
        plan_report report;
        report.stopped = !try_layouts(t, asked, part, stop);
        for (const known_plan& each : known_.items().first((std::min)(known_.items().size(), max_front))) {
            report.front[report.count] = plan_of(t, each);
            ++report.count;
        }
        report.progress = progress_;
        return report;
    }

private:
    /// Tries every layout of a part, and returns false if it was stopped.
    template <class Stop>
    [[nodiscard]] constexpr bool try_layouts(const training& t, const layout& asked, const search_part& part,
                                             const Stop& stop) {
        const int cards = hardware_.cards;
        // No framework freezes layers in a pipeline (check_trained_layers).
        const layout_bounds bounds{.tensor = space_.tensor,
                                   .pipeline = t.trained_layers != 0 ? 1 : space_.pipeline,
                                   .virtual_stages = space_.virtual_stages,
                                   .context = space_.context,
                                   .expert = space_.expert};
        std::int64_t group = -1;
        for (layout_generator each(cards, bounds); each.valid(); each.next()) {
            layout l = each.current();
            if (l.virtual_stages == 1 && l.expert == 1) ++group;
            if (group % part.count != part.index) continue;
            l.sequence_parallel = asked.sequence_parallel;
            if (t.sequence_length % l.context != 0 || !problems(l, cards, net_).empty()) continue;
            if (!divides_heads(l, net_)) continue;
            consider_layout(t, l, asked);
            if (stop(progress_)) return false;
        }
        return true;
    }

    /// Returns a plan that is known.
    [[nodiscard]] constexpr plan plan_of(training t, const known_plan& p) const {
        set(t, p.variant);
        return {.job = t,
                .layout = p.given,
                .time = time_of(t, resolved(p.given, hardware_.cards)),
                .device = bytes_of(p.device),
                .capacity = capacity_,
                .grade = p.grade};
    }

    [[nodiscard]] constexpr lowered_training lowered_job(const training& t, const layout& whole) {
        const framework_memory& row = row_of(t).memory;
        if (changes_network(t)) return lower_changed(net_, t, hardware_, whole, row);
        const bool adapted = t.adapter.method != adapter_method::none;
        return lower_stages(net_, t, hardware_, whole, row, stages_.of(net_, whole, filling(t, whole)),
                            adapted ? nullptr : &layers_);
    }

    [[nodiscard]] constexpr double seconds_of(const training& t, const layout& whole) const {
        return times_ != nullptr ? times_->seconds(t, whole) : time_of(t, whole).step.number;
    }
    [[nodiscard]] constexpr time_estimate time_of(const training& t, const layout& whole) const {
        return times_ != nullptr ? (*times_)(t, whole) : step_time(model_, t, hardware_, whole);
    }

    /// Returns the micro-batch to try after this one, or 0 after the last: powers of two up to the bound of the search,
    /// and then the job's own if it is none of these.
    [[nodiscard]] constexpr std::int64_t micro_batch_after(std::int64_t micro, std::int64_t asked) const noexcept {
        if (!space_.micro_batches || micro == asked_beyond(asked)) return 0;
        return 2 * micro <= space_.micro_batch ? 2 * micro : asked_beyond(asked);
    }
    /// Returns the job's micro-batch if it is no power of two up to the bound of the search, else 0.
    [[nodiscard]] constexpr std::int64_t asked_beyond(std::int64_t asked) const noexcept {
        const bool searched = asked <= space_.micro_batch && std::has_single_bit(static_cast<std::uint64_t>(asked));
        return searched ? 0 : asked;
    }

    /// Sets the micro-batches and kinds of recomputation that keep the global batch among so many data-parallel ranks.
    constexpr void set_variants(training t, int data) {
        if (data == variants_of_) return;
        variants_of_ = data;
        variant_count_ = 0;
        const recompute asked = t.recompute;
        const std::int64_t asked_micro_batch = t.micro_batch;
        for (const recompute r : {recompute::none, recompute::selective, recompute::full}) {
            if (!space_.recompute && r != asked) continue;
            t.recompute = r;
            const std::int64_t smallest = space_.micro_batches ? 1 : asked_micro_batch;
            for (std::int64_t micro = smallest; micro > 0; micro = micro_batch_after(micro, asked_micro_batch)) {
                if (global_batch_ % (micro * data) != 0) continue;
                t.micro_batch = micro;
                t.gradient_accumulation = global_batch_ / (micro * data);
                if (!problems(t, net_).empty()) continue;
                variants_[variant_count_] = {r, micro, t.gradient_accumulation};
                ++variant_count_;
            }
        }
    }

    /// Tries all kinds of sharding and all variants of the job in one layout.
    constexpr void consider_layout(const training& t, layout l, const layout& asked) {
        set_variants(t, l.data);
        const int ranks = l.data * l.context;
        for (const sharding s : {sharding::none, sharding::optimizer, sharding::gradients, sharding::full}) {
            // Without other ranks to share with, all kinds of sharding are the same.
            if (space_.sharding ? s != sharding::none && ranks == 1 : s != asked.sharding) continue;
            if (space_.sharding && s > space_.most_sharding) continue;
            // A sharding group that the job asks for stays if it divides the ranks.
            const bool grouped = s != sharding::none && asked.sharding_group > 0 && ranks % asked.sharding_group == 0;
            l.sharding = s;
            l.sharding_group = grouped ? asked.sharding_group : 0;
            consider_sharding(t, l);
        }
    }

    /// Tries all variants of the job in one layout with its sharding.
    constexpr void consider_sharding(training t, const layout& l) {
        const layout whole = resolved(l, hardware_.cards);
        const double bound = state_bound(parameters_, t, whole, lower_rules(t, whole, row_of(t).memory));
        const double low = space_.tight ? 1 - row_of(t).memory.band_per_mille / 1000.0 : 1;
        const bool may_fit = bound * low <= static_cast<double>(capacity_.number);
        lowered_.filled = 0;
        for (std::size_t i = 0; i < variant_count_; ++i) {
            const plan_variant& v = variants_[i];
            if (l.virtual_stages > 1 && v.gradient_accumulation % l.pipeline != 0) continue;
            ++progress_.candidates;
            if (!may_fit) continue;
            if (v.recompute != t.recompute) lowered_.filled = 0;
            set(t, v);
            consider(t, l, whole, bound, v);
        }
    }

    /// Sets what a variant changes of a job.
    static constexpr void set(training& t, const plan_variant& v) noexcept {
        t.recompute = v.recompute;
        t.micro_batch = v.micro_batch;
        t.gradient_accumulation = v.gradient_accumulation;
    }

    /// Returns true if a candidate is not looked for, or if a known plan beats it.
    [[nodiscard]] constexpr bool is_beaten(double seconds, double least_bytes) const noexcept {
        return seconds > goal_.slowest || known_.beats(seconds, least_bytes);
    }

    /// Estimates one candidate: its time, and its memory if it may still win. `whole` is its layout, resolved.
    constexpr void consider(const training& t, const layout& l, const layout& whole, double bound,
                            const plan_variant& v) {
        ++progress_.timed;
        const double seconds = seconds_of(t, whole);
        if (is_beaten(seconds, bound)) return;
        ++progress_.measured;
        // Kernels of convolutions follow the micro-batch.
        if (net_.data_parallel_only || lowered_.filled != filling(t, whole)) {
            lowered_.job = lowered_job(t, whole);
            lowered_.filled = filling(t, whole);
        }
        const memory_estimate m = memory(lowered_.job, t.micro_batch, t.sequence_length);
        const grade g = grade_of(m, capacity_);
        if (g == grade::does_not_fit || (g == grade::tight && !space_.tight)) return;
        ++progress_.fitting;
        const std::int64_t device = m.device().number;
        if (is_beaten(seconds, static_cast<double>(device))) return;
        const known_plan found{.seconds = seconds, .device = device, .given = l, .variant = v, .grade = g};
        if (space_.accept && !space_.accept(plan_of(t, found), space_.accept_context)) return;
        known_.add(found);
        progress_.best_seconds = known_.items().front().seconds;
        if (goal_.fastest_alone) goal_.slowest = progress_.best_seconds;
    }

    const Model& model_;
    const network& net_;
    const machine& hardware_;
    const plan_space& space_;
    plan_goal goal_{};
    std::int64_t global_batch_ = 1;
    bytes capacity_{};
    step_times* times_ = nullptr;
    whole_parameters parameters_{};
    known_front known_{};
    plan_progress progress_{};
    recent_stages stages_{};
    recent_layers layers_{};
    int variants_of_ = 0;  ///< data-parallel ranks whose variants are known
    plan_variant variants_[max_variants]{};
    std::size_t variant_count_ = 0;
    lowered_once lowered_{};
};

/// Returns the sizes up to which a search changes the time of a layer.
[[nodiscard]] constexpr layer_bounds layers_tried(const plan_space& space, const network& net, int cards) noexcept {
    return {.tensor = smaller(space.tensor, cards),
            .context = smaller(space.context, cards),
            .expert = smaller(space.expert, net.experts),
            .micro_batch = space.micro_batches ? space.micro_batch : 1};
}

/// Returns what a part of a search finds for a job, whose time `model` gives and whose memory `net`.
template <class Model, class Stop>
[[nodiscard]] constexpr plan_report searched(const Model& model, const network& net, const training& t,
                                             const machine& m, const layout& given, const plan_space& space,
                                             const plan_goal& goal, const search_part& part, const Stop& stop) {
    check_job(net, t, m, given);
    const std::int64_t batch = samples_per_step(t, m, given);
    if constexpr (std::same_as<Model, network>) {
        if (is_timed_directly(net, t)) {
            step_times times(net, t, m, layers_tried(space, net, m.cards));
            return plan_search<Model>(model, net, m, space, goal, batch, &times).run(t, given, part, stop);
        }
    }
    return plan_search<Model>(model, net, m, space, goal, batch, nullptr).run(t, given, part, stop);
}

/// Returns what a part of a search finds for a job of any model.
template <network_model M, class Stop>
[[nodiscard]] constexpr plan_report searched(const M& model, const training& t, const machine& m, const layout& given,
                                             const plan_space& space, const plan_goal& goal, const search_part& part,
                                             const Stop& stop) {
    const auto& net = lower_model(model, t.image_size);
    if constexpr (timed_by_operators<M>)
        return searched(model, net, t, m, given, space, goal, part, stop);
    else
        return searched(net, net, t, m, given, space, goal, part, stop);
}

/// Returns what a whole search finds for a job of any model.
template <network_model M>
[[nodiscard]] constexpr plan_report searched(const M& model, const training& t, const machine& m, const layout& given,
                                             const plan_space& space, const plan_goal& goal = {}) {
    const auto stop = [&space](const plan_progress& p) { return space.stop && space.stop(p); };
    return searched(model, t, m, given, space, goal, {}, stop);
}

}  // namespace cardfit::detail
