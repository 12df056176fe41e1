// SPDX-License-Identifier: MIT
#pragma once

// The keys of DeepSpeed's configuration file (runtime/config.py, zero/config.py, zero/offload_config.py, 0.19.6). A
// value of "auto" is Trainer's own and is not looked at.

#include <cardfit/io/import/tools/hugging_face.hpp>

namespace cardfit::io::imports {

/// A table of DeepSpeed: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair deepspeed_optimizers[]{
    {"Adam", "adamw"}, {"AdamW", "adamw"}, {"FusedAdam", "adamw"}, {"CPUAdam", "adamw"},
    {"Lamb", "lamb"},  {"Lion", "lion"},   {"Muon", "muon"},       {"SGD", "sgd"},
};

inline constexpr row deepspeed_rows[]{
    takes("train_micro_batch_size_per_gpu", "zero.micro_batch", reading::integer),
    takes("gradient_accumulation_steps", "zero.accumulation", reading::integer),
    takes("train_batch_size", "zero.batch", reading::integer),
    takes("zero_optimization.stage", "zero.stage", reading::integer),
    takes("zero_optimization.offload_optimizer.device", "zero.optimizer"),
    takes("zero_optimization.offload_param.device", "zero.parameters"),
    takes("zero_optimization.cpu_offload", "zero.optimizer"),
    takes("zero_optimization.zero_hpz_partition_size zero_optimization.mics_shard_size", "layout.sharding_group",
          reading::integer),
    takes("bf16.enabled bfloat16.enabled", "bf16", reading::truth),
    takes("fp16.enabled", "fp16", reading::truth),
    takes("optimizer.type", "training.optimizer", reading::word, deepspeed_optimizers),
    takes("tensor_parallel.autotp_size tensor_parallel.tp.tp_size", "layout.tensor", reading::integer),
    takes("sequence_parallel_size", "layout.context", reading::integer),
    loses("zero_optimization.offload_optimizer.ratio", effect::either, "a part of the optimizer on the host", "1 1.0"),
    loses("activation_checkpointing.partition_activations activation_checkpointing.cpu_checkpointing",
          effect::less_memory, "how checkpoints are stored, where the script asks DeepSpeed for them", "false False"),
    loses("zero_optimization.overlap_comm", effect::either, "training.bucket_elements: one bucket or two",
          "true True auto"),
    loses("zero_optimization.reduce_bucket_size zero_optimization.allgather_bucket_size "
          "zero_optimization.stage3_prefetch_bucket_size",
          effect::either, "training.bucket_elements: buckets of this size",
          "5e8 500000000 500000000.0 5e7 50000000 auto"),
    loses("zero_optimization.stage3_max_live_parameters zero_optimization.stage3_max_reuse_distance "
          "zero_optimization.max_live_parameters zero_optimization.max_reuse_distance",
          effect::either, "parameters that stay gathered", "1e9 1000000000 1000000000.0 auto"),
    loses("zero_optimization.zero_quantized_weights zero_optimization.zero_quantized_gradients "
          "zero_optimization.zero_quantized_nontrainable_weights",
          effect::time_only, "quantized collectives", "false False"),
    // 16-bit master weights: the weights are those that the optimizer steps (deepspeedai/DeepSpeed#7700).
    takes("fp16.fp16_master_weights_and_grads fp16_master_weights_and_grads bf16.bf16_master_weights_and_grads", "pure",
          reading::truth),
    takes("bf16.bf16_optimizer_states", "zero.half_states", reading::truth),
};

inline constexpr std::string_view deepspeed_harmless =
    "gradient_clipping steps_per_print wall_clock_breakdown zero_allow_untested_optimizer* scheduler* "
    "optimizer.params* "
    "fp16.loss_scale* fp16.initial_scale* fp16.hysteresis fp16.min_loss_scale fp16.auto_cast bf16.auto_cast "
    "zero_optimization.contiguous_gradients zero_optimization.sub_group_size "
    "zero_optimization.stage3_param_persistence_threshold zero_optimization.stage3_gather* "
    "zero_optimization.offload_optimizer.* zero_optimization.offload_param.* zero_optimization.round_robin_gradients "
    "zero_optimization.reduce_scatter zero_optimization.allgather_partitions "
    "zero_optimization.ignore_unused_parameters "
    "zero_force_ds_cpu_optimizer activation_checkpointing.* comms_logger* tensorboard* wandb* csv_monitor* dump_state "
    "prescale_gradients communication_data_type gradient_predivide_factor graph_harvesting "
    "zero_optimization.gather_16bit_weights_on_model_save zero_optimization.leaf_module* communication_data_type "
    "data_types* train_steps seq_parallel* flops_profiler* "
    "zero_optimization.load_from_fp32_weights zero_optimization.memory_efficient_linear "
    "zero_optimization.cpu_offload_params zero_optimization.cpu_offload_use_pin_memory aio* compression* "
    "data_efficiency* elasticity* monitor_config* checkpoint* amp*";

inline constexpr std::span<const row> deepspeed_tables[]{deepspeed_rows};
/// Tags of deepspeedai/DeepSpeed.
inline constexpr release deepspeed_releases[]{
    {"0.19.4", 202608}, {"0.19.5", 202608}, {"0.19.3", 202607}, {"0.19.2", 202606}, {"0.19", 202605},
    {"0.18.9", 202603}, {"0.18.8", 202603}, {"0.18.7", 202603}, {"0.18.6", 202602}, {"0.18.5", 202601},
    {"0.18.4", 202601}, {"0.18.3", 202512}, {"0.18.2", 202511}, {"0.18", 202510},
};
inline constexpr tool deepspeed_tool{.name = "deepspeed",
                                     .framework = "deepspeed",
                                     .rows = deepspeed_tables,
                                     .harmless = deepspeed_harmless,
                                     .releases = deepspeed_releases};
/// @}

}  // namespace cardfit::io::imports
