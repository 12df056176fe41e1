// SPDX-License-Identifier: MIT
#pragma once

// LLaMA-Factory trains with the Hugging Face Trainer.

#include <cardfit/frameworks/transformers.hpp>

namespace cardfit::frameworks {

namespace detail {

/// Returns what LLaMA-Factory changes: it does not prepare a base for training on few bits, and its checkpoints stay
/// reentrant unless FSDP2 runs.
[[nodiscard]] constexpr framework_memory llama_factory_memory() {
    framework_memory memory = transformers.memory;
    memory.adapters.dropout = false;
    memory.adapters.widens_quantized_base = false;
    memory.adapters.reentrant_until = no_software_yet;
    return memory;
}

}  // namespace detail

/// The rules of `llama-factory`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row llama_factory{
    .value = framework::llama_factory,
    .name = "llama-factory",
    .aliases = {"llamafactory"},
    .memory = detail::llama_factory_memory(),
    .time = transformers.time,
    .sources =
        {.memory = "hiyouga/LLaMA-Factory: hparams/finetuning_args.py (lora_dropout 0.0), model_utils/checkpointing.py "
                   "(use_reentrant_gc, upcast_layernorm)",
         .time = "as the Hugging Face Trainer's, on which it runs"},
};

}  // namespace cardfit::frameworks
