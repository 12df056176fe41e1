// SPDX-License-Identifier: MIT
#pragma once

// torchtitan's job configuration, TOML of the 0.2 releases (torchtitan/config/job_config.py, February 2026), the last
// that read TOML: the main branch is configured in Python, under the same names of sections and keys.

#include <cardfit/io/launch_models.hpp>

namespace cardfit::io::detail {

/// What a precision is in torchtitan: the format of weights and states, the format of compute, a converter of linears.
struct titan_precision {
    cardfit::precision key;
    std::string_view dtype;
    std::string_view compute;
    std::string_view quantize = "";
};
inline constexpr titan_precision titan_precisions[]{
    {precision::bf16_mixed, "float32", "bfloat16"},
    {precision::fp32, "float32", "float32"},
    {precision::bf16, "bfloat16", "bfloat16"},
    {precision::fp8_mixed, "float32", "bfloat16", "float8"},
    {precision::mxfp8_mixed, "float32", "bfloat16", "mx"},
};
inline constexpr flag_row<pipeline_schedule> titan_schedules[]{
    {pipeline_schedule::one_f_one_b, "1F1B"},
    {pipeline_schedule::gpipe, "GPipe"},
};
struct titan_optimizer {
    cardfit::optimizer key;
    std::string_view name;
};
inline constexpr titan_optimizer titan_optimizers[]{{optimizer::adamw, "AdamW"}, {optimizer::adam, "Adam"}};

/// The keys that the file and torchrun express.
inline constexpr std::string_view own_torchtitan_keys[]{
    "training.compiled",     "training.optimizer_in_backward",
    "layout.tensor",         "layout.pipeline",
    "layout.virtual_stages", "layout.schedule",
    "layout.context",        "layout.expert",
    "layout.sharding_group", "layout.sequence_parallel",
};
inline constexpr auto torchtitan_keys = with_own_keys(training_keys, own_torchtitan_keys);
static_assert(are_keys(torchtitan_keys));

/// Refuses values of these keys that the file has no word for.
inline void refuse_for_titan(const launch_request& r, const cardfit::training& t) {
    const cardfit::layout& l = r.layout;
    r.require(t.offload == offload::none || (t.offload == offload::full && l.sharding == sharding::full),
              "training.offload", std::string(name_of(offload_names, t.offload)), "none, or full with full sharding");
    const bool half_states = r.optimizer_state() == number_format::bf16;
    r.require(half_states == (t.precision == precision::bf16), "training.optimizer_state",
              std::string(block_layout_of(r.optimizer_state()).name),
              "the format of the weights: bf16 under precision bf16, else fp32");
    r.require(r.loss() == loss::full, "training.loss", std::string(name_of(loss_names, r.loss())),
              "full: the releases that read TOML take all logits at once, and the default has been chunked since "
              "May 2026");
    r.require(!t.optimizer_in_backward || l.pipeline == 1, "training.optimizer_in_backward", true,
              "false with a pipeline");
    r.require(l.sequence_parallel != sequence_parallel::off || l.tensor == 1, "layout.sequence_parallel", false,
              "true: tensor parallelism brings it");
    r.require(l.sequence_parallel != sequence_parallel::on || l.tensor > 1, "layout.sequence_parallel", true,
              "false without tensor parallelism");
}

/// Returns the degrees of replication and sharding: a shard spans data-parallel and context-parallel ranks.
[[nodiscard]] inline nlohmann::ordered_json titan_data_parallel(const launch_request& r) {
    const cardfit::layout& l = r.layout;
    const bool shards = l.sharding == sharding::full || l.sharding == sharding::gradients;
    const bool alone = l.tensor == 1 && l.pipeline == 1 && l.context == 1;
    r.require(shards || l.data == 1 || (l.sharding == sharding::none && alone), "layout.sharding",
              std::string(name_of(sharding_names, l.sharding)),
              alone ? "none, gradients, full" : "gradients, full with another parallelism");
    r.require(shards || l.context == 1, "layout.context", l.context, "1 unless gradients or weights are shared out");
    r.require(shards ? l.sharding_group % l.context == 0 : l.sharding_group == l.data * l.context,
              "layout.sharding_group", l.sharding_group,
              shards ? "a multiple of the context-parallel size" : "data x context unless something is sharded");
    const int shard = shards ? (std::max)(l.sharding_group / l.context, 1) : 1;
    nlohmann::ordered_json keys = {{"data_parallel_replicate_degree", l.data / shard},
                                   {"data_parallel_shard_degree", shard}};
    if (shards) keys["fsdp_reshard_after_forward"] = l.sharding == sharding::full ? "always" : "never";
    return keys;
}

/// Adds the schedule, and as many layers per stage as the layout means. By default torchtitan counts embedding and head
/// as a layer each; cardfit does where the layers do not divide.
inline void add_titan_pipeline(const launch_request& r, const transformer& m, nlohmann::ordered_json& keys) {
    const cardfit::layout& l = r.layout;
    keys["pipeline_parallel_degree"] = l.pipeline;
    if (l.pipeline == 1) return;
    const std::int64_t stages = std::int64_t{l.pipeline} * l.virtual_stages;
    const std::int64_t ends = m.layers % stages == 0 ? 0 : 1;
    const std::int64_t layers = m.layers + 2 * ends;
    const std::int64_t each = divide_up(layers, stages);
    r.require(divide_up(layers, each) == stages, "layout.pipeline", l.pipeline,
              "stages x virtual_stages that even layers a stage fill");
    const bool interleaved = l.virtual_stages > 1;
    r.require(!interleaved || l.schedule == pipeline_schedule::one_f_one_b, "layout.schedule",
              std::string(row_of(l.schedule).name), "1f1b with virtual stages");
    if (const auto* s = launch_row(r, titan_schedules, l.schedule, "layout.schedule", schedule_names))
        keys["pipeline_parallel_schedule"] = interleaved ? "Interleaved1F1B" : std::string(s->flags);
    keys["pipeline_parallel_layers_per_stage"] = each;
    keys["pipeline_parallel_first_stage_less_layers"] = ends;
    keys["pipeline_parallel_last_stage_less_layers"] = ends;
    keys["pipeline_parallel_microbatch_size"] = r.job.training->micro_batch;
}

[[nodiscard]] inline nlohmann::ordered_json titan_parallelism(const launch_request& r, const transformer& m) {
    const cardfit::layout& l = r.layout;
    nlohmann::ordered_json keys = titan_data_parallel(r);
    r.require(kv_heads_of(m) % l.tensor == 0, "layout.tensor", l.tensor, "a divisor of the key and value heads");
    keys["tensor_parallel_degree"] = l.tensor;
    add_titan_pipeline(r, m, keys);
    keys["context_parallel_degree"] = l.context;
    // Expert groups take in all context- and tensor-parallel ranks (torchtitan/distributed/parallel_dims.py).
    r.require(l.expert == 1 || l.expert % (l.context * l.tensor) == 0, "layout.expert", l.expert,
              "1, or a multiple of context x tensor");
    if (m.experts.count > 0) keys["expert_parallel_degree"] = l.expert;
    if (l.expert > 1) keys["expert_tensor_parallel_degree"] = 1;
    return keys;
}

/// Returns the section of the batch. With a pipeline, the local batch is cut into micro-batches; without one, the
/// global batch implies gradient accumulation.
[[nodiscard]] inline nlohmann::ordered_json titan_training(const launch_request& r, const titan_precision* p) {
    const cardfit::training& t = *r.job.training;
    nlohmann::ordered_json keys = {
        {"local_batch_size", r.layout.pipeline > 1 ? t.micro_batch * t.gradient_accumulation : t.micro_batch},
        {"global_batch_size", r.global_batch()},
        {"seq_len", t.sequence_length},
        {"enable_cpu_offload", t.offload == offload::full}};
    if (p) keys.update({{"dtype", p->dtype}, {"mixed_precision_param", p->compute}});
    return keys;
}

/// Adds the converters of linear layers and, of a model with experts, of their grouped matmuls. The router stays as it
/// is (torchtitan/models/deepseek_v3/train_configs).
inline void add_titan_quantization(const titan_precision& p, bool experts, nlohmann::ordered_json& document) {
    if (p.quantize.empty()) return;
    const std::string kind(p.quantize);
    nlohmann::ordered_json& linear = document["quantize"]["linear"][kind];
    document["model"]["converters"] = {"quantize.linear." + kind};
    linear["filter_fqns"] = {"output"};
    if (!experts) return;
    document["model"]["converters"].push_back("quantize.grouped_mm." + kind);
    linear["filter_fqns"].push_back("router.gate");
    document["quantize"]["grouped_mm"][kind]["fqns"] = {"experts"};
}

/// Returns the plan: one TOML file and torchrun.
[[nodiscard]] inline launch_plan launch_torchtitan(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const transformer* m = launch_transformer(r);
    const std::optional<published_model> published = find_published(r.job.model_name, r.job.model);
    const titan_model* titan = published ? titan_model_of(*published) : nullptr;
    r.require(titan != nullptr, "model", r.job.model_name, "a model among torchtitan's flavors");
    refuse_for_titan(r, t);
    const titan_precision* p = launch_row(r, titan_precisions, t.precision, "training.precision", precision_names);
    const titan_optimizer* o = launch_row(r, titan_optimizers, t.optimizer, "training.optimizer", optimizer_names);
    const nlohmann::ordered_json parallelism = m ? titan_parallelism(r, *m) : nlohmann::ordered_json::object();
    if (!r.problems->empty()) return {};
    const std::string folder(published->repository.substr(published->repository.find('/') + 1));
    nlohmann::ordered_json document;
    document["job"]["description"] = r.job.model_name + " on " + std::to_string(r.job.hardware.cards) + " cards";
    document["model"] = {{"name", titan->name}, {"flavor", titan->flavor}, {"hf_assets_path", "./assets/hf/" + folder}};
    document["optimizer"] = {{"name", o->name}, {"early_step_in_backward", t.optimizer_in_backward}};
    document["training"] = titan_training(r, p);
    document["parallelism"] = parallelism;
    document["activation_checkpoint"]["mode"] = name_of(recompute_names, t.recompute);
    if (t.recompute == recompute::selective) document["activation_checkpoint"]["selective_ac_option"] = "op";
    document["compile"]["enable"] = t.compiled;
    add_titan_quantization(*p, m->experts.count > 0, document);
    const std::string name = "torchtitan.toml";
    flag_list f = torchrun(r);
    f.add("-m", std::string("torchtitan.train")).add("--job.config_file", name);
    return {
        std::move(f).words(),
        {{name, toml_text(document).substr(1)}},
        {"torchtitan 0.2 (the last releases that read TOML); learning rate, steps and dataset are its defaults, and "
         "c4_test is a test set"}};
}

}  // namespace cardfit::io::detail
