// SPDX-License-Identifier: MIT

// Asserts the accuracy of times that the README states on the copied rows, and limits that no estimate may exceed.

#include <cardfit/validate/summary.hpp>

#include <doctest/doctest.h>

#include <fstream>

namespace published_time_accuracy_test {

using namespace cardfit;
using namespace cardfit::validation;

namespace {

struct timed_row {
    scored_row scored;
    bool training = false;
    std::string link;
    std::string apart_from_link;  ///< series and job without link and date; the same for two boxes of the same cards
};

[[nodiscard]] timed_row timed(const scored_row& scored, nlohmann::json row) {
    nlohmann::json& job = row["job"];
    const bool training = job.contains("training");
    const std::string link = job["hardware"].value("link", "");
    job["hardware"].erase("link");
    if (training) job["training"].erase("software_date");
    return {scored, training, link, row.value("series", "") + job.dump()};
}

[[nodiscard]] const std::vector<timed_row>& rows() {
    static const std::vector<timed_row> all = [] {
        std::vector<timed_row> read;
        std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/published/speed.jsonl");
        for (std::string line; std::getline(file, line);) {
            scores s;
            score(read_measured_row(line), s);
            read.push_back(timed(s.rows.at(0), nlohmann::json::parse(line)));
        }
        return read;
    }();
    return all;
}

using errors_by_source = std::map<std::string, std::vector<double>>;

[[nodiscard]] errors_by_source sorted(errors_by_source errors) {
    for (auto& [source, list] : errors) std::sort(list.begin(), list.end());
    return errors;
}
template <class Predicate>
[[nodiscard]] errors_by_source errors_of(Predicate wanted) {
    errors_by_source errors;
    for (const timed_row& r : rows())
        if (wanted(r)) errors[r.scored.source].push_back(r.scored.error());
    return sorted(errors);
}
/// Returns the errors of ratios within series, by source.
[[nodiscard]] errors_by_source ratio_errors(bool training) {
    std::vector<scored_row> plain;
    for (const timed_row& r : rows())
        if (r.training == training) plain.push_back(r.scored);
    errors_by_source errors;
    for (const scored_row& r : ratios(plain)) errors[r.source].push_back(r.error());
    return sorted(errors);
}
[[nodiscard]] double mean_median(const errors_by_source& errors) {
    double sum = 0;
    for (const auto& [source, list] : errors) sum += median(list);
    return sum / static_cast<double>(errors.size());
}
/// Returns the errors of the inference of images, sorted: of cards whose board power lets them run at their rate, or of
/// the one whose does not.
[[nodiscard]] std::vector<double> image_errors(bool limited) {
    std::vector<double> errors;
    std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/published/images.jsonl");
    for (std::string line; std::getline(file, line);) {
        if ((line.find("max-q") != std::string::npos) != limited) continue;
        scores s;
        score(read_measured_row(line), s);
        errors.push_back(s.rows.at(0).error());
    }
    std::sort(errors.begin(), errors.end());
    return errors;
}
}  // namespace

TEST_CASE(
    "images per second of convolutional networks and ViT: within 5 % at the median, 15 % at the 90th percentile") {
    const std::vector<double> errors = image_errors(false);
    REQUIRE(errors.size() > 150);
    CHECK(median(errors) <= 0.05);
    CHECK(errors[errors.size() * 9 / 10] <= 0.15);
    // The 300 W of a Max-Q hold a rate that no published row but these tells.
    CHECK(image_errors(true).back() <= 0.45);
}

TEST_CASE("inference: decode within 10 %, generated tokens 12 %, prefill 20 % at the median with every source alike") {
    const auto of = [](const char* quantity) {
        return errors_of([=](const timed_row& r) { return !r.training && r.scored.quantity == quantity; });
    };
    CHECK(mean_median(of("decode_tokens_per_second")) <= 0.10);
    CHECK(mean_median(of("tokens_per_second")) <= 0.12);
    CHECK(mean_median(of("prefill_seconds")) <= 0.20);
}

/// Compares machines with NVLink bridges to machines without: returns the error of the estimated gain relative to the
/// measured one, for every pair.
[[nodiscard]] std::vector<double> bridge_errors() {
    std::vector<double> errors;
    for (const timed_row& with : rows())
        for (const timed_row& without : rows())
            if (with.link == "nvlink-bridge" && without.link.starts_with("pcie") &&
                with.apart_from_link == without.apart_from_link && with.scored.quantity == without.scored.quantity)
                errors.push_back(std::fabs((with.scored.estimated / without.scored.estimated) /
                                               (with.scored.measured / without.scored.measured) -
                                           1));
    std::sort(errors.begin(), errors.end());
    return errors;
}

TEST_CASE("what a bridge gains: 29 of 32 pairs of boxes within 10 %, all within 17 %") {
    const std::vector<double> errors = bridge_errors();
    REQUIRE(errors.size() == 32);
    CHECK(errors[28] <= 0.10);
    CHECK(errors[31] <= 0.17);
}

TEST_CASE("ratios within a series of training runs: within 3 % at the median of all pairs") {
    std::vector<double> all;
    for (const auto& [source, list] : ratio_errors(true)) all.insert(all.end(), list.begin(), list.end());
    std::sort(all.begin(), all.end());
    REQUIRE(all.size() > 200);
    CHECK(median(all) <= 0.03);
}

}  // namespace published_time_accuracy_test
