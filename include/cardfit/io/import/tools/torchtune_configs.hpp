// SPDX-License-Identifier: MIT
#pragma once

// Configurations that torchtune names for --config (recipes/configs/ at bd2a0fc7c, April 2026), in the settings of its
// files: those of Llama, Gemma, Mistral, Phi and Qwen that train whole models or adapters, with DPO, PPO, QAT and a
// teacher.

#include <cardfit/io/import/tools/torchtune.hpp>

namespace cardfit::io::imports {

/// A configuration by its name, with the settings in which it differs from the others, KEY=VALUE.
struct torchtune_config {
    std::string_view name{};      ///< as the tool has it
    std::string_view settings{};  ///< KEY=VALUE, with spaces between
};

/// What all of them state unless they say otherwise.
inline constexpr std::string_view torchtune_shared =
    "dtype=bf16 optimizer._component_=torch.optim.AdamW gradient_accumulation_steps=1 "
    "enable_activation_checkpointing=true loss._component_=torchtune.modules.loss.LinearCrossEntropyLoss "
    "dataset._component_=torchtune.datasets.alpaca_dataset";
/// What all of them that train adapters state.
inline constexpr std::string_view torchtune_adapters =
    "model.lora_attn_modules=q_proj,v_proj,output_proj model.apply_lora_to_mlp=true";

/// A table of torchtune: its configurations, each with its settings.
/// @{
inline constexpr torchtune_config torchtune_configs[]{
    {"gemma/2B_full", "model._component_=gemma_2b batch_size=2"},
    {"gemma/2B_lora", "model._component_=lora_gemma_2b model.lora_rank=64 batch_size=4"},
    {"gemma/2B_lora_single_device",
     "model._component_=lora_gemma_2b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"gemma/2B_qlora_single_device",
     "model._component_=qlora_gemma_2b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"gemma/7B_full", "model._component_=gemma_7b batch_size=1"},
    {"gemma/7B_lora", "model._component_=lora_gemma_7b model.lora_rank=64 batch_size=4"},
    {"gemma/7B_lora_single_device",
     "model._component_=lora_gemma_7b model.lora_rank=8 batch_size=8 gradient_accumulation_steps=8"},
    {"gemma/7B_qlora_single_device",
     "model._component_=qlora_gemma_7b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"gemma2/27B_full", "model._component_=gemma2_27b batch_size=1"},
    {"gemma2/27B_lora", "model._component_=lora_gemma2_27b model.lora_rank=64 batch_size=4"},
    {"gemma2/27B_lora_single_device",
     "model._component_=lora_gemma2_27b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"gemma2/27B_qlora_single_device",
     "model._component_=qlora_gemma2_27b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"gemma2/2B_full", "model._component_=gemma2_2b batch_size=2"},
    {"gemma2/2B_lora", "model._component_=lora_gemma2_2b model.lora_rank=64 batch_size=4"},
    {"gemma2/2B_lora_single_device",
     "model._component_=lora_gemma2_2b model.lora_rank=64 batch_size=8 gradient_accumulation_steps=8"},
    {"gemma2/2B_qlora_single_device",
     "model._component_=qlora_gemma2_2b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"gemma2/9B_full", "model._component_=gemma2_9b batch_size=1"},
    {"gemma2/9B_lora", "model._component_=lora_gemma2_9b model.lora_rank=64 batch_size=4"},
    {"gemma2/9B_lora_single_device",
     "model._component_=lora_gemma2_9b model.lora_rank=8 batch_size=8 gradient_accumulation_steps=8"},
    {"gemma2/9B_qlora_single_device",
     "model._component_=qlora_gemma2_9b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"llama2/7B_full", "model._component_=llama2_7b batch_size=2"},
    {"llama2/7B_full_low_memory",
     "model._component_=llama2_7b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true enable_activation_offloading=true"},
    {"llama2/7B_lora",
     "model._component_=lora_llama2_7b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"llama2/7B_lora_single_device",
     "model._component_=lora_llama2_7b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama2/7B_qlora",
     "model._component_=qlora_llama2_7b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama2/7B_qlora_single_device",
     "model._component_=qlora_llama2_7b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama3/70B_full",
     "model._component_=llama3_70b batch_size=2 fsdp_cpu_offload=true custom_sharded_layers=tok_embeddings,output"},
    {"llama3/70B_lora", "model._component_=lora_llama3_70b model.lora_rank=16 batch_size=2"},
    {"llama3/8B_full", "model._component_=llama3_8b batch_size=2 custom_sharded_layers=tok_embeddings,output"},
    {"llama3/8B_full_single_device",
     "model._component_=llama3_8b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW8bit "
     "optimizer_in_bwd=true"},
    {"llama3/8B_lora",
     "model._component_=lora_llama3_8b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"llama3/8B_lora_single_device",
     "model._component_=lora_llama3_8b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama3/8B_qlora_single_device",
     "model._component_=qlora_llama3_8b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama3_1/405B_qlora",
     "model._component_=qlora_llama3_1_405b model.lora_rank=16 batch_size=1 gradient_accumulation_steps=8"},
    {"llama3_1/70B_full",
     "model._component_=llama3_1_70b batch_size=2 fsdp_cpu_offload=true custom_sharded_layers=tok_embeddings,output"},
    {"llama3_1/70B_lora", "model._component_=lora_llama3_1_70b model.lora_rank=16 batch_size=2"},
    {"llama3_1/8B_full", "model._component_=llama3_1_8b batch_size=2 custom_sharded_layers=tok_embeddings,output"},
    {"llama3_1/8B_full_single_device",
     "model._component_=llama3_1_8b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW8bit "
     "optimizer_in_bwd=true"},
    {"llama3_1/8B_lora",
     "model._component_=lora_llama3_1_8b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"llama3_1/8B_lora_single_device",
     "model._component_=lora_llama3_1_8b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama3_1/8B_qlora_single_device",
     "model._component_=qlora_llama3_1_8b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama3_2/1B_full",
     "model._component_=llama3_2_1b batch_size=4 gradient_accumulation_steps=8 enable_activation_checkpointing=false"},
    {"llama3_2/1B_full_single_device",
     "model._component_=llama3_2_1b batch_size=4 optimizer._component_=bitsandbytes.optim.PagedAdamW8bit "
     "optimizer_in_bwd=true enable_activation_checkpointing=false"},
    {"llama3_2/1B_lora",
     "model._component_=lora_llama3_2_1b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"llama3_2/1B_lora_single_device",
     "model._component_=lora_llama3_2_1b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"llama3_2/1B_qlora_single_device",
     "model._component_=qlora_llama3_2_1b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"llama3_2/3B_full", "model._component_=llama3_2_3b batch_size=4 gradient_accumulation_steps=8"},
    {"llama3_2/3B_full_single_device",
     "model._component_=llama3_2_3b batch_size=4 optimizer._component_=bitsandbytes.optim.PagedAdamW8bit "
     "optimizer_in_bwd=true"},
    {"llama3_2/3B_lora",
     "model._component_=lora_llama3_2_3b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"llama3_2/3B_lora_single_device",
     "model._component_=lora_llama3_2_3b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"llama3_2/3B_qlora_single_device",
     "model._component_=qlora_llama3_2_3b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"llama3_3/70B_full",
     "model._component_=llama3_3_70b batch_size=2 fsdp_cpu_offload=true custom_sharded_layers=tok_embeddings,output"},
    {"llama3_3/70B_full_multinode",
     "model._component_=llama3_3_70b tokenizer.max_seq_len=1024 batch_size=4 compile=true tensor_parallel_dim=8 "
     "custom_sharded_layers=tok_embeddings,output"},
    {"llama3_3/70B_lora", "model._component_=lora_llama3_3_70b model.lora_rank=16 batch_size=2"},
    {"llama3_3/70B_qlora", "model._component_=qlora_llama3_3_70b model.lora_rank=16 batch_size=2"},
    {"mistral/7B_full", "model._component_=mistral_7b batch_size=2"},
    {"mistral/7B_full_low_memory",
     "model._component_=mistral_7b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true enable_activation_offloading=true"},
    {"mistral/7B_lora",
     "model._component_=lora_mistral_7b model.apply_lora_to_output=true model.lora_rank=64 batch_size=4"},
    {"mistral/7B_lora_single_device",
     "model._component_=lora_mistral_7b model.apply_lora_to_output=true model.lora_rank=64 batch_size=4 "
     "gradient_accumulation_steps=8"},
    {"mistral/7B_qlora_single_device",
     "model._component_=qlora_mistral_7b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8"},
    {"phi4/14B_full", "model._component_=phi4_14b batch_size=2 gradient_accumulation_steps=8"},
    {"phi4/14B_full_low_memory",
     "model._component_=phi4_14b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true enable_activation_offloading=true"},
    {"phi4/14B_lora",
     "model._component_=lora_phi4_14b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"phi4/14B_lora_single_device",
     "model._component_=lora_phi4_14b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"phi4/14B_qlora_single_device",
     "model._component_=qlora_phi4_14b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2_5/14B_lora_single_device",
     "model._component_=lora_qwen2_5_14b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2_5/32B_lora",
     "model._component_=lora_qwen2_5_32b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/3B_full", "model._component_=qwen2_5_3b batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2_5/3B_full_single_device",
     "model._component_=qwen2_5_3b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true"},
    {"qwen2_5/3B_lora",
     "model._component_=lora_qwen2_5_3b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/3B_lora_single_device",
     "model._component_=lora_qwen2_5_3b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2_5/72B_lora", "model._component_=lora_qwen2_5_72b_instruct model.lora_rank=8 batch_size=2"},
    {"qwen2_5/7B_full", "model._component_=qwen2_5_7b_instruct batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2_5/7B_full_single_device",
     "model._component_=qwen2_5_7b_instruct batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true"},
    {"qwen2_5/7B_lora",
     "model._component_=lora_qwen2_5_7b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/7B_lora_single_device",
     "model._component_=lora_qwen2_5_7b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama2/13B_full", "model._component_=llama2_13b batch_size=2"},
    {"llama2/13B_lora",
     "model._component_=lora_llama2_13b model.apply_lora_to_output=true model.lora_rank=8 batch_size=2 "
     "gradient_accumulation_steps=8 enable_activation_checkpointing=false"},
    {"llama2/13B_qlora_single_device",
     "model._component_=qlora_llama2_13b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"llama2/70B_lora", "model._component_=lora_llama2_70b model.lora_rank=16 batch_size=2"},
    {"llama2/70B_qlora", "model._component_=qlora_llama2_70b model.lora_rank=16 batch_size=2"},
    {"llama2/7B_lora_dpo",
     "model._component_=lora_llama2_7b model.lora_rank=8 batch_size=4 gradient_accumulation_steps=8 "
     "loss._component_=torchtune.rlhf.loss.DPOLoss "
     "dataset._component_=torchtune.datasets.stack_exchange_paired_dataset tokenizer.max_seq_len=1024"},
    {"llama2/7B_lora_dpo_single_device",
     "model._component_=lora_llama2_7b model.lora_rank=8 batch_size=4 gradient_accumulation_steps=8 "
     "loss._component_=torchtune.rlhf.loss.DPOLoss "
     "dataset._component_=torchtune.datasets.stack_exchange_paired_dataset tokenizer.max_seq_len=1024"},
    {"llama2/7B_qat_full",
     "model._component_=llama2_7b batch_size=2 quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"llama3/8B_dora",
     "model._component_=lora_llama3_8b model.lora_rank=8 model.use_dora=true batch_size=2 "
     "enable_activation_checkpointing=false"},
    {"llama3/8B_dora_single_device",
     "model._component_=lora_llama3_8b model.lora_rank=8 model.use_dora=true batch_size=2 "
     "gradient_accumulation_steps=8"},
    {"llama3/8B_qat_full",
     "model._component_=llama3_8b batch_size=2 custom_sharded_layers=tok_embeddings,output "
     "quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"llama3/8B_qat_lora",
     "model._component_=lora_llama3_8b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"llama3/8B_qdora_single_device",
     "model._component_=lora_llama3_8b model.lora_rank=8 model.use_dora=true model.quantize_base=true batch_size=2 "
     "gradient_accumulation_steps=8"},
    {"llama3_1/8B_full_dpo",
     "model._component_=llama3_1_8b batch_size=4 gradient_accumulation_steps=8 "
     "loss._component_=torchtune.rlhf.loss.DPOLoss "
     "dataset._component_=torchtune.datasets.stack_exchange_paired_dataset tokenizer.max_seq_len=1024"},
    {"llama3_1/8B_lora_dpo",
     "model._component_=lora_llama3_1_8b model.lora_rank=8 batch_size=4 gradient_accumulation_steps=8 "
     "loss._component_=torchtune.rlhf.loss.DPOLoss "
     "dataset._component_=torchtune.datasets.stack_exchange_paired_dataset tokenizer.max_seq_len=1024"},
    {"llama3_1/8B_lora_dpo_single_device",
     "model._component_=lora_llama3_1_8b model.lora_rank=8 batch_size=4 gradient_accumulation_steps=8 "
     "loss._component_=torchtune.rlhf.loss.DPOLoss "
     "dataset._component_=torchtune.datasets.stack_exchange_paired_dataset tokenizer.max_seq_len=1024"},
    {"llama3_1/8B_qat_full",
     "model._component_=llama3_1_8b batch_size=2 custom_sharded_layers=tok_embeddings,output "
     "quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"llama3_1/8B_qat_lora",
     "model._component_=lora_llama3_1_8b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"llama3_2/1B_qat_lora",
     "model._component_=lora_llama3_2_1b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"llama3_2/3B_qat_full",
     "model._component_=llama3_2_3b batch_size=4 gradient_accumulation_steps=8 "
     "quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"llama3_2/3B_qat_lora",
     "model._component_=lora_llama3_2_3b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"llama3_2/8B_to_1B_KD_lora_distributed",
     "model._component_=lora_llama3_2_1b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false loss._component_=torchtune.modules.loss.CEWithChunkedOutputLoss "
     "teacher_model._component_=llama3_1_8b"},
    {"llama3_2/8B_to_1B_KD_lora_single_device",
     "model._component_=lora_llama3_2_1b model.lora_rank=64 batch_size=4 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false loss._component_=torchtune.modules.loss.CEWithChunkedOutputLoss "
     "teacher_model._component_=llama3_1_8b"},
    {"mistral/7B_full_ppo_low_memory",
     "model._component_=mistral_7b batch_size=128 forward_batch_size=128 ppo_batch_size=128 max_generated_tokens=58 "
     "optimizer._component_=bitsandbytes.optim.PagedAdamW optimizer_in_bwd=true "
     "loss._component_=torchtune.rlhf.loss.PPOLoss dataset._component_=torchtune.datasets.text_completion_dataset "
     "tokenizer.max_seq_len=512 compile=true"},
    {"phi3/mini_full", "model._component_=phi3_mini batch_size=2 gradient_accumulation_steps=8"},
    {"phi3/mini_full_low_memory",
     "model._component_=phi3_mini batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true enable_activation_offloading=true"},
    {"phi3/mini_lora",
     "model._component_=lora_phi3_mini model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"phi3/mini_lora_single_device",
     "model._component_=lora_phi3_mini model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"phi3/mini_qlora_single_device",
     "model._component_=qlora_phi3_mini model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2/0.5B_full",
     "model._component_=qwen2_0_5b batch_size=2 gradient_accumulation_steps=8 enable_activation_checkpointing=false"},
    {"qwen2/0.5B_full_single_device", "model._component_=qwen2_0_5b batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2/0.5B_lora",
     "model._component_=lora_qwen2_0_5b model.lora_rank=32 batch_size=4 gradient_accumulation_steps=8"},
    {"qwen2/0.5B_lora_single_device",
     "model._component_=lora_qwen2_0_5b model.lora_rank=32 batch_size=4 gradient_accumulation_steps=8"},
    {"qwen2/1.5B_full", "model._component_=qwen2_1_5b batch_size=2 enable_activation_checkpointing=false"},
    {"qwen2/1.5B_full_single_device",
     "model._component_=qwen2_1_5b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true"},
    {"qwen2/1.5B_lora",
     "model._component_=lora_qwen2_1_5b model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2/1.5B_lora_single_device",
     "model._component_=lora_qwen2_1_5b model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2/1.5_to_0.5B_KD_lora_distributed",
     "model._component_=lora_qwen2_0_5b model.lora_rank=32 batch_size=8 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false loss._component_=torchtune.modules.loss.CEWithChunkedOutputLoss "
     "teacher_model._component_=qwen2_1_5b"},
    {"qwen2/1.5_to_0.5B_KD_lora_single_device",
     "model._component_=lora_qwen2_0_5b model.lora_rank=32 batch_size=8 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false loss._component_=torchtune.modules.loss.CEWithChunkedOutputLoss "
     "teacher_model._component_=qwen2_1_5b"},
    {"qwen2/7B_full", "model._component_=qwen2_7b batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2/7B_full_single_device",
     "model._component_=qwen2_7b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true"},
    {"qwen2/7B_lora",
     "model._component_=lora_qwen2_7b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2/7B_lora_single_device",
     "model._component_=lora_qwen2_7b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen2_5/0.5B_full",
     "model._component_=qwen2_5_0_5b batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/0.5B_full_single_device",
     "model._component_=qwen2_5_0_5b batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/0.5B_lora",
     "model._component_=lora_qwen2_5_0_5b model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/0.5B_lora_single_device",
     "model._component_=lora_qwen2_5_0_5b model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/1.5B_full", "model._component_=qwen2_5_1_5b_instruct batch_size=2"},
    {"qwen2_5/1.5B_full_single_device",
     "model._component_=qwen2_5_1_5b_instruct batch_size=4 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true"},
    {"qwen2_5/1.5B_lora",
     "model._component_=lora_qwen2_5_1_5b_instruct model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/1.5B_lora_single_device",
     "model._component_=lora_qwen2_5_1_5b_instruct model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen2_5/1.5B_qat_single_device",
     "model._component_=qwen2_5_1_5b_instruct batch_size=1 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen2_5/14B_to_7B_KD_lora_single_device",
     "model._component_=lora_qwen2_5_7b model.lora_rank=64 batch_size=2 gradient_accumulation_steps=8 "
     "loss._component_=torchtune.modules.loss.CEWithChunkedOutputLoss "
     "teacher_model._component_=lora_qwen2_5_14b_instruct"},
    {"qwen2_5/3B_qat_single_device",
     "model._component_=qwen2_5_3b batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/0.6B_full",
     "model._component_=qwen3_0_6b_instruct batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/0.6B_full_single_device",
     "model._component_=qwen3_0_6b_instruct batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/0.6B_lora",
     "model._component_=lora_qwen3_0_6b_instruct model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/0.6B_lora_single_device",
     "model._component_=lora_qwen3_0_6b_instruct model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/0.6B_qat_full",
     "model._component_=qwen3_0_6b_instruct batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/0.6B_qat_lora",
     "model._component_=lora_qwen3_0_6b_instruct model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/1.7B_full", "model._component_=qwen3_1_7b_instruct batch_size=2 enable_activation_checkpointing=false"},
    {"qwen3/1.7B_full_single_device",
     "model._component_=qwen3_1_7b_instruct batch_size=4 enable_activation_checkpointing=false"},
    {"qwen3/1.7B_lora",
     "model._component_=lora_qwen3_1_7b_instruct model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/1.7B_lora_single_device",
     "model._component_=lora_qwen3_1_7b_instruct model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/1.7B_qat_full",
     "model._component_=qwen3_1_7b_instruct batch_size=2 enable_activation_checkpointing=false "
     "quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/1.7B_qat_lora",
     "model._component_=lora_qwen3_1_7b_instruct model.lora_rank=32 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/14B_lora_single_device",
     "model._component_=lora_qwen3_14b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen3/14B_to_8B_KD_lora_single_device",
     "model._component_=lora_qwen3_8b_base model.lora_rank=64 batch_size=2 gradient_accumulation_steps=8 "
     "loss._component_=torchtune.modules.loss.CEWithChunkedOutputLoss teacher_model._component_=qwen3_14b_instruct"},
    {"qwen3/32B_lora",
     "model._component_=lora_qwen3_32b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/32B_qat_lora",
     "model._component_=lora_qwen3_32b model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/4B_full", "model._component_=qwen3_4b_instruct batch_size=2 gradient_accumulation_steps=8"},
    {"qwen3/4B_full_single_device", "model._component_=qwen3_4b_instruct batch_size=2"},
    {"qwen3/4B_lora",
     "model._component_=lora_qwen3_4b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/4B_lora_single_device",
     "model._component_=lora_qwen3_4b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen3/4B_qat_full",
     "model._component_=qwen3_4b_instruct batch_size=2 gradient_accumulation_steps=8 "
     "quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/4B_qat_lora",
     "model._component_=lora_qwen3_4b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/8B_full", "model._component_=qwen3_8b_instruct batch_size=2 gradient_accumulation_steps=8"},
    {"qwen3/8B_full_single_device",
     "model._component_=qwen3_8b_instruct batch_size=2 optimizer._component_=bitsandbytes.optim.PagedAdamW "
     "optimizer_in_bwd=true"},
    {"qwen3/8B_lora",
     "model._component_=lora_qwen3_8b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false"},
    {"qwen3/8B_lora_single_device",
     "model._component_=lora_qwen3_8b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8"},
    {"qwen3/8B_qat_full",
     "model._component_=qwen3_8b_instruct batch_size=2 gradient_accumulation_steps=8 "
     "quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
    {"qwen3/8B_qat_lora",
     "model._component_=lora_qwen3_8b_instruct model.lora_rank=8 batch_size=2 gradient_accumulation_steps=8 "
     "enable_activation_checkpointing=false quantizer._component_=Int8DynActInt4WeightQATQuantizer"},
};
/// @}

/// Returns the configuration of a name; null if it is not listed.
[[nodiscard]] constexpr const torchtune_config* torchtune_config_named(std::string_view name) {
    for (const torchtune_config& each : torchtune_configs)
        if (each.name == name) return &each;
    return nullptr;
}

}  // namespace cardfit::io::imports
