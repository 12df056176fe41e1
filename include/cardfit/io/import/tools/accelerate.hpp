// SPDX-License-Identifier: MIT
#pragma once

// accelerate's configuration file and the flags of `accelerate launch` (accelerate 2026-07: commands/launch.py,
// utils/dataclasses.py). The file's nested keys and the flags have the same names.

#include <cardfit/io/import/tools/hugging_face.hpp>

namespace cardfit::io::imports {

/// The strategies of FSDP 1 by number and by name, and reshard_after_forward of FSDP 2.
inline constexpr value_pair fsdp_strategies[]{
    {"1", "full"},
    {"2", "gradients"},
    {"3", "none"},
    {"4", "hybrid"},
    {"5", "hybrid-zero2"},
    {"FULL_SHARD", "full"},
    {"SHARD_GRAD_OP", "gradients"},
    {"NO_SHARD", "none"},
    {"HYBRID_SHARD", "hybrid"},
    {"HYBRID_SHARD_ZERO2", "hybrid-zero2"},
};

/// Backends of torch.compile.
inline constexpr value_pair dynamo_values[]{{"no", "false"}, {"inductor", "true"}, {"eager", "false"}};

/// A table of Accelerate (launch): its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr row accelerate_rows[]{
    takes("distributed_type", "accelerate.type"),
    takes("use_fsdp", "fsdp.on", reading::truth),
    takes("use_deepspeed", "zero.on", reading::truth),
    takes("multi_gpu cpu tpu", "accelerate.flag", reading::truth),
    takes("num_processes", "cards.total", reading::integer),
    takes("num_machines", "cards.nodes", reading::integer),
    takes("gpu_ids", "accelerate.gpus"),
    takes("mixed_precision", "mixed_precision.word"),
    takes("config_file", "accelerate.file"),
    takes("fsdp_config.fsdp_version fsdp_version", "fsdp.version"),
    takes("fsdp_config.fsdp_sharding_strategy fsdp_sharding_strategy", "fsdp.strategy", reading::word, fsdp_strategies),
    takes("fsdp_config.fsdp_reshard_after_forward fsdp_reshard_after_forward", "fsdp.reshard"),
    takes("fsdp_config.fsdp_offload_params fsdp_offload_params", "fsdp.offload", reading::truth),
    takes("fsdp_config.fsdp_activation_checkpointing fsdp_activation_checkpointing", "fsdp.recompute", reading::truth),
    takes("parallelism_config.parallelism_config_dp_replicate_size parallelism_config_dp_replicate_size",
          "data.replicate", reading::integer),
    takes("parallelism_config.parallelism_config_dp_shard_size parallelism_config_dp_shard_size", "data.shard",
          reading::integer),
    takes("parallelism_config.parallelism_config_tp_size parallelism_config_tp_size", "layout.tensor",
          reading::integer),
    takes("parallelism_config.parallelism_config_cp_size parallelism_config_cp_size", "layout.context",
          reading::integer),
    takes("parallelism_config.parallelism_config_sp_size parallelism_config_sp_size", "layout.context",
          reading::integer),
    takes("deepspeed_config.zero_stage zero_stage", "zero.stage", reading::integer),
    takes("deepspeed_config.offload_optimizer_device offload_optimizer_device", "zero.optimizer"),
    takes("deepspeed_config.offload_param_device offload_param_device", "zero.parameters"),
    takes("deepspeed_config.gradient_accumulation_steps gradient_accumulation_steps", "training.gradient_accumulation",
          reading::integer),
    takes("deepspeed_config.deepspeed_config_file deepspeed_config_file", "deepspeed.file"),
    loses("fsdp_config.fsdp_forward_prefetch fsdp_forward_prefetch", effect::more_memory, "one gathered layer more",
          "false False"),
    loses("fsdp_config.fsdp_backward_prefetch fsdp_backward_prefetch fsdp_config.fsdp_backward_prefetch_policy",
          effect::less_memory, "no gathered layer ahead", "BACKWARD_PRE 1"),
    loses("fsdp_config.fsdp_limit_all_gathers", effect::either, "gathered layers ahead of their use", "true True"),
    takes("dynamo_config.dynamo_backend dynamo_backend", "training.compiled", reading::word, dynamo_values),
    loses("fp8_config.backend fp8_backend", effect::either, "the library of fp8", "TE te AO ao"),
};

inline constexpr std::string_view accelerate_harmless =
    "compute_environment debug downcast_bf16 rdzv* same_network machine_rank main_process* main_training_function "
    "tpu* use_cpu enable_cpu_affinity fsdp_config.fsdp_auto_wrap_policy fsdp_config.fsdp_cpu_ram_efficient_loading "
    "fsdp_config.fsdp_state_dict_type fsdp_config.fsdp_sync_module_states fsdp_config.fsdp_use_orig_params "
    "fsdp_config.fsdp_transformer_layer_cls_to_wrap fsdp_config.fsdp_min_num_params fsdp_auto_wrap_policy "
    "fsdp_cpu_ram_efficient_loading fsdp_state_dict_type fsdp_sync_module_states fsdp_use_orig_params "
    "fsdp_transformer_layer_cls_to_wrap dynamo_mode dynamo_config.* deepspeed_config.zero3* "
    "deepspeed_config.gradient_clipping deepspeed_config.deepspeed_multinode_launcher "
    "deepspeed_config.deepspeed_hostfile gradient_clipping zero3* deepspeed_multinode_launcher max_restarts role tee "
    "monitor_interval log_dir num_cpu_threads_per_process quiet parallelism_config.parallelism_config_cp_comm_strategy "
    "parallelism_config.parallelism_config_sp_* commands ipex_config* megatron_lm_config* fp8_config.* "
    "quantization_config* use_parallelism_config";
inline constexpr std::string_view accelerate_switches = "quiet debug same_network use_parallelism_config";

inline constexpr std::span<const row> accelerate_tables[]{accelerate_rows};
/// Tags of huggingface/accelerate.
inline constexpr release accelerate_releases[]{
    {"1.14", 202606}, {"1.13", 202603}, {"1.12", 202511}, {"1.11", 202510}, {"1.10", 202508}, {"1.9", 202507},
    {"1.8", 202506},  {"1.7", 202505},  {"1.6", 202504},  {"1.5", 202503},  {"1.4", 202502},  {"1.3", 202501},
};
inline constexpr tool accelerate_tool{.name = "accelerate",
                                      .framework = "transformers",
                                      .rows = accelerate_tables,
                                      .harmless = accelerate_harmless,
                                      .switches = accelerate_switches,
                                      .newest = 202607,
                                      .releases = accelerate_releases};
/// @}

/// Configurations that TRL names for `--accelerate_config` (trl/accelerate_configs/, July 2026), KEY=VALUE.
inline constexpr value_pair trl_accelerate_configs[]{
    {"single_gpu", "distributed_type=NO mixed_precision=bf16 num_processes=1"},
    {"multi_gpu", "distributed_type=MULTI_GPU mixed_precision=bf16 num_processes=8"},
    {"fsdp1",
     "distributed_type=FSDP fsdp_config.fsdp_version=1 fsdp_config.fsdp_reshard_after_forward=FULL_SHARD "
     "fsdp_config.fsdp_forward_prefetch=true mixed_precision=bf16 num_processes=8"},
    {"fsdp2",
     "distributed_type=FSDP fsdp_config.fsdp_version=2 fsdp_config.fsdp_reshard_after_forward=true "
     "mixed_precision=bf16 num_processes=8"},
    {"zero1", "distributed_type=DEEPSPEED deepspeed_config.zero_stage=1 mixed_precision=bf16 num_processes=8"},
    {"zero2", "distributed_type=DEEPSPEED deepspeed_config.zero_stage=2 mixed_precision=bf16 num_processes=8"},
    {"zero3", "distributed_type=DEEPSPEED deepspeed_config.zero_stage=3 mixed_precision=bf16 num_processes=8"},
};

}  // namespace cardfit::io::imports
