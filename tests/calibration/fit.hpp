// SPDX-License-Identifier: MIT
#pragma once

// The objective, and its minimization by NLopt: see README.md beside this file.

#include "rows.hpp"

#include <nlopt.hpp>

#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace calibration {

/// Returns the rows of all sources but one. With an empty name, no source is left out.
[[nodiscard]] inline std::vector<const lowered_row*> without(const std::vector<lowered_row>& rows,
                                                             const std::string& source) {
    std::vector<const lowered_row*> chosen;
    for (const lowered_row& row : rows)
        if (row.measured.source != source) chosen.push_back(&row);
    return chosen;
}

[[nodiscard]] inline std::set<std::string> sources_of(const std::vector<lowered_row>& rows) {
    std::set<std::string> names;
    for (const lowered_row& row : rows) names.insert(row.measured.source);
    return names;
}

/// Errors by source: the sum of |log(estimate / measured)|, and the number of rows.
using error_sums = std::map<std::string, std::pair<double, double>>;

/// Returns the mean over sources of each source's mean error, where a source is weighted by the square root of its
/// number of rows.
[[nodiscard]] inline double weighted_mean(const error_sums& sums) {
    double sum = 0;
    double weights = 0;
    for (const auto& [source, one] : sums) {
        const double weight = std::sqrt(one.second);
        sum += weight * one.first / one.second;
        weights += weight;
    }
    return weights > 0 ? sum / weights : 0;
}

/// What a fit minimizes.
template <class Constants>
[[nodiscard]] double objective(const std::vector<const lowered_row*>& rows, const Constants& constants) {
    error_sums sums;
    for (const lowered_row* row : rows) {
        auto& [error, count] = sums[row->measured.source];
        error += log_error(*row, constants);
        count += 1;
    }
    return weighted_mean(sums);
}

/// A fit: the constants, and the value of the objective there.
template <class Constants>
struct fitted {
    Constants constants{};
    double value = 0;
    int evaluations = 0;
};

/// Minimizes the objective over all fitted constants from a starting point, in the logarithms of the constants. It uses
/// NLopt's SBPLX (Rowan's subspace simplex), which needs no derivatives, because the objective has kinks.
template <class Constants>
[[nodiscard]] fitted<Constants> fit(const std::vector<const lowered_row*>& rows, const Constants& start,
                                    int evaluations) {
    fitted<Constants> best{.constants = start};
    const std::vector<parameter> parameters = parameters_of(best.constants);
    nlopt::opt solver(nlopt::LN_SBPLX, static_cast<unsigned>(parameters.size()));
    std::vector<double> point;
    std::vector<double> low;
    std::vector<double> high;
    for (const parameter& p : parameters) {
        point.push_back(std::log(*p.value));
        low.push_back(std::log(p.low));
        high.push_back(std::log(p.high));
    }
    solver.set_lower_bounds(low);
    solver.set_upper_bounds(high);
    solver.set_initial_step(std::vector<double>(parameters.size(), 0.05));
    solver.set_xtol_rel(1e-4);
    solver.set_maxeval(evaluations);
    const auto place = [&](const std::vector<double>& at) {
        for (std::size_t i = 0; i < parameters.size(); ++i) *parameters[i].value = std::exp(at[i]);
    };
    const nlopt::vfunc goal = [](const std::vector<double>& at, std::vector<double>&, void* data) {
        return (*static_cast<const std::function<double(const std::vector<double>&)>*>(data))(at);
    };
    const std::function<double(const std::vector<double>&)> value = [&](const std::vector<double>& at) {
        place(at);
        return objective(rows, best.constants);
    };
    solver.set_min_objective(goal, const_cast<void*>(static_cast<const void*>(&value)));
    solver.optimize(point, best.value);
    place(point);
    best.evaluations = solver.get_numevals();
    return best;
}

}  // namespace calibration
