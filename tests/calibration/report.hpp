// SPDX-License-Identifier: MIT
#pragma once

// The tables that refit prints: how far each constant moves, and the errors of the estimates by source.

#include "leave_out.hpp"

#include <cardfit/validate/summary.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace calibration {

/// The errors |estimate / measured - 1| of one quantity and source under three sets of constants.
struct error_columns {
    std::vector<double> stored{};
    std::vector<double> refitted{};
    std::vector<double> left_out{};
    std::size_t refused = 0;  ///< rows that can't be estimated without their source
};

inline void print_header() {
    std::printf("%-26s %-44s %4s %18s %18s %18s %8s\n", "quantity", "source", "n", "stored: med, 90 %",
                "refit: med, 90 %", "left out: med, 90 %", "refused");
}

inline void print_columns(const std::string& quantity, const std::string& source, error_columns e) {
    const auto cells = [](std::vector<double>& errors) {
        std::sort(errors.begin(), errors.end());
        char text[32];
        std::snprintf(text, sizeof text, "%6.1f %% %6.1f %%", 100 * validation::median(errors),
                      100 * validation::percentile(errors, 0.9));
        return std::string(errors.empty() ? "-" : text);
    };
    std::printf("%-26s %-44s %4zu %18s %18s %18s %8zu\n", quantity.c_str(), source.c_str(), e.stored.size(),
                cells(e.stored).c_str(), cells(e.refitted).c_str(), cells(e.left_out).c_str(), e.refused);
}

/// Prints the means over quantities and sources of the medians and 90th percentiles; all sources of a quantity have the
/// same weight.
inline void print_means(const std::map<std::pair<std::string, std::string>, error_columns>& groups) {
    const auto mean = [&](std::vector<double> error_columns::*column, double share) {
        double sum = 0;
        double count = 0;
        for (const auto& [key, each] : groups) {
            std::vector<double> errors = each.*column;
            if (errors.empty()) continue;
            std::sort(errors.begin(), errors.end());
            sum += share == 0.5 ? validation::median(errors) : validation::percentile(errors, share);
            count += 1;
        }
        return count > 0 ? 100 * sum / count : 0;
    };
    std::printf("mean over sources: stored %.1f and %.1f %%, refitted %.1f and %.1f %%, left out %.1f and %.1f %%\n\n",
                mean(&error_columns::stored, 0.5), mean(&error_columns::stored, 0.9),
                mean(&error_columns::refitted, 0.5), mean(&error_columns::refitted, 0.9),
                mean(&error_columns::left_out, 0.5), mean(&error_columns::left_out, 0.9));
}

/// Prints each fitted constant: its stored value, its refitted value, and its range over the refits without one source.
template <class Constants>
void print_moves(refits<Constants>& r) {
    Constants stored{};
    const std::vector<parameter> from = parameters_of(stored);
    const std::vector<parameter> to = parameters_of(r.all.constants);
    std::printf("%-44s %11s %11s %8s %11s %11s\n", "constant", "stored", "refitted", "moved", "lowest", "highest");
    for (std::size_t i = 0; i < from.size(); ++i) {
        double low = *to[i].value;
        double high = *to[i].value;
        std::size_t undecided = 0;
        std::string alone;
        for (auto& [source, one] : r.without) {
            const double value = *parameters_of(one.constants)[i].value;
            undecided += !one.decided[i];
            if (!one.decided[i]) alone = " decided by " + source + " alone";
            if (!one.decided[i]) continue;
            low = (std::min)(low, value);
            high = (std::max)(high, value);
        }
        if (undecided > 1) alone = " decided by no row";
        std::printf("%-44s %11.4g %11.4g %+6.1f %% %11.4g %11.4g%s\n", from[i].name.c_str(), *from[i].value,
                    *to[i].value, 100 * (*to[i].value / *from[i].value - 1), low, high, alone.c_str());
    }
    std::printf("\n");
}

template <class Constants>
void print_errors(const std::vector<lowered_row>& rows, const refits<Constants>& r) {
    const Constants stored{};
    std::map<std::pair<std::string, std::string>, error_columns> groups;
    for (const lowered_row& row : rows) {
        error_columns& e = groups[{row.measured.quantity, row.measured.source}];
        const auto error = [&](const Constants& c) { return std::fabs(estimate(row, c) / row.measured.value - 1); };
        const left_out_fit<Constants>& without_source = r.without.at(row.measured.source);
        e.stored.push_back(error(stored));
        e.refitted.push_back(error(r.all.constants));
        if (answerable(row, without_source))
            e.left_out.push_back(error(without_source.constants));
        else
            ++e.refused;
    }
    print_header();
    for (const auto& [key, each] : groups) print_columns(key.first, key.second, each);
    print_means(groups);
}

inline void print_memory(const std::vector<lowered_row>& rows, const memory_refits& r) {
    const memory_values stored = stored_memory();
    for (std::size_t i = 0; i < memory_number_count; ++i) {
        const memory_number& number = memory_numbers[i];
        std::printf("%-44s stored %4d refitted %4d%s\n", std::string(number.name).c_str(), number.stored(),
                    r.all.numbers[i], number.standing == standing::fitted ? "" : " (not fitted)");
    }
    for (std::size_t i = 0; i < memory_mechanism_count; ++i) {
        const memory_mechanism& m = memory_mechanisms[i];
        std::printf("%-44s %s\n", (std::string(row_of(m.framework).name) + "." + std::string(m.name)).c_str(),
                    r.all.mechanisms[i] ? "its rows are better met with it" : "its rows are met as well without it");
    }
    std::map<std::pair<std::string, std::string>, error_columns> groups;
    for (const lowered_row& row : rows) {
        const std::string meter = row.measured.is_memory() ? " (" + row.measured.meter + ")" : "";
        error_columns& e = groups[{row.measured.quantity + meter, row.measured.source}];
        const framework f = row.measured.job.training->framework;
        const auto error = [&](const memory_values& v) {
            return std::fabs(estimate(row, v.rules_of(f)) / row.measured.value - 1);
        };
        e.stored.push_back(error(stored));
        e.refitted.push_back(error(r.all));
        e.left_out.push_back(error(r.without.at(row.measured.source)));
    }
    print_header();
    for (const auto& [key, each] : groups) print_columns(key.first, key.second, each);
    print_means(groups);
}

}  // namespace calibration
