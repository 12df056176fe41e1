// SPDX-License-Identifier: MIT

// Tests the launchers: every key and flag of the output is one that the tool accepts, with a value of the right kind
// (tests/io/launch/ has one list per tool, with its source); three published configurations are written as published;
// and jobs are refused that a launcher cannot express.

#include "../run_command.hpp"

#include <cardfit/io/import/python_calls.hpp>
#include <cardfit/io/import/python_settings.hpp>
#include <cardfit/io/import/shell_words.hpp>
#include <cardfit/io/launch.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace io_launch_test {

using namespace cardfit;

namespace {

using key_kinds = std::map<std::string, std::string>;

/// Returns the keys and flags of tools with their kinds. Fails on a line that is not "key kind".
key_kinds accepted(std::initializer_list<const char*> tools) {
    key_kinds all;
    for (const std::string tool : tools) {
        std::ifstream in(std::string(CARDFIT_TEST_DATA) + "/io/launch/" + tool + ".txt");
        REQUIRE_MESSAGE(in, tool);
        for (std::string line; std::getline(in, line);) {
            if (line.empty() || line[0] == '#') continue;
            std::istringstream words(line);
            std::string key;
            std::string kind;
            std::string rest;
            words >> key >> kind;
            CHECK_MESSAGE((!kind.empty() && !(words >> rest)), line);
            all[key] = kind;
        }
    }
    return all;
}

bool is_whole(const std::string& text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }
bool is_number(const std::string& text) {
    std::istringstream in(text);
    double value = 0;
    return (in >> value) && in.eof();
}

/// Returns whether one value, as text, is of a kind.
bool fits_kind(const std::string& value, const std::string& kind) {
    if (kind == "text" || kind == "list") return !value.empty();
    if (kind == "int") return is_whole(value.substr(value.starts_with('-') ? 1 : 0));
    if (kind == "number") return is_number(value);
    if (kind == "bool") return value == "True" || value == "False" || value == "true" || value == "false";
    return ("|" + kind + "|").find("|" + value + "|") != std::string::npos;
}

/// Checks the words of a command after the first `skip`. A value that the shell fills in is of every kind.
void check_command(const std::vector<io::launch_word>& words, std::size_t skip, const key_kinds& known) {
    for (std::size_t i = skip; i < words.size();) {
        const std::string flag = words[i++].text;
        const auto at = known.find(flag);
        REQUIRE_MESSAGE(at != known.end(), flag);
        const std::string& kind = at->second;
        if (kind == "word" || kind == "flag") continue;
        std::size_t values = 0;
        for (; i < words.size() && !words[i].text.starts_with("-") && (kind == "list" || values == 0); ++values, ++i)
            CHECK_MESSAGE((words[i].expands || fits_kind(words[i].text, kind)), flag << " " << words[i].text);
        CHECK_MESSAGE(values > 0, flag);
    }
}

/// Checks the leaves of a document by their dotted paths.
void check_document(const nlohmann::json& document, const key_kinds& known, const std::string& path = "") {
    for (const auto& [key, value] : document.items()) {
        const std::string full = path.empty() ? key : path + "." + key;
        if (value.is_object()) {
            check_document(value, known, full);
            continue;
        }
        const auto at = known.find(full);
        REQUIRE_MESSAGE(at != known.end(), full);
        // DeepSpeed's file leaves to Trainer what is "auto".
        if (value == "auto" && full.find('.') == full.npos && full != "dtype") continue;
        if (value == "auto" && full.ends_with(".enabled")) continue;
        CHECK_MESSAGE((at->second == "list") == value.is_array(), full);
        CHECK_MESSAGE((at->second == "bool") == value.is_boolean(), full);
        CHECK_MESSAGE((at->second == "int" || at->second == "number") == value.is_number(), full);
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        CHECK_MESSAGE(fits_kind(text, at->second), full << " = " << text);
    }
}

/// Reads the subset of TOML that the launchers write: sections with dotted names, and one key with a JSON scalar or
/// list per line.
nlohmann::json read_toml(const std::string& text) {
    nlohmann::json document = nlohmann::json::object();
    nlohmann::json* section = &document;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        if (line[0] == '[') {
            REQUIRE(line.back() == ']');
            std::string name = "/" + line.substr(1, line.size() - 2);
            for (char& c : name)
                if (c == '.') c = '/';
            section = &document[nlohmann::json::json_pointer(name)];
            REQUIRE(section->is_null());  // a section stands once
            *section = nlohmann::json::object();
            continue;
        }
        const std::size_t equals = line.find(" = ");
        REQUIRE_MESSAGE(equals != line.npos, line);
        (*section)[line.substr(0, equals)] = nlohmann::json::parse(line.substr(equals + 3));
    }
    return document;
}

/// Reads the subset of YAML that the launchers write: JSON scalars, and mappings one level deep, indented by two
/// spaces.
nlohmann::json read_yaml(const std::string& text) {
    nlohmann::json document = nlohmann::json::object();
    std::string parent;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const bool inner = line.starts_with("  ");
        if (inner) line = line.substr(2);
        const std::size_t colon = line.find(':');
        REQUIRE_MESSAGE((colon != line.npos && line[0] != ' '), line);
        const std::string key = line.substr(0, colon);
        if (!inner && colon + 1 == line.size()) {
            parent = key;
            document[key] = nlohmann::json::object();
            continue;
        }
        REQUIRE(line[colon + 1] == ' ');
        (inner ? document[parent] : document)[key] = nlohmann::json::parse(line.substr(colon + 2));
    }
    return document;
}

/// Returns a literal of Python without its quotes.
std::string literal(std::string_view value) {
    if (value.starts_with('"')) value = value.substr(1, value.size() - 2);
    return std::string(value);
}

/// Checks the keywords of a configuration of torchtitan's that is written in Python.
void check_titan_module(const std::string& text, const key_kinds& known) {
    const std::string_view body = io::imports::body_of_function(text, "job");
    for (const io::imports::python_argument& each : io::imports::arguments_of_call(body, "Trainer.Config")) {
        const std::string section(each.name);
        CHECK_MESSAGE(known.count(section) == 1, section);
        if (section != "training" && section != "parallelism" && section != "compile") continue;
        const std::string_view called = each.value.substr(0, each.value.find('('));
        for (const io::imports::python_argument& inner : io::imports::arguments_of_call(each.value, called)) {
            const auto at = known.find(section + "." + std::string(inner.name));
            REQUIRE_MESSAGE(at != known.end(), std::string(inner.name));
            CHECK_MESSAGE(fits_kind(literal(inner.value), at->second), std::string(inner.name));
        }
    }
}

/// Returns where the program of a command stands: behind the variables of its environment.
std::size_t place_of_program(const io::launch_plan& plan) {
    std::size_t program = 0;
    while (plan.command[program] == "env" || plan.command[program].text.find('=') != std::string::npos) ++program;
    return program;
}

/// Checks everything that a launcher wrote against its lists.
void check_plan(const io::launch_plan& plan, const std::string& launcher) {
    const std::map<std::string, std::pair<key_kinds, std::size_t>> known = {
        {"torchtitan", {accepted({"torchrun", "torchtitan", "torchtitan-python"}), 1}},
        {"megatron", {accepted({"torchrun", "megatron"}), 1}},
        {"deepspeed", {accepted({"deepspeed", "trl"}), 1}},
        {"accelerate", {accepted({"accelerate", "trl"}), 2}},
        {"trl", {accepted({"torchrun", "trl"}), 1}},
        {"ollama", {{}, 2}},
        {"unsloth", {{}, 2}},
        {"vllm", {accepted({"vllm"}), 3}},
        {"llama.cpp", {accepted({"llama.cpp"}), 1}},
        {"sglang", {accepted({"sglang"}), 3}},
        {"tensorrt-llm", {accepted({"tensorrt-llm"}), 2}},
        {"lmdeploy", {accepted({"lmdeploy"}), 4}},
        {"tgi", {accepted({"tgi"}), 1}},
        {"axolotl", {accepted({"axolotl", "torchrun", "deepspeed"}), 1}},
        {"llama-factory", {accepted({"llama-factory", "deepspeed"}), 2}}};
    const auto& [keys, skip] = known.at(launcher);
    check_command(plan.command, place_of_program(plan) + skip, keys);
    for (const io::launch_file& file : plan.files) {
        if (file.name == "cardfit_torchtitan.py") check_titan_module(file.text, keys);
        if (file.name.ends_with(".toml")) check_document(read_toml(file.text), keys);
        if (file.name.ends_with(".yaml")) check_document(read_yaml(file.text), keys);
        if (file.name.ends_with(".json")) check_document(nlohmann::json::parse(file.text), keys);
    }
}

nlohmann::json job(const std::string& model, int cards, const nlohmann::json& training, const nlohmann::json& layout) {
    return {{"model", model},
            {"hardware", {{"card", "h100-sxm5-80gb"}, {"cards", cards}}},
            {"training", training},
            {"layout", layout}};
}
/// Returns a job on cards that run every precision.
nlohmann::json on_blackwell(nlohmann::json job) {
    job["hardware"]["card"] = "b200-sxm-180gb";
    return job;
}
nlohmann::json served(const std::string& model, int cards, const nlohmann::json& inference,
                      const nlohmann::json& layout) {
    return {{"model", model},
            {"hardware", {{"card", "h100-sxm5-80gb"}, {"cards", cards}}},
            {"inference", inference},
            {"layout", layout}};
}

io::launch_plan plan_of(const nlohmann::json& text, const std::string& launcher) {
    io::launch_plan plan = io::launch(io::read_job(text), launcher);
    check_plan(plan, launcher);
    return plan;
}

/// Returns the value after a flag, or "" if the flag is not there.
std::string after(const io::launch_plan& plan, const std::string& flag) {
    const auto at = std::find(plan.command.begin(), plan.command.end(), flag);
    return at == plan.command.end() || at + 1 == plan.command.end() ? "" : (at + 1)->text;
}
bool has(const io::launch_plan& plan, const std::string& flag) {
    return std::find(plan.command.begin(), plan.command.end(), flag) != plan.command.end();
}

/// Returns whether a launcher refuses the job because of this field, and of no other.
bool refuses(const nlohmann::json& text, const std::string& launcher, const std::string& field) {
    const io::job_file read = io::read_job(text);
    try {
        static_cast<void>(io::launch(read, launcher));
    } catch (const io::input_error& e) {
        for (const io::input_problem& p : e.problems())
            if (p.key != field) MESSAGE(launcher << ": " << p.message);
        return e.problems().size() == 1 && e.problems()[0].key == field;
    }
    return false;
}

const nlohmann::json full_shards = {{"sharding", "full"}};

}  // namespace

/// Llama 3.1 8B in torchtitan's own performance table (docs of release 0.0.1, 8 H100): local batch 2, sequence 8192,
/// selective recompute of operations.
io::launch_plan titan_table_plan(const char* month, const char* loss) {
    return plan_of(job("llama-3.1-8b", 8,
                       {{"micro_batch", 2},
                        {"sequence_length", 8192},
                        {"recompute", "selective"},
                        {"loss", loss},
                        {"software_date", month},
                        {"framework", "torchtitan"}},
                       {{"data", 8}, {"sharding", "full"}}),
                   "torchtitan");
}

TEST_CASE("golden: Llama 3.1 8B, FSDP on 8 H100, under torchtitan's main branch") {
    // The functions of torchtitan/models/llama3/config_registry.py at b5bcd76c are written so.
    const io::launch_plan plan = titan_table_plan("2026-11", "chunked");
    CHECK(io::shell_script({.command = plan.command}) ==
          "torchrun \\\n    --standalone \\\n    --nproc-per-node 8 -m torchtitan.train \\\n    --module "
          "cardfit_torchtitan \\\n    --config job\n");
    REQUIRE(plan.files.size() == 1);
    CHECK(plan.files[0].text == R"(from torchtitan.components.data import ConcatThenSplitPackingConfig, GrainDataLoader
from torchtitan.components.loss import ChunkedLossWrapper, CrossEntropyLoss
from torchtitan.components.optimizer import OptimizersContainer, ParamGroupConfig
from torchtitan.config import CompileConfig, ParallelismConfig, TrainingConfig
from torchtitan.distributed.activation_checkpoint import FullAC, SelectiveAC
from torchtitan.hf_datasets.text_datasets import DATASETS
from torchtitan.models.common.config_utils import decoder_vocab_size
from torchtitan.models.llama3 import model_registry
from torchtitan.trainer import Trainer


def job() -> Trainer.Config:
    model_spec = model_registry("8B")
    return Trainer.Config(
        model_spec=model_spec,
        hf_assets_path="./assets/hf/Llama-3.1-8B",
        loss=ChunkedLossWrapper.Config(
            loss_fn=CrossEntropyLoss.Config(global_vocab_size=decoder_vocab_size(model_spec)),
        ),
        optimizer=OptimizersContainer.Config(
            param_groups=[ParamGroupConfig(pattern=r".*", optimizer_name="AdamW", optimizer_kwargs={"lr": 3e-4})],
        ),
        training=TrainingConfig(
            num_tokens_per_microbatch_per_dp_rank=16384,
            num_tokens_per_train_step=131072,
            max_context_length=8192,
            disable_cuda_graphs=True,
            enable_cpu_offload=False,
            dtype="float32",
            mixed_precision_param="bfloat16",
        ),
        dataloader=GrainDataLoader.Config(dataset=ConcatThenSplitPackingConfig(dataset=DATASETS["c4"])),
        parallelism=ParallelismConfig(
            data_parallel_replicate_degree=1,
            data_parallel_shard_degree=8,
            fsdp_reshard_after_forward="always",
            tensor_parallel_degree=1,
            pipeline_parallel_degree=1,
            context_parallel_degree=1,
        ),
        activation_checkpoint=SelectiveAC.Config(),
        compile=CompileConfig(enable=False),
    )
)");
}

TEST_CASE("golden: Llama 3.1 8B, FSDP on 8 H100, under torchtitan 0.2") {
    const io::launch_plan plan = titan_table_plan("2026-02", "full");
    CHECK(io::shell_script({.command = plan.command}) ==
          "torchrun \\\n    --standalone \\\n    --nproc-per-node 8 -m torchtitan.train \\\n    --job.config_file "
          "torchtitan.toml\n");
    REQUIRE(plan.files.size() == 1);
    CHECK(plan.files[0].text == R"([job]
description = "llama-3.1-8b on 8 cards"

[model]
name = "llama3"
flavor = "8B"
hf_assets_path = "./assets/hf/Llama-3.1-8B"

[optimizer]
name = "AdamW"
early_step_in_backward = false

[training]
local_batch_size = 2
global_batch_size = 16
seq_len = 8192
enable_cpu_offload = false
dtype = "float32"
mixed_precision_param = "bfloat16"

[parallelism]
data_parallel_replicate_degree = 1
data_parallel_shard_degree = 8
fsdp_reshard_after_forward = "always"
tensor_parallel_degree = 1
pipeline_parallel_degree = 1
context_parallel_degree = 1

[activation_checkpoint]
mode = "selective"
selective_ac_option = "op"

[compile]
enable = false
)");
}

TEST_CASE("golden: Llama 3.1 405B, TP 8 and PP 16 on 16,384 H100, under Megatron-LM") {
    // The Llama 3 Herd of Models, arXiv 2407.21783, table 4: 16,384 cards, TP 8, CP 1, PP 16, DP 128, sequence 8192,
    // batch 16 per data-parallel rank. The model has 126 layers, so that the embedding and the head take the place of
    // one layer each on the first and the last stage.
    const io::launch_plan plan =
        plan_of(job("llama-3.1-405b", 16384,
                    {{"gradient_accumulation", 16}, {"sequence_length", 8192}, {"framework", "megatron"}},
                    {{"tensor", 8}, {"pipeline", 16}, {"sharding", "optimizer"}}),
                "megatron");
    std::string text;
    for (const io::launch_word& word : plan.command) text += word.text + " ";
    CHECK(text ==
          "env CUDA_DEVICE_MAX_CONNECTIONS=1 torchrun --nnodes 2048 --nproc-per-node 8 --rdzv-id cardfit "
          "--rdzv-backend c10d --rdzv-endpoint $MASTER_ADDR:29500 pretrain_gpt.py --num-layers 126 --hidden-size 16384 "
          "--ffn-hidden-size 53248 --num-attention-heads 128 --kv-channels 128 --group-query-attention "
          "--num-query-groups 8 --attention-backend flash --swiglu --normalization RMSNorm --disable-bias-linear "
          "--position-embedding-type rope --max-position-embeddings 8192 --tokenizer-type NullTokenizer --vocab-size "
          "128256 --make-vocab-size-divisible-by 32 --untie-embeddings-and-output-weights "
          "--tensor-model-parallel-size 8 --pipeline-model-parallel-size 16 --account-for-embedding-in-pipeline-split "
          "--account-for-loss-in-pipeline-split --context-parallel-size 1 --sequence-parallel "
          "--use-distributed-optimizer --overlap-grad-reduce --overlap-param-gather --tp-comm-overlap --seq-length "
          "8192 --micro-batch-size 1 --global-batch-size 2048 --bf16 "
          "--optimizer adam --weight-decay 0.1 --attention-dropout 0.0 --hidden-dropout 0.0 "
          "--train-iters 1000 --lr 3e-4 --mock-data ");
    const nlohmann::json titan =
        read_toml(plan_of(job("llama-3.1-405b", 128, {{"gradient_accumulation", 16}, {"software_date", "2026-02"}},
                              {{"tensor", 8}, {"pipeline", 16}}),
                          "torchtitan")
                      .files[0]
                      .text);
    CHECK(titan["parallelism"]["pipeline_parallel_layers_per_stage"] == 8);
    CHECK(titan["training"]["local_batch_size"] == 16);
}

TEST_CASE("golden: Llama 2 70B, ZeRO-3 with offload on 16 cards, under DeepSpeed") {
    // This is the usual full fine-tuning of a 70B model on two nodes of 8 cards, with everything but activations in
    // host memory; it follows no single source. The structure of the file is that of docs/_pages/config-json.md of
    // DeepSpeed.
    const io::launch_plan plan = plan_of(job("llama-2-70b", 16,
                                             {{"micro_batch", 1},
                                              {"gradient_accumulation", 4},
                                              {"sequence_length", 4096},
                                              {"recompute", "full"},
                                              {"offload", "full"},
                                              {"framework", "deepspeed"}},
                                             full_shards),
                                         "deepspeed");
    REQUIRE(plan.files.size() == 2);
    CHECK(plan.files[0].text == "node-1 slots=8\nnode-2 slots=8\n");
    CHECK(nlohmann::json::parse(plan.files[1].text) == nlohmann::json::parse(R"({
        "train_batch_size": 64, "train_micro_batch_size_per_gpu": 1, "gradient_accumulation_steps": 4,
        "gradient_clipping": 1.0, "bf16": {"enabled": true},
        "zero_optimization": {"stage": 3, "overlap_comm": true, "contiguous_gradients": true,
            "reduce_bucket_size": 500000000, "offload_optimizer": {"device": "cpu", "pin_memory": true},
            "offload_param": {"device": "cpu", "pin_memory": true}, "stage3_gather_16bit_weights_on_model_save": true},
        "optimizer": {"type": "AdamW", "params": {"lr": 2e-5, "weight_decay": 0.0}}})"));
    CHECK(after(plan, "--num_gpus") == "8");
    CHECK(after(plan, "--model_name_or_path") == "meta-llama/Llama-2-70b-hf");
    CHECK(after(plan, "--gradient_checkpointing") == "True");
}

/// Launches a job. Returns true if its plan is written with known keys, and false if it is refused because of its
/// field.
static bool launches(const nlohmann::json& text, const std::string& launcher) {
    const io::job_file read = io::read_job(text);
    try {
        check_plan(io::launch(read, launcher), launcher);
        return true;
    } catch (const io::input_error& e) {
        for (const io::input_problem& problem : e.problems())
            CHECK_MESSAGE(problem.key.find('.') != problem.key.npos, problem.message);
    }
    return false;
}

/// Returns the names of a list without its aliases, which read as the same jobs.
template <class List>
std::vector<std::string> own_names(const List& list) {
    std::vector<std::string> names;
    for (const auto& each : list)
        if (!each.alias) names.emplace_back(each.name);
    return names;
}

TEST_CASE("every precision, optimizer, recompute and sharding: written with known keys, or refused by its field") {
    for (const std::string launcher : {"torchtitan", "megatron", "deepspeed", "accelerate"}) {
        int written = 0;
        for (const std::string& p : own_names(io::precision_names))
            for (const std::string& o : own_names(io::optimizer_names))
                for (const std::string& s : own_names(io::sharding_names))
                    for (const std::string& c : own_names(io::recompute_names))
                        written += launches(
                            on_blackwell(job("llama-3.1-8b", 8, {{"precision", p}, {"optimizer", o}, {"recompute", c}},
                                             {{"sharding", s}})),
                            launcher);
        CHECK_MESSAGE(written > 5, launcher);
    }
}

TEST_CASE("every model of the zoo: written with known keys, or refused") {
    for (const std::string_view id : io::model_ids())
        for (const std::string launcher : {"torchtitan", "megatron", "deepspeed", "accelerate"}) {
            const nlohmann::json text = job(std::string(id), 8, {{"sequence_length", 128}},
                                            launcher[0] == 'm' ? nlohmann::json::object() : full_shards);
            io::job_file read;
            try {
                read = io::read_job(text);
            } catch (const io::input_error&) {
                continue;  // a detector has no sequence
            }
            try {
                check_plan(io::launch(read, launcher), launcher);
            } catch (const io::input_error& e) {
                CHECK(!e.problems().empty());
            }
        }
    for (const io::detail::titan_model& row : io::detail::titan_models) CHECK_MESSAGE(io::find_model(row.id), row.id);
}

TEST_CASE("every decoder of the zoo whose repository is known is served by that name") {
    for (const io::published_model& each : io::published_models()) {
        const std::string id(each.id);
        CAPTURE(id);
        const network net = cardfit::lower(*io::find_model(each.id));
        const nlohmann::json serve = served(id, 1, {{"prompt", 64}}, nlohmann::json::object());
        if (!is_autoregressive(net) || net.is_encoder_decoder)
            CHECK(refuses(serve, "vllm", "model"));
        else
            CHECK(plan_of(serve, "vllm").command[2] == each.repository);
    }
    const nlohmann::json gemma = {
        {"model", "gemma-3-4b"}, {"hardware", {{"card", "h100-sxm5-80gb"}}}, {"inference", {{"framework", "vllm"}}}};
    CHECK(plan_of(gemma, "vllm").command[2] == "google/gemma-3-4b-pt");
}

TEST_CASE("every dense decoder of the zoo is trained by the name of its repository") {
    for (const io::published_model& each : io::published_models()) {
        const std::optional<io::any_model> model = io::find_model(each.id);
        const transformer* m = std::get_if<transformer>(&*model);
        if (m == nullptr || m->kind == model_kind::encoder) continue;
        const io::launch_plan plan =
            plan_of(job(std::string(each.id), 8, {{"sequence_length", 128}}, full_shards), "accelerate");
        CHECK(after(plan, "--model_name_or_path") == each.repository);
    }
}

TEST_CASE("published runs of torchtitan and Megatron-LM come out with known keys") {
    std::map<std::string, int> written;
    std::map<std::string, int> all;
    std::ifstream rows(std::string(CARDFIT_TEST_DATA) + "/published/memory.jsonl");
    for (std::string line; std::getline(rows, line);) {
        const io::job_file read = io::read_job_text(line);
        if (!read.training) continue;
        const std::string launcher(row_of(read.training->framework).name);
        if (launcher != "torchtitan" && launcher != "megatron") continue;
        ++all[launcher];
        try {
            check_plan(io::launch(read, launcher), launcher);
            ++written[launcher];
        } catch (const io::input_error& e) {
            CHECK(!e.problems().empty());  // nvfp4, an encoder
        }
    }
    // In clang 14 no lambda, and therefore no message, can capture a structured binding.
    for (const auto& counted : all) CHECK_MESSAGE(written[counted.first] * 10 >= counted.second * 7, counted.first);
    CHECK(all.size() == 2);
}

TEST_CASE("experts and latent attention under Megatron-LM") {
    const io::launch_plan plan = plan_of(
        job("deepseek-v3", 256, {{"sequence_length", 4096}, {"framework", "megatron"}, {"precision", "fp8-mixed"}},
            {{"expert", 64}, {"sharding", "optimizer"}}),
        "megatron");
    CHECK(has(plan, "--multi-latent-attention"));
    CHECK(after(plan, "--expert-model-parallel-size") == "64");
    CHECK(after(plan, "--moe-layer-freq") == "([0]*3+[1]*58)");
    CHECK(after(plan, "--fp8-format") == "hybrid");
    CHECK(!has(plan, "--mtp-num-layers"));
}

TEST_CASE("capacity of experts and multi-token prediction under Megatron-LM") {
    const nlohmann::json training = {
        {"framework", "megatron"}, {"mtp_layers", 1}, {"expert_capacity_factor", 1.25}, {"pad_to_capacity", true}};
    const nlohmann::json text = job("mixtral-8x7b", 8, training, {{"expert", 8}, {"sharding", "optimizer"}});
    const io::launch_plan plan = plan_of(text, "megatron");
    CHECK(after(plan, "--moe-expert-capacity-factor") == "1.25");
    CHECK(has(plan, "--moe-pad-expert-input-to-capacity"));
    CHECK(after(plan, "--mtp-num-layers") == "1");
    CHECK(refuses(job("qwen3-30b-a3b", 8, {{"mtp_layers", 1}}, {{"sharding", "full"}}), "torchtitan",
                  "training.mtp_layers"));
}

TEST_CASE("groups of shards and context parallelism") {
    const nlohmann::json layout = {{"context", 2}, {"sharding", "full"}, {"sharding_group", 8}};
    const nlohmann::json text =
        job("llama-3.1-8b", 16, {{"sequence_length", 32768}, {"software_date", "2026-02"}}, layout);
    const nlohmann::json titan = read_toml(plan_of(text, "torchtitan").files[0].text)["parallelism"];
    CHECK(titan["data_parallel_replicate_degree"] == 2);
    CHECK(titan["data_parallel_shard_degree"] == 4);
    const nlohmann::json mesh = read_yaml(plan_of(text, "accelerate").files[0].text)["parallelism_config"];
    CHECK(mesh["parallelism_config_dp_replicate_size"] == 2);
    CHECK(mesh["parallelism_config_dp_shard_size"] == 4);
    CHECK(mesh["parallelism_config_cp_size"] == 2);
}

TEST_CASE("QLoRA under Accelerate") {
    const io::launch_plan plan = plan_of(
        job("llama-3.1-8b", 1, {{"adapter", {{"rank", 64}, {"targets", {"q", "v"}}}}, {"base_weights", "nf4-dq"}},
            nlohmann::json::object()),
        "accelerate");
    CHECK(after(plan, "--lora_target_modules") == "q_proj");
    CHECK(after(plan, "--use_bnb_nested_quant") == "True");
    CHECK(after(plan, "--dtype") == "bfloat16");
}

TEST_CASE("adapters are on the modules that a family's models have") {
    // transformers' modeling_gpt2.py, modeling_falcon.py and modeling_phi3.py: query, key and value are one matrix.
    const auto adapted = [](const nlohmann::json& targets) {
        return nlohmann::json{{"sequence_length", 1024},
                              {"precision", "bf16-mixed"},
                              {"loss", "full"},
                              {"adapter", {{"rank", 8}, {"targets", targets}}}};
    };
    const nlohmann::json attention{"q", "k", "v"};
    const nlohmann::json alone = nlohmann::json::object();
    CHECK(after(plan_of(job("gpt2-xl", 1, adapted(attention), alone), "trl"), "--lora_target_modules") == "c_attn");
    CHECK(after(plan_of(job("falcon-7b", 1, adapted(attention), alone), "trl"), "--lora_target_modules") ==
          "query_key_value");
    CHECK(has(plan_of(job("phi-3-mini", 1, adapted({"q", "k", "v", "gate", "up"}), alone), "trl"), "gate_up_proj"));
    CHECK(refuses(job("gpt2-xl", 1, adapted({"q", "v"}), alone), "trl", "training.adapter.targets"));
}

TEST_CASE("the hub's name of every zoo model means that model, or the same text with its vision tower") {
    for (const io::published_model& each : io::published_models()) {
        const io::imports::named_model named = io::imports::model_named(std::string(each.repository), {});
        const bool tower = named.id == std::string(each.id) + "-vision";
        CHECK_MESSAGE((named.id == each.id || tower), each.id << ", read as " << named.id);
    }
}

TEST_CASE("serving") {
    const io::launch_plan vllm =
        plan_of(served("llama-3.1-70b", 8,
                       {{"weights", "fp8"}, {"kv_cache", "fp8"}, {"prompt", 8000}, {"generate", 192}, {"batch", 64}},
                       {{"tensor", 4}}),
                "vllm");
    CHECK(vllm.command[2] == "meta-llama/Llama-3.1-70B");
    CHECK(after(vllm, "--tensor-parallel-size") == "4");
    CHECK(after(vllm, "--data-parallel-size") == "2");
    CHECK(after(vllm, "--max-model-len") == "8192");
    CHECK(after(vllm, "--max-num-seqs") == "64");
    CHECK(after(vllm, "--gpu-memory-utilization") == "0.92");
    const io::launch_plan llama =
        plan_of(served("llama-3.1-70b", 2,
                       {{"weights", "q4_k_m"}, {"prompt", 4000}, {"generate", 96}, {"batch", 4}, {"kv_cache", "int8"}},
                       {{"pipeline", 2}}),
                "llama.cpp");
    CHECK(after(llama, "--ctx-size") == "16384");
    CHECK(after(llama, "--parallel") == "4");
    CHECK(after(llama, "--split-mode") == "layer");
    CHECK(after(llama, "--cache-type-k") == "q8_0");
}

TEST_CASE("speculative decoding, and experts on other ranks, in the servers' words") {
    const nlohmann::json none = nlohmann::json::object();
    const auto speculating = [](const char* engine, const char* method, const char* draft = nullptr) {
        nlohmann::json how = {{"method", method}, {"tokens", 3}, {"acceptance", 0.7}};
        if (draft) how["draft"] = draft;
        return nlohmann::json{{"framework", engine}, {"speculation", how}};
    };
    // vLLM, docs/features/spec_decode.md.
    const auto config = [&](const nlohmann::json& inference, const char* model = "llama-3.1-70b") {
        const io::launch_plan plan = plan_of(served(model, 8, inference, {{"tensor", 8}}), "vllm");
        return nlohmann::json::parse(after(plan, "--speculative-config"));
    };
    CHECK(config(speculating("vllm", "ngram"))["prompt_lookup_max"] == 4);
    CHECK(config(speculating("vllm", "draft-model", "llama-3.2-1b"))["model"] == "meta-llama/Llama-3.2-1B");
    CHECK(config(speculating("vllm", "draft-model", "llama-3.2-1b"))["num_speculative_tokens"] == 3);
    CHECK(config(speculating("vllm", "mtp"), "glm-4.5-air")["method"] == "mtp");
    const io::launch_plan eagle =
        plan_of(served("llama-3.1-8b", 1, speculating("vllm", "eagle3"), nlohmann::json::object()), "vllm");
    CHECK(std::any_of(eagle.notes.begin(), eagle.notes.end(),
                      [](const std::string& note) { return note.find("EAGLE head") != std::string::npos; }));
    // SGLang, docs/advanced_features/speculative_decoding.md: a chain has one token more to check than steps.
    const io::launch_plan chain =
        plan_of(served("llama-3.1-8b", 1, speculating("sglang", "draft-model", "llama-3.2-1b"), none), "sglang");
    CHECK(after(chain, "--speculative-algorithm") == "STANDALONE");
    CHECK(after(chain, "--speculative-num-steps") == "3");
    CHECK(after(chain, "--speculative-num-draft-tokens") == "4");
    CHECK(after(chain, "--speculative-eagle-topk") == "1");
    CHECK(refuses(served("llama-3.1-8b", 1, speculating("tgi", "ngram"), none), "tgi", "inference.speculation.method"));
    nlohmann::json wide = {{"framework", "sglang"},
                           {"prompt", 2000},
                           {"generate", 100},
                           {"expert_exchange", "deepep"},
                           {"two_batches", true}};
    const nlohmann::json layout = {{"data", 16}, {"expert", 16}};
    const io::launch_plan sglang = plan_of(served("deepseek-v3", 16, wide, layout), "sglang");
    CHECK(after(sglang, "--moe-a2a-backend") == "deepep");
    CHECK(has(sglang, "--enable-two-batch-overlap"));
    wide["framework"] = "vllm";
    const io::launch_plan vllm = plan_of(served("deepseek-v3", 16, wide, layout), "vllm");
    CHECK(after(vllm, "--all2all-backend") == "deepep_low_latency");
    CHECK(has(vllm, "--enable-dbo"));
}

TEST_CASE("a disaggregated server is commands of its own for prompts and for generating, and a router") {
    const auto group = [](const char* engine, int cards) {
        return io::read_job(served("llama-3.1-8b", cards, {{"framework", engine}}, {{"tensor", cards}}));
    };
    // vLLM, docs/features/nixl_connector_usage.md.
    const io::disaggregated_launch vllm = io::launch_disaggregated(group("vllm", 1), 2, group("vllm", 2), 1, "vllm");
    CHECK(nlohmann::json::parse(after(vllm.prefill, "--kv-transfer-config"))["kv_connector"] == "NixlConnector");
    CHECK(nlohmann::json::parse(after(vllm.decode, "--kv-transfer-config"))["kv_role"] == "kv_consumer");
    CHECK(after(vllm.decode, "--tensor-parallel-size") == "2");
    CHECK(after({.command = vllm.router}, "--prefiller-hosts") == "P1");
    CHECK(after({.command = vllm.router}, "P1") == "P2");
    CHECK(after({.command = vllm.router}, "--decoder-hosts") == "D1");
    // NVIDIA Dynamo: python -m dynamo.vllm --model MODEL (docs.nvidia.com/dynamo, backends; examples of 2026).
    CHECK(after({.command = vllm.dynamo_prefill}, "-m") == "dynamo.vllm");
    CHECK(after({.command = vllm.dynamo_prefill}, "--model") == "meta-llama/Llama-3.1-8B");
    CHECK(after({.command = vllm.dynamo_prefill}, "--disaggregation-mode") == "prefill");
    CHECK(after({.command = vllm.dynamo_decode}, "--disaggregation-mode") == "decode");
    CHECK(after({.command = vllm.dynamo_decode}, "--tensor-parallel-size") == "2");
    CHECK(nlohmann::json::parse(after({.command = vllm.dynamo_decode}, "--kv-transfer-config"))["kv_role"] ==
          "kv_both");
    CHECK(after({.command = vllm.dynamo_frontend}, "-m") == "dynamo.frontend");
    // SGLang, docs/advanced_features/pd_disaggregation.md.
    const io::disaggregated_launch sglang =
        io::launch_disaggregated(group("sglang", 1), 2, group("sglang", 2), 1, "sglang");
    CHECK(after(sglang.prefill, "--disaggregation-mode") == "prefill");
    CHECK(after(sglang.decode, "--disaggregation-mode") == "decode");
    CHECK(has({.command = sglang.router}, "--pd-disaggregation"));
    CHECK(after({.command = sglang.dynamo_prefill}, "-m") == "dynamo.sglang");
    CHECK_THROWS_AS(static_cast<void>(io::launch_disaggregated(group("tgi", 1), 1, group("tgi", 1), 1, "tgi")),
                    io::input_error);
}

TEST_CASE("servers by the tables that import reads: settings that the tools have, and what they cannot say") {
    const nlohmann::json none = nlohmann::json::object();
    const nlohmann::json fp8 = {
        {"weights", "fp8"}, {"kv_cache", "fp8"}, {"prompt", 8000}, {"generate", 192}, {"batch", 64}};
    // SGLang, docs/advanced_features/server_arguments.md: experts over all ranks, and attention by data.
    const io::launch_plan wide = plan_of(
        served("deepseek-v3", 16, {{"prompt", 8000}, {"generate", 192}}, {{"data", 16}, {"expert", 16}}), "sglang");
    CHECK(after(wide, "--model-path") == "deepseek-ai/DeepSeek-V3");
    CHECK(after(wide, "--tp") == "16");
    CHECK(after(wide, "--dp") == "16");
    CHECK(has(wide, "--enable-dp-attention"));
    CHECK(after(wide, "--context-length") == "8192");
    CHECK(after(wide, "--dist-init-addr") == "$MASTER_ADDR:29500");
    const io::launch_plan lmdeploy = plan_of(
        served("llama-3.1-70b", 4, {{"weights", "awq-int4"}, {"kv_cache", "int8"}, {"prompt", 8000}, {"generate", 192}},
               {{"tensor", 4}}),
        "lmdeploy");
    CHECK(after(lmdeploy, "--model-format") == "awq");
    CHECK(after(lmdeploy, "--quant-policy") == "8");
    CHECK(after(lmdeploy, "--session-len") == "8192");
    const io::launch_plan tgi = plan_of(served("llama-3.1-70b", 4, fp8, {{"tensor", 4}}), "tgi");
    CHECK(after(tgi, "--max-input-tokens") == "8000");
    CHECK(after(tgi, "--max-total-tokens") == "8192");
    CHECK(after(tgi, "--quantize") == "fp8");
    const io::launch_plan trtllm = plan_of(served("llama-3.1-70b", 4, fp8, {{"tensor", 4}}), "tensorrt-llm");
    CHECK(after(trtllm, "--tp_size") == "4");
    CHECK(after(trtllm, "--max_batch_size") == "64");
    CHECK(read_yaml(trtllm.files[0].text)["kv_cache_config"]["dtype"] == "fp8");
    CHECK(refuses(served("llama-3.1-8b", 2, none, {{"data", 2}}), "lmdeploy", "layout.data"));
    CHECK(refuses(served("llama-3.1-8b", 1, {{"kv_cache", "int4"}}, none), "tgi", "inference.kv_cache"));
    CHECK(refuses(served("llama-3.1-8b", 1, {{"graphs", false}}, none), "tgi", "inference.graphs"));
    CHECK(refuses(served("llama-3.1-8b", 1, {{"adapters", 2}}, none), "lmdeploy", "inference.adapters"));
    CHECK(refuses(served("llama-3.1-8b", 1, {{"framework", "sglang"}, {"weights", "q4_k_m"}}, none), "sglang",
                  "inference.weights"));
}

TEST_CASE("fine-tuning by axolotl and LLaMA-Factory: their files, as their examples have them") {
    const nlohmann::json qlora = {{"adapter", {{"rank", 16}, {"targets", {"q", "v"}}}},
                                  {"base_weights", "nf4-dq"},
                                  {"precision", "bf16-mixed"},
                                  {"sequence_length", 4096},
                                  {"micro_batch", 2},
                                  {"gradient_accumulation", 4},
                                  {"recompute", "full"}};
    const nlohmann::json none = nlohmann::json::object();
    // axolotl, examples/llama-3/qlora.yml and examples/distributed-parallel/llama-3_1-8b-hsdp-tp.yaml.
    const nlohmann::json axolotl = read_yaml(plan_of(job("llama-3.1-8b", 1, qlora, none), "axolotl").files[0].text);
    CHECK(axolotl["base_model"] == "meta-llama/Llama-3.1-8B");
    CHECK(axolotl["load_in_4bit"] == true);
    CHECK(axolotl["bf16"] == true);
    CHECK(axolotl["gradient_checkpointing"] == true);
    CHECK(axolotl["lora_target_modules"] == nlohmann::json({"q_proj", "v_proj"}));
    const nlohmann::json sharded = read_yaml(plan_of(job("llama-3.1-8b", 16, {{"precision", "bf16-mixed"}},
                                                         {{"tensor", 2}, {"sharding", "full"}, {"sharding_group", 4}}),
                                                     "axolotl")
                                                 .files[0]
                                                 .text);
    CHECK(sharded["fsdp_version"] == 2);
    CHECK(sharded["fsdp_config"]["reshard_after_forward"] == true);
    CHECK(sharded["dp_shard_size"] == 4);
    CHECK(sharded["dp_replicate_size"] == 2);
    CHECK(sharded["tensor_parallel_size"] == 2);
    // LLaMA-Factory, examples/train_lora/qwen3_lora_sft_ds3.yaml and examples/README.md (two nodes).
    const io::launch_plan factory =
        plan_of(job("llama-3.1-8b", 16, {{"precision", "bf16-mixed"}}, {{"sharding", "gradients"}}), "llama-factory");
    CHECK(nlohmann::json::parse(factory.files[0].text)["zero_optimization"]["stage"] == 2);
    CHECK(read_yaml(factory.files[1].text)["finetuning_type"] == "full");
    CHECK(has(factory, "NNODES=2"));
    CHECK(has(factory, "MASTER_ADDR=$MASTER_ADDR"));
    CHECK(
        refuses(job("llama-3.1-8b", 2, none, {{"tensor", 2}, {"sharding", "full"}}), "llama-factory", "layout.tensor"));
    nlohmann::json single = qlora;
    single["base_weights"] = "nf4";
    CHECK(refuses(job("llama-3.1-8b", 1, single, none), "axolotl", "training.base_weights"));
}

TEST_CASE("the script of Unsloth has keyword arguments of its calls, as its README writes them") {
    const nlohmann::json qlora = {{"framework", "unsloth"},
                                  {"precision", "bf16-mixed"},
                                  {"recompute", "full"},
                                  {"micro_batch", 2},
                                  {"optimizer", "adamw-8bit"},
                                  {"base_weights", "nf4-dq"},
                                  {"adapter", {{"rank", 16}, {"targets", {"q", "v"}}}}};
    const nlohmann::json alone = nlohmann::json::object();
    const io::launch_plan plan = plan_of(job("llama-3.1-8b", 1, qlora, alone), "unsloth");
    const std::string& script = plan.files.at(0).text;
    const key_kinds known = accepted({"unsloth"});
    for (const io::imports::setting& each : io::imports::read_python(script, "unsloth_train.py"))
        CHECK_MESSAGE(known.count(each.name) == 1, each.name);
    for (const char* line : {"    load_in_4bit = True,", "    r = 16,", "    target_modules = [\"q_proj\",\"v_proj\"],",
                             "    use_gradient_checkpointing = \"unsloth\",", "        optim = \"adamw_8bit\","})
        CHECK_MESSAGE(script.find(line) != script.npos, line);
    CHECK(refuses(job("llama-3.1-8b", 2, qlora, alone), "unsloth", "hardware.cards"));
    nlohmann::json plain = qlora;
    plain["base_weights"] = "nf4";
    CHECK(refuses(job("llama-3.1-8b", 1, plain, alone), "unsloth", "training.base_weights"));
    const nlohmann::json whole = {{"framework", "unsloth"}, {"precision", "bf16"}, {"optimizer_state", "bf16"}};
    const io::launch_plan full = plan_of(job("llama-3.2-1b", 1, whole, alone), "unsloth");
    CHECK(full.files.at(0).text.find("full_finetuning = True") != std::string::npos);
    CHECK(full.files.at(0).text.find("get_peft_model") == std::string::npos);
}

TEST_CASE("what a launcher cannot express is an error that names the field") {
    const nlohmann::json plain = {{"sequence_length", 2048}};
    const auto with = [&](const std::string& key, const nlohmann::json& value) {
        nlohmann::json changed = plain;
        changed[key] = value;
        return changed;
    };
    const nlohmann::json pipeline = {{"pipeline", 2}, {"sharding", "optimizer"}};
    CHECK(refuses(job("llama-3.1-8b", 8, plain, pipeline), "accelerate", "layout.pipeline"));
    const nlohmann::json beyond_heads = {{"tensor", 8}, {"sharding", "full"}};
    CHECK(refuses(job("qwen3-30b-a3b", 8, plain, beyond_heads), "torchtitan", "layout.tensor"));
    CHECK(refuses(job("qwen3-30b-a3b", 8, plain, {{"tensor", 8}}), "megatron", "layout.tensor"));
    CHECK(refuses(job("llama-3.1-8b", 8, plain, pipeline), "deepspeed", "layout.pipeline"));
    CHECK(refuses(job("llama-3.1-8b", 8, plain, {{"context", 2}, {"sharding", "optimizer"}}), "accelerate",
                  "layout.context"));
    CHECK(refuses(job("llama-3.1-8b", 8, with("software_date", "2026-07"), {{"tensor", 2}, {"sharding", "full"}}),
                  "deepspeed", "layout.tensor"));
    CHECK(refuses(job("llama-3.1-8b", 8, plain, {{"sharding", "optimizer"}}), "torchtitan", "layout.sharding"));
    CHECK(refuses(job("llama-3.1-8b", 8, with("precision", "fp16-mixed"), full_shards), "torchtitan",
                  "training.precision"));
    CHECK(refuses(job("llama-3.1-8b", 8, with("optimizer", "adamw-8bit"), full_shards), "megatron",
                  "training.optimizer"));
    CHECK(refuses(job("llama-3.1-8b", 8, with("compiled", true), full_shards), "megatron", "training.compiled"));
    CHECK(refuses(job("llama-3.1-8b", 8, with("optimizer", "muon"), full_shards), "megatron", "layout.sharding"));
    CHECK(refuses(job("llama-3.1-8b", 8, with("recompute", "selective"), full_shards), "accelerate",
                  "training.recompute"));
    CHECK(refuses(job("mistral-7b", 8, plain, full_shards), "torchtitan", "model"));
    CHECK(refuses(job("llama-3.1-8b", 8, with("dropout", true), full_shards), "torchtitan", "training.dropout"));
    CHECK(refuses(served("llama-3.1-8b", 2, {{"weights", "q4_k_m"}}, {{"data", 2}}), "llama.cpp", "layout.data"));
    CHECK(refuses(served("llama-3.1-8b", 1, {{"kv_cache", "fp8"}}, nlohmann::json::object()), "llama.cpp",
                  "inference.kv_cache"));
    CHECK(refuses(served("llama-3.1-8b", 1, {{"weights", "q4_k_m"}, {"framework", "vllm"}}, nlohmann::json::object()),
                  "vllm", "inference.weights"));
    CHECK(refuses(served("llama-3.1-8b", 1, {{"adapters", 2}, {"adapter_rank", 10}}, nlohmann::json::object()), "vllm",
                  "inference.adapter_rank"));
    nlohmann::json host = with("offload", "optimizer");
    host["optimizer"] = "paged-adamw";
    CHECK(refuses(job("llama-3.1-8b", 8, host, {{"sharding", "optimizer"}}), "deepspeed", "training.offload"));
    CHECK(refuses(served("llama-3.1-8b", 1, {{"batch", 2}}, nlohmann::json::object()), "megatron", "training"));
    CHECK(refuses(job("llama-3.1-8b", 8, plain, full_shards), "vllm", "inference"));
    CHECK(refuses(job("llama-3.1-8b", 8, plain, full_shards), "make", "launcher"));
    CHECK(refuses(job("llama-3.1-8b", 12, plain, full_shards), "torchtitan", "hardware.per_node"));
}

TEST_CASE("precision bf16 under DeepSpeed: only what its configuration and its optimizers start with") {
    // deepspeedai/DeepSpeed: _do_error_check of runtime/config.py asks for ZeRO and for both keys together; without
    // offload, the optimizers of zero/stage_1_and_2.py and stage3.py want bf16 states (#7700).
    const auto asked = [](const char* state, const char* offload) {
        return nlohmann::json{{"precision", "bf16"}, {"optimizer_state", state}, {"offload", offload}};
    };
    const nlohmann::json two = {{"sharding", "gradients"}};
    const auto section = [&](const nlohmann::json& training) {
        return nlohmann::json::parse(plan_of(job("llama-3.1-8b", 8, training, two), "deepspeed").files[0].text)["bf16"];
    };
    CHECK(refuses(job("llama-3.1-8b", 8, asked("bf16", "none"), nlohmann::json::object()), "deepspeed",
                  "layout.sharding"));
    CHECK(refuses(job("llama-3.1-8b", 8, asked("fp32", "none"), two), "deepspeed", "training.optimizer_state"));
    CHECK(section(asked("bf16", "none")) ==
          nlohmann::json::parse(
              R"({"enabled": true, "bf16_master_weights_and_grads": true, "bf16_optimizer_states": true})"));
    CHECK(section(asked("fp32", "optimizer")) ==
          nlohmann::json::parse(
              R"({"enabled": true, "bf16_master_weights_and_grads": true, "bf16_optimizer_states": false})"));
}

namespace {

/// Trainings that use options of many releases, of a month.
std::vector<nlohmann::json> dated_jobs(const char* month) {
    std::vector<nlohmann::json> changes{{{"loss", "full"}}};
    for (const char* loss : {"fused", "fused-kernel", "chunked"}) changes.push_back({{"loss", loss}});
    for (const char* o : {"muon", "lion", "soap", "adamw-8bit"}) changes.push_back({{"optimizer", o}});
    for (const char* p : {"fp8-mixed", "mxfp8-mixed", "nvfp4-mixed", "bf16"}) changes.push_back({{"precision", p}});
    for (const char* part : {"optimizer", "activations", "full"}) changes.push_back({{"offload", part}});
    for (const char* c : {"full", "selective"}) changes.push_back({{"recompute", c}});
    changes.push_back({{"attention", "eager"}});
    changes.push_back({{"gradients", "bf16"}});
    changes.push_back({{"mtp_layers", 1}});
    changes.push_back({{"optimizer_state", "bf16"}});
    changes.push_back({{"adapter", {{"method", "dora"}, {"rank", 8}, {"targets", {"q", "v"}}}}});
    changes.push_back({{"adapter", {{"rank", 8}, {"targets", {"q", "v"}}}}, {"base_weights", "nf4"}});
    std::vector<nlohmann::json> all;
    for (const char* model : {"llama-3.1-8b", "deepseek-v3", "gpt-oss-20b"})
        for (nlohmann::json change : changes)
            for (const nlohmann::json& layout : std::initializer_list<nlohmann::json>{
                     nlohmann::json::object(),
                     full_shards,
                     {{"sharding", "optimizer"}},
                     {{"sharding", "optimizer"}, {"pipeline", 2}, {"virtual_stages", 2}},
                     {{"sharding", "optimizer"}, {"sharding_group", 4}}}) {
                change.update({{"software_date", month}, {"sequence_length", 512}, {"gradient_accumulation", 2}});
                all.push_back(job(model, 8, change, layout));
            }
    return all;
}

/// Returns how many jobs a launcher takes, and checks their commands against the options of a release.
int check_release(const char* launcher, const char* month, std::initializer_list<const char*> lists, std::size_t skip) {
    const key_kinds known = accepted(lists);
    int launched = 0;
    for (const nlohmann::json& text : dated_jobs(month)) {
        try {
            const io::launch_plan plan = io::launch(io::read_job(text), launcher);
            INFO(launcher << " " << month << " " << text.dump());
            check_command(plan.command, place_of_program(plan) + skip, known);
            ++launched;
        } catch (const io::input_error& e) {
            CHECK(!e.problems().empty());
        }
    }
    return launched;
}

}  // namespace

TEST_CASE("commands of earlier months have the options of the releases of that month, or are refused by the key") {
    CHECK(check_release("trl", "2025-02", {"torchrun", "trl-0.15.0"}, 1) > 5);
    CHECK(check_release("trl", "2025-05", {"torchrun", "trl-0.18.0"}, 1) > 5);
    CHECK(check_release("accelerate", "2025-05", {"accelerate", "trl-0.18.0"}, 2) > 5);
    CHECK(check_release("deepspeed", "2025-10", {"deepspeed", "trl-0.24.0"}, 1) > 5);
    CHECK(check_release("megatron", "2025-02", {"torchrun", "megatron-0.10.0"}, 1) > 5);
    CHECK(check_release("megatron", "2025-07", {"torchrun", "megatron-0.13.0"}, 1) > 20);
    const auto trl = [](const char* month) {
        return plan_of(job("llama-3.1-8b", 1, {{"loss", "full"}, {"software_date", month}}, nlohmann::json::object()),
                       "trl");
    };
    CHECK(after(trl("2026-08"), "--dtype") == "float32");
    const nlohmann::json chunked = {{"loss", "chunked"}, {"software_date", "2026-02"}};
    CHECK(refuses(job("llama-3.1-8b", 1, chunked, nlohmann::json::object()), "trl", "training.loss"));
    const nlohmann::json sent = {{"framework", "vllm"}, {"expert_exchange", "deepep"}, {"software_date", "2025-09"}};
    CHECK(refuses(served("qwen3-30b-a3b", 8, sent, {{"data", 8}, {"expert", 8}}), "vllm", "inference.expert_exchange"));
}

TEST_CASE("fp8 under accelerate: the library and its keys are those of the month") {
    // huggingface/accelerate: fp8_config since #2983 (August 2024), torchao by the file alone since #3677 (July 2025),
    // its own keys since #3831 (December 2025); transformers' training_args.py takes fp8 from the file where bf16 is
    // off.
    const auto fp8 = [](const char* month) {
        return nlohmann::json{{"precision", "fp8-mixed"}, {"software_date", month}, {"sequence_length", 2048}};
    };
    const auto file = [&](const char* month) {
        return read_yaml(plan_of(job("llama-3.1-8b", 8, fp8(month), full_shards), "accelerate").files[0].text);
    };
    const nlohmann::json whole = nlohmann::json::object();
    const io::launch_plan early = io::launch(io::read_job(job("llama-3.1-8b", 8, fp8("2025-05"), whole)), "accelerate");
    CHECK(read_yaml(early.files[0].text)["fp8_config"] ==
          nlohmann::json({{"backend", "TE"}, {"fp8_format", "HYBRID"}}));
    CHECK(file("2025-10")["fp8_config"] == nlohmann::json({{"backend", "AO"}}));
    CHECK(file("2026-08")["fp8_config"]["enable_fsdp_float8_all_gather"] == true);
    CHECK(file("2026-08")["mixed_precision"] == "fp8");
    CHECK(file("2026-08")["fsdp_config"]["fsdp_cpu_ram_efficient_loading"] == false);
    CHECK(after(plan_of(job("llama-3.1-8b", 8, fp8("2026-08"), full_shards), "accelerate"), "--bf16") == "False");
    CHECK(refuses(job("llama-3.1-8b", 8, fp8("2024-06"), whole), "accelerate", "training.precision"));
    CHECK(refuses(job("llama-3.1-8b", 8, fp8("2026-08"), full_shards), "trl", "training.precision"));
    CHECK(
        refuses(job("llama-3.1-8b", 8, fp8("2026-08"), {{"sharding", "gradients"}}), "accelerate", "layout.sharding"));
}

TEST_CASE("some of the layers are trained under LLaMA-Factory, and refusals name a key with its own values") {
    // hparams/finetuning_args.py: freeze_trainable_layers counts the last layers, a negative number the first; with
    // use_llama_pro they are spaced. examples/extras/fsdp_qlora and llama_pro of the repository write these keys.
    const auto file = [](const nlohmann::json& more) {
        nlohmann::json training = {{"framework", "llama-factory"}, {"loss", "full"}, {"sequence_length", 2048}};
        training.update(more);
        return read_yaml(
            plan_of(job("llama-3.1-8b", 1, training, nlohmann::json::object()), "llama-factory").files.back().text);
    };
    const nlohmann::json last = file({{"trained_layers", 2}, {"trained_ends", "both"}});
    CHECK(last["finetuning_type"] == "freeze");
    CHECK(last["freeze_trainable_layers"] == 2);
    CHECK(last["freeze_extra_modules"] == "embed_tokens,lm_head");
    CHECK(file({{"trained_layers", 3}, {"trained_layer_choice", "first"}})["freeze_trainable_layers"] == -3);
    CHECK(file({{"trained_layers", 8}, {"trained_layer_choice", "spaced"}})["use_llama_pro"] == true);
    const nlohmann::json part = {{"framework", "axolotl"},
                                 {"precision", "bf16"},
                                 {"optimizer_state", "bf16"},
                                 {"loss", "full"},
                                 {"trained_layers", 2}};
    CHECK(refuses(job("llama-3.1-8b", 1, part, nlohmann::json::object()), "axolotl", "training.trained_layers"));
    const nlohmann::json fused = {{"framework", "llama-factory"}, {"loss", "fused"}, {"fused_kernels", "none"}};
    try {
        static_cast<void>(
            io::launch(io::read_job(job("llama-3.1-8b", 1, fused, nlohmann::json::object())), "llama-factory"));
        FAIL("launched");
    } catch (const io::input_error& e) {
        CHECK(std::string(e.what()).find(
                  "training.fused_kernels is \"none\"; accepted: all beside training.loss fused") != std::string::npos);
    }
}

TEST_CASE("a quantized base that is sharded is stored in the format of the rest") {
    // peft, docs/source/accelerate/fsdp.md and deepspeed.md: bnb_4bit_quant_storage is the argument to add.
    const nlohmann::json qlora = {{"adapter", {{"rank", 8}, {"targets", {"q", "v"}}}},
                                  {"precision", "bf16"},
                                  {"optimizer_state", "bf16"},
                                  {"base_weights", "nf4"},
                                  {"framework", "trl"}};
    CHECK(after(plan_of(job("llama-2-70b", 2, qlora, full_shards), "accelerate"), "--bnb_4bit_quant_storage") ==
          "bfloat16");
    nlohmann::json mixed = qlora;
    mixed["precision"] = "bf16-mixed";
    mixed["optimizer_state"] = "fp32";
    CHECK(after(plan_of(job("llama-2-70b", 8, mixed, full_shards), "deepspeed"), "--bnb_4bit_quant_storage") ==
          "bfloat16");
    CHECK(after(plan_of(job("llama-2-70b", 8, mixed, {{"sharding", "optimizer"}}), "accelerate"),
                "--bnb_4bit_quant_storage")
              .empty());
    // TRL's ModelConfig drops 0.05 out unless it is told otherwise (recalled); the command says what is estimated.
    CHECK(after(plan_of(job("llama-2-70b", 2, qlora, full_shards), "accelerate"), "--lora_dropout") == "0.05");
    mixed["framework"] = "transformers";
    CHECK(refuses(job("llama-2-70b", 8, mixed, nlohmann::json::object()), "accelerate", "training.framework"));
}

TEST_CASE("vLLM: kernels of quantized checkpoints, formats that a checkpoint states, positions, and nodes") {
    const auto command = [](const nlohmann::json& inference, const char* card) {
        nlohmann::json text = served("qwen2.5-7b", 1, inference, nlohmann::json::object());
        text["hardware"]["card"] = card;
        return plan_of(text, "vllm");
    };
    // vllm-project/vllm#21376: awq and gptq force the slow kernels; awq_marlin and gptq_marlin need compute capability
    // 8.0 (get_min_capability of vllm/model_executor/layers/quantization).
    CHECK(after(command({{"weights", "awq-int4"}}, "rtx-4090"), "--quantization") == "awq_marlin");
    CHECK(after(command({{"weights", "gptq-int4"}}, "rtx-4090"), "--quantization") == "gptq_marlin");
    CHECK(after(command({{"weights", "awq-int4"}}, "t4"), "--quantization") == "awq");
    CHECK_FALSE(has(command({{"weights", "w8a8"}}, "rtx-4090"), "--quantization"));
    CHECK_FALSE(has(plan_of(served("gpt-oss-20b", 1, {{"weights", "mxfp4"}}, nlohmann::json::object()), "vllm"),
                    "--quantization"));
    // Llama 2 has 4096 positions, beyond which vLLM does not start.
    CHECK(refuses(served("llama-2-7b", 1, {{"prompt", 9000}, {"generate", 216}}, nlohmann::json::object()), "vllm",
                  "inference.prompt"));
    // vLLM, docs/serving/data_parallel_deployment.md and parallelism_scaling.md: the API is served by the first node.
    const io::launch_plan pipelined =
        plan_of(served("llama-3.1-405b", 16, {{"weights", "fp8"}}, {{"tensor", 8}, {"pipeline", 2}}), "vllm");
    CHECK_FALSE(has(pipelined, "--headless"));
    CHECK(pipelined.command_elsewhere.back() == "--headless");
    const io::launch_plan wide =
        plan_of(served("deepseek-v3", 16, nlohmann::json::object(), {{"data", 16}, {"expert", 16}}), "vllm");
    CHECK(after(wide, "--data-parallel-size") == "16");
    CHECK(after(wide, "--data-parallel-size-local") == "8");
    CHECK(wide.command_elsewhere.back() == "$((NODE_RANK * 8))");
    CHECK(wide.command_elsewhere.back().expands);
}

TEST_CASE("commands are of the month that the estimate is of") {
    const auto megatron = [](const char* month, const char* sharding) {
        return plan_of(
            job("gpt2-xl", 8, {{"software_date", month}, {"framework", "megatron"}}, {{"sharding", sharding}}),
            "megatron");
    };
    // NVIDIA/Megatron-LM at c9dfe347 (22 April 2026): the null tokenizer adds no token. GPT-2 has 50,257.
    CHECK(after(megatron("2026-06", "none"), "--vocab-size") == "50257");
    CHECK(after(megatron("2025-06", "none"), "--vocab-size") == "50256");
    CHECK(has(megatron("2025-06", "none"), "--overlap-grad-reduce"));
    CHECK_FALSE(has(megatron("2025-06", "none"), "--overlap-param-gather"));
    CHECK(has(megatron("2025-06", "optimizer"), "--overlap-param-gather"));
    CHECK_FALSE(has(megatron("2022-06", "optimizer"), "--overlap-grad-reduce"));
    // torchtitan's default loss has been chunked since #2937 (27 April 2026); its last TOML release has no such loss.
    const auto titan = [](const char* month) {
        return job("llama-3.1-8b", 8, {{"framework", "torchtitan"}, {"software_date", month}}, full_shards);
    };
    CHECK(plan_of(titan("2026-02"), "torchtitan").files.at(0).name == "torchtitan.toml");
    CHECK(refuses(titan("2026-06"), "torchtitan", "training.loss"));
    CHECK(plan_of(titan("2026-11"), "torchtitan").files.at(0).name == "cardfit_torchtitan.py");
    // llama.cpp writes whole scores before flash attention became its default (ggml-org/llama.cpp, August 2025).
    const nlohmann::json old = {{"weights", "q4_k_m"}, {"software_date", "2025-06"}};
    CHECK(after(plan_of(served("llama-3.1-8b", 1, old, nlohmann::json::object()), "llama.cpp"), "--flash-attn") ==
          "off");
}

TEST_CASE("fp8 under torchtitan converts the experts' grouped matmuls and leaves the router") {
    nlohmann::json fp8 = {{"precision", "fp8-mixed"}, {"software_date", "2026-02"}};
    const nlohmann::json moe =
        read_toml(plan_of(job("qwen3-30b-a3b", 8, fp8, full_shards), "torchtitan").files[0].text);
    CHECK(moe["model"]["converters"] == nlohmann::json({"quantize.linear.float8", "quantize.grouped_mm.float8"}));
    CHECK(moe["quantize"]["linear"]["float8"]["filter_fqns"] == nlohmann::json({"output", "router.gate"}));
    CHECK(moe["quantize"]["grouped_mm"]["float8"]["fqns"] == nlohmann::json({"experts"}));
    const nlohmann::json dense =
        read_toml(plan_of(job("llama-3.1-8b", 8, fp8, full_shards), "torchtitan").files[0].text);
    CHECK(dense["model"]["converters"] == nlohmann::json({"quantize.linear.float8"}));
    // deepseek_v3_671b_float8 of torchtitan/models/deepseek_v3/config_registry.py at b5bcd76c.
    fp8["software_date"] = "2026-11";
    const std::string module = plan_of(job("qwen3-30b-a3b", 8, fp8, full_shards), "torchtitan").files[0].text;
    CHECK(module.find("Float8LinearConverter.Config(filter_fqns=[\"lm_head\", \"router.gate\"], ") != module.npos);
    CHECK(module.find("Float8GroupedExpertsConverter.Config(model_compile_enabled=False)") != module.npos);
    fp8["precision"] = "mxfp8-mixed";
    CHECK(refuses(on_blackwell(job("qwen3-30b-a3b", 8, fp8, full_shards)), "torchtitan", "layout.expert"));
}

TEST_CASE("a served model with a vision tower: its images are part of the context, and it can be left out") {
    const auto words_of = [](const nlohmann::json& inference) {
        const nlohmann::json job = {
            {"model", "qwen2.5-vl-7b"}, {"hardware", {{"card", "h100-sxm5-80gb"}}}, {"inference", inference}};
        std::string text;
        for (const io::launch_word& word : plan_of(job, "vllm").command) text += word.text + " ";
        return text;
    };
    // 644 pixels are 23 tokens of 28 pixels a side: 1000 + 2 x 529 + 24.
    const std::string images =
        words_of({{"framework", "vllm"}, {"prompt", 1000}, {"generate", 24}, {"images", 2}, {"image_size", 644}});
    CHECK(images.find("Qwen/Qwen2.5-VL-7B-Instruct") != std::string::npos);
    CHECK(images.find("--max-model-len 2082 ") != std::string::npos);
    CHECK(images.find(R"(--limit-mm-per-prompt {"image":2} )") != std::string::npos);
    const std::string text = words_of({{"framework", "vllm"}, {"text_only", true}});
    CHECK(text.find(R"(--limit-mm-per-prompt {"image":0} )") != std::string::npos);
}

TEST_CASE("A model's folder is launched as that folder, also where its shape is a zoo model's") {
    const std::string folder = std::string(CARDFIT_TEST_DATA) + "/io/files/qwen3";
    const nlohmann::json job = {{"model", {{"folder", folder}}},
                                {"hardware", {{"card", "rtx-4090"}}},
                                {"inference", {{"framework", "vllm"}, {"prompt", 64}, {"generate", 8}}}};
    const std::vector<io::launch_word> command = io::launch(io::read_job(job), "vllm").command;
    CHECK(std::find(command.begin(), command.end(), folder) != command.end());
}

namespace {

/// Names of folders that would run a command, add a flag or end a quotation if a word of the script were not quoted.
const std::string hostile_names[]{"$MASTER_ADDR`touch PWNED`",
                                  "$(touch PWNED)",
                                  "a\ntouch PWNED\n#",
                                  "a'; touch PWNED; '",
                                  "a\"; touch PWNED; \"",
                                  "CARDFIT\ntouch PWNED\ncat <<'CARDFIT'",
                                  "a\\",
                                  "-x --config=a b",
                                  "~ * ? [a] {b,c} !1 \t"};

/// Returns jobs of this model, each with the launcher that starts it: every file, every wrapper and every variable that
/// differs between nodes is in one of them.
std::vector<std::pair<std::string, nlohmann::json>> canary_jobs(const nlohmann::json& model) {
    const nlohmann::json hardware = {{"card", "h100-sxm5-80gb"}, {"cards", 16}};
    const nlohmann::json one = {{"card", "h100-sxm5-80gb"}};
    const nlohmann::json trained = {{"model", model},
                                    {"hardware", hardware},
                                    {"training", {{"sequence_length", 128}, {"micro_batch", 1}}},
                                    {"layout", full_shards}};
    const nlohmann::json served = {{"model", model},
                                   {"hardware", hardware},
                                   {"inference", {{"prompt", 64}, {"generate", 8}, {"batch", 1}}},
                                   {"layout", {{"tensor", 8}, {"pipeline", 2}}}};
    const nlohmann::json file = {
        {"model", model}, {"hardware", one}, {"inference", {{"weights", "q4_k_m"}, {"prompt", 64}, {"generate", 8}}}};
    return {
        {"deepspeed", trained}, {"accelerate", trained}, {"megatron", trained}, {"vllm", served}, {"llama.cpp", file}};
}

/// Returns the words of a command as a program sees them, with the values that the test gives to variables.
std::vector<std::string> as_started(const std::vector<io::launch_word>& words, std::size_t from) {
    std::vector<std::string> all;
    for (std::size_t i = from; i < words.size(); ++i) {
        std::string text = words[i].text;
        for (const auto& [name, value] : {std::pair{"$MASTER_ADDR", "a  b"}, std::pair{"$NODE_RANK", "0"}})
            if (words[i].expands && text.starts_with(name)) text.replace(0, std::string(name).size(), value);
        all.push_back(text);
    }
    return all;
}

/// Runs a script in a folder where the programs of launchers write down their words. Returns the words.
std::vector<std::string> words_of_run(const std::filesystem::path& folder, const std::string& script) {
    std::ofstream(folder / "launch.sh", std::ios::binary) << script;
    std::filesystem::remove(folder / "words");
    const std::string quoted = io::shell_word({folder.string()});
    const outcome o = run_command("cd " + quoted + " && sh -n launch.sh && PATH=./programs:$PATH MASTER_ADDR='a  b' " +
                                  "NODE_RANK=0 sh launch.sh 2>&1");
    CHECK_MESSAGE(o.code == 0, o.text << script);
    std::vector<std::string> words;
    std::ifstream in(folder / "words", std::ios::binary);
    for (std::string word; std::getline(in, word, '\0');) words.push_back(word);
    return words;
}

/// Writes the programs of launchers that only write down their words.
void write_programs(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder / "programs");
    for (const char* name : {"torchrun", "deepspeed", "accelerate", "vllm", "llama-server"}) {
        std::ofstream(folder / "programs" / name)
            << "#!/bin/sh\nfor w in \"$@\"; do printf '%s\\0' \"$w\"; done > words\n";
        std::filesystem::permissions(folder / "programs" / name, std::filesystem::perms::owner_all);
    }
}

/// Runs what a launcher writes for a job. The program must get the words of the plan, a reader of shell scripts must
/// find them too, each file must have its text, and nothing else may happen.
void check_canary(const std::filesystem::path& folder, const std::string& launcher, const nlohmann::json& text) {
    const io::launch_plan plan = io::launch(io::read_job(text), launcher);
    const std::string script = io::shell_script(plan);
    const std::size_t skipped = plan.command[0] == "env" ? 3 : 1;
    CHECK_MESSAGE(words_of_run(folder, script) == as_started(plan.command, skipped), launcher << "\n" << script);
    const io::imports::shell_script read =
        io::imports::read_shell(script, {{"MASTER_ADDR", {"a  b"}}, {"NODE_RANK", {"0"}}});
    const std::vector<std::string> whole = as_started(plan.command, 0);
    CHECK(std::any_of(read.commands.begin(), read.commands.end(),
                      [&](const io::imports::shell_command& each) { return each.words == whole; }));
    for (const io::launch_file& file : plan.files) {
        std::ostringstream written;
        written << std::ifstream(folder / file.name).rdbuf();
        CHECK(written.str() == file.text);
    }
    CHECK_FALSE(std::filesystem::exists(folder / "PWNED"));
}

}  // namespace

TEST_CASE("a script runs its launcher's command and nothing else, whatever the model's path is") {
    const std::filesystem::path folder = std::filesystem::path(CARDFIT_SCRATCH) / "launch canary";
    std::filesystem::remove_all(folder);
    write_programs(folder);
    const nlohmann::json config = {{"model_type", "qwen3"},    {"num_hidden_layers", 2},   {"hidden_size", 64},
                                   {"num_attention_heads", 8}, {"num_key_value_heads", 8}, {"head_dim", 8},
                                   {"intermediate_size", 64},  {"vocab_size", 1024}};
    for (const std::string& name : hostile_names) {
        std::filesystem::create_directories(folder / name);
        std::ofstream(folder / name / "config.json") << config;
        const std::string path = (folder / name / "config.json").string();
        for (const auto& [launcher, text] : canary_jobs({{"huggingface", path}})) check_canary(folder, launcher, text);
    }
    CHECK(io::detail::path_word("-x") == "./-x");
}

TEST_CASE("a batch script of SLURM starts the command once per node, with its words as they are") {
    const std::filesystem::path folder = std::filesystem::path(CARDFIT_SCRATCH) / "launch slurm";
    std::filesystem::remove_all(folder);
    write_programs(folder);
    // srun(1) runs its command; scontrol(1) prints a name per line.
    const auto program = [&](const char* name, const char* text) {
        std::ofstream(folder / "programs" / name) << "#!/bin/sh\n" << text;
        std::filesystem::permissions(folder / "programs" / name, std::filesystem::perms::owner_all);
    };
    program("srun", "SLURM_NODEID=0 exec \"$@\"\n");
    program("scontrol", "echo 'a  b'; echo c\n");
    io::launch_plan plan = io::launch(
        io::read_job(served("llama-3.1-405b", 16, {{"weights", "fp8"}}, {{"tensor", 8}, {"pipeline", 2}})), "vllm");
    plan.command.push_back({"a'; touch PWNED; '$(touch PWNED)"});
    const std::string script = io::slurm_script(plan, 2, 8);
    CHECK(words_of_run(folder, script) == as_started(plan.command, 1));
    CHECK(script.starts_with("#!/bin/sh\n#SBATCH --nodes=2\n#SBATCH --ntasks-per-node=1\n#SBATCH --gpus-per-node=8\n"));
    CHECK_FALSE(std::filesystem::exists(folder / "PWNED"));
}

TEST_CASE("texts in files and notes stay where they are put") {
    CHECK(io::detail::end_of_document("CARDFIT\nCARDFIT_\n") == "CARDFIT__");
    const std::string script = io::shell_script({.command = {{"true"}}, .files = {}, .notes = {"a\nb\r\x7f"}});
    CHECK(script == "# a?b??\ntrue\n");
    // YAML 1.2, 5.4: NEL and the separators end lines for YAML 1.1; TOML 1.0: DEL is no character of a text.
    CHECK(io::detail::document_value("\x7f\xc2\x85\xe2\x80\xa8") == R"("\u007f\u0085\u2028")");
}

}  // namespace io_launch_test
