// SPDX-License-Identifier: MIT
#pragma once

// peft's adapters in the Hugging Face Trainer or a loop of one's own, as its documentation shows.

#include <cardfit/frameworks/transformers.hpp>

namespace cardfit::frameworks {

namespace detail {

/// Returns what peft's defaults change: adapters have no dropout.
[[nodiscard]] constexpr framework_memory peft_memory() {
    framework_memory memory = transformers.memory;
    memory.adapters.dropout = false;
    return memory;
}

}  // namespace detail

/// The rules of `peft`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row peft{
    .value = framework::peft,
    .name = "peft",
    .memory = detail::peft_memory(),
    .time = transformers.time,
    .sources =
        {.memory =
             "peft: LoraConfig (lora_dropout 0.0); its quantization guide calls prepare_model_for_kbit_training (both "
             "recalled)",
         .time = "as the Hugging Face Trainer's, on which it runs"},
};

}  // namespace cardfit::frameworks
