// SPDX-License-Identifier: MIT
#pragma once

// What the estimates would be had a source never been seen: framework rows without the constants that this source
// settled, which then take the value that the other sources' rows have.

#include <cardfit/job/framework.hpp>

#include <string_view>

namespace tool {

/// A framework's row without what one source settled. Allocator slack then is 5 % (the middle of the other rows),
/// logits are counted as by plain PyTorch, and mechanisms that this source alone showed are off.
[[nodiscard]] inline cardfit::framework_row held_out(cardfit::framework_row row, std::string_view source) {
    const auto is = [&](std::string_view name) { return source == name; };
    if (is("MooreThreads/SimuMax") && row.name == "megatron") {
        row.activation_slack_per_mille = row.slack_per_mille = 50;
        row.matrix_scratch = row.second_output_under_context = false;
        row.logits = {.full = 6, .compiled = 6, .tensor_parallel = 6};
    } else if (is("pytorch/torchtitan") || is("pytorch/ao")) {
        if (row.name != "torchtitan") return row;
        row.activation_slack_per_mille = row.slack_per_mille = 50;
        row.keeps_freed_gradients = row.gathers_stage_under_pipeline = false;
        row.logits = {};
    } else if (is("bigscience-workshop/bigscience") && row.name == "megatron-deepspeed") {
        row.activation_slack_per_mille = row.slack_per_mille = 50;
        row.keeps_stage_outputs = false;
        row.mixed_bf16 = row.mixed_fp16;
    } else if (is("Lightning-AI/litgpt") && row.name == "litgpt") {
        row.adapters = {.quantized_head = row.adapters.quantized_head};
        row.unsharded_accumulation = row.flat_gradients = false;
        row.eager = cardfit::row_of(cardfit::framework::pytorch).eager;
    } else if (is("meta-pytorch/torchtune") && row.name == "torchtune") {
        row.logits = {};
    } else if ((is("QwenLM/Qwen") || is("huggingface/transformers") || is("unslothai/unsloth")) &&
               row.name == "transformers") {
        row.activation_slack_per_mille = row.slack_per_mille = 50;
        row.logits = {};
        row.adapters.widens_quantized_base = false;
    } else if (is("google-research/bert") && row.name == "tensorflow") {
        const cardfit::framework_row& plain = cardfit::row_of(cardfit::framework::pytorch);
        row.eager = plain.eager;
        row.autocast = plain.autocast;
        row.full_precision = plain.full_precision;
        row.activation_slack_per_mille = row.slack_per_mille = 50;
    } else if (is("facebookresearch/detectron2") && row.name == "detectron2") {
        row.convolution_transforms = false;
    }
    return row;
}

}  // namespace tool
