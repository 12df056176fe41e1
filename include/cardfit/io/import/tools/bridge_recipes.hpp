// SPDX-License-Identifier: MIT
#pragma once

// Recipes that Megatron-Bridge names for pretraining Llama 3 and Qwen (src/megatron/bridge/recipes/{llama,qwen}/h100/
// at 067f987d, August 2026), in the settings of its override files. What a recipe leaves out is 32 sequences per step,
// two per micro-batch, and gradients in fp32 (recipes/common.py).

#include <cardfit/io/import/tools/bridge_more_recipes.hpp>

namespace cardfit::io::imports {

/// A table of Megatron-Bridge: its recipes, each with its settings.
/// @{
inline constexpr bridge_recipe bridge_recipes[]{
    {"llama32_1b_pretrain_1gpu_h100_bf16_config llama32_1b_pretrain_config",
     "model.seq_length=8192 train.global_batch_size=512 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te"},
    {"llama32_3b_pretrain_1gpu_h100_bf16_config llama32_3b_pretrain_config",
     "model.seq_length=8192 train.global_batch_size=512 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te"},
    {"llama3_8b_pretrain_2gpu_h100_bf16_config llama3_8b_pretrain_config",
     "model.context_parallel_size=2 model.seq_length=8192 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"llama3_8b_pretrain_16gpu_h100_bf16_16k_config llama3_8b_16k_pretrain_config",
     "model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=2 model.context_parallel_size=2 "
     "model.sequence_parallel=true model.seq_length=16384 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"llama3_8b_pretrain_32gpu_h100_bf16_64k_config llama3_8b_64k_pretrain_config",
     "model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=2 model.context_parallel_size=4 "
     "model.sequence_parallel=true model.seq_length=65536 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"llama3_8b_pretrain_64gpu_h100_bf16_128k_config llama3_8b_128k_pretrain_config",
     "model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=2 model.context_parallel_size=8 "
     "model.sequence_parallel=true model.seq_length=131072 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"llama3_70b_pretrain_32gpu_h100_bf16_config llama3_70b_pretrain_config",
     "model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=4 "
     "model.virtual_pipeline_model_parallel_size=5 model.context_parallel_size=2 model.sequence_parallel=true "
     "model.seq_length=8192 train.global_batch_size=512 train.micro_batch_size=1 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te"},
    {"llama3_70b_pretrain_32gpu_h100_bf16_16k_config llama3_70b_16k_pretrain_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=2 model.context_parallel_size=2 "
     "model.sequence_parallel=true model.seq_length=16384 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"llama3_70b_pretrain_256gpu_h100_bf16_64k_config llama3_70b_64k_pretrain_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=4 model.context_parallel_size=8 "
     "model.sequence_parallel=true model.seq_length=65536 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"llama31_8b_pretrain_2gpu_h100_bf16_config llama31_8b_pretrain_config",
     "model.context_parallel_size=2 model.seq_length=8192 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"llama31_70b_pretrain_32gpu_h100_bf16_config llama31_70b_pretrain_config",
     "model.tensor_model_parallel_size=4 model.pipeline_model_parallel_size=4 "
     "model.virtual_pipeline_model_parallel_size=5 model.context_parallel_size=2 model.sequence_parallel=true "
     "model.seq_length=131072 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"llama31_405b_pretrain_256gpu_h100_bf16_config llama31_405b_pretrain_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=8 "
     "model.virtual_pipeline_model_parallel_size=2 model.context_parallel_size=4 model.sequence_parallel=true "
     "model.seq_length=131072 train.global_batch_size=512 train.micro_batch_size=1 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen3_600m_pretrain_1gpu_h100_bf16_config qwen3_600m_pretrain_config",
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te"},
    {"qwen3_1p7b_pretrain_1gpu_h100_bf16_config qwen3_1p7b_pretrain_config",
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 model.cross_entropy_loss_fusion=true "
     "cross_entropy_fusion_impl=te"},
    {"qwen3_4b_pretrain_2gpu_h100_bf16_config qwen3_4b_pretrain_config",
     "model.tensor_model_parallel_size=2 model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen3_8b_pretrain_4gpu_h100_bf16_config",
     "model.tensor_model_parallel_size=4 model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen3_14b_pretrain_8gpu_h100_bf16_config qwen3_14b_pretrain_config",
     "model.tensor_model_parallel_size=8 model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen3_32b_pretrain_16gpu_h100_bf16_config qwen3_32b_pretrain_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=2 model.seq_length=4096 "
     "train.global_batch_size=32 train.micro_batch_size=2 model.recompute_granularity=full "
     "model.cross_entropy_loss_fusion=true cross_entropy_fusion_impl=te"},
    {"qwen2_500m_pretrain_1gpu_h100_bf16_config qwen2_500m_pretrain_config",
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 ddp.grad_reduce_in_fp32=false "
     "model.cross_entropy_loss_fusion=true"},
    {"qwen2_1p5b_pretrain_1gpu_h100_bf16_config qwen2_1p5b_pretrain_config",
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 ddp.grad_reduce_in_fp32=false "
     "model.cross_entropy_loss_fusion=true"},
    {"qwen2_7b_pretrain_2gpu_h100_bf16_config qwen2_7b_pretrain_config",
     "model.tensor_model_parallel_size=2 model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 "
     "ddp.grad_reduce_in_fp32=false model.cross_entropy_loss_fusion=true"},
    {"qwen2_72b_pretrain_32gpu_h100_bf16_config qwen2_72b_pretrain_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=4 model.seq_length=4096 "
     "train.global_batch_size=32 train.micro_batch_size=2 ddp.grad_reduce_in_fp32=false "
     "model.cross_entropy_loss_fusion=true"},
    {"qwen25_500m_pretrain_1gpu_h100_bf16_config qwen25_500m_pretrain_config",
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 ddp.grad_reduce_in_fp32=false "
     "model.cross_entropy_loss_fusion=true"},
    {"qwen25_1p5b_pretrain_1gpu_h100_bf16_config qwen25_1p5b_pretrain_config",
     "model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 ddp.grad_reduce_in_fp32=false "
     "model.cross_entropy_loss_fusion=true"},
    {"qwen25_7b_pretrain_2gpu_h100_bf16_config qwen25_7b_pretrain_config",
     "model.tensor_model_parallel_size=2 model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 "
     "ddp.grad_reduce_in_fp32=false model.cross_entropy_loss_fusion=true"},
    {"qwen25_14b_pretrain_4gpu_h100_bf16_config qwen25_14b_pretrain_config",
     "model.tensor_model_parallel_size=4 model.seq_length=4096 train.global_batch_size=32 train.micro_batch_size=2 "
     "ddp.grad_reduce_in_fp32=false model.cross_entropy_loss_fusion=true"},
    {"qwen25_32b_pretrain_16gpu_h100_bf16_config qwen25_32b_pretrain_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=2 model.seq_length=4096 "
     "train.global_batch_size=32 train.micro_batch_size=2 ddp.grad_reduce_in_fp32=false "
     "model.cross_entropy_loss_fusion=true"},
    {"qwen25_72b_pretrain_32gpu_h100_bf16_config qwen25_72b_pretrain_config",
     "model.tensor_model_parallel_size=8 model.pipeline_model_parallel_size=4 model.seq_length=4096 "
     "train.global_batch_size=32 train.micro_batch_size=2 ddp.grad_reduce_in_fp32=false "
     "model.cross_entropy_loss_fusion=true"},
};
/// @}

/// Returns the recipe of a name; null if it is not listed.
[[nodiscard]] constexpr const bridge_recipe* bridge_recipe_named(std::string_view name) {
    for (const bridge_recipe& each : bridge_recipes)
        if (lists(each.names, name)) return &each;
    for (const bridge_recipe& each : bridge_more_recipes)
        if (lists(each.names, name)) return &each;
    return nullptr;
}

}  // namespace cardfit::io::imports
