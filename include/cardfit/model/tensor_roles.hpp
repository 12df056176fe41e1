// SPDX-License-Identifier: MIT
#pragma once

// The tensors that a layer's forward pass makes, by what reads them. A mechanism says how wide each is; a framework's
// table says which of them backward needs, in which format.

#include <cstddef>

namespace cardfit {

/// Roles of the tensors of a layer; widths are in elements per token. Unscoped inside a namespace, so that a role
/// indexes a plain array: an operator[] would be a call, and estimates are made by the thousand inside the compiler.
namespace tensor_role {
/// The role of a tensor in its layer: an index of tables by role.
enum type : unsigned char {
    layer_input,               ///< what full recomputation keeps
    rms_norm_input,            ///< inputs of RMSNorms on the residual path
    rms_normalized,            ///< RMSNorm results before the weight, which only a trained weight needs
    rms_normalized_wide,       ///< the same of models that multiply by the weight in fp32
    layer_norm_input,          ///< inputs of LayerNorms on the residual path
    attention_input,           ///< what query, key and value matrices read
    attention_input_casts,     ///< the same where each of the three casts its own copy
    feed_forward_input,        ///< what gate and up (or the first feed-forward matrix) read
    feed_forward_input_casts,  ///< the same where each matrix casts its own copy
    query,                     ///< queries, after rotary embedding
    key,                       ///< keys of the KV heads
    value,                     ///< values of the KV heads
    key_value_expanded,        ///< keys and values repeated to all heads
    head_norm_input,           ///< inputs of norms on queries and keys
    latent,                    ///< MLA's compressed queries, keys and values
    attention_output,          ///< what the output matrix reads
    softmax_statistics,        ///< one log-sum-exp per head
    gate_output,               ///< input of the activation function
    up_output,                 ///< the linear half of a gated feed-forward
    activation_output,         ///< output of the activation function, where it is multiplied with the linear half
    activation_steps,          ///< what the operators keep of an activation that a model's code writes out of several
    feed_forward_hidden,       ///< what down (or the second feed-forward matrix) reads
    down_output,               ///< what down writes
    dropout_mask,              ///< elements under residual dropout
    router,                    ///< router logits
    expert_input,              ///< tokens gathered for their experts
    expert_gate_output,
    expert_up_output,
    expert_activation_output,
    expert_hidden,
    expert_output,        ///< outputs of the experts before they are scattered back
    adapter_query_input,  ///< dropped-out copies that adapters read, one per target
    adapter_key_input,
    adapter_value_input,
    adapter_output_input,
    adapter_gate_input,
    adapter_up_input,
    adapter_down_input,
    convolution_input,        ///< what convolutions, pools and classifiers read: mostly results of activations
    batch_norm_input,         ///< what batch norms read: results of convolutions
    smooth_activation_input,  ///< inputs of activations whose derivative needs them (SiLU, GELU; ReLU's does not)
    pool_index,               ///< where a max pool found its maxima: 64-bit numbers
    loss_input,               ///< predictions, at each position or region, that the loss keeps in fp32
    cross_score,              ///< attention matrices of fixed width: windows, a source sentence
    replicated_operand,       ///< operands of a layer's own products that every tensor-parallel card has
    recurrent_state,          ///< gates and states that a recurrent layer keeps of each step
    scaled_by_channel,        ///< what a weight per channel multiplies, which only a trained weight needs (LayerScale)
    count,
};
}  // namespace tensor_role
/// The number of roles.
inline constexpr std::size_t tensor_role_count = tensor_role::count;

/// An array indexed by tensor role.
template <class T>
struct by_role {
    T of[tensor_role_count]{};  ///< one entry for each role

    friend constexpr bool operator==(const by_role&, const by_role&) = default;
};

}  // namespace cardfit
