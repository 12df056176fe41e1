// SPDX-License-Identifier: MIT

// Tests that all commands take the same question: a model with flags, a job file, or the settings of another tool.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <string>

namespace tool_question_tool_test {

namespace {

outcome run(const std::string& arguments, bool with_errors = false) {
    return run_command(std::string(CARDFIT_TOOL) + " " + arguments + (with_errors ? " 2>&1" : " 2>/dev/null"));
}
nlohmann::json json_of(const std::string& arguments) { return nlohmann::json::parse(run(arguments).text); }

std::string scratch(const std::string& name) { return std::string(CARDFIT_SCRATCH) + "/" + name; }

}  // namespace

TEST_CASE("every command takes a model with flags, and the job that it saves has the same answer") {
    const std::string model = " llama-3.1-8b --card rtx-4090 --lora all --recompute full --seq 1024";
    const std::string served = " llama-3.1-8b --card rtx-4090 --infer --context 4096";
    const std::string saved = scratch("saved.json");
    for (const std::string command : {"fit --json", "estimate --json", "batch --json", "savings --json",
                                      "scaling --json", "plan --json", "rank --json", "launch --json --for trl"}) {
        CAPTURE(command);
        const outcome asked = run(command + model + " --save-job " + saved);
        CHECK(asked.code == 0);
        CHECK(run(command + " " + saved + (command.starts_with("rank") ? " --card rtx-4090" : "")).text == asked.text);
    }
    for (const std::string command : {"fit --json", "batch --json", "rank --json"}) {
        CAPTURE(command);
        const outcome asked = run(command + served + " --save-job " + saved);
        CHECK(run(command + " " + saved + (command.starts_with("rank") ? " --card rtx-4090" : "")).text == asked.text);
    }
    const std::string compared = "compare rtx-4090 rtx-3090 --json --job ";
    const outcome asked = run(compared + "llama-3.1-8b --lora all --seq 1024 --save-job " + saved);
    CHECK(run(compared + saved).text == asked.text);
    // In place of the answer, the job alone is printed.
    const nlohmann::json job = json_of("batch" + model + " --save-job -");
    CHECK(job["model"] == "llama-3.1-8b");
    CHECK(job["hardware"]["card"] == "rtx-4090");
    CHECK(job["training"]["sequence_length"] == 1024);
    CHECK(run("fit" + model + " --save-job /nowhere/job.json").code == 2);
}

TEST_CASE("flags stand in place of a job file's keys, for every command") {
    const std::string job = file("question.json", R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"},
        "training": {"sequence_length": 4096, "recompute": "full", "precision": "bf16"}})");
    for (const std::string command : {"fit --json ", "estimate --json "}) {
        const nlohmann::json lora = json_of(command + job + " --lora all --rank 16 --seq 1024");
        CHECK(lora["verdict"]["grade"] == "fits");
        CHECK(json_of(command + job)["verdict"]["grade"] == "does-not-fit");
    }
    CHECK(json_of("fit --json " + job + " --card h200-sxm-141gb")["card"] == "h200-sxm-141gb");
    CHECK(json_of("batch --json " + job + " --lora all --seq 1024")["max_micro_batch"].get<int>() > 0);
    CHECK(says(run("fit " + job + " --infer", true), "--infer: the job is a training") ==
          says(run("batch " + job + " --infer", true), "--infer: the job is a training"));
    CHECK(run("fit " + job + " --infer").code == 2);
    CHECK(says(run("batch " + job + " --engine vllm", true), "is an option of inference"));
}

TEST_CASE("the settings of another tool are read as import reads them, and what is left out is said") {
    const std::string settings = file("axolotl.yaml",
                                      "base_model: meta-llama/Llama-3.1-8B\nmicro_batch_size: 2\n"
                                      "sequence_len: 1024\nadapter: lora\nlora_r: 16\n"
                                      "lora_target_linear: true\ngradient_checkpointing: true\n");
    const std::string card = " --card rtx-4090";
    const outcome account = run("fit " + settings + card, true);
    CHECK(says(account, "Read as axolotl"));
    const nlohmann::json fit = json_of("fit --json " + settings + card);
    const nlohmann::json checked = json_of("check --json " + settings + card);
    CHECK(fit["memory"]["device_bytes"] == checked["memory"]["device_bytes"]);
    CHECK(json_of("batch --json " + settings + card)["max_micro_batch"] == fit["verdict"]["max_micro_batch"]);
    // The job that import prints, through a pipe.
    CHECK(run_command(std::string(CARDFIT_TOOL) + " import " + settings + card +
                      " 2>/dev/null | " CARDFIT_TOOL " fit - --json")
              .text == run("fit --json " + settings + card).text);
}

TEST_CASE("several cards without a layout: one is chosen, named and saved, and commands agree about it") {
    const std::string eight = " llama-3.1-8b --card a100-sxm4-80gb --cards 8";
    const outcome fit = run("fit" + eight);
    // Full fine-tuning of 8 B parameters does not fit 80 GB, and is divided among eight cards.
    CHECK(fit.code == 0);
    CHECK(says(fit, "Layout: data 8, sharding full (chosen;"));
    CHECK(says(run("fit" + eight + " --sharding none"), "NO:"));
    // A small model is copied: there is nothing simpler.
    CHECK(says(run("fit gpt2 --card a100-sxm4-80gb --cards 8"), "Layout: data 8, no sharding (chosen;"));
    const nlohmann::json asked = json_of("fit --json" + eight);
    const nlohmann::json batch = json_of("batch --json" + eight);
    CHECK(batch["max_micro_batch"] == asked["verdict"]["max_micro_batch"]);
    const nlohmann::json job = json_of("fit" + eight + " --save-job -");
    CHECK(job["layout"]["sharding"] == "full");
    // A job file without a layout keeps its meaning: data parallelism without sharding.
    const std::string copied = file("copied.json", R"({"model": "llama-3.1-8b",
        "hardware": {"card": "a100-sxm4-80gb", "cards": 8}, "training": {}})");
    CHECK(run("fit " + copied).code == 1);
}

}  // namespace tool_question_tool_test
