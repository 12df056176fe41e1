// SPDX-License-Identifier: MIT
#pragma once

// What both forms of torchtitan's configuration share: TOML of the 0.2 releases, and Python of its main branch, whose
// sections and keys of parallelism have the same names (torchtitan/config/job_config.py at v0.2.2, February 2026, and
// torchtitan/config/configs.py at b5bcd76c, August 2026).

#include <cardfit/io/launch_models.hpp>

#include <algorithm>

namespace cardfit::io::detail {

/// What a precision is in torchtitan: the format of weights and states, the format of compute, a converter of linears.
struct titan_precision {
    cardfit::precision key;
    std::string_view dtype;
    std::string_view compute;
    /// The kind of the converter of linears; empty if there is none.
    std::string_view quantize = "";
};
inline constexpr titan_precision titan_precisions[]{
    {precision::bf16_mixed, "float32", "bfloat16"},
    {precision::fp32, "float32", "float32"},
    {precision::bf16, "bfloat16", "bfloat16"},
    {precision::fp8_mixed, "float32", "bfloat16", "float8"},
    {precision::mxfp8_mixed, "float32", "bfloat16", "mx"},
    {precision::nvfp4_mixed, "float32", "bfloat16", "nvfp4"},
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

/// A job as both forms take it.
struct titan_job {
    const titan_model& model;
    const titan_precision& precision;
    const titan_optimizer& optimizer;
    const transformer& network;
    /// The keys of the section `parallelism`.
    nlohmann::ordered_json parallelism{};
    /// The folder of the model's tokenizer.
    std::string assets{};
};

/// Refuses values of these keys that neither form has a word for.
inline void refuse_for_titan(const launch_request& r, const cardfit::training& t) {
    const cardfit::layout& l = r.layout;
    r.require(t.offload == offload::none || (t.offload == offload::full && l.sharding == sharding::full),
              "training.offload", std::string(name_of(offload_names, t.offload)), "none, or full with full sharding");
    const bool half_states = r.optimizer_state() == number_format::bf16;
    r.require(half_states == (t.precision == precision::bf16), "training.optimizer_state",
              std::string(block_layout_of(r.optimizer_state()).name),
              "the format of the weights: bf16 under precision bf16, else fp32");
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
    return keys;
}

/// Returns the section that says the number formats.
[[nodiscard]] inline nlohmann::ordered_json titan_formats(const cardfit::training& t, const titan_precision& p) {
    return {
        {"enable_cpu_offload", t.offload == offload::full}, {"dtype", p.dtype}, {"mixed_precision_param", p.compute}};
}

}  // namespace cardfit::io::detail
