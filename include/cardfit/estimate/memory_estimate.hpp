// SPDX-License-Identifier: MIT
#pragma once

// The result of every memory estimate: the components of the peak memory of the most-loaded GPU, and its error band.

#include <cardfit/units.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace cardfit {

/// A phase of a job in which its memory may peak: training has the first four, inference the last three.
enum class memory_phase : unsigned char { forward, loss, backward, step, load, prefill, decode };

/// The bytes of one GPU by purpose. `allocated` sums what tensors hold (weights to workspace), as PyTorch's
/// `memory_allocated` does; `reserved` adds what the caching allocator holds beyond the tensors, and the private pool
/// of CUDA graphs; `device` adds what lives outside the allocator and is the figure of nvidia-smi. The components add
/// up to `device` exactly. `memory_component_list` names them all.
struct memory_components {
    bytes weights{};        ///< parameters, buffers and copies that matmuls read
    bytes gradients{};      ///< gradients
    bytes optimizer{};      ///< optimizer states and master weights
    bytes activations{};    ///< saved activations and those of the running layer
    bytes logits{};         ///< logits and their gradients
    bytes gathered{};       ///< weights that sharded training gathers from other ranks
    bytes buckets{};        ///< buffers of gradient reduction
    bytes kv_cache{};       ///< keys, values and states of past tokens
    bytes temporaries{};    ///< tensors that live for one phase alone
    bytes workspace{};      ///< workspace of the matmul libraries
    bytes fragmentation{};  ///< what the caching allocator holds beyond tensors
    bytes graphs{};         ///< private pool of CUDA graphs
    bytes context{};        ///< CUDA context
    bytes communication{};  ///< buffers of the communicators

    /// Returns the sum of what PyTorch counts as allocated.
    [[nodiscard]] constexpr bytes allocated() const;
    /// Returns that sum and what the allocator caches.
    [[nodiscard]] constexpr bytes reserved() const;
    /// Returns what nvidia-smi shows for the process: all components.
    [[nodiscard]] constexpr bytes device() const;
    friend constexpr bool operator==(const memory_components&, const memory_components&) = default;
};

/// Which sum a component first belongs to. Every later sum includes the earlier ones.
enum class memory_sum : unsigned char { allocated, reserved, device };

/// How a component combines where two models share a GPU and take turns to run (a main model and its draft model).
enum class when_shared : unsigned char {
    both,    ///< each model holds its own bytes all the time
    larger,  ///< only the running model holds them
    once,    ///< one process holds them once, the main model's
};

/// One component of a memory estimate.
struct memory_component {
    const char* name = "";                       ///< name in answers
    bytes memory_components::*member = nullptr;  ///< the component
    memory_sum first_sum{};                      ///< the smallest sum that has the component
    cardfit::when_shared when_shared{};          ///< what becomes of it where several processes share a card
};

/// Every component, in the order in which answers print them. Sums, verdicts, JSON and bars all follow this list.
inline constexpr memory_component memory_component_list[]{
    {"weights", &memory_components::weights, memory_sum::allocated, when_shared::both},
    {"gradients", &memory_components::gradients, memory_sum::allocated, when_shared::both},
    {"optimizer", &memory_components::optimizer, memory_sum::allocated, when_shared::both},
    {"activations", &memory_components::activations, memory_sum::allocated, when_shared::larger},
    {"logits", &memory_components::logits, memory_sum::allocated, when_shared::larger},
    {"gathered", &memory_components::gathered, memory_sum::allocated, when_shared::larger},
    {"buckets", &memory_components::buckets, memory_sum::allocated, when_shared::both},
    {"kv_cache", &memory_components::kv_cache, memory_sum::allocated, when_shared::both},
    {"temporaries", &memory_components::temporaries, memory_sum::allocated, when_shared::larger},
    {"workspace", &memory_components::workspace, memory_sum::allocated, when_shared::once},
    {"fragmentation", &memory_components::fragmentation, memory_sum::reserved, when_shared::both},
    {"graphs", &memory_components::graphs, memory_sum::reserved, when_shared::both},
    {"context", &memory_components::context, memory_sum::device, when_shared::once},
    {"communication", &memory_components::communication, memory_sum::device, when_shared::once},
};
/// The number of components.
inline constexpr std::size_t memory_component_count = sizeof(memory_component_list) / sizeof(memory_component_list[0]);
static_assert(sizeof(memory_components) == memory_component_count * sizeof(bytes),
              "cardfit: a member of memory_components has no row in memory_component_list");

namespace detail {

/// Returns the sum of all components whose first sum is `Last` or an earlier one. It is a fold, because planners ask
/// for it millions of times and the compiler counts every step of a loop.
template <memory_sum Last, std::size_t... Component>
[[nodiscard]] constexpr bytes sum_of(const memory_components& c, std::index_sequence<Component...>) {
    return bytes_of((
        (memory_component_list[Component].first_sum <= Last ? (c.*memory_component_list[Component].member).number : 0) +
        ...));
}
template <memory_sum Last>
[[nodiscard]] constexpr bytes sum_of(const memory_components& c) {
    return sum_of<Last>(c, std::make_index_sequence<memory_component_count>{});
}

}  // namespace detail

constexpr bytes memory_components::allocated() const { return detail::sum_of<memory_sum::allocated>(*this); }
constexpr bytes memory_components::reserved() const { return detail::sum_of<memory_sum::reserved>(*this); }
constexpr bytes memory_components::device() const { return detail::sum_of<memory_sum::device>(*this); }

/// Returns the components of a main model and of a second model that shares its GPU and takes turns with it.
[[nodiscard]] constexpr memory_components shared_components(const memory_components& main,
                                                            const memory_components& second) {
    memory_components both = main;
    for (const memory_component& component : memory_component_list) {
        bytes& here = both.*component.member;
        const bytes there = second.*component.member;
        if (component.when_shared == when_shared::both) here += there;
        if (component.when_shared == when_shared::larger && here < there) here = there;
    }
    return both;
}

/// The peak memory of the most-loaded GPU, with the error band that follows from measured rows, and the phase and the
/// pipeline stage (counted from 0) in which it occurs.
struct memory_estimate {
    memory_components components{};  ///< central estimate of the phase with the highest peak
    bytes device_low{};              ///< lower error bound of `device()`
    bytes device_high{};             ///< upper error bound of `device()`
    memory_phase peak_phase{};       ///< the phase with the highest peak
    int peak_stage = 0;              ///< the pipeline stage with the highest peak

    /// Returns the sum of what PyTorch counts as allocated.
    [[nodiscard]] constexpr bytes allocated() const { return components.allocated(); }
    /// Returns that sum and what the allocator caches.
    [[nodiscard]] constexpr bytes reserved() const { return components.reserved(); }
    /// Returns what nvidia-smi shows for the process.
    [[nodiscard]] constexpr bytes device() const { return components.device(); }
};

/// The sum of the peak memory over all GPUs of a job.
struct memory_of_cards {
    bytes allocated{};  ///< by PyTorch's count
    bytes reserved{};   ///< with what the allocator caches
    bytes device{};     ///< what nvidia-smi shows

    /// Adds so many GPUs that each need this much. Throws std::overflow_error if the sum exceeds 64 bits.
    constexpr void add(const memory_estimate& one, int cards) {
        allocated += cards * one.allocated();
        reserved += cards * one.reserved();
        device += cards * one.device();
    }
};

/// Return the lower and the upper end of the error band around `device` bytes. `per_mille` is its half-width.
[[nodiscard]] constexpr bytes band_low(std::int64_t device, std::int64_t per_mille) {
    return bytes(device - device / 1000 * per_mille, base_units);
}
/// Returns the upper error bound of the bytes.
[[nodiscard]] constexpr bytes band_high(std::int64_t device, std::int64_t per_mille) {
    return bytes(device + device / 1000 * per_mille, base_units);
}
/// Returns the lower end of the band, or the weights if these are more: they are counted tensor by tensor, so that no
/// error of buffers takes a job below them.
[[nodiscard]] constexpr bytes band_low(std::int64_t device, std::int64_t per_mille, std::int64_t weights) {
    const std::int64_t low = device - device / 1000 * per_mille;
    return bytes(low < weights ? weights : low, base_units);
}
/// Returns the estimate with the band of this half-width around its `device` bytes.
[[nodiscard]] constexpr memory_estimate with_band(memory_estimate estimate, std::int64_t per_mille) {
    const std::int64_t device = estimate.device().number;
    estimate.device_low = band_low(device, per_mille);
    estimate.device_high = band_high(device, per_mille);
    return estimate;
}

}  // namespace cardfit
