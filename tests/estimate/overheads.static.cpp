// SPDX-License-Identifier: MIT

// Tests the memory beside tensors against documents and logs.

#include <cardfit/estimate/overheads.hpp>
#include <cardfit/hardware/cards/all.hpp>

using namespace cardfit;

constexpr std::int64_t mebibyte = 1'048'576;

// transformers' performance guide of 2021 measured 1343 MiB on a V100 with PyTorch 1.10.
static_assert(context_bytes({2021, 12}) == 1343 * mebibyte && context_bytes({2026, 1}) == 500 * mebibyte);
// PyTorch's defaults of CUBLAS_WORKSPACE_CONFIG are :4096:2:16:8 (8.125 MiB) before Hopper, and 32 MiB from Hopper on.
static_assert(workspace_bytes(cards::a100_sxm4_80gb) * 8 == 65 * mebibyte);
static_assert(workspace_bytes(cards::h100_sxm5_80gb) == 32 * mebibyte);
// One card needs no communicator; one kind of parallelism needs one; two kinds need two more.
static_assert(communication_bytes({.data = 1}) == 0 && communication_bytes({.data = 8}) == 350 * mebibyte);
static_assert(communication_bytes({.data = 2, .tensor = 4}) == 4 * 350 * mebibyte);
static_assert(communication_bytes({.data = 1, .pipeline = 4}) == 3 * 350 * mebibyte);
// Every kind counts alike, at two cards as at more; beside a pipeline's three, one other kind is combined with it.
static_assert(communication_bytes({.data = 1, .tensor = 2}) == 350 * mebibyte &&
              communication_bytes({.data = 1, .context = 2}) == 350 * mebibyte &&
              communication_bytes({.data = 1, .expert = 2}) == 350 * mebibyte &&
              communication_bytes({.data = 1, .pipeline = 2}) == 3 * 350 * mebibyte);
static_assert(communication_bytes({.data = 2, .pipeline = 2}) == (1 + 3 + 2) * 350 * mebibyte &&
              communication_bytes({.data = 2, .context = 2}) == (2 + 2) * 350 * mebibyte &&
              communication_bytes({.data = 2, .tensor = 2, .pipeline = 2, .context = 2, .expert = 2}) ==
                  (4 + 3 + 2) * 350 * mebibyte);
// The context shrank with the CUDA 11.8 that PyTorch 2.0 came with, in March 2023.
static_assert(context_bytes({2023, 2}) == 1343 * mebibyte && context_bytes({2023, 3}) == 500 * mebibyte);
