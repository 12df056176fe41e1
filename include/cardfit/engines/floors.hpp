// SPDX-License-Identifier: MIT
#pragma once

// Which of NVIDIA's cards an engine runs a format on, by compute capability. What a table does not name, nothing is
// known against.

#include <cardfit/hardware/gpu.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/number_format.hpp>

namespace cardfit {

/// Stands for the engine as a whole in a floor.
inline constexpr number_format every_format = number_format::by_default;

/// A format that an engine runs from a compute capability on, between two dates.
struct capability_floor {
    number_format format{};                 ///< the format of weights
    compute_capability from{};              ///< the compute capability that the engine needs
    const char* accepted = "";              ///< what the refusal offers, as a noun
    software_date since{};                  ///< the month of the first release that has the floor
    software_date until = no_software_yet;  ///< the month of the release that removed it
};

/// What vLLM and the engines that took over its kernels run: Volta and later; bf16 from Ampere on
/// (_check_if_gpu_supports_dtype in gpu_worker.py); AWQ and INT8 (W8A8) from Turing on, and FP8 by Marlin from Ampere
/// on ("Supported Hardware" of its documentation, 0.6.4 to 0.15.1), by 0.32 from Turing on (its page on FP8 W8A8);
/// bitsandbytes' 8 bits from Turing on (its installation guide); FP4 by Marlin from Ampere on (recalled).
inline constexpr capability_floor vllm_floors[]{
    {every_format, {7, 0}, "a format of another engine: vLLM's kernels start at compute capability 7.0"},
    {number_format::bf16, {8, 0}, "fp16, because this engine runs bf16 from compute capability 8.0 on"},
    {number_format::awq_int4, {7, 5}, "a format other than AWQ, which this engine runs from compute capability 7.5 on"},
    {number_format::w8a8, {7, 5}, "a format other than w8a8, which this engine runs from compute capability 7.5 on"},
    {number_format::int8, {7, 5}, "a format other than int8, which this engine runs from compute capability 7.5 on"},
    {number_format::mxfp4, {8, 0}, "a format other than mxfp4, which this engine runs from compute capability 8.0 on"},
    {number_format::nvfp4, {8, 0}, "a format other than nvfp4, which this engine runs from compute capability 8.0 on"},
    {.format = number_format::fp8,
     .from = {8, 0},
     .accepted = "a format other than fp8, which this engine runs from compute capability 8.0 on",
     .until = {2026, 11}},
    {.format = number_format::fp8,
     .from = {7, 5},
     .accepted = "a format other than fp8, which this engine runs from compute capability 7.5 on",
     .since = {2026, 11}},
};

/// What TensorRT-LLM runs: its support matrix names Ampere and later from 0.18.2 on, and FP8 from Ada on; Volta before
/// it, and FP4 from Blackwell on, are recalled.
inline constexpr capability_floor tensorrt_llm_floors[]{
    {.format = every_format,
     .from = {7, 0},
     .accepted = "a format of another engine: TensorRT-LLM starts at compute capability 7.0",
     .until = {2025, 4}},
    {.format = every_format,
     .from = {8, 0},
     .accepted = "a format of another engine: TensorRT-LLM starts at compute capability 8.0 since 0.18.2",
     .since = {2025, 4}},
    {number_format::bf16, {8, 0}, "fp16, because this engine runs bf16 from compute capability 8.0 on"},
    {number_format::fp8, {8, 9}, "a format other than fp8, which this engine runs from compute capability 8.9 on"},
    {number_format::nvfp4,
     {10, 0},
     "a format other than nvfp4, which this engine runs from compute capability 10.0 on"},
};

/// What LMDeploy runs: Volta and later; AWQ from Turing on (model card of internlm2-chat-20b-4bits), by 0.6 from Volta
/// on (recalled); bf16 from Ampere on (recalled).
inline constexpr capability_floor lmdeploy_floors[]{
    {every_format, {7, 0}, "a format of another engine: LMDeploy starts at compute capability 7.0"},
    {number_format::bf16, {8, 0}, "fp16, because this engine runs bf16 from compute capability 8.0 on"},
    {.format = number_format::awq_int4,
     .from = {7, 5},
     .accepted = "a format other than AWQ, which this engine runs from compute capability 7.5 on before 0.6",
     .until = {2024, 9}},
};

/// What the kernels run that transformers and its kin call: bitsandbytes' 8 bits from Turing on and its 4 bits from
/// Pascal on (its installation guide), AutoAWQ's from Turing on (its README, recalled), FP8 from Ada on
/// (quantizer_finegrained_fp8.py, recalled).
inline constexpr capability_floor pytorch_floors[]{
    {number_format::int8, {7, 5}, "a format other than int8, which bitsandbytes runs from compute capability 7.5 on"},
    {number_format::nf4, {6, 0}, "a format other than nf4, which bitsandbytes runs from compute capability 6.0 on"},
    {number_format::nf4_dq, {6, 0}, "a format other than nf4, which bitsandbytes runs from compute capability 6.0 on"},
    {number_format::awq_int4, {7, 5}, "a format other than AWQ, whose kernels run from compute capability 7.5 on"},
    {number_format::fp8, {8, 9}, "a format other than fp8, which this engine runs from compute capability 8.9 on"},
};

/// AutoAWQ's own engine (its README, recalled).
inline constexpr capability_floor autoawq_floors[]{
    {every_format, {7, 5}, "a format of another engine: AutoAWQ's kernels start at compute capability 7.5"},
};

}  // namespace cardfit
