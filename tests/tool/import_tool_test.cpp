// SPDX-License-Identifier: MIT

// Tests `cardfit import` and `cardfit check` as a user runs them, and flags that other tools have.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <string>

namespace tool_import_tool_test {

namespace {

outcome tool(const std::string& arguments) {
    return run_command(std::string(CARDFIT_TOOL) + " " + arguments + " 2>&1");
}
/// Runs the tool without its standard error.
outcome answer(const std::string& arguments) {
    return run_command(std::string(CARDFIT_TOOL) + " " + arguments + " 2>/dev/null");
}

}  // namespace

TEST_CASE("import prints a job that estimate reads") {
    const outcome o =
        answer("import --card rtx-4090 -- accelerate launch --num_processes 2 run_clm.py --model_name_or_path gpt2");
    CHECK(o.code == 0);
    const nlohmann::json job = nlohmann::json::parse(o.text);
    CHECK(job["hardware"]["cards"] == 2);
    CHECK(job["training"]["micro_batch"] == 8);
    CHECK(tool("estimate " + file("imported.json", o.text)).code == 0);
    const nlohmann::json account =
        nlohmann::json::parse(answer("import --json --card rtx-4090 -- vllm serve gpt2 --max-modl-len 512").text);
    CHECK(account["unknown"][0]["suggestion"] == "max_model_len");
    CHECK(account["tool"] == "vllm");
}

TEST_CASE("check answers a command: the verdict first, and the changes in the command's own settings") {
    const std::string command =
        " -- trl sft --model_name_or_path Qwen/Qwen2.5-3B --gradient_checkpointing False --max_length 2048";
    const outcome o = tool("check --card h100-sxm5-80gb" + command);
    CHECK(o.code == 1);
    CHECK(o.text.starts_with("NO: does not fit, needs "));
    CHECK(says(o, "--gradient_checkpointing true"));
    CHECK(says(tool("check" + command), "hardware.card is missing"));
    CHECK(says(tool("check --card h100-sxm5-80gb -- make all"), "command is \"make\""));
    const nlohmann::json json = nlohmann::json::parse(answer("check --json --card h100-sxm5-80gb" + command).text);
    CHECK(json["command"]["tool"] == "trl");
}

TEST_CASE("a command line may stand in quotes") {
    const std::string command = "vllm serve gpt2 --max-model-len 512";
    const outcome o = answer("check --card l4 \"" + command + "\"");
    CHECK(o.code == 0);
    CHECK(o.text == answer("check --card l4 -- " + command).text);
}

TEST_CASE("what is not counted takes back a fits where fits is required") {
    const std::string command = " --card h100-sxm5-80gb -- trl sft --model_name_or_path gpt2 --neftune_noise_alpha 5";
    CHECK(tool("check" + command).code == 0);
    CHECK(tool("check --require fits" + command).code == 1);
}

TEST_CASE("a tool that --as names must be one that is read, for a file as for a command") {
    const std::string settings = file("as-nonsense.yaml", "base_model: gpt2\nmicro_batch_size: 1\n");
    const outcome o = tool("check --card rtx-4090 --as nonsense " + settings);
    CHECK(o.code == 2);
    CHECK(says(o, "--as is \"nonsense\""));
}

TEST_CASE("flags of other tools stand for this tool's") {
    const outcome own =
        tool("fit gpt2 --card rtx-4090 --micro-batch 2 --recompute full --seq 512 --optimizer adamw-8bit");
    CHECK(own.code == 0);
    const outcome typed = tool(
        "fit gpt2 --card rtx-4090 --per_device_train_batch_size 2 --gradient-checkpointing --max_seq_length 512 "
        "--optim "
        "adamw_bnb_8bit");
    CHECK(typed.text == own.text);
    CHECK(tool("fit gpt2 --card rtx-4090 --infer --batch-size 4").text ==
          tool("fit gpt2 --card rtx-4090 --infer --batch 4").text);
    CHECK(says(tool("fit gpt2 --card rtx-4090 --micro-bach 3"), "is --micro-batch meant?"));
}

}  // namespace tool_import_tool_test
