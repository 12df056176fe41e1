// SPDX-License-Identifier: MIT
#pragma once

// A measured row, lowered once to what does not depend on constants, and its estimate under any constants: what a fit
// evaluates thousands of times.

#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/validate/measured_row.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>
#include <variant>

namespace cardfit::validation {

/// A measured row with its lowered model. A convolutional model's time needs its shapes, so it is lowered each time.
struct lowered_row {
    measured_row measured{};
    network net{};
    bool convolutional = false;
};

[[nodiscard]] inline lowered_row lowered(measured_row row) {
    lowered_row r{.measured = std::move(row)};
    const io::job_file& job = r.measured.job;
    r.net = lower(job.model, job.image_size());
    r.convolutional =
        std::visit([](const auto& model) { return convolutional<std::decay_t<decltype(model)>>; }, job.model);
    return r;
}

/// Returns true if the row measured a rate or a time.
[[nodiscard]] inline bool is_time(const measured_row& row) {
    return !row.is_memory() && !row.is_verdict() && row.quantity.rfind("max_", 0) != 0;
}

/// The estimate of a training row's rate or time.
[[nodiscard]] inline double estimate(const lowered_row& row, const training_time_constants& constants) {
    const io::job_file& job = row.measured.job;
    const auto step_of = [&](const auto& model) {
        return step_time(model, *job.training, job.hardware, job.layout, constants);
    };
    const time_estimate time = row.convolutional ? std::visit(step_of, job.model) : step_of(row.net);
    if (row.measured.quantity == "step_seconds") return time.step.number;
    return row.measured.quantity == "samples_per_second" ? time.samples_per_second : time.tokens_per_second.number;
}

/// The estimate of an inference row's rate or time.
[[nodiscard]] inline double estimate(const lowered_row& row, const inference_time_constants& constants) {
    const io::job_file& job = row.measured.job;
    const lowered_inference_time lowered = lower_time(row.net, *job.inference, job.hardware, job.layout, constants);
    const inference_time t = time(lowered, lowered.job.batch, lowered.job.prompt, lowered.job.generate);
    if (row.measured.quantity == "prefill_seconds") return t.prefill.number;
    return row.measured.quantity == "decode_tokens_per_second" ? t.decode.number : t.generated.number;
}

namespace detail {

/// What a row's meter reads of an estimate, or of the sum over cards.
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

/// The estimate of a training row's peak or largest size under a framework's memory rules.
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

/// The estimate of an inference row's peak or largest size under an engine's memory rules.
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

/// |log(estimate / measured)|, at most log 10: an estimate of 0 counts as ten times off. The measured value must be
/// above 0.
template <class Constants>
[[nodiscard]] double log_error(const lowered_row& row, const Constants& constants) {
    const double worst = std::log(10.0);
    const double estimated = estimate(row, constants);
    return estimated > 0 ? (std::min)(std::fabs(std::log(estimated / row.measured.value)), worst) : worst;
}

/// How far a constant is moved to see whether an estimate depends on it, and the change that counts as depending.
inline constexpr double probe = 1.2;
inline constexpr double responds = 0.01;

/// Returns true if the estimate of a row changes by 1 % or more when a constant is raised by 20 % or lowered as much.
/// `value` is the constant's place in `constants`, and is put back.
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
