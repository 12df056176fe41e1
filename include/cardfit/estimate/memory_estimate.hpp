// SPDX-License-Identifier: MIT
#pragma once

// The result of every memory estimate: the components of the peak memory of the most-loaded GPU, and its error band.

#include <cardfit/units.hpp>

#include <cstddef>

namespace cardfit {

/// A phase of a job in which its memory may peak: training has the first four, inference the last three.
enum class phase : unsigned char { forward, loss, backward, step, load, prefill, decode };

/// The bytes of one GPU by purpose. `allocated` sums what tensors hold (weights to workspace), as PyTorch's
/// `memory_allocated` does; `reserved` adds what the caching allocator holds beyond the tensors; `device` adds what
/// lives outside the allocator and is the figure of nvidia-smi. The components add up to `device` exactly.
struct memory_components {
    bytes weights{};
    bytes gradients{};
    bytes optimizer{};
    bytes activations{};
    bytes logits{};
    bytes gathered{};
    bytes buckets{};
    bytes kv_cache{};
    bytes temporaries{};
    bytes workspace{};
    bytes fragmentation{};
    bytes context{};
    bytes communication{};

    [[nodiscard]] constexpr bytes allocated() const {
        return bytes_of(weights.number + gradients.number + optimizer.number + activations.number + logits.number +
                        gathered.number + buckets.number + kv_cache.number + temporaries.number + workspace.number);
    }
    [[nodiscard]] constexpr bytes reserved() const {
        return bytes_of(weights.number + gradients.number + optimizer.number + activations.number + logits.number +
                        gathered.number + buckets.number + kv_cache.number + temporaries.number + workspace.number +
                        fragmentation.number);
    }
    [[nodiscard]] constexpr bytes device() const {
        return bytes_of(weights.number + gradients.number + optimizer.number + activations.number + logits.number +
                        gathered.number + buckets.number + kv_cache.number + temporaries.number + workspace.number +
                        fragmentation.number + context.number + communication.number);
    }
    friend constexpr bool operator==(const memory_components&, const memory_components&) = default;
};

/// The peak memory of the most-loaded GPU, with the error band that follows from measured rows, and the phase and the
/// pipeline stage (counted from 0) in which it occurs.
struct memory_estimate {
    memory_components components{};
    bytes device_low{};
    bytes device_high{};
    phase peak_phase{};
    int peak_stage = 0;

    [[nodiscard]] constexpr bytes allocated() const { return components.allocated(); }
    [[nodiscard]] constexpr bytes reserved() const { return components.reserved(); }
    [[nodiscard]] constexpr bytes device() const { return components.device(); }
};

/// The sum of the peak memory over all GPUs of a job.
struct memory_of_cards {
    bytes allocated{};
    bytes reserved{};
    bytes device{};
};

/// A lowered job holds at most this many pipeline stages that differ in their memory; further ones share the last
/// place.
inline constexpr std::size_t max_distinct_stages = 8;

}  // namespace cardfit
