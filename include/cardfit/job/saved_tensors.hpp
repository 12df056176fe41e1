// SPDX-License-Identifier: MIT
#pragma once

// The tensors of a layer that are saved for backward, as tables: one per way to run a graph. Frameworks point to them.

#include <cardfit/model/network.hpp>

namespace cardfit {

/// How many copies of a tensor are saved for backward, by the width of their elements.
struct saved_copies {
    std::int8_t compute = 0;  ///< in the compute format
    std::int8_t matrix = 0;   ///< in the format that matmuls read (fp8: one byte)
    std::int8_t wide = 0;     ///< in fp32
    std::int8_t byte = 0;     ///< masks of dropout, the model's or adapters', one byte
    std::int8_t mask = 0;     ///< masks that exist without dropout in the model too, one byte
};

struct saved_table;

/// The same table in a job where something differs; null: there is no such variant.
struct saved_variants {
    const saved_table* unrepeated = nullptr;         ///< kernels take grouped keys and values as they are
    const saved_table* wide_softmax = nullptr;       ///< the softmax of 16-bit scores runs in fp32
    const saved_table* math_kernel = nullptr;        ///< PyTorch's attention by separate operators, in fp32
    const saved_table* wide_norms = nullptr;         ///< LayerNorms and GroupNorms run in fp32
    const saved_table* wide_experts = nullptr;       ///< experts run in fp32
    const saved_table* liger_norms = nullptr;        ///< Liger's norms run
    const saved_table* liger_activations = nullptr;  ///< Liger's gated activations run
    const saved_table* liger = nullptr;              ///< both run
};

/// What is saved of a layer for backward.
struct saved_table {
    by_role<saved_copies> tensors{};  ///< of each tensor of a layer
    saved_copies scores{};            ///< of eager attention's matrix, one element per head, token and position
    saved_copies dropped_scores{};    ///< copies of the matrix that attention dropout adds
    saved_copies capped_scores{};     ///< copies of the matrix that soft-capped scores add: the tanh's result
    saved_variants variants{};        ///< tables that stand in for this one
};

namespace detail {

/// Adds what graphs of whole operators save of convolutional and recurrent networks: the input of a convolution, for
/// its weight gradient (an in-place ReLU's result is the next convolution's input, and counts once); the input of a
/// norm; the input of a smooth activation; positions of maxima in eight bytes; predictions in fp32.
constexpr void keep_operands(saved_table& t) {
    for (const tensor_role::type role :
         {tensor_role::convolution_input, tensor_role::batch_norm_input, tensor_role::smooth_activation_input,
          tensor_role::cross_score, tensor_role::recurrent_state, tensor_role::replicated_operand,
          tensor_role::scaled_by_channel})
        t.tensors.of[role] = {.compute = 1};
    t.tensors.of[tensor_role::pool_index] = {.mask = 8};
    t.tensors.of[tensor_role::loss_input] = {.wide = 1};
}

/// Fused kernels (Megatron): each saves what its backward reads. Roles that a table does not name are not saved.
[[nodiscard]] constexpr saved_table fused_graph() {
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
        t.tensors.of[role] = {.compute = 1, .byte = 1};
    t.scores = {.compute = 1};
    t.dropped_scores = {.compute = 1, .byte = 1};
    t.capped_scores = {.compute = 1};
    keep_operands(t);
    return t;
}

/// Eager graphs on weights in the compute format (pure 16-bit, FSDP mixed precision): every operator saves its own
/// inputs; RMSNorm works on an fp32 copy; KV heads are repeated before attention.
[[nodiscard]] constexpr saved_table eager_uniform() {
    saved_table t = fused_graph();
    t.tensors.of[tensor_role::rms_norm_input] = {.wide = 1};
    t.tensors.of[tensor_role::rms_normalized] = {.compute = 1};
    t.tensors.of[tensor_role::rms_normalized_wide] = {.wide = 1};
    t.tensors.of[tensor_role::activation_steps] = {.compute = 1};
    t.tensors.of[tensor_role::head_norm_input] = {.compute = 1, .wide = 1};
    t.tensors.of[tensor_role::latent] = {.compute = 2, .wide = 1};
    t.tensors.of[tensor_role::key] = {};
    t.tensors.of[tensor_role::value] = {};
    t.tensors.of[tensor_role::key_value_expanded] = {.compute = 1};
    t.tensors.of[tensor_role::activation_output] = {.compute = 1};
    t.tensors.of[tensor_role::expert_activation_output] = {.compute = 1};
    return t;
}

/// Eager attention whose softmax runs in fp32, with a 16-bit copy of its result for the matmul with the values: by
/// autocast's list of operators, or as the model's code asks (`softmax_is_wide`).
constexpr void widen_scores(saved_table& t) {
    t.scores = {.compute = 1, .wide = 1};
    t.tensors.of[tensor_role::cross_score] = {.compute = 1, .wide = 1};
    t.dropped_scores = {.byte = 1};
}

[[nodiscard]] constexpr saved_table with_wide_softmax(saved_table t) {
    widen_scores(t);
    return t;
}

/// PyTorch's math kernel, which runs where no fused kernel takes a bias: it computes queries, keys, values and scores
/// in fp32, whatever format they have (aten/native/transformers/attention.cpp, _scaled_dot_product_attention_math; six
/// tensors of each attention of T5, listed on an H200, where it ran for a frozen bias too).
[[nodiscard]] constexpr saved_table with_math_kernel(saved_table t) {
    for (const tensor_role::type role : {tensor_role::query, tensor_role::key, tensor_role::value})
        t.tensors.of[role] = {.wide = 1};
    t.tensors.of[tensor_role::key_value_expanded] = {};
    t.scores = {.wide = 1};
    t.dropped_scores = {.wide = 1, .byte = 1};
    return t;
}

/// Kernels that take grouped keys and values read them as the projections wrote them.
[[nodiscard]] constexpr saved_table with_unrepeated(saved_table t) {
    t.tensors.of[tensor_role::key] = {.compute = 1};
    t.tensors.of[tensor_role::value] = {.compute = 1};
    t.tensors.of[tensor_role::key_value_expanded] = {};
    return t;
}

/// Unsloth: norms save their 16-bit input, and a gated feed-forward recomputes its product in backward.
[[nodiscard]] constexpr saved_table unsloth_kernels() {
    saved_table t = fused_graph();
    t.tensors.of[tensor_role::feed_forward_hidden] = {};
    return t;
}

/// litgpt: one matrix makes queries, keys and values; the values are a view of its result, which therefore stays in
/// addition to the rotated queries and keys.
[[nodiscard]] constexpr saved_table fused_query_key_value() {
    saved_table t = eager_uniform();
    t.tensors.of[tensor_role::query] = {.compute = 2};
    t.tensors.of[tensor_role::key] = {.compute = 1};
    return t;
}

/// Eager graphs under autocast with fp32 weights: the residual path is fp32, each matrix casts its own input, and
/// softmax runs in fp32 with a cast of its result for the matmul with the values, and so do powers and what follows
/// from them.
[[nodiscard]] constexpr saved_table eager_autocast() {
    saved_table t = eager_uniform();
    t.tensors.of[tensor_role::activation_steps] = {.wide = 1};
    t.tensors.of[tensor_role::rms_normalized] = {.wide = 1};
    t.tensors.of[tensor_role::layer_norm_input] = {.wide = 1};
    t.tensors.of[tensor_role::attention_input] = {};
    t.tensors.of[tensor_role::attention_input_casts] = {.matrix = 1};
    t.tensors.of[tensor_role::feed_forward_input] = {};
    t.tensors.of[tensor_role::feed_forward_input_casts] = {.matrix = 1};
    widen_scores(t);
    return t;
}

/// Liger's RMSNorm in place of a graph's own: it saves its input, in the format of the residual path, and a factor per
/// token (linkedin/Liger-Kernel, ops/rms_norm.py).
[[nodiscard]] constexpr saved_table with_liger_norms(saved_table t, saved_copies residual) {
    t.tensors.of[tensor_role::rms_norm_input] = residual;
    t.tensors.of[tensor_role::rms_normalized] = {};
    t.tensors.of[tensor_role::rms_normalized_wide] = {};
    t.tensors.of[tensor_role::head_norm_input] = {.compute = 1};
    return t;
}

/// Liger's SwiGLU or GeGLU in place of a graph's own: it saves the two outputs that it multiplies
/// (linkedin/Liger-Kernel, ops/swiglu.py). Experts stay eager.
[[nodiscard]] constexpr saved_table with_liger_activations(saved_table t) {
    t.tensors.of[tensor_role::activation_output] = {};
    return t;
}

/// Experts whose matrices one grouped matmul multiplies, under autocast: autocast does not cast the operands of that
/// operator, so that experts with fp32 weights run in fp32 (transformers, integrations/moe.py, grouped_mm; the saved
/// tensors of Mixtral and Qwen3-MoE, listed on an H100).
[[nodiscard]] constexpr saved_table with_wide_experts(saved_table t) {
    for (const tensor_role::type role :
         {tensor_role::expert_input, tensor_role::expert_gate_output, tensor_role::expert_up_output,
          tensor_role::expert_activation_output, tensor_role::expert_hidden, tensor_role::expert_output})
        t.tensors.of[role] = {.wide = 1};
    return t;
}

/// Eager graphs under autocast with frozen weights of 16 bits, of a network whose norms are LayerNorms or GroupNorms:
/// the residual path has 16 bits, a norm reads a copy in fp32, and each matrix casts its fp32 result.
[[nodiscard]] constexpr saved_table eager_wide_norms() {
    saved_table t = eager_uniform();
    t.tensors.of[tensor_role::activation_steps] = {.wide = 1};
    t.tensors.of[tensor_role::layer_norm_input] = {.wide = 1};
    t.tensors.of[tensor_role::attention_input] = {};
    t.tensors.of[tensor_role::attention_input_casts] = {.matrix = 1};
    t.tensors.of[tensor_role::feed_forward_input] = {};
    t.tensors.of[tensor_role::feed_forward_input_casts] = {.matrix = 1};
    widen_scores(t);
    return t;
}

/// Compiled graphs: fused kernels recompute point-wise results, so the inputs of matmuls that follow from saved tensors
/// element by element are not saved.
[[nodiscard]] constexpr saved_table compiled_graph() {
    saved_table t = fused_graph();
    t.tensors.of[tensor_role::feed_forward_hidden] = {};
    t.tensors.of[tensor_role::expert_hidden] = {};
    t.tensors.of[tensor_role::key] = {};
    t.tensors.of[tensor_role::value] = {};
    t.tensors.of[tensor_role::key_value_expanded] = {.compute = 1};
    return t;
}

/// torchtitan's per-operator policy: the layer's input, attention's result and every second matmul's result (query,
/// value, gate, down) are saved, and the rest is recomputed.
[[nodiscard]] constexpr saved_table every_second_matmul() {
    saved_table t;
    for (const tensor_role::type role :
         {tensor_role::layer_input, tensor_role::query, tensor_role::value, tensor_role::attention_output,
          tensor_role::gate_output, tensor_role::down_output, tensor_role::expert_input,
          tensor_role::expert_gate_output})
        t.tensors.of[role] = {.compute = 1};
    t.tensors.of[tensor_role::softmax_statistics] = {.wide = 1};
    // Of a convolutional network, the convolutions' results: norms and activations are cheap to recompute.
    for (const tensor_role::type role :
         {tensor_role::batch_norm_input, tensor_role::smooth_activation_input, tensor_role::recurrent_state})
        t.tensors.of[role] = {.compute = 1};
    t.tensors.of[tensor_role::pool_index] = {.mask = 8};
    t.tensors.of[tensor_role::loss_input] = {.wide = 1};
    return t;
}

/// torchtitan's per-operator policy where matmuls are operators that are not on its list (torchao's NVFP4 linears):
/// their results are recomputed. Grouped matmuls of experts stay in 16 bits.
[[nodiscard]] constexpr saved_table unlisted_matmuls() {
    saved_table t = every_second_matmul();
    for (const tensor_role::type role :
         {tensor_role::query, tensor_role::value, tensor_role::gate_output, tensor_role::down_output})
        t.tensors.of[role] = {};
    return t;
}

/// Megatron's selective recomputation: core attention (scores, softmax, dropout) is recomputed.
[[nodiscard]] constexpr saved_table without_scores() {
    saved_table t = fused_graph();
    t.scores = {};
    t.dropped_scores = {};
    t.capped_scores = {};
    return t;
}

/// TensorFlow 1 graphs of separate operators: every matmul's result exists before and after its bias, GELU is eight
/// point-wise steps, LayerNorm five, and dropout draws, floors and scales; all results are fp32 and saved for backward.
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
    // The gradient of max pooling reads its input and output again instead of an index.
    t.tensors.of[tensor_role::pool_index] = {};
    return t;
}

[[nodiscard]] constexpr saved_table with_variants(saved_table t, const saved_variants& variants) {
    t.variants = variants;
    return t;
}

}  // namespace detail

/// The tables that frameworks point to.
namespace saved_tables {
/// A table of what a framework's graph saves: what its name says, against the eager graph of 16-bit weights.
/// @{
inline constexpr saved_table fused_kernels = detail::fused_graph();
inline constexpr saved_table unsloth = detail::unsloth_kernels();
inline constexpr saved_table litgpt = detail::fused_query_key_value();
inline constexpr saved_table wide_norms = detail::eager_wide_norms();
inline constexpr saved_table compiled = detail::compiled_graph();
inline constexpr saved_table every_second_matmul = detail::every_second_matmul();
inline constexpr saved_table unlisted_matmuls = detail::unlisted_matmuls();
inline constexpr saved_table without_scores = detail::without_scores();
inline constexpr saved_table tensorflow = detail::separate_operators();
/// @}

/// Eager graphs and their variants.
/// @{
inline constexpr saved_table wide_softmax = detail::with_wide_softmax(detail::eager_uniform());
inline constexpr saved_table math_kernel = detail::with_math_kernel(detail::eager_uniform());
inline constexpr saved_table unrepeated_wide_norms = detail::with_unrepeated(detail::eager_wide_norms());
inline constexpr saved_table unrepeated =
    detail::with_variants(detail::with_unrepeated(detail::eager_uniform()),
                          {.math_kernel = &math_kernel, .wide_norms = &unrepeated_wide_norms});
/// @}
/// A table with variants of its own by how attention and experts run. Its tables point to one another, so that an
/// object of it stays where it is made.
struct kernel_tables {
    saved_table of;                       ///< the table itself
    saved_table wide_softmax;             ///< eager attention's softmax in fp32
    saved_table math_kernel;              ///< attention by PyTorch's math kernel
    saved_table wide_experts;             ///< experts that run in fp32
    saved_table wide_experts_unrepeated;  ///< the same with keys and values that are not repeated
    saved_table unrepeated;               ///< grouped keys and values that are not repeated

    /// Makes the variants of a table.
    constexpr explicit kernel_tables(const saved_table& base)
        : of(detail::with_variants(base, {.unrepeated = &unrepeated,
                                          .wide_softmax = &wide_softmax,
                                          .math_kernel = &math_kernel,
                                          .wide_experts = &wide_experts})),
          wide_softmax(detail::with_wide_softmax(base)),
          math_kernel(detail::with_math_kernel(base)),
          wide_experts(detail::with_wide_experts(base)),
          wide_experts_unrepeated(detail::with_unrepeated(wide_experts)),
          unrepeated(detail::with_variants(detail::with_unrepeated(base),
                                           {.math_kernel = &math_kernel, .wide_experts = &wide_experts_unrepeated})) {}
    kernel_tables(const kernel_tables&) = delete;
    kernel_tables& operator=(const kernel_tables&) = delete;
};
/// The tables of a graph with Liger's kernels: of norms, of activations, and of both. `residual` is what is saved of
/// the residual path.
struct liger_tables {
    kernel_tables norms;        ///< Liger's norms alone
    kernel_tables activations;  ///< Liger's gated activations alone
    kernel_tables both;         ///< both

    /// Makes the tables of a graph whose residual path has such copies of a norm's input.
    constexpr liger_tables(const saved_table& graph, saved_copies residual)
        : norms(detail::with_liger_norms(graph, residual)),
          activations(detail::with_liger_activations(graph)),
          both(detail::with_liger_activations(detail::with_liger_norms(graph, residual))) {}
};
/// A table of what a framework's graph saves: what its name says, against the eager graph of 16-bit weights.
/// @{
inline constexpr liger_tables liger{detail::eager_uniform(), {.compute = 1}};
inline constexpr saved_table eager =
    detail::with_variants(detail::eager_uniform(), {.unrepeated = &unrepeated,
                                                    .wide_softmax = &wide_softmax,
                                                    .math_kernel = &math_kernel,
                                                    .wide_norms = &wide_norms,
                                                    .liger_norms = &liger.norms.of,
                                                    .liger_activations = &liger.activations.of,
                                                    .liger = &liger.both.of});
/// @}

/// Autocast and its variants: its softmax is wide in any case.
/// @{
inline constexpr kernel_tables autocast_kernels{detail::eager_autocast()};
inline constexpr liger_tables autocast_liger{detail::eager_autocast(), {.wide = 1}};
inline constexpr saved_table autocast =
    detail::with_variants(detail::eager_autocast(), {.unrepeated = &autocast_kernels.unrepeated,
                                                     .math_kernel = &autocast_kernels.math_kernel,
                                                     .wide_experts = &autocast_kernels.wide_experts,
                                                     .liger_norms = &autocast_liger.norms.of,
                                                     .liger_activations = &autocast_liger.activations.of,
                                                     .liger = &autocast_liger.both.of});
/// @}

}  // namespace saved_tables

}  // namespace cardfit
