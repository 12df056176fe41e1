// SPDX-License-Identifier: MIT
#pragma once

// Step times of one job in many layouts: what the layouts have in common is estimated once. A search asks for thousands
// of layouts that differ in pipeline, data parallelism and sharding alone, none of which changes the time of a layer.

#include <cardfit/estimate/training/step_time.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace cardfit::detail {

/// The largest sizes of what changes the time of a layer. The sizes that are asked for are powers of two up to these;
/// the micro-batch may be one other number too.
struct layer_bounds {
    std::int64_t tensor = 1;
    std::int64_t context = 1;
    std::int64_t expert = 1;
    std::int64_t micro_batch = 1;
};

/// Returns true if the time of a network's training follows from its own layers and the job as it is: the job has no
/// other objective and no further layers, its sequences have one length, and its convolutions have no shapes to lose.
[[nodiscard]] constexpr bool is_timed_directly(const network& net, const training& t) noexcept {
    return t.objective == objective::sft && t.mtp_layers <= net.prediction_layers && !tells_source_apart(net, t) &&
           !of_convolutions(net);
}

/// Step times of one job, whose micro-batch, gradient accumulation and recomputation may change, in layouts within
/// bounds. Network and machine must outlive it. The job must be timed directly.
class step_times {
public:
    /// Throws invalid_input for a card whose bandwidth or rates are not known.
    constexpr step_times(const network& net, const training& t, const machine& m, const layer_bounds& bounds)
        : net_(net),
          hardware_(m),
          constants_(constants_of(t)),
          row_(row_of(t).time),
          card_(rates_of(m.card, t.precision, t.software_date, fuses_attention(row_, t.software_date),
                         constants_.kernels)),
          contexts_(sizes_up_to(bounds.context)),
          experts_(sizes_up_to(bounds.expert)),
          micro_batches_(sizes_up_to(bounds.micro_batch) + 1),
          known_(new known_layer[sizes_up_to(bounds.tensor) * contexts_ * experts_ * recomputations * micro_batches_]) {
    }
    step_times(const step_times&) = delete;
    step_times& operator=(const step_times&) = delete;
    constexpr ~step_times() { delete[] known_; }

    /// Returns `step_time` of a job that has been checked. `l` is resolved.
    [[nodiscard]] constexpr time_estimate operator()(const training& t, const layout& l) {
        training timed = t;
        timed.sequence_length = timed_length(t);
        const time_job j = lower_time(net_, timed, hardware_, l, row_, card_, constants_);
        const known_layer& layer = layer_of(j, sums_of(j));
        return estimate_of(j, breakdown_of(j, layer), layer.sample_flops);
    }
    /// Returns the seconds of that step.
    [[nodiscard]] constexpr double seconds(const training& t, const layout& l) {
        training timed = t;
        timed.sequence_length = timed_length(t);
        const time_job j = lower_time(net_, timed, hardware_, l, row_, card_, constants_);
        return breakdown_of(j, layer_of(j, sums_of(j))).total().number;
    }

private:
    /// What is known of a layer; nothing where `accumulation` is 0.
    struct known_layer {
        std::int64_t accumulation = 0;
        micro_seconds seconds{};
        double sample_flops = 0;
    };
    static constexpr std::size_t recomputations = 3;

    [[nodiscard]] constexpr time_breakdown breakdown_of(const time_job& j, const known_layer& layer) {
        const step_work work = layered_work(j, sums_of(j), layer.seconds);
        if (costs_of_ != j.l) {
            costs_of_ = j.l;
            costs_ = costs_of(j, work);
        }
        return assemble(j, work, costs_);
    }

    /// Returns how many powers of two there are from 1 to a bound.
    [[nodiscard]] static constexpr std::size_t sizes_up_to(std::int64_t bound) noexcept {
        return static_cast<std::size_t>(64 - std::countl_zero(static_cast<std::uint64_t>(larger(bound, 1))));
    }
    /// Returns the place of a power of two among these.
    [[nodiscard]] static constexpr std::size_t place_of(std::int64_t size) noexcept {
        return static_cast<std::size_t>(63 - std::countl_zero(static_cast<std::uint64_t>(size)));
    }

    /// Returns the parameters of a layout, which are those of the last one if both divide matrices alike.
    [[nodiscard]] constexpr const parameter_sums& sums_of(const time_job& j) noexcept {
        if (j.l.tensor == divided_.tensor && j.l.expert == divided_.expert) return sums_;
        divided_ = {.tensor = j.l.tensor, .expert = j.l.expert};
        sums_ = whole_sums(j);
        return sums_;
    }

    /// Returns the layer of a layout. Where matmuls are of fewer than 16 bits, casts of weights are divided among the
    /// micro-batches of a step.
    [[nodiscard]] constexpr const known_layer& layer_of(const time_job& j, const parameter_sums& sums) {
        const std::int64_t micro = j.job.micro_batch;
        const bool is_power = std::has_single_bit(static_cast<std::uint64_t>(micro));
        const std::size_t of_micro =
            is_power && place_of(micro) + 1 < micro_batches_ ? place_of(micro) : micro_batches_ - 1;
        const std::size_t of_layout =
            (place_of(j.l.tensor) * contexts_ + place_of(j.l.context)) * experts_ + place_of(j.l.expert);
        known_layer& known =
            known_[(of_layout * recomputations + static_cast<std::size_t>(j.job.recompute)) * micro_batches_ +
                   of_micro];
        const std::int64_t accumulation = card_.narrow ? j.job.gradient_accumulation : 1;
        if (known.accumulation != accumulation)
            known = {.accumulation = accumulation, .seconds = micro_seconds_of(j, sums), .sample_flops = step_flops(j)};
        return known;
    }

    const network& net_;
    const machine& hardware_;
    const training_time_constants& constants_;
    const framework_time& row_;
    card_rates card_;
    std::size_t contexts_;
    std::size_t experts_;
    std::size_t micro_batches_;
    known_layer* known_;
    layout divided_{.tensor = 0};  ///< of which `sums_` are
    parameter_sums sums_{};
    layout costs_of_{.data = -1};  ///< of which `costs_` are
    layout_costs costs_{};
};

}  // namespace cardfit::detail
