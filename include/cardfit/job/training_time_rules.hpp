// SPDX-License-Identifier: MIT
#pragma once

// How a framework works, as far as time depends on it: one row per framework, bytes that an optimizer moves, and the
// dates on which software changed. What that work costs is in calibration/training_time_constants.hpp.

#include <cardfit/calibration/training_time_constants.hpp>
#include <cardfit/job/training.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

/// How far element-wise kernels are fused: not, by hand in places, throughout, or by a compiler.
enum class fusion : unsigned char { eager, partial, full, compiled };

/// Element-wise work by how far it is fused.
struct fusion_cost {
    double traffic = 0;  ///< bytes moved, relative to the bare count of operands and results
    double scores = 0;   ///< passes over an attention matrix that is written out, with dropout
    double kernels = 0;  ///< kernel launches, relative to the bare count
};
[[nodiscard]] constexpr fusion_cost cost_of(fusion f, const step_constants& c) noexcept {
    switch (f) {
        case fusion::eager:
            return {c.traffic_eager, c.scores_eager, c.launches_eager};
        case fusion::partial:
            return {c.traffic_eager, c.scores_partial, c.launches_partial};
        case fusion::full:
            return {c.traffic_full, c.scores_full, c.launches_full};
        case fusion::compiled:
            break;
    }
    return {c.traffic_compiled, c.scores_eager, c.launches_compiled};
}

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

/// Bytes per trained parameter that cross the host's link in a step where something is offloaded.
[[nodiscard]] constexpr double offloaded_bytes(offload o, const step_constants& c) noexcept {
    return o == offload::full ? c.offloaded_bytes_full : o == offload::optimizer ? c.offloaded_bytes_optimizer : 0;
}

}  // namespace cardfit
