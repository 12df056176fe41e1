// SPDX-License-Identifier: MIT

// Tests that import reads what launch writes: for generated jobs, the script of every launcher means the job that it
// was written for. What a launcher cannot say it refuses, or says in a note.

#include <cardfit/io/answer.hpp>
#include <cardfit/io/import/read_command.hpp>
#include <cardfit/io/launch.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

namespace io_launch_round_trip_test {

using namespace cardfit;

namespace {

using json = nlohmann::json;

/// Draws values for jobs.
class dice {
public:
    explicit dice(std::uint32_t seed) : engine_(seed) {}
    template <class Value>
    Value one_of(std::initializer_list<Value> values) {
        return *(values.begin() + static_cast<std::ptrdiff_t>(below(values.size())));
    }
    std::size_t below(std::size_t count) { return engine_() % count; }
    /// Returns true in one of `count` cases.
    bool rarely(std::size_t count) { return below(count) == 0; }

private:
    std::mt19937 engine_;
};

json hardware(dice& d) {
    const int cards = d.one_of({1, 2, 4, 8, 16});
    return {{"card", d.one_of({"h100-sxm5-80gb", "a100-sxm4-80gb"})}, {"cards", cards}};
}

/// Returns a random layout of the cards; sizes that do not divide them are refused by the reader.
json layout(dice& d, int cards, bool serves) {
    json l = json::object();
    if (d.rarely(2)) l["tensor"] = (std::min)(cards, d.one_of({1, 2, 8, 16}));
    if (d.rarely(6)) l["pipeline"] = d.one_of({2, 4});
    if (d.rarely(6)) l["expert"] = d.one_of({2, 4, 8});
    if (serves) return l;
    if (d.rarely(8)) l["context"] = d.one_of({2, 4});
    if (!d.rarely(4)) l["sharding"] = d.one_of({"none", "optimizer", "gradients", "full"});
    if (d.rarely(8)) l["sharding_group"] = d.one_of({2, 4, 8});
    return l;
}

/// Returns a served job. A server is told the length of a whole sequence, and how many sequences it runs at once: the
/// job says the same, as import does.
json served_job(dice& d, std::string_view framework) {
    json i = {{"framework", framework},
              {"batch", 1},
              {"prompt", d.one_of({1023, 2047, 4095})},
              {"generate", 1},
              {"weights", d.one_of({"bf16", "bf16", "bf16", "fp16", "fp32", "fp8", "awq-int4", "gptq-int4", "nf4",
                                    "nvfp4", "mxfp4", "w8a8", "q4_k_m", "q8_0", "q4_0"})},
              {"software_date", d.one_of({"2025-10", "2026-05", "2026-08"})}};
    if (d.rarely(2)) i["kv_cache"] = d.one_of({"fp16", "bf16", "fp8", "int8", "int4"});
    if (i["weights"] == "awq-int4" && !i.contains("kv_cache")) i["kv_cache"] = "fp16";
    if (framework == "llama.cpp") {
        i["batch"] = d.one_of({1, 2, 4});
        if (i["weights"] == "fp32") i["weights"] = "q6_k";  // import takes no name of a file for fp32
        i["prompt"] = 4 * d.one_of({256, 1024}) - 1;
        if (!i.contains("kv_cache")) i["kv_cache"] = "fp16";
        i["attention"] = d.one_of({"flash", "eager"});
    } else {
        i["max_sequences"] = d.one_of({1, 16, 256});
        i["memory_utilization"] = d.one_of({0.5, 0.85, 0.95});
    }
    if (framework == "tgi") i.erase("max_sequences");
    const json machine = hardware(d);
    if (d.rarely(3)) i["max_batched_tokens"] = d.one_of({2048, 8192});
    if (d.rarely(6)) i["graphs"] = false;
    if (d.rarely(8)) i.update({{"adapters", 2}, {"adapter_rank", 16}});
    // No flag states the share of tokens that is accepted: import assumes it.
    if (d.rarely(8) && framework != "llama.cpp")
        i["speculation"] = {{"method", d.one_of({"ngram", "mtp"})}, {"tokens", d.one_of({1, 3})}, {"acceptance", 0.7}};
    return {{"model", d.one_of({"llama-3.1-8b", "qwen3-8b", "qwen3-30b-a3b", "llama-3.1-70b"})},
            {"hardware", machine},
            {"inference", i},
            {"layout", layout(d, machine["cards"], true)}};
}

/// Returns a training as import states it: what tools have by default is left out.
json trained_job(dice& d, std::string_view framework) {
    json t = {{"framework", framework},
              {"precision", d.one_of({"bf16", "bf16-mixed", "bf16-mixed", "fp16-mixed", "fp32", "tf32", "fp8-mixed"})},
              {"micro_batch", d.one_of({1, 2, 8})},
              {"sequence_length", d.one_of({512, 2048, 8192})},
              {"software_date", d.one_of({"2025-10", "2026-05", "2026-07", "2026-10"})}};
    if (d.rarely(2)) t["gradient_accumulation"] = d.one_of({2, 4, 16});
    if (d.rarely(2)) t["recompute"] = d.one_of({"full", "full", "selective"});
    if (d.rarely(4)) t["optimizer"] = d.one_of({"adamw", "adamw-8bit", "paged-adamw-8bit", "adafactor", "muon"});
    // States of a format of their own have no other.
    if (t["precision"] == "bf16" && t.value("optimizer", "adamw") == "adamw") t["optimizer_state"] = "bf16";
    if (d.rarely(6)) t["attention"] = "eager";
    if (d.rarely(6)) t["loss"] = "fused";
    if (d.rarely(8)) t["compiled"] = true;
    if (d.rarely(6)) t["offload"] = d.one_of({"optimizer", "full"});
    if (d.rarely(2)) {
        t["adapter"] = {{"rank", d.one_of({8, 16, 64})},
                        {"targets", d.one_of<json>({{"q", "v"}, {"q", "k", "v", "o", "gate", "up", "down"}})}};
        if (d.rarely(2)) t["base_weights"] = d.one_of({"nf4-dq", "nf4", "int8"});
    }
    if (framework == "llama-factory" && !t.contains("adapter") && d.rarely(3)) {
        t["trained_layers"] = d.one_of({2, 8});
        t["trained_layer_choice"] = d.one_of({"last", "first", "spaced"});
        if (d.rarely(2)) t["trained_ends"] = d.one_of({"embedding", "head", "both"});
    }
    const json machine = hardware(d);
    return {{"model", d.one_of({"llama-3.1-8b", "qwen3-8b", "llama-3.1-70b", "mistral-7b"})},
            {"hardware", machine},
            {"training", t},
            {"layout", layout(d, machine["cards"], false)}};
}

std::optional<io::job_file> read(const json& text) {
    try {
        return io::read_job(text);
    } catch (const io::input_error&) {
        return {};
    }
}

/// Returns the job that import reads in the script of a plan.
io::job_file imported_job(const io::launch_plan& plan, const io::job_file& job) {
    const std::filesystem::path folder = std::filesystem::path(CARDFIT_SCRATCH) / "round trip";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "launch.sh", std::ios::binary) << io::shell_script(plan);
    const software_date date = job.training ? job.training->software_date : job.inference->software_date;
    const io::imports::import_options options{.card = std::string(job.hardware.card.id),
                                              .cards = job.hardware.cards,
                                              .version = io::month_text(date.year * 100 + date.month),
                                              .place = {.folder = folder}};
    return io::read_job(json(io::imports::import_command({"launch.sh"}, options).job));
}

/// Returns the keys of a section in which two jobs differ, with their values.
template <class Section>
std::string differences(keys::key_table<Section> table, const Section& a, const Section& b) {
    std::string text;
    for (const keys::key<Section>& key : table) {
        if (key.member.get == nullptr || key.member.get(a) == key.member.get(b)) continue;
        text += std::string(key.facts.path) + ": " + io::value_json(key.facts, key.member.get(a)).dump() +
                ", imported " + io::value_json(key.facts, key.member.get(b)).dump() + "; ";
    }
    return text;
}

/// Returns where two jobs differ; empty if they are the same.
std::string differences(const io::job_file& a, const io::job_file& b) {
    std::string text;
    if (a.model_name != b.model_name) text += "model: " + a.model_name + ", imported " + b.model_name + "; ";
    const auto running = [](const io::job_file& job) { return io::detail::as_it_runs(job.layout, job); };
    text += differences<cardfit::layout>(keys::layout_keys, running(a), running(b));
    const auto nodes = [](const io::job_file& job) { return io::detail::as_it_runs(job.hardware, job); };
    text += differences<machine>(keys::hardware_keys, nodes(a), nodes(b));
    const auto trained = [](const io::job_file& job) {
        training t = *job.training;
        // What the framework does by itself may be named.
        const framework_memory& row = row_of(t.framework).memory;
        t.loss = detail::loss_of(t, row.logits);
        const bool dropout = detail::is_on(t.adapter.dropout, row.adapters.dropout);
        t.adapter.dropout = dropout ? framework_switch::on : framework_switch::off;
        // DeepSpeed's row has no kernels, so that nothing is known of them.
        const bool brought = t.loss == loss::fused && row.fused_loss_brings_kernels;
        const bool unsaid = t.fused_kernels == fused_kernels::by_default && row.has_fused_kernels;
        if (unsaid) t.fused_kernels = brought ? fused_kernels::all : fused_kernels::none;
        if (!row.has_fused_kernels) t.fused_kernels = fused_kernels::none;
        const adapter_recipe& recipe = row.adapters;
        const bool prepares = detail::is_on(t.adapter.kbit_preparation,
                                            recipe.widens_quantized_base && t.software_date < recipe.widens_until);
        t.adapter.kbit_preparation = prepares ? framework_switch::on : framework_switch::off;
        return t;
    };
    if (a.training && b.training) text += differences<training>(keys::training_keys, trained(a), trained(b));
    if (a.inference && b.inference) text += differences<inference>(keys::inference_keys, *a.inference, *b.inference);
    return text;
}

/// Returns the number of jobs for each launcher: CARDFIT_ROUND_TRIPS, or a few for an everyday run.
int jobs_of_each() {
    const char* asked = std::getenv("CARDFIT_ROUND_TRIPS");
    return asked ? std::atoi(asked) : 30;
}

/// Returns the verdict of a job, or why it has none.
std::string verdict_of(const io::job_file& job) {
    try {
        return std::string(name_of(io::grade_names, io::answer(job).report.grade));
    } catch (const io::input_error& e) {
        return e.what();
    }
}

/// Returns true for a launcher whose command is read by a table of the framework "transformers".
bool by_trainer(const io::detail::launcher_row& launcher) {
    for (const io::imports::tool* each : io::imports::tools)
        if (each->name == launcher.name) return each->framework == "transformers";
    return false;
}

/// Returns a trained job for a launcher: DeepSpeed runs what its own file or accelerate's plugin divides.
json job_of_launcher(const io::detail::launcher_row& launcher, dice& d) {
    if (!launcher.trains) return served_job(d, launcher.runs.front());
    json job = trained_job(d, launcher.runs.front());
    const std::string sharding = job["layout"].value("sharding", "none");
    const bool several = job["hardware"]["cards"] > 1;
    const bool plugin =
        several && launcher.name == "accelerate" && (sharding == "optimizer" || sharding == "gradients");
    if (plugin || launcher.name == "deepspeed") job["training"]["framework"] = "deepspeed";
    return job;
}

/// Launches a job and reads it back. Returns whether the launcher took it.
bool goes_round(const io::detail::launcher_row& launcher, const json& text) {
    std::optional<io::job_file> job = read(text);
    if (!job) return false;
    // One rank holds all shards, and import says that nothing is divided.
    const cardfit::layout ranks = resolved(job->layout, job->hardware.cards);
    if (job->training && ranks.data * ranks.context == 1) job->layout.sharding = sharding::none;
#ifndef CARDFIT_WITH_YAML
    if (launcher.name == "tensorrt-llm" || launcher.trains) return true;  // their files are YAML
#endif
    io::launch_plan plan;
    try {
        plan = io::launch(*job, launcher.name);
    } catch (const io::input_error& e) {
        CHECK(!e.problems().empty());
        return false;
    }
    io::job_file back;
    try {
        back = imported_job(plan, *job);
    } catch (const io::input_error& e) {
        FAIL_CHECK(std::string(e.what()) << "\n" << text.dump() << "\n" << io::shell_script(plan));
        return true;
    }
    // Notes say what is in files that no command states: the format of a checkpoint, and what adapters have.
    const auto notes = [&](std::string_view start) {
        return std::any_of(plan.notes.begin(), plan.notes.end(),
                           [&](const std::string& note) { return note.starts_with(start); });
    };
    if (notes("the model's name must")) back.inference->weights = job->inference->weights;
    if (notes("the adapters' files")) back.inference->adapters = job->inference->adapters;
    if (notes("trl makes training.precision")) {
        back.training->precision = job->training->precision;
        back.training->optimizer_state = job->training->optimizer_state;
    }
    if (notes("the adapters' files")) back.inference->adapter_rank = job->inference->adapter_rank;
    // Import has the word of Trainer for a loss that writes no logits.
    if (notes("Unsloth's loss")) back.training->loss = job->training->loss;
    // The tables of some tools that run on Trainer have its framework.
    if (back.training && by_trainer(launcher)) back.training->framework = job->training->framework;
    const std::string different = differences(*job, back);
    CHECK_MESSAGE(different.empty(), different << "\n" << text.dump() << "\n" << io::shell_script(plan));
    const std::string verdict = verdict_of(*job);
    CHECK_MESSAGE(verdict == verdict_of(back), verdict << ", imported " << verdict_of(back) << "\n" << text.dump());
    return true;
}

void check_launcher(const io::detail::launcher_row& launcher) {
    constexpr std::uint32_t seed = 20261126;
    dice d(seed);
    int written = 0;
    constexpr int most_draws = 60;
    for (int i = 0; i < most_draws * jobs_of_each() && written < jobs_of_each(); ++i) {
        const json text = job_of_launcher(launcher, d);
        INFO(std::string(launcher.name) << ", seed " << seed << ", job " << i);
        written += goes_round(launcher, text);
    }
    CHECK_MESSAGE(written == jobs_of_each(), std::string(launcher.name));
}

}  // namespace

TEST_CASE("import reads the job that launch wrote, for every server") {
    for (const io::detail::launcher_row& launcher : io::detail::launchers)
        if (!launcher.trains) check_launcher(launcher);
}

TEST_CASE("import reads the job that launch wrote, for trainers") {
    for (const io::detail::launcher_row& launcher : io::detail::launchers)
        if (launcher.trains) check_launcher(launcher);
}

}  // namespace io_launch_round_trip_test
