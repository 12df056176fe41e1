// SPDX-License-Identifier: MIT
#pragma once

// What the estimates would be had a source never been seen: framework rows without the constants that this source
// settled, which then take the value that the other sources' rows have.

#include <cardfit/frameworks/all.hpp>

#include <string_view>

namespace tool {

/// A framework's row without what one source settled. Allocator slack then is 5 % (the middle of the other rows),
/// logits are counted as by plain PyTorch, and mechanisms that this source alone showed are off.
[[nodiscard]] inline cardfit::framework_row held_out(cardfit::framework_row row, std::string_view source) {
    cardfit::framework_memory& m = row.memory;
    const auto is = [&](std::string_view name) { return source == name; };
    if (is("MooreThreads/SimuMax") && row.name == "megatron") {
        m.activation_slack_per_mille = m.slack_per_mille = 50;
        m.matrix_scratch = m.second_output_under_context = false;
        m.logits = {.full = 6, .compiled = 6, .tensor_parallel = 6};
    } else if (is("pytorch/torchtitan") || is("pytorch/ao")) {
        if (row.name != "torchtitan") return row;
        m.activation_slack_per_mille = m.slack_per_mille = 50;
        m.keeps_freed_gradients = m.gathers_stage_under_pipeline = false;
        m.logits = {};
    } else if (is("bigscience-workshop/bigscience") && row.name == "megatron-deepspeed") {
        m.activation_slack_per_mille = m.slack_per_mille = 50;
        m.keeps_stage_outputs = false;
        m.mixed_bf16 = m.mixed_fp16;
    } else if (is("Lightning-AI/litgpt") && row.name == "litgpt") {
        m.adapters = {.quantized_head = m.adapters.quantized_head};
        m.unsharded_accumulation = m.flat_gradients = false;
        m.eager = cardfit::row_of(cardfit::framework::pytorch).memory.eager;
    } else if (is("meta-pytorch/torchtune") && row.name == "torchtune") {
        m.logits = {};
    } else if ((is("QwenLM/Qwen") || is("huggingface/transformers") || is("unslothai/unsloth")) &&
               row.name == "transformers") {
        m.activation_slack_per_mille = m.slack_per_mille = 50;
        m.logits = {};
        m.adapters.widens_quantized_base = false;
    } else if (is("google-research/bert") && row.name == "tensorflow") {
        const cardfit::framework_memory& plain = cardfit::row_of(cardfit::framework::pytorch).memory;
        m.eager = plain.eager;
        m.autocast = plain.autocast;
        m.full_precision = plain.full_precision;
        m.activation_slack_per_mille = m.slack_per_mille = 50;
    } else if (is("facebookresearch/detectron2") && row.name == "detectron2") {
        m.convolution_transforms = false;
    }
    return row;
}

}  // namespace tool
