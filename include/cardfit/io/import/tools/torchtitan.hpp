// SPDX-License-Identifier: MIT
#pragma once

// torchtitan's TOML (config/job_config.py at v0.2.2, 2026-02), the last that it had. Its models are named in
// launch_models.hpp.

#include <cardfit/io/import/tools/torchtune.hpp>

namespace cardfit::io::imports {

/// A table of torchtitan: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair titan_checkpointing[]{
    {"none", "none"},
    {"selective", "selective"},
    {"full", "full"},
    {"memory_budget", "selective", "recompute to a budget of memory"},
};

/// Schedules of one stage per rank, and the interleaved one, whose stages follow from the layers of each.
inline constexpr value_pair titan_schedules_of[]{
    {"1F1B", "1f1b"},
    {"GPipe", "gpipe"},
    {"Interleaved1F1B", "interleaved"},
    {"InterleavedZeroBubble", "interleaved", "a zero-bubble schedule"},
    {"ZBVZeroBubble", "interleaved", "a zero-bubble schedule"},
    {"LoopedBFS", "interleaved", "a breadth-first schedule"},
};

/// What the TOML and the configurations of Python name alike.
inline constexpr row titan_shared_rows[]{
    takes("training.dtype", "titan.dtype", reading::word, dtype_values),
    takes("training.mixed_precision_param", "dtype", reading::word, dtype_values),
    takes("training.enable_cpu_offload", "training.offload", reading::word, full_offload_values),
    takes("parallelism.data_parallel_replicate_degree", "data.replicate", reading::integer),
    takes("parallelism.data_parallel_shard_degree", "data.shard", reading::integer),
    takes("parallelism.tensor_parallel_degree", "layout.tensor", reading::integer),
    takes("parallelism.pipeline_parallel_degree", "layout.pipeline", reading::integer),
    takes("parallelism.context_parallel_degree", "layout.context", reading::integer),
    takes("parallelism.expert_parallel_degree", "layout.expert", reading::integer),
    takes("parallelism.fsdp_reshard_after_forward", "titan.reshard"),
    takes("parallelism.pipeline_parallel_schedule", "titan.schedule", reading::word, titan_schedules_of),
    takes("parallelism.pipeline_parallel_layers_per_stage", "titan.stage_layers", reading::integer),
    takes("parallelism.pipeline_parallel_first_stage_less_layers", "titan.first_less", reading::integer),
    takes("parallelism.pipeline_parallel_last_stage_less_layers", "titan.last_less", reading::integer),
};

inline constexpr row torchtitan_rows[]{
    takes("model.name", "titan.name"),
    takes("model.flavor", "titan.flavor"),
    takes("training.local_batch_size training.batch_size", "training.micro_batch", reading::integer),
    takes("training.global_batch_size", "batch.global", reading::integer),
    takes("training.seq_len", "training.sequence_length", reading::integer),
    takes("training.compile compile.enable", "training.compiled", reading::truth),
    takes("optimizer.name", "training.optimizer", reading::word, optimizer_values),
    takes("optimizer.early_step_in_backward", "training.optimizer_in_backward", reading::truth),
    {.theirs = "activation_checkpoint.mode",
     .ours = "training.recompute",
     .how = reading::word,
     .values = titan_checkpointing},
    takes("activation_checkpoint.selective_ac_option", "titan.option"),
    takes("model.converters", "titan.converters", reading::list),
    takes("job.config_file", "config.file"),
    loses("training.mixed_precision_reduce", effect::either, "training.gradients", "float32"),
    loses("parallelism.expert_tensor_parallel_degree", effect::either, "tensor parallelism in experts", "1"),
    loses("parallelism.disable_loss_parallel", effect::more_memory, "logits are whole on each rank", "false"),
    loses("parallelism.enable_async_tensor_parallel", effect::time_only, "overlapped tensor parallelism", "false"),
    takes("parallelism.pipeline_parallel_microbatch_size", "titan.pipeline_batch", reading::integer),
    takes("compile.components", "titan.compiled", reading::list),
    loses("parallelism.module_fqns_per_model_part", effect::either, "layers of a stage"),
    loses("activation_checkpoint.memory_budget", effect::either, "recompute to a budget of memory", "0.5"),
};

inline constexpr std::string_view torchtitan_harmless =
    "job.* profiling.* metrics.* model.tokenizer* model.hf_assets_path model.print* optimizer.* lr_scheduler.* "
    "training.steps training.dataset* training.max_norm training.seed training.deterministic training.gc* "
    "training.debug* checkpoint.* comm.* validation.* fault_tolerance.* experimental.* quantize.* float8.* mx.* "
    "compile.* debug.* activation_checkpoint.* parallelism.context_parallel_* memory_estimation.* "
    "parallelism.pipeline_parallel_split_points parallelism.pipeline_parallel_*";

inline constexpr standing torchtitan_defaults[]{
    {"training.micro_batch", "8", "training.local_batch_size"},
    {"training.sequence_length", "2048", "training.seq_len"},
    {"training.recompute", "selective", "activation_checkpoint.mode"},
    {"titan.option", "2", "activation_checkpoint.selective_ac_option: every second layer"},
    {"titan.dtype", "float32", "training.dtype"},
    {"dtype", "bfloat16", "training.mixed_precision_param"},
    {"data.shard", "-1", "parallelism.data_parallel_shard_degree: what the others leave"},
    {"training.optimizer", "adamw", "optimizer.name"},
    {"training.loss", "full", "the TOML is of releases before the chunked loss (torchtitan#2937)", 202605},
};

/// Tags of pytorch/torchtitan.
inline constexpr release torchtitan_releases[]{{"0.1", 202506}, {"0.2.0", 202510}, {"0.2.1", 202512}, {"0.2", 202602}};

inline constexpr std::span<const row> torchtitan_tables[]{torchtitan_rows, titan_shared_rows};
inline constexpr tool torchtitan_tool{.name = "torchtitan",
                                      .framework = "torchtitan",
                                      .rows = torchtitan_tables,
                                      .defaults = torchtitan_defaults,
                                      .harmless = torchtitan_harmless,
                                      .newest = 202602,
                                      .releases = torchtitan_releases};
/// @}

}  // namespace cardfit::io::imports
