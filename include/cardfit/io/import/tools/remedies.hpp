// SPDX-License-Identifier: MIT
#pragma once

// Changes of a job that several settings of a tool make together, in the tool's own words: how the weights are divided
// and what is on the host, adapters, and Megatron's recompute. The files of DeepSpeed's settings are those that the
// tools' repositories have (axolotl's deepspeed_configs/, LLaMA-Factory's examples/deepspeed/, ms-swift's names, TRL's
// accelerate_configs/, 2026-07 and 2026-08).

#include <string_view>

namespace cardfit::io::imports {

/// A division of the weights, with what is on the host, as one setting.
struct division_words {
    std::string_view tool{};      ///< name of the tool
    std::string_view sharding{};  ///< word of `layout.sharding`
    std::string_view offload{};   ///< word of `training.offload`
    std::string_view written{};   ///< as the tool is given it
};
/// A table of what remedies are called in the settings of other tools.
/// @{
inline constexpr division_words divisions[]{
    {"transformers", "full", "full", "--fsdp \"full_shard offload\""},
    {"trl", "full", "full", "--fsdp \"full_shard offload\""},
    {"axolotl", "optimizer", "none", "deepspeed: deepspeed_configs/zero1.json"},
    {"axolotl", "gradients", "none", "deepspeed: deepspeed_configs/zero2.json"},
    {"axolotl", "full", "none", "deepspeed: deepspeed_configs/zero3_bf16.json"},
    {"axolotl", "full", "full", "deepspeed: deepspeed_configs/zero3_bf16_cpuoffload_all.json"},
    {"llama-factory", "gradients", "none", "deepspeed: examples/deepspeed/ds_z2_config.json"},
    {"llama-factory", "gradients", "optimizer", "deepspeed: examples/deepspeed/ds_z2_offload_config.json"},
    {"llama-factory", "full", "none", "deepspeed: examples/deepspeed/ds_z3_config.json"},
    {"llama-factory", "full", "full", "deepspeed: examples/deepspeed/ds_z3_offload_config.json"},
    {"ms-swift", "optimizer", "none", "--deepspeed zero1"},
    {"ms-swift", "gradients", "none", "--deepspeed zero2"},
    {"ms-swift", "gradients", "optimizer", "--deepspeed zero2_offload"},
    {"ms-swift", "full", "none", "--deepspeed zero3"},
    {"ms-swift", "full", "full", "--deepspeed zero3_offload"},
};

/// Adapters of rank 16 on every matrix but the gate and the vocabulary's, over a base in 16 bits or in nf4.
struct adapter_words {
    std::string_view tool{};       ///< name of the tool
    std::string_view lora{};       ///< the adapter's settings
    std::string_view quantized{};  ///< what they have beside them over a base in nf4
};
inline constexpr adapter_words adapters_of_tools[]{
    {"trl", "--use_peft --lora_r 16 --lora_target_modules q_proj k_proj v_proj o_proj up_proj down_proj",
     "--load_in_4bit"},
    {"axolotl", "adapter: lora, lora_r: 16, lora_target_modules: [q_proj, k_proj, v_proj, o_proj, up_proj, down_proj]",
     "load_in_4bit: true"},
    {"llama-factory",
     "finetuning_type: lora, lora_rank: 16, lora_target: \"q_proj,k_proj,v_proj,o_proj,up_proj,down_proj\"",
     "quantization_bit: 4"},
    {"ms-swift", "--tuner_type lora --lora_rank 16 --target_modules q_proj k_proj v_proj o_proj up_proj down_proj",
     "--quant_method bnb --quant_bits 4"},
};

/// A value of a key that tools have as a fact of their own.
struct key_as_fact {
    std::string_view path{};   ///< the key
    std::string_view value{};  ///< its value
    std::string_view fact{};   ///< the fact that stands for it
    std::string_view as{};     ///< the fact's value
    /// The tools that have it so, with spaces between; empty for all.
    std::string_view tools{};
};
inline constexpr key_as_fact keys_as_facts[]{
    {"training.recompute", "full", "recompute", "true",
     "transformers trl axolotl llama-factory ms-swift unsloth torchtune diffusers kohya megatron-deepspeed"},
    {"training.loss", "fused", "liger.loss", "true", "axolotl"},
    {"training.loss", "fused", "liger", "true", "transformers trl llama-factory ms-swift"},
    {"training.loss", "fused", "gpt.fused_loss", "true"},
    {"training.offload", "full", "fsdp.offload", "true", "automodel"},
    {"training.offload", "optimizer", "gpt.offload", "true"},
    {"training.precision", "bf16", "pure", "true", "axolotl llama-factory"},
    {"layout.sharding", "full", "fsdp", "full_shard", "transformers trl"},
    {"layout.sharding", "gradients", "fsdp", "shard_grad_op", "transformers trl"},
    {"layout.sharding", "optimizer", "gpt.distributed_optimizer", "true"},
    // These engines quantize a checkpoint in 16 bits to fp8 while they load it.
    {"inference.weights", "fp8", "engine.format", "fp8", "vllm sglang tgi"},
};

/// Settings that a tool wants beside another.
struct companion {
    std::string_view tool{};     ///< name of the tool
    std::string_view setting{};  ///< the setting that wants more
    std::string_view more{};     ///< the settings that it wants
};
inline constexpr companion companions[]{
    {"megatron", "--recompute-granularity full", " --recompute-method uniform --recompute-num-layers 1"},
    {"megatron-swift", "--recompute_granularity full", " --recompute_method uniform --recompute_num_layers 1"},
};
/// @}

}  // namespace cardfit::io::imports
