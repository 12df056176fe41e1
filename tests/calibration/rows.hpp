// SPDX-License-Identifier: MIT
#pragma once

// The published rows that constants are fitted on, and the constants as a list of parameters.

#include <cardfit/calibration/fitted.hpp>
#include <cardfit/validate/lowered_row.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace calibration {

using namespace cardfit;
using validation::depends;
using validation::estimate;
using validation::log_error;
using validation::lowered_row;

/// Returns the rows of a file that `wanted` selects.
template <class Wanted>
[[nodiscard]] std::vector<lowered_row> read_rows(const std::string& path, Wanted wanted) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::vector<lowered_row> rows;
    for (std::string line; std::getline(in, line);) {
        validation::measured_row row = validation::read_measured_row(line);
        if (wanted(row)) rows.push_back(validation::lowered(std::move(row)));
    }
    return rows;
}

/// Returns the rows that are measured times or rates, of training or of inference.
[[nodiscard]] inline std::vector<lowered_row> read_time_rows(const std::string& path, bool training) {
    return read_rows(path, [=](const validation::measured_row& row) {
        return validation::is_time(row) && row.job.training.has_value() == training;
    });
}

/// Returns the rows that are measured peaks or largest sizes of training. A verdict has no error, and a measured 0 has
/// no logarithm.
[[nodiscard]] inline std::vector<lowered_row> read_memory_rows(const std::string& path) {
    return read_rows(path, [](const validation::measured_row& row) {
        return row.job.training && !validation::is_time(row) && !row.is_verdict() && row.value > 0;
    });
}

/// A fitted constant: its name, its place in the structure that is being fitted, and its bounds.
struct parameter {
    std::string name{};
    double* value = nullptr;
    double low = 0;
    double high = 0;
};

/// Returns the fitted constants of a structure. A fit keeps each one within half and twice its stored value. Values
/// between 0.1 and 1 are fractions of a peak, of a bandwidth or of a window, and stay at most 1.
template <class Constants>
[[nodiscard]] std::vector<parameter> parameters_of(Constants& constants) {
    std::vector<double> stored;
    Constants defaults{};
    for_each_fitted(defaults, [&](std::string_view, const auto&, double& value) { stored.push_back(value); });
    std::vector<parameter> all;
    for_each_fitted(constants, [&](std::string_view group, const auto& description, double& value) {
        const double start = stored[all.size()];
        const bool fraction = start > 0.1 && start <= 1;
        all.push_back({.name = std::string(group) + "." + std::string(description.name),
                       .value = &value,
                       .low = start / 2,
                       .high = fraction ? (std::min)(2 * start, 1.0) : 2 * start});
    });
    return all;
}

}  // namespace calibration
