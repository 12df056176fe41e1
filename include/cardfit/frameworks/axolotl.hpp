// SPDX-License-Identifier: MIT
#pragma once

// Axolotl trains with the Hugging Face Trainer from a YAML file.

#include <cardfit/frameworks/transformers.hpp>

namespace cardfit::frameworks {

namespace detail {

/// Returns what Axolotl changes: it calls prepare_model_for_kbit_training and then casts back what that widened, and
/// has a setting for each of Liger's kernels and another for a fused loss.
[[nodiscard]] constexpr framework_memory axolotl_memory() {
    framework_memory memory = transformers.memory;
    memory.adapters.dropout = false;
    memory.adapters.widens_quantized_base = false;
    memory.fused_loss_brings_kernels = false;
    return memory;
}

}  // namespace detail

/// The rules of `axolotl`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row axolotl{
    .value = framework::axolotl,
    .name = "axolotl",
    .memory = detail::axolotl_memory(),
    .time = transformers.time,
    .sources =
        {.memory =
             "axolotl-ai-cloud/axolotl: loaders/model.py converts embeddings and norms to the compute format after "
             "prepare_model_for_kbit_training, for flash attention; lora_dropout is 0 where the file states none; "
             "integrations/liger/args.py and integrations/cut_cross_entropy",
         .time = "as the Hugging Face Trainer's, on which it runs"},
};

}  // namespace cardfit::frameworks
