// SPDX-License-Identifier: MIT

// Tests of savings of an inference: the formats of its weights and of its KV cache against 16 bits.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <string>

namespace tool_savings_formats_tool_test {

namespace {

outcome run(const std::string& arguments, bool with_errors = false) {
    return run_command(std::string(CARDFIT_TOOL) + " " + arguments + (with_errors ? " 2>&1" : " 2>/dev/null"));
}
nlohmann::json json_of(const std::string& arguments) { return nlohmann::json::parse(run(arguments).text); }

const std::string served =
    " llama-3.1-8b --infer --card h100-sxm5-80gb --engine vllm --prompt 1792 --generate 256 --batch 8";

/// Returns the row with these formats, or null.
nlohmann::json row_of(const nlohmann::json& rows, const std::string& weights, const std::string& cache) {
    for (const nlohmann::json& row : rows)
        if (row["weights"] == weights && row["kv_cache"] == cache) return row;
    return nullptr;
}

}  // namespace

TEST_CASE("savings of an inference: each format of weights and cache against 16 bits") {
    const nlohmann::json rows = json_of("savings --json" + served);
    const nlohmann::json whole = row_of(rows, "bf16", "bf16");
    CHECK(whole["baseline"] == true);
    CHECK(whole["saved_bytes"] == 0);
    CHECK(whole["speed_up"] == 1);
    // A token of 32 layers with 8 heads of 128 takes 131,072 bytes in bf16: 2,048 of each of 8 users take 2 GiB.
    CHECK(whole["components"]["kv_cache"] == std::int64_t{2} << 30);
    CHECK(row_of(rows, "bf16", "fp8")["saved_bytes"] == std::int64_t{1} << 30);
    CHECK(row_of(rows, "bf16", "fp8")["speed_up"] > 1);
    // Embedding and head, 2 x 128,256 x 4,096, stay in 16 bits: fp8 saves a byte of each of the 6.98 B others.
    const double saved = row_of(rows, "fp8", "fp16")["saved_bytes"];
    CHECK(saved == doctest::Approx(8.03e9 - 2 * 128256 * 4096.0).epsilon(0.01));
    CHECK(row_of(rows, "fp8", "fp16")["speed_up"] > 1.2);
    CHECK(row_of(rows, "fp8", "fp16")["speed_up"] < 2);
}

TEST_CASE("every entry of savings names the job that has its memory and its time") {
    for (const std::string& job :
         {served, std::string(" llama-3.1-8b --infer --card rtx-4090 --engine llama.cpp --weights q4_k_m"),
          std::string(" gpt-oss-20b --infer --card rtx-4090 --engine vllm"),
          std::string(" llama-3.1-8b --infer --card v100-sxm2-32gb --engine vllm --weights fp16"),
          std::string(" llama-3.1-70b --infer --card a100-sxm4-80gb --cards 4 --engine vllm"),
          std::string(" bert-large --infer --card rtx-4090 --prompt 384")}) {
        CAPTURE(job);
        const nlohmann::json rows = json_of("savings --json" + job);
        CHECK(rows.size() > 1);
        for (const nlohmann::json& row : rows) {
            CAPTURE(row["weights"]);
            CAPTURE(row["kv_cache"]);
            const nlohmann::json fit = json_of("fit --json " + file("row.json", row["job"].dump()));
            // What the job needs, which is less than what vLLM reserves.
            const nlohmann::json& verdict = fit["verdict"];
            CHECK(verdict["capacity_bytes"].get<std::int64_t>() - verdict["headroom_bytes"].get<std::int64_t>() ==
                  row["device_bytes"]);
            CHECK(fit["time"]["prefill_seconds"] == row["prefill_seconds"]);
            CHECK(fit["verdict"]["answer"] == row["answer"]);
        }
    }
}

TEST_CASE("the answer of savings is the fastest format that keeps most quality, and narrower ones follow") {
    // H100 has fp8, which is published as lossless.
    CHECK(says(run("savings" + served), "YES: fp8 runs at "));
    CHECK(says(run("savings" + served), "quality: lossless"));
    // 141 GB of bf16 fit no card of 24 GB.
    const std::string large = "savings llama-3.1-70b --infer --card rtx-4090 --engine llama.cpp";
    CHECK(says(run(large), "YES: iq2_xs runs at "));
    CHECK(run("savings llama-3.1-70b --infer --card rtx-3060-12gb --engine vllm -q").text == "NO\n");
    CHECK(run("savings llama-3.1-70b --infer --card rtx-3060-12gb --engine vllm").code == 1);
    CHECK(run("savings" + served + " -q --require fits").code == 0);
    CHECK(run("savings" + served + " --csv").text.starts_with("weights,KV cache,answer,GiB,saved,quality,cache GiB,"));
    CHECK(run("savings" + served + " --markdown").text.starts_with("| weights | KV cache | answer |"));
    // The format in which a quantized checkpoint is published is kept.
    CHECK(says(run("savings gpt-oss-20b --infer --card h100-sxm5-80gb --engine vllm"), "YES: mxfp4"));
    const std::string prices = file("format-prices.csv",
                                    "machine,usd_per_hour,date,source\n"
                                    "h100-sxm5-80gb,3.6,2026-11-01,a list\n");
    const nlohmann::json priced = json_of("savings --json" + served + " --prices " + prices)[0];
    CHECK(priced["price"]["rent_dollars"].get<double>() ==
          doctest::Approx(1000 / priced["tokens_per_second"].get<double>()));
    CHECK(says(run("savings" + served + " --prices " + prices), "$3.60 per hour on 2026-11-01 (a list)"));
    // No document states the rates of this card.
    CHECK(says(run("savings llama-3.1-8b --infer --card rtx-5090-d", true), "cardfit fit answers for the memory"));
}

}  // namespace tool_savings_formats_tool_test
