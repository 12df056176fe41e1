// SPDX-License-Identifier: MIT

// Tests which model a name means, in which format. Counts of parameters are those of the repositories' safetensors, as
// AlexsJones/llmfit lists them (data/hf_models.json, commit 4d3ab0e) unless a comment says otherwise.

#include <cardfit/io/answer.hpp>
#include <cardfit/io/model_names.hpp>
#include <cardfit/io/text.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace cardfit;

namespace {

nlohmann::json inference_of(const std::string& model) {
    return {{"model", model}, {"hardware", {{"card", "h100-sxm5-80gb"}}}, {"inference", {{"prompt", 16}}}};
}
std::int64_t count_of(const std::string& name) {
    const std::optional<io::resolved_model> model = io::resolve_model(name);
    return model ? parameters(lower(model->model)) : 0;
}
std::string id_of(const std::string& name) {
    const std::optional<io::resolved_model> model = io::resolve_model(name);
    return model ? model->id : "";
}
std::string format_of(const std::string& name) {
    const std::optional<io::resolved_model> model = io::resolve_model(name);
    if (!model) return "no model";
    if (!model->published.problems.empty()) return "open";
    return std::string(block_layout_of(model->published.formats.weights).name);
}
std::string refusal_of(const nlohmann::json& job) {
    try {
        static_cast<void>(io::read_job(job));
    } catch (const io::input_error& e) {
        return e.what();
    }
    return "";
}
bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("names of repositories have the parameters of their checkpoints") {
    struct repository {
        const char* name;
        std::int64_t parameters;
    };
    for (const repository& each : {
             repository{"Qwen/Qwen3-8B", 8'190'735'360},
             {"Qwen/Qwen3-8B-AWQ", 8'190'735'360},
             {"Qwen/Qwen3-8B-Base", 8'190'735'360},
             {"deepseek-ai/DeepSeek-R1-0528-Qwen3-8B", 8'190'735'360},
             {"Qwen/Qwen3Guard-Gen-8B", 8'190'735'360},
             {"nvidia/Qwen3-8B-FP8", 8'190'735'360},
             {"Qwen/Qwen2.5-VL-7B-Instruct", 8'292'166'656},
             {"reducto/RolmOCR", 8'292'166'656},
             {"Qwen/Qwen2.5-VL-7B-Instruct-AWQ", 8'292'166'656},
             {"allenai/olmOCR-2-7B-1025", 8'292'166'656},
             {"ByteDance-Seed/UI-TARS-1.5-7B", 8'292'166'656},
             {"Qwen/Qwen1.5-MoE-A2.7B", 14'315'784'192},
             {"Qwen/Qwen3-14B-AWQ", 14'768'307'200},
             {"OpenPipe/Qwen3-14B-Instruct", 14'768'307'200},
             {"stelterlab/Qwen3-14B-AWQ", 14'768'307'200},
             {"Qwen/Qwen2.5-Coder-14B-Instruct", 14'770'033'664},
             {"Qwen/Qwen2.5-14B-Instruct-AWQ", 14'770'033'664},
             {"deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", 14'770'033'664},
             {"Qwen/Qwen3-235B-A22B", 235'093'634'560},
             // These are rows of tests/io/configs/reference.csv too; the AWQ-INT4 of Llama 3.1 70B is one of it alone.
             {"meta-llama/Llama-3.3-70B-Instruct", 70'553'706'496},
             {"hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4", 70'553'706'496},
             {"deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", 7'615'616'512},
             {"google/gemma-3-4b-it", 4'300'079'472},
             {"mistralai/Mistral-7B-Instruct-v0.3", 7'248'023'552},
             // Qwen2.5-1.5B and a head of 151936 x 1536 by hand: 1,777,088,000.
             {"deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", 1'543'714'304 + std::int64_t{151'936} * 1536},
         })
        CHECK_MESSAGE(count_of(each.name) == each.parameters, each.name);
}

TEST_CASE("a checkpoint that was not read before has the shape that its name says") {
    const nlohmann::json config = io::parse_json_file(
        std::string(CARDFIT_TEST_DATA) + "/io/configs/deepseek-ai--DeepSeek-R1-Distill-Qwen-7B.json", "test");
    CHECK(io::read_huggingface_model(config) == io::resolve_model("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")->model);
}

TEST_CASE("spellings, tags and addresses mean the same model") {
    for (const char* name : {"Qwen3-8B", "qwen3 8b", "QWEN3_8B", "qwen-3-8b", "qwen3:8b", "Qwen/Qwen3-8B@main",
                             "hf.co/Qwen/Qwen3-8B", "https://huggingface.co/Qwen/Qwen3-8B/tree/main",
                             "ollama.com/library/qwen3:8b", "unsloth/Qwen3-8B-GGUF:Q4_K_M"})
        CHECK_MESSAGE(id_of(name) == "qwen3-8b", name);
    for (const char* name : {"meta-llama/Llama-3.1-8B-Instruct", "llama3.1:8b", "Meta-Llama-3.1-8B", "Llama3.1-8B",
                             "deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "TheBloke/llama-3.1-8b-chat-AWQ"})
        CHECK_MESSAGE(id_of(name) == "llama-3.1-8b", name);
    CHECK(id_of("qwen2.5-7b-instruct") == "qwen2.5-7b");
    CHECK(id_of("Qwen/Qwen3-30B-A3B-Instruct-2507") == "qwen3-30b-a3b");
    CHECK(id_of("mistralai/Mistral-Small-3.1-24B-Instruct-2503") == "mistral-small-3.1-24b");
    CHECK(id_of("deepseek-ai/DeepSeek-V3-0324") == "deepseek-v3");
    CHECK(id_of("openai-community/gpt2") == "gpt2");
    CHECK(id_of("TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF:Q4_K_M") == "tinyllama-1.1b");
    CHECK(id_of("Qwen/Qwen-1_8B-Chat") == "qwen-1.8b");
    // "base" is a size where there is no other.
    CHECK(id_of("t5-base") == "t5-base");
    CHECK(id_of("t5") == "");
    CHECK(id_of("google-bert/bert-base-uncased") == "bert-base");
}

TEST_CASE("a word that is not known is not left out") {
    for (const char* name : {"Qwen/Qwen2.5-7B-Instruct-1M", "microsoft/Phi-3-mini-128k-instruct", "codellama-34b",
                             "nvidia/Llama-3.1-8B-UltraLong-4M-Instruct", "moonshotai/Kimi-K2-Thinking", "kimi-k2.5",
                             "NousResearch/Hermes-2-Pro-Llama-3-8B", "google-bert/bert-base-cased", "llama-3.1", ""})
        CHECK_MESSAGE(id_of(name) == "", name);
}

TEST_CASE("Mistral 7B has a window in its first release alone") {
    const auto window = [](const char* name) {
        return std::get<transformer>(io::resolve_model(name)->model).sliding_window.window;
    };
    CHECK(window("mistralai/Mistral-7B-v0.1") == 4096);
    CHECK(window("mistralai/Mistral-7B-Instruct-v0.2") == 0);
    CHECK(window("mistral:7b") == 0);
}

TEST_CASE("the name states the format") {
    CHECK(format_of("llama3.1-70b-instruct-q4_K_M") == "q4_k_m");
    CHECK(format_of("hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M") == "q4_k_m");
    CHECK(format_of("bartowski/Llama-3.2-3B-Instruct-GGUF:IQ4_XS") == "iq4_xs");
    CHECK(format_of("TheBloke/Llama-2-7B-Chat-GPTQ") == "gptq-int4");
    CHECK(format_of("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8") == "gptq-int8");
    CHECK(format_of("TheBloke/Mistral-7B-Instruct-v0.2-AWQ") == "awq-int4");
    CHECK(format_of("unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit") == "nf4");
    CHECK(format_of("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16") == "w4a16");
    CHECK(format_of("RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic") == "fp8");
    CHECK(format_of("nvidia/Qwen3-32B-NVFP4") == "nvfp4");
    CHECK(format_of("qwen3:8b-q8_0") == "q8_0");
    CHECK(format_of("qwen3:8b-fp16") == "fp16");
    // Ollama's usual format, and the formats that the zoo states.
    CHECK(format_of("qwen3:8b") == "q4_k_m");
    CHECK(format_of("gpt-oss:20b") == "mxfp4");
    CHECK(format_of("deepseek-ai/DeepSeek-R1") == "fp8");
    CHECK(format_of("Qwen/Qwen3-8B") == "default");
    // Bytes do not follow from these.
    for (const char* name : {"unsloth/Qwen3-8B-GGUF", "unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL", "mlx-community/Qwen3-8B-4bit",
                             "unsloth/Qwen3-8B-unsloth-bnb-4bit", "turboderp/Llama-3.1-8B-Instruct-exl2"})
        CHECK_MESSAGE(format_of(name) == "open", name);
    const std::string open = refusal_of(inference_of("unsloth/Qwen3-8B-GGUF"));
    CHECK(contains(open, "which of its files, such as :Q4_K_M"));
    nlohmann::json named = inference_of("unsloth/Qwen3-8B-GGUF");
    named["inference"]["weights"] = "q5_k_m";
    CHECK(refusal_of(named).empty());
}

TEST_CASE("an answer says what the name was taken for, and by what its format is known") {
    const io::job_file job = io::read_job(inference_of("qwen3:8b"));
    const std::string text = io::answer_text(job, io::answer(job), {});
    CHECK(contains(text, "weights q4_k_m, by the name"));
    CHECK(contains(text, "Model: qwen3:8b is qwen3-8b, by its name"));
    const nlohmann::ordered_json json = io::answer_json(job, io::answer(job));
    CHECK(json["model"]["is"] == "qwen3-8b");
    CHECK(json["weights"]["by_name"] == true);
    CHECK(json["weights"]["as_published"] == false);
    const io::job_file plain = io::read_job(inference_of("qwen3-8b"));
    CHECK_FALSE(io::answer_json(plain, io::answer(plain)).contains("model"));
    // q4_k_m of 8.03 B parameters is 4.92 GB (bartowski/Meta-Llama-3.1-8B-Instruct-GGUF: 4.92 GB).
    const io::job_file llama = io::read_job(inference_of("bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q4_K_M"));
    const double gigabytes = 1e-9 * static_cast<double>(io::answer(llama).report.memory.components.weights.number);
    CHECK(gigabytes > 4.87);
    CHECK(gigabytes < 4.97);
}

TEST_CASE("an ambiguous name lists its models, and an unknown one those of its family") {
    const std::string qwen = refusal_of(inference_of("qwen3"));
    CHECK(contains(qwen, "one of the models of that name"));
    CHECK(contains(qwen, "qwen3-8b"));
    CHECK(contains(refusal_of(inference_of("kimi-k2.5")), "such as kimi-k2"));
    CHECK(contains(refusal_of(inference_of("codellama-34b")), "llama-"));
    CHECK(contains(refusal_of(inference_of("bge-small")), "bge-small-en-v1.5"));
    CHECK(contains(refusal_of(inference_of("chronos-bolt")), "none is of that family"));
    CHECK(contains(refusal_of(inference_of("lama-3.1-8b")), "llama-3.1-8b"));
    CHECK(contains(refusal_of(inference_of(std::string(1'000'000, 'q'))), "accepted: a zoo id"));
}

TEST_CASE("a snapshot in the local cache of the Hub") {
    namespace fs = std::filesystem;
    const fs::path home = fs::path(CARDFIT_SCRATCH) / "hf_home";
    fs::remove_all(home);
    const fs::path repository = home / "hub" / "models--someone--MyFineTune";
    const auto snapshot = [&](const std::string& revision, const std::string& config) {
        fs::create_directories(repository / "snapshots" / revision);
        fs::copy_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/" + config,
                      repository / "snapshots" / revision / "config.json");
    };
    snapshot("abc123", "Qwen3-8B.json");
    snapshot("def456", "Qwen2.5-7B.json");
    fs::create_directories(repository / "refs");
    std::ofstream(repository / "refs" / "main") << "abc123";
    std::ofstream(repository / "refs" / "old") << "def456\n";
    setenv("HF_HOME", home.c_str(), 1);
    unsetenv("HF_HUB_CACHE");
    const io::job_file job = io::read_job(inference_of("someone/MyFineTune"));
    CHECK(parameters(lower(job.model)) == 8'190'735'360);
    CHECK(job.model_name == "someone/MyFineTune");
    CHECK(contains(job.resolution, "abc123"));
    CHECK(parameters(lower(io::read_job(inference_of("someone/MyFineTune@old")).model)) == 7'615'616'512);
    CHECK(parameters(lower(io::read_job(inference_of("someone/MyFineTune@def456")).model)) == 7'615'616'512);
    CHECK(contains(refusal_of(inference_of("someone/MyFineTune@../..")), "model is"));
    CHECK(contains(refusal_of(inference_of("someone/Another")), "model is"));
    // A folder is a model too, whether it is the repository's or the snapshot's.
    CHECK(parameters(lower(io::read_job(inference_of(repository.string())).model)) == 8'190'735'360);
    unsetenv("HF_HOME");
    fs::remove_all(home);
}
