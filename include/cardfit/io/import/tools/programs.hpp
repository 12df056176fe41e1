// SPDX-License-Identifier: MIT
#pragma once

// The programs that commands start, by the first words of the command, by the module that Python runs, or by the name
// of a script.

#include <cardfit/io/import/tools/accelerate.hpp>
#include <cardfit/io/import/tools/automodel.hpp>
#include <cardfit/io/import/tools/axolotl.hpp>
#include <cardfit/io/import/tools/deepspeed.hpp>
#include <cardfit/io/import/tools/diffusers.hpp>
#include <cardfit/io/import/tools/litgpt.hpp>
#include <cardfit/io/import/tools/llama_cpp.hpp>
#include <cardfit/io/import/tools/servers.hpp>
#include <cardfit/io/import/tools/llama_factory.hpp>
#include <cardfit/io/import/tools/megatron_swift.hpp>
#include <cardfit/io/import/tools/torchtitan_python.hpp>
#include <cardfit/io/import/tools/torchtune.hpp>
#include <cardfit/io/import/tools/unsloth.hpp>

namespace cardfit::io::imports {

/// A program: how it is called, its tool, and a fact that follows from the way it is called.
struct program {
    /// Words of a command, a module or the name of a script.
    std::string_view called{};
    const tool* runs = nullptr;
    value_pair means{};
};

inline constexpr program programs[]{
    {"trl sft", &trl_tool},
    {"trl dpo", &trl_tool, {"objective", "dpo"}},
    {"trl grpo", &trl_tool, {"objective", "grpo"}},
    {"trl kto", &trl_tool, {"objective", "kto"}},
    {"trl reward", &trl_tool, {"objective", "reward"}},
    {"trl.scripts.sft", &trl_tool},
    {"sft.py", &trl_tool},
    {"run_sft.py", &trl_tool},
    {"dpo.py", &trl_tool, {"objective", "dpo"}},
    {"run_dpo.py", &trl_tool, {"objective", "dpo"}},
    {"grpo.py", &trl_tool, {"objective", "grpo"}},
    {"reward_modeling.py", &trl_tool, {"objective", "reward"}},
    {"run_clm.py", &transformers_tool, {"seq.block", "1024"}},
    {"run_mlm.py", &transformers_tool, {"seq.block", "1024"}},
    {"run_glue.py", &transformers_tool, {"seq.block", "128"}},
    {"run_qa.py", &transformers_tool, {"seq.block", "384"}},
    {"nd_parallel.py", &transformers_tool, {"training.micro_batch", "1"}},
    {"axolotl train", &axolotl_tool},
    {"axolotl", &axolotl_tool},
    {"axolotl.cli.train", &axolotl_tool},
    {"llamafactory-cli train", &llama_factory_tool},
    {"lmf train", &llama_factory_tool},
    {"train_bash.py", &llama_factory_tool},
    {"llamafactory.launcher", &llama_factory_tool},
    {"swift sft", &swift_tool},
    {"swift pt", &swift_tool},
    {"cli/sft.py", &swift_tool},
    {"swift rlhf", &swift_tool, {"objective", "dpo"}},
    {"tune run", &torchtune_tool},
    {"torchtitan.train", &torchtitan_tool},
    {"megatron sft", &megatron_swift_tool},
    {"megatron pt", &megatron_swift_tool},
    {"megatron rlhf", &megatron_swift_tool, {"objective", "dpo"}},
    {"cli/_megatron/sft.py", &megatron_swift_tool},
    {"run_recipe.py", &megatron_bridge_tool},
    {"run_train.sh", &torchtitan_tool},
    {"torchtitan/train.py", &torchtitan_tool},
    {"automodel finetune llm", &automodel_tool},
    {"automodel finetune vlm", &automodel_tool},
    {"automodel pretrain llm", &automodel_tool},
    {"automodel", &automodel_tool},
    {"llm_finetune/finetune.py", &automodel_tool},
    {"vlm_finetune/finetune.py", &automodel_tool},
    {"llm_pretrain/pretrain.py", &automodel_tool},
    {"recipes/llm/train_ft.py", &automodel_tool},
    {"recipes/vlm/finetune.py", &automodel_tool},
    {"litgpt pretrain", &litgpt_tool, {"litgpt.mode", "pretrain"}},
    {"litgpt finetune_lora", &litgpt_tool, {"litgpt.mode", "finetune_lora"}},
    {"litgpt finetune_full", &litgpt_tool, {"litgpt.mode", "finetune_full"}},
    {"litgpt finetune", &litgpt_tool, {"litgpt.mode", "finetune_lora"}},
    {"pretrain_gpt.py", &megatron_tool},
    {"pretrain_mamba.py", &megatron_tool},
    {"megatron_gpt_pretraining.py", &nemo_tool},
    {"megatron_gpt_finetuning.py", &nemo_tool},
    {"vllm serve", &vllm_tool},
    {"vllm.entrypoints.openai.api_server", &vllm_tool},
    {"vllm.entrypoints.api_server", &vllm_tool},
    {"vllm.entrypoints.cli.main", &vllm_tool},
    {"sglang.launch_server", &sglang_tool},
    {"sglang_router.launch_server", &sglang_tool},
    {"sglang serve", &sglang_tool},
    {"trtllm-serve serve", &trtllm_tool},
    {"trtllm-serve", &trtllm_tool},
    {"lmdeploy serve api_server", &lmdeploy_tool},
    {"lmdeploy chat", &lmdeploy_tool},
    {"text-generation-launcher", &tgi_tool},
    {"llama-server", &llama_cpp_tool},
    {"llama-cli", &llama_cpp_tool},
    {"llama-bench", &llama_cpp_tool},
    {"main", &llama_cpp_tool},
    {"server", &llama_cpp_tool},
    {"ollama run", &ollama_tool},
    {"ollama create", &ollama_tool},
    {"ollama serve", &ollama_tool},
    {"train_text_to_image.py", &diffusers_tool},
    {"train_text_to_image_sdxl.py", &diffusers_tool},
    {"train_text_to_image_lora.py", &diffusers_tool, {"lora", "true"}},
    {"train_text_to_image_lora_sdxl.py", &diffusers_tool, {"lora", "true"}},
    {"train_dreambooth.py", &diffusers_tool},
    {"train_dreambooth_lora.py", &diffusers_tool, {"lora", "true"}},
    {"train_dreambooth_lora_sdxl.py", &diffusers_tool, {"lora", "true"}},
    {"train_dreambooth_lora_flux.py", &diffusers_tool, {"lora", "true"}},
    {"train_dreambooth_flux.py", &diffusers_tool},
    {"train_network.py", &kohya_tool, {"lora", "true"}},
    {"sdxl_train_network.py", &kohya_tool, {"lora", "true"}},
    {"flux_train_network.py", &kohya_tool, {"lora", "true"}},
    {"sdxl_train.py", &kohya_tool},
    {"fine_tune.py", &kohya_tool},
};

/// The tools by name, for --as.
inline constexpr const tool* tools[]{
    &transformers_tool,
    &trl_tool,
    &axolotl_tool,
    &llama_factory_tool,
    &swift_tool,
    &unsloth_tool,
    &torchtune_tool,
    &torchtitan_tool,
    &litgpt_tool,
    &nanogpt_tool,
    &megatron_tool,
    &megatron_deepspeed_tool,
    &nemo_tool,
    &vllm_tool,
    &sglang_tool,
    &trtllm_tool,
    &lmdeploy_tool,
    &tgi_tool,
    &llama_cpp_tool,
    &ollama_tool,
    &diffusers_tool,
    &kohya_tool,
    &automodel_tool,
    &megatron_swift_tool,
    &megatron_bridge_tool,
};

}  // namespace cardfit::io::imports
