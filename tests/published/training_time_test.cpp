// SPDX-License-Identifier: MIT

// Asserts the accuracy of step times on the copied rows, and recomputes the error bands from the errors.

#include <cardfit/validate/summary.hpp>

#include <doctest/doctest.h>

#include <fstream>

namespace published_training_time_test {

using namespace cardfit;
using namespace cardfit::validation;

namespace {

struct timed_row {
    std::string source;
    std::string framework;
    double error = 0;
    double band = 0;
};

/// Returns all training rows, with their estimates.
[[nodiscard]] const std::vector<timed_row>& timed_rows() {
    static const std::vector<timed_row> all = [] {
        std::vector<timed_row> read;
        std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/published/speed.jsonl");
        for (std::string line; std::getline(file, line);) {
            const measured_row row = read_measured_row(line);
            if (!row.job.training) continue;
            scores s;
            score(row, s);
            const framework_row& rules = row_of(row.job.training->framework);
            read.push_back(
                {row.source, std::string(rules.name), s.rows.at(0).error(), rules.time.band_per_mille / 1000.0});
        }
        return read;
    }();
    return all;
}

/// Returns the error that a given share of the rows does not exceed, where all sources have the same weight.
[[nodiscard]] double weighted_percentile(double share) {
    std::map<std::string, double> counts;
    for (const timed_row& r : timed_rows()) counts[r.source] += 1;
    std::vector<std::pair<double, double>> errors;
    for (const timed_row& r : timed_rows()) errors.push_back({r.error, 1 / counts[r.source]});
    std::sort(errors.begin(), errors.end());
    double sum = 0;
    for (const auto& [error, weight] : errors) {
        sum += weight / static_cast<double>(counts.size());
        if (sum >= share) return error;
    }
    return 1;
}

}  // namespace

TEST_CASE("training time: within 7 % and 20 % with every source alike") {
    REQUIRE(timed_rows().size() >= 700);
    CHECK(weighted_percentile(0.5) <= 0.07);
    CHECK(weighted_percentile(0.9) <= 0.20);
}

TEST_CASE("the bands of step times are those of the measured errors") {
    std::map<std::string, std::vector<double>> by_framework;
    std::map<std::string, double> stored;
    for (const timed_row& r : timed_rows()) {
        by_framework[r.framework].push_back(r.error);
        stored[r.framework] = r.band;
    }
    for (auto& [name, list] : by_framework) {
        std::sort(list.begin(), list.end());
        const double measured =
            list.size() < 5 ? 0.35 : (std::max)(std::ceil(percentile(list, 0.9) * 100 - 1e-9) / 100, 0.10);
        INFO(measured);
        CHECK(stored[name] == doctest::Approx(measured));
    }
}

}  // namespace published_training_time_test
