// SPDX-License-Identifier: MIT
#pragma once

// torchtune's recipes (recipes/configs/*.yaml, 2025-07). Everything is in `dtype`: weights, gradients and states.

#include <cardfit/io/import/tools/hugging_face.hpp>

namespace cardfit::io::imports {

/// A table of torchtune: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair torchtune_losses[]{
    {"torchtune.modules.loss.LinearCrossEntropyLoss", "chunked"},
    {"torchtune.modules.loss.CEWithChunkedOutputLoss", "chunked"},
    {"torch.nn.CrossEntropyLoss", "full"},
    {"torchtune.rlhf.loss.DPOLoss", "full"},
    {"torchtune.rlhf.loss.PPOLoss", "full"},
};
/// Sizes of Qwen's models as torchtune's builders have them, and as models do.
inline constexpr value_pair tune_sizes[]{{"_0_5b", "0.5b"}, {"_0_6b", "0.6b"}, {"_1_5b", "1.5b"}, {"_1_7b", "1.7b"}};

/// The objectives of torchtune's recipes, by a part of a recipe's or a configuration's name.
inline constexpr value_pair tune_objectives[]{{"_dpo", "dpo"},
                                              {"ppo_full", "ppo"},
                                              {"_ppo", "ppo"},
                                              {"knowledge_distillation", "distillation"},
                                              {"_KD_", "distillation"}};

inline constexpr value_pair full_offload_values[]{{"true", "full"}, {"false", "none"}};

/// Optimizers by the names of their classes.
inline constexpr value_pair class_optimizers[]{
    {"torch.optim.AdamW", "adamw"},
    {"torch.optim.Adam", "adam"},
    {"bitsandbytes.optim.AdamW8bit", "adamw-8bit"},
    {"bitsandbytes.optim.AdamW", "adamw"},
    {"bitsandbytes.optim.PagedAdamW", "paged-adamw"},
    {"bitsandbytes.optim.PagedAdamW8bit", "paged-adamw-8bit"},
    {"bitsandbytes.optim.Lion8bit", "lion-8bit"},
    {"torchao.optim.AdamW8bit", "adamw-8bit"},
    {"torchao.optim.AdamW4bit", "adamw-4bit"},
    {"torchao.optim.AdamWFp8", "adamw-fp8"},
    {"torchao.prototype.low_bit_optim.AdamW8bit", "adamw-8bit"},
    {"torch.optim.SGD", "sgd"},
    {"transformer_engine.pytorch.optimizers.FusedAdam", "adamw"},
    {"transformer_engine.pytorch.optimizers.fused_adam.FusedAdam", "adamw"},
    {"torch.optim.Adafactor", "adafactor"},
    {"torch.optim.Muon", "muon"},
};

inline constexpr row torchtune_rows[]{
    takes("model._component_", "tune.model"),
    takes("model.lora_attn_modules", "lora.targets", reading::list),
    takes("model.apply_lora_to_mlp", "lora.mlp", reading::truth),
    takes("model.apply_lora_to_output", "lora.head", reading::truth),
    takes("model.lora_rank", "training.adapter.rank", reading::integer),
    takes("model.use_dora", "lora.dora", reading::truth),
    takes("model.lora_dropout", "lora.dropout", reading::number),
    takes("batch_size", "training.micro_batch", reading::integer),
    takes("gradient_accumulation_steps", "training.gradient_accumulation", reading::integer),
    takes("tokenizer.max_seq_len", "training.sequence_length", reading::integer),
    takes("dataset._component_", "dataset"),
    takes("dtype", "dtype", reading::word, dtype_values),
    takes("optimizer._component_", "training.optimizer", reading::word, class_optimizers),
    takes("optimizer_in_bwd", "training.optimizer_in_backward", reading::truth),
    takes("enable_activation_checkpointing", "recompute", reading::truth),
    takes("enable_activation_offloading", "training.offload", reading::word, offload_values),
    takes("loss._component_", "training.loss", reading::word, torchtune_losses),
    takes("compile compile.model", "training.compiled", reading::truth),
    takes("fsdp_cpu_offload", "training.offload", reading::word, full_offload_values),
    takes("tensor_parallel_dim", "layout.tensor", reading::integer),
    takes("context_parallel_dim", "layout.context", reading::integer),
    takes("data_parallel_replicate_dim", "data.replicate", reading::integer),
    takes("nproc_per_node", "cards.processes_each", reading::integer),
    takes("nnodes", "nodes.range"),
    takes("config", "config.file"),
    loses("custom_sharded_layers", effect::either, "layers that are sharded by themselves"),
    loses("ac_mode ac_option", effect::either, "recompute of every n-th layer", "None full"),
    takes("model.quantize_base", "tune.quantized", reading::truth),
    takes("teacher_model._component_", "tune.teacher"),
    takes("policy_model._component_", "tune.model"),
    takes("ppo_batch_size", "tune.ppo_batch", reading::integer),
    takes("max_generated_tokens", "training.completion_length", reading::integer),
    loses("quantizer._component_", effect::more_memory, "weights are quantized in each pass (QAT)"),
    loses("forward_batch_size", effect::either, "the batches in which samples are generated and scored"),
    loses("enable_fp8_training", effect::either, "training.precision fp8-mixed", "False false"),
};

inline constexpr std::string_view torchtune_harmless =
    "tokenizer* dataset* seed shuffle epochs max_steps_per_epoch optimizer.* loss.* lr_scheduler* checkpointer* "
    "resume_from_checkpoint output_dir metric_logger* log_* device profiler* clip_grad_norm model.lora_alpha "
    "low_cpu_ram batch_size_val save_adapter_weights_only compile.* rdzv* save_last_epoch_only run_val* dataset_val* "
    "data_parallel_shard_dim kd_loss* kd_ratio teacher_checkpointer* teacher_model.* quantizer* ref_checkpointer* "
    "ref_policy_checkpointer* value_checkpointer* reward_checkpointer* reward_and_value_model* policy_model.* "
    "num_steps "
    "ppo_epochs enable_kv_cache temperature top_k min_response_length penalise_no_eos reward_penalty stop_token_ids "
    "whiten_rewards gamma lmbda kl_coeff fake_quant_after_n_steps memory_efficient_fsdp_wrap safe_serialization "
    "custom_* fsdp_reshard_after_forward model.lora_alpha parallelize_plan* max_restarts tee role local_addr";

inline constexpr standing torchtune_defaults[]{
    {"dtype", "bfloat16", "dtype"},
    {"pure", "true", "dtype is that of weights, gradients and states"},
    {"training.optimizer", "adamw", "optimizer"},
    {"training.micro_batch", "2", "batch_size of the recipes"},
};

inline constexpr std::span<const row> torchtune_tables[]{torchtune_rows};
inline constexpr tool torchtune_tool{.name = "torchtune",
                                     .written = spelling::keys,
                                     .framework = "torchtune",
                                     .rows = torchtune_tables,
                                     .defaults = torchtune_defaults,
                                     .harmless = torchtune_harmless,
                                     .switches = "standalone",
                                     .newest = 202507,
                                     .positional = "tune.recipe"};
/// @}

}  // namespace cardfit::io::imports
