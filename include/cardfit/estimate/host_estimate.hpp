// SPDX-License-Identifier: MIT
#pragma once

// What a job takes of its host's memory.

#include <cardfit/units.hpp>

namespace cardfit {

/// Host memory in bytes: of one host for a training, which takes that of the most-loaded pipeline stage for all of its
/// cards, and a checkpoint; of all hosts together for an inference, which takes what its job leaves off the cards.
struct host_estimate {
    bytes nvme{};        ///< the part of `offloaded` that is on NVMe drives
    bytes offloaded{};   ///< weights, gradients, optimizer states or activations that the cards do not hold
    bytes buffers{};     ///< what the framework's own estimator adds to that
    bytes loading{};     ///< batches that data loaders hold
    bytes checkpoint{};  ///< of weights and optimizer states on disk, all files together
    bytes staged{};      ///< of the checkpoint in one host's memory while it is saved asynchronously
    bytes available{};   ///< memory of the host or hosts; 0: not known

    /// Returns true for a training, and for an inference that places layers in host memory.
    [[nodiscard]] constexpr bool is_known() const { return checkpoint.number > 0 || offloaded.number > 0; }
    /// Returns what the job holds in host memory all the time.
    [[nodiscard]] constexpr bytes needed() const { return offloaded - nvme + buffers + loading; }
    /// Returns true if the host is known to have less than what is offloaded to its memory, without any buffers.
    [[nodiscard]] constexpr bool exceeded() const { return available.number > 0 && offloaded - nvme > available; }
    /// Returns true if the host is known to have less than `needed()`.
    [[nodiscard]] constexpr bool scarce() const { return available.number > 0 && needed() > available; }
};

}  // namespace cardfit
