// SPDX-License-Identifier: MIT
#pragma once

// Refits without each source in turn, and finds out which constants the other sources identify.

#include "memory_fit.hpp"

#include <cardfit/calibration/left_out_row.hpp>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace calibration {

/// The evaluations of the objective in one fit.
inline constexpr int evaluations_of_all = 8000;
inline constexpr int evaluations_left_out = 4000;

/// A fit without one source.
template <class Constants>
struct left_out_fit {
    Constants constants{};
    std::vector<bool> decided{};  ///< of each parameter: whether a row of another source depends on it
};

/// The fit on all rows, and the fits without each source.
template <class Constants>
struct refits {
    double stored_value = 0;
    fitted<Constants> all{};
    std::map<std::string, left_out_fit<Constants>> without{};
};

/// Returns for each parameter whether the estimate of any row depends on it, near these constants.
template <class Constants>
[[nodiscard]] std::vector<bool> decided_by(const std::vector<const lowered_row*>& rows, Constants constants) {
    std::vector<bool> decided;
    for (const parameter& p : parameters_of(constants)) {
        bool found = false;
        for (const lowered_row* row : rows) found = found || depends(*row, constants, *p.value);
        decided.push_back(found);
    }
    return decided;
}

template <class Constants>
[[nodiscard]] refits<Constants> refit_all(const std::vector<lowered_row>& rows) {
    const Constants stored{};
    refits<Constants> r;
    const std::vector<const lowered_row*> all = without(rows, "");
    r.stored_value = objective(all, stored);
    r.all = fit(all, stored, evaluations_of_all);
    std::printf("objective: stored %.5f, refitted %.5f (%.1f %% less, %d evaluations)\n", r.stored_value, r.all.value,
                100 * (1 - r.all.value / r.stored_value), r.all.evaluations);
    for (const std::string& source : sources_of(rows)) {
        const std::vector<const lowered_row*> others = without(rows, source);
        const fitted<Constants> one = fit(others, stored, evaluations_left_out);
        r.without[source] = {.constants = one.constants, .decided = decided_by(others, one.constants)};
        std::printf("without %s: %.5f\n", source.c_str(), one.value);
        std::fflush(stdout);
    }
    return r;
}

/// Returns false for a row that depends on a constant which only the row's own source identifies.
template <class Constants>
[[nodiscard]] bool answerable(const lowered_row& row, const left_out_fit<Constants>& fit) {
    Constants constants = fit.constants;
    const std::vector<parameter> parameters = parameters_of(constants);
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (!fit.decided[i] && depends(row, constants, *parameters[i].value)) return false;
    return true;
}

/// The fits of memory: on all rows, and without each source.
struct memory_refits {
    memory_values all{};
    std::map<std::string, memory_values> without{};
};

[[nodiscard]] inline memory_refits refit_memory(const std::vector<lowered_row>& rows) {
    memory_refits r{.all = fit_memory(rows, "")};
    for (const lowered_row& row : rows)
        if (!r.without.count(row.measured.source))
            r.without[row.measured.source] = fit_memory(rows, row.measured.source);
    return r;
}

}  // namespace calibration
