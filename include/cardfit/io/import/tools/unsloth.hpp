// SPDX-License-Identifier: MIT
#pragma once

// Keyword arguments of Unsloth's calls and of Trainer's (unsloth/models/loader.py, llama.py, 2026). Only keywords with
// literal values are read.

#include <cardfit/io/import/tools/axolotl.hpp>

namespace cardfit::io::imports {

/// A table of unsloth: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr row unsloth_rows[]{
    takes("r", "training.adapter.rank", reading::integer),
    {.theirs = "use_gradient_checkpointing",
     .ours = "recompute",
     .how = reading::word,
     .values = checkpoint_values,
     .consequence = effect::less_memory},
    takes("full_finetuning", "lora", reading::negation),
    loses("fast_inference gpu_memory_utilization", effect::more_memory, "generation during training", "False"),
    loses("finetune_vision_layers", effect::more_memory, "adapters in the vision tower", "False"),
};

inline constexpr std::string_view unsloth_harmless =
    "bias random_state loftq_config finetune_* max_lora_rank token dataset_text_field args train_dataset tokenizer "
    "data_collator return_tensors add_generation_prompt tokenize padding truncation batched split max_new_tokens "
    "use_cache temperature min_p skip_prompt rope_scaling instruction_part response_part num_proc chat_template "
    "formatting_func train_on_* inputs_";

/// With `dtype` None, Unsloth computes in bf16 from Ampere on and in fp16 before.
inline constexpr standing unsloth_defaults[]{
    {"training.sequence_length", "2048", "max_seq_length"},
    {"bits4", "true", "load_in_4bit"},
    {"bits4.double", "true", "bnb_4bit_use_double_quant"},
    {"training.adapter.rank", "16", "r"},
    {"lora", "true", "get_peft_model"},
    {"lora.dropout", "0", "lora_dropout of get_peft_model"},
    {"lora.targets", "all-linear", "target_modules"},
    {"recompute", "true", "use_gradient_checkpointing \"unsloth\""},
    {"bf16", "auto", "dtype None"},
    {"dtype", "half", "dtype None"},
    {"training.loss", "chunked", "Unsloth's cross entropy"},
    {"training.micro_batch", "8", "per_device_train_batch_size"},
    {"training.optimizer", "adamw", "optim adamw_torch_fused"},
    {"training.adapter.kbit_preparation", "false", "the base is not widened (models/llama.py)"},
};

inline constexpr std::span<const row> unsloth_tables[]{unsloth_rows, trainer_rows};
inline constexpr tool unsloth_tool{.name = "unsloth",
                                   .written = spelling::keys,
                                   .framework = "transformers",
                                   .rows = unsloth_tables,
                                   .defaults = unsloth_defaults,
                                   .harmless = unsloth_harmless,
                                   .harmless_too = {trainer_harmless},
                                   .lost = "framework unsloth: fused LoRA and cross-entropy kernels"};
/// @}

}  // namespace cardfit::io::imports
