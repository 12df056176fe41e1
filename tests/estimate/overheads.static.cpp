// SPDX-License-Identifier: MIT

// Memory beside tensors against what documents and logs say.

#include <cardfit/estimate/overheads.hpp>
#include <cardfit/hardware/cards/all.hpp>

using namespace cardfit;

constexpr std::int64_t mebibyte = 1'048'576;

// transformers' performance guide of 2021, a V100 with PyTorch 1.10: 1343 MiB.
static_assert(context_bytes({2021, 12}) == 1343 * mebibyte && context_bytes({2026, 1}) == 500 * mebibyte);
// PyTorch's defaults of CUBLAS_WORKSPACE_CONFIG: :4096:2:16:8 (8.125 MiB) before Hopper, 32 MiB since.
static_assert(workspace_bytes(cards::a100_sxm4_80gb) * 8 == 65 * mebibyte);
static_assert(workspace_bytes(cards::h100_sxm5_80gb) == 32 * mebibyte);
// No communicator on one card; one for a single kind of parallelism; for two kinds, two more.
static_assert(communication_bytes({.data = 1}) == 0 && communication_bytes({.data = 8}) == 350 * mebibyte);
static_assert(communication_bytes({.data = 2, .tensor = 4}) == 4 * 350 * mebibyte);
static_assert(communication_bytes({.data = 1, .pipeline = 4}) == 3 * 350 * mebibyte);
