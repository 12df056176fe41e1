// SPDX-License-Identifier: MIT
#pragma once

// TRL trains with the Hugging Face Trainer: SFTTrainer and its siblings.

#include <cardfit/frameworks/transformers.hpp>

namespace cardfit::frameworks {

namespace detail {

/// Returns what TRL changes.
[[nodiscard]] constexpr framework_memory trl_memory() {
    framework_memory memory = transformers.memory;
    memory.adapters.widens_until = {2025, 12};
    return memory;
}

}  // namespace detail

/// The rules of `trl`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row trl{
    .value = framework::trl,
    .name = "trl",
    .memory = detail::trl_memory(),
    .time = transformers.time,
    .sources =
        {.memory =
             "huggingface/trl#4577 (merged December 2025): trainers no longer call prepare_model_for_kbit_training; "
             "ModelConfig: lora_dropout 0.05 (recalled)",
         .time = "as the Hugging Face Trainer's, on which it runs"},
};

}  // namespace cardfit::frameworks
