// SPDX-License-Identifier: MIT

// Tests `cardfit launch` as a user runs it: a script, a JSON document, and refusals.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace tool_launch_tool_test {

namespace {

outcome run(const std::string& command) { return run_command(command + " 2>&1"); }

outcome launch(const std::string& arguments) { return run(std::string(CARDFIT_TOOL) + " launch " + arguments); }

const std::string training_job =
    R"({"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb", "cards": 16},
        "training": {"sequence_length": 8192, "recompute": "full"}, "layout": {"sharding": "full"}})";
const std::string serving_job =
    R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"},
        "inference": {"weights": "q4_k_m", "batch": 4, "prompt": 1000, "generate": 24}})";

}  // namespace

TEST_CASE("launch prints a script that a shell reads, files included") {
    const std::string job = file("launch_training.json", training_job);
    const outcome o = launch(job + " --for torchtitan");
    CHECK(o.code == 0);
    CHECK(o.text.find("cat > torchtitan.toml <<'CARDFIT'") != o.text.npos);
    CHECK(o.text.find("--rdzv-endpoint \"$MASTER_ADDR:29500\"") != o.text.npos);
    for (const char* launcher : {"torchtitan", "deepspeed", "megatron", "accelerate"}) {
        const outcome script = launch(job + " --for " + launcher);
        CHECK_MESSAGE(script.code == 0, script.text);
        const std::string path = file("launch.sh", script.text);
        CHECK(run("sh -n " + path).code == 0);
    }
}

TEST_CASE("launch --json: a command of words, files by name") {
    const outcome o = launch(file("launch_serving.json", serving_job) + " --for llama.cpp --json");
    CHECK(o.code == 0);
    const nlohmann::json plan = nlohmann::json::parse(o.text);
    CHECK(plan["command"][0] == "llama-server");
    CHECK(plan["files"].empty());
    const outcome deepspeed = launch(file("launch_training.json", training_job) + " --for deepspeed --json");
    const nlohmann::json files = nlohmann::json::parse(deepspeed.text)["files"];
    CHECK(nlohmann::json::parse(files["ds_config.json"].get<std::string>())["zero_optimization"]["stage"] == 3);
    CHECK(files["hostfile"] == "node-1 slots=8\nnode-2 slots=8\n");
}

TEST_CASE("launch refuses what a launcher cannot express, by the field's name, and leaves with 2") {
    const std::string serving = file("launch_serving.json", serving_job);
    const outcome weights = launch(serving + " --for vllm");
    CHECK(weights.code == 2);
    CHECK(weights.text.find("inference.weights is \"q4_k_m\"") != weights.text.npos);
    CHECK(launch(serving + " --for megatron").code == 2);
    const outcome unknown = launch(serving + " --for slurm");
    CHECK(unknown.code == 2);
    CHECK(unknown.text.find("torchtitan, deepspeed, megatron, accelerate") != unknown.text.npos);
    CHECK(launch(serving).code == 2);
}

}  // namespace tool_launch_tool_test
