// SPDX-License-Identifier: MIT
#pragma once

// Memory that no tensor holds: the CUDA context, library workspaces, NCCL's buffers, the allocator's slack.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>

namespace cardfit {

/// CUDA context and loaded kernels of one process. Lazy loading (default from CUDA 11.8 on, PyTorch 2.0 wheels of March
/// 2023) cut it: 1343 MiB with PyTorch 1.10 on a V100 (transformers documentation, performance guide of 2021); 426 MiB
/// with PyTorch 2.10 (unsloth-zoo pull request 1053); about 500 MiB between.
[[nodiscard]] constexpr std::int64_t context_bytes(const software_date& date) noexcept {
    return (date < software_date{2023, 3} ? 1343 : 500) * bytes_per_mebibyte;
}

/// cuBLAS's workspace of one handle and stream: 32 MiB on Hopper and later, 8.125 MiB before (PyTorch,
/// CUBLAS_WORKSPACE_CONFIG defaults).
[[nodiscard]] constexpr std::int64_t workspace_bytes(const gpu& card) noexcept {
    return has_hopper_kernels(card) ? 32 * bytes_per_mebibyte : 8320 * bytes_per_kibibyte;
}

/// NCCL's buffers: 350 MiB a communicator (342 and 392 MiB with 2 and 8 H100: aiconfigurator). One for each way to
/// parallelize; a pipeline has one with each neighbor (c10d makes one a pair of ranks) and one between first and last
/// stage (tied embeddings); and where ways are combined, one for each card's model-parallel group (gradient norm) and
/// one for all (barriers).
[[nodiscard]] constexpr std::int64_t communication_bytes(const layout& l) noexcept {
    const std::int64_t ways = (l.data > 1) + (l.tensor > 1) + (l.context > 1) + (l.expert > 1);
    const std::int64_t groups = ways + (l.pipeline > 1 ? 3 : 0) + (ways + (l.pipeline > 1) > 1 ? 2 : 0);
    return groups * 350 * bytes_per_mebibyte;
}

}  // namespace cardfit
