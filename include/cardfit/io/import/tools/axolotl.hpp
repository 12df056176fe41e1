// SPDX-License-Identifier: MIT
#pragma once

// axolotl's configuration (utils/schemas/*.py, loaders/model.py, 2026-07).

#include <cardfit/io/import/tools/hugging_face.hpp>

namespace cardfit::io::imports {

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
    takes("liger_fused_linear_cross_entropy cut_cross_entropy", "liger", reading::truth),
    takes("plugins", "plugins", reading::list),
    takes("flash_attention sdp_attention xformers_attention flex_attention", "training.attention", reading::word,
          attention_values),
    takes("eager_attention", "attention.eager", reading::truth),
    takes("rl", "objective", reading::text, objective_values),
    takes("max_steps_per_gpu num_processes", "cards.total", reading::integer),
    loses("lora_mlp_kernel lora_qkv_kernel lora_o_kernel", effect::less_memory, "fused LoRA kernels", "false False"),
    loses("unsloth_cross_entropy_loss unsloth_lora_mlp unsloth_lora_qkv unsloth_lora_o unsloth_rms_norm",
          effect::less_memory, "Unsloth's kernels", "false False"),
    loses("activation_offloading layer_offloading", effect::less_memory, "activations on the host", "false False"),
    takes("lisa_n_layers", "lisa.layers", reading::integer),
    loses("relora*", effect::either, "training of changing layers"),
    loses("unfrozen_parameters", effect::less_memory, "training.trained_layers"),
    loses("gptq", effect::either, "a GPTQ base", "false False"),
    loses("chunked_cross_entropy", effect::less_memory, "training.loss chunked", "false False"),
    loses("expert_parallel_size", effect::either, "layout.expert", "1"),
};

inline constexpr std::string_view axolotl_harmless =
    "datasets* test_datasets* val_set_size dataset_prepared_path wandb* mlflow* comet* lr_scheduler* lr_* num_epochs "
    "sample_packing* pad_to_sequence_len eval_sample_packing eval_batch_size evals_per_epoch saves_per_epoch "
    "special_tokens* tokens* tokenizer_type model_type base_model_config strict chat_template* train_on_inputs "
    "warmup_ratio flash_attn_* lora_fan_in_fan_out lora_model_dir lora_on_cpu hub_model_id early_stopping* xformers "
    "resume_from_checkpoint loss_watchdog* fsdp_config.* fsdp_final_state_dict_type liger_rope liger_rms_norm "
    "liger_glu_activation liger_layer_norm liger_swiglu is_* s2_attention gpu_memory_limit low_cpu_mem_usage "
    "shuffle_merged_datasets dataloader_* gradient_checkpointing_kwargs* revision_of_model unsloth_* device_map "
    "lisa_step_interval lisa_layers_attribute auto_resume_from_checkpoints use_tensorboard noisy_embedding_alpha "
    "excess_length_strategy dataset_processes "
    "plugins_args* trust_remote_code save_first_step group_by_length optim_args* rl_beta dpo_beta "
    "remove_unused_columns "
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
};

inline constexpr std::span<const row> axolotl_tables[]{axolotl_rows, trainer_rows};
inline constexpr tool axolotl_tool{.name = "axolotl",
                                   .written = spelling::keys,
                                   .framework = "transformers",
                                   .rows = axolotl_tables,
                                   .defaults = axolotl_defaults,
                                   .harmless = axolotl_harmless,
                                   .harmless_too = trainer_harmless,
                                   .newest = 202607};

}  // namespace cardfit::io::imports
