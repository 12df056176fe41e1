// SPDX-License-Identifier: MIT
#pragma once

// LLaMA-Factory's arguments (hparams/*.py, model/adapter.py, 2026-08).

#include <cardfit/io/import/tools/hugging_face.hpp>

namespace cardfit::io::imports {

/// A table of LLaMA-Factory: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair finetuning_types[]{
    {"lora", "true"},
    {"oft", "true", "another adapter than LoRA"},
    {"full", "false"},
    {"freeze", "freeze"},
};

inline constexpr row llama_factory_rows[]{
    takes("stage", "objective", reading::text, objective_values),
    {.theirs = "finetuning_type",
     .ours = "lora",
     .how = reading::word,
     .values = finetuning_types,
     .consequence = effect::less_memory},
    takes("lora_rank", "training.adapter.rank", reading::integer),
    takes("lora_target", "lora.targets", reading::list),
    takes("additional_target", "lora.saved", reading::list),
    takes("cutoff_len", "training.sequence_length", reading::integer),
    takes("quantization_bit", "quant.bits", reading::integer),
    takes("quantization_type", "bits4.type"),
    takes("disable_gradient_checkpointing", "recompute", reading::negation),
    takes("flash_attn", "training.attention", reading::word, attention_values),
    takes("enable_liger_kernel", "liger", reading::truth),
    takes("pure_bf16", "pure", reading::truth),
    loses("quantization_method", effect::either, "a base in another format than bitsandbytes'", "bnb bitsandbytes BNB"),
    loses("use_unsloth", effect::less_memory, "framework unsloth", "false False"),
    loses("use_unsloth_gc", effect::less_memory, "recompute full with checkpoints in host memory", "false False"),
    takes("use_galore", "factory.galore", reading::truth),
    takes("use_apollo", "factory.apollo", reading::truth),
    takes("use_adam_mini", "factory.adam_mini", reading::truth),
    takes("use_muon", "factory.muon", reading::truth),
    takes("galore_rank apollo_rank", "factory.rank", reading::integer),
    loses("use_badam", effect::less_memory, "training.optimizer: one block of layers at a time", "false False"),
    takes("fp8", "fp8", reading::truth),
    takes("peft_config.name", "lora", reading::word, finetuning_types),
    takes("peft_config.r", "training.adapter.rank", reading::integer),
    takes("peft_config.target_modules", "lora.targets", reading::list),
    takes("peft_config.lora_dropout", "lora.dropout", reading::number),
    takes("peft_config.freeze_trainable_layers", "freeze.layers", reading::integer),
    takes("quant_config.quantization_bit", "quant.bits", reading::integer),
    takes("dist_config.name", "fsdp", reading::list),
    takes("dist_config.config_file", "deepspeed.file"),
    takes("optim_config.name", "training.optimizer", reading::word, optimizer_values),
    takes("cp_size", "layout.context", reading::integer),
    loses("quant_config.name", effect::either, "a base in another format than bitsandbytes'", "bnb"),
    loses("use_kt kt_config.*", effect::less_memory, "experts in host memory (KTransformers)", "false False"),
    loses("dist_config.ep_size", effect::either, "layout.expert", "1"),
    loses("tensor_model_parallel_size pipeline_model_parallel_size expert_model_parallel_size recompute_granularity "
          "use_distributed_optimizer",
          effect::either, "training by Megatron: framework megatron-swift, and layout", "1 false"),
    loses("oft_block_size oft_target", effect::either, "another adapter than LoRA"),
    takes("freeze_trainable_layers", "freeze.layers", reading::integer),
    takes("use_llama_pro", "freeze.spaced", reading::truth),
    takes("freeze_extra_modules", "freeze.extra", reading::list),
    loses("freeze_trainable_modules", effect::less_memory, "training.trained_layers: whole layers are trained", "all"),
    takes("freeze_vision_tower", "training.frozen_tower", reading::truth),
    loses("freeze_multi_modal_projector", effect::more_memory, "the projector of images is trained", "true True"),
    loses("freeze_language_model", effect::less_memory, "the layers of the language model are frozen", "false False"),
    loses("create_new_adapter pissa_init loraplus_lr_ratio", effect::time_only, "the adapter's start",
          "false False 16 16.0"),
    loses("upcast_layernorm upcast_lmhead_output", effect::more_memory, "modules in fp32", "false False"),
    loses("shift_attn mixture_of_depths", effect::either, "another attention", "false False"),
};

inline constexpr std::string_view llama_factory_harmless =
    "template dataset_dir media_dir pref_* preprocessing_num_workers overwrite_cache val_size plot_loss "
    "include_num_input_tokens_seen neat_packing mask_history train_on_prompt tokenized_path image_max_pixels "
    "video_max_pixels flash_attention_backend adapter_name_or_path rope_scaling resize_vocab enable_thinking "
    "ray_* use_ray use_swanlab swanlab* default_system mix_strategy interleave_probs eval_dataset infer_* "
    "use_reentrant_gc export_* ref_model* reward_model* low_cpu_mem_usage lora_alpha "
    "dist_config.* model_class train_dataset max_new_tokens sample_backend kernel_config.* use_v1_kernels "
    "peft_config.* "
    "batching_strategy init_config.* asft_alpha use_asft_loss use_eaft_loss video_* optim_config.* cp_mode galore_* "
    "apollo_* badam_* predict_with_generate fp8_* pissa_* kt_* sequence_parallel overlap_* moe_* apply_rope_fusion "
    "bias_activation_fusion use_packed_sequences context_parallel_size "
    "dft_alpha use_dft_loss ppo_* disable_shuffling max_samples cache_dir";

inline constexpr standing llama_factory_defaults[]{
    {"training.sequence_length", "2048", "cutoff_len"},
    {"training.micro_batch", "8", "per_device_train_batch_size"},
    {"lora", "true", "finetuning_type lora"},
    {"training.adapter.rank", "8", "lora_rank"},
    {"lora.targets", "all", "lora_target"},
    {"lora.dropout", "0", "lora_dropout"},
    {"recompute", "true", "disable_gradient_checkpointing false"},
    {"bits4.double", "true", "double_quantization"},
    {"training.optimizer", "adamw", "optim adamw_torch_fused"},
    {"training.attention", "flash", "flash_attn auto"},
    {"dtype", "float32", "trained parameters are fp32 unless pure_bf16"},
    {"training.adapter.kbit_preparation", "false", "layer norms are not widened (upcast_layernorm false)"},
    {"training.frozen_tower", "true", "freeze_vision_tower"},
};

inline constexpr std::span<const row> llama_factory_tables[]{llama_factory_rows, trainer_rows};
/// Tags of hiyouga/LLaMA-Factory.
inline constexpr release llama_factory_releases[]{
    {"0.9.5", 202605}, {"0.9.4", 202512}, {"0.9.3", 202506}, {"0.9.2", 202503}, {"0.9.1", 202411},
    {"0.9.0", 202409}, {"0.8", 202407},   {"0.7", 202405},   {"0.6", 202404},
};
inline constexpr tool llama_factory_tool{.name = "llama-factory",
                                         .written = spelling::keys,
                                         .framework = "transformers",
                                         .rows = llama_factory_tables,
                                         .defaults = llama_factory_defaults,
                                         .harmless = llama_factory_harmless,
                                         .harmless_too = {trainer_harmless},
                                         .switches = trainer_switches,
                                         .releases = llama_factory_releases};
/// @}

}  // namespace cardfit::io::imports
