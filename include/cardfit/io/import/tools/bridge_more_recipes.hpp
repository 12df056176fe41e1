// SPDX-License-Identifier: MIT
#pragma once

// Recipes that Megatron-Bridge names for fine-tuning, whole and by LoRA, and for mixtures of experts and further models
// (src/megatron/bridge/recipes/*/h100/ at 067f987d, August 2026): Llama, Qwen, gpt-oss, GLM 4.5, DeepSeek V2 and V3,
// Gemma 2 and 3. What a recipe of fine-tuning leaves out is in recipes/common.py: packed rows, gradients in fp32, and
// adapters of rank 32 on every linear layer. The optimizer is distributed where either of two switches is on
// (training/config.py).

#include <cardfit/io/import/tools/megatron_swift.hpp>

namespace cardfit::io::imports {

/// A recipe by its names, with spaces between, with its settings, KEY=VALUE.
struct bridge_recipe {
    std::string_view names{};     ///< as the tool has them
    std::string_view settings{};  ///< KEY=VALUE, with spaces between
};

/// Recipes of Megatron-Bridge, each with its settings.
/// @{
inline constexpr bridge_recipe bridge_more_recipes[]{
    {"deepseek_v2_lite_pretrain_8gpu_h100_bf16_config deepseek_v2_lite_pretrain_config",
     "hf_path=deepseek-ai/DeepSeek-V2-Lite model.expert_model_parallel_size=8 model.seq_length=4096 "
     "train.global_batch_size=512 train.micro_batch_size=1 model.recompute_granularity=full "
     "model.recompute_method=uniform model.recompute_num_layers=1 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te"},
    {"deepseek_v2_pretrain_128gpu_h100_bf16_config deepseek_v2_pretrain_config",
     "hf_path=deepseek-ai/DeepSeek-V2 model.pipeline_model_parallel_size=4 model.expert_model_parallel_size=32 "
     "model.seq_length=4096 train.global_batch_size=512 train.micro_batch_size=1 model.recompute_granularity=full "
     "model.recompute_method=uniform model.recompute_num_layers=1 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te"},
    {"gemma2_27b_peft_4gpu_h100_bf16_config gemma2_27b_peft_config",
     "model.tensor_model_parallel_size=4 model.seq_length=2048 train.global_batch_size=128 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true peft.dim=32 "
     "ddp.use_distributed_optimizer=false"},
    {"gemma2_27b_pretrain_16gpu_h100_bf16_config gemma2_27b_pretrain_config",
     "hf_path=google/gemma-2-27b model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=2 "
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"gemma2_27b_sft_16gpu_h100_bf16_config gemma2_27b_sft_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=2 model.seq_length=2048 "
     "train.global_batch_size=128 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"gemma2_2b_peft_1gpu_h100_bf16_config gemma2_2b_peft_config",
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32 ddp.use_distributed_optimizer=false"},
    {"gemma2_2b_pretrain_2gpu_h100_bf16_config gemma2_2b_pretrain_config",
     "hf_path=google/gemma-2-2b model.tensor_model_parallel_size=2 model.seq_length=4096 "
     "train.global_batch_size=32 train.micro_batch_size=2 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"gemma2_2b_sft_1gpu_h100_bf16_config gemma2_2b_sft_config",
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"gemma2_9b_peft_1gpu_h100_bf16_config gemma2_9b_peft_config",
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32 ddp.use_distributed_optimizer=false"},
    {"gemma2_9b_pretrain_8gpu_h100_bf16_config gemma2_9b_pretrain_config",
     "hf_path=google/gemma-2-9b model.tensor_model_parallel_size=8 model.seq_length=4096 "
     "train.global_batch_size=32 train.micro_batch_size=2 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"gemma2_9b_sft_4gpu_h100_bf16_config gemma2_9b_sft_config",
     "model.tensor_model_parallel_size=4 model.seq_length=2048 train.global_batch_size=128 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"gemma3_1b_peft_1gpu_h100_bf16_config gemma3_1b_peft_config",
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=1 peft.dim=32"},
    {"gemma3_1b_sft_1gpu_h100_bf16_config gemma3_1b_sft_config",
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true"},
    {"glm45_355b_peft_16gpu_h100_bf16_config glm45_355b_peft_config",
     "model.tensor_model_parallel_size=2 model.pipeline_model_parallel_size=4 model.expert_model_parallel_size=4 "
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"glm45_355b_pretrain_128gpu_h100_bf16_config glm45_355b_pretrain_config",
     "hf_path=zai-org/GLM-4.5 model.tensor_model_parallel_size=2 model.pipeline_model_parallel_size=8 "
     "model.expert_model_parallel_size=16 model.sequence_parallel=true model.seq_length=4096 "
     "train.global_batch_size=2048 train.micro_batch_size=1 model.recompute_granularity=selective "
     "model.cross_entropy_loss_fusion=true"},
    {"glm45_355b_sft_128gpu_h100_bf16_config glm45_355b_sft_config",
     "model.tensor_model_parallel_size=2 model.pipeline_model_parallel_size=8 model.expert_model_parallel_size=16 "
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"glm45_air_106b_peft_8gpu_h100_bf16_config glm45_air_106b_peft_config",
     "model.pipeline_model_parallel_size=2 model.expert_model_parallel_size=4 model.seq_length=2048 "
     "train.global_batch_size=128 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"glm45_air_106b_pretrain_32gpu_h100_bf16_config glm45_air_106b_pretrain_config",
     "hf_path=zai-org/GLM-4.5-Air model.pipeline_model_parallel_size=4 model.expert_model_parallel_size=8 "
     "model.sequence_parallel=true model.seq_length=4096 train.global_batch_size=2048 train.micro_batch_size=1 "
     "model.recompute_granularity=selective model.cross_entropy_loss_fusion=true"},
    {"glm45_air_106b_sft_32gpu_h100_bf16_config glm45_air_106b_sft_config",
     "model.pipeline_model_parallel_size=4 model.expert_model_parallel_size=8 model.seq_length=2048 "
     "train.global_batch_size=128 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"gpt_oss_120b_peft_8gpu_h100_bf16_config gpt_oss_120b_peft_config",
     "model.expert_model_parallel_size=8 model.seq_length=2048 train.global_batch_size=128 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"gpt_oss_120b_pretrain_64gpu_h100_bf16_config gpt_oss_120b_pretrain_config",
     "hf_path=openai/gpt-oss-120b model.tensor_model_parallel_size=2 model.pipeline_model_parallel_size=4 "
     "model.expert_model_parallel_size=16 model.sequence_parallel=true model.seq_length=4096 "
     "train.global_batch_size=512 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true"},
    {"gpt_oss_120b_sft_32gpu_h100_bf16_config gpt_oss_120b_sft_config",
     "model.pipeline_model_parallel_size=4 model.expert_model_parallel_size=8 model.seq_length=2048 "
     "train.global_batch_size=128 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"gpt_oss_120b_sft_48gpu_h100_bf16_32k_config gpt_oss_120b_sft_32k_config",
     "model.tensor_model_parallel_size=2 model.pipeline_model_parallel_size=6 model.context_parallel_size=4 "
     "model.expert_model_parallel_size=4 model.sequence_parallel=true model.seq_length=32768 "
     "train.global_batch_size=4 train.micro_batch_size=1 model.recompute_granularity=selective "
     "model.recompute_modules=moe_act ddp.grad_reduce_in_fp32=false"},
    {"gpt_oss_20b_peft_1gpu_h100_bf16_config gpt_oss_20b_peft_config",
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"gpt_oss_20b_pretrain_16gpu_h100_bf16_config gpt_oss_20b_pretrain_config",
     "hf_path=openai/gpt-oss-20b model.tensor_model_parallel_size=2 model.pipeline_model_parallel_size=4 "
     "model.expert_model_parallel_size=4 model.sequence_parallel=true model.seq_length=4096 "
     "train.global_batch_size=512 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true"},
    {"gpt_oss_20b_sft_8gpu_h100_bf16_32k_config gpt_oss_20b_sft_32k_config",
     "model.expert_model_parallel_size=8 model.seq_length=32768 train.global_batch_size=32 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"gpt_oss_20b_sft_8gpu_h100_bf16_config gpt_oss_20b_sft_config",
     "model.expert_model_parallel_size=8 model.seq_length=2048 train.global_batch_size=128 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"llama2_7b_pretrain_2gpu_h100_bf16_config llama2_7b_pretrain_config",
     "hf_path=meta-llama/Llama-2-7b-hf model.tensor_model_parallel_size=2 model.seq_length=4096 "
     "train.global_batch_size=512 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true"},
    {"llama31_405b_peft_32gpu_h100_bf16_config llama31_405b_peft_config",
     "model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=8 "
     "model.virtual_pipeline_model_parallel_size=8 model.sequence_parallel=true model.seq_length=2048 "
     "train.global_batch_size=32 train.micro_batch_size=1 ddp.grad_reduce_in_fp32=false peft.dim=32 "
     "ddp.use_distributed_optimizer=false"},
    {"llama31_405b_sft_128gpu_h100_bf16_config llama31_405b_sft_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=16 model.sequence_parallel=true "
     "model.seq_length=2048 train.global_batch_size=16 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"llama31_70b_peft_8gpu_h100_bf16_config llama31_70b_peft_config",
     "model.tensor_model_parallel_size=8 model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 "
     "ddp.grad_reduce_in_fp32=false peft.dim=32 ddp.use_distributed_optimizer=false"},
    {"llama31_70b_sft_32gpu_h100_bf16_config llama31_70b_sft_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=4 model.seq_length=4096 "
     "train.global_batch_size=8 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"llama31_8b_peft_1gpu_h100_bf16_config llama31_8b_peft_config",
     "model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 ddp.grad_reduce_in_fp32=false "
     "peft.dim=32 ddp.use_distributed_optimizer=false"},
    {"llama31_8b_sft_2gpu_h100_bf16_config llama31_8b_sft_config",
     "model.tensor_model_parallel_size=2 model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"llama32_1b_peft_1gpu_h100_bf16_config llama32_1b_peft_config",
     "model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 ddp.grad_reduce_in_fp32=false "
     "peft.dim=32 ddp.use_distributed_optimizer=false"},
    {"llama32_1b_sft_1gpu_h100_bf16_config llama32_1b_sft_config",
     "model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"llama32_3b_peft_1gpu_h100_bf16_config llama32_3b_peft_config",
     "model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 ddp.grad_reduce_in_fp32=false "
     "peft.dim=32 ddp.use_distributed_optimizer=false"},
    {"llama32_3b_sft_1gpu_h100_bf16_config llama32_3b_sft_config",
     "model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"llama3_70b_peft_8gpu_h100_bf16_config llama3_70b_peft_config",
     "model.tensor_model_parallel_size=8 model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 "
     "ddp.grad_reduce_in_fp32=false peft.dim=32 ddp.use_distributed_optimizer=false"},
    {"llama3_70b_sft_32gpu_h100_bf16_config llama3_70b_sft_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=4 model.seq_length=4096 "
     "train.global_batch_size=8 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"llama3_8b_peft_1gpu_h100_bf16_config llama3_8b_peft_config",
     "model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 ddp.grad_reduce_in_fp32=false "
     "peft.dim=32 ddp.use_distributed_optimizer=false"},
    {"llama3_8b_sft_2gpu_h100_bf16_config llama3_8b_sft_config",
     "model.tensor_model_parallel_size=2 model.seq_length=4096 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen25_14b_peft_1gpu_h100_bf16_config qwen25_14b_peft_config",
     "hf_path=Qwen/Qwen2.5-14B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen25_14b_sft_4gpu_h100_bf16_config qwen25_14b_sft_config",
     "hf_path=Qwen/Qwen2.5-14B model.tensor_model_parallel_size=4 model.seq_length=2048 "
     "train.global_batch_size=128 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"qwen25_1p5b_peft_1gpu_h100_bf16_config qwen25_1p5b_peft_config",
     "hf_path=Qwen/Qwen2.5-1.5B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen25_1p5b_sft_1gpu_h100_bf16_config qwen25_1p5b_sft_config",
     "hf_path=Qwen/Qwen2.5-1.5B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen25_32b_peft_8gpu_h100_bf16_config qwen25_32b_peft_config",
     "hf_path=Qwen/Qwen2.5-32B model.tensor_model_parallel_size=8 model.seq_length=2048 "
     "train.global_batch_size=128 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen25_32b_sft_16gpu_h100_bf16_config qwen25_32b_sft_config",
     "hf_path=Qwen/Qwen2.5-32B model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=2 "
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen25_500m_peft_1gpu_h100_bf16_config qwen25_500m_peft_config",
     "hf_path=Qwen/Qwen2.5-0.5B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen25_500m_sft_1gpu_h100_bf16_config qwen25_500m_sft_config",
     "hf_path=Qwen/Qwen2.5-0.5B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen25_72b_peft_8gpu_h100_bf16_config qwen25_72b_peft_config",
     "hf_path=Qwen/Qwen2.5-72B model.tensor_model_parallel_size=8 model.seq_length=2048 "
     "train.global_batch_size=128 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen25_72b_sft_32gpu_h100_bf16_config qwen25_72b_sft_config",
     "hf_path=Qwen/Qwen2.5-72B model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=4 "
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen25_7b_peft_1gpu_h100_bf16_config qwen25_7b_peft_config",
     "hf_path=Qwen/Qwen2.5-7B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen25_7b_sft_2gpu_h100_bf16_config qwen25_7b_sft_config",
     "hf_path=Qwen/Qwen2.5-7B model.tensor_model_parallel_size=2 model.seq_length=2048 "
     "train.global_batch_size=128 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"qwen2_1p5b_peft_1gpu_h100_bf16_config qwen2_1p5b_peft_config",
     "hf_path=Qwen/Qwen2-1.5B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen2_1p5b_sft_1gpu_h100_bf16_config qwen2_1p5b_sft_config",
     "hf_path=Qwen/Qwen2-1.5B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen2_500m_peft_1gpu_h100_bf16_config qwen2_500m_peft_config",
     "hf_path=Qwen/Qwen2-0.5B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen2_500m_sft_1gpu_h100_bf16_config qwen2_500m_sft_config",
     "hf_path=Qwen/Qwen2-0.5B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen2_72b_peft_8gpu_h100_bf16_config qwen2_72b_peft_config",
     "hf_path=Qwen/Qwen2-72B model.tensor_model_parallel_size=8 model.seq_length=2048 train.global_batch_size=128 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen2_72b_sft_32gpu_h100_bf16_config qwen2_72b_sft_config",
     "hf_path=Qwen/Qwen2-72B model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=4 "
     "model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen2_7b_peft_1gpu_h100_bf16_config qwen2_7b_peft_config",
     "hf_path=Qwen/Qwen2-7B model.seq_length=2048 train.global_batch_size=128 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen2_7b_sft_2gpu_h100_bf16_config qwen2_7b_sft_config",
     "hf_path=Qwen/Qwen2-7B model.tensor_model_parallel_size=2 model.seq_length=2048 train.global_batch_size=128 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen3_14b_peft_1gpu_h100_bf16_config qwen3_14b_peft_config",
     "hf_path=Qwen/Qwen3-14B model.seq_length=2048 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"qwen3_14b_sft_8gpu_h100_bf16_config qwen3_14b_sft_config",
     "hf_path=Qwen/Qwen3-14B model.tensor_model_parallel_size=8 model.seq_length=2048 train.global_batch_size=8 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen3_1p7b_peft_1gpu_h100_bf16_config qwen3_1p7b_peft_config",
     "hf_path=Qwen/Qwen3-1.7B model.seq_length=2048 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"qwen3_1p7b_sft_1gpu_h100_bf16_config qwen3_1p7b_sft_config",
     "hf_path=Qwen/Qwen3-1.7B model.seq_length=2048 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen3_235b_a22b_peft_16gpu_h100_bf16_config qwen3_235b_a22b_peft_config",
     "hf_path=Qwen/Qwen3-235B-A22B model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=4 "
     "model.expert_model_parallel_size=4 model.sequence_parallel=true model.seq_length=2048 "
     "train.global_batch_size=32 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te peft.dim=32"},
    {"qwen3_235b_a22b_pretrain_256gpu_h100_bf16_config qwen3_235b_a22b_pretrain_config",
     "hf_path=Qwen/Qwen3-235B-A22B model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=16 "
     "model.context_parallel_size=2 model.expert_model_parallel_size=8 model.sequence_parallel=true "
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen3_235b_a22b_sft_64gpu_h100_bf16_config qwen3_235b_a22b_sft_config",
     "hf_path=Qwen/Qwen3-235B-A22B model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=16 "
     "model.expert_model_parallel_size=4 model.sequence_parallel=true model.seq_length=2048 "
     "train.global_batch_size=32 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te"},
    {"qwen3_30b_a3b_peft_4gpu_h100_bf16_config qwen3_30b_a3b_peft_config",
     "model.tensor_model_parallel_size=4 model.expert_model_parallel_size=4 model.sequence_parallel=true "
     "model.seq_length=2048 train.global_batch_size=32 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te peft.dim=32"},
    {"qwen3_30b_a3b_pretrain_16gpu_h100_bf16_config qwen3_30b_a3b_pretrain_config",
     "model.expert_model_parallel_size=16 model.seq_length=4096 train.global_batch_size=1024 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te "
     "ddp.grad_reduce_in_fp32=false"},
    {"qwen3_30b_a3b_pretrain_8gpu_h100_bf16_config",
     "model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=2 model.expert_model_parallel_size=4 "
     "model.sequence_parallel=true model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 "
     "model.recompute_granularity=full model.recompute_method=uniform model.recompute_num_layers=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen3_30b_a3b_sft_16gpu_h100_bf16_config qwen3_30b_a3b_sft_config",
     "model.expert_model_parallel_size=16 model.seq_length=2048 train.global_batch_size=32 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen3_30b_a3b_sft_8gpu_h100_bf16_config",
     "model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=2 model.expert_model_parallel_size=4 "
     "model.sequence_parallel=true model.seq_length=2048 train.global_batch_size=32 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen3_32b_peft_1gpu_h100_bf16_config qwen3_32b_peft_config",
     "hf_path=Qwen/Qwen3-32B model.seq_length=2048 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.recompute_granularity=full model.recompute_method=uniform model.recompute_num_layers=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"qwen3_32b_sft_16gpu_h100_bf16_config qwen3_32b_sft_config",
     "hf_path=Qwen/Qwen3-32B model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=2 "
     "model.seq_length=2048 train.global_batch_size=8 train.micro_batch_size=1 model.recompute_granularity=full "
     "model.recompute_method=uniform model.recompute_num_layers=1 model.cross_entropy_loss_fusion=true "
     "ddp.grad_reduce_in_fp32=false"},
    {"qwen3_4b_peft_1gpu_h100_bf16_config qwen3_4b_peft_config",
     "hf_path=Qwen/Qwen3-4B model.seq_length=2048 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"qwen3_4b_sft_2gpu_h100_bf16_config qwen3_4b_sft_config",
     "hf_path=Qwen/Qwen3-4B model.tensor_model_parallel_size=2 model.seq_length=2048 train.global_batch_size=8 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen3_600m_peft_1gpu_h100_bf16_config qwen3_600m_peft_config",
     "hf_path=Qwen/Qwen3-0.6B model.seq_length=2048 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false peft.dim=32"},
    {"qwen3_600m_sft_1gpu_h100_bf16_config qwen3_600m_sft_config",
     "hf_path=Qwen/Qwen3-0.6B model.seq_length=2048 train.global_batch_size=8 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true ddp.grad_reduce_in_fp32=false"},
    {"qwen3_600m_sft_8gpu_h100_bf16_128k_config qwen3_600m_sft_128k_config",
     "model.context_parallel_size=8 model.seq_length=131072 train.global_batch_size=2 train.micro_batch_size=1 "
     "ddp.grad_reduce_in_fp32=false ddp.use_distributed_optimizer=false"},
    {"qwen3_8b_peft_1gpu_h100_bf16_config qwen3_8b_peft_config",
     "model.seq_length=2048 train.global_batch_size=32 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true peft.dim=32"},
    {"qwen3_8b_pretrain_16gpu_h100_bf16_config qwen3_8b_pretrain_config",
     "model.seq_length=4096 train.global_batch_size=1024 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te ddp.grad_reduce_in_fp32=false"},
    {"qwen3_8b_sft_4gpu_h100_bf16_config qwen3_8b_sft_config",
     "model.tensor_model_parallel_size=4 model.seq_length=2048 train.global_batch_size=32 "
     "train.micro_batch_size=1 model.cross_entropy_loss_fusion=true"},
    {"qwen3_8b_sft_8gpu_h100_bf16_32k_config qwen3_8b_sft_32k_config",
     "model.tensor_model_parallel_size=4 model.context_parallel_size=2 model.sequence_parallel=true "
     "model.seq_length=32768 train.global_batch_size=8 train.micro_batch_size=1"},
    {"qwen3_next_80b_a3b_pretrain_32gpu_h100_bf16_config qwen3_next_80b_a3b_pretrain_config",
     "hf_path=Qwen/Qwen3-Next-80B-A3B-Instruct model.pipeline_model_parallel_size=4 "
     "model.expert_model_parallel_size=8 model.seq_length=4096 train.global_batch_size=32 "
     "train.micro_batch_size=2 model.recompute_granularity=selective "
     "model.recompute_modules=layernorm,moe,moe_act model.cross_entropy_loss_fusion=true"},
    {"qwen3_next_80b_a3b_sft_16gpu_h100_bf16_config qwen3_next_80b_a3b_sft_config",
     "hf_path=Qwen/Qwen3-Next-80B-A3B-Instruct model.pipeline_model_parallel_size=2 "
     "model.expert_model_parallel_size=8 model.seq_length=2048 train.global_batch_size=64 "
     "train.micro_batch_size=1 model.recompute_granularity=selective "
     "model.recompute_modules=layernorm,moe,moe_act model.cross_entropy_loss_fusion=true"},
};
/// @}

}  // namespace cardfit::io::imports
