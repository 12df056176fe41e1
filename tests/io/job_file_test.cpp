// SPDX-License-Identifier: MIT

// Tests the job file: what is read, what is refused and with which message, and the published rows from end to end.

#include <cardfit/io/answer.hpp>
#include <cardfit/io/text.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <clocale>
#include <cmath>
#include <fstream>
#include <limits>
#include <locale>
#include <random>
#include <string_view>

namespace io_job_file_test {

using namespace cardfit;

namespace {

const std::string main_job =
    R"({"model": {"transformer": {"layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 8, "ffn": 14336, "vocab": 128256}},
 "hardware": {"card": "h100-sxm5-80gb", "cards": 8},
 "training": {"precision": "bf16-mixed", "optimizer": "adamw", "micro_batch": 2, "sequence_length": 8192, "recompute": "selective", "framework": "torchtitan"},
 "layout": {"data": 8, "sharding": "full"}})";

/// Returns the main job with the value at a JSON pointer replaced or added.
std::string with(const std::string& pointer, const nlohmann::json& value) {
    nlohmann::json job = nlohmann::json::parse(main_job);
    job[nlohmann::json::json_pointer(pointer)] = value;
    return job.dump();
}

/// Returns the problems of a text; there are none if it is read.
std::vector<io::input_problem> problems_of(const std::string& text) {
    try {
        static_cast<void>(io::read_job_text(text));
    } catch (const io::input_error& e) {
        return e.problems();
    }
    return {};
}

bool refused(const std::string& text, const std::string& key, const std::string& accepted) {
    for (const io::input_problem& p : problems_of(text))
        if (p.key == key && p.accepted.find(accepted) != p.accepted.npos && p.message.find(key) != p.message.npos)
            return true;
    for (const io::input_problem& p : problems_of(text)) MESSAGE(p.key << " | " << p.accepted << " | " << p.message);
    return false;
}

}  // namespace

TEST_CASE("a job is read under the names of the aggregates") {
    const io::job_file job = io::read_job_text(main_job);
    CHECK(std::get<transformer>(job.model) == models::llama_3_1_8b);
    CHECK(job.hardware.card.id == "h100-sxm5-80gb");
    CHECK(job.hardware.cards == 8);
    CHECK(*job.training == training{.micro_batch = 2,
                                    .sequence_length = 8192,
                                    .recompute = recompute::selective,
                                    .framework = framework::torchtitan});
    CHECK(job.layout == layout{.data = 8, .sharding = sharding::full});
}

TEST_CASE("defaults are those of the aggregates, and are noted") {
    const io::job_file job =
        io::read_job_text(R"({"model": "llama-3.2-1b", "hardware": {"card": "rtx-4090"}, "training": {}})");
    CHECK(*job.training == training{});
    CHECK(job.layout == layout{});
    const auto noted = [&](const std::string& key, const std::string& value) {
        return std::any_of(job.assumed.begin(), job.assumed.end(),
                           [&](const io::assumption& a) { return a.key == key && a.value == value; });
    };
    CHECK(noted("training.precision", "bf16-mixed"));
    CHECK(noted("training.sequence_length", "2048"));
    CHECK(noted("hardware.cards", "1"));
    CHECK(noted("training.software_date", "2026-11"));
}

TEST_CASE("an engine's version is a text with or without the engine's name") {
    using nlohmann::json;
    const auto job_with = [](const json& version) {
        return json{{"model", "llama-3.2-1b"},
                    {"hardware", {{"card", "rtx-4090"}}},
                    {"inference", {{"framework", "vllm"}, {"engine_version", version}}}};
    };
    const auto version = [&](const char* text) {
        return io::read_job(job_with(text)).inference->engine_version.number;
    };
    CHECK(version("0.10.2") == version_of(0, 10, 2).number);
    CHECK(version("vllm 0.11") == version_of(0, 11).number);
    CHECK(version("v0.6.4.post1") == version_of(0, 6, 4).number);
    CHECK(version("0.7.0rc1") == version_of(0, 7).number);
    for (const json& bad : {json("newest"), json(""), json("sglang 0.5.2"), json("0.1000"), json(0.11), json("vllm ")})
        CHECK_THROWS_AS(static_cast<void>(io::read_job(job_with(bad))), io::input_error);
}

TEST_CASE("what the framework decides is stated as it resolves it") {
    const auto assumed = [](const std::string& text, const std::string& key) {
        const io::job_file job = io::read_job_text(text);
        for (const io::assumption& each : job.assumed)
            if (each.key == key) return each.value;
        return std::string();
    };
    CHECK(assumed(main_job, "training.optimizer_state") == "fp32");
    CHECK(assumed(with("/training/precision", "bf16"), "training.optimizer_state") == "bf16 (as the parameters)");
    CHECK(assumed(with("/training/optimizer_state", "bf16"), "training.optimizer_state").empty());
    // GPT-2 has 1,024 positions (its config.json: n_positions); a model without learned positions has the usual length.
    const std::string gpt2 = R"({"model": "gpt2", "hardware": {"card": "rtx-4090"}, "training": {}})";
    CHECK(assumed(gpt2, "training.sequence_length") == "1024");
    CHECK(io::read_job_text(gpt2).training->sequence_length == 1024);
}

TEST_CASE("the kernel of attention is stated where the model or the card decides it") {
    const auto attention_of = [](const std::string& card, const std::string& keys) {
        const io::job_file job = io::read_job_text(R"({"model": "gemma-2-9b", "hardware": {"card": ")" + card +
                                                   R"("}, "training": {)" + keys + "}}");
        std::string text(keys::name_of(io::attention_names, job.training->attention));
        for (const io::assumption& each : job.assumed)
            if (each.key == "training.attention") text += ": " + each.value;
        return text;
    };
    const std::string trainer = R"("framework": "transformers", "precision": "fp16-mixed")";
    // huggingface/transformers#32865 made eager attention Gemma 2's default; #31887 takes FlashAttention 2.6.
    CHECK(attention_of("h100-sxm5-80gb", trainer).starts_with("eager: eager (the default of transformers"));
    CHECK(attention_of("h100-sxm5-80gb", trainer + R"(, "attention": "flash")") == "flash");
    CHECK(attention_of("h100-sxm5-80gb", trainer + R"(, "software_date": "2024-06")")
              .find("soft-capped scores before 2024-07") != std::string::npos);
    // Until transformers handed grouped keys and values to PyTorch as they are (#39412), a kernel of PyTorch ran on a
    // T4.
    CHECK(attention_of("t4", trainer + R"(, "attention": "flash", "software_date": "2025-06")")
              .find("memory-efficient kernel") != std::string::npos);
    CHECK(attention_of("t4", trainer + R"(, "attention": "flash")").find("grouped keys and values") !=
          std::string::npos);
}

TEST_CASE("a typical length sets the time, and the longest sets the memory") {
    const auto answered = [](const std::string& text) {
        return nlohmann::json(io::answer_json(io::answer(io::read_job_text(text))));
    };
    const nlohmann::json longest = answered(main_job);
    const nlohmann::json typical = answered(with("/training/typical_length", 1024));
    const nlohmann::json shorter = answered(with("/training/sequence_length", 1024));
    CHECK(typical["memory"] == longest["memory"]);
    CHECK(typical["time"]["step_seconds"] == shorter["time"]["step_seconds"]);
    CHECK(typical["time"]["typical_length"] == 1024);
    CHECK(refused(with("/training/typical_length", 8193), "training.typical_length", "0 to 8192"));
    // The longer of two sequences with exponential lengths is 1 + 1/2 means long; the cap bounds it.
    const auto padded = [&](int mean) {
        nlohmann::json job = nlohmann::json::parse(with("/training/typical_length", mean));
        job["training"]["padding"] = "longest";
        return answered(job.dump());
    };
    CHECK(padded(1024)["time"]["padded_length"] == 1536);
    CHECK(padded(1024)["memory"] == longest["memory"]);
    CHECK(padded(1024)["time"]["step_seconds"] ==
          answered(with("/training/sequence_length", 1536))["time"]["step_seconds"]);
    CHECK(padded(8000)["time"]["step_seconds"] == longest["time"]["step_seconds"]);
    const double samples = padded(1024)["time"]["samples_per_second"].get<double>();
    CHECK(padded(1024)["time"]["tokens_per_second"].get<double>() == doctest::Approx(samples * 1024));
    CHECK(refused(with("/training/padding", "longest"), "training.padding", "needs training.typical_length"));
}

TEST_CASE("a bad value is refused with key and what is accepted") {
    CHECK(refused(with("/training/micro_batch", -3), "training.micro_batch", "1 to 1000000"));
    CHECK(refused(with("/training/micro_batch", 0), "training.micro_batch", "1 to 1000000"));
    CHECK(refused(with("/training/micro_batch", 1.5), "training.micro_batch", "an integer"));
    CHECK(refused(with("/training/micro_batch", "2"), "training.micro_batch", "an integer"));
    CHECK(refused(with("/training/micro_batch", 18446744073709551615ULL), "training.micro_batch", "1 to 1000000"));
    CHECK(refused(with("/training/micro_batch", nullptr), "training.micro_batch", "an integer"));
    CHECK(refused(with("/training/precision", "bf17"), "training.precision", "bf16-mixed"));
    CHECK(refused(with("/training/precision", 16), "training.precision", "fp8-mixed"));
    CHECK(refused(with("/training/optimiser", "adam"), "training.optimiser", "optimizer"));
    CHECK(refused(with("/training/software_date", "yesterday"), "training.software_date", "2000-01"));
    CHECK(refused(with("/training/software_date", "2024-13"), "training.software_date", "2100-12"));
    CHECK(refused(with("/training/dropout", 1), "training.dropout", "true, false"));
    CHECK(refused(with("/training/adapter", {{"method", "lora"}, {"rank", 8}, {"targets", {"q", "x"}}}),
                  "training.adapter.targets", "gate"));
    CHECK(refused(with("/training/adapter", {{"rank", 8}}), "training.adapter.targets", "at least one"));
    CHECK(refused(with("/training/base_weights", "nf4"), "training.base_weights", "adapter"));
    CHECK(refused(
        R"({"model": "gpt2", "hardware": {"card": "rtx-4090"}, "training": {"sequence_length": 1024, "optimizer_in_backward": true, "gradient_accumulation": 2}})",
        "training.gradient_accumulation", "must be 1 with training.optimizer_in_backward"));
    CHECK(refused(with("/training", 3), "training", "an object"));
    CHECK(refused(with("/hardware/card", "rtx-4900"), "hardware.card", "rtx-4090"));
    CHECK(refused(with("/hardware/card", 4090), "hardware.card", "a card's id"));
    CHECK(refused(with("/hardware/cards", 0), "hardware.cards", "1 to 1000000"));
    CHECK(refused(with("/hardware/link", "nvlonk"), "hardware.link", "nvswitch"));
    CHECK(refused(
        R"({"model": "gpt2", "hardware": {"card": "rtx-4090", "cards": 2, "link": "nvlink"}, "training": {"sequence_length": 1024}})",
        "hardware.link", "pcie, pcie-host"));
    CHECK(refused(with("/layout/data", 3), "layout.data", "hardware.cards"));
    CHECK(refused(with("/layout/sharding", "zero-4"), "layout.sharding", "full"));
    CHECK(refused(with("/model", "llama-3.1-9b"), "model", "llama-3.1-8b"));
    CHECK(refused(with("/model", "resnet-51"), "model", "resnet-50"));
    CHECK(refused(with("/model", nlohmann::json::object()), "model", "transformer"));
    CHECK(refused(with("/model/transformer/layers", 0), "model.transformer.layers", "1 to 10000"));
    CHECK(refused(with("/model/transformer/kv_heads", 5), "model.transformer.kv_heads", "divisor"));
    CHECK(
        refused(with("/model/transformer/experts", {{"count", 8}}), "model.transformer.experts.active", "an integer"));
    CHECK(refused(with("/model", {{"huggingface", "/nowhere/config.json"}}), "model.huggingface", "a file"));
    CHECK(refused(with("/extra", 1), "extra", "model"));
    CHECK(refused(with("/inference", nlohmann::json::object()), "inference", "not both"));
    CHECK(refused(
        R"({"model": "gpt2", "hardware": {"card": "rtx-3090", "ecc": true}, "training": {"sequence_length": 1024}})",
        "hardware.ecc", "no ECC"));
    CHECK(refused(R"({"hardware": {"card": "rtx-4090", "cards": 1, "cards": 2}})", "hardware.cards", "each key once"));
    CHECK(refused(with("/training/image_size", 224), "training.image_size", "0"));
}

TEST_CASE("all problems are reported, not the first alone") {
    nlohmann::json job = nlohmann::json::parse(main_job);
    job["training"]["micro_batch"] = -1;
    job["training"]["precision"] = "none";
    job["hardware"]["card"] = "gtx-9999";
    CHECK(problems_of(job.dump()).size() == 3);
}

TEST_CASE("aliases of a word are read, and the answer prints the name") {
    CHECK(io::read_job_text(with("/layout/sharding", "zero-3")).layout.sharding == sharding::full);
    CHECK(io::read_job_text(with("/layout/sharding", "fsdp")).layout.sharding == sharding::full);
    CHECK(io::read_job_text(with("/training/framework", "megatron-lm")).training->framework == framework::megatron);
    CHECK(io::name_of(io::framework_names, framework::megatron) == "megatron");
    // The message lists what is accepted by name, without aliases.
    for (const io::input_problem& p : problems_of(with("/layout/sharding", "zero-4")))
        CHECK(p.accepted == "none, optimizer, gradients, full");
}

TEST_CASE("a rule that is broken names the number that it compares with") {
    const auto message = [](const std::string& text) {
        const std::vector<io::input_problem> found = problems_of(text);
        return found.empty() ? std::string() : found[0].message;
    };
    const auto laid_out = [](const nlohmann::json& layout) {
        nlohmann::json job = nlohmann::json::parse(main_job);
        job["layout"] = layout;
        return job.dump();
    };
    CHECK(message(laid_out({{"tensor", 3}})) ==
          "layout.tensor = 3: tensor x pipeline x context must divide hardware.cards (8)");
    CHECK(message(laid_out({{"data", 3}})) ==
          "layout.data = 3: data x tensor x pipeline x context must equal hardware.cards (8)");
    CHECK(message(laid_out({{"expert", 2}})) == "layout.expert = 2: must be 1, because the model has no experts");
    CHECK(message(with("/training/base_weights", "nf4")) ==
          "training.base_weights = \"nf4\": needs training.adapter or training.trained_layers: without them "
          "nothing is frozen");
}

TEST_CASE("text that is no job") {
    CHECK(refused("", "job", "valid JSON"));
    CHECK(refused("{\"model\": ", "job", "valid JSON"));
    CHECK(refused("[1, 2]", "job", "an object"));
    CHECK(refused("null", "job", "an object"));
    CHECK(refused("\xff\xfe", "job", "valid JSON"));
    CHECK(refused(R"({"model": "gpt2", "model": "gpt2"})", "model", "each key once"));
    CHECK(refused(R"({"model": {"transformer": {"layers": 1e999}}})", "job", "valid JSON"));
    CHECK(problems_of("{\n\n\"model\" 3}")[0].line == 3);
    std::string deep(200'000, '[');
    CHECK_FALSE(problems_of(deep).empty());
    CHECK_FALSE(problems_of(deep + std::string(200'000, ']')).empty());
    CHECK_FALSE(problems_of(R"({"hardware": {"card": "rtx-4090"}, "training": {}, "model": {"huggingface": {"x": )" +
                            deep + std::string(200'000, ']') + "}}}")
                    .empty());
    CHECK_FALSE(problems_of(R"({"model": )" + deep + std::string(200'000, ']') + "}").empty());
}

TEST_CASE("a job past 64 bits is a problem of its input, not a crash") {
    const auto answered = [](const std::string& text) {
        try {
            static_cast<void>(io::answer(io::read_job_text(text)));
        } catch (const io::input_error&) {
            return false;
        }
        return true;
    };
    CHECK_FALSE(answered(
        R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"}, "training": {"micro_batch": 1000000, "sequence_length": 100000000}})"));
    CHECK_FALSE(answered(
        R"({"model": {"transformer": {"layers": 10000, "hidden": 100000, "heads": 100, "ffn": 1000000, "vocab": 256000}},
                            "hardware": {"card": "rtx-4090", "cards": 1000000}, "training": {}})"));
}

TEST_CASE("every published row is answered, and its components add up") {
    std::ifstream rows(std::string(CARDFIT_TEST_DATA) + "/published/memory.jsonl");
    REQUIRE(rows);
    int answered = 0;
    for (std::string line; std::getline(rows, line); ++answered) {
        CAPTURE(line);
        const nlohmann::ordered_json answer = io::answer_json(io::answer(io::read_job_text(line)));
        std::int64_t sum = 0;
        for (const auto& [name, value] : answer["memory"]["components"].items()) sum += value.get<std::int64_t>();
        REQUIRE(answer["memory"]["components"].size() == 14);
        REQUIRE(sum == answer["memory"]["device_bytes"].get<std::int64_t>());
        REQUIRE(answer["memory"]["device_bytes_low"].get<std::int64_t>() <= sum);
        REQUIRE(answer["memory"]["device_bytes_high"].get<std::int64_t>() >= sum);
    }
    CHECK(answered == 633);
}

TEST_CASE("networks other than transformers, and what cannot be asked of them") {
    const auto job = [](const std::string& model, const std::string& training, const std::string& layout) {
        return R"({"model": ")" + model + R"(", "hardware": {"card": "a100-sxm4-80gb", "cards": 2}, "training": )" +
               training + R"(, "layout": )" + layout + "}";
    };
    for (const std::string_view id : io::model_ids())
        CHECK(io::answer(io::read_job_text(job(std::string(id), R"({"sequence_length": 64})", "{}")))
                  .report.memory.device() > bytes{});
    for (const char* id : {"resnet-50", "mask-rcnn-r50-fpn", "gnmt"}) {
        CHECK(refused(job(id, "{}", R"({"tensor": 2})"), "layout.tensor", "data-parallel only"));
        CHECK(refused(job(id, "{}", R"({"pipeline": 2})"), "layout.pipeline", "data-parallel only"));
        CHECK(refused(job(id, "{}", R"({"context": 2})"), "layout.context", "data-parallel only"));
    }
    CHECK(refused(job("resnet-50", R"({"image_size": 0})", "{}"), "training.image_size", "an integer from 1"));
    CHECK(refused(job("resnet-50", R"({"image_size": -224})", "{}"), "training.image_size", "an integer from 1"));
    CHECK(refused(job("resnet-50", R"({"image_size": 99999})", "{}"), "training.image_size", "16384"));
    CHECK(refused(job("u-net", R"({"image_size": 60})", "{}"), "training.image_size", "large enough"));
    CHECK(refused(job("vit-b-16", R"({"image_size": 225})", "{}"), "training.image_size", "a multiple"));
    CHECK(refused(job("gpt2", R"({"image_size": 224, "sequence_length": 1024})", "{}"), "training.image_size", "0"));
    CHECK(refused(job("gnmt", R"({"image_size": 224})", "{}"), "training.image_size", "0"));
    CHECK(refused(job("resnet-50", R"({"adapter": {"rank": 8, "targets": ["q"]}})", "{}"), "training.adapter.targets",
                  "targets of the model"));
    const auto pixels = [&](const char* id, const char* size) {
        return io::answer(
                   io::read_job_text(job(id, std::string(R"({"micro_batch": 64, "image_size": )") + size + "}", "{}")))
            .report.memory.components.activations.number;
    };
    CHECK(pixels("resnet-50", "448") > 3 * pixels("resnet-50", "224"));
    CHECK(pixels("vit-b-16", "384") > 2 * pixels("vit-b-16", "224"));
}

TEST_CASE("a card by the name that tools print, and what its host takes") {
    CHECK(io::read_job_text(with("/hardware/card", "NVIDIA H100 80GB HBM3")).hardware.card.id == "h100-sxm5-80gb");
    CHECK(io::read_job_text(with("/hardware/card", "GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-1)")).hardware.card.id ==
          "a100-sxm4-40gb");
    CHECK(refused(with("/hardware/card", "NVIDIA GeForce RTX 3080"), "hardware.card", "rtx-3080-10gb"));
    CHECK(refused(with("/hardware/card", "NVIDIA GeForce RTX 4091"), "hardware.card", "rtx-4090"));
    CHECK(refused(with("/hardware/card", 3), "hardware.card", "a card's id"));
    const std::string sized =
        R"({"model": "gpt2", "hardware": {"card": "NVIDIA GeForce RTX 3080", "capacity_bytes": 12884901888}, "training": {"sequence_length": 1024}})";
    CHECK(io::read_job_text(sized).hardware.card.id == "rtx-3080-12gb");
    const std::string desk =
        R"({"model": "gpt2", "hardware": {"card": "rtx-4090", "system": "wsl", "display_bytes": 1048576}, "training": {"sequence_length": 1024}})";
    CHECK(usable_memory(io::read_job_text(desk).hardware) == 24562_MiB);
    const std::string shared =
        R"({"model": "gpt2", "hardware": {"card": "gb10"}, "training": {"sequence_length": 1024, "offload": "full"}})";
    CHECK_THROWS_AS(static_cast<void>(io::read_job_text(shared)), io::input_error);
    const std::string limited =
        R"({"model": "gpt2", "hardware": {"card": "ryzen-ai-max-395", "gpu_limit_mib": 98304}, "training": {"sequence_length": 1024}})";
    CHECK(usable_memory(io::read_job_text(limited).hardware) == 96_GiB);
    CHECK(refused(with("/hardware/gpu_limit_mib", 0), "hardware.gpu_limit_mib", "an integer from 1"));
    CHECK(refused(with("/hardware/system", "macos"), "hardware.system", "linux, windows, wsl"));
    CHECK(refused(with("/hardware/display_bytes", -1), "hardware.display_bytes", "an integer from 0"));
    const std::string no_ecc = R"({"model": "gpt2", "hardware": {"card": "rtx-3090", "ecc": true}, "training": {}})";
    CHECK(refused(no_ecc, "hardware.ecc", "rtx-3090 has no ECC"));
}

TEST_CASE("a job's model may be a file of weights") {
    const std::string folder = std::string(CARDFIT_TEST_DATA) + "/io/files/";
    const auto read = [](const std::string& job) { return std::get<transformer>(io::read_job_text(job).model); };
    CHECK(read(with("/model", {{"gguf", folder + "tiny-llama.gguf"}})).hidden == 32);
    CHECK(read(with("/model", {{"safetensors", folder + "qwen3/model.safetensors"}})).head_norm);
    CHECK(refused(with("/model", {{"gguf", "/nowhere/x.gguf"}}), "model.gguf", "a file"));
    CHECK(refused(with("/model", {{"gguf", 3}}), "model.gguf", "the path"));
    CHECK(refused(with("/model", {{"gguf", folder + "all-types.gguf"}}), "model.gguf", "general.architecture"));
    CHECK(refused(with("/model", {{"safetensors", folder + "all-types.safetensors"}}), "model.safetensors",
                  "do not tell the model"));
}

TEST_CASE("an enumerator that only a cast can make is refused by the name of its key") {
    const network net = lower(models::gpt2);
    const auto check_words = [](const auto& table, const auto& sound, auto problems_of) {
        for (const auto& each : table) {
            if (each.facts.kind != keys::value_kind::word || each.member.set == nullptr) continue;
            CAPTURE(each.facts.path);
            auto job = sound;
            each.member.set(job, {.whole = 200});
            const problem_list found = problems_of(job);
            CHECK(!found.empty());
            if (found.empty()) continue;
            CHECK(each.facts.path.substr(0, std::string_view(found.begin()->field).size()) == found.begin()->field);
        }
    };
    check_words(keys::key_table<training>(keys::training_keys), training{.sequence_length = 512},
                [&](const training& t) { return problems(t, net); });
    check_words(keys::key_table<inference>(keys::inference_keys), inference{.prompt = 512},
                [&](const inference& i) { return problems(i, net); });
    check_words(keys::key_table<layout>(keys::layout_keys), layout{},
                [&](const layout& l) { return problems(l, 1, net); });
    check_words(keys::key_table<machine>(keys::hardware_keys), machine{.card = cards::rtx_4090},
                [](const machine& m) { return problems(m); });
    const gpu card = cards::rtx_4090;
    CHECK_THROWS_AS(
        static_cast<void>(
            fit(models::gpt2, training{.sequence_length = 512, .framework = static_cast<framework>(200)}, card)),
        std::out_of_range);
}

TEST_CASE("numbers are written with a point under every locale, and colors only where they are taken") {
    struct comma : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
    };
    const std::locale before = std::locale::global(std::locale(std::locale::classic(), new comma));
    const std::string c_locale = std::setlocale(LC_ALL, nullptr);
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"})
        if (std::setlocale(LC_ALL, name) != nullptr) break;
    const io::job_file job =
        io::read_job_text(R"({"model": "gpt2", "hardware": {"card": "rtx-4090"}, "training": {}})");
    const std::string text = io::answer_text(job, io::answer(job), {});
    const std::string number = io::fixed(0.85, 2);
    std::setlocale(LC_ALL, c_locale.c_str());
    std::locale::global(before);
    CHECK(number == "0.85");
    CHECK(text == io::answer_text(job, io::answer(job), {}));
    CHECK(io::takes_color(nullptr, "xterm"));
    CHECK(io::takes_color("", nullptr));
    CHECK_FALSE(io::takes_color("1", "xterm"));
    CHECK_FALSE(io::takes_color(nullptr, "dumb"));
}

TEST_CASE("keys that mean nothing to the job are refused, not ignored") {
    const auto refuses = [](const char* model, const char* section, const char* layout) {
        const std::string text = std::string("{\"model\": \"") + model +
                                 "\", \"hardware\": {\"card\": \"a100-sxm4-80gb\", \"cards\": 2}, " + section +
                                 ", \"layout\": " + layout + "}";
        try {
            static_cast<void>(io::read_job_text(text));
        } catch (const io::input_error& e) {
            return e.problems().front().key;
        }
        return std::string();
    };
    const auto serves = [&](const char* layout) { return refuses("llama-3.1-8b", "\"inference\": {}", layout); };
    CHECK(serves(R"({"sharding": "full"})") == "layout.sharding");
    CHECK(serves(R"({"sharding_group": 2})") == "layout.sharding_group");
    CHECK(serves(R"({"tensor": 2, "sequence_parallel": true})") == "layout.sequence_parallel");
    CHECK(serves(R"({"pipeline": 2, "virtual_stages": 2})") == "layout.virtual_stages");
    CHECK(serves(R"({"pipeline": 2, "schedule": "gpipe"})") == "layout.schedule");
    CHECK(serves(R"({"pipeline": 2})").empty());
    CHECK(serves(R"({"sharding": "none", "schedule": "1f1b"})").empty());
    const auto of_engine = [&](const char* keys) {
        return refuses("llama-3.1-8b", (std::string("\"inference\": ") + keys).c_str(), R"({"tensor": 2})");
    };
    const std::string share = "inference.memory_utilization";
    CHECK(of_engine(R"({"framework": "llama.cpp", "memory_utilization": 0.5})") == share);
    CHECK(of_engine(R"({"framework": "transformers", "memory_utilization": 0.5})") == share);
    for (const char* engine : {"vllm", "sglang", "tensorrt-llm", "lmdeploy", "tgi"})
        CHECK(of_engine((std::string("{\"framework\": \"") + engine + "\", \"memory_utilization\": 0.8}").c_str())
                  .empty());
    CHECK(of_engine(R"({"framework": "vllm", "weights": "fp8", "group": 64})") == "inference.group");
    CHECK(of_engine(R"({"framework": "vllm", "weights": "awq-int4", "group": 64})").empty());
}

TEST_CASE("a prompt that nobody named leaves room for what is generated") {
    const io::job_file job =
        io::read_job_text(R"({"model": "gpt2", "hardware": {"card": "rtx-4090"}, "inference": {}})");
    CHECK(job.inference->prompt + job.inference->generate == 1024);
    CHECK_THROWS_AS(static_cast<void>(io::read_job_text(
                        R"({"model": "gpt2", "hardware": {"card": "rtx-4090"}, "inference": {"prompt": 1024}})")),
                    io::input_error);
}

TEST_CASE("a number that is none is refused by that name") {
    const machine m{.card = cards::rtx_4090, .cards = 2, .network_gbit = std::numeric_limits<double>::quiet_NaN()};
    const problem_list found = problems(m);
    REQUIRE(!found.empty());
    CHECK(invalid_input::describe(*found.begin()) ==
          "hardware.network_gbit is NaN; accepted: 0 (not given) to 1000000");
    CHECK(io::refused(invalid_input(*found.begin())).problems()[0].message ==
          "hardware.network_gbit is \"NaN\"; accepted: 0 (not given) to 1000000");
}

TEST_CASE("JSON on one line is the text that nlohmann's serializer writes") {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const nlohmann::ordered_json all = {
        {"", nlohmann::ordered_json::object()},
        {"empty", nlohmann::ordered_json::array()},
        {"texts",
         {"plain", "\"quoted\" and \\", "tab\t and NUL" + std::string(1, '\0'), "3 \u00d7 4 \u2026", "cut \xe2\x80"}},
        {"key \"quoted\" \u00e9", true},
        {"numbers",
         {0, -1, 9'223'372'036'854'775'807, 18'446'744'073'709'551'615U, 0.0, -0.0, 0.1, 1.0, 1e21, 1e-7, 5e-324}},
        {"others", {none, 1e308 * 10, nullptr, false}},
        {"nested", {{"a", {{"b", {1, {{"c", "d"}}}}}}}}};
    CHECK(io::dump(all) == all.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const nlohmann::ordered_json number = std::bit_cast<double>(random());
        REQUIRE(io::dump(number) == number.dump());
    }
}

TEST_CASE("a display takes no negative memory, and dates have months") {
    const network net = lower(models::gpt2);
    CHECK(!problems(machine{.card = cards::rtx_4090, .host = {.display = gibibytes(-200)}}).empty());
    CHECK(!problems(machine{.card = cards::rtx_4090, .network_gbit = std::nan("")}).empty());
    CHECK(!problems(training{.sequence_length = 512, .software_date = {2024, 99}}, net).empty());
    CHECK(!problems(inference{.prompt = 512, .software_date = {0, 0}}, net).empty());
}

TEST_CASE("cards of several models divide the layers of a llama.cpp file by shares") {
    const std::string start = R"({"model": "llama-3.1-70b", "hardware": {"card": "rtx-3090", "other_cards": )";
    const std::string two = start + R"(["RTX 3060 12GB"]}, "inference": {"weights": "iq4_xs", "prompt": 4000)";
    const io::job_file job = io::read_job_text(two + R"(, "tensor_split": [2, 1]}})");
    CHECK(job.hardware.cards == 2);
    CHECK(job.hardware.others.of[0] == &cards::rtx_3060_12gb);
    CHECK(job.layout.pipeline == 2);
    const nlohmann::ordered_json memory = io::answer_json(job, io::answer(job))["memory"];
    REQUIRE(memory["cards"].size() == 2);
    // By hand: the first 54 of 81 layers with the head are those whose index over 81 is below 2/3.
    CHECK(memory["cards"][0]["layers"] == 54);
    CHECK(memory["cards"][1]["layers"] == 26);
    CHECK(memory["cards"][1]["head"] == true);
    CHECK(memory["cards"][1]["capacity_bytes"] == usable_memory(cards::rtx_3060_12gb).number);
    // The verdict is about the card with the least room.
    const fit_report whole = io::answer(job).report;
    for (const auto& card : memory["cards"])
        CHECK(whole.headroom.number <=
              card["capacity_bytes"].get<std::int64_t>() - card["device_bytes"].get<std::int64_t>());

    CHECK(refused(start + R"(["rtx-9999"]}, "inference": {"weights": "q4_k_m"}})", "hardware.other_cards", "rtx"));
    CHECK(refused(start + R"([]}, "inference": {"weights": "q4_k_m"}})", "hardware.other_cards", "a list of 1 to 15"));
    CHECK(refused(two + R"(, "tensor_split": [2, -1]}})", "inference.tensor_split", "numbers from 0"));
    CHECK(refused(two + R"(, "tensor_split": [2]}})", "inference.tensor_split", "a share for each card"));
    CHECK(refused(two + R"(, "tensor_split": [0, 0]}})", "inference.tensor_split", "not all of them 0"));
    CHECK(refused(two + R"(}, "layout": {"data": 2, "pipeline": 1}})", "layout.pipeline", "the number of cards"));
    CHECK(refused(start + R"(["a40"]}, "inference": {"weights": "bf16", "framework": "vllm"}})", "hardware.other_cards",
                  "llama.cpp divides"));
    CHECK(refused(start + R"(["a40"]}, "training": {}})", "hardware.other_cards", "a training"));
}

}  // namespace io_job_file_test
