// SPDX-License-Identifier: MIT
#pragma once

// What fusion and offloading cost in time, and the dates on which training software changed. How far a framework fuses
// is in its row (frameworks/); the constants are in calibration/training_time_constants.hpp.

#include <cardfit/calibration/training_time_constants.hpp>
#include <cardfit/frameworks/row.hpp>

namespace cardfit {

/// Element-wise work by how far it is fused.
struct fusion_cost {
    double traffic = 0;  ///< bytes moved, relative to the bare count of operands and results
    double scores = 0;   ///< passes over an attention matrix that is written out, with dropout
    double kernels = 0;  ///< kernel launches, relative to the bare count
};
/// Returns the cost of element-wise work at a degree of fusion.
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

// ---- Dates

/// From this date on, frameworks have FlashAttention (May 2022); before it, attention writes its matrix of scores.
inline constexpr software_date flash_since{2022, 6};
/// From this date on, 16-bit convolutions in the contiguous (NCHW) layout run on tensor cores in the channels-last
/// layout that those read, with their operands transformed around them: cuDNN 8, with PyTorch 1.7 (October 2020).
inline constexpr software_date transformed_layouts_since{2020, 10};
/// From this date on, fp32 convolutions run in tf32 on cards that have it, unless a program forbids it: cuDNN in
/// PyTorch 1.7 (torch.backends.cudnn.allow_tf32) and TensorFlow 2.4. Matmuls outside convolutions do not.
inline constexpr software_date tf32_convolutions_since{2020, 10};
/// Returns true if a job's fp32 convolutions run in tf32.
[[nodiscard]] constexpr bool runs_convolutions_in_tf32(const training& t, const gpu& card) noexcept {
    return t.precision == precision::fp32 && has_tf32(card) && !(t.software_date < tf32_convolutions_since);
}
/// Since Megatron-Core and DeepSpeed 0.8, gradients that were reduced after backward are reduced in buckets while it
/// runs, without flattening copies; since Transformer Engine's userbuffers, tensor-parallel collectives are split into
/// chunks that matmuls hide.
inline constexpr software_date overlap_since{2023, 1};
/// From this date on, frameworks have FlashAttention 2 (July 2023) and CUDA 12.3's Hopper kernels.
inline constexpr software_date mature_kernels_since{2024, 1};
/// From this date on, cuDNN's fused attention in Transformer Engine supports windows with sinks. This is inferred from
/// one source: Megatron-Bridge's gpt-oss before and after.
inline constexpr software_date windows_fused_since{2026, 6};

/// Returns the bytes per trained parameter that cross the host's link in a step where something is offloaded.
[[nodiscard]] constexpr double offloaded_bytes(offload o, const step_constants& c) noexcept {
    return o == offload::full ? c.offloaded_bytes_full : o == offload::optimizer ? c.offloaded_bytes_optimizer : 0;
}

}  // namespace cardfit
