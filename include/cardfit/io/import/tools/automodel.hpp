// SPDX-License-Identifier: MIT
#pragma once

// NeMo AutoModel's recipes (NVIDIA-NeMo/Automodel, examples/ and nemo_automodel/components/, 2026-08). Weights are
// loaded in the file's type and optimized in it (auto_model.py: torch_dtype "auto"); FSDP2 computes in bf16.

#include <cardfit/io/import/tools/torchtune.hpp>

namespace cardfit::io::imports {

/// A table of NeMo AutoModel: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair automodel_strategies[]{
    {"fsdp2", "full"},
    {"megatron_fsdp", "full"},
    {"ddp", "none"},
    {"nemo_automodel.components.distributed.fsdp2.FSDP2Manager", "full"},
    {"nemo_automodel.components.distributed.megatron_fsdp.MegatronFSDPManager", "full"},
    {"nemo_automodel.components.distributed.nvfsdp.NVFSDPManager", "full"},
    {"nemo_automodel.components.distributed.ddp.DDPManager", "none"},
};
inline constexpr value_pair automodel_checkpointing[]{
    {"true", "full"}, {"", "full"}, {"full", "full"}, {"selective", "selective"}, {"false", "none"},
};
inline constexpr value_pair automodel_losses[]{
    {"nemo_automodel.components.loss.masked_ce.MaskedCrossEntropy", "full"},
    {"nemo_automodel.components.loss.chunked_ce.ChunkedCrossEntropy", "chunked"},
    {"nemo_automodel.components.loss.linear_ce.FusedLinearCrossEntropy", "fused"},
    {"nemo_automodel.components.loss.te_parallel_ce.TEParallelCrossEntropy", "full",
     "a loss that writes over its logits"},
};

inline constexpr row automodel_rows[]{
    takes("model.pretrained_model_name_or_path model.config.pretrained_model_name_or_path "
          "model.config.pretrained_model_name model.model_config.pretrained_model_name_or_path",
          "model"),
    takes("model.torch_dtype model.config.torch_dtype", "dtype", reading::word, dtype_values),
    takes("model.attn_implementation", "training.attention", reading::word, attention_values),
    takes("step_scheduler.local_batch_size", "training.micro_batch", reading::integer),
    takes("step_scheduler.global_batch_size", "batch.global", reading::integer),
    takes("step_scheduler.grad_acc_steps", "training.gradient_accumulation", reading::integer),
    takes("distributed.strategy distributed._target_", "layout.sharding", reading::word, automodel_strategies),
    takes("distributed.tp_size", "layout.tensor"),
    takes("distributed.cp_size", "layout.context"),
    takes("distributed.pp_size", "layout.pipeline"),
    takes("distributed.ep_size", "layout.expert"),
    takes("distributed.dp_replicate_size", "data.replicate"),
    takes("distributed.sequence_parallel", "layout.sequence_parallel", reading::truth),
    takes("distributed.activation_checkpointing", "training.recompute", reading::word, automodel_checkpointing),
    takes("distributed.cpu_offload", "fsdp.offload", reading::truth),
    takes("peft.dim", "training.adapter.rank", reading::integer),
    takes("peft.target_modules", "lora.targets", reading::list),
    takes("peft.match_all_linear", "lora.all_linear", reading::truth),
    takes("peft.dropout", "lora.dropout", reading::number),
    takes("peft.use_dora", "lora.dora", reading::truth),
    takes("peft._target_", "automodel.peft"),
    takes("quantization.load_in_4bit", "bits4", reading::truth),
    takes("quantization.load_in_8bit", "bits8", reading::truth),
    takes("quantization.bnb_4bit_quant_type", "bits4.type"),
    takes("quantization.bnb_4bit_use_double_quant", "bits4.double", reading::truth),
    takes("packed_sequence.packed_sequence_size packed_sequence.pack_size packed_sequence.max_length",
          "automodel.packed", reading::integer),
    takes("dataset.seq_length dataset.seq_len dataset.max_length dataset.max_seq_len dataset.block_size",
          "training.sequence_length", reading::integer),
    takes("dataset.dataset_name dataset.path_or_dataset dataset._target_", "dataset"),
    takes("loss_fn._target_", "training.loss", reading::word, automodel_losses),
    takes("optimizer._target_", "training.optimizer", reading::word, class_optimizers),
    takes("compile.enabled", "training.compiled", reading::truth),
    takes("dataloader.num_workers", "training.data_workers", reading::integer),
    takes("dataloader.batch_size", "automodel.batch", reading::integer),
    takes("freeze_config.freeze_vision_tower", "training.frozen_tower", reading::truth),
    takes("nproc_per_node ci.nproc_per_node", "cards.processes_each", reading::integer),
    takes("c config", "config.file"),
    loses("freeze_config.freeze_language_model", effect::less_memory, "the layers of the language model are frozen",
          "false False"),
    loses("freeze_config.freeze_embeddings", effect::less_memory, "the embedding is frozen", "false False"),
    loses("fp8.enabled fp8.recipe_name", effect::either, "training.precision fp8-mixed", "false"),
    loses("model.use_liger_kernel", effect::less_memory, "Liger's kernels of norms and activations", "false False"),
    loses("distributed.defer_fsdp_grad_sync", effect::more_memory,
          "gradients stay whole until the last micro-batch of a step", "false"),
    loses("distributed.reshard_after_forward", effect::either, "whether weights stay gathered", "true None none null"),
    loses("distributed.offload_policy*", effect::less_memory, "training.offload"),
    loses("distributed.pipeline.pp_schedule", effect::either, "layout.schedule and virtual stages", "1f1b"),
    loses("distributed.pipeline.layers_per_stage", effect::either, "layers of a stage"),
    loses("kd_ratio teacher_model.pretrained_model_name_or_path", effect::more_memory, "a frozen teacher"),
    loses("packed_sequence.split_across_pack", effect::time_only, "how rows are packed", "false true"),
};

inline constexpr std::string_view automodel_harmless =
    "recipe recipe._target_ step_scheduler.* dist_env.* rng.* model._target_ model.trust_remote_code model.* "
    "clip_grad_norm.* "
    "compile.* distributed.* dataset.* validation_dataset* validation_dataloader* dataloader.* optimizer.* "
    "lr_scheduler* "
    "checkpoint.* wandb* mlflow* comet* tensorboard* peft.* quantization.* packed_sequence.* loss_fn.* benchmark.* "
    "ci.* "
    "processor.* tokenizer.* profiling.* freeze_config.* nvtx slurm* autopipeline.* moe_metrics* max_grad_norm "
    "env_vars.* "
    "seed checkpoint_robustness* kd_* teacher_model.* fp8.* run_type skypilot* pp_* logger* parallelizer* "
    "nnodes node_rank rdzv* master_*";

inline constexpr standing automodel_defaults[]{
    {"training.micro_batch", "1", "step_scheduler.local_batch_size"},   {"dtype", "auto", "torch_dtype: the file's"},
    {"pure", "true", "weights and states are in the type of the file"}, {"training.optimizer", "adamw", "optimizer"},
    {"layout.sharding", "full", "distributed.strategy fsdp2"},
};

inline constexpr std::span<const row> automodel_tables[]{automodel_rows};
inline constexpr tool automodel_tool{.name = "automodel",
                                     .written = spelling::keys,
                                     .framework = "pytorch",
                                     .rows = automodel_tables,
                                     .defaults = automodel_defaults,
                                     .harmless = automodel_harmless};
/// @}

}  // namespace cardfit::io::imports
