// SPDX-License-Identifier: MIT
#pragma once

// Memory that no tensor holds: the CUDA context, cuBLAS's workspace and NCCL's buffers.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>

namespace cardfit {

/// Returns the bytes of the CUDA context and of the loaded kernels of one process. Lazy loading, the default from CUDA
/// 11.8 on (PyTorch 2.0 wheels of March 2023), reduced them from 1343 MiB (PyTorch 1.10 on a V100: transformers
/// documentation, performance guide of 2021) to about 500 MiB; PyTorch 2.10 takes 426 MiB (unsloth-zoo pull request
/// 1053).
[[nodiscard]] constexpr std::int64_t context_bytes(const software_date& date) noexcept {
    return (date < software_date{2023, 3} ? 1343 : 500) * bytes_per_mebibyte;
}

/// Returns the bytes of cuBLAS's workspace for one handle and stream: 32 MiB on Hopper and later, 8.125 MiB before
/// (PyTorch's defaults of CUBLAS_WORKSPACE_CONFIG).
[[nodiscard]] constexpr std::int64_t workspace_bytes(const gpu& card) noexcept {
    return has_hopper_kernels(card) ? 32 * bytes_per_mebibyte : 8320 * bytes_per_kibibyte;
}

/// Returns the bytes of NCCL's buffers: 350 MiB per communicator (342 and 392 MiB with 2 and 8 H100: aiconfigurator).
/// Each kind of parallelism has one communicator. A pipeline stage has one with each neighbor (c10d makes one per pair
/// of ranks) and one between the first and the last stage (tied embeddings). Where kinds are combined, there is one for
/// the model-parallel group (gradient norm) and one for all ranks (barriers).
[[nodiscard]] constexpr std::int64_t communication_bytes(const layout& l) noexcept {
    const std::int64_t kinds = (l.data > 1) + (l.tensor > 1) + (l.context > 1) + (l.expert > 1);
    const bool pipelined = l.pipeline > 1;
    const bool combined = kinds + pipelined > 1;
    const std::int64_t communicators = kinds + (pipelined ? 3 : 0) + (combined ? 2 : 0);
    return communicators * 350 * bytes_per_mebibyte;
}

}  // namespace cardfit
