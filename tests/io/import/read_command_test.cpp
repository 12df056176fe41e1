// SPDX-License-Identifier: MIT

// Real commands of other tools as jobs. Each folder of cases/ has the command, the files that it names, the job that is
// expected (written by hand from the tool's sources), what the person who asks adds (options.json), and why the job
// differs from the expected one where it does (differences).

#include <cardfit/io/diffusion_file.hpp>
#include <cardfit/io/import/account_text.hpp>
#include <cardfit/io/import/settings_for.hpp>
#include <cardfit/io/job_file.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace io_import_read_command_test {

using namespace cardfit;
namespace imports = cardfit::io::imports;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
    std::ifstream in(path);
    REQUIRE_MESSAGE(in, path.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

nlohmann::json json_of(const fs::path& path) { return nlohmann::json::parse(text_of(path)); }

/// Returns the words of a command's text, variables before it included.
std::vector<std::string> words_of(const std::string& text) {
    const imports::shell_script script = imports::read_shell(text);
    REQUIRE(!script.commands.empty());
    std::vector<std::string> words;
    for (const auto& [name, value] : script.commands[0].environment) words.push_back(name + "=" + value);
    words.insert(words.end(), script.commands[0].words.begin(), script.commands[0].words.end());
    return words;
}

/// Adds the keys of one section in which two jobs differ.
template <class Section>
void compare(keys::key_table<Section> table, const Section& a, const Section& b, std::vector<std::string>& found) {
    for (const keys::key<Section>& key : table) {
        if (key.member.get == nullptr) continue;
        const keys::key_value left = key.member.get(a);
        const keys::key_value right = key.member.get(b);
        if (left == right) continue;
        found.push_back(std::string(key.facts.path) + ": " + io::value_json(key.facts, left).dump() + ", expected " +
                        io::value_json(key.facts, right).dump());
    }
}

/// Returns the keys in which a job differs from the expected one.
std::vector<std::string> differences(const nlohmann::json& given, const nlohmann::json& expected) {
    if (io::asks_for_diffusion(expected)) return {"training: " + io::read_job(given).model_name};
    const io::job_file a = io::read_job(given);
    const io::job_file b = io::read_job(expected);
    std::vector<std::string> found;
    if (!(a.model == b.model)) found.push_back("model: " + a.model_name + ", expected " + b.model_name);
    if (a.hardware.card.id != b.hardware.card.id) found.push_back("hardware.card: another card");
    compare<machine>(keys::hardware_keys, a.hardware, b.hardware, found);
    REQUIRE(a.training.has_value() == b.training.has_value());
    if (a.training) compare<training>(keys::training_keys, *a.training, *b.training, found);
    if (a.inference) compare<inference>(keys::inference_keys, *a.inference, *b.inference, found);
    const layout mine = resolved(a.layout, a.hardware.cards);
    compare<layout>(keys::layout_keys, mine, resolved(b.layout, b.hardware.cards), found);
    return found;
}

imports::import_options options_of(const fs::path& folder) {
    const nlohmann::json stated = json_of(folder / "options.json");
    imports::import_options options{.card = stated.value("card", ""), .place = {folder}};
    options.cards = stated.value("cards", 0);
    options.version = stated.value("version", "");
    options.sequence_length = stated.value("seq", 0);
    options.tool = stated.value("as", "");
    if (stated.contains("model")) options.model = stated["model"];
    return options;
}

}  // namespace

TEST_CASE("commands of other tools are the jobs that their sources say") {
    int cases = 0;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(std::string(CARDFIT_TEST_DATA) + "/io/import/cases")) {
        const fs::path& folder = entry.path();
        CAPTURE(folder.filename().string());
        const nlohmann::json stated = json_of(folder / "options.json");
        const nlohmann::json explained = stated.value("differences", nlohmann::json::object());
        const imports::import_options options = options_of(folder);
        imports::imported got;
        try {
            got = imports::import_command(words_of(text_of(folder / "command.txt")), options);
        } catch (const io::input_error& e) {
            FAIL_CHECK(std::string(e.what()));
            continue;
        }
        std::string unknown;
        for (const imports::accounted& each : got.accounts.unknown) unknown += each.written + " ";
        CHECK_MESSAGE(unknown.empty(), unknown);
        try {
            for (const std::string& each : differences(nlohmann::json(got.job), json_of(folder / "expected.json")))
                CHECK_MESSAGE(explained.contains(each.substr(0, each.find(':'))), each);
        } catch (const io::input_error& e) {
            FAIL_CHECK(std::string(e.what()));
        }
        ++cases;
    }
    CHECK(cases == 44);
}

TEST_CASE("the examples of the tools' own repositories are the jobs that their documentation says") {
    const nlohmann::json examples = json_of(fs::path(CARDFIT_TEST_DATA) / "io/import/examples.json");
    int number = 0;
    for (const nlohmann::json& example : examples) {
        CAPTURE(example["source"].get<std::string>());
        const fs::path folder = fs::path(CARDFIT_SCRATCH) / "examples" / std::to_string(number++);
        const nlohmann::json files = example["files"];
        for (const auto& [name, text] : files.items()) {
            fs::create_directories((folder / name).parent_path());
            std::ofstream(folder / name, std::ios::binary) << text.get<std::string>();
        }
        imports::import_options options{.card = example["card"], .tool = example.value("as", ""), .place = {folder}};
        options.cards = example.value("cards", 0);
        options.sequence_length = example.value("seq", 0);
        if (example.contains("model")) options.model = example["model"];
        options.version = example.value("version", "");
        try {
            const imports::imported got = imports::import_command(words_of(example["command"]), options);
            std::string unknown;
            for (const imports::accounted& each : got.accounts.unknown) unknown += each.written + " ";
            CHECK_MESSAGE(unknown.empty(), unknown);
            for (const std::string& each : differences(nlohmann::json(got.job), example["job"])) FAIL_CHECK(each);
        } catch (const io::input_error& e) {
            FAIL_CHECK(std::string(e.what()));
        }
    }
    CHECK(number == 80);
}

namespace {

/// Returns the message of the error that a call throws.
template <class Call>
std::string refusal(Call call) {
    try {
        static_cast<void>(call());
    } catch (const io::input_error& e) {
        return e.what();
    }
    return {};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

imports::imported import_text(const std::string& text, imports::import_options options = {.card = "h100-sxm5-80gb"}) {
    return imports::import_command(words_of(text), options);
}

/// Writes a file into a folder of its own.
fs::path scratch(const std::string& name, const std::string& text) {
    fs::path folder = fs::path(CARDFIT_SCRATCH) / "import";
    fs::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << text;
    return folder;
}

/// Returns the setting of a list with this name, or null.
const imports::accounted* find(const std::vector<imports::accounted>& all, const std::string& written) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.written == written; });
    return at == all.end() ? nullptr : &*at;
}

}  // namespace

TEST_CASE("shell text is split as a shell splits it") {
    const imports::shell_script script = imports::read_shell(R"sh(#!/bin/bash
#SBATCH --nodes=2 # a comment
#SBATCH --gres=gpu:8
MODEL=${MODEL:-"gpt2"}
ARGS="--a 1 --b 2"
LIST=(
    --c "x y"   # inside a list
    --d 'z'
)
cat > ds.json <<'EOF'
{"stage": 3}
EOF
A=1 python train.py $MODEL ${MISSING:-3} $ARGS "${LIST[@]}" \
    --out "$OUT/x" --e=$(date) 2>&1 | tee log; echo done
)sh");
    CHECK(script.batch_options == std::vector<std::string>{"--nodes=2", "--gres=gpu:8"});
    CHECK(script.files.at("ds.json") == "{\"stage\": 3}\n");
    REQUIRE(script.commands.size() == 4);
    CHECK(script.commands[1].words == std::vector<std::string>{"python", "train.py", "gpt2", "3", "--a", "1", "--b",
                                                               "2", "--c", "x y", "--d", "z", "--out", "$OUT/x",
                                                               "--e=$(date)"});
    CHECK(script.commands[1].environment.back() == std::pair<std::string, std::string>{"A", "1"});
    CHECK(script.commands[3].words == std::vector<std::string>{"echo", "done"});
}

TEST_CASE("paths beside a script, here-documents and words that nobody gave are read as a shell has them") {
    const imports::shell_variables given{{"0", {"run/train.sh"}}, {"BASH_SOURCE", {"run/train.sh"}}, {"@", {}}};
    const imports::shell_script script = imports::read_shell(R"sh(
DIR=`pwd`
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SCRIPT=$(realpath $0)
CONFIG="$(dirname $SCRIPT)/ds.json"
STAGE=${STAGE:-1}
case $1 in
    -z) STAGE=$2; shift ;;
esac
cat <<EOT > $CONFIG
{"stage": $STAGE, "batch": $((2 * STAGE)), "cost": \$5}
EOT
cat > plain.json <<'EOT'
{"stage": $STAGE}
EOT
WORDS=(first second)
echo ${WORDS[0]} ${WORDS[1]} ${WORDS[2]} ${WORDS[$i]}
echo $DIR $HERE $CONFIG $(dirname $UNKNOWN) `date` $(cd; rm -r x) "$@" end
)sh",
                                                             given);
    CHECK(script.files.at("run/ds.json") == "{\"stage\": 1, \"batch\": 2, \"cost\": $5}\n");
    CHECK(script.files.at("plain.json") == "{\"stage\": $STAGE}\n");
    CHECK(script.commands.back().words == std::vector<std::string>{"echo", ".", "run", "run/ds.json",
                                                                   "$(dirname$UNKNOWN)", "`date`", "$(cd;rm-rx)",
                                                                   "end"});
    CHECK(script.commands[script.commands.size() - 2].words ==
          std::vector<std::string>{"echo", "first", "second", "${WORDS[2]}", "${WORDS[$i]}"});
    std::string nested;
    for (int i = 0; i < 10'000; ++i) nested += "$(dirname ";
    CHECK_NOTHROW(static_cast<void>(imports::read_shell(nested + std::string(10'000, ')'))));
}

TEST_CASE("a script has the variables before its command, the words behind its name, and what eval runs") {
    const fs::path folder = scratch("words.sh", R"sh(
run_cmd="trl sft --model_name_or_path $MODEL --max_length $1 --per_device_train_batch_size ${2:-3} $@"
eval ${run_cmd}
)sh");
    const imports::import_options options{.card = "h100-sxm5-80gb", .place = {folder}};
    const nlohmann::ordered_json job = import_text("env MODEL=gpt2 bash words.sh 512", options).job;
    CHECK(job["model"] == "gpt2");
    CHECK(job["training"]["sequence_length"] == 512);
    CHECK(job["training"]["micro_batch"] == 3);
    CHECK(import_text("CMD='trl sft --model_name_or_path gpt2 --max_length 256' bash -c 'eval \"$CMD\"'")
              .job["training"]["sequence_length"] == 256);
    // -c is bash's own flag, and one of the script's behind its name.
    static_cast<void>(scratch("flags.sh", "trl sft --model_name_or_path gpt2 --max_length $2\n"));
    for (const char* text : {"./flags.sh -c 128", "bash flags.sh -c 128"})
        CHECK(import_text(text, options).job["training"]["sequence_length"] == 128);
}

TEST_CASE("of a file that two scripts write, the inner one's is read") {
    const fs::path folder = scratch("outer.sh", R"sh(
echo '{}'
cat > ds.json <<EOT
{"zero_optimization": {"stage": 3}}
EOT
bash inner.sh
)sh");
    static_cast<void>(scratch("inner.sh", R"sh(
cat > ds.json <<EOT
{"zero_optimization": {"stage": 2}}
EOT
deepspeed --num_gpus 4 train.py --model_name_or_path gpt2 --deepspeed ds.json --output_dir x --max_length 512
)sh"));
    const imports::import_options options{.card = "h100-sxm5-80gb", .place = {folder}};
    CHECK(import_text("bash outer.sh", options).job["layout"]["sharding"] == "gradients");
}

TEST_CASE("torchtitan's run_train.sh takes its configuration from the environment") {
    const imports::import_options options{.card = "h100-sxm5-80gb", .place = {"/nonexistent"}};
    const nlohmann::ordered_json job = import_text("MODULE=llama3 CONFIG=llama3_8b NGPU=8 ./run_train.sh", options).job;
    CHECK(job["model"] == "llama-3.1-8b");
    CHECK(job["hardware"]["cards"] == 8);
    CHECK(job["training"]["sequence_length"] == 8192);
}

TEST_CASE("variables that expand to ever more, and other hostile scripts, are refused or read in bounded time") {
    std::string bomb = "A0=xxxxxxxxxxxxxxxx\n";
    for (int i = 1; i < 40; ++i) {
        const std::string before = "$A" + std::to_string(i - 1);
        bomb += "A" + std::to_string(i) + "=" + before + before + before + before + "\n";
    }
    CHECK(contains(refusal([&] { return imports::read_shell(bomb); }), "at most 4 MiB"));
    CHECK(contains(refusal([&] { return imports::read_shell(std::string(2'000'000, 'x')); }), "at most 1 MiB"));
    std::string nested;
    for (int i = 0; i < 100'000; ++i) nested += "a=(";
    CHECK_NOTHROW(static_cast<void>(imports::read_shell(nested)));
    for (const char* text :
         {"$", "${", "$(", "\"", "'", "`", "\\", "<<", "a=(", "#SBATCH", "cat > x <<", "${A:-", "${A[@]"})
        CHECK_NOTHROW(static_cast<void>(imports::read_shell(text)));
}

TEST_CASE("nothing of a command is run") {
    const fs::path folder = fs::path(CARDFIT_SCRATCH) / "import";
    fs::create_directories(folder);
    const fs::path witness = folder / "witness";
    fs::remove(witness);
    static_cast<void>(import_text("trl sft --model_name_or_path gpt2 --output_dir $(touch " + witness.string() +
                                  ") `touch " + witness.string() + "`; touch " + witness.string()));
    CHECK_FALSE(fs::exists(witness));
    // A value that only a shell knows is refused where it counts.
    CHECK(contains(refusal([] { return import_text("trl sft --model_name_or_path gpt2 --max_length $LENGTH"); }),
                   "--max_length is \"$LENGTH\""));
}

TEST_CASE("cards behind llama.cpp's rpc-server are refused by name, with a way forward") {
    const std::string text =
        refusal([] { return import_text("llama-server -m Qwen3-32B-Q4_K_M.gguf -c 4096 --rpc 192.168.1.2:50052"); });
    CHECK(contains(text, "--rpc is \"192.168.1.2:50052\""));
    CHECK(contains(text, "the remote cards among --cards"));
}

#ifdef CARDFIT_WITH_YAML
TEST_CASE("YAML is read within limits") {
    const nlohmann::json tree =
        imports::document_of("a: &x {b: 1, c: yes}\nd: *x\ne: {<<: *x, b: 2}\nf: ~\n", "x.yaml");
    CHECK(tree["d"]["b"] == "1");
    CHECK(tree["e"]["b"] == "2");
    CHECK(tree["e"]["c"] == "yes");
    CHECK(tree["f"].is_null());
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string alias = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k) bomb += alias + (k < 9 ? ", " : "]\n");
    }
    CHECK(contains(refusal([&] { return imports::document_of(bomb, "x.yaml"); }), "more than 100,000 values"));
    CHECK(contains(refusal([] { return imports::document_of("a: &a [*a]\n", "x.yaml"); }), "x.yaml"));
    CHECK(contains(refusal([] { return imports::document_of("a: " + std::string(1000, '['), "x.yaml"); }), "x.yaml"));
    CHECK(contains(refusal([] { return imports::document_of("a: 1\na: 2\n", "x.yaml"); }), "given twice"));
    CHECK(contains(refusal([] { return imports::document_of("a: [1", "x.yaml"); }), "not valid YAML"));
    CHECK(contains(refusal([] { return imports::document_of("just text", "x.yaml"); }), "no map of keys"));
}
#endif

#ifdef CARDFIT_WITH_TOML
TEST_CASE("TOML is read within limits") {
    const nlohmann::json tree =
        imports::document_of("[training]\nseq_len = 8192\nconverters = [\"float8\"]\n", "x.toml");
    CHECK(tree["training"]["seq_len"] == 8192);
    CHECK(contains(refusal([] { return imports::document_of("a = ", "x.toml"); }), "not valid TOML"));
    std::string dotted = "a";
    for (int i = 0; i < 100'000; ++i) dotted += ".a";
    CHECK(contains(refusal([&] { return imports::document_of(dotted + " = 1", "x.toml"); }), "1,000 dots"));
    // A header without a name, which is none inside of an array or of a text.
    for (const char* text : {"[\n", "[", "a = 1\n  [[ \n", "[%]", "[ [a]]"})
        CHECK_MESSAGE(contains(refusal([&] { return imports::document_of(text, "x.toml"); }), "not valid TOML"), text);
    const nlohmann::json nested = imports::document_of(
        "a = [\n [1, 2],\n [\n 3]]\nb = \"\"\"\n[\n\"\"\"\nc = '''\n[\n'''\n[ \"d.e\" ] # [\nf = { g = [ 'x' ] "
        "}\n[[h]]\n",
        "x.toml");
    CHECK(nested["a"][1][0] == 3);
    CHECK(nested["d.e"]["f"]["g"][0] == "x");
    // A character beyond ASCII outside of a text is no TOML; inside of one, and after a mark of the byte order, it is.
    CHECK(contains(refusal([] { return imports::document_of("z\xD1\xA2", "x.toml"); }), "not valid TOML"));
    CHECK(contains(refusal([] { return imports::document_of("a = \"\xFF\"", "x.toml"); }), "not UTF-8"));
    const std::string marked = "\xEF\xBB\xBF# d\xC3\xA9j\xC3\xA0\n\"\xC3\xA9\" = \"100% \xE2\x82\xAC \\u0025FF\"\n";
    CHECK(imports::document_of(marked, "x.toml")["\xC3\xA9"].get<std::string>().starts_with("100"));
    CHECK(imports::document_of("a = '50% \xC3\xA9'", "x.toml")["a"] == "50% \xC3\xA9");
}
#endif

TEST_CASE("a script of diffusers trains adapters, the denoiser or something else, as its name says") {
    const imports::import_options options{.card = "h100-sxm5-80gb"};
    const std::string model =
        " --pretrained_model_name_or_path=stabilityai/stable-diffusion-xl-base-1.0 --resolution=1024";
    const auto text_of_import = [&](const std::string& script) {
        return imports::account_text(import_text("accelerate launch " + script + model, options));
    };
    const auto job_of = [&](const std::string& script) {
        return import_text("accelerate launch " + script + model, options).job;
    };
    CHECK(job_of("train_dreambooth_lora_sd3.py")["training"]["adapter"]["rank"] == 4);
    CHECK_FALSE(job_of("train_text_to_image_sdxl.py")["training"].contains("adapter"));
    CHECK(contains(text_of_import("train_controlnet_sdxl.py"), "a ControlNet beside the frozen denoiser"));
    CHECK(contains(text_of_import("textual_inversion_sdxl.py"), "the embeddings of new words alone"));
}

TEST_CASE("configurations that torchtune names are those of its files") {
    const nlohmann::json examples = json_of(fs::path(CARDFIT_TEST_DATA) / "io/import/examples.json");
    int compared = 0;
    for (const nlohmann::json& example : examples) {
        const std::string source = example["source"];
        constexpr std::string_view folder = "torchtune recipes/configs/";
        const std::size_t start = source.find(folder);
        if (start == source.npos) continue;
        const std::size_t name = start + folder.size();
        std::string command = example["command"];
        const std::size_t flag = command.find("--config ");
        command.replace(flag, command.find(".yaml") + 5 - flag,
                        "--config " + source.substr(name, source.find(".yaml") - name));
        imports::import_options options{.card = example["card"]};
        options.cards = example.value("cards", 0);
        options.sequence_length = example.value("seq", 0);
        CAPTURE(command);
        const imports::imported got = import_text(command, options);
        CHECK(got.accounts.unknown.empty());
        for (const std::string& each : differences(nlohmann::json(got.job), example["job"])) FAIL_CHECK(each);
        ++compared;
    }
    CHECK(compared == 4);
    const nlohmann::ordered_json low =
        import_text("tune run full_finetune_single_device --config llama2/7B_full_low_memory").job;
    CHECK(low["training"]["optimizer"] == "paged-adamw");
    CHECK(low["training"]["optimizer_in_backward"] == true);
}

TEST_CASE("torchtune's recipes of DPO, PPO, QAT and distillation have their objectives and frozen models") {
    const auto training_of = [](const std::string& words) {
        imports::imported got = import_text("tune run " + words, {.card = "h100-sxm5-80gb", .sequence_length = 2048});
        CHECK(got.accounts.unknown.empty());
        return got;
    };
    const auto dpo = training_of("lora_dpo_single_device --config llama3_1/8B_lora_dpo_single_device");
    CHECK(dpo.job["model"] == "llama-3.1-8b");
    CHECK(dpo.job["training"]["objective"] == "dpo");
    CHECK(dpo.job["training"]["micro_batch"] == 4);
    CHECK(dpo.job["training"]["gradient_accumulation"] == 8);
    // Qwen2-1.5B has 1,543,714,304 parameters (the total of its model.safetensors).
    const auto taught =
        training_of("knowledge_distillation_single_device --config qwen2/1.5_to_0.5B_KD_lora_single_device");
    CHECK(taught.job["training"]["objective"] == "distillation");
    CHECK(taught.job["training"]["frozen_parameters"] == 1'543'714'304);
    CHECK(taught.job["training"]["adapter"]["rank"] == 32);
    const auto ppo = training_of("ppo_full_finetune_single_device --config mistral/7B_full_ppo_low_memory");
    CHECK(ppo.job["training"]["objective"] == "ppo");
    CHECK(ppo.job["training"]["micro_batch"] == 128);
    CHECK(ppo.job["training"]["completion_length"] == 58);
    const auto aware = training_of("--nproc_per_node 2 qat_distributed --config qwen3/1.7B_qat_full");
    CHECK(aware.job["model"] == "qwen3-1.7b");
    CHECK(find(aware.accounts.lost, "quantizer._component_"));
    int read = 0;
    for (const imports::torchtune_config& each : imports::torchtune_configs) {
        CAPTURE(each.name);
        const std::string recipe = each.name.find("single_device") == each.name.npos ? "x_distributed" : "x";
        const imports::imported got = training_of(recipe + " --config " + std::string(each.name));
        CHECK(!find(got.accounts.lost, "config"));
        CHECK(got.job["model"].get<std::string>().find('_') == std::string::npos);
        ++read;
    }
    CHECK(read == 158);
}

#ifdef CARDFIT_WITH_YAML
TEST_CASE("a frozen teacher that a command names is counted") {
    const nlohmann::ordered_json job =
        import_text(
            "swift rlhf --rlhf_type gkd --model Qwen/Qwen2.5-0.5B --teacher_model Qwen/Qwen2-1.5B "
            "--max_length 2048")
            .job;
    CHECK(job["training"]["objective"] == "distillation");
    CHECK(job["training"]["frozen_parameters"] == 1'543'714'304);
    const imports::imported unknown = import_text(
        "swift rlhf --rlhf_type gkd --model Qwen/Qwen2.5-0.5B --teacher_model ours/teacher --max_length 2048");
    CHECK(find(unknown.accounts.lost, "--teacher_model"));
}
#endif

TEST_CASE("Unsloth cuts the trainer's length to the model's") {
    const fs::path folder = scratch("short.py", R"py(
from unsloth import FastLanguageModel
model, tokenizer = FastLanguageModel.from_pretrained("unsloth/Llama-3.2-1B", max_seq_length = 1024)
trainer = SFTTrainer(model = model, args = SFTConfig(max_seq_length = 4096, max_length = 8192, bf16 = True))
trainer.train()
model, tokenizer = FastLanguageModel.from_pretrained("merged", max_seq_length = 512, load_in_4bit = False)
)py");
    const imports::imported got = import_text("python short.py", {.card = "h100-sxm5-80gb", .place = {folder}});
    CHECK(got.job["training"]["sequence_length"] == 1024);
    CHECK(got.job["model"] == "llama-3.2-1b");
    CHECK(got.job["training"]["base_weights"] == "nf4-dq");
}

TEST_CASE("a model's own train() ends no script: what is behind it is read") {
    const fs::path folder = scratch("mode.py", R"py(
from trl import SFTTrainer, SFTConfig
model = AutoModelForCausalLM.from_pretrained("gpt2")
model.train()
trainer = SFTTrainer(model=model, args=SFTConfig(max_length=4096, per_device_train_batch_size=3))
trainer.train()
again = SFTTrainer(model=model, args=SFTConfig(max_length=128, per_device_train_batch_size=1))
)py");
    const auto training = import_text("python mode.py", {.card = "h100-sxm5-80gb", .place = {folder}}).job["training"];
    CHECK(training["sequence_length"] == 4096);
    CHECK(training["micro_batch"] == 3);
}

TEST_CASE("a function of torchtitan's configuration: any variable and indent, and conditions are said to be unread") {
    const fs::path folder = scratch("mine.py", R"py(
from torchtitan.models.llama3.config_registry import llama3_8b
def job():
  cfg = llama3_8b()
# The context is divided.
  cfg.parallelism.context_parallel_degree = 4  # of 8 cards
  if large:
    cfg.training.steps = 7
  cfg.training.num_tokens_per_microbatch_per_dp_rank = 2 * 8192  # two sequences
  return cfg
)py");
    const imports::imported got =
        import_text("torchrun --nproc_per_node=8 -m torchtitan.train --module mine --config job",
                    {.card = "h100-sxm5-80gb", .place = {folder}});
    CHECK(got.job["model"] == "llama-3.1-8b");
    CHECK(got.job["layout"]["context"] == 4);
    CHECK(got.job["training"]["micro_batch"] == 2);
    CHECK(find(got.accounts.lost, "training.steps"));
}

TEST_CASE("llama-bench's ranges are refused, not taken for nothing") {
    CHECK(contains(refusal([] {
                       static_cast<void>(import_text("llama-bench -m Qwen2.5-14B-Instruct-Q4_K_M.gguf -p 512-8192*2",
                                                     {.card = "rx-7900-xt"}));
                   }),
                   "\"512-8192*2\"; accepted: whole numbers"));
}

TEST_CASE("nanochat's model follows from its depth") {
    // karpathy/nanochat, speedrun.sh: "The d20 model is 561M parameters", on 8 H100.
    const imports::imported got = import_text(
        "torchrun --standalone --nproc_per_node=8 -m scripts.base_train -- --depth=20 --target-param-data-ratio=20 "
        "--run=dummy");
    CHECK(got.accounts.unknown.empty());
    const nlohmann::json m = got.job["model"]["transformer"];
    CHECK(m["hidden"] == 1280);
    CHECK(m["heads"] == 10);
    CHECK(m["layers"] == 20);
    CHECK(m["vocab"] == 65536);
    CHECK(m["ffn"] == 5120);
    CHECK(m["ffn_gated"] == false);
    CHECK(m["tied_embeddings"] == false);
    CHECK(got.job["hardware"]["cards"] == 8);
    CHECK(got.job["training"]["micro_batch"] == 32);
    CHECK(got.job["training"]["sequence_length"] == 2048);
    CHECK_FALSE(got.job["training"].contains("gradient_accumulation"));
    CHECK(got.job["training"]["optimizer"] == "muon");
    CHECK(got.job["layout"]["sharding"] == "optimizer");
    CHECK_NOTHROW(static_cast<void>(io::read_job(nlohmann::json(got.job))));
    CHECK(find(import_text("torchrun --nproc_per_node=8 -m scripts.base_train",
                           {.card = "h100-sxm5-80gb", .version = "2026-02"})
                   .accounts.lost,
               "value_embeds"));
}

TEST_CASE("a script's known program is read, and not a module of Python that prepares its data") {
    const fs::path folder =
        scratch("prepare.sh", "python -m prepare.data -n 8\ntorchrun --nproc_per_node=8 -m scripts.base_train\n");
    const imports::import_options options{.card = "h100-sxm5-80gb", .place = {folder}};
    CHECK(import_text("bash prepare.sh", options).tool_name == "nanochat");
}

TEST_CASE("a recipe that Megatron-Bridge names has its sizes, and flags change them") {
    const imports::import_options options{.card = "h100-sxm5-80gb", .cards = 32};
    const imports::imported got = import_text(
        "torchrun --nnodes=4 --nproc_per_node=8 run_recipe.py --recipe "
        "llama3_70b_pretrain_config train.global_batch_size=256",
        options);
    CHECK(got.job["model"] == "llama-3-70b");
    CHECK(got.job["training"]["sequence_length"] == 8192);
    CHECK(got.job["training"]["gradient_accumulation"] == 256);
    CHECK(got.job["layout"]["tensor"] == 4);
    CHECK(got.job["layout"]["pipeline"] == 4);
    CHECK(got.job["layout"]["virtual_stages"] == 5);
    CHECK(got.job["layout"]["context"] == 2);
    for (const imports::accounted& each : got.accounts.lost) CHECK(each.written != "recipe");
}

TEST_CASE("every recipe of Megatron-Bridge is read whole on the cards that its name says") {
    // recipes/qwen/h100/qwen3_moe.py, qwen3_30b_a3b_peft_4gpu_h100_bf16_config.
    const nlohmann::ordered_json peft =
        import_text("run_recipe.py --recipe qwen3_30b_a3b_peft_config", {.card = "h100-sxm5-80gb", .cards = 4}).job;
    CHECK(peft["model"] == "qwen3-30b-a3b");
    CHECK(peft["training"]["adapter"]["rank"] == 32);
    CHECK(peft["training"]["adapter"]["targets"].size() == 7);
    CHECK(peft["training"]["sequence_length"] == 2048);
    CHECK(peft["layout"]["tensor"] == 4);
    CHECK(peft["layout"]["expert"] == 4);
    int read = 0;
    for (const std::span<const imports::bridge_recipe> recipes :
         {std::span<const imports::bridge_recipe>(imports::bridge_recipes),
          std::span<const imports::bridge_recipe>(imports::bridge_more_recipes)})
        for (const imports::bridge_recipe& each : recipes) {
            const std::string name(each.names.substr(0, each.names.find(' ')));
            CAPTURE(name);
            const std::size_t end = name.find("gpu_");
            REQUIRE(end != name.npos);
            const std::size_t start = name.rfind('_', end) + 1;
            const imports::import_options options{.card = "h100-sxm5-80gb",
                                                  .cards = std::stoll(name.substr(start, end - start))};
            std::string why = "read";
            try {
                const imports::imported got = import_text("run_recipe.py --recipe " + name, options);
                CHECK(got.accounts.unknown.empty());
                CHECK(!find(got.accounts.lost, "recipe"));
                CHECK(got.job["training"].contains("adapter") == (name.find("_peft_") != name.npos));
            } catch (const io::input_error& e) {
                why = e.what();
            }
            CHECK_MESSAGE(why == "read", why);
            ++read;
        }
    CHECK(read == 115);
}

TEST_CASE("a file of Megatron-Bridge changes what its recipe has") {
    imports::import_options options{.card = "h100-sxm5-80gb"};
    options.place.folder = fs::path(CARDFIT_SCRATCH);
    std::ofstream(options.place.folder / "bridge_overrides.json") << R"({"model": {"tensor_model_parallel_size": 8}})";
    const std::string command =
        "torchrun --nnodes=8 --nproc_per_node=8 run_recipe.py --recipe llama3_70b_pretrain_config ";
    const nlohmann::ordered_json job = import_text(command + "--config-file bridge_overrides.json", options).job;
    CHECK(job["layout"]["tensor"] == 8);
    CHECK(job["layout"]["pipeline"] == 4);
    CHECK(contains(refusal([&] { return import_text(command + "--config-file missing.json", options); }),
                   "missing.json"));
}

TEST_CASE("TRL's command takes a configuration of accelerate by its name") {
    const std::string sft = "trl sft --model_name_or_path Qwen/Qwen2.5-7B --accelerate_config ";
    const nlohmann::ordered_json zero = import_text(sft + "zero3").job;
    CHECK(zero["layout"]["sharding"] == "full");
    CHECK(zero["hardware"]["cards"] == 8);
    CHECK(zero["training"]["framework"] == "deepspeed");
    CHECK(import_text(sft + "fsdp2 --num_processes 4").job["hardware"]["cards"] == 4);
    CHECK(contains(refusal([&] { return import_text(sft + "zero9"); }), "zero9"));
}

TEST_CASE("settings that are taken change the job") {
    const imports::import_options options{.card = "h100-sxm5-80gb", .cards = 2};
    const std::string gpt =
        "python pretrain_gpt.py --num-layers 32 --hidden-size 4096 --num-attention-heads 32 "
        "--seq-length 4096 --vocab-size 32000 --bf16 --use-precision-aware-optimizer ";
    CHECK(
        import_text(gpt + "--exp-avg-dtype bf16 --exp-avg-sq-dtype bf16", options).job["training"]["optimizer_state"] ==
        "bf16");
    const imports::imported one = import_text(gpt + "--exp-avg-dtype bf16", options);
    CHECK_FALSE(one.job["training"].contains("optimizer_state"));
    CHECK(contains(imports::account_text(one), "bf16, fp32"));
    const nlohmann::ordered_json two =
        import_text("llama-server -m x.gguf -c 4096 --device CUDA0,CUDA1", {.card = "rtx-4090", .model = "llama-3-8b"})
            .job;
    CHECK(two["hardware"]["cards"] == 2);
    const nlohmann::ordered_json titan =
        import_text(
            "torchrun --nproc_per_node=8 -m torchtitan.train --module llama3 --config llama3_8b "
            "--parallelism.fsdp_reshard_after_forward never",
            {.card = "h100-sxm5-80gb"})
            .job;
    CHECK(titan["layout"]["sharding"] == "gradients");
    CHECK(contains(refusal([] {
                       static_cast<void>(
                           import_text("torchrun --nproc_per_node=8 -m torchtitan.train --module ../a --config b"));
                   }),
                   "a function of a module beside the command"));
    CHECK(contains(imports::account_text(
                       import_text("trl sft --model_name_or_path gpt2 --fsdp full_shard", {.card = "h100-sxm5-80gb"})),
                   "FSDP on one card divides nothing"));
}

TEST_CASE("GRPO loads a reference where beta is not 0, as it was by default before TRL 0.19") {
    // huggingface/trl, grpo_config.py: beta is 0.04 at v0.18.2 (15 June 2025), 0.0 at v0.19.0 (20 June 2025).
    const auto reference = [](const char* version) {
        const nlohmann::ordered_json job =
            import_text("trl grpo --model_name_or_path Qwen/Qwen2.5-0.5B --max_length 512",
                        {.card = "h100-sxm5-80gb", .version = version})
                .job;
        return job["training"].value("reference", false);
    };
    CHECK(reference("2025-05"));
    CHECK_FALSE(reference("2025-07"));
}

TEST_CASE("the seeds of the fuzzer of commands and settings are read, or refused with a reason") {
    int seeds = 0;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(std::string(CARDFIT_TEST_DATA) + "/fuzz/corpus/import")) {
        CAPTURE(entry.path().filename().string());
        const std::string seed = text_of(entry.path());
        const std::string name = entry.path().filename().string();
        const std::string kind = name.substr(0, name.find('-'));
        const std::string text = seed.substr(1);
        const std::string why = refusal([&] {
            if (kind == "python") return imports::read_python(text, "x.py").size();
            if (kind == "shell" || kind == "command") return imports::read_shell(text).commands.size();
            return imports::document_of(text, "x." + (kind == "compose" ? "yaml" : kind)).size();
        });
        const bool reads = kind != "toml" && kind != "yaml" && kind != "compose";
        if (reads) CHECK_MESSAGE(why.empty(), why);
        ++seeds;
    }
    CHECK(seeds == 12);
}

TEST_CASE("only regular files of at most 1 MiB are opened") {
    const fs::path folder = scratch("long.json", std::string(2'000'000, ' '));
    imports::import_options options{.card = "h100-sxm5-80gb", .place = {folder}};
    CHECK(contains(
        refusal([&] { return import_text("trl sft --model_name_or_path gpt2 --deepspeed long.json", options); }),
        "at most 1 MiB"));
    for (const char* file : {"/dev/zero", "absent.json", "."})
        CHECK(contains(refusal([&] {
                           return import_text("trl sft --model_name_or_path gpt2 --deepspeed " + std::string(file),
                                              options);
                       }),
                       "can be read"));
    scratch("binary.json", std::string("\0\x80\xff", 3));
    CHECK(contains(
        refusal([&] { return import_text("trl sft --model_name_or_path gpt2 --deepspeed binary.json", options); }),
        "byte 0"));
}

TEST_CASE("files in circles, links, pipes and a file of 100 MB are refused at once, and nothing is included") {
    const fs::path folder = scratch("circle_a.sh", "bash circle_b.sh\n");
    scratch("circle_b.sh", "source ./circle_a.sh\nsh circle_b.sh\n");
    const imports::import_options options{.card = "h100-sxm5-80gb", .place = {folder}};
    CHECK(!refusal([&] { return import_text("bash circle_a.sh", options); }).empty());
    for (const char* name : {"link_a.json", "link_b.json", "pipe.json", "large.json"}) fs::remove(folder / name);
    fs::create_symlink("link_b.json", folder / "link_a.json");
    fs::create_symlink("link_a.json", folder / "link_b.json");
    REQUIRE(::mkfifo((folder / "pipe.json").c_str(), 0600) == 0);
    scratch("large.json", "");
    fs::resize_file(folder / "large.json", 100'000'000);
    const std::string command = "trl sft --model_name_or_path gpt2 --deepspeed ";
    for (const char* name : {"link_a.json", "pipe.json"})
        CHECK(contains(refusal([&] { return import_text(command + name, options); }), "can be read"));
    CHECK(contains(refusal([&] { return import_text(command + "large.json", options); }), "at most 1 MiB"));
    fs::remove(folder / "large.json");
#ifdef CARDFIT_WITH_YAML
    // A file of settings that names itself is read once.
    scratch("self.yaml", "model_name_or_path: gpt2\nconfig: self.yaml\nmax_length: 512\n");
    CHECK(import_text("trl sft --config self.yaml", options).job["training"]["sequence_length"] == 512);
    CHECK(imports::document_of("a: !include /etc/hostname\n", "x.yaml")["a"] == "/etc/hostname");
    CHECK(imports::document_of("x: &x {b: 1}\ny: {<<: *x}\n", "x.yaml")["x"]["b"].dump().find('1') < 2);
#endif
}

TEST_CASE("every setting is taken, harmless, lost or unknown, with its consequence") {
    const imports::imported command = import_text(
        "trl sft --model_name_or_path gpt2 --learning_rate 1e-4 --optim rmsprop --per_device_train_batchsize 2 "
        "--neftune_noise_alpha 5");
    const imports::account& a = command.accounts;
    REQUIRE(find(a.taken, "--model_name_or_path"));
    REQUIRE(find(a.harmless, "--learning_rate"));
    REQUIRE(find(a.lost, "--optim"));
    REQUIRE(find(a.lost, "--neftune_noise_alpha"));
    CHECK(find(a.lost, "--neftune_noise_alpha")->consequence == imports::effect::more_memory);
    CHECK(imports::may_need_more(a));
    REQUIRE(find(a.unknown, "--per_device_train_batchsize"));
    CHECK(find(a.unknown, "--per_device_train_batchsize")->detail == "per_device_train_batch_size");
    const std::string text = imports::account_text(command);
    CHECK(contains(text, "is per_device_train_batch_size meant?"));
    CHECK(imports::account_json(command)["cannot_be_said"].size() == 2);
}

TEST_CASE("defaults are those of the tool at its version") {
    const auto job = [](const std::string& version) {
        return import_text("trl sft --model_name_or_path Qwen/Qwen2.5-7B",
                           {.card = "h100-sxm5-80gb", .version = version})
            .job;
    };
    // trl#3510 and trl#5846 turned on checkpointing and the loss in chunks.
    CHECK(job("")["training"]["recompute"] == "full");
    CHECK(job("")["training"]["loss"] == "chunked");
    CHECK_FALSE(job("2025-07")["training"].contains("recompute"));
    CHECK_FALSE(job("2025-12")["training"].contains("loss"));
    CHECK(contains(refusal([&] { return job("soon"); }), "--tool-version"));
}

TEST_CASE("speculative decoding is part of a server's job") {
    const auto speculation_of = [](const std::string& command) {
        const imports::imported got = import_text(command + " --max-model-len 4096");
        CHECK(got.accounts.unknown.empty());
        return got.job["inference"].value("speculation", nlohmann::json());
    };
    // vLLM's documentation (features/spec_decode.md).
    const std::string vllm = "vllm serve meta-llama/Llama-3.1-8B-Instruct --speculative-config ";
    const nlohmann::json ngram =
        speculation_of(vllm + R"('{"method": "ngram", "num_speculative_tokens": 5, "prompt_lookup_max": 4}')");
    CHECK(ngram["method"] == "ngram");
    CHECK(ngram["tokens"] == 5);
    CHECK(ngram["acceptance"] == 0.7);
    const nlohmann::json eagle = speculation_of(
        vllm +
        R"('{"model": "yuhuili/EAGLE3-LLaMA3.1-Instruct-8B", "num_speculative_tokens": 2, "method": "eagle3"}')");
    CHECK(eagle["method"] == "eagle3");
    const nlohmann::json draft =
        speculation_of(vllm + R"('{"model": "meta-llama/Llama-3.2-1B-Instruct", "num_speculative_tokens": 5}')");
    CHECK(draft["method"] == "draft-model");
    CHECK(draft["draft"] == "llama-3.2-1b");
    CHECK(speculation_of("vllm serve deepseek-ai/DeepSeek-V3 -tp 16 --speculative-config "
                         R"('{"num_speculative_tokens": 1, "method": "deepseek_mtp"}')")["method"] == "mtp");
    // A method that no job can say is lost, and so is the memory that it takes.
    const imports::imported other = import_text(
        vllm + R"('{"method": "medusa", "model": "x/y", "num_speculative_tokens": 3}' --max-model-len 4096)");
    CHECK(other.job["inference"].value("speculation", nlohmann::json()).is_null());
    REQUIRE(find(other.accounts.lost, "speculation"));
    CHECK(find(other.accounts.lost, "speculation")->consequence == imports::effect::more_memory);
    CHECK(contains(refusal([&] { return import_text(vllm + "'{' --max-model-len 4096"); }), "--speculative-config"));
}

TEST_CASE("connectors of caches, and caches in host memory, are accounted for") {
    const std::string vllm = "vllm serve Qwen/Qwen3-8B --max-model-len 4096 ";
    const imports::imported nixl = import_text(
        vllm + R"(--kv-transfer-config '{"kv_connector":"NixlConnector","kv_role":"kv_both"}' --swap-space 4)");
    CHECK(nixl.accounts.unknown.empty());
    CHECK_FALSE(imports::may_need_more(nixl.accounts));
    REQUIRE(find(nixl.accounts.lost, "--swap-space"));
    CHECK(find(nixl.accounts.lost, "--swap-space")->consequence == imports::effect::time_only);
    const imports::imported lmcache =
        import_text(vllm + R"(--kv-transfer-config '{"kv_connector":"LMCacheConnectorV1","kv_role":"kv_both"}')");
    CHECK(imports::may_need_more(lmcache.accounts));
    const imports::imported sglang = import_text(
        "python -m sglang.launch_server --model-path Qwen/Qwen3-8B --context-length 4096 --enable-hierarchical-cache "
        "--hicache-ratio 2 --disaggregation-mode prefill --disaggregation-transfer-backend nixl");
    CHECK(sglang.accounts.unknown.empty());
    CHECK_FALSE(imports::may_need_more(sglang.accounts));
}

TEST_CASE("speculative decoding of SGLang and llama.cpp") {
    const auto speculation_of = [](const std::string& command) {
        const imports::imported got = import_text(command);
        CHECK(got.accounts.unknown.empty());
        return got.job["inference"].value("speculation", nlohmann::json());
    };
    // SGLang's documentation (advanced_features/speculative_decoding).
    const std::string sglang = "python -m sglang.launch_server --context-length 4096 --model-path ";
    const nlohmann::json eagle = speculation_of(
        sglang +
        "meta-llama/Meta-Llama-3.1-8B-Instruct --speculative-algorithm EAGLE3 --speculative-draft-model-path "
        "jamesliu1/sglang-EAGLE3-Llama-3.1-Instruct-8B --speculative-num-steps 5 --speculative-eagle-topk 8 "
        "--speculative-num-draft-tokens 32");
    CHECK(eagle["method"] == "eagle3");
    CHECK(eagle["tokens"] == 5);
    const nlohmann::json own = speculation_of(sglang +
                                              "deepseek-ai/DeepSeek-V3-0324 --tp 16 --speculative-algorithm EAGLE "
                                              "--speculative-num-steps 1 --speculative-eagle-topk 1 "
                                              "--speculative-num-draft-tokens 2");
    CHECK(own["method"] == "mtp");
    CHECK(own["tokens"] == 1);
    const nlohmann::json draft =
        speculation_of("llama-server -m Qwen3-8B-Q4_K_M.gguf -md Qwen3-0.6B-Q8_0.gguf --draft-max 8 -c 4096");
    CHECK(draft["method"] == "draft-model");
    CHECK(draft["draft"] == "qwen3-0.6b");
    CHECK(draft["tokens"] == 8);
}

TEST_CASE("adapters on a vision tower are something that the job cannot say") {
    const imports::import_options options{.card = "h100-sxm5-80gb", .sequence_length = 2048};
    const auto text_with = [&](const std::string& flags) {
        return imports::account_text(import_text("swift sft --model Qwen/Qwen2.5-VL-7B-Instruct " + flags, options));
    };
    CHECK(contains(text_with("--train_type lora --freeze_vit false"), "adapters on the vision tower"));
    CHECK_FALSE(contains(text_with("--train_type lora --freeze_vit true"), "adapters on the vision tower"));
    CHECK_FALSE(contains(text_with("--train_type full --freeze_vit false"), "adapters on the vision tower"));
}

TEST_CASE("only some layers are trained where a tool freezes the others") {
    const auto training_of = [](const std::string& command) {
        const imports::imported got = import_text(command, {.card = "a100-sxm4-80gb", .version = "2026-08"});
        CHECK(got.accounts.unknown.empty());
        return got.job["training"];
    };
    const std::string factory = "llamafactory-cli train --model_name_or_path Qwen/Qwen2.5-7B --bf16 true ";
    // hparams/finetuning_args.py: the last two layers, unless freeze_trainable_layers says otherwise.
    const auto last = training_of(factory + "--finetuning_type freeze");
    CHECK(last["trained_layers"] == 2);
    CHECK_FALSE(last.contains("trained_layer_choice"));
    CHECK_FALSE(last.contains("adapter"));
    const auto first =
        training_of(factory + "--finetuning_type freeze --freeze_trainable_layers -3 --freeze_extra_modules lm_head");
    CHECK(first["trained_layers"] == 3);
    CHECK(first["trained_layer_choice"] == "first");
    CHECK(first["trained_ends"] == "head");
    const auto spaced =
        training_of(factory + "--finetuning_type freeze --freeze_trainable_layers 4 --use_llama_pro true");
    CHECK(spaced["trained_layer_choice"] == "spaced");
    // modelscope/ms-swift, examples/train/tuners/lisa/train.sh.
    const std::string swift = "swift sft --model Qwen/Qwen2.5-7B-Instruct --train_type full --max_length 2048 ";
    const auto lisa = training_of(swift + "--lisa_activated_layers 2");
    CHECK(lisa["trained_layers"] == 2);
    CHECK(lisa["trained_layer_choice"] == "sampled");
    CHECK_FALSE(training_of(swift + "--lisa_activated_layers 0").contains("trained_layers"));
}

TEST_CASE("generation during training is part of the job") {
    const auto training_of = [](const std::string& command) {
        return import_text(command, {.card = "h100-sxm5-80gb", .version = "2025-07"}).job["training"];
    };
    const std::string trl = "trl grpo --model_name_or_path Qwen/Qwen2.5-7B --per_device_train_batch_size 4 ";
    const auto plain = training_of(trl);
    CHECK(plain["objective"] == "grpo");
    CHECK(plain["sequence_length"] == 768);
    CHECK(plain["completion_length"] == 256);
    CHECK_FALSE(plain.contains("rollouts"));
    const auto asleep = training_of(trl +
                                    "--num_generations 4 --max_prompt_length 1024 --max_completion_length 2048 "
                                    "--use_vllm true --vllm_mode colocate --vllm_gpu_memory_utilization 0.4 "
                                    "--vllm_enable_sleep_mode true");
    CHECK(asleep["sequence_length"] == 3072);
    CHECK(asleep["completion_length"] == 2048);
    CHECK(asleep["generations"] == 4);
    CHECK(asleep["rollouts"] == "colocated");
    CHECK(asleep["engine_utilization"] == 0.4);
    CHECK(asleep["engine_sleeps"] == true);
    CHECK(training_of(trl + "--use_vllm true")["rollouts"] == "apart");
    CHECK_FALSE(plain.contains("reference"));
}

TEST_CASE("how TRL generates samples by default goes by its month, and is listed") {
    const std::string trl = "trl grpo --model_name_or_path Qwen/Qwen2.5-7B --use_vllm true";
    const auto of_month = [&](const std::string& month) {
        return import_text(trl, {.card = "h100-sxm5-80gb", .version = month});
    };
    // trl#3516, trl#5255 and trl#6264.
    const imports::imported first = of_month("2025-04");
    CHECK(first.job["training"]["reference"] == true);
    CHECK(first.job["training"]["rollouts"] == "apart");
    CHECK(first.job["training"]["sequence_length"] == 768);
    const imports::imported last = of_month("2026-08");
    CHECK_FALSE(last.job["training"].contains("reference"));
    CHECK(last.job["training"]["rollouts"] == "colocated");
    CHECK(last.job["training"]["sequence_length"] == 1024);
    for (const char* listed : {"rollout.beta", "rollout.mode", "rollout.prompt", "training.completion_length"})
        CHECK_MESSAGE(find(last.accounts.defaults, listed), listed);
    const imports::imported rloo =
        import_text("trl rloo --model_name_or_path Qwen/Qwen2.5-7B", {.card = "h100-sxm5-80gb", .version = "2026-08"});
    CHECK(rloo.job["training"]["reference"] == true);
    CHECK(find(rloo.accounts.defaults, "rollout.beta"));
}

TEST_CASE("defaults of what the job does not have are not listed") {
    const imports::imported awq = import_text(
        "llamafactory-cli train model_name_or_path=TechxGenus/Meta-Llama-3-8B-Instruct-AWQ "
        "finetuning_type=lora cutoff_len=1024");
    for (const char* idle : {"bits4.double", "training.adapter.kbit_preparation"})
        CHECK_MESSAGE(!find(awq.accounts.defaults, idle), idle);
    REQUIRE(find(awq.accounts.defaults, "lora.dropout"));
    CHECK(awq.job["training"]["adapter"]["dropout"] == false);
}

TEST_CASE("cards and cards' numbers are not guessed") {
    CHECK(contains(refusal([] { return import_text("vllm serve gpt2", {}); }), "hardware.card is missing"));
    CHECK(contains(refusal([] {
                       return import_text("torchrun --nproc_per_node 8 run_clm.py --model_name_or_path gpt2",
                                          {.card = "rtx-4090", .cards = 4});
                   }),
                   "--cards is 4; accepted: 8"));
    const imports::imported command = import_text("trl sft --model_name_or_path gpt2");
    REQUIRE(find(command.accounts.defaults, "hardware.cards"));
}

#ifdef CARDFIT_WITH_YAML
TEST_CASE("servers are found in files of Docker Compose, Kubernetes and Triton") {
    const auto read = [](const std::string& name, const std::string& text) {
        const fs::path folder = scratch(name, text);
        return imports::import_command({name}, {.card = "h100-sxm5-80gb", .place = {folder}});
    };
    const imports::imported composed = read("compose.yaml", R"(services:
  proxy: {image: nginx, command: nginx -g x}
  engine:
    image: vllm/vllm-openai:latest
    command: --model gpt2 --max-model-len ${LENGTH:-512} --tensor-parallel-size 2
    environment: [VLLM_ATTENTION_BACKEND=FLASH_ATTN]
    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]}}}
)");
    CHECK(composed.accounts.unknown.empty());
    CHECK(composed.job["hardware"]["cards"] == 2);
    CHECK(composed.job["layout"]["tensor"] == 2);
    CHECK(composed.job["inference"]["prompt"] == 511);
    const imports::imported pod = read("pod.yaml", R"(apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
      - name: engine
        image: vllm/vllm-openai:latest
        command: [/bin/sh, -c]
        args: ["vllm serve gpt2 --max-model-len 256 --kv-cache-dtype fp8"]
        resources: {limits: {nvidia.com/gpu: "1"}}
)");
    CHECK(pod.accounts.unknown.empty());
    CHECK(pod.job["inference"]["kv_cache"] == "fp8");
    CHECK(pod.job["inference"]["prompt"] == 255);
    for (const char* text : {"kubectl apply -f pod.yaml", "kubectl create -n models --filename=pod.yaml"}) {
        const imports::import_options options{.card = "h100-sxm5-80gb",
                                              .place = {fs::path(CARDFIT_SCRATCH) / "import"}};
        CHECK(import_text(text, options).job["inference"]["prompt"] == 255);
    }
    CHECK(contains(refusal([&] { return read("other.yaml", "services: {a: {image: nginx}}\n"); }),
                   "containers of no known program"));
    // triton-inference-server/vllm_backend: samples/model_repository/vllm_model.
    fs::create_directories(scratch("config.pbtxt", "") / "1");
    scratch("1/model.json", R"({"model": "facebook/opt-125m", "gpu_memory_utilization": 0.5, "enforce_eager": true})");
    const imports::imported triton = read("config.pbtxt", "backend: \"vllm\"\ninstance_group [{count: 1}]\n");
    CHECK(triton.job["model"] == "opt-125m");
    CHECK(triton.job["inference"]["memory_utilization"] == 0.5);
    CHECK(triton.job["inference"]["graphs"] == false);
    CHECK(contains(refusal([&] { return read("config.pbtxt", "backend: \"onnxruntime\"\n"); }), "vllm, tensorrtllm"));
}
#endif

TEST_CASE("contradictions between a script and its files are errors") {
    const fs::path folder =
        scratch("ds.json", R"({"train_micro_batch_size_per_gpu": 4, "zero_optimization": {"stage": 2}})");
    const imports::import_options options{.card = "h100-sxm5-80gb", .place = {folder}};
    CHECK(contains(refusal([&] {
                       return import_text(
                           "deepspeed --num_gpus 2 train.py --model_name_or_path gpt2 --deepspeed ds.json "
                           "--per_device_train_batch_size 2",
                           options);
                   }),
                   "train_micro_batch_size_per_gpu is 4; accepted: 2"));
    const imports::imported command =
        import_text("deepspeed --num_gpus 2 train.py --model_name_or_path gpt2 --deepspeed ds.json", options);
    CHECK(command.job["training"]["micro_batch"] == 4);
    CHECK(command.job["layout"]["sharding"] == "gradients");
    CHECK(command.job["training"]["framework"] == "deepspeed");
}

TEST_CASE("programs are found behind containers, batch systems and variables") {
    for (const char* text :
         {"docker run --gpus all -v /a:/b -p 8000:8000 vllm/vllm-openai:latest --model gpt2 --max-model-len 512",
          "CUDA_VISIBLE_DEVICES=0 nohup python -m vllm.entrypoints.openai.api_server --model gpt2 --max-model-len=512",
          "kubectl run x --image=vllm/vllm-openai -- --model gpt2 --max-model-len 512",
          "kubectl create job x --image=vllm/vllm-openai -- vllm serve gpt2 --max-model-len 512",
          "kubectl create job x --image=ours/shell -- bash -c 'vllm serve gpt2 --max-model-len 512' -f x.yaml",
          "srun -N 1 --gres=gpu:1 env A=1 vllm serve gpt2 --max_model_len 512",
          "bash -c 'vllm serve gpt2 --max-model-len 512'",
          "docker exec -it server bash -c 'vllm serve gpt2 --max-model-len 512'",
          "singularity exec --nv -B /a:/b vllm.sif vllm serve gpt2 --max-model-len 512"}) {
        CAPTURE(text);
        const imports::imported command = import_text(text);
        CHECK(command.job["model"] == "gpt2");
        CHECK(command.job["inference"]["prompt"] == 511);
        CHECK(command.accounts.unknown.empty());
    }
    CHECK(contains(refusal([] { return import_text("rm -rf /"); }), "accepted: a command of"));
}

TEST_CASE("arithmetic of a script is done where its variables are known, and shells inside it are followed") {
    const fs::path folder = scratch("train.sh",
                                    "GPUS=4\n"
                                    "NODES=2\n"
                                    "echo start\n"
                                    "srun sh -c \"torchrun --nproc_per_node $GPUS --nnodes $NODES run_clm.py"
                                    " --model_name_or_path gpt2 --block_size 512"
                                    " --gradient_accumulation_steps $((64 / (GPUS * NODES)))\"\n");
    const imports::imported command = import_text("bash train.sh", {.card = "rtx-4090", .place = {folder}});
    CHECK(command.job["hardware"]["cards"] == 8);
    CHECK(command.job["training"]["gradient_accumulation"] == 8);
    const auto word = [](const std::string& text) { return imports::read_shell(text).commands.at(0).words.at(1); };
    CHECK(word("N=4; a $(expr 16 / $N)") == "4");
    CHECK(word("N=4; a $((${N}*(N+1)-6%4))") == "18");
    CHECK(word("a $((N/2))") == "$((N/2))");
    CHECK(word("a $((1/0))") == "$((1/0))");
    CHECK(word("a $((999999999999*999999999999))") == "$((999999999999*999999999999))");
    CHECK_NOTHROW(static_cast<void>(imports::read_shell("a $((" + std::string(100'000, '(') + "))")));
    CHECK_NOTHROW(static_cast<void>(imports::read_shell("a $((" + std::string(100'000, '$') + "1))")));
}

TEST_CASE("of the arms of a script, those run whose values the script states") {
    const auto size = [](const std::string& text) {
        const fs::path folder = scratch("arms.sh", text + "\nvllm serve gpt2 --max-model-len $N\n");
        return import_text("bash arms.sh", {.card = "rtx-4090", .place = {folder}}).job["inference"]["prompt"];
    };
    CHECK(size("S=8B\ncase \"$S\" in\n 800M) N=128 ;;\n 8B|9B) N=256 ;;\n *) N=64 ;;\nesac") == 255);
    CHECK(size("S=${S:-base}; case $S in big*) N=128;; *) N=256;; esac") == 255);
    CHECK(size("G=1\nif [ $G -gt 1 ]; then\n N=128\nelif [[ \"$G\" == \"1\" ]]; then N=256\nelse N=64; fi") == 255);
    CHECK(size("G=\nN=256\nif [ -n \"$G\" ]; then N=128; fi\nif ! [ -z \"$G\" ]; then N=64; fi") == 255);
    CHECK(size("G=0\nif [ $G = 1 ]; then if [ $G = 1 ]; then N=1; else N=2; fi; else N=256; fi") == 255);
    // What only the running shell knows decides nothing: the last arm counts.
    CHECK(size("if [ -f x ]; then G=1; N=8; else G=2; N=256; fi\nif [ $G = 1 ]; then N=64; fi\n") == 63);
    CHECK(size("G=1\nif [ $G = 2 ] || [ -d x ]; then N=256; fi") == 255);
    CHECK(size("for G in 1 2; do\nS=$G\nif [ $S = 3 ]; then N=256; fi\ndone") == 255);
    CHECK(size("G=1\nif [[ 2 < 3 ]]; then N=256; fi") == 255);
    for (const char* open : {"if [ a = b ]; then\nif", "case x in", "case", "fi\nesac\n;;\n)", "if if if then then"})
        CHECK_NOTHROW(static_cast<void>(imports::read_shell(open)));
}

TEST_CASE(
    "folders of caches have their model's name, and mixes of types that llama.cpp has not are not the usual ones") {
    const auto model = [](const std::string& name) {
        return import_text("vllm serve " + name + " --max-model-len 512").job["model"];
    };
    CHECK(model("/root/hub/models--Qwen--Qwen2.5-7B-Instruct/snapshots/a09a35458c70") == "qwen2.5-7b");
    CHECK(model("/mnt/AI-ModelScope/Qwen2___5-7B-Instruct") == "qwen2.5-7b");
    const auto weights = [](const std::string& name) {
        return import_text("llama-server -c 512 -m " + name).job["inference"]["weights"];
    };
    CHECK(weights("Qwen3-32B-UD-Q8_K_XL.gguf") == "bf16");
    CHECK(weights("Qwen3-32B-UD-Q4_K_XL.gguf") == "q5_k_m");
    CHECK(weights("Qwen3-32B-Q4_K_M.gguf") == "q4_k_m");
}

TEST_CASE("litgpt refuses a quantized base on several devices") {
    const std::string command =
        "litgpt finetune_lora meta-llama/Llama-3.2-3B --quantize bnb.nf4 --precision bf16-true "
        "--train.max_seq_length 512 --devices ";
    CHECK(import_text(command + "1").job["training"]["base_weights"] == "nf4");
    CHECK(contains(refusal([&] { return import_text(command + "2"); }), "one card alone"));
}

TEST_CASE("values of switches, and several values of a flag that no row reads, are no words of their own") {
    const imports::imported command = import_text(
        "trl sft --model_name_or_path gpt2 --group_by_length True --do_train True --push_to_hub False "
        "--report_to wandb tensorboard --max_length 256");
    CHECK(command.accounts.unknown.empty());
    CHECK(command.job["training"]["sequence_length"] == 256);
    CHECK(import_text("llama-server -m Llama-3.2-1B-Instruct-F32.gguf -c 4096").job["inference"]["weights"] == "fp32");
}

TEST_CASE("adapters are on the modules that the command or peft names") {
    using list = std::vector<std::string>;
    const auto targets = [](const std::string& command) {
        return import_text("trl sft --use_peft " + command).job["training"]["adapter"]["targets"].get<list>();
    };
    // peft/utils/constants.py: c_attn of GPT-2, query_key_value of Falcon.
    CHECK(targets("--model_name_or_path gpt2") == list{"q", "k", "v"});
    CHECK(targets("--model_name_or_path tiiuae/falcon-7b --lora_target_modules query_key_value dense") ==
          list{"q", "k", "v", "o"});
    CHECK(targets("--model_name_or_path microsoft/Phi-3-mini-4k-instruct --lora_target_modules qkv_proj o_proj") ==
          list{"q", "k", "v", "o"});
    // axolotl's examples of models that read images.
    CHECK(targets("--model_name_or_path google/gemma-3-4b-it --lora_target_modules "
                  "'model.language_model.layers.[\\d]+.(mlp|cross_attn|self_attn).(up|down|gate|q|k|v|o)_proj'") ==
          list{"q", "k", "v", "o", "gate", "up", "down"});
}

TEST_CASE("Liger's kernels are read one by one") {
    const auto training = [](const std::string& command) { return import_text(command).job["training"]; };
    const auto said = [&](const std::string& command, const std::string& loss, const std::string& kernels) {
        const nlohmann::ordered_json job = training(command);
        return job.value("loss", "") == loss && job.value("fused_kernels", "") == kernels;
    };
    // transformers, integrations/liger.py: one switch applies all of them, liger_kernel_config leaves some out.
    const std::string trl = "trl sft --model_name_or_path Qwen/Qwen2.5-0.5B --use_liger_kernel true ";
    CHECK(said(trl, "fused", ""));
    CHECK(said(trl + "--liger_kernel_config.rms_norm false", "fused", "activations"));
    CHECK(said(trl + "--liger_kernel_config.swiglu false --liger_kernel_config.rms_norm false", "fused", "none"));
    CHECK(said("llamafactory-cli train --stage sft --model_name_or_path Qwen/Qwen2.5-0.5B --enable_liger_kernel true",
               "fused", ""));
    // axolotl, integrations/liger/args.py: each is a setting, and Cut Cross-Entropy brings none.
    const std::string axolotl = "axolotl train a.yaml --base_model Qwen/Qwen2.5-0.5B ";
    CHECK(said(axolotl + "--cut_cross_entropy true", "fused", "none"));
    CHECK(said(axolotl + "--liger_rms_norm true --liger_glu_activation true", "", "all"));
    CHECK(said(axolotl + "--liger_rms_norm true --liger_fused_linear_cross_entropy true", "fused", "norms"));
}

TEST_CASE("what a tool does to the base of an adapter is stated where the framework's row does otherwise") {
    const auto adapter = [](const std::string& command, const std::string& version = "2026-07") {
        return import_text(command, {.card = "rtx-4090", .version = version}).job["training"]["adapter"];
    };
    const std::string trl = "trl sft --model_name_or_path Qwen/Qwen2.5-7B --use_peft --load_in_4bit true ";
    // huggingface/trl#4577, December 2025.
    CHECK(adapter(trl)["kbit_preparation"] == false);
    CHECK_FALSE(adapter(trl, "2025-10").contains("kbit_preparation"));
    CHECK(adapter(trl + "--lora_dropout 0.0")["dropout"] == false);
    CHECK_FALSE(adapter(trl + "--lora_dropout 0.1").contains("dropout"));
}

TEST_CASE("optimizers that project, states on NVMe and master weights in 16 bits are the job's") {
    const auto training_of = [](const std::string& command, const imports::import_options& options) {
        const imports::imported got = import_text(command, options);
        CHECK(got.accounts.lost.empty());
        CHECK(got.accounts.unknown.empty());
        return got.job["training"];
    };
    const imports::import_options one{.card = "a100-sxm4-80gb"};
    // hiyouga/LLaMA-Factory, examples/extras/galore/llama3_full_sft.yaml.
    const auto galore = training_of(
        "llamafactory-cli train --model_name_or_path meta-llama/Meta-Llama-3-8B-Instruct --finetuning_type full "
        "--use_galore true --galore_layerwise true --galore_rank 128 --pure_bf16 true",
        one);
    CHECK(galore["optimizer"] == "galore");
    CHECK(galore["optimizer_rank"] == 128);
    const fs::path folder =
        scratch("nvme.json",
                R"({"bf16": {"enabled": true, "bf16_master_weights_and_grads": true, "bf16_optimizer_states": true},
            "zero_optimization": {"stage": 3, "offload_optimizer": {"device": "nvme", "nvme_path": "/local"},
                                  "offload_param": {"device": "cpu"}}})");
    const auto nvme = training_of(
        "deepspeed --num_gpus 8 train.py --model_name_or_path Qwen/Qwen2.5-7B --bf16 true --deepspeed nvme.json",
        {.card = "a100-sxm4-80gb", .place = {folder}});
    CHECK(nvme["precision"] == "bf16");
    CHECK(nvme["optimizer_state"] == "bf16");
    CHECK(nvme["offload"] == "full");
    CHECK(nvme["offload_device"] == "nvme");
}

TEST_CASE("a change of the job is told in the tool's own settings") {
    const layout one{};
    const training before{.micro_batch = 8};
    training after = before;
    after.recompute = recompute::full;
    after.micro_batch = 2;
    after.gradient_accumulation = 4;
    CHECK(imports::settings_for(imports::trl_tool, before, one, after, one) ==
          "--per_device_train_batch_size 2, --gradient_accumulation_steps 4, --gradient_checkpointing true");
    CHECK(imports::settings_for(imports::axolotl_tool, before, one, after, one) ==
          "micro_batch_size: 2, gradient_accumulation_steps: 4, gradient_checkpointing: true");
    const inference served{.prompt = 1000, .generate = 24};
    inference shorter = served;
    shorter.prompt = 488;
    shorter.kv_cache = number_format::fp8;
    CHECK(imports::settings_for(imports::vllm_tool, served, one, shorter, one) ==
          "--max-model-len 512, --kv-cache-dtype fp8");
    // Division and offload are one file of DeepSpeed's, adapters several settings, and the batch of a step stays.
    const layout two{.data = 2};
    layout divided = two;
    divided.sharding = sharding::full;
    training hosted = before;
    hosted.offload = offload::full;
    CHECK(imports::settings_for(imports::swift_tool, before, two, hosted, divided) == "--deepspeed zero3_offload");
    CHECK(imports::settings_for(imports::trl_tool, before, two, hosted, divided) == "--fsdp \"full_shard offload\"");
    // Trainer has no flag for offload without FSDP.
    CHECK(imports::settings_for(imports::trl_tool, before, two, hosted, two).empty());
    CHECK(imports::settings_for(imports::llama_factory_tool, before, two, before, divided) ==
          "deepspeed: examples/deepspeed/ds_z3_config.json");
    training adapted = before;
    adapted.adapter = {adapter_method::lora, 16,
                       targets(target::query, target::key, target::value, target::output, target::up, target::down)};
    adapted.base_weights = number_format::nf4;
    CHECK(imports::settings_for(imports::axolotl_tool, before, one, adapted, one) ==
          "adapter: lora, lora_r: 16, lora_target_modules: [q_proj, k_proj, v_proj, o_proj, up_proj, down_proj], "
          "load_in_4bit: true");
    CHECK(imports::settings_for(imports::megatron_tool, before, one, after, one) ==
          "--micro-batch-size 2, --recompute-granularity full --recompute-method uniform --recompute-num-layers 1");
    training small_states = before;
    small_states.optimizer = optimizer::adamw_8bit;
    CHECK(imports::settings_for(imports::torchtune_tool, before, one, small_states, one) ==
          "optimizer._component_: bitsandbytes.optim.AdamW8bit");
    // Another format of the weights is another checkpoint, and no flag.
    shorter.weights = number_format::awq_int4;
    CHECK(imports::settings_for(imports::sglang_tool, served, one, shorter, one).empty());
}

TEST_CASE("every row of every tool sets a key or a fact, or says what is lost") {
    for (const imports::tool* each : imports::tools)
        for (const std::span<const imports::row> rows : each->rows)
            for (const imports::row& r : rows) CHECK_MESSAGE(imports::are_facts({&r, 1}), std::string(r.theirs));
    CHECK(imports::are_facts(imports::accelerate_rows));
    CHECK(imports::are_facts(imports::deepspeed_rows));
}

}  // namespace io_import_read_command_test
