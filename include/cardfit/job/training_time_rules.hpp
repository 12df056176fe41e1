// SPDX-License-Identifier: MIT
#pragma once

// What a framework's way of working costs in time, as data: one row a framework, traffic by how far its kernels are
// fused, bytes an optimizer moves, and the dates on which software changed. Settled on 771 published training rates of
// 17 sources (2026-11) unless a line says otherwise.

#include <cardfit/job/training.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

/// How far element-wise kernels are fused: not, by hand in places, throughout, or by a compiler.
enum class fusion : unsigned char { eager, partial, full, compiled };

/// Element-wise work by how far it is fused.
struct fusion_row {
    double traffic = 0;  ///< bytes moved over the bare count of operands and results
    double scores = 0;   ///< passes over an attention matrix that is written out, with dropout
    double kernels = 0;  ///< launches over the bare count
    std::string_view source = "";
};
inline constexpr fusion_row fusions[]{
    {1.46, 33.9, 1.6, "every source of language models, 15 %; scores: Hugging Face, mli"},
    {1.46, 28.7, 1.0, "llm-foundry; scores: NVIDIA DeepLearningExamples, Lambda"},
    {1.27, 6.6, 0.8, "Megatron; scores: Megatron's fused softmax, BigScience, DeepSpeed"},
    {0.905, 33.9, 0.5, "torchtitan, torchao compiled; scores as eager's"},
};
[[nodiscard]] constexpr const fusion_row& row_of(fusion f) noexcept { return fusions[static_cast<std::size_t>(f)]; }

/// When replicated gradients are reduced: in buckets as they arrive, or all of them behind backward (apex, Megatron's
/// own, DeepSpeed's), which since 2023 are overlapped too.
enum class gradient_reduction : unsigned char { bucketed, late };

/// One framework.
struct training_time_row {
    std::string_view name = "";
    cardfit::fusion fusion = fusion::eager;
    bool fused_optimizer = true;  ///< one kernel for many tensors (foreach, fused, apex), not a loop of operators
    gradient_reduction reduction = gradient_reduction::bucketed;
    bool master_weights = false;  ///< 16-bit weights, and the fp32 ones only in the optimizer: no casts
    /// Full-precision fine-tunes of a classifier with plain Adam clip and step tensor by tensor from the host.
    bool steps_tensor_by_tensor = false;
    bool channels_last = false;             ///< 16-bit convolutions run in their fast layout
    bool hides_tensor_collectives = false;  ///< with sequence parallelism, since `overlap_since`
    /// Attention with windows has a fused kernel since `windows_fused_since`, before none.
    bool windows_fused_late = false;
    /// Half-width of the band: the 90th percentile of |estimate / measured - 1| over the published training rates of
    /// that framework (tests/published/speed.jsonl, 2026-11), rounded up to a whole per
    /// cent and at least 100; 350 where fewer than five rows were published.
    int band_per_mille = 350;
    std::string_view source = "";
};

/// In the order of `framework`.
inline constexpr training_time_row training_time_rows[]{
    {.name = "pytorch", .band_per_mille = 180, .source = "PyTorch documentation: DistributedDataParallel, fused AdamW"},
    {.name = "transformers",
     .fused_optimizer = false,
     .band_per_mille = 440,
     .source = "Hugging Face Trainer; mli/transformers-benchmarks"},
    {.name = "torchtitan", .band_per_mille = 210, .source = "pytorch/torchtitan: FSDP2"},
    {.name = "torchtune", .band_per_mille = 160, .source = "torchtune's recipes"},
    {.name = "litgpt", .fusion = fusion::partial, .source = "litgpt: fused RMSNorm, cross-entropy"},
    {.name = "llm-foundry",
     .fusion = fusion::partial,
     .band_per_mille = 100,
     .source = "MosaicML llm-foundry: low-precision LayerNorm, FusedCrossEntropy"},
    {.name = "megatron",
     .fusion = fusion::full,
     .reduction = gradient_reduction::late,
     .master_weights = true,
     .hides_tensor_collectives = true,
     .windows_fused_late = true,
     .band_per_mille = 240,
     .source = "Megatron-LM: fused kernels, fused gradient accumulation, --tp-comm-overlap"},
    {.name = "megatron-deepspeed",
     .fusion = fusion::full,
     .reduction = gradient_reduction::late,
     .master_weights = true,
     .hides_tensor_collectives = true,
     .windows_fused_late = true,
     .band_per_mille = 220,
     .source = "BigScience's Megatron-DeepSpeed"},
    {.name = "deepspeed",
     .fusion = fusion::full,
     .reduction = gradient_reduction::late,
     .master_weights = true,
     .hides_tensor_collectives = true,
     .windows_fused_late = true,
     .band_per_mille = 100,
     .source = "DeepSpeed transformer kernels"},
    {.name = "dle",
     .fusion = fusion::partial,
     .reduction = gradient_reduction::late,
     .master_weights = true,
     .steps_tensor_by_tensor = true,
     .channels_last = true,
     .hides_tensor_collectives = true,
     .windows_fused_late = true,
     .band_per_mille = 290,
     .source = "NVIDIA DeepLearningExamples: apex; Lambda's runs of them"},
    {.name = "detectron2", .source = "detectron2: plain PyTorch; nobody published training rates"},
    {.name = "tensorflow",
     .fusion = fusion::partial,
     .channels_last = true,
     .source = "TensorFlow: Grappler; nobody published training rates"},
};
[[nodiscard]] constexpr const training_time_row& time_row_of(framework f) noexcept {
    return training_time_rows[static_cast<std::size_t>(f)];
}

// ---- Dates

/// FlashAttention (May 2022): before, attention writes its scores out.
inline constexpr software_date flash_since{2022, 6};
/// Gradients behind backward are reduced in buckets while it runs, and need no flattening copies, since Megatron-Core
/// and DeepSpeed 0.8; tensor-parallel collectives are cut up and hidden since Transformer Engine's userbuffers.
inline constexpr software_date overlap_since{2023, 1};
/// FlashAttention 2 (July 2023) and CUDA 12.3's Hopper kernels have reached the frameworks.
inline constexpr software_date mature_kernels_since{2024, 1};
/// cuDNN's fused attention takes windows with sinks in Transformer Engine. Inferred from one source: Megatron-Bridge's
/// gpt-oss before and after.
inline constexpr software_date windows_fused_since{2026, 6};

// ---- Optimizers

/// Bytes that a step moves for a parameter.
struct optimizer_time_row {
    double fused = 36;    ///< gradient, weight, two moments read; three written; norms: counted
    double looped = 104;  ///< the same operator by operator: counted
    /// Fine-tuning scripts' own, which `steps_tensor_by_tensor` speaks of.
    bool plain = false;
    std::string_view source = "";
};
namespace detail {
inline constexpr optimizer_time_row descent_time{18, 18, false, "half of Adam's: one moment or none"};
inline constexpr optimizer_time_row adam_time{.source = "counted from the accesses"};
inline constexpr optimizer_time_row other_time{.source = "estimated: as Adam's"};
/// In the order of `optimizer`.
inline constexpr optimizer_time_row optimizer_times[]{
    descent_time,
    descent_time,
    {36, 104, true, "counted from the accesses"},
    adam_time,
    {104, 104, false, "norms of every tensor, twice, before the update"},
    other_time,
    other_time,
    other_time,
    other_time,
    other_time,
    other_time,
    adam_time,
    other_time,
};
}  // namespace detail
[[nodiscard]] constexpr const optimizer_time_row& time_row_of(optimizer o) noexcept {
    return detail::optimizer_times[static_cast<std::size_t>(o)];
}

/// Bytes a trained parameter that cross the host's link in a step where something is offloaded. `full`: one row of one
/// micro-batch, with two fetches of the weight; the others estimated.
[[nodiscard]] constexpr double offloaded_bytes(offload o) noexcept {
    return o == offload::full ? 24 : o == offload::optimizer ? 16 : 0;
}
/// Times a micro-batch that weights kept in host memory come to the card: for forward and for backward.
inline constexpr double fetches_per_micro_batch = 2;

// ---- What every framework's work costs

namespace step_cost {

// Element-wise operands and results of a layer, elements for each of its hidden width (forward and backward).
inline constexpr double residual_path = 22;  ///< two norms (10), two residual sums (12): counted
inline constexpr double dropout = 10;        ///< two masks: counted
inline constexpr double projections = 4;     ///< of queries, keys, values: split, rotated, gathered
inline constexpr double gated_hidden = 8;    ///< of a gated feed-forward's width
inline constexpr double plain_hidden = 5;
inline constexpr double forward_share = 0.4;
inline constexpr double memory_path = 0.2;     ///< of the residual path, where a memory is concatenated; estimated
inline constexpr double shift_copies = 1.8;    ///< of the scores, where relative positions are shifted (Transformer-XL)
inline constexpr double gates = 8;             ///< of a recurrent layer's hidden width: projections' place
inline constexpr double additive_scores = 12;  ///< of an additive attention's elements before its scores
inline constexpr double expert_permutation = 5.28;  ///< of active experts x hidden: gather, weigh, scatter; 30 %
inline constexpr double score_bytes_autocast = 3;   ///< autocast keeps the softmax in fp32
inline constexpr double without_score_dropout = 0.8;
inline constexpr double logit_bytes = 34.1;       ///< of unfused cross-entropy; counted 36
inline constexpr double masked_positions = 0.15;  ///< of BERT's pre-training (arXiv 1810.04805)

// Casts to narrow formats, bytes an element of operands and results; the share in forward.
inline constexpr double fp8_cast = 1.9;
inline constexpr double block_cast = 12.1;  ///< mxfp8, nvfp4; 30 %
inline constexpr double cast_forward = 0.35;

// Parameters, bytes a micro-step: gradients added up in fp32 by the product itself; under autocast, casts and sums; in
// full precision.
inline constexpr double fused_accumulation = 4.74;
inline constexpr double autocast = 26;
inline constexpr double full_accumulation = 8;
inline constexpr double adapter_bytes = 14;  ///< of an adapter's inputs and outputs: casts, dropout, sum; Qwen
/// Elements of a matrix read and written for its norm: peft's DoraLinearLayer makes the adapters' product, scales it,
/// adds the weight and takes the norm; estimated.
inline constexpr double magnitude_passes = 7;
inline constexpr double dequantization = 14.8;  ///< a parameter and pass of a 4-bit base; Qwen
inline constexpr double flattening = 4.28;      ///< passes over the gradients that `late` reduction copied

// The host. Only launch x kernels is identified (.55 ms a layer, Qwen's short sequences).
inline constexpr double launch = 9.07e-6;
inline constexpr double kernels_per_layer = 60.1;
inline constexpr double kernel_ramp = 4e-6;    ///< set
inline constexpr double step_overhead = 4e-3;  ///< set
inline constexpr double passes = 2.5;  ///< of a layer's kernels: forward 1, backward 1.5; full recomputation one more
inline constexpr double kernels_gated = 0.15, kernels_experts = 1, kernels_latent = 0.5, kernels_second = 0.6;
inline constexpr double kernels_recurrent = 0.5, kernels_per_recurrence = 2, kernels_per_adapter = 6;
inline constexpr double shortest_recurrence = 12e-6;  ///< seconds of a recurrent step
inline constexpr double tensor_step = 0.4e-3;  ///< seconds of one tensor's turn in a host's clip-and-step loop; Lambda

// Convolutional networks: passes over what is normalized; kernels a convolution; ReLU alone against norm and ReLU.
inline constexpr double normalized_passes = 19.2;
inline constexpr double kernels_per_convolution = 9;
inline constexpr double backward_share = 0.66;

// Overlap: how much of backward, of a micro-step, hides communication; what hidden communication costs anyway.
inline constexpr double bucket_window = 0.847;
inline constexpr double gather_window = 0.551;
inline constexpr double hidden_cost = 0.391;
inline constexpr double hidden_tensor = 0.118;
inline constexpr double hidden_tensor_late = 0.704;
inline constexpr double exposed_all_to_all = 0.409;    ///< 30 %
inline constexpr double exposed_stage_exchange = 0.5;  ///< set
inline constexpr double stragglers = 0.00344;          ///< a doubling of the cards

/// What offloading a layer's activations moves for each of its hidden width, elements: Korthikanti et al. (arXiv
/// 2205.05198), 34 bytes in 16 bits. Estimated.
inline constexpr double offloaded_activations = 17;

}  // namespace step_cost

}  // namespace cardfit
