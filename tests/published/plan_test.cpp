// SPDX-License-Identifier: MIT

// Tests the layout search on published runs of Megatron-LM and torchtitan: the layout that it chooses is estimated to
// be at least as fast as the published one.

#include <cardfit/decide/plan.hpp>
#include <cardfit/io/job_file.hpp>

#include <doctest/doctest.h>

#include <fstream>

namespace published_plan_test {

using namespace cardfit;

TEST_CASE("the chosen layout is at least as fast as the published one") {
    std::ifstream rows(std::string(CARDFIT_TEST_DATA) + "/published/speed.jsonl");
    int planned = 0;
    for (std::string line; std::getline(rows, line);) {
        const nlohmann::json row = nlohmann::json::parse(line);
        const std::string source = row["source"];
        if (!source.starts_with("NVIDIA/Megatron-LM") && !source.starts_with("pytorch/torchtitan")) continue;
        const io::job_file job = io::read_job(row["job"]);
        const network net = lower(job.model, job.training->image_size);
        // A run that does not fit according to the estimate, even within its error band, is not compared.
        if (fit(net, *job.training, job.hardware, job.layout).grade == grade::does_not_fit) continue;
        CAPTURE(line);
        const plan_report plans = best_plans(net, *job.training, job.hardware, job.layout, {.tight = true});
        REQUIRE(plans.count > 0);
        CHECK(plans.best().time.step <= step_time(net, *job.training, job.hardware, job.layout).step);
        ++planned;
    }
    CHECK(planned >= 40);
}

}  // namespace published_plan_test
