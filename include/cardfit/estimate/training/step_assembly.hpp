// SPDX-License-Identifier: MIT
#pragma once

// From a micro-step to a step: gradient accumulation, sharding, pipeline, gradient reduction and optimizer. It is the
// same for every architecture.

#include <cardfit/estimate/training/data_parallel.hpp>
#include <cardfit/estimate/training/optimizer_step.hpp>
#include <cardfit/estimate/training/pipeline.hpp>
#include <cardfit/estimate/training/time_estimate.hpp>

namespace cardfit::detail {

/// What a step takes whatever its micro-batch, accumulation and recomputation are: communication, hidden or not, and
/// the wait for stragglers.
struct layout_costs {
    double sharding = 0;        ///< seconds per micro-step of full sharding
    double reduction = 0;       ///< seconds per step of reducing gradients
    double between_stages = 0;  ///< bytes per second; 0 without a pipeline
    double jitter = 0;          ///< share of a step's work
};
[[nodiscard]] constexpr layout_costs costs_of(const time_job& j, const step_work& w) {
    return {.sharding = sharding_communication(j, w),
            .reduction = reduction_communication(j, w),
            .between_stages = j.l.pipeline > 1 ? bytes_per_second_between_stages(j) : 0,
            .jitter = j.constants.step.stragglers * binary_logarithm(static_cast<double>(j.hardware.cards))};
}

/// Returns the time of a step by purpose. For a micro-batches and p stages of v chunks,
/// step = [a (micro + sharding + exchange) + (p - 1)/v (average stage + sharding)] (1 + jitter log2 GPUs)
///        + reduction + optimizer + the host's overhead (Narayanan et al., arXiv 2104.04473, section 2.2).
[[nodiscard]] constexpr time_breakdown assemble(const time_job& j, const step_work& w, const layout_costs& costs) {
    const double accumulation = static_cast<double>(j.job.gradient_accumulation);
    const double sharding = sharding_seconds(j, w, costs.sharding);
    const double exchange = stage_exchange_seconds(j, costs.between_stages);
    const double bubble = bubble_seconds(j, w, sharding);
    const double work = accumulation * (w.micro + w.accumulation + sharding + exchange) + bubble;
    const double tensor = accumulation * (w.tensor_communication + exchange);
    const double data = accumulation * sharding;
    const double compute = most(work * (1 + costs.jitter) - bubble - tensor - data, 0) + j.constants.step.step_overhead;
    return {.compute = seconds_of(compute),
            .tensor_communication = seconds_of(tensor),
            .data_communication = seconds_of(data + reduction_seconds(j, w, costs.reduction)),
            .bubble = seconds_of(bubble),
            .optimizer = seconds_of(optimizer_seconds(j, w))};
}
[[nodiscard]] constexpr time_breakdown assemble(const time_job& j, const step_work& w) {
    return assemble(j, w, costs_of(j, w));
}

}  // namespace cardfit::detail
