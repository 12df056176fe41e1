// SPDX-License-Identifier: MIT
#pragma once

// What a framework keeps, as data: one row a framework, and the tables of saved tensors that the rows point to.

#include <cardfit/job/training.hpp>
#include <cardfit/model/network.hpp>

namespace cardfit {

/// How often backward keeps one element of a tensor, by the width it is kept in.
struct kept_copies {
    std::int8_t compute = 0;  ///< in the compute format
    std::int8_t matrix = 0;   ///< in the format that a matrix multiplication reads (fp8: one byte)
    std::int8_t wide = 0;     ///< in fp32
    std::int8_t byte = 0;     ///< one byte (masks)
};

/// What backward keeps of a layer. `scores` are one element a head, token and position of eager attention,
/// `dropped_scores` the copies that attention dropout adds.
struct kept_table {
    by_role<kept_copies> tensors{};
    kept_copies scores{};
    kept_copies dropped_scores{};
};

/// What a framework stores for a parameter under mixed precision. Bytes.
struct mixed_recipe {
    int weight = 4;         ///< the weights that forward uses (or shards of them)
    int gradient = 4;       ///< gradients, main gradients included
    int master = 0;         ///< fp32 copy that the optimizer works on
    int cast_cache = 0;     ///< 16-bit copies of matrices made by autocast, alive through forward and backward
    int step_gradient = 0;  ///< fp32 copy of the sharded gradient during the step
};

/// Bytes a vocabulary logit at the loss's peak, by how the loss is computed.
struct logits_recipe {
    int full = 14;
    int chunked = 6;
    int fused = 0;
    cardfit::loss default_loss = loss::full;
};

/// One framework. Everything an estimator needs to know about it.
struct framework_row {
    std::string_view name = "";
    const kept_table* eager = nullptr;      ///< no recomputation, graph not compiled
    const kept_table* compiled = nullptr;   ///< no recomputation, compiled graph
    const kept_table* selective = nullptr;  ///< selective recomputation
    mixed_recipe mixed{};
    mixed_recipe pure_16bit{.weight = 2, .gradient = 2};
    logits_recipe logits{};
    bool gradients_persist = false;        ///< gradient memory is allocated once and never returned
    bool sequence_parallel_with_tensor = false;
    bool gathers_sequence = false;         ///< one full sequence gathered for a matrix at a time (Megatron)
    bool matrix_scratch = false;           ///< Transformer Engine's dummy weight gradients, one a distinct shape
    bool whole_embedding_targets = false;  ///< `embeddings` and `head` as adapter targets are trained whole (peft)
    int bucket_gradient_copies = 0;        ///< gradient-sized flat copies that data-parallel buckets hold
    std::int64_t bucket_elements = 0;      ///< fixed communication buckets (DeepSpeed), elements, together
    int foreach_temporaries = 1;           ///< parameter-sized fp32 temporaries of the optimizer step
    std::string_view source = "";
};

namespace detail {

/// Tables list copies as {compute, matrix, wide, byte}; roles not named are not kept.
[[nodiscard]] constexpr kept_table fused_kernels() {
    kept_table t;
    for (const tensor_role::type role : {tensor_role::rms_norm_input, tensor_role::layer_norm_input, tensor_role::query, tensor_role::key,
                                   tensor_role::value, tensor_role::attention_output, tensor_role::gate_output, tensor_role::up_output,
                                   tensor_role::expert_gate_output, tensor_role::expert_up_output, tensor_role::expert_output,
                                   tensor_role::head_norm_input})
        t.tensors.of[role] = {.compute = 1};
    for (const tensor_role::type role : {tensor_role::attention_input, tensor_role::feed_forward_input, tensor_role::feed_forward_hidden,
                                   tensor_role::expert_input, tensor_role::expert_hidden})
        t.tensors.of[role] = {.matrix = 1};
    t.tensors.of[tensor_role::latent] = {.compute = 2};
    t.tensors.of[tensor_role::softmax_statistics] = {.wide = 1};
    t.tensors.of[tensor_role::router] = {.wide = 2};
    t.tensors.of[tensor_role::dropout_mask] = {.byte = 1};
    t.scores = {.compute = 1};
    t.dropped_scores = {.compute = 1, .byte = 1};
    return t;
}

/// Eager graphs on weights that already have the compute format (pure 16-bit, FSDP mixed precision): every operator
/// keeps its own inputs; RMSNorm works on an fp32 copy; heads are repeated before attention.
[[nodiscard]] constexpr kept_table eager_uniform() {
    kept_table t = fused_kernels();
    t.tensors.of[tensor_role::rms_norm_input] = {.wide = 1};
    t.tensors.of[tensor_role::rms_normalized] = {.compute = 1};
    t.tensors.of[tensor_role::head_norm_input] = {.compute = 1, .wide = 1};
    t.tensors.of[tensor_role::latent] = {.compute = 2, .wide = 1};
    t.tensors.of[tensor_role::key] = {};
    t.tensors.of[tensor_role::value] = {};
    t.tensors.of[tensor_role::key_value_expanded] = {.compute = 1};
    t.tensors.of[tensor_role::activation_output] = {.compute = 1};
    t.tensors.of[tensor_role::expert_activation_output] = {.compute = 1};
    return t;
}

/// Eager graphs under autocast with fp32 weights: the residual path is fp32, each matrix casts its own input, softmax
/// runs in fp32 and its result is cast for the product with the values.
[[nodiscard]] constexpr kept_table eager_autocast() {
    kept_table t = eager_uniform();
    t.tensors.of[tensor_role::rms_normalized] = {.wide = 1};
    t.tensors.of[tensor_role::layer_norm_input] = {.wide = 1};
    t.tensors.of[tensor_role::attention_input] = {};
    t.tensors.of[tensor_role::attention_input_casts] = {.matrix = 1};
    t.tensors.of[tensor_role::feed_forward_input] = {};
    t.tensors.of[tensor_role::feed_forward_input_casts] = {.matrix = 1};
    t.scores = {.compute = 1, .wide = 1};
    t.dropped_scores = {.byte = 1};
    return t;
}

/// Compiled graphs: point-wise results are recomputed inside fused kernels, so matrices' inputs that follow from saved
/// tensors point by point are not kept.
[[nodiscard]] constexpr kept_table compiled_graph() {
    kept_table t = fused_kernels();
    t.tensors.of[tensor_role::feed_forward_hidden] = {};
    t.tensors.of[tensor_role::expert_hidden] = {};
    t.tensors.of[tensor_role::key] = {};
    t.tensors.of[tensor_role::value] = {};
    t.tensors.of[tensor_role::key_value_expanded] = {.compute = 1};
    return t;
}

/// torchtitan's per-operator policy: the layer's input, attention's result and every second matrix product
/// (query, value, gate, down) are kept, the rest is recomputed.
[[nodiscard]] constexpr kept_table every_second_product() {
    kept_table t;
    for (const tensor_role::type role : {tensor_role::layer_input, tensor_role::query, tensor_role::value, tensor_role::attention_output,
                                   tensor_role::gate_output, tensor_role::down_output, tensor_role::expert_input, tensor_role::expert_gate_output})
        t.tensors.of[role] = {.compute = 1};
    t.tensors.of[tensor_role::softmax_statistics] = {.wide = 1};
    return t;
}

/// Megatron's selective recomputation: the attention core (scores, softmax, dropout) is recomputed.
[[nodiscard]] constexpr kept_table without_scores() {
    kept_table t = fused_kernels();
    t.scores = {};
    t.dropped_scores = {};
    return t;
}

inline constexpr kept_table kept_by_fused_kernels = fused_kernels();
inline constexpr kept_table kept_eager = eager_uniform();
inline constexpr kept_table kept_autocast = eager_autocast();
inline constexpr kept_table kept_compiled = compiled_graph();
inline constexpr kept_table kept_every_second_product = every_second_product();
inline constexpr kept_table kept_without_scores = without_scores();

inline constexpr mixed_recipe autocast{.weight = 4, .gradient = 4, .cast_cache = 2};
inline constexpr mixed_recipe fsdp_mixed{.weight = 4, .gradient = 4};
inline constexpr mixed_recipe zero_mixed{.weight = 2, .gradient = 2, .master = 4, .step_gradient = 4};
inline constexpr mixed_recipe megatron_mixed{.weight = 2, .gradient = 4, .master = 4};

inline constexpr framework_row framework_rows[]{
    {.name = "pytorch", .eager = &kept_autocast, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = autocast,
     .bucket_gradient_copies = 1, .source = "PyTorch documentation: torch.amp, DistributedDataParallel, torch.optim (foreach)"},
    {.name = "transformers", .eager = &kept_autocast, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = autocast,
     .whole_embedding_targets = true, .bucket_gradient_copies = 1, .source = "Hugging Face Trainer: torch.amp; peft modules_to_save"},
    {.name = "torchtitan", .eager = &kept_eager, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = fsdp_mixed,
     .sequence_parallel_with_tensor = true, .source = "pytorch/torchtitan docs: FSDP2, activation checkpointing"},
    {.name = "torchtune", .eager = &kept_eager, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = fsdp_mixed,
     .source = "torchtune documentation: memory optimization overview"},
    {.name = "litgpt", .eager = &kept_eager, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = autocast,
     .source = "Lightning Fabric precision and FSDP strategy documentation"},
    {.name = "llm-foundry", .eager = &kept_eager, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = fsdp_mixed,
     .source = "Composer FSDP documentation: mixed_precision PURE"},
    {.name = "megatron", .eager = &kept_by_fused_kernels, .compiled = &kept_by_fused_kernels, .selective = &kept_without_scores, .mixed = megatron_mixed,
     .logits = {.full = 6, .chunked = 6, .fused = 2, .default_loss = loss::fused}, .gradients_persist = true, .sequence_parallel_with_tensor = true,
     .gathers_sequence = true, .matrix_scratch = true, .source = "Megatron-LM docs: distributed optimizer; Korthikanti et al., arXiv 2205.05198"},
    {.name = "megatron-deepspeed", .eager = &kept_by_fused_kernels, .compiled = &kept_by_fused_kernels, .selective = &kept_without_scores,
     .mixed = zero_mixed, .logits = {.full = 6, .chunked = 6, .fused = 2}, .gradients_persist = true, .source = "Megatron-DeepSpeed: ZeRO-1 with Megatron's kernels"},
    {.name = "deepspeed", .eager = &kept_eager, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = zero_mixed,
     .pure_16bit = zero_mixed, .gradients_persist = true, .whole_embedding_targets = true, .bucket_elements = 500'000'000, .source = "Rajbhandari et al., arXiv 1910.02054; DeepSpeed ZeRO configuration"},
    {.name = "dle", .eager = &kept_eager, .compiled = &kept_compiled, .selective = &kept_without_scores, .mixed = zero_mixed,
     .bucket_gradient_copies = 1, .source = "NVIDIA DeepLearningExamples: apex amp O2, fused kernels"},
    {.name = "detectron2", .eager = &kept_autocast, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = autocast,
     .bucket_gradient_copies = 1, .source = "detectron2: plain PyTorch"},
    {.name = "tensorflow", .eager = &kept_autocast, .compiled = &kept_compiled, .selective = &kept_every_second_product, .mixed = autocast,
     .gradients_persist = true, .source = "TensorFlow 1 graph execution"},
};

}  // namespace detail

[[nodiscard]] constexpr const framework_row& row_of(framework f) noexcept { return detail::framework_rows[static_cast<std::size_t>(f)]; }

}  // namespace cardfit
