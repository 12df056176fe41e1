// SPDX-License-Identifier: MIT
#pragma once

// What backward keeps of a layer, as tables: one a way of running a graph. Frameworks point to them.

#include <cardfit/model/network.hpp>

namespace cardfit {

/// How often backward keeps one element of a tensor, by the width it is kept in.
struct saved_copies {
    std::int8_t compute = 0;  ///< in the compute format
    std::int8_t matrix = 0;   ///< in the format that a matrix multiplication reads (fp8: one byte)
    std::int8_t wide = 0;     ///< in fp32
    std::int8_t byte = 0;     ///< masks of the model's own dropout, one byte
    std::int8_t mask = 0;     ///< masks that are there whatever the model's dropout, one byte
};

/// What backward keeps of a layer. `scores` are one element a head, token and position of eager attention,
/// `dropped_scores` the copies that attention dropout adds.
struct saved_table {
    by_role<saved_copies> tensors{};
    saved_copies scores{};
    saved_copies dropped_scores{};
};

namespace detail {

/// What convolutional and recurrent networks keep in every graph of whole operators: what a convolution reads, for its
/// weight gradient (an in-place ReLU's result is the next convolution's input, and counts once); what a norm reads;
/// what a curved activation reads; positions of maxima in eight bytes; predictions in fp32.
constexpr void keep_operands(saved_table& t) {
    for (const tensor_role::type role :
         {tensor_role::convolution_input, tensor_role::batch_norm_input, tensor_role::smooth_activation_input,
          tensor_role::cross_score, tensor_role::recurrent_state, tensor_role::replicated_operand})
        t.tensors.of[role] = {.compute = 1};
    t.tensors.of[tensor_role::pool_index] = {.mask = 8};
    t.tensors.of[tensor_role::loss_input] = {.wide = 1};
}

/// Tables list copies as {compute, matrix, wide, byte}; roles not named are not kept.
[[nodiscard]] constexpr saved_table fused_kernels() {
    saved_table t;
    for (const tensor_role::type role :
         {tensor_role::rms_norm_input, tensor_role::layer_norm_input, tensor_role::query, tensor_role::key,
          tensor_role::value, tensor_role::attention_output, tensor_role::gate_output, tensor_role::up_output,
          tensor_role::expert_gate_output, tensor_role::expert_up_output, tensor_role::expert_output,
          tensor_role::head_norm_input})
        t.tensors.of[role] = {.compute = 1};
    for (const tensor_role::type role :
         {tensor_role::attention_input, tensor_role::feed_forward_input, tensor_role::feed_forward_hidden,
          tensor_role::expert_input, tensor_role::expert_hidden})
        t.tensors.of[role] = {.matrix = 1};
    t.tensors.of[tensor_role::latent] = {.compute = 2};
    t.tensors.of[tensor_role::softmax_statistics] = {.wide = 1};
    t.tensors.of[tensor_role::router] = {.wide = 2};
    t.tensors.of[tensor_role::dropout_mask] = {.byte = 1};
    for (const tensor_role::type role :
         {tensor_role::adapter_query_input, tensor_role::adapter_key_input, tensor_role::adapter_value_input,
          tensor_role::adapter_output_input, tensor_role::adapter_gate_input, tensor_role::adapter_up_input,
          tensor_role::adapter_down_input})
        t.tensors.of[role] = {.compute = 1, .mask = 1};
    t.scores = {.compute = 1};
    t.dropped_scores = {.compute = 1, .byte = 1};
    keep_operands(t);
    return t;
}

/// Eager graphs on weights that already have the compute format (pure 16-bit, FSDP mixed precision): every operator
/// keeps its own inputs; RMSNorm works on an fp32 copy; heads are repeated before attention.
[[nodiscard]] constexpr saved_table eager_uniform() {
    saved_table t = fused_kernels();
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

/// litgpt: one matrix makes queries, keys and values; the values are a view of its result, which therefore stays beside
/// the rotated queries and keys.
[[nodiscard]] constexpr saved_table fused_query_key_value() {
    saved_table t = eager_uniform();
    t.tensors.of[tensor_role::query] = {.compute = 2};
    t.tensors.of[tensor_role::key] = {.compute = 1};
    return t;
}

/// Eager graphs under autocast with fp32 weights: the residual path is fp32, each matrix casts its own input, softmax
/// runs in fp32 and its result is cast for the product with the values.
[[nodiscard]] constexpr saved_table eager_autocast() {
    saved_table t = eager_uniform();
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
[[nodiscard]] constexpr saved_table compiled_graph() {
    saved_table t = fused_kernels();
    t.tensors.of[tensor_role::feed_forward_hidden] = {};
    t.tensors.of[tensor_role::expert_hidden] = {};
    t.tensors.of[tensor_role::key] = {};
    t.tensors.of[tensor_role::value] = {};
    t.tensors.of[tensor_role::key_value_expanded] = {.compute = 1};
    return t;
}

/// torchtitan's per-operator policy: the layer's input, attention's result and every second matrix product
/// (query, value, gate, down) are kept, the rest is recomputed.
[[nodiscard]] constexpr saved_table every_second_product() {
    saved_table t;
    for (const tensor_role::type role :
         {tensor_role::layer_input, tensor_role::query, tensor_role::value, tensor_role::attention_output,
          tensor_role::gate_output, tensor_role::down_output, tensor_role::expert_input,
          tensor_role::expert_gate_output})
        t.tensors.of[role] = {.compute = 1};
    t.tensors.of[tensor_role::softmax_statistics] = {.wide = 1};
    // Of a convolutional network the convolutions' results: norms and activations are cheap to make again.
    for (const tensor_role::type role :
         {tensor_role::batch_norm_input, tensor_role::smooth_activation_input, tensor_role::recurrent_state})
        t.tensors.of[role] = {.compute = 1};
    t.tensors.of[tensor_role::pool_index] = {.mask = 8};
    t.tensors.of[tensor_role::loss_input] = {.wide = 1};
    return t;
}

/// Megatron's selective recomputation: the attention core (scores, softmax, dropout) is recomputed.
[[nodiscard]] constexpr saved_table without_scores() {
    saved_table t = fused_kernels();
    t.scores = {};
    t.dropped_scores = {};
    return t;
}

/// TensorFlow 1 graphs of separate operators: every product stands before and after its bias, GELU is eight point-wise
/// steps, LayerNorm five, dropout draws, floors and scales; all of them in fp32 and all kept for backward.
[[nodiscard]] constexpr saved_table separate_operators() {
    saved_table t;
    for (const tensor_role::type role : {tensor_role::query, tensor_role::key, tensor_role::value})
        t.tensors.of[role] = {.wide = 3};
    t.tensors.of[tensor_role::attention_output] = {.wide = 2};
    t.tensors.of[tensor_role::layer_norm_input] = {.wide = 5};
    t.tensors.of[tensor_role::rms_norm_input] = {.wide = 5};
    t.tensors.of[tensor_role::gate_output] = {.wide = 9};
    t.tensors.of[tensor_role::up_output] = {.wide = 2};
    t.tensors.of[tensor_role::dropout_mask] = {.byte = 12};
    t.scores = {.wide = 2};
    t.dropped_scores = {.byte = 5};
    keep_operands(t);
    // Max pooling's gradient reads input and output again instead of an index.
    t.tensors.of[tensor_role::pool_index] = {};
    return t;
}

}  // namespace detail

/// The tables that frameworks point to.
namespace saved_tables {
inline constexpr saved_table fused_kernels = detail::fused_kernels();
inline constexpr saved_table eager = detail::eager_uniform();
inline constexpr saved_table litgpt = detail::fused_query_key_value();
inline constexpr saved_table autocast = detail::eager_autocast();
inline constexpr saved_table compiled = detail::compiled_graph();
inline constexpr saved_table every_second_matmul = detail::every_second_product();
inline constexpr saved_table without_scores = detail::without_scores();
inline constexpr saved_table tensorflow = detail::separate_operators();
}  // namespace saved_tables

}  // namespace cardfit
