// SPDX-License-Identifier: MIT

// Tests that what fit suggests in place of a job that does not fit does fit: every job that its JSON states is handed
// back to the tool.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace tool_alternatives_tool_test {

namespace {

outcome run(const std::string& arguments) {
    return run_command(std::string(CARDFIT_TOOL) + " " + arguments + " 2>/dev/null");
}

nlohmann::json fit(const std::string& arguments) { return nlohmann::json::parse(run("fit --json " + arguments).text); }

/// Hands every job of a list back, and checks that it fits and is no longer the job that was asked about.
void check_alternatives(const nlohmann::json& all, const nlohmann::json& asked) {
    for (const nlohmann::json& each : all) {
        CAPTURE(each["text"]);
        if (!each.contains("job")) continue;
        CHECK(each["job"] != asked);
        const std::string path = file("alternative.json", each["job"].dump());
        const nlohmann::json answer = nlohmann::json::parse(run("estimate --json " + path).text);
        CHECK(answer["verdict"]["grade"] == "fits");
    }
}

/// Returns the alternative whose text starts so, or null.
nlohmann::json alternative(const nlohmann::json& answer, const std::string& start) {
    for (const nlohmann::json& each : answer["alternatives"])
        if (each["text"].get<std::string>().starts_with(start)) return each;
    return nullptr;
}

}  // namespace

TEST_CASE("every alternative of a job that does not fit is a job file that fits") {
    for (const std::string job :
         {"llama-3.1-8b --card rtx-4090", "gemma-2-9b --card l40s --cards 8 --data 8 --precision fp8-mixed",
          "llama-3.1-8b --card rtx-3060-12gb --lora all", "llama-3.1-8b --card rtx-4090 --seq 8192 --lora all",
          "llama-3.1-8b --card apple-m4-max-64gb",
          "qwen3-8b --card rtx-a6000 --cards 2 --per-node 1 --network-gbit 100 --ecc true",
          "llama-3.1-8b --machine 2xrtx-3090:nvlink-bridge --framework deepspeed",
          "llama-3.1-70b --infer --card rtx-4090 --weights q4_k_m --engine llama.cpp",
          "qwen3-30b-a3b --infer --card rtx-3060-12gb --weights q4_k_m --engine llama.cpp",
          "llama-3.1-70b --infer --card h100-sxm5-80gb --engine vllm", "llama-3.1-8b --infer --card rtx-3060-12gb",
          "llama-3.1-8b --infer --card rtx-4090 --batch 64 --prompt 8000",
          "llama-3.1-70b --infer --card rtx-3090 --other-cards rtx-4090 --engine llama.cpp --weights q8_0",
          "flux.1-dev --infer --card rtx-4090 --batch 4"}) {
        CAPTURE(job);
        const nlohmann::json answer = fit(job);
        REQUIRE(answer["verdict"]["grade"] == "does-not-fit");
        CHECK(answer["alternatives"].size() > 0);
        check_alternatives(answer["alternatives"], answer["job"]);
    }
}

TEST_CASE("alternatives are other cards, counts of cards, formats, sizes and layers in host memory") {
    const nlohmann::json trained = fit("llama-3.1-8b --card rtx-4090");
    // 16 bytes per parameter of 8.03 B are 128.5 GB: they fit eight cards of 24 GB, and one of 180 GB.
    const nlohmann::json eight = alternative(trained, "8 cards with --sharding full");
    CHECK(eight["job"]["hardware"] == nlohmann::json{{"card", "rtx-4090"}, {"cards", 8}});
    CHECK(eight["job"]["layout"] == nlohmann::json{{"data", 8}, {"sharding", "full"}});
    CHECK(alternative(trained, "1 x B200")["job"]["hardware"]["card"].get<std::string>().starts_with("b200"));
    const nlohmann::json served =
        fit("llama-3.1-70b --infer --card rtx-4090 --weights q4_k_m --engine llama.cpp --batch 2");
    CHECK(alternative(served, "--weights ")["job"]["inference"]["weights"] != "q4_k_m");
    CHECK(alternative(served, "2 cards with --pipeline 2")["job"]["layout"]["pipeline"] == 2);
    const int on_card = alternative(served, "--gpu-layers ")["job"]["inference"]["gpu_layers"];
    CHECK(on_card > 0);
    CHECK(on_card < 80);
    const nlohmann::json many = fit("llama-3.1-8b --infer --card rtx-4090 --batch 64 --prompt 8000");
    CHECK(alternative(many, "--batch ")["job"]["inference"]["batch"] < 64);
    CHECK(alternative(many, "--prompt ")["job"]["inference"]["prompt"] < 8000);
}

TEST_CASE("the job that fit echoes for an inference on several cards has the same answer") {
    for (const std::string job : {"llama-3.1-70b --card rtx-4090 --cards 2 --infer --engine llama.cpp",
                                  "llama-3.1-70b --card h100-sxm5-80gb --cards 4 --infer --engine vllm"}) {
        CAPTURE(job);
        const nlohmann::json answer = fit(job);
        CHECK(fit(file("echoed-inference.json", answer["job"].dump()))["memory"] == answer["memory"]);
    }
}

TEST_CASE("the smallest MIG slice of a job that fits is a job that fits") {
    const nlohmann::json answer = fit("llama-3.1-8b --infer --card a100-sxm4-80gb");
    REQUIRE(answer["smallest_slice"].size() == 1);
    check_alternatives(answer["smallest_slice"], answer["job"]);
    CHECK(answer["smallest_slice"][0]["job"]["hardware"]["card"].get<std::string>().find("mig") != std::string::npos);
    CHECK(fit("llama-3.1-8b --infer --card rtx-4090")["smallest_slice"].empty());
}

}  // namespace tool_alternatives_tool_test
