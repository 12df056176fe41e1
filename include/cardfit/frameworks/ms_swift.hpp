// SPDX-License-Identifier: MIT
#pragma once

// ms-swift trains with the Hugging Face Trainer; its Megatron trainer is megatron-swift.

#include <cardfit/frameworks/transformers.hpp>

namespace cardfit::frameworks {

namespace detail {

/// Returns what ms-swift changes: it does not prepare a base for training on few bits.
[[nodiscard]] constexpr framework_memory ms_swift_memory() {
    framework_memory memory = transformers.memory;
    memory.adapters.widens_quantized_base = false;
    return memory;
}

}  // namespace detail

/// The rules of `ms-swift`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row ms_swift{
    .value = framework::ms_swift,
    .name = "ms-swift",
    .aliases = {"swift"},
    .memory = detail::ms_swift_memory(),
    .time = transformers.time,
    .sources = {.memory = "modelscope/ms-swift: llm/train/tuner.py; lora_dropout 0.05 (recalled)",
                .time = "as the Hugging Face Trainer's, on which it runs"},
};

}  // namespace cardfit::frameworks
