// SPDX-License-Identifier: MIT

// Tests a user's calibration: rows made from a known constant recover it, the error band is that of the rows left out,
// malformed files are refused, and constants without a source are complete.

#include <cardfit/calibration/left_out.hpp>
#include <cardfit/io/calibration_file.hpp>
#include <cardfit/validate/calibrate.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

namespace calibration_calibrate_test {

using namespace cardfit;

namespace {

/// Returns a training row of Llama-3.1-8B on H100s; the measured value is filled in later.
[[nodiscard]] std::string training_row(int cards, int micro_batch, int length, double value) {
    return R"({"id":"r","source":"mine/runs","job":{"model":"llama-3.1-8b","hardware":{"card":"h100-sxm5-80gb","cards":)" +
           std::to_string(cards) + R"(},"training":{"framework":"torchtitan","recompute":"full","micro_batch":)" +
           std::to_string(micro_batch) + R"(,"sequence_length":)" + std::to_string(length) +
           R"(},"layout":{"sharding":"full"}},"measured":{"quantity":"step_seconds","value":)" + std::to_string(value) +
           "}}";
}

/// Returns rows whose measured step times are the estimates under other constants.
[[nodiscard]] std::vector<validation::lowered_row> rows_under(const training_time_constants& truth) {
    std::vector<validation::lowered_row> rows;
    for (const int cards : {8, 16})
        for (const int length : {2048, 4096, 8192})
            for (const int micro_batch : {1, 2}) {
                rows.push_back(
                    validation::lowered(validation::read_measured_row(training_row(cards, micro_batch, length, 1))));
                rows.back().measured.value = validation::estimate(rows.back(), truth);
            }
    return rows;
}
[[nodiscard]] validation::row_list all_of(const std::vector<validation::lowered_row>& rows) {
    validation::row_list all;
    for (const validation::lowered_row& row : rows) all.push_back(&row);
    return all;
}

}  // namespace

TEST_CASE("calibrate: rows made from a known rate of matmuls give it back, and a band at its least") {
    training_time_constants truth;
    truth.kernels.matrix_hopper *= 0.8;
    const std::vector<validation::lowered_row> rows = rows_under(truth);
    training_time_constants constants;
    const validation::calibration_fit fit = validation::calibrate(all_of(rows), constants, 100);
    REQUIRE(fit.constants.size() == 1);
    CHECK(fit.constants[0].name == "kernels.matrix_hopper");
    CHECK(constants.kernels.matrix_hopper == doctest::Approx(truth.kernels.matrix_hopper).epsilon(1e-3));
    CHECK(fit.median_before > 0.05);
    CHECK(fit.median_after < 1e-3);
    CHECK(fit.median_left_out < 1e-3);
    CHECK(fit.band_per_mille == 100);
}

TEST_CASE("calibrate: rows as the tables estimate them change nothing, and the same rows give the same fit") {
    const std::vector<validation::lowered_row> rows = rows_under({});
    training_time_constants constants;
    CHECK(validation::calibrate(all_of(rows), constants, 100).constants.empty());
    CHECK(constants == training_time_constants{});
    training_time_constants other;
    other.step.traffic_compiled *= 1.3;
    other.step.traffic_eager *= 1.3;
    const std::vector<validation::lowered_row> changed = rows_under(other);
    training_time_constants first;
    training_time_constants second;
    const validation::calibration_fit once = validation::calibrate(all_of(changed), first, 100);
    const validation::calibration_fit twice = validation::calibrate(all_of(changed), second, 100);
    CHECK(first == second);
    CHECK(once.band_per_mille == twice.band_per_mille);
}

TEST_CASE("calibrate: the band is the 90th percentile of the errors of rows left out") {
    // Every second row has noise of 30 %, which no constant explains. Whatever the constants do between the two halves,
    // half of the noise remains as error, and no more than all of it.
    std::vector<validation::lowered_row> rows = rows_under({});
    for (std::size_t i = 0; i < rows.size(); i += 2) rows[i].measured.value *= 1.3;
    training_time_constants constants;
    const validation::calibration_fit fit = validation::calibrate(all_of(rows), constants, 100);
    CHECK(fit.band_per_mille >= 130);
    CHECK(fit.band_per_mille <= 310);
}

TEST_CASE("a calibration file replaces constants, slack and bands for the jobs of its framework alone") {
    const io::calibration_file c = io::read_calibration(
        R"({"framework":"torchtitan","constants":{"kernels.matrix_hopper":0.7},"memory":{"slack_per_mille":40},)"
        R"("band_per_mille":{"memory":60,"time":110},"fit":{"any":1}})");
    CHECK(c.training.constants.kernels.matrix_hopper == 0.7);
    io::job_file job = validation::read_measured_row(training_row(8, 1, 4096, 1)).job;
    const auto before = io::answer(job);
    io::apply(c, job);
    const auto after = io::answer(job);
    CHECK(after.step->step > before.step->step);
    CHECK(after.step->step_high.number == doctest::Approx(after.step->step.number * 1.11));
    CHECK(after.report.memory.reserved() > before.report.memory.reserved());
    CHECK(after.report.memory.allocated() == before.report.memory.allocated());
    job.training->framework = framework::pytorch;
    job.training->calibration = nullptr;
    io::apply(c, job);
    CHECK(job.training->calibration == nullptr);
}

TEST_CASE("a calibration file that is wrong is refused with field, value and what is accepted") {
    const auto problem_of = [](const char* text) {
        try {
            static_cast<void>(io::read_calibration(text));
        } catch (const io::input_error& e) {
            return e.problems().at(0).key;
        }
        return std::string("accepted");
    };
    CHECK(problem_of(R"({"framework":"torchtitan","constants":{"kernels.matrix_hoper":0.7}})") ==
          "constants.kernels.matrix_hoper");
    CHECK(problem_of(R"({"framework":"torchtitan","constants":{"kernels.matrix_hopper":70}})") ==
          "constants.kernels.matrix_hopper");
    CHECK(problem_of(R"({"framework":"torchtitan","constants":{"inference.layer":70}})") ==
          "constants.inference.layer");
    CHECK(problem_of(R"({"framework":"torchtitan","slack":1})") == "slack");
    CHECK(problem_of(R"({"framework":"torchtitan","memory":{"slack_per_mille":-1}})") == "memory.slack_per_mille");
    CHECK(problem_of(R"({"engine":"vllm","band_per_mille":{"time":0}})") == "band_per_mille.time");
    CHECK(problem_of(R"({"framework":"tytan"})") == "framework");
    CHECK(problem_of(R"({"framework":"torchtitan","engine":"vllm"})") == "framework");
    CHECK(problem_of(R"({"engine":"vllm","constants":{"inference.layer":70}})") == "accepted");
}

TEST_CASE("constants without a source: within the bounds of a fit, and other than the stored ones") {
    for (const left_out_times<fitted_training_constants>& row : left_out_training) {
        training_time_constants constants = training_constants_without(row.source);
        CHECK(constants != training_time_constants{});
        std::vector<double> stored;
        training_time_constants defaults;
        for_each_fitted(defaults, [&](std::string_view, const auto&, double& value) { stored.push_back(value); });
        std::size_t i = 0;
        for_each_fitted(constants, [&](std::string_view, const auto& description, double& value) {
            CAPTURE(description.name);
            CHECK(value >= stored[i] * 0.499);
            CHECK(value <= stored[i] * 2.001);
            ++i;
        });
    }
    CHECK(training_constants_without("nobody/nothing") == training_time_constants{});
    CHECK(memory_without("pytorch/torchtitan", framework::torchtitan).gathers_stage_under_pipeline == false);
    CHECK(memory_without("pytorch/torchtitan", framework::megatron).matrix_scratch);
}

}  // namespace calibration_calibrate_test
