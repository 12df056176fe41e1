// SPDX-License-Identifier: MIT
#pragma once

// ms-swift's arguments (trainers/arguments.py, 2026). Full fine-tuning loads the weights in the type of torch_dtype and
// keeps them so.

#include <cardfit/io/import/tools/llama_factory.hpp>

namespace cardfit::io::imports {

inline constexpr row swift_rows[]{
    takes("model model_id_or_path", "model"),
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
    loses("freeze_vit freeze_aligner freeze_llm", effect::less_memory, "training.frozen_tower", "true True"),
    loses("freeze_parameters freeze_parameters_ratio trainable_parameters", effect::less_memory,
          "training.trained_layers", "0 0.0"),
    loses("max_pixels vit_gradient_checkpointing", effect::either, "tokens of images"),
    takes("lisa_activated_layers", "lisa.layers", reading::integer),
    loses("use_galore", effect::less_memory, "training.optimizer", "false"),
};

inline constexpr std::string_view swift_harmless =
    "padding_free split_dataset_ratio val_dataset system model_type template agent_template lazy_tokenize "
    "truncation_strategy load_from_cache_file target_regex target_parameters use_hf use_ms add_version "
    "create_checkpoint_symlink model_author model_name custom_register_path external_plugins acc_strategy "
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
};

inline constexpr std::span<const row> swift_tables[]{swift_rows, trainer_rows};
inline constexpr tool swift_tool{.name = "ms-swift",
                                 .framework = "transformers",
                                 .rows = swift_tables,
                                 .defaults = swift_defaults,
                                 .harmless = swift_harmless,
                                 .harmless_too = trainer_harmless,
                                 .switches = trainer_switches};

}  // namespace cardfit::io::imports
