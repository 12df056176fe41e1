// SPDX-License-Identifier: MIT
#pragma once

// ms-swift's arguments (trainers/arguments.py, 2026). Full fine-tuning loads the weights in the type of torch_dtype and
// keeps them so.

#include <cardfit/io/import/tools/llama_factory.hpp>

namespace cardfit::io::imports {

/// A table of ms-swift: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair swift_tasks[]{
    {"causal_lm", "sft"}, {"seq_cls", "classification"}, {"embedding", "embedding"}, {"reward_model", "reward"}};

inline constexpr row swift_rows[]{
    takes("model model_id_or_path", "model"),
    // What the model is taught to call itself.
    changes_nothing("model_name model_author"),
    {.theirs = "tuner_type train_type sft_type",
     .ours = "lora",
     .how = reading::word,
     .values = finetuning_types,
     .consequence = effect::less_memory},
    takes("quant_bits quantization_bit", "quant.bits", reading::integer),
    takes("attn_impl", "training.attention", reading::word, attention_values),
    takes("sequence_parallel_size", "layout.context", reading::integer),
    takes("rlhf_type", "objective", reading::text, objective_values),
    loses("quant_method", effect::either, "a base in another format than bitsandbytes'", "bnb"),
    takes("freeze_vit", "training.frozen_tower", reading::truth),
    loses("freeze_aligner", effect::more_memory, "the projector of images is trained", "true True"),
    loses("freeze_llm", effect::less_memory, "the layers of the language model are frozen", "false False"),
    loses("freeze_parameters freeze_parameters_ratio trainable_parameters", effect::less_memory,
          "training.trained_layers", "0 0.0"),
    loses("max_pixels vit_gradient_checkpointing", effect::either, "tokens of images"),
    takes("lisa_activated_layers", "lisa.layers", reading::integer),
    takes("use_galore", "factory.galore", reading::truth),
    takes("galore_rank", "factory.rank", reading::integer),
    takes("task_type", "objective", reading::text, swift_tasks),
    loses("llamapro_num_new_blocks reft_intervention_type", effect::either, "another way of tuning than LoRA"),
    loses("tuner_backend", effect::less_memory, "framework unsloth", "peft"),
    loses("teacher_deepspeed", effect::either, "how the teacher is divided"),
};

inline constexpr std::string_view swift_harmless =
    "num_labels use_chat_template rpo_alpha label_names enable_thinking lmbda cached_* experts_impl problem_type "
    "vit_lr "
    "aligner_lr predict_with_generate galore_* generation_batch_size use_gym_env stop_words log_* top_entropy_quantile "
    "tau_* gkd_* sft_alpha swanlab_* device_groups* use_ray rope_scaling max_model_len vllm_enable_lora "
    "padding_free split_dataset_ratio val_dataset system model_type template agent_template lazy_tokenize "
    "truncation_strategy load_from_cache_file target_regex target_parameters use_hf use_ms add_version "
    "init_weights create_checkpoint_symlink custom_register_path external_plugins acc_strategy "
    "loss_scale response_prefix columns ddp_* columns_mapping load_args check_model dataset_shuffle "
    "train_dataloader_shuffle lisa_step_interval streaming shuffle_buffer_size new_special_tokens";

inline constexpr standing swift_defaults[]{
    {"training.micro_batch", "1", "per_device_train_batch_size"},
    {"lora", "true", "tuner_type lora"},
    {"training.adapter.rank", "8", "lora_rank"},
    {"lora.targets", "all-linear", "target_modules"},
    {"recompute", "true", "gradient_checkpointing"},
    {"bits4.double", "true", "bnb_4bit_use_double_quant"},
    {"dtype", "bfloat16", "torch_dtype of the model's file"},
    {"bf16", "auto", "bf16 follows torch_dtype"},
    {"training.optimizer", "adamw", "optim adamw_torch_fused"},
    {"training.adapter.kbit_preparation", "false", "the base is not prepared (llm/train/tuner.py)"},
    {"training.frozen_tower", "true", "freeze_vit"},
    {"rollout.beta", "0.04", "beta of GRPO (arguments/rlhf_args.py)"},
    {"training.completion_length", "512", "max_completion_length"},
};

inline constexpr std::span<const row> swift_tables[]{swift_rows, trainer_rows};
inline constexpr tool swift_tool{.name = "ms-swift",
                                 .framework = "transformers",
                                 .rows = swift_tables,
                                 .defaults = swift_defaults,
                                 .harmless = swift_harmless,
                                 .harmless_too = {trainer_harmless},
                                 .switches = trainer_switches};
/// @}

}  // namespace cardfit::io::imports
