// SPDX-License-Identifier: MIT
#pragma once

// Checks that the stored constants are a fixed point of the fit. Each fitted constant is moved along its own line while
// the others are fixed: where its rows identify it, the best value must be the stored one.

#include "memory_fit.hpp"

#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace calibration {

/// A constant is off if the best value on its line lies more than this far away ...
inline constexpr double tolerated_distance = 0.10;
/// ... and lowers the objective by more than this fraction.
inline constexpr double tolerated_gain = 0.0025;
/// How far a line is searched to each side, and in how many steps.
inline constexpr double searched = 0.30;
inline constexpr int steps_to_each_side = 10;

/// The constants that the objective wants elsewhere. Their values were fitted in 2026-11 by a program that was not
/// preserved, and the estimates were not changed when this objective was written down; README.md says how far each one
/// is off.
inline constexpr std::string_view known_to_be_off[]{
    "inference.cache_passes",  "kernels.flash_blackwell",           "kernels.matrix_turing",
    "kernels.odd_head_share",  "kernels.teraflops_per_watt_turing", "kernels.winograd_saving",
    "step.fused_accumulation", "step.hidden_tensor_late",           "step.scores_full",
    "step.shift_copies",
};

[[nodiscard]] inline bool is_known_to_be_off(std::string_view name) {
    for (const std::string_view each : known_to_be_off)
        if (each == name) return true;
    return false;
}

/// The best value on a constant's line, as log(best / stored), and the fraction by which it lowers the objective.
struct line_optimum {
    double distance = 0;
    double gain = 0;
    [[nodiscard]] bool off() const { return std::fabs(distance) > tolerated_distance && gain > tolerated_gain; }
};

template <class Constants>
[[nodiscard]] line_optimum search_line(const std::vector<const lowered_row*>& rows, const Constants& constants,
                                       const parameter& p, double value_here) {
    const double held = *p.value;
    line_optimum best;
    double least_error = value_here;
    for (int step = -steps_to_each_side; step <= steps_to_each_side; ++step) {
        const double distance = searched * step / steps_to_each_side;
        const double value = held * std::exp(distance);
        if (value < p.low || value > p.high) continue;
        *p.value = value;
        const double error = objective(rows, constants);
        if (error >= least_error) continue;
        least_error = error;
        best = {.distance = distance, .gain = 1 - error / value_here};
    }
    *p.value = held;
    return best;
}

/// Prints the constants for which the check would miss a change by 20 % up or down, because their rows do not identify
/// them that closely.
template <class Constants>
void print_not_identified(const std::vector<lowered_row>& rows) {
    const std::vector<const lowered_row*> all = without(rows, "");
    Constants constants{};
    std::size_t caught = 0;
    std::string missed;
    const std::vector<parameter> parameters = parameters_of(constants);
    for (const parameter& p : parameters) {
        const double held = *p.value;
        bool both = true;
        for (const double factor : {1.2, 1 / 1.2}) {
            *p.value = held * factor;
            both = both && search_line(all, constants, p, objective(all, constants)).off();
        }
        *p.value = held;
        caught += both;
        if (!both) missed += " " + p.name;
    }
    std::printf("a change by 20 %% either way is caught for %zu of %zu constants; not for:%s\n\n", caught,
                parameters.size(), missed.c_str());
}

/// Checks one group of constants; `scaled` is first multiplied by `factor`. Returns whether all constants of the group
/// are where they should be, and sets `found` if `scaled` is one of them.
template <class Constants>
[[nodiscard]] bool check_times(const std::vector<lowered_row>& rows, const std::string& scaled, double factor,
                               bool& found) {
    const std::vector<const lowered_row*> all = without(rows, "");
    Constants constants{};
    const std::vector<parameter> parameters = parameters_of(constants);
    for (const parameter& p : parameters) {
        if (p.name != scaled) continue;
        *p.value *= factor;
        found = true;
    }
    const double value_here = objective(all, constants);
    bool good = true;
    for (const parameter& p : parameters) {
        const line_optimum best = search_line(all, constants, p, value_here);
        if (!best.off()) continue;
        const bool known = is_known_to_be_off(p.name) && p.name != scaled;
        good = good && known;
        std::printf("%s %s: its rows want %.4g in the place of %.4g, which lowers the objective by %.2f %%\n",
                    known ? "known to be off:" : "OFF:", p.name.c_str(), *p.value * std::exp(best.distance), *p.value,
                    100 * best.gain);
    }
    std::printf("objective %.5f over %zu rows and %zu constants\n", value_here, rows.size(), parameters.size());
    return good;
}

/// Checks all constants of the time estimates. If `scaled` is given, only its group is checked, and the caller must
/// find out whether the scaled constant itself was caught.
[[nodiscard]] inline bool check_all(const std::string& folder, const std::string& scaled, double factor) {
    bool found = scaled.empty();
    const std::string speed = folder + "/speed.jsonl";
    bool good = true;
    const bool inference_alone = scaled.rfind("inference.", 0) == 0;
    if (!inference_alone)
        good = check_times<training_time_constants>(read_time_rows(speed, true), scaled, factor, found) && good;
    if (scaled.empty() || inference_alone)
        good = check_times<inference_time_constants>(read_time_rows(speed, false), scaled, factor, found) && good;
    if (!found) throw std::runtime_error("--scale " + scaled + ": not a fitted constant");
    std::printf("%s\n", good ? "the stored constants stand where their rows want them" : "constants are off");
    return good;
}

}  // namespace calibration
