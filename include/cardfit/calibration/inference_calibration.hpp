// SPDX-License-Identifier: MIT
#pragma once

// An inference job's own calibration: an engine's row and constants that replace the ones that the tables have. A job
// points to one, so everything that asks the job (fit, batch, serve, compare) uses it.

#include <cardfit/calibration/inference_time_constants.hpp>
#include <cardfit/engines/all.hpp>
#include <cardfit/job/inference.hpp>

namespace cardfit {

/// What replaces an engine's row and the default constants.
struct inference_calibration {
    engine_row row{};                      ///< in place of the engine's own
    inference_time_constants constants{};  ///< in place of the default ones
};

/// Returns the row that a job uses: its calibration's, or else its engine's.
[[nodiscard]] constexpr const engine_row& row_of(const inference& i) {
    return i.calibration ? i.calibration->row : row_of(i.framework);
}

/// Returns the constants that a job's time uses: its calibration's, or else the default ones.
[[nodiscard]] constexpr const inference_time_constants& constants_of(const inference& i) noexcept {
    return i.calibration ? i.calibration->constants : default_inference_time_constants;
}

}  // namespace cardfit
