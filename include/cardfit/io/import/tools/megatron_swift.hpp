// SPDX-License-Identifier: MIT
#pragma once

// Megatron-SWIFT (modelscope/ms-swift, swift/megatron/arguments/megatron_args.py, 2026-08) and Megatron-Bridge
// (NVIDIA-NeMo/Megatron-Bridge, scripts/training/run_recipe.py and its override files, 2026-08): Megatron's settings
// for a model that is named.

#include <cardfit/io/import/tools/megatron.hpp>
#include <cardfit/io/import/tools/swift.hpp>

namespace cardfit::io::imports {

/// Suggestions write `--max_length`, and not the `--seq_length` of the rows of Megatron that follow.
inline constexpr row megatron_swift_rows[]{
    takes("max_length", "training.sequence_length", reading::integer),
};
/// A table of Megatron-SWIFT or Megatron-Bridge: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr standing megatron_swift_defaults[]{
    {"training.micro_batch", "1", "micro_batch_size"},
    {"batch.global", "16", "global_batch_size"},
    {"training.recompute", "selective", "recompute_granularity"},
    {"training.optimizer", "adamw", "optimizer adam"},
    {"gpt.distributed_optimizer", "true", "use_distributed_optimizer"},
    {"bf16", "true", "torch_dtype bfloat16"},
    {"lora", "false", "tuner_type full"},
    {"lora.targets", "all-linear", "target_modules"},
    {"training.adapter.rank", "8", "lora_rank"},
    {"training.frozen_tower", "true", "freeze_vit"},
    {"rollout.beta", "0.04", "beta of GRPO (arguments/rlhf_args.py)"},
    {"training.completion_length", "512", "max_completion_length"},
};
inline constexpr std::span<const row> megatron_swift_tables[]{megatron_swift_rows, megatron_rows, swift_rows,
                                                              trainer_rows};
inline constexpr std::string_view megatron_swift_harmless =
    "output_dir gradient_accumulation_fusion add_non_thinking_prefix masked_softmax_fusion model_kwargs "
    "save_* finetune train_iters no_save* no_load* sequence_packing streaming num_train_epochs lr* min_lr* eval_* "
    "linear_decoupled_in_proj packing padding_free merge_lora lora_alpha dataset* cached_dataset* "
    "offload_bridge dynamic_sample load_from_cache_file moe_* dataloader* mtp_* group_by_length save";
inline constexpr tool megatron_swift_tool{.name = "megatron-swift",
                                          .lowers = family::megatron,
                                          .framework = "megatron-swift",
                                          .rows = megatron_swift_tables,
                                          .defaults = megatron_swift_defaults,
                                          .harmless = megatron_swift_harmless,
                                          .harmless_too = {swift_harmless, trainer_harmless},
                                          .switches = trainer_switches};

inline constexpr value_pair fp32_if_true[]{{"true", "fp32"}, {"", "fp32"}, {"false", "bf16"}};
inline constexpr value_pair bridge_adapters[]{{"lora", "true"}, {"none", "false"}};

inline constexpr row megatron_bridge_rows[]{
    takes("recipe", "bridge.recipe"),
    takes("config_file", "config.file"),
    takes("hf_path model.hf_model_path", "model"),
    takes("train.micro_batch_size", "training.micro_batch", reading::integer),
    takes("train.global_batch_size", "batch.global", reading::integer),
    takes("model.seq_length dataset.sequence_length dataset.seq_length seq_length", "training.sequence_length",
          reading::integer),
    takes("model.recompute_granularity", "training.recompute", reading::word, megatron_recomputes_of),
    takes("optimizer.use_distributed_optimizer ddp.use_distributed_optimizer", "gpt.distributed_optimizer",
          reading::truth),
    takes("dist.use_megatron_fsdp dist.use_torch_fsdp2 ddp.use_megatron_fsdp", "gpt.fsdp", reading::truth),
    takes("model.cross_entropy_loss_fusion", "gpt.fused_loss", reading::truth),
    takes("model.cross_entropy_fusion_impl", "gpt.fused_loss_by"),
    takes("ddp.grad_reduce_in_fp32", "training.gradients", reading::word, fp32_if_true),
    takes("peft.dim", "training.adapter.rank", reading::integer),
    takes("peft.target_modules", "lora.targets", reading::list),
    takes("peft peft_scheme", "lora", reading::word, bridge_adapters),
    takes("optimizer.optimizer_cpu_offload", "gpt.offload", reading::truth),
    takes("mixed_precision", "bridge.precision"),
    loses("model.recompute_method", effect::more_memory, "training.recompute_layers", "uniform"),
    loses("model.recompute_num_layers model.recompute_modules", effect::either, "training.recompute_layers", "1"),
    loses("model.teacher.* model.kd_config.*", effect::more_memory, "training.frozen_parameters: a teacher"),
    loses("comm_overlap.*", effect::time_only, "training.overlap"),
};
inline constexpr standing megatron_bridge_defaults[]{
    {"training.micro_batch", "1", "train.micro_batch_size"},
    {"training.optimizer", "adamw", "optimizer adam"},
    {"gpt.distributed_optimizer", "true", "ddp.use_distributed_optimizer"},
    {"bf16", "true", "mixed_precision bf16_mixed"},
    {"lora.targets", "all-linear", "target_modules of LoRA"},
    {"lora.dropout", "0", "dropout of LoRA"},
};
inline constexpr std::span<const row> megatron_bridge_tables[]{megatron_bridge_rows, megatron_rows};
inline constexpr tool megatron_bridge_tool{
    .name = "megatron-bridge",
    .lowers = family::megatron,
    .written = spelling::keys,
    .framework = "megatron",
    .rows = megatron_bridge_tables,
    .defaults = megatron_bridge_defaults,
    .harmless =
        "step_func dataset train.* optimizer.* scheduler.* checkpoint.* logger.* dist.* ddp.* rng.* dataset.* "
        "tokenizer.* "
        "profiling.* model.* pretrained_checkpoint validation.* peft.* ft.* straggler.* nvrx* dryrun"};
/// @}

}  // namespace cardfit::io::imports
