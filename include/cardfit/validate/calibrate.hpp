// SPDX-License-Identifier: MIT
#pragma once

// Makes a calibration from a user's own measurements: the few constants that the rows identify are refitted, and
// leave-one-out over the rows gives the error band.
//
// Times: of the fitted constants, the one that lowers the mean |log(estimate / measured)| the most is refitted first,
// then the next one, as long as each lowers it by at least a tenth. At most one constant is refitted per three rows,
// and at most four in all. Each constant is searched on a line from half to twice its value, in three sweeps. Memory:
// the allocator's slack is refitted. If the estimates of rows that were left out do not improve, nothing is changed.

#include <cardfit/calibration/fitted.hpp>
#include <cardfit/validate/line_search.hpp>
#include <cardfit/validate/lowered_row.hpp>
#include <cardfit/validate/summary.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace cardfit::validation {

/// The largest number of constants that a calibration refits, and the number of rows per constant.
inline constexpr std::size_t most_constants = 4;
/// The rows that a calibration wants for each constant that it refits.
inline constexpr std::size_t rows_per_constant = 3;
/// A constant is refitted if that lowers the error by at least this fraction.
inline constexpr double worthwhile = 0.1;
/// The largest number of refits in leave-one-out. If there are more rows, each refit leaves out several of them.
inline constexpr std::size_t most_folds = 24;
/// The number of rows below which there is no error band.
inline constexpr std::size_t rows_for_band = 5;

/// A constant that was refitted, and its new value.
struct refitted_constant {
    std::string name{};  ///< name of the constant
    double value = 0;    ///< the refitted value
};

/// The result of a calibration of times or of memory. Errors are |estimate / measured - 1|.
struct calibration_fit {
    std::vector<refitted_constant> constants{};  ///< that were refitted
    std::size_t rows = 0;                        ///< the rows that decided
    double median_before = 0;                    ///< with the constants of the tables
    double median_after = 0;                     ///< with the refitted constants
    double median_left_out = 0;                  ///< of each row, with constants that were refitted on the other rows
    int band_per_mille = 0;  ///< 90th percentile of the left-out errors, in whole percent; 0: too few rows
};

/// Rows that a calibration reads; they must outlive it.
using row_list = std::vector<const lowered_row*>;

namespace detail {

template <class Constants>
[[nodiscard]] double mean_error(const row_list& rows, const Constants& constants) {
    double sum = 0;
    for (const lowered_row* row : rows) sum += log_error(*row, constants);
    return rows.empty() ? 0 : sum / static_cast<double>(rows.size());
}

/// A constant of the structure that is being fitted.
struct candidate {
    std::string name{};
    double* value = nullptr;
    double low = 0;
    double high = 0;
};

/// Returns the fitted constants on which at least three rows depend, or all rows if there are fewer than three.
template <class Constants>
[[nodiscard]] std::vector<candidate> candidates_of(const row_list& rows, Constants& constants) {
    std::vector<candidate> found;
    const std::size_t wanted = (std::min)(rows.size(), rows_per_constant);
    for_each_fitted(constants, [&](std::string_view group, const auto& description, double& value) {
        std::size_t count = 0;
        for (const lowered_row* row : rows) count += depends(*row, constants, value);
        if (count < wanted) return;
        // A value between 0.1 and 1 is a fraction of a peak, a bandwidth or a window.
        const bool fraction = value > 0.1 && value <= 1;
        found.push_back({std::string(group) + "." + std::string(description.name), &value, value / 2,
                         fraction ? (std::min)(2 * value, 1.0) : 2 * value});
    });
    return found;
}

/// Sets a constant to the best value on its line and returns the error at that value.
template <class Constants>
double search(const row_list& rows, const Constants& constants, const candidate& c, double error_here) {
    const double here = *c.value;
    const line_point best = minimize_on_line(
        [&](double logarithm) {
            *c.value = std::exp(logarithm);
            return mean_error(rows, constants);
        },
        std::log(c.low), std::log(c.high), {std::log(here), error_here});
    *c.value = best.value < error_here ? std::exp(best.at) : here;
    return best.value;
}

/// Refits the constants of times in place. Returns the names and values of the constants whose refit lowered the error
/// enough.
template <class Constants>
std::vector<refitted_constant> refit(const row_list& rows, Constants& constants) {
    const std::vector<candidate> candidates = candidates_of(rows, constants);
    const std::size_t most = (std::min)(most_constants, (std::max)(rows.size() / rows_per_constant, std::size_t{1}));
    std::vector<const candidate*> chosen;
    double error = mean_error(rows, constants);
    while (chosen.size() < most) {
        const candidate* best = nullptr;
        double best_error = error * (1 - worthwhile);
        for (const candidate& c : candidates) {
            if (std::find(chosen.begin(), chosen.end(), &c) != chosen.end()) continue;
            const double held = *c.value;
            const double tried = search(rows, constants, c, error);
            *c.value = held;
            if (tried >= best_error) continue;
            best = &c;
            best_error = tried;
        }
        if (best == nullptr) break;
        chosen.push_back(best);
        for (int sweep = 0; sweep < 3; ++sweep)
            for (const candidate* c : chosen) error = search(rows, constants, *c, mean_error(rows, constants));
    }
    std::vector<refitted_constant> found;
    for (const candidate* c : chosen) found.push_back({c->name, *c->value});
    return found;
}

/// Sets an integer to the best value among 0, step, 2 step … highest.
template <class Rules>
void search(const row_list& rows, Rules& rules, int Rules::*member, int highest, int step) {
    int best = rules.*member;
    double least_error = mean_error(rows, rules);
    for (int value = 0; value <= highest; value += step) {
        rules.*member = value;
        const double error = mean_error(rows, rules);
        if (error >= least_error - 1e-12) continue;
        best = value;
        least_error = error;
    }
    rules.*member = best;
}

/// Refits the slack of a framework's allocator in place. Returns the new values, or nothing if the error drops by less
/// than the fraction `worthwhile`.
inline std::vector<refitted_constant> refit(const row_list& rows, framework_memory& rules) {
    const framework_memory before = rules;
    const double error = mean_error(rows, rules);
    for (int sweep = 0; sweep < 2; ++sweep) {
        search(rows, rules, &framework_memory::slack_per_mille, 200, 5);
        search(rows, rules, &framework_memory::activation_slack_per_mille, 500, 10);
    }
    if (mean_error(rows, rules) > error * (1 - worthwhile)) {
        rules = before;
        return {};
    }
    return {{"memory.slack_per_mille", static_cast<double>(rules.slack_per_mille)},
            {"memory.activation_slack_per_mille", static_cast<double>(rules.activation_slack_per_mille)}};
}

/// Refits the slack of an engine's allocator in place. Returns the new value, or nothing if the error drops by less
/// than the fraction `worthwhile`.
inline std::vector<refitted_constant> refit(const row_list& rows, engine_memory& rules) {
    const engine_memory before = rules;
    const double error = mean_error(rows, rules);
    search(rows, rules, &engine_memory::slack_per_mille, 300, 1);
    if (mean_error(rows, rules) > error * (1 - worthwhile)) {
        rules = before;
        return {};
    }
    return {{"memory.slack_per_mille", static_cast<double>(rules.slack_per_mille)}};
}

/// Adds the relative errors of the rows under these constants.
template <class Constants>
void add_errors(const row_list& rows, const Constants& constants, std::vector<double>& errors) {
    for (const lowered_row* row : rows)
        errors.push_back(std::fabs(estimate(*row, constants) / row->measured.value - 1));
}

[[nodiscard]] inline double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

/// Returns the error of each row with the constants that the other rows give.
template <class Constants>
[[nodiscard]] std::vector<double> left_out_errors(const row_list& rows, const Constants& start) {
    std::vector<double> errors;
    const std::size_t folds = (std::min)(rows.size(), most_folds);
    for (std::size_t fold = 0; fold < folds; ++fold) {
        row_list kept;
        row_list left_out;
        for (std::size_t i = 0; i < rows.size(); ++i) (i % folds == fold ? left_out : kept).push_back(rows[i]);
        Constants constants = start;
        refit(kept, constants);
        add_errors(left_out, constants, errors);
    }
    return errors;
}

}  // namespace detail

/// Refits the constants on the rows, in place. The constants stay as they are if this does not improve the estimates of
/// rows that are left out. `least_band` is the smallest half-width of the error band, in per mille.
template <class Constants>
[[nodiscard]] calibration_fit calibrate(const row_list& rows, Constants& constants, int least_band) {
    calibration_fit fit{.rows = rows.size()};
    if (rows.empty()) return fit;
    std::vector<double> before;
    detail::add_errors(rows, constants, before);
    std::vector<double> left_out = detail::left_out_errors(rows, constants);
    const bool better = detail::mean_of(left_out) < detail::mean_of(before);
    if (better) fit.constants = detail::refit(rows, constants);
    if (!better) left_out = before;
    std::sort(left_out.begin(), left_out.end());
    std::vector<double> after;
    detail::add_errors(rows, constants, after);
    fit.median_before = median(before);
    fit.median_after = median(after);
    fit.median_left_out = median(left_out);
    if (rows.size() < rows_for_band) return fit;
    const int percent = static_cast<int>(std::ceil(percentile(left_out, 0.9) * 100 - 1e-9));
    fit.band_per_mille = (std::max)(10 * percent, least_band);
    return fit;
}

}  // namespace cardfit::validation
