// SPDX-License-Identifier: MIT

// Tests how checkpoints state the formats of their weights: quantization_config of every method, hf_quant_config.json
// and dtype, from the file to the answer. Sizes are those of published checkpoints.

#include <cardfit/io/answer.hpp>
#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/launch.hpp>
#include <cardfit/io/text.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace io_published_weights_test {

using namespace cardfit;
using enum number_format;

namespace {

nlohmann::json config(const std::string& name) {
    return io::parse_json(io::read_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/" + name + ".json", "test"));
}

/// Returns how a config.json of Llama-3.1-8B with these settings states its formats.
io::published_weights published(const char* settings, const transformer& model = models::llama_3_1_8b) {
    const nlohmann::json file = {{"torch_dtype", "bfloat16"}, {"quantization_config", io::parse_json(settings)}};
    return io::read_published_weights(file, model);
}
published_formats formats(const char* settings, const transformer& model = models::llama_3_1_8b) {
    const io::published_weights read = published(settings, model);
    CHECK_MESSAGE(read.problems.empty(), (read.problems.empty() ? "" : read.problems.front().message));
    return read.formats;
}
/// Returns the message of the one problem of settings that are not read.
std::string problem(const char* settings) {
    const io::published_weights read = published(settings);
    REQUIRE(read.problems.size() == 1);
    return read.problems.front().message;
}

/// Returns a job of an inference; `model` is a zoo id or the object of a config.json.
io::job_file inference_of(const nlohmann::json& model, const char* card, int cards = 1,
                          nlohmann::json inference = nlohmann::json::object()) {
    return io::read_job({{"model", model.is_string() ? model : nlohmann::json{{"huggingface", model}}},
                         {"hardware", {{"card", card}, {"cards", cards}}},
                         {"inference", std::move(inference)},
                         {"layout", {{"tensor", cards}}}});
}
std::int64_t weight_bytes(const io::job_file& job) { return io::answer(job).report.memory.components.weights.number; }
bool contains(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("checkpoints take the bytes of their files") {
    // 13,761,264,768 and 65,248,815,744 bytes: metadata.total_size of openai/gpt-oss-20b and -120b.
    CHECK(weight_bytes(inference_of("gpt-oss-20b", "rtx-4090")) == 13'761'264'768);
    CHECK(weight_bytes(inference_of(config("gpt-oss-20b"), "rtx-4090")) == 13'761'264'768);
    CHECK(weight_bytes(inference_of("gpt-oss-120b", "h100-sxm5-80gb")) == 65'248'815'744);
    // hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4: 39.77 GB.
    const nlohmann::json awq = config("hugging-quants--Meta-Llama-3.1-70B-Instruct-AWQ-INT4");
    CHECK(static_cast<double>(weight_bytes(inference_of(awq, "h100-sxm5-80gb"))) ==
          doctest::Approx(39.77e9).epsilon(0.001));
}

TEST_CASE("models fit the cards that they were made for") {
    const auto grade_of = [](const io::job_file& job) { return io::answer(job).report.grade; };
    CHECK(grade_of(inference_of("gpt-oss-120b", "h100-sxm5-80gb")) == grade::fits);
    const nlohmann::json awq = config("hugging-quants--Meta-Llama-3.1-70B-Instruct-AWQ-INT4");
    CHECK(grade_of(inference_of(awq, "h100-sxm5-80gb")) == grade::fits);
    const nlohmann::json serving = {{"framework", "vllm"}};
    CHECK(grade_of(inference_of("deepseek-v3", "h200-sxm-141gb", 8, serving)) == grade::fits);
    // In bf16 they do not.
    CHECK(grade_of(inference_of("deepseek-v3", "h200-sxm-141gb", 8, {{"framework", "vllm"}, {"weights", "bf16"}})) ==
          grade::does_not_fit);
}

TEST_CASE("GPTQ, AWQ and AutoRound") {
    const published_formats awq = formats(R"({"quant_method": "awq", "bits": 4, "group_size": 64, "zero_point": true,
        "version": "gemm", "modules_to_not_convert": null})");
    CHECK(awq == published_formats{.weights = awq_int4, .group = 64, .modules = {.embedding = bf16, .head = bf16}});
    CHECK(formats(R"({"quant_method": "awq", "w_bit": 4, "q_group_size": 32})").group == 32);
    CHECK(formats(R"({"quant_method": "gptq", "bits": 8, "group_size": -1})").group == 65'536);
    CHECK(formats(R"({"quant_method": "gptq", "bits": 3, "group_size": 128, "desc_act": true, "sym": true})").weights ==
          gptq_int3);
    CHECK(formats(R"({"quant_method": "gptq", "bits": 4, "lm_head": true})").modules.head == gptq_int4);
    // Qwen's GPTQ of experts leaves the router's gate and the shared expert.
    const char* experts = R"({"quant_method": "gptq", "bits": 4,
        "modules_in_block_to_quantize": [["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
                                         ["self_attn.o_proj"], ["mlp.experts"]]})";
    CHECK(formats(experts, models::qwen1_5_moe_a2_7b).modules.shared_experts == bf16);
    CHECK(formats(experts, models::qwen1_5_moe_a2_7b).modules.attention == by_default);
    const published_formats dynamic = formats(R"({"quant_method": "gptq", "bits": 4, "group_size": 128,
        "dynamic": {"-:.*self_attn.*": {}, "+:.*mlp\\.down_proj": {"bits": 8}}})");
    CHECK(dynamic.modules.attention == bf16);
    CHECK(dynamic.weights == gptq_int8);
    const published_formats rounded = formats(R"({"quant_method": "auto-round", "bits": 4, "group_size": 128,
        "packing_format": "auto_round:auto_gptq", "extra_config": {"lm_head": {"bits": 16}}})");
    CHECK(rounded.weights == gptq_int4);
    CHECK(published(R"({"quant_method": "gptq", "bits": 4})").carries_adapters);
}

TEST_CASE("bitsandbytes, HQQ, EETQ and torchao") {
    CHECK(formats(R"({"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_use_double_quant": true,
        "bnb_4bit_quant_type": "nf4", "bnb_4bit_quant_storage": "uint8"})")
              .weights == nf4_dq);
    CHECK(formats(R"({"load_in_8bit": true, "llm_int8_skip_modules": ["lm_head", "self_attn"]})").modules.attention ==
          bf16);
    CHECK(formats(R"({"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "fp4"})").weights ==
          nf4);
    CHECK(formats(R"({"quant_method": "hqq", "skip_modules": ["lm_head"],
        "quant_config": {"weight_quant_params": {"nbits": 4, "group_size": 64, "axis": 1}}})")
              .weights == hqq_int4);
    CHECK(formats(R"({"quant_method": "eetq", "weights": "int8", "modules_to_not_convert": ["lm_head"]})").weights ==
          w8a8);
    CHECK(formats(R"({"quant_method": "torchao", "quant_type": "int4_weight_only",
        "quant_type_kwargs": {"group_size": 32}})")
              .group == 32);
    CHECK(formats(R"({"quant_method": "torchao", "quant_type": {"default":
        {"_type": "Float8DynamicActivationFloat8WeightConfig", "_data": {}, "_version": 2}}})")
              .weights == fp8);
    const published_formats modules = formats(R"({"quant_method": "torchao", "quant_type": {"default":
        {"_type": "ModuleFqnToConfig", "_data": {"module_fqn_to_config": {
            "_default": {"_type": "Int4WeightOnlyConfig", "_data": {"group_size": 128}},
            "re:.*self_attn.*": {"_type": "Int8WeightOnlyConfig", "_data": {}}, "lm_head": null}}}}})");
    CHECK(modules.weights == hqq_int4);
    CHECK(modules.modules.attention == w8a8);
    CHECK(modules.modules.head == bf16);
}

TEST_CASE("fp8 and the MX formats by name") {
    const published_formats blocks = formats(R"({"quant_method": "fp8", "activation_scheme": "dynamic", "fmt": "e4m3",
        "weight_block_size": [128, 128]})",
                                             models::deepseek_v3);
    CHECK(blocks == io::published_formats_of("deepseek-v3"));
    CHECK(formats(R"({"quant_method": "fp8", "activation_scheme": "static", "ignored_layers": ["lm_head"],
        "kv_cache_scheme": "fp8"})")
              .kv_cache == fp8);
    CHECK(formats(R"({"quant_method": "fbgemm_fp8", "activation_scale_ub": 1200.0,
        "modules_to_not_convert": ["self_attn"]})")
              .modules.attention == bf16);
    CHECK(formats(R"({"quant_method": "mxfp8", "ignored_layers": ["lm_head"]})").weights == mxfp8);
    const published_formats experts = formats(R"({"quant_method": "mxfp4", "modules_to_not_convert":
        ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"]})",
                                              models::gpt_oss_120b);
    CHECK(experts == io::published_formats_of("gpt-oss-120b"));
}

TEST_CASE("compressed-tensors") {
    const auto one_group = [](const std::string& weights, const std::string& rest) {
        return R"({"quant_method": "compressed-tensors", "ignore": ["lm_head"], "config_groups": {"group_0": {"targets":
            ["Linear"], "weights": )" +
               weights + "}}" + rest + "}";
    };
    const auto of = [&](const std::string& weights, const std::string& rest) {
        return formats(one_group(weights, rest).c_str());
    };
    CHECK(
        of(R"({"num_bits": 8, "type": "float", "strategy": "channel"})", R"(, "format": "float-quantized")").weights ==
        fp8);
    CHECK(of(R"({"num_bits": 8, "type": "int", "strategy": "channel"})", R"(, "format": "int-quantized")").weights ==
          w8a8);
    const published_formats w4 =
        of(R"({"num_bits": 4, "type": "int", "strategy": "group", "group_size": 32, "symmetric": true})",
           R"(, "format": "pack-quantized")");
    CHECK(w4.weights == w4a16);
    CHECK(w4.group == 32);
    CHECK(of(R"({"num_bits": 4, "type": "int", "group_size": 128, "symmetric": false})",
             R"(, "format": "pack-quantized")")
              .weights == awq_int4);
    CHECK(of(R"({"num_bits": 4, "type": "int", "group_size": 128, "actorder": "group"})",
             R"(, "format": "pack-quantized")")
              .weights == gptq_int4);
    CHECK(of(R"({"num_bits": 8, "type": "int", "strategy": "channel"})", R"(, "format": "pack-quantized")").weights ==
          w8a16);
    CHECK(
        of(R"({"num_bits": 4, "type": "float", "group_size": 16})", R"(, "format": "nvfp4-pack-quantized")").weights ==
        nvfp4);
    CHECK(
        of(R"({"num_bits": 4, "type": "float", "group_size": 32})", R"(, "format": "mxfp4-pack-quantized")").weights ==
        mxfp4);
    CHECK(of(R"({"num_bits": 8, "type": "float"})",
             R"(, "kv_cache_scheme": {"num_bits": 8, "type": "float", "strategy": "tensor"})")
              .kv_cache == fp8);
}

TEST_CASE("a mixture of experts in 4 bits with everything else in 16") {
    // The settings of moonshotai/Kimi-K2.5, on the shape of Kimi-K2: the experts alone are in 4 bits.
    const nlohmann::json file = config("moonshotai--Kimi-K2.5");
    const io::published_weights read = io::read_published_weights(file, models::kimi_k2);
    CHECK(read.problems.empty());
    CHECK(read.notes.empty());
    const module_formats left{
        .attention = bf16, .feed_forward = bf16, .shared_experts = bf16, .embedding = bf16, .head = bf16};
    CHECK(read.formats == published_formats{.weights = w4a16, .group = 32, .modules = left});
}

TEST_CASE("experts in another format than the quantization names: DeepSeek-V4") {
    nlohmann::json file = config("deepseek-ai--DeepSeek-V4-Flash");
    const io::any_model model = io::read_huggingface_model(file);
    const io::published_weights read = io::read_published_weights(file, model);
    CHECK(read.problems.empty());
    CHECK(read.formats.weights == mxfp4);
    CHECK(read.formats.modules.attention == fp8);
    CHECK(read.formats.modules.shared_experts == fp8);
    // deepseek-ai/DeepSeek-V4-Flash-Base has all matrices in 8 bits.
    file["expert_dtype"] = "fp8";
    CHECK(io::read_published_weights(file, model).formats.weights == fp8);
    file["expert_dtype"] = "int3";
    REQUIRE(io::read_published_weights(file, model).problems.size() == 1);
    CHECK(io::read_published_weights(file, model).problems.front().key == "model.huggingface.expert_dtype");
}

TEST_CASE("ModelOpt, in config.json and beside it") {
    CHECK(formats(R"({"quant_method": "modelopt", "quant_algo": "NVFP4", "ignore": ["lm_head", "*self_attn*"],
        "kv_cache_scheme": {"num_bits": 8, "type": "float", "dynamic": false}})") ==
          published_formats{.weights = nvfp4,
                            .group = 16,
                            .modules = {.attention = bf16, .embedding = bf16, .head = bf16},
                            .kv_cache = fp8});
    const nlohmann::json beside = io::parse_json(R"({"producer": {"name": "modelopt"}, "quantization": {
        "quant_algo": "FP8", "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head"]}})");
    const io::published_weights read =
        io::read_published_weights({{"torch_dtype", "bfloat16"}}, models::llama_3_1_8b, &beside);
    CHECK(read.formats.weights == fp8);
    CHECK(read.formats.kv_cache == fp8);
    const published_formats mixed = formats(R"({"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION",
        "quantized_layers": {"re:.*self_attn.*": {"quant_algo": "FP8"},
                             "re:.*mlp.*": {"quant_algo": "NVFP4", "group_size": 16}}})");
    CHECK(mixed.weights == nvfp4);
    CHECK(mixed.modules.attention == fp8);
}

TEST_CASE("a mixture of formats by layer, as nvidia/Qwen3.6-35B-A3B-NVFP4 has it") {
    // Its linear attention is in fp8, its experts and its head in NVFP4, its full attention in 10 of 40 layers in fp8.
    const nlohmann::json file = config("nvidia--Qwen3.6-35B-A3B-NVFP4");
    hybrid next = models::qwen3_next_80b_a3b;
    const io::published_weights read = io::read_published_weights(file, next);
    CHECK(read.problems.empty());
    CHECK(read.formats.weights == nvfp4);
    CHECK(read.formats.modules.head == nvfp4);
}

TEST_CASE("Quark") {
    CHECK(formats(R"({"quant_method": "quark", "exclude": ["lm_head"], "global_quant_config": {"weight":
        {"dtype": "fp8_e4m3", "qscheme": "per_tensor"}}, "kv_cache_quant_config": {"*k_proj": {}}})")
              .kv_cache == fp8);
    const char* experts = R"({"quant_method": "quark", "exclude": ["lm_head"],
        "global_quant_config": {"weight": {"dtype": "fp8_e4m3", "qscheme": "per_channel"}},
        "layer_quant_config": {"*mlp.experts*": {"weight": {"dtype": "fp4", "qscheme": "per_group", "group_size": 32}}}})";
    CHECK(formats(experts, models::deepseek_v3).weights == mxfp4);
    CHECK(formats(experts, models::deepseek_v3).modules.attention == fp8);
    // Of two stages, the last one is stored.
    CHECK(formats(R"({"quant_method": "quark", "global_quant_config": {"weight": [{"dtype": "fp8_e4m3"},
        {"dtype": "int4", "qscheme": "per_channel"}]}})")
              .weights == w4a16);
}

TEST_CASE("what is not read is an error that names it and the way forward") {
    for (const char* method : {"aqlm", "vptq", "higgs", "spqr", "bitnet", "exl2", "quanto"}) {
        const std::string settings = std::string(R"({"quant_method": ")") + method + "\"}";
        const std::string message = problem(settings.c_str());
        CHECK(contains(message, "model.huggingface.quantization_config.quant_method is \"" + std::string(method)));
        CHECK(contains(message, "is known, but"));
        CHECK(contains(message, "--weights FORMAT"));
    }
    CHECK(contains(problem(R"({"quant_method": "new-method"})"), "\"new-method\"; accepted: awq, "));
    CHECK(contains(problem(R"({"quant_method": "awq", "bits": 3})"), ".bits is 3; accepted: 4"));
    CHECK(contains(problem(R"({"quant_method": "gptq", "bits": "four"})"), ".bits is \"four\""));
    CHECK(contains(problem(R"({"quant_method": "modelopt", "quant_algo": "NF3"})"), "\"NF3\"; accepted: FP8"));
    CHECK(contains(problem(R"({"quant_method": "gptq", "dynamic": {"-:(": {}}})"), "patterns of module names"));
    CHECK(contains(problem(R"({"quant_method": 7})"), ".quant_method is 7"));
    CHECK(contains(problem(R"([])"), "an object"));
    CHECK(contains(problem(R"({"quant_method": "compressed-tensors", "config_groups": {"g": {"targets": [1]}}})"),
                   "weights is missing"));
    CHECK(
        contains(problem(R"({"quant_method": "awq", "modules_to_not_convert": {"a": 1}})"), "a list of module names"));
}

TEST_CASE("a job that names a format does not need that of the checkpoint") {
    nlohmann::json file = config("hugging-quants--Meta-Llama-3.1-70B-Instruct-AWQ-INT4");
    file["quantization_config"] = {{"quant_method", "aqlm"}};
    CHECK_THROWS_AS(inference_of(file, "h100-sxm5-80gb"), io::input_error);
    CHECK(inference_of(file, "h100-sxm5-80gb", 1, {{"weights", "awq-int4"}}).inference->weights == awq_int4);
}

TEST_CASE("the data type of weights that are not quantized") {
    const auto weights_of = [](nlohmann::json extra, nlohmann::json inference = nlohmann::json::object()) {
        nlohmann::json file = config("Llama-3.1-8B");
        file.erase("torch_dtype");
        file.update(extra);
        return inference_of(file, "h100-sxm5-80gb", 1, std::move(inference)).inference->weights;
    };
    CHECK(weights_of({{"torch_dtype", "float16"}}) == fp16);
    CHECK(weights_of({{"dtype", "float32"}}) == fp32);
    CHECK(weights_of({{"torch_dtype", "torch.bfloat16"}}) == bf16);
    CHECK(weights_of({{"torch_dtype", "float8_e9"}}) == bf16);
    CHECK(weights_of({{"text_config", {{"dtype", "float16"}}}}) == fp16);
    CHECK(weights_of({{"dtype", "float32"}}, {{"weights", "fp8"}}) == fp8);
    // vLLM serves fp32 weights in 16 bits unless it is told to keep them.
    CHECK(weights_of({{"dtype", "float32"}}, {{"framework", "vllm"}}) == bf16);
    CHECK(weights_of({{"dtype", "float32"}}, {{"framework", "vllm"}, {"weights", "fp32"}}) == fp32);
}

TEST_CASE("an engine that does not load the checkpoint's format does not have it") {
    const auto weights_of = [](const char* model, const char* engine) {
        return inference_of(model, "h200-sxm-141gb", 1, {{"framework", engine}}).inference->weights;
    };
    CHECK(weights_of("deepseek-v3", "llama.cpp") == bf16);
    CHECK(weights_of("deepseek-v3", "sglang") == fp8);
    // llama.cpp has files with MXFP4 experts.
    CHECK(weights_of("gpt-oss-20b", "llama.cpp") == mxfp4);
}

TEST_CASE("the answer says what is published, in words and in JSON") {
    const auto text_of = [](const io::job_file& job) { return io::answer_text(job, io::answer(job), {.width = 1000}); };
    const io::job_file own = inference_of("gpt-oss-120b", "h100-sxm5-80gb");
    CHECK(contains(text_of(own), "weights mxfp4, as published, batch"));
    const nlohmann::ordered_json json = io::answer_json(io::answer(own));
    CHECK(json["weights"]["format"] == "mxfp4");
    CHECK(json["weights"]["as_published"] == true);
    CHECK(json["weights"]["modules"]["attention"] == "bf16");
    const io::job_file other = inference_of("gpt-oss-120b", "h100-sxm5-80gb", 1, {{"weights", "awq-int4"}});
    CHECK(contains(text_of(other), "weights awq-int4 (published in mxfp4), batch"));
    CHECK(other.inference->modules == module_formats{});
    CHECK(io::answer_json(io::answer(other))["weights"]["as_published"] == false);
    const io::job_file attention =
        inference_of("gpt-oss-120b", "h100-sxm5-80gb", 1, {{"modules", {{"attention", "fp8"}}}});
    CHECK(attention.inference->modules.attention == fp8);
    CHECK(contains(text_of(attention), "weights mxfp4 (other modules than published in mxfp4)"));
    const io::job_file plain = inference_of("llama-3.1-8b", "h100-sxm5-80gb");
    CHECK(contains(text_of(plain), "weights bf16, batch"));
    CHECK(!io::answer_json(io::answer(plain)).contains("weights"));
    // What the checkpoint states is not assumed.
    for (const io::assumption& each : own.assumed) CHECK(each.key != "inference.weights");
}

TEST_CASE("a training has the checkpoint's formats only where an adapter trains over them") {
    const auto training_of = [](const nlohmann::json& model, nlohmann::json training) {
        return *io::read_job({{"model", model.is_string() ? model : nlohmann::json{{"huggingface", model}}},
                              {"hardware", {{"card", "h200-sxm-141gb"}}},
                              {"training", std::move(training)}})
                    .training;
    };
    const nlohmann::json adapter = {{"adapter", {{"method", "lora"}, {"rank", 8}, {"targets", {"q", "v"}}}}};
    const nlohmann::json bnb = config("unsloth--Meta-Llama-3.1-70B-Instruct-bnb-4bit");
    CHECK(training_of(bnb, adapter).base_weights == nf4_dq);
    CHECK(training_of(bnb, adapter).base_modules.head == bf16);
    CHECK(training_of(bnb, nlohmann::json::object()).base_weights == by_default);
    // MXFP4 and fp8 are dequantized before an adapter is trained.
    CHECK(training_of("gpt-oss-20b", adapter).base_weights == by_default);
}

TEST_CASE("a launcher says nothing that contradicts the checkpoint") {
    const auto words = [](const io::job_file& job) {
        const io::launch_plan plan = io::launch(job, "vllm");
        std::string text;
        for (const io::launch_word& word : plan.command) text += word.text + " ";
        for (const std::string& note : plan.notes) text += "# " + note + " ";
        return text;
    };
    const nlohmann::json vllm = {{"framework", "vllm"}};
    const std::string own = words(inference_of("gpt-oss-120b", "h100-sxm5-80gb", 1, vllm));
    CHECK(!contains(own, "--dtype"));
    CHECK(!contains(own, "--quantization"));
    const std::string other =
        words(inference_of("gpt-oss-120b", "h100-sxm5-80gb", 1, {{"framework", "vllm"}, {"weights", "fp8"}}));
    CHECK(contains(other, "not the published mxfp4 checkpoint"));
}

TEST_CASE("the fuzzer's corpus is read or refused") {
    int files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(CARDFIT_TEST_DATA) + "/fuzz/corpus/quantization")) {
        const nlohmann::json settings = nlohmann::json::parse(std::ifstream(entry.path()));
        const io::published_weights read =
            io::read_published_weights({{"quantization_config", settings}}, models::deepseek_v2_lite);
        CHECK(read.known() == read.problems.empty());
        ++files;
    }
    CHECK(files == 7);
}

TEST_CASE("a name that says a format which no file states is pointed out") {
    const std::filesystem::path folder = std::filesystem::path(CARDFIT_SCRATCH) / "Llama-3.1-8B-NVFP4";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "config.json") << config("Llama-3.1-8B").dump();
    const io::job_file job = io::read_job({{"model", {{"huggingface", (folder / "config.json").string()}}},
                                           {"hardware", {{"card", "h100-sxm5-80gb"}}},
                                           {"inference", nlohmann::json::object()}});
    const std::string text = io::answer_text(job, io::answer(job), {.width = 1000});
    CHECK(!contains(text, "as published"));
    CHECK(contains(text, "Weights: the name says nvfp4, which no file beside it states"));
    std::filesystem::remove_all(folder);
}

TEST_CASE("hf_quant_config.json beside a config.json is read with it") {
    const std::filesystem::path folder = std::filesystem::path(CARDFIT_SCRATCH) / "published_weights";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "config.json") << config("Llama-3.1-8B").dump();
    std::ofstream(folder / "hf_quant_config.json")
        << R"({"quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head"]}})";
    const auto read = [&](const nlohmann::json& inference) {
        return *io::read_job({{"model", {{"huggingface", (folder / "config.json").string()}}},
                              {"hardware", {{"card", "h100-sxm5-80gb"}}},
                              {"inference", inference}})
                    .inference;
    };
    CHECK(read({{"framework", "vllm"}}).weights == fp8);
    // vLLM has the checkpoint's cache from December 2025 on (vllm-project/vllm#29980), unless it is told another one.
    CHECK(read({{"framework", "vllm"}}).kv_cache == fp8);
    CHECK(read({{"framework", "vllm"}, {"software_date", "2025-11"}}).kv_cache == by_default);
    CHECK(read({{"framework", "vllm"}, {"kv_cache", "bf16"}}).kv_cache == bf16);
    CHECK(read({{"framework", "transformers"}}).kv_cache == by_default);
    std::filesystem::remove_all(folder);
}

}  // namespace io_published_weights_test
