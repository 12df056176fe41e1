// SPDX-License-Identifier: MIT
#pragma once

// axolotl's configuration (utils/schemas/*.py, loaders/model.py, 2026-07).

#include <cardfit/io/import/tools/hugging_face.hpp>

namespace cardfit::io::imports {

/// A table of axolotl: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair axolotl_adapters[]{{"lora", "true"}, {"qlora", "true"}, {"", "false"}};
inline constexpr std::string_view host_checkpoints = "recompute full with checkpoints in host memory";
inline constexpr value_pair checkpoint_values[]{
    {"true", "true"},
    {"True", "true"},
    {"false", "false"},
    {"False", "false"},
    {"offload", "true", host_checkpoints},
    {"offload_disk", "true", host_checkpoints},
    {"unsloth", "true", host_checkpoints},
};

inline constexpr value_pair activation_offloads[]{
    {"true", "activations"},
    {"legacy", "activations"},
    {"hidden_states", "activations"},
    {"disk", "activations", "checkpoints on a disk"},
    {"false", "none"},
};
inline constexpr value_pair chunked_if_true[]{{"true", "chunked"}, {"", "chunked"}, {"false", "full"}};

inline constexpr row axolotl_rows[]{
    takes("base_model", "model"),
    takes("sequence_len", "training.sequence_length", reading::integer),
    takes("micro_batch_size", "training.micro_batch", reading::integer),
    takes("batch_size", "batch.total", reading::integer),
    takes("adapter", "lora", reading::word, axolotl_adapters),
    takes("lora_target_linear", "lora.all_linear", reading::truth),
    takes("peft_use_dora", "lora.dora", reading::truth),
    takes("bfloat16", "pure", reading::truth),
    {.theirs = "gradient_checkpointing",
     .ours = "recompute",
     .how = reading::word,
     .values = checkpoint_values,
     .consequence = effect::less_memory},
    takes("fsdp_version fsdp_config.fsdp_version", "fsdp.version"),
    takes("fsdp_config.fsdp_offload_params fsdp_config.offload_params", "fsdp.offload", reading::truth),
    takes("fsdp_config.fsdp_sharding_strategy", "fsdp.reshard"),
    takes("fsdp_config.reshard_after_forward fsdp_config.fsdp_reshard_after_forward", "fsdp.reshard"),
    takes("tensor_parallel_size", "layout.tensor", reading::integer),
    takes("context_parallel_size sequence_parallel_degree", "layout.context", reading::integer),
    takes("dp_shard_size", "data.shard", reading::integer),
    takes("dp_replicate_size", "data.replicate", reading::integer),
    takes("liger_fused_linear_cross_entropy cut_cross_entropy", "liger.loss", reading::truth),
    takes("liger_rms_norm", "liger.norms", reading::truth),
    takes("liger_glu_activation liger_swiglu", "liger.activations", reading::truth),
    takes("plugins", "plugins", reading::list),
    takes("flash_attention sdp_attention xformers_attention flex_attention", "training.attention", reading::word,
          attention_values),
    takes("eager_attention", "attention.eager", reading::truth),
    takes("rl", "objective", reading::text, objective_values),
    takes("max_steps_per_gpu num_processes", "cards.total", reading::integer),
    loses("lora_mlp_kernel lora_qkv_kernel lora_o_kernel", effect::less_memory, "fused LoRA kernels", "false False"),
    loses("unsloth_cross_entropy_loss unsloth_lora_mlp unsloth_lora_qkv unsloth_lora_o unsloth_rms_norm",
          effect::less_memory, "Unsloth's kernels", "false False"),
    {.theirs = "activation_offloading",
     .ours = "training.offload",
     .how = reading::word,
     .values = activation_offloads,
     .consequence = effect::less_memory},
    loses("layer_offloading", effect::less_memory, "frozen layers on the host", "false False"),
    takes("lisa_n_layers", "lisa.layers", reading::integer),
    loses("relora*", effect::either, "training of changing layers"),
    loses("unfrozen_parameters", effect::less_memory, "training.trained_layers"),
    loses("gptq", effect::either, "a GPTQ base", "false False"),
    takes("chunked_cross_entropy", "training.loss", reading::word, chunked_if_true),
    takes("expert_parallel_size", "layout.expert", reading::integer),
    takes("fp8", "fp8", reading::truth),
    takes("float16", "axolotl.half", reading::truth),
    takes("trl.num_generations", "training.generations", reading::integer),
    takes("trl.max_completion_length", "training.completion_length", reading::integer),
    takes("trl.use_vllm", "rollout.vllm", reading::truth),
    takes("trl.vllm_mode", "rollout.mode"),
    takes("trl.vllm_gpu_memory_utilization vllm_gpu_memory_utilization", "training.engine_utilization",
          reading::number),
    takes("peft.loftq_config.loftq_bits", "quant.bits", reading::integer),
    takes("bnb_config_kwargs.bnb_4bit_use_double_quant", "bits4.double", reading::truth),
    loses("qat.*", effect::more_memory, "weights are quantized in each pass (QAT)"),
    loses("use_onebitllms", effect::either, "ternary weights", "false False"),
    takes("quantize_moe_experts", "axolotl.bits_of_experts", reading::truth),
    loses("tiled_mlp tiled_mlp_num_shards", effect::less_memory, "the feed-forward tile by tile", "false False"),
    loses("lora_target_parameters", effect::more_memory, "adapters on the weights of experts"),
    loses("model_quantization_config model_quantization_config_kwargs.*", effect::either,
          "how the checkpoint's own quantization is undone"),
    loses("ebft.* diffusion.* llmcompressor.* curriculum_sampling", effect::either, "another way of training"),
};

inline constexpr std::string_view axolotl_harmless =
    "datasets* test_datasets* val_set_size dataset_prepared_path wandb* mlflow* comet* lr_scheduler* lr_* num_epochs "
    "sample_packing* pad_to_sequence_len eval_sample_packing eval_batch_size evals_per_epoch saves_per_epoch "
    "special_tokens* tokens* tokenizer_type model_type base_model_config strict chat_template* train_on_inputs "
    "warmup_ratio flash_attn_* lora_fan_in_fan_out lora_model_dir lora_on_cpu hub_model_id early_stopping* xformers "
    "resume_from_checkpoint loss_watchdog* fsdp_config.* fsdp_final_state_dict_type liger_rope "
    "liger_layer_norm is_* s2_attention gpu_memory_limit low_cpu_mem_usage "
    "shuffle_merged_datasets dataloader_* gradient_checkpointing_kwargs* revision_of_model unsloth_* device_map "
    "lisa_step_interval lisa_layers_attribute auto_resume_from_checkpoints use_tensorboard noisy_embedding_alpha "
    "excess_length_strategy dataset_processes "
    "plugins_args* trust_remote_code save_first_step group_by_length optim_args* rl_beta dpo_beta "
    "remove_unused_columns "
    "nvfp4_merge_aware dsv4_* dataset_exact_deduplication cls_model_config eaft_* use_eaft pretrain_multipack_attn "
    "orpo_alpha do_causal_lm_eval eval_* reinit_weights process_reward_model peft_use_rslora ddp device_map* "
    "expert_parallel_num_nvl_bytes expert_parallel_token_capacity use_glm_dsa_kernels full_finetune "
    "eot_tokens use_kernels use_scattermoe use_sonicmoe model_config* experts_implementation fused_attn_kernel "
    "liger_rms_norm_gated swanlab_* use_swanlab hf_use_auth_token resize_token_embeddings_to_32x pretraining_dataset* "
    "trl.* vllm.* cosine_* eta_min streaming_multipack_buffer_size experimental_* flex_attn_compile_kwargs* "
    "base_model_ignore_patterns min_sample_len use_otel_metrics otel_* use_wandb kto_* ray_* use_ray fp8_enable_* "
    "peft.* jagged_restart* accelerator_config* gemma4_* llama4_linearized_experts num_labels shuffle_* use_mlflow "
    "output_dir processor_type skip_prepare_dataset eval_table_size eval_max_new_tokens";

/// axolotl's own defaults. It loads the model in bf16 where bf16 is on.
inline constexpr standing axolotl_defaults[]{
    {"training.sequence_length", "512", "sequence_len"},
    {"training.micro_batch", "1", "micro_batch_size"},
    {"training.optimizer", "adamw", "optimizer adamw_torch_fused"},
    {"bf16", "auto", "bf16"},
    {"dtype", "half", "torch_dtype follows bf16"},
    {"bits4.double", "true", "bnb_4bit_use_double_quant (loaders/model.py)"},
    {"training.adapter.rank", "8", "lora_r"},
    {"lora.dropout", "0", "lora_dropout"},
    {"training.adapter.kbit_preparation", "false", "what is not quantized is converted back (loaders/model.py)"},
};

inline constexpr std::span<const row> axolotl_tables[]{axolotl_rows, trainer_rows};
/// Tags of axolotl-ai-cloud/axolotl.
inline constexpr release axolotl_releases[]{
    {"0.18", 202607}, {"0.17", 202606}, {"0.16", 202604}, {"0.15", 202603}, {"0.14", 202601}, {"0.13.0", 202511},
    {"0.13", 202601}, {"0.12", 202508}, {"0.11", 202507}, {"0.10", 202506}, {"0.9", 202505},  {"0.8", 202504},
};
inline constexpr tool axolotl_tool{.name = "axolotl",
                                   .written = spelling::keys,
                                   .framework = "transformers",
                                   .rows = axolotl_tables,
                                   .defaults = axolotl_defaults,
                                   .harmless = axolotl_harmless,
                                   .harmless_too = {trainer_harmless},
                                   .newest = 202607,
                                   .releases = axolotl_releases};
/// @}

}  // namespace cardfit::io::imports
