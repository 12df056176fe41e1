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

namespace io_model_names_test {

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
struct repository {
    const char* name;
    std::int64_t parameters;
};
/// Returns true if a listed model with its layers of multi-token prediction has this many parameters. Some files repeat
/// embedding and head for these layers.
bool has_with_prediction(const std::string& name, std::int64_t stored) {
    const std::optional<io::resolved_model> model = io::resolve_model(name);
    const io::listed_model* listed = model ? io::find_listed(model->id) : nullptr;
    if (!listed) return false;
    const network net = lower(model->model);
    const io::prediction_layers predicted = io::prediction_layers_of(io::config_of(*listed), net);
    const std::int64_t count = parameters(net) + predicted.parameters;
    return predicted.layers > 0 && (stored == count || stored == count + predicted.vocabulary_parameters);
}
bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("nothing is suggested beyond the positions that a model is made for, unless the job asks for more") {
    const auto answer = [](const std::string& length) {
        const io::job_file job = io::read_job_text(
            R"({"model": "llama-3-8b", "hardware": {"card": "h200-sxm-141gb"}, "training": {"framework": "transformers", "precision": "bf16", "recompute": "full", "adapter": {"rank": 8, "targets": ["q"]})" +
            length + "}}");
        return io::answer_text(job, io::answer(job), {.width = 1000});
    };
    CHECK(answer("").find("longest sequence 8192 (the model's positions; memory holds ") != std::string::npos);
    CHECK(answer(R"(, "sequence_length": 16384)").find("the model's positions") == std::string::npos);
}

TEST_CASE("names of repositories have the parameters of their checkpoints") {
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

TEST_CASE("listed models have the parameters of their checkpoints") {
    // Totals of the repositories' safetensors (AlexsJones/llmfit, hf_models.json, commit a3e0eb2), or those of the
    // publishers' model cards where that list rounds or counts a tensor twice.
    for (const repository& each : {
             repository{"HuggingFaceTB/SmolLM2-135M", 134'515'008},
             {"HuggingFaceTB/SmolLM2-360M", 361'821'120},
             {"HuggingFaceTB/SmolLM2-1.7B", 1'711'376'384},
             {"HuggingFaceTB/SmolLM3-3B", 3'075'098'624},
             {"HuggingFaceTB/SmolVLM-256M-Instruct", 256'484'928},
             {"HuggingFaceTB/SmolVLM-500M-Instruct", 507'482'304},
             {"01-ai/Yi-6B", 6'061'035'520},
             {"01-ai/Yi-9B", 8'829'407'232},
             {"01-ai/Yi-34B", 34'388'917'248},
             {"codellama/CodeLlama-34b-hf", 33'743'970'304},
             {"deepseek-ai/deepseek-coder-1.3b-base", 1'346'471'936},
             {"deepseek-ai/deepseek-coder-33b-base", 33'342'991'360},
             {"deepseek-ai/deepseek-llm-7b-base", 6'910'365'696},
             {"upstage/SOLAR-10.7B-v1.0", 10'731'524'096},
             {"tiiuae/Falcon3-1B-Base", 1'669'408'768},
             {"tiiuae/Falcon3-3B-Base", 3'227'655'168},
             {"tiiuae/Falcon3-7B-Base", 7'455'550'464},
             {"tiiuae/Falcon3-10B-Base", 10'305'653'760},
             {"mistralai/Mistral-Nemo-Base-2407", 12'247'782'400},
             {"mistralai/Mistral-Small-24B-Base-2501", 23'572'403'200},
             {"mistralai/Mistral-Small-Instruct-2409", 22'247'282'688},
             {"mistralai/Mistral-Large-Instruct-2411", 122'610'069'504},
             {"mistralai/Ministral-8B-Instruct-2410", 8'019'808'256},
             {"intfloat/e5-mistral-7b-instruct", 7'110'660'096},
             {"microsoft/Phi-3-medium-4k-instruct", 13'960'238'080},
             {"microsoft/Phi-4-mini-instruct", 3'836'021'760},
             {"microsoft/Phi-4-multimodal-instruct", 5'574'460'384},
             {"google/gemma-3-270m", 268'098'176},
             {"google/embeddinggemma-300m", 302'863'104},
             {"allenai/OLMo-2-0425-1B", 1'484'916'736},
             {"allenai/OLMo-2-1124-13B", 13'716'198'400},
             {"allenai/OLMo-2-0325-32B", 32'234'279'936},
             {"allenai/Olmo-3-1025-7B", 7'298'011'136},
             {"bigcode/starcoder2-3b", 3'030'371'328},
             {"bigcode/starcoder2-7b", 7'173'923'840},
             {"bigcode/starcoder2-15b", 15'957'889'024},
             {"bigscience/bloom-560m", 559'214'592},
             {"bigscience/bloom-1b1", 1'065'314'304},
             {"bigscience/bloom-1b7", 1'722'408'960},
             {"bigscience/bloom-3b", 3'002'557'440},
             {"EleutherAI/gpt-j-6b", 6'050'882'784},
             {"distilbert/distilgpt2", 81'912'576},
             {"ibm-granite/granite-3.3-2b-instruct", 2'533'539'840},
             {"ibm-granite/granite-3.3-8b-instruct", 8'170'864'640},
             {"CohereLabs/c4ai-command-r-v01", 34'980'831'232},
             {"CohereLabs/c4ai-command-r-08-2024", 32'296'476'672},
             {"CohereLabs/c4ai-command-r-plus", 103'810'674'688},
             {"CohereLabs/c4ai-command-r7b-12-2024", 8'028'033'024},
             {"CohereLabs/c4ai-command-a-03-2025", 111'057'580'032},
             {"CohereLabs/aya-expanse-8b", 8'028'033'024},
             {"Qwen/Qwen3-Coder-480B-A35B-Instruct", 480'154'875'392},
             {"Qwen/Qwen3-Embedding-0.6B", 595'776'512},
             {"Qwen/Qwen3-Embedding-8B", 7'567'295'488},
             {"Qwen/Qwen2-VL-7B-Instruct", 8'291'375'616},
             {"Qwen/Qwen2-VL-72B-Instruct", 73'405'560'320},
             {"Qwen/Qwen2.5-VL-32B-Instruct", 33'452'718'336},
             {"microsoft/Phi-3.5-MoE-instruct", 41'873'153'344},
             {"ibm-granite/granite-3.1-1b-a400m-base", 1'334'628'352},
             {"nvidia/NVIDIA-Nemotron-Nano-9B-v2", 8'888'227'328},
             {"BAAI/bge-reranker-base", 278'044'417},
             {"BAAI/bge-reranker-large", 559'891'457},
             {"BAAI/bge-reranker-v2-m3", 567'755'777},
             {"intfloat/multilingual-e5-small", 117'653'760},
             {"BAAI/bge-base-zh-v1.5", 102'267'648},
             {"BAAI/bge-large-zh-v1.5", 325'522'432},
             {"cross-encoder/ms-marco-MiniLM-L6-v2", 22'713'601},
             {"cross-encoder/ms-marco-MiniLM-L12-v2", 33'360'385},
             // arXiv 2304.01373, table 1; arXiv 2204.06745, table 1; tests/io/configs/reference.csv.
             {"EleutherAI/pythia-70m", 70'426'624},
             {"EleutherAI/pythia-160m-deduped", 162'322'944},
             {"EleutherAI/pythia-410m", 405'334'016},
             {"EleutherAI/pythia-1.4b", 1'414'647'808},
             {"EleutherAI/pythia-2.8b", 2'775'208'960},
             {"EleutherAI/pythia-12b", 11'846'072'320},
             {"EleutherAI/gpt-neox-20b", 20'554'567'680},
             {"allenai/Olmo-3.1-32B-Instruct", 32'233'522'176},
             {"ByteDance-Seed/Seed-OSS-36B-Instruct", 36'151'104'512},
             // Aliases.
             {"Qwen/Qwen2-1.5B-Instruct", 1'543'714'304},
             {"codellama/CodeLlama-7b-Instruct-hf", 6'738'546'688},
             {"codellama/CodeLlama-13b-Instruct-hf", 13'016'028'160},
             {"deepseek-ai/deepseek-coder-6.7b-instruct", 6'740'512'768},
             {"microsoft/Phi-3.5-mini-instruct", 3'821'079'552},
             {"mixedbread-ai/mxbai-embed-large-v1", 335'141'888},
             {"CohereLabs/aya-23-8B", 8'028'033'024},
             {"LiquidAI/LFM2.5-1.2B-Instruct", 1'170'340'608},
             {"bigscience/bloomz-560m", 559'214'592},
         })
        CHECK_MESSAGE(count_of(each.name) == each.parameters, each.name);
    // With the layer of multi-token prediction, which the checkpoints have and transformers does not load.
    for (const repository& each : {
             repository{"Qwen/Qwen3.5-0.8B", 873'438'784},
             {"Qwen/Qwen3.5-2B", 2'274'069'824},
             {"Qwen/Qwen3.5-4B", 4'659'865'088},
             {"Qwen/Qwen3.5-9B", 9'653'104'368},
             {"Qwen/Qwen3.5-27B", 27'781'427'952},
             {"Qwen/Qwen3.5-35B-A3B", 35'951'822'704},
             {"Qwen/Qwen3.5-122B-A10B", 125'086'497'008},
             {"Qwen/Qwen3.5-397B-A17B", 403'397'928'944},
             {"zai-org/GLM-4.5-Air", 110'468'824'832},
             {"zai-org/GLM-4.6", 356'785'898'816},
             {"zai-org/GLM-4.7-Flash", 31'221'488'576},
             {"zai-org/GLM-5", 753'864'139'008},
         })
        CHECK_MESSAGE(has_with_prediction(each.name, each.parameters), each.name);
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
    CHECK(id_of("vicuna:13b") == "llama-2-13b");
    CHECK(id_of("tinyllama") == "tinyllama-1.1b");
    // "base" is a size where there is no other.
    CHECK(id_of("t5-base") == "t5-base");
    CHECK(id_of("t5") == "");
    CHECK(id_of("google-bert/bert-base-uncased") == "bert-base");
}

TEST_CASE("a word that is not known is not left out") {
    for (const char* name : {"Qwen/Qwen2.5-7B-Instruct-1M", "mistral-small",
                             "nvidia/Llama-3.1-8B-UltraLong-4M-Instruct", "moonshotai/Kimi-K2-Thinking", "kimi-k3",
                             "NousResearch/Hermes-2-Pro-Llama-3-8B", "google-bert/bert-base-cased", "llama-3.1", ""})
        CHECK_MESSAGE(id_of(name) == "", name);
}

TEST_CASE("every alias and every listed model leads to a model") {
    for (const io::model_alias& each : io::model_aliases)
        if (!each.id.empty()) CHECK_MESSAGE(io::find_named(each.id).has_value(), each.name);
    for (const io::listed_model& each : io::listed_models) {
        CHECK_MESSAGE(id_of(std::string(each.id)) == each.id, each.id);
        CHECK_MESSAGE(!io::find_model(each.id).has_value(), each.id);
        const std::optional<io::any_model> model = io::find_named(each.id);
        CHECK_MESSAGE(io::published_of_named(each.id, *model).problems.empty(), each.id);
    }
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
    CHECK(format_of("moonshotai/Kimi-K2.5") == "w4a16");
    CHECK(format_of("MiniMaxAI/MiniMax-M2.7") == "fp8");
    CHECK(format_of("Qwen/Qwen3-8B") == "default");
    // Bytes do not follow from these.
    for (const char* name : {"unsloth/Qwen3-8B-GGUF", "unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL", "mlx-community/Qwen3-8B-4bit",
                             "cyankiwi/Qwen3.5-9B-AWQ-BF16-INT4", "Intel/Qwen3-8B-int4-AutoRound",
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
    const std::string text = io::answer_text(job, io::answer(job), {.width = 1000});
    CHECK(contains(text, "weights q4_k_m, by the name"));
    CHECK(contains(text, "Model: qwen3:8b is qwen3-8b, by its name"));
    const nlohmann::ordered_json json = io::answer_json(job, io::answer(job));
    CHECK(json["model"]["is"] == "qwen3-8b");
    CHECK(json["weights"]["by_name"] == true);
    CHECK(json["weights"]["as_published"] == false);
    const io::job_file plain = io::read_job(inference_of("qwen3-8b"));
    CHECK_FALSE(io::answer_json(plain, io::answer(plain)).contains("model"));
    // q4_k_m of 8.03 B parameters is 4.92 GB (bartowski/Meta-Llama-3.1-8B-Instruct-GGUF: 4.92 GB).
    // llama.cpp leaves the embedding in the host's memory; vLLM loads it too.
    nlohmann::json whole = inference_of("bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q4_K_M");
    whole["inference"]["framework"] = "vllm";
    const io::job_file llama = io::read_job(whole);
    const double gigabytes = 1e-9 * static_cast<double>(io::answer(llama).report.memory.components.weights.number);
    CHECK(gigabytes > 4.87);
    CHECK(gigabytes < 4.97);
}

TEST_CASE("the engine of GGUF files is llama.cpp, unless the job names another") {
    const auto engine_of = [](const nlohmann::json& job) { return io::read_job(job).inference->framework; };
    for (const char* name : {"qwen3:8b", "qwen3:8b-fp16", "gpt-oss:20b", "bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M"})
        CHECK_MESSAGE(engine_of(inference_of(name)) == engine::llama_cpp, name);
    for (const char* name : {"Qwen/Qwen3-8B", "openai/gpt-oss-20b", "Qwen/Qwen3-8B-AWQ"})
        CHECK_MESSAGE(engine_of(inference_of(name)) == engine::transformers, name);
    CHECK(engine_of(inference_of(std::string(CARDFIT_TEST_DATA) + "/io/files/tiny-llama.gguf")) == engine::llama_cpp);
    nlohmann::json job = inference_of("qwen3-8b");
    job["inference"]["weights"] = "q4_k_m";
    CHECK(engine_of(job) == engine::llama_cpp);
    job["inference"]["framework"] = "vllm";
    CHECK(engine_of(job) == engine::vllm);
    const io::job_file ollama = io::read_job(inference_of("gpt-oss:20b"));
    CHECK(contains(io::answer_text(ollama, io::answer(ollama), {}), "the engine of GGUF files"));
}

TEST_CASE("an ambiguous name lists its models, and an unknown one those of its family") {
    const std::string qwen = refusal_of(inference_of("qwen3"));
    CHECK(contains(qwen, "one of the models of that name"));
    CHECK(contains(qwen, "qwen3-8b"));
    CHECK(contains(refusal_of(inference_of("kimi-k3")), "such as kimi-k2"));
    CHECK(contains(refusal_of(inference_of("codellama")), "codellama-34b"));
    CHECK(contains(refusal_of(inference_of("openllama-3b")), "llama-"));
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

}  // namespace io_model_names_test
