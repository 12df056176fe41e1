// SPDX-License-Identifier: MIT
#pragma once

// litgpt's arguments (litgpt/finetune/lora.py, litgpt/pretrain.py, litgpt/args.py, 2026-06) and nanoGPT's (train.py).

#include <cardfit/io/import/tools/hugging_face.hpp>

namespace cardfit::io::imports {

/// A table of litgpt, nanoGPT or nanochat: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair litgpt_precisions[]{
    {"bf16-true", "bf16"},        {"16-true", "fp16"},        {"32-true", "fp32"},
    {"bf16-mixed", "bf16-mixed"}, {"16-mixed", "fp16-mixed"}, {"32", "fp32"},
};
inline constexpr value_pair litgpt_formats[]{
    {"bnb.nf4", "nf4"},
    {"bnb.nf4-dq", "nf4-dq"},
    {"bnb.int8", "int8"},
    {"bnb.int8-training", "int8"},
};
inline constexpr value_pair litgpt_models[]{
    {"tiny-llama-1.1b", "tinyllama-1.1b"},
    {"tiny-llama-1.1b-chat", "tinyllama-1.1b"},
};

inline constexpr row litgpt_rows[]{
    takes("model_name checkpoint_dir initial_checkpoint_dir", "model", reading::text, litgpt_models),
    takes("precision", "training.precision", reading::word, litgpt_precisions),
    takes("quantize", "training.base_weights", reading::word, litgpt_formats),
    takes("lora_r", "training.adapter.rank", reading::integer),
    takes("lora_query", "litgpt.q", reading::truth),
    takes("lora_key", "litgpt.k", reading::truth),
    takes("lora_value", "litgpt.v", reading::truth),
    takes("lora_projection", "litgpt.o", reading::truth),
    takes("lora_mlp", "litgpt.mlp", reading::truth),
    takes("lora_head", "litgpt.head", reading::truth),
    takes("train.micro_batch_size", "training.micro_batch", reading::integer),
    takes("train.global_batch_size", "batch.global", reading::integer),
    takes("train.max_seq_length", "training.sequence_length", reading::integer),
    takes("optimizer optimizer.class_path", "training.optimizer", reading::word, optimizer_values),
    takes("devices", "litgpt.devices"),
    takes("num_nodes", "cards.nodes", reading::integer),
    takes("data data.class_path", "dataset"),
    takes("config", "config.file"),
    takes("lora_dropout", "lora.dropout", reading::number),
    loses("train.tie_embeddings", effect::less_memory, "tied embeddings", "false False"),
};

inline constexpr std::string_view litgpt_harmless =
    "out_dir resume data.* train.* eval.* optimizer.* logger_name seed lora_alpha tokenizer_dir access_token log.* "
    "model_config* lr_warmup*";

inline constexpr standing litgpt_defaults[]{
    {"training.optimizer", "adamw", "optimizer AdamW"},
    {"training.adapter.rank", "8", "lora_r"},
    {"litgpt.q", "true", "lora_query"},
    {"litgpt.v", "true", "lora_value"},
    {"training.precision", "bf16-mixed", "precision of get_default_supported_precision for training"},
};

inline constexpr std::span<const row> litgpt_tables[]{litgpt_rows};
inline constexpr tool litgpt_tool{.name = "litgpt",
                                  .framework = "litgpt",
                                  .rows = litgpt_tables,
                                  .defaults = litgpt_defaults,
                                  .harmless = litgpt_harmless,
                                  .newest = 202606,
                                  .positional = "model"};

inline constexpr value_pair nanogpt_types[]{
    {"bfloat16", "bf16-mixed"},
    {"float16", "fp16-mixed"},
    {"float32", "fp32"},
};
inline constexpr row nanogpt_rows[]{
    takes("batch_size", "training.micro_batch", reading::integer),
    takes("block_size", "training.sequence_length", reading::integer),
    takes("gradient_accumulation_steps", "batch.all_ranks", reading::integer),
    takes("n_layer", "gpt.layers", reading::integer),
    takes("n_head", "gpt.heads", reading::integer),
    takes("n_embd", "gpt.hidden", reading::integer),
    takes("bias", "gpt.bias", reading::truth),
    takes("dropout", "gpt.dropout", reading::number),
    takes("dtype", "training.precision", reading::word, nanogpt_types),
    takes("compile", "training.compiled", reading::truth),
    takes("init_from", "model", reading::text),
    takes("dataset", "dataset"),
};
inline constexpr std::string_view nanogpt_harmless =
    "out_dir eval_* log_interval always_save_checkpoint wandb* max_iters learning_rate weight_decay beta1 beta2 "
    "grad_clip decay_lr warmup_iters lr_decay_iters min_lr backend device start num_samples max_new_tokens";
inline constexpr standing nanogpt_defaults[]{
    {"training.micro_batch", "12", "batch_size"},
    {"training.sequence_length", "1024", "block_size"},
    {"batch.all_ranks", "40", "gradient_accumulation_steps 5 * 8, of all ranks"},
    {"gpt.layers", "12", "n_layer"},
    {"gpt.heads", "12", "n_head"},
    {"gpt.hidden", "768", "n_embd"},
    {"gpt.bias", "false", "bias"},
    {"gpt.dropout", "0.0", "dropout"},
    {"gpt.tied", "true", "wte is lm_head"},
    {"gpt.positions", "learned_absolute", "wpe"},
    {"gpt.normalization", "layernorm", "LayerNorm"},
    {"gpt.vocab", "50304", "meta_vocab_size, else GPT-2's padded to 64"},
    {"gpt.vocab_multiple", "1", "meta_vocab_size is not padded again"},
    {"training.compiled", "true", "compile"},
    {"training.precision", "bf16-mixed", "dtype bfloat16 where the card has it"},
    {"training.optimizer", "adamw", "AdamW"},
};
inline constexpr std::span<const row> nanogpt_tables[]{nanogpt_rows};
inline constexpr tool nanogpt_tool{.name = "nanogpt",
                                   .lowers = family::megatron,
                                   .framework = "pytorch",
                                   .rows = nanogpt_tables,
                                   .defaults = nanogpt_defaults,
                                   .harmless = nanogpt_harmless};

/// nanochat's pretraining (scripts/base_train.py, nanochat/gpt.py, October 2025): its width and heads follow from its
/// depth, and a step's batch is in tokens. Each rank keeps a part of the optimizer states (DistAdamW, DistMuon).
inline constexpr row nanochat_rows[]{
    takes("depth", "gpt.layers", reading::integer),
    takes("aspect_ratio", "nanochat.aspect", reading::integer),
    takes("head_dim", "nanochat.head", reading::integer),
    takes("max_seq_len", "training.sequence_length", reading::integer),
    takes("device_batch_size", "training.micro_batch", reading::integer),
    takes("total_batch_size", "nanochat.tokens", reading::integer),
    takes("fp8", "fp8", reading::truth),
    loses("window_pattern", effect::less_memory, "windows of attention", "L"),
};
inline constexpr std::string_view nanochat_harmless =
    "run num_iterations target_* embedding_lr unembedding_lr weight_decay matrix_lr scalar_lr warmup_* warmdown_* "
    "final_lr_frac grad_clip eval_* core_metric_* sample_every save_every resume_from_step model_tag device_type "
    "fp8_recipe";
inline constexpr standing nanochat_defaults[]{
    {"gpt.layers", "20", "depth"},
    {"nanochat.aspect", "64", "model_dim is 64 times the depth"},
    {"nanochat.head", "128", "one head for every 128 of model_dim"},
    {"training.sequence_length", "2048", "max_seq_len"},
    {"training.micro_batch", "32", "device_batch_size"},
    {"nanochat.tokens", "524288", "total_batch_size"},
    {"gpt.vocab", "65536", "the vocabulary that speedrun.sh trains"},
    {"gpt.vocab_multiple", "1", "the vocabulary is not padded"},
    {"gpt.bias", "false", "no bias in linear layers"},
    {"gpt.tied", "false", "untied weights of embedding and lm_head"},
    {"gpt.positions", "rope", "rotary embeddings"},
    {"gpt.normalization", "rmsnorm", "F.rms_norm"},
    {"training.precision", "bf16-mixed", "autocast in bf16"},
    {"training.optimizer", "muon", "Muon for matrices, AdamW for embedding and head"},
    {"training.compiled", "true", "torch.compile"},
    {"layout.sharding", "optimizer", "DistAdamW and DistMuon"},
};
inline constexpr std::span<const row> nanochat_tables[]{nanochat_rows};
inline constexpr tool nanochat_tool{.name = "nanochat",
                                    .lowers = family::megatron,
                                    .written = spelling::hyphens,
                                    .framework = "pytorch",
                                    .rows = nanochat_tables,
                                    .defaults = nanochat_defaults,
                                    .harmless = nanochat_harmless,
                                    .switches = "fp8",
                                    .newest = 202510};
/// @}

}  // namespace cardfit::io::imports
