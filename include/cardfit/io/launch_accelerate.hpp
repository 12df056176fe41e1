// SPDX-License-Identifier: MIT
#pragma once

// Accelerate's configuration, YAML (accelerate 1.12: commands/config/config_args.py, utils/dataclasses.py,
// examples/torch_native_parallelism/configs), and accelerate launch.

#include <cardfit/io/launch_hugging_face.hpp>

#include <algorithm>

namespace cardfit::io::detail {

/// The keys that Accelerate's file and the script express.
inline constexpr std::string_view own_accelerate_keys[]{
    "layout.tensor",
    "layout.context",
    "layout.sharding_group",
};
inline constexpr auto accelerate_keys = with_own_keys(script_keys, own_accelerate_keys);
static_assert(are_keys(accelerate_keys));

inline constexpr unexpressed_key accelerate_reasons[]{
    {"layout.pipeline", "leaves pipelines to the script's model"},
    {"training.dropout", "leaves dropout to the model's config.json"},
    {"training.adapter.kbit_preparation", "starts TRL's script, which prepares as trl does at the job's date"},
};

/// Returns which of Accelerate's backends a layout takes.
[[nodiscard]] inline std::string_view accelerate_kind(const launch_request& r) {
    const cardfit::layout& l = r.layout;
    if (l.sharding == sharding::optimizer || l.sharding == sharding::gradients) return "DEEPSPEED";
    if (l.sharding == sharding::full) return row_of(r.job.training->framework).accelerate_sharding;
    return r.job.hardware.cards > 1 ? "MULTI_GPU" : "NO";
}

/// The library of fp8 in accelerate's file, by the month of accelerate's release, with KEY=VALUE of `fp8_config`.
/// Before 1.9, only a script's own Accelerator took torchao (huggingface/accelerate#3677); its own keys are of #3831.
struct accelerate_fp8 {
    int since = 0;
    std::string_view settings{};
};
inline constexpr accelerate_fp8 accelerate_fp8_settings[]{
    {202601, "backend=AO enable_fsdp_float8_all_gather=true pad_inner_dim=true"},
    {202508, "backend=AO"},
    {202409, "backend=TE fp8_format=HYBRID"},
};

/// Returns the section of fp8; nothing for a month before accelerate had one (#2983).
[[nodiscard]] inline nlohmann::ordered_json fp8_section(const software_date& date) {
    const int month = month_number(date);
    for (const accelerate_fp8& each : accelerate_fp8_settings) {
        if (month < each.since) continue;
        nlohmann::ordered_json section;
        imports::for_each_named(each.settings, [&](std::string_view key, std::string_view value) {
            section[std::string(key)] = plain_value(value);
        });
        return section;
    }
    return {};
}

/// Refuses fp8 where accelerate converts no layers of the job's.
inline void refuse_fp8_for_accelerate(const launch_request& r, const cardfit::training& t, std::string_view kind) {
    if (t.precision != precision::fp8_mixed) return;
    r.require(!fp8_section(t.software_date).is_null(), "training.precision", "fp8-mixed",
              "another before September 2024, when accelerate's file had no fp8_config");
    r.require(kind != "DEEPSPEED", "layout.sharding", std::string(name_of(sharding_names, r.layout.sharding)),
              "none, full with fp8: the engine of DeepSpeed's plugin computes in the type of its own file");
    r.require(t.adapter.method == adapter_method::none, "training.precision", "fp8-mixed",
              "another beside adapters: accelerate makes fp8 of every linear layer");
}

inline void refuse_for_accelerate(const launch_request& r, const cardfit::training& t, std::string_view kind) {
    const cardfit::layout& l = r.layout;
    const bool fsdp = kind == "FSDP";
    r.require(l.tensor == 1 || fsdp, "layout.tensor", l.tensor, "1 unless sharding is full (FSDP2)");
    r.require(l.context == 1 || fsdp, "layout.context", l.context, "1 unless sharding is full (FSDP2)");
    r.require(l.context == 1 || t.attention != attention::eager, "training.attention", "eager",
              "flash with context parallelism");
    r.require(fsdp || l.sharding_group == l.data * l.context, "layout.sharding_group", l.sharding_group,
              "data x context unless FSDP2 shards");
    r.require(!fsdp || l.sharding_group % l.context == 0, "layout.sharding_group", l.sharding_group,
              "a multiple of the context-parallel size");
    r.require(t.recompute != recompute::selective, "training.recompute", "selective", "none, full");
    r.require(t.offload != offload::optimizer || kind == "DEEPSPEED", "training.offload", "optimizer",
              "none, activations, full unless the DeepSpeed plugin shards");
    r.require(t.offload != offload::full || l.sharding == sharding::full, "training.offload", "full",
              "none, optimizer unless sharding is full");
    refuse_fp8_for_accelerate(r, t, kind);
    refuse_other_states(r);
}

[[nodiscard]] inline nlohmann::ordered_json fsdp_section(const cardfit::training& t) {
    return {{"fsdp_version", 2},
            {"fsdp_reshard_after_forward", true},
            {"fsdp_auto_wrap_policy", "TRANSFORMER_BASED_WRAP"},
            {"fsdp_activation_checkpointing", t.recompute == recompute::full},
            {"fsdp_offload_params", t.offload == offload::full},
            // torchao's fp8 cannot load so (docs/source/usage_guides/low_precision_training.md).
            {"fsdp_cpu_ram_efficient_loading", t.precision != precision::fp8_mixed},
            {"fsdp_state_dict_type", "SHARDED_STATE_DICT"}};
}

/// Returns the device mesh, for layouts of more than one group of shards.
[[nodiscard]] inline nlohmann::ordered_json parallelism_section(const cardfit::layout& l) {
    const int shard = (std::max)(l.sharding_group / l.context, 1);
    return {{"parallelism_config_dp_replicate_size", l.data / shard},
            {"parallelism_config_dp_shard_size", shard},
            {"parallelism_config_tp_size", l.tensor},
            {"parallelism_config_cp_size", l.context}};
}

[[nodiscard]] inline nlohmann::ordered_json plugin_section(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const auto device = [](bool host) { return host ? "cpu" : "none"; };
    nlohmann::ordered_json section = {{"zero_stage", static_cast<int>(r.layout.sharding)},
                                      {"gradient_accumulation_steps", t.gradient_accumulation},
                                      {"gradient_clipping", 1.0},
                                      {"offload_optimizer_device", device(moves_states(t.offload))},
                                      {"offload_param_device", device(t.offload == offload::full)},
                                      {"zero3_init_flag", r.layout.sharding == sharding::full}};
    if (r.layout.sharding == sharding::full) section["zero3_save_16bit_model"] = true;
    return section;
}

[[nodiscard]] inline nlohmann::ordered_json accelerate_document(const launch_request& r, std::string_view kind) {
    const cardfit::training& t = *r.job.training;
    nlohmann::ordered_json document = {{"compute_environment", "LOCAL_MACHINE"}, {"distributed_type", kind}};
    for (const trainer_precision& p : trainer_precisions)
        if (p.key == t.precision) document["mixed_precision"] = p.mixed;
    if (t.precision == precision::fp8_mixed) document["fp8_config"] = fp8_section(t.software_date);
    document.update({{"num_machines", r.nodes}, {"num_processes", r.job.hardware.cards}});
    document.update({{"rdzv_backend", "static"}, {"use_cpu", false}});
    if (kind == "FSDP") {
        document["fsdp_config"] = fsdp_section(t);
        const cardfit::layout& l = r.layout;
        if (l.tensor > 1 || l.context > 1 || l.sharding_group != l.data)
            document["parallelism_config"] = parallelism_section(l);
    }
    if (kind == "DEEPSPEED") document["deepspeed_config"] = plugin_section(r);
    return document;
}

/// Returns the plan: accelerate.yaml, and accelerate launch around the script.
[[nodiscard]] inline launch_plan launch_accelerate(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const transformer* m = launch_transformer(r);
    const std::string_view kind = accelerate_kind(r);
    refuse_for_accelerate(r, t, kind);
    if (!m) return {};
    flag_list f({"accelerate", "launch", "--config_file", "accelerate.yaml"});
    if (r.nodes > 1) {
        f.add("--machine_rank", expanded("$NODE_RANK")).add("--main_process_ip", expanded("$MASTER_ADDR"));
        f.add("--main_process_port", 29500);
    }
    f.add("--module").add("trl.scripts.sft");
    script_file file{.division = {.by_fsdp = kind == "FSDP", .by_deepspeed = kind == "DEEPSPEED"}};
    for (const trainer_precision& p : trainer_precisions)
        if (p.key == t.precision) file.facts = "mixed_precision.word=" + std::string(p.mixed);
    std::vector<std::string> notes = add_script(r, *m, file, f);
    // FSDP's own recomputation stands in the file; both at once would recompute twice.
    const bool trainers = t.recompute == recompute::full && kind != "FSDP";
    f.add("--gradient_checkpointing", std::string(trainers ? "True" : "False"));
    return {.command = std::move(f).words(),
            .files = {{"accelerate.yaml", yaml_text(accelerate_document(r, kind))}},
            .notes = std::move(notes),
            .by_deepspeed = file.division.by_deepspeed};
}

}  // namespace cardfit::io::detail
