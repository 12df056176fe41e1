// SPDX-License-Identifier: MIT
#pragma once

// A measured row in a form that does not depend on the constants, and its estimate under any constants. A fit evaluates
// this estimate thousands of times, so the row is lowered only once.

#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/diffusion/step_time.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/validate/measured_row.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>
#include <variant>

namespace cardfit::validation {

/// A measured row with its lowered model. The time of a convolutional or diffusion model follows from its operators, so
/// such a model is lowered for every estimate.
struct lowered_row {
    measured_row measured{};     ///< the row
    network net{};               ///< its model, lowered once
    bool convolutional = false;  ///< the network consists of convolutions
};

/// Returns the row with its model lowered.
[[nodiscard]] inline lowered_row lowered(measured_row row) {
    lowered_row r{.measured = std::move(row)};
    const io::job_file& job = r.measured.job;
    r.net = lower(job.model, job.image_size());
    r.convolutional =
        std::visit([](const auto& model) { return timed_by_operators<std::decay_t<decltype(model)>>; }, job.model);
    return r;
}

/// Returns true if the row measured a rate or a time.
[[nodiscard]] inline bool is_time(const measured_row& row) {
    return !row.is_memory() && !row.is_verdict() && row.quantity.rfind("max_", 0) != 0;
}

/// Returns the estimate of the rate or time of a training row, in the unit that its quantity names.
[[nodiscard]] inline double estimate(const lowered_row& row, const training_time_constants& constants) {
    const io::job_file& job = row.measured.job;
    const auto step_of = [&](const auto& model) {
        return step_time(model, *job.training, job.hardware, job.layout, constants);
    };
    const time_estimate time = row.convolutional ? std::visit(step_of, job.model) : step_of(row.net);
    if (row.measured.quantity == "step_seconds") return time.step.number;
    return row.measured.quantity == "samples_per_second" ? time.samples_per_second : time.tokens_per_second.number;
}

/// Returns the estimate of the rate or time of an inference row, in the unit that its quantity names.
[[nodiscard]] inline double estimate(const lowered_row& row, const inference_time_constants& constants) {
    const io::job_file& job = row.measured.job;
    const inference_time t = io::with_timed_model(job.model, row.net, [&](const auto& model) {
        return time(model, row.net, *job.inference, job.hardware, job.layout, constants);
    });
    if (row.measured.quantity == "prefill_seconds") return t.prefill.number;
    if (row.measured.quantity == "samples_per_second") return t.samples_per_second;
    return row.measured.quantity == "decode_tokens_per_second" ? t.decode.number : t.generated.number;
}

namespace detail {

/// Returns the bytes that the row's meter would read for an estimate, or for the sum over the cards.
template <class Memory>
[[nodiscard]] double metered(const Memory& memory, const std::string& meter) {
    if constexpr (std::is_same_v<Memory, memory_of_cards>) {
        const bytes read = meter == "allocated"  ? memory.allocated
                           : meter == "reserved" ? memory.reserved
                                                 : memory.device;
        return static_cast<double>(read.number);
    } else {
        const bytes read = meter == "allocated"  ? memory.allocated()
                           : meter == "reserved" ? memory.reserved()
                                                 : memory.device();
        return static_cast<double>(read.number);
    }
}

}  // namespace detail

/// Returns the estimate of a training row's peak memory or largest size under the memory rules of a framework.
[[nodiscard]] inline double estimate(const lowered_row& row, const framework_memory& rules) {
    const io::job_file& job = row.measured.job;
    const measured_row& m = row.measured;
    if (m.is_memory() && m.scope == "all-cards")
        return detail::metered(memory_of_all_cards(row.net, *job.training, job.hardware, job.layout, rules), m.meter);
    const lowered_training lowered = lower_job(row.net, *job.training, job.hardware, job.layout, rules);
    if (m.quantity == "max_micro_batch")
        return static_cast<double>(largest_micro_batch(lowered, lowered.sequence_length));
    if (m.quantity == "max_sequence_length") return static_cast<double>(longest_sequence(lowered, lowered.micro_batch));
    return detail::metered(memory(lowered), m.meter);
}

/// Returns the estimate of an inference row's peak memory or largest size under the memory rules of an engine.
[[nodiscard]] inline double estimate(const lowered_row& row, const engine_memory& rules) {
    const measured_row& m = row.measured;
    inference_calibration calibration{.row = cardfit::row_of(*m.job.inference)};
    calibration.row.memory = rules;
    inference job = *m.job.inference;
    job.calibration = &calibration;
    if (m.is_memory() && m.scope == "all-cards")
        return detail::metered(memory_of_all_cards(row.net, job, m.job.hardware, m.job.layout), m.meter);
    const lowered_inference lowered = lower_job(row.net, job, m.job.hardware, m.job.layout);
    if (m.quantity == "max_micro_batch") return static_cast<double>(largest_batch(lowered));
    if (m.quantity == "max_sequence_length") return static_cast<double>(longest_context(lowered));
    return detail::metered(occupied(lowered), m.meter);
}

/// Returns |log(estimate / measured)|, at most log 10. An estimate of 0 counts as an error by a factor of ten. The
/// measured value must be above 0.
template <class Constants>
[[nodiscard]] double log_error(const lowered_row& row, const Constants& constants) {
    const double worst = std::log(10.0);
    const double estimated = estimate(row, constants);
    return estimated > 0 ? (std::min)(std::fabs(std::log(estimated / row.measured.value)), worst) : worst;
}

/// The factor by which a constant is changed to test whether an estimate depends on it, and the change of the estimate
/// that counts as a dependency.
/// @{
inline constexpr double probe = 1.2;
inline constexpr double responds = 0.01;
/// @}

/// Returns true if the estimate of a row changes by 1 % or more when a constant is multiplied or divided by 1.2.
/// `value` refers to the constant in `constants`; it is restored afterwards.
template <class Constants>
[[nodiscard]] bool depends(const lowered_row& row, const Constants& constants, double& value) {
    const double held = value;
    const double before = estimate(row, constants);
    value = held * probe;
    const double raised = estimate(row, constants);
    value = held / probe;
    const double lowered = estimate(row, constants);
    value = held;
    return std::fabs(raised / before - 1) >= responds || std::fabs(lowered / before - 1) >= responds;
}

}  // namespace cardfit::validation
