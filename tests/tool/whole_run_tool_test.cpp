// SPDX-License-Identifier: MIT

// Tests of --samples, --tokens and --deadline of an inference, of compare's own suite of jobs with --facts and
// --prices, and of the cards that a stated layout needs.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <string>

namespace tool_whole_run_tool_test {

namespace {

outcome run(const std::string& arguments, bool with_errors = false) {
    return run_command(std::string(CARDFIT_TOOL) + " " + arguments + (with_errors ? " 2>&1" : " 2>/dev/null"));
}
nlohmann::json json_of(const std::string& arguments) { return nlohmann::json::parse(run(arguments).text); }

const std::string served = " llama-3.1-8b --infer --card rtx-4090 --engine vllm --batch 8 --prompt 512 --generate 128";

}  // namespace

TEST_CASE("fit says how long an inference of many requests takes, and what it costs") {
    const nlohmann::json fit = json_of("fit --json" + served + " --samples 10000 --price 0.4");
    const nlohmann::json& whole = fit["run"];
    // 10,000 requests in batches of 8, which generate 128 tokens each; 450 W; $0.40 an hour.
    CHECK(whole["steps"] == 1250);
    CHECK(whole["generated_tokens"] == 1'280'000);
    const double seconds = whole["seconds"];
    const double batch =
        fit["time"]["prefill_seconds"].get<double>() + 127 * fit["time"]["inter_token_seconds"].get<double>();
    CHECK(seconds == doctest::Approx(1250 * batch).epsilon(0.02));
    CHECK(whole["seconds_low"] < seconds);
    CHECK(whole["seconds_high"] > seconds);
    CHECK(whole["card_joules_limit"].get<double>() == doctest::Approx(450 * seconds));
    CHECK(whole["rent_dollars"].get<double>() == doctest::Approx(0.4 * seconds / 3600));
    // As many generated tokens are as many requests.
    CHECK(json_of("fit --json" + served + " --tokens 1280000")["run"]["seconds"] == seconds);
    CHECK(says(run("fit" + served + " --samples 10000 --price 0.4"),
               "10,000 requests of 128 generated tokens: 1,250 batches, "));
    CHECK(json_of("fit --json" + served + " --samples 10000 --deadline 30d")["run"]["in_time"] == "yes");
    const nlohmann::json late = json_of("fit --json" + served + " --samples 100000 --deadline 90min")["run"];
    CHECK(late["in_time"] == "no");
    CHECK(late["in_time_with"]["cards"].get<int>() > 1);
    CHECK(late["in_time_with"]["seconds"].get<double>() <= 5400);
    // A model that generates nothing has requests, and no tokens.
    CHECK(
        says(run("fit resnet-50 --infer --card rtx-4090 --batch 64 --samples 6400"), "6,400 requests: 100 batches, "));
    CHECK(says(run("fit resnet-50 --infer --card rtx-4090 --tokens 100", true), "accepted: --samples"));
    CHECK(says(run("fit" + served + " --samples 10 --epochs 2", true), "--samples N is the number of requests"));
}

TEST_CASE("compare without a job honors --facts and --prices") {
    const std::string prices = file("suite-prices.csv",
                                    "machine,usd_per_hour,date,source\n"
                                    "rtx-4090,0.36,2026-11-01,a list\n");
    const nlohmann::json suite = json_of("compare rtx-4090 rtx-3090 --facts --json --prices " + prices);
    for (const nlohmann::json& job : suite["suite"]) {
        CAPTURE(job["job"]);
        CHECK(job["machines"][1]["price"].is_null());
        // $0.36 an hour are $100 for a million seconds.
        const nlohmann::json& priced = job["machines"][0];
        if (!priced["per_second"].is_null())
            CHECK(priced["price"]["rent_dollars"].get<double>() ==
                  doctest::Approx(100 / priced["per_second"].get<double>()));
    }
    CHECK(suite["facts"]["rtx-4090"]["MIG"] == "no");
    const outcome text = run("compare rtx-4090 rtx-3090 --facts --prices " + prices);
    CHECK(says(text, "$ per 1M images"));
    CHECK(says(text, "Price: rtx-4090: $0.36 per hour on 2026-11-01 (a list)"));
    CHECK(says(text, "no price for 1 x GeForce RTX 3090"));
    CHECK(says(text, "peer access over PCIe"));
    CHECK(says(run("compare rtx-4090 rtx-3090 --csv --facts"), "power connector"));
    CHECK(run("compare rtx-4090 rtx-3090").text.find("power connector") == std::string::npos);
    CHECK(json_of("compare rtx-4090 rtx-3090 --job gpt2 --facts --json")["cards"][0]["facts"]["MIG"] == "no");
}

TEST_CASE("a stated layout needs as many cards as it divides a job over, where none are stated") {
    const std::string model = " llama-3.1-8b --card a100-sxm4-80gb --lora all ";
    const nlohmann::json fit = json_of("fit --json" + model + "--tensor 2 --data 2");
    CHECK(fit["job"]["hardware"]["cards"] == 4);
    CHECK(fit["memory"] == json_of("fit --json" + model + "--tensor 2 --data 2 --cards 4")["memory"]);
    // The curves go up to a machine of the card.
    const nlohmann::json points = json_of("scaling --json" + model + "--tensor 2")["curves"][0]["points"];
    CHECK(points.front()["cards"] == 2);
    CHECK(points.back()["cards"] == 8);
    CHECK(json_of("scaling --json" + model + "--tensor 2 --cards 4")["curves"][0]["points"].back()["cards"] == 4);
    // A number that is stated stays.
    CHECK(run("fit" + model + "--tensor 2 --cards 3").code == 2);
    CHECK(run("fit" + model + "--tensor 0").code == 2);
}

}  // namespace tool_whole_run_tool_test
