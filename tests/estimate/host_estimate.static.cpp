// SPDX-License-Identifier: MIT

// Tests which amounts of host memory are too much for a host.

#include <cardfit/estimate/host_estimate.hpp>

using namespace cardfit;

// A host holds as many bytes as it has, and any where that is not known. Bytes on NVMe drives do not count.
static_assert(!host_estimate{.offloaded = bytes_of(100), .available = bytes_of(100)}.exceeded() &&
              host_estimate{.offloaded = bytes_of(100), .available = bytes_of(99)}.exceeded() &&
              !host_estimate{.offloaded = bytes_of(100)}.exceeded() &&
              !host_estimate{.nvme = bytes_of(1), .offloaded = bytes_of(100), .available = bytes_of(99)}.exceeded());
// Buffers and batches of data loaders make memory scarce, but are no reason to refuse.
constexpr host_estimate buffered{.nvme = bytes_of(10),
                                 .offloaded = bytes_of(100),
                                 .buffers = bytes_of(7),
                                 .loading = bytes_of(3),
                                 .available = bytes_of(99)};
static_assert(buffered.needed() == bytes_of(100) && buffered.scarce() && !buffered.exceeded());
static_assert(!host_estimate{.offloaded = bytes_of(99), .available = bytes_of(99)}.scarce() &&
              !host_estimate{.offloaded = bytes_of(100)}.scarce());
// A job that leaves nothing off the cards and saves no checkpoint takes no host memory that could be stated.
static_assert(!host_estimate{}.is_known() && host_estimate{.offloaded = bytes_of(1)}.is_known() &&
              host_estimate{.checkpoint = bytes_of(1)}.is_known());
