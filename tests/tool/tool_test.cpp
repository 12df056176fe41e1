// SPDX-License-Identifier: MIT

// Tests the command line as a user runs it: output, exit codes, and messages about bad input.

#include "../run_command.hpp"

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/io/table.hpp>
#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace tool_tool_test {

namespace {

/// Runs the tool. If `both`, standard error is read along with standard output. `environment` is put in front of the
/// command, as "NAME=value ".
outcome run(const std::string& arguments, bool both = false, const std::string& environment = "") {
    return run_command(environment + std::string(CARDFIT_TOOL) + " " + arguments + (both ? " 2>&1" : " 2>/dev/null"));
}

/// Checks that an output has no line of more than 80 columns.
void check_width(const outcome& o) {
    std::istringstream lines(o.text);
    for (std::string line; std::getline(lines, line);)
        CHECK_MESSAGE(cardfit::io::detail::characters_of(line) <= 80, line);
}

const std::string config = std::string(CARDFIT_SOURCE) + "/examples/models/llama-3.1-8b/config.json";
const std::string three = " --card a100-sxm4-80gb --card rtx-a6000 --card rtx-4090 ";
const std::string small_job =
    R"({"model": "gpt2", "hardware": {"card": "rtx-4090"}, "training": {"sequence_length": 1024}})";

}  // namespace

TEST_CASE("the main job: full fine-tuning fits none of the three cards, LoRA is refused on none") {
    const outcome full = run("fit " + config + three + "--train");
    CHECK(full.code == 1);
    CHECK(full.text.starts_with("NO: A100 SXM4 80GB, RTX A6000, GeForce RTX 4090 (each needs 153.1 GiB"));
    CHECK(full.text.find("YES") == std::string::npos);
    const outcome lora =
        run("fit " + config + three + "--train --precision bf16 --lora q,v --seq 2048 --recompute full");
    CHECK(lora.code == 0);
    CHECK(lora.text.starts_with("YES: A100 SXM4 80GB, RTX A6000, GeForce RTX 4090 (each needs 20.3 GiB"));
    CHECK(lora.text.find("NO") == std::string::npos);
    CHECK(says(lora, "Assumed:"));
    // One screen of 24 lines of 80 columns for the three cards.
    for (const outcome& each : {full, lora}) {
        CHECK(std::count(each.text.begin(), each.text.end(), '\n') <= 24);
        check_width(each);
    }
}

TEST_CASE("what makes a job fit is flags to add, and fits with them") {
    // QLoRA of an 8B model runs on 6 GB according to unsloth's requirements, and of a 12B model on 12 GB.
    struct asked {
        const char* job;
        const char* flag;
        const char* verdict;
    };
    for (const asked& each :
         {asked{"llama-3.1-8b --card rtx-3060-12gb", "--base-weights nf4", "yes"},
          asked{"gemma-3-12b --card rtx-3060-12gb --seq 1024", "--base-weights nf4", "yes"},
          asked{"llama-3.1-8b --card rtx-a6000 --cards 2 --sharding none", "--precision bf16", "yes"},
          asked{"llama-3.1-70b --infer --card h100-sxm5-80gb --engine vllm", "--weights", "yes"}}) {
        const std::string job = "fit " + std::string(each.job);
        const outcome o = run(job);
        CHECK(o.code == 1);
        const std::size_t title = o.text.find("add:\n");
        REQUIRE(title != std::string::npos);
        // The first way: the lines up to the one with its facts.
        std::string flags = unwrapped(o.text.substr(title + 5, o.text.find(" GiB", title) - title));
        flags = flags.substr(0, flags.find_last_of(' ', flags.rfind(" GiB") - 1));
        CHECK(flags.find(each.flag) != std::string::npos);
        const nlohmann::json with = nlohmann::json::parse(run(job + " " + flags + " --json").text);
        CHECK(with["verdict"]["answer"] == each.verdict);
        const nlohmann::json json = nlohmann::json::parse(run(job + " --json").text);
        for (const nlohmann::json& remedy : json["remedies"]) {
            const outcome applied = run(job + " " + remedy["flags"].get<std::string>() + " --json");
            const nlohmann::json answer = nlohmann::json::parse(applied.text);
            CHECK(answer["verdict"]["grade"] == "fits");
            CHECK(answer["memory"]["device_bytes"] >= remedy["device_bytes"]);
        }
    }
    // Where only offloading helps, that is what is said, and not that nothing does.
    const outcome offloaded =
        run("fit llama-3.1-8b --card rtx-3060-12gb --precision bf16 --lora q,v --seq 2048 --recompute full");
    CHECK(says(offloaded, "To make it fit, add: --offload full "));
    CHECK(offloaded.text.find("No set of up to") == std::string::npos);
}

TEST_CASE("a verdict is one word with -q, and --require says which is enough") {
    const std::string likely =
        "fit llama-3.1-70b --card rtx-4090 --engine llama.cpp --weights iq2_xs --infer --prompt 8000 --generate 192 ";
    CHECK(run(likely + "-q").text == "LIKELY\n");
    CHECK(run(likely).code == 0);
    CHECK(run(likely + "--require likely").code == 0);
    CHECK(run(likely + "--require fits").code == 1);
    CHECK(run("fit gpt2 --card rtx-4090 --card rtx-3060-12gb -q").text == "YES\nYES\n");
    CHECK(run("fit gpt2 --card rtx-4090 --csv").text.starts_with("card,answer,needs GiB,usable,90 % range,step,"));
    CHECK(run("fit gpt2 --card rtx-4090 --markdown").text.starts_with("| card | answer |"));
    CHECK(run("fit gpt2 --card rtx-4090").text.find('\033') == std::string::npos);
    CHECK(run("fit gpt2 --card rtx-4090 --color always").text.starts_with("\033[32mYES\033[0m: fits, needs "));
    CHECK(says(run("fit gpt2 --card rtx-4090 -v"), "training.optimizer adamw"));
}

TEST_CASE("fit as JSON") {
    const outcome o = run("fit llama-3.1-8b --card rtx-4090 --json");
    CHECK(o.code == 1);
    const nlohmann::json answer = nlohmann::json::parse(o.text);
    CHECK(answer["verdict"]["grade"] == "does-not-fit");
    CHECK(answer["card"] == "rtx-4090");
    CHECK(nlohmann::json::parse(run("fit llama-3.1-8b --card rtx-4090 --card rtx-a6000 --json").text).size() == 2);
}

TEST_CASE("fit takes a model by its dimensions, and a refusal ends in them") {
    const std::string dimensions =
        R"('{"transformer": {"layers": 12, "hidden": 768, "heads": 12, "ffn": 3072, "vocab": 50257}}')";
    const std::string card = " --card rtx-4090 --seq 1024";
    CHECK(says(run("fit " + dimensions + card), "transformer ("));
    CHECK(run("fit " + dimensions + card).code == 0);
    CHECK(run("fit '{\"transformer\": {\"layers\": 12}}'" + card).code == 2);
    CHECK(says(run("fit '{\"transformer\": '" + card, true), "model is not valid JSON"));
    const std::string unknown =
        file("unknown.json",
             R"({"model_type": "unheard_of", "num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12,)"
             R"( "intermediate_size": 3072, "vocab_size": 50257})");
    const outcome refused = run("fit " + unknown + card, true);
    CHECK(refused.code == 2);
    CHECK(says(refused, "{\"transformer\": {\"layers\":12,\"hidden\":768,\"heads\":12,\"ffn\":3072,\"vocab\":50257}}"));
}

TEST_CASE("layers of multi-token prediction are said to be left out") {
    const std::string glm = std::string(CARDFIT_TEST_DATA) + "/io/configs/zai-org--GLM-4.6.json";
    const outcome o = run("fit " + glm + " --card h200-sxm --cards 8 --tensor 8 --infer");
    CHECK(says(o, "Note: 1 multi-token-prediction layer (3.99 B parameters, 1.55 B more"));
}

TEST_CASE("fit names the smallest MIG slice that is enough, of the job's own card") {
    // According to NVIDIA's MIG guide, the smallest slice of an A100 80GB is 1g.10gb.
    CHECK(says(run("fit gpt2 --card a100-sxm4-80gb --seq 1024"), "MIG slice that fits: A100 SXM4 80GB MIG 1g.10gb\n"));
    CHECK(says(run("fit gpt2 --card a100-sxm4-40gb --seq 1024"), "MIG slice that fits: A100 SXM4 40GB MIG 1g.5gb\n"));
    CHECK(run("fit gpt2 --card rtx-4090 --seq 1024").text.find("MIG") == std::string::npos);
    CHECK(run("fit gpt2 --card a100-sxm4-80gb --cards 2 --data 2").text.find("MIG") == std::string::npos);
}

TEST_CASE("numbers agree with their nouns") {
    const std::string job =
        file("strong.json", R"({"model": "gpt2", "hardware": {"card": "gtx-1080-ti", "cards": 8, "link": "pcie-host"},
        "training": {"precision": "fp32", "sequence_length": 64, "gradient_accumulation": 8},
        "layout": {"data": 8}})");
    CHECK(run("scaling " + job).text.find("1 cards") == std::string::npos);
    const outcome one = run("validate -", false, R"(echo '{}' | )");
    CHECK(one.code == 3);
    CHECK(says(one, "No estimate for 1 row: malformed"));
    CHECK(one.text.find("erdicts") == std::string::npos);
    CHECK(says(run("serve llama-3.1-8b --card rtx-4090"), "(1 user), "));
}

TEST_CASE("an answer that could not be written is no answer") {
    CHECK(run("models >/dev/full").code == 2);
    CHECK(run("fit gpt2 --card rtx-4090 --seq 1024 --json >/dev/full").code == 2);
}

TEST_CASE("an image's tokens are its patches and one for the class") {
    CHECK(says(run("fit vit-b-16 --card rtx-4090"), " x 197 tokens"));
}

TEST_CASE("estimate: file, standard input, JSON") {
    const std::string path = file("small.json", small_job);
    CHECK(run("estimate " + path).code == 0);
    CHECK(says(run("estimate " + path), "needed"));
    const outcome json = run("estimate --json - < " + path);
    CHECK(json.code == 0);
    const nlohmann::json answer = nlohmann::json::parse(json.text);
    CHECK(answer["memory"]["components"].size() == 14);
    CHECK(answer["memory"]["all_cards"]["device_bytes"] == answer["memory"]["device_bytes"]);
    CHECK(answer["estimated"].is_array());
    CHECK(answer["time"]["step_seconds_low"] < answer["time"]["step_seconds_high"]);
}

TEST_CASE("estimate --jsonl: one answer a line, bad lines in place, exit code 3") {
    const std::string path = file("jobs.jsonl", small_job + "\n{\"model\": \"gpt2\"}\nnonsense\n" + small_job + "\n");
    const outcome o = run("estimate --jsonl < " + path);
    CHECK(o.code == 3);
    std::istringstream lines(o.text);
    std::string line[4];
    for (std::string& each : line) REQUIRE(std::getline(lines, each));
    CHECK(nlohmann::json::parse(line[0]).contains("memory"));
    const nlohmann::json bad = nlohmann::json::parse(line[1]);
    CHECK(bad["error"]["line"] == 2);
    CHECK(bad["problems"].size() >= 2);
    CHECK(nlohmann::json::parse(line[2])["error"]["line"] == 3);
    CHECK(line[3] == line[0]);
    CHECK(run("estimate --jsonl < " + file("good.jsonl", small_job + "\n")).code == 0);
    // The answers are JSON; what asks for another text is refused.
    for (const std::string flag : {"--csv", "--markdown", "-q"}) {
        const outcome other = run("estimate --jsonl " + flag + " < " + path, true);
        CHECK(other.code == 2);
        CHECK(says(other, "accepted: --jsonl alone"));
    }
    for (const std::string command : {"fit", "estimate"})
        CHECK(run(command + " flux.1-dev --card h200-sxm-141gb --infer --csv").code == 2);
    // JSON goes before a table.
    CHECK(nlohmann::json::parse(run("cards l4 --csv --json").text)[0]["id"] == "l4");
    CHECK(run("estimate flux.1-dev --card h200-sxm-141gb --infer --csv --json").code == 0);
}

TEST_CASE("bad input: exit code 2 and the reason") {
    CHECK(run("estimate /nowhere.json").code == 2);
    CHECK(run("estimate").code == 2);
    CHECK(says(run("estimate", true), "job is missing; accepted: a job file"));
    CHECK(run("").code == 2);
    CHECK(run("frobnicate").code == 2);
    CHECK(run("fit").code == 2);
    CHECK(says(run("fit gpt3 --card rtx-4090", true), "gpt2"));
    CHECK(says(run("fit gpt2 --card rtx-4091", true), "rtx-4090"));
    CHECK(says(run("fit gpt2 --card rtx-4090 --micro-batch -3", true),
               "training.micro_batch is -3; accepted: an integer from 1 to 1000000"));
    CHECK(says(run("fit gpt2 --card rtx-4090 --micro-batch many", true), "training.micro_batch"));
    CHECK(says(run("fit gpt2 --card rtx-4090 --lora q,w", true), "training.adapter.targets"));
    CHECK(says(run("fit gpt2 --card rtx-4090 --infer --seq 12", true), "sequence_length"));
    const outcome both_kinds = run("fit gpt2 --card rtx-4090 --train --infer --json");
    CHECK(both_kinds.code == 2);
    CHECK(nlohmann::json::parse(both_kinds.text)["error"]["key"] == "--train");
    CHECK(says(run("fit gpt2 --card rtx-4090 --infer --lora q", true), "lora is an option of training"));
    CHECK(says(run("fit gpt2 --card rtx-4090 --rank 8", true), "--rank is 8 without --lora"));
    CHECK(says(run("estimate --json " + file("bad.json", R"({"model": 3})")), "\"problems\""));
    CHECK(says(run("cards rtx-4091", true), "rtx-4090"));
    CHECK(says(run("models gpt-2", true), "gpt2"));
}

TEST_CASE("tables") {
    const nlohmann::json cards = nlohmann::json::parse(run("cards --json").text);
    CHECK(cards.size() == cardfit::cards::all.size());
    const nlohmann::json row = nlohmann::json::parse(run("cards rtx-4090 --json").text)[0];
    CHECK(row["id"] == "rtx-4090");
    CHECK(row["tdp_w"] == 450);
    CHECK(row["fp16_tensor_acc32_dense"] == 165.2);
    CHECK(row["compute_capability"] == "8.9");
    CHECK(row["nvlink_gen"] == false);  // none; what is not known is null
    CHECK(row["p2p_over_pcie"] == "n");
    const outcome sources = run("cards rtx-4090 --sources");
    CHECK(says(sources, "ada-whitepaper"));
    CHECK(says(sources, "v2.02, appendix A"));
    const outcome page = run("cards rtx-a6000");
    CHECK(says(page, "112.5 GB/s both ways"));
    CHECK(says(page, "optional, off as shipped"));
    CHECK(row["estimated"].is_array());
    CHECK(says(run("cards rtx-4090"), "rtx-4090"));
    CHECK(says(run("models llama-3.1-8b"), "8030261248"));
    CHECK(nlohmann::json::parse(run("models --json").text).size() > 60);
}

TEST_CASE("cards by what is asked of them") {
    const auto ids = [](const std::string& flags) {
        std::vector<std::string> found;
        for (const nlohmann::json& row : nlohmann::json::parse(run("cards --json " + flags).text))
            found.push_back(row["id"]);
        return found;
    };
    const std::vector<std::string> wanted = ids("--min-memory 24 --format bf16 --nvlink --sort memory_bandwidth_gb_s");
    REQUIRE(wanted.size() > 20);
    CHECK(wanted[0].find('b') != std::string::npos);
    CHECK(std::find(wanted.begin(), wanted.end(), "rtx-a6000") != wanted.end());
    CHECK(std::find(wanted.begin(), wanted.end(), "rtx-4090") == wanted.end());
    CHECK(std::find(wanted.begin(), wanted.end(), "mi300x") == wanted.end());
    CHECK(ids("--vendor nvidia --segment consumer --min-memory 32") ==
          std::vector<std::string>{"rtx-4090-48gb", "rtx-5090", "rtx-5090-d"});
    const std::vector<std::string> cheap = ids("--vendor nvidia --sort launch_price_usd --ascending");
    const nlohmann::json first = nlohmann::json::parse(run("cards --json " + cheap[0]).text)[0];
    const nlohmann::json last = nlohmann::json::parse(run("cards --json " + cheap.back()).text)[0];
    CHECK(first["launch_price_usd"].is_number());
    CHECK(last["launch_price_usd"].is_null());
    CHECK(ids("--sort compute_capability --vendor nvidia")[0] == "gb10");
    CHECK(ids("'NVIDIA A100-SXM4-80GB' 'Tesla T4'") == std::vector<std::string>{"a100-sxm4-80gb", "t4"});
    CHECK(says(run("cards --min-memory 24 --format bf16 --nvlink"), "a100-sxm4-80gb"));
    CHECK(says(run("cards --min-memory 2000"), "No card"));
    CHECK(says(run("cards --format q4_k", true), "--format"));
    CHECK(says(run("cards --sort memory_bandwidth", true), "memory_bandwidth_gb_s"));
    CHECK(says(run("cards --vendor 3dfx", true), "nvidia, amd, intel"));
    CHECK(run("cards --min-memory -1").code == 2);
    CHECK(says(run("cards 'GeForce RTX 3080'", true), "rtx-3080-10gb"));
}

TEST_CASE("savings, scaling, plan, compare and rank: answers, JSON and refusals") {
    const std::string jobs = std::string(CARDFIT_SOURCE) + "/examples/jobs/";
    const std::string many = jobs + "gpt2-medium-on-8-rtx-3090.json";
    const std::string eight = jobs + "llama-3.1-8b-on-8-h100.json";
    const std::string serving = jobs + "compare/70b-inference.json";
    const nlohmann::json savings = nlohmann::json::parse(run("savings --json " + many).text);
    REQUIRE(savings.size() == 9);
    CHECK(savings[0]["precision"] == "fp32");
    CHECK(savings[8]["supported"] == false);
    CHECK(savings[0]["answer"] == "yes");
    CHECK(says(run("savings " + many), "YES: bf16-mixed runs at "));
    // On Hopper fp8 is faster, but is not what replaces fp32 without a word.
    CHECK(says(run("savings " + eight), "YES: bf16-mixed runs at "));
    CHECK(says(run("savings " + eight), "; matmuls of fewer than 16 bits"));
    CHECK(run("savings --csv " + many).text.starts_with("precision,answer,GiB,saved,step,speed-up,fp32 weights,"));
    CHECK(says(run("plan " + serving, true), "cardfit serve finds the layout of an inference"));
    const nlohmann::json scaling = nlohmann::json::parse(run("scaling --json " + many).text);
    CHECK(scaling["curves"].size() == 4);
    CHECK(scaling["curves"][0]["points"].size() == 4);
    for (const nlohmann::json& curve : scaling["curves"])
        for (const nlohmann::json& point : curve["points"]) CHECK(point["efficiency"].get<double>() <= 1.0000001);
    // The last point of weak scaling over the cards' own link is the job itself, with the range that `fit` gives it.
    const nlohmann::json whole = nlohmann::json::parse(run("fit --json " + eight).text)["time"];
    const nlohmann::json last =
        nlohmann::json::parse(run("scaling --json " + eight).text)["curves"][0]["points"].back();
    for (const char* key : {"step_seconds", "step_seconds_low", "step_seconds_high"}) CHECK(last[key] == whole[key]);
    CHECK(says(run("scaling " + many), "YES: efficient up to 8 cards ("));
    CHECK(says(run("scaling " + many), "nvlink-bridge is worth "));
    CHECK(run("scaling --csv " + many).text.starts_with("link,scaling,cards,answer,step s,samples/s,speed-up,"));
    CHECK(run("scaling -q " + many).text == "YES\n");
    // A model that one card does not hold, though eight do: the time of one stands in brackets.
    CHECK(says(run("scaling " + eight), "(1.00x)"));
    CHECK(says(run("scaling " + eight), "( ) does not fit"));
    CHECK(run("scaling --require fits " + eight).code == 0);
    for (const std::string& command : {"scaling " + many, "scaling " + eight, "savings " + many, "savings " + eight})
        check_width(run(command));
    const nlohmann::json vega = nlohmann::json::parse(run("scaling --vega " + many).text);
    CHECK(vega["$schema"].get<std::string>().find("vega-lite") != std::string::npos);
    CHECK(vega["data"]["values"].size() == 16);
    CHECK(run("scaling " + many + " --cards 0").code == 2);
    const std::string pretraining = file("pretraining.json", R"({"model": "llama-3.1-8b",
        "hardware": {"card": "h100-sxm5-80gb", "cards": 8}, "layout": {"sharding": "full"},
        "training": {"sequence_length": 8192, "recompute": "full"}})");
    const nlohmann::json plan = nlohmann::json::parse(run("plan --json --for torchtitan " + pretraining).text);
    REQUIRE(!plan["plans"].empty());
    CHECK(plan["plans"][0]["grade"] == "fits");
    CHECK(plan["launch"]["command"][0] == "torchrun");
    CHECK(run("plan " + eight + " --for nothing").code == 2);
    const std::string three_ids = "a100-sxm4-80gb rtx-a6000 rtx-4090 ";
    const nlohmann::json compared =
        nlohmann::json::parse(run("compare " + three_ids + "--json --job " + jobs + "compare/7b-full.json").text);
    CHECK(compared["winner"] == "a100-sxm4-80gb");
    CHECK(compared["cards"][2]["reason"] == "capacity");
    CHECK(says(run("compare " + three_ids + "--job " + jobs + "compare/bert-base-fp32.json"),
               "YES: GeForce RTX 4090 is the fastest"));
    CHECK(run("compare rtx-4091 --job " + serving).code == 2);
    CHECK(run("compare rtx-4090 --job " + serving).code == 1);
    const nlohmann::json ranked = nlohmann::json::parse(
        run("rank --json --card a100-sxm4-80gb --mig --count 1 " + jobs + "compare/7b-lora.json").text);
    REQUIRE(ranked.size() > 2);
    CHECK(ranked[0]["card"] == "a100-sxm4-80gb");
    CHECK(says(run("rank " + serving + " --price rtx-4090", true), "--price"));
    CHECK(run("rank " + serving + " --by beauty").code == 2);
}

TEST_CASE("compare: each machine at its best, reasons that are limits of machines, brackets, the suite") {
    const std::string jobs = std::string(CARDFIT_SOURCE) + "/examples/jobs/compare/";
    const std::string three_ids = "a100-sxm4-80gb rtx-a6000 rtx-4090 ";
    const outcome lora = run("compare " + three_ids + "--job " + jobs + "7b-lora.json");
    CHECK(lora.text.starts_with("YES: A100 SXM4 80GB is the fastest, "));
    // NVIDIA's Ada whitepaper: 330.3 TFLOP/s with fp16 accumulation and 165.2 with fp32; the A100's datasheet has 312.
    CHECK(says(lora, "Why not GeForce RTX 4090: bf16 matmul rate (165 of 312 TFLOP/s; 330 only with fp16"));
    CHECK(says(lora, "wins at: work per dollar of launch price"));
    CHECK(says(lora, "Equal within the error"));
    CHECK(run("compare -q " + three_ids + "--job " + jobs + "7b-lora.json").text == "YES\n");
    CHECK(run("compare --csv " + three_ids + "--job " + jobs + "7b-lora.json").text.starts_with(",a100-sxm4-80gb,"));
    const nlohmann::json found =
        nlohmann::json::parse(run("compare --json " + three_ids + "--job " + jobs + "7b-lora.json").text);
    CHECK(found["fastest_at_best"] == "a100-sxm4-80gb");
    // 48 GB spare the RTX A6000 the recomputation that 24 GB force on the RTX 4090.
    CHECK(found["cards"][1]["best"]["training"]["recompute"] == "none");
    CHECK(found["cards"][2]["best"]["training"]["recompute"] != "none");
    for (const nlohmann::json& card : found["cards"]) CHECK(card["best"]["limits"].size() <= 6);
    CHECK(found["cards"][0]["best"]["limits"].empty());
    // Two linked cards beside one, and a machine: each has its own count, link and layout.
    const std::string serving = "--job " + jobs + "70b-inference.json";
    const outcome mixed = run("compare 2xrtx-3090:nvlink-bridge rtx-4090 2xrtx-4090 p4d.24xlarge " + serving);
    CHECK(says(mixed, "2xrtx-3090:nvlink-bridge"));
    CHECK(says(mixed, "8 x A100 SXM4 40GB (p4d.24xlarge)"));
    CHECK(says(mixed, "Why not GeForce RTX 4090: does not fit at the upper error bound, at any settings"));
    CHECK(mixed.text.find(" ms)") != std::string::npos);
    const outcome suite = run("compare " + three_ids);
    CHECK(says(suite, "is the fastest in "));
    CHECK(std::count(suite.text.begin(), suite.text.end(), '*') == 7);
    CHECK(nlohmann::json::parse(run("compare --json rtx-4090 rtx-3090").text)["suite"].size() == 6);
    std::string seven;
    for (const char* card : {"h100-sxm5-80gb", "l40s", "rtx-3090", "rtx-4080"}) seven += std::string(card) + " ";
    for (const std::string& command : {three_ids, three_ids + seven, three_ids + seven + serving,
                                       three_ids + seven + "--facts --job " + jobs + "13b-full-on-two.json"})
        check_width(run("compare " + command));
}

TEST_CASE("compare: a machine that refuses the job says why, and the others are compared") {
    // Volta has compute capability 7.0, and vLLM runs FP8 weights from 7.5 on (CUDA's and vLLM's documents).
    const std::string job = "compare v100-sxm2-32gb rtx-4090 --job llama-3.1-8b --infer --engine vllm --weights fp8";
    const outcome text = run(job);
    CHECK(text.code == 0);
    CHECK(text.text.starts_with("YES: GeForce RTX 4090 is the fastest"));
    CHECK(says(text, "Why not Tesla V100 SXM2 32GB: inference.weights is \"fp8\""));
    const nlohmann::json cards = nlohmann::json::parse(run(job + " --json").text)["cards"];
    CHECK(cards[0]["card"] == "v100-sxm2-32gb");
    CHECK(cards[0]["runs"] == false);
    CHECK(cards[0]["refused"].get<std::string>().starts_with("inference.weights is \"fp8\""));
    CHECK(cards[1]["answer"] == "yes");
    // What no machine accepts, or no machine is called, is refused.
    CHECK(run("compare v100-sxm2-32gb p40 --job llama-3.1-8b --infer --engine vllm --weights fp8").code == 2);
    CHECK(run("compare no-such-card rtx-4090 --job gpt2").code == 2);
}

TEST_CASE("serve answers first, then shows the choices") {
    const outcome two = run("serve llama-3.1-70b --card rtx-4090 --cards 2 --weights q4_k_m");
    CHECK(two.code == 0);
    CHECK(two.text.starts_with("YES: llama-3.1-70b on 2 x GeForce RTX 4090: q4_k_m (good) with llama.cpp,"));
    CHECK(says(two, "all 80"));
    const outcome one = run("serve llama-3.1-70b --card rtx-4090 --weights q4_k_m");
    CHECK(one.code == 0);
    CHECK(one.text.starts_with("YES, partly in host memory: "));
    CHECK(says(one, "/80 + host"));
    CHECK(says(one, "--n-gpu-layers "));
    const outcome experts = run("serve gpt-oss-120b --card rtx-4090 --engine llama.cpp");
    CHECK(experts.code == 0);
    CHECK(says(experts, "--n-cpu-moe "));
    // What is too slow is said to be, and what fits nowhere is not.
    const outcome slow = run("serve llama-3.1-70b --card rtx-4090 --weights q4_k_m --tpot 50ms");
    CHECK(slow.code == 1);
    CHECK(slow.text.starts_with("NO, too slow: "));
    CHECK(says(slow, "it fits, but no choice is fast enough"));
    CHECK(!says(slow, "llama-server"));
    const outcome large = run("serve llama-3.1-405b --card rtx-4090 --engine vllm");
    CHECK(large.code == 1);
    CHECK(large.text.starts_with("NO: "));
    CHECK(says(large, "no choice fits"));
    // A format that ruins the model is called what it is, and what keeps more of it is named.
    const outcome poor = run("serve llama-3.1-70b --card rtx-4090");
    CHECK(poor.text.starts_with("YES, at poor quality: "));
    CHECK(says(poor, "iq1_m (poor)"));
    CHECK(says(poor, "Of higher quality: iq4_xs"));
    // The model's own format comes first, and gpt-oss has no other than mxfp4.
    CHECK(says(run("serve llama-3.1-8b --card h100-sxm5-80gb"), "bf16 (its own format) with vllm"));
    CHECK(says(run("serve gpt-oss-20b --card h100-sxm5-80gb"), "mxfp4 (its own format)"));
    // The command is that of the best choice.
    const outcome command = run("serve llama-3.1-8b --card h100-sxm5-80gb --cards 2 --context 4096 --users 32");
    CHECK(says(command, "vllm serve meta-llama/Llama-3.1-8B"));
    CHECK(says(command, "--max-model-len 4096"));
    CHECK(says(command, "--max-num-seqs 1024"));
}

TEST_CASE("no line of serve is wider than 80 columns, and a wider terminal shows more") {
    for (const char* job : {"llama-3.1-70b --card rtx-4090", "llama-3.1-8b --card h100-sxm5-80gb --cards 8",
                            "deepseek-v3 --card h200-sxm-141gb --cards 8", "gpt2 --card rtx-4090"}) {
        std::istringstream lines(run("serve " + std::string(job)).text);
        for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(line.size() <= 82, line);
    }
    CHECK(says(run("serve llama-3.1-8b --card rtx-4090"), "no room for: "));
    CHECK(!says(run("serve llama-3.1-8b --card rtx-4090", false, "COLUMNS=200 "), "no room for: "));
    const outcome csv = run("serve llama-3.1-8b --card rtx-4090 --csv");
    CHECK(csv.text.starts_with(",format,quality,bits,file GiB,engine,layout,GiB/card,max ctx,users,TTFT,TPOT,tok/s,"));
    CHECK(says(csv, "q4_k_m,good,4.9,4.6,llama.cpp,1 card,"));
    CHECK(run("serve llama-3.1-8b --card rtx-4090 --markdown").text.starts_with("|  | format | quality |"));
    CHECK(run("serve llama-3.1-8b --card rtx-4090 --markdown --csv", true).code == 2);
}

TEST_CASE("a table drops its least important columns, and is CSV and Markdown") {
    namespace io = cardfit::io;
    io::table t{.columns = {{"name", 0, true}, {"first", 2}, {"second", 1}, {"µ", 3}},
                .rows = {{"a|b", "1,5", "22", "3"}, {"say \"x\"", "10", "2", "4"}}};
    CHECK(io::table_text(t, "  ") ==
          "  name     first  second  µ\n  a|b        1,5      22  3\n  say \"x\"     10       2  4\n");
    CHECK(io::table_csv(t) == "name,first,second,µ\na|b,\"1,5\",22,3\n\"say \"\"x\"\"\",10,2,4\n");
    CHECK(io::table_markdown(t).starts_with("| name | first | second | µ |\n| --- | ---: | ---: | ---: |\n| a\\|b |"));
    CHECK(io::is_alike(t, "name") == false);
    CHECK(io::is_alike(t, "nothing"));
    // 25 characters and an indent of 2: the last column leaves at 26, and the important ones never.
    CHECK(io::narrow(t, 27, 2).empty());
    CHECK(io::narrow(t, 26, 2) == std::vector<std::string>{"µ"});
    CHECK(io::narrow(t, 3) == std::vector<std::string>{"first", "second"});
    CHECK(io::table_text(t) == "name\na|b\nsay \"x\"\n");
}

TEST_CASE("serve keeps a wish or says no, with the exit code that --require asks for") {
    const std::string eight = "serve llama-3.1-8b --card rtx-4090 ";
    CHECK(run(eight + "-q").text == "YES\n");
    const outcome fast = run(eight + "--tpot 0.01ms");
    CHECK(fast.code == 1);
    CHECK(fast.text.starts_with("NO, too slow: "));
    CHECK(says(fast, "TPOT within 0.01 ms"));
    CHECK(says(fast, "Nearest: "));
    CHECK(run(eight + "--tpot 50ms --ttft 10s").code == 0);
    CHECK(run(eight + "--tpot soon", true).code == 2);
    CHECK(says(run(eight + "--tpot 0", true), "accepted: 1ms to 100000s"));
    CHECK(run(eight + "--users 1000").code == 1);
    // Where the central estimate fits and its upper bound does not, LIKELY is enough if it is asked for.
    const std::string tight = "serve llama-3.1-70b --card rtx-4090 --engine llama.cpp --weights iq2_xs ";
    CHECK(run(tight + "-q").text == "LIKELY\n");
    CHECK(run(tight).code == 0);
    CHECK(run(tight + "--require likely").code == 0);
    CHECK(run(tight + "--require fits").code == 1);
}

TEST_CASE("serve finds the requests per second that keep a service level") {
    const std::string eight = "serve llama-3.1-8b --card rtx-4090 --prompt 1024 --generate 256 ";
    const outcome level = run(eight + "--ttft 500ms --tpot 30ms");
    CHECK(level.code == 0);
    CHECK(says(level, "Goodput "));
    CHECK(says(level, "random"));
    const nlohmann::json all = nlohmann::json::parse(run(eight + "--ttft 500ms --tpot 30ms --json").text);
    for (const nlohmann::json& each : all["choices"]) {
        const nlohmann::json& at = each["goodput"];
        CHECK(at["first_token_seconds"].get<double>() <= 0.5);
        CHECK(at["per_token_seconds"].get<double>() <= 0.03);
    }
    const double most = all["goodput"]["requests_per_second"];
    CHECK(most > 1);
    CHECK(run(eight + "--weights bf16 --engine llama.cpp --ttft 500ms --tpot 30ms --rate " + std::to_string(0.9 * most))
              .code == 0);
    CHECK(run(eight + "--weights bf16 --engine llama.cpp --ttft 500ms --tpot 30ms --rate " + std::to_string(1.1 * most))
              .code == 1);
    const double strict = nlohmann::json::parse(
        run(eight + "--ttft 500ms --tpot 30ms --percentile 99 --json").text)["goodput"]["requests_per_second"];
    CHECK(strict < most);
    CHECK(says(run("serve llama-3.1-8b --card rtx-4090 --rate 3", true), "a rate with --generate"));
    // Replicas that read prompts and replicas that generate are among the layouts of several cards.
    const nlohmann::json several = nlohmann::json::parse(run("serve llama-3.1-8b --card h100-sxm5-80gb --cards 4 "
                                                             "--engine vllm --weights fp8 --prompt 4096 --generate 256 "
                                                             "--ttft 1s --tpot 15ms --json")
                                                             .text);
    const auto apart = std::find_if(several["choices"].begin(), several["choices"].end(),
                                    [](const nlohmann::json& each) { return each.contains("disaggregated"); });
    REQUIRE(apart != several["choices"].end());
    const nlohmann::json& sides = (*apart)["disaggregated"];
    const double rate = (*apart)["goodput"]["requests_per_second"];
    for (const char* side : {"prefill", "decode"})
        CHECK(sides[side]["groups"].get<double>() * sides[side]["requests_per_second_each"].get<double>() >=
              rate * (1 - 1e-9));
    if (several.contains("disaggregated")) {
        CHECK(several["launch"]["prefill"]["command"][0] == "vllm");
        CHECK(several["launch"].contains("router"));
    }
    CHECK(run(eight + "--rate 3 --percentile 80", true).code == 2);
}

TEST_CASE("the band of an answer is that of the need, which the verdict is about, not of what the engine takes") {
    const std::string job = std::string(CARDFIT_SOURCE) + "/examples/jobs/qwen2.5-7b-awq-on-rtx-4080.json";
    const nlohmann::json verdict = nlohmann::json::parse(run("estimate --json " + job).text)["verdict"];
    const auto gibibytes = [&](const char* key) { return verdict[key].get<double>() / (1 << 30); };
    const std::string text = run("estimate " + job).text;
    const std::size_t at = text.find("range ");
    REQUIRE(at != text.npos);
    double low = 0;
    double high = 0;
    REQUIRE(std::sscanf(text.c_str() + at, "range %lf to %lf)", &low, &high) == 2);
    CHECK(low == doctest::Approx(gibibytes("needed_bytes_low")).epsilon(0.01));
    CHECK(high == doctest::Approx(gibibytes("needed_bytes_high")).epsilon(0.01));
    CHECK(low < gibibytes("needed_bytes"));
    CHECK(gibibytes("needed_bytes") < high);
    CHECK((gibibytes("needed_bytes_high") <= gibibytes("capacity_bytes")) == (verdict["grade"] == "fits"));
}

TEST_CASE("serve as JSON, and its limits") {
    const nlohmann::json awq =
        nlohmann::json::parse(run("serve qwen2.5-32b --card rtx-a6000 --weights awq-int4 --context 16384 --json").text);
    CHECK(awq["users"].get<int>() >= 3);
    CHECK(awq["longest_context"].get<int>() > 16384);
    CHECK(awq["engine"] == "vllm");
    CHECK(awq["answer"] == "YES");
    CHECK(awq["choices"].size() == 1);
    CHECK(awq["choices"][0]["time"]["per_token_seconds"] == awq["time"]["per_token_seconds"]);
    CHECK(awq["launch"]["command"][0] == "vllm");
    // The engine's arguments mean what they mean in fit.
    const std::string eight =
        "serve llama-3.1-8b --card rtx-4090 --engine vllm --weights bf16 --json --engine-version ";
    const auto longest_with = [&](const std::string& flags) {
        return nlohmann::json::parse(run(eight + flags).text)["longest_context"].get<int>();
    };
    CHECK(longest_with("0.10 --max-sequences 8") > longest_with("0.10"));
    CHECK(longest_with("0.10 --utilization 0.95 --kv-cache fp8") > 1.5 * longest_with("0.10"));
    CHECK(says(run("serve llama-3.1-8b --card rtx-4090 --engine-version newest", true), "inference.engine_version"));
    CHECK(says(run("serve nope --card rtx-4090", true), "a zoo id"));
    CHECK(says(run("serve gpt2 --card rtx-4090 --weights q9", true), "inference.weights"));
    // A context that is not given is no longer than the model's positions; one that is given and longer is an error.
    CHECK(says(run("serve gpt2 --card rtx-4090"), "1,024 tokens of context"));
    CHECK(says(run("serve gpt2 --card rtx-4090 --context 2000", true), "--context is 2000; accepted: 2 to 1024"));
    CHECK(run("serve gpt2 --card rtx-4090 --context 0").code == 2);
    CHECK(says(run("serve resnet-50 --card rtx-4090", true), "an autoregressive decoder"));
    CHECK(says(run("serve llama-3.1-8b --card rtx-4090 --cards 1024 --engine llama.cpp", true), "--cards is 1024"));
    const outcome none = run("serve llama-3.1-8b --card rtx-4090 --context 100000000");
    CHECK(none.code == 1);
    CHECK(none.text.starts_with("NO: "));
    // The longest context of a model is no longer than its positions (131,072 in its config.json).
    const nlohmann::json large = nlohmann::json::parse(run("serve llama-3.1-8b --card h100-sxm5-80gb --json").text);
    for (const nlohmann::json& each : large["choices"]) CHECK(each["longest_context"] <= 131072);
    // So it is for models that stand in the list (202,752 in the log of ikawrakow/ik_llama.cpp issue 1167).
    const nlohmann::json glm =
        nlohmann::json::parse(run("serve glm-4.7-flash --card rtx-3090 --cards 2 --weights q4_k_m --json").text);
    CHECK(glm["longest_context"] == 202752);
    // The answer for one user at the longest context is the same when that context is asked for.
    const nlohmann::json longest = nlohmann::json::parse(run("serve llama-3.1-8b --card rtx-4090 --json").text);
    const nlohmann::json asked = nlohmann::json::parse(
        run("serve llama-3.1-8b --card rtx-4090 --json --context " + longest["longest_context"].dump()).text);
    CHECK(asked["weights"] == longest["weights"]);
    CHECK(asked["users"] == 1);
    // Where no format is given, the file's own format is used.
    const std::string file = std::string(CARDFIT_SOURCE) + "/tests/io/files/tiny-llama.gguf";
    CHECK(says(run("serve " + file + " --card rtx-4090", false, "COLUMNS=300 "), "q4_0 (its file's format)"));
}

TEST_CASE("serve shows what speculative decoding makes of the best choice, and says what it assumes") {
    const std::string cards = " --card h100-sxm5-80gb --cards 4";
    const outcome seventy = run("serve llama-3.1-70b" + cards);
    CHECK(says(seventy, "llama-3.2-1b as draft"));
    CHECK(says(seventy, "n-grams of the text"));
    CHECK(says(seventy, "The accepted share is assumed; --acceptance states yours"));
    // A prediction layer where the checkpoint has one (num_nextn_predict_layers in config.json), and not elsewhere.
    const std::string eight = " --card h200-sxm-141gb --cards 8 --engine vllm";
    CHECK(says(run("serve deepseek-v3" + eight), "its prediction layer (MTP)"));
    CHECK(!says(seventy, "MTP"));
    // The figures are those of the same command with the flags that state it.
    const nlohmann::json plain = nlohmann::json::parse(run("serve llama-3.1-70b --json" + cards).text);
    const nlohmann::json& draft = plain["speculation"][0];
    CHECK(draft["assumed_acceptance"] == 0.7);
    const std::string layout = " --engine vllm --weights bf16 --tensor 4 --acceptance 0.7 ";
    const nlohmann::json asked = nlohmann::json::parse(
        run("serve llama-3.1-70b --json" + cards + layout + draft["flags"].get<std::string>()).text);
    CHECK(asked["time"]["per_token_seconds"] == draft["per_token_seconds"]);
    CHECK(asked["needed_bytes"] == draft["needed_bytes"]);
    CHECK(!asked.contains("speculation"));
}

TEST_CASE("llama.cpp's split mode is a layout, or refused by name") {
    const std::string two =
        "fit llama-3.1-8b --infer --engine llama.cpp --weights q4_k_m --card rtx-4090 --cards 2 --json ";
    const auto layout_of = [&](const std::string& flags) -> nlohmann::json {
        return nlohmann::json::parse(run(two + flags).text)["layout"];
    };
    CHECK(layout_of("-sm layer -mg 1") == layout_of("--pipeline 2"));
    CHECK(layout_of("--split-mode=tensor") == layout_of("--tensor 2"));
    // The number of cards may stand in the machine's name.
    const std::string named =
        "fit llama-3.1-8b --infer --engine llama.cpp --weights q4_k_m --json -sm layer --machine ";
    CHECK(nlohmann::json::parse(run(named + "2xrtx-4090").text)["layout"] == layout_of("--pipeline 2"));
    CHECK(nlohmann::json::parse(run(named + "g5.12xlarge").text)["layout"]["pipeline"] == 4);
    CHECK(says(run(two + "-sm row", true), "row is not estimated; accepted: layer, tensor or none"));
    CHECK(says(run(two + "-sm none", true), "--cards 1"));
    CHECK(run("serve llama-3.1-8b --card rtx-4090 -sm none -mg 0").code == 0);
    // So may it in a job file.
    const std::string job = file("two-cards.json", R"({"model": "llama-3.1-8b",
        "hardware": {"card": "rtx-4090", "cards": 2}, "inference": {"framework": "llama.cpp", "weights": "q4_k_m"}})");
    CHECK(nlohmann::json::parse(run("fit --json -sm layer " + job).text)["layout"] == layout_of("--pipeline 2"));
}

TEST_CASE("llama.cpp's cache types by name, and a release that is later than the list") {
    const std::string card = "fit qwen3-8b --infer --card rtx-4090 ";
    const std::string llama = card + "--engine llama.cpp --weights q4_k_m ";
    CHECK(run(llama + "-ctk q8_0 -ctv q8_0").text == run(llama + "--kv-cache int8 --value-cache int8").text);
    CHECK(says(run(llama + "-ctk q8_0 -ctv q4_0 -fa off", true), "inference.attention"));
    CHECK(says(run(card + "--engine vllm --engine-version 0.99 -v"), "0.99.0 as 0.26.0, the last that is listed"));
    CHECK(!says(run(card + "--engine vllm --engine-version 0.11 -v"), "the last that is listed"));
}

TEST_CASE("serve says what it assumes, where layers are that the user placed, and what an image takes") {
    const std::string card = " --card rtx-4090";
    CHECK(!says(run("serve llama-3.1-8b" + card), "inference.software_date"));
    CHECK(says(run("serve llama-3.1-8b -v" + card), "inference.software_date"));
    const outcome placed = run("serve llama-3.1-8b -ngl 20" + card);
    CHECK(!says(placed, "not in the memory of the cards alone"));
    CHECK(says(placed, "leaves the least in host memory"));
    // A model that sees is planned with the engine whose command takes its images.
    const outcome sees = run("serve qwen2.5-vl-7b --images 2" + card);
    CHECK(says(sees, "2 per sequence: 2738 tokens"));
    CHECK(says(sees, "--limit-mm-per-prompt"));
    CHECK(says(run("serve qwen2.5-vl-7b" + card), "the job has none (--images)"));
}

TEST_CASE("fit and serve agree on the same job") {
    struct asked {
        const char* model;
        const char* machine;
        const char* engine;
        const char* weights;
    };
    int left = 0;
    for (const asked& each : {asked{"llama-3.1-70b", "--card h100-sxm5-80gb --cards 2", "vllm", "fp8"},
                              asked{"llama-3.1-70b", "--card h100-sxm5-80gb --cards 2", "vllm", "bf16"},
                              asked{"llama-3.1-70b", "--card rtx-4090 --cards 2", "llama.cpp", "iq4_xs"},
                              asked{"llama-3.1-70b", "--card rtx-4090 --cards 2", "llama.cpp", "q6_k"},
                              asked{"llama-3.1-8b", "--card rtx-4090 --cards 2", "vllm", "bf16"},
                              asked{"qwen3-30b-a3b", "--card l40s --cards 4", "vllm", "bf16"}}) {
        const std::string job = std::string(each.model) + " " + each.machine + " --engine " + each.engine +
                                " --weights " + each.weights + " --context 8192 --json";
        const nlohmann::json served = nlohmann::json::parse(run("serve " + job).text);
        const nlohmann::json fitted = nlohmann::json::parse(run("fit --infer " + job).text);
        const std::string grade = fitted["verdict"]["grade"];
        INFO(job);
        const int host_bytes = served["host_bytes"].get<std::int64_t>() > 0 ? 1 : 0;
        left += host_bytes;
        // Where serve leaves layers in host memory, fit refuses the job without them and names the flag.
        CHECK((grade == "fits") == (served["answer"] == "YES" && host_bytes == 0));
        CHECK((grade == "does-not-fit") == (served["answer"] == "NO" || host_bytes == 1));
        if (host_bytes == 1)
            CHECK(says(run("fit --infer " + job.substr(0, job.find(" --json"))),
                       "--gpu-layers " + served["job"]["inference"]["gpu_layers"].dump() + " ("));
        CHECK(fitted["layout"] == served["layout"]);
    }
    CHECK(left == 1);
    // llama.cpp's own shares hold what equal numbers of layers do not, so that fit and serve have the same exit code.
    const std::string shared =
        " llama-3.1-70b --card rtx-4090 --cards 2 --engine llama.cpp --weights q4_k_m --context 8192";
    CHECK(run("serve" + shared).code == 0);
    CHECK(run("fit --infer" + shared).code == 0);
    // Several kinds of card, each beside a card of another model: all of them are named.
    CHECK(says(run("fit --infer" + shared + " --card rtx-3090 --other-cards rtx-3060-12gb"),
               "2 x GeForce RTX 3090 + 1 x GeForce RTX 3060 12GB"));
    // Over several nodes, the best choice is one that a launcher starts.
    CHECK(says(run("serve deepseek-v3 --card h100-sxm5-80gb --cards 64", false, "COLUMNS=300 "),
               "  vllm serve deepseek-ai/"));
}

TEST_CASE("a checkpoint whose quantization is not read is served as its file stores it") {
    const std::string folder = "unread_quantization";
    std::filesystem::create_directories(std::string(CARDFIT_SCRATCH) + "/" + folder);
    file(folder + "/config.json", R"({"model_type": "llama", "num_hidden_layers": 16, "hidden_size": 2048,
        "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 8192, "vocab_size": 128256,
        "quantization_config": {"quant_method": "bitnet"}})");
    const std::string index = file(folder + "/model.safetensors.index.json", R"({"metadata": {"total_size": 1000000000},
        "weight_map": {"model.embed_tokens.weight": "model-00001-of-00002.safetensors"}})");
    const std::string path = index.substr(0, index.rfind('/'));
    CHECK(says(run("serve " + path + " --card rtx-4090", false, "COLUMNS=300 "), "its file (shape not verified)"));
    CHECK(nlohmann::json::parse(run("serve " + path + " --card rtx-4090 --json").text)["weights"] == "as stored");
    CHECK(says(run("fit " + path + " --infer --card rtx-4090"), "(number of parameters not known)"));
}

TEST_CASE("batch: card by card, and jobs that are none") {
    const std::string job = std::string(CARDFIT_SOURCE) + "/examples/jobs/llama-3.1-8b-on-8-h100.json";
    const nlohmann::json found =
        nlohmann::json::parse(run("batch " + job + " --card rtx-4090 --card h200-sxm-141gb --json").text);
    REQUIRE(found.size() == 2);
    CHECK(found[0]["max_micro_batch"] == 0);
    CHECK(found[1]["max_micro_batch"].get<int>() > 1);
    CHECK(run("batch " + job).code == 0);
    CHECK(run("batch " + file("empty.json", "{}")).code == 2);
    CHECK(run("batch " + file("no-object.json", "[1]") + " --card rtx-4090").code == 2);
    CHECK(run("batch /nowhere.json").code == 2);
}

TEST_CASE("batch: every cell of the grid is what fit says of its sizes, and what is called safe fits") {
    const std::string lora = R"({"model": "llama-2-7b", "hardware": {"card": "rtx-4090"}, "training": {
        "recompute": "full", "precision": "bf16", "adapter": {"method": "lora", "rank": 8, "targets": ["q", "v"]}}})";
    const nlohmann::json found = nlohmann::json::parse(run("batch --json " + file("lora.json", lora)).text);
    const std::int64_t safe = found["safe_micro_batch"];
    const std::int64_t likely = found["max_micro_batch"];
    CHECK(safe > 0);
    CHECK(safe < likely);
    CHECK(found["grid"]["unit"] == "tokens/s");
    bool has_own_size = false;
    for (const nlohmann::json& cell : found["grid"]["cells"]) {
        const std::int64_t batch = cell["micro_batch"];
        const std::int64_t length = cell["sequence_length"];
        if (length == 2048) CHECK((cell["answer"] == "yes") == (batch <= safe));
        if (length == 2048) CHECK((cell["answer"] == "yes" || cell["answer"] == "likely") == (batch <= likely));
        if (batch == 1)
            CHECK((cell["answer"] == "yes") == (length <= found["safe_sequence_length"].get<std::int64_t>()));
        has_own_size = has_own_size || (batch == 1 && length == 2048);
    }
    CHECK(has_own_size);
    const nlohmann::json cell = found["grid"]["cells"].back();
    const nlohmann::json fit = nlohmann::json::parse(
        run("fit llama-2-7b --card rtx-4090 --recompute full --precision bf16 --lora q,v --micro-batch " +
            cell["micro_batch"].dump() + " --seq " + cell["sequence_length"].dump() + " --json")
            .text);
    CHECK(cell["answer"] == fit["verdict"]["answer"]);
    const nlohmann::json& verdict = fit["verdict"];
    CHECK(cell["needed_bytes"] ==
          verdict["capacity_bytes"].get<std::int64_t>() - verdict["headroom_bytes"].get<std::int64_t>());
}

TEST_CASE("batch: the answer first, in 80 columns, as CSV and Markdown, and by exit code") {
    const std::string full = file("full.json", R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"},
        "training": {"recompute": "full"}})");
    const std::string images = file("images.json", R"({"model": "resnet-50", "hardware": {"card": "rtx-3090"},
        "training": {"precision": "fp16-mixed"}})");
    const std::string serving = std::string(CARDFIT_SOURCE) + "/examples/jobs/qwen2.5-7b-awq-on-rtx-4080.json";
    CHECK(says(run("batch " + full), "NO: at 2,048 tokens, micro-batch none"));
    CHECK(run("batch " + full).code == 1);
    CHECK(run("batch -q " + full).text == "NO\n");
    CHECK(says(run("batch " + images), "YES: micro-batch up to "));
    CHECK(says(run("batch " + images), "samples/s"));
    CHECK(says(run("batch " + serving), "YES: at 32,768 tokens, batch up to "));
    CHECK(run("batch --require fits " + serving).code == 0);
    const std::string markdown = run("batch --markdown " + serving).text;
    CHECK(markdown.starts_with("| machine | batch | tokens | answer | needs GiB | tokens/s |"));
    CHECK(run("batch --csv " + images).text.starts_with("machine,micro-batch,tokens,answer,needs GiB,samples/s\n"));
    // A cell has the color of its verdict, and a mark that says the same without color.
    CHECK(run("batch --color always " + images).text.find("\033[31m-\033[0m") != std::string::npos);
    CHECK(run("batch --color never " + images).text.find('\033') == std::string::npos);
    for (const std::string& job : {full, images, serving, serving + " --card rtx-4090 --card rtx-3090"})
        check_width(run("batch " + job));
}

TEST_CASE("what nests a hundred thousand deep, or ends in a NUL, is refused by every command") {
    const std::string deep = file("deep.json", R"({"model": "gpt2", "hardware": {"card": "rtx-4090"}, "training": )" +
                                                   std::string(100'000, '[') + std::string(100'000, ']') + "}");
    for (const std::string command : {"batch ", "compare a100-sxm4-80gb --job ", "estimate ", "savings ", "plan "})
        CHECK(run(command + deep).code == 2);
    const outcome nul = run("estimate " + file("nul.json", small_job + std::string(1, '\0') + " {{{"), true);
    CHECK(nul.code == 2);
    CHECK(says(nul, "byte 0"));
}

TEST_CASE("the curves of a job of one card go up to a machine of that card") {
    const auto points = [](const std::string& flags) {
        return nlohmann::json::parse(run("scaling --json gpt2 " + flags).text)["curves"][0]["points"];
    };
    CHECK(points("--card a100-sxm4-80gb").back()["cards"] == 8);
    CHECK(points("--card rtx-4090").back()["cards"] == 8);
    CHECK(points("--card rtx-4090 --cards 2").back()["cards"] == 2);
    CHECK(points("--machine p5.4xlarge").back()["cards"] == 1);
    // Full fine-tuning of 70 B parameters fits no such machine.
    CHECK(run("scaling llama-3.1-70b --card rtx-4090").text.starts_with("NO: does not fit 8 cards; efficient up to"));
    for (const std::string command : {"scaling", "savings", "plan"}) {
        CAPTURE(command);
        const outcome apple = run(command + " gpt2 --card m3-max-64gb", true);
        CHECK(apple.code == 2);
        CHECK(says(apple, "training on Apple GPUs is not measured"));
    }
}

TEST_CASE("scaling keeps the layout's other ways, plan tells the group it was asked for") {
    const std::string tensor =
        file("tensor.json", R"({"model": "llama-3.1-8b", "hardware": {"card": "a100-sxm4-80gb", "cards": 8},
        "training": {"sequence_length": 4096, "gradient_accumulation": 4, "framework": "megatron"},
        "layout": {"data": 2, "tensor": 4, "sharding": "optimizer"}})");
    const auto curve = nlohmann::json::parse(run("scaling " + tensor + " --json").text)["curves"][0]["points"];
    CHECK(curve.size() == 2);
    CHECK(curve[0]["cards"] == 4);
    CHECK(curve[1]["cards"] == 8);
    const auto alone = nlohmann::json::parse(run("estimate " + tensor + " --json").text);
    CHECK(curve[1]["step_seconds"] == alone["time"]["step_seconds"]);
    const outcome six = run("scaling " + tensor + " --cards 6", true);
    CHECK(six.code == 2);
    CHECK(says(six, "layout.tensor"));
    const std::string grouped =
        file("grouped.json", R"({"model": "llama-3.1-8b", "hardware": {"card": "a100-sxm4-80gb", "cards": 16},
        "training": {"sequence_length": 4096, "framework": "torchtitan"},
        "layout": {"data": 16, "sharding": "full", "sharding_group": 8}})");
    CHECK(run("scaling " + grouped).code == 0);
    // A layout that one card cannot have is of the cards that the command line states.
    CHECK(run("scaling llama-3.1-8b --card h100-sxm5-80gb --cards 8 --tensor 8").code == 0);
    CHECK(says(run("plan " + grouped + " --json"), R"("sharding_group": 8)"));
}

TEST_CASE("estimate: an inference has its own times") {
    const nlohmann::json a = nlohmann::json::parse(
        run("fit llama-3.1-8b --card h100-sxm5-80gb --infer --engine vllm --generate 100 --batch 8 --json").text);
    CHECK(a["time"]["inter_token_seconds"].get<double>() > 0.004);
    CHECK(a["time"]["inter_token_seconds"].get<double>() < 0.02);
    CHECK(a["time"]["prefill_seconds"].get<double>() > 0);
    CHECK(a["memory"]["components"]["kv_cache"].get<double>() > 4e10);
    CHECK(a["verdict"]["grade"] == "fits");
    CHECK_FALSE(a["time"].contains("step_seconds"));
}

TEST_CASE("memory that GPU and host share: no offload, no such remedy, and the part that the host gives") {
    const auto lacks = [](const outcome& o, const char* text) { return o.text.find(text) == std::string::npos; };
    for (const char* card : {"jetson-agx-orin-64gb", "gb10", "ryzen-ai-max-395", "mi300a", "apple-m3-ultra-256gb"}) {
        const std::string on = std::string(" --card ") + card;
        for (const char* what : {"full", "optimizer", "activations"}) {
            const outcome offloaded = run("fit llama-3.1-8b --train --offload " + std::string(what) + on, true);
            CHECK(offloaded.code == 2);
            CHECK(says(offloaded,
                       "training.offload = \"" + std::string(what) + "\": must be none, because GPU and host"));
        }
        CHECK(lacks(run("fit llama-3.1-8b --train" + on), "host memory"));
        const outcome images = run("fit flux.1-dev --infer --offload model" + on, true);
        CHECK(images.code == 2);
        CHECK(says(images, "inference.offload = \"model\": must be none"));
        CHECK(lacks(run("fit llama-3.1-405b --infer --engine llama.cpp --weights q8_0" + on), "in host memory"));
        CHECK(lacks(run("serve llama-3.1-405b --engine llama.cpp --weights q8_0" + on), "in host memory"));
    }
    CHECK(says(run("serve llama-3.1-70b --engine llama.cpp --weights q8_0 --card rtx-4090"), "in host memory"));
    // 69.4 GiB fit neither 62.47 GiB as shipped nor a dozen of such computers, but 96 by setting.
    const std::string strix = "fit llama-3.1-70b --infer --weights fp8 --card ryzen-ai-max-395";
    const outcome shipped = run(strix);
    CHECK(says(shipped, "NO: does not fit, needs 69.40 of 62.47 GiB"));
    CHECK(says(shipped, "hardware.gpu_limit_mib 63969 as shipped (62.47 GiB of 128 GiB"));
    const outcome raised = run(strix + " --gpu-limit-mib 98304");
    CHECK(raised.code == 0);
    CHECK(says(raised, "available         96.00 GiB"));
    const outcome larger = run("fit llama-3.1-70b --infer --engine llama.cpp --weights q8_0 --card ryzen-ai-max-395");
    CHECK(says(larger, "--gpu-limit-mib 78848 (ttm.pages_limit"));
    CHECK(lacks(larger, " cards with --pipeline"));
    CHECK(says(run("serve llama-3.1-70b --weights q8_0 --card ryzen-ai-max-395"),
               "--gpu-limit-mib states a larger part"));
    CHECK(run("serve llama-3.1-70b --weights q8_0 --card ryzen-ai-max-395 --gpu-limit-mib 98304").code == 0);
    CHECK(says(run(strix + " --gpu-limit-mib 130000", true), "accepted: an integer from 1 to 122880"));
    CHECK(says(run("fit llama-3.1-8b --infer --card rtx-4090 --gpu-limit-mib 1000", true), "memory of its own"));
    CHECK(says(run("fit llama-3.1-8b --infer --card gb10 --gpu-limit-mib 1000", true), "hardware.display_bytes"));
    CHECK(says(run("fit llama-3.1-8b --infer --card gb10 -v"), "shared memory 11"));
}

TEST_CASE("searches over all cards leave out those that cannot offload") {
    const std::string job =
        file("offloads.json",
             R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"}, "training": {"offload": "full"}})");
    const outcome ranked = run("rank " + job + " --top 3");
    CHECK(ranked.code == 0);
    CHECK(says(ranked, "B200"));
    // The job does not fit a T4, and the smallest card that holds it has memory of its own.
    const outcome alternatives =
        run("fit llama-3.1-8b --train --precision fp16-mixed --seq 8192 --recompute full --offload full --card t4");
    CHECK(alternatives.code == 1);
    CHECK(says(alternatives, "Alternatives that fit: 1 x "));
}

TEST_CASE("the answer names the link that offloaded tensors cross") {
    const std::string offloaded = "fit llama-3.1-8b --train --offload full --card ";
    CHECK(says(run(offloaded + "gh200-96gb -v"), "link to host memory NVLink-C2C of 450.0 GB/s per direction"));
    CHECK(says(run(offloaded + "h100-sxm5-80gb -v"), "link to host memory PCIe 5 x16 of 63.0 GB/s per direction"));
}

TEST_CASE("a flag of a number refuses NaN, and takes both ends of its range") {
    const std::string fit = "fit gpt2 --card l4 ";
    const std::string serve = "serve llama-3.1-8b --card l4 --ttft 1s ";
    for (const std::string& command :
         {fit + "--samples", fit + "--tokens", fit + "--samples 5 --epochs", serve + "--rate",
          std::string("rank gpt2 --power"), std::string("rank gpt2 --budget")})
        for (const char* text : {"nan", "NaN", "-nan"}) {
            CAPTURE(command);
            const outcome o = run(command + "=" + text, true);
            CHECK(o.code == 2);
            CHECK(says(o, std::string(text) + " is not accepted; accepted: a number from "));
        }
    CHECK(run(fit + "--samples 1").code == 0);
    CHECK(run(fit + "--samples 1e15").code == 0);
    CHECK(run(fit + "--samples 0.5").code == 2);
}

TEST_CASE("detect: with cards, without, without a driver") {
    const std::string fake = "CARDFIT_NVML=" CARDFIT_FAKE_NVML
                             " FAKE_NVML='NVIDIA A100-SXM4-40GB=40960,512;NVIDIA GeForce RTX 4070 Laptop GPU=8188,0' ";
    const outcome text = run("detect", false, fake);
    CHECK(text.code == 0);
    CHECK(says(text, "a100-sxm4-40gb"));
    CHECK(says(text, "39.50 GiB"));
    CHECK(says(text, "is not in the card table"));
    const nlohmann::json found = nlohmann::json::parse(run("detect --json", false, fake).text);
    REQUIRE(found.size() == 2);
    CHECK(found[0]["id"] == "a100-sxm4-40gb");
    CHECK(found[0]["free_bytes"] == std::int64_t{40448} << 20);
    CHECK(found[1]["id"].is_null());
    CHECK(found[1]["could_be"].size() == 3);
    const std::string none = "CARDFIT_NVML=/nowhere/libnvidia-ml.so.1 ";
    CHECK(run("detect", false, none).code == 2);
    CHECK(says(run("detect", true, none), "no NVIDIA driver found"));
    CHECK(nlohmann::json::parse(run("detect --json", false, none).text)["error"]["key"] == "driver");
    CHECK(run("detect --json", false, none).code == 2);
}

TEST_CASE("validate: published training rows of tier A within 10 % at the median") {
    const std::string rows = std::string(CARDFIT_SOURCE) + "/tests/published/memory.jsonl";
    CHECK(run("validate " + rows).code == 0);
    // The test uses the rows of tier A alone, from all sources together.
    std::ifstream all(rows);
    std::string text;
    for (std::string line; std::getline(all, line);) {
        const nlohmann::json row = nlohmann::json::parse(line);
        if (row["tier"] == "A" && row["job"].contains("training") && row["measured"]["quantity"] == "memory_bytes") {
            nlohmann::json one = row;
            one["source"] = "all/tier-a";
            one["measured"]["meter"] = row["measured"]["meter"];
            text += one.dump() + "\n";
        }
    }
    const outcome o = run("validate --rows " + file("tier-a.jsonl", text));
    CHECK(o.code == 0);
    std::vector<double> errors;
    std::istringstream lines(o.text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t measured = line.find(" measured ");
        const std::size_t estimated = line.find(" estimated ");
        if (measured == line.npos || estimated == line.npos) continue;
        errors.push_back(std::abs(std::stod(line.substr(estimated + 11)) / std::stod(line.substr(measured + 10)) - 1));
    }
    REQUIRE(errors.size() >= 40);
    std::sort(errors.begin(), errors.end());
    CHECK(errors[errors.size() / 2] <= 0.10);
    const nlohmann::json verdicts = nlohmann::json::parse(run("validate --json " + rows).text)["verdicts"];
    CHECK(verdicts["false_fits"] == 0);
    CHECK(verdicts["false_refusals"].get<int>() * 100 <= verdicts["ran"].get<int>() * 3);
    CHECK(verdicts["tight"].get<int>() * 4 <= verdicts["ran"].get<int>() + verdicts["out_of_memory"].get<int>());
    CHECK(run("validate " + file("broken.jsonl", "{}\n")).code == 3);
    CHECK(run("validate /nowhere.jsonl").code == 2);
}

TEST_CASE("models of a file of weights: bytes by kind, and the architecture") {
    const std::string folder = std::string(CARDFIT_SOURCE) + "/tests/io/files/";
    const outcome o = run("models --json " + folder + "tiny-llama.gguf " + folder + "qwen3/model.safetensors");
    CHECK(o.code == 0);
    const nlohmann::json files = nlohmann::json::parse(o.text);
    CHECK(files[0]["architecture"] == "llama");
    CHECK(files[0]["bytes"]["head"] == 40 * 34);
    CHECK(files[0]["model"]["kv_heads"] == 2);
    CHECK(files[1]["bytes_by_type"]["bf16"] == files[1]["tensor_bytes"]);
    CHECK(says(run("models " + folder + "tiny-gemma3.gguf"), "sliding_window"));
    const outcome bad = run("models " + folder + "not-there.gguf", true);
    CHECK(bad.code == 2);
    CHECK(says(bad, "model.gguf is"));
}

TEST_CASE("diffusion models: fit, estimate, a line of a stream, what is refused") {
    const outcome o = run("fit sd-xl --card rtx-4090 --infer --image-size 1024 --batch 1");
    CHECK(o.code == 0);
    CHECK(says(o, "1 image of 1024 x 1024 pixels"));
    CHECK(says(o, "at the peak, while the vae works"));
    const nlohmann::json images = nlohmann::json::parse(run("fit sd-xl --card rtx-4090 --infer --json").text);
    CHECK(images["verdict"]["answer"] == "yes");
    const outcome flux = run("fit flux.1-dev --card rtx-4090 --infer");
    CHECK(flux.code == 1);
    CHECK(says(flux, "Alternatives that fit: --vae-slicing"));
    const std::string job =
        R"({"model": "sd-3-medium", "hardware": {"card": "a100-sxm4-80gb"}, "inference": {"weights": "fp16"}})";
    const outcome one = run("estimate --json " + file("sd3.json", job));
    CHECK(one.code == 0);
    const nlohmann::json answer = nlohmann::json::parse(one.text);
    CHECK(answer["memory"]["peak_part"] == "vae");
    CHECK_FALSE(answer["verdict"].contains("max_sequence_length"));
    const outcome stream = run("estimate --jsonl < " + file("sd3.jsonl", job + "\n" + small_job + "\n"));
    CHECK(stream.code == 0);
    // A line of a stream repeats no job, and has no word for its grade.
    nlohmann::json line = answer;
    CHECK(line.erase("job") == 1);
    CHECK(line.erase("version") == 1);
    CHECK(line["verdict"].erase("answer") == 1);
    CHECK(nlohmann::json::parse(stream.text.substr(0, stream.text.find('\n'))) == line);
    CHECK(says(run("models sd-1.5"), "1066235307"));
    CHECK(says(run("models stable-diffusion-v1-5/stable-diffusion-v1-5"), "1066235307"));
    CHECK(says(run("fit black-forest-labs/FLUX.1-dev --card h100-sxm5-80gb --infer"), "16.87 B parameters"));
    CHECK(says(run("fit FLUX.1-schnell --card h100-sxm5-80gb --infer"), "16.86 B parameters"));
    const auto refused = [&](const std::string& arguments, const std::string& text) {
        const outcome bad = run("fit " + arguments, true);
        return bad.code == 2 && says(bad, text);
    };
    CHECK(
        refused("sd-xl --card rtx-4090 --infer --image-size 1001", "inference.image_size = 1001: must be a multiple"));
    CHECK(refused("sd-xl --card rtx-4090 --infer --cards 2", "hardware.cards = 2: must be 1"));
    CHECK(refused("sd-xl --card rtx-4090 --infer --prompt 10", "inference.prompt is not a known key"));
    CHECK(refused("sd-xl --card rtx-4090 --infer --tensor 2", "layout is not a known key"));
    CHECK(refused("sd-xl --card rtx-4090 --infer --weights q4_k_m", "inference.weights"));
    CHECK(refused("sd-xl --card rtx-4090 --image-size 1004", "training.image_size = 1004: must be a multiple"));
    CHECK(refused("gpt2 --card rtx-4090 --conditions cached", "training.conditions"));
    CHECK(says(run("fit flux.1-dev --card rtx-4090 --lora q,v --image-size 512"), "samples/s"));
    CHECK(says(run("fit sd-xl --card rtx-4090 --infer --steps 30"), "images/s: 30 steps of "));
    CHECK(refused("sd-xl --card rtx-4090 --infer --steps 0", "inference.steps"));
    CHECK(refused("gpt2 --card rtx-4090 --infer --vae-tiling", "diffusion models"));
}

TEST_CASE("inference of images") {
    const outcome o = run("fit resnet-50 --card rtx-4090 --infer --batch 32 --image-size 448");
    CHECK(o.code == 0);
    CHECK(says(o, "batch 32 images of 448 pixels a side"));
    CHECK(says(o, "most images at once"));
    CHECK(o.text.find("inference.prompt") == std::string::npos);
    CHECK(run("fit gpt2 --card rtx-4090 --infer --image-size 224").code == 2);
}

TEST_CASE("models with a vision tower: what an image takes, and models without one") {
    // Qwen2.5-VL makes one token of 28 x 28 pixels: 644 pixels are 23 tokens a side.
    const std::string fit = "fit qwen2.5-vl-7b --card h100-sxm5-80gb --infer ";
    CHECK(says(run(fit + "--images 2 --image-size 644"),
               "An image of 644 x 644 pixels takes 529 tokens; 2 per sequence: 1058 tokens"));
    CHECK(says(run(fit), "the job has none (--images)"));
    const nlohmann::json answer = nlohmann::json::parse(run(fit + "--images 1 --image-size 644 --json").text);
    CHECK(answer.dump().find(R"("image":{"per_sequence":1,"pixels":644,"tokens":529})") != std::string::npos);
    CHECK(says(run("models gemma-3-4b-vision"), "4300079472"));
    CHECK(says(run("fit gemma-3-4b-vision --card h100-sxm5-80gb --infer --text-only"),
               "gemma-3-4b-vision, text part only (3.88 B parameters)"));
    CHECK(run("fit gemma-3-4b --card h100-sxm5-80gb --infer --text-only").code == 2);
    const outcome none = run("fit gpt2 --card rtx-4090 --infer --images 1", true);
    CHECK(none.code == 2);
    CHECK(says(none, "inference.images = 1: must be 0 for a model without a vision tower"));
    CHECK(run("fit qwen2.5-vl-3b --card h100-sxm5-80gb --train --images 2 --image-size 644 --seq 1024", true).code ==
          2);
    CHECK(run("fit qwen2.5-vl-3b --card h100-sxm5-80gb --train --images 1 --image-size 644 --seq 1024 --frozen-tower")
              .code != 2);
}

TEST_CASE("names of models, and the Hub that is not asked") {
    CHECK(says(run("fit Qwen/Qwen3-8B-AWQ --card rtx-4090 --infer"), "weights awq-int4, by the name"));
    CHECK(says(run("fit qwen3:8b --card rtx-4090 --infer"), "Model: qwen3:8b is qwen3-8b, by its name"));
    CHECK(says(run("serve qwen3:8b --card rtx-4090", false, "COLUMNS=300 "), "q4_k_m (its file's format)"));
    const std::string unknown = "fit someone/no-such-model --card rtx-4090 --infer";
    CHECK(says(run(unknown + " --offline", true), "the Hub is not asked (--offline is given)"));
    CHECK(says(run(unknown, true, "HF_HUB_OFFLINE=1 "), "the Hub is not asked (HF_HUB_OFFLINE is set)"));
    CHECK(says(run(unknown, true, "CARDFIT_OFFLINE=1 "), "the Hub is not asked (CARDFIT_OFFLINE is set)"));
    const std::string job = R"({"model": "someone/no-such-model", "hardware": {"card": "rtx-4090"}, "inference": {}})";
    const outcome stream = run_command("echo '" + job + "' | " + CARDFIT_TOOL + " estimate --jsonl");
    CHECK(stream.code == 3);
    CHECK(says(stream, "--jsonl asks no Hub without --online"));
}

TEST_CASE("models of a name: what it means, its shape, and what the Hub tells") {
    const nlohmann::json named = nlohmann::json::parse(run("models --json Qwen/Qwen3-8B-AWQ gpt2 qwen3.5-9b").text);
    CHECK(named[0]["is"] == "qwen3-8b");
    CHECK(named[0]["weights"] == "awq-int4");
    CHECK(named[0]["model"]["parameters"] == 8'190'735'360);
    CHECK(named[1]["id"] == "gpt2");
    // Gated attention of 16 heads of 256, 4 of them with keys and values (config.json of Qwen/Qwen3.5-9B).
    CHECK(named[2]["repository"] == "Qwen/Qwen3.5-9B");
    CHECK(named[2]["model"]["kv_heads"] == 4);
    CHECK(named[2]["model"]["ffn"] == 12288);
    CHECK(says(run("models someone/no-such-model --offline", true), "the Hub is not asked (--offline is given)"));
    CHECK(run("models someone/no-such-model --offline").code == 2);
    // A name whose format is open remains a model, and says what is open.
    const outcome open = run("models unsloth/Qwen3-8B-GGUF --offline");
    CHECK(open.code == 0);
    CHECK(says(open, "such as :Q4_K_M"));
    CHECK(says(open, "8190735360"));
}

TEST_CASE("an index alone: its bytes bound what fits, and nothing is said to fit") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(CARDFIT_SCRATCH) / "index_alone";
    fs::create_directories(folder);
    const auto index_of = [&](const std::string& bytes) {
        std::ofstream(folder / "model.safetensors.index.json")
            << R"({"metadata": {"total_size": )" << bytes << R"(}, "weight_map": {"a.weight": "model-1.safetensors"}})";
    };
    // 140 GB on one card of 24 GB, and on eight: they do not fit whatever the layers cache, or may.
    index_of("140000000000");
    const std::string fit = "fit " + folder.string() + " --infer --card rtx-4090";
    CHECK(run(fit).code == 1);
    CHECK(says(run(fit), "the weights alone are over by"));
    const outcome eight = run(fit + " --cards 8");
    CHECK(eight.code == 2);
    CHECK(says(eight, "whether cache and activations fit is not known"));
    const nlohmann::json answer = nlohmann::json::parse(run(fit + " --json").text);
    CHECK(answer["verdict"]["grade"] == "does-not-fit");
    CHECK(answer["weights_bytes"] == 140'000'000'000);
    CHECK(nlohmann::json::parse(run(fit + " --cards 8 --json").text)["verdict"]["grade"] == "unknown");
    // What is wrong with a flag is said first.
    CHECK(says(run(fit + " --prompt 0", true), "inference.prompt"));
    CHECK(run("fit " + folder.string() + " --train --card rtx-4090").code == 2);
    fs::remove_all(folder);
}

TEST_CASE("another JSON file does not stand for the folder that it is in") {
    const std::string folder = std::string(CARDFIT_SOURCE) + "/tests/io/files/qwen3/";
    CHECK(run("fit " + folder + "config.json --infer --card rtx-4090").code == 0);
    CHECK(run("fit " + folder + "no-such.json --infer --card rtx-4090").code == 2);
    const outcome other = run("fit " + folder + "model.safetensors.read.json --infer --card rtx-4090", true);
    CHECK(other.code == 2);
    CHECK(says(other, "model.huggingface"));
    CHECK(run("models " + folder + "no-such.json").code == 2);
}

TEST_CASE("the table of models has the dimensions of encoders, encoder-decoders and varied decoders") {
    const nlohmann::json rows = nlohmann::json::parse(run("models --json bge-m3 t5-base gemma-4-e2b resnet-50").text);
    CHECK(rows[0]["layers"] == 24);
    CHECK(rows[0]["vocab"] == 250'002);
    CHECK(rows[1]["layers"] == 24);  // 12 of the encoder, 12 of the decoder
    CHECK(rows[1]["ffn"] == 3072);
    CHECK(rows[2]["hidden"] == 1536);
    CHECK(rows[2]["kv_heads"] == 1);
    CHECK(rows[3]["layers"] == 18);  // a convolution, 3 + 4 + 6 + 3 bottlenecks, a matrix (arXiv 1512.03385, table 1)
    CHECK_FALSE(rows[3].contains("heads"));
}

TEST_CASE("Ctrl-C says that it stopped and exits with 130, in a stream after the lines that were answered") {
    const std::string folder = std::string(CARDFIT_SCRATCH) + "/interrupted";
    const std::string job = file("interrupted.json", small_job + "\n");
    // The stream is open until the tool has been stopped, which the reader of its first answer does.
    const outcome stream =
        run_command("rm -rf " + folder + " && mkdir " + folder + " && cd " + folder + " && mkfifo open && { cat " +
                    job + "; cat open; } | { sh -c 'echo $$ > pid; exec " + CARDFIT_TOOL +
                    " estimate --jsonl' 2> errors; echo $? > code; } | { read -r answer; kill -INT $(cat pid); "
                    ": > open; echo \"$answer\" | head -c 9; }; cat errors code");
    CHECK(says(stream, "{\"memory\"cardfit: stopped\n130\n"));
    // 1,024 numbers of cards on each card take longer than a second on any machine.
    std::string counts;
    for (int n = 1; n <= 1024; ++n) counts += " --count " + std::to_string(n);
    const outcome search = run_command("timeout --preserve-status -s INT 1 " + std::string(CARDFIT_TOOL) + " rank " +
                                       job + counts + " 2>&1");
    CHECK(search.code == 130);
    CHECK(says(search, "cardfit: stopped"));
}

TEST_CASE("a file of a stream is read line by line, so that its length does not matter") {
    const std::string folder = std::string(CARDFIT_SCRATCH) + "/endless";
    const std::string job = file("endless.json", small_job + "\n");
    // The file does not end before its first line is answered.
    const outcome o = run_command(
        "rm -rf " + folder + " && mkdir " + folder + " && cd " + folder + " && mkfifo open lines && { { cat " + job +
        "; timeout 20 cat open; } > lines & } && timeout 20 " + CARDFIT_TOOL +
        " estimate --jsonl lines | { read -r answer; : > open; echo \"$answer\" | head -c 9; }");
    CHECK(says(o, "{\"memory\""));
}

TEST_CASE("a stream answers every line that it can, and says when it cannot be read to its end") {
    const std::string too_long(std::size_t{2} << 20U, 'x');
    const std::string lines = small_job + "\n" + too_long + "\n" + small_job;
    const outcome o = run("estimate --jsonl < " + file("long-line.jsonl", lines));
    CHECK(o.code == 3);
    CHECK(std::count(o.text.begin(), o.text.end(), '\n') == 3);
    CHECK(says(o, "the line is too long; accepted: at most 1048576 bytes"));
    // Lines end before, at and behind the ends of the pieces in which a stream is read.
    std::string padded;
    for (const std::size_t length : {65'534U, 65'535U, 65'536U, 65'537U, 1U << 20U, (1U << 20U) + 1})
        padded += small_job + std::string(length - small_job.size(), ' ') + "\n";
    std::istringstream answers(run("estimate --jsonl < " + file("padded-lines.jsonl", padded)).text);
    const std::string answer = run("estimate --jsonl < " + file("one-line.jsonl", small_job)).text;
    for (int i = 0; i < 5; ++i) {
        std::string line;
        CHECK(std::getline(answers, line));
        CHECK(line + "\n" == answer);
    }
    std::string last;
    CHECK(std::getline(answers, last));
    CHECK(last.find("the line is too long") != last.npos);
    for (const std::string command : {"estimate --jsonl", "validate -", "estimate -", "calibrate -"}) {
        CAPTURE(command);
        const outcome unreadable = run(command + " < .", true);  // a folder opens, and cannot be read
        CHECK(unreadable.code == 2);
        CHECK(says(unreadable, "the input cannot be read to its end"));
    }
}

TEST_CASE("complaints are not much larger than a report can hold") {
    std::string targets = "1";
    for (int i = 0; i < 20'000; ++i) targets += ",1";
    const std::string job =
        R"({"model": "gpt2", "hardware": {"card": "rtx-4090"}, "training": {"adapter": {"targets": [)" + targets +
        "]}}}";
    const outcome o = run("estimate --json " + file("many-problems.json", job));
    CHECK(o.code == 2);
    CHECK(nlohmann::json::parse(o.text)["problems"].size() == 100);
    CHECK(says(o, "only the first 100 problems are listed"));
    const std::string long_value = R"({"model": ")" + std::string(200'000, 'm') + R"("})";
    CHECK(run("estimate --json " + file("long-value.json", long_value)).text.size() < 20'000);
}

/// Returns the cells of a row of a Markdown table, without the spaces around them.
std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    for (std::size_t at = 1; at < line.size();) {
        const std::size_t end = line.find('|', at);
        if (end == line.npos) break;
        cells.push_back(line.substr(at + 1, end - at - 2));
        at = end + 1;
    }
    return cells;
}

/// Returns what the cell of a figure names of an answer: components of memory in GiB, or the longest context.
double figure_of(const nlohmann::json& answer, std::string names) {
    if (names == "`max_sequence_length`") return answer["verdict"]["max_sequence_length"].get<double>();
    double sum = 0;
    for (const auto& [name, bytes] : answer["memory"]["components"].items())
        if (names.find("`" + name + "`") != names.npos) sum += bytes.get<double>();
    return sum / (std::int64_t{1} << 30);
}

TEST_CASE("the page of a start-up log states what the tool answers, and how far the log is from it") {
    const std::string folder = std::string(CARDFIT_SOURCE) + "/examples/";
    std::ifstream page(folder + "startup-log.md");
    REQUIRE(page);
    const std::string text{std::istreambuf_iterator<char>(page), {}};
    const std::string job = folder + "jobs/qwen2.5-7b-awq-on-rtx-4080.json";
    CHECK(text.find("```text\n" + run("estimate " + job).text + "```") != text.npos);
    const nlohmann::json answer = nlohmann::json::parse(run("estimate --json " + job).text);
    std::istringstream lines(text);
    int compared = 0;
    for (std::string line; std::getline(lines, line);) {
        const std::vector<std::string> cells = line.starts_with("| ") ? cells_of(line) : std::vector<std::string>();
        if (cells.size() != 5 || cells[1] == "logged" || cells[1] == "---") continue;
        const double logged = std::stod(cells[1]);
        const double estimated = figure_of(answer, cells[4]);
        CAPTURE(line);
        CHECK(std::stod(cells[2]) == doctest::Approx(estimated).epsilon(0.01).scale(0.5));
        CHECK(std::stod(cells[3]) == doctest::Approx(100 * (estimated / logged - 1)).epsilon(0.001).scale(600));
        ++compared;
    }
    CHECK(compared == 7);
}

TEST_CASE("rank by rent needs a price") {
    const outcome o = run("rank " + file("unpriced.json", small_job) + " --by rent --card rtx-4090", true);
    CHECK(o.code == 2);
    CHECK(says(o, "no machine has a price; give --price"));
    CHECK(run("rank " + file("priced.json", small_job) + " --by rent --card rtx-4090 --price rtx-4090=0.4").code == 0);
}

}  // namespace tool_tool_test
