// SPDX-License-Identifier: MIT

// Asserts the accuracy that the README states on the copied rows, and recomputes the error bands from the errors. Rows
// from the field are reports of people who run models; their accuracy is printed by source.

#include <cardfit/validate/summary.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace published_accuracy_test {

using namespace cardfit;
using namespace cardfit::validation;

namespace {

struct published_row {
    scored_row scored;
    bool training = false;
    bool tier_a = false;
    std::string framework;
    double band = 0;
};

/// Returns all rows with a measured number, with their estimates.
[[nodiscard]] const std::vector<published_row>& rows() {
    static const std::vector<published_row> all = [] {
        std::vector<published_row> read;
        std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/published/memory.jsonl");
        for (std::string line; std::getline(file, line);) {
            const measured_row row = read_measured_row(line);
            if (row.is_verdict()) continue;
            scores s;
            score(row, s);
            const io::job_file& job = row.job;
            const std::string tier = nlohmann::json::parse(line)["tier"];
            const int band = job.training ? row_of(job.training->framework).memory.band_per_mille
                                          : row_of(job.inference->framework).memory.band_per_mille;
            read.push_back({s.rows[0], job.training.has_value(), tier == "A",
                            std::string(job.training ? row_of(job.training->framework).name
                                                     : row_of(job.inference->framework).name),
                            band / 1000.0});
        }
        return read;
    }();
    return all;
}

template <class Predicate>
[[nodiscard]] std::map<std::string, std::vector<double>> errors_by_source(Predicate wanted) {
    std::map<std::string, std::vector<double>> errors;
    for (const published_row& r : rows())
        if (wanted(r)) errors[r.scored.source].push_back(r.scored.error());
    for (auto& [source, list] : errors) std::sort(list.begin(), list.end());
    return errors;
}
[[nodiscard]] double mean_over_sources(const std::map<std::string, std::vector<double>>& errors, double share) {
    double sum = 0;
    for (const auto& [source, list] : errors) sum += share == 0.5 ? median(list) : percentile(list, share);
    return sum / static_cast<double>(errors.size());
}
[[nodiscard]] std::vector<double> pooled(const std::map<std::string, std::vector<double>>& errors) {
    std::vector<double> all;
    for (const auto& [source, list] : errors) all.insert(all.end(), list.begin(), list.end());
    std::sort(all.begin(), all.end());
    return all;
}
[[nodiscard]] bool is_memory(const published_row& r) { return r.scored.quantity.rfind("memory_bytes", 0) == 0; }

}  // namespace

TEST_CASE("training memory: tier A within 2 % and 8 %, all tiers within 5 % and 15 % with every source alike") {
    const std::vector<double> tier_a =
        pooled(errors_by_source([](const published_row& r) { return r.training && r.tier_a && is_memory(r); }));
    REQUIRE(tier_a.size() >= 40);
    CHECK(median(tier_a) <= 0.02);
    CHECK(percentile(tier_a, 0.9) <= 0.08);
    const auto all = errors_by_source([](const published_row& r) { return r.training && is_memory(r); });
    REQUIRE(all.size() >= 9);
    CHECK(mean_over_sources(all, 0.5) <= 0.05);
    CHECK(mean_over_sources(all, 0.9) <= 0.15);
}

TEST_CASE("SimuMax: every allocated row within 1.5 %, reserved within 3 % at the median") {
    std::vector<double> reserved;
    int allocated = 0;
    for (const published_row& r : rows()) {
        if (r.scored.source != "MooreThreads/SimuMax") continue;
        if (r.scored.quantity == "memory_bytes (allocated)") {
            ++allocated;
            CHECK(r.scored.error() <= 0.015);
        }
        if (r.scored.quantity == "memory_bytes (reserved)") reserved.push_back(r.scored.error());
    }
    CHECK(allocated == 22);
    REQUIRE(reserved.size() == 10);
    CHECK(median(reserved) <= 0.03);
}

TEST_CASE("largest batch and longest sequence: within 15 % at the median, and 0 where nothing fits") {
    std::map<std::string, std::vector<double>> errors;
    for (const published_row& r : rows()) {
        if (is_memory(r)) continue;
        if (r.scored.measured == 0)
            CHECK(r.scored.estimated == 0);
        else
            errors[r.scored.quantity].push_back(r.scored.error());
    }
    REQUIRE(errors.size() == 2);
    for (const auto& [quantity, list] : errors) CHECK(median(list) <= 0.15);
}

TEST_CASE("inference memory: within 2 % and 8 % with every source alike") {
    const auto all = errors_by_source([](const published_row& r) { return !r.training && is_memory(r); });
    REQUIRE(all.size() >= 8);
    CHECK(mean_over_sources(all, 0.5) <= 0.02);
    CHECK(mean_over_sources(all, 0.9) <= 0.08);
}

// A framework's band covers the errors of 90 % of its rows, rounded up to a whole per cent, and is at least 5 %.
// Frameworks with fewer than 5 measured rows take their band from elsewhere (see framework_memory::band_per_mille).
TEST_CASE("the bands are those of the measured errors") {
    std::map<std::pair<bool, std::string>, std::vector<double>> by_framework;
    std::map<std::pair<bool, std::string>, double> stored;
    for (const published_row& r : rows())
        if (is_memory(r)) {
            by_framework[{r.training, r.framework}].push_back(r.scored.error());
            stored[{r.training, r.framework}] = r.band;
        }
    for (auto& each : by_framework) {
        std::vector<double>& list = each.second;
        if (list.size() < 5) continue;
        std::sort(list.begin(), list.end());
        const double measured = (std::max)(std::ceil(percentile(list, 0.9) * 100 - 1e-9) / 100, 0.05);
        INFO(each.first.second, " ", measured);
        CHECK(stored[each.first] == doctest::Approx(measured));
    }
}

// This is cross-validation by source: each source's rows are compared with the band that the other sources of its kind
// give.
TEST_CASE("bands from all other sources hold most rows of a source") {
    for (const bool training : {true, false}) {
        const auto errors =
            errors_by_source([&](const published_row& r) { return r.training == training && is_memory(r); });
        double held = 0;
        for (const auto& [left_out, list] : errors) {
            std::map<std::string, std::vector<double>> others = errors;
            others.erase(left_out);
            const double band = (std::max)(mean_over_sources(others, 0.9), 0.05);
            const auto inside = std::count_if(list.begin(), list.end(), [&](double e) { return e <= band; });
            held += static_cast<double>(inside) / static_cast<double>(list.size());
        }
        const double share = held / static_cast<double>(errors.size());
        INFO(std::string(training ? "training" : "inference"), ": ", share);
        CHECK(share >= 0.75);
    }
}

namespace {

/// Returns the scores of a file of rows. A row whose job has no answer is left out.
[[nodiscard]] scores scores_of(const std::string& name) {
    scores s;
    std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/published/" + name);
    for (std::string line; std::getline(file, line);) try {
            score(read_measured_row(line), s);
        } catch (const io::input_error& e) {
            REQUIRE_MESSAGE((!e.problems().empty() && e.problems()[0].not_there_yet), line, e.what());
        }
    return s;
}

/// Prints one line for each quantity and source.
void print_by_source(const scores& s) {
    std::ostringstream text;
    for (const auto& [quantity, by_source] : group(s.rows))
        for (const auto& [source, one] : summarize(by_source).sources)
            text << quantity << ", " << source << ": n " << one.n << ", median " << 100 * one.median_error
                 << " %, 90 % " << 100 * one.percentile_90 << " %\n";
    MESSAGE(text.str());
}

}  // namespace

TEST_CASE("memory reported from the field") {
    const scores s = scores_of("memory_field.jsonl");
    print_by_source(s);
    const grouped_rows groups = group(s.rows);
    CHECK(summarize(groups.at("memory_bytes (allocated)")).mean_median <= 0.03);
    CHECK(summarize(groups.at("memory_bytes (device)")).mean_median <= 0.11);
    CHECK(summarize(groups.at("memory_bytes (reserved)")).mean_median <= 0.06);
    CHECK(count_verdicts(s.verdicts).false_fits <= 1);
    CHECK(count_verdicts(s.verdicts).false_refusals == 0);
}

// The rows were measured by measure_training.py, and nothing is fitted on them.
TEST_CASE("memory measured on one H100") {
    const scores s = scores_of("measured_h100.jsonl");
    print_by_source(s);
    const grouped_rows groups = group(s.rows);
    CHECK(summarize(groups.at("memory_bytes (allocated)")).mean_median <= 0.005);
    CHECK(summarize(groups.at("memory_bytes (reserved)")).mean_median <= 0.10);
    CHECK(summarize(groups.at("memory_bytes (device)")).mean_median <= 0.10);
}

// No figure of memory is fitted on these rows. What the first 33 showed is in the tables since, so that their errors
// are not blind ones: those are in README.md.
TEST_CASE("memory measured on one H200") {
    const scores s = scores_of("measured_h200.jsonl");
    print_by_source(s);
    const grouped_rows groups = group(s.rows);
    CHECK(groups.at("memory_bytes (allocated)").at("cardfit/measure_jobs.py").size() == 51);
    CHECK(summarize(groups.at("memory_bytes (allocated)")).mean_median <= 0.005);
    CHECK(summarize(groups.at("memory_bytes (allocated)")).mean_percentile_90 <= 0.05);
    CHECK(summarize(groups.at("memory_bytes (reserved)")).mean_median <= 0.10);
    CHECK(summarize(groups.at("memory_bytes (device)")).mean_median <= 0.10);
}

namespace {

/// Returns the kind of job of a training row: its framework, what it shards and trains, and its memory counter.
[[nodiscard]] std::string kind_of(const measured_row& row) {
    const training& t = *row.job.training;
    std::string kind = std::string(row_of(t.framework).name) + ", " + row.meter;
    if (row.job.layout.sharding == sharding::full) kind += ", sharded";
    if (t.adapter.method != adapter_method::none) kind += is_quantized(base_format(t)) ? ", QLoRA" : ", LoRA";
    if (lower(row.job.model).experts > 0) kind += ", experts";
    return kind;
}

/// Returns true if the estimate of a training row misses its measured value by more than its job's band.
[[nodiscard]] bool is_outside(const measured_row& row) {
    scores s;
    score(row, s);
    const io::job_file& job = row.job;
    const network net = lower(job.model, job.image_size());
    const lowered_training lowered = lower_job(net, *job.training, job.hardware, job.layout);
    return s.rows.at(0).error() > static_cast<double>(lowered.band_per_mille) / 1000;
}

}  // namespace

// Nine rows of ten of each kind of job with at least five rows.
TEST_CASE("the bands of kinds of job hold the reports from the field") {
    std::map<std::string, std::pair<int, int>> kinds;
    std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/published/memory_field.jsonl");
    for (std::string line; std::getline(file, line);) {
        const measured_row row = read_measured_row(line);
        if (!row.job.training || !row.is_memory()) continue;
        auto& [rows, outside] = kinds[kind_of(row)];
        ++rows;
        outside += is_outside(row) ? 1 : 0;
    }
    CHECK(kinds.size() >= 20);
    for (const auto& each : kinds) {
        const int count = each.second.first;
        const int outside = each.second.second;
        INFO(each.first, ": ", outside, " of ", count, " outside");
        CHECK((count < 5 || outside <= (count + 9) / 10));
    }
}

// Rows whose misses have no known cause, or one that is not counted (the frameworks' sources say which): pipelines of
// 405B under torchtitan and of BLOOM, experts and the optimizer on the host under ms-swift's Megatron, Muon, NVFP4,
// fused kernels beside Mixtral's experts, QLoRA on two small cards.
TEST_CASE("the bands of their kinds hold the known misses") {
    const std::set<std::string> misses{"b0026", "b0028", "b0030", "b0034", "b2015", "b1890", "b0066", "t24",   "t30",
                                       "t48",   "t49",   "t51",   "t53",   "t54",   "t56",   "t58",   "f074d", "f075a",
                                       "f099a", "f100a", "f270d", "f297d", "b1661", "b1663", "b1681"};
    std::size_t found = 0;
    for (const char* name : {"memory.jsonl", "memory_field.jsonl"}) {
        std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/published/" + name);
        for (std::string line; std::getline(file, line);) {
            const measured_row row = read_measured_row(line);
            if (!misses.count(row.id)) continue;
            ++found;
            CAPTURE(row.id);
            CHECK_FALSE(is_outside(row));
        }
    }
    CHECK(found == misses.size());
}

TEST_CASE("rates reported from the field have estimates") {
    const scores s = scores_of("speed_field.jsonl");
    print_by_source(s);
    CHECK(s.rows.size() >= 160);
    // llama.cpp at depth: generated tokens per second from an empty cache (d…) and behind a prompt (l01 to l04, h…), on
    // A100, A6000, 4090 and H100, with flash attention and without. Qwen3-Next and Qwen3.5 by date, from kernels apart
    // to one fused kernel, and MLA with depth (l25 to l34).
    for (const scored_row& row : s.rows) {
        const bool at_depth = row.id.starts_with("d") || row.source == "ggml-org/llama.cpp#15035";
        const bool by_kernel = row.id >= "l25" && row.id <= "l34";
        if (!at_depth && !by_kernel && !row.id.starts_with("h")) continue;
        CAPTURE(row.id);
        // One log of January 2026 and an A100 report of February differ by a third in the same layers (l25, l26).
        CHECK(row.error() <= (at_depth ? 0.10 : row.id == "l26" ? 0.25 : 0.15));
    }
}

}  // namespace published_accuracy_test
