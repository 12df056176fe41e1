// SPDX-License-Identifier: MIT

// Tests `calibrate` and --calibration from the command line.

#include "../run_command.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <string>

namespace tool_calibrate_tool_test {

namespace {

const std::string tool = CARDFIT_TOOL;
const std::string scratch = CARDFIT_SCRATCH;

[[nodiscard]] std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Writes 12 published steps of BigScience's runs as a user's own rows, and returns the path of the file.
[[nodiscard]] std::string own_rows() {
    std::ifstream all(std::string(CARDFIT_TEST_DATA) + "/published/speed.jsonl");
    std::string path = scratch + "/own_rows.jsonl";
    std::ofstream rows(path);
    int count = 0;
    for (std::string line; std::getline(all, line) && count < 12;)
        if (line.find("bigscience-workshop") != line.npos) {
            rows << line << "\n";
            ++count;
        }
    return path;
}

}  // namespace

TEST_CASE("calibrate writes the same file for the same rows, and validate meets them better with it") {
    const std::string rows = own_rows();
    const std::string first = scratch + "/first.json";
    const std::string second = scratch + "/second.json";
    CHECK(run_command(tool + " calibrate " + rows + " -o " + first).code == 0);
    CHECK(run_command(tool + " calibrate " + rows + " --framework megatron-deepspeed -o " + second).code == 0);
    CHECK(text_of(first) == text_of(second));
    const nlohmann::json document = nlohmann::json::parse(text_of(first));
    CHECK(document["framework"] == "megatron-deepspeed");
    CHECK(document["fit"]["time"]["rows"] == 12);
    const auto median = [&](const std::string& flags) {
        const auto answer = nlohmann::json::parse(run_command(tool + " validate " + rows + " --json" + flags).text);
        return answer["quantities"]["step_seconds"]["mean_over_sources"]["median"].get<double>();
    };
    CHECK(median("") == doctest::Approx(document["fit"]["time"]["median_error_before"].get<double>()));
    CHECK(median(" --calibration " + first) ==
          doctest::Approx(document["fit"]["time"]["median_error_after"].get<double>()));
}

TEST_CASE("calibrate and --calibration refuse what is wrong, with the name of it") {
    const std::string rows = own_rows();
    const auto other = run_command(tool + " calibrate " + rows + " --framework torchtitan 2>&1");
    CHECK(other.code == 2);
    CHECK(other.text.find("training.framework") != other.text.npos);
    const std::string wrong = scratch + "/wrong.json";
    std::ofstream(wrong) << R"({"framework":"torchtitan","constants":{"kernels.matrix_hoper":0.7}})";
    const auto misspelled = run_command(tool + " validate " + rows + " --calibration " + wrong + " 2>&1");
    CHECK(misspelled.code == 2);
    CHECK(misspelled.text.find("constants.kernels.matrix_hoper") != misspelled.text.npos);
    CHECK(misspelled.text.find("kernels.matrix_hopper") != misspelled.text.npos);
}

}  // namespace tool_calibrate_tool_test
