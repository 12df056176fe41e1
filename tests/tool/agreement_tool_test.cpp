// SPDX-License-Identifier: MIT

// Tests that the commands say the same of the same job, on questions that a seeded generator draws from models,
// engines, formats, cards, lengths, batches, precisions and layouts.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tool_agreement_tool_test {

namespace {

using json = nlohmann::json;

json json_of(const std::string& arguments) {
    return json::parse(run_command(std::string(CARDFIT_TOOL) + " " + arguments + " 2>/dev/null").text);
}

/// An engine and formats that it loads.
struct served_by {
    std::string engine;
    std::vector<std::string> formats;
};

/// What is asked of every command: a model with flags, on cards.
struct asked {
    std::string model;
    std::string engine;
    std::string format;
    std::string card;
    std::string lengths;
    int cards = 1;
    int batch = 1;

    std::string job() const { return model + " --infer" + settings() + " --batch " + std::to_string(batch) + " "; }
    std::string settings() const { return " --engine " + engine + " --weights " + format + lengths; }
    std::string on_cards() const { return " --card " + card + " --cards " + std::to_string(cards); }
};

/// What is asked of every command about a training: a model with flags, on cards.
struct asked_training {
    std::string model;
    std::string precision;
    std::string card;
    std::string settings;
    int cards = 1;

    std::string question() const {
        return model + " --card " + card + " --cards " + std::to_string(cards) + " --precision " + precision + settings;
    }
};

/// Draws questions. The words of a linear generator are the same on every system, unlike distributions.
class questions {
public:
    explicit questions(std::uint32_t seed) : random_(seed) {}
    asked next() {
        static const std::vector<served_by> engines{
            {"llama.cpp", {"bf16", "q8_0", "q4_k_m"}}, {"vllm", {"bf16", "fp8", "awq-int4"}},
            {"sglang", {"bf16", "awq-int4"}},          {"transformers", {"bf16", "nf4"}},
            {"exllama", {"bf16", "awq-int4"}},         {"tensorrt-llm", {"bf16", "fp8"}},
            {"lmdeploy", {"bf16", "awq-int4"}}};
        static const std::vector<std::string> models{"llama-3.1-8b", "llama-3.1-70b", "qwen3-30b-a3b", "gpt-oss-20b",
                                                     "gemma-2-9b",   "mixtral-8x7b",  "gpt2",          "llama-3.2-1b"};
        static const std::vector<std::string> cards{"rtx-4090", "rtx-3060-12gb", "h100-sxm5-80gb", "a100-sxm4-40gb",
                                                    "l40s",     "rtx-3090",      "v100-sxm2-32gb", "l4"};
        const served_by& by = one_of(engines);
        asked a;
        a.engine = by.engine;
        a.format = one_of(by.formats);
        a.model = one_of(models);
        a.card = one_of(cards);
        a.cards = one_of(std::vector<int>{1, 1, 2, 4, 8});
        a.batch = one_of(std::vector<int>{1, 4, 32});
        a.lengths = " --prompt " + one_of(std::vector<std::string>{"128", "768"}) + " --generate " +
                    one_of(std::vector<std::string>{"1", "128"});
        return a;
    }

    asked_training next_training() {
        static const std::vector<std::string> models{"llama-3.1-8b", "gpt2",      "bert-large", "qwen3-30b-a3b",
                                                     "gemma-2-9b",   "resnet-50", "t5-large",   "llama-3.2-1b",
                                                     "mixtral-8x7b", "vit-b16",   "mamba-2.8b"};
        static const std::vector<std::string> cards{"rtx-4090", "rtx-a6000", "a100-sxm4-80gb", "h100-sxm5-80gb",
                                                    "l40s",     "l4",        "v100-sxm2-32gb"};
        asked_training a;
        a.model = one_of(models);
        a.card = one_of(cards);
        a.cards = one_of(std::vector<int>{1, 1, 2, 4, 8, 16});
        a.precision = one_of(std::vector<std::string>{"bf16-mixed", "fp16-mixed", "fp32", "tf32", "bf16"});
        a.settings = one_of(std::vector<std::string>{"", "", " --micro-batch 1", " --micro-batch 4"}) +
                     one_of(std::vector<std::string>{"", "", " --recompute selective", " --recompute full"}) +
                     one_of(std::vector<std::string>{"", "", " --sharding optimizer", " --sharding full"}) +
                     one_of(std::vector<std::string>{"", "", " --lora-rank 16"});
        return a;
    }

private:
    template <class T>
    T one_of(const std::vector<T>& all) {
        return all[random_() % all.size()];
    }
    std::minstd_rand random_;
};

/// Returns the bytes that a job needs by the verdict on it.
std::int64_t needed(const json& verdict) {
    return verdict["capacity_bytes"].get<std::int64_t>() - verdict["headroom_bytes"].get<std::int64_t>();
}

/// Checks the verdict of `fit` on the job that a command names.
void check_job(const json& job, const char* answer_key, const json& answer) {
    const json fit = json_of("fit --json " + file("agreed.json", job.dump()));
    REQUIRE_MESSAGE(!fit.contains("error"), job.dump());
    CHECK(fit["verdict"]["answer"] == answer[answer_key]);
    if (answer.contains("needed_bytes")) CHECK(needed(fit["verdict"]) == answer["needed_bytes"]);
}

void check_question(const asked& a) {
    const std::string question = a.job() + a.on_cards();
    CAPTURE(question);
    const json fit = json_of("fit --json " + question);
    const json estimate = json_of("estimate --json " + question);
    const std::string served = a.model + a.settings() + a.on_cards() + " --users " + std::to_string(a.batch);
    if (fit.contains("error")) {
        CHECK(estimate.contains("error"));
        for (const std::string& command : {std::string("batch"), "launch --for " + a.engine})
            CHECK(json_of(command + " --json " + question).contains("error"));
        CHECK(json_of("serve --json " + served).contains("error"));
        return;
    }
    const json& verdict = fit["verdict"];
    CHECK(estimate["memory"] == fit["memory"]);
    CHECK(estimate["job"] == fit["job"]);
    CHECK(estimate["verdict"]["grade"] == verdict["grade"]);
    const json batch = json_of("batch --json " + question);
    CHECK(batch["job"] == fit["job"]);
    for (const char* size : {"safe_micro_batch", "max_micro_batch", "safe_sequence_length", "max_sequence_length"})
        CHECK(batch[size] == verdict[size]);
    const json launch = json_of("launch --json --for " + a.engine + " " + question);
    if (!launch.contains("error")) {
        CHECK(launch["verdict"]["grade"] == verdict["grade"]);
        CHECK(launch["job"] == fit["job"]);
        CHECK(launch.contains("refused") == (verdict["answer"] == "no"));
    }
    const std::string machine = std::to_string(a.cards) + "x" + a.card;
    const json compared = json_of("compare --json " + machine + " --job " + a.job())["cards"][0];
    CHECK(compared["grade"] == verdict["grade"]);
    CHECK(compared["headroom_bytes"] == verdict["headroom_bytes"]);
    check_job(compared["job"], "answer", compared);
    const json ranked = json_of("rank --json " + a.job() + " --card " + a.card + " --count " + std::to_string(a.cards));
    // Where the job does not fit, there is the nearest machine alone, without a job to run on it.
    if (verdict["answer"] != "no") REQUIRE_FALSE(ranked.empty());
    for (const json& each : ranked) {
        CHECK(each["answer"] == verdict["answer"]);
        if (each["answer"] != "no") check_job(each["job"], "answer", each);
    }
    const json serve = json_of("serve --json " + served);
    REQUIRE(serve.contains("job"));
    check_job(serve["job"], "fit", serve);
    // What fits the cards is served by them; what does not may be served with layers in host memory.
    if (serve["host_bytes"] == 0) CHECK(serve["fit"] == verdict["answer"]);
    if (verdict["answer"] == "yes") CHECK(serve["host_bytes"] == 0);
}

double step_seconds(const json& answer) { return answer["time"]["step_seconds"].get<double>(); }

/// Checks that the point of `scaling` at the job's own machine is what `fit` says of the job.
void check_scaling(const std::string& question, const json& fit) {
    const json scaling = json_of("scaling --json " + question);
    REQUIRE(scaling.contains("curves"));
    const int cards = fit["job"]["hardware"].value("cards", 1);
    bool found = false;
    for (const json& curve : scaling["curves"])
        for (const json& point : curve["points"]) {
            const bool same = point["cards"] == cards && point["answer"] == fit["verdict"]["answer"];
            found = found || (same && point["step_seconds"].get<double>() == doctest::Approx(step_seconds(fit)));
        }
    CHECK(found);
}

/// Checks that every precision of `savings` is what `fit` says of the job in that precision.
void check_savings(const asked_training& a, const json& fit) {
    for (const json& row : json_of("savings --json " + a.question())) {
        if (!row.contains("job") || !row["supported"].get<bool>()) continue;
        CAPTURE(row["precision"]);
        const json again = json_of("fit --json " + file("agreed.json", row["job"].dump()));
        REQUIRE(again.contains("memory"));
        CHECK(again["memory"]["device_bytes"] == row["device_bytes"]);
        if (row["precision"] == a.precision) CHECK(row["device_bytes"] == fit["memory"]["device_bytes"]);
    }
}

/// Checks that every layout of `plan` fits as plan says and takes the time that plan says.
void check_plan(const std::string& question, const json& fit) {
    const json plan = json_of("plan --json " + question);
    REQUIRE(plan.contains("plans"));
    if (fit["verdict"]["answer"] == "yes") CHECK(plan["answer"] == "yes");
    for (const json& each : plan["plans"]) {
        json job = plan["job"];
        job["layout"] = each["layout"];
        job["training"].update(each["training"]);
        CAPTURE(job.dump());
        const json again = json_of("fit --json " + file("agreed.json", job.dump()));
        REQUIRE(again.contains("verdict"));
        CHECK(again["verdict"]["answer"] != "no");
        CHECK(step_seconds(again) == doctest::Approx(each["step_seconds"].get<double>()));
    }
}

void check_training(const asked_training& a) {
    const std::string question = a.question();
    CAPTURE(question);
    const json fit = json_of("fit --json " + question);
    const json estimate = json_of("estimate --json " + question);
    if (fit.contains("error")) {
        for (const char* command : {"estimate", "batch", "savings", "scaling", "plan"})
            CHECK(json_of(std::string(command) + " --json " + question).contains("error"));
        return;
    }
    CHECK(estimate["memory"] == fit["memory"]);
    CHECK(estimate["job"] == fit["job"]);
    const json batch = json_of("batch --json " + question);
    for (const char* size : {"safe_micro_batch", "max_micro_batch"}) CHECK(batch[size] == fit["verdict"][size]);
    check_savings(a, fit);
    if (!fit.contains("time")) return;
    check_scaling(question, fit);
    check_plan(question, fit);
}

}  // namespace

TEST_CASE("the commands say the same of generated trainings") {
    constexpr std::uint32_t seed = 20261127;
    CAPTURE(seed);
    questions all(seed);
    for (int k = 0; k < 40; ++k) check_training(all.next_training());
}

TEST_CASE("the commands say the same of generated inferences") {
    constexpr std::uint32_t seed = 20261127;
    CAPTURE(seed);
    questions all(seed);
    for (int k = 0; k < 40; ++k) check_question(all.next());
}

}  // namespace tool_agreement_tool_test
