// SPDX-License-Identifier: MIT

// Tests every launcher with every key of the table: a job that differs in that key alone changes the plan or is
// refused. No key is silently dropped.

#include <cardfit/io/key_table.hpp>
#include <cardfit/io/launch.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace io_launch_frame_test {

using namespace cardfit;

namespace {

using json = nlohmann::json;

/// Returns the plan as text, or nothing if the launcher refuses the job.
std::optional<std::string> plan_of(const io::job_file& job, std::string_view launcher) {
    try {
        const io::launch_plan plan = io::launch(job, launcher);
        std::string text;
        for (const io::launch_word& word : plan.command) text += word.text + " ";
        for (const io::launch_word& word : plan.command_elsewhere) text += word.text + " ";
        for (const io::launch_file& file : plan.files) text += "\n" + file.name + "\n" + file.text;
        for (const std::string& note : plan.notes) text += "\n" + note;
        return text;
    } catch (const io::input_error&) {
        return {};
    }
}

std::optional<io::job_file> read(const json& job) {
    try {
        return io::read_job(job);
    } catch (const io::input_error&) {
        return {};
    }
}

json job(const char* model, int cards, const char* kind, const json& section, const json& layout) {
    return {{"model", model},
            {"hardware", {{"card", "h100-sxm5-80gb"}, {"cards", cards}}},
            {kind, section},
            {"layout", layout}};
}

/// Returns the job on a processor whose memory GPU and host share.
json on_shared_memory(json each) {
    each["hardware"]["card"] = "mi300a";
    return each;
}

/// Returns jobs that differ from each other so that every key is meaningful in one of them: they have an adapter,
/// experts, pipelines, groups of shards, served adapters, or memory that GPU and host share.
const std::vector<json>& base_jobs() {
    static const json adapter = {{"adapter", {{"rank", 8}, {"targets", {"q"}}}}};
    static const std::vector<json> jobs = {
        job("llama-3.1-8b", 8, "training", json::object(), {{"sharding", "full"}}),
        job("llama-3.1-8b", 8, "training", json::object(), json::object()),
        job("llama-3.1-8b", 8, "training", json::object(), {{"sharding", "optimizer"}}),
        job("llama-3.1-8b", 8, "training", {{"gradient_accumulation", 4}}, {{"tensor", 2}, {"pipeline", 2}}),
        job("llama-3.1-8b", 8, "training", json::object(), {{"tensor", 2}, {"sharding", "full"}}),
        job("llama-3.1-8b", 8, "training", adapter, {{"sharding", "full"}}),
        job("llama-3.1-8b", 1, "training", adapter, json::object()),
        job("qwen3-30b-a3b", 8, "training", json::object(), {{"sharding", "full"}}),
        job("qwen3-30b-a3b", 8, "training", json::object(), {{"sharding", "optimizer"}}),
        job("llama-3.1-70b", 8, "inference", {{"adapters", 2}, {"prompt", 4000}}, {{"tensor", 4}}),
        job("llama-3.1-70b", 2, "inference", {{"adapters", 2}, {"prompt", 4000}}, {{"pipeline", 2}}),
        job("qwen3-30b-a3b", 4, "inference", {{"prompt", 4000}}, {{"tensor", 4}}),
        job("llama-3.1-8b", 1, "inference", {{"prompt", 4000}}, json::object()),
        job("qwen2.5-vl-7b", 1, "inference", {{"prompt", 4000}}, json::object()),
        on_shared_memory(job("llama-3.1-8b", 4, "training", json::object(), {{"sharding", "full"}})),
        on_shared_memory(job("llama-3.1-8b", 4, "training", json::object(), {{"sharding", "optimizer"}})),
        on_shared_memory(job("llama-3.1-8b", 1, "inference", {{"prompt", 4000}}, json::object())),
    };
    return jobs;
}

/// Returns values that a key may take besides the one that it has.
std::vector<json> other_values(const keys::key_facts& key) {
    switch (key.kind) {
        case keys::value_kind::integer: {
            std::vector<json> values;
            for (const std::int64_t each : {std::int64_t{1}, std::int64_t{2}, std::int64_t{4}, std::int64_t{16},
                                            std::int64_t{150}, std::int64_t{1024}, std::int64_t{1} << 36})
                if (each >= key.range.low && each <= key.range.high) values.push_back(each);
            return values;
        }
        case keys::value_kind::number:
            return {0.5};
        case keys::value_kind::boolean:
        case keys::value_kind::three_state:
            return {false, true};
        case keys::value_kind::word: {
            std::vector<json> values;
            for (const keys::word& each : key.words)
                if (!each.alias) values.push_back(each.name);
            return values;
        }
        case keys::value_kind::words:
            return {json{"v", "o"}};
        case keys::value_kind::month:
            return {"2024-12"};
        case keys::value_kind::version:
            return {"0.8.5"};
        case keys::value_kind::card:
            return {"a100-sxm4-80gb"};
        case keys::value_kind::model:
            return {"llama-3.2-1b"};
        case keys::value_kind::machine:
            return {"p4d.24xlarge"};
        case keys::value_kind::cards:
        case keys::value_kind::shares:
            return {};
    }
    return {};
}

/// Returns whether a value means the same as leaving the key out: the key is given, and the job does not change.
bool means_the_same(const io::job_file& a, const io::job_file& b, const std::string& path, std::string_view launcher) {
    const bool trains = a.training.has_value();
    const cardfit::layout one = io::detail::as_it_runs(a.layout, a);
    const cardfit::layout other = io::detail::as_it_runs(b.layout, b);
    const bool hardware = a.hardware.card.id == b.hardware.card.id && a.hardware.cards == b.hardware.cards &&
                          cards_per_node(a.hardware) == cards_per_node(b.hardware) &&
                          a.hardware.link == b.hardware.link && a.hardware.ecc == b.hardware.ecc &&
                          a.hardware.capacity == b.hardware.capacity && a.hardware.host == b.hardware.host &&
                          a.hardware.network_gbit == b.hardware.network_gbit;
    // A framework's default loss may be named, and so may the compute type as the format of a base model or a cache.
    // Unsloth fuses its loss in any case, and a note beside the script says so.
    const bool usual_loss = path == "training.loss" && (b.training->loss == loss::full ||
                                                        (launcher == "unsloth" && b.training->loss == loss::fused));
    const bool usual_kernels =
        path == "training.fused_kernels" && b.training->fused_kernels == fused_kernels::none &&
        (b.training->loss != loss::fused || !row_of(b.training->framework).memory.fused_loss_brings_kernels);
    const bool usual_base =
        path == "training.base_weights" && b.training->base_weights == row_of(b.training->precision).compute;
    // Launchers with sequence parallelism turn it on with tensor parallelism. Trainer's Adam without weight decay,
    // which is its default, is its AdamW.
    const bool usual_sequence = path == "layout.sequence_parallel" && one.tensor > 1 && trains &&
                                a.layout.sequence_parallel == sequence_parallel::by_default &&
                                b.layout.sequence_parallel == sequence_parallel::on;
    // The Hugging Face Trainer runs Adam as AdamW without a decay, which a launcher does not name.
    const bool runs_trainer = launcher == "accelerate" || launcher == "axolotl" || launcher == "llama-factory" ||
                              launcher == "trl" || launcher == "unsloth";
    const bool usual_adam = path == "training.optimizer" && runs_trainer && b.training->optimizer == optimizer::adam;
    // llama-server's cache is f16 by default, and so is Ollama's (OLLAMA_KV_CACHE_TYPE).
    const bool usual_cache = path == "inference.kv_cache" && (launcher == "llama.cpp" || launcher == "ollama") &&
                             b.inference->kv_cache == number_format::fp16;
    // States and gradients may be named in the format that the framework gives them. A schedule means nothing without a
    // pipeline, nor a device without what is moved there.
    const bool usual_states = path == "training.optimizer_state" && trains &&
                              state_format(*a.training, row_of(a.training->framework).memory) ==
                                  state_format(*b.training, row_of(b.training->framework).memory);
    const bool usual_gradients = path == "training.gradients" && b.training->gradients == number_format::fp32 &&
                                 row_of(b.training->precision).mixed;
    const bool usual_dropout =
        path == "training.adapter.dropout" && trains &&
        (b.training->adapter.dropout == framework_switch::on) == row_of(b.training->framework).memory.adapters.dropout;
    const bool no_pipeline = path == "layout.schedule" && other.pipeline == 1;
    const bool nothing_moved = path == "training.offload_device" && b.training->offload == offload::none;
    // A launcher writes the sequences of a job as those that the engine runs at once, unless the job names these.
    const bool usual_sequences = path == "inference.max_sequences" && b.inference->max_sequences == b.inference->batch;
    if (usual_states || usual_kernels || usual_gradients || usual_dropout || no_pipeline || nothing_moved) return true;
    return usual_sequences || usual_loss || usual_base || usual_sequence || usual_adam || usual_cache ||
           (hardware && one == other && a.training == b.training && a.inference == b.inference);
}

/// Returns whether a value names the framework or engine of the launcher itself.
bool is_its_own(const io::detail::launcher_row& launcher, const std::string& path, const json& value) {
    if (!path.ends_with(".framework")) return false;
    for (const std::string_view each : launcher.runs) {
        if (value == json(each)) return true;
        for (const auto& n : io::framework_names)
            if (n.alias && value == json(n.name) && io::name_of(io::framework_names, n.value) == each) return true;
        for (const auto& n : io::engine_names)
            if (n.alias && value == json(n.name) && io::name_of(io::engine_names, n.value) == each) return true;
    }
    return false;
}

/// The paths of the keys that each launcher was tested with, and the number of jobs.
struct asked_keys {
    std::map<std::string_view, std::set<std::string>> reached{};
    int jobs = 0;
};

/// A job that a launcher starts, with its plan.
struct started_job {
    const io::detail::launcher_row& launcher;
    const json& text;
    io::job_file job;
    std::string plan;
};

/// Returns true for a key that can differ alone: keys of the model cannot, and an adapter's keys can only where there
/// is an adapter.
bool can_differ(const io::listed_key& key, const json& base) {
    const std::string path(key.facts->path);
    if (path.starts_with("model.") || key.section == keys::section::diffusion) return false;
    if (path == "hardware.card") return false;  // a fact without a default
    // These stand for other keys of the machine, and a job that has a card refuses them.
    if (path == "hardware.machine" || path == "hardware.nodes") return false;
    const bool has_adapter = base.contains("training") && base["training"].contains("adapter");
    return has_adapter || !path.starts_with("training.adapter.");
}

/// Launches the job with another value of the key: its plan must differ, or the job must be refused.
void ask_value(const started_job& base, const std::string& path, const json& value, asked_keys& asked) {
    std::string pointer = "/" + path;
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    json changed = base.text;
    changed[json::json_pointer(pointer)] = value;
    if (changed.contains("training") && changed.contains("inference")) return;
    const std::optional<io::job_file> after = read(changed);
    if (!after || means_the_same(base.job, *after, path, base.launcher.name)) return;
    asked.reached[base.launcher.name].insert(path);
    if (is_its_own(base.launcher, path, value)) return;
    // The rank of served adapters has no meaning where no adapters are served.
    if (path == "inference.adapter_rank" && after->inference->adapters == 0) return;
    const std::optional<std::string> other = plan_of(*after, base.launcher.name);
    const bool dropped = other && *other == base.plan;
    CHECK_MESSAGE(!dropped, std::string(base.launcher.name)
                                << " drops " << path << " = " << value.dump() << " of " << base.text.dump());
    ++asked.jobs;
}

void ask_every_key(const io::detail::launcher_row& launcher, const json& base, asked_keys& asked) {
    const std::optional<io::job_file> before = read(base);
    REQUIRE(before);
    if (launcher.trains != before->training.has_value()) return;
    const std::optional<std::string> plan = plan_of(*before, launcher.name);
    if (!plan) return;
    const started_job started{launcher, base, *before, *plan};
    for (const io::listed_key& key : io::listed_keys()) {
        if (!can_differ(key, base)) continue;
        for (const json& value : other_values(*key.facts))
            ask_value(started, std::string(key.facts->path), value, asked);
    }
}

}  // namespace

TEST_CASE("a job that differs in one key changes the plan of every launcher, or is refused") {
    asked_keys asked;
    for (const io::detail::launcher_row& launcher : io::detail::launchers)
        for (const json& base : base_jobs()) ask_every_key(launcher, base, asked);
    CHECK(asked.jobs > 1500);
    std::map<std::string_view, std::set<std::string>>& reached = asked.reached;
    // Keys that mean nothing to these jobs are refused by their reader; the others, of the machine, of the layout and
    // of the launcher's section, are most.
    constexpr std::size_t least_keys = 20;
    for (const io::detail::launcher_row& launcher : io::detail::launchers)
        CHECK_MESSAGE(reached[launcher.name].size() >= least_keys, std::string(launcher.name));
    CHECK(reached["accelerate"].count("training.adapter.rank") == 1);
    CHECK(reached["accelerate"].count("training.base_modules.attention") == 1);
    CHECK(reached["megatron"].count("layout.virtual_stages") == 1);
    CHECK(reached["vllm"].count("layout.expert") == 1);
    CHECK(reached["torchtitan"].count("training.expert_imbalance_percent") == 1);
}

TEST_CASE("the frame names the key, its value, its default and the launcher") {
    const auto message = [](const json& text, const char* launcher) {
        try {
            static_cast<void>(io::launch(io::read_job(text), launcher));
        } catch (const io::input_error& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    CHECK(message(job("llama-3.1-8b", 8, "training", {{"dropout", true}}, {{"sharding", "full"}}), "torchtitan") ==
          "training.dropout is true; accepted: false (torchtitan has no setting for this key)");
    CHECK(message(job("llama-3.1-8b", 8, "training", {{"dropout", true}}, {{"sharding", "full"}}), "deepspeed") ==
          "training.dropout is true; accepted: false (deepspeed leaves dropout to the model's config.json)");
    CHECK(message(job("llama-3.1-8b", 8, "training", {{"framework", "transformers"}}, {{"sharding", "full"}}),
                  "torchtitan") ==
          "training.framework is \"transformers\"; accepted: pytorch, torchtitan (the job is estimated for what "
          "torchtitan "
          "does not run)");
    CHECK(message(job("llama-3.1-8b", 1, "inference", {{"weights", "awq-int4"}, {"group", 64}}, json::object()),
                  "vllm") == "inference.group is 64; accepted: 128 (vllm takes the group size from the checkpoint)");
}

TEST_CASE("an assumption of the estimate is noted, not refused") {
    json text = job("llama-3.1-8b", 8, "training", {{"software_date", "2024-12"}}, {{"sharding", "full"}});
    text["hardware"]["network_gbit"] = 100;
    const io::launch_plan plan = io::launch(io::read_job(text), "torchtitan");
    const auto notes = [&](const std::string& line) {
        return std::find(plan.notes.begin(), plan.notes.end(), line) != plan.notes.end();
    };
    CHECK(notes("the estimate assumes hardware.network_gbit = 100; torchtitan is not told"));
    CHECK(notes("the estimate assumes training.software_date = 2024-12; torchtitan is not told"));
}

}  // namespace io_launch_frame_test
