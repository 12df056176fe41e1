// SPDX-License-Identifier: MIT
#pragma once

// DeepSpeed's configuration, JSON (deepspeed/runtime/constants.py and zero/config.py, 0.18), and the deepspeed command.

#include <cardfit/io/launch_hugging_face.hpp>

namespace cardfit::io::detail {

/// A precision as a section of the file.
struct deepspeed_precision {
    cardfit::precision key;
    std::string_view section;
    bool pure = false;
};
inline constexpr deepspeed_precision deepspeed_precisions[]{
    {precision::fp32, ""},           {precision::tf32, ""},           {precision::bf16_mixed, "bf16"},
    {precision::fp16_mixed, "fp16"}, {precision::bf16, "bf16", true},
};

/// The keys that DeepSpeed's file and the script express.
inline constexpr std::string_view own_deepspeed_keys[]{
    "training.offload_device",
    "layout.tensor",
};
inline constexpr auto deepspeed_keys = with_own_keys(script_keys, own_deepspeed_keys);
static_assert(are_keys(deepspeed_keys));

inline constexpr unexpressed_key deepspeed_reasons[]{
    {"layout.context", "leaves sequence parallelism to the script"},
    {"layout.pipeline", "leaves pipelines to the script's model"},
    {"training.dropout", "leaves dropout to the model's config.json"},
    {"training.adapter.kbit_preparation", "starts TRL's script, which prepares as trl does at the job's date"},
};

inline void refuse_for_deepspeed(const launch_request& r, const cardfit::training& t) {
    const cardfit::layout& l = r.layout;
    // deepspeedai/DeepSpeed#8167 and #8168 (July and August 2026).
    constexpr software_date tensor_with_stage_3{2026, 8};
    r.require(l.tensor == 1 || l.sharding != sharding::full || t.software_date >= tensor_with_stage_3, "layout.tensor",
              l.tensor, "1 under ZeRO-3 before August 2026");
    r.require(t.recompute != recompute::selective, "training.recompute", "selective", "none, full");
    r.require(t.offload != offload::optimizer || l.sharding != sharding::none, "training.offload", "optimizer",
              "none without sharding");
    r.require(t.offload_device == offload_device::host || l.sharding == sharding::full, "training.offload_device",
              "nvme", "host unless weights are sharded (ZeRO-3)");
    r.require(t.offload != offload::full || l.sharding == sharding::full, "training.offload", "full",
              "none, optimizer unless sharding is full");
    const bool half = r.optimizer_state() == number_format::bf16;
    r.require(!half || t.precision == precision::bf16, "training.optimizer_state", "bf16",
              "fp32 unless the precision is bf16");
    if (t.precision != precision::bf16) return;
    // DeepSpeedConfig and the optimizers of ZeRO ask for both (deepspeedai/DeepSpeed#7700).
    r.require(l.sharding != sharding::none, "layout.sharding", "none",
              "optimizer, gradients, full under precision bf16");
    r.require(half || moves_states(t.offload), "training.optimizer_state", "fp32",
              "bf16 under precision bf16, or fp32 with the optimizer offloaded; or precision bf16-mixed");
}

[[nodiscard]] inline nlohmann::ordered_json zero_section(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    nlohmann::ordered_json zero = {{"stage", static_cast<int>(r.layout.sharding)}};
    if (r.layout.sharding == sharding::none) return zero;
    // The bucket of cardfit's memory rules, which is DeepSpeed's default.
    const std::int64_t bucket = frameworks::deepspeed.memory.bucket_elements;
    zero.update({{"overlap_comm", true}, {"contiguous_gradients", true}, {"reduce_bucket_size", bucket}});
    if (r.layout.sharding != sharding::full) zero["allgather_bucket_size"] = bucket;
    nlohmann::ordered_json host = {{"device", "cpu"}, {"pin_memory", true}};
    if (t.offload_device == offload_device::nvme) host.update({{"device", "nvme"}, {"nvme_path", "/local_nvme"}});
    if (moves_states(t.offload)) zero["offload_optimizer"] = host;
    if (t.offload == offload::full) zero["offload_param"] = host;
    if (r.layout.sharding == sharding::full) zero["stage3_gather_16bit_weights_on_model_save"] = true;
    return zero;
}

[[nodiscard]] inline nlohmann::ordered_json deepspeed_document(const launch_request& r, const trainer_optimizer& o) {
    const cardfit::training& t = *r.job.training;
    nlohmann::ordered_json document;
    // Trainer takes every card for a data-parallel rank; where it is not, DeepSpeed multiplies by itself.
    if (r.layout.tensor == 1) document["train_batch_size"] = r.global_batch();
    document["train_micro_batch_size_per_gpu"] = t.micro_batch;
    document["gradient_accumulation_steps"] = t.gradient_accumulation;
    document["gradient_clipping"] = 1.0;
    const auto* p = launch_row(r, deepspeed_precisions, t.precision, "training.precision", precision_names);
    if (p && !p->section.empty()) {
        nlohmann::ordered_json& section = document[std::string(p->section)];
        section["enabled"] = true;
        if (p->pure) section["bf16_master_weights_and_grads"] = true;
        if (p->pure) section["bf16_optimizer_states"] = r.optimizer_state() == number_format::bf16;
    }
    document["zero_optimization"] = zero_section(r);
    if (o.untested) document["zero_allow_untested_optimizer"] = true;
    if (!o.deepspeed.empty())
        document["optimizer"] = {{"type", o.deepspeed}, {"params", {{"lr", 2e-5}, {"weight_decay", 0.0}}}};
    if (r.layout.tensor > 1) document["tensor_parallel"]["autotp_size"] = r.layout.tensor;
    return document;
}

/// Returns DeepSpeed's host file: one line per node. The user replaces the names.
[[nodiscard]] inline std::string host_file(const launch_request& r) {
    std::string text;
    for (int node = 1; node <= r.nodes; ++node)
        text += "node-" + std::to_string(node) + " slots=" + std::to_string(r.per_node) + "\n";
    return text;
}

/// Returns the plan: ds_config.json, a host file for several nodes, and deepspeed around the script.
[[nodiscard]] inline launch_plan launch_deepspeed(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const transformer* m = launch_transformer(r);
    refuse_for_deepspeed(r, t);
    const auto* o = launch_row(r, trainer_optimizers, t.optimizer, "training.optimizer", optimizer_names);
    if (!m || !o) return {};
    launch_plan plan;
    flag_list f({"deepspeed"});
    if (r.nodes > 1) {
        plan.files.push_back({"hostfile", host_file(r)});
        plan.notes.push_back("hostfile: replace the nodes' names");
        f.add("--hostfile", std::string("hostfile")).add("--num_nodes", r.nodes);
    }
    f.add("--num_gpus", r.per_node).add("--module").add("trl.scripts.sft");
    f.add("--deepspeed", std::string("ds_config.json"));
    script_file file{.division = {.by_deepspeed = true}, .is_deepspeeds = true};
    if (t.precision == precision::bf16)
        file.facts = r.optimizer_state() == number_format::bf16 ? "pure=true zero.half_states=true"
                                                                : "pure=true zero.half_states=false";
    for (std::string& note : add_script(r, *m, file, f)) plan.notes.push_back(std::move(note));
    f.add("--gradient_checkpointing", std::string(t.recompute == recompute::full ? "True" : "False"));
    plan.files.push_back({"ds_config.json", deepspeed_document(r, *o).dump(2) + "\n"});
    plan.command = std::move(f).words();
    plan.by_deepspeed = true;
    return plan;
}

}  // namespace cardfit::io::detail
