// SPDX-License-Identifier: MIT

// Tests `cardfit launch` as a user runs it: a script, a JSON document, and refusals.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
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
    CHECK(o.text.find("cat > cardfit_torchtitan.py <<'CARDFIT'") != o.text.npos);
    const outcome released = launch(job + " --for torchtitan --tool-version 0.2.2");
    CHECK(released.text.find("cat > torchtitan.toml <<'CARDFIT'") != released.text.npos);
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

TEST_CASE("launch states the verdict, and refuses a job that does not fit") {
    const outcome fits = launch(file("launch_training.json", training_job) + " --for trl");
    CHECK(fits.code == 0);
    CHECK(fits.text.starts_with("# YES: fits, "));
    const std::string beyond = file("launch_beyond.json", R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"},
        "training": {"sequence_length": 2048, "loss": "full"}})");
    const outcome refused = launch(beyond + " --for trl");
    CHECK(refused.code == 1);
    CHECK(refused.text.starts_with("cardfit: NO: does not fit, "));
    CHECK(refused.text.find("torchrun") == refused.text.npos);
    const outcome document = launch(beyond + " --for trl --json");
    CHECK(document.code == 1);
    CHECK(nlohmann::json::parse(document.text)["verdict"]["grade"] == "does-not-fit");
    const outcome forced = launch(beyond + " --for trl --force");
    CHECK(forced.code == 0);
    CHECK(forced.text.starts_with("# NO: does not fit, "));
}

TEST_CASE("launch --kubernetes: an indexed Job with the node's cards") {
    const outcome o = launch(file("launch_training.json", training_job) + " --for torchtitan --kubernetes");
    CHECK(o.code == 0);
    CHECK(o.text.find("kind: \"Job\"") != o.text.npos);
    CHECK(o.text.find("completions: 2\n") != o.text.npos);
    CHECK(o.text.find("\"nvidia.com/gpu\":8") != o.text.npos);
    CHECK(launch(file("launch_training.json", training_job) + " --for trl --kubernetes --slurm").code == 2);
}

TEST_CASE("the training launcher starts what fits, refuses what does not, and warns of what it cannot read") {
    const std::string folder = std::string(CARDFIT_SOURCE) + "/examples/training_launcher/";
    const std::string programs = CARDFIT_SCRATCH "/launcher programs";
    for (const char* name : {"sbatch", "trl"}) {
        std::filesystem::create_directories(programs);
        std::ofstream(programs + "/" + name) << "#!/bin/sh\necho started\n";
        std::filesystem::permissions(programs + "/" + name, std::filesystem::perms::owner_all);
    }
    const std::string start = "env CARDFIT='" CARDFIT_TOOL "' CARDFIT_CARD=h100-sxm5-80gb ";
    const auto launched = [&](const std::string& environment, const std::string& command) {
        return run("env PATH='" + programs + ":'\"$PATH\" CARDFIT='" CARDFIT_TOOL "' " + environment + " '" + folder +
                   "launch.sh' " + command);
    };
    const auto started = [](const outcome& o) { return o.text.find("started\n") != o.text.npos; };
    const std::string card = "CARDFIT_CARD=h100-sxm5-80gb";
    const std::string trl = "trl sft --max_length 2048 --gradient_checkpointing True --model_name_or_path ";
    const outcome small = launched(card, trl + "Qwen/Qwen2.5-0.5B");
    CHECK(small.text.starts_with("YES: fits"));
    CHECK(started(small));
    const outcome large = launched(card, trl + "Qwen/Qwen2.5-72B");
    CHECK(large.code == 1);
    CHECK(large.text.find("--load_in_4bit") != large.text.npos);
    CHECK(large.text.ends_with("launch.sh: trl is not started\n"));
    const std::string fake = "CARDFIT_NVML=" CARDFIT_FAKE_NVML " FAKE_NVML='NVIDIA A100-SXM4-40GB=40960,512' ";
    CHECK(started(launched(fake, trl + "Qwen/Qwen2.5-0.5B")));
    CHECK(launched(fake, trl + "Qwen/Qwen2.5-7B").code == 1);
    const auto submit = [&](const char* name, const std::string& command) {
        return launched(card, "sbatch --nodes 1 " + file(name, "#!/bin/sh\n" + command + "\n"));
    };
    CHECK(started(submit("hook_small.sh", trl + "Qwen/Qwen2.5-0.5B")));
    CHECK(submit("hook_large.sh", trl + "Qwen/Qwen2.5-72B").code == 1);
    const outcome unread = submit("hook_unread.sh", "make all");
    CHECK(unread.text.find("is not checked") != unread.text.npos);
    CHECK(started(unread));
    if (run("python3 -c pass").code != 0) return;
    const auto admitted = [&](const std::string& model) {
        const std::string review =
            file("hook_review.json", R"({"request": {"uid": "1", "object": {"metadata": {"annotations": {"cardfit/card":
            "h100-sxm5-80gb"}}, "spec": {"containers": [{"resources": {"limits": {"nvidia.com/gpu": 1}}, "command":
            ["trl", "sft", "--max_length", "2048", "--model_name_or_path", ")" +
                                         model + "\"]}]}}}}");
        const outcome o = run(start + "python3 '" + folder + "admission.py' --once < " + review);
        return nlohmann::json::parse(o.text)["response"]["allowed"].get<bool>();
    };
    CHECK(admitted("Qwen/Qwen2.5-0.5B"));
    CHECK_FALSE(admitted("Qwen/Qwen2.5-72B"));
}

}  // namespace tool_launch_tool_test
