// SPDX-License-Identifier: MIT

// Tests `machines`, and machines in the commands that take cards.

#include "../run_command.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace tool_machines_tool_test {

namespace {

using json = nlohmann::json;

outcome run(const std::string& arguments) { return run_command(CARDFIT_TOOL " " + arguments + " 2>&1"); }
bool mentions(const outcome& o, const std::string& part) { return o.text.find(part) != o.text.npos; }

/// Writes a job for eight cards and returns its path.
std::string job_path() {
    std::string path = std::string(CARDFIT_SCRATCH) + "/machines_job.json";
    std::filesystem::create_directories(CARDFIT_SCRATCH);
    std::ofstream(path) << R"({"model": "llama-3.2-1b", "hardware": {"card": "a100-sxm4-80gb", "cards": 8},
        "training": {"micro_batch": 1}, "layout": {"data": 8, "sharding": "full"}})";
    return path;
}

}  // namespace

TEST_CASE("machines lists the table, a seller, and one machine's page") {
    const outcome all = run("machines");
    CHECK(all.code == 0);
    for (const char* name : {"p5.48xlarge", "a3-megagpu-8g", "ND96isr_H100_v5", "BM.GPU4.8", "gpu_8x_h100_sxm5",
                             "gb200-nvl72", "dgx-spark", "mac-studio-m3-ultra-512gb"})
        CHECK_MESSAGE(mentions(all, name), name);
    const outcome aws = run("machines aws");
    CHECK(mentions(aws, "p5.48xlarge"));
    CHECK(!mentions(aws, "dgx-a100"));
    const outcome page = run("machines P5.48xlarge");
    CHECK(mentions(page, "8 x H100 SXM5 80GB"));
    CHECK(mentions(page, "400 Gbit/s per card, 3200 per machine"));
    CHECK(mentions(page, "2048 GiB"));
    CHECK(mentions(page, "aws/karpenter-provider-aws"));
    CHECK(mentions(run("machines p5.48xlarge --markdown"),
                   "| p5.48xlarge | AWS | 8 x h100-sxm5-80gb | nvswitch | 400 |"));
}

TEST_CASE("what no document states is null") {
    const json spark = json::parse(run("machines hgx-h100 --json").text);
    CHECK(spark["network_gbit_per_card"].is_null());
    CHECK(spark["host_memory_bytes"].is_null());
    CHECK(spark["local_disk_bytes"].is_null());
    CHECK(json::parse(run("machines p3.2xlarge --json").text)["local_disk_bytes"] == 0);
    const json all = json::parse(run("machines --json").text);
    CHECK(all.size() > 150);
    for (const json& each : all) CHECK(!each["documents"].empty());
}

TEST_CASE("an unknown machine gets suggestions, and one that is no GPU the reason") {
    const outcome typo = run("machines p5.48xlarg");
    CHECK(typo.code == 2);
    CHECK(mentions(typo, "p5.48xlarge"));
    CHECK(mentions(run("fit llama-3.2-1b --card trn2.48xlarge"), "AWS Trainium chips, which are not GPUs"));
    CHECK(mentions(run("fit llama-3.2-1b --machine inf2.xlarge"), "AWS Inferentia chips, which are not GPUs"));
    const outcome none = run("fit llama-3.2-1b");
    CHECK(none.code == 2);
    CHECK(mentions(none, "--card is missing; accepted: --card ID or --machine NAME"));
}

TEST_CASE("every command that takes a card takes a machine") {
    const outcome fit = run("fit llama-3.2-1b --machine 2xp4d.24xlarge --sharding full --data 16");
    CHECK(fit.code == 0);
    CHECK(mentions(fit, "16 x A100 SXM4 40GB (2 x p4d.24xlarge)"));
    CHECK(mentions(run("fit llama-3.2-1b --machine p4d.24xlarge --nodes 2 --sharding full --data 16"),
                   "2 x p4d.24xlarge"));
    CHECK(mentions(run("fit llama-3.2-1b --card g5.48xlarge --sharding full --data 8"), "no peer access"));
    const json answer = json::parse(run("fit llama-3.2-1b --machine p5.4xlarge --json").text);
    CHECK(answer["machine"] == "p5.4xlarge");
    CHECK(answer["card"] == "h100-sxm5-80gb");
    CHECK(mentions(run("batch " + job_path() + " --machine dgx-h100 --machine 8xl40s"), "(dgx-h100)"));
    CHECK(mentions(run("compare p5.48xlarge a100-sxm4-80gb --job " + job_path()), "8 x H100 SXM5 80GB (p5.48xlarge)"));
    CHECK(
        mentions(run("rank " + job_path() + " --machine p5.48xlarge --machine 2xp4d.24xlarge"), "(2 x p4d.24xlarge)"));
    CHECK(mentions(run("serve llama-3.2-1b --machine g6.xlarge"), "1 x L4 (g6.xlarge)"));
    CHECK(mentions(run("serve llama-3.1-8b --machine g6.12xlarge --engine vllm"), "4 x L4 (g6.12xlarge)"));
}

TEST_CASE("the card of a job with a machine is replaced with all that the machine said") {
    const std::string path = std::string(CARDFIT_SCRATCH) + "/machine_of_job.json";
    std::ofstream(path) << R"({"model": "llama-3.2-1b", "hardware": {"machine": "p4d.24xlarge"},
        "training": {"micro_batch": 1}, "layout": {"data": 8, "sharding": "full"}})";
    const json here = json::parse(run("batch " + path + " --json").text);
    CHECK(here["machine"] == "p4d.24xlarge");
    const json there = json::parse(run("batch " + path + " --card l40s --json").text);
    CHECK(there["card"] == "l40s");
    CHECK(there["cards"] == 8);
    CHECK(!there.contains("machine"));
}

TEST_CASE("savings, scaling, plan and launch take one card or machine in place of the job's") {
    for (const char* command : {"savings ", "scaling ", "plan "}) {
        const outcome there = run(command + job_path() + " --machine p5.48xlarge");
        CHECK_MESSAGE(there.code == 0, command);
        CHECK_MESSAGE(mentions(there, "on 8 x H100 SXM5 80GB (p5.48xlarge)"), command);
        CHECK_MESSAGE(mentions(run(command + job_path() + " --card l40s"), "on 8 x L40S:"), command);
        const outcome both = run(command + job_path() + " --card l40s --machine p5.48xlarge");
        CHECK_MESSAGE(both.code == 2, command);
        CHECK_MESSAGE(mentions(both, "accepted: one card or one machine for this command"), command);
    }
    const std::string job = file("launched.json", R"({"model": "llama-3.1-8b",
        "hardware": {"card": "h100-sxm5-80gb", "cards": 8}, "layout": {"sharding": "full"},
        "training": {"sequence_length": 8192, "recompute": "full"}})");
    CHECK(mentions(run("launch " + job + " --for torchtitan --machine p5.48xlarge"), "--nproc-per-node 8"));
    const outcome unknown = run("launch " + job + " --for torchtitan --machine dgx-h101");
    CHECK(unknown.code == 2);
    CHECK(mentions(unknown, "dgx-h100"));
}

}  // namespace tool_machines_tool_test
