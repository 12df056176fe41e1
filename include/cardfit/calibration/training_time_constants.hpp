// SPDX-License-Identifier: MIT
#pragma once

// Every number that a training step's time depends on, besides the card's and the framework's rows. A caller may vary
// any of them: `step_time(model, job, machine, layout, constants)`. The default values are the fitted ones. The
// standing, range and source of every member are in calibration/describe_training.hpp.

#include <cardfit/calibration/kernel_constants.hpp>
#include <cardfit/calibration/link_constants.hpp>

namespace cardfit {

/// Costs of one training step, the same under every framework.
struct step_constants {
    /// Element-wise kernels by how far they are fused (`fusion`): bytes moved relative to the bare count of operands
    /// and results; passes over an attention matrix that is written out; kernel launches relative to the bare count.
    /// @{
    double traffic_eager = 1.46;  ///< eager and partial
    double traffic_full = 1.27;
    double traffic_compiled = 0.905;
    double scores_eager = 33.9;  ///< eager and compiled
    double scores_partial = 28.7;
    double scores_full = 6.6;
    double launches_eager = 1.6;
    double launches_partial = 1.0;
    double launches_full = 0.8;
    double launches_compiled = 0.5;
    /// @}

    /// Element-wise operands and results of a layer, elements per token and hidden element (forward and backward).
    /// @{
    double residual_path = 22;  ///< two norms (10) and two residual sums (12)
    double dropout = 10;        ///< two dropout masks
    double projections = 4;     ///< queries, keys and values: split, rotated, gathered; per projected element
    double gated_hidden = 8;    ///< per element of a gated feed-forward's width
    double plain_hidden = 5;    ///< per element of an ungated feed-forward's width
    double forward_share = 0.4;
    double memory_path = 0.2;            ///< of the residual path, where a memory is concatenated (Transformer-XL)
    double shift_copies = 1.8;           ///< of the scores, where relative positions are shifted (Transformer-XL)
    double gates = 8;                    ///< per hidden element of a recurrent layer, in the place of projections
    double additive_scores = 12;         ///< per element of an additive attention before its scores
    double expert_permutation = 5.28;    ///< per active expert and hidden element: gather, weigh, scatter
    double score_bytes_autocast = 3;     ///< bytes per score: autocast computes the softmax in fp32
    double without_score_dropout = 0.8;  ///< of the passes over scores, where attention has no dropout
    double logit_bytes = 34.1;           ///< bytes per logit of unfused cross-entropy
    double masked_positions = 0.15;      ///< of the tokens, where the loss counts masked ones alone
    /// @}

    /// Casts to narrow formats: bytes per element of operands and results, and the fraction of them in forward.
    /// @{
    double fp8_cast = 1.9;
    double block_cast = 12.1;  ///< mxfp8, nvfp4
    double cast_forward = 0.35;
    /// @}

    // Bytes per trained parameter and micro-step.
    double fused_accumulation = 4.74;  ///< the matmul itself adds gradients up in fp32
    double autocast = 26;              ///< casts of weights and sums of gradients
    double full_accumulation = 8;      ///< full precision
    // Bytes of adapters and quantized bases.
    double adapter_bytes = 14;     ///< per element of an adapter's inputs and outputs: casts, dropout, sum
    double magnitude_passes = 7;   ///< over a matrix for its norm in DoRA
    double dequantization = 14.8;  ///< per parameter of a 4-bit base, and pass
    double flattening = 4.28;      ///< passes over the gradients that a late reduction copied

    /// The host.
    /// @{
    double launch = 9.07e-6;          ///< seconds per kernel launch
    double kernels_per_layer = 60.1;  ///< of one pass; only the product with `launch` is identified
    double kernel_ramp = 4e-6;        ///< seconds per kernel on the device
    double step_overhead = 4e-3;      ///< seconds per step
    double passes = 2.5;              ///< of a layer's kernels: forward 1, backward 1.5
    double kernels_gated = 0.15;      ///< more kernels, relative to a plain layer, where the feed-forward is gated
    double kernels_experts = 1;
    double launches_per_expert_cast = 24;  ///< of one pass, for each expert on a card, to cast what its matmuls read
    double kernels_latent = 0.5;
    double kernels_second = 0.6;  ///< a second attention, or a memory
    double kernels_recurrent = 0.5;
    double kernels_per_recurrence = 2;  ///< per recurrent step
    double kernels_per_adapter = 6;
    double shortest_recurrence = 12e-6;  ///< seconds that a recurrent step takes at least
    double tensor_step = 0.4e-3;         ///< seconds per tensor of an optimizer step that the host loops over
    /// @}

    // Convolutional networks.
    double normalized_passes = 19.2;  ///< passes over what is normalized
    /// Passes over a feature map, relative to batch normalization with ReLU.
    /// @{
    double frozen_norm_pass = 0.7;  ///< scale and ReLU
    double activation_pass = 0.35;  ///< ReLU alone
    double copy_pass = 1;
    double kernels_per_convolution = 9;
    double backward_share = 0.66;
    /// @}

    /// Overlap: the fraction of backward (bucket) or of a micro-step (gather) that hides communication; what hidden
    /// communication costs anyway; the fraction of tensor-parallel collectives that is hidden.
    /// @{
    double bucket_window = 0.847;
    double gather_window = 0.551;
    double hidden_cost = 0.391;
    double hidden_tensor = 0.118;
    double hidden_tensor_late = 0.704;  ///< with sequence parallelism, since `overlap_since`
    double exposed_all_to_all = 0.409;
    double exposed_stage_exchange = 0.5;
    double stragglers = 0.00344;  ///< of the step, per doubling of the cards
    /// @}

    /// Offloading.
    /// @{
    double offloaded_activations = 17;  ///< elements per token and hidden element that a layer's activations move
    double offloaded_bytes_full = 24;   ///< bytes per trained parameter and step that cross the host's link
    double offloaded_bytes_optimizer = 16;
    double fetches_per_micro_batch = 2;  ///< of weights kept in host memory: for forward and for backward
    /// @}

    friend constexpr bool operator==(const step_constants&, const step_constants&) = default;
};

/// All constants of a training step's time.
struct training_time_constants {
    step_constants step{};       ///< of kernels that are no matmuls, and of the host
    kernel_constants kernels{};  ///< of matmuls and memory, by class of card
    link_constants links{};      ///< of links between cards
    friend constexpr bool operator==(const training_time_constants&, const training_time_constants&) = default;
};

/// The constants that estimates use by default.
inline constexpr training_time_constants default_training_time_constants{};

}  // namespace cardfit
