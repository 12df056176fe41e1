// SPDX-License-Identifier: MIT

// Tests that all commands take the same question: a model with flags, a job file, or the settings of another tool.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

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
    for (const std::string command : {"fit ", "batch "})
        CHECK(says(run(command + job + " --infer", true), "the job is a training; accepted: no --infer"));
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
    // On cards without a step time, memory alone chooses: 8 B parameters in mixed precision take more than 128 GB.
    const outcome untimed = run("fit llama-3.1-8b --card gaudi3 --cards 8");
    CHECK(untimed.code == 0);
    CHECK(says(untimed, "Layout: data 8, sharding"));
    const outcome one = run("fit llama-3.1-8b --card gaudi3");
    CHECK(one.code == 1);
    CHECK(says(one, "To make it fit, add:"));
    CHECK(says(one, "cards with --sharding full"));
    CHECK(!says(one, "No configuration fits"));
}

TEST_CASE("exit codes have one meaning, and --require asks for more, for every command with a verdict") {
    // The estimate of this job is between its bounds: less sure than fits, surer than possible.
    const std::string likely =
        " llama-3.1-70b --card rtx-4090 --engine llama.cpp --weights iq2_xs --infer --prompt 8000 --generate 192";
    REQUIRE(run("fit" + likely + " -q").text == "LIKELY\n");
    // No layout makes it surer, and compare says the same first.
    CHECK(run("compare rtx-4090 --job" + likely.substr(0, likely.find(" --card")) +
              likely.substr(likely.find(" --engine")))
              .text.starts_with("LIKELY: the job fits none of them at the upper error bound"));
    for (const std::string command : {"fit", "estimate", "batch", "launch --for llama.cpp"}) {
        CAPTURE(command);
        CHECK(run(command + likely).code == 0);
        CHECK(run(command + likely + " --require possible").code == 0);
        CHECK(run(command + likely + " --require likely").code == 0);
        CHECK(run(command + likely + " --require fits").code == 1);
        CHECK(run(command + likely + " --require sure").code == 2);
    }
    CHECK(run("rank" + likely + " --count 1 -q").text == "LIKELY\n");
    CHECK(run("rank" + likely + " --count 1").code == 0);
    CHECK(run("rank" + likely + " --count 1 --require fits").code == 1);
    // Full recomputation and a micro-batch of one sample: no layout of one card needs less, so plan and rank say what
    // fit says.
    const std::string trained =
        " llama-3.1-8b --lora all --base-weights nf4 --precision bf16 --card rtx-3060-12gb --recompute full --loss "
        "fused --seq 6000";
    REQUIRE(run("fit" + trained + " -q").text == "LIKELY\n");
    for (const std::string command : {"plan", "rank --count 1 --top 1"}) {
        CAPTURE(command);
        CHECK(run(command + trained + " -q").text == "LIKELY\n");
        CHECK(run(command + trained).text.starts_with("LIKELY: "));
        CHECK(run(command + trained).code == 0);
        CHECK(run(command + trained + " --require likely").code == 0);
        CHECK(run(command + trained + " --require fits").code == 1);
    }
    const std::string none = " llama-3.1-70b --card rtx-4090 --cards 2";
    for (const std::string command : {"fit", "estimate", "batch", "savings", "plan", "launch --for trl", "rank"}) {
        CAPTURE(command);
        CHECK(run(command + none).code == 1);
        CHECK(run(command + none + " --require possible").code == 1);
    }
    // An error is JSON where JSON is asked for, whether a flag or a value is wrong.
    for (const std::string command : {"fit", "batch", "plan", "rank", "savings", "scaling"}) {
        CAPTURE(command);
        CHECK(json_of(command + " gpt2 --card rtx-4090 --json --nonsense 3")["error"]["key"] == "command line");
        CHECK(json_of(command + " gpt2 --card rtx-4090 --json --optimizer none-such")["error"]["key"] ==
              "training.optimizer");
    }
}

TEST_CASE("fit states what is held in each phase, of which the peak is one") {
    // Llama 3.2 1B has 1,235,814,400 parameters (its model.safetensors); full fine-tuning with AdamW under autocast.
    const nlohmann::json fit = json_of("fit llama-3.2-1b --card h100-sxm5-80gb --seq 2048 --json");
    const nlohmann::json& memory = fit["memory"];
    std::vector<std::string> order;
    bool has_peak = false;
    for (const nlohmann::json& each : fit["phases"]) {
        order.push_back(each["at"]);
        CHECK(each["components"]["optimizer"] == 8 * 1'235'814'400LL);
        CHECK(each["reserved_bytes"] <= memory["reserved_bytes"]);
        has_peak =
            has_peak || (each["phase"] == memory["peak_phase"] && each["allocated_bytes"] == memory["allocated_bytes"]);
    }
    CHECK(has_peak);
    CHECK(order ==
          std::vector<std::string>{"loss", "first layer of backward", "last layer of backward", "optimizer step"});
    CHECK(fit["phases"][3]["components"]["gradients"] == 4 * 1'235'814'400LL);
}

TEST_CASE("how long and how much: hours with a range, energy, cost, and whether a deadline is kept") {
    const std::string job = " llama-3.1-8b --card rtx-4090 --lora all --recompute full --accumulation 4";
    const nlohmann::json fit = json_of("fit --json" + job + " --samples 10000 --epochs 2 --price 0.4");
    const nlohmann::json& run_json = fit["run"];
    // 20,000 samples in steps of 4; 450 W; $0.40 an hour.
    CHECK(run_json["samples"] == 20'000);
    CHECK(run_json["steps"] == 5'000);
    const double hours = run_json["seconds"].get<double>() / 3600;
    CHECK(hours == doctest::Approx(5'000 * fit["time"]["step_seconds"].get<double>() / 3600));
    CHECK(run_json["seconds_low"].get<double>() < run_json["seconds"].get<double>());
    CHECK(run_json["seconds_high"].get<double>() > run_json["seconds"].get<double>());
    CHECK(run_json["card_joules_limit"].get<double>() == doctest::Approx(450 * 3600 * hours));
    CHECK(run_json["rent_dollars"].get<double>() == doctest::Approx(0.4 * hours));
    // As many tokens are as many samples of the job's length.
    CHECK(json_of("fit --json" + job + " --tokens 40960000")["run"]["samples"] == 20'000);
    CHECK(says(run("fit" + job + " --samples 10000 --price 0.4"), "10,000 samples: 2,500 steps, "));
    CHECK(says(run("fit" + job + " --samples 10000"), "kWh (the cards at their power limit)"));
    // A run of seconds is in seconds and joules, a long one has no exponents.
    const outcome few = run("fit gpt2 --card rtx-4090 --infer --samples 5");
    CHECK(says(few, " ms to "));
    CHECK(says(few, " J (the cards at their power limit)"));
    CHECK_FALSE(says(run("fit gpt2 --card rtx-4090 --infer --tokens 1e9"), "e+"));
    CHECK(json_of("fit --json" + job + " --samples 10000 --deadline 30d")["run"]["in_time"] == "yes");
    const nlohmann::json late = json_of("fit --json" + job + " --samples 10000 --deadline 90min")["run"];
    CHECK(late["in_time"] == "no");
    CHECK(late["in_time_with"]["cards"].get<int>() > 1);
    CHECK(late["in_time_with"]["seconds"].get<double>() <= 5400);
    // A card without the rates that a step time needs.
    CHECK(says(run("fit llama-3.2-1b --card gaudi3 --samples 10000"),
               "No time of the run: no document states fp32_tflops of Gaudi 3"));
    CHECK(json_of("fit llama-3.2-1b --card gaudi3 --samples 10000 --json")["run"]["seconds"].is_null());
    CHECK(run("fit" + job + " --epochs 3").code == 2);
    CHECK(run("fit" + job + " --samples 10 --deadline soon").code == 2);
    CHECK(run("fit flux.1-dev --card h200-sxm-141gb --infer --samples 10").code == 2);
    // Without a job, compare has its own, which no flag changes.
    CHECK(says(run("compare rtx-4090 rtx-3090 --infer", true), "--infer is of a job, and none is given"));
    CHECK(run("fit" + job + " --samples 10 --tokens 10").code == 2);
}

TEST_CASE("the commands say the same of the same job") {
    struct asked_job {
        const char* card;
        const char* flags;
    };
    int compared = 0;
    for (const asked_job& each :
         {asked_job{"rtx-4090", "llama-3.1-8b --lora all --recompute full"},
          asked_job{"a100-sxm4-80gb", "llama-3.2-1b --micro-batch 4 --precision bf16"},
          asked_job{"a100-sxm4-80gb", "llama-3.1-8b --cards 4 --accumulation 4 --recompute selective"},
          asked_job{"rtx-3090", "gpt2-medium --cards 8 --seq 1024 --link pcie-host"},
          asked_job{"h100-sxm5-80gb", "qwen3-8b --cards 8 --tensor 2 --sharding full --seq 4096"},
          asked_job{"v100-sxm2-32gb", "gpt2-xl --precision fp16-mixed --seq 1024 --optimizer adamw-8bit"},
          asked_job{"rtx-a6000", "resnet-50 --micro-batch 64"}}) {
        const std::string card = std::string(" --card ") + each.card;
        const std::string job = std::string(" ") + each.flags;
        CAPTURE(job);
        const nlohmann::json fit = json_of("fit --json" + job + card);
        const nlohmann::json estimate = json_of("estimate --json" + job + card);
        CHECK(estimate["memory"] == fit["memory"]);
        CHECK(estimate["time"] == fit["time"]);
        CHECK(estimate["verdict"]["grade"] == fit["verdict"]["grade"]);
        const std::string compare = "compare --json " + std::string(each.card) + " --job" + job;
        const nlohmann::json beside = json_of(compare)["cards"][0];
        CHECK(beside["grade"] == fit["verdict"]["grade"]);
        CHECK(beside["headroom_bytes"] == fit["verdict"]["headroom_bytes"]);
        const nlohmann::json batch = json_of("batch --json" + job + card);
        CHECK(batch["safe_micro_batch"] == fit["verdict"]["safe_micro_batch"]);
        CHECK(batch["max_micro_batch"] == fit["verdict"]["max_micro_batch"]);
        const nlohmann::json saved = json_of("fit --save-job -" + job + card);
        const std::string precision = saved["training"].value("precision", "bf16-mixed");
        for (const nlohmann::json& row : json_of("savings --json" + job + card))
            if (row["precision"] == precision) {
                CHECK(row["step_seconds"] == fit["time"]["step_seconds"]);
                CHECK(row["device_bytes"] == fit["memory"]["device_bytes"]);
                ++compared;
            }
    }
    CHECK(compared == 7);
}

TEST_CASE("fit echoes the job that has its answer") {
    const nlohmann::json fit = json_of("fit --json llama-3.1-8b --card a100-sxm4-80gb --cards 8");
    const std::string echoed = file("echoed.json", fit["job"].dump());
    CHECK(json_of("fit --json " + echoed)["memory"] == fit["memory"]);
    CHECK(json_of("fit --json " + echoed)["time"] == fit["time"]);
    // A remedy is a patch of that job, and the patched job fits.
    const nlohmann::json small = json_of("fit --json llama-3.1-8b --card rtx-4090 --lora all");
    REQUIRE(!small["remedies"].empty());
    for (const nlohmann::json& remedy : small["remedies"]) {
        nlohmann::json patched = small["job"];
        patched.merge_patch(remedy["patch"]);
        const nlohmann::json answer = json_of("fit --json " + file("patched.json", patched.dump()));
        CAPTURE(remedy["flags"]);
        CHECK(answer["verdict"]["grade"] == "fits");
        CHECK(answer["memory"]["device_bytes"] == remedy["device_bytes"]);
    }
}

TEST_CASE("plan answers with the simplest layout within the error of the fastest, and says what is nearest") {
    const std::string eight = std::string(CARDFIT_SOURCE) + "/examples/jobs/llama-3.1-8b-on-8-h100.json";
    const nlohmann::json plan = json_of("plan --json " + eight);
    CHECK(plan["answer"] == "yes");
    const nlohmann::json& best = plan["recommended"];
    // Nothing simpler than FSDP fits (weights, gradients and fp32 states of 8 B parameters exceed 80 GB).
    CHECK(best["layout"]["tensor"] == 1);
    CHECK(best["layout"]["sharding"] == "full");
    const double fastest = plan["plans"][0]["step_seconds"];
    CHECK(best["step_seconds"].get<double>() >= fastest);
    CHECK(best["step_seconds"].get<double>() <= 1.25 * fastest);
    // The job that it saves is that of the plan.
    const std::string saved = scratch("planned.json");
    CHECK(run("plan " + eight + " --save-job " + saved).code == 0);
    const nlohmann::json fit = json_of("fit --json " + saved);
    CHECK(fit["time"]["step_seconds"] == best["step_seconds"]);
    CHECK(fit["memory"]["device_bytes"] == best["device_bytes"]);
    CHECK(fit["verdict"]["grade"] == "fits");
    CHECK(run("plan -q " + eight).text == "YES\n");
    CHECK(
        run("plan --csv " + eight).text.starts_with(",layout,sharding,micro,accum.,recompute,step,MFU %,GiB,answer\n"));
    // The fastest tight layout of this job needs more than the card has by the central estimate.
    const nlohmann::json tight = json_of(
        "plan --tight --json llama-2-7b --card rtx-4090 --recompute full "
        "--precision bf16 --lora q,v --micro-batch 4");
    CHECK(tight["answer"] != "unlikely");
    for (const nlohmann::json& each : tight["plans"])
        CHECK(each["device_bytes"].get<std::int64_t>() <= each["capacity_bytes"].get<std::int64_t>());
    const std::string small = "plan llama-3.1-70b --card rtx-4090 --cards 2";
    const outcome none = run(small);
    CHECK(none.text.starts_with("NO: no layout of 2 x GeForce RTX 4090 fits\n"));
    CHECK(says(none, "Nearest: tensor 2"));
    // A table has no row of a layout that does not exist.
    CHECK(run(small + " --csv").text == ",layout,sharding,micro,accum.,recompute,step,MFU %,GiB,answer\n");
    const nlohmann::json nearest = json_of(small + " --json")["nearest"];
    CHECK(nearest["device_bytes"].get<std::int64_t>() > nearest["capacity_bytes"].get<std::int64_t>());
    // As many cards as it says are enough, and half as many are not.
    const int cards = nearest["fits_on_cards"];
    CHECK(run("plan -q llama-3.1-70b --card rtx-4090 --accumulation " + std::to_string(2 * cards) + " --cards " +
              std::to_string(cards))
              .code == 0);
}

TEST_CASE("plan recommends no layout that is unlikely to fit, and says how many cards are enough") {
    // 18 bytes per parameter of weights, gradients and fp32 states, 70.55 B parameters: 37 GiB on each of 32 cards, and
    // an A100 40GB has 39.4 for them and all else.
    const std::string question = "llama-3.1-70b --machine 4xp4d.24xlarge --train --recompute full";
    const outcome unlikely = run("plan " + question);
    CHECK(unlikely.text.starts_with("UNLIKELY: the best layout is "));
    CHECK_FALSE(says(unlikely, "run "));
    const std::string enough = "  Fits: 64 cards of this kind (see: cardfit plan --cards 64)\n";
    REQUIRE(says(unlikely, enough));
    CHECK(run("plan -q llama-3.1-70b --card a100-sxm4-40gb --train --recompute full --cards 64").text == "YES\n");
    // A table keeps to 80 columns: its layouts are abbreviated.
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = unlikely.text.find('\n', begin)) != std::string::npos; begin = end + 1)
        CHECK(end - begin <= 80 + 8);  // a few characters have more bytes than one
}

TEST_CASE("rank agrees with plan, honors link and limits, and says what is nearest") {
    const std::string job =
        file("ranked.json", R"({"model": "llama-3.2-1b", "hardware": {"card": "rtx-3090", "cards": 2},
        "training": {"sequence_length": 2048, "gradient_accumulation": 8, "recompute": "full"}})");
    const nlohmann::json row = json_of("rank --json " + job + " --card rtx-3090 --count 2")[0];
    const nlohmann::json plan = json_of("plan --json " + job);
    CHECK(row["per_second"] == plan["recommended"]["samples_per_second"]);
    const auto rate = [&](const std::string& link) {
        return json_of("rank --json " + job + " --card rtx-3090 --count 2" + link)[0]["per_second"].get<double>();
    };
    CHECK(rate(" --link nvlink-bridge") > 1.01 * rate(" --link pcie-host"));
    // The job of a row has the figures of the row.
    const std::string ranked = file("row.json", row["job"].dump());
    const nlohmann::json fit = json_of("fit --json " + ranked);
    CHECK(fit["time"]["samples_per_second"] == row["per_second"]);
    const std::string few = "rank --json --top 1000 " + job;
    const auto all = json_of(few + " --segment consumer --power 700 --slots 6 --budget 3200");
    REQUIRE(!all.empty());
    for (const nlohmann::json& each : all) {
        const nlohmann::json card = json_of("cards --json " + each["card"].get<std::string>())[0];
        const int cards = each["cards"];
        CAPTURE(each["card"]);
        CHECK(card["segment"] == "consumer");
        CHECK(cards * card["tdp_w"].get<double>() <= 700);
        CHECK(cards * card["launch_price_usd"].get<double>() <= 3200);
        CHECK(cards * card["slot_width"].get<int>() <= 6);
    }
    CHECK(says(run("rank " + job + " --hourly-budget 2", true), "no machine has a price"));
    // Two cards cost $0.80 an hour, four $1.60.
    for (const nlohmann::json& each : json_of(few + " --hourly-budget 1 --price rtx-4090=0.4"))
        CHECK(each["cards"] <= 2);
    CHECK(json_of(few + " --hourly-budget 0.3 --price rtx-4090=0.4").empty());
    CHECK(run("rank " + job + " -q --card rtx-4090").text == "YES\n");
    CHECK(run("rank " + job + " --card rtx-4090 --csv").text.starts_with("machine,layout,samples/s,J/sample,answer\n"));
    const outcome none = run("rank llama-3.1-70b --card rtx-4090 --card rtx-3090 --count 1");
    CHECK(none.text.starts_with("NO: the job fits none of 2 machines tried\n"));
    CHECK(says(none, "Nearest: 1 x GeForce RTX "));
    const nlohmann::json nearest = json_of("rank llama-3.1-70b --card rtx-4090 --card rtx-3090 --count 1 --json");
    REQUIRE(nearest.size() == 1);
    CHECK(nearest[0]["answer"] == "no");
    CHECK(nearest[0]["needed_bytes"].get<std::int64_t>() > nearest[0]["capacity_bytes"].get<std::int64_t>());
}

TEST_CASE("a job that fits a card without a known time is said to fit it, by compare and rank") {
    // 64 GB of an M3 Max lend 48 GiB to the GPU; no training on Apple's GPUs is measured. NVIDIA's page of the
    // GeForce RTX 5090 D states no rate of its tensor cores with fp32 accumulation.
    const std::string apple = "compare --job llama-3.2-1b m3-max-64gb rtx-4090";
    const outcome text = run(apple);
    CHECK(
        unwrapped(text.text).starts_with("YES: the job fits Apple M3 Max 64GB in a time that is not known; it fits "
                                         "none of the others at the upper error bound"));
    CHECK(says(text, "Why not Apple M3 Max 64GB: fits (it needs "));
    CHECK(says(text, "its time is not known: training on Apple GPUs is not measured"));
    const nlohmann::json card = json_of(apple + " --json")["cards"][0];
    CHECK(card["best"]["fits"] == true);
    CHECK(card["best"]["no_time"] == "training on Apple GPUs is not measured");
    CHECK(!card.contains("per_second"));
    const nlohmann::json served = json_of("compare --json --job llama-3.2-1b --infer rtx-5090-d rtx-4090")["cards"][0];
    CHECK(served["best"]["fits"] == true);
    CHECK(served["best"]["no_time"].get<std::string>().starts_with("no document states fp16_tensor_acc32_dense"));
    CHECK(says(run("compare m3-max-64gb"), "fits: in a time that is not known"));
    // What does not fit is not said to.
    CHECK(says(run("compare --job llama-3.1-8b m3-max-64gb"), "does not fit as given"));
    CHECK(run("compare -q --job llama-3.1-8b m3-max-64gb").text == "NO\n");
    for (const std::string job : {"llama-3.2-1b --card m3-max-64gb", "llama-3.1-8b --card m3-max-64gb",
                                  "llama-3.2-1b --infer --card rtx-5090-d"}) {
        CAPTURE(job);
        const outcome ranked = run("rank " + job);
        CHECK(ranked.code == 0);
        CHECK(ranked.text.starts_with("YES: the job fits "));
        const nlohmann::json rows = json_of("rank --json " + job);
        REQUIRE(!rows.empty());
        for (const nlohmann::json& row : rows) {
            CHECK(row["per_second"].is_null());
            CHECK(!row["no_time"].get<std::string>().empty());
            const nlohmann::json fit = json_of("fit --json " + file("untimed.json", row["job"].dump()));
            CHECK(fit["verdict"]["answer"] == row["answer"]);
        }
    }
    // Machines with a time come first.
    const nlohmann::json both = json_of("rank --json llama-3.2-1b --count 1 --card m3-max-64gb --card h100-sxm5-80gb");
    CHECK(both[0]["card"] == "h100-sxm5-80gb");
    CHECK(both[1]["per_second"].is_null());
}

TEST_CASE("serve takes a job file and settings of another tool, and the choice that it saves has the same answer") {
    const std::string saved = scratch("served.json");
    for (const std::string asked : {"llama-3.1-8b --card h100-sxm5-80gb --cards 2 --context 4096 --users 32",
                                    "llama-3.1-70b --card rtx-4090 --cards 2", "gpt-oss-20b --card h100-sxm5-80gb",
                                    "qwen2.5-32b --card rtx-a6000 --weights awq-int4 --context 16384"}) {
        CAPTURE(asked);
        const nlohmann::json served = json_of("serve --json " + asked + " --save-job " + saved);
        const nlohmann::json fit = json_of("fit --json " + saved);
        CHECK(fit["verdict"]["answer"] == "yes");
        CHECK(served["answer"] == "YES");
        const nlohmann::json& need = fit["verdict"].value("needed_bytes", fit["memory"]["device_bytes"]);
        CHECK(need == served["needed_bytes"]);
        const nlohmann::json again = json_of("serve --json " + saved);
        for (const char* key : {"answer", "engine", "weights", "layout", "needed_bytes", "users", "time"})
            CHECK(again[key] == served[key]);
        CHECK(run("launch " + saved + " --for " + served["engine"].get<std::string>()).code == 0);
    }
    // A flag stands in place of the file's key, and what fits nowhere does not fit as a job either.
    CHECK(json_of("serve --json " + saved + " --context 2048")["context"] == 2048);
    CHECK(run("serve -q llama-3.1-405b --card rtx-4090 --engine vllm").text == "NO\n");
    CHECK(run("serve llama-3.1-405b --card rtx-4090 --engine vllm --save-job " + saved).code == 1);
    CHECK(run("fit -q " + saved).text == "NO\n");
    const std::string script = file("served.sh",
                                    "vllm serve meta-llama/Llama-3.1-8B-Instruct "
                                    "--tensor-parallel-size 2 --max-model-len 4096\n");
    const nlohmann::json imported = json_of("serve --json " + script + " --card h100-sxm5-80gb --cards 2");
    CHECK(imported["engine"] == "vllm");
    CHECK(imported["layout"]["tensor"] == 2);
    CHECK(imported["context"] == 4096);
    CHECK(says(run("serve " + file("trained.json", R"({"model": "gpt2", "training": {}})") + " --card rtx-4090", true),
               "training: this command takes an inference"));
}

}  // namespace tool_question_tool_test
