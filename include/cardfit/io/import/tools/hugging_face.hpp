// SPDX-License-Identifier: MIT
#pragma once

// Settings of transformers' Trainer (training_args.py, 2026-08), of TRL's scripts (sft_config.py, model_config.py,
// 2026-07), of peft's example scripts and of scripts that use them. Defaults by date come from the same files and the
// pull requests named beside them.

#include <cardfit/io/import/table.hpp>

namespace cardfit::io::imports {

/// A table of transformers or TRL: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair attention_values[]{
    {"eager", "eager"},
    {"sdpa", "flash"},
    {"auto", "flash"},
    {"flex_attention", "flash"},
    {"kernels-community/flash-attn", "flash"},
    {"kernels-community/flash-attn2", "flash"},
    {"kernels-community/vllm-flash-attn3", "flash"},
    {"flash_attention_2", "flash"},
    {"flash_attention_3", "flash"},
    {"flash_attn", "flash"},
    {"flash", "flash"},
    {"fa2", "flash"},
    {"fa3", "flash"},
    {"xformers", "flash"},
    {"true", "flash"},
    {"", "flash"},
    {"False", "usual"},
    {"false", "usual"},
    {"disabled", "eager"},
};
inline constexpr value_pair optimizer_values[]{
    {"adamw_hf", "adamw"},
    {"adamw_torch", "adamw"},
    {"adamw_torch_fused", "adamw"},
    {"adamw_apex_fused", "adamw"},
    {"adamw_anyprecision", "adamw"},
    {"adamw", "adamw"},
    {"fused_adam", "adamw"},
    {"torch.optim.AdamW", "adamw"},
    {"AdamW", "adamw"},
    {"Adam", "adamw"},
    {"torch.optim.Adam", "adam"},
    {"adamw_8bit", "adamw-8bit"},
    {"adamw_bnb_8bit", "adamw-8bit"},
    {"adamw_torch_8bit", "adamw-8bit"},
    {"ao_adamw_8bit", "adamw-8bit"},
    {"AdamW8bit", "adamw-8bit"},
    {"bitsandbytes.optim.AdamW8bit", "adamw-8bit"},
    {"paged_adamw", "paged-adamw"},
    {"paged_adamw_32bit", "paged-adamw"},
    {"paged_adamw_8bit", "paged-adamw-8bit"},
    {"PagedAdamW8bit", "paged-adamw-8bit"},
    {"bitsandbytes.optim.PagedAdamW8bit", "paged-adamw-8bit"},
    {"adamw_torch_4bit", "adamw-4bit"},
    {"ao_adamw_4bit", "adamw-4bit"},
    {"adafactor", "adafactor"},
    {"lion", "lion"},
    {"lion_32bit", "lion"},
    {"lion_8bit", "lion-8bit"},
    {"galore_adamw", "galore"},
    {"galore_adamw_8bit", "galore-8bit"},
    {"apollo_adamw", "apollo"},
    {"q_galore_adamw8bit", "q-galore"},
    {"schedule_free_adamw", "schedule-free-adamw"},
    {"came_pytorch", "came"},
    {"torch.optim.adam.Adam", "adam"},
    {"torch.optim.adamw.AdamW", "adamw"},
    {"sgd", "sgd"},
    {"torch.optim.SGD", "sgd"},
};
inline constexpr value_pair dtype_values[]{
    {"bfloat16", "bfloat16"}, {"bf16", "bfloat16"}, {"torch.bfloat16", "bfloat16"}, {"float16", "float16"},
    {"fp16", "float16"},      {"half", "float16"},  {"torch.float16", "float16"},   {"float32", "float32"},
    {"fp32", "float32"},      {"float", "float32"}, {"torch.float32", "float32"},   {"auto", "auto"},
    {"None", "auto"},         {"no", "float32"},
};
inline constexpr value_pair loss_values[]{
    {"nll", "full"}, {"chunked_nll", "chunked"}, {"dft", "full"}, {"sigmoid", "full"}, {"ipo", "full"},
};
inline constexpr value_pair objective_values[]{
    {"sft", "sft"},    {"pt", "sft"},  {"cpt", "sft"},   {"dpo", "dpo"}, {"orpo", "orpo"},
    {"simpo", "orpo"}, {"kto", "kto"}, {"rm", "reward"}, {"ppo", "ppo"}, {"grpo", "grpo"},
};

/// Checkpoints in host memory.
inline constexpr value_pair offload_values[]{{"true", "activations"}, {"", "activations"}, {"false", "none"}};

/// Trainer's own arguments.
inline constexpr row trainer_rows[]{
    takes("model_name_or_path model_id model model_name pretrained_model_name_or_path", "model"),
    takes("per_device_train_batch_size per_gpu_train_batch_size micro_batch_size", "training.micro_batch",
          reading::integer),
    takes("dataloader_num_workers", "training.data_workers", reading::integer),
    takes("dataloader_prefetch_factor", "training.prefetch_factor", reading::integer),
    takes("gradient_accumulation_steps", "training.gradient_accumulation", reading::integer),
    takes("max_length max_seq_length model_max_length block_size cutoff_len max_seq_len sequence_length seq_length "
          "max_source_length",
          "training.sequence_length", reading::integer),
    takes("bf16", "bf16", reading::truth),
    takes("fp16", "fp16", reading::truth),
    takes("tf32", "tf32", reading::truth),
    takes("mixed_precision", "mixed_precision.word"),
    takes("dtype torch_dtype", "dtype", reading::word, dtype_values),
    takes("gradient_checkpointing", "recompute", reading::truth),
    takes("optim optimizer", "training.optimizer", reading::word, optimizer_values),
    takes("attn_implementation", "training.attention", reading::word, attention_values),
    takes("use_flash_attn use_flash_attention_2 flash_attention use_flash_attention flash_attn", "training.attention",
          reading::word, attention_values),
    takes("use_liger_kernel use_liger", "liger", reading::truth),
    takes("liger_kernel_config.fused_linear_cross_entropy", "liger.loss", reading::truth),
    takes("liger_kernel_config.rms_norm", "liger.norms", reading::truth),
    takes("liger_kernel_config.swiglu liger_kernel_config.geglu", "liger.activations", reading::truth),
    takes("torch_compile", "training.compiled", reading::truth),
    takes("fsdp", "fsdp", reading::list),
    takes("fsdp_config.fsdp_version fsdp_config.version", "fsdp.version"),
    takes("fsdp_config.activation_checkpointing fsdp_config.fsdp_activation_checkpointing", "fsdp.recompute",
          reading::truth),
    takes("fsdp_config.reshard_after_forward", "fsdp.reshard"),
    takes("deepspeed", "deepspeed.file"),
    takes("config", "config.file"),
    takes("use_peft use_peft_lora use_lora", "lora", reading::truth),
    // LLaVA's scripts (llava/train/train.py), which others have copied, and FastChat's (fastchat/train/train_lora.py).
    takes("lora_enable", "lora.enabled", reading::truth),
    takes("q_lora", "lora.quantized", reading::truth),
    loses("vision_tower vision_model_name_or_path", effect::more_memory, "a vision tower beside the language model"),
    loses("mm_projector_lr tune_mm_mlp_adapter", effect::more_memory, "a trained projector of images"),
    loses("mm_tunable_parts tune_vision_tower unfreeze_mm_vision_tower", effect::more_memory,
          "parts of a model of images that are trained", "false False"),
    takes("lora_r lora_rank rank", "training.adapter.rank", reading::integer),
    takes("lora_target_modules target_modules lora_target", "lora.targets", reading::list),
    takes("modules_to_save lora_modules_to_save additional_target", "lora.saved", reading::list),
    takes("use_dora", "lora.dora", reading::truth),
    takes("load_in_4bit use_4bit_quantization use_4bit", "bits4", reading::truth),
    takes("load_in_8bit use_8bit_quantization use_8bit", "bits8", reading::truth),
    takes("bnb_4bit_quant_type", "bits4.type"),
    takes("use_bnb_nested_quant use_nested_quant bnb_4bit_use_double_quant double_quantization", "bits4.double",
          reading::truth),
    takes("dataset_name dataset dataset_dir", "dataset", reading::list),
    {.theirs = "loss_type",
     .ours = "training.loss",
     .how = reading::word,
     .values = loss_values,
     .harmless_at = "sigmoid hinge exo_pair nca_pair robust apo_zero apo_down kto apo_zero_unpaired grpo dapo bnpo "
                    "dr_grpo cispo"},
    takes("activation_offloading", "training.offload", reading::word, offload_values),
    takes("lora_dropout", "lora.dropout", reading::number),
    loses("auto_find_batch_size", effect::less_memory, "the batch is halved until it fits", "false False"),
    loses("per_device_eval_batch_size", effect::more_memory, "memory of an evaluation: its logits are kept", "1 2 4 8"),
    loses("neftune_noise_alpha", effect::more_memory, "noise on the embeddings"),
    loses("torch_empty_cache_steps", effect::less_memory, "the allocator's cache is emptied between steps"),
    loses("prediction_loss_only eval_accumulation_steps", effect::time_only, "evaluation"),
    loses("ddp_find_unused_parameters ddp_bucket_cap_mb", effect::either, "the reducer's buckets", "false False None"),
    takes("fsdp_config.cpu_offload fsdp_config.offload_params fsdp_config.fsdp_offload_params", "fsdp.offload",
          reading::truth),
    takes("fsdp_config", "fsdp.file"),
    loses("fsdp_config.limit_all_gathers", effect::either, "gathered layers ahead of their use", "true True"),
    loses("fsdp_config.forward_prefetch", effect::more_memory, "one gathered layer more", "false False"),
    loses("fsdp_config.backward_prefetch", effect::less_memory, "no gathered layer ahead", "backward_pre BACKWARD_PRE"),
    takes("num_generations", "training.generations", reading::integer),
    takes("max_completion_length response_length max_new_tokens", "training.completion_length", reading::integer),
    takes("max_prompt_length", "rollout.prompt", reading::integer),
    takes("beta", "rollout.beta", reading::number),
    takes("use_vllm", "rollout.vllm", reading::truth),
    takes("vllm_mode", "rollout.mode"),
    takes("vllm_gpu_memory_utilization", "training.engine_utilization", reading::number),
    takes("vllm_enable_sleep_mode", "rollout.sleeps", reading::truth),
    takes("sleep_level", "rollout.sleep_level", reading::integer),
    loses("vllm_tensor_parallel_size", effect::less_memory, "cards that share the engine", "1"),
    loses("steps_per_generation num_iterations", effect::either, "steps on the samples of one generation", "1"),
    loses("offload_model offload_optimizer", effect::less_memory,
          "weights and optimizer states of the trainer in host memory while samples are generated", "false False"),
    takes("reward_model reward_model_path teacher_model teacher_model_name_or_path", "frozen.model"),
};

/// What changes neither memory nor time.
inline constexpr std::string_view trainer_harmless =
    "learning_rate warmup* lr_scheduler* num_train_epochs max_steps max_train_steps epochs seed data_seed logging* "
    "save* report_to dataloader* max_grad_norm weight_decay lora_alpha use_rslora adam_* output_dir do_train do_eval "
    "dataset_config* dataset_text* dataset_num_proc validation* train_file eval_strategy evaluation_strategy "
    "eval_steps eval_split* run_name push_to_hub hub_* overwrite* remove_unused_columns trust_remote_code "
    "model_revision tokenizer* use_fast* chat_template* packing packing_strategy sample_packing preprocessing* "
    "cache_dir ddp_timeout ddp_backend local_rank log_level* logging_first_step torch_compile_backend "
    "torch_compile_mode bf16_full_eval fp16_full_eval half_precision_backend gradient_checkpointing_kwargs* "
    "bnb_4bit_compute_dtype bnb_4bit_quant_storage* fsdp_transformer_layer_cls_to_wrap "
    "fsdp_config.transformer_layer_cls_to_wrap fsdp_config.fsdp_transformer_layer_cls_to_wrap "
    "fsdp_config.use_orig_params fsdp_config.fsdp_use_orig_params fsdp_config.sync_module_states "
    "fsdp_config.cpu_ram_efficient_loading fsdp_config.fsdp_cpu_ram_efficient_loading fsdp_config.state_dict_type "
    "fsdp_config.fsdp_state_dict_type fsdp_config.auto_wrap_policy fsdp_config.fsdp_auto_wrap_policy "
    "fsdp_config.xla* include_tokens_per_second include_num_input_tokens_seen length_column_name group_by_length "
    "load_best_model_at_end metric_for_best_model greater_is_better save_total_limit splits add_special_tokens "
    "append_concat_token loss_weights label_smoothing* disable_tqdm skip_memory_metrics use_reentrant "
    "lora_task_type resume_from_checkpoint completion_only_loss assistant_only_loss streaming optim_args "
    "low_cpu_mem_usage lora_bias use_unsloth debug jit_mode_eval no_cuda use_cpu full_determinism ignore_data_skip "
    "eos_token pad_token task_name train_split* lora_layers_pattern dataset_mixer* system_prompt data_path "
    "lazy_preprocess conv_template* dataset_train_split dataset_test_split max_eval_samples max_train_samples "
    "reward_funcs reward_weights log_completions temperature top_p top_k min_p repetition_penalty epsilon* "
    "scale_rewards mask_truncated_completions importance_sampling_level vllm_server_* vllm_max_model_len "
    "vllm_enforce_eager overlong_filter async_generate kl_in_reward advantage_estimator missing_eos_penalty "
    "precompute_ref_log_probs sync_ref_model router_aux_loss_coef train_sampling_strategy optim_target_modules "
    "use_logits_to_keep attn_impl_* vllm_limit_mm_per_prompt multi_turn_scheduler max_turns chord_* move_model_batches "
    "desirable_weight undesirable_weight center_rewards_coefficient pad_to_multiple_of eval_on_start "
    "ddp_broadcast_buffers project trackio* liger_kernel_config* use_cache processing_class "
    "bnb_4bit_compute_type torchdynamo dataset_splits mm_* pretrain_mm_mlp_adapter image_folder image_aspect_ratio "
    "image_grid_pinpoints group_by_modality_length version lora_weight_path";
inline constexpr std::string_view trainer_switches =
    "do_train do_eval do_predict overwrite_output_dir push_to_hub trust_remote_code group_by_length streaming";

/// Defaults of a script that uses Trainer.
inline constexpr standing trainer_defaults[]{
    {"training.micro_batch", "8", "per_device_train_batch_size"},
    {"training.optimizer", "adamw", "optim adamw_torch_fused, adamw_torch before torch 2.8"},
    {"dtype", "auto", "dtype of from_pretrained: the file's (transformers#42805)", 202512},
    {"dtype", "float32", "torch_dtype of from_pretrained", 0, 202512},
    {"training.attention", "flash", "attn_implementation sdpa", 202312},
    {"training.attention", "eager", "no SDPA before transformers 4.36", 0, 202312},
};

/// Defaults of TRL's scripts.
inline constexpr standing trl_defaults[]{
    {"training.micro_batch", "8", "per_device_train_batch_size"},
    {"training.sequence_length", "1024", "max_length"},
    {"training.optimizer", "adamw", "optim adamw_torch_fused"},
    {"recompute", "true", "gradient_checkpointing (trl#3510)", 202508},
    {"bf16", "true", "bf16 unless fp16 (trl#3598)", 202506},
    {"dtype", "float32", "dtype of ModelConfig"},
    {"training.loss", "chunked", "loss_type chunked_nll (trl#5846)", 202606},
    {"training.adapter.rank", "16", "lora_r"},
    {"training.adapter.kbit_preparation", "false", "the base is not prepared (trl#4577)", 202512},
};

/// The weight of the distance from the reference where nobody states one, by the objective (trl/trainer/grpo_config.py,
/// rloo_config.py).
struct reference_weight {
    std::string_view objective{};  ///< word of `training.objective`
    standing weight{};             ///< the weight, by month
};
inline constexpr reference_weight reference_weights[]{
    {"grpo", {"rollout.beta", "0.04", "beta of GRPOConfig", 0, 202506}},
    {"grpo", {"rollout.beta", "0.0", "beta of GRPOConfig (trl#3516)", 202506}},
    {"rloo", {"rollout.beta", "0.05", "kl_coef of RLOOConfig, beta since trl#3801"}},
};

/// How TRL generates samples where nobody says otherwise (trl/trainer/grpo_config.py).
inline constexpr standing rollout_defaults[]{
    {"training.completion_length", "256", "max_completion_length", 0, 202608},
    {"training.completion_length", "512", "max_completion_length (trl#6264)", 202608},
    {"rollout.prompt", "512", "max_prompt_length", 0, 202512},
    {"rollout.prompt", "512", "no setting limits a prompt since trl#4300, and the data is not known: --seq N", 202512},
    {"rollout.mode", "server", "vllm_mode", 0, 202604},
    {"rollout.mode", "colocate", "vllm_mode (trl#5255)", 202604},
};

/// What TRL's command hands to accelerate launch.
inline constexpr row trl_rows[]{
    takes("accelerate_config", "accelerate.file"),
    takes("num_processes", "cards.total", reading::integer),
};

inline constexpr std::span<const row> trainer_tables[]{trainer_rows};
inline constexpr std::span<const row> trl_tables[]{trl_rows, trainer_rows};

inline constexpr release transformers_releases[]{
    {"5", 202608},    {"4.57", 202510}, {"4.5*", 202503}, {"4.4*", 202409}, {"4.36", 202312},
    {"4.37", 202401}, {"4.38", 202402}, {"4.39", 202403}, {"4.3*", 202307}, {"4.2*", 202304},
};
/// Tags of huggingface/trl.
inline constexpr release trl_releases[]{
    {"1.9", 202607},  {"1.8", 202607},  {"1.7", 202606},  {"1.6", 202606},  {"1.5", 202605},  {"1.4", 202605},
    {"1.3", 202604},  {"1.2", 202604},  {"1.1", 202604},  {"1.0", 202603},  {"0.29", 202602}, {"0.28", 202602},
    {"0.27", 202601}, {"0.26", 202512}, {"0.25", 202511}, {"0.24", 202510}, {"0.23", 202509}, {"0.22", 202508},
    {"0.21", 202508}, {"0.20", 202507}, {"0.19", 202506}, {"0.18", 202505}, {"0.17", 202504}, {"0.16", 202503},
    {"0.15", 202502}, {"0.14", 202501}, {"0.13", 202412}, {"0.12", 202411},
};

inline constexpr tool transformers_tool{.name = "transformers",
                                        .framework = "transformers",
                                        .rows = trainer_tables,
                                        .defaults = trainer_defaults,
                                        .harmless = trainer_harmless,
                                        .switches = trainer_switches,
                                        .releases = transformers_releases};
inline constexpr tool trl_tool{.name = "trl",
                               .framework = "transformers",
                               .rows = trl_tables,
                               .defaults = trl_defaults,
                               .harmless = trainer_harmless,
                               .switches = trainer_switches,
                               .newest = 202607,
                               .releases = trl_releases};
/// @}

}  // namespace cardfit::io::imports
