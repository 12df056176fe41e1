// SPDX-License-Identifier: MIT
#pragma once

// Scores a measured row as if its source were unknown: with the constants that the rows of all other sources give.

#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/calibration/left_out.hpp>
#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/validate/score.hpp>

#include <cmath>
#include <string>
#include <string_view>

namespace cardfit::validation {

namespace detail {

/// Returns the estimate of the quantity that the row measured, under the calibration of its job.
[[nodiscard]] inline double estimate_of(const measured_row& row) { return estimated_number(io::answer(row.job), row); }

/// Throws input_error for a row that has no estimate without its source. The value of the problem is the name of the
/// constant.
[[noreturn]] inline void refuse_undecided(std::string_view constant) {
    throw io::input_error({io::input_problem{.key = "source",
                                             .value = std::string(constant),
                                             .accepted = "a source beside others that decide the same constants",
                                             .message = "its source alone decides a constant of its time",
                                             .not_there_yet = true}});
}

/// Throws input_error if a time of the row depends on a constant that its source alone determines, that is, if the time
/// changes by 1 % or more when the constant changes by 20 %. The row's job must point to `constants`.
template <class Constants>
void check_decided(const measured_row& row, Constants& constants) {
    if (row.is_memory() || row.is_verdict() || row.quantity.rfind("max_", 0) == 0) return;
    const double before = estimate_of(row);
    for_each_undecided(constants, row.source, [&](std::string_view name, const Constants&) {
        if (std::fabs(estimate_of(row) / before - 1) >= 0.01) refuse_undecided(name);
    });
}

}  // namespace detail

/// Estimates the row's job without its source and adds the score. Throws input_error as `score` does, and if a time
/// depends on a constant that no other source determines.
inline void score_without_source(measured_row row, scores& s) {
    if (row.job.training) {
        training_calibration without{.row = row_of(row.job.training->framework),
                                     .constants = training_constants_without(row.source)};
        without.row.memory = memory_without(row.source, row.job.training->framework);
        row.job.training->calibration = &without;
        detail::check_decided(row, without.constants);
        score(row, s);
        return;
    }
    if (!row.job.inference) return score(row, s);
    inference_calibration without{.row = row_of(row.job.inference->framework),
                                  .constants = inference_constants_without(row.source)};
    row.job.inference->calibration = &without;
    detail::check_decided(row, without.constants);
    score(row, s);
}

}  // namespace cardfit::validation
