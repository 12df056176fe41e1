// SPDX-License-Identifier: MIT

// Tests of scaling of an inference, of the tables of all commands as CSV and Markdown, and of answers in one word.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace tool_tables_tool_test {

namespace {

outcome run(const std::string& arguments, bool with_errors = false) {
    return run_command(std::string(CARDFIT_TOOL) + " " + arguments + (with_errors ? " 2>&1" : " 2>/dev/null"));
}
nlohmann::json json_of(const std::string& arguments) { return nlohmann::json::parse(run(arguments).text); }

/// Returns the characters of the widest line.
std::size_t width_of(const std::string& text) {
    std::size_t widest = 0;
    std::size_t width = 0;
    for (const char c : text) {
        const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        width = c == '\n' ? 0 : width + (continues ? 0 : 1);
        widest = (std::max)(widest, width);
    }
    return widest;
}

}  // namespace

TEST_CASE("scaling of an inference: times and throughput over 1, 2, 4 … cards") {
    const std::string served = "llama-3.1-70b --infer --engine vllm --prompt 1024 --generate 256 --batch 8";
    const nlohmann::json curves = json_of("scaling --json --card a100-sxm4-80gb " + served);
    REQUIRE(curves["curves"].size() == 2);
    const nlohmann::json& points = curves["curves"][0]["points"];
    REQUIRE(points.size() == 4);
    // 141 GB of bf16 fit four cards of 80 GB, and not two with room for anything else.
    CHECK(points[0]["answer"] == "no");
    CHECK(points[2]["cards"] == 4);
    CHECK(points[2]["answer"] == "yes");
    CHECK(points[2]["speed_up"] == 1);
    CHECK(points[3]["speed_up"].get<double>() > 1);
    CHECK(points[3]["speed_up"].get<double>() < 2);
    CHECK(points[3]["efficiency"].get<double>() == doctest::Approx(points[3]["speed_up"].get<double>() / 2));
    // A point is the job of `fit` in the same layout.
    const nlohmann::json fit = json_of("fit --json --card a100-sxm4-80gb --tensor 4 --link nvswitch " + served);
    CHECK(points[2]["inter_token_seconds"] == fit["time"]["inter_token_seconds"]);
    CHECK(points[2]["answer"] == fit["verdict"]["answer"]);
    const std::string text = "scaling --card a100-sxm4-80gb " + served;
    CHECK(says(run(text), "YES: 8 cards are "));
    CHECK(width_of(run(text).text) <= 80);
    CHECK(run(text + " -q").text == "YES\n");
    CHECK(run(text + " --csv").text.starts_with("link,cards,layout,answer,TTFT,TPOT,tokens/s,speed-up,efficiency\n"));
    CHECK(run(text + " --markdown").text.starts_with("| link | cards |"));
    CHECK(run("scaling -q --card rtx-4090 --cards 2 --require likely " + served).code == 1);
    CHECK(says(run(text + " --vega", true), "--csv or --json for an inference"));
    // The one card of a job is as many as the machine has; a job file states its own.
    CHECK(json_of("scaling --json --card rtx-4090 --cards 2 gpt2 --infer")["curves"][0]["points"].size() == 2);
}

TEST_CASE("every table is 80 columns wide, and CSV and Markdown have all of its columns") {
    struct asked {
        const char* command;
        const char* first;  ///< columns
    };
    for (const asked& each :
         {asked{"cards", "id,GB,usable GiB,GB/s,bf16 TF,fp16 TF,NVLink GB/s,W,cc,estimated\n"},
          asked{"machines", "machine,seller,cards,link,Gbit/s per card,host memory,CPUs,local disk\n"},
          asked{"models", "id,parameters,active,layers,hidden,heads,kv,ffn,vocab,pixels\n"},
          asked{"estimate gpt2 --card rtx-4090", "card,answer,needs GiB,usable,90 % range,step,"}}) {
        CAPTURE(each.command);
        const std::string command = each.command;
        CHECK(width_of(run(command).text) <= 80);
        CHECK(run(command + " --csv").text.starts_with(each.first));
        CHECK(run(command + " --markdown").text.starts_with("| "));
        CHECK(run(command + " --csv --markdown").code == 2);
    }
    CHECK(run("cards rtx-4090 --csv").text.find("\nrtx-4090,24,") != std::string::npos);
    CHECK(says(run("models meta-llama/Llama-3.1-8B --csv", true), "ids of the zoo, or --json"));
    const std::string rows = std::string(CARDFIT_SOURCE) + "/tests/published/memory_field.jsonl";
    CHECK(run("validate " + rows + " --csv").text.starts_with("quantity,source,n,median,90 %,signed,worst rows\n"));
}

TEST_CASE("the job may stand anywhere among the flags") {
    const std::string answer = run("fit gpt2 --card rtx-4090 --seq 512").text;
    CHECK(run("fit --card rtx-4090 gpt2 --seq 512").text == answer);
    CHECK(run("fit --seq 512 --card rtx-4090 gpt2").text == answer);
    CHECK(run("fit --lora all gpt2 --card rtx-4090").text == run("fit gpt2 --card rtx-4090 --lora all").text);
    for (const std::string command : {"batch", "savings", "scaling", "plan", "serve"}) {
        CAPTURE(command);
        CHECK(run(command + " --card rtx-4090 gpt2 -q").text == run(command + " gpt2 --card rtx-4090 -q").text);
    }
    CHECK(run("rank --count 2 --card rtx-4090 gpt2 --csv").text ==
          run("rank gpt2 --card rtx-4090 --count 2 --csv").text);
    CHECK(json_of("fit --card rtx-4090 gpt2 --json --card rtx-3090").size() == 2);
}

TEST_CASE("what is none is not called 0, and what ends early says why") {
    const std::string tight = "fit llama-3.1-8b --card rtx-4090 --lora all --base-weights nf4";
    CHECK(says(run(tight), "largest micro-batch none, longest sequence "));
    CHECK(json_of(tight + " --json")["remedies"][0]["does"] == "exact");
    CHECK(says(run("fit llama-3.1-70b --card rtx-4090 --infer --weights q4_k_m --engine llama.cpp"),
               "No set of up to 5 changes makes it fit with weights of usable quality."));
    const std::string curves = "scaling llama-3.1-8b --card a100-sxm4-80gb --lora all ";
    CHECK(says(run(curves), "A global batch of 1 sample has work for no more than 1 card"));
    CHECK(run(curves + "--accumulation 8").text.find("has work for no more") == std::string::npos);
    CHECK(json_of("fit gpt2 --card rtx-4090,rtx-3090 --json").size() == 2);
}

TEST_CASE("a name that is not known leads to diffusion models too, and one sequence is one") {
    CHECK(says(run("fit flux --infer --card rtx-4090", true), "flux.1-dev"));
    CHECK(says(run("fit sdxl --infer --card rtx-4090", true), "sd-xl"));
    CHECK(says(run("fit llama-3.1-70b --card a100-sxm4-80gb --cards 8 --infer --engine vllm"),
               "TP4 DP2, 1 sequence per replica"));
}

TEST_CASE("estimate and check answer in one word, and their JSON has the verdict in words") {
    CHECK(run("estimate -q gpt2 --card rtx-4090").text == "YES\n");
    CHECK(run("estimate -q llama-3.1-8b --card rtx-4090").text == "NO\n");
    CHECK(run("estimate -q llama-3.1-8b --card rtx-4090").code == 1);
    CHECK(json_of("estimate --json gpt2 --card rtx-4090")["verdict"]["answer"] == "yes");
    const std::string command = " --card rtx-4090 vllm serve meta-llama/Llama-3.1-8B";
    CHECK(run("check -q" + command).text == "NO\n");
    const nlohmann::json checked = json_of("check --json" + command);
    CHECK(checked["verdict"]["answer"] == "no");
    CHECK(checked["job"]["model"] == "llama-3.1-8b");
    CHECK(checked.contains("assumed"));
    CHECK(checked["version"].get<std::string>().starts_with("cardfit "));
}

}  // namespace tool_tables_tool_test
