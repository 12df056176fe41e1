// SPDX-License-Identifier: MIT

// Asks jobs of every model and of every key what every answer promises. With the environment variable CARDFIT_COVERAGE,
// it prints how often each key came up.

#include "../sound_answer.hpp"
#include "../varied_jobs.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>
#include <string>

namespace estimate_varied_jobs_test {

namespace {

/// Checks the answer to a job, which may be refused for its size alone.
void check_answer_or_size(const cardfit::io::job_file& job) {
    try {
        check_answer(cardfit::io::answer(job));
    } catch (const cardfit::io::input_error& e) {
        if (e.problems().front().accepted.find("e18 bytes") == std::string::npos) throw;
    }
}

}  // namespace

TEST_CASE("a job of any model and any keys that is accepted has an answer that keeps its promises") {
    varied_jobs make(71);
    key_coverage coverage;
    for (unsigned i = jobs_of(5000); i > 0; --i) {
        const varied_job v = make.next();
        CAPTURE(v);
        coverage.count(v);
        CHECK_NOTHROW(check_answer_or_size(v.file));
    }
    if (std::getenv("CARDFIT_COVERAGE") != nullptr) MESSAGE(coverage);
    const std::set<std::string> missing = coverage.missing();
    if (std::getenv("CARDFIT_COVERAGE") != nullptr)
        for (const std::string& each : missing) MESSAGE("never: " << each);
    // Of 200,000 jobs, every key came up but a version, which is one of its engine's.
    const bool many = jobs_of(1) >= 40;
    for (const std::string& each : many ? missing : std::set<std::string>())
        CHECK_MESSAGE((each.find(" = ") != each.npos || each == "inference.engine_version"), each);
}

}  // namespace estimate_varied_jobs_test
