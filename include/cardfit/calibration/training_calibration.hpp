// SPDX-License-Identifier: MIT
#pragma once

// A training job's own calibration: a framework's row and constants that replace the ones that the tables have. A job
// points to one, so everything that asks the job (fit, batch, plan, scaling, savings) uses it.

#include <cardfit/calibration/training_time_constants.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/job/training.hpp>

namespace cardfit {

/// What replaces a framework's row and the default constants.
struct training_calibration {
    framework_row row{};                  ///< in place of the framework's own
    training_time_constants constants{};  ///< in place of the default ones
};

/// Returns the row that a job uses: its calibration's, or else its framework's.
[[nodiscard]] constexpr const framework_row& row_of(const training& t) {
    return t.calibration ? t.calibration->row : row_of(t.framework);
}

/// Returns the constants that a job's step time uses: its calibration's, or else the default ones.
[[nodiscard]] constexpr const training_time_constants& constants_of(const training& t) noexcept {
    return t.calibration ? t.calibration->constants : default_training_time_constants;
}

}  // namespace cardfit
